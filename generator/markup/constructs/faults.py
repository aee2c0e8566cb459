"""Mistakes that reading finds: the page that holds them says them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it.token import Token

from . import Mark

if TYPE_CHECKING:
    from ..builder import Builder
    from ..document import Writer


def _write(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    meta = dict(tokens[at].meta)
    builder.mark("fault", meta.pop("line"), **meta)
    return at + 1


def _render(writer: Writer, mark: Mark) -> str:
    if name := mark.data.get("warning"):
        writer.warn(name, mark.line, "; expected ".join(filter(None, (mark.data["wrong"], mark.data["expected"]))))
        return ""
    writer.wrong(mark.line, mark.data["wrong"], mark.data["expected"], mark.data.get("near"))
    return ""


TOKENS = {"fault": _write}
MARKS = {"fault": _render}

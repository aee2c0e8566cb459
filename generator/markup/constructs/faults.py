"""Mistakes that reading finds: the page that holds them says them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Mark

if TYPE_CHECKING:
    from ..document import Writer


def render(writer: Writer, mark: Mark) -> str:
    if name := mark.data.get("warning"):
        writer.warn(name, mark.line, "; expected ".join(filter(None, (mark.data["wrong"], mark.data["expected"]))))
        return ""
    writer.wrong(mark.line, mark.data["wrong"], mark.data["expected"], mark.data.get("near"))
    return ""


MARKS = {"fault": render}

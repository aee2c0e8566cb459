"""Mistakes that reading finds: the page that holds them says them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from markdown_it.token import Token

from ...base import textfile
from . import Mark

if TYPE_CHECKING:
    from ..document import Writer


def render(writer: Writer, mark: Mark) -> str:
    said = mark.data["wrong"], mark.data["expected"], mark.data.get("near")
    if name := mark.data.get("warning"):
        writer.warn(name, mark.line, *said)
    else:
        writer.wrong(mark.line, *said)
    return ""


_REFERENCE = re.compile("&#(?:[xX][0-9a-fA-F]{1,6}|[0-9]{1,7});")
_PRIVATE = re.compile("[\ue000-\ue003\ue006-\uf8ff]")  # two of these stand for signs while a text is read


def of_private(token: Token) -> Token | None:
    """The mistake of a token in which a reference, `&#xe000;`, stands for a sign that no text may hold.

    Tokens hold such signs where the parser has resolved references, so not in code; those of HTML as written.
    """
    private = next((sign for child in (token, *(token.children or ())) for sign in _private(child)), None)
    if private is None:
        return None
    before = next((m.start() for m in _REFERENCE.finditer(token.content) if html.unescape(m[0]) == private), 0)
    meta = {"line": token.content.count("\n", 0, before), "wrong": textfile.invisible(private)}
    return Token("fault", "", 0, meta={**meta, "expected": "none"})


def _private(token: Token) -> Iterator[str]:
    said = html.unescape(token.content) if token.type.startswith("html_") and "&#" in token.content else token.content
    for value in (said, *map(str, token.attrs.values())):
        yield from _PRIVATE.findall(value)
    for child in token.children or () if token.type == "image" else ():
        yield from _private(child)


MARKS = {"fault": render}

"""Lists: task lists as GitHub shows them, definition lists."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from . import Mark

if TYPE_CHECKING:
    from ..builder import Builder
    from ..document import Writer


def extend(md: MarkdownIt) -> None:
    """Task lists are the parser's own."""
    md.options["tasklists"] = True
    deflist_plugin(md)


def _write_item(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    token = tokens[at]
    builder.open("li", token.attrs)
    if "checked" in token.meta:
        word = "done" if token.meta["checked"] else "to do"
        box = {
            "type": "checkbox",
            "disabled": "",
            "aria-label": builder.attribute_mark("word", 0, word=word),
            **({"checked": ""} if token.meta["checked"] else {}),
        }
        if tokens[at + 1].type == "paragraph_open":
            builder.before_text = box
        else:
            builder.box(box)
    return at + 1


def _word(writer: Writer, mark: Mark) -> str:
    """What the page says by itself, in its language."""
    return html.escape(writer.words(mark.data["word"]))


TOKENS = {"list_item_open": _write_item}
MARKS = {"word": _word}

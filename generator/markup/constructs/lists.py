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


def note_skipped_numbers(tokens: Sequence[Token]) -> None:
    """Note at the first item of a list before which numbers are skipped, 7 behind 4, what it is shown as."""
    following: list[int] = []  # of the lists around, the number of the next item; 0: told already
    for token in tokens:
        if token.type == "ordered_list_open":
            following.append(int(token.attrs.get("start", 1)))
        elif token.type == "ordered_list_close":
            following.pop()
        elif token.type == "list_item_open" and token.info and (shown := following[-1]):
            following[-1] = 0 if int(token.info) > shown else shown + 1
            if not following[-1]:
                token.meta["shown"] = shown


def _write_item(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    token = tokens[at]
    if shown := token.meta.get("shown"):
        expected = f"{shown}., or a line <!-- --> before it, which begins another list"
        wrong = f'the item "{token.info}." is shown as {shown}, as items are counted from the first'
        builder.block_fault(token, wrong, expected, warning="stray-mark")
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


def _word(writer: Writer, mark: Mark) -> str:
    """What the page says by itself, in its language."""
    return html.escape(writer.words(mark.data["word"]))


TOKENS = {"list_item_open": _write_item}
MARKS = {"word": _word}

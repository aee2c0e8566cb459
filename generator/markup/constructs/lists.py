"""Lists: task lists as GitHub shows them, definition lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

if TYPE_CHECKING:
    from ..writer import Builder


def extend(md: MarkdownIt) -> None:
    """Task lists are the parser's own."""
    md.options["tasklists"] = True
    deflist_plugin(md)


def _write_item(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    token = tokens[at]
    item = builder.open("li", token.attrs)
    if "checked" in token.meta:
        builder.before_text = _checkbox(token.meta["checked"])
    del item
    return at + 1


def _checkbox(checked: bool) -> dict[str, str]:
    said = {"type": "checkbox", "disabled": "", "aria-label": "done" if checked else "to do"}
    return said | ({"checked": ""} if checked else {})


TOKENS = {"list_item_open": _write_item}

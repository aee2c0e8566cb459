"""`{: #label .class }` on a line below a block, as kramdown gives a block its label and classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from ...base.errors import short
from ..attributes import INNER, parse_attributes
from . import add_block_rule, put_lines, text_of_line

if TYPE_CHECKING:
    from ..builder import Builder

_LINE = re.compile(r"\{:(?!:)(" + INNER + r")\}[ \t]*$")


def _line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    found = _LINE.match(text_of_line(state, start))
    if not found:
        return False
    said, below = parse_attributes(found[1].strip().removesuffix(":")), not state.isEmpty(start - 1)
    return put_lines(state, silent, start, start + 1, "attribute_line", text=found[0].strip(), said=said, below=below)


def extend(md: MarkdownIt) -> None:
    """A line that ends any block."""
    add_block_rule(md, "attribute_line", _line)


def belongs(following: Sequence[Token]) -> bool:
    """Whether a block is one with the line behind it."""
    return bool(following) and following[0].type == "attribute_line"


def _write(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    token, said = tokens[at], tokens[at].meta["said"]
    mark, parent = builder.last_mark(), builder.stack[-1]
    last = parent[-1] if len(parent) and not (parent[-1].tail or "").strip() else None
    if "toc" in said.words:
        builder.block_fault(token, "a table of contents of kramdown", "neither it nor its list: the page has its own")
    elif not token.meta["below"] or (mark is None and last is None):
        builder.block_fault(token, f'"{short(token.meta["text"])}" belongs to nothing', "it directly below a block")
    elif said.values or said.words:
        unknown = [*said.values, *said.words][0]
        builder.block_fault(token, f'unknown attribute "{short(unknown)}"', "#label or .class")
    elif mark and mark[0] in ("heading", "equation"):
        mark[2]["id"] = said.id or mark[2]["id"]
        mark[2]["classes"] = [*mark[2].get("classes", ()), *said.classes]
    elif last is not None and mark is None:
        builder.identify(last, said, builder.line_of(token))
    elif said.id:
        builder.block_fault(token, f'the label "{said.id}" below a block', "it among the block's options")


TOKENS = {"attribute_line": _write}

"""`[^name]` and its definition `[^name]: …`, `^[a note in place]`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from . import Mark, add_block_rule, enclose, fault, label_end, put

if TYPE_CHECKING:
    from ..builder import Builder
    from ..document import Writer

_NOTE = re.compile(r"\[\^([^\[\]\n]+)\](?!\()")
_DEFINITION = re.compile(r"\[\^([^\]\s]+)\]:[ \t]*")


def _note(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("[^", state.pos):
        return False
    found = _NOTE.match(state.src, state.pos, state.posMax)
    if not found:
        return fault(state, silent, state.pos + 2, "a footnote's mark that is not closed", "]")
    return put(state, silent, found.end(), "note", name=found[1])


def _in_place(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("^[", state.pos):
        return False
    start, end = state.pos + 2, label_end(state, state.pos + 1)
    if end < 0 or not state.src[start:end].strip():
        return False
    return enclose(state, silent, "note_in_place", "", start, end, end + 1)


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Its paragraph, and what follows indented, by four or as its first line that is."""
    begin = state.bMarks[start] + state.tShift[start]
    found = _DEFINITION.match(state.src, begin, state.eMarks[start])
    if not found or silent:
        return bool(found)
    step = next((state.sCount[n] - state.blkIndent for n in range(start + 1, end) if not state.isEmpty(n)), 4)
    step = step if 2 <= step < 4 else 4
    token = state.push("definition_open", "", 1)
    token.meta = {"name": found[1]}
    kept = state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType
    state.bMarks[start], state.tShift[start] = found.end(), 0
    state.blkIndent += step
    state.sCount[start], state.parentType = state.blkIndent, "footnote"
    state.md.block.tokenize(state, start, end)
    state.blkIndent -= step
    state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType = kept
    token.map = [start, state.line]
    state.push("definition_close", "", -1)
    return True


def extend(md: MarkdownIt) -> None:
    """A reference without a definition is a mistake and not text, so that it is read without knowing them."""
    add_block_rule(md, "definition", _definition, "reference", {"alt": ["paragraph", "reference"]})
    md.inline.ruler.before("link", "note", _note)
    md.inline.ruler.before("link", "note_in_place", _in_place)


def _write_in_place(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    inner, end = builder.inside(tokens, at)
    builder.mark("note", tokens[at].meta["line"], content=builder.phrase(inner, 0))
    return end


def _write_definition(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    inner, end = builder.inside(tokens, at)
    builder.block_mark("definition", tokens[at], name=tokens[at].meta["name"], content=builder.flow(inner))
    return end


def _render(writer: Writer, mark: Mark) -> str:
    return writer.note(mark.data.get("name", ""), mark.line, mark.data.get("content"))


TOKENS = {"note_in_place_open": _write_in_place, "definition_open": _write_definition}
MARKS = {"note": _render, "definition": lambda writer, mark: ""}

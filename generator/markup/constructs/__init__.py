"""What a text may hold beyond CommonMark: a file a construct, each with how it is read and what it becomes on a page.

A file exposes, where it has them:

    extend(md)   adds its rules to markdown-it's parser; where one of running text begins with a sign that no rule of
                 CommonMark does, such as "|", also that: md.inline.add_terminator_char("|")
    TOKENS       token type -> what writes it into an element tree (see `builder.Builder`); gives the index of the next
                 token where that is not the one behind
    MARKS        kind of mark -> its HTML on a page, from the page's `document.Writer` and a `Mark`; a token of this
                 name, as `put` makes it, becomes the mark as it is

Reading knows the text alone, so that what was read is remembered; a mark stands for what only the page can say.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

if TYPE_CHECKING:
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.token import Token

    from ..builder import Builder
    from ..document import Writer


class Mark(NamedTuple):
    """What a page must say. line: in the file; data: plain values; pieces of text in it are fragments."""

    kind: str
    line: int
    data: dict[str, Any]


WriteToken = Callable[["Builder", Sequence["Token"], int], int | None]
RenderMark = Callable[["Writer", Mark], str]
BlockRule = Callable[[StateBlock, int, int, bool], bool]
InlineRule = Callable[[StateInline, bool], bool]


@cache
def load() -> tuple[ModuleType, ...]:
    """Every construct's module, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


@cache
def of_tokens() -> dict[str, WriteToken]:
    """What writes a type of token."""
    return {kind: write for module in load() for kind, write in getattr(module, "TOKENS", {}).items()}


@cache
def of_marks() -> dict[str, RenderMark]:
    """What renders a kind of mark."""
    return {kind: render for module in load() for kind, render in getattr(module, "MARKS", {}).items()}


IN_LINK = "a citation or reference within a link", "one behind the other, or \\@ for the sign itself"

# For rules of blocks and of running text

# Of a rule of blocks that ends whatever stands before it.
ENDS_ANY: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def add_block_rule(
    md: MarkdownIt, name: str, rule: BlockRule, before: str = "fence", ends: RuleOptionsType = ENDS_ANY
) -> None:
    """Add a rule of blocks before another; code, which is indented, is left alone. ends: what it may stand behind"""

    def read(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return not state.is_code_block(start) and rule(state, start, end, silent)

    md.block.ruler.before(before, name, read, ends)


def text_of_line(state: StateBlock, number: int) -> str:
    """A line of the text, from where it is indented."""
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def put_lines(state: StateBlock, silent: bool, start: int, end: int, kind: str, **meta: Any) -> bool:
    """Take the lines from `start` up to `end` as a token of a kind."""
    if not silent:
        token = state.push(kind, "", 0)
        token.map = [start, end]
        token.meta = meta
        state.line = end
    return True


def put(state: StateInline, silent: bool, end: int, kind: str, **meta: Any) -> bool:
    """Take the text up to `end` as a token of a kind."""
    if not silent:
        line = line_in(state)
        token = state.push(kind, "", 0)
        token.meta = {"line": line, **meta}
    state.pos = end
    return True


def untied(state: StateInline, silent: bool) -> None:
    """Before a command of LaTeX a ~ is the blank at which no line ends."""
    if not silent and state.pending.endswith("~"):
        state.pending = f"{state.pending[:-1]}\u00a0"


def enclose(
    state: StateInline, silent: bool, kind: str, tag: str, start: int, end: int, after: int, **meta: Any
) -> bool:
    """Take the text up to `after`, of which what is from `start` to `end` stands between tokens of a kind."""
    if not silent:
        token, outer = state.push(f"{kind}_open", tag, 1), state.posMax
        token.meta = {"line": line_in(state), **meta}
        state.pos, state.posMax = start, end
        state.md.inline.tokenize(state)
        state.push(f"{kind}_close", tag, -1)
        state.posMax = outer
    state.pos = after
    return True


def fault(state: StateInline, silent: bool, end: int, wrong: str, expected: str = "") -> bool:
    """Take the text up to `end` as a mistake."""
    return put(state, silent, end, "fault", wrong=wrong, expected=expected)


def follows(state: StateInline, sign: str) -> bool:
    """Whether a sign comes at all behind the place: the search for what closes stays linear in the text."""
    return state.html_terminator_last(sign) > state.pos


def label_end(state: StateInline, start: int, disable_nested: bool = False) -> int:
    """Where the bracket that opens at `start` closes, or -1: each is followed once, whichever rules ask."""
    if not follows(state, "]"):
        return -1
    ends = vars(state).setdefault("label_ends", {})
    key = start, disable_nested, state.posMax
    if key not in ends:
        ends[key] = parseLinkLabel(state, start, disable_nested)
    return int(ends[key])


def line_in(state: StateInline, place: int | None = None) -> int:
    """How many lines of the running text lie before a place, or before the state's: counted on from the last asking."""
    place = state.pos if place is None else place
    at, count = vars(state).get("line_in", (0, 0))
    if at > place:
        at = count = 0
    count += state.src.count("\n", at, place)
    vars(state)["line_in"] = place, count
    return int(count)

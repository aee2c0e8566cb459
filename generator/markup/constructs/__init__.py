"""What a text may hold beyond CommonMark: a file a construct, each with how it is read and what it becomes on a page.

A file exposes, where it has them:

    extend(md)   adds its rules to markdown-it's parser
    TOKENS       token type -> what writes it into an element tree (see `writer.Builder`); gives the index of the next
    MARKS        kind of mark -> its HTML on a page, from the page's `document.Writer` and a `Mark`

Reading knows the text alone, so that what was read is remembered; a mark stands for what only the page can say.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from markdown_it.rules_inline import StateInline

if TYPE_CHECKING:
    from markdown_it.token import Token

    from ..document import Writer
    from ..writer import Builder


class Mark(NamedTuple):
    """What a page must say. line: in the file; data: plain values; pieces of text in it are fragments."""

    kind: str
    line: int
    data: dict[str, Any]


WriteToken = Callable[["Builder", Sequence["Token"], int], int]
RenderMark = Callable[["Writer", Mark], str]


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


# For rules of running text


def put(state: StateInline, silent: bool, end: int, kind: str, **meta: Any) -> bool:
    """Take the text up to `end` as a token of a kind."""
    if not silent:
        line = line_in(state)
        token = state.push(kind, "", 0)
        token.meta = {"line": line, **meta}
    state.pos = end
    return True


def fault(state: StateInline, silent: bool, end: int, wrong: str, expected: str = "") -> bool:
    """Take the text up to `end` as a mistake."""
    return put(state, silent, end, "fault", wrong=wrong, expected=expected)


def line_in(state: StateInline) -> int:
    """How many lines of the running text lie before the place: counted on from the last asking."""
    text, at, count = state.env.get("line_in", ("", 0, 0))
    if text is not state.src or at > state.pos:
        at = count = 0
    count += state.src.count("\n", at, state.pos)
    state.env["line_in"] = (state.src, state.pos, count)
    return int(count)

"""`*[HTML]: HyperText Markup Language`: what an abbreviation stands for, wherever it stands on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from . import add_block_rule, text_of_line

if TYPE_CHECKING:
    from ..builder import Builder

_DEFINITION = re.compile(r"\*\[([^\[\]]+)\]:[ \t]+(\S.*)$")


def _define(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    found = _DEFINITION.match(text_of_line(state, start))
    if not found:
        return False
    if not silent:
        state.env.setdefault("abbreviations", {})[found[1].strip()] = found[2].strip()
        state.line = start + 1
    return True


def extend(md: MarkdownIt) -> None:
    """Before lists, whose sign a definition begins with."""
    add_block_rule(md, "abbreviation", _define, "list", {"alt": ["paragraph", "reference", "blockquote"]})


def explain(tokens: Sequence[Token], known: Mapping[str, str]) -> None:
    """Part the running text of tokens at each abbreviation: whole words, the longest first."""
    if not known:
        return
    longest = sorted(known, key=len, reverse=True)
    form = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest))})(?!\w)")
    for token in tokens:
        token.children = [piece for child in token.children or [] for piece in _parted(child, form, known)]


def _parted(token: Token, form: re.Pattern[str], known: Mapping[str, str]) -> list[Token]:
    if token.type != "text":
        return [token]
    return [
        Token("abbreviation", "", 0, content=piece, meta={"title": known[piece]})
        if index % 2
        else Token("text", "", 0, content=piece)
        for index, piece in enumerate(form.split(token.content))
        if piece
    ]


def _write(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    builder.open("abbr", {"title": tokens[at].meta["title"]})
    builder.text(tokens[at].content)
    builder.close()


TOKENS = {"abbreviation": _write}

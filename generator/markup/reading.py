"""An author's Markdown -> fragments of HTML with marks, by markdown-it's parser and the constructs' rules.

    for line, fragment in read(body, first_line, quotes, memo).units: ...

What a unit of text (a paragraph, a list, a block with all that is in it) becomes depends on its own source, the link
labels of the text and the language's quotation marks: it is read once, whatever changes around it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_core import StateCore, block, inline, normalize, text_join
from markdown_it.token import Token

from ..base import limits
from ..base.memo import Memo
from . import constructs
from .builder import Builder, Fragment
from .constructs import (
    abbreviations,
    blocks,
    faults,
    foreign,
    headings,
    html,
    kramdown,
    lists,
    maths,
    tables,
    typography,
)

QUOTES = ("“", "”", "‘", "’")
_PIPES = re.compile(
    r"""\{\{(?:[^"'{}\n]++|"[^"\n]*"|'[^'\n]*'|\{(?!\{)|\}(?!\}))*\}\}|"""
    + maths.OPENS
    + r"""(?:[^$\\\n`]|\\.)*?[^\s\\$`]\$(?!\d)"""
)
TAKES_LONG = (  # what the parser seeks the end of, each as far as the paragraph's
    ("![", "pictures", limits.PICTURES_IN_A_PARAGRAPH),
    ("](", "links", limits.LINKS_IN_A_PARAGRAPH),
)
_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
PIPE = "\ue004"  # in a value or a formula of a table's cell, where it ends no cell


@dataclass
class Reading:
    """A text that was read.

    units   (line of the file on which each begins, its fragment)
    labels  label of a link -> its line
    twice   labels of links that were given before: (label, line, first line)
    """

    units: list[tuple[int, Fragment]]
    labels: dict[str, int]
    twice: list[tuple[str, int, int]]


@functools.cache  # of what languages there are
def parser(quotes: Sequence[str] = QUOTES) -> MarkdownIt:
    """CommonMark's parser with every construct's rules."""
    md = MarkdownIt("commonmark", {"maxNesting": 100, "quotes": list(quotes)})
    for module in constructs.load():
        if hasattr(module, "extend"):
            module.extend(md)
    return md


def read(body: str, first_line: int, quotes: tuple[str, ...] = QUOTES, memo: Memo | None = None) -> Reading:
    """A text in fragments.

    first_line  of the text in its file, from 1
    memo        what was read before
    """
    memo = memo or Memo()
    md = parser(quotes)
    source = _PIPES.sub(lambda m: m[0].replace("|", PIPE), body) if "|" in body else body
    env: dict[str, Any] = {}
    state = StateCore(source, md, env)
    normalize(state)
    block(state)
    lines = state.src.split("\n")
    labels = {label: [ref["href"], ref["title"]] for label, ref in env.get("references", {}).items()}
    short = env.get("abbreviations", {})
    titles = headings.titles(state.tokens)
    units = []
    blocks.leave_out_last_place(state.tokens)
    tables.note_lost_cells(state.tokens, lines)
    headings.note_single_signs(state.tokens, lines)
    lists.note_skipped_numbers(state.tokens)
    html.hold_blocks(state.tokens)
    for tokens in _units(state.tokens):
        start = min((token.map[0] for token in tokens if token.map), default=0)
        end = max((token.map[1] for token in tokens if token.map), default=len(lines))
        text = "\n".join(lines[start:end])
        known = {said: what for said, what in short.items() if said in text}
        named = {
            label: [f"#{titles[label]}", ""]
            for label in map(normalizeReference, _BRACKETS.findall(text))
            if label in titles
        }
        links = named | labels if "[" in text else {}
        given = [text, links, quotes, known]
        units.append((first_line + start, memo("read", given, lambda: _fragment(md, tokens, links, start, known))))  # noqa: B023
    first = {label: ref["map"][0] + first_line for label, ref in env.get("references", {}).items()}
    twice = [
        (ref["label"], ref["map"][0] + first_line, first.get(ref["label"], 0)) for ref in env.get("duplicate_refs", [])
    ]
    return Reading(units, first, twice)


def typeset(parts: Sequence[str], quotes: tuple[str, ...] = QUOTES) -> list[str]:
    """A line in parts, of which every second one is no text, with its marks as a typographer sets them."""
    children = [Token("formula" if at % 2 else "text", "", 0, content=part) for at, part in enumerate(parts)]
    line = Token("inline", "", 0, content="".join(parts), children=children)
    typography.typeset(StateCore(line.content, parser(quotes), {}, [line]), [line])
    return [child.content for child in children]


def _units(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Tokens of blocks in units: those of one block at the top, or of several that HTML holds together."""
    start, depth, unclosed = 0, 0, 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth:
            continue
        unclosed = max(0, unclosed + html.moves(token))
        following = tokens[index + 1 : index + 3]
        if unclosed == 0 and not any(
            (
                tables.belongs(tokens, start, index),
                blocks.belongs(tokens[start], token, following),
                kramdown.belongs(following),
            )
        ):
            yield tokens[start : index + 1]
            start = index + 1
    if start < len(tokens):
        yield tokens[start:]


def _fragment(
    md: MarkdownIt, tokens: Sequence[Token], labels: Mapping[str, Sequence[str]], base: int, known: Mapping[str, str]
) -> Fragment:
    """Tokens of blocks as a fragment. labels: of links, their addresses and titles; known: abbreviations in them"""
    env = {"references": {label: {"href": href, "title": title} for label, (href, title) in labels.items()}}

    def set_inline(found: list[Token]) -> None:
        state = StateCore("", md, env, found)
        inline(state)
        for token in found:
            if fault := faults.of_private(token):
                token.children = [fault]
        foreign.check(found)
        typography.typeset(state, found)
        text_join(state)
        abbreviations.explain(found, known)

    def parse(text: str) -> list[Token]:
        token = Token("inline", "", 0, content=text, children=[])
        set_inline([token])
        return token.children or []

    inner = [token for token in tokens if token.type == "inline"]
    builder = Builder(parse, base)
    for token in inner:
        for sign, what, most in TAKES_LONG:
            if (many := token.content.count(sign)) > most:
                token.content = ""
                builder.fault(builder.line_of(token), f"{many:,} {what} in one paragraph", f"at most {most:,}")
    set_inline(inner)
    for token in tokens:
        if token.type == "html_block" and (fault := faults.of_private(token)):
            builder.block_fault(token, fault.meta["wrong"], fault.meta["expected"], fault.meta["line"])
            token.content = ""
    builder.walk(tokens)
    return _piped(builder.fragment())  # type: ignore[no-any-return]


def _piped(value: Any) -> Any:
    """Plain values with the bars that were hidden from tables."""
    if isinstance(value, str):
        return value.replace(PIPE, "|")
    if isinstance(value, list):
        return [_piped(item) for item in value]
    if isinstance(value, dict):
        return {key: _piped(item) for key, item in value.items()}
    return value

"""Headings with ids and numbers, by # or underlined."""

from __future__ import annotations

import html
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from ...base.errors import short
from ..attributes import TRAILING, parse_attributes
from . import Mark

if TYPE_CHECKING:
    from ..builder import Builder
    from ..document import Writer

SIGNS = frozenset("$`{}[]<>\\\n")  # of what is more than words


def note_single_signs(tokens: Sequence[Token], lines: Sequence[str]) -> None:
    """Note of each heading that is underlined whether one sign alone does it, as an item without words is written."""
    for token in tokens:
        if token.type == "heading_open" and token.markup in ("-", "=") and token.map:
            token.meta["single"] = lines[token.map[1] - 1].strip(" \t>") == token.markup


def titles(tokens: Sequence[Token]) -> dict[str, str]:
    """The plain ones of headings by the labels of links, as which a text may write each: [title], as for Pandoc."""
    following = itertools.pairwise(tokens)
    said = [TRAILING.sub("", inline.content) for token, inline in following if token.type == "heading_open"]
    plain = [title for title in said if title and not set(title) & SIGNS]
    return {normalizeReference(title): title for title in reversed(plain)}


def _write(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    heading, inline = tokens[at], tokens[at + 1]
    if heading.meta.get("single"):
        wrong = f'a {heading.markup} alone makes the line above it a heading, "{short(inline.content)}"'
        builder.block_fault(heading, wrong, "words behind it, or ## before a heading", warning="stray-mark")
    text, id_, classes = inline.content, "", []
    if found := TRAILING.search(text):
        said = parse_attributes(found[1])
        if said.id or said.classes or said.words == ("-",):
            text, id_, classes = text[: found.start()], said.id, [*said.classes]
            classes += ["unnumbered"] * (said.words == ("-",))
            for word in said.words if said.words != ("-",) else ():
                builder.block_fault(inline, f'unknown attribute "{short(word)}" of a heading', "#label or .class")
    inner = builder.phrase_of(text, inline)
    builder.block_mark(
        "heading", heading, level=int(heading.tag[1]), text=text.strip(), id=id_, classes=classes, content=inner
    )
    return at + 3


def _render(writer: Writer, mark: Mark) -> str:
    heading = writer.numbered(mark)
    claims = len(writer.claims)
    inner = writer.html(mark.data["content"])
    if len(writer.claims) > claims:
        writer.wrong(mark.line, "a claim in a heading", "the claim in a sentence")
    if not inner.strip():
        writer.warn("stray-mark", mark.line, "a heading without words", "words behind #")
    writer.entry(heading, inner)
    title = writer.plain(inner)
    number = f' data-number="{heading.number}"' if heading.number else ""
    label = html.escape(writer.words("Link to section: {title}", title=title))
    anchor = f'<a class="anchor" href="#{heading.id}" aria-label="{label}">#</a>'
    return f'<h{heading.level} id="{heading.id}"{number}>{inner}{anchor}</h{heading.level}>'


TOKENS = {"heading_open": _write}
MARKS = {"heading": _render}

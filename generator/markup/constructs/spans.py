"""Attribute lists in running text: `*text*{.class}`, `[text]{#label}`, `[sentence]{claim="…"}`; and `==marked==`,
`++put in++`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from ...base.errors import nearest, short
from ...base.language import TOUCHING
from ..attributes import LIST, Attributes, parse_attributes
from . import Mark, enclose, follows, foreign, label_end, put

if TYPE_CHECKING:
    from ..builder import Builder
    from ..document import Writer


_BELONGS = {  # the kind of a label -> where it stands
    "tbl": "a line : Caption {#tbl-…} below the rows of a table",
    "fig": "it directly after a picture, ![**Caption**](picture.png){#fig-…}, or id: fig-… in a block",
    "sec": "it at the end of a heading, ## Heading {#sec-…}",
    "eq": "it directly after a formula, $$ … $$ {#eq-…}",
}
_OF_TEXT = ("lang", "dir")
_SIGNS = {"==": "mark", "++": "ins"}
_MARKED = re.compile(r"(==|\+\+)(?=[^\s=+])((?:(?!\1).)+)(?<=\S)\1(?![=+}])" + rf"(?![^\W{TOUCHING}])", re.DOTALL)
_WITHIN = re.compile(rf"[=+{{]|[^\W{TOUCHING}]")  # before a mark, which is an operator then
_OF_PANDOC = {"underline": "u", "ul": "u", "smallcaps": "span"}  # classes that are elements to it
_OF_PANDOC |= {name: name for name in ("mark", "kbd", "dfn")}


def _span(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[" or not follows(state, "]{"):
        return False
    start, end = state.pos + 1, label_end(state, state.pos)
    found = LIST.match(state.src, end + 1, state.posMax) if end >= 0 else None
    if not found:
        return False
    return enclose(state, silent, "span", "span", start, end, found.end(), said=parse_attributes(found[1]))


def _marked(state: StateInline, silent: bool) -> bool:
    """What is marked, or put in; an operator between words is none."""
    found = _MARKED.match(state.src, state.pos, state.posMax) if state.src[state.pos] in "=+" else None
    if not found or (state.pos and _WITHIN.match(state.src[state.pos - 1])):
        return False
    return enclose(state, silent, "marked", _SIGNS[found[1]], found.start(2), found.end(2), found.end())


def _attributes(state: StateInline, silent: bool) -> bool:
    """A list behind what the tree will show."""
    if state.src[state.pos] != "{":
        return False
    found = LIST.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    return put(state, silent, found.end(), "attributes", text=found[0], said=parse_attributes(found[1]))


def extend(md: MarkdownIt) -> None:
    """Spans before links: `[text]{…}` is no reference to a link label."""
    md.inline.ruler.before("emphasis", "marked", _marked)
    md.inline.ruler.before("link", "span", _span)
    md.inline.ruler.before("link", "attributes", _attributes)


def _write_span(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    inner, end = builder.inside(tokens, at)
    line, said = tokens[at].meta["line"], tokens[at].meta["said"]
    if "claim" in said.values:
        builder.mark("claim", line, said=said.plain(), content=builder.phrase(inner, 0))
        return end
    tag = next((_OF_PANDOC[name] for name in said.classes if name in _OF_PANDOC), "span")
    span = builder.open(tag, {name: said.values[name] for name in _OF_TEXT if name in said.values})
    if style := said.values.get("style"):
        wrong = f'the style "{short(style)}" is left out, as the page has its own'
        builder.fault(line, wrong, warning="html-style")
    if unknown := [*(name for name in said.values if name not in (*_OF_TEXT, "style")), *said.words]:
        near = next(filter(None, (nearest(name, ["claim"]) for name in unknown)), None)
        wrong = f'"{short(unknown[0])}" among the attributes of a text without a claim'
        builder.fault(line, wrong, '{claim="…"}, lang, dir, #label or .class', near)
    builder.identify(span, said, line)
    builder.walk(inner)
    builder.close()
    return end


def _write_attributes(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    meta = tokens[at].meta
    line, said = meta["line"], meta["said"]
    parent = builder.stack[-1]
    last = parent[-1] if len(parent) and not parent[-1].tail else None
    if last is None:
        before = tokens[at - 1].content if at else ""
        kind = meta["said"].id.partition("-")[0]
        expected = _BELONGS.get(kind, "it directly after *text*, a link, a picture or $$")
        if spaced := re.search(rf"{foreign.SPACED}\Z", before):
            expected = f'< > around the address with spaces before it, "{short(spaced[0][1:])}"'
        builder.fault(line, f'"{short(meta["text"])}" belongs to nothing', expected)
        return
    of = " of a link" if last.tag == "a" else ""
    for key, value in said.values.items():
        if of and key in ("target", "rel"):
            last.set(key, builder.escaped(value))
        else:
            builder.fault(line, f'unknown attribute "{short(key)}"{of}', "#label or .class")
    for word in said.words:
        builder.fault(line, f'unknown attribute "{short(word)}"', "#label, .class or name=value")
    builder.identify(last, said, line)


def _claim(writer: Writer, mark: Mark) -> str:
    content = writer.html(mark.data["content"])
    return writer.claim(Attributes(**mark.data["said"]), content, mark.line)


def _id(writer: Writer, mark: Mark) -> str:
    writer.take_anchor(mark.data["id"], mark.line)
    return html.escape(mark.data["id"])


TOKENS = {"span_open": _write_span, "attributes": _write_attributes}
MARKS = {"claim": _claim, "id": _id}

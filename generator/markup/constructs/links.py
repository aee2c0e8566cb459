"""Links and pictures: CommonMark's, whose addresses the page checks."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt, rules_inline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from mdit_py_plugins.gfm_autolink.index import _protocol_rule

from ...base.errors import quoted, short
from ...content.media import PICTURES
from .. import media, numbering
from ..attributes import Attributes
from . import InlineRule, Mark, RenderMark, line_in

if TYPE_CHECKING:
    from ..builder import Builder
    from ..document import Writer

_VIEW = re.compile(r"(?P<figure>[^#:{}]*#(?P<id>[\w-]+))(?P<state>\.\w+=.*)$")  # as a page's "Copy link" writes it
_PROTOCOLS = ("http", "https", "mailto", "xmpp")


def _with_line(rule: InlineRule) -> InlineRule:
    """A rule whose first token knows its line."""

    def read(state: StateInline, silent: bool) -> bool:
        if silent:
            return rule(state, True)
        before, place = len(state.tokens), state.pos
        if not rule(state, False):
            return False
        for token in state.tokens[before:]:
            if token.type in ("link_open", "image", "html_inline"):
                token.meta["line"] = line_in(state, place)
                break
        return True

    return read


def _with_label(rule: InlineRule) -> InlineRule:
    r"""A picture's rule that takes `\label{fig:x}` out of its alt text, as papers of JOSS name their figures."""

    def read(state: StateInline, silent: bool) -> bool:
        if not rule(state, silent):
            return False
        picture = state.tokens[-1] if not silent else None
        if picture and (found := numbering.LABEL.search(picture.content)):
            picture.meta["label_of_latex"] = found[0]
            picture.meta["id"] = numbering.of_latex("fig", found[1])
            picture.content = numbering.LABEL.sub("", picture.content, count=1)
            picture.children = []
            state.md.inline.parse(picture.content, state.md, state.env, picture.children)
        return True

    return read


def _with_protocol(rule: InlineRule) -> InlineRule:
    """A rule for what stands behind a protocol, which looks through all text since the last token: cut short."""

    def read(state: StateInline, silent: bool) -> bool:
        begin = max(0, state.pos - len("mailto"))
        if silent or state.src[state.pos] != ":" or not state.src.endswith(_PROTOCOLS, begin, state.pos):
            return False
        text = state.pending
        if len(text) > len("mailto"):
            state.pending = text[: begin - state.pos]
            state.pushPending()
            state.pending = text[begin - state.pos :]
        return rule(state, False)

    return read


def extend(md: MarkdownIt) -> None:
    """Also GitHub's autolinks of bare addresses."""
    md.options["store_labels"] = True
    for name in ("link", "autolink", "html_inline"):
        md.inline.ruler.at(name, _with_line(getattr(rules_inline, name)))
    md.inline.ruler.at("image", _with_line(_with_label(rules_inline.image)))
    gfm_autolink_plugin(md)
    md.inline.ruler.at("gfm_autolink_protocol", _with_protocol(_protocol_rule))


def _write_link(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    token = tokens[at]
    end = builder.inside(tokens, at)[1]
    said = tokens[end].meta["said"].values if end < len(tokens) and tokens[end].type == "attributes" else {}
    if "reference" in said:  # \ref{eq:loss} as Pandoc writes it
        for count, label in enumerate(said["reference"].split(",")):
            builder.text(", " * bool(count))
            how = said.get("reference-type", "ref")
            builder.mark("formula_ref", token.meta.get("line", 0), label=label.strip(), how=how)
        return end + 1
    target = str(token.attrs["href"])
    if target.startswith("#") and tokens[at + 1].type == "link_close":
        builder.mark("named", token.meta.get("line", 0), id=target[1:])
        return at + 2
    if target and tokens[at + 1].type == "link_close" and "title" not in token.attrs:
        builder.mark("wordless", token.meta.get("line", 0), address=target, label=token.meta.get("label", ""))
        return at + 2
    link = builder.open("a")
    line = token.meta.get("line", 0)
    if view := _VIEW.match(target):
        target = view["figure"]
        link.set("data-state", builder.attribute_mark("view", line, address=target, state=view["state"]))
    address = builder.attribute_mark("address", line, address=target, label=token.meta.get("label", ""))
    link.set("href", address)
    if "title" in token.attrs:
        link.set("title", builder.escaped(str(token.attrs["title"])))
    return at + 1


def _write_picture(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    token, line = tokens[at], tokens[at].meta.get("line", 0)
    said: dict[str, Any] | None = None
    if label := token.meta.get("label_of_latex"):
        wrong = f'a label of LaTeX, "{short(label.strip())}", at a picture that is no figure'
        builder.fault(line, wrong, "an empty line before and after the picture")
    if at + 1 < len(tokens) and tokens[at + 1].type == "attributes":
        said = tokens[at + 1].meta["said"].plain()
        at += 1
    builder.mark(
        "picture",
        line,
        path=token.attrs["src"],
        title=token.attrs.get("title", ""),
        alt=builder.phrase(token.children or [], line),
        said=said,
        label=token.meta.get("label", ""),
    )
    return at + 1


def _picture(writer: Writer, mark: Mark) -> str:
    data = mark.data
    writer.used_labels.add(data["label"])
    said = Attributes(**data["said"]) if data["said"] else Attributes()
    words = writer.text(writer.html(data["alt"]))
    if sized := re.search(r"\|(\d+)(?:x\d+)?\Z", words):  # Obsidian's width
        words = words[: sized.start()]
        said = replace(said, values={"width": sized[1], **said.values})
    if (not words or f".{words}".lower().endswith(PICTURES)) and "alt" not in said.values:
        what = f"the name of a file for its alt text, {quoted(words)}" if words else "no alt text"
        expected = '![what it shows](…), or {alt=""} after it if decorative'
        writer.warn("no-alt-text", mark.line, f'the picture "{short(data["path"])}" has {what}', expected)
    return media.shown(writer, data["path"], said.values.get("alt", words), mark.line, said, data["title"])


TOKENS = {"link_open": _write_link, "image": _write_picture}
MARKS: dict[str, RenderMark] = {
    "address": lambda writer, mark: html.escape(writer.address(mark.data["address"], mark.line, mark.data["label"])),
    "view": lambda writer, mark: html.escape(writer.view(mark.data["address"], mark.data["state"], mark.line)),
    "picture": _picture,
    "named": lambda writer, mark: writer.reference(mark.data["id"], mark.line),
    "wordless": lambda writer, mark: writer.wordless(mark.data["address"], mark.line, mark.data["label"]),
}

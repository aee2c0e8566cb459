"""`[@olah2014, p. 3; -@moss2020]`, `@olah2014` and `@olah2014 [p. 3]`; `@fig-grid` and `[@fig-grid]`; and as LaTeX
(`\\citep[p. 3]{olah2014}`) and MyST (`{cite:t}` with `olah2014`) write them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from ...base.errors import nearest
from ...base.language import PREFIXED, TOUCHING
from ...content.bibliography import KEY
from ..numbering import NUMBERED
from . import IN_LINK, Mark, put, untied

if TYPE_CHECKING:
    from ..builder import Builder
    from ..document import Writer

_KEY = rf"(?:{KEY})(?<![.:/+-])"  # not the stop of a sentence
_GROUP = re.compile(r"\[([^\[\]@]*(?<![\w@\\])@[^\[\]]*)\](?![(\[{])")
_CITED = re.compile(r"(?P<before>[^@]*?)(?P<bare>-?)(?<![\w@])@(?P<key>" + _KEY + r")(?P<after>[^@]*)$", re.DOTALL)
_WITHIN = re.compile(rf"(?![{TOUCHING}{PREFIXED}])[\w@+]")  # before @, as in an address
_IN_TEXT = re.compile(r"@(?P<key>" + _KEY + r")(?:[ ]?[ \n]\[(?P<after>[^\[\]@]+)\](?![(\[{:]))?")
_PAGES = re.compile(r"\b[^\W\d]{1,5}\. (?=\d)")  # p. 3, S. 3, chap. 3
_COMMAND = re.compile(
    r"\\(?P<kind>cite[pt]?|parencite|textcite|autocite)\*?(?:\[(?P<before>[^\[\]]*)\](?=\[))?(?:\[(?P<after>[^\[\]]*)\])?"
    r"\{(?P<keys>[^{}]+)\}"
)
_ROLE = re.compile(r"\{(?P<kind>cite(?::[pt])?|eq|numref|ref)\}`(?P<before>)(?P<after>)(?P<keys>[^`<>]+)`")
_BETWEEN = re.compile(r"(@[^@;]*?)(?:,|\band\b|&)(?=\s*-?@)")  # works, for Pandoc's ";"
_BRACED = re.compile(r"\A,?\s*\{([^{}]*)\}")  # pages, where their end would not be known
_IN_SENTENCE = ("citet", "cite:t", "textcite")
_LAST_WORD = re.compile(r"(\w+\.?)[ \u00a0]\Z")
_REFERENCE = tuple(f"{kind}-" for kind in NUMBERED)


def _group(state: StateInline, silent: bool) -> bool:
    """Works, or numbered things, in brackets."""
    if state.src[state.pos] != "[":
        return False
    found = _GROUP.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    parts = _BETWEEN.sub(r"\1;", found[1]).split(";")
    items = [_CITED.match(part) for part in parts]
    if not all(items):
        return False
    said = [
        {
            "before": re.sub(r"\s+\Z", " ", item["before"].lstrip()),
            "key": item["key"].strip("{}"),
            "after": _locator(item["after"]),
            "author": not item["bare"],
            "line": found[1].count("\n", 0, found[1].find(item[0])),
        }
        for item in items
        if item
    ]
    return put(state, silent, found.end(), "citation", items=said, in_text=False)


def _locator(text: str) -> str:
    """Pages behind a work: a fixed space, which LaTeX has too, a dash between numbers."""
    text = text.replace("~", "\u00a0")
    text = re.sub(r"\A\s+", " ", _BRACED.sub(r", \1", text.rstrip()))
    text = _PAGES.sub(lambda m: m[0].replace(" ", "\u00a0"), text)
    return re.sub(r"(?<=\d)\s*-{1,2}\s*(?=\d)", "–", text)


def _key(state: StateInline, silent: bool) -> bool:
    """A work that is named in the sentence, or a reference to what is numbered."""
    at = state.pos
    if state.src[at] != "@" or (at and _WITHIN.match(state.src[at - 1])):
        return False
    found = _IN_TEXT.match(state.src, at, state.posMax)
    if not found:
        return False
    key, after = found["key"].strip("{}"), found["after"] or ""
    if key.startswith(_REFERENCE) or not after:
        end, after = found.end("key"), ""
    else:
        end = found.end()
    bare = re.search(r"(?:\A|[\s(])-\Z", state.src[max(0, at - 2) : at]) is not None and state.pending.endswith("-")
    if bare and not silent:
        state.pending = state.pending[:-1]
    after = _locator(f", {after}" if bare and after else after)
    item = {"before": "", "key": key, "after": after, "author": not bare, "line": 0}
    return put(state, silent, end, "citation", items=[item], in_text=not bare)


def _elsewhere(state: StateInline, silent: bool) -> bool:
    """Works, or one numbered thing, as LaTeX and MyST name them."""
    form = {"\\": _COMMAND, "{": _ROLE}.get(state.src[state.pos])
    found = form.match(state.src, state.pos, state.posMax) if form else None
    if not found:
        return False
    keys = [key.strip() for key in found["keys"].split(",")]
    is_reference = keys[0].startswith(_REFERENCE)
    in_text = is_reference or found["kind"] in _IN_SENTENCE
    if not all(re.fullmatch(_KEY, key) for key in keys) or (in_text and keys[1:]):
        return False
    if found["kind"] in ("eq", "numref", "ref") and not is_reference:
        return False
    items = [{"before": "", "key": key, "after": "", "author": True, "line": 0} for key in keys]
    items[0]["before"] = f"{found['before']} " if found["before"] else ""
    items[-1]["after"] = _locator(f", {found['after']}" if found["after"] and not in_text else found["after"] or "")
    untied(state, silent)
    return put(state, silent, found.end(), "citation", items=items, in_text=in_text)


def extend(md: MarkdownIt) -> None:
    """Before links: a group of citations is none."""
    md.inline.ruler.before("escape", "citation_elsewhere", _elsewhere)
    md.inline.ruler.before("link", "citation_group", _group)
    md.inline.ruler.before("link", "citation", _key)


def _write(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    meta = dict(tokens[at].meta)
    line = meta.pop("line")
    kinds = [token.type for token in tokens[max(0, at - 1) : at + 2]]
    if kinds == ["link_open", "citation", "link_close"] and meta["in_text"]:
        builder.mark("handle", line, name=meta["items"][0]["key"])
        return
    for item in meta["items"]:
        for side in ("before", "after"):
            item[side] = builder.phrase(builder.parse(item[side]), line + item["line"])
    said = _LAST_WORD.search(tokens[at - 1].content) if at else None
    around = tokens[at - 1].content[-1:] + tokens[at + 1].content[:1] if 0 < at < len(tokens) - 1 else ""
    if around == "()" and meta["in_text"] and not meta["items"][0]["key"].startswith(_REFERENCE):
        wrong, expected = "a citation in brackets of its own and of yours", f"[@{meta['items'][0]['key']}]"
        builder.fault(line, wrong, expected, warning="stray-mark")
    builder.mark("citation", line, word=said[1] if said and meta["in_text"] else "", **meta)


def _render(writer: Writer, mark: Mark) -> str:
    items = mark.data["items"]
    references = [item["key"].startswith(_REFERENCE) for item in items]
    said = []
    for item, reference in zip(items, references, strict=True):
        key, line = item["key"], mark.line + item["line"]
        before, after = writer.html(item["before"]), writer.html(item["after"])
        key, rest = _parted(writer, key) if mark.data["in_text"] else (key, "")
        if reference:
            word = mark.data["word"] or "".join(_LAST_WORD.findall(before))
            link = writer.reference(key, line, not item["author"], word)
            said.append(before + link + after + rest)
        else:
            said.append(writer.citation(key, line, before, after, item["author"], mark.data["in_text"]) + rest)
    if mark.data["in_text"]:
        return said[0]
    return "; ".join(said) if all(references) else writer.style.grouped(said)


def _handle(writer: Writer, mark: Mark) -> str:
    """What a link alone says, `[@ada](https://github.com/ada)`: somebody's name elsewhere, if no work is called so."""
    name = mark.data["name"]
    if name.startswith(_REFERENCE) or nearest(name, writer.bibliography.entries):
        writer.wrong(mark.line, *IN_LINK)
    return html.escape(f"@{name}")


def _parted(writer: Writer, key: str) -> tuple[str, str]:
    """A key, and the words that stand against it, as they do in Japanese."""

    def is_known(name: str) -> bool:
        return name in writer.bibliography.entries or writer.dependencies.label(name) is not None

    head = re.split(f"[{TOUCHING}]", key, maxsplit=1)[0]
    return (head, key[len(head) :]) if head != key and not is_known(key) and is_known(head) else (key, "")


TOKENS = {"citation": _write}
MARKS = {"citation": _render, "handle": _handle}

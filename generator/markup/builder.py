"""markdown-it's tokens -> an element tree -> HTML by Python-Markdown, with marks where only a page can say what stands.

    html, marks = fragment
    html   "<p>The grid has ⟦0⟧ networks.</p>", each mark a number between two private-use characters
    marks  [[kind, line, data], …]: plain values, lines from the beginning of the unit of text

The only file that imports markdown, of which it has the serializer.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.serializers import to_html_string
from markdown.util import AMP_SUBSTITUTE, BLOCK_LEVEL_ELEMENTS
from markdown_it.token import Token

from . import constructs
from .constructs import html, typography

OPEN, CLOSE = "\ue000", "\ue001"
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
RAW_OPEN, RAW_CLOSE = "\ue002", "\ue003"
_RAW = re.compile(f"{RAW_OPEN}(\\d+){RAW_CLOSE}")
_ALIGN = re.compile(r"text-align:\s*(left|right|center)")

_LINKS = {
    "citation": constructs.IN_LINK,
    **{
        kind: (f"{said} within a link", "one behind the other")
        for kind, said in {"formula_ref": "a reference", "note": "a note", "claim": "a claim"}.items()
    },
}
_BLOCKS = frozenset(BLOCK_LEVEL_ELEMENTS)
DEEPEST = 90  # the parser leaves out what is deeper than 100

Fragment = list[Any]
ParseInline = Callable[[str], list[Token]]


def written(root: Element) -> str:
    """The content of an element as HTML."""
    for br in root.iter("br"):
        br.tail = f"\n{br.tail or ''}"
    _apart(root)
    text = to_html_string(root).replace(AMP_SUBSTITUTE, "&")
    return text.strip("\n").removeprefix(f"<{root.tag}>").removesuffix(f"</{root.tag}>").strip("\n")


def _apart(block: Element) -> None:
    """Put blocks on lines of their own. Python-Markdown's own way with them takes fixed spaces for nothing."""
    inner = [child for child in block if child.tag in _BLOCKS]
    if inner and block[0] is inner[0] and _blank(block.text):
        block.text = "\n"
    for child in inner:
        _apart(child)
    if _blank(block.tail):
        block.tail = "\n"


def _blank(text: str | None) -> bool:
    return not text or not text.strip(" \t\n")


class Builder:
    """The tree of one fragment in the making.

    stack        the open elements
    before_text  attributes of a checkbox that stands before the next text, or None
    refused      the author's HTML element around that is refused with all that is in it, or ""
    """

    def __init__(self, parse: ParseInline, base: int) -> None:
        self.parse, self.base = parse, base
        self.root = Element("div")
        self.stack = [self.root]
        self.marks: list[list[Any]] = []
        self.before_text: Mapping[str, str] | None = None
        self.refused = ""
        self._line = 0  # of the running text that is written, from the base
        self._raw: list[str] = []
        self._moves: list[tuple[str, int]] = []

    # What tokens write with

    def walk(self, tokens: Sequence[Token]) -> None:
        """Write tokens, each by its construct or as it stands."""
        known, at = constructs.of_tokens(), 0
        while at < len(tokens):
            write = known.get(tokens[at].type, Builder._plain)
            at = write(self, tokens, at) or at + 1

    def _plain(self, tokens: Sequence[Token], at: int) -> int | None:
        token = tokens[at]
        if token.level >= DEEPEST and token.nesting == 1 and token.block:
            self.block_fault(token, f"more than {DEEPEST} quotes and lists inside each other", "fewer")
            return self.inside(tokens, at)[1]
        if token.type == "text":
            self.text(token.content)
        elif token.type == "softbreak":
            is_joined = 0 < at < len(tokens) - 1 and typography.joined(tokens[at - 1].content, tokens[at + 1].content)
            self.text("" if is_joined else "\n")
        elif token.type == "inline":
            self._inline(token)
        elif token.type in constructs.of_marks():
            if token.block:
                self.block_mark(token.type, token, **token.meta)
            else:
                self.mark(token.type, **token.meta)
        elif token.hidden:
            pass
        elif token.nesting == 1:
            self.open(token.tag, token.attrs)
        elif token.nesting == -1:
            self.close()
        else:
            SubElement(self.stack[-1], token.tag)
        return None

    def _inline(self, token: Token) -> None:
        if self.before_text is not None:
            self.box(self.before_text)
            self.before_text = None
        outer, self._line = self._line, self.line_of(token)
        self.walk(token.children or [])
        self._line = outer

    def box(self, attributes: Mapping[str, str]) -> None:
        """The checkbox of a task."""
        SubElement(self.stack[-1], "input", dict(attributes))
        self.text(" ")

    def text(self, text: str) -> None:
        """Text, whatever it holds."""
        if not text:
            return
        text = self.escaped(text)
        parent = self.stack[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + text
        else:
            parent.text = (parent.text or "") + text

    def open(self, tag: str, attributes: Mapping[str, str | int | float] | None = None) -> Element:
        """Begin an element."""
        element = SubElement(self.stack[-1], tag)
        for name, value in (attributes or {}).items():
            if name == "style" and (found := _ALIGN.search(str(value))):
                name, value = "class", f"align-{found[1]}"
            element.set(name, self.escaped(str(value)))
        self.stack.append(element)
        return element

    def close(self) -> None:
        """End the innermost element."""
        element = self.stack.pop()
        if element.tag == "th" and not len(element) and not element.text:
            element.tag = "td"

    def escaped(self, value: str) -> str:
        """Text, or an attribute's value, whatever it holds."""
        return value.replace("&", AMP_SUBSTITUTE + "amp;")

    # Marks

    def mark(self, kind: str, line: int, **data: Any) -> None:
        """A mark in the text. line: from the beginning of the running text."""
        if kind in _LINKS and any(element.tag == "a" for element in self.stack):
            self.fault(line, *_LINKS[kind])
            return
        self.text(self.attribute_mark(kind, line, **data))

    def attribute_mark(self, kind: str, line: int, **data: Any) -> str:
        """A mark as part of an attribute's value."""
        return self._marked(kind, self._line + line, data)

    def block_mark(self, kind: str, token: Token, **data: Any) -> None:
        """A mark between blocks, on a line of its own."""
        begins_line = self._before.endswith("\n") or not (self._before or len(self.stack[-1]))
        self.text(("" if begins_line else "\n") + self._marked(kind, self.line_of(token), data) + "\n")

    def _marked(self, kind: str, line: int, data: dict[str, Any]) -> str:
        self.marks.append([kind, line, data])
        return f"{OPEN}{len(self.marks) - 1}{CLOSE}"

    def block(self, token: Token, name: str, content: Fragment, **said: Any) -> None:
        """A block of a kind. said: its argument, its options as YAML and where these begin, below the token"""
        usual = {"argument": "", "argument_html": None, "options": "", "options_line": 0}
        self.block_mark("block", token, name=name, content=content, **{**usual, **said})

    def last_mark(self) -> list[Any] | None:
        """The mark with which the text so far ends."""
        before = self._before
        found = MARK.search(before, before.rfind(OPEN)) if before.endswith(f"{CLOSE}\n") else None
        return self.marks[int(found[1])] if found else None

    @property
    def _before(self) -> str:
        """The text behind the last element."""
        parent = self.stack[-1]
        return (parent[-1].tail if len(parent) else parent.text) or ""

    def fault(self, line: int, wrong: str, expected: str = "", near: str | None = None, warning: str = "") -> None:
        """A mistake in running text, or with a name a warning."""
        self.mark("fault", line, wrong=wrong, expected=expected, near=near, warning=warning)

    def block_fault(
        self, token: Token, wrong: str, expected: str = "", below: int = 0, near: str | None = None, warning: str = ""
    ) -> None:
        """A mistake of a block, or with a name a warning; below: lines from its first."""
        data = {"wrong": wrong, "expected": expected, "near": near, "warning": warning}
        self.text(self._marked("fault", self.line_of(token) + below, data))

    def line_of(self, token: Token) -> int:
        """The line of a token, from the beginning of the unit."""
        return (token.map[0] if token.map else self.base) - self.base

    def identify(self, element: Element, said: Any, line: int) -> None:
        """Give an element the id and classes of an attribute list."""
        if said.id:
            element.set("id", self.attribute_mark("id", line, id=said.id))
        if said.classes:
            element.set("class", self.escaped(" ".join([*filter(None, [element.get("class")]), *said.classes])))

    # Pieces

    def inside(self, tokens: Sequence[Token], at: int) -> tuple[Sequence[Token], int]:
        """The tokens within an opening one, and the index behind its partner."""
        depths = itertools.accumulate(token.nesting for token in tokens[at:])
        end = next(index for index, depth in enumerate(depths, at) if depth == 0)
        return tokens[at + 1 : end], end + 1

    def flow(self, tokens: Sequence[Token], line: int = 0) -> Fragment:
        """Blocks, or running text from a line on, as a fragment of their own."""
        inner = Builder(self.parse, self.base)
        inner._line = line
        inner.walk(tokens)
        return inner.fragment()

    def phrase(self, tokens: Sequence[Token], line: int) -> Fragment:
        """Running text as a fragment of its own. line: where it begins in the text around it."""
        return self.flow(tokens, self._line + line)

    def phrase_of(self, text: str, token: Token) -> Fragment:
        """The text in a block's first line as a fragment."""
        return self.flow(self.parse(text), self.line_of(token))

    def table(self, tokens: Sequence[Token]) -> None:
        """A table that can be scrolled where it is wider than the page."""
        attributes = {
            "class": "table-scroll",
            "role": "region",
            "aria-label": self.attribute_mark("word", 0, word="Table"),
            "tabindex": "0",
        }
        self.open("div", attributes)
        self.open("table")
        self.walk(tokens)
        self.close()
        self.close()

    def flow_table(self, tokens: Sequence[Token]) -> Fragment:
        """A table as a fragment of its own."""
        inner = Builder(self.parse, self.base)
        inner.table(tokens)
        return inner.fragment()

    # HTML of the author's own

    def raw(self, text: str, moves: Sequence[tuple[str, int]]) -> None:
        """HTML as it stands; moves: the elements that it opens ("+div") and closes ("-div"), with their lines."""
        self._moves += moves
        self._raw.append(text)
        self.text(f"{RAW_OPEN}{len(self._raw) - 1}{RAW_CLOSE}")

    def fragment(self) -> Fragment:
        """What was written."""
        for line, name in html.unbalanced(self._moves):
            self._line = 0
            self.fault(line, f"<{name}> without its partner", f"<{name}>…</{name}> around words")
        text = written(self.root)
        if self._raw:
            text = html.sanitized(_RAW.sub(lambda m: self._raw[int(m[1])], text))
        return [text, self.marks]

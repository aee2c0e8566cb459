"""Lists: task lists as GitHub shows them, definition lists, and lists that count otherwise, as Pandoc has them.

a) the length     (i) a corner     A.  Apples     1.) as in German     #. counted by itself
b) the area       (ii) a wall      B.  Pears      2.) and on           #. and on
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from ...base.errors import short
from . import Mark, add_block_rule, text_of_line

if TYPE_CHECKING:
    from ..builder import Builder
    from ..document import Writer


_ITEM = re.compile(
    r"(?P<open>\((?=\w+\)))?(?P<word>[a-z]{1,5}|[A-Z]{1,5}|(?<=\()\d{1,4}|\d{1,4}(?=\.\))|#(?=\.[ \t]))"
    r"(?P<close>\.?\)|\.)(?P<blanks>[ \t]+)\S"
)
_INITIAL = re.compile(r"[A-Z]\. \S")  # with two blanks, it would be a list for Pandoc, too
_ROMAN = re.compile(r"(?=.)(c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_DIGITS = {"c": 100, "xc": 90, "xl": 40, "l": 50, "x": 10, "ix": 9, "iv": 4, "v": 5, "i": 1}
_DIGIT = re.compile("xc|xl|ix|iv|[clxvi]")


@dataclass(frozen=True)
class _Item:
    """How an item is counted: its list's `type` in HTML, its number, and the signs around that. indent: of its text"""

    type: str
    number: int
    open: str
    close: str
    indent: int = field(compare=False)

    @property
    def following(self) -> _Item:
        return replace(self, number=self.number + (self.type != "#"))


def _items(state: StateBlock, line: int) -> list[_Item]:
    """What a line may be an item as: i) is the ninth of letters, or the first of Roman numbers."""
    if not (found := _ITEM.match(text_of_line(state, line))):
        return []
    at = state.sCount[line] + state.bsCount[line] + found.start("blanks")
    wide = len((" " * at + found["blanks"]).expandtabs(4)) - at
    word = found["word"]
    more = found["open"] or "", found["close"], at - state.bsCount[line] + (wide if wide <= 4 else 1)
    if word == "#":
        return [_Item("#", 1, *more)]
    if word.isdigit():
        return [_Item("1", int(word), *more)]
    kinds = []
    if _ROMAN.fullmatch(word.lower()):
        number = sum(_DIGITS[digit] for digit in _DIGIT.findall(word.lower()))
        kinds.append(_Item("i" if word.islower() else "I", number, *more))
    if len(word) == 1:
        kinds.append(_Item("a" if word.islower() else "A", ord(word.lower()) - ord("a") + 1, *more))
    return kinds


def _goes_on(state: StateBlock, line: int, end: int) -> bool:
    """Whether a line that stands less far in than an item's text is of its last paragraph all the same."""
    around, state.parentType = state.parentType, "list"
    ends = any(rule(state, line, end, True) for rule in state.md.block.ruler.getRules("paragraph"))
    state.parentType = around
    return not ends or state.is_code_block(line)


def _counted(state: StateBlock, start: int, end: int) -> tuple[_Item | None, list[int], int]:
    """How the list counts that a line may begin; the lines of its items, each the next of the one before; its end."""
    least = 3 if _INITIAL.match(text_of_line(state, start)) else 2
    for first in _items(state, start):
        item, lines, after_gap, line = first, [start], False, start + 1
        while line < end:
            begins = state.blkIndent <= state.sCount[line] < item.indent and not state.is_code_block(line)
            others = _items(state, line) if begins else []
            if state.isEmpty(line):
                after_gap = True
            elif found := next((other for other in others if other == item.following), None):
                item, after_gap = found, False
                lines.append(line)
            elif others or (state.sCount[line] < item.indent and (after_gap or not _goes_on(state, line, end))):
                break
            line += 1
        if len(lines) >= least or first.type == "#":
            return first, lines, line
    return None, [], start


def lettered(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list of two items, or of three that begin as names do. Only within a list it interrupts a paragraph, where it
    begins with the first number.

    It is the parser's own list, which reads 1, as wide, in the place of what items begin with.
    """
    ended: set[int] = vars(state).setdefault("ended", set())  # lines of items behind the end of their list
    if start in ended:
        return False
    if silent:
        if state.listIndent < 0 or state.sCount[start] < state.blkIndent:
            return False
        return any(item.number == 1 for item in _items(state, start)) and _counted(state, start, end)[0] is not None
    first, lines, end = _counted(state, start, end)
    if not first:
        return False
    parts, at, source = [], 0, state.src
    for line in lines:
        marker = state.bMarks[line] + state.tShift[line]
        last = source.index(first.close, marker) + len(first.close) - 1
        parts += [source[at:marker], "1".zfill(last - marker)]
        at = last
    state.src = "".join([*parts, source[at:]])
    opening = len(state.tokens)
    found = list_block(state, start, end, silent)
    state.src = source
    ended.update(line for line in lines if line >= state.line)
    if state.line > end and _items(state, end):  # an item that is not the next goes on with the text of the last
        state.tokens[opening + 1].meta["other"] = text_of_line(state, end), end - start
    token = state.tokens[opening]
    if first.number != 1:
        token.attrSet("start", first.number)
    if first.type not in "#1":
        token.attrSet("type", first.type)
    if first.close != ".":
        token.attrJoin("class", f"bracket{'s' if first.open else ''}-{first.type}")
    return found


def extend(md: MarkdownIt) -> None:
    """Task lists are the parser's own."""
    md.options["tasklists"] = True
    deflist_plugin(md)
    add_block_rule(md, "lettered", lettered, "list", {"alt": ["paragraph"]})


def note_skipped_numbers(tokens: Sequence[Token]) -> None:
    """Note at the first item of a list before which numbers are skipped, 7 behind 4, what it is shown as."""
    following: list[int] = []  # of the lists around, the number of the next item; 0: told already
    for token in tokens:
        if token.type == "ordered_list_open":
            following.append(int(token.attrs.get("start", 1)))
        elif token.type == "ordered_list_close":
            following.pop()
        elif token.type == "list_item_open" and token.info and (shown := following[-1]):
            following[-1] = 0 if int(token.info) > shown else shown + 1
            if not following[-1]:
                token.meta["shown"] = shown


def _write_item(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    token = tokens[at]
    if shown := token.meta.get("shown"):
        expected = f"{shown}., or a line <!-- --> before it, which begins another list"
        wrong = f'the item "{token.info}." is shown as {shown}, as items are counted from the first'
        builder.block_fault(token, wrong, expected, warning="stray-mark")
    builder.open("li", token.attrs)
    if other := token.meta.get("other"):
        wrong, expected = f'an item that does not count on, "{short(other[0])}"', "the next, or an empty line before it"
        builder.block_fault(token, wrong, expected, other[1], warning="stray-mark")
    if "checked" in token.meta:
        word = "done" if token.meta["checked"] else "to do"
        box = {
            "type": "checkbox",
            "disabled": "",
            "aria-label": builder.attribute_mark("word", 0, word=word),
            **({"checked": ""} if token.meta["checked"] else {}),
        }
        if tokens[at + 1].type == "paragraph_open":
            builder.before_text = box
        else:
            builder.box(box)


def _word(writer: Writer, mark: Mark) -> str:
    """What the page says by itself, in its language."""
    return html.escape(writer.words(mark.data["word"]))


TOKENS = {"list_item_open": _write_item}
MARKS = {"word": _word}

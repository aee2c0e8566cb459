"""A text in blocks: what Markdown's lines are before anything is rendered, numbered, each with its line.

    book = outline(page)
    book.labels["fig-grid"].number  # "3"

Headings, figures and other `///` blocks, fenced code, display math, quotes,
footnotes and link addresses are found here; everything else is running text,
left for `markup`. Mistakes are gathered, never raised: the rest of the page
has more to tell.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..base.errors import Problem, meant, nearest, short
from ..base.memo import Memo
from ..base.warnings import Warned
from ..content.texts import Page, Yaml, yaml_fields
from . import blocks, formulas

BLOCKS = blocks.load()
LABELLED = {block.label: block.name for block in BLOCKS.values() if block.label}  # blocks with numbers
NUMBERED = {label: name.capitalize() for label, name in LABELLED.items()} | {"eq": "Equation", "sec": "Section"}
RESERVED = ("fn-", "fnref-", "ref-", "cite-", "claim-")
HEADED = ("references", "footnotes")  # ids of the sections that we add
DEEPEST = 20  # blocks inside each other

Numbered = tuple[int, str]  # a line of the file and its text


@dataclass
class Text:
    """Running text: paragraphs, lists, tables, definition lists."""

    lines: list[Numbered] = field(default_factory=list)


@dataclass
class Heading:
    level: int
    text: str
    line: int
    id: str
    classes: tuple[str, ...] = ()
    number: str = ""


@dataclass
class Code:
    """A fenced block; `language` is "" for plain text."""

    language: str
    text: str
    line: int
    indent: int


@dataclass
class Equation:
    """Display math. Numbered when it has a label."""

    tex: str
    line: int
    indent: int
    id: str = ""
    number: str = ""


@dataclass
class Block:
    """`/// kind | argument`, its options and what it holds."""

    kind: str
    argument: str
    line: int
    indent: int
    options: dict[str, Yaml] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    id: str = ""
    number: str = ""


@dataclass
class Quote:
    items: list[Item]
    line: int


Item = Text | Heading | Code | Equation | Block | Quote


@dataclass(frozen=True)
class Label:
    """What a reference can point at. kind: "fig", "tbl", "eq", "sec", or "" for a plain anchor."""

    id: str
    kind: str
    number: str
    title: str
    line: int


@dataclass
class Outline:
    """A text in blocks.

    footnotes  name -> (line, blocks)
    addresses  label of a link -> (line, address, title)
    numbers    what \\label names in a formula -> its number, or what \\tag says
    """

    items: list[Item] = field(default_factory=list)
    footnotes: dict[str, tuple[int, list[Item]]] = field(default_factory=dict)
    addresses: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    @property
    def anchors(self) -> frozenset[str]:
        """Every id that the author can link to: labels, and those of attribute lists in running text."""
        lines = (line for item in _walk(self.items) if isinstance(item, Text) for _, line in item.lines)
        return frozenset(self.labels) | {id_ for line in lines for id_ in _ANCHORS.findall(line)}


# Reading blocks

_FENCE = re.compile(r"( *)(`{3,}|~{3,})[ \t]*([^`]*)$")
_SLASHES = re.compile(r"( *)/{3,}(?!/)[ \t]*(.*)$")
_HEADING = re.compile(r"(#{1,6})([ \t]*)(.*?)(?:[ \t]+#+)?[ \t]*$")
_TRAILING = re.compile(r"(?:^|[ \t]+)\{:?((?:[^{}\"']|\"[^\"]*\"|'[^']*')*)\}[ \t]*$")
_FOOTNOTE = re.compile(r" {0,3}\[\^([^\]]+)\]:[ \t]*(.*)$")
_ADDRESS = re.compile(r" {0,3}\[([^\]^][^\]]*)\]:[ \t]*<?(\S+?)>?(?:[ \t]+[\"'(](.*)[\"')])?[ \t]*$")
_QUOTE = re.compile(r" {0,3}> ?(.*)$")
_RULE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FLAT_OPTION = re.compile(rf"({'|'.join(sorted({name for block in BLOCKS.values() for name in block.options}))}):\s")
_ANCHORS = re.compile(r"\{[^{}\n]*?#([\w.:-]+)[^{}\n]*\}")


@functools.lru_cache(maxsize=64)
def outline(page: Page, memo: Memo | None = None) -> Outline:
    """A page's blocks, with what is numbered numbered. Not to be changed: it is kept for the next asking.

    memo  what YAML was read before
    """
    book = Outline()
    lines = list(enumerate(page.body.split("\n"), page.first_line))
    book.items = _Blocks(page.file, book, lines, memo or Memo()).read()
    _number(page.file, book)
    return book


class _Blocks:
    """One pass over lines."""

    def __init__(self, file: str, book: Outline, lines: Sequence[Numbered], memo: Memo, depth: int = 0) -> None:
        self.file = file
        self.book = book
        self.lines = lines
        self.memo = memo
        self.at = 0
        self.depth = depth
        self.margin = 0  # spaces before the block that is being read

    def read(self, block: Block | None = None) -> list[Item]:
        """Items up to the line that closes `block`, or to the end."""
        items: list[Item] = []
        while self.at < len(self.lines):
            number, line = self._line()
            if block and (slashes := _SLASHES.match(line)) and not slashes[2].strip():
                self.at += 1
                return items
            item = self._item(number, line)
            if item is not None:
                items.append(item)
                continue
            self._keep_text(items, number, line)
            self.at += 1
        if block:
            self.wrong(block.line, f"the block {block.kind} is not closed", "a line with /// after it")
        return items

    def wrong(self, line: int, wrong: str, expected: str = "", near: str | None = None) -> None:
        self.book.problems.append(Problem(f"{self.file}:{line}", wrong, expected, near))

    def _line(self) -> Numbered:
        number, line = self.lines[self.at]
        lead = len(line) - len(line.lstrip(" \t"))
        line = line[:lead].expandtabs(4) + line[lead:]
        cut = min(self.margin, len(line) - len(line.lstrip(" ")))
        return number, line[cut:]

    def _item(self, number: int, line: str) -> Item | None:
        """The item that starts here, read to its end; None for running text."""
        start = line.lstrip()[:3]
        if start in ("```", "~~~") and (fence := _FENCE.match(line)):
            return self._code(number, fence)
        if start == "///" and (slashes := _SLASHES.match(line)):
            return self._block(number, slashes)
        if start[:2] == "$$":
            return self._equation(number, line)
        if line[:1] == "#" and (heading := _HEADING.match(line)):
            return self._heading(number, heading)
        if start[:1] == ">" and _QUOTE.match(line):
            return self._quote(number)
        if start[:1] == "[" and (found := _FOOTNOTE.match(line)):
            return self._footnote(number, found)
        if start[:1] == "[" and (found := _ADDRESS.match(line)):
            return self._address(number, found)
        if line.lstrip().startswith("<!--"):
            return self._comment(number)
        return None

    def _keep_text(self, items: list[Item], number: int, line: str) -> None:
        if not items or not isinstance(items[-1], Text):
            items.append(Text())
        text = items[-1]
        assert isinstance(text, Text)
        if _RULE.match(line) and text.lines and text.lines[-1][1].strip():
            self.wrong(number, "a line of - or = below text", "## before a heading, an empty line before a rule")
        text.lines.append((number, line))

    def _comment(self, number: int) -> Item:
        """Skipped up to its end; what follows on that line is text."""
        while self.at < len(self.lines):
            at, line = self._line()
            self.at += 1
            if "-->" in line:
                rest = line.partition("-->")[2]
                return Text([(at, rest)] if rest.strip() else [])
        self.wrong(number, "the comment is not closed", "-->")
        return Text()

    def _code(self, number: int, fence: re.Match[str]) -> Item:
        indent, marks, info = len(fence[1]), fence[2], fence[3].strip()
        end = re.compile(r" *" + re.escape(marks[0]) + "{" + str(len(marks)) + r",}[ \t]*$")
        self.at += 1
        kept = []
        while self.at < len(self.lines):
            raw = self.lines[self.at][1]
            _, line = self._line()
            self.at += 1
            if end.match(line):
                break
            cut = min(indent + self.margin, len(raw) - len(raw.lstrip(" ")))
            kept.append(raw[cut:])
        else:
            self.wrong(number, "the code block is not closed", f"a line with {marks} after it")
        language, _, rest = info.partition(" ")
        if rest:
            self.wrong(number, f'"{rest.strip()}" after the language of the code', "the language alone")
        return Code(language.lower(), "\n".join(kept), number, indent)

    def _equation(self, number: int, line: str) -> Item:
        indent = len(line) - len(line.lstrip())
        rest, kept = line.strip()[2:], []
        while True:
            tex, closed, after = rest.partition("$$")
            kept.append(tex)
            self.at += 1
            if closed or self.at >= len(self.lines) or not self._line()[1].strip():
                break
            rest = self._line()[1]
        equation = Equation("\n".join(kept), number, indent)
        if not closed:
            self.wrong(number, "the formula is not closed", "$$ after it, and no empty line inside")
            return equation
        attributes = _TRAILING.match(after)
        if attributes:
            equation.id, _ = self._identity(number, attributes[1], ())
        elif after.strip():
            last = self.lines[self.at - 1][0]
            self.wrong(last, f'"{short(after)}" after a formula', "the end of the line or a label like {#eq-loss}")
        return equation

    def _heading(self, number: int, heading: re.Match[str]) -> Item:
        self.at += 1
        level, text = len(heading[1]), heading[3]
        if not heading[2] and text:
            self.wrong(number, f'no space after "{heading[1]}"', f"{heading[1]} {short(text)}")
        id_ = ""
        classes: tuple[str, ...] = ()
        if attributes := _TRAILING.search(text):
            text = text[: attributes.start()]
            id_, classes = self._identity(number, attributes[1], ("unnumbered",))
        if not text.strip():
            self.wrong(number, "a heading without text")
        if level == 1:
            self.wrong(number, "a heading of the first level", "## : the title stands in the front matter")
        return Heading(max(level, 2), text.strip(), number, id_, classes)

    def _identity(self, number: int, inside: str, known: Collection[str]) -> tuple[str, tuple[str, ...]]:
        """The id and classes of an attribute list."""
        attributes = parse_attributes(inside)
        for key in attributes.values:
            self.wrong(number, f'unknown attribute "{key}"', "#label or .class")
        for word in attributes.words:
            self.wrong(number, f'unknown attribute "{word}"', "#label or .class", None)
        for name in attributes.classes:
            if known and name not in known:
                self.wrong(number, f'unknown class "{name}"', f".{' .'.join(known)}", nearest(name, known))
        return attributes.id, attributes.classes

    def _quote(self, number: int) -> Item:
        inner: list[Numbered] = []
        while self.at < len(self.lines):
            at, line = self._line()
            found = _QUOTE.match(line)
            if not found:
                break
            inner.append((at, found[1]))
            self.at += 1
        if self._too_deep(number):
            return Text()
        return Quote(_Blocks(self.file, self.book, inner, self.memo, self.depth + 1).read(), number)

    def _footnote(self, number: int, found: re.Match[str]) -> Item:
        """A definition: its paragraph, and what follows indented."""
        name, inner = found[1], [(number, found[2])]
        if not re.fullmatch(r"[\w-]+", name):
            self.wrong(number, f'the footnote "{short(name)}"', "a name of letters, digits, - and _")
        self.at += 1
        after_blank = False
        while self.at < len(self.lines):
            at, line = self._line()
            indented = line.startswith("    ")
            if line.strip() and not indented and (after_blank or self._starts(line)):
                break
            inner.append((at, line[4:] if indented else line))
            after_blank = not line.strip()
            self.at += 1
        if name in self.book.footnotes:
            first = self.book.footnotes[name][0]
            self.wrong(number, f'the footnote "{name}" is defined twice, first on line {first}')
        items = _Blocks(self.file, self.book, inner, self.memo, self.depth + 1).read()
        self.book.footnotes.setdefault(name, (number, items))
        return Text()

    def _starts(self, line: str) -> bool:
        """Whether a line directly below a footnote's text begins something else."""
        return bool(_FOOTNOTE.match(line) or _SLASHES.match(line) or _FENCE.match(line) or line.startswith(("#", "$$")))

    def _address(self, number: int, found: re.Match[str]) -> Item:
        self.at += 1
        name = " ".join(found[1].lower().split())
        if name in self.book.addresses:
            first = self.book.addresses[name][0]
            self.wrong(number, f'the link label "{found[1]}" is defined twice, first on line {first}')
        self.book.addresses.setdefault(name, (number, found[2], found[3] or ""))
        return Text()

    def _block(self, number: int, slashes: re.Match[str]) -> Item:
        self.at += 1
        head = slashes[2].strip()
        if not head:
            self.wrong(number, "/// closes no block", "/// with the name of a block before it")
            return Text()
        if self._too_deep(number):
            return Text()
        name, bar, argument = (part.strip() for part in head.partition("|"))
        block = Block(name, argument, number, len(slashes[1]))
        first, _, rest = name.partition(" ")
        if rest and first in BLOCKS and not bar:
            self.wrong(number, f'"{short(rest)}" after the name of the block', f"/// {first} | {short(rest)}")
            block.kind, block.argument = first, rest
        elif name not in BLOCKS:
            self.wrong(number, f'unknown block "{short(name)}"', *meant(name, BLOCKS))
        outer, self.margin = self.margin, self.margin + block.indent
        block.options = self._options()
        self.depth += 1
        block.items = self.read(block)
        self.depth -= 1
        self.margin = outer
        return block

    def _too_deep(self, number: int) -> bool:
        if self.depth >= DEEPEST:
            self.wrong(number, f"more than {DEEPEST} blocks inside each other", "fewer")
        return self.depth >= DEEPEST

    def _options(self) -> dict[str, Yaml]:
        """The indented lines below the head of a block, as YAML."""
        start = self.at
        while self.at < len(self.lines):
            _, line = self._line()
            if not line.startswith("  ") or not line.strip():
                break
            self.at += 1
        if self.at == start:
            found = _FLAT_OPTION.match(self._line()[1]) if self.at < len(self.lines) else None
            if found:
                self.wrong(self.lines[self.at][0], f'the option "{found[1]}" is not indented', "four spaces before it")
            return {}
        rows = self.lines[start : self.at]
        text = "\n".join(line[self.margin :] if not line[: self.margin].strip() else line.lstrip() for _, line in rows)
        options, problems = yaml_fields(text.replace("\t", "    "), self.file, rows[0][0], self.memo)
        self.book.problems += problems
        return options


def _number(file: str, book: Outline) -> None:
    """Numbers and labels, in the order of the text; footnotes come last."""
    counts = dict.fromkeys(NUMBERED, 0)
    sections = [0] * 7
    taken: list[tuple[str, str, str, str, int]] = []
    level = 1
    bodies = [items for _, items in book.footnotes.values()]
    for item in itertools.chain(_walk(book.items), *map(_walk, bodies)):
        if isinstance(item, Heading):
            if item.level > level + 1:
                below = "#" * (level + 1)
                skips = Problem(f"{file}:{item.line}", "a heading skips a level", f"{below} at most")
                book.warnings.append(Warned("heading-level", str(skips)))
            level = item.level
            if "unnumbered" not in item.classes:
                sections[item.level] += 1
                sections[item.level + 1 :] = [0] * (6 - item.level)
                item.number = ".".join(str(max(1, n)) for n in sections[2 : item.level + 1])
            taken.append((item.id, "sec", item.number, item.text, item.line))
        elif isinstance(item, Equation):
            if item.id:
                counts["eq"] += 1
                item.number = str(counts["eq"])
                taken.append((item.id, "eq", item.number, "", item.line))
            for row in formulas.rows(item.tex):
                if row.label:
                    counts["eq"] += not row.tag
                    book.numbers[row.label] = row.tag or str(counts["eq"])
                    line = item.line + item.tex.count("\n", 0, row.offset)
                    taken.append((formulas.anchor(row.label), "eq", book.numbers[row.label], "", line))
        elif isinstance(item, Block):
            kind = _label_of(item)
            said = item.options.get("id")
            item.id = said.value if said and isinstance(said.value, str) else ""
            if kind:
                counts[kind] += 1
                item.number = str(counts[kind])
            if item.id or kind:
                taken.append((item.id, kind, item.number, item.argument, said.line if said else item.line))
    _label(file, book, taken)


def _label(file: str, book: Outline, taken: Sequence[tuple[str, str, str, str, int]]) -> None:
    """Labels: those that authors gave, then ours for what has none."""
    for id_, kind, number, title, line in taken:
        if not id_:
            continue
        if id_ in book.labels:
            first = book.labels[id_].line
            book.problems.append(Problem(f"{file}:{line}", f'the label "{id_}" is used twice, first on line {first}'))
            continue
        _check_label(file, book, id_, kind, line)
        book.labels[id_] = Label(id_, kind, number, title, line)
    for item in _walk(book.items):
        if isinstance(item, (Heading, Block)) and not item.id:
            kind = "sec" if isinstance(item, Heading) else _label_of(item)
            if not kind:
                continue
            title = item.text if isinstance(item, Heading) else f"{item.kind[:3]}-{Path(item.argument).stem}"
            wanted = slug(title)
            names = itertools.chain([wanted], (f"{wanted}-{n}" for n in itertools.count(2)))
            item.id = next(name for name in names if name not in book.labels and name not in HEADED)
            book.labels[item.id] = Label(item.id, kind, item.number, title, item.line)


def _check_label(file: str, book: Outline, id_: str, kind: str, line: int) -> None:
    place = f"{file}:{line}"
    prefix = id_.partition("-")[0] if "-" in id_ else ""
    if not re.fullmatch(r"[A-Za-z][\w.:-]*", id_):
        book.problems.append(Problem(place, f'the label "{id_}"', "a letter, then letters, digits, - and _"))
    elif id_.startswith(RESERVED) or id_ in HEADED:
        book.problems.append(Problem(place, f'the label "{id_}" is kept for the page itself', "another label"))
    elif kind in _FULL and prefix != kind:
        book.problems.append(
            Problem(place, f'the label of a {_FULL[kind]} is "{id_}"', f"a label that starts with {kind}-")
        )
    elif prefix in NUMBERED and prefix != kind:
        book.problems.append(
            Problem(place, f'the label "{id_}" is not on a {NUMBERED[prefix].lower()}', "another label")
        )


_FULL = LABELLED | {"eq": "formula"}


def _label_of(block: Block) -> str:
    """With what a block's label begins; "" for one without a number."""
    return BLOCKS[block.kind].label if block.kind in BLOCKS else ""


def _walk(items: Iterable[Item]) -> Iterator[Item]:
    """All items, outer before inner."""
    for item in items:
        yield item
        if isinstance(item, (Block, Quote)):
            yield from _walk(item.items)


def slug(text: str) -> str:
    """A heading as an id."""
    plain = re.sub(r"\$[^$]*\$|\{\{.*?\}\}|`|\[\^[^\]]*\]|\]\([^)]*\)", " ", text.lower())
    name = "-".join(re.findall(r"[^\W_]+", plain.replace("’", "").replace("'", "")))
    return name if name[:1].isalpha() else f"part-{name}".rstrip("-")


@dataclass(frozen=True)
class Attributes:
    """`{#id .class key="value" word}`"""

    id: str
    classes: tuple[str, ...]
    values: dict[str, str]
    words: tuple[str, ...]


_ATTRIBUTE = re.compile(
    r"""#(?P<id>[^\s#.]+)|\.(?P<class>[^\s#.]+)|(?P<key>[^\s=]+)=(?:"(?P<d>[^"]*)"|'(?P<s>[^']*)'|(?P<b>\S*))|(?P<word>\S+)"""
)


def parse_attributes(inside: str) -> Attributes:
    """The text between the braces of an attribute list."""
    id_, classes, values, words = "", [], {}, []
    for found in _ATTRIBUTE.finditer(inside):
        if found["id"]:
            id_ = found["id"]
        elif found["class"]:
            classes.append(found["class"])
        elif found["key"]:
            values[found["key"]] = next(v for v in (found["d"], found["s"], found["b"], "") if v is not None)
        else:
            words.append(found["word"])
    return Attributes(id_, tuple(classes), values, tuple(words))

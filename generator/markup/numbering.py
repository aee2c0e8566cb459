"""What of a page has a number or a label, in the order of its text; a mistake for each label that cannot be."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..base import filenames
from ..base.errors import Problem, an
from ..base.warnings import Warned
from ..base.yaml import Yaml
from . import blocks, formulas
from .constructs import Mark

BLOCKS = blocks.load()
LABELLED = {block.label: block.name for block in BLOCKS.values() if block.label}  # blocks with numbers
NUMBERED = {label: name.capitalize() for label, name in LABELLED.items()} | {"eq": "Equation", "sec": "Section"}
RESERVED = ("fn-", "fnref-", "ref-", "cite-", "claim-")
OURS = (  # a page's own ids
    *("main", "references", "footnotes", "cite", "bibtex"),
    *("peek-runs", "figure-scripts", "note-card"),
)
KEPT = "is kept for the page itself"
PARTED = tuple(f"{label}-" for label in LABELLED)
PARTS = ("number", "title", "caption")  # of a figure or table, behind its label
_FULL = LABELLED | {"eq": "formula"}


@dataclass
class Numbered:
    """What has a number, or what a reference can point at. kind: "fig", "tbl", "eq", "sec", "" for a plain anchor."""

    kind: str
    id: str
    number: str
    title: str
    line: int


@dataclass
class Heading(Numbered):
    level: int = 2
    classes: tuple[str, ...] = ()


@dataclass
class Block(Numbered):
    """kind is the block's; title its argument."""

    options: Mapping[str, Yaml] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def argument(self) -> str:
        return self.title

    def line_of(self, option: str) -> int:
        """The line of an option, or its own where the option is not given."""
        return self.options[option].line if option in self.options else self.line


@dataclass
class Outline:
    """A page's numbers.

    items     (kind of mark, line) -> what has a number there
    labels    id -> what it names; `anchors` are the ids of running text beside them
    notes     footnote -> (line, fragment)
    formulas  what \\label names in a formula -> its number, or what \\tag says
    counts    kind -> the last number
    headings  what the ids that other systems give to headings have in common -> our ids
    """

    items: dict[tuple[str, int], Numbered] = field(default_factory=dict)
    labels: dict[str, Numbered] = field(default_factory=dict)
    anchors: dict[str, int] = field(default_factory=dict)
    notes: dict[str, tuple[int, Any]] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)


def marks(fragment: Any, base: int) -> Iterator[Mark]:
    """All marks of a fragment, outer before inner. base: the line of the file on which line 0 is."""
    for kind, line, data in fragment[1]:
        if kind == "blocks":
            yield from marks(["", [["block", *member] for member in data["members"]]], base)
            continue
        yield Mark(kind, base + line, data)
        for name in ("argument_html", "content", "alt"):
            if isinstance(data.get(name), list):
                yield from marks(data[name], base)


def number(
    file: str,
    fragments: Iterable[tuple[int, Any]],
    options: Callable[[Mark], dict[str, Yaml]],
    before: Iterable[tuple[str, int]] = (),
    prefix: str = "",
    titles: Collection[str] = (),
) -> Outline:
    """Number a page, footnotes last.

    fragments  (base, fragment) in the order of the text
    options    reads those of a block
    before     (kind, last number) of the pages on which this one goes on
    prefix     of each number
    titles     in small letters, of last headings that say nothing of the level of the others
    """
    book = Outline()
    found = [mark for base, fragment in fragments for mark in _flat(fragment, base, book, file)]
    bodies = [mark for line, (base, fragment) in book.notes.values() for mark in _flat(fragment, base, book, file)]
    headings = [mark.data for mark in found if mark.kind == "heading"]
    while len(headings) > 1 and headings[-1]["text"].strip(" *_:").casefold() in titles:
        headings.pop()
    shift = any(heading["level"] == 1 for heading in headings)
    counts = book.counts = dict.fromkeys(NUMBERED, 0) | dict(before)
    sections = [0, 0, counts["sec"], 0, 0, 0, 0]
    taken: list[Numbered] = []
    level = 1
    for mark in itertools.chain(found, bodies):
        data, line = mark.data, mark.line
        item: Numbered
        if mark.kind == "heading":
            own = min(max(data["level"] + shift, 2), 6)
            if own > level + 1:
                skips = Problem(f"{file}:{line}", "a heading skips a level", f"{'#' * (level + 1 - shift)} at most")
                book.warnings.append(Warned("heading-level", str(skips)))
            level = own
            item = Heading("sec", data["id"], "", data["text"], line, own, tuple(data["classes"]))
            if "unnumbered" not in item.classes:
                sections[own] += 1
                sections[own + 1 :] = [0] * (6 - own)
                sections[2:own] = [max(1, n) for n in sections[2:own]]  # what is skipped counts as one
                item.number = prefix + ".".join(map(str, sections[2 : own + 1]))
                counts["sec"] = sections[2]
            taken.append(item)
        elif mark.kind == "equation":
            item = Numbered("eq", data["id"], "", "", line)
            if item.id:
                tag = formulas.tag(data["tex"])
                counts["eq"] += not tag
                item.number = tag or prefix + str(counts["eq"])
                taken.append(item)
            taken += _rows(mark, book, prefix)
        elif mark.kind == "formula":
            taken += _rows(mark, book, prefix)
            continue
        elif mark.kind == "block":
            given = options(mark)
            said = given.get("id")
            kind = BLOCKS[data["name"]].label if data["name"] in BLOCKS else ""
            own_id = said.value if said and isinstance(said.value, str) else ""
            item = Block(data["name"], own_id, "", data["argument"], line, given, data)
            if kind:
                counts[kind] += 1
                item.number = prefix + str(counts[kind])
            if item.id or kind:
                taken.append(Numbered(kind, item.id, item.number, item.title, said.line if said else line))
        else:
            id_ = data["id"] if mark.kind == "id" else (data["said"] or {}).get("id") if mark.kind == "picture" else ""
            if id_:
                book.anchors.setdefault(id_, line)
            continue
        book.items[mark.kind, line] = item
    _label(file, book, taken)
    return book


def _rows(mark: Mark, book: Outline, prefix: str) -> Iterator[Numbered]:
    """The lines of a formula that have a label, each with its number."""
    tex = mark.data["tex"]
    for row in formulas.rows(tex) if "\\label" in tex else ():
        if row.label:
            book.counts["eq"] += not row.tag
            book.formulas[row.label] = row.tag or prefix + str(book.counts["eq"])
            below = mark.line + tex.count("\n", 0, row.offset)
            yield Numbered("eq", formulas.anchor(row.label), book.formulas[row.label], "", below)


def _flat(fragment: Any, base: int, book: Outline, file: str) -> Iterator[Mark]:
    """The marks of a fragment but those of footnotes, which are put aside."""
    inside: set[int] = set()
    for mark in marks(fragment, base):
        if mark.kind == "definition":
            name = mark.data["name"]
            if name in book.notes:
                first = book.notes[name][0]
                wrong = f'the footnote "{name}" is defined twice, first on line {first}'
                book.problems.append(Problem(f"{file}:{mark.line}", wrong))
            book.notes.setdefault(name, (mark.line, (base, mark.data["content"])))
            inside |= {id(inner.data) for inner in marks(mark.data["content"], base)}
        elif id(mark.data) not in inside:
            yield mark


def _label(file: str, book: Outline, taken: Iterable[Numbered]) -> None:
    """Labels: those that authors gave, then ours for what has none."""
    for label in taken:
        if first := book.labels.get(label.id):
            wrong = f'the label "{label.id}" is used twice, first on line {first.line}'
            book.problems.append(Problem(f"{file}:{label.line}", wrong))
        elif label.id:
            _check_label(file, book, label)
            book.labels[label.id] = label
    counts: dict[str, int] = {}  # how many have asked for a name
    for item in book.items.values():
        if item.id or item.kind == "eq":
            continue
        kind = "sec" if isinstance(item, Heading) else BLOCKS[item.kind].label if item.kind in BLOCKS else ""
        if kind:
            title = item.title if isinstance(item, Heading) else f"{item.kind[:3]}-{Path(item.title).stem}"
            wanted = slug(title)
            if isinstance(item, Heading) and (is_ours(wanted, {}) or wanted.startswith(PARTED)):
                wanted = f"part-{wanted}"
            while not item.id or item.id in book.labels or item.id in book.anchors:
                counts[wanted] = counts.get(wanted, 0) + 1
                item.id = wanted if counts[wanted] == 1 else f"{wanted}-{counts[wanted]}"
            book.labels[item.id] = Numbered(kind, item.id, item.number, title, item.line)
    seen: dict[str, int] = {}
    for item in book.items.values():
        if isinstance(item, Heading):
            name = bare(_plain(item.title))
            count = seen[name] = seen.get(name, -1) + 1
            for known in (name, name.lstrip("0123456789")):  # Pandoc begins with a letter
                book.headings.setdefault(known + (str(count) if count else ""), item.id)
    for id_, first_id in filenames.alike(id_ for id_, label in book.labels.items() if label.kind == "fig"):
        wrong = f'the label "{id_}" differs from "{first_id}" in capitals alone, and pages of figures are files'
        book.problems.append(Problem(f"{file}:{book.labels[id_].line}", wrong, "another label"))
    for id_, label in book.labels.items():
        if is_ours(id_, book.labels):
            book.problems.append(Problem(f"{file}:{label.line}", f'the label "{id_}" {KEPT}', "another label"))


def _check_label(file: str, book: Outline, label: Numbered) -> None:
    place, id_, kind = f"{file}:{label.line}", label.id, label.kind
    prefix = id_.partition("-")[0] if "-" in id_ else ""
    if re.search(r"\s|[,;]\Z", id_):
        book.problems.append(Problem(place, f'the label "{id_}"', "letters, digits, - and _"))
    elif kind in _FULL and prefix != kind:
        near = f"{kind}-{id_.partition(':')[2]}" if ":" in id_ else None  # as LaTeX and pandoc-crossref have them
        wrong = f'the label of {an(_FULL[kind])} is "{id_}"'
        book.problems.append(Problem(place, wrong, f"a label that starts with {kind}-", near))
    elif prefix in NUMBERED and prefix != kind:
        book.problems.append(
            Problem(place, f'the label "{id_}" is not on {an(NUMBERED[prefix].lower())}', "another label")
        )


def is_ours(id_: str, labels: Mapping[str, Numbered]) -> bool:
    """Whether an id is one that the page itself gives, to what it adds or to a part of what has one of the labels."""
    whole, _, part = id_.rpartition("-")
    return id_ in OURS or id_.startswith(RESERVED) or (part in PARTS and whole.startswith(PARTED) and whole in labels)


_OF_LATEX = {"fig": "fig(?:ure)?", "tbl": "tab(?:le)?|tbl"}
LABEL = re.compile(r"\s*\\label\{([^{}]+)\}\s*")  # in a caption, as papers of JOSS have it


def of_latex(kind: str, label: str) -> str:
    """What a figure or table is called here by its label of LaTeX: `fig:db` -> fig-db, `overview` -> fig-overview."""
    name = re.sub(rf"\A(?:{_OF_LATEX[kind]})[:.-]", "", label.strip(), flags=re.IGNORECASE)
    return f"{kind}-" + re.sub(r"[^\w-]+", "-", name)


def bare(name: str) -> str:
    """Letters and digits: what an id of a heading is in all systems, whatever they put between."""
    return re.sub(r"[\W_]+", "", name.lower())


def _plain(heading: str) -> str:
    """Words of a heading, without tags of HTML, formulas, values, notes, addresses and attributes."""
    heading = _TAG.sub(lambda m: f" {m[1]} " if m[1] else " " * (m[0].lower() == "<br>"), heading)
    return re.sub(r"\$[^$]*\$|\{\{.*?\}\}|`|\[\^[^\]]*\]|\]\([^)]*\)|\]\{[^{}]*\}", " ", heading.lower())


_TAG = re.compile(r"`([^`]*)`|</?[A-Za-z][^<>]*>|<!--[^<>]*-->")  # of HTML, but for code


def slug(text: str) -> str:
    """A heading as an id."""
    name = "-".join(re.findall(r"[^\W_]+", _plain(text).replace("’", "").replace("'", "")))
    return name if name[:1].isalpha() else f"part-{name}".rstrip("-")

"""What of the rest of an article a page's HTML depends on: whatever it asks is noted with its answer.

    dependencies = Dependencies(book, page, assets)
    dependencies.label("fig-grid")  # the page that has it, its kind, number and title
    dependencies.holds(asked)  # whether all that a page asked once would be answered the same now

So a page whose own text is unchanged is made again when something that it shows of another page is not what it was,
and only then.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ..base.memo import digest
from ..base.store import sha256
from ..content.bibliography import STYLES, Bibliography
from ..content.texts import Asset, Page
from .numbering import Block, Outline, bare

Answers = dict[str, dict[str, Any]]  # question -> what it was about -> the answer


@dataclass(frozen=True)
class Names:
    """What other pages can name of a page.

    labels    id -> kind, number, title; of what has a kind
    anchors   all ids that can be linked to
    formulas  what \\label names in a formula -> its number
    headings  what the ids that other systems give to headings have in common -> our ids
    placed    id -> name; of blocks
    counts    kind -> the last number
    """

    labels: Mapping[str, tuple[str, str, str]]
    anchors: frozenset[str]
    formulas: Mapping[str, str]
    headings: Mapping[str, str]
    placed: Mapping[str, str]
    counts: Mapping[str, int]

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Names:
        """From plain values."""
        labels = {id_: (kind, number, title) for id_, (kind, number, title) in plain["labels"].items()}
        return cls(**{**plain, "labels": labels, "anchors": frozenset(plain["anchors"])})


def names_in(outline: Outline) -> dict[str, Any]:
    """Names of a page as plain values."""
    return {
        "labels": {id_: [each.kind, each.number, each.title] for id_, each in outline.labels.items() if each.kind},
        "anchors": [*outline.labels, *outline.anchors],
        "formulas": outline.formulas,
        "headings": outline.headings,
        "placed": {item.id: item.argument for item in outline.items.values() if isinstance(item, Block)},
        "counts": outline.counts,
    }


class Book:
    """The pages of an article with their names, in their order, and its works.

    years  those of the works that any page cites, as Bibliography.years gives them
    """

    def __init__(
        self, pages: Sequence[Page], names: Mapping[str, Names], bibliography: Bibliography, years: Mapping[str, str]
    ) -> None:
        self.pages = {page.path: page for page in pages}
        self.names = names
        self.bibliography = bibliography
        self.years = years
        self.by_path = {path: page for page in reversed(pages) for path in (page.path, page.output)}
        self.labels = _first((path, names[path].labels) for path in self.pages)
        self.files = _first((path, map(str.lower, names[path].labels)) for path in self.pages)
        self.formulas = _first((path, names[path].formulas) for path in self.pages)
        self.works: dict[str, str] = {}

    @property
    def numbering(self) -> str:
        """How its pages are numbered, which the first one says."""
        return next(iter(self.pages.values())).meta.numbering

    def all(self) -> tuple[Any, ...]:
        """All that answers follow from, but what files hold: values that == compares."""
        pages = [(page.path, page.output, page.title) for page in self.pages.values()]
        return self.names, pages, self.numbering, self.years, self.bibliography.raw

    def seen(self) -> object:
        """What stands for `all` as long as it is the same; each work is looked at, so that the memo forgets none."""
        for key in self.years:
            self.work(key)
        return object()

    @functools.cached_property
    def all_formulas(self) -> str:
        """A digest of the numbers of all formulas with labels."""
        return digest([[path, self.names[path].formulas] for path in self.pages])

    def work(self, key: str) -> str:
        """A digest of what is known of a work."""
        if key not in self.works:
            entries = self.bibliography.entries
            known = self.bibliography.raw.get(key)
            self.works[key] = digest(known, entries[key].anchor, self.years.get(key)) if key in entries else ""
        return self.works[key]


def _first(pages: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Each name -> path of the first page that has it."""
    found: dict[str, str] = {}
    for path, names in pages:
        for name in names:
            found.setdefault(name, path)
    return found


class Dependencies:
    """What a page's HTML depends on beside its own text: it asks here, and each answer is noted.

    numbers  of the works that the pages before cite
    asked    all that was asked for by now
    """

    def __init__(self, book: Book, page: Page, assets: Mapping[str, Asset], before: Sequence[str] = ()) -> None:
        self.book, self.page = book, page
        self.own = book.names[page.path]
        self.known_assets = assets
        self.numbers = {key: number for number, key in enumerate(before, 1)}
        self.asked: Answers = {}

    def given(self) -> list[Any]:
        """What the whole page depends on beside its own text: how it is numbered."""
        own = self.own
        return [own.counts, own.labels, own.formulas, self.book.numbering, len(self.book.pages), self.counted]

    @property
    def counted(self) -> Mapping[str, int]:
        """The numbers of works that its own follow; none where works are cited otherwise."""
        return self.numbers if STYLES[self.page.meta.citations].counts else {}

    def holds(self, asked: Answers) -> bool:
        """Whether all that was asked once would be answered the same now."""
        return all(
            getattr(self, f"_{question}")(about) == answer
            for question, answers in asked.items()
            for about, answer in answers.items()
        )

    def files_hold(self, asked: Answers) -> bool:
        """As `holds`, of what was asked about files alone."""
        return self.holds({"asset": asked.get("asset", {})})

    def _ask(self, question: str, about: str = "") -> Any:
        answers = self.asked.setdefault(question, {})
        if about not in answers:
            answers[about] = getattr(self, f"_{question}")(about)
        return answers[about]

    # Labels

    @functools.cached_property
    def labels(self) -> Mapping[str, str]:
        """All that can be referred to, with the page of each: this one's before others; for messages."""
        own = dict.fromkeys(self.own.labels, self.page.path)
        return own | self.book.labels | own

    def label(self, id_: str) -> tuple[Page, str, str, str] | None:
        """What can be referred to: its page, kind, number and title."""
        found = self._ask("label", id_)
        return (self.book.pages[found[0]], *found[3:]) if found else None

    def _label(self, id_: str) -> list[str] | None:
        path = self.page.path if id_ in self.own.labels else self.book.labels.get(id_)
        return [*self._page(path), *self.book.names[path].labels[id_]] if path else None

    def formula(self, label: str) -> tuple[Page, str] | None:
        r"""What `\\label` names in a formula: its page and number."""
        found = self._ask("formula", label)
        return (self.book.pages[found[0]], found[3]) if found else None

    def _formula(self, label: str) -> list[str] | None:
        path = self.page.path if label in self.own.formulas else self.book.formulas.get(label)
        return [*self._page(path), self.book.names[path].formulas[label]] if path else None

    def _page(self, path: str) -> list[str]:
        """What a link to a page says of it."""
        page = self.book.pages[path]
        return [path, page.output, page.title]

    def formulas(self) -> dict[str, str]:
        """The numbers of all formulas with labels, this page's before others."""
        self._ask("formulas")
        return self._numbers

    @functools.cached_property
    def _numbers(self) -> dict[str, str]:
        others = {label: self.book.names[path].formulas[label] for label, path in self.book.formulas.items()}
        return {**self.own.formulas, **others, **self.own.formulas}

    def _formulas(self, _: str) -> str:
        return self.book.all_formulas

    # Pages

    def other(self, path: str) -> Page | None:
        """The page that a path of the content or of the site names."""
        found = self._ask("other", path)
        return self.book.pages[found[0]] if found else None

    def _other(self, path: str) -> list[str] | None:
        page = self.book.by_path.get(path)
        return [page.path, page.output] if page else None

    def anchor(self, page: Page, anchor: str) -> str:
        """An anchor of a page; one that another system would give to a heading is the heading's own."""
        plain = unquote(anchor)
        found = self._ask("anchor", f"{page.path}#{plain}")
        return found if found and found != plain else anchor

    def _anchor(self, about: str) -> str:
        """ "" where there is none."""
        path, _, plain = about.partition("#")
        names = self.book.names.get(path)
        if names is None:
            return ""
        return plain if plain in names.anchors else names.headings.get(bare(plain), "")

    def placed(self, page: Page, id_: str) -> str | None:
        """The name of a block of a page."""
        found: str | None = self._ask("placed", f"{page.path}#{id_}")
        return found

    def _placed(self, about: str) -> str | None:
        path, _, id_ = about.partition("#")
        return self.book.names[path].placed.get(id_) if path in self.book.names else None

    def first_with(self, id_: str) -> str:
        """The path of the first page that has a label, in whatever capitals: it is the name of a file."""
        found: str = self._ask("first", id_)
        return found

    def _first(self, id_: str) -> str | None:
        return self.book.files.get(id_.lower())

    # Works and files

    def work(self, key: str) -> Any:
        """A work, or None."""
        self._ask("work", key)
        return self.book.bibliography.entries.get(key)

    def _work(self, key: str) -> str:
        return self.book.work(key)

    @functools.cached_property
    def assets(self) -> Assets:
        """The author's own files by their paths."""
        return Assets(self)

    def _asset(self, path: str) -> str | None:
        return sha256(self.known_assets[path].source) if path in self.known_assets else None


class Assets(Mapping[str, Asset]):
    """The author's own files; that one was looked for is noted with what it holds. All of them are for messages."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    def __getitem__(self, path: str) -> Asset:
        self._dependencies._ask("asset", path)
        return self._dependencies.known_assets[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._dependencies.known_assets)

    def __len__(self) -> int:
        return len(self._dependencies.known_assets)

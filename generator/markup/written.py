"""A page in HTML, and how it is kept from one build to the next."""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from ..base.memo import Memo
from ..base.warnings import Warned
from ..content.texts import Page
from .blocks.figure import FigureCall
from .claims import Claim
from .dependencies import Answers, Dependencies
from .expressions import Evidence

if TYPE_CHECKING:
    from .document import Writer


@dataclass(frozen=True)
class TocEntry:
    """A heading in the table of contents. html holds no links, ids or notes."""

    id: str
    html: str
    level: int
    number: str
    children: tuple[TocEntry, ...] = ()


@dataclass(frozen=True)
class Body:
    """A page's text and its references as HTML; where they are kept, they are read when somebody asks.

    digest  of both
    """

    digest: str
    has_references: bool
    read: Callable[[], Sequence[str]] = field(compare=False, repr=False)

    @functools.cached_property
    def html(self) -> Sequence[str]:
        return self.read()


@dataclass(frozen=True)
class Markup:
    """A page in HTML.

    body             its HTML
    title_html       as the page sets it, with formulas; so is subtitle_html
    words            that a reader reads: no evidence, no cells of tables, nothing folded; a formula counts as one
    cited            keys of the works
    anchors          ids in html and references_html
    names_sections   by their numbers, which headings then show
    lists_predictions  those of the article, with how they came out
    warnings         what is odd and not wrong
    classes          those of its elements
    """

    page: Page
    body: Body
    title_html: str
    subtitle_html: str
    toc: tuple[TocEntry, ...]
    words: int
    figures: tuple[FigureCall, ...]
    claims: tuple[Claim, ...]
    cited: tuple[str, ...]
    anchors: frozenset[str]
    names_sections: bool
    lists_predictions: bool
    warnings: tuple[Warned, ...]
    classes: frozenset[str]

    @property
    def path(self) -> str:
        """Address in the site."""
        return self.page.output

    @property
    def title(self) -> str:
        return self.page.meta.title

    @property
    def html(self) -> str:
        """The text, footnotes at its end."""
        return self.body.html[0]

    @property
    def references_html(self) -> str:
        """The section of references, or ""."""
        return self.body.html[1]

    @property
    def has_references(self) -> bool:
        """Whether there is one: what the pages of others ask."""
        return self.body.has_references


def kept(
    page: Page, dependencies: Dependencies, memo: Memo, given: Sequence[Any], same: Any, writer: Callable[[], Writer]
) -> Markup:
    """A page as it was made of the same text with the same around it, or made now.

    given   what it is made of beside what it asks about the article
    same    stands for all that it may ask but what files hold: Book.seen
    writer  begins what makes it
    """

    def anew() -> dict[str, Any]:
        with memo.part(page.path, anew=True):
            made = writer().render()
            memo("body", made.body.digest, lambda: made.body.html)
        return {**plain(made), "asked": dependencies.asked}

    def told() -> tuple[Markup, Answers]:
        asked = [*given, dependencies.given()]
        known = memo("text", asked, anew, lambda known: dependencies.holds(known["asked"]))
        return of(page, known), known["asked"]

    on = given, same, dependencies.counted
    found, _ = memo.held("text", page.path, on, told, lambda of: dependencies.files_hold(of[1]))

    def html() -> Sequence[str]:
        with memo.part(page.path):
            return memo("body", found.body.digest, lambda: writer().render().body.html)

    return replace(found, body=replace(found.body, read=html))


def plain(made: Markup) -> dict[str, Any]:
    """A page but its HTML as plain values; dates among the options of figures as text."""
    values = {name: value for name, value in vars(made).items() if name not in ("page", "body")}
    values |= {"anchors": sorted(made.anchors), "classes": sorted(made.classes)}
    found: dict[str, Any] = json.loads(json.dumps(values, default=_plain))
    return found | {"body": made.body.digest, "has_references": made.body.has_references}


def _plain(value: Any) -> Any:
    return (
        value.isoformat()
        if isinstance(value, datetime.date)
        else dict(value)
        if isinstance(value, Mapping)
        else vars(value)
    )


def of(page: Page, known: Mapping[str, Any]) -> Markup:
    """A page but its HTML from plain values."""
    made: dict[str, Any] = {
        "page": page,
        "body": Body(known["body"], known["has_references"], tuple),
        "toc": tuple(map(_entry, known["toc"])),
        "figures": tuple(FigureCall(**each) for each in known["figures"]),
        "claims": tuple(map(_claim, known["claims"])),
        "cited": tuple(known["cited"]),
        "warnings": tuple(Warned(*each) for each in known["warnings"]),
        **{name: frozenset(known[name]) for name in ("anchors", "classes")},
    }
    names = {each.name for each in fields(Markup)}
    return Markup(**{**{name: value for name, value in known.items() if name in names}, **made})


def _entry(known: Mapping[str, Any]) -> TocEntry:
    return TocEntry(**{**known, "children": tuple(map(_entry, known["children"]))})


def _claim(known: Mapping[str, Any]) -> Claim:
    evidence = tuple(map(Evidence.of_plain, known["evidence"]))
    return Claim(**{**known, "evidence": evidence, "rows": tuple(known["rows"])})

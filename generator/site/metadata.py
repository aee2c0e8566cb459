"""What pages say of the build and of the article as a published thing: addresses, navigation, citation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..base.language import ENGLISH, Words
from ..content.bibliography import folded
from ..content.frontmatter import Author, Meta
from ..markup.written import Markup, TocEntry
from ..runs.results import Result
from .figures import Laws
from .words import licence_url

WORDS_A_MINUTE = 220  # silent reading of English: a little under the mean (238) of Brysbaert 2019, for the formulas


@dataclass(frozen=True)
class Download:
    """A file that readers may take away.

    path  relative to the site's root        sha256  64 hexadecimal digits
    description  what it holds, as base.language.Words.tell takes it; so are `columns` below
    """

    path: str
    bytes: int
    sha256: str
    description: Mapping[str, Any]


@dataclass(frozen=True)
class BuildInfo:
    """What the pages say about the build.

    base_url       where the site will live, or "": then nothing absolute is written
    versions       name of each library to its version
    profile        which set of runs was built
    machine        where, as networks.machine.told says
    downloads      generated files, in the order they are listed
    picture_bytes  all pictures of the site together
    rebuild        the command that makes the site again
    draft          marks every page, and asks search engines to look away
    social_card    path of a 1200 x 630 px picture, or ""
    built          date of the build, only when the environment fixes one (SOURCE_DATE_EPOCH)
    columns        what each column of the tables holds, by its name
    about          a sentence on each experiment, by its name
    code           gives a run's lines and arrays, as as_code.listed does; None: runs are not published as code
    laws           gives what the laws predict in each room, as packing.solve tells them; asked where it is needed
    """

    base_url: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    profile: str = ""
    machine: Mapping[str, str] = field(default_factory=dict)
    downloads: Sequence[Download] = ()
    picture_bytes: int = 0
    rebuild: str = "peek build"
    draft: bool = False
    social_card: str = ""
    built: date | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    laws: Laws = dict
    code: Callable[[Result], Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class TextSummary:
    """What the pages beside a text may know of it. claims: {"id", "expression", "verdict", "sentence", "rows"} each."""

    path: str
    title: str
    meta: Meta
    claims: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, text: Markup) -> TextSummary:
        names = ("id", "expression", "verdict", "sentence", "check")
        claims = tuple({name: getattr(claim, name) for name in names} | {"rows": claim.rows} for claim in text.claims)
        return cls(text.path, text.title, text.page.meta, claims)


@dataclass(frozen=True)
class Contents:
    """What the pages of an article may know of a text, this one and others, for the table of contents and the way on.

    has_references  whether the page has a section of them
    names_sections  whether it names sections by their numbers, which headings then show
    """

    path: str
    title: str
    meta: Meta
    toc: tuple[TocEntry, ...]
    has_references: bool
    names_sections: bool

    @classmethod
    def of(cls, text: Markup) -> Contents:
        return cls(text.path, text.title, text.page.meta, text.toc, text.has_references, text.names_sections)


@dataclass(frozen=True)
class Site:
    """The article as a published thing: addresses, navigation, citation. beside: our pages about its runs."""

    meta: Meta
    written: Sequence[TextSummary]
    info: BuildInfo
    words: Words
    beside: Sequence[str] = ("gallery.html", "reproduce.html")

    @property
    def navigation(self) -> list[tuple[str, str]]:
        """(path, title) of each page, in reading order."""
        others = [(text.path, text.meta.nav_title or text.title) for text in self.written[1:]]
        first = self.written[0]
        article = (first.path, first.meta.nav_title or self.words("Article"))
        titles = {"gallery.html": self.words("Gallery"), "reproduce.html": self.words("Reproduce")}
        return [article, *others, *((path, titles[path]) for path in self.beside)]

    def url(self, path: str) -> str:
        """Absolute address of a page, or "" while the site has no address."""
        base = self.info.base_url
        return base and f"{base.rstrip('/')}/{'' if path == 'index.html' else path}"

    @property
    def changed(self) -> date | None:
        """When the site was last built, as far as that is known, or when the article was published."""
        return self.info.built or self.meta.date

    @property
    def has_feed(self) -> bool:
        """A feed says where it is and when it changed."""
        return bool(self.info.base_url and self.changed)

    @property
    def year(self) -> str:
        """The year of publication, as a citation says it."""
        return str(self.meta.date.year) if self.meta.date else self.words("n.d.")

    @property
    def names(self) -> str:
        """The authors in a line."""
        return self.words(", ").join(author.name for author in self.meta.authors)

    def source(self, article: str) -> str:
        """The sentence which says where something is from. article: how it names the article"""
        if not self.names:
            return self.words("From {article}.", article=article)
        return self.words("From {article} by {authors}.", article=article, authors=self.names)

    def minutes(self, text: Markup) -> int:
        """Reading time of a page, at least 1."""
        return max(1, round(text.words / WORDS_A_MINUTE))

    @property
    def bibtex(self) -> str:
        """An entry for this article."""
        meta = self.meta
        families = [author.name.split()[-1] for author in meta.authors]
        word = next((word for word in re.findall(r"[a-z]+", folded(meta.title)) if len(word) > 3), "article")
        key = re.sub(
            r"[^a-z0-9]",
            "",
            folded(f"{families[0] if families else 'anonymous'}{meta.date.year if meta.date else ''}{word}"),
        )
        each = (f"{{{_tex(author.name)}}}" if author.group else _tex(author.name) for author in meta.authors)
        fields = {
            "title": f"{{{_tex_in_parts(meta.parts('title').parts)}}}",
            "author": " and ".join(each),
            "year": str(meta.date.year) if meta.date else "",
            "month": ENGLISH["months"][meta.date.month - 1][:3].lower() if meta.date else "",
            "version": _tex(meta.version),
            "doi": meta.doi,
            "url": self.url("index.html"),
        }
        braced = {name: value if name == "month" else f"{{{value}}}" for name, value in fields.items() if value}
        rows = ",\n".join(f"  {name} = {value}" for name, value in braced.items())
        return f"@misc{{{key},\n{rows}\n}}"

    @property
    def json_ld(self) -> dict[str, Any]:
        """The article for search engines, as schema.org's ScholarlyArticle."""
        meta, info = self.meta, self.info
        known = {
            "@context": "https://schema.org",
            "@type": "ScholarlyArticle",
            "headline": meta.title,
            "alternativeHeadline": meta.subtitle,
            "description": meta.description,
            "abstract": meta.abstract,
            "author": [_author(author) for author in meta.authors],
            "contributor": [
                {"@type": "Role", "contributor": _author(author), "roleName": list(author.roles)}
                for author in meta.authors
                if author.roles
            ],
            "version": meta.version,
            "datePublished": meta.date.isoformat() if meta.date else "",
            "dateModified": info.built.isoformat() if info.built else "",
            "inLanguage": meta.language,
            "keywords": list(meta.keywords),
            "license": licence_url(meta.licence) or meta.licence,
            "codeRepository": meta.repository,
            "url": self.url("index.html"),
            "image": self.url(info.social_card) if info.social_card else "",
            "identifier": f"https://doi.org/{meta.doi}" if meta.doi else self.url("index.html"),
        }
        return {key: value for key, value in known.items() if value}


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text)


def _tex_in_parts(parts: Sequence[str]) -> str:
    """A text of which every second part is a formula."""
    return "".join(f"${part}$" if at % 2 else _tex(part) for at, part in enumerate(parts))


def _author(author: Author) -> dict[str, Any]:
    known: dict[str, Any] = {"@type": "Organization" if author.group else "Person", "name": author.name}
    if author.orcid:
        known["@id"] = known["identifier"] = f"https://orcid.org/{author.orcid}"
    if author.email:
        known["email"] = author.email
    if author.url:
        known["url"] = author.url
    if author.affiliation:
        home = "parentOrganization" if author.group else "affiliation"
        known[home] = {"@type": "Organization", "name": author.affiliation}
    return known

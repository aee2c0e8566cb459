"""The works an article may cite, and how they are cited and listed.

    works, problems = parse({"references.bib": text}, memo)
    work = works.entries["moss2020"]           # decoded now, and not before
    year = works.years(cited)["moss2020"]      # "2020a"
    html = render(work, year, math)            # a line of the list of references
    STYLES["numbered"].running(work, year, 1)  # "Moss et al. [1]"

`bibtex` reads the file. A work carries its own problems, so that only what is cited is judged.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import html
import itertools
import re
import string
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

from ..base import language
from ..base.errors import Problem, short
from ..base.language import Words
from ..base.memo import Memo
from ..base.warnings import Warned
from . import bibtex, tex

KEY = r"\{[^\s{}]+\}|[^\W_][\w:.+/-]*"  # of a work in a text, after @; in braces where it has other signs
WORDS = {
    **{"no-date": "n.d.", "others": "et al.", "editor": "Ed.", "editors": "Eds.", "translator": "Trans."},
    **{"edition": "ed.", "volume": "Vol.", "volumes": "vols.", "number": "No.", "version": "Version", "in": "In"},
    **{"page": "p.", "pages": "pp.", "chapter": "chap.", "accessed": "Accessed"},
}
ARCHIVES = {  # lower case -> name, address of a number there
    **{"arxiv": ("arXiv", "https://arxiv.org/abs/"), "hal": ("HAL", "https://hal.science/")},
    **{"jstor": ("JSTOR", "https://www.jstor.org/stable/")},
    **dict.fromkeys(("pmc", "pmcid"), ("PMC", "https://pmc.ncbi.nlm.nih.gov/articles/")),
    **dict.fromkeys(("pubmed", "pmid"), ("PubMed", "https://pubmed.ncbi.nlm.nih.gov/")),
    **{"biorxiv": ("bioRxiv", "https://doi.org/10.1101/"), "medrxiv": ("medRxiv", "https://doi.org/10.1101/")},
    **dict.fromkeys(("hdl", "handle"), ("Handle", "https://hdl.handle.net/")),
    **dict.fromkeys(("googlebooks", "google books"), ("Google Books", "https://books.google.com/books?id=")),
}

STOPS = ("?", "!", ".", "…", "？", "！", "。", "؟")  # what ends a sentence
QUOTES = "”’“»›"  # and may stand behind that
CONTAINERS = ("journal", "booktitle", "maintitle", "eventtitle")  # what a work appears in
SERIES = {"newseries": "new series", "oldseries": "old series"}

_ARXIV = re.compile(
    r"(?:arxiv:\s*)*(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(v\d+)?(?:\s*\[[^\]]*\])?", re.IGNORECASE
)

Math = Callable[[str], str]


class Name(NamedTuple):
    """A person, or a body as one family name. suffix: Jr., III"""

    family: str
    given: str = ""
    suffix: str = ""


NOBODY: tuple[tuple[Name, ...], bool] = ((), False)  # no names, and no others


@dataclass(frozen=True)
class Entry:
    """A work.

    kind      of `bibtex.KINDS`' values
    place     "references.bib:12", where it starts
    people    "author", "editor", "translator", "shortauthor" -> the names, and whether there are others
    texts     field, by BibTeX's name -> its parts (see `tex`)
    literal   field -> an address, or a number in an archive
    year      as it is shown: "2020", "2019–2020", "in press", "n.d."
    anchor    what ends its ids in HTML, in signs that an address may hold
    problems  what is wrong with it, of no concern to who does not cite it
    odd       what is odd
    """

    key: str
    kind: str
    place: str
    people: Mapping[str, tuple[tuple[Name, ...], bool]]
    texts: Mapping[str, list[Any]]
    literal: Mapping[str, str]
    year: str
    anchor: str
    problems: tuple[Problem, ...]
    odd: tuple[Warned, ...]

    @property
    def authors(self) -> tuple[Name, ...]:
        """Or editors, where no author is known."""
        return self._leading("author", "editor")[0]

    def _leading(self, *roles: str) -> tuple[tuple[Name, ...], bool]:
        return next((self.people[role] for role in roles if self.people.get(role, NOBODY)[0]), NOBODY)

    @functools.cached_property
    def title(self) -> list[Any]:
        """With its subtitle, as parts."""
        return self.whole("title")

    def whole(self, name: str) -> list[Any]:
        """A title or booktitle with what is added to it."""
        base = name.removesuffix("title")
        found = list(self.texts.get(name, ()))
        if subtitle := self.texts.get(f"{base}subtitle"):
            found = [*found, "" if not found else " " if tex.plain(found)[-1:] in (*STOPS, ":") else ": ", *subtitle]
        if addon := self.texts.get(f"{name}addon"):
            found = [*found, " " if tex.plain(found)[-1:] in STOPS else ". ", *addon]
        return [part for part in found if part]

    def people_in(self, words: Words) -> str:
        """Family names as they stand in running text; a short title where nobody is named."""
        names, others = self._leading("shortauthor", "author", "shorteditor", "editor")
        families = [name.family for name in names]
        if not families:
            opening, closing = words.quotes[:2]
            return f"{opening}{self._short_title()}{closing}"
        if others or len(families) > 2:
            return words("{first} et al.", first=families[0])
        return words("{first} & {last}", first=families[0], last=families[1]) if families[1:] else families[0]

    def _short_title(self) -> str:
        said = tex.plain(self.texts.get("shorttitle", ())) or tex.plain(self.texts.get("title", self.title))
        if not said:
            said = next((tex.plain(parts) for parts in self.texts.values()), self.key)
        if len(said) > 40:
            said = re.split(r"[:.?!–—] ", said)[0]
        return said if len(said) <= 40 else said[:40].rpartition(" ")[0] + "…"

    @property
    def label(self) -> str:
        """Who and when."""
        return f"{self.people_in(language.english())}\u00a0{self.year}"


class _Works(Mapping[str, Entry]):
    """Works by key, in the order of the files; each is decoded when it is first asked for."""

    def __init__(self, raw: Mapping[str, Any], memo: Memo) -> None:
        self.raw = raw
        self.memo = memo
        self.made: dict[str, Entry] = {}

    def __len__(self) -> int:
        return len(self.raw)

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw)

    def __contains__(self, key: object) -> bool:
        return key in self.raw

    def __getitem__(self, key: str) -> Entry:
        if key not in self.made:
            raw = self.raw[key]
            plain = self.memo("work", [key, raw], lambda: bibtex.work(key, raw))
            self.made[key] = self._entry(plain)
        return self.made[key]

    def _entry(self, plain: Mapping[str, Any]) -> Entry:
        texts = plain["texts"]
        people = {role: (tuple(Name(*name) for name in names), more) for role, (names, more) in plain["people"].items()}
        return Entry(
            key=plain["key"],
            kind=plain["kind"],
            place=plain["place"],
            people=people,
            texts=texts,
            literal=plain["literal"],
            year=bibtex.year_of(texts) or WORDS["no-date"],
            anchor=self.anchors[plain["key"]],
            problems=tuple(Problem(*wrong) for wrong in plain["wrong"]),
            odd=tuple(Warned("odd-work", f"{place}: {said}") for place, said in plain["odd"]),
        )

    @functools.cached_property
    def anchors(self) -> dict[str, str]:
        """Key -> the key in signs that need no escape in an address, and no two the same."""
        found: dict[str, str] = {}
        taken = set(self.raw)
        for key in self.raw:
            anchor = re.sub(r"[^\w.:/+'-]", "-", key)
            if anchor != key:
                numbered = itertools.chain([anchor], (f"{anchor}-{number}" for number in itertools.count(2)))
                anchor = next(said for said in numbered if said not in taken)
                taken.add(anchor)
            found[key] = anchor
        return found


@dataclass(frozen=True)
class Bibliography:
    """The works of some files, by key, in the order of the files.

    files     their paths as the author typed them
    raw       the works as `bibtex.read` gives them
    nameless  place and fault of what has no key
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    files: tuple[str, ...] = ("references.bib",)
    raw: Mapping[str, Any] = field(default_factory=dict)
    nameless: tuple[tuple[str, str], ...] = ()

    def years(self, cited: Collection[str]) -> dict[str, str]:
        """Cited key -> year, with a letter where two cited works would read the same: 2020a, 2020b."""
        same: dict[str, list[Entry]] = {}
        for key in cited:
            if key in self.entries:
                same.setdefault(self.entries[key].label, []).append(self.entries[key])
        found: dict[str, str] = {}
        for works in same.values():
            works.sort(key=lambda work: (tex.plain(work.title).lower(), work.key))
            for index, work in enumerate(works):
                found[work.key] = work.year + (_letter(index, work.year) if len(works) > 1 else "")
        return found

    def unused(self, cited: Collection[str]) -> list[Warned]:
        """A warning for each work that is neither cited nor lends its fields to one that is, and for its faults."""
        used: set[str] = set()
        waiting = [key for key in cited if key in self.raw]
        while waiting:
            key = waiting.pop()
            if key not in used:
                used.add(key)
                waiting += self.raw[key]["above"]
        alone = {key: work for key, work in self.raw.items() if key not in used}
        faults = [fault for work in alone.values() for fault in [*work["odd"], *work["wrong"]]]
        found = [
            *(
                (work["place"], Warned("uncited-work", f'{work["place"]}: "{key}" is never cited'))
                for key, work in alone.items()
            ),
            *((place, Warned("broken-work", f"{place}: {said}")) for place, said, *_ in [*self.nameless, *faults]),
        ]

        def order(one: tuple[str, Warned]) -> tuple[int, int, Warned]:
            file, _, line = one[0].rpartition(":")
            return self.files.index(file), int(line), one[1]

        return [warned for _, warned in sorted(found, key=order)]


def _letter(index: int, year: str) -> str:
    """a, b, …, z, aa, ab, …"""
    said = ""
    while index >= 0:
        index, last = divmod(index, 26)
        said, index = string.ascii_lowercase[last] + said, index - 1
    return said if year[-1:].isdigit() else f"-{said}"


def parse(texts: Mapping[str, str], memo: Memo | None = None) -> tuple[Bibliography, list[Problem]]:
    """The works of files of BibTeX or BibLaTeX, and what is wrong with a file as a whole.

    texts  what each holds, by its path as the author typed it, which begins the places of the problems
    memo   what was read before
    """
    memo = memo or Memo()
    kept: dict[str, Any] = {"works": {}, "broken": []}
    problems = []
    if any(texts.values()):
        kept = memo("bibliography", [*texts.items()], lambda: bibtex.read(texts))
    for file, text in texts.items():
        said = "" if "@" in text else re.sub(r"^[ \t]*%.*$", "", text, flags=re.MULTILINE).strip("\ufeff \t\r\n")
        if said:
            problems.append(Problem(f"{file}:1", f'"{short(said)}" holds no work', "entries like @article{key, …}"))
    nameless = tuple((place, said) for place, said in kept["broken"])
    return Bibliography(_Works(kept["works"], memo), tuple(texts), kept["works"], nameless), problems


# Styles


@dataclass(frozen=True)
class Style:
    """How works are cited and listed. Each way to cite is given the work, its year, its number, from 1, and words.

    parenthesis  among others within a group: "Olah 2014"
    running      in the sentence itself: "Olah (2014)"
    alone        within a group, where the sentence has named the authors: "2014"
    group        around the citations of a group, and between them
    ordered      the cited works, in the order of citing -> as they are listed
    label        what stands before a work in the list, by its number
    counts       whether works are cited by their numbers
    """

    parenthesis: Callable[[Entry, str, int, Words], str]
    running: Callable[[Entry, str, int, Words], str]
    alone: Callable[[Entry, str, int, Words], str]
    group: tuple[str, str, str]
    ordered: Callable[[Iterable[Entry]], list[Entry]]
    label: Callable[[int], str]
    counts: bool

    def grouped(self, citations: Iterable[str]) -> str:
        """Several citations as one group."""
        opening, between, closing = self.group
        citations = list(citations)
        between = "; " if any(", " in said for said in citations) else between  # [1, p. 3; 2]
        return f"{opening}{between.join(citations)}{closing}"


def said(text: str) -> list[str]:
    """What stands after an @ in a text, with and without the signs that may end a sentence."""
    found = {key.strip("{}") for key in re.findall(f"@({KEY})", text)}
    found |= {re.split(f"[{language.TOUCHING}]", key)[0] for key in found}
    return sorted({key for one in found for key in (one, one.rstrip(".:/+-"))})


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By author, year and title, as a list of references is read."""
    return sorted(entries, key=lambda e: (_sorted_by(e), e.year, tex.plain(e.title).lower(), e.key))


STYLES = {
    "author-year": Style(
        parenthesis=lambda work, year, number, words: f"{work.people_in(words)}\u00a0{_dated(year, words)}",
        running=lambda work, year, number, words: f"{work.people_in(words)} ({_dated(year, words)})",
        alone=lambda work, year, number, words: _dated(year, words),
        group=("(", "; ", ")"),
        ordered=in_order,
        label=lambda number: "",
        counts=False,
    ),
    "numbered": Style(
        parenthesis=lambda work, year, number, words: str(number),
        running=lambda work, year, number, words: f"{work.people_in(words)} [{number}]",
        alone=lambda work, year, number, words: str(number),
        group=("[", ", ", "]"),
        ordered=list,
        label=lambda number: f"[{number}]",
        counts=True,
    ),
}


def _dated(year: str, words: Words) -> str:
    none = WORDS["no-date"]
    if year in bibtex.STATES.values():
        return words(year)
    return words(none) + year.removeprefix(none) if year.startswith(none) else year


def _sorted_by(entry: Entry) -> list[str]:
    return [folded(name) for name in map(_reversed, entry.authors)] or [folded(tex.plain(entry.title))]


def folded(text: str) -> str:
    """Small letters without accents, as names are sorted and keys are made."""
    plain = unicodedata.normalize("NFD", text.casefold()).translate(_UNDIVIDED)
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


_UNDIVIDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})


# Writing out


def render(
    entry: Entry, year: str, math: Math = lambda tex: html.escape(f"${tex}$"), words: Words | None = None
) -> str:
    """A work as a line of the list of references, HTML: authors, year, title, where it appeared, links.

    math   the HTML of a formula in TeX
    words  those of the style; None: English
    """
    words = words or language.english()
    line = _Line(entry, math, words)
    when = f"({html.escape(_dated(year, words))})."
    people = _listed(entry, words)
    titled = line.titled()
    if people:
        parts = [f'<span class="reference-authors">{html.escape(people)}</span> {when}', ended(titled)]
    else:
        parts = [titled, when] if titled else [when]
    parts += [ended(sentence) for sentence in line.sentences()]
    return " ".join(filter(None, [*parts, *line.links()]))


class _Line:
    """What a line says after authors and year. A field that one part has said, no other says again."""

    def __init__(self, entry: Entry, math: Math, words: Words) -> None:
        self.entry = entry
        self.words = words
        self.math = math
        self.left = dict(entry.texts)
        self.url = _url(entry)
        self.eprint = _eprint(entry)
        if (eprint := self.eprint) and eprint[0].startswith("arXiv:"):
            for name in (*_OF_ARXIV, "publisher"):  # where Zotero, Google Scholar and NASA say it as well
                said = _preprint(entry, name)
                if f"arXiv:{_arxiv(said)}" == eprint[0] or said.lower() in ("arxiv", "arxiv e-prints"):
                    self.left.pop(name)

    def say(self, name: str) -> str:
        """A word of the style."""
        return self.words(WORDS[name])

    def take(self, name: str, links: bool = True) -> str:
        """A field in HTML, "" where there is none or it was said."""
        parts = self.left.pop(name, ())
        if name in ("type", "pubstate") and (said := tex.plain(parts)) in bibtex.WRITTEN:
            return html.escape(self.words(said))
        return tex.written(parts, self.math, links)

    def titled(self) -> str:
        """The title, with what tells this work or volume from others of that title."""
        entry = self.entry
        title = tex.written(entry.title, self.math, links=not self.url)
        said = f'<cite class="reference-title">{_linked(title, self.url)}</cite>' if title else ""
        if tex.plain(entry.texts.get("booktitle", ())) == tex.plain(entry.texts.get("title", ())):
            self.left.pop("booktitle", None)
        details = [*self._edition(), *self._kind(), *self._series()]
        if (names := entry.people.get("editor")) and names[0] and entry.people.get("author") and not self._container():
            details.append(
                f"{html.escape(_running(*names, self.words))}, {_editors(len(names[0]) + names[1], self.words)}"
            )
        if (names := entry.people.get("translator")) and names[0]:
            details.append(f"{html.escape(_running(*names, self.words))}, {self.say('translator')}")
        return f"{said} ({'; '.join(details)})".strip() if details else said

    def _container(self) -> str:
        return next((name for name in CONTAINERS if name in self.left), "")

    def _edition(self) -> Iterator[str]:
        if edition := self.take("edition").rstrip(" ,;"):
            ordinal = re.fullmatch(r"\d{1,9}", edition)
            said = _ordinal(int(edition), self.words) if ordinal else edition
            yield (
                said
                if re.search(r"\b(ed|edn|aufl|éd|ed[iíd]\w{4,}|éd\w{4,}|auflage|ausgabe)\b", said, re.IGNORECASE)
                else f"{said} {self.say('edition')}"
            )
        if version := self.take("version"):
            yield (
                version if version[:1].isalpha() and not version[1:2].isdigit() else f"{self.say('version')} {version}"
            )
        if not (self._container() or "series" in self.left) and (volume := self.take("volume")):
            yield f"{self.say('volume')} {volume}" if volume[:1].isalnum() and " " not in volume else volume
        if volumes := self.take("volumes"):
            yield f"{volumes} {self.say('volumes')}"

    def _kind(self) -> Iterator[str]:
        kind = self.take("type")
        number = "" if self._container() or "series" in self.left else self.take("number")
        if kind or number:
            yield " ".join(filter(None, [kind, self.say("number") if number.isdigit() else "", number]))

    def _series(self) -> Iterator[str]:
        """Of a book. Within a journal or a book it stands beside that."""
        if not self._container() and (series := self.take("series")):
            yield " ".join(filter(None, [series, self.take("volume"), self.take("number")]))

    def sentences(self) -> Iterator[str]:
        """Where it appeared, who published it, and notes."""
        bodies = ("howpublished", "institution", "publisher", "organization")
        container = self._container() or next((name for name in bodies if name in self.left), "")
        yield self._appeared(container)
        yield self.take("booktitle")
        if not (self.entry.kind == "article" and container == "journal"):
            said = [self.take(name) for name in ("institution", "publisher", "organization", "address")]
            yield ", ".join(dict.fromkeys(filter(None, said)))
        for name in ("howpublished", "addendum", "note", "pubstate"):
            if name != "pubstate" or not self.entry.texts.keys().isdisjoint(("date", "year")):
                sentence = self.take(name)
                yield sentence[:1].upper() + sentence[1:] if name == "pubstate" else sentence
        if self.url and not _doi(self.entry) and (day := self.take("urldate")):
            with contextlib.suppress(ValueError):
                day = self.words.long_date(datetime.datetime.fromisoformat(day))
            yield f"{self.say('accessed')} {day}"

    def _appeared(self, container: str) -> str:
        entry = self.entry
        within = container in CONTAINERS
        if within:
            parts = entry.whole(container)
            self.left.pop(container)
            name = tex.written(parts, self.math)
            if container == "booktitle" and self.take("maintitle"):
                name = f"{tex.written(entry.whole('maintitle'), self.math)}: {name}"
        else:
            name = self.take(container)
        said = f"<i>{name}</i>" if name else ""
        if container in ("institution", "publisher", "organization") and (place := self.take("address")):
            said += f", {place}"
        names, more = entry.people.get("editor", NOBODY)
        if within and names and entry.people.get("author"):
            editors = f"{html.escape(_running(names, more, self.words))} ({_editors(len(names) + more, self.words)})"
            said = f"{self.say('in')} {editors}, {said}"
        series = self.take("series")
        volume, number = self.take("volume"), _ranges(self.take("number") or self.take("issue"))
        if not number and (both := re.fullmatch(r"(\d+) (\d+(?:-\d+)?)", volume)):  # as Semantic Scholar has it
            volume, number = both[1], _ranges(both[2])
        if series and container == "journal":
            named = f"{_ordinal(int(series), self.words)} series" if re.fullmatch(r"\d{1,9}", series) else series
            said += f" ({SERIES.get(series, named)})"
        elif series:
            said += ", " + " ".join(filter(None, [series, volume or number]))
            volume, number = "", number if volume else ""
        if volume or number:
            said += f" {volume}" + (f"({number})" if number else "")
        return said + self._pages(said, within)

    def _pages(self, after: str, within: bool) -> str:
        said = f", {self.say('chapter')} {chapter}" if (chapter := self.take("chapter")) else ""
        pages = _ranges(self.take("pages"))
        if pages:
            mark = "" if within else self.say("pages" if re.search(r"[–,-]", pages) else "page") + "\u00a0"
            said += f", {mark if pages[:1].isdigit() else ''}{pages}"
        if (eid := self.take("eid")) and eid != pages:
            said += f", {eid}"
        return said if after else said.removeprefix(", ")

    def links(self) -> Iterator[str]:
        """To the work's DOI, to its archive, to an address that its title does not have."""
        entry = self.entry
        if doi := _doi(entry):
            safe = doi.startswith("10.")
            yield _linked(f"doi:{html.escape(doi)}", f"https://doi.org/{quote(doi, safe='/:;()._-+,')}" if safe else "")
        if eprint := self.eprint:
            yield _linked(html.escape(eprint[0]), eprint[1])
        address = self.url if not entry.title else ""
        if url := address or ("" if self.url else entry.literal.get("url", "")):
            yield _linked(html.escape(url), tex.http(url))


def ended(sentence: str) -> str:
    """A sentence with its stop; sentence: HTML, or text."""
    bare = re.sub(r"<[^>]*>", "", sentence).rstrip(QUOTES)
    return sentence + ("" if not bare or bare.endswith(STOPS) else ".")


def _listed(entry: Entry, words: Words) -> str:
    """The names at the head of a line, family first; "" where nobody is named."""
    names, others = entry.people.get("author", NOBODY)
    role = ""
    if not names:
        names, others = entry.people.get("editor", NOBODY)
        role = f" ({_editors(len(names) + others, words)})"
    if not names:
        return ""
    return _enumerated(list(map(_reversed, names)), others, words) + role


def _reversed(name: Name) -> str:
    """A name, family first."""
    if _OF_EAST_ASIA.fullmatch(name.family + name.given):
        return name.family + name.given
    comma = "، " if re.match("[\u0600-\u06ff]", name.family) else ", "
    return comma.join(filter(None, [name.family, _initials(name.given), name.suffix]))


def _running(names: tuple[Name, ...], others: bool, words: Words) -> str:
    """Names within a line, initials first."""
    said = [
        _reversed(name)
        if _OF_EAST_ASIA.fullmatch(name.family + name.given)
        else " ".join(filter(None, [_initials(name.given), name.family, name.suffix]))
        for name in names
    ]
    return _enumerated(said, others, words)


_OF_EAST_ASIA = re.compile(f"[{language.WITHOUT_BLANKS}]+")  # names that have no blank or comma in them


def _enumerated(names: list[str], others: bool, words: Words) -> str:
    if others:
        return words("{first}, et al.", first=", ".join(names))
    return words("{first} & {last}", first=", ".join(names[:-1]), last=names[-1]) if names[1:] else names[0]


def _ranges(numbers: str) -> str:
    """Numbers with a dash between the first and the last of a range."""
    return re.sub(r"(?<=\d)\s*[-–—]+\s*(?=\d)", "–", numbers)


def _editors(number: int, words: Words) -> str:
    return words(WORDS["editors" if number > 1 else "editor"])


def _initials(given: str) -> str:
    """Vardan Xi-Ya -> V. X.-Y.; J.R.R. and JRR -> J. R. R.; names of scripts without capitals stay, and "van der"."""
    words = re.sub(r"\.(?=[^\s.-])|(?<=\b[A-Z])(?=[A-Z]{1,2}\b)|(?<=\b[A-Z]{2})(?=[A-Z]\b)", ". ", given).split()
    found = [
        word if at and len(word) > 1 and word.islower() else "-".join(filter(None, map(_initial, word.split("-"))))
        for at, word in enumerate(words)
    ]
    return "\u00a0".join(filter(None, found))


def _initial(part: str) -> str:
    first = next((sign for sign in part if sign.isalnum()), "")
    return part if first and first.upper() == first.lower() else f"{first}." if first else ""


def _ordinal(number: int, words: Words) -> str:
    if words.tag.partition("-")[0] != "en":
        return f"{number}."
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _url(entry: Entry) -> str:
    """The first address that a page may link to."""
    said = [entry.literal.get("url", ""), entry.literal.get("eprint", ""), entry.literal.get("doi", "")]
    if _arxiv(said[1]):
        said[1] = ""
    if _doi(entry).startswith("10."):
        said[2] = ""
    return next((url for text in said for url in [tex.http(re.split(r"[\s;]+(?=https?:)|\s", text)[0])] if url), "")


def _doi(entry: Entry) -> str:
    said = entry.literal.get("doi", "")
    found = re.search(r"10\.\d{4,9}/\S+", said)
    return found.group() if found else "" if tex.http(said) else "".join(said.split()[:1])


def _arxiv(eprint: str) -> str:
    found = _ARXIV.fullmatch(
        re.sub(r"^(?:https?://)?(?:www\.)?(?:arxiv\.org/)?(?:abs|pdf)/|\.pdf$", "", eprint.strip())
    )
    return found[1] + (found[2] or "") if found else ""


_OF_ARXIV = ("journal", "volume", "number", "eid", "pages", "note", "howpublished")  # what may say a number there


def _preprint(entry: Entry, name: str) -> str:
    said = entry.texts.get(name)
    return re.sub(r"(?i)^arxiv (?:e-?prints?|preprint):?,? ", "", tex.plain(said)) if said else ""


def _eprint(entry: Entry) -> tuple[str, str] | None:
    """What is said of the number in an archive, and its address, "" where the archive is not known."""
    number = entry.literal.get("eprint", "")
    if not number:
        number = next(filter(None, (_arxiv(_preprint(entry, name)) for name in _OF_ARXIV)), "")
    if not number:
        return None
    kind = entry.literal.get("eprinttype", "") or ("hal" if number.startswith("hal-") else "")
    if (not kind or kind.lower() == "arxiv") and (arxiv := _arxiv(number)):
        return f"arXiv:{arxiv}", f"https://arxiv.org/abs/{arxiv}"
    if tex.http(number):
        return None if _url(entry) == tex.http(number) and entry.title else (number, tex.http(number))
    if kind.lower() in ARCHIVES and kind.lower() != "arxiv":
        name, address = ARCHIVES[kind.lower()]
        number = re.sub(rf"^{re.escape(kind)}:\s*", "", number, flags=re.IGNORECASE)
        start = "https://doi.org/" if number.startswith("10.") and "doi.org" in address else address
        return f"{name}:{number}", start + quote(number, safe="/:;()._-+,")
    return f"{kind}:{number}" if kind else number, ""


def _linked(text: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{text}</a>' if url else text

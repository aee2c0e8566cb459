"""BibTeX -> the works an article may cite, each with its line, and how they are written out.

A small strict reader of our own: a well-kept library costs 11 to 18 ms of
import in every build and does not say on which line an entry starts, which
the messages about missing fields and unused entries need.
"""

from __future__ import annotations

import html
import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..base import language
from ..base.errors import Problem, nearest
from ..base.language import Words

TYPES = (
    *("article", "book", "booklet", "inbook", "incollection", "inproceedings", "conference", "manual", "mastersthesis"),
    *("misc", "online", "phdthesis", "proceedings", "software", "techreport", "unpublished", "dataset"),
)
NEEDED = ("author", "title", "year")
LABEL_PREFIXES = ("fig-", "tbl-", "eq-", "sec-")
MONTHS = dict.fromkeys(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), "")
ACCENTS = {
    **{"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307"},
    **{"u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323"},
}
LETTERS = {
    **{"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å"},
    **{"AA": "Å", "i": "ı", "j": "ȷ", "textendash": "–", "textemdash": "—", "ldots": "…", "TeX": "TeX"},
}
STYLES = ("emph", "textit", "textbf", "texttt", "textsc", "mathrm", "url")

_TEX = re.compile(
    r"\\(?P<accent>[`'^~\"=.])\s*(?:\{\s*(?P<a>\\?[A-Za-z])\s*\}|(?P<b>\\?[A-Za-z]))"
    r"|\\(?P<mark>[uvHckrd])(?:\s*\{\s*(?P<c>\\?[A-Za-z])\s*\}|\s+(?P<d>[A-Za-z]))"
    r"|\\(?P<word>[A-Za-z]+)\s*|\\(?P<plain>[^A-Za-z])|(?P<dash>---?)|(?P<tie>~)|(?P<quote>``|'')|[{}$]"
)
_KEY = re.compile(r"[A-Za-z][\w:.+/-]*")
_NAME = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(frozen=True)
class Name:
    """A person, or a body as one family name."""

    family: str
    given: str = ""


@dataclass(frozen=True)
class Entry:
    """A work.

    authors  editors where no author is known
    others   whether the list of authors goes on
    fields   all fields in plain text, by lower-case name
    line     where the entry starts
    """

    key: str
    kind: str
    authors: tuple[Name, ...]
    others: bool
    title: str
    year: str
    fields: Mapping[str, str]
    line: int

    @property
    def label(self) -> str:
        """Author and year: one name, two names, or the first and others."""
        return f"{self.people}\u00a0{self.year}"

    @property
    def people(self) -> str:
        """Family names as they stand in running text."""
        return self.people_in(language.english())

    def people_in(self, words: Words) -> str:
        """The same in a language."""
        families = [name.family for name in self.authors]
        if self.others or len(families) > 2:
            return words("{first} et al.", first=families[0])
        return words("{first} & {last}", first=families[0], last=families[1]) if families[1:] else families[0]


@dataclass(frozen=True)
class Bibliography:
    """The works of a file, by key, in the order of the file. `file` is its path as the author typed it."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    file: str = "references.bib"

    def years(self) -> dict[str, str]:
        """Key to year, with a letter where two works would read the same: 2020a, 2020b."""
        same: dict[str, list[Entry]] = {}
        for entry in self.entries.values():
            same.setdefault(entry.label, []).append(entry)
        found: dict[str, str] = {}
        for entries in same.values():
            entries.sort(key=lambda entry: (entry.title.lower(), entry.key))
            letters = string.ascii_lowercase if 1 < len(entries) <= 26 else [""] * len(entries)
            found |= {entry.key: entry.year + letter for entry, letter in zip(entries, letters, strict=False)}
        return found


def parse(text: str, file: str) -> tuple[Bibliography, list[Problem]]:
    """The works of a BibTeX file, and everything that is wrong with it.

    file  its path as the author typed it, for the places of the problems
    """
    reader = _Reader(text, file)
    reader.read()
    return Bibliography(reader.entries, file), reader.problems


class _Malformed(Exception):
    """The entry at hand cannot be read further. args: what is wrong, what was expected."""


class _Reader:
    """One pass over the text, with a position; a broken entry is reported and skipped."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.at = 0
        self.entries: dict[str, Entry] = {}
        self.problems: list[Problem] = []
        self.strings: dict[str, str] = dict(MONTHS)

    def read(self) -> None:
        while self.at < len(self.text):
            start = self.text.find("@", self.at)
            self._between(self.at, len(self.text) if start < 0 else start)
            if start < 0:
                return
            self.at = start + 1
            try:
                self._entry(start)
            except _Malformed as error:
                self._wrong(self.at, *error.args)
                following = re.compile(r"^[ \t]*@", re.MULTILINE).search(self.text, max(self.at, start + 1))
                self.at = following.end() - 1 if following else len(self.text)

    def _between(self, start: int, end: int) -> None:
        """Between entries there are comments alone: a lost @ would otherwise go unseen."""
        for match in re.finditer(r"[^\n]+", self.text[start:end]):
            said = match.group().strip()
            if said and not said.startswith("%"):
                at = start + match.start()
                return self._wrong(at, f'"{_short(said)}" stands outside any entry', "an entry like @article{key, …}")
        return None

    def _entry(self, start: int) -> None:
        kind = self._match(_NAME, "the kind of an entry after @").lower()
        self._blank()
        self._expect("{", f"after @{kind}")
        if kind in ("comment", "preamble"):
            self._braced()
            return
        if kind == "string":
            for name, value in self._fields("string").items():
                self.strings[name] = value[0]
            return
        if kind not in TYPES:
            self._wrong(start, f'unknown kind of entry "@{kind}"', near=nearest(kind, TYPES))
        self._blank()
        key = self._match(_KEY, "the key of the entry, a letter first")
        self._blank()
        if self.text[self.at : self.at + 1] != "}":
            self._expect(",", f'after the key "{key}"')
        self._keep(key, kind, self._fields(key), start)

    def _fields(self, key: str) -> dict[str, tuple[str, int]]:
        """name -> (value in TeX, position), up to the closing brace."""
        found: dict[str, tuple[str, int]] = {}
        while True:
            self._blank()
            if self.at >= len(self.text):
                raise _Malformed(f'entry "{key}" is not closed', "}")
            if self.text[self.at] == "}":
                self.at += 1
                return found
            at = self.at
            name = self._match(_NAME, f'a field or }} in entry "{key}"').lower()
            self._blank()
            self._expect("=", f'after the field "{name}"')
            value = self._value(name)
            if name in found:
                self._wrong(at, f'entry "{key}" has the field "{name}" twice')
            found[name] = (value, at)
            end = len(self.text[: self.at].rstrip())
            self._blank()
            if self.text[self.at : self.at + 1] in ("", "@"):
                self.at = end
                raise _Malformed(f'entry "{key}" is not closed', "}")
            if self.text[self.at : self.at + 1] != "}":
                self._expect(",", f'after the field "{name}"')

    def _value(self, name: str) -> str:
        parts = []
        while True:
            self._blank()
            first = self.text[self.at : self.at + 1]
            if first == "{":
                self.at += 1
                parts.append(self._braced())
            elif first == '"':
                parts.append(self._quoted(name))
            elif first.isdigit():
                parts.append(self._match(re.compile(r"\d+"), "a number"))
            else:
                at = self.at
                macro = self._match(_NAME, f'a value in braces or quotes for "{name}"')
                if macro.lower() not in self.strings:
                    self._wrong(
                        at, f'unknown abbreviation "{macro}"', "a value in braces", nearest(macro, self.strings)
                    )
                parts.append(self.strings.get(macro.lower()) or macro)
            self._blank()
            if self.text[self.at : self.at + 1] != "#":
                return "".join(parts)
            self.at += 1

    def _braced(self) -> str:
        """Up to the brace that closes the one just read."""
        start, depth = self.at, 1
        for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(self.text, self.at):
            depth += {"{": 1, "}": -1}.get(match.group(), 0)
            if not depth:
                self.at = match.end()
                return self.text[start : match.start()]
        self.at = start
        raise _Malformed("a brace opened here is not closed", "}")

    def _quoted(self, name: str) -> str:
        start, depth = self.at + 1, 0
        for match in re.compile(r'\\.|[{}"]', re.DOTALL).finditer(self.text, start):
            if match.group() == '"' and not depth:
                self.at = match.end()
                return self.text[start : match.start()]
            depth += {"{": 1, "}": -1}.get(match.group(), 0)
        raise _Malformed(f'the quotes of "{name}" are not closed', '"')

    def _keep(self, key: str, kind: str, fields: Mapping[str, tuple[str, int]], start: int) -> None:
        plain = {}
        for name, (value, at) in fields.items():
            plain[name] = self._plain(value, at) if name not in ("url", "doi") else _bare(value)
        people = fields.get("author") or fields.get("editor")
        missing = [name for name in NEEDED if not plain.get(name) and not (name == "author" and people)]
        for name in missing:
            self._wrong(
                start, f'entry "{key}" has no {name}', near=nearest(name, [n for n in plain if n not in NEEDED])
            )
        if "year" in plain and plain["year"] and not re.fullmatch(r"\d{4}", plain["year"]):
            self._wrong(fields["year"][1], f'the year of "{key}" is "{plain["year"]}"', "four digits")
        if key.startswith(LABEL_PREFIXES):
            self._wrong(start, f'the key "{key}" reads as a label', f"a key without {key.partition('-')[0]}-")
        if key in self.entries:
            self._wrong(start, f'the key "{key}" is used twice, first on line {self.entries[key].line}')
            return
        names, others = self._people(*people) if people else ((Name("Anonymous"),), False)
        year = plain.get("year", "")
        line = self._line(start)
        self.entries[key] = Entry(key, kind, names, others, plain.get("title", ""), year, plain, line)

    def _people(self, value: str, at: int) -> tuple[tuple[Name, ...], bool]:
        parts = [part.strip() for part in _split(value, r"\s+and(?=\s)")]
        others = parts[-1].lower() == "others"
        names = []
        for part in parts[:-1] if others else parts:
            if not part or part == ",":
                self._wrong(at, "an author without a name", "names joined by one “and”")
            else:
                names.append(self._name(part, at))
        return tuple(names) or (Name("Anonymous"),), others

    def _name(self, part: str, at: int) -> Name:
        """`Last, First`, `Last, Jr, First`, `First von Last`, or `{A Body}`."""
        pieces = [self._plain(piece, at) for piece in _split(part, r"\s*,\s*")]
        if len(pieces) > 1:
            return Name(pieces[0], " ".join(filter(None, [pieces[-1], *pieces[1:-1]])))
        words = [self._plain(word, at) for word in _split(part, r"[\s~]+")]
        particle = next((i for i, word in enumerate(words[:-1]) if i and word[:1].islower()), len(words) - 1)
        return Name(" ".join(words[particle:]), " ".join(words[:particle]))

    def _plain(self, value: str, at: int) -> str:
        """TeX to text."""

        def letter(match: re.Match[str]) -> str:
            mark = match["accent"] or match["mark"]
            if mark:
                base = (match["a"] or match["b"] or match["c"] or match["d"]).lstrip("\\")
                return unicodedata.normalize("NFC", base + ACCENTS[mark])
            if match["word"]:
                if match["word"] not in LETTERS and match["word"] not in STYLES:
                    self._wrong(at, f'unknown TeX command "\\{match["word"]}"', "the letter itself")
                    return match["word"]
                return LETTERS.get(match["word"], "")
            if match["plain"]:
                return match["plain"].replace("\\", " ")
            if match["quote"]:
                return "“" if match["quote"] == "``" else "”"
            return {"--": "–", "---": "—", "~": "\u00a0"}.get(match.group(), "")

        return " ".join(re.split(r"[ \t\n]+", _TEX.sub(letter, value).strip()))

    def _blank(self) -> None:
        found = re.compile(r"(?:\s|%[^\n]*)*").match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _match(self, pattern: re.Pattern[str], expected: str) -> str:
        found = pattern.match(self.text, self.at)
        if not found:
            raise _Malformed(self._seen(), expected)
        self.at = found.end()
        return found.group()

    def _expect(self, sign: str, where: str) -> None:
        if self.text[self.at : self.at + 1] != sign:
            raise _Malformed(self._seen(), f"{sign} {where}")
        self.at += 1

    def _seen(self) -> str:
        rest = self.text[self.at :].lstrip().partition("\n")[0]
        return f'"{_short(rest)}" was not understood' if rest else "the file ends inside an entry"

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def _wrong(self, at: int, wrong: str, expected: str = "", near: str | None = None) -> None:
        self.problems.append(Problem(f"{self.file}:{self._line(at)}", wrong, expected, near))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39].rstrip() + "…"


def _bare(value: str) -> str:
    return re.sub(r"\\([&%#_~{}])", r"\1", re.sub(r"^\\url\s*|(?<!\\)[{}]", "", value)).strip()


def _split(value: str, at: str) -> list[str]:
    """Parts of a value between what matches a pattern outside braces."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(rf"[{{}}]|{at}", value, re.IGNORECASE):
        if found.group() in "{}":
            depth += 1 if found.group() == "{" else -1
        elif depth == 0:
            parts.append(value[start : found.start()])
            start = found.end()
    return [*parts, value[start:]]


# Writing out


def render(entry: Entry, year: str, words: Words | None = None) -> str:
    """A work as a line of the list of references, HTML: authors, year, title, where it appeared, links."""
    listed = _listed(entry, words or language.english())
    parts = [f'<span class="reference-authors">{html.escape(listed)}</span> ({html.escape(year)}).']
    url = _address(entry)
    title = html.escape(entry.title)
    stop = "" if entry.title.endswith(("?", "!", ".")) else "."
    parts.append(f'<cite class="reference-title">{_linked(title, url)}</cite>{stop}')
    if venue := _venue(entry):
        parts.append(f"{venue}.")
    if doi := _doi(entry):
        parts.append(_linked(f"doi:{html.escape(doi)}", f"https://doi.org/{doi}"))
    elif arxiv := entry.fields.get("eprint", ""):
        parts.append(_linked(f"arXiv:{html.escape(arxiv)}", f"https://arxiv.org/abs/{arxiv}"))
    return " ".join(parts)


def _listed(entry: Entry, words: Words) -> str:
    names = [f"{name.family}, {_initials(name.given)}" if name.given else name.family for name in entry.authors]
    if entry.others:
        return words("{first}, et al.", first=", ".join(names))
    return words("{first} & {last}", first=", ".join(names[:-1]), last=names[-1]) if names[1:] else names[0]


def _initials(given: str) -> str:
    """Vardan Xi-Ya -> V. X.-Y."""
    words = ["-".join(f"{part[0]}." for part in word.split("-") if part) for word in given.split()]
    return "\u00a0".join(word for word in words if word)


def _venue(entry: Entry) -> str:
    fields = entry.fields
    names = ("journal", "booktitle", "howpublished", "school", "institution", "publisher", "organization", "series")
    name = next((fields[key] for key in names if fields.get(key)), "")
    if not name:
        return ""
    text = f"<i>{html.escape(name)}</i>"
    if volume := fields.get("volume"):
        number = f"({fields['number']})" if fields.get("number") else ""
        text += " " + html.escape(volume + number)
    if pages := fields.get("pages"):
        text += ", " + html.escape(re.sub(r"(?<=\d)-(?=\d)", "–", pages))
    return text


def _address(entry: Entry) -> str:
    url = entry.fields.get("url", "")
    return url if url.startswith(("https://", "http://")) else ""


def _doi(entry: Entry) -> str:
    return re.sub(r"^(https?://)?(dx\.)?doi\.org/", "", entry.fields.get("doi", ""))


def _linked(text: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{text}</a>' if url else text


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By author, year and title, as a list of references is read."""
    return sorted(entries, key=lambda e: (_folded(_listed(e, language.english())), e.year, e.title.lower(), e.key))


def _folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).lower()

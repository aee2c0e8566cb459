"""BibTeX or BibLaTeX -> plain records of the works in it, each with its place and with what is wrong with it alone.

    kept = read({"r.bib": text}) # all works, in TeX; bibtexparser finds the blocks
    work(kept["works"]["moss"])  # one of them, decoded

Both give values that a memo keeps, so that neither library is loaded where the file did not change, and no work is
decoded that nobody cites. Both kinds of file become one record by the tables `ALIASES` and `KINDS`.
"""

from __future__ import annotations

import functools
import itertools
import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..base import textfile
from ..base.errors import nearest, short
from . import tex

ALIASES = {  # of which the one that BibTeX knows counts before the others
    **{"journaltitle": "journal", "location": "address", "school": "institution", "archiveprefix": "eprinttype"},
    **{"place": "address", "city": "address", "collection": "series"},
    **{"primaryclass": "eprintclass", "key": "sortkey", "annote": "annotation", "pdf": "file"},
}
PEOPLE = ("author", "editor", "translator", "shortauthor", "shorteditor", "bookauthor")
LITERAL = ("url", "doi", "eprint", "eprinttype", "eprintclass")
PARENTS = ("crossref", "xdata", "entryset")
TEXTS = (
    *("title", "subtitle", "titleaddon", "shorttitle", "booktitle", "booksubtitle", "booktitleaddon", "maintitle"),
    *("mainsubtitle", "journal", "series", "volume", "volumes", "number", "issue", "pages", "eid"),
    *("edition", "publisher", "institution", "organization", "address", "howpublished", "type", "version", "chapter"),
    *("note", "addendum", "pubstate", "eventtitle", "date", "year", "urldate"),
)
SHOWN = frozenset((*PEOPLE, "collaboration", *LITERAL, *PARENTS, *TEXTS))
KINDS = {  # of BibTeX, BibLaTeX and their users -> ours; any other is misc
    **{kind: kind for kind in ("article", "book", "inbook", "incollection", "inproceedings", "manual", "thesis")},
    **{kind: kind for kind in ("report", "online", "patent", "software", "dataset", "unpublished", "misc")},
    **dict.fromkeys(("conference", "paper"), "inproceedings"),
    **dict.fromkeys(("periodical", "suppperiodical", "review"), "article"),
    **dict.fromkeys(("booklet", "mvbook", "collection", "mvcollection", "proceedings", "mvproceedings"), "book"),
    **dict.fromkeys(("reference", "mvreference", "ebook"), "book"),
    **dict.fromkeys(("inreference", "suppcollection", "bookinbook", "suppbook"), "incollection"),
    **dict.fromkeys(("phdthesis", "mastersthesis", "mathesis", "bathesis"), "thesis"),
    **dict.fromkeys(("techreport", "standard"), "report"),
    **dict.fromkeys(("electronic", "www", "webpage"), "online"),
    **dict.fromkeys(("artwork", "audio", "bibnote", "commentary", "game", "hardware", "image"), "misc"),
    **dict.fromkeys(("jurisdiction", "legal", "legislation", "letter", "movie", "music", "performance"), "misc"),
    **dict.fromkeys(("preprint", "presentation", "video"), "misc"),
}
TYPES = {  # what a type says, given or meant by the kind
    **{"phdthesis": "PhD thesis", "mastersthesis": "Master’s thesis", "mathesis": "Master’s thesis"},
    **{"bathesis": "Bachelor’s thesis", "candthesis": "Candidate thesis", "techreport": "Technical report"},
    **{"resreport": "Research report", "patent": "Patent", "patentus": "US patent"},
    **{"patreq": "Patent request", "software": "Software", "datacd": "Data CD", "audiocd": "Audio CD"},
}
TYPELESS = ("article", "book", "inbook", "incollection", "inproceedings")  # whose type is EndNote's word for the kind
CONTROLS = ("control", "ieeetranbstctl")  # how a style of LaTeX prints works
STATES = {  # what a state of publication says
    **{"inpreparation": "in preparation", "submitted": "submitted", "forthcoming": "forthcoming"},
    **{"inpress": "in press", "prepublished": "prepublished"},
}
WRITTEN = frozenset((*TYPES.values(), *STATES.values()))  # what a language has words for
EXPORTED = (
    "Publisher",
    "ISBN",
    "ISSN",
    "_eprint",
    "Citation Key",
    "Version Number",
    "Container-title",
    "Conference Name",
    "Page Version ID",
)
_OF_BOOK = {"title": "booktitle", "subtitle": "booksubtitle", "titleaddon": "booktitleaddon", "author": "bookauthor"}
_OF_VOLUMES = {"title": "maintitle", "subtitle": "mainsubtitle", "titleaddon": ""}
_OF_JOURNAL = {"title": "journal", "subtitle": ""}
INHERITED = {  # by the kind of the child: field of the parent -> field of the child, "" for none
    **dict.fromkeys(("inproceedings", "conference", "incollection", "inbook", "inreference"), _OF_BOOK),
    **dict.fromkeys(("suppcollection", "bookinbook", "suppbook"), _OF_BOOK),
    **dict.fromkeys(("book", "collection", "proceedings", "reference"), _OF_VOLUMES),
    **dict.fromkeys(("article", "suppperiodical"), _OF_JOURNAL),
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NEEDED = ("author", "title", "year")
LONGEST, MOST = 100_000, 5_000_000  # characters of a value, and of all, where what it is short for is put in

_KEY = re.compile(r"@\w+\s*[{(]\s*([^\s,{}()=\"#%\\]+)")
_DEFINED = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand|def)\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?"
    r"\s*(\[\d\]|(?:#\d)*)\s*\{"
)
_EXPORTED = re.compile(  # notes that Zotero and EndNote make of fields that BibTeX has not
    rf"(?:(?:Number|Section|Last Modified): [^:]+ )?(?:{'|'.join(EXPORTED)}): \S|\d{{4}}-\d{{3}}[\dXx] \S"
)
_NAME = re.compile(r"[^\s\"#%'(),={}]+")
_COMMENT = re.compile(r"^[ \t]*%.*$", re.MULTILINE)
_SUFFIX = re.compile(r"(?i:[js]r|jun|sen|esq|ph\.? ?d|m\.d|\d\w\w)\.?|MD|I{2,3}|I?V|VI{1,3}")
_PLAIN_SUFFIX = re.compile(r"[JS]r\.?|I{2,3}|IV")  # that is told from a name without a comma
_OTHERS = re.compile(
    r"^(?:many )?others$|^(?:other |the )?contributors$|(?:^|(?<![\s~,])[\s~,]+)(?:and\s+)?et(?:\.?[\s~]+|\.)al\.?$",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(  # of a name: Lee*, Lee$^{\dagger}$, Lee\textsuperscript{1,2}
    r"(?:\s*(?:\$\^(?:\{[^{}$]*\}|\\[a-z]+|[^\\{}$])\$|\\textsuperscript\{(?:[^{}A-Za-z]|\\[a-z]+)*\}"
    r"|\\d?dag(?:ger)?(?![A-Za-z])(?:\{\})?|[\\^]?[*†‡§¶∗¹²³⁴-⁹]|(?<!\+)\+))+(?=[\s,}]|\Z)"
)


class _TooLongError(Exception):
    """Abbreviations or commands stand for more characters than a value, or all of them, may have: so many."""


def read(texts: Mapping[str, str]) -> dict[str, Any]:
    """Every work of some files, in TeX: abbreviations, commands and parents hold in those below as well.

    texts   file -> what it holds; a place is "r.bib:12"
    works   key -> {"kind", "place", "fields": field -> [TeX, place], "above": keys it takes fields from,
            "wrong": [[place, wrong, expected, nearest], …], "odd": [[place, what], …]}
    broken  [[place, what is wrong], …] of entries that have no key
    """
    from bibtexparser import model

    strings = dict.fromkeys(MONTHS, "")
    commands: dict[str, tuple[int, str]] = {}
    found: dict[str, Any] = {"works": {}, "broken": []}
    left = MOST
    last: dict[str, Any] = {}
    for file, block in _blocks(texts):
        entry = getattr(block, "ignore_error_block", None) or block
        place = f"{file}:{(block.start_line or 0) + 1}"
        if isinstance(entry, model.String | model.Preamble):
            try:
                said = _value(entry.value, strings)[0]
            except _TooLongError:
                said = " " * (LONGEST + 1)  # and so is what it is used in
            if isinstance(entry, model.String):
                strings[entry.key.lower()] = said
            else:
                commands |= _commands(said)
        elif isinstance(entry, model.Entry) and entry.entry_type.lower() in ("", *CONTROLS):
            continue  # words in between
        elif isinstance(entry, model.Entry):
            try:
                last = _entry(entry, file, place, strings, commands)
                left -= sum(len(said) for said, *_ in last["fields"].values())
                if left < 0:
                    raise _TooLongError(MOST)
            except _TooLongError as error:
                what = f"abbreviations or commands stand for more than {error.args[0]:,} characters"
                last = _without(place, [place, f'entry "{entry.key}": {what}', "", None])
            _keep(found, entry.key, place, last)
        elif isinstance(entry, model.ImplicitComment) and last and re.match(r",\s*\w+\s*=", entry.comment):
            last["wrong"].append([place, f'"{short(entry.comment)}" behind an entry', "it before the last }", None])
        elif isinstance(block, model.ParsingFailedBlock):
            key = _KEY.match(block.raw or "")
            _keep(
                found,
                key[1] if key else "",
                place,
                _broken(key[1] if key else "", place, getattr(block.error, "abort_reason", "")),
            )
    _inherit(found["works"])
    return found


def _blocks(texts: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """What stands in files, in its order, each with its file."""
    from bibtexparser import splitter

    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    for file, text in texts.items():
        text = _COMMENT.sub("", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
        text = re.sub(r'\\\\(?=[{}",=])', r"\\\\ ", text)  # a sign after a line's end is none that TeX escapes
        for block in splitter.Splitter(text).split().blocks:
            yield file, block


def _keep(found: dict[str, Any], key: str, place: str, work: dict[str, Any]) -> None:
    if not key:
        found["broken"].append([place, "an entry without a key"])
    elif key in found["works"]:
        first = found["works"][key]
        file, _, line = first["place"].rpartition(":")
        if place.rpartition(":")[0] == file:
            first["odd"].append([place, f'the key "{key}" is used twice; the work on line {line} counts'])
        elif _said(work) != _said(first):  # as of a work that two exports have
            first["odd"].append([place, f'the key "{key}" is another work\'s; that at {first["place"]} counts'])
    else:
        found["works"][key] = work


def _said(work: Mapping[str, Any]) -> Any:
    """What a work says, wherever it stands."""
    return work["kind"], {name: [tex, *more] for name, (tex, _, *more) in work["fields"].items()}


def _broken(key: str, place: str, reason: str) -> dict[str, Any]:
    if "nexpected" in reason or "found @" in reason:  # end of the file, or start of a block
        wrong = [place, f'entry "{key}" is not closed', "}", None]
    else:
        after = re.search(r"[Ee]xpected (?:a |either a )?(.*?)(?:, but|\.?$)", reason)
        wrong = [place, f'entry "{key}" was not understood', after[1].replace("`", "") if after else "", None]
    return _without(place, wrong)


def _without(place: str, wrong: list[Any]) -> dict[str, Any]:
    """A work of which nothing is known but what is wrong."""
    return {"kind": "misc", "place": place, "fields": {}, "above": [], "wrong": [wrong], "odd": []}


def _commands(preamble: str) -> dict[str, tuple[int, str]]:
    """The commands that a preamble defines: name -> how many arguments, what it stands for."""
    found = {}
    for defined in _DEFINED.finditer(preamble):
        body = preamble[defined.end() : _closing(preamble, defined.end() - 1)]
        said = [int(count) for count in re.findall(r"\d", defined[2] or "")]
        found[defined[1]] = max(said, default=0), body
    return found


def _expanded(value: str, commands: Mapping[str, tuple[int, str]]) -> str:
    """TeX without the commands of the preamble; what is nested deeper than ten of them stays.

    raises  _TooLongError
    """
    for _ in range(10):
        parts: list[str] = []
        at = size = 0
        for used in re.finditer(r"\\([A-Za-z]+)[ \t]*", value):
            if used[1] not in commands or used.start() < at:
                continue
            count, body = commands[used[1]]
            parts.append(value[at : used.start()])
            at = used.end()
            for number in range(1, count + 1):
                close = _closing(value, at) if value[at : at + 1] == "{" else at - 1
                given = value[at + 1 : close]
                if len(body) + body.count(f"#{number}") * len(given) > LONGEST:
                    raise _TooLongError(LONGEST)
                body = body.replace(f"#{number}", given)
                at = close + 1
            parts.append(body)
            size += len(body)
            if size > LONGEST:
                raise _TooLongError(LONGEST)
        if not parts:
            return value
        value = "".join(parts) + value[at:]
    return value


def _entry(
    entry: Any, file: str, place: str, strings: Mapping[str, str], commands: Mapping[str, tuple[int, str]]
) -> dict[str, Any]:
    kind = entry.entry_type.lower()
    fields: dict[str, list[Any]] = {}
    unknown: dict[str, str] = {}
    spelt: dict[str, str] = {}  # field -> how it was typed
    made: dict[str, Any] = {"kind": kind, "place": place, "fields": fields, "above": [], "wrong": [], "odd": []}
    for field in entry.fields:
        typed = field.key.rpartition("\n")[2].strip().lower()
        name, at = ALIASES.get(typed, typed), f"{file}:{field.start_line + 1}"
        said, abbreviation, rest = _value(field.value, strings)
        if rest:
            made["wrong"].append([at, f'"{short(rest)}" was not understood', f', after the field "{typed}"', None])
        said = _expanded(said, commands) if commands else said
        if name not in SHOWN:
            unknown.setdefault(name, at)
        elif name in spelt and (spelt[name] == name or typed != name):
            if fields[name][0] != said and typed == name:
                made["odd"].append([at, f'entry "{entry.key}" has the field "{typed}" twice; the first counts'])
        elif abbreviation:
            near = nearest(abbreviation, strings)
            fields[name] = [said, at, [f'unknown abbreviation "{abbreviation}"', "a value in braces", near]]
            spelt[name] = typed
        elif said.strip():
            fields[name] = [said, at]
            spelt[name] = typed
    had = {"author" if name == "editor" else "year" if name == "date" else name for name in fields}
    for name in NEEDED:
        like = [said for said in unknown if abs(len(said) - len(name)) < 2] if name not in had else []
        if near := nearest(name, like) if like else None:
            made["wrong"].append([place, f'entry "{entry.key}" has no {name}', "", near])
    return made


def _value(raw: str, strings: Mapping[str, str]) -> tuple[str, str, str]:
    """A value's TeX, an abbreviation that nobody defined, and what is left after the value.

    raises  _TooLongError
    """
    parts, unknown, at, size = [], "", 0, 0
    while True:
        start = at + len(raw[at:]) - len(raw[at:].lstrip())
        first = raw[start : start + 1]
        if first in ("{", '"'):
            end = _closing(raw, start)
            parts.append(raw[start + 1 : end])
            at = end + 1
        elif name := _NAME.match(raw, start):
            word, at = name.group(), name.end()
            if not word[0].isdigit() and word.lower() not in strings:
                unknown = unknown or word
            parts.append(strings.get(word.lower(), word))
            size += len(parts[-1])
            if size > LONGEST:
                raise _TooLongError(LONGEST)
        else:
            return "".join(parts), unknown, raw[start:].strip()
        left = raw[at:].lstrip()
        if not left.startswith("#"):
            return "".join(parts), unknown, left.strip()
        at = raw.index("#", at) + 1


def _closing(raw: str, start: int) -> int:
    """Where what opens at `start`, a brace or a quote, is closed; the end where it is not."""
    depth, quoted = 0, raw[start] == '"'
    for found in re.compile(r'\\.|[{}"]', re.DOTALL).finditer(raw, start + 1):
        sign = found.group()
        if depth == 0 and sign == ('"' if quoted else "}"):
            return found.start()
        depth += {"{": 1, "}": -1}.get(sign, 0)
    return len(raw)


def _inherit(works: dict[str, Any]) -> None:
    """Fields from the works that a work names by crossref, xdata or entryset, in place."""
    lower = {key.lower(): key for key in works}
    done: set[str] = set()

    def fill(key: str, above: frozenset[str]) -> None:
        if key in done or key in above:
            return
        work = works[key]
        for field in PARENTS:
            named = work["fields"].pop(field, None)
            for name in re.split(r"\s*,\s*", named[0].strip()) if named else ():
                parent = name if name in works else lower.get(name.lower())
                if parent is None:
                    if field != "entryset":
                        said = f'entry "{key}" takes its fields from "{name}", which is not there'
                        work["wrong"].append([named[1], said, "", nearest(name, works)])
                    continue
                fill(parent, above | {key})
                work["above"].append(parent)
                if field != "entryset" or len(work["above"]) == 1:  # a set stands for its first work
                    _take(work, works[parent], INHERITED.get(work["kind"], {}) if field == "crossref" else {})
        done.add(key)

    for key in works:
        fill(key, frozenset())


def _take(work: dict[str, Any], parent: dict[str, Any], names: Mapping[str, str]) -> None:
    taken = {name: value for name, value in parent["fields"].items() if name not in names}
    for name, value in parent["fields"].items():
        if names.get(name):
            taken.setdefault(names[name], value)
    for name, value in taken.items():
        work["fields"].setdefault(name, value)


# One work


def work(key: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """A work of `read`, decoded: what `bibliography.Entry` is made of."""
    return _Work(key, raw).made()


class _Work:
    def __init__(self, key: str, raw: Mapping[str, Any]) -> None:
        self.key = key
        self.raw = raw
        self.fields: Mapping[str, Sequence[Any]] = raw["fields"]
        self.wrong: list[list[Any]] = list(raw["wrong"])

    def made(self) -> dict[str, Any]:
        kind = self.raw["kind"]
        people = {name: self._people(name) for name in PEOPLE if name in self.fields}
        if "collaboration" in self.fields:
            body = self._word(self.fields["collaboration"][0], "collaboration")
            body += "" if re.search(r"collab|consortium|group|team", body, re.IGNORECASE) else " Collaboration"
            people.setdefault("author", [[], False])[0].append([body, "", ""])
        literal = {name: tex.bare(self.fields[name][0]) for name in LITERAL if name in self.fields}
        texts = {name: parts for name in TEXTS if name in self.fields and (parts := self._text(name))}
        if literal.get("url", "").startswith("<Go to ISI>"):
            del literal["url"]  # which EndNote writes where a work has no address
        odd = list(self.raw["odd"])
        if kind not in KINDS and (near := nearest(kind, KINDS)):
            said = f'entry "{self.key}" is "@{kind}", which no kind of work is; did you mean "@{near}"?'
            odd.append([self.raw["place"], said])
        for name in ("url", "doi"):
            said = re.sub(r"(?i)\Adoi:?\s+|\s*\[doi\]\Z", "", literal.get(name, ""))
            if cut := said.split()[1:]:
                wrong = f'the {name} of "{self.key}" has a blank, and "{short(cut[-1])}" is left out'
                odd.append([self.fields[name][1], wrong])
            self._clean(self.fields[name][0] if name in self.fields else "", name)
        if KINDS.get(kind) in TYPELESS:
            texts.pop("type", None)
        said = tex.plain(texts.get("type", [])).lower()
        if said in TYPES or (not said and kind in TYPES and kind != "software"):
            texts["type"] = [TYPES[said or kind]]
        elif country := re.fullmatch(r"(patent|patreq)([a-z]{2})", said):
            texts["type"] = [f"{TYPES[country[1]]} {country[2].upper()}"]
        if (state := tex.plain(texts.get("pubstate", []))) in STATES:
            texts["pubstate"] = [STATES[state]]
        if re.match(_EXPORTED, tex.plain(texts.get("note", []))):
            del texts["note"]
        if countries := re.findall(r"\bcountry([a-z]{2})\b", tex.plain(texts.get("address", []))):
            texts["address"] = [", ".join(map(str.upper, countries))]
        if not (people or texts or self.wrong):
            self.wrong.append([self.raw["place"], f'entry "{self.key}" says nothing', "author, title and year", None])
        return {
            **{"key": self.key, "kind": KINDS.get(kind, "misc"), "place": self.raw["place"], "people": people},
            **{"texts": texts, "literal": literal, "wrong": self.wrong, "odd": odd},
        }

    def _text(self, name: str) -> list[Any]:
        value, place, *more = self.fields[name]
        if more:
            self.wrong.append([place, *more[0]])
        return self._decoded(value, name)

    def _decoded(self, value: str, name: str) -> list[Any]:
        file, _, line = self.fields[name][1].rpartition(":")
        self._clean(value, name)
        if name in ("date", "urldate") and "\\" not in value:
            return [tex.bare(value)]  # where a ~ is no blank
        found = tex.decode(value)
        for command, below in found["unknown"]:
            wrong = f'unknown TeX command "{command}"' if command else f'the TeX of "{name}" was not understood'
            self.wrong.append([f"{file}:{int(line) + below}", wrong, "the letter itself" if command else "", None])
        return list(found["parts"])

    def _clean(self, value: str, name: str) -> None:
        if odd := "a byte that is not UTF-8" if "\ufffd" in value else textfile.invisible(value):
            self.wrong.append([self.fields[name][1], f'{odd}, in the field "{name}" of "{self.key}"', "", None])

    # Names

    def _people(self, field: str) -> list[Any]:
        """[[[family, given, suffix], …], whether there are others]."""
        value, place, *more = self.fields[field]
        if more:
            self.wrong.append([place, *more[0]])
        value = tex.unescaped(value).strip().rstrip("; ")
        parts = [part.strip() for part in _split(value, r"(?:^|(?<=\s))and(?=\s|$)|[;；؛、]")]
        for split in (_by_ampersand, _by_blanks):
            parts = list(itertools.chain.from_iterable(map(split, parts)))
        others = False
        while parts and (found := _OTHERS.search(parts[-1])):
            others = True
            parts[-1] = parts[-1][: found.start()].strip()
            if not parts[-1]:
                parts.pop()
        names = []
        for part in parts:
            if part.strip(",،， ~"):
                names.append(self._name(part, field))
            else:
                expected = "names joined by one “and”"
                self.wrong.append([place, "an author without a name", expected, None])
        return [[name for name in names if name[0]], others]

    def _name(self, part: str, field: str) -> list[str]:
        """`Last, First`, `Last, Jr, First`, `First von Last Jr.`, `{A Body}`, or BibLaTeX's `family=…, given=…`."""
        say = functools.partial(self._word, field=field)
        part = _FOOTNOTE.sub("", part)
        part = re.sub(r"(?<=\w)\s+\d{4}\Z", "", part)  # by which DBLP tells people of one name apart
        pieces = _split(part, r"\s*[,،，]\s*")
        if all(re.match(r"[a-z-]+\s*=", piece) for piece in pieces):
            said = {key.strip(): say(value) for key, _, value in (piece.partition("=") for piece in pieces)}
            family = " ".join(filter(None, (said.get("prefix"), said.get("family"))))
            return [family or say(part), said.get("given", ""), said.get("suffix", "")]
        if len(pieces) > 1:
            return self._with_commas(part, list(map(say, filter(None, pieces))), self.fields[field][1])
        raw = _split(part, r"[\s~]+")
        words = [say(word) for word in raw]
        suffix = words.pop() if len(words) > 2 and _PLAIN_SUFFIX.fullmatch(words[-1]) else ""
        if all(map(_family_first, words)):
            return [words[0], " ".join(words[1:]), suffix]
        small = [word[:1].islower() and not re.match(r"\{[^\\]", raw[at]) for at, word in enumerate(words)]
        first = next((at for at, is_small in enumerate(small[:-1]) if is_small), len(words) - 1)
        return [" ".join(words[first:]), " ".join(words[:first]), suffix]

    def _with_commas(self, part: str, pieces: list[str], place: str) -> list[str]:
        """`Last, First` or `Last, Jr, First`. pieces: what stands between the commas"""
        last, *middle, given = pieces if len(pieces) > 1 else [pieces[0], ""]
        is_suffix = _SUFFIX.fullmatch(given)
        in_order = re.match(r"[A-Z]\.[ -]", last) and not is_suffix  # Y. LeCun, Y. Bengio
        no_suffix = middle and not _SUFFIX.fullmatch(middle[0])
        if len(middle) > 1 or (no_suffix and not is_suffix) or in_order:
            self.wrong.append(
                [place, f'the names "{short(part)}" were not understood', 'names joined by " and "', None]
            )
        if no_suffix and is_suffix:
            middle, given = [given], middle[0]
        head, _, suffix = last.rpartition(" ")
        if head and not middle and _PLAIN_SUFFIX.fullmatch(suffix):
            last, middle = head, [suffix]
        return [last, given, " ".join(middle)]

    def _word(self, value: str, field: str) -> str:
        return tex.plain(self._decoded(value, field))


def _by_ampersand(part: str) -> list[str]:
    """Names between which & stands for "and": each of several words, as those of a firm seldom are."""
    pieces = [piece.strip() for piece in _split(part, r"\s\\?&(?=\s)")]
    return pieces if all(" " in piece for piece in pieces) else [part]


def _by_blanks(part: str) -> list[str]:
    """Names between which a comma has a blank behind it and in which it has none, as of UCI: `Cox,D., Lee,A. B.`."""
    pieces = _split(part.rstrip(", "), r",\s+")
    return pieces if all(re.fullmatch(r"[^,]+,[^\s,][^,]*", piece) for piece in pieces) else [part]


def _family_first(word: str) -> bool:
    """Whether a word is of a script in which the family's name comes first."""
    return all(unicodedata.name(sign, "").startswith(("CJK", "HANGUL", "HIRAGANA", "KATAKANA")) for sign in word)


def _split(value: str, at: str) -> list[str]:
    """Parts of a value between what matches a pattern outside braces."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(rf"\\[{{}}]|[{{}}]|{at}", value, re.IGNORECASE):
        if found.group() in ("{", "}"):
            depth += 1 if found.group() == "{" else -1
        elif depth == 0 and found.group()[0] != "\\":
            parts.append(value[start : found.start()])
            start = found.end()
    return [*parts, value[start:]]


def year_of(texts: Mapping[str, Iterable[Any]]) -> str:
    """The year of a work as it is shown, "" without one: of a date of EDTF, of a year, or how it stands with it."""
    date = tex.plain(texts.get("date", ())) or tex.plain(texts.get("year", ()))
    if not date:
        return tex.plain(texts.get("pubstate", ()))
    ends = [_year(end) for end in date.split("/")]
    if len(ends) > 2 or None in ends or not (ends[0] or ends[-1]):
        dated = _DATED.fullmatch(date)
        return next(filter(None, dated.groups())) if dated else date
    return ends[0] or "" if len(ends) == 1 or ends[0] == ends[1] else f"{ends[0]}–{ends[1]}"


_MONTH = r"(?:jan|ene|f[eé][bv]|m[aäá]r|a[pbv]r|ma[iy]|ju[iln]|a[ogu]|sep|o[ck]t|nov|d[eé][cz]|dic)[^\W\d_]*"
_DAY = rf"(?:\d{{1,2}}|{_MONTH})[\s.,/]+"
_DATED = re.compile(  # May 12, 2018; 2018/5/12; 2018 May-Jun
    rf"(?:{_DAY})+(\d{{4}})|(\d{{4}})(?:[./]\d\d?){{2}}|(\d{{4}})[,;]?(?:[\s-]+(?:\d{{1,2}}|{_MONTH})\.?)+",
    re.IGNORECASE,
)


def _year(said: str) -> str | None:
    """`2020-05~` -> ca. 2020; None where it is no date of EDTF."""
    said = said.strip()
    if said in ("", ".."):
        return ""
    within = r"(?:-[\dXux]{2}(?:-[\dXux]{2}(?:T[\d:.Z+-]+)?)?)?"
    found = re.fullmatch(rf"(-?)(\d{{4}}|\d{{3}}[Xux]|\d\d[Xux]{{2}}){within}([?~%]?)", said)
    if not found:
        return None
    year = re.sub("[Xux]", "0", found[2])
    if found[1]:
        year = f"{int(year) + 1} BCE"  # EDTF counts a year 0
    elif year != found[2]:
        year += "s"
    return {"": year, "?": f"{year}?", "~": f"ca. {year}", "%": f"ca. {year}?"}[found[3]]

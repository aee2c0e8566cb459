"""The front matter of a text: its fields, each with how it is read."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import html
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from ..base import style, textfile
from ..base.errors import Problem, meant, nearest, quoted, short
from ..base.language import ENGLISH, REFERENCE, facts_of
from ..base.warnings import Warned
from ..base.yaml import Yaml
from . import bibliography, tex

NUMBERINGS = ("page", "continuous", "by-page")  # afresh on each page; running on; "2.1" on the second page
TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
ROLES = (  # CRediT, ANSI/NISO Z39.104-2022
    "conceptualization",
    "data curation",
    "formal analysis",
    "funding acquisition",
    "investigation",
    "methodology",
    "project administration",
    "resources",
    "software",
    "supervision",
    "validation",
    "visualization",
    "writing – original draft",
    "writing – review & editing",
)
MARKS = {"corresponding": "corresponding author", "equal_contribution": "contributed equally"}

RESERVED = ("and", "else", "false", "if", "in", "is", "none", "not", "or", "true")  # by the language of expressions
DESCRIBED = 200  # signs of a description that is taken from an abstract
DAYS = ("%Y/%m/%d", "%d.%m.%Y", "%Y年%m月%d日", "%B %d %Y", "%d %B %Y", "%b %d %Y", "%d %b %Y")


@dataclass(frozen=True)
class InParts:
    """A text that may hold formulas. parts: every second one is TeX; line: of the file, where it stands."""

    parts: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Named:
    """An expression that a text's own may call by a name. place: file:line"""

    name: str
    of: str
    place: str = ""


# What is read, or whatever may be: a field of which anything is wrong is left out
_Reading = Callable[[Yaml, Callable[..., None]], Any]


def _is_empty(value: Yaml) -> bool:
    """Whether a field holds nothing, as in a form that is not filled in."""
    return value.value is None or value.value == ""


def _sentence(value: Yaml, wrong: Callable[..., None]) -> str:
    """One line of text; numbers are texts as well."""
    if isinstance(value.value, str) and value.value.strip() and not textfile.invisible(value.value):
        return " ".join(value.value.split())
    if isinstance(value.value, (int, float)) and not isinstance(value.value, bool):
        return str(value.value)
    wrong(value.line, "text")
    return ""


def _pieces(keys: Sequence[str], between: str, expected: str) -> _Reading:
    """A text in one piece or in several."""

    def read(value: Yaml, wrong: Callable[..., None]) -> str:
        parts = value.value
        if not isinstance(parts, dict):
            return _sentence(value, wrong)
        said = [_sentence(parts[key], wrong) for key in keys if key in parts]
        if not said:
            wrong(value.line, expected)
        return between.join(said)

    return read


def _like(form: str, expected: str, before: str = "") -> _Reading:
    """A text of some form, without what may stand before it."""

    def read(value: Yaml, wrong: Callable[..., None]) -> str:
        text = re.sub(f"^(?:{before})", "", _sentence(value, wrong))
        if text and not re.fullmatch(form, text):
            wrong(value.line, expected)
        return text

    return read


_name = _pieces(("literal", "given", "non-dropping-particle", "family"), " ", "a name, or its given and family parts")
_place = _pieces(
    ("department", "name", "institution", "city", "region", "state", "country"), ", ", "a place with a name"
)
_address = _like(r"https?://\S+", "an address that starts with https://")
_email = _like(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+", "an address like ada@example.org", "mailto:")
_doi = _like(r"10\.\d{4,9}/\S+", "a DOI like 10.23915/distill.00001", r"https?://(?:dx\.)?doi\.org/|doi:\s*")


def _unmarked_sentence(value: Yaml, wrong: Callable[..., None]) -> str:
    text = _sentence(value, wrong)
    return unmarked(text) or text


def _bibliography(value: Yaml, wrong: Callable[..., None]) -> tuple[str, ...]:
    found = []
    for item in value.items:
        path = PurePosixPath(item.value.strip() if isinstance(item.value, str) else "")
        if path.suffix != ".bib" or path.is_absolute() or ".." in path.parts:
            expected = "a file of this folder that ends in .bib, as others export to BibTeX, or a list of these"
            wrong(item.line, expected, f"bibliography: {quoted(item.value)} was not understood")
        found.append(path.as_posix())
    return tuple(dict.fromkeys(found))


def _abstract(value: Yaml, wrong: Callable[..., None]) -> Any:
    """As plain text, a paragraph a line."""
    if not isinstance(value.value, str) or not value.value.strip():
        return wrong(value.line, "text")
    return "\n".join(map(unmarked, re.split(r"\n\s*\n", value.value.strip())))


def _day(value: Yaml, wrong: Callable[..., None]) -> Any:
    """A date, or a text that begins with one, as in quotes or before a time of day; or one in English words."""
    said = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|(?<=[A-Za-z])\.(?= )|,", " ", _in_ascii(value))
    said = " ".join(said.split())
    for form, text in (("%Y-%m-%d", re.split("[T ]", said)[0]), *((form, said) for form in DAYS)):
        with contextlib.suppress(ValueError):
            return datetime.datetime.strptime(text, form).date()
    return wrong(value.line, "a date like 2026-03-12")


def _in_ascii(value: Yaml) -> str:
    """A date with the digits of any script as those from 0 to 9."""
    return re.sub(r"\d", lambda digit: str(int(digit[0])), str(value.value))


def _in_english(value: Yaml, tag: str) -> Yaml:
    """A date in a language's own words, such as 3. März 2026, in English ones; any other as it is."""
    said, numbers = str(value.value).casefold(), re.findall(r"\d+", _in_ascii(value))
    if len(numbers) == 2 and not tag.startswith(REFERENCE):
        for own, english in zip(facts_of(tag)["months"], ENGLISH["months"], strict=True):
            if re.search(rf"(?<!\w){re.escape(own.casefold())}(?!\w)", said):
                return replace(value, value=f"{numbers[0]} {english} {numbers[1]}")
    return value


def _whole(value: Yaml, wrong: Callable[..., None]) -> Any:
    if isinstance(value.value, int) and not isinstance(value.value, bool):
        return value.value
    return wrong(value.line, "a whole number")


def _words(value: Yaml, wrong: Callable[..., None]) -> Any:
    if isinstance(value.value, str):
        return tuple(filter(None, map(str.strip, re.split("[,;]", value.value))))
    if isinstance(value.value, list):
        return tuple(_sentence(item, wrong) for item in value.value if not _is_empty(item))
    return wrong(value.line, "a list of words")


def _orcid(value: Yaml, wrong: Callable[..., None]) -> str:
    """An iD, or its address. source: ISO 7064, MOD 11-2, which says the last sign"""
    text = re.sub(r"^(?:https?://)?orcid\.org/", "", _sentence(value, wrong))
    if text and not re.fullmatch(r"(\d{4}-){3}\d{3}[\dX]", text):
        wrong(value.line, "an ORCID like 0000-0002-1825-0097")
    elif text:
        total = functools.reduce(lambda sum, digit: (sum + int(digit)) * 2, text.replace("-", "")[:-1], 0)
        last = "0123456789X"[(12 - total % 11) % 11]
        if text[-1] != last:
            wrong(value.line, f"{last} there, or other digits before it", f"ORCID {text} cannot end in {text[-1]}")
    return text


def _roles(value: Yaml, wrong: Callable[..., None]) -> tuple[str, ...]:
    """Of ROLES; any dash is as good as another, and so are "&" and "and"."""
    plain = {_role(role): role for role in ROLES}
    found = []
    said = [(text, item.line) for item in value.items for text in re.split(r",\s*", _sentence(item, wrong))]
    for text, line in said:
        if text and _role(text) not in plain:
            expected, near = meant(_role(text), plain)
            wrong(line, expected, f'unknown role "{text}"', near and plain[near])
        elif text:
            found.append(plain[_role(text)])
    return tuple(dict.fromkeys(found))


def _role(text: str) -> str:
    return re.sub(r"\s*[-–—]\s*", " - ", text.lower()).replace(" and ", " & ")


def _flag(value: Yaml, wrong: Callable[..., None]) -> Any:
    return value.value if isinstance(value.value, bool) else wrong(value.line, "true or false")


def _version(value: Yaml, wrong: Callable[..., None]) -> Any:
    if isinstance(value.value, float):  # 1.10 is 1.1 to YAML
        return wrong(value.line, 'a version in quotes, like "1.10"')
    return _sentence(value, wrong)


def _language(value: Yaml, wrong: Callable[..., None]) -> str:
    text = _sentence(value, wrong).replace("_", "-")
    if text and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        wrong(value.line, "a language tag like en or pt-BR")
    return text


def _citations(value: Yaml, wrong: Callable[..., None]) -> str:
    text = _sentence(value, wrong)
    if text not in bibliography.STYLES:
        expected, near = meant(text, bibliography.STYLES)
        wrong(value.line, expected, f'unknown way to cite "{text}"', near)
    return text


def _accent(value: Yaml, wrong: Callable[..., None]) -> Any:
    """Two colours that can be read on their papers, or one for both."""
    said = [item.value for item in value.value] if isinstance(value.value, list) else 2 * [value.value]
    if len(said) != 2 or not all(isinstance(own, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", own) for own in said):
        return wrong(value.line, 'two colours, for light and for dark paper, like ["#673a9c", "#bda8fb"]')
    for own, (name, theme) in zip(said, style.THEMES.items(), strict=True):
        if (ratio := style.contrast(own, theme.paper)) < TEXT_CONTRAST:
            expected = f"at least {TEXT_CONTRAST}: a {'darker' if name == 'light' else 'lighter'} colour"
            wrong(value.line, expected, f"accent {own} has a contrast of {ratio:.1f} on {name} paper")
    return tuple(said)


def _numbering(value: Yaml, wrong: Callable[..., None]) -> Any:
    if value.value in NUMBERINGS:
        return str(value.value)
    expected, near = meant(str(value.value), NUMBERINGS)
    return wrong(value.line, expected, near=near)


_DEFINITION = re.compile(
    r"\s*(?:\\global\s*)?\\(?:(?:re|provide)?newcommand|DeclareMathOperator|[egx]?def|let)(?![A-Za-z])"
)


def _macros(value: Yaml, wrong: Callable[..., None]) -> str:
    """Macros by name, with or without its backslash, or a list of definitions in TeX; as definitions in TeX."""
    found = []
    if isinstance(value.value, dict):
        for name, said in value.value.items():
            listed = isinstance(said.value, list) and 1 <= len(said.value) <= 2  # MathJax: [TeX, number of arguments]
            body = said.value[0].value if listed else said.value
            plain = name if name.startswith("\\") else f"\\{name}"
            if not re.fullmatch(r"\\(?:[A-Za-z]+|[^A-Za-z\s])", plain):
                wrong(said.line, 'a name like "\\R"', f'macros: "{name}" is no name of a macro')
            elif not isinstance(body, str):
                wrong(said.line, 'TeX in quotes, like "\\mathbb{R}"', f'macros: "{name}" is no TeX')
            elif _unbalanced(body):
                wrong(said.line, "a } for each {", f'macros: the braces of "{name}" have no partners')
            else:
                count = max(map(int, re.findall(r"(?<![#\\])#([1-9])", body)), default=0)
                found.append(f"\\def{plain}{''.join(f'#{n + 1}' for n in range(count))}{{{body}}}\n")
        return "".join(found)
    for item in value.items:
        said = item.value
        if not isinstance(said, str) or not _DEFINITION.match(said) or _unbalanced(said):
            wrong(item.line, 'names with TeX, like "\\R": "\\mathbb{R}", or definitions, like \\newcommand{\\R}{…}')
        else:
            found.append(said + "\n")
    return "".join(found)


def _named(value: Yaml, wrong: Callable[..., None]) -> dict[str, tuple[str, int]]:
    """Expressions by name, each with its line."""
    found = {}
    for name, said in value.value.items() if isinstance(value.value, dict) else ():
        if not re.fullmatch(r"[A-Za-z_]\w*", name) or name.lower() in RESERVED:
            wrong(said.line, "letters, digits and _, beginning with a letter", f'names: "{name}" cannot be a name')
        elif not isinstance(said.value, str) or not said.value.strip():
            wrong(
                said.line, 'an expression, like results.where(activation="tanh")', f'names: "{name}" is no expression'
            )
        else:
            found[name] = " ".join(said.value.split()), said.line
    if not isinstance(value.value, dict):
        wrong(value.line, 'names with expressions, like tanh: results.where(activation="tanh")')
    return found


def _unbalanced(tex: str) -> bool:
    """Whether braces of TeX have no partners."""
    depth = 0
    for brace in re.findall(r"\\.|[{}]", tex):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return True
    return depth != 0


def _authors(value: Yaml, wrong: Callable[..., None]) -> Any:
    """Names, or what is known of each: one, a list, or names of several words in one text, as "Ada Lee and Bo Ek"."""
    if not value.value:
        return wrong(value.line, "a name, or a list of authors, each with a name")
    found = []
    for item in value.value if isinstance(value.value, list) else _names(value):
        fields = _with_name(item.value, item.line) if isinstance(item.value, dict) else {"name": item}
        if "name" not in fields or not fields["name"].value:
            wrong(item.line, "an author with a name")
            continue
        fields = {SPELT_OF_AUTHOR.get(key, key): field for key, field in fields.items() if not _is_empty(field)}
        for key in fields.keys() - OF_AUTHOR.keys():
            if not _is_foreign(key, OF_AUTHOR, FOREIGN_OF_AUTHOR):
                wrong(fields[key].line, "", f'unknown field "{key}" of an author', nearest(key, OF_AUTHOR))
        author = Author(**{key: row["read"](fields[key], wrong) for key, row in OF_AUTHOR.items() if key in fields})
        if re.search(r"[][<>{}@^*$\\¹²³⁰⁴-⁹†‡§¶]", author.name):
            said = f'"{short(author.name)}" is no name'
            wrong(item.line, "a name alone, as - name: Ada Lee, and below it email:, affiliation:, roles:", said)
        if author.group and author.orcid:
            wrong(fields["orcid"].line, "none, as a person has one", "orcid of a group")
        found.append(author)
    return tuple(found)


_PARTS = {  # of a name that stands in parts beside the rest, as in papers of JOSS and CITATION.cff
    **dict.fromkeys(("given", "given-names"), "given"),
    **dict.fromkeys(("family", "family-names", "surname"), "family"),
    **dict.fromkeys(("name-particle", "dropping-particle", "non-dropping-particle"), "non-dropping-particle"),
}


def _with_name(fields: Mapping[str, Yaml], line: int) -> Mapping[str, Yaml]:
    """The fields of an author with a name of its parts."""
    parts = {_PARTS[key]: fields[key] for key in fields if key in _PARTS}
    if "name" in fields or not parts:
        return fields
    return {"name": Yaml(parts, line), **{key: field for key, field in fields.items() if key not in _PARTS}}


def _names(value: Yaml) -> list[Yaml]:
    """The names in a text: "Lee, Ada" is one. Those of Chinese and Japanese are written without blanks."""
    said = str(value.value).strip()
    apart = re.split(r"\s*(?:[;；؛、，]|[,،]?\s+(?:\\?and|und|et|&)\s)\s*", said)
    if not re.search("[;；؛、，]", said) and not all(" " in name for name in apart):
        return [value]
    listed = ((name, re.split(r"\s*[,،]\s*", name)) for name in apart if name)
    names = (each if all(" " in one for one in each) else [name] for name, each in listed)
    return [Yaml(name, value.line) for name in itertools.chain(*names)]


def _places(value: Yaml, wrong: Callable[..., None]) -> str:
    """Where an author works: a text, or what is known of the place; or a list of them."""
    for item in value.items:
        if re.fullmatch(r"\d+(?:\s*,\s*\d+)*", str(item.value)):
            wrong(
                item.line,
                "the name of a place, or the id of one in affiliations",
                f'no place has the id "{item.value}"',
            )
    return "; ".join(_place(item, wrong) for item in value.items)


def _called(place: Yaml, among: Sequence[str] = ("id", "index")) -> list[str]:
    """What a place is called, or what the fields among these call it."""
    if not isinstance(place.value, dict):
        return [str(place.value)]
    return [str(place.value[key].value) for key in among if key in place.value]


def _with_places(fields: Mapping[str, Yaml]) -> Mapping[str, Yaml]:
    """The fields with the places that authors name by their ids, where `affiliations` lists them apart."""
    listed = fields.get("affiliations", Yaml([], 0)).items
    known = {id_: of for of in listed for id_ in _called(of)}

    def full(place: Yaml) -> list[Yaml]:
        name = place.value.get("ref", place).value if isinstance(place.value, dict) else place.value
        ids = [str(name)] if str(name) in known else re.split(r"\s*,\s*", str(name))  # "1, 2" as JOSS has it
        return [replace(known[id_], line=place.line) for id_ in ids] if {*ids} <= known.keys() else [place]

    def settled(author: Yaml) -> Yaml:
        if not isinstance(author.value, dict):
            return author
        own = {
            key: Yaml([each for item in of.items for each in full(item)], of.line)
            for key, of in author.value.items()
            if SPELT_OF_AUTHOR.get(key, key) == "affiliation" and not _is_empty(of)
        }
        return Yaml({**author.value, **own}, author.line)

    authors = {
        key: Yaml([settled(item) for item in of.items], of.line) if isinstance(of.value, (dict, list)) else of
        for key, of in fields.items()
        if SPELT.get(key, key) == "authors"
    }
    return {key: authors.get(key, of) for key, of in fields.items() if key != "affiliations"}


def _row(read: _Reading, default: Any = dataclasses.MISSING, also: Sequence[str] = (), own: bool = False) -> Any:
    """A field.

    read     how it is read
    default  what it is where it is left out; MISSING: it must not be
    also     how others spell it
    own      whether no page takes it from the first
    """
    return dataclasses.field(default=default, metadata={"read": read, "also": also, "own": own})


@dataclass(frozen=True)
class Author:
    """Who wrote the article. url, email, affiliation and orcid may be "".

    orcid  iD without its address: "0000-0002-1825-0097"
    roles  what they did, of ROLES
    group  whether these are several who share a name
    corresponding, equal_contribution  whether they answer for all, and whether they are of those who did as much
    """

    name: str = _row(_name)
    url: str = _row(_address, "", ("homepage", "website"))
    email: str = _row(_email, "")
    affiliation: str = _row(_places, "", ("affiliations",))
    orcid: str = _row(_orcid, "", ("orcid_id",))
    roles: tuple[str, ...] = _row(_roles, (), ("role",))
    group: bool = _row(_flag, False)
    corresponding: bool = _row(_flag, False, ("corresponding-author", "corresponding_author"))
    equal_contribution: bool = _row(
        _flag, False, ("equal-contribution", "equal-contrib", "equal_contrib", "equal-contributor", "equal_contributor")
    )

    @property
    def shares(self) -> tuple[str, ...]:
        """What is said of their share in the article: what they are marked as, and what they did."""
        return (*(words for mark, words in MARKS.items() if getattr(self, mark)), *self.roles)


@dataclass(frozen=True)
class Meta:
    """Front matter. A page other than the first takes from the first what it leaves out.

    description  for search engines; where none is given the beginning of the abstract, or else of the text
    date       of publication; None: it is not said
    nav_order  place of the page in the navigation after the first; None: after the ordered ones, by name
    nav_title  short title for the navigation; "": the title
    accent     colour of links and handles on light and on dark paper, as #rrggbb; (): the house's
    citations  how works are cited, a row of `bibliography.STYLES`
    macros     TeX that defines what the formulas of the page may use; the first page's hold on all
    names      expressions by names that those of the page may use; the first page's hold on all
    numbering  of figures, tables, equations and sections over several pages, one of NUMBERINGS
    version    of the article, as others cite it
    data_licence  of what readers may take away; "": nothing is said
    abstract   as plain text; the page begins with it as it was written
    headings   "title" and "subtitle" as the page sets them, where they hold formulas or what is told of
    bibliography  the files of works, in the folder
    """

    title: str = _row(_unmarked_sentence, own=True)
    description: str = _row(_unmarked_sentence, "", ("summary",), own=True)
    authors: tuple[Author, ...] = _row(_authors, (), ("author",))
    date: datetime.date | None = _row(_day, None)  # noqa: RUF009
    subtitle: str = _row(_unmarked_sentence, "", own=True)
    licence: str = _row(_sentence, "", ("license",))
    repository: str = _row(_address, "")
    keywords: tuple[str, ...] = _row(_words, (), ("tags",))
    doi: str = _row(_doi, "", own=True)
    language: str = _row(_language, "en", ("lang",))
    nav_order: int | None = _row(_whole, None, own=True)
    nav_title: str = _row(_unmarked_sentence, "", ("short_title",), own=True)
    accent: tuple[str, ...] = _row(_accent, ())
    citations: str = _row(_citations, "author-year")
    macros: str = _row(_macros, "", ("math",))
    names: tuple[Named, ...] = _row(_named, ())
    numbering: str = _row(_numbering, "page")
    version: str = _row(_version, "")
    data_licence: str = _row(_sentence, "", ("data_license",))
    abstract: str = _row(_abstract, "", own=True)
    bibliography: tuple[str, ...] = _row(_bibliography, ("references.bib",))
    headings: tuple[tuple[str, InParts], ...] = ()

    def parts(self, name: str) -> InParts:
        """Title or subtitle as the page sets it."""
        return dict(self.headings).get(name) or InParts((getattr(self, name),), 1)


OF_AUTHOR, OF_META = (
    {field.name: field.metadata for field in dataclasses.fields(kind) if field.metadata} for kind in (Author, Meta)
)
SPELT_OF_AUTHOR, SPELT = (
    {spelt: name for name, row in rows.items() for spelt in row["also"]} for rows in (OF_AUTHOR, OF_META)
)
# A field that is like none of ours is another tool's, or the author's own; so are these, which are like one of ours.
FOREIGN = {
    *("bibliography-style", "bibliography_style", "citation", "citation-style", "citation_author", "classoption"),
    *("draft", "numbered"),
    *("link-citations", "notes", "number-sections", "numbersections", "site", "toc-title", "updated"),
}
_FILLED = ("title", "authors", "author")  # that are not left empty
OF_TEXT = ("macros", "names", "bibliography")  # fields that decide what in a text is wrong
FOREIGN_OF_AUTHOR = {"affiliation_url", "number"}


def read_meta(
    fields: Mapping[str, Yaml], body: str, file: str, first: Meta | None, problems: list[Problem]
) -> Meta | None:
    """The front matter of a text, without the fields that are wrong, each of which is added to the problems.

    first    that of the first page, on another
    returns  None where one is wrong without which the text cannot be read, of OF_TEXT
    """
    values: dict[str, Any] = {}
    given = {spelt: of for spelt, of in _with_places(fields).items() if not _is_empty(of) or spelt in _FILLED}
    for spelt, value in given.items():
        key = SPELT.get(spelt, spelt)
        if key != spelt and key in given:
            problems.append(Problem(f"{file}:{value.line}", f'"{spelt}" is given beside "{key}"', "one of them"))
        if key not in OF_META:
            if not _is_foreign(key, OF_META, FOREIGN):
                wrong_field = f'unknown field "{key}" in the front matter'
                problems.append(Problem(f"{file}:{value.line}", wrong_field, "", nearest(key, OF_META)))
            continue

        def wrong(line: int, expected: str, said: str = f"{key} was not understood", near: str | None = None) -> None:
            problems.append(Problem(f"{file}:{line}", said, expected, near))

        if key == "date":
            tag = fields.get("language", fields.get("lang", Yaml(REFERENCE, 0))).value
            value = _in_english(value, str(tag).replace("_", "-"))
        before = len(problems)
        read = OF_META[key]["read"](value, wrong)
        if len(problems) > before:
            if key in OF_TEXT:
                return None
            continue
        values[key] = read
        parts = in_parts(" ".join(str(value.value).split())) if key in ("title", "subtitle") else ()
        if len(parts) > 1 or re.search(r"\\|``|\{\{", "".join(parts)):
            values["headings"] = (*values.get("headings", ()), (key, InParts(parts, value.line)))
    values.setdefault("title", "")
    values.setdefault("description", _begun(values.get("abstract") or _first_words(body) or values["title"]))
    inherited = {key: getattr(first, key) for key, row in OF_META.items() if first and not row["own"]}
    values["macros"] = inherited.get("macros", "") + values.get("macros", "")
    own = {name: Named(name, of, f"{file}:{line}") for name, (of, line) in values.get("names", {}).items()}
    values["names"] = tuple(({of.name: of for of in inherited.get("names", ())} | own).values())
    return Meta(**{**inherited, **values})


def _first_words(body: str) -> str:
    """The beginning of the first paragraph that holds words alone, as plain text; "": there is none."""
    plain = (block for block in map(str.strip, body.split("\n\n")) if _WORDS.fullmatch(block))
    return unmarked(next(plain, "")[: 5 * DESCRIBED])


def _begun(text: str) -> str:
    """The first sentences of a text, as many as search engines show, or the words that they have room for."""
    said = text.replace("\n", " ")
    if len(said) <= DESCRIBED:
        return said
    whole = re.match(rf"(.{{40,{DESCRIBED - 1}}}[.!?])(?=\s)", said)
    return whole[1] if whole else said[:DESCRIBED].rpartition(" ")[0] + "…"


def foreign_fields(fields: Mapping[str, Yaml], file: str) -> Iterator[Warned]:
    """A warning for each field that is not ours, of the front matter and of its authors."""
    authors = [of for key, field in fields.items() if SPELT.get(key, key) == "authors" for of in field.items]
    for among, spelt, known, others in [
        (fields, {*SPELT, "affiliations"}, OF_META, FOREIGN),
        *(
            (of.value, {*SPELT_OF_AUTHOR, *_PARTS}, OF_AUTHOR, FOREIGN_OF_AUTHOR)
            for of in authors
            if isinstance(of.value, dict)
        ),
    ]:
        for name, field in among.items():
            if name not in known and name not in spelt and _is_foreign(name, known, others):
                said = f'{file}:{field.line}: "{name}" is no field of this tool; nothing is done with it'
                if known is OF_META and SPELT_OF_AUTHOR.get(name, name) in ("affiliation", "email", "orcid"):
                    said = f'{file}:{field.line}: "{name}" belongs to an author; expected it below - name: Ada Lee'
                yield Warned("foreign-field", said)


def places_of_nobody(fields: Mapping[str, Yaml], file: str) -> Iterator[Warned]:
    """A warning for each place of `affiliations` that no author names."""
    authors = [of for key, field in fields.items() if SPELT.get(key, key) == "authors" for of in field.items]
    fields_of = ("ref", "id", "index", "name")
    named = {
        id_
        for author in authors
        for key, of in (author.value.items() if isinstance(author.value, dict) else ())
        for place in (of.items if SPELT_OF_AUTHOR.get(key, key) == "affiliation" else ())
        for called in _called(place, fields_of)
        for id_ in (called, *re.split(r"\s*,\s*", called))
    }
    for place in fields.get("affiliations", Yaml([], 0)).items:
        if (called := _called(place, fields_of)) and named.isdisjoint(called):
            said = f'no author is of the affiliation "{short(called[-1])}", which is left out'
            yield Warned(
                "foreign-field", f"{file}:{place.line}: {said}; expected affiliation: and its id, below a name"
            )


def _is_foreign(name: str, known: Iterable[str], others: Collection[str]) -> bool:
    """Whether an unknown field is another tool's or the author's own, and no slip in one of ours."""
    return name in others or nearest(name, known) is None


def cut_fields(fields: Mapping[str, Yaml], lines: Sequence[str], file: str) -> Iterator[tuple[str, Problem]]:
    """(field, what is wrong) where YAML ends a text, also of a value within, before a # that begins no remark.

    lines  of the file
    """
    for name, field in fields.items():
        for item in field.items:
            if isinstance(item.value, dict):
                yield from ((name, problem) for _, problem in cut_fields(item.value, lines, file))
        plain = re.match(r"[^:]*:[ \t]+(?=[^\s\"'#|>\[{&*!])", line := lines[field.line - 1])
        at = line.find(" #", plain.end()) if plain else -1
        if at >= 0 and line[at + 2 :].strip() and not line[at + 2].isspace():
            wrong = f'"{short(line[at + 1 :])}" is no part of {name}'
            yield name, Problem(f"{file}:{field.line}", wrong, "quotes around a text with #")


_HOLDS = "\ue000"  # around the number of a formula, while marks are taken away: a sign that no field can have
# Lines that begin as no other block does, and hold nothing to be computed.
_WORDS = re.compile(rf"(?:(?!\d+[.)]\s|```)[\w\"'“«„*\[`$(][^\n{{}}|{_HOLDS}]*+(?:\n|\Z))++")

_ASIDE = re.compile(r"\[\^[^\[\]]*+\]|\s?\[(?=[^\[\]]*@\w)[^\[\]]*+\]")  # a note or a citation, with any formulas in it
# Of running text, in order: what is taken away, and what stays of it.
_MARKS = (
    (r"</?(?:a|abbr|b|br|cite|code|del|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|u|var)\b[^<>]*>", ""),
    (r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])", r"\1"),
    (r"(?<!`)`++([^`]+)`++", r"\1"),
    (r"(?<![\\\w*])(\*{1,3})(?=\S)(.{1,300}?)(?<=\S)\1|(?<![\\\w])(_{1,3})(?=\S)(.{1,300}?)(?<=\S)\3(?!\w)", r"\2\4"),
    (r"\\([!-/:-@\[-`{-~])", r"\1"),
)
_FORMULA = re.compile(r"(?<!`)`++[^`]+`++|(?<!\\)\$(?=\S)([^$]+)(?<=\S)\$(?!\d)")


def in_parts(text: str) -> tuple[str, ...]:
    """Running Markdown as plain text; every second part is a formula, in TeX."""
    formulas = list[str]()

    def held(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        formulas.append(match[1])
        return f"{_HOLDS}{len(formulas) - 1}{_HOLDS}"

    text = _FORMULA.sub(held, _ASIDE.sub("", text))
    for form, kept in _MARKS:
        text = re.sub(form, kept, text)
    parts = " ".join(text.split()).split(_HOLDS)  # a formula may be gone with what was taken away
    return tuple(formulas[int(part)] if at % 2 else html.unescape(part) for at, part in enumerate(parts))


def unmarked(text: str) -> str:
    """Running Markdown as plain text, its formulas as readable as text can be."""
    return "".join(tex.readable(part) if at % 2 else part for at, part in enumerate(in_parts(text)))

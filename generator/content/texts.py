"""The author's folder -> an Article: front matter, texts, bibliography, own files; or all that is wrong with them.

    article = read(Path("content"))

`article.md` is the first page; every other `*.md` beside it but README.md is a
page of its own. The texts themselves are read by `markup`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import html
import itertools
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..base import limits, style
from ..base.errors import ContentError, Problem, meant
from ..base.memo import Memo, digest
from ..base.store import sha256
from . import bibliography, drawings, predictions
from .bibliography import Bibliography
from .media import PICTURES, VIDEOS
from .predictions import Predictions

FIRST = "article.md"
WORKS = "references.bib"
NOT_PAGES = ("README.md",)
NOT_ASSETS = ("experiments.toml", WORKS)
TEMPLATES = "templates"  # a folder of the author's own, laid over ours
LAB = "lab"  # and one of their code
DATA, DATA_FILES = "data", (".csv", ".json", ".npz")  # own data and results may lie there, and is no part of the site
OUR_PAGES = ("gallery", "reproduce", "404", "index")
NUMBERINGS = ("page", "continuous", "by-page")  # afresh on each page; running on; "2.1" on the second page
AT_HAND = 1024  # texts that a server need not read anew
TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
PUBLISHED = (  # endings of files that go with the site as they are
    *("", *PICTURES, *VIDEOS, ".vtt", ".srt", ".mp3", ".ogg", ".wav", ".m4a", ".flac", ".ico", ".tif", ".tiff", ".bmp"),
    *(
        ".pdf",
        ".txt",
        ".bib",
        ".tex",
        ".rst",
        ".doc",
        ".docx",
        ".odt",
        ".ods",
        ".odp",
        ".ppt",
        ".pptx",
        ".xls",
        ".xlsx",
    ),
    *(".csv", ".tsv", ".json", ".jsonl", ".geojson", ".yaml", ".yml", ".toml", ".npy", ".npz", ".mat", ".parquet"),
    *(
        ".h5",
        ".hdf5",
        ".nc",
        ".pt",
        ".pth",
        ".onnx",
        ".safetensors",
        ".ply",
        ".stl",
        ".obj",
        ".glb",
        ".gltf",
        ".sha256",
    ),
    *(".zip", ".gz", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".7z", ".woff", ".woff2", ".ttf", ".otf", ".cff"),
    *(".py", ".ipynb", ".r", ".jl", ".m", ".c", ".cpp", ".h", ".rs", ".go", ".sh", ".lock"),
)
OUR_FOLDERS = ("assets", "data", "plots")
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

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000-\uf8ff\ufffe\uffff]")
_OF_CONTROL = bytes([*range(9), 11, 12, *range(14, 32), 127, 0xEE, 0xEF])  # each of these has one of them in UTF-8


@dataclass(frozen=True)
class Author:
    """Who wrote the article. url, affiliation and orcid may be "".

    orcid  iD without its address: "0000-0002-1825-0097"
    roles  what they did, of ROLES
    group  whether these are several who share a name
    """

    name: str
    url: str = ""
    affiliation: str = ""
    orcid: str = ""
    roles: tuple[str, ...] = ()
    group: bool = False


@dataclass(frozen=True)
class Meta:
    """Front matter. A page other than the first takes from the first what it leaves out.

    nav_order  place of the page in the navigation after the first; None: after the ordered ones, by name
    nav_title  short title for the navigation; "": the title
    accent     colour of links and handles on light and on dark paper, as #rrggbb; (): the house's
    citations  how works are cited, a row of `bibliography.STYLES`
    macros     TeX that defines what the formulas of the page may use; the first page's hold on all
    numbering  of figures, tables, equations and sections over several pages, one of NUMBERINGS
    version    of the article, as others cite it
    data_licence  of what readers may take away; "": nothing is said
    """

    title: str
    description: str
    authors: tuple[Author, ...]
    date: datetime.date
    subtitle: str = ""
    licence: str = ""
    repository: str = ""
    keywords: tuple[str, ...] = ()
    doi: str = ""
    language: str = "en"
    nav_order: int | None = None
    nav_title: str = ""
    accent: tuple[str, ...] = ()
    citations: str = "author-year"
    macros: str = ""
    numbering: str = "page"
    version: str = ""
    data_licence: str = ""


@dataclass(frozen=True)
class Page:
    """One text.

    path        within the folder: "article.md"
    file        as the author typed the folder: "content/article.md", the beginning of each message
    output      address in the site: "index.html"
    body        Markdown after the front matter, lines ended by "\\n"
    first_line  of the body in its file, from 1
    """

    path: str
    file: str
    output: str
    meta: Meta
    body: str
    first_line: int

    @property
    def title(self) -> str:
        return self.meta.title

    @functools.cached_property
    def digest(self) -> str:
        """Of all that it is."""
        own = sha256(self.body.encode())  # a digest of JSON takes three times as long over a long text
        return digest(repr(self.meta), self.path, self.file, self.output, own, self.first_line)


@dataclass(frozen=True)
class Asset:
    """A file of the author's own.

    path    within the folder and in the site, with "/": "pictures/room.png"
    source  where it lies
    """

    path: str
    source: Path


@dataclass(frozen=True)
class Article:
    """Everything an author wrote but the experiments. The first page is the article itself."""

    pages: tuple[Page, ...]
    bibliography: Bibliography
    assets: tuple[Asset, ...]
    directory: Path
    predictions: Predictions = predictions.NONE

    @property
    def meta(self) -> Meta:
        """The front matter of the first page."""
        return self.pages[0].meta


def read(directory: Path, memo: Memo | None = None, lab: bool = False) -> Article:
    """The article of a folder.

    memo    what YAML, bibliography and drawings were read before
    lab     whether files that are code go with the site
    raises  ContentError: all mistakes in front matter, bibliography and file names, each with file and line
    """
    memo = memo or Memo()
    problems: list[Problem] = []
    names = [FIRST, *sorted(file.name for file in directory.glob("*.md") if file.name not in (FIRST, *NOT_PAGES))]
    pages: list[Page] = []
    for name in names:
        page = _page(directory, name, pages[0].meta if pages else None, name == FIRST, problems, memo)
        if page:
            pages.append(page)
    works, wrong = read_bibliography(directory, memo)
    problems += wrong
    foreseen = predictions.NONE
    try:
        foreseen = predictions.read(directory)
    except ContentError as error:
        problems += error.problems
    own = tuple(assets(directory, lab))
    problems += [drawn for asset in own if (drawn := _drawing_wrong(directory, asset, memo))]
    for folder in dict.fromkeys(asset.path.partition("/")[0] for asset in own if "/" in asset.path):
        if folder in OUR_FOLDERS:
            problems.append(Problem(str(directory / folder), "this folder's name is kept for what the build makes"))
    if problems:
        raise ContentError(problems)
    pages[1:] = sorted(pages[1:], key=lambda page: (page.meta.nav_order is None, page.meta.nav_order or 0, page.path))
    return Article(tuple(pages), works, own, directory, foreseen)


def _drawing_wrong(directory: Path, asset: Asset, memo: Memo) -> Problem | None:
    """What a drawing of the author's has that none may have."""
    if asset.source.suffix.lower() != ".svg":
        return None
    place = str(directory / asset.path)
    said = memo(
        "drawing", [place, sha256(asset.source)], lambda: _plain(drawings.wrong(asset.source.read_bytes(), place))
    )
    return Problem(*said) if said else None


def _plain(problem: Problem | None) -> list[Any]:
    return [problem.place, problem.wrong, problem.expected, problem.nearest] if problem else []


def read_bibliography(directory: Path, memo: Memo | None = None) -> tuple[Bibliography, list[Problem]]:
    """The works of the folder's references.bib, empty without one, and what is wrong with it as a whole."""
    file = directory / WORKS
    if not file.exists():
        return Bibliography(file=str(file)), []
    problems: list[Problem] = []
    text = _text(file, str(file), problems, "replace")
    if problems:
        return Bibliography(file=str(file)), problems
    return bibliography.parse(text, str(file), memo)


def published(name: str) -> bool:
    """Whether a file of the author's own is data: what browsers run is code, and so may be what none of us knows."""
    return PurePosixPath(name).suffix.lower() in PUBLISHED


def files_of_code(directory: Path) -> list[str]:
    """The author's own files beside the text that are no data, by their paths in the folder."""
    return [asset.path for asset in assets(directory, lab=True) if not published(asset.path)]


def assets(directory: Path, lab: bool = False) -> Iterable[Asset]:
    """The author's own files: what is neither a text, an experiment nor hidden, nor, without lab, code."""
    for source in sorted(directory.rglob("*")):
        path = source.relative_to(directory)
        hidden = any(part.startswith((".", "_")) or part.endswith("~") for part in path.parts)
        ours = path.as_posix() in NOT_ASSETS or path.parts[0] == TEMPLATES
        ours |= path.parts[0] == DATA and path.suffix in DATA_FILES
        ours |= path.parent.as_posix() == LAB and path.suffix == ".py"
        ours |= not lab and not published(path.name)
        if source.is_file() and not hidden and not ours and path.suffix != ".md":
            yield Asset(path.as_posix(), source)


def refuse_strange(directory: Path) -> None:
    """Let nothing in a folder of content stand for what is not in it: what someone sends is read alone, and not what
    else this machine holds, and none of it is larger than `base.limits` says.

    Folders with a dot before their name hold nothing of an article.

    raises  ContentError: every symbolic link that leads elsewhere, and where to; what is no file or folder; odd names
    """
    top, problems, count = os.path.realpath(directory), list[Problem](), 0
    for folder, folders, files in os.walk(directory):
        for name in sorted([*folders, *files]):
            path = os.path.join(folder, name)
            if os.path.islink(path) and not Path(target := os.path.realpath(path)).is_relative_to(top):
                what = f"a link that leads out of the content's folder, to {target}"
                problems.append(Problem(path, what, "the file itself, or a link within the folder"))
            elif os.path.exists(path) and (wrong := limits.file_wrong(path)):
                problems.append(wrong)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        count += len(files)
    if count > limits.FILES:
        problems.append(Problem(str(directory), f"{count:,} files", f"at most {limits.FILES:,}"))
    if problems:
        raise ContentError(problems)


def own_code(directory: Path) -> list[Path]:
    """The files of the author's own code in a folder of content."""
    return sorted(path for path in (directory / LAB).glob("*.py") if path.is_file())


# Texts


def _text(source: Path, file: str, problems: list[Problem], errors: str = "strict") -> str:
    """A file's text with plain line ends; "" after a problem. errors: "replace" leaves odd signs to be judged later."""
    try:
        if large := limits.text_wrong(file, source.stat().st_size):
            problems.append(large)
            return ""
        raw = source.read_bytes()
    except FileNotFoundError:
        problems.append(Problem(file, "there is no such file"))
        return ""
    except OSError as error:
        problems.append(Problem(file, f"cannot be read: {error.strerror}"))
        return ""
    text, wrong = _decoded(raw, file, errors)
    problems += wrong
    return text


@functools.lru_cache(maxsize=AT_HAND)
def _decoded(raw: bytes, file: str, errors: str) -> tuple[str, tuple[Problem, ...]]:
    """What a file holds as text, and what is wrong with it; see _text."""
    try:
        text = raw.decode("utf-8-sig", errors)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return "", (Problem(f"{file}:{line}", "a byte that is not UTF-8", "the file saved as UTF-8"),)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    looked_at = errors == "strict" and len(raw.translate(None, _OF_CONTROL)) < len(raw)  # most files have none
    odd = [
        (text.count("\n", 0, at.start()) + 1, ord(at.group())) for at in (_CONTROL.finditer(text) if looked_at else ())
    ]
    return text, tuple(Problem(f"{file}:{line}", f"an invisible character, U+{of:04X}", "none") for line, of in odd)


@functools.lru_cache(maxsize=AT_HAND)
def _parted(text: str) -> tuple[str, str, int] | None:
    """The front matter of a text that begins with ---, its body and the body's first line; None: it is not closed."""
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines) if i and line.rstrip() == "---"), None)
    return None if end is None else ("\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2)


def _page(
    directory: Path, name: str, first: Meta | None, alone: bool, problems: list[Problem], memo: Memo
) -> Page | None:
    """A page, or None after adding to the problems.

    first  the front matter that this page continues, where that was read
    alone  whether the page must say everything itself
    """
    file = str(directory / name)
    before = len(problems)
    text = _text(directory / name, file, problems)
    if len(problems) > before:
        return None
    stem = name.removesuffix(".md")
    output = "index.html" if name == FIRST else f"{stem}.html"
    if name != FIRST and (stem in OUR_PAGES or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", stem)):
        expected = "letters, digits, - and _ , and none of " + ", ".join(OUR_PAGES)
        problems.append(Problem(file, f'a page cannot be called "{name}"', expected))
    if text.partition("\n")[0].rstrip() != "---":
        problems.append(
            Problem(f"{file}:1", "no front matter", "a line --- and then title, description, authors, date")
        )
        return None
    parts = _parted(text)
    if parts is None:
        problems.append(Problem(f"{file}:1", "the front matter is not closed", "a line --- after it"))
        return None
    front, body, first_line = parts
    fields, wrong = yaml_fields(front, file, 2, memo)
    problems += wrong
    if "title" not in fields and (heading := _TITLE.match(body)):
        line = first_line + body.count("\n", 0, heading.start("title"))
        fields["title"] = Yaml(_unmarked(heading["title"]), line)
        body = body[: heading.start("title")] + re.sub(r"[^\n]", "", heading["title"]) + body[heading.end("title") :]
    meta = _meta(fields, file, first, alone, problems) if not wrong else None
    return _made(name, file, output, meta, body, first_line) if meta else None


@functools.lru_cache(maxsize=AT_HAND)
def _made(*fields: Any) -> Page:
    """A page, whose digest a server then knows from the last rendering."""
    return Page(*fields)


# A heading of the first level before any other text: after #, or a paragraph, which begins as no other block, over ===.
_TITLE = re.compile(
    r"(?:[ \t]*\n|<!--(?:[^-]|-(?!->))*+-->)*+"
    r"(?P<title> {0,3}\#[ \t]+[^\n]+|(?! {0,3}(?:[>#=|$<]|```|~~~|///|[-*+][ \t]|\d+[.)][ \t])| {4})"
    r"(?:[ \t]*[^\s][^\n]*+\n)+? {0,3}=+[ \t]*(?=\n|\Z))"
)
_MARKS = (  # of running text -> what stays of it
    (r"\A {0,3}#[ \t]+|\s+#+[ \t]*\Z|\n {0,3}=+[ \t]*\Z", ""),
    (r"\[\^[^\]]*\]|<[^<>]*>|[ \t]*\{[^{}]*\}\s*\Z", ""),
    (r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])", r"\1"),
    (r"`+([^`]+)`+|(?<!\\)\$([^$]+)\$", r"\1\2"),
    (r"(?<![\\\w*])(\*{1,3})(?=\S)(.+?)(?<=\S)\1|(?<![\\\w])(_{1,3})(?=\S)(.+?)(?<=\S)\3(?!\w)", r"\2\4"),
    (r"\\([!-/:-@\[-`{-~])", r"\1"),
)


def _unmarked(text: str) -> str:
    """A heading's Markdown as plain text."""
    for form, kept in _MARKS:
        text = re.sub(form, kept, text)
    return html.unescape(" ".join(text.split()))


# YAML with lines


@dataclass(frozen=True)
class Yaml:
    """A value, and the line it starts on. Lists hold Yaml, mappings hold str -> Yaml."""

    value: Any
    line: int

    def plain(self) -> Any:
        """Without the lines."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        return self.value


def yaml_fields(text: str, file: str, first_line: int, memo: Memo) -> tuple[dict[str, Yaml], list[Problem]]:
    """The fields of a YAML mapping, each value with its line, and what is wrong with it.

    first_line  line of `text` in the file
    memo        what was read before
    """
    problems: list[Problem] = []
    kind, at, value = memo("yaml", text, lambda: _composed(text))
    if kind == "wrong":
        quote = "quotes around a text that holds a colon" if "mapping values" in value else ""
        return {}, [Problem(f"{file}:{first_line + at}", f"not YAML: {value}", quote)]
    if kind == "nothing":
        return {}, []
    if kind != "mapping":
        return {}, [Problem(f"{file}:{first_line + at}", "not a list of fields", "lines like key: value")]
    return _yaml([kind, at, value], file, first_line, problems).value, problems


def _composed(text: str) -> list[Any]:
    """A YAML text as plain lists [kind, line from 0, value], made of no more than the parser's own words.

    kind  "mapping": value is [[key or None, its line, tree], …]    "sequence": value is [tree, …]
          "loop": a value that holds itself                         "nothing": no document
          "wrong": value says why it is not YAML                    else the scalar's tag: value is its text
    """
    import yaml  # takes as long to import as a page takes to render

    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        marks = [mark.line for mark in (error.problem_mark, error.context_mark) if mark]
        line = next((at for at in marks if at <= text.count("\n")), 0)
        return ["wrong", line, (error.problem or error.context or "does not parse").strip()]
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return ["wrong", 0, str(error).splitlines()[0]]

    values = itertools.count(1)

    def tree(node: yaml.Node, above: frozenset[int]) -> list[Any]:
        line = node.start_mark.line
        if id(node) in above:
            return ["loop", line, None]
        if next(values) > limits.VALUES or len(above) > limits.DEEPEST:  # a few names can stand for billions
            raise _TooMuch(line)
        above = above | {id(node)}
        if isinstance(node, yaml.MappingNode):
            rows = [
                [str(key.value) if isinstance(key, yaml.ScalarNode) else None, key.start_mark.line, tree(value, above)]
                for key, value in node.value
            ]
            return ["mapping", line, rows]
        if isinstance(node, yaml.SequenceNode):
            return ["sequence", line, [tree(item, above) for item in node.value]]
        return [node.tag, line, str(node.value)]

    try:
        return ["nothing", 0, None] if node is None else tree(node, frozenset())
    except _TooMuch as error:
        most = f"at most {limits.VALUES:,} values, at most {limits.DEEPEST} deep in each other"
        return ["wrong", error.args[0], f"too much in one place, where there may be {most}"]


class _TooMuch(Exception):
    """The values of a YAML text are too many or too deep in each other: the line of one."""


def _yaml(tree: list[Any], file: str, first_line: int, problems: list[Problem]) -> Yaml:
    kind, at, value = tree
    line = first_line + at
    if kind == "loop":
        problems.append(Problem(f"{file}:{line}", "a value that holds itself"))
        return Yaml(None, line)
    if kind == "mapping":
        fields: dict[str, Yaml] = {}
        for key, key_at, inner in value:
            name, key_line = "?" if key is None else key, first_line + key_at
            if name in fields:
                problems.append(Problem(f"{file}:{key_line}", f'"{name}" is given twice'))
            fields[name] = dataclasses.replace(_yaml(inner, file, first_line, problems), line=key_line)
        return Yaml(fields, line)
    if kind == "sequence":
        return Yaml([_yaml(item, file, first_line, problems) for item in value], line)
    try:
        return Yaml(_scalar(kind, value), line)
    except (ValueError, OverflowError):
        problems.append(Problem(f"{file}:{line}", f'"{value}" was not understood'))
        return Yaml(None, line)


def _scalar(tag: str, text: str) -> Any:
    """A scalar by YAML's own tag for it. Dates in full only; what has no other kind is text."""
    kind = tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    if kind == "int" and re.fullmatch(r"[-+]?[0-9]{1,18}", text):
        return int(text)
    if kind == "float" and re.fullmatch(r"[-+]?[0-9.]+([eE][-+]?[0-9]{1,3})?", text):
        return float(text)
    if kind == "timestamp" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.date.fromisoformat(text)
    return text


# Front matter

_Reading = Callable[[Yaml, Callable[..., None]], Any]


def _sentence(value: Yaml, wrong: Callable[..., None]) -> str:
    """One line of text; numbers are texts as well."""
    if isinstance(value.value, str) and value.value.strip() and not _CONTROL.search(value.value):
        return " ".join(value.value.split())
    if isinstance(value.value, (int, float)) and not isinstance(value.value, bool):
        return str(value.value)
    wrong(value.line, "text")
    return ""


def _address(value: Yaml, wrong: Callable[..., None]) -> str:
    text = _sentence(value, wrong)
    if text and not re.match(r"https?://\S+$", text):
        wrong(value.line, "an address that starts with https://")
    return text


def _day(value: Yaml, wrong: Callable[..., None]) -> Any:
    """A date, or a text that begins with one, as in quotes or before a time of day."""
    with contextlib.suppress(ValueError):
        return datetime.date.fromisoformat(re.split("[T ]", str(value.value))[0])
    return wrong(value.line, "a date like 2026-03-12")


def _whole(value: Yaml, wrong: Callable[..., None]) -> Any:
    if isinstance(value.value, int) and not isinstance(value.value, bool):
        return value.value
    return wrong(value.line, "a whole number")


def _words(value: Yaml, wrong: Callable[..., None]) -> tuple[str, ...]:
    if isinstance(value.value, str):
        return tuple(filter(None, (word.strip() for word in value.value.split(","))))
    if isinstance(value.value, list):
        return tuple(_sentence(item, wrong) for item in value.value)
    wrong(value.line, "a list of words")
    return ()


def _doi(value: Yaml, wrong: Callable[..., None]) -> str:
    """A DOI, or its address."""
    text = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", _sentence(value, wrong))
    if text and not re.fullmatch(r"10\.\d{4,9}/\S+", text):
        wrong(value.line, "a DOI like 10.23915/distill.00001")
    return text


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
    for item in value.value if isinstance(value.value, list) else [value]:
        text = _sentence(item, wrong)
        if text and _role(text) not in plain:
            expected, near = meant(_role(text), plain)
            wrong(item.line, expected, f'unknown role "{text}"', near and plain[near])
        elif text:
            found.append(plain[_role(text)])
    return tuple(dict.fromkeys(found))


def _role(text: str) -> str:
    return re.sub(r"\s*[-–—]\s*", " - ", text.lower()).replace(" and ", " & ")


def _flag(value: Yaml, wrong: Callable[..., None]) -> Any:
    return value.value if isinstance(value.value, bool) else wrong(value.line, "true or false")


def _version(value: Yaml, wrong: Callable[..., None]) -> str:
    if isinstance(value.value, float):  # 1.10 is 1.1 to YAML
        wrong(value.line, 'a version in quotes, like "1.10"')
        return ""
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


def _accent(value: Yaml, wrong: Callable[..., None]) -> tuple[str, ...]:
    """Two colours that can be read on their papers, or one for both."""
    said = [item.value for item in value.value] if isinstance(value.value, list) else 2 * [value.value]
    if len(said) != 2 or not all(isinstance(own, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", own) for own in said):
        wrong(value.line, 'two colours, for light and for dark paper, like ["#673a9c", "#bda8fb"]')
        return ()
    for own, (name, theme) in zip(said, style.THEMES.items(), strict=True):
        if (ratio := style.contrast(own, theme.paper)) < TEXT_CONTRAST:
            expected = f"at least {TEXT_CONTRAST}: a {'darker' if name == 'light' else 'lighter'} colour"
            wrong(value.line, expected, f"accent {own} has a contrast of {ratio:.1f} on {name} paper")
    return tuple(said)


def _numbering(value: Yaml, wrong: Callable[..., None]) -> str:
    if value.value in NUMBERINGS:
        return str(value.value)
    expected, near = meant(str(value.value), NUMBERINGS)
    wrong(value.line, expected, near=near)
    return ""


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
    for item in value.value if isinstance(value.value, list) else [value]:
        said = item.value
        if not isinstance(said, str) or not _DEFINITION.match(said) or _unbalanced(said):
            wrong(item.line, 'names with TeX, like "\\R": "\\mathbb{R}", or definitions, like \\newcommand{\\R}{…}')
        else:
            found.append(said + "\n")
    return "".join(found)


def _unbalanced(tex: str) -> bool:
    """Whether braces of TeX have no partners."""
    depth = 0
    for brace in re.findall(r"\\.|[{}]", tex):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return True
    return depth != 0


def _authors(value: Yaml, wrong: Callable[..., None]) -> tuple[Author, ...]:
    """Names, or what is known of each: one, a list, or names of several words in one text, as "Ada Lee and Bo Ek"."""
    if not value.value:
        wrong(value.line, "a name, or a list of authors, each with a name")
        return ()
    found = []
    for item in value.value if isinstance(value.value, list) else _names(value):
        fields = item.value if isinstance(item.value, dict) else {"name": item}
        if "name" not in fields or not fields["name"].value:
            wrong(item.line, "an author with a name")
            continue
        for key in fields.keys() - OF_AUTHOR.keys():
            expected, near = meant(key, OF_AUTHOR)
            wrong(fields[key].line, expected, f'unknown field "{key}" of an author', near)
        author = Author(**{key: read(fields[key], wrong) for key, read in OF_AUTHOR.items() if key in fields})
        if author.group and author.orcid:
            wrong(fields["orcid"].line, "none, as a person has one", "orcid of a group")
        found.append(author)
    return tuple(found)


def _names(value: Yaml) -> list[Yaml]:
    """The names in a text: "Lee, Ada" is one."""
    names = re.split(r"\s*(?:;|,?\s+(?:and|&)\s|,)\s*", str(value.value).strip())
    return [Yaml(name, value.line) for name in names] if all(" " in name for name in names) else [value]


def _several(value: Yaml, wrong: Callable[..., None]) -> str:
    """A text, or a list of them."""
    items = value.value if isinstance(value.value, list) else [value]
    return "; ".join(_sentence(item, wrong) for item in items)


OF_AUTHOR: Mapping[str, _Reading] = {
    "name": _sentence,
    "url": _address,
    "affiliation": _several,
    "orcid": _orcid,
    "roles": _roles,
    "group": _flag,
}
FIELDS: Mapping[str, _Reading] = {
    "title": _sentence,
    "description": _sentence,
    "authors": _authors,
    "date": _day,
    "subtitle": _sentence,
    "licence": _sentence,
    "repository": _address,
    "keywords": _words,
    "doi": _doi,
    "language": _language,
    "nav_order": _whole,
    "nav_title": _sentence,
    "accent": _accent,
    "citations": _citations,
    "macros": _macros,
    "numbering": _numbering,
    "version": _version,
    "data_licence": _sentence,
}
SPELT = {  # as others spell a field
    "author": "authors",
    "license": "licence",
    "data_license": "data_licence",
    "lang": "language",
    "tags": "keywords",
}
REQUIRED = ("title", "description", "authors", "date")
OWN = ("title", "nav_order", "nav_title", "subtitle", "doi")  # what a page never takes from the first


def _meta(
    fields: Mapping[str, Yaml], file: str, first: Meta | None, alone: bool, problems: list[Problem]
) -> Meta | None:
    before = len(problems)
    values: dict[str, Any] = {}
    for spelt, value in fields.items():
        key = SPELT.get(spelt, spelt)
        if key != spelt and key in fields:
            problems.append(Problem(f"{file}:{value.line}", f'"{spelt}" is given beside "{key}"', "one of them"))
        if key not in FIELDS:
            wrong_field = f'unknown field "{key}" in the front matter'
            problems.append(Problem(f"{file}:{value.line}", wrong_field, *meant(key, FIELDS)))
            continue

        def wrong(line: int, expected: str, said: str = f"{key} was not understood", near: str | None = None) -> None:
            problems.append(Problem(f"{file}:{line}", said, expected, near))

        values[key] = FIELDS[key](value, wrong)
    for key in REQUIRED if alone else ("title",):
        if key not in values:
            problems.append(Problem(f"{file}:1", f"the front matter has no {key}"))
    if len(problems) > before or not (alone or first):
        return None
    inherited = {key: getattr(first, key) for key in FIELDS if first and key not in OWN}
    values["macros"] = inherited.get("macros", "") + values.get("macros", "")
    return Meta(**{**inherited, **values})

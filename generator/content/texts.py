"""The author's folder -> an Article: front matter, texts, bibliography, own files; or all that is wrong with them.

    article = read(Path("content"))

`article.md` is the first page; every other `*.md` beside it is a page of its own,
but README.md and what begins with `_` or a dot. The texts themselves are read by `markup`.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from ..base import filenames, limits, textfile, toml
from ..base.errors import ContentError, Problem, collecting, meant, nearest, short
from ..base.memo import Memo, digest
from ..base.store import entries, sha256
from ..base.warnings import Warned
from ..base.yaml import Yaml, yaml_fields
from . import bibliography, drawings, predictions
from .bibliography import Bibliography
from .embedded import without_pictures
from .frontmatter import Meta, cut_fields, foreign_fields, places_of_nobody, read_meta, unmarked
from .media import PICTURES, VIDEOS
from .predictions import Predictions

FIRST = "article.md"
WORKS = "references.bib"
NOT_PAGES = ("README.md",)
NOT_ASSETS = ("experiments.toml", WORKS)
READ = ("experiments.toml", predictions.FILE)  # beside the texts and their works
TEMPLATES = "templates"  # a folder of the author's own, laid over ours
LAB = "lab"  # and one of their code
DATA = "data"  # own data and results may lie there, with whatever is about them; no part of the site
OUR_PAGES = ("gallery", "reproduce", "404", "index")
_PUBLISHED = """
.vtt .srt .mp3 .ogg .wav .m4a .aac .opus .flac .ico .tif .tiff .bmp .heic .heif .eps .ps .ai .psd .dng
.mov .m4v .avi .mkv .wmv .mpg .mpeg .3gp .rtf .epub
.pdf .txt .bib .tex .rst .doc .docx .odt .ods .odp .ppt .pptx .xls .xlsx
.csv .tsv .json .jsonl .geojson .yaml .yml .toml .npy .npz .mat .parquet
.h5 .hdf5 .nc .pt .pth .onnx .safetensors .ply .stl .obj .glb .gltf .sha256
.zip .gz .bz2 .xz .zst .tar .tgz .7z .woff .woff2 .ttf .otf .cff
.py .ipynb .r .jl .m .c .cpp .h .rs .go .sh .lock
"""
PUBLISHED = {"", *PICTURES, *VIDEOS, *_PUBLISHED.split()}  # endings of files that go with the site as they are
OTHER_TEXTS = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd")  # endings, of which .md alone is a page's
OUR_FOLDERS = ("assets", "data", "plots")
# What else has its name: where the build looks, and what it makes beside the author's own
BESIDE = (TEMPLATES, LAB, "figures", *(f"{name}.html" for name in OUR_PAGES))


@dataclass(frozen=True)
class Page:
    """One text.

    path        within the folder: "article.md"
    file        as the author typed the folder: "content/article.md", the beginning of each message
    output      address in the site: "index.html"
    body        Markdown after the front matter, lines ended by "\\n"
    first_line  of the body in its file, from 1
    odd         fields of the front matter that are another tool's
    wrong       mistakes in the front matter, which has the others of its fields: no site is made of it
    """

    path: str
    file: str
    output: str
    meta: Meta
    body: str
    first_line: int
    odd: tuple[Warned, ...] = ()
    wrong: tuple[Problem, ...] = ()

    @property
    def title(self) -> str:
        return self.meta.title

    @functools.cached_property
    def digest(self) -> str:
        """Of all that it is."""
        own = sha256(self.body.encode())  # a digest of JSON takes three times as long over a long text
        return digest(repr(self.meta), self.path, self.file, self.output, own, self.first_line, self.odd)


@dataclass(frozen=True)
class Asset:
    """A file of the author's own.

    path    within the folder and in the site, with "/": "pictures/room.png"; its letters composed, on any disk
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
    predictions: Predictions = predictions.NONE

    @property
    def meta(self) -> Meta:
        """The front matter of the first page."""
        return self.pages[0].meta

    @property
    def wrong(self) -> list[Problem]:
        """The mistakes in the front matter of all pages that can be read without it; no site is made of them."""
        return [wrong for page in self.pages for wrong in page.wrong]


def read(directory: Path, memo: Memo | None = None, lab: bool = False, pictures: Path | None = None) -> Article:
    """The article of a folder.

    memo    what YAML, bibliography and drawings were read before
    lab     whether files that are code go with the site
    pictures  a folder for those that stand within texts; None: they stay there
    raises  ContentError: all mistakes in bibliography, file names and front matter, each with file and line, but those
            of fields without which the texts can be read, which their pages have
    """
    memo = memo or Memo()
    problems: list[Problem] = []
    others = (file.name for file in directory.glob("*.md") if file.name not in (FIRST, *NOT_PAGES))
    names = [FIRST, *sorted(name for name in others if not is_hidden(name))]
    pages: list[Page] = []
    embedded: dict[str, Path] = {}
    for name in names:
        page = _page(directory, name, pages[0].meta if pages else None, problems, memo, pictures, embedded)
        if page:
            pages.append(page)
    of_works = [*dict.fromkeys(name for page in pages for name in page.meta.bibliography)] or [WORKS]
    works, wrong = read_bibliography(directory, of_works, memo)
    problems += wrong
    foreseen = predictions.NONE
    with collecting(problems):
        foreseen = predictions.read(directory)
    problems += misnamed(directory, {*READ, *of_works})
    own = tuple(asset for asset in assets(directory, lab) if asset.path not in of_works)
    problems += [drawn for asset in own if (drawn := _drawing_wrong(directory, asset, memo))]
    problems += _unportable(directory, pages, own)
    for folder in dict.fromkeys(asset.path.partition("/")[0] for asset in own if "/" in asset.path):
        if folder in OUR_FOLDERS:
            problems.append(Problem(str(directory / folder), "this folder's name is kept for what the build makes"))
    if problems:
        raise ContentError([*(wrong for page in pages for wrong in page.wrong), *problems])
    pages[1:] = sorted(pages[1:], key=lambda page: (page.meta.nav_order is None, page.meta.nav_order or 0, page.path))
    if copies := (*_copies(directory, pages, own),):
        pages[0] = replace(pages[0], odd=(*pages[0].odd, *copies))
    own += tuple(Asset(path, embedded[path]) for path in sorted(embedded))
    return Article(tuple(_told_apart(pages)), works, own, foreseen)


def _told_apart(pages: Iterable[Page]) -> Iterator[Page]:
    """The pages; of those that have the title of one before it is odd, as of what synchronisation copied."""
    first: dict[str, Page] = {}
    for page in pages:
        if (other := first.setdefault(page.title, page)) is page:
            yield page
        else:
            said = f'{page.file}: its title is that of {other.path}, "{short(page.title)}"; expected one of its own'
            yield replace(page, odd=(*page.odd, Warned("repeated-title", said)))


def _copies(directory: Path, pages: Iterable[Page], own: Iterable[Asset]) -> Iterator[Warned]:
    """A warning for each file that its name calls a copy of one beside it, and that no text names."""
    for asset in own:
        name = PurePosixPath(asset.path).name
        first = filenames.copied_from(name)
        if not first or not (asset.source.parent / first).exists():
            continue
        table = directory / "experiments.toml"
        texts = [*(page.body for page in pages), textfile.read(table, "replace") if table.exists() else ""]
        if not any(said in text for said in (name, quote(name)) for text in texts):
            said = f"{directory / asset.path}: goes with the site, and looks like a copy of {first}"
            yield Warned("copied-file", f"{said}; expected a name of its own, or that it is deleted")


def is_hidden(name: str) -> bool:
    """Whether nobody looks at a file or folder of the author's, by its name."""
    return name.startswith("_") or filenames.left_behind(name)


def _unportable(directory: Path, pages: Iterable[Page], own: Iterable[Asset]) -> Iterator[Problem]:
    """A problem for each file of the site that Windows or macOS has no place for beside the others."""
    files = {page.output: page.path for page in pages}
    files |= {path: path for path in (asset.source.relative_to(directory).as_posix() for asset in own)}
    for path in files:
        if wrong := next(filter(None, map(filenames.wrong, path.split("/"))), ""):
            yield Problem(str(directory / files[path]), wrong, "another name")
    for path, first in filenames.alike([*OUR_FOLDERS, *BESIDE, *files]):
        place, near = str(directory / files.get(path, path)), None if path in files else first
        expected = "names that differ in their letters, and not in capitals or composition alone"
        yield Problem(place, filenames.taken_for(path, first), expected, near)


def misnamed(directory: Path, wanted: Iterable[str]) -> Iterable[Problem]:
    """A problem for each file that is nearly called like one that is read and is not there: in other capitals, or with
    the ending that Windows does not show."""
    found = sorted(directory.iterdir(), key=Path.as_posix) if directory.is_dir() else []
    there = [path for path in found if path.is_file()]
    for name in sorted(wanted):
        if not filenames.located(directory, name):
            near = (path for path in there if path.name.lower() in (name.lower(), f"{name}.txt".lower()))
            yield from (Problem(str(path), "no file of this name is read", "", name) for path in near)


def _drawing_wrong(directory: Path, asset: Asset, memo: Memo) -> Problem | None:
    """What a drawing of the author's has that none may have."""
    if asset.source.suffix.lower() != ".svg":
        return None
    place = str(directory / asset.path)

    def look() -> list[Any]:
        wrong = drawings.wrong(asset.source.read_bytes(), place)
        return [*astuple(wrong)] if wrong else []

    said = memo("drawing", [place, sha256(asset.source)], look)
    return Problem(*said) if said else None


def read_bibliography(
    directory: Path, names: Iterable[str], memo: Memo | None = None
) -> tuple[Bibliography, list[Problem]]:
    """The works of files in the folder, none of one that is not there, and what is wrong with one as a whole."""
    texts, problems = dict[str, str](), list[Problem]()
    for name in names:
        file = str(path := filenames.located(directory, name) or directory / name)
        texts[file] = ""
        with collecting(problems):
            if path.exists():
                texts[file] = textfile.read(path, "replace")
            elif name != WORKS:
                there = sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*.bib"))
                wrong = "there is no such file, which the front matter names"
                problems.append(Problem(file, wrong, *meant(name, there, "files")))
    works, wrong_with = bibliography.parse(texts, memo)
    return works, [*problems, *wrong_with]


def published(name: str) -> bool:
    """Whether a file of the author's own is data: what browsers run is code, and so may be what none of us knows."""
    return PurePosixPath(name).suffix.lower() in PUBLISHED


def files_of_code(directory: Path) -> list[str]:
    """The author's own files beside the text that are no data, by their paths in the folder."""
    own = (asset.path for asset in assets(directory, lab=True) if not published(asset.path))
    return [path for path in own if not path.lower().endswith(OTHER_TEXTS)]


def other_texts(directory: Path) -> list[str]:
    """The author's texts that are no pages, by their paths: in folders, or by names that do not end in .md."""
    others = [asset.path for asset in assets(directory, lab=True) if asset.path.lower().endswith(OTHER_TEXTS)]
    below = (path.split("/") for path, _ in entries(str(directory)) if "/" in path and path.endswith(".md"))
    seen = (parts for parts in below if not any(is_hidden(part) or part in NOT_PAGES for part in parts))
    return sorted([*others, *("/".join(parts) for parts in seen)])


def assets(directory: Path, lab: bool = False) -> Iterable[Asset]:
    """The author's own files: what is neither a text, an experiment nor hidden, nor, without lab, code."""
    found = entries(str(directory)) if directory.is_dir() else ()
    for parts in sorted(path.split("/") for path, _ in found):
        ending = PurePosixPath(parts[-1]).suffix
        if ending == ".md" or any(map(is_hidden, parts)):
            continue
        path = "/".join(parts)
        ours = path in NOT_ASSETS or parts[0] in (TEMPLATES, DATA)
        ours |= parts[:-1] == [LAB] and ending == ".py"
        ours |= not lab and not published(parts[-1])
        if not ours:
            yield Asset(filenames.composed(path), directory / path)


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
    found = (path for path in (directory / LAB).glob("*.py") if path.is_file())
    return sorted((path for path in found if not filenames.left_behind(path.name)), key=Path.as_posix)


# Texts


def _parted(text: str, ends: str) -> tuple[str, str, int] | None:
    """The front matter of a text that begins with it, its body and the body's first line; None: it is not closed.

    ends  what the line behind it holds
    """
    begin = text.index("\n") + 1 if "\n" in text else len(text)
    end = re.compile(rf"^{re.escape(ends)}[^\S\n]*$", re.MULTILINE).search(text, begin)
    if end is None:
        return None
    return text[begin : max(begin, end.start() - 1)], text[end.end() + 1 :], text.count("\n", 0, end.end()) + 2


_FIRST_ELSEWHERE = ("index.md", "_index.md", "main.md", "paper.md", "manuscript.md")


def _page(
    directory: Path,
    name: str,
    first: Meta | None,
    problems: list[Problem],
    memo: Memo,
    pictures: Path | None,
    embedded: dict[str, Path],
) -> Page | None:
    """A page, or None after adding to the problems.

    first     the front matter that it continues, where that was read
    embedded  pictures by their paths in the site, to which those within its text are added
    """
    file, data = str(directory / name), b""
    before = len(problems)
    if name == FIRST and not filenames.located(directory, name):
        there = sorted(file.name for file in directory.glob("*") if file.suffix.lower() in (".md", ".markdown", ".txt"))
        other = next((f'the first page, "{own}", called so' for own in there if own in _FIRST_ELSEWHERE), "")
        problems.append(Problem(file, "there is no such file", other, nearest(name, there)))
        return None
    with collecting(problems):
        data = textfile.read_bytes(directory / name, limits.PICTURED_BYTES)
        if pictures:
            data, found = without_pictures(data, pictures)
            embedded |= found
        limits.check_size(file, len(data))
    if len(problems) > before:
        return None

    def parsed() -> tuple[Page | None, list[Problem]]:
        wrong: list[Problem] = []
        page = _parsed_page(data, file, name, first, wrong, memo)
        return (replace(page, wrong=tuple(wrong)), []) if page else (None, wrong)

    page, wrong = memo.held("page", file, (data, first), parsed)
    problems += wrong
    return page


def _parsed_page(
    data: bytes, file: str, name: str, first: Meta | None, problems: list[Problem], memo: Memo
) -> Page | None:
    """As _page. data: what its file holds"""
    before = len(problems)
    text = ""
    with collecting(problems):
        text = textfile.decode(data, file)
    for sign in textfile.INVISIBLE.finditer(text):
        line = text.count("\n", 0, sign.start()) + 1
        problems.append(Problem(f"{file}:{line}", textfile.invisible(sign[0]), "none"))
    if len(problems) > before:
        return None
    stem = name.removesuffix(".md")
    output = "index.html" if name == FIRST else f"{stem}.html"
    if name != FIRST and (stem in OUR_PAGES or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", stem)):
        expected = f"letters from a to z, digits, - and _ , and none of {', '.join(OUR_PAGES)}"
        plain = re.sub(r"[^a-z0-9._]+", "-", bibliography.folded(stem)).strip("-._")
        near = f"{plain}.md" if plain and plain not in OUR_PAGES and plain != stem else None
        if copied := filenames.copied_from(name):
            expected, near = f"a name of its own, or that it is deleted: it looks like a copy of {copied}", None
        problems.append(Problem(file, f'a page cannot be called "{name}"', expected, near))
    above = _EMPTY.match(text).end()  # type: ignore[union-attr]  # which nothing at all fits as well
    line, opening = text.count("\n", 0, above) + 1, text[above:].partition("\n")[0].rstrip()
    front, body, first_line = "", text, 1
    ends, read = _FRONT.get(opening, ("", yaml_fields))
    if not ends and _DASHES.match(text, above):
        problems.append(Problem(f"{file}:{line}", f'the front matter begins with "{opening}"', "---, as it ends"))
        return None
    if ends:
        parts = _parted(text[above:], ends)
        if parts is None:
            problems.append(Problem(f"{file}:{line}", "the front matter is not closed", f"a line {ends} after it"))
            return None
        front, body, first_line = parts[0], parts[1], parts[2] + line - 1
        if opening == "{":  # which are its own
            front, line = f"{{\n{front}\n}}", line - 1
    fields, wrong = read(front, file, line + 1, memo)
    problems += wrong
    if heading := _TITLE.match(body):
        said = Yaml(_OF_HEADING.sub("", heading["title"]), first_line + body.count("\n", 0, heading.start("title")))
        if unmarked(said.value) == unmarked(str(fields.setdefault("title", said).value)):  # else it is a heading
            empty = re.sub(r"[^\n]", "", heading["title"])
            body = body[: heading.start("title")] + empty + body[heading.end("title") :]
    if not ends and _OPEN_FIELDS.match(text, above):
        problems.append(
            Problem(f"{file}:{line}", f'fields that no line --- is above, "{short(opening)}"', "--- before them")
        )
        return None
    if "title" not in fields and not wrong:
        expected = "a line # Title above it, or title: … between two lines --- in front of it"
        other = f"; or _{name} for a text that is no page" if name != FIRST else ""
        wrong_title = "a title block of Pandoc" if text.startswith("% ", above) else "the text has no title"
        problems.append(Problem(f"{file}:1", wrong_title, expected + other))
    cut = [*cut_fields(fields, text.split("\n"), file)] if opening == "---" else []
    arguments = [problem for name, problem in cut if name in ("macros", "math")]  # of macros, #1
    problems += arguments
    meta = read_meta(fields, body, file, first, problems) if not wrong else None
    if meta is None or arguments:
        return None
    if meta.abstract:
        body, first_line = _after_abstract(fields["abstract"], text, body, first_line)
    odd = (
        *foreign_fields(fields, file),
        *places_of_nobody(fields, file),
        *(Warned("cut-field", str(problem)) for _, problem in cut),
    )
    return Page(name, file, output, meta, body, first_line, odd)


def _after_abstract(abstract: Yaml, text: str, body: str, first_line: int) -> tuple[str, int]:
    """A body that begins with the abstract of its front matter, as a block, and on which line that begins.

    Each line of the abstract keeps its number, where it has one; those of the other fields are empty.
    """
    below = _SCALAR.match(text.split("\n")[abstract.line - 1]) is not None
    block = ["::: abstract", *abstract.value.rstrip().split("\n"), ":::"]
    start = min(abstract.line - (not below), first_line - len(block))  # of the block, a line above its text
    rest = first_line - start - len(block)
    return "\n".join([*block, *[""] * rest, body]), start


_EMPTY = re.compile(r"(?:[^\S\n]*\n)*+")  # lines before front matter
# Front matter by its first line: what ends it, and what reads it. JSON is YAML.
_FRONT = {"---": ("---", yaml_fields), "+++": ("+++", toml.fields), "{": ("}", yaml_fields)}


# What programs that correct make of ---, or a hand, above a field.
_DASHES = re.compile(r"[-—–−]{1,5}[ \t]*\n(?:title|subtitle|authors?|date|abstract|lang(?:uage)?)[ \t]*:")

# Fields that a line --- ends and none begins, as Hexo takes them
_OPEN_FIELDS = re.compile(
    r"(?:title|subtitle|layout|authors?|date|tags|categories)[ \t]*:.*\n"
    r"(?:(?:[\w-]+[ \t]*:|[ \t]|-[ \t]|#).*\n)*+---[ \t]*(?:\n|\Z)"
)

# A heading of the first level before any other text: after #, or a paragraph, which begins as no other block, over ===.
_TITLE = re.compile(
    r"(?:[ \t]*\n|<!--(?:[^-]|-(?!->))*+-->)*+"
    r"(?P<title> {0,3}\#[ \t]+[^\n]+|(?! {0,3}(?:[>#=|$<]|```|~~~|///|[-*+][ \t]|\d+[.)][ \t])| {4})"
    r"(?:[ \t]*[^\s][^\n]*+\n)+? {0,3}=+[ \t]*(?=\n|\Z))"
)
_OF_HEADING = re.compile(r"<[^<>]*>|\A {0,3}#[ \t]+|\s+#+[ \t]*\Z|\n {0,3}=+[ \t]*\Z|[ \t]*\{[^{}]*\}\s*\Z")
# The head of a text on the lines below, in YAML and in TOML
_SCALAR = re.compile(r"[^:]*:\s*[|>][-+0-9]*\s*(?:#.*)?$|[^=:]*=\s*(?:\"{3}|'{3})$")

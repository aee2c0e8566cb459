"""A built site, looked over as a reader's browser would: links, anchors, pictures, claims, weights, sums.

    findings = check(Path("site"))

Only files are read; nothing is asked of another host unless told to.
"""

from __future__ import annotations

import gzip
import json
import posixpath
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from ..base.errors import Problem, nearest
from ..base.store import sha256
from ..content.texts import OUR_FOLDERS
from ..markup.document import ALONE
from . import manifest
from .assets import OWN_SCRIPTS, OWN_STYLES

KB = 1000
SCRIPTS_KB = 45  # Peek's scripts of the first view: less than half of what the lightest explorable of the field serves
OWN_SCRIPTS_KB = 45  # an author's: as much again
FIRST_VIEW_KB = 200  # the article's HTML, CSS, fonts, and Peek's scripts of the first view, gzipped
PICTURES_KB = 6000  # what the article's pictures weigh in one theme, best format each
ASK_TIMEOUT_S = 10
BUDGETS_KB = {"scripts, gzipped": SCRIPTS_KB, "first view, gzipped": FIRST_VIEW_KB, "pictures": PICTURES_KB}
OWN = "own scripts and styles, gzipped"
OWN_PICTURES = "own pictures"
STYLE_URL = re.compile(r"url\(['\"]?([^'\")]+)['\"]?\)")
FACE = re.compile(r"@font-face\s*\{([^}]*)\}")
LATER = ("unicode-range", "-bold", "peek-math")  # faces that a page loads with the first such letter, or near a formula
ADDRESSES = {
    **dict.fromkeys(("a", "link"), ("href",)),
    **dict.fromkeys(("script", "img", "iframe", "audio", "track"), ("src",)),
    "source": ("srcset", "src"),
    "video": ("src", "poster"),
}
ABOUT_THE_PAGE = {"canonical", "license", "author", "alternate"}  # what a <link> says without loading it
VERDICTS = ("holds", "refuted", "open")  # a build lets no other pass


@dataclass(frozen=True)
class Link:
    """An address in a page, with the tag that holds it and the line on which it stands."""

    tag: str
    address: str
    line: int


@dataclass
class PageParser(HTMLParser):
    """What a page holds that can be wrong."""

    ids: list[tuple[str, int]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    without_alt: list[tuple[str, int]] = field(default_factory=list)
    claims: list[tuple[str, str, int]] = field(default_factory=list)  # verdict, id of the evidence, line
    figures: list[tuple[str, list[str]]] = field(default_factory=list)  # name, its scripts: in the order of the page
    tells_figures: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        values = {name: value or "" for name, value in attrs}
        if values.get("id"):
            self.ids.append((values["id"], line))
        if tag == "img" and "alt" not in values:
            self.without_alt.append((values.get("src", ""), line))
        if tag == "button" and "claim" in values.get("class", "").split():
            self.claims.append((values.get("data-verdict", ""), values.get("popovertarget", ""), line))
        self.tells_figures = values.get("id") == "figure-scripts"
        self.links += [Link("style", path, line) for path in STYLE_URL.findall(values.get("style", ""))]
        for name in ADDRESSES.get(tag, ()):
            address = values.get(name)
            if address and not (tag == "link" and ABOUT_THE_PAGE.intersection(values.get("rel", "").split())):
                parts = [address]
                if name == "srcset":
                    parts = [part.split()[0] for part in address.split(",") if part.strip()]
                self.links += [Link(tag, part, line) for part in parts]

    def handle_data(self, data: str) -> None:
        if self.tells_figures:
            self.tells_figures, line = False, self.getpos()[0]
            with suppress(ValueError, TypeError):  # of a page that is damaged, which its sum says
                told = json.loads(data)
                self.links += [Link("figure", path, line) for _, paths in told for path in paths]
                self.figures = told


@dataclass(frozen=True)
class Findings:
    """What is wrong, what it weighs, which other sites it links to (address -> first place), how its claims stand.

    warnings  what an author may leave as it is
    """

    problems: tuple[Problem, ...]
    weights: dict[str, int]
    outside: dict[str, str]
    claims: dict[str, int]
    warnings: tuple[Problem, ...] = ()


def check(site: Path, ask: Callable[[str], str] | None = None) -> Findings:
    """Look over a site.

    ask  tells what is wrong with an outside address ("" when nothing is); None: they are listed only
    """
    if not (site / "index.html").is_file():
        return Findings((Problem(str(site), "no index.html", "a site that peek build made"),), {}, {}, {})
    found = ending_in(site, ".html")
    sheets = {path.relative_to(site).as_posix(): parse(path) for path in found}
    there = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    problems: list[Problem] = []
    outside: dict[str, str] = {}
    for name, sheet in sheets.items():
        problems += page_problems(site, name, sheet, sheets, there)
        for link in sheet.links:
            if link.tag == "a" and is_outside(link.address):
                outside.setdefault(link.address, f"{site / name}:{link.line}")
    problems += styles_problems(site, there)
    own = own_weights(site, sheets["index.html"])
    pictures = own_pictures(site, sheets["index.html"])
    weights = weigh(site, sheets["index.html"]) | ({OWN: sum(own.values())} if own else {})
    weights |= {OWN_PICTURES: sum(pictures.values())} if pictures else {}
    for what, most_kb in BUDGETS_KB.items():
        problems += over_budget(site, what, weights[what], most_kb)
    problems += wrong_sums(site)
    if ask is not None:
        problems += [Problem(place, f"{url} {said}") for url, place in outside.items() if (said := ask(url))]
    texts = [sheet for name, sheet in sheets.items() if not name.startswith(ALONE)]  # what a figure says is theirs
    verdicts = [verdict for sheet in texts for verdict, _, _ in sheet.claims]
    claims = {verdict: verdicts.count(verdict) for verdict in VERDICTS if verdict in verdicts}
    each = ", ".join(f"{path} {size / KB:.1f}" for path, size in own.items())
    heaviest = ", ".join(f"{path} {size / KB:.0f}" for path, size in list(pictures.items())[:3])
    warnings = (  # which keep nobody from publishing
        *over_budget(site, OWN, sum(own.values()), OWN_SCRIPTS_KB, f" ({each})"),
        *over_budget(site, OWN_PICTURES, sum(pictures.values()), PICTURES_KB, f", the heaviest {heaviest}", digits=0),
    )
    return Findings(tuple(problems), weights, outside, claims, warnings)


def ending_in(site: Path, ending: str) -> list[Path]:
    """The files of a site with an ending, in order; a folder or a pipe may have one, too."""
    return sorted((path for path in site.rglob(f"*{ending}") if path.is_file()), key=Path.as_posix)


def text_of(path: Path) -> str:
    """A file's text; what is no UTF-8, as an author's own page may not be, has signs in its place."""
    return path.read_text(encoding="utf-8", errors="replace")


def parse(path: Path) -> PageParser:
    """A page's ids, addresses and pictures without alt."""
    sheet = PageParser()
    sheet.feed(text_of(path))
    return sheet


def is_outside(address: str) -> bool:
    """Whether an address leads to another host."""
    return address.lower().startswith(("http:", "https:", "//"))


def page_problems(
    site: Path, name: str, sheet: PageParser, sheets: dict[str, PageParser], there: Collection[str]
) -> Iterator[Problem]:
    """What is wrong in one page. there: the files of the site"""
    seen: set[str] = set()
    for identity, line in sheet.ids:
        if identity in seen:
            yield Problem(f"{site / name}:{line}", f'the id "{identity}" is given twice', "an id of its own")
        seen.add(identity)
    for source, line in sheet.without_alt:
        yield Problem(f"{site / name}:{line}", f"picture {source} has no alt", 'alt text, or alt="" where it decorates')
    for verdict, evidence, line in sheet.claims:
        if verdict not in VERDICTS:
            yield Problem(f"{site / name}:{line}", f'a claim that is "{verdict}"', f"one of {', '.join(VERDICTS)}")
        if evidence not in seen:
            yield Problem(f"{site / name}:{line}", "a claim without evidence", f"an element with the id {evidence}")
    for link in sheet.links:
        place = f"{site / name}:{link.line}"
        if is_outside(link.address):
            if link.tag != "a":
                yield Problem(place, f"<{link.tag}> loads {link.address}", "nothing from another host")
            continue
        if link.address.lower().startswith(("data:", "mailto:", "javascript:", "blob:")):
            continue
        yield from dead_link(site, name, link, sheets, there, place)


def beside(name: str, address: str) -> str:
    """The path in the site that an address names in a file of that path: to the letter, as hosts read it."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))


def dead_link(
    site: Path, name: str, link: Link, sheets: dict[str, PageParser], there: Collection[str], place: str
) -> Iterator[Problem]:
    """A problem when a relative address leads nowhere."""
    parts = urllib.parse.urlsplit(link.address)
    path = urllib.parse.unquote(parts.path)
    if path.startswith("/"):
        yield Problem(place, f"{link.address} begins at the host's root", "a relative address, so that any path works")
        return
    target = beside(name, path) if path else name
    if path.endswith("/") or (site / target).is_dir():
        target = posixpath.normpath(posixpath.join(target, "index.html"))
    if target not in there:
        ending = posixpath.splitext(target)[1]
        pages = (file for file in sorted(there) if "/" not in file and file.endswith(ending))
        others = [posixpath.relpath(file, posixpath.dirname(name) or ".") for file in pages]
        yield Problem(place, f"{link.address} leads nowhere", "a file of the site", nearest(path, others))
        return
    anchor = urllib.parse.unquote(parts.fragment)
    if anchor and target in sheets and "=" not in anchor:  # with "=" it is an explorable's state
        known = [identity for identity, _ in sheets[target].ids]
        if anchor not in known:
            yield Problem(place, f"no #{anchor} in {target}", "the id of something there", nearest(anchor, known))


def styles_problems(site: Path, there: Collection[str]) -> Iterator[Problem]:
    """What is wrong with the files that style sheets name. there: the files of the site"""
    for sheet in ending_in(site, ".css"):
        name = sheet.relative_to(site).as_posix()
        for number, line in enumerate(text_of(sheet).splitlines(), 1):
            for address in STYLE_URL.findall(line):
                path = urllib.parse.unquote(address.partition("#")[0].partition("?")[0])
                if is_outside(address):
                    yield Problem(f"{sheet}:{number}", f"url() loads {address}", "nothing from another host")
                elif path and not address.startswith("data:") and beside(name, path) not in there:
                    yield Problem(f"{sheet}:{number}", f"{address} leads nowhere", "a file of the site")


def weigh(site: Path, index: PageParser) -> dict[str, int]:
    """Bytes of the article: scripts and first view gzipped, pictures as a browser picks them, the whole site.

    An author's own scripts and styles are in the last alone, see own_weights.
    """
    files = [site / address for address in loaded(site, index) if not address.startswith(OWN_SCRIPTS)]
    styles = [path for path in files if path.suffix == ".css"]
    scripts = [path for path in files if path.suffix == ".js"]
    fonts = {path for sheet in styles for path in faces(sheet)}
    text = sum(len(gzip.compress(path.read_bytes())) for path in [site / "index.html", *scripts])
    text += sum(len(gzip.compress(OWN_STYLES.sub("", text_of(path)).encode())) for path in styles)
    addresses = {link.address for link in index.links if ".dark." not in link.address}
    pictures = [address for address in addresses if address.endswith((".webp", ".gif"))]
    return {
        "scripts, gzipped": sum(len(gzip.compress(path.read_bytes())) for path in scripts),
        "first view, gzipped": text + sum(path.stat().st_size for path in fonts),
        "pictures": sum((site / address).stat().st_size for address in pictures if (site / address).is_file()),
        "site": sum(path.stat().st_size for path in site.rglob("*") if path.is_file()),
    }


def loaded(site: Path, index: PageParser) -> list[str]:
    """The addresses of the scripts and styles that a page loads before its reader moves: with its first figure's."""
    first = {path for _, paths in index.figures[:1] for path in paths}
    local = first | {link.address.partition("?")[0] for link in index.links if link.tag in ("script", "link")}
    return [address for address in sorted(local) if (site / address).is_file()]


def faces(sheet: Path) -> Iterator[Path]:
    """The fonts of a style sheet that every page loads."""
    for face in FACE.findall(text_of(sheet)):
        if not any(sign in face for sign in LATER):
            yield from (path for address in STYLE_URL.findall(face) if (path := sheet.parent / address).is_file())


def own_weights(site: Path, index: PageParser) -> dict[str, int]:
    """An author's scripts and what is theirs in style sheets, and its bytes, gzipped, the heaviest first."""
    scripts = sorted({link.address for link in index.links if link.tag in ("script", "figure")})
    own = [path for path in scripts if path.startswith(OWN_SCRIPTS) and (site / path).is_file()]
    sizes = {path: len(gzip.compress((site / path).read_bytes())) for path in own}
    for path in (path for path in loaded(site, index) if path.endswith(".css")):
        if styles := "".join(OWN_STYLES.findall(text_of(site / path))):
            sizes[path] = len(gzip.compress(styles.encode()))
    return dict(sorted(sizes.items(), key=lambda item: -item[1]))


def own_pictures(site: Path, index: PageParser) -> dict[str, int]:
    """An author's pictures of the first page, and the bytes of each, the heaviest first."""
    said = {urllib.parse.unquote(link.address) for link in index.links if link.tag == "img"}
    sizes = {path: (site / path).stat().st_size for path in said if (site / path).is_file()}
    ours = tuple(f"{folder}/" for folder in OUR_FOLDERS)
    own = {path: size for path, size in sizes.items() if not path.startswith(ours)}
    return dict(sorted(own.items(), key=lambda item: (-item[1], item[0])))


def over_budget(site: Path, what: str, weight: int, most_kb: int, of: str = "", digits: int = 1) -> Iterator[Problem]:
    """A problem when a weight is above its budget. of: what it is made of, in words"""
    if weight > most_kb * KB:
        wrong = f"{what}: {weight / KB:.{digits}f} kB{of}"
        yield Problem(str(site / "index.html"), wrong, f"at most {most_kb} kB")


def wrong_sums(site: Path) -> Iterator[Problem]:
    """A problem for each download that its SHA-256 sum does not fit."""
    sums = site / manifest.NAME
    if not sums.is_file():
        return
    for number, path, expected in manifest.read(sums):
        if path.startswith("data/") and not ((site / path).is_file() and sha256(site / path) == expected):
            yield Problem(f"{sums}:{number}", f"{path} does not fit its sum", "the file that the build wrote")


def asked(url: str) -> str:
    """What is wrong with an outside address, by one polite request; "" when nothing is."""
    request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "peek check"})
    try:
        with urllib.request.urlopen(request, timeout=ASK_TIMEOUT_S):
            return ""
    except urllib.error.HTTPError as error:
        return "" if error.code in (403, 405, 429) else f"answers {error.code}"  # refused to robots, not to readers
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        return f"does not answer: {getattr(error, 'reason', error)}"

"""What each construct in running text becomes: math, values, notes, references, citations, links, pictures, claims.

One Constructs a page. It knows what may be named, gathers what was, and every
mistake with its line; it never raises.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from ..base.errors import Problem, nearest, short
from ..base.memo import Memo
from ..base.warnings import Warned
from ..content.bibliography import STYLES, Bibliography
from ..content.texts import PICTURES, Asset, Page, picture_size
from ..runs.results import Results, Unmeasured, digest_of
from . import claims, expressions
from .claims import Claim
from .expressions import ExpressionError
from .outline import HEADED, NUMBERED, RESERVED, Attributes, Label, Outline, outline

VALUE = re.compile(r"""\{\{((?:[^"'}]++|"[^"]*"|'[^']*'|\}(?!\}))*)\}\}""")

_NUMBERS_ITSELF = re.compile(r"\\begin\{(align|equation|gather|alignat|flalign|multline)\*?\}")


Plain = TypeVar("Plain")


class TexError(Exception):
    """TeX that does not parse. args: where in it, what is wrong."""


def typeset(tex: str, display: bool) -> str:
    """TeX as MathML.

    raises  TexError
    """
    import math_core

    try:
        said = str(math_core.LatexToMathML(fancy_error=False).convert_with_local_state(tex, displaystyle=display))
        # The size of a table's cells, where validators know it: around the table.
        said = re.sub(r'<mtable([^>]*?) (scriptlevel="\d+")', r"<mstyle \2><mtable\1", said)
        return said.replace("</mtable>", "</mtable></mstyle>")
    except math_core.LatexError as error:
        offset, _, said = str(error).partition(": ")
        raise TexError(int(offset) if offset.isdigit() else 0, said.rstrip(".")) from error


@dataclass(frozen=True)
class Link:
    """An address that the text links to, and where. outside: it leaves the site."""

    address: str
    place: str
    outside: bool


class Constructs:
    """Those of one page.

    notes      footnote -> ids of the places that refer to it, in the order of their numbers
    citations  work -> ids of the places that cite it, in the order of their numbers
    cited      works that any page cites
    """

    def __init__(
        self,
        page: Page,
        bibliography: Bibliography,
        results: Results,
        pages: Sequence[Page],
        assets: Sequence[Asset],
        addresses: Collection[str],
        names: Mapping[str, Any],
        memo: Memo,
        cited: Collection[str],
    ) -> None:
        self.page = page
        self.memo = memo
        self.bibliography = bibliography
        self.years = bibliography.years(cited)
        self.style = STYLES[page.meta.citations]
        self.results = results
        self.names = {**names, "results": results}
        self.pages = {other.path: other for other in pages} | {page.path: page}
        self.assets = {asset.path: asset for asset in assets}
        self.addresses = frozenset(addresses)
        self.outline: Outline = outline(page, memo)
        self.problems = list(self.outline.problems)
        self.anchors = {id_: label.line for id_, label in self.outline.labels.items()}
        self.notes: dict[str, list[str]] = {}
        self.citations: dict[str, list[str]] = {}
        self.links: list[Link] = []
        self.claims: list[Claim] = []
        self.used_assets: dict[str, None] = {}
        self.used_addresses: set[str] = set()
        self._own_anchors: list[tuple[int, str]] = []  # of this page that links point at

    def of_runs(self, stage: str, make: Callable[[], Plain], *given: Any) -> Plain:
        """What is made of the results and what else is given, from the memo where it is known."""
        known = digest_of(self.results)
        return self.memo(stage, [known, *given], make) if known and len(self.names) == 1 else make()

    def place(self, line: int) -> str:
        return f"{self.page.file}:{line}"

    def wrong(self, line: int, wrong: str, expected: str = "", near: str | None = None) -> None:
        self.problems.append(Problem(self.place(line), wrong, expected, near))

    def check_anchors(self) -> None:
        """Links within the page, once all its anchors are known."""
        for line, anchor in self._own_anchors:
            if anchor not in self.anchors:
                self.wrong(line, f'a link to "#{anchor}", which is not on the page', near=nearest(anchor, self.anchors))

    def unused(self) -> list[Warned]:
        """Footnotes and link labels that nothing asked for."""
        notes = {name: line for name, (line, _) in self.outline.footnotes.items() if name not in self.notes}
        labels = {
            name: line for name, (line, _, _) in self.outline.addresses.items() if name not in self.used_addresses
        }
        return [
            *(
                Warned("unused-footnote", f'{self.place(line)}: the footnote "{name}" is never used')
                for name, line in notes.items()
            ),
            *(
                Warned("unused-link", f'{self.place(line)}: the link label "{name}" is never used')
                for name, line in labels.items()
            ),
        ]

    def math(self, tex: str, line: int, display: bool) -> str:
        """TeX as MathML."""
        lead = len(tex) - len(tex.lstrip())
        if not tex.strip():
            self.wrong(line, "an empty formula")
            return ""
        if found := _NUMBERS_ITSELF.search(tex):
            below = line + tex.count("\n", 0, found.start())
            self.wrong(below, f"TeX: \\begin{{{found[1]}}} numbers its lines", "\\begin{aligned} or \\begin{gathered}")
            return ""
        try:
            return self.memo("math", [tex.strip(), display], lambda: typeset(tex.strip(), display))
        except TexError as error:
            offset, said = error.args
            self.wrong(line + tex.count("\n", 0, lead + offset), f"TeX: {said[:1].lower()}{said[1:]}")
            return ""

    def evaluated(self, text: str, line: int) -> str:
        """Text with the values of its expressions."""
        return VALUE.sub(lambda m: self.value(m[1], line + text.count("\n", 0, m.start())), text)

    def value(self, expression: str, line: int) -> str:
        """What an expression says, as text."""
        try:
            source = expression.strip()
            return self.of_runs("value", lambda: expressions.say(expressions.evaluate(source, self.names)), source)
        except ExpressionError as error:
            self.wrong(line, error.wrong, error.expected, error.nearest)
        except Unmeasured:
            pass
        return ""

    def anchor(self, id_: str, line: int) -> None:
        """Take an id that an attribute list gives."""
        if id_ in self.anchors:
            first = self.anchors[id_]
            self.wrong(line, f'the label "{id_}" is used twice, first on line {first}')
        elif not re.fullmatch(r"[A-Za-z][\w:.-]*", id_) or id_.startswith(RESERVED) or id_ in HEADED:
            self.wrong(line, f'the label "{id_}" is kept for the page itself', "another label")
        self.anchors.setdefault(id_, line)

    def note(self, name: str, line: int) -> str:
        """A reference to a footnote."""
        if name not in self.outline.footnotes:
            self.wrong(line, f'undefined footnote "{name}"', near=nearest(name, self.outline.footnotes))
            return ""
        places = self.notes.setdefault(name, [])
        place = f"fnref-{name}" + (f".{len(places) + 1}" if places else "")
        places.append(place)
        self.anchors[place] = line
        number = list(self.notes).index(name) + 1
        link = f'<a href="#fn-{name}" id="{place}" role="doc-noteref">{number}</a>'
        return f'<sup class="footnote-ref">{link}</sup>'

    def reference(self, id_: str, line: int) -> str:
        """`@fig-grid` -> Figure 1, with a link; other pages of the article are looked at too."""
        kind = id_.partition("-")[0]
        known: dict[str, tuple[str, Label]] = {}
        for page in self.pages.values():
            href = "" if page.path == self.page.path else page.output
            for label in outline(page, self.memo).labels.values():
                if label.kind:
                    known.setdefault(label.id, (f"{href}#{label.id}", label))
        if id_ not in known:
            self.wrong(line, f'undefined {NUMBERED[kind].lower()} "{id_}"', near=nearest(id_, known))
            return ""
        href, label = known[id_]
        said = f"{NUMBERED[kind]}\u00a0{label.number}" if label.number else f"“{html.escape(label.title)}”"
        return f'<a class="reference" href="{href}">{said}</a>'

    def citation(
        self, key: str, line: int, before: str = "", after: str = "", in_text: bool = False, author: bool = True
    ) -> str:
        """A link to a work, as the page's style says it. author: whether its authors are named."""
        entry = self.bibliography.entries.get(key)
        if entry is None:
            near = nearest(key, self.bibliography.entries)
            expected = "" if near else f"a key of {self.bibliography.file}, or \\@ for the sign itself"
            self.wrong(line, f'undefined citation "{key}"', expected, near)
            return ""
        if key not in self.citations:
            self.problems += entry.problems
        places = self.citations.setdefault(key, [])
        place = f"cite-{entry.anchor}.{len(places) + 1}"
        places.append(place)
        self.anchors[place] = line
        number, year = list(self.citations).index(key) + 1, self.years.get(key, entry.year)
        say = self.style.running if in_text else self.style.parenthesis if author else self.style.alone
        said = html.escape(say(entry, year, number))
        link = f'<a class="citation" href="#ref-{html.escape(entry.anchor)}" id="{html.escape(place)}">{said}</a>'
        return html.escape(before) + link + html.escape(after)

    def address(self, address: str, line: int) -> str:
        """A link's address, checked; "" after a problem."""
        address = self.evaluated(address, line).strip()
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", address)
        if scheme or address.startswith("//"):
            if not scheme or scheme[1].lower() not in ("https", "http", "mailto"):
                self.wrong(line, f'a link to "{short(address)}"', "https://, http://, mailto: or a file of the site")
                return ""
            self.links.append(Link(address, self.place(line), True))
            return quote(address, safe="%/:=&?~#+!$,;'@()*[]")
        path, sharp, anchor = address.partition("#")
        if not path:
            if not anchor:
                self.wrong(line, "a link to nowhere", "an address between the parentheses")
                return ""
            self._own_anchors.append((line, anchor))
            self.links.append(Link(address, self.place(line), False))
            return address
        found = self._inside(unquote(path), anchor, line)
        if not found:
            return ""
        self.links.append(Link(found + sharp + anchor, self.place(line), False))
        return quote(found) + sharp + anchor

    def _inside(self, path: str, anchor: str, line: int) -> str:
        """A path of the site that a link names, or ""."""
        plain = PurePosixPath(path).as_posix()
        by_output = {page.output: page for page in self.pages.values()}
        page = self.pages.get(plain) or by_output.get(plain)
        if page:
            labels = outline(page, self.memo).anchors if page.path != self.page.path else self.anchors
            if anchor and page.path == self.page.path:
                self._own_anchors.append((line, anchor))
            elif anchor and anchor not in labels:
                self.wrong(line, f'a link to "{page.path}#{anchor}", which is not there', near=nearest(anchor, labels))
            return page.output
        if plain in self.assets:
            self.used_assets[plain] = None
            return plain
        if plain in self.addresses or plain in self.pictures:
            return plain
        known = [*self.pages, *self.assets, *self.addresses, *self.pictures]
        self.wrong(line, f'a link to "{short(path)}", which is not there', near=nearest(plain, known))
        return ""

    @functools.cached_property
    def pictures(self) -> frozenset[str]:
        """Addresses of what runs have in the site: pictures and downloads."""
        found = set()
        for run in self.results:
            for picture in run.pictures.values():
                for ending in picture.formats:
                    found |= {f"{picture.path}.{ending}", f"{picture.path}.dark.{ending}"}
            found |= set(run.files.values())
        return frozenset(found)

    def picture(self, path: str, alt: str, line: int, attributes: Attributes | None = None) -> str:
        """One of the author's own pictures, with its size where its file says it."""
        plain = PurePosixPath(unquote(path)).as_posix()
        own = [known for known in self.assets if known.lower().endswith(PICTURES)]
        if re.match(r"([A-Za-z][A-Za-z0-9+.-]*:|//)", path):
            self.wrong(line, f'a picture from elsewhere, "{short(path)}"', "a file of your own")
            return ""
        if plain not in self.assets and plain not in self.pictures:
            self.wrong(line, f'no picture "{short(path)}"', near=nearest(plain, own))
            return ""
        if plain in self.assets and plain not in own:
            self.wrong(line, f'"{short(path)}" is not a picture', f"a file ending in {', '.join(PICTURES)}")
            return ""
        size = picture_size(self.assets[plain].source) if plain in self.assets else None
        self.used_assets |= {plain: None} if plain in self.assets else {}
        parts = [
            f'src="{quote(plain)}"',
            f'alt="{html.escape(alt)}"',
            *self._picture_attributes(attributes, size, line),
        ]
        return f'<img {" ".join(parts)} loading="lazy" decoding="async">'

    def _picture_attributes(self, said: Attributes | None, size: tuple[int, int] | None, line: int) -> list[str]:
        wanted = dict(said.values) if said else {}
        wanted.pop("alt", None)
        parts = self.identity(said, line) if said else []
        if "width" in wanted and wanted["width"].isdigit() and int(wanted["width"]):
            width = int(wanted.pop("width"))
            size = (width, round(width * size[1] / size[0])) if size else None
            parts += [] if size else [f'width="{width}"']
        for key, value in wanted.items():
            self.wrong(line, f'{key}="{short(value)}" of a picture', 'width in pixels, like width=320, or alt=""')
        if size:
            parts += [f'width="{size[0]}"', f'height="{size[1]}"']
        return parts

    def identity(self, said: Attributes, line: int) -> list[str]:
        """id and class as HTML attributes."""
        if said.id:
            self.anchor(said.id, line)
        for word in said.words:
            self.wrong(line, f'unknown attribute "{short(word)}"', "#label, .class or name=value")
        parts = [f'id="{html.escape(said.id)}"'] if said.id else []
        return parts + ([f'class="{html.escape(" ".join(said.classes))}"'] if said.classes else [])

    def claim(self, said: Attributes, line: int) -> str:
        """The mark behind a claim and its evidence; what the runs contradict is a problem, and gives ""."""
        for key in said.values.keys() - {"claim", "needs_seeds"}:
            near = nearest(key, ("claim", "needs_seeds", "refuted"))
            self.wrong(line, f'unknown attribute "{short(key)}" of a claim', "", near)
        for word in said.words:
            if word != "refuted":
                self.wrong(line, f'unknown attribute "{short(word)}" of a claim', "", nearest(word, ("refuted",)))
        wanted = said.values.get("needs_seeds", "0")
        if not re.fullmatch(r"[0-9]{1,6}", wanted):
            self.wrong(line, f'needs_seeds is "{short(wanted)}"', "a whole number")
            wanted = "0"
        id_, refuted = f"claim-{len(self.claims) + 1}", "refuted" in said.words
        try:
            condition = said.values["claim"]
            asked = self.of_runs("claim", lambda: claims.ask(condition, self.names), condition)
            claim = claims.judge(id_, condition, asked, int(wanted), refuted, self.place(line))
        except ExpressionError as error:
            self.wrong(line, error.wrong, error.expected, error.nearest)
            return ""
        except Unmeasured:
            return ""
        if claim.verdict == "contradicted":
            self.wrong(line, f"the runs contradict the claim: {claim.in_words}", "another claim, or refuted after it")
            return ""
        if claim.verdict == "supported":
            self.wrong(line, f"the runs support a claim marked refuted: {claim.in_words}", "the claim without refuted")
            return ""
        self.claims.append(claim)
        self.anchors[id_] = line
        return claims.shown(claim)

"""An author's Markdown -> HTML, or everything that is wrong with it, with file and line.

    written = render(page, bibliography=works, results=results, figure_names=names, render_figure=draw)

Three steps. `outline` reads a text into blocks and numbers what is numbered.
Then every piece of running text is scanned for what is ours (math, code,
expressions, references, citations, footnotes, links, pictures, claims): each
becomes a token of private-use characters that Markdown passes through
untouched. Markdown turns the rest into HTML, and the tokens are put back.
Because it is we who find each construct, each mistake has its line, and
nothing that is misspelt can pass as text.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote
from xml.etree import ElementTree

import markdown
import math_core
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension

from generator import bibliography as works
from generator import expressions
from generator.bibliography import Bibliography
from generator.content import Article, Asset, Page, picture_size
from generator.errors import ContentError, Problem, nearest
from generator.expressions import Evidence, ExpressionError
from generator.outline import (
    HEADED,
    KINDS,
    NUMBERED,
    RESERVED,
    Attributes,
    Block,
    Code,
    Equation,
    Heading,
    Item,
    Label,
    Numbered,
    Quote,
    Text,
    outline,
    parse_attributes,
    short,
)
from generator.results import Results, UnknownResult

SIZES = ("text", "wide", "full")
PHRASING = (
    "abbr",
    "br",
    "cite",
    "del",
    "ins",
    "kbd",
    "mark",
    "q",
    "s",
    "samp",
    "small",
    "sub",
    "sup",
    "u",
    "var",
    "wbr",
)
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".avif")

# What rendering gives


@dataclass(frozen=True)
class FigureCall:
    """A figure that a text places.

    name     as the author wrote it
    options  plain values; id and size are always there
    caption_html  without the number; the first paragraph is not wrapped
    label    id of the figure
    number   within the page: "3"
    place    file:line
    """

    name: str
    options: Mapping[str, Any]
    caption_html: str
    label: str
    number: str
    place: str


@dataclass(frozen=True)
class TocEntry:
    """A heading in the table of contents. html holds no links, ids or notes."""

    id: str
    html: str
    level: int
    number: str
    children: tuple[TocEntry, ...] = ()


@dataclass(frozen=True)
class Link:
    """An address that the text links to, and where. outside: it leaves the site."""

    address: str
    place: str
    outside: bool


@dataclass(frozen=True)
class Claim:
    """A sentence that the runs were asked about.

    verdict  "holds", "refuted" (the author said so, and the runs agree) or "open" (too few seeds)
    """

    id: str
    expression: str
    verdict: str
    evidence: tuple[Evidence, ...]
    seeds: int
    place: str


@dataclass(frozen=True)
class Markup:
    """A page in HTML.

    html             the text, footnotes at its end
    references_html  the section of references, or ""
    words            that a reader reads: no evidence, a formula counts as one
    cited            keys of the works
    assets           paths of the author's own files that the page shows or links to
    anchors          ids in html and references_html
    warnings         what is odd and not wrong
    """

    page: Page
    html: str
    toc: tuple[TocEntry, ...]
    references_html: str
    words: int
    figures: tuple[FigureCall, ...]
    links: tuple[Link, ...]
    claims: tuple[Claim, ...]
    cited: tuple[str, ...]
    assets: tuple[str, ...]
    anchors: frozenset[str]
    warnings: tuple[Problem, ...]

    @property
    def path(self) -> str:
        """Address in the site."""
        return self.page.output

    @property
    def title(self) -> str:
        return self.page.meta.title


RenderFigure = Callable[[FigureCall], str]


def render_article(
    article: Article,
    *,
    results: Results,
    figure_names: Collection[str],
    render_figure: RenderFigure,
    figure_options: Mapping[str, Collection[str]] | None = None,
    addresses: Collection[str] = (),
    names: Mapping[str, Any] | None = None,
) -> tuple[Markup, ...]:
    """Every page of an article, in the order of its pages. The arguments are those of `render`.

    raises  ContentError: all mistakes of all pages
    """
    written: list[Markup] = []
    problems: list[Problem] = []
    for page in article.pages:
        try:
            written.append(
                render(
                    page,
                    bibliography=article.bibliography,
                    results=results,
                    figure_names=figure_names,
                    render_figure=render_figure,
                    figure_options=figure_options,
                    pages=article.pages,
                    assets=article.assets,
                    addresses=addresses,
                    names=names,
                )
            )
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(problems)
    return tuple(written)


def unused_works(article: Article, written: Iterable[Markup]) -> list[Problem]:
    """A warning for each work that no page cites."""
    cited = {key for markup in written for key in markup.cited}
    known = article.bibliography
    return [
        Problem(f"{known.file}:{entry.line}", f'"{key}" is never cited')
        for key, entry in known.entries.items()
        if key not in cited
    ]


def render(
    page: Page,
    *,
    bibliography: Bibliography,
    results: Results,
    figure_names: Collection[str],
    render_figure: RenderFigure,
    figure_options: Mapping[str, Collection[str]] | None = None,
    pages: Sequence[Page] = (),
    assets: Sequence[Asset] = (),
    addresses: Collection[str] = (),
    names: Mapping[str, Any] | None = None,
) -> Markup:
    """One page in HTML.

    figure_names    figures that may be placed
    render_figure   the HTML of one, with its number and caption around it; may raise ContentError or UnknownResult
    figure_options  options that a figure takes beside those of all figures and the fields of a run
    pages           all texts of the article, for links and references from one to another
    assets          the author's own files
    addresses       what else can be linked to in the site: "gallery.html"
    names           what expressions may ask for beside `results`
    raises          ContentError: all mistakes of the page
    """
    writer = _Writer(
        page,
        bibliography,
        results,
        figure_names,
        render_figure,
        figure_options or {},
        pages,
        assets,
        addresses,
        names or {},
    )
    return writer.write()


# Writing HTML

_OPEN, _CLOSE = "\ue000", "\ue001"
_TOKEN = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_TOKEN_ALONE = re.compile(f"<p>{_OPEN}(\\d+){_CLOSE}</p>")
_TAGS_AND_TOKENS = re.compile(f"<(/?)([a-z][a-z0-9]*)[^>]*>|{_OPEN}(\\d+){_CLOSE}")
_TEX = math_core.LatexToMathML(fancy_error=False)
_MARKER = re.compile(r"( *)(?:[-*+]|\d+\.)[ \t]+\S")
_EXTENSIONS = (TableExtension(), DefListExtension(), AttrListExtension(), SaneListExtension())
_VOID = ("br", "hr", "img", "wbr")


@dataclass
class _Token:
    """HTML that Markdown does not see. role: "inline", "block", "open", "close" or "attribute"."""

    html: str
    line: int
    role: str = "inline"
    name: str = ""


class _IndentedCode(BlockProcessor):
    """In the place of Markdown's indented code: a mistake, for it hides what is below a list."""

    def __init__(self, parser: Any, found: Callable[[str], None]) -> None:
        super().__init__(parser)
        self.found = found

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        return block.startswith("    ")

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        self.found(block)
        ElementTree.SubElement(parent, "p").text = block.strip()


def _markdown(found_code: Callable[[str], None]) -> markdown.Markdown:
    """Markdown without what we do ourselves."""
    md = markdown.Markdown(extensions=_EXTENSIONS, output_format="html")
    md.preprocessors.deregister("html_block")
    for name in ("html", "entity", "autolink", "automail", "escape", "backtick", "reference", "link", "image_link"):
        md.inlinePatterns.deregister(name)
    for name in ("image_reference", "short_reference", "short_image_ref"):
        md.inlinePatterns.deregister(name)
    for name in ("hashheader", "setextheader", "reference", "code"):
        md.parser.blockprocessors.deregister(name)
    md.parser.blockprocessors.register(_IndentedCode(md.parser, found_code), "code", 80)
    return md


class _Writer:
    """The rendering of one page."""

    def __init__(
        self,
        page: Page,
        bibliography: Bibliography,
        results: Results,
        figure_names: Collection[str],
        render_figure: RenderFigure,
        figure_options: Mapping[str, Collection[str]],
        pages: Sequence[Page],
        assets: Sequence[Asset],
        addresses: Collection[str],
        names: Mapping[str, Any],
    ) -> None:
        self.page = page
        self.bibliography = bibliography
        self.years = bibliography.years()
        self.results = results
        self.names = {**names, "results": results}
        self.figure_names = figure_names
        self.render_figure = render_figure
        self.figure_options = figure_options
        self.pages = {other.path: other for other in pages} | {page.path: page}
        self.assets = {asset.path: asset for asset in assets}
        self.addresses = frozenset(addresses)
        self.outline = outline(page)
        self.problems = list(self.outline.problems)
        self.warnings = list(self.outline.warnings)
        self.tokens: list[_Token] = [_Token("", 0)]
        self.md = _markdown(self._indented_code)
        self.sources: dict[str, int] = {}
        self.anchors = {id_: label.line for id_, label in self.outline.labels.items()}
        self.notes: dict[str, list[str]] = {}  # footnote -> ids of the places that refer to it
        self.citations: dict[str, list[str]] = {}  # work -> ids of the places that cite it
        self.to_check: list[tuple[int, str]] = []  # anchors of this page that links point at
        self.figures: list[FigureCall] = []
        self.links: list[Link] = []
        self.claims: list[Claim] = []
        self.used_assets: dict[str, None] = {}
        self.used_addresses: set[str] = set()
        self.toc: list[tuple[Heading, str]] = []
        self.tab_groups = 0
        self.attribute_lists: list[tuple[str, int]] = []
        self.evidence_words = 0
        self.inside: list[str] = []  # kinds of the blocks around

    def write(self) -> Markup:
        body = self._flow(self.outline.items)
        body += self._footnotes()
        references = self._references()
        self._check_anchors()
        self._check_unused()
        if self.problems:
            by_line = sorted(set(self.problems), key=lambda p: (_line_of(p.place), p.wrong))
            raise ContentError(by_line)
        return Markup(
            page=self.page,
            html=body,
            toc=_tree(self.toc),
            references_html=references,
            words=_count_words(body) - self.evidence_words,
            figures=tuple(self.figures),
            links=tuple(self.links),
            claims=tuple(self.claims),
            cited=tuple(self.citations),
            assets=tuple(self.used_assets),
            anchors=frozenset(self.anchors),
            warnings=tuple(self.warnings),
        )

    # Problems

    def place(self, line: int) -> str:
        return f"{self.page.file}:{line}"

    def wrong(self, line: int, wrong: str, expected: str = "", near: str | None = None) -> None:
        self.problems.append(Problem(self.place(line), wrong, expected, near))

    def _indented_code(self, block: str) -> None:
        first = next((line.strip() for line in block.split("\n") if line.strip()), "")
        self.wrong(self._source(first), "text indented by four spaces", "``` around code, no indentation for text")

    def _source(self, text: str) -> int:
        """The line of a piece of scanned text; the first line of the page where it cannot be told."""
        found = self.sources.get(text)
        if found is None:
            found = next((line for said, line in self.sources.items() if text and text in said), self.page.first_line)
        return found

    def _token(self, text: str, line: int, role: str = "inline", name: str = "") -> str:
        self.tokens.append(_Token(text, line, role, name))
        return f"{_OPEN}{len(self.tokens) - 1}{_CLOSE}"

    # Flow: blocks in, HTML out

    def _flow(self, items: Sequence[Item]) -> str:
        """Items as HTML. Blocks are rendered on the way and stand in the text as tokens."""
        lines: list[str] = []
        sources: dict[str, int] = {}
        for unit in _units(items):
            if isinstance(unit, Text):
                for number, line in self._scanned(unit.lines):
                    lines.append(line)
                    if line.strip():
                        sources.setdefault(line.strip(), number)
                continue
            rendered = self._tabs(unit) if isinstance(unit, list) else self._item(unit)
            first = unit[0] if isinstance(unit, list) else unit
            indent = 0 if isinstance(first, (Heading, Quote)) else first.indent
            lines += ["", " " * indent + self._token(rendered, first.line, "block"), ""]
        outer, self.sources = self.sources, sources
        flow = self._converted("\n".join(lines))
        self.sources = outer
        return flow

    def _converted(self, text: str) -> str:
        """Scanned text as HTML, with its tokens put back."""
        raw = self.md.reset().convert(text)
        self._check_leaks(raw)
        raw = raw.replace("<th></th>", "<td></td>")
        raw = raw.replace("<table>", '<div class="table-scroll" role="group" aria-label="Table" tabindex="0"><table>')
        raw = raw.replace("</table>", "</table></div>")
        self._check_nesting(raw)
        raw = _TOKEN_ALONE.sub(lambda m: self._alone(m), raw)
        return _TOKEN.sub(self._put_back, raw)

    def _alone(self, match: re.Match[str]) -> str:
        token = self.tokens[int(match[1])]
        return token.html if token.role == "block" else match.group()

    def _put_back(self, match: re.Match[str]) -> str:
        token = self.tokens[int(match[1])]
        if token.role == "block":
            self.wrong(token.line, "a block inside a paragraph", "an empty line and four spaces before it in a list")
        return token.html

    def _item(self, item: Item) -> str:
        match item:
            case Heading():
                return self._heading(item)
            case Code():
                return self._code(item)
            case Equation():
                return self._equation(item)
            case Quote():
                return f"<blockquote>\n{self._flow(item.items)}\n</blockquote>"
            case Block():
                self.inside.append(item.kind)
                rendered = self._block(item)
                self.inside.pop()
                return rendered
        return ""

    def _inline(self, text: str, line: int) -> str:
        """One line of text as phrasing content."""
        scanned = "\n".join(said for _, said in self._scanned([(line, text)]))
        outer, self.sources = self.sources, {scanned.strip(): line}
        flow = self._converted(f"{_OPEN}0{_CLOSE}{scanned}")
        self.sources = outer
        return _unwrapped(flow)

    def _heading(self, heading: Heading) -> str:
        claims = len(self.claims)
        inner = self._inline(heading.text, heading.line)
        if len(self.claims) > claims:
            self.wrong(heading.line, "a claim in a heading", "the claim in a sentence")
        title = _plain(inner)
        number = f' data-number="{heading.number}"' if heading.number else ""
        anchor = f'<a class="anchor" href="#{heading.id}" aria-label="Link to section: {html.escape(title)}">#</a>'
        if not self.inside:
            self.toc.append((heading, _unlinked(inner)))
        return f'<h{heading.level} id="{heading.id}"{number}>{inner}{anchor}</h{heading.level}>'

    def _code(self, code: Code) -> str:
        try:
            inner = highlighted(code.language, code.text)
        except LookupError as error:
            self.wrong(code.line, f'unknown language "{code.language}"', "", error.args[0])
            inner = ""
        language = f' class="language-{html.escape(code.language)}"' if code.language else ""
        return f'<div class="highlight"><pre tabindex="0"><code{language}>{inner}</code></pre></div>'

    def _equation(self, equation: Equation) -> str:
        math = self._math(equation.tex, equation.line, display=True)
        if not equation.id:
            return f'<div class="equation">{math}</div>'
        link = f'<a class="equation-number" href="#{equation.id}">({equation.number})</a>'
        return f'<div class="equation" id="{equation.id}">{math}{link}</div>'

    def _math(self, tex: str, line: int, display: bool) -> str:
        """TeX as MathML."""
        lead = len(tex) - len(tex.lstrip())
        if not tex.strip():
            self.wrong(line, "an empty formula")
            return ""
        if found := re.search(r"\\begin\{(align|equation|gather|alignat|flalign|multline)\*?\}", tex):
            below = line + tex.count("\n", 0, found.start())
            self.wrong(below, f"TeX: \\begin{{{found[1]}}} numbers its lines", "\\begin{aligned} or \\begin{gathered}")
            return ""
        try:
            return str(_TEX.convert_with_local_state(tex.strip(), displaystyle=display))
        except math_core.LatexError as error:
            offset, _, said = str(error).partition(": ")
            at = lead + int(offset) if offset.isdigit() else 0
            said = said.rstrip(".")
            self.wrong(line + tex.count("\n", 0, at), f"TeX: {said[:1].lower()}{said[1:]}")
            return ""

    # Blocks

    def _block(self, block: Block) -> str:
        draw = getattr(self, f"_block_{block.kind}", None) if block.kind in KINDS else None
        if draw is None:
            self._flow(block.items)  # for the mistakes inside
            return ""
        return str(draw(block))

    def _options(
        self, block: Block, known: Mapping[str, Callable[[Any], bool]], expected: Mapping[str, str]
    ) -> dict[str, Any]:
        """The options of a block as plain values; each unknown or wrong one is a problem."""
        values = {}
        for key, said in block.options.items():
            value = said.plain()
            if key not in known:
                self.wrong(said.line, f'unknown option "{key}" of {block.kind}', "", nearest(key, known))
            elif not known[key](value):
                self.wrong(said.line, f"{key} is {_quoted(value)}", expected[key])
            else:
                values[key] = value
        return values

    def _plain_options(self, block: Block, *names: str) -> dict[str, Any]:
        return self._options(block, {name: _OPTIONS[name][0] for name in names}, {n: _OPTIONS[n][1] for n in names})

    def _block_note(self, block: Block) -> str:
        self._plain_options(block, "id")
        title = self._inline(block.argument, block.line) if block.argument else block.kind.capitalize()
        identity = f' id="{block.id}"' if block.id else ""
        return (
            f'<div class="admonition {block.kind}" role="note"{identity}>'
            f'<p class="admonition-title">{title}</p>\n{self._flow(block.items)}\n</div>'
        )

    _block_tip = _block_warning = _block_note

    def _block_sidenote(self, block: Block) -> str:
        self._plain_options(block, "id")
        identity = f' id="{block.id}"' if block.id else ""
        return f'<aside class="sidenote" role="note"{identity}>{self._flow(block.items)}</aside>'

    def _block_details(self, block: Block) -> str:
        options = self._plain_options(block, "id", "open")
        if not block.argument:
            self.wrong(block.line, "details without a summary", "/// details | What it holds")
        identity = (f' id="{block.id}"' if block.id else "") + (" open" if options.get("open") else "")
        summary = self._inline(block.argument, block.line)
        return f"<details{identity}><summary>{summary}</summary>\n{self._flow(block.items)}\n</details>"

    def _tabs(self, tabs: Sequence[Block]) -> str:
        """Disclosures of one name: opening one closes the others; style sheets may lay them side by side."""
        self.tab_groups += 1
        group, parts = f"tabs-{self.tab_groups}", []
        for index, tab in enumerate(tabs):
            self.inside.append("tab")
            self._plain_options(tab)
            if not tab.argument:
                self.wrong(tab.line, "a tab without a name", "/// tab | Its name")
            name = self._inline(tab.argument, tab.line)
            opened = " open" if index == 0 else ""
            inner = f'<div class="tab-content">\n{self._flow(tab.items)}\n</div>'
            parts.append(f'<details class="tab" name="{group}"{opened}><summary>{name}</summary>{inner}</details>')
            self.inside.pop()
        return f'<div class="tabs">{"".join(parts)}</div>'

    def _block_table(self, block: Block) -> str:
        options = self._plain_options(block, "id", "size")
        caption = self._inline(block.argument, block.line) if block.argument else ""
        if not caption:
            self.wrong(block.line, "a table without a caption", "/// table | What it shows")
        inner = self._flow(block.items)
        if "<table>" not in inner:
            self.wrong(block.line, "no table in the block", "rows like | a | b |")
        inner = inner.replace(' aria-label="Table"', f' aria-labelledby="{block.id}-caption"')
        number = f'<a class="figure-number" href="#{block.id}">Table {block.number}</a>'
        return (
            f'<figure id="{block.id}" class="table table--{options.get("size", "text")}">'
            f'<figcaption id="{block.id}-caption">{number} {caption}</figcaption>\n{inner}</figure>'
        )

    def _block_figure(self, block: Block) -> str:
        if "figure" in self.inside[:-1]:
            self.wrong(block.line, "a figure inside a figure", "/// before it, to close the first")
        caption = _unwrapped(self._flow(block.items))
        own = Path(block.argument).suffix.lower() in PICTURES
        if not block.argument:
            self.wrong(block.line, "a figure without a name", "/// figure | its name")
            return ""
        if not own and block.argument not in self.figure_names:
            self.wrong(
                block.line, f'unknown figure "{short(block.argument)}"', "", nearest(block.argument, self.figure_names)
            )
            return ""
        if not caption.strip():
            self.wrong(
                block.line, f'the figure "{short(block.argument)}" has no caption', "text before the closing ///"
            )
        options = self._figure_options(block, own)
        call = FigureCall(block.argument, options, caption, block.id, block.number, self.place(block.line))
        self.figures.append(call)
        if own:
            return self._own_figure(call, block)
        try:
            return self.render_figure(call)
        except ContentError as error:
            self.problems += error.problems
        except UnknownResult as error:
            self.wrong(block.line, str(error.args[0]))
        return ""

    def _figure_options(self, block: Block, own: bool) -> dict[str, Any]:
        known = {"id", "size", "alt"} if own else {"id", "size", "alt", "classes", "activation", "seed", "experiment"}
        if not own:
            known |= set(self.figure_options.get(block.argument, ()))
            known |= set(self.results.runs[0].spec) if len(self.results) else set()
        anything = (lambda value: value is not None, "a value")
        checks = {key: _OPTIONS.get(key, anything) for key in sorted(known)}
        values = self._options(block, {k: c[0] for k, c in checks.items()}, {k: c[1] for k, c in checks.items()})
        if "alt" in values:
            values["alt"] = self.evaluated(values["alt"], block.options["alt"].line)
        return {"size": "text", **values, "id": block.id}

    def _own_figure(self, call: FigureCall, block: Block) -> str:
        """A picture of the author's own with number and caption."""
        if "alt" not in call.options:
            self.wrong(
                block.line, f'the picture "{call.name}" has no alt text', 'alt: in words, or alt: "" if decorative'
            )
        image = self.picture(call.name, call.options.get("alt", ""), block.line)
        number = f'<a class="figure-number" href="#{call.label}">Figure {call.number}</a>'
        size = call.options["size"]
        return (
            f'<figure id="{call.label}" class="figure figure--{size}" data-figure="picture">{image}'
            f"<figcaption>{number} {call.caption_html}</figcaption></figure>"
        )

    # Footnotes and references

    def _footnotes(self) -> str:
        """The notes that were referred to, in the order of their numbers; notes may refer to notes."""
        rows: list[str] = []
        while len(rows) < len(self.notes):
            name = list(self.notes)[len(rows)]
            body = self._flow(self.outline.footnotes[name][1])
            rows.append(body)
        items = []
        for (name, places), body in zip(self.notes.items(), rows, strict=True):
            back = " ".join(
                f'<a class="backlink" href="#{place}" role="doc-backlink" aria-label="Back to the text">↩</a>'
                for place in places
            )
            body = f"{body[:-4]} {back}</p>" if body.endswith("</p>") else f"{body}<p>{back}</p>"
            items.append(f'<li id="fn-{name}">{body}</li>')
        if not items:
            return ""
        self.anchors |= {f"fn-{name}": 0 for name in self.notes} | {"footnotes": 0}
        return (
            '\n<section class="footnotes" role="doc-endnotes" aria-labelledby="footnotes">'
            f'<h2 id="footnotes">Notes</h2>\n<ol>\n{chr(10).join(items)}\n</ol>\n</section>'
        )

    def _references(self) -> str:
        rows = []
        for entry in works.in_order(self.bibliography.entries[key] for key in self.citations):
            said = html.escape(entry.label)
            back = " ".join(
                f'<a class="backlink" href="#{place}" aria-label="Back to citation {n} of {said}">↩</a>'
                for n, place in enumerate(self.citations[entry.key], 1)
            )
            line = works.written(entry, self.years[entry.key])
            rows.append(f'<li id="ref-{entry.key}">{line} {back}</li>')
            self.anchors[f"ref-{entry.key}"] = 0
        if not rows:
            return ""
        self.anchors["references"] = 0
        return (
            '<section class="references" role="doc-bibliography" aria-labelledby="references">'
            f'<h2 id="references">References</h2>\n<ol>\n{chr(10).join(rows)}\n</ol>\n</section>'
        )

    def _check_anchors(self) -> None:
        for line, anchor in self.to_check:
            if anchor not in self.anchors:
                self.wrong(line, f'a link to "#{anchor}", which is not on the page', near=nearest(anchor, self.anchors))

    def _check_unused(self) -> None:
        for name, (line, _) in self.outline.footnotes.items():
            if name not in self.notes:
                self.warnings.append(Problem(self.place(line), f'the footnote "{name}" is never used'))
        for name, (line, _, _) in self.outline.addresses.items():
            if name not in self.used_addresses:
                self.warnings.append(Problem(self.place(line), f'the link label "{name}" is never used'))

    # Scanning running text

    def _scanned(self, lines: Sequence[Numbered]) -> list[Numbered]:
        """Lines in which what is ours has become tokens. Nothing of ours goes on across an empty line."""
        found: list[Numbered] = []
        chunk: list[Numbered] = []
        for number, line in [*lines, (0, "")]:
            if line.strip():
                chunk.append((number, line))
                continue
            if chunk:
                scanned = _Scanner(self, chunk).scan()
                self._check_chunk(scanned)
                found += scanned
                chunk = []
            found.append((number, ""))
        return found[:-1]

    def _check_chunk(self, lines: Sequence[Numbered]) -> None:
        """Lists and tables that Markdown would take for a paragraph, without a word."""
        in_list = bool(_MARKER.match(lines[0][1]) or lines[0][1].startswith("    "))
        for index, (number, line) in enumerate(lines):
            marker = _MARKER.match(line)
            if marker and len(marker[1]) % 4:
                self.wrong(number, f"a list indented by {len(marker[1])}", "four spaces for a list inside a list")
            elif marker and not in_list and index and not lines[0][1].lstrip().startswith(":"):
                self.wrong(number, "a list directly below text", "an empty line before it")
                return
            if _DELIMITER.match(line) and "|" in line and index != 1:
                self.wrong(number, "a table's rule that is not its second line", "an empty line before the table")
                return
        if len(lines) > 1 and _DELIMITER.match(lines[1][1]) and "|" in lines[1][1]:
            wanted = _cells(lines[1][1])
            for number, line in lines:
                if _cells(line) != wanted:
                    self.wrong(number, f"a row of {_cells(line)} cells", f"{wanted}, as in the rule of the table")

    def _check_leaks(self, raw: str) -> None:
        """Marks that Markdown left as text."""
        if "**" in raw:
            said = next((line for line in reversed(self.sources) if line.count("**") % 2), None)
            said = said or next((line for line in self.sources if "**" in line), "")
            self.wrong(
                self._source(said), "** without a partner", r"** on both sides, or \*\* for the signs themselves"
            )
        for text, line in self.attribute_lists:
            if html.escape(text, quote=False) in raw:
                self.wrong(line, f'"{short(text)}" belongs to nothing', "it directly after *text*, a link or a picture")
        self.attribute_lists.clear()

    def _check_nesting(self, raw: str) -> None:
        """Ours and Markdown's must nest: a link does not end outside the emphasis in which it began."""
        open_tags: list[tuple[str, int, str]] = []
        for match in _TAGS_AND_TOKENS.finditer(raw):
            token = self.tokens[int(match[3])] if match[3] else None
            if token:
                closing, line = token.role == "close", token.line
                if token.role not in ("open", "close"):
                    continue
                name = said = token.name
            else:
                closing, name, line, said = bool(match[1]), match[2], 0, ""
                if name in _VOID:
                    continue
            if not closing:
                open_tags.append((name, line, said))
                continue
            top = open_tags.pop() if open_tags else ("", 0, "")
            if top[0] != name:
                where, who = (top[1], top[2]) if top[1] else (line, said)
                return self.wrong(where, f"the {who} and what is around it cross", "one inside the other")
        return None

    # What the scanner asks for

    def evaluated(self, text: str, line: int) -> str:
        """Text with the values of its expressions."""
        return _VALUE.sub(lambda m: self.value(m[1], line + text.count("\n", 0, m.start())), text)

    def value(self, expression: str, line: int) -> str:
        """What an expression says, as text."""
        try:
            return expressions.say(expressions.evaluate(expression.strip(), self.names))
        except ExpressionError as error:
            self.wrong(line, error.wrong, error.expected, error.nearest)
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
            for label in outline(page).labels.values():
                if label.kind:
                    known.setdefault(label.id, (f"{href}#{label.id}", label))
        if id_ not in known:
            self.wrong(line, f'undefined {NUMBERED[kind].lower()} "{id_}"', near=nearest(id_, known))
            return ""
        href, label = known[id_]
        said = f"{NUMBERED[kind]}\u00a0{label.number}" if label.number else f"“{html.escape(label.title)}”"
        return f'<a class="reference" href="{href}">{said}</a>'

    def citation(self, key: str, line: int, before: str = "", after: str = "", in_text: bool = False) -> str:
        """A link to a work: "Olah 2014, p. 3", in running text "Olah (2014)"."""
        entry = self.bibliography.entries.get(key)
        if entry is None:
            near = nearest(key, self.bibliography.entries)
            expected = "" if near else f"a key of {self.bibliography.file}, or \\@ for the sign itself"
            self.wrong(line, f'undefined citation "{key}"', expected, near)
            return ""
        places = self.citations.setdefault(key, [])
        place = f"cite-{key}.{len(places) + 1}"
        places.append(place)
        self.anchors[place] = line
        year = self.years[key]
        said = f"{entry.people} ({year})" if in_text else f"{entry.people}\u00a0{year}"
        link = f'<a class="citation" href="#ref-{key}" id="{place}">{html.escape(said)}</a>'
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
            self.to_check.append((line, anchor))
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
            labels = outline(page).anchors if page.path != self.page.path else self.anchors
            if anchor and page.path == self.page.path:
                self.to_check.append((line, anchor))
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

    # Claims

    def claim(self, said: Attributes, line: int) -> str:
        """The mark behind a claim and its evidence; what the runs contradict is a problem."""
        for key in said.values.keys() - {"claim", "needs_seeds"}:
            self.wrong(
                line, f'unknown attribute "{key}" of a claim', "", nearest(key, ("claim", "needs_seeds", "refuted"))
            )
        for word in said.words:
            if word != "refuted":
                self.wrong(line, f'unknown attribute "{short(word)}" of a claim', "", nearest(word, ("refuted",)))
        wanted = said.values.get("needs_seeds", "0")
        if not wanted.isdigit():
            self.wrong(line, f'needs_seeds is "{wanted}"', "a whole number")
            return ""
        seen: list[Evidence] = []
        try:
            holds = expressions.evaluate(said.values["claim"], self.names, seen)
        except ExpressionError as error:
            self.wrong(line, error.wrong, error.expected, error.nearest)
            return ""
        if not isinstance(holds, bool):
            self.wrong(line, f"the condition of the claim gives {_quoted(holds)}", "true or false, as from >=")
            return ""
        if not seen:
            self.wrong(line, "the condition of the claim asks no run", "a condition over results")
            return ""
        return self._judged(said, line, holds, int(wanted), _distinct(seen))

    def _judged(self, said: Attributes, line: int, holds: bool, wanted: int, seen: Sequence[Evidence]) -> str:
        seeds = min(evidence.seeds for evidence in seen)
        refuted = "refuted" in said.words
        if seeds < wanted:
            verdict = "open"
        elif holds and refuted:
            self.wrong(line, f"the runs support a claim marked refuted: {_in_words(seen)}", "the claim without refuted")
            return ""
        elif not holds and not refuted:
            self.wrong(line, f"the runs contradict the claim: {_in_words(seen)}", "another claim, or refuted after it")
            return ""
        else:
            verdict = "refuted" if refuted else "holds"
        id_ = f"claim-{len(self.claims) + 1}"
        self.anchors[id_] = line
        expression = " ".join(said.values["claim"].split())
        self.claims.append(Claim(id_, expression, verdict, tuple(seen), seeds, self.place(line)))
        mark, opening = _VERDICTS[verdict]
        if verdict == "open":
            opening = opening.format(seeds=seeds, wanted=wanted)
        rows = "".join(f'<span class="claim-row">{html.escape(_row(evidence))}</span>' for evidence in seen)
        evidence = (
            f'<span popover id="{id_}" class="claim-evidence" data-verdict="{verdict}">'
            f'<span class="claim-verdict">{opening}</span>{rows}<code>{html.escape(expression)}</code></span>'
        )
        self.evidence_words += _count_words(evidence) + 1
        label = f"Evidence: {html.escape(opening.partition('.')[0].lower())}"
        button = (
            f'<button type="button" class="claim" data-verdict="{verdict}" popovertarget="{id_}" aria-label="{label}">'
        )
        return f"{button}{mark}</button>{evidence}"


_VERDICTS = {
    "holds": ("✓", "The runs agree."),
    "refuted": ("✗", "The runs refute this."),
    "open": ("?", "Needs more seeds: {seeds} of {wanted}."),
}


def _row(evidence: Evidence) -> str:
    """A piece of evidence in words and values."""
    key = evidence.key.removesuffix("_deg").replace("_", " ")
    unit = "°" if evidence.key.endswith("_deg") else ""
    runs = "1 run" if len(evidence.runs) == 1 else f"{len(evidence.runs)} runs"
    seeds = "1 seed" if evidence.seeds == 1 else f"{evidence.seeds} seeds"
    of = f"{runs}, {seeds}" + (f" ({evidence.of})" if evidence.of else "")
    names = {"min": "least", "max": "greatest", "value": "", "values": "", "distinct": "", "count": "number of runs"}
    said = " ".join(filter(None, [names.get(evidence.statistic, evidence.statistic), key]))
    text = f"{said} of {of}"
    if isinstance(evidence.value, (bool, int, float, str)):
        text += f": {_figure(evidence.value)}{unit if not isinstance(evidence.value, str) else ''}"
    if evidence.interval:
        text += f", 95 % interval {_figure(evidence.interval[0])} to {_figure(evidence.interval[1])}{unit}"
    elif evidence.extent and evidence.extent[0] != evidence.extent[1]:
        text += f", all between {_figure(evidence.extent[0])} and {_figure(evidence.extent[1])}{unit}"
    return text[:1].upper() + text[1:] + "."


def _figure(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "−")
    return str(value)


def _in_words(seen: Sequence[Evidence]) -> str:
    rows = [_row(evidence).rstrip(".") for evidence in seen]
    return "; ".join(row[:1].lower() + row[1:] for row in rows)


def _distinct(seen: Sequence[Evidence]) -> list[Evidence]:
    found: list[Evidence] = []
    for evidence in seen:
        if evidence not in found:
            found.append(evidence)
    return found


# Finding what is ours in running text

_KEY = r"[A-Za-z][\w:.+/-]*"
_INNER = r"""(?:[^{}"']|"[^"]*"|'[^']*')*"""
_VALUE = re.compile(r"""\{\{((?:[^"'}]|"[^"]*"|'[^']*'|\}(?!\}))*)\}\}""")
_SIGN = re.compile(
    r"""(?P<escape>\\[!-/:-@\[-`{-~])|(?P<code>`+)|(?P<math>\$)|(?P<comment><!--)"""
    r"""|<(?P<auto>https?://[^\s<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>|(?P<tag></?[A-Za-z][^<>]*>)|(?P<entity>&\#?\w+;)"""
    r"""|(?P<value>\{\{)|(?P<statement>\{%)|(?P<attributes>\{:?[ ]*(?=[#.]|[\w-]+=))|\[\^(?P<note>[^\]\s]+)\]"""
    r"""|(?P<picture>!\[)|(?P<open>\[)|(?P<close>\])|(?<![\w@])@(?P<key>"""
    + _KEY
    + r""")|(?P<quote>["'])|(?P<dots>\.\.\.)"""
)
_MATH = re.compile(r"\$(?![\s$])((?:[^$\\]|\\.)*?[^\s\\$]|(?:[^$\\]|\\.)*?\\[^\s])\$(?!\d)", re.DOTALL)
_DESTINATION = re.compile(
    r"""\([ \t]*(?:<([^<>\n]*)>|((?:\{\{.*?\}\}|[^\s()<>]|\([^\s()]*\))*))(?:\s+(?:"([^"]*)"|'([^']*)'))?[ \t]*\)"""
)
_GROUP = re.compile(r"\[([^\[\]]*(?<![\w@\\])@[^\[\]]*)\](?![(\[{])")
_CITED = re.compile(r"(?P<before>[^@]*)(?<![\w@])@(?P<key>" + _KEY + r")(?P<after>[^@]*)$", re.DOTALL)
_BRACES = re.compile(r"\{:?(" + _INNER + r")\}")
_ALT = re.compile(r"!\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]", re.DOTALL)
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s+(?:title|lang)="[^"<>]*")*)\s*/?>""")
_DELIMITER = re.compile(r"\s*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


def _cells(row: str) -> int:
    return row.strip().removeprefix("|").removesuffix("|").count("|") + 1


class _Scanner:
    """One paragraph, or any lines without an empty one between."""

    def __init__(self, writer: _Writer, lines: Sequence[Numbered]) -> None:
        self.writer = writer
        self.numbers = [number for number, _ in lines]
        self.text = "\n".join(line for _, line in lines)
        self.out: list[tuple[str, int]] = []  # pieces, and where each stood in the text
        self.brackets: list[tuple[int, int]] = []  # open ones: index in `out`, place in the text

    def scan(self) -> list[Numbered]:
        at = 0
        while match := _SIGN.search(self.text, at):
            self._plain(at, match.start())
            assert match.lastgroup
            at = getattr(self, f"_{match.lastgroup}")(match)
        self._plain(at, len(self.text))
        return self._lines()

    def _plain(self, start: int, end: int) -> None:
        if start < end:
            self.out.append((self.text[start:end], start))

    def _lines(self) -> list[Numbered]:
        """The pieces as lines, each with the line of the file it starts on."""
        lines: list[Numbered] = []
        line, start = "", 0
        for piece, at in self.out:
            if not line:
                start = at
            first, *more = piece.split("\n")
            line += first
            for part in more:
                lines.append((self._line(start), line))
                at += len(first) + 1
                line, start, first = part, at, part
        lines.append((self._line(min(start, len(self.text) - 1)), line))
        return lines

    def _line(self, at: int) -> int:
        return self.numbers[self.text.count("\n", 0, at)]

    def _put(self, html_: str, at: int, role: str = "inline", name: str = "") -> None:
        self.out.append((self.writer._token(html_, self._line(at), role, name), at))

    def _keep(self, match: re.Match[str]) -> int:
        """Leave a sign as it stands."""
        self.out.append((match.group(), match.start()))
        return match.end()

    def _escape(self, match: re.Match[str]) -> int:
        self._put(html.escape(match.group()[1]), match.start())
        return match.end()

    def _code(self, match: re.Match[str]) -> int:
        marks = match.group()
        end = re.compile(f"(?<!`){marks}(?!`)").search(self.text, match.end())
        if not end:
            return self._keep(match)
        inner = self.text[match.end() : end.start()].replace("\n", " ")
        if inner.strip() and inner[0] == inner[-1] == " ":
            inner = inner[1:-1]
        self._put(f"<code>{html.escape(inner)}</code>", match.start())
        return end.end()

    def _math(self, match: re.Match[str]) -> int:
        if self.text.startswith("$$", match.start()):
            self.writer.wrong(self._line(match.start()), "$$ inside a line", "$$ at the start of a line, $ inside one")
            return match.end() + 1
        found = _MATH.match(self.text, match.start())
        if not found:
            return self._keep(match)
        self._put(self.writer._math(found[1], self._line(match.start()), display=False), match.start())
        return found.end()

    def _comment(self, match: re.Match[str]) -> int:
        end = self.text.find("-->", match.end())
        if end < 0:
            self.writer.wrong(self._line(match.start()), "the comment is not closed", "-->")
            return len(self.text)
        return end + 3

    def _auto(self, match: re.Match[str]) -> int:
        said = match["auto"]
        address = said if said.startswith("http") else f"mailto:{said}"
        href = self.writer.address(address, self._line(match.start()))
        self._put(f'<a href="{html.escape(href)}">{html.escape(said)}</a>', match.start())
        return match.end()

    def _tag(self, match: re.Match[str]) -> int:
        line = self._line(match.start())
        tag = _TAG.fullmatch(match.group())
        name = tag[2].lower() if tag else ""
        if not tag or name not in PHRASING:
            self.writer.wrong(line, f'the HTML "{short(match.group())}"', "Markdown, or &lt; for the sign itself")
            return match.end()
        if name in _VOID:
            self._put(f"<{name}>", match.start())
        else:
            self._put(f"<{tag[1]}{name}{tag[3]}>", match.start(), "close" if tag[1] else "open", f"<{name}>")
        return match.end()

    def _entity(self, match: re.Match[str]) -> int:
        said = html.unescape(match.group())
        if said == match.group():
            self.writer.wrong(self._line(match.start()), f'unknown character "{said}"', "&amp; for the sign itself")
        self._put(html.escape(said), match.start())
        return match.end()

    def _value(self, match: re.Match[str]) -> int:
        found = _VALUE.match(self.text, match.start())
        line = self._line(match.start())
        if not found:
            self.writer.wrong(line, "the expression is not closed", "}} after it")
            return match.end()
        self._put(html.escape(self.writer.value(found[1], line)), match.start())
        return found.end()

    def _statement(self, match: re.Match[str]) -> int:
        self.writer.wrong(
            self._line(match.start()), "{% is not part of a text", "an expression like {{ results.count }}"
        )
        return match.end()

    def _attributes(self, match: re.Match[str]) -> int:
        """Left for Markdown, which gives it to the element before."""
        found = _BRACES.match(self.text, match.start())
        if not found:
            return self._keep(match)
        line = self._line(match.start())
        said = parse_attributes(found[1])
        self.writer.identity(said, line)
        for key in said.values:
            self.writer.wrong(line, f'unknown attribute "{short(key)}"', "#label or .class")
        self.writer.attribute_lists.append((found.group(), line))
        self.out.append((found.group(), match.start()))
        return found.end()

    def _note(self, match: re.Match[str]) -> int:
        self._put(self.writer.note(match["note"], self._line(match.start())), match.start())
        return match.end()

    def _picture(self, match: re.Match[str]) -> int:
        line = self._line(match.start())
        alt = _ALT.match(self.text, match.start())
        to = _DESTINATION.match(self.text, alt.end()) if alt else None
        if not alt or not to:
            self.writer.wrong(line, "a picture that was not understood", "![what it shows](pictures/name.png)")
            return match.end()
        end, said = self._attributes_at(to.end())
        words = re.sub(r"\\(.)", r"\1", self.writer.evaluated(" ".join(alt[1].split()), line))
        path = to[1] or to[2] or ""
        if not words and not (said and "alt" in said.values):
            missing = f'the picture "{short(path)}" has no alt text'
            self.writer.wrong(line, missing, '![what it shows](…), or {alt=""} after it if decorative')
        words = words or (said.values.get("alt", "") if said else "")
        self._put(self.writer.picture(path, words, line, said), match.start())
        return end

    def _attributes_at(self, at: int) -> tuple[int, Attributes | None]:
        found = _BRACES.match(self.text, at)
        return (found.end(), parse_attributes(found[1])) if found else (at, None)

    def _open(self, match: re.Match[str]) -> int:
        group = _GROUP.match(self.text, match.start())
        if group and (end := self._cited(group)):
            return end
        self.brackets.append((len(self.out), match.start()))
        return self._keep(match)

    def _cited(self, group: re.Match[str]) -> int:
        """`[@a, p. 3; see @b]`; 0 when it is something else."""
        items = [_CITED.match(part) for part in group[1].split(";")]
        if not all(item and not item["key"].startswith(tuple(f"{kind}-" for kind in NUMBERED)) for item in items):
            return 0
        links, at = [], group.start(1)
        for item in items:
            assert item
            key = item["key"].rstrip(".:/+-")
            after = item["key"][len(key) :] + item["after"]
            after = re.sub(r"\bpp?\. (?=\d)", lambda m: m.group().replace(" ", "\u00a0"), after.rstrip())
            line = self._line(at + len(item["before"]))
            links.append(self.writer.citation(key, line, item["before"].lstrip(), after))
            at += len(item.group()) + 1
        self._put(f"({'; '.join(links)})", group.start())
        return group.end()

    def _key(self, match: re.Match[str]) -> int:
        key = match["key"].rstrip(".:/+-")
        line = self._line(match.start())
        if key.partition("-")[0] in NUMBERED and "-" in key:
            self._put(self.writer.reference(key, line), match.start())
        else:
            self._put(self.writer.citation(key, line, in_text=True), match.start())
        return match.start() + 1 + len(key)

    def _quote(self, match: re.Match[str]) -> int:
        """Straight quotes become round ones."""
        before = self.text[: match.start()].rstrip("*_")[-1:]
        after = self.text[match.end() : match.end() + 1]
        opens = (not before or before in " \n([{—–-/“‘|") and after.strip() != ""
        sign = ("“" if opens else "”") if match.group() == '"' else ("‘" if opens and not after.isdigit() else "’")
        self.out.append((sign, match.start()))
        return match.end()

    def _dots(self, match: re.Match[str]) -> int:
        self.out.append(("…", match.start()))
        return match.end()

    def _close(self, match: re.Match[str]) -> int:
        """The end of a link, a claim or a marked piece of text; otherwise a bracket."""
        if not self.brackets:
            return self._keep(match)
        index, start = self.brackets.pop()
        following = self.text[match.end() : match.end() + 1]
        if following == "(" and (to := _DESTINATION.match(self.text, match.end())):
            title = to[3] or to[4] or ""
            return self._link(index, start, to[1] or to[2] or "", title, to.end())
        if following == "(":
            expected = "[text](address), the address in < > if it holds spaces"
            self.writer.wrong(self._line(match.end()), "a link's address that was not understood", expected)
            return self._keep(match)
        if following == "{":
            end, said = self._attributes_at(match.end())
            if said and "claim" in said.values:
                return self._claim(index, start, said, end)
            if said and (said.id or said.classes) and not said.values:
                return self._marked(index, start, said, end)
            if said and (said.values or said.words):
                self.writer.wrong(
                    self._line(start), "attributes of a text without a claim", '{claim="…"}, #label or .class'
                )
                return end
        return self._labelled(index, start, match)

    def _labelled(self, index: int, start: int, match: re.Match[str]) -> int:
        """`[text][label]`, `[label][]`, `[label]`."""
        text = self.text[start + 1 : match.start()]
        after = re.compile(r"\[([^\[\]]*)\]").match(self.text, match.end())
        known = self.writer.outline.addresses
        name = " ".join((after[1] if after and after[1] else text).lower().split())
        if name in known and not (after and after[1].startswith("^")):
            self.writer.used_addresses.add(name)
            line, address, title = known[name]
            return self._link(index, start, address, title, after.end() if after else match.end(), line)
        if after and not after[1].startswith(("^", "@")):
            label = after[1] or text
            self.writer.wrong(self._line(start), f'undefined link label "{short(label)}"', "", nearest(name, known))
            return after.end()
        return self._keep(match)

    def _link(self, index: int, start: int, address: str, title: str, end: int, line: int = 0) -> int:
        if any("<a " in self._token_of(piece) or "<button" in self._token_of(piece) for piece, _ in self.out[index:]):
            self.writer.wrong(self._line(start), "a link inside a link", "one of them")
        href = self.writer.address(address, line or self._line(start))
        end, said = self._attributes_at(end) if self._is_list(end) else (end, None)
        parts = [f'href="{html.escape(href)}"', *(self.writer.identity(said, self._line(start)) if said else [])]
        for key in said.values if said else ():
            self.writer.wrong(self._line(start), f'unknown attribute "{short(key)}" of a link', "#label or .class")
        if title:
            parts.append(f'title="{html.escape(" ".join(title.split()))}"')
        self._wrap(index, start, f"<a {' '.join(parts)}>", "</a>", "link")
        return end

    def _is_list(self, at: int) -> bool:
        return bool(re.compile(r"\{:?[ ]*([#.]|[\w-]+=)").match(self.text, at))

    def _token_of(self, piece: str) -> str:
        found = _TOKEN.fullmatch(piece)
        return self.writer.tokens[int(found[1])].html if found else ""

    def _wrap(self, index: int, start: int, opening: str, closing: str, name: str) -> None:
        line = self._line(start)
        self.out[index] = (self.writer._token(opening, line, "open", name), start)
        self.out.append((self.writer._token(closing, line, "close", name), start))

    def _marked(self, index: int, start: int, said: Attributes, end: int) -> int:
        identity = " ".join(self.writer.identity(said, self._line(start)))
        self._wrap(index, start, f"<span {identity}>", "</span>", "marked text")
        return end

    def _claim(self, index: int, start: int, said: Attributes, end: int) -> int:
        mark = self.writer.claim(said, self._line(start))
        verdict = self.writer.claims[-1].verdict if mark else ""
        self._wrap(index, start, f'<span class="claim-text" data-verdict="{verdict}">', "</span>", "claim")
        self._put(mark, start)
        return end


# Small pieces


def _units(items: Sequence[Item]) -> Iterator[Item | list[Block]]:
    """Items, with tabs that follow each other as one list."""
    tabs: list[Block] = []
    blank: list[Item] = []
    for item in items:
        if isinstance(item, Block) and item.kind == "tab":
            tabs.append(item)
            blank = []
        elif tabs and isinstance(item, Text) and not any(line.strip() for _, line in item.lines):
            blank.append(item)
        else:
            if tabs:
                yield tabs
                tabs = []
            yield item
    if tabs:
        yield tabs


def highlighted(language: str, text: str) -> str:
    """Code as HTML with a class a kind of word, as Pygments names them.

    raises  LookupError: no such language; args[0] is the nearest or None
    """
    if language in ("", "text", "plain"):
        return html.escape(text, quote=False)
    return _highlighted(language, text)


@functools.lru_cache(maxsize=256)
def _highlighted(language: str, text: str) -> str:
    # Imported here: a page without code need not wait for it.
    import pygments
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers import get_all_lexers, get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        known = [alias for _, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases]
        raise LookupError(nearest(language, known)) from None
    return str(pygments.highlight(text, lexer, HtmlFormatter(nowrap=True))).rstrip("\n")


def _unwrapped(flow: str) -> str:
    """HTML whose first paragraph is not wrapped."""
    if not flow.startswith("<p>"):
        return flow
    inner, _, rest = flow.removeprefix("<p>").partition("</p>")
    return inner + rest


def _unlinked(inner: str) -> str:
    """A heading's HTML for the table of contents: no links, notes or ids."""
    inner = re.sub(r'<sup class="footnote-ref">.*?</sup>', "", inner)
    return re.sub(r"</?a\b[^>]*>", "", re.sub(r' id="[^"]*"', "", inner))


def _plain(inner: str) -> str:
    """HTML as text."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", _unlinked(inner))).split())


def _count_words(body: str) -> int:
    body = re.sub(r"<math.*?</math>", " x ", body, flags=re.DOTALL)
    return len(re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:em|strong|span|sub|sup|a|code)\b[^>]*>", "", body)).split())


def _tree(entries: Sequence[tuple[Heading, str]]) -> tuple[TocEntry, ...]:
    found: list[TocEntry] = []
    index = 0
    while index < len(entries):
        heading, inner = entries[index]
        end = index + 1
        while end < len(entries) and entries[end][0].level > heading.level:
            end += 1
        children = _tree(entries[index + 1 : end])
        found.append(TocEntry(heading.id, inner, heading.level, heading.number, children))
        index = end
    return tuple(found)


def _line_of(place: str) -> int:
    number = place.rpartition(":")[2]
    return int(number) if number.isdigit() else 0


def _quoted(value: Any) -> str:
    if value is None:
        return "nothing"
    return (
        f'"{short(value)}"'
        if isinstance(value, str)
        else short(str(value).lower() if isinstance(value, bool) else str(value))
    )


def _all(kind: type) -> Callable[[Any], bool]:
    """Whether a value is one of a kind, or a list of them."""

    def check(value: Any) -> bool:
        values = value if isinstance(value, list) and value else [value]
        return all(isinstance(item, kind) and not isinstance(item, bool) for item in values)

    return check


_OPTIONS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "id": (lambda value: isinstance(value, str), "a label"),
    "size": (lambda value: value in SIZES, f"one of {', '.join(SIZES)}"),
    "alt": (lambda value: isinstance(value, str), 'text, or "" if decorative'),
    "open": (lambda value: isinstance(value, bool), "true or false"),
    "classes": (_all(int), "a whole number or a list of them"),
    "seed": (_all(int), "a whole number or a list of them"),
    "activation": (_all(str), "a name or a list of them"),
    "experiment": (_all(str), "a name or a list of them"),
}

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
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ..base.errors import ContentError, Problem, nearest, short
from ..base.memo import Memo
from ..base.warnings import Warned
from ..content import bibliography as works
from ..content.bibliography import Bibliography
from ..content.texts import Article, Asset, Page
from ..runs.results import Results
from .blocks import Option
from .blocks.figure import FigureCall
from .claims import Claim
from .constructs import Constructs, Link, TexError, typeset
from .inline import CLOSE, OPEN, TOKEN, VOID, Tokens, scan
from .outline import BLOCKS, Block, Code, Equation, Heading, Item, Quote, Text

Made = TypeVar("Made")
FillTemplate = Callable[[str, Mapping[str, Any]], str]

# What rendering gives


@dataclass(frozen=True)
class TocEntry:
    """A heading in the table of contents. html holds no links, ids or notes."""

    id: str
    html: str
    level: int
    number: str
    children: tuple[TocEntry, ...] = ()


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
    warnings: tuple[Warned, ...]

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
    fill_template: FillTemplate,
    figure_options: Mapping[str, Collection[str]] | None = None,
    addresses: Collection[str] = (),
    names: Mapping[str, Any] | None = None,
    memo: Memo | None = None,
) -> tuple[Markup, ...]:
    """Every page of an article, in the order of its pages. The arguments are those of `render`.

    raises  ContentError: all mistakes of all pages
    """
    bibliography = article.bibliography
    cited = bibliography.mentioned(page.body for page in article.pages)
    while True:
        written: list[Markup] = []
        problems: list[Problem] = []
        for page in article.pages:
            try:
                written.append(
                    render(
                        page,
                        bibliography=bibliography,
                        results=results,
                        figure_names=figure_names,
                        render_figure=render_figure,
                        fill_template=fill_template,
                        figure_options=figure_options,
                        pages=article.pages,
                        assets=article.assets,
                        addresses=addresses,
                        names=names,
                        memo=memo,
                        cited=cited,
                    )
                )
            except ContentError as error:
                problems += error.problems
        if problems:
            raise ContentError(dict.fromkeys(problems))
        really = {key for markup in written for key in markup.cited}
        years = bibliography.years(cited)
        if all(years.get(key) == year for key, year in bibliography.years(really).items()):
            return tuple(written)
        cited = really  # letters after years count no work that is only named, in code for one


def unused_works(article: Article, written: Iterable[Markup]) -> list[Warned]:
    """A warning for each work that no page cites, and for its faults."""
    return article.bibliography.unused({key for markup in written for key in markup.cited})


def render(
    page: Page,
    *,
    bibliography: Bibliography,
    results: Results,
    figure_names: Collection[str],
    render_figure: RenderFigure,
    fill_template: FillTemplate,
    figure_options: Mapping[str, Collection[str]] | None = None,
    pages: Sequence[Page] = (),
    assets: Sequence[Asset] = (),
    addresses: Collection[str] = (),
    names: Mapping[str, Any] | None = None,
    memo: Memo | None = None,
    cited: Collection[str] | None = None,
) -> Markup:
    """One page in HTML.

    figure_names    figures that may be placed
    render_figure   the HTML of one, with its number and caption around it; may raise ContentError or UnknownResult
    fill_template   a template, by its name, filled with what it is given; may raise ContentError
    figure_options  options that a figure takes beside those of all figures and the fields of a run
    pages           all texts of the article, for links and references from one to another
    assets          the author's own files
    addresses       what else can be linked to in the site: "gallery.html"
    names           what expressions may ask for beside `results`
    memo            what was converted, typeset and evaluated before
    cited           works that any page of the article cites; None: those that this one names
    raises          ContentError: all mistakes of the page
    """
    if cited is None:
        cited = bibliography.mentioned([page.body])
    constructs = Constructs(page, bibliography, results, pages, assets, addresses, names or {}, memo or Memo(), cited)
    return Writer(constructs, results, figure_names, render_figure, fill_template, figure_options or {}).render()


# Writing HTML

_TOKEN_ALONE = re.compile(f"<p>{TOKEN.pattern}</p>")
_TAGS_AND_TOKENS = re.compile(f"<(/?)([a-z][a-z0-9]*)[^>]*>|{TOKEN.pattern}")


class Writer:
    """The rendering of one page."""

    def __init__(
        self,
        constructs: Constructs,
        results: Results,
        figure_names: Collection[str],
        render_figure: RenderFigure,
        fill_template: FillTemplate,
        figure_options: Mapping[str, Collection[str]],
    ) -> None:
        self.constructs = constructs
        self.results = results
        self.figure_names = figure_names
        self.render_figure = render_figure
        self.fill_template = fill_template
        self.figure_options = figure_options
        self.outline = self.constructs.outline
        self.wrong = self.constructs.wrong
        self.tokens = Tokens()
        self.sources: dict[str, int] = {}  # scanned lines of the flow being converted -> their lines in the file
        self.figures: list[FigureCall] = []
        self.toc: list[tuple[Heading, str]] = []
        self.sentences: dict[str, str] = {}  # claim -> what it says, as text
        self.groups = 0  # of blocks that are one together
        self.inside: list[str] = []  # kinds of the blocks around

    def render(self) -> Markup:
        body = self.flow(self.outline.items)
        body += self._footnotes()
        references = self._references()
        self.constructs.check_anchors()
        if self.constructs.problems:
            by_line = sorted(set(self.constructs.problems), key=lambda p: (_line_of(p.place), p.wrong))
            raise ContentError(by_line)
        return Markup(
            page=self.constructs.page,
            html=body,
            toc=_tree(self.toc),
            references_html=references,
            words=_count_words(body),
            figures=tuple(self.figures),
            links=tuple(self.constructs.links),
            claims=tuple(replace(claim, sentence=self.sentences[claim.id]) for claim in self.constructs.claims),
            cited=tuple(self.constructs.citations),
            assets=tuple(self.constructs.used_assets),
            anchors=frozenset(self.constructs.anchors),
            warnings=(*self.outline.warnings, *self.constructs.unused(), *self._odd_works()),
        )

    # Problems

    def _odd_works(self) -> list[Warned]:
        known = self.constructs.bibliography.entries
        return [warned for key in self.constructs.citations for warned in known[key].odd]

    def _indented_code(self, block: str) -> None:
        first = next((line.strip() for line in block.split("\n") if line.strip()), "")
        self.wrong(self._source(first), "text indented by four spaces", "``` around code, no indentation for text")

    def _source(self, text: str) -> int:
        """The line of a piece of scanned text; the first line of the page where it cannot be told."""
        found = self.sources.get(text)
        if found is None:
            found = next(
                (line for said, line in self.sources.items() if text and text in said), self.constructs.page.first_line
            )
        return found

    # Flow: blocks in, HTML out

    def flow(self, items: Sequence[Item]) -> str:
        """Items as HTML. Blocks are rendered on the way; those inside lists stand in the text as tokens."""
        pieces: list[str] = []
        lines: list[str] = []
        sources: dict[str, int] = {}
        for unit in _units(items):
            if isinstance(unit, Text):
                for number, line in scan(unit.lines, self.constructs, self.tokens):
                    lines.append(line)
                    if line.strip():
                        sources.setdefault(line.strip(), number)
                continue
            rendered = self._together(unit) if isinstance(unit, list) else self._item(unit)
            first = unit[0] if isinstance(unit, list) else unit
            indent = 0 if isinstance(first, (Heading, Quote)) else first.indent
            if indent:
                lines += ["", " " * indent + self.tokens.put(rendered, first.line, "block"), ""]
                continue
            pieces += [self._converted(lines, sources), rendered]
            lines = []
        pieces.append(self._converted(lines, sources))
        return "\n".join(filter(None, pieces))

    def _converted(self, lines: Sequence[str], sources: dict[str, int]) -> str:
        """Scanned text as HTML, with its tokens put back."""
        outer, self.sources = self.sources, sources
        try:
            return self._html("\n".join(lines))
        except RecursionError:
            self.wrong(next(iter(self.sources.values()), 0), "lists nested too deep", "fewer inside each other")
            return ""
        finally:
            self.sources = outer

    def _html(self, text: str) -> str:
        numbers = list(dict.fromkeys(TOKEN.findall(text)))
        local = {number: str(index) for index, number in enumerate(numbers)}
        # Tokens are numbered from 0 in each text, so that what did not change is not converted again.
        renumbered = TOKEN.sub(lambda m: f"{OPEN}{local[m[1]]}{CLOSE}", text)
        raw, code = self.constructs.memo("markdown", renumbered, lambda: _converted(renumbered))
        for block in code:
            self._indented_code(TOKEN.sub(lambda m: f"{OPEN}{numbers[int(m[1])]}{CLOSE}", block))
        raw = TOKEN.sub(lambda m: f"{OPEN}{numbers[int(m[1])]}{CLOSE}", raw)
        self._check_leaks(raw)
        raw = raw.replace("<th></th>", "<td></td>")
        raw = raw.replace("<table>", '<div class="table-scroll" role="region" aria-label="Table" tabindex="0"><table>')
        raw = raw.replace("</table>", "</table></div>")
        self._check_nesting(raw)
        raw = _TOKEN_ALONE.sub(lambda m: self._alone(m), raw)
        for claim, (opening, closing) in self.tokens.claims.items():
            if opening in raw:
                sentence = raw.partition(opening)[2].partition(closing)[0]
                self.sentences[claim] = _text(TOKEN.sub(lambda m: self.tokens.of(m).html, sentence))
        return TOKEN.sub(self._put_back, raw)

    def _alone(self, match: re.Match[str]) -> str:
        token = self.tokens.of(match)
        return token.html if token.role == "block" else match.group()

    def _put_back(self, match: re.Match[str]) -> str:
        token = self.tokens.of(match)
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
                return f"<blockquote>\n{self.flow(item.items)}\n</blockquote>"
            case Block():
                return self._block(item)
        return ""

    def _inline(self, text: str, line: int) -> str:
        """One line of text as phrasing content."""
        scanned = "\n".join(said for _, said in scan([(line, text)], self.constructs, self.tokens))
        return _unwrapped(self._converted([f"{OPEN}0{CLOSE}{scanned}"], {scanned.strip(): line}))

    def _heading(self, heading: Heading) -> str:
        claims = len(self.constructs.claims)
        inner = self._inline(heading.text, heading.line)
        if len(self.constructs.claims) > claims:
            self.wrong(heading.line, "a claim in a heading", "the claim in a sentence")
        title = _plain(inner)
        number = f' data-number="{heading.number}"' if heading.number else ""
        anchor = f'<a class="anchor" href="#{heading.id}" aria-label="Link to section: {html.escape(title)}">#</a>'
        if not self.inside:
            self.toc.append((heading, _unlinked(inner)))
        return f'<h{heading.level} id="{heading.id}"{number}>{inner}{anchor}</h{heading.level}>'

    def _code(self, code: Code) -> str:
        try:
            inner = self.constructs.memo(
                "code", [code.language, code.text], lambda: highlighted(code.language, code.text)
            )
        except LookupError as error:
            self.wrong(code.line, f'unknown language "{code.language}"', "", error.args[0])
            inner = ""
        language = f' class="language-{html.escape(code.language)}"' if code.language else ""
        return f'<div class="highlight"><pre tabindex="0"><code{language}>{inner}</code></pre></div>'

    def _equation(self, equation: Equation) -> str:
        math = self.constructs.math(equation.tex, equation.line, display=True)
        if not equation.id:
            return f'<div class="equation">{math}</div>'
        link = f'<a class="equation-number" href="#{equation.id}">({equation.number})</a>'
        return f'<div class="equation" id="{equation.id}">{math}{link}</div>'

    # Blocks

    def _block(self, block: Block) -> str:
        if block.kind not in BLOCKS:
            self.flow(block.items)  # for the mistakes inside
            return ""
        return self._within(block, BLOCKS[block.kind].render, self)

    def _together(self, blocks: Sequence[Block]) -> str:
        """Blocks of a kind that follow each other and are one."""
        self.groups += 1
        group = self.groups
        contexts = [self._within(block, self.context) for block in blocks]
        return self.filled(blocks[0].kind, {"group": group, "blocks": contexts})

    def _within(self, block: Block, make: Callable[..., Made], *more: Any) -> Made:
        self.inside.append(block.kind)
        made = make(block, *more)
        self.inside.pop()
        return made

    def context(self, block: Block) -> dict[str, Any]:
        """A block for its template: itself, its options as plain values, its argument and its content as HTML."""
        kind = BLOCKS[block.kind]
        options = self.options(block, kind.options)
        argument = self._inline(block.argument, block.line) if block.argument else ""
        if not argument and kind.argument:
            self.wrong(block.line, *kind.argument)
        return {"block": block, "options": options, "argument": argument, "content": self.flow(block.items)}

    def filled(self, name: str, context: Mapping[str, Any]) -> str:
        """The template of a kind of block, filled in."""
        try:
            return self.fill_template(f"blocks/{name}.html", context).removesuffix("\n")
        except ContentError as error:
            self.constructs.problems += error.problems
            return ""

    def options(self, block: Block, known: Mapping[str, Option]) -> dict[str, Any]:
        """The options of a block as plain values; each unknown or wrong one is a problem."""
        values = {}
        for key, said in block.options.items():
            value = said.plain()
            if key not in known:
                self.wrong(said.line, f'unknown option "{key}" of {block.kind}', "", nearest(key, known))
            elif not known[key].fits(value):
                self.wrong(said.line, f"{key} is {_quoted(value)}", known[key].expected)
            else:
                values[key] = value
        return values

    def unwrapped(self, items: Sequence[Item]) -> str:
        """Items as HTML whose first paragraph is not wrapped."""
        return _unwrapped(self.flow(items))

    # Footnotes and references

    def _footnotes(self) -> str:
        """The notes that were referred to, in the order of their numbers; notes may refer to notes."""
        rows: list[str] = []
        while len(rows) < len(self.constructs.notes):
            name = list(self.constructs.notes)[len(rows)]
            body = self.flow(self.outline.footnotes[name][1])
            rows.append(body)
        items = []
        for (name, places), body in zip(self.constructs.notes.items(), rows, strict=True):
            back = " ".join(
                f'<a class="backlink" href="#{place}" role="doc-backlink" aria-label="Back to the text">↩</a>'
                for place in places
            )
            body = f"{body[:-4]} {back}</p>" if body.endswith("</p>") else f"{body}<p>{back}</p>"
            items.append(f'<li id="fn-{name}">{body}</li>')
        if not items:
            return ""
        self.constructs.anchors |= {f"fn-{name}": 0 for name in self.constructs.notes} | {"footnotes": 0}
        return (
            '\n<section class="footnotes" role="doc-endnotes" aria-labelledby="footnotes">'
            f'<h2 id="footnotes">Notes</h2>\n<ol>\n{chr(10).join(items)}\n</ol>\n</section>'
        )

    def _references(self) -> str:
        rows = []
        made, style = self.constructs, self.constructs.style
        numbers = {key: number for number, key in enumerate(made.citations, 1)}
        for entry in style.ordered(made.bibliography.entries[key] for key in made.citations):
            said = html.escape(entry.label)
            back = " ".join(
                f'<a class="backlink" href="#{html.escape(place)}" aria-label="Back to citation {n} of {said}">↩</a>'
                for n, place in enumerate(made.citations[entry.key], 1)
            )
            year = made.years.get(entry.key, entry.year)
            line = works.render(entry, year, functools.partial(self._work_math, entry.place))
            label = style.label(numbers[entry.key])
            label = f'<span class="reference-number">{label}</span> ' if label else ""
            rows.append(f'<li id="ref-{html.escape(entry.anchor)}">{label}{line} {back}</li>')
            made.anchors[f"ref-{entry.anchor}"] = 0
        if not rows:
            return ""
        self.constructs.anchors["references"] = 0
        return (
            '<section class="references" role="doc-bibliography" aria-labelledby="references">'
            f'<h2 id="references">References</h2>\n<ol>\n{chr(10).join(rows)}\n</ol>\n</section>'
        )

    def _work_math(self, place: str, tex: str) -> str:
        """A formula in the title of a work, which stands at `place`."""
        try:
            return self.constructs.memo("math", [tex, False], lambda: typeset(tex, False))
        except TexError as error:
            said = error.args[1]
            self.constructs.problems.append(Problem(place, f"TeX: {said[:1].lower()}{said[1:]}"))
            return ""

    # What Markdown left

    def _check_leaks(self, raw: str) -> None:
        """Marks that Markdown left as text."""
        if "**" in raw:
            said = next((line for line in reversed(self.sources) if line.count("**") % 2), None)
            said = said or next((line for line in self.sources if "**" in line), "")
            self.wrong(
                self._source(said), "** without a partner", r"** on both sides, or \*\* for the signs themselves"
            )
        for text, line in self.tokens.attribute_lists:
            if html.escape(text, quote=False) in raw:
                self.wrong(line, f'"{short(text)}" belongs to nothing', "it directly after *text*, a link or a picture")

    def _check_nesting(self, raw: str) -> None:
        """Ours and Markdown's must nest: a link does not end outside the emphasis in which it began."""
        open_tags: list[tuple[str, int, str]] = []
        for match in _TAGS_AND_TOKENS.finditer(raw):
            token = self.tokens.kept[int(match[3])] if match[3] else None
            if token:
                closing, line = token.role == "close", token.line
                if token.role not in ("open", "close"):
                    continue
                name = said = token.name
            else:
                closing, name, line, said = bool(match[1]), match[2], 0, ""
                if name in VOID:
                    continue
            if not closing:
                open_tags.append((name, line, said))
                continue
            top = open_tags.pop() if open_tags else ("", 0, "")
            if top[0] != name:
                where, who = (top[1], top[2]) if top[1] else (line, said)
                if who.startswith("<"):
                    return self.wrong(where, f"{who} without its partner", f"{who}…</{who[1:]} around words")
                return self.wrong(where, f"the {who} and what is around it cross", "one inside the other")
        return None


# Small pieces


def _converted(text: str) -> tuple[str, list[str]]:
    """As paragraphs.convert gives it, imported for what was not converted before."""
    from . import paragraphs

    return paragraphs.convert(text)


def _units(items: Sequence[Item]) -> Iterator[Item | list[Block]]:
    """Items; blocks of a kind that follow each other and are one together, as one list."""
    group: list[Block] = []
    for item in items:
        if group and isinstance(item, Text) and not any(line.strip() for _, line in item.lines):
            continue  # nothing between two of them
        if group and not (isinstance(item, Block) and item.kind == group[0].kind):
            yield group
            group = []
        if isinstance(item, Block) and item.kind in BLOCKS and BLOCKS[item.kind].together:
            group.append(item)
        else:
            yield item
    if group:
        yield group


def highlighted(language: str, text: str) -> str:
    """Code as HTML with a class a kind of word, as Pygments names them.

    raises  LookupError: no such language; args[0] is the nearest or None
    """
    if language in ("", "text", "plain"):
        return html.escape(text, quote=False)
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
    """A heading's HTML as text, without its notes."""
    return _text(_unlinked(inner))


def _text(inner: str) -> str:
    """HTML as text."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", inner)).split())


def _count_words(body: str) -> int:
    body = re.sub(r"<math.*?</math>", " x ", body, flags=re.DOTALL)
    mark = r'<span class="claim-mark">.*?</code></span></span>'
    body = re.sub(mark, " ", body)
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

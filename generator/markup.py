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

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import bibliography as works
from generator.bibliography import Bibliography
from generator.claims import Claim
from generator.constructs import PICTURES, Constructs, Link
from generator.content import Article, Asset, Page
from generator.errors import ContentError, Problem, nearest
from generator.inline import CLOSE, OPEN, TOKEN, VOID, Tokens, scan
from generator.memo import Memo
from generator.outline import KINDS, Block, Code, Equation, Heading, Item, Quote, Text, short
from generator.results import Results, UnknownResult, Unmeasured

SIZES = ("text", "wide", "full")

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

    @property
    def named_by(self) -> str:
        """The ids of what names the figure: its number, and the title in bold that its caption may begin with."""
        title = f"{self.label}-title"
        return f"{self.label}-number" + f" {title}" * self.caption_html.startswith(f'<strong id="{title}">')


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
    memo: Memo | None = None,
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
                    memo=memo,
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
    memo: Memo | None = None,
) -> Markup:
    """One page in HTML.

    figure_names    figures that may be placed
    render_figure   the HTML of one, with its number and caption around it; may raise ContentError or UnknownResult
    figure_options  options that a figure takes beside those of all figures and the fields of a run
    pages           all texts of the article, for links and references from one to another
    assets          the author's own files
    addresses       what else can be linked to in the site: "gallery.html"
    names           what expressions may ask for beside `results`
    memo            what was converted, typeset and evaluated before
    raises          ContentError: all mistakes of the page
    """
    constructs = Constructs(page, bibliography, results, pages, assets, addresses, names or {}, memo or Memo())
    return _Writer(constructs, results, figure_names, render_figure, figure_options or {}).write()


# Writing HTML

_TOKEN_ALONE = re.compile(f"<p>{TOKEN.pattern}</p>")
_TAGS_AND_TOKENS = re.compile(f"<(/?)([a-z][a-z0-9]*)[^>]*>|{TOKEN.pattern}")


class _Writer:
    """The rendering of one page."""

    def __init__(
        self,
        constructs: Constructs,
        results: Results,
        figure_names: Collection[str],
        render_figure: RenderFigure,
        figure_options: Mapping[str, Collection[str]],
    ) -> None:
        self.constructs = constructs
        self.results = results
        self.figure_names = figure_names
        self.render_figure = render_figure
        self.figure_options = figure_options
        self.outline = self.constructs.outline
        self.wrong = self.constructs.wrong
        self.tokens = Tokens()
        self.sources: dict[str, int] = {}  # scanned lines of the flow being converted -> their lines in the file
        self.figures: list[FigureCall] = []
        self.toc: list[tuple[Heading, str]] = []
        self.tab_groups = 0
        self.inside: list[str] = []  # kinds of the blocks around

    def write(self) -> Markup:
        body = self._flow(self.outline.items)
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
            claims=tuple(self.constructs.claims),
            cited=tuple(self.constructs.citations),
            assets=tuple(self.constructs.used_assets),
            anchors=frozenset(self.constructs.anchors),
            warnings=(*self.outline.warnings, *self.constructs.unused()),
        )

    # Problems

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

    def _flow(self, items: Sequence[Item]) -> str:
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
            rendered = self._tabs(unit) if isinstance(unit, list) else self._item(unit)
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
                return f"<blockquote>\n{self._flow(item.items)}\n</blockquote>"
            case Block():
                self.inside.append(item.kind)
                rendered = self._block(item)
                self.inside.pop()
                return rendered
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
        caption = re.sub("^<strong>", f'<strong id="{block.id}-title">', caption)
        call = FigureCall(block.argument, options, caption, block.id, block.number, self.constructs.place(block.line))
        self.figures.append(call)
        if own:
            return self._own_figure(call, block)
        try:
            return self.render_figure(call)
        except ContentError as error:
            self.constructs.problems += error.problems
        except UnknownResult as error:
            self.wrong(block.line, str(error.args[0]))
        except Unmeasured:  # a rehearsal
            pass
        return ""

    def _figure_options(self, block: Block, own: bool) -> dict[str, Any]:
        known = {"id", "size", "alt"} if own else {"id", "size", "alt", "classes", "activation", "seed", "experiment"}
        if not own:
            known |= set(self.figure_options.get(block.argument, ()))
            known |= set(
                self.constructs.of_runs("fields", lambda: [*next(iter(self.results)).spec] if len(self.results) else [])
            )
        anything = (lambda value: value is not None, "a value")
        checks = {key: _OPTIONS.get(key, anything) for key in sorted(known)}
        values = self._options(block, {k: c[0] for k, c in checks.items()}, {k: c[1] for k, c in checks.items()})
        if "alt" in values:
            values["alt"] = self.constructs.evaluated(values["alt"], block.options["alt"].line)
        return {"size": "text", **values, "id": block.id}

    def _own_figure(self, call: FigureCall, block: Block) -> str:
        """A picture of the author's own with number and caption."""
        if "alt" not in call.options:
            self.wrong(
                block.line, f'the picture "{call.name}" has no alt text', 'alt: in words, or alt: "" if decorative'
            )
        image = self.constructs.picture(call.name, call.options.get("alt", ""), block.line)
        number = f'<a id="{call.label}-number" class="figure-number" href="#{call.label}">Figure {call.number}</a>'
        size = call.options["size"]
        return (
            f'<figure id="{call.label}" class="figure figure--{size}" aria-labelledby="{call.named_by}"'
            f' data-figure="picture">{image}'
            f"<figcaption>{number} {call.caption_html}</figcaption></figure>"
        )

    # Footnotes and references

    def _footnotes(self) -> str:
        """The notes that were referred to, in the order of their numbers; notes may refer to notes."""
        rows: list[str] = []
        while len(rows) < len(self.constructs.notes):
            name = list(self.constructs.notes)[len(rows)]
            body = self._flow(self.outline.footnotes[name][1])
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
        for entry in works.in_order(self.constructs.bibliography.entries[key] for key in self.constructs.citations):
            said = html.escape(entry.label)
            back = " ".join(
                f'<a class="backlink" href="#{place}" aria-label="Back to citation {n} of {said}">↩</a>'
                for n, place in enumerate(self.constructs.citations[entry.key], 1)
            )
            line = works.written(entry, self.constructs.years[entry.key])
            rows.append(f'<li id="ref-{entry.key}">{line} {back}</li>')
            self.constructs.anchors[f"ref-{entry.key}"] = 0
        if not rows:
            return ""
        self.constructs.anchors["references"] = 0
        return (
            '<section class="references" role="doc-bibliography" aria-labelledby="references">'
            f'<h2 id="references">References</h2>\n<ol>\n{chr(10).join(rows)}\n</ol>\n</section>'
        )

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


# Lines of words in which Markdown finds nothing: none of its signs, and no line that starts like an item or a rule.
_WORD = r"[^\s\\*_`&<>{}\[\]|]+"
_LINE = rf"(?=[^\W\d_]|[“‘({OPEN}]){_WORD}(?: {_WORD})*"
_PLAIN = re.compile(rf"\n*(?:{_LINE}(?:\n+{_LINE})*)?\n*")


def _converted(text: str) -> tuple[str, list[str]]:
    """As paragraphs.convert gives it, whose imports take a tenth of what a changed word does, where they are needed."""
    if _PLAIN.fullmatch(text):
        return "\n".join(f"<p>{part}</p>" for part in re.split(r"\n\n+", text.strip("\n")) if part), []
    from generator import paragraphs

    return paragraphs.convert(text)


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

"""An author's Markdown -> HTML, or everything that is wrong with it, with file and line.

    pages = render(article, Environment(results, figure_names, render_figure, fill_template))

Three steps. `reading` turns the text into fragments of HTML with marks, from the text alone; `numbering` counts what
is numbered; then a `Writer`, one a page, puts in each mark's place what only the page can say, by its construct.
"""

from __future__ import annotations

import functools
import html
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from markdown_it.common.normalize_url import normalizeLink

from ..base import filenames, language
from ..base.errors import ContentError, Problem, an, collecting, meant, nearest, one_of, quoted, short, short_path
from ..base.language import Words
from ..base.memo import Memo, digest
from ..base.warnings import Warned
from ..content import bibliography as works
from ..content.bibliography import STYLES
from ..content.frontmatter import unmarked
from ..content.predictions import Prediction, Predictions
from ..content.texts import Article, Page
from ..runs.results import Results, Unmeasured, digest_of
from . import claims, constructs, expressions, formulas, letters, media, numbering, reading
from .attributes import Attributes
from .blocks import Option
from .blocks.figure import FigureCall
from .builder import MARK, Fragment
from .claims import Claim
from .constructs import Mark, blocks, faults, foreign
from .constructs.values import OF_OTHERS, VALUE, of_others
from .dependencies import Book, Dependencies, Names, names_in
from .expressions import ExpressionError
from .numbering import BLOCKS, LABELLED, NUMBERED, Block, Heading, Outline
from .reading import Reading
from .written import Body, Markup, TocEntry, kept

Made = TypeVar("Made")
Plain = TypeVar("Plain")
_QUOTATION_MARKS = ("“", "”", "„", "«", "‘", "’")
ALONE = "figures/"  # of the site: a page for each figure
NAMES_OF_ID = ("label", "name")  # which `id` has elsewhere
FillTemplate = Callable[[str, Mapping[str, Any]], str]
Numbering = tuple[tuple[tuple[str, int], ...], str]  # what numbers go on from, and stand behind


RenderFigure = Callable[[FigureCall, Callable[[Warned], None]], str]


@dataclass(frozen=True)
class Environment:
    """What the pages of an article are written with beside its texts.

    figure_names    figures that may be placed
    render_figure   the HTML of one, with its number and caption around it, given also whom to tell what is odd about
                    it; may raise ContentError or UnknownResult
    fill_template   a template, by its name, filled with what it is given; may raise ContentError
    figure_options  what a figure takes beside what all figures do and the fields of a run: name -> key -> its value
    views           what the state of a figure that readers move is made of: name -> key -> its text in an address
    addresses       what else can be linked to in the site: "gallery.html"
    memo            what was converted, typeset and evaluated before
    words           what the pages say by themselves
    """

    results: Results
    figure_names: Collection[str]
    render_figure: RenderFigure
    fill_template: FillTemplate
    figure_options: Mapping[str, Mapping[str, Option]] = field(default_factory=dict)
    views: Mapping[str, Mapping[str, Option]] = field(default_factory=dict)
    addresses: Collection[str] = ()
    memo: Memo = field(default_factory=Memo)
    words: Words = field(default_factory=language.english)


def render(article: Article, env: Environment, known: str = "") -> tuple[Markup, ...]:
    """Every page of an article in HTML, in the order of its pages.

    known   a digest of all that the pages are made with beside the article; "": none is taken from the memo
    raises  ContentError: all mistakes of all pages
    """
    memo = env.memo
    bibliography = article.bibliography
    cited: Collection[str] = {
        key for page in article.pages for key in _named(page, memo) if key in bibliography.entries
    }
    assets = {asset.path: asset for asset in article.assets}
    names_known = names_of(article.pages, memo, env.words)
    by_path = {path: of for path, (of, _) in names_known.items()}
    predictions, foreseen = repr(article.predictions), article.predictions.all

    def years_of(cited: Collection[str]) -> dict[str, str]:
        of = [[key, bibliography.raw.get(key)] for key in sorted(cited)]
        return memo("years", of, lambda: bibliography.years(cited))

    while True:
        written: list[Markup] = []
        problems = article.wrong
        book = Book(article.pages, by_path, bibliography, years_of(cited))
        same = memo.held("around", "", book.all(), book.seen)
        before: dict[str, None] = {}
        for page in article.pages:
            dependencies, numbered = Dependencies(book, page, assets, tuple(before)), names_known[page.path][1]
            writer = functools.partial(Writer, page, article.predictions, dependencies, numbered, env)
            with collecting(problems):
                if known:
                    given = [known, page.digest, predictions]
                    written.append(kept(page, dependencies, memo, given, same, writer))
                else:
                    with memo.part(page.path):
                        written.append(writer().render())
                before |= dict.fromkeys(written[-1].cited)
        if foreseen and not problems and not any(markup.lists_predictions for markup in written):
            wrong = "no text lists this prediction" if len(foreseen) == 1 else "no text lists these predictions"
            problems.append(Problem(foreseen[0].place, f"{wrong}, so none is judged", "/// predictions in a text"))
        if problems:
            raise ContentError(list(dict.fromkeys(problems)))
        really = {key for markup in written for key in markup.cited}
        if all(book.years.get(key) == year for key, year in years_of(really).items()):
            return tuple(written)
        cited = really  # letters after years count no work that is only named, in code for one


def unused_works(article: Article, written: Iterable[Markup]) -> list[Warned]:
    """A warning for each work that no page cites, and for its faults."""
    return article.bibliography.unused({key for markup in written for key in markup.cited})


# Reading a page


def _named(page: Page, memo: Memo) -> Iterable[str]:
    """The keys of works that a page seems to cite: some of them may stand in code."""
    return memo.held("cited", page.path, page, lambda: memo("cited", page.digest, lambda: works.said(page.body)))


def _read(page: Page, memo: Memo, words: Words) -> Reading:
    return _read_in(memo.renewals, page, memo, words)


@functools.lru_cache(maxsize=64)
def _read_in(renewals: int, page: Page, memo: Memo, words: Words) -> Reading:
    """A page read once a build: what nobody asks the memo for in a build, it forgets."""
    return reading.read(page.body, page.first_line, tuple(words.quotes), memo)


@functools.lru_cache(maxsize=256)
def _outline(page: Page, memo: Memo, words: Words, before: tuple[tuple[str, int], ...], prefix: str) -> Outline:
    """A page's numbers and labels. Not to be changed: it is kept for the next asking.

    before  kind -> the last number of the pages on which this one goes on
    prefix  of each number
    """
    problems: list[Problem] = []

    def options(mark: Mark) -> Any:
        return blocks.read_options(mark, page.file, memo, problems)

    book = numbering.number(page.file, _read(page, memo, words).units, options, before, prefix, _titles(words))
    book.problems[:0] = problems
    return book


def names_of(pages: Sequence[Page], memo: Memo, words: Words) -> dict[str, tuple[Names, Numbering]]:
    """What can be named of an article's pages, by path, numbered as its first page wants them."""
    found: dict[str, tuple[Names, Numbering]] = {}
    before: tuple[tuple[str, int], ...] = ()
    wanted, titles = pages[0].meta.numbering, _titles(words)
    for count, page in enumerate(pages, 1):
        numbered = before, f"{count}." if wanted == "by-page" and len(pages) > 1 else ""
        known = functools.partial(_names, page, memo, words, numbered)
        names = memo.held("names", page.path, (page, words.quotes, titles, numbered), known)
        found[page.path] = names, numbered
        before = tuple(names.counts.items()) if wanted == "continuous" else ()
    return found


def _names(page: Page, memo: Memo, words: Words, numbered: Numbering) -> Names:
    def make() -> dict[str, Any]:
        with memo.part(page.path):
            return names_in(_outline(page, memo, words, *numbered))

    return Names.of(memo("names", [page.digest, words.quotes, _titles(words), numbered], make))


# Writing HTML


class Writer:
    """One page in the making: it knows what may be named, gathers what was, and every mistake with its line.

    predictions   of the article, that a block may list
    dependencies  the article as the page sees it
    numbered      what its numbers go on from
    notes         footnote -> ids of the places that refer to it, in the order of their numbers
    citations     work -> ids of the places that cite it
    """

    def __init__(
        self, page: Page, predictions: Predictions, dependencies: Dependencies, numbered: Numbering, env: Environment
    ) -> None:
        self.page, self.predictions, self.dependencies, self.env = page, predictions, dependencies, env
        self.words, self.memo, self.results = env.words, env.memo, env.results
        self.bibliography, self.years = dependencies.book.bibliography, dependencies.book.years
        self.numbers = dict(dependencies.numbers)  # of works
        self.style = STYLES[page.meta.citations]
        self.names = {**self.results.tables, "results": self.results}  # what expressions may ask for
        self.known_assets = dependencies.assets
        self.text_read = _read(page, self.memo, self.words)
        self.outline = _outline(page, self.memo, self.words, *numbered)
        self.problems = list(self.outline.problems)
        self.named = self._take_names()
        self.warnings = [*page.odd, *self.outline.warnings]
        self.anchors = {id_: label.line for id_, label in self.outline.labels.items()}
        self.notes: dict[str, list[str]] = {}
        self.bodies: dict[str, tuple[int, Fragment]] = {}  # of the notes that were referred to
        self.citations: dict[str, list[str]] = {}
        self.definitions = page.meta.macros  # and those of the formulas so far
        self.claims: list[Claim] = []
        self.used_labels: set[str] = set()
        self._own_anchors: list[tuple[int, str]] = []  # of this page that links point at
        self.figures: list[FigureCall] = []
        self.toc: list[tuple[Heading, str]] = []
        self.names_sections = False
        self.lists_predictions = False
        self.groups = 0  # of blocks that are one together
        self.inside: list[str] = []  # kinds of the blocks around
        self._base = 0  # the line of the file on which the fragment's line 0 is

    def render(self) -> Markup:
        title, subtitle = self._heading("title"), self._heading("subtitle")
        units = [unit for base, fragment in self.text_read.units if (unit := self.html(fragment, base)).strip()]
        notes = self._footnotes()
        references = self._references()
        self.check_anchors()
        self._note_letters("".join([*units, notes]))
        units = self._end(units, notes, references)
        for label, line, first in self.text_read.twice:
            self.warn("repeated-label", line, f'the link label "{label.lower()}" is defined before, on line {first}')
        self._note_unused()
        self.warnings += [warned for key in self.citations for warned in self.bibliography.entries[key].odd]
        if self.problems:
            head = len(self.place(0)) - 1  # what was not found may stand in code that is not closed
            told = [warned.said[head:].partition(": ") for warned in self.warnings if warned.name == "unclosed-code"]
            causes = [Problem(self.place(int(line)), said) for line, _, said in told]
            raise ContentError(
                sorted({*self.problems, *causes}, key=lambda problem: (problem.line, problem.wrong, problem.expected))
            )
        html = ["\n".join(filter(None, [*self._beside(units), notes])), references]
        return Markup(
            page=self.page,
            body=Body(digest(html), bool(references), lambda: html),
            title_html=title,
            subtitle_html=subtitle,
            toc=_tree(self.toc),
            words=sum(map(_count_words, [*units, notes])),
            figures=tuple(self.figures),
            claims=tuple(self.claims),
            cited=tuple(self.citations),
            anchors=frozenset(self.anchors),
            names_sections=self.names_sections,
            lists_predictions=self.lists_predictions,
            warnings=tuple(self.warnings),
            classes=frozenset(" ".join(re.findall(r' class="([^"]*)"', "".join(html))).split()),
        )

    def _end(self, units: list[str], notes: str, references: str) -> list[str]:
        """Units without last headings for the notes and works that the page lists under its own; others are told."""
        added = [name for name, shown in (("Notes", notes), ("References", references)) if shown]
        titles = _titles(self.words, added)
        ids: list[str] = []
        while titles and self.toc:
            heading, inner = self.toc[-1]
            whole = rf'<h(\d) id="{re.escape(heading.id)}"[^>]*>(?:(?!<h\d).)*</h\1>\s*\Z'
            if not (empty := re.search(whole, units[-1], re.DOTALL)):
                break
            title = self.plain(inner)
            if title.strip(" :").casefold() not in titles:
                said = f'a heading with nothing below it, "{short(title)}"'
                self.warn("empty-section", heading.line, said, "none, as the page lists works and notes at its end")
                break
            units = [*units[:-1], *filter(None, [units[-1][: empty.start()]])]
            ids.insert(0, f'<a id="{heading.id}"></a>')  # a link may lead there
            self.toc.pop()
        return [*units, *ids]

    def _heading(self, name: str) -> str:
        """Title or subtitle as HTML: its formulas set, its marks as a typographer sets them."""
        said = self.page.meta.parts(name)
        for fault in foreign.found("".join(said.parts[::2]), 0, True, foreign.LATEX):
            faults.render(self, Mark("fault", said.line, fault.meta))
        if found := VALUE.search("".join(said.parts[::2])):
            expected = "what it says, as nothing is computed there"
            self.warn("stray-mark", said.line, f'an expression in a {name}, "{short(found[0])}"', expected)
        texts = reading.typeset(said.parts, tuple(self.words.quotes))
        return "".join(
            self.math(part, said.line, False) if at % 2 else html.escape(part, quote=False)
            for at, part in enumerate(texts)
        )

    def _beside(self, units: Iterable[str]) -> Iterator[str]:
        """A page's units, a figure beside the text as one with what follows it, up to a heading or what is as wide."""
        starts = tuple(f'<figure id="{call.label}"' for call in self.figures if "beside" in call.options)
        text: list[str] = []
        for unit in [*units, ""]:
            if text and (not unit or _BREAKS.match(unit)):
                yield "\n".join([*text, "</div>", "</div>"])
                text = []
            if starts and unit.startswith(starts):
                text = ['<div class="beside">', unit, '<div class="beside-text">']
            elif text:
                text.append(unit)
            elif unit:
                yield unit

    # Problems

    def place(self, line: int) -> str:
        return f"{self.page.file}:{line}"

    def wrong(self, line: int, wrong: str, expected: str = "", near: str | None = None) -> None:
        """A mistake, which stops the build once all are found."""
        self.problems.append(Problem(self.place(line), wrong, expected, near))

    def warn(self, name: str, line: int, odd: str, expected: str = "", near: str | None = None) -> None:
        """What is odd and not wrong, by a name of the table, said as mistakes are."""
        self.warnings.append(Warned(name, str(Problem(self.place(line), odd, expected, near))))

    def _note_letters(self, body: str) -> None:
        """Say once which letters of the page's HTML no font of ours has, where the first of them stands."""
        if found := letters.without_font(body):
            lines = self.page.body.split("\n")
            places = [self.place(self.page.first_line + at) for at, line in enumerate(lines) if found[0] in line]
            works = [self.bibliography.entries[key] for key in self.citations]
            places += [work.place for work in works if found[0] in work.label]
            said = ", ".join(f'"{letter}" (U+{ord(letter):04X})' for letter in found)
            place = next(iter(places), self.place(self.page.first_line))
            self.warnings.append(Warned("letter-without-font", f"{place}: no font of the page has {said}"))

    def _note_unused(self) -> None:
        """Warn of footnotes and link labels that nothing asked for."""
        for name, (line, _) in self.outline.notes.items():
            if name not in self.notes:
                self.warn("unused-footnote", line, f'the footnote "{name}" is never used')
        for name, line in self.text_read.labels.items():
            if name not in self.used_labels:
                self.warn("unused-link", line, f'the link label "{name.lower()}" is never used')

    # Fragments in, HTML out

    def html(self, fragment: Fragment, base: int | None = None) -> str:
        """A fragment as HTML. base: the line of the file on which it begins; None: as the text around it."""
        outer = self._base
        self._base = outer if base is None else base
        text, marks = fragment

        def put(match: re.Match[str]) -> str:
            kind, line, data = marks[int(match[1])]
            return constructs.of_marks()[kind](self, Mark(kind, self._base + line, data))

        said = MARK.sub(put, text)
        self._base = outer
        return said

    def unwrapped(self, fragment: Fragment) -> str:
        """A fragment as HTML whose first paragraph is not wrapped."""
        flow = self.html(fragment)
        if not flow.startswith("<p>"):
            return flow
        inner, _, rest = flow.removeprefix("<p>").partition("</p>")
        return inner + rest

    def numbered(self, mark: Mark) -> Any:
        """What has a number, or a label, where a mark stands."""
        return self.outline.items[mark.kind, mark.line]

    def text(self, inner: str) -> str:
        """HTML as text; of a picture, the text in its place."""
        inner = re.sub(r'<img [^>]*?\balt="([^"]*)"[^>]*>', r"\1", inner)
        return re.sub(r"[ \t\n]+", " ", html.unescape(re.sub(r"<[^>]*>", "", inner))).strip(" ")

    def plain(self, inner: str) -> str:
        """A heading's HTML as text, without its notes."""
        return self.text(_unlinked(inner))

    def entry(self, heading: Heading, inner: str) -> None:
        """Take a heading for the table of contents; those in blocks have no place there."""
        if not self.inside:
            self.toc.append((heading, _unlinked(inner)))

    # Blocks

    def together(self, mark: Mark) -> str:
        """Blocks of a kind that follow each other and are one."""
        self.groups += 1
        number = self.groups
        members = [Mark("block", self._base + line, data) for line, data in mark.data["members"]]
        contexts = [self.within(self.numbered(member), self.context) for member in members]
        return self.filled(mark.data["name"], {"group": number, "blocks": contexts})

    def within(self, block: Block, make: Callable[..., Made], *more: Any) -> Made:
        """What is made of a block, while what is in it knows where it stands."""
        self.inside.append(block.kind)
        made = make(block, *more)
        self.inside.pop()
        return made

    def context(self, block: Block) -> dict[str, Any]:
        """A block for its template: itself, its options as plain values, its argument and its content as HTML."""
        kind = BLOCKS[block.kind]
        options = self.options(block, kind.options)
        argument = self.html(block.data["argument_html"]) if block.argument else ""
        if not argument and kind.argument:
            self.wrong(block.line, *kind.argument)
        return {"block": block, "options": options, "argument": argument, "content": self.html(block.data["content"])}

    def filled(self, name: str, context: Mapping[str, Any]) -> str:
        """The template of a kind of block, filled in."""
        with collecting(self.problems):
            return self.env.fill_template(f"blocks/{name}.html", context).removesuffix("\n")
        return ""

    def options(self, block: Block, known: Mapping[str, Option]) -> dict[str, Any]:
        """The options of a block as plain values; each unknown or wrong one is a problem."""
        values = {}
        for key, said in block.options.items():
            value = said.plain()
            if key not in known:
                near = ("", "id") if key in NAMES_OF_ID else meant(key, known, "figures")
                self.wrong(said.line, f'unknown option "{key}" of {block.kind}', *near)
            elif not known[key].fits(value):
                self.wrong(said.line, f"{key} is {quoted(value)}", *known[key].instead(value))
            else:
                values[key] = value
        return values

    # Footnotes and references

    def _footnotes(self) -> str:
        """The notes that were referred to, in the order of their numbers; notes may refer to notes."""
        rows: list[str] = []
        while len(rows) < len(self.notes):
            name = list(self.notes)[len(rows)]
            rows.append(self.html(self.bodies[name][1], self.bodies[name][0]))
        items = []
        for (name, places), body in zip(self.notes.items(), rows, strict=True):
            label = html.escape(self.words("Back to the text"))
            back = " ".join(
                f'<a class="backlink" href="#{place}" role="doc-backlink" aria-label="{label}">↩</a>'
                for place in places
            )
            body = f"{body[:-4]} {back}</p>" if body.endswith("</p>") else f"{body}<p>{back}</p>"
            items.append(f'<li id="fn-{name}">{body}</li>')
        self.anchors |= {f"fn-{name}": 0 for name in self.notes}
        return self._section("footnotes", "doc-endnotes", "Notes", items)

    def _references(self) -> str:
        def back(n: int, place: str, entry: works.Entry) -> str:
            work = f"{entry.people_in(self.words)}\u00a0{entry.year}"
            label = html.escape(self.words("Back to citation {n} of {work}", n=n, work=work))
            return f'<a class="backlink" href="#{html.escape(place)}" aria-label="{label}">↩</a>'

        rows = []
        cited = sorted(self.citations, key=lambda key: self.numbers[key])
        for entry in self.style.ordered(self.bibliography.entries[key] for key in cited):
            places = " ".join(back(n, place, entry) for n, place in enumerate(self.citations[entry.key], 1))
            math = functools.partial(self._work_math, entry.place)
            line = works.render(entry, self.years.get(entry.key, entry.year), math, self.words)
            label = self.style.label(self.numbers[entry.key])
            label = f'<span class="reference-number">{label}</span> ' if label else ""
            runs = ' dir="auto"' if self.words.direction == "rtl" else ""  # works of another script run as that does
            rows.append(f'<li id="ref-{html.escape(entry.anchor)}"{runs}>{label}{line} {places}</li>')
            self.anchors[f"ref-{entry.anchor}"] = 0
        return self._section("references", "doc-bibliography", "References", rows)

    def _section(self, id_: str, role: str, title: str, items: Sequence[str]) -> str:
        """What stands below the text, a list under a title; "" where it is empty."""
        if not items:
            return ""
        self.anchors[id_] = 0
        return (
            f'<section class="{id_}" role="{role}" aria-labelledby="{id_}"><h2 id="{id_}">{self.words(title)}</h2>\n'
            f"<ol>\n{chr(10).join(items)}\n</ol>\n</section>"
        )

    def _work_math(self, place: str, tex: str) -> str:
        """A formula in the title of a work, which stands at `place`."""
        given: tuple[Any, ...] = (tex, False, "", {})
        try:
            return self.memo("math", given, lambda: formulas.typeset(*given))
        except formulas.TexError as error:
            self.problems.append(error.at(place, "TeX: "))
            return ""

    # What constructs say

    def of_runs(self, stage: str, make: Callable[[], Plain], *given: Any) -> Plain:
        """What is made of the results and what else is given, from the memo where it is known."""
        known = digest_of(self.results)
        return self.memo(stage, [known, self.words.tag, *given], make) if known else make()

    def _take_names(self) -> dict[str, str]:
        """What the names of the front matter stand for, written out; each may use those before it.

        What is wrong with this page's own is told.
        """
        found: dict[str, str] = {}
        for each in self.page.meta.names:
            source = each.of

            def tried() -> bool:
                expressions.evaluate(source, self.names, words=self.words)  # noqa: B023
                return True

            try:
                if each.name in self.names and each.name not in found:
                    raise ExpressionError(f'"{each.name}" is a name already', "another name")
                source = expressions.definition(each.of, found)
                self.of_runs("named", tried, source)
            except ExpressionError as error:
                if each.place.startswith(f"{self.page.file}:"):
                    self.problems.append(error.at(each.place, "names: "))
            except Unmeasured:
                pass
            found[each.name] = source
            self.names.setdefault(each.name, None)  # for messages: in expressions it is written out
        return found

    def written_out(self, expression: str) -> str:
        """An expression of the page without the names that its front matter gives."""
        return expressions.written_out(expression.strip(), self.named)

    def check_anchors(self) -> None:
        """Links within the page, once all its anchors are known."""
        for line, anchor in self._own_anchors:
            if anchor not in self.anchors and unquote(anchor) not in self.anchors:
                self.wrong(line, f'a link to "#{anchor}", which is not on the page', *meant(anchor, self.anchors))

    def math(self, tex: str, line: int, display: bool) -> str:
        """TeX as MathML."""
        lead = len(tex) - len(tex.lstrip())
        if not tex.strip():
            self.wrong(line, "an empty formula")
            return ""
        refers = "ref{" in tex
        known = self.dependencies.formulas().items()
        numbers = {label: number for label, number in known if refers or f"{{{label}}}" in tex}
        given = (tex.strip(), display, self.definitions, numbers)
        defines = formulas.definitions(tex)
        self.definitions += defines
        if defines.split() == tex.split():
            return ""  # for the formulas that follow
        try:
            return self.memo("math", given, lambda: formulas.typeset(*given))
        except formulas.TexError as error:
            below = line + tex.count("\n", 0, lead + error.offset)
            self.problems.append(error.at(self.place(below), "TeX: "))
            return ""

    def evaluated(self, text: str, line: int) -> str:
        """Text with the values of its expressions."""
        return VALUE.sub(lambda m: self.value(m[1], line + text.count("\n", 0, m.start())), text)

    def has_tag(self, address: str, line: int) -> bool:
        """Whether a shortcode or a tag of another system is in an address, which is told."""
        found = OF_OTHERS.search(address)
        if found:
            self.wrong(line, *of_others(found))
        return found is not None

    def value(self, expression: str, line: int, awaited: str = "") -> str:
        """What an expression says, as text; what stands for it while it is not measured yet."""
        source = self.written_out(expression)

        def say() -> str:
            return expressions.say(expressions.evaluate(source, self.names, words=self.words), self.words)

        try:
            return self.of_runs("value", say, source)
        except ExpressionError as error:
            self.problems.append(error.at(self.place(line)))
        except Unmeasured:
            return awaited
        return ""

    def take_anchor(self, id_: str, line: int) -> None:
        """Take an id that running text or HTML gives."""
        if id_ in self.anchors:
            first = self.anchors[id_]
            self.wrong(line, f'the label "{id_}" is used twice, first on line {first}')
        elif not id_ or re.search(r"\s", id_):
            self.wrong(line, f'the label "{id_}"', "letters, digits, - and _")
        elif numbering.is_ours(id_, self.outline.labels):
            self.wrong(line, f'the label "{id_}" {numbering.KEPT}', "another label")
        self.anchors.setdefault(id_, line)

    def note(self, name: str, line: int, content: Fragment | None) -> str:
        """A reference to a footnote, or one that stands where it is referred to."""
        if content is not None:
            name = next(
                n for n in (str(i) for i in itertools.count(len(self.notes) + 1)) if n not in self.outline.notes
            )
            self.bodies[name] = (self._base, [f"<p>{content[0]}</p>", content[1]])
        elif name not in self.outline.notes:
            self.wrong(line, f'undefined footnote "{name}"', *meant(name, self.outline.notes))
            return ""
        else:
            self.bodies[name] = self.outline.notes[name][1]
        places = self.notes.setdefault(name, [])
        place = f"fnref-{name}" + (f".{len(places) + 1}" if places else "")
        places.append(place)
        self.anchors[place] = line
        number = list(self.notes).index(name) + 1
        link = f'<a href="#fn-{quote(name)}" id="{html.escape(place)}" role="doc-noteref">{number}</a>'
        return f'<sup class="footnote-ref">{link}</sup>'

    def _link_to(self, page: Page, id_: str, said: str, unique: bool) -> str:
        """A link to what a page has; one to another page names it, where what is said is not unique."""
        href = f"#{quote(id_)}"
        if page.path != self.page.path:
            href = page.output + href
            if not unique:
                said = f"{said} ({self._in_quotes(page.title)})"
        return f'<a class="reference" href="{href}">{said}</a>'

    def _number(self, number: str, line: int) -> str:
        r"""A number as HTML; what \tag says in its place may be any text of TeX."""
        return self.math(rf"\text{{{number}}}", line, False) if re.search(r"[\\$~{}]", number) else html.escape(number)

    def _in_quotes(self, text: str) -> str:
        opening, closing = self.words.quotes[:2]
        return f"{opening}{html.escape(text)}{closing}"

    @property
    def _numbers_are_unique(self) -> bool:
        return self.dependencies.book.numbering != "page"

    def reference(self, id_: str, line: int, bare: bool = False, word: str = "") -> str:
        """`@fig-grid` -> Figure 1, with a link; on another page of the article, with its title.

        bare  its number alone
        word  the one before it, which the page would say twice where it is "Figure" or "Fig."
        """
        kind = id_.partition("-")[0]
        found = self.dependencies.label(id_)
        if found is None:
            what, labels = NUMBERED.get(kind, "label").lower(), self.dependencies.labels
            alike = [known for known in labels if known.partition("-")[0] == kind]
            self.wrong(line, f'undefined {what} "{id_}"', *meant(id_, alike, also=labels))
            return ""
        page, kind, counted, title = found
        shown = self._number(counted, line)
        number = self.words(f"{NUMBERED[kind]}\u00a0{{n}}", n=shown) if counted else ""
        name, begun = number.partition("\u00a0")[0].lower(), word.lower().removesuffix(".")
        if bare:
            number = shown
        elif word and name.startswith(begun) and (begun == name) != (len(begun) > 1 and word[-1] == "."):
            said = number.replace("\u00a0", " ")
            self.warn("repeated-word", line, f'"{word} {said}"', f"@{id_} alone, or [-@{id_}] for its number")
        said = number or self._in_quotes(unmarked(title))
        self.names_sections |= bool(number) and kind == "sec"
        return self._link_to(page, id_, said, bool(number) and self._numbers_are_unique)

    def tell_number(self, caption: str, kind: str, line: int) -> None:
        """Warn of a caption that begins with a number, such as "Fig. 3:", where the page says its own.

        caption  plain text
        kind     "Figure" or "Table"
        """
        found = re.match(r"\W*(([^\W\d_]+)\.? ?\d+(?:[.-]\d+)*)[.:：)|]", caption.replace("\u00a0", " "))
        names = (kind, self.words(f"{kind}\u00a0{{n}}", n=0).partition("\u00a0")[0])
        if found and any(name.lower().startswith(found[2].lower()) for name in names):
            expected = "the words behind it, as the page says the number"
            self.warn("repeated-word", line, f'a caption that says its own number, "{found[1]}"', expected)

    def latex_reference(self, how: str, label: str, line: int) -> str:
        r"""`\eqref{eq:loss}` -> (1), `\ref{thm:main}` -> 1, `\autoref{sec:one}` -> Section 1, with a link.

        label  of a formula, or of whatever has one, here perhaps with "-" for ":", and with "fig-" or "tbl-" before it
        """
        if found := self.dependencies.formula(label):
            page, number = found
            shown = self._number(number, line)
            said = {"eqref": f"({shown})", "ref": shown}.get(how) or self.words("Equation\u00a0{n}", n=shown)
            return self._link_to(page, formulas.anchor(label), said, self._numbers_are_unique)
        dashed = label.replace(":", "-", 1)
        for id_ in dict.fromkeys((label, dashed, *(numbering.of_latex(kind, label) for kind in ("tbl", "fig")))):
            if self.dependencies.label(id_):
                said = self.reference(id_, line, bare=how in ("ref", "eqref"))
                return f"({said})" if how == "eqref" else said
        numbered = self.dependencies.formulas()
        near = nearest(label, [*numbered, *self.dependencies.labels])
        dashed = re.sub("^tab-", "tbl-", dashed)
        kind = (LABELLED | {"sec": "section"}).get(dashed.partition("-")[0])
        if not kind and label in self.outline.anchors | self.outline.labels:
            wrong, expected = f'"{label}" is a label of nothing with a number', f"one like fig-{label} or tbl-{label}"
            self.wrong(line, wrong, expected)
            return ""
        expected = f"{{#{dashed}}} at {an(kind)}" if kind else f"\\label{{{label}}} in a formula"
        expected = "" if near else one_of(numbered) if numbered and not kind else expected
        self.wrong(line, f'no {kind or "formula"} has the label "{label}"', expected, near)
        return ""

    def alone(self, label: str) -> str:
        """The path of the page that has a figure alone: below this page's name, where one before has such a label."""
        name = re.sub(r"[^\w-]", lambda sign: f".{ord(sign[0]):x}", label.removeprefix("fig-"))
        if filenames.wrong(name):
            name = f"{name[:-1]}.{ord(name[-1]):x}"
        is_first = self.dependencies.first_with(label) == self.page.path
        folder = "" if is_first else f"{self.page.output.removesuffix('.html')}/"
        return f"{ALONE}{folder}{name}.html"

    def citation(self, key: str, line: int, before: str, after: str, author: bool, in_text: bool) -> str:
        """A link to a work: "Olah 2014, p. 3", in running text "Olah (2014, p. 3)", without its author "2014".

        before, after  what is said around it, as HTML
        """
        entry = self.dependencies.work(key)
        if entry is None:
            near = nearest(key, [*self.bibliography.entries, *self.dependencies.labels])
            files = ", ".join(self.bibliography.files)
            none = "" if self.bibliography.entries else ", which has no works (Zotero and others export BibTeX)"
            expected = "" if near else f"a key of {files}{none}, or \\@ for the sign itself"
            known = (whole for whole in self.bibliography.entries if not re.fullmatch(works.KEY, whole))
            if whole := next((whole for whole in known if whole.startswith(key)), ""):
                expected, near = f"@{{{whole}}}, as its key has signs that may end one", None
            if self.dependencies.label(key):
                kind = f"like sec-{key.removeprefix('sec:')}"
                expected, near = f"[words](#{key}), or a label that begins with its kind, {kind}", None
            self.wrong(line, f'undefined citation "{key}"', expected, near)
            return ""
        if key not in self.citations:
            self.problems += entry.problems
        places = self.citations.setdefault(key, [])
        place = f"cite-{entry.anchor}.{len(places) + 1}"
        places.append(place)
        self.anchors[place] = line
        number, year = self.numbers.setdefault(key, len(self.numbers) + 1), self.years.get(key, entry.year)
        say = self.style.running if in_text else self.style.parenthesis if author else self.style.alone
        said = say(entry, year, number, self.words)
        if in_text and after:  # Olah (2014, p. 3), Olah [1, p. 3]
            said, after = f"{html.escape(said[:-1])}, {_unlinked(after)}{html.escape(said[-1])}", ""
        else:
            said = html.escape(said)
        to, place = html.escape(entry.anchor), html.escape(place)
        return f'{before}<a class="citation" href="#ref-{to}" id="{place}">{said}</a>{after}'

    def address(self, address: str, line: int, label: str = "") -> str:
        """A link's address, checked; "" after a problem. label: that of the definition which gave it."""
        self.used_labels |= {label} if label else set()
        if self.has_tag(address, line):
            return ""
        address = self.evaluated(address, line).strip()
        if address[:1] in _QUOTATION_MARKS:
            self.wrong(line, f"the address {short(address)} in quotation marks", "it without these")
            return ""
        if elsewhere := media.ELSEWHERE.match(address):
            if elsewhere[0].lower() not in ("https:", "http:", "mailto:"):
                self.wrong(
                    line, f'a link to "{short_path(address)}"', "https://, http://, mailto: or a file of the site"
                )
                return ""
            return normalizeLink(address)
        path, sharp, anchor = address.partition("#")
        if not path:
            if not anchor:
                self.wrong(line, "a link to nowhere", "an address between the parentheses")
                return ""
            anchor = self.dependencies.anchor(self.page, anchor)
            if anchor == "top" and anchor not in self.outline.labels | self.outline.anchors:
                return "#"  # the top of the page, as browsers have it without such a place
            self._own_anchors.append((line, anchor))
            return f"#{anchor}"
        if page := self._page_of(unquote(path)):
            anchor = self.dependencies.anchor(page, anchor)
        found = self._inside(unquote(path), anchor, line)
        if not found:
            return ""
        return quote(found) + sharp + anchor

    def wordless(self, address: str, line: int, label: str) -> str:
        """A link that says what it leads to: what has a label, or a page by its title. Any other is warned of."""
        found = self.address(address, line, label)
        path, _, anchor = address.partition("#")
        page = self._page_of(unquote(path)) if found and not media.ELSEWHERE.match(address) else None
        if page and anchor and self.dependencies.label(anchor):
            return self.reference(anchor, line)
        if found and not page:
            self.warn("stray-mark", line, f'a link without words, "{short_path(address)}"', "[words](…)")
        return f'<a href="{html.escape(found)}">{html.escape(page.title) if page else ""}</a>'

    def view(self, address: str, state: str, line: int) -> str:
        """A view of a figure of the article, as a page keeps it in its address, checked.

        address  "#fig-bend", or with a page before it
        state    ".classes=6&fig-bend.epoch=400"
        """
        path, _, first = address.partition("#")
        page = self._page_of(unquote(path)) if path else self.page
        said = self.evaluated(first + state, line)
        pending = bool(VALUE.search(state))  # what is computed is "" until it is measured
        for entry in said.split("&"):
            name, _, value = entry.partition("=")
            id_, _, key = name.rpartition(".")
            figure = self.dependencies.placed(page, id_) if page else None
            known = self.env.views.get(figure, {}) if figure is not None else {}
            if figure is not None and not known:
                self.wrong(line, f'a view of "{short(id_)}", which readers do not move', "a figure with controls")
            elif figure is None and id_ != first:  # of the first the link itself says so
                self.wrong(line, f'a view of "{short(id_)}", which is not on the page', *meant(id_, self.anchors))
            elif figure is not None and key not in known:
                self.wrong(line, f'unknown "{short(key)}" in a view of {figure}', *meant(key, known))
            elif figure is not None and not known[key].fits(value) and (value or not pending):
                self.wrong(line, f'{key} is "{short(value)}" in a view of {figure}', *known[key].instead(value))
        return said

    def _page_of(self, path: str) -> Page | None:
        """The page that a path of the content or of the site names."""
        return self.dependencies.other(PurePosixPath(path).as_posix())

    def _inside(self, path: str, anchor: str, line: int) -> str:
        """A path of the site that a link names, or ""."""
        plain = filenames.composed(PurePosixPath(path).as_posix())
        addresses = self.env.addresses
        if page := self._page_of(path):
            if anchor and page.path == self.page.path:
                self._own_anchors.append((line, anchor))
            elif anchor and anchor not in (labels := self.dependencies.book.names[page.path].anchors):
                self.wrong(line, f'a link to "{page.path}#{anchor}", which is not there', *meant(anchor, labels))
            return page.output
        if plain in self.known_assets or plain in addresses or plain in self.pictures:
            return plain
        known = [*self.dependencies.book.pages, *self.known_assets, *addresses]
        known = [name for name in known if name != "404.html"]  # which nobody means
        expected, near = meant(plain, known, also=self.pictures)
        if self.dependencies.label(plain):
            expected, near = "", f"#{plain}"
        self.wrong(line, f'a link to "{short_path(path)}", which is not there', expected, near)
        return ""

    @functools.cached_property
    def pictures(self) -> frozenset[str]:
        """Addresses of what runs have in the site: pictures and downloads."""
        drawn = [
            (each.path, ending) for run in self.results for each in run.pictures.values() for ending in each.formats
        ]
        found = {f"{path}{theme}.{ending}" for path, ending in drawn for theme in ("", ".dark")}
        return frozenset(found.union(*(run.files.values() for run in self.results)))

    def claim(self, said: Attributes, content: str, line: int) -> str:
        """A claim's sentence and the mark behind it with its evidence; what the runs contradict is a problem."""
        for word in [*sorted(said.values.keys() - {"claim", "needs_seeds"}), *said.words]:
            if word not in ("refuted", "check"):
                expected, near = meant(word, ("claim", "needs_seeds", "refuted", "check"))
                self.wrong(line, f'unknown attribute "{short(word)}" of a claim', expected, near)
        for word in sorted(said.values.keys() & {"refuted", "check"}):
            self.wrong(line, f'{word}="{short(said.values[word])}" of a claim', f"{word} alone, or nothing")
        wanted = said.values.get("needs_seeds", "0")
        if not re.fullmatch(r"[0-9]{1,6}", wanted):
            self.wrong(line, f'needs_seeds is "{short(wanted)}"', "a whole number")
            wanted = "0"
        claim = self._judged(
            self.written_out(said.values["claim"]), int(wanted), "refuted" in said.words, self.place(line)
        )
        if claim and claim.verdict in _UNTRUE:
            what, expected = _UNTRUE[claim.verdict]
            self.wrong(line, f"the {claim.asked} {what}: {claim.in_words}", expected)
        if not claim or claim.verdict in _UNTRUE:
            return f'<span class="claim-text" data-verdict="">{content}</span>'
        mark = self._marked(replace(claim, sentence=self.text(content), check="check" in said.words), line)
        return f'<span class="claim-text" data-verdict="{claim.verdict}">{content}</span>{mark}'

    def predicted(self, prediction: Prediction, line: int) -> dict[str, Any] | None:
        """A prediction's sentence, verdict and mark; None where it has no value, which is told, or nothing is made."""
        claim = self._judged(prediction.claim, prediction.needs_seeds, None, prediction.place)
        if claim is None:
            return None
        (says,) = reading.typeset([prediction.says], tuple(self.words.quotes))
        mark = self._marked(replace(claim, sentence=says), line)
        return {"says": says, "verdict": claim.verdict, "mark": mark}

    def _judged(self, condition: str, wanted: int, refuted: bool | None, place: str) -> Claim | None:
        """How a condition stands; None where it has no value, which is told, or nothing is made.

        refuted  whether the runs are said to refute it; None: nothing is said
        """
        try:
            asked = self.of_runs("claim", lambda: claims.ask(condition, self.names, self.words), condition)
        except ExpressionError as error:
            self.problems.append(error.at(place))
            return None
        except Unmeasured:
            return None
        refuted = not asked["holds"] if refuted is None else refuted
        return claims.judge(f"claim-{len(self.claims) + 1}", condition, asked, wanted, refuted, place)

    def _marked(self, claim: Claim, line: int) -> str:
        """Take a claim; its mark."""
        self.claims.append(claim)
        self.anchors[claim.id] = line
        return claims.shown(claim, self.words)


# Small pieces

_UNTRUE = {  # verdicts that stop a build -> what the runs do, what was expected
    "contradicted": ("contradict the claim", "another claim, or refuted after it"),
    "supported": ("support a claim marked refuted", "the claim without refuted"),
}
_ALSO = {  # what authors call the sections that a page adds
    "Notes": ("Footnotes", "Endnotes"),
    "References": ("Bibliography", "Works cited", "Literature cited", "Literature"),
}


def _titles(words: Words, names: Iterable[str] = _ALSO) -> list[str]:
    """What the sections that a page adds are called, in small letters."""
    return [title.casefold() for name in names for title in (name, words(name), *_ALSO[name])]


_BREAKS = re.compile(r'<h[1-6]\b|<figure (?!.*class="table table--text")|<[a-z]+ [^>]*class="[^"]*\b(wide|full)\b')


def _unlinked(inner: str) -> str:
    """A heading's HTML for the table of contents: no links, notes or ids."""
    inner = re.sub(r'<sup class="footnote-ref">.*?</sup>', "", inner)
    return re.sub(r"</?a\b[^>]*>", "", re.sub(r' id="[^"]*"', "", inner))


@functools.lru_cache(maxsize=512)  # of units of text, of which an edit changes one; long texts, so not of many pages
def _count_words(body: str) -> int:
    body = re.sub(r"<math.*?</math>", " x ", body, flags=re.DOTALL)
    aside = (
        r'<span class="claim-mark">.*?</code></span></span>|<div class="chart-body .*?</details>'
        r'|<table\b.*?</table>|</summary>.*?</details>|<(p|svg)\b[^>]*aria-hidden="true".*?</\1>'
    )
    body = re.sub(aside, " ", body, flags=re.DOTALL)
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

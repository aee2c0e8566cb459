"""Templates, article and results -> the site's text pages and assets.

    pages = render_site(article, results, info, Overlay(Path("templates")))
    pages["index.html"]  # bytes

Nothing here reads the clock, the network or the environment: the same
arguments give the same bytes.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..base import language, style
from ..base.memo import Memo, digest
from ..base.overlay import Overlay
from ..base.store import File, Store
from ..base.warnings import Warned
from ..content.frontmatter import Meta
from ..content.texts import Article
from ..markup import document
from ..markup.written import Markup
from ..runs.results import Results, digest_of
from . import assets as assets_of
from .alone import alone
from .as_code import as_code, coded
from .assets import assets
from .explorables import known_of_runs, runs_index
from .figures import Figures, Laws
from .metadata import BuildInfo, Contents, Site, TextSummary
from .policy import guarded
from .templates import TemplateRenderer

GALLERY, REPRODUCE, NOT_FOUND = "gallery.html", "reproduce.html", "404.html"
ABOUT_DATA = "data/README.md"  # what the downloads are, for those who have them without the site
AS_THEY_ARE = b"* -text\n"  # to a git that gives lines the ends of its system, which the manifest does not know


def render_site(
    article: Article,
    results: Results,
    info: BuildInfo,
    templates: Overlay,
    compiled: Store | None = None,
    warn: Callable[[Warned], None] = lambda warned: None,
    first: Callable[[dict[str, File]], None] = lambda pages: None,
    memo: Memo | None = None,
) -> dict[str, File]:
    """Every text page and asset of the site.

    compiled  keeps compiled templates and pages from one build to the next
    warn      is told what is odd and not wrong
    first     is given the article's own pages and the assets as soon as they are there
    memo      what was rendered before
    returns   path relative to the site's root -> bytes, or the file of the cache that holds them
    raises    ContentError: all mistakes of the article, or one in a template, with file and line
    """
    renderer = TemplateRenderer(templates, compiled, memo, article.meta.language)
    downloads = [file.path for file in info.downloads]
    texts = render_texts(article, results, info.laws, renderer, downloads, info.columns)
    if renderer.words.spoken not in language.chain(renderer.words.tag):
        place = article.pages[0].file
        warn(
            Warned(
                "untranslated-page", f"{place}: no words/{renderer.words.tag.lower()}.toml, so the page speaks English"
            )
        )
    odd = [*renderer.words.odd, *(warned for text in texts for warned in text.warnings)]
    for warned in dict.fromkeys([*odd, *document.unused_works(article, texts)]):  # two pages may cite one work
        warn(warned)
    return render_pages(article.meta, texts, results, info, renderer, first)


def render_texts(
    article: Article,
    results: Results,
    laws: Laws,
    renderer: TemplateRenderer,
    downloads: Sequence[str],
    columns: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[Markup, ...]:
    """The article's texts in HTML, with their figures.

    downloads  paths of generated files that they may link to
    columns    what each column of the runs holds, as base.language.Words.tell takes it
    raises     ContentError: all mistakes of the article, or one in a figure's template
    """
    figures = Figures(renderer, results, laws, columns)
    addresses = [*beside(renderer, results), NOT_FOUND, *downloads, *([ABOUT_DATA] if downloads else ())]
    runs = digest_of(results)
    env = document.Environment(
        results,
        figure_names=figures.names,
        render_figure=figures.render,
        fill_template=renderer.render,
        figure_options=figures.options,
        views=figures.views(),
        addresses=addresses,
        memo=renderer.memo,
        words=renderer.words,
    )
    known = digest(renderer.templates.digest, renderer.words.tag, runs, columns, addresses) if runs else ""
    return document.render(article, env, known)


def beside(renderer: TemplateRenderer, results: Results) -> list[str]:
    """Our pages about the runs, where there is something for them to show: of drawn ones, of any."""

    def pages() -> list[str]:
        return [
            *([GALLERY] if any(run.pictures for run in results) else ()),
            *([REPRODUCE] if len(results) or results.tables else ()),
        ]

    return renderer.of_runs(results, "beside", pages)


def render_pages(
    meta: Meta,
    texts: Sequence[Markup],
    results: Results,
    info: BuildInfo,
    renderer: TemplateRenderer,
    first: Callable[[dict[str, File]], None] = lambda pages: None,
) -> dict[str, File]:
    """The site's pages around the article's texts."""
    placed = {call.name for text in texts for call in text.figures}
    known = renderer.of_runs(results, "known", lambda: known_of_runs(results))

    def index() -> dict[str, Any]:
        return renderer.of_runs(results, "runs", lambda: runs_index(results, info.laws(), renderer.words))

    pages = Pages(meta, texts, results, info, renderer, placed, known, index, beside(renderer, results))
    of_texts = pages.of_texts()
    first(of_texts)
    return of_texts | pages.alone() | pages.around() | pages.as_code()


_LINK = re.compile(r'<a href="(https?://([^"<>]*+))"([^<>]*+)>([^<]++)</a>')


def _told_once(link: re.Match[str]) -> str:
    """A link, with a class where its words are its address, as paper has no need of both."""
    address, bare, rest, words = link.groups()
    same = words.rstrip("/") in (address.rstrip("/"), bare.rstrip("/")) or words.startswith("doi:10.")
    return f'<a class="bare" href="{address}"{rest}>{words}</a>' if same and "class=" not in rest else link[0]


@dataclass(frozen=True)
class Pages:
    """The pages of a site, made of the same things; each is kept where nothing that it is made of has changed.

    placed  the figures that scripts bring to life, where they are there
    known   what scripts must know of the runs that they show, as explorables.known_of_runs has it
    index   gives the runs that they may show
    beside  the pages about the runs that there are
    """

    meta: Meta
    texts: Sequence[Markup]
    results: Results
    info: BuildInfo
    renderer: TemplateRenderer
    placed: Collection[str]
    known: Mapping[str, Any]
    index: Callable[[], dict[str, Any]]
    beside: Sequence[str]

    @functools.cached_property
    def loads(self) -> dict[str, list[str]]:
        """The files of the site's scripts, see assets.Scripts."""
        templates = self.renderer.templates
        wanted = assets_of.placed_scripts(templates, self.placed)
        spared = assets_of.unneeded(self.known["kinds"], self.known["wide"])
        asked = [templates.digest, wanted, spared]
        return self.renderer.memo("loads", asked, assets_of.Scripts(templates, wanted, spared).loads)

    @functools.cached_property
    def shared(self) -> dict[str, Any]:
        """What all templates are given."""
        written = tuple(TextSummary.of(text) for text in self.texts)
        return {
            "article": self.meta,
            "themes": style.accented(self.meta.accent),
            "written": written,
            "results": self.results,
            "info": self.info,
            "site": Site(self.meta, written, self.info, self.renderer.words, self.beside),
            "scripts": self.loads[""],
        }

    @functools.cached_property
    def said(self) -> str:
        """A digest of what all pages may know of the article, which is little and mostly the same after an edit."""
        known = (self.meta, dataclasses.replace(self.info, laws=dict, code=None), self.loads[""])
        written = self.shared["written"]
        memo = self.renderer.memo
        return digest(*map(repr, known), memo.held("summaries", "", written, lambda: digest(repr(written))))

    def _kept(self, stage: str, name: str, make: Callable[[], Mapping[str, File]], *given: Any) -> Mapping[str, File]:
        return self.renderer.kept(self.results, stage, name, make, *given)

    def of_texts(self) -> dict[str, File]:
        """The article's own pages and the assets."""
        renderer, themes, words = self.renderer, self.shared["themes"], self.renderer.words
        classes = {name for text in self.texts for name in text.classes}
        loaded = assets(
            renderer.templates, renderer.memo, themes, self.placed, **self.known, classes=classes, words=words
        )
        pages: dict[str, File] = {".nojekyll": b"", ".gitattributes": AS_THEY_ARE, **loaded}
        contents = tuple(Contents.of(text) for text in self.texts)
        all_said = digest(self.said, renderer.memo.held("contents", "", contents, lambda: digest(repr(contents))))
        for text in self.texts:
            scripts = {call.name: self.loads[call.name] for call in text.figures if self.loads.get(call.name)}
            own = {"text": text, "texts": contents, "runs_index": self.index, "figure_scripts": scripts}
            make = functools.partial(self._page, text.path, "article.html", own)
            given = (all_said, text.body.digest, text.words, scripts)
            pages |= self._kept("text-page", text.path, make, *given)
        return pages

    def alone(self) -> dict[str, File]:
        """A page for each figure, kept with its text."""
        pages: dict[str, File] = {}
        known = digest(repr(self.meta), self.loads)

        def make(text: Markup) -> dict[str, File]:
            with self.renderer.memo.part(text.page.path):
                return alone(text, self.renderer, self.shared, self.loads, self.index, known)

        for text in self.texts:
            calls = [(call.name, call.label, call.number, call.alone) for call in text.figures]
            making = functools.partial(make, text)
            pages |= self._kept("alone-of", text.path, making, known, text.body.digest, calls)
        return pages

    def around(self) -> dict[str, File]:
        """The pages beside the article."""
        others = (
            *self.beside,
            *([ABOUT_DATA] if self.info.downloads else ()),
            NOT_FOUND,
            *(["sitemap.xml"] if self.info.base_url else ()),
            *(["feed.xml"] if self.shared["site"].has_feed else ()),
        )
        pages: dict[str, File] = {}
        for path in others:
            pages |= self._kept("page", path, functools.partial(self._page, path, path), self.said)
        return pages

    def _page(self, path: str, template: str, own: Mapping[str, Any] = MappingProxyType({})) -> dict[str, File]:
        """A template filled in, for a path of the site. own: what it is given beside what all are"""
        page = self.renderer.render(template, {**self.shared, **own, "path": path})
        return {path: (guarded(_LINK.sub(_told_once, page)) if path.endswith(".html") else page).encode()}

    def as_code(self) -> dict[str, File]:
        """The pages, the scripts and the notebooks of the runs that are published as code."""
        code, pages = self.info.code, dict[str, File]()
        if code is None:
            return pages

        def make(place: str, where: Sequence[str]) -> dict[str, File]:
            run = next(run for run in self.results if run.place == place)  # asked for where its lines are new
            written = as_code(run, code(run), self.renderer, self.shared)
            return {path: text.encode() for path, text in zip(where, written, strict=True)}

        told = self.renderer.of_runs(self.results, "coded", lambda: coded(self.results))
        for place, where in told.items():
            pages |= self._kept("code", place, functools.partial(make, place, where), self.said)
        return pages

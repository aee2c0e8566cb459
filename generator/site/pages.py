"""Templates, article and results -> the site's text pages and assets.

    pages = render_site(article, results, info, Overlay(Path("templates")))
    pages["index.html"]  # bytes

Nothing here reads the clock, the network or the environment: the same
arguments give the same bytes.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
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
    odd = [warned for text in texts for warned in text.warnings]
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


def files_of_scripts(
    renderer: TemplateRenderer, placed: Collection[str], known: Mapping[str, Any]
) -> dict[str, list[str]]:
    """The files of a site's scripts, see assets.loads.

    placed  all figures of the site
    known   what scripts must know of the runs that they show, as explorables.known_of_runs has it
    """
    templates = renderer.templates
    wanted = assets_of.placed_scripts(templates, placed)
    spared = assets_of.unneeded(known["kinds"], known["wide"])
    asked = [templates.digest, wanted, spared]
    return renderer.memo("loads", asked, lambda: assets_of.loads(templates, wanted, spared))


def render_pages(
    meta: Meta,
    texts: Sequence[Markup],
    results: Results,
    info: BuildInfo,
    renderer: TemplateRenderer,
    first: Callable[[dict[str, File]], None] = lambda pages: None,
) -> dict[str, File]:
    """The site's pages around the article's texts."""
    about_runs = beside(renderer, results)
    placed = {call.name for text in texts for call in text.figures}
    known = renderer.of_runs(results, "known", lambda: known_of_runs(results))

    def index() -> dict[str, Any]:
        return renderer.of_runs(results, "runs", lambda: runs_index(results, info.laws(), renderer.words))

    pages, shared, loads, said = text_pages(meta, texts, results, info, renderer, placed, known, index, about_runs)
    first(pages)
    known_alone = digest(repr(meta), loads)
    for text in texts:
        make = functools.partial(_alone, text, renderer, shared, loads, index, known_alone)
        calls = [(call.name, call.label, call.number, call.alone) for call in text.figures]
        pages |= renderer.kept(results, "alone-of", text.path, make, known_alone, text.body.digest, calls)
    about_data = [ABOUT_DATA] if info.downloads else []
    others = (
        *about_runs,
        *about_data,
        NOT_FOUND,
        *(["sitemap.xml"] if info.base_url else ()),
        *(["feed.xml"] if shared["site"].has_feed else ()),
    )
    for path in others:
        made = functools.partial(_page, renderer, path, shared | {"path": path})
        pages |= renderer.kept(results, "page", path, made, said)
    told = renderer.of_runs(results, "coded", lambda: coded(results)) if info.code else {}
    for place, where in told.items():  # the runs themselves are asked for where their lines are new
        lines = functools.partial(_code, place, where, results, info, renderer, shared)
        pages |= renderer.kept(results, "code", place, lines, said)
    return pages


def known_to_all(meta: Meta, info: BuildInfo, shared: Mapping[str, Any], memo: Memo) -> str:
    """A digest of what all pages may know of the article, which is little and mostly the same after an edit."""
    known = (meta, dataclasses.replace(info, laws=dict, code=None), shared["scripts"])
    written = shared["written"]
    return digest(*map(repr, known), memo.held("summaries", "", written, lambda: digest(repr(written))))


def text_pages(
    meta: Meta,
    texts: Sequence[Markup],
    results: Results,
    info: BuildInfo,
    renderer: TemplateRenderer,
    placed: Collection[str],
    known: Mapping[str, Any],
    index: Callable[[], dict[str, Any]],
    about_runs: Sequence[str],
) -> tuple[dict[str, File], dict[str, Any], dict[str, list[str]], str]:
    """The article's own pages and the assets; what all templates of the site are given; `files_of_scripts`; and
    `known_to_all`.

    placed      the figures that scripts bring to life, where they are there
    known       what the scripts need to know of the runs
    index       the runs that they may show
    about_runs  the pages about the runs that there are
    """
    themes = style.accented(meta.accent)
    loads = files_of_scripts(renderer, placed, known)
    summaries = tuple(TextSummary.of(text) for text in texts)
    shared = {
        "article": meta,
        "themes": themes,
        "written": summaries,
        "results": results,
        "info": info,
        "site": Site(meta, summaries, info, renderer.words, about_runs),
        "scripts": loads[""],
    }
    classes = {name for text in texts for name in text.classes}
    loaded = assets(renderer.templates, renderer.memo, themes, placed, **known, classes=classes, words=renderer.words)
    pages: dict[str, File] = {".nojekyll": b"", ".gitattributes": AS_THEY_ARE, **loaded}
    contents = tuple(Contents.of(text) for text in texts)
    said = known_to_all(meta, info, shared, renderer.memo)
    all_said = digest(said, renderer.memo.held("contents", "", contents, lambda: digest(repr(contents))))
    for text in texts:
        own = {"text": text, "texts": contents, "path": text.path, "runs_index": index}
        own["figure_scripts"] = {call.name: loads[call.name] for call in text.figures if loads.get(call.name)}
        given = (all_said, text.body.digest, text.words, own["figure_scripts"])
        make = functools.partial(_text, renderer, shared | own)
        pages |= renderer.kept(results, "text-page", text.path, make, *given)
    return pages, shared, loads, said


def _text(renderer: TemplateRenderer, context: Mapping[str, Any]) -> dict[str, File]:
    """A text in its page."""
    return {context["path"]: guarded(renderer.render("article.html", context)).encode()}


def _alone(text: Markup, renderer: TemplateRenderer, *more: Any) -> dict[str, File]:
    """A page for each figure of a text, kept with the text."""
    with renderer.memo.part(text.page.path):
        return alone(text, renderer, *more)


def _code(
    place: str,
    where: Sequence[str],
    results: Results,
    info: BuildInfo,
    renderer: TemplateRenderer,
    shared: Mapping[str, Any],
) -> dict[str, File]:
    """The page, the script and the notebook of the run of a name. where: their paths in the site"""
    assert info.code is not None
    run = next(run for run in results if run.place == place)
    written = as_code(run, info.code(run), renderer, shared)
    return {path: text.encode() for path, text in zip(where, written, strict=True)}


def _page(renderer: TemplateRenderer, path: str, context: dict[str, Any]) -> dict[str, File]:
    """A page beside the article."""
    page = renderer.render(path, context)
    return {path: (guarded(page) if path.endswith(".html") else page).encode()}

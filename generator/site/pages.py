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
from ..base.store import Store
from ..base.warnings import Warned
from ..content.texts import Article, Meta
from ..markup import document
from ..markup.document import Markup
from ..networks import tables
from ..runs.results import Results
from . import assets as assets_of
from .alone import alone
from .as_code import as_code, coded
from .assets import assets
from .explorables import known_of_runs, runs_index
from .figures import Figures, Laws
from .metadata import BuildInfo, Site, TextSummary
from .policy import guarded
from .templates import TemplateRenderer

GALLERY, REPRODUCE, NOT_FOUND = "gallery.html", "reproduce.html", "404.html"
ABOUT_DATA = "data/README.md"  # what the downloads are, for those who have them without the site


def render_site(
    article: Article,
    results: Results,
    info: BuildInfo,
    templates: Overlay,
    compiled: Store | None = None,
    warn: Callable[[Warned], None] = lambda warned: None,
    first: Callable[[dict[str, bytes]], None] = lambda pages: None,
    memo: Memo | None = None,
) -> dict[str, bytes]:
    """Every text page and asset of the site.

    compiled  keeps compiled templates from one build to the next
    warn      is told what is odd and not wrong
    first     is given the article's own pages and the assets as soon as they are there
    memo      what was rendered before
    returns   path relative to the site's root -> bytes
    raises    ContentError: all mistakes of the article, or one in a template, with file and line
    """
    renderer = TemplateRenderer(templates, compiled, memo, article.meta.language)
    odd: list[Warned] = []
    downloads = [file.path for file in info.downloads]
    texts = render_texts(article, results, info.laws, renderer, downloads, info.columns, odd.append)
    if renderer.words.spoken not in language.chain(renderer.words.tag):
        place = article.pages[0].file
        warn(
            Warned(
                "untranslated-page", f"{place}: no words/{renderer.words.tag.lower()}.toml, so the page speaks English"
            )
        )
    odd += [warned for text in texts for warned in text.warnings]
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
    warn: Callable[[Warned], None] = lambda warned: None,
) -> tuple[Markup, ...]:
    """The article's texts in HTML, with their figures.

    downloads  paths of generated files that they may link to
    columns    what each column of the runs holds, as base.language.Words.tell takes it
    warn       is told what is odd about a figure
    raises     ContentError: all mistakes of the article, or one in a figure's template
    """
    figures = Figures(renderer, results, laws, columns, warn)
    return document.render_article(
        article,
        results=results,
        figure_names=figures.names,
        render_figure=figures.render,
        fill_template=renderer.render,
        figure_options=figures.options,
        views=figures.views(),
        addresses=[*beside(renderer, results), NOT_FOUND, *downloads, *([ABOUT_DATA] if downloads else ())],
        memo=renderer.memo,
        words=renderer.words,
    )


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
    first: Callable[[dict[str, bytes]], None] = lambda pages: None,
) -> dict[str, bytes]:
    """The site's pages around the article's texts."""
    about_runs = beside(renderer, results)
    placed = {call.name for text in texts for call in text.figures}
    for run in results:  # own data, which nobody has read where all runs are kept
        tables.recall(run.spec)
    known = renderer.of_runs(results, "known", lambda: known_of_runs(results))

    def index() -> dict[str, Any]:
        return renderer.of_runs(results, "runs", lambda: runs_index(results, info.laws(), renderer.words))

    pages, shared = text_pages(meta, texts, results, info, renderer, placed, known, index, about_runs)
    first(pages)
    loads = files_of_scripts(renderer, placed, known)
    pages |= alone(texts, renderer, shared, loads, index, digest(repr(meta)))
    # What pages beside the article may know of it is little, and mostly the same after an edit.
    known_to_all = (meta, shared["written"], dataclasses.replace(info, laws=dict, code=None), shared["scripts"])
    said = digest(*map(repr, known_to_all))
    about_data = [ABOUT_DATA] if info.downloads else []
    others = (*about_runs, *about_data, NOT_FOUND, *(("sitemap.xml", "feed.xml") if info.base_url else ()))
    for path in others:
        make = functools.partial(_page, renderer, path, shared | {"path": path})
        pages[path] = renderer.of_runs(results, "page", make, path, said).encode()
    told = renderer.of_runs(results, "coded", lambda: coded(results)) if info.code else {}
    for place, where in told.items():  # the runs themselves are asked for where their lines are new
        lines = functools.partial(_code, place, results, info, renderer, shared)
        made = renderer.of_runs(results, "code", lines, place, said)
        pages |= {path: text.encode() for path, text in zip(where, made, strict=True)}
    return pages


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
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The article's own pages and the assets, and what all templates of the site are given.

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
    pages = {".nojekyll": b""} | loaded
    for text in texts:
        own = {"text": text, "texts": texts, "path": text.path, "runs_index": index}
        own["figure_scripts"] = {call.name: loads[call.name] for call in text.figures if loads.get(call.name)}
        pages[text.path] = guarded(renderer.render("article.html", shared | own)).encode()
    return pages, shared


def _code(
    place: str, results: Results, info: BuildInfo, renderer: TemplateRenderer, shared: Mapping[str, Any]
) -> list[str]:
    """The page, the script and the notebook of the run of a name."""
    assert info.code is not None
    run = next(run for run in results if run.place == place)
    return as_code(run, info.code(run), renderer, shared)


def _page(renderer: TemplateRenderer, path: str, context: dict[str, Any]) -> str:
    """A page beside the article."""
    page = renderer.render(path, context)
    return guarded(page) if path.endswith(".html") else page

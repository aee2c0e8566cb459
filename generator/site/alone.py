"""Each figure of an article on a page of its own, small, for the pages of others: templates/embed.html.

    pages = alone(text, renderer, ...)
    pages["figures/bend.html"]  # HTML

A figure is taken from its text as it stands there, so that its page changes with it and with nothing else.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..base.store import File
from ..markup.blocks.figure import FigureCall
from ..markup.media import ELSEWHERE
from ..markup.written import Markup
from .policy import TAG, guarded
from .templates import TemplateRenderer

ADDRESS = re.compile(r"(\s(?:href|src|srcset|poster)=\")([^\"]*)")
FILE = re.compile(r"(url\(&#39;|url\(')")  # in a style attribute


def figures_of(text: Markup) -> Iterator[tuple[FigureCall, str]]:
    """Each figure of a text and its HTML; one whose template gives it no element of its label is passed over."""
    for call in text.figures:
        opening = re.search(rf'<figure\b[^>]*\sid="{re.escape(call.label)}"', text.html)
        if opening and call.alone:
            end = text.html.index("</figure>", opening.start()) + len("</figure>")
            yield call, text.html[opening.start() : end]


def rebased(figure: str, page: str, root: str) -> str:
    """A figure's HTML with addresses as they are from another folder.

    page  on which it stands: what it names there and does not hold itself
    root  from that folder to the site's
    """
    own = {f"#{name}" for name in re.findall(r'\sid="([^"]*)"', figure)}

    def address(found: re.Match[str]) -> str:
        before, said = found.groups()
        if ELSEWHERE.match(said) or said in own:
            return found[0]
        return f"{before}{root}{page if said.startswith('#') else ''}{said}"

    return TAG.sub(lambda tag: FILE.sub(rf"\g<1>{root}", ADDRESS.sub(address, tag[0])), figure)


def alone(
    text: Markup,
    renderer: TemplateRenderer,
    shared: Mapping[str, Any],
    loads: Mapping[str, Sequence[str]],
    index: Callable[[], dict[str, Any]],
    known: str,
) -> dict[str, File]:
    """A page for each figure of a text, by its path in the site.

    shared    what templates may know of the article
    loads     the files of the page's scripts and of each figure's, see assets.Scripts
    index     what scripts must know of the runs
    known     a digest of what all these say
    """
    pages: dict[str, File] = {}
    for call, figure in figures_of(text):
        scripts = {"scripts": [*loads[""], *loads.get(call.name, ())]}

        def make(call: FigureCall = call, figure: str = figure, scripts: dict[str, Any] = scripts) -> dict[str, File]:
            root = "../" * call.alone.count("/")
            context = {
                "call": call,
                "root": root,
                "home": text.path,
                "figure": rebased(figure, text.path, root),
                **scripts,
                "runs_index": shown(index(), figure, root) if "data-explorable" in figure else None,
            }
            return {call.alone: guarded(renderer.render("embed.html", {**shared, **context})).encode()}

        given = (known, scripts, text.path, call.name, call.number, figure)
        pages |= renderer.kept(shared["results"], "alone", call.alone, make, *given)
    return pages


def shown(index: Mapping[str, Any], figure: str, root: str) -> dict[str, Any]:
    """What scripts must know of the runs that a figure may show: those of the recipe of the run that it names, or all.

    root  from the figure's page to the site's folder
    """
    named = re.search(r'data-options="([^"]*)"|data-options=\'([^\']*)\'', figure)
    run = json.loads(html.unescape(named[1] or named[2])).get("run") if named else None
    recipe = next((each["recipe"] for each in index["runs"] if each["id"] == run), None)
    runs = [each | {"data": root + each["data"]} for each in index["runs"] if recipe in (None, each["recipe"])]
    if recipe is None:
        return {**index, "runs": runs}
    return {**index, "runs": [each | {"recipe": 0} for each in runs], "recipes": [index["recipes"][recipe]]}

"""The figures that an article places, drawn from results."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from ..base.errors import ContentError
from ..markup.blocks.figure import FigureCall
from ..networks.activations import ACTIVATIONS
from ..runs.results import Result, Results, UnknownResult, fits
from .explorables import PLACING
from .templates import TemplateRenderer

Laws = Callable[[], Mapping[str, Any]]


class Figures:
    """The figures that an article may place, drawn from results.

    A template templates/figures/<name>.html makes a figure of that name; any
    other name is a picture that runs have, placed by pictures.html. A template
    says in its first comment which options it takes: {# options: hide, epoch #}.
    `live` tells it that templates/js/<name>.js brings it to life.
    """

    DEFAULT = "pictures"

    def __init__(self, renderer: TemplateRenderer, results: Results, laws: Laws = dict) -> None:
        self.renderer = renderer
        self.results = results
        self.laws = laws
        files, memo = renderer.templates, renderer.memo
        own = {Path(name).stem: name for name in files.inside("figures", ".html")}
        self.options = memo(
            "options", files.digest, lambda: {name: _options(files.text(file)) for name, file in own.items()}
        )
        self.own = frozenset(own) - {self.DEFAULT}
        self.live = frozenset(Path(name).stem for name in files.inside("js", ".js"))
        pictures = renderer.of_runs(
            results, "pictures", lambda: sorted({name for run in results for name in run.pictures})
        )
        self.names = frozenset({*self.own, *pictures})

    def render(self, call: FigureCall) -> str:
        """A figure with its number, its caption and links to where it comes from.

        raises  UnknownResult: no such field, or no run that fits
                ContentError: the template is wrong
        """
        given = (call.name, repr(call.options), call.caption_html, call.label, call.number)
        return self.renderer.of_runs(self.results, "figure", lambda: self._render(call), *given)

    def _render(self, call: FigureCall) -> str:
        name = call.name if call.name in self.own else self.DEFAULT
        shown: list[Result] = []

        def pick(names: Sequence[str], options: Mapping[str, Any]) -> list[Result]:
            conditions = {key: value for key, value in options.items() if key not in self.options.get(call.name, ())}
            runs = chosen(self.results, names, conditions, travelling=call.name in self.live)
            shown.extend(runs)
            return runs

        context = {
            "name": call.name,
            "options": dict(call.options),
            "results": self.results,
            "laws": self.laws(),
            "chosen": pick,
            "live": call.name in self.live,
        }
        try:
            body = self.renderer.env.get_template(f"figures/{name}.html").render(context)
            return self.renderer.render("figure.html", {"call": call, "body": body, "runs": shown})
        except jinja2.TemplateError as error:
            raise ContentError([self.renderer.problem(f"figures/{name}.html", error)]) from error


def _options(template: str) -> list[str]:
    """The options that a figure's template says it takes."""
    said = re.search(r"\{#.*?\boptions: ([\w\s,]+?)\s*[.#]", template, re.DOTALL)
    return re.findall(r"\w+", said[1]) if said else []


def chosen(
    results: Results, names: Sequence[str], options: Mapping[str, Any], travelling: bool = False
) -> list[Result]:
    """One run for each class count, activation and value listed in an option: the first seed that has these pictures.

    options     conditions as Results.where takes them; id, size and alt are passed over; experiments that are listed
                are one pool, not one run each
    travelling  where some of them travel with the page, only these: an explorable shows what its picture showed
    raises      UnknownResult: no such field, or no run fits
    """
    conditions = {key: value for key, value in options.items() if key not in PLACING}
    fitting = [run for run in results.where(**conditions) if all(name in run.pictures for name in names)]
    if not fitting:
        asked = ", ".join(f"{key}={value!r}" for key, value in conditions.items())
        raise UnknownResult(f"no run{' with ' + asked if asked else ''} has the picture {' and '.join(names)}")
    if travelling:
        fitting = [run for run in fitting if "js" in run.files] or fitting
    pooled = ("experiment", "classes", "activation")
    listed = {key: value for key, value in conditions.items() if isinstance(value, (list, tuple)) and key not in pooled}
    first = {
        (
            run.value("classes"),
            run.value("activation"),
            *(
                next((at for at, one in enumerate(want) if fits(run.value(key), one)), 0)
                for key, want in listed.items()
            ),
        ): run
        for run in reversed(fitting)
    }
    return [first[key] for key in sorted(first, key=_order(conditions))]


def _order(conditions: Mapping[str, Any]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Sorts (classes, activation, ...) as the author listed them, else by class count, tanh first."""

    def place(key: str, value: Any, otherwise: Any) -> Any:
        listed = conditions.get(key)
        return listed.index(value) if isinstance(listed, (list, tuple)) else otherwise

    known = list(ACTIVATIONS)
    return lambda key: (
        place("classes", key[0], key[0]),
        place("activation", key[1], known.index(key[1]) if key[1] in known else len(known)),
        *key[2:],
    )

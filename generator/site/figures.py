"""The figures that an article places, drawn from results."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jinja2

from .. import figures
from ..base.errors import ContentError
from ..base.overlay import Overlay
from ..markup.blocks.figure import FigureCall
from ..networks import tables
from ..networks.activations import ACTIVATIONS
from ..networks.spec import unflat
from ..runs.entries import TWO_NEURONS, lacking
from ..runs.results import Result, Results, UnknownResult, fits
from .assets import live
from .charts import Chart, chart
from .explorables import PLACING
from .templates import TemplateRenderer

OPTIONS = re.compile(r"\{#.*?\boptions: ([\w\s,]+?)\s*[.#]", re.DOTALL)
# A property of a script's own, as templates/js/kit/state.js has them; what is kept out of the address is no option.
PROPERTY = re.compile(r'\{\s*kind: "\w+",\s*name: "(\w+)"(?![^{}]*\bkept: false)')
Laws = Callable[[], Mapping[str, Any]]


class Figures:
    """The figures that an article may place, drawn from results.

    A template templates/figures/<name>.html makes a figure of that name; any
    other name is a picture that runs have, or one that the author's own code
    drew, placed by pictures.html. A template
    says in its first comment which options it takes: {# options: of, by #}.
    `live` tells it that templates/js/<name>.js brings it to life; then the
    properties that this script gives its state are options as well.

    columns  what each column of the runs holds, as base.language.Words.tell takes it
    """

    DEFAULT = "pictures"

    def __init__(
        self,
        renderer: TemplateRenderer,
        results: Results,
        laws: Laws = dict,
        columns: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.renderer = renderer
        self.results = results
        self.laws = laws
        self.columns = columns
        files, memo = renderer.templates, renderer.memo
        own = [Path(name).stem for name in files.inside("figures", ".html")]
        self.live = live(files)
        self.options = memo("options", files.digest, lambda: {name: self._options(files, name) for name in own})
        self.own = frozenset(own) - {self.DEFAULT}
        pictures = renderer.of_runs(results, "pictures", lambda: sorted(_pictures(results)))
        self.names = frozenset({*self.own, *pictures, *results.pictures})

    def _options(self, files: Overlay, name: str) -> list[str]:
        """The options of a figure: those that its template says it takes, and those of its script."""
        said = OPTIONS.search(files.text(f"figures/{name}.html"))
        of_script = PROPERTY.findall(files.text(f"js/{name}.js")) if name in self.live else []
        return [*(re.findall(r"\w+", said[1]) if said else []), *of_script]

    def render(self, call: FigureCall) -> str:
        """A figure with its number, its caption and links to where it comes from.

        raises  UnknownResult: no such field, or no run that fits
                OptionError: an option of a chart is wrong
                ContentError: the template is wrong
        """
        given = (call.name, repr(call.options), call.caption_html, call.label, call.number)
        return self.renderer.of_runs(self.results, "figure", lambda: self._render(call), *given)

    def _render(self, call: FigureCall) -> str:
        drawn = self.results.pictures.get(call.name)
        name = call.name if call.name in self.own and not drawn else self.DEFAULT
        shown: list[Result] = []  # those whose pictures or data are seen
        behind: list[Result] = []  # those that numbers are from

        def pick(names: Sequence[str], options: Mapping[str, Any]) -> list[Result]:
            conditions = {key: value for key, value in options.items() if key not in self.options.get(call.name, ())}
            runs = chosen(self.results, names, conditions, call.name in self.live, call.name * (call.name in self.own))
            shown.extend(runs)
            return runs

        def charted() -> Chart:
            names = {**self.results.tables, "results": self.results}
            drawn = chart(call.options, names, self.renderer.words, self.columns)
            behind.extend(row for row in drawn.rows if isinstance(row, Result))
            return drawn

        context = {
            "call": call,
            "name": call.name,
            "drawn": drawn,
            "options": dict(call.options),
            "results": self.results,
            "laws": self.laws(),
            "chosen": pick,
            "chart": charted,
            "live": call.name in self.live,
        }
        try:
            body = self.renderer.env.get_template(f"figures/{name}.html").render(context)
            given = {"call": call, "body": body, "runs": [*shown, *behind], "shown": shown, "drawn": drawn}
            return self.renderer.render("figure.html", given)
        except jinja2.TemplateError as error:
            raise ContentError([self.renderer.problem(f"figures/{name}.html", error)]) from error


def chosen(
    results: Results, names: Sequence[str], options: Mapping[str, Any], travelling: bool = False, planes: str = ""
) -> list[Result]:
    """One run for each class count, activation and value listed in an option: the first seed that has these pictures.

    options     conditions as Results.where takes them; id, size and alt are passed over; experiments that are listed
                are one pool, not one run each
    travelling  where some of them travel with the page, only these: an explorable shows what its picture showed
    planes      the figure, if a hidden plane in it must be one: what stands around it says nothing of a projection
    raises      UnknownResult: no such field, or no run fits
    """
    conditions = {key: value for key, value in options.items() if key not in PLACING}
    fitting = [run for run in results.where(**conditions) if all(name in run.pictures for name in names)]
    if not fitting:
        for name in names:
            if lacked := sorted({one for run in results.where(**conditions) if (one := _lacking(name, run))}):
                raise UnknownResult(
                    _needs(name, lacked[0][0], {given for what, given in lacked if what == lacked[0][0]})
                )
        asked = ", ".join(f"{key}={value!r}" for key, value in conditions.items())
        raise UnknownResult(f"no run{' with ' + asked if asked else ''} has the picture {' and '.join(names)}")
    if planes and "hidden-plane" in names:
        widths = {run.spec["hidden"][-1] for run in fitting}
        fitting = [run for run in fitting if run.spec["hidden"][-1] == 2]
        if not fitting:
            raise UnknownResult(_needs(planes, TWO_NEURONS, widths))
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
    return [first[key] for key in sorted(reversed(first), key=_order(conditions))]


def _pictures(results: Results) -> set[str]:
    """The pictures that runs have, and those that they would have if their inputs or their last layer were a plane."""
    drawn = [run for run in results if run.pictures]
    return {name for run in drawn for name in run.pictures} | {
        name for name in figures.load() if any(_lacking(name, run) for run in drawn)
    }


def _lacking(name: str, run: Result) -> tuple[str, int] | None:
    tables.recall(run.spec)
    return lacking(name, unflat(run.spec))


def _needs(name: str, what: str, given: Iterable[int]) -> str:
    return f'the figure "{name}" needs {what}; these runs have {" or ".join(map(str, sorted(given)))}'


def _order(conditions: Mapping[str, Any]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Sorts (classes, activation, ...) as the author listed them, else by class count, tanh first and own ones last."""

    def place(key: str, value: Any, otherwise: Any) -> Any:
        listed = conditions.get(key)
        return listed.index(value) if isinstance(listed, (list, tuple)) else otherwise

    known = list(ACTIVATIONS)
    return lambda key: (
        place("classes", key[0], key[0]),
        place("activation", key[1], known.index(key[1]) if key[1] in known else len(known)),
        *key[2:],
    )

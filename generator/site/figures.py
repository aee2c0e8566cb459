"""The figures that an article places, drawn from results."""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import jinja2

from .. import figures
from ..base.errors import ContentError, meant, mistake, one_of, short
from ..base.overlay import Overlay
from ..base.warnings import Warned
from ..markup.blocks import FLAG, NUMBER, Option, several
from ..markup.blocks.figure import ANY, OWN, FigureCall, OptionError
from ..networks import datasets
from ..networks.activations import ACTIVATIONS
from ..runs.results import Result, Results, UnknownResult, fits
from . import requirements
from .assets import live
from .explorables import data_sets, drawn_sets, shipped, started_with, without_seed
from .templates import TemplateRenderer
from .words import differing

if TYPE_CHECKING:
    from .charts import Chart

OPTIONS = re.compile(r"\{#.*?\boptions: ([\w\s,]+?)\s*[.#]", re.DOTALL)
# A property of a script's own, as templates/js/kit/state.js has them, and what it says of it.
PROPERTY = re.compile(r'\{\s*kind: "(\w+)",\s*name: "(\w+)"(.*?)(?=\{\s*kind: |\n\s*\][,;]|\Z)', re.DOTALL)
UNKEPT = re.compile(r"[^{}]*\bkept: false")  # which is no option, as it is kept out of the address
# What a script says of one plainly. All values that follow from what is there stand in a line of the script's head.
BOUND = {side: re.compile(rf"\b{side}: (-?\d[\d.e-]*)\s*[,}}]") for side in ("min", "max")}
VALUES = re.compile(r'\bvalues: \[((?:\s*\[\s*(?:"[^"\\]*"|-?[\d.]+)\s*,[^\[\]]*\],?)+)\s*\]')
VALUE = re.compile(r'\[\s*"?([^",\s][^",]*?)"?\s*,')
ALL_VALUES = re.compile(r"^// values of (\w+): (.+)$", re.MULTILINE)
OF_RUNS, OF_DATA = "<runs>", "<data>"  # there: those of the runs that travel with the page, the names of data
FORM = r"/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)/"
FITS, LIKE = re.compile(rf"\bfits: (?:{FORM}|(\w+)\s*[,}}])"), re.compile(r'\blike: "([^"\\]+)"')
DRAWS = re.compile(r"^// needs: .*\bbuild/datasets\b", re.MULTILINE)
DEFINES = re.compile(r"""\bpeek\.define\(\s*["'`]([\w-]+)["'`]""")
CHOOSES = re.compile(r"\bruns\.chooser\(")
CHOSEN = ("classes", "activation", "seed")  # by which readers choose a run there
IN_ADDRESS = {  # kind of a property -> what one may be in an address, but for what is said of it
    "number": Option(lambda text: re.fullmatch(r"-?\d+(\.\d+)?", text) is not None, "a number"),
    "flag": Option(lambda text: text in ("0", "1"), "0 or 1"),
}
STARTS = {"number": NUMBER, "flag": FLAG}  # and what an author may start one with
WORD = Option(bool, "a value")
Laws = Callable[[], Mapping[str, Any]]
Warn = Callable[[Warned], None]


def properties(place: Path, script: str) -> dict[str, dict[str, Any]]:
    """What authors may start a figure's script with: its own properties, and of data that it draws what readers set.

    place   its file, by whose name the figure is called
    returns  name -> "kind", and what the script says plainly: "min", "max", "values", the pattern that "fits", "like"
    raises  ContentError: it defines another figure; two have one name, so that one would set the other
    """
    if (defined := DEFINES.findall(script)) and place.stem not in defined:
        raise mistake(str(place), f'defines the figure "{defined[0]}"', f'peek.define("{place.stem}", …)')
    found = {name: _said(kind, about, script) for kind, name, about in PROPERTY.findall(script)}
    own = [name for _, name, about in PROPERTY.findall(script) if not UNKEPT.match(about)]
    of_data = datasets.controls() if DRAWS.search(script) else []
    for name in own:
        if own.count(name) > 1 or name in of_data:
            whose = ", its own and a control of data" if name in of_data else ""
            raise mistake(str(place), f'two properties of its state are called "{name}"{whose}', "a name for each")
    for name, values in listed(script).items():
        found.setdefault(name, {})["values"] = values
    return {name: found[name] for name in own} | {name: {"kind": "number"} for name in of_data}


def _said(kind: str, about: str, script: str) -> dict[str, Any]:
    """What a script says of a property plainly."""
    said: dict[str, Any] = {"kind": {"range": "number"}.get(kind, kind)}
    for side, form in BOUND.items() if said["kind"] == "number" else ():
        if bound := form.search(about):
            said[side] = float(bound[1])
    if kind == "choice" and (values := VALUES.search(about)):
        said["values"] = VALUE.findall(values[1])
    if kind == "text" and (fits := FITS.search(about)):
        fits = fits if fits[1] else re.search(rf"\bconst {fits[2]} = {FORM}", script)
        said |= {"fits": fits[1]} if fits else {}
        said |= {"like": like[1]} if (like := LIKE.search(about)) else {}
    return said


def chosen_by(script: str) -> dict[str, list[str]]:
    """What readers choose a run by in a figure: name -> its values, as a line of the script's head says them."""
    usual = {key: [OF_RUNS] for key in CHOSEN} if CHOOSES.search(script) else {}
    return usual | {name: values for name, values in listed(script).items() if name in CHOSEN}


def listed(script: str) -> dict[str, list[str]]:
    """All values of choices that the head of a script says."""
    return {name: re.split(r",\s*", said.strip()) for name, said in ALL_VALUES.findall(script)}


def may_be(about: Mapping[str, Any], usual: Mapping[str, Option], otherwise: Option, values: Sequence[str]) -> Option:
    """What an option or a value in an address may be, by what is said of its property.

    usual   of the kinds
    values  all that a choice may be; (): nobody knows
    """
    if values:
        return Option(lambda value: _text(value) in values, one_of(values), values)
    if about.get("kind") == "number":
        return _within(usual["number"], about.get("min", -math.inf), about.get("max", math.inf))
    if "fits" in about:
        with contextlib.suppress(re.error):  # a pattern that is read in browsers alone
            form = re.compile(about["fits"], re.ASCII)
            expected = f'text like "{about["like"]}"' if "like" in about else f"text that fits /{about['fits']}/"
            return Option(lambda value: form.search(_text(value)) is not None, expected)
    return usual.get(about.get("kind", ""), otherwise)


def _within(number: Option, least: float, most: float) -> Option:
    expected = number.expected
    if most < math.inf:
        expected += f" from {least:g} to {most:g}" if least > -math.inf else f", at most {most:g}"
    elif least > -math.inf:
        expected += f", at least {least:g}"
    return Option(lambda value: number.fits(value) and least <= float(value) <= most, expected)


def _text(value: Any) -> str:
    """A plain value as an address would say it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


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
        said = memo("options", files.digest, lambda: {name: self._options(files, name) for name in own})
        self.sent = renderer.of_runs(results, "choices", self._choices)
        self.options = {
            name: {
                key: _some_of(of["some"]) if "some" in of else may_be(of, STARTS, ANY, self._values(key, of))
                for key, of in own_of.items()
            }
            for name, own_of in said.items()
        }
        self.own = frozenset(own) - {self.DEFAULT}
        pictures = renderer.of_runs(results, "pictures", lambda: sorted(_pictures(results)))
        self.names = frozenset({*self.own, *pictures, *results.pictures})

    def views(self) -> dict[str, dict[str, Option]]:
        """What the state of each figure with a script is made of: name -> key -> what its text in an address may be."""
        files, memo = self.renderer.templates, self.renderer.memo
        names = sorted(name for name in self.live if name in self.options)

        def told(name: str) -> dict[str, dict[str, Any]]:
            script = files.text(f"js/{name}.js")
            chosen = {key: {"kind": "choice", "values": values} for key, values in chosen_by(script).items()}
            return chosen | properties(files.place(f"js/{name}.js"), script)

        said = memo("states", files.digest, lambda: {name: told(name) for name in names})
        return {
            name: {key: may_be(of, IN_ADDRESS, WORD, self._values(key, of)) for key, of in own_of.items()}
            for name, own_of in said.items()
        }

    def _values(self, name: str, about: Mapping[str, Any]) -> list[str]:
        """All that a choice may be; []: nobody knows."""
        placed = {OF_RUNS: self.sent.get(name, []), OF_DATA: self.sent["data"]}
        values = about.get("values", [])
        if not all(placed.get(value, True) for value in values):
            return []  # without runs
        return [*dict.fromkeys(one for value in values for one in placed.get(value, [value]))]

    def _choices(self) -> dict[str, list[str]]:
        """What a reader may choose of the runs that travel with the page, and of the data of all."""
        sent = shipped(self.results)
        choices = {key: [*dict.fromkeys(str(run.spec[key]) for run in sent)] for key in CHOSEN}
        return choices | {"data": [*dict.fromkeys([*(run.spec["dataset"] for run in sent), *drawn_sets(self.results)])]}

    def _options(self, files: Overlay, name: str) -> dict[str, dict[str, Any]]:
        """The options of a figure: those that its template says it takes, and those of its script with what it says of
        them; of `hide` the names of what it can hide."""
        said = OPTIONS.search(files.text(f"figures/{name}.html"))
        script = files.text(f"js/{name}.js") if name in self.live else ""
        of_script = properties(files.place(f"js/{name}.js"), script)
        options: dict[str, dict[str, Any]] = {key: {} for key in (re.findall(r"\w+", said[1]) if said else ())}
        options |= of_script
        if "hide" in options and script:
            all_own = [each[1] for each in PROPERTY.findall(script)]
            options["hide"] = {"some": [*dict.fromkeys([*chosen_by(script), *of_script, *all_own, "tools"])]}
        return options

    def render(self, call: FigureCall, warn: Warn = lambda warned: None) -> str:
        """A figure with its number, its caption and links to where it comes from.

        warn    is told what is odd about it
        raises  UnknownResult: no such field, or no run that fits
                OptionError: an option of a chart is wrong
                ContentError: the template is wrong
        """
        given = (call.name, repr(call.options), call.caption_html, call.label, call.number, call.alone)
        html, odd = self.renderer.of_runs(self.results, "figure", lambda: self._render(call), *given)
        if odd:
            warn(Warned("one-of-several", f"{call.place}: {odd}"))
        return str(html)

    def _render(self, call: FigureCall) -> list[str]:
        """The figure, and what is odd about it, or ""."""
        drawn = self.results.pictures.get(call.name)
        name = call.name if call.name in self.own and not drawn else self.DEFAULT
        is_live = call.name in self.live
        shown: list[Result] = []  # those whose pictures or data are seen
        pictured: list[Result] = []  # those whose points are seen, in their classes' colours
        behind: list[Result] = []  # those that numbers are from
        odd: list[str] = []

        def pick(
            pictures: Sequence[str],
            options: Mapping[str, Any],
            measures: Sequence[str] = (),
            image: bool = False,
            projected: bool = False,
        ) -> list[Result]:
            conditions = {key: value for key, value in options.items() if key not in self.options.get(call.name, ())}
            planes = call.name in self.own and not projected  # what stands around one says nothing of a projection
            runs = chosen(self.results, pictures, conditions, measures, is_live, call.name, planes, image)
            shown.extend(runs)
            pictured.extend(runs if {*pictures} - {"loss"} else ())
            if pictures and not is_live:
                odd.extend(_unchosen(call.name, runs, _able(self.results, pictures, conditions, measures)))
            return runs

        def seeds(options: Mapping[str, Any], measures: Sequence[str]) -> Results:
            """Every seed of the class counts that a figure may be drawn of, in the first experiment and activation."""
            first = pick([], options, measures)
            counts, activation = [run.spec["classes"] for run in first], first[0].spec["activation"]
            return self.results.where(experiment=first[0].experiment, activation=activation, classes=counts)

        def charted() -> Chart:
            from .charts import chart  # takes a while to import, which articles without a chart do without

            names = {**self.results.tables, "results": self.results}
            drawn = chart(call.options, names, self.renderer.words, self.columns)
            behind.extend(row for row in drawn.rows if isinstance(row, Result))
            return drawn

        def two_way() -> dict[str, Any]:
            from . import two_way

            found, runs = two_way.design(call.options, self.results, self.renderer.words)
            behind.extend(runs)
            return found

        context = {
            "call": call,
            "name": call.name,
            "drawn": drawn,
            "options": dict(call.options),
            "results": self.results,
            "laws": _laws(self.laws(), call.options if "laws" in self.options.get(call.name, ()) else {}),
            "chosen": pick,
            "seeds": seeds,
            "chart": charted,
            "two_way": two_way,
            "folded": folded,
            "data_sets": lambda: data_sets(call.options.get("sets"), self.results, self.renderer.words),
            "started_with": started_with,
            "live": is_live,
        }
        try:
            body = self.renderer.env.get_template(f"figures/{name}.html").render(context)
            _check_stops(call.options.get("stops", ()), shown)
            given = {"body": body, "runs": [*shown, *behind], "pictured": pictured}
            html = self.renderer.render("figure.html", context | given)
        except jinja2.TemplateError as error:
            raise ContentError([self.renderer.problem(f"figures/{name}.html", error)]) from error
        return [html, "; ".join(odd)]


def _some_of(known: Sequence[str]) -> Option:
    """What an option may be that names controls of a figure: one of some names, or a list."""
    return Option(lambda value: all(one in known for one in several(value)), f"some of {', '.join(known)}")


def _laws(laws: Mapping[str, Any], options: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the laws predict, by room, of those that an option names and in its order; of all where it names none."""
    if "laws" not in options:
        return laws
    asked = several(options["laws"])
    for law in asked:
        if not isinstance(law, str) or not all(law in of_room for of_room in laws.values()):
            known = [*dict.fromkeys(name for of_room in laws.values() for name in of_room)]
            raise OptionError("laws", f'no law "{short(str(law))}"', *meant(str(law), known))
    return {room: {law: of_room[law] for law in asked} for room, of_room in laws.items()}


def folded(x: float, y: float, norm: float | None = None) -> tuple[float, float]:
    """A place of the square, turned and mirrored to lie between the ways to a wall, (1, 0), and to a corner, (1, 1).

    norm     its distance from the middle, in whatever unit; None: as it is
    returns  two numbers, the first the larger, neither negative
    """
    larger, smaller = max(abs(x), abs(y)), min(abs(x), abs(y))
    scale = 1.0 if norm is None else norm / (math.hypot(x, y) or 1.0)
    return larger * scale, smaller * scale


def _check_stops(stops: Sequence[tuple[int, str]], shown: Sequence[Result]) -> None:
    """Nobody can stop after the end of training."""
    for epoch, _ in stops:
        last = min((run.spec["epochs"] for run in shown), default=math.inf)
        if epoch > last:
            raise OptionError("stops", f"a stop at epoch {epoch}", f"epochs up to {last}, the last of the run")


def chosen(
    results: Results,
    pictures: Sequence[str],
    options: Mapping[str, Any],
    measures: Sequence[str] = (),
    travelling: bool = False,
    figure: str = "",
    planes: bool = False,
    image: bool = False,
) -> list[Result]:
    """One run for each class count, activation and value listed in an option: the first seed that has all it takes.

    pictures, measures  what a run must have
    options     conditions as Results.where takes them; id, size and alt are passed over; experiments that are listed
                are one pool, not one run each
    travelling  where some of them travel with the page, only these: an explorable shows what its picture showed
    figure      what shows them, for messages
    planes      whether a hidden plane in it must be one, no projection
    image       whether the rows of their data must be pictures
    raises      UnknownResult: no such field, no run fits, or none has what it takes, with the reason
    """
    figure = figure or " and ".join(pictures)
    if not len(results):
        raise UnknownResult(f'the figure "{figure}" shows networks, and the article has no experiments')
    conditions = _conditions(options)
    _check_listed(results, conditions)
    fitting = _able(results, pictures, options, measures)
    if not fitting:
        raise UnknownResult(requirements.reason(figure, results.where(**conditions), results, pictures, measures))
    if planes and "hidden-plane" in pictures:
        wide, fitting = fitting, [run for run in fitting if run.spec["hidden"][-1] == 2]
        if not fitting:
            raise UnknownResult(requirements.needs_plane(figure, wide))
    if image:
        fitting = [run for run in fitting if run.spec.get("image")]
        if not fitting:
            raise UnknownResult(f'the figure "{figure}" needs data whose rows are pictures: image = [height, width]')
    if travelling:
        fitting = shipped(fitting) or fitting
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


def _check_listed(results: Results, conditions: Mapping[str, Any]) -> None:
    """Each value of a list is one that some run has, as a value alone must be.

    raises  UnknownResult: which is not, and what there is
    """
    for key, want in conditions.items():
        if not isinstance(want, (list, tuple)):
            continue
        known = results.distinct(key)
        if not any(isinstance(value, (list, tuple)) and list(value) == list(want) for value in known):
            for one in want:
                if not any(fits(value, one) for value in known):
                    results.where(**{key: one})


def _conditions(options: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key not in OWN}


def _able(
    results: Results, pictures: Sequence[str], options: Mapping[str, Any], measures: Sequence[str]
) -> list[Result]:
    """The runs that a figure may be drawn of, with some options."""
    return [run for run in results.where(**_conditions(options)) if not requirements.lacks(run, pictures, measures)]


def _unchosen(figure: str, shown: Sequence[Result], able: Sequence[Result]) -> Iterator[str]:
    """That a figure shows some of several recipes, where it does, and how to say which."""
    recipes = [*{repr(without_seed(run)): run for run in reversed(able)}.values()]
    if len(recipes) <= len(shown):
        return
    keys = [key for key in differing(recipes) if key not in ("classes", "activation")]
    values = {key: list(dict.fromkeys(json.dumps(run.spec.get(key)) for run in able)) for key in keys}
    key, some = max(values.items(), key=lambda item: len(item[1]))
    ways = f"{key}: {some[0]} for one, {key}: [{', '.join(some[:2])}{', …' * (len(some) > 2)}] for several"
    said = f'the figure "{figure}" shows {len(shown)} of {len(recipes)} recipes that are drawn, which differ in'
    yield f"{said} {', '.join(keys)}; expected an option such as {ways}"


def _pictures(results: Results) -> set[str]:
    """The pictures that there are: of every kind of ours, and what else runs have."""
    return {*figures.load()}.union(*(run.pictures for run in results))


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

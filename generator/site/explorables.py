"""What the page's scripts are told: how an explorable starts, and what they must know of the build."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..base import language
from ..base.errors import nearest
from ..base.language import Words
from ..markup.blocks import named, several
from ..markup.blocks.figure import OWN, OptionError
from ..networks import datasets, formulas, recipe, tables
from ..networks.activations import ACTIVATIONS, carried
from ..networks.rooms import ROOMS
from ..runs.results import Result, Results

LISTS = ("hide", "stops", "sets")  # options that are lists, however short
PLACED_TO = 3  # decimals of a centre's place, as fine as the points of a run that travels with the page
CHOSEN = ("classes", "activation", "formula", "seed", "bias_start")  # what readers choose a run by, or goes with it
OF_CLASSES = ("kind", "labels", "points_per_class", "test_points")  # what differs where own rows are of fewer classes
TRAINED_WITH = ("hidden", "epochs", "learning_rate", "schedule", "beta1", "beta2", "epsilon", "l2")
SETS = 'data of the article that lie in the plane or are rays, as [spirals, hole: "Spirals with a hole"]'


def start_state(options: Mapping[str, Any], run: Result | None = None) -> dict[str, Any]:
    """An author's options as an explorable takes them: a list of one is that one.

    run  the one whose pictures stand there until the explorable is live
    """
    shown = {} if run is None else {"run": run.place}
    return shown | {key: _start(key, value) for key, value in options.items() if key not in OWN}


def _start(key: str, value: Any) -> Any:
    if key in LISTS:
        return several(value)
    return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value


def shipped(runs: Iterable[Result]) -> list[Result]:
    """Those of some runs that travel with the page."""
    return [run for run in runs if "js" in run.files]


def runs_index(results: Results, laws: Mapping[str, Any], words: Words | None = None) -> dict[str, Any]:
    """What scripts must know of the build: runs that travel with the page, their recipes, the laws' optima.

    laws     room -> law -> {"optima": {class count: {"value", "points", ...}}}, as packing.solve tells them
    words    the language that it is told in; None: English
    returns  {"runs": [...], each with the place of its recipe in "recipes": [...],
             "optima": room -> law -> {"optima": ...}, "activations": name -> what it does to a sum,
             "rooms": name -> what it is called}
    """
    words = words or language.english()
    members = _recipes(results)
    travelling = shipped(results)
    places = {run.place: at for at, runs in enumerate(members) for run in runs}
    optima = {
        room: {
            law: {"optima": {k: {key: best[key] for key in ("value", "points")} for k, best in said["optima"].items()}}
            for law, said in of_room.items()
        }
        for room, of_room in laws.items()
    }
    return {
        "runs": [
            {"id": run.place, "experiment": run.experiment}
            | {key: run.spec[key] for key in ("classes", "activation", "seed")}
            | {"data": run.files["js"], "recipe": places[run.place]}
            for run in travelling
        ],
        # The most classes of a group have all the words that its classes have.
        "recipes": [_recipe(max(runs, key=lambda run: run.spec["classes"]), words) for runs in members],
        "optima": optima,
        "activations": {
            str(name): words(ACTIVATIONS[name].words)
            for name in {carried(run.spec)["activation"]: 0 for run in travelling}
        },
        "rooms": {name: words(name) for name in ROOMS},
    }


def known_of_runs(results: Results) -> dict[str, Any]:
    """What scripts must know to show the runs that travel with the page: the kinds of data, the activations,
    the formulas of own ones, and the class centres of the networks of each recipe, by the id of its first run; the
    kinds of all runs that they may draw; and whether a last hidden layer is wider than a plane."""
    travelling = shipped(results)
    known: dict[str, Any] = {f"{key}s": sorted({run.spec[key] for run in travelling}) for key in ("kind", "activation")}
    known["wide"] = any(run.spec["hidden"][-1] > 2 for run in travelling)
    known["drawn"] = sorted({_drawn(run).name for run in drawn_sets(results).values()})
    formulas = {run.spec["activation"]: run.spec["formula"] for run in travelling if run.spec.get("formula")}
    centres = {runs[0].place: _centres(results, runs) for runs in _recipes(results)}
    return known | {"formulas": dict(sorted(formulas.items())), "centres": centres}


def _recipes(results: Results) -> list[list[Result]]:
    """The runs that travel with the page, by what those share among which a reader chooses."""
    groups: list[dict[str, Any]] = []
    members: list[list[Result]] = []
    for run in shipped(results):
        if (group := _group(run)) not in groups:
            groups.append(group)
            members.append([])
        members[groups.index(group)].append(run)
    return members


def data_sets(given: Any, results: Results, words: Words | None = None) -> list[dict[str, Any]]:
    """Data of the article's runs that readers' browsers can draw, as a figure takes them that trains on them.

    given    the author's: names, each alone or as {name: words}; None: all that there are, in the order of the runs
    words    the language that they are told in; None: English
    returns  of each its name, what it is called, and what _data says of it
    raises   OptionError: no such data, or none that a browser can draw
    """
    words = words or language.english()
    known = drawn_sets(results)
    found: list[dict[str, Any]] = []
    for one in list(known) if given is None else several(given):
        name, told = named(one)
        if name not in known or not isinstance(told, str):
            near = nearest(str(name), known)
            raise OptionError("sets", f'sets has "{name}"', SETS, near)
        data = _data(known[name], words)
        found.append({"name": name, "label": told or _called(name, data, found, words), **data})
    return found


def started_with(options: Mapping[str, Any]) -> dict[str, Any]:
    """An author's options of a figure that trains: one with a formula starts with what the formula makes of a sum.

    raises  OptionError: the formula is none that a browser can read
    """
    given = options.get("formula")
    if given is None:
        return dict(options)
    usual = 'one of a, a neuron\'s sum, such as "a * logistic(a)"'
    try:
        formulas.check(str(given))
    except formulas.FormulaError as error:
        raise OptionError("formula", error.wrong, error.expected or usual, error.near) from None
    if re.search(r"\br\b", str(given)):
        raise OptionError("formula", f'formula "{given}" of a whole layer', usual)
    return {**options, "activation": "own-formula", "typed": str(given), "start": "own"}


def _called(name: str, data: Mapping[str, Any], others: list[dict[str, Any]], words: Words) -> str:
    """Data in words: what the classes are, and what of it readers may set that is not as usual."""
    usual = datasets.load()[data["kind"]].defaults
    said = [
        each["said"].replace("{value}", f"{value:g} {each['unit']}".strip().replace(".", words.marks.point))
        for each in data["controls"]
        if (value := data["parameters"][each["parameter"]]) != usual[each["parameter"]]
    ]
    label = ", ".join([data["plural"], *said])
    return f"{label} ({name})" if any(other["label"] == label for other in others) else label


def drawn_sets(results: Results) -> dict[str, Result]:
    """One run of each of the data that readers' browsers can draw, by the data's name."""
    found: dict[str, Result] = {}
    for run in results:
        if run.spec["dataset"] not in found and (kind := datasets.load().get(run.spec["kind"])) and kind.script:
            found[run.spec["dataset"]] = run
    return found


def _drawn(run: Result) -> datasets.Dataset:
    return datasets.load()[run.spec["kind"]]


def _data(run: Result, words: Words) -> dict[str, Any]:
    """What scripts must know of a run's data, and their words."""
    kind = _drawn(run)
    parameters = {name: run.spec.get(name, default) for name, default in kind.defaults.items()}
    plural = words(kind.words(run.spec)[0])
    controls = [
        dataclasses.asdict(each) | {key: words(getattr(each, key)) for key in ("label", "said", "explain")}
        for each in kind.controls
    ]
    return {
        "kind": kind.name,
        "flat": kind.is_plane,
        "plural": plural,
        "controls": controls,
        "parameters": parameters,
        "points_per_class": run.spec["points_per_class"],
    }


def _group(run: Result) -> dict[str, Any]:
    """What runs share among which a reader chooses."""
    follows = (*CHOSEN, *OF_CLASSES) if run.spec["kind"].startswith(tables.NAMED) else CHOSEN
    return {"": run.experiment} | {key: value for key, value in run.spec.items() if key not in follows}


def _recipe(run: Result, words: Words) -> dict[str, Any]:
    """What scripts must know of a run's recipe: its data, with its words, and how to train it anew."""
    return {
        "experiment": run.experiment,
        "dataset": run.spec["dataset"],
        **_data(run, words),
        "image": run.spec.get("image"),
        **{key: run.spec[key] for key in TRAINED_WITH},
        **recipe.late_fields(run.spec),
    }


def _centres(results: Results, travelling: list[Result]) -> dict[str, dict[int, list[list[float]]]]:
    """activation -> class count -> the class centres of each network of the recipes of some runs, whatever its seed.

    returns  flat, [x0, y0, x1, y1, ...]; of a room without end shrunk to norm 1, as readers place theirs
    """
    recipes = [without_seed(run) for run in travelling]
    found: dict[str, dict[int, list[list[float]]]] = {}
    for run in results:
        centres = run.measures.get("centres")
        if centres and len(centres[0]) == 2 and not run.measures.get("collapsed") and without_seed(run) in recipes:
            is_open = ACTIVATIONS[carried(run.spec)["activation"]].room.open
            norm = max(1.0, *(math.hypot(*centre) for centre in centres)) if is_open else 1.0
            placed = [round(value / norm, PLACED_TO) for centre in centres for value in centre]
            found.setdefault(run.spec["activation"], {}).setdefault(run.spec["classes"], []).append(placed)
    return found


def without_seed(run: Result) -> dict[str, Any]:
    """What a run shares with those that differ in seed alone, however many checkpoints they keep."""
    return {key: value for key, value in run.spec.items() if key not in ("seed", "checkpoints")}

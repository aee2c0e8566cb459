"""What the page's scripts are told: how an explorable starts, and what they must know of the build."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from ..base import language
from ..base.language import Words
from ..networks import datasets, recipe, tables
from ..networks.activations import ACTIVATIONS, carried
from ..networks.rooms import ROOMS
from ..runs.results import Result, Results

PLACING = ("id", "size", "beside", "alt")  # options of a figure that say nothing of runs
LISTS = ("hide", "stops")  # options that are lists, however short
PLACED_TO = 3  # decimals of a centre's place, as fine as the points of a run that travels with the page
CHOSEN = ("classes", "activation", "formula", "seed", "bias_start")  # what readers choose a run by, or goes with it
OF_CLASSES = ("kind", "labels", "points_per_class", "test_points")  # what differs where own rows are of fewer classes
TRAINED_WITH = ("hidden", "epochs", "learning_rate", "schedule", "beta1", "beta2", "epsilon", "l2", "points_per_class")


def start_state(options: Mapping[str, Any], run: Result | None = None) -> dict[str, Any]:
    """An author's options as an explorable takes them: a list of one is that one.

    run  the one whose pictures stand there until the explorable is live
    """
    shown = {} if run is None else {"run": _id(run)}
    return shown | {
        key: value[0] if isinstance(value, (list, tuple)) and len(value) == 1 and key not in LISTS else value
        for key, value in options.items()
        if key not in PLACING
    }


def runs_index(results: Results, laws: Mapping[str, Any], words: Words | None = None) -> dict[str, Any]:
    """What scripts must know of the build: runs that travel with the page, their recipes, the laws' optima.

    laws     room -> law -> {"optima": {class count: {"value", "points", ...}}}, as packing.predictions gives them
    words    the language that it is told in; None: English
    returns  {"runs": [...], each with the place of its recipe in "recipes": [...],
             "optima": room -> law -> {"optima": ...}, "activations": name -> what it does to a sum,
             "rooms": name -> what it is called}
    """
    words = words or language.english()
    members = _recipes(results)
    shipped = [run for run in results if "js" in run.files]
    places = {_id(run): at for at, runs in enumerate(members) for run in runs}
    optima = {
        room: {
            law: {"optima": {k: {key: best[key] for key in ("value", "points")} for k, best in said["optima"].items()}}
            for law, said in of_room.items()
        }
        for room, of_room in laws.items()
    }
    return {
        "runs": [_known(run) | {"recipe": places[_id(run)]} for run in shipped],
        "recipes": [_recipe(max(runs, key=_classes), words) for runs in members],
        "optima": optima,
        "activations": {
            str(name): words(ACTIVATIONS[name].words)
            for name in {carried(run.spec)["activation"]: 0 for run in shipped}
        },
        "rooms": {name: words(name) for name in ROOMS},
    }


def known_of_runs(results: Results) -> dict[str, Any]:
    """What scripts must know to show the runs that travel with the page: the kinds of data, the activations,
    the formulas of own ones, and the class centres of the networks of each recipe, by the id of its first run."""
    shipped = [run for run in results if "js" in run.files]
    known = {f"{key}s": sorted({run.spec[key] for run in shipped}) for key in ("kind", "activation")}
    formulas = {run.spec["activation"]: run.spec["formula"] for run in shipped if run.spec.get("formula")}
    centres = {_id(runs[0]): _centres(results, runs) for runs in _recipes(results)}
    return known | {"formulas": dict(sorted(formulas.items())), "centres": centres}


def _recipes(results: Results) -> list[list[Result]]:
    """The runs that travel with the page, by what those share among which a reader chooses."""
    groups: list[dict[str, Any]] = []
    members: list[list[Result]] = []
    for run in (run for run in results if "js" in run.files):
        if (group := _group(run)) not in groups:
            groups.append(group)
            members.append([])
        members[groups.index(group)].append(run)
    return members


def _classes(run: Result) -> int:
    """How many there are: the most of a group have all the words that its classes have."""
    return int(run.spec["classes"])


def _group(run: Result) -> dict[str, Any]:
    """What runs share among which a reader chooses."""
    follows = (*CHOSEN, *OF_CLASSES) if run.spec["kind"].startswith(tables.NAMED) else CHOSEN
    return {"": run.experiment} | {key: value for key, value in run.spec.items() if key not in follows}


def _recipe(run: Result, words: Words) -> dict[str, Any]:
    """What scripts must know of a run's recipe: its data, with its words, and how to train it anew."""
    kind = datasets.load()[run.spec["kind"]]
    return {
        "experiment": run.experiment,
        "dataset": run.spec["dataset"],
        "kind": kind.name,
        "plural": words(kind.words(run.spec)[0]),
        "controls": [
            dataclasses.asdict(each) | {key: words(getattr(each, key)) for key in ("label", "said", "explain")}
            for each in kind.controls
        ],
        "image": run.spec.get("image"),
        "parameters": {name: run.spec.get(name, default) for name, default in kind.defaults.items()},
        **{key: run.spec[key] for key in TRAINED_WITH},
        **recipe.said_late(run.spec),
    }


def _centres(results: Results, shipped: list[Result]) -> dict[str, dict[int, list[list[float]]]]:
    """activation -> class count -> the class centres of each network of the recipes of some runs, whatever its seed.

    returns  flat, [x0, y0, x1, y1, ...]; of a room without end shrunk to norm 1, as readers place theirs
    """
    recipes = [without_seed(run) for run in shipped]
    found: dict[str, dict[int, list[list[float]]]] = {}
    for run in results:
        centres = run.measures.get("centres")
        if centres and len(centres[0]) == 2 and not run.measures.get("collapsed") and without_seed(run) in recipes:
            is_open = ACTIVATIONS[carried(run.spec)["activation"]].room.open
            norm = max(1.0, *(math.hypot(*centre) for centre in centres)) if is_open else 1.0
            placed = [round(value / norm, PLACED_TO) for centre in centres for value in centre]
            found.setdefault(run.spec["activation"], {}).setdefault(run.spec["classes"], []).append(placed)
    return found


def _id(run: Result) -> str:
    return f"{run.experiment}/{run.id}"


def without_seed(run: Result) -> dict[str, Any]:
    """What a run shares with those that differ in seed alone, however many checkpoints they keep."""
    return {key: value for key, value in run.spec.items() if key not in ("seed", "checkpoints")}


def _known(run: Result) -> dict[str, Any]:
    return {
        "id": _id(run),
        "experiment": run.experiment,
        **{key: run.spec[key] for key in ("classes", "activation", "seed")},
        "data": run.files["js"],
    }

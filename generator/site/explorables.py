"""What the page's scripts are told: how an explorable starts, and what they must know of the build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..runs.results import Result, Results

PLACING = ("id", "size", "alt")  # options of a figure that say nothing of runs
REACHED = ("least_distance", "margin")


def start_state(options: Mapping[str, Any]) -> dict[str, Any]:
    """An author's options as an explorable takes them: a list of one is that one."""
    return {
        key: value[0] if isinstance(value, (list, tuple)) and len(value) == 1 and key != "hide" else value
        for key, value in options.items()
        if key not in PLACING
    }


def runs_index(results: Results, laws: Mapping[str, Any]) -> dict[str, Any]:
    """What scripts must know of the build: runs that travel with the page, the laws' optima, what networks reached.

    laws     room -> law -> {"optima": {class count: {"value", "points", ...}}}, as packing.predictions gives them
    returns  {"runs": [...], "optima": room -> law -> {"optima": ...},
             "reached": activation -> class count -> measure -> values over the seeds of the same recipe}
    """
    shipped = [run for run in results if "js" in run.files]
    recipes = [_without_seed(run) for run in shipped]
    reached: dict[str, dict[int, dict[str, list[float]]]] = {}
    for run in results:
        if _without_seed(run) in recipes and not run.measures.get("collapsed"):
            of_run = reached.setdefault(run.spec["activation"], {}).setdefault(run.spec["classes"], {})
            for key in REACHED:
                if isinstance(value := run.measures.get(key), (int, float)):
                    of_run.setdefault(key, []).append(value)
    optima = {
        room: {
            law: {"optima": {k: {key: best[key] for key in ("value", "points")} for k, best in said["optima"].items()}}
            for law, said in of_room.items()
        }
        for room, of_room in laws.items()
    }
    return {"runs": [_known(run) for run in shipped], "optima": optima, "reached": reached}


def _without_seed(run: Result) -> dict[str, Any]:
    return {key: value for key, value in run.spec.items() if key not in ("seed", "checkpoints")}


def _known(run: Result) -> dict[str, Any]:
    return {
        "id": f"{run.experiment}/{run.id}",
        "experiment": run.experiment,
        **{key: run.spec[key] for key in ("classes", "activation", "seed")},
        "data": run.files["js"],
    }

"""A run as the catalogue keeps it, whether it is made already or planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import figures
from ..content.experiments import Plan, Planned
from ..figures import Figure
from ..networks.activations import Own
from ..networks.spec import flat


def entry(experiment: str, run: Planned, key: str, measures: Mapping[str, Any], told: bool = True) -> dict[str, Any]:
    """A run of an experiment: the fields of results.Result, as plain values.

    key       address of the trained run
    measures  by column
    told      whether the measures are there to be told of in the pictures' alt texts
    """
    files = {"js": run.shipped, "npz": run.shipped or run.folder is not None}
    return {
        "id": run.id,
        "experiment": experiment,
        "key": key,
        "label": run.spec.label,
        "spec": recipe_of(run),
        "measures": measures,
        "pictures": {
            figure.name: {
                "path": picture_path(run, figure),
                "formats": figure.formats,
                "width": figure.width_px,
                "height": figure.height_px,
                "alt": figure.alt(run.spec, {column: measures[column] for column in figure.reads}) if told else "",
                "title": figure.title,
            }
            for figure in drawn_of(run)
        },
        "files": {kind: f"data/{experiment}/{run.id}.{kind}" for kind, there in files.items() if there},
    }


def recipe_of(run: Planned) -> dict[str, Any]:
    """The fields of a run's spec, the author's name of its data before their kind."""
    fields = flat(run.spec)
    first = {key: fields.pop(key) for key in ("classes", "activation", "seed")}
    activation = first["activation"]
    own = {"formula": activation.plain} if isinstance(activation, Own) else {}
    return {**first, "activation": str.__str__(activation), "dataset": run.dataset, **fields, **own}


def drawn_of(run: Planned) -> list[Figure]:
    """The figures that are drawn of a run."""
    return [figure for figure in figures.load().values() if figure.suits(run.spec)] if run.folder else []


def picture_path(run: Planned, figure: Figure) -> str:
    """Where a picture of a run goes in the site, without its ending."""
    return f"plots/{run.folder}/{run.spec.label}.{figure.stem}"


def runs_of(plan: Plan) -> dict[tuple[str, str], Planned]:
    """All runs of a plan: (experiment, run id) -> run."""
    return {(experiment.name, run.id): run for experiment in plan.experiments for run in experiment.runs}

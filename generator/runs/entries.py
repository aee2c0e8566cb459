"""A run as the catalogue keeps it, whether it is made already or planned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import figures
from ..base.language import Message, message
from ..content.experiments import Plan, Planned
from ..figures import Figure
from ..networks import tables
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
                "alt": _in_words(run, figure.alt(run.spec, picked(measures, figure.reads))) if told else "",
                "title": figure.titled(run.spec),
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
    image = {"image": list(run.image)} if run.image else {}
    return {**first, "activation": str.__str__(activation), "dataset": run.dataset, **fields, **own, **image}


def drawn_of(run: Planned) -> list[Figure]:
    """The figures that are drawn of a run."""
    return [figure for figure in figures.load().values() if figure.suits(run.spec)] if run.folder else []


def picked(measures: Mapping[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    """Some columns of a run."""
    return {column: measures[column] for column in columns}


def _in_words(run: Planned, told: Message | str) -> Message | str:
    """What a picture's text says of classes by number, in the words of own data; all of them are named, and what a
    point is, where that is a picture."""
    labels = tables.labels_of(run.spec.kind)
    if not labels:
        return told
    named = message("{told} The classes are {labels}.", told=_named(told, labels), labels=", ".join(labels))
    if not run.image:
        return named
    height, width = run.image
    return message(
        "{told} Each point of the data is a picture of {height} by {width}.", told=named, height=height, width=width
    )


def _named(told: Any, labels: Sequence[str]) -> Any:
    """A sentence as data, with the words of classes in the place of their numbers."""
    if isinstance(told, str):
        return re.sub(r"\bclass (\d+)\b", lambda found: f"class {labels[int(found[1]) - 1]}", told)
    if isinstance(told, Mapping):
        named = {key: labels[value - 1] for key, value in told.items() if key == "class" and isinstance(value, int)}
        return {key: _named(value, labels) for key, value in told.items()} | named
    return [_named(part, labels) for part in told] if isinstance(told, (list, tuple)) else told


def picture_path(run: Planned, figure: Figure) -> str:
    """Where a picture of a run goes in the site, without its ending."""
    activation = run.spec.activation
    return f"plots/{run.folder}/{activation if isinstance(activation, Own) else run.spec.label}.{figure.stem}"


def own_picture(name: str) -> str:
    """Where a figure of the author's own code goes in the site, without its ending."""
    return f"plots/lab/{name}"


def downloads(plan: Plan, has_laws: bool) -> dict[str, Message]:
    """The files of the site that readers may take away, by their paths in it, each with what it holds."""
    found: dict[str, Message] = {}
    for each in plan.named:
        rows = message("Experiment {name}, a row a run.", name=each.name)
        about = message("Experiment {name}, a row a run. {about}", name=each.name, about=each.about)
        found[f"data/{each.name}.csv"] = about if each.about else rows
    for experiment in plan.experiments:
        found[f"data/{experiment.name}.centres.npz"] = message(
            "Where each network of the experiment puts its classes: by run, an array of class by neuron"
        )
        found[f"data/{experiment.name}.weights.npz"] = message(
            "Final weights of each network of the experiment: by run, in one row, layer by layer and neuron by neuron,"
            " each neuron’s weights and then its bias"
        )
    for trials in plan.trials:
        arrays = message("Arrays that the runs of experiment {name} gave, a run a row", name=trials.name)
        found[f"data/{trials.name}.npz"] = arrays
    for model in plan.models:
        found[f"data/{model}.csv"] = message("The model {name}, a row an arrangement.", name=model)
    if has_laws:
        found["data/laws.json"] = message(
            "Where each law puts its points best: value, points, regions without loss, and tie, by class count"
        )
    for table in plan.external:
        source, told = table.source, table.columns
        found[source["path"]] = message(
            "Results made elsewhere, from the file {file}: {rows}; columns: {columns}.",
            file=f"{source['file']} ({source['about']})" if source.get("about") else source["file"],
            rows=message("{n} rows", n=source["rows"]),
            columns=Message(list=[f"{name} ({told[name]})" if name in told else name for name in source["columns"]]),
        )
    for name in plan.lab.texts:
        found[published(name)] = message("Code that the article's own runs, measures, data or figures are made with")
    for (experiment_name, run_id), run in runs_of(plan).items():
        if run.shipped or run.folder is not None:
            found[f"data/{experiment_name}/{run_id}.npz"] = message(
                "Data, weights at each checkpoint, loss and accuracy at each epoch"
            )
    return found


def published(name: str) -> str:
    """Where a file of the author's code goes in the site."""
    return f"data/lab/{name}"


def runs_of(plan: Plan) -> dict[tuple[str, str], Planned]:
    """All runs of a plan: (experiment, run id) -> run."""
    return {(experiment.name, run.id): run for experiment in plan.experiments for run in experiment.runs}

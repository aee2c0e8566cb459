"""An article rendered before its networks are trained, for the mistakes that need no result to be seen.

    problems = dry_run(article, plan, templates)

The runs of the plan stand in for those to come: their recipes, pictures and
downloads are known, their measures are pending. An expression is followed as
far as what it asks for is known; at a pending measure it stops, and what
stands around that is looked at for itself. Nothing that would be right after
training is a mistake here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from .. import figures
from ..base.errors import ContentError, Problem
from ..base.memo import Memo
from ..base.overlay import Overlay
from ..content.experiments import Plan
from ..content.texts import Article
from ..networks.spec import LAWS, RunSpec, flat, layer_shapes
from ..runs.results import Picture, Result, Results, Unmeasured
from . import pages
from .templates import TemplateRenderer


class PendingTable(Mapping[str, Any]):
    """A table whose values are not known yet.

    names  its keys; None: not known either
    """

    def __init__(self, names: Iterable[str] | None = None) -> None:
        self.names = None if names is None else dict.fromkeys(names)

    def __getitem__(self, key: str) -> Any:
        if self.names is not None and key not in self.names:
            raise KeyError(key)
        raise Unmeasured(key)

    def __iter__(self) -> Iterator[str]:
        if self.names is None:
            raise Unmeasured
        return iter(self.names)

    def __len__(self) -> int:
        if self.names is None:
            raise Unmeasured
        return len(self.names)

    def __bool__(self) -> bool:
        return self.names is None or bool(self.names)


def dry_run(
    article: Article, plan: Plan, templates: Overlay, compiled: Path | None = None, memo: Memo | None = None
) -> tuple[Problem, ...]:
    """The mistakes in a text and in the templates that show before anything is trained.

    templates, compiled, memo  as for pages.render_site
    """
    renderer = TemplateRenderer(templates, compiled, memo)
    results = expected_results(plan)
    tables = [f"data/{experiment.name}.csv" for experiment in plan.experiments]
    downloads = [path for run in results for kind, path in run.files.items() if kind != "js"]
    problems: list[Problem] = []
    for name in templates.contents:
        if name.endswith((".html", ".xml")):
            try:
                renderer.compile(name)
            except ContentError as error:
                problems += error.problems
    try:
        pages.render_texts(article, results, PendingTable, renderer, [*tables, *downloads])
    except ContentError as error:
        problems += [problem for problem in error.problems if problem not in problems]
    return tuple(problems)


def expected_results(plan: Plan) -> Results:
    """The runs of a plan as results, their measures pending."""
    specs = {run.spec.activation: run.spec for experiment in plan.experiments for run in experiment.runs}
    measures = PendingTable(dict.fromkeys(name for spec in specs.values() for name in measure_names(spec)))
    return Results(
        Result(
            id=run.id,
            experiment=experiment.name,
            key="",
            label=run.spec.label,
            spec=flat(run.spec),
            measures=measures,
            pictures=_pictures(run.folder, run.spec) if run.folder else {},
            files=_files(f"data/{experiment.name}/{run.id}", run.shipped, bool(run.folder)),
        )
        for experiment in plan.experiments
        for run in experiment.runs
    )


def _pictures(folder: str, spec: RunSpec) -> dict[str, Picture]:
    return {
        name: Picture(
            path=f"plots/{folder}/{spec.label}.{figure.stem}",
            formats=("gif", "webp", "png") if figure.animated else ("webp", "png"),
            width=figure.width_px,
            height=figure.height_px,
            alt="",
            title=figure.title,
        )
        for name, figure in figures.load().items()
        if figure.suits(spec)
    }


def _files(path: str, shipped: bool, drawn: bool) -> dict[str, str]:
    return ({"js": f"{path}.js"} if shipped else {}) | ({"npz": f"{path}.npz"} if shipped or drawn else {})


def measure_names(spec: RunSpec) -> list[str]:
    """What will be measured of a run, by measuring an untrained network of its shape."""
    import numpy as np

    from ..measures import kinds, measure, packing
    from ..networks import datasets

    few, epochs = 4, 1
    x, y = datasets.points(spec.dataset, spec.classes, few, spec.seed, **dict(spec.dataset_options))
    weights = sum(out * (inputs + 1) for out, inputs in layer_shapes(spec))
    run = SimpleNamespace(
        x=x,
        y=y,
        checkpoints=np.array([0, epochs]),
        weights=np.random.default_rng(0).standard_normal((2, weights)).astype(np.float32),
        loss=np.ones(epochs + 1, np.float32),
        accuracy=np.ones(epochs + 1, np.float32),
    )
    corners = [[-1.0, -1.0], [1.0, 1.0]]
    laws: Any = {law: [{"points": corners, "value": 1.0, "regions": []}] for law in LAWS}
    judged = packing.judge(corners, laws, "square")
    return [*measure.measure_run(spec, cast(Any, run), lattice=few), *judged, *kinds.sort([corners])[0]]

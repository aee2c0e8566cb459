"""Runs of a built site, trained again from the site's own recipes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from . import api
from .base.errors import PeekError


def rerun(site: Path, count: int, seed: int) -> Iterator[tuple[api.Run, str, list[str]]]:
    """Train runs picked at random: each, why it was passed over ("" when it was not), and what came out otherwise.

    Weights are compared bit by bit with the published arrays, measures with the tables. A run without published arrays
    is not picked.

    raises  NoSiteError: the site has no tables of runs
    """
    published = [run for run in api.load(site) if (site / "data" / run.experiment / f"{run.id}.npz").is_file()]
    for run in random.Random(seed).sample(published, min(count, len(published))):
        try:
            again = api.train(run.spec)
        except PeekError as error:
            yield run, str(error), []
            continue
        yield run, "", list(_differences(run, again))


def _differences(run: api.Run, again: api.Run) -> Iterator[str]:
    """What a run and the same trained again do not share."""
    if run.weights.shape != again.weights.shape:
        yield f"weights of the shape {again.weights.shape}, published {run.weights.shape}"
    elif run.weights.tobytes() != again.weights.tobytes():
        yield f"weights differ by up to {abs(run.weights - again.weights).max():.2g}"
    for name in run.measures.keys() & again.measures.keys():
        if run.measures[name] != again.measures[name]:
            yield f"{name} is {again.measures[name]}, published {run.measures[name]}"

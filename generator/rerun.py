"""Runs of a built site, trained again from the site's own recipes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from . import api
from .base.errors import PeekError
from .networks import tables

# Of 1 or of a value's size where that is more. Another processor adds in another order, which training spreads from
# the last bit of a weight; kinds of arrangement and whatever else is no fraction are the same on any.
TOLERANCE = 1e-4


def rerun(site: Path, count: int, seed: int) -> Iterator[tuple[api.Run, str, bool, list[str]]]:
    """Train runs picked at random: each, why it was passed over ("" when it was not), and how it came out.

    That is whether it is the same bit by bit, weights with the published arrays and measures with the tables, and what
    lies farther apart than TOLERANCE. A run without published arrays, or of an article's own data, is not picked.

    raises  NoSiteError: the site has no tables of runs
            PeekError: none can be picked
    """
    carried = [run for run in api.load(site) if tables.carried(run.kind)]
    published = [run for run in carried if (site / "data" / run.experiment / f"{run.id}.npz").is_file()]
    if not published:
        raise PeekError(f"{site}: no run to train again; expected one with arrays in data/, of data that are drawn")
    for run in random.Random(seed).sample(published, min(count, len(published))):
        try:
            again = api.train(run.spec)
        except PeekError as error:
            yield run, str(error), False, []
            continue
        same = run.weights.tobytes() == again.weights.tobytes() and not list(differences(run, again, 0))
        yield run, "", same, list(differences(run, again))


def differences(run: api.Run, again: api.Run, tolerance: float = TOLERANCE) -> Iterator[str]:
    """What two runs of a recipe do not share, to within a tolerance."""
    if run.weights.shape != again.weights.shape:
        yield f"weights of the shape {again.weights.shape}, published {run.weights.shape}"
    elif not np.allclose(again.weights, run.weights, rtol=tolerance, atol=tolerance):
        yield f"weights differ by up to {abs(run.weights - again.weights).max():.2g}"
    for name in run.measures.keys() & again.measures.keys():
        if not near(run.measures[name], again.measures[name], tolerance):
            yield f"{name} is {again.measures[name]}, published {run.measures[name]}"


def near(one: Any, other: Any, tolerance: float) -> bool:
    """Whether two values of a measure, or all within them, agree."""
    if isinstance(one, float) and isinstance(other, (int, float)):
        return one == other or abs(one - other) <= tolerance * max(1, abs(one))
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(near(*pair, tolerance) for pair in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(near(one[key], other[key], tolerance) for key in one)
    return bool(one == other)

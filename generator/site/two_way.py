"""A figure of a design of two factors: what of each is in a cell, and every network of it, small."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..markup.blocks.figure import OptionError
from ..runs.results import Result, Results, UnknownResult
from ..runs.statistics import share_interval

if TYPE_CHECKING:
    from ..base.language import Words

SKETCHED = 24  # points of a class in a sketch of the data
ROOM, PITCH = 200, 260  # a network's room, and from one to the next, in units of the drawing
ABREAST = 10  # networks beside each other; twice as many where there are more than two lines of them


def design(options: Mapping[str, Any], results: Results, words: Words) -> dict[str, Any]:
    """The rows, columns and cells of a figure, as its template draws them.

    options  rows and columns: names of the levels; cells: for each row a list that has, for each column, a kind of data
             or a list of these, as "name" or {"name": words}; the others are conditions as Results.where takes them
    raises   OptionError: a level without a name, or as many cells as there are levels missing
             UnknownResult: no network of such data
    """
    rows, columns, cells = (_listed(options, key) for key in ("rows", "columns", "cells"))
    if len(cells) != len(rows) or any(len(_several(line)) != len(columns) for line in cells):
        said = f"a list for each of {len(rows)} rows, with a kind of data for each of {len(columns)} columns"
        raise OptionError("cells", "cells that are not as many as rows and columns", said)
    conditions = {
        key: value for key, value in options.items() if key not in ("rows", "columns", "cells", "id", "size", "alt")
    }
    return {
        "columns": columns,
        "rows": [
            {
                "name": row,
                "cells": [
                    {"column": column, "data": [_data(one, conditions, results, words) for one in _several(cell)]}
                    for column, cell in zip(columns, _several(line), strict=True)
                ],
            }
            for row, line in zip(rows, cells, strict=True)
        ],
    }


def _listed(options: Mapping[str, Any], key: str) -> list[Any]:
    value = options.get(key)
    if not isinstance(value, list) or not value:
        expected = "the levels' names, as [with, without]" if key != "cells" else "as [[a, b], [c, d]]"
        raise OptionError(key if key in options else "", f"a two-way figure needs {key}", f"{key}: {expected}")
    return value


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _data(one: Any, conditions: Mapping[str, Any], results: Results, words: Words) -> dict[str, Any]:
    name, told = next(iter(one.items())) if isinstance(one, dict) else (one, str(one))
    runs = [run for run in results.where(**conditions, dataset=name) if run.measures.get("centres")]
    if not runs:
        raise UnknownResult(f'no network of "{name}" with two neurons in its last hidden layer')
    counts = dict.fromkeys(run.value("classes") for run in runs)
    spec = runs[0].spec
    return {
        "name": told,
        "picture": words("{data}: {n} classes of points, drawn in the plane", data=told, n=spec["classes"]),
        "sketch": [_dots(points, 100) for points in sketch(spec)],
        "counts": [
            _count(classes, [run for run in runs if run.value("classes") == classes]) for classes in sorted(counts)
        ],
    }


def sketch(spec: Mapping[str, Any]) -> list[list[tuple[float, float]]]:
    """Some points of a run's data, class by class, in the square from -1 to 1; none of data from a file.

    Points of more dimensions than two are drawn with each axis as a direction of the plane, evenly around it
    (Kandogan 2000, Star coordinates).
    """
    from ..networks import datasets  # numpy, for which an edit of the text does not wait

    if not (kind := datasets.load().get(spec["kind"])):
        return []
    given = {name: spec[name] for name in kind.defaults if name in spec}
    x, y = datasets.points(kind.name, spec["classes"], SKETCHED, spec["seed"], **given)
    width = x.shape[1]
    if width > datasets.PLANE:
        x = x @ [[math.sin(2 * math.pi * axis / width), math.cos(2 * math.pi * axis / width)] for axis in range(width)]
    reach = float(abs(x).max()) or 1.0
    return [[(float(a) / reach, float(b) / reach) for a, b in x[y == label]] for label in range(spec["classes"])]


def _count(classes: int, runs: Sequence[Result]) -> dict[str, Any]:
    """The networks of a class count: where each has its classes, and how many have one in the middle."""
    abreast = ABREAST if len(runs) <= 2 * ABREAST else 2 * ABREAST
    lines = -(-len(runs) // abreast)
    outer: list[tuple[float, float]] = []
    middle: list[tuple[float, float]] = []
    for at, run in enumerate(runs):
        shift_x, shift_y = at % abreast * PITCH + PITCH / 2, at // abreast * PITCH + PITCH / 2
        for x, y in run.measures.get("pose") or _blown_up(run.value("centres")):
            place = (shift_x + x * ROOM / 2, shift_y - y * ROOM / 2)
            (middle if max(abs(x), abs(y)) < 0.5 else outer).append(place)
    corners = ((at % abreast * PITCH, at // abreast * PITCH) for at in range(len(runs)))
    margin = (PITCH - ROOM) // 2
    hits = sum(run.value("middle") > 0 for run in runs)
    kept = [run.value("order_kept") for run in runs]
    return {
        "classes": classes,
        "networks": len(runs),
        "hits": hits,
        "interval": share_interval(hits, len(runs)),
        "ordered": None if None in kept else sum(kept),
        "width": abreast * PITCH,
        "height": lines * PITCH,
        "rooms": "".join(f"M{x + margin} {y + margin}h{ROOM}v{ROOM}h-{ROOM}z" for x, y in corners),
        "outer": _dots(outer, 1, upwards=-1),
        "middle": _dots(middle, 1, upwards=-1),
    }


def _blown_up(points: Sequence[Sequence[float]]) -> Iterator[tuple[float, float]]:
    reach = max(abs(value) for point in points for value in point) or 1.0
    return ((x / reach, y / reach) for x, y in points)


def _dots(points: Iterable[tuple[float, float]], scale: float, upwards: int = 1) -> str:
    """A path of dots, for a stroke with round ends."""
    return "".join(f"M{round(x * scale)} {round(-upwards * y * scale)}h0" for x, y in points)

"""A figure of a design of two factors: what of each is in a cell, and every network of it, small."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..base.language import Words
from ..markup.blocks.figure import OptionError
from ..networks.activations import ACTIVATIONS, carried
from ..runs.results import Result, Results, UnknownResult
from ..runs.statistics import share_interval
from . import placing
from .explorables import PLACING

OWN = ("rows", "columns", "cells")  # the options that are no conditions
EXPECTED = {
    "rows": "the levels in words, as [with, without]",
    "columns": "the levels in words, as [with, without]",
    "cells": 'a list for each row, in it for each column "data", {data: words} or a list of these',
}
NEEDED = ("centres", "middle")  # measures
SKETCHED = 20  # points of a class in a sketch of the data
ROOM, PITCH = 100, 130  # a network's room, and from one to the next, in units of the drawing
ABREAST = 10  # networks beside each other; twice as many where there are more than two lines of them


def design(options: Mapping[str, Any], results: Results, words: Words) -> tuple[dict[str, Any], list[Result]]:
    """The rows, columns and cells of a figure, as its template draws them, and the runs that are drawn.

    options  rows, columns and cells, as EXPECTED; the others are conditions as Results.where takes them
    raises   OptionError: one of them is missing, holds something else or too much of it, or names unknown data
             UnknownResult: no run fits the conditions, or none of some data has a plane
    """
    rows, columns = (_levels(options, key) for key in ("rows", "columns"))
    named = _named(options, len(rows), len(columns))
    some = results.where(**{key: value for key, value in options.items() if key not in (*OWN, *PLACING)})
    cells = [[[(told, _runs(name, some, results)) for name, told in cell] for cell in line] for line in named]
    drawn = {
        "columns": columns,
        "rows": [
            {
                "name": row,
                "cells": [
                    {"column": column, "data": [_data(told, runs, words) for told, runs in cell]}
                    for column, cell in zip(columns, line, strict=True)
                ],
            }
            for row, line in zip(rows, cells, strict=True)
        ],
    }
    return drawn, [run for line in cells for cell in line for _, runs in cell for run in runs]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _wrong(option: str, what: str) -> OptionError:
    return OptionError(option, what, EXPECTED[option])


def _levels(options: Mapping[str, Any], key: str) -> list[str]:
    if key not in options:
        raise OptionError("", f'the figure "two-way" needs {key}', f"{key}: {EXPECTED[key]}")
    levels = _several(options[key])
    if not levels or not all(isinstance(level, str) and level.strip() for level in levels):
        raise _wrong(key, f"{key} that are no words")
    return levels


def _named(options: Mapping[str, Any], rows: int, columns: int) -> list[list[list[tuple[str, str]]]]:
    """By row and column: the names of data, each with what it is called."""
    if "cells" not in options:
        raise OptionError("", 'the figure "two-way" needs cells', f"cells: {EXPECTED['cells']}")
    lines = [_several(line) for line in _several(options["cells"])]
    if len(lines) != rows or any(len(line) != columns for line in lines):
        shape = " and ".join(dict.fromkeys(str(len(line)) for line in lines)) or "none"
        raise _wrong("cells", f"{len(lines)} rows of {shape} cells, for {rows} rows and {columns} columns")
    named = [[[_entry(one) for one in _several(cell)] for cell in line] for line in lines]
    if any(not cell for line in named for cell in line):
        raise _wrong("cells", "a cell without data")
    return named


def _entry(one: Any) -> tuple[str, str]:
    """The name of data, and what it is called."""
    pair = next(iter(one.items())) if isinstance(one, dict) and len(one) == 1 else (one, one)
    if not all(isinstance(part, str) and part.strip() for part in pair):
        raise _wrong("cells", "cells that name no data")
    return pair


def _runs(name: str, some: Results, everything: Results) -> list[Result]:
    """The networks of some data that have a plane."""
    try:
        of_data = some.where(dataset=name)
    except UnknownResult as error:
        raise OptionError("cells", str(error.args[0])) from None
    runs = [run for run in of_data if not placing.lacks(run, (), NEEDED)]
    if not runs:
        raise UnknownResult(placing.reason("two-way", of_data, everything, (), NEEDED))
    return runs


def _data(told: str, runs: Sequence[Result], words: Words) -> dict[str, Any]:
    spec = min(runs, key=lambda run: int(run.spec["classes"])).spec
    by_count: dict[int, list[Result]] = {}
    for run in runs:
        by_count.setdefault(run.spec["classes"], []).append(run)
    return {
        "name": told,
        "picture": words("{data}: {n} classes of points, drawn in the plane", data=told, n=spec["classes"]),
        "sketch": [_dots(points, 50) for points in sketch(spec)],
        "counts": [_count(classes, by_count[classes]) for classes in sorted(by_count)],
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
    rooms: list[str] = []
    outer: list[tuple[float, float]] = []
    middle: list[tuple[float, float]] = []
    for at, run in enumerate(runs):
        left, top = at % abreast * PITCH + (PITCH - ROOM) // 2, at // abreast * PITCH + (PITCH - ROOM) // 2
        room = ACTIVATIONS[carried(run.spec)["activation"]].room
        round_ = room.open or room.shape != "box"
        half = ROOM // 2
        circle = f"M{left} {top + half}a{half} {half} 0 1 0 {ROOM} 0a{half} {half} 0 1 0 -{ROOM} 0z"
        rooms.append(circle if round_ else f"M{left} {top}h{ROOM}v{ROOM}h-{ROOM}z")
        # The reach that the column "middle" is of; that column, made of unrounded centres, says how many are inside.
        out = math.hypot if round_ else lambda x, y: max(abs(x), abs(y))
        points = sorted(run.measures.get("pose") or run.measures["centres"], key=lambda point: out(*point))
        reach = out(*points[-1]) or 1.0
        places = [(left + half * (1 + x / reach), -top - half * (1 - y / reach)) for x, y in points]
        middle += places[: run.measures["middle"]]
        outer += places[run.measures["middle"] :]
    hits = sum(run.measures["middle"] > 0 for run in runs)
    kept = [order for run in runs if (order := run.measures.get("order_kept")) is not None]
    return {
        "classes": classes,
        "networks": len(runs),
        "hits": hits,
        "interval": share_interval(hits, len(runs)),
        "ordered": (sum(kept), len(kept)) if kept else None,
        "width": abreast * PITCH,
        "height": -(-len(runs) // abreast) * PITCH,
        "rooms": "".join(rooms),
        "outer": _dots(outer, 1),
        "middle": _dots(middle, 1),
    }


def _dots(points: Iterable[tuple[float, float]], scale: float) -> str:
    """A path of dots, y upwards, for a stroke with round ends."""
    return "".join(f"M{round(x * scale)} {round(-y * scale)}h0" for x, y in points)

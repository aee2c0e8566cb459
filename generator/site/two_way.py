"""A figure of a design of two factors: what of each is in a cell, and every network of it, small."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..base.errors import nearest, one_of
from ..base.language import Words
from ..markup.blocks import named, several
from ..markup.blocks.figure import OWN, OptionError
from ..networks.activations import ACTIVATIONS, carried
from ..runs.results import Result, Results, UnknownResult
from ..runs.statistics import share_interval
from . import requirements

Place = tuple[float, float]

DESIGN = ("rows", "columns", "cells", "inside")  # the options that are no conditions
EXPECTED = {
    **dict.fromkeys(("rows", "columns"), "the levels in words, as [with, without]"),
    "cells": 'a list for each row, in it for each column "data", {data: words} or a list of these',
}
NEEDED = ("centres",)  # measures
SKETCHED = 20  # points of a class in a sketch of the data
ROOM, PITCH = 100, 130  # a network's room, and from one to the next, in units of the drawing
ABREAST = 10  # networks beside each other; twice as many where there are more than two lines of them


@dataclass(frozen=True)
class InsideCriterion:
    """What it means that a class stands inside, where that is counted and drawn.

    measure   how many classes do, of unrounded centres
    outwards  how far out one of some places is: as many as the measure says are those with the least
    """

    measure: str
    outwards: Callable[[Place, Sequence[Place], bool], float]


def from_middle(place: Place, places: Sequence[Place], round_: bool) -> float:
    """How far a place is from the middle of its room, by the room's own reach."""
    return math.hypot(*place) if round_ else max(map(abs, place))


def widest_gap(place: Place, places: Sequence[Place], round_: bool) -> float:
    """The widest angle, seen from a place, in which no other stands: at most pi inside the hull of the others."""
    seen = sorted(math.atan2(y - place[1], x - place[0]) for x, y in places if (x, y) != place)
    once_around = [*seen, *(angle + 2 * math.pi for angle in seen[:1])]
    return max((b - a for a, b in itertools.pairwise(once_around)), default=2 * math.pi)


INSIDE = {"middle": InsideCriterion("middle", from_middle), "hull": InsideCriterion("interior", widest_gap)}


def design(options: Mapping[str, Any], results: Results, words: Words) -> tuple[dict[str, Any], list[Result]]:
    """The rows, columns and cells of a figure, as its template draws them, and the runs that are drawn.

    options  rows, columns and cells, as EXPECTED; inside, a name of INSIDE; the others are conditions as Results.where
             takes them
    raises   OptionError: one of them is missing, holds something else or too much of it, or names unknown data
             UnknownResult: no run fits the conditions, or none of some data has a plane
    """
    rows, columns = (_levels(options, key) for key in ("rows", "columns"))
    named = _named(options, len(rows), len(columns))
    inside = options.get("inside", "middle")
    if not isinstance(inside, str) or inside not in INSIDE:
        raise OptionError(
            "inside", f'unknown way to stand inside: "{inside}"', one_of(INSIDE), nearest(str(inside), INSIDE)
        )
    rule = INSIDE[inside]
    some = results.where(**{key: value for key, value in options.items() if key not in (*DESIGN, *OWN)})
    cells = [[[(told, _runs(name, some, results, rule)) for name, told in cell] for cell in line] for line in named]
    drawn = {
        "inside": inside,
        "columns": columns,
        "rows": [
            {
                "name": row,
                "cells": [
                    {"column": column, "data": [_data(told, runs, words, rule) for told, runs in cell]}
                    for column, cell in zip(columns, line, strict=True)
                ],
            }
            for row, line in zip(rows, cells, strict=True)
        ],
    }
    return drawn, [run for line in cells for cell in line for _, runs in cell for run in runs]


def _wrong(option: str, what: str) -> OptionError:
    return OptionError(option, what, EXPECTED[option])


def _levels(options: Mapping[str, Any], key: str) -> list[str]:
    if key not in options:
        raise OptionError("", f'the figure "two-way" needs {key}', f"{key}: {EXPECTED[key]}")
    levels = several(options[key])
    if not levels or not all(isinstance(level, str) and level.strip() for level in levels):
        raise _wrong(key, f"{key} that are no words")
    return levels


def _named(options: Mapping[str, Any], rows: int, columns: int) -> list[list[list[tuple[str, str]]]]:
    """By row and column: the names of data, each with what it is called."""
    if "cells" not in options:
        raise OptionError("", 'the figure "two-way" needs cells', f"cells: {EXPECTED['cells']}")
    lines = [several(line) for line in several(options["cells"])]
    if len(lines) != rows or any(len(line) != columns for line in lines):
        shape = " and ".join(dict.fromkeys(str(len(line)) for line in lines)) or "none"
        raise _wrong("cells", f"{len(lines)} rows of {shape} cells, for {rows} rows and {columns} columns")
    named = [[[_entry(one) for one in several(cell)] for cell in line] for line in lines]
    if any(not cell for line in named for cell in line):
        raise _wrong("cells", "a cell without data")
    return named


def _entry(one: Any) -> tuple[str, str]:
    """The name of data, and what it is called."""
    name, told = named(one)
    told = name if told == "" else told
    if not all(isinstance(part, str) and part.strip() for part in (name, told)):
        raise _wrong("cells", "cells that name no data")
    return name, told


def _runs(name: str, some: Results, everything: Results, rule: InsideCriterion) -> list[Result]:
    """The networks of some data that have a plane."""
    try:
        of_data = some.where(dataset=name)
    except UnknownResult as error:
        raise OptionError("cells", str(error.args[0])) from None
    needed = (*NEEDED, rule.measure)
    runs = [run for run in of_data if not requirements.lacks(run, (), needed)]
    if not runs:
        raise UnknownResult(requirements.reason("two-way", of_data, everything, (), needed))
    return runs


def _data(told: str, runs: Sequence[Result], words: Words, rule: InsideCriterion) -> dict[str, Any]:
    spec = min(runs, key=lambda run: int(run.spec["classes"])).spec
    by_count: dict[int, list[Result]] = {}
    for run in runs:
        by_count.setdefault(run.spec["classes"], []).append(run)
    return {
        "name": told,
        "picture": words("{data}: {n} classes of points, drawn in the plane", data=told, n=spec["classes"]),
        "sketch": [_dots(points, 50) for points in sketch(spec)],
        "counts": [_count(classes, by_count[classes], rule) for classes in sorted(by_count)],
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


def _count(classes: int, runs: Sequence[Result], rule: InsideCriterion) -> dict[str, Any]:
    """The networks of a class count: where each has its classes, and how many have one inside."""
    abreast = ABREAST if len(runs) <= 2 * ABREAST else 2 * ABREAST
    rooms: list[str] = []
    outer: list[Place] = []
    inner: list[Place] = []
    for at, run in enumerate(runs):
        left, bottom = at % abreast * PITCH + (PITCH - ROOM) // 2, at // abreast * PITCH + (PITCH + ROOM) // 2
        room = ACTIVATIONS[carried(run.spec)["activation"]].room
        low, round_ = room.packed_low, room.open or room.shape != "box"
        rooms.append(f"M{left} {bottom}{_outline(low, round_)}")
        centres = [(x, y) for x, y in run.measures.get("pose") or run.measures["centres"]]
        reach = max(from_middle(place, (), round_) for place in centres) or 1.0
        unit = ROOM / (1 - low) / reach
        inwards = sorted(centres, key=lambda place: rule.outwards(place, centres, round_))
        places = [(left + (x - low * reach) * unit, -bottom + (y - low * reach) * unit) for x, y in inwards]
        inner += places[: run.measures[rule.measure]]
        outer += places[run.measures[rule.measure] :]
    hits = sum(run.measures[rule.measure] > 0 for run in runs)
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
        "inner": _dots(inner, 1),
    }


def _outline(low: float, round_: bool) -> str:
    """A room's outline from its lower left corner on: all four quarters of it, or the one where nothing is below 0."""
    if not round_:
        return f"v-{ROOM}h{ROOM}v{ROOM}z"
    if low == 0:
        return f"v-{ROOM}a{ROOM} {ROOM} 0 0 1 {ROOM} {ROOM}z"
    return f"m0 -{ROOM // 2}a{ROOM // 2} {ROOM // 2} 0 1 0 {ROOM} 0a{ROOM // 2} {ROOM // 2} 0 1 0 -{ROOM} 0z"


def _dots(points: Iterable[tuple[float, float]], scale: float) -> str:
    """A path of dots, y upwards, for a stroke with round ends. From one to the next, row by row, packs best."""
    rows = sorted((round(-y * scale), round(x * scale)) for x, y in points)
    return "".join(f"m{x - from_x} {y - from_y}h0" for (from_y, from_x), (y, x) in itertools.pairwise([(0, 0), *rows]))

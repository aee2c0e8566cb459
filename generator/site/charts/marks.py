"""The marks of charts: a row each, what it needs, what it makes of values and how it draws them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...base.style import MARKERS
from ...runs.results import quantile
from ...runs.statistics import ranks
from .scales import BandScale, Numbers, nice_step

NUMBER, CATEGORY = "number", "category"
GOLDEN = 0.618034  # steps of it spread evenly, however many there are
JITTER = 0.62  # of a band
BINS = 24  # of a histogram, at most


@dataclass(frozen=True)
class Value:
    """What one row has."""

    x: Any
    y: Any = None
    colour: Any = None


@dataclass(frozen=True)
class Datum:
    """What one mark shows.

    low, high  quartiles of y around a median; of a bin, its ends
    value      of a cell, by which it is shaded
    count      how many rows it stands for
    """

    x: Any
    y: Any = None
    low: float | None = None
    high: float | None = None
    value: float | None = None
    count: int = 1


@dataclass(frozen=True)
class Series:
    """Rows that are drawn alike, in one panel.

    at      number of its colour and shape
    named   what tells it from the others: (option, value)
    values  of its rows
    data    what is drawn of them
    """

    at: int
    named: tuple[tuple[str, Any], ...]
    values: list[Value]
    data: list[Datum]

    def of(self, option: str) -> Any:
        """Its value of an option, None where the option parts no rows."""
        return dict(self.named).get(option)


class Dot(NamedTuple):
    """A marker at a place, in shares of the panel from its left and its foot."""

    x: float
    y: float


class Box(NamedTuple):
    """A rectangle in shares of the panel. weight: 0 pale, 1 full."""

    x: float
    y: float
    width: float
    height: float
    weight: float


class Path(NamedTuple):
    """A line, or what it encloses. look: "line", "band" or "median". points: (x, y) in shares."""

    look: str
    points: tuple[tuple[float, float], ...]


class Place(NamedTuple):
    """The axes of a panel, that of the shades, and which of how many series of it is drawn."""

    x: Any
    y: Any
    shade: Numbers | None
    series: int
    among: int


Values = Sequence[Value]
Drawn = tuple[list[Dot | Box], list[Path]]


@dataclass(frozen=True)
class Mark:
    """A kind of mark.

    words    what it draws
    x, y     what these are: NUMBER, CATEGORY, or "" where there is none
    colour   CATEGORY: series; NUMBER: what shades; "": none
    take     of the values of a series, and of those of all series, what is drawn: a mark each
    draw     these in their places, and the paths around them
    cells    what of each the table of values has, fields of Datum
    spread   the axis on which `low` and `high` stand, "" where they are not drawn
    medians  whether what is drawn are medians
    """

    words: str
    x: str
    y: str
    colour: str
    take: Callable[[Values, Values], list[Datum]]
    draw: Callable[[Sequence[Datum], Place], Drawn]
    cells: tuple[str, ...] = ("x", "y")
    spread: str = ""
    medians: bool = False


# What is drawn


def _each(values: Values, every: Values) -> list[Datum]:
    return [Datum(value.x, value.y) for value in values]


def _sorted(values: Values, every: Values) -> list[Datum]:
    return sorted(_each(values, every), key=lambda datum: datum.x)


def _quartiles(values: Values, every: Values) -> list[Datum]:
    """The median and the quartiles of y at each x."""
    found = []
    for x, of_x in sorted(_by(values, lambda value: value.x).items()):
        ordered = sorted(value.y for value in of_x)
        low, middle, high = (quantile(ordered, q) for q in (0.25, 0.5, 0.75))
        found.append(Datum(x, middle, low, high, count=len(ordered)))
    return found


def _cells(values: Values, every: Values) -> list[Datum]:
    """The median of the colour at each x and y."""
    return [
        Datum(x, y, value=quantile(sorted(value.colour for value in of_cell), 0.5), count=len(of_cell))
        for (x, y), of_cell in _by(values, lambda value: (value.x, value.y)).items()
    ]


def bins(values: Sequence[float]) -> tuple[float, int, int]:
    """Bins that begin and end at nice numbers: (width, first, last), the bin i being from i to i + 1 widths.

    source  the widths of Freedman and Diaconis 1981 and of Sturges 1926, the smaller one, made a nice number
    """
    ordered = sorted(values)
    length = ordered[-1] - ordered[0] or abs(ordered[0]) or 1.0
    middle = quantile(ordered, 0.75) - quantile(ordered, 0.25)
    widths = 2 * middle / len(ordered) ** (1 / 3), length / (1 + math.log2(len(ordered)))
    count = max(1, min(BINS, round(length / min(width for width in widths if width))))
    width = nice_step(length, count)
    first = math.floor(ordered[0] / width + 1e-9)
    return width, first, max(first, math.ceil(ordered[-1] / width - 1e-9) - 1)


def _counts(values: Values, every: Values) -> list[Datum]:
    """How many values each bin has; the last one has its high end. All series have the same bins."""
    width, first, last = bins([value.x for value in every])
    counts = [0] * (last - first + 1)
    for value in values:
        counts[min(max(math.floor(value.x / width + 1e-9) - first, 0), len(counts) - 1)] += 1
    ends = [float(f"{at * width:.12g}") for at in range(first, last + 2)]
    return [
        Datum((low + high) / 2, n, low, high, count=n) for low, high, n in zip(ends, ends[1:], counts, strict=False)
    ]


def _by(values: Iterable[Value], key: Callable[[Value], Any]) -> dict[Any, list[Value]]:
    found: dict[Any, list[Value]] = {}
    for value in values:
        found.setdefault(key(value), []).append(value)
    return found


# Where it stands


def _dots(data: Sequence[Datum], place: Place) -> Drawn:
    return [Dot(place.x.share(datum.x), place.y.share(datum.y)) for datum in data], []


def _strip(data: Sequence[Datum], place: Place) -> Drawn:
    """Each value in the band of its x, spread by its turn; the median as a line across."""
    lane = place.x.width / place.among
    marks: list[Dot | Box] = []
    turns: dict[Any, list[float]] = {}
    for datum in data:
        of_band = turns.setdefault(datum.x, [])
        beside = (len(of_band) * GOLDEN + 0.5) % 1 - 0.5
        of_band.append(datum.y)
        marks.append(Dot(_lane(datum.x, place) + beside * JITTER * lane, place.y.share(datum.y)))
    medians = [
        Path("median", tuple((_lane(x, place) + side * 0.42 * lane, place.y.share(quantile(sorted(of_band), 0.5)))
                             for side in (-1, 1)))
        for x, of_band in turns.items()
    ]  # fmt: skip
    return marks, medians


def _lane(x: Any, place: Place) -> float:
    """The middle of a series' part of a band."""
    bands: BandScale = place.x
    return bands.share(x) + ((place.series + 0.5) / place.among - 0.5) * bands.width


def _line(data: Sequence[Datum], place: Place) -> Drawn:
    marks, _ = _dots(data, place)
    return marks, [Path("line", tuple((mark.x, mark.y) for mark in marks))]


def _band(data: Sequence[Datum], place: Place) -> Drawn:
    marks, paths = _line(data, place)
    edge = [(place.x.share(datum.x), place.y.share(datum.high)) for datum in data]
    back = [(place.x.share(datum.x), place.y.share(datum.low)) for datum in reversed(data)]
    return marks, [Path("band", (*edge, *back)), *paths]


def _heat(data: Sequence[Datum], place: Place) -> Drawn:
    wide, high = place.x.width, place.y.width
    marks: list[Dot | Box] = []
    for datum in data:
        left, foot = place.x.share(datum.x) - wide / 2, place.y.share(datum.y) - high / 2
        shade = 1.0 if place.shade is None or datum.value is None else place.shade.share(datum.value)
        marks.append(Box(left, foot, wide, high, shade))
    return marks, []


def _bars(data: Sequence[Datum], place: Place) -> Drawn:
    marks: list[Dot | Box] = []
    for datum in data:
        low, high = (place.x.share(end) for end in (datum.low, datum.high))
        marks.append(Box(low, 0, high - low, place.y.share(datum.y), 1))
    return marks, []


SHAPE_PX = 4.3
CIRCLE = "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0Z"
# What marks a series beside its colour, as the pictures have it: base.style.MARKERS. Around the origin, px.
SHAPES: Mapping[str, str] = {
    name: f"M{'L'.join(f'{SHAPE_PX * x:g} {SHAPE_PX * y:g}' for x, y in corners)}Z" if corners else CIRCLE
    for name, corners in ((marker.name, marker.corners) for marker in MARKERS)
}
SUMMED = ("x", "y", "low", "high", "count")
MARKS: Mapping[str, Mark] = {
    "points": Mark("each row where its x and y put it", NUMBER, NUMBER, CATEGORY, _sorted, _dots),
    "strip": Mark("the rows of each x beside each other, and their median", CATEGORY, NUMBER, CATEGORY, _each, _strip),
    "line": Mark(
        "the median of y at each x, joined", NUMBER, NUMBER, CATEGORY, _quartiles, _line, SUMMED, medians=True
    ),
    "band": Mark(
        "the same, and the middle half of the rows", NUMBER, NUMBER, CATEGORY, _quartiles, _band, SUMMED, "y", True
    ),
    "heat": Mark(
        "a cell for each x and y, shaded by the median of the colour",
        CATEGORY, CATEGORY, NUMBER, _cells, _heat, ("x", "y", "value", "count"), medians=True,
    ),
    "histogram": Mark(
        "how many rows have which x", NUMBER, "", "", _counts, _bars, ("low", "high", "count"), "x"
    ),
}  # fmt: skip


def fitting(x: str, y: str, shades: bool, repeated: bool) -> str:
    """The mark for kinds of x and y; "" for no y.

    shades    whether the colour is a number that has too many values for series
    repeated  whether rows come several to an x
    """
    if not y and x == NUMBER:
        return "histogram"
    if shades:
        return "heat"
    if x == CATEGORY:
        return "strip"
    return "band" if repeated else "points"


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Spearman's, from -1 to 1; None below five values or where one does not vary."""
    if len(one) < 5:
        return None
    a, b = ranks(one), ranks(other)
    middle = (len(one) + 1) / 2
    spread = math.sqrt(sum((p - middle) ** 2 for p in a) * sum((q - middle) ** 2 for q in b))
    return sum((p - middle) * (q - middle) for p, q in zip(a, b, strict=True)) / spread if spread else None

"""Charts of columns and measures, as plain data for templates/figures/chart.html.

    drawn = chart(options, results, words, columns)
    drawn.panels[0].marks[0].x  # "37.5%"

Every place is a share of the panel, so a panel stretches with its page while letters, markers and lines keep their
size. Nothing heavy is imported: an edit of the text draws its charts anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...base.language import Words
from ...markup.blocks.figure import OptionError
from ...runs.results import Rows
from .alt import alt
from .marks import CATEGORY, MARKS, NUMBER, SHAPES, Box, Datum, Dot, Place, Series, Value
from .scales import BandScale, Numbers, log_spaced, padded, spans, ticks, told, widened
from .specification import Specification, ordered

MOST_MARKS = 2000  # a page with more is slow, and nobody can tell them apart
MOST_COLOURS = len(SHAPES)
MOST_FACETS = 24
MOST_BANDS = 60
HEIGHT_PX, HEIGHT_OF_FACET_PX = 260, 150
LETTERS_OF_BAND, LINES_OF_BAND, LINE_OF_BAND_PX = 16, (2, 5), 17  # of the words before a row of cells
TICKS, TICKS_OF_FACET = 6, 3
LABEL_PX = 19  # a line of text
LONGEST_LABEL = 18  # letters beside the end of a line; longer ones stand above the chart
LEAST_LETTERED, LEAST_LETTERED_OF_FACET = 1 / 8, 1 / 4  # width of a cell that has room for its value
LETTERS = 5  # of it
PALE, FULL = 0.05, 0.5  # opacity of shades: ink is read on all of them, on light and on dark paper
LOOKS = ("band", "line", "median")  # from the ground up


@dataclass(frozen=True)
class Key:
    """A series of the legend: its words, the number of its colour and shape."""

    text: str
    at: int


@dataclass(frozen=True)
class Axis:
    """An axis: its title, ticks (at per cent of the panel), the longest of their texts or of its bands', these."""

    title: str
    ticks: tuple[tuple[str, str], ...] = ()
    longest: str = ""
    bands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """A mark in per cent of its panel: a marker at x, y, or a rectangle. at: number of its colour and shape."""

    x: str
    y: str
    at: int
    width: str = ""
    height: str = ""
    opacity: str = ""
    text: str = ""
    middle: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Panel:
    """One of the small multiples. paths: (look, number of the colour, `d` in a square of 100 by 100)."""

    title: str
    marks: tuple[Shape, ...]
    paths: tuple[tuple[str, int, str], ...]
    ends: tuple[tuple[str, Key], ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart, ready to be written.

    legend   series with their words, where these do not stand beside the lines
    shapes   of the series, an SVG path around the origin each
    shades   the least and the greatest value of shades, and opacities between
    heads    titles of the columns of the table of values
    groups   its rows, series by series, in the order of the marks
    about    (title, what it holds) of each key that is drawn
    alt      the chart in words
    missing  how many rows lack a value
    rows     what was drawn, for links to where it comes from
    """

    mark: str
    panels: tuple[Panel, ...]
    x: Axis
    y: Axis
    height: int
    legend_title: str
    legend: tuple[Key, ...]
    shapes: tuple[str, ...]
    shades: tuple[str, tuple[str, ...], str] | None
    heads: tuple[str, ...]
    groups: tuple[tuple[tuple[str, ...], ...], ...]
    about: tuple[tuple[str, str], ...]
    alt: str
    missing: int
    rows: Rows[Any] = field(compare=False)


def chart(
    options: Mapping[str, Any], names: Mapping[str, Any], words: Words, columns: Mapping[str, Any] | None = None
) -> Chart:
    """What an author's options say, drawn.

    options  specification.OPTIONS, of which x is needed; what else there is are conditions, as Rows.where takes them
    names    what the expression `data` may ask for
    columns  what each column of the runs holds, as base.language.Words.tell takes it
    raises   OptionError: which option is wrong, and how
             Unmeasured: values are known once the runs are trained, and all else is right
    """
    return _Drawing(Specification(options, names, words, columns or {})).chart()


class _Drawing:
    """One chart in the making."""

    def __init__(self, spec: Specification) -> None:
        self.spec, self.words, self.mark = spec, spec.words, spec.mark
        self.whole = [of for of in zip(*spec.cells.values(), strict=True) if None not in of]
        if not self.whole:
            raise OptionError("", "there is nothing to draw", f"rows that have all of {', '.join(spec.keys.values())}")
        self.parting = [
            option
            for option in ("facet", "colour")
            if option in spec.keys and (option == "facet" or self.mark.colour == CATEGORY)
        ]
        self.orders = {option: self._several(option) for option in self.parting}
        self.facets, self.colours = (self.orders.get(option, [None]) for option in ("facet", "colour"))
        self.series = self._series()
        self.data = [datum for each in self.series for datum in each.data]
        if len(self.data) > MOST_MARKS:
            others = " or ".join(self._summing())
            expected = f"at most {MOST_MARKS}: fewer rows" + (f", or mark: {others}" if others else "")
            raise OptionError("data", f"{len(self.data):,} marks to draw", expected)
        self.most = TICKS if len(self.facets) == 1 else TICKS_OF_FACET

    def _summing(self) -> Iterator[str]:
        """The marks of the same keys that are few enough."""
        for name, mark in MARKS.items():
            try:
                self.spec.check(name)
            except OptionError:
                continue
            if sum(len(mark.take(each.values, each.values)) for each in self.series) <= MOST_MARKS:
                yield name

    def chart(self) -> Chart:
        """The chart."""
        x, y = self._x(), self._y()
        shade = spans([datum.value for datum in self.data if datum.value is not None]) if self._shaded else None
        height = HEIGHT_PX if len(self.facets) == 1 else HEIGHT_OF_FACET_PX
        if isinstance(y, BandScale):
            longest = max(len(self.spec.said("y", value)) for value in y.values)
            lines = min(max(-(-longest // LETTERS_OF_BAND), LINES_OF_BAND[0]), LINES_OF_BAND[1])
            height = max(2, len(y.values)) * lines * LINE_OF_BAND_PX
        ends = self._ends(y, height)
        panels = [self._panel(facet, Place(x, y, shade, 0, len(self.colours)), ends) for facet in self.facets]
        several = len(self.colours) > 1
        keys = (
            () if ends or not several else (Key(self.spec.said("colour", c), at) for at, c in enumerate(self.colours))
        )
        return Chart(
            mark=self.spec.name,
            panels=tuple(panels),
            x=self._axis("x", x),
            y=self._axis("y", y),
            height=height,
            legend_title=self.spec.title("colour") if several or shade else "",
            legend=tuple(keys),
            shapes=tuple(SHAPES.values())[: len(self.colours)],
            shades=(self._shade(shade.low), SHADES, self._shade(shade.high)) if shade else None,
            heads=tuple(self._heads()),
            groups=tuple(tuple(self._row(each, datum) for datum in each.data) for each in self.series),
            about=tuple(self.spec.about()),
            alt=alt(self.spec, self.series),
            missing=len(self.spec.rows) - len(self.whole),
            rows=self.spec.rows,
        )

    @property
    def _shaded(self) -> bool:
        return self.mark.colour == NUMBER

    # What is drawn

    def _series(self) -> list[Series]:
        """The rows by facet and colour, in the order of these."""
        rows = [dict(zip(self.spec.cells, of, strict=True)) for of in self.whole]
        every = [Value(row["x"], row.get("y"), row.get("colour")) for row in rows]
        parts: dict[tuple[Any, ...], list[Value]] = {}
        for row, value in zip(rows, every, strict=True):
            parts.setdefault(tuple(row[option] for option in self.parting), []).append(value)
        order = self.orders.values()
        places = sorted(parts, key=lambda part: [values.index(one) for values, one in zip(order, part, strict=True)])
        coloured = self.parting[-1:] == ["colour"]
        return [
            Series(
                self.colours.index(part[-1]) if coloured else 0,
                tuple(zip(self.parting, part, strict=True)),
                parts[part],
                self.mark.take(parts[part], every),
            )
            for part in places
        ]

    def _several(self, option: str) -> list[Any]:
        """The different values of an option in their order, of which there may be so many."""
        most = {"colour": MOST_COLOURS, "facet": MOST_FACETS}.get(option, MOST_BANDS)
        distinct = ordered(dict(zip(self.spec.cells, of, strict=True))[option] for of in self.whole)
        if len(distinct) > most:
            wrong = f"{self.spec.keys[option]} has {len(distinct)} values"
            raise OptionError(option, wrong, f"at most {most}, for {option}")
        return distinct

    def _x(self) -> Numbers | BandScale:
        if self.mark.x == CATEGORY:
            return BandScale(tuple(self._several("x")))
        if self.mark.spread == "x":
            return spans([end for datum in self.data for end in (datum.low, datum.high) if end is not None])
        values = [datum.x for datum in self.data]
        return padded(self._numbers("x", values, log_spaced(values)), 0.03)

    def _y(self) -> Numbers | BandScale:
        if self.mark.y == CATEGORY:
            values = self._several("y")
            numbers = all(isinstance(value, (int, float)) for value in values)
            return BandScale(tuple(values if numbers else reversed(values)))  # words are read from the top
        if not self.mark.y:
            return widened(spans([0, *(datum.y for datum in self.data)], whole=True), self.most)
        ends = [end for datum in self.data for end in (datum.low, datum.high)] if self.mark.spread == "y" else []
        values = [value for value in (*(datum.y for datum in self.data), *ends) if value is not None]
        return widened(self._numbers("y", values, False), self.most)

    def _numbers(self, option: str, values: Sequence[float], log: bool) -> Numbers:
        """An axis of numbers, by logarithm where that is asked for, or where nothing is asked and it fits."""
        asked = self.spec.options.get(f"{option}_scale")
        log = asked == "log" if asked else log
        if log and min(values) <= 0:
            wrong = f"{self.spec.keys[option]} is {told(min(values), self.words)}"
            raise OptionError(f"{option}_scale", wrong, "numbers above 0, for log")
        return spans(values, log)

    # Where it stands

    def _ends(self, y: Any, height: int) -> dict[int, float]:
        """Where the words of each line stand beside its end, shares from the top; {}: they stand above the chart."""
        joined = self.mark.medians and not self._shaded
        if not joined or len(self.facets) > 1 or len(self.colours) < 2:
            return {}
        longest = max(len(self.spec.named("colour", colour)) for colour in self.colours)
        gap = LABEL_PX / height
        if longest > LONGEST_LABEL or (len(self.colours) - 1) * gap > 1:
            return {}
        tops = sorted((1 - y.share(each.data[-1].y), each.at) for each in self.series)
        places: list[float] = []
        for top, _ in tops:
            places.append(max(top, places[-1] + gap) if places else top)
        foot = 1.0
        for index in reversed(range(len(places))):  # what was pushed off the foot moves up again
            places[index] = min(places[index], foot)
            foot = places[index] - gap
        return {at: place for (_, at), place in zip(tops, places, strict=True)}

    def _panel(self, facet: Any, place: Place, ends: Mapping[int, float]) -> Panel:
        shapes: list[Shape] = []
        paths: list[tuple[str, int, str]] = []
        here = [each for each in self.series if each.of("facet") == facet]
        for each in here:
            drawn, around = self.mark.draw(each.data, place._replace(series=each.at))
            shapes += [self._shape(one, datum, each.at) for one, datum in zip(drawn, each.data, strict=True)]
            for path in around:
                steps = "L".join(f"{_plain(100 * x)} {_plain(100 - 100 * y)}" for x, y in path.points)
                paths.append((path.look, each.at, f"M{steps}" + "Z" * (path.look == "band")))
        title = "" if facet is None else self.spec.named("facet", facet)
        beside = [
            (_percent(ends[each.at]), Key(self.spec.named("colour", each.of("colour")), each.at))
            for each in here
            if each.at in ends
        ]
        return Panel(title, tuple(shapes), tuple(sorted(paths, key=lambda path: LOOKS.index(path[0]))), tuple(beside))

    def _shape(self, one: Dot | Box, datum: Datum, at: int) -> Shape:
        if isinstance(one, Dot):
            return Shape(_percent(one.x), _percent(1 - one.y), at)
        return Shape(
            _percent(one.x),
            _percent(1 - one.y - one.height),
            at,
            _percent(one.width),
            _percent(one.height),
            opacity=_opacity(one.weight) if self._shaded else "",
            text=self._letters(datum.value, one.width) if self._shaded else "",
            middle=(_percent(one.x + one.width / 2), _percent(1 - one.y - one.height / 2)),
        )

    def _letters(self, value: Any, width: float) -> str:
        """The value of a cell, where there is room for it."""
        text = self._shade(value)
        least = LEAST_LETTERED if len(self.facets) == 1 else LEAST_LETTERED_OF_FACET
        return text if width >= least and len(text) <= LETTERS else ""

    def _shade(self, value: float) -> str:
        """A value by which cells are shaded, to a hundredth of the greatest."""
        greatest = max(abs(datum.value or 0) for datum in self.data) or 1
        if not 1e-3 <= greatest < 1e7:  # as scales.told
            return told(value, self.words, 2)
        return self.words.fixed(value, max(0, 1 - math.floor(math.log10(greatest))))

    def _axis(self, option: str, scale: Any) -> Axis:
        title = self.spec.title(option) if option in self.spec.keys else self.words("number of values")
        if isinstance(scale, BandScale):
            texts = [self.spec.said(option, value) for value in scale.values]
            return Axis(title, (), max(texts, key=len), tuple(texts if option == "x" else reversed(texts)))
        values = [datum.x for datum in self.data] if option == "x" and self.mark.spread != "x" else []
        found = ticks(scale, self.most, self.words, values)
        if scale.log:
            title = self.words("{what} (logarithmic)", what=title)
        places = tuple((_percent(tick.share if option == "x" else 1 - tick.share), tick.text) for tick in found)
        return Axis(title, places, max((tick.text for tick in found), key=len, default=""))

    # The table of values

    def _heads(self) -> list[str]:
        words, title = self.words, self.spec.title
        heads = [title(option) for option in self.parting]
        for cell in self.mark.cells:
            if cell == "value" or (cell == "y" and self.mark.medians and not self._shaded):
                heads.append(words("{what}, median", what=title("colour" if cell == "value" else cell)))
            elif cell in self.spec.keys:
                heads.append(title(cell))
            elif cell == "count":
                heads.append(words("number of values"))
            elif self.mark.spread == "x":
                sentence = (
                    words("{what}, from", what=title("x")) if cell == "low" else words("{what}, to", what=title("x"))
                )
                heads.append(sentence)
            else:
                heads.append(words("lower quartile") if cell == "low" else words("upper quartile"))
        return heads

    def _row(self, each: Series, datum: Datum) -> tuple[str, ...]:
        cells = [*each.named, *((cell, getattr(datum, cell)) for cell in self.mark.cells)]
        return tuple(self.spec.said(option, value) for option, value in cells)


def _plain(number: float) -> str:
    return f"{round(number, 2):g}"


def _percent(share: float) -> str:
    return f"{_plain(100 * share)}%"


def _opacity(weight: float) -> str:
    return _plain(PALE + (FULL - PALE) * weight)


SHADES = tuple(_opacity(at / 5) for at in range(6))

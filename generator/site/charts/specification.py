"""What a chart is to show, out of an author's options: rows, keys, the values of these, a mark. Every mistake with its
option.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from ...base.errors import meant, one_of, quoted
from ...base.language import Words
from ...markup import expressions
from ...markup.blocks import named
from ...markup.blocks.figure import OWN, OptionError
from ...markup.expressions import ExpressionError, is_number
from ...runs.results import Result, Rows, Table, UnknownResult, Unmeasured, places
from ..words import spoken
from .marks import CATEGORY, MARKS, NUMBER, SHAPES, Mark, fitting
from .scales import told

KEYS = ("x", "y", "colour", "facet")
SCALES = ("linear", "log")
OPTIONS = ("data", *KEYS, "mark", "x_scale", "y_scale")
SMALLEST, LARGEST = 1e-100, 1e100  # of a number: what is nearer to 0 is 0, what is beyond or not a number is no value
ROWS = 'rows, such as results.where(experiment="grid")'
A_KEY = "the name of a key or column, perhaps with words, as in {loss: last loss}"
UNITS = {"deg": "degrees", "rad": "radians", "s": "seconds", "ms": "milliseconds", "px": "pixels", "nats": "nats"}


class Specification:
    """What a chart is to show, and how it is told.

    rows   those that `data` and the conditions among the options give
    keys   what x, y, colour and facet are; headings: the author's words for them
    cells  the values of each of these, one a row; None where there is none
    kinds  NUMBER or CATEGORY, of each
    name   the mark's
    raises  OptionError: which option is wrong, and how
            Unmeasured: values are known once the runs are trained, and all else is right
    """

    def __init__(
        self, options: Mapping[str, Any], names: Mapping[str, Any], words: Words, columns: Mapping[str, Any]
    ) -> None:
        self.options, self.words = options, words
        for axis in ("x_scale", "y_scale"):
            if (scale := options.get(axis, "linear")) not in SCALES:
                raise OptionError(axis, f"{axis} is {quoted(scale)}", *meant(str(scale), SCALES))
        if (mark := options.get("mark")) not in (None, *MARKS):
            raise OptionError("mark", f"unknown mark {quoted(mark)}", *meant(str(mark), MARKS))
        self.rows = _rows(options, names, words)
        self.columns = self.rows.columns if isinstance(self.rows, Table) else columns
        self.headings: dict[str, str] = {}
        self.keys = {option: self._key(option) for option in KEYS if options.get(option) is not None}
        if "x" not in self.keys:
            raise OptionError("", "a chart without x", f"x: {A_KEY}")
        self.cells: dict[str, list[Any]] = {}
        pending: Unmeasured | None = None
        for option, key in self.keys.items():
            try:
                self.cells[option] = self._column(option, key)
            except Unmeasured as error:
                pending = error
        self.kinds = {option: _kind(values) for option, values in self.cells.items()}
        if mark:
            self.check(mark)
        if pending:
            raise pending
        self.name = str(mark or self._fitting())
        self.check(self.name)

    @property
    def mark(self) -> Mark:
        return MARKS[self.name]

    # What is asked for

    def _key(self, option: str) -> str:
        key, heading = named(self.options[option])
        if heading:
            self.headings[option] = heading
        if not isinstance(key, str) or not isinstance(heading, str):
            raise OptionError(option, f"{option} is {quoted(self.options[option])}", A_KEY)
        return key

    def _column(self, option: str, key: str) -> list[Any]:
        """The values of a key; runs of another recipe may not know it."""
        found: list[Any] = []
        unknown: UnknownResult | None = None
        for row in self.rows:
            try:
                value = row.value(key)
            except UnknownResult as error:
                unknown, value = unknown or error, None
            if isinstance(value, Mapping) or (
                isinstance(value, list) and any(isinstance(v, (list, dict)) for v in value)
            ):
                raise OptionError(option, f"{key} of {row.place} is a table", "numbers or words")
            if is_number(value) and not SMALLEST < abs(value) < LARGEST:
                value = 0 if abs(value) <= SMALLEST else None
            found.append(tuple(value) if isinstance(value, list) else value)
        if all(value is None for value in found):
            raise OptionError(option, str(unknown.args[0]) if unknown else f'no row has a value for "{key}"')
        return found

    def _fitting(self) -> str:
        """The mark that fits the keys."""
        series = zip(*(self.cells[option] for option in ("x", "colour", "facet") if option in self.cells), strict=True)
        repeated = len(self.rows) >= 3 * len({*series})
        colours = {*self.cells.get("colour", ())} - {None}
        shades = self.kinds.get("colour") == NUMBER and len(colours) > len(SHAPES)
        return fitting(self.kinds["x"], self.kinds.get("y", ""), shades, repeated)

    def check(self, name: str) -> None:
        """Whether a mark can be made of the keys, as far as their values are known.

        raises  OptionError: it cannot
        """
        mark = MARKS[name]
        for option, wanted in (("x", mark.x), ("y", mark.y), ("colour", mark.colour)):
            if option in self.keys and not wanted:
                raise OptionError(option, f"a {name} takes no {option}", "facet, which makes small multiples")
            if option not in self.keys and wanted and (option != "colour" or wanted == NUMBER):
                raise OptionError("mark", f"{name} without {option}", f"{option}: {A_KEY}")
            if wanted == NUMBER and self.kinds.get(option) == CATEGORY:
                wrong = next(at for at, value in enumerate(self.cells[option]) if not _number_or_none(value))
                value, place = self.cells[option][wrong], self.rows.rows[wrong].place
                raise OptionError(option, f"{self.keys[option]} of {place} is {quoted(value)}", f"numbers, for {name}")
        for option, kind in (("x_scale", mark.x), ("y_scale", mark.y)):
            if option in self.options and (kind != NUMBER or mark.spread == "x"):
                raise OptionError(option, f"{name} with {option}", "an axis of numbers")

    # Words

    def called(self, option: str) -> tuple[str, str]:
        """What a key is called, and its unit, where it has one that is not said yet: ("least angle", "degrees")."""
        if option in self.headings:
            return self.headings[option], ""
        key = self.keys[option]
        named = self._spoken(key)
        stem, _, ending = key.rpartition("_")
        if stem and ending in UNITS and named == key.replace("_", " "):  # no table has the key in its own words
            return self._spoken(stem), self.words(UNITS[ending])
        parts = str(self.columns.get(key, "")).split(", ")[1:]
        unit = next((unit for unit in UNITS.values() if unit in parts), "")
        return named, self.words(unit) if unit and "(" not in named else ""

    def _spoken(self, key: str) -> str:
        """A key by its name; those of a recipe mean what they mean there in runs alone."""
        if not isinstance(self.rows, Table):
            return spoken(key, self.words)
        heading = str(self.columns.get(key, ""))
        return heading if _as_key(heading) == key else self.words.measure(key)

    def title(self, option: str) -> str:
        """What a key is called, with its unit: "least angle, degrees"."""
        what, unit = self.called(option)
        return self.words("{what}, {unit}", what=what, unit=unit) if unit else what

    def said(self, option: str, value: Any) -> str:
        """A value of a key in words."""
        if self.keys.get(option) == "activation":
            return next(
                (run.label for run in self.rows if isinstance(run, Result) and run.activation == value), str(value)
            )
        own = isinstance(value, str) and isinstance(self.rows, Table)  # an author's words, as they stand
        return value if own else told(value, self.words)

    def named(self, option: str, value: Any) -> str:
        """A value that stands alone: "5 classes", "noise 0.1", "tanh"."""
        key = self.keys[option]
        if key == "classes" and isinstance(value, int):
            return self.words("{n} classes", n=value)
        return (
            self.said(option, value)
            if isinstance(value, str)
            else f"{self.called(option)[0]} {self.said(option, value)}"
        )

    def about(self) -> Iterable[tuple[str, str]]:
        """(key in words, what it holds), of the keys of which this is known."""
        for key, option in {key: option for option, key in reversed(self.keys.items())}.items():
            what = self.columns.get(key)
            if what is not None and _as_key(str(what)) != key:
                yield (
                    self.headings.get(option) or self._spoken(key),
                    self.words.tell(what) if isinstance(what, Mapping) else self.words(what),
                )


def _as_key(heading: str) -> str:
    """A column's heading in its file as keys have it: "mass [g]" is mass_g."""
    return re.sub(r"\W+", "_", heading).strip("_")


def ordered(values: Iterable[Any]) -> list[Any]:
    """The different values, in their order."""
    distinct = list(dict.fromkeys(values))
    return [value for _, value in sorted(zip(places(distinct), distinct, strict=True), key=itemgetter(0))]


def _rows(options: Mapping[str, Any], names: Mapping[str, Any], words: Words) -> Rows[Any]:
    source = options.get("data", "results")
    if not isinstance(source, str):
        raise OptionError("data", f"data is {quoted(source)}", ROWS)
    try:
        rows = expressions.evaluate(source, names, words=words)
    except ExpressionError as error:
        raise OptionError("data", error.wrong, error.expected, error.nearest) from error
    if not isinstance(rows, Rows):
        raise OptionError("data", f"data is {expressions.kind(rows)}", ROWS)
    for key, want in options.items():
        if key not in (*OPTIONS, *OWN):
            try:
                rows = rows.where(**{key: want})
            except UnknownResult as error:
                raise OptionError(key, str(error.args[0])) from error
    if not len(rows):
        tables = [f"data: {name}" for name, table in names.items() if isinstance(table, Table) and len(table)]
        raise OptionError("data", "there is nothing to draw", one_of(tables) or ROWS)
    return rows


def _kind(values: Sequence[Any]) -> str:
    return NUMBER if all(map(_number_or_none, values)) else CATEGORY


def _number_or_none(value: Any) -> bool:
    return value is None or is_number(value)

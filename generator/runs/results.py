"""What the runs gave, as prose and templates may use it: read-only and plain.

    results.where(activation="tanh", classes=[4, 5]).median("accuracy")
    scan.where(lr=0.1).max("loss")

`where` compares the fields of a run's spec, its experiment, its id and its
measures, or the columns of a table; each of these is also a key for the
statistics.
"""

from __future__ import annotations

import abc
import functools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, Protocol, Self, TypeVar

from ..base.errors import meant, one_of
from ..base.rounding import Year
from .statistics import Paired, Tally

NUMBERS = re.compile(r"((?<![.\d])\d+\.\d+(?!\.?\d)|\d+)")  # in a word; three apart by points are a date or a version
OF_YEARS = re.compile(r"(?:year|jahr|annee|année|anno|año|ano|jaar|rok|vuosi|år|год|年|年份|سنة|عام)s?", re.IGNORECASE)
YEARS = range(1000, 3000)


class UnknownResult(LookupError):
    """An expression asked for what no run has. args: message."""


class Unmeasured(Exception):
    """An expression asked for what is known once the runs are trained. args: its name."""


@dataclass(frozen=True)
class Picture:
    """A drawn picture of a run in the site.

    path     address without extension, relative to the site's root: "plots/5/tanh.angles"
    formats  endings in the light theme, best first: ("webp", "png"), with "gif" when animated;
             the dark theme's put "dark." before them
    width, height  CSS pixels
    alt      what it shows, as base.language.Words.tell takes it
    """

    path: str
    formats: tuple[str, ...]
    width: int
    height: int
    alt: Mapping[str, Any] | str
    title: str


@dataclass(frozen=True)
class Moment:
    """What some runs had of a measure at an epoch that all of them kept.

    lapse                0 at the start, 1 at the end, in between along the logarithm of time: log(1 + epoch), scaled
    low, median, high    quartiles, linear between the sorted values
    least                the smallest value
    """

    epoch: int
    lapse: float
    least: float
    low: float
    median: float
    high: float


class _Row(Protocol):
    """What statistics are made of; each of its values is an attribute as well."""

    @property
    def place(self) -> str: ...
    @property
    def seed(self) -> Any: ...
    def value(self, key: str) -> Any: ...

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            raise AttributeError(key)
        return self.value(key)


@dataclass(frozen=True)
class Result(_Row):
    """One run: its spec's fields, what was measured, its pictures by figure name, its downloads by kind."""

    id: str
    experiment: str
    key: str
    label: str
    spec: Mapping[str, Any]
    measures: Mapping[str, Any]
    pictures: Mapping[str, Picture]
    files: Mapping[str, str]

    @property
    def place(self) -> str:
        """Its name among all runs: "grid/k5-tanh-s1"."""
        return f"{self.experiment}/{self.id}"

    @property
    def seed(self) -> Any:
        """The seed of its recipe."""
        return self.spec.get("seed")

    def value(self, key: str) -> Any:
        """A field of the spec, a measure, or the run's id, experiment or label.

        raises  UnknownResult: none of these, with the nearest
        """
        if key in ("id", "experiment", "label"):
            return getattr(self, key)
        for values in (self.spec, self.measures):
            if key in values:
                return values[key]
        known = ["id", "experiment", "label", *self.spec, *self.measures]
        raise UnknownResult(f'unknown result "{key}"{_instead(key, known, "measures")}')


@dataclass(frozen=True)
class Record(_Row):
    """One row of a table: the table's name, its place there from 1, its values by column."""

    table: str
    at: int
    values: Mapping[str, Any]

    @property
    def place(self) -> str:
        """Its name among all rows: "scan/1"."""
        return f"{self.table}/{self.at}"

    @property
    def seed(self) -> Any:
        """What tells it from a repetition: its column `seed`, where it has one, or its place."""
        return self.values.get("seed", self.at)

    def value(self, key: str) -> Any:
        """The value of a column.

        raises  UnknownResult: there is none of this name, with the nearest
        """
        if key in self.values:
            return self.values[key]
        raise UnknownResult(f'unknown column "{key}"{_instead(key, self.values)}')


Row = TypeVar("Row", bound=_Row)


class Rows(abc.ABC, Generic[Row]):
    """Some rows, in order, and statistics of them.

    rows   them, or what reads them when somebody asks
    of     a digest of all that they hold, "" where nobody knows it: then nothing made of them is kept
    asked  the conditions that they are some by: ("classes", 4), …
    """

    _one, _none = "row", ""  # what messages call it, and say where there is none

    def __init__(self, rows: Iterable[Row] | Callable[[], Iterable[Row]], of: str = "") -> None:
        self._rows = rows
        self._of = of
        self.asked: tuple[tuple[str, Any], ...] = ()
        self._kept: dict[tuple[str, Any], Self] = {}  # an article asks for the same rows again and again

    @functools.cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows, in order."""
        return tuple(self._rows() if callable(self._rows) else self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def count(self) -> int:
        """How many rows these are."""
        return len(self.rows)

    def where(self, **conditions: Any) -> Self:
        """Those rows for which every condition holds; a list or tuple holds for any of its members.

        raises  UnknownResult: a condition no row knows, or none of the rows fits
        """
        found = self
        for key, given in conditions.items():
            want = _frozen(given)
            narrower = found._fitting(key, want)
            if not narrower.rows:
                said = ", ".join(f"{key}={want!r}" for key, want in conditions.items())
                raise UnknownResult(f"no {self._one} with {said}{found._instead(key, want)}")
            found = narrower
        return found

    def _instead(self, key: str, want: Any) -> str:
        """What to ask for instead of a value that no run has, at the end of a message."""
        if not self.rows:
            return self._none
        known = self.distinct(key)
        missing = [one for one in (want if isinstance(want, (list, tuple)) else [want]) if one not in known]
        if missing and all(isinstance(one, str) for one in (*missing, *known)):
            return _instead(missing[0], known)
        return f"; expected {one_of(map(str, known))}" if missing and known else ""

    def _fitting(self, key: str, want: Any) -> Self:
        """The rows for which one condition holds."""
        kept = self._kept.get((key, want))
        if kept is None:
            kept = self._kept[key, want] = self._some([row for row in self.rows if fits(self._value(row, key), want)])
            kept.asked = (*self.asked, (key, want))
        return kept

    @abc.abstractmethod
    def _some(self, rows: Iterable[Row]) -> Self:
        """Some of these rows, as what they are of."""

    def one(self, **conditions: Any) -> Row:
        """The first row, runs in the order of their seeds, for which every condition holds."""
        found = self.where(**conditions).rows
        if not found:
            raise UnknownResult(f"there is no {self._one}{self._none}")
        return found[0]

    def values(self, key: str) -> list[Any]:
        """One value a row; those that a row lacks (None) are left out."""
        return [value for row in self.rows if (value := self._value(row, key)) is not None]

    def _value(self, row: Row, key: str) -> Any:
        """A row's value.

        raises  UnknownResult: it has none of this name
        """
        return row.value(key)

    def distinct(self, key: str) -> list[Any]:
        """The different values, in order of appearance."""
        found: dict[Any, Any] = {}
        for value in self.values(key):
            found.setdefault(_frozen(value), value)
        return list(found.values())

    def min(self, key: str) -> Any:
        """The smallest value; of words the first."""
        return min(self._ordered(key))

    def max(self, key: str) -> Any:
        """The largest value; of words the last."""
        return max(self._ordered(key))

    def median(self, key: str) -> float:
        """The median value."""
        from statistics import median  # some milliseconds to import, where nothing has to be computed

        values = self._numbers(key)
        return _alike(float(median(values)), values)

    def mean(self, key: str) -> float:
        """The mean value."""
        from statistics import fmean

        values = self._numbers(key)
        return _alike(float(fmean(values)), values)

    def std(self, key: str) -> float:
        """The standard deviation, with one less than their number below the sum.

        raises  UnknownResult: fewer than two values
        """
        from statistics import stdev

        values = self._numbers(key)
        if len(values) == 1:
            raise UnknownResult(f'one {self._one} alone has a value for "{key}"')
        return float(stdev(values))

    def iqr(self, key: str) -> float:
        """The interquartile range: from the lower to the upper quartile."""
        return self.quantile(key, 0.75) - self.quantile(key, 0.25)

    def quantile(self, key: str, q: float) -> float:
        """The q-quantile, 0 <= q <= 1, linear between the sorted values (Hyndman & Fan's type 7)."""
        if not (isinstance(q, (int, float)) and 0 <= q <= 1):
            raise UnknownResult(f"a quantile of {q}; expected a number from 0 to 1")
        values = sorted(self._numbers(key))
        return _alike(quantile(values, q), values)

    def share(self, key: str, at_least: float | None = None, equals: Any = None) -> float:
        """Of the rows that have a value, the share whose value is true, at least the bound, or the one given."""
        return self.tally(key, at_least, equals).share

    def tally(self, key: str, at_least: float | None = None, equals: Any = None) -> Tally:
        """As `share`, counted: "7 of 8", from 20 rows up with per cent, and with the filter `interval` how sure that
        is. It has `hits`, `of`, `share` and `interval`.
        """
        if at_least is not None and not isinstance(at_least, (int, float)):
            raise UnknownResult(f"at_least is {at_least!r}; expected a number")
        if equals is not None:
            if at_least is not None:
                raise UnknownResult("both at_least and equals; expected one of them")
            values = self._known(key)
            return Tally(sum(1 for value in values if value == equals), len(values))
        values = self._numbers(key, "numbers, or equals=…" if at_least is None else "numbers")
        if at_least is None and not all(float(value).is_integer() for value in values):
            raise UnknownResult(f'"{key}" holds fractions; expected at_least=…, or equals=…')
        return Tally(sum(bool(value if at_least is None else value >= at_least) for value in values), len(values))

    def paired(self, other: Rows[Any], key: str, by: str | Sequence[str] = "seed") -> Paired:
        """These rows compared with others that have the same seed, or the same of what `by` names: how many have a
        lower value, the median difference, and p of Wilcoxon's signed-rank test. It has `pairs`, `lower`, `higher`,
        `difference` and `p`.

        raises  UnknownResult: two rows of one group have the same seed, or none has one of the other group
        """
        if not isinstance(other, Rows):
            raise UnknownResult(f"paired needs {self._one}s to compare these with, and then what is compared")
        for group in (self, other):
            group._numbers(key)
        keys = [by] if isinstance(by, str) else list(by)
        ours, theirs = self._by(keys, key), other._by(keys, key)
        both = [place for place in ours if place in theirs]
        if not both:
            raise UnknownResult(f'no two {self._one}s of the same {" and ".join(keys)} have a value for "{key}"')
        rows = tuple(row for place in both for row in (ours[place], theirs[place]))
        return Paired.of([(ours[place].value(key), theirs[place].value(key)) for place in both], rows)

    def _by(self, keys: Sequence[str], key: str) -> dict[Any, Row]:
        """The rows that have a value, by what some keys say of them.

        raises  UnknownResult: they say the same of two
        """
        found: dict[Any, Row] = {}
        for row in self.rows:
            if self._value(row, key) is None:
                continue
            place = tuple(_frozen(self._value(row, each)) for each in keys)
            if place in found:
                alike = " and ".join(f"{each} {value}" for each, value in zip(keys, place, strict=True))
                raise UnknownResult(
                    f"{found[place].place} and {row.place} both have {alike}; expected one {self._one} each: .where(…),"
                    ' or more in by=["seed", …]'
                )
            found[place] = row
        return found

    def _known(self, key: str) -> list[Any]:
        """The values of a key that some rows have."""
        if values := self.values(key):
            return values
        raise UnknownResult(f'no {self._one} has a value for "{key}"')

    def _ordered(self, key: str) -> list[Any]:
        """The values of a key that holds numbers or words."""
        values = self._known(key)
        return values if all(isinstance(value, str) for value in values) else self._numbers(key, "numbers or words")

    def _numbers(self, key: str, expected: str = "numbers") -> list[float]:
        """The values of a key that holds numbers, or true and false."""
        values = self._known(key)
        if all(isinstance(value, (int, float)) for value in values):
            return values
        odd = next(value for value in values if not isinstance(value, (int, float)))
        held = "lists" if isinstance(odd, (list, tuple)) else "tables" if isinstance(odd, Mapping) else "words"
        raise UnknownResult(f'"{key}" holds {held}; expected {expected}')


class Table(Rows[Record]):
    """Rows that no network of ours gave: of a file, or of an experiment in the author's own code.

    name     what expressions call it
    columns  what each column holds, by its name, as base.language.Words.tell takes it; {}: nothing is said of them
    source   where it is from, such as {"file": "scan.csv", "sha256": …}
    """

    def __init__(
        self,
        rows: Iterable[Record] | Callable[[], Iterable[Record]],
        name: str = "",
        columns: Mapping[str, Any] = MappingProxyType({}),
        source: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        super().__init__(rows)
        self.name, self.columns, self.source = name, columns, source

    def _some(self, rows: Iterable[Record]) -> Self:
        return type(self)(rows, self.name, self.columns, self.source)


class Results(Rows[Result]):
    """Some of the build's runs, in order.

    tables    what stands beside them, by name
    pictures  figures that the author's own code drew, by name
    """

    _one, _none = "run", "; the article has no experiments"

    def __init__(
        self,
        rows: Iterable[Result] | Callable[[], Iterable[Result]],
        of: str = "",
        tables: Mapping[str, Table] = MappingProxyType({}),
        pictures: Mapping[str, Picture] = MappingProxyType({}),
    ) -> None:
        super().__init__(rows, of)
        self.tables, self.pictures = tables, pictures
        self._whole = self  # of which these are some

    @property
    def runs(self) -> tuple[Result, ...]:
        """The runs, in order."""
        return self.rows

    @property
    def networks(self) -> int:
        """How many networks these are: one that several experiments name is trained once, and a run of each."""
        return len({run.key for run in self.rows})

    def _some(self, rows: Iterable[Result]) -> Self:
        found = type(self)(rows)
        found._whole = self._whole
        return found

    def _instead(self, key: str, want: Any) -> str:
        return "" if self.runs and key in self.runs[0].measures else super()._instead(key, want)

    def _value(self, row: Result, key: str) -> Any:
        """A run's value; None where others alone have the key: kinds of data differ in their parameters.

        raises  UnknownResult: no run has it, with the nearest
        """
        try:
            return row.value(key)
        except UnknownResult:
            if not any(key in other.spec or key in other.measures for other in self._whole):
                raise
            return None

    def course(self, key: str) -> list[Moment]:
        """How a measure went over training: its quartiles over the runs, epoch by epoch; see the measure `course`.

        raises  UnknownResult: no run has a course, none has this measure in it, or their epochs are not the same
        """
        courses = self.values("course")
        if not courses or key not in courses[0]:
            known = list(courses[0]) if courses else []
            raise UnknownResult(f'no run has a course of "{key}"' + (f"; expected one of {known}" if known else ""))
        epochs = courses[0]["epoch"]
        if any(course["epoch"] != epochs for course in courses):
            raise UnknownResult("these runs kept different epochs; expected runs of one recipe")
        whole = math.log1p(epochs[-1]) or 1.0
        moments = []
        for epoch, *values in zip(epochs, *(course[key] for course in courses), strict=True):
            ordered = sorted(value for value in values if value is not None)
            if ordered:
                quartiles = (quantile(ordered, q) for q in (0, 0.25, 0.5, 0.75))
                moments.append(Moment(epoch, math.log1p(epoch) / whole, *quartiles))
        return moments


def _instead(word: str, known: Iterable[str], where: str = "") -> str:
    """What to write instead of an unknown word, at the end of a message. where: as `meant` takes it"""
    expected, near = meant(word, known, where)
    return f'; did you mean "{near}"?' if near else f"; expected {expected}"


def quantile(ordered: Sequence[float], q: float) -> float:
    """The q-quantile of sorted values, linear between them (Hyndman & Fan's type 7)."""
    at = q * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (at - below) * (ordered[above] - ordered[below]))


def _alike(found: float, values: Sequence[float]) -> float:
    """What was found of values: a year where they are years, and it is whole."""
    return Year(found) if found.is_integer() and all(isinstance(value, Year) for value in values) else found


def places(values: Iterable[Any]) -> list[tuple[Any, ...]]:
    """What each value of a key is sorted by, wherever rows stand by it; alike where the values are.

    Numbers by size, then words as they come, of those that differ in numbers alone "width 8" before "width 16", then
    lists, then gaps.
    """
    come: dict[tuple[str, ...], int] = {}  # words without their numbers

    def place(value: Any) -> tuple[Any, ...]:
        if value is None:
            return (3,)
        if isinstance(value, (int, float)):
            return (0, value)
        if isinstance(value, (list, tuple)):
            return (2, *map(place, value))
        words, numbers = (tuple(NUMBERS.split(str(value))[at::2]) for at in (0, 1))
        return (1, come.setdefault(words, len(come)), *map(float, numbers), str(value))

    return [place(value) for value in values]


def _frozen(value: Any) -> Any:
    """Lists, and lists in lists, as tuples, which can be looked up, and tables as those of their items; numpy's values
    as Python's.
    """
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, Mapping):
        return tuple((key, _frozen(one)) for key, one in value.items())
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple, range, set, frozenset)) else value


def fits(value: Any, want: Any) -> bool:
    """Whether a value is the one wanted, or one of those wanted; widths are a list themselves."""
    if isinstance(value, (list, tuple)):
        if not isinstance(want, (list, tuple)):
            return False
        return list(value) == list(want) or any(fits(value, one) for one in want)
    return value in want if isinstance(want, (list, tuple)) else bool(value == want)


def having(some: Rows[Row], key: str) -> tuple[Row, ...]:
    """The rows that have a value, all of them where no key is named."""
    return tuple(row for row in some.rows if not key or some._value(row, key) is not None)


def digest_of(results: Results) -> str:
    """A digest of all that results hold, or ""."""
    return results._of


def from_catalogue(
    read: Callable[[], Iterable[Mapping[str, Any]]],
    of: str,
    tables: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    pictures: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Results:
    """Results from the plain dictionaries that the cache keeps, one a run, keyed as Result's fields.

    read      gives them when somebody asks
    of        the digest of these, the tables and the pictures
    tables    of each table by its name its "columns" and "source", as in Table, and what reads its "rows", a mapping
              each
    pictures  the figures of the author's own code, keyed as Picture's fields
    """
    beside = {name: _table(name, table) for name, table in tables.items()}

    def runs() -> Iterator[Result]:
        return (Result(**{**run, "pictures": _pictures(run["pictures"])}) for run in read())

    return Results(runs, of, beside, _pictures(pictures))


def _table(name: str, table: Mapping[str, Any]) -> Table:
    of_years = [key for key in table["source"].get("columns", ()) if any(map(OF_YEARS.fullmatch, key.split("_")))]

    def told(row: Mapping[str, Any]) -> Mapping[str, Any]:
        """A row whose years are known as such, by the name of their column."""
        years = {key: Year(row[key]) for key in of_years if row[key] in YEARS}
        return {**row, **years} if years else row  # as it is where it is not measured yet

    def rows() -> Iterator[Record]:
        return (Record(name, at, told(row)) for at, row in enumerate(table["rows"](), 1))

    return Table(rows, name, table["columns"], table["source"])


def _pictures(plain: Mapping[str, Mapping[str, Any]]) -> dict[str, Picture]:
    return {name: Picture(**{**picture, "formats": tuple(picture["formats"])}) for name, picture in plain.items()}

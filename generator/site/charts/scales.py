"""Scales of charts: from values to shares of an axis, and the ticks that say so."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...base.language import Words
from ...base.rounding import Year
from ..words import plain

DIGITS = 4  # significant ones of a value that is told
STEPS = (1, 2, 5, 10)
CLOSEST = 0.6  # of the room of a tick: nearer than this, values are no ticks
SPAN_OF_LOG, EVEN, APART = 16, 2.0, 1.5  # greatest over least value; greatest over least ratio of steps; least ratio


@dataclass(frozen=True)
class Tick:
    """A mark of an axis. share: 0 at its low end, 1 at its high end."""

    share: float
    text: str


@dataclass(frozen=True)
class Numbers:
    """An axis of numbers from low to high, linear or by logarithm.

    whole  it counts, or is of years
    kind   what a value at a tick is
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False
    kind: Callable[[float], float] = float

    def share(self, value: float) -> float:
        """Where a value stands: 0 at the low end, 1 at the high one."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class BandScale:
    """An axis of several values that stand beside each other in bands of one width."""

    values: tuple[Any, ...]

    @property
    def width(self) -> float:
        """Of a band, as a share."""
        return 1 / len(self.values)

    def share(self, value: Any) -> float:
        """Where the middle of a value's band is."""
        return (self.values.index(value) + 0.5) / len(self.values)


def told(value: Any, words: Words, digits: int = DIGITS) -> str:
    """A value as readers see it: to so many significant digits, whole numbers as they are."""
    if isinstance(value, bool):
        return words("yes" if value else "no")
    if not isinstance(value, (int, float)):
        return plain(value, words)
    if value and not 1e-3 <= abs(value) < 1e7:
        return words.compact(value, digits)
    if float(value).is_integer():
        return words.fixed(value)
    return words.significant(value, digits)


def spans(values: Sequence[float], log: bool = False, whole: bool = False) -> Numbers:
    """The axis from the least value to the greatest; where they are one, from it to 0, by logarithm some way around."""
    low, high = min(values), max(values)
    years = all(isinstance(value, Year) for value in values)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        low, high = (low / 2, low * 2) if log else (min(low, 0.0), max(high, 0.0) if low else 1.0)
    return Numbers(float(low), float(high), log, whole or years, Year if years else float)


def widened(axis: Numbers, most: int) -> Numbers:
    """An axis that begins and ends at ticks; by logarithm, at 1, 2 or 5 times a power of ten."""
    if axis.log:
        low, high = math.floor(math.log10(axis.low)), math.ceil(math.log10(axis.high))
        nice = [float(f"{times}e{power}") for power in range(low, high + 1) for times in (1, 2, 5)]
        return replace(axis, low=max(v for v in nice if v <= axis.low), high=min(v for v in nice if v >= axis.high))
    while True:  # a longer axis may have a longer step
        step = _step(axis, most)
        low, high = math.floor(axis.low / step + 1e-9), math.ceil(axis.high / step - 1e-9)
        longer = replace(axis, low=_times(low, step), high=_times(high, step))
        if longer == axis:
            return axis
        axis = longer


def padded(axis: Numbers, by: float) -> Numbers:
    """An axis with room at both ends, a share of its length."""
    if axis.log:
        more = (axis.high / axis.low) ** by
        return replace(axis, low=axis.low / more, high=axis.high * more)
    room = by * (axis.high - axis.low)
    return replace(axis, low=axis.low - room, high=axis.high + room)


def log_spaced(values: Sequence[float]) -> bool:
    """Whether values are clearly chosen by their ratios: 0.001, 0.003, 0.01, 0.03."""
    ordered = sorted(set(values))
    if len(ordered) < 3 or ordered[0] <= 0 or ordered[-1] / ordered[0] < SPAN_OF_LOG:
        return False
    ratios = [high / low for low, high in itertools.pairwise(ordered)]
    return min(ratios) >= APART and max(ratios) <= EVEN * min(ratios)


def ticks(axis: Numbers, most: int, words: Words, values: Sequence[float] = ()) -> list[Tick]:
    """At most so many ticks of an axis, at nice numbers; at the values where these are few and apart."""
    shares = sorted(axis.share(value) for value in set(values))
    gaps = [high - low for low, high in itertools.pairwise(shares)]
    if 1 < len(shares) <= most and min(gaps) >= CLOSEST / most:
        nice = sorted(set(values))
    else:
        nice = (_decades(axis, most) if axis.log else []) or _multiples(axis, most)
    nice = [axis.kind(value) for value in nice]
    say = _writer(nice, axis.log, words)
    return [Tick(axis.share(value), say(value)) for value in nice]


def nice_step(length: float, most: int) -> float:
    """The least of 1, 2, 5 times a power of ten that is in a length at most so many times."""
    raw = length / most
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in STEPS if step * power >= raw * (1 - 1e-9))


def _step(axis: Numbers, most: int) -> float:
    return max(nice_step(axis.high - axis.low, most), float(axis.whole))


def _times(count: int, step: float) -> float:
    """A multiple of a step, without what binary fractions add."""
    return float(f"{count * step:.12g}")


def _multiples(axis: Numbers, most: int) -> list[float]:
    while True:  # two are needed to read a scale
        step = _step(axis, most)
        first, last = math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9)
        if axis.log:
            first = max(first, 1)
        if last > first or axis.whole:
            return [_times(count, step) for count in range(first, last + 1)]
        most += 1


def _decades(axis: Numbers, most: int) -> list[float]:
    """Powers of ten, with some between them where there are few; [] where there would be none to compare."""
    first, last = math.floor(math.log10(axis.low)), math.ceil(math.log10(axis.high))
    every = math.ceil((last - first + 1) / most)

    def shown(between: Sequence[int], stride: int = 1) -> list[float]:
        nice = [float(f"{m}e{power}") for power in range(first, last + 1, stride) for m in between]
        return [value for value in nice if axis.low * (1 - 1e-9) <= value <= axis.high * (1 + 1e-9)]

    for between, stride in (((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), every)):
        if 1 < len(nice := shown(between, stride)) <= most:
            return nice
    powers = shown((1,))
    return powers[:: math.ceil((len(powers) - 1) / max(most - 1, 1))] if len(powers) > 1 else []


def _writer(values: Sequence[float], log: bool, words: Words) -> Callable[[float], str]:
    """How the ticks of an axis are written: on a linear one all with as many decimals."""
    texts = {value: told(value, words) for value in values}
    largest = max(map(abs, values), default=0)
    if log or not 1e-3 <= largest < 1e7:
        return texts.__getitem__
    point = words.marks.point
    decimals = max((len(text.partition(point)[2]) for text in texts.values()), default=0)
    return lambda value: words.fixed(value, min(decimals, 6)) if value else "0"

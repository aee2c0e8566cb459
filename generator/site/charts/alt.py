"""A chart in words, with its numbers, for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...runs.results import quantile
from ..words import opened
from .marks import CATEGORY, NUMBER, Series, Value, rank_correlation
from .scales import told
from .specification import Specification, ordered

MOST_NAMED = 24  # series of which more is told than the table does
DIGITS = 3


def alt(spec: Specification, series: Sequence[Series]) -> str:
    """What is drawn of how many values, between what they lie, the middle of each group, where it goes."""
    words, mark = spec.words, spec.mark
    values = [value for each in series for value in each.values]
    shaded = mark.colour == NUMBER
    measure = "colour" if shaded else "y" if mark.y else "x"
    names = {option: spec.called(option)[0] for option in spec.keys}
    x, y, counted = names["x"], names.get("y", ""), words("{n} values", n=len(values))
    if not mark.y:
        head = words("{x}, counted ({values}).", x=x, values=counted)
    elif shaded:
        what = names["colour"]
        head = words("{what} by {x} and {y}, medians ({values}).", what=what, x=x, y=y, values=counted)
    elif mark.medians:
        head = words("{y} by {x}, medians ({values}).", y=y, x=x, values=counted)
    else:
        head = words("{y} by {x} ({values}).", y=y, x=x, values=counted)
    measured = [getattr(value, measure) for value in values]
    low, high = _say(spec, min(measured)), f"{_say(spec, max(measured))} {spec.called(measure)[1]}".rstrip()
    parts = [opened(head), words("All lie between {low} and {high}.", low=low, high=high)]
    if shaded:
        parts += _ends(spec, series)
    elif not mark.y:
        fullest = max((datum for each in series for datum in each.data), key=lambda datum: datum.count)
        low, high = _say(spec, fullest.low), _say(spec, fullest.high)
        parts.append(words("Most often: {low} to {high} ({count}).", low=low, high=high, count=fullest.count))
    else:
        groups = [group for each in series for group in _groups(spec, each)]
        if len(groups) <= MOST_NAMED:
            parts.append(words("{said}.", said=words("; ").join(groups)))
    return " ".join(parts)


def _groups(spec: Specification, each: Series) -> Iterator[str]:
    """A series in words: where a line begins and ends, the median of each band of a strip, else median and trend."""
    words = spec.words
    of = [spec.named(option, value) for option, value in each.named]
    if spec.mark.medians:
        first, last = each.data[0], each.data[-1]
        yield words(", ").join([*of, words("{y} at {x}", y=_say(spec, first.y), x=_say(spec, first.x)),
                                words("{y} at {x}", y=_say(spec, last.y), x=_say(spec, last.x))])  # fmt: skip
        return
    if spec.mark.x == CATEGORY:
        for band in ordered(value.x for value in each.values):
            here = [value for value in each.values if value.x == band]
            yield words(", ").join([*of, spec.named("x", band), _median(spec, here)])
        return
    rank = rank_correlation([value.x for value in each.values], [value.y for value in each.values])
    trend = [] if rank is None else [words("rank correlation {value}", value=words.fixed(rank, 2))]
    yield words(", ").join([*of, _median(spec, each.values), *trend])


def _median(spec: Specification, values: Sequence[Value]) -> str:
    middle = quantile(sorted(value.y for value in values), 0.5)
    return spec.words("median {value}", value=_say(spec, middle))


def _ends(spec: Specification, series: Sequence[Series]) -> Iterator[str]:
    """The least and the greatest of the shades, and where they are."""
    words = spec.words
    data = [(datum, each) for each in series for datum in each.data]

    def place(datum: Any, each: Series) -> str:
        named = [*each.named, ("x", datum.x), ("y", datum.y)]
        return words(", ").join(spec.named(option, value) for option, value in named)

    least, greatest = (of(data, key=lambda one: one[0].value or 0.0) for of in (min, max))
    yield words("Least: {value} ({place}).", value=_say(spec, least[0].value), place=place(*least))
    yield words("Greatest: {value} ({place}).", value=_say(spec, greatest[0].value), place=place(*greatest))


def _say(spec: Specification, value: Any) -> str:
    return told(value, spec.words, DIGITS)

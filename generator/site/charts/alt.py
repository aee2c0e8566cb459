"""A chart in words, with its numbers, for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...runs.results import quantile
from ..words import opened
from .asked import Asked, ordered
from .marks import CATEGORY, NUMBER, Series, Value, rank_correlation
from .scales import told

MOST_NAMED = 24  # series of which more is told than the table does
DIGITS = 3


def alt(asked: Asked, series: Sequence[Series]) -> str:
    """What is drawn of how many values, between what they lie, the middle of each group, where it goes."""
    words, mark = asked.words, asked.mark
    values = [value for each in series for value in each.values]
    shaded = mark.colour == NUMBER
    measure = "colour" if shaded else "y" if mark.y else "x"
    names = {option: asked.called(option)[0] for option in asked.keys}
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
    low, high = _say(asked, min(measured)), f"{_say(asked, max(measured))} {asked.called(measure)[1]}".rstrip()
    parts = [opened(head), words("All lie between {low} and {high}.", low=low, high=high)]
    if shaded:
        parts += _ends(asked, series)
    elif not mark.y:
        fullest = max((datum for each in series for datum in each.data), key=lambda datum: datum.count)
        low, high = _say(asked, fullest.low), _say(asked, fullest.high)
        parts.append(words("Most often: {low} to {high} ({count}).", low=low, high=high, count=fullest.count))
    else:
        groups = [group for each in series for group in _groups(asked, each)]
        if len(groups) <= MOST_NAMED:
            parts.append(words("{said}.", said=words("; ").join(groups)))
    return " ".join(parts)


def _groups(asked: Asked, each: Series) -> Iterator[str]:
    """A series in words: where a line begins and ends, the median of each band of a strip, else median and trend."""
    words = asked.words
    of = [asked.named(option, value) for option, value in each.named]
    if asked.mark.medians:
        first, last = each.data[0], each.data[-1]
        yield words(", ").join([*of, words("{y} at {x}", y=_say(asked, first.y), x=_say(asked, first.x)),
                                words("{y} at {x}", y=_say(asked, last.y), x=_say(asked, last.x))])  # fmt: skip
        return
    if asked.mark.x == CATEGORY:
        for band in ordered(value.x for value in each.values):
            here = [value for value in each.values if value.x == band]
            yield words(", ").join([*of, asked.named("x", band), _median(asked, here)])
        return
    rank = rank_correlation([value.x for value in each.values], [value.y for value in each.values])
    trend = [] if rank is None else [words("rank correlation {value}", value=words.fixed(rank, 2))]
    yield words(", ").join([*of, _median(asked, each.values), *trend])


def _median(asked: Asked, values: Sequence[Value]) -> str:
    middle = quantile(sorted(value.y for value in values), 0.5)
    return asked.words("median {value}", value=_say(asked, middle))


def _ends(asked: Asked, series: Sequence[Series]) -> Iterator[str]:
    """The least and the greatest of the shades, and where they are."""
    words = asked.words
    data = [(datum, each) for each in series for datum in each.data]

    def place(datum: Any, each: Series) -> str:
        named = [*each.named, ("x", datum.x), ("y", datum.y)]
        return words(", ").join(asked.named(option, value) for option, value in named)

    least, greatest = (of(data, key=lambda one: one[0].value or 0.0) for of in (min, max))
    yield words("Least: {value} ({place}).", value=_say(asked, least[0].value), place=place(*least))
    yield words("Greatest: {value} ({place}).", value=_say(asked, greatest[0].value), place=place(*greatest))


def _say(asked: Asked, value: Any) -> str:
    return told(value, asked.words, DIGITS)

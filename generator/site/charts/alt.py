"""A chart in words, with its numbers, for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...runs.results import quantile
from ..words import opened
from .asked import Asked, ordered
from .marks import CATEGORY, NUMBER, Series, rank_correlation
from .scales import told

MOST_NAMED = 24  # series of which more is told than the table does
DIGITS = 3


def alt(asked: Asked, series: Sequence[Series]) -> str:
    """What is drawn of how many values, between what they lie, the middle of each group, where it goes."""
    words, mark = asked.words, asked.mark
    values = [value for each in series for value in each.values]
    titles = {option: asked.title(option) for option in asked.keys}
    x, y, counted = titles["x"], titles.get("y", ""), words("{n} values", n=len(values))
    shaded = mark.colour == NUMBER
    if not mark.y:
        head = words("{x}, counted ({values}).", x=x, values=counted)
    elif shaded:
        what = titles["colour"]
        head = words("{what} by {x} and {y}, medians ({values}).", what=what, x=x, y=y, values=counted)
    elif mark.medians:
        head = words("{y} by {x}, medians ({values}).", y=y, x=x, values=counted)
    else:
        head = words("{y} by {x} ({values}).", y=y, x=x, values=counted)
    measured = [value.colour if shaded else value.y if mark.y else value.x for value in values]
    low, high = _say(asked, min(measured)), _say(asked, max(measured))
    parts = [opened(head), words("All lie between {low} and {high}.", low=low, high=high)]
    if shaded:
        parts += _ends(asked, series)
    elif not mark.y:
        fullest = max((datum for each in series for datum in each.data), key=lambda datum: datum.count)
        low, high = _say(asked, fullest.low), _say(asked, fullest.high)
        parts.append(words("Most lie between {low} and {high}: {count}.", low=low, high=high, count=fullest.count))
    else:
        groups = [group for each in series for group in _groups(asked, each)]
        if len(groups) <= MOST_NAMED:
            parts.append(words("{said}.", said=words("; ").join(groups)))
        if not mark.medians and mark.x == NUMBER:
            rank = rank_correlation([value.x for value in values], measured)
            parts += [] if rank is None else [words("Rank correlation {value}.", value=words.fixed(rank, 2))]
    return " ".join(parts)


def _groups(asked: Asked, each: Series) -> Iterator[str]:
    """A series in words: of a line where it begins and ends, of a strip the median of each band, else its median."""
    words = asked.words
    of = [asked.named(option, value) for option, value in each.named]
    if asked.mark.medians:
        first, last = each.data[0], each.data[-1]
        yield words(", ").join([*of, words("{y} at {x}", y=_say(asked, first.y), x=_say(asked, first.x)),
                                words("{y} at {x}", y=_say(asked, last.y), x=_say(asked, last.x))])  # fmt: skip
        return
    for band in ordered(value.x for value in each.values) if asked.mark.x == CATEGORY else [None]:
        here = sorted(value.y for value in each.values if band is None or value.x == band)
        named = of if band is None else [*of, asked.named("x", band)]
        yield words(", ").join([*named, words("median {value}", value=_say(asked, quantile(here, 0.5)))])


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

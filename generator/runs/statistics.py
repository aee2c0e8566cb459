"""Counts with intervals, and comparisons in pairs: how sure it is what prose says of the runs.

In plain Python, as an edit of the text waits for no library.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ..base.language import LEAST, Message, message

COVERAGE = 0.95  # of an interval
PERCENT_FROM = 20  # below, one more or less is five per cent or more, and only counts are said
EXACT_UP_TO = 200  # pairs; the normal approximation is right to three digits long before
LEAST_P = 0.001  # what is less is said to be less


def share_interval(hits: int, of: int) -> tuple[float, float]:
    """The interval around a share of `hits` of `of` that holds the true one with a chance of about COVERAGE.

    source   Wilson 1927, Probable inference, the law of succession, and statistical inference
    """
    import statistics  # some milliseconds to import, for what is seldom asked

    z = statistics.NormalDist().inv_cdf((1 + COVERAGE) / 2)
    middle = (hits + z * z / 2) / (of + z * z)
    spread = z / (of + z * z) * math.sqrt(hits * (of - hits) / of + z * z / 4)
    share = hits / of
    return max(min(middle - spread, share), 0.0), min(max(middle + spread, share), 1.0)  # rounded, they pass the ends


@dataclass(frozen=True)
class Tally:
    """How many of some rows something holds for: hits, of how many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """hits / of"""
        return self.hits / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """Around the share; see share_interval."""
        return share_interval(self.hits, self.of)

    @property
    def told(self) -> Message:
        """In words: "7 of 8", and from PERCENT_FROM up with the share, "70 of 80 (87 %)"."""
        counted = message("{n} of {all}", n=self.hits, all=Message(fixed=[self.of]))
        return _bracketed(counted, Message(percent=[self.share, 0])) if self.of >= PERCENT_FROM else counted

    @property
    def told_with_interval(self) -> Message:
        """In words: "7 of 8 (53 % to 98 %)"."""
        low, high = (Message(percent=[end, 0]) for end in self.interval)
        return _bracketed(
            message("{n} of {all}", n=self.hits, all=Message(fixed=[self.of])),
            message("{low} to {high}", low=low, high=high),
        )


def _bracketed(text: Message, more: Message) -> Message:
    return message("{text} ({more})", text=text, more=more)


@dataclass(frozen=True)
class Paired:
    """Two groups of rows, compared in pairs.

    pairs       how many
    lower       in how many the first group's value is lower, and `higher`; what is left is equal
    difference  median of the first's value less the second's
    p           as signed_rank_p of these differences; of several comparisons, as `holm` adjusts it
    rows        those compared, in pairs
    family      how many comparisons p is adjusted for
    """

    pairs: int
    lower: int
    higher: int
    difference: float
    p: float
    rows: tuple[Any, ...]
    family: int = 1

    @classmethod
    def of(cls, pairs: Sequence[tuple[float, float]], rows: tuple[Any, ...]) -> Paired:
        """The comparison that pairs of values come to, at least one."""
        from statistics import median

        # Exact, as measures are short decimals: what float64 adds would tell equal differences apart.
        differences = [float(_decimal(ours) - _decimal(theirs)) for ours, theirs in pairs]
        lower, higher = sum(each < 0 for each in differences), sum(each > 0 for each in differences)
        return cls(len(differences), lower, higher, float(median(differences)), signed_rank_p(differences), rows)

    @property
    def told(self) -> Message:
        """In words: "lower in 18 of 20 pairs, higher in 2; median difference −0.012, p = 0.004"."""
        difference = self.difference
        digits = max(0, 2 - math.floor(math.log10(abs(difference)))) if difference else 0
        is_tiny = 0 < abs(difference) < LEAST
        compared = message(
            "lower in {n} of {all} pairs, higher in {more}; median difference {difference}, p {sign} {p}",
            n=self.lower,
            all=Message(fixed=[self.pairs]),
            more=Message(fixed=[self.higher]),
            difference=Message(significant=[difference, 3]) if is_tiny else Message(fixed=[difference, digits]),
            sign="<" if self.p < LEAST_P else "=",
            p=Message(fixed=[max(self.p, LEAST_P), 3]),
        )
        if self.family == 1:
            return compared
        return message("{compared}, after Holm for {n} comparisons", compared=compared, n=self.family)


def holm(comparisons: Sequence[Paired]) -> list[Paired]:
    """The same comparisons, each p adjusted for all: all below a level, the chance of any mistake is below it.

    source   Holm 1979, A simple sequentially rejective multiple test procedure
    """
    found, least, count = list(comparisons), 0.0, len(comparisons)
    for before, at in enumerate(sorted(range(count), key=lambda at: comparisons[at].p)):
        least = max(least, min(1.0, (count - before) * comparisons[at].p))
        found[at] = replace(comparisons[at], p=least, family=count)
    return found


def _decimal(value: float) -> Decimal:
    return Decimal(str(float(value)))


def signed_rank_p(differences: Sequence[float]) -> float:
    """How likely ranks as uneven as these, or more, are where each difference could as well have the other sign.

    Two-sided. Differences of 0 are left out, equal ones share their ranks. Exact up to EXACT_UP_TO differences, beyond
    the normal approximation without correction for continuity.

    returns  1 where no difference is left
    source   Wilcoxon 1945, Individual comparisons by ranking methods; Pratt & Gibbons 1981, chapter 3
    """
    left = sorted((each for each in differences if each), key=abs)
    twice = [round(2 * rank) for rank in ranks([abs(each) for each in left])]
    positive = sum(rank for rank, each in zip(twice, left, strict=True) if each > 0)
    total = sum(twice)
    tail = min(positive, total - positive)
    if len(left) > EXACT_UP_TO:
        spread = math.sqrt(sum(rank * rank for rank in twice)) / 2
        return math.erfc((total / 2 - tail) / spread / math.sqrt(2))
    chances = [1.0]  # of each sum of the positive ranks, twice
    for rank in twice:
        beside = [0.0] * rank
        chances = [(without + with_) / 2 for without, with_ in zip(chances + beside, beside + chances, strict=True)]
    return min(1.0, 2 * math.fsum(chances[: tail + 1]))


def ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value, from 1; equal ones have the middle of theirs."""
    places: dict[float, list[int]] = {}
    for at, value in enumerate(sorted(values), 1):
        places.setdefault(value, []).append(at)
    return [sum(places[value]) / len(places[value]) for value in values]

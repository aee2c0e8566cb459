"""Claims: sentences that the runs are asked about, and the evidence that readers can open."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..base import language
from ..base.language import Words
from . import expressions
from .expressions import ROWS, Evidence, ExpressionError


@dataclass(frozen=True)
class Claim:
    """A claim and what the runs say of it.

    verdict  "holds"; "refuted": the author said so, and the runs agree; "open": too few seeds;
             and the two that stop a build: "contradicted", and "supported" where the author said refuted
    rows     the evidence in the words of the page's language
    seeds    the fewest that a statistic of the condition rests on
    wanted   how many the author asks for, 0 for any
    place    file:line
    sentence  the claim as the page says it, as text
    check    whether it could not be otherwise, as a theorem's consequence: no finding
    """

    id: str
    expression: str
    verdict: str
    evidence: tuple[Evidence, ...]
    rows: tuple[str, ...]
    seeds: int
    wanted: int
    place: str
    sentence: str = ""
    check: bool = False

    @property
    def asked(self) -> str:
        """What it is about: "runs", or "rows" where all its evidence is rows of tables."""
        return "rows" if all(item.counted[0] == ROWS for item in self.evidence) else "runs"

    @property
    def in_words(self) -> str:
        """The evidence in one line, for messages: in English."""
        rows = [said.rstrip(".") for said in (row(item, language.english()) for item in self.evidence)]
        return "; ".join(said[:1].lower() + said[1:] for said in rows)


def ask(condition: str, names: Mapping[str, Any], words: Words | None = None) -> dict[str, Any]:
    """What the runs say of a condition: {"holds", "evidence": the fields of each Evidence, "rows"}, plain values.

    names   as for expressions.evaluate
    words   that the rows are said in; None: English
    raises  ExpressionError: the condition has no value, is not one, or asks no run
    """
    seen: list[Evidence] = []
    holds = expressions.evaluate(condition, names, seen)
    if not isinstance(holds, bool):
        raise ExpressionError(
            f"the condition of the claim gives {expressions.kind(holds)}", "true or false, as from >="
        )
    if not seen:
        raise ExpressionError("the condition of the claim asks no run", "a condition over results")
    distinct = [item for index, item in enumerate(seen) if item not in seen[:index]]
    rows = [row(item, words or language.english()) for item in distinct]
    return {"holds": holds, "evidence": [asdict(item) for item in distinct], "rows": rows}


def judge(id_: str, condition: str, asked: Mapping[str, Any], wanted: int, refuted: bool, place: str) -> Claim:
    """How a claim stands. asked: as `ask` gives it."""
    holds = asked["holds"]
    evidence = tuple(map(Evidence.of_plain, asked["evidence"]))
    seeds = min(item.seeds for item in evidence)
    if seeds < wanted:
        verdict = "open"
    elif refuted:
        verdict = "supported" if holds else "refuted"
    else:
        verdict = "holds" if holds else "contradicted"
    return Claim(id_, " ".join(condition.split()), verdict, evidence, tuple(asked["rows"]), seeds, wanted, place)


# What readers see

_SHOWN = {
    "holds": ("✓", {"runs": "The runs agree.", "rows": "The rows agree."}),
    "refuted": ("✗", {"runs": "The runs refute this.", "rows": "The rows refute this."}),
    "open": ("?", {"seeds": "Needs more seeds: {seeds} of {wanted}.", "rows": "Needs more rows: {seeds} of {wanted}."}),
}


_STEP = re.compile(r"\.(?=[a-z])")
CHECK = "It could not be otherwise: this is a check, and no finding."


def shown(claim: Claim, words: Words) -> str:
    """The mark behind a claim and the evidence it opens, phrasing content."""
    mark, openings = _SHOWN[claim.verdict]
    wants_rows = any(item.counted == (ROWS,) and item.seeds == claim.seeds for item in claim.evidence)
    asked = claim.asked if claim.verdict != "open" else "rows" if wants_rows else "seeds"
    opening = words(openings[asked], seeds=claim.seeds, wanted=claim.wanted)
    if claim.check:
        opening += f" {words(CHECK)}"
    rows = "".join(f'<span class="claim-row">{html.escape(said, quote=False)}</span>' for said in claim.rows)
    label = html.escape(opening.rstrip(".。"))
    label = html.escape(words("Evidence: {verdict}", verdict=f"{label[:1].lower()}{label[1:]}"))
    return (
        '<span class="claim-mark">'
        f'<button type="button" class="claim" data-verdict="{claim.verdict}" popovertarget="{claim.id}"'
        f' aria-label="{label}">{mark}</button>'
        f'<span popover id="{claim.id}" class="claim-evidence" data-verdict="{claim.verdict}">'
        f'<span class="claim-verdict">{html.escape(opening)}</span>{rows}'
        f"<code>{stepped(claim.expression)}</code></span></span>"
    )


def stepped(expression: str) -> str:
    """An expression as HTML whose lines break before a step of it sooner than within a name."""
    return _STEP.sub("<wbr>.", html.escape(expression, quote=False))


def row(evidence: Evidence, words: Words) -> str:
    """A piece of evidence in words and values."""
    unit = "°" if evidence.key.endswith("_deg") else ""
    runs, *seeds = (
        words(each, n=n) for each, n in zip(evidence.counted, (len(evidence.runs), evidence.seeds), strict=False)
    )
    of = words("{runs}, {seeds}", runs=runs, seeds=seeds[0]) if seeds else runs
    of += words(" ({which})", which=words.tell(evidence.of))
    key = words.measure(evidence.key.removesuffix("_deg")) if evidence.key else ""
    if evidence.told:
        key, comma, measured_in = evidence.told.rpartition(", ")
        key, unit = (key, f"\u00a0{measured_in}") if comma else (measured_in, "")
    which: dict[str, str] = {}
    if evidence.bound:
        sign, bound = evidence.bound
        if evidence.statistic == "quantile":
            which = {"q": _figure(bound, words)}
        else:
            key = f"{key} {sign} {_figure(bound, words)}{unit if not isinstance(bound, str) else ''}"
    if evidence.statistic == "share":
        unit = ""
    statistic = STATISTICS.get(evidence.statistic, f"{evidence.statistic} {{measure}}")
    if statistic == STATISTICS["count"] and evidence.counted[0] == ROWS:
        statistic = "number of rows {measure}"
    said = words(statistic, measure=key, **which).strip()
    text = words("{statistic} of {runs}", statistic=said, runs=of)
    if isinstance(evidence.value, Mapping):
        text = words("{statistic}: {value}", statistic=text, value=words.tell(evidence.value))
    elif isinstance(evidence.value, (bool, int, float, str)):
        value = _figure(evidence.value, words) + (unit if not isinstance(evidence.value, str) else "")
        text = words("{statistic}: {value}", statistic=text, value=value)
    ends = evidence.interval or (
        evidence.extent if evidence.extent and evidence.extent[0] != evidence.extent[1] else None
    )
    if ends:
        show = words.percent if evidence.statistic == "share" else functools.partial(_figure, words=words)
        low, high = map(show, ends)
        sentence = (
            "{statistic}, 95 % interval {low} to {high}"
            if evidence.interval
            else "{statistic}, all between {low} and {high}"
        )
        text = words(sentence, statistic=text, low=low, high=high + unit)
    return words("{sentence}.", sentence=text[:1].upper() + text[1:])


STATISTICS = {
    "min": "least {measure}",
    "max": "greatest {measure}",
    "median": "median {measure}",
    "mean": "mean {measure}",
    "std": "standard deviation of {measure}",
    "iqr": "interquartile range of {measure}",
    "quantile": "{q} quantile of {measure}",
    "share": "share by {measure}",
    "paired": "paired {measure}",
    "value": "{measure}",
    "values": "{measure}",
    "distinct": "{measure}",
    "count": "number of runs {measure}",
}


def _figure(value: Any, words: Words) -> str:
    if isinstance(value, bool):
        return words("yes" if value else "no")
    if isinstance(value, float):
        return words.marks.on(f"{value:.4g}")
    return str(value)

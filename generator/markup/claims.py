"""Claims: sentences that the runs are asked about, and the evidence that readers can open."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from . import expressions
from .expressions import Evidence, ExpressionError


@dataclass(frozen=True)
class Claim:
    """A claim and what the runs say of it.

    verdict  "holds"; "refuted": the author said so, and the runs agree; "open": too few seeds;
             and the two that stop a build: "contradicted", and "supported" where the author said refuted
    seeds    the fewest that a statistic of the condition rests on
    wanted   how many the author asks for, 0 for any
    place    file:line
    sentence  the claim as the page says it, as text
    """

    id: str
    expression: str
    verdict: str
    evidence: tuple[Evidence, ...]
    seeds: int
    wanted: int
    place: str
    sentence: str = ""

    @property
    def rows(self) -> list[str]:
        """The evidence, each piece in words and values."""
        return list(map(row, self.evidence))

    @property
    def in_words(self) -> str:
        """The evidence in one line."""
        rows = [said.rstrip(".") for said in self.rows]
        return "; ".join(said[:1].lower() + said[1:] for said in rows)


def ask(condition: str, names: Mapping[str, Any]) -> dict[str, Any]:
    """What the runs say of a condition: {"holds", "evidence": the fields of each Evidence}, plain values.

    names   as for expressions.evaluate
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
    return {"holds": holds, "evidence": [asdict(item) for item in distinct]}


def judge(id_: str, condition: str, asked: Mapping[str, Any], wanted: int, refuted: bool, place: str) -> Claim:
    """How a claim stands. asked: as `ask` gives it."""
    holds = asked["holds"]
    evidence = tuple(Evidence(**{**item, "runs": tuple(item["runs"])}) for item in asked["evidence"])
    seeds = min(item.seeds for item in evidence)
    if seeds < wanted:
        verdict = "open"
    elif refuted:
        verdict = "supported" if holds else "refuted"
    else:
        verdict = "holds" if holds else "contradicted"
    return Claim(id_, " ".join(condition.split()), verdict, evidence, seeds, wanted, place)


# What readers see

_SHOWN = {
    "holds": ("✓", "The runs agree."),
    "refuted": ("✗", "The runs refute this."),
    "open": ("?", "Needs more seeds: {seeds} of {wanted}."),
}


def shown(claim: Claim) -> str:
    """The mark behind a claim and the evidence it opens, phrasing content."""
    mark, opening = _SHOWN[claim.verdict]
    opening = opening.format(seeds=claim.seeds, wanted=claim.wanted)
    rows = "".join(f'<span class="claim-row">{html.escape(said)}</span>' for said in claim.rows)
    label = html.escape(opening.removesuffix("."))
    return (
        '<span class="claim-mark">'
        f'<button type="button" class="claim" data-verdict="{claim.verdict}" popovertarget="{claim.id}"'
        f' aria-label="Evidence: {label[:1].lower()}{label[1:]}">{mark}</button>'
        f'<span popover id="{claim.id}" class="claim-evidence" data-verdict="{claim.verdict}">'
        f'<span class="claim-verdict">{html.escape(opening)}</span>{rows}'
        f"<code>{html.escape(claim.expression)}</code></span></span>"
    )


def row(evidence: Evidence) -> str:
    """A piece of evidence in words and values."""
    key = evidence.key.removesuffix("_deg").replace("_", " ")
    unit = "°" if evidence.key.endswith("_deg") else ""
    runs = "1 run" if len(evidence.runs) == 1 else f"{len(evidence.runs)} runs"
    seeds = "1 seed" if evidence.seeds == 1 else f"{evidence.seeds} seeds"
    of = f"{runs}, {seeds}" + (f" ({evidence.of})" if evidence.of else "")
    names = {"min": "least", "max": "greatest", "value": "", "values": "", "distinct": "", "count": "number of runs"}
    said = " ".join(filter(None, [names.get(evidence.statistic, evidence.statistic), key]))
    text = f"{said} of {of}"
    if isinstance(evidence.value, (bool, int, float, str)):
        text += f": {_figure(evidence.value)}{unit if not isinstance(evidence.value, str) else ''}"
    if evidence.interval:
        text += f", 95 % interval {_figure(evidence.interval[0])} to {_figure(evidence.interval[1])}{unit}"
    elif evidence.extent and evidence.extent[0] != evidence.extent[1]:
        text += f", all between {_figure(evidence.extent[0])} and {_figure(evidence.extent[1])}{unit}"
    return text[:1].upper() + text[1:] + "."


def _figure(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "−")
    return str(value)

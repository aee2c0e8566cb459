"""Counts with intervals and comparisons in pairs: against scipy, and as prose and evidence say them."""

import itertools
import json
import random
from pathlib import Path

import pytest
from scipy import stats
from test_markup import grid

from generator.base import language
from generator.base.language import english
from generator.base.overlay import Overlay
from generator.markup.claims import ask, judge, row
from generator.markup.expressions import ExpressionError, evaluate, say
from generator.runs.results import Record, Result, Results, Table
from generator.runs.statistics import EXACT_UP_TO, Paired, holm, share_interval, signed_rank_p

ROUNDING = 1e-12  # sums of some thousand float64 chances
ALL_SIGNS = stats.PermutationMethod(n_resamples=float("inf"))  # every one of them, for few differences


def test_the_interval_of_a_share_is_wilsons():
    for of in (1, 2, 7, 20, 101):
        for hits in range(of + 1):
            wilson = stats.binomtest(hits, of).proportion_ci(method="wilson")
            low, high = share_interval(hits, of)
            assert (low, high) == pytest.approx((wilson.low, wilson.high), abs=ROUNDING)
            assert 0 <= low <= hits / of <= high <= 1


def test_p_is_that_of_every_assignment_of_signs():
    rng = random.Random(1)
    for n in (1, 2, 5, 24, 100):
        differences = [rng.gauss(0.2, 1) for _ in range(n)]
        assert signed_rank_p(differences) == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue, abs=1e-9)
    for _ in range(8):
        some = [rng.choice([-2, -1, -1, 0, 1, 2, 3]) for _ in range(8)]
        differences = [*some, 1]
        left = [each for each in differences if each]
        every = stats.wilcoxon(left, method=ALL_SIGNS).pvalue
        assert signed_rank_p(differences) == pytest.approx(every, abs=ROUNDING)
    assert signed_rank_p([0.0, 0.0]) == 1


def test_p_of_many_pairs_is_normal_and_continues_the_exact_one():
    rng = random.Random(2)
    many = [round(rng.gauss(0.1, 1), 1) for _ in range(EXACT_UP_TO + 50)]
    expected = stats.wilcoxon([each for each in many if each], method="asymptotic", correction=False).pvalue
    assert signed_rank_p(many) == pytest.approx(expected, abs=ROUNDING)
    last = [rng.gauss(0.12, 1) for _ in range(EXACT_UP_TO)]
    assert signed_rank_p(last) == pytest.approx(stats.wilcoxon(last, method="asymptotic").pvalue, rel=0.02)


def runs(name, objectives, **more):
    """A run a seed from 1."""
    return [
        Result(f"s{seed}", name, "", "tanh", {"classes": 5, "seed": seed}, {"objective": value, **more}, {}, {})
        for seed, value in enumerate(objectives, 1)
    ]


FREE = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1]
STARTED = [0.4, 0.45, 0.55, 0.79, 0.91, 0.5, 0.2]
BOTH = Results([*runs("started", STARTED, middle=1), *reversed(runs("free", FREE, middle=0))])
ELSEWHERE = Table([Record("full", at, {"seed": at, "objective": 1.0 - at / 100}) for at in range(1, 31)], "full")
NAMES = {"results": BOTH, "full": ELSEWHERE}
PAIRED = "results.where(experiment='started').paired(results.where(experiment='free'), 'objective')"


def said(source, words=None):
    return say(evaluate(source, NAMES, words=words), words)


def test_a_tally_counts_and_has_per_cent_from_twenty_up():
    assert said("results.tally('middle', at_least=1)") == "7 of 14"
    assert said("full.tally('objective', at_least=0.9)") == "10 of 30 (33\u202f%)"
    assert said("results.where(experiment='free').tally('middle') | interval") == "0 of 7 (0\u202f% to 35\u202f%)"
    assert evaluate("results.tally('middle', equals=1).hits == 7 and full.tally('seed').share == 1", NAMES)
    assert evaluate("full.tally('objective', at_least=0.9).interval | last < 0.52", NAMES)
    german = language.load("de", Overlay(Path(__file__).parent.parent / "templates"))
    assert said("full.tally('objective', at_least=0.9) | interval", german) == "10 von 30 (19\u202f% bis 51\u202f%)"


def test_holm_rejects_what_bonferroni_rejects_in_every_family_around_it():
    rng = random.Random(3)
    for n in (1, 2, 3, 5):
        found = [Paired(9, 3, 6, 0.1, rng.choice([0.5, rng.random(), rng.random() / 20]), ()) for _ in range(n)]
        families = [some for size in range(1, n + 1) for some in itertools.combinations(range(n), size)]
        closed = [
            max(min(1, len(some) * min(found[at].p for at in some)) for some in families if own in some)
            for own in range(n)
        ]
        assert [each.p for each in holm(found)] == pytest.approx(closed)
        assert [(each.family, each.lower) for each in holm(found)] == [(n, 3)] * n


def test_an_author_adjusts_comparisons_together():
    other = "results.where(experiment='free').paired(full, 'objective')"
    p = 2 * evaluate(PAIRED, NAMES).p
    assert evaluate(f"([{PAIRED}, {other}] | holm | first).p", NAMES) == pytest.approx(p)
    assert said(f"[{PAIRED}, {other}] | holm | first").endswith(f"p = {p:.3f}, after Holm for 2 comparisons")
    assert said(f"[{PAIRED}] | holm | first") == said(PAIRED)


def test_runs_are_paired_by_seed_whatever_their_order():
    hundredths = [-10, -15, -15, -1, 1, -50, -90]  # whose float64 differences are not all equal where these are
    p = stats.wilcoxon(hundredths, method=ALL_SIGNS).pvalue
    found = evaluate(PAIRED, NAMES)
    assert (found.pairs, found.lower, found.higher) == (7, 6, 1)
    assert found.difference == pytest.approx(-0.15) and found.p == pytest.approx(p)
    assert said(PAIRED) == "lower in 6 of 7 pairs, higher in 1; median difference −0.150, p = 0.047"
    assert "median difference 4\u00a0×\u00a010⁻¹⁷, p" in english().tell(Paired.of([(4e-17, 0.0)], ()).told)
    with_a_table = evaluate("results.where(experiment='free').paired(full, 'objective')", NAMES)
    assert (with_a_table.pairs, with_a_table.lower) == (7, 5)  # those seeds that both have
    others = "results.where(activation='relu').paired(results.where(activation='tanh'), 'accuracy', {})"
    assert evaluate(others.format("by=['classes', 'seed']"), {"results": grid()}).pairs == 9
    assert say(evaluate(others.format("['classes', 'seed']"), {"results": grid()})) == (
        "lower in 0 of 9 pairs, higher in 0; median difference 0, p = 1.000"
    )


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("results.paired(full, 'objective')", "both have seed 7"),
        ("full.where(seed=[20, 21]).paired(results.where(experiment='free'), 'objective')", "the same seed"),
        ("full.paired(3, 'objective')", "paired needs rows to compare these with"),
        ("full.paired(full, 'objectiv')", 'did you mean "objective"'),
        ("full.paired(full, 'objective', by='classes')", 'unknown column "classes"'),
        ("full.tally('objectiv')", 'did you mean "objective"'),
        ("full.share('seed') | interval", "interval needs a tally, and this is 1"),
        (f"{PAIRED} | holm", "holm needs a list of comparisons, and this is a comparison"),
        (f"[{PAIRED}, 0.01] | holm", "holm needs a list of comparisons, and this is 0.01"),
        ("[] | holm | first", "no value"),
        ("full.tally('objective', atleast=1)", 'takes no "atleast"'),
        ("full.tally('seed').hit", 'tally has no "hit"'),
        ("full.tally('seed') < 3", "< between a tally and 3"),
    ],
)
def test_what_cannot_be_counted_or_paired_is_said(source, wrong):
    with pytest.raises(ExpressionError) as caught:
        evaluate(source, NAMES)
    assert wrong in caught.value.wrong


def test_evidence_has_counts_intervals_and_p():
    some = "results.where(classes=5, middle=[0, 1])"
    condition = f"{some}.share('middle', at_least=1) <= 0.5 and full.where(seed=1).count and {PAIRED}.p < 0.05"
    asked = json.loads(json.dumps(ask(condition, NAMES)))  # as the cache keeps it
    claim = judge("claim-1", condition, asked, 0, False, "a.md:1")
    assert [row(item, english()) for item in claim.evidence] == asked["rows"]
    assert asked["rows"] == [
        "Share by middle ≥ 1 of 14 runs, 7 seeds (started and free, tanh, 5 classes, middle = 0 / 1): 7 of 14,"
        " 95 % interval 26.8\u202f% to 73.2\u202f%.",
        "Number of rows of 1 row, 1 seed (full, seed = 1): 1.",
        "Paired objective of 14 runs, 7 seeds (started and free, tanh, 5 classes): lower in 6 of 7 pairs, higher in 1;"
        " median difference −0.150, p = 0.047.",
    ]

"""Claims: what the runs say, and what readers see of it."""

import pytest
from test_markup import Validity, grid

from generator.base.language import english
from generator.markup.claims import ask, judge, shown, stepped
from generator.markup.expressions import ExpressionError

NAMES = {"results": grid()}


def verdict(condition, wanted=0, refuted=False):
    return judge("claim-1", condition, ask(condition, NAMES), wanted, refuted, "a.md:1")


@pytest.mark.parametrize(
    ("condition", "wanted", "refuted", "expected"),
    [
        ("results.min('accuracy') > 0.9", 0, False, "holds"),
        ("results.min('accuracy') > 0.9", 3, False, "holds"),
        ("results.min('accuracy') > 0.9", 4, False, "open"),
        ("results.min('accuracy') > 0.99", 4, False, "open"),
        ("results.min('accuracy') > 0.99", 0, False, "contradicted"),
        ("results.min('accuracy') > 0.99", 0, True, "refuted"),
        ("results.min('accuracy') > 0.9", 0, True, "supported"),
        ("results.min('accuracy') > 0.9", 4, True, "open"),
        ("results.min('accuracy') > 0 and results.one(classes=2).accuracy > 0", 2, False, "open"),
    ],
)
def test_verdicts(condition, wanted, refuted, expected):
    assert verdict(condition, wanted, refuted).verdict == expected


def test_evidence_in_words():
    claim = verdict("results.where(classes=4, activation='tanh').median('least_distance') >= 0.45")
    assert claim.in_words == "median least distance of 3 runs, 3 seeds (grid, tanh, 4 classes): 0.5"
    claim = verdict("results.median('accuracy') > results.one(classes=3).angles[1] / 100")
    assert claim.in_words == (
        "median accuracy of 18 runs, 3 seeds (grid, tanh and ReLU, 2 to 4 classes): 0.976, "
        "95 % interval 0.974 to 0.978; angles of 1 run, 1 seed (grid, tanh, 3 classes)"
    )
    assert verdict("results.where(classes=4).count > 5").in_words == (
        "number of runs of 6 runs, 3 seeds (grid, tanh and ReLU, 4 classes): 6"
    )


def test_evidence_says_which_values_a_share_counts_and_which_quantile_it_is():
    of = "of 18 runs, 3 seeds (grid, tanh and ReLU, 2 to 4 classes)"
    for call, said in {
        "share('accuracy', at_least=0.97)": f"share by accuracy ≥ 0.97 {of}",
        "tally('activation', equals='relu').share": f"share by activation = relu {of}",
        "quantile(key='accuracy', q=0.05)": f"0.05 quantile of accuracy {of}",
        "median(key='accuracy')": f"median accuracy {of}",
    }.items():
        assert verdict(f"results.{call} > 0").in_words.startswith(said)


def test_the_same_statistic_is_shown_once():
    claim = verdict("results.min('accuracy') > 0.9 and results.min('accuracy') < 1")
    assert len(claim.evidence) == 1


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("results.min('accuracy')", "the condition of the claim gives 0.972"),
        ("'yes'", "the condition of the claim gives text"),
        ("1 < 2", "the condition of the claim asks no run"),
        ("results.mn('accuracy') > 1", 'results has no "mn"'),
    ],
)
def test_what_is_not_a_condition(condition, said):
    with pytest.raises(ExpressionError, match=said.replace("(", r"\(")):
        verdict(condition)


def test_what_readers_see_is_valid_and_said_in_words():
    html = shown(verdict("results.min('accuracy') > 0.9 and results.min('accuracy') < 1", 9), english())
    assert not Validity(f"<p>{html}</p>").faults
    assert "Needs more seeds: 3 of 9." in html and 'aria-label="Evidence: needs more seeds: 3 of 9"' in html
    assert "results<wbr>.min('accuracy') &gt; 0.9" in html


def test_what_readers_see_of_an_expression_breaks_before_a_step_and_not_in_a_number():
    said = stepped("runs.where(x='<b>').max('loss') < 0.5")
    assert said == "runs<wbr>.where(x='&lt;b&gt;')<wbr>.max('loss') &lt; 0.5"

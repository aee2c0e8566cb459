"""Statistics over runs: a measure's course over training."""

import dataclasses
import math
from dataclasses import replace

import numpy as np
import pytest

from generator.base import language, rounding
from generator.runs import statistics
from generator.runs.results import Record, Result, Results, Table, UnknownResult, from_catalogue, places, quantile

EPOCHS = [0, 1, 5, 100]
ENGLISH_WORDS = language.english()


def run(seed, course):
    return Result(f"s{seed}", "grid", "", "tanh", {"seed": seed}, {"course": course}, {}, {})


def runs(values):
    return Results(run(seed, {"epoch": EPOCHS, "accuracy": row}) for seed, row in enumerate(values))


def test_the_course_is_the_quartiles_at_each_epoch():
    values = np.random.default_rng(0).uniform(size=(9, 4))
    moments = runs(values.tolist()).course("accuracy")
    assert [moment.epoch for moment in moments] == EPOCHS
    wanted = np.quantile(values, [0, 0.25, 0.5, 0.75], axis=0).T
    found = [[moment.least, moment.low, moment.median, moment.high] for moment in moments]
    np.testing.assert_allclose(found, wanted)
    assert [moment.lapse for moment in moments] == pytest.approx(
        [0, math.log(2) / math.log(101), math.log(6) / math.log(101), 1]
    )


def test_distinct_values_stand_in_order_of_appearance_and_widths_are_values_too():
    widths = [[64, 2], [2, 2], [64, 2]]
    found = Results(Result(f"{at}", "e", "", "tanh", {"hidden": of}, {}, {}, {}) for at, of in enumerate(widths))
    assert found.distinct("hidden") == [[64, 2], [2, 2]]
    assert found.distinct("id") == ["0", "1", "2"]


def test_what_a_run_lacks_at_an_epoch_is_left_out():
    moments = runs([[None, 1.0, 2.0, 3.0], [None, 2.0, None, 5.0]]).course("accuracy")
    assert [(moment.epoch, moment.median) for moment in moments] == [(1, 1.5), (5, 2), (100, 4)]


def test_runs_without_a_course_are_left_out_and_only_these_are_an_error():
    course = {"epoch": EPOCHS, "accuracy": [0.0, 0.1, 0.2, 0.3]}
    assert len(Results([run(1, None), run(2, course)]).course("accuracy")) == 4
    with pytest.raises(UnknownResult, match='no run has a course of "accuracy"'):
        Results([run(1, None)]).course("accuracy")
    with pytest.raises(UnknownResult, match=r"expected one of \['epoch', 'accuracy'\]"):
        Results([run(1, course)]).course("loss")


def test_courses_of_different_epochs_do_not_mix():
    other = {"epoch": [0, 2, 5, 100], "accuracy": [0.0, 0.1, 0.2, 0.3]}
    mixed = Results([run(1, {**other, "epoch": EPOCHS}), run(2, other)])
    with pytest.raises(UnknownResult, match="different epochs"):
        mixed.course("accuracy")


@pytest.mark.parametrize("q", [0, 0.25, 0.5, 0.9, 1])
def test_quantiles_are_linear_between_the_values(q):
    values = sorted(np.random.default_rng(1).normal(size=7).tolist())
    assert quantile(values, q) == pytest.approx(np.quantile(values, q))


def of_data(id_, **spec):
    return Result(id_, "e", "", "tanh", spec, {}, {}, {})


def test_a_parameter_of_one_kind_of_data_can_be_asked_for_beside_another_kind():
    found = Results([of_data("a", kind="spirals", noise_rad=0.1), of_data("b", kind="moons", noise=0.3)])
    assert found.one(noise=0.3).id == "b" and found.one(noise_rad=0.1).id == "a"
    assert found.values("noise") == [0.3] and found.where(kind="spirals").values("noise") == []
    with pytest.raises(UnknownResult, match=r"no run with kind='spirals', noise=0\.3$"):
        found.where(kind="spirals", noise=0.3)
    with pytest.raises(UnknownResult, match=r'unknown result "nose"; did you mean "noise"\?'):
        found.where(kind="moons", nose=0.3)
    with pytest.raises(UnknownResult, match=r"no run with noise=0\.4; expected 0\.3"):
        found.where(noise=0.4)


def test_a_list_of_the_command_is_named_where_it_holds_what_was_meant():
    """`peek list measures` has what a run can be asked for: neither columns of a table nor names of experiments."""
    many = [f"name-{at}" for at in range(40)]
    found = Results(Result("a", name, "", "tanh", dict.fromkeys(many), {}, {}, {}) for name in many)
    with pytest.raises(UnknownResult, match='unknown result "zz"; expected one that `peek list measures` shows'):
        found.values("zz")
    some = r"expected one of name-0, name-1, .*name-15 and 24 more$"
    with pytest.raises(UnknownResult, match=f"no run with experiment='zz'; {some}"):
        found.where(experiment="zz")
    with pytest.raises(UnknownResult, match=f'unknown column "zz"; {some}'):
        Table([Record("scan", 1, dict.fromkeys(many))]).values("zz")


@pytest.mark.parametrize(
    ("column", "held"), [([{"epoch": [0]}] * 2, "tables"), ([[2, None], [2, 3]], "lists"), ([1, "a"], "words")]
)
def test_what_has_no_order_is_told_by_what_it_is(column, held):
    found = Results(Result(f"{at}", "e", "", "tanh", {"of": of}, {}, {}, {}) for at, of in enumerate(column))
    for ask in (found.max, found.min):
        with pytest.raises(UnknownResult, match=f'^"of" holds {held}; expected numbers or words$'):
            ask("of")
    with pytest.raises(UnknownResult, match=f'^"of" holds {held}; expected numbers$'):
        found.median("of")
    assert found.distinct("of") == [one for at, one in enumerate(column) if one not in column[:at]]


def test_no_results_at_all_say_that_there_are_no_experiments():
    for ask in (lambda none: none.one(), lambda none: none.where(classes=2), lambda none: none.one(classes=2)):
        with pytest.raises(UnknownResult, match="the article has no experiments"):
            ask(Results([]))


def test_a_network_of_two_experiments_is_counted_once():
    first, second, other = (run(seed, {}) for seed in range(3))
    named = [replace(each, key=key) for each, key in ((first, "a"), (second, "a"), (other, "b"))]
    assert (Results(named).count, Results(named).networks) == (3, 2)


def table(rows):
    """A table of an author's own, of these rows."""
    return from_catalogue(list, "", {"scan": {"columns": {}, "source": {}, "rows": lambda: rows}}).tables["scan"]


@pytest.mark.parametrize("seed", range(8))
def test_what_is_said_of_many_rows_is_as_numpy_has_it(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 40))
    values, steps = rng.normal(0, 10.0 ** rng.integers(-6, 6), count), rng.integers(0, 4, count)
    rows = [{"x": x, "n": n, "odd": n % 2 == 1} for x, n in zip(values.tolist(), steps.tolist(), strict=True)]
    found = table([*rows, {"x": None, "n": None, "odd": None}])
    low, high = np.quantile(values, [0.25, 0.75])
    q = float(rng.uniform())
    said = [
        *(getattr(found, name)("x") for name in ("min", "max", "median", "mean", "std", "iqr")),
        found.quantile("x", q),
    ]
    wanted = [values.min(), values.max(), np.median(values), values.mean(), values.std(ddof=1), high - low]
    np.testing.assert_allclose(said, [*wanted, np.quantile(values, q)], rtol=1e-9, atol=1e-12 * abs(values).max())
    assert [found.quantile("x", 0), found.quantile("x", 1)] == [values.min(), values.max()]
    for tally, hits in (
        (found.tally("n", equals=2), (steps == 2).sum()),
        (found.tally("x", at_least=values[0]), (values >= values[0]).sum()),
        (found.tally("odd"), (steps % 2 == 1).sum()),
    ):
        assert (tally.hits, tally.of) == (hits, count) and tally.share == hits / count
    assert found.share("n", equals=2) == (steps == 2).mean()
    assert found.where(n=[1, 3]).values("x") == values[np.isin(steps, [1, 3])].tolist()


@pytest.mark.parametrize("q", [-0.01, 1.01, "0.5", None])
def test_a_quantile_is_of_a_share(q):
    with pytest.raises(UnknownResult, match=f"a quantile of {q}; expected a number from 0 to 1"):
        table([{"x": 1.0}, {"x": 2.0}]).quantile("x", q)


@pytest.mark.parametrize(
    ("want", "rows"),
    [([64, 2], [0, 2]), ([[64, 2], [2, 2]], [0, 1, 2]), ([[2, 2]], [1]), (64, []), ("64", []), ([64], [])],
)
def test_widths_are_asked_for_as_one_list_or_as_several(want, rows):
    widths = [[64, 2], [2, 2], [64, 2], [64, 3, 2]]
    found = Results(
        Result(f"s{at}", "grid", "", "tanh", {"seed": at, "hidden": one}, {}, {}, {}) for at, one in enumerate(widths)
    )
    if rows:
        assert found.where(hidden=want).values("seed") == rows
    else:
        with pytest.raises(UnknownResult, match="no run with hidden="):
            found.where(hidden=want)


def test_a_comparison_says_its_difference_with_three_digits_and_a_small_p_as_less():
    pairs = [(1.0 + at / 1000, 1.0 + at / 500) for at in range(1, 13)]
    found = statistics.Paired.of(pairs, ())
    assert str(ENGLISH_WORDS.tell(found.told)) == (
        "lower in 12 of 12 pairs, higher in 0; median difference −0.00650, p < 0.001"
    )
    exactly = dataclasses.replace(found, p=statistics.LEAST_P, difference=0.0)
    assert ENGLISH_WORDS.tell(exactly.told).endswith("median difference 0, p = 0.001")
    tiny = dataclasses.replace(found, difference=-1.23456e-7, p=0.04)
    assert ENGLISH_WORDS.tell(tiny.told).endswith("median difference −1.23\u00a0×\u00a010⁻⁷, p = 0.040")


@pytest.mark.parametrize(
    ("mean", "std", "said"),
    [(359.6, 9.94, "0° ± 9.9°"), (12.4, 9.96, "12° ± 10°"), (0.5, 10, "0° ± 10°"), (135, 0, "135° ± 0.0°")],
)
def test_a_direction_says_a_decimal_of_a_small_deviation(mean, std, said):
    assert rounding.direction(mean, std) == said


def test_shares_are_rounded_once_and_only_a_whole_reads_100():
    shares = [(1.0, "100.0"), (1.0004, "100.0"), (0.99999, "99.9"), (0.1225000001, "12.3"), (0.0005, "0.0")]
    assert [rounding.percent(share) for share, _ in shares] == [f"{said}\u202f%" for _, said in shares]


def test_pairs_are_of_rows_that_have_the_value():
    rows = [
        {"seed": 1, "x": None, "group": "a"},
        {"seed": 2, "x": 1.0, "group": "a"},
        {"seed": 3, "x": 5.0, "group": "a"},
    ]
    found = table([*rows, *({**row, "x": 2.0, "group": "b"} for row in rows)])
    compared = found.where(group="a").paired(found.where(group="b"), "x")
    assert (compared.pairs, compared.lower, compared.higher, compared.difference) == (2, 1, 1, 1.0)


def test_mappings_are_values_too():
    found = table([{"at": {"x": 1}}, {"at": {"x": 2}}, {"at": {"x": 1}}])
    assert found.distinct("at") == [{"x": 1}, {"x": 2}]
    assert [row.place for row in found.rows] == ["scan/1", "scan/2", "scan/3"]


def test_values_of_every_kind_have_one_order():
    """Numbers, words as they come, lists, gaps."""
    values = [None, [10, 2], "width 16", [9], "b", 3, "width 8", "a", 2.5]
    of = dict(zip(map(repr, values), places(values), strict=True))
    ordered = sorted(values, key=lambda value: of[repr(value)])
    assert ordered == [2.5, 3, "width 8", "width 16", "b", "a", [9], [10, 2], None]

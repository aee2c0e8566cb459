"""Statistics over runs: a measure's course over training."""

import math
from dataclasses import replace

import numpy as np
import pytest

from generator.runs.results import Record, Result, Results, Table, UnknownResult, quantile

EPOCHS = [0, 1, 5, 100]


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

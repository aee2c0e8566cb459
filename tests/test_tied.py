"""The tied law against an independent search; knot, tie, thread, depth and null models against constructed ones."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from generator.measures import arrangement, columns, packing, tied
from generator.measures import knot as knots
from generator.networks import datasets, forward
from generator.networks.spec import RunSpec

# Another program's search from 60 starts: k -> margin with biases, without, tied; the tie's distance from the origin
SEARCHED = {
    3: (1.069045, 0.925820, 1.069045, 0.333),
    4: (0.707107, 0.707107, 0.707107, 0.0),
    5: (0.353553, 0.343560, 0.344041, 0.055),
    6: (0.276278, 0.231910, 0.231910, 0.0),
    7: (0.221284, 0.159655, 0.159907, 0.068),
}
PENTAGON_AND_CENTRE, HEXAGON, HEXAGON_AND_CENTRE, HEPTAGON = 0.2284, 0.2041, 0.20412, 0.14231
CORNERS = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
TURN = np.array([[0.0, -1.0], [1.0, 0.0]])


# the law


@pytest.mark.parametrize("k", SEARCHED)
def test_three_laws_have_the_margins_that_another_search_found(k):
    bias, origin, free, distance = SEARCHED[k]
    best, tie = tied.optima(k)[0]
    assert packing.optima("margin", k)[0].value == pytest.approx(bias, abs=1e-4)
    assert packing.optima("margin-no-bias", k)[0].value == pytest.approx(origin, abs=1e-4)
    assert best.value == pytest.approx(free, abs=1e-4)
    assert np.linalg.norm(tie) == pytest.approx(distance, abs=1e-3)


@pytest.mark.parametrize("k", range(2, 11))
def test_a_tie_anywhere_lies_between_no_tie_and_a_tie_at_the_origin(k):
    value = tied.optima(k)[0][0].value
    assert packing.optima("margin-no-bias", k)[0].value - 1e-6 <= value <= packing.optima("margin", k)[0].value + 1e-6


def test_in_the_disk_a_tie_forbids_the_middle_that_the_second_law_takes():
    for k, bias, free in ((6, PENTAGON_AND_CENTRE, HEXAGON), (7, HEXAGON_AND_CENTRE, HEPTAGON)):
        assert packing.optima("margin", k, "disk")[0].value == pytest.approx(bias, abs=1e-4)
        assert tied.optima(k, "disk")[0][0].value == pytest.approx(free, abs=1e-4)


@pytest.mark.parametrize("k", [2, 3, 5, 7])
def test_the_best_head_ties_where_it_says_and_has_the_margin_that_it_says(k):
    best, tie = tied.optima(k)[0]
    head = tied.best_head(best.points, tie)
    scores = head[:, :2] @ tie + head[:, 2]
    assert np.ptp(scores) < 1e-9
    assert np.linalg.norm(head[:, :2]) == pytest.approx(1)
    assert arrangement.head_margin(best.points, head[:, :2], head[:, 2]) == pytest.approx(best.value, abs=1e-6)
    assert tied.available_margin(best.points)[0] == pytest.approx(best.value, abs=1e-6)
    assert np.abs(tie).max() <= 1


def test_moved_points_keep_a_margin_whose_tie_moves_with_them():
    points, move = 0.5 * CORNERS, np.array([0.3, -0.2])
    value, tie = tied.available_margin(points + move)
    assert value == pytest.approx(packing.available_margin(points, bias=False), abs=1e-6)
    assert tie == pytest.approx(move, abs=1e-3)


def test_optima_are_plain_and_at_no_distance_from_themselves():
    solved = tied.solve(5, "square")
    assert json.loads(json.dumps(solved)) == solved
    assert solved["told"]["interior"] == 0 and len(solved["told"]["tie"]) == 2
    shrunk = 0.8 * tied.optima(5)[0][0].points @ TURN
    assert tied.distance(shrunk, solved["optima"], "square") == pytest.approx(0, abs=1e-4)
    assert tied.distance(shrunk[::-1] * [1, 0.9], solved["optima"], "square") > 0.01


# knot and tie


def test_a_tie_is_found_where_the_head_has_it():
    rng = np.random.default_rng(1)
    weight, place, points = rng.normal(size=(6, 2)), np.array([0.3, -0.7]), rng.normal(size=(50, 2))
    head = np.hstack([weight, 4.0 - (weight @ place)[:, None]])
    found, residual = knots.tie(head, points)
    assert found == pytest.approx(place) and residual == pytest.approx(0, abs=1e-12)
    head[0, 2] += 1
    _, missed = knots.tie(head, points)
    assert 0 < missed < 1
    assert knots.tie(7 * head, points)[1] == pytest.approx(missed)


def test_entropy_is_one_of_equal_scores_and_none_of_a_sure_one():
    assert knots.entropy(np.full(5, 3e4)) == pytest.approx(1)
    assert knots.entropy(np.array([1e4, 0, 0, 0])) == 0
    assert knots.entropy(np.log([0.5, 0.25, 0.25])) == pytest.approx(1.5 * math.log(2) / math.log(3))


def test_the_depth_is_that_to_the_nearest_side_and_negative_outside():
    middle = np.array([[0.7, 0.1]])
    assert knots.inside_depth(np.vstack([CORNERS, middle])) == pytest.approx(0.3)
    assert knots.inside_depth(CORNERS) == pytest.approx(-math.sqrt(2))
    assert knots.inside_depth(CORNERS[:2]) == pytest.approx(-2)
    on_a_line = np.array([[-1.0, 0.0], [0.25, 0.0], [1.0, 0.0]])
    assert knots.inside_depth(on_a_line) == 0


def test_the_thread_is_what_has_not_come_far():
    medians, knot = np.array([[1.0, 0.0], [0.0, 2.0]]), np.zeros(2)
    points = np.array([[0.6, 5.0], [0.8, 0.0], [0.0, 1.5], [0.0, 1.9]])
    labels = np.array([0, 0, 1, 1])
    assert knots.thread_share(points, labels, knot, medians) == 0.25
    assert math.isnan(knots.thread_share(points, labels, medians[0], medians))


def test_how_far_out_is_by_coordinate_between_walls_and_by_norm_in_the_round():
    points = np.array([[0.6, 0.8], [0.3, -0.4]])
    assert packing.sizes(points, "square").tolist() == [0.8, 0.4]
    for room in ("disk", "circle", "plane", "quadrant"):
        assert packing.sizes(points, room) == pytest.approx([1, 0.5])


# null models


@pytest.mark.parametrize("null", knots.NULLS)
@pytest.mark.parametrize("k", [2, 3, 5, 6, 8])
@pytest.mark.parametrize("phase", [0.0, 0.31, 0.77])
def test_a_null_model_is_at_no_distance_from_itself_turned_and_mirrored(null, k, phase):
    points = knots.NULLS[null](k, phase) @ TURN * [1, -1]
    assert knots.null_distance(points[::-1], null) == pytest.approx(0, abs=1e-4)
    assert np.abs(points).max() == pytest.approx(1)


def test_null_models_differ_where_a_side_has_two():
    assert knots.null_distance(knots.even_steps(5, 0.3), "polygon") > 0.05
    assert knots.null_distance(CORNERS, "steps") == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("k", [3, 6])
def test_no_phase_is_nearer_than_the_one_found(k):
    points = np.random.default_rng(k).uniform(-1, 1, (k, 2))
    for null, model in knots.NULLS.items():
        least = min(packing.arrangement_distance(points, model(k, phase)) for phase in np.linspace(0, 1, 400))
        assert knots.null_distance(points, null) <= least + 1e-6


# columns


def a_run(**options):
    """A network of the spec's layers that takes inputs through tanh and has its k scores tie at the knot."""
    spec = RunSpec(classes=4, activation="tanh", seed=1, kind="blobs", points_per_class=5, hidden=(2,), **options)
    x, y = datasets.points(spec.kind, 4, 5, 1)
    angles = 2 * math.pi * np.arange(4) / 4
    below = np.hstack([np.eye(2), [[0.5], [-0.25]]])
    weight = np.stack([np.cos(angles), np.sin(angles)], 1)
    head = np.hstack([weight, -(weight @ np.tanh(below[:, 2]))[:, None]])
    flat = np.concatenate([below.ravel(), head.ravel()])
    curves = np.array([2.0, 0.5])
    steps = np.array([0, 1])
    run = SimpleNamespace(x=x, y=y, checkpoints=steps, weights=np.stack([flat, flat]), loss=curves, accuracy=curves)
    return spec, run


def test_a_network_whose_scores_tie_at_its_knot_says_so():
    spec, run = a_run()
    found = columns.measure_run(spec, run, lattice=4)
    assert [found["knot_x"], found["knot_y"]] == pytest.approx(np.tanh([0.5, -0.25]), abs=1e-6)
    assert found["knot_entropy"] == pytest.approx(1) and found["tie_distance"] == pytest.approx(0, abs=1e-9)
    centres = np.array(found["centres"])
    reach = np.abs(centres).max()
    assert found["middle"] == (np.abs(centres).max(1) < reach / 2).sum() > 0
    assert found["weight_norm"] == pytest.approx(2 * reach, rel=1e-5)  # four rows of length 1
    assert found["knot_norm"] == pytest.approx(np.linalg.norm(np.tanh([0.5, -0.25])) / reach, rel=1e-5)


def test_the_objective_is_the_loss_and_the_penalty_without_biases():
    spec, run = a_run(l2=0.1)
    assert columns.measure_run(spec, run, lattice=4)["objective"] == pytest.approx(0.5 + 0.05 * (2 + 4))


def test_fresh_points_are_other_points():
    spec, run = a_run()
    x, y = datasets.points(spec.kind, 4, 5, 1 + columns.FRESH)
    right = (forward.predict(spec, run.weights[-1], x) == y).mean()
    assert not np.isin(x, run.x).any()
    assert columns.measure_run(spec, run, lattice=4)["accuracy_fresh"] == pytest.approx(right)


def test_a_fourth_law_leaves_the_three_as_they_were():
    laws = {law: packing.solve(law, 5, "square") for law in packing.LAWS}
    row = {"centres": (0.9 * tied.optima(5)[0][0].points).tolist()}
    row["medians"] = row["centres"]
    four = {**laws, tied.NAME: tied.solve(5, "square")}
    assert columns.COMPARISONS["against_laws"].of([row], four) == columns.COMPARISONS["against_laws"].of([row], laws)
    (found,) = columns.COMPARISONS["shares_of_laws"].of([row], four)
    assert found["distance_tied"] == pytest.approx(0, abs=1e-4) and found["tied_share"] == pytest.approx(1, abs=1e-4)
    shares = [found[f"{law}_share"] for law in ("packing", "margin", "margin_no_bias")]
    assert max(shares) < 1 and found["packing_share_median"] == found["packing_share"]

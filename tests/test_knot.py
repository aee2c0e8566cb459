"""The knot, where scores tie, and arrangements of null models, against closed forms."""

import math

import numpy as np
import pytest

from generator.measures import knot, packing

TURN = np.array([[0.0, -1.0], [1.0, 0.0]])
SQUARE = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])


def test_entropy_is_1_where_scores_are_equal_and_0_where_one_is_far_ahead():
    assert knot.entropy(np.full(5, 700.0)) == pytest.approx(1)
    assert knot.entropy(np.array([900.0, 0, 0])) == pytest.approx(0)
    p = np.array([0.5, 0.25, 0.25])
    assert knot.entropy(np.log(p) + 3) == pytest.approx(-(p * np.log(p)).sum() / math.log(3))


def test_scores_tie_where_all_of_them_agree():
    place, weight = np.array([0.3, -0.7]), np.array([[2.0, 1.0], [-1.0, 0.5], [0.0, 3.0]])
    found, missed = knot.tie(np.column_stack([weight, 4 - weight @ place]), SQUARE)
    np.testing.assert_allclose(found, place)
    assert missed == pytest.approx(0)
    found, missed = knot.tie(np.array([[1.0, 0, 0], [-1.0, 0, 0], [0, 0, 3.0]]), SQUARE)  # they cannot
    np.testing.assert_allclose(found, 0, atol=1e-12)
    assert missed == pytest.approx(2 / 2)  # 3 less their mean, over the same at the corners
    assert math.isnan(knot.tie(np.ones((3, 3)), SQUARE)[1])


def test_a_tie_is_found_where_the_head_has_it():
    rng = np.random.default_rng(1)
    weight, place, points = rng.normal(size=(6, 2)), np.array([0.3, -0.7]), rng.normal(size=(50, 2))
    head = np.hstack([weight, 4.0 - (weight @ place)[:, None]])
    found, residual = knot.tie(head, points)
    assert found == pytest.approx(place) and residual == pytest.approx(0, abs=1e-12)
    head[0, 2] += 1
    _, missed = knot.tie(head, points)
    assert 0 < missed < 1
    assert knot.tie(7 * head, points)[1] == pytest.approx(missed)


def test_depth_inside_is_the_distance_from_the_hull_of_the_others():
    assert knot.inside_depth(np.vstack([SQUARE, [[0.4, 0.1]]])) == pytest.approx(0.6)
    assert knot.inside_depth(SQUARE) == pytest.approx(-math.sqrt(2))
    assert knot.inside_depth(SQUARE[:2]) == pytest.approx(-2)
    assert knot.inside_depth(np.array([[0.0, 0], [0.4, 0], [2, 0]])) == 0  # between two, on their line


def test_points_of_threads_are_less_than_so_far_on_the_way_to_their_median():
    at, medians = np.array([1.0, 1.0]), np.array([[3.0, 1.0], [1.0, -4.0]])
    ways = np.array([0, knot.THREAD - 0.01, knot.THREAD + 0.01, 1.2, knot.THREAD - 0.01])
    labels = np.array([0, 0, 0, 1, 1])
    points = at + ways[:, None] * (medians - at)[labels] + [[0, 3.0], [0, 0], [0, 0], [0, 0], [2.0, 0]]
    assert knot.thread_share(points, labels, at, medians) == pytest.approx(3 / 5)
    assert math.isnan(knot.thread_share(points, labels, medians[1], medians))


def test_null_models_are_what_they_are_called():
    steps = knot.even_steps(8, 0.5)
    np.testing.assert_allclose(steps[:4], [[-0.5, -1], [0.5, -1], [1, -0.5], [1, 0.5]])
    np.testing.assert_allclose(steps[4:], -steps[:4])
    np.testing.assert_allclose(knot.along_walls(np.array([0.0, 9.0])), [[-1, -1], [0, -1]])
    np.testing.assert_allclose(knot.polygon(4, 0.0), [[1, 0], [0, 1], [-1, 0], [0, -1]], atol=1e-12)
    np.testing.assert_allclose(knot.polygon(4, 0.5), SQUARE, atol=1e-12)
    turned = knot.polygon(5, 0.2)
    assert np.abs(turned).max() == pytest.approx(1)
    np.testing.assert_allclose(np.ptp(np.linalg.norm(turned, axis=1)), 0, atol=1e-12)


@pytest.mark.parametrize("null", knot.NULLS)
@pytest.mark.parametrize("k", [2, 3, 5, 6, 8])
@pytest.mark.parametrize("phase", [0.0, 0.31, 0.77])
def test_a_null_model_is_at_no_distance_from_itself_turned_and_mirrored(null, k, phase):
    points = knot.NULLS[null](k, phase) @ TURN * [1, -1]
    assert knot.null_distance(points[::-1], null) == pytest.approx(0, abs=1e-4)
    assert np.abs(points).max() == pytest.approx(1)


def test_null_models_differ_where_a_side_has_two():
    assert knot.null_distance(knot.even_steps(5, 0.3), "polygon") > 0.05
    assert knot.null_distance(SQUARE, "steps") == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("k", [3, 6])
def test_no_phase_is_nearer_than_the_one_found(k):
    points = np.random.default_rng(k).uniform(-1, 1, (k, 2))
    for null, model in knot.NULLS.items():
        least = min(packing.arrangement_distance(points, model(k, phase)) for phase in np.linspace(0, 1, 400))
        assert knot.null_distance(points, null) <= least + 1e-6

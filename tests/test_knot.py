"""The knot, where scores tie, and arrangements of null models, against closed forms."""

import math

import numpy as np
import pytest

from generator.measures import knot

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


def test_depth_inside_is_the_distance_from_the_hull_of_the_others():
    assert knot.inside_depth(np.vstack([SQUARE, [[0.4, 0.1]]])) == pytest.approx(0.6)
    assert knot.inside_depth(SQUARE) == pytest.approx(-math.sqrt(2))
    assert knot.inside_depth(np.array([[0.0, 0], [1, 0], [2, 0]])) == 0  # between two, on their line


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
def test_an_arrangement_of_a_null_model_is_no_way_from_it(null):
    assert knot.null_distance(knot.NULLS[null](5, 0.03), null) < 1e-4
    assert knot.null_distance(np.vstack([SQUARE, [[0.0, 0.0]]]), null) > 0.05

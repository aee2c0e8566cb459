"""Where knots are drawn: an eighth of the square, whatever way a network's square is turned."""

import math

import pytest

from generator.site.figures import folded


@pytest.mark.parametrize(("x", "y"), [(0.3, 0.1), (-0.3, 0.1), (0.1, 0.3), (-0.1, -0.3), (0.3, -0.1)])
def test_squares_that_are_turned_and_mirrored_have_their_knot_at_one_place(x, y):
    assert folded(x, y) == (0.3, 0.1)
    assert folded(x, y, norm=2) == pytest.approx((0.6 / math.hypot(0.3, 0.1), 0.2 / math.hypot(0.3, 0.1)))


def test_a_knot_in_the_middle_stays_there():
    assert folded(0, 0) == folded(0, 0, norm=0) == (0, 0)

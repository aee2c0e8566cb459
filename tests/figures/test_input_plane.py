"""The input plane: every class's points with a marker of its own, on the regions that the network predicts."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex

from generator import figures
from generator.base.style import MARKERS, THEMES
from generator.figures import draw
from generator.networks import forward


@pytest.mark.parametrize("theme", THEMES)
def test_each_class_has_its_points_colour_and_marker(drawn, case, theme):
    spec, run, _ = case
    lines = [line for line in drawn("input-plane", case, theme).axes.lines if line.get_gid() != "room"]
    assert len(lines) == spec.classes
    assert [line.get_marker() for line in lines] == [marker.matplotlib for marker in MARKERS[: spec.classes]]
    assert [to_hex(line.get_markerfacecolor()) for line in lines] == list(THEMES[theme].classes[: spec.classes])
    for label, line in enumerate(lines):
        np.testing.assert_array_equal(line.get_xydata(), run.x[run.y == label])


def test_regions_have_the_tint_of_the_class_predicted_there(drawn, case):
    spec, run, _ = case
    (tile,) = drawn("input-plane", case).tiles
    assert tile[1:] == (draw.TILE_LEFT_PX, draw.TILE_TOP_PX)
    side = draw.TILE_PX
    rows, columns = np.mgrid[5:side:10, 5:side:10].reshape(2, -1)
    places = np.stack([(columns + 0.5) / side * 2 - 1, 1 - (rows + 0.5) / side * 2], 1)
    expected = np.array([draw.rgb(tint) for tint in THEMES["light"].tints])[
        forward.predict(spec, run.weights[-1], places)
    ]
    same = (tile.image[rows, columns] == expected).all(1)
    assert same.mean() > 0.95  # the rest lies on borders, which are mixed


@pytest.mark.parametrize("name", ["input-plane", "vector-field"])
def test_no_point_stands_outside_its_planes_tint(case, name):
    spec, run, measures = case
    shifted = replace(run, x=run.x * np.float32(1.7))
    view = draw.input_view(shifted)
    assert view.low < shifted.x.min() and shifted.x.max() < view.high and view.low == -view.high
    assert draw.input_view(run) == draw.INPUT_VIEW  # spirals reach just as far
    tint = draw.input_regions(spec, shifted, view)
    at = ((0.5 + shifted.x / (2 * view.high)) * len(tint)).astype(int)
    places = tint[len(tint) - 1 - at[:, 1], at[:, 0]]
    assert (places == forward.predict(spec, run.weights[-1], shifted.x)).mean() > 0.95
    pictures = [figures.load()[name].draw(spec, each, measures, THEMES["light"])["png"] for each in (run, shifted)]
    assert pictures[0] != pictures[1]


def test_both_axes_have_one_scale(drawn, case):
    axes = drawn("input-plane", case).axes
    box = axes.get_window_extent()
    assert axes.get_xlim() == axes.get_ylim() == (-1, 1)
    assert box.width == pytest.approx(box.height) == pytest.approx(draw.TILE_PX)

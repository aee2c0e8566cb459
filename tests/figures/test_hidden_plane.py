"""The hidden plane: where the points are, in a room that is drawn, cut by the output layer."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import without_weights

from generator.base.style import THEMES
from generator.figures import draw
from generator.networks import forward
from generator.networks.activations import ACTIVATIONS, Activation
from generator.networks.rooms import CIRCLE, DISK, PLANE, QUADRANT, SQUARE

FLOAT32_ATOL = 1e-4  # pictures are drawn from single precision: a hundredth of a pixel


def room_line(axes):
    (line,) = [line for line in axes.lines if line.get_gid() == "room"]
    return line.get_xydata()


def test_the_room_of_tanh_is_the_whole_square(drawn, tanh_case):
    axes = drawn("hidden-plane", tanh_case).axes
    assert axes.get_xlim() == axes.get_ylim() == (-1, 1)
    np.testing.assert_array_equal(room_line(axes), [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])


def test_the_room_of_relu_is_closed_below_and_to_the_left(drawn, relu_case):
    spec, run, _ = relu_case
    axes = drawn("hidden-plane", relu_case).axes
    (low, high), final = axes.get_xlim(), forward.hidden(spec, run.weights[-1], run.x)
    assert axes.get_ylim() == (low, high)
    assert low == 0
    assert final.max() < high < 3 * final.max()
    np.testing.assert_allclose(room_line(axes), [[0, high], [0, 0], [high, 0]])


def test_a_network_that_sends_all_to_the_origin_still_has_a_room(relu_case):
    spec, run, _ = relu_case
    dead = without_weights(run)
    assert draw.hidden_view(spec, dead) == draw.View(QUADRANT, 0.0, 1.0)


def test_points_are_the_final_hidden_vectors(drawn, case):
    spec, run, _ = case
    final = forward.hidden(spec, run.weights[-1], run.x)
    lines = [line for line in drawn("hidden-plane", case).axes.lines if line.get_gid() != "room"]
    for label, line in enumerate(lines):
        np.testing.assert_allclose(line.get_xydata(), final[run.y == label], atol=FLOAT32_ATOL)


@pytest.mark.parametrize("theme", THEMES)
def test_regions_are_those_of_the_output_layer(drawn, case, theme):
    spec, run, _ = case
    picture = drawn("hidden-plane", case, theme)
    low, high = picture.axes.get_xlim()
    side = draw.TILE_PX
    rows, columns = np.mgrid[5:side:10, 5:side:10].reshape(2, -1)
    x = low + (high - low) * (columns + 0.5) / side
    y = high - (high - low) * (rows + 0.5) / side
    head = forward.split(spec, run.weights[-1])[-1]
    labels = (np.stack([x, y], 1) @ head[:, :2].T + head[:, 2]).argmax(1)
    expected = np.array([draw.rgb(tint) for tint in THEMES[theme].tints])[labels]
    assert (picture.tiles[0].image[rows, columns] == expected).all(1).mean() > 0.95


@pytest.mark.parametrize("room", [DISK, CIRCLE], ids=lambda room: room.name)
def test_a_round_room_is_outlined_and_nothing_is_painted_outside(tanh_case, room):
    spec, run, _ = tanh_case
    view = draw.View(room, -1.0, 1.0)
    _, axes = draw.plane(view, THEMES["light"])
    np.testing.assert_allclose(np.linalg.norm(room_line(axes), axis=1), 1)
    labels = draw.output_regions(spec, run.weights[-1], view)
    image = draw.regions(labels, THEMES["light"]).image
    side = draw.TILE_PX
    rows, columns = np.mgrid[:side, :side] + 0.5
    radius = np.hypot(rows - side / 2, columns - side / 2) / (side / 2)
    paper = (image == draw.rgb(THEMES["light"].paper)).all(-1)
    assert paper[radius > 1.01].all()
    assert not paper[radius < 0.99].any()
    square = draw.output_regions(spec, run.weights[-1], draw.View(SQUARE, -1.0, 1.0))
    assert (labels == square)[labels != draw.NO_CLASS].all()


def test_an_open_plane_shows_all_points_and_the_origin_and_has_no_wall(tanh_case, monkeypatch):
    spec, run, _ = tanh_case
    monkeypatch.setitem(ACTIVATIONS, "identity", Activation("identity", of="a", room=PLANE, words="leaves it"))
    spec = replace(spec, activation="identity")
    view, final = draw.hidden_view(spec, run), forward.hidden(spec, run.weights[-1], run.x)
    assert final.min() < -1  # a room that began at 0 or at −1 would leave them out
    assert view.low < min(final.min(), 0) and view.high > max(final.max(), 0)
    assert view.high - view.low < 3 * np.ptp(np.append(final, 0))
    _, axes = draw.plane(view, THEMES["light"])
    assert room_line(axes).size == 0

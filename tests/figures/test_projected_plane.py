"""A last hidden layer of more than two neurons: projected onto one plane, the same in every frame, which is said."""

import io

import numpy as np
import pytest
from conftest import untrained, without_weights
from PIL import Image

from generator import figures
from generator.base import rounding
from generator.base.style import THEMES
from generator.figures import draw, film
from generator.figures.film import FILM_PX
from generator.networks import forward

FLOAT32_ATOL = 1e-5


@pytest.fixture(params=[(6, 9), (7, 3)], ids=["9 neurons", "3 neurons"])
def case(request):
    """Networks whose last hidden layer is wide."""
    return untrained(request.param)


def covariance_of(case):
    """Mean, variances and directions of the points in the end, the greatest first, another way than by their SVD."""
    spec, run, _ = case
    points = forward.hidden(spec, run.weights[-1], run.x)
    variances, axes = np.linalg.eigh(np.cov(points.T))
    axes = axes[:, ::-1][:, :2]
    return points.mean(0), variances[::-1], axes * np.sign(axes[np.abs(axes).argmax(0), [0, 1]])


def test_points_stand_along_two_principal_components_which_the_axes_name(drawn, case):
    spec, run, _measures = case
    picture = drawn("hidden-plane", case)
    middle, variances, axes = covariance_of(case)
    expected = (forward.hidden(spec, run.weights[-1], run.x) - middle) @ axes
    lines = [line for line in picture.axes.lines if line.get_gid() != "room"]
    for label, line in enumerate(lines):
        np.testing.assert_allclose(line.get_xydata(), expected[run.y == label], atol=FLOAT32_ATOL)
    (room,) = [line for line in picture.axes.lines if line.get_gid() == "room"]
    assert not picture.tiles and not len(room.get_xydata())  # neither regions nor walls
    first, second = (rounding.percent(share, 0, " ") for share in (variances / variances.sum())[:2])
    assert [(text.get_text(), text.get_rotation()) for text in picture.figure.texts] == [
        (f"first principal component, {first} of the variance", 0),
        (f"second principal component, {second} of the variance", 90),
    ]
    renderer = draw.agg(picture.figure).get_renderer()
    tile = picture.axes.get_window_extent(renderer)
    below, beside = (text.get_window_extent(renderer) for text in picture.figure.texts)
    assert below.y0 >= 0 and below.y1 <= tile.y0 and below.x0 >= 0 and below.x1 <= draw.PLANE_PX
    assert beside.x0 >= 0 and beside.x1 <= tile.x0 and beside.y0 >= 0 and beside.y1 <= draw.PLANE_PX


def test_all_frames_are_projected_onto_the_plane_of_the_end(case):
    spec, run, _ = case
    middle, _, axes = covariance_of(case)
    expected = [(forward.hidden(spec, flat, run.x) - middle) @ axes for flat in run.weights]
    np.testing.assert_allclose(draw.moving_points(spec, run), expected, atol=FLOAT32_ATOL)
    frames, view = film.frames_of(spec, run), draw.hidden_view(spec, run)
    ink = film.inks().text[-1]
    left, top, side = (int(place * FILM_PX / draw.PLANE_PX) for place in view.tile)
    for frame in frames:
        assert (frame[top + side :] == ink).sum() > 300 and (frame[top:, :left] == ink).sum() > 300
    full = film.inks().points[:, -1]
    for frame, places in zip(frames, film.pixel_positions(np.array(expected), view), strict=True):
        column, row = places[-1].astype(int)  # the last drawn, so nothing hides it
        assert frame[row, column] == full[run.y[-1]]
    files = figures.load()["hidden-animation"].draw(*case, THEMES["dark"])
    assert Image.open(io.BytesIO(files["gif"])).n_frames == len(run.weights)
    assert Image.open(io.BytesIO(files["png"])).size == (480, 480)


@pytest.mark.parametrize("name", ["hidden-plane", "hidden-animation"])
def test_words_and_title_say_that_it_is_a_projection(case, name):
    spec, _, measures = case
    figure = figures.load()[name]
    alt = str(figure.alt(spec, measures))
    assert f"{spec.hidden[-1]} neurons wide" in alt and "projected" in alt and "two principal components" in alt
    assert f"keep {figures.percent(measures['two_axes'])} of the variance" in alt
    assert "projected" in figure.titled(spec) and "projected" not in figure.titled(untrained((6, 2))[0])


def test_a_layer_without_any_variance_is_drawn():
    spec, run, measures = untrained((6, 9))
    dead = without_weights(run)
    for name in ("hidden-plane", "hidden-animation"):
        assert figures.load()[name].draw(spec, dead, measures, THEMES["light"])["png"]


def test_regions_of_the_input_plane_are_the_networks(case):
    spec, run, _ = case
    labels = draw.input_regions(spec, run)
    side = len(labels)
    rows, columns = np.mgrid[7:side:29, 7:side:29].reshape(2, -1)
    places = np.stack([2 * (columns + 0.5) / side - 1, 1 - 2 * (rows + 0.5) / side], 1)
    assert (labels[rows, columns] == forward.predict(spec, run.weights[-1], places)).mean() > 0.99

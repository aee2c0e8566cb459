"""The projection: the plane in which the points vary most above what t-SNE makes of them."""

import io

import numpy as np
import pytest
from conftest import untrained
from PIL import Image

from generator import figures
from generator.base.style import THEMES
from generator.measures import projection
from generator.networks import forward


@pytest.fixture
def case():
    return untrained((6, 9))


def shown(axes):
    return np.concatenate([line.get_xydata() for line in axes.lines if line.get_gid() != "room"])


def test_above_points_lie_along_their_principal_axes_below_as_the_map_has_them(drawn, case):
    spec, run, measures = case
    picture = drawn("projection", case)
    above, below = (shown(axes) for axes in picture.figure.axes)
    hidden = forward.hidden(spec, run.weights[-1], run.x)
    flat = hidden @ projection.principal_axes(hidden)
    for points, placed in ((above, flat), (below, projection.neighbour_map(hidden))):
        np.testing.assert_allclose(points - points.mean(0), placed - placed.mean(0), atol=1e-9)
    kept = ((above - above.mean(0)) ** 2).sum() / ((hidden - hidden.mean(0)) ** 2).sum()
    assert kept == pytest.approx(measures["two_axes"], abs=1e-5) == pytest.approx(projection.two_axes(hidden), abs=1e-5)
    texts = [text.get_text() for text in picture.figure.texts]
    assert texts == ["two axes", figures.percent(measures["two_axes"]), "t-SNE", f"gap {measures['gap_map']:.0f}"]
    for axes, points in zip(picture.figure.axes, (above, below), strict=True):
        (low, high), vertical = axes.get_xlim(), axes.get_ylim()
        assert (low, high) == vertical and low == -high and np.abs(points).max() < high
        np.testing.assert_allclose(points.max(0) + points.min(0), 0, atol=1e-9)  # in the middle of its square


@pytest.mark.parametrize("theme", THEMES)
def test_its_files_have_the_declared_size_and_its_words_the_numbers(case, theme):
    figure = figures.load()["projection"]
    size = (2 * figure.width_px, 2 * figure.height_px)
    assert Image.open(io.BytesIO(figure.draw(*case, THEMES[theme])["png"])).size == size == (480, 1000)
    alt = str(figure.alt(case[0], case[2]))
    assert "9 neurons wide" in alt and figures.percent(case[2]["two_axes"]) in alt
    assert f"{case[2]['gap_map']:.0f} typical steps" in alt
    assert str(figure.alt(case[0], {**case[2], "gap_map": None})).endswith("as t-SNE places them.")

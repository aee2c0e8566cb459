"""The projection: the plane in which the points vary most, at one scale, with what it keeps."""

import io

import numpy as np
import pytest
from conftest import untrained
from PIL import Image

from generator import figures, measure, network
from generator.style import THEMES

CASE = untrained((6, 9))


def test_points_lie_along_their_principal_axes(drawn):
    spec, run, measures = CASE
    picture = drawn("projection", CASE)
    points = np.concatenate([line.get_xydata() for line in picture.axes.lines if line.get_gid() != "room"])
    np.testing.assert_allclose(points.mean(0), 0, atol=1e-9)
    covariance = points.T @ points
    assert abs(covariance[0, 1]) < 1e-6 * covariance[0, 0] and covariance[0, 0] > covariance[1, 1]
    hidden = network.hidden(spec, run.weights[-1], run.x)
    kept = (points**2).sum() / ((hidden - hidden.mean(0)) ** 2).sum()
    assert kept == pytest.approx(measures["two_axes"], abs=1e-5) == pytest.approx(measure.two_axes(hidden), abs=1e-5)
    assert picture.texts() == ["two axes of 9", figures.percent(measures["two_axes"])]
    (low, high), vertical = picture.axes.get_xlim(), picture.axes.get_ylim()
    assert (low, high) == vertical and low == -high and np.abs(points).max() < high


@pytest.mark.parametrize("theme", THEMES)
def test_its_files_have_the_declared_size_and_its_words_the_share(theme):
    figure = figures.load()["projection"]
    assert Image.open(io.BytesIO(figure.draw(*CASE, THEMES[theme])["png"])).size == (480, 480)
    alt = figure.alt(CASE[0], CASE[2])
    assert "9 neurons wide" in alt and figures.percent(CASE[2]["two_axes"]) in alt

"""The filmstrip: the first and the last layer of two neurons, four epochs each, in the words' order."""

import io

import numpy as np
import pytest
from conftest import untrained
from PIL import Image

from generator import figures
from generator.base.style import THEMES
from generator.figures import draw
from generator.measures import projection
from generator.networks import forward

CASE = untrained((6, 2, 5, 2, 4, 2))


@pytest.fixture
def drawn(monkeypatch):
    """The figure of a run."""
    kept = []
    pixels = draw.pixels
    monkeypatch.setattr(draw, "pixels", lambda figure, *tiles: kept.append(figure) or pixels(figure, *tiles))
    return lambda *case: figures.load()["filmstrip"].draw(*case, THEMES["light"]) and kept[-1]


@pytest.fixture
def figure(drawn):
    return drawn(*CASE)


def test_rows_are_the_first_and_the_last_plane_and_columns_the_epochs(figure):
    spec, run, _ = CASE
    assert len(figure.axes) == 8
    for place, axes in enumerate(figure.axes):
        hidden = forward.forward(spec, run.weights[place % 4], run.x).hidden[1 if place < 4 else 5]
        drawn = np.concatenate([line.get_xydata() for line in axes.lines if line.get_gid() != "room"])
        np.testing.assert_allclose(drawn, hidden, atol=1e-6)
        assert axes.get_xlim() == axes.get_ylim() == (-1, 1)


def test_it_says_which_layers_and_epochs(figure):
    said = [text.get_text() for text in figure.texts]
    assert said[:4] == ["epoch 0", "6", "26", "100"]
    assert said[4].startswith("layer 2: ") and said[5].startswith("layer 6: ")
    assert figures.percent(CASE[2]["early_own_centre"]) in said[4]
    assert figures.percent(CASE[2]["own_centre"]) in said[5]


def test_no_text_leaves_the_picture_or_meets_another(figure):
    renderer = draw.agg(figure).get_renderer()
    boxes = [text.get_window_extent(renderer) for text in figure.texts]
    for box in boxes:
        assert box.x0 >= 0 and box.x1 <= 960 and box.y0 >= 0 and box.y1 <= 620
    for first, second in ((a, b) for a in boxes for b in boxes if a is not b):
        assert not first.overlaps(second)


@pytest.mark.parametrize("hidden", [(6, 5, 4), (6, 2, 4)])
def test_wide_layers_are_projected_as_they_vary_in_the_end(hidden, drawn):
    spec, run, measures = untrained(hidden)
    tiles = drawn(spec, run, measures).axes
    first = hidden.index(2) if 2 in hidden else 0
    layers = [forward.forward(spec, flat, run.x).hidden for flat in run.weights]
    for place, axes in enumerate(tiles):
        layer = first if place < 4 else 2
        points, last = layers[place % 4][layer], layers[-1][layer]
        shown = np.concatenate([line.get_xydata() for line in axes.lines if line.get_gid() != "room"])
        if hidden[layer] == 2:
            np.testing.assert_allclose(shown, points, atol=1e-6)
            continue
        np.testing.assert_allclose(shown, (points - last.mean(0)) @ projection.principal_axes(last), atol=1e-6)
        assert np.abs(shown).max() <= axes.get_xlim()[1] == -axes.get_ylim()[0]
    alt = str(figures.load()["filmstrip"].alt(spec, measures))
    assert f"in layer {first + 1} and in the last, 3, at" in alt and "projected" in alt
    assert figures.percent(measures["own_centre"]) in alt


@pytest.mark.parametrize("theme", THEMES)
def test_its_files_have_the_declared_size_and_its_words_the_numbers(theme):
    figure = figures.load()["filmstrip"]
    files = figure.draw(*CASE, THEMES[theme])
    assert Image.open(io.BytesIO(files["webp"])).size == (2 * figure.width_px, 2 * figure.height_px)
    alt = str(figure.alt(CASE[0], CASE[2]))
    assert "hidden layers of 6, 2, 5, 2, 4, 2 neurons" in alt and "in layer 2," in alt and "in layer 6;" in alt

"""The filmstrip: the first and the last layer of two neurons, four epochs each, in the words' order."""

import io

import numpy as np
import pytest
from conftest import untrained
from PIL import Image

from generator import figures
from generator.base.style import THEMES
from generator.figures import draw
from generator.networks import forward

CASE = untrained((6, 2, 5, 2, 4, 2))


@pytest.fixture
def figure(monkeypatch):
    kept = []
    pixels = draw.pixels
    monkeypatch.setattr(draw, "pixels", lambda figure, *tiles: kept.append(figure) or pixels(figure, *tiles))
    figures.load()["filmstrip"].draw(*CASE, THEMES["light"])
    return kept[0]


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


@pytest.mark.parametrize("theme", THEMES)
def test_its_files_have_the_declared_size_and_its_words_the_numbers(theme):
    figure = figures.load()["filmstrip"]
    files = figure.draw(*CASE, THEMES[theme])
    assert Image.open(io.BytesIO(files["webp"])).size == (2 * figure.width_px, 2 * figure.height_px)
    alt = str(figure.alt(CASE[0], CASE[2]))
    assert "hidden layers of 6, 2, 5, 2, 4, 2 neurons" in alt and "in layer 2," in alt and "in layer 6;" in alt

"""The house style's parts: few colours, soft edges."""

import io
from pathlib import Path

import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from PIL import Image

from generator.base.style import MARKERS, THEMES
from generator.figures import draw
from generator.networks.rooms import SQUARE

LIGHT = THEMES["light"]


def test_frequent_colours_are_kept_exactly_and_the_rest_go_to_the_nearest():
    image = np.zeros((10, 10, 3), np.uint8)
    image[:5] = (250, 0, 0)
    image[5:9] = (0, 0, 250)
    image[9] = (240, 0, 10)  # rare, and close to the first
    indices, colours = draw.quantised(image, limit=2)
    shown = colours[indices]
    np.testing.assert_array_equal(shown[:9], image[:9])
    np.testing.assert_array_equal(shown[9], image[0])


def test_an_image_of_few_colours_is_not_changed():
    image = np.random.default_rng(1).choice(np.array([0, 90, 180, 255], np.uint8), (40, 50, 3))
    files = draw.encode(image)
    for data in files.values():
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")), image)
    assert Image.open(io.BytesIO(files["png"])).mode == "P"


def test_a_still_has_no_more_colours_than_are_allowed():
    image = np.random.default_rng(1).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    indices, colours = draw.quantised(image)
    assert len(colours) == draw.COLOURS > indices.max()


def test_a_border_between_regions_is_mixed_and_thin():
    labels = np.zeros((1000, 1000), np.uint8)
    labels[np.add.outer(np.arange(1000), 2 * np.arange(1000)) > 1500] = 1
    image, left, top = draw.regions(labels, LIGHT)
    assert (left, top, image.shape) == (draw.TILE_LEFT_PX, draw.TILE_TOP_PX, (draw.TILE_PX, draw.TILE_PX, 3))
    pure = [np.array(draw.rgb(tint)) for tint in LIGHT.tints[:2]]
    mixed = ~((image == pure[0]).all(-1) | (image == pure[1]).all(-1))
    assert (mixed.sum(1) >= 1).mean() > 0.9
    assert mixed.sum(1).max() <= 4
    assert len(np.unique(image[mixed], axis=0)) > 4


def test_tiles_lie_under_the_drawing_pixel_on_pixel():
    figure, _ = draw.plane(draw.INPUT_VIEW, LIGHT)
    tile = np.random.default_rng(2).integers(0, 256, (draw.TILE_PX, draw.TILE_PX, 3), dtype=np.uint8)
    image = draw.pixels(figure, draw.Tile(tile, draw.TILE_LEFT_PX, draw.TILE_TOP_PX))
    inner = np.s_[
        draw.TILE_TOP_PX : draw.TILE_TOP_PX + draw.TILE_PX, draw.TILE_LEFT_PX : draw.TILE_LEFT_PX + draw.TILE_PX
    ]
    np.testing.assert_array_equal(image[inner], tile)
    outside = np.ones(image.shape[:2], bool)
    outside[inner] = False
    assert (image[outside] == draw.rgb(LIGHT.paper)).all()


def test_a_point_is_drawn_where_the_tile_has_its_place():
    figure, axes = draw.plane(draw.View(SQUARE, -1.0, 1.0), LIGHT)
    draw.points(axes, np.array([[0.5, -0.5]]), np.array([0]), LIGHT)
    image = draw.pixels(figure).astype(int)
    rows, columns = np.nonzero((image == draw.rgb(LIGHT.classes[0])).all(-1))
    assert columns.mean() == pytest.approx(draw.TILE_LEFT_PX + 0.75 * draw.TILE_PX, abs=1)
    assert rows.mean() == pytest.approx(draw.TILE_TOP_PX + 0.75 * draw.TILE_PX, abs=1)


def test_a_class_without_points_keeps_the_others_markers():
    _, axes = draw.plane(draw.INPUT_VIEW, LIGHT)
    lines = draw.points(axes, np.zeros((2, 2)), np.array([0, 2]), LIGHT)
    assert [len(line.get_xdata()) for line in lines] == [1, 0, 1]


def test_markers_look_equally_large():
    areas = []
    for label in range(len(MARKERS)):
        figure = draw.canvas(40, 40, LIGHT)
        draw.marker(figure, 0.5, 0.5, label, LIGHT, 3.0)
        ink = np.abs(draw.pixels(figure).astype(int) - draw.rgb(LIGHT.paper)).sum(-1)
        areas.append(ink.sum() / np.abs(np.subtract(draw.rgb(LIGHT.classes[label]), draw.rgb(LIGHT.paper))).sum())
    assert max(areas) / min(areas) < 1.5


@pytest.mark.parametrize(("share", "expected"), [(0.0, "#fcfaf6"), (1.0, "#000000"), (0.5, "#7e7d7b")])
def test_colours_mix_over_paper(share, expected):
    assert draw.mixed("#fcfaf6", "#000000", share) == expected


def test_pictures_are_written_in_the_pages_own_fonts_and_in_others_what_these_lack():
    heading = FontProperties(family="Peek Serif Display", weight="bold")
    assert Path(font_manager.findfont(FontProperties())) == draw.SANS
    assert Path(font_manager.findfont(heading)) == draw.SERIF

    figure = draw.canvas(60, 40, LIGHT)
    figure.text(0.1, 0.4, "aЖ", color=LIGHT.ink)
    assert (draw.pixels(figure) != draw.rgb(LIGHT.paper)).any()  # a letter that no font has would be a warning

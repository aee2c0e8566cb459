"""The picture that stands for the article elsewhere."""

import io

import numpy as np
from PIL import Image

from generator.base.style import THEMES
from generator.figures import draw

TITLE = "Neural nets and optimal packing: a peek into the hidden layers"
SUBTITLE = "Two neurons are enough to watch a network bend space."


def test_it_has_the_size_that_other_sites_expect_and_both_planes(case):
    spec, run, _ = case
    data = draw.social_card(TITLE, SUBTITLE, spec, run)
    image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    assert image.shape == (630, 1200, 3)
    for label in range(spec.classes):
        found = np.nonzero((image == draw.rgb(THEMES["light"].classes[label])).all(-1))[1]
        assert (found < 760).sum() > 50  # the input plane
        assert (found > 780).sum() > 50  # the hidden plane
    assert data == draw.social_card(TITLE, SUBTITLE, spec, run)
    assert len(data) < 80_000


def test_the_title_breaks_into_lines_that_fit(case):
    figure = draw.canvas(1200, 630, THEMES["light"])
    font = draw.FontProperties(family="Peek Serif Display", weight="bold", size=58)
    lines = draw._wrapped(figure, TITLE, font, 1072)
    assert lines == ["Neural nets and optimal packing:", "a peek into the hidden layers"]
    narrow = draw._wrapped(figure, TITLE, font, 400)
    assert " ".join(narrow) == TITLE
    assert len(narrow) > 4

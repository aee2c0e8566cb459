"""The colour table: contrast on either paper, and colours that every pair of eyes can tell apart."""

import itertools
import math

import numpy as np
import pytest

from generator.base import style
from generator.base.style import MARKERS, THEMES

TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
MARK_CONTRAST = 3.0  # WCAG 2.2, 1.4.11
LEAST_DIFFERENCE = 13.0  # CIEDE2000; about 2.3 is just noticed, above 10 is told apart at a glance
LEAST_DIFFERENCE_OF_MANY = 9.0  # of more than seven, which markers tell apart as well
LEAST_TINT_DIFFERENCE = 8.0  # tints carry the class a second time only, and only to normal eyes
FEW = 7
MOST_COVERED = 0.7  # share of what two markers cover together that both do, where colour alone is not enough

# What dichromats see, on linear RGB: Machado, Oliveira & Fernandes 2009, table 1, severity 1.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.119192, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def linear(colour: str) -> np.ndarray:
    """#rrggbb to linear RGB (IEC 61966-2-1)."""
    encoded = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> tuple[float, float, float]:
    """Linear RGB to CIE L*a*b*, D65."""
    share = TO_XYZ @ rgb / WHITE
    x, y, z = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Colour difference of two L*a*b* colours (Sharma, Wu & Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    stretch = 1 + 0.5 * (1 - math.sqrt(mean_c7 / (mean_c7 + 25**7)))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, a1)) % 360, math.degrees(math.atan2(b2, a2)) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    dl, dc, dh = l2 - l1, c2 - c1, 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    mean_l, mean_c, mean_h = (l1 + l2) / 2, (c1 + c2) / 2, (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2

    def cos(degrees: float) -> float:
        return math.cos(math.radians(degrees))

    t = 1 - 0.17 * cos(mean_h - 30) + 0.24 * cos(2 * mean_h) + 0.32 * cos(3 * mean_h + 6) - 0.2 * cos(4 * mean_h - 63)
    sl = 1 + 0.015 * (mean_l - 50) ** 2 / math.sqrt(20 + (mean_l - 50) ** 2)
    sc, sh = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    twist = 30 * math.exp(-(((mean_h - 275) / 25) ** 2))
    rt = -2 * math.sqrt(mean_c**7 / (mean_c**7 + 25**7)) * math.sin(math.radians(2 * twist))
    return math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * dc / sc * dh / sh)


def least_difference(colours: tuple[str, ...], vision: str) -> float:
    seen = [lab((VISION[vision] @ linear(colour)).clip(0, 1)) for colour in colours]
    return min(ciede2000(one, other) for one, other in itertools.combinations(seen, 2))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_colour_difference_is_that_of_its_authors_table(one, other, expected):
    assert ciede2000(one, other) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("vision", VISION)
@themes
def test_every_two_classes_differ_for_everybody(theme, vision):
    assert least_difference(theme.classes[:FEW], vision) >= LEAST_DIFFERENCE
    assert least_difference(theme.classes, vision) >= LEAST_DIFFERENCE_OF_MANY


def covered(corners: tuple[tuple[float, float], ...]) -> np.ndarray:
    """The places around (0, 0) that a marker covers, (M, M) bool."""
    x, y = np.meshgrid(*2 * [np.linspace(-1.6, 1.6, 161)])
    if not corners:
        return x**2 + y**2 < 1
    inside = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
        crossed = (y0 > y) != (y1 > y)
        inside ^= crossed & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0 if y1 != y0 else 1))
    return inside


@pytest.mark.parametrize("vision", VISION)
@themes
def test_markers_tell_apart_what_colours_do_not_at_a_glance(theme, vision):
    shapes = [covered(marker.corners) for marker in MARKERS]
    for one, other in itertools.combinations(range(len(MARKERS)), 2):
        if least_difference((theme.classes[one], theme.classes[other]), vision) < LEAST_DIFFERENCE:
            shared = (shapes[one] & shapes[other]).sum() / (shapes[one] | shapes[other]).sum()
            assert shared < MOST_COVERED, (MARKERS[one].name, MARKERS[other].name)


@themes
def test_every_two_tints_differ(theme):
    assert least_difference(theme.tints, "normal") >= LEAST_TINT_DIFFERENCE


@themes
def test_the_accent_is_no_class(theme):
    assert min(least_difference((theme.accent, colour), "normal") for colour in theme.classes) >= LEAST_DIFFERENCE


@themes
def test_points_stand_out_from_paper_and_from_their_region(theme):
    for colour, tint in zip(theme.classes, theme.tints, strict=True):
        assert contrast(colour, theme.paper) >= MARK_CONTRAST
        assert contrast(colour, tint) >= MARK_CONTRAST
    assert contrast(theme.hairline, theme.paper) >= MARK_CONTRAST


@themes
def test_text_can_be_read_on_paper_and_on_panels(theme):
    for colour, ground in itertools.product((theme.ink, theme.muted, theme.accent), (theme.paper, theme.surface)):
        assert contrast(colour, ground) >= TEXT_CONTRAST


def test_a_marker_and_two_colours_a_class():
    for theme in THEMES.values():
        assert len(theme.classes) == len(theme.tints) == len(MARKERS) == 12
    assert len({marker.matplotlib for marker in MARKERS}) == 12


def test_css_holds_every_token_of_both_themes():
    sheet = style.css()
    for number, marker in enumerate(MARKERS):
        said = sheet.partition(f"--marker-{number}: ")[2].partition(";")[0]
        assert [tuple(map(float, point.split(","))) for point in said.split() if "," in point] == [*marker.corners]
    for theme in THEMES.values():
        for name, colour in style.variables(theme).items():
            assert f"--{name}: {colour};" in sheet

"""The angles: a histogram a class, in circular order, over every input that has a direction."""

import numpy as np
import pytest
from conftest import without_weights
from matplotlib.collections import PolyCollection

from generator import figures
from generator.base.style import THEMES
from generator.figures.pictures import angles
from generator.networks import forward


def test_counts_are_those_of_a_direct_count(case):
    spec, run, _ = case
    axis = np.linspace(-1, 1, angles.LATTICE, dtype=np.float32)[::25]
    counts = angles.angle_counts(spec, run)
    inputs = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    layers = forward.forward(spec, run.weights[-1], inputs)
    x, y = layers.hidden[-1].T
    directed = (x != 0) | (y != 0)
    turned = np.degrees(np.arctan2(y, x))[directed] % 360
    predicted = layers.logits.argmax(1)[directed]
    edges = np.linspace(0, spec.room.turn_deg, angles.BINS + 1)
    for label in range(spec.classes):
        expected = np.histogram(turned[predicted == label], edges)[0] / len(inputs)
        np.testing.assert_allclose(counts[label] / angles.LATTICE**2, expected, atol=0.01)


def test_inputs_without_direction_are_left_out(relu_case):
    spec, run, _ = relu_case
    dead = without_weights(run)
    assert angles.angle_counts(spec, dead).sum() == 0
    assert angles.angle_counts(spec, run).sum() <= angles.LATTICE**2


def test_rows_stand_in_circular_order_with_mean_and_spread(drawn, case):
    _, _, measures = case
    picture = drawn("angles", case)
    heights = [text.get_position()[1] for text in picture.figure.texts]
    assert heights == sorted(heights, reverse=True)
    shown = [text.get_text() for text in picture.figure.texts]
    expected = [figures.degrees(row["mean_deg"], row["std_deg"]) for row in measures["angles"]]
    turns = [expected[at:] + expected[:at] for at in range(len(expected))]
    assert shown in turns  # the order of `measures` is that of rising mean from 0 degrees; the cut may turn it


def test_each_histogram_is_as_tall_as_fits_and_in_its_classes_colour(drawn, case):
    _, _, measures = case
    (bars,) = [artist for artist in drawn("angles", case).axes.collections if isinstance(artist, PolyCollection)]
    assert len(bars.get_paths()) == len(measures["angles"])
    for place, path in enumerate(bars.get_paths()):
        assert path.vertices[:, 1].min() == pytest.approx(place + angles.BASE - angles.RISE)
        assert path.vertices[:, 1].max() == pytest.approx(place + angles.BASE)
    assert len(np.unique(bars.get_facecolor(), axis=0)) == len(measures["angles"])
    assert len(THEMES["light"].classes) >= len(measures["angles"])


def test_the_axis_spans_what_the_room_allows(drawn, tanh_case, relu_case):
    low, high = drawn("angles", tanh_case).axes.get_xlim()
    assert high - low == 360
    axes = drawn("angles", relu_case).axes
    assert axes.get_xlim() == (0, 90)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0°", "30°", "60°", "90°"]


def peak(at_deg: float, width_deg: float) -> np.ndarray:
    middles = (np.arange(angles.BINS) + 0.5) * 360 / angles.BINS
    off = (middles - at_deg + 180) % 360 - 180
    return (1000 * np.exp(-((off / width_deg) ** 2))).astype(int)


@pytest.mark.parametrize(
    ("peaks_deg", "within_deg"),
    [
        ([45, 135, 225, 315], (0, 0)),  # nothing lies at 0: the circle is cut there
        ([0, 90, 180, 270], (10, 30)),  # a class around 0 stays whole
        ([355, 120, 240], (5, 25)),
    ],
)
def test_the_circle_is_cut_near_0_but_through_no_class(peaks_deg, within_deg):
    counts = np.stack([peak(at, 8) for at in peaks_deg])
    cut = angles.cut_bin(counts)
    least, most = within_deg
    assert least <= abs(cut) * 360 / angles.BINS <= most
    turned = np.roll(counts, -cut, axis=1)
    first, last = turned[:, : angles.BINS // 4].sum(1), turned[:, -angles.BINS // 4 :].sum(1)
    assert np.minimum(first, last).sum() <= angles.NEXT_TO_NOTHING * counts.sum()


def test_a_class_without_direction_says_so(drawn, relu_case):
    spec, run, measures = relu_case
    dead = without_weights(run)
    lost = {**measures, "angles": [{"class": 0, "mean_deg": None, "std_deg": None, "share": 1.0}]}
    assert "no direction" in drawn("angles", (spec, dead, lost)).texts()

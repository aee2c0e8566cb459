"""The loss curve: true to the run, on log epochs, with log k."""

import math

import numpy as np
import pytest

from generator import figures
from generator.base.style import THEMES


def test_the_curve_is_the_runs_loss_against_log_epochs(drawn, case):
    _, run, _ = case
    curve = max(drawn("loss", case).axes.lines, key=lambda line: len(line.get_xdata()))
    epochs = np.rint(10 ** curve.get_xdata()).astype(int)
    np.testing.assert_allclose(10 ** curve.get_xdata(), epochs, rtol=1e-9)
    np.testing.assert_array_equal(curve.get_ydata(), run.loss[epochs])
    assert epochs[0] == 1
    assert epochs[-1] == len(run.loss) - 1


def test_log_k_is_marked_and_labelled(drawn, case):
    spec, _, _ = case
    picture = drawn("loss", case)
    flat = [line.get_ydata()[0] for line in picture.axes.lines if len(set(line.get_ydata())) == 1]
    assert pytest.approx(math.log(spec.classes)) in flat
    assert f"log {spec.classes} = {math.log(spec.classes):.2f}, guessing" in picture.texts()


def test_the_end_is_labelled_with_its_value(drawn, case):
    _, run, _ = case
    assert f"{run.loss[-1]:.3f}" in drawn("loss", case).texts()


def test_axes_name_their_units(drawn, case):
    axes = drawn("loss", case).axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epochs", "cross-entropy, nats")
    assert axes.get_ylim()[0] == 0
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "10", "100"]


def test_a_loss_above_guessing_stays_in_the_picture(drawn, case):
    spec, run, measures = case
    high = type(run)(**{**vars(run), "loss": run.loss + 5})
    axes = drawn("loss", (spec, high, measures)).axes
    assert axes.get_ylim()[1] > high.loss[1:].max()


def test_a_run_of_one_epoch_can_be_drawn(case):
    spec, run, measures = case
    short = type(run)(**{**vars(run), "loss": run.loss[:2]})
    assert figures.load()["loss"].draw(spec, short, measures, THEMES["light"])["png"]

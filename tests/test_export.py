"""What is packed for the page comes out again, is as small as promised, and moves nothing."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import numpy as np
import pytest

from generator.networks import forward
from generator.networks.run import Run
from generator.networks.spec import RunSpec
from generator.networks.train import train_together
from generator.runs import export

KILOBYTES_OF_A_RUN = 60  # gzipped; what a reader's browser may be asked to load for one run
SPEC = RunSpec(4, "tanh", 2, epochs=300, points_per_class=40, checkpoints=24)


@pytest.fixture(scope="module")
def run() -> Run:
    return train_together([SPEC])[0]


def unpacked(script: bytes) -> Any:
    text = script.decode("ascii")
    assert text.startswith("peek.receive({") and text.endswith("});\n")
    return json.loads(text[len("peek.receive(") : -len(");\n")])


def whole_numbers(planes: list[str], columns: int) -> np.ndarray:
    """The inverse of digit_planes, in the most literal way."""
    digits = {chr(digit): value for value, digit in enumerate(export.DIGITS)}
    values = sum(np.array([digits[d] for d in plane], dtype=np.int64) * 64**p for p, plane in enumerate(planes))
    signed = np.where(values % 2 == 0, values // 2, -(values + 1) // 2).reshape(-1, columns)
    return np.cumsum(np.cumsum(signed, axis=0), axis=0)


@pytest.mark.parametrize("scale", [0, 1, 31, 32, 5000, 10**7])
def test_digit_planes_come_out_again(scale: int) -> None:
    whole = np.random.default_rng(scale).integers(-scale, scale + 1, (7, 5))
    planes = export.digit_planes(whole)
    assert {len(plane) for plane in planes} == {35}
    assert (whole_numbers(planes, 5) == whole).all()


def test_points_and_first_weights_are_exact(run: Run) -> None:
    packed = unpacked(export.pack("grid/one", SPEC, run))
    assert "axes" not in packed and packed["id"] == "grid/one" and packed["widths"] == [2, 64, 2, 4]
    for name, exact in (("points", run.x), ("initial", run.weights[0])):
        assert (np.frombuffer(base64.b64decode(packed[name]), "<f4") == exact.ravel()).all()


def test_last_weights_are_exact(run: Run) -> None:
    packed = unpacked(export.pack("grid/one", SPEC, run))
    whole = whole_numbers(packed["weights"], run.weights.shape[1])[-1]
    digits = {chr(digit): value for value, digit in enumerate(export.DIGITS)}
    rest = sum(np.array([digits[d] for d in plane], np.uint32) * 64**p for p, plane in enumerate(packed["rest"]))
    rebuilt = (run.weights[0].astype(np.float64) + packed["step"] * whole).astype(np.float32)
    assert (rebuilt != run.weights[-1]).any()
    assert ((rebuilt.view(np.uint32) ^ rest.astype(np.uint32)).view(np.float32) == run.weights[-1]).all()


def test_points_with_few_values_are_told_by_their_places() -> None:
    rng = np.random.default_rng(1)
    few = rng.integers(0, 17, (200, 64)) / np.float32(3)
    assert len(json.dumps(export.packed_points(few.astype(np.float32)))) < few.size * 1.8, "of 5.3 a number"
    assert isinstance(export.packed_points(rng.standard_normal((200, 2)).astype(np.float32)), str)


def test_weights_stay_within_the_tolerance(run: Run) -> None:
    packed = unpacked(export.pack("grid/one", SPEC, run))
    whole = whole_numbers(packed["weights"], run.weights.shape[1])
    weights = run.weights[0].astype(np.float64) + packed["step"] * whole
    room = 2.0
    for exact, rebuilt in zip(run.weights, weights, strict=True):
        moved = forward.hidden(SPEC, rebuilt, run.x) - forward.hidden(SPEC, exact, run.x)
        assert np.abs(moved).max() <= export.TOLERANCE * room
    coarser = run.weights[0] + 2 * packed["step"] * np.rint((run.weights - run.weights[0]) / (2 * packed["step"]))
    off = [
        np.abs(forward.hidden(SPEC, w, run.x) - forward.hidden(SPEC, e, run.x)).max()
        for w, e in zip(coarser, run.weights, strict=True)
    ]
    assert max(off) > export.TOLERANCE * room, "coarser steps would have done"


def test_curves_come_out_again(run: Run) -> None:
    packed = unpacked(export.pack("grid/one", SPEC, run))
    loss = np.exp(packed["loss_step"] * whole_numbers(packed["loss"], 1)[:, 0])
    np.testing.assert_allclose(loss, run.loss, rtol=export.LOSS_STEP)
    right = whole_numbers(packed["right"], 1)[:, 0]
    np.testing.assert_allclose(right / len(run.y), run.accuracy, atol=1e-6)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_largest_run_is_small(activation: str) -> None:
    spec = RunSpec(7, activation, 1, bias_start=1.0 if activation == "relu" else None)
    script = export.pack("grid/k7", spec, train_together([spec])[0])
    assert len(gzip.compress(script)) <= 1000 * KILOBYTES_OF_A_RUN


def test_the_room_of_relu_is_as_far_as_it_reaches() -> None:
    assert export.room_size(RunSpec(3, "relu", 0), np.array([[0.2, 4.0], [1.0, 0.0]])) == 4.0
    assert export.room_size(RunSpec(3, "relu", 0), np.zeros((2, 2))) == 1.0
    assert export.room_size(RunSpec(3, "tanh", 0), np.array([[0.9, 0.1]])) == 2.0


def test_weights_beyond_packing_are_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "FINEST", export.COARSEST)
    with pytest.raises(export.UnpackableError, match="do not pack within"):
        export.quantise(SPEC, run)

"""Runs as small scripts that a page can load and recompute: weights instead of pictures.

A run becomes one classic script, `peek.receive({...});`, because scripts are
all that a page opened from a file may load. It holds the points, the first
and the last weights exactly, in float32, since what pages say of a trained
network is what the build measured, and every checkpoint between as whole steps
away from the first. The steps are the coarsest power of two that keeps the hidden
plane where it was (TOLERANCE), so a run weighs no more than its shape needs.

Whole numbers are kept as second differences, zigzagged (0, -1, 1, -2, ...) and
written in base 64, all lowest digits first, then all next ones: planes of
like digits, which gzip packs close to their entropy.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from ..measures import projection
from ..networks import forward, recipe, tables
from ..networks.spec import RunSpec

if TYPE_CHECKING:
    from ..networks.run import Run

DIGITS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype=np.uint8)
TOLERANCE = 5e-4  # of the room's size: half of what pages promise, so that their own rounding has the rest
COARSEST, FINEST = 8, 24  # steps of 2^-8 to 2^-24; beyond, float32 itself is no finer
# The keys of a recipe that the page needs to train such a network, beside those that came late and the data's own.
RETRAINED = (
    *("epochs", "learning_rate", "schedule", "beta1", "beta2", "epsilon", "l2", "bias_start"),
    *("kind", "points_per_class"),
)
LOSS_STEP = 2e-4  # of the natural logarithm of the loss: 0.02 % of its value


class UnpackableError(Exception):
    """A run's weights are too large, or lie too far apart, to travel with the page.  args: spec, why."""


def pack(run_id: str, spec: RunSpec, run: Run) -> bytes:
    """A run as a classic script, peek.receive({...}); 80 kB, 30 kB gzipped, where it has seven classes.

    run_id   what the page asks for, unique among its runs
    raises   ValueError: the weights cannot be packed within TOLERANCE
    """
    return f"peek.receive({json.dumps(contents(run_id, spec, run), separators=(',', ':'))});\n".encode()


def contents(run_id: str, spec: RunSpec, run: Run) -> dict[str, Any]:
    """What a run's script holds.

    points            (N, D) in class order, as `packed_points` gives them
    initial           base64 of little-endian float32: (P,) weights of checkpoint 0
    step, weights     weights at checkpoint t are initial + step * whole numbers (T, P); digit planes
    rest              the bits in which the last of these, as float32, are not the trained weights, (P,); digit planes
    loss_step, loss   exp(loss_step * whole numbers) is the loss at each epoch, (epochs + 1,); digit planes
    last_loss         at the last, as it is
    right             points classified right at each epoch, (epochs + 1,); digit planes
    axes, share       of a wider last layer than a plane: its points' mean at the end and the two directions in which
                      they vary most, (3, width), as initial; and the share of their variance along both
    mean, scale       own data: what its columns were before, point * scale + mean; (D,) each, as initial
    """
    exponent, whole = quantise(spec, run)
    last = (run.weights[0] + whole[-1] * 2.0**-exponent).astype(np.float32)
    loss = np.log(np.maximum(run.loss.astype(np.float64), 1e-12)) / LOSS_STEP
    return {
        "id": run_id,
        "classes": spec.classes,
        "activation": spec.activation,
        "seed": spec.seed,
        "widths": [spec.inputs, *spec.hidden, spec.classes],
        "recipe": {
            **{key: getattr(spec, key) for key in RETRAINED},
            **recipe.late_fields(vars(spec)),
            **dict(spec.dataset_options),
        },
        "checkpoints": run.checkpoints.tolist(),
        "points": packed_points(run.x),
        "initial": _float32(run.weights[0]),
        "step": 2.0**-exponent,
        "weights": digit_planes(whole),
        "rest": _planes((last.view(np.uint32) ^ run.weights[-1].view(np.uint32)).astype(np.int64)),
        "loss_step": LOSS_STEP,
        "loss": digit_planes(np.rint(loss).astype(np.int64)[:, None]),
        "last_loss": float(run.loss[-1]),
        "right": digit_planes(np.rint(run.accuracy.astype(np.float64) * len(run.y)).astype(np.int64)[:, None]),
        **_projection(spec, run),
        **{name: _float32(values) for name, values in tables.scaling(spec).items()},
    }


def _projection(spec: RunSpec, run: Run) -> dict[str, Any]:
    """Onto what the pictures of a wide last hidden layer project it."""
    if spec.hidden[-1] <= 2:
        return {}
    points = forward.hidden(spec, run.weights[-1], run.x)
    axes = np.stack([points.mean(0), *projection.principal_axes(points).T])
    return {"axes": _float32(axes), "share": projection.two_axes(points)}


def packed_points(x: np.ndarray) -> str | dict[str, Any]:
    """(N, D) float32 points, exactly, in the shorter of two ways.

    returns  base64 of little-endian float32 (N, D); or
             values  the different ones of each column, column after column, as that
             counts  how many of them each column has, (D,)
             places  each point's among those of its column, (N, D); digit planes without differences
    """
    columns = [np.unique(column, return_inverse=True) for column in x.T]
    listed = {
        "values": _float32(np.concatenate([values for values, _ in columns])),
        "counts": [len(values) for values, _ in columns],
        "places": _planes(np.stack([places for _, places in columns], 1).ravel()),
    }
    plain = _float32(x)
    return listed if len(json.dumps(listed)) < len(plain) else plain


def quantise(spec: RunSpec, run: Run) -> tuple[int, np.ndarray]:
    """The coarsest steps that leave every point of every checkpoint where it is in the hidden plane.

    returns  exponent, whole (T, P) int64: weights are checkpoint 0 + 2^-exponent * whole
    raises   UnpackableError: not even the finest steps are within TOLERANCE of the room's size
    """
    weights = run.weights.astype(np.float64)
    exact = _positions(spec, weights, run.x)
    room = room_size(spec, exact[-1])
    for exponent in range(COARSEST, FINEST + 1):
        whole = np.rint((weights - weights[0]) * 2.0**exponent).astype(np.int64)
        moved = _positions(spec, weights[0] + whole * 2.0**-exponent, run.x)
        if np.abs(moved - exact).max() <= TOLERANCE * room:
            return exponent, whole
    raise UnpackableError(spec, f"weights do not pack within {TOLERANCE} of the room")


def room_size(spec: RunSpec, final: np.ndarray) -> float:
    """Side of the room in the hidden plane: the square's, or how far (N, 2) final positions reach, at least 1."""
    room = spec.room
    return max(1.0, float(np.abs(final).max())) if room.open else room.high - room.low


def digit_planes(whole: np.ndarray) -> list[str]:
    """(T, P) whole numbers as strings of base-64 digits, lowest digits first, each (T * P) long.

    What is written is the second difference along T, zigzagged.
    """
    twice = whole
    for _ in range(2):
        twice = np.diff(twice, axis=0, prepend=np.zeros_like(whole[:1]))
    return _planes(np.where(twice >= 0, 2 * twice, -2 * twice - 1).ravel())


def _planes(whole: np.ndarray) -> list[str]:
    """Whole numbers from 0 up as strings of their base-64 digits, lowest first."""
    planes = [DIGITS[whole & 63].tobytes().decode()]
    while (whole := whole >> 6).any():
        planes.append(DIGITS[whole & 63].tobytes().decode())
    return planes


def _positions(spec: RunSpec, weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """(T, N, H) positions in the last hidden layer, float64."""
    return np.stack([forward.hidden(spec, flat, x) for flat in weights])


def _float32(values: np.ndarray) -> str:
    return base64.b64encode(values.astype("<f4").tobytes()).decode()

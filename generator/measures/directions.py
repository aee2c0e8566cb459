"""Where hidden vectors point: circular statistics, and the hidden layer over a lattice of inputs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..networks import forward
from ..networks.spec import RunSpec, layer_activations

SECTORS = 360  # directions that are told apart
EXP_LIMIT = 40.0  # beyond it, products of two float32 exponentials could lose their value


def _direction_deg(resultant: complex) -> float:
    """Circular mean; nan when the mean resultant is shorter than 1e-12. Mardia & Jupp 2000, section 2.2."""
    if not abs(resultant) > 1e-12:
        return math.nan
    degrees = math.degrees(math.atan2(resultant.imag, resultant.real)) % 360
    return 0.0 if degrees == 360 else degrees


def _spread_deg(length: float) -> float:
    """Circular standard deviation, sqrt(-2 ln R); inf when R is shorter than 1e-12. The same, section 2.3."""
    if not length > 1e-12:
        return math.inf
    return math.degrees(math.sqrt(max(0.0, -2 * math.log(min(length, 1.0)))))


def by_class(hidden: np.ndarray, predicted: np.ndarray, classes: int) -> list[dict[str, Any]]:
    """The direction of hidden vectors, by predicted class.

    hidden     (2, M)
    predicted  (M,) int from 0 up
    returns    a dict a class that is predicted anywhere, by rising circular mean:
               class      int
               mean_deg   circular mean in [0, 360), None without a direction
               std_deg    circular standard deviation, None without a direction
               share      the class's share of the vectors
               Where ReLU sends an input to the origin it has no direction: such
               inputs count in `share` alone.
    """
    norm = np.sqrt(np.einsum("dn,dn->n", hidden, hidden))
    with np.errstate(divide="ignore"):
        inverse = np.where(norm > 0, 1 / norm, 0).astype(np.float32)
    counts = np.bincount(predicted, minlength=classes)
    directed = np.bincount(predicted, norm > 0, classes)
    sums = [np.bincount(predicted, axis * inverse, classes) for axis in hidden]
    rows = []
    for label in np.flatnonzero(counts):
        resultant = complex(sums[0][label], sums[1][label]) / max(directed[label], 1)
        mean, std = _direction_deg(resultant), _spread_deg(abs(resultant))
        rows.append(
            {
                "class": int(label),
                "mean_deg": None if math.isnan(mean) else round(mean, 2) % 360,
                "std_deg": None if math.isinf(std) else round(std, 2),
                "share": round(float(counts[label] / len(predicted)), 6),
            }
        )
    return sorted(rows, key=lambda row: math.inf if row["mean_deg"] is None else row["mean_deg"])


def told_by_angle(hidden: np.ndarray, predicted: np.ndarray, seen_from: np.ndarray) -> float:
    """The share of hidden vectors whose predicted class can be told from their direction alone.

    Whoever tells it knows, for each degree, the class that most vectors in that direction have, and says that one;
    vectors that are where they are seen from count as one direction more.

    hidden     (2, M)
    predicted  (M,) int from 0 up
    seen_from  (2,) the place that directions are taken from
    returns    a share, at least the largest class's
    """
    x, y = hidden - np.asarray(seen_from, hidden.dtype)[:, None]
    sector = np.floor(np.degrees(np.arctan2(y, x))).astype(np.int64) % SECTORS
    sector[(x == 0) & (y == 0)] = SECTORS
    classes = int(predicted.max()) + 1
    counts = np.bincount(sector * classes + predicted, minlength=(SECTORS + 1) * classes)
    return float(counts.reshape(-1, classes).max(1).sum() / len(predicted))


def lattice_hidden(spec: RunSpec, flat: np.ndarray, lattice: int, reach: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """The last hidden layer and the predicted class over a square lattice of inputs.

    lattice  points along each axis of [-reach, reach]^2, ends included
    returns  hidden (width, M) float32 and predicted (M,) int64, M = lattice^2,
             y the slow axis from -reach up, x the fast one

    The first layer is most of the work. Its input is a sum of a part of x and
    a part of y, and tanh of a sum needs only the product of two exponentials,
    so no tanh is taken there.
    """
    first, *middle, head = forward.effective_layers(spec, flat)
    axis = np.linspace(-reach, reach, lattice, dtype=np.float32)
    activations = layer_activations(spec)
    along_x = first[:, :1] * axis  # (w, lattice)
    along_y = first[:, 1:2] * axis + first[:, 2:]
    factors = activations[0] == "tanh" and max(np.abs(along_x).max(), np.abs(along_y).max()) < EXP_LIMIT
    if factors:
        np.exp(2 * along_x, out=along_x)
        np.exp(2 * along_y, out=along_y)

    hidden = np.empty((spec.hidden[-1], lattice * lattice), np.float32)
    predicted = np.empty(lattice * lattice, np.int64)
    rows = max(1, 4096 // lattice)  # a block whose units stay in the cache
    for top in range(0, lattice, rows):
        ys = along_y[:, top : top + rows, None]
        if factors:  # tanh(u + v) = 1 - 2 / (1 + e^2u e^2v)
            with np.errstate(over="ignore"):  # an infinite product is tanh = 1
                h = ys * along_x[:, None]
            h += 1
            np.divide(-2, h, out=h)
            h += 1
        else:
            h = forward.activate(activations[0], (ys + along_x[:, None]).reshape(len(first), -1).T).T
        h = h.reshape(len(first), -1)
        for layer, activation in zip(middle, activations[1:], strict=True):
            h = layer[:, :-1] @ h
            h += layer[:, -1:]
            h = forward.activate(activation, h.T).T
        part = slice(top * lattice, top * lattice + h.shape[1])
        hidden[:, part] = h
        predicted[part] = largest(iter(head[:, :-1] @ h + head[:, -1:]))
    return hidden, predicted


def largest(logits: Iterator[np.ndarray]) -> np.ndarray:
    """Which of some classes' logits is the largest, the first of several, place by place: int16. The first are lost.

    As argmax(0), which for few classes takes longer.
    """
    best = next(logits)
    where = np.zeros(best.shape, np.int16)
    for label, own in enumerate(logits, 1):
        where[own > best] = label
        np.maximum(best, own, out=best)
    return where

"""A trained network as a function, in numpy.

The weights are the flat vectors that training keeps: layer by layer, [W | b]
row by row.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import calculus
from .activations import ACTIVATIONS
from .spec import RunSpec, layer_activations, layer_shapes

LEAST_SQUARE = 1e-12  # added to a squared radius, so that the origin has a direction
LEAST_WEIGHT = 1e-30  # what is smaller would make products below the least normal float32 number


@dataclass(frozen=True)
class Layers:
    """What a network makes of N points: each hidden layer's (N, width) activations, in order, and (N, C) logits."""

    hidden: list[np.ndarray]
    logits: np.ndarray


def split(spec: RunSpec, flat: np.ndarray) -> list[np.ndarray]:
    """Flat weights (P,) to one (out, in + 1) matrix [W | b] a layer, as views."""
    layers, start = [], 0
    for out, inputs in layer_shapes(spec):
        stop = start + out * (inputs + 1)
        layers.append(flat[start:stop].reshape(out, inputs + 1))
        start = stop
    return layers


def effective_layers(spec: RunSpec, flat: np.ndarray) -> list[np.ndarray]:
    """`split` in float32, with 0 for weights below LEAST_WEIGHT and without the hidden units that then have no effect.

    L2 takes what dead ReLU units send, and what they get, down to there: such networks are half as large, and some
    processors need many times as long over subnormal numbers. The last hidden layer keeps all units; in those before
    it, none matters to another's activation.
    """
    layers = split(spec, np.where(np.abs(flat) < LEAST_WEIGHT, 0, flat).astype(np.float32))
    for below in range(len(layers) - 3, -1, -1):
        sends = layers[below + 1][:, :-1].any(0)
        if sends.any() and not sends.all():
            layers[below] = layers[below][sends]
            layers[below + 1] = layers[below + 1][:, np.append(sends, True)]
    return layers


def activate(activation: str, pre: np.ndarray) -> np.ndarray:
    """The activation of a layer's (N, width) pre-activations."""
    if activation in TUNED:
        return TUNED[activation](pre)
    values = _of_row(activation)
    if ACTIVATIONS[activation].is_vector:
        return np.asarray(pre * values(lengths(pre))[0])
    return np.asarray(values(pre)[0])


def lengths(pre: np.ndarray) -> np.ndarray:
    """The lengths of a layer's (N, width) pre-activations: (N, 1), above 0."""
    return np.asarray(np.sqrt((pre**2).sum(1, keepdims=True) + LEAST_SQUARE))


def logistic(values: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-a), with all its digits on both sides and without overflow."""
    small = np.exp(-np.abs(values))
    return np.asarray(np.where(values >= 0, 1, small) / (1 + small))


def _special(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """A function that scipy has and numpy has not; it takes some time to import."""

    def values(at: np.ndarray) -> np.ndarray:
        from scipy import special

        return np.asarray(getattr(special, name)(at))

    return values


NUMPY: dict[str, Callable[..., Any]] = {  # what an activation's expression calls
    **{name: getattr(np, name, None) or _special(name) for name in calculus.SAME},
    "Abs": np.abs,
    "Max": lambda *values: functools.reduce(np.maximum, values),
    "Min": lambda *values: functools.reduce(np.minimum, values),
    "step": lambda values: np.heaviside(values, 0),
    "logistic": logistic,
    "softplus": lambda values: np.logaddexp(values, 0),
}


@functools.cache
def _of_row(name: str) -> Callable[[np.ndarray], list[Any]]:
    """The values of an activation's expression."""
    return calculus.compiled(ACTIVATIONS[name], NUMPY, slope=False)


def _disk(pre: np.ndarray) -> np.ndarray:
    radius = lengths(pre)
    return np.asarray(pre / radius * np.tanh(radius))


# Those that need no sympy, which takes longer to import than most of what is computed with them
TUNED: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "relu": lambda pre: np.maximum(pre, 0),
    "softplus": lambda pre: np.logaddexp(pre, 0),
    "disk": _disk,
    "sphere": lambda pre: pre / lengths(pre),
}


def forward(spec: RunSpec, flat: np.ndarray, x: np.ndarray) -> Layers:
    """All layers of the network at (N, D) inputs, in float64."""
    *below, head = (layer.astype(np.float64) for layer in split(spec, flat))
    hidden = []
    for layer, activation in zip(below, layer_activations(spec), strict=True):
        x = activate(activation, x @ layer[:, :-1].T + layer[:, -1])
        hidden.append(x)
    return Layers(hidden, x @ head[:, :-1].T + head[:, -1])


def hidden(spec: RunSpec, flat: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The last hidden layer at (N, D) inputs: (N, width)."""
    return forward(spec, flat, x).hidden[-1]


def predict(spec: RunSpec, flat: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The class the network gives each of (N, D) inputs: (N,) int."""
    predicted: np.ndarray = forward(spec, flat, x).logits.argmax(1)
    return predicted

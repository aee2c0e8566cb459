"""Labelled points in the plane: what the networks learn to tell apart.

A dataset kind is one function, registered by name with `@dataset`. It takes
the class count, the points per class, the kind's own parameters and a random
generator, and returns points in class order. To add a kind, add a function.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np

Generator = Callable[..., np.ndarray]
KINDS: dict[str, Generator] = {}

NotNegative = Annotated[float, 0.0]  # a parameter's least value stands beside its type


def dataset(function: Generator) -> Generator:
    """Register a dataset kind under its function's name."""
    KINDS[function.__name__] = function
    return function


@dataset
def spirals(
    classes: int,
    points_per_class: int,
    rng: np.random.Generator,
    *,
    turn_rad: float = 4.0,
    noise_rad: NotNegative = 0.1,
) -> np.ndarray:
    """Interleaved spiral arms, one a class, evenly spaced around the origin.

    turn_rad   how far an arm turns from its root to its tip, radians
    noise_rad  standard deviation of each point's angle, radians
    returns    (classes, points_per_class, 2) float64, radius 0 to 1
    source     Stanford CS231n, neural-networks case study, for any class count
    """
    radius = np.linspace(0.0, 1.0, points_per_class)
    start = 2 * np.pi * np.arange(classes)[:, None] / classes
    angle_rad = start + turn_rad * radius + noise_rad * rng.standard_normal((classes, points_per_class))
    return np.stack([radius * np.sin(angle_rad), radius * np.cos(angle_rad)], axis=-1)


def parameters(kind: str) -> dict[str, tuple[Any, float | None]]:
    """The parameters of a dataset kind: each one's default and least value (None: any)."""
    hints = typing.get_type_hints(KINDS[kind], include_extras=True)
    return {
        name: (parameter.default, getattr(hints[name], "__metadata__", (None,))[0])
        for name, parameter in inspect.signature(KINDS[kind]).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }


def points(kind: str, classes: int, points_per_class: int, seed: int, **options: Any) -> tuple[np.ndarray, np.ndarray]:
    """The points and labels of a dataset.

    seed     fixes the points, alone with the other arguments
    returns  x (N, 2) float32 in class order, y (N,) int64 in 0..classes-1,
             N = classes * points_per_class
    """
    rng = np.random.default_rng([seed, 0])
    x = KINDS[kind](classes, points_per_class, rng, **options)
    return x.reshape(-1, 2).astype(np.float32), np.repeat(np.arange(classes), points_per_class)

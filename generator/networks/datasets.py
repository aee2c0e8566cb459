"""Labelled points: what the networks learn to tell apart.

A dataset kind is one function, registered by name with `@dataset`. It takes
the class count, the points per class, the kind's own parameters and a random
generator, and returns points in class order. To add a kind, add a function.
Points lie in the plane unless the kind says how many dimensions it needs.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np

Generator = Callable[..., np.ndarray]
KINDS: dict[str, Generator] = {}
PLANE = 2

NotNegative = Annotated[float, 0.0]  # a parameter's least value stands beside its type


def dataset(function: Generator) -> Generator:
    """Register a dataset kind under its function's name."""
    KINDS[function.__name__] = function
    return function


def inputs(kind: str, classes: int) -> int:
    """How many coordinates the points of a dataset kind have."""
    return classes if KINDS[kind] is simplex else PLANE


@dataset
def spirals(
    classes: int,
    points_per_class: int,
    rng: np.random.Generator,
    *,
    turn_rad: float = 4.0,
    noise_rad: NotNegative = 0.1,
    root_radius: NotNegative = 0.0,
) -> np.ndarray:
    """Interleaved spiral arms, one a class, evenly spaced around the origin.

    turn_rad     how far an arm turns along a radius of 1, radians
    noise_rad    standard deviation of each point's angle, radians
    root_radius  where the arms start; at 0 all classes meet
    returns      (classes, points_per_class, 2) float64, radius root_radius to 1
    source       Stanford CS231n, neural-networks case study, for any class count
    """
    radius = np.linspace(root_radius, 1.0, points_per_class)
    start = 2 * np.pi * np.arange(classes)[:, None] / classes
    angle_rad = start + turn_rad * radius + noise_rad * rng.standard_normal((classes, points_per_class))
    return np.stack([radius * np.sin(angle_rad), radius * np.cos(angle_rad)], axis=-1)


@dataset
def blobs(
    classes: int,
    points_per_class: int,
    rng: np.random.Generator,
    *,
    spread: NotNegative = 0.15,
) -> np.ndarray:
    """Round clouds, one a class, spaced like a sunflower's seeds in the unit disk and turned at random.

    Nothing is tangled, and however many the classes are they overlap equally
    little; from four classes on, one cloud stands among the others.

    spread   standard deviation of a cloud, as a share of the least distance between two centres
    returns  (classes, points_per_class, 2) float64
    source   the spiral of Vogel 1979, "A better way to construct the sunflower head"
    """
    seed = np.arange(classes)
    radius = np.sqrt((seed + 0.5) / classes)
    angle_rad = np.pi * (3 - np.sqrt(5)) * seed + rng.uniform(0, 2 * np.pi)
    centres = np.stack([radius * np.sin(angle_rad), radius * np.cos(angle_rad)], axis=-1)
    apart = np.linalg.norm(centres[:, None] - centres, axis=2)
    gap = apart[np.triu_indices(classes, 1)].min()
    clouds: np.ndarray = centres[:, None] + spread * gap * rng.standard_normal((classes, points_per_class, 2))
    return clouds


@dataset
def rings(
    classes: int,
    points_per_class: int,
    rng: np.random.Generator,
    *,
    noise: NotNegative = 0.15,
) -> np.ndarray:
    """Rings around the origin, one a class, each inside the next; the outermost has radius 1.

    noise    standard deviation of a point's radius, as a share of the distance between two rings
    returns  (classes, points_per_class, 2) float64
    """
    angle_rad = rng.uniform(0, 2 * np.pi, (classes, points_per_class))
    steps = 1 + np.arange(classes)[:, None] + noise * rng.standard_normal((classes, points_per_class))
    drawn: np.ndarray = steps[..., None] / classes * np.stack([np.sin(angle_rad), np.cos(angle_rad)], axis=-1)
    return drawn


@dataset
def moons(
    classes: int,
    points_per_class: int,
    rng: np.random.Generator,
    *,
    noise: NotNegative = 0.05,
) -> np.ndarray:
    """Half circles in a row, one a class, alternately open below and above, each hooked into the next.

    noise    standard deviation of each coordinate, in radii of a half circle
    returns  (classes, points_per_class, 2) float64, the row reaching from -1 to 1
    """
    along_rad = rng.uniform(0, np.pi, (classes, points_per_class))
    place = np.arange(classes)[:, None]
    up = 1 - 2 * (place % 2)
    x = place - (classes - 1) / 2 + np.cos(along_rad)
    y = up * (np.sin(along_rad) - 0.25)
    bent = np.stack([x, y], axis=-1) + noise * rng.standard_normal((classes, points_per_class, 2))
    return bent / ((classes + 1) / 2)


@dataset
def simplex(
    classes: int,
    points_per_class: int,
    rng: np.random.Generator,
    *,
    spread: NotNegative = 0.1,
) -> np.ndarray:
    """Round clouds at the corners of a regular simplex, one a class, in as many dimensions as classes.

    Every two classes are equally far apart and none lies between others, so the data prefer no arrangement of the
    classes to another and are no harder to separate when the classes are many.

    spread   standard deviation of each coordinate, as a share of the distance between two corners
    returns  (classes, points_per_class, classes) float64, the corners at distance 1 from the origin
    """
    noise = spread * np.sqrt(2) * rng.standard_normal((classes, points_per_class, classes))
    clouds: np.ndarray = np.eye(classes)[:, None] + noise
    return clouds


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
    returns  x (N, D) float32 in class order, D = inputs(kind, classes), y (N,) int64 in 0..classes-1,
             N = classes * points_per_class
    """
    rng = np.random.default_rng([seed, 0])
    x = KINDS[kind](classes, points_per_class, rng, **options)
    return x.reshape(-1, x.shape[-1]).astype(np.float32), np.repeat(np.arange(classes), points_per_class)

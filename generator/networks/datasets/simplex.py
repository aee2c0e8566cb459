"""Round clouds at the corners of a regular simplex, one a class, in as many dimensions as classes.

Every two classes are equally far apart and none lies between others, so the data prefer no arrangement of the classes
to another and are no harder to separate when the classes are many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Dataset, Parameter

if TYPE_CHECKING:
    import numpy as np


def draw(classes: int, points_per_class: int, rng: np.random.Generator, spread: float) -> np.ndarray:
    """
    returns  (classes, points_per_class, classes) float64, the corners at distance 1 from the origin
    """
    import numpy as np

    noise = spread * np.sqrt(2) * rng.standard_normal((classes, points_per_class, classes))
    clouds: np.ndarray = np.eye(classes)[:, None] + noise
    return clouds


DATASET = Dataset(
    "simplex",
    draw,
    (
        Parameter(
            "spread", 0.1, "standard deviation of each coordinate, as a share of the distance between two corners", 0.0
        ),
    ),
    plural="clouds",
    picture="{classes} clouds of points at the corners of a simplex",
    inputs=lambda classes: classes,
)

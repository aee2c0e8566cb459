"""Rings around the origin, one a class, each inside the next; the outermost has radius 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Control, Dataset, Parameter

if TYPE_CHECKING:
    import numpy as np


def draw(classes: int, points_per_class: int, rng: np.random.Generator, noise: float) -> np.ndarray:
    """
    returns  (classes, points_per_class, 2) float64
    """
    import numpy as np

    angle_rad = rng.uniform(0, 2 * np.pi, (classes, points_per_class))
    steps = 1 + np.arange(classes)[:, None] + noise * rng.standard_normal((classes, points_per_class))
    drawn: np.ndarray = steps[..., None] / classes * np.stack([np.sin(angle_rad), np.cos(angle_rad)], axis=-1)
    return drawn


DATASET = Dataset(
    "rings",
    draw,
    (
        Parameter(
            "noise", 0.15, "standard deviation of a point's radius, as a share of the distance between two rings", 0.0
        ),
    ),
    plural="rings",
    picture="{classes} rings of points, each inside the next,",
    controls=(
        Control(
            "noise",
            "noise",
            "How far points stray from their ring: the standard deviation of each one’s radius, as a share of the"
            " distance between two rings.",
            0.5,
        ),
    ),
    script="""
(classes, points, { noise }, { uniform, normal }) => {
  const found = [];
  for (let point = 0; point < classes * points; point++) {
    const angle = 2 * Math.PI * uniform();
    const radius = (1 + Math.floor(point / points) + noise * normal()) / classes;
    found.push(radius * Math.sin(angle), radius * Math.cos(angle));
  }
  return found;
}
""",
)

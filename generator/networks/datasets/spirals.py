"""Interleaved spiral arms, one a class, evenly spaced around the origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Control, Dataset, Parameter

if TYPE_CHECKING:
    import numpy as np


def draw(
    classes: int, points_per_class: int, rng: np.random.Generator, turn_rad: float, noise_rad: float, root_radius: float
) -> np.ndarray:
    """At root_radius 0 all classes meet.

    returns  (classes, points_per_class, 2) float64, radius root_radius to 1
    source   Stanford CS231n, neural-networks case study, for any class count
    """
    import numpy as np

    radius = np.linspace(root_radius, 1.0, points_per_class)
    start = 2 * np.pi * np.arange(classes)[:, None] / classes
    angle_rad = start + turn_rad * radius + noise_rad * rng.standard_normal((classes, points_per_class))
    return np.stack([radius * np.sin(angle_rad), radius * np.cos(angle_rad)], axis=-1)


DATASET = Dataset(
    "spirals",
    draw,
    (
        Parameter("turn_rad", 4.0, "how far an arm turns from its root to its tip, radians"),
        Parameter("noise_rad", 0.1, "standard deviation of a point's angle, radians", least=0.0),
        Parameter("root_radius", 0.0, "radius at which the arms start", least=0.0),
    ),
    plural="spiral arms",
    picture="{classes} interleaved spiral arms of points",
    without={"turn_rad": ("straight arms", "{classes} straight arms of points, spread like a fan,")},
    controls=(
        Control(
            "noise",
            "noise_rad",
            "How far points stray from their arm: the standard deviation of each one’s angle.",
            0.5,
            "rad",
        ),
        Control(
            "hole",
            "root_radius",
            "How much of the arms’ inner ends is cut off: the radius at which they start. At 0 all classes meet in a"
            " knot.",
            0.5,
        ),
    ),
    script="""
(classes, points, { turn_rad, noise_rad, root_radius }, { normal }) => {
  const found = [];
  for (let point = 0; point < classes * points; point++) {
    const radius = root_radius + (1 - root_radius) * (point % points) / Math.max(points - 1, 1);
    const angle = 2 * Math.PI * Math.floor(point / points) / classes + turn_rad * radius + noise_rad * normal();
    found.push(radius * Math.sin(angle), radius * Math.cos(angle));
  }
  return found;
}
""",
)

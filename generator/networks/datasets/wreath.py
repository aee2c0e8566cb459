"""Round clouds on a circle, one a class, evenly spaced: a circle of neighbours that meet nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Control, Dataset, Parameter

if TYPE_CHECKING:
    import numpy as np

RADIUS = 0.75  # so that clouds reach about as far as other kinds of data do


def draw(classes: int, points_per_class: int, rng: np.random.Generator, spread: float) -> np.ndarray:
    """
    returns  (classes, points_per_class, 2) float64
    """
    import numpy as np

    angle_rad = 2 * np.pi * np.arange(classes) / classes
    centres = RADIUS * np.stack([np.sin(angle_rad), np.cos(angle_rad)], axis=-1)
    gap = 2 * RADIUS * np.sin(np.pi / classes)
    clouds: np.ndarray = centres[:, None] + spread * gap * rng.standard_normal((classes, points_per_class, 2))
    return clouds


DATASET = Dataset(
    "wreath",
    draw,
    (Parameter("spread", 0.15, "standard deviation of a cloud, as a share of the distance between neighbours", 0.0),),
    plural="clouds",
    picture="{classes} round clouds of points on a circle",
    controls=(
        Control(
            "noise",
            "spread",
            "How wide each cloud is: its standard deviation, as a share of the distance between the two nearest"
            " centres.",
            0.5,
        ),
    ),
    script="""
(classes, points, { spread }, { normal }) => {
  const found = [];
  const wide = spread * 1.5 * Math.sin(Math.PI / classes);
  for (let point = 0; point < classes * points; point++) {
    const angle = 2 * Math.PI * Math.floor(point / points) / classes;
    found.push(0.75 * Math.sin(angle) + wide * normal(), 0.75 * Math.cos(angle) + wide * normal());
  }
  return found;
}
""",
)

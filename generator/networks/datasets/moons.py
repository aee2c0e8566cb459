"""Half circles in a row, one a class, alternately open below and above, each hooked into the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Control, Dataset, Parameter

if TYPE_CHECKING:
    import numpy as np


def draw(classes: int, points_per_class: int, rng: np.random.Generator, noise: float) -> np.ndarray:
    """
    returns  (classes, points_per_class, 2) float64, the row reaching from -1 to 1
    """
    import numpy as np

    along_rad = rng.uniform(0, np.pi, (classes, points_per_class))
    place = np.arange(classes)[:, None]
    up = 1 - 2 * (place % 2)
    x = place - (classes - 1) / 2 + np.cos(along_rad)
    y = up * (np.sin(along_rad) - 0.25)
    bent = np.stack([x, y], axis=-1) + noise * rng.standard_normal((classes, points_per_class, 2))
    return bent / ((classes + 1) / 2)


DATASET = Dataset(
    "moons",
    draw,
    (Parameter("noise", 0.05, "standard deviation of each coordinate, in radii of a half circle", 0.0),),
    plural="moons",
    picture="{classes} half moons of points, each hooked into the next,",
    controls=(
        Control(
            "noise",
            "noise",
            "How far points stray from their moon: the standard deviation of each coordinate, in radii of a half"
            " circle.",
            0.5,
        ),
    ),
    script="""
(classes, points, { noise }, { uniform, normal }) => {
  const found = [];
  for (let point = 0; point < classes * points; point++) {
    const place = Math.floor(point / points);
    const along = Math.PI * uniform();
    const x = place - (classes - 1) / 2 + Math.cos(along) + noise * normal();
    const y = (place % 2 ? -1 : 1) * (Math.sin(along) - 0.25) + noise * normal();
    found.push(2 * x / (classes + 1), 2 * y / (classes + 1));
  }
  return found;
}
""",
)

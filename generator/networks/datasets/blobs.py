"""Round clouds, one a class, spaced like a sunflower's seeds in the unit disk and turned at random.

Nothing is tangled, and however many the classes are they overlap equally little; from four classes on, one cloud
stands among the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Control, Dataset, Parameter

if TYPE_CHECKING:
    import numpy as np


def draw(classes: int, points_per_class: int, rng: np.random.Generator, spread: float) -> np.ndarray:
    """
    returns  (classes, points_per_class, 2) float64
    source   the spiral of Vogel 1979, "A better way to construct the sunflower head"
    """
    import numpy as np

    seed = np.arange(classes)
    radius = np.sqrt((seed + 0.5) / classes)
    angle_rad = np.pi * (3 - np.sqrt(5)) * seed + rng.uniform(0, 2 * np.pi)
    centres = np.stack([radius * np.sin(angle_rad), radius * np.cos(angle_rad)], axis=-1)
    apart = np.linalg.norm(centres[:, None] - centres, axis=2)
    gap = apart[np.triu_indices(classes, 1)].min()
    clouds: np.ndarray = centres[:, None] + spread * gap * rng.standard_normal((classes, points_per_class, 2))
    return clouds


DATASET = Dataset(
    "blobs",
    draw,
    (
        Parameter(
            "spread", 0.15, "standard deviation of a cloud, as a share of the least distance between two centres", 0.0
        ),
    ),
    plural="clouds",
    picture="{classes} round clouds of points",
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
(classes, points, { spread }, { uniform, normal }) => {
  const turn = 2 * Math.PI * uniform();
  const centres = Array.from({ length: classes }, (_, seed) => {
    const radius = Math.sqrt((seed + 0.5) / classes);
    const angle = Math.PI * (3 - Math.sqrt(5)) * seed + turn;
    return [radius * Math.sin(angle), radius * Math.cos(angle)];
  });
  let gap = Infinity;
  for (const [a, one] of centres.entries()) {
    for (const other of centres.slice(a + 1)) gap = Math.min(gap, Math.hypot(one[0] - other[0], one[1] - other[1]));
  }
  const near = ([x, y]) => [x + spread * gap * normal(), y + spread * gap * normal()];
  return centres.flatMap((centre) => Array.from({ length: points }, () => near(centre)).flat());
}
""",
)

"""Straight rays from the origin, one a class, each along an axis of its own, in as many dimensions as classes.

At root_radius 0 all classes meet at the origin; every two rays are equally far apart, so no class has neighbours.
Pages draw such points flat, each axis a direction of the plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import Control, Dataset, Parameter

if TYPE_CHECKING:
    import numpy as np


def draw(classes: int, points_per_class: int, rng: np.random.Generator, noise: float, root_radius: float) -> np.ndarray:
    """
    returns  (classes, points_per_class, classes) float64, class c along axis c from root_radius to 1
    """
    import numpy as np

    radius = np.linspace(root_radius, 1.0, points_per_class)
    strayed = noise * rng.standard_normal((classes, points_per_class, classes))
    rays: np.ndarray = np.eye(classes)[:, None] * radius[:, None] + strayed
    return rays


DATASET = Dataset(
    "rays",
    draw,
    (
        Parameter("noise", 0.01, "standard deviation of each coordinate, as a share of a ray's length", 0.0),
        Parameter("root_radius", 0.0, "distance from the origin at which the rays start", 0.0),
    ),
    plural="rays",
    picture="{classes} rays of points, each along an axis of its own,",
    controls=(
        Control(
            "noise",
            "noise",
            "How far points stray from their ray: the standard deviation of each coordinate, as a share of a ray’s"
            " length.",
            0.5,
        ),
        Control(
            "hole",
            "root_radius",
            "How much of the rays’ inner ends is cut off: the distance from the origin at which they start. At 0 all"
            " classes meet in a knot.",
            0.5,
        ),
    ),
    script="""
(classes, points, { noise, root_radius }, { normal }) => {
  const found = [];
  for (let point = 0; point < classes * points; point++) {
    const radius = root_radius + (1 - root_radius) * (point % points) / Math.max(points - 1, 1);
    const own = Math.floor(point / points);
    for (let axis = 0; axis < classes; axis++) found.push((axis === own ? radius : 0) + noise * normal());
  }
  return found;
}
""",
    inputs=lambda classes: classes,
)

"""A wide last hidden layer in the plane, twice: along the directions in which its points vary most, and by t-SNE."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ...base.language import Message, message
from ...base.rounding import fixed
from .. import Figure, Measures, network_of, number, percent, share

if TYPE_CHECKING:
    import numpy as np

    from ...base.style import Theme
    from ...networks.run import Run
    from ...networks.spec import RunSpec

MARGIN = 1.04
HEAD_PX, TEXT_PX = 46, 32  # above each plane; legible where a phone shows a third of these pixels
HEIGHT_PX = 2 * 500  # of both planes, one above the other


def draw_projection(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """Two planes, each at a scale of its own.

    Above, the points along their two principal axes, with the share of variance that these keep. Below, as t-SNE
    places them, with the longest gap within a class in typical steps.
    """
    import numpy as np

    from ...measures import projection
    from ...networks import forward
    from .. import draw

    hidden, gap = forward.hidden(spec, run.weights[-1], run.x), measures["gap_map"]
    figure = draw.canvas(draw.PLANE_PX, HEIGHT_PX, theme)
    rows = [
        ((hidden - hidden.mean(0)) @ projection.principal_axes(hidden), "two axes", percent(measures["two_axes"])),
        (_mapped(spec, run), "t-SNE", "" if gap is None else f"gap {fixed(gap)}"),
    ]
    for row, (flat, words, value) in enumerate(rows):
        top = row * HEIGHT_PX // 2
        flat = flat - (flat.max(0) + flat.min(0)) / 2
        reach = MARGIN * max(float(np.abs(flat).max()), 1e-9)
        axes = draw.room_axes(figure, draw.View(None, -reach, reach), theme, top=top + HEAD_PX)
        draw.points(axes, flat, run.y, theme)
        baseline = 1 - (top + TEXT_PX) / HEIGHT_PX
        left, right = draw.TILE_LEFT_PX, draw.TILE_LEFT_PX + draw.TILE_PX
        figure.text(left / draw.PLANE_PX, baseline, words, color=theme.ink, fontsize=TEXT_PX)
        figure.text(right / draw.PLANE_PX, baseline, value, color=theme.ink, ha="right", fontsize=TEXT_PX)
    return draw.encode(draw.pixels(figure))


@lru_cache(maxsize=1)  # each theme draws the same
def _mapped(spec: RunSpec, run: Run) -> np.ndarray:
    from ...measures import projection
    from ...networks import forward

    return projection.neighbour_map(forward.hidden(spec, run.weights[-1], run.x))


def describe(spec: RunSpec, measures: Measures) -> Message:
    told = message(
        "The last hidden layer of {network}, {width} neurons wide, after {epochs} epochs. Above, along the two "
        "directions in which its points vary most, which keep {kept} of the variance. Below, as t-SNE places them",
        network=network_of(spec),
        width=spec.hidden[-1],
        epochs=spec.epochs,
        kept=share(measures["two_axes"]),
    )
    if measures["gap_map"] is None:
        return message("{sentence}.", sentence=told)
    return message(
        "{sentence}: the longest gap within a class is {map} typical steps wide, and {layer} in the layer itself.",
        sentence=told,
        map=number(measures["gap_map"]),
        layer=number(measures["gap"]),
    )


FIGURE = Figure(
    "projection",
    "projection",
    "Last hidden layer, projected",
    draw_projection,
    describe,
    height_px=HEIGHT_PX // 2,
    suits=lambda spec: spec.hidden[-1] > 2,
    reads=("accuracy", "two_axes", "own_neighbour_map", "gap", "gap_map"),
)

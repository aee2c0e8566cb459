"""The hidden plane after training: where the points went, and the output layer's straight cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...base.rounding import fixed
from .. import Figure, Measures, network_of, percent

if TYPE_CHECKING:
    from ...base.style import Theme
    from ...networks.spec import RunSpec
    from ...networks.train import Run


def draw_hidden_plane(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """Hidden points on the linear regions of the output layer, in the activation's room."""
    from .. import draw

    view = draw.hidden_view(spec, run)
    figure, axes = draw.plane(view, theme)
    draw.points(axes, draw.moving_points(spec, run)[-1], run.y, theme)
    return draw.encode(draw.pixels(figure, draw.regions(draw.output_regions(spec, run.weights[-1], view), theme)))


def describe(spec: RunSpec, measures: Measures) -> str:
    room = spec.room.words.format(label=spec.label)
    return (
        f"The hidden plane of {network_of(spec)} after {spec.epochs} epochs: the points gather in {room}, "
        f"the output layer cuts it by straight lines, {percent(measures['accuracy'])} of the points are on the right "
        f"side. The two nearest class centres are {fixed(measures['least_distance'], 2)} apart."
    )


FIGURE = Figure(
    "hidden-plane",
    "decisionBoundaries.Final",
    "Hidden plane after training",
    240,
    240,
    False,
    draw_hidden_plane,
    describe,
    reads=("accuracy", "least_distance"),
)

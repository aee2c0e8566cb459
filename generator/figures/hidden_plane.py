"""The hidden plane after training: where the points went, and the output layer's straight cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.figures import Figure, Measures, network_of, percent
from generator.rounding import fixed

if TYPE_CHECKING:
    from generator.experiments import RunSpec
    from generator.style import Theme
    from generator.train import Run

ROOMS = {
    "tanh": "the square from −1 to 1",
    "relu": "the quadrant that ReLU leaves open",
    "softplus": "the quadrant that softplus leaves open",
    "disk": "the unit disk",
    "sphere": "the unit circle",
}


def draw_hidden_plane(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """Hidden points on the linear regions of the output layer, in the activation's room."""
    from generator import draw

    room = draw.hidden_room(spec, run)
    figure, axes = draw.plane(room, theme)
    draw.points(axes, draw.moving_points(spec, run)[-1], run.y, theme)
    return draw.encode(draw.pixels(figure, draw.regions(draw.output_regions(spec, run.weights[-1], room), theme)))


def describe(spec: RunSpec, measures: Measures) -> str:
    room = ROOMS[spec.activation]
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
)

"""The hidden plane after training: where the points went, and the output layer's straight cuts. Of a wider last layer
a projection, in which no cut is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...base.language import Message, message
from .. import Figure, Measures, is_seen_in_plane, network_of, number, share

if TYPE_CHECKING:
    from ...base.style import Theme
    from ...networks.run import Run
    from ...networks.spec import RunSpec


def draw_hidden_plane(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """Hidden points on the linear regions of the output layer, in the activation's room; or their projection alone."""
    from .. import draw

    view = draw.hidden_view(spec, run)
    figure, axes = draw.plane(view, theme)
    draw.points(axes, draw.moving_points(spec, run)[-1], run.y, theme)
    if spec.hidden[-1] > 2:
        return draw.encode(draw.pixels(figure))
    return draw.encode(draw.pixels(figure, draw.regions(draw.output_regions(spec, run.weights[-1], view), theme)))


def describe(spec: RunSpec, measures: Measures) -> Message:
    if spec.hidden[-1] > 2:
        return message(
            "The last hidden layer of {network}, {width} neurons wide, after {epochs} epochs, projected: its points "
            "along their two principal components, which keep {kept} of the variance. {accuracy} of the points are "
            "classified right, and the two nearest class centres are {distance} apart in the layer itself.",
            network=network_of(spec),
            width=spec.hidden[-1],
            epochs=spec.epochs,
            kept=share(measures["two_axes"]),
            accuracy=share(measures["accuracy"]),
            distance=number(measures["least_distance"], 2),
        )
    return message(
        "The hidden plane of {network} after {epochs} epochs: the points gather in their room, {room}; the output "
        "layer cuts it by straight lines, {accuracy} of the points are on the right side. The two nearest class "
        "centres are {distance} apart.",
        network=network_of(spec),
        epochs=spec.epochs,
        room=message(spec.room.words, label=spec.label),
        accuracy=share(measures["accuracy"]),
        distance=number(measures["least_distance"], 2),
    )


FIGURE = Figure(
    "hidden-plane",
    "decisionBoundaries.Final",
    "Hidden plane after training",
    draw_hidden_plane,
    describe,
    suits=is_seen_in_plane,
    reads=("accuracy", "least_distance", "two_axes"),
    projected="Last hidden layer after training, projected",
)

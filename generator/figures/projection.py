"""A wide last hidden layer, projected on the two directions in which its points vary most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.figures import Figure, Measures, network_of, percent

if TYPE_CHECKING:
    from generator.experiments import RunSpec
    from generator.style import Theme
    from generator.train import Run

MARGIN = 1.04


def draw_projection(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """The points along their two principal axes, at one scale, with the share of variance the axes keep."""
    import numpy as np

    from generator import draw, measure, network

    hidden = network.hidden(spec, run.weights[-1], run.x)
    flat = (hidden - hidden.mean(0)) @ measure.principal_axes(hidden)
    reach = MARGIN * max(float(np.abs(flat).max()), 1e-9)
    figure, axes = draw.plane(draw.Room("input", -reach, reach), theme)
    draw.points(axes, flat, run.y, theme)
    draw.headline(figure, theme, "two axes of " + str(spec.hidden[-1]), percent(measures["two_axes"]))
    return draw.encode(draw.pixels(figure))


def suits(spec: RunSpec) -> bool:
    return spec.hidden[-1] > 2


def describe(spec: RunSpec, measures: Measures) -> str:
    return (
        f"The last hidden layer of {network_of(spec)}, {spec.hidden[-1]} neurons wide, after {spec.epochs} epochs, "
        f"seen along the two directions in which its points vary most. These keep "
        f"{percent(measures['two_axes'])} of the variance."
    )


FIGURE = Figure(
    "projection", "projection", "Last hidden layer, projected", 240, 240, False, draw_projection, describe, suits
)

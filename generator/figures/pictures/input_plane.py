"""The input plane: the data, and what the trained network makes of every place of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...base.language import Message, message
from .. import Figure, Measures, data_of, has_plane_inputs, network_of, share

if TYPE_CHECKING:
    from ...base.style import Theme
    from ...networks.run import Run
    from ...networks.spec import RunSpec


def draw_input_plane(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """Points by true class on regions by predicted class."""
    from .. import draw

    view = draw.input_view(run)
    figure, axes = draw.plane(view, theme)
    draw.points(axes, run.x, run.y, theme)
    return draw.encode(draw.pixels(figure, draw.regions(draw.input_regions(spec, run, view), theme)))


def describe(spec: RunSpec, measures: Measures) -> Message:
    return message(
        "The input plane: {data} on the regions that {network} assigns to the classes. It classifies {accuracy} of the "
        "points right.",
        data=data_of(spec),
        network=network_of(spec),
        accuracy=share(measures["accuracy"]),
    )


FIGURE = Figure("input-plane", "inputData", "Input plane", draw_input_plane, describe, suits=has_plane_inputs)

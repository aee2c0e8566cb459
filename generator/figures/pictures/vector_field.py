"""The vector field: which way the hidden vector points, over the input plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...base.language import Message, message
from .. import Figure, Measures, data_of, directions_of, network_of

if TYPE_CHECKING:
    import numpy as np

    from ...base.style import Theme
    from ...networks.run import Run
    from ...networks.spec import RunSpec

ARROWS = 20  # along each axis


def directions(spec: RunSpec, flat: np.ndarray, reach: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit vectors of the hidden vector's direction on a lattice of cells' centres in [-reach, reach]^2.

    returns  places (M, 2), unit vectors (M, 2), zero where the hidden vector is, and predicted classes (M,)
    """
    import numpy as np

    from ...networks import forward

    axis = reach * ((np.arange(ARROWS) + 0.5) / ARROWS * 2 - 1)
    places = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    layers = forward.forward(spec, flat, places)
    hidden = layers.hidden[-1]
    length = np.linalg.norm(hidden, axis=1, keepdims=True)
    return places, np.divide(hidden, length, out=np.zeros_like(hidden), where=length > 0), layers.logits.argmax(1)


def draw_vector_field(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """Arrows of one length on regions by predicted class; a dot where the hidden vector is zero."""
    import numpy as np

    from .. import draw

    view = draw.input_view(run)
    figure, axes = draw.plane(view, theme)
    places, units, predicted = directions(spec, run.weights[-1], view.high)
    colours = np.array(theme.classes)[predicted]
    still = ~units.any(1)
    draw.arrows(axes, places[~still], units[~still], colours[~still], 2 * view.high / ARROWS * 0.78)
    x, y = places[still].T
    axes.scatter(x, y, s=14, c=colours[still], linewidths=0, zorder=3)
    return draw.encode(draw.pixels(figure, draw.regions(draw.input_regions(spec, run, view), theme)))


def describe(spec: RunSpec, measures: Measures) -> Message:
    return message(
        "The input plane of {network} that tells {data} apart, with {arrows} by {arrows} arrows of one length in the "
        "colour of the class predicted there. Each is the direction of the hidden vector, a dot where that is zero, "
        "circular mean ± circular standard deviation: {rows}.",
        network=network_of(spec),
        data=data_of(spec),
        arrows=ARROWS,
        rows=directions_of(spec, measures),
    )


FIGURE = Figure(
    "vector-field",
    "vector.DataTransformer",
    "Direction of the hidden vector",
    draw_vector_field,
    describe,
    reads=("angles",),
)

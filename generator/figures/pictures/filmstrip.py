"""Two layers of a deep network while it trains, at four epochs: its planes, or wider ones projected onto one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...base.language import Message, message
from ...networks.spec import planes
from .. import Figure, Measures, network_of, percent, share

if TYPE_CHECKING:
    import numpy as np

    from ...base.style import Theme
    from ...networks.run import Run
    from ...networks.spec import RunSpec
    from ..draw import View

WIDTH_PX, HEIGHT_PX = 960, 620
TILE_PX, GAP_PX, LEFT_PX = 216, 24, 12
HEAD_PX, LABEL_PX = 48, 52  # heights of the line of epochs and of the line above each row
TEXT_PX = 34  # legible where a phone shows the picture at a third of its pixels
AT = (0.0, 0.05, 0.25, 1.0)  # of the training


def draw_filmstrip(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """Points in the two layers: a row each, a column an epoch."""
    import numpy as np

    from ...measures.arrangement import own_centre
    from ...networks import forward
    from .. import draw

    columns = [int(np.abs(run.checkpoints - lapse * spec.epochs).argmin()) for lapse in AT]
    layers = [forward.forward(spec, run.weights[column], run.x).hidden for column in columns]
    figure = draw.canvas(WIDTH_PX, HEIGHT_PX, theme)
    for place, column in enumerate(columns):
        x = (LEFT_PX + place * (TILE_PX + GAP_PX) + TILE_PX / 2) / WIDTH_PX
        epoch = f"epoch {run.checkpoints[column]}" if place == 0 else f"{run.checkpoints[column]}"
        figure.text(x, 1 - 36 / HEIGHT_PX, epoch, color=theme.muted, ha="center", fontsize=TEXT_PX)
    for row, layer in enumerate(shown(spec)):
        moving, view = _seen(spec, [hidden[layer] for hidden in layers])
        top = HEAD_PX + LABEL_PX + row * (LABEL_PX + TILE_PX + GAP_PX)
        words = f"layer {layer + 1}: {percent(own_centre(layers[-1][layer], run.y))} nearest their own centre"
        figure.text(LEFT_PX / WIDTH_PX, 1 - (top - 14) / HEIGHT_PX, words, color=theme.ink, fontsize=TEXT_PX)
        for place, points in enumerate(moving):
            left = LEFT_PX + place * (TILE_PX + GAP_PX)
            axes = draw.room_axes(figure, view, theme, left, top, TILE_PX)
            draw.points(axes, points, run.y, theme, scale=0.8)
    return draw.encode(draw.pixels(figure))


def _seen(spec: RunSpec, moving: list[np.ndarray]) -> tuple[list[np.ndarray], View]:
    """A layer's points at each epoch in the plane, and what is shown of that: the room, or all that is projected."""
    import numpy as np

    from ...measures.projection import principal_axes
    from .. import draw

    if moving[-1].shape[1] == 2 and not spec.room.open:
        return moving, draw.View(spec.room, spec.room.low, spec.room.high)
    axes = principal_axes(moving[-1])
    flat = [(points - moving[-1].mean(0)) @ axes for points in moving]
    reach = draw.BEYOND * max(float(np.abs(flat).max()), 1e-9)
    return flat, draw.View(None, -reach, reach)


def shown(spec: RunSpec) -> tuple[int, int]:
    """The two layers, as indices of spec.hidden: the first of two neurons, else the first of all; and the last."""
    return (planes(spec) or [0])[0], len(spec.hidden) - 1


def suits(spec: RunSpec) -> bool:
    """Whether several tanh layers have two neurons, the last among them, or a deep network's last layer has more."""
    if spec.hidden[-1] > 2:
        return len(spec.hidden) > 2 and spec.hidden[shown(spec)[0]] > 1
    return spec.activation == "tanh" and spec.hidden[-1] == 2 and spec.hidden.count(2) > 1


def describe(spec: RunSpec, measures: Measures) -> Message:
    first, last = shown(spec)
    if spec.hidden[-1] > 2:
        return message(
            "Points of {network} with hidden layers of {widths} neurons, in layer {first} and in the last, {last}, at "
            "four epochs; a layer of more than two neurons is projected along the two principal components that its "
            "points have in the end. Then {late} of the points are nearest to their own class's centre in layer "
            "{last}; {accuracy} are classified right.",
            network=network_of(spec),
            widths=Message(list=list(spec.hidden)),
            first=first + 1,
            late=share(measures["own_centre"]),
            last=last + 1,
            accuracy=share(measures["accuracy"]),
        )
    return message(
        "Points of {network} with hidden layers of {widths} neurons, in the first and the last layer of two, at four "
        "epochs. In the end {early} of the points are nearest to their own class's centre in layer {first}, and {late} "
        "in layer {last}; {accuracy} are classified right.",
        network=network_of(spec),
        widths=Message(list=list(spec.hidden)),
        early=share(measures["early_own_centre"]),
        first=first + 1,
        late=share(measures["own_centre"]),
        last=last + 1,
        accuracy=share(measures["accuracy"]),
    )


FIGURE = Figure(
    "filmstrip",
    "filmstrip",
    "Layers of two neurons",
    draw_filmstrip,
    describe,
    WIDTH_PX // 2,
    HEIGHT_PX // 2,
    suits=suits,
    reads=("accuracy", "early_own_centre", "own_centre"),
    projected="Two layers while training, projected",
)

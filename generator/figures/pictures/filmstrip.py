"""A deep network's layers of two neurons while it trains: the first and the last, at four epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...base.language import Said, said
from .. import Figure, Measures, network_of, percent, share

if TYPE_CHECKING:
    from ...base.style import Theme
    from ...networks.spec import RunSpec
    from ...networks.train import Run

WIDTH_PX, HEIGHT_PX = 960, 620
TILE_PX, GAP_PX, LEFT_PX = 216, 24, 12
HEAD_PX, LABEL_PX = 48, 52  # heights of the line of epochs and of the line above each row
TEXT_PX = 34  # legible where a phone shows the picture at a third of its pixels
AT = (0.0, 0.05, 0.25, 1.0)  # of the training


def draw_filmstrip(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """Points in the first and in the last layer of two neurons: a row each, a column an epoch."""
    import numpy as np

    from ...measures.arrangement import own_centre
    from ...networks import forward
    from ...networks.spec import planes
    from .. import draw

    columns = [int(np.abs(run.checkpoints - lapse * spec.epochs).argmin()) for lapse in AT]
    layers = [forward.forward(spec, run.weights[column], run.x).hidden for column in columns]
    first, *_, last = planes(spec)
    figure = draw.canvas(WIDTH_PX, HEIGHT_PX, theme)
    for place, column in enumerate(columns):
        x = (LEFT_PX + place * (TILE_PX + GAP_PX) + TILE_PX / 2) / WIDTH_PX
        epoch = f"epoch {run.checkpoints[column]}" if place == 0 else f"{run.checkpoints[column]}"
        figure.text(x, 1 - 36 / HEIGHT_PX, epoch, color=theme.muted, ha="center", fontsize=TEXT_PX)
    for row, layer in enumerate((first, last)):
        top = HEAD_PX + LABEL_PX + row * (LABEL_PX + TILE_PX + GAP_PX)
        words = f"layer {layer + 1}: {percent(own_centre(layers[-1][layer], run.y))} nearest their own centre"
        figure.text(LEFT_PX / WIDTH_PX, 1 - (top - 14) / HEIGHT_PX, words, color=theme.ink, fontsize=TEXT_PX)
        for place, hidden in enumerate(layers):
            left = LEFT_PX + place * (TILE_PX + GAP_PX)
            axes = draw.room_axes(figure, draw.View(spec.room, -1.0, 1.0), theme, left, top, TILE_PX)
            draw.points(axes, hidden[layer], run.y, theme, scale=0.8)
    return draw.encode(draw.pixels(figure))


def suits(spec: RunSpec) -> bool:
    """Whether several tanh layers have two neurons, the last among them."""
    return spec.activation == "tanh" and spec.hidden[-1] == 2 and spec.hidden.count(2) > 1


def describe(spec: RunSpec, measures: Measures) -> Said:
    return said(
        "Points of {network} with hidden layers of {widths} neurons, in the first and the last layer of two, at four "
        "epochs. In the end {early} of the points are nearest to their own class's centre in layer {first}, and {late} "
        "in layer {last}; {accuracy} are classified right.",
        network=network_of(spec),
        widths=Said(list=list(spec.hidden)),
        early=share(measures["early_own_centre"]),
        first=spec.hidden.index(2) + 1,
        late=share(measures["own_centre"]),
        last=len(spec.hidden),
        accuracy=share(measures["accuracy"]),
    )


READS = ("accuracy", "early_own_centre", "own_centre")
FIGURE = Figure(
    "filmstrip", "filmstrip", "Layers of two neurons", 480, 310, False, draw_filmstrip, describe, suits, READS
)

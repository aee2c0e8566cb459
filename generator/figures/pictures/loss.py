"""The loss: cross-entropy while training goes on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...base.language import Message, message
from ...base.rounding import fixed
from .. import Figure, Measures, network_of, number, share

if TYPE_CHECKING:
    from ...base.style import Theme
    from ...networks.run import Run
    from ...networks.spec import RunSpec

WIDTH_PX, HEIGHT_PX = 720, 480


def draw_loss(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """Cross-entropy against epochs on a log axis, with log k, the loss of knowing nothing."""
    import numpy as np

    from .. import draw

    guess = math.log(spec.classes)
    last = len(run.loss) - 1
    epochs = np.unique(np.geomspace(1, max(last, 2), 800).round().astype(int)).clip(max=last)
    end = max(last, 2)
    figure = draw.canvas(WIDTH_PX, HEIGHT_PX, theme)
    axes = figure.add_axes((96 / WIDTH_PX, 92 / HEIGHT_PX, 584 / WIDTH_PX, 364 / HEIGHT_PX), facecolor="none")
    axes.set_xlim(0, math.log10(end))
    axes.set_ylim(0, 1.14 * max(guess, float(run.loss[epochs].max())))
    axes.spines[["left", "bottom"]].set_color(theme.hairline)
    axes.tick_params(colors=theme.muted, which="both", color=theme.hairline)
    decades = range(int(math.log10(end)) + 1)
    axes.set_xticks(decades, [str(10**decade) for decade in decades])
    axes.locator_params(axis="y", nbins=4)
    axes.set_xlabel("epochs", color=theme.muted)
    axes.set_ylabel("cross-entropy, nats", color=theme.muted)
    axes.axhline(guess, color=theme.hairline, linewidth=2, linestyle=(0, (3, 3)))
    axes.plot(np.log10(epochs), run.loss[epochs], color=theme.accent, linewidth=4, clip_on=False)
    axes.plot(math.log10(end), run.loss[last], "o", color=theme.accent, markersize=12, clip_on=False)
    chance = f"log {spec.classes} = {fixed(guess, 2)}, guessing"
    for text, height, colour in (
        (chance, guess, theme.muted),
        (fixed(run.loss[last], 3), run.loss[last], theme.accent),
    ):
        axes.annotate(
            text,
            (math.log10(end), height),
            xytext=(0, 12),
            textcoords="offset points",
            ha="right",
            va="bottom",
            color=colour,
        )
    return draw.encode(draw.pixels(figure))


def describe(spec: RunSpec, measures: Measures) -> Message:
    return message(
        "Cross-entropy of {network} against epochs: from about log {classes} = {guess} nats, the loss of guessing, to "
        "{loss} nats at epoch {epochs}, with {accuracy} of the points right.",
        network=network_of(spec),
        classes=spec.classes,
        guess=number(math.log(spec.classes), 2),
        loss=number(measures["loss"], 3),
        epochs=spec.epochs,
        accuracy=share(measures["accuracy"]),
    )


FIGURE = Figure(
    "loss", "loss", "Loss", draw_loss, describe, 360, 240, suits=lambda spec: True, reads=("accuracy", "loss")
)

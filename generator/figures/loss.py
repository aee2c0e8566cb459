"""The loss: cross-entropy while training goes on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from generator.figures import Figure, Measures, network_of, percent

if TYPE_CHECKING:
    from generator.experiments import RunSpec
    from generator.style import Theme
    from generator.train import Run

WIDTH_PX, HEIGHT_PX = 720, 480


def draw_loss(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """Cross-entropy against epochs on a log axis, with log k, the loss of knowing nothing."""
    import numpy as np

    from generator import draw

    guess = math.log(spec.classes)
    last = len(run.loss) - 1
    epochs = np.unique(np.geomspace(1, max(last, 2), 800).round().astype(int)).clip(max=last)
    figure = draw.canvas(WIDTH_PX, HEIGHT_PX, theme)
    axes = figure.add_axes((96 / WIDTH_PX, 92 / HEIGHT_PX, 496 / WIDTH_PX, 352 / HEIGHT_PX), facecolor="none")
    axes.set_xscale("log")
    axes.set_xlim(1, max(last, 2))
    axes.set_ylim(0, 1.12 * max(guess, float(run.loss[epochs].max())))
    axes.spines[["left", "bottom"]].set_color(theme.hairline)
    axes.tick_params(colors=theme.muted, which="both")
    decades = [10**power for power in range(int(math.log10(max(last, 2))) + 1)]
    axes.set_xticks(decades, [f"{decade:,}".replace(",", "\u2009") for decade in decades])
    axes.set_xticks([], minor=True)
    axes.locator_params(axis="y", nbins=4)
    axes.set_xlabel("epochs", color=theme.muted)
    axes.set_ylabel("cross-entropy, nats", color=theme.muted)
    axes.axhline(guess, color=theme.hairline, linewidth=2, linestyle=(0, (2, 2)))
    axes.plot(epochs, run.loss[epochs], color=theme.accent, linewidth=4, clip_on=False)
    axes.plot(last, run.loss[last], "o", color=theme.accent, markersize=11, clip_on=False)
    beside = {"xytext": (14, 0), "textcoords": "offset pixels", "va": "center", "annotation_clip": False}
    axes.annotate(f"log {spec.classes}", (max(last, 2), guess), color=theme.muted, **beside)
    axes.annotate(f"{run.loss[last]:.3f}", (last, run.loss[last]), color=theme.accent, **beside)
    return draw.encode(draw.pixels(figure))


def describe(spec: RunSpec, measures: Measures) -> str:
    return (
        f"Cross-entropy of {network_of(spec)} against epochs: from about log {spec.classes} = "
        f"{math.log(spec.classes):.2f} nats, the loss of guessing, to {measures['loss']:.3f} nats at epoch "
        f"{spec.epochs}, with {percent(measures['accuracy'])} of the points right."
    )


FIGURE = Figure("loss", "loss", "Loss", 360, 240, False, draw_loss, describe)

"""The angles: how the directions of the hidden vector spread, class by class."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ...base.language import Message, message
from .. import Figure, Measures, degrees, directions_of, network_of

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

    from ...base.style import Theme
    from ...networks.run import Run
    from ...networks.spec import RunSpec

WIDTH_PX, HEIGHT_PX = 720, 480
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 200, 24, 16, 74
BASE, RISE = 0.93, 0.85  # a row's ground and tallest bar, as shares of its height
LATTICE = 1000  # inputs along each axis of [-1, 1]^2
BINS = 72  # over the angles that the room allows: 5 degrees wide for tanh, 1.25 for ReLU
NEXT_TO_NOTHING = 0.003  # of all inputs


@lru_cache(maxsize=1)  # each theme draws the same
def angle_counts(spec: RunSpec, run: Run) -> np.ndarray:
    """How many inputs of a dense lattice each class sends to each direction.

    returns  (C, BINS) int64; the bins divide 360 degrees, or 90 in a quadrant.
             Inputs whose hidden vector is zero have no direction and are left out.
    """
    import numpy as np

    from ...measures import directions

    (x, y), predicted = directions.lattice_hidden(spec, run.weights[-1], LATTICE)
    turn = np.float32(BINS / np.radians(spec.room.turn_deg))
    bins = np.arctan2(y, x)
    bins *= turn
    bins = np.floor(bins, out=bins).astype(np.int32)
    bins[bins < 0] += BINS
    np.minimum(bins, BINS - 1, out=bins)
    bins += predicted.astype(np.int32) * np.int32(BINS)
    directed = (x != 0) | (y != 0)
    if not directed.all():
        bins = bins[directed]
    return np.bincount(bins, minlength=spec.classes * BINS).reshape(spec.classes, BINS)


def cut_bin(counts: np.ndarray) -> int:
    """Where to cut the circle open: as near 0 degrees as splits next to no class, else where it splits least.

    counts   (C, BINS) over all 360 degrees
    returns  the first bin after the cut, -BINS/2 to BINS/2
    """
    import numpy as np

    quarter = BINS // 4
    cuts = sorted(range(-BINS // 2, BINS // 2), key=abs)
    split = np.array(
        [
            np.minimum(turned[:, :quarter].sum(1), turned[:, -quarter:].sum(1)).sum()
            for turned in (np.roll(counts, -cut, axis=1) for cut in cuts)
        ]
    )
    clean = np.flatnonzero(split <= NEXT_TO_NOTHING * counts.sum())
    return cuts[clean[0] if len(clean) else split.argmin()]


def angle_axes(figure: MatplotlibFigure, cut_deg: int, span: int, rows: int, theme: Theme) -> Axes:
    """One axis of angles for all rows, marked at its quarters or thirds."""
    from ..draw import TEXT_PX

    axes = figure.add_axes(
        (
            LEFT_PX / WIDTH_PX,
            BOTTOM_PX / HEIGHT_PX,
            1 - (LEFT_PX + RIGHT_PX) / WIDTH_PX,
            1 - (TOP_PX + BOTTOM_PX) / HEIGHT_PX,
        ),
        facecolor="none",
    )
    axes.set_xlim(cut_deg, cut_deg + span)
    axes.set_ylim(rows, 0)
    axes.spines[:].set_visible(False)
    step = 90 if span == 360 else 30
    ticks = [tick for tick in range(-360, 721, step) if cut_deg <= tick <= cut_deg + span]
    axes.set_xticks(ticks, [f"{tick if tick == 360 and not cut_deg else tick % 360}°" for tick in ticks])
    axes.set_yticks([])
    axes.tick_params(labelcolor=theme.muted, length=0)
    axes.vlines(ticks, 0, rows, color=theme.hairline, linewidth=1, alpha=0.5, zorder=0, clip_on=False)
    axes.set_xlabel("angle of the hidden vector", color=theme.muted, fontsize=TEXT_PX - 2)
    return axes


def draw_angles(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """A histogram a predicted class over a dense lattice of inputs, in order of circular mean, each as tall as fits."""
    import numpy as np
    from matplotlib.collections import PolyCollection

    from .. import draw

    counts = angle_counts(spec, run)
    span = spec.room.turn_deg
    cut = cut_bin(counts) if span == 360 else 0
    cut_deg = cut * span // BINS
    rows = sorted(
        measures["angles"], key=lambda row: 999 if row["mean_deg"] is None else (row["mean_deg"] - cut_deg) % 360
    )
    figure = draw.canvas(WIDTH_PX, HEIGHT_PX, theme)
    axes = angle_axes(figure, cut_deg, span, len(rows), theme)
    edges = np.repeat(cut_deg + np.arange(BINS + 1) * span / BINS, 2)
    height_px = (HEIGHT_PX - TOP_PX - BOTTOM_PX) / len(rows)
    outlines, grounds = [], np.arange(len(rows)) + BASE
    for row, ground in zip(rows, grounds, strict=True):
        label = row["class"]
        share = np.roll(counts[label], -cut) / max(counts[label].max(), 1)
        outlines.append(np.stack([edges, ground - RISE * np.concatenate([[0], np.repeat(share, 2), [0]])], 1))
        middle = (BOTTOM_PX + (len(rows) - ground) * height_px + min(height_px * 0.42, draw.TEXT_PX)) / HEIGHT_PX
        draw.marker(figure, 22 / WIDTH_PX, middle, label, theme, 2.0)
        title = degrees(row["mean_deg"], row["std_deg"])
        figure.text(44 / WIDTH_PX, middle, title, color=theme.ink, va="center_baseline")
    colours = [theme.classes[row["class"]] for row in rows]
    axes.add_collection(PolyCollection(outlines, facecolors=colours, linewidths=0, antialiased=False), autolim=False)
    axes.hlines(grounds, cut_deg, cut_deg + span, color=theme.hairline, linewidth=1.5, zorder=3)
    return draw.encode(draw.pixels(figure))


def describe(spec: RunSpec, measures: Measures) -> Message:
    return message(
        "Histograms of the hidden vector's angle over the input plane of {network}, one a predicted class, "
        "circular mean ± circular standard deviation: {rows}.",
        network=network_of(spec),
        rows=directions_of(spec, measures),
    )


FIGURE = Figure("angles", "angles", "Angles of the hidden vector", draw_angles, describe, 360, 240, reads=("angles",))

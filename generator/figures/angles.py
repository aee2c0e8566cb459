"""The angles: how the directions of the hidden vector spread, class by class."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from generator.figures import Figure, Measures, degrees, network_of

if TYPE_CHECKING:
    import numpy as np

    from generator.experiments import RunSpec
    from generator.style import Theme
    from generator.train import Run

WIDTH_PX, HEIGHT_PX = 720, 480
BINS = 360  # over the angles that the room allows


def angle_counts(spec: RunSpec, run: Run) -> np.ndarray:
    """How many inputs of a dense lattice each class sends to each direction.

    returns  (C, BINS) int64; the bins divide 360 degrees for tanh, 90 for ReLU.
             Inputs whose hidden vector is zero have no direction and are left out.
    """
    return _angle_counts(spec, run.weights[-1].tobytes())


@lru_cache(maxsize=2)
def _angle_counts(spec: RunSpec, flat: bytes) -> np.ndarray:
    import numpy as np

    from generator import draw

    (x, y), labels = draw.input_lattice(spec, np.frombuffer(flat, np.float32))
    turn = np.float32(BINS / np.radians(span_deg(spec)))
    bins = np.arctan2(y, x)
    bins *= turn
    bins = np.floor(bins, out=bins).astype(np.int32)
    bins[bins < 0] += BINS
    np.minimum(bins, BINS - 1, out=bins)
    bins += labels[::-1].ravel() * np.int32(BINS)
    directed = (x != 0) | (y != 0)
    if not directed.all():
        bins = bins[directed]
    return np.bincount(bins, minlength=spec.classes * BINS).reshape(spec.classes, BINS)


def span_deg(spec: RunSpec) -> int:
    """The angles a hidden vector can have: all, or the quadrant's."""
    return 360 if spec.activation == "tanh" else 90


def cut_bin(counts: np.ndarray) -> int:
    """Where to cut the circle open: at 0 unless many inputs lie there, else at the emptiest multiple of 15 degrees."""
    import numpy as np

    total = counts.sum(0)
    step = BINS // 24
    near = np.array([np.roll(total, step // 2 - at)[:step].sum() for at in range(0, BINS, step)])
    return 0 if near[0] <= 0.02 * total.sum() else int(near.argmin()) * step


def draw_angles(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """A histogram a predicted class over a dense lattice of inputs, in order of circular mean."""
    import numpy as np

    from generator import draw

    counts = angle_counts(spec, run)
    span = span_deg(spec)
    cut = cut_bin(counts) if span == 360 else 0
    cut_deg = cut * span // BINS
    rows = sorted(
        measures["angles"], key=lambda row: 999 if row["mean_deg"] is None else (row["mean_deg"] - cut_deg) % 360
    )
    left, right, top, bottom = 200, 24, 16, 74
    height = (HEIGHT_PX - top - bottom) / len(rows)
    figure = draw.canvas(WIDTH_PX, HEIGHT_PX, theme)
    axes = figure.add_axes(
        (left / WIDTH_PX, bottom / HEIGHT_PX, 1 - (left + right) / WIDTH_PX, 1 - (top + bottom) / HEIGHT_PX),
        facecolor="none",
    )
    axes.set_xlim(cut_deg, cut_deg + span)
    axes.set_ylim(len(rows), 0)
    axes.spines[:].set_visible(False)
    ticks = np.arange(-(-cut_deg // (span // 4)), (cut_deg + span) // (span // 4) + 1) * (span / 4)
    axes.set_xticks(ticks, [f"{tick % 360 if span == 360 and cut_deg else tick:g}°" for tick in ticks])
    axes.tick_params(colors=theme.muted, length=0)
    axes.set_yticks([])
    for tick in ticks:
        axes.axvline(tick, color=theme.hairline, linewidth=1, alpha=0.5, zorder=0, clip_on=False)
    axes.set_xlabel("angle of the hidden vector", color=theme.muted, fontsize=draw.TEXT_PX - 2)
    edges = cut_deg + np.arange(BINS + 1) * span / BINS
    for place, row in enumerate(rows):
        label = row["class"]
        share = np.roll(counts[label], -cut)
        base, rise = place + 0.93, 0.85 * share / max(share.max(), 1)
        axes.stairs(base - rise, edges, baseline=base, fill=True, color=theme.classes[label], zorder=2)
        axes.axhline(base, color=theme.hairline, linewidth=1.5, zorder=3)
        middle = (bottom + (len(rows) - base) * height + min(height * 0.42, 22)) / HEIGHT_PX
        draw.marker(figure, 22 / WIDTH_PX, middle, label, theme, 2.0)
        figure.text(
            44 / WIDTH_PX,
            middle,
            degrees(row["mean_deg"], row["std_deg"]),
            color=theme.ink,
            va="center_baseline",
        )
    return draw.encode(draw.pixels(figure))


def describe(spec: RunSpec, measures: Measures) -> str:
    rows = "; ".join(
        f"class {row['class'] + 1}, {degrees(row['mean_deg'], row['std_deg'])}" for row in measures["angles"]
    )
    return (
        f"Histograms of the hidden vector's angle over the input plane of {network_of(spec)}, one a predicted class, "
        f"circular mean ± circular standard deviation: {rows}."
    )


FIGURE = Figure("angles", "angles", "Angles of the hidden vector", 360, 240, False, draw_angles, describe)

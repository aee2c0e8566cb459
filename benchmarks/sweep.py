"""A sweep as large as the science needs: a hundred seeds of every configuration of the article's grid, and measures."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.builds import article, build
from benchmarks.contest import prose, table

TITLE = "A sweep"
EXPERIMENTS = """
[dataset.spirals]
kind = "spirals"
turn_rad = 4.0
noise_rad = 0.1

[experiment.sweep]
classes = {classes}
activation = ["tanh", "relu"]
seeds = {seeds}
"""


def measure(quick: bool) -> str:
    """The section's text."""
    classes, seeds = ([5], 12) if quick else ([2, 3, 4, 5, 6, 7], 100)
    count = 2 * len(classes) * seeds
    with tempfile.TemporaryDirectory() as folder:
        content = article(Path(folder) / "content", EXPERIMENTS.format(classes=classes, seeds=seeds))
        built = build(content, Path(folder))
    about = prose(
        f"""`peek build` with an empty cache on two cores: {count:,} networks 2→64→2→k of 3,000 steps, k in {classes},
        {seeds} seeds of each, tanh and ReLU; trained, measured, and compared with what the three laws predict. The
        build in all: **{built.seconds:.0f} s**, {1000 * built.seconds / count:.0f} ms a network; the processors worked
        {built.cpu_s:.0f} s, so about {built.cpu_s / 2:.0f} s when both cores are free for it. At most
        **{built.peak_mb:.0f} MB** were held by all its processes together. 100,000 networks at this rate:
        {1e5 * built.cpu_s / count / 3600:.1f} hours of one core."""
    )
    rows = [[name, f"{seconds:.1f}", f"{1000 * seconds / count:.1f}"] for name, seconds in built.stages.items()]
    return f"{about}\n{table(['stage', 's', 'ms a network'], rows)}\nMeasures are taken where networks are trained.\n"

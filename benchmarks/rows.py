"""An author's own rows: what reading, training, measuring and drawing a large CSV takes, in time and memory."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.builds import ARTICLE, article, build
from benchmarks.contest import prose, table

TITLE = "Own data"
COLUMNS, CLASSES, SEEDS = 50, 5, 2
EXPERIMENTS = f"""
[dataset.mine]
file = "data/points.csv"
test = 0.2

[experiment.mine]
activation = "tanh"
hidden = [64, 2]
batch = 500
epochs = 10
learning_rate = 0.003
checkpoints = 8
seeds = {SEEDS}
draw = 1
"""
TEXT = """
The least held-out accuracy is {{ results.min("test_accuracy") | percent }}.

/// figure | hidden-plane

**The last hidden layer.**
///
"""


def measure(quick: bool) -> str:
    """The section's text."""
    rows = [whole(count) for count in ((1000, 10_000) if quick else (1000, 10_000, 100_000))]
    about = prose(
        f"""An article of a CSV of {COLUMNS} columns of numbers and one of words, {CLASSES} classes:
        {COLUMNS}→64→2→{CLASSES}, {SEEDS} seeds of 10 epochs in batches of 500, a fifth of the rows held out, one seed
        drawn. Then the same build with nothing changed, and after an edit of the text. Memory is that of all processes
        together, what they share counted once."""
    )
    head = ["rows", "file, MB", "cold, s", "training, s", "memory, MB", "unchanged, s", "text edited, s"]
    return f"{about}\n{table(head, rows)}"


def whole(count: int) -> list[str]:
    """Size of the file, and seconds and memory of a cold build, of the same again, and of an edit of the text."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        content = article(home / "content", EXPERIMENTS, ARTICLE + TEXT)
        (content / "data").mkdir()
        file = content / "data" / "points.csv"
        write(file, count)
        cold, same = build(content, home), build(content, home)
        (content / "article.md").write_text(f"{ARTICLE}{TEXT}\nAnd on.\n", encoding="utf-8")
        edited = build(content, home)
        size = file.stat().st_size
    took = [f"{size / 1e6:.1f}", f"{cold.seconds:.1f}", f"{cold.stages.get('train', 0):.1f}", f"{cold.peak_mb:.0f}"]
    return [f"{count:,}", *took, f"{same.seconds:.2f}", f"{edited.seconds:.2f}"]


def write(file: Path, count: int) -> None:
    """Clouds of points around a centre for each class."""
    rng = np.random.default_rng(1)
    labels = np.arange(count) % CLASSES
    points = rng.normal(size=(CLASSES, COLUMNS))[labels] + rng.normal(size=(count, COLUMNS))
    head = ",".join([*(f"reading {at}" for at in range(COLUMNS)), "class"])
    pairs = zip(points, labels, strict=True)
    rows = (",".join([*(f"{number:.5g}" for number in row), f"class {label}"]) for row, label in pairs)
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")

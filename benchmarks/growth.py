"""Growth: do time and memory per run, and the builds after it, stay as they are when runs become many?"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.builds import ARTICLE, article, build, repository
from benchmarks.contest import ROOT, prose, table

TITLE = "Growth"
EXPERIMENTS = """
[dataset.spirals]
kind = "spirals"
points_per_class = 10

[experiment.tiny]
classes = 2
activation = "tanh"
hidden = [4, 2]
epochs = 20
checkpoints = 2
seeds = {seeds}
"""


def measure(quick: bool) -> str:
    """The section's text."""
    rows = [tiny(count) for count in ((10, 100) if quick else (10, 100, 1000, 10000))]
    about = prose(
        """Runs of 2→4→2→2 with 20 points and 20 steps, so small that all but training shows: planning, jobs, files,
        tables. Then the same build again with nothing changed, and after an edit of the text. Memory is that of all
        processes together, what they share counted once."""
    )
    head = ["runs", "cold, s", "more runs: ms each", "memory, MB", "unchanged, s", "text edited, s", "cache, kB a run"]
    previous = [None, *rows]
    shown = []
    for before, (count, cold_s, peak_mb, same_s, edited_s, cache_kb) in zip(previous, rows, strict=False):
        each = f"{1000 * (cold_s - before[1]) / (count - before[0]):.1f}" if before else ""
        shown.append(
            [
                f"{count:,}",
                f"{cold_s:.1f}",
                each,
                f"{peak_mb:.0f}",
                f"{same_s:.2f}",
                f"{edited_s:.2f}",
                f"{cache_kb:.1f}",
            ]
        )
    text = f"{about}\n{table(head, shown)}"
    return text if quick else f"{text}\n{whole()}"


def tiny(count: int) -> tuple[int, float, float, float, float, float]:
    """Seconds and memory of a cold build of so many runs, of the same again, and of an edit of the text."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        content = article(home / "content", EXPERIMENTS.format(seeds=count))
        cold, same = build(content, home), build(content, home)
        (content / "article.md").write_text(ARTICLE + "\nAnd on.\n", encoding="utf-8")
        edited = build(content, home)
        cached = sum(path.stat().st_size for path in (home / "cache").rglob("*") if path.is_file())
    return count, cold.seconds, max(cold.peak_mb, edited.peak_mb), same.seconds, edited.seconds, cached / count / 1000


def whole() -> str:
    """The article of this repository."""
    cold, home = repository(quick=False, cold=True)
    same = build(ROOT / "content", home)
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in cold.stages.items())
    return prose(
        f"""The article of this repository, cold: **{cold.seconds:.0f} s** ({stages}), {cold.peak_mb:.0f} MB; again
        with nothing changed {same.seconds:.2f} s."""
    )

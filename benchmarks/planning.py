"""Planning: what `peek plan` says of a hundred thousand networks in parts, and what it takes to say so."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.builds import article, run
from benchmarks.contest import prose
from benchmarks.sweep import EXPERIMENTS

TITLE = "Planning"
SHARDS = 64


def measure(quick: bool) -> str:
    """The section's text."""
    seeds = 500 if quick else 50_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        content = article(home / "content", EXPERIMENTS.format(classes=[5], seeds=seeds))
        options = ("--content", content, "--cache", home / "cache", "--quiet")
        planned = run("plan", "--shards", str(SHARDS), *options)
    about = prose(
        f"""`peek plan --shards {SHARDS}` with an empty cache, of {2 * seeds:,} networks 2→64→2→5 of 3,000 steps, half
        tanh, half ReLU: **{planned.seconds:.0f} s**, {planned.cpu_s:.0f} s of a core, at most {planned.peak_mb:.0f} MB
        of all its processes together, with the few networks that it trains to measure one. It said:"""
    )
    return f"{about}\n```\n{''.join(planned.said).rstrip()}\n```\n"

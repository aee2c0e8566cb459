"""Planning: what `peek plan` says of a hundred thousand networks in parts, and what a tenth of them takes."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from benchmarks.builds import article, run
from benchmarks.contest import prose
from benchmarks.sweep import EXPERIMENTS

TITLE = "Planning"
SHARDS, TENTH = 64, 10


def measure(quick: bool) -> str:
    """The section's text."""
    seeds = 500 if quick else 50_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        content = article(home / "content", EXPERIMENTS.format(classes=[5], seeds=seeds))
        options = ("--content", content, "--cache", home / "cache")
        planned = run("plan", "--shards", str(SHARDS), "--quiet", *options)
        trained = run("train", "--shard", f"1/{TENTH}", *options)
        [networks] = re.findall(r"^train: (\d+) networks$", "".join(trained.said), re.MULTILINE)
        cached_mb = sum(path.stat().st_size for path in (home / "cache").rglob("*") if path.is_file()) / 1e6
    about = prose(
        f"""`peek plan --shards {SHARDS}` with an empty cache, of {2 * seeds:,} networks 2→64→2→5 of 3,000 steps, half
        tanh, half ReLU: **{planned.seconds:.0f} s**, {planned.cpu_s:.0f} s of a core, at most {planned.peak_mb:.0f} MB
        of all its processes together, with the few networks that it trains to measure one. It said:"""
    )
    really = prose(
        f"""`peek train --shard 1/{TENTH}` trained and measured {int(networks):,} of them: **{trained.seconds:.0f}
        s**, {trained.cpu_s:,.0f} s of a core, at most {trained.peak_mb:.0f} MB, {cached_mb:.0f} MB in the cache."""
    )
    return f"{about}\n```\n{''.join(planned.said).rstrip()}\n```\n\n{really}"

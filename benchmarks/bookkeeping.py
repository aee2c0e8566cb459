"""Bookkeeping: many small jobs run, found unchanged, and one more of them; here, with Snakemake and with DVC."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.builds import article, build, worked
from benchmarks.contest import Unavailable, environment, prose, table
from benchmarks.growth import EXPERIMENTS

TITLE = "Bookkeeping"
MANY = 10_000
CORES = 2
SNAKEFILE = """
rule all:
    input: expand("runs/{{seed}}.txt", seed=range({count}))
rule run:
    output: "runs/{{seed}}.txt"
    shell: "echo {{wildcards.seed}} > {{output}}"
"""
STAGES = """
stages:
  run:
    foreach: [{seeds}]
    do:
      cmd: echo ${{item}} > runs/${{item}}.txt
      outs: ["runs/${{item}}.txt"]
"""
Run = Callable[[Path, int], None]  # of a folder, so many jobs of which it may have done some


@dataclass
class Tool:
    """What runs jobs. run: all that are not done"""

    name: str
    run: Run


def measure(quick: bool) -> str:
    """The section's text."""
    counts = (10, 20) if quick else (50, 150)
    rows, remarks = [], []
    for made in (peek, snakemake, dvc):
        try:
            rows.append(row(made(), counts))
        except Unavailable as error:
            remarks.append(f"{made.__name__} could not be installed here: {error}.\n")
    few, many = counts
    about = prose(
        f"""{many} jobs from nothing, the same again with nothing changed, and with one job more. A job of Snakemake's
        and of DVC's writes a line into a file, from a shell; one of ours trains a network of 2→4→2→2 for 20 steps and
        measures it, and each of our builds renders its page. Seconds of a core, of all processes that a command starts.
        For {MANY:,} the line through {few} and {many} jobs is drawn on, which does well by what grows faster."""
    )
    head = ["", f"{many} jobs, s", "unchanged, s", "one more, s", f"{MANY:,} jobs, s", f"{MANY:,} unchanged, s"]
    return "\n".join([about, table(head, rows), *remarks])


def row(tool: Tool, counts: tuple[int, int]) -> list[str]:
    """What a tool takes: measured, and drawn on."""
    (few, first), (many, last) = ((count, times(tool, count)) for count in counts)
    drawn = [b + max(0.0, b - a) / (many - few) * (MANY - many) for a, b in zip(first, last, strict=True)]
    return [tool.name, *(f"{each:.2f}" for each in last), *(f"{each:.0f}" for each in drawn[:2])]


def times(tool: Tool, count: int) -> list[float]:
    """Seconds of a core: from nothing, unchanged, with one job more."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        return [cpu_s(partial(tool.run, home, jobs)) for jobs in (count, count, count + 1)]


def cpu_s(run: Callable[[], None]) -> float:
    """Seconds of a core that a call's processes take."""
    before = worked()
    run()
    return worked() - before


def peek() -> Tool:
    """This project."""

    def run(home: Path, count: int) -> None:
        content = home / "content"
        if not content.exists():
            article(content, "")
        (content / "experiments.toml").write_text(EXPERIMENTS.format(seeds=count), encoding="utf-8")
        build(content, home, "--workers", str(CORES))

    return Tool("peek", run)


def snakemake() -> Tool:
    """Snakemake, which is told nothing but what depends on what."""
    program = str(environment("snakemake", "snakemake") / "snakemake")

    def run(home: Path, count: int) -> None:
        (home / "Snakefile").write_text(SNAKEFILE.format(count=count), encoding="utf-8")
        _run(home, program, "--cores", str(CORES), "--quiet", "all")

    return Tool("Snakemake", run)


def dvc() -> Tool:
    """DVC without a repository around it; it runs one stage after another."""
    program = str(environment("dvc", "dvc") / "dvc")

    def run(home: Path, count: int) -> None:
        if not (home / ".dvc").exists():
            (home / "runs").mkdir()
            _run(home, program, "init", "--no-scm", "--quiet")
        seeds = ", ".join(map(str, range(count)))
        (home / "dvc.yaml").write_text(STAGES.format(seeds=seeds), encoding="utf-8")
        _run(home, program, "repro", "--quiet")

    return Tool("DVC", run)


def _run(home: Path, *program: str) -> None:
    """A command in a folder, which is its user's home as well, so that it reads and leaves nothing elsewhere.

    raises  RuntimeError: with what it said
    """
    settings = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(program, cwd=home, capture_output=True, text=True, env={**os.environ, **settings})
    if done.returncode:
        raise RuntimeError(f"{' '.join(program[:2])}: code {done.returncode}\n{done.stderr[-2000:]}")

"""Whole builds in processes of their own, with the seconds of each stage and the memory of all that they start."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.contest import HOMES, ROOT

SAMPLE_S = 0.2
ARTICLE = """---
title: A sweep
description: Nothing but its networks.
authors:
  - name: The benchmarks
date: 2026-01-01
---

This text stands above {{ results.count | words }} networks.
"""


@dataclass
class Built:
    """What a build took.

    stages   seconds by name; what comes after the last one is counted with it
    cpu_s    of all its processes
    peak_mb  the most that the build and its processes held together, shared pages counted once
    said     what it said, in lines
    """

    seconds: float = 0.0
    cpu_s: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    said: list[str] = field(default_factory=list)


def article(folder: Path, experiments: str, text: str = ARTICLE) -> Path:
    """An article's content."""
    folder.mkdir(parents=True)
    (folder / "article.md").write_text(text, encoding="utf-8")
    (folder / "experiments.toml").write_text(experiments, encoding="utf-8")
    return folder


def build(content: Path, home: Path, *options: str) -> Built:
    """Build an article with the cache and the site that are in a folder.

    raises  RuntimeError: with what the build said
    """
    return run("build", "--content", content, "--cache", home / "cache", "--out", home / "site", *options)


def run(*command: str | Path) -> Built:
    """A command of ours and its options.

    raises  RuntimeError: with what it said
    """
    program = [sys.executable, "-m", "generator", *map(str, command)]
    before, began = worked(), time.perf_counter()
    built, ended = Built(), threading.Event()
    stage, since = "", began
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as process:
        watch = threading.Thread(target=_watch, args=(process.pid, built, ended))
        watch.start()
        assert process.stdout
        try:
            for line in process.stdout:
                built.said.append(line)
                started = re.fullmatch(r"([a-z]+): \d+ [a-z]+\n", line)
                if started or line.startswith("site "):
                    now = time.perf_counter()
                    if stage:
                        built.stages[stage] = built.stages.get(stage, 0) + now - since
                    stage, since = started[1] if started else "", now
            process.wait()
            built.seconds = time.perf_counter() - began
        finally:
            ended.set()
            watch.join()
            if process.poll() is None:
                process.terminate()
    built.cpu_s = worked() - before
    if process.returncode:
        raise RuntimeError(f"{' '.join(program[1:])}: code {process.returncode}\n{''.join(built.said)}")
    return built


def repository(quick: bool, cold: bool = False) -> tuple[Built, Path]:
    """This repository's article: what its build took, and the folder with its cache and site.

    quick  fewer networks
    cold   begin with nothing; else with what an earlier build of the benchmarks left
    """
    home = HOMES / ("article-quick" if quick else "article")
    if cold:
        shutil.rmtree(home, ignore_errors=True)
    return build(ROOT / "content", home, "--profile", "quick" if quick else "standard"), home


def worked() -> float:
    """Processor's seconds of all children that have ended, and of theirs."""
    used = os.times()
    return used.children_user + used.children_system


def _watch(pid: int, built: Built, ended: threading.Event) -> None:
    """Note the most memory until the end."""
    while not ended.wait(SAMPLE_S):
        built.peak_mb = max(built.peak_mb, sum(map(held_mb, family(pid))))


def family(pid: int) -> list[int]:
    """A process and all below it; the process alone where the system has no /proc."""
    found = [pid]
    for each in found:
        for task in _listed(Path(f"/proc/{each}/task")):
            found += map(int, _read(task / "children").split())
    return found


def held_mb(pid: int) -> float:
    """A process's share of the memory that it holds, in MB."""
    share = re.search(r"^Pss:\s+(\d+) kB", _read(Path(f"/proc/{pid}/smaps_rollup")), re.M)
    return int(share[1]) / 1024 if share else 0.0


def _listed(folder: Path) -> list[Path]:
    try:
        return [folder / name for name in os.listdir(folder)]
    except OSError:
        return []


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""

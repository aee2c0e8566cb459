"""A build that is killed at any moment, as a whole or one of its workers."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import time
from pathlib import Path

import psutil

from generator.base.errors import PeekError
from generator.site import manifest
from tests.edits import edit
from tests.promises import finished, peek, tree

PROMISE = (
    "A build is all or nothing: killed at any moment, it leaves the old site or the new one, whole; the next build ends"
    " with the same bytes, does no finished work again, and sweeps what was left"
)
UNIT = "kills"
FEW, MANY = 2, 200
WORKERS = 2
STARTS_S = 3.5  # what a command and its workers import, which this process has


def check(folder: Path, count: int, rng: random.Random) -> list[str]:
    """Kill builds of a changed article over its old site."""
    old = folder / "tiny"
    new = shutil.copytree(old, folder / "new")
    change(new)
    takes_s = taken(new, count == FEW)
    sites = {name: tree(of / "site") for name, of in (("old", old), ("new", new))}
    wrong = []
    for at in range(count):
        here = shutil.copytree(old, folder / "killed")
        change(here)
        after_s = takes_s * (at + rng.random()) / count  # somewhere in each part of the time that a build takes
        wrong += [f"killed after {after_s:.2f} s: {said}" for said in killed(here, after_s, sites, rng)]
        shutil.rmtree(here)
    return wrong


def killed(here: Path, after_s: float, sites: dict[str, dict[str, bytes]], rng: random.Random) -> list[str]:
    """What is wrong after a kill and the build that follows."""
    process = peek("build", *options(here))
    time.sleep(after_s)
    worker = bool(rng.randrange(2))
    with contextlib.suppress(psutil.NoSuchProcess):
        children = psutil.Process(process.pid).children()
        workers = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
        victim = rng.choice(workers).pid if worker and workers else process.pid
        os.kill(victim, signal.SIGKILL)
    said = process.communicate()[1]
    # A worker whose parent is gone before it has begun says so in Python's words; none of ours is in them.
    wrong = [f"a traceback: {said}"] * ("generator/" in said.partition("Traceback")[2])
    if tree(here / "site") not in sites.values():
        wrong.append("the site is neither the old nor the new one")
    try:
        wrong += [] if manifest.verify(here / "site").whole else ["the site is not as its manifest says"]
    except PeekError as error:
        wrong.append(str(error))
    entries = {path: path.stat().st_mtime_ns for path in (here / "cache" / "entries" / "runs").rglob("*.npz")}
    again = finished(here)
    if tree(here / "site") != sites["new"]:
        wrong.append(f"the next build gave another site: {again}")
    if any(path.stat().st_mtime_ns != date for path, date in entries.items()):
        wrong.append("finished work was done again")
    left = [path.name for path in here.rglob("*") if "new-" in path.name]
    left += [path.name for path in here.iterdir() if path.name not in ("content", "site", "cache")]
    return wrong + [f"left: {', '.join(left)}"] * bool(left)


def change(folder: Path) -> None:
    """Another text, and more networks."""
    edit(folder / "content" / "experiments.toml", "draw = 1", "seeds = 3\ndraw = 1")
    edit(folder / "content" / "article.md", "Where the points go", "Where all points go")


def taken(folder: Path, few: bool) -> float:
    """Build the changed article to the end. Returns the seconds that the command takes for it; about, for a few."""
    began = time.monotonic()
    if few:
        finished(folder)
        return STARTS_S + time.monotonic() - began
    process = peek("build", *options(folder))
    said = process.communicate()[1]
    assert process.returncode == 0, said
    return time.monotonic() - began


def options(folder: Path) -> list[object]:
    """Of a build of a folder's article."""
    return [
        *("--content", folder / "content", "--out", folder / "site", "--cache", folder / "cache"),
        *("--workers", WORKERS),
    ]

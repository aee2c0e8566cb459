"""What docs/guarantees.md promises, each a module that does its worst and says what did not hold.

`make test` tries each a few times; `make test-full` many times, and writes the figures into the document.
A module has

    PROMISE = "what is promised, a sentence"
    UNIT = "what is counted"
    FEW, MANY = how often it is tried in the one and in the other
    check(folder, count, rng) -> what did not hold, a line each; folder: one of its own, where `tiny` is the tiny
        article as `make_tiny` makes it
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from filelock import FileLock

from generator.base.progress import Progress
from generator.build import build
from generator.options import Options
from generator.runs import catalogue

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "sites" / "tiny"


def promises() -> list[ModuleType]:
    """The promises, by name."""
    found = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    return [importlib.import_module(f"{__name__}.{name}") for name in sorted(found)]


def own_site() -> Path:
    """The folder of the article's own site, quickly built from the cache; processes take turns."""
    folder = ROOT / ".cache" / "test-site"
    folder.parent.mkdir(exist_ok=True)
    of = Options(
        content=ROOT / "content",
        out=folder,
        cache=ROOT / ".cache",
        templates=ROOT / "templates",
        profile="quick",
        strict=True,
    )
    with FileLock(ROOT / ".cache" / "test-site.lock"):
        build(of, Progress(quiet=True))
    return folder


def kept_cache(name: str) -> Path:
    """A cache that stays from one run of the tests to the next, for what none of them asks how it was made."""
    return ROOT / ".cache" / name


def make_tiny(folder: Path) -> None:
    """Build the tiny article in a new folder: its content, site and cache."""
    shutil.copytree(TINY, folder / "content")
    said = finished(folder)
    assert not said, said


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


class Recorder(Progress):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(quiet=True)
        self.lines: list[str] = []

    def warn(self, text: str) -> None:
        self.lines.append(text)


def finished(folder: Path) -> list[str]:
    """Build a folder's article in this process, as one that starts afresh. Returns what was said."""
    catalogue._LOADED.clear()
    said = Recorder()
    build(Options(content=folder / "content", out=folder / "site", cache=folder / "cache", workers=1), said)
    return said.lines


def _interruptible() -> None:
    """What is started by who ignores SIGINT, as a job behind a shell does, would ignore it as well."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def peek(*arguments: object, **options: object) -> subprocess.Popen[str]:
    """The command, started in a process of its own that leads a group."""
    return subprocess.Popen(
        [sys.executable, "-m", "generator", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_interruptible,
        **options,  # type: ignore[call-overload]
    )

"""What the system may refuse: room on the disk, a permission, a folder that goes away while it is read."""

from __future__ import annotations

import ctypes
import os
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.edits import add
from tests.promises import ROOT, finished, tree

PROMISE = (
    "What the system refuses (room, permission, a file where a folder should be, content that goes away) is told in a"
    " message; the old site is whole, and the next build succeeds"
)
UNIT = "refusals"
PR_CAPBSET_DROP, PASS_OVER = 24, (1, 2, 3)  # capabilities(7): DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER

# A command on a disk of $1 bytes, which has what the folder $2 has and lies where $3 is; then $2 has what it left.
SMALL = """mount -t tmpfs -o "size=$1" none "$3" && cp -a "$2/." "$3" || exit 99
here=$3 aside=$2; shift 3; "$@"; code=$?
cd / && rm -rf "$aside" && cp -a "$here" "$aside" && exit $code"""
APART = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
BLOCK = 4096  # bytes of a file take up whole ones

Refusal = Callable[[Path, random.Random], "tuple[Callable[[], object], Callable[[], object] | tuple[str, ...] | None]"]
REFUSALS: list[Refusal] = []


def refusal(made: Refusal) -> Refusal:
    """One way of refusing: returns what lifts it, and what a build's process does to itself, or is led by."""
    REFUSALS.append(made)
    return made


def limited(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@refusal
def no_room_for_a_file(here: Path, rng: random.Random) -> tuple[Callable[[], object], Callable[[], object] | None]:
    return (lambda: None), limited(rng.choice((0, 100, 5_000, 30_000)))


@refusal
def no_room_on_the_disk(here: Path, rng: random.Random) -> tuple[Callable[[], object], tuple[str, ...]]:
    """A disk in memory that has room for what is there, and little more; where none can be had, for no file."""
    if (
        not shutil.which(APART[0])
        or subprocess.run([*APART, "mount -t tmpfs none /mnt"], capture_output=True).returncode
    ):
        return no_room_for_a_file(here, rng)
    taken = sum(-(-path.stat().st_size // BLOCK) * BLOCK for path in here.rglob("*") if path.is_file())
    aside = here.rename(here.with_name("aside"))
    here.mkdir()

    def lift() -> None:
        here.rmdir()
        aside.rename(here)

    return lift, (*APART, SMALL, "sh", str(taken + rng.choice((0, 5, 20)) * BLOCK), str(aside), str(here))


@refusal
def a_site_that_is_read_only(
    here: Path, rng: random.Random
) -> tuple[Callable[[], object], Callable[[], object] | None]:
    return locked(here)


@refusal
def a_cache_that_is_read_only(
    here: Path, rng: random.Random
) -> tuple[Callable[[], object], Callable[[], object] | None]:
    return locked(*(path for path in (here / "cache").rglob("*") if path.is_dir()), here / "cache")


@refusal
def a_text_that_may_not_be_read(
    here: Path, rng: random.Random
) -> tuple[Callable[[], object], Callable[[], object] | None]:
    return locked(here / "content" / rng.choice(("article.md", "experiments.toml", "picture.png")), mode=0)


@refusal
def a_cache_that_is_a_file(here: Path, rng: random.Random) -> tuple[Callable[[], object], Callable[[], object] | None]:
    return replaced(here / "cache")


@refusal
def a_content_that_is_gone(here: Path, rng: random.Random) -> tuple[Callable[[], object], Callable[[], object] | None]:
    return replaced(here / "content", file=False)


@refusal
def a_site_that_is_a_file(here: Path, rng: random.Random) -> tuple[Callable[[], object], Callable[[], object] | None]:
    return replaced(here / "site")


FEW, MANY = 3, 5 * len(REFUSALS)


def locked(*paths: Path, mode: int = 0o555) -> tuple[Callable[[], object], None]:
    before = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(mode)
    return (lambda: [path.chmod(old) for path, old in before.items()]), None


def replaced(path: Path, file: bool = True) -> tuple[Callable[[], object], None]:
    aside = path.rename(path.with_name("aside"))
    if file:
        path.write_bytes(b"")

    def lift() -> None:
        path.unlink(missing_ok=True)
        aside.rename(path)

    return lift, None


def check(folder: Path, count: int, rng: random.Random) -> list[str]:
    """Refuse things to builds of a changed article."""
    whole, wrong = folder / "tiny", []
    (whole / "content" / "picture.png").write_bytes(b"x")
    if said := finished(whole):
        return [f"the first build: {said}"]
    old = site_of(whole)
    order = rng.sample(REFUSALS, len(REFUSALS))
    for at in range(count):
        one = order[at % len(order)]
        here = shutil.copytree(whole, folder / "here")
        text = here / "content" / "article.md"
        add(text, f"\nAnother word, {at}.\n")
        lift, first = one(here, rng)
        status, said = built(here, first)
        lift()
        wrong += [f"{one.__name__}: status {status}: {said}"] * (status != 1)
        wrong += [f"{one.__name__}: {said}"] * ("Traceback" in said or not 0 < len(said.splitlines()) <= 3)
        wrong += [f"{one.__name__}: the site is another"] * (site_of(here) != old)
        status, said = built(here)
        wrong += [f"{one.__name__}: then {status}: {said}"] * (status != 0 or site_of(here) == old)
        left = [path.name for path in here.rglob("*") if "new-" in path.name]
        wrong += [f"{one.__name__}: left {left}"] * bool(left)
        shutil.rmtree(here)
    return wrong


def site_of(here: Path) -> dict[str, bytes]:
    return tree(here / "site")


def begin(first: Callable[[], object] | tuple[str, ...] | None) -> None:
    """Of a build's process: what it does to itself, and, as root, without the right to pass over permissions."""
    if os.geteuid() == 0:
        for right in PASS_OVER:
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, right)
    if callable(first):
        first()


def built(here: Path, first: Callable[[], object] | tuple[str, ...] | None = None) -> tuple[int, str]:
    """Build a folder's article. Returns the status and what was said of mistakes."""
    words = ["build", "--quiet", "--workers", "1"]
    for name in ("content", "out", "cache"):
        words += [f"--{name}", str(here / {"out": "site"}.get(name, name))]
    unwatched = {
        name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")
    }  # it has files too
    done = subprocess.run(
        [*(first if isinstance(first, tuple) else ()), sys.executable, "-m", "generator", *words],
        env={**unwatched, "PYTHONPATH": str(ROOT), "HOME": str(here), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        preexec_fn=lambda: begin(first),
    )
    return done.returncode, done.stderr.strip()

"""What a disk, a sync or a hand does to the cache."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

from generator.build import build
from generator.options import Options
from generator.runs import catalogue
from tests.promises import TINY, Recorder, tree

PROMISE = (
    "The cache survives damage: whatever is flipped, cut, emptied, zeroed, deleted, foreign or misdated is told in a"
    " line and made again, and the site has the same bytes"
)
UNIT = "damaged entries"
FEW, MANY = 6, 400


def flipped(path: Path, rng: random.Random) -> None:
    kept = bytearray(path.read_bytes())
    kept[rng.randrange(len(kept))] ^= 1 << rng.randrange(8)
    path.write_bytes(kept)


def cut(path: Path, rng: random.Random) -> None:
    os.truncate(path, rng.randrange(path.stat().st_size))


def emptied(path: Path, rng: random.Random) -> None:
    path.write_bytes(b"")


def zeroed(path: Path, rng: random.Random) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def deleted(path: Path, rng: random.Random) -> None:
    path.unlink()


def foreign(path: Path, rng: random.Random) -> None:
    """What another entry of its kind holds."""
    others = sorted(other for other in path.parent.parent.rglob(f"*{path.suffix}") if other != path)
    path.write_bytes(rng.choice(others).read_bytes() if others else b"not ours\n")


def flipped_under_its_date(path: Path, rng: random.Random) -> None:
    date = path.stat().st_mtime_ns
    flipped(path, rng)
    os.utime(path, ns=(date, date))


def from_the_future(path: Path, rng: random.Random) -> None:
    flipped(path, rng)
    os.utime(path, (4e9, 4e9))


def a_link_elsewhere(path: Path, rng: random.Random) -> None:
    elsewhere = path.with_name("elsewhere")
    path.rename(elsewhere)
    flipped(elsewhere, rng)
    path.symlink_to(elsewhere)


DAMAGES: tuple[Callable[[Path, random.Random], None], ...] = (
    *(flipped, cut, emptied, zeroed, deleted, foreign),
    *(flipped_under_its_date, from_the_future, a_link_elsewhere),
)
AT_ONCE = {FEW: (flipped,)}  # ways in which every entry is damaged; else all of them


def check(folder: Path, count: int, rng: random.Random) -> list[str]:
    """Damage every entry at once; then single ones, of each kind and in each way in turn."""
    whole = folder / "tiny" / "cache"
    right, _ = built(whole, folder)
    wrong = []
    for damage in AT_ONCE.get(count, DAMAGES):
        cache = shutil.copytree(whole, folder / "cache")
        for path in entries(cache):
            damage(path, rng)
        site, said = built(cache, folder)
        wrong += [f"all {damage.__name__}: another site"] * (site != right)
        wrong += [f"all {damage.__name__}: {said}"] * (damage is not deleted and len(said) < FEW)
        wrong += [f"all {damage.__name__}: not whole again: {said}" for said in built(cache, folder)[1]]
        shutil.rmtree(cache)
    kinds = sorted({kind_of(path, whole) for path in entries(whole)})
    rng.shuffle(kinds)
    ways = rng.sample(DAMAGES, len(DAMAGES))
    for at in range(count):
        cache = shutil.copytree(whole, folder / "cache")
        own = [path for path in entries(cache) if kind_of(path, cache) == kinds[at % len(kinds)]]
        path, damage = rng.choice(own), ways[at % len(ways)]
        damage(path, rng)
        site, said = built(cache, folder)
        name = path.relative_to(cache)
        wrong += [f"{name} {damage.__name__}: another site"] * (site != right)
        wrong += [f"{name} {damage.__name__}: {said}"] * any(str(path) not in one for one in said)
        shutil.rmtree(cache)
    return wrong


def built(cache: Path, folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """The site that a cache gives in a new folder, and what was said on the way."""
    catalogue._LOADED.clear()
    said, out = Recorder(), folder / "site"
    build(Options(content=TINY, out=out, cache=cache, workers=1), said)
    site = tree(out)
    shutil.rmtree(out)
    return site, said.lines


def kind_of(path: Path, cache: Path) -> str:
    """What an entry is: a picture, a page, …"""
    return path.relative_to(cache).parts[1]


def entries(cache: Path) -> list[Path]:
    """The files of a cache."""
    return sorted(path for path in cache.rglob("*") if path.is_file())

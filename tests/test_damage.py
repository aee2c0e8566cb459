"""What a disk, a sync or a hand does to the cache is told, made again, and never published."""

import os
import random
import shutil

import pytest

from generator.__main__ import main
from generator.runs import catalogue
from tests.conftest import TINY

pytestmark = pytest.mark.usefixtures("one_worker_is_this_process")

SAMPLE = 24  # damages of one entry each


def flipped(path, rng):
    kept = bytearray(path.read_bytes())
    kept[rng.randrange(len(kept))] ^= 1 << rng.randrange(8)
    path.write_bytes(kept)


def cut(path, rng):
    os.truncate(path, rng.randrange(path.stat().st_size))


def emptied(path, rng):
    path.write_bytes(b"")


def zeroed(path, rng):
    path.write_bytes(bytes(path.stat().st_size))


def deleted(path, rng):
    path.unlink()


def foreign(path, rng):
    """What another entry of its kind holds."""
    others = sorted(other for other in path.parent.parent.rglob(f"*{path.suffix}") if other != path)
    if others:
        path.write_bytes(rng.choice(others).read_bytes())
    else:
        path.write_bytes(b"not ours\n")


def flipped_under_its_date(path, rng):
    date = path.stat().st_mtime_ns
    flipped(path, rng)
    os.utime(path, ns=(date, date))


def from_the_future(path, rng):
    flipped(path, rng)
    os.utime(path, (4e9, 4e9))


def a_link_to_another(path, rng):
    elsewhere = path.with_name("elsewhere")
    path.rename(elsewhere)
    flipped(elsewhere, rng)
    path.symlink_to(elsewhere)


DAMAGES = (flipped, cut, emptied, zeroed, deleted, foreign, flipped_under_its_date, from_the_future, a_link_to_another)


def tree(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def build(made_tiny, tmp_path_factory):
    """Builds the tiny article's site in a new folder from a cache: the site, and what was said."""

    def run(cache, capsys):
        catalogue._LOADED.clear()
        out = tmp_path_factory.mktemp("site")
        options = ["--quiet", "--workers", "1", "--content", str(TINY), "--out", str(out), "--cache", str(cache)]
        assert main(["build", *options]) == 0
        return tree(out), capsys.readouterr().err

    return run


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_cache_damaged_in_every_entry_gives_the_same_site(build, made_tiny, tmp_path, capsys, damage):
    cache = shutil.copytree(made_tiny, tmp_path / "cache")
    rng = random.Random(damage.__name__)
    for path in entries(cache):
        damage(path, rng)
    whole, _ = build(made_tiny, capsys)
    site, said = build(cache, capsys)
    assert site == whole
    assert damage is deleted or said.count("it is made again") > 10
    assert not build(cache, capsys)[1]  # all of it is sound again


def test_a_damaged_entry_is_told_and_gives_the_same_site(build, made_tiny, tmp_path, capsys):
    whole, _ = build(made_tiny, capsys)
    rng = random.Random(3)
    for _ in range(SAMPLE):
        cache = shutil.copytree(made_tiny, tmp_path / "cache")
        path, damage = rng.choice(entries(cache)), rng.choice(DAMAGES)
        damage(path, rng)
        site, said = build(cache, capsys)
        assert site == whole, (path, damage)
        assert said == "" or str(path) in said
        shutil.rmtree(cache)


def entries(cache):
    return sorted(path for path in cache.rglob("*") if path.is_file())

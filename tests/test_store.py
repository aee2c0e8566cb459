"""The cache."""

import importlib.metadata
import os
import subprocess
import sys
import time

import pytest

from generator.base import store
from generator.base.memo import digest
from generator.base.store import Store


def tree(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


DAMAGES = {
    "a flipped bit": lambda kept: bytes([*kept[:90], kept[90] ^ 1, *kept[91:]]),
    "a flipped bit of the checksum": lambda kept: bytes([kept[0] ^ 1, *kept[1:]]),
    "cut": lambda kept: kept[: len(kept) // 2],
    "empty": lambda kept: b"",
    "zeros": lambda kept: bytes(len(kept)),
    "longer": lambda kept: kept + b"\0",
    "without a checksum": lambda kept: kept.partition(b"\n")[2],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_entry_is_told_and_counts_as_missing(tmp_path, damage):
    said = []
    cache = Store(tmp_path, said.append)
    key = digest("a", 1)
    assert cache.load_json("measures", key) is None and cache.find("measures", key, "json") is None and not said
    cache.save_json("measures", key, {"accuracy": [0.5, 1.0], "loss": [0.1, 0.2]})
    assert cache.load_json("measures", key) == {"accuracy": [0.5, 1.0], "loss": [0.1, 0.2]}
    path = cache.entry("measures", key, "json").path
    path.write_bytes(damage(path.read_bytes()))
    assert cache.load_json("measures", key) is None and cache.find("measures", key, "json") is None
    assert said == [f"{path}: damaged; it is made again"] * 2
    with pytest.raises(store.DamagedEntry, match="damaged"):
        cache.entry("measures", key, "json").read_bytes()


def test_an_entry_in_the_place_of_another_is_damaged(tmp_path):
    cache = Store(tmp_path)
    ours, other = (cache.save("runs", digest(name), "npz", name.encode()) for name in "ab")
    other.path.write_bytes(ours.path.read_bytes())
    assert cache.load("runs", digest("b"), "npz") is None


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_writes_is_not(tmp_path):
    cache, live = Store(tmp_path), store.passing(tmp_path / "entries" / "runs")
    cache.save("runs", digest("a"), "npz", b"a")
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    dead = live.with_name(f".new-{gone.stdout.strip()}-{time.time_ns()}-0")
    reused = live.with_name(f".new-{os.getpid()}-1000000000-0")  # long before this process began
    for path in (live, dead, reused):
        path.write_bytes(b"half")
    cache.sweep()
    assert live.exists() and not dead.exists() and not reused.exists()
    assert cache.load("runs", digest("a"), "npz") == b"a"


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        store.write_whole(tmp_path / "a" / "b.txt", b"data")
    assert tree(tmp_path) == {}


def test_line_endings_do_not_change_the_digest_of_code(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "GENERATOR", tmp_path)
    (tmp_path / "one.py").write_bytes(b"a = 1\nb = 2\n")
    (tmp_path / "two.py").write_bytes(b"a = 1\r\nb = 2\r\n")
    assert store.code("one") == store.code("two")


def test_versions_are_those_that_python_tells():
    names = ("torch", "numpy", "pillow", "markdown", "quickjs-ng", "ghp-import")
    assert store.versions(*names) == {name: importlib.metadata.version(name) for name in names}
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        store.versions("no-such-library")

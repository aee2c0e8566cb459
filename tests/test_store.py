"""The cache."""

import importlib.metadata
import os

import pytest

from generator.base import store
from generator.base.memo import digest
from generator.base.store import Store


def tree(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_entries_come_back_and_unreadable_ones_count_as_missing(tmp_path):
    cache = Store(tmp_path)
    key = digest("a", 1)
    assert cache.load_json("measures", key) is None
    cache.save_json("measures", key, {"accuracy": 0.5})
    assert cache.load_json("measures", key) == {"accuracy": 0.5}
    cache.path("measures", key, "json").write_text("{")
    assert cache.load_json("measures", key) is None


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

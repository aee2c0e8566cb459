"""The cache."""

import importlib.metadata
import os
import subprocess
import sys
import time

import psutil
import pytest

from generator.base import store
from generator.base.errors import PeekError
from generator.base.memo import digest
from generator.base.store import DamagedEntry, Store, content_of
from tests.promises import tree

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
    swap = dead.rename(dead.with_name(f".a-[b]-{dead.name[1:]}"))
    (tmp_path / "entries" / "runs" / f".a-b-{dead.name[1:]}").mkdir()
    dead.write_bytes(b"half")
    cache.sweep()
    assert swap.exists()
    for prefix in (".a-[b]-", ".a-b-"):
        store.sweep(swap.parent, prefix)
    assert sorted(path.name for path in swap.parent.iterdir() if "new" in path.name) == [live.name]
    assert live.exists() and not dead.exists() and not reused.exists()
    assert cache.load("runs", digest("a"), "npz") == b"a"


def test_what_a_process_of_somebody_else_may_write_stays(tmp_path, monkeypatch):
    def refused(pid):
        raise psutil.AccessDenied(pid)

    left = tmp_path / f".new-{os.getpid()}-1-0"
    left.touch()
    monkeypatch.setattr(psutil, "Process", refused)
    store.sweep(tmp_path)
    assert left.exists()


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
    (tmp_path / "three.py").write_bytes(b"a = 1\nb = 3\n")
    (tmp_path / "font.ttf").write_bytes(b"a\r\n")
    assert store.code("one") == store.code("two") != store.code("three")
    assert store.code("font.ttf") == digest([store.sha256(b"a\r\n")]) != store.code("one", "font.ttf")


def test_the_digest_of_all_code_is_of_modules_scripts_and_fonts_with_their_places(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "GENERATOR", tmp_path)

    def after(path, content):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
        store.all_code.cache_clear()
        return store.all_code()

    changes = [("b/a.py", b"a"), ("b/a.py", b"b"), ("a.py", b"b"), ("c.ttf", b"c"), ("d.js", b"d"), ("a.py", b"a\nb")]
    digests = [after(*change) for change in changes]
    assert len(set(digests)) == len(changes) and {len(one) for one in digests} == {32}
    assert after("a.py", b"a\r\nb") == after("e.txt", b"e") == digests[-1]
    (tmp_path / "a.py").unlink()
    (tmp_path / "b" / "a.py").unlink()
    assert after("a.py", b"") != after("b/a.py", b"")
    store.all_code.cache_clear()


def test_files_of_a_folder_are_all_that_no_link_leads_into(tmp_path):
    for path in ("a", "b/c", "b/d/e"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "b")
    found = {path: entry.path for path, entry in store.entries(str(tmp_path))}
    assert found == {path: str(tmp_path / path) for path in ("a", "b/c", "b/d/e")}


def test_an_entry_has_its_place_and_is_written_again(tmp_path):
    cache = Store(tmp_path)
    for data in (b"a", b"ab"):
        entry = cache.save("runs", "0123", "npz", data)
        assert entry.path == tmp_path / "entries" / "runs" / "01" / "0123.npz" and entry.read_bytes() == data
        assert entry.stat().st_size == len(store.sha256(b"")) + 1 + len(data)
    assert store.sha256(entry.path) == store.sha256(entry.path.read_bytes())
    assert cache.find_all("runs", "0123", ["npz"]) == {"npz": entry}
    assert cache.find_all("runs", "0123", ["npz", "json"]) is None
    with pytest.raises(ValueError, match="JSON"):
        cache.save_json("runs", "0123", float("nan"))


def test_what_cannot_be_read_says_why(tmp_path):
    entry = Store(tmp_path).entry("runs", "0123", "npz")
    entry.path.mkdir(parents=True)
    with pytest.raises(store.DamagedEntry, match="is a directory"):
        entry.read_bytes()
    assert Store(tmp_path).load("runs", "0123", "npz") is None


def test_versions_are_those_that_python_tells(monkeypatch):
    names = ("torch", "numpy", "pillow", "markdown", "quickjs-ng", "ghp-import")
    modules = {"numpy": "numpy", "yaml": "PyYAML", "PIL": "pillow", "no_such_module": ""}
    assert store.installed(modules) == {module: importlib.metadata.version(of) for module, of in modules.items() if of}
    with monkeypatch.context() as quick:
        store.versions.cache_clear()
        quick.setattr(store, "_told", lambda library: f"the long way to {library}")
        assert store.versions("numpy") == {"numpy": importlib.metadata.version("numpy")}
    store.versions.cache_clear()
    assert store.versions(*names) == {name: importlib.metadata.version(name) for name in names}
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        store.versions("no-such-library")


def test_an_entry_that_is_known_is_there_until_its_file_says_otherwise(tmp_path):
    store = Store(tmp_path, print)
    known = store.keep("memo", "ab" * 16, "json", b"[1]")
    assert known.is_there() and known.read_bytes() == content_of(known) == b"[1]" and content_of(b"x") == b"x"
    store.save("memo", "ab" * 16, "json", b"[2]")
    assert not known.is_there()
    with pytest.raises(DamagedEntry, match="replaced by another build"):
        known.read_bytes()
    known.path.unlink()
    assert not known.is_there()


def test_a_place_where_nothing_can_be_kept_is_told(tmp_path):
    for _ in range(2):  # also where it is there
        Store(tmp_path / "new" / "cache").refuse_place()
    assert not list((tmp_path / "new" / "cache" / "entries").iterdir())
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "cache"):
        with pytest.raises(PeekError, match="entries: nothing can be put there, not a directory; expected a folder"):
            Store(place).refuse_place()

"""The cache: what was made, kept under the address of what made it.

A cache entry is addressed by what made it (digest of the code used, its
parameters and input, the versions of its libraries), so a changed cause is a
new address and nothing is ever stale. Files appear whole: written beside, then
renamed. Each begins with its checksum, which is compared whenever it is read, so
that what a disk, a sync or a hand did to it is seen.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import glob
import hashlib
import itertools
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import PeekError
from .memo import digest

GENERATOR = Path(__file__).parent.parent


@functools.cache
def code(*modules: str) -> str:
    """Digest of modules' source ("train", "figures/angles"), line endings normalised, and of fonts ("fonts/x.ttf")."""
    return digest([_source(str(GENERATOR / name) + ".py" * ("." not in name)) for name in modules])


def _source(path: str) -> str:
    """What stands for a file in a digest: the text of a module; SHA-256 of another's bytes."""
    return Path(path).read_text(encoding="utf-8") if path.endswith(".py") else sha256(Path(path))


@functools.cache
def all_code() -> str:
    """Digest of every module's source, line endings normalised, of the scripts that it runs and of the fonts."""
    made = hashlib.sha256()
    for path, entry in sorted(entries(str(GENERATOR)), key=lambda found: found[0]):
        if path.endswith((".py", ".ttf", ".js")):
            source = Path(entry.path).read_bytes().replace(b"\r\n", b"\n")
            made.update(f"{path}\n{len(source)}\n".encode() + source)
    return made.hexdigest()[:32]


@functools.cache
def versions(*libraries: str) -> dict[str, str]:
    """Installed versions by library name."""
    listed = _installed()
    return {name: listed.get(name) or _told(name) for name in libraries}


@functools.cache
def _installed() -> dict[str, str]:
    """Version of each package, by the names of the folders that say so; first on the path first."""
    listed: dict[str, str] = {}
    for folder in sys.path:
        with contextlib.suppress(OSError):
            for entry in os.listdir(folder or "."):
                name, dash, version = entry.removesuffix(".dist-info").rpartition("-")
                if dash and entry.endswith(".dist-info"):
                    listed.setdefault(name.lower().replace("_", "-"), version)
    return listed


def installed(modules: Iterable[str]) -> dict[str, str]:
    """Versions of the packages that modules are from, by name of the module; of those that are installed."""
    found: dict[str, str] = {}
    for module in modules:
        if version := _installed().get(module.lower().replace("_", "-")):
            found[module] = version
        elif module in _packages():
            found[module] = _told(_packages()[module][0])
    return found


@functools.cache
def _packages() -> Mapping[str, list[str]]:
    """The packages that have a module, by its name: 20 ms, and each function of an author's own code asks."""
    import importlib.metadata

    return importlib.metadata.packages_distributions()


def _told(library: str) -> str:
    """A version in the long way: for all libraries it would add 25 ms of a core to the 90 that a build without a change
    takes, most of it for the import alone.
    """
    import importlib.metadata

    return importlib.metadata.version(library)


def entries(folder: str, inside: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every file under a folder with its path within, quicker than os.walk by the thousand."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                yield from entries(entry.path, f"{inside}{entry.name}/")
            elif entry.is_file():
                yield f"{inside}{entry.name}", entry


def write_whole(path: Path, data: bytes, beside: Path | None = None) -> None:
    """Write a file so that it is seen whole or not at all.

    beside  the folder in which it is written before it is moved to its place, one above; None: its own
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = passing(beside or path.parent)
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise


_count = itertools.count()


def passing(folder: Path, prefix: str = ".") -> Path:
    """A name for what is on its way to a place in a folder: it says which process writes it, since when."""
    return folder / f"{prefix}new-{os.getpid()}-{time.time_ns()}-{next(_count)}"


def try_to_write(folder: Path, prefix: str = ".") -> None:
    """Try whether something can be put into a folder, which is made where there is none.

    prefix  of its name, as for `passing`
    raises  PeekError: it cannot
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tried = passing(folder, prefix)
        tried.mkdir()
        tried.rmdir()
    except OSError as error:
        what = os.strerror(errno.ENOTDIR) if isinstance(error, FileExistsError) else error.strerror or str(error)
        at = f"{folder}: nothing can be put there, {what.lower()}"
        raise PeekError(f"{at}; expected a folder that can be written") from None


def sweep(folder: Path, prefix: str = ".") -> None:
    """Remove what processes that are gone left on its way; see `passing`."""
    for left in folder.glob(f"{glob.escape(prefix)}new-*-*-*"):
        pid, since, _ = left.name.rsplit("-", 3)[1:]
        if not _lives(int(pid), int(since) / 1e9):
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)


def _lives(pid: int, since: float) -> bool:
    """Whether a process that was there at a time, in seconds of the epoch, still is."""
    import psutil  # some milliseconds to import, where nothing was left

    try:
        return bool(psutil.Process(pid).create_time() <= since)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # another person's, of which not every system tells
        return True


class DamagedEntry(PeekError):
    """A file of the cache does not hold what was put there."""


@dataclass(frozen=True)
class Entry:
    """A file of the cache: SHA-256 of its own name and of what it holds, a line's end, what it holds."""

    path: Path

    def read_bytes(self) -> bytes:
        """What it holds.

        raises  DamagedEntry: it is not there, cannot be read, or is not what was put there
        """
        try:
            head, _, data = self.path.read_bytes().partition(b"\n")
        except OSError as error:
            raise DamagedEntry(f"{self.path}: {(error.strerror or 'cannot be read').lower()}") from None
        if head != self._sum(data):
            raise DamagedEntry(f"{self.path}: damaged")
        return data

    def write_bytes(self, data: bytes) -> None:
        """Put something there, whole or not at all."""
        write_whole(self.path, self._sum(data) + b"\n" + data, self.path.parent.parent)

    def stat(self) -> os.stat_result:
        """Size and date of the file."""
        return self.path.stat()

    def _sum(self, data: bytes) -> bytes:
        return hashlib.sha256(self.path.name.encode() + b"\n" + data).hexdigest().encode()


@dataclass(frozen=True)
class KnownEntry(Entry):
    """An entry of which it is known what it holds, so that nobody need read it to tell it from another.

    sum   SHA-256 of what it holds
    head  the first line of its file
    """

    sum: str
    head: str

    def is_there(self) -> bool:
        """Whether the file says that it holds just this; damage behind its first line shows when it is read."""
        try:
            with open(self.path, "rb", buffering=0) as file:  # a third of the time of Path.open, by the hundred
                return file.read(len(self.head) + 1) == f"{self.head}\n".encode()
        except OSError:
            return False

    def read_bytes(self) -> bytes:
        """What it holds.

        raises  DamagedEntry: also where another build has put something else there
        """
        data = super().read_bytes()
        if sha256(data) != self.sum:
            raise DamagedEntry(f"{self.path}: replaced by another build")
        return data


File = bytes | Path | Entry  # what a file of the site is made of


@dataclass(frozen=True)
class Store:
    """The cache folder: entries by kind ("runs", "pictures", …), address and ending.

    tell  told in a line of each entry that is damaged, which counts as not there
    """

    root: Path
    tell: Callable[[str], None] = field(default=lambda said: None, compare=False)

    def entry(self, kind: str, key: str, ending: str) -> Entry:
        """An entry, whether or not it is there."""
        return Entry(self.root / f"entries/{kind}/{key[:2]}/{key}.{ending}")

    def load(self, kind: str, key: str, ending: str) -> bytes | None:
        """What an entry holds; None when it is not there, or damaged."""
        entry = self.entry(kind, key, ending)
        try:
            return entry.read_bytes()
        except DamagedEntry as error:
            if os.path.lexists(entry.path):
                self.tell(f"{error}; it is made again")
            return None

    def find(self, kind: str, key: str, ending: str) -> Entry | None:
        """An entry that is there and sound, or None."""
        return None if self.load(kind, key, ending) is None else self.entry(kind, key, ending)

    def find_all(self, kind: str, key: str, endings: Iterable[str]) -> dict[str, Entry] | None:
        """Entries of one address by ending, when all of them are there and sound."""
        found = {ending: self.find(kind, key, ending) for ending in endings}
        sound = {ending: entry for ending, entry in found.items() if entry}
        return sound if len(sound) == len(found) else None

    def save(self, kind: str, key: str, ending: str, data: bytes) -> Entry:
        """Keep an entry."""
        entry = self.entry(kind, key, ending)
        entry.write_bytes(data)
        return entry

    def keep(self, kind: str, key: str, ending: str, data: bytes) -> KnownEntry:
        """Keep an entry, and know what it holds."""
        entry = self.save(kind, key, ending, data)
        return KnownEntry(entry.path, sha256(data), entry._sum(data).decode())

    def save_json(self, kind: str, key: str, value: Any) -> None:
        """Keep a plain value."""
        self.save(kind, key, "json", json.dumps(value, separators=(",", ":"), allow_nan=False).encode())

    def load_json(self, kind: str, key: str) -> Any:
        """A plain value; None when it is not there, or damaged."""
        kept = self.load(kind, key, "json")
        return None if kept is None else json.loads(kept)

    def refuse_place(self) -> None:
        """raises  PeekError: nothing can be kept there"""
        try_to_write(self.root / "entries")

    def sweep(self) -> None:
        """Remove what processes that were killed left half written."""
        for kind in (self.root / "entries").glob("*"):
            sweep(kind)


def content_of(file: File) -> bytes:
    """What a file of the site holds."""
    return file if isinstance(file, bytes) else file.read_bytes()


def sha256(data: bytes | Path) -> str:
    """SHA-256 of bytes or of a file's, hex."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

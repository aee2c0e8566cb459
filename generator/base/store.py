"""The cache: what was made, kept under the address of what made it.

A cache entry is addressed by what made it (digest of the code used, its
parameters and input, the versions of its libraries), so a changed cause is a
new address and nothing is ever stale. Files appear whole: written beside, then
renamed.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    known, unknown = _installed(), []
    found: dict[str, str] = {}
    for module in modules:
        version = known.get(module.lower().replace("_", "-"))
        if version:
            found[module] = version
        else:
            unknown.append(module)
    if unknown:
        import importlib.metadata

        packages = importlib.metadata.packages_distributions()
        found |= {name: _told(packages[name][0]) for name in unknown if name in packages}
    return found


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


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is seen whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


@dataclass(frozen=True)
class Store:
    """The cache folder: entries by kind ("runs", "pictures", …), address and ending."""

    root: Path

    def path(self, kind: str, key: str, ending: str) -> Path:
        """Where an entry is, if it is there."""
        return self.root / kind / key[:2] / f"{key}.{ending}"

    def has(self, kind: str, key: str, ending: str) -> bool:
        """Whether an entry is there."""
        return self.path(kind, key, ending).exists()

    def save(self, kind: str, key: str, ending: str, data: bytes) -> None:
        """Keep an entry."""
        write_whole(self.path(kind, key, ending), data)

    def save_json(self, kind: str, key: str, value: Any) -> None:
        """Keep a plain value."""
        self.save(kind, key, "json", json.dumps(value, separators=(",", ":"), allow_nan=False).encode())

    def load_json(self, kind: str, key: str) -> Any:
        """A plain value; None when it is not there or cannot be read."""
        try:
            return json.loads(self.path(kind, key, "json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None


def sha256(data: bytes | Path) -> str:
    """SHA-256 of bytes or of a file's, hex."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Everything on disk that the generator writes: the cache, and the site.

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
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import PeekError
from .memo import digest
from .warnings import Warned

GENERATOR = Path(__file__).parent.parent
MANIFEST = ".peek.json"
BACK_NS = 2_000_000_000  # longer than the coarsest file system's clock ticks


class ForeignFolderError(PeekError):
    """The output folder holds files that no build of ours has put there."""


@functools.cache
def code(*modules: str) -> str:
    """Digest of modules' source ("train", "figures/angles"), line endings normalised, and of fonts ("fonts/x.ttf")."""
    return digest([_source(str(GENERATOR / name) + ".py" * ("." not in name)) for name in modules])


def _source(path: str) -> str:
    """What stands for a file in a digest: the text of a module; SHA-256 of another's bytes."""
    return Path(path).read_text(encoding="utf-8") if path.endswith(".py") else sha256(Path(path))


@functools.cache
def all_code() -> str:
    """Digest of every module's source, line endings normalised, and of the fonts."""
    made = hashlib.sha256()
    for path, entry in sorted(_entries(str(GENERATOR)), key=lambda found: found[0]):
        if path.endswith((".py", ".ttf")):
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


def _told(library: str) -> str:
    """A version in the long way, whose import alone takes as long as all else that a build without a change does."""
    import importlib.metadata

    return importlib.metadata.version(library)


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


def intact(out: Path, made_from: str) -> list[Warned] | None:
    """The warnings of the site in a folder when it was made from just this and nothing in it has changed, else None."""
    manifest = _manifest(out)
    if manifest.get("made_from") != made_from or _found(out, manifest)[0] != manifest["files"]:
        return None
    return [Warned(*warned) for warned in manifest["warnings"]]


def publish(
    files: Mapping[str, bytes | Path],
    out: Path,
    made_from: str = "",
    warnings: Sequence[Warned] = (),
    sums: Mapping[str, str] | None = None,
) -> bool:
    """Make `out` hold exactly these files, all at once.

    What is new is written beside its place and swapped in, so that a reader or an interruption finds the old site or
    the new one: one file where only one differs, which is what a changed word comes to, else the whole folder. What
    stays the same is taken over from the old one. The folder's own .gitignore is kept. Returns whether anything
    changed.

    files      site-relative path -> content, or a file to copy
    made_from  digest of all that it comes from, and
    warnings   what was said on the way, both kept in the manifest
    sums       SHA-256 of files, by path, where it is known
    raises  ForeignFolderError: `out` holds files and no manifest of ours
    """
    out = Path(os.path.abspath(out))
    _mend(out)
    _refuse_foreign(out)
    known = sums or {}
    wanted = {path: known.get(path) or sha256(data) for path, data in sorted(files.items())}
    old = _manifest(out)
    there, seen = _found(out, old) if old else ({}, {})
    changed = [path for path in wanted if there.get(path) != wanted[path]]
    manifest: dict[str, Any] = {"made_from": made_from, "warnings": list(warnings), "files": wanted, "seen": seen}
    if there.keys() == wanted.keys() and not changed:
        _save_manifest(out, manifest)
        return False
    fresh = Path(tempfile.mkdtemp(dir=_made(out.parent), prefix=f".{out.name}.new-"))
    try:
        if there.keys() == wanted.keys() and len(changed) == 1:
            seen[changed[0]] = _write(os.path.join(fresh, "file"), files[changed[0]])
            os.replace(fresh / "file", out / changed[0])
            _save_manifest(out, manifest)
            return True
        fresh.chmod(0o755)
        for folder in {os.path.dirname(path) for path in files}:
            os.makedirs(os.path.join(fresh, folder), exist_ok=True)
        for path, data in files.items():
            old_file, new_file = os.path.join(out, path), os.path.join(fresh, path)  # quicker than / by the thousand
            if there.get(path) != wanted[path] or not _linked(old_file, new_file):
                seen[path] = _write(new_file, data)
        _save_manifest(fresh, manifest)
        if (out / ".gitignore").exists():
            shutil.copyfile(out / ".gitignore", fresh / ".gitignore")
        _swap(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return True


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _old(out: Path) -> Path:
    return out.with_name(f".{out.name}.old")


def _mend(out: Path) -> None:
    """Put the last good site back where an interruption fell between the two renames of a swap."""
    if _old(out).exists():
        if out.exists():
            shutil.rmtree(_old(out))
        else:
            _old(out).rename(out)


def _refuse_foreign(out: Path) -> None:
    if not out.exists() or (out / MANIFEST).exists():
        return
    if not out.is_dir() or any(entry.name != ".gitignore" for entry in out.iterdir()):
        raise ForeignFolderError(
            f"{out}: holds files that peek did not put there; expected an empty folder, or a site that peek made"
        )


def _write(target: str, data: bytes | Path) -> list[int]:
    """A new file of a site, dated back so that any later change of it has another date. Returns its look."""
    if isinstance(data, bytes):
        Path(target).write_bytes(data)
    else:
        shutil.copyfile(data, target)
    written_ns = os.stat(target).st_mtime_ns - BACK_NS
    os.utime(target, ns=(written_ns, written_ns))
    return _look(os.stat(target))


def _linked(old: str, target: str) -> bool:
    """Take a file over from the old site, which is about to go. Returns whether that worked."""
    try:
        os.link(old, target)
    except OSError:  # not every file system has links
        return False
    return True


def _manifest(out: Path) -> dict[str, Any]:
    """What a site says of itself; {} where there is none."""
    try:
        found: dict[str, Any] = json.loads((out / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return found


def _save_manifest(out: Path, manifest: dict[str, Any]) -> None:
    """Keep what a site says of itself. seen: the look of each of its files, by path, and of some that are gone."""
    seen = {path: manifest["seen"][path] for path in manifest["files"]}
    write_whole(out / MANIFEST, json.dumps(manifest | {"seen": seen}).encode() + b"\n")


def _look(stat: os.stat_result) -> list[int]:
    """Size and date of a file: as long as both stay, so does its content."""
    return [stat.st_size, stat.st_mtime_ns]


def _found(out: Path, manifest: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, list[int]]]:
    """Digest and look of every file of a site, by path, but for its manifest and .gitignore; only changes are read."""
    known, before = manifest.get("files", {}), manifest.get("seen", {})
    found, seen = {}, {}
    for path, entry in _entries(str(out)):
        if path not in (MANIFEST, ".gitignore"):
            seen[path] = _look(entry.stat())
            same = path in known and before.get(path) == seen[path]
            found[path] = known[path] if same else sha256(Path(entry.path))
    return found, seen


def _entries(folder: str, inside: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every file under a folder with its path within, quicker than os.walk by the thousand."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path, f"{inside}{entry.name}/")
            elif entry.is_file():
                yield f"{inside}{entry.name}", entry


def _swap(fresh: Path, out: Path) -> None:
    if out.exists():
        out.rename(_old(out))
    fresh.rename(out)
    shutil.rmtree(_old(out), ignore_errors=True)

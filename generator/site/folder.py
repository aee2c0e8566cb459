"""The folder of a built site: whole or not at all, and never over what is not ours.

    site = SiteFolder(Path("site"), Path(".cache"))
    if site.intact(made_from) is None:
        site.publish(files, made_from, warnings)

The folder itself holds the site, a mark that it is ours, and nothing of the machine it was built on. What makes the
next look at it quick is in the cache.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..base import filenames, interrupts
from ..base.errors import PeekError
from ..base.memo import digest
from ..base.store import (
    Entry,
    File,
    KnownEntry,
    Store,
    content_of,
    entries,
    passing,
    sha256,
    sweep,
    try_to_write,
    write_whole,
)
from ..base.warnings import Warned
from . import manifest
from .manifest import KEPT, MARK

MARKED = b'{"made_by": "peek"}\n'
BACK_NS = 2_000_000_000  # longer than the coarsest file system's clock ticks


class ForeignFolderError(PeekError):
    """The output folder holds files that no build of ours has put there."""


class SiteFolder:
    """A folder that a site is written to, and what the cache knows of it.

    The record in the cache: made_from, the digest of all that the site comes from; warnings, what was said on the
    way; files, the SHA-256 of each by path; seen, its size and date then.
    """

    def __init__(self, out: Path, cache: Path) -> None:
        self.out = Path(os.path.realpath(out))  # where a link leads is the site, and the link stays
        self._store = Store(cache)
        self._key = digest("site", str(self.out))

    def intact(self, made_from: str) -> list[Warned] | None:
        """The warnings of the site when it was made from just this and nothing in it has changed, else None."""
        record = self._record()
        if record.get("made_from") != made_from or not is_ours(self.out) or self._found(record)[0] != record["files"]:
            return None
        shutil.rmtree(self._old, ignore_errors=True)  # which a build that was killed amid removing it left
        return [Warned(*warned) for warned in record["warnings"]]

    def publish(
        self,
        files: Mapping[str, File],
        made_from: str = "",
        warnings: Sequence[Warned] = (),
        sums: Mapping[str, str] | None = None,
    ) -> bool:
        """Make the folder hold exactly these files and their manifest, all at once. Returns whether anything changed.

        What is new is written beside its place and swapped in, so that a reader or an interruption finds the old site
        or the new one: one file and the manifest where only one differs, which is what a changed word comes to, else
        the whole folder.
        What stays the same is taken over from the old one. The folder's own .gitignore is kept.

        files   site-relative path -> content, or a file to copy
        sums    SHA-256 of files, by path, where it is known
        raises  ForeignFolderError: the folder holds files and no mark of ours
        """
        out = self.out
        self._mend()
        self._store.sweep()
        self.refuse_foreign()
        known = sums or {}
        wanted = {path: known.get(path) or _sum(data) for path, data in sorted(files.items())}
        files = {**files, manifest.NAME: (listed := manifest.written(wanted))}
        wanted[manifest.NAME] = sha256(listed)
        there, seen = self._found(self._record()) if is_ours(out) else ({}, {})
        changed = [path for path in wanted if there.get(path) != wanted[path]]
        record: dict[str, Any] = {"made_from": made_from, "warnings": list(warnings), "files": wanted, "seen": seen}
        if is_ours(out) and there.keys() == wanted.keys() and not changed:
            self._remember(record)
            return False
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh = passing(out.parent, f".{out.name}.")
        try:
            fresh.mkdir()
            if there.keys() == wanted.keys() and len({*changed} - {manifest.NAME}) <= 1:
                with interrupts.held():
                    self._replace({path: files[path] for path in changed}, Path(fresh), record)
                return True
            for folder in {os.path.dirname(path) for path in files}:
                os.makedirs(os.path.join(fresh, folder), exist_ok=True)
            for path, data in files.items():
                # Quicker than / by the thousand.
                old_file, new_file = os.path.join(out, path), os.path.join(fresh, path)
                if there.get(path) != wanted[path] or not _linked(old_file, new_file):
                    seen[path] = _write(new_file, data)
            write_whole(fresh / MARK, MARKED)
            if (out / ".gitignore").exists():
                shutil.copyfile(out / ".gitignore", fresh / ".gitignore")
            self._remember(record)
            with interrupts.held():
                self._swap(fresh)
        finally:
            with interrupts.held():
                shutil.rmtree(fresh, ignore_errors=True)
        return True

    @property
    def _old(self) -> Path:
        return self.out.with_name(f".{self.out.name}.old")

    def _mend(self) -> None:
        """Put the last good site back where an interruption fell between the two renames of a swap; sweep the rest."""
        sweep(self.out.parent, f".{self.out.name}.")
        if is_ours(self.out):
            (self.out / manifest.NEXT).unlink(missing_ok=True)
        if self._old.exists():
            if self.out.exists():
                shutil.rmtree(self._old)
            else:
                self._old.rename(self.out)

    def refuse_foreign(self) -> None:
        """raises  ForeignFolderError: the folder holds files and no mark of ours"""
        if not self.out.exists() or is_ours(self.out):
            return
        if not self.out.is_dir() or any(not _is_nothing(entry.name) for entry in self.out.iterdir()):
            raise ForeignFolderError(
                f"{self.out}: holds files that peek did not put there;"
                " expected an empty folder, or a site that peek made"
            )

    def refuse_place(self) -> None:
        """raises  PeekError: a site cannot be made and swapped in where this one is to be"""
        if os.path.ismount(self.out):
            raise PeekError(
                f"{self.out}: a file system of its own, which cannot be swapped; expected a folder within it"
            )
        try_to_write(self.out.parent, f".{self.out.name}.")

    def _replace(self, changed: Mapping[str, File], fresh: Path, record: dict[str, Any]) -> None:
        """Put one file and the manifest in their places.

        The new manifest lies beside the old one meanwhile: wherever this ends, the site is as one of them says.
        """
        for number, path in enumerate(changed):
            record["seen"][path] = _write(os.path.join(fresh, str(number)), changed[path])
        self._remember(record)  # first: a record of what is not there yet is seen to be none
        steps = {path: fresh / str(number) for number, path in enumerate(changed)}
        if listed := steps.pop(manifest.NAME, None):
            os.replace(listed, self.out / manifest.NEXT)
        for path, file in steps.items():
            os.replace(file, self.out / path)
        if listed:
            os.replace(self.out / manifest.NEXT, self.out / manifest.NAME)

    def _swap(self, fresh: Path) -> None:
        if self.out.exists():
            self.out.rename(self._old)
        fresh.rename(self.out)
        shutil.rmtree(self._old, ignore_errors=True)

    def _record(self) -> dict[str, Any]:
        """What the cache knows of the site; {} where it knows nothing."""
        record: dict[str, Any] = self._store.load_json("sites", self._key) or {}
        return record

    def _remember(self, record: dict[str, Any]) -> None:
        """Keep what is known of the site; seen: the look of each of its files, by path, and of some that are gone."""
        seen = {path: record["seen"][path] for path in record["files"]}
        self._store.save_json("sites", self._key, record | {"seen": seen})

    def _found(self, record: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, list[int]]]:
        """Digest and look of every file of the site, by path; only what has changed since the record is read."""
        known, before = record.get("files", {}), record.get("seen", {})
        found, seen = {}, {}
        for path, entry in entries(str(self.out)):
            if path not in KEPT:
                seen[path] = _look(entry.stat())
                same = path in known and before.get(path) == seen[path]
                found[path] = known[path] if same else sha256(Path(entry.path))
        return found, seen


def _is_nothing(name: str) -> bool:
    """Whether a folder with a file of this name is as good as empty."""
    return name == ".gitignore" or filenames.of_system(name)


def is_ours(folder: Path) -> bool:
    """Whether a folder is a site of ours."""
    return (folder / MARK).is_file()


def _sum(data: File) -> str:
    """SHA-256 of a file's content, hex."""
    if isinstance(data, KnownEntry):
        return data.sum
    return sha256(data.read_bytes() if isinstance(data, Entry) else data)


def _write(target: str, data: File) -> list[int]:
    """A new file of a site, dated back so that any later change of it has another date. Returns its look."""
    Path(target).write_bytes(content_of(data))
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


def _look(stat: os.stat_result) -> list[int]:
    """Size and date of a file: as long as both stay, so does its content."""
    return [stat.st_size, stat.st_mtime_ns]

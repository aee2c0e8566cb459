"""The manifest of a site: the SHA-256 of every file, as `sha256sum -c` reads it.

manifest.written(sums)
manifest.verify(Path("site"))
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..base.errors import PeekError, mistake
from ..base.filenames import of_system
from ..base.store import sha256

NAME = "SHA256SUMS"
MARK = ".peek.json"
NEXT = ".peek.next"  # the manifest to come, while a build replaces a file
KEPT = (MARK, NEXT, ".gitignore")  # files of the folder that are not of the site
LINE = re.compile(r"(\\?)([0-9a-f]{64}) [ *](.+)")
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}  # of names, in lines that begin with a backslash
UNESCAPED = {escape: character for character, escape in ESCAPES.items()}


class NoManifestError(PeekError):
    """A folder without a manifest."""


@dataclass(frozen=True)
class Verified:
    """What differs from the manifest, paths within the site in order; count: how many files the manifest names."""

    count: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    foreign: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing differs."""
        return not (self.missing or self.changed or self.foreign)


def written(sums: Mapping[str, str]) -> bytes:
    """The manifest. sums: SHA-256, hex, of each file by its path in the site."""
    return "".join(_line(path, sums[path]) for path in sorted(sums)).encode()


def read(path: Path) -> Iterator[tuple[int, str, str]]:
    """Each line's number, path in the site and SHA-256.

    raises  ContentError: a line that is none of a manifest
    """
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), 1):
        if not (parts := LINE.fullmatch(line)):
            raise mistake(f"{path}:{number}", "no line of a manifest", "a SHA-256 sum and a path")
        escaped, of, name = parts.groups()
        yield number, re.sub(r"\\[\\nr]", lambda found: UNESCAPED[found[0]], name) if escaped else name, of


def verify(site: Path) -> Verified:
    """Compare every file of a site with its manifest; a link counts as missing, whatever it leads to.

    Where a build was ended while it replaced a file, the site may be as the manifest to come says.

    raises  NoManifestError: there is none
            ContentError: a line that is none of a manifest
    """
    if not (site / NAME).is_file():
        raise NoManifestError(f"{site / NAME}: no such file; expected a site that peek build made")
    found = {path for path in _all(site) if path not in (NAME, *KEPT) and not of_system(path.rpartition("/")[2])}
    sound = {path: sha256(site / path) for path in found if stat.S_ISREG((site / path).lstat().st_mode)}
    verified = _compared(site / NAME, found, sound)
    if not verified.whole and (site / NEXT).is_file() and (new := _compared(site / NEXT, found, sound)).whole:
        return new
    return verified


def _compared(listed: Path, found: set[str], sound: Mapping[str, str]) -> Verified:
    """What differs from a manifest. found: all that is there; sound: SHA-256 of what is a file."""
    sums = {path: of for _, path, of in read(listed)}
    return Verified(
        len(sums),
        tuple(sorted(sums.keys() - sound.keys())),
        tuple(sorted(path for path in sums.keys() & sound.keys() if sound[path] != sums[path])),
        tuple(sorted(found - sums.keys())),
    )


def _all(site: Path) -> Iterator[str]:
    """The path within the site of all that is no folder; links are not followed."""
    for folder, folders, files in os.walk(site):
        linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        yield from (Path(folder, name).relative_to(site).as_posix() for name in [*files, *linked])


def _line(path: str, of: str) -> str:
    """A line; a name that would break it is escaped."""
    name = re.sub(r"[\\\n\r]", lambda found: ESCAPES[found[0]], path)
    return f"{'' if name == path else chr(92)}{of}  {name}\n"

"""Folders laid over each other: of the files of one name, the one in the uppermost folder counts.

templates = Overlay((mine, ours))
templates.contents["base.html"]  # of mine/base.html where it is there, else of ours/base.html
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from pathlib import Path

from . import filenames, textfile
from .memo import digest
from .store import entries, sha256

WORDS = "words/"  # a language is no code
STARTER = "new/"  # what a new article begins with, beside the templates


def default_templates() -> Path:
    """The templates beside the code: in the repository, or in the installed package."""
    code = Path(__file__).parent.parent
    installed = code / "templates"
    return installed if installed.is_dir() else code.parent / "templates"


def _inside(folder: Path) -> Iterator[tuple[str, Path]]:
    for name, entry in entries(str(folder)) if folder.is_dir() else ():
        if not (name.startswith(STARTER) or any(map(filenames.left_behind, name.split("/")))):
            yield name, Path(entry.path)


class Overlay:
    """The templates, styles and scripts of a build, as they are when they are first asked for.

    folders  the uppermost first
    plain    of which languages alone are taken: the rest is code, which nobody asked for
    """

    def __init__(self, *folders: Path, plain: Collection[Path] = ()) -> None:
        self.folders, self.plain = folders, plain

    @functools.cached_property
    def places(self) -> dict[str, Path]:
        """Where each file is, by its name, in the order of the names."""
        found: dict[str, Path] = {}
        for folder in self.folders:
            for name, path in _inside(folder):
                if name.startswith(WORDS) or folder not in self.plain:
                    found.setdefault(name, path)
        return dict(sorted(found.items()))

    @functools.cached_property
    def left_out(self) -> list[str]:
        """The names of the files that are not taken."""
        return sorted(name for folder in self.plain for name, _ in _inside(folder) if not name.startswith(WORDS))

    @functools.cached_property
    def contents(self) -> dict[str, bytes]:
        """What each file holds. It is read once, so that all of a build sees the same."""
        return {name: path.read_bytes() for name, path in self.places.items()}

    @functools.cached_property
    def sums(self) -> dict[str, str]:
        """SHA-256 of each file."""
        return {name: sha256(data) for name, data in self.contents.items()}

    @functools.cached_property
    def digest(self) -> str:
        """Of all names and contents, and whose they are."""
        return digest(self.sums, sorted(self.own))

    def text(self, name: str) -> str:
        """A file as text with plain line ends.

        raises  ContentError: it is not UTF-8
        """
        return textfile.decode(self.contents[name], str(self.place(name)))

    def inside(self, folder: str, ending: str) -> list[str]:
        """The names of the files directly in a folder."""
        return [name for name in self._by_folder.get(folder, ()) if name.endswith(ending)]

    @functools.cached_property
    def _by_folder(self) -> dict[str, list[str]]:
        """The names of the files, by the folder in which they are."""
        found: dict[str, list[str]] = {}
        for name in self.places:
            found.setdefault(name.rpartition("/")[0], []).append(name)
        return found

    @functools.cached_property
    def own(self) -> frozenset[str]:
        """The files that are other than those of the lowest folder, which is Peek's."""
        ours = self.folders[-1]
        above = {name for name, path in self.places.items() if not path.is_relative_to(ours)}
        return frozenset(
            name for name in above if not (ours / name).is_file() or (ours / name).read_bytes() != self.contents[name]
        )

    def place(self, name: str) -> Path:
        """Where a file is, or would be."""
        return self.places.get(name, self.folders[0] / name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Overlay) and (self.folders, self.digest) == (other.folders, other.digest)

    def __hash__(self) -> int:
        return hash((self.folders, self.digest))

"""Names of files as every system has them, whatever system an author's folder comes from.

Windows and macOS take names that differ in capitals alone for one, macOS decomposes letters (ü is u and two dots), and
Windows has no place for some names at all. The site and the cache hold what all of them can have.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

# What Finder and Explorer leave in folders that somebody looks into
_OF_SYSTEMS = {
    *(".ds_store", ".localized", ".spotlight-v100", ".trashes", ".fseventsd", "icon\r", "__macosx"),
    *("desktop.ini", "thumbs.db", "ehthumbs.db", "$recycle.bin", "system volume information"),
}
# What editors, browsers and synchronisation leave beside a file, and the streams of Windows that a copy made files of
_OF_PROGRAMS = (
    *(".tmp", ".bak", ".orig", ".rej", ".swp", ".part", ".crdownload", ".lnk", ".url", ".webloc", ".icloud"),
    *(":zone.identifier", ":encryptable"),
)
_COPY = "copy|kopie|copie|copia|cópia|副本|コピー|نسخة"
_COPIED = re.compile(  # what Explorer, Finder, browsers and synchronisation call a copy
    rf"(?:copy of|kopie von|copie de|copia de) (?P<first>.+)|(?P<of>.+?)(?: ?\(\d{{1,3}}\)"
    rf"|(?: -)? (?:{_COPY})(?: \(?\d{{1,3}}\)?)?| \([^()]*\b(?:{_COPY})\b[^()]*\)|\.sync-conflict-[\w-]+)",
    re.IGNORECASE,
)
_STRANGE = re.compile(r'[<>:"|?*]')
_DEVICES = {
    *("con", "prn", "aux", "nul", "conin$", "conout$"),
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
}


def composed(text: str) -> str:
    """A text whose letters are composed, as keyboards write them and macOS does not keep them."""
    return unicodedata.normalize("NFC", text)


def of_system(name: str) -> bool:
    """Whether a system put a file or folder of this name there, and nobody else."""
    return name.startswith("._") or name.lower() in _OF_SYSTEMS


def left_behind(name: str) -> bool:
    """Whether a system or a program left a file or folder of this name, or it is hidden: `~$a.docx`, `a.md~`."""
    marked = name.startswith((".", "~")) or name.endswith("~") or (name[:1] == name[-1:] == "#")
    return marked or of_system(name) or name.lower().endswith(_OF_PROGRAMS)


def copied_from(name: str) -> str:
    """The name of the file that one of this name is a copy of: `a (1).csv`, `a - Copy.csv`; "" where it is none."""
    stem, ending = os.path.splitext(composed(name))
    found = _COPIED.fullmatch(stem)
    return f"{found['first'] or found['of']}{ending}" if found else ""


def wrong(name: str) -> str:
    """What is wrong with the name of a file or folder; "" where all systems can have it."""
    if sign := _STRANGE.search(name):
        odd = f'the sign "{sign[0]}"'
    elif name.partition(".")[0].rstrip().lower() in _DEVICES:
        odd = f'"{name.partition(".")[0]}", a device of its own'
    elif name.endswith((".", " ")):
        odd = "a point or blank at its end"
    else:
        return ""
    return f"Windows has no place for a name with {odd}"


def alike(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Paths, or folders of theirs, that Windows or macOS takes for others; each once, with the first of its kind."""
    first: dict[str, str] = {}
    told = set[str]()
    for path in paths:
        parts = path.split("/")
        for inside in ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1)):
            if (other := first.setdefault(composed(inside).lower(), inside)) != inside:
                if inside not in told:
                    yield inside, other
                told.add(inside)
                break


def taken_for(path: str, other: str) -> str:
    """What is wrong with a path that is `alike` another."""
    return f'Windows and macOS take "{path}" for "{other}"'


def located(folder: Path, name: str) -> Path | None:
    """Where a file or folder lies that a text names, with "/": in these capitals, however its letters are composed.

    None: nowhere; a disk that is asked itself would also find another that differs in capitals.
    """
    place = folder
    for part in name.split("/"):
        if part not in ("", ".", ".."):
            try:
                there = os.listdir(place)
            except OSError:
                return None
            if part not in there:
                part = next((each for each in there if composed(each) == composed(part)), "")
            if not part:
                return None
        place /= part
    return place

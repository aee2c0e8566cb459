"""How large what an author brings may be: each limit is compared before memory or time is spent on what it is of.

They lie far beyond any article, and are low enough that what somebody sends ends in a page or in a message.
"""

from __future__ import annotations

import os
import re
import stat

from . import filenames
from .errors import ContentError, Problem

FILES = 20_000  # in the folder
FILE_BYTES = 500_000_000  # of any
TEXT_BYTES = 2_000_000  # of a page, a bibliography, a table of experiments or of words, a drawing in SVG: SVG_BYTES
PICTURED_BYTES = SVG_BYTES = 20_000_000  # of a page with the pictures that stand within it, too
DATA_BYTES = 200_000_000  # of a file of data or results, and of what its arrays hold
JSON_BYTES = 20_000_000  # of a file of results in JSON, which takes thirty times as much memory
COLUMNS, ROWS = 10_000, 1_000_000  # of such a file
WORDS = 100  # in a column of words among the numbers that networks see
DEEPEST = 50  # brackets, quotations or lists in each other
VALUES = 10_000  # of front matter or of a block
PICTURES_IN_A_PARAGRAPH, LINKS_IN_A_PARAGRAPH = 200, 2_000
EXPRESSION = 2_000  # characters
DIGITS = 100  # after a point
NAME = 200  # signs of that of an experiment with that of a run, names of files: Windows takes 260 for a whole path
RUNS = 100_000  # of a table of experiments
NUMBERS_OF_A_RUN = 100_000_000  # of its points, what its layers make of them, and its weights at all checkpoints
CLASSES, POINTS, EPOCHS, CHECKPOINTS = 10_000, 10_000_000, 10_000_000, 10_000
LAYERS, WIDTH, SEED = 64, 100_000, 2**32 - 1
LARGEST = 1e100  # of a number: its square is one, too

_ODD = re.compile(r"[\x00-\x1f\x7f\\\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def file_wrong(path: str) -> Problem | None:
    """What is wrong with a file of an author before any of it is read: its name, its kind or its size."""
    found = os.stat(path)
    shown = path.encode("utf-8", "backslashreplace").decode()
    name = os.path.basename(path)
    if (odd := _ODD.search(name)) and not filenames.of_system(name):
        wrong = f"a name with the sign U+{ord(odd[0]):04X}"
        return Problem(_ODD.sub("?", shown), wrong, "a name of visible signs in UTF-8, without \\")
    if kind := _KINDS.get(stat.S_IFMT(found.st_mode)):
        return Problem(shown, kind, "a file or a folder")
    if stat.S_ISREG(found.st_mode) and found.st_size > FILE_BYTES:
        return Problem(shown, f"{found.st_size:,} bytes", f"at most {FILE_BYTES:,}")
    return None


def text_wrong(place: str, size: int, most: int = TEXT_BYTES) -> Problem | None:
    """What is wrong with a file of text of so many bytes, before it is read."""
    return Problem(place, f"{size:,} bytes", f"at most {most:,}") if size > most else None


def check_size(place: str, size: int, most: int = TEXT_BYTES) -> None:
    """raises  ContentError: a file is larger than it may be"""
    if large := text_wrong(place, size, most):
        raise ContentError([large])

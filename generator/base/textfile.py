"""Files of text, as authors save them: UTF-8, with or without its mark, and with line ends of any system."""

from __future__ import annotations

import os
from pathlib import Path

from . import limits
from .errors import mistake


def read(path: Path, errors: str = "strict") -> str:
    """The text of an author's file, with plain line ends. errors: "replace" leaves what is not UTF-8 to be judged later

    raises  ContentError: it is too large, cannot be read, or is not UTF-8
    """
    return decode(read_bytes(path), str(path), errors)


def read_bytes(path: Path) -> bytes:
    """What an author's file of text holds.

    raises  ContentError: it is too large, or cannot be read
    """
    try:
        with open(path, "rb") as file:
            limits.check_size(str(path), os.fstat(file.fileno()).st_size)
            return file.read()
    except FileNotFoundError:
        raise mistake(str(path), "there is no such file") from None
    except OSError as error:
        raise mistake(str(path), f"cannot be read: {error.strerror}") from None


def decode(data: bytes, place: str, errors: str = "strict") -> str:
    """Bytes in UTF-8 as text with plain line ends.

    raises  ContentError: they are not, with the line
    """
    try:
        text = data.decode("utf-8-sig", errors)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise mistake(f"{place}:{line}", "a byte that is not UTF-8", "the file saved as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")

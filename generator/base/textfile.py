"""Files of text, as authors save them: UTF-8, with or without its mark, line ends and letters of any system."""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path

from . import filenames, limits
from .errors import mistake

INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\uf8ff\ufffe\uffff]")  # what no text may hold
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # "Unicode" to Notepad, and what PowerShell writes behind >


def read(path: Path, errors: str = "strict") -> str:
    """The text of an author's file, as `decode` gives it. errors: "replace" leaves what is not UTF-8 to be judged later

    raises  ContentError: it is too large, cannot be read, or is not UTF-8
    """
    return decode(read_bytes(path), str(path), errors)


def read_bytes(path: Path, most: int = limits.TEXT_BYTES) -> bytes:
    """What an author's file of text holds. most: bytes that it may have

    raises  ContentError: it is too large, or cannot be read
    """
    try:
        with open(path, "rb") as file:
            limits.check_size(str(path), os.fstat(file.fileno()).st_size, most)
            return file.read()
    except FileNotFoundError:
        raise mistake(str(path), "there is no such file") from None
    except OSError as error:
        raise mistake(str(path), f"cannot be read: {error.strerror}") from None


def invisible(text: str) -> str:
    """What a message says of the first sign of a text that nobody sees and none may hold; "" where there is none."""
    odd = INVISIBLE.search(text)
    return f"an invisible character, U+{ord(odd[0]):04X}" if odd else ""


def decode(data: bytes, place: str, errors: str = "strict", expected: str = "the file saved as UTF-8") -> str:
    """Bytes in UTF-8 as text with plain line ends and composed letters.

    raises  ContentError: they are not, with the line
    """
    if data.startswith(_UTF_16) or b"\0" in data[:2]:
        raise mistake(place, "saved as UTF-16", expected)
    try:
        text = data.decode("utf-8-sig", errors)
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n?|\n", data[: error.start])) + 1
        raise mistake(f"{place}:{line}", "a byte that is not UTF-8", expected) from None
    return filenames.composed(text.replace("\r\n", "\n").replace("\r", "\n"))

"""Pictures that stand within a text, as Google Docs exports them: taken out of it, and called by what they hold."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path

from ..base.store import sha256, write_whole

FOLDER = "pictures"  # of the site
_MARK = b"data:image/"  # looked for first: an edit of one page looks at all of them
_PICTURE = re.compile(rb"data:image/(png|jpe?g|gif|webp|avif);base64,([A-Za-z0-9+/]+={0,2})")


def without_pictures(text: bytes, folder: Path) -> tuple[bytes, dict[str, Path]]:
    """A text that names its pictures, and where each of them lies, by its path in the site.

    folder  where they are put
    """
    found: dict[str, Path] = {}

    def name(match: re.Match[bytes]) -> bytes:
        try:
            data = base64.b64decode(match[2])
        except binascii.Error:  # cut off: it stays, and is told as what it is
            return match[0]
        called = f"{sha256(data)[:16]}.{match[1].decode().replace('jpeg', 'jpg')}"
        place = found[f"{FOLDER}/{called}"] = folder / called
        if not place.is_file() or sha256(place) != sha256(data):
            write_whole(place, data)
        return f"{FOLDER}/{called}".encode()

    return (_PICTURE.sub(name, text) if _MARK in text else text), found

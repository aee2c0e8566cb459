"""Pictures and videos of the author's own: their endings, and what their files say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Literal

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".avif")
VIDEOS = (".mp4", ".webm")

HEAVY_BYTES = 2_000_000  # of a picture: as sharp as a screen, 2,400 pixels wide, a photo has less
PLACE, LATITUDE = 0x8825, 2  # tags of Exif: where to find those of the place, and one of these
_EXIF = re.compile(rb"(?:Exif\0\0|EXIF....|eXIf)(?=II\*\0|MM\0\*)", re.DOTALL)  # of JPEG, of WebP, of PNG
_BEGINNINGS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"\x1a\x45\xdf\xa3")
_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")  # one of which MP4 and AVIF begin with
_HEAD = 1 << 16  # bytes in which a file says what it is
_TRACKS = (b"moov", b"trak", b"tkhd")  # of MP4, boxes in boxes
_WEBM_SIZE = re.compile(rb"\xb0(?:\x81(.)|\x82(..))\xba(?:\x81(.)|\x82(..))", re.DOTALL)


def picture_size(source: Path) -> tuple[int, int] | None:
    """Width and height of a picture in pixels, turned as browsers turn it; None where its file does not say."""
    import imagesize  # longer to import than a text to read, for articles with pictures of their own

    head = _head(source)
    try:
        size = svg_size(head) if b"<svg" in head[:4096] else imagesize.get(source)
    except ValueError:
        return None
    return (int(size[0]), int(size[1])) if min(size) >= 1 else None


def svg_size(head: bytes) -> tuple[float, float]:
    """Its width and height, or those of its view box, which imagesize does not read; ValueError where neither says."""
    opening = re.search(rb"<svg\b[^>]*>", head)
    said = opening.group().decode("utf-8", "replace") if opening else ""
    sides = [re.search(rf'\s{side}="([\d.]+)(?:px)?"', said) for side in ("width", "height")]
    box = re.search(r'\sviewBox="[-\d.]+[ ,]+[-\d.]+[ ,]+([\d.]+)[ ,]+([\d.]+)"', said)
    width, height = [side[1] for side in sides if side] if all(sides) else box.groups() if box else (0, 0)
    return float(width), float(height)


def damage(source: Path) -> str:
    """Why browsers show nothing of a picture or video: "is empty", or what it is not; "" where they try."""
    head = _head(source)
    if not head:
        return "is empty"
    begins = head[4:8] in _BOXES or b"<svg" in head or head.startswith(_BEGINNINGS)
    return "" if begins else f"holds no {'video' if source.suffix.lower() in VIDEOS else 'picture'}"


def is_cut_off(source: Path) -> bool:
    """Whether the end of a picture is missing, which its kind of file would show."""
    head, size = _head(source), source.stat().st_size
    with source.open("rb") as file:
        if head.startswith(b"\xff\xd8"):  # small ones within the head have an end of their own
            file.seek(_HEAD if size > 2 * _HEAD else 0)
            return b"\xff\xd9" not in file.read()
        file.seek(max(0, size - _HEAD))
        tail = file.read()
    if head.startswith(b"\x89PNG"):
        return b"IEND" not in tail
    if head.startswith(b"GIF8"):
        return b";" not in tail[-64:]
    return head.startswith(b"RIFF") and int.from_bytes(head[4:8], "little") + 8 > size


def tells_where(source: Path) -> bool:
    """Whether a photo's file says where it was taken: a latitude in its Exif, which cameras and telephones write."""
    with source.open("rb") as file:  # it stands in front, but in WebP behind
        ends = file.read(_HEAD) + file.read()[-_HEAD:]
    begin = _EXIF.search(ends)
    tiff = ends[begin.end() :] if begin else b""
    order: Literal["little", "big"] = "little" if tiff.startswith(b"II") else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)

    def tags(at: int) -> dict[int, int]:
        return {number(entry, 2): number(entry + 8, 4) for entry in range(at + 2, at + 2 + 12 * number(at, 2), 12)}

    return LATITUDE in tags(tags(number(4, 4)).get(PLACE, len(tiff)))


def needs_paper(source: Path) -> bool:
    """Whether a picture lets through what lies behind it, and has no colours of its own for the dark."""
    head = _head(source)
    if head.startswith(b"\x89PNG"):
        return head[25:26] in b"\x04\x06" or b"tRNS" in head.partition(b"IDAT")[0]
    if head.startswith(b"GIF8"):
        return any(head[found.end()] & 1 for found in re.finditer(rb"\x21\xf9\x04(?=.)", head, re.DOTALL))
    if head[8:12] == b"WEBP":
        flags = {b"VP8X": head[20:21], b"VP8L": head[24:25]}.get(head[12:16], b"")
        return bool(int.from_bytes(flags, "big") & 16)
    if head[4:8] == b"ftyp":  # AVIF
        return b"auxiliary:alpha" in head
    return b"<svg" in head[:4096] and b"prefers-color-scheme" not in source.read_bytes()


def video_size(source: Path) -> tuple[int, int] | None:
    """Width and height of a video in pixels; None where its file does not say."""
    with source.open("rb") as file:
        if file.read(4) == b"\x1a\x45\xdf\xa3":  # WebM
            return _webm_size(file.read(_HEAD))
        end = file.seek(0, 2)
        for body in _mp4_boxes(file, _TRACKS, 0, end):
            width, height = (int.from_bytes(body[at : at + 2], "big") for at in (-8, -4))  # 16.16 fixed point
            if width and height:  # a track of sound has none
                return width, height
    return None


def _mp4_boxes(file: BinaryIO, names: Sequence[bytes], start: int, end: int) -> Iterator[bytes]:
    """What boxes of the last name hold, in boxes of the names before. A box is its length, its name, its content."""
    while start + 8 <= end:
        file.seek(start)
        length, name = int.from_bytes(file.read(4), "big"), file.read(4)
        opening = 8
        if length == 1:
            length, opening = int.from_bytes(file.read(8), "big"), 16
        length = length or end - start
        if length < opening:
            return
        if name == names[0] and names[1:]:
            yield from _mp4_boxes(file, names[1:], start + opening, min(end, start + length))
        elif name == names[0]:
            yield file.read(min(length - opening, _HEAD))
        start += length


def _webm_size(head: bytes) -> tuple[int, int] | None:
    """Of WebM's first track of pictures: 0xB0 is its width, 0xBA behind it its height, each of one byte or two."""
    found = _WEBM_SIZE.search(head)
    width, height = (int.from_bytes(side, "big") for side in found.groups() if side) if found else (0, 0)
    return (width, height) if width and height else None


def _head(source: Path) -> bytes:
    with source.open("rb") as file:
        return file.read(_HEAD)

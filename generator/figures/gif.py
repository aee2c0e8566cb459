"""GIF films from palette indices: compressed once, given colours as often as there are themes.

A frame is written as the smallest rectangle that holds what changed, and what
did not change within it is transparent, but for a few pixels between changes:
a thing that moves looks the same wherever it goes, and what it uncovers does
not. LZW learns a run of n unchanged pixels in about sqrt(2 n) codes, so a
change far from all others is dear. Codes begin as wide as the palette needs
and no wider: few colours make short ones.

source  Graphics Interchange Format, version 89a, CompuServe 1990; sections named below are its
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

JOINED = 8  # pixels from one change to the next within which what is between is written too: see above
LEAST_BITS = 2  # of the symbols that codes stand for (appendix F)
HUNDREDTH_MS = 10  # the unit of a frame's duration
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Film:
    """A GIF but for its colours.

    width, height  pixels
    bits           of the palette: it has 2^bits entries
    body           all after the palette
    """

    width: int
    height: int
    bits: int
    body: bytes

    def coloured(self, colours: Sequence[Colour]) -> bytes:
        """The file, with a palette of at most 2^bits - 1 colours."""
        palette = [*colours, *[(0, 0, 0)] * (2**self.bits - len(colours))]
        # Section 18: a global palette, 8 bits a primary, its size, no background, square pixels.
        screen = struct.pack("<HHBBB", self.width, self.height, 0x80 | 7 << 4 | self.bits - 1, 0, 0)
        return b"GIF89a" + screen + bytes(channel for colour in palette for channel in colour) + self.body


def compressed(frames: np.ndarray, colours: int, durations_ms: Sequence[int]) -> Film:
    """A film that plays for ever.

    frames        (F, H, W) uint8, each entry below `colours`
    colours       at most 255: one more index says "as in the frame before"
    durations_ms  (F,), multiples of 10
    """
    unchanged = colours
    bits = max(LEAST_BITS, unchanged.bit_length())
    _, height, width = frames.shape
    body = [b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"]  # an application extension (section 26): loop without end
    before = None
    for frame, duration_ms in zip(frames, durations_ms, strict=True):
        top, left, shown = _difference(frame, before, unchanged)
        # Section 23: leave the frame in place when the next is drawn, one index is transparent.
        body.append(struct.pack("<3sBHBB", b"\x21\xf9\x04", 1 << 2 | 1, duration_ms // HUNDREDTH_MS, unchanged, 0))
        # Section 20: where the rectangle lies; no palette of its own, not interlaced.
        body.append(struct.pack("<BHHHHB", 0x2C, left, top, shown.shape[1], shown.shape[0], 0))
        body.append(lzw(shown, bits))
        before = frame
    return Film(width, height, bits, b"".join([*body, b"\x3b"]))


def _difference(frame: np.ndarray, before: np.ndarray | None, unchanged: int) -> tuple[int, int, np.ndarray]:
    """The least rectangle that holds all changes, or one pixel of none: its top, its left, and its pixels."""
    if before is None:
        return 0, 0, frame
    changed = np.flatnonzero(frame != before)
    if not len(changed):
        return 0, 0, np.full((1, 1), unchanged, np.uint8)
    rows, columns = np.divmod(changed, frame.shape[1])
    top, left = int(rows[0]), int(columns.min())
    part = frame[top : rows[-1] + 1, left : columns.max() + 1]
    places = (rows - top) * part.shape[1] + columns - left
    gaps = np.diff(places)
    joined = [places, *(places[:-1][(step < gaps) & (gaps <= JOINED)] + step for step in range(1, JOINED))]
    written = np.concatenate(joined)
    shown = np.full(part.size, unchanged, np.uint8)
    shown[written] = part.reshape(-1)[written]
    return top, left, shown.reshape(part.shape)


def lzw(image: np.ndarray, bits: int) -> bytes:
    """An image's LZW codes in sub-blocks (sections 15 and 22), by Pillow's encoder, whose own writer spends eight bits.

    image  uint8, entries below 2^bits
    """
    return bytes([bits]) + Image.fromarray(image).tobytes("gif", ("L", bits, 0)) + b"\0"

"""GIF films from palette indices: compressed once, given colours as often as there are themes.

A frame is written as the smallest rectangle that holds what changed, and what
did not change within it is transparent. How small that gets depends on LZW:
from the frame's first code on, a string it knows grows by one symbol a code,
so the first long run of unchanged pixels costs about sqrt(2 n) codes. They
are counted in bits of the palette that is used and no more: few colours make
short codes.

source  Graphics Interchange Format, version 89a, CompuServe 1990; sections named below are its
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

CODES = 4096  # a code has at most 12 bits (appendix F)
LEAST_BITS = 2  # of the first codes' symbols (appendix F)
BLOCK = 255  # bytes of a data sub-block (section 15)
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
        run = 0 if before is None else unchanged
        body += [bytes([bits]), *_blocks(lzw(shown, bits, run))]
        before = frame
    return Film(width, height, bits, b"".join([*body, b"\x3b"]))


def _difference(frame: np.ndarray, before: np.ndarray | None, unchanged: int) -> tuple[int, int, np.ndarray]:
    """The least rectangle that holds all changes, or one pixel of none: its top, its left, and its pixels."""
    if before is None:
        return 0, 0, frame
    changed = frame != before
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    if not len(rows):
        return 0, 0, np.full((1, 1), unchanged, np.uint8)
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return int(rows[0]), int(columns[0]), np.where(changed[part], frame[part], np.uint8(unchanged))


def _blocks(data: bytes) -> Iterable[bytes]:
    """Data in sub-blocks, each after its length, and the empty one that ends them."""
    for at in range(0, len(data), BLOCK):
        part = data[at : at + BLOCK]
        yield bytes([len(part)]) + part
    yield b"\0"


def lzw(image: np.ndarray, bits: int, common: int) -> bytes:
    """An image compressed by LZW with codes of growing width (appendix F).

    image   uint8, entries below 2^bits
    common  the entry that stands in long runs, which are taken whole; any gives a valid result
    """
    flat = image.reshape(-1)
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    lengths = np.diff(starts, append=len(flat))
    return _packed(_codes(flat[starts].tolist(), lengths.tolist(), bits, common), bits)


def _codes(symbols: list[int], lengths: list[int], bits: int, common: int) -> list[int]:
    """The codes of runs: symbol i stands lengths[i] times, and its neighbours differ from it.

    A string is known by its code. `longer` has what follows a string (code << 8 | symbol) and makes a known one;
    strings of the common symbol alone stand in `runs`, by length, so that no step is needed for each of its pixels.
    """
    clear = 1 << bits
    longer: dict[int, int] = {}
    runs = [-1, common]
    codes, free, string = [clear], clear + 2, -1  # clear + 1 ends the data
    for symbol, left in zip(symbols, lengths, strict=True):
        while left:
            if string < 0 and symbol == common:
                if left < len(runs):
                    string = runs[left]
                    break
                codes.append(runs[-1])
                left -= len(runs) - 1
                runs.append(free)
                free += 1
            elif string < 0:
                string, left = symbol, left - 1
                continue
            elif (known := longer.get(string << 8 | symbol)) is not None:
                string, left = known, left - 1
                continue
            else:
                codes.append(string)
                longer[string << 8 | symbol] = free
                free += 1
                string = -1
            if free == CODES - 1:
                codes.append(clear)
                longer, runs, free = {}, [-1, common], clear + 2
    if string >= 0:
        codes.append(string)
    codes.append(clear + 1)
    return codes


def _packed(codes: list[int], bits: int) -> bytes:
    """Codes as bits, least first, each as wide as the greatest code that its reader may know by then."""
    clear = 1 << bits
    values = np.array(codes, np.uint16)
    resets = np.flatnonzero(values == clear)
    since = np.arange(len(values)) - resets[np.searchsorted(resets, np.arange(len(values)), "right") - 1]
    greatest = np.minimum(clear + since, CODES - 1)  # read: since - 1 codes, each but the first adding one
    greatest[resets[1:]] = np.minimum(clear + np.diff(resets), CODES - 1)
    greatest[0] = clear
    widths = np.frexp(greatest.astype(np.float64))[1]
    places = np.arange(12)
    digits = values[:, None] >> places & 1
    return np.packbits(digits[places < widths[:, None]].astype(np.uint8), bitorder="little").tobytes()

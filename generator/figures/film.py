"""The film of the hidden plane while training goes on: its frames, and what its last one is as a still.

It is drawn straight in palette indices, which mean the same in every theme: it
is drawn and compressed once. Points are stamps that matplotlib has drawn once,
set on whole pixels: a frame is a few array assignments, and its bytes compress
because every stamp of a class is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from PIL import Image, ImageDraw, ImageFont

from ..base.style import MARKERS, THEMES, Theme
from ..networks.spec import RunSpec
from . import draw, gif, percent
from .draw import View

if TYPE_CHECKING:
    from ..networks.run import Run

FILM_PX = 360  # a side of the film: fewer pixels than a still has, as bytes grow with them
FRAMES = 38
FRAME_MS = 90  # a multiple of 10, the unit of GIF
HOLD_MS = 2700  # the last frame, long enough to be read
LEVELS = 2  # of a soft edge, from paper to full colour: a third is not seen, and costs a sixth of the bytes
TRAIL = (0.65, 0.45, 0.28)  # how strong the way of a class's centre is, by age
TRAIL_FRAMES = 6  # that each of these lasts; what is older keeps the last
TRAIL_PX = 2.2
SQUARE_PX, STROKES = 16, 16  # strokes are drawn in squares, of multiples of so many pixels, so many at a time
HELD_PX = 1.2  # a point stays where it is drawn until it is farther off: what trembles costs bytes and shows nothing
NEWS = 1.1  # the text is written anew when the epoch is greater by this factor: nobody reads faster


def shown_checkpoints(count: int) -> np.ndarray:
    """Which of `count` checkpoints the frames show: at most FRAMES, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, FRAMES)).round().astype(int))


@dataclass(frozen=True)
class Inks:
    """What the film's palette indices stand for, class by class last. Level 0 of everything is paper, index 0."""

    text: np.ndarray  # (LEVELS + 1,)
    room: np.ndarray  # (LEVELS + 1,)
    points: np.ndarray  # (C, LEVELS + 1)
    trails: np.ndarray  # (C, ages, LEVELS + 1)


@cache
def inks() -> Inks:
    """The film's inks, the same for every run and theme."""
    ramps = np.zeros((2 + len(MARKERS) * (1 + len(TRAIL)), LEVELS + 1), np.uint8)
    ramps[:, 1:] = 1 + np.arange(len(ramps) * LEVELS).reshape(-1, LEVELS)
    of_classes = ramps[2:].reshape(len(MARKERS), 1 + len(TRAIL), LEVELS + 1)
    return Inks(ramps[0], ramps[1], of_classes[:, 0], of_classes[:, 1:])


def colours(theme: Theme, classes: int) -> list[tuple[int, int, int]]:
    """The inks' colours in a theme, as many as a film of so many classes may use."""
    of_classes = [(colour, strength) for colour in theme.classes[:classes] for strength in (1.0, *TRAIL)]
    ramps = [(theme.ink, 1.0), (theme.hairline, 1.0), *of_classes]
    levels = [strength * level / LEVELS for _, strength in ramps for level in range(1, LEVELS + 1)]
    names = [colour for colour, _ in ramps for _ in range(LEVELS)]
    return [
        draw.rgb(theme.paper),
        *(draw.rgb(draw.mixed(theme.paper, *ink)) for ink in zip(names, levels, strict=True)),
    ]


@lru_cache(maxsize=1)
def stamps() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Each class's marker with its rim of paper: rows, columns and levels of its pixels, around its middle one."""
    side, finer = 17, 8  # drawn larger and averaged, as matplotlib would move edges to whole pixels
    black = replace(THEMES["light"], paper="#ffffff", classes=("#000000",) * len(MARKERS))
    found = []
    for label in range(len(MARKERS)):
        cover = []
        for rim in ("#ffffff", "#000000"):
            figure = draw.canvas(side * finer, side * finer, black)
            draw.marker(figure, 0.5, 0.5, label, black, finer * FILM_PX / draw.PLANE_PX, rim)
            grey = draw.pixels(figure)[:, :, 0].reshape(side, finer, side, finer).mean((1, 3))
            cover.append(1 - grey / 255)
        levels = np.floor(cover[0] * LEVELS + 0.5).astype(int)
        rows, columns = np.nonzero((levels > 0) | (cover[1] >= 0.5))
        found.append((rows - side // 2, columns - side // 2, levels[rows, columns]))
    return found


def pixel_positions(xy: np.ndarray, view: View) -> np.ndarray:
    """Places of the plane on the film: column and row, in pixels from its upper left corner."""
    left, top, side = view.tile
    share = (xy - view.low) / (view.high - view.low)
    columns = left + side * share[..., 0]
    rows = top + side * (1 - share[..., 1])
    return np.stack([columns, rows], -1) * (FILM_PX / draw.PLANE_PX)


def empty_room(view: View) -> np.ndarray:
    """The film's ground: paper and the room's outline, one pixel and a half wide, and what the axes are."""
    ground = np.zeros((FILM_PX, FILM_PX), np.uint8)
    if view.axes:
        ground[:] = inks().text[_named_axes(view)]
    corners = pixel_positions(np.array([[view.low] * 2, [view.high] * 2]), view)
    if view.round:
        (left, bottom), (right, top) = corners
        rows, columns = np.mgrid[:FILM_PX, :FILM_PX] + 0.5
        gap = np.abs(np.hypot(columns - (left + right) / 2, rows - (top + bottom) / 2) - (right - left) / 2)
        ground[:] = inks().room[np.rint(LEVELS * np.clip(1.25 - gap, 0, 1)).astype(int)]
        return ground
    strong, weak = inks().room[[LEVELS, LEVELS // 2]]
    left, bottom, right, top = (int(edge) for edge in corners.ravel())
    for colour, out in ((weak, 1), (strong, 0)):
        down, across = slice(top - out, bottom + out + 1), slice(left - out, right + out + 1)
        sides: dict[str, Any] = {"left": (down, left - out), "right": (down, right + out)}
        sides |= {"top": (top - out, across), "bottom": (bottom + out, across)}
        for wall in view.walls:
            ground[sides[wall]] = colour
    return ground


@dataclass(frozen=True)
class Trails:
    """The pixels of the centres' ways, weak ones first, then by step: flat place, step it belongs to, class, level."""

    places: np.ndarray
    steps: np.ndarray
    labels: np.ndarray
    levels: np.ndarray

    def draw(self, frames: np.ndarray) -> None:
        """Draw on each frame the steps that end there or before, paler with age; of two in one place the later here."""
        places, at = np.unique(self.places, return_inverse=True)
        seen = np.full(len(places), -1)  # which pixel of all shows at each place
        by_step = np.argsort(self.steps, kind="stable")
        ends = np.searchsorted(self.steps[by_step], np.arange(len(frames)))
        for index, frame in enumerate(frames[1:]):
            new = by_step[ends[index] : ends[index + 1]]
            np.maximum.at(seen, at[new], new)
            shown = seen[seen >= 0]
            age = np.minimum((index - self.steps[shown]) // TRAIL_FRAMES, len(TRAIL) - 1)
            frame.reshape(-1)[self.places[shown]] = inks().trails[self.labels[shown], age, self.levels[shown]]


def trails_of(centres: np.ndarray) -> Trails:
    """The ways of the centres, (F, C, 2) in pixels, as strokes with soft edges."""
    starts, ways = centres[:-1].reshape(-1, 2), np.diff(centres, axis=0).reshape(-1, 2)
    low = np.floor(np.minimum(starts, starts + ways) - 3).astype(int)
    sides = -(-(np.ceil(np.abs(ways)).astype(int).max(1) + 7) // SQUARE_PX) * SQUARE_PX
    found = []
    for strokes in _alike(sides):
        side = sides[strokes[0]]
        corner, start, way = (each[strokes, None, None] for each in (low, starts, ways))
        places = corner + np.indices((side, side))[::-1].transpose(1, 2, 0)  # (strokes, side, side, 2), column and row
        gap = places + 0.5 - start
        along = np.clip((gap * way).sum(-1) / np.maximum((way * way).sum(-1), 1e-9), 0, 1)
        off = gap - along[..., None] * way
        levels = np.rint(LEVELS * np.clip(TRAIL_PX / 2 + 0.5 - np.hypot(off[..., 0], off[..., 1]), 0, 1)).astype(int)
        of_stroke, *_ = inside = np.nonzero((levels > 0) & ((places >= 0) & (places < FILM_PX)).all(-1))
        columns, rows = places[inside].T
        found.append(np.stack([levels[inside], strokes[of_stroke], rows * FILM_PX + columns]))
    levels, strokes, places = np.concatenate(found, 1)
    order = np.lexsort((strokes, levels))
    steps, labels = np.divmod(strokes, centres.shape[1])
    return Trails(places[order], steps[order], labels[order], levels[order])


def _alike(sides: np.ndarray) -> Iterator[np.ndarray]:
    """Indices of equal sides, at most STROKES together."""
    for side in np.unique(sides):
        alike = np.flatnonzero(sides == side)
        yield from np.split(alike, range(STROKES, len(alike), STROKES))


@cache
def _font(size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(draw.SANS, size)


@lru_cache(maxsize=256)
def _written(text: str, size_px: float, x: float, baseline: float, height: int, anchor: str) -> np.ndarray:
    """A text, all lengths in pixels of a still: (rows, FILM_PX) levels. anchor: "ls", "ms" or "rs", as Pillow has it"""
    scale = FILM_PX / draw.PLANE_PX
    strip = Image.new("L", (FILM_PX, int(height * scale)))
    ImageDraw.Draw(strip).text((x * scale, baseline * scale), text, 255, _font(size_px * scale), anchor)
    return (np.asarray(strip).astype(int) * LEVELS + 127) // 255


def _head(left: str, right: str) -> np.ndarray:
    """Two texts above the plane, at its left and right edge: (rows, FILM_PX) levels."""
    ends = ((left, draw.TILE_LEFT_PX, "ls"), (right, draw.TILE_LEFT_PX + draw.TILE_PX, "rs"))
    levels = (_written(text, draw.TEXT_PX, x, draw.HEADLINE_PX, draw.TILE_TOP_PX, anchor) for text, x, anchor in ends)
    return np.asarray(np.maximum(*levels))


def _named_axes(view: View) -> np.ndarray:
    """What the axes of a projection are, below it and at its left: (FILM_PX, FILM_PX) levels."""
    left, top, side = view.tile
    assert view.axes
    places = (
        (left + side / 2, draw.PLANE_PX - draw.AXIS_BASELINE_PX),
        (draw.PLANE_PX - top - side / 2, left - draw.AXIS_BASELINE_PX),
    )
    below, beside = (
        _written(name, draw.AXIS_PX, *at, draw.PLANE_PX, "ms") for name, at in zip(view.axes, places, strict=True)
    )
    return np.asarray(np.maximum(below, np.rot90(beside)))


def frames_of(spec: RunSpec, run: Run) -> np.ndarray:
    """The frames in indices of the inks: (F, FILM_PX, FILM_PX) uint8."""
    shown = shown_checkpoints(len(run.checkpoints))
    view = draw.hidden_view(spec, run)
    moving = draw.moving_points(spec, run)[shown]  # (F, N, 2)
    trails = trails_of(pixel_positions(draw.class_centres(spec, run, moving), view))
    pixels = held(pixel_positions(moving, view))
    reach = max(int(np.abs(offsets).max()) for stamp in stamps() for offsets in stamp[:2])
    top = int(pixel_positions(np.array([view.low, view.high]), view)[1])  # above it, the text; open rooms may overflow
    inside = np.logical_and((pixels >= [reach, top - reach]).all(-1), (pixels < FILM_PX - reach).all(-1))
    frames = np.repeat(empty_room(view)[None], len(shown), 0)
    trails.draw(frames)
    middles = np.where(inside, pixels @ [1, FILM_PX], -1)  # flat places
    stamped = [
        (middles[:, run.y == label], rows * FILM_PX + columns, inks().points[label, levels])
        for label, (rows, columns, levels) in enumerate(stamps()[: spec.classes])
    ]
    for index, (frame, epoch) in enumerate(zip(frames, told_epochs(run.checkpoints[shown]), strict=True)):
        for places, offsets, colours in stamped:
            at = places[index]
            frame.reshape(-1)[at[at >= 0, None] + offsets] = colours
        written = _head(*headline(run, epoch))
        frame[: len(written)] = np.where(written, inks().text[written], frame[: len(written)])
    return frames


def held(places: np.ndarray) -> np.ndarray:
    """Where points are drawn: on the pixel that they are in, or on that of the frame before while it is near enough.

    places   (F, N, 2) in pixels
    returns  (F, N, 2) int; the last frame's are exact
    """
    exact = np.floor(places)
    drawn = exact.copy()
    for before, now, place in zip(drawn[:-2], drawn[1:-1], places[1:-1], strict=True):
        near = np.abs(place - before - 0.5).max(-1) <= HELD_PX
        now[near] = before[near]
    whole: np.ndarray = drawn.astype(int)
    return whole


def told_epochs(epochs: np.ndarray) -> list[int]:
    """Of which epoch each frame's text tells: its own, or that of a frame shortly before."""
    told = [int(epochs[0])]
    for epoch in epochs[1:].tolist():
        told.append(epoch if epoch >= NEWS * told[-1] else told[-1])
    return [*told[:-1], int(epochs[-1])]


def headline(run: Run, epoch: int) -> tuple[str, str]:
    """What stands above a frame, at the left and at the right."""
    right = round(float(run.accuracy[epoch]) * len(run.y)) / len(run.y)  # the share itself, without float32's noise
    return f"epoch {epoch}", f"{percent(right)} right"


def spans(frames: int) -> list[tuple[int, int]]:
    """From which of so many frames to which the way of each age leads in the last of them, the newest first."""
    ends = [max(frames - 1 - age * TRAIL_FRAMES, 0) for age in range(len(TRAIL))] + [0]
    return [(first, last) for last, first in pairwise(ends) if first < last]


def last_frame(spec: RunSpec, run: Run, theme: Theme) -> np.ndarray:
    """The film's end as a still of full size: (480, 480, 3) uint8."""
    moving = draw.moving_points(spec, run)[shown_checkpoints(len(run.checkpoints))]
    centres = draw.class_centres(spec, run, moving)
    ways, shades = [], []
    for age, (first, last) in reversed(list(enumerate(spans(len(centres))))):
        ways += list(centres[first : last + 1].swapaxes(0, 1))  # (frames, 2), one a class
        shades += [draw.mixed(theme.paper, colour, TRAIL[age]) for colour in theme.classes[: spec.classes]]

    figure, axes = draw.plane(draw.hidden_view(spec, run), theme)
    width = TRAIL_PX * draw.PLANE_PX / FILM_PX
    axes.add_collection(
        LineCollection(ways, colors=shades, linewidths=width, capstyle="round", joinstyle="round", zorder=2),
        autolim=False,
    )
    draw.points(axes, moving[-1], run.y, theme)
    draw.headline(figure, theme, *headline(run, run.checkpoints[-1]))
    return draw.pixels(figure)


@lru_cache(maxsize=1)  # each theme draws the same
def compressed(spec: RunSpec, run: Run) -> gif.Film:
    """The film as a GIF without colours, holding its last frame."""
    frames = frames_of(spec, run)
    inks_used = 1 + LEVELS * (2 + spec.classes * (1 + len(TRAIL)))
    return gif.compressed(frames, inks_used, [FRAME_MS] * (len(frames) - 1) + [HOLD_MS])

"""The hidden plane while training goes on: the points flow apart. A wider last layer is projected onto one.

The film is drawn straight in palette indices, which mean the same in every
theme: it is drawn and compressed once. Points are stamps that matplotlib has
drawn once, set on whole pixels: a frame is a few array assignments, and its
bytes compress because every stamp of a class is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ...base.language import Message, message
from .. import Figure, Measures, data_of, is_seen_in_plane, network_of, number, percent, share

if TYPE_CHECKING:
    import numpy as np
    from PIL.ImageFont import FreeTypeFont

    from ...base.style import Theme
    from ...networks.spec import RunSpec
    from ...networks.train import Run
    from ..draw import View
    from ..gif import Film

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
    import numpy as np

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
    import numpy as np

    from ...base.style import MARKERS

    ramps = np.zeros((2 + len(MARKERS) * (1 + len(TRAIL)), LEVELS + 1), np.uint8)
    ramps[:, 1:] = 1 + np.arange(len(ramps) * LEVELS).reshape(-1, LEVELS)
    of_classes = ramps[2:].reshape(len(MARKERS), 1 + len(TRAIL), LEVELS + 1)
    return Inks(ramps[0], ramps[1], of_classes[:, 0], of_classes[:, 1:])


def colours(theme: Theme, classes: int) -> list[tuple[int, int, int]]:
    """The inks' colours in a theme, as many as a film of so many classes may use."""
    from ..draw import mixed, rgb

    of_classes = [(colour, strength) for colour in theme.classes[:classes] for strength in (1.0, *TRAIL)]
    ramps = [(theme.ink, 1.0), (theme.hairline, 1.0), *of_classes]
    levels = [strength * level / LEVELS for _, strength in ramps for level in range(1, LEVELS + 1)]
    names = [colour for colour, _ in ramps for _ in range(LEVELS)]
    return [rgb(theme.paper), *(rgb(mixed(theme.paper, *ink)) for ink in zip(names, levels, strict=True))]


@lru_cache(maxsize=1)
def stamps() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Each class's marker with its rim of paper: rows, columns and levels of its pixels, around its middle one."""
    import numpy as np

    from ...base.style import MARKERS, THEMES
    from .. import draw

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
    import numpy as np

    from ..draw import PLANE_PX

    left, top, side = view.tile
    share = (xy - view.low) / (view.high - view.low)
    columns = left + side * share[..., 0]
    rows = top + side * (1 - share[..., 1])
    return np.stack([columns, rows], -1) * (FILM_PX / PLANE_PX)


def empty_room(view: View) -> np.ndarray:
    """The film's ground: paper and the room's outline, one pixel and a half wide, and what the axes are."""
    import numpy as np

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
        if "left" in view.walls:
            ground[top - out : bottom + out + 1, left - out] = colour
        if "bottom" in view.walls:
            ground[bottom + out, left - out : right + out + 1] = colour
        if "right" in view.walls:
            ground[top - out : bottom + out + 1, right + out] = colour
        if "top" in view.walls:
            ground[top - out, left - out : right + out + 1] = colour
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
        import numpy as np

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
    import numpy as np

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
    import numpy as np

    for side in np.unique(sides):
        alike = np.flatnonzero(sides == side)
        yield from np.split(alike, range(STROKES, len(alike), STROKES))


@cache
def _font(size: float) -> FreeTypeFont:
    from PIL import ImageFont

    from ..draw import SANS

    return ImageFont.truetype(SANS, size)


@lru_cache(maxsize=256)
def _written(text: str, anchor: str) -> np.ndarray:
    """A text above the plane at its left ("ls") or right ("rs") edge: (rows, FILM_PX) levels."""
    import numpy as np
    from PIL import Image, ImageDraw

    from ..draw import HEADLINE_PX, PLANE_PX, TEXT_PX, TILE_LEFT_PX, TILE_PX, TILE_TOP_PX

    scale = FILM_PX / PLANE_PX
    strip = Image.new("L", (FILM_PX, int(TILE_TOP_PX * scale)))
    edge = TILE_LEFT_PX + (TILE_PX if anchor == "rs" else 0)
    ImageDraw.Draw(strip).text((edge * scale, HEADLINE_PX * scale), text, 255, _font(TEXT_PX * scale), anchor)
    return (np.asarray(strip).astype(int) * LEVELS + 127) // 255


def _named_axes(view: View) -> np.ndarray:
    """What the axes of a projection are, below it and at its left: (FILM_PX, FILM_PX) levels."""
    import numpy as np
    from PIL import Image, ImageDraw

    from ..draw import AXIS_BASELINE_PX, AXIS_PX, PLANE_PX

    scale = FILM_PX / PLANE_PX
    left, top, side = view.tile
    assert view.axes
    seen = []
    for text, across, baseline in zip(
        view.axes,
        (left + side / 2, PLANE_PX - top - side / 2),
        (PLANE_PX - AXIS_BASELINE_PX, left - AXIS_BASELINE_PX),
        strict=True,
    ):
        strip = Image.new("L", (FILM_PX, FILM_PX))
        ImageDraw.Draw(strip).text((across * scale, baseline * scale), text, 255, _font(AXIS_PX * scale), "ms")
        seen.append(np.asarray(strip).astype(int))
    levels: np.ndarray = (np.maximum(seen[0], np.rot90(seen[1])) * LEVELS + 127) // 255
    return levels


def film(spec: RunSpec, run: Run) -> np.ndarray:
    """The frames in indices of the inks: (F, FILM_PX, FILM_PX) uint8."""
    import numpy as np

    from .. import draw

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
        left, right = headline(run, epoch)
        written = np.maximum(_written(left, "ls"), _written(right, "rs"))
        frame[: len(written)] = np.where(written, inks().text[written], frame[: len(written)])
    return frames


def held(places: np.ndarray) -> np.ndarray:
    """Where points are drawn: on the pixel that they are in, or on that of the frame before while it is near enough.

    places   (F, N, 2) in pixels
    returns  (F, N, 2) int; the last frame's are exact
    """
    import numpy as np

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
    from matplotlib.collections import LineCollection

    from .. import draw

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


def draw_hidden_animation(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """A GIF of the points at about FRAMES checkpoints, epoch and accuracy above, and its last frame as a still."""
    from .. import draw

    return {
        "gif": compressed_film(spec, run).coloured(colours(theme, spec.classes)),
        **draw.encode(last_frame(spec, run, theme)),
    }


@lru_cache(maxsize=1)  # each theme draws the same
def compressed_film(spec: RunSpec, run: Run) -> Film:
    """The film as a GIF without colours, holding its last frame."""
    from .. import gif

    frames = film(spec, run)
    inks_used = 1 + LEVELS * (2 + spec.classes * (1 + len(TRAIL)))
    return gif.compressed(frames, inks_used, [FRAME_MS] * (len(frames) - 1) + [HOLD_MS])


def describe(spec: RunSpec, measures: Measures) -> Message:
    seen = {
        "data": data_of(spec),
        "network": network_of(spec),
        "epochs": spec.epochs,
        "accuracy": share(measures["accuracy"]),
        "own": share(measures["own_centre"]),
        "distance": number(measures["least_distance"], 2),
    }
    if spec.hidden[-1] > 2:
        return message(
            "From the first epoch to epoch {epochs}, {data} move in the last hidden layer of {network}, {width} "
            "neurons wide, projected along the two principal components that they have in the end, which keep {kept} "
            "of the variance then. In the end {accuracy} are classified right and {own} are nearest to their own "
            "class's centre; the two nearest class centres are {distance} apart in the layer itself.",
            width=spec.hidden[-1],
            kept=share(measures["two_axes"]),
            **seen,
        )
    return message(
        "From the first epoch to epoch {epochs}, {data} move in the hidden plane of {network}. In the end {accuracy} "
        "are classified right and {own} are nearest to their own class's centre; the two nearest class centres are "
        "{distance} apart.",
        **seen,
    )


FIGURE = Figure(
    "hidden-animation",
    "hidden.anim",
    "Hidden plane while training",
    draw_hidden_animation,
    describe,
    animated=True,
    suits=is_seen_in_plane,
    reads=("accuracy", "least_distance", "own_centre", "two_axes"),
    projected="Last hidden layer while training, projected",
)

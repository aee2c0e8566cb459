"""The hidden plane while training goes on: the points flow apart.

The film is drawn straight in palette indices. Points are stamps that matplotlib
has drawn once, set on whole pixels: a frame is a few array assignments, and
its bytes compress because every stamp of a class is the same.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.figures import Figure, Measures, network_of, percent

if TYPE_CHECKING:
    import numpy as np

    from generator.draw import Room
    from generator.experiments import RunSpec
    from generator.style import Theme
    from generator.train import Run

FILM_PX = 360  # a side of the film: fewer pixels than a still has, as bytes grow with them
FRAMES = 38
FRAME_MS = 90  # a multiple of 10, the unit of GIF
HOLD_MS = 2700  # the last frame, long enough to be read
LEVELS = 2  # of a soft edge, from paper to full colour: a third is not seen, and costs a sixth of the bytes
TRAIL = (0.65, 0.45, 0.28)  # how strong the way of a class's centre is, by age
TRAIL_FRAMES = 6  # that each of these lasts; what is older keeps the last
TRAIL_PX = 2.2


def shown_checkpoints(count: int) -> np.ndarray:
    """Which of `count` checkpoints the frames show: at most FRAMES, the first and the last among them."""
    import numpy as np

    return np.unique(np.linspace(0, count - 1, min(count, FRAMES)).round().astype(int))


@dataclass(frozen=True)
class Inks:
    """The film's colours. Each array holds palette indices; level 0 is paper."""

    colours: list[tuple[int, int, int]]
    text: np.ndarray  # (LEVELS + 1,)
    room: np.ndarray  # (LEVELS + 1,)
    points: np.ndarray  # (C, LEVELS + 1)
    trails: np.ndarray  # (C, ages, LEVELS + 1)


@lru_cache(maxsize=2)
def inks(theme: Theme) -> Inks:
    """The palette of a theme, the same for every run."""
    import numpy as np

    from generator.draw import rgb

    paper = np.array(rgb(theme.paper))
    colours = [rgb(theme.paper)]

    def ramp(colour: str, strength: float = 1.0) -> list[int]:
        indices = [0]
        for level in range(1, LEVELS + 1):
            share = strength * level / LEVELS
            red, green, blue = (paper + share * (np.array(rgb(colour)) - paper)).round().astype(int).tolist()
            if (red, green, blue) not in colours:
                colours.append((red, green, blue))
            indices.append(colours.index((red, green, blue)))
        return indices

    return Inks(
        text=np.array(ramp(theme.ink), np.uint8),
        room=np.array(ramp(theme.hairline), np.uint8),
        points=np.array([ramp(colour) for colour in theme.classes], np.uint8),
        trails=np.array([[ramp(colour, strength) for strength in TRAIL] for colour in theme.classes], np.uint8),
        colours=colours,
    )


@lru_cache(maxsize=1)
def stamps() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Each class's marker with its rim of paper: rows, columns and levels of its pixels, around its middle one."""
    import numpy as np

    from generator import draw
    from generator.style import MARKERS, THEMES

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


def pixel_positions(xy: np.ndarray, room: Room) -> np.ndarray:
    """Places of the plane on the film: column and row, in pixels from its upper left corner."""
    import numpy as np

    from generator.draw import PLANE_PX, TILE_LEFT_PX, TILE_PX, TILE_TOP_PX

    share = (xy - room.low) / (room.high - room.low)
    columns = TILE_LEFT_PX + TILE_PX * share[..., 0]
    rows = TILE_TOP_PX + TILE_PX * (1 - share[..., 1])
    return np.stack([columns, rows], -1) * (FILM_PX / PLANE_PX)


def empty_room(room: Room, theme: Theme) -> np.ndarray:
    """The film's ground: paper and the room's outline, one pixel and a half wide."""
    import numpy as np

    ground = np.zeros((FILM_PX, FILM_PX), np.uint8)
    corners = pixel_positions(np.array([[room.low] * 2, [room.high] * 2]), room)
    if room.round:
        (left, bottom), (right, top) = corners
        rows, columns = np.mgrid[:FILM_PX, :FILM_PX] + 0.5
        gap = np.abs(np.hypot(columns - (left + right) / 2, rows - (top + bottom) / 2) - (right - left) / 2)
        ground[:] = inks(theme).room[np.rint(LEVELS * np.clip(1.25 - gap, 0, 1)).astype(int)]
        return ground
    strong, weak = inks(theme).room[[LEVELS, LEVELS // 2]]
    left, bottom, right, top = (int(edge) for edge in corners.ravel())
    sides = ("left", "bottom") if room.kind == "quadrant" else ("left", "bottom", "right", "top")
    for colour, out in ((weak, 1), (strong, 0)):
        if "left" in sides:
            ground[top - out : bottom + out + 1, left - out] = colour
        if "bottom" in sides:
            ground[bottom + out, left - out : right + out + 1] = colour
        if "right" in sides:
            ground[top - out : bottom + out + 1, right + out] = colour
        if "top" in sides:
            ground[top - out, left - out : right + out + 1] = colour
    return ground


@dataclass(frozen=True)
class Trails:
    """The pixels of the centres' ways, weak ones first: flat place, step it belongs to, class, level."""

    places: np.ndarray
    steps: np.ndarray
    labels: np.ndarray
    levels: np.ndarray

    def draw(self, frame: np.ndarray, index: int, theme: Theme) -> None:
        """Draw the steps that end at frame `index` or before, paler with age."""
        import numpy as np

        gone = self.steps < index
        age = np.minimum((index - 1 - self.steps[gone]) // TRAIL_FRAMES, len(TRAIL) - 1)
        frame.reshape(-1)[self.places[gone]] = inks(theme).trails[self.labels[gone], age, self.levels[gone]]


def trails_of(centres: np.ndarray) -> Trails:
    """The ways of the centres, (F, C, 2) in pixels, as strokes with soft edges."""
    import numpy as np

    columns = []
    for step, (starts, ends) in enumerate(itertools.pairwise(centres)):
        for label, (start, end) in enumerate(zip(starts, ends, strict=True)):
            low = np.floor(np.minimum(start, end) - 3).astype(int).clip(0, FILM_PX - 1)
            high = np.ceil(np.maximum(start, end) + 3).astype(int).clip(0, FILM_PX - 1)
            rows, cols = np.mgrid[low[1] : high[1] + 1, low[0] : high[0] + 1]
            way = end - start
            gap = np.stack([cols + 0.5, rows + 0.5], -1) - start
            along = np.clip((gap @ way) / max(float(way @ way), 1e-9), 0, 1)
            off = gap - along[..., None] * way
            levels = np.rint(LEVELS * np.clip(TRAIL_PX / 2 + 0.5 - np.hypot(off[..., 0], off[..., 1]), 0, 1))
            inside = levels > 0
            places = rows[inside] * FILM_PX + cols[inside]
            columns.append(
                np.stack([levels[inside].astype(int), places, *np.broadcast_arrays(step, label, places)[:2]])
            )
    levels, places, steps, labels = np.concatenate(columns, 1)
    order = np.argsort(levels, kind="stable")
    return Trails(places[order], steps[order], labels[order], levels[order])


@lru_cache(maxsize=256)
def _written(text: str, anchor: str) -> np.ndarray:
    """A text above the plane at its left ("ls") or right ("rs") edge: (rows, FILM_PX) levels."""
    import numpy as np
    from matplotlib import font_manager
    from PIL import Image, ImageDraw, ImageFont

    from generator.draw import HEADLINE_PX, PLANE_PX, TEXT_PX, TILE_LEFT_PX, TILE_PX, TILE_TOP_PX

    scale = FILM_PX / PLANE_PX
    strip = Image.new("L", (FILM_PX, int(TILE_TOP_PX * scale)))
    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), TEXT_PX * scale)
    edge = TILE_LEFT_PX + (TILE_PX if anchor == "rs" else 0)
    ImageDraw.Draw(strip).text((edge * scale, HEADLINE_PX * scale), text, 255, font, anchor)
    return (np.asarray(strip).astype(int) * LEVELS + 127) // 255


def film(spec: RunSpec, run: Run, theme: Theme) -> np.ndarray:
    """The frames in indices of the theme's inks: (F, FILM_PX, FILM_PX) uint8."""
    import numpy as np

    from generator import draw

    shown = shown_checkpoints(len(run.checkpoints))
    room = draw.hidden_room(spec, run)
    moving = draw.moving_points(spec, run)[shown]  # (F, N, 2)
    ground = empty_room(room, theme)
    trails = trails_of(pixel_positions(class_centres(spec, run, moving), room))
    pixels = pixel_positions(moving, room).astype(int)
    reach = max(int(np.abs(offsets).max()) for stamp in stamps() for offsets in stamp[:2])
    top = int(pixel_positions(np.array([room.low, room.high]), room)[1])  # above it, the text; open rooms may overflow
    inside = np.logical_and((pixels >= [reach, top - reach]).all(-1), (pixels < FILM_PX - reach).all(-1))
    frames = np.repeat(ground[None], len(shown), 0)
    for index, (frame, checkpoint) in enumerate(zip(frames, run.checkpoints[shown], strict=True)):
        trails.draw(frame, index, theme)
        for label in range(spec.classes):
            rows, columns, levels = stamps()[label]
            at = pixels[index][np.logical_and(run.y == label, inside[index])]
            frame[at[:, 1:] + rows, at[:, :1] + columns] = inks(theme).points[label, levels]
        left, right = headline(run, checkpoint)
        written = np.maximum(_written(left, "ls"), _written(right, "rs"))
        frame[: len(written)] = np.where(written, inks(theme).text[written], frame[: len(written)])
    return frames


def headline(run: Run, epoch: int) -> tuple[str, str]:
    """What stands above a frame, at the left and at the right."""
    return f"epoch {epoch}", f"{percent(float(run.accuracy[epoch]))} right"


def class_centres(spec: RunSpec, run: Run, moving: np.ndarray) -> np.ndarray:
    """The mean position of each class's points: (F, N, 2) to (F, C, 2)."""
    import numpy as np

    return np.stack([moving[:, run.y == label].mean(1) for label in range(spec.classes)], 1)


def last_frame(spec: RunSpec, run: Run, theme: Theme) -> np.ndarray:
    """The film's end as a still of full size: (480, 480, 3) uint8."""
    import numpy as np
    from matplotlib.collections import LineCollection

    from generator import draw

    moving = draw.moving_points(spec, run)[shown_checkpoints(len(run.checkpoints))]
    centres = class_centres(spec, run, moving)
    steps = np.stack([centres[:-1], centres[1:]], 2)  # (F - 1, C, 2 ends, 2)
    age = np.minimum(np.arange(len(steps))[::-1] // TRAIL_FRAMES, len(TRAIL) - 1)
    shades = np.array(
        [[draw.mixed(theme.paper, colour, TRAIL[a]) for colour in theme.classes[: spec.classes]] for a in age]
    )

    figure, axes = draw.plane(draw.hidden_room(spec, run), theme)
    width = TRAIL_PX * draw.PLANE_PX / FILM_PX
    axes.add_collection(
        LineCollection(
            list(steps.reshape(-1, 2, 2)),
            colors=shades.reshape(-1).tolist(),
            linewidths=width,
            capstyle="round",
            zorder=2,
        ),
        autolim=False,
    )
    draw.points(axes, moving[-1], run.y, theme)
    draw.headline(figure, theme, *headline(run, run.checkpoints[-1]))
    return draw.pixels(figure)


def draw_hidden_animation(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """A GIF of the points at about FRAMES checkpoints, epoch and accuracy above, and its last frame as a still."""
    from generator import draw

    frames = film(spec, run, theme)
    durations_ms = [FRAME_MS] * (len(frames) - 1) + [HOLD_MS]
    gif = draw.encode_animation(frames, inks(theme).colours, durations_ms)
    return {"gif": gif, **draw.encode(last_frame(spec, run, theme))}


def describe(spec: RunSpec, measures: Measures) -> str:
    return (
        f"The hidden plane of {network_of(spec)} from the first epoch to epoch {spec.epochs}: the points of each class "
        f"draw together and flow away from the others until {percent(measures['accuracy'])} are classified right."
    )


FIGURE = Figure(
    "hidden-animation", "hidden.anim", "Hidden plane while training", 240, 240, True, draw_hidden_animation, describe
)

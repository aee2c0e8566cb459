"""The pictures' house style: planes, points, regions, and bytes.

Sizes are pixels of the picture, two to a CSS pixel. At 72 dots an inch a point
of matplotlib is a pixel, so every size given to it is in pixels too. Pictures
stand on the page's own paper, light or dark, and are opaque: they look the same
alone as in the page, and animation frames need no transparent edge.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import imageio.v3 as iio
import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.lines import Line2D
from matplotlib.quiver import Quiver
from PIL import Image

from ..base import rounding
from ..base.style import MARKERS, THEMES, Theme
from ..measures import directions, projection
from ..networks import forward
from ..networks.rooms import PLANE, Room
from ..networks.spec import RunSpec, layer_activations

if TYPE_CHECKING:
    from ..networks.run import Run

DPI = 72
PLANE_PX = 480  # a plane's picture
TILE_PX = 440  # the room in it, with space above for a line of text
TILE_LEFT_PX, TILE_TOP_PX = 20, 32
PROJECTED_LEFT_PX, PROJECTED_PX, AXIS_PX = 40, 420, 19  # the same of a projection, with its axes named, and their text
TEXT_PX = 22
AXIS_BASELINE_PX = 8  # of what names an axis, from the picture's edge or the tile's
HEADLINE_PX = 21  # baseline of the text above a plane, from the top
RIM_PX = 0.7  # of paper around a point
COLOURS = 256  # of a still: its tints, inks and the steps between them that make edges soft

NO_CLASS = 255  # in an image of classes, what lies outside the room

BEYOND = 1.04  # how much further than the farthest point a plane is shown, where its room has no wall
FONTS = Path(__file__).parent.parent / "fonts"
SANS, SERIF = FONTS / "peek-sans.ttf", FONTS / "peek-serif-display.ttf"  # as on the page
for font in (SANS, SERIF):
    fontManager.addfont(font)

HOUSE: Any = {
    "font.family": ["Peek Sans", "DejaVu Sans"],  # the second for what the first lacks
    "font.size": TEXT_PX,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 2,
    "xtick.major.size": 8,
    "ytick.major.size": 8,
    "xtick.major.width": 2,
    "ytick.major.width": 2,
    "xtick.minor.size": 0,
    "xtick.major.pad": 6,
    "ytick.major.pad": 6,
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
}

mpl.rcParams.update(HOUSE)


def rgb(colour: str) -> tuple[int, int, int]:
    """#rrggbb to three bytes."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(paper: str, colour: str, share: float) -> str:
    """A colour of which `share` lies over paper, opaque."""
    mix = (round(below + share * (above - below)) for below, above in zip(rgb(paper), rgb(colour), strict=True))
    return "#{:02x}{:02x}{:02x}".format(*mix)


# --- canvases ---------------------------------------------------------------


def canvas(width_px: int, height_px: int, theme: Theme) -> Figure:
    """An empty figure on the theme's paper, to be filled and read by `pixels`."""
    figure = Figure(figsize=(width_px / DPI, height_px / DPI), dpi=DPI, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    return figure


def agg(figure: Figure) -> Any:
    """The figure's canvas, which matplotlib's types know too little of."""
    return figure.canvas


class Tile(NamedTuple):
    """An image (H, W, 3) uint8 and where its upper left corner lies in a picture, in pixels."""

    image: np.ndarray
    left: int
    top: int


def pixels(figure: Figure, *tiles: Tile) -> np.ndarray:
    """A figure drawn over tiles, which are laid under it pixel on pixel: matplotlib would resample them.

    returns  (H, W, 3) uint8
    """
    canvas = agg(figure)
    canvas.get_renderer().clear()
    image: np.ndarray = np.asarray(canvas.buffer_rgba())
    image[:] = *rgb(to_hex(figure.get_facecolor())), 255
    for tile, left, top in tiles:
        image[top : top + tile.shape[0], left : left + tile.shape[1], :3] = tile
    figure.patch.set_visible(False)
    figure.draw(canvas.get_renderer())
    return image[:, :, :3]


@dataclass(frozen=True)
class View:
    """The part of a plane that a picture shows: a square of two axes from low to high.

    room  that of a hidden plane; None: the plane has none, as the input's
    axes  what they are, where it must be said: the first at the bottom, the second at the left
    """

    room: Room | None
    low: float
    high: float
    axes: tuple[str, str] | None = None

    @property
    def tile(self) -> tuple[int, int, int]:
        """The square of a plane's picture that it fills: left, top, side."""
        return (PROJECTED_LEFT_PX, TILE_TOP_PX, PROJECTED_PX) if self.axes else (TILE_LEFT_PX, TILE_TOP_PX, TILE_PX)

    @property
    def round(self) -> bool:
        """Whether the room is a disk or a circle."""
        return self.room is not None and self.room.shape != "box"

    @property
    def walls(self) -> tuple[str, ...]:
        """The sides on which the room ends."""
        if self.room is None or self.round:
            return ()
        return ("left", "bottom") * (self.low == self.room.low) + ("right", "top") * (self.high == self.room.high)


INPUT_VIEW = View(None, -1.0, 1.0)


def input_view(run: Run) -> View:
    """What is shown of the input plane: [-1, 1]^2, or where points lie outside it as much as holds them all."""
    farthest = float(np.abs(run.x).max())
    return INPUT_VIEW if farthest <= 1 else View(None, -BEYOND * farthest, BEYOND * farthest)


def plane(view: View, theme: Theme) -> tuple[Figure, Axes]:
    """A plane's picture without content: paper, axes on the tile, the room as a hairline, what the axes are."""
    figure = canvas(PLANE_PX, PLANE_PX, theme)
    axes = room_axes(figure, view, theme, *view.tile)
    if view.axes:
        left, top, side = view.tile
        across, along = (left + side / 2) / PLANE_PX, 1 - (top + side / 2) / PLANE_PX
        said: Any = {"color": theme.muted, "fontsize": AXIS_PX}
        figure.text(across, AXIS_BASELINE_PX / PLANE_PX, view.axes[0], ha="center", **said)
        x = (left - AXIS_BASELINE_PX) / PLANE_PX
        figure.text(x, along, view.axes[1], ha="right", va="center", rotation=90, rotation_mode="default", **said)
    return figure, axes


def room_axes(
    figure: Figure, view: View, theme: Theme, left: int = TILE_LEFT_PX, top: int = TILE_TOP_PX, side: int = TILE_PX
) -> Axes:
    """Axes that fill a square of a figure with a room, outlined by a hairline where it ends."""
    width, height = figure.get_size_inches() * DPI
    box = (left / width, 1 - (top + side) / height, side / width, side / height)
    axes = figure.add_axes(box, facecolor="none")
    axes.set_axis_off()
    axes.set_xlim(view.low, view.high)
    axes.set_ylim(view.low, view.high)
    low, high = view.low, view.high
    turn = np.linspace(0, 2 * np.pi, 181)
    outline: Any = {
        (): ([], []),
        ("left", "bottom", "right", "top"): ([low, high, high, low, low], [low, low, high, high, low]),
        ("left", "bottom"): ([low, low, high], [high, low, low]),
    }[view.walls]
    if view.round:
        outline = high * np.cos(turn), high * np.sin(turn)
    line = Line2D(*outline, color=theme.hairline, linewidth=2, solid_joinstyle="miter", clip_on=False, zorder=1)
    line.set_gid("room")
    axes.add_line(line)
    return axes


def regions(
    labels: np.ndarray, theme: Theme, left: int = TILE_LEFT_PX, top: int = TILE_TOP_PX, side: int = TILE_PX
) -> Tile:
    """Regions of classes in the theme's tints, with soft edges.

    labels           (M, M) uint8, top row first, M about twice `side` or more; NO_CLASS is left as paper
    left, top, side  the square of the picture that they fill
    """
    image = Image.fromarray(labels).convert("P")
    colours = [*theme.tints, *[theme.paper] * (256 - len(theme.tints))]
    image.putpalette([channel for colour in colours for channel in rgb(colour)])
    return Tile(np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.HAMMING)), left, top)


def points(axes: Axes, xy: np.ndarray, y: np.ndarray, theme: Theme, scale: float = 1.0) -> list[Line2D]:
    """Points in their classes' colours and markers, with a thin rim of paper.

    xy       (N, 2) positions
    y        (N,) classes
    returns  a line a class
    """
    lines = []
    for label in range(int(y.max()) + 1):
        (line,) = axes.plot(
            *xy[y == label].T,
            linestyle="none",
            markeredgecolor=theme.paper,
            markeredgewidth=RIM_PX,
            clip_on=False,
            zorder=3,
            scalex=False,
            scaley=False,
            **_of_class(label, theme, scale),
        )
        lines.append(line)
    return lines


def _of_class(label: int, theme: Theme, scale: float) -> dict[str, Any]:
    """A class's marker and colour as matplotlib takes them."""
    size = MARKERS[label].width_px * scale
    return {"marker": MARKERS[label].matplotlib, "markersize": size, "markerfacecolor": theme.classes[label]}


def marker(figure: Figure, x: float, y: float, label: int, theme: Theme, scale: float, rim: str | None = None) -> None:
    """One class's marker at a place of the figure, as shares of its width and height.

    rim  colour of its edge; None: the paper's
    """
    edge: Any = {"markeredgecolor": rim or theme.paper, "markeredgewidth": RIM_PX * scale}
    figure.add_artist(Line2D([x], [y], transform=figure.transFigure, **edge, **_of_class(label, theme, scale)))


def arrows(axes: Axes, places: np.ndarray, units: np.ndarray, colours: np.ndarray, length: float) -> Quiver:
    """Arrows of one length in data units, centred on their places.

    places, units  (M, 2), units of length 1
    colours        (M,) "#rrggbb"
    """
    return axes.quiver(
        *places.T,
        *(units * length).T,
        color=colours,
        pivot="mid",
        angles="xy",
        scale_units="xy",
        scale=1,
        units="dots",
        width=2.2,
        headwidth=4.2,
        headlength=4.6,
        headaxislength=4.2,
        minlength=0,
        zorder=3,
    )


def headline(figure: Figure, theme: Theme, left: str, right: str) -> None:
    """Two texts above a plane, at its left and right edge."""
    baseline = 1 - HEADLINE_PX / PLANE_PX
    figure.text(TILE_LEFT_PX / PLANE_PX, baseline, left, color=theme.ink)
    figure.text((TILE_LEFT_PX + TILE_PX) / PLANE_PX, baseline, right, color=theme.ink, ha="right")


# --- what several pictures of a run show ------------------------------------

# It is kept while a run is drawn: both themes and several figures ask for it.


@lru_cache(maxsize=2)
def input_regions(spec: RunSpec, run: Run, view: View = INPUT_VIEW) -> np.ndarray:
    """The class that the network gives each place of the input plane in a view.

    returns  (2 * TILE_PX, 2 * TILE_PX) uint8, top row first
    """
    flat = run.weights[-1]
    hidden, _ = directions.lattice_hidden(spec, flat, TILE_PX + 1, view.high)
    if len(hidden) == 2:
        return _largest_logit(spec, flat, *map(_finer, hidden))
    head = forward.split(spec, flat)[-1]
    return directions.largest(_finer(row[:-1] @ hidden + row[-1]) for row in head).astype(np.uint8)


def _finer(values: np.ndarray) -> np.ndarray:
    """Values on the lattice of the input plane at the middles of the quarters of its cells, top row first."""
    rows = _halfway(values.reshape(TILE_PX + 1, TILE_PX + 1))
    return _halfway(rows.swapaxes(0, 1)).swapaxes(0, 1)[::-1]


def _halfway(values: np.ndarray) -> np.ndarray:
    """Values at the ends of N intervals to values at the middles of their halves, by straight lines: last axis, 2 N."""
    left, right = values[..., :-1], values[..., 1:]
    return np.stack([0.75 * left + 0.25 * right, 0.25 * left + 0.75 * right], -1).reshape(*values.shape[:-1], -1)


class Projection(NamedTuple):
    """The plane in which the points of a wider last hidden layer vary most in the end.

    middle  (d,) their mean
    axes    (d, 2) as measures.projection.principal_axes has them
    shares  of their variance along each axis
    """

    middle: np.ndarray
    axes: np.ndarray
    shares: list[float]


@lru_cache(maxsize=1)
def projected(spec: RunSpec, run: Run) -> Projection:
    """Onto what the points of a last hidden layer of more than two neurons are projected, at every checkpoint."""
    points = forward.hidden(spec, run.weights[-1], run.x)
    middle, axes = points.mean(0), projection.principal_axes(points)
    whole = float(((points - middle) ** 2).sum())
    kept = (((points - middle) @ axes) ** 2).sum(0)
    return Projection(middle, axes, (kept / whole if whole > 0 else 0 * kept).tolist())


@lru_cache(maxsize=1)
def moving_points(spec: RunSpec, run: Run) -> np.ndarray:
    """The points in the hidden plane, or projected onto one, at every checkpoint: (T, N, 2) float32."""
    activations = layer_activations(spec)
    moving = np.empty((len(run.weights), *run.x.shape[:1], 2), np.float32)
    onto = projected(spec, run) if spec.hidden[-1] > 2 else None
    for flat, points in zip(run.weights, moving, strict=True):  # in float32, which no picture shows
        below = run.x.T.astype(np.float32)
        for layer, activation in zip(forward.effective_layers(spec, flat)[:-1], activations, strict=True):
            below = layer[:, :-1] @ below
            below += layer[:, -1:]
            below = forward.activate(activation, below.T).T
        points[:] = (below.T - onto.middle) @ onto.axes if onto else below.T
    return moving


def class_centres(spec: RunSpec, run: Run, moving: np.ndarray) -> np.ndarray:
    """The mean position of each class's points: (F, N, 2) to (F, C, 2)."""
    return np.stack([moving[:, run.y == label].mean(1) for label in range(spec.classes)], 1)


def hidden_view(spec: RunSpec, run: Run) -> View:
    """What is shown of the hidden plane: all of its room where that is closed; of an open one, from the origin, as
    much as the points need at the end and their classes' centres ever, so that still and animation agree. Of a
    projection as much, from the points' mean, without a room, whose walls are not seen from there."""
    room, axes = spec.room, None
    if spec.hidden[-1] > 2:
        shares = [rounding.percent(share, 0, " ") for share in projected(spec, run).shares]
        first, second = (
            f"{which} principal component, {share} of the variance"
            for which, share in zip(("first", "second"), shares, strict=True)
        )
        room, axes = PLANE, (first, second)
    if not room.open:
        return View(room, room.low, room.high)
    moving = moving_points(spec, run)
    centres = class_centres(spec, run, moving)
    least = min(0.0, float(moving[-1].min()), float(centres.min()))
    greatest = max(0.0, float(moving[-1].max()), float(centres.max()))
    if greatest == least:
        return View(room, room.packed_low, 1.0, axes)
    margin = (BEYOND - 1) * (greatest - least)
    return View(room, max(room.low, least - margin), greatest + margin, axes)


def output_regions(spec: RunSpec, flat: np.ndarray, view: View) -> np.ndarray:
    """The class that the output layer gives each place of the hidden plane.

    returns  (2 * TILE_PX, 2 * TILE_PX) uint8, top row first; NO_CLASS outside a round room
    """
    count = 2 * TILE_PX
    steps = (np.arange(count, dtype=np.float32) + 0.5) / count
    axis = view.low + np.float32(view.high - view.low) * steps
    labels = _largest_logit(spec, flat, axis, axis[::-1, None])
    if view.round:
        labels[np.add.outer(axis[::-1] ** 2, axis**2) > view.high**2] = NO_CLASS
    return labels


def _largest_logit(spec: RunSpec, flat: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The class that the output layer gives hidden vectors, of which x and y broadcast together: uint8."""
    head = forward.split(spec, flat)[-1]
    logits = (weight_x * x + (weight_y * y + bias) for weight_x, weight_y, bias in head)
    return directions.largest(logits).astype(np.uint8)


# --- the site's own pictures ------------------------------------------------


CAPITALS, LINE = 0.7, 1.3  # their height, and from one line of the card to the next, as shares of a font's size


def social_card(title: str, subtitle: str, spec: RunSpec, run: Run) -> bytes:
    """What a link to the article shows elsewhere: its title over the two planes of a run. PNG, 1200 by 630."""
    theme = THEMES["light"]
    width, height, margin, side, gap = 1200, 630, 64, 350, 34
    figure = canvas(width, height, theme)
    heading = FontProperties(family=["Peek Serif Display", "DejaVu Serif"], weight="bold", size=58)
    text = FontProperties(size=27)
    below = height - margin - side + 10
    for font, words, room, top, colour in (
        (heading, title, width - 2 * margin, margin, theme.ink),
        (text, subtitle, width - 2 * (margin + side) - 2 * gap, below, theme.muted),
    ):
        for number, line in enumerate(_wrapped(figure, words, font, room)):
            baseline = top + font.get_size() * (CAPITALS + LINE * number)
            figure.text(margin / width, 1 - baseline / height, line, color=colour, font=font)

    top, right = below, width - margin - side
    left = right - gap - side
    inner = hidden_view(spec, run)
    shown = input_view(run)
    before = room_axes(figure, shown, theme, left, top, side)
    after = room_axes(figure, inner, theme, right, top, side)
    points(before, run.x, run.y, theme)
    points(after, moving_points(spec, run)[-1], run.y, theme)
    image = pixels(
        figure,
        regions(input_regions(spec, run, shown), theme, left, top, side),
        regions(output_regions(spec, run.weights[-1], inner), theme, right, top, side),
    )
    return encode(image)["png"]


def _wrapped(figure: Figure, words: str, font: FontProperties, room: float) -> list[str]:
    """Words broken into lines no wider than `room` pixels, where they allow it, and after a colon."""
    renderer = agg(figure).get_renderer()
    lines = [""]
    for word in words.split():
        if lines[-1].endswith(":"):
            lines.append("")
        longer = f"{lines[-1]} {word}".strip()
        if renderer.get_text_width_height_descent(longer, font, False)[0] <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


# --- bytes ------------------------------------------------------------------


def quantised(image: np.ndarray, limit: int = COLOURS) -> tuple[np.ndarray, np.ndarray]:
    """An image in few colours: the most frequent, exactly; the others by the nearest of these.

    image    (H, W, 3) uint8
    returns  indices (H, W) uint8 and colours (P, 3) uint8, P <= limit <= 256
    """
    padded = np.zeros((*image.shape[:2], 4), np.uint8)
    padded[:, :, :3] = image
    codes = padded.view("<u4").reshape(-1)
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))  # of runs, which are far fewer than pixels
    lengths = np.diff(starts, append=len(codes))
    met, met_at = np.unique(codes[starts], return_inverse=True)
    kept = np.sort(np.argsort(-np.bincount(met_at, lengths), kind="stable")[:limit])
    parts = (met[:, None] >> np.array([0, 8, 16], np.uint32) & 255).astype(np.float32)
    colours = parts[kept]
    gaps = (colours**2).sum(1) - 2 * parts @ colours.T  # squared distances, but for the same number in each row
    index = gaps.argmin(1).astype(np.uint8)
    return np.repeat(index[met_at], lengths).reshape(image.shape[:2]), colours.astype(np.uint8)


def encode(image: np.ndarray) -> dict[str, bytes]:
    """A still as PNG and as lossless WebP, both in at most COLOURS colours.

    image  (H, W, 3) uint8
    """
    indices, colours = quantised(image)
    flat = Image.fromarray(indices).convert("P")
    flat.putpalette(colours.tobytes())
    png = io.BytesIO()
    flat.save(png, "PNG")
    webp = iio.imwrite("<bytes>", colours.take(indices, 0), extension=".webp", lossless=True, quality=50, method=2)
    return {"png": png.getvalue(), "webp": webp}

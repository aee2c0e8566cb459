"""The hidden plane while training goes on: the points flow apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.figures import Figure, Measures, network_of, percent

if TYPE_CHECKING:
    import numpy as np

    from generator.experiments import RunSpec
    from generator.style import Theme
    from generator.train import Run

FRAMES = 48
FRAME_MS = 80
HOLD_MS = 2600  # the last frame, long enough to be read
TRAIL_ALPHA = (0.75, 0.6, 0.45, 0.3)  # of the way a class's centre has come, by age
TRAIL_STEPS = 5  # frames that each of these lasts; what is older keeps the last
COLOURS = 64  # few, for small frames


def shown_checkpoints(count: int) -> np.ndarray:
    """Which of `count` checkpoints the frames show: at most FRAMES, the first and the last among them."""
    import numpy as np

    return np.unique(np.linspace(0, count - 1, min(count, FRAMES)).round().astype(int))


def film(spec: RunSpec, run: Run, theme: Theme) -> list[np.ndarray]:
    """The frames, (480, 480, 4) uint8 each. The room is drawn once; what moves is drawn on copies of it."""
    import numpy as np
    from matplotlib.collections import LineCollection

    from generator import draw

    shown = shown_checkpoints(len(run.checkpoints))
    moving = draw.moving_points(spec, run)[shown]  # (F, N, 2)
    centres = np.stack([moving[:, run.y == label].mean(1) for label in range(spec.classes)], 1)  # (F, C, 2)
    steps = np.stack([centres[:-1], centres[1:]], 2)  # (F - 1, C, 2 ends, 2)

    figure, axes = draw.plane(draw.hidden_room(spec, run), theme)
    trails = LineCollection([], linewidths=3.2, capstyle="round", zorder=2, clip_on=False)
    axes.add_collection(trails, autolim=False)
    lines = draw.points(axes, moving[0], run.y, theme)
    epoch, accuracy = draw.headline(figure, theme)
    artists = [trails, *lines, epoch, accuracy]
    for artist in artists:
        artist.set_animated(True)
    agg = draw.agg(figure)
    agg.draw()
    room = agg.copy_from_bbox(figure.bbox)

    colours = np.array([[*draw.rgb(colour), 255] for colour in theme.classes[: spec.classes]]) / 255
    members = [run.y == label for label in range(spec.classes)]
    frames = []
    for index, checkpoint in enumerate(run.checkpoints[shown]):
        age = np.minimum((index - 1 - np.arange(index)) // TRAIL_STEPS, len(TRAIL_ALPHA) - 1)
        shades = np.repeat(colours[None], index, 0)
        shades[:, :, 3] = np.array(TRAIL_ALPHA)[age][:, None]
        trails.set_segments(steps[:index].reshape(-1, 2, 2))
        trails.set_color(shades.reshape(-1, 4))
        for line, member in zip(lines, members, strict=True):
            line.set_data(*moving[index, member].T)
        epoch.set_text(f"epoch {checkpoint}")
        accuracy.set_text(percent(float(run.accuracy[checkpoint])))
        agg.restore_region(room)
        for artist in artists:
            artist.draw(agg.renderer)
        frames.append(np.array(agg.buffer_rgba()))
    return frames


def draw_hidden_animation(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """A GIF of the points at about FRAMES checkpoints, epoch and accuracy above, and its last frame as a still."""
    from generator import draw

    frames = film(spec, run, theme)
    palette = draw.Palette(frames[::6] + frames[-1:], COLOURS)
    durations_ms = [FRAME_MS] * (len(frames) - 1) + [HOLD_MS]
    gif = draw.encode_animation([palette.indices(frame) for frame in frames], palette, durations_ms)
    return {"gif": gif, **draw.encode(frames[-1][:, :, :3])}


def describe(spec: RunSpec, measures: Measures) -> str:
    return (
        f"The hidden plane of {network_of(spec)} from the first epoch to epoch {spec.epochs}: the points of each class "
        f"draw together and flow away from the others until {percent(measures['accuracy'])} are classified right."
    )


FIGURE = Figure(
    "hidden-animation", "hidden.anim", "Hidden plane while training", 240, 240, True, draw_hidden_animation, describe
)

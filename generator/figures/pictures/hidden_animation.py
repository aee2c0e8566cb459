"""The hidden plane while training goes on: the points flow apart. A wider last layer is projected onto one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...base.language import Message, message
from .. import Figure, Measures, data_of, is_seen_in_plane, network_of, number, share

if TYPE_CHECKING:
    from ...base.style import Theme
    from ...networks.run import Run
    from ...networks.spec import RunSpec


def draw_hidden_animation(spec: RunSpec, run: Run, measures: Measures, theme: Theme) -> dict[str, bytes]:
    """A GIF of the points at some checkpoints, epoch and accuracy above, and its last frame as a still."""
    from .. import draw, film

    return {
        "gif": film.compressed(spec, run).coloured(film.colours(theme, spec.classes)),
        **draw.encode(film.last_frame(spec, run, theme)),
    }


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

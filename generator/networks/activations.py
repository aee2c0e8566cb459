"""Activations: what a hidden layer makes of its sums. To add an activation, add a row.

A row's expression is all that computing needs: what training, pictures and the page's scripts compute comes from it
(see `calculus`), but for the kernels that are tuned by hand, which a test holds to their row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import rooms
from .rooms import Room


@dataclass(frozen=True)
class Activation:
    """One activation.

    name        as an author writes it
    of          in a, the sum of a neuron; or, where it takes a layer's sums as a vector, the factor of that vector,
                in its length r. Functions: those of calculus.FUNCTIONS
    room        where it lets vectors be
    words       what it does to a neuron's sum, for a reader: "ReLU …"
    label       as the field writes it; the name where that is it
    in_plane    as it is called where the layer has two neurons; the label where that is it
    bias_start  first value of the last hidden layer's biases where a recipe names none; None: as drawn
    """

    name: str
    of: str
    room: Room
    words: str
    label: str = ""
    in_plane: str = ""
    bias_start: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self.label or self.name)
        object.__setattr__(self, "in_plane", self.in_plane or self.label)

    @property
    def decides(self) -> list[str]:
        """What of the row decides a run's result; of its measures and pictures, the room's row does."""
        return [self.of, self.room.name]

    @property
    def is_vector(self) -> bool:
        """Whether it takes a layer's sums as a vector; such a one stands in the last hidden layer alone."""
        return bool(re.search(r"\br\b", self.of))


_ROWS = (
    Activation("tanh", of="tanh(a)", room=rooms.SQUARE, words="squeezes it between −1 and 1"),
    Activation(
        "relu",
        label="ReLU",
        of="max(a, 0)",
        room=rooms.QUADRANT,
        words="cuts off what is below 0",
        bias_start=1.0,  # above 0, or some runs start with every point at the origin and stay there
    ),
    Activation("disk", of="tanh(r) / r", room=rooms.DISK, words="shrinks the vector of all sums to a length below 1"),
    Activation(
        "sphere",
        of="1 / r",
        room=rooms.CIRCLE,
        in_plane="circle",
        words="shrinks or stretches the vector of all sums to length 1",
    ),
    Activation(
        "softplus", of="softplus(a)", room=rooms.QUADRANT, words="cuts off what is below 0, with a rounded corner"
    ),
)
ACTIVATIONS = {row.name: row for row in _ROWS}

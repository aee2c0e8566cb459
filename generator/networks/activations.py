"""Activations: what a hidden layer makes of its sums. To add an activation, add a row.

A row's expression is all that computing needs: what training, pictures and the page's scripts compute comes from it
(see `calculus`), but for the kernels that are tuned by hand, which a test holds to their row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

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
        walls = [] if self.room is rooms.ROOMS[self.room.name] else [str(self.room.low), str(self.room.high)]
        return [self.of, self.room.name, *walls]

    @property
    def is_vector(self) -> bool:
        """Whether it takes a layer's sums as a vector; such a one stands in the last hidden layer alone."""
        return bool(re.search(r"\br\b", self.of))


class Own(str):
    """The name of an author's activation, with its row: a run that carries it needs nothing else, in any process.

    Two are alike where their rows are; none is like a built-in one's name.
    """

    row: Activation

    @classmethod
    def of(cls, row: Activation) -> Own:
        """The name of a row."""
        made = cls(row.name)
        made.row = row
        return made

    @classmethod
    def told(cls, name: str, plain: Sequence[Any]) -> Own:
        """What `plain` said of one of this name.

        raises  formulas.FormulaError: the formula is more than arithmetic; a table may come from anywhere
        """
        from .formulas import check

        check(plain[0])
        of, room, low, high, label, words = plain
        low, high = -math.inf if low is None else low, math.inf if high is None else high
        known = rooms.ROOMS[room]
        same = (known.low, known.high) == (low, high)
        return cls.of(Activation(name, of=of, room=known if same else within(low, high), label=label, words=words))

    @property
    def plain(self) -> list[Any]:
        """The row as a table holds it: formula, room, least and greatest value or None, label, words."""
        room = self.row.room
        ends = [end if math.isfinite(end) else None for end in (room.low, room.high)]
        return [self.row.of, room.name, *ends, self.row.label, self.row.words]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own) and self.row == other.row

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.row)

    def __deepcopy__(self, memo: Any) -> Own:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Own.of, (self.row,)


def within(low: float, high: float) -> Room:
    """The room of an own activation that has walls of its own: measured as the plane, drawn with them."""
    said = f"{low:.3g}".replace("-", "−")
    span = f"at least {said}" if math.isinf(high) else f"from {said} to {high:.3g}".replace("-", "−")
    return replace(rooms.PLANE, words=f"the part of the plane where both values are {span}", low=low, high=high)


def carried(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A run's fields as plain values, with an own activation's name as runs carry it."""
    plain = {key: value for key, value in fields.items() if key != "formula"}
    return (
        {**plain, "activation": Own.told(fields["activation"], fields["formula"])} if fields.get("formula") else plain
    )


class _Activations(dict[str, Activation]):
    def __missing__(self, name: str) -> Activation:
        if isinstance(name, Own):
            return name.row
        raise KeyError(name)


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
ACTIVATIONS = _Activations({row.name: row for row in _ROWS})

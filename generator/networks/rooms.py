"""Rooms: where an activation lets hidden vectors be. To add a room, add a row.

A room without end is compared with others after dividing by the largest norm: what is packed then is its part of
norm 1 at most.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

Matrix = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Room:
    """Where hidden vectors may be.

    name        as a column of a table calls it
    words       "the points gather in …", with the activation's label where it says {label}
    low, high   least and greatest value of each coordinate; infinite where there is no end
    shape       "box": every such vector; "ball": of norm 1 at most; "sphere": of norm 1
    best        k -> the least distance between any two of k points of a plane, at its maximum
    symmetries  the matrices that map the room onto itself; none where every turn and mirror does
    """

    name: str
    words: str
    low: float
    high: float
    shape: str
    best: Mapping[int, float] = field(hash=False)
    symmetries: tuple[Matrix, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the room has no end."""
        return math.isinf(self.high)

    @property
    def packed_low(self) -> float:
        """The least value of each coordinate where points are packed."""
        return max(self.low, -1.0)

    @property
    def packed_shape(self) -> str:
        """The shape of what points are packed in."""
        return "ball" if self.open else self.shape

    @property
    def turn_deg(self) -> int:
        """The range of directions that its vectors have."""
        return 90 if self.low == 0 else 360


# Proved: Graham 1968 (k = 5, 6), Pirl 1969 (k = 8..10).
_DISK = {
    2: 2.0,
    3: math.sqrt(3),
    4: math.sqrt(2),
    5: 2 * math.sin(math.pi / 5),
    6: 1.0,
    7: 1.0,
    8: 2 * math.sin(math.pi / 7),
    9: 2 * math.sin(math.pi / 8),
    10: 0.710978236,
}
_STRAIGHT: tuple[Matrix, ...] = tuple(((sx, 0.0), (0.0, sy)) for sx in (1.0, -1.0) for sy in (1.0, -1.0))
_CROSSED: tuple[Matrix, ...] = tuple(((0.0, sx), (sy, 0.0)) for sx in (1.0, -1.0) for sy in (1.0, -1.0))

SQUARE = Room(
    "square",
    "the square from −1 to 1",
    low=-1.0,
    high=1.0,
    shape="box",
    best={  # proved: OEIS A281065 and references there, doubled
        2: 2 * math.sqrt(2),
        3: 2 * (math.sqrt(6) - math.sqrt(2)),
        4: 2.0,
        5: math.sqrt(2),
        6: math.sqrt(13) / 3,
        7: 8 - 4 * math.sqrt(3),
        8: 2 * math.sqrt(2 - math.sqrt(3)),
        9: 1.0,
        10: 0.842559087967806,
    },
    symmetries=(*_STRAIGHT, *_CROSSED),
)
DISK = Room("disk", "the unit disk", low=-1.0, high=1.0, shape="ball", best=_DISK)
CIRCLE = Room(
    "circle",
    "the unit circle",
    low=-1.0,
    high=1.0,
    shape="sphere",
    best={k: 2 * math.sin(math.pi / k) for k in range(2, 11)},
)
QUADRANT = Room(
    "quadrant",
    "the quadrant that {label} leaves open",
    low=0.0,
    high=math.inf,
    shape="box",
    best={  # best known to our own solver; no proof is claimed
        2: math.sqrt(2),
        3: 1.0,
        4: 2 * math.sin(math.pi / 8),
        5: 0.600104486995,
        6: 0.531189698648,
        7: 2 * math.sin(math.pi / 12),
        8: 0.454334210104,
        9: 0.403158257497,
        10: 0.382343619057,
    },
    symmetries=(_STRAIGHT[0], _CROSSED[0]),
)
PLANE = Room("plane", "the plane, which has no end", low=-math.inf, high=math.inf, shape="box", best=_DISK)
ROOMS = {room.name: room for room in (SQUARE, DISK, CIRCLE, QUADRANT, PLANE)}

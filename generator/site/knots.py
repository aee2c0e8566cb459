"""Where a knot sits in a square that may be turned and mirrored: in an eighth of it, between a wall and a corner."""

from __future__ import annotations

import math


def folded(x: float, y: float, norm: float | None = None) -> tuple[float, float]:
    """A place of the square, turned and mirrored to lie between the ways to a wall, (1, 0), and to a corner, (1, 1).

    norm     its distance from the middle, in whatever unit; None: as it is
    returns  two numbers, the first the larger, neither negative
    """
    larger, smaller = max(abs(x), abs(y)), min(abs(x), abs(y))
    scale = 1.0 if norm is None else norm / (math.hypot(x, y) or 1.0)
    return larger * scale, smaller * scale

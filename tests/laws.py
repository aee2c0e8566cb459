"""What the laws predict in the square, as pages have it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.measures import packing


def told(classes: Iterable[int]) -> dict[str, Any]:
    """By law its title and, by class count, what packing.solve tells."""
    return {
        law: {"title": of.title, "optima": {str(k): packing.solve(law, k, "square")["told"] for k in classes}}
        for law, of in packing.LAWS.items()
    }

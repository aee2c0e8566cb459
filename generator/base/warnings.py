"""What is odd and not wrong. Each kind of warning has a name, by which an author can allow it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

WARNINGS = {
    "collapsed-run": "a network learned next to nothing",
    "heading-level": "a heading skips a level",
    "unused-footnote": "nothing refers to a footnote",
    "unused-link": "nothing uses a link label",
    "uncited-work": "no page cites a work of the bibliography",
    "doubled-work": "the key of a cited work, or a field of it, is given twice",
    "broken-work": "a work that no page cites is doubled or was not understood",
}
UNUSED = ("uncited-work", "broken-work")  # said only where they are asked for


class Warned(NamedTuple):
    """A warning. name: in the table; said: where and what, in a line. As JSON it is a list of the two."""

    name: str
    said: str

    def __str__(self) -> str:
        return f"{self.said} [{self.name}]"


def without(allowed: Collection[str], warnings: Iterable[Warned]) -> list[Warned]:
    """The warnings that an author has not allowed, by their names."""
    return [warned for warned in warnings if warned.name not in allowed]

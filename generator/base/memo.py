"""What pure functions gave, under a digest of all they were given, from one build to the next.

    memo = Memo(kept)
    math = memo("math", [tex, display], lambda: typeset(tex, display))
    with memo.part("article.md"): ...  # what is asked in it is kept apart, and read only where something asks
    kept = memo.renewed()

A value is plain: text, numbers, lists, tables by text. It is the same whether it was kept or is made now, as both
ways it has been through JSON.

    page = memo.held("page", path, [data], lambda: parse(data))

What is no plain value, or is told sooner by what it was given than by a digest of it, is held for this process alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Plain = TypeVar("Plain")
Made = TypeVar("Made")
Rows = Mapping[str, str]  # digest of what was given -> JSON of what came of it
WHOLE = ""  # the part of what no part was named for


def digest(*parts: Any) -> str:
    """Address of what plain values decide: SHA-256 over JSON, first 32 hex digits."""
    return hashlib.sha256(_ENCODER.encode(parts).encode()).hexdigest()[:32]


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


class _Part:
    """What is kept of a part, and what of it was asked for.

    new   whether the next renewal differs from what is kept
    anew  whether what was not asked for is forgotten
    """

    def __init__(self, kept: Rows | None, anew: bool) -> None:
        self.kept = dict(kept or {})
        self.new, self.anew = kept is None, anew
        self.asked: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def rows(self) -> Rows:
        """What is kept of it next."""
        return self.asked if self.anew else {**self.kept, **self.asked}


@dataclass(frozen=True)
class _Held:
    """An object of this process, what it was made of, and the rows that were asked for meanwhile."""

    value: Any
    given: Any
    asked: set[str]


class Memo:
    """Values by the digest of what they were made of; kept as JSON, each is read when it is first asked for.

    kept  the rows of what no part was named for; None: there are none
    read  gives those of a part by its name; None: it has none, or they are damaged
    """

    def __init__(self, kept: Rows | None = None, read: Callable[[str], Rows | None] = lambda name: None) -> None:
        self._parts = {WHOLE: _Part(kept, anew=True)}
        self._read = read
        self._now = WHOLE
        self._held: dict[tuple[str, str], _Held] = {}
        self._wanted: dict[tuple[str, str], _Held] = {}  # of those, what was asked for since the last renewal
        self._notes: list[set[str]] = []  # of what is asked for while what is held is made
        self.made = 0  # how many values were not there
        self.renewals = 0

    def __call__(
        self, stage: str, given: Any, make: Callable[[], Plain], holds: Callable[[Any], bool] = lambda value: True
    ) -> Plain:
        """A stage's value of what is given: kept, or made now. What `make` raises is not kept.

        given  plain values, all that `make` depends on but what `holds` looks at
        holds  whether a kept value is still what would be made
        """
        key, part = digest(stage, given), self._part()
        known = part.asked.get(key, part.kept.get(key))
        if known is not None:
            value = part.values[key] if key in part.values else json.loads(known)
        if known is None or not holds(value):
            known = json.dumps(make())
            value = json.loads(known)
            self.made += 1
            part.new = True
        part.asked[key], part.values[key] = known, value
        for notes in self._notes if self._now == WHOLE else ():
            notes.add(key)
        found: Plain = value
        return found

    def held(
        self,
        stage: str,
        name: str,
        given: Any,
        make: Callable[[], Made],
        holds: Callable[[Made], bool] = lambda value: True,
    ) -> Made:
        """What a stage made of something the last time, where it was given the same; or what it makes now.

        Whatever it asked for then counts as asked for again, but in parts: in one, nothing is held.

        name   of what it is made of: the last for each is held
        given  values that == compares, all that `make` depends on but what `holds` looks at
        """
        if self._now != WHOLE:
            return make()
        whole, found = self._parts[WHOLE], self._held.get((stage, name))
        if not (found and found.given == given and found.asked <= whole.values.keys() and holds(found.value)):
            notes = set[str]()
            self._notes.append(notes)
            try:
                found = _Held(make(), given, notes)
            finally:
                self._notes.pop()
        for notes in self._notes:
            notes |= found.asked
        whole.asked |= {key: whole.asked.get(key) or whole.kept[key] for key in found.asked}
        self._held[stage, name] = self._wanted[stage, name] = found
        value: Made = found.value
        return value

    @contextlib.contextmanager
    def part(self, name: str, anew: bool = False) -> Iterator[None]:
        """What is asked for in it belongs to a part of the memo, which is kept apart.

        anew  all that the part is for is asked for in it, so that the rest is forgotten
        """
        outer, self._now = self._now, name
        self._part().anew |= anew
        try:
            yield
        finally:
            self._now = outer

    def _part(self) -> _Part:
        if self._now not in self._parts:
            self._parts[self._now] = _Part(self._read(self._now), anew=False)
        return self._parts[self._now]

    def forget(self) -> None:
        """Make all anew, in every part."""
        self._parts, self._read = {WHOLE: _Part(None, anew=True)}, lambda name: None
        self._held, self._wanted = {}, {}

    def renewed(self) -> dict[str, Rows]:
        """Of each part in which anything is new, all that is kept of it, as JSON in one line each.

        What nobody asked for since the last renewal is forgotten; so are parts, until something asks in them.
        """
        self.renewals += 1
        whole = self._parts[WHOLE]
        found = {name: part.rows() for name, part in self._parts.items() if part.new}
        again = _Part(whole.asked, anew=True)
        again.values = {key: whole.values[key] for key in whole.asked}
        self._parts = {WHOLE: again}
        self._held, self._wanted = self._wanted, {}
        return found

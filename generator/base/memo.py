"""What pure functions gave, under a digest of all they were given, from one build to the next.

    memo = Memo(kept)
    math = memo("math", [tex, display], lambda: typeset(tex, display))
    kept = memo.renewed()

A value is plain: text, numbers, lists, tables by text. It is the same whether it was kept or is made now, as both
ways it has been through JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Plain = TypeVar("Plain")


def digest(*parts: Any) -> str:
    """Address of what plain values decide: SHA-256 over JSON, first 32 hex digits."""
    return hashlib.sha256(_ENCODER.encode(parts).encode()).hexdigest()[:32]


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


class Memo:
    """Values by the digest of what they were made of; kept as JSON, each is read when it is first asked for."""

    def __init__(self, kept: Mapping[str, str] | None = None) -> None:
        self._kept = dict(kept or {})
        self._asked: dict[str, str] = {}
        self._values: dict[str, Any] = {}
        self.made = 0  # how many values were not there
        self.renewals = 0

    def __call__(self, stage: str, given: Any, make: Callable[[], Plain]) -> Plain:
        """A stage's value of what is given: kept, or made now. What `make` raises is not kept.

        given  plain values, all that `make` depends on
        """
        key = digest(stage, given)
        if key not in self._asked:
            kept = self._kept.get(key)
            if kept is None:
                kept = json.dumps(make())
                self.made += 1
            self._asked[key] = kept
        if key not in self._values:
            self._values[key] = json.loads(self._asked[key])
        value: Plain = self._values[key]
        return value

    def renewed(self) -> dict[str, str]:
        """All that was asked for since the last renewal, as JSON in one line each; the rest is forgotten."""
        self.renewals += 1
        self._kept, self._asked = self._asked, {}
        self._values = {key: self._values[key] for key in self._kept}
        return self._kept

"""`{#id .class key="value" word}`: the attribute lists of Pandoc and Python-Markdown."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

INNER = r"""(?:[^{}"']++|"[^"]*"|'[^']*')*"""
LIST = re.compile(r"\{:?[ ]*(?=[#.]|[\w-]+=)(" + INNER + r")\}")
TRAILING = re.compile(r"(?:^|\s+)\{:?(" + INNER + r")\}[ \t]*$")
_SPELT = {"fig-alt": "alt", "fig.alt": "alt"}  # as Quarto and R spell it
_ATTRIBUTE = re.compile(  # an id may hold a number's dots, `#1.-aims`, as Google Docs has them
    r"""#(?P<id>(?:[^\s#.]|\.(?=[-\d]))+)|\.(?P<class>[^\s#.]+)|(?P<key>[^\s=]+)=(?:"(?P<d>[^"]*)"|'(?P<s>[^']*)'|(?P<b>\S*))|(?P<word>\S+)"""
)


@dataclass(frozen=True)
class Attributes:
    """An attribute list."""

    id: str = ""
    classes: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As plain values: `Attributes(**plain)` is it again."""
        return asdict(self)


def parse_attributes(inside: str) -> Attributes:
    """The text between the braces of an attribute list."""
    id_, classes, values, words = "", [], {}, []
    for found in _ATTRIBUTE.finditer(inside):
        if found["id"]:
            id_ = found["id"]
        elif found["class"]:
            classes.append(found["class"])
        elif found["key"]:
            values[_SPELT.get(found["key"], found["key"])] = found["d"] or found["s"] or found["b"] or ""
        else:
            words.append(found["word"])
    return Attributes(id_, tuple(classes), values, tuple(words))

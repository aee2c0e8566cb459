"""Activations of the author's own: the [activation.NAME] tables."""

from __future__ import annotations

import re
from typing import Any

from ..networks import recipe
from ..networks.activations import ACTIVATIONS, Own
from ..networks.recipe import Field, plain
from .keys import Keys, Told

LONGEST_LABEL = 40  # characters


def _label(value: Any) -> str:
    said = value.strip() if isinstance(value, str) else ""
    if not 0 < len(said) <= LONGEST_LABEL or not said.isprintable():
        raise ValueError
    return said


def _room(value: Any) -> tuple[float, float]:
    low, high = value
    if any(type(end) not in (int, float) for end in value) or not low < high:
        raise ValueError
    return float(low), float(high)


FIELDS = {
    "formula": plain('arithmetic of a, such as "a * logistic(a)", or of r', str),
    "room": Field(_room, "the least and the greatest value, such as [0, 1] or [0, inf]"),
    "label": Field(_label, f"at most {LONGEST_LABEL} signs in a line"),
    "words": plain("what it does to a neuron's sum", str),
}


class Activations:
    """Reads the tables of own activations of a file of experiments.

    own  those that are right, by name
    """

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.own: dict[str, Own] = {}
        self.faulty: set[str] = set()

    @property
    def field(self) -> Field:
        """What the `activation` of a run may be: one that is built in, or an own one."""
        row = recipe.choice(*ACTIVATIONS, *self.own)

        def accepts(value: Any) -> str | Own:
            if isinstance(value, str) and value in self.faulty:
                raise Told
            name: str = row.accepts(value)
            return self.own.get(name, name)

        return Field(accepts, row.expected, row.choices)

    def add(self, name: str, table: dict[str, Any]) -> None:
        """Read the table of one; it is an activation if that is right."""
        path, before = ("activation", name), len(self.keys.problems)
        built_in = {said.lower() for row in ACTIVATIONS.values() for said in (row.label, row.in_plane)}
        if not re.fullmatch(r"[a-z][a-z0-9]*", name):
            self.keys.wrong(path, f'"{name}" is no name for an activation', "small letters and digits")
        elif name in ACTIVATIONS or name in built_in:
            self.keys.wrong(path, f'"{name}" is the name of a built-in activation', "another name")
        given = self.keys.singles(path, table, FIELDS, "key of an activation")
        if "formula" not in table:
            self.keys.wrong(path, f"activation {name} has no formula", f"formula = {FIELDS['formula'].expected}")
        taken = built_in | {each.row.label.lower() for each in self.own.values()}
        if (label := given.get("label") or name).lower() in taken:
            self.keys.wrong((*path, "label"), f'"{label}" is another activation\'s label', "another label")
        if len(self.keys.problems) > before:
            self.faulty.add(name)
            return
        from ..networks import formulas  # takes numpy and sympy, which the others do without

        try:
            self.own[name] = formulas.own(name, **given)
        except formulas.FormulaError as error:
            self.faulty.add(name)
            key = "room" if "room" in given and "room" in error.wrong else "formula"
            self.keys.wrong((*path, key), error.wrong, error.expected, error.near)

"""The keys of a TOML file: which there are, what each may hold, and what is wrong at which line."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..base.errors import ContentError, Problem, an, nearest

if TYPE_CHECKING:
    from ..networks.recipe import Field

Lines = Mapping[tuple[str, ...], int] | None
LONGEST_SHOWN = 200  # characters of a wrong value


class Told(ValueError):
    """A value that is wrong where it is defined, which is told there and not where it is used."""


class Keys:
    """Reads the tables of a file and gathers what is wrong on the way.

    place     the file, as messages name it
    lines     of its keys, by their paths; None: what is given is from no file
    problems  what is wrong so far
    """

    def __init__(self, place: str, lines: Lines = None) -> None:
        self.place = place
        self.lines = lines
        self.problems: list[Problem] = []

    def wrong(self, path: tuple[str, ...], what: str, expected: str = "", match: str | None = None) -> None:
        """Note a mistake at the nearest line known for a key path."""
        self.problems.append(Problem(self.at(path), what, expected, match))

    def take(self, path: tuple[str, ...], keys: Iterable[str], error: ContentError) -> None:
        """Note what is wrong with what a table names: at its key, where a key is the place, or as it is."""
        for problem in error.problems:
            if problem.place in keys:
                self.wrong((*path, problem.place), problem.wrong, problem.expected, problem.nearest)
            else:
                self.problems.append(problem)

    def at(self, path: tuple[str, ...]) -> str:
        """The place of a key path, or of what it is in."""
        if self.lines is None:
            return self.place
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.place}:{self.lines[path] if path else 1}"

    def known(self, path: tuple[str, ...], table: Any, keys: Iterable[str], noun: str) -> dict[str, Any]:
        """A table's known keys; the others are mistakes."""
        if not isinstance(table, dict):
            self.wrong(path, f"{'.'.join(path)} is not a table", f"[{'.'.join(path)}]")
            return {}
        keys = list(keys)
        for key in table:
            if key not in keys:
                self.wrong((*path, key), f'unknown {noun} "{key}"', listed(keys), nearest(key, keys))
        return {key: value for key, value in table.items() if key in keys}

    def axis(self, path: tuple[str, ...], value: Any, field: Field) -> list[Any]:
        """The values that a field takes: one, or those of a list."""
        several = isinstance(value, list) and (not field.listed or (bool(value) and isinstance(value[0], list)))
        accepted = []
        if several and not value:
            self.wrong(path, f"{path[-1]} is an empty list", field.expected)
        for one in value if several else [value]:
            try:
                accepted.append(field.accepts(one))
            except Told:
                continue
            except (ValueError, TypeError):
                match = nearest(one, field.choices) if isinstance(one, str) and field.choices else None
                self.wrong(path, f"{path[-1]} is {shown(one)}", field.expected, match)
        if len(set(accepted)) < len(accepted):
            self.wrong(path, f"{path[-1]} names a value twice", "different values")
        return accepted

    def single(self, path: tuple[str, ...], value: Any, field: Field) -> Any:
        """One value that may itself be a list; None when it is wrong."""
        try:
            return field.accepts(value)
        except (ValueError, TypeError):
            self.wrong(path, f"{path[-1]} is {shown(value)}", field.expected)
            return None

    def singles(self, path: tuple[str, ...], table: Any, fields: Mapping[str, Field], noun: str) -> dict[str, Any]:
        """One value for each of a table's known keys; see `known` and `single`."""
        known = self.known(path, table, fields, noun)
        return {key: self.single((*path, key), value, fields[key]) for key, value in known.items()}

    def section(self, given: dict[str, Any], kind: str, such_as: str) -> dict[str, dict[str, Any]]:
        """All [kind.NAME] by their names; what is no such table is a mistake, [[kind.NAME]] taken for one.

        such_as  a name that one may have
        """
        section, found = given.get(kind, {}), {}
        if not isinstance(section, dict):
            self.wrong((kind,), f"{kind} is not a table", f"a table such as [{kind}.{such_as}]")
            return {}
        for name, table in section.items():
            if isinstance(table, list) and table and isinstance(table[0], dict):
                self.wrong((kind, name), f"{kind}.{name} is a list of tables", f"[{kind}.{name}]")
                found[name] = table[0]
            elif isinstance(table, dict):
                found[name] = table
            else:
                what = f'"{name}" outside of {kind if kind == "results" else an(kind)}'
                self.wrong((kind, name), what, f"it below a name, [{kind}.{such_as}]")
        return found


def shown(value: Any) -> str:
    """A wrong value as the author wrote it, the beginning of a long one."""
    try:
        said = str(value) if isinstance(value, datetime.date | datetime.time) else json.dumps(value, default=str)
    except (ValueError, RecursionError):  # thousands of digits or of brackets
        return "too large to be told"
    return said if len(said) <= LONGEST_SHOWN else f"{said[:LONGEST_SHOWN]}…"


def listed(names: Collection[str]) -> str:
    """All of some names, for a message; "" where there are none."""
    return "one of " + ", ".join(names) if names else ""

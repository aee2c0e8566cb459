"""Rows of results as a table: one row a group, or one row each; plain data, which a template dresses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..base.errors import one_of
from ..base.rounding import Year
from ..runs.results import Record, Result, Rows, Table, UnknownResult, Unmeasured, places, quantile
from .expressions import ExpressionError, kind

MOST = 500  # rows that a page shows
SHARES = ("accuracy", "test_accuracy", "packing_ratio")  # of runs, told in per cent
FINEST = 6  # digits after the point; what needs more is told with powers of ten
LARGEST = 1e9


class TableError(Exception):
    """What is wrong with a table. problems: of each the option, the place in its list or None, wrong, expected."""

    def __init__(self, *problems: tuple[str, int | None, str, str]) -> None:
        super().__init__(*problems)
        self.problems = problems


def table(
    of: Any, keys: Sequence[str] | None, columns: Sequence[str] | None, names: Mapping[str, Any]
) -> dict[str, Any]:
    """The table of what an expression gave.

    of       Rows, or a list of runs or of rows
    keys     a row for each combination of their values; None: a row for each of what is given
    columns  what stands in the cells; None: all that rows of a table have
    names    tables by their names, for the words of their columns
    returns  "runs": whether it is of runs; "keys" and "columns", each with its "key" and what the author has "told" of
             it, a column as `_column` has it; "rows", each with its "heads" (a "value", and over how many rows it
             "span"s), its "cells", and of how many it is, "n"
    raises   TableError, ExpressionError: it is no rows
             Unmeasured: nothing is wrong, and not all is measured
    """
    rows = _rows(of, names)
    first = rows[0]
    if columns is None and isinstance(first, Record):
        columns = [name for name in first.values if name not in (keys or ())]
    if not columns:
        raise TableError(("rows", None, "a table of results without columns", "columns: such as [accuracy, loss]"))
    asked = [("rows", at, key) for at, key in enumerate(keys or ())]
    asked += [("columns", at, key) for at, key in enumerate(columns)]
    if wrong := [(option, at, said, "") for option, at, key in asked if (said := _unknown(rows, key))]:
        raise TableError(*wrong)
    groups = [((), [row]) for row in rows] if keys is None else _groups(rows, keys)
    if len(groups) > MOST:
        fewer = f"at most {MOST}, or fewer by of: with .where(…)"
        raise TableError(("rows", None, f"a table of {len(groups):,} rows", fewer))
    is_spread = any(len(members) > 1 for _, members in groups)
    made = [_column(key, at, [members for _, members in groups], is_spread) for at, key in enumerate(columns)]
    known = names.get(first.table) if isinstance(first, Record) else None
    told = known.columns if isinstance(known, Table) else {}
    return {
        "runs": isinstance(first, Result),
        "keys": [{"key": key, "kind": "word", "told": str(told.get(key, ""))} for key in keys or ()],
        "columns": [{**column, "told": str(told.get(column["key"], ""))} for column, _ in made],
        "rows": [
            {"heads": heads, "cells": [cells[at] for _, cells in made], "n": len(groups[at][1])}
            for at, heads in enumerate(_heads([values for values, _ in groups]))
        ],
        "spread": is_spread,
    }


def _rows(of: Any, names: Mapping[str, Any]) -> list[Any]:
    rows = list(of) if isinstance(of, (Rows, list, tuple)) else []
    if isinstance(of, Rows) and not rows:
        tables = [f"of: {name}" for name, table in names.items() if isinstance(table, Table) and len(table)]
        raise ExpressionError(f"of gives no {kind(of)}", one_of(tables) or "an experiment, or a table of results")
    if not rows or not all(isinstance(row, (Result, Record)) and type(row) is type(rows[0]) for row in rows):
        raise ExpressionError(f"of gives {kind(of)}", 'runs or rows, such as results.where(experiment="grid")')
    return rows


def _unknown(rows: Sequence[Any], key: str) -> str:
    """What is wrong with a key that none of the rows has, or ""."""
    said = ""
    for row in rows:
        try:
            row.value(key)
        except UnknownResult as error:
            said = said or str(error.args[0])
        except Unmeasured:
            return ""
        else:
            return ""
    return said


def _value(row: Any, key: str) -> Any:
    """What a row has by a key; None where only others have it."""
    if key == "activation" and isinstance(row, Result):
        return row.label
    try:
        return row.value(key)
    except UnknownResult:
        return None


# Rows


def _groups(rows: Sequence[Any], keys: Sequence[str]) -> list[tuple[tuple[Any, ...], list[Any]]]:
    """Rows by their values of some keys, in the order of these."""
    groups: dict[tuple[Any, ...], tuple[tuple[Any, ...], list[Any]]] = {}
    orders = [places(_value(row, key) for row in rows) for key in keys]
    for at, row in enumerate(rows):
        values = tuple(_value(row, key) for key in keys)
        groups.setdefault(tuple(order[at] for order in orders), (values, []))[1].append(row)
    return [groups[order] for order in sorted(groups)]


def _heads(groups: Sequence[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    """The heads of each row: a value that rows below share, with all to the left of it, is said once."""
    heads: list[list[dict[str, Any]]] = []
    for at, values in enumerate(groups):
        heads.append([])
        for depth in range(len(values)):
            alike = [other[: depth + 1] == values[: depth + 1] for other in groups]
            if depth < len(values) - 1 and at and alike[at - 1]:
                continue
            span = sum(alike) if depth < len(values) - 1 else 1
            heads[-1].append({"value": values[depth], "span": span})
    return heads


# Columns


def _column(
    key: str, at: int, groups: Sequence[Sequence[Any]], is_spread: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A column, and its cells.

    returns  "key"; "kind": "number", "year", "share" of 1, or "word"; "digits" after the point, None where powers of
             ten are told. A cell: its "value", in a group the median, quartiles "low" and "high" where there are
             several, of how many values, "n", "digits" that it needs
    raises   TableError: several values of a group that are no numbers
    """
    values = [[value for row in group if (value := _value(row, key)) is not None] for group in groups]
    every = [value for group in values for value in group]
    is_boolean = bool(every) and all(isinstance(value, bool) for value in every)
    if not all(isinstance(value, (int, float)) for value in every) or (is_boolean and not is_spread):
        if is_spread:
            what = f'"{key}" holds {"lists" if isinstance(every[0], (list, tuple, Mapping)) else "words"}'
            raise TableError(("columns", at, what, "numbers, or the key in rows:, or rows: all"))
        return {"key": key, "kind": "word", "digits": 0}, [{"value": group[0] if group else None} for group in values]
    cells = [_cell(sorted(group), is_boolean) for group in values]
    if is_boolean or (key in SHARES and isinstance(groups[0][0], Result)):
        return {"key": key, "kind": "share", "digits": 1}, [cell | {"digits": 1} for cell in cells]
    is_year = bool(every) and all(isinstance(value, Year) for value in every)
    return {"key": key, "kind": "year" if is_year else "number", "digits": _take_digits(cells, is_spread)}, cells


def _cell(ordered: Sequence[float], is_boolean: bool) -> dict[str, Any]:
    if not ordered:
        return {"value": None, "n": 0}
    if is_boolean:
        return {"value": sum(ordered) / len(ordered), "n": len(ordered)}
    if len(ordered) == 1:
        return {"value": ordered[0], "n": 1}
    low, middle, high = (quantile(ordered, q) for q in (0.25, 0.5, 0.75))
    return {"value": middle, "low": low, "high": high, "n": len(ordered)}


def _take_digits(cells: Sequence[dict[str, Any]], is_spread: bool) -> int | None:
    """The digits of a column of numbers; each cell is told how many it needs."""
    shown = [cell[name] for cell in cells for name in ("value", "low", "high") if cell.get(name) is not None]
    digits = _digits(shown) if is_spread else _exact(shown)
    for cell in cells:
        needs = digits if is_spread or cell["value"] is None else _exact([cell["value"]])
        cell["digits"] = digits if needs is None or digits is None else min(digits, needs)
    return digits


def _digits(values: Sequence[float]) -> int | None:
    """Digits after the point for numbers below each other: three significant ones of most, one of the least."""
    sizes = sorted(abs(value) for value in values if value)
    if all(float(value).is_integer() for value in values):
        return 0 if not sizes or sizes[-1] < LARGEST else None
    usual = max(0, 2 - math.floor(math.log10(sizes[len(sizes) // 2])))
    least = max(usual, -math.floor(math.log10(sizes[0])))
    return least if least <= FINEST and sizes[-1] < LARGEST else None


def _exact(values: Sequence[float]) -> int | None:
    """The digits after the point that say numbers as they are, of measured ones six significant."""
    if not values:
        return 0
    if max(map(abs, values)) >= LARGEST:
        return None
    needed = 0
    for value in values:
        if not float(value).is_integer():
            written = f"{value:.{max(1, 6 - 1 - math.floor(math.log10(abs(value))))}f}".rstrip("0")
            needed = max(needed, len(written.partition(".")[2]))
    return needed if needed <= FINEST + 3 else None

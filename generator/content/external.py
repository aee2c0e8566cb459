"""Results that were made elsewhere: a file of rows beside the text, as a table that expressions know by its name."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..base import filenames, limits, textfile
from ..base.errors import ContentError, Problem, long_number, mistake, short
from ..base.memo import Memo
from ..base.store import sha256
from . import columns as files

ENDINGS = (*files.OF_TEXT, ".json", ".npz")
EXPECTED = "a list of objects, or an object of lists of one length"
SHOWN = files.SHOWN  # mistakes of a file
BOOLEAN = {"true": True, "false": False}
KEPT = ("results", "true", "false", "none", "and", "or", "not", "in", "is", "if", "else")  # known to expressions

Value = bool | int | float | str | None


@dataclass(frozen=True)
class ExternalResults:
    """A table of results, plain: each row its values by column, None where there is a gap.

    columns  what each column holds, by its name, as the author says it
    content  the file
    source   where it is from: the file's name, its SHA-256, how many rows and which columns it has, and its path in the
             site, where it is byte for byte
    said     how it was read, in a line
    """

    name: str
    rows: tuple[Mapping[str, Value], ...]
    columns: Mapping[str, str]
    content: bytes
    source: Mapping[str, Any]
    said: str


def read(folder: Path, name: str, file: str, words: Mapping[str, str], memo: Memo | None = None) -> ExternalResults:
    """The table in a file of the content's folder: .csv, .tsv, .json or .npz.

    words   what columns hold, by their names
    memo    what was read of files before, a part each
    raises  ContentError: what is wrong with the file, by line or row and column
    """
    path = files.located(folder, file, endings=ENDINGS)
    content = path.read_bytes()
    memo = memo or Memo()
    with memo.part(file, anew=True):
        found, about, told, per_cent = memo("external", [path.suffix, sha256(content)], lambda: _columns(path))
    names = {heading: re.sub(r"\W+", "_", heading).strip("_") or heading for heading in found}
    names = {heading: f"_{plain}" if plain[0].isdigit() else plain for heading, plain in names.items()}
    for at, (heading, plain) in enumerate(names.items()):
        before = [other for other in list(names)[:at] if names[other] == plain]
        if before:
            raise mistake(str(path), f'columns "{before[0]}" and "{heading}" would both be {plain}', "different names")
    rows = tuple(dict(zip(names.values(), row, strict=True)) for row in zip(*found.values(), strict=True))
    renamed = {plain: heading for heading, plain in names.items() if plain != heading}
    called = [f'{plain} ("{renamed[plain]}")' if plain in renamed else plain for plain in names.values()]
    source = {
        "file": file,
        "sha256": sha256(content),
        "rows": len(rows),
        "columns": list(names.values()),
        "path": f"data/{name}{path.suffix.lower()}",
    }
    if about:
        source["about"] = about
    how = "".join(f"; {each}" for each in told)
    said = f"{name}: {len(rows):,} row{'s' * (len(rows) > 1)} of {file}; columns: {', '.join(called)}{how}."
    units = {names[heading]: heading if "%" in heading else f"{heading}, %" for heading in per_cent}
    return ExternalResults(name, rows, {**renamed, **units, **words}, content, source, said)


def _columns(path: Path) -> tuple[dict[str, list[Value]], str, list[str], list[str]]:
    """A file's columns by their headings, what it says above them, how its cells were read, and the columns of %.

    raises  ContentError: what is wrong with it
    """
    ending = path.suffix.lower()
    if ending in files.OF_TEXT:
        table = files.csv_columns(path, gaps=True, results=True)
        of_kind = (_of_words(each) if isinstance(each, list) else _of_numbers(each.tolist()) for each in table.columns)
        found = dict(zip(table.names, of_kind, strict=True))
        about, told, per_cent = table.about, table.told, table.per_cent
    else:
        found, about, told, per_cent = {".json": _json, ".npz": _npz}[ending](path), "", [], []
    for name, column in found.items():
        for row, value in enumerate((name, *column)):
            if isinstance(value, str) and (odd := textfile.invisible(value)):
                where = f'row {row}, "{short(name)}"' if row else f'the column "{short(name)}"'
                raise mistake(str(path), f"{where}: {odd}", "none")
    return found, about, told, per_cent


def _of_words(words: Sequence[str]) -> list[Value]:
    """Words, "" a gap; true and false where all are."""
    is_boolean = all(not word or word.lower() in BOOLEAN for word in words)
    return [BOOLEAN[word.lower()] if word and is_boolean else word or None for word in words]


def _of_numbers(values: Sequence[float]) -> list[Value]:
    """Numbers, nan a gap; whole ones where all are."""
    there = [value for value in values if not math.isnan(value)]
    is_whole = all(value.is_integer() and abs(value) < 2**53 for value in there)
    return [None if math.isnan(value) else int(value) if is_whole else value for value in values]


def _json(path: Path) -> dict[str, list[Value]]:
    limits.check_size(str(path), path.stat().st_size, limits.JSON_BYTES)
    text = textfile.decode(path.read_bytes(), str(path))
    try:
        held = json.loads(text)
    except json.JSONDecodeError as error:
        said = f"not JSON: {error.msg[0].lower()}{error.msg[1:]}"
        raise mistake(f"{path}:{error.lineno}", said, EXPECTED) from None
    except RecursionError as error:
        raise mistake(str(path), f"cannot be read: {error}", "fewer brackets") from None
    except ValueError:
        raise ContentError([long_number(str(path), text)]) from None
    if isinstance(held, list) and all(isinstance(row, dict) for row in held):
        names = dict.fromkeys(name for row in held for name in row)
        held = {name: [row.get(name) for row in held] for name in names}
    if not isinstance(held, dict) or not all(isinstance(column, list) for column in held.values()):
        kind = "an object" if isinstance(held, dict) else "a list" if isinstance(held, list) else "a single value"
        raise mistake(str(path), f"{kind}, and not of such rows", f'{EXPECTED} (pandas: to_json(orient="records"))')
    return _checked(path, held)


def _npz(path: Path) -> dict[str, list[Value]]:
    arrays = files.arrays_of(path, "an .npz file of plain arrays")
    for name, array in arrays.items():
        if array.ndim != 1 or array.dtype.kind not in "iufbUS":
            what = f"{name} is {array.shape} of {array.dtype}"
            raise mistake(str(path), what, "arrays (N,) of numbers, words, or true and false")
    words = {name: array.astype(str) if array.dtype.kind == "S" else array for name, array in arrays.items()}
    return _checked(path, {name: files.plain(array) for name, array in words.items()})


def _checked(path: Path, columns: dict[str, list[Any]]) -> dict[str, list[Value]]:
    """Columns of one length, each of one kind of value.

    raises  ContentError: the first mistakes, by row and column
    """
    lengths = {name: len(column) for name, column in columns.items()}
    if not any(lengths.values()):
        raise mistake(str(path), "has no rows", "a row at least")
    if max(lengths.values()) > limits.ROWS or len(lengths) > limits.COLUMNS:
        what = f"{max(lengths.values()):,} rows of {len(lengths):,} columns"
        raise mistake(str(path), what, f"at most {limits.ROWS:,} rows of {limits.COLUMNS:,} columns")
    if len(set(lengths.values())) > 1:
        raise mistake(
            str(path), "lengths: " + ", ".join(f"{name} {n}" for name, n in lengths.items()), "one for all columns"
        )
    if unnamed := [name for name in columns if not name.strip()]:
        raise mistake(str(path), f'a column is named "{unnamed[0]}"', "a name for each column")
    problems: list[Problem] = []
    checked: dict[str, list[Value]] = {}
    for name, column in columns.items():
        values = [None if isinstance(value, float) and math.isnan(value) else value for value in column]
        kinds = [_kind(value) for value in values]
        counts = {kind: kinds.count(kind) for kind in ("a number", "a word", "true or false")}
        usual = max(counts, key=lambda kind: counts[kind])
        for row, (value, kind) in enumerate(zip(values, kinds, strict=True), 1):
            if kind not in ("", usual):
                what = f'row {row}, "{name}": {short(json.dumps(value, default=str))}'
                problems.append(Problem(str(path), what, f"{usual}, or null for a gap"))
        checked[name] = values
    if problems:
        raise ContentError(problems[:SHOWN])
    return checked


def _kind(value: Any) -> str:
    """What a value of JSON is, "" of a gap."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number" if abs(value) <= sys.float_info.max else "infinity"
    return "a word" if isinstance(value, str) else "something else"


def names_wrong(name: str, experiments: Sequence[str]) -> tuple[str, str, str | None] | None:
    """What is wrong with a table's name, what was expected and the nearest; None where it is right."""
    plain = re.sub(r"\W+", "_", name)
    if not name.isidentifier():
        near = plain if plain.isidentifier() else None
        return f'"{name}" is no name for results', "" if near else "letters, digits and _", near
    if name.lower() in KEPT:
        return f'"{name}" is a word of expressions', "another name", None
    if wrong := filenames.wrong(name):
        return wrong, "another name", None
    if name in experiments:
        return f'"{name}" is the name of an experiment', "another name", None
    return None

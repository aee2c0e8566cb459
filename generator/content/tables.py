"""An author's own data: files of labelled rows, and the digits that scikit-learn ships, read into tables.

What a file leaves open is decided and said: here which column is the label, in `columns` how it is written.
"""

from __future__ import annotations

import functools
import gzip
import importlib.util
import itertools
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..base import filenames, limits
from ..base.errors import few, mistake, nearest, one_of, short
from ..base.warnings import Warned
from ..networks.tables import BALANCES, Table
from .columns import (
    DROPPED,
    LACKING,
    SHOWN,
    Column,
    File,
    Numbers,
    arrays_of,
    csv_columns,
    holds,
    is_file,
    located,
    plain,
)

TRAIN, TEST = frozenset({"train", "training", "0", "false", "no"}), frozenset({"test", "testing", "1", "true", "yes"})
LABELS = ("class", "label", "target")  # what columns of labels are called
GAPS = ("refuse", "drop")  # what becomes of a row without a value
_MEASURED = re.compile(r"\D{0,3}\d[\d.,'\u202f ]*\D{0,4}")  # a number with what it is of: "$12", "7 kg"
MEASURED = 10  # of so many different ones, they are no kinds
UNEVEN = 1.5  # rows of the largest class to those of the smallest
APART = 1000.0  # between the standard deviations of two columns


@dataclass(frozen=True)
class Read:
    """A table with what is to be said of it.

    said    how it was read, in a line
    warned  what is odd about it
    """

    table: Table
    said: str
    warned: tuple[Warned, ...] = ()


def read(folder: Path, options: Mapping[str, Any]) -> Read:
    """The table that an author describes.

    options  "file" in the content's folder, or "kind": "digits"; "label", "columns" (of inputs), "missing" (one of
             GAPS) and "test" of a file; "classes": which of them, in which order; "balance": see Table
    raises   ContentError: what is wrong with the file, by row and column, or with the options
    """
    if "file" in options:
        file, test = options["file"], options.get("test")
        if test == file:
            raise mistake("test", f'"{file}" is what is trained on', "another file, a column or a share")
        named = {"file": file} | ({"test": test} if is_file(test) else {})
        stamps = tuple(located(folder, path, key).stat().st_mtime_ns for key, path in named.items())
        drop = options.get("missing") == "drop"
        whole = _of_file(folder, file, options.get("label"), options.get("columns"), test, drop, stamps)
    else:
        whole = _digits(options.get("test"))
    whole = replace(whole, table=replace(whole.table, balance=options.get("balance", BALANCES[0])))
    if "classes" not in options:
        return _watched(whole)
    words = [_word(label) for label in options["classes"]]
    for word in words:
        if word not in whole.table.labels:
            labels = whole.table.labels
            raise mistake("classes", f'no class "{word}"', one_of(labels), nearest(word, labels))
    table = whole.table.picked(words)
    return _watched(Read(table, f"{whole.said} Of its classes: {', '.join(words)}.", whole.warned))


# Files


@functools.lru_cache(maxsize=8)  # an experiments file is parsed again and again, and subsets are of one file
def _of_file(
    folder: Path,
    file: str,
    label: str | None,
    columns: tuple[str, ...] | None,
    test: float | str | None,
    drop: bool,
    stamps: tuple[int, ...],
) -> Read:
    only = {*columns, label, str(test)} if columns and label else None
    found = _opened(located(folder, file), only, label, drop)
    at, how = label_of(found, label)
    apart = None if test is None or isinstance(test, float) or is_file(test) else _column(found, test, "test")
    if apart == at:
        raise found.problem(f'the column "{test}" is the label', "another column for test")
    inputs = _inputs(found, columns, (at, apart))
    lost = _drop(found, [*inputs, at, *(() if apart is None else (apart,))]) if drop else 0
    said_in = _said_in(found, inputs if columns else ())
    x, words = _numbers(found, inputs, said_in), np.array(_words(found.columns[at]), object)
    held = np.zeros(len(words), bool) if apart is None else _held(found, apart)
    test_x, test_words = x[held], words[held].tolist()
    x, words = x[~held], words[~held].tolist()
    if isinstance(test, str) and is_file(test):
        second = _opened(located(folder, test), only, label, drop)
        if second.names != found.names:
            raise second.problem(
                f"its columns are {_listed(second.names)}", f"those of {found.place}: {_listed(found.names)}"
            )
        lost += _drop(second, [*inputs, at]) if drop else 0
        test_x, test_words = _numbers(second, inputs, said_in), _words(second.columns[at])
    labels = _labels(found, words, test_words, how)
    number = {word: place for place, word in enumerate(labels)}
    table = Table(
        x,
        np.array([number[word] for word in words], np.int64),
        test_x,
        np.array([number[word] for word in test_words], np.int64),
        labels,
        tuple(name for place in inputs for name in _names(found.names[place], said_in.get(place))),
        test if isinstance(test, float) else 0.0,
    )
    _check(found, table, how)
    kept = "" if test is None else f"; held out: {test if isinstance(test, str) else f'{test:g} of each class'}"
    coded = f"; a 1 or a 0 for each word of {_listed([found.names[place] for place in said_in])}" if said_in else ""
    said = (
        f"{file}: {len(words) + len(test_words):,} rows of {x.shape[1]} number{'s' * (x.shape[1] > 1)}{coded}; "
        f"label: {how}{kept}{''.join('; ' + told for told in found.told)}"
        f"{f'; {lost:,} more lack a value and are left out' * bool(lost)}."
    )
    return Read(table, said)


def _inputs(found: File, columns: tuple[str, ...] | None, others: tuple[int | None, ...]) -> list[int]:
    """The places of the columns of inputs: those asked for, or all. others: places of what else is asked for"""
    inputs = [place for place in range(len(found.names)) if place not in others]
    if columns is None:
        return inputs
    asked = [_column(found, name, "columns") for name in columns]
    if taken := [found.names[place] for place in asked if place not in inputs]:
        raise found.problem(f'the column "{taken[0]}" of columns is what label or test names', "another column")
    return asked


def _labels(found: File, words: list[str], test_words: list[str], how: str) -> tuple[str, ...]:
    """The classes, in order. how: what says which column they stand in"""
    if strange := sorted(set(test_words) - set(words)):
        raise found.problem(f'no row of class "{strange[0]}" to train on, and some are held out', "rows of every class")
    labels = _sorted(words)
    if odd := [sign for word in labels for sign in word if unicodedata.category(sign) == "Cc"]:
        raise found.problem(f"a label with the sign U+{ord(odd[0]):04X}", "labels of visible signs")
    if len(labels) > limits.CLASSES:
        raise found.problem(
            f"{len(labels):,} classes of the {how}", f'at most {limits.CLASSES:,}, or label = "…", their column'
        )
    return tuple(labels)


def _opened(path: Path, only: Collection[str] | None, label: str | None, gaps: bool) -> File:
    return _npz(path, gaps) if path.suffix.lower() == ".npz" else csv_columns(path, gaps, only, label)


def _drop(found: File, asked: Sequence[int]) -> int:
    """Leave the rows out in which one of some columns has no value. Returns how many. asked: places of the columns

    raises  ContentError: no row is left
    """
    there = np.ones(len(found.columns[0]), bool)
    for column in (found.columns[at] for at in asked):
        there &= holds(column)
    if not there.any():
        raise found.problem("each row lacks a value", "columns = […] with those that have one")
    found.columns = [
        list(itertools.compress(column, there)) if isinstance(column, list) else column[there]
        for column in found.columns
    ]
    return len(there) - int(there.sum())


def _npz(path: Path, gaps: bool) -> File:
    """Arrays x (N, D), y (N,), and names (D,) where they are. gaps: whether x may hold nan"""
    found = File(str(path), [], [])
    arrays = arrays_of(path, "an .npz file of plain arrays x and y")
    if lacking := [name for name in ("x", "y") if name not in arrays]:
        raise found.problem(f"no array {' and '.join(lacking)}", "x (N, D), y (N,), and perhaps names (D,)")
    x, y = arrays["x"], arrays["y"]
    if x.ndim < 2 or y.shape != x.shape[:1] or x.dtype.kind not in "iufb" or y.dtype.kind not in "iufbUS":
        raise found.problem(
            f"x is {x.shape} of {x.dtype}, y is {y.shape} of {y.dtype}", "x (N, D) of numbers, y (N,) of labels"
        )
    x = x.reshape(len(x), -1).astype(np.float64)
    if (odd := np.isinf(x) | (np.isnan(x) & (not gaps))).any():
        row, column = np.argwhere(odd)[0].tolist()
        expected = f"a number in every place{f', or {DROPPED}' * bool(np.isnan(x[row, column]))}"
        raise found.problem(f"x[{row}, {column}] is {x[row, column]}, no finite number", expected)
    names = [str(name) for name in arrays["names"].tolist()] if "names" in arrays else []
    if names and len(names) != x.shape[1]:
        raise found.problem(f"names has {len(names)} entries, x {x.shape[1]} columns", "a name for each column of x")
    found.names = [*(names or [f"x{place}" for place in range(x.shape[1])]), "y"]
    labels = y.astype(str).tolist() if y.dtype.kind in "US" else [_word(value) for value in plain(y)]
    found.columns = [*x.T, labels]
    found.told = ["arrays x and y"]
    return found


def _word(value: Any) -> str:
    """A label in words: numbers as they are counted, letters as they look."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return " ".join(filenames.composed(str(value)).split())
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return usual if float(usual := f"{value:g}") == value else repr(value)


def _words(column: Column) -> list[str]:
    """A column of labels in words."""
    values = column if isinstance(column, list) else column.tolist()
    words = {value: _word(value) for value in set(values)}
    return [words[value] for value in values]


def _sorted(words: Sequence[str]) -> list[str]:
    """The different words, by their size where all are numbers."""
    different = set(words)
    if all(Numbers(False).read(word) is not None for word in different):
        return sorted(different, key=lambda word: Numbers(False).read(word) or 0.0)
    return sorted(different)


def label_of(found: File, label: str | None) -> tuple[int, str]:
    """The column of labels, and how it was found."""
    if label is not None:
        return _column(found, label, "label"), f'column "{label}"'
    spoken = [at for at, column in enumerate(found.columns) if isinstance(column, list)]
    if len(spoken) > 1:
        names = [found.names[at] for at in spoken]
        told = 'label = "…" for one, and columns = […] with those of numbers'
        raise found.problem(f"columns of words are {_listed(names)}", told)
    called = [at for at, name in enumerate(found.names) if name.casefold() in LABELS]
    at, how = (
        *((at, "the one of words") for at in spoken),
        *((at, "by its name") for at in called[:1]),
        (-1, "the last"),
    )[0]
    return at % len(found.names), f'column "{found.names[at]}", {how}'


def _column(found: File, name: str, key: str) -> int:
    if name not in found.names:
        raise found.problem(f'no column "{name}" for {key}', one_of(found.names), nearest(name, found.names))
    return found.names.index(name)


def _said_in(found: File, asked: Sequence[int]) -> dict[int, list[str]]:
    """The words of each column of words among those asked for, by its place."""
    said = {at: _sorted(column) for at in asked if isinstance(column := found.columns[at], list)}
    for at, words in said.items():
        place = f'column {at + 1}, "{found.names[at]}", holds'
        if lacking := [word for word in words if word.lower() in LACKING]:
            raise found.problem(f'{place} "{lacking[0]}", as where a value is missing', f"a word, or {DROPPED}")
        if len(words) > MEASURED and all(map(_MEASURED.fullmatch, words)):
            raise found.problem(f'{place} words such as "{words[0]}"', "numbers alone, without unit or currency")
        if len(words) > limits.WORDS:
            expected = f"numbers, or at most {limits.WORDS} words, each of which is a number 0 or 1"
            raise found.problem(f'{place} {len(words):,} words, such as "{words[0]}"', expected)
    return said


def _names(name: str, words: Sequence[str] | None) -> list[str]:
    """What the numbers are called that a column gives. words: those that it holds, where it does"""
    return [name] if words is None else [f"{name}: {word}" for word in words]


def _numbers(found: File, inputs: Sequence[int], said_in: Mapping[int, Sequence[str]]) -> np.ndarray:
    """The columns of inputs as (N, D) float64, one of words as a 1 or a 0 for each. said_in: as _said_in gives"""
    if not inputs:
        raise found.problem("no column of numbers", "one at least beside the label")
    parts: list[np.ndarray] = []
    for at in inputs:
        column, words = found.columns[at], said_in.get(at)
        if isinstance(column, list) == (words is None):
            what = f'column {at + 1}, "{found.names[at]}", holds {"words" if words is None else "numbers"}'
            expected = "numbers, or columns = […] without it, or with it, where each word is a number 0 or 1"
            raise found.problem(f'{what} such as "{column[0]}"', expected if words is None else one_of(words))
        if strange := sorted({*column} - {*words}) if words is not None and isinstance(column, list) else []:
            what = f'column {at + 1}, "{found.names[at]}", holds "{strange[0]}", which no row to train on does'
            raise found.problem(what, one_of(words or ()))
        parts += [np.array(column)] if words is None else [np.array(column) == word for word in words]
    return np.stack(parts, 1).astype(np.float64)


def _held(found: File, at: int) -> np.ndarray:
    """Which rows a column holds out."""
    words = [word.lower() for word in _words(found.columns[at])]
    for word in words:
        if word not in TRAIN | TEST:
            raise found.problem(f'column "{found.names[at]}" for test holds "{word}"', "train or test, or 0 or 1")
    return np.array([word in TEST for word in words])


def _check(found: File, table: Table, how: str) -> None:
    """What no network can be trained on. how: the column of labels was found

    raises  ContentError
    """
    if not np.abs(table.x).max(initial=0.0) < limits.LARGEST:
        raise found.problem(f"a number as large as {np.abs(table.x).max():g}", f"all below {limits.LARGEST:g}")
    if len(table.labels) < 2:
        raise found.problem(f"{len(table.labels)} class: {_listed(table.labels)}", "two classes at least")
    if rare := [label for label, count in zip(table.labels, table.counts, strict=True) if count < 2]:
        what = f"classes of the {how}, with fewer than 2 rows to train on: {_listed(rare)}"
        raise found.problem(what, 'two rows of each class at least, or label = "…", their column')


def _listed(names: Sequence[str]) -> str:
    return few([f'"{short(name)}"' for name in names], SHOWN)


# scikit-learn's digits

DIGIT = (8, 8)  # height and width


@functools.cache
def _digits(test: float | None) -> Read:
    """1,797 handwritten digits of 8 by 8 pixels, as scikit-learn ships them; the package itself is not imported."""
    spec = importlib.util.find_spec("sklearn")
    assert spec is not None and spec.origin is not None
    file = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    with gzip.open(file, "rt", encoding="ascii") as text:
        rows = np.loadtxt(text, delimiter=",")
    x, y = rows[:, :-1], rows[:, -1].astype(np.int64)
    none = np.empty((0, x.shape[1])), np.empty(0, np.int64)
    names = tuple(f"pixel {at}" for at in range(x.shape[1]))
    table = Table(x, y, *none, tuple("0123456789"), names, test or 0.0)
    held = f"; held out: {test:g} of each class" if test else ""
    return Read(table, f"the digits of scikit-learn: {len(y):,} pictures of 8 by 8 pixels{held}.")


def counting(table: Table) -> list[str]:
    """The columns that say which row it is, beside others: whole numbers that grow, though a few may be left out."""
    if len(table.names) == 1 or len(table.x) < 2:
        return []
    steps = np.diff(table.x, axis=0)
    grow = (steps >= 1).all(0) & (steps % 1 == 0).all(0) & (steps.mean(0) < 2)
    return [name for name, counts in zip(table.names, grow, strict=True) if counts]


def _watched(read: Read) -> Read:
    """A table with what is odd about it."""
    table, said, warned = read.table, read.said, []
    source = said.partition(":")[0]
    if len(set(table.counts)) > 1:
        counts = ", ".join(f"{word} ({count:,})" for word, count in zip(table.labels, table.counts, strict=True))
        each, unused = f"networks train on {table.points_per_class:,} of each class", ""
        if table.balance == "drop":
            over = sum(table.left) - table.points_per_class * len(table.labels)
            held = ", nor held out" if table.share else ""
            some = f"; {over:,} row{'s' * (over > 1)} of the larger classes, others for every seed,"
            unused = f"{some} {'are' if over > 1 else 'is'} not trained on{held}" if over else ""
            if max(table.counts) > UNEVEN * min(table.counts):
                told = f"{source}: rows of the classes: {counts}; {each}{unused}"
                warned.append(Warned("uneven-classes", f'{told}; balance = "repeat" trains on all'))
        else:
            each += f", those of smaller classes up to {-(-table.points_per_class // min(table.left))} times"
        said += f" Rows of the classes: {counts}; {each}{unused}."
    by_letters: dict[str, str] = {}
    for word in table.labels:
        if (other := by_letters.setdefault(word.casefold(), word)) != word:
            warned.append(Warned("alike-classes", f'{source}: "{other}" and "{word}" are two classes'))
    if lacking := [word for word in table.labels if word.lower() in LACKING]:
        told = f"{source}: classes that are called as missing values are: {_listed(lacking)}"
        warned.append(Warned("missing-class", f"{told}; where they are, {DROPPED}"))
    deviation = table.x.std(0)
    if not source.startswith("the digits"):
        largest = np.abs(table.x).max(0)
        still = [name for name, flat in zip(table.names, deviation <= 1e-12 * largest, strict=True) if flat]
        if row_numbers := counting(table):
            told = f"{source}: columns that count the rows: {_listed(row_numbers)}"
            warned.append(Warned("row-numbers", f"{told}; columns = […] without them keeps these from networks"))
        if still:
            warned.append(Warned("constant-column", f"{source}: columns that hold one value: {_listed(still)}"))
    scaled = "Each column is scaled to mean 0 and standard deviation 1 by the rows trained on"
    said += f" {scaled}{', both then to fit into the square from −1 to 1' if table.x.shape[1] == 2 else ''}"
    varied = deviation[deviation > 1e-12 * np.abs(table.x).max(0)]
    if len(varied) and varied.max() > APART * varied.min():
        least, most = (table.names[deviation.tolist().index(end)] for end in (varied.min(), varied.max()))
        said += f'; "{most}" varies {varied.max() / varied.min():,.0f} times as much as "{least}"'
    return Read(table, said + ".", tuple(warned))

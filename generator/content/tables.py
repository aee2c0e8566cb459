"""An author's own data: files of labelled rows, and the digits that scikit-learn ships, read into tables.

What a file leaves open is decided here and said: which column is the label, whether it has a header, how its numbers
are written.
"""

from __future__ import annotations

import csv
import functools
import gzip
import importlib.util
import itertools
import math
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..base import filenames, limits, textfile
from ..base.errors import ContentError, Problem, few, mistake, nearest, one_of, short
from ..base.warnings import Warned
from ..networks.tables import BALANCES, Table

COMMENT = re.compile(r"#( |[ ,;\t]*$)")  # how a line above the header begins that is about the file
# What can only be a decimal sign, and thousands apart: of a file with decimal commas, and of others
DECIMAL_SIGN = r"[-+]?(?:\d*{0}(?:\d{{1,2}}|\d{{4,}})|0?{0}\d+|\d{{4,}}{0}\d+|[\d{1}]+{1}\d{{3}}{0}\d+)"
COMMAS, POINTS = (re.compile(DECIMAL_SIGN.format(*signs)) for signs in ((",", r"\."), (r"\.", ",")))
THOUSANDS = {
    True: re.compile(r"[-+]?[1-9]\d{0,2}(?:[.'’\u00a0\u202f ]\d{3})+(?:,\d+)?"),
    False: re.compile(r"[-+]?[1-9]\d{0,2}(?:[,'’\u00a0\u202f ]\d{3})+(?:\.\d+)?"),
}
MINUS = "\u2212"  # as it is printed
PER_CENT = re.compile(r"(?<=\d)[ \u00a0\u202f]?%\s*\Z")  # as spreadsheets show shares
SEPARATOR = re.compile("sep=.\\s*", re.IGNORECASE)  # the line by which Excel knows what stands between cells
LINE_END = re.compile("\r\n|\r|\n")
AT_ONCE = 512  # rows that are text in memory at a time
SURE = 1 << 40  # numbers that a word outweighs in the column of labels
SHOWN = 5  # mistakes of a file
MISSING = frozenset({"", "?", "-", "na", "n/a", "nan", "null", "none", "missing"})
TRAIN, TEST = frozenset({"train", "training", "0", "false", "no"}), frozenset({"test", "testing", "1", "true", "yes"})
UNEVEN = 1.5  # rows of the largest class to those of the smallest
APART = 1000.0  # between the standard deviations of two columns
OF_TEXT = (".csv", ".tsv")  # what is between cells is found, whatever a file is called
ENDINGS = (*OF_TEXT, ".npz")


@dataclass(frozen=True)
class Read:
    """A table with what is to be said of it.

    said    how it was read, in a line
    warned  what is odd about it
    """

    table: Table
    said: str
    warned: tuple[Warned, ...] = ()


@dataclass
class File:
    """The columns of a file, each with numbers or with words.

    told      how its numbers and names are written, where that was found out
    about     what the lines above its header say that begin with "# "
    per_cent  names of columns whose cells have a % behind their numbers
    """

    place: str
    names: list[str]
    columns: list[np.ndarray | list[str]]
    told: list[str] = field(default_factory=list)
    about: str = ""
    per_cent: list[str] = field(default_factory=list)

    def problem(self, what: str, expected: str = "", match: str | None = None) -> ContentError:
        return mistake(self.place, what, expected, match)


def read(folder: Path, options: Mapping[str, Any]) -> Read:
    """The table that an author describes.

    options  "file" in the content's folder, or "kind": "digits"; "label", "columns" (of inputs) and "test" of a file;
             "classes": which of them, in which order; "balance": see Table
    raises   ContentError: what is wrong with the file, by row and column, or with the options
    """
    if "file" in options:
        file, test = options["file"], options.get("test")
        if test == file:
            raise mistake("test", f'"{file}" is what is trained on', "another file, a column or a share")
        named = {"file": file} | ({"test": test} if is_file(test) else {})
        stamps = tuple(located(folder, path, key).stat().st_mtime_ns for key, path in named.items())
        whole = _of_file(folder, file, options.get("label"), options.get("columns"), test, stamps)
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
    stamps: tuple[int, ...],
) -> Read:
    path = located(folder, file)
    only = {*columns, label, str(test)} if columns and label else None
    found = _opened(path, only, label)
    at, how = _label_of(found, label)
    apart: int | None = None
    if isinstance(test, str) and not is_file(test):
        apart = _column(found, test, "test")
        if apart == at:
            raise found.problem(f'the column "{test}" is the label', "another column for test")
    inputs = [place for place in range(len(found.names)) if place not in (at, apart)]
    if columns:
        asked = [_column(found, name, "columns") for name in columns]
        if taken := [found.names[place] for place in asked if place not in inputs]:
            raise found.problem(f'the column "{taken[0]}" of columns is what label or test names', "another column")
        inputs = asked
    x = _numbers(found, inputs)
    words = _words(found.columns[at])
    names = tuple(found.names[place] for place in inputs)
    held = np.zeros(len(words), bool) if apart is None else _held(found, apart)
    test_x, test_words = x[held], [word for word, is_held in zip(words, held.tolist(), strict=True) if is_held]
    x, words = x[~held], [word for word, is_held in zip(words, held.tolist(), strict=True) if not is_held]
    if isinstance(test, str) and is_file(test):
        second = _opened(located(folder, test), only, label)
        if second.names != found.names:
            raise second.problem(
                f"its columns are {_listed(second.names)}", f"those of {found.place}: {_listed(found.names)}"
            )
        test_x, test_words = _numbers(second, inputs), _words(second.columns[at])
    if strange := sorted(set(test_words) - set(words)):
        raise found.problem(f'no row of class "{strange[0]}" to train on, and some are held out', "rows of every class")
    labels = _sorted(words)
    if odd := [sign for word in labels for sign in word if unicodedata.category(sign) == "Cc"]:
        raise found.problem(f"a label with the sign U+{ord(odd[0]):04X}", "labels of visible signs")
    if len(labels) > limits.CLASSES:
        raise found.problem(
            f"{len(labels):,} classes of the {how}", f'at most {limits.CLASSES:,}, or label = "…", their column'
        )
    number = {word: place for place, word in enumerate(labels)}
    table = Table(
        x,
        np.array([number[word] for word in words], np.int64),
        test_x,
        np.array([number[word] for word in test_words], np.int64),
        tuple(labels),
        names,
        test if isinstance(test, float) else 0.0,
    )
    _check(found, table, how)
    kept = "" if test is None else f"; held out: {test if isinstance(test, str) else f'{test:g} of each class'}"
    said = (
        f"{file}: {len(words) + len(test_words):,} rows of {len(names)} numbers; label: {how}"
        f"{kept}{''.join('; ' + told for told in found.told)}."
    )
    return Read(table, said)


def is_file(named: Any) -> bool:
    """Whether what an author names is a table's file, and no column, kind or share."""
    return isinstance(named, str) and named.lower().endswith(ENDINGS)


def located(folder: Path, file: str, key: str = "file", endings: Sequence[str] = ENDINGS) -> Path:
    """The path of a file in the content's folder, that a key of the experiments file names.

    raises  ContentError: it is not there, with the nearest name
    """
    place = filenames.located(folder, file)
    path = place or folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        raise mistake(key, f'"{file}" is outside the content\'s folder', "a file inside it")
    if path.suffix.lower() not in endings:
        raise mistake(key, f'"{file}" ends in "{path.suffix}"', one_of(endings))
    if place and path.is_file():
        limits.check_size(str(path), path.stat().st_size, limits.DATA_BYTES)
    else:
        own = (found.relative_to(folder) for found in folder.rglob("*") if found.suffix.lower() in endings)
        there = [found.as_posix() for found in own if not any(map(filenames.left_behind, found.parts))]
        near = nearest(file, there)
        raise mistake(key, f'no file "{path}"', "" if near else one_of(sorted(there)[:9]), near)
    return path


def _opened(path: Path, only: Collection[str] | None, label: str | None) -> File:
    return _npz(path) if path.suffix.lower() == ".npz" else csv_columns(path, only=only, label=label)


def arrays_of(path: Path, expected: str) -> dict[str, np.ndarray]:
    """The arrays of an .npz file, once their heads say that they are plain and no larger than they may be.

    raises  ContentError: they are not, or the file is damaged
    """

    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                total += member.file_size
                if total > limits.DATA_BYTES:
                    raise mistake(str(path), f"arrays of {total:,} bytes", f"at most {limits.DATA_BYTES:,}")
                with archive.open(member) as file:
                    reading = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
                    shape, _, kind = reading[np.lib.format.read_magic(file)](file)
                if kind.hasobject or math.prod(shape) * kind.itemsize > member.file_size:
                    what = f"{short(member.filename)} is {short(str(shape))} of {short(str(kind))}"
                    raise mistake(str(path), what, expected)
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except ContentError:
        raise
    except Exception as error:  # whatever zipfile, zlib and numpy make of damage: each has kinds of its own
        raise mistake(str(path), f"cannot be read: {short(str(error))}", expected) from None


def _npz(path: Path) -> File:
    """Arrays x (N, D), y (N,), and names (D,) where they are."""
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
    if not np.isfinite(x).all():
        row, column = np.argwhere(~np.isfinite(x))[0].tolist()
        raise found.problem(f"x[{row}, {column}] is {x[row, column]}, no finite number", "a number in every place")
    names = [str(name) for name in arrays["names"].tolist()] if "names" in arrays else []
    if names and len(names) != x.shape[1]:
        raise found.problem(f"names has {len(names)} entries, x {x.shape[1]} columns", "a name for each column of x")
    found.names = [*(names or [f"x{place}" for place in range(x.shape[1])]), "y"]
    labels = y.astype(str).tolist() if y.dtype.kind in "US" else [_word(value) for value in y.tolist()]
    found.columns = [*x.T, labels]
    found.told = ["arrays x and y"]
    return found


def csv_columns(path: Path, gaps: bool = False, only: Collection[str] | None = None, label: str | None = None) -> File:
    """Columns between commas, semicolons or tabs, with a header or without.

    A first column without a name, as of row names, is left out, and so are the last ones that are empty as well.

    gaps    whether a cell may be empty, as results may have it (nan in a column of numbers, "" in one of words); then
            there is a header, and one column is enough
    only    names of the columns that are looked at; the others are words, whatever they hold
    label   name of a column that is one of words as soon as it holds one
    raises  ContentError: what is wrong with the file, by line and column
    """
    found = File(str(path), [], [])
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            start = file.read(65536)
            file.seek(0)
            above = _above(start)
            below = LINE_END.split(start)[len(above) :]
            first = re.sub(r'"[^"]*"', "", below[0] if below else "")
            between = next((sign for sign in "\t;" if sign in first), ",")
            uncommented = itertools.chain([""] * len([file.readline() for _ in above]), file)
            reader = csv.reader(uncommented, delimiter=between, skipinitialspace=True)
            lines: list[int] = []
            rows = _filled(reader, lines)
            top = list(itertools.islice(rows, 2))
            if not top:
                raise found.problem("has no rows", "a header, and a row of cells each")
            names_columns = _is_header(top[0], top[1] if len(top) > 1 else (), between != ",")
            header = gaps or names_columns
            commented = (line.removeprefix("# ") for line in above[-1:])
            named = next(csv.reader(commented, delimiter=between, skipinitialspace=True), [])
            if not names_columns and len(named) == len(top[0]) and all(named):  # as numpy.savetxt writes a header
                top, header = [named, *top], True
                lines.insert(0, len(above))
                above.pop()
            remarks = (line.strip(" #,;\t") for line in above if not SEPARATOR.fullmatch(line))
            found.about = " ".join(filter(None, remarks))
            names = [filenames.composed(cell.strip()) for cell in top[0]]
            if not header:
                names = [f"column {at}" for at in range(1, len(names) + 1)]
            end = len(names) - len(list(itertools.takewhile(lambda name: not name, reversed(names))))
            left = {at for at in (0, *range(end, len(names))) if header and not names[at]}
            wrong: list[Problem] = []
            if len(names) > limits.COLUMNS:
                wrong = [Problem(f"{found.place}:{lines[0]}", f"{len(names):,} columns", f"at most {limits.COLUMNS:,}")]
            elif header:
                wrong = _names_wrong(found.place, lines[0], names, left)
            if len(names) - len(left) < 2 - gaps:
                expected = "a column of numbers at least, and one of labels, with , or ; or a tab between"
                wrong.append(Problem(f"{found.place}:{lines[0]}", f"{len(names)} column", expected))
            if wrong:
                raise ContentError(wrong[:SHOWN])
            parts: list[list[np.ndarray | list[str]]] = []
            skipped = lines[0] if header else len(above)
            rows = itertools.chain(top[1:] if header else top, rows)
            at = 1 if header else 0
            start_rows = list(itertools.islice(rows, AT_ONCE))
            number = Numbers.of(between, start_rows)
            of_words = [at for at, name in enumerate(names) if name == label]
            spoken, quick = _spoken(iter(start_rows), len(names), number, of_words), None
            if len(start_rows) == AT_ONCE:
                quick = _quick(path, between, skipped, spoken, number) if only is None and not number.apart else None
                spoken = spoken if quick else _all_spoken(path, between, skipped, len(names), number, of_words)
            passed = left | {at for at, name in enumerate(names) if only is not None and name not in only}
            columns = _Columns(found.place, names, number, gaps, spoken, passed)
            rows = itertools.chain(start_rows, rows)
            while quick is None and len(columns.problems) < SHOWN and (chunk := list(itertools.islice(rows, AT_ONCE))):
                if len(lines) > limits.ROWS:
                    raise found.problem(f"more than {limits.ROWS:,} rows", f"at most {limits.ROWS:,}")
                parts.append(columns.of(chunk, lines[at : at + len(chunk)]))
                at += len(chunk)
    except UnicodeDecodeError:
        textfile.decode(path.read_bytes(), found.place, expected="the file saved as UTF-8; in Excel, CSV UTF-8")
        raise
    except csv.Error as error:
        raise found.problem(f"is no CSV: {error}", "rows of cells") from None
    if columns.problems:
        raise ContentError(columns.problems[:SHOWN])
    if not start_rows:
        raise found.problem("has a header and no rows", "a row of cells each")
    read = quick or columns.joined(parts)
    if any(any(map(str, column)) for column in read[max(1, end) :]):
        raise ContentError(_names_wrong(found.place, skipped, names))
    found.names = [name for at, name in enumerate(names) if at not in left]
    found.columns = [
        [*map(filenames.composed, column)] if isinstance(column, list) else column
        for at, column in enumerate(read)
        if at not in left
    ]
    signs = {",": "", ";": "semicolons between cells", "\t": "tabs between cells"}
    told = [signs[between], "" if header else "no header", "decimal commas" if columns.commas else ""]
    told.append("signs between thousands" if columns.thousands else "")
    told.append("12 % read as 12" if columns.per_cent else "")
    told.append("the first column, without a name, left out" if 0 in left else "")
    found.told = [said for said in told if said]
    found.per_cent = [names[at] for at in sorted(columns.per_cent)]
    return found


def _above(start: str) -> list[str]:
    """The lines above a file's first row: those about it, that of Excel, and blank ones."""

    def is_above(line: str) -> bool:
        return not line.strip() or bool(COMMENT.match(line) or SEPARATOR.fullmatch(line))

    return list(itertools.takewhile(is_above, LINE_END.split(start)))


def _quick(
    path: Path, between: str, skipped: int, spoken: Sequence[bool], number: Numbers
) -> list[np.ndarray | list[str]] | None:
    """The columns of a long file, twice as fast as row by row; None: it is not as plain as that, or has a mistake."""
    kinds = [(str(at), object if is_word else np.float64) for at, is_word in enumerate(spoken)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # blank lines are none of the rows
            rows = np.loadtxt(
                path,
                kinds,
                None,
                between,
                skiprows=skipped,
                quotechar='"',
                encoding="utf-8-sig",
                ndmin=1,
                max_rows=limits.ROWS + 1,
            )
    except ValueError:
        return None
    if len(rows) > limits.ROWS:
        return None  # which is said where rows are read one by one
    found: list[np.ndarray | list[str]] = []
    for name, (_, kind) in zip(rows.dtype.names or (), kinds, strict=True):
        if kind is object:
            words = [word.strip() for word in rows[name]]
            if not all(words) or any('"' in word for word in words) or _leaning(words, number) <= 0:
                return None
            found.append(words)
        elif not np.isfinite(rows[name]).all():
            return None
        else:
            found.append(rows[name])
    return found


def _filled(reader: Any, lines: list[int]) -> Iterator[list[str]]:
    """The rows that hold something; their lines go into a list."""
    for row in reader:
        if any(map(str.strip, row)):
            lines.append(reader.line_num)
            yield row


@dataclass(frozen=True)
class Numbers:
    """How a file writes numbers.

    commas  whether a comma may be a decimal sign, as between commas it is in quoted cells alone
    apart   whether points are known to stand between thousands, as beside decimal commas
    """

    commas: bool
    apart: bool = False

    @classmethod
    def of(cls, between: str, rows: Sequence[Sequence[str]]) -> Numbers:
        """By its first rows: what can be read both ways follows what can not."""
        cells = {PER_CENT.sub("", cell.strip()) for row in rows for cell in row}
        commas, points = (any(map(form.fullmatch, cells)) for form in (COMMAS, POINTS))
        return cls(commas and not points if between == "," else commas or not points, commas and not points)

    def read(self, cell: str) -> float | None:
        """The number that a cell holds, thousands apart or not."""
        cell = PER_CENT.sub("", cell.replace(MINUS, "-"))
        try:
            if not (self.apart and self.is_apart(cell)):
                return float(cell.replace(",", ".") if self.commas else cell)
        except ValueError:
            if not self.is_apart(cell):
                return None
        bare = re.sub(r"[^\d.,+-]", "", cell)
        return float(bare.replace(".", "").replace(",", ".") if self.commas else bare.replace(",", ""))

    def is_apart(self, cell: str) -> bool:
        """Whether a cell holds a number with signs between its thousands."""
        return THOUSANDS[self.commas].fullmatch(PER_CENT.sub("", cell.strip().replace(MINUS, "-"))) is not None


def _is_header(first: Sequence[str], second: Sequence[str], decimal: bool) -> bool:
    """Whether a first row names columns: a word above a number, or no number at all."""
    number = Numbers(decimal)
    numbers = [number.read(cell) is not None for cell in first]
    below = [number.read(cell) is not None for cell in second]
    return not any(numbers) or any(under and not over for over, under in zip(numbers, below, strict=False))


def _names_wrong(place: str, line: int, names: Sequence[str], left: Collection[int] = ()) -> list[Problem]:
    wrong = [
        f'columns {names.index(name) + 1} and {at + 1} are both named "{name}"'
        for at, name in enumerate(names)
        if name and name in names[:at]
    ]
    wrong += [f"column {at + 1} has no name" for at, name in enumerate(names) if not name and at not in left]
    return [
        Problem(f"{place}:{line}", what, "a name for each column, with # before lines above them") for what in wrong
    ]


class _Columns:
    """Rows of text to columns of numbers and of words.

    spoken  which columns are words
    passed  places of those that nobody looks at
    """

    def __init__(
        self,
        place: str,
        names: Sequence[str],
        number: Numbers,
        gaps: bool,
        spoken: Sequence[bool],
        passed: Collection[int] = (),
    ) -> None:
        self.place, self.names, self.number, self.gaps, self.passed = place, names, number, gaps, passed
        self.spoken = [is_word or at in passed for at, is_word in enumerate(spoken)]
        self.problems: list[Problem] = []
        self.commas = self.thousands = False
        self.per_cent: set[int] = set()

    def of(self, rows: list[list[str]], lines: list[int]) -> list[np.ndarray | list[str]]:
        """The columns of some rows; what is wrong with them is noted."""
        width = len(self.names)
        if any(len(row) != width for row in rows):
            for row, line in zip(rows, lines, strict=True):
                if len(row) != width:
                    self.problems.append(Problem(f"{self.place}:{line}", f"{len(row)} cells", f"{width}, as above"))
            return []
        columns = list(zip(*rows, strict=True))
        found: list[np.ndarray | list[str]] = []
        for at, cells in enumerate(columns):
            if self.spoken[at]:
                words = [cell.strip() for cell in cells]
                found.append(words)
                if not self.gaps and at not in self.passed and not all(words):
                    self.locate(at, cells, lines, lambda cell: bool(cell.strip()), spoken=True)
                continue
            try:
                if self.number.apart and any("." in cell for cell in cells):
                    raise ValueError
                numbers = np.fromiter(map(float, cells), np.float64, len(cells))
            except ValueError:
                values = [self.number.read(cell) for cell in cells]
                numbers = np.array([np.nan if value is None else value for value in values])
                self.per_cent |= {at} if any(map(PER_CENT.search, cells)) else set()
                self.commas |= self.number.commas and any("," in cell for cell in cells)
                self.thousands |= any(
                    self.number.is_apart(cell)
                    for cell, value in zip(cells, values, strict=True)
                    if abs(value or 0) >= 1000
                )
            found.append(numbers)
            if not np.isfinite(numbers).all():
                self.locate(at, cells, lines, self.fits)
        return found

    def fits(self, cell: str) -> bool:
        value = self.number.read(cell)
        is_gap = self.gaps and cell.strip().lower() in MISSING
        return is_gap or (value is not None and abs(value) < float("inf"))

    def locate(self, at: int, cells: Sequence[str], lines: Sequence[int], fits: Any, spoken: bool = False) -> None:
        """Note the cells of a column that do not fit, by line."""
        for cell, line in zip(cells, lines, strict=True):
            if not fits(cell):
                where = f'column {at + 1}, "{self.names[at]}"'
                missing = cell.strip().lower() in MISSING
                what = f"{where}: a value is missing" if missing else f'{where}: "{cell.strip()}" is not a number'
                rest = "an empty cell" if self.gaps else "the row or the column left out"
                expected = "a label in every row" if spoken else f"a finite number, or {rest}"
                self.problems.append(Problem(f"{self.place}:{line}", what, expected))
        self.problems.sort(key=lambda problem: problem.line)

    def joined(self, parts: list[list[np.ndarray | list[str]]]) -> list[np.ndarray | list[str]]:
        """The columns of all parts together."""
        return [
            list(itertools.chain.from_iterable(part[at] for part in parts))
            if spoken
            else np.concatenate([part[at] for part in parts])
            for at, spoken in enumerate(self.spoken)
        ]


def _leaning(cells: Sequence[str], number: Numbers, weight: int = 1) -> int:
    """How many words more than numbers some cells hold, where a word weighs so much."""
    try:
        return -sum(number == number for number in map(float, cells))  # all but nan
    except ValueError:
        there = [cell for cell in cells if cell.strip().lower() not in MISSING]
        return (weight + 1) * sum(number.read(cell) is None for cell in there) - len(there)


def _spoken(rows: Iterator[list[str]], width: int, number: Numbers, of_words: Collection[int]) -> list[bool]:
    """Whether each column is one of words: most of what it holds is no number, or of some columns anything."""
    leaning = [0] * width
    while chunk := list(itertools.islice(rows, AT_ONCE)):
        for at, cells in enumerate(zip(*(row for row in chunk if len(row) == width), strict=True)):
            leaning[at] += _leaning(cells, number, SURE if at in of_words else 1)
    return [more > 0 for more in leaning]


def _all_spoken(
    path: Path, between: str, skipped: int, width: int, number: Numbers, of_words: Collection[int]
) -> list[bool]:
    """What each column of a file is by the whole of it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(itertools.islice(file, skipped, None), delimiter=between, skipinitialspace=True)
        return _spoken(rows, width, number, of_words)


def _word(value: Any) -> str:
    """A label in words: numbers as they are counted, letters as they look."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return " ".join(filenames.composed(str(value)).split())
    return f"{value:g}" if abs(value) < 1e5 else repr(value)


def _words(column: np.ndarray | list[str]) -> list[str]:
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


def _label_of(found: File, label: str | None) -> tuple[int, str]:
    """The column of labels, and how it was found."""
    if label is not None:
        return _column(found, label, "label"), f'column "{label}"'
    spoken = [at for at, column in enumerate(found.columns) if isinstance(column, list)]
    if len(spoken) > 1:
        names = [found.names[at] for at in spoken]
        told = 'label = "…" for one, and columns = […] with those of numbers'
        raise found.problem(f"columns of words are {_listed(names)}", told)
    at = spoken[0] if spoken else len(found.names) - 1
    return at, f'column "{found.names[at]}", the {"one of words" if spoken else "last"}'


def _column(found: File, name: str, key: str) -> int:
    if name not in found.names:
        raise found.problem(f'no column "{name}" for {key}', one_of(found.names), nearest(name, found.names))
    return found.names.index(name)


def _numbers(found: File, inputs: Sequence[int]) -> np.ndarray:
    """The columns of inputs as (N, D) float64."""
    if not inputs:
        raise found.problem("no column of numbers", "one at least beside the label")
    for at in inputs:
        column = found.columns[at]
        if isinstance(column, list):
            what = f'column {at + 1}, "{found.names[at]}", holds words such as "{column[0]}"'
            raise found.problem(what, "numbers, or columns = […] without it")
    return np.stack([found.columns[at] for at in inputs], 1)


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
    few = [label for label, count in zip(table.labels, table.counts, strict=True) if count < 2]
    if few:
        least = f"classes of the {how}, with fewer than 2 rows to train on: {_listed(few)}"
        raise found.problem(least, 'two rows of each class at least, or label = "…", their column')


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
    """The columns that say which row it is, beside others: each number is one more than that above it."""
    if len(table.names) == 1:
        return []
    return [name for name, column in zip(table.names, table.x.T, strict=True) if (np.diff(column) == 1).all()]


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
            unused = f"; {over:,} rows of the larger classes, others for every seed, are not trained on{held}"
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

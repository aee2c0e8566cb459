"""The columns of a file, each with numbers or with words: how a file writes them is found out, and told."""

from __future__ import annotations

import csv
import itertools
import math
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..base import filenames, limits, textfile
from ..base.errors import ContentError, Problem, mistake, nearest, one_of, short

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
_ZEROS = re.compile(r"0\d+")
SEPARATOR = re.compile("sep=.\\s*", re.IGNORECASE)  # the line by which Excel knows what stands between cells
LINE_END = re.compile("\r\n|\r|\n")
AT_ONCE = 512  # rows that are text in memory at a time
SURE = 1 << 40  # numbers that a word outweighs in the column of labels
SHOWN = 5  # mistakes of a file
DROPPED = 'missing = "drop", which leaves such rows out'
_DASHES = ("-", "--", "---", "–", "—", MINUS)
MISSING = frozenset({"", "?", *_DASHES, "na", "n/a", "#n/a", "n.a.", "nan", "null", "none", "missing"})
LACKING = MISSING - {*_DASHES, "none"}  # labels that may be no label; "none" is one of diagnoses
OF_TEXT = (".csv", ".tsv")  # what is between cells is found, whatever a file is called
ENDINGS = (*OF_TEXT, ".npz")

Column = np.ndarray | list[str]
Row = tuple[int, list[str]]  # its line, and its cells


@dataclass
class File:
    """The columns of a file, each with numbers or with words.

    told      how its numbers and names are written, where that was found out
    about     what the lines above its header say that begin with "# "
    per_cent  names of columns whose cells have a % behind their numbers
    """

    place: str
    names: list[str]
    columns: list[Column]
    told: list[str] = field(default_factory=list)
    about: str = ""
    per_cent: list[str] = field(default_factory=list)

    def problem(self, what: str, expected: str = "", match: str | None = None) -> ContentError:
        return mistake(self.place, what, expected, match)


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


def plain(array: np.ndarray) -> list[Any]:
    """An array's values as Python's: 0.1 of four bytes as 0.1, which in eight would be another number."""
    values: list[Any] = (array.astype(str).astype(np.float64) if array.dtype.kind == "f" else array).tolist()
    return values


def csv_columns(
    path: Path,
    gaps: bool = False,
    only: Collection[str] | None = None,
    label: str | None = None,
    results: bool = False,
) -> File:
    """Columns between commas, semicolons, bars or tabs, with a header or without.

    A first column without a name, as of row names, is left out, and so are the last ones that are empty as well.

    gaps    whether a value may be missing (nan in a column of numbers, in one of words as it is written)
    results  whether these are results: there is a header, and one column is enough
    only    names of the columns that are looked at; the others are words, whatever they hold
    label   name of a column that is one of words as soon as it holds one
    raises  ContentError: what is wrong with the file, by line and column
    """
    try:
        head = _head(path, results)
        first = list(itertools.islice(head.rows(path), AT_ONCE))
        if not first:
            raise mistake(str(path), "has a header and no rows", "a row of cells each")
        number = Numbers.of(head.between, [cells for _, cells in first])
        of_words = [at for at, name in enumerate(head.names) if name == label]
        spoken = _spoken(head.rows(path), len(head.names), number, of_words)
        passed = head.left | {at for at, name in enumerate(head.names) if only is not None and name not in only}
        columns = _Columns(str(path), head.names, number, gaps, spoken, passed)
        found = columns.read(head.rows(path))
    except UnicodeDecodeError:
        textfile.decode(path.read_bytes(), str(path), expected="the file saved as UTF-8; in Excel, CSV UTF-8")
        raise
    except csv.Error as error:
        raise mistake(str(path), f"is no CSV: {error}", "rows of cells") from None
    if any(any(map(str, found[at])) for at in head.left - {0}):
        raise ContentError(_names_wrong(str(path), head.line, head.names))
    kept = [at for at in range(len(head.names)) if at not in head.left]
    told = (
        {",": "", ";": "semicolons between cells", "\t": "tabs between cells", "|": "bars between cells"}[head.between],
        "" if head.named else "no header",
        "decimal commas" if columns.commas else "",
        "signs between thousands" if columns.thousands else "",
        "12 % read as 12" if columns.per_cent else "",
        columns.zeros and f"{columns.zeros} read as {columns.zeros.lstrip('0') or '0'}",
        "the first column, without a name, left out" if 0 in head.left else "",
    )
    return File(
        str(path),
        [head.names[at] for at in kept],
        [[*map(filenames.composed, column)] if isinstance(column := found[at], list) else column for at in kept],
        [said for said in told if said],
        head.about,
        [head.names[at] for at in sorted(columns.per_cent)],
    )


@dataclass(frozen=True)
class _Head:
    """What stands above a file's cells.

    between  the sign between these
    line     of the first row
    above    how many lines are above the cells
    about    what those say that begin with "# "
    names    of the columns, "" of one without
    named    whether the file gives them
    """

    between: str
    line: int
    above: int
    about: str
    names: list[str]
    named: bool

    @property
    def left(self) -> set[int]:
        """The columns that are left out: the first and the last ones where they have no name."""
        end = len(self.names) - len(list(itertools.takewhile(lambda name: not name, reversed(self.names))))
        return {at for at in (0, *range(end, len(self.names))) if not self.names[at]}

    def rows(self, path: Path) -> Iterator[Row]:
        """The rows of cells."""
        return _rows(path, self.between, self.above)


def _rows(path: Path, between: str, above: int) -> Iterator[Row]:
    """The rows that hold something below so many lines, each with its line.

    raises  ContentError: a quotation mark holds all that follows
    """
    cells: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(itertools.islice(file, above, None), delimiter=between, skipinitialspace=True)
        for cells in reader:
            if any(map(str.strip, cells)):
                yield above + reader.line_num, cells
    last = "".join(cells[-1:])
    if "\n" in last and not path.read_bytes().rstrip().endswith(b'"'):
        line = above + reader.line_num - last.rstrip().count("\n")
        raise mistake(f"{path}:{line}", "a quotation mark that is not closed", 'another " at the end of its cell')


def _head(path: Path, results: bool) -> _Head:
    """What stands above the cells of a file. results: as for csv_columns

    raises  ContentError: it has no rows, or what is wrong with the names of its columns
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        start = LINE_END.split(file.read(65536))
    above = list(itertools.takewhile(_is_above, start))
    first, following = (re.sub(r'"[^"]*"', "", line) for line in [*start[len(above) :], "", ""][:2])
    both = "," not in first or not following.strip()  # a sign may stand in a name, which only rows can tell
    bars, commas = (min(first.count(sign), following.count(sign)) for sign in "|,")
    often = "|" if bars and bars >= commas else ","
    between = next((sign for sign in "\t;" if sign in first and (both or sign in following)), often)
    top = list(itertools.islice(_rows(path, between, len(above)), 2))
    if not top:
        raise mistake(str(path), "has no rows", "a header, and a row of cells each")
    (line, names), *second = top
    commented = (remark.removeprefix("# ") for remark in above[-1:])
    in_remark = next(csv.reader(commented, delimiter=between, skipinitialspace=True), [])
    below, named = line, True
    if not _is_header(names, second[0][1] if second else ()):
        if len(in_remark) == len(names) and all(in_remark):  # as numpy.savetxt writes a header
            names, below = in_remark, len(above)
            line = below
            above.pop()
        elif not results:
            begun = itertools.zip_longest(*(cells for _, cells in top), fillvalue="")
            ends = max(at for at, cells in enumerate(begun, 1) if any(map(str.strip, cells)))
            names = [f"column {at}" if at <= ends else "" for at in range(1, len(names) + 1)]
            below, named = len(above), False
    remarks = (remark.strip(" #,;\t") for remark in above if not SEPARATOR.fullmatch(remark))
    names = [filenames.composed(name.strip()) for name in names]
    head = _Head(between, line, below, " ".join(filter(None, remarks)), names, named)
    wrong: list[Problem] = []
    if len(names) > limits.COLUMNS:
        wrong = [Problem(f"{path}:{line}", f"{len(names):,} columns", f"at most {limits.COLUMNS:,}")]
    elif named and second and all(Numbers(commas=False).read(name) is not None for name in names):
        wrong = [Problem(f"{path}:{line}", "the first row holds numbers alone", "a row of names above it")]
    elif named:
        wrong = _names_wrong(str(path), line, names, head.left)
    if len(names) - len(head.left) < 2 - results:
        expected = "a column of numbers at least, and one of labels, with , ; | or a tab between"
        wrong.append(Problem(f"{path}:{line}", f"{len(names)} column", expected))
    if wrong:
        raise ContentError(wrong[:SHOWN])
    return head


def _is_above(line: str) -> bool:
    """Whether a line above a file's first row is one about it, that of Excel, or blank."""
    return not line.strip() or bool(COMMENT.match(line) or SEPARATOR.fullmatch(line))


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


def _is_header(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether a first row names columns: a word above a number, however these are written, or no number at all."""
    ways = [Numbers(commas) for commas in (False, True)]
    numbers, below = ([any(way.read(cell) is not None for way in ways) for cell in row] for row in (first, second))
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
        passed: Collection[int],
    ) -> None:
        self.place, self.names, self.number, self.gaps, self.passed = place, names, number, gaps, passed
        self.spoken = [is_word or at in passed for at, is_word in enumerate(spoken)]
        self.problems: list[Problem] = []
        self.commas = self.thousands = False
        self.per_cent: set[int] = set()
        self.zeros = ""  # the first number that begins with a nought more, as those that name things do

    def read(self, rows: Iterator[Row]) -> list[Column]:
        """The columns of all rows.

        raises  ContentError: the first mistakes in them, or that they are too many
        """
        parts: list[list[Column]] = []
        count = 0
        while len(self.problems) < SHOWN and (chunk := list(itertools.islice(rows, AT_ONCE))):
            count += len(chunk)
            if count > limits.ROWS:
                raise mistake(self.place, f"more than {limits.ROWS:,} rows", f"at most {limits.ROWS:,}")
            parts.append(self.of(chunk))
        if self.problems:
            raise ContentError(self.problems[:SHOWN])
        return [
            list(itertools.chain.from_iterable(part[at] for part in parts))
            if is_word
            else np.concatenate([part[at] for part in parts])
            for at, is_word in enumerate(self.spoken)
        ]

    def of(self, rows: Sequence[Row]) -> list[Column]:
        """The columns of some rows; what is wrong with them is noted."""
        width = len(self.names)
        ragged = [(line, len(cells)) for line, cells in rows if len(cells) != width]
        if ragged:
            expected = f"{width}, as above" + ", or # before lines above the names" * (width == 1)
            self.problems += [
                Problem(f"{self.place}:{line}", f"{count} cell{'s' * (count > 1)}", expected) for line, count in ragged
            ]
            return []
        lines = [line for line, _ in rows]
        return [
            self.column(at, cells, lines) for at, cells in enumerate(zip(*(cells for _, cells in rows), strict=True))
        ]

    def column(self, at: int, cells: Sequence[str], lines: Sequence[int]) -> Column:
        """Some cells of a column; what is wrong with them is noted."""
        if self.spoken[at]:
            words = [cell.strip() for cell in cells]
            if not self.gaps and at not in self.passed and not all(words):
                expected = f"a word in every row, or {DROPPED}"
                self.locate(at, cells, lines, lambda cell: bool(cell.strip()), expected)
            return words
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
                self.number.is_apart(cell) for cell, value in zip(cells, values, strict=True) if abs(value or 0) >= 1000
            )
        if not self.zeros and (numbers == np.trunc(numbers)).all():
            self.zeros = next((cell for cell in cells if cell[:1] == "0" and _ZEROS.fullmatch(cell)), "")
        if not np.isfinite(numbers).all():
            rest = "an empty cell" if self.gaps else f'{DROPPED}, or label = "…" and columns = […] without it'
            self.locate(at, cells, lines, self.fits, f"a finite number, {'or ' * self.gaps}{rest}")
        return numbers

    def fits(self, cell: str) -> bool:
        """Whether a cell of a column of numbers is right."""
        value = self.number.read(cell)
        is_gap = self.gaps and cell.strip().lower() in MISSING
        return is_gap or (value is not None and abs(value) < float("inf"))

    def locate(
        self, at: int, cells: Sequence[str], lines: Sequence[int], fits: Callable[[str], bool], expected: str
    ) -> None:
        """Note the cells of a column that do not fit, by line."""
        for cell, line in zip(cells, lines, strict=True):
            if not fits(cell):
                missing = cell.strip().lower() in MISSING
                what = "a value is missing" if missing else f'"{cell.strip()}" is not a number'
                place = f'column {at + 1}, "{self.names[at]}"'
                self.problems.append(Problem(f"{self.place}:{line}", f"{place}: {what}", expected))
        self.problems.sort(key=lambda problem: problem.line)


def holds(column: Column) -> np.ndarray:
    """Whether each cell of a column holds a value: (N,) of bool."""
    return np.array([word.lower() not in LACKING for word in column]) if isinstance(column, list) else ~np.isnan(column)


def _leaning(cells: Sequence[str], number: Numbers, weight: int) -> int:
    """How many words more than numbers some cells hold, where a word weighs so much."""
    try:
        return -sum(number == number for number in map(float, cells))  # all but nan
    except ValueError:
        there = [cell for cell in cells if cell.strip().lower() not in MISSING]
        return (weight + 1) * sum(number.read(cell) is None for cell in there) - len(there)


def _spoken(rows: Iterator[Row], width: int, number: Numbers, of_words: Collection[int]) -> list[bool]:
    """Whether each column is one of words: most of what it holds is no number, or of some columns anything."""
    leaning = [0] * width
    while chunk := list(itertools.islice(rows, AT_ONCE)):
        for at, column in enumerate(zip(*(cells for _, cells in chunk if len(cells) == width), strict=True)):
            leaning[at] += _leaning(column, number, SURE if at in of_words else 1)
    return [more > 0 for more in leaning]

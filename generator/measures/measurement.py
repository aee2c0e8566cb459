"""What a measurement is, and all of them by name.

The functions are in `columns`; each column has an address of its own, so that a new one is measured alone.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..base.errors import one_of
from ..base.memo import digest
from ..networks import recipe, tables
from ..networks.spec import RunSpec
from .trained import Trained, plain

Row = Mapping[str, Any]
Laws = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class _Measured:
    """What a function measures. columns: name of each -> what it holds, in words"""

    name: str
    columns: Mapping[str, str]
    of: Callable[..., Any]

    @property
    def source(self) -> str:
        """Digest of its code and of what all in its file share, without other measurements and without words."""
        return _sources(self.of.__code__.co_filename)[self.of.__name__]


@dataclass(frozen=True)
class Measurement(_Measured):
    """What is measured of a run.

    of       a trained run -> the value, or the values by column
    suits    whether a run has it; others have None
    always   whether others have it as None; or not at all, so that a table without such runs has no such column
    """

    suits: Callable[[Trained], bool]
    always: bool = True

    def values(self, trained: Trained) -> dict[str, Any]:
        """A run's values by column, ready for JSON.

        raises  ValueError: it gives others than those that it has words for
        """
        if not self.suits(trained):
            return dict.fromkeys(self.columns) if self.always else {}
        found = self.of(trained)
        ready: dict[str, Any] = plain(found if isinstance(found, dict) else {self.name: found})
        if ready.keys() != self.columns.keys():
            raise ValueError(f"measurement {self.name} gave {one_of(ready)}; expected {one_of(self.columns)}")
        return ready


@dataclass(frozen=True)
class OwnMeasurement(Measurement):
    """A measurement in an author's own code. made_of: digest of all that decides what it gives."""

    made_of: str = ""

    @property
    def source(self) -> str:
        return self.made_of


@dataclass(frozen=True)
class Comparison(_Measured):
    """What is measured across the runs of one recipe, whose seeds alone differ.

    of       the runs, a row each with the columns that it reads, and what the laws predict for as many classes, as
             packing.solve gives it, by law -> the values by column, a row each
    suits    whether runs of a recipe have it
    reads    the columns of the runs that it looks at
    """

    suits: Callable[[RunSpec], bool]
    reads: tuple[str, ...]


MEASUREMENTS: dict[str, Measurement] = {}
COMPARISONS: dict[str, Comparison] = {}
Of = Callable[[Trained], Any]
Across = Callable[[Sequence[Row], Laws], list[dict[str, Any]]]


def measurement(
    words: str = "", suits: Callable[[Trained], bool] = lambda trained: True, always: bool = True, **columns: str
) -> Callable[[Of], Of]:
    """Register a measurement. words: of the one column; columns: name -> words of several.

    raises  ValueError: a column without words, or one that runs have already
    """
    if not (columns or (words and isinstance(words, str))):
        raise ValueError('a measurement without words; expected @measurement("what its column holds")')

    def register(function: Of) -> Of:
        name = function.__name__
        MEASUREMENTS[name] = Measurement(name, _new(columns or {name: words}), function, suits, always)
        return function

    return register


def across(reads: Sequence[str], suits: Callable[[RunSpec], bool], **columns: str) -> Callable[[Across], Across]:
    """Register what is measured across the runs of a recipe. columns: name -> words.

    raises  ValueError: it reads what is measured of no run, or has a column that runs have already
    """
    if strange := set(reads).difference(*(each.columns for each in MEASUREMENTS.values())):
        raise ValueError(f'reads "{min(strange)}"; expected columns of measurements of a run')

    def register(function: Across) -> Across:
        COMPARISONS[function.__name__] = Comparison(function.__name__, _new(columns), function, suits, tuple(reads))
        return function

    return register


def _new(columns: Mapping[str, str]) -> Mapping[str, str]:
    """Some columns, which runs have not yet."""
    settings = (kind.defaults for kind in tables.built_in().values())
    if there := columns.keys() & {*all_words(), *recipe.words()}.union(*settings):
        raise ValueError(f'a column "{min(there)}" of runs is there already; expected another name')
    return columns


def all_words() -> dict[str, str]:
    """What each column that is measured holds, by its name."""
    return {
        name: words for each in (*MEASUREMENTS.values(), *COMPARISONS.values()) for name, words in each.columns.items()
    }


def measured(trained: Trained, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Some measurements of a run: name -> values by column."""
    return {name: MEASUREMENTS[name].values(trained) for name in names}


@functools.cache
def _sources(file: str) -> dict[str, str]:
    """Digest of each registered function's code in a file, without its words, and of what is no such function there."""
    own: dict[str, str] = {}
    shared = []
    for node in ast.parse(Path(file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            own[node.name] = ast.unparse(_without_words(node))
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            shared.append(ast.unparse(node))
    return {name: digest(source, shared) for name, source in own.items()}


def _without_words(function: ast.FunctionDef) -> ast.FunctionDef:
    """A function without its docstring and the words in its decorators; the columns keep their names."""
    if ast.get_docstring(function) is not None:
        function.body = function.body[1:]
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call):
            decorator.args = []
            for keyword in decorator.keywords:
                if isinstance(keyword.value, ast.Constant):
                    keyword.value = ast.Constant(None)
    return function

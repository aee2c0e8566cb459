"""Predictions: what an article expects of runs that are not made yet, written down beside it with its date.

date = 2026-11-29

[[prediction]]
says = "No network puts a class in the middle."
claim = "results.max('middle') == 0"
needs_seeds = 100
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..base import textfile, toml
from ..base.errors import ContentError, Problem, meant, quoted, short
from .keys import Keys

FILE = "predictions.toml"
TOP = ("date", "prediction")
KEYS = {"says": str, "claim": str, "needs_seeds": int}
EXPECTED = {"says": "a sentence", "claim": "a condition over results", "needs_seeds": "a whole number from 0"}


@dataclass(frozen=True)
class Prediction:
    """A sentence, the condition that it comes to, how many seeds that needs, and where it stands: file:line."""

    says: str
    claim: str
    needs_seeds: int
    place: str


@dataclass(frozen=True)
class Predictions:
    """Those of an article, and the day they were written down; none of an article without a file."""

    date: datetime.date | None = None
    all: tuple[Prediction, ...] = ()


def read(folder: Path) -> Predictions:
    """The predictions in a content's folder.

    raises  ContentError: every mistake, by line
    """
    path = folder / FILE
    if not path.is_file():
        return NONE
    text = textfile.read(path)
    given, keys = toml.parse(text, str(path)), Keys(str(path), toml.lines_of(text))
    date, entries = given.get("date"), given.get("prediction", [])
    unknown = (key for key in given if key not in TOP)
    problems = [Problem(keys.at((key,)), f'unknown key "{short(key)}"', *meant(key, TOP)) for key in unknown]
    if not isinstance(date, datetime.date) or isinstance(date, datetime.datetime):
        wrong = f"date is {quoted(date)}" if "date" in given else "predictions without a date"
        problems.append(Problem(keys.at(("date",)), wrong, "date = and the day, such as 2026-11-29"))
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries) or not entries:
        problems.append(Problem(keys.at(("prediction",)), "no predictions", "[[prediction]] before each"))
        raise ContentError(problems)
    found = []
    for number, entry in enumerate(entries):
        where = keys.at(("prediction", str(number)))
        mistakes = _wrong(entry, where, {key: keys.at(("prediction", str(number), key)) for key in entry})
        problems += mistakes
        if not mistakes:
            found.append(Prediction(entry["says"], entry["claim"], entry.get("needs_seeds", 0), where))
    if problems:
        raise ContentError(problems)
    return Predictions(date, tuple(found))


def _wrong(entry: Mapping[str, Any], place: str, places: Mapping[str, str]) -> list[Problem]:
    """What is wrong with a prediction. places: of its keys"""
    unknown = [
        Problem(places[key], f'unknown key "{short(key)}" of a prediction', *meant(key, KEYS))
        for key in entry
        if key not in KEYS
    ]
    lacking = [
        Problem(place, f"a prediction without {key}", EXPECTED[key]) for key in ("says", "claim") if key not in entry
    ]
    odd = [  # a bool is an int, and no number of seeds
        Problem(places[key], f"{key} is {quoted(value)}", EXPECTED[key])
        for key, value in entry.items()
        if key in KEYS and (type(value) is not KEYS[key] or _is_empty(value))
    ]
    return unknown + lacking + odd


def _is_empty(value: Any) -> bool:
    return not value.strip() if isinstance(value, str) else bool(value < 0)


NONE = Predictions()

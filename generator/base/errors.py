"""What can be wrong with what an author wrote, said in one form.

Everything an author can mend is a Problem: a place, what is wrong there, what
was expected, the nearest match. A stage gathers all it finds and raises one
ContentError. Only the command line catches PeekError; anything else is a bug
of ours and keeps its traceback.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

MOST_SAID = 200  # mistakes that are told at a time
FEW_ALIKE = 3  # mistakes in the same words that are told one by one
LONGEST_SAID = 2000  # characters of what is said of one


@dataclass(frozen=True)
class Problem:
    """One mistake.

    place     "content/article.md:41", or the file alone when no line is known
    wrong     what is wrong, lower case, no full stop
    expected  what would be right
    nearest   the word that may have been meant
    """

    place: str
    wrong: str
    expected: str = ""
    nearest: str | None = None

    @property
    def line(self) -> int:
        """The line in its place, 0 where that is the file alone."""
        line = self.place.rpartition(":")[2]
        return int(line) if line.isdigit() else 0

    def __str__(self) -> str:
        text = f"{self.place}: {_begun(self.wrong)}"
        if self.expected:
            text += f"; expected {_begun(self.expected)}"
        if self.nearest:
            text += f'; did you mean "{self.nearest}"?'
        return text


def _begun(text: str) -> str:
    """A text of a message, of which a very long one has its beginning told."""
    return text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}…"


class Fault(Exception):
    """What is wrong with something whose place is known to who asked for it alone: see Problem."""

    def __init__(self, wrong: str, expected: str = "", nearest: str | None = None) -> None:
        super().__init__(wrong)
        self.wrong, self.expected, self.nearest = wrong, expected, nearest

    def at(self, place: str, about: str = "") -> Problem:
        """It as a mistake at a place. about: what stands before it, "TeX: " """
        return Problem(place, about + self.wrong, self.expected, self.nearest)


class PeekError(Exception):
    """Something the user can mend. str() is what they are told."""


class ContentError(PeekError):
    """All the mistakes found in the content."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        said = together((str(problem), "") for problem in self.problems)
        more = len(said) - MOST_SAID
        super().__init__("\n".join([*said[:MOST_SAID], *([f"and {more:,} more"] if more > 0 else [])]))


def together(said: Iterable[tuple[str, str]]) -> list[str]:
    """Messages with what stands at their ends; of many that differ in their lines alone the first, with all lines."""
    messages = list(dict.fromkeys(said))
    lines: dict[str, list[str]] = {}
    for text, _ in messages:
        file, line, words = _parted(text)
        lines.setdefault(file + words, []).append(line)
    told = []
    for text, end in messages:
        file, line, words = _parted(text)
        first, *others = lines[file + words]
        if len(others) < FEW_ALIKE:
            told.append(text + end)
        elif line == first:
            told.append(f"{text}; also on lines {few(others, FEW)}{end}")
    return told


def _parted(text: str) -> tuple[str, str, str]:
    """File, line and words of a message; no line where it names none."""
    found = re.match(r"(.+?):(\d+): ", text)
    return (found[1], found[2], text[found.end() :]) if found else ("", "", text)


def mistake(place: str, wrong: str, expected: str = "", near: str | None = None) -> ContentError:
    """One mistake alone, to be raised: see Problem."""
    return ContentError([Problem(place, wrong, expected, near)])


@contextlib.contextmanager
def collecting(problems: list[Problem]) -> Iterator[None]:
    """What is wrong in it is added to the problems, and what follows it goes on."""
    try:
        yield
    except ContentError as error:
        problems += error.problems


def long_number(file: str, text: str) -> Problem:
    """What is wrong where Python reads a text up to a whole number that has too many digits for it."""
    number = max(re.finditer(r"\d[\d_]*", text), key=lambda found: len(found[0]))
    line, digits = text.count("\n", 0, number.start()) + 1, len(number[0].replace("_", ""))
    return Problem(f"{file}:{line}", f"a number of {digits:,} digits", f"at most {sys.get_int_max_str_digits():,}")


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like `word`, or None when none is close; slips are seldom in the first letter."""
    import difflib  # where nothing is wrong, nothing is looked for

    by_lower, lower = {choice.lower(): choice for choice in choices}, word.lower()
    begun = [choice for choice in by_lower if choice[:1] == lower[:1]]
    found = difflib.get_close_matches(lower, by_lower, n=1, cutoff=0.72)
    found = found or difflib.get_close_matches(lower, begun, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


FEW = 16  # choices that a message names


def meant(word: str, choices: Iterable[str], where: str = "", also: Iterable[str] = ()) -> tuple[str, str | None]:
    """What was expected instead of an unknown word, and the nearest choice.

    where    what has the list where it is long: a list of `peek list`, or an address
    also     what may be meant beside the choices
    returns  ("", the nearest); where none is near (the choices or where they are listed, None), "" where there are none
    """
    known = list(choices)
    if near := nearest(word, [*known, *also]):
        return "", near
    if not known:
        return "", None
    if where and len(known) > FEW:
        return (f"one of {where}" if ":" in where else f"one that `peek list {where}` shows"), None
    return one_of(known), None


def an(noun: str) -> str:
    """A noun with its article."""
    return f"a{'n' * (noun[:1].lower() in 'aeiou')} {noun}"


def short(text: str) -> str:
    """A piece of text for a message."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39].rstrip() + "…"


def short_path(path: str) -> str:
    """An address or a path for a message: of a long one also its end, which tells it from others."""
    return path if len(path) <= 60 else f"{path[:24]}…{path[-35:]}"


def quoted(value: Any) -> str:
    """A value for a message, as an author writes it."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f'"{short(value)}"'
    return short(str(value).lower() if isinstance(value, bool) else str(value))


def one_of(choices: Iterable[str]) -> str:
    """Choices for a message, the first of many; "" where there are none."""
    named = list(choices)
    return f"one of {few(named, FEW)}" if len(named) > 1 else "".join(named)


def few(names: Sequence[str], most: int) -> str:
    """The first names of a list, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")

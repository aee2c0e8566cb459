"""TOML, and the line on which each of its keys stands."""

from __future__ import annotations

import datetime
import operator
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from . import limits
from .errors import ContentError, Problem, collecting, long_number, mistake
from .memo import Memo
from .yaml import Yaml

_MEANT = {  # what Python's reader says -> what was expected
    r"invalid value": 'a number such as 0.1, true or false, or text in straight quotes, "…"',
    r"after a statement": "one key = value on a line, and points in numbers",
    r"at the end of a table": "a name of letters from a to z, digits, - and _, or one in quotes",
    r"after a key": "key = value on a line, or [table]",
    r"overwrite|twice": "each name once",
    r"unescaped|hex value": "/ between folders, or '…' around a text with a \\",
}
_DEEP = re.compile(rf"^[ \t\[]*(?:[\w\"'-]++[ \t]*\.[ \t]*){{{limits.DEEPEST}}}", re.MULTILINE)


def parse(text: str, file: str) -> dict[str, Any]:
    """The table of a text.

    raises  ContentError: it is no TOML, with its line
    """
    if deep := _DEEP.search(text):
        place = f"{file}:{text.count(chr(10), 0, deep.start()) + 1}"
        raise mistake(place, "tables too deep in each other", f"at most {limits.DEEPEST}")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise mistake(file, "not TOML: lists too deep in each other", "fewer brackets") from None
    except ValueError as error:
        raise ContentError([_wrong(file, text, error)]) from None


def fields(text: str, file: str, first_line: int, memo: Memo) -> tuple[dict[str, Yaml], list[Problem]]:
    """The fields of a table, each value with its line, and what is wrong with it, as `yaml.yaml_fields` reads YAML's.

    first_line  line of `text` in the file
    memo        what was read before, which is not asked: TOML is quickly read
    """
    text = "\n" * (first_line - 1) + text
    problems: list[Problem] = []
    lines: dict[tuple[str, ...], int] = {}

    def held(value: Any, key: tuple[str, ...], line: int) -> Yaml:
        line = lines.get(key, line)
        if isinstance(value, dict):
            return Yaml({name: held(inner, (*key, name), line) for name, inner in value.items()}, line)
        if isinstance(value, list):
            return Yaml([held(inner, (*key, str(at)), line) for at, inner in enumerate(value)], line)
        is_time = isinstance(value, datetime.time | datetime.datetime)
        return Yaml(value.isoformat() if is_time else value, line)

    with collecting(problems):
        table = parse(text, file)
        lines = lines_of(text)
        return held(table, (), first_line).value, problems
    return {}, problems


def _wrong(file: str, text: str, error: ValueError) -> Problem:
    """What Python's reader says of a text, at its line."""
    if not isinstance(error, tomllib.TOMLDecodeError):
        return long_number(file, text)
    said, _, at = str(error).rstrip(")").partition(" (at ")
    line = {"": "", "end of document": f":{text.rstrip().count(chr(10)) + 1}"}.get(at)
    line = f":{at.removeprefix('line ').partition(',')[0]}" if line is None else line
    meant = next((meant for form, meant in _MEANT.items() if re.search(form, said.lower())), "")
    return Problem(file + line, f"not TOML: {said[:1].lower()}{said[1:]}", meant)


# In valid TOML: strings, comments, signs by which a value goes on in the next line, and what is between.
_PIECES = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\]|\\.)*"|' + r"'[^']*'|#[^\n]*|[^\"'#\[\]{}\n]+|.",
    re.DOTALL,
)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The statements of a valid TOML text, each with the line, from 1, on which it begins; comments left out."""
    parts: list[str] = []
    depth, line, first = 0, 1, 1
    for piece in map(operator.itemgetter(0), _PIECES.finditer(text + "\n")):
        depth += (piece in "[{") - (piece in "]}") if len(piece) == 1 else 0
        if piece == "\n" and depth == 0:
            if statement := "".join(parts).strip():
                yield first, statement
            parts, first = [], line + 1
        elif piece[0] != "#":
            parts.append(piece)
        line += piece.count("\n")


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """The line, from 1, on which each table and key of a valid text stands; of a list of tables each by its number."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    counts = Counter[tuple[str, ...]]()
    for first, statement in _statements(text):
        if header := re.fullmatch(r"\[+\s*([^\[\]=]+?)\s*\]+", statement):
            table = key = _key(header[1])
            if statement.startswith("[["):
                table = key = (*key, str(counts[key]))
                counts[table[:-1]] += 1
            above: tuple[str, ...] = ()
        else:
            key, above = _key(statement.partition("=")[0]), table
        for depth in range(1, len(key) + 1):
            lines.setdefault(above + key[:depth], first)
    return lines


def _key(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.strip().split("."))

"""YAML, each value with the line it starts on."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import re
from dataclasses import dataclass
from typing import Any

from . import limits
from .errors import Problem
from .memo import Memo


@dataclass(frozen=True)
class Yaml:
    """A value, and the line it starts on. Lists hold Yaml, mappings hold str -> Yaml."""

    value: Any
    line: int

    @property
    def items(self) -> list[Yaml]:
        """What a list holds; of another value itself."""
        return self.value if isinstance(self.value, list) else [self]

    def plain(self) -> Any:
        """Without the lines."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        return self.value


def yaml_fields(text: str, file: str, first_line: int, memo: Memo) -> tuple[dict[str, Yaml], list[Problem]]:
    """The fields of a YAML mapping, each value with its line, and what is wrong with it.

    first_line  line of `text` in the file
    memo        what was read before
    """
    problems: list[Problem] = []
    kind, at, value = memo("yaml", text, lambda: _composed(text))
    if kind == "wrong":
        lines = text.split("\n")[max(0, at - 1) : at + 1]
        if glued := next(filter(None, map(_GLUED.match, lines)), None):
            line = first_line + at + 1 - len(lines) + lines.index(glued.string)
            return {}, [Problem(f"{file}:{line}", f'no blank behind the colon of "{glued[1]}"', f"{glued[1]}: …")]
        tab = "tab" if lines[-1].startswith("\t") else value
        expected = next((remedy for said, remedy in _REMEDIES.items() if said in tab), _PLAINLY)
        expected = _IN_LINE if _is_shifted(lines, value) else expected
        return {}, [Problem(f"{file}:{first_line + at}", f"not YAML: {value}", expected)]
    if kind == "nothing":
        return {}, []
    if kind != "mapping":
        return {}, [Problem(f"{file}:{first_line + at}", "not a list of fields", "lines like key: value")]
    return _yaml([kind, at, value], file, first_line, problems).value, problems


def _is_shifted(lines: list[str], said: str) -> bool:
    """Whether the last of two lines, of which the parser said so, begins too far in or out for what is above it."""
    above, below = (re.fullmatch(r"( *)(- +)?[\w-]+:( .*|)", line) for line in (["", *lines])[-2:])
    if not above or not below or above[3].strip()[:1] in ("|", ">"):
        return "expected '-' indicator" in said
    far, depth = len(above[1]) + len(above[2] or ""), len(below[1])
    if above[2] and below[2]:
        return depth != len(above[1])
    return (depth > len(above[1]) and depth != far and bool(above[3].strip())) or "expected '-' indicator" in said


_IN_LINE = "what belongs together as far in, and what belongs to a - as far in as the text behind it"
_PLAINLY = "lines like name: text, with quotes around a text that begins with a sign or has quotes in it"
_GLUED = re.compile(r"[ \t-]*([A-Za-z_][\w-]*):(?=[^\s/:])")  # a name and its text, which the parser takes for one text
_REMEDIES = {  # what was expected where the parser gave up, by what it says
    "mapping values": "quotes around a text that holds a colon",
    "tab": "blanks in place of a tab",
    **dict.fromkeys(("escape", "hexdecimal"), "single quotes around a text that holds a backslash, or two of them"),
    "end of stream": "the quotation mark that ends the text",
    "',' or": "a closing bracket, or quotes around a text that begins with one",
    "too much": "",
}


def _composed(text: str) -> list[Any]:
    """A YAML text as plain lists [kind, line from 0, value], made of no more than the parser's own words.

    kind  "mapping": value is [[key or None, its line, tree], …]    "sequence": value is [tree, …]
          "loop": a value that holds itself                         "nothing": no document
          "wrong": value says why it is not YAML                    else the scalar's tag: value is its text
    """
    import yaml  # takes as long to import as a page takes to render

    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        marks = [mark.line for mark in (error.problem_mark, error.context_mark) if mark]
        if "end of stream" in (error.problem or ""):  # of a text, which began at the other
            marks.reverse()
        line = next((at for at in marks if at <= text.count("\n")), 0)
        return ["wrong", line, (error.problem or error.context or "does not parse").strip()]
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return ["wrong", 0, str(error).splitlines()[0]]

    values = itertools.count(1)

    def tree(node: yaml.Node, above: frozenset[int]) -> list[Any]:
        line = node.start_mark.line
        if id(node) in above:
            return ["loop", line, None]
        if next(values) > limits.VALUES or len(above) > limits.DEEPEST:  # a few names can stand for billions
            most = f"at most {limits.VALUES:,} values, at most {limits.DEEPEST} deep in each other"
            raise _Wrong(line, f"too much in one place, where there may be {most}")
        above = above | {id(node)}
        if isinstance(node, yaml.MappingNode):
            rows = [
                [str(key.value) if isinstance(key, yaml.ScalarNode) else None, key.start_mark.line, tree(value, above)]
                for key, value in node.value
            ]
            return ["mapping", line, rows]
        if isinstance(node, yaml.SequenceNode):
            return ["sequence", line, [tree(item, above) for item in node.value]]
        quoted = isinstance(node, yaml.ScalarNode) and node.style == '"'
        if command := _command(text[node.start_mark.index : node.end_mark.index]) if quoted else "":
            raise _Wrong(line, f'"{command}" is an escape within double quotes, which is no command of TeX then')
        return [node.tag, line, str(node.value)]

    try:
        return ["nothing", 0, None] if node is None else tree(node, frozenset())
    except _Wrong as error:
        return ["wrong", *error.args]


class _Wrong(Exception):
    """The line of a value, and why it can be none."""


def _command(quoted: str) -> str:
    """A command of TeX that in double quotes is a tab, a line's end or a sign that is not seen; "" without one."""
    for found in re.finditer(r"\\(.)([A-Za-z]*)", quoted):
        if found[1] in "abefvNLP_" or (found[1] in "tr" and found[2]) or found[0] in _LIKE_A_LINE:
            return found[0]
    return ""


_LIKE_A_LINE = {
    *(r"\nu", r"\ne", r"\neq", r"\neg", r"\ni", r"\nabla", r"\not", r"\notin", r"\nmid", r"\nleq", r"\ngeq"),
    *(r"\newcommand", r"\nonumber", r"\nolimits"),
}


def _yaml(tree: list[Any], file: str, first_line: int, problems: list[Problem]) -> Yaml:
    kind, at, value = tree
    line = first_line + at
    if kind == "loop":
        problems.append(Problem(f"{file}:{line}", "a value that holds itself"))
        return Yaml(None, line)
    if kind == "mapping":
        fields: dict[str, Yaml] = {}
        for key, key_at, inner in value:
            name, key_line = "?" if key is None else key, first_line + key_at
            if name in fields:
                problems.append(Problem(f"{file}:{key_line}", f'"{name}" is given twice'))
            fields[name] = dataclasses.replace(_yaml(inner, file, first_line, problems), line=key_line)
        return Yaml(fields, line)
    if kind == "sequence":
        return Yaml([_yaml(item, file, first_line, problems) for item in value], line)
    try:
        return Yaml(_scalar(kind, value), line)
    except (ValueError, OverflowError):
        problems.append(
            Problem(f"{file}:{line}", f'"{value}" was not understood', "a day of the calendar" if "-" in value else "")
        )
        return Yaml(None, line)


def _scalar(tag: str, text: str) -> Any:
    """A scalar by YAML's own tag for it. Dates in full only; what has no other kind is text."""
    kind = tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    if kind == "int" and re.fullmatch(r"[-+]?[0-9]{1,18}", text):
        return int(text)
    if kind == "float" and re.fullmatch(r"[-+]?[0-9.]+([eE][-+]?[0-9]{1,3})?", text):
        return float(text)
    if kind == "timestamp" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.date.fromisoformat(text)
    return text

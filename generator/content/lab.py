"""An author's own code, `lab/*.py` beside the text, read and not run: its functions and what a build must know of them.

The files are one package: `from .walks import step` takes a function of a file beside. What a function is follows from
its decorator (base.lab), what it may be given from its annotations and defaults. Workers run it: see runs.lab.
"""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..base import filenames, limits, textfile
from ..base.errors import ContentError, Problem, collecting, meant, nearest, one_of
from ..base.memo import digest
from ..base.store import installed
from ..networks import datasets, recipe
from ..networks.datasets import Dataset, Parameter
from ..networks.recipe import Field
from ..networks.tables import FROM_CODE, PARAMETERS, built_in
from .texts import LAB, own_code

PROGRAMS = ("peek_article", "generator")  # installed, and in a copy of the source
SEED = "seed"
ASKED = {"measurement": ("trained",), "dataset": ("points_per_class", "classes", "rng"), "figure": ("rows", "style")}
KINDS = ("experiment", *ASKED)
POSITIONAL = {"measurement": ("words",), "figure": ("words", "needs")}  # what decorators are given without a name
KEYS = ("run", "about", "seeds")  # of an experiment beside its parameters
ATTRIBUTES = ("id", "experiment", "key", "label", "place", "spec", "measures", "pictures", "files", "value")  # of a run


@dataclass(frozen=True, eq=False)
class Function:
    """A function that a decorator names.

    kind     one of KINDS
    file     within the content's folder: "lab/walks.py"
    place    file:line
    words    what it says of itself: the decorator's sentence, or the first paragraph of its docstring
    columns  name -> words: of a measurement its columns; of an experiment those of which the docstring speaks
    fields   what each parameter may be, but for the seed
    usual    parameters with defaults, the seed among them
    seeded   whether it has a parameter `seed`
    given    what its decorator says beside words and columns
    source   digest of its file, of those that this imports, and of the libraries' versions
    """

    kind: str
    name: str
    file: str
    place: str
    words: str
    columns: Mapping[str, str]
    fields: Mapping[str, Field]
    usual: Mapping[str, Any]
    seeded: bool
    given: Mapping[str, Any]
    source: str

    @property
    def data(self) -> str:
        """The name of a kind of data: it says by which code the points are drawn."""
        return f"{FROM_CODE}{self.name}-{self.source[:12]}"

    @property
    def needs(self) -> tuple[str, ...]:
        """The experiments whose rows a figure is given."""
        asked = self.given.get("needs", ())
        return (asked,) if isinstance(asked, str) else tuple(asked)


Run = Callable[[Function], Callable[..., Any]]


@dataclass(frozen=True, eq=False)
class Lab:
    """The code of an article.

    place      the folder, as the author typed it
    texts      name of each file -> its text
    functions  by name
    """

    place: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Function]:
        """The functions of a kind, by name."""
        return {name: one for name, one in self.functions.items() if one.kind == kind}

    def enter_data(self, run: Run = lambda function: _elsewhere) -> None:
        """Make its kinds of data known. run: what calls a function."""
        for function in self.of("dataset").values():
            datasets.load()[function.data] = own_dataset(function, run(function))

    def enter_measurements(self, run: Run = lambda function: _elsewhere) -> None:
        """Make its measurements known, in place of those that other code entered. run: what calls a function.

        raises  ContentError: a column, of a measurement or a parameter of data, that runs have already
        """
        from ..measures.columns import MEASUREMENTS, RECIPE  # takes numpy, which a plan does without
        from ..measures.measurement import OwnMeasurement, all_words

        for name in [name for name, each in MEASUREMENTS.items() if isinstance(each, OwnMeasurement)]:
            del MEASUREMENTS[name]
        taken = {*RECIPE, *all_words(), *ATTRIBUTES, *(parameter.name for parameter in PARAMETERS)}
        own = [(function, name) for function in self.of("dataset").values() for name in function.usual]
        settings = {name for _, name in own}.union(*(kind.defaults for kind in built_in().values()))
        measured = [(function, name) for function in self.of("measurement").values() for name in function.columns]
        wrong = [
            Problem(function.place, f'a column "{name}" of runs is there already', "another name")
            for function, name in (*own, *measured)
            if name in taken or (name in settings and function.kind == "measurement")
        ]
        if wrong:
            raise ContentError(wrong)
        for name, function in self.of("measurement").items():
            said = (name, function.columns, run(function), lambda trained: True, True)
            MEASUREMENTS[name] = OwnMeasurement(*said, function.source)


def own_dataset(function: Function, draw: Callable[..., Any]) -> Dataset:
    """A function of the author's as a kind of data.

    draw  (classes, points_per_class, rng, **parameters) -> (classes, points_per_class, D)
    """
    own = [Parameter(name, usual, name.replace("_", " ")) for name, usual in function.usual.items()]
    dimensions = int(function.given.get("inputs", 2))
    told = Parameter("inputs", dimensions, "numbers in a row of the data")
    return Dataset(
        function.data,
        draw,
        (told, *own),
        plural="classes",
        picture="points of {classes} classes",
        inputs=lambda classes: dimensions,
    )


def _elsewhere(*_: Any, **__: Any) -> Any:
    raise LookupError("an author's code runs in workers alone")


def read(content: Path) -> Lab:
    """The code of a content's folder.

    raises  ContentError: what is wrong with its functions, with file and line
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in own_code(content):
        with collecting(problems):
            texts[path.name] = textfile.read(path)
    if problems:
        raise ContentError(problems)
    return parse(texts, str(content / LAB))


def parse(texts: Mapping[str, str], place: str) -> Lab:
    """The code of files, name -> text. place: their folder, as messages name it.

    raises  ContentError: as for `read`
    """
    problems: list[Problem] = []
    trees: dict[str, ast.Module] = {}
    for name, text in texts.items():
        try:
            trees[name] = ast.parse(text)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            said = getattr(error, "msg", str(error))
            problems.append(Problem(f"{place}/{name}:{line}", f"not Python: {said[0].lower() + said[1:]}"))
    used = {name: _imports(name, tree, trees, f"{place}/{name}", problems) for name, tree in trees.items()}
    found: dict[str, Function] = {}
    for name, tree in trees.items():
        source = functools.partial(_source, name, texts, used)
        for function in _Reader(f"{place}/{name}", name, tree, source, problems).functions():
            if function.name in found:
                what = f"a second function {function.name}; the first is {found[function.name].place}"
                problems.append(Problem(function.place, what, "another name"))
            found.setdefault(function.name, function)
    problems += _unportable(place, texts, found.values())
    if problems:
        raise ContentError(problems)
    return Lab(place, dict(texts), found)


def _unportable(place: str, files: Iterable[str], functions: Iterable[Function]) -> Iterator[Problem]:
    """A problem for each file, and for each figure, whose own file Windows or macOS has no place for in a site."""
    drawn = {function.name: function.place for function in functions if function.kind == "figure"}
    for name, where in {**{file: f"{place}/{file}" for file in files}, **drawn}.items():
        if wrong := filenames.wrong(name):
            yield Problem(where, wrong, "another name")
    for name, first in filenames.alike(drawn):
        yield Problem(drawn[name], filenames.taken_for(name, first), "another name")


def names(content: Path) -> dict[str, str]:
    """The functions of a content's folder by name, with the file of each, however much is wrong in it."""
    found = {}
    for path in own_code(content):
        for name in re.findall(r"^def\s+(\w+)", path.read_text(encoding="utf-8", errors="replace"), re.MULTILINE):
            found[name] = f"{LAB}/{path.name}"
    return found


def _imports(
    name: str, tree: ast.Module, known: Mapping[str, Any], place: str, problems: list[Problem]
) -> tuple[set[str], set[str]]:
    """What a file imports: files beside it, and libraries."""
    beside: set[str] = set()
    libraries: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            for one in [node.module.partition(".")[0]] if node.module else [alias.name for alias in node.names]:
                if f"{one}.py" not in known:
                    near = nearest(one, [file.removesuffix(".py") for file in known])
                    what = f'no file "{one}.py" beside {name}'
                    problems.append(Problem(f"{place}:{node.lineno}", what, one_of(sorted(known)), near))
                beside.add(f"{one}.py")
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            modules = [str(node.module)] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            for one in (module.partition(".")[0] for module in modules):
                if f"{one}.py" in known and one not in sys.stdlib_module_names:
                    what = f"import of {one}, a file beside {name}"
                    expected = f"from . import {one}, or from .{one} import …"
                    problems.append(Problem(f"{place}:{node.lineno}", what, expected))
                libraries.add(one)
    return beside & known.keys(), libraries


def _source(name: str, texts: Mapping[str, str], used: Mapping[str, tuple[set[str], set[str]]]) -> str:
    """The digest of a file and of all that decides what it does. used: as `_imports` has it"""
    reached, waiting = {name}, [name]
    while waiting:
        beside, _ = used[waiting.pop()]
        waiting += beside - reached
        reached |= beside
    libraries = set().union(*(used[one][1] for one in reached)) - {*sys.stdlib_module_names, *PROGRAMS}
    return digest({one: texts[one] for one in sorted(reached)}, installed(sorted(libraries)))


class _Reader:
    """The decorated functions of a file."""

    def __init__(self, place: str, name: str, tree: ast.Module, source: Any, problems: list[Problem]) -> None:
        self.place, self.file, self.tree, self.source = place, f"{LAB}/{name}", tree, source
        self.problems = problems
        self.called = {f"{program}.lab" for program in PROGRAMS}  # what the module of decorators is called here
        self.alone: dict[str, str] = {}  # what a decorator is called that is imported from it
        modules = {*self.called}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in PROGRAMS and not node.level:
                self.called |= {alias.asname or alias.name for alias in node.names if alias.name == "lab"}
            elif isinstance(node, ast.ImportFrom) and node.module in modules and not node.level:
                self.alone |= {alias.asname or alias.name: alias.name for alias in node.names}
            elif isinstance(node, ast.Import):
                self.called |= {alias.asname for alias in node.names if alias.name in modules and alias.asname}

    def wrong(self, node: ast.AST, what: str, expected: str = "", near: str | None = None) -> None:
        self.problems.append(Problem(f"{self.place}:{getattr(node, 'lineno', 1)}", what, expected, near))

    def functions(self) -> Iterator[Function]:
        for node in self.tree.body:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            for decorator in node.decorator_list:
                call = decorator if isinstance(decorator, ast.Call) else None
                named = ast.unparse(call.func if call else decorator)
                module, _, kind = named.rpartition(".")
                kind = self.alone.get(named, kind)
                if module not in self.called and named not in self.alone:
                    continue
                if kind not in KINDS:
                    expected, near = meant(kind, KINDS)
                    self.wrong(decorator, f'unknown decorator "{named}"', expected, near)
                elif not isinstance(node, ast.FunctionDef):
                    self.wrong(node, f"@{named} of {node.name}, which is no plain function", "def")
                else:
                    found = self.function(kind, node, call)
                    if found:
                        yield found

    def function(self, kind: str, node: ast.FunctionDef, call: ast.Call | None) -> Function | None:
        before = len(self.problems)
        docstring = ast.get_docstring(node) or ""
        if kind == "dataset" and node.name in built_in():
            self.wrong(node, f'"{node.name}" is a built-in kind of data', "another name")
        words, given = self.decorated(kind, node, call)
        fields, usual, seeded = self.parameters(kind, node)
        columns = _explained(docstring)
        if kind == "measurement":
            columns = {name: str(given.pop(name)) for name in list(given)} or {node.name: words}
        known = {"figure": ("needs",), "dataset": ("inputs",)}.get(kind, ())
        for key in given.keys() - set(known):
            self.wrong(call or node, f"{key} of @lab.{kind}", one_of(known), nearest(key, known))
        if type(inputs := given.get("inputs", 2)) is not int or not 1 <= inputs <= limits.COLUMNS:
            self.wrong(call or node, f"inputs is {inputs!r}", f"a whole number from 1 to {limits.COLUMNS:,}")
        needs = given.get("needs", ())
        if not all(isinstance(one, str) for one in (needs if isinstance(needs, (list, tuple)) else [needs])):
            self.wrong(call or node, f"needs is {needs!r}", "the name of an experiment, or a list of names")
        if len(self.problems) > before:
            return None
        return Function(
            kind,
            node.name,
            self.file,
            f"{self.place}:{node.lineno}",
            words or " ".join(docstring.partition("\n\n")[0].split()),
            columns,
            fields,
            usual,
            seeded,
            given,
            self.source(),
        )

    def decorated(self, kind: str, node: ast.FunctionDef, call: ast.Call | None) -> tuple[str, dict[str, Any]]:
        """What a decorator is given: its sentence, and values by name."""
        given: dict[str, Any] = {}
        places = POSITIONAL.get(kind, ())
        values: list[tuple[str, ast.expr]] = list(zip(places, call.args if call else [], strict=False))
        if call and (kind == "experiment" or len(call.args) > len(places)):
            left = "(inputs=…)" if kind == "dataset" else f"({', '.join(places)})" if places else ", without brackets"
            self.wrong(call, f"@lab.{kind}(…) of {node.name}", f"@lab.{kind}{left}")
        values += [(str(one.arg), one.value) for one in (call.keywords if call else [])]
        for name, value in values:
            try:
                given[name] = ast.literal_eval(value)
            except (ValueError, TypeError, SyntaxError):
                self.wrong(value, f"{name} of {node.name} is computed", "a plain value: it is read and not run")
        words = given.pop("words", "")
        columns = given if kind == "measurement" else {}
        if not isinstance(words, str) or (kind in ("figure", "measurement") and not words and not columns):
            self.wrong(node, f"@lab.{kind} of {node.name} has no sentence", f'@lab.{kind}("what it shows")')
        return str(words), given

    def parameters(self, kind: str, node: ast.FunctionDef) -> tuple[dict[str, Field], dict[str, Any], bool]:
        """What may be given to a function, its defaults, and whether a seed may."""
        arguments = node.args
        listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        asked = ASKED.get(kind, ())
        names = [one.arg for one in listed]
        if arguments.vararg or arguments.kwarg or tuple(names[: len(asked)]) != asked:
            self.wrong(node, f"{node.name}({', '.join(names)})", f"parameters by name: {', '.join(asked) or 'no *'}")
            return {}, {}, False
        plain = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
        defaults += [*arguments.defaults, *arguments.kw_defaults]
        fields: dict[str, Field] = {}
        usual: dict[str, Any] = {}
        for one, default in list(zip(listed, defaults, strict=True))[len(asked) :]:
            if default is not None:
                try:
                    usual[one.arg] = as_toml(ast.literal_eval(default))
                except (ValueError, TypeError, SyntaxError):
                    self.wrong(one, f"the default of {one.arg} is computed", "a plain value: it is read and not run")
            if kind == "dataset" and type(usual.get(one.arg)) not in (int, float):
                self.wrong(
                    one, f"the parameter {one.arg} of the data has no number as default", f"{one.arg}: float = 0.0"
                )
            if kind == "experiment" and one.arg in KEYS:
                self.wrong(one, f"the parameter {one.arg} is a key of every experiment", "another name")
            if kind in ("measurement", "figure"):
                self.wrong(one, f"{node.name} asks for {one.arg}", f"{', '.join(asked)} alone")
            try:
                fields[one.arg] = _field(one.annotation, usual.get(one.arg))
            except ValueError:
                said = ast.unparse(one.annotation) if one.annotation else ""
                self.wrong(
                    one, f"{one.arg} is annotated {said}", "int, float, bool, str, list[…] of them or Literal[…]"
                )
        seeded = kind == "experiment" and fields.pop(SEED, None) is not None
        return fields, usual, seeded


def as_toml(value: Any) -> Any:
    """A value as TOML would have it."""
    return [as_toml(one) for one in value] if isinstance(value, (list, tuple)) else value


ANY = recipe.plain("a number, a text, true or false", bool, int, float, str)


PLAIN = {
    "float": recipe.number(),
    "int": recipe.plain("a whole number", int),
    "str": recipe.plain("a text", str),
    "bool": recipe.plain("true or false", bool),
}


def _field(annotation: ast.expr | None, default: Any) -> Field:
    """What a parameter may be. raises ValueError: an annotation that says nothing of plain values."""
    if annotation is None:
        if isinstance(default, list):
            return recipe.several(ANY)
        return PLAIN.get(type(default).__name__, ANY)
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return _field(ast.parse(annotation.value, mode="eval").body, default)
        except SyntaxError:
            raise ValueError from None
    if isinstance(annotation, ast.Name) and annotation.id in PLAIN:
        return PLAIN[annotation.id]
    if isinstance(annotation, ast.Name) and annotation.id in ("list", "tuple"):
        return recipe.several(ANY)
    if isinstance(annotation, ast.Subscript):
        of, inside = ast.unparse(annotation.value).rpartition(".")[2], annotation.slice
        if of == "Literal":
            choices = ast.literal_eval(inside)
            return _literal(choices if isinstance(choices, tuple) else (choices,))
        if of in ("list", "tuple", "Sequence", "List"):
            parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            return recipe.several(_field(parts[0], None))
    raise ValueError


def _literal(choices: tuple[Any, ...]) -> Field:
    """One of some plain values, 1 not for true."""
    said = tuple(one if isinstance(one, str) else str(one).lower() for one in choices)

    def accepts(value: Any) -> Any:
        if not any(type(value) is type(one) and value == one for one in choices):
            raise ValueError
        return value

    return Field(accepts, f"one of {', '.join(said)}", said)


def _explained(docstring: str) -> dict[str, str]:
    """What a docstring says of names: a line `name  words` or `name: words`."""
    lines: Sequence[tuple[str, str]] = re.findall(r"^\s*(\w+)(?::[ ]+|[ ]{2,})(\S.*)$", docstring, re.MULTILINE)
    return {name: words.strip() for name, words in lines}

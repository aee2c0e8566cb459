"""Slips in the code, made on purpose, that the tests have to notice; the figures go into docs/guarantees.md.

python -m tests.mutants [GROUP …]

A mutant is one of `generator`'s functions with another operator, constant or return value. Those of a group are a
sample from a fixed seed. Of each the tests run that reach its line, the quickest first, in a copy of a process that has
imported all; what they start elsewhere is not changed. A mutant that no test notices survives, unless `ALIKE` says why
no test can.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import gc
import importlib
import io
import itertools
import json
import os
import random
import resource
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import coverage
import pytest

from tests.promises import ROOT
from tests.promises.__main__ import write

PROMISE = "Tests of the {} notice a slip in its code: another comparison, sign, number, condition or returned value"
UNIT = "mutants"
MANY = 100  # of a group
GROUPS = {  # of each its modules, and the tests that are to notice
    "cache": (["base/store"], ["store"]),
    "bibliography": (["content/bibtex", "content/bibliography", "content/tex"], ["bibliography", "content"]),
    "experiments": (
        [f"content/{name}" for name in ("experiments", "datasets", "activations", "keys", "tables", "columns")],
        ["experiments", "own_data", "own_activations", "external", "lab", "limits", "models"],
    ),
    "laws": (["measures/packing", "measures/tied"], ["packing", "tied"]),
    "statistics": (
        ["runs/statistics", "runs/results", "base/rounding"],
        ["statistics", "results", "comparisons", "expressions", "charts", "listing", "external", "models"],
    ),
    "measures": (
        [
            f"measures/{name}"
            for name in ("columns", "expected", "arrangement", "collapse", "directions", "knot", "kinds", "projection")
        ],
        ["measure", "kinds", "knot"],
    ),
}
ALIKE = ROOT / "tests" / "mutants.json"  # why what a line becomes is the same to any test, by the one and the other
SECONDS = 120  # of a test, and of a core in all: more than those of any group take; what hangs is noticed
OTHERS: dict[type[ast.AST], type[ast.AST]] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div},
    **{ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.Break: ast.Continue, ast.Continue: ast.Break},
}


@dataclass(frozen=True)
class Mutant:
    """The at-th slip of a module: where it is, and what its line says before and after."""

    path: Path
    at: int
    line: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.before} -> {self.after}"


def slips(tree: ast.AST) -> Iterator[tuple[int, Callable[[], None]]]:
    """Of each slip in a module's functions the line, and what makes it; `strict` of a zip only holds what is so."""
    for outer in ast.walk(tree):
        if isinstance(outer, ast.keyword) and outer.arg == "strict":
            continue
        for name, field in ast.iter_fields(outer):
            for at, node in enumerate(field if isinstance(field, list) else [field]):
                if isinstance(node, ast.AST) and (other := _other(node)):
                    line = getattr(node, "lineno", getattr(outer, "lineno", 0))
                    yield line, functools.partial(_put, outer, name, at, other)


def _other(node: ast.AST) -> ast.AST | None:
    match node:
        case ast.Constant(value=bool(said)):
            return ast.copy_location(ast.Constant(not said), node)
        case ast.Constant(value=int(said) | float(said)):
            return ast.copy_location(ast.Constant(said + 1), node)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            return operand
        case ast.Return(value=ast.expr() as said) if not isinstance(said, ast.Constant):
            return ast.copy_location(ast.Return(ast.copy_location(ast.Constant(None), said)), node)
    other = OTHERS.get(type(node))
    return ast.copy_location(other(), node) if other and hasattr(node, "lineno") else other() if other else None


def _put(outer: ast.AST, name: str, at: int, other: ast.AST) -> None:
    field = getattr(outer, name)
    if isinstance(field, list):
        field[at] = other
    else:
        setattr(outer, name, other)


def of_module(path: Path) -> list[tuple[Path, int, int]]:
    """The module, the number and the line of each slip within functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    within = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for line in range(node.body[0].lineno, (node.end_lineno or 0) + 1)
    }
    return [(path, at, line) for at, (line, _) in enumerate(slips(tree)) if line in within]


def mutant(path: Path, at: int, line: int) -> Mutant:
    """One by its number."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    [*_, (_, slip)] = itertools.islice(slips(tree), at + 1)
    before, _, after = ast.unparse(tree), slip(), ast.unparse(tree)
    differ = next(pair for pair in zip(before.splitlines(), after.splitlines(), strict=False) if pair[0] != pair[1])
    return Mutant(path, at, line, *map(str.strip, differ))


def become(mutant: Mutant) -> None:
    """Make this process' functions those of a mutant."""
    tree = ast.parse(mutant.path.read_text(encoding="utf-8"))
    [*slips(tree)][mutant.at][1]()
    codes = dict(_codes(compile(ast.fix_missing_locations(tree), str(mutant.path), "exec", dont_inherit=True)))
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType) and one.__code__.co_filename == str(mutant.path):
            one.__code__ = codes.get((one.__code__.co_name, one.__code__.co_firstlineno), one.__code__)


def _codes(code: types.CodeType) -> Iterator[tuple[tuple[str, int], types.CodeType]]:
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield (inner.co_name, inner.co_firstlineno), inner
            yield from _codes(inner)


class Reached:
    """As a plugin: notes which lines of which files each test reaches, and how long it takes."""

    def __init__(self, paths: list[Path], told: Path) -> None:
        self.measured = coverage.Coverage(data_file=None, include=[str(path) for path in paths], config_file=False)
        self.took: dict[str, float] = {}
        self.told = told

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.measured.switch_context(item.nodeid)
        yield

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.took[report.nodeid] = self.took.get(report.nodeid, 0) + report.duration

    def pytest_sessionstart(self) -> None:
        self.measured.start()

    def pytest_sessionfinish(self) -> None:
        self.measured.stop()
        data = self.measured.get_data()
        lines = {path: data.contexts_by_lineno(path) for path in data.measured_files()}
        self.told.write_text(json.dumps([self.took, lines]), encoding="utf-8")


def tried(*arguments: str, folder: str, plugin: object = None, first: Callable[[], None] = lambda: None) -> int:
    """Start tests in a copy of this process. Returns its id; it ends with pytest's status."""
    if pid := os.fork():
        return pid
    status = 99
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))  # also within a library, where no signal is heard
        for number in (1, 2):
            os.dup2(os.open(os.devnull if plugin is None else f"{folder}/said", os.O_WRONLY | os.O_CREAT), number)
        first()
        quiet = [
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-o",
            f"timeout={SECONDS}",
            "--basetemp",
            f"{folder}/tmp",
        ]
        status = pytest.main([*quiet, *arguments], plugins=[plugin] if plugin else [])
    finally:
        os._exit(status)


def survivors(modules: list[str], tests: list[str], count: int, rng: random.Random) -> Iterator[tuple[Mutant, str]]:
    """Each mutant of a sample, and how it ended: "noticed", "survived", or "unreached"."""
    paths = [ROOT / "generator" / f"{name}.py" for name in modules]
    for name in modules:
        importlib.import_module(f"generator.{name.replace('/', '.')}")
    files = [str(ROOT / "tests" / f"test_{name}.py") for name in tests]
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["--collect-only", "-q", "-p", "no:xdist", *files])
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "told")
        _, status = os.waitpid(tried(*files, folder=folder, plugin=Reached(paths, told)), 0)
        if status:
            raise AssertionError(f"without a slip: {Path(folder, 'said').read_text(encoding='utf-8')[-3000:]}")
        took, lines = json.loads(told.read_text(encoding="utf-8"))
    every = [one for path in paths for one in of_module(path)]
    running: dict[int, tuple[Mutant, tempfile.TemporaryDirectory[str]]] = {}

    def ended() -> Iterator[tuple[Mutant, str]]:
        pid, status = os.wait()
        one, folder = running.pop(pid)
        folder.cleanup()
        yield one, "noticed" if status else "survived"

    for one in itertools.starmap(mutant, rng.sample(every, min(count, len(every)))):
        reach = [name for name in lines.get(str(one.path), {}).get(str(one.line), []) if name]
        if not reach:
            yield one, "unreached"
            continue
        while len(running) >= (os.cpu_count() or 1):
            yield from ended()
        place = tempfile.TemporaryDirectory()
        ordered = sorted(reach, key=lambda name: took.get(name, 0))
        pid = tried("-x", *ordered, folder=place.name, first=functools.partial(become, one))
        running[pid] = (one, place)
    while running:
        yield from ended()


def main(names: list[str]) -> int:
    """Returns how many survived."""
    alike: dict[str, str] = json.loads(ALIKE.read_text(encoding="utf-8"))
    left = 0
    for name, (modules, tests) in GROUPS.items():
        if names and name not in names:
            continue
        found = [*survivors(modules, tests, MANY, random.Random(name))]
        wrong = [(m, how) for m, how in found if how != "noticed" and f"{m.before} -> {m.after}" not in alike]
        print(f"{name}: {len(found)} mutants, {len(wrong)} not noticed", flush=True)
        for mutant, how in wrong:
            print(f"  {how}: {mutant}", flush=True)
        write(PROMISE.format(name), len(found), UNIT, len(wrong))
        left += len(wrong)
    return left


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))

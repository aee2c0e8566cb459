"""What is declared is imported, what is imported is declared, and the lock holds a version of each."""

import ast
import functools
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OPTIONAL = PROJECT["optional-dependencies"]
TOOLS = {
    "pytest-xdist",
    "pytest-timeout",
    "pytest-rerunfailures",
    "coverage",
    "setuptools",
    "ruff",
    "mypy",
}  # run, not imported


def names(declared):
    return {re.match(r"[\w-]+", each)[0].lower() for each in declared}


def statements(node):
    """All within a node; expressions, which are many, import nothing."""
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        for inner in getattr(node, field, ()):
            yield inner
            yield from statements(inner)


@functools.cache
def imported(folder):
    """The distributions whose modules the Python files of a folder import."""
    modules = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in statements(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules.add(node.module.partition(".")[0])
    known = packages_distributions()
    outside = modules - set(sys.stdlib_module_names)
    return {name.lower().replace("_", "-") for module in outside for name in known.get(module, ())[:1]}


def test_the_package_declares_just_what_it_imports():
    assert imported("generator") == names(PROJECT["dependencies"]) | names(OPTIONAL["dask"])


def test_the_tests_declare_what_they_import_beyond_it():
    ours = names(PROJECT["dependencies"])
    types = {name for name in names(OPTIONAL["test"]) if name.startswith("types-")}
    assert names(OPTIONAL["test"]) - TOOLS - types <= imported("tests") | imported("generator")
    assert imported("tests") - ours - {"peek-article"} <= names(OPTIONAL["test"])


@pytest.mark.parametrize("declared", [*PROJECT["dependencies"], *OPTIONAL["test"], *OPTIONAL["dask"]])
def test_the_lock_pins_it(declared):
    [name] = names([declared])
    assert name == "setuptools" or name in {pin.partition("==")[0] for pin in pins()}, name


def pins():
    """Each pin of the locks, with its hashes on its line."""
    text = "".join(
        (ROOT / path).read_text(encoding="utf-8") for path in ("requirements.lock", "requirements-test.lock")
    )
    torch = (ROOT / "torch.lock").read_text(encoding="utf-8")
    return [line.lower().replace("_", "-") for line in (text.replace("\\\n", "") + torch).splitlines()]


def test_each_pin_but_torch_has_hashes():
    for pin in pins():
        hashed = re.fullmatch(r"[\w.-]+==\S+( +--hash=sha256:[0-9a-f]{64})+", pin)
        assert hashed or pin.startswith("torch=="), pin


def test_make_installs_nothing_but_torch_without_hashes():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nlock:")[0]
    unhashed = re.findall(r"^\t\$\(PIP\) install (.*)$", makefile, re.MULTILINE)
    assert unhashed == ["$(INDEX) -r torch.lock", "--no-deps -e ."]

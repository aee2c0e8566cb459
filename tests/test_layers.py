"""The house: each package imports only those above it, and each heavy library belongs to one of them."""

import ast
import functools
from pathlib import Path

import pytest

GENERATOR = Path(__file__).parent.parent / "generator"
FLOORS = ("base", "networks", "measures", "figures", "content", "runs", "markup", "site", "")  # "" is the top
ONLY_IN = {
    "torch": "networks",
    "sympy": "networks",
    "sklearn": "measures",
    "matplotlib": "figures",
    "imageio": "figures",
}
ONLY_IN |= {"distributed": "runs", "markdown": "markup", "quickjs": "base", "babel": "base"}


@functools.cache
def imports():
    """(file, its floor, what it imports), with everything relative written out."""
    return [*_imports()]


def _imports():
    for path in sorted(GENERATOR.rglob("*.py")):
        inside = path.relative_to(GENERATOR).parts[:-1]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path.name, "/".join(inside[:1]), alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = ["generator", *inside][: len(inside) + 2 - node.level] if node.level else []
                module = ".".join([*above, *filter(None, [node.module])])
                names = [f"{module}.{alias.name}" for alias in node.names] if module == "generator" else [module]
                yield from ((path.name, "/".join(inside[:1]), name) for name in names)


def test_every_package_has_its_floor():
    assert {path.parent.name for path in GENERATOR.glob("*/__init__.py")} == {*FLOORS[:-1]}


def test_imports_go_one_way():
    for name, floor, module in imports():
        top, _, rest = module.partition(".")
        used = rest.partition(".")[0] if rest.partition(".")[0] in FLOORS else ""
        if top == "generator":
            assert FLOORS.index(used) <= FLOORS.index(floor) or rest == "__version__", f"{floor}/{name}: {module}"


@pytest.mark.parametrize("library", list(ONLY_IN))
def test_a_heavy_library_belongs_to_one_package(library):
    assert {floor for _, floor, module in imports() if module.partition(".")[0] == library} == {ONLY_IN[library]}

"""The house: each module imports only those above it, and the page's stage imports nothing heavy."""

import ast
from pathlib import Path

import pytest

GENERATOR = Path(__file__).parent.parent / "generator"
ORDER = [
    "errors",
    "memo",
    "rounding",
    "overlay",
    "style",
    "datasets",
    "experiments",
    "columns",
    "network",
    "packing",
    "kinds",
    "measure",
    "results",
    "bibliography",
    "content",
    "outline",
    "expressions",
    "claims",
    "constructs",
    "inline",
    "paragraphs",
    "markup",
    "train",
    "export",
    "gif",
    "draw",
    "figures",
    "page",
    "rehearsal",
    "store",
    "work",
    "executors",
    "progress",
    "runs",
    "catalogue",
    "build",
    "new",
    "check",
    "single",
    "publish",
    "serve",
    "__main__",
]
ONLY_IN = {
    "torch": {"train", "work"},
    "markdown": {"paragraphs"},
    "matplotlib": {"draw", "figures"},
    "imageio": {"draw"},
    "distributed": {"executors"},
    "sklearn": {"measure"},
}


def modules():
    for path in sorted(GENERATOR.rglob("*.py")):
        name = path.relative_to(GENERATOR).parts[0].removesuffix(".py")
        if name != "__init__":
            yield name, path


def imported(path, everywhere=True):
    """(module, whether it is imported at the top) for each import, those for type checkers left out."""
    tree = ast.parse(path.read_text())
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            if node.module in ("generator", "generator.figures"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_module_has_its_place():
    assert {name for name, _ in modules()} == set(ORDER)


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: str(value).rpartition("/")[2])
def test_a_module_imports_only_those_above(name, path):
    for module in imported(path):
        parts = module.split(".")
        if parts[0] == "generator" and len(parts) > 1 and parts[1] in ORDER:
            assert ORDER.index(parts[1]) < ORDER.index(name) or parts[1] == name, f"{path.name} imports {module}"


@pytest.mark.parametrize("library", list(ONLY_IN))
def test_a_library_is_imported_in_one_place(library):
    users = {name for name, path in modules() if any(m.split(".")[0] == library for m in imported(path))}
    assert users <= ONLY_IN[library]

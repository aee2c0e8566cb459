"""Names of files that come from Windows and macOS, or go there."""

import ast
import functools
import unicodedata
from pathlib import Path

import pytest

from generator.base import filenames

ROOT = Path(__file__).parent.parent
LEFT = """desktop.ini Desktop.ini Thumbs.db ehthumbs.db .DS_Store ._article.md ~$report.docx ~WRL0001.tmp article.md~
.#article.md #article.md# a.bak a.orig .article.md.swp .article.md.icloud $RECYCLE.BIN __MACOSX a.svg:Zone.Identifier"""


@pytest.mark.parametrize("name", [*LEFT.split(), "Icon\r", "System Volume Information"])
def test_what_systems_and_programs_leave_is_known(name):
    assert filenames.left_behind(name)


@pytest.mark.parametrize("name", ["article.md", "a (1).md", "icon.svg", "a#b.png", "tmp", "a~b.pdf", "#1.pdf"])
def test_what_authors_write_is_not_what_programs_leave(name):
    assert not filenames.left_behind(name)


COPIES = (
    *("a (1).csv", "a(2).csv", "a - Copy.csv", "a - Copy (2).csv", "a copy.csv", "a copy 2.csv", "a - Kopie.csv"),
    *("a Kopie 3.csv", "a - Copie.csv", "a - copia.csv", "a (copy).csv", "a (another copy).csv", "Copy of a.csv"),
    *("a - 副本.csv", "a (Ada's conflicted copy 2026-01-02).csv", "a.sync-conflict-20260102-1200-ABC.csv"),
)


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_known_by_its_name(name):
    assert filenames.copied_from(name) == "a.csv"


@pytest.mark.parametrize(
    "name", ["a.csv", "a-1.csv", "a 2.csv", "photocopy.csv", "(1).csv", "a (2026).csv", "copy.csv"]
)
def test_what_has_a_name_of_its_own_is_no_copy(name):
    assert not filenames.copied_from(name)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fig:1.png", 'the sign ":"'),
        ("why?.pdf", 'the sign "?"'),
        ("aux.png", '"aux", a device of its own'),
        ("COM1", '"COM1", a device of its own'),
        ("nul .tar.gz", '"nul ", a device of its own'),
        ("a.", "a point or blank at its end"),
        ("a ", "a point or blank at its end"),
        ("auxiliary.png", ""),
        ("com10.csv", ""),
        (".gitignore", ""),
    ],
)
def test_a_name_that_windows_has_no_place_for_is_told(name, told):
    assert filenames.wrong(name) == (told and f"Windows has no place for a name with {told}")


def test_names_that_differ_in_capitals_or_composition_alone_are_told_once():
    decomposed = unicodedata.normalize("NFD", "größe.png")
    paths = ["figures", "a.png", "A.png", "Figures/a.png", "Figures/b.png", "größe.png", decomposed, "b/a.png"]
    assert [*filenames.alike(paths)] == [("A.png", "a.png"), ("Figures", "figures"), (decomposed, "größe.png")]


def test_a_file_is_located_by_its_letters_and_its_capitals(tmp_path):
    for name in ("a.csv", unicodedata.normalize("NFD", "ü/é.csv")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = filenames.located(tmp_path, "ü/é.csv")
    assert found and found.is_file() and filenames.located(tmp_path, "./a.csv") == tmp_path / "a.csv"
    for name in ("A.csv", "b.csv", "a.csv/b", "ü\\é.csv"):
        assert filenames.located(tmp_path, name) is None


def test_a_site_and_a_cache_can_lie_on_every_disk(made_tiny):
    paths = [path.relative_to(made_tiny).as_posix() for path in made_tiny.rglob("*")]
    assert paths and not [path for path in paths if filenames.wrong(path.rpartition("/")[2])]
    assert not [*filenames.alike(paths)]


@functools.cache
def calls():
    """Each call of our code, with the file and the line."""
    return [
        (f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", node)
        for folder in ("generator", "tools", "templates")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]


def test_text_is_read_and_written_alike_on_every_system():
    """In UTF-8 whatever the system's own, and what is written ends its lines as it says."""
    wrong = []
    for place, call in calls():
        function = call.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        given = {keyword.arg for keyword in call.keywords}
        modes = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        is_file = name == "open" and not any("b" in mode for mode in modes)
        is_file &= isinstance(function, ast.Name) or not call.args or ast.unparse(function) == "gzip.open"
        lacking = {
            "read_text": not (call.args or "encoding" in given),
            "write_text": not {"encoding", "newline"} <= given,
            "open": is_file and "encoding" not in given,
            "run": "text" in given,
        }
        wrong += [f"{place}: {ast.unparse(call)}"] * lacking.get(name, False)
    assert not wrong


def test_files_have_one_order_on_every_system():
    """Windows compares paths without their capitals."""
    of_files = {"glob", "rglob", "iterdir"}
    ordered = [(place, call) for place, call in calls() if getattr(call.func, "id", "") == "sorted"]
    listed = [
        f"{place}: {ast.unparse(call)}"
        for place, call in ordered
        if of_files & {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)}
    ]
    as_text = ("key=Path.as_posix", ".as_posix()", "path.name for", "file.name for")
    assert listed and not [said for said in listed if not any(form in said for form in as_text)]

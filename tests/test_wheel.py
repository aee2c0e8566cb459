"""The built wheel by itself: installed where nothing of the repository is, it starts and builds an article anywhere."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.edits import edit

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "sites" / "tiny"
SHIPPED = (".py", ".ttf", ".js")
SOURCES = ("generator", "templates", "pyproject.toml", "README.md", "LICENSE")


def run(*command, folder):
    """A command's output, away from the repository."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The commands of an environment that has the wheel, and for all else the libraries of the tests."""
    top = tmp_path_factory.mktemp("wheel")
    (top / "source").mkdir()
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, top / "source" / name)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", top, top / "source", folder=top)
    [wheel] = top.glob("*.whl")
    venv.create(top / "env", with_pip=False)
    python = top / "env" / "bin" / "python"
    run(*pip, "--python", python, "install", "--no-deps", "--no-index", wheel, folder=top)
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=top).strip())
    assert not (packages / "generator").exists()
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python.parent


def test_every_package_of_the_repository_is_in_the_wheel(installed):
    [inside] = installed.parent.glob("lib/python*/site-packages/peek_article")
    generator = ROOT / "generator"
    ours = {path.relative_to(generator) for path in generator.rglob("*") if path.suffix in SHIPPED}
    theirs = {path.relative_to(inside) for path in inside.rglob("*") if path.suffix in SHIPPED}
    assert ours == {path for path in theirs if path.parts[0] != "templates"}


def test_the_package_and_its_templates_come_from_the_wheel(installed, tmp_path):
    told = run(
        installed / "python",
        "-c",
        "import peek_article.build as b; print(b.__file__, b.default_templates())",
        folder=tmp_path,
    ).split()
    assert all(Path(path).is_relative_to(installed.parent) for path in told), told
    templates = Path(told[1])
    ours = {path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*") if path.is_file()}
    theirs = {path.relative_to(templates) for path in templates.rglob("*") if path.is_file()}
    assert ours == {path for path in theirs if "__pycache__" not in path.parts}


def test_an_article_is_made_and_built_anywhere(installed, tmp_path):
    """It is a new one's folder with the tiny article's text, which has fewer networks."""
    run(installed / "peek", "new", "mine", folder=tmp_path)
    mine = shutil.copytree(TINY, tmp_path / "mine" / "content", dirs_exist_ok=True)
    edit(mine / "article.md", "networks with", 'networks [are two]{claim="results.count == 2"}, with')
    build = ("-m", "peek_article", "build", "--strict", "--quiet", "--workers", "1")
    assert run(installed / "python", *build, folder=tmp_path / "mine") == ""
    page = (tmp_path / "mine" / "site" / "index.html").read_text(encoding="utf-8")
    assert "Where the points go." in page
    assert "claims: 1 holds" in run(installed / "peek", "check", folder=tmp_path / "mine")

"""A new article: made once, never over anything, built by the same command."""

import re
import subprocess

import pytest

from generator.__main__ import main
from generator.build import default_templates
from generator.new import NotEmptyError, new


@pytest.fixture(scope="module")
def started(tmp_path_factory, one_worker_is_this_process):
    folder = tmp_path_factory.mktemp("new") / "mine"
    new(folder, default_templates())
    options = ["--content", folder / "content", "--out", folder / "site", "--cache", folder / ".cache"]
    assert main(["build", "--strict", "--quiet", "--workers", "1", *map(str, options)]) == 0
    return folder


def test_it_builds_without_a_warning_and_passes_its_check(started, capsys):
    assert main(["check", str(started / "site")]) == 0, capsys.readouterr().err
    page = (started / "site" / "index.html").read_text()
    assert "What becomes of moons and rings?" in page and "{{" not in page.partition("<main")[2].partition("bibtex")[0]
    assert (started / "site" / "plots" / "3" / "ReLU.decisionBoundaries.Final.webp").exists()
    assert (started / "site" / "plots" / "moons" / "2" / "tanh.inputData.webp").exists()


def test_what_is_shipped_reads_well_whichever_values_come_out(started):
    """No range from a least to a greatest value, which may be one; no second stop behind a title that ends."""
    for path in (default_templates() / "new").rglob("*.md"):
        for sentence in re.split(r"(?<=[.!?])\s", path.read_text()):
            asked = re.findall(r"\.(min|max)\(\s*[\"'](\w+)", sentence)
            assert not {key for which, key in asked if which == "min"} & {key for which, key in asked if which == "max"}
    assert "?." not in re.sub("<[^>]+>", "", (started / "site" / "index.html").read_text().partition("<main")[2])


def test_a_page_about_runs_names_a_command_that_there_is(started):
    said = re.search(r'aria-label="Command"><code>(.*?)</code>', (started / "site" / "reproduce.html").read_text())[1]
    assert said == "peek build"


def test_git_leaves_the_output_out(started):
    subprocess.run(["git", "init", "-q", str(started)], check=True)
    subprocess.run(["git", "add", "-A"], cwd=started, check=True)
    listed = subprocess.run(["git", "ls-files"], cwd=started, check=True, capture_output=True, text=True).stdout.split()
    assert listed == [
        ".gitignore",
        "README.md",
        "content/article.md",
        "content/experiments.toml",
        "content/references.bib",
        "site/.gitignore",
    ]


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(NotEmptyError, match="not empty; expected a new folder"):
        new(tmp_path, default_templates())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_the_command_says_what_is_next(tmp_path, capsys):
    assert main(["new", str(tmp_path / "a")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"next: cd {tmp_path / 'a'} && peek serve"
    assert main(["new", str(tmp_path / "a")]) == 1

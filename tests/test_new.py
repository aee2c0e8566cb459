"""A new article: made once, never over anything, built by the same command."""

import re
import shutil
import subprocess

import numpy as np
import pytest
import yaml

from generator import __version__
from generator.__main__ import main
from generator.base.errors import ContentError, PeekError
from generator.base.overlay import default_templates
from generator.content import experiments
from generator.new import new
from tests import schemas


def test_it_builds_without_a_warning_and_passes_its_check(started, capsys):
    assert main(["check", str(started / "site")]) == 0, capsys.readouterr().err
    page = (started / "site" / "index.html").read_text()
    title = re.search("^title: (.*)$", (started / "content" / "article.md").read_text(), re.M)[1]
    assert title in page and "{{" not in page.partition("<main")[2].partition("bibtex")[0]
    assert [path for path in (started / "site" / "plots").rglob("*") if path.suffix in (".webp", ".svg")]


def test_a_wrong_name_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(PeekError, match=r'no example "digit"; expected one of .*; did you mean "digits"'):
        new(tmp_path, default_templates(), "digit")


TABLE = [f"{at % 3}.5,{'ab'[at % 4 == 0]},note {at},{-at}" for at in range(80)]


@pytest.mark.parametrize("times", [1, 400])  # what is long does not travel
def test_a_table_of_ones_own_is_what_a_new_article_is_about(tmp_path, times):
    data = tmp_path / "my rows.csv"
    data.write_text("\n".join(["id,x,kind,about,z", *(f"{at},{row}" for at, row in enumerate(TABLE * times, 1))]))
    with pytest.raises(PeekError, match="several columns of words; expected --label with one of kind, about"):
        new(tmp_path / "a", default_templates(), data=data)
    with pytest.raises(ContentError, match=r'no column "knd" for label; .*did you mean "kind"'):
        new(tmp_path / "a", default_templates(), data=data, label="knd")
    with pytest.raises(PeekError, match=r'no file .*my row.csv; did you mean "my rows.csv"'):
        new(tmp_path / "a", default_templates(), data=tmp_path / "my row.csv")
    assert not (tmp_path / "a").exists()
    for path in new(tmp_path / "a", default_templates(), data=data, label="kind"):
        assert path.is_file()
    content = tmp_path / "a" / "content"
    assert [path.name for path in (content / "data").iterdir()] == ["my rows.csv"]
    plan = experiments.read(content / "experiments.toml")
    run, recipe = plan.experiments[0].runs[0], (content / "experiments.toml").read_text()
    assert (
        not plan.warned
        and dict(run.spec.dataset_options)["inputs"] == 2
        and 'columns = ["x", "z"]  # left out, as they hold many words or next to nothing, or count the rows: ["about"'
        in recipe
    )
    assert ("ship = 1" in recipe) == ("figure | bend" in (content / "article.md").read_text()) == (times == 1)


def test_a_table_with_gaps_makes_an_article_of_the_rows_without(tmp_path):
    """Columns that are mostly empty are left out, so that few rows are."""
    rows = ["id,width,height,kind,Unnamed: 4", *(f"{at},{at % 7},{at % 5},{'ab'[at % 2]}," for at in range(80))]
    rows[9], rows[30] = rows[9].replace("8,1,3", "8,,3"), rows[30].replace("29,1,4", "29,1,NA")
    data = tmp_path / "gaps.csv"
    data.write_text("\n".join(rows))
    new(tmp_path / "a", default_templates(), data=data)
    recipe = (tmp_path / "a" / "content" / "experiments.toml").read_text()
    assert 'label = "kind"\ncolumns = ["width", "height"]  #' in recipe and '["Unnamed: 4", "id"]\n' in recipe
    assert '\nmissing = "drop"  # rows that lack a value' in recipe
    said, *_ = experiments.read(tmp_path / "a" / "content" / "experiments.toml").said
    assert "78 rows of 2 numbers" in said and "; 2 more lack a value and are left out." in said
    data.write_text("\n".join(["kind,about", *(f"{'ab'[at % 2]},word {at}" for at in range(80))]))
    with pytest.raises(ContentError, match="no column of numbers; expected one at least"):
        new(tmp_path / "b", default_templates(), data=data, label="kind")


def test_a_table_of_words_makes_an_article_about_them(tmp_path):
    rows = [f"{'ep'[at % 2]},{'xbf'[at % 3]},{'pal'[at % 3 - at % 2]},note {at}" for at in range(60)]
    (tmp_path / "mushrooms.csv").write_text("\n".join(["class,shape,odor,about", *rows]))
    new(tmp_path / "a", default_templates(), data=tmp_path / "mushrooms.csv", label="class")
    source = tmp_path / "a" / "content" / "experiments.toml"
    assert '\nlabel = "class"\ncolumns = ["shape", "odor"]  # left out' in source.read_text()
    [run, *_] = experiments.read(source).experiments[0].runs
    assert dict(run.spec.dataset_options)["inputs"] == 6


@pytest.mark.parametrize(("rows", "columns"), [(20, 1500), (9000, 5)])
def test_a_table_too_large_to_travel_makes_an_article_that_can_be_built(tmp_path, rows, columns):
    data = tmp_path / "wide.csv"
    numbers = np.random.default_rng(0).standard_normal((rows, columns)).round(6).tolist()
    lines = [",".join([*map(str, row), "ab"[at % 2]]) for at, row in enumerate(numbers)]
    data.write_text("\n".join([",".join([*(f"c{at}" for at in range(columns)), "kind"]), *lines]))
    new(tmp_path / "a", default_templates(), data=data)
    source = tmp_path / "a" / "content" / "experiments.toml"
    experiments.read(source)  # refuses what is too heavy
    assert ("ship = 1" in source.read_text()) == (columns == 5)


def test_a_table_of_more_classes_than_colours_makes_an_article_that_can_be_built(tmp_path):
    data = tmp_path / "letters.csv"
    data.write_text("\n".join(["x,y,letter", *(f"{at % 7},{at % 5},l{at % 40}" for at in range(400))]))
    new(tmp_path / "a", default_templates(), data=data)
    plan = experiments.read(tmp_path / "a" / "content" / "experiments.toml")  # refuses what cannot be drawn
    assert {run.spec.classes for run in plan.experiments[0].runs} == {12}


def test_the_workflow_fits_the_schema_and_may_do_little(started):
    path = started / ".github" / "workflows" / "pages.yml"
    assert schemas.fits("vendor.github-workflows", path)
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["build"]["permissions"] == {"contents": "read", "pages": "read"}
    assert workflow["jobs"]["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}


def test_the_workflow_builds_with_the_version_that_made_the_article(started):
    workflow = (started / ".github" / "workflows" / "pages.yml").read_text()
    assert f"run: pip install peek-article=={__version__}  # " in workflow


@pytest.mark.parametrize("code", ["", "lab", "templates/figures"])
def test_the_workflow_asks_for_the_code_that_an_article_has(tmp_path, code):
    (tmp_path / "content" / code).mkdir(parents=True)
    workflow = yaml.safe_load((default_templates() / "new" / "shared" / "pages.yml").read_text())
    [build] = [step["run"] for step in workflow["jobs"]["build"]["steps"] if step.get("name") == "Build"]
    asked = subprocess.run(["bash", "-ec", f"peek() {{ echo $*; }}\n{build}"], cwd=tmp_path, capture_output=True)
    assert asked.stdout.decode().split() == ["build", "--strict", "--base-url", *["--lab"] * bool(code)]


def test_what_is_shipped_reads_well_whichever_values_come_out(started):
    """No range from a least to a greatest value, which may be one; no second stop behind a title that ends."""
    for path in (default_templates() / "new").rglob("*.md"):
        for sentence in re.split(r"(?<=[.!?])\s", re.sub(r'\{claim="[^"]*"[^}]*\}', "", path.read_text())):
            asked = re.findall(r"\.(min|max)\(\s*[\"'](\w+)", sentence)
            assert not {key for which, key in asked if which == "min"} & {key for which, key in asked if which == "max"}
    assert "?." not in re.sub("<[^>]+>", "", (started / "site" / "index.html").read_text().partition("<main")[2])


def test_a_page_about_runs_names_a_command_that_there_is(started):
    said = re.findall(r'aria-label="Command"><code>(.*?)</code>', (started / "site" / "reproduce.html").read_text())
    assert said[0] == "peek build" + " --lab" * (started / "content" / "lab").is_dir()
    [verify] = [command for command in said if command.startswith("peek verify . ") or command == "peek verify ."]
    assert main(["verify", str(started / "site"), *verify.split()[3:]]) == 0  # where no run can train again, without


def test_git_leaves_the_output_out(started):
    subprocess.run(["git", "init", "-q", str(started)], check=True)
    subprocess.run(["git", "add", "-A"], cwd=started, check=True)
    listed = subprocess.run(["git", "ls-files"], cwd=started, check=True, capture_output=True, text=True).stdout.split()
    example = default_templates() / "new" / started.name.removeprefix("new-")
    own = [path.relative_to(example).as_posix() for path in example.rglob("*") if path.is_file()]
    assert sorted(listed) == sorted(
        [".gitattributes", ".gitignore", ".github/workflows/pages.yml", "site/.gitignore", *own]
    )


def test_what_an_installer_compiled_is_no_part_of_it(tmp_path):
    shutil.copytree(default_templates() / "new", tmp_path / "new")
    compiled = tmp_path / "new" / "superposition" / "content" / "lab" / "__pycache__" / "superposition.cpython-311.pyc"
    compiled.parent.mkdir(exist_ok=True)
    compiled.write_bytes(b"")
    (tmp_path / "new" / "superposition" / "content" / ".DS_Store").touch()
    files = new(tmp_path / "a", tmp_path, "superposition")
    assert not [path for path in files if path.suffix == ".pyc" or path.name == ".DS_Store"]


def test_the_way_to_a_folder_that_looks_like_an_option_is_said_with_a_dot(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "--", "-a"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "next: cd ./-a && peek serve"


def test_a_table_that_is_a_folder_is_not_told_as_the_nearest(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").mkdir()
    assert main(["new", "a", "--data", "d.csv"]) == 1
    assert capsys.readouterr().err == "--data: no file d.csv\n"


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(PeekError, match="not empty; expected a new folder"):
        new(tmp_path, default_templates())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_folder_that_finder_or_explorer_has_shown_is_empty(tmp_path):
    (tmp_path / ".DS_Store").touch()
    (tmp_path / "desktop.ini").touch()
    (tmp_path / ".git").mkdir()  # of a repository that is new, too
    assert new(tmp_path, default_templates())


def test_the_command_says_what_is_next(tmp_path, capsys):
    for name, written in (("a", str(tmp_path / "a")), ("my article", f"'{tmp_path / 'my article'}'")):
        assert main(["new", str(tmp_path / name)]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == f"next: cd {written} && peek serve"
    assert main(["new", str(tmp_path / "a")]) == 1
    capsys.readouterr()
    assert main(["new", str(tmp_path / "b"), "--example", "superposition"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("peek serve --lab")

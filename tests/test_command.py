"""The command's options: each stands in the help, and does what that says."""

import csv
import os
import re
import subprocess
import sys

import pytest

from generator.__main__ import main
from generator.base.progress import Progress
from generator.content import external
from generator.runs import pipeline
from tests.edits import add

OPTIONS = (
    "--only",
    "--table",
    "--draft",
    "--strict",
    "--force",
    "--explain",
    "--base-url",
    "--single-file",
    "--profile",
)
pytestmark = pytest.mark.usefixtures("one_worker_is_this_process")


@pytest.fixture
def build(article, cache, tmp_path, capsys):
    """Runs `peek build` on the copy: (exit code, what it said)."""

    def run(*options, cache=cache):
        folders = ("--content", article, "--out", tmp_path / "site", "--cache", cache)
        code = main(["build", "--workers", "1", *map(str, folders), *options])
        return code, capsys.readouterr().err.splitlines()

    return run


def test_the_help_names_every_option_in_words(capsys):
    with pytest.raises(SystemExit):
        main(["build", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    for option in OPTIONS:
        assert re.search(rf"{option}( [A-Z]+)? [a-z]", told), option


def test_what_is_compared_is_counted_as_that(build):
    said = build("--force", "compare")[1]
    assert any(re.fullmatch(r"compare: \d+ comparisons", line) for line in said)  # several of a network


def test_one_is_not_several(capsys):
    for count in (1, 2):
        Progress().start("train", count, "networks", count)
    assert capsys.readouterr().err == "train: 1 network\ntrain: 2 networks\n"


def test_the_time_that_is_left_is_told_by_what_is_left_to_do(capsys, monkeypatch):
    seconds = iter([0, 30, 30, 60, 60])
    monkeypatch.setattr("time.monotonic", lambda: next(seconds))
    progress = Progress()
    progress.start("train", 40, "networks", 400)
    progress.advance(1, 100)
    progress.advance(9, 200)
    said = ["train: 40 networks", "train: 1 of 40 networks, 90 s left", "train: 10 of 40 networks, 20 s left"]
    assert capsys.readouterr().err.splitlines() == said


def test_a_reader_who_has_seen_enough_is_no_fault():
    unread, written = os.pipe()
    os.close(unread)
    done = subprocess.run([sys.executable, "-m", "generator", "list", "marks"], stdout=written, stderr=subprocess.PIPE)
    os.close(written)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_console_that_lacks_signs_is_no_fault():
    told = {}
    for encoding in ("utf-8", "ascii"):
        environment = {**os.environ, "PYTHONIOENCODING": encoding}
        command = [sys.executable, "-m", "generator", "list", "figures"]
        told[encoding] = subprocess.check_output(command, env=environment)
    assert told["ascii"] == told["utf-8"].decode().encode("ascii", "backslashreplace") != told["utf-8"]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("serv", "serve"),
        ("biuld", "build"),
        ("build --force tran", "train"),
        ("build --allow uneven-clases", "uneven-classes"),
        ("build --srtict", "--strict"),
        ("new a --exmple digits", "--example"),
        ("list mesures", "measures"),
    ],
)
def test_a_word_that_is_no_choice_is_told_with_the_nearest(capsys, asked, meant):
    with pytest.raises(SystemExit) as ended:
        main(asked.split())
    assert ended.value.code == 2 and capsys.readouterr().err.endswith(f'; did you mean "{meant}"?\n')


@pytest.mark.parametrize(
    "stage", ["measure", *(pytest.param(one, marks=pytest.mark.breadth) for one in ("train", "draw", "bundle"))]
)
def test_force_runs_a_stage_again_and_explain_says_why(build, stage):
    build()
    code, said = build("--force", stage, "--explain")
    ran = {line.partition(":")[0]: line.partition(": ")[2] for line in said if re.match(r"[a-z]+: \d+ of \d+", line)}
    assert code == 0 and re.fullmatch(r"\d+ of \d+, forced", ran[stage])
    assert all(
        why.endswith("all in the cache") for name, why in ran.items() if name in {"train", "measure", "draw"} - {stage}
    )


def test_only_trains_an_experiment_and_leaves_the_site(build, article, tmp_path):
    file, fresh = article / "experiments.toml", tmp_path / "fresh"
    add(file, '\n[experiment.more]\nclasses = 3\nactivation = "tanh"\nhidden = [8, 2]\nepochs = 20\n')
    code, said = build("--only", "more", "--explain", cache=fresh)
    assert code == 0 and "train: 1 of 1, not in the cache: experiment more" in said
    assert said[-1] == "more: in the cache; the site is as it was" and not (tmp_path / "site").exists()
    code, said = build("--explain", cache=fresh)
    assert code == 0 and "train: 2 of 3, not in the cache: experiment grid" in said
    code, said = build("--only", "mroe")
    assert code == 1 and said == [f'{file}: no experiment "mroe"; expected one of grid, more; did you mean "more"?']


@pytest.mark.parametrize("epoch", ["today", "²", "1.5", "9" * 30])
def test_a_date_that_is_none_is_told_before_anything_is_made(build, tmp_path, monkeypatch, epoch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    code, said = build(cache=tmp_path / "fresh")
    wanted = f'SOURCE_DATE_EPOCH is "{epoch}"; expected seconds since 1970, such as 1767225600, or nothing'
    assert code == 1 and said == [wanted] and not (tmp_path / "site").exists()


def test_a_table_of_some_experiments_holds_what_was_measured_and_says_where(build, article, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1772323200")
    source, file = article / "experiments.toml", article / "all.csv"
    more = 'classes = [2, 3]\nactivation = "tanh"\nhidden = [8, 2]\nepochs = 20\nseeds = 2\n'
    add(source, f"\n[experiment.more]\ndataset = 'arms'\n{more}[experiment.rest]\n{more}")
    code, said = build("--only", "more", "--only", "grid", "--table", str(file))
    assert code == 0 and said[-2].startswith(f"{file}: 6 runs, ") and not (tmp_path / "site").exists()
    found = external.read(article, "all", "all.csv", {})
    assert re.match(
        r"profile standard, 6 runs, 2026-03-01, .+, Python \d.*, torch \d.*, numpy \d", found.source["about"]
    )
    assert not {"hidden", "centres", "l2"} & {*found.columns} and len(found.rows) == 6
    add(source, '\n[results.all]\nfile = "all.csv"\n')
    add(article / "article.md", "\n[So]{claim=\"all.where(experiment='more').count == 4\"}.\n")
    code, said = build()
    assert code == 0
    told = {}
    for name in ("grid", "more"):
        with (tmp_path / "site" / "data" / f"{name}.csv").open() as table:
            told |= {(name, row["classes"], row["activation"], row["seed"]): row for row in csv.DictReader(table)}
    for row in found.rows:
        run = told[tuple(str(row[key]) for key in ("experiment", "classes", "activation", "seed"))]
        for key in {"accuracy", "loss", "objective", "largest_norm", "margin", "knot_norm"} & row.keys():
            assert row[key] == (pytest.approx(float(run[key]), rel=1e-4) if run[key] else None)
    assert {"loss", "objective", "margin", "knot_norm"} <= found.rows[0].keys()
    page = (tmp_path / "site" / "reproduce.html").read_text()
    assert "profile standard, 6 runs, 2026-03-01" in page and "Python" in page


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--only", "grid", "--table", "a.json"], "--table a.json; expected a file that ends in .csv"),
        (["--only", "grid", "--table", "no/a.csv"], "--table no/a.csv: no folder no; expected one that is there"),
        (["--single-file", "a.md"], "--single-file a.md; expected a file that ends in .html"),
        (["--single-file", "a.csv/a.html"], "--single-file a.csv/a.html: "),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_is_trained(build, tmp_path, monkeypatch, options, wrong):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").touch()
    monkeypatch.setattr(pipeline, "make", lambda *_: pytest.fail("it trained"))
    code, said = build(*options)
    assert code == 1 and len(said) == 1 and said[0].startswith(wrong)


def test_draft_marks_each_page_and_asks_search_engines_to_look_away(build, tmp_path):
    build("--draft")
    for name in ("index.html", "gallery.html"):
        page = (tmp_path / "site" / name).read_text()
        assert re.search(r'<meta name="robots" content="noindex', page) and "draft" in page.lower(), name
    build()
    assert "noindex" not in (tmp_path / "site" / "index.html").read_text()


def test_strict_makes_warnings_errors_and_leaves_the_site(build, article, tmp_path):
    build()
    before = (tmp_path / "site" / "index.html").read_text()
    add(article / "article.md", "\n[^unused]: A note.\n")
    code, said = build("--strict")
    line = (article / "article.md").read_text().count("\n")
    assert code == 1 and said[-2:] == [
        f'warning: {article}/article.md:{line}: the footnote "unused" is never used [unused-footnote]',
        "1 warning, and --strict allows none",
    ]
    assert (tmp_path / "site" / "index.html").read_text() == before
    assert build("--strict", "--allow", "unused-footnote", "--allow", "unused-link")[0] == 0
    assert build()[0] == 0


def test_base_url_adds_what_must_be_absolute(build, tmp_path):
    build("--base-url", "https://example.org/a/")
    page = (tmp_path / "site" / "index.html").read_text()
    assert '<link rel="canonical" href="https://example.org/a/"' in page and (tmp_path / "site" / "feed.xml").exists()


def test_single_file_packs_the_article(build, tmp_path):
    code, said = build("--single-file", str(tmp_path / "article.html"))
    assert code == 0 and any(re.fullmatch(rf"{tmp_path}/article\.html: \d+\.\d MB", line) for line in said)
    assert "data:image/webp;base64," in (tmp_path / "article.html").read_text()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a system without a full device")
def test_an_output_that_takes_nothing_is_told_as_that():
    for words, closed, wanted in (
        ("list", ">/dev/full", (1, "standard output: No space left on device\n")),
        ("check nothing", ">/dev/full", (1, "nothing: no index.html; expected a site that peek build made\n")),
        ("list marks", ">&-", (0, "")),
        ("list marks", ">&- 2>&- <&-", (0, "")),
    ):
        command = f"{sys.executable} -m generator {words} {closed}"
        ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == wanted, command


def test_a_folder_that_is_gone_is_told(tmp_path):
    where = {"PYTHONPATH": os.getcwd(), "HERE": str(tmp_path / "gone"), "PYTHON": sys.executable}
    command = 'mkdir "$HERE"; cd "$HERE"; rmdir "$HERE"; exec "$PYTHON" -m generator build'
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=os.environ | where)
    wanted = "the folder that this command runs in is gone; expected one that is there\n"
    assert ran.returncode == 1 and ran.stderr.endswith(wanted) and "Traceback" not in ran.stderr

"""A whole small article through the command: built, left alone, rebuilt, refused; and never half written."""

import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from generator import build as make
from generator.__main__ import main
from generator.base.progress import Progress
from generator.base.warnings import WARNINGS
from generator.options import Options
from generator.runs import catalogue, pools
from tests.edits import add, edit
from tests.promises import tree

STARTED_S = 60  # far beyond what a busy machine takes
ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.usefixtures("one_worker_is_this_process")


@pytest.fixture
def build(article, cache, tmp_path, capsys):
    """Runs `peek build` on the copy: (exit code, last line of output, all that was said)."""

    def run(*options):
        out = tmp_path / "site"
        folders = ["--content", str(article), "--out", str(out), "--cache", str(cache)]
        code = main(["build", "--workers", "1", *folders, *options])
        said = capsys.readouterr()
        return code, (said.out.splitlines() or [""])[-1], said.err

    return run


def test_builds_a_site_and_ends_with_the_path_of_the_page(build, tmp_path):
    code, last, _ = build()
    found = tree(tmp_path / "site")
    assert code == 0 and last == str(tmp_path / "site" / "index.html")
    assert {"index.html", "gallery.html", "reproduce.html", "404.html", ".nojekyll", "data/grid.csv"} <= set(found)
    assert {"plots/2/tanh.hidden.anim.gif", "plots/2/ReLU.loss.dark.webp", "social-card.png"} <= set(found)
    text = found["index.html"].decode()
    assert "Two networks with 2 classes" in text and "{{ results" not in text
    assert not {"sitemap.xml", "feed.xml"} & set(found)


def test_a_second_build_changes_nothing_and_says_why(build, tmp_path):
    build()
    before = tree(tmp_path / "site")
    code, _, said = build("--explain")
    assert code == 0 and "nothing to do" in said and "site unchanged" in said
    assert tree(tmp_path / "site") == before


def test_a_card_that_is_drawn_alone_asks_for_one_process(build, article, monkeypatch):
    build()
    asked, local = [], pools.local
    monkeypatch.setattr(pools, "local", lambda workers: asked.append(workers) or local(workers))
    edit(article / "article.md", "title: A tiny article", "title: Another")
    assert build("--workers", "8")[0] == 0 and asked == [1]


@pytest.mark.breadth  # tests/promises/sameness.py has it too
def test_the_same_content_gives_the_same_bytes_whatever_the_workers(build, article, tmp_path):
    build()
    options = ["--content", str(article), "--out", str(tmp_path / "other"), "--cache", str(tmp_path / "fresh")]
    others = set(multiprocessing.active_children())
    assert main(["build", "--quiet", "--workers", "2", *options]) == 0
    assert set(multiprocessing.active_children()) <= others  # no worker outlives its build
    one, other = tree(tmp_path / "site"), tree(tmp_path / "other")
    assert one.keys() == other.keys()
    assert [path for path in one if one[path] != other[path]] == []


def test_a_word_changes_the_page_and_trains_nothing(build, article, tmp_path):
    build()
    edit(article / "article.md", "Where the points go", "Where all points go")
    _, _, said = build("--explain")
    assert "nothing to do" in said and "site written" in said
    assert "Where all points go" in (tmp_path / "site" / "index.html").read_text()


def test_mistakes_in_every_file_are_said_at_once_and_the_site_stays(build, article, tmp_path):
    build()
    before = tree(tmp_path / "site")
    for name, old, new in (("article.md", "date: 2026", "dat: 2026"), ("experiments.toml", "epochs", "epoch")):
        edit(article / name, old, new)
    code, _, said = build()
    assert code == 1 and tree(tmp_path / "site") == before
    assert f'{article}/experiments.toml:10: unknown key of an experiment "epoch"' in said
    assert f'{article}/article.md:6: unknown key "dat"' in said or re.search(r"article\.md:6: .*dat", said)


def test_a_mistake_in_the_text_leaves_the_site(build, article, tmp_path):
    build()
    before = tree(tmp_path / "site")
    edit(article / "article.md", "hidden-plane", "hiden-plane")
    code, _, said = build()
    assert code == 1 and 'unknown figure "hiden-plane"' in said and 'did you mean "hidden-plane"?' in said
    assert tree(tmp_path / "site") == before


def test_a_base_url_adds_absolute_addresses_feed_and_sitemap(build, tmp_path):
    build("--base-url", "https://example.org/repo/")
    found = tree(tmp_path / "site")
    assert {"sitemap.xml", "feed.xml"} <= set(found)
    assert b'<link rel="canonical" href="https://example.org/repo/"' in found["index.html"]


def test_a_title_is_all_that_an_article_must_say_of_itself(build, article, tmp_path):
    text = (article / "article.md").read_text()
    (article / "article.md").write_text("# Rooms\n" + text.split("---\n", 2)[2])
    code, _, said = build("--base-url", "https://example.org/repo/", "--strict")
    assert code == 0, said
    found = tree(tmp_path / "site")
    assert "feed.xml" not in found and "sitemap.xml" in found and b"feed.xml" not in found["index.html"]
    ends = ("index.html", "reproduce.html", ".md", ".xml")
    told = {path: data for path, data in found.items() if path.endswith(ends)}
    assert [path for path, data in told.items() if b"None" in data or b" by ." in data] == []
    assert (
        b"Cite this article" not in found["index.html"]
        and b"From Rooms (n.d.). https" in found["data/grid/k2-tanh-s1.py"]
    )


def test_a_collapsed_run_is_a_warning_shown_again_and_an_error_when_strict(build, article, tmp_path):
    edit(article / "experiments.toml", '["tanh", "relu"]', '"relu"\nbias_start = -9.0\nseeds = 2')
    edit(article / "article.md", "[tanh, relu]", "[relu]")
    code, _, first = build("--quiet")
    assert (
        code == 0
        and "warning: experiment grid, run k2-relu-s1: collapsed, accuracy 0.50 with 2 classes; 1 more of its runs did"
        " [collapsed-run]"
        in first
    )
    _, _, again = build("--quiet")
    assert "collapsed" in again
    code, _, said = build("--strict")
    assert code == 1 and "--strict allows none" in said
    assert "collapsed" in (tmp_path / "site" / "gallery.html").read_text()


def test_works_that_nobody_cites_are_told_when_asked_for(article, cache, tmp_path):
    add(article / "references.bib", "\n@misc{lonely, title={\\unknown}}\n@misc{lonely, title={Broken\n")
    folders = {"content": article, "out": tmp_path / "site", "cache": cache}
    for unused, kinds in ((False, []), (True, ["uncited-work", "broken-work"])):
        built = make.build(make.Options(**folders, unused=unused), Progress(quiet=True))
        assert [name for name, said in built.warnings if name.endswith("-work")] == kinds


def test_a_warning_that_is_allowed_is_not_said_and_does_not_count(article, cache, tmp_path, capsys):
    add(article / "article.md", "\n[^a]: Note.\n\n[b]: gallery.html\n")
    folders = {"content": article, "out": tmp_path / "site", "cache": cache}
    for allow, left in (({"unused-link"}, ["unused-footnote"]), (set(), ["unused-footnote", "unused-link"])):
        built = make.build(make.Options(**folders, allow=frozenset(allow)), Progress(quiet=True))
        assert [warned.name for warned in built.warnings] == left
        assert re.findall(r"\[([\w-]+)\]$", capsys.readouterr().err, re.MULTILINE) == left
    make.build(make.Options(**folders, allow=frozenset(WARNINGS), strict=True), Progress(quiet=True))


def test_every_warning_is_in_the_table():
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "generator").rglob("*.py"))
    assert set(re.findall(r'(?:Warned\(|\.warn\(|warning=)\s*"([^"]+)"', code)) == set(WARNINGS)


def test_a_foreign_folder_is_refused_before_anything_is_trained(build, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "thesis.tex").write_text("mine")
    code, _, said = build("--force", "draw")
    assert code == 1 and "draw:" not in said and "holds files that peek did not put there" in said
    assert tree(tmp_path / "site") == {"thesis.tex": b"mine"}


def workers(pid):
    """The processes below one; they train once they have loaded torch."""
    return [
        child for child in psutil.Process(pid).children(recursive=True) if "spawn_main" in " ".join(child.cmdline())
    ]


def test_an_interrupted_build_leaves_the_last_site_and_keeps_what_was_trained(article, cache, build, tmp_path):
    build()
    before = tree(tmp_path / "site")
    edit(article / "experiments.toml", "epochs = 60", "epochs = 200000")
    options = ["--content", str(article), "--out", str(tmp_path / "site"), "--cache", str(cache), "--workers", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "build", *options],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    assert process.stderr.readline() == "train: 2 networks\n"
    until = time.monotonic() + STARTED_S
    while not any("libtorch" in each.path for worker in workers(process.pid) for each in worker.memory_maps()):
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == "interrupted; the site is whole, and finished runs are kept\n"
    assert tree(tmp_path / "site") == before


def test_wrong_usage_is_exit_code_2(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["build", "--workers", "0"])
    assert caught.value.code == 2 and "not a whole number, at least 1" in capsys.readouterr().err


def test_a_prose_edit_imports_nothing_heavy(build, article, cache, tmp_path):
    build()
    add(article / "article.md", "\nMore.\n")
    program = (
        "import sys, json; from generator.__main__ import main; main(sys.argv[1:]);"
        "print(json.dumps([m for m in ('torch', 'sympy', 'numpy', 'scipy', 'sklearn', 'matplotlib', 'PIL', 'imageio',"
        " 'rich', 'watchfiles', 'starlette', 'pygments', 'bibtexparser', 'pylatexenc', 'babel', 'quickjs',"
        " 'generator.runs.pipeline', 'generator.content.experiments') if m in sys.modules]))"
    )
    options = ["--content", str(article), "--out", str(tmp_path / "site"), "--cache", str(cache)]
    done = subprocess.run(
        [sys.executable, "-c", program, "build", *options],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert "More." in (tmp_path / "site" / "index.html").read_text()
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_what_runs_gave_is_read_where_a_text_asks_and_made_again_where_it_is_damaged(build, article, cache):
    build()
    text = article / "article.md"
    for kept in (cache / "entries" / "contents").rglob("*.json"):
        kept.write_bytes(kept.read_bytes()[:-1])
    catalogue._LOADED.clear()
    add(text, "\nMore.\n")
    code, _, said = build()
    assert code == 0 and "damaged" not in said
    add(text, '\n{{ results.median("accuracy") | percent }}\n')
    code, _, said = build()
    assert code == 0 and "damaged; it is made again" in said
    add(text, '\n{{ results.min("accuracy") | percent }}\n')
    catalogue._LOADED.clear()
    code, _, said = build()
    assert code == 0 and "damaged" not in said


@pytest.mark.parametrize(
    ("makefile", "options", "command"),
    [
        ("", [], "peek build"),
        ("all:\n\techo\n", ["--profile", "quick"], "peek build --profile quick"),
        ("site:\n\tpeek build\n", [], "make site"),
        ("site: venv\n", ["--profile", "quick"], "make site PROFILE=quick"),
    ],
)
def test_each_article_says_its_own_command(build, article, tmp_path, makefile, options, command):
    source = article / "experiments.toml"
    add(source, "\n[profile.quick.grid]\nepochs = 60\n")
    if makefile:
        (article.parent / "Makefile").write_text(makefile)
    build(*options)
    assert f"<code>{command}</code>" in (tmp_path / "site" / "reproduce.html").read_text()


def test_nothing_of_this_machine_is_in_a_site(build, article, cache, tmp_path):
    build()
    told = [str(article), str(cache), str(tmp_path), str(Path.home())]
    assert {
        p for p in (tmp_path / "site").rglob("*") if p.is_file() and any(t.encode() in p.read_bytes() for t in told)
    } == set()


PAGES = ("gallery.html", "reproduce.html")


@pytest.mark.parametrize("plan", [None, "", "# nothing yet\n"])
def test_an_article_without_experiments_is_text_alone(article, tmp_path, capsys, plan):
    if plan is None:
        (article / "experiments.toml").unlink()
    else:
        (article / "experiments.toml").write_text(plan)
    text = (article / "article.md").read_text()
    (article / "article.md").write_text(text.partition("{{")[0] + "Only words.\n")
    site = tmp_path / "site"
    folders = [
        "--content",
        article,
        "--out",
        site,
        "--cache",
        tmp_path / "cache",
        "--base-url",
        "https://example.org/a",
    ]
    assert main(["build", "--quiet", "--strict", *map(str, folders)]) == 0, capsys.readouterr().err
    assert main(["check", str(site)]) == 0, capsys.readouterr().err
    written = tree(site)
    assert not written.keys() & {*PAGES}
    for path, data in written.items():
        if path.endswith((".html", ".xml")):
            assert not any(page in data.decode() for page in PAGES), path
    (article / "article.md").write_text(text + "\nSee the [gallery](gallery.html).\n")
    assert main(["build", "--quiet", *map(str, folders)]) == 1
    said = capsys.readouterr().err
    assert 'a link to "gallery.html", which is not there' in said
    assert 'the figure "hidden-plane" shows networks, and the article has no experiments' in said


def test_a_mark_of_the_byte_order_changes_nothing_in_any_text_file(article, cache, tmp_path):
    """Markdown, TOML, BibTeX, templates, styles, scripts, words."""
    (article / "references.bib").write_text("@misc{a, title={T}, author={A, B}, year={2001}, url={https://a.org}}\n")
    (article / "more.md").write_text("---\ntitle: More\n---\n\nAs [@a] says.\n")
    for name in ("figure.html", "css/40-figures.css", "js/page.js", "words/en.toml", "blocks/note.html"):
        target = article / "templates" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "templates" / name, target)
    made = []
    for turn in range(2):
        if turn:
            for path in article.rglob("*"):
                if path.is_file():
                    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        site = tmp_path / f"site{turn}"
        make.build(Options(content=article, out=site, cache=cache, workers=1), Progress(quiet=True))
        made.append(
            {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
        )
    assert made[0] == made[1]

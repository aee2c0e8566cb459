"""The table of options: what the command line gives and what a site's address says of it."""

import dataclasses
from pathlib import Path

import pytest

from generator import build, options
from generator.__main__ import COMMANDS, parser
from generator.base.errors import PeekError
from generator.base.progress import Progress
from generator.base.store import try_to_write
from generator.options import Options
from generator.runs.catalogue import RunContext


@pytest.fixture(autouse=True)
def an_article(tmp_path, monkeypatch):
    """Commands are given in a folder with content, a site with some in it, and a file."""
    for name in ("content", "site/content", "site/t"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a.csv").touch()
    monkeypatch.chdir(tmp_path)


def given(*words):
    return options.given(parser().parse_args(list(words)))


def test_what_is_left_out_has_the_rows_default():
    assert given("build") == given("publish") == given("serve") == given("check") == Options()
    assert given("check", "there") == Options(site=Path("there")) and given("new", "a") == Options(folder=Path("a"))


def test_no_folder_lies_in_one_that_is_published_or_replaced():
    for words, wrong in (
        (
            "build --content . --out site",
            "--out site: lies in --content ., whose files .* expected a place beside that",
        ),
        ("plan --cache content/c", "--cache content/c: lies in --content content, whose files"),
        ("build --cache content", "--cache content: is --content content, whose files"),
        ("build --single-file content/article.md", "--single-file content/article.md: lies in --content content"),
        ("build --single-file site/a.html", "--single-file site/a.html: lies in --out site, which a build replaces"),
        ("serve --cache site/c", "--cache site/c: lies in --out site, which a build replaces"),
        ("serve --content site/content", "--content site/content: lies in --out site"),
        ("build --templates site/t", "--templates site/t: lies in --out site"),
        ("build --only a --table site/a.csv", "--table site/a.csv: lies in --out site"),
    ):
        with pytest.raises(PeekError, match=wrong):
            given(*words.split())
    assert given("plan", "--content", ".").content == Path(".")
    assert given("build", "--content", ".", "--out", "../site").cache == Path(
        ".cache"
    )  # hidden: no part of the content


def test_links_in_a_circle_are_told_by_what_is_to_write_there():
    Path("circle").symlink_to("circle")
    for words in (("--out", "circle"), ("--cache", "circle/c"), ("--single-file", "circle/a.html")):
        given("build", *words)
    with pytest.raises(PeekError, match="circle: nothing can be put there, "):
        try_to_write(given("build", "--out", "circle").out)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (
            "build --content contnt",
            r'--content contnt: no such folder; expected one that is there; did you mean "content"\?',
        ),
        ("list --content a.csv", "--content a.csv: is no folder; expected one that is there"),
        ("serve --templates none", "--templates none: no such folder; expected one that is there"),
    ],
)
def test_a_folder_that_is_not_there_is_told(words, wrong):
    with pytest.raises(PeekError, match=wrong):
        given(*words.split())


def test_an_article_that_is_not_there_is_told_by_what_needs_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path / "site" / "t")
    for command in ("build", "serve", "plan", "train", "publish"):
        with pytest.raises(PeekError, match="--content content: no such folder"):
            given(command)
    assert given("list") and given("check")


@pytest.mark.parametrize("words", ["--out=", "--content=", "--cache=", "--single-file="])
def test_a_path_of_no_letters_is_wrong_usage(words, capsys):
    with pytest.raises(SystemExit) as caught:
        given("build", words)
    assert caught.value.code == 2 and "'' names nothing; expected a path" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("build", "--table", "a.csv"), "--table without --only; expected --only NAME too"),
        (("new", "a", "--label", "kind"), "--label without --data; expected --data FILE too"),
        (("train", "--scheduler", "tcp://a:1"), "--scheduler without --executor; expected --executor dask too"),
        (("verify", "--seed", "3"), "--seed without --rerun; expected --rerun N too"),
        (("build", "--single-file", "a.html", "--only", "b"), "--single-file with --only; expected one of the two"),
        (("build", "--explain", "--quiet"), "--explain with --quiet; expected one of the two"),
        (("build", "--strict", "--only", "b"), "--strict with --only; expected one of the two"),
        (("build", "--allow", "no-alt-text", "--only", "b"), "--allow with --only; expected one of the two"),
        (("build", "--unused", "--only", "b"), "--unused with --only; expected one of the two"),
        (("build", "--draft", "--only", "b"), "--draft with --only; expected one of the two"),
        (("build", "--base-url", "https://a.b", "--only", "b"), "--base-url with --only; expected one of the two"),
        (("new", "a", "--data", "b.csv", "--example", "digits"), "--data with --example; expected one of the two"),
    ],
)
def test_an_option_that_says_nothing_as_others_are_given_is_refused(words, wrong):
    with pytest.raises(PeekError, match=wrong):
        given(*words)


def test_every_option_belongs_to_commands_that_there_are():
    assert all(row.commands and set(row.commands) <= COMMANDS.keys() for _, _, row in options.rows())


def test_an_option_that_is_given_again_keeps_all():
    assert given("build", "--only", "a", "--only", "b", "--force", "draw", "--force", "draw") == Options(
        only=("a", "b"), force=frozenset({"draw"})
    )


@pytest.mark.parametrize("wrong", [("--device", "gpu"), ("--force", "drow"), ("--workers", "no"), ("--port", "1")])
def test_what_a_row_does_not_allow_is_wrong_usage(wrong, capsys):
    with pytest.raises(SystemExit) as caught:
        given("build", *wrong)
    assert caught.value.code == 2 and wrong[0] in capsys.readouterr().err


@pytest.mark.parametrize(
    "right",
    ["", "https://me.github.io/x", "https://me.github.io/x/", "http://localhost:8000", "HTTPS://example.org/a/b/"],
)
def test_a_site_may_live_at_any_address_of_the_web(right):
    assert given("build", "--base-url", right).base_url == right


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("me.github.io/x", "me.github.io/x"),
        ("//me.github.io", "me.github.io"),
        ("localhost:8000/x", "localhost:8000/x"),
        ("https:me.org", "me.org"),
        ("ftp://me.org/x", "me.org/x"),
        ("https://", "example.org"),
        ("/x", "x"),
        ("https://me.org/a b", "me.org/ab"),
        ("https://me.org/a?b=1", "me.org/a"),
        ("https://me.org/#top", "me.org/"),
        ("http://[::1", "[::1"),
    ],
)
def test_what_is_no_address_is_refused_with_what_was_meant(wrong, meant, capsys):
    with pytest.raises(SystemExit):
        given("build", "--base-url", wrong)
    assert f"{wrong!r} is not an address; expected one such as https://{meant}\n" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["-1", "65536", "http"])
def test_a_port_that_there_is_none_of_is_refused(wrong, capsys):
    with pytest.raises(SystemExit):
        given("serve", f"--port={wrong}")
    assert f"'{wrong}' is not a whole number, from 0 to 65535" in capsys.readouterr().err


def test_all_that_runs_are_made_with_comes_from_the_options(tmp_path):
    asked = Options(cache=tmp_path, workers=3, force=frozenset({"draw"}), device="auto", executor="dask", scheduler="s")
    context = build.context_of(asked, Progress(quiet=True))
    for field in dataclasses.fields(RunContext):
        if field.name not in ("store", "progress"):
            assert getattr(context, field.name) == getattr(asked, field.name) != getattr(Options(), field.name)


def test_an_option_of_another_command_is_told_as_that(capsys):
    with pytest.raises(SystemExit):
        given("build", "--port", "3")
    assert capsys.readouterr().err.endswith("unrecognized arguments: --port 3; it is an option of serve\n")

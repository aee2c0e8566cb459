"""The table of options: what the command line gives and what a site's address says of it."""

import dataclasses
from pathlib import Path

import pytest

from generator import build, options
from generator.__main__ import COMMANDS, parser
from generator.options import Options
from generator.runs.catalogue import RunContext


def given(*words):
    return options.given(parser().parse_args(list(words)))


def test_what_is_left_out_has_the_rows_default():
    assert given("build") == given("publish") == given("serve") == given("check") == Options()
    assert given("check", "there") == Options(site=Path("there")) and given("new", "a") == Options(folder=Path("a"))


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


def test_all_that_runs_are_made_with_comes_from_the_options(tmp_path):
    asked = Options(cache=tmp_path, workers=3, force=frozenset({"draw"}), device="auto", executor="dask", scheduler="s")
    context = build.context_of(asked, None)
    for field in dataclasses.fields(RunContext):
        if field.name not in ("store", "progress"):
            assert getattr(context, field.name) == getattr(asked, field.name) != getattr(Options(), field.name)

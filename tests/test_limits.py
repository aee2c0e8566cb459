"""What is too large, too deep, or no plain file is told before memory or time is spent on it; see base/limits.py."""

import os
import socket
import time
import zipfile

import pytest

from generator.__main__ import main
from generator.base import limits, toml
from generator.base.errors import ContentError
from generator.content import experiments, texts
from generator.markup import expressions, reading

GRID = """[experiment.grid]
classes = 2
activation = "tanh"
hidden = [8, 2]
epochs = 60
[dataset.d]
"""
HUGE = 10**9


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("classes = 2", f"classes = {HUGE}", "classes is 1000000000; expected a whole number, at least 2 and at most"),
        ("epochs = 60", f"epochs = {HUGE}", "epochs is 1000000000"),
        ("[8, 2]", f"[{HUGE}, 2]", "hidden is [1000000000, 2]"),
        ("[8, 2]", f"[{'8, ' * 100}2]", "hidden is [8, 8"),
        ("[8, 2]", "[90000, 90000, 2]", "a run of experiment grid would hold"),
        ("grid]", f"{'n' * 240}]", "a name of 251 signs"),
        ("grid]", "aux]", 'e.toml:1: experiment aux: Windows has no place for a name with "aux", a device of its own'),
        (
            "[8, 2]",
            f"[[{'1000, ' * 50}2], [8, 2]]",
            "in experiment grid; expected at most 200: a shorter one, or fewer",
        ),
        ("epochs = 60", f"seeds = {HUGE}", "seeds is 1000000000"),
        ("epochs = 60", f"seeds = {10**30}", "seeds is 1000000000"),
        ("epochs = 60", f'seeds = "1 to {HUGE}"', "seeds is"),
        ("epochs = 60", f"seeds = [{2**32}]", "seeds is [4294967296]"),
        ("epochs = 60", f"l2 = {list(range(1, 200))}\nseeds = 600", "119,400 runs; expected at most 100,000"),
        ("epochs = 60", f"epochs = {'9' * 5000}", "e.toml:5: a number of 5,000 digits; expected at most 4,300"),
        ("epochs = 60", f"learning_rate = {'9' * 400}", "learning_rate is 9999"),
        ("epochs = 60", f"epochs = {'[' * 9000}{']' * 9000}", "not TOML: lists too deep in each other"),
        ("epochs = 60", f"{'a.' * 9000}b = 1", "tables too deep in each other; expected at most 50"),
    ],
)
def test_a_recipe_that_is_too_large_is_a_mistake_at_once(old, new, wrong):
    began = time.monotonic()
    with pytest.raises(ContentError) as caught:
        experiments.parse(GRID.replace(old, new), "e.toml")
    assert wrong in str(caught.value) and str(caught.value).startswith("e.toml")
    assert len(str(caught.value)) < 5000 and time.monotonic() - began < 5


def test_a_long_list_keeps_its_line_and_takes_no_time():
    rows = "".join(f'  "{at}", # {at}\n' for at in range(20_000))
    began = time.monotonic()
    lines = toml.lines_of(f'about = [\n{rows}]\n[a.b]\nc = """\n[x]\nd = 1\n"""\n"e" = {{f = [1,\n2]}} # [z]\ng=1\n')
    assert lines == {("about",): 1, ("a",): 20_003, ("a", "b"): 20_003, ("a", "b", "c"): 20_004} | {
        ("a", "b", "e"): 20_008,
        ("a", "b", "g"): 20_010,
    }
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("make", ["pipe", "socket", "large", "a\nb.png", "a\\b.png", "\u202egnp.png"])
def test_what_is_no_plain_file_is_refused_before_it_is_opened(article, make, monkeypatch):
    monkeypatch.chdir(article)  # a socket's path is short
    if make == "pipe":
        os.mkfifo("x.md")
    elif make == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind("s.png")
    elif make == "large":
        with open("x.bin", "wb") as file:
            file.truncate(limits.FILE_BYTES + 1)
    else:
        open(make, "w").close()
    with pytest.raises(ContentError) as caught:
        texts.refuse_strange(article)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("source", ["9" * 3000, "1 | round(-999999999)", "1 | number(10**6)", "1 | number(1.5)"])
def test_expressions_have_limits(source):
    with pytest.raises(expressions.ExpressionError) as caught:
        expressions.evaluate(source, {})
    assert "at most" in caught.value.expected


@pytest.mark.parametrize("text", ["![" * 40_000 + "](" * 100, "[a](" * 30_000, "<!--" * 40_000, "a <!--" * 40_000])
def test_a_paragraph_made_to_be_slow_is_read_at_once(text):
    began = time.process_time()
    assert reading.read(text, 1).units
    assert time.process_time() - began < 5


def archive(path, shape, bytes_of_zeros, kind="<f8"):
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open("x.npy", "w") as member:
        member.write(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode())
        for _ in range(bytes_of_zeros // 10**6):
            member.write(bytes(10**6))


@pytest.mark.parametrize(
    ("shape", "zeros", "kind", "wrong"),
    [
        ("(30000000,)", 240_000_000, "<f8", "arrays of 240,000,128 bytes; expected at most 200,000,000"),
        ("(99999999, 99999999)", 10**6, "<f8", "x.npy is (99999999, 99999999) of float64"),
        ("(200000,)", 10**6, "<f8", "x.npy is (200000,) of float64"),
        ("(1,)", 10**6, "|O", "x.npy is (1,) of object"),
    ],
)
def test_arrays_are_looked_at_before_they_are_read(tmp_path, shape, zeros, kind, wrong):
    archive(tmp_path / "r.npz", shape, zeros, kind)
    with pytest.raises(ContentError) as caught:
        experiments.parse('[results.r]\nfile = "r.npz"', str(tmp_path / "e.toml"))
    assert wrong in str(caught.value)


def test_content_that_goes_away_while_it_is_read_is_told(article, tmp_path, monkeypatch, capsys, made_tiny):
    (article / "picture.png").write_bytes(b"x")
    read = texts.read

    def read_and_lose(*given):
        found = read(*given)
        (article / "picture.png").unlink()
        return found

    monkeypatch.setattr(texts, "read", read_and_lose)
    options = ["--content", article, "--out", tmp_path / "site", "--cache", made_tiny / "cache", "--workers", "1"]
    assert main(["build", "--quiet", *map(str, options)]) == 1
    assert capsys.readouterr().err == f"{article}/picture.png: No such file or directory; the site is as it was\n"
    assert not (tmp_path / "site").exists()

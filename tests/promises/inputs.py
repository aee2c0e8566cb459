"""Inputs that no author means: real files that a slip or a hand changed, and what is made to be slow or large."""

from __future__ import annotations

import contextlib
import functools
import io
import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from generator.__main__ import main
from generator.base import language
from generator.base.errors import ContentError, PeekError
from generator.base.memo import Memo
from generator.base.overlay import Overlay, default_templates
from generator.build import templates_of
from generator.content import experiments, texts
from generator.options import Options
from generator.site import dry_run
from generator.site.templates import TemplateRenderer
from tests.promises import ROOT, TINY

PROMISE = (
    "Whatever a text, a bibliography, a table of experiments, of words or of data, or a command line says, it is a page"
    " or a list of mistakes with their places: no traceback, no wait, and the site is as it was"
)
UNIT = "inputs"
FEW, MANY = 60, 10_000
LONGEST_S = 10
SITE = ROOT / "tests" / "sites" / "markup"
SIGNS = [
    *"`$[]{}()*_#@^|/\\<>!&:;\"'=-+.,\n\t \0\x1b\u202e\ufeff",
    *("```", "///", "$$", "{{", "}}", "[^", "---", "    ", "<!--", "](", "![", "é", "\U0001f600", "<script>", "&#0;"),
    *(
        "9" * 5000,
        "1e999",
        "-1",
        "inf",
        "nan",
        "null",
        "true",
        "[[",
        "'''",
        '"""',
        "..",
        "../" * 9,
        "%s",
        "{0.__class__}",
    ),
]
LARGE = (
    "[",
    "{",
    "(",
    "> ",
    "- ",
    "*",
    "`",
    "$",
    "<div>",
    "<!--",
    "![",
    "](",
    "{{ ",
    "///\n",
    "a|",
    "#",
    "\\",
    "9",
    "é",
    "[^a]",
)


def without(text: str, at: int, rng: random.Random) -> str:
    return text[:at] + text[at + rng.randint(1, 40) :]


def with_signs(text: str, at: int, rng: random.Random) -> str:
    return text[:at] + rng.choice(SIGNS) * rng.randint(1, 3) + text[at:]


def with_a_piece_again(text: str, at: int, rng: random.Random) -> str:
    other = rng.randrange(len(text) + 1)
    return text[:at] + text[other : other + 60] + text[at:]


def with_space(text: str, at: int, rng: random.Random) -> str:
    return text[:at] + "\n" * rng.randint(1, 3) + "    " * rng.randint(0, 3) + text[at:]


def cut(text: str, at: int, rng: random.Random) -> str:
    return text[:at]


def with_another_number(text: str, at: int, rng: random.Random) -> str:
    other = rng.choice(("0", "-7", "1e9", "9" * 30))
    return text[:at] + re.sub(r"\d+", other, text[at:], count=1)


def with_very_many(text: str, at: int, rng: random.Random) -> str:
    return text[:at] + rng.choice(LARGE) * rng.choice((10, 300, 3000)) + text[at:]


SLIPS = (without, with_signs, with_a_piece_again, with_space, cut, with_another_number, with_very_many)


def changed(text: str, rng: random.Random) -> str:
    """A text with a few slips in it."""
    for _ in range(rng.choice((1, 1, 2, 5))):
        text = rng.choice(SLIPS)(text, rng.randrange(len(text) + 1), rng)
    return text


def page(folder: Path, rng: random.Random) -> None:
    """Of a text, or of its bibliography."""
    name = rng.choice(("article.md", "article.md", "second.md", "references.bib"))
    write(folder / name, changed((SITE / name).read_text(encoding="utf-8"), rng), rng)
    article = texts.read(folder)
    dry_run.rehearse(article, experiments.Plan((), "standard"), TemplateRenderer(Overlay(default_templates())))


def recipes(folder: Path, rng: random.Random) -> None:
    """Of a table of experiments."""
    source = rng.choice((ROOT / "content", TINY, ROOT / "tests" / "sites" / "second")) / "experiments.toml"
    write(folder / "experiments.toml", changed(source.read_text(encoding="utf-8"), rng), rng)
    experiments.read(folder / "experiments.toml", rng.choice(("standard", "quick")))


def words(folder: Path, rng: random.Random) -> None:
    """Of a table of words, beside a text that speaks it."""
    path = folder / "templates" / "words" / "de.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, changed((ROOT / "templates" / "words" / "de.toml").read_text(encoding="utf-8"), rng), rng)
    said = language.load("de", templates_of(Options(content=folder)), Memo())
    said("Figure {n}", n=3)


def rows(folder: Path, rng: random.Random) -> None:
    """Of a file of data, and of results."""
    table = "\n".join(["x,y,kind", *(f"{at}.5,{-at},{'ab'[at % 2]}" for at in range(12))])
    write(folder / "data" / "a.csv", changed(table, rng), rng)
    asked = '[dataset.a]\nfile = "data/a.csv"\n[experiment.e]\ndataset = "a"\nactivation = "tanh"\n'
    (folder / "experiments.toml").write_text(asked + '[results.r]\nfile = "data/a.csv"\n', encoding="utf-8")
    experiments.read(folder / "experiments.toml")


def command(folder: Path, rng: random.Random) -> None:
    """Of a command line; what it says goes to nobody."""
    known = ["build", "check", "list", "new", "publish", "--content", "--out", "--profile", "--workers", "--base-url"]
    given = [
        changed(rng.choice(known), rng).replace("\0", "") if rng.random() < 0.7 else rng.choice(known)
        for _ in range(rng.randint(1, 4))
    ]
    lines = [*given, "--content", str(folder / "none"), "--out", str(folder / "out"), "--cache", str(folder / "cache")]
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        status = main(["build" if rng.random() < 0.5 else "list", *lines])
    if status == 0:
        raise AssertionError(f"{given} ended with 0")


KINDS: tuple[Callable[[Path, random.Random], None], ...] = (page, page, recipes, words, rows, command)


def write(path: Path, text: str, rng: random.Random) -> None:
    """A file, now and then in another encoding or with a byte that is none."""
    path.parent.mkdir(exist_ok=True)
    data = text.encode(rng.choice(("utf-8",) * 12 + ("utf-16", "latin-1")), "replace")
    path.write_bytes(data if rng.random() < 0.95 else data[: len(data) // 2] + b"\xff\0" + data[len(data) // 2 :])


def check(folder: Path, count: int, rng: random.Random) -> list[str]:
    """Give each reader inputs in turn."""
    wrong = []
    given = shutil.copytree(SITE, folder / "content")
    for at in range(count):
        kind = KINDS[at % len(KINDS)]
        seed = rng.getrandbits(32)
        began = time.monotonic()
        for said in failed(functools.partial(kind, given, random.Random(seed)), given):
            wrong.append(f"{kind.__name__} of {seed}: {said}")
        if (took_s := time.monotonic() - began) > LONGEST_S:
            wrong.append(f"{kind.__name__} of {seed}: took {took_s:.0f} s")
        for name in ("article.md", "second.md", "references.bib"):
            shutil.copyfile(SITE / name, given / name)
    return wrong


def failed(read: Callable[[], None], folder: Path) -> Iterator[str]:
    """What is wrong with how an input ended."""
    try:
        read()
    except ContentError as error:
        strange = [str(one) for one in error.problems if not one.place.startswith(str(folder))]
        yield from (f"no place: {one}" for one in strange[:1])
        yield from ["no message"] * (not error.problems)
        yield from ["a message of many lines"] * any("\n" in str(one) for one in error.problems)
    except (PeekError, SystemExit):
        pass
    except BaseException as error:
        yield f"{type(error).__name__}: {error}"

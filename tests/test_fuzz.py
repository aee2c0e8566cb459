"""Whatever an author's slip makes of a text, the answer is a page or a list of mistakes."""

import random
import re
import shutil
from pathlib import Path

import pytest
from test_markup import FIXTURE, faults, rendered

from generator.base.errors import ContentError
from generator.base.overlay import Overlay
from generator.content import experiments, texts
from generator.site import dry_run
from generator.site.templates import TemplateRenderer

ROOT = Path(__file__).parent.parent
CASES = 8  # per file and kind of edit; tests/promises/inputs.py has many
ROWS = 400
SIGNS = [
    *"`$[]{}()*_#@^|/\\<>!&:;\"'=-+.\n\t ",
    *("```", "///", "$$", "{{", "}}", "[^", "---", "    ", "<!--", "](", "é"),
]


def delete_characters(text, rng):
    at = rng.randrange(len(text))
    return text[:at] + text[at + rng.randint(1, 30) :]


def insert_sign(text, rng):
    at = rng.randrange(len(text))
    return text[:at] + rng.choice(SIGNS) * rng.randint(1, 3) + text[at:]


def swap_characters(text, rng):
    a, b = sorted(rng.sample(range(len(text)), 2))
    return text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :]


def delete_lines(text, rng):
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    del lines[at : at + rng.randint(1, 4)]
    return "\n".join(lines)


def duplicate_lines(text, rng):
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    piece = lines[at : at + rng.randint(1, 6)]
    to = rng.randrange(len(lines))
    return "\n".join(lines[:to] + piece + lines[to:])


def swap_lines(text, rng):
    lines = text.split("\n")
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return "\n".join(lines)


def indent_lines(text, rng):
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    for index in range(at, min(len(lines), at + 4)):
        lines[index] = " " * rng.randint(1, 6) + lines[index]
    return "\n".join(lines)


def cut_off(text, rng):
    return text[: rng.randrange(len(text))]


EDITS = [
    *(delete_characters, insert_sign, swap_characters, delete_lines),
    *(duplicate_lines, swap_lines, indent_lines, cut_off),
]


def edited(original, edit, rng):
    """Texts of the original with one such edit, or a few."""
    for _ in range(CASES):
        text = original
        for _ in range(rng.choice((1, 1, 2, 5))):
            text = edit(text, rng) if len(text) > 2 else original
        yield text


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
@pytest.mark.parametrize("name", ["article.md", "references.bib"])
def test_random_edits_give_a_page_or_mistakes(tmp_path, name, edit):
    folder = tmp_path / "content"
    shutil.copytree(FIXTURE, folder)
    original = (folder / name).read_text(encoding="utf-8")
    rng = random.Random(f"{name} {edit.__name__}")
    for case, text in enumerate(edited(original, edit, rng)):
        (folder / name).write_text(text, encoding="utf-8")
        try:
            for page in rendered(texts.read(folder)):
                assert "\ue000" not in page.html + page.references_html, f"case {case}"
                assert not faults(page), f"case {case}"
        except ContentError as error:
            assert all(problem.place.startswith(str(folder)) for problem in error.problems), f"case {case}: {error}"


@pytest.fixture(scope="module")
def of_experiments(tmp_path_factory) -> Path:
    """The article's experiments, of few seeds, beside the tables that they name: of a long one its head, as no edit is
    made there."""
    folder = tmp_path_factory.mktemp("experiments")
    asked = (ROOT / "content" / "experiments.toml").read_text(encoding="utf-8")
    (folder / "experiments.toml").write_text(re.sub(r"(seeds = )\d\d+", r"\g<1>3", asked), encoding="utf-8")
    (folder / "data").mkdir()
    for table in (ROOT / "content" / "data").glob("*.csv"):
        lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / "data" / table.name).write_text("".join(lines[:ROWS]), encoding="utf-8")
    return folder / "experiments.toml"


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_random_edits_of_experiments_give_a_plan_or_mistakes(of_experiments, edit):
    original = of_experiments.read_text(encoding="utf-8")
    rng = random.Random(f"experiments {edit.__name__}")
    for case, text in enumerate(edited(original, edit, rng)):
        try:
            plan = experiments.parse(text, str(of_experiments), "quick")
            assert all(run.id for experiment in plan.experiments for run in experiment.runs), f"case {case}"
        except ContentError as error:
            places = [problem.place for problem in error.problems]
            assert places and all(each.startswith(str(of_experiments)) for each in places), f"case {case}: {error}"


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_random_edits_before_training_give_mistakes_or_nothing(tmp_path, edit):
    folder = shutil.copytree(ROOT / "tests" / "sites" / "second", tmp_path / "content")
    plan = experiments.read(folder / "experiments.toml")
    original = (folder / "article.md").read_text(encoding="utf-8")
    rng = random.Random(f"dry run {edit.__name__}")
    for case in range(CASES // 2):
        (folder / "article.md").write_text(edit(original, rng), encoding="utf-8")
        try:
            _, found = dry_run.rehearse(texts.read(folder), plan, TemplateRenderer(Overlay(ROOT / "templates")))
        except ContentError as error:
            found = error.problems
        assert all(problem.place.startswith(str(folder)) for problem in found), f"case {case}: {found}"

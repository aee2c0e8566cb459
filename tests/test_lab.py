"""An author's own code: read without being run, run in workers, kept by what it holds, left out unless asked for."""

import csv
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from generator.base.errors import ContentError
from generator.base.progress import Progress
from generator.build import build, prepare
from generator.content import experiments, lab
from generator.figures import own
from generator.networks import datasets
from generator.networks.tables import FROM_CODE
from generator.options import Options
from generator.runs import lab as running
from generator.runs.lab import LabError
from generator.site.check import check

ROOT = Path(__file__).parent.parent
FILES = {
    "walks.py": """
import numpy as np

from peek_article import lab
from .steps import longer


@lab.experiment
def walk(steps: int, drift: float = 0.5, seed: int = 1):
    '''How far a walk gets.

    drift     mean of a step
    distance  between its start and its end
    '''
    path = np.cumsum(longer(np.random.default_rng(seed).normal(drift, 1, steps)))
    print("a word")
    return {"distance": abs(path[-1]), "path": path, "ratio": -(10**400) if seed == 2 else 1.0}


@lab.measurement("share of the points above the middle")
def upper(trained):
    return (trained.points[:, 1] > 0).mean()


@lab.dataset
def bars(points_per_class, classes, rng, step: float = 0.5):
    y = np.repeat(np.arange(classes), points_per_class)
    return np.stack([step * y - step / 2, rng.uniform(-0.5, 0.5, len(y))], 1), y


@lab.figure("Where walks end.", needs="walks")
def ends(rows, style):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([row["steps"] for row in rows], [row["path"][-1] for row in rows], "o")
    return figure


@lab.figure("A disc.")
def disc(rows, style):
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><circle r="9" fill="{style.accent}"/></svg>'
""",
    "steps.py": "def longer(steps):\n    return 2 * steps\n",
    "other.py": "from peek_article import lab\n\n\n@lab.experiment\ndef other():\n    return {'one': 1}\n",
}
EXPERIMENTS = """
[dataset.mine]
kind = "bars"
points_per_class = 20
step = 0.7

[experiment.nets]
classes = 2
activation = "tanh"
hidden = [8, 2]
epochs = 20
checkpoints = 3

[experiment.walks]
run = "walk"
steps = [4, 8]
seeds = 3

[experiment.other]
run = "other"

[profile.quick.walks]
steps = 4
"""
ARTICLE = """---
title: Walks
description: How far walks get.
authors: [{name: A. Author}]
date: 2026-01-05
---

Median {{ walks.where(steps=4).median("distance") | number(3) }}, {{ walks.count }} walks,
upper {{ results.max("upper") }}.
One is {{ other.one().one }}. [They get away.]{claim="walks.min('distance') > 0"} [Its code](data/lab/walks.py).

/// figure | ends
The ends.
///

/// figure | disc
    alt: "A disc of {{ walks.count }}."

The disc.
///
"""


@pytest.fixture
def folder(tmp_path):
    content = tmp_path / "content"
    (content / "lab").mkdir(parents=True)
    for name, text in FILES.items():
        (content / "lab" / name).write_text(text)
    (content / "experiments.toml").write_text(EXPERIMENTS)
    (content / "article.md").write_text(ARTICLE)
    yield tmp_path
    lab.Lab().enter_measurements()  # what code entered here is no part of other tests
    for name in [name for name in datasets.load() if name.startswith(FROM_CODE)]:
        del datasets.load()[name]


def asked(folder, **more):
    return Options(
        content=folder / "content", out=folder / "site", cache=folder / "cache", **{"workers": 1, "lab": True, **more}
    )


def ran(built):
    return {stage: jobs for stage, (jobs, _, _) in built.report.ran.items() if jobs} if built.report else {}


def edit(folder, old, new, name="lab/walks.py"):
    path = folder / "content" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.usefixtures("one_worker_is_this_process")
def test_an_article_with_all_that_own_code_can_be(folder, capsys):
    built = build(asked(folder), Progress(quiet=True))
    site = folder / "site"
    page = (site / "index.html").read_text()
    rows = list(csv.DictReader((site / "data/walks.csv").read_text().splitlines()))
    assert [(row["steps"], row["drift"], row["seed"]) for row in rows] == [
        (steps, "0.5", seed) for steps in "48" for seed in "123"
    ]
    again = np.cumsum(2 * np.random.default_rng(3).normal(0.5, 1, 4))
    assert float(rows[2]["distance"]) == abs(again[-1])
    assert f"{np.median([float(row['distance']) for row in rows[:3]]):.3f}" in page and "6 walks" in page
    with np.load(site / "data/walks.npz") as arrays:  # of different lengths
        assert arrays["path.3"].tolist() == again.tolist() and len(arrays.files) == 6
    assert "One is 1." in page and 'alt="A disc of 6."' in page and 'alt="Where walks end."' in page
    for name, colours in (("disc", ("#673a9c", "#bda8fb")), ("ends", ("#0152c7", "#5587fe"))):
        for ending, colour in zip((".svg", ".dark.svg"), colours, strict=True):
            assert colour in (site / f"plots/lab/{name}{ending}").read_text()
    assert 'width="500" height="320" alt="Where walks end."' in page
    assert own.TEXT_PT * 96 / 72 * 350 / own.SIZE_PX[0] >= 11  # pixels of text where a phone shows it
    assert "a word" not in capsys.readouterr().out  # which has the page's path alone
    assert [str(warned) for warned in built.warnings if warned.name == "not-finite"] == [
        "experiment walks: ratio is -inf in 2 of 6 runs, with steps=4, drift=0.5, seed=2 the first; these are left out"
        " [not-finite]"
    ]
    reproduce = (site / "reproduce.html").read_text()
    assert "peek build --lab" in reproduce and "between its start and its end" in reproduce
    assert (site / "data/lab/walks.py").read_text() == FILES["walks.py"] and not (site / "lab").exists()
    assert not check(site).problems

    edit(folder, "2 * steps", "3 * steps", "lab/steps.py")  # what a file imports decides, and nothing else
    assert ran(build(asked(folder), Progress(quiet=True))) == {
        "train": 1,
        "measure": 1,
        "perform": 6,
        "bundle": 2,
        "plot": 2,
    }
    edit(folder, "'one': 1", "'one': 2", "lab/other.py")
    assert ran(build(asked(folder), Progress(quiet=True))) == {"perform": 1}
    assert "One is 2." in (site / "index.html").read_text()
    edit(folder, "Median", "The median", "article.md")
    assert build(asked(folder), Progress(quiet=True)).report is None  # the text alone: nothing of the code is read

    edit(folder, 'upper {{ results.max("upper") }}.\n', "", "article.md")
    edit(folder, "> 0).mean()", "> 0).mean() * np.nan", "lab/walks.py")
    empty = [str(warned) for warned in build(asked(folder), Progress(quiet=True)).warnings if "upper" in str(warned)]
    assert len(empty) == 1 and "walks.py:21: upper is None, or no finite number, of every network" in empty[0]


WRONG = {
    "an error": ("longer(np", "shorter(np", "walks.py:15: NameError: name 'shorter' is not defined; in walk(steps=4"),
    "an error in a file beside": ("return 2 * steps", "return steps[99]", "steps.py:2: IndexError"),
    "an end": ('print("a word")', "raise SystemExit", "walks.py:16: SystemExit; in walk(steps=4, drift=0.5, seed="),
    "an end of asyncio's": ('print("a word")', "raise __import__('asyncio').CancelledError", "walks.py:16: Cancelled"),
    "an error that says nothing": (
        'print("a word")',
        "raise type('Mute', (Exception,), {'__str__': lambda self: 1 / 0})",
        "walks.py:16: Mute; in walk(steps=4",
    ),
    "half a sign": ('"path": path', '"path": "a\\ud800"', "with an invisible character, U+D800; expected none"),
    "no library": ("import numpy as np", "import numpy as np, nowhere", "walks.py:2: ModuleNotFoundError: No module"),
    "no dict": (
        'return {"distance"',
        'return 1\n    {"distance"',
        "returned an int; expected a dict of numbers, texts and arrays by name",  # whichever seed comes first
    ),
    "an object": ('"path": path', '"path": [object()]', 'returned "path" as a list; expected a dict of numbers, texts'),
    "a sign": ('"path": path', '"path": "a\\0"', 'returned "path" with an invisible character, U+0000; expected none'),
    "a parameter": ('"path": path', '"steps": 1', 'returned "steps", which is the name of a parameter'),
    "no figure": ("return figure", "return 1", "ends returned an int; expected a figure of matplotlib, or the text of"),
    "no SVG": ("<svg xmlns", "<svg ", "disc returned text that is no SVG"),
    "labels": (
        ", 1), y",
        ", 0), y",
        "points of the shape (2, 40) and labels of the shape (40,); expected points of the shape",
    ),
    "what cannot be drawn": (
        "return figure",
        "axes.set_title('$\\\\frac$')\n    return figure",
        "ParseSyntaxException: Expected \\frac{num}{den}, found end of text (at char 5), (line:1, col:6); as what",
    ),
    "no real number": ("return (trained.points[:, 1] > 0).mean()", "return 1j", '"upper" as complex numbers; expected'),
    "a measurement": ("(trained.points", "(trained.pints", "has no attribute 'pints'; in upper(a network of"),
}


@pytest.mark.parametrize("fault", WRONG)
@pytest.mark.usefixtures("one_worker_is_this_process")
def test_a_fault_in_own_code_is_told_at_its_line_with_what_it_was_given(folder, fault):
    old, new, said = WRONG[fault]
    edit(folder, old, new, "lab/steps.py" if "steps.py" in said else "lab/walks.py")
    with pytest.raises(LabError) as caught:
        build(asked(folder), Progress(quiet=True))
    assert said in str(caught.value) and str(caught.value).startswith(str(folder / "content" / "lab"))
    assert "\n" not in str(caught.value)


READ = {
    ":3: unknown decorator": ("@lab.experiment\ndef walk", "@lab.experment\ndef walk", 'did you mean "experiment"?'),
    "not Python": ("def upper(trained):", "def upper(trained:", "walks.py:"),
    "default of drift is computed": ("drift: float = 0.5", "drift: float = 1 / 2", "a plain value: it is read and not"),
    "is annotated": ("steps: int", "steps: np.ndarray", "steps is annotated np.ndarray; expected int, float"),
    "seeds is a key": ("steps: int", "seeds: int", "the parameter seeds is a key of every experiment"),
    "expected parameters": ("upper(trained)", "upper(network)", "upper(network); expected parameters by name: trained"),
    "no sentence": ('figure("A disc.")', "figure()", "@lab.figure of disc has no sentence"),
    "needs": ('needs="walks"', 'needs="walk"', 'needs an unknown experiment "walk"; expected one of'),
    "beside": ("from .steps", "from steps", "import of steps, a file beside walks.py; expected from . import steps"),
    "no file": ("from .steps", "from .step", 'no file "step.py" beside walks.py'),
    "built-in": ("def bars(", "def moons(", '"moons" is a built-in kind of data; expected another name'),
    "what a figure needs, by its place": (
        '"Where walks end.", needs="walks"',
        '"Where walks end.", "wlaks"',
        'the figure ends needs an unknown experiment "wlaks"; expected one of nets, walks, other; did you',
    ),
    "brackets": (
        "@lab.experiment",
        "@lab.experiment()",
        "@lab.experiment(…) of walk; expected @lab.experiment, without",
    ),
    "a sentence of data": (
        "@lab.dataset",
        '@lab.dataset("Bars.")',
        "@lab.dataset(…) of bars; expected @lab.dataset(inpu",
    ),
    "no annotation": ("drift: float", 'drift: "flo at"', "drift is annotated 'flo at'; expected int, float, bool"),
    "no sentence beside": (
        '"Where walks end.", needs',
        "needs",
        "@lab.figure of ends has no sentence; expected @lab.figure(",
    ),
    "no name": ('needs="walks"', "needs=None", "needs is None; expected the name of an experiment, or a list of names"),
    "no dimensions": (
        "@lab.dataset",
        "@lab.dataset(inputs=-1)",
        "inputs is -1; expected a whole number from 1 to 10,000",
    ),
    "a device": ("def disc(", "def aux(", 'Windows has no place for a name with "aux", a device of its own'),
    "a second": ("def disc(", "def other(", "a second function other; the first is"),
}


@pytest.mark.parametrize("fault", READ)
def test_what_is_wrong_before_anything_runs(folder, fault):
    old, new, said = READ[fault]
    edit(folder, old, new)
    with pytest.raises(ContentError) as caught:
        experiments.read(folder / "content" / "experiments.toml", lab=True)
    assert said in str(caught.value)


def test_a_figure_needs_a_table_that_is_there_though_its_file_is_wrong(folder):
    """What is wrong is the file; that there is no such table would be false."""
    recipes = folder / "content" / "experiments.toml"
    recipes.write_text(recipes.read_text() + '\n[results.scan]\nfile = "scan.csv"\n')
    (folder / "content" / "scan.csv").write_text("lr,loss\n" + "0.1,0.5\n" * 9 + "0.1,0.5e\n")
    edit(folder, 'needs="walks"', 'needs="scan"')
    with pytest.raises(ContentError) as caught:
        experiments.read(recipes, lab=True)
    assert [problem.wrong for problem in caught.value.problems] == ['column 2, "loss": "0.5e" is not a number']


@pytest.mark.parametrize("name", ["loss", "label", "experiment", "noise", "labels", "step"])
def test_a_measurement_takes_no_name_that_runs_have(folder, name):
    edit(folder, "def upper", f"def {name}")
    with pytest.raises(ContentError, match=rf'walks.py:21: a column "{name}" of runs is there already'):
        build(asked(folder), Progress(quiet=True))


@pytest.mark.parametrize("name", ["gap", "epochs", "inputs"])
def test_a_parameter_of_own_data_takes_no_name_that_runs_have(folder, name):
    edit(folder, "step: float", f"{name}: float")
    edit(folder, "step = 0.7", "", "experiments.toml")
    with pytest.raises(ContentError, match=rf'a column "{name}" of runs is there already'):
        build(asked(folder), Progress(quiet=True))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"walk"', '"wlak"', ':15: run is "wlak"; expected one of other, walk; did you mean "walk"?'),
        ("steps = [4, 8]", "step = 4", ':16: unknown key of an experiment that runs walk: "step"'),
        ("steps = [4, 8]", "", ":14: experiment walks has no steps; expected steps = a whole number"),
        ("steps = [4, 8]", "steps = [4, 8.5]", ":16: steps is 8.5; expected a whole number"),
        ('run = "other"', 'run = "other"\nseeds = 2', ':21: unknown key of an experiment that runs other: "seeds"'),
        ("steps = 4", "stops = 4", ':23: unknown key of an experiment that runs walk: "stops"'),
        ("step = 0.7", "step = true", ":5: step is true; expected a number"),
        ("step = 0.7", "stepp = 1", ':5: unknown key of a bars dataset "stepp"'),
        ("classes = 2", "classes = 2\nship = 1", ":9: ship is 1 with data of your own code; expected 0"),
        ("[experiment.walks]", "[experiment.results]", 'the table of experiment results is "results"'),
    ],
)
def test_what_is_wrong_in_experiments_is_told_at_its_line(folder, old, new, said):
    edit(folder, old, new, "experiments.toml")
    edit(folder, 'needs="walks"', "needs=()")
    with pytest.raises(ContentError) as caught:
        experiments.read(folder / "content" / "experiments.toml", lab=True)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("from peek_article.lab import experiment as run", "run"),
        ("import peek_article.lab as mine", "mine.experiment"),
        ("import peek_article.lab", "peek_article.lab.experiment"),
    ],
)
def test_decorators_are_known_by_their_own_names_and_values_by_their_kind(folder, line, mark):
    (folder / "content/lab/other.py").write_text(
        f"""from typing import Literal
{line}


@{mark}
def other(level: Literal[1, 2, True] = 1, name: Literal["a", "b"] = "a", pairs: list[list[int]] = [[1, 2]]):
    return {{"kinds": repr((level, name, pairs))}}
"""
    )
    edit(folder, 'run = "other"', 'run = "other"\nlevel = 2\nname = "b"\npairs = [[[3, 4], [5]]]', "experiments.toml")
    toml = folder / "content" / "experiments.toml"
    [other] = [one for one in experiments.read(toml, lab=True).trials if one.name == "other"]
    values, _ = running.perform(lab.read(folder / "content"), "other", other.rows[0])
    assert values == {"kinds": "(2, 'b', [[3, 4], [5]])"}
    edit(folder, "level = 2", "level = 3", "experiments.toml")
    with pytest.raises(ContentError, match=r":21: level is 3; expected one of 1, 2, true"):
        experiments.read(toml, lab=True)
    edit(folder, f"@{mark}\n", "", "lab/other.py")
    with pytest.raises(ContentError, match=r':20: run is "other"; expected one of walk'):
        experiments.read(toml, lab=True)


def test_profiles_and_lists_make_grids(folder):
    edit(folder, "steps: int, ", "steps: int, widths: list[int] = (1, 2), on: bool = False, ")
    edit(folder, "seeds = 3", "seeds = 3\nwidths = [[1], [2, 3]]", "experiments.toml")
    [walks, _] = experiments.read(folder / "content" / "experiments.toml", "quick", lab=True).trials
    assert [(row["widths"], row["seed"]) for row in walks.rows] == [
        (widths, seed) for widths in ((1,), (2, 3)) for seed in (1, 2, 3)
    ]
    assert walks.rows[0] == {"steps": 4, "widths": (1,), "on": False, "drift": 0.5, "seed": 1}


def test_without_the_flag_one_message_says_what_is_left_out_and_what_needs_it(folder, capsys):
    templates = folder / "content" / "templates"
    for name in ("figures/heat.html", "words/eo.toml"):
        (templates / name).parent.mkdir(parents=True, exist_ok=True)
        (templates / name).write_text('quotes = ["„", "“", "‚", "‘"]\nnumbers = []\n[words]\n')
    (folder / "content/Second.MD").write_text("A text.")
    left = (
        "lab/other.py, lab/steps.py, lab/walks.py, templates/figures/heat.html were left out, as they are code: --lab"
    )
    with pytest.raises(ContentError) as caught:
        build(asked(folder, lab=False), Progress())
    err = capsys.readouterr().err
    assert (
        err.count(left) == 1
        and "Second.MD was left out, as a page lies beside article.md and its name ends in .md" in err
    )
    for name, file in (("bars", "walks"), ("walk", "walks"), ("other", "other")):
        assert f'is "{name}"; expected --lab, which runs lab/{file}.py' in str(caught.value)
    shutil.copy(ROOT / "tests/sites/tiny/experiments.toml", folder / "content")
    (folder / "content/article.md").write_text(ARTICLE.partition("Median")[0] + "/// figure | heat\nHot.\n///\n")
    with pytest.raises(ContentError, match=r'unknown figure "heat"; expected --lab, which runs templates/figures/heat'):
        build(asked(folder, lab=False), Progress(quiet=True))


def test_values_of_own_classes_are_plain_ones(folder):
    """Nobody but the worker knows the classes, and a kept value is the same whatever it was."""
    made = """import enum
    class Kind(str, enum.Enum): A = "a"
    class Level(enum.IntEnum): LOW = 1
    class Share(float): pass
    return {"kind": Kind.A, "level": Level.LOW, "part": Share(0.5), "wide": np.float32(0.5), "all": [Level.LOW]}"""
    edit(folder, 'print("a word")', made)
    values, arrays = running.perform(lab.read(folder / "content"), "walk", {"steps": 4, "seed": 1})
    assert values == {"kind": "a", "level": 1, "part": 0.5, "wide": 0.5}
    assert [type(value) for value in values.values()] == [str, int, float, float]
    assert running.arrays_of(arrays)["all"].tolist() == [1]


def test_what_runs_depends_on_nothing_that_ran_before(folder):
    """A worker that had another version, and global generators of random numbers."""
    edit(folder, "np.random.default_rng(seed).normal(drift, 1, steps)", "np.random.normal(drift, 1, steps)")
    first = lab.read(folder / "content")
    values, _ = running.perform(first, "walk", {"steps": 4, "seed": 1})
    np.random.normal()
    assert running.perform(first, "walk", {"steps": 4, "seed": 1})[0] == values
    edit(folder, "rng.uniform(-0.5, 0.5, len(y))", "np.random.uniform(-0.5, 0.5, len(y))")
    drawn = []
    for seed in (1, 1, 2):
        kind = running.enter(first.place, lab.read(folder / "content").texts).functions["bars"].data
        drawn.append(datasets.points(kind, 2, 10, seed)[0].tolist())
    assert drawn[0] == drawn[1] != drawn[2]
    edit(folder, "abs(path[-1])", "7")
    assert running.perform(lab.read(folder / "content"), "walk", {"steps": 4, "seed": 1})[0]["distance"] == 7
    assert running.perform(first, "walk", {"steps": 4, "seed": 1})[0] == values


def test_a_mistake_in_a_measurement_costs_no_training(folder, one_worker_is_this_process):
    edit(folder, "(trained.points", "(trained.pints")
    with pytest.raises(LabError):
        prepare(asked(folder), ["nets"], Progress(quiet=True))
    edit(folder, "(trained.pints", "(trained.points")
    _, report = prepare(asked(folder), ["nets"], Progress(quiet=True))
    assert report.ran["measure"][0] == 1
    edit(folder, "> 0).mean()", "> 1).mean()", "lab/walks.py")
    edit(folder, 'kind = "bars"\npoints_per_class = 20\nstep = 0.7', 'kind = "moons"', "experiments.toml")
    prepare(asked(folder), ["nets"], Progress(quiet=True))
    edit(folder, "> 1).mean()", "> 2).mean()", "lab/walks.py")
    _, report = prepare(asked(folder), ["nets"], Progress(quiet=True))  # of built-in data nothing but it runs again
    assert (report.ran["train"][0], report.ran["measure"][0], report.ran["draw"][0]) == (0, 1, 0)


@pytest.mark.usefixtures("one_worker_is_this_process")
def test_the_guides_example_is_built(folder):
    section = (ROOT / "content/README.md").read_text().partition("{#sec-lab}")[2].partition("\n## ")[0]
    code, toml = (section.partition(f"```{kind}\n")[2].partition("```")[0] for kind in ("python", "toml"))
    shutil.rmtree(folder / "content/lab")
    (folder / "content/lab").mkdir()
    (folder / "content/lab/superposition.py").write_text(code)
    (folder / "content/experiments.toml").write_text(
        toml.replace("seeds = 10", "seeds = 2").replace("draw = 1", "hidden = [8, 2]\nepochs = 20\ncheckpoints = 3")
    )
    text = '{{ phase.where(sparsity=0.5).median("loss") | number(2) }} {{ results.median("above") }}\n\n'
    placed = "/// figure | phase_diagram\nIt falls.\n///\n"
    (folder / "content/article.md").write_text(ARTICLE.partition("Median")[0] + text + placed)
    build(asked(folder), Progress(quiet=True))
    assert (folder / "site/data/phase.npz").exists() and (folder / "site/plots/lab/phase_diagram.dark.svg").exists()


DRAWN = """
import logging
import warnings

from peek_article import lab


@lab.figure("A.")
def a(rows, style):
    open("data/a.csv")


@lab.figure("B.")
def b(rows, style):
    warnings.warn("no glyph", stacklevel=1)
    logging.getLogger("matplotlib.mathtext").warning("no %s either", "sign")
    return "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 2'/>"


@lab.figure("C.")
def c(rows, style):
    return 3
"""


@pytest.mark.usefixtures("one_worker_is_this_process")
def test_of_all_figures_is_told_at_once_what_is_wrong_and_what_libraries_warn_of(folder, capfd):
    shutil.rmtree(folder / "content/lab")
    (folder / "content/lab").mkdir()
    (folder / "content/lab/drawn.py").write_text(DRAWN)
    (folder / "content/experiments.toml").unlink()
    (folder / "content/article.md").write_text(ARTICLE.partition("Median")[0] + "/// figure | b\nB.\n///\n")
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # as for authors
        with pytest.raises(LabError) as caught:
            build(asked(folder), Progress(quiet=True))
    place = f"{folder}/content/lab/drawn.py"
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{place}:10: FileNotFoundError: ") and "expected Path(__file__).parent.parent" in first
    assert second.startswith(f"{place}:21: c returned an int; expected a figure of matplotlib")
    said = [line for line in capfd.readouterr().err.splitlines() if "drawn.py" in line]
    assert sorted(said) == [f"{place}:14: b: no glyph", f"{place}:14: b: no sign either"]


@pytest.mark.parametrize("line", ["from generator import lab", "import generator.lab as lab"])
def test_the_decorators_leave_functions_as_they_are_and_cost_nothing_to_import(line):
    program = (
        f"import sys\n{line}\n"
        "@lab.experiment\ndef f(a): return a\n@lab.dataset(inputs=3)\ndef g(): return 1\n"
        "@lab.figure('x')\ndef h(rows, style): return 2\n@lab.measurement('x')\ndef i(trained): return 3\n"
        "print(f(0), g(), h(0, 0), i(0), [m for m in ('numpy', 'torch', 'jinja2') if m in sys.modules])"
    )
    told = {"capture_output": True, "text": True, "check": True, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
    assert subprocess.run([sys.executable, "-c", program], **told).stdout == "0 1 2 3 []\n"

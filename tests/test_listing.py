"""A run's lines of plain torch: run, and compared with the engine's own weights, key by key of the recipe."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.base.progress import Progress
from generator.build import build
from generator.networks import datasets, formulas, listing, tables
from generator.networks.recipe import RunSpec
from generator.networks.train import train_together
from generator.options import Options

TINY = Path(__file__).parent / "sites" / "tiny"
EPOCHS = 30  # more, and a corner of ReLU may be passed on one side or the other
TOLERANCE = 1e-5  # of a weight, after so many epochs whose sums are rounded in another order
BASE = RunSpec(3, "tanh", 7, points_per_class=20, hidden=(8, 2), epochs=EPOCHS, checkpoints=3)


RECIPES: dict[str, dict[str, Any]] = {
    "as it is": {},
    "ReLU, its first biases": {"activation": "relu", "bias_start": 1.0},
    "softplus": {"activation": "softplus"},
    "disk": {"activation": "disk", "hidden": (6, 5, 2)},
    "sphere": {"activation": "sphere", "hidden": (8, 3)},
    "a formula": {"activation": "a * logistic(a) + max(a, sin(2 * a) - 1, -1/3) * exp(-abs(a))"},
    "a formula with an end": {"activation": "min(max(a, -1), 1)"},
    "a formula of the length": {"activation": "tanh(r**2) / r"},
    "depth and width": {"hidden": (5, 2, 7, 3)},
    "one neuron": {"classes": 2, "hidden": (8, 1)},
    "SGD": {"optimizer": "sgd", "momentum": 0.9, "learning_rate": 0.1},
    "a constant step": {"schedule": "constant", "beta1": 0.8, "beta2": 0.999, "epsilon": 1e-6},
    "no penalty": {"l2": 0.0},
    "a penalty by layers": {"l2": 0.01, "l2_factors": (0.0, 1.0, 10.0)},
    "no bias of the head": {"head_bias": False},
    "first weights": {"init_scale": 3.0},
    "the same data": {"data_seed": 3},
    **{f"data: {kind}": {"kind": kind} for kind in datasets.load()},
    "an option of the data": {"dataset_options": (("root_radius", 0.25),)},
}


def published(spec: RunSpec, path: Path, head: np.ndarray | None = None) -> Any:
    """A run, whose arrays it writes."""
    [run] = train_together([spec], head=head)
    np.savez(path, x=run.x, y=run.y, weights=run.weights)
    return run


def carried_out(code: str) -> dict[str, Any]:
    known: dict[str, Any] = {"print": lambda *_: None}
    exec(compile(code, "listing", "exec"), known)
    known["run"].close()
    return known


def weights_of(net: Any) -> np.ndarray:
    blocks = [np.c_[layer.weight.detach().numpy(), layer.bias.detach().numpy()] for layer in net[::2]]
    return np.concatenate([block.ravel() for block in blocks])


@pytest.mark.parametrize("name", RECIPES)
def test_the_lines_are_the_recipe(name: str, tmp_path: Path) -> None:
    """They load the last weights, draw the same points and first weights bit by bit, and train to the last weights."""
    recipe = RECIPES[name]
    if name.startswith("a formula"):
        recipe = {"activation": formulas.own("mine", recipe["activation"])}
    spec = dataclasses.replace(BASE, **recipe)
    run = published(spec, tmp_path / "run.npz")
    lines = listing.listing(spec, f"np.load({str(tmp_path / 'run.npz')!r})")
    assert "generator" not in lines.load + lines.draw + lines.train and lines.short == ""
    loaded = carried_out(lines.load)
    assert np.array_equal(weights_of(loaded["net"]), run.weights[-1])
    assert abs(loaded["accuracy"]() - run.accuracy[-1]) < 1e-6
    drawn = carried_out(lines.load + lines.draw + "begun, points = first, x\n" + lines.train)
    assert np.array_equal(drawn["begun"], run.weights[0]) and np.array_equal(drawn["points"].numpy(), run.x)
    assert np.abs(weights_of(drawn["net"]) - run.weights[-1]).max() < TOLERANCE


def test_every_key_that_decides_is_in_a_recipe_or_said_to_be_left_out() -> None:
    varied = {key for recipe in RECIPES.values() for key in recipe}
    given = {"seed", "points_per_class", "epochs", "checkpoints"}  # by BASE
    beside = {"batch", "head_held", "head_start"}  # below
    assert varied | given | beside == {field.name for field in dataclasses.fields(RunSpec)}


@pytest.mark.parametrize("key", ["batch", "head_held"])
def test_what_takes_more_lines_is_loaded_alone_and_says_why(key: str, tmp_path: Path) -> None:
    spec = dataclasses.replace(BASE, **{key: 10})
    run = published(spec, tmp_path / "run.npz")
    lines = listing.listing(spec, f"np.load({str(tmp_path / 'run.npz')!r})")
    assert (lines.draw, lines.train, lines.short) == ("", "", listing.SHORT[key])
    assert np.array_equal(weights_of(carried_out(lines.load)["net"]), run.weights[-1])


def test_rows_of_a_file_and_a_start_that_is_solved_for_come_from_the_arrays(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows, y = rng.normal(size=(30, 4)), np.repeat([0, 1, 2], 10)
    kind = tables.enter(tables.Table(rows + y[:, None], y, rows[:0], y[:0], ("a", "b", "c"), ("p", "q", "r", "s")))
    head = rng.normal(size=(3, 3))
    for spec, start in (
        (dataclasses.replace(BASE, kind=kind, points_per_class=10), None),
        (dataclasses.replace(BASE, head_start="margin"), head),
    ):
        run = published(spec, tmp_path / "run.npz", start)
        lines = listing.listing(spec, f"np.load({str(tmp_path / 'run.npz')!r})")
        assert lines.draw == ""
        trained = carried_out(lines.load + lines.train)
        assert np.abs(weights_of(trained["net"]) - run.weights[-1]).max() < TOLERANCE


BOTH = """
import json, os, runpy, sys
script, notebook = sys.argv[1:]
os.chdir(os.path.dirname(script))
runpy.run_path(script)
os.chdir(os.path.dirname(notebook))
known = {}
for cell in json.load(open(notebook))["cells"]:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]), known)
"""


@pytest.fixture(scope="module")
def built(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("coded") / "site"
    build(Options(content=TINY, out=out, cache=cache, workers=1), Progress(quiet=True))
    return out


def test_a_script_runs_beside_its_arrays_and_a_notebook_alone(built: Path, tmp_path: Path) -> None:
    """Both tell the accuracy of the run's page twice: loaded, and trained again."""
    of_run = built / "data" / "grid" / "k2-tanh-s1"
    [shown] = re.findall(r"accuracy was ([\d.]+)", of_run.with_suffix(".html").read_text(encoding="utf-8"))
    alone = tmp_path / "alone.ipynb"
    alone.write_bytes(of_run.with_suffix(".ipynb").read_bytes())
    command = [sys.executable, "-c", BOTH, str(of_run.with_suffix(".py")), str(alone)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": ""}
    )
    assert done.returncode == 0, done.stderr
    said = [float(value) for value in re.findall(r"accuracy (\S+)", done.stdout)]
    assert len(said) == 4 and [abs(100 * each - float(shown)) < 0.05 + 1e-9 for each in said[::2]] == [True, True]
    assert max(abs(loaded - trained) for loaded, trained in zip(said[::2], said[1::2], strict=True)) <= 0.01
    script = of_run.with_suffix(".py").read_text(encoding="utf-8")
    assert script.startswith("# grid/k2-tanh-s1\n# From ") and "generator" not in script


def test_a_notebook_is_of_format_4_5_and_says_where_it_is_from(built: Path) -> None:
    for path in sorted(built.rglob("*.ipynb")):
        book = json.loads(path.read_text(encoding="utf-8"))
        assert book.keys() == {"cells", "metadata", "nbformat", "nbformat_minor"}
        assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
        ids = [cell["id"] for cell in book["cells"]]
        assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[\w-]{1,64}", one) for one in ids)
        for cell in book["cells"]:
            extra = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
            assert cell.keys() == {"cell_type", "id", "metadata", "source"} | extra
            assert all(isinstance(line, str) for line in cell["source"])
            assert [line.endswith("\n") for line in cell["source"]] == [True] * (len(cell["source"]) - 1) + [False]
        text = "".join(line for cell in book["cells"] if cell["cell_type"] == "markdown" for line in cell["source"])
        assert path.stem in text and "@misc{" in text


def test_a_text_that_changes_makes_no_line_anew(built: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where the article's own words change, which stand in every notebook."""
    content = built.parent / "content"
    content.mkdir()
    for path in TINY.iterdir():
        text = path.read_text(encoding="utf-8")
        (content / path.name).write_text(text.replace("title: ", "title: Another ", 1), encoding="utf-8")

    def never(*_: Any) -> None:
        raise AssertionError("lines were made")

    monkeypatch.setattr("generator.networks.listing.listing", never)
    out = built.parent / "again"
    build(Options(content=content, out=out, cache=cache, workers=1), Progress(quiet=True))
    assert "Another" in (out / "data" / "grid" / "k2-tanh-s1.py").read_text(encoding="utf-8")

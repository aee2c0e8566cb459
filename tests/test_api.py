"""The package as a library: a built site's runs as arrays, and a network from a recipe."""

import dataclasses
import doctest
import json
import pickle
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import generator
from generator import api
from generator.__main__ import main
from generator.base.errors import ContentError, PeekError
from generator.runs.pipeline import DivergedRunError
from generator.runs.results import UnknownResult
from tests.edits import add

TINY = Path(__file__).parent / "sites" / "tiny"
README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
RECIPE = {"classes": 2, "activation": "tanh", "hidden": [8, 2], "epochs": 60}
pytestmark = pytest.mark.usefixtures("one_worker_is_this_process")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, cache):
    """The tiny article and its site, with an experiment more that is neither drawn nor shipped."""
    folder = tmp_path_factory.mktemp("api")
    shutil.copytree(TINY, folder / "content")
    source = folder / "content" / "experiments.toml"
    more = '\n[dataset.rings]\nkind = "rings"\n[experiment.more]\ndataset = "rings"\nclasses = 3\nactivation = "tanh"'
    add(source, more + "\nhidden = [8, 2]\nepochs = 20\nseeds = 2\n")
    folders = ("--content", folder / "content", "--out", folder / "site", "--cache", cache)
    assert main(["build", "--quiet", "--workers", "1", *map(str, folders)]) == 0
    return folder


@pytest.fixture(scope="module")
def runs(folder):
    return generator.load(folder / "site")


def test_the_import_needs_no_library():
    heavy = ("numpy", "torch", "dataclasses", "argparse", "csv")
    program = f"import sys, generator; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], cwd=Path(generator.__file__).parent.parent, capture_output=True
    )
    assert done.stdout.strip() == b"[]", done.stderr


def test_runs_are_those_of_the_site_and_chosen_by_their_fields(runs):
    assert len(runs) == 4 and isinstance(runs[0], generator.Run)
    [relu] = runs.where(activation="relu")
    assert (relu.id, relu.experiment, relu.label) == ("k2-relu-s1", "grid", "ReLU")
    assert isinstance(runs.where(classes=[2, 3], experiment="more"), generator.Runs)
    assert runs.where(experiment="more").values("seed") == [1, 2]
    with pytest.raises(UnknownResult, match="did you mean"):
        runs.where(clases=2)
    for several in (np.array([2, 9]), range(2, 3), {2}, np.int64(2)):
        assert runs.where(classes=several).count == runs.where(classes=2).count > 0
    with pytest.raises(UnknownResult, match="expected one of 2, 3"):
        runs.where(classes=np.array([9]))
    assert isinstance(runs[1:3], generator.Runs) and runs[1:3].values("id") == [run.id for run in [*runs][1:3]]
    assert len({*runs, *runs}) == len(runs)
    assert (runs.networks, runs.where(activation="relu").networks) == (4, 1)
    assert (repr(runs), repr(relu)) == ("<4 runs of grid, more>", "<Run grid/k2-relu-s1>")
    assert {"load", "train"} <= set(dir(generator))


def test_what_a_run_computes_is_what_the_build_measured(runs):
    for run in runs.where(experiment="grid"):
        assert run.weights.shape == (len(run.checkpoints), sum(layer.size for layer in run.layers()))
        assert run.loss.shape == run.accuracy.shape == (run.spec["epochs"] + 1,)
        right = (run.predict(run.x) == run.y).mean()
        assert right == pytest.approx(run.measures["accuracy"]) == pytest.approx(run.accuracy[-1])
        hidden = run.hidden(run.x)
        centres = [hidden[run.y == k].mean(0) for k in range(run.classes)]
        np.testing.assert_allclose(centres, run.centres, atol=1e-4)
        assert not np.allclose(run.hidden(run.x, checkpoint=0), hidden)


@pytest.mark.parametrize("change", [lambda values: values.update(loss=1), lambda values: values.pop("loss")])
def test_what_a_run_was_is_not_changed(runs, change):
    trained = generator.train({**RECIPE, "epochs": 2, "checkpoints": 2})
    assert trained.has_arrays
    for run in (runs[0], trained, pickle.loads(pickle.dumps(runs[0]))):
        for values in (run.spec, run.measures):
            before = json.dumps(values)
            with pytest.raises(TypeError, match="expected a copy"):
                change(values)
            with pytest.raises(TypeError, match="expected a copy"):
                values["seed"] = 7
            assert json.dumps(values) == before and {**values, "seed": 7} == values | {"seed": 7}


def test_a_run_of_which_the_site_has_a_row_alone_says_so(runs):
    run = runs.one(experiment="more")
    assert runs.where(has_arrays=True).values("experiment") == ["grid", "grid"]
    assert not runs.where(has_arrays=False, experiment="more")[0].has_arrays
    assert 0 < run.measures["accuracy"] <= 1 and run.spec["dataset"] == "rings"
    with pytest.raises(api.NoArraysError, match="expected a run that is drawn"):
        run.hidden([[0, 0]])


def test_runs_travel_to_other_processes_and_say_what_they_have(runs):
    for run in (runs.one(experiment="grid"), generator.train({**RECIPE, "epochs": 2, "checkpoints": 2})):
        again = pickle.loads(pickle.dumps(run))
        assert np.array_equal(again.weights, run.weights) and again.classes == 2 and repr(again) == repr(run)
        assert not hasattr(run, "clases") and {"classes", "centres", "loss", "hidden"} <= set(dir(run))
    elsewhere = {**run.spec, "kind": "own-0123456789abcdef", "inputs": 2, "labels": "a; b"}  # data of no table there
    assert np.array_equal(dataclasses.replace(run, spec=elsewhere).predict(run.x), run.predict(run.x))
    some = pickle.loads(pickle.dumps(runs.where(experiment="grid")))
    assert repr(some) == "<2 runs of grid>" and some.one(activation="relu").label == "ReLU"


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        (",spirals,", ",helices,", 'kind is "helices"; expected one of'),
        (",tanh,", ",gelu,", 'activation is "gelu"; expected one of'),
    ],
)
def test_runs_of_what_another_version_knows_are_told_of(folder, tmp_path, old, new, wrong):
    (tmp_path / "data").mkdir()
    rows = (folder / "site" / "data" / "grid.csv").read_text(encoding="utf-8")
    (tmp_path / "data" / "grid.csv").write_text(rows.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError, match=rf"grid\.csv, run k2-tanh-s1: {wrong}"):
        generator.load(tmp_path)


def test_own_data_are_not_to_blame_for_a_recipe_that_is_none(runs, folder, tmp_path):
    (tmp_path / "data").mkdir()
    rows = (folder / "site" / "data" / "grid.csv").read_text(encoding="utf-8")
    own = rows.replace(",spirals,", ",own-fedcba9876543210,").replace("turn_rad,noise_rad", "inputs,labels")
    (tmp_path / "data" / "grid.csv").write_text(own.replace(",tanh,", ",gelu,"), encoding="utf-8")
    with pytest.raises(api.DamagedSiteError, match=r"grid\.csv, run k2-tanh-s1: no recipe; expected"):
        generator.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("grid.csv", lambda data: b"\xff" + data),
        ("grid.csv", lambda data: data[:-40]),
        ("grid.csv", lambda data: data.replace(b",tanh,", b",tanh,more,", 1)),
        ("grid.csv", lambda data: data.replace(b",spirals,", b",,")),
        ("grid/k2-tanh-s1.npz", lambda data: b""),
        ("grid/k2-tanh-s1.npz", lambda data: data[: len(data) // 2]),
        ("grid/k2-tanh-s1.npz", lambda data: data.replace(b"weights", b"weighty")),
    ],
)
def test_a_damaged_site_is_told_of(folder, tmp_path, name, damage):
    shutil.copytree(folder / "site" / "data", tmp_path / "data")
    path = tmp_path / "data" / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(PeekError, match=re.escape(str(path))):
        assert generator.load(tmp_path).one(id="k2-tanh-s1").weights.size


@pytest.mark.parametrize(
    ("name", "shape", "wrong"),
    [
        ("x", (40, 3), r"x has the shape \(40, 3\); expected \(40, 2\)"),
        ("y", (40, 1), r"y has the shape \(40, 1\); expected \(40,\)"),
        ("checkpoints", (), r"checkpoints has the shape \(\); expected \(1,\)"),
        ("weights", (1, 4), r"weights has the shape \(1, 4\); expected \(\d+, \d+\)"),
        ("loss", (4,), r"loss has the shape \(4,\); expected \(\d+,\), by its row of grid\.csv"),
    ],
)
def test_arrays_of_another_network_are_told_of(folder, tmp_path, name, shape, wrong):
    shutil.copytree(folder / "site" / "data", tmp_path / "data")
    path = tmp_path / "data" / "grid" / "k2-tanh-s1.npz"
    arrays = dict(np.load(path))
    np.savez(path, **{**arrays, name: np.zeros(shape, arrays[name].dtype)})
    run = generator.load(tmp_path).one(id="k2-tanh-s1")
    with pytest.raises(api.DamagedSiteError, match=wrong):
        run.hidden([[0, 0]])


def test_points_of_another_shape_are_told_of(runs):
    with pytest.raises(ValueError, match=r"shape \(2,\); expected \(N, 2\)"):
        runs[0].predict([0.0, 1.0])


@pytest.mark.parametrize("checkpoint", [3000, -60, 1.5, [0, 1], slice(2)])
def test_a_checkpoint_that_there_is_none_of_is_told_of(runs, checkpoint):
    run = runs.one(experiment="grid")
    for ask in (run.layers, lambda at: run.hidden(run.x, at), lambda at: run.predict(run.x, at)):
        with pytest.raises(IndexError, match=rf"expected an index into the {len(run.checkpoints)} of `checkpoints`"):
            ask(checkpoint)
    assert np.array_equal(run.layers(np.int64(0))[0], run.layers(-len(run.checkpoints))[0])


def test_a_recipe_trains_the_builds_network_to_the_bit(runs):
    for built in (runs.one(activation="tanh", experiment="grid"), runs.one(activation="relu")):
        again = generator.train(built.spec)
        assert again.spec == built.spec and np.array_equal(again.weights, built.weights)
        assert again.measures["accuracy"] == built.measures["accuracy"]
    other = generator.train({**built.spec, "seed": 7})
    assert other.spec["seed"] == 7 and not np.array_equal(other.weights, built.weights)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"epoch": 5}, 'recipe: unknown key of a recipe "epoch"; expected one of seed, kind, points_per'),
        ({1: 5}, 'recipe: unknown key of a recipe "1"'),
        ({"activation": "tahn"}, 'softplus; did you mean "tanh"?'),
        ({"classes": 1}, "classes is 1; expected a whole number, at least 2"),
        ({"kind": "spiral"}, 'kind is "spiral"; expected one of'),
        ({"kind": "digits"}, 'kind is "digits"; expected one of blobs, moons, rays, rings, simplex, spirals, wreath'),
        ({"kind": ["rings"], "noise": 1}, 'kind is ["rings"]; expected one of'),
        ({"kind": "rings", "noise": -1}, "noise is -1; expected a number at least 0"),
        ({"noise": 1}, 'unknown key of a recipe "noise"'),
        ({"classes": [2, 3]}, "the recipe is one of 2 runs; expected one value for each key"),
        ({"seeds": 3}, "seeds is no part of one run"),
        ({"kind": "own-37b13897ef528ae1", "dataset": "mine", "inputs": 4}, 'its data, "mine", are rows or code of an'),
        ({"seed": "x"}, 'seed is "x"; expected a whole number, at least 0'),
        ({"seed": 2**70}, "seed is 1180591620717411303424; expected a whole number, at least 0 and at most"),
        ({"activation": "own", "formula": 3}, "formula is 3; expected arithmetic of a"),
        ({"activation": None, "formula": "a"}, "recipe has no activation; expected activation ="),
        ({"dataset": "rings"}, 'dataset is "rings" without a kind; expected kind, one of blobs'),
        ({"classes": None}, "experiment recipe has no classes"),
    ],
)  # fmt: skip
def test_a_wrong_recipe_is_told_in_the_words_of_a_build(change, said):
    with pytest.raises(ContentError) as caught:
        generator.train({**RECIPE, **change})
    assert said in str(caught.value)


def test_a_recipe_of_numpys_numbers_is_the_same_recipe():
    of_numpy = {"classes": np.int64(2), "hidden": np.array([8, 2]), "learning_rate": np.float64(0.03)}
    again = generator.train({**RECIPE, **of_numpy, "epochs": np.int32(2), "checkpoints": 2})
    assert again.spec == generator.train({**RECIPE, "learning_rate": 0.03, "epochs": 2, "checkpoints": 2}).spec
    with pytest.raises(TypeError, match="the recipe is None; expected keys and values"):
        generator.train(None)


def test_a_run_that_diverges_is_told_of():
    with pytest.raises(DivergedRunError, match="recipe: the loss is not finite at epoch"):
        generator.train({**RECIPE, "activation": "relu", "learning_rate": 1e30})


def test_a_folder_without_runs_is_told_of(tmp_path):
    with pytest.raises(api.NoSiteError, match="expected a site that peek build made"):
        generator.load(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "phases.csv").write_text("sparsity,loss\n0.1,2\n")
    with pytest.raises(api.NoSiteError, match=r"no runs of networks; .* in its data, phases\.csv"):
        generator.load(tmp_path)


@pytest.mark.parametrize("words", [generator.__doc__, README.partition("\n## The runs as arrays")[2]])
def test_what_is_said_of_arrays_holds_for_the_articles_own_site(site, monkeypatch, words):
    code = re.search(r"(?<=```python\n).*?(?=```)|    import.*(?=\n\n    from)", words, re.DOTALL)[0]
    monkeypatch.setitem(sys.modules, "peek_article", generator)
    code = textwrap.dedent(code).replace('"site"', repr(str(site)))
    given = {}
    for line in code.splitlines():
        exec(line, given)
    assert given["run"].weights.size and given["runs"].networks > 100


def test_the_examples_hold(runs, folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setitem(sys.modules, "peek_article", generator)
    tried = doctest.testmod(api)
    assert tried.attempted > 6 and not tried.failed

"""Runs through the cache: nothing trains twice, only what changed trains again, bytes do not depend on the workers."""

import dataclasses
import io
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from generator import figures
from generator.base.errors import PeekError
from generator.base.memo import digest
from generator.base.progress import Progress
from generator.base.store import Store
from generator.content import experiments
from generator.measures import columns, packing
from generator.measures.measurement import Comparison
from generator.networks import datasets, machine, train
from generator.networks.spec import RunSpec, unflat
from generator.runs import export, pipeline, stages, tasks
from generator.runs.batches import batch_size, batches
from generator.runs.catalogue import RunContext
from generator.runs.pipeline import DivergedRunError
from tests.measuring import run_key
from tests.promises import tree

TOML = """\
[dataset.spirals]
points_per_class = 20
[experiment.grid]
classes = [2, 3]
activation = ["tanh", "relu"]
hidden = [8, 2]
epochs = 40
checkpoints = 6
seeds = 3
draw = 1
ship = 1
"""
pytestmark = pytest.mark.usefixtures("one_worker_is_this_process")


def make(text, cache, workers=1, **options):
    context = RunContext(Store(cache), Progress(quiet=True), workers, **options)
    plan = experiments.parse(text, "e.toml")
    return pipeline.make(plan, digest(text), context)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    return cache, *make(TOML, cache)


@pytest.mark.parametrize("gave", [[], [{"place": 1}], [{"plaice": 1}] * 3])
def test_a_comparison_gives_each_run_its_columns(made, monkeypatch, tmp_path, gave):
    shutil.copytree(made[0], tmp_path / "cache")
    place = Comparison("place", {"place": "a place"}, lambda rows, laws: gave, lambda spec: True, ("loss",))
    monkeypatch.setattr(Comparison, "source", "")
    monkeypatch.setitem(columns.COMPARISONS, "place", place)
    with pytest.raises(ValueError, match="comparison place gave other values; expected place for each run"):
        make(TOML, tmp_path / "cache")


def test_everything_is_there(made):
    cache, found, report = made
    assert [run["id"] for run in found.runs][:4] == ["k2-tanh-s1", "k2-tanh-s2", "k2-tanh-s3", "k2-relu-s1"]
    assert {stage: ran[0] for stage, ran in report.ran.items()} == {
        "train": 12,
        "measure": 0,
        "solve": 8,
        "compare": 8,
        "draw": 4 * sum(figure.suits(unflat(found.runs[0]["spec"])) for figure in figures.load().values()),
        "export": 4,
        "bundle": 2,
    }
    assert all((cache / path).exists() for path in found.files.values())
    for label in ("tanh", "ReLU"):
        for name in ("inputData.png", "hidden.anim.gif", "hidden.anim.dark.gif", "angles.dark.webp", "loss.webp"):
            assert f"plots/3/{label}.{name}" in found.files
    assert "data/grid/k2-tanh-s1.js" in found.files and "data/grid/k2-tanh-s2.js" not in found.files
    assert found.places["data/grid.csv"].read_bytes().count(b"\n") == 13


def test_every_column_of_the_tables_is_explained(made):
    _, found, _ = made
    assert all(found.columns.values())
    measured = {name for run in found.runs for name in run["measures"]}
    of_own_data = {name for each in columns.MEASUREMENTS.values() if not each.always for name in each.columns}
    assert of_own_data == {"test_accuracy"}
    assert measured == {*columns.words(())} - {*columns.RECIPE} - of_own_data
    recipe = {"id", "dataset", *(field.name for field in dataclasses.fields(RunSpec))} - {"dataset_options"} | {
        "formula",
        "image",
    }
    assert recipe == set(columns.RECIPE)
    assert {*datasets.load()["spirals"].defaults} <= {*found.columns}


def test_the_centres_of_all_runs_travel_together(made):
    _, found, _ = made
    with np.load(io.BytesIO(found.places["data/grid.centres.npz"].read_bytes())) as centres:
        assert list(centres) == [run["id"] for run in found.runs]
        for run in found.runs:
            np.testing.assert_array_equal(centres[run["id"]], run["measures"]["centres"])


def test_the_final_weights_of_all_runs_travel_together(made):
    cache, found, _ = made
    with np.load(io.BytesIO(found.places["data/grid.weights.npz"].read_bytes())) as weights:
        assert list(weights) == [run["id"] for run in found.runs]
        for run in found.runs:
            trained = tasks.decode(Store(cache).entry("runs", run["key"], "npz").read_bytes())
            np.testing.assert_array_equal(weights[run["id"]], trained.weights[-1])


def test_where_networks_are_trained_is_told(made):
    _, found, _ = made
    assert found.machine.keys() == {"processor", "instructions", "BLAS"} and all(found.machine.values())


def test_a_second_make_does_nothing(made):
    cache, first, _ = made
    again, report = make(TOML, cache)
    assert again == first
    assert all(ran == 0 for ran, _, _ in report.ran.values())


@pytest.mark.breadth  # tests/promises/sameness.py has a whole site by as many
def test_the_bytes_do_not_depend_on_the_workers(made, tmp_path):
    cache, _, _ = made
    make(TOML, tmp_path, workers=2)
    assert tree(tmp_path) == tree(cache)


def test_a_changed_experiment_trains_only_what_changed(made):
    cache, _, _ = made
    _, report = make(TOML.replace("[2, 3]", "[2, 3, 4]").replace("draw = 1", "draw = 0"), cache)
    assert report.ran["train"][:2] == (6, 18)


def test_a_stage_can_be_forced(made):
    cache, first, _ = made
    found, report = make(TOML, cache, force=frozenset({"measure"}))
    assert report.ran["measure"] == (12, 12, "forced") and report.ran["train"][0] == 0
    assert found == first


def reasons(report):
    return {stage: why for stage, (ran, _, why) in report.ran.items() if ran}


def test_a_stage_says_why_it_runs(made, tmp_path, monkeypatch):
    cache = shutil.copytree(made[0], tmp_path / "cache")
    few = TOML.replace('["tanh", "relu"]', '"tanh"').replace("[2, 3]", "2")
    _, report = make(few.replace("classes = 2", "classes = [2, 5]"), cache)
    assert reasons(report)["train"] == "not in the cache: experiment grid"
    assert reasons(report)["compare"] == "after solve, train"
    assert reasons(report)["draw"] == "after train"
    code, versions = stages.code, stages.versions
    monkeypatch.setattr(stages, "code", lambda *of: code(*of) + "!" * ("networks/datasets/spirals" in of))
    monkeypatch.setattr(stages, "versions", lambda *of: versions(*of) | ({"scipy": "9.9"} if "scipy" in of else {}))
    _, report = make(few, cache)
    assert reasons(report)["train"] == "generator/networks/datasets/spirals.py changed"
    assert reasons(report)["solve"] == f"scipy {versions('scipy')['scipy']} → 9.9 changed"
    assert reasons(report)["export"] == "after train"
    _, report = make(few, cache)
    assert reasons(report) == {}


def test_what_a_law_gave_to_start_from_is_part_of_a_runs_address(monkeypatch):
    held, drawn = RunSpec(5, "tanh", 1, head_start="margin"), RunSpec(5, "tanh", 1)
    before = run_key(held), run_key(drawn)
    code = stages.code
    monkeypatch.setattr(stages, "code", lambda *of: code(*of) + "!" * ("measures/packing" in of))
    assert run_key(held) != before[0] and run_key(drawn) == before[1]


def test_a_lost_picture_is_drawn_again(made):
    cache, found, _ = made
    lost = cache / found.files["plots/2/tanh.angles.webp"]
    before = lost.read_bytes()
    lost.unlink()
    _, report = make(TOML, cache)
    assert report.ran["draw"][0] == 1 and lost.read_bytes() == before


def test_a_diverging_run_is_named_and_the_others_are_kept(tmp_path):
    text = TOML.replace("seeds = 3", 'seeds = 1\nschedule = "constant"\nlearning_rate = [0.01, 1e30]')
    with pytest.raises(
        DivergedRunError,
        match=r":\d+: experiment grid, run k\d-\w+-learningrate1e-30-s1: the loss is not finite",
    ):
        make(text, tmp_path)


def test_a_run_that_cannot_travel_is_named(made, tmp_path, monkeypatch):
    cache = shutil.copytree(made[0], tmp_path / "cache")
    monkeypatch.setattr(export, "FINEST", export.COARSEST)
    with pytest.raises(PeekError, match=r":\d+: experiment grid, run k\d-\w+-s1: its weights .* expected ship = 0"):
        make(TOML, cache, force=frozenset({"export"}))


def test_the_table_holds_a_row_a_run_and_no_python():
    rows = [{"id": "a", "spec": {"hidden": (8, 2), "bias_start": None}, "measures": {"centres": [[0, 1]], "ok": True}}]
    assert pipeline.table(rows) == 'id,hidden,bias_start,centres,ok\na,"[8, 2]",,"[[0, 1]]",true\n'


def test_planning_imports_what_measures_alone_and_a_worker_sets_its_threads_before_numpy():
    program = (
        "import json, sys; from generator import figures; from generator.runs import tasks; figures.load();"
        "heavy = ('torch', 'numpy', 'scipy', 'sklearn', 'matplotlib', 'PIL', 'imageio', 'rich', 'sympy');"
        "worker = [m for m in heavy if m in sys.modules]; from generator.runs import pipeline;"
        "print(json.dumps([worker, [m for m in heavy if m in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], ["numpy", "scipy"]]


def test_heads_that_start_from_a_law_take_what_is_solved(tmp_path, monkeypatch):
    text = TOML.replace('["tanh", "relu"]', '"tanh"').replace("[2, 3]", "4").replace("draw = 1\nship = 1\n", "")
    context = RunContext(Store(tmp_path), Progress(quiet=True), 1)
    plan = experiments.parse(text + 'head_start = "margin"\n', "e.toml")
    optimum = [[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]
    with pipeline.Pipeline(context, plan) as runs:
        jobs = runs.training({4: {"margin": {"optima": [{"points": optimum}]}}}, list(runs.keys))
        assert [job.arguments[-1] for job in jobs] == [optimum]
        assert runs.training({}, list(runs.keys))[0].arguments[-1] is None
    disk = experiments.parse(text.replace('"tanh"', '"disk"') + 'head_start = "margin"\n', "e.toml")
    with pipeline.Pipeline(context, disk) as runs:  # whose optimum is not the square's
        jobs = runs.training({4: {"margin": {"optima": [{"points": optimum}]}}}, list(runs.keys))
        assert [job.arguments[-1] for job in jobs] == [None]
    spec, trained, given = disk.experiments[0].runs[0].spec, train.train_together, []
    monkeypatch.setattr(train, "train_together", lambda *asked: given.append(asked[-1]) or trained(*asked))
    tasks.train([dataclasses.replace(spec, epochs=1)], "cpu", "")
    np.testing.assert_array_equal(given[0], packing.predicted_head("margin", 4, room="disk"))


def test_who_trains_tells_of_the_machine_so_that_nobody_else_imports_torch_for_it(tmp_path, monkeypatch):
    context = RunContext(Store(tmp_path), Progress(quiet=True), 1)
    text = TOML.replace('["tanh", "relu"]', '"tanh"').replace("[2, 3]", "2")
    with pipeline.Pipeline(context, experiments.parse(text, "e.toml")) as runs:
        kept = Store(tmp_path).root / "entries" / "machines"
        runs.train({})
        monkeypatch.setattr(runs, "pool", None)
        assert runs.machine() == machine.told() and kept.is_dir()


def sizes(made):
    return [len(batch) for batch in made]


def test_batches_keep_all_workers_busy_to_the_end():
    large = RunSpec(classes=5, activation="tanh", seed=0)
    small = dataclasses.replace(large, classes=2, epochs=10)

    def seeds(spec, count):
        return [dataclasses.replace(spec, seed=seed) for seed in range(count)]

    most = batch_size(large)
    made = batches(seeds(large, 10 * most + 1), 2)
    assert max(sizes(made)) <= most and max(sizes(made)) - min(sizes(made)) <= 1  # none is left with a few
    assert sizes(batches(seeds(large, 2), 2)) == [1, 1]  # one each
    assert sizes(batches(seeds(large, 4), 2)) == [1] * 4
    assert sizes(batches(seeds(large, 4), 1)) == [4]  # nobody to wait for
    made = batches(seeds(small, 2) + seeds(large, 8), 2)
    assert sizes(made) == [2, 2, 2, 2, 2]  # who trains the small ones together keeps nobody waiting
    assert [batch[0].classes for batch in made] == [5, 5, 5, 5, 2]
    assert sorted(spec.seed for batch in made[:4] for spec in batch) == list(range(8))
    assert sizes(batches(seeds(large, 8), 2, "cuda")) == [8]

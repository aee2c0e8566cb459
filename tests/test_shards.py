"""Networks trained in parts, each in a cache of its own, and brought together again."""

import json
import re
import shutil
import time
from dataclasses import replace
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest

from generator import shards
from generator.__main__ import main
from generator.base.store import Store
from generator.networks import machine
from generator.networks.spec import RunSpec
from generator.runs.batches import cost, shares
from generator.runs.pipeline import Pipeline, run_keys
from tests.edits import edit
from tests.measuring import run_key

EXPERIMENTS = """
[dataset.spirals]
kind = "spirals"
points_per_class = 20

[experiment.some]
dataset = "spirals"
classes = [2, 3]
activation = "tanh"
hidden = [8, 2]
epochs = 30
checkpoints = 2
seeds = 3

[experiment.started]
dataset = "spirals"
classes = 3
activation = "tanh"
hidden = [8, 2]
head_start = "margin"
epochs = 30
checkpoints = 2
seeds = 1
"""
ARTICLE = """---
title: Parts
description: Seven networks.
authors: [{name: Some One}]
date: 2026-01-01
---

## One

{{ results.where(experiment="some").median("loss") }}
"""
PARTS = range(1, 5)


def entries(cache: Path, kind: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (cache / "entries" / kind).glob("??/*")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, one_worker_is_this_process) -> Path:
    """An article; its four parts, trained in 1 to 4; and its site, trained in one."""
    folder = tmp_path_factory.mktemp("parts")
    (folder / "content").mkdir()
    (folder / "content/experiments.toml").write_text(EXPERIMENTS)
    (folder / "content/article.md").write_text(ARTICLE)
    for part in PARTS:
        assert main(["train", *at(folder, part), "--shard", f"{part}/4", "--workers", "1", "--quiet"]) == 0
    assert main(["build", *at(folder, "one"), "--workers", "1", "--out", str(folder / "one-site"), "--quiet"]) == 0
    return folder


def at(folder: Path, cache: str | int) -> list[str]:
    return ["--content", str(folder / "content"), "--cache", str(folder / str(cache))]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 50])
def test_parts_are_the_same_wherever_they_are_made_and_cost_about_the_same(count):
    recipe = RunSpec(classes=3, activation="tanh", seed=1)
    specs = [
        replace(recipe, classes=k, hidden=hidden, seed=seed)
        for k, hidden, seed in product((3, 5), ((16, 2), (64, 2)), range(20))
    ]
    parts = shares(specs, count)
    assert parts == shares(list(dict.fromkeys(specs)), count) and len(parts) == count
    assert sorted(map(hash, specs)) == sorted(hash(spec) for part in parts for spec in part)
    costs = [sum(map(cost, part)) for part in parts]
    largest = max(map(cost, specs)) * 20
    assert max(costs) - min(costs) <= min(largest, max(map(cost, specs)) + sum(costs) / (2 * count))


def test_runs_have_the_addresses_together_that_each_has_alone():
    recipe = RunSpec(classes=3, activation="tanh", seed=1)
    pairs = product(("tanh", "relu"), (1e-4, 0.0), ("drawn", "margin"), range(5))
    specs = [replace(recipe, activation=name, l2=l2, head_start=start, seed=seed) for name, l2, start, seed in pairs]
    keys = run_keys(specs)
    assert keys == {spec: run_key(spec) for spec in specs} and len(set(keys.values())) == len(specs)


def test_four_parts_in_four_folders_give_the_bytes_of_one_build(folder, capsys):
    trained = [entries(folder / str(part), "runs") for part in PARTS]
    assert sum(map(len, trained)) == len({name for of_part in trained for name in of_part}) == 7
    assert main(["cache", "add", *(str(folder / str(part)) for part in PARTS), "--cache", str(folder / "all")]) == 0
    assert "\nadded networks: 7," in "\n" + capsys.readouterr().out
    assert entries(folder / "all", "runs") == entries(folder / "one", "runs")
    capsys.readouterr()
    assert main(["build", *at(folder, "all"), "--out", str(folder / "all-site"), "--workers", "1", "--explain"]) == 0
    assert "train: 0 of 7, all in the cache\nmeasure: 0 of 7" in capsys.readouterr().err
    sites = [
        {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
        for site in (folder / "all-site", folder / "one-site")
    ]
    assert sites[0] == sites[1]


def test_a_part_that_was_ended_goes_on_where_it_was(folder, capsys, tmp_path):
    part = next(part for part in PARTS if len(entries(folder / str(part), "runs")) > 1)
    shutil.copytree(folder / str(part), tmp_path / "cache")
    next((tmp_path / "cache/entries/runs").glob("??/*")).unlink()
    command = ["train", "--content", str(folder / "content"), "--cache", str(tmp_path / "cache")]
    assert main([*command, "--shard", f"{part}/4", "--workers", "1", "--quiet"]) == 0
    assert ", trained now: 1;" in capsys.readouterr().out
    assert entries(tmp_path / "cache", "runs") == entries(folder / str(part), "runs")


def test_what_a_part_finished_before_it_was_killed_can_be_added(folder, capsys, tmp_path, one_worker_is_this_process):
    class Killed(BaseException):
        """What ends a process so that nothing after it runs."""

    def killed(store, kind, *at):
        if kind == "runs" and entries(tmp_path / "part", "runs"):
            raise Killed
        return save(store, kind, *at)

    save = Store.save
    with pytest.MonkeyPatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Store, "save", killed)
        main(["train", "--content", str(folder / "content"), "--cache", str(tmp_path / "part"), "--workers", "1"])
    capsys.readouterr()
    assert main(["cache", "add", str(tmp_path / "part"), "--cache", str(tmp_path / "all")]) == 0
    assert "added networks: 1," in capsys.readouterr().out


def test_damage_is_left_out_and_what_is_here_stays(folder, capsys, tmp_path):
    shutil.copytree(folder / "1", tmp_path / "other")
    hit, *_ = sorted((tmp_path / "other/entries/runs").glob("??/*"))
    hit.write_bytes(hit.read_bytes()[:-1] + b"?")
    (tmp_path / "other/entries/runs/zz").mkdir()
    (tmp_path / "other/entries/runs/zz/notes.txt").write_text("not ours")
    assert main(["cache", "add", str(tmp_path / "other"), "--cache", str(tmp_path / "cache")]) == 0
    told = capsys.readouterr()
    assert f"{hit}: damaged; it is left out" in told.err
    assert entries(tmp_path / "cache", "runs").keys() == entries(folder / "1", "runs").keys() - {hit.name}
    assert main(["cache", "add", str(folder / "1"), "--cache", str(tmp_path / "cache")]) == 0
    assert entries(tmp_path / "cache", "runs") == entries(folder / "1", "runs")
    assert "added networks: 1," in capsys.readouterr().out


def signed(cache: Path, **other) -> None:
    """Change what a cache says that it was trained with and on."""
    store = Store(cache)
    (path,) = (cache / "entries/origins").glob("??/*")
    key = path.name.partition(".")[0]
    origin = store.load_json("origins", key)
    store.save_json("origins", key, {name: value | other.get(name, {}) for name, value in origin.items()})


def test_work_of_another_library_is_refused_by_name_and_another_processor_named(folder, capsys, tmp_path):
    shutil.copytree(folder / "1", tmp_path / "other")
    command = ["cache", "add", str(tmp_path / "other"), "--cache", str(tmp_path / "cache")]
    signed(tmp_path / "other", machine={"processor": "Another One"})
    assert main(command) == 0
    assert "another class of machine, so last digits may differ: processor Another One, here" in capsys.readouterr().err
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("torch.cuda.get_device_name", lambda: "Some Card")
        signed(tmp_path / "other", machine=machine.told("cuda"))
    assert main(command) == 0
    assert "last digits may differ: GPU Some Card, here none\n" in capsys.readouterr().err
    signed(tmp_path / "other", made_with={"torch": "1.0"})
    before = entries(tmp_path / "cache", "runs")
    assert main(command) == 1
    assert "trained with another torch; expected the same code and libraries" in capsys.readouterr().err
    assert entries(tmp_path / "cache", "runs") == before


@pytest.mark.parametrize("origin", [[], "words", {"made_with": {}}, {"made_with": [1], "machine": {}}, {"machine": 1}])
def test_a_cache_of_another_kind_is_no_traceback(capsys, tmp_path, origin):
    Store(tmp_path / "other").save_json("origins", "0" * 32, origin)
    assert main(["cache", "add", str(tmp_path / "other"), "--cache", str(tmp_path / "cache")]) == 1
    assert f"{tmp_path / 'other'}: no networks in it; expected" in capsys.readouterr().err


@pytest.mark.parametrize("there", [False, True])
def test_a_folder_that_is_no_cache_is_said_to_be_none(capsys, tmp_path, there):
    if there:
        (tmp_path / "other").mkdir()
        (tmp_path / "other/notes.json").write_text(json.dumps({}))
    assert main(["cache", "add", str(tmp_path / "other"), "--cache", str(tmp_path / "cache")]) == 1
    assert f"{tmp_path / 'other'}: no networks in it; expected" in capsys.readouterr().err
    assert not (tmp_path / "cache").exists()


def test_folders_that_are_none_are_told_together_once_the_others_are_added(folder, capsys, tmp_path):
    (tmp_path / "empty").mkdir()
    places = [str(tmp_path / "empty"), str(folder / "1"), str(tmp_path / "gone")]
    assert main(["cache", "add", *places, "--cache", str(tmp_path / "cache")]) == 1
    assert re.findall("(\\S+): no networks in it", capsys.readouterr().err) == [places[0], places[2]]
    assert entries(tmp_path / "cache", "runs") == entries(folder / "1", "runs")


@pytest.mark.parametrize("command", [["train"], ["build"], ["build", "--only", "some"]])
def test_a_cache_that_cannot_be_is_told_before_anything_is_trained(folder, tmp_path, capsys, command):
    (tmp_path / "cache").touch()
    out = ["--out", str(tmp_path / "site")] if "build" in command else []
    assert main([*command, *at(folder, tmp_path / "cache"), *out, "--workers", "1"]) == 1
    said = (
        f"{tmp_path}/cache/entries: nothing can be put there, not a directory; expected a folder that can be written\n"
    )
    assert capsys.readouterr().err == said


def test_a_plan_tells_what_is_missing_and_leaves_the_cache_as_it_is(folder, capsys):
    command = ["plan", *at(folder, "planned"), "--shards", "3", "--workers", "1", "--quiet"]
    assert main([*command, "--only", "some", "--only", "started"]) == 0
    first, length, size, parts, how = capsys.readouterr().out.splitlines()
    assert first == "networks: 7, to train: 7" and "of one core as here" in length and "MB in the cache" in size
    assert parts.startswith("parts that have networks to train: 3, of ")
    named = f"--content {folder / 'content'}"
    assert how == (
        f"each: peek train {named} --only some --only started --shard 1/3 --cache DIR;"
        f" here: peek cache add DIR for each, peek build {named}"
    )
    assert not entries(folder / "planned", "runs")


def test_a_plan_tells_the_space_of_what_is_trained(folder, capsys):
    """Of each recipe, not of those that it tries alone, and with what is measured."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shards, "MB", 1)
        patched.setattr(shards, "TRIED_RECIPES", 1)
        assert main(["plan", *at(folder, "planned"), "--workers", "1", "--quiet"]) == 0
    [said] = re.findall(r"about ([\d,]+) MB", capsys.readouterr().out)
    there = sum(len(data) for kind in ("runs", "measures") for data in entries(folder / "one", kind).values())
    assert int(said.replace(",", "")) == pytest.approx(there, rel=0.05)


def test_a_plan_reckons_by_the_processors_time(folder, tmp_path, capsys):
    train_all = shards.train_all
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shards, "train_all", lambda runs: (train_all(runs), time.sleep(1)))
        assert main(["plan", *at(folder, tmp_path / "cache"), "--workers", "1", "--quiet"]) == 0
    [seconds] = re.findall(r"about ([\d.]+) s of one core", capsys.readouterr().out)
    assert 0 < float(seconds) < 2  # each network would take a second more


def test_what_networks_take_is_read_off_what_some_take():
    def takes(spec):
        return 0.05 + 2e-10 * cost(spec)

    worked = [100.0]  # what a worker had done before
    executor = SimpleNamespace(submit=lambda clock: SimpleNamespace(result=lambda: sum(worked)))  # its clock
    runs = SimpleNamespace(pool=lambda: SimpleNamespace(executor=executor), solve_for_heads=dict)
    recipe = RunSpec(classes=3, activation="tanh", seed=1)
    trials = [
        [replace(recipe, seed=seed, epochs=epochs) for seed in range(count)] for epochs, count in ((4000, 3), (200, 2))
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shards, "train_all", lambda runs: worked.extend(map(takes, runs.keys)))
        seconds = shards.cost_model(runs, trials)
    for spec in (recipe, replace(recipe, hidden=(64, 2), epochs=50_000)):
        assert seconds(spec) == pytest.approx(takes(spec))


def test_a_plan_of_many_epochs_trains_the_first_alone(folder, tmp_path, capsys):
    shutil.copytree(folder / "content", tmp_path / "content")
    edit(tmp_path / "content" / "experiments.toml", "epochs = 30", "epochs = 1000000")
    trained = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shards, "train_all", lambda runs: trained.extend(runs.keys) or 0)
        patched.setattr(Pipeline, "data", lambda runs, specs: [b"" for spec in specs])
        assert main(["plan", *at(tmp_path, "planned"), "--workers", "1", "--quiet"]) == 0
    warming, *tried = trained
    assert {spec.epochs for spec in tried} == {shards.TRIED_EPOCHS} and warming.epochs == warming.checkpoints
    assert "about 56 MB in the cache" in capsys.readouterr().out  # 7 networks of 8 bytes an epoch, but those tried


@pytest.mark.parametrize("wrong", ["0/4", "5/4", "1", "a/b", "1/", "/4", "1/1000000000000"])
def test_a_part_that_cannot_be_is_refused(capsys, wrong):
    with pytest.raises(SystemExit):
        main(["train", "--shard", wrong])
    assert f"{wrong!r} is not a part; expected one such as 7/64" in capsys.readouterr().err

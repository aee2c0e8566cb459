"""The figure of a design of two factors: its intervals, its rooms, its mistakes."""

import math
import re

import numpy as np
import pytest

from generator.base import language
from generator.base.overlay import Overlay, default_templates
from generator.content import experiments, texts
from generator.markup.blocks.figure import OptionError
from generator.measures import packing
from generator.networks.activations import ACTIVATIONS
from generator.runs.results import Result, Results
from generator.runs.statistics import COVERAGE, share_interval
from generator.site.dry_run import rehearse
from generator.site.templates import TemplateRenderer
from generator.site.two_way import INSIDE, PITCH, ROOM, design

TEMPLATES = Overlay(default_templates())
LEVELS = {"rows": ["knot", "no knot"], "columns": ["circle", "none"]}
WORDS = language.english()


@pytest.mark.parametrize(("share", "n"), [(0.05, 20), (0.3, 20), (0.5, 100), (0.97, 100)])
def test_an_interval_holds_its_own_share_and_the_true_one_about_as_often_as_it_says(share, n):
    held = 0.0
    for hits in range(n + 1):
        low, high = share_interval(hits, n)
        assert 0 <= low <= hits / n <= high <= 1
        if low <= share <= high:
            held += math.comb(n, hits) * share**hits * (1 - share) ** (n - hits)
    assert held == pytest.approx(COVERAGE, abs=0.035)


def network(centres, activation="tanh", seed=1, data="a", kind="own-0", **measures):
    """A network with its classes at (k, 2) centres, as runs have it."""
    blown_up = packing.blown_up(np.array(centres, float), ACTIVATIONS[activation].room.name)
    middle = int((packing.sizes(blown_up, ACTIVATIONS[activation].room.name) < 0.5).sum())
    spec = {"kind": kind, "classes": len(centres), "seed": seed, "activation": activation, "dataset": data}
    interior = int((packing.hull_distances(np.array(centres, float)) == 0).sum())
    given = {
        "centres": np.array(centres).tolist(),
        "middle": middle,
        "interior": interior,
        "order_kept": None,
        **measures,
    }
    return Result(f"k{len(centres)}-{data}-s{seed}", "e", str(seed), activation, spec, given, {}, {})


def cell(runs, **more):
    """The only cell's data."""
    found, drawn = design({"rows": ["r"], "columns": ["c"], "cells": ["a"], **more}, Results(runs), WORDS)
    more.pop("inside", None)
    assert all(run in drawn for run in Results(runs).where(**more))
    return found["rows"][0]["cells"][0]["data"][0]


def places(path):
    return np.array(re.findall(r"m(-?\d+) (-?\d+)h0", path), float).reshape(-1, 2).cumsum(0)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("inside", INSIDE)
def test_large_dots_are_the_classes_that_are_counted_inside_and_dots_keep_to_their_room(activation, inside):
    rng, room = np.random.default_rng(7), ACTIVATIONS[activation].room
    arrangements = [rng.uniform(max(room.low, -1), 1, (7, 2)) for _ in range(40)]
    if room.shape != "box":
        turn = np.array([[1, 1], [-1, 1]]) / math.sqrt(2)  # a pose is turned, and scaled to another reach
        arrangements = [points / np.linalg.norm(points, axis=1).max() for points in arrangements]
    else:
        turn = np.eye(2)
    runs = [
        network(points, activation, seed, pose=(points @ turn / np.abs(points).max()).tolist())
        for seed, points in enumerate(arrangements)
    ]
    (count,) = cell(runs, inside=inside)["counts"]
    outer, inner = places(count["outer"]), places(count["inner"])
    assert len(inner) == sum(run.measures[INSIDE[inside].measure] for run in runs) > 0
    assert len(outer) + len(inner) == 40 * 7
    assert ("a" in count["rooms"]) == (room.shape != "box" or room.open)
    for dots, low, high in ((outer, 0.5, 1), (inner, 0, 0.5)):
        away = (dots % PITCH - (PITCH - ROOM) / 2) / ROOM * [1, -1] + [0, 1]  # in the room's box, from 0 to 1
        sizes = packing.sizes(room.packed_low + away * (1 - room.packed_low), room.name)
        low, high = (low, high) if inside == "middle" else (0, 1)
        assert low - 0.02 <= sizes.min() and sizes.max() <= high + 0.02


def test_a_class_within_the_hull_of_the_others_is_large_where_that_is_asked_and_one_at_the_corner_is_not():
    ring = [[0, 0], [1, 0.1], [0.1, 1], [0.4, 0.4]]  # in a quadrant: the last is within, the first in the corner
    runs = [network(ring, "relu"), network([[0.2, 0.2], *ring[1:3], [1, 1]], "relu", seed=2)]
    (amid,) = cell(runs, inside="hull")["counts"]
    assert (amid["networks"], amid["hits"]) == (2, 1)
    assert places(amid["inner"]).tolist() == [[(PITCH - ROOM) / 2 + 0.4 * ROOM, (PITCH + ROOM) / 2 - 0.4 * ROOM]]
    assert cell(runs)["counts"][0]["hits"] == 2


def test_dots_stand_as_the_classes_do_each_network_in_its_room():
    (count,) = cell([network([[1, 1], [-1, -0.5], [0.1, 0.2]], seed=seed) for seed in (1, 2)])["counts"]
    right, top = PITCH / 2 + ROOM / 2, PITCH / 2 - ROOM / 2  # y points down in a drawing
    assert places(count["inner"])[0].tolist() == [PITCH / 2 + 0.05 * ROOM, PITCH / 2 - 0.1 * ROOM]
    assert {(right, top), (right + PITCH, top)} <= set(map(tuple, places(count["outer"])))


def test_a_hundred_networks_stand_in_five_lines_and_are_counted_by_classes_and_by_order():
    kept = [True, False, None]
    runs = [network(np.eye(2) * 2 - 1, seed=seed, order_kept=kept[seed % 3]) for seed in range(100)]
    runs += [network([[0, 1], [1, 0], [0.1, 0]], seed=seed) for seed in range(3)]
    pair, three = cell(runs)["counts"]
    assert (pair["classes"], pair["networks"], pair["hits"], pair["ordered"]) == (2, 100, 0, (34, 67))
    assert (pair["width"], pair["height"]) == (20 * PITCH, 5 * PITCH)
    assert pair["interval"] == share_interval(0, 100)
    assert (three["classes"], three["hits"], three["ordered"], three["height"]) == (3, 3, None, PITCH)
    assert cell(runs, classes=3)["counts"] == [three]


def test_data_of_a_file_have_no_sketch_and_other_data_one_in_the_plane():
    def page(run):
        found, _ = design({"rows": ["r"], "columns": ["c"], "cells": [{"a": "<A>"}]}, Results([run]), WORDS)
        env = TemplateRenderer(TEMPLATES).env
        return env.get_template("figures/two-way.html").render(two_way=lambda: found)

    assert "two-way-sketch" not in (own := page(network([[0, 1], [1, 0]]))) and "&lt;A&gt;" in own
    assert "None" not in own and "order kept" not in own
    rays = page(network([[0, 1], [1, 0], [1, 1]], kind="rays", order_kept=True))
    assert rays.count("var(--class-") == 3 and "order kept" in rays


@pytest.mark.parametrize(
    ("given", "option"),
    [
        (LEVELS, ""),
        ({"rows": ["x"], "cells": ["a"]}, ""),
        ({"columns": ["x"], "cells": ["a"]}, ""),
        (LEVELS | {"cells": ["a", "b"]}, "cells"),
        (LEVELS | {"cells": [["a", "a"]]}, "cells"),
        (LEVELS | {"cells": [["a", "a"], ["a", "a", "a"]]}, "cells"),
        (LEVELS | {"cells": [["a", "a"], ["a", []]]}, "cells"),
        (LEVELS | {"cells": [["a", "a"], ["a", [["a"]]]]}, "cells"),
        (LEVELS | {"cells": [["a", "a"], ["a", 3]]}, "cells"),
        (LEVELS | {"cells": [["a", "a"], ["a", None]]}, "cells"),
        (LEVELS | {"cells": [["a", "a"], ["a", {"a": 3}]]}, "cells"),
        (LEVELS | {"cells": [["a", "a"], ["a", {"a": "A", "b": "B"}]]}, "cells"),
        (LEVELS | {"cells": [["a", "a"], ["a", {}]]}, "cells"),
        (LEVELS | {"cells": "a"}, "cells"),
        (LEVELS | {"cells": {"a": "A"}}, "cells"),
        (LEVELS | {"cells": [["a", "a"], ["a", "aa"]]}, "cells"),  # no such data
        (LEVELS | {"cells": [["a", "a"], ["a", "a"]], "inside": "hul"}, "inside"),
        (LEVELS | {"cells": [["a", "a"], ["a", "a"]], "inside": ["hull"]}, "inside"),
        ({"rows": [["x"]], "columns": ["y"], "cells": ["a"]}, "rows"),
        ({"rows": [], "columns": ["y"], "cells": ["a"]}, "rows"),
        ({"rows": ["x"], "columns": [4], "cells": ["a"]}, "columns"),
        ({"rows": ["x"], "columns": {"y": 1}, "cells": ["a"]}, "columns"),
    ],
)
def test_what_is_no_design_names_the_option(given, option):
    with pytest.raises(OptionError) as told:
        design(given, Results([network([[0, 1], [1, 0]])]), WORDS)
    assert told.value.option == option
    assert told.value.expected or "no run with dataset='aa'" in told.value.wrong


def test_mistakes_have_their_lines_before_anything_is_trained(article):
    (article / "experiments.toml").write_text(
        "[dataset.a]\n[dataset.wide]\n"
        "[experiment.e]\ndataset = 'a'\nactivation = 'tanh'\nepochs = 20\nclasses = [3, 4]\nhidden = [8, 2]\n"
        "[experiment.f]\ndataset = 'wide'\nactivation = 'tanh'\nepochs = 20\nclasses = 3\nhidden = [8, 4]\n"
    )
    blocks = [
        (["cells: [a, aa]"], 4, "no run with dataset='aa'"),
        (["cells: [a, wide]"], 0, 'the figure "two-way" needs a last hidden layer of two neurons; these runs have'),
        (["classes: 9", "cells: [a, a]"], 0, "no run with classes=9; expected"),
        (["experiment: ee", "cells: [a, a]"], 0, "no run with experiment='ee'; did you mean"),
        (["cells: [a, 4]"], 4, "cells that name no data; expected a list for each row"),
        (["cels: [a, a]"], 4, 'unknown option "cels" of figure; did you mean "cells"?'),
        (["cells: [a, a]"], None, ""),
    ]
    text = (article / "article.md").read_text().partition("## What")[0]
    wanted = []
    for lines, at, said in blocks:
        wanted += [(text.count("\n") + 1 + at, said)] if at is not None else []
        options = ["/// figure | two-way", "    id: fig-x" + str(len(text)), "    rows: [x, y]", "    columns: [z]"]
        text += "\n".join([*options, *(f"    {line}" for line in lines), "", "Words.", "///", ""])
    (article / "article.md").write_text(text)
    plan = experiments.read(article / "experiments.toml")
    told = [str(each) for each in rehearse(texts.read(article), plan, TemplateRenderer(TEMPLATES))[1]]
    for line, said in wanted:
        assert any(each.startswith(f"{article}/article.md:{line}: {said}") for each in told), (line, said, told)
    assert not [each for each in told if int(each.split(".md:")[1].split(":")[0]) > wanted[-1][0] + 5]

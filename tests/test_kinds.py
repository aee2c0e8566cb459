"""Kinds of arrangements, on arrangements that were made to be of known kinds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from generator.measures import kinds, packing

CORNERS = np.array([[1.0, 1], [-1, 1], [-1, -1], [1, -1], [0, 0]])  # and the centre
PENTAGON = np.array([[np.sin(angle), np.cos(angle)] for angle in 2 * np.pi * np.arange(5) / 5])


def disguised(points: np.ndarray, rng: np.random.Generator, noise: float = 0.0) -> np.ndarray:
    """The same arrangement, turned, mirrored, relabelled, shrunk and moved a little."""
    symmetry = packing.symmetries("square")[rng.integers(8)]
    moved = points + rng.normal(0, noise, points.shape) if noise else points
    return np.asarray(rng.uniform(0.5, 1) * rng.permutation(moved) @ symmetry.T)


def in_place(first: list[list[float]], second: list[list[float]]) -> float:
    """The distance between arrangements whatever the classes are called, with the room as it is."""
    offsets = np.array(first)[:, None] - np.array(second)
    squares = (offsets**2).sum(-1)
    return float(np.sqrt(squares[linear_sum_assignment(squares)].mean()))


def test_turned_mirrored_relabelled_and_shrunk_copies_are_of_one_kind():
    rng = np.random.default_rng(1)
    found = kinds.cluster([disguised(PENTAGON, rng) for _ in range(12)])
    assert {one["arrangement"] for one in found} == {1}
    assert max(one["arrangement_distance"] for one in found) < 1e-5
    for one in found:
        assert in_place(one["typical_pose"], found[0]["typical_pose"]) < 1e-3, "aligned copies stand in one place"


def test_two_kinds_are_told_apart_and_counted():
    rng = np.random.default_rng(2)
    made = [disguised(CORNERS, rng, 0.02) for _ in range(4)] + [disguised(PENTAGON, rng, 0.02) for _ in range(9)]
    order = rng.permutation(13)
    found = kinds.cluster([made[at] for at in order])
    assert [one["arrangement"] for one in found] == [2 if at < 4 else 1 for at in order], "the commonest comes first"
    assert kinds.cluster(made[:4] + made[4:6])[0]["arrangement"] == 1


def test_the_typical_member_is_the_most_central_one():
    offsets = (0.0, 0.02, 0.04, 0.1, 0.3)  # the fourth is the nearest to their mean, the third in their middle
    line = [PENTAGON + np.outer(np.eye(5)[0], [offset, 0]) for offset in offsets]
    found = kinds.cluster(line)
    assert [one["arrangement_distance"] == 0 for one in found] == [False, False, False, True, False]
    assert found[4]["typical_distance"] == found[4]["arrangement_distance"] > found[0]["arrangement_distance"]


def test_what_is_just_within_reach_is_of_the_kind(monkeypatch):
    monkeypatch.setattr(kinds, "COMPARED", 1)
    apart = packing.arrangement_distance(packing.blown_up(PENTAGON), CORNERS)
    for within, kind in ((apart, 1), (apart - 1e-9, 2)):
        assert kinds.cluster([PENTAGON, CORNERS], within=within)[1]["arrangement"] == kind


def test_no_two_of_a_kind_are_further_apart_than_the_limit():
    rng = np.random.default_rng(3)
    many = [packing.blown_up(rng.uniform(-1, 1, (4, 2))) for _ in range(40)]
    apart = kinds.distances(many)
    for within in (0.1, 0.25, 0.5):
        found = np.array([one["arrangement"] for one in kinds.cluster(many, within=within)])
        alike = found[:, None] == found
        assert apart[alike].max() <= within
        sizes = np.bincount(found)[1:]
        assert (sizes > 0).all() and (np.diff(sizes) <= 0).all()


def test_a_chain_of_small_steps_does_not_join_its_ends():
    chain = [np.vstack([PENTAGON[:4], [x, 0.0]]) for x in np.linspace(-0.9, 0.9, 30)]
    found = [one["arrangement"] for one in kinds.cluster(chain)]
    assert found[0] != found[-1]


def test_distance_to_the_typical_is_the_distance_between_arrangements():
    rng = np.random.default_rng(4)
    made = [disguised(PENTAGON, rng, 0.05) for _ in range(7)] + [disguised(CORNERS, rng)]
    found = kinds.cluster(made)
    [typical] = [row for row, one in enumerate(found) if one["typical_distance"] == 0]
    for points, one in zip(made, found, strict=True):
        wanted = packing.arrangement_distance(packing.blown_up(points), packing.blown_up(made[typical]))
        assert one["typical_distance"] == pytest.approx(wanted, abs=1e-5)
        assert in_place(one["typical_pose"], found[typical]["typical_pose"]) == pytest.approx(wanted, abs=1e-3)


def test_poses_go_round_their_middle():
    found = kinds.cluster([disguised(PENTAGON, np.random.default_rng(6), 0.05) for _ in range(5)])
    for one in found:
        ring = np.array(one["typical_pose"]) - np.mean(one["typical_pose"], axis=0)
        turns = np.cross(np.pad(ring, ((0, 0), (0, 1))), np.pad(np.roll(ring, -1, axis=0), ((0, 0), (0, 1))))[:, 2]
        assert (turns > 0).all()


def test_the_order_of_seeds_changes_no_kind():
    rng = np.random.default_rng(5)
    made = [disguised(points, rng, 0.04) for points in [PENTAGON] * 6 + [CORNERS] * 3]
    order = rng.permutation(9)
    found, again = kinds.cluster(made), kinds.cluster([made[at] for at in order])
    assert [again[place]["arrangement"] for place in np.argsort(order)] == [one["arrangement"] for one in found]


def test_one_network_and_a_dead_one_have_a_kind_too():
    assert kinds.cluster([PENTAGON])[0]["arrangement"] == 1
    found = kinds.cluster([np.zeros((5, 2)), PENTAGON, PENTAGON])
    assert [one["arrangement"] for one in found] == [2, 1, 1]
    assert json.loads(json.dumps(found)) == found


def test_of_many_the_first_are_compared_with_each_other_and_the_others_with_the_kinds(monkeypatch):
    """So the time grows with their number and not with its square, and a kind that comes late is one too."""
    monkeypatch.setattr(kinds, "COMPARED", 20)
    rng = np.random.default_rng(7)
    line = np.stack([np.linspace(-1, 1, 5), np.zeros(5)], 1)
    shapes = [PENTAGON, PENTAGON, CORNERS] * 40 + [line] * 30
    made = [disguised(points, rng, 0.02) for points in shapes]
    asked = []
    distance = packing.arrangement_distance
    monkeypatch.setattr(packing, "arrangement_distance", lambda *of: asked.append(1) or distance(*of))
    found = [one["arrangement"] for one in kinds.cluster(made)]
    assert found == [{id(PENTAGON): 1, id(CORNERS): 2, id(line): 3}[id(points)] for points in shapes]
    assert len(asked) <= 20 * 19 / 2 + 3 * (len(shapes) - 20)

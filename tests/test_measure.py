"""Measures against closed forms, constructed arrangements and the network evaluated the plain way."""

import itertools
import json
import math
import os
import statistics
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import circmean, circstd

from generator.measures import (
    arrangement,
    collapse,
    columns,
    directions,
    knot,
    models,
    packing,
    projection,
    tied,
    trained,
)
from generator.measures.expected import columns_of
from generator.measures.measurement import Measurement, across, measurement
from generator.networks import datasets, forward, tables
from generator.networks.activations import ACTIVATIONS
from generator.networks.run import Run
from generator.networks.spec import RunSpec, is_lifted, layer_shapes
from tests.measuring import measure_run
from tests.test_packing import CORNERS, regular

EXACT = 1e-12
ANGLE_ATOL_DEG = 0.01  # float32 over a lattice, and the rounding to two decimals
FLOAT32_ATOL = 2e-5


def random_weights(spec: RunSpec, seed: int = 0, scale: float = 2.0) -> np.ndarray:
    size = sum(out * (inputs + 1) for out, inputs in layer_shapes(spec))
    return (scale * np.random.default_rng(seed).standard_normal(size)).astype(np.float32)


def twice(flat: np.ndarray, x: np.ndarray, y: np.ndarray) -> Run:
    """A run that learnt, whose first weights are its last."""
    return Run(x, y, np.array([0, 1]), np.stack([flat, flat]), np.array([1.1, 0.1]), np.array([0.3, 1.0]))


# circular statistics


def pointing(angles_deg: np.ndarray) -> dict[str, Any]:
    """What is said of vectors of length 1 in these directions."""
    radians = np.radians(angles_deg)
    [row] = directions.by_class(np.stack([np.cos(radians), np.sin(radians)]), np.zeros(len(radians), np.int64), 1)
    return row


def test_a_measurement_gives_what_it_has_words_for():
    columns = {"one": "the first", "two": "the second"}
    wrong = Measurement("pair", columns, lambda trained: {"one": 1, "three": 3}, lambda trained: True)
    with pytest.raises(ValueError, match="measurement pair gave one of one, three; expected one of one, two"):
        wrong.values(None)


def test_circular_mean_crosses_the_wrap():
    assert pointing(np.array([350.0, 30.0]))["mean_deg"] == 10
    assert pointing(np.array([-170.0, 170.0]))["mean_deg"] == 180
    assert pointing(np.array([359.0, 1.0]))["mean_deg"] == 0
    assert 0 <= pointing(np.array([-1e-14]))["mean_deg"] < 360


def test_circular_mean_weighs_and_turns():
    angles = np.array([0.0, 90.0, 90.0, 90.0])
    mean = math.degrees(math.atan2(3, 1))
    assert pointing(angles)["mean_deg"] == pytest.approx(mean, abs=ANGLE_ATOL_DEG)
    assert pointing(angles + 725)["mean_deg"] == pytest.approx(mean + 5, abs=ANGLE_ATOL_DEG)


def test_opposite_angles_have_no_mean():
    row = pointing(np.array([10.0, 190.0]))
    assert row["mean_deg"] is None and row["std_deg"] is None


def test_circular_std_is_the_spread_of_a_wrapped_normal():
    angles = np.random.default_rng(0).normal(355, 25, 200_000)
    assert pointing(angles)["std_deg"] == pytest.approx(25, abs=0.2)
    assert pointing(np.full(5, 123.0))["std_deg"] == 0
    two = np.array([-30.0, 30.0])  # R = cos 30
    spread = math.degrees(math.sqrt(-2 * math.log(math.cos(math.pi / 6))))
    assert pointing(two)["std_deg"] == pytest.approx(spread, abs=ANGLE_ATOL_DEG)


# the lattice


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("hidden", "scale"), [((64, 2), 2.0), ((9, 7, 2), 2.0), ((2,), 2.0), ((16, 2), 60.0)])
def test_lattice_is_the_network(activation, hidden, scale):
    spec = RunSpec(classes=5, activation=activation, seed=0, hidden=hidden)
    flat = random_weights(spec, scale=scale)
    found, predicted = directions.lattice_hidden(spec, flat, 31)
    axis = np.linspace(-1, 1, 31, dtype=np.float32)
    x = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    layers = forward.forward(spec, flat, x)
    np.testing.assert_allclose(found.T, layers.hidden[-1], atol=FLOAT32_ATOL * scale**2 * 10, rtol=FLOAT32_ATOL)
    assert (predicted == layers.logits.argmax(1)).mean() > 0.998  # ties at borders may fall either way in float32


def test_weights_that_have_decayed_to_next_to_nothing_are_nothing():
    """Left as they are, such a network took seven times as long on some processors."""
    spec = RunSpec(classes=3, activation="relu", seed=0)
    flat = np.abs(random_weights(spec)) * np.float32(1e-32)
    assert 0 < flat.max() < forward.LEAST_WEIGHT
    hidden, predicted = directions.lattice_hidden(spec, flat, 21)
    assert not hidden.any() and not predicted.any()
    kept = forward.effective_layers(spec, np.concatenate([flat[:-1], np.float32([0.5])]))
    assert kept[-1][-1, -1] == 0.5 and all(layer.dtype == np.float32 for layer in kept)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_units_without_effect_are_left_out(activation):
    spec = RunSpec(classes=3, activation=activation, seed=0, hidden=(9, 7, 2))
    flat = random_weights(spec)
    _, second, third, _ = forward.split(spec, flat)
    second[:, :3] = second[:, 5] = 0  # what four of the nine and four of the seven send
    third[:, 2:6] = 1e-33
    layers = forward.effective_layers(spec, flat)
    assert [len(layer) for layer in layers[:-1]] == [5, 3, 2]
    hidden, _ = directions.lattice_hidden(spec, flat, 9)
    axis = np.linspace(-1, 1, 9)
    plain = forward.hidden(spec, flat, np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2))
    np.testing.assert_allclose(hidden.T, plain, atol=FLOAT32_ATOL * 10, rtol=FLOAT32_ATOL)


def directions_over(spec, flat, lattice):
    """By predicted class, over a square lattice of inputs."""
    return directions.by_class(*directions.lattice_hidden(spec, flat, lattice), spec.classes)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_directions_agree_with_the_plain_way(activation):
    spec = RunSpec(classes=4, activation=activation, seed=0)
    flat = random_weights(spec, seed=3, scale=0.7)
    rows = directions_over(spec, flat, 101)
    hidden, predicted = directions.lattice_hidden(spec, flat, 101)
    degrees = np.degrees(np.arctan2(hidden[1], hidden[0]))
    directed = np.hypot(*hidden) > 0
    assert sum(row["share"] for row in rows) == pytest.approx(1, abs=1e-5)
    assert [row["mean_deg"] for row in rows] == sorted(row["mean_deg"] for row in rows)
    for row in rows:
        here = (predicted == row["class"]) & directed
        assert row["mean_deg"] == pytest.approx(circmean(degrees[here], 360), abs=ANGLE_ATOL_DEG)
        assert row["std_deg"] == pytest.approx(circstd(degrees[here], 360), abs=ANGLE_ATOL_DEG)
        assert row["share"] == pytest.approx((predicted == row["class"]).mean(), abs=1e-6)


def test_angles_turn_with_the_hidden_plane():
    spec = RunSpec(classes=3, activation="relu", seed=0, hidden=(8, 2))
    flat = random_weights(spec, seed=1)
    swapped = flat.copy()  # exchange the two hidden neurons: angles a become 90 - a
    layers = forward.split(spec, swapped)
    layers[1][:] = layers[1][::-1].copy()
    layers[2][:, :2] = layers[2][:, 1::-1].copy()
    plain = {row["class"]: row for row in directions_over(spec, flat, 101)}
    for row in directions_over(spec, swapped, 101):
        assert row["mean_deg"] == pytest.approx((90 - plain[row["class"]]["mean_deg"]) % 360, abs=ANGLE_ATOL_DEG)
        assert row["std_deg"] == pytest.approx(plain[row["class"]]["std_deg"], abs=ANGLE_ATOL_DEG)


def test_inputs_without_direction_count_in_the_share_alone():
    # hidden = (max(x, 0), 0): the left half of the plane goes to the origin, the right half to 0 degrees
    spec = RunSpec(classes=2, activation="relu", seed=0, hidden=(2,))
    flat = np.array([1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0], np.float32)
    (row,) = directions_over(spec, flat, 20)
    assert row == {"class": 0, "mean_deg": 0.0, "std_deg": 0.0, "share": 1.0}


def test_shares_have_six_decimals_and_degrees_two():
    rows = directions.by_class(np.array([[1, 0.0, 1], [1, 2, 2]]), np.array([0, 1, 0]), 2)
    first = {"class": 0, "mean_deg": 54.22, "std_deg": 9.24, "share": 0.666667}
    assert rows == [first, {"class": 1, "mean_deg": 90.0, "std_deg": 0.0, "share": 0.333333}]


def test_a_dead_plane_has_shares_and_no_angles():
    spec = RunSpec(classes=2, activation="relu", seed=0, hidden=(4, 2))
    flat = random_weights(spec)
    forward.split(spec, flat)[1][:] = [[0, 0, 0, 0, -1]] * 2
    (row,) = directions_over(spec, flat, 21)
    assert row["share"] == 1 and row["mean_deg"] is None and row["std_deg"] is None


def test_classes_in_sectors_of_their_own_are_told_by_angle():
    angle = np.radians(np.arange(3600) / 10)
    predicted = (np.arange(3600) // 900).astype(np.int64)
    here = np.array([3.0, -2.0])
    around = here[:, None] + np.random.default_rng(1).uniform(0.1, 2, 3600) * np.stack([np.cos(angle), np.sin(angle)])
    assert directions.told_by_angle(around, predicted, here) == 1
    assert directions.told_by_angle(around, predicted, here + 1e-9) > 0.99
    assert (
        directions.told_by_angle(around, predicted, np.array([300.0, -2])) < 0.6
    )  # two of four stand behind the others


def test_classes_one_behind_the_other_are_not_told_by_angle():
    angle = np.radians(np.arange(360) + 0.5)
    ring = np.stack([np.cos(angle), np.sin(angle)])
    both, predicted = np.concatenate([ring, 2 * ring, 3 * ring], 1), np.repeat([0, 1, 1], 360)
    assert directions.told_by_angle(both, predicted, np.zeros(2)) == pytest.approx(2 / 3)
    assert directions.told_by_angle(np.zeros((2, 10)), np.array([1] * 7 + [0] * 3), np.zeros(2)) == 0.7
    from_it = np.concatenate([np.zeros((2, 10)), ring], 1)  # what stands there has a direction of its own
    assert directions.told_by_angle(from_it, np.repeat([1, 0], [10, 360]), np.zeros(2)) == 1


# distances and margins


def test_four_corners_fill_the_square():
    assert arrangement.packing_ratio(CORNERS, "square") == pytest.approx(1, abs=EXACT)
    assert arrangement.packing_ratio(0.9 * CORNERS, "square") == pytest.approx(0.9, abs=EXACT)


def test_the_quadrant_is_measured_by_its_largest_norm():
    fan = np.array([[0.0, 0.0], [1.0, 0.0], [math.cos(1.2), math.sin(1.2)]])
    assert arrangement.packing_ratio(fan, "quadrant") == pytest.approx(1, abs=EXACT)
    assert arrangement.packing_ratio(7 * fan, "quadrant") == pytest.approx(1, abs=EXACT)
    assert arrangement.packing_ratio(np.zeros((3, 2)), "quadrant") == 0


@pytest.mark.parametrize(("problem", "other"), [("tammes", "thomson"), ("thomson", "tammes")])
def test_the_sphere_knows_its_own_optima(problem, other):
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    found = arrangement.on_sphere(0.3 * packing.on_sphere(problem, 7) @ turn)
    assert found[f"{problem}_share"] == pytest.approx(1, abs=EXACT)
    assert found[f"{other}_share"] < 0.999
    assert found[f"distance_{problem}"] == pytest.approx(0, abs=EXACT) and found[f"distance_{other}"] > 0.1
    assert found["nearest_problem"] == problem


def test_optima_of_the_sphere_are_known_up_to_twelve_classes():
    for classes in (12, 13):
        spec = RunSpec(classes=classes, activation="sphere", seed=0, hidden=(8, 3))
        assert columns_of(spec).get("tammes_share", False) is (classes == 12)


def test_where_both_problems_have_one_optimum_none_is_nearest():
    octahedron = np.vstack([np.eye(3), -np.eye(3)])
    found = arrangement.on_sphere(octahedron)
    assert found["tammes_share"] == pytest.approx(1) == found["thomson_share"]
    assert found["nearest_problem"] is None
    assert set(arrangement.on_sphere(np.vstack([octahedron[:5], np.zeros((1, 3))])).values()) == {None}


def test_interior_names_the_centre_of_four_corners():
    hulls = packing.hull_distances(np.vstack([CORNERS[:2], [[0.0, 0.0]], CORNERS[2:]]))
    assert np.flatnonzero(hulls == 0).tolist() == [2]
    assert (packing.hull_distances(regular(7)) > 0).all()


def test_margin_of_two_opposite_corners_is_two():
    centres = np.array([[1.0, 1.0], [-1.0, -1.0]])
    weight = 3 * np.array([[1.0, 1.0], [-1.0, -1.0]])
    assert arrangement.head_margin(centres, weight, np.zeros(2)) == pytest.approx(2, abs=EXACT)
    assert arrangement.head_margin(-centres, weight, np.zeros(2)) == pytest.approx(-2, abs=EXACT)
    assert arrangement.head_clearance(centres, weight, np.zeros(2)) == pytest.approx(math.sqrt(2), abs=EXACT)
    assert arrangement.head_clearance(centres, weight, np.array([3.0, -3.0])) == pytest.approx(
        math.sqrt(2) - 1 / math.sqrt(2), abs=EXACT
    )


def test_a_head_of_zeros_has_no_margin():
    assert math.isnan(arrangement.head_margin(CORNERS, np.zeros((4, 2)), np.zeros(4)))


def test_least_angle_seen_from_the_origin():
    assert arrangement.least_angle_deg(regular(5)) == pytest.approx(72)
    assert arrangement.least_angle_deg(np.vstack([CORNERS, [[0, 0]]])) is None


# order


def test_two_centres_that_face_each_other_are_half_a_turn_apart():
    for x, y in np.random.default_rng(0).normal(size=(2000, 2)):
        assert arrangement.least_angle_deg(np.array([[x, y], [-3 * x, -3 * y]])) == pytest.approx(180)
        assert arrangement.least_angle_deg(np.array([[x, y], [3 * x, 3 * y]])) == pytest.approx(0, abs=1e-5)


def test_order_is_kept_either_way_round_and_wherever_it_starts():
    ring = regular(6, turn=0.3)
    assert (
        arrangement.order_kept(ring)
        and arrangement.order_kept(ring[::-1])
        and arrangement.order_kept(np.roll(ring, 2, 0))
    )
    assert arrangement.order_kept(3 * ring + 7)
    assert arrangement.order_kept(ring[[1, 0, 2, 3, 4, 5]]) is False
    assert arrangement.order_kept(regular(3)) is None
    for k in (4, 5, 6):
        kept = [arrangement.order_kept(regular(k)[list(order)]) for order in itertools.permutations(range(k))]
        assert sum(kept) == 2 * k  # it may start anywhere, either way round


# neural collapse


def clouds(centres: np.ndarray, spread: float, per_class: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Points whose class means are the centres exactly and whose covariance within is spread^2 times the identity."""
    dimension = centres.shape[1]
    offsets = np.random.default_rng(0).standard_normal((per_class, dimension))
    offsets -= offsets.mean(0)
    offsets @= np.linalg.inv(np.linalg.cholesky(offsets.T @ offsets / per_class)).T
    points = (centres[:, None] + spread * offsets).reshape(-1, dimension)
    return points, np.repeat(np.arange(len(centres)), per_class)


@pytest.mark.parametrize("classes", [2, 3, 4, 6])
def test_a_perfect_simplex_has_collapsed(classes):
    simplex = np.eye(classes) - 1 / classes
    points, labels = clouds(simplex + 5.0, 0.0)
    found = collapse.collapse_metrics(points, labels, 2.5 * simplex, labels)
    for name in ("nc1", "nc2_norm", "nc2_angle", "nc2_simplex", "nc3", "nc4"):
        assert found[name] == pytest.approx(0, abs=1e-7), name


def test_nc1_of_a_known_spread():
    # S_W = s^2 I and S_B = r^2/2 I for a regular polygon of radius r: tr(S_W S_B^+)/k = 4 s^2 / (k r^2)
    points, labels = clouds(regular(5, radius=2.0), 0.3)
    found = collapse.collapse_metrics(points, labels, regular(5), labels)
    assert found["nc1"] == pytest.approx(4 * 0.09 / (5 * 4), rel=1e-9)


def test_nc1_ignores_directions_without_spread_between_classes():
    # two classes on the x axis: S_B = diag(1, 0), so only the spread along x counts
    points, labels = clouds(np.array([[1.0, 0.0], [-1.0, 0.0]]), 0.2)
    assert collapse.collapse_metrics(points, labels, np.eye(2), labels)["nc1"] == pytest.approx(0.04 / 2, rel=1e-9)


def test_nc2_of_a_square_and_of_unequal_lengths():
    square = collapse.collapse_metrics(*clouds(CORNERS, 0.0), CORNERS, np.zeros(160))
    assert square["nc2_norm"] == pytest.approx(0, abs=EXACT)
    # six pairs: four at cos 0, two at cos -1
    assert square["nc2_angle"] == pytest.approx(math.sqrt(2) / 3)
    assert square["nc2_simplex"] == pytest.approx((4 * (1 / 3) + 2 * (2 / 3)) / 6)
    cross = np.array([[6.0, 0.0], [-6.0, 0.0], [0.0, 2.0], [0.0, -2.0]])
    assert collapse.collapse_metrics(*clouds(cross, 0.0), cross, np.zeros(160))["nc2_norm"] == pytest.approx(0.5)


def test_nc3_of_a_head_at_right_angles():
    points, labels = clouds(CORNERS, 0.0)
    turned = CORNERS @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    assert collapse.collapse_metrics(points, labels, turned, labels)["nc3"] == pytest.approx(math.sqrt(2))


@pytest.mark.parametrize(("k", "d"), [(2, 2), (3, 2), (4, 3), (5, 6)])
def test_collapse_is_what_its_definitions_say(k, d):
    rng = np.random.default_rng([k, d])
    labels = rng.permutation(np.repeat(np.arange(k), 9))
    points = rng.normal(size=(k, d))[labels] + 0.4 * rng.normal(size=(9 * k, d))
    weight, predicted = 0.1 * rng.normal(size=(k, d)), rng.integers(k, size=9 * k)
    means = np.array([np.mean(points[labels == own], axis=0) for own in range(k)])
    arms = means - np.mean(means, axis=0)
    within = sum(np.outer(p - means[own], p - means[own]) for p, own in zip(points, labels, strict=True)) / len(points)
    spreads, ways = np.linalg.eigh(sum(np.outer(arm, arm) for arm in arms) / k)
    lengths = [math.hypot(*arm) for arm in arms]
    cosines = [a @ b / math.hypot(*a) / math.hypot(*b) for a, b in itertools.combinations(arms, 2)]
    nc1 = sum(way @ within @ way / spread for spread, way in zip(spreads, ways.T, strict=True) if spread > 1e-9) / k
    away = weight / math.sqrt((weight**2).sum()) - arms / math.sqrt((arms**2).sum())
    assert collapse.collapse_metrics(points, labels, weight, predicted) == pytest.approx(
        {
            "nc1": nc1,
            "nc2_norm": statistics.pstdev(lengths) / statistics.mean(lengths),
            "nc2_angle": statistics.pstdev(cosines),
            "nc2_simplex": statistics.mean(abs(cosine + 1 / (k - 1)) for cosine in cosines),
            "nc3": math.sqrt((away**2).sum()),
            "nc4": np.mean([nearest_of(p, means) != own for p, own in zip(points, predicted, strict=True)]),
        }
    )


def test_nc4_counts_disagreement_with_the_nearest_mean():
    points, labels = clouds(CORNERS, 0.01)
    predicted = labels.copy()
    predicted[:8] = 3
    assert collapse.collapse_metrics(points, labels, CORNERS, predicted)["nc4"] == pytest.approx(8 / 160)
    points[:2] = CORNERS[1]  # nearest another class's mean, and predicted as their own
    assert collapse.collapse_metrics(points, labels, CORNERS, labels)["nc4"] == pytest.approx(2 / 160)


def test_classes_at_one_place_have_no_collapse_metrics():
    points, labels = clouds(np.zeros((3, 2)), 0.0)
    found = collapse.collapse_metrics(points, labels, np.ones((3, 2)), labels)
    assert all(math.isnan(found[name]) for name in ("nc1", "nc2_norm", "nc2_angle", "nc3"))


# a whole run


def corner_run() -> tuple[RunSpec, Run]:
    """A hand-made network that sends the four quadrants of the input plane to the four corners."""
    spec = RunSpec(classes=4, activation="tanh", seed=0, hidden=(2, 2))
    layers = [
        np.array([[9.0, 0, 0], [0, 9, 0]]),
        np.array([[9.0, 0, 0], [0, 9, 0]]),
        np.hstack([CORNERS, np.zeros((4, 1))]),
    ]
    flat = np.concatenate([layer.ravel() for layer in layers]).astype(np.float32)
    x = np.repeat(CORNERS * 0.5, 10, axis=0).astype(np.float32)
    epochs = np.array([0, 1])
    return spec, Run(
        x, np.repeat(np.arange(4), 10), epochs, np.stack([0 * flat, flat]), np.array([1.4, 0.1]), np.array([0.25, 1.0])
    )


def test_a_hand_made_network_fills_the_corners():
    spec, run = corner_run()
    found = measure_run(spec, run, lattice=20)
    assert found["packing_ratio"] == pytest.approx(1, abs=1e-5)
    assert found["least_distance"] == pytest.approx(2, abs=1e-5)
    assert found["margin"] == pytest.approx(2 / math.sqrt(8), abs=1e-5)
    assert found["clearance"] == pytest.approx(1, abs=1e-5)
    assert found["one_vs_rest"] == pytest.approx(math.sqrt(2), abs=1e-5)
    assert found["wall_gap"] == pytest.approx(0, abs=1e-5)
    assert found["epochs_to_90"] == 1 and found["interior"] == 0 and found["collapsed"] is False
    assert [row["share"] for row in found["angles"]] == [0.25] * 4
    assert found["told_from_origin"] == found["told_from_knot"] == 1 and found["largest_region"] == 0.25
    assert [row["mean_deg"] for row in found["angles"]] == pytest.approx([45, 135, 225, 315], abs=ANGLE_ATOL_DEG)


@pytest.mark.parametrize(("k", "turn"), [(3, 0.0), (5, 0.3), (7, 2.0)])
def test_a_regular_polygon_has_no_gap_whatever_its_place_size_turn_and_names(k, turn):
    angles = turn + 2 * np.pi * np.random.default_rng(k).permutation(k) / k
    polygon = 0.4 + 3 * np.stack([np.cos(angles), np.sin(angles)], 1)
    assert arrangement.polygon_gap(polygon) == pytest.approx(0, abs=1e-7)
    assert arrangement.polygon_gap(polygon * [1, -1]) == pytest.approx(0, abs=1e-7)
    assert arrangement.polygon_gap(1e-4 * polygon) == pytest.approx(0, abs=1e-5)


def test_the_polygon_gap_is_the_distance_to_the_nearest_polygon():
    # of 1.1 and 0.9 around a square of radius 1, in turns: the mean square distance is 0.01, the mean square size 1.01
    lengths = np.array([1.1, 0.9, 1.1, 0.9])[:, None]
    square = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    assert arrangement.polygon_gap(square * lengths) == pytest.approx(0.1 / math.sqrt(1.01))
    in_a_row = np.linspace(0, 1, 4)[:, None] * [1.0, 1.0]
    assert arrangement.polygon_gap(in_a_row) > 0.5
    assert arrangement.polygon_gap(np.zeros((3, 2))) is None and arrangement.polygon_gap(square[:2]) is None


@pytest.mark.parametrize("k", [2, 3, 4, 9])
def test_a_simplex_on_the_ball_has_its_whole_share(k):
    corners = np.eye(k) - 1 / k
    corners /= np.linalg.norm(corners[0])
    flat = corners @ np.linalg.svd(corners)[2][: k - 1].T  # in as few dimensions as it fits
    assert arrangement.simplex_share(flat, "disk") == pytest.approx(1)
    assert arrangement.simplex_share(flat * math.sqrt(k - 1), "square") == pytest.approx(1)
    assert arrangement.simplex_share(flat, "quadrant") is None


def test_four_points_of_a_disk_cannot_be_a_simplex():
    square = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1]])
    assert arrangement.simplex_share(square, "circle") == pytest.approx(math.sqrt(3) / 2)


def test_classes_and_neurons_say_what_there_is_room_for():
    def said(name, k):
        return columns.MEASUREMENTS[name].of(SimpleNamespace(spec=SimpleNamespace(classes=k, hidden=(3,))))

    assert [said("simplex_fits", k) for k in (4, 5)] == [True, False]
    assert [said("corner_each", k) for k in (8, 9)] == [True, False]


def test_the_largest_of_any_number_of_classes_is_found():
    logits = np.random.default_rng(0).normal(size=(300, 2000))
    assert directions.largest(iter(logits.copy())).tolist() == logits.argmax(0).tolist()


def test_the_wall_gap_is_that_of_the_centre_least_near_a_wall():
    spec, run = corner_run()
    run.x[:10] = [0.01, 0.0]  # the first class's centre: tanh(9 tanh 0.09), 0
    gap = 1 - math.tanh(9 * math.tanh(9 * 0.01))
    assert measure_run(spec, run, lattice=5)["wall_gap"] == pytest.approx(gap, rel=1e-5)


@pytest.mark.parametrize("shared", [False, True])
def test_the_objective_counts_the_penalty_of_each_layer_without_biases(shared):
    spec, run = corner_run()
    layers = forward.split(spec, run.weights[-1])
    shares = [0.0, *range(2, len(layers) + 1)] if shared else [1.0] * len(layers)
    spec = replace(spec, l2=0.5, l2_factors=tuple(shares) if shared else ())
    wanted = run.loss[-1] + 0.25 * sum(s * float((w[:, :-1] ** 2).sum()) for s, w in zip(shares, layers, strict=True))
    assert measure_run(spec, run, lattice=5)["objective"] == pytest.approx(wanted, rel=1e-5)


def test_numbers_keep_six_digits():
    spec, run = corner_run()
    run.loss[-1] = 0.012345678901
    assert measure_run(spec, run, lattice=5)["loss"] == 0.0123457


def test_measures_are_plain_and_come_back_from_json():
    spec, run = corner_run()
    found = measure_run(spec, run, lattice=20)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_run_that_learnt_nothing_says_so():
    spec, run = corner_run()
    run.weights[-1] = 0
    run.accuracy[-1] = 0.25
    found = measure_run(replace(spec, activation="relu"), run, lattice=20)
    assert found["collapsed"] is True and found["epochs_to_90"] is None
    assert found["least_distance"] == 0 and found["packing_ratio"] == 0
    assert found["nc1"] is None and found["margin"] is None and found["wall_gap"] is None
    json.dumps(found, allow_nan=False)


def test_points_of_more_dimensions_have_measures_but_no_angles():
    spec = RunSpec(classes=3, activation="disk", seed=0, kind="simplex", hidden=(4, 3))
    x, y = datasets.points("simplex", 3, 10, 0)
    found = measure_run(spec, twice(random_weights(spec, scale=1), x, y), lattice=5)
    assert (
        found["angles"] is found["told_from_knot"] is None
        and found["polygon_gap"] is None
        and found["order_kept"] is None
    )
    assert 0 < found["simplex_share"] < 1 and found["simplex_fits"] is True and found["corner_each"] is True
    in_a_plane = replace(spec, hidden=(4, 2))
    run = twice(random_weights(in_a_plane, scale=1), x, y)
    assert measure_run(in_a_plane, run, lattice=5)["angles"] is None


def test_an_earlier_plane_is_measured_as_the_last_is():
    spec, run = corner_run()
    found = measure_run(spec, run, lattice=5)
    assert found["early_packing_ratio"] == pytest.approx(math.tanh(4.5), abs=1e-5)
    assert (found["early_own_centre"], found["own_centre"]) == (1, 1)
    assert (found["early_own_centre_epoch"], found["own_centre_epoch"]) == (1, 1)
    shallow = replace(spec, hidden=(3, 2))
    size = sum(out * (inputs + 1) for out, inputs in layer_shapes(shallow))
    run = replace(run, weights=np.ones((2, size), np.float32))
    found = measure_run(shallow, run, lattice=5)
    assert found["early_packing_ratio"] is found["early_own_centre"] is found["own_centre_epoch"] is None


def test_nine_in_ten_points_are_enough_for_an_epoch_of_their_own_centres():
    of = trained.Trained(*corner_run())
    vars(of)["own_centre_shares"] = np.array([[0.89, 0.9], [0.9, 1]])
    assert (columns.early_own_centre_epoch(of), columns.own_centre_epoch(of)) == (1, 0)
    assert columns.early_own_centre(of) == 0.9
    vars(of)["own_centre_shares"] = np.array([[0.5, 0.8], [0.6, 0.89]])
    assert columns.early_own_centre_epoch(of) is columns.own_centre_epoch(of) is None


def opening_run(kept: int) -> tuple[RunSpec, Run]:
    """The hand-made network of corners, with its plane opening from a point to the whole square while it trains."""
    spec, run = corner_run()
    first, second, head = forward.split(spec, run.weights[-1])
    epochs = np.arange(kept) ** 2
    scales = np.linspace(0, 1, kept) ** 2 / 9  # at the end the second layer takes corners to tanh of 1
    weights = [np.concatenate([first.ravel(), (scale * second).ravel(), head.ravel()]) for scale in scales]
    accuracy = np.linspace(0.25, 1, epochs[-1] + 1)
    return spec, replace(run, checkpoints=epochs, weights=np.stack(weights), loss=1 - accuracy, accuracy=accuracy)


@pytest.mark.parametrize("kept", [3, 20, 64])
def test_the_course_of_a_run_is_what_its_kept_epochs_show(kept):
    spec, run = opening_run(kept)
    course = measure_run(spec, run, lattice=5)["course"]
    epochs = course["epoch"]
    assert len(epochs) == min(kept, trained.MOMENTS) and epochs == sorted(set(epochs) & set(run.checkpoints.tolist()))
    assert epochs[0] == 0 and epochs[-1] == run.checkpoints[-1]
    first = math.tanh(4.5)
    apart = [2 * math.tanh(first * epoch / epochs[-1]) for epoch in epochs]
    assert course["least_distance"] == pytest.approx(apart, rel=1e-5)
    assert course["packing_ratio"] == pytest.approx([distance / 2 for distance in apart], rel=1e-5)
    assert course["accuracy"] == pytest.approx([0.25 + 0.75 * epoch / epochs[-1] for epoch in epochs], rel=1e-5)


def test_a_run_of_two_checkpoints_has_no_course():
    assert measure_run(*corner_run(), lattice=5)["course"] is None
    assert measure_run(*opening_run(2), lattice=5)["settled_epoch"] is None


def test_settled_is_the_first_epoch_that_the_value_does_not_leave_again():
    epochs = np.array([0, 1, 3, 10, 30, 100])
    assert arrangement.settled(epochs, np.array([0, 5, 9.5, 8, 9.2, 10])) == 30
    assert arrangement.settled(epochs, np.array([20, 19, 12, 11.1, 11, 10])) == 30
    assert arrangement.settled(epochs, np.full(6, 3.0)) == 0 == arrangement.settled(epochs, np.full(6, 1e-9))
    assert arrangement.settled(epochs, np.array([1, 2, 3, 2, 1, 0.0])) is None


def test_two_axes_of_a_known_spread():
    points = (
        np.concatenate([np.diag([3.0, 2, 1]), -np.diag([3.0, 2, 1])]) @ np.linalg.qr(np.ones((3, 3)) + np.eye(3))[0]
    )
    assert projection.two_axes(points + 7) == pytest.approx(13 / 14)
    assert projection.two_axes(points[:, :2]) == pytest.approx(1) and projection.two_axes(np.zeros((4, 3))) == 1
    axes = projection.principal_axes(points)
    np.testing.assert_allclose(axes.T @ axes, np.eye(2), atol=EXACT)
    assert np.linalg.norm((points @ axes), axis=0) == pytest.approx([math.sqrt(18), math.sqrt(8)])
    assert (axes[np.abs(axes).argmax(0), [0, 1]] > 0).all()


def test_a_head_that_needs_a_third_axis_fails_on_two():
    ring = np.concatenate([regular(40, radius=3), regular(40, radius=3)])
    points = np.column_stack([ring, np.repeat([0.8, -0.4], 40)])
    head = np.array([[0.0, 0, 1, 0], [0, 0, -1, 0]])
    labels = np.repeat([0, 1], 40)
    assert projection.accuracy_in_two_axes(points, labels, head) == 0.5
    assert projection.accuracy_in_two_axes(points[:, 1:], labels, head[:, 1:]) == 1
    assert projection.accuracy_in_two_axes(points[:, 2:], labels, head[:, 2:]) == 1


def test_a_tilted_ring_keeps_its_order():
    ring = regular(7) @ np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0][:2]
    shuffled = ring[[0, 2, 1, 3, 4, 5, 6]]
    assert arrangement.order_kept(projection.flattened(ring, ring)) is True
    assert arrangement.order_kept(projection.flattened(shuffled, shuffled)) is False


def test_own_centre_counts_points_nearer_to_another_class():
    points = np.array([[0.0], [0.2], [0.9], [1.0], [1.2], [1.1]])
    assert arrangement.own_centre(points, np.repeat([0, 1], 3)) == pytest.approx(5 / 6)


def test_every_key_is_described():
    spec, run = corner_run()
    assert set(measure_run(spec, run, lattice=5)) == {
        name for each in columns.MEASUREMENTS.values() if each.always for name in each.columns
    }


# every column of a run, from what its words say

SPECS = {
    "two planes": RunSpec(
        classes=5,
        activation="tanh",
        seed=3,
        points_per_class=12,
        hidden=(6, 2, 3, 2),
        l2=0.1,
        l2_factors=(0, 1, 2, 3, 4),
    ),
    "a plane without walls": RunSpec(classes=4, activation="relu", seed=24, points_per_class=15, hidden=(9, 2)),
    "a wide layer": RunSpec(classes=4, activation="tanh", seed=5, kind="blobs", points_per_class=12, hidden=(5, 4, 3)),
    "a ball": RunSpec(classes=5, activation="disk", seed=6, kind="rings", points_per_class=12, hidden=(4, 3)),
}


def any_run(spec: RunSpec, kept: int = 5) -> Run:
    """A run of random weights, no two epochs of which are alike."""
    rng = np.random.default_rng(spec.seed)
    x, y = datasets.points(spec.kind, spec.classes, spec.points_per_class, spec.seed)
    shuffled = rng.permutation(len(x))
    weights = np.stack([random_weights(spec, 100 * spec.seed + at, scale=0.8) for at in range(kept)])
    accuracy = np.append(rng.uniform(0.3, 0.8, 2 * kept - 2), [0.9, 0.85])
    epochs = np.append(2 * np.arange(kept - 1), len(accuracy) - 1)
    return Run(x[shuffled], y[shuffled], epochs, weights, rng.uniform(0.1, 2, len(accuracy)), accuracy)


def principal(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variances along the principal axes, greatest first, and these axes as columns."""
    variances, axes = np.linalg.eigh(np.cov(points.T, bias=True))
    return variances[::-1], axes[:, ::-1]


def share(told: list[bool]) -> float:
    return sum(told) / len(told)


def nearest_of(point: np.ndarray, centres: np.ndarray) -> int:
    return min(range(len(centres)), key=lambda at: math.dist(point, centres[at]))


@pytest.mark.parametrize("name", SPECS)
def test_every_column_is_what_its_words_say(name):
    spec = SPECS[name]
    run = any_run(spec)
    found = measure_run(spec, run, lattice=9)
    layers = forward.forward(spec, run.weights[-1], run.x)
    points, k, labels = layers.hidden[-1], spec.classes, run.y
    centres = np.array(
        [np.mean([p for p, c in zip(points, labels, strict=True) if c == own], axis=0) for own in range(k)]
    )
    head = forward.split(spec, run.weights[-1])[-1].astype(np.float64)
    weight, bias = head[:, :-1], head[:, -1]
    pairs = list(itertools.permutations(range(k), 2))
    apart = [math.dist(centres[a], centres[b]) for a, b in pairs]
    leads = {(a, b): (weight[a] - weight[b]) @ centres[a] + bias[a] - bias[b] for a, b in pairs}
    variances, axes = principal(points)
    middle = points.mean(0)
    flat = middle + (points - middle) @ axes[:, :2] @ axes[:, :2].T
    squares = [float((layer[:, :-1].astype(np.float64) ** 2).sum()) for layer in forward.split(spec, run.weights[-1])]
    factors = spec.l2_factors or [1] * len(squares)
    fresh = datasets.points(spec.kind, k, spec.points_per_class, spec.seed + 2**32)
    wanted = {
        "accuracy": run.accuracy[-1],
        "loss": run.loss[-1],
        "objective": run.loss[-1] + spec.l2 / 2 * sum(s * f for s, f in zip(squares, factors, strict=True)),
        "accuracy_fresh": share(forward.forward(spec, run.weights[-1], fresh[0]).logits.argmax(1) == fresh[1]),
        "collapsed": False,
        "epochs_to_90": len(run.accuracy) - 2,
        "neurons": spec.hidden[-1],
        "centres": centres,
        "largest_norm": max(math.hypot(*centre) for centre in centres),
        "least_distance": min(apart),
        "simplex_fits": k <= spec.hidden[-1] + 1,
        "corner_each": k <= 2 ** spec.hidden[-1],
        "simplex_share": None
        if name == "a plane without walls"
        else arrangement.simplex_share(centres, spec.room.name),
        "one_vs_rest": min(packing.hull_distance(centres[at], np.delete(centres, at, 0)) for at in range(k)),
        "interior": sum(packing.hull_distance(centres[at], np.delete(centres, at, 0)) == 0 for at in range(k)),
        "least_angle_deg": min(
            math.degrees(math.acos(centres[a] @ centres[b] / math.hypot(*centres[a]) / math.hypot(*centres[b])))
            for a, b in pairs
        ),
        "margin": min(leads.values()) / np.linalg.norm(weight),
        "clearance": min(lead / math.dist(weight[a], weight[b]) for (a, b), lead in leads.items()),
        "two_axes": variances[:2].sum() / variances.sum(),
        "accuracy_in_two_axes": share((flat @ weight.T + bias).argmax(1) == labels),
        "own_centre": share([nearest_of(p, centres) == c for p, c in zip(points, labels, strict=True)]),
        "order_kept": arrangement.order_kept(centres if len(axes) == 2 else centres @ axes[:, :2]),
        **collapse.collapse_metrics(points, labels, weight, layers.logits.argmax(1)),
        "wall_gap": 1 - min(max(abs(centre)) for centre in centres) if spec.activation == "tanh" else None,
    }
    if len(axes) == 2:
        wanted |= of_a_plane(spec, run, points, centres, head)
    else:
        in_a_plane = ("packing_ratio", "polygon_gap", "medians", "knot_x", "tie_x", "middle", "weight_norm", "thread")
        wanted |= dict.fromkeys([*in_a_plane, "course", "settled_epoch", "told_from_knot", "early_own_centre"])
        shown = projection.neighbour_map(points)
        wanted |= {
            "own_neighbour_data": projection.own_neighbour(run.x, labels),
            "own_neighbour_map": projection.own_neighbour(shown, labels),
            "gap": projection.longest_gap(points, labels),
            "gap_map": projection.longest_gap(shown, labels),
        }
    sphere = ("tammes_share", "thomson_share", "distance_tammes", "distance_thomson", "nearest_problem")
    wanted |= arrangement.on_sphere(centres) if name == "a ball" else dict.fromkeys(sphere)
    for column, value in wanted.items():
        if value is None or isinstance(value, str | bool):
            assert found[column] == value, column
        else:
            assert found[column] == pytest.approx(np.asarray(value), rel=1e-4, abs=1e-6), column


def of_a_plane(spec, run, points, centres, head) -> dict[str, Any]:
    """The columns of a run whose last hidden layer has two neurons."""
    flat, labels, classes = run.weights[-1], run.y, range(spec.classes)
    weight, bias = head[:, :-1], head[:, -1]
    medians = np.array([np.median(points[labels == own], axis=0) for own in classes])
    place = forward.forward(spec, flat, np.zeros((1, 2)))
    knot_at = place.hidden[-1][0]
    chances = np.exp(place.logits[0]) / np.exp(place.logits[0]).sum()
    sizes = np.abs(centres).max(1) if spec.activation == "tanh" else np.linalg.norm(centres, axis=1)
    level, off = weight - weight.mean(0), bias - bias.mean()
    tie = np.linalg.solve(level.T @ level, -level.T @ off)
    arms = [medians[label] - knot_at for label in labels]
    way = [(point - knot_at) @ arm / (arm @ arm) for point, arm in zip(points, arms, strict=True)]
    then = [
        np.array([forward.hidden(spec, kept, run.x)[labels == own].mean(0) for own in classes]) for kept in run.weights
    ]
    distances = [packing.least_distance(one) for one in then]
    hidden, predicted = directions.lattice_hidden(spec, flat, 9)
    wanted = {
        "packing_ratio": arrangement.packing_ratio(centres, spec.room.name),
        "polygon_gap": arrangement.polygon_gap(centres),
        "medians": medians,
        "knot_x": knot_at[0],
        "knot_y": knot_at[1],
        "knot_norm": math.hypot(*knot_at) / max(sizes),
        "knot_entropy": -(chances * np.log(chances)).sum() / math.log(spec.classes),
        "tie_x": tie[0],
        "tie_y": tie[1],
        "tie_distance": math.dist(tie, knot_at),
        "tie_residual": np.abs(level @ tie + off).max() / np.abs(points @ level.T + off).max(),
        "inside_depth": knot.inside_depth(centres / max(sizes)),
        "middle": (sizes < max(sizes) / 2).sum(),
        "weight_norm": np.linalg.norm(weight) * max(sizes),
        "thread": np.mean(np.array(way) < 0.7),
        "settled_epoch": arrangement.settled(run.checkpoints, np.array(distances)),
        "told_from_origin": directions.told_by_angle(hidden, predicted, np.zeros(2)),
        "told_from_knot": directions.told_by_angle(hidden, predicted, knot_at),
        "largest_region": max(np.mean(predicted == own) for own in classes),
        "own_neighbour_map": None,
    }
    if len(spec.hidden) == 4:
        early = [forward.forward(spec, kept, run.x).hidden[1] for kept in run.weights]
        own = [arrangement.own_centre(one, labels) for one in early]
        wanted["early_own_centre"] = own[-1]
        in_the_end = np.array([early[-1][labels == one].mean(0) for one in classes])
        wanted["early_packing_ratio"] = arrangement.packing_ratio(in_the_end, "square")
    return wanted


@pytest.mark.parametrize("name", SPECS)
def test_a_run_is_known_to_have_its_columns_before_it_is_trained(name):
    spec = SPECS[name]
    found = measure_run(spec, any_run(spec), lattice=5)
    compared = {column for each in columns.COMPARISONS.values() if each.suits(spec) for column in each.columns}
    expected = columns_of(spec)
    assert expected.keys() == found.keys() | compared and all(expected[column] for column in compared)
    assert all(expected[column] for column, value in found.items() if value is not None)
    own = {
        column: each.suits(trained.Trained(spec, any_run(spec)))
        for each in columns.MEASUREMENTS.values()
        for column in each.columns
    }
    assert {column: expected[column] for column in found} == {column: own[column] for column in found}


@pytest.mark.parametrize(
    ("epochs", "checkpoints", "course"), [(1, 9, False), (2, 9, True), (9, 2, False), (9, 3, True)]
)
def test_a_course_is_expected_of_more_than_a_start_and_an_end(epochs, checkpoints, course):
    spec = RunSpec(classes=3, activation="tanh", seed=0, epochs=epochs, checkpoints=checkpoints)
    assert columns_of(spec)["course"] is course


@pytest.mark.parametrize("held", [0, 999])
def test_own_data_is_tried_on_the_points_held_out(held):
    rng = np.random.default_rng(held)
    table = tables.Table(
        *(rng.normal(size=(12, 2)), np.arange(12) % 3, rng.normal(size=(held, 2)), np.arange(held) % 3),
        labels=("a", "b", "c"),
        names=("u", "v"),
    )
    spec = replace(SPECS["a plane without walls"], classes=3, kind=tables.enter(table), points_per_class=4)
    run = any_run(spec)
    found = measure_run(spec, run, lattice=5)
    assert found["accuracy_fresh"] is None  # no new rows can be drawn
    held_out = tables.held_out(spec)
    if held_out is None:
        assert found["test_accuracy"] is None and held == 0
    else:
        scores = (forward.forward(spec, weights, held_out[0]).logits for weights in run.weights)
        *earlier, wanted = (np.mean(of_epoch.argmax(1) == held_out[1]) for of_epoch in scores)
        assert found["test_accuracy"] == pytest.approx(wanted, rel=1e-5) and wanted not in earlier


@pytest.mark.parametrize("name", ["loss", "epochs", "spread", "packing_share"])
def test_a_column_has_a_name_of_its_own(name):
    with pytest.raises(ValueError, match=f'a column "{name}" of runs is there already'):
        measurement(**{name: "something else"})(lambda trained: 1)
    with pytest.raises(ValueError, match=f'a column "{name}" of runs is there already'):
        across(["loss"], lambda spec: True, **{name: "something else"})(lambda rows, laws: [])


def test_a_measurement_without_words_and_one_of_what_nothing_measures_are_told():
    with pytest.raises(ValueError, match="a measurement without words"):
        measurement(lambda trained: 1)
    with pytest.raises(ValueError, match='reads "packing_share"; expected columns of measurements of a run'):
        across(["loss", "packing_share"], lambda spec: True, place="a place")


def test_every_column_and_parameter_has_words():
    told = columns.words(["spirals", "blobs"])
    every = [*columns.MEASUREMENTS.values(), *columns.COMPARISONS.values()]
    parameters = {each.name for kind in ("spirals", "blobs") for each in datasets.load()[kind].parameters}
    assert told.keys() == columns.RECIPE.keys() | parameters | {name for each in every for name in each.columns}
    assert all(map(str, told.values()))
    for model, shared in models.SHARED.items():
        assert columns.model_words(model).keys() == {*shared, *models.OWN[model]}


def test_a_parameter_that_kinds_share_is_said_of_each():
    assert str(columns.words(["spirals"])["noise_rad"]) == "spirals: standard deviation of a point's angle, radians"
    said = str(columns.words(["rings", "moons"])["noise"])
    assert said.startswith("moons: ") and "; rings: " in said and "blobs" not in said


def test_the_laws_speak_of_up_to_ten_classes_in_a_square():
    spec = RunSpec(classes=10, activation="tanh", seed=0)
    others = [replace(spec, classes=11), replace(spec, activation="relu"), replace(spec, hidden=(2, 2, 3))]
    assert columns.has_laws(spec) and not any(map(columns.has_laws, others))
    assert columns.class_counts([spec, *others, replace(spec, classes=4)], {"a": [6, 4], "b": []}) == [4, 6, 10]


@pytest.mark.parametrize(("classes", "accuracy", "collapsed"), [(10, 0.2, False), (10, 0.19, True), (4, 0.3, True)])
def test_what_is_no_better_than_chance_by_a_tenth_learnt_nothing(classes, accuracy, collapsed):
    run = replace(corner_run()[1], accuracy=np.array([1, 1, accuracy]))
    of = trained.Trained(RunSpec(classes=classes, activation="tanh", seed=0), run)
    assert columns.collapsed(of) is collapsed


def test_shares_and_distances_of_runs_are_those_of_their_arrangements_blown_up():
    values = {"points": 3.0, "margin": 0.9, "margin-no-bias": 0.8, "tied": 0.7}
    plain = {"points": CORNERS.tolist(), "regions": []}
    laws = {law: {"optima": [plain | {"value": value}]} for law, value in values.items()}
    medians, *centres = np.random.default_rng(3).uniform(-0.7, 0.7, (3, 4, 2)) + 0.4 * CORNERS
    rows = [{"centres": one.tolist(), "medians": medians.tolist()} for one in centres]
    shares = columns.COMPARISONS["shares_of_laws"].of(rows, laws)
    nulls = columns.COMPARISONS["against_nulls"].of(rows, laws)
    for one, of_laws, of_nulls in zip(centres, shares, nulls, strict=True):
        grown = one / np.abs(one).max()
        assert of_laws == {
            "distance_tied": round(packing.arrangement_distance(grown, CORNERS), 5),
            "packing_share": round(packing.least_distance(grown) / 3, 5),
            "margin_share": round(packing.available_margin(grown) / 0.9, 5),
            "margin_no_bias_share": round(packing.available_margin(grown, bias=False) / 0.8, 5),
            "tied_share": round(tied.available_margin(grown)[0] / 0.7, 5),
            "least_distance_median": round(packing.least_distance(medians), 5),
            "packing_share_median": round(packing.least_distance(medians) / np.abs(medians).max() / 3, 5),
        }
        assert of_nulls == {f"distance_{null}": round(knot.null_distance(grown, null), 5) for null in knot.NULLS}


def arms() -> tuple[np.ndarray, np.ndarray]:
    """Seven spirals, standing obliquely in three dimensions."""
    x, y = datasets.points("spirals", 7, 100, 1)
    return x @ np.array([[1.0, 0, 0], [0, 0.6, 0.8]]), y


def test_a_map_keeps_neighbours_and_invents_gaps():
    points, labels = arms()
    shown = projection.neighbour_map(points)
    assert shown.shape == (700, 2) and np.isfinite(shown).all()
    assert projection.own_neighbour(shown, labels) > 0.95 < projection.own_neighbour(points, labels)
    assert projection.longest_gap(shown, labels) > 3 * projection.longest_gap(points, labels)
    few = projection.neighbour_map(points[::100])
    assert few.shape == (7, 2) and np.isfinite(few).all()


def test_a_map_has_the_same_bytes_in_every_process_and_with_every_number_of_threads(tmp_path):
    program = """
import sys
import numpy as np
from generator.measures import projection
sys.stdout.buffer.write(projection.neighbour_map(np.load(sys.argv[1])).tobytes())
"""
    points = arms()[0][::2]
    np.save(tmp_path / "points.npy", points)
    told = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "points.npy"],
        check=True,
        capture_output=True,
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "3"},
    )
    assert told.stdout == projection.neighbour_map(points).tobytes()  # one thread, see conftest


def test_own_neighbour_counts_those_next_to_another_class():
    points = np.array([[0.0, 0], [1, 0], [1.4, 0], [9, 9], [9, 8]])
    assert projection.own_neighbour(points, np.array([0, 0, 1, 1, 1])) == pytest.approx(3 / 5)


def test_the_longest_gap_is_counted_in_typical_steps():
    steps = np.cumsum([0, 1, 1, 6, 1, 1])
    line = np.column_stack([steps, np.zeros(6)])
    pair = np.array([[0.0, 5], [0, 6], [0, 7]])
    labels = np.repeat([0, 1, 2], [6, 3, 3])
    assert projection.longest_gap(line, np.zeros(6, int)) == 6
    assert projection.longest_gap(np.concatenate([line, pair, 2 * pair]), labels) == 1  # the median of 6, 1 and 1
    bent = np.array([[0.0, 0], [0, 1], [1, 1], [1, 0]])  # the side from first to last closes no gap
    assert projection.longest_gap(bent, np.zeros(4, int)) == 1
    assert projection.longest_gap(np.zeros((3, 2)), np.zeros(3, int)) == math.inf


def test_maps_are_measured_of_wide_layers_over_a_plane_alone():
    spec = RunSpec(classes=3, activation="tanh", seed=0, hidden=(4, 3))
    x, y = datasets.points("spirals", 3, 10, 0)
    flat = random_weights(spec, scale=1)
    found = measure_run(spec, twice(flat, x, y), lattice=5)
    assert found["own_neighbour_data"] == pytest.approx(projection.own_neighbour(x, y)) and found["gap_map"] >= 1
    assert found["gap"] == pytest.approx(projection.longest_gap(forward.hidden(spec, flat, x), y), rel=1e-5)
    assert not is_lifted(replace(spec, hidden=(4, 2))) and not is_lifted(replace(spec, kind="simplex"))
    spec, run = corner_run()
    assert measure_run(spec, run, lattice=5)["own_neighbour_map"] is None

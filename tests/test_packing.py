"""The laws' solvers against proved optima and the reference table; arrangements against constructed ones."""

import itertools
import json
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from generator.measures import packing
from generator.networks.rooms import DISK, QUADRANT, ROOMS, SQUARE

EXACT = 1e-12
FINITE_ATOL = 1e-6  # of forward differences
PROVED_ATOL = 1e-6  # of a room with a round wall
IN_THE_SQUARE_ATOL = 1e-9
TABLE_ATOL = 1e-4  # the tabled margins have four decimals
CORNERS = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [-1.0, 1.0]])
# With biases, numerical; nine stand on a lattice of three by three, whose margin is 1 / (4 sqrt 3).
MARGIN_IN_SQUARE = {2: 2.0, 3: 1.0690, 4: 0.7071, 5: 0.3536, 6: 0.2763, 7: 0.2213, 8: 0.1782, 9: 0.1443}
ITS_LEAST_DISTANCE = {2: 2.828, 3: 2.0, 4: 2.0, 5: 1.414, 6: 1.160, 7: 1.030, 8: 1.0, 9: 1.0}


def regular(count: int, radius: float = 1.0, turn: float = 0.0) -> np.ndarray:
    angle = turn + 2 * np.pi * np.arange(count) / count
    return radius * np.stack([np.cos(angle), np.sin(angle)], 1)


# the laws' optima


@pytest.mark.parametrize("room", ["square", "disk", "circle"])
@pytest.mark.parametrize("k", [*range(2, 8), *(pytest.param(k, marks=pytest.mark.breadth) for k in (8, 9, 10))])
def test_point_packing_reaches_the_proved_optimum(room, k):
    best = packing.optima("points", k, room, starts=None if room == "square" else 30)[0]
    assert best.value == pytest.approx(ROOMS[room].best[k], abs=IN_THE_SQUARE_ATOL if room == "square" else PROVED_ATOL)
    assert packing.least_distance(best.points) == best.value
    assert np.abs(best.points).max() <= 1
    assert room == "square" or np.linalg.norm(best.points, axis=1).max() <= 1 + EXACT


def test_the_proved_optima_are_the_tabled_numbers():
    unit_square = [1.4142135624, 1.0352761804, 1.0, 0.7071067812, 0.6009252126, 0.5358983849, 0.5176380902, 0.5]
    unit_disk = [2.0, 1.7320508076, 1.4142135624, 1.1755705046, 1.0, 1.0, 0.8677674782, 0.7653668647, 0.7109782360]
    assert [SQUARE.best[k] / 2 for k in range(2, 11)] == pytest.approx([*unit_square, 0.4212795440], abs=1e-9)
    assert [DISK.best[k] for k in range(2, 11)] == pytest.approx(unit_disk, abs=1e-9)


@pytest.mark.parametrize("k", range(2, 9))
def test_the_best_known_quadrant_packings_are_what_the_solver_finds(k):
    assert packing.optima("points", k, "quadrant", starts=24)[0].value == pytest.approx(QUADRANT.best[k], abs=1e-9)


@pytest.mark.parametrize("k", [*range(2, 8), *(pytest.param(k, marks=pytest.mark.breadth) for k in (8, 9))])
def test_max_margin_agrees_with_the_table(k):
    best = packing.optima("margin", k)[0]
    assert best.value == pytest.approx(MARGIN_IN_SQUARE[k], abs=TABLE_ATOL)
    assert packing.least_distance(best.points) == pytest.approx(ITS_LEAST_DISTANCE[k], abs=1e-3)
    told = packing.solve("margin", k, "square")["told"]
    assert told["corners"] + told["walls"] + told["interior"] <= k  # each is in one place


@pytest.mark.parametrize("k", [3, 5, *(pytest.param(k, marks=pytest.mark.breadth) for k in (4, 6, 7))])
def test_max_margin_on_the_circle_is_the_softmax_code(k):
    # equally spaced unit directions, each weight 1/sqrt(k) long: margin (1 - cos(2 pi / k)) / sqrt(k)
    expected = (1 - math.cos(2 * math.pi / k)) / math.sqrt(k)
    for law in ("margin", "margin-no-bias"):
        best = packing.optima(law, k, "circle", starts=12)[0]
        assert best.value == pytest.approx(expected, abs=PROVED_ATOL)
        assert packing.arrangement_distance(best.points, regular(k), "circle") == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("k", range(2, 8))
def test_biases_never_hurt_and_only_they_put_a_class_inside(k):
    free, bound = packing.optima("margin", k)[0], packing.optima("margin-no-bias", k)[0]
    assert free.value >= bound.value - 1e-7
    assert (packing.hull_distances(bound.points) > 0).all()
    assert (packing.hull_distances(free.points) == 0).sum() == (1 if k >= 5 else 0)


def test_five_points_want_corners_and_centre_except_without_biases():
    cross = np.vstack([CORNERS, [[0.0, 0.0]]])
    found = judged(cross, 5)
    assert found["distance_points"] == found["distance_margin"] == 0
    assert found["distance_margin_no_bias"] > 0.5


def test_three_points_without_biases_are_free_along_two_sides():
    # one at the middle of a side, one on each neighbouring side, anywhere in its far quarter
    (best,) = packing.optima("margin-no-bias", 3)
    assert sorted(round(float(np.ptp(region, axis=0).max()), 3) for region in best.regions) == [0, 0.5, 0.5]
    for end in (-1.0, -0.8, -0.5):
        points = np.array([[1.0, 0.0], [end, 1.0], [-0.6, -1.0]])
        assert judged(points, 3)["distance_margin_no_bias"] == pytest.approx(0, abs=1e-4)
        assert packing.available_margin(points, bias=False) == pytest.approx(best.value, abs=1e-4)
    beyond = judged(np.array([[1.0, 0.0], [-0.2, 1.0], [-0.6, -1.0]]), 3)
    assert beyond["distance_margin_no_bias"] == pytest.approx(0.3 / math.sqrt(3), abs=1e-4)


def test_regions_keep_the_margin_and_nothing_beyond_them_does():
    for k in (3, 5, 7):
        best = packing.optima("margin-no-bias", k)[0]
        for row, region in enumerate(best.regions):
            for corner in region:
                moved = best.points.copy()
                moved[row] = corner
                assert packing.available_margin(moved, bias=False) > best.value - 1e-4


@pytest.mark.parametrize(("least", "area"), [(-3, 4), (-1, 3.5), (0, 2), (1, 0.5), (3, 0)])
def test_a_polygon_is_cut_along_a_line_and_its_corners_stay_in_order(least, area):
    square = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
    x, y = packing._clipped(square, np.array([1.0, 1.0]), least).T
    assert (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2 == pytest.approx(area)


def searched(module, monkeypatch, times: float = 1.0) -> list[tuple[Any, np.ndarray, dict[str, Any]]]:
    """What is given to scipy's search from here on, which ends so many times as far out as it starts."""
    given = []

    def search(value, start, **options):
        given.append((value, start, options))
        return SimpleNamespace(x=times * start)

    monkeypatch.setattr(module, "minimize", search)
    return given


def climbs_along_its_slopes(given, room: str) -> tuple[np.ndarray, dict[str, Any], list[Callable[..., Any]]]:
    """The start and the options of the one search given, and what it holds, which all have the slopes that they say."""
    [(value, start, options)] = given
    held = options["constraints"]
    assert len(held) == (1 if room == "square" else 2)
    z = start + np.random.default_rng(6).normal(0, 0.2, len(start))
    for of, slopes in [(value, options["jac"]), *((one["fun"], one["jac"]) for one in held)]:
        np.testing.assert_allclose(slopes(z), approx_fprime(z, of), atol=FINITE_ATOL)
    return start, options, [one["fun"] for one in held]


def from_their_middle(points: np.ndarray) -> np.ndarray:
    """The weights of a head of norm 1 that looks to each class from the middle of all, row by row."""
    arms = points - np.mean(points, axis=0)
    return (arms / math.sqrt((arms**2).sum())).ravel()


@pytest.mark.parametrize("room", ["square", "quadrant", "disk", "circle"])
@pytest.mark.parametrize("law", packing.LAWS)
def test_searches_climb_along_the_slopes_of_what_they_hold(law, room, monkeypatch):
    rng = np.random.default_rng(6)
    given = searched(packing, monkeypatch)
    points = rng.uniform(0, 1, (4, 2))
    packing._climb(packing.LAWS[law], ROOMS[room], points)
    start, options, held = climbs_along_its_slopes(given, room)
    assert start[:8] == pytest.approx(points.ravel())
    assert law == "points" or start[8:16] == pytest.approx(from_their_middle(points))
    assert not start[16:-1].any()
    free, b = {"points": (0, 0), "margin": (8, 4), "margin-no-bias": (8, 0)}[law], packing.BIAS_BOUND
    of_head = [(-1, 1)] * free[0] + [(-b, b)] * free[1]
    assert options["bounds"] == [(ROOMS[room].packed_low, 1)] * 8 + of_head + [(-b, 2 * b)]
    assert min(held[0](start)) == pytest.approx(0)  # it starts at the least lead or distance


@pytest.mark.parametrize("room", ["square", "quadrant", "disk", "circle"])
def test_a_search_that_ends_outside_of_a_room_is_brought_back(room, monkeypatch):
    points = np.array([[0.1, 0.2], [0.9, 0.3], [-0.4, 0.7]])
    searched(packing, monkeypatch, times=2)
    found = packing._climb(packing.LAWS["points"], ROOMS[room], points)
    low = 0 if room == "quadrant" else -1
    clipped = [[0.2, 0.4], [1, 0.6], [max(low, -0.8), 1]]
    norms = [math.hypot(*point) for point in clipped]
    over = {"square": [1, 1, 1], "circle": norms}.get(room, [max(norm, 1) for norm in norms])
    assert found.points == pytest.approx(np.array(clipped) / np.array(over)[:, None])
    assert found.value == packing.least_distance(found.points)


def test_charges_roll_along_the_slopes_of_their_energy(monkeypatch):
    points = np.random.default_rng(7).normal(size=(5, 3))
    given = searched(packing, monkeypatch)
    packing._relaxed(points)
    [(cost, start, _)] = given
    value, slopes = cost(start)
    assert value == pytest.approx(packing.energy(points / np.linalg.norm(points, axis=1, keepdims=True)))
    np.testing.assert_allclose(slopes, approx_fprime(start, lambda z: cost(z)[0]), atol=FINITE_ATOL)


def test_optima_are_told_by_where_their_points_are():
    told = {k: packing.solve("points", k, "square")["told"] for k in (3, 5, 9)}
    places = {k: (one["corners"], one["walls"], one["interior"]) for k, one in told.items()}
    assert places == {3: (1, 2, 0), 5: (4, 0, 1), 9: (4, 4, 1)}
    assert told[3]["value"] == told[3]["least_distance"] == 2.070552
    assert sorted({abs(x) for point in told[3]["points"] for x in point}) == [0.464102, 1]
    assert all(sorted(map(abs, point)) == [0.0, 0.0] for point in told[5]["points"] if max(map(abs, point)) < 0.9)


def test_optima_are_the_same_each_time():
    packing.optima.cache_clear()
    first = packing.optima("margin", 4)[0]
    packing.optima.cache_clear()
    assert packing.optima("margin", 4)[0].points.tobytes() == first.points.tobytes()


def test_four_points_in_three_dimensions_are_a_simplex():
    best = packing.optima("points", 4, "circle", dimension=3)[0]
    assert best.value == pytest.approx(math.sqrt(8 / 3), abs=PROVED_ATOL)
    assert np.linalg.norm(best.points, axis=1) == pytest.approx(np.ones(4))


# the sphere

# Least distances: k = 4, 6, 12 are corners of Platonic solids; Schuette & van der Waerden 1951 prove 5, 7, 8, 9.
TAMMES = {
    4: math.sqrt(8 / 3),
    5: math.sqrt(2),
    6: math.sqrt(2),
    7: 1.25687,
    8: 1.21556,
    9: 2 / math.sqrt(3),
    12: 1.05146,
}
# Least energies of k charges, as tabled since Erber & Hockney 1991.
THOMSON = {
    2: 0.5,
    3: math.sqrt(3),
    4: 3.674234614,
    5: 6.474691495,
    6: 9.985281374,
    7: 14.452977414,
    8: 19.675287861,
    10: 32.716949460,
    12: 49.165253058,
}


@pytest.mark.parametrize("k", TAMMES)
def test_tammes_problem_reaches_the_known_distances(k):
    best = packing.on_sphere("tammes", k)
    assert packing.least_distance(best) == pytest.approx(TAMMES[k], abs=1e-5)
    assert np.linalg.norm(best, axis=1) == pytest.approx(np.ones(k))


@pytest.mark.parametrize("k", THOMSON)
def test_thomsons_problem_reaches_the_known_energies(k):
    best = packing.on_sphere("thomson", k)
    assert packing.energy(best) == pytest.approx(THOMSON[k], abs=1e-8)
    assert np.linalg.norm(best, axis=1) == pytest.approx(np.ones(k))


def test_twelve_points_are_an_icosahedron_in_both_problems():
    golden = (1 + math.sqrt(5)) / 2
    corners = [np.roll([0, a, b * golden], turn) for turn in range(3) for a in (-1, 1) for b in (-1, 1)]
    corners = np.array(corners) / math.hypot(1, golden)
    for problem in ("tammes", "thomson"):
        assert packing.shape_distance(packing.on_sphere(problem, 12), corners) == pytest.approx(0, abs=1e-6)


def test_the_two_problems_part_at_seven_points():
    tammes, thomson = (packing.on_sphere(problem, 7) for problem in ("tammes", "thomson"))
    assert packing.least_distance(thomson) == pytest.approx(2 * math.sin(math.pi / 5))  # a pentagon and two poles
    assert packing.least_distance(tammes) > packing.least_distance(thomson) + 0.05
    assert packing.energy(tammes) > packing.energy(thomson) + 0.01


def test_energy_is_the_sum_over_pairs():
    assert packing.energy(CORNERS) == pytest.approx(4 / 2 + 2 / math.sqrt(8))
    assert packing.energy(np.zeros((2, 3))) == math.inf


def test_shape_distance_forgets_turn_mirror_move_and_labels():
    rng = np.random.default_rng(5)
    points = rng.normal(size=(7, 3))
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    assert packing.shape_distance(points, rng.permutation(points) @ turn + 4) == pytest.approx(0, abs=1e-12)
    assert packing.shape_distance(CORNERS, 2 * CORNERS) == pytest.approx(math.sqrt((4 * 4 + 2 * 8) / 6))


def test_what_is_told_of_a_law_is_what_its_optima_are():
    told = lambda law, k: packing.solve(law, k, "square")["told"]  # noqa: E731
    assert told("margin", 5)["interior"] == 1
    assert told("margin", 5)["unique"] is True
    assert told("margin-no-bias", 3)["unique"] is False
    assert told("points", 4)["least_distance"] == 2


# the margin that an arrangement offers


def test_available_margin_of_known_arrangements():
    assert packing.available_margin(CORNERS[[0, 2]]) == pytest.approx(2, abs=1e-6)
    # a class between two others on a line can win only with biases
    line = np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    assert packing.available_margin(line, bias=True) == pytest.approx(1 / math.sqrt(8), abs=1e-6)
    assert packing.available_margin(line, bias=False) == 0


def test_a_demand_and_a_head_make_the_lead_of_one_class_over_another():
    rng = np.random.default_rng(3)
    points, head = rng.normal(size=(4, 3)), rng.normal(size=(4, 4))
    scores = points @ head[:, :-1].T + head[:, -1]
    leads = [scores[own, own] - scores[own, other] for own in range(4) for other in range(4) if own != other]
    assert (packing.demands(points) * head).sum((1, 2)) == pytest.approx(leads)


def test_available_margin_needs_biases_away_from_the_origin():
    moved = CORNERS + 10
    assert packing.available_margin(moved) == pytest.approx(packing.available_margin(CORNERS), abs=1e-5)
    assert packing.available_margin(moved, bias=False) < packing.available_margin(CORNERS, bias=False) / 10


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("k", [2, 4, 7])
def test_the_best_head_has_the_available_margin(k, bias):
    points = np.random.default_rng(k).uniform(-1, 1, (k, 2)) if bias else 2 * regular(k, turn=0.2)
    head = packing.best_head(points, bias)
    weight, offset = head[:, :2], head[:, 2]
    assert np.linalg.norm(weight) == pytest.approx(1)
    assert offset.sum() == pytest.approx(0, abs=1e-9) and (bias or not offset.any())
    lead = (points @ weight.T + offset).diagonal()[:, None] - points @ weight.T - offset
    np.fill_diagonal(lead, np.inf)
    assert lead.min() == pytest.approx(packing.available_margin(points, bias), abs=1e-6)


def test_an_optimum_found_before_gives_the_same_head(monkeypatch):
    found = packing.predicted_head("margin", 4)
    points = np.array(packing.solve("margin", 4, "square")["optima"][0]["points"])
    monkeypatch.setattr(packing, "optima", lambda *_: pytest.fail("searched again"))
    assert packing.predicted_head("margin", 4, points).tobytes() == found.tobytes()


def test_the_predicted_head_takes_the_classes_round_the_room():
    head = packing.predicted_head("margin", 5)
    assert np.linalg.norm(head[0, :2]) == pytest.approx(0, abs=1e-6)  # the centre's class is the first
    turned = np.degrees(np.arctan2(head[1:, 1], head[1:, 0]))
    np.testing.assert_allclose(turned, [-135, -45, 45, 135], atol=1e-3)


def test_the_predicted_head_of_a_disk_is_the_disks():
    head = packing.predicted_head("margin", 7, room="disk")
    assert np.linalg.norm(head[0, :2]) == pytest.approx(0, abs=1e-3)  # one in the middle of a hexagon
    turned = np.degrees(np.arctan2(head[1:, 1], head[1:, 0]))
    np.testing.assert_allclose(np.diff(turned), 60, atol=0.1)


@pytest.mark.parametrize("bias", [True, False])
def test_available_margin_is_what_no_head_exceeds(bias):
    rng = np.random.default_rng(4)
    points = rng.uniform(-1, 1, (3, 2))
    best = packing.available_margin(points, bias)
    reached = -np.inf
    for _ in range(20_000):
        weight = rng.standard_normal((3, 2))
        weight /= np.linalg.norm(weight)
        b = rng.standard_normal(3) * bias
        logits = points @ weight.T + b
        lead = logits.diagonal()[:, None] - logits
        reached = max(reached, lead[~np.eye(3, dtype=bool)].min())
    assert 0.5 * best < reached <= best + 1e-6


# distance to the hull


@pytest.mark.parametrize("classes", [3, 4, 5, 6, 7])
def test_hull_distance_of_equally_spaced_directions(classes):
    np.testing.assert_allclose(packing.hull_distances(regular(classes)), 1 - math.cos(2 * math.pi / classes), atol=1e-7)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_distances_and_margins_grow_with_their_points(scale):
    points = np.random.default_rng(2).uniform(-1, 1, (4, 3))
    for of in (packing.hull_distances, packing.available_margin, lambda at: packing.available_margin(at, bias=False)):
        assert of(scale * points) == pytest.approx(scale * of(points), rel=1e-5)
    assert packing.available_margin(np.zeros((3, 2))) == 0 and not packing.hull_distances(np.zeros((3, 2))).any()


def test_hull_distance_is_zero_inside_and_on_the_hull():
    assert packing.hull_distance(np.array([0.2, -0.3]), CORNERS) == 0
    assert packing.hull_distance(np.array([1.0, 0.0]), CORNERS) == 0
    assert packing.hull_distance(np.array([3.0, 0.0]), CORNERS) == pytest.approx(2, abs=1e-7)
    assert packing.hull_distance(np.array([4.0, 5.0]), CORNERS) == pytest.approx(5, abs=1e-7)


# arrangements


def test_how_far_out_is_by_coordinate_between_walls_and_by_norm_in_the_round():
    points = np.array([[0.6, 0.8], [0.3, -0.4]])
    assert packing.sizes(points, "square").tolist() == [0.8, 0.4]
    for room in ("disk", "circle", "plane", "quadrant"):
        assert packing.sizes(points, room) == pytest.approx([1, 0.5])


def test_symmetries_are_eight_different_ones_and_keep_the_square():
    found = packing.symmetries("square")
    assert len({tuple(matrix.ravel()) for matrix in found}) == 8
    for matrix in found:
        assert {tuple(p) for p in CORNERS @ matrix.T} == {tuple(p) for p in CORNERS}


@pytest.mark.parametrize("room", ["square", "quadrant"])
def test_distance_forgets_symmetry_and_labels(room):
    rng = np.random.default_rng(5)
    points = rng.uniform(0, 1, (6, 2))
    for matrix in packing.symmetries(room):
        image = (points @ matrix.T)[rng.permutation(6)]
        assert packing.arrangement_distance(points, image, room) == pytest.approx(0, abs=EXACT)


def test_distance_of_known_arrangements():
    moved = CORNERS.copy()
    moved[0] -= [0.6, 0.8]
    assert packing.arrangement_distance(CORNERS, moved) == pytest.approx(math.sqrt(1 / 4))
    assert packing.arrangement_distance(CORNERS, 0.5 * CORNERS) == pytest.approx(math.sqrt(0.5))
    first, second = np.array([[0.1, 0.9], [0.3, 0.2]]), np.array([[-0.1, 0.9], [-0.3, 0.2]])
    assert packing.arrangement_distance(first, second, "square") == pytest.approx(0, abs=EXACT)
    assert packing.arrangement_distance(first, second, "quadrant") > 0.1


def test_distance_is_symmetric_and_obeys_the_triangle():
    rng = np.random.default_rng(1)
    a, b, c = rng.uniform(-1, 1, (3, 5, 2))
    distance = packing.arrangement_distance
    assert distance(a, b) == pytest.approx(distance(b, a))
    assert distance(a, c) <= distance(a, b) + distance(b, c) + EXACT


@pytest.mark.parametrize("room", ["square", "quadrant"])
def test_no_symmetry_and_order_brings_points_closer_than_aligned_does(room):
    rng = np.random.default_rng(8)
    for k, trial in itertools.product((1, 2, 4), range(20)):
        points, target = rng.uniform(-1, 1, (2, k, 2)).round(trial % 3)  # rounded: several are as close
        images = [points @ matrix.T for matrix in packing.symmetries(room)]
        orders = itertools.product(images, itertools.permutations(range(k)))
        least = min(((image[list(order)] - target) ** 2).sum() for image, order in orders)
        found = packing.aligned(points, target, room)
        assert ((found - target) ** 2).sum() == pytest.approx(least, abs=EXACT)
        assert any(np.array_equal(np.sort(found, 0), np.sort(image, 0)) for image in images)


def test_aligned_rows_follow_the_target():
    rng = np.random.default_rng(2)
    target = rng.uniform(-1, 1, (7, 2))
    points = (target @ packing.symmetries("square")[5].T)[rng.permutation(7)]
    np.testing.assert_allclose(packing.aligned(points, target), target, atol=EXACT)


def test_arrangements_of_different_size_cannot_be_compared():
    with pytest.raises(ValueError, match="one shape"):
        packing.arrangement_distance(CORNERS, CORNERS[:3])


def test_in_the_disk_every_turn_and_mirror_is_forgotten():
    rng = np.random.default_rng(3)
    points = rng.uniform(-0.7, 0.7, (5, 2))
    for turn, mirror in ((0.4, 1), (2.5, -1)):
        cos, sin = math.cos(turn), math.sin(turn)
        image = (points * [1, mirror] @ np.array([[cos, sin], [-sin, cos]]))[rng.permutation(5)]
        assert packing.arrangement_distance(points, image, "disk") == pytest.approx(0, abs=EXACT)
        assert packing.arrangement_distance(points, image, "square") > 0.1
    assert packing.arrangement_distance(regular(5), 0.9 * regular(5, turn=0.3), "disk") == pytest.approx(0.1)


def test_in_the_disk_the_best_turn_is_a_compromise():
    # one of two opposite points turned by 20 degrees: the best turn leaves each 10 degrees off
    cos, sin = math.cos(math.radians(20)), math.sin(math.radians(20))
    bent, straight = np.array([[1.0, 0.0], [-cos, sin]]), np.array([[1.0, 0.0], [-1.0, 0.0]])
    expected = 2 * math.sin(math.radians(5))
    assert packing.arrangement_distance(bent, straight, "disk") == pytest.approx(expected, abs=1e-9)


def test_distance_to_a_polygon():
    assert packing._polygon_distance(np.array([0.3, -0.9]), CORNERS) == 0
    assert packing._polygon_distance(np.array([0.3, -1.5]), CORNERS) == pytest.approx(0.5)
    assert packing._polygon_distance(np.array([4.0, 5.0]), CORNERS) == pytest.approx(5)
    assert packing._polygon_distance(np.array([0.0, 3.0]), CORNERS[:1]) == pytest.approx(math.sqrt(5))
    for corners in (CORNERS[:2], CORNERS[[0, 0, 1]]):  # a line, said in two ways
        assert packing._polygon_distance(np.array([1.0, 0.5]), corners) == 0
        assert packing._polygon_distance(np.array([1.0, 1.5]), corners) == 0.5
    assert packing._polygon_distance(np.array([0.3, -0.9]), 0.95 * CORNERS[::-1]) == 0


@pytest.mark.parametrize("turn", [1, -1])
def test_distance_to_a_polygon_is_that_to_the_hull_of_its_corners(turn):
    rng = np.random.default_rng(9)
    for _ in range(40):
        angles = np.sort(rng.uniform(0, 2 * np.pi, 5))[::turn]
        corners = rng.normal(size=2) + np.stack([np.cos(angles), np.sin(angles)], 1) * [1, 2]
        point = rng.normal(size=2)
        assert packing._polygon_distance(point, corners) == pytest.approx(
            packing.hull_distance(point, corners), abs=1e-6
        )


# how near an arrangement is to the laws


def laws(classes):
    return {law: packing.solve(law, classes, "square") for law in packing.LAWS}


def judged(points, classes):
    optima = {law: said["optima"] for law, said in laws(classes).items()}
    return packing.against_laws(points.tolist(), optima, "square")


@pytest.mark.parametrize(("law", "classes"), [("points", 6), ("margin-no-bias", 5)])
def test_a_law_recognises_its_own_turned_and_shrunk(law, classes):
    best = packing.optima(law, classes)[0].points
    found = judged(0.9 * best @ np.array([[0, 1], [1, 0]]), classes)
    assert found["nearest_law"] == law
    assert found[f"distance_{law.replace('-', '_')}"] == pytest.approx(0, abs=1e-5)
    assert np.abs(found["pose"]).max() == pytest.approx(1, abs=1e-4)


def test_no_coordinate_is_told_as_minus_nothing():
    assert json.dumps(packing._plain(np.array([[-1e-9, 0.5], [-0.0, 1e-9]]))) == "[[0.0, 0.5], [0.0, 0.0]]"


def test_distances_from_laws_have_five_decimals_and_poses_four():
    found = judged(np.random.default_rng(1).uniform(-0.9, 0.9, (3, 2)), 3)
    distances = [found[f"distance_{law.replace('-', '_')}"] for law in packing.LAWS]
    assert distances == [round(distance, 5) for distance in distances] and min(distances) > 0.01
    assert found["pose"] == np.round(found["pose"], 4).tolist() and np.abs(found["pose"]).max() == 1


def test_where_all_laws_agree_none_is_nearest():
    corners = np.array([[1.0, 1], [-1, 1], [-1, -1], [1, -1]])
    assert judged(0.8 * corners, 4)["nearest_law"] is None


def test_solutions_are_plain():
    solved = packing.solve("points", 4, "square")
    assert json.loads(json.dumps(solved)) == solved

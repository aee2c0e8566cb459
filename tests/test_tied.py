"""The tied law against an independent search."""

import json
import math

import numpy as np
import pytest

from generator.measures import arrangement, columns, packing, tied
from generator.networks.rooms import ROOMS
from tests.test_packing import climbs_along_its_slopes, from_their_middle, searched

# Another program's search from 60 starts: k -> margin with biases, without, tied; the tie's distance from the origin
SEARCHED = {
    3: (1.069045, 0.925820, 1.069045, 0.333),
    4: (0.707107, 0.707107, 0.707107, 0.0),
    5: (0.353553, 0.343560, 0.344041, 0.055),
    6: (0.276278, 0.231910, 0.231910, 0.0),
    7: (0.221284, 0.159655, 0.159907, 0.068),
}
PENTAGON_AND_CENTRE, HEXAGON, HEXAGON_AND_CENTRE, HEPTAGON = 0.2284, 0.2041, 0.20412, 0.14231
CORNERS = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
TURN = np.array([[0.0, -1.0], [1.0, 0.0]])


# the law


@pytest.mark.parametrize("k", SEARCHED)
def test_three_laws_have_the_margins_that_another_search_found(k):
    bias, origin, free, distance = SEARCHED[k]
    best = tied.optima(k)[0]
    assert packing.optima("margin", k)[0].value == pytest.approx(bias, abs=1e-4)
    assert packing.optima("margin-no-bias", k)[0].value == pytest.approx(origin, abs=1e-4)
    assert best.value == pytest.approx(free, abs=1e-4)
    assert np.linalg.norm(best.tie) == pytest.approx(distance, abs=1e-3)


@pytest.mark.parametrize("k", [*range(2, 8), *(pytest.param(k, marks=pytest.mark.breadth) for k in (8, 9, 10))])
def test_a_tie_anywhere_lies_between_no_tie_and_a_tie_at_the_origin(k):
    value = tied.optima(k)[0].value
    assert packing.optima("margin-no-bias", k)[0].value - 1e-6 <= value <= packing.optima("margin", k)[0].value + 1e-6


def test_in_the_disk_a_tie_forbids_the_middle_that_the_second_law_takes():
    for k, bias, free in ((6, PENTAGON_AND_CENTRE, HEXAGON), (7, HEXAGON_AND_CENTRE, HEPTAGON)):
        assert packing.optima("margin", k, "disk")[0].value == pytest.approx(bias, abs=1e-4)
        assert tied.optima(k, "disk")[0].value == pytest.approx(free, abs=1e-4)


@pytest.mark.parametrize("k", [2, 3, 5, 7])
def test_the_best_head_ties_where_it_says_and_has_the_margin_that_it_says(k):
    best = tied.optima(k)[0]
    tie = best.tie
    head = tied.best_head(best.points, tie)
    scores = head[:, :2] @ tie + head[:, 2]
    assert np.ptp(scores) < 1e-9
    assert np.linalg.norm(head[:, :2]) == pytest.approx(1)
    assert arrangement.head_margin(best.points, head[:, :2], head[:, 2]) == pytest.approx(best.value, abs=1e-6)
    assert tied.available_margin(best.points)[0] == pytest.approx(best.value, abs=1e-6)
    assert np.abs(tie).max() <= 1


@pytest.mark.parametrize("room", ["square", "quadrant", "disk"])
def test_searches_climb_along_the_slopes_of_what_they_hold(room, monkeypatch):
    rng = np.random.default_rng(6)
    given = searched(packing, monkeypatch)
    points, tie = rng.uniform(0, 1, (4, 2)), np.array([0.3, 0.2])
    tied._maximum(points, tie, ROOMS[room])
    start, options, held = climbs_along_its_slopes(given, room)
    assert start[:-1] == pytest.approx([*points.ravel(), *from_their_middle(points), *tie])
    low = ROOMS[room].packed_low
    assert options["bounds"] == [*[(low, 1)] * 8, *[(-1, 1)] * 8, *[(low, 1)] * 2, (None, None)]
    assert min(held[0](start)) == pytest.approx(0)  # it starts at the least lead


@pytest.mark.parametrize("room", ["square", "quadrant", "disk"])
def test_a_search_that_ends_outside_of_a_room_is_brought_back(room, monkeypatch):
    points, tie = np.array([[0.1, 0.2], [0.9, 0.3], [-0.4, 0.7]]), np.array([0.6, 0.2])
    searched(packing, monkeypatch, times=2)
    found, at = tied._maximum(points, tie, ROOMS[room])
    clipped = [[0.2, 0.4], [1, 0.6], [-0.8 if room != "quadrant" else 0, 1], [1, 0.4]]
    over = [1 if room == "square" else max(1, math.hypot(*point)) for point in clipped]
    assert np.vstack([found, at]) == pytest.approx(np.array(clipped) / np.array(over)[:, None])


@pytest.mark.parametrize("room", ["square", "quadrant", "disk"])
@pytest.mark.parametrize(("k", "seed"), [(3, 1), (4, 2), (5, 2), (5, 3), (6, 1), (7, 2)])
def test_no_tie_of_a_finer_lattice_has_a_greater_margin(k, seed, room):
    """Also where a class stands amid the others, and along walls."""
    low, box = ROOMS[room].packed_low, ROOMS[room].packed_shape == "box"
    points = np.random.default_rng([k, seed]).uniform(low, 1, (k, 2))
    points[: k // 2] /= np.abs(points[: k // 2]).max(1, keepdims=True)
    axis = np.linspace(low, 1, 31)
    ties = [np.array([x, y]) for x in axis for y in axis if box or math.hypot(x, y) <= 1]
    least = max(packing.available_margin(points - tie, bias=False) for tie in ties)
    value, tie = tied.available_margin(points, room)
    assert value >= (1 - 1e-5) * least > 0
    assert value == pytest.approx(packing.available_margin(points - tie, bias=False))
    assert low - 1e-9 <= tie.min() and (tie.max() <= 1 if box else math.hypot(*tie) <= 1 + 1e-9)


def test_classes_at_one_point_have_no_margin_at_any_tie():
    assert tied.available_margin(np.array([[0.5, 0.5], [0.5, 0.5], [-1.0, 0.0]]))[0] == 0


@pytest.mark.parametrize(("room", "count"), [("square", 5), ("disk", 0)])
def test_where_a_point_may_be_is_known_where_walls_are_straight(room, count):
    assert len(tied.optima(5, room)[0].regions) == count


@pytest.mark.parametrize("k", [2, 3, 5, 7])
def test_what_is_found_at_a_tie_bounds_the_margin_at_all_others(k):
    rng = np.random.default_rng(k)
    points = rng.uniform(-1, 1, (k, 2))
    for tie in rng.uniform(-1, 1, (5, 2)):
        bound = tied._bound(packing.demands(points), tie)
        for x, y in [tie, *rng.uniform(-1, 1, (20, 2))]:
            square = packing.available_margin(points - [x, y], bias=False) ** 2
            assert square <= bound @ [1, -2 * x, -2 * y, x * x + y * y] + 1e-9
        assert bound @ [1, *(-2 * tie), tie @ tie] == pytest.approx(
            packing.available_margin(points - tie, bias=False) ** 2, abs=1e-9
        )


def test_a_ridge_is_followed_to_its_end():
    """Two classes nearly meet, so that good ties are on a line that no lattice resolves."""
    points = np.array([[0.4258, -1.0], [1.0, -0.0141], [0.3321, 1.0], [0.4574, -1.0], [-0.2089, 1.0]])
    end = np.array([0.44454421, -0.95507639])  # where a search by climbs from many ties came
    value, tie = tied.available_margin(points)
    assert value >= (1 - 1e-5) * packing.available_margin(points - end, bias=False)
    assert tie == pytest.approx(end, abs=1e-3)


def test_moved_points_keep_a_margin_whose_tie_moves_with_them():
    points, move = 0.5 * CORNERS, np.array([0.3, -0.2])
    value, tie = tied.available_margin(points + move)
    assert value == pytest.approx(packing.available_margin(points, bias=False), abs=1e-6)
    assert tie == pytest.approx(move, abs=1e-3)


def test_optima_are_plain_and_at_no_distance_from_themselves():
    solved = tied.solve(5, "square")
    assert json.loads(json.dumps(solved)) == solved
    assert solved["told"]["interior"] == 0 and len(solved["told"]["tie"]) == 2
    shrunk = 0.8 * tied.optima(5)[0].points @ TURN
    assert tied.distance(shrunk, solved["optima"], "square") == pytest.approx(0, abs=1e-4)
    assert tied.distance(shrunk[::-1] * [1, 0.9], solved["optima"], "square") > 0.01


def test_a_fourth_law_leaves_the_three_as_they_were():
    laws = {law: packing.solve(law, 5, "square") for law in packing.LAWS}
    row = {"centres": (0.9 * tied.optima(5)[0].points).tolist()}
    row["medians"] = row["centres"]
    four = {**laws, tied.NAME: tied.solve(5, "square")}
    assert columns.COMPARISONS["against_laws"].of([row], four) == columns.COMPARISONS["against_laws"].of([row], laws)
    (found,) = columns.COMPARISONS["shares_of_laws"].of([row], four)
    assert found["distance_tied"] == pytest.approx(0, abs=1e-4) and found["tied_share"] == pytest.approx(1, abs=1e-4)
    shares = [found[f"{law}_share"] for law in ("packing", "margin", "margin_no_bias")]
    assert max(shares) < 1 and found["packing_share_median"] == found["packing_share"]

"""The page's own geometry agrees with the generator's: margins, heads, regions, circular statistics."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import Laboratory
from playwright.sync_api import Page
from scipy.optimize import minimize
from scipy.stats import circmean, circstd

from generator.measures import arrangement, packing
from generator.networks import datasets
from generator.networks.rooms import ROOMS
from generator.site.assets import centre_rows

EXACT = 1e-9
SOLVED = 1e-5  # between two solvers of one convex problem


@pytest.fixture(scope="module")
def ask(bare_page: Page) -> Callable[..., Any]:
    return lambda expression, *values: bare_page.evaluate(f"(v) => ({expression})", list(values))


def arrangements() -> list[np.ndarray]:
    rng = np.random.default_rng(4)
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    return [corners[[0, 2]], corners, np.vstack([corners, [[0, 0]]])] + [rng.uniform(-1, 1, (k, 2)) for k in (3, 5, 7)]


def test_least_distance(ask: Callable[..., Any]) -> None:
    for points in arrangements():
        got = ask("peek.measure.leastDistance(v[0])", points.ravel().tolist())
        assert abs(got["distance"] - packing.least_distance(points)) < EXACT
        a, b = got["pair"]
        assert abs(np.linalg.norm(points[a] - points[b]) - got["distance"]) < EXACT


@pytest.mark.parametrize("bias", [True, False])
def test_margin_is_the_best_any_head_has(ask: Callable[..., Any], bias: bool) -> None:
    for points in arrangements():
        got = ask("peek.measure.margin(v[0], v[1])", points.ravel().tolist(), bias)
        assert abs(got - max(packing.available_margin(points, bias), 0.0)) < SOLVED


def test_margin_of_points_that_meet_is_none(ask: Callable[..., Any]) -> None:
    assert ask("peek.measure.margin([0.5, 0.5, 0.5, 0.5, 1, 0], true)") == 0


@pytest.mark.parametrize("bias", [True, False])
def test_the_best_head_is_the_best(ask: Callable[..., Any], bias: bool) -> None:
    l2 = 1e-2

    for points in arrangements():
        k = len(points)

        def objective(flat: np.ndarray, points: np.ndarray = points, k: int = k) -> float:
            head = flat.reshape(k, 3)
            logits = points @ head[:, :2].T + (head[:, 2] if bias else 0)
            top = logits.max(1, keepdims=True)
            log_sum = np.log(np.exp(logits - top).sum(1)) + top[:, 0]
            return float((log_sum - np.diag(logits)).mean() + l2 / 2 * (head[:, :2] ** 2).sum())

        best = minimize(objective, np.zeros(3 * k), method="BFGS", options={"gtol": 1e-7})
        got = ask(
            "(({head, loss}) => ({head: [...head], loss}))(peek.measure.bestHead(v[0], v[1], v[2]))",
            points.ravel().tolist(), l2, bias,
        )  # fmt: skip
        assert abs(got["loss"] - best.fun) < SOLVED
        assert abs(objective(np.array(got["head"])) - got["loss"]) < EXACT


def test_regions_are_where_a_class_wins(ask: Callable[..., Any]) -> None:
    rng = np.random.default_rng(2)
    head = rng.standard_normal((5, 3))
    regions = ask("peek.measure.headRegions(v[0], 5, {x0: -1, x1: 1, y0: -2, y1: 1})", head.ravel().tolist())
    area = 0.0
    for own, region in enumerate(regions):
        corners = np.array(region).reshape(-1, 2)
        if not len(corners):
            continue
        x, y = corners.T
        area += 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
        middle = corners.mean(0)
        assert (head[:, :2] @ middle + head[:, 2]).argmax() == own
    assert abs(area - 6.0) < 1e-9, "the regions cover the box once"


def test_circular_statistics(ask: Callable[..., Any]) -> None:
    angles = np.array([350.0, 10.0, 20.0, 355.0])
    radians = np.deg2rad(angles)
    got = ask("peek.measure.circular(v[0], v[1], v[2])", np.cos(radians).sum(), np.sin(radians).sum(), 4)
    assert abs(got["mean"] - circmean(angles, 360)) < EXACT
    assert abs(got["deviation"] - circstd(angles, 360)) < 1e-6


@pytest.mark.parametrize("room", ["square", "quadrant"])
def test_as_many_classes_are_in_the_middle_as_the_build_counts(ask: Callable[..., Any], room: str) -> None:
    draw = np.random.default_rng(3)
    several = [draw.uniform(-1, 1, (k, 2)) ** 3 for k in range(2, 12) for _ in range(5)] + [np.zeros((3, 2))]
    counts = [int((packing.sizes(packing.blown_up(centres, room), room) < 0.5).sum()) for centres in several]
    call = "v[0].map((centres) => peek.measure.middle(centres, v[1]))"
    assert ask(call, [centres.ravel().tolist() for centres in several], room == "square") == counts
    assert {*counts} > {0, 1, 2}


@pytest.mark.parametrize("room", ["square", "quadrant", "disk", "circle", "plane"])
def test_an_arrangement_comes_as_near_to_another_as_the_build_says(ask: Callable[..., Any], room: str) -> None:
    draw = np.random.default_rng(5)
    symmetries = [np.array(symmetry).tolist() for symmetry in ROOMS[room].symmetries]
    for k in range(2, 13):
        ours, theirs = draw.uniform(-1, 1, (2, k, 2))
        got = ask("[...peek.measure.aligned(...v)]", theirs.ravel().tolist(), ours.ravel().tolist(), symmetries)
        apart = np.linalg.norm(np.reshape(got, (k, 2)) - ours) / np.sqrt(k)
        assert abs(apart - packing.arrangement_distance(theirs, ours, room)) < EXACT


def test_recipes_are_told_the_centres_of_their_networks(bare_page: Page, laboratory: Laboratory) -> None:
    first = laboratory.index["runs"][0]["id"]
    centres = {"of another page": {"relu": {"2": [[1.0, 0.0]]}}, first: {"tanh": {"5": [[0.5, -1.0]]}}}
    bare_page.evaluate(f"() => {{{centre_rows(centres)}}}")
    [told, *others] = bare_page.evaluate("peek.runs.index().recipes.map(({centres}) => centres ?? null)")
    assert told == centres[first] and {*others} <= {None}


def test_order_is_kept_where_the_build_says_so(ask: Callable[..., Any]) -> None:
    draw = np.random.default_rng(6)
    several = [draw.uniform(-1, 1, (k, 2)) for k in range(2, 6) for _ in range(25)]
    turns = 2 * np.pi * np.sort(draw.random((20, 7)), axis=1)
    several += [way * np.stack([np.cos(turn), np.sin(turn)], 1) for turn in turns for way in ([1, 1], [1, -1])]
    kept = [arrangement.order_kept(centres) for centres in several]
    got = ask(
        "v[0].map((centres) => peek.measure.orderKept(centres))", [centres.ravel().tolist() for centres in several]
    )
    assert got == kept and {*kept} == {True, False, None}


def test_own_random_numbers_are_even_and_normal(ask: Callable[..., Any]) -> None:
    uniform = np.array(ask("Array.from({length: 20000}, ((r) => () => r.uniform())(peek.network.random(7)))"))
    assert uniform.min() >= 0 and uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 0.01 and abs(uniform.var() - 1 / 12) < 0.002
    normal = np.array(ask("Array.from({length: 20000}, ((r) => () => r.normal())(peek.network.random(8)))"))
    assert abs(normal.mean()) < 0.03 and abs(normal.std() - 1) < 0.03
    again = ask("[1, 2].map((seed) => peek.network.random(seed).uniform())")
    assert again[0] != again[1] and again == ask("[1, 2].map((seed) => peek.network.random(seed).uniform())")


@pytest.mark.parametrize(
    ("kind", "given"),
    [("spirals", {"noise_rad": 0.0}), ("rays", {"noise": 0.0}), ("rays", {"noise": 0.0, "root_radius": 0.3})],
)
def test_own_data_without_noise_are_the_builds(ask: Callable[..., Any], kind: str, given: dict[str, float]) -> None:
    """Without noise, these do not depend on whose random numbers are used."""
    x, y = datasets.points(kind, 3, 20, 0, **given)
    got = drawn(ask, kind, 3, 20, **given)
    np.testing.assert_allclose(np.reshape(got["x"], x.shape), x, atol=1e-6)
    assert got["y"] == y.tolist() and got["inputs"] == x.shape[1]


@pytest.mark.parametrize("value", [0.2, pytest.param(0.0, marks=pytest.mark.breadth)])
@pytest.mark.parametrize(
    ("kind", "control"),
    [(kind, control) for kind in datasets.load().values() for control in kind.controls],
    ids=lambda row: row.name,
)
def test_own_data_are_spread_as_the_builds(
    ask: Callable[..., Any], kind: datasets.Dataset, control: datasets.Control, value: float
) -> None:
    """Of many points, the distances from the origin and between the classes, which no turn of all changes."""
    count, given = 8000, {control.parameter: value}
    x, _ = datasets.points(kind.name, 4, count, 1, **given)
    got = np.reshape(drawn(ask, kind.name, 4, count, **given)["x"], x.shape)

    def told(points: np.ndarray) -> np.ndarray:
        classes = points.reshape(4, count, -1)
        apart = np.linalg.norm(classes.mean(1)[:, None] - classes.mean(1), axis=2)[np.triu_indices(4, 1)]
        far = np.quantile(np.linalg.norm(classes, axis=2), [0.02, 0.25, 0.5, 0.75, 0.98], axis=1)
        return np.concatenate([apart, far.ravel()])

    np.testing.assert_allclose(told(got), told(x), atol=0.04)


def drawn(ask: Callable[..., Any], kind: str, classes: int, count: int, **given: float) -> Any:
    parameters = json.dumps(datasets.load()[kind].defaults | given)
    call = f"peek.network.drawn(peek.datasets['{kind}'], {classes}, {count}, {parameters}, 5)"
    text = f"JSON.stringify((({{x, y, inputs}}) => ({{x: [...x], y: [...y], inputs}}))({call}))"
    return json.loads(ask(text))  # as one text: the numbers would come one by one

"""Where k points sit best in a room: three laws, their optima, and how arrangements are compared.

An arrangement is a (k, d) array, one class's centre a row. Each law says what
an arrangement should have most of:

    points          distance between the two nearest points
    margin          margin of the best linear head with biases and |W|_F = 1
    margin-no-bias  margin of the best linear head without biases and |W|_F = 1

A head's margin is its least lead, min over i != j of (w_i - w_j) . mu_i + b_i - b_j.
Without biases it is Jiang et al.'s softmax code, with this room in the ball's place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog, minimize, nnls
from threadpoolctl import threadpool_limits

from ..networks.rooms import ROOMS, Room

SUM_WEIGHT = 1e4  # how hard nnls is held to its equalities; the error falls with the square
BIAS_BOUND = 5.0  # far beyond any bias a head of norm 1 can use in these rooms
STARTS = 12  # the rarest optimum of few points, five in the square by margin, is found from one start in three
FEW = 7  # points; what more of them take, a law says
SAME_VALUE = 1e-6  # optima closer than this share their value
SAME_PLACE = 1e-3  # arrangements closer than this are one
ROUNDING = 1e-9  # share of a cost that may be due to the order of its sum
SLACK = 1e-6  # share of the margin given up when asking where else a point may stand


# What an arrangement has


def least_distance(points: np.ndarray) -> float:
    """The least distance between any two of (k, d) points, k >= 2."""
    return float(_distances(points).min())


def _distances(points: np.ndarray) -> np.ndarray:
    """The distance of each of (k, d) points from each other one, (k (k - 1) / 2,)."""
    first, second = np.triu_indices(len(points), 1)
    return np.asarray(np.linalg.norm(points[first] - points[second], axis=1))


def sizes(points: np.ndarray, room: str) -> np.ndarray:
    """How far out each of (n, 2) points is: its larger coordinate in a room with walls, or its norm, (n,)."""
    walls = ROOMS[room].shape == "box" and not ROOMS[room].open
    return np.asarray(np.abs(points).max(1) if walls else np.linalg.norm(points, axis=1))


def blown_up(points: np.ndarray, room: str = "square") -> np.ndarray:
    """(n, 2) points over their reach, which is how far out the farthest is; all at the origin stay there."""
    reach = float(sizes(points, room).max())
    return points / reach if reach > 0 else points


def hull_distance(point: np.ndarray, others: np.ndarray) -> float:
    """Distance from a (d,) point to the convex hull of (n, d) others; 0 inside."""
    offsets = others - point
    scale = max(float(np.abs(offsets).max()), 1e-300)
    distance = float(np.linalg.norm(nearest_weights(offsets / scale) @ (offsets / scale)))
    return distance * scale if distance > 1e-7 else 0.0


def hull_distances(points: np.ndarray) -> np.ndarray:
    """(k,) distances from each of (k, d) points to the convex hull of the rest."""
    return np.array([hull_distance(point, np.delete(points, row, 0)) for row, point in enumerate(points)])


def available_margin(points: np.ndarray, bias: bool = True) -> float:
    """The largest margin that any head with |W|_F = 1 has at (k, d) points; 0 where none separates them.

    By duality: every demand (i beats j) is a vector in the space of W, and the
    margin is the distance from 0 to their convex hull, whose weights must also
    cancel in each class's bias where there are biases.
    """
    scale = max(float(np.abs(points).max()), 1e-300)
    distance = float(np.linalg.norm(_demanded_weight(points / scale, bias)))
    return distance * scale if distance > 1e-7 else 0.0


def best_head(points: np.ndarray, bias: bool = True) -> np.ndarray:
    """The head of largest margin at (k, d) points that can be separated: (k, d + 1), [W | b] with |W|_F = 1."""
    k = len(points)
    weight = _demanded_weight(points, bias)
    weight /= np.linalg.norm(weight)
    if not bias:
        return np.hstack([weight, np.zeros((k, 1))])
    own, other = _pairs(k)
    lead = ((weight[own] - weight[other]) * points[own]).sum(1)
    rows = np.arange(len(own))
    above = np.zeros((len(own), k + 1))  # t - b_i + b_j <= lead of i over j
    above[rows, own], above[rows, other], above[:, -1] = -1, 1, 1
    alike = [[1.0] * k + [0.0]]  # only differences of biases count
    upward = np.append(np.zeros(k), -1.0)
    found = linprog(upward, A_ub=above, b_ub=lead, A_eq=alike, b_eq=[0], bounds=(None, None))
    return np.hstack([weight, found.x[:-1, None]])


def demands(points: np.ndarray) -> np.ndarray:
    """What each ordered pair of (k, d) points asks of a head: (k (k - 1), k, d + 1), whose product with [W | b] is the
    pair's lead."""
    k = len(points)
    own, other = _pairs(k)
    rows = np.arange(len(own))
    asked = np.zeros((len(own), k, points.shape[1] + 1))
    asked[rows, own] = np.hstack([points, np.ones((k, 1))])[own]
    asked[rows, other] = -asked[rows, own]
    return asked


def _demanded_weight(points: np.ndarray, bias: bool) -> np.ndarray:
    """The head's (k, d) weights at which all demands are met best, as long as its margin."""
    asked = demands(points)
    vectors, biases = asked[..., :-1], asked[..., -1]
    weights = nearest_weights(vectors.reshape(len(asked), -1), biases if bias else None)
    return np.tensordot(weights, vectors, 1)


def nearest_weights(vectors: np.ndarray, cancel: np.ndarray | None = None) -> np.ndarray:
    """The (n,) weights of the shortest convex combination of (n, m) vectors; they make (n, c) `cancel` sum to 0."""
    equal = np.ones((1, len(vectors))) if cancel is None else np.vstack([np.ones(len(vectors)), cancel.T])
    rows = np.vstack([vectors.T, SUM_WEIGHT * equal])
    target = np.zeros(len(rows))
    target[vectors.shape[1]] = SUM_WEIGHT
    weights, _ = nnls(rows, target)
    return np.asarray(weights / weights.sum())


@cache
def _pairs(k: int) -> tuple[np.ndarray, np.ndarray]:
    """All ordered pairs of different classes."""
    first, second = np.nonzero(~np.eye(k, dtype=bool))
    return first, second


# Points on a sphere


def energy(points: np.ndarray) -> float:
    """What (k, d) equal charges would cost: the sum over pairs of 1 / distance; inf where two coincide."""
    with np.errstate(divide="ignore"):
        return float((1 / _distances(points)).sum())


@cache
def on_sphere(problem: str, k: int) -> np.ndarray:
    """The best places for k points on the unit sphere that a search from many starts finds, (k, 3).

    problem  "tammes": the greatest least distance; "thomson": the least energy
    k        points, >= 2; up to 12 every optimum is found from several of the starts

    The starts are drawn from a fixed seed. A proof exists for few k, and none is claimed.
    """
    if problem == "tammes":
        return optima("points", k, "circle", dimension=3)[0].points
    rng = np.random.default_rng([k, 3])
    return min((_relaxed(rng.normal(size=(k, 3))) for _ in range(STARTS)), key=energy)


def _relaxed(points: np.ndarray) -> np.ndarray:
    """The local minimum of the energy on the sphere that (k, 3) points of any length fall into."""

    def cost(flat: np.ndarray) -> tuple[float, np.ndarray]:
        lengths = np.linalg.norm(flat.reshape(points.shape), axis=1, keepdims=True)
        units = flat.reshape(points.shape) / lengths
        offsets = units[:, None] - units
        apart = np.linalg.norm(offsets, axis=2)
        np.fill_diagonal(apart, np.inf)
        push = -(offsets / apart[..., None] ** 3).sum(1)
        along = (push * units).sum(1, keepdims=True)
        return float((1 / apart).sum() / 2), ((push - along * units) / lengths).ravel()

    found = minimize(cost, points.ravel(), jac=True, method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-8})
    best = found.x.reshape(points.shape)
    return np.asarray(best / np.linalg.norm(best, axis=1, keepdims=True))


def shape_distance(first: np.ndarray, second: np.ndarray) -> float:
    """How far two (k, d) arrangements differ in the distances between their points, sorted: root mean square.

    0 where they differ by a turn, a mirror, a move or labels, in any dimension.
    """
    apart = np.sort(_distances(first)) - np.sort(_distances(second))
    return float(np.sqrt((apart**2).mean()))


# How arrangements compare


def arrangement_distance(first: np.ndarray, second: np.ndarray, room: str = "square") -> float:
    """How far two arrangements are apart, whatever the classes are called and however the room is turned.

        min over symmetries g and permutations p of  sqrt(mean_i |g a_i - b_p(i)|^2)

    first, second  (k, 2)
    returns        float >= 0, room units; a pseudometric: 0 means the same arrangement
    """
    return float(np.linalg.norm(aligned(first, second, room) - second) / math.sqrt(len(second)))


def aligned(points: np.ndarray, target: np.ndarray, room: str = "square") -> np.ndarray:
    """The image of an arrangement under the symmetry and relabelling that bring it closest to a target.

    points, target  (k, 2)
    returns         (k, 2): row i is the point matched with target[i]
    raises          ValueError: shapes differ
    """
    points, target = np.asarray(points, np.float64), np.asarray(target, np.float64)
    if points.shape != target.shape:
        raise ValueError(f"expected two arrangements of one shape, got {points.shape} and {target.shape}")
    turns = not ROOMS[room].symmetries
    moves = np.array(_turns(points, target)) if turns else symmetries(room)
    images = points @ moves.transpose(0, 2, 1)
    costs = ((target[:, None] - images[:, None]) ** 2).sum(3)
    # No order costs less than each target's nearest point; a turn may still bring points closer afterwards.
    bounds = np.zeros(len(moves)) if turns else (1 - ROUNDING) * costs.min(2).sum(1)
    best, least = points, math.inf
    for image, cost, bound in zip(images, costs, bounds, strict=True):
        if bound >= least:
            continue
        image = image[linear_sum_assignment(cost)[1]]
        if turns:
            image = image @ _best_turn(image, target).T
        total = float(((image - target) ** 2).sum())
        if total < least - 1e-12:
            best, least = image, total
    return np.asarray(best)


@cache
def symmetries(room: str) -> np.ndarray:
    """The (s, 2, 2) matrices that map a room with corners onto itself: eight for the square, two for the quadrant."""
    return np.array(ROOMS[room].symmetries)


def _turns(points: np.ndarray, target: np.ndarray) -> list[np.ndarray]:
    """Turns and mirrors of the plane that bring some point's direction onto the first target's that has one."""
    wanted = math.atan2(*target[np.linalg.norm(target, axis=1).argmax()][::-1])
    turns = []
    for mirror in (1.0, -1.0):
        for x, y in points:
            turn = wanted - math.atan2(mirror * y, x)
            cos, sin = math.cos(turn), math.sin(turn)
            turns.append(np.array([[cos, -sin * mirror], [sin, cos * mirror]]))
    return turns


def _best_turn(points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The orthogonal matrix that brings matched points closest to their targets (Procrustes)."""
    left, _, right = np.linalg.svd(target.T @ points)
    return np.asarray(left @ right)


def _distance_to(points: np.ndarray, optimum: Optimum, room: str) -> float:
    """As `arrangement_distance`; points free to stand anywhere in a region are compared with the region."""
    if not any(_extent(region) > SAME_PLACE for region in optimum.regions):
        return arrangement_distance(points, optimum.points, room)
    least = math.inf
    for symmetry in symmetries(room):
        image = points @ symmetry.T
        cost = np.array([[_polygon_distance(point, region) ** 2 for point in image] for region in optimum.regions])
        rows, columns = linear_sum_assignment(cost)
        least = min(least, float(cost[rows, columns].mean()))
    return math.sqrt(least)


def _extent(region: np.ndarray) -> float:
    return float(np.ptp(region, axis=0).max()) if len(region) else 0.0


def _polygon_distance(point: np.ndarray, corners: np.ndarray) -> float:
    """Distance from a point to a convex polygon, (m, 2) corners in order; 0 inside."""
    ends = np.roll(corners, -1, axis=0)
    sides = ends - corners
    offset = point - corners
    turn = sides[:, 0] * offset[:, 1] - sides[:, 1] * offset[:, 0]
    if len(corners) > 2 and ((turn >= 0).all() or (turn <= 0).all()) and np.abs(turn).max() > 0:
        return 0.0
    lengths = (sides**2).sum(1)
    along = np.clip((offset * sides).sum(1) / np.where(lengths > 0, lengths, 1), 0, 1)
    return float(np.linalg.norm(offset - along[:, None] * sides, axis=1).min())


# The laws and their optima


@dataclass(frozen=True)
class Optimum:
    """A best arrangement under a law.

    points   (k, d)
    value    what the law maximises, here
    regions  where each point may stand without loss while head and value stay: (m, 2) corners of a convex
             polygon a point, a single corner where it is pinned; empty for point packing and where d is not 2
    tie      (2,), where all scores agree, of the law that asks for such a point
    """

    points: np.ndarray
    value: float
    regions: tuple[np.ndarray, ...] = ()
    tie: np.ndarray | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        regions = [region.tolist() for region in self.regions]
        found = {"value": self.value, "points": self.points.tolist(), "regions": regions}
        return found if self.tie is None else {**found, "tie": self.tie.tolist()}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Optimum:
        """What `plain` gave of one."""
        regions = tuple(np.asarray(region, np.float64).reshape(-1, 2) for region in plain["regions"])
        return cls(np.asarray(plain["points"]), plain["value"], regions)


@dataclass(frozen=True)
class _Problem:
    """A law as: the largest t such that every constraint is at least 0.

    An unknown z holds the (k * d,) points, then the law's own unknowns, then t.

    bounds       of the law's own unknowns
    start        (k, d) points -> the law's own unknowns to start from
    constraints  z -> values (m,) and their derivatives (m, len(z))
    """

    bounds: list[tuple[float, float]]
    start: Callable[[np.ndarray], np.ndarray]
    constraints: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def _points_problem(k: int, d: int) -> _Problem:
    """t is the square of the least distance."""
    first, second = np.triu_indices(k, 1)
    rows = np.arange(len(first))

    def constraints(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        points = z[:-1].reshape(k, d)
        apart = points[first] - points[second]
        slopes = np.zeros((len(first), k, d))
        slopes[rows, first], slopes[rows, second] = 2 * apart, -2 * apart
        return (apart**2).sum(1) - z[-1], np.hstack([slopes.reshape(len(rows), -1), np.full((len(rows), 1), -1.0)])

    return _Problem([], lambda points: np.empty(0), constraints)


def _margin_problem(k: int, d: int, bias: bool) -> _Problem:
    """t is the head's margin; the law's own unknowns are W row by row, then b where there are biases."""
    own, other = _pairs(k)
    rows = np.arange(len(own))
    size = k * d

    def constraints(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        points, weight = z[:size].reshape(k, d), z[size : 2 * size].reshape(k, d)
        apart = weight[own] - weight[other]
        by_point, by_weight = np.zeros((2, len(own), k, d))
        by_point[rows, own] = apart
        by_weight[rows, own] = points[own]
        by_weight[rows, other] -= points[own]
        blocks = [by_point.reshape(len(own), -1), by_weight.reshape(len(own), -1)]
        lead = (apart * points[own]).sum(1) - z[-1]
        if bias:
            b = z[2 * size : -1]
            lead = lead + b[own] - b[other]
            by_bias = np.zeros((len(own), k))
            by_bias[rows, own], by_bias[rows, other] = 1, -1
            blocks.append(by_bias)
        slopes = np.hstack([*blocks, np.full((len(own), 1), -1.0)])
        norm = np.zeros((1, len(z)))
        norm[0, size : 2 * size] = -2 * z[size : 2 * size]
        return np.append(lead, 1 - (weight**2).sum()), np.vstack([slopes, norm])

    def start(points: np.ndarray) -> np.ndarray:
        arms = points - points.mean(0)
        return np.concatenate([(arms / np.linalg.norm(arms)).ravel(), np.zeros(k if bias else 0)])

    return _Problem([(-1.0, 1.0)] * size + [(-BIAS_BOUND, BIAS_BOUND)] * (k if bias else 0), start, constraints)


@dataclass(frozen=True)
class Law:
    """One meaning of "optimal packing": its title in prose, what it wants most of, and how to find that.

    starts  from which the rarest optimum of eight to ten points in the square is found several times
    """

    title: str
    value: Callable[[np.ndarray], float]
    problem: Callable[[int, int], _Problem]
    starts: int


LAWS = {
    "points": Law("point packing", least_distance, _points_problem, starts=120),  # eight: one in fifty
    "margin": Law("max margin", available_margin, lambda k, d: _margin_problem(k, d, bias=True), starts=24),
    "margin-no-bias": Law(
        "max margin without bias",
        lambda points: available_margin(points, bias=False),
        lambda k, d: _margin_problem(k, d, bias=False),
        starts=12,
    ),
}


@cache
def optima(
    law: str, k: int, room: str = "square", dimension: int = 2, starts: int | None = None
) -> tuple[Optimum, ...]:
    """The best arrangements that a search from many starts finds, each once modulo symmetry and labels.

    law        a key of LAWS
    k          points, >= 2
    room       a key of rooms.ROOMS
    dimension  of the room; arrangements in more than two dimensions are not compared, and one is returned
    starts     of the search; None: as many as it takes
    returns    all of one value to 1e-6; several where the optimum is not unique

    The starts are drawn from a fixed seed. What is found is a local maximum
    from each start, and a proof only where one is cited.
    """
    if starts is None:
        starts = LAWS[law].starts if k > FEW and dimension == 2 else STARTS
    rng = np.random.default_rng([k, dimension])
    low = ROOMS[room].packed_low
    with threadpool_limits(1):  # matrices are so small that threads, where others work too, cost minutes
        found = [_climb(LAWS[law], ROOMS[room], rng.uniform(low, 1, (k, dimension))) for _ in range(starts)]
    top = max(optimum.value for optimum in found)
    best = [optimum for optimum in found if optimum.value > top - SAME_VALUE]
    return different(best, room) if dimension == 2 else (best[0],)


def different(optima: Iterable[Optimum], room: str) -> tuple[Optimum, ...]:
    """Of some optima in a plane each once modulo symmetry and labels."""
    kept: list[Optimum] = []
    for optimum in optima:
        if all(_distance_to(optimum.points, other, room) > SAME_PLACE for other in kept):
            kept.append(optimum)
    return tuple(kept)


def predicted_head(law: str, k: int, points: np.ndarray | None = None, room: str = "square") -> np.ndarray:
    """The best head at a law's optimum in a room: (k, 3), [W | b] with |W|_F = 1.

    points   (k, 2), the optimum where it is known; None: it is searched for

    Classes go round the room in order, those inside the hull of the others first.
    """
    if points is None:
        points = optima(law, k, room)[0].points
    outside = hull_distances(points) > 0
    round_about = np.arctan2(points[:, 1], points[:, 0])
    head = best_head(points, bias=law != "margin-no-bias")
    return np.asarray(head[np.lexsort((round_about, outside))])


def solve(law: str, k: int, room: str) -> dict[str, Any]:
    """A law's optima as plain data: {"title", "told", "optima"}; optima are for `against_laws`.

    {"title": "max margin", "told": {"value": 0.353553, "points": [[x, y], …], "least_distance": 1.41421,
     "interior": 1, "corners": 4, "walls": 0, "unique": true, "regions": [[[x, y], …], …], …},
     "optima": [{"value": …, "points": …, "regions": …}, …]}

    points    in one pose, room units     regions   where each point may stand without loss (see Optimum)
    interior  how many points lie inside the convex hull of the others, off the walls
    corners   how many are as far out as can be in both coordinates; walls: in one of them
    """
    return solved(LAWS[law].title, optima(law, k, room))


def solved(title: str, best: Sequence[Optimum]) -> dict[str, Any]:
    """As `solve`, of optima that are there."""
    first = best[0]
    loose = any(_extent(region) > SAME_PLACE for region in first.regions)
    at_wall = (np.abs(first.points) > 1 - SAME_PLACE).sum(1)
    told = {
        "value": round(first.value, 6),
        "points": _plain(first.points),
        "least_distance": round(least_distance(first.points), 6),
        "interior": int(((hull_distances(first.points) == 0) & (at_wall == 0)).sum()),
        "corners": int((at_wall == 2).sum()),
        "walls": int((at_wall == 1).sum()),
        "unique": len(best) == 1 and not loose,
        "regions": [_plain(region) for region in first.regions],
    }
    if first.tie is not None:
        told["tie"] = _plain(first.tie[None])[0]
    return {"title": title, "told": told, "optima": [one.plain for one in best]}


def against_laws(centres: list[list[float]], found: Mapping[str, list[dict[str, Any]]], room: str) -> dict[str, Any]:
    """How near an arrangement is to what each law predicts.

    centres  (k, 2), scaled here until one of them touches the wall
    found    law -> its optima for k points, from `solve`
    returns  distance_points, distance_margin, distance_margin_no_bias: to the nearest of its optima;
             nearest_law: the law at the least distance, None when several are equally near;
             pose: the scaled centres, moved by the room's symmetry that brings them closest to the last law's optimum
    """
    points = blown_up(np.asarray(centres, np.float64))
    distances = {law: least_distance_to(points, of_law, room) for law, of_law in found.items()}
    least = min(distances.values())
    nearest = [law for law, distance in distances.items() if distance < least + SAME_PLACE]
    target = np.asarray(list(found.values())[-1][0]["points"])
    return {
        **{f"distance_{law.replace('-', '_')}": round(distance, 5) for law, distance in distances.items()},
        "nearest_law": nearest[0] if len(nearest) == 1 else None,
        "pose": np.round(aligned(points, target, room), 4).tolist(),
    }


def least_distance_to(points: np.ndarray, optima: Iterable[Mapping[str, Any]], room: str) -> float:
    """How far (k, 2) points are from the nearest of some optima, from `solve`."""
    return min(_distance_to(points, Optimum.of(plain), room) for plain in optima)


def _plain(points: np.ndarray) -> list[list[float]]:
    return [[round(float(x), 6) + 0.0 for x in point] for point in points]


def maximised(
    z: np.ndarray,
    constraints: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    bounds: Sequence[tuple[float | None, float | None]],
    places: np.ndarray,
    shape: str,
) -> np.ndarray:
    """Where sequential quadratic programming comes from z, whose last number it makes as large as the others let it.

    constraints  z -> values (m,) that must not be negative, and their derivatives (m, len(z))
    places       (n, d) places in z of points that lie in a room of some shape; walls are bounds
    """
    upward = np.zeros(len(z))
    upward[-1] = -1

    def inside(z: np.ndarray) -> np.ndarray:
        return np.asarray(1 - (z[places] ** 2).sum(1))

    def inside_slopes(z: np.ndarray) -> np.ndarray:
        slopes = np.zeros((len(places), len(z)))
        np.put_along_axis(slopes, places, -2 * z[places], 1)
        return slopes

    wanted = [_both(constraints)]
    if shape != "box":
        wanted.append({"type": "eq" if shape == "sphere" else "ineq", "fun": inside, "jac": inside_slopes})
    found = minimize(
        lambda z: -z[-1],
        z,
        jac=lambda z: upward,
        bounds=bounds,
        constraints=wanted,
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-13},
    )
    return np.asarray(found.x)


def _both(function: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]) -> dict[str, Any]:
    """A constraint for scipy from what gives values and slopes at once; scipy asks for both, one after the other."""
    at, found = b"", (np.empty(0), np.empty(0))

    def part(index: int, z: np.ndarray) -> np.ndarray:
        nonlocal at, found
        if z.tobytes() != at:
            at, found = z.tobytes(), function(z)
        return found[index]

    return {"type": "ineq", "fun": partial(part, 0), "jac": partial(part, 1)}


def _climb(law: Law, room: Room, points: np.ndarray) -> Optimum:
    """The local maximum of a law that sequential quadratic programming reaches from (k, d) points."""
    k, d = points.shape
    problem = law.problem(k, d)
    size = k * d
    low, shape = room.packed_low, room.packed_shape
    bounds = [(low, 1.0)] * size + problem.bounds + [(-BIAS_BOUND, 2 * BIAS_BOUND)]
    z = np.concatenate([points.ravel(), problem.start(points), [0.0]])
    z[-1] = problem.constraints(z)[0].min()
    found = maximised(z, problem.constraints, bounds, np.arange(size).reshape(k, d), shape)
    best = np.clip(found[:size].reshape(k, d), low, 1)
    norms = np.linalg.norm(best, axis=1, keepdims=True)
    if shape == "sphere":
        best = best / np.maximum(norms, 1e-300)
    elif shape == "ball":
        best = best / np.maximum(norms, 1)
    value = law.value(best)
    free = problem.bounds and d == 2 and shape == "box"
    return Optimum(best, value, regions(found[size:-1], value, k, low) if free else ())


def regions(head: np.ndarray, value: float, k: int, low: float) -> tuple[np.ndarray, ...]:
    """For each class the polygon of the square [low, 1]^2 where a head, W row by row then b, keeps its margin."""
    weight = head[: 2 * k].reshape(k, 2)
    bias = head[2 * k :] if len(head) > 2 * k else np.zeros(k)
    found = []
    for own in range(k):
        corners = np.array([[low, low], [1, low], [1, 1], [low, 1]])
        for other in range(k):
            if other != own:
                least = value * (1 - SLACK) - SLACK - (bias[own] - bias[other])
                corners = _clipped(corners, weight[own] - weight[other], least)
        found.append(corners)
    return tuple(found)


def _clipped(corners: np.ndarray, normal: np.ndarray, least: float) -> np.ndarray:
    """The part of a convex polygon, (m, 2) corners in order, where normal . p >= least."""
    height = corners @ normal - least
    kept = []
    for here, there in zip(range(len(corners)), np.roll(np.arange(len(corners)), -1), strict=True):
        if height[here] >= 0:
            kept.append(corners[here])
        if height[here] * height[there] < 0:
            share = height[here] / (height[here] - height[there])
            kept.append(corners[here] + share * (corners[there] - corners[here]))
    return np.array(kept).reshape(-1, 2)

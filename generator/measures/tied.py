"""The tied law: the greatest margin in a room under a head whose scores all agree at one point of it, wherever it is.

A fourth law beside those of `packing`. A head that scores [W | b] give ties at p where W p + b is the same for all
classes; without biases p is the origin (margin-no-bias), and with biases that need not tie there is none in general
(margin). So its value lies between theirs; three scores always tie somewhere, and for three classes it is the second's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ..networks.rooms import ROOMS, Room
from . import packing
from .packing import Optimum

NAME, TITLE = "tied", "max margin with a tie"
STARTS = 24  # the rarest optimum of few points is found from one in eight
MORE_STARTS = 36  # of more than packing.FEW points
LATTICE = 17  # ties along a side of the room
LATTICES = 18  # each twice as fine as the one before
PROMISING = 32  # ties of a lattice round which the next is laid
AROUND = np.indices((3, 3)).reshape(2, -1).T - 1  # steps from each of these
BEYOND = np.array([[1.0], [3.0]])  # times the way from each to the best
SQUARE_RTOL, SQUARE_ATOL = 2e-7, 1e-14  # of the margin's square: what is not worth a try


def available_margin(points: np.ndarray, room: str = "square") -> tuple[float, np.ndarray]:
    """The largest margin at (k, 2) points of any head with |W|_F <= 1 whose scores all agree at a point of the room.

    It has many peaks over the room, but what is found at one tie bounds the margin at all others. So of a lattice the
    tie with the highest bound is tried until no bound exceeds the best margin found. The next lattice is finer and
    stands round the ties with the highest bounds, and beyond the best as seen from them: peaks may be ends of ridges.

    returns  the margin, 0 where two points are one; the (2,) point
    """
    low = ROOMS[room].packed_low
    step = (1 - low) / (LATTICE - 1)
    asked = packing.demands(points)
    bounds_at = np.empty((0, 4))
    best, tie = 0.0, np.zeros(2)
    ties = low + step * np.indices((LATTICE, LATTICE)).reshape(2, -1).T
    for _ in range(LATTICES):
        once = np.unique(np.round(_inside(ties, ROOMS[room]), 9) @ [1, 1j])
        ties = np.column_stack([once.real, once.imag])
        powers = np.column_stack([np.ones(len(ties)), -2 * ties, (ties**2).sum(1)])
        bounds = (powers @ bounds_at.T).min(1, initial=np.inf)
        while bounds[most := bounds.argmax()] > best * (1 + SQUARE_RTOL) + SQUARE_ATOL:
            bounds_at = np.vstack([bounds_at, _bound(asked, ties[most])])
            bounds = np.minimum(bounds, powers @ bounds_at[-1])
            if bounds[most] > best:
                best, tie = bounds[most], ties[most]
        promising = ties[np.argsort(-bounds)[:PROMISING], None]
        step /= 2
        ties = np.hstack([promising + step * AROUND, tie + BEYOND * (tie - promising)]).reshape(-1, 2)
    return packing.available_margin(points - tie, bias=False), tie


def _bound(asked: np.ndarray, tie: np.ndarray) -> np.ndarray:
    """A polynomial that is the margin's square at a tie and no less at all others: its factors (4,), of 1, -2 x, -2 y
    and x^2 + y^2.

    The margin's square at a tie is the least, over all mixtures of the demands, of such polynomials; this one is of the
    mixture that is best at the tie.

    asked  as packing.demands
    """
    of_weight = asked[..., :-1] - asked[..., -1:] * tie
    weights = packing.nearest_weights(of_weight.reshape(len(asked), -1))
    head = (weights @ asked.reshape(len(asked), -1)).reshape(asked.shape[1:])
    products = head.T @ head
    return np.array([products[0, 0] + products[1, 1], *products[2]])


def best_head(points: np.ndarray, tie: np.ndarray) -> np.ndarray:
    """The head of largest margin at (k, 2) points whose scores are all 0 at a tie: (k, 3), [W | b] with |W|_F = 1."""
    weight = packing.best_head(points - tie, bias=False)[:, :-1]
    return np.hstack([weight, -(weight @ tie)[:, None]])


@cache
def optima(k: int, room: str = "square") -> tuple[Optimum, ...]:
    """The best arrangements of k points that a search from many starts finds, each with its tie.

    As packing.optima, whose seeds and comparisons these are.
    """
    rng = np.random.default_rng([k, 2])
    low = ROOMS[room].packed_low
    starts = STARTS if k <= packing.FEW else MORE_STARTS
    with threadpool_limits(1):
        found = [_climb(rng.uniform(low, 1, (k, 2)), np.zeros(2), ROOMS[room]) for _ in range(starts)]
    least = max(value for value, _, _ in found) - packing.SAME_VALUE
    best = [
        Optimum(points, value, _regions(points, tie, value, ROOMS[room]), tie)
        for value, points, tie in found
        if value > least
    ]
    return packing.different(best, room)


def solve(k: int, room: str) -> dict[str, Any]:
    """Its optima as plain data, as packing.solve gives those of the other laws; told has the `tie` as well."""
    return packing.solved(TITLE, optima(k, room))


def distance(centres: np.ndarray, found: list[Mapping[str, Any]], room: str) -> float:
    """How far (k, 2) centres, scaled until one touches the wall, are from its optima, from `solve`."""
    return packing.least_distance_to(packing.blown_up(centres), found, room)


def _maximum(points: np.ndarray, tie: np.ndarray, room: Room) -> tuple[np.ndarray, np.ndarray]:
    """The local maximum of the margin over (k, 2) points, head and tie.

    From the tie the points are seen as those of a head without biases are from the origin.
    """
    k = len(points)
    size, low = 2 * k, room.packed_low
    unbiased = packing.LAWS["margin-no-bias"].problem(k, 2)

    def constraints(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        seen = (z[:size].reshape(k, 2) - z[-3:-1]).ravel()
        values, slopes = unbiased.constraints(np.concatenate([seen, z[size:-3], z[-1:]]))
        by_tie = -slopes[:, :size].reshape(-1, k, 2).sum(1)
        return values, np.hstack([slopes[:, :-1], by_tie, slopes[:, -1:]])

    z = np.concatenate([points.ravel(), unbiased.start(points), tie, [0.0]])
    z[-1] = constraints(z)[0].min()
    bounds = [(low, 1.0)] * size + unbiased.bounds + [(low, 1.0)] * 2 + [(None, None)]
    places = np.append(np.arange(size), [2 * size, 2 * size + 1]).reshape(-1, 2)  # of the points, and of the tie
    shape = "box" if room.packed_shape == "box" else "ball"
    found = packing.maximised(z, constraints, bounds, places, shape)
    placed = _inside(found[places], room)
    return placed[:-1], placed[-1]


def _inside(points: np.ndarray, room: Room) -> np.ndarray:
    """(n, 2) points, those outside a room brought back into it."""
    placed = np.clip(points, room.packed_low, 1)
    if room.packed_shape != "box":
        placed = placed / np.maximum(np.linalg.norm(placed, axis=1, keepdims=True), 1)
    return np.asarray(placed)


def _climb(start: np.ndarray, tie: np.ndarray, room: Room) -> tuple[float, np.ndarray, np.ndarray]:
    """A local maximum: its margin, its points and its tie; of a line of ties, as two classes have, the least."""
    points, tie = _maximum(start, tie, room)
    if len(points) == 2:
        across = points[0] - points[1]
        tie = (tie @ across) / (across @ across) * across
    return packing.available_margin(points - tie, bias=False), points, tie


def _regions(points: np.ndarray, tie: np.ndarray, value: float, room: Room) -> tuple[np.ndarray, ...]:
    if room.packed_shape != "box":
        return ()
    head = best_head(points, tie)
    flat = np.concatenate([head[:, :-1].ravel(), head[:, -1]])
    return packing.regions(flat, value, len(points), room.packed_low)

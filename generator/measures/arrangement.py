"""Where a network puts its classes: centres, how far apart, how they stand, how well a head tells them apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..networks.rooms import ROOMS
from . import packing

ON_SPHERE = ("tammes_share", "thomson_share", "distance_tammes", "distance_thomson", "nearest_problem")


def class_centres(points: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Each class's mean position: (N, d) points and (N,) labels to (classes, d)."""
    sums = np.zeros((classes, points.shape[1]))
    np.add.at(sums, labels, points)
    centres: np.ndarray = sums / np.bincount(labels, minlength=classes)[:, None]
    return centres


def own_centre(points: np.ndarray, labels: np.ndarray) -> float:
    """The share of (N, d) points that no other class's centre is nearer to than their own's."""
    centres = class_centres(points, labels, int(labels.max()) + 1)
    apart = ((points[:, None] - centres) ** 2).sum(-1)
    return float((apart.argmin(1) == labels).mean())


def head_margin(centres: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> float:
    """By how much the head prefers each centre's own class, at worst, per unit of its weights' norm.

        min over i != j of  ((w_i - w_j) . mu_i + b_i - b_j) / |W|_F

    centres (k, d), weight (k, d), bias (k,); negative where a centre is misclassified, nan when W = 0
    """
    norm = float(np.linalg.norm(weight))
    if norm == 0:
        return math.nan
    logits = centres @ weight.T + bias
    lead = logits.diagonal()[:, None] - logits
    np.fill_diagonal(lead, np.inf)
    return float(lead.min()) / norm


def head_clearance(centres: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> float:
    """Least distance from a centre to the border of its class's region, (k, d), (k, d), (k,); negative outside it."""
    logits = centres @ weight.T + bias
    lead = logits.diagonal()[:, None] - logits
    apart = np.linalg.norm(weight[:, None] - weight[None], axis=2)
    np.fill_diagonal(apart, 1)
    np.fill_diagonal(lead, np.inf)
    return float((lead / apart).min()) if apart.all() else math.nan


def packing_ratio(centres: np.ndarray, room: str) -> float | None:
    """Least distance of (k, 2) centres over the room's optimum; None for more points than are tabled.

    Where the room has no end, the centres are first divided by the largest of their norms.
    """
    best = ROOMS[room].best.get(len(centres))
    if best is None:
        return None
    size = float(np.linalg.norm(centres, axis=1).max()) if ROOMS[room].open else 1.0
    return packing.least_distance(centres) / (size * best) if size > 0 else 0.0


def simplex_share(centres: np.ndarray, room: str) -> float | None:
    """Least distance of (k, d) centres over sqrt(2k / (k - 1)) R, which no k points of a ball of radius R exceed.

    R is that of the smallest ball around the room. Points of a simplex with all corners on the ball reach it, which
    needs k <= d + 1; for more points it is out of reach, and the more so the more they are.

    returns  a share, or None where the room has no end
    source   Rankin 1955, "The closest packing of spherical caps in n dimensions"
    """
    if ROOMS[room].open:
        return None
    k, d = centres.shape
    radius = math.sqrt(d) * (ROOMS[room].high - ROOMS[room].low) / 2 if ROOMS[room].shape == "box" else 1.0
    return packing.least_distance(centres) / (radius * math.sqrt(2 * k / (k - 1)))


def order_kept(centres: np.ndarray) -> bool | None:
    """Whether (k, 2) centres stand around their mean in the order of their numbers, either way round.

    Spirals number their arms so. None for three classes or fewer, where every order is kept. By chance it holds
    with probability 2 / (k - 1)!.
    """
    k = len(centres)
    if k < 4:
        return None
    x, y = (centres - centres.mean(0)).T
    place = np.argsort(np.argsort(np.arctan2(y, x)))
    steps = np.diff(place, append=place[0]) % k
    return bool((steps == 1).all() or (steps == k - 1).all())


def polygon_gap(centres: np.ndarray) -> float | None:
    """How far (k, 2) centres are from a regular polygon: root mean square distance to the nearest one.

    In units of the centres' root mean square distance from their mean; neither size, place nor turn counts. Centres
    meet the polygon's corners in the order of their angles around the mean.

    returns  0 for a regular polygon, at most 1; None where all centres coincide or k < 3
    """
    k = len(centres)
    arms = (centres - centres.mean(0)) @ np.array([1, 1j])
    size = float((np.abs(arms) ** 2).sum())
    if k < 3 or size < 1e-18:
        return None
    ordered = arms[np.argsort(np.angle(arms), kind="stable")]
    along = abs((ordered * np.exp(-2j * np.pi * np.arange(k) / k)).sum()) ** 2 / (k * size)
    return math.sqrt(max(0.0, 1 - float(along)))


def least_angle_deg(centres: np.ndarray) -> float | None:
    """Least angle between two of (k, d) centres seen from the origin, degrees; None when a centre is at the origin."""
    norms = np.linalg.norm(centres, axis=1)
    if norms.min() < 1e-9:
        return None
    units = centres / norms[:, None]
    closest = (units @ units.T)[np.triu_indices(len(units), 1)].max()
    return math.degrees(math.acos(max(-1.0, min(1.0, float(closest)))))


def on_sphere(centres: np.ndarray) -> dict[str, Any]:
    """How near (k, 3) centres, pushed out to the unit sphere, come to the best that k points can do on it.

    returns  tammes_share      least distance, over that of Tammes' problem
             thomson_share     energy of Thomson's problem, over theirs
             distance_tammes   packing.shape_distance to that optimum; distance_thomson likewise
             nearest_problem   "tammes" or "thomson"; None where both have one optimum
             all None where a centre is at the origin
    """
    lengths = np.linalg.norm(centres, axis=1, keepdims=True)
    if lengths.min() < 1e-9:
        return dict.fromkeys(ON_SPHERE)
    points = centres / lengths
    tammes, thomson = (packing.on_sphere(problem, len(points)) for problem in ("tammes", "thomson"))
    apart = {"tammes": packing.shape_distance(points, tammes), "thomson": packing.shape_distance(points, thomson)}
    same = packing.shape_distance(tammes, thomson) < packing.SAME_PLACE
    return {
        "tammes_share": packing.least_distance(points) / packing.least_distance(tammes),
        "thomson_share": packing.energy(thomson) / packing.energy(points),
        "distance_tammes": apart["tammes"],
        "distance_thomson": apart["thomson"],
        "nearest_problem": None if same else min(apart, key=lambda problem: apart[problem]),
    }


def settled(epochs: np.ndarray, values: np.ndarray, share: float = 0.1) -> int | None:
    """The first of (T,) epochs from which on values stay within a share of the last one; None where that is 0."""
    if not values[-1] > 0:
        return None
    off = np.flatnonzero(np.abs(values - values[-1]) > share * values[-1])
    return int(epochs[off[-1] + 1 if len(off) else 0])

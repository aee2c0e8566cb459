"""Which arrangements the networks of one recipe end in: kinds, how common each is, and their typical members.

Arrangements are compared after blowing each up until it touches the wall, whatever the classes are called and however
the square is turned or mirrored (packing.arrangement_distance). On data whose classes differ by their names alone,
the names say nothing.

Kinds are the clusters of complete linkage, so that no two members of a kind are further apart than WITHIN. That keeps
a chain of small steps from joining what looks different; where networks differ by degrees, it also means that a kind
is a cut through a range and not a thing of its own. Of many arrangements the first COMPARED are clustered, as the time
grows with their square; each further one joins the nearest kind whose medoid is WITHIN reach, or begins one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from . import packing

COMPARED = 200  # each with each: two sets of a hundred seeds
WITHIN = 0.25  # an eighth of the square's side: beyond what one recipe spreads by degrees, below its gaps


def cluster(arrangements: Sequence[Any], room: str = "square", within: float = WITHIN) -> list[dict[str, Any]]:
    """The kind of each arrangement, and where it stands beside the typical one.

    arrangements  n of (k, 2), all of one k
    within        the distance that no two of a kind exceed
    returns       one each, ready for JSON:
                    arrangement           its kind: 1 is the commonest; of two that are as common, the one seen first
                    arrangement_distance  from its kind's medoid, the member with the least sum of squared distances
                    typical_distance      from the medoid of kind 1
                    typical_pose          (k, 2), blown up, moved by the room's symmetry that brings it closest to
                                          that medoid; rows in the order in which they stand around their middle
    """
    poses = [packing.blown_up(np.asarray(points, np.float64)) for points in arrangements]
    apart = distances(poses[:COMPARED], room)
    kinds = _clusters(apart, within).tolist()
    medoids = [_medoid(apart, np.flatnonzero(np.equal(kinds, kind))) for kind in range(max(kinds) + 1)]
    from_medoid = [float(apart[row, medoids[kind]]) for row, kind in enumerate(kinds)]
    for row in range(len(kinds), len(poses)):
        reach = [packing.arrangement_distance(poses[row], poses[medoid], room) for medoid in medoids]
        nearest = int(np.argmin(reach))
        if reach[nearest] > within:
            nearest = len(medoids)
            medoids.append(row)
            reach.append(0.0)
        kinds.append(nearest)
        from_medoid.append(reach[nearest])
    rank = _ranks(kinds)
    typical = poses[medoids[rank.index(1)]]
    found = []
    for pose, kind, distance in zip(poses, kinds, from_medoid, strict=True):
        matched = packing.aligned(pose, typical, room)
        apart_by = float(np.linalg.norm(matched - typical) / np.sqrt(len(typical)))
        found.append(
            {
                "arrangement": rank[kind],
                "arrangement_distance": round(distance, 5),
                "typical_distance": round(apart_by, 5),
                "typical_pose": np.round(_round_about(matched), 4).tolist(),
            }
        )
    return found


def distances(arrangements: Sequence[np.ndarray], room: str = "square") -> np.ndarray:
    """(n, n) of packing.arrangement_distance, symmetric."""
    apart = np.zeros((len(arrangements), len(arrangements)))
    for row, one in enumerate(arrangements):
        for column in range(row):
            apart[row, column] = packing.arrangement_distance(one, arrangements[column], room)
    return apart + apart.T


def _round_about(points: np.ndarray) -> np.ndarray:
    """(k, 2) points in the order of their angles around their mean."""
    x, y = (points - points.mean(0)).T
    return points[np.argsort(np.arctan2(y, x), kind="stable")]


def _clusters(apart: np.ndarray, within: float) -> np.ndarray:
    """(n,) cluster numbers from 0, in the order in which they are first seen."""
    if len(apart) == 1:
        return np.zeros(1, np.int64)
    found = fcluster(linkage(squareform(apart, checks=False), "complete"), within, "distance").tolist()
    seen = list(dict.fromkeys(found))
    return np.array([seen.index(name) for name in found])


def _ranks(kinds: Sequence[int]) -> list[int]:
    """The rank of each kind by its number of members, from 1; of two that are as common, the one seen first."""
    counts = np.bincount(kinds)
    order = np.argsort(-counts, kind="stable").tolist()
    return [order.index(kind) + 1 for kind in range(len(counts))]


def _medoid(apart: np.ndarray, members: np.ndarray) -> int:
    """The member with the least sum of squared distances to the others, the first of several."""
    return int(members[(apart[np.ix_(members, members)] ** 2).sum(1).round(12).argmin()])

"""Which arrangements the networks of one recipe end in: kinds, how common each is, and their typical members.

Arrangements are compared after blowing each up until it touches the wall, whatever the classes are called and however
the square is turned or mirrored (packing.arrangement_distance). On data whose classes differ by their names alone,
the names say nothing.

Kinds are the clusters of complete linkage, so that no two members of a kind are further apart than WITHIN. That keeps
a chain of small steps from joining what looks different; where networks differ by degrees, it also means that a kind
is a cut through a range and not a thing of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from generator import packing

WITHIN = 0.25  # an eighth of the square's side: beyond what one recipe spreads by degrees, below its gaps


def sort(arrangements: Sequence[Any], room: str = "square", within: float = WITHIN) -> list[dict[str, Any]]:
    """The kind of each arrangement, and where it stands beside the typical one.

    arrangements  n of (k, 2), all of one k
    within        the distance that no two of a kind exceed
    returns       one each, ready for JSON:
                    kind              1 is the commonest; of two that are as common, the one seen first
                    kind_distance     from its kind's medoid, the member with the least sum of squared distances
                    typical_distance  from the medoid of kind 1
                    typical_pose      (k, 2), blown up, moved by the room's symmetry that brings it closest to that
                                      medoid; rows in the order in which they stand around their middle
    """
    poses = [blown_up(np.asarray(points, np.float64)) for points in arrangements]
    apart = distances(poses, room)
    kinds = _clusters(apart, within)
    medoids = [_medoid(apart, np.flatnonzero(kinds == kind)) for kind in range(1, kinds.max() + 1)]
    typical = poses[medoids[0]]
    return [
        {
            "kind": int(kind),
            "kind_distance": round(float(apart[row, medoids[kind - 1]]), 5),
            "typical_distance": round(float(apart[row, medoids[0]]), 5),
            "typical_pose": np.round(_round_about(packing.aligned(poses[row], typical, room)), 4).tolist(),
        }
        for row, kind in enumerate(kinds)
    ]


def blown_up(points: np.ndarray) -> np.ndarray:
    """Points of the square, larger until one of them touches a wall; all at the origin stay there."""
    reach = float(np.abs(points).max())
    return points / reach if reach > 0 else points


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
    """(n,) cluster numbers from 1, the largest first."""
    if len(apart) == 1:
        return np.ones(1, np.int64)
    found = fcluster(linkage(squareform(apart, checks=False), "complete"), within, "distance")
    names, first, sizes = np.unique(found, return_index=True, return_counts=True)
    ranked = names[np.lexsort((first, -sizes))]
    return np.array([int(np.flatnonzero(ranked == name)[0]) + 1 for name in found])


def _medoid(apart: np.ndarray, members: np.ndarray) -> int:
    """The member with the least sum of squared distances to the others, the first of several."""
    return int(members[(apart[np.ix_(members, members)] ** 2).sum(1).round(12).argmin()])

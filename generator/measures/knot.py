"""Where the inputs' middle goes, what the output layer says there, and what a class leaves on the way to it.

Knot: what the last hidden layer makes of the input 0. Tie: the point of the hidden plane where the class scores come
closest to agreeing.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.spatial import ConvexHull, QhullError

from . import packing, tied

THREAD = 0.7  # of the way from the knot to a class's median: what has come less far is on the thread
PHASES = 12  # at which a null model is tried before the best is refined
LAWS = ("packing", "margin", "margin_no_bias", "tied")  # as the columns of shares call them
SQUARE_ROUND = 8.0  # the perimeter of [-1, 1]^2


def entropy(logits: np.ndarray) -> float:
    """The softmax entropy of (k,) scores over log k: 1 where all are equal, 0 where one is far ahead."""
    shifted = logits - logits.max()
    logs = shifted - math.log(float(np.exp(shifted).sum()))
    return float(-(np.exp(logs) * logs).sum() / math.log(len(logits)))


def tie(head: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, float]:
    """Where the scores of a (k, 3) head [W | b] agree best, and by how much they miss.

    returns  the (2,) point with the least sum of squared differences of the scores from their mean, the nearest to
             the origin of several; the largest such difference there, over the largest at any of (N, 2) points
             (nan: there all are 0)
    """
    weight, bias = head[:, :-1] - head[:, :-1].mean(0), head[:, -1] - head[:, -1].mean()
    place = np.linalg.lstsq(weight, -bias, rcond=None)[0]
    largest = float(np.abs(points @ weight.T + bias).max())
    return place, float(np.abs(weight @ place + bias).max()) / largest if largest > 0 else math.nan


def inside_depth(centres: np.ndarray) -> float:
    """How deep the deepest of (k, 2) centres lies in the convex hull of the others, from its border.

    Negative where none is inside: as far outside as the one that is least so.
    """
    depths = []
    for row, distance in enumerate(packing.hull_distances(centres)):
        depths.append(-float(distance) if distance > 0 else _depth(centres[row], np.delete(centres, row, 0)))
    return max(depths)


def _depth(point: np.ndarray, others: np.ndarray) -> float:
    """Distance from a (2,) point inside the hull of (n, 2) others to its border; 0 where the hull is flat."""
    try:
        return max(0.0, float(-(ConvexHull(others).equations @ np.append(point, 1)).max()))
    except QhullError:  # too few points, or all on a line
        return 0.0


def thread_share(points: np.ndarray, labels: np.ndarray, knot: np.ndarray, medians: np.ndarray) -> float:
    """The share of (N, 2) points that are less than THREAD of the way from the knot to their class's median; nan where
    a median is at the knot."""
    arms = (medians - knot)[labels]
    lengths = (arms**2).sum(1)
    if lengths.min() < 1e-18:
        return math.nan
    return float((((points - knot) * arms).sum(1) / lengths < THREAD).mean())


# Against laws and null models


def law_shares(points: np.ndarray, best: dict[str, float], room: str) -> dict[str, float]:
    """What (k, 2) points have of what each law maximises, with the head that is best for it, over its optimum.

    best     law -> its greatest value, of packing.LAWS and tied
    returns  packing_share, margin_share, margin_no_bias_share, tied_share
    """
    values = (
        packing.least_distance(points) / best["points"],
        packing.available_margin(points) / best["margin"],
        packing.available_margin(points, bias=False) / best["margin-no-bias"],
        tied.available_margin(points, room)[0] / best[tied.NAME],
    )
    return {f"{law}_share": value for law, value in zip(LAWS, values, strict=True)}


def even_steps(k: int, phase: float) -> np.ndarray:
    """k points of the square's walls at equal steps along them, (k, 2). phase: 0 to 1, of a step."""
    return along_walls((np.arange(k) + phase) * SQUARE_ROUND / k)


def along_walls(ways: np.ndarray) -> np.ndarray:
    """The points of the square's walls at (n,) ways along them from the corner (-1, -1), counter-clockwise, (n, 2)."""
    side, way = np.divmod(ways, 2)
    side = side.astype(int) % 4
    start = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])[side]
    step = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])[side]
    return np.asarray(start + way[:, None] * step, np.float64)


def polygon(k: int, phase: float) -> np.ndarray:
    """The regular polygon of k corners around the origin that touches the square's walls, (k, 2).

    phase  0 to 1, of an angle between two corners
    """
    angles = 2 * math.pi * (np.arange(k) + phase) / k
    corners = np.stack([np.cos(angles), np.sin(angles)], 1)
    return np.asarray(corners / np.abs(corners).max())


NULLS = {"steps": even_steps, "polygon": polygon}


def null_distance(points: np.ndarray, null: str) -> float:
    """How far (k, 2) points are from the nearest arrangement of a null model in the square, a key of NULLS.

    As packing.arrangement_distance, at the phase where it is least.
    """
    k = len(points)

    def apart(phase: float) -> float:
        return packing.arrangement_distance(points, NULLS[null](k, float(phase)), "square")

    span = 0.5 * math.gcd(k, 4) / 4  # the square's symmetries repeat the rest of the phases
    step = span / PHASES
    phases = np.linspace(0, span, PHASES + 1)
    first = float(min(phases, key=apart))
    found = minimize_scalar(apart, bounds=(first - step, first + step), method="bounded", options={"xatol": 1e-6})
    return min(apart(first), float(found.fun))

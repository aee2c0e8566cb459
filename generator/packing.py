"""Where k points sit best in a room: proved optima and the geometry of an arrangement.

An arrangement is a (k, d) array, one class's centre a row. The rooms are

    square    [-1, 1]^2, tanh's
    disk      |p| <= 1
    quadrant  p >= 0 and |p| <= 1: ReLU's room is the quadrant without end, so
              an arrangement there is compared after dividing by its largest norm
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import nnls

# Least distance between any two of k points, at its maximum. Proved: OEIS A281065 and references there, doubled.
SQUARE = {
    2: 2 * math.sqrt(2),
    3: 2 * (math.sqrt(6) - math.sqrt(2)),
    4: 2.0,
    5: math.sqrt(2),
    6: math.sqrt(13) / 3,
    7: 8 - 4 * math.sqrt(3),
    8: 2 * math.sqrt(2 - math.sqrt(3)),
    9: 1.0,
    10: 0.842559087967806,
}
# Proved: Graham 1968 (k = 5, 6), Pirl 1969 (k = 8..10).
DISK = {
    2: 2.0,
    3: math.sqrt(3),
    4: math.sqrt(2),
    5: 2 * math.sin(math.pi / 5),
    6: 1.0,
    7: 1.0,
    8: 2 * math.sin(math.pi / 7),
    9: 2 * math.sin(math.pi / 8),
    10: 0.710978236,
}
# Best known to our own solver; no proof is claimed.
QUADRANT = {
    2: math.sqrt(2),
    3: 1.0,
    4: 2 * math.sin(math.pi / 8),
    5: 0.600104486995,
    6: 0.531189698648,
    7: 2 * math.sin(math.pi / 12),
    8: 0.454334210104,
    9: 0.403158257497,
    10: 0.382343619057,
}
OPTIMUM = {"square": SQUARE, "disk": DISK, "quadrant": QUADRANT}

SUM_WEIGHT = 1e4  # how hard nnls is held to weights that sum to 1; the error falls with its square


def least_distance(points: np.ndarray) -> float:
    """The least distance between any two of (k, d) points, k >= 2."""
    first, second = np.triu_indices(len(points), 1)
    return float(np.linalg.norm(points[first] - points[second], axis=1).min())


def hull_distance(point: np.ndarray, others: np.ndarray) -> float:
    """Distance from a (d,) point to the convex hull of (n, d) others; 0 inside."""
    offsets = others - point
    scale = max(float(np.abs(offsets).max()), 1e-300)
    rows = np.vstack([offsets.T / scale, np.full(len(others), SUM_WEIGHT)])
    target = np.zeros(len(rows))
    target[-1] = SUM_WEIGHT
    weights, _ = nnls(rows, target)
    distance = float(np.linalg.norm(weights @ offsets / weights.sum()))
    return distance if distance > 1e-7 * scale else 0.0


def hull_distances(points: np.ndarray) -> np.ndarray:
    """(k,) distances from each of (k, d) points to the convex hull of the rest."""
    return np.array([hull_distance(point, np.delete(points, row, 0)) for row, point in enumerate(points)])

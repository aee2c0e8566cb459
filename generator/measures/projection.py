"""A wide last layer brought to two dimensions: principal axes and t-SNE, what they keep and what they tear."""

from __future__ import annotations

import math

import numpy as np

NEIGHBOURS, MAP_STEPS = 30, 500  # of t-SNE: its perplexity, and steps, after which little moves


def two_axes(points: np.ndarray) -> float:
    """The share of (N, d) points' variance along their two principal axes; 1 up to two dimensions."""
    variances = np.linalg.svd(points - points.mean(0), compute_uv=False) ** 2
    return float(variances[:2].sum() / variances.sum()) if variances.sum() > 0 else 1.0


def principal_axes(points: np.ndarray) -> np.ndarray:
    """The two directions in which (N, d) points vary most: (d, 2), or (1, 1), orthonormal, largest entries positive."""
    axes = np.linalg.svd(points - points.mean(0), full_matrices=False)[2][:2].T
    largest = axes[np.abs(axes).argmax(0), range(axes.shape[1])]
    turned: np.ndarray = axes * np.where(largest < 0, -1, 1)
    return turned


def neighbour_map(points: np.ndarray) -> np.ndarray:
    """(N, d) points in a plane that keeps near ones near, N >= 4: t-SNE, begun along the principal axes, (N, 2).

    The same bytes on a machine, however many cores it has: sums that are shared among threads would come in any order.

    source  van der Maaten & Hinton 2008, as scikit-learn has it
    """
    from sklearn.manifold import TSNE  # a second to import
    from threadpoolctl import threadpool_limits

    flat = (points - points.mean(0)) @ principal_axes(points)
    begun = (1e-4 * flat / max(float(flat[:, 0].std()), 1e-12)).astype(np.float32)
    perplexity = min(NEIGHBOURS, (len(points) - 1) / 3)
    with threadpool_limits(1):
        tsne = TSNE(perplexity=perplexity, init=begun, max_iter=MAP_STEPS, random_state=0, n_jobs=1)
        return np.asarray(tsne.fit_transform(points.astype(np.float32)), np.float64)


def own_neighbour(points: np.ndarray, labels: np.ndarray) -> float:
    """The share of (N, d) points whose nearest other point is of their own class."""
    from scipy.spatial.distance import cdist

    apart = cdist(points, points)
    np.fill_diagonal(apart, np.inf)
    return float((labels[apart.argmin(1)] == labels).mean())


def longest_gap(points: np.ndarray, labels: np.ndarray) -> float:
    """How far apart a class's pieces are: the longest step that joins them, in typical steps; median of the classes.

    Steps are those of the shortest tree through all of a class's points, two or more; typical is their median. Evenly
    spaced points have 1; inf where most points of a class coincide.
    """
    from scipy.cluster.hierarchy import linkage  # takes as long to import as all of this module

    gaps = []
    for label in range(int(labels.max()) + 1):
        steps = linkage(points[labels == label], "single")[:, 2]  # joins the nearest pieces, as that tree does
        typical = float(np.median(steps))
        gaps.append(steps[-1] / typical if typical > 0 else math.inf)
    return float(np.median(gaps))


def accuracy_in_two_axes(points: np.ndarray, labels: np.ndarray, head: np.ndarray) -> float:
    """The share of (N, d) points that a head [W | b] gets right when all but their two principal axes are averaged out.

    head  (k, d + 1); up to two dimensions it sees everything
    """
    mean = points.mean(0)
    axes = principal_axes(points)
    seen = mean + (points - mean) @ axes @ axes.T
    return float(((seen @ head[:, :-1].T + head[:, -1]).argmax(1) == labels).mean())


def flattened(centres: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Centres as the plane shows them; those of more dimensions in the plane of the points' two principal axes."""
    return centres if centres.shape[1] == 2 else centres @ principal_axes(points)

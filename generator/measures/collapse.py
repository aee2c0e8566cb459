"""Neural collapse, from its definitions."""

from __future__ import annotations

import math

import numpy as np

from .arrangement import class_centres


def collapse_metrics(
    points: np.ndarray, labels: np.ndarray, weight: np.ndarray, predicted: np.ndarray
) -> dict[str, float]:
    """Neural collapse, from its definitions.

    points     (N, d) last hidden layer, balanced classes
    labels     (N,) int in 0..k-1
    weight     (k, d) head
    predicted  (N,) int, the network's own prediction
    returns    nc1         tr(S_W S_B^+) / k: spread within classes against between
               nc2_norm    std / mean of the lengths |mu_c - mu_G|
               nc2_angle   std over pairs of cos(mu_c - mu_G, mu_c' - mu_G)
               nc2_simplex mean over pairs of |cos + 1/(k-1)|
               nc3         | W^T/|W| - M/|M| | in Frobenius norm, M = [mu_c - mu_G]
               nc4         share of points whose prediction is not the nearest class mean
               nan where class means coincide
    source     Papyan, Han & Donoho 2020
    """
    classes = len(weight)
    centres = class_centres(points, labels, classes)
    arms = centres - centres.mean(0)  # (k, d)
    lengths = np.linalg.norm(arms, axis=1)
    nearest = np.linalg.norm(points[:, None] - centres[None], axis=2).argmin(1)
    nc4 = float((nearest != predicted).mean())
    size = float(np.linalg.norm(arms))
    if size < 1e-9:
        return {name: math.nan for name in ("nc1", "nc2_norm", "nc2_angle", "nc2_simplex", "nc3")} | {"nc4": nc4}
    offsets = points - centres[labels]
    within = offsets.T @ offsets / len(points)
    between = arms.T @ arms / classes
    cosines = math.nan * np.ones(1)
    if lengths.min() > 1e-9:
        units = arms / lengths[:, None]
        cosines = (units @ units.T)[np.triu_indices(classes, 1)]
    head = float(np.linalg.norm(weight))
    return {
        "nc1": float(np.trace(within @ np.linalg.pinv(between, rcond=1e-10, hermitian=True))) / classes,
        "nc2_norm": float(lengths.std() / lengths.mean()),
        "nc2_angle": float(cosines.std()),
        "nc2_simplex": float(np.abs(cosines + 1 / (classes - 1)).mean()),
        "nc3": float(np.linalg.norm(weight / head - arms / size)) if head > 0 else math.nan,
        "nc4": nc4,
    }

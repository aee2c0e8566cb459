"""What is kept of a network that was trained."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, eq=False)
class Run:
    """A trained network and its history. It equals itself alone, so that what is made of it can be kept for it.

    x            (N, D) float32, points in class order
    y            (N,) int64 classes, from 0
    checkpoints  (T,) int64, epochs at which the weights were kept
    weights      (T, P) float32, layer by layer [W | b] row by row
    loss         (epochs + 1,) float32, mean cross-entropy, nats, without L2
    accuracy     (epochs + 1,) float32, share of points classified right
    """

    x: np.ndarray
    y: np.ndarray
    checkpoints: np.ndarray
    weights: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray


ARRAYS = [field.name for field in fields(Run)]

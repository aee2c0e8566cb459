"""What is measured: a trained run with what its measures share, each part computed once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..networks import forward
from ..networks.activations import ACTIVATIONS
from ..networks.spec import RunSpec, layer_activations, planes
from . import arrangement, packing
from .directions import lattice_hidden

if TYPE_CHECKING:
    from ..networks.run import Run

SIGNIFICANT = 6  # digits kept of every number that is not rounded already
MOMENTS = 20  # of a run's course at most: its kept epochs, thinned


@dataclass(frozen=True)
class Trained:
    """A run after training, seen at its last epoch unless said otherwise.

    lattice  points along each axis of the inputs that directions are taken over
    """

    spec: RunSpec
    run: Run
    lattice: int = 200

    @cached_property
    def layers(self) -> forward.Layers:
        """What the network makes of its training points."""
        return forward.forward(self.spec, self.run.weights[-1], self.run.x)

    @property
    def points(self) -> np.ndarray:
        """The training points in the last hidden layer, (N, d)."""
        return self.layers.hidden[-1]

    @cached_property
    def head(self) -> np.ndarray:
        """The output layer, (k, d + 1), [W | b]."""
        return forward.split(self.spec, self.run.weights[-1])[-1].astype(np.float64)

    @cached_property
    def centres(self) -> np.ndarray:
        """Each class's mean position in the last hidden layer, (k, d)."""
        return arrangement.class_centres(self.points, self.run.y, self.spec.classes)

    @cached_property
    def medians(self) -> np.ndarray:
        """Each class's median in each coordinate of the last hidden layer, (k, d)."""
        return np.array([np.median(self.points[self.run.y == label], axis=0) for label in range(self.spec.classes)])

    @cached_property
    def knot(self) -> forward.Layers:
        """What the network makes of the input 0: layers of one row."""
        return forward.forward(self.spec, self.run.weights[-1], np.zeros((1, self.run.x.shape[1])))

    @cached_property
    def hulls(self) -> np.ndarray:
        """Distance from each centre to the convex hull of the others, (k,)."""
        return packing.hull_distances(self.centres)

    @cached_property
    def over_inputs(self) -> tuple[np.ndarray, np.ndarray]:
        """The last hidden layer and the predicted class over a lattice of inputs: (d, M), (M,)."""
        return lattice_hidden(self.spec, self.run.weights[-1], self.lattice)

    @property
    def room(self) -> str:
        """The room that the last hidden layer's activation keeps to."""
        return self.spec.room.name

    @property
    def is_plane(self) -> bool:
        """Whether the last hidden layer has two neurons."""
        return self.spec.hidden[-1] == 2

    @property
    def is_plane_to_plane(self) -> bool:
        """Whether inputs and last hidden layer are planes."""
        return self.is_plane and self.run.x.shape[1] == 2

    @property
    def early_plane(self) -> int | None:
        """The first hidden layer of two neurons where it is not the last one, which has two as well."""
        at = planes(self.spec)
        return at[0] if len(at) > 1 and self.is_plane else None

    @cached_property
    def early_centres(self) -> np.ndarray:
        """The class centres in that first plane."""
        assert self.early_plane is not None
        return arrangement.class_centres(self.layers.hidden[self.early_plane], self.run.y, self.spec.classes)

    @property
    def early_room(self) -> str:
        """And the room there."""
        assert self.early_plane is not None
        return ACTIVATIONS[layer_activations(self.spec)[self.early_plane]].room.name

    @cached_property
    def own_centre_shares(self) -> np.ndarray:
        """arrangement.own_centre at each kept epoch, in the first plane and in the last one: (T, 2)."""
        shares = np.empty((len(self.run.checkpoints), 2))
        for row, flat in enumerate(self.run.weights):
            hidden = forward.forward(self.spec, flat, self.run.x).hidden
            shares[row] = [arrangement.own_centre(hidden[at], self.run.y) for at in (planes(self.spec)[0], -1)]
        return shares

    @cached_property
    def moments(self) -> np.ndarray:
        """Some of the kept epochs, as rows of the checkpoints, the first and the last among them."""
        return np.unique(np.rint(np.linspace(0, len(self.run.checkpoints) - 1, MOMENTS)).astype(int))

    @cached_property
    def centres_then(self) -> list[np.ndarray]:
        """The class centres at each of these moments."""
        weights = self.run.weights[self.moments]
        points = (forward.hidden(self.spec, flat, self.run.x) for flat in weights)
        return [arrangement.class_centres(then, self.run.y, self.spec.classes) for then in points]


def plain(value: Any) -> Any:
    """A value for JSON: six significant digits throughout; None for what is not finite."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT}g}") + 0.0 if math.isfinite(value) else None
    return value

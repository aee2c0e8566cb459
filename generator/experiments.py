"""Frozen descriptions of runs."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

ACTIVATION_LABELS = {"tanh": "tanh", "relu": "ReLU"}
ACTIVATIONS = tuple(ACTIVATION_LABELS)


@dataclass(frozen=True)
class RunSpec:
    """Everything that decides one run's result.

    hidden         widths of the hidden layers, first to last
    learning_rate  Adam's step size at the first epoch
    schedule       "cosine" falls to 0 over the epochs, "constant" stays
    l2             weight of half the squared norm of the weights (not the biases)
    bias_start     starting value of the last hidden layer's biases; None: as drawn
    checkpoints    how many times the weights are kept, epoch 0 and the last included
    """

    classes: int
    activation: str
    seed: int
    dataset: str = "spirals"
    points_per_class: int = 100
    dataset_options: tuple[tuple[str, float], ...] = ()
    hidden: tuple[int, ...] = (64, 2)
    epochs: int = 3000
    learning_rate: float = 0.01
    schedule: str = "cosine"
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    l2: float = 1e-4
    bias_start: float | None = None
    checkpoints: int = 64

    @property
    def label(self) -> str:
        """The activation as the field writes it."""
        return ACTIVATION_LABELS[self.activation]


def layer_shapes(spec: RunSpec) -> list[tuple[int, int]]:
    """Each layer's (outputs, inputs), first to last."""
    widths = [2, *spec.hidden, spec.classes]
    return [(out, inputs) for inputs, out in itertools.pairwise(widths)]

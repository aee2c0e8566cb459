"""The frozen description of one run: all that decides its result."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ACTIVATION_LABELS = {"tanh": "tanh", "relu": "ReLU", "disk": "disk", "sphere": "sphere", "softplus": "softplus"}
ACTIVATIONS = tuple(ACTIVATION_LABELS)
IN_PAGES = ("tanh", "relu")  # what the page's scripts know
VECTOR_ACTIVATIONS = ("disk", "sphere")
LAWS = ("points", "margin", "margin-no-bias")  # the keys of packing.LAWS, which needs scipy


@dataclass(frozen=True)
class RunSpec:
    """Everything that decides one run's result.

    hidden         widths of the hidden layers, first to last
    learning_rate  Adam's step size at the first epoch
    schedule       "cosine" falls to 0 over the epochs, "constant" stays
    l2             weight of half the squared norm of the weights (not the biases)
    bias_start     starting value of the last hidden layer's biases; None: as drawn
    checkpoints    how many times the weights are kept, epoch 0 and the last included
    head_bias      whether the output layer has biases
    head_start     what the output layer starts from: "drawn" like the other layers, or the law (see packing.LAWS)
                   whose best head it takes
    head_held      for how many epochs the output layer stays as it starts
    """

    classes: int
    activation: str
    seed: int
    dataset: str = "spirals"
    points_per_class: int = 100
    dataset_options: tuple[tuple[str, float], ...] = ()
    hidden: tuple[int, ...] = (64, 2)
    epochs: int = 3000
    learning_rate: float = 0.03
    schedule: str = "cosine"
    beta1: float = 0.9
    beta2: float = 0.99
    epsilon: float = 1e-8
    l2: float = 1e-4
    bias_start: float | None = None
    checkpoints: int = 64
    head_bias: bool = True
    head_start: str = "drawn"
    head_held: int = 0

    @property
    def label(self) -> str:
        """The activation as the field writes it."""
        return ACTIVATION_LABELS[self.activation]


def layer_shapes(spec: RunSpec) -> list[tuple[int, int]]:
    """Each layer's (outputs, inputs), first to last."""
    from . import datasets  # numpy is not needed where no network is looked at

    widths = [datasets.inputs(spec.dataset, spec.classes), *spec.hidden, spec.classes]
    return [(out, inputs) for inputs, out in itertools.pairwise(widths)]


def layer_activations(spec: RunSpec) -> list[str]:
    """Each hidden layer's activation: one that acts on whole vectors stands in the last layer, with tanh before it."""
    if spec.activation in VECTOR_ACTIVATIONS:
        return ["tanh"] * (len(spec.hidden) - 1) + [spec.activation]
    return [spec.activation] * len(spec.hidden)


def planes(spec: RunSpec) -> list[int]:
    """The hidden layers that have two neurons, as indices of spec.hidden."""
    return [index for index, width in enumerate(spec.hidden) if width == 2]


def is_lifted(spec: RunSpec) -> bool:
    """Whether a network takes points of a plane to a last hidden layer of more dimensions."""
    return layer_shapes(spec)[0][1] == 2 < spec.hidden[-1]


def flat(spec: RunSpec) -> dict[str, Any]:
    """A spec's fields with its dataset's beside them."""
    fields = dataclasses.asdict(spec)
    options = dict(fields.pop("dataset_options"))
    return {**fields, **options}


def unflat(fields: Mapping[str, Any]) -> RunSpec:
    """The spec whose fields these are."""
    own = {field.name for field in dataclasses.fields(RunSpec)}
    options = tuple((key, value) for key, value in fields.items() if key not in own)
    given = {key: value for key, value in fields.items() if key in own}
    return RunSpec(**{**given, "hidden": tuple(fields["hidden"]), "dataset_options": options})

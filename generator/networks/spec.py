"""What a recipe makes of a network: its layers, their activations, and the recipe as one flat table."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from typing import Any

from . import datasets
from .activations import ACTIVATIONS
from .recipe import LAWS, RunSpec

__all__ = ["LAWS", "RunSpec", "flat", "is_lifted", "layer_activations", "layer_shapes", "planes", "unflat"]


def layer_shapes(spec: RunSpec) -> list[tuple[int, int]]:
    """Each layer's (outputs, inputs), first to last."""
    widths = [datasets.inputs(spec.kind, spec.classes), *spec.hidden, spec.classes]
    return [(out, inputs) for inputs, out in itertools.pairwise(widths)]


def layer_activations(spec: RunSpec) -> list[str]:
    """Each hidden layer's activation: one that acts on whole vectors stands in the last layer, with tanh before it."""
    if ACTIVATIONS[spec.activation].is_vector:
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
    """The spec whose fields these are; what else is said of a run is passed over."""
    own = {field.name for field in dataclasses.fields(RunSpec)}
    options = tuple((key, fields[key]) for key in datasets.load()[fields["kind"]].defaults if key in fields)
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in fields.items() if key in own
    }
    return RunSpec(**{**given, "dataset_options": options})

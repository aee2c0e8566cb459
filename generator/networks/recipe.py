"""The recipe of a run, all that decides its result: one row a key, from which all that knows of keys is made.

    epochs: int = key(3000, "passes through all points", integer(1, limits.EPOCHS))

A row is a field of `RunSpec`. What authors may write, the order in which a grid varies the keys, the words of the
tables' columns and the page's are made from the same rows. To add a key, add a row, and use it in `train`. The rows
are no part of a run's address, its values are: a reworded row trains nothing again.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..base import limits
from . import datasets
from .activations import ACTIVATIONS
from .rooms import Room

OPTIMIZERS = {"adam": ("beta1", "beta2", "epsilon"), "sgd": ("momentum",)}  # and the keys that are theirs alone
LAWS = ("points", "margin", "margin-no-bias")  # the keys of packing.LAWS, which needs scipy


@dataclass(frozen=True)
class Field:
    """What a key may hold: `accepts(value)` is the value to use, or raises ValueError; `expected` says it in words.

    words   what the key says, of a key that is no row
    listed  whether a value is itself a list
    """

    accepts: Callable[[Any], Any]
    expected: str
    choices: tuple[str, ...] = ()
    words: str = ""
    listed: bool = False


def number(least: float | None = None, above: float | None = None, below: float | None = None) -> Field:
    """A finite number within bounds."""

    def accepts(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= limits.LARGEST:
            raise ValueError
        if (least is not None and value < least) or (above is not None and value <= above):
            raise ValueError
        if below is not None and value >= below:
            raise ValueError
        return float(value)

    bounds = [f"at least {least:g}" if least is not None else "", f"above {above:g}" if above is not None else ""]
    bounds += [f"below {below:g}" if below is not None else ""]
    return Field(accepts, " ".join(["a number", *filter(None, [" and ".join(filter(None, bounds))])]))


def integer(least: int, most: int) -> Field:
    """A whole number from `least` to `most`."""

    def accepts(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError
        return value

    return Field(accepts, f"a whole number, at least {least} and at most {most:,}")


def choice(*choices: str) -> Field:
    """One of some words."""

    def accepts(value: Any) -> str:
        if value not in choices:
            raise ValueError
        return str(value)

    return Field(accepts, "one of " + ", ".join(choices), choices)


def several(of: Field, expected: str = "", least: int = 0, most: float = math.inf, once: bool = False) -> Field:
    """A list of so many values. once: no two of which are written alike"""

    def accepts(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise ValueError
        if once and len(set(map(str, value))) < len(value):
            raise ValueError
        return tuple(map(of.accepts, value))

    return Field(accepts, expected or f"a list, each {of.expected}", listed=True)


def plain(expected: str, *kinds: type) -> Field:
    """A value of one of some kinds."""

    def accepts(value: Any) -> Any:
        if type(value) not in kinds:
            raise ValueError
        return value

    return Field(accepts, expected)


def key(default: Any, words: str, check: Field | None = None, slow: bool = False, late: bool = False) -> Any:
    """A row.

    default  where an author leaves the key out; MISSING: they must not
    words    what the key says, with its unit
    check    what an author may write in an experiment; None: the key stands elsewhere, as the seeds and the data do
    slow     whether a grid varies it before the others
    late     whether runs were trained before there was such a key: it is no part of the address of one that leaves it
             at its default, which is what these did
    """
    return dataclasses.field(default=default, metadata={"words": words, "check": check, "slow": slow, "late": late})


MISSING = dataclasses.MISSING


@dataclass(frozen=True)
class RunSpec:
    """Everything that decides one run's result; each row says itself what it is."""

    classes: int = key(MISSING, "number of classes, k", integer(2, limits.CLASSES))
    activation: str = key(MISSING, "activation of the hidden layers", choice(*ACTIVATIONS))
    seed: int = key(MISSING, "decides the data and the first weights")
    data_seed: int | None = key(
        None, "decides the data alone; empty: the run's own seed does", integer(0, limits.SEED), late=True
    )
    kind: str = key("spirals", "kind of data")
    points_per_class: int = key(100, "training points of each class")
    dataset_options: tuple[tuple[str, float], ...] = ()
    hidden: tuple[int, ...] = key(
        (64, 2),
        "widths of the hidden layers, first to last",
        several(integer(1, limits.WIDTH), f"a list of widths up to {limits.WIDTH:,} such as [64, 2]", 1, limits.LAYERS),
        slow=True,
    )
    epochs: int = key(3000, "passes through all points", integer(1, limits.EPOCHS))
    batch: int | None = key(
        None,
        "points that a step looks at, in an order that seed and epoch decide; empty: all",
        integer(1, limits.POINTS),
        late=True,
    )
    optimizer: str = key("adam", "adam, or sgd: down the gradient, with momentum", choice(*OPTIMIZERS), late=True)
    learning_rate: float = key(0.03, "step size at the first epoch", number(above=0))
    schedule: str = key(
        "cosine",
        "cosine: the step size falls to 0 over the epochs; constant: it stays",
        choice("cosine", "constant"),
    )
    beta1: float = key(0.9, "Adam's decay of the mean gradient", number(least=0, below=1))
    beta2: float = key(0.99, "Adam's decay of the mean squared gradient", number(least=0, below=1))
    epsilon: float = key(1e-8, "Adam's least denominator", number(above=0))
    momentum: float = key(0.0, "SGD's: what is left of a step in the next", number(least=0, below=1), late=True)
    l2: float = key(1e-4, "weight of half the squared norm of the weights, biases left out", number(least=0))
    l2_factors: tuple[float, ...] | None = key(
        None,
        "what l2 is multiplied by in each layer, the output layer last; empty: 1 in all",
        several(number(least=0), "a list of numbers at least 0, one a layer, such as [0, 0, 1]", 1),
        late=True,
    )
    init_scale: float = key(
        1.0, "what the first weights and biases are multiplied by, where they are drawn", number(above=0), late=True
    )
    bias_start: float | None = key(
        None, "first value of the last hidden layer's biases; empty: drawn like the weights", number()
    )
    checkpoints: int = key(
        64,
        "how many times the weights were kept at most, epoch 0 and the last included",
        integer(2, limits.CHECKPOINTS),
    )
    head_bias: bool = key(True, "whether the output layer has biases", plain("true or false", bool))
    head_start: str = key(
        "drawn", "drawn, or the law whose best output layer training started from", choice("drawn", *LAWS)
    )
    head_held: int = key(0, "for how many epochs the output layer stayed as it started", integer(0, limits.EPOCHS))

    @property
    def seed_of_data(self) -> int:
        """What decides the points, and which of own data are held out."""
        return self.seed if self.data_seed is None else self.data_seed

    @property
    def inputs(self) -> int:
        """How many coordinates its points have."""
        return datasets.inputs(self.kind, self.classes)

    @property
    def point_count(self) -> int:
        """How many points it trains on."""
        return self.classes * self.points_per_class

    @property
    def weight_count(self) -> int:
        """How many weights it has, biases among them."""
        widths = itertools.pairwise([self.inputs, *self.hidden, self.classes])
        return sum(out * (inputs + 1) for inputs, out in widths)

    @property
    def label(self) -> str:
        """The activation as the field writes it: the sphere of a plane is the circle."""
        row = ACTIVATIONS[self.activation]
        return row.in_plane if self.hidden[-1] == 2 else row.label

    @property
    def room(self) -> Room:
        """Where the activation lets hidden vectors be."""
        return ACTIVATIONS[self.activation].room


LATE = {row.name: row.default for row in dataclasses.fields(RunSpec) if row.metadata.get("late")}


def decides(spec: RunSpec) -> dict[str, Any]:
    """The keys that tell runs apart, with their values: all but those that came late and are at their default."""
    fields = dataclasses.asdict(spec)
    said = late_fields(fields)
    return {name: value for name, value in fields.items() if name not in LATE or name in said}


def late_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Of a run's fields the keys that came late, where they are not at their default."""
    return {name: fields[name] for name, default in LATE.items() if fields[name] != default}


def words() -> dict[str, str]:
    """What each key says, and the one that tables have beside them where a run has an own activation."""
    own = "an own activation's formula, room, least and greatest value, label and words; empty: a built-in one"
    image = "own data: height and width of the picture that a row is; empty: a row is none"
    return {row.name: row.metadata["words"] for row in dataclasses.fields(RunSpec) if row.metadata} | {
        "formula": own,
        "image": image,
    }


def axes() -> dict[str, Field]:
    """The keys that an experiment's table may have, in the order in which a grid varies them, the last fastest."""
    rows = [row for row in dataclasses.fields(RunSpec) if row.metadata and row.metadata["check"]]
    return {row.name: row.metadata["check"] for row in sorted(rows, key=lambda row: not row.metadata["slow"])}

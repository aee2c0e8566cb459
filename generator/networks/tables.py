"""Rows of an author's own: a table of numbers as a kind of data beside those that are drawn.

A table enters `datasets.load()` under the digest of what it holds, so that its name says all that a run's address must
say of it. Whoever works on a run elsewhere is sent the table, or knows its shape from the run's recipe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import datasets
from .datasets import PLANE, Dataset, Parameter
from .recipe import RunSpec

if TYPE_CHECKING:
    import numpy as np

NAMED = "own-"  # what the names of these kinds begin with
FROM_CODE = "lab-"  # and of those that code of the author's draws
BETWEEN = "; "  # class words in a recipe
BALANCES = ("drop", "repeat")  # how classes of uneven size become even
PARAMETERS = (
    Parameter("inputs", 0, "numbers in a row of the data"),
    Parameter("labels", 0, "the classes in words, first to last"),
    Parameter("test_points", 0, "points held out: no network trains on them"),
)


@dataclass(frozen=True, eq=False)
class Table:
    """Labelled rows.

    x, y            (N, D) float64, (N,) int64 in 0..k-1: what networks train on, and what the share is held out of
    test_x, test_y  (M, D), (M,): rows that are held out whatever the seed; M may be 0
    labels          the classes in words, (k,)
    names           of the columns, (D,)
    share           of the rows of each class that a seed holds out
    balance         "drop": of larger classes a seed trains on as many rows as the smallest has; "repeat": on all rows,
                    those of smaller classes again and again, until there are as many as of the largest
    """

    x: np.ndarray
    y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray
    labels: tuple[str, ...]
    names: tuple[str, ...]
    share: float = 0.0
    balance: str = BALANCES[0]

    @cached_property
    def kind(self) -> str:
        """The name of the kind of data: it follows from all that the table holds, but the columns' names."""
        told = (self.labels, self.share, self.x.shape, self.test_x.shape)
        found = hashlib.sha256(repr(told if self.balance == BALANCES[0] else (*told, self.balance)).encode())
        for array in (self.x, self.y, self.test_x, self.test_y):
            found.update(array.tobytes())
        return NAMED + found.hexdigest()[:16]

    @property
    def counts(self) -> list[int]:
        """The rows of each class, without those that are always held out."""
        return [int((self.y == label).sum()) for label in range(len(self.labels))]

    @property
    def held(self) -> list[int]:
        """How many rows of each class a seed holds out: the share of them, one at least, and one stays."""
        return [max(1, min(round(self.share * count), count - 1)) if self.share else 0 for count in self.counts]

    @property
    def left(self) -> list[int]:
        """How many rows of each class a seed may train on."""
        return [count - held for count, held in zip(self.counts, self.held, strict=True)]

    @property
    def points_per_class(self) -> int:
        """How many points of each class a seed trains on: as many rows as the smallest, or the largest, has."""
        return (min if self.balance == "drop" else max)(self.left)

    @property
    def options(self) -> tuple[tuple[str, Any], ...]:
        """What a recipe says of it."""
        words = BETWEEN.join(label.replace(BETWEEN.strip(), ",") for label in self.labels)
        told = (self.x.shape[1], words, len(self.test_y) + sum(self.held))
        return tuple((parameter.name, value) for parameter, value in zip(PARAMETERS, told, strict=True))

    def picked(self, chosen: Sequence[str]) -> Table:
        """The table of some of its classes, in the order given."""
        import numpy as np

        number = np.full(len(self.labels), -1, np.int64)  # of each class among the chosen
        number[[self.labels.index(word) for word in chosen]] = np.arange(len(chosen))
        (x, y), (test_x, test_y) = (
            (rows[number[labels] >= 0], number[labels][number[labels] >= 0])
            for rows, labels in ((self.x, self.y), (self.test_x, self.test_y))
        )
        return replace(self, x=x, y=y, test_x=test_x, test_y=test_y, labels=tuple(chosen))

    def split(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows to train on, as many of each class, and rows held out, drawn at random, unscaled.

        returns  (k, points_per_class, D), (M, D), (M,)
        """
        import numpy as np

        trained, held, labels = [], [self.test_x], [self.test_y]
        for label, count in enumerate(self.held):
            rows = rng.permutation(np.flatnonzero(self.y == label))
            held.append(self.x[rows[:count]])
            labels.append(np.full(count, label))
            trained.append(self.x[np.resize(rows[count:], self.points_per_class)])  # cut, or said again
        return np.stack(trained), np.concatenate(held), np.concatenate(labels)


@dataclass(frozen=True)
class OwnDataset(Dataset):
    """A kind of data that a table is.

    labels  the classes in words
    table   None: its rows are elsewhere
    """

    labels: tuple[str, ...] = ()
    table: Table | None = None


def scale(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How the columns of (…, D) training rows are scaled: `(row - mean) / scale`.

    Each to mean 0 and standard deviation 1, a constant one to 0. Rows of two numbers are then made smaller together,
    until they fit into [-1, 1]^2, where the pictures of a plane of inputs look for them.

    returns  mean (D,), scale (D,)
    """
    import numpy as np

    flat = rows.reshape(-1, rows.shape[-1])
    mean, deviation = flat.mean(0), flat.std(0)
    deviation[deviation <= 1e-12 * np.abs(flat).max(0)] = 1.0
    if len(mean) == PLANE:
        deviation *= max(float(np.abs((flat - mean) / deviation).max()), 1.0)
    return mean, deviation


def enter(table: Table) -> str:
    """Make a table a kind of data. Returns the kind's name."""
    kind = table.kind
    if of_kind(kind) is None:
        datasets.load()[kind] = _dataset(kind, table.x.shape[1], table.labels, table)
    return kind


def recall(fields: Mapping[str, Any]) -> None:
    """Make the kind of a run's recipe known where its rows are not, from what the recipe says of it."""
    kind = str(fields["kind"])
    if kind.startswith((NAMED, FROM_CODE)) and kind not in datasets.load():
        labels = tuple(str(fields["labels"]).split(BETWEEN)) if kind.startswith(NAMED) else ()
        datasets.load()[kind] = _dataset(kind, int(fields["inputs"]), labels, None)


def remembered(recipes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What `recall` needs of each kind of own data among some recipes."""
    own = {of["kind"]: of for of in recipes if str(of["kind"]).startswith((NAMED, FROM_CODE))}
    return [{key: of[key] for key in ("kind", "inputs", "labels") if key in of} for of in own.values()]


def _dataset(kind: str, inputs: int, labels: tuple[str, ...], table: Table | None) -> OwnDataset:
    def draw(classes: int, points_per_class: int, rng: np.random.Generator, **said: Any) -> np.ndarray:
        """
        returns  (classes, points_per_class, D) float64, scaled
        """
        if table is None:
            raise LookupError(f"the rows of {kind} are not here")
        rows, _, _ = table.split(rng)
        mean, deviation = scale(rows)
        scaled: np.ndarray = (rows - mean) / deviation
        return scaled

    return OwnDataset(
        kind,
        draw,
        PARAMETERS,
        plural="classes",
        picture="points of {classes} classes" + (", " + ", ".join(labels) + "," if labels else ""),
        inputs=lambda classes: inputs,
        labels=labels,
        table=table,
    )


def carried(kind: Any) -> bool:
    """Whether a recipe that names this kind of data says all that its points need: neither own rows nor own code."""
    return not str(kind).startswith((NAMED, FROM_CODE))


def built_in() -> dict[str, Dataset]:
    """The kinds of data that are drawn, by name."""
    return {
        name: kind
        for name, kind in datasets.load().items()
        if not (isinstance(kind, OwnDataset) or name.startswith(FROM_CODE))
    }


def of_kind(kind: str) -> Table | None:
    """The table that a kind of data is; None: its points are drawn, or its rows are elsewhere."""
    found = datasets.load().get(kind)
    return found.table if isinstance(found, OwnDataset) else None


def labels_of(kind: str) -> tuple[str, ...]:
    """The words for the classes of a kind of data; () where they have numbers alone."""
    found = datasets.load().get(kind)
    return found.labels if isinstance(found, OwnDataset) else ()


def held_out(spec: RunSpec) -> tuple[np.ndarray, np.ndarray] | None:
    """The points that a run does not train on, scaled as those that it does: (M, D) float32, (M,); None: it has none.

    A kind that is drawn has none.
    """
    import numpy as np

    table = of_kind(spec.kind)
    if table is None:
        return None
    rows, held, labels = table.split(np.random.default_rng([spec.seed_of_data, 0]))
    mean, deviation = scale(rows)
    return (((held - mean) / deviation).astype(np.float32), labels) if len(labels) else None


def scaling(spec: RunSpec) -> dict[str, np.ndarray]:
    """How a run's inputs were scaled, "mean" and "scale", (D,) each; nothing where they are drawn."""
    import numpy as np

    table = of_kind(spec.kind)
    if table is None:
        return {}
    rows, _, _ = table.split(np.random.default_rng([spec.seed_of_data, 0]))
    return dict(zip(("mean", "scale"), scale(rows), strict=True))


def among(kinds: Collection[str]) -> list[Table]:
    """The tables among some kinds of data."""
    return [table for kind in sorted(kinds) if (table := of_kind(kind)) is not None]

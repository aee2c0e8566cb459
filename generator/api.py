"""The runs of a built site as arrays, and networks trained from a recipe.

>>> import peek_article
>>> runs = peek_article.load("site")
>>> runs.where(activation=["tanh", "relu"], classes=2).share("collapsed")
0.0
>>> run = runs.one(activation="tanh", classes=2)
>>> run.hidden(run.x).shape == (len(run.x), 2)
True

>>> run = peek_article.train({"classes": 2, "activation": "tanh", "epochs": 20})
>>> run.loss.shape, run.weights.shape == (len(run.checkpoints), 328)
((21,), True)
>>> run.predict([[0.0, 0.5], [0.0, -0.5]]).shape
(2,)

numpy and torch are imported when something is asked that needs them.
"""

from __future__ import annotations

import csv
import functools
import itertools
import json
import numbers
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, overload

from .base.errors import PeekError, short
from .runs.results import Result, Results, UnknownResult

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from .networks.run import Run as Kept
    from .networks.spec import RunSpec


class NoSiteError(PeekError):
    """A folder that holds no runs."""


class NoArraysError(PeekError):
    """A run of which the site has a row in a table and no arrays."""


class DamagedSiteError(PeekError):
    """A file of a site that is not as a build wrote it."""


class Values(dict[str, Any]):
    """Values by key that stay as they are; `{**run.spec, "seed": 7}` has others.

    raises  TypeError: one is to be changed
    """

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError('the values of a run stay as they are; expected a copy, such as {**run.spec, "seed": 7}')

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse

    def __reduce__(self) -> tuple[type[Values], tuple[dict[str, Any]]]:
        return type(self), (dict(self),)


class NoAttributeError(UnknownResult, AttributeError):
    """An attribute that a run lacks, so that `hasattr` and all that asks an object what it is can do so."""


@dataclass(frozen=True)
class Run(Result):
    """One run: its recipe, what was measured of it, and the arrays of its training.

    spec      the recipe by key, such as "classes" and "learning_rate"; `train({**run.spec, "seed": 7})` is another run
    measures  values by column, as the site's page "Reproduce" explains them; None: undefined
    id, experiment, label

    Every key of `spec` and `measures` that is no array's name is an attribute as well: `run.classes`, `run.centres`.
    The arrays are read when they are first asked for; `has_arrays` says whether there are any.

    raises  NoArraysError: an array of a run that is neither drawn nor travels with the page
            DamagedSiteError: the file of its arrays cannot be read, or is another network's
            NoAttributeError: an attribute that the run lacks, with the nearest
    """

    _read: Callable[[], Any] = field(default=lambda: None, compare=False, repr=False)
    _file: Path | None = field(default=None, compare=False, repr=False)  # of its arrays; None: it was trained here

    def __post_init__(self) -> None:
        for name in ("spec", "measures"):
            object.__setattr__(self, name, Values(getattr(self, name)))

    def __repr__(self) -> str:
        return f"<Run {self.place.strip('/')}>"

    def __hash__(self) -> int:
        return hash(self.place)

    def __getattr__(self, key: str) -> Any:
        try:
            return super().__getattr__(key)
        except UnknownResult as error:
            raise NoAttributeError(*error.args) from None

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.spec, *self.measures})

    @functools.cached_property
    def _arrays(self) -> Kept:
        kept: Kept = self._read()
        if self._file:
            _check_shapes(kept, self._spec, self._file)
        return kept

    @property
    def has_arrays(self) -> bool:
        """Whether there are arrays of it; `runs.where(has_arrays=True)` are those that have them."""
        return self._file is None or self._file.exists()

    def value(self, key: str) -> Any:
        """A value by its name, also `has_arrays`."""
        return self.has_arrays if key == "has_arrays" else super().value(key)

    @property
    def x(self) -> np.ndarray:
        """(N, D) float32 training points, in class order; of own data scaled, as the network saw them."""
        return self._arrays.x

    @property
    def y(self) -> np.ndarray:
        """(N,) int64 classes of the points, from 0."""
        return self._arrays.y

    @property
    def checkpoints(self) -> np.ndarray:
        """(T,) int64 epochs at which the weights were kept; the first is 0, before training."""
        return self._arrays.checkpoints

    @property
    def weights(self) -> np.ndarray:
        """(T, P) float32 weights at each checkpoint, layer by layer [W | b], row by row."""
        return self._arrays.weights

    @property
    def loss(self) -> np.ndarray:
        """(epochs + 1,) float32 mean cross-entropy at each epoch, nats, without the L2 term."""
        return self._arrays.loss

    @property
    def accuracy(self) -> np.ndarray:
        """(epochs + 1,) float32 share of the training points classified right at each epoch."""
        return self._arrays.accuracy

    def layers(self, checkpoint: int = -1) -> list[np.ndarray]:
        """Each layer's (outputs, inputs + 1) float32 matrix [W | b] at a checkpoint, the output layer last.

        checkpoint  index into `checkpoints`
        raises      IndexError: no such checkpoint
        """
        from .networks import forward

        return forward.split(self._spec, self._weights(checkpoint))

    def hidden(self, points: ArrayLike, checkpoint: int = -1) -> np.ndarray:
        """Where the network takes points: its last hidden layer.

        points      (N, D), in the units of `x`
        checkpoint  index into `checkpoints`
        returns     (N, width) float64
        raises      ValueError: points of another shape
                    IndexError: no such checkpoint
        """
        from .networks import forward

        return forward.hidden(self._spec, self._weights(checkpoint), self._points(points))

    def predict(self, points: ArrayLike, checkpoint: int = -1) -> np.ndarray:
        """The class that the network gives each point. Arguments and errors as for `hidden`; returns (N,) int64."""
        from .networks import forward

        return forward.predict(self._spec, self._weights(checkpoint), self._points(points))

    @functools.cached_property
    def _spec(self) -> RunSpec:
        return _spec_of(self.spec)

    def _weights(self, checkpoint: int) -> np.ndarray:
        """The weights at one checkpoint, (P,)."""
        count = len(self.checkpoints)
        if not (isinstance(checkpoint, numbers.Integral) and -count <= checkpoint < count):
            expected = f"an index into the {count} of `checkpoints`, 0 before training, -1 the last"
            raise IndexError(f"checkpoint is {checkpoint!r}; expected {expected}")
        weights: np.ndarray = self.weights[checkpoint]
        return weights

    def _points(self, points: ArrayLike) -> np.ndarray:
        """Points as an array that the network takes."""
        import numpy as np

        given, inputs = np.asarray(points, np.float64), self.x.shape[1]
        if given.ndim != 2 or given.shape[1] != inputs:
            raise ValueError(f"points have the shape {given.shape}; expected (N, {inputs})")
        return given


class Runs(Results):
    """Runs in the order of their tables: `len(runs)`, `for run in runs`, `runs[0]`, `runs[:9]`.

    runs.where(classes=[2, 3], activation="tanh").values("accuracy")
    runs.one(id="k2-tanh-s1"), runs.median("loss"), runs.distinct("hidden")

    Conditions compare the keys of `spec` and `measures`, `id` and `experiment`; a list holds for any of its members.

    raises  UnknownResult: a key that no run knows, or conditions that none fits
    """

    def __repr__(self) -> str:
        return f"<{self.count} runs of {', '.join(self.distinct('experiment')) or 'no experiment'}>"

    def __reduce__(self) -> tuple[type[Runs], tuple[tuple[Result, ...]]]:
        return type(self), (self.runs,)

    def __iter__(self) -> Iterator[Run]:
        return iter(self.runs)  # type: ignore[arg-type]

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> Runs: ...

    def __getitem__(self, index: int | slice) -> Run | Runs:
        return self._some(self.runs[index]) if isinstance(index, slice) else self.runs[index]  # type: ignore[return-value]


def load(site: str | Path) -> Runs:
    """All runs of a built site, from its folder `data`: a row of a table each, and arrays where the site has them.

    raises  NoSiteError: the folder has no tables of runs
            DamagedSiteError: a table cannot be read
            ContentError: recipes that this version does not know, such as of a kind of data that another has
    """
    site = Path(site)
    folder = site / "data"
    tables = sorted(folder.glob("*.csv"), key=Path.as_posix)
    if not tables:
        raise NoSiteError(f"{site}: no data/*.csv; expected a site that peek build made")
    ours = [(table, row) for table in tables for row in _rows(table) if {"id", "kind", "classes"} <= row.keys()]
    if not ours:
        names = ", ".join(table.name for table in tables)
        raise NoSiteError(f"{site}: no runs of networks; expected some beside the tables in its data, {names}")
    return Runs([_of_row(row, table.stem, folder) for table, row in ours])


def train(recipe: Mapping[str, Any]) -> Run:
    """Train one network on this machine, as a build does: the same recipe gives the same weights.

    recipe  the keys of an experiment in experiments.toml, one value each, but `seed` (1) for "seeds", and for the
            table of its data its `kind` ("spirals"), with `points_per_class` and the kind's own parameters beside
            it, and for an activation of one's own its `formula`; what is left out has its default
    returns its `measures` are those of one run: none that compares the runs of a recipe, as `packing_share` does
    raises  TypeError: the recipe is no mapping
            ContentError: every mistake in the recipe, in the words of a build; data that are an article's own
            DivergedRunError: the loss turned non-finite
    """
    from .content import experiments
    from .runs import pipeline, tasks
    from .runs.entries import recipe_of

    if not isinstance(recipe, Mapping):
        raise TypeError(f"the recipe is {recipe!r}; expected keys and values such as {{'classes': 5}}")
    asked = experiments.single(recipe)
    from .networks.train import DivergedError

    try:
        [(data, measured, _)] = tasks.train([asked.spec], "cpu", "")
    except DivergedError as error:
        raise pipeline.diverged("recipe", error) from None
    measures = {column: value for of_one in (measured or {}).values() for column, value in of_one.items()}
    return _run(asked.id, "", recipe_of(asked), measures, functools.partial(_decoded, data))


def _run(
    run_id: str,
    experiment: str,
    spec: dict[str, Any],
    measures: dict[str, Any],
    read: Callable[[], Kept],
    file: Path | None = None,
) -> Run:
    """A run whose arrays are what `read` gives, of that file; it can be pickled where that can."""
    known = _spec_of(spec)
    spec = {key: list(value) if isinstance(value, tuple) else value for key, value in spec.items()}
    return Run(run_id, experiment, repr(known), known.label, spec, measures, {}, {}, read, file)


def _spec_of(recipe: Mapping[str, Any]) -> RunSpec:
    """A recipe by its keys as networks know it, of whatever process and article it comes."""
    from .networks import tables
    from .networks.activations import carried
    from .networks.spec import unflat

    tables.recall(recipe)
    return unflat(carried(recipe))


def _decoded(data: bytes) -> Kept:
    """The arrays in an .npz file."""
    from .runs import tasks

    return tasks.decode(data)


def _kept(path: Path) -> Kept:
    """The arrays in an .npz file of a site, which has those of some runs alone."""
    if not path.exists():
        raise NoArraysError(
            f"{path}: no such file; expected a run that is drawn or travels with the page (`draw` and `ship` in"
            " experiments.toml), or train(run.spec)"
        )
    try:
        return _decoded(path.read_bytes())
    except (ValueError, LookupError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(path, error) from None


def _check_shapes(kept: Kept, spec: RunSpec, path: Path) -> None:
    """Refuse arrays that are no network's of a recipe.

    raises  DamagedSiteError
    """
    points, checkpoints, epochs = spec.point_count, kept.checkpoints.size, (spec.epochs + 1,)
    shapes = {
        "x": (points, spec.inputs),
        "y": (points,),
        "checkpoints": (checkpoints,),
        "weights": (checkpoints, spec.weight_count),
        "loss": epochs,
        "accuracy": epochs,
    }
    for name, shape in shapes.items():
        if (found := getattr(kept, name).shape) != shape:
            expected = f"{shape}, by its row of {path.parent.name}.csv"
            raise DamagedSiteError(f"{path}: {name} has the shape {found}; expected {expected}")


def _damaged(path: Path, error: Exception) -> DamagedSiteError:
    return DamagedSiteError(f"{path}: cannot be read: {short(str(error))}; expected it as peek build wrote it")


def _rows(table: Path) -> Iterator[dict[str, Any]]:
    """The rows of a table of runs as plain values by column; none of results that were made elsewhere."""
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            header = next(rows, [])
            for row in rows if header[:3] == ["id", "classes", "activation"] else ():
                yield {column: _value(cell) for column, cell in zip(header, row, strict=True)}
    except (ValueError, csv.Error) as error:
        raise _damaged(table, error) from None


def _value(cell: str) -> Any:
    """What `pipeline.table` wrote into a cell: nothing, JSON, or a word."""
    try:
        return json.loads(cell) if cell else None
    except ValueError:
        return cell


def _of_row(row: dict[str, Any], experiment: str, folder: Path) -> Run:
    from .content import experiments
    from .networks import datasets, recipe, tables

    tables.recall(row)
    own = {"dataset", *recipe.words()}
    of_kind = {name: kind.defaults for name, kind in datasets.load().items()}
    known = {"id", *own, *itertools.chain.from_iterable(of_kind.values())}
    spec = {
        key: value
        for key, value in row.items()
        if (key in own and (value is not None or key not in ("formula", "image")))
        or key in of_kind.get(row["kind"], ())
    }
    measures = {key: value for key, value in row.items() if key not in known}
    path = folder / experiment / f"{row['id']}.npz"
    try:
        return _run(row["id"], experiment, spec, measures, functools.partial(_kept, path), path)
    except (KeyError, TypeError):  # another version's
        table = folder / f"{experiment}.csv"
        if tables.carried(row["kind"]):
            experiments.single(spec, f"{table}, run {row['id']}")
        raise DamagedSiteError(f"{table}, run {row['id']}: no recipe; expected it as peek build wrote it") from None

"""Labelled points: what the networks learn to tell apart, a kind a file.

A file of this folder exposes `DATASET`: how its points are drawn, here and in the page, and what it is called in
words. It imports numpy inside its function alone, so that pages can name a kind without it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

PLANE = 2


@dataclass(frozen=True)
class Parameter:
    """A number that an author may set.

    about  what it is, with its unit
    least  its least value; None: any
    """

    name: str
    default: float
    about: str
    least: float | None = None


@dataclass(frozen=True)
class Control:
    """A parameter that readers may set, from 0 on.

    name       one word for it, by which addresses and authors' options have it
    parameter  the one that it sets
    explain    what it does to the points
    most       where its slider ends
    unit       "" where it is a share
    """

    name: str
    parameter: str
    explain: str
    most: float
    unit: str = ""

    @property
    def label(self) -> str:
        """What stands at its slider."""
        return self.name.capitalize()

    @property
    def said(self) -> str:
        """How a sentence has it; {value} stands for the value with its unit."""
        return self.name + " {value}"


@dataclass(frozen=True)
class Dataset:
    """A kind of data.

    name        what authors write
    draw        (classes, points_per_class, rng, **parameters) -> (classes, points_per_class, D) float64
    parameters  in the order in which tables have them
    plural      what the classes are: "spiral arms"
    picture     all of them, for who cannot see them; {classes} stands for their number
    without     a parameter -> plural and picture where it is 0, of those whose absence changes what the points are
    controls    what readers may set of it, in the order of their sliders; none without a script
    script      the same in JavaScript, where points lie in the plane: a function of (classes, points a class,
                parameters by name, random {uniform, normal}) -> numbers x, y, x, y, … in class order. "": readers'
                browsers draw none
    inputs      class count -> D
    """

    name: str
    draw: Callable[..., np.ndarray]
    parameters: tuple[Parameter, ...]
    plural: str
    picture: str
    controls: tuple[Control, ...] = ()
    script: str = ""
    inputs: Callable[[int], int] = lambda classes: PLANE
    without: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def defaults(self) -> dict[str, float]:
        """Each parameter's default, by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def words(self, options: Mapping[str, Any]) -> tuple[str, str]:
        """`plural` and `picture` of data with some parameters; the others are at their defaults."""
        given = {**self.defaults, **options}
        return next((said for name, said in self.without.items() if not given[name]), (self.plural, self.picture))

    @property
    def is_plane(self) -> bool:
        """Whether its points lie in the plane, however many the classes are."""
        return self.inputs(1) == self.inputs(PLANE) == PLANE


@cache
def load() -> dict[str, Dataset]:
    """Every kind of data, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    kinds = (importlib.import_module(f"{__name__}.{name}").DATASET for name in names)
    return {kind.name: kind for kind in kinds}


def inputs(kind: str, classes: int) -> int:
    """How many coordinates the points of a kind have."""
    return load()[kind].inputs(classes)


def controls() -> list[str]:
    """The names of all that readers may set of some kind."""
    return list(dict.fromkeys(control.name for kind in load().values() for control in kind.controls))


def points(kind: str, classes: int, points_per_class: int, seed: int, **options: Any) -> tuple[np.ndarray, np.ndarray]:
    """The points and labels of a dataset.

    seed     fixes the points, alone with the other arguments
    returns  x (N, D) float32 in class order, D = inputs(kind, classes), y (N,) int64 in 0..classes-1,
             N = classes * points_per_class
    """
    import numpy as np

    rng = np.random.default_rng([seed, 0])
    x = load()[kind].draw(classes, points_per_class, rng, **{**load()[kind].defaults, **options})
    return x.reshape(-1, x.shape[-1]).astype(np.float32), np.repeat(np.arange(classes), points_per_class)

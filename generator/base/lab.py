"""What an author's own code, `lab/*.py` beside the text, says of its functions.

    from peek_article import lab

    @lab.experiment
    def walk(steps: int, drift: float = 0.0, seed: int = 1):
        ...
        return {"distance": distance, "path": path}

The decorators note what a function is and leave it as it is, so that it can be called and tested like any other. What
they are given must be plain values: a build reads it from the text, and runs none of it before it is asked to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def experiment(function: Function) -> Function:
    """Parameters in, a dict of numbers, words and arrays out: a run of `[experiment.NAME] run = "FUNCTION"`.

    Numbers and words are columns of a table that has the experiment's name. Arrays go into a download and to figures.
    A parameter `seed` takes the seed. Annotations and defaults say what the others may be.
    """
    return function


def measurement(words: str = "", **columns: str) -> Callable[[Function], Function]:
    """A trained network in, a number out: a column of every run, called like the function.

    words    what the column holds
    columns  where the function returns a dict: name -> words of each
    """
    return lambda function: function


def dataset(function: Any = None, *, inputs: int = 2) -> Any:
    """A kind of data: (points_per_class, classes, rng, and numbers of its own) in, points and labels out.

    inputs   how many numbers a point has
    returns  of the function: (N, inputs), (N,) whole numbers from 0, points_per_class of each class
    """
    return function if function is not None else lambda function: function


def figure(words: str, needs: str | Sequence[str] = ()) -> Callable[[Function], Function]:
    """Rows and a style in, a matplotlib figure or the text of an SVG out: `/// figure | FUNCTION`.

    It is called once with the colours of light paper and once with those of dark.

    words  what it shows, in a sentence, for who cannot see it
    needs  an experiment, whose rows it is given as a list of dicts; of several, a dict of such lists by their names
    """
    return lambda function: function

"""Why a figure cannot be drawn of some runs: what it needs, and what they have."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from .. import figures
from ..base import style
from ..figures import Figure
from ..networks import tables
from ..networks.activations import carried
from ..networks.spec import RunSpec, layer_shapes, unflat
from ..runs.results import Result, Results, Unmeasured


@dataclass(frozen=True)
class Requirement:
    """What a figure may need of a recipe.

    words  what is needed; {most} stands for a class count
    has    what a recipe has of it, in words
    given  the recipe, had it that
    """

    words: str
    has: Callable[[RunSpec], str]
    given: Callable[[RunSpec], RunSpec]


def _hidden(spec: RunSpec) -> str:
    return "hidden = [" + ", ".join(map(str, spec.hidden)) + "]"


# Those before others are named where either would do.
NEEDS = (
    Requirement(
        "inputs of two dimensions",
        lambda spec: str(layer_shapes(spec)[0][1]),
        lambda spec: replace(spec, kind="spirals", dataset_options=()),
    ),
    Requirement(
        "a last hidden layer of two neurons", _hidden, lambda spec: replace(spec, hidden=(*spec.hidden[:-1], 2))
    ),
    Requirement(
        "a last hidden layer of more than two neurons",
        _hidden,
        lambda spec: replace(spec, hidden=(*spec.hidden[:-1], 3)),
    ),
    Requirement(
        "two hidden layers of two neurons, the last among them", _hidden, lambda spec: replace(spec, hidden=(8, 2, 2))
    ),
    Requirement("tanh", lambda spec: spec.label, lambda spec: replace(spec, activation="tanh")),
    Requirement("at most {most} classes", lambda spec: str(spec.classes), lambda spec: replace(spec, classes=2)),
    Requirement(
        "more checkpoints", lambda spec: f"checkpoints = {spec.checkpoints}", lambda spec: replace(spec, checkpoints=9)
    ),
)
OF_PLANES = (1, 3)  # those that a wider last layer does not have
INSTEAD = "expected one of bend, alive, digit, hidden-plane, hidden-animation and projection, which project wider ones"


def lacks(run: Result, pictures: Sequence[str], measures: Sequence[str]) -> list[str]:
    """The pictures and measures that a run does not have."""
    return [name for name in pictures if name not in run.pictures] + [key for key in measures if not _has(run, key)]


def _has(run: Result, key: str) -> bool:
    try:
        return run.measures.get(key) is not None
    except Unmeasured:
        return True


def reason(figure: str, runs: Results, everything: Results, pictures: Sequence[str], measures: Sequence[str]) -> str:
    """Why no run of some has all pictures and measures of a figure, in a line.

    everything  the results that the runs are of
    """
    if unknown := [name for name in pictures if name not in figures.load()]:
        return f"no run has the picture {' and '.join(unknown)}"
    told = dict.fromkeys(_reason(run, lacks(run, pictures, measures)[0], everything) for run in runs)
    least = min((said for said, _ in told), key=len)  # of several reasons the one that is mended with least
    have = dict.fromkeys(had for said, had in told if had and said == least)
    these = f"; these runs have {' or '.join(have)}" if have else ""
    wide = any(NEEDS[at].words in least for at in OF_PLANES) and f"; {INSTEAD}"
    return f'the figure "{figure}" needs {least}{these}{wide or ""}'


def needs_plane(figure: str, runs: Sequence[Result]) -> str:
    """That a figure needs a hidden plane, where its runs have a projection of more neurons."""
    need = NEEDS[1]
    have = dict.fromkeys(need.has(unflat(carried(run.spec))) for run in runs)
    return f'the figure "{figure}" needs {need.words}; these runs have {" or ".join(have)}; {INSTEAD}'


def _reason(run: Result, lacking: str, everything: Results) -> tuple[str, str]:
    """What a run would need to have a picture or a measure, and what it has instead."""
    tables.recall(run.spec)
    spec = unflat(carried(run.spec))
    picture = figures.load().get(lacking)
    fits = _drawable(picture) if picture else _measured(lacking)
    several = (needs for count in range(1, len(NEEDS) + 1) for needs in itertools.combinations(NEEDS, count))
    for needs in several if not fits(spec) else ():
        changed = spec
        for need in needs:
            changed = need.given(changed)
        if fits(changed):
            counts = [k for k in range(2, spec.classes) if fits(replace(changed, classes=k))]
            words = [need.words.format(most=max(counts, default=2)) for need in needs]
            return " and ".join(words), " and ".join(need.has(spec) for need in needs)
    drawn = {other.spec["seed"] for other in everything if other.experiment == run.experiment and other.pictures}
    if picture and not drawn:
        return f"pictures of its runs: draw = 1 in [experiment.{run.experiment}]", ""
    if picture and run.spec["seed"] not in drawn:
        asked = f"a seed that is drawn, or a larger draw in [experiment.{run.experiment}]"
        return asked, f"seed {run.spec['seed']}"
    return f"{lacking}, which none of its runs has", ""


def _drawable(picture: Figure) -> Callable[[RunSpec], bool]:
    colours = len(style.THEMES["light"].classes)
    return lambda spec: picture.suits(spec) and spec.classes <= colours


def _measured(column: str) -> Callable[[RunSpec], bool]:
    from ..measures.expected import columns_of  # takes numpy, which pages do without

    return lambda spec: columns_of(spec).get(column, False)

"""What templates say of runs and values, in words: their filters and functions."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..base import rounding
from ..base.language import Words
from ..content import bibliography
from ..markup import claims, expressions
from ..markup.tabulation import SHARES
from ..networks import datasets, tables
from ..runs.results import Picture, Result
from ..runs.statistics import EXACT_UP_TO
from .explorables import start_state


def in_order(pictures: Mapping[str, Picture]) -> list[tuple[str, Picture]]:
    """A run's pictures by figure name, from the data to the loss; those we do not know come last."""
    known = ("input-plane", "hidden-plane", "hidden-animation", "vector-field", "angles", "loss")
    return sorted(pictures.items(), key=lambda item: known.index(item[0]) if item[0] in known else len(known))


def recipe(runs: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """The fields that runs share, and those in which they differ.

    returns  {"same": {field: value}, "varied": {field: [values]}, "decided": {field: {value: {field: value}}}},
             the last for fields that another decides, by each value of that one
    """
    all_varied = _varied(runs)
    deciding = _decided(runs, all_varied)
    same = {key: value for key, value in runs[0].spec.items() if key not in all_varied}
    varied = {
        key: list({repr(run.spec.get(key)): run.spec.get(key) for run in runs}.values())  # some are lists
        for key in _free(all_varied, deciding)
    }
    decided: dict[str, dict[Any, dict[str, Any]]] = {}
    for key, by in deciding.items():
        for run in runs:
            if (value := run.spec.get(key)) is not None:
                decided.setdefault(by, {}).setdefault(run.spec[by], {})[key] = value
    return {"same": same, "varied": varied, "decided": decided}


# What an author's name for data stands for.
OF_DATASET = ("kind", "points_per_class", "labels", "inputs", "test_points")


def differing(runs: Sequence[Result]) -> list[str]:
    """The fields of their recipes in which runs differ, without those that another decides and how many checkpoints are
    kept, which makes no other network."""
    varied = _varied(runs)
    return _free(varied, _decided(runs, varied))


def _free(varied: Sequence[str], decided: Mapping[str, str]) -> list[str]:
    return [key for key in varied if key not in decided and key != "checkpoints"]


def _varied(runs: Sequence[Result]) -> list[str]:
    known = dict.fromkeys(key for run in runs for key in run.spec)
    return [key for key in known if len(_distinct(runs, key)) > 1]


def _decided(runs: Sequence[Result], varied: Sequence[str]) -> dict[str, str]:
    """Of the fields in which runs differ those that another decides, and which: a kind of data its name does, or how
    many of its classes there are, a first bias its activation."""
    found: dict[str, str] = {}
    drawn = {name for kind in datasets.load().values() for name in kind.defaults}
    deciding = {"dataset": {*OF_DATASET, *drawn}, "activation": {"bias_start", "formula"}, "classes": {*OF_DATASET}}
    for by, fields in deciding.items():
        if by in varied:
            found |= {key: by for key in varied if key in fields - found.keys() and _follows(runs, key, by)}
    return found


def _distinct(runs: Sequence[Result], *keys: str) -> set[str]:
    return {repr([run.spec.get(key) for key in keys]) for run in runs}


def _follows(runs: Sequence[Result], key: str, other: str) -> bool:
    """Whether runs that share one field share another."""
    return len(_distinct(runs, key, other)) == len(_distinct(runs, other))


def labels(runs: Sequence[Result], words: Words) -> list[str]:
    """What sets each of some runs apart from the others, in words."""
    keys = sorted(differing(runs), key="seed".__eq__)
    one_base = len({tuple(run.spec["hidden"][:-1]) for run in runs}) == 1

    def said(run: Result, key: str) -> str:
        value = run.spec.get(key)
        if key == "activation":
            return run.label
        if key == "classes":
            return words("{n} classes", n=value)
        if key == "seed":
            return words("seed {seed}", seed=value)
        if key == "hidden":
            base = words("hidden layers of {widths}", widths=plain(value, words))
            return words("{n} neurons", n=run.spec["hidden"][-1]) if one_base else base
        return str(value) if key == "dataset" else f"{spoken(key, words)} {plain(value, words)}"

    return [words(", ").join(said(run, key) for key in keys) for run in runs]


def scalars(run: Result) -> dict[str, float]:
    """The measures of a run that are single numbers, by name."""
    return {key: value for key, value in run.measures.items() if expressions.is_number(value)}


def plain(value: Any, words: Words) -> str:
    """A value of a recipe in words: consecutive numbers as a range, a list within one in brackets, None as a dash."""
    if value is None:
        return "–"
    if isinstance(value, (list, tuple)):
        whole = len(value) > 2 and all(type(item) is int for item in value)
        if whole and list(value) == list(range(value[0], value[-1] + 1)):
            return f"{value[0]}–{value[-1]}"
        said = [plain(item, words) for item in value]
        lists = [
            f"[{text}]" if isinstance(item, (list, tuple)) else text for item, text in zip(value, said, strict=True)
        ]
        return words(", ").join(lists) or "–"
    if isinstance(value, bool):
        return words("yes" if value else "no")
    if isinstance(value, float):
        return words.compact(value)
    return words(value) if isinstance(value, str) else str(value)


def spoken(key: str, words: Words) -> str:
    """A field's name in words."""
    return words(LABELS[key]) if key in LABELS else words.measure(key)


LABELS = {
    "beta1": "Adam β₁",
    "beta2": "Adam β₂",
    "epsilon": "Adam ε",
    "batch": "points a step",
    "bias_start": "first value of the last hidden bias",
    "hidden": "hidden widths",
    "kind": "kind of data",
    "data_seed": "seed of the data",
    "init_scale": "scale of the first weights",
    "l2": "weight of the L2 term",
    "l2_factors": "L2 factors of the layers",
    "least_distance": "least distance between centres",
    "points_per_class": "points a class",
    "checkpoints": "checkpoints kept",
    "turn_rad": "turn of an arm (rad)",
    "noise_rad": "noise (rad)",
}


def unbroken(text: str) -> str:
    """HTML in which no line ends between a formula and the punctuation around it."""
    return _PUNCTUATED.sub(r'<span class="unbroken">\g<0></span>', text)


# Browsers break lines before and after such boxes, whatever stands there. The pattern begins with a set of signs, for
# which a page is looked through twice as fast as for a sign that may be missing.
_PUNCTUATED = re.compile(
    r'[(\[“‘<](?:(?<=<)|(?<!<)<)math(?![^>]*display="block")(?:[^<]|<(?!/math>))*</math>[.,;:!?)\]’”]+'
)


def share(value: float, digits: int, words: Words) -> str:
    """A share in per cent without the sign, which stands above it."""
    return rounding.percent(value, digits, marks=dataclasses.replace(words.marks, percent="{}"))


def opened(text: str) -> str:
    """A phrase as the beginning of a line: its first letter a capital."""
    return text[:1].upper() + text[1:]


def licence_url(licence: str) -> str:
    """The address of a licence: of Creative Commons by its usual name, or what is an address itself; else ""."""
    if licence.startswith(("https://", "http://")):
        return licence
    if found := re.fullmatch(r"CC0[ -]?(1\.0)?", licence, re.IGNORECASE):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    found = re.fullmatch(r"CC[ -](BY(?:-NC)?(?:-SA|-ND)?)[ -](\d\.\d)", licence, re.IGNORECASE)
    return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/" if found else ""


def size(count: int, words: Words) -> str:
    """A number of bytes for readers: B, kB, MB (powers of ten)."""
    for unit, power in (("MB", 6), ("kB", 3)):
        if count >= 10**power:
            value = count / 10**power
            return f"{words.marks.on(f'{value:.1f}' if value < 10 else f'{value:.0f}')}\u202f{unit}"
    return f"{count}\u202fB"


def median(values: Sequence[float]) -> float:
    """The median."""
    import statistics  # some milliseconds to import, for pages that are seldom rendered

    return statistics.median(values)


def typeset(text: str, words: Words) -> str:
    """A plain sentence of an author's, its marks as a typographer sets them."""
    from ..markup import reading  # brings markdown, for pages that are seldom rendered

    (said,) = reading.typeset([text], tuple(words.quotes))
    return said


def filters(words: Words) -> dict[str, Callable[..., Any]]:
    """The filters of templates, in a language."""
    speaking: list[Callable[..., Any]] = [labels, plain, share, size, spoken, typeset]
    numbers = expressions.filters(words)
    return {
        **{each.__name__: functools.partial(each, words=words) for each in speaking},
        "carried": tables.carried,
        "compact": words.compact,
        "ended": bibliography.ended,
        "long_date": words.long_date,
        "measure": words.measure,
        "median": median,
        "median_interval": expressions.median_interval,
        "number": numbers["number"],
        "opened": opened,
        "percent": numbers["percent"],
        "start_state": start_state,
        "stepped": claims.stepped,
        "tell": words.tell,
        "unbroken": unbroken,
        "year": numbers["year"],
    }


FUNCTIONS: dict[str, Any] = {
    "exact_pairs": EXACT_UP_TO,
    "in_order": in_order,
    "licence_url": licence_url,
    "recipe": recipe,
    "scalars": scalars,
    "SHARES": SHARES,
}

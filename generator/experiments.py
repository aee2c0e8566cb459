"""Experiments: from the author's TOML to the frozen description of every run."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import ContentError, Problem, nearest

ACTIVATION_LABELS = {"tanh": "tanh", "relu": "ReLU", "disk": "disk", "sphere": "sphere", "softplus": "softplus"}
ACTIVATIONS = tuple(ACTIVATION_LABELS)
IN_PAGES = ("tanh", "relu")  # what the page's scripts know
VECTOR_ACTIVATIONS = ("disk", "sphere")
LAWS = ("points", "margin", "margin-no-bias")  # the keys of packing.LAWS, which needs scipy
BATCH_NUMBERS = 400_000  # activations and their gradients, 1.6 MB of float32: measured best on one core and on two
BATCH_AT_MOST = 32  # by then, what a call costs is spread thin
GPU_BATCH_NUMBERS = 500_000_000  # 2 GB of float32
GPU_BATCH_AT_MOST = 512  # their histories and checkpoints on the way to the store are 200 MB


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
        """The activation as the field writes it; of two neurons, the sphere is the circle."""
        return "circle" if self.activation == "sphere" and self.hidden[-1] == 2 else ACTIVATION_LABELS[self.activation]


def layer_shapes(spec: RunSpec) -> list[tuple[int, int]]:
    """Each layer's (outputs, inputs), first to last."""
    from generator import datasets  # numpy is not needed where no network is looked at

    widths = [datasets.inputs(spec.dataset, spec.classes), *spec.hidden, spec.classes]
    return [(out, inputs) for inputs, out in itertools.pairwise(widths)]


def layer_activations(spec: RunSpec) -> list[str]:
    """Each hidden layer's activation: one that acts on whole vectors stands in the last layer, with tanh before it."""
    if spec.activation in VECTOR_ACTIVATIONS:
        return ["tanh"] * (len(spec.hidden) - 1) + [spec.activation]
    return [spec.activation] * len(spec.hidden)


def cost(spec: RunSpec) -> int:
    """Multiplications of one training run, about."""
    weights = sum(out * (inputs + 1) for out, inputs in layer_shapes(spec))
    return 3 * weights * spec.classes * spec.points_per_class * spec.epochs


def batch_size(spec: RunSpec, device: str = "cpu") -> int:
    """How many networks of a shape are best stepped together.

    On a CPU as many as keep their work in cache; on a GPU so many that its memory is busy.
    """
    numbers = 2 * (sum(spec.hidden) + spec.classes) * spec.classes * spec.points_per_class
    size = BATCH_NUMBERS // numbers if device == "cpu" else GPU_BATCH_NUMBERS // numbers
    return max(1, min(BATCH_AT_MOST if device == "cpu" else GPU_BATCH_AT_MOST, size))


@dataclass(frozen=True)
class Planned:
    """One run of an experiment.

    id       unique within the experiment: "k5-tanh-s1"
    folder   where its pictures go, below plots/: "5", "sweep/5/h120-40-2"; None: it is not drawn
    shipped  whether its weights travel with the page
    """

    id: str
    spec: RunSpec
    folder: str | None
    shipped: bool


@dataclass(frozen=True)
class Experiment:
    """A named grid of runs."""

    name: str
    about: str
    runs: tuple[Planned, ...]


@dataclass(frozen=True)
class Plan:
    """All the experiments of a build, and the profile that sized them."""

    experiments: tuple[Experiment, ...]
    profile: str


@dataclass(frozen=True)
class Field:
    """What a key may hold: `accepts(value)` is the value to use, or raises ValueError; `expected` says it in words."""

    accepts: Callable[[Any], Any]
    expected: str
    choices: tuple[str, ...] = ()


def _number(least: float | None = None, above: float | None = None, below: float | None = None) -> Field:
    """A finite number within bounds."""

    def accepts(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValueError
        if (least is not None and value < least) or (above is not None and value <= above):
            raise ValueError
        if below is not None and value >= below:
            raise ValueError
        return float(value)

    bounds = [f"at least {least:g}" if least is not None else "", f"above {above:g}" if above is not None else ""]
    bounds += [f"below {below:g}" if below is not None else ""]
    return Field(accepts, " ".join(["a number", *filter(None, [" and ".join(filter(None, bounds))])]))


def _integer(least: int) -> Field:
    """A whole number from `least` up."""

    def accepts(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError
        return value

    return Field(accepts, f"a whole number, at least {least}")


def _choice(*choices: str) -> Field:
    """One of some words."""

    def accepts(value: Any) -> str:
        if value not in choices:
            raise ValueError
        return str(value)

    return Field(accepts, "one of " + ", ".join(choices), choices)


def _widths(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not value or not all(type(width) is int and width >= 1 for width in value):
        raise ValueError
    return tuple(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _seeds(value: Any) -> tuple[int, ...]:
    """Seeds 1..n from a count, those from "a to b", or the seeds listed."""
    between = re.fullmatch(r"(\d+) to (\d+)", value) if isinstance(value, str) else None
    seeds = range(1, value + 1) if type(value) is int else value
    if between:
        seeds = range(int(between[1]), int(between[2]) + 1)
    if not isinstance(seeds, (list, range)) or not seeds or not all(type(s) is int and s >= 0 for s in seeds):
        raise ValueError
    if len(set(seeds)) < len(seeds):
        raise ValueError
    return tuple(seeds)


# Fields of a run, in the order in which a grid varies them (the last fastest).
RUN_FIELDS = {
    "hidden": Field(_widths, "a list of widths such as [64, 2]"),
    "classes": _integer(2),
    "activation": _choice(*ACTIVATIONS),
    "epochs": _integer(1),
    "learning_rate": _number(above=0),
    "schedule": _choice("cosine", "constant"),
    "beta1": _number(least=0, below=1),
    "beta2": _number(least=0, below=1),
    "epsilon": _number(above=0),
    "l2": _number(least=0),
    "bias_start": _number(),
    "checkpoints": _integer(2),
    "head_bias": Field(_boolean, "true or false"),
    "head_start": _choice("drawn", *LAWS),
    "head_held": _integer(0),
}
EXPERIMENT_FIELDS = {
    "about": Field(_text, "a sentence"),
    "seeds": Field(_seeds, 'how many seeds, such as 20, or which: "101 to 120", or a list'),
    "draw": _integer(0),
    "ship": _integer(0),
}
RELU_BIAS_START = 1.0  # above 0, or some ReLU runs start with every point at the origin and stay there


def read(path: Path, profile: str = "standard") -> Plan:
    """The plan in an experiments file; errors name the path as given.

    raises  ContentError: every mistake in the file, with its line
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {error}"
        raise ContentError([Problem(str(path), reason, "the experiments of the article")]) from None
    return parse(text, str(path), profile)


def parse(text: str, place: str, profile: str = "standard") -> Plan:
    """Experiments from TOML.

    A [dataset.NAME] table holds a `kind`, its parameters and points_per_class; an [experiment.NAME] table any fields
    of a run, `seeds`, `draw` and `ship` (how many seeds of each configuration are drawn, and travel with the page).
    A field that is given a list expands to a grid. [profile.PROFILE.NAME] replaces fields of experiment NAME.

    raises  ContentError: every mistake, each as place:line
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"(.*) \(at line (\d+)", str(error))
        said, line = (at[1], f":{at[2]}") if at else (str(error).removesuffix(" (at end of document)"), "")
        raise ContentError([Problem(place + line, f"not TOML: {said[0].lower() + said[1:]}")]) from None
    reader = _Reader(place, lines_of(text))
    plan = reader.plan(tables, profile)
    if reader.problems:
        raise ContentError(sorted(reader.problems, key=lambda problem: int(problem.place.rpartition(":")[2] or 0)))
    return plan


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """The line, from 1, on which each table and key of a valid TOML text stands."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    pending, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        pending, first = (f"{pending}\n{line}", first) if pending else (line, number)
        header = re.match(r"\s*\[+\s*([^\[\]=]+?)\s*\]+\s*(#.*)?$", pending)
        if header:
            table = _key(header[1])
            for depth in range(1, len(table) + 1):
                lines.setdefault(table[:depth], first)
        elif "=" in pending:
            try:
                tomllib.loads(pending)
            except tomllib.TOMLDecodeError:
                continue  # the value goes on in the next line
            key = _key(pending.partition("=")[0])
            for depth in range(1, len(key) + 1):
                lines.setdefault(table + key[:depth], first)
        pending = ""
    return lines


def _key(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.strip().split("."))


class _Reader:
    """Turns TOML tables into a plan and gathers what is wrong on the way."""

    def __init__(self, place: str, lines: dict[tuple[str, ...], int]) -> None:
        self.place = place
        self.lines = lines
        self.problems: list[Problem] = []

    def wrong(self, path: tuple[str, ...], what: str, expected: str = "", match: str | None = None) -> None:
        """Note a mistake at the nearest line known for a key path."""
        while path and path not in self.lines:
            path = path[:-1]
        line = f":{self.lines[path] if path else 1}"
        self.problems.append(Problem(self.place + line, what, expected, match))

    def known(self, path: tuple[str, ...], table: Any, keys: Iterable[str], noun: str) -> dict[str, Any]:
        """A table's known keys; the others are mistakes."""
        if not isinstance(table, dict):
            self.wrong(path, f"{'.'.join(path)} is not a table", f"[{'.'.join(path)}]")
            return {}
        keys = list(keys)
        for key in table:
            if key not in keys:
                self.wrong((*path, key), f'unknown {noun} "{key}"', _listed(keys), nearest(key, keys))
        return {key: value for key, value in table.items() if key in keys}

    def axis(self, path: tuple[str, ...], value: Any, field: Field) -> list[Any]:
        """The values that a field takes: one, or those of a list."""
        is_widths = field.accepts is _widths
        several = isinstance(value, list) and (not is_widths or (bool(value) and isinstance(value[0], list)))
        accepted = []
        if several and not value:
            self.wrong(path, f"{path[-1]} is an empty list", field.expected)
        for one in value if several else [value]:
            try:
                accepted.append(field.accepts(one))
            except (ValueError, TypeError):
                match = nearest(one, field.choices) if isinstance(one, str) and field.choices else None
                self.wrong(path, f"{path[-1]} is {_shown(one)}", field.expected, match)
        if len(set(accepted)) < len(accepted):
            self.wrong(path, f"{path[-1]} names a value twice", "different values")
        return accepted

    def plan(self, tables: dict[str, Any], profile: str) -> Plan:
        """All experiments of the file under a profile."""
        tables = self.known((), tables, ("dataset", "experiment", "profile"), "table")
        data = self.known(("dataset",), tables.get("dataset", {}), tables.get("dataset", {}), "dataset")
        datasets = {name: self.dataset(name, table) for name, table in data.items()}
        profiles = tables.get("profile", {})
        names = ["standard", *(name for name in profiles if name != "standard")]
        if profile not in names:
            self.wrong(("profile",), f'unknown profile "{profile}"', _listed(names), nearest(profile, names))
        experiments = tables.get("experiment", {})
        if not isinstance(experiments, dict) or not experiments:
            self.wrong((), "no experiment", "a table such as [experiment.grid]")
            experiments = {}
        self.check_profiles(profiles, experiments)
        chosen = profiles.get(profile, {}) if isinstance(profiles, dict) else {}
        planned: list[Experiment] = []
        for name, table in experiments.items():
            merged = {**table, **chosen.get(name, {})} if isinstance(table, dict) else table
            planned.append(self.experiment(name, merged, datasets, first=not planned))
        return Plan(tuple(planned), profile)

    def check_profiles(self, profiles: Any, experiments: dict[str, Any]) -> None:
        """Every profile, chosen or not, changes known fields of known experiments to values that they may have."""
        for name, table in self.known(("profile",), profiles, profiles, "profile").items():
            path = ("profile", name)
            for experiment, fields in self.known(path, table, experiments, "experiment").items():
                allowed = ("dataset", *EXPERIMENT_FIELDS, *RUN_FIELDS)
                for key, value in self.known((*path, experiment), fields, allowed, "key").items():
                    if key in EXPERIMENT_FIELDS:
                        self.single((*path, experiment, key), value, EXPERIMENT_FIELDS[key])
                    elif key in RUN_FIELDS:
                        self.axis((*path, experiment, key), value, RUN_FIELDS[key])

    def single(self, path: tuple[str, ...], value: Any, field: Field) -> Any:
        """One value that may itself be a list; None when it is wrong."""
        try:
            return field.accepts(value)
        except (ValueError, TypeError):
            self.wrong(path, f"{path[-1]} is {_shown(value)}", field.expected)
            return None

    def dataset(self, name: str, table: Any) -> dict[str, list[Any]]:
        """A dataset's axes: kind, points_per_class and the kind's parameters."""
        from generator import datasets  # numpy is not needed where no experiments file is read

        path = ("dataset", name)
        kinds = _choice(*datasets.KINDS)
        kind = table.get("kind", "spirals") if isinstance(table, dict) else None
        if kind not in datasets.KINDS:
            match = nearest(kind, datasets.KINDS) if isinstance(kind, str) else None
            self.wrong((*path, "kind"), f"kind is {_shown(kind)}", kinds.expected, match)
            return {}
        fields = {"kind": kinds, "points_per_class": _integer(1)}
        fields |= {key: _number(least=least) for key, (_, least) in datasets.parameters(kind).items()}
        known = self.known(path, table, fields, f"key of a {kind} dataset")
        axes = {key: self.axis((*path, key), value, fields[key]) for key, value in known.items()}
        defaults = {key: default for key, (default, _) in datasets.parameters(kind).items()}
        return {"kind": [kind], "points_per_class": [100], **{k: [float(v)] for k, v in defaults.items()}, **axes}

    def experiment(self, name: str, table: Any, datasets: dict[str, Any], first: bool) -> Experiment:
        """One experiment's runs: the product of all its axes."""
        path = ("experiment", name)
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            self.wrong(path, f'"{name}" is no name for an experiment', "small letters, digits and hyphens")
        table = self.known(path, table, ("dataset", *EXPERIMENT_FIELDS, *RUN_FIELDS), "key of an experiment")
        before = len(self.problems)
        fixed: dict[str, Any] = {"about": "", "seeds": (1,), "draw": 0, "ship": 0}
        for key in EXPERIMENT_FIELDS.keys() & table.keys():
            fixed[key] = self.single((*path, key), table[key], EXPERIMENT_FIELDS[key])
        axes = {key: self.axis((*path, key), table[key], field) for key, field in RUN_FIELDS.items() if key in table}
        for key in ("classes", "activation"):
            if key not in axes:
                self.wrong(path, f"experiment {name} has no {key}", f"{key} = {RUN_FIELDS[key].expected}")
        if fixed["ship"]:
            if others := set(axes.get("activation", [])) - set(IN_PAGES):
                what = f"ship is {fixed['ship']} with activation {_shown(min(others))}"
                self.wrong((*path, "ship"), what, f"0, or only {' and '.join(IN_PAGES)}")
            if any(widths[-1] != 2 for widths in axes.get("hidden", [])):
                self.wrong((*path, "hidden"), "the last width is not 2", "2 where runs travel with the page")
        if set(axes.get("head_start", [])) - {"drawn"} and (
            axes.get("activation") != ["tanh"] or any(widths[-1] != 2 for widths in axes.get("hidden", []))
        ):
            self.wrong((*path, "head_start"), "a law's head needs its room", "tanh and a last width of 2")
        chosen = table.get("dataset", next(iter(datasets), "spirals"))
        choices = chosen if isinstance(chosen, list) else [chosen]
        if fixed["ship"] and any(datasets.get(str(choice), {}).get("kind") == ["simplex"] for choice in choices):
            self.wrong((*path, "ship"), f"ship is {fixed['ship']} with a simplex dataset", "0, or points of a plane")
        for choice in choices:
            if choice not in datasets:
                match = nearest(choice, datasets) if isinstance(choice, str) else None
                self.wrong((*path, "dataset"), f"unknown dataset {_shown(choice)}", _listed(list(datasets)), match)
        if len(self.problems) > before or not all(
            datasets[choice] and all(datasets[choice].values()) for choice in choices
        ):
            return Experiment(name, "", ())
        runs = [run for choice in choices for run in _expand(datasets[choice], axes, fixed["seeds"])]
        return Experiment(name, fixed["about"], _planned(name, runs, fixed, first))


def _expand(data: dict[str, list[Any]], axes: dict[str, list[Any]], seeds: tuple[int, ...]) -> Iterator[RunSpec]:
    """The runs of all combinations, seeds last."""
    options = [key for key in data if key not in ("kind", "points_per_class")]
    for values in itertools.product(*data.values()):
        of = dict(zip(data, values, strict=True))
        for chosen in itertools.product(*axes.values()):
            fields = dict(zip(axes, chosen, strict=True))
            if fields["activation"] == "relu":
                fields.setdefault("bias_start", RELU_BIAS_START)
            for seed in seeds:
                yield RunSpec(
                    seed=seed,
                    dataset=of["kind"],
                    points_per_class=of["points_per_class"],
                    dataset_options=tuple((key, of[key]) for key in options),
                    **fields,
                )


def _planned(name: str, specs: list[RunSpec], fixed: dict[str, Any], first: bool) -> tuple[Planned, ...]:
    """Names and folders for an experiment's runs, from the fields in which they differ."""
    rows = [flat(spec) for spec in specs]
    named = ("classes", "activation", "seed", "bias_start")
    keys = dict.fromkeys(itertools.chain.from_iterable(rows))  # a dataset's own options are not in every row
    varied = [key for key in keys if key not in named and len({row[key] for row in rows if key in row}) > 1]
    drawn, shipped = fixed["seeds"][: fixed["draw"]], fixed["seeds"][: fixed["ship"]]
    planned = []
    for spec, row in zip(specs, rows, strict=True):
        extra = [_slug(key, row[key]) for key in varied if key in row]
        folder = [*([] if first else [name]), str(spec.classes), *extra]
        if len(drawn) > 1 and spec.seed != drawn[0]:
            folder.append(f"s{spec.seed}")
        run_id = "-".join([f"k{spec.classes}", spec.activation, *extra, f"s{spec.seed}"])
        planned.append(Planned(run_id, spec, "/".join(folder) if spec.seed in drawn else None, spec.seed in shipped))
    return tuple(planned)


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


def _slug(key: str, value: Any) -> str:
    """A field and its value as part of an address."""
    if key == "hidden":
        return "h" + "-".join(map(str, value))
    if key == "dataset":
        return str(value)
    if isinstance(value, bool):
        return f"{key.replace('_', '')}-{'on' if value else 'off'}"
    if isinstance(value, str):
        return f"{key.replace('_', '')}-{value}"
    return re.sub(
        r"[^a-z0-9.]+", "-", f"{key.replace('_', '')}{value:g}" if isinstance(value, float) else f"{key}{value}"
    )


def _shown(value: Any) -> str:
    """A wrong value as the author wrote it."""
    return json.dumps(value, default=str)


def _listed(names: list[str]) -> str:
    return "one of " + ", ".join(names) if names else "none"

"""Experiments: from the author's TOML to the frozen description of every run."""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..base import filenames, limits, style, textfile, toml
from ..base.errors import ContentError, Problem, mistake, nearest
from ..base.memo import Memo
from ..base.warnings import Warned
from ..networks import datasets, recipe, rooms, tables
from ..networks.activations import ACTIVATIONS, Own
from ..networks.recipe import Field, plain
from ..networks.spec import RunSpec, flat
from . import external
from . import lab as code
from .activations import Activations
from .datasets import Datasets, Picked
from .external import ExternalResults
from .keys import Keys, Lines, listed, shown
from .lab import SEED, Function, Lab
from .texts import LAB


@dataclass(frozen=True)
class Planned:
    """One run of an experiment.

    id       unique within the experiment: "k5-tanh-s1"
    dataset  the author's name of its data
    folder   where its pictures go, below plots/: "5", "sweep/5/h120-40-2"; None: it is not drawn
    shipped  whether its weights travel with the page
    image    height and width of the picture that each row of its data is; (): rows are no pictures
    """

    id: str
    spec: RunSpec
    dataset: str
    folder: str | None
    shipped: bool
    image: tuple[int, ...] = ()


@dataclass(frozen=True)
class Experiment:
    """A named grid of runs.

    place  where the author asks for it
    """

    name: str
    about: str
    runs: tuple[Planned, ...]
    place: str = field(default="", compare=False)


@dataclass(frozen=True)
class Trials:
    """A named grid of runs of a function in the author's own code.

    rows  what each run is given, the seed last
    """

    name: str
    about: str
    function: Function
    rows: tuple[dict[str, Any], ...]

    @property
    def table(self) -> str:
        """What expressions call what it gives."""
        return self.name.replace("-", "_")


@dataclass(frozen=True)
class Plan:
    """All the experiments of a build, and the profile that sized them.

    trials     those that run the author's own code
    lab        that code
    said       how each file of own data, or of results, was read, a line each
    warned     what is odd about them
    external   tables of results that were made elsewhere
    models     what each model is made for, class counts, by its name in MODELS
    """

    experiments: tuple[Experiment, ...]
    profile: str
    said: tuple[str, ...] = ()
    warned: tuple[Warned, ...] = ()
    external: tuple[ExternalResults, ...] = ()
    unused: tuple[str, ...] = ()  # what is to be said of own activations that no experiment has
    trials: tuple[Trials, ...] = ()
    lab: Lab = field(default_factory=Lab)
    models: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def named(self) -> list[Experiment | Trials]:
        """All that is an experiment in the file, those of own code last."""
        return [*self.experiments, *self.trials]


def _seeds(value: Any) -> tuple[int, ...]:
    """Seeds 1..n from a count, those from "a to b", or the seeds listed."""
    between = re.fullmatch(r"(\d{1,10}) to (\d{1,10})", value) if isinstance(value, str) else None
    seeds = range(1, min(value, limits.RUNS + 1) + 1) if type(value) is int else value  # more has no length
    if between:
        seeds = range(int(between[1]), int(between[2]) + 1)
    some = isinstance(seeds, (list, range)) and 0 < len(seeds) <= limits.RUNS
    if not some or not all(type(seed) is int and 0 <= seed <= limits.SEED for seed in seeds):
        raise ValueError
    if len(set(seeds)) < len(seeds):
        raise ValueError
    return tuple(seeds)


SECTIONS = {  # the kinds of tables, and a name that each may have
    "dataset": "moons",
    "experiment": "grid",
    "profile": "quick",
    "activation": "swish",
    "results": "scan",
    "model": "nulls",
}
RUN_FIELDS = recipe.axes()
EXPERIMENT_FIELDS = {
    "about": replace(plain("a sentence", str), words="what the experiment is for, as pages say it"),
    "seeds": Field(
        _seeds, 'how many seeds, such as 20, or which: "101 to 120", or a list', words="the seeds of each recipe"
    ),
    "draw": replace(recipe.integer(0, limits.RUNS), words="of how many seeds pictures are drawn"),
    "ship": replace(recipe.integer(0, limits.RUNS), words="how many seeds travel with the page, for its explorables"),
}
KILOBYTES_OF_A_RUN = 400  # gzipped: what a run may bring to the page, several times what the article's own do
# What it is of, in bytes, gzipped, at most, see runs.export: a number of a point; a weight as it was at first, with the
# last bits of the trained one; its change to each checkpoint; an epoch; all else
BYTES_OF = {"number": 4.0, "weight": 7.0, "change": 1.5, "epoch": 1.0, "else": 1000.0}


MODELS = ("nulls", "optima", "threads")  # of measures.models, which needs scipy
MODEL_CLASSES = range(2, 11)


def _told(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(words, str) and words.strip() for words in value.values()):
        raise ValueError
    return value


RESULT_FIELDS = {
    "file": plain('a file in the content\'s folder, such as "scan.csv"', str),
    "columns": Field(_told, 'words of columns, such as columns.loss = "mean loss, nats"'),
}


def read(path: Path, profile: str = "standard", lab: bool = False, memo: Memo | None = None) -> Plan:
    """The plan in an experiments file, an empty one where there is no file; errors name the path as given.

    lab     whether the code beside it counts
    memo    what was read of results before
    raises  ContentError: every mistake in the file, with its line; those in the code
    """
    text = textfile.read(path) if path.exists() else ""
    return parse(text, str(path), profile, code.read(path.parent) if lab else Lab(), memo)


def parse(text: str, place: str, profile: str = "standard", lab: Lab | None = None, memo: Memo | None = None) -> Plan:
    """Experiments from TOML.

    An [activation.NAME] table holds the `formula` of an own activation (see networks.formulas), and may hold its
    `room`, `label` and `words`. A [dataset.NAME] table holds a `kind`, its parameters and points_per_class; an
    [experiment.NAME] table any fields of a run, `seeds`, `draw` and `ship` (how many seeds of each configuration are
    drawn, and travel with the page); or, with `run`, a function in the author's own code, its parameters and `seeds`.
    A field that is given a list expands to a grid. [profile.PROFILE.NAME] replaces fields of experiment NAME. A
    [results.NAME] table names the `file` of results that were made elsewhere. [model.NAME], one of MODELS, asks for a
    model's table for some `classes`.

    lab     that code, which enters the registers
    memo    what was read of results before
    raises  ContentError: every mistake, each as place:line
    """
    given = toml.parse(text, place)
    reader = _Reader(place, toml.lines_of(text), lab, memo)
    plan = reader.plan(given, profile)
    if reader.problems:
        raise ContentError(sorted(reader.problems, key=lambda problem: problem.line))
    return plan


def single(asked: Mapping[str, Any], place: str = "recipe") -> Planned:
    """The one run of a recipe: keys of an experiment, `seed`, the `kind` of its data and the kind's parameters.

    A name of the data, `dataset`, may stand beside their kind, as it does in a run's spec.

    raises  ContentError: every mistake
    """
    given = {str(key): _plain(value) for key, value in asked.items() if value is not None}
    unclear = "dataset" in given and "kind" not in given
    seed, kind = given.pop("seed", 1), given.pop("kind", "spirals")
    name = str(given.pop("dataset", kind))
    formula = given.pop("formula", None)
    drawn = tables.built_in()
    is_drawn = isinstance(kind, str) and kind in drawn
    of_kinds = [drawn[kind]] if is_drawn else drawn.values()
    own = ["points_per_class", *dict.fromkeys(itertools.chain.from_iterable(of.defaults for of in of_kinds))]
    data = {"kind": kind, **{key: given.pop(key) for key in own if key in given}}
    reader = _Reader(place)
    if not tables.carried(kind):
        what = f'its data, "{name}", are rows or code of an article\'s own, which no recipe carries'
        raise mistake(place, what, "a kind that is drawn, " + listed(list(drawn)))
    if unclear:
        reader.wrong((), f"dataset is {shown(name)} without a kind", f"kind, {listed(list(drawn))}")
    if not is_drawn:
        near = nearest(kind, drawn) if isinstance(kind, str) else None
        reader.wrong((), f"kind is {shown(kind)}", listed(list(drawn)), near)
        data = {"kind": RunSpec.kind}
    if type(seed) is not int or not 0 <= seed <= limits.SEED:
        reader.wrong((), f"seed is {shown(seed)}", f"a whole number, at least 0 and at most {limits.SEED:,}")
        seed = 1
    for key in [key for key in given if key in EXPERIMENT_FIELDS]:
        reader.wrong((), f"{key} is no part of one run", listed(["seed", *RUN_FIELDS]))
        del given[key]
    given = reader.known((), given, ["seed", "kind", *own, *RUN_FIELDS], "key of a recipe")
    asks: dict[str, Any] = {"dataset": {name: data}, "experiment": {"recipe": {**given, "seeds": [seed]}}}
    activation = str(given.get("activation"))
    if isinstance(formula, list):
        reader.activations.own[activation] = Own.told(activation, formula)
    elif formula is not None and "activation" in given:
        asks["activation"] = {activation: {"formula": formula}}
    runs = reader.plan(asks, "standard").experiments[0].runs
    if len(runs) > 1:
        reader.wrong((), f"the recipe is one of {len(runs)} runs", "one value for each key")
    if reader.problems:
        raise ContentError(reader.problems)
    return runs[0]


class _Reader(Keys):
    """Turns TOML tables into a plan and gathers what is wrong on the way."""

    def __init__(self, place: str, lines: Lines = None, lab: Lab | None = None, memo: Memo | None = None) -> None:
        super().__init__(place, lines)
        self.memo = memo
        self.lab = lab or Lab()
        self.activations = Activations(self)
        self.data = Datasets(self, self.lab)
        self.travelling: list[str] = []  # what is to be said of own data that goes with the page
        self.runs = 0  # of the experiments so far
        self.profile = ""  # under which an experiment is read; "": as its own table has it

    def at(self, path: tuple[str, ...]) -> str:
        """The place of a key path, of an experiment's in the profile that changes it."""
        changed = ("profile", self.profile, *path[1:])
        return super().at(changed if path[:1] == ("experiment",) and changed in (self.lines or ()) else path)

    @property
    def run_fields(self) -> dict[str, Field]:
        """The keys of a run, with the own activations among the values."""
        return {**RUN_FIELDS, "activation": self.activations.field}

    def tables_of(self, given: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
        """All [kind.NAME] by their names."""
        return self.section(given, kind, SECTIONS[kind])

    def plan(self, given: dict[str, Any], profile: str) -> Plan:
        """All experiments of the file under a profile."""
        given = self.known((), given, SECTIONS, "table")
        self.lab.enter_data()
        for name, table in self.tables_of(given, "activation").items():
            self.activations.add(name, table)
        for name, table in self.tables_of(given, "dataset").items():
            self.data.axes[name] = self.data.dataset(name, table)
        profiles = self.tables_of(given, "profile")
        names = ["standard", *(name for name in profiles if name != "standard")]
        if profile not in names:
            self.wrong(("profile",), f'unknown profile "{profile}"', listed(names), nearest(profile, names))
        experiments = self.tables_of(given, "experiment")
        changes = {each: self.changes(each, profiles.get(each, {}), experiments) for each in names}
        planned, trials, travelling = list[Experiment](), list[Trials](), list[str]()
        for each in names:  # what is wrong under one that is not chosen is told as well
            told, self.problems, self.travelling = self.problems, [], []
            changed = experiments if each in ("standard", profile) else changes[each]
            read = self.experiments(each, changes[each], {name: experiments[name] for name in changed})
            heads, known = {self.at(("profile", each, name)) for name in changed}, {one.wrong for one in told}
            again = [one for one in self.problems if one in told or (one.place in heads and one.wrong in known)]
            self.problems = [*told, *(one for one in self.problems if one not in again)]
            if each == (profile if profile in names else "standard"):
                planned, trials, travelling = *read, self.travelling
        self.profile, self.travelling = "", travelling
        results = self.tables_of(given, "results")
        beside = [self.results(name, table, experiments) for name, table in results.items()]
        found = tuple(table for table in beside if table)
        for name, first in filenames.alike([*experiments, *results]):  # each is a file, data/NAME.csv
            self.wrong(("results", name), filenames.taken_for(name, first), "another name")
        said = dict.fromkeys(
            [*(read.said for read in self.data.read.values()), *(table.said for table in found), *self.travelling]
        )
        warned = dict.fromkeys(itertools.chain.from_iterable(read.warned for read in self.data.read.values()))
        used = {run.spec.activation for experiment in planned for run in experiment.runs}
        unused = [
            f"{self.at(('activation', name))}: no experiment uses the activation {name}"
            for name, each in self.activations.own.items()
            if each not in used
        ]
        models = self.models(self.tables_of(given, "model"), {each.table for each in trials} | {*results})
        self.check_needs([*experiments, *results])
        return Plan(
            tuple(planned), profile, tuple(said), tuple(warned), found, tuple(unused), tuple(trials), self.lab, models
        )

    def models(self, given: dict[str, Any], taken: set[str]) -> dict[str, tuple[int, ...]]:
        """The models that the file asks for. taken: names of other tables"""
        found = {}
        for name, table in self.known(("model",), given, MODELS, "model").items():
            path, before = ("model", name), len(self.problems)
            if name in taken:
                self.wrong(path, f"the table of model {name} is called as another is", "another name for that")
            known = self.known(path, table, ("classes",), "key of a model")
            counts = self.axis(
                (*path, "classes"), known.get("classes", list(MODEL_CLASSES)), recipe.integer(2, MODEL_CLASSES[-1])
            )
            if len(self.problems) == before:
                found[name] = tuple(dict.fromkeys(counts))
        return found

    def changes(self, profile: str, table: Any, experiments: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """What a profile changes of each experiment that it names."""
        path = ("profile", profile)
        found = self.known(path, table, experiments, "experiment")
        return {name: self.known((*path, name), fields, fields, "key") for name, fields in found.items()}

    def experiments(
        self, profile: str, changes: Mapping[str, dict[str, Any]], tables: Mapping[str, dict[str, Any]]
    ) -> tuple[list[Experiment], list[Trials]]:
        """The experiments of some tables under a profile, and those in the author's own code."""
        planned: list[Experiment] = []
        trials: list[Trials] = []
        self.profile, self.runs = profile, 0
        for name, table in tables.items():
            merged = {**table, **changes.get(name, {})}
            if "run" in table:
                trials += self.trials(name, merged, [each.table for each in trials])
            else:
                planned.append(self.experiment(name, merged, first=not planned))
        return planned, trials

    def trials(self, name: str, table: dict[str, Any], taken: list[str]) -> Iterator[Trials]:
        """An experiment in the author's own code, if its table is right. taken: names of tables before."""
        path = ("experiment", name)
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            self.wrong(path, f'"{name}" is no name for an experiment', "a small letter, then letters, digits, hyphens")
        self.check_names(path, [name])
        if (called := name.replace("-", "_")) in taken or called == "results":
            self.wrong(path, f'the table of experiment {name} is "{called}", as another is', "another name")
        functions = self.lab.of("experiment")
        if (run := str(table["run"])) not in functions:
            expected = listed(list(functions)) or f"a function in {LAB}/*.py with @lab.experiment above it"
            self.wrong((*path, "run"), f'run is "{run}"', expected, nearest(run, functions))
            return
        function, before = functions[run], len(self.problems)
        axes = self.trial_axes(path, table, function)
        lacking = [key for key in function.fields if key not in axes and key not in function.usual]
        for key in lacking if len(self.problems) == before else ():
            self.wrong(path, f"experiment {name} has no {key}", f"{key} = {function.fields[key].expected}")
        seeds = {SEED: (function.usual.get(SEED, 1),)} if function.seeded else {}
        if "seeds" in table:
            seeds = {SEED: self.single((*path, "seeds"), table["seeds"], EXPERIMENT_FIELDS["seeds"])}
        about = self.single((*path, "about"), table.get("about", function.words), EXPERIMENT_FIELDS["about"])
        if len(self.problems) == before and not self.too_many(path, _product([*axes.values(), *seeds.values()])):
            usual = {key: [function.usual[key]] for key in function.fields.keys() & function.usual.keys()}
            given = {key: (usual | axes)[key] for key in function.fields} | seeds
            rows = (dict(zip(given, values, strict=True)) for values in itertools.product(*given.values()))
            yield Trials(name, about, function, tuple(rows))

    def trial_axes(self, path: tuple[str, ...], table: dict[str, Any], function: Function | None) -> dict[str, Any]:
        """The values that a table gives to each parameter of a function."""
        if function is None:  # which is said where it is called
            return {}
        keys = ("run", "about", *(["seeds"] if function.seeded else []), *function.fields)
        known = self.known(path, table, keys, f"key of an experiment that runs {function.name}:")
        fields = function.fields
        return {key: self.axis((*path, key), value, fields[key]) for key, value in known.items() if key in fields}

    def check_needs(self, experiments: Iterable[str]) -> None:
        """Every figure in the author's own code needs experiments that there are."""
        known = list(experiments)
        for name, figure in self.lab.of("figure").items():
            for needed in figure.needs:
                if needed not in known:
                    what = f'the figure {name} needs an unknown experiment "{needed}"'
                    self.problems.append(Problem(figure.place, what, listed(known), nearest(str(needed), known)))

    def results(self, name: str, table: dict[str, Any], experiments: Iterable[str]) -> ExternalResults | None:
        """A table of results that were made elsewhere, which is read; None where something is wrong with it."""
        path, before = ("results", name), len(self.problems)
        if wrong := external.names_wrong(name, [one.replace("-", "_") for one in experiments]):
            self.wrong(path, *wrong)
        given = self.singles(path, table, RESULT_FIELDS, "key of results")
        if "file" not in table:
            self.wrong(path, f"results {name} have no file", f"file = {RESULT_FIELDS['file'].expected}")
        if len(self.problems) > before:
            return None
        try:
            found = external.read(Path(self.place).parent, name, given["file"], given.get("columns", {}), self.memo)
        except ContentError as error:
            self.take(path, given, error)
            return None
        columns = found.source["columns"]
        for key in given.get("columns", {}):
            if key not in columns:
                what = f'no column "{key}" in {given["file"]}'
                self.wrong((*path, "columns", key), what, listed(columns), nearest(key, columns))
        return found

    def experiment(self, name: str, table: dict[str, Any], first: bool) -> Experiment:
        """One experiment's runs: the product of all its axes."""
        path, before = ("experiment", name), len(self.problems)
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            self.wrong(path, f'"{name}" is no name for an experiment', "small letters, digits and hyphens")
        keys = ("dataset", *EXPERIMENT_FIELDS, *self.run_fields)
        of_data, table = self.data.chosen(path, table, keys)
        table = self.known(path, table, keys, "key of an experiment")
        fixed: dict[str, Any] = {"about": "", "seeds": (1,), "draw": 0, "ship": 0}
        for key in EXPERIMENT_FIELDS.keys() & table.keys():
            fixed[key] = self.single((*path, key), table[key], EXPERIMENT_FIELDS[key])
        of_files = self.data.picked(path, of_data, table.get("classes"))
        axes = self.axes(path, table, of_data, of_files)
        drawn = self.data.kinds_of(one for one in of_data if one not in of_files)
        self.check_shown(path, fixed, axes, drawn)
        if len(self.problems) > before or not (all(axes.values()) and self.data.are_whole(of_data)):
            return Experiment(name, "", ())  # what is not whole is told where it is defined
        sources = list(self.data.sources(of_data, of_files, axes))
        seeds = fixed["seeds"]
        if self.too_many(path, sum(_product([*data.values(), *others.values(), seeds]) for _, data, others in sources)):
            return Experiment(name, "", ())
        runs = [(one, run) for one, data, others in sources for run in _expand(data, others, seeds)]
        recipes = [spec for _, spec in runs[:: len(seeds)]]
        self.check_runs(path, recipes)
        if fixed["ship"] and of_files:
            self.weigh(path, recipes)
        about = " ".join(filter(None, [fixed["about"], *(f"Data: {self.data.read[one].said}" for one in of_files)]))
        planned = _planned(name, runs, fixed, first, self.data.images)
        places = itertools.chain.from_iterable((run.spec.label, *(run.folder or "").split("/")) for run in planned)
        self.check_names(path, [name, *(f"{name}/{run.id}" for run in planned), *dict.fromkeys(places)])
        return Experiment(name, about, planned, super().at(path))

    def axes(
        self, path: tuple[str, ...], table: dict[str, Any], of_data: Collection[str], of_files: Picked
    ) -> dict[str, list[Any]]:
        """The values that the keys of a run take; own data bring the number of their classes."""
        only_files = bool(of_files) and len(of_files) == len(of_data)
        asked = {key: field for key, field in self.run_fields.items() if key in table}
        if only_files:
            asked.pop("classes", None)
        axes = {key: self.axis((*path, key), table[key], field) for key, field in asked.items()}
        if only_files:
            axes = {"classes": sorted({len(one.labels) for some in of_files.values() for one in some}), **axes}
        for key in ("classes", "activation"):
            if key not in axes and not (key == "classes" and self.data.unread.intersection(of_data)):
                self.wrong(path, f"experiment {path[-1]} has no {key}", f"{key} = {self.run_fields[key].expected}")
        roomy = all(ACTIVATIONS[name].room in (rooms.SQUARE, rooms.DISK) for name in axes.get("activation", []))
        if set(axes.get("head_start", [])) - {"drawn"} and (
            not roomy or any(widths[-1] != 2 for widths in axes.get("hidden", []))
        ):
            what = "a square or a disk, as of tanh or disk, and a last width of 2"
            self.wrong((*path, "head_start"), "a law's head needs its room", what)
        self.check_optimizers(path, axes)
        return axes

    def check_names(self, path: tuple[str, ...], names: Iterable[str]) -> None:
        """Names of experiments and runs, of what is drawn of them and its folders become names of files."""
        names = [*names]
        if wrong := next(filter(None, map(filenames.wrong, names)), ""):
            self.wrong(path, f"experiment {path[-1]}: {wrong}", "another name")
        if (size := len(longest := max(names, key=len))) > limits.NAME:
            what = f'a name of {size} signs, "{longest[:30]}…", in experiment {path[-1][:30]}'
            self.wrong(path, what, f"at most {limits.NAME}: a shorter one, or fewer keys with lists")

    def check_shown(
        self, path: tuple[str, ...], fixed: Mapping[str, Any], axes: Mapping[str, list[Any]], kinds: Iterable[str]
    ) -> None:
        """Runs are drawn, and travel with the page, where pictures and explorables can show them."""
        name = path[-1]
        if fixed["ship"]:
            others = [name for name in axes.get("activation", []) if ACTIVATIONS[name].is_vector]
            if others and len(others) == len(axes["activation"]):  # beside others they stay behind
                what = f"ship is {fixed['ship']} with activation {shown(min(others))}"
                alone = [name for name, row in ACTIVATIONS.items() if not row.is_vector]
                self.wrong((*path, "ship"), what, f"0, or one of each neuron alone: {', '.join(alone)}")
            elif others:
                told = f"experiment {name}: runs of {' and '.join(others)} do not travel with the page,"
                self.travelling.append(f"{told} whose explorables have activations of each neuron alone.")
            if any(widths[-1] < 2 for widths in axes.get("hidden", [])):
                self.wrong((*path, "hidden"), "the last width is 1", "2 or more where runs travel with the page")
        colours = len(style.THEMES["light"].classes)
        if (fixed["draw"] or fixed["ship"]) and (many := max(axes.get("classes", [0]), default=0)) > colours:
            done = "drawn" if fixed["draw"] else "sent along"
            what = f"classes is {many} where runs are {done}: pictures and explorables have {colours} colours"
            self.wrong((*path, "classes"), what, f"at most {colours}, or draw = 0 and ship = 0")
        if fixed["ship"] and any(str(kind).startswith(tables.FROM_CODE) for kind in kinds):
            self.wrong((*path, "ship"), f"ship is {fixed['ship']} with data of your own code", "0")
        elif fixed["ship"] and (high := [kind for kind in kinds if not datasets.load()[kind].is_plane]):
            self.wrong((*path, "ship"), f"ship is {fixed['ship']} with a {high[0]} dataset", "0, or points of a plane")

    def check_runs(self, path: tuple[str, ...], specs: Sequence[RunSpec]) -> None:
        """What no single key says is wrong: each told of one run."""
        heavy = max(specs, key=_held)
        if _held(heavy) > limits.NUMBERS_OF_A_RUN:
            what = f"a run of experiment {path[-1]} would hold {_held(heavy):,} numbers"
            less = "fewer points, narrower layers or fewer checkpoints"
            self.wrong(path, what, f"at most {limits.NUMBERS_OF_A_RUN:,}: {less}")
        if few := next((spec for spec in specs if (spec.batch or 0) > spec.point_count), None):
            points = few.point_count
            what = f"batch is {few.batch} where {few.classes} classes have {points} points together"
            self.wrong((*path, "batch"), what, f"at most {points}, or no batch: each step looks at all points")
        odd = next((spec for spec in specs if spec.l2_factors and len(spec.l2_factors) != len(spec.hidden) + 1), None)
        if odd:
            what = f"l2_factors are {shown(odd.l2_factors)} where hidden is {shown(odd.hidden)}"
            self.wrong((*path, "l2_factors"), what, f"{len(odd.hidden) + 1} numbers, the output layer's last")

    def too_many(self, path: tuple[str, ...], count: int) -> bool:
        """Whether so many runs are more than a table of experiments may have, which is a mistake."""
        self.runs += count
        if too_many := self.runs > limits.RUNS:
            self.wrong(path, f"{self.runs:,} runs", f"at most {limits.RUNS:,} in all experiments")
            self.runs -= count
        return too_many

    def weigh(self, path: tuple[str, ...], specs: Iterable[RunSpec]) -> None:
        """Say how much of own data travels with the page; a run that would be too large for it is a mistake."""
        much = math.ceil(max(map(_packed, specs)) / 1000)
        name = path[-1]
        if much > KILOBYTES_OF_A_RUN:
            what = f"a run of experiment {name} would travel with some {much:,} kB, packed"
            less = "fewer rows, narrower hidden layers, fewer checkpoints, or ship = 0"
            self.wrong((*path, "ship"), what, f"at most {KILOBYTES_OF_A_RUN} kB: {less}")
        self.travelling.append(f"experiment {name}: a run travels with the page in at most some {much:,} kB, packed.")

    def check_optimizers(self, path: tuple[str, ...], axes: Mapping[str, list[Any]]) -> None:
        """No key that is one optimizer's alone changes where another one trains."""
        for owner, keys in recipe.OPTIMIZERS.items():
            others = [name for name in axes.get("optimizer", [RunSpec.optimizer]) if name != owner]
            for key in keys:
                if others and (changed := [value for value in axes.get(key, []) if value != getattr(RunSpec, key)]):
                    what = f"{key} is {shown(changed[0])} with the optimizer {others[0]}"
                    self.wrong((*path, key), what, f'optimizer = "{owner}", whose key it is')


def _product(axes: Iterable[Sized]) -> int:
    """How many combinations some axes have."""
    return math.prod(map(len, axes))


def _expand(data: dict[str, list[Any]], axes: dict[str, list[Any]], seeds: tuple[int, ...]) -> Iterator[RunSpec]:
    """The runs of all combinations, seeds last."""
    options = [key for key in data if key not in ("kind", "points_per_class")]
    for values in itertools.product(*data.values()):
        of = dict(zip(data, values, strict=True))
        for chosen in itertools.product(*axes.values()):
            fields = dict(zip(axes, chosen, strict=True))
            fields.setdefault("bias_start", ACTIVATIONS[fields["activation"]].bias_start)
            for seed in seeds:
                yield RunSpec(
                    seed=seed,
                    kind=of["kind"],
                    points_per_class=of["points_per_class"],
                    dataset_options=tuple((key, of[key]) for key in options),
                    **fields,
                )


def _held(spec: RunSpec) -> int:
    """How many numbers a run holds at once: its points, what each layer makes of them, its weights at checkpoints."""
    a_point = spec.inputs + sum(spec.hidden) + spec.classes
    return spec.point_count * a_point + spec.weight_count * spec.checkpoints + spec.epochs


def _packed(spec: RunSpec) -> float:
    """How many bytes a run of own data brings to the page at most, gzipped."""
    points, number = spec.point_count, BYTES_OF["number"]
    changes = BYTES_OF["change"] * min(spec.checkpoints, spec.epochs + 1)
    weights = spec.weight_count * (BYTES_OF["weight"] + changes)
    rows: float = points * spec.inputs / 8  # a bit each, the least: so many are refused without looking at them
    if rows <= 1000 * KILOBYTES_OF_A_RUN:
        different = [min(points, count) for count in _different(spec.kind)]
        rows = sum(min(number * points, number * count + points * count.bit_length() / 8) for count in different)
    return rows + 2 * number * spec.inputs + weights + BYTES_OF["epoch"] * spec.epochs + BYTES_OF["else"]


@functools.cache
def _different(kind: str) -> tuple[int, ...]:
    """How many different values each column of own data has."""
    import numpy as np

    table = tables.of_kind(kind)
    return tuple(len(np.unique(column)) for column in table.x.T) if table else ()


def _planned(
    name: str,
    runs: list[tuple[str, RunSpec]],
    fixed: dict[str, Any],
    first: bool,
    images: Mapping[str, tuple[int, ...]],
) -> tuple[Planned, ...]:
    """Names and folders for an experiment's runs, each with its dataset, from the fields in which they differ."""
    seeds = fixed["seeds"]
    recipes = [(dataset, replace(spec, seed=0)) for dataset, spec in runs[:: len(seeds)]]
    rows = {recipe: {"dataset": recipe[0], **flat(recipe[1])} for recipe in dict.fromkeys(recipes)}
    biases = {(row["activation"], row["bias_start"]) for row in rows.values()}
    named = ["classes", "activation", "seed", "kind"]
    named += ["bias_start"] * (len(biases) == len({activation for activation, _ in biases}))  # which says it then
    keys = dict.fromkeys(itertools.chain.from_iterable(rows.values()))  # a dataset's own options are not in every row
    varied = [key for key in keys if key not in named and len({row[key] for row in rows.values() if key in row}) > 1]
    said = {key: _slugs(key, {row[key] for row in rows.values() if key in row}) for key in varied}
    slugs = {recipe: [said[key][row[key]] for key in varied if key in row] for recipe, row in rows.items()}
    drawn, shipped = set(seeds[: fixed["draw"]]), set(seeds[: fixed["ship"]])
    planned = []
    of_runs = itertools.chain.from_iterable(itertools.repeat(recipe, len(seeds)) for recipe in recipes)
    for (dataset, spec), of_run in zip(runs, of_runs, strict=True):
        extra = slugs[of_run]
        folder = [*([] if first else [name]), str(spec.classes), *extra]
        if len(drawn) > 1 and spec.seed != seeds[0]:
            folder.append(f"s{spec.seed}")
        run_id = "-".join([f"k{spec.classes}", spec.activation, *extra, f"s{spec.seed}"])
        place = "/".join(folder) if spec.seed in drawn else None
        travels = spec.seed in shipped and not ACTIVATIONS[spec.activation].is_vector
        planned.append(Planned(run_id, spec, dataset, place, travels, images.get(dataset, ())))
    return tuple(planned)


def _slugs(key: str, values: Collection[Any]) -> dict[Any, str]:
    """A field's values as parts of an address: numbers to six digits, and to all where these do not tell them apart."""
    short = {value: _slug(key, value) for value in values}
    if len({*short.values()}) == len(short):
        return short
    return {value: re.sub(r"[^a-z0-9.]+", "-", f"{key}{value}".replace("e+", "e")).strip("-") for value in values}


def _slug(key: str, value: Any) -> str:
    """A field and its value as part of an address."""
    named = key.replace("_", "")
    if key == "hidden":
        return "h" + "-".join(map(str, value))
    if key in ("dataset", "labels"):
        return re.sub(r"[^a-z0-9.]+", "-", value.lower())
    if isinstance(value, tuple):
        return f"{named}-" + "-".join(f"{one:g}" for one in value)
    if isinstance(value, bool):
        return f"{named}-{'on' if value else 'off'}"
    if isinstance(value, str):
        return f"{named}-{value}"
    return re.sub(r"[^a-z0-9.]+", "-", f"{named}{value:g}" if isinstance(value, float) else f"{key}{value}")


def _plain(value: Any) -> Any:
    """A value of a recipe as TOML would have it; those of numpy know how."""
    return list(value) if isinstance(value, tuple) else value.tolist() if hasattr(value, "tolist") else value

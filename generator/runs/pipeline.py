"""What the runs of a plan gave: taken from the cache, or made now, stage by stage (see stages).

`catalogue` reads it again: a build in which no experiment changed imports nothing of this.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from .. import figures
from ..base import interrupts
from ..base.errors import PeekError, few, one_of
from ..base.memo import digest
from ..base.store import Entry, all_code, sha256, versions
from ..base.style import THEMES
from ..base.warnings import Warned
from ..content.experiments import Plan, Trials
from ..content.lab import Lab
from ..content.media import svg_size
from ..figures import Figure
from ..measures import columns, models, packing, tied
from ..measures.columns import COMPARISONS, MEASUREMENTS
from ..networks import machine, tables
from ..networks.activations import ACTIVATIONS, carried
from ..networks.recipe import decides
from ..networks.rooms import SQUARE
from ..networks.spec import LAWS, RunSpec, layer_activations
from ..networks.tables import remembered
from . import pools, stages, tasks
from .batches import all_but_seed, batch_cost, batches
from .catalogue import Catalogue, EarlyResults, Report, RunContext, card_key
from .entries import downloads, drawn_of, entry, own_picture, picked, picture_path, published, recipe_of, runs_of
from .lab import LabError, is_finite, stacked
from .pools import Pool
from .stages import STAGES, TRAINING, Source

Item = TypeVar("Item")
Value = TypeVar("Value")

MEASURED_AT_ONCE = 10
PERFORMED_AT_ONCE = 16
LOOK_UP_S = 0.1  # how soon work that nobody waits for any more is given up
NAMED_AT_MOST = 3
SOLVED = (*LAWS, tied.NAME)


class TrainingCancelled(Exception):
    """Nobody waits for the runs any more; what was finished is kept."""


class DivergedRunError(PeekError):
    """A run's loss turned non-finite."""


def diverged(place: str, error: Exception) -> DivergedRunError:
    """What an author is told of a train.DivergedError."""
    spec, epoch = error.args
    return DivergedRunError(
        f"{place}: the loss is not finite at epoch {epoch}; expected a smaller learning_rate than"
        f" {spec.learning_rate:g}, or data of a smaller scale"
    )


@dataclass(frozen=True)
class Job(Generic[Item]):
    """One call of a task.

    items      what its results are of, in their order
    arguments  of the task; callables are called when the job is sent, so that only data under way is in memory
    of         the runs whose own data goes with it
    several    whether the task gives a result each, in a list; else that of the one item
    cost       what it takes beside other jobs of the stage; 0: as much as it has items
    """

    items: Sequence[Item]
    task: Callable[..., Any]
    arguments: tuple[Any, ...]
    of: Sequence[RunSpec] = ()
    several: bool = False
    cost: float = 0.0

    @property
    def work(self) -> float:
        return self.cost or len(self.items)


@dataclass(frozen=True)
class StageCache(Generic[Item, Value]):
    """Where a stage's products are kept.

    find  item -> its product in the cache, or None
    keep  item, what a task gave of it -> the product, which is in the cache then
    """

    find: Callable[[Item], Value | None]
    keep: Callable[[Item, Any], Value]


@dataclass(frozen=True)
class Trial:
    """A run of an author's own experiment.

    key     its address: the store has its arrays there
    values  the numbers and texts that it gave
    odd     those that are not finite, in words; their values are None
    arrays  whether it gave arrays as well
    """

    key: str
    values: dict[str, Any]
    odd: dict[str, str]
    arrays: bool


def make(
    plan: Plan,
    key: str,
    context: RunContext,
    order: Sequence[tuple[str, str]] = (),
    show: Callable[[EarlyResults], None] | None = None,
) -> tuple[Catalogue, Report]:
    """The catalogue of a plan, doing what is missing.

    key     the address that it is kept under
    order   the runs that figures show, by experiment and id, as they come in the texts
    show    who waits to see these: they are made first then, and told of as they are there
    raises  DivergedRunError: names the run; what other runs gave by then is kept
            TrainingCancelled: the context's progress says that nobody waits
    """
    for said in plan.said:
        context.progress.say(said)
    with Pipeline(context, plan) as runs:
        if show and not context.force:  # what is forced would be made twice
            runs.make_seen(order, show)
        laws = runs.solve()
        modelled = runs.model(laws)
        runs.train(laws)
        measures = runs.measure()
        compared = runs.compare(measures, laws)
        pictures = runs.draw(measures)
        scripts = runs.export()
        trials = runs.perform()
        arrays = runs.bundle(measures, trials)
        measured = {spec: {**measures[spec], **compared.get(spec, {})} for spec in measures}
        plots = runs.plot(measured, trials)
        runs.remember()
        files = {**pictures, **scripts, **arrays, **plots}
        return runs.catalogue(key, measured, laws, trials, modelled, files), runs.report


def run_keys(specs: Iterable[RunSpec]) -> dict[RunSpec, str]:
    """The address of each run: its spec, its activations' rows, its kind of data, the code that trains; its law's,
    where it has one. What those of a recipe have in common is put together once."""
    recipes: dict[Hashable, tuple[dict[str, Any], list[Any]]] = {}
    found = {}
    for spec in specs:
        shared = all_but_seed(spec)
        if shared not in recipes:
            law = [] if spec.head_start == "drawn" else stages.LAWS.digest
            used = [ACTIVATIONS[name].decides for name in layer_activations(spec)]
            made_with = (STAGES["train"].source + data_source(spec.kind)).digest
            recipes[shared] = decides(spec), [used, *made_with, *law]
        decided, rest = recipes[shared]
        found[spec] = digest("run", {**decided, "seed": spec.seed}, *rest)
    return found


def data_source(kind: str) -> Source:
    """What draws the points of a kind of data; the name of own data, and of own code's, says the rest."""
    if kind.startswith(tables.FROM_CODE):
        return Source((), ())
    return Source(("networks/tables" if kind.startswith(tables.NAMED) else f"networks/datasets/{kind}",), ())


def picture_source(figure: Figure) -> Source:
    """What a figure is drawn with."""
    return STAGES["draw"].source + Source(("/".join(figure.draw.__module__.split(".")[1:]),), ())


def draw_card(run: Mapping[str, Any], title: str, subtitle: str, context: RunContext) -> Entry:
    """Draw an article's social card into the cache. run: as catalogue.on_card gives it."""
    key, data = card_key(run, title, subtitle), context.store.entry("runs", run["key"], "npz").read_bytes()
    with Pipeline(replace(context, workers=1)) as runs:  # there is one job
        job = Job([key], tasks.card, (title, subtitle, carried(run["spec"]), data))
        return runs.run("card", [key], runs.files("cards", "png", {key: key}), lambda missing: [job])[key]


class Pipeline:
    """One making of a catalogue: the runs of a plan, the processes that work on them, and what they have done."""

    def __init__(self, context: RunContext, plan: Plan | None = None) -> None:
        self.context = context
        self.store = context.store
        self.plan = plan or Plan((), "")
        self.plan.lab.enter_measurements()
        self.runs = runs_of(self.plan)
        self.keys = run_keys(run.spec for run in self.runs.values())
        self.report = Report()
        self._made_with: dict[str, dict[str, str]] = context.store.load_json("stages", "last") or {}
        self._pools: dict[str, Pool] = {}
        self._trained_on: dict[str, str] | None = None  # the machine of the last run that was trained here

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(self, *_: object) -> None:
        with interrupts.held():
            self.context.progress.close()
            for pool in self._pools.values():
                pool.close()

    def make_seen(self, order: Sequence[tuple[str, str]], show: Callable[[EarlyResults], None]) -> None:
        """Make the runs that figures show, one, two, four and so on; show them where any was missing. As in make."""
        every, keys = self.runs, self.keys
        runs: list[dict[str, Any]] = []
        files: dict[str, Entry] = {}
        while len(runs) < len(order):
            some = order[len(runs) : 2 * len(runs) + 1]
            self.runs = {item: every[item] for item in some}
            self.keys = {run.spec: keys[run.spec] for run in self.runs.values()}
            before = self.report.made
            self.train(self.solve_for_heads())
            measures = self.measure()
            runs = runs + [entry(item[0], run, keys[run.spec], measures[run.spec]) for item, run in self.runs.items()]
            files = files | self.draw(measures) | self.export()
            if self.report.made > before:
                show(EarlyResults(runs, files, not any(every[item].shipped for item in order[len(runs) :])))
        self.runs, self.keys = every, keys

    # The stages, in the order in which they run

    def solve(self) -> dict[int, dict[str, Any]]:
        """What the laws predict: class count -> law -> as packing.solve gives it."""
        counts = columns.class_counts(self.keys, self.plan.models)
        keys = {(k, law): law_key(law, k) for k, law in itertools.product(reversed(counts), SOLVED)}  # long jobs first

        def jobs(missing: list[tuple[int, str]]) -> Iterator[Job[tuple[int, str]]]:
            for k, law in missing:
                task, named = (tied.solve, ()) if law == tied.NAME else (packing.solve, (law,))
                yield Job([(k, law)], task, (*named, k, columns.ROOM))

        found = self.run("solve", keys, self.plain("laws", keys), jobs)
        return {k: {law: found[k, law] for law in SOLVED} for k in counts}

    def solve_for_heads(self) -> dict[int, dict[str, Any]]:
        """The laws that heads start from, as `solve` gives them; {} where none does."""
        return self.solve() if any(spec.head_start != "drawn" for spec in self.keys) else {}

    def model(self, laws: dict[int, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        """The rows of each model that the plan asks for."""
        asked = [(name, k) for name, counts in self.plan.models.items() for k in counts]
        keys = {(name, k): STAGES["model"].key("model", name, laws[k]) for name, k in asked}

        def jobs(missing: list[tuple[str, int]]) -> list[Job[tuple[str, int]]]:
            return [Job([(name, k)], models.rows, (name, k, laws[k])) for name, k in reversed(missing)]

        found = self.run("model", asked, self.plain("models", keys), jobs) if asked else {}
        return {name: [row for k in counts for row in found[name, k]] for name, counts in self.plan.models.items()}

    def train(self, laws: dict[int, dict[str, Any]]) -> None:
        """Train the runs that the cache lacks; several at once where they differ in seed alone."""
        kept, measured = self.files("runs", "npz", self.keys), self._measures()

        def keep(spec: RunSpec, outcome: tuple[bytes, Any, dict[str, str]]) -> Entry:
            data, measures, trained_on = outcome
            if trained_on != self._trained_on:  # before the run is kept, so that none is there of unknown origin
                self._trained_on = trained_on
                self.sign(trained_on)
            path = kept.keep(spec, data)
            if measures is not None:
                measured.keep(spec, measures)
            return path

        shelf, jobs = StageCache(kept.find, keep), partial(self.training, laws)
        try:
            self.run("train", self.keys, shelf, jobs, self.context.executor)
        except Exception as error:
            if type(error).__name__ != "DivergedError":  # its module imports torch, which this process does without
                raise
            raise diverged(self.place(error.args[0]), error) from None

    def place(self, spec: RunSpec) -> str:
        """Where the author wrote of a run, and its names, as messages begin."""
        experiment, run_id = next(name for name, run in self.runs.items() if run.spec == spec)
        [place] = [each.place for each in self.plan.experiments if each.name == experiment]
        return f"{place}: experiment {experiment}, run {run_id}"

    def sign(self, trained_on: dict[str, str]) -> None:
        """Keep what networks are trained with and on, for who adds this cache to another.

        trained_on  as networks.machine tells it; {} where nothing was trained
        """
        origin = {"made_with": STAGES["train"].source.parts, "machine": trained_on}
        self.store.save_json("origins", digest("origin", origin), origin)

    def training(self, laws: dict[int, dict[str, Any]], missing: list[RunSpec]) -> list[Job[RunSpec]]:
        """Jobs that train runs, where the build's options want them trained."""
        pool, device = self.pool(self.context.executor), "cpu"
        if self.context.device != "cpu":
            device = pool.executor.submit(tasks.device, self.context.device).result()
        found = batches(missing, pool.size, device)
        asked = [(specs, device, self._made_by, _optimum(specs[0], laws)) for specs in found]
        return [Job(of[0], tasks.train, of, of[0], several=True, cost=batch_cost(of[0])) for of in asked]

    def measure(self) -> dict[RunSpec, dict[str, Any]]:
        """What is measured of each run, by column; only the columns that the cache lacks are measured."""

        def jobs(missing: list[RunSpec]) -> Iterator[Job[RunSpec]]:
            alike: dict[tuple[str, ...], list[RunSpec]] = {}
            for spec in missing:
                alike.setdefault(self._unmeasured(spec), []).append(spec)
            for names, specs in alike.items():
                for at in range(0, len(specs), MEASURED_AT_ONCE):
                    some = specs[at : at + MEASURED_AT_ONCE]
                    yield Job(some, tasks.measure, (some, partial(self.data, some), names), some, several=True)

        return self.run("measure", self.keys, self._measures(), jobs)

    def compare(
        self, measures: Mapping[RunSpec, dict[str, Any]], laws: dict[int, dict[str, Any]]
    ) -> dict[RunSpec, dict[str, Any]]:
        """What is measured across the runs of a recipe, whatever experiments they are in: run -> values by column."""
        recipes: dict[RunSpec, list[RunSpec]] = {}
        for spec in self.keys:
            recipes.setdefault(replace(spec, seed=0, checkpoints=2), []).append(spec)
        longest_first = sorted(recipes, key=lambda recipe: -len(recipes[recipe]))
        pairs = itertools.product(COMPARISONS, longest_first)
        asked = [(name, recipe) for name, recipe in pairs if COMPARISONS[name].suits(recipe)]
        rows = {
            (name, recipe): [picked(measures[spec], COMPARISONS[name].reads) for spec in recipes[recipe]]
            for name, recipe in asked
        }
        keys = {
            (name, recipe): STAGES["compare"].key(COMPARISONS[name].source, of_runs, laws.get(recipe.classes))
            for (name, recipe), of_runs in rows.items()
        }

        def jobs(missing: list[tuple[str, RunSpec]]) -> Iterator[Job[tuple[str, RunSpec]]]:
            for name, recipe in missing:
                yield Job([(name, recipe)], COMPARISONS[name].of, (rows[name, recipe], laws.get(recipe.classes, {})))

        found = self.run("compare", asked, self.plain("comparisons", keys), jobs)
        compared: dict[RunSpec, dict[str, Any]] = {}
        for (name, recipe), values in found.items():
            columns = COMPARISONS[name].columns
            if [of_run.keys() for of_run in values] != [columns.keys()] * len(recipes[recipe]):
                raise ValueError(f"comparison {name} gave other values; expected {one_of(columns)} for each run")
            for spec, of_run in zip(recipes[recipe], values, strict=True):
                compared[spec] = {**compared.get(spec, {}), **of_run}
        return compared

    def draw(self, measures: Mapping[RunSpec, dict[str, Any]]) -> dict[str, Entry]:
        """The pictures of drawn runs, by their paths in the site."""
        known = figures.load()
        pictures = [(run, figure) for run in self.runs.values() for figure in drawn_of(run)]
        read = {(run.spec, figure.name): picked(measures[run.spec], figure.reads) for run, figure in pictures}
        keys = {
            (spec, name): digest("picture", self.keys[spec], of_run, name, *picture_source(known[name]).digest)
            for (spec, name), of_run in read.items()
        }

        def jobs(missing: list[tuple[RunSpec, str]]) -> Iterator[Job[tuple[RunSpec, str]]]:
            of_runs: dict[RunSpec, list[str]] = {}
            for spec, name in missing:
                of_runs.setdefault(spec, []).append(name)
            for spec, names in of_runs.items():
                asked = {name: read[spec, name] for name in names}
                items = [(spec, name) for name in names]
                yield Job(items, tasks.draw, (spec, partial(self.data, [spec]), asked), [spec], several=True)

        drawn = self.run("draw", read, self.sets("pictures", keys, lambda item: known[item[1]].endings), jobs)
        return {
            f"{picture_path(run, figure)}.{ending}": file
            for run, figure in pictures
            for ending, file in drawn[run.spec, figure.name].items()
        }

    def export(self) -> dict[str, Entry]:
        """The scripts and arrays of runs that travel with the page or are drawn, by their paths in the site."""
        shipped = {item: run for item, run in self.runs.items() if run.shipped}
        keys = {item: STAGES["export"].key("script", item, self.keys[run.spec]) for item, run in shipped.items()}

        def jobs(missing: list[tuple[str, str]]) -> Iterator[Job[tuple[str, str]]]:
            for item in missing:
                spec = shipped[item].spec
                yield Job([item], tasks.export, ("/".join(item), spec, partial(self.data, [spec])), [spec])

        try:
            scripts = self.run("export", list(shipped), self.files("scripts", "js", keys), jobs)
        except Exception as error:
            if type(error).__name__ != "UnpackableError":  # its module imports what this process does without
                raise
            spec = error.args[0]
            raise PeekError(
                f"{self.place(spec)}: its weights span too much to travel with the page; expected ship = 0 in"
                f" its experiment, or a smaller learning_rate than {spec.learning_rate:g}"
            ) from None
        arrays = {item: self.run_path(run.spec) for item, run in self.runs.items() if run.shipped or run.folder}
        return {f"data/{'/'.join(item)}.js": file for item, file in scripts.items()} | {
            f"data/{'/'.join(item)}.npz": file for item, file in arrays.items()
        }

    def perform(self) -> dict[str, list[Trial]]:
        """What the author's own experiments gave: experiment -> a trial each run, in their order."""
        keys: dict[str, list[str]] = {}
        asked: dict[str, tuple[str, dict[str, Any]]] = {}
        for trials in self.plan.trials:
            name, source = trials.function.name, trials.function.source
            keys[trials.name] = [STAGES["perform"].key("trial", name, row, source) for row in trials.rows]
            asked |= {key: (name, row) for key, row in zip(keys[trials.name], trials.rows, strict=True)}
        if not asked:
            return {}

        def keep(key: str, gave: tuple[dict[str, Any], bytes]) -> Trial:
            values, arrays = gave
            odd = {name: str(value) for name, value in values.items() if not is_finite(value)}
            plain = {name: None if name in odd else value for name, value in values.items()}
            self.store.save("trials", key, "npz", arrays)
            self.store.save_json("trials", key, [plain, odd, bool(arrays)])
            return Trial(key, plain, odd, bool(arrays))

        def find(key: str) -> Trial | None:
            kept = self.store.load_json("trials", key)
            return Trial(key, *kept) if kept and self.store.find("trials", key, "npz") else None

        def jobs(missing: list[str]) -> Iterator[Job[str]]:
            size = max(1, min(PERFORMED_AT_ONCE, len(missing) // (4 * self.context.workers)))
            for at in range(0, len(missing), size):
                some = missing[at : at + size]
                rows = [asked[key] for key in some]
                yield Job(some, tasks.perform, (*self._own_code, self._made_by, rows), several=True)

        found = self.run("perform", asked, StageCache(find, keep), jobs, self.context.executor)
        return {name: [found[key] for key in of_one] for name, of_one in keys.items()}

    def bundle(self, measures: Mapping[RunSpec, dict[str, Any]], trials: Mapping[str, list[Trial]]) -> dict[str, Entry]:
        """The class centres and final weights of all runs of each experiment in a file each, and the arrays of each of
        the author's own, by their paths in the site."""
        specs: dict[str, dict[str, RunSpec]] = {}
        for (name, run_id), run in self.runs.items():
            specs.setdefault(name, {})[run_id] = run.spec
        made: dict[str, tuple[Any, Job[str]]] = {}  # path -> what decides its content, and its job
        for name, runs in specs.items():
            centres = {run_id: measures[spec]["centres"] for run_id, spec in runs.items()}
            of_runs = {run_id: self.keys[spec] for run_id, spec in runs.items()}
            data = partial(self.data, list(runs.values()))
            path = f"data/{name}.centres.npz"
            made[path] = ["centres", centres], Job([path], tasks.bundle, (centres,))
            path = f"data/{name}.weights.npz"
            made[path] = ["weights", of_runs], Job([path], tasks.gather, (list(runs), data))
        for name, of_one in trials.items():
            if any(trial.arrays for trial in of_one):
                path = f"data/{name}.npz"
                given = ["arrays", [trial.key for trial in of_one]]
                made[path] = given, Job([path], stacked, (partial(self.arrays, of_one),))
        keys = {path: STAGES["bundle"].key(*given) for path, (given, _) in made.items()}
        shelf = self.files("bundles", "npz", keys)
        return self.run("bundle", keys, shelf, lambda missing: [made[path][1] for path in missing])

    def machine(self) -> dict[str, str]:
        """Where networks are trained here, but for its GPU; asked of a worker once, since it takes torch to tell."""
        if not self.keys:
            return {}
        key = digest("machine", machine.processor(), versions(*TRAINING))
        known: dict[str, str] | None = self.store.load_json("machines", key)
        if known is None:
            known = self._trained_on if (self.context.executor, self.context.device) == ("local", "cpu") else None
            known = known or self.pool().executor.submit(machine.told).result()
            self.store.save_json("machines", key, known)
        return known

    def plot(self, measured: Mapping[RunSpec, dict[str, Any]], trials: Mapping[str, list[Trial]]) -> dict[str, Entry]:
        """The author's own figures, by their paths in the site."""
        wanted = self.plan.lab.of("figure")
        if not wanted:
            return {}
        rows = {each.name: own_rows(each, trials[each.name]) for each in self.plan.trials}
        rows |= {each.name: [dict(row) for row in each.rows] for each in self.plan.external}
        for (name, _), run in self.runs.items():
            rows.setdefault(name, []).append({**recipe_of(run), **measured[run.spec]})
        keys = {
            name: STAGES["plot"].key(
                *("plot", name, figure.source, figure.needs),
                [rows.get(needed) for needed in figure.needs],
                [[trial.key for trial in trials.get(needed, ())] for needed in figure.needs],
            )
            for name, figure in wanted.items()
            if set(figure.needs) <= rows.keys()
        }

        def needed(names: tuple[str, ...]) -> dict[str, Any]:
            return {
                name: (rows[name], self.arrays(trials[name]) if name in trials else [b""] * len(rows[name]))
                for name in names
            }

        def jobs(missing: list[str]) -> Iterator[Job[str]]:
            for name in missing:
                needs = wanted[name].needs
                one = isinstance(wanted[name].given.get("needs"), str)
                yield Job([name], tasks.plot, (*self._own_code, name, partial(needed, needs), one))

        files = self.sets("plots", keys, lambda name: [f"{theme}.svg" for theme in THEMES])
        drawn = self.run("plot", keys, files, jobs, patient=True)
        return {
            f"{own_picture(name)}.{ending.removeprefix('light.')}": file
            for name, of_one in drawn.items()
            for ending, file in of_one.items()
        }

    def remember(self) -> None:
        """Keep what the stages were made with, for the reasons of the next time."""
        self.store.save_json("stages", "last", {name: self._parts(name) for name in STAGES})

    def catalogue(
        self,
        key: str,
        measured: Mapping[RunSpec, dict[str, Any]],
        laws: dict[int, dict[str, Any]],
        trials: Mapping[str, list[Trial]],
        modelled: Mapping[str, list[dict[str, Any]]],
        files: dict[str, Entry],
    ) -> Catalogue:
        """All of it, kept under its address; measured: what was measured of each run."""
        runs = [
            entry(experiment, run, self.keys[run.spec], measured[run.spec])
            for (experiment, _), run in self.runs.items()
        ]
        beside, rows = self.beside(trials, modelled)
        tables = {
            each.name: table([run for run in runs if run["experiment"] == each.name]) for each in self.plan.experiments
        }
        tables |= {each.name: csv_of(rows[each.table]) for each in self.plan.trials}
        tables |= {name: csv_of(of_model) for name, of_model in modelled.items()}
        pictures = self.own_pictures(files)
        files = dict(sorted((files | self.written(tables, laws)).items()))
        held = {path: (sha256(data := file.read_bytes()), len(data)) for path, file in files.items()}
        contents = {"runs": runs, "laws": _by_law(laws, "told"), "tables": rows, "pictures": pictures}
        address = sha256(json.dumps([contents, beside]).encode())[:32]
        odd = [said for each in self.plan.trials for said in odd_values(each, trials[each.name])]
        odd += empty_columns(self.plan.lab, runs)
        about_files = downloads(self.plan, bool(laws))
        found = Catalogue(
            contents=address,
            profile=self.plan.profile,
            about={experiment.name: experiment.about for experiment in self.plan.named},
            columns=self.headings(tables, modelled),
            tables=beside,
            pictures=pictures,
            downloads={path: about_files[path] for path in files if path in about_files},
            files={path: file.path.relative_to(self.store.root).as_posix() for path, file in files.items()},
            sums={path: of for path, (of, _) in held.items()},
            sizes={path: size for path, (_, size) in held.items()},
            warned=[list(said) for said in (*self.plan.warned, *odd)],
            kinds=remembered(run["spec"] for run in runs),
            machine=self.machine(),
            _store=self.store,
        )
        self.store.save_json("contents", address, contents)
        light = {item.name: getattr(found, item.name) for item in dataclasses.fields(found) if item.compare}
        self.store.save_json("catalogues", key, light)
        return found

    def written(self, tables: Mapping[str, str], laws: dict[int, dict[str, Any]]) -> dict[str, Entry]:
        """The files that are texts: tables, what the laws come to, the author's own code, results made elsewhere."""
        files = {
            f"data/{name}.csv": self.store.save("tables", digest("table", text), "csv", text.encode())
            for name, text in tables.items()
        }
        if laws:
            solved = json.dumps(_by_law(laws, "optima"), separators=(",", ":"))
            files["data/laws.json"] = self.store.save("tables", digest("table", solved), "json", solved.encode())
        for name, text in self.plan.lab.texts.items():
            files[published(name)] = self.store.save("code", digest(text), "py", text.encode())
        for other in self.plan.external:
            at = (other.source["sha256"], Path(other.source["path"]).suffix.removeprefix("."))
            files[other.source["path"]] = self.store.save("external", *at, other.content)
        return files

    def own_pictures(self, files: Mapping[str, Entry]) -> dict[str, dict[str, Any]]:
        """What a page has to know of the pictures in the author's own code."""
        own = {}
        for name, figure in self.plan.lab.of("figure").items():
            if (path := own_picture(name)) + ".svg" in files:
                width, height = map(round, svg_size(files[path + ".svg"].read_bytes()))
                said_of = {"formats": ["svg"], "width": width, "height": height, "alt": figure.words, "title": name}
                own[name] = {"path": path, **said_of}
        return own

    def headings(self, tables: Mapping[str, str], models: Iterable[str]) -> dict[str, Any]:
        """What the columns of some tables say, by their names."""
        said = columns.words({spec.kind for spec in self.keys})
        for name in models:
            said |= columns.model_words(name)
        there = {name for text in tables.values() for name in text.partition("\n")[0].split(",")}
        return {name: words for name, words in said.items() if name in there}

    def beside(
        self, trials: Mapping[str, list[Trial]], modelled: Mapping[str, list[dict[str, Any]]]
    ) -> tuple[dict[str, dict[str, Any]], dict[str, list[dict[str, Any]]]]:
        """What results.Table has of each table beside those of runs but its rows, and these."""
        about, rows = {}, {}
        for each in self.plan.trials:
            about[each.table], rows[each.table] = told(each, self.plan.lab), own_rows(each, trials[each.name])
        for name, of_model in modelled.items():
            source = {"model": name, "path": f"data/{name}.csv"}
            about[name], rows[name] = {"columns": columns.model_words(name), "source": source}, of_model
        for other in self.plan.external:
            about[other.name] = {"columns": other.columns, "source": other.source}
            rows[other.name] = [dict(row) for row in other.rows]
        return about, rows

    # How a stage runs

    def run(
        self,
        stage: str,
        items: Iterable[Item],
        shelf: StageCache[Item, Value],
        jobs: Callable[[list[Item]], Iterable[Job[Item]]],
        executor: str = "local",
        patient: bool = False,
    ) -> dict[Item, Value]:
        """A stage's product of each item: found in the cache, or made now.

        jobs      items that are missing -> what makes them
        executor  who does the jobs
        patient   whether all are done before what is wrong with an author's own code is said, of each
        """
        forced = stage in self.context.force
        found = {item: None if forced else shelf.find(item) for item in items}
        missing = [item for item, product in found.items() if product is None]
        before, _, why = self.report.ran.get(stage, (0, 0, ""))
        why = why or (self._why(stage, missing) if missing else "")
        self.report.ran[stage] = before + len(missing), len(found), why
        if missing:
            asked = list(jobs(missing))
            work = sum(job.work for job in asked)
            self.context.progress.start(stage, len(missing), STAGES[stage].unit, work)
            for job, gave in self._done(asked, executor, patient):
                for item, result in zip(job.items, gave if job.several else [gave], strict=True):
                    found[item] = shelf.keep(item, result)
                self.context.progress.advance(len(job.items), job.work)
            self.context.progress.close()
        return {item: product for item, product in found.items() if product is not None}

    def _done(self, jobs: Iterable[Job[Item]], executor: str, patient: bool) -> Iterator[tuple[Job[Item], Any]]:
        """Jobs with their results, as they end."""
        failed: list[str] = []
        waiting, size = iter(jobs), self.context.workers
        try:
            pool = self.pool(executor)
            size = pool.size
            sent = {self._send(pool, job): job for job in itertools.islice(waiting, 2 * size)}
            while sent:
                ended, _ = wait(sent, LOOK_UP_S, FIRST_COMPLETED)
                if not self.context.progress.wanted():
                    raise TrainingCancelled
                for future in ended:
                    job = sent.pop(future)
                    if patient and isinstance(error := future.exception(), LabError):
                        failed.append(str(error))
                    else:
                        yield job, future.result()
                    sent |= {self._send(pool, job): job for job in itertools.islice(waiting, 1)}
            if failed:
                raise LabError("\n".join(sorted(failed)))
        except BrokenExecutor:
            lab = self.plan.lab
            code = f", or by the code in {lab.place}" if lab.functions else ""
            raise PeekError(
                f"a worker process was ended by the system or by somebody{code}; expected enough memory for"
                f" --workers {size}, or fewer. What was finished is kept"
            ) from None

    def _send(self, pool: Pool, job: Job[Any]) -> Future[Any]:
        arguments = [argument() if callable(argument) else argument for argument in job.arguments]
        lab, sent = self.plan.lab, tables.among({spec.kind for spec in job.of})
        asked = (job.task, *arguments)
        if job.of and (lab.of("measurement") or lab.of("dataset")):
            asked = (tasks.with_lab, *self._own_code, *asked)
        if sent:
            asked = (tasks.with_tables, sent, *asked)
        return pool.executor.submit(*asked)

    @property
    def _own_code(self) -> tuple[str, dict[str, str]]:
        """The author's own code as jobs take it: its folder, and its files."""
        return self.plan.lab.place, dict(self.plan.lab.texts)

    @property
    def _made_by(self) -> str:
        """Digest of the code that asks, which workers elsewhere must have too; "": they are of this machine."""
        return "" if self.context.executor == "local" else all_code()

    def pool(self, executor: str = "local") -> Pool:
        """Those who do the jobs, called up at the first one."""
        if executor not in self._pools and executor == "dask":
            self._pools[executor] = pools.dask(self.context.scheduler)
        elif executor not in self._pools:
            with interrupts.held():  # a worker that nobody knows yet would not be ended
                self._pools[executor] = pools.local(self.context.workers)
        return self._pools[executor]

    def _why(self, stage: str, missing: Sequence[Any]) -> str:
        """Why a stage runs: asked to, made with something else, fed with new results, or all of it is new."""
        if stage in self.context.force:
            return "forced"
        now, then = self._parts(stage), self._made_with.get(stage, {})
        changed = [_change(name, then[name], now[name]) for name in now if name in then and then[name] != now[name]]
        if changed:
            return f"{few(changed, NAMED_AT_MOST)} changed"
        if then and (new := [name for name in now if name not in then]):
            return f"{few(new, NAMED_AT_MOST)} {'is' if len(new) == 1 else 'are'} new"
        fed = [other for other in STAGES[stage].fed_by if self.report.ran.get(other, (0,))[0]]
        if fed:
            return f"after {few(fed, NAMED_AT_MOST)}"
        asked = {item for item in missing if isinstance(item, RunSpec)}
        lacking = dict.fromkeys(f"experiment {name}" for (name, _), run in self.runs.items() if run.spec in asked)
        return "not in the cache" + (f": {few(list(lacking), NAMED_AT_MOST)}" if lacking else "")

    def _parts(self, stage: str) -> dict[str, str]:
        """What a stage is made with, by name."""
        own: dict[str, str] = {}
        if stage == "train":
            kinds = sorted({spec.kind for spec in self.keys})
            own = {name: part for kind in kinds for name, part in data_source(kind).parts.items()}
        if stage == "draw":
            known = figures.load().values()
            own = {name: part for figure in known for name, part in picture_source(figure).parts.items()}
        if stage == "measure":
            own = {f"measurement {name}": each.source for name, each in MEASUREMENTS.items()}
        if stage == "compare":
            own = {f"measurement {name}": each.source for name, each in COMPARISONS.items()}
        if stage in ("perform", "plot"):
            functions = self.plan.lab.of("experiment" if stage == "perform" else "figure").values()
            own = {f"{each.file} {each.name}": each.source for each in functions}
        return STAGES[stage].source.parts | own

    # Where products are

    def files(self, kind: str, ending: str, keys: Mapping[Item, str]) -> StageCache[Item, Entry]:
        """Products that are files."""
        return StageCache(
            lambda item: self.store.find(kind, keys[item], ending),
            lambda item, data: self.store.save(kind, keys[item], ending, data),
        )

    def sets(
        self, kind: str, keys: Mapping[Item, str], endings: Callable[[Item], Iterable[str]]
    ) -> StageCache[Item, dict[str, Entry]]:
        """Products that are several files, by their endings."""
        return StageCache(
            lambda item: self.store.find_all(kind, keys[item], endings(item)),
            lambda item, files: {
                ending: self.store.save(kind, keys[item], ending, data) for ending, data in files.items()
            },
        )

    def plain(self, kind: str, keys: Mapping[Item, str]) -> StageCache[Item, Any]:
        """Products that are plain values."""

        def keep(item: Item, value: Any) -> Any:
            self.store.save_json(kind, keys[item], value)
            return value

        return StageCache(lambda item: self.store.load_json(kind, keys[item]), keep)

    def run_path(self, spec: RunSpec) -> Entry:
        """The file of a trained run."""
        return self.store.entry("runs", self.keys[spec], "npz")

    def data(self, specs: Sequence[RunSpec]) -> list[bytes]:
        """What trained runs gave."""
        return [self.run_path(spec).read_bytes() for spec in specs]

    def arrays(self, trials: Sequence[Trial]) -> list[bytes]:
        """The arrays of runs of an author's own experiment."""
        return [self.store.entry("trials", trial.key, "npz").read_bytes() for trial in trials]

    def _measures(self) -> StageCache[RunSpec, dict[str, Any]]:
        """What is measured of each run: one file a run, which holds each measurement's values under its address."""
        addresses = _measurement_keys()

        def find(spec: RunSpec) -> dict[str, Any] | None:
            kept = self._measured(spec)
            if not addresses.keys() <= kept.keys():
                return None
            return {column: value for address in addresses for column, value in kept[address].items()}

        def keep(spec: RunSpec, measured: dict[str, dict[str, Any]]) -> dict[str, Any]:
            before = self._measured(spec)
            known = {address: measured.get(name, before.get(address)) for address, name in addresses.items()}
            now = {address: of_one for address, of_one in known.items() if of_one is not None}
            self.store.save_json("measures", digest("measures", self.keys[spec]), now)
            return {column: value for of_one in now.values() for column, value in of_one.items()}

        return StageCache(find, keep)

    def _measured(self, spec: RunSpec) -> dict[str, Any]:
        kept: dict[str, Any] = self.store.load_json("measures", digest("measures", self.keys[spec])) or {}
        return kept

    def _unmeasured(self, spec: RunSpec) -> tuple[str, ...]:
        """The measurements that the cache lacks of a run; all where the stage is forced."""
        kept = {} if "measure" in self.context.force else self._measured(spec)
        return tuple(name for address, name in _measurement_keys().items() if address not in kept)


def law_key(law: str, k: int) -> str:
    """The address of a law's best arrangements of k points."""
    return digest("law", law, k, *(stages.TIED if law == tied.NAME else stages.LAWS).digest)


def _measurement_keys() -> dict[str, str]:
    """The address of each measurement's values among those of a run -> its name."""
    return {STAGES["measure"].key(name, each.source): name for name, each in MEASUREMENTS.items()}


def _change(name: str, then: str, now: str) -> str:
    """A changed part; of a library with its versions."""
    return name if "/" in name or " " in name else f"{name} {then} → {now}"


def _optimum(spec: RunSpec, laws: dict[int, dict[str, Any]]) -> list[list[float]] | None:
    """Where the law that a run's head starts from wants its classes, when it is solved, as it is in the square; seconds
    to find again."""
    law = laws.get(spec.classes, {}).get(spec.head_start) if spec.room == SQUARE else None
    return law["optima"][0]["points"] if law else None


def _by_law(laws: dict[int, dict[str, Any]], key: str) -> dict[str, Any]:
    """What was solved as room -> law -> its title and, by class count, its "optima".

    key  "told" or "optima" of packing.solve, with the tie where the law has one
    """
    of_laws = {
        law: {
            "title": next(of_k[law]["title"] for of_k in laws.values()),
            "optima": {str(k): of_k[law][key] for k, of_k in laws.items()},
        }
        for law in (SOLVED if laws else ())
    }
    return {SQUARE.name: of_laws}


def table(runs: list[dict[str, Any]]) -> str:
    """Runs as CSV, a row a run."""
    return csv_of([{"id": run["id"], **run["spec"], **run["measures"]} for run in runs])


def own_rows(trials: Trials, gave: Sequence[Trial]) -> list[dict[str, Any]]:
    """The rows of an author's own experiment: parameters, then results; None where another run has one."""
    names = dict.fromkeys(name for trial in gave for name in trial.values)
    return [
        {**row, **{name: trial.values.get(name) for name in names}}
        for row, trial in zip(trials.rows, gave, strict=True)
    ]


def told(trials: Trials, lab: Lab) -> dict[str, Any]:
    """What results.Table has of an author's own experiment beside its rows."""
    function = trials.function
    values = {key: list(dict.fromkeys(row[key] for row in trials.rows)) for key in (trials.rows or ({},))[0]}
    source = {
        "file": function.file,
        "sha256": sha256(lab.texts[function.file.rpartition("/")[2]].encode()),
        "code": published(function.file.rpartition("/")[2]),
        "function": function.name,
        "experiment": trials.name,
        "varied": {key: several for key, several in values.items() if len(several) > 1},
        "same": {key: several[0] for key, several in values.items() if len(several) == 1},
    }
    return {"columns": dict(function.columns), "source": source}


def odd_values(trials: Trials, gave: Sequence[Trial]) -> Iterator[Warned]:
    """Warnings of results that are not finite, one a column."""
    for name in dict.fromkeys(name for trial in gave for name in trial.odd):
        odd = [(row, trial) for row, trial in zip(trials.rows, gave, strict=True) if name in trial.odd]
        row, trial = odd[0]
        at = ", ".join(f"{key}={value!r}" for key, value in row.items())
        what = f"{name} is {trial.odd[name]} in {len(odd)} of {len(gave)} runs, with {at} the first"
        yield Warned("not-finite", f"experiment {trials.name}: {what}; these are left out")


def empty_columns(own: Lab, runs: Sequence[Mapping[str, Any]]) -> Iterator[Warned]:
    """Warnings of an author's measurements that have no value for any run."""
    for function in own.of("measurement").values():
        for name in function.columns:
            if runs and all(run["measures"].get(name) is None for run in runs):
                what = f"{name} is None, or no finite number, of every network; its column is empty"
                yield Warned("not-finite", f"{function.place}: {what}")


def csv_of(rows: list[dict[str, Any]]) -> str:
    """Rows as CSV; lists, and what is not plain numbers or words, as JSON."""
    columns = list(dict.fromkeys(itertools.chain.from_iterable(rows)))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, (list, tuple, dict, bool)) else value

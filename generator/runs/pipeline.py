"""What the runs of a plan gave: taken from the cache, or made now, stage by stage (see stages).

`catalogue` reads it again: a build in which no experiment changed imports nothing of this.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .. import figures
from ..base.errors import PeekError
from ..base.memo import digest
from ..base.store import all_code, sha256
from ..content.experiments import Plan
from ..figures import Figure
from ..networks import tables
from ..networks.activations import ACTIVATIONS, carried
from ..networks.spec import LAWS, RunSpec, layer_activations
from . import stages, tasks
from .batches import batches
from .catalogue import Catalogue, Report, RunContext, card_key
from .entries import drawn_of, entry, picture_path, runs_of
from .stages import STAGES, Source

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .pools import Pool

Asked = TypeVar("Asked")
Item = TypeVar("Item")
Value = TypeVar("Value")

MEASURED_AT_ONCE = 10
LOOK_UP_S = 0.1  # how soon work that nobody waits for any more is given up
NAMED_AT_MOST = 3


class Unwanted(Exception):
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
    """

    items: Sequence[Item]
    task: Callable[..., Any]
    arguments: tuple[Any, ...]
    of: Sequence[RunSpec] = ()


@dataclass(frozen=True)
class Shelf(Generic[Item, Value]):
    """Where a stage's products are kept.

    find  item -> its product in the cache, or None
    keep  item, what a task gave of it -> the product, which is in the cache then
    """

    find: Callable[[Item], Value | None]
    keep: Callable[[Item, Any], Value]


def make(plan: Plan, key: str, context: RunContext) -> tuple[Catalogue, Report]:
    """The catalogue of a plan, doing what is missing.

    key     the address that it is kept under
    raises  DivergedRunError: names the run; what other runs gave by then is kept
            Unwanted: the context's progress says that nobody waits
    """
    for said in plan.said:
        context.progress.say(said)
    with Pipeline(context, plan) as runs:
        laws = runs.solve()
        runs.train(laws)
        measures = runs.measure()
        compared = runs.compare(measures, laws)
        pictures = runs.draw(measures)
        scripts = runs.export()
        centres = runs.bundle(measures)
        runs.remember()
        columns = {spec: {**measures[spec], **compared.get(spec, {})} for spec in measures}
        return runs.catalogue(key, columns, laws, {**pictures, **scripts, **centres}), runs.report


def run_key(spec: RunSpec) -> str:
    """The address of a run: its spec, its activations' rows, its kind of data, the code that trains; its law's, where
    it has one."""
    law = [] if spec.head_start == "drawn" else stages.LAWS.digest
    used = [ACTIVATIONS[name].decides for name in layer_activations(spec)]
    return digest(
        "run", dataclasses.asdict(spec), used, *(STAGES["train"].source + data_source(spec.kind)).digest, *law
    )


def data_source(kind: str) -> Source:
    """What draws the points of a kind of data; the name of own data says the rest."""
    return Source(("networks/tables" if kind.startswith(tables.NAMED) else f"networks/datasets/{kind}",), ())


def picture_source(figure: Figure) -> Source:
    """What a figure is drawn with."""
    return STAGES["draw"].source + Source(("/".join(figure.draw.__module__.split(".")[1:]),), ())


def draw_card(run: Mapping[str, Any], title: str, subtitle: str, context: RunContext) -> None:
    """Draw an article's social card into the cache. run: as catalogue.on_card gives it."""
    key, data = card_key(run, title, subtitle), context.store.path("runs", run["key"], "npz").read_bytes()
    with Pipeline(context) as runs:
        job = Job([key], tasks.card, (title, subtitle, carried(run["spec"]), data))
        runs.run("card", [key], runs.files("cards", "png", {key: key}), lambda missing: [job])


class Pipeline:
    """One making of a catalogue: the runs of a plan, the processes that work on them, and what they have done."""

    def __init__(self, context: RunContext, plan: Plan | None = None) -> None:
        self.context = context
        self.store = context.store
        self.plan = plan or Plan((), "")
        self.runs = runs_of(self.plan)
        self.keys = {run.spec: run_key(run.spec) for run in self.runs.values()}
        self.report = Report()
        self._made_with: dict[str, dict[str, str]] = context.store.load_json("stages", "last") or {}
        self._pools: dict[str, Pool] = {}

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.progress.close()
        for pool in self._pools.values():
            pool.close()

    # The stages, in the order in which they run

    def solve(self) -> dict[int, dict[str, Any]]:
        """What the laws predict: class count -> law -> as packing.solve gives it."""
        from ..measures import columns

        counts = sorted({spec.classes for spec in self.keys if columns.has_laws(spec)})
        keys = {(k, law): law_key(law, k) for k, law in itertools.product(reversed(counts), LAWS)}  # long jobs first

        def jobs(missing: list[tuple[int, str]]) -> list[Job[tuple[int, str]]]:
            return [Job([(k, law)], tasks.solve, (law, k, columns.ROOM)) for k, law in missing]

        found = self.run("solve", keys, self.plain("laws", keys), jobs)
        return {k: {law: found[k, law] for law in LAWS} for k in counts}

    def train(self, laws: dict[int, dict[str, Any]]) -> None:
        """Train the runs that the cache lacks; several at once where they differ in seed alone."""
        kept, measured = self.files("runs", "npz", self.keys), self._measures()

        def keep(spec: RunSpec, outcome: tuple[bytes, Any]) -> Path:
            data, measures = outcome
            path = kept.keep(spec, data)
            if measures is not None:
                measured.keep(spec, measures)
            return path

        def jobs(missing: list[RunSpec]) -> list[Job[RunSpec]]:
            return self.training(missing, laws) if missing else []

        try:
            self.run("train", self.keys, Shelf(kept.find, keep), jobs, self.context.executor)
        except Exception as error:
            if type(error).__name__ != "DivergedError":  # its module imports torch, which this process does without
                raise
            spec, _ = error.args
            experiment, run_id = next(name for name, run in self.runs.items() if run.spec == spec)
            raise diverged(f"experiment {experiment}, run {run_id}", error) from None

    def training(self, missing: list[RunSpec], laws: dict[int, dict[str, Any]]) -> list[Job[RunSpec]]:
        """Jobs that train runs, where the build's options want them trained."""
        pool, device = self.pool(self.context.executor), "cpu"
        if self.context.device != "cpu":
            device = pool.executor.submit(tasks.device, self.context.device).result()
        made_by = "" if self.context.executor == "local" else all_code()
        return [
            Job(specs, tasks.train, (specs, device, made_by, _optimum(specs[0], laws)), specs)
            for specs in batches(missing, pool.size, device)
        ]

    def measure(self) -> dict[RunSpec, dict[str, Any]]:
        """What is measured of each run, by column; only the columns that the cache lacks are measured."""

        def jobs(missing: list[RunSpec]) -> Iterator[Job[RunSpec]]:
            alike: dict[tuple[str, ...], list[RunSpec]] = {}
            for spec in missing:
                alike.setdefault(self._unmeasured(spec), []).append(spec)
            for names, specs in alike.items():
                for at in range(0, len(specs), MEASURED_AT_ONCE):
                    some = specs[at : at + MEASURED_AT_ONCE]
                    yield Job(some, tasks.measure, (some, _later(self.data, some), names), some)

        return self.run("measure", self.keys, self._measures(), jobs)

    def compare(
        self, measures: Mapping[RunSpec, dict[str, Any]], laws: dict[int, dict[str, Any]]
    ) -> dict[RunSpec, dict[str, Any]]:
        """What is measured across the runs of a recipe, whatever experiments they are in: run -> values by column."""
        from ..measures.columns import COMPARISONS

        recipes: dict[RunSpec, list[RunSpec]] = {}
        for spec in self.keys:
            recipes.setdefault(replace(spec, seed=0, checkpoints=2), []).append(spec)
        longest_first = sorted(recipes, key=lambda recipe: -len(recipes[recipe]))
        pairs = itertools.product(COMPARISONS, longest_first)
        asked = [(name, recipe) for name, recipe in pairs if COMPARISONS[name].suits(recipe)]
        rows = {
            (name, recipe): [_picked(measures[spec], COMPARISONS[name].reads) for spec in recipes[recipe]]
            for name, recipe in asked
        }
        made_with = STAGES["compare"].source.digest
        keys = {
            (name, recipe): digest(COMPARISONS[name].source, of_runs, laws.get(recipe.classes), *made_with)
            for (name, recipe), of_runs in rows.items()
        }

        def jobs(missing: list[tuple[str, RunSpec]]) -> Iterator[Job[tuple[str, RunSpec]]]:
            for name, recipe in missing:
                yield Job([(name, recipe)], tasks.compare, (name, rows[name, recipe], laws.get(recipe.classes, {})))

        found = self.run("compare", asked, self.plain("comparisons", keys), jobs)
        compared: dict[RunSpec, dict[str, Any]] = {}
        for (_, recipe), values in found.items():
            for spec, of_run in zip(recipes[recipe], values, strict=True):
                compared[spec] = {**compared.get(spec, {}), **of_run}
        return compared

    def draw(self, measures: Mapping[RunSpec, dict[str, Any]]) -> dict[str, Path]:
        """The pictures of drawn runs, by their paths in the site."""
        known = figures.load()
        pictures = [(run, figure) for run in self.runs.values() for figure in drawn_of(run)]
        read = {(run.spec, figure.name): _picked(measures[run.spec], figure.reads) for run, figure in pictures}
        keys = {
            (spec, name): digest("picture", self.keys[spec], of_run, name, *picture_source(known[name]).digest)
            for (spec, name), of_run in read.items()
        }

        def files(item: tuple[RunSpec, str]) -> dict[str, Path]:
            return {ending: self.store.path("pictures", keys[item], ending) for ending in known[item[1]].endings}

        def find(item: tuple[RunSpec, str]) -> dict[str, Path] | None:
            return files(item) if all(path.exists() for path in files(item).values()) else None

        def keep(item: tuple[RunSpec, str], encoded: Mapping[str, bytes]) -> dict[str, Path]:
            for ending, data in encoded.items():
                self.store.save("pictures", keys[item], ending, data)
            return files(item)

        def jobs(missing: list[tuple[RunSpec, str]]) -> Iterator[Job[tuple[RunSpec, str]]]:
            of_runs: dict[RunSpec, list[str]] = {}
            for spec, name in missing:
                of_runs.setdefault(spec, []).append(name)
            for spec, names in of_runs.items():
                asked = {name: read[spec, name] for name in names}
                items = [(spec, name) for name in names]
                yield Job(items, tasks.draw, (spec, _later(self.data, [spec]), asked), [spec])

        drawn = self.run("draw", read, Shelf(find, keep), jobs)
        return {
            f"{picture_path(run, figure)}.{ending}": file
            for run, figure in pictures
            for ending, file in drawn[run.spec, figure.name].items()
        }

    def export(self) -> dict[str, Path]:
        """The scripts and arrays of runs that travel with the page or are drawn, by their paths in the site."""
        shipped = {item: run for item, run in self.runs.items() if run.shipped}
        made_with = STAGES["export"].source.digest
        keys = {item: digest("script", item, self.keys[run.spec], *made_with) for item, run in shipped.items()}

        def jobs(missing: list[tuple[str, str]]) -> Iterator[Job[tuple[str, str]]]:
            for item in missing:
                spec = shipped[item].spec
                yield Job([item], tasks.export, ("/".join(item), spec, _later(self.data, [spec])))

        scripts = self.run("export", list(shipped), self.files("scripts", "js", keys), jobs)
        arrays = {item: self.run_path(run.spec) for item, run in self.runs.items() if run.shipped or run.folder}
        return {f"data/{'/'.join(item)}.js": file for item, file in scripts.items()} | {
            f"data/{'/'.join(item)}.npz": file for item, file in arrays.items()
        }

    def bundle(self, measures: Mapping[RunSpec, dict[str, Any]]) -> dict[str, Path]:
        """The class centres of all runs of each experiment in one file, by their paths in the site."""
        centres: dict[str, dict[str, Any]] = {}
        for (name, run_id), run in self.runs.items():
            centres.setdefault(name, {})[run_id] = measures[run.spec]["centres"]
        made_with = STAGES["bundle"].source.digest
        keys = {name: digest("centres", of_all, *made_with) for name, of_all in centres.items()}

        def jobs(missing: list[str]) -> Iterator[Job[str]]:
            return (Job([name], tasks.bundle, (centres[name],)) for name in missing)

        files = self.run("bundle", list(centres), self.files("centres", "npz", keys), jobs)
        return {f"data/{name}.centres.npz": file for name, file in files.items()}

    def remember(self) -> None:
        """Keep what the stages were made with, for the reasons of the next time."""
        self.store.save_json("stages", "last", {name: self._parts(name) for name in STAGES})

    def catalogue(
        self,
        key: str,
        columns: Mapping[RunSpec, dict[str, Any]],
        laws: dict[int, dict[str, Any]],
        files: dict[str, Path],
    ) -> Catalogue:
        """All of it, kept under its address; columns: what was measured of each run."""
        from ..measures.columns import ROOM, words

        runs = [
            entry(experiment, run, self.keys[run.spec], columns[run.spec]) for (experiment, _), run in self.runs.items()
        ]
        about = {experiment.name: experiment.about for experiment in self.plan.experiments}
        tables = {name: table([run for run in runs if run["experiment"] == name]) for name in about}
        said = words({spec.kind for spec in self.keys})
        for name, text in tables.items():
            address = digest("table", text)
            self.store.save("tables", address, "csv", text.encode())
            files[f"data/{name}.csv"] = self.store.path("tables", address, "csv")
        files = dict(sorted(files.items()))
        contents = {"runs": runs, "laws": {ROOM: _told(laws)}}
        address = hashlib.sha256(json.dumps(contents).encode()).hexdigest()[:32]
        headings = {name for text in tables.values() for name in text.partition("\n")[0].split(",")}
        found = Catalogue(
            contents=address,
            profile=self.plan.profile,
            about=about,
            columns={name: said[name] for name in said if name in headings},
            files={path: file.relative_to(self.store.root).as_posix() for path, file in files.items()},
            sums={path: sha256(file) for path, file in files.items()},
            sizes={path: file.stat().st_size for path, file in files.items()},
            warned=[list(warned) for warned in self.plan.warned],
            _store=self.store,
        )
        self.store.save_json("contents", address, contents)
        light = {item.name: getattr(found, item.name) for item in dataclasses.fields(found) if item.compare}
        self.store.save_json("catalogues", key, light)
        return found

    # How a stage runs

    def run(
        self,
        stage: str,
        items: Iterable[Item],
        shelf: Shelf[Item, Value],
        jobs: Callable[[list[Item]], Iterable[Job[Item]]],
        executor: str = "local",
    ) -> dict[Item, Value]:
        """A stage's product of each item: found in the cache, or made now.

        jobs      items that are missing -> what makes them
        executor  who does the jobs
        """
        forced = stage in self.context.force
        found = {item: None if forced else shelf.find(item) for item in items}
        missing = [item for item, product in found.items() if product is None]
        self.report.ran[stage] = (len(missing), len(found), self._why(stage, missing) if missing else "")
        if missing:
            self.context.progress.start(stage, len(missing), STAGES[stage].unit)
            for job, results in self._done(list(jobs(missing)), executor):
                for item, result in zip(job.items, results, strict=True):
                    found[item] = shelf.keep(item, result)
                self.context.progress.advance(len(job.items))
            self.context.progress.close()
        return {item: product for item, product in found.items() if product is not None}

    def _done(self, jobs: Iterable[Job[Item]], executor: str) -> Iterator[tuple[Job[Item], Any]]:
        """Jobs with their results, as they end."""
        from concurrent.futures import FIRST_COMPLETED, wait

        pool = self.pool(executor)
        waiting = iter(jobs)
        sent = {_send(pool, job): job for job in itertools.islice(waiting, 2 * pool.size)}
        while sent:
            ended, _ = wait(sent, LOOK_UP_S, FIRST_COMPLETED)
            if not self.context.progress.wanted():
                raise Unwanted
            for future in ended:
                yield sent.pop(future), future.result()
                sent |= {_send(pool, job): job for job in itertools.islice(waiting, 1)}

    def pool(self, executor: str = "local") -> Pool:
        """Those who do the jobs, called up at the first one."""
        from . import pools  # not needed where everything is in the cache

        if executor not in self._pools:
            called = pools.dask(self.context.scheduler) if executor == "dask" else pools.local(self.context.workers)
            self._pools[executor] = called
        return self._pools[executor]

    def _why(self, stage: str, missing: Sequence[Any]) -> str:
        """Why a stage runs: asked to, made with something else, fed with new results, or all of it is new."""
        if stage in self.context.force:
            return "forced"
        now, then = self._parts(stage), self._made_with.get(stage, {})
        changed = [_change(name, then[name], now[name]) for name in now if name in then and then[name] != now[name]]
        if changed:
            return f"{_few(changed)} changed"
        if then and (new := [name for name in now if name not in then]):
            return f"{_few(new)} is new" if len(new) == 1 else f"{_few(new)} are new"
        fed = [other for other in STAGES[stage].fed_by if self.report.ran.get(other, (0,))[0]]
        if fed:
            return f"after {_few(fed)}"
        asked = {item for item in missing if isinstance(item, RunSpec)}
        lacking = dict.fromkeys(f"experiment {name}" for (name, _), run in self.runs.items() if run.spec in asked)
        return "not in the cache" + (f": {_few(list(lacking))}" if lacking else "")

    def _parts(self, stage: str) -> dict[str, str]:
        """What a stage is made with, by name."""
        from ..measures.columns import COMPARISONS, MEASUREMENTS

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
        return STAGES[stage].source.parts | own

    # Where products are

    def files(self, kind: str, ending: str, keys: Mapping[Item, str]) -> Shelf[Item, Path]:
        """Products that are files."""

        def find(item: Item) -> Path | None:
            path = self.store.path(kind, keys[item], ending)
            return path if path.exists() else None

        def keep(item: Item, data: bytes) -> Path:
            self.store.save(kind, keys[item], ending, data)
            return self.store.path(kind, keys[item], ending)

        return Shelf(find, keep)

    def plain(self, kind: str, keys: Mapping[Item, str]) -> Shelf[Item, Any]:
        """Products that are plain values."""

        def keep(item: Item, value: Any) -> Any:
            self.store.save_json(kind, keys[item], value)
            return value

        return Shelf(lambda item: self.store.load_json(kind, keys[item]), keep)

    def run_path(self, spec: RunSpec) -> Path:
        """The file of a trained run."""
        return self.store.path("runs", self.keys[spec], "npz")

    def data(self, specs: Sequence[RunSpec]) -> list[bytes]:
        """What trained runs gave."""
        return [self.run_path(spec).read_bytes() for spec in specs]

    def _measures(self) -> Shelf[RunSpec, dict[str, Any]]:
        """What is measured of each run: one file a run, which holds each measurement's values under its address."""
        addresses = _measurement_keys()

        def find(spec: RunSpec) -> dict[str, Any] | None:
            kept = self._measured(spec)
            if not addresses.keys() <= kept.keys():
                return None
            return {column: value for address in addresses for column, value in kept[address].items()}

        def keep(spec: RunSpec, measured: dict[str, dict[str, Any]]) -> dict[str, Any]:
            before = self._measured(spec)
            now = {address: measured.get(name, before.get(address)) for address, name in addresses.items()}
            self.store.save_json("measures", digest("measures", self.keys[spec]), now)
            return {column: value for of_one in now.values() for column, value in (of_one or {}).items()}

        return Shelf(find, keep)

    def _measured(self, spec: RunSpec) -> dict[str, Any]:
        kept: dict[str, Any] = self.store.load_json("measures", digest("measures", self.keys[spec])) or {}
        return kept

    def _unmeasured(self, spec: RunSpec) -> tuple[str, ...]:
        """The measurements that the cache lacks of a run; all where the stage is forced."""
        kept = {} if "measure" in self.context.force else self._measured(spec)
        return tuple(name for address, name in _measurement_keys().items() if address not in kept)


def law_key(law: str, k: int) -> str:
    """The address of a law's best arrangements of k points."""
    return digest("law", law, k, *stages.LAWS.digest)


def _measurement_keys() -> dict[str, str]:
    """The address of each measurement's values among those of a run -> its name."""
    from ..measures.columns import MEASUREMENTS

    made_with = STAGES["measure"].source.digest
    return {digest(name, each.source, *made_with): name for name, each in MEASUREMENTS.items()}


def _change(name: str, then: str, now: str) -> str:
    """A changed part; of a library with its versions."""
    return name if "/" in name or " " in name else f"{name} {then} → {now}"


def _few(names: Sequence[str]) -> str:
    """The first names of a list, and how many more there are."""
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def _send(pool: Pool, job: Job[Any]) -> Future[Any]:
    arguments = [argument() if callable(argument) else argument for argument in job.arguments]
    sent = tables.encoded({spec.kind for spec in job.of})
    return pool.executor.submit(*((tasks.with_tables, sent) if sent else ()), job.task, *arguments)


def _picked(measures: Mapping[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    return {column: measures[column] for column in columns}


def _later(function: Callable[[Asked], Any], asked: Asked) -> Callable[[], Any]:
    return lambda: function(asked)


def _optimum(spec: RunSpec, laws: dict[int, dict[str, Any]]) -> list[list[float]] | None:
    """Where the law that a run's head starts from wants its classes, when it is solved; seconds to find again."""
    law = laws.get(spec.classes, {}).get(spec.head_start)
    return law["optima"][0]["points"] if law else None


def _told(laws: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """The laws as packing.predictions tells them: law -> title and, by class count, what it predicts."""
    return {
        law: {
            "title": next(of_k[law]["title"] for of_k in laws.values()),
            "optima": {str(k): of_k[law]["told"] for k, of_k in laws.items()},
        }
        for law in (LAWS if laws else ())
    }


def table(runs: list[dict[str, Any]]) -> str:
    """Runs as CSV: a row a run; lists, and measures that are not plain numbers or words, as JSON."""
    rows = [{"id": run["id"], **run["spec"], **run["measures"]} for run in runs]
    columns = list(dict.fromkeys(itertools.chain.from_iterable(rows)))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, (list, tuple, dict, bool)) else value

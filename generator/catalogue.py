"""What the runs of a plan gave: taken from the cache, or trained, measured and drawn now.

    keys of all runs -> train what is missing -> measure what is missing -> draw and pack what is missing -> catalogue

`runs` reads it again: a build in which no experiment changed imports nothing of this.
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
from typing import TYPE_CHECKING, Any, TypeVar

from generator import experiments, figures, work
from generator.errors import PeekError
from generator.experiments import LAWS, Plan, Planned, RunSpec
from generator.memo import digest
from generator.runs import DRAWING, SANS, TRAINING, Catalogue, Means, Report, card_key
from generator.store import Store, all_code, code, sha256, versions

if TYPE_CHECKING:
    from concurrent.futures import Future

    from generator.executors import Crew

Asked = TypeVar("Asked")

ROOM, ROOM_OF = "square", "tanh"  # the room that the laws are solved for, and the activation that keeps to it
CLASSES_AT_MOST = 7  # a law of eight points takes minutes to solve
MEASURED_AT_ONCE = 10
BATCHES_EACH = 2  # that a worker trains at least, where there are so many runs: the last ones end near together
JUDGED_AT_ONCE = 50


@dataclass(frozen=True)
class Source:
    """What a product is made with: modules and fonts of ours, below generator/ and without .py, and libraries."""

    modules: tuple[str, ...]
    libraries: tuple[str, ...]

    @property
    def digest(self) -> list[Any]:
        """What a product's address says of it."""
        return [code(*self.modules), versions(*self.libraries)]

    @property
    def parts(self) -> dict[str, str]:
        """Each part's digest or version, by the name that an author knows it by."""
        ours = {f"generator/{name}" + ".py" * ("." not in name): code(name) for name in self.modules}
        return ours | versions(*self.libraries)


LAW = Source(("packing",), ("numpy", "scipy"))
PICTURE = Source(("figures/__init__", "rounding", "draw", "gif", "style", "network", "measure", SANS), DRAWING)
SOURCES = {
    "solve": LAW,
    "train": Source(("train", "network", "datasets", "experiments"), TRAINING),
    "measure": Source(("measure", "network", "packing"), ("numpy", "scipy", "scikit-learn")),
    "judge": LAW,
    "sort": Source(("kinds", "packing"), LAW.libraries),
    "draw": PICTURE,
    "pack": Source(("export", "network"), ("numpy",)),
    "gather": Source(("work",), ("numpy",)),
}
FED_BY = {  # stages whose new results make a stage run again
    "measure": ("train",),
    "judge": ("solve", "train", "measure"),
    "sort": ("train", "measure"),
    "draw": ("train", "measure"),
    "pack": ("train",),
    "gather": ("train", "measure"),
}
NAMED_AT_MOST = 3


class DivergedRunError(PeekError):
    """A run's loss turned non-finite."""


def make(plan: Plan, key: str, means: Means) -> tuple[Catalogue, Report]:
    """The catalogue of a plan, doing what is missing.

    raises  DivergedRunError: names the run; what other runs gave by then is kept
    """
    planned = [(experiment.name, run) for experiment in plan.experiments for run in experiment.runs]
    maker = _Maker(means, {run.spec: run_key(run.spec) for _, run in planned})
    with maker:
        laws = maker.solve()
        maker.train(planned, laws)
        measures = maker.measure()
        measures = maker.judge(measures, laws)
        drawn = maker.draw([(name, run) for name, run in planned if run.folder], measures)
        measures = maker.sort(measures)  # after the pictures, which other seeds must not change
        packed = maker.pack([(name, run) for name, run in planned if run.shipped])
        gathered = maker.gather_centres(planned, measures)
        maker.remember()
    runs, files = _assemble(plan, maker, measures, drawn, packed)
    about = {experiment.name: experiment.about for experiment in plan.experiments}
    tables = {name: table([run for run in runs if run["experiment"] == name]) for name in about}
    files |= {f"data/{name}.centres.npz": file for name, file in gathered.items()}
    files |= {f"data/{name}.csv": _kept_table(means.store, text) for name, text in tables.items()}
    files = dict(sorted(files.items()))
    contents = {"runs": runs, "laws": {ROOM: _told(laws)}}
    address = hashlib.sha256(json.dumps(contents).encode()).hexdigest()[:32]
    catalogue = Catalogue(
        contents=address,
        profile=plan.profile,
        about=about,
        columns=list(dict.fromkeys(name for text in tables.values() for name in text.partition("\n")[0].split(","))),
        files={path: file.relative_to(means.store.root).as_posix() for path, file in files.items()},
        sums={path: sha256(file) for path, file in files.items()},
        sizes={path: file.stat().st_size for path, file in files.items()},
        _store=means.store,
    )
    means.store.save_json("contents", address, contents)
    light = {item.name: getattr(catalogue, item.name) for item in dataclasses.fields(catalogue) if item.compare}
    means.store.save_json("catalogues", key, light)
    return catalogue, maker.report


def _kept_table(kept: Store, text: str) -> Path:
    """A table's file in the cache."""
    key = digest("table", text)
    kept.save("tables", key, "csv", text.encode())
    return kept.path("tables", key, "csv")


def run_key(spec: RunSpec) -> str:
    """The address of a run: its spec, the code that trains, the libraries; a law's, where its head starts from one."""
    law = [] if spec.head_start == "drawn" else LAW.digest
    return digest("run", dataclasses.asdict(spec), *SOURCES["train"].digest, *law)


def measure_key(run: str) -> str:
    """The address of a run's measures."""
    return digest("measures", run, *SOURCES["measure"].digest)


def picture_key(run: str, measures: str, figure: figures.Figure) -> str:
    """The address of a figure of a run, in both themes."""
    return digest("picture", run, measures, figure.name, *_source_of(figure).digest)


def _source_of(figure: figures.Figure) -> Source:
    module = figure.draw.__module__.removeprefix("generator.").replace(".", "/")
    return replace(PICTURE, modules=(*PICTURE.modules, module))


def pack_key(run_id: str, run: str) -> str:
    """The address of a run's script for the page."""
    return digest("script", run_id, run, *SOURCES["pack"].digest)


def draw_card(run: Mapping[str, Any], title: str, subtitle: str, means: Means) -> None:
    """Draw an article's social card into the cache. run: as runs.on_card gives it."""
    key, spec = card_key(run, title, subtitle), experiments.unflat(run["spec"])
    data = means.store.path("runs", run["key"], "npz").read_bytes()
    with _Maker(means, {}) as maker:
        for _, card in maker.stage("card", "picture", 1, [(key, 1, work.card, title, subtitle, spec, data)]):
            means.store.save("cards", key, "png", card)


def law_key(law: str, k: int) -> str:
    """The address of a law's best arrangements of k points."""
    return digest("law", law, k, ROOM, *LAW.digest)


def judgement_key(measures: str, k: int) -> str:
    """The address of how near a run's arrangement is to the laws'."""
    return digest("judgement", measures, [law_key(law, k) for law in LAWS])


def kinds_key(recipe: list[str]) -> str:
    """The address of the kinds among runs of one recipe, by the addresses of their measures."""
    return digest("kinds", recipe, ROOM, *SOURCES["sort"].digest)


class _Maker:
    """One making of a catalogue: its pool of processes and what it has done."""

    def __init__(self, means: Means, keys: dict[RunSpec, str]) -> None:
        self.means = means
        self.store = means.store
        self.keys = keys
        self.report = Report()
        self._made_with: dict[str, dict[str, str]] = means.store.load_json("stages", "last") or {}
        self._crews: dict[str, Crew] = {}

    def __enter__(self) -> _Maker:
        return self

    def __exit__(self, *_: object) -> None:
        self.means.progress.close()
        for crew in self._crews.values():
            crew.dismiss()

    def crew(self, executor: str = "local") -> Crew:
        """Those who do the jobs, called up at the first one."""
        from generator import executors  # not needed where everything is in the cache

        if executor not in self._crews:
            called = executors.dask(self.means.scheduler) if executor == "dask" else executors.local(self.means.workers)
            self._crews[executor] = called
        return self._crews[executor]

    def run_path(self, spec: RunSpec) -> Path:
        return self.store.path("runs", self.keys[spec], "npz")

    def run_data(self, spec: RunSpec) -> bytes:
        return self.run_path(spec).read_bytes()

    def runs_data(self, specs: list[RunSpec]) -> list[bytes]:
        return [self.run_data(spec) for spec in specs]

    def stage(
        self,
        name: str,
        unit: str,
        total: int,
        jobs: list[tuple[Any, ...]],
        executor: str = "local",
        missing: Sequence[str] = (),
    ) -> Iterator[Any]:
        """Run jobs (item, steps, function, *arguments) and give (item, result) as they end.

        missing  names of what the cache lacks, for the reason

        The arguments of a job may be callables without arguments, called when the job is sent, so that only the data
        of jobs under way is in memory.
        """
        self.report.ran[name] = (sum(job[1] for job in jobs), total, self.why(name, missing) if jobs else "")
        if not jobs:
            return
        self.means.progress.start(name, sum(job[1] for job in jobs), unit)
        from concurrent.futures import FIRST_COMPLETED, wait

        crew = self.crew(executor)
        waiting, sent = iter(jobs), {}
        for job in itertools.islice(waiting, 2 * crew.size):
            sent[_send(crew, job)] = job
        while sent:
            ended, _ = wait(sent, return_when=FIRST_COMPLETED)
            for future in ended:
                item, steps, *_ = sent.pop(future)
                yield item, future.result()
                self.means.progress.advance(steps)
                for job in itertools.islice(waiting, 1):
                    sent[_send(crew, job)] = job
        self.means.progress.close()

    def why(self, stage: str, missing: Sequence[str]) -> str:
        """Why a stage runs: it was asked to, what it is made with changed, what it starts from is new, or all of it is.

        missing  as for `stage`
        """
        if stage in self.means.force:
            return "forced"
        now, then = _parts(stage), self._made_with.get(stage, {})
        changed = [_change(name, then[name], now[name]) for name in now if name in then and then[name] != now[name]]
        if changed:
            return f"{_few(changed)} changed"
        fed = [other for other in FED_BY.get(stage, ()) if self.report.ran.get(other, (0,))[0]]
        if fed:
            return f"after {_few(fed)}"
        return "not in the cache" + (f": {_few(missing)}" if missing else "")

    def remember(self) -> None:
        """Keep what the stages were made with, for the reasons of the next time."""
        self.store.save_json("stages", "last", {stage: _parts(stage) for stage in SOURCES})

    def train(self, planned: list[tuple[str, Planned]], laws: dict[int, dict[str, Any]]) -> None:
        """Train the runs that the cache lacks; several at once where they differ in seed alone."""
        forced = "train" in self.means.force
        missing = [spec for spec in self.keys if forced or not self.run_path(spec).exists()]
        known = {spec: f"experiment {name}, run {run.id}" for name, run in planned for spec in [run.spec]}
        asked = set(missing)
        lacking = [f"experiment {name}" for name in dict.fromkeys(name for name, run in planned if run.spec in asked)]
        executor = self.means.executor
        jobs = self._training(missing, laws) if missing else []
        try:
            for specs, outcome in self.stage("train", "networks", len(self.keys), jobs, executor, lacking):
                for spec, (data, measures) in zip(specs, outcome, strict=True):
                    self.store.save("runs", self.keys[spec], "npz", data)
                    if measures is not None:
                        self.store.save_json("measures", measure_key(self.keys[spec]), measures)
        except Exception as error:
            if type(error).__name__ != "DivergedError":  # its module imports torch, which this process does without
                raise
            spec, epoch = error.args
            raise DivergedRunError(
                f"{known[spec]}: the loss is not finite at epoch {epoch}; expected a smaller learning_rate"
                f" than {spec.learning_rate:g}, or data of a smaller scale"
            ) from None

    def _training(self, missing: list[RunSpec], laws: dict[int, dict[str, Any]]) -> list[tuple[Any, ...]]:
        """Jobs that train runs, where the build's options want them trained."""
        crew, device = self.crew(self.means.executor), "cpu"
        if self.means.device != "cpu":
            device = crew.executor.submit(work.device, self.means.device).result()
        made_by = "" if self.means.executor == "local" else all_code()
        return [
            (specs, len(specs), work.train, specs, device, made_by, _optimum(specs[0], laws))
            for specs in batches(missing, crew.size, device)
        ]

    def measure(self) -> dict[RunSpec, dict[str, Any]]:
        """The measures of all runs."""
        forced = "measure" in self.means.force
        found = {
            spec: None if forced else self.store.load_json("measures", measure_key(key))
            for spec, key in self.keys.items()
        }
        missing = [spec for spec, kept in found.items() if kept is None]
        jobs = [
            (specs, len(specs), work.measure, specs, _later(self.runs_data, specs))
            for specs in (missing[at : at + MEASURED_AT_ONCE] for at in range(0, len(missing), MEASURED_AT_ONCE))
        ]
        for specs, outcome in self.stage("measure", "networks", len(found), jobs):
            for spec, measures in zip(specs, outcome, strict=True):
                found[spec] = measures
                self.store.save_json("measures", measure_key(self.keys[spec]), measures)
        return {spec: measures for spec, measures in found.items() if measures is not None}

    def judged(self) -> dict[RunSpec, str]:
        """The runs whose arrangement the laws speak of: (spec, address of its judgement)."""
        return {
            spec: judgement_key(measure_key(key), spec.classes)
            for spec, key in self.keys.items()
            if spec.activation == ROOM_OF and spec.hidden[-1] == 2 and spec.classes <= CLASSES_AT_MOST
        }

    def solve(self) -> dict[int, dict[str, Any]]:
        """What the laws predict: class count -> law -> as packing.solve gives it."""
        counts = sorted({spec.classes for spec in self.judged()})
        found: dict[int, dict[str, Any]] = {k: {} for k in counts}
        jobs: list[tuple[Any, ...]] = []
        for k, law in itertools.product(reversed(counts), LAWS):  # the long jobs first
            if (kept := self.store.load_json("laws", law_key(law, k))) is None:
                jobs.append(((k, law), 1, work.solve, law, k, ROOM))
            else:
                found[k][law] = kept
        total = len(counts) * len(LAWS)
        for (k, law), best in self.stage("solve", "arrangements", total, jobs):
            found[k][law] = best
            self.store.save_json("laws", law_key(law, k), best)
        return {k: {law: of_k[law] for law in LAWS} for k, of_k in found.items()}

    def judge(
        self, measures: dict[RunSpec, dict[str, Any]], laws: dict[int, dict[str, Any]]
    ) -> dict[RunSpec, dict[str, Any]]:
        """The measures with how near each arrangement is to what the laws predict."""
        keys = self.judged()
        found = {spec: self.store.load_json("judgements", key) for spec, key in keys.items()}
        optima = {k: {law: said["optima"] for law, said in of_k.items()} for k, of_k in laws.items()}
        missing: dict[int, list[RunSpec]] = {}
        for spec in (spec for spec, kept in found.items() if kept is None):
            missing.setdefault(spec.classes, []).append(spec)
        jobs = [
            (specs, len(specs), work.judge, [measures[spec]["centres"] for spec in specs], optima[k], ROOM)
            for k, of_k in missing.items()
            for specs in (of_k[start : start + JUDGED_AT_ONCE] for start in range(0, len(of_k), JUDGED_AT_ONCE))
        ]
        for specs, judgements in self.stage("judge", "networks", len(keys), jobs):
            for spec, judgement in zip(specs, judgements, strict=True):
                found[spec] = judgement
                self.store.save_json("judgements", keys[spec], judgement)
        return {spec: {**of_run, **(found.get(spec) or {})} for spec, of_run in measures.items()}

    def sort(self, measures: dict[RunSpec, dict[str, Any]]) -> dict[RunSpec, dict[str, Any]]:
        """The measures with the kinds of arrangements among runs of one recipe, whatever experiment they are in."""
        recipes: dict[RunSpec, list[RunSpec]] = {}
        for spec in self.judged():
            recipes.setdefault(replace(spec, seed=0, checkpoints=2), []).append(spec)
        keys = [kinds_key([measure_key(self.keys[spec]) for spec in specs]) for specs in recipes.values()]
        found = dict(zip(keys, (self.store.load_json("kinds", key) for key in keys), strict=True))
        jobs = [
            (key, len(specs), work.sort, [measures[spec]["centres"] for spec in specs], ROOM)
            for key, specs in zip(keys, recipes.values(), strict=True)
            if found[key] is None
        ]
        jobs.sort(key=lambda job: -job[1])  # the long ones first
        total = sum(map(len, recipes.values()))
        for key, kinds in self.stage("sort", "networks", total, jobs):
            found[key] = kinds
            self.store.save_json("kinds", key, kinds)
        sorted_: dict[RunSpec, dict[str, Any]] = {}
        for key, specs in zip(keys, recipes.values(), strict=True):
            sorted_ |= zip(specs, found[key] or (), strict=True)
        return {spec: {**of_run, **sorted_.get(spec, {})} for spec, of_run in measures.items()}

    def draw(
        self, planned: list[tuple[str, Planned]], measures: Mapping[RunSpec, dict[str, Any]]
    ) -> dict[tuple[RunSpec, str], dict[str, Path]]:
        """The pictures of drawn runs: (spec, figure name) -> ending -> file."""
        forced = "draw" in self.means.force
        drawn: dict[tuple[RunSpec, str], dict[str, Path]] = {}
        missing: dict[RunSpec, dict[str, str]] = {}
        for (_, run), figure in itertools.product(planned, figures.load().values()):
            spec = run.spec
            if not figure.suits(spec):
                continue
            key = picture_key(self.keys[spec], digest(measures[spec]), figure)
            endings = self.store.load_json("pictures", key)
            drawn[spec, figure.name] = {e: self.store.path("pictures", key, e) for e in endings or ()}
            if forced or endings is None or not all(path.exists() for path in drawn[spec, figure.name].values()):
                missing.setdefault(spec, {})[figure.name] = key
        jobs: list[tuple[Any, ...]] = [
            ((spec, keys), len(keys), work.draw, list(keys), spec, _later(self.run_data, spec), measures[spec])
            for spec, keys in missing.items()
        ]
        for (spec, keys), pictures in self.stage("draw", "pictures", len(drawn), jobs):
            for name, encoded in pictures.items():
                for ending, data in encoded.items():
                    self.store.save("pictures", keys[name], ending, data)
                self.store.save_json("pictures", keys[name], sorted(encoded))
                drawn[spec, name] = {e: self.store.path("pictures", keys[name], e) for e in sorted(encoded)}
        return drawn

    def pack(self, planned: list[tuple[str, Planned]]) -> dict[tuple[str, str], Path]:
        """The scripts of runs that travel with the page: (experiment, run id) -> file."""
        packed = {}
        jobs: list[tuple[Any, ...]] = []
        for name, run in planned:
            key = pack_key(f"{name}/{run.id}", self.keys[run.spec])
            packed[name, run.id] = self.store.path("scripts", key, "js")
            if not packed[name, run.id].exists():
                data = _later(self.run_data, run.spec)
                jobs.append((key, 1, work.export, f"{name}/{run.id}", run.spec, data))
        for key, script in self.stage("pack", "networks", len(packed), jobs):
            self.store.save("scripts", key, "js", script)
        return packed

    def gather_centres(
        self, planned: list[tuple[str, Planned]], measures: Mapping[RunSpec, dict[str, Any]]
    ) -> dict[str, Path]:
        """The centres of all runs of each experiment, in one file."""
        found: dict[str, dict[str, Any]] = {}
        for name, run in planned:
            found.setdefault(name, {})[run.id] = measures[run.spec]["centres"]
        files, jobs = {}, list[tuple[Any, ...]]()
        for name, centres in found.items():
            key = digest("centres", centres, *SOURCES["gather"].digest)
            files[name] = self.store.path("centres", key, "npz")
            if not files[name].exists():
                jobs.append((key, 1, work.pack_centres, centres))
        for key, data in self.stage("gather", "experiments", len(files), jobs):
            self.store.save("centres", key, "npz", data)
        return files


def _parts(stage: str) -> dict[str, str]:
    """What a stage is made with, by name; pictures with the modules of all figures."""
    if stage != "draw":
        return SOURCES[stage].parts if stage in SOURCES else {}
    sources = map(_source_of, figures.load().values())
    return {name: part for source in sources for name, part in source.parts.items()}


def _change(name: str, then: str, now: str) -> str:
    """A changed part; of a library with its versions."""
    return name if name.startswith("generator/") else f"{name} {then} → {now}"


def _few(names: Sequence[str]) -> str:
    """The first names of a list, and how many more there are."""
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def _send(crew: Crew, job: tuple[Any, ...]) -> Future[Any]:
    _, _, function, *arguments = job
    return crew.executor.submit(function, *(a() if callable(a) else a for a in arguments))


def _later(function: Callable[[Asked], Any], asked: Asked) -> Callable[[], Any]:
    return lambda: function(asked)


def _optimum(spec: RunSpec, laws: dict[int, dict[str, Any]]) -> list[list[float]] | None:
    """Where the law that a run's head starts from wants its classes, when it is solved; seconds to find again."""
    law = laws.get(spec.classes, {}).get(spec.head_start)
    return law["optima"][0]["points"] if law else None


def batches(specs: Iterable[RunSpec], workers: int, device: str = "cpu") -> list[list[RunSpec]]:
    """Runs that differ in seed alone in batches, the costliest first, none so large that workers wait for its end."""
    alike: dict[RunSpec, list[RunSpec]] = {}
    for spec in specs:
        alike.setdefault(replace(spec, seed=0), []).append(spec)
    total = sum(len(group) * experiments.cost(spec) for spec, group in alike.items())
    most = total // (workers * BATCHES_EACH) if workers > 1 else total
    found = []
    for spec, group in alike.items():
        size = experiments.batch_size(spec, device)
        if device == "cpu":
            size = max(1, min(size, most // experiments.cost(spec)))
        count = -(-len(group) // size)
        found += [group[len(group) * part // count : len(group) * (part + 1) // count] for part in range(count)]
    return sorted(found, key=lambda batch: -len(batch) * experiments.cost(batch[0]))


def _assemble(
    plan: Plan,
    maker: _Maker,
    measures: Mapping[RunSpec, dict[str, Any]],
    drawn: Mapping[tuple[RunSpec, str], dict[str, Path]],
    packed: Mapping[tuple[str, str], Path],
) -> tuple[list[dict[str, Any]], dict[str, Path]]:
    """What runs gave, all of which are there, and their files by their paths in the site."""
    files: dict[str, Path] = {}
    runs = []
    for experiment in plan.experiments:
        for run in experiment.runs:
            entry: dict[str, Any] = {
                "id": run.id,
                "experiment": experiment.name,
                "key": maker.keys[run.spec],
                "label": run.spec.label,
                "spec": experiments.flat(run.spec),
                "measures": measures[run.spec],
                "pictures": {},
                "files": {},
            }
            if run.folder:
                for name, figure in figures.load().items():
                    if not figure.suits(run.spec):
                        continue
                    path = f"plots/{run.folder}/{run.spec.label}.{figure.stem}"
                    endings = drawn[run.spec, name]
                    files |= {f"{path}.{ending}": file for ending, file in endings.items()}
                    entry["pictures"][name] = {
                        "path": path,
                        "formats": [e for e in ("gif", "webp", "png") if e in endings],
                        "width": figure.width_px,
                        "height": figure.height_px,
                        "alt": figure.alt(run.spec, measures[run.spec]),
                        "title": figure.title,
                    }
            if run.shipped:
                entry["files"]["js"] = f"data/{experiment.name}/{run.id}.js"
                files[entry["files"]["js"]] = packed[experiment.name, run.id]
            if run.shipped or run.folder:
                entry["files"]["npz"] = f"data/{experiment.name}/{run.id}.npz"
                files[entry["files"]["npz"]] = maker.run_path(run.spec)
            runs.append(entry)
    return runs, files


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

"""Networks trained apart, by a cluster's array, in CI or on a friend's laptop, and brought together without a server.

peek plan --shards 64 -> peek train --shard 7/64, each with a cache of its own -> peek cache add DIR -> peek build

Each part follows from the plan and its number alone, so nobody hands out work. What is finished is in the part's cache
at once: one that was ended goes on where it was.
"""

from __future__ import annotations

import json
import re
import shlex
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from . import build
from .base.errors import PeekError
from .base.progress import Progress
from .base.store import DamagedEntry, Entry, Store
from .networks import machine
from .networks.spec import RunSpec
from .options import Options
from .runs.batches import batches, cost, shares
from .runs.pipeline import Pipeline, run_keys
from .runs.stages import STAGES

NAMING = ("content", "templates", "lab", "profile")  # what tells one plan from another, but for its parts
MEASURES = "measures"
KINDS = ("origins", "laws", "models", "runs", MEASURES, "comparisons", "pictures", "scripts", "trials")
NAME = re.compile(r"[0-9a-f]{32}(\.\w+)+")
TRIED_RECIPES, TRIED_AT_MOST = 6, 8  # networks of each
TRIED_EPOCHS = 3_000  # of each that is tried
TRIED_COST = 8_000_000_000  # at most, as batches.cost has it
MB = 1e6


def plan(options: Options, progress: Progress) -> Iterator[str]:
    """What there is to train, in lines, and what it takes in parts.

    Some networks of some recipes are trained for it, the first epochs of each where there are many, and not kept: the
    cache stays as it is, and the next plan says the same.

    raises  PeekError: what the author can mend
    """
    with pipeline(options, progress) as runs:
        known = dict(runs.keys)
        kept = runs.files("runs", "npz", known)
        missing = {spec for spec in known if kept.find(spec) is None}
        yield f"networks: {len(known):,}, to train: {len(missing):,}"
        yield from own_code(runs)
    if not missing:
        return
    found = batches(missing, options.workers)
    tried = [batch[:TRIED_AT_MOST] for batch in found[:: -(-len(found) // TRIED_RECIPES)]]
    trials = [[first_epochs(spec) for spec in batch] for batch in tried]
    with TemporaryDirectory() as folder:
        alone = replace(options, cache=Path(folder), workers=1, executor="local")
        with Pipeline(build.context_of(alone, Progress(quiet=True)), runs.plan) as apart:
            seconds = cost_model(apart, trials)
            data = apart.data(list(chain(*trials)))
            rows = [path.stat().st_size for path in apart.store.root.glob(f"entries/{MEASURES}/*/*")]
    beside = sum(map(len, data)) - sum(array_bytes(trial) for trial in chain(*trials))
    held = sum(map(array_bytes, missing)) + (beside / len(data) + sum(rows) / max(1, len(rows))) * len(missing)
    yield f"about {span(sum(map(seconds, missing)))} of one core as here, {machine.processor()}"
    yield f"about {held / MB:,.0f} MB in the cache, of networks and what is measured of each"
    if options.shards > 1:
        parts = [part for whole in shares(known, options.shards) if (part := missing.intersection(whole))]
        sizes, times = sorted(map(len, parts)), sorted(sum(map(seconds, part)) for part in parts)
        yield (
            f"parts that have networks to train: {len(parts):,}, of {sizes[0]:,} to {sizes[-1]:,}, for"
            f" {span(times[0])} to {span(times[-1])} of one core"
        )
        each = " ".join(["peek train", *named(options, *NAMING, "only"), f"--shard 1/{options.shards} --cache DIR"])
        here = " ".join(["peek build", *named(options, *NAMING)])
        yield f"each: {each}; here: peek cache add DIR for each, {here}"


def named(options: Options, *names: str) -> Iterator[str]:
    """Words that ask another command for the same, of options that are not as they are without a word."""
    for name in names:
        if (value := getattr(options, name)) != getattr(Options, name):
            for each in value if isinstance(value, tuple) else (value,):
                yield f"--{name}" + ("" if each is True else f" {shlex.quote(str(each))}")


def cost_model(runs: Pipeline, trials: list[list[RunSpec]]) -> Callable[[RunSpec], float]:
    """What a network takes of a core, in seconds: so much each and so much a multiplication, as fits what trials take.

    runs    with one worker, whose processor's time is read: what else the machine does meanwhile counts little
    trials  networks that are trained together, the costliest first
    """
    from scipy.optimize import nnls  # slow to import

    last = trials[-1][0]
    warming = replace(last, seed=1 + max(spec.seed for spec in trials[-1]), epochs=max(last.checkpoints, 1))
    tried = run_keys(list(chain(*trials)))
    runs.keys = tried
    runs.solve_for_heads()
    clock = []
    for trial in [[warming], *trials]:  # neither what a worker does once nor a law is training
        runs.keys = run_keys(trial)
        train_all(runs)
        clock.append(runs.pool().executor.submit(time.process_time).result())
    took = np.diff(clock)
    asked = np.array([(len(trial), sum(map(cost, trial))) for trial in trials])
    (each, by_cost), _ = nnls(asked / took[:, None], np.ones(len(trials)))  # a trial's error is a share of it
    runs.keys = tried
    return lambda spec: float(each + by_cost * cost(spec))


def array_bytes(spec: RunSpec) -> int:
    """About what a network's arrays take, see networks.run.Run: its points, its checkpoints, its history."""
    points, checkpoint = 4 * spec.inputs + 8, 4 * spec.weight_count + 8
    return spec.point_count * points + (spec.checkpoints + 1) * checkpoint + 8 * (spec.epochs + 1)


def first_epochs(spec: RunSpec) -> RunSpec:
    """A run's first epochs: so many that they tell what one takes, and no fewer than its checkpoints."""
    wanted = min(TRIED_EPOCHS, TRIED_COST * spec.epochs // cost(spec))
    return replace(spec, epochs=min(spec.epochs, max(wanted, spec.checkpoints, 1)))


def train(options: Options, progress: Progress) -> Iterator[str]:
    """Train and measure the networks of one part into the cache; told in a line.

    raises  PeekError: what the author can mend
    """
    with pipeline(options, progress) as runs:
        runs.store.refuse_place()
        part = shares(runs.keys, options.shard.count)[options.shard.number - 1]
        runs.keys = {spec: runs.keys[spec] for spec in part}
        count = train_all(runs)
        if not count:  # else the cache says already where they were trained
            runs.sign(runs.machine())
        yield from own_code(runs)
    yield f"part {options.shard}, networks: {len(part):,}, trained now: {count:,}; they are in {options.cache}"


def pipeline(options: Options, progress: Progress) -> Pipeline:
    """The runs of the plan that options name."""
    return Pipeline(
        build.context_of(options, progress), replace(build.planned(options, options.only, progress), models={})
    )


def own_code(runs: Pipeline) -> Iterator[str]:
    """That experiments in the author's own code are no networks, where there are any."""
    if count := sum(len(trials.rows) for trials in runs.plan.trials):
        yield f"runs of own code: {count:,}, which peek build performs where it runs, and no part does"


def train_all(runs: Pipeline) -> int:
    """Train and measure. Returns how many networks the cache had not."""
    runs.train(runs.solve_for_heads())
    runs.measure()
    return runs.report.ran["train"][0]


def add(options: Options, progress: Progress) -> Iterator[str]:
    """Add what other caches hold to the cache; told in a line.

    Each entry is compared with its checksum; what is there already stays.

    raises  PeekError: of those that are no cache, or of which all was trained with other code or other libraries, once
            the others are added
    """
    store = Store(options.cache, progress.warn)
    total, wrong = Counter[str](), list[str]()
    for place in options.others:
        other = Store(place, progress.warn)
        try:
            _look_at_origins(other, progress)
        except PeekError as error:
            wrong.append(f"{place}: {error}")
            continue
        found = _taken(store, other)
        if unlike := found["unlike"]:
            progress.warn(f"{place}: {unlike:,} entries are here already and differ; those that are here stay")
        total += found
    if len(wrong) < len(options.others):
        added, others, there = total["networks"], total["others"], total["there"]
        yield f"added networks: {added:,}, other results: {others:,}; here already: {there:,}"
    if wrong:
        raise PeekError("\n".join(wrong))


def _look_at_origins(other: Store, progress: Progress) -> None:
    """Where the networks of a cache were trained; another class of machine is told.

    raises  PeekError: it has none, or all with other code or other libraries
    """
    try:
        origins = [json.loads(data) for _, data in entries(other, "origins")]
        machines = {tuple(origin["machine"].items()): origin["machine"] for origin in origins if origin["machine"]}
        differing = [changes(origin["made_with"], STAGES["train"].source.parts) for origin in origins]
    except (ValueError, KeyError, TypeError, AttributeError):  # another version's, or nobody's
        origins = []
    if not origins:
        raise PeekError("no networks in it; expected a folder that peek train --cache filled")
    if all(differing):
        raise PeekError(
            f"trained with another {', '.join(differing[0])}; expected the same code and libraries as"
            " here, so that its networks are this plan's"
        )
    at_home = machine.told()
    for away in machines.values():
        told = [f"{name} {away.get(name, 'none')}, here {at_home.get(name, 'none')}" for name in changes(away, at_home)]
        if told:
            what = "from another class of machine, so last digits may differ"
            progress.warn(f"{other.root}: {what}: {'; '.join(told)}")


def _taken(store: Store, other: Store) -> Counter[str]:
    """Add a cache's entries to another; how many: networks and others that were not there, there already, unlike."""
    found = Counter[str]()
    for kind in KINDS:
        for name, theirs in entries(other, kind):
            key, _, ending = name.partition(".")
            ours = store.load(kind, key, ending)
            if ours is not None and kind == MEASURES:  # of one run; each measurement has an address of its own in it
                here = json.loads(ours)
                more = json.loads(theirs) | here
                theirs = ours if more.keys() == here.keys() else json.dumps(more, separators=(",", ":")).encode()
            if ours is None or (kind == MEASURES and theirs != ours):
                store.save(kind, key, ending, theirs)
                found["networks" if kind == "runs" else "others"] += 1
            else:
                found["there" if ours == theirs else "unlike"] += 1
    return found


def entries(store: Store, kind: str) -> Iterator[tuple[str, bytes]]:
    """The sound entries of a kind in a cache, by name; others are told and left out."""
    for path in sorted((store.root / "entries" / kind).glob("??/*"), key=Path.as_posix):
        try:
            if NAME.fullmatch(path.name):
                yield path.name, Entry(path).read_bytes()
        except DamagedEntry as error:
            store.tell(f"{error}; it is left out")


def changes(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names of what differs, or is only in one."""
    return [name for name in {**now, **then} if then.get(name) != now.get(name)]


def span(seconds: float) -> str:
    """A time in words, in the unit that suits it."""
    for unit, of_unit in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * of_unit:
            return f"{seconds / of_unit:,.0f} {unit}"
    return f"{seconds:,.1f} s"


COMMANDS = {"plan": plan, "train": train, "cache": add}

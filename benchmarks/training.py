"""Training: this project's engine against what one would write by hand, and against what promises to be fast."""

from __future__ import annotations

import dataclasses
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contest import Contestant, Unavailable, environment, ratio, rounds, shown, table
from generator.networks import datasets
from generator.networks.spec import RunSpec, layer_shapes
from generator.runs.batches import BATCHES_EACH, batch_size

TITLE = "Training"
PROCESSES = 2
ASK_S = 0.4  # a contestant is given so many steps that it takes about so long
OWN_LEAST = 100
ROUNDS = 3
MOST_STEPS = 3000
LOSS_RTOL = 2e-3  # all train the same networks from the same weights; float32 order of sums differs
RECIPE = RunSpec(classes=5, activation="tanh", seed=0)
WIDE = (120, 80, 40, 2)
LABELS = {
    "ours": "this project",
    "eager": "torch, one after another",
    "eager_fused": "the same, fused Adam",
    "vmap": "torch.func.vmap",
    "compile": "torch.compile",
    "jax": "JAX jit, vmap, scan",
    "equinox": "Equinox and Optax, the same",
    "keras": "Keras on JAX, one after another",
    "numba": "Numba, a fused loop by hand",
}
ELSEWHERE = {  # peers with an environment of their own, and what is installed there
    "jax": ["jax"],
    "equinox": ["equinox", "optax"],
    "keras": ["keras", "jax"],
    "numba": ["numba"],
}
OF_STEPS = ("jax", "equinox", "keras")  # which compile for a number of steps, and take as many threads as they find
IN_TURN = ("eager", "eager_fused", "keras")  # which train one network after another
Lane = tuple[str, int, RunSpec, int]  # contestant, threads, shape, networks


def measure(quick: bool) -> str:
    """The section's text."""
    with tempfile.TemporaryDirectory() as folder:
        ring = Ring(Path(folder))
        try:
            sections = [floors(), by_hand(ring, quick), peers(ring, quick), many(ring, 24 if quick else 1000)]
        finally:
            ring.close()
    return "\n".join(sections)


class Ring:
    """The contestants, and what they are asked to train."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contestants: dict[tuple[str, int], Contestant] = {}
        self.steps: dict[Lane, int] = {}
        self.compile_s: dict[Lane, float] = {}
        self.losses: dict[tuple[RunSpec, int], list[float]] = {}

    def close(self) -> None:
        for contestant in self.contestants.values():
            contestant.close()

    def contestant(self, name: str, threads: int) -> Contestant:
        if (name, threads) not in self.contestants:
            program = [sys.executable, "-m", "benchmarks.peers", name, str(threads)]
            if name in ELSEWHERE:
                program = [
                    str(environment(name, *ELSEWHERE[name]) / "python"),
                    "-m",
                    f"benchmarks.peer_{name}",
                    str(threads),
                ]
            settings = {"TORCHINDUCTOR_CACHE_DIR": str(self.folder / "inductor")}  # each torch.compile starts cold
            self.contestants[name, threads] = Contestant(program, threads, settings)
        return self.contestants[name, threads]

    def problem(self, spec: RunSpec, count: int) -> Path:
        """The file with points and initial weights of the networks of seeds 0 to count - 1."""
        path = self.folder / f"{abs(hash((spec, count)))}.npz"
        if not path.exists():
            from generator.networks.train import initial_weights

            specs = [replace(spec, seed=seed) for seed in range(count)]
            points = [datasets.points(s.kind, s.classes, s.points_per_class, s.seed) for s in specs]
            weights = np.stack([initial_weights(s) for s in specs])
            np.savez(path, x=np.stack([x for x, _ in points]), y=points[0][1], weights=weights)
        return path

    def ask(self, name: str, threads: int, spec: RunSpec, count: int, steps: int) -> dict[str, Any]:
        asked = replace(spec, epochs=steps)
        return self.contestant(name, threads).ask(
            path=str(self.problem(replace(spec, epochs=1), count)), spec=dataclasses.asdict(asked)
        )

    def prepare(self, lane: Lane) -> None:
        """Check that a contestant trains what the others do, and find how many steps to time."""
        if lane in self.steps:
            return
        _, _, spec, count = lane
        least = max(2, 20 // count)
        first = self.ask(*lane, least)
        self.compile_s[lane] = first["compile_s"]
        expected = self.losses.setdefault((spec, count), first["losses"])
        np.testing.assert_allclose(
            first["losses"], expected, rtol=LOSS_RTOL, err_msg=f"{lane[0]} trains something else"
        )
        again = self.ask(*lane, least)
        self.steps[lane] = int(np.clip(ASK_S * least / again["seconds"], least, MOST_STEPS))
        if lane[0] == "ours":  # what it sets up, data and buffers, is in its time, as a build's networks pay for it
            self.steps[lane] = max(self.steps[lane], OWN_LEAST)
        if lane[0] in OF_STEPS:
            self.ask(*lane, self.steps[lane])  # compiles for so many steps

    def time(self, lane: Lane) -> dict[str, float]:
        """Microseconds per step and network: by the clock, and of all processors together."""
        steps = self.steps[lane]
        answer = self.ask(*lane, steps)
        return {kind: 1e6 * answer[kind] / steps / lane[3] for kind in ("seconds", "cpu_s")}

    def race(self, lanes: list[Lane]) -> dict[Lane, dict[str, list[float]]]:
        """Some rounds of several lanes: what each took, round by round."""
        for lane in lanes:
            self.prepare(lane)
        found = rounds(ROUNDS, {lane: partial(self.time, lane) for lane in lanes})
        return {
            lane: {kind: [one[kind] for one in each] for kind in ("seconds", "cpu_s")} for lane, each in found.items()
        }


def grid(hidden: tuple[int, ...], classes: Iterable[int] = (2, 3, 4, 5, 6, 7)) -> list[RunSpec]:
    """The grid's configurations, or some of them."""
    return [
        replace(RECIPE, classes=k, activation=a, hidden=hidden, bias_start=1.0 if a == "relu" else None)
        for k in classes
        for a in ("tanh", "relu")
    ]


def shape_of(spec: RunSpec, classes: str = "k") -> str:
    return f"2→{'→'.join(map(str, spec.hidden))}→{classes}"


def by_hand(ring: Ring, quick: bool) -> str:
    """Configuration by configuration against eager torch, with the better of one and two threads."""
    text = [
        "### Against a loop in torch\n",
        "Microseconds per step and network. By hand: `torch.nn`, autograd, `torch.optim.Adam`, loss and accuracy kept"
        " at each step, one network after another, with one or two threads, whichever is faster here. Ours: two"
        " processes of one thread, each stepping as many networks together as the build does. *Per core* compares the"
        " processors' time of both, which other load on the machine changes less.\n",
    ]
    for hidden, classes in ((RECIPE.hidden, (2, 3, 4, 5, 6, 7)), (WIDE, (2, 5, 7))):
        rows, walls, cores = [], [], []
        for spec in grid(hidden, (5,) if quick else classes):
            ours = ("ours", PROCESSES, spec, PROCESSES * BATCHES_EACH * batch_size(spec))
            hand = [("eager", threads, spec, 1) for threads in (1, 2)]
            found = ring.race([ours, *hand])
            best = fastest(found, hand)
            wall = ratio(found[best]["seconds"], found[ours]["seconds"])
            core = ratio(found[best]["cpu_s"], found[ours]["cpu_s"])
            walls.append(statistics.median(wall))
            cores.append(statistics.median(core))
            distance = statistics.median(found[ours]["cpu_s"]) / floor_us(spec)["floor"]
            rows.append(
                [
                    f"k = {spec.classes}, {spec.label}",
                    shown(found[best]["seconds"]),
                    best[1],
                    shown(found[ours]["seconds"]),
                    shown(wall),
                    shown(core),
                    f"{distance:.1f}",
                ]
            )
        head = ["", "by hand, µs", "threads", "ours, µs", "times faster", "per core", "times the floor"]
        text.append(f"{shape_of(spec)}:\n")
        text.append(table(head, rows))
        text.append(
            f"Median over configurations: **{statistics.median(walls):.1f} times** faster,"
            f" {statistics.median(cores):.1f} times per core.\n"
        )
    return "\n".join(text)


def fastest(found: dict[Lane, dict[str, list[float]]], lanes: Iterable[Lane]) -> Lane:
    return min(lanes, key=lambda lane: statistics.median(found[lane]["seconds"]))


def ways(name: str, spec: RunSpec, count: int) -> list[Lane]:
    """A peer with one thread and with two; one network at a time that waits for no others needs no second."""
    networks = 1 if name in IN_TURN else count
    if name in OF_STEPS or (networks == count == 1 and name not in IN_TURN):
        return [(name, 2 if name in OF_STEPS else 1, spec, networks)]
    return [(name, threads, spec, networks) for threads in (1, 2)]


def peers(ring: Ring, quick: bool) -> str:
    """Both shapes against the fast ways, by how many networks there are."""
    text = [
        "### Against the fast ways\n",
        "k = 5, tanh, µs per step and network. Every contestant trains the same networks from the same weights (their"
        " losses are compared) and keeps loss and accuracy of each step; each is timed over as many of the 3,000 steps"
        f" as take about {ASK_S} s, and at least 2. One after another, a loop needs the same time for each network, so"
        " it is timed on one. Peers have one or two threads, whichever is faster here. Ours counts making its data and"
        f" its buffers, and so takes at least {OWN_LEAST} steps. The wide shape stops at 100 networks. `torch.compile`"
        " compiles the whole step, gradients of all networks and Adam. The last column counts compilation, spread over"
        " 3,000 steps of these networks.\n",
    ]
    names = ["eager", "eager_fused", "vmap", "compile", *ELSEWHERE]
    for name in ELSEWHERE:
        try:
            environment(name, *ELSEWHERE[name])
        except Unavailable as error:
            names.remove(name)
            text.append(f"{LABELS[name]} could not be installed here: {error}\n")
    for hidden in (RECIPE.hidden,) if quick else (RECIPE.hidden, WIDE):
        spec = replace(RECIPE, hidden=hidden)
        rows = []
        for count in counts(hidden, quick):
            rows += against(ring, spec, count, names)
        head = ["networks", "", "threads", "µs", "processors' µs", "compiles, s", "ours faster", "with compiling"]
        text += [f"{shape_of(spec, '5')}:\n", table(head, rows)]
    return "\n".join(text)


def counts(hidden: tuple[int, ...], quick: bool) -> tuple[int, ...]:
    """How many networks; a thousand wide ones at once would take the peers minutes a round."""
    if quick:
        return (12,)
    return (1, 12, 100, 1000) if hidden == RECIPE.hidden else (1, 12, 100)


def against(ring: Ring, spec: RunSpec, count: int, names: list[str]) -> list[list[object]]:
    """Rows for so many networks: ours, then each peer."""
    ours: Lane = ("ours", PROCESSES, spec, count)
    lanes = {name: ways(name, spec, count) for name in names}
    found = ring.race([ours, *itertools.chain.from_iterable(lanes.values())])
    own = found[ours]
    rows: list[list[object]] = [
        [count, LABELS["ours"], min(PROCESSES, count), shown(own["seconds"]), shown(own["cpu_s"]), "", "", ""]
    ]
    for name in names:
        lane = fastest(found, lanes[name])
        taken = found[lane]
        compile_us = 1e6 * ring.compile_s[lane] / RECIPE.epochs / count
        total = [seconds + compile_us for seconds in taken["seconds"]]
        row: list[object] = ["", LABELS[name], lane[1], shown(taken["seconds"]), shown(taken["cpu_s"])]
        row.append(f"{ring.compile_s[lane]:.1f}" if compile_us else "")
        rows.append([*row, shown(ratio(taken["seconds"], own["seconds"])), shown(ratio(total, own["seconds"]))])
    return rows


def many(ring: Ring, count: int) -> str:
    """The grid's configurations in equal parts, through the engine on two cores."""
    specs = grid(RECIPE.hidden)
    each = -(-count // len(specs))
    began = time.perf_counter()
    cpu_s = sum(ring.ask("ours", PROCESSES, spec, each, RECIPE.epochs)["cpu_s"] for spec in specs)
    seconds = time.perf_counter() - began
    total = each * len(specs)
    return (
        f"### {total} networks\n\n{each} seeds of each of the grid's 12 configurations, {RECIPE.epochs} steps, on two"
        f" cores: **{seconds:.0f} s**, {1000 * seconds / total:.0f} ms a network; the processors worked"
        f" {cpu_s:.0f} s. Per 1,000 networks: {1000 * seconds / total:.0f} s, and {500 * cpu_s / total:.0f} s when both"
        " cores are free for it.\n"
    )


def floor_us(spec: RunSpec) -> dict[str, float]:
    """Microseconds that a step of one network needs on one core at the very least: its arithmetic, its bytes."""
    rates = machine_rates()
    count = spec.classes * spec.points_per_class
    products = sum(2 * 3 * out * (inputs + 1) * count for out, inputs in layer_shapes(spec))
    activations = sum(spec.hidden) * count
    arithmetic = products / rates["flops"] + (activations / rates["tanhs"] if spec.activation == "tanh" else 0)
    moved = 4 * 4 * activations / rates["bytes"]  # float32: activations and their gradients, written and read once
    return {"arithmetic": 1e6 * arithmetic, "bytes": 1e6 * moved, "floor": 1e6 * max(arithmetic, moved)}


_RATES: dict[str, float] = {}


def machine_rates() -> dict[str, float]:
    """What one core does in a second, at its best: multiply-add operations, tanhs, bytes through cache.

    A tanh is numpy's, or a logistic function of torch's, which is one but for two factors: whichever is faster.
    """
    if not _RATES:
        import torch

        torch.set_num_threads(1)
        a, b, out = (torch.randn(512, 512) for _ in range(3))
        x, y = torch.randn(32768), torch.empty(32768)
        for name, amount, call in (
            ("flops", 2 * 512**3, lambda: torch.mm(a, b, out=out)),
            ("tanhs", len(x), lambda: torch.sigmoid(x, out=y)),
            ("tanhs", len(x), lambda: np.tanh(x.numpy(), out=y.numpy())),
            ("bytes", 8 * len(x), lambda: torch.neg(x, out=y)),
        ):
            best = min(_timed(call) for _ in range(300))
            _RATES[name] = max(_RATES.get(name, 0), amount / best)
    return _RATES


def _timed(call: Any) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def floors() -> str:
    """The two numbers."""
    rates = machine_rates()
    rows = []
    for spec in (*(replace(RECIPE, classes=k) for k in (2, 5, 7)), replace(RECIPE, hidden=WIDE)):
        floor = floor_us(spec)
        rows.append(
            [shape_of(spec, str(spec.classes)), *(f"{floor[name]:.0f}" for name in ("arithmetic", "bytes", "floor"))]
        )
    return (
        "### The floor\n\nOne core here does"
        f" {rates['flops'] / 1e9:.0f} GFLOP/s in a product of 512×512 matrices, {rates['tanhs'] / 1e9:.1f} billion"
        f" tanhs a second, and moves {rates['bytes'] / 1e9:.0f} GB/s within its cache. A step must at"
        " least make three products a layer and one activation a unit, and write and read the activations and their"
        " gradients once. Microseconds of one core per step and network, tanh:\n\n"
        + table(["", "arithmetic", "bytes", "floor"], rows)
    )

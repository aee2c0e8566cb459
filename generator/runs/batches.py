"""Which runs are trained together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from ..networks.spec import RunSpec

BATCHES_EACH = 2  # that a worker trains at least, where there are so many runs: the last ones end near together
# Activations and their gradients, 4.8 MB of float32: a plan on two cores took a ninth less than with a third of that.
BATCH_NUMBERS = 1_200_000
BATCH_AT_MOST = 32  # by then, what a call costs is spread thin
GPU_BATCH_NUMBERS = 500_000_000  # 2 GB of float32
UNIT = 40  # multiplications in whose time a neuron's activation and slope at a point are taken
CALLS = 3_000_000  # in that of the calls that a step makes, for all that are stepped together
GPU_BATCH_AT_MOST = 512  # their histories and checkpoints on the way to the store are 200 MB


def batches(specs: Iterable[RunSpec], workers: int, device: str = "cpu") -> list[list[RunSpec]]:
    """Runs that differ in seed alone in batches, the costliest first, none so large that workers wait for its end."""
    alike: dict[Hashable, list[RunSpec]] = {}
    for spec in specs:
        alike.setdefault(all_but_seed(spec), []).append(spec)
    total = sum(len(group) * cost(group[0]) for group in alike.values())
    most = total // (workers * BATCHES_EACH) if workers > 1 else total
    found = []
    for group in alike.values():
        size = batch_size(group[0], device)
        if device == "cpu":
            size = max(1, min(size, most // cost(group[0])))
        count = -(-len(group) // size)
        found += [group[len(group) * part // count : len(group) * (part + 1) // count] for part in range(count)]
    return sorted(found, key=batch_cost, reverse=True)


def all_but_seed(spec: RunSpec) -> Hashable:
    """What runs have in common that differ in seed alone; a spec with another seed would take much longer to make."""
    return tuple({**vars(spec), "seed": 0}.values())


def shares(specs: Iterable[RunSpec], count: int) -> list[list[RunSpec]]:
    """Runs in so many parts of about the same cost; the same parts for the same runs, wherever they are made."""
    parts: list[list[RunSpec]] = [[] for _ in range(count)]
    costs = [0] * count
    for batch in batches(specs, count):
        least = costs.index(min(costs))
        parts[least] += batch
        costs[least] += batch_cost(batch)
    return parts


def batch_cost(batch: Sequence[RunSpec]) -> int:
    """What training runs together takes, as `cost` has it."""
    return len(batch) * cost(batch[0], len(batch))


def cost(spec: RunSpec, together: int = 0) -> int:
    """What training a run takes, in multiplications, about.

    together  how many are stepped together; 0: as many as is best
    """
    a_point = 3 * spec.weight_count + UNIT * (sum(spec.hidden) + spec.classes)
    steps = -(-spec.point_count // (spec.batch or spec.point_count))  # of an epoch
    return spec.epochs * (a_point * spec.point_count + CALLS * steps // (together or batch_size(spec)))


def batch_size(spec: RunSpec, device: str = "cpu") -> int:
    """How many networks of a shape are best stepped together.

    On a CPU as many as keep their work in cache; on a GPU so many that its memory is busy.
    """
    numbers = 2 * (sum(spec.hidden) + spec.classes) * spec.point_count
    size = BATCH_NUMBERS // numbers if device == "cpu" else GPU_BATCH_NUMBERS // numbers
    return max(1, min(BATCH_AT_MOST if device == "cpu" else GPU_BATCH_AT_MOST, size))

"""Other processors, as the libraries can be told to compute for them."""

from __future__ import annotations

import random
from pathlib import Path

from generator import api
from generator.rerun import TOLERANCE, differences
from tests.promises.sameness import built

PROMISE = (
    f"Across processors: measures and weights agree to within {TOLERANCE:g} (of 1, or of the value where it is greater)"
    ", and kinds of arrangement are the same"
)
UNIT = "processors"
OTHERS = (
    {"ATEN_CPU_CAPABILITY": "default", "OPENBLAS_CORETYPE": "Prescott"},  # nothing wider than SSE
    {"ATEN_CPU_CAPABILITY": "default"},
    {"ATEN_CPU_CAPABILITY": "avx2", "OPENBLAS_CORETYPE": "Haswell"},
    {"OPENBLAS_CORETYPE": "Prescott"},
    {"MKL_CBWR": "COMPATIBLE"},
    {"OMP_NUM_THREADS": "4", "MKL_NUM_THREADS": "4"},
)
FEW, MANY = 1, len(OTHERS)


def check(folder: Path, count: int, rng: random.Random) -> list[str]:
    """Build the tiny article for each, and compare every run with the usual one's."""
    usual = api.load(folder / "tiny" / "site")
    wrong = []
    for at, other in enumerate(OTHERS[:count]):
        built(folder / str(at), other)
        there = {run.id: run for run in api.load(folder / str(at) / "site")}
        wrong += [f"{other}: {run.id}: {said}" for run in usual for said in differences(run, there[run.id])]
    return wrong

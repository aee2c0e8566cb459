"""Other processors, as the libraries can be told to compute for them."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from generator import api
from generator.rerun import TOLERANCE
from tests.promises import ROOT

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
    """Train the tiny article's runs again on each, and compare every one with the usual one's."""
    site = folder / "tiny" / "site"
    runs = len(api.load(site))
    wrong = []
    for other in OTHERS[:count]:
        command = [sys.executable, "-m", "generator", "verify", str(site), "--rerun", str(runs)]
        env = {**os.environ, "PYTHONPATH": str(ROOT), **other}
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        said = done.stdout + done.stderr
        wrong += [f"{other}: {said}"] * (done.returncode != 0 or f"of {runs} runs trained again" not in said)
    return wrong

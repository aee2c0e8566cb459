"""Which columns a run will have, known of its recipe before it is trained."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from ..networks.spec import RunSpec
from .columns import COMPARISONS, MEASUREMENTS
from .trained import Trained


def columns_of(spec: RunSpec) -> dict[str, bool]:
    """The columns that a run will have, and whether there is something to measure; in the others it has None."""
    kept = range(min(spec.checkpoints, spec.epochs + 1))
    untrained = Trained(spec, cast(Any, SimpleNamespace(checkpoints=kept, x=np.empty((0, spec.inputs)))))
    found = {
        column: each.suits(untrained)
        for each in MEASUREMENTS.values()
        for column in each.columns
        if each.always or each.suits(untrained)
    }
    compared = [each.columns for each in COMPARISONS.values() if each.suits(spec)]
    return found | dict.fromkeys((column for columns in compared for column in columns), True)

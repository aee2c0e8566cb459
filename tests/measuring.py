"""What is known of a run by itself: all its measures at once, its address."""

from generator.measures.columns import MEASUREMENTS, measured
from generator.measures.trained import Trained
from generator.runs.pipeline import run_keys


def measure_run(spec, run, lattice=200):
    """Everything that is measured of one run, by column, ready for JSON."""
    found = measured(Trained(spec, run, lattice), MEASUREMENTS)
    return {column: value for values in found.values() for column, value in values.items()}


def run_key(spec):
    """The address of one run."""
    return run_keys([spec])[spec]

"""What is measured of a run, all at once."""

from generator.measures.columns import MEASUREMENTS, measured
from generator.measures.trained import Trained


def measure_run(spec, run, lattice=200):
    """Everything that is measured of one run, by column, ready for JSON."""
    found = measured(Trained(spec, run, lattice), MEASUREMENTS)
    return {column: value for values in found.values() for column, value in values.items()}

"""The jobs that a build hands to worker processes.

Each takes and returns plain data, so that it can run in another process or on
another machine; only the store's owner writes. Heavy libraries are imported
where they are used, so that planning the jobs needs none of them; numpy, after `start_worker`
has said how many threads it may use.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from .. import figures
from ..base import store, style
from ..base.errors import PeekError
from ..networks import machine, tables
from ..networks.run import ARRAYS, Run
from ..networks.spec import RunSpec, unflat


def start_worker() -> None:
    """One thread a process, since the build starts one a core.

    Whoever started it ends it when interrupted; it ends itself when they are gone, however they went.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def with_tables(sent: list[tables.Table], task: Callable[..., Any], *arguments: Any) -> Any:
    """Do a job where the own data of its runs, which comes with it, may not be known yet."""
    for table in sent:
        tables.enter(table)
    return task(*arguments)


def with_lab(place: str, texts: dict[str, str], task: Callable[..., Any], *arguments: Any) -> Any:
    """Do a job where the author's own code, which comes with it, may not be known yet: its folder, and its files."""
    from . import lab

    lab.enter(place, texts)
    return task(*arguments)


def check_code(made_by: str) -> None:
    """raises  PeekError: the code here is another than that of the digest; "": it is this machine's"""
    if made_by and store.all_code() != made_by:
        raise PeekError("a worker runs other code than this build; expected the same version of peek everywhere")


def device(asked: str) -> str:
    """What trains for "cpu", "cuda" or "auto": see networks.train.device."""
    from ..networks import train

    return train.device(asked)


def train(
    specs: list[RunSpec], device: str, made_by: str, optimum: list[list[float]] | None = None
) -> list[tuple[bytes, dict[str, Any] | None, dict[str, str]]]:
    """Train runs that differ in seed alone: each one's .npz, its measures, as `measure` gives them, and the machine.

    A GPU does not wait for measures, which are the processors' work: they are None then. What the author's own code
    measures comes later: a mistake in it costs no training.

    device   "cpu" or "cuda"
    made_by  digest of the code that asks from elsewhere; "": it is this machine's
    optimum  where their head starts from a law's: the first that `solve` found; None: it is searched for
    raises   PeekError: the code here is another
    """
    check_code(made_by)
    import numpy as np

    from ..measures import packing
    from ..measures.columns import MEASUREMENTS, measured
    from ..measures.measurement import OwnMeasurement
    from ..measures.trained import Trained
    from ..networks.train import train_together

    law, head = specs[0].head_start, None
    if law != "drawn":
        known = None if optimum is None else np.array(optimum)
        head = packing.predicted_head(law, specs[0].classes, known, specs[0].room.name)
    runs, here = train_together(specs, device, head), machine.told(device)
    encoded = [encode(run, **tables.scaling(spec)) for spec, run in zip(specs, runs, strict=True)]
    if device != "cpu":
        return [(data, None, here) for data in encoded]
    ours = [name for name, each in MEASUREMENTS.items() if not isinstance(each, OwnMeasurement)]
    trained = zip(specs, runs, encoded, strict=True)
    return [(data, measured(Trained(spec, run), ours), here) for spec, run, data in trained]


def measure(specs: list[RunSpec], data: list[bytes], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Some measurements of runs kept earlier, by name, each one's values by column."""
    from ..measures.columns import measured
    from ..measures.trained import Trained

    return [measured(Trained(spec, decode(of_run)), names) for spec, of_run in zip(specs, data, strict=True)]


def draw(spec: RunSpec, data: list[bytes], read: dict[str, dict[str, Any]]) -> list[dict[str, bytes]]:
    """Figures of a run in both themes, each as ending ("png", "dark.png", …) -> bytes.

    read  figure name -> the measures that it looks at
    """
    run = decode(data[0])
    drawn = []
    for name, measures in read.items():
        files: dict[str, bytes] = {}
        for theme_name, theme in style.THEMES.items():
            prefix = "" if theme_name == "light" else f"{theme_name}."
            encoded = figures.load()[name].draw(spec, run, measures, theme)
            files |= {prefix + ending: encoded[ending] for ending in encoded}
        drawn.append(files)
    return drawn


def card(title: str, subtitle: str, recipe: dict[str, Any], data: bytes) -> bytes:
    """The picture that a link to the article shows elsewhere, PNG. recipe: the fields of the run's spec."""
    from ..figures.draw import social_card

    tables.recall(recipe)
    return social_card(title, subtitle, unflat(recipe), decode(data))


def export(run_id: str, spec: RunSpec, data: list[bytes]) -> bytes:
    """A run as the script that the page's explorables load."""
    from .export import pack

    return pack(run_id, spec, decode(data[0]))


def bundle(centres: dict[str, list[list[float]]]) -> bytes:
    """Class centres by run as an .npz file: a (classes, width) array under each run's id."""
    import numpy as np

    from . import lab

    return lab.npz({name: np.asarray(of_run, np.float64) for name, of_run in centres.items()})


def gather(ids: list[str], runs: list[bytes]) -> bytes:
    """Final weights by run as an .npz file: a (P,) float32 array under each run's id, as networks.forward splits it."""
    from . import lab

    return lab.npz({name: decode(data).weights[-1] for name, data in zip(ids, runs, strict=True)})


def perform(
    place: str, texts: dict[str, str], made_by: str, asked: list[tuple[str, dict[str, Any]]]
) -> list[tuple[dict[str, Any], bytes]]:
    """Runs of experiments in the author's own code, function and parameters each: see lab.perform.

    made_by  as for `train`
    """
    from . import lab

    check_code(made_by)
    read = lab.enter(place, texts)
    return [lab.perform(read, name, parameters) for name, parameters in asked]


def plot(
    place: str, texts: dict[str, str], name: str, needed: dict[str, tuple[list[dict[str, Any]], list[bytes]]], one: bool
) -> dict[str, bytes]:
    """A figure in the author's own code, see lab.draw.

    needed  of each experiment its rows, and the arrays of each row
    one     whether it is given the rows of the first alone
    """
    from . import lab

    read = lab.enter(place, texts)
    rows = {
        of: [{**row, **lab.arrays_of(data)} for row, data in zip(listed, arrays, strict=True)]
        for of, (listed, arrays) in needed.items()
    }
    return lab.draw(read, name, next(iter(rows.values())) if one else rows, style.THEMES)


def encode(run: Run, **more: Any) -> bytes:
    """A run as an .npz file, the same bytes each time. more: arrays beside its own."""
    import numpy as np

    file = io.BytesIO()
    np.savez(file, **{name: getattr(run, name) for name in ARRAYS}, **more)
    return file.getvalue()


def decode(data: bytes) -> Run:
    """A run from its .npz file."""
    import numpy as np

    with np.load(io.BytesIO(data)) as arrays:
        return Run(**{name: arrays[name] for name in ARRAYS})

"""Python with the slow libraries imported, of which each program that a test starts is a copy.

A test that runs the command in a process of its own, from a folder of its own, pays for its own modules only.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import runpy
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

FORKS = sys.platform == "linux"  # elsewhere not all of them survive it, and each program starts afresh
SLOW = ["torch.optim", "scipy.optimize", "scipy.spatial", "sympy", "matplotlib.backends.backend_agg", "imageio"]


def python(*arguments: str, cwd: Path) -> CompletedProcess[str]:
    """What `python -m module ...` or `python -c text` does in a folder whose modules it imports."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = (Path(folder) / name for name in ("out", "err"))
        process = _copies().Process(target=_run, args=(arguments, cwd, out, err))
        process.start()
        process.join()
        return CompletedProcess(arguments, process.exitcode, out.read_text("utf-8"), err.read_text("utf-8"))


@functools.cache
def _copies() -> multiprocessing.context.BaseContext:
    context = multiprocessing.get_context("forkserver" if FORKS else "spawn")
    context.set_forkserver_preload(SLOW)
    return context


def _run(arguments: Sequence[str], cwd: Path, *printed: Path) -> None:
    for number, path in enumerate(printed, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(cwd)
    os.environ["PYTHONPATH"] = sys.path[0] = str(cwd)
    if FORKS:
        multiprocessing.get_context = functools.partial(_forking, multiprocessing.get_context)
    flag, what, *sys.argv[1:] = arguments
    if flag == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(what, {"__name__": "__main__"})


def _forking(get, method=None):
    """Workers are copies of it as well."""
    return get("fork" if method == "spawn" else method)

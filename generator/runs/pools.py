"""Who does a build's jobs: processes on this machine, or the workers of a Dask cluster.

Both are executors of concurrent.futures, so that a build treats them alike.
Dask, slow to import, is imported when a pool of its workers is called up.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..base import interrupts
from ..base.errors import PeekError
from . import tasks

WAIT_S = 30
ENDED_S = 0.5
OF_POOLS = "concurrent.futures.process"
MOST_ON_WINDOWS = 61  # processes that it waits for at once


@dataclass(frozen=True)
class Pool:
    """Workers that take jobs.

    executor   submit(function, *arguments) -> Future
    size       jobs that are done at the same time
    close      lets the workers go; what is under way is given up
    """

    executor: Executor
    size: int
    close: Callable[[], object]


def local(workers: int) -> Pool:
    """Processes on this machine, one thread each."""
    if sys.platform == "win32":
        workers = min(workers, MOST_ON_WINDOWS)
    spawning = multiprocessing.get_context("spawn")
    processes = ProcessPoolExecutor(workers, spawning, tasks.start_worker)
    others, before = multiprocessing.active_children(), threading.enumerate()
    with interrupts.children_ignoring_sigint():
        for _ in range(workers):  # a process is started only when a job finds none idle
            processes.submit(os.getpid)
    mine = [child for child in multiprocessing.active_children() if child not in others]
    managers = [each for each in threading.enumerate() if each not in before and type(each).__module__ == OF_POOLS]

    def close() -> None:
        processes.shutdown(wait=False, cancel_futures=True)
        for child in mine:
            child.terminate()
        for child in mine:
            child.join()
        for manager in managers:  # Python stumbles over one that is about to end when it ends itself
            manager.result_queue._writer.close()  # type: ignore[attr-defined]  # else it waits for a result half sent
            manager.join(ENDED_S)

    return Pool(processes, workers, close)


def dask(scheduler: str) -> Pool:
    """The workers of a Dask cluster that is already there.

    A job whose worker dies is done again by another.

    scheduler  address such as tcp://host:8786, or the path of a scheduler file; "": DASK_SCHEDULER_ADDRESS
    raises     PeekError: Dask is not installed, nobody answers, there are no workers, one has no peek
    """
    try:
        from distributed import Client
    except ImportError:
        raise PeekError('--executor dask: Dask is not installed; expected pip install "peek-article[dask]"') from None
    where = scheduler or os.environ.get("DASK_SCHEDULER_ADDRESS", "")
    if not where:
        raise PeekError("--executor dask: no cluster named; expected --scheduler ADDRESS or DASK_SCHEDULER_ADDRESS")
    if not (is_file := Path(where).is_file()) and ":" not in where:
        raise PeekError(f"{where}: no such scheduler file; expected one, or an address such as tcp://host:8786")
    named: dict[str, Any] = {"scheduler_file": where} if is_file else {"address": where}
    try:
        client = Client(**named, timeout=WAIT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise PeekError(f"{where}: no Dask scheduler answers: {error}") from None
    try:
        client.wait_for_workers(1, timeout=WAIT_S)
    except TimeoutError:
        client.close()
        raise PeekError(f"{where}: the Dask cluster has no workers") from None
    package = __name__.partition(".")[0]
    found = {where: client.run_on_scheduler(find_spec, package)} | client.run(find_spec, package)
    if lacking := [address for address, spec in found.items() if spec is None]:
        client.close()
        raise PeekError(
            f"{lacking[0]}: this machine of the Dask cluster has no {package}; expected the version of here"
        )
    cluster = client.get_executor(pure=False)

    def close() -> None:
        cluster.shutdown(wait=False)
        client.close()

    return Pool(cluster, sum(client.nthreads().values()), close)

"""Training on a Dask cluster of several processes: the bytes of a local build, also when a worker is killed."""

import contextlib
import multiprocessing
import os
import signal
import struct
import subprocess
import sys
import threading
import time

import psutil
import pytest
from distributed import Client, LocalCluster

from generator.base.errors import PeekError
from generator.base.progress import Progress
from generator.base.store import Store
from generator.content import experiments, lab
from generator.runs import pipeline, pools, tasks
from generator.runs.batches import batches
from generator.runs.catalogue import RunContext
from generator.runs.lab import LabError
from tests.edits import edit
from tests.promises import tree

TOML = """\
[dataset.spirals]
points_per_class = 40
[experiment.sweep]
classes = [2, 3]
activation = ["tanh", "relu"]
epochs = 80
checkpoints = 6
seeds = 12
draw = 0
ship = 0
"""
RUNS = 48
STARTED_S, GONE_S = 60.0, 30.0  # far beyond what a busy machine takes
pytestmark = pytest.mark.usefixtures("one_worker_is_this_process")


class KillAWorker(Progress):
    """Kills the process of one worker, with what it does and holds, when the first result has come from the cluster."""

    def __init__(self, address):
        super().__init__(quiet=True)
        self.address, self.stage = address, ""
        self.killed = None

    def start(self, stage, *rest):
        super().start(stage, *rest)
        self.stage = stage

    def advance(self, steps, work):
        super().advance(steps, work)
        if self.killed is None and self.stage == "train":  # laws are solved here, before
            with Client(self.address, set_as_default=False) as client:
                working = {worker: keys for worker, keys in client.processing().items() if keys}
                if not working:
                    return
                self.killed = client.run(os.getpid, workers=[next(iter(working))]).popitem()[1]
            os.kill(self.killed, signal.SIGKILL)


def make(cache, progress=None, workers=1, **options):
    context = RunContext(Store(cache), progress or Progress(quiet=True), workers, **options)
    return pipeline.make(experiments.parse(TOML, "e.toml"), "key", context)


def specs():
    return [run.spec for run in experiments.parse(TOML, "e.toml").experiments[0].runs]


def jobs():
    """How many jobs a cluster of two threads is sent."""
    return len(batches(specs(), 2))


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def local_files(tmp_path_factory):
    cache = tmp_path_factory.mktemp("local")
    make(cache)
    return tree(cache)


def computed(address):
    """How many jobs the cluster has finished, again counted when done again."""
    with Client(address, set_as_default=False) as client:
        log = client.run_on_scheduler(
            lambda dask_scheduler: [(entry[1], entry[2]) for entry in dask_scheduler.transition_log]
        )
    return sum(change == ("processing", "memory") for change in log)


def test_a_cluster_gives_the_files_of_a_local_build_which_the_next_build_takes(cluster, local_files, tmp_path):
    before = computed(cluster)
    _, report = make(tmp_path, executor="dask", scheduler=cluster)
    assert report.ran["train"][:2] == (RUNS, RUNS) and report.ran["measure"][0] == 0
    assert tree(tmp_path) == local_files
    assert computed(cluster) - before == jobs() > 4
    _, report = make(tmp_path)
    assert report.ran["train"][0] == 0


def test_a_killed_worker_costs_its_own_unfinished_runs_alone(cluster, local_files, tmp_path):
    progress = KillAWorker(cluster)
    before = computed(cluster)
    make(tmp_path, progress, executor="dask", scheduler=cluster)
    assert progress.killed
    assert tree(tmp_path) == local_files
    assert 0 <= computed(cluster) - before - jobs() <= 2  # done again: what it had finished and nobody had fetched


def test_own_code_travels_to_a_cluster_as_text(cluster, tmp_path):
    code = (
        "from peek_article import lab\nfrom .half import half\n@lab.experiment\ndef run(n: int):\n    return half(n)\n"
    )
    texts = {"own.py": code, "half.py": "def half(n):\n    return {'half': n / 2, 'inverse': 1 / n}\n"}
    context = RunContext(Store(tmp_path), Progress(quiet=True), 1, executor="dask", scheduler=cluster)

    def made(n, **more):
        toml = f'[experiment.own]\nrun = "run"\nn = {n}\n'
        plan = experiments.parse(toml, "e.toml", lab=lab.parse({**texts, **more}, "content/lab"))
        return pipeline.make(plan, f"own {n} {more}", context)

    catalogue, report = made([1, 2, 3])
    assert catalogue.results.tables["own"].values("half") == [0.5, 1, 1.5] and report.ran["perform"][0] == 3
    assert made([2, 3, 4])[1].ran["perform"][0] == 1
    own = made([4], **{"half.py": "def half(n):\n    return {'half': 7}\n"})[0].results.tables["own"]
    assert own.values("half") == [7]  # workers that have had another text of the file
    with pytest.raises(LabError, match=r"^content/lab/half.py:2: ZeroDivisionError: .*; in run\(n=0\)$"):
        made([0])


def test_a_worker_with_other_code_is_refused():
    with pytest.raises(PeekError, match="same version of peek"):
        tasks.train(specs()[:1], "cpu", made_by="other")


def test_a_cluster_must_be_named(tmp_path, monkeypatch):
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    with pytest.raises(PeekError, match="no cluster named; expected --scheduler"):
        make(tmp_path, executor="dask")


def test_a_cluster_that_is_not_there_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(pools, "WAIT_S", 1)
    with pytest.raises(PeekError, match=r"c\.json: no such scheduler file; expected one, or an address"):
        make(tmp_path, executor="dask", scheduler=str(tmp_path / "c.json"))
    with pytest.raises(PeekError, match=r"tcp://127\.0\.0\.1:9: no Dask scheduler answers"):
        make(tmp_path, executor="dask", scheduler="tcp://127.0.0.1:9")


def test_a_cluster_without_workers_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(pools, "WAIT_S", 1)
    none = LocalCluster(n_workers=0, processes=True, dashboard_address=":0")
    with none, pytest.raises(PeekError, match="has no workers"):
        make(tmp_path, executor="dask", scheduler=none.scheduler_address)


def test_a_cluster_without_peek_is_said(tmp_path):
    program = (
        "from distributed import LocalCluster\n"
        "with LocalCluster(1, processes=False, protocol='tcp', dashboard_address=':0') as cluster:\n"
        "    print(cluster.scheduler_address, flush=True)\n"
        "    input()\n"
    )
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, env=env, **piped) as process:
        address = process.stdout.readline().strip()
        with pytest.raises(
            PeekError, match=rf"^{address}: this machine of the Dask cluster has no generator; expected"
        ):
            make(tmp_path, executor="dask", scheduler=address)
        process.communicate("\n")
    assert process.returncode == 0


def test_a_device_that_is_not_there_is_said(monkeypatch):
    import torch

    from generator.networks import train

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert tasks.device("auto") == tasks.device("cpu") == "cpu"
    with pytest.raises(train.DeviceError, match="expected cpu or auto"):
        tasks.device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert tasks.device("auto") == tasks.device("cuda") == "cuda" and tasks.device("cpu") == "cpu"


def alive(pid):
    """Whether a process runs; one that ended and was not asked for yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(pids):
    until = time.monotonic() + GONE_S
    while any(alive(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(alive(pid) for pid in pids)


def test_a_dismissed_crew_is_gone_and_one_job_does_not_leave_a_worker_behind():
    others = set(multiprocessing.active_children())
    pool = pools.local(2)
    assert pool.executor.submit(os.getpid).result() != os.getpid()
    started = [child.pid for child in set(multiprocessing.active_children()) - others]
    pool.close()
    assert len(started) == 2 and gone(started)


def half_a_result(sent):
    """Says that a result of 1,000 bytes follows, and sends none of them."""
    frame = sys._getframe()
    while "result_queue" not in frame.f_locals:
        frame = frame.f_back
    frame.f_locals["result_queue"]._writer._send(struct.pack("!i", 1000))
    sent.touch()
    time.sleep(GONE_S)


def test_a_crew_that_is_dismissed_amid_a_result_leaves_nobody_waiting_for_its_rest(tmp_path):
    before = threading.enumerate()
    pool = pools.local(2)
    pool.executor.submit(half_a_result, tmp_path / "sent")
    until = time.monotonic() + STARTED_S
    while not (tmp_path / "sent").exists() and time.monotonic() < until:
        time.sleep(0.05)
    pool.close()
    assert not [
        each for each in threading.enumerate() if each not in before and type(each).__module__ == pools.OF_POOLS
    ]


def marked(mark):
    """Every process of this machine that was started under a mark, and the workers among them."""
    found, workers = [], []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("PEEK_MARK") == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
                workers += [process.pid] * ("spawn_main" in " ".join(process.cmdline()))
    return found, workers


@pytest.mark.parametrize(
    ("command", "how"),
    [
        ("build", signal.SIGKILL),
        ("serve", signal.SIGINT),
        pytest.param("build", signal.SIGINT, marks=pytest.mark.breadth),
        pytest.param("build", signal.SIGTERM, marks=pytest.mark.breadth),
        pytest.param("serve", signal.SIGKILL, marks=pytest.mark.breadth),
    ],
)
def test_nothing_is_left_running_however_a_command_ends(article, tmp_path, command, how):
    """While it trains; a mark in the environment finds whatever it started, also what lost its parent."""
    edit(article / "experiments.toml", "epochs = 60", "epochs = 2000000")
    own = ["--out", tmp_path / "site"] if command == "build" else ["--port", "0"]
    folders = ["--content", article, "--cache", tmp_path / "cache"]
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", command, *own, *folders, "--workers", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PEEK_MARK": str(tmp_path)},
    )
    try:
        until = time.monotonic() + STARTED_S
        while len(marked(str(tmp_path))[1]) < 2 and time.monotonic() < until:
            assert process.poll() is None
            time.sleep(0.05)
        pids, workers = marked(str(tmp_path))
        assert process.pid in pids and len(workers) == 2
        process.send_signal(how)
        process.wait(GONE_S)
        assert gone(pids) and marked(str(tmp_path))[0] == []
    finally:
        for pid in marked(str(tmp_path))[0]:
            os.kill(pid, signal.SIGKILL)
        process.wait()

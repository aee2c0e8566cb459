"""The article's own site, built once for all tests that look at it."""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from generator.__main__ import main
from generator.base.overlay import default_templates
from generator.new import examples, new

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "sites" / "tiny"

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as under nohup; what tests start would be deaf to it too
    signal.signal(signal.SIGINT, signal.default_int_handler)

# One thread a process: tests run one process a core, and threads of linear algebra that wait for a core spin.
os.environ |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


# What tests start is compiled once, not by each of some hundred processes, also where the environment would have it so.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(optionalhook=True)  # xdist may be left out
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Half as many processes again as cores: a test of the page waits for a third of its time."""
    from generator.runs.catalogue import default_workers

    return default_workers() + (default_workers() + 1) // 2


LONG = (
    "test_promises.py",
    "test_site.py",
    "test_firefox.py",
    "test_webkit.py",
    "test_wheel.py",
    "test_new.py",
)  # of seconds a test


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those of long tests come first, so that no process is left alone with one at the end."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture(scope="session")
def site() -> Path:
    """The site that the commands of the README build, from the same cache."""
    from tests.promises import own_site

    return own_site()


@pytest.fixture(scope="session")
def playwright_driver():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright_driver):
    """A real Chromium, one for all tests of a process."""
    from tests import chromium

    started = chromium.launch(playwright_driver)
    yield started
    started.close()


@pytest.fixture(scope="session", autouse=True)
def workers_import_from_here():
    """Worker processes start afresh and need the repository on their path, wherever the tests run."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)


@pytest.fixture(scope="session", autouse=True)
def templates_are_compiled_once():
    """A third of what a build from an empty cache takes; this process begins many."""
    import jinja2

    compiled, compile_ = {}, jinja2.Environment.compile

    def once_compiled(environment, source, name=None, filename=None, **more):
        key = (source, name, filename, *more.items(), *environment.filters, *environment.tests)
        if key not in compiled:
            compiled[key] = compile_(environment, source, name, filename, **more)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(jinja2.Environment, "compile", once_compiled)
        yield


def once(tmp_path_factory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first process to need it makes, for the tests of all. Not to be written to."""
    top = tmp_path_factory.getbasetemp()
    top = top.parent if "PYTEST_XDIST_WORKER" in os.environ else top
    folder, made = top / name, top / f"{name}.made"
    with FileLock(top / f"{name}.lock"):
        if not made.exists():
            make(folder)
            made.touch()
    return folder


@contextlib.contextmanager
def jobs_done_here():
    """A build with one worker does its jobs here: a process of its own would import all libraries anew."""
    from concurrent.futures import ThreadPoolExecutor

    from generator.runs import pools

    processes = pools.local

    def local(workers):
        if workers > 1:
            return processes(workers)
        thread = ThreadPoolExecutor(1)
        return pools.Pool(thread, 1, lambda: thread.shutdown(cancel_futures=True))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pools, "local", local)
        yield


@pytest.fixture(scope="module")
def one_worker_is_this_process():
    with jobs_done_here():
        yield


@pytest.fixture(scope="session")
def made_tiny(tmp_path_factory) -> Path:
    """The tiny article's content, site and cache: made once, for the tests of all processes. Not to be written to."""
    from tests.promises import make_tiny

    def make(folder):
        with jobs_done_here():
            make_tiny(folder)

    return once(tmp_path_factory, "tiny", make)


@pytest.fixture(scope="module")
def cache(made_tiny, tmp_path_factory) -> Path:
    """A copy of what the tiny article trains and draws, and what the tests of a module add to it."""
    return shutil.copytree(made_tiny / "cache", tmp_path_factory.mktemp("module") / "cache")


@pytest.fixture
def article(tmp_path) -> Path:
    """A copy of the tiny article, to be changed."""
    return shutil.copytree(TINY, tmp_path / "content")


@pytest.fixture(scope="module", params=examples(default_templates()))
def started(request, tmp_path_factory, one_worker_is_this_process):
    """The folder of a new article, of each example, built once as its author builds it."""
    from tests.promises import kept_cache

    def make(folder):
        new(folder, default_templates(), request.param)
        kept = kept_cache(folder.name)
        options = ["--content", folder / "content", "--out", folder / "site", "--cache", kept]
        options += ["--lab"] * (folder / "content" / "lab").is_dir()
        assert main(["build", "--strict", "--quiet", "--workers", "1", *map(str, options)]) == 0
        shutil.copytree(kept, folder / ".cache")

    return once(tmp_path_factory, f"new-{request.param}", make)

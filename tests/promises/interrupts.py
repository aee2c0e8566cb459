"""SIGINT and SIGTERM at any moment of a build, of long training and of serving, to the command or to all its group."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import psutil

from tests.edits import edit
from tests.promises import finished, kills, peek, tree

PROMISE = (
    "Interrupted or told to end at any moment, a build, training or peek serve ends in under a second of a free core"
    " with a line and its exit code; no process and no temporary folder is left, the site is whole, and the next build"
    " succeeds"
)
UNIT = "interruptions"
FEW, MANY = 2, 16
WITHIN_S = 1.0
KINDS = ("build", "training", "serve", "build")
INTERRUPTED, STOPPED = (
    "interrupted; the site is whole, and finished runs are kept\n",
    "stopped; finished runs are kept\n",
)
BEGINS_S = 20
BUILDS_AFTER = 5  # one in so many is followed by a build


def check(folder: Path, count: int, rng: random.Random) -> list[str]:
    """Interrupt commands on a changed article over its old site."""
    old = folder / "tiny"
    new = shutil.copytree(old, folder / "new")
    kills.change(new)
    takes_s = kills.taken(new, count == FEW)
    sites = [tree(old / "site"), tree(new / "site")]
    wrong, of_kind = [], -(-count // len(KINDS))
    for at in range(count):
        kind, number = KINDS[at % len(KINDS)], (signal.SIGINT, signal.SIGTERM)[at // 2 % 2]
        whom = rng.choice((os.kill, os.killpg))
        after_s = takes_s * (at // len(KINDS) + rng.random()) / of_kind
        here = shutil.copytree(old, folder / "interrupted")
        kills.change(here)
        if kind == "training":
            edit(here / "content" / "experiments.toml", "epochs = 60", "epochs = 2000000")
        said = interrupted(here, kind, after_s, number, whom is os.killpg)
        if (site := tree(here / "site")) not in sites or (kind != "build" and site != sites[0]):
            said.append("the site is not as it was")
        said += [f"left {path.name}" for path in here.rglob("*") if "new-" in path.name]
        said += [f"left {path.name}" for path in here.iterdir() if path.name not in ("content", "site", "cache")]
        if at % BUILDS_AFTER == 0:
            shutil.copytree(new / "content", here / "content", dirs_exist_ok=True)
            finished(here)
            said += ["the next build gave another site"] * (tree(here / "site") != sites[1])
        wrong += [f"{kind}, {number.name} by {whom.__name__} after {after_s:.2f} s: {each}" for each in said]
        shutil.rmtree(here)
    return wrong


def interrupted(here: Path, kind: str, after_s: float, number: signal.Signals, group: bool) -> list[str]:
    """What is wrong with how a command ends."""
    words = kills.options(here)
    if kind == "serve":
        process = peek("serve", "--port", "0", *words[:2], *words[4:])
    else:
        process = peek("build", "--quiet", *words)
    with contextlib.ExitStack() as readers:
        begun(process)
        if kind == "training":
            trains(process)
        time.sleep(after_s / (1 + (kind == "training")))
        if kind == "serve":
            listen(process.pid, readers)
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(process.pid, number)
        began, used = time.monotonic(), time.thread_time()
        while (
            process.poll() is None and time.monotonic() < began + BEGINS_S
        ):  # by spinning: its share of a core is ours
            pass
        took_s = time.monotonic() - began
        free_s = min(took_s, time.thread_time() - used)
    wrong = [f"took {took_s:.2f} s, {free_s:.2f} s of a free core"] * (free_s > WITHIN_S)
    time.sleep(WITHIN_S if of_session(process.pid) else 0)
    for other in of_session(process.pid):
        wrong.append(f"left {' '.join(other.cmdline())}")
        other.kill()
    said, code = process.communicate()[1], process.returncode
    wrong += [f"{code}: {said}"] * bool(re.search("Traceback|Error|leaked|ignored", said))
    if kind == "serve" and code == 0:
        return wrong + [f"0: {said!r}"] * (STOPPED not in said)
    if kind == "build" and code == 0:  # it was done
        return wrong + [f"0: {said!r}"] * (said != "")
    told = said.endswith(INTERRUPTED) if kind == "serve" else said == INTERRUPTED
    return wrong + [f"{code}: {said!r}"] * (code != 128 + number or not told)


def begun(process: subprocess.Popen[str]) -> None:
    """Wait until a command hears signals: before that it is the interpreter's own start."""
    status, until = Path(f"/proc/{process.pid}/status"), time.monotonic() + BEGINS_S
    if not status.exists():  # another system tells nothing of it
        time.sleep(WITHIN_S)
        return
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"^SigCgt:\s*(\w+)$", status.read_text(), re.MULTILINE)
        if found and int(found[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.01)


def trains(process: subprocess.Popen[str]) -> None:
    """Wait until a worker imports what trains, which then has no end."""
    until = time.monotonic() + (BEGINS_S if Path("/proc/self/maps").exists() else 2 * WITHIN_S)
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError, psutil.Error):
            workers = psutil.Process(process.pid).children()
            if any("libtorch" in Path(f"/proc/{worker.pid}/maps").read_text() for worker in workers):
                return
        time.sleep(0.05)


def listen(pid: int, readers: contextlib.ExitStack) -> None:
    """Open the events of a server that is there by now, and a page, and read neither."""
    with contextlib.suppress(psutil.Error, ConnectionError):
        for one in psutil.Process(pid).net_connections():
            if one.status == psutil.CONN_LISTEN:
                for what in ("_peek/events", "index.html"):
                    reader = readers.enter_context(socket.create_connection(one.laddr))
                    reader.sendall(f"GET /{what} HTTP/1.1\r\nHost: {one.laddr[0]}:{one.laddr[1]}\r\n\r\n".encode())


def of_session(leader: int) -> list[psutil.Process]:
    """What runs of all that a command started, also where its parent is gone."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, psutil.Error):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found

"""SIGINT and SIGTERM end a command alike, wherever they fall.

with heard():          # around the command: both raise KeyboardInterrupt in the main thread
    with held():       # around what must be done whole: they wait for its end
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from types import FrameType

ASKED = (signal.SIGINT, signal.SIGTERM)
AGAIN_S = 0.1

came = 0  # the signal that interrupted this process; 0: none did
_held = 0  # how many `held` the main thread is in


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """Has either signal raise KeyboardInterrupt, again and again until it has come out here.

    Once is not enough: where Python calls back, as at the end of an import, an exception is lost.
    """
    if threading.current_thread() is not threading.main_thread():  # only there can signals be set
        yield
        return
    before = {number: signal.getsignal(number) for number in ASKED}
    try:
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:  # as under nohup
                signal.signal(number, _hear)
        yield
    finally:
        _end(before)


def _end(before: Mapping[signal.Signals, object]) -> None:
    global _held
    _held += 1
    if came and hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    for number, handler in before.items():
        signal.signal(number, signal.SIG_IGN if came else handler)  # type: ignore[arg-type]
    _held -= 1


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Nothing in it is interrupted; what came meanwhile is raised at its end."""
    global _held
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _held += 1
    try:
        yield
    finally:
        _held -= 1
        if came and not _held:
            raise KeyboardInterrupt


@contextlib.contextmanager
def children_ignoring_sigint() -> Iterator[None]:
    """What is started in it by this thread never hears SIGINT, which a terminal sends to all of a group."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore() -> None:
    """What comes from now on is too late."""
    for number in ASKED:
        signal.signal(number, signal.SIG_IGN)


def _hear(number: int, frame: FrameType | None) -> None:
    global came
    if not came:
        came = number
        sys.unraisablehook = lambda lost: None
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, _hear)
            signal.setitimer(signal.ITIMER_REAL, AGAIN_S, AGAIN_S)
    elif number in ASKED:
        return
    if not _held:
        raise KeyboardInterrupt

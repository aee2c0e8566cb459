"""Timing side by side: contestants in processes of their own, asked in turn, so that each meets the same machine.

A contestant is a program that reads requests (JSON, a line each) and answers
with what it measured. Ratios are taken within a round, then their median.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
END_S = 10
HOMES = ROOT / ".cache" / "benchmarks"  # peers are installed below it


class Contestant:
    """A process that answers requests, started at the first one."""

    def __init__(self, program: list[str], threads: int, settings: dict[str, str] | None = None) -> None:
        self.program = program
        self.threads = threads
        self.settings = settings or {}
        self._process: subprocess.Popen[str] | None = None

    def ask(self, **request: Any) -> dict[str, Any]:
        """Its answer to a request; raises RuntimeError with what it said when it ends instead."""
        if self._process is None:
            names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
            path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
            self._process = subprocess.Popen(
                self.program,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env={**os.environ, **self.settings, **dict.fromkeys(names, str(self.threads)), "PYTHONPATH": path},
            )
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        raise RuntimeError(f"{' '.join(self.program[1:])} ended with code {self._process.wait()}")

    def close(self) -> None:
        """End the process; one that is still at work is not waited for."""
        if self._process is None:
            return
        with self._process as process:
            assert process.stdin
            process.stdin.close()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.terminate()
        self._process = None


def serve(answer: Callable[..., dict[str, Any]]) -> None:
    """A contestant's main loop: requests on standard input, answers on standard output."""
    for line in sys.stdin:
        cpu_s = time.process_time()
        given = answer(**json.loads(line))
        print(json.dumps({"cpu_s": time.process_time() - cpu_s, **given}), flush=True)


def answered(train: Callable[[], list[float]], compile_s: float) -> dict[str, Any]:
    """A contestant's answer. train: gives the last losses of the networks that it trains"""
    began, cpu = time.perf_counter(), time.process_time()
    losses = train()
    took = {"seconds": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}
    return {**took, "compile_s": compile_s, "losses": losses}


def environment(name: str, *packages: str) -> Path:
    """The folder of programs of an environment that holds packages, made when it is first asked for.

    raises  Unavailable: they cannot be installed here
    """
    home = HOMES / name
    if not (home / "made").exists():
        _run([sys.executable, "-m", "venv", str(home)])
        _run([str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages])
        (home / "made").touch()
    return home / "bin"


def node_environment(name: str, *packages: str) -> Path:
    """The same with packages of Node."""
    home = HOMES / name
    if not (home / "made").exists():
        _run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(home), *packages])
        (home / "made").touch()
    return home / "node_modules" / ".bin"


class Unavailable(Exception):
    """A peer cannot be had here.  args: why."""


def _run(program: list[str]) -> None:
    try:
        subprocess.run(program, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise Unavailable(f"{program[0]} is not there") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines()
        raise Unavailable(said[-1] if said else f"code {error.returncode}") from error


def rounds(count: int, jobs: dict[Any, Callable[[], Any]]) -> dict[Any, list[Any]]:
    """What each job gave in each round. Every round runs all jobs, beginning with another one each time."""
    found: dict[Any, list[Any]] = {name: [] for name in jobs}
    names = list(jobs)
    for index in range(count):
        shift = index % len(names)
        for name in names[shift:] + names[:shift]:
            found[name].append(jobs[name]())
    return found


def timed(function: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def ratio(slower: Iterable[float], faster: Iterable[float]) -> list[float]:
    """How many times faster, round by round."""
    return [a / b for a, b in zip(slower, faster, strict=True)]


def shown(values: Iterable[float], digits: int = 3) -> str:
    """The median, and the least and greatest in brackets: "12.4 (11.9 to 13)"."""
    ordered = sorted(values)
    middle, low, high = (_short(v, digits) for v in (statistics.median(ordered), ordered[0], ordered[-1]))
    return middle if len(ordered) == 1 else f"{middle} ({low} to {high})"


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e" in text and abs(value) >= 1 else text


def prose(text: str) -> str:
    """A paragraph in one line."""
    return " ".join(text.split()) + "\n"


def table(head: list[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table, numbers to the right but for the first column."""
    lines = [" | ".join(head), " | ".join(["---"] + ["--:"] * (len(head) - 1))]
    lines += [" | ".join(str(cell) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines) + "\n"

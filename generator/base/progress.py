"""What a build tells the person who waits for it."""

from __future__ import annotations

import sys
import time
from typing import Any

PLAIN_EVERY_S = 5.0


class Progress:
    """A line or a bar a stage, on standard error.

    On a terminal rich draws a bar with the time left; elsewhere plain lines are printed; quiet prints warnings alone.
    """

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self._bar: Any = None
        self._task: Any = None
        self._total = self._done = 0
        self._work = self._worked = 0.0
        self._name = ""
        self._began = self._said = 0.0

    def say(self, text: str) -> None:
        """A plain line, unless quiet."""
        if not self.quiet:
            self._print(text)

    def warn(self, text: str) -> None:
        """A warning, also when quiet."""
        self._print(f"warning: {text}")

    def start(self, name: str, total: int, unit: str, work: float) -> None:
        """Begin a stage of `total` steps.

        unit  what these are, "networks"
        work  what all of them take, in any measure: by it the time that is left is told
        """
        unit = unit.removesuffix("s") if total == 1 else unit
        self._name, self._total, self._done, self._unit = name, total, 0, unit
        self._work, self._worked = work, 0.0
        self._began = self._said = time.monotonic()
        if self.quiet:
            return
        if sys.stderr.isatty():
            self._open_bar()
            self._task = self._bar.add_task(name, total=self._work, unit=unit, done=f"0/{total}")
        else:
            self._print(f"{name}: {total} {unit}")

    def advance(self, steps: int, work: float) -> None:
        """So many more steps are done, which were so much of the work."""
        self._done += steps
        self._worked += work
        if self._bar is not None:
            self._bar.update(self._task, advance=work, done=f"{self._done}/{self._total}")
        elif not self.quiet and time.monotonic() - self._said >= PLAIN_EVERY_S and self._done < self._total:
            self._said = time.monotonic()
            left_s = (self._said - self._began) * (self._work - self._worked) / self._worked
            self._print(f"{self._name}: {self._done} of {self._total} {self._unit}, {left_s:.0f} s left")

    def wanted(self) -> bool:
        """Whether anybody still waits; where not, what is under way is given up."""
        return True

    def close(self) -> None:
        """End of the last stage."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _print(self, text: str) -> None:
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            print(text, file=sys.stderr, flush=True)

    def _open_bar(self) -> None:
        if self._bar is not None:
            return
        from rich.console import Console  # slow to import, and not needed when everything is in the cache
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            TextColumn("{task.description:9}"),
            BarColumn(),
            TextColumn("{task.fields[done]}"),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._bar.start()

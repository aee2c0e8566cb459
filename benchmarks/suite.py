"""All benchmarks: python -m benchmarks.suite [--quick] [--only PART ...]

Every module of this folder with a TITLE and `measure(quick) -> Markdown` is a
part. Their sections make RESULTS.md, from which `quoted` takes the figures of
README and docs; --only replaces the sections named and keeps the others.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import os
import pkgutil
import platform
import re
import signal
import sys
import time
import traceback
from pathlib import Path
from types import ModuleType

import benchmarks
from benchmarks import quoted
from benchmarks.contest import shown, timed
from benchmarks.quoted import RESULTS

ORDER = (
    "training",
    "pictures",
    "sweep",
    "planning",
    "growth",
    "bookkeeping",
    "page",
    "authoring",
    "many_pages",
    "rows",
)  # parts that come first; others follow
LIBRARIES = ("torch", "numpy", "scipy", "matplotlib", "imageio", "pillow", "jinja2", "markdown", "distributed")


def parts() -> dict[str, ModuleType]:
    """The modules that measure something, by name, in the order of the report."""
    found = {}
    for module in pkgutil.iter_modules(benchmarks.__path__):
        text = (Path(__file__).parent / f"{module.name}.py").read_text(encoding="utf-8")
        if re.search(r"^TITLE = ", text, re.M) and re.search(r"^def measure\(quick: bool\)", text, re.M):
            found[module.name] = importlib.import_module(f"benchmarks.{module.name}")
    rank = {name: place for place, name in enumerate(ORDER)}
    return dict(sorted(found.items(), key=lambda entry: (rank.get(entry[0], len(ORDER)), entry[0])))


def processor() -> str:
    """The processor's model in words, as far as the system tells."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    return " ".join(model[1].split()) if model else platform.machine()


def cores() -> int:
    """How many cores the benchmarks may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def noise() -> str:
    """How long a fixed piece of work takes, again and again: what the machine does besides shows in the spread."""

    def work() -> None:
        sum(range(1_000_000))

    return f"{shown(1000 * timed(work) for _ in range(40))} ms"


def head(quick: bool) -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return (
        "# Benchmarks\n\n"
        f"Written by `make bench{'-quick' if quick else ''}`. Where a number is followed by a bracket, it is the median"
        " and the bracket holds the least and the greatest of the rounds. What is compared runs in turn, round by"
        " round, in the same minutes; believe the ratios more than the times.\n\n"
        f"{platform.system()}; Python {platform.python_version()}, {versions}.\n"
    )


def sections(text: str) -> dict[str, str]:
    """The sections of a report by title."""
    pieces = re.split(r"^## (.+)\n", text, flags=re.M)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def main() -> None:
    for asked in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, lambda *_: sys.exit(1))  # so that what was started is ended on the way out
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = parts()
    parser.add_argument("--quick", action="store_true", help="less of everything, for development")
    parser.add_argument("--only", nargs="+", choices=list(known), help="these parts; the other sections stay")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the report goes")
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # people's machines keep compiled modules, ours and the peers'
    kept = sections(arguments.out.read_text(encoding="utf-8")) if arguments.out.exists() else {}
    failed: list[str] = []
    for name, module in known.items():
        if arguments.only and name not in arguments.only:
            continue
        print(f"{name} …", file=sys.stderr, flush=True)
        before, began = noise(), time.monotonic()
        try:
            text = module.measure(arguments.quick)
        except Exception as error:  # the other parts are still worth having
            traceback.print_exc()
            failed.append(name)
            text = f"This part failed: {type(error).__name__}."
        took = time.monotonic() - began
        scale = "Quick. " if arguments.quick else ""
        machine = f"{processor()}, {cores()} cores"
        about = f"{scale}Measured in {took:.0f} s on {machine}; a fixed loop took {before} before and {noise()} after."
        kept[module.TITLE] = f"{about}\n\n{text}"
        titles = [part.TITLE for part in known.values() if part.TITLE in kept]
        report = head(arguments.quick) + "\n" + "\n\n".join(f"## {title}\n\n{kept[title].strip()}" for title in titles)
        arguments.out.write_text(report.rstrip() + "\n", encoding="utf-8")
    if arguments.out == RESULTS and not arguments.quick:
        quoted.renew()
    print(arguments.out)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()

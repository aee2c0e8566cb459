"""Try each promise many times, and write the figures into docs/guarantees.md.

python -m tests.promises [NAME …]
"""

from __future__ import annotations

import random
import re
import shutil
import sys
import tempfile
from pathlib import Path

from tests.promises import ROOT, make_tiny, promises

DOCUMENT = ROOT / "docs" / "guarantees.md"
ROW = "| {promise} | {count:,} {unit} | {failures} |"


def main(names: list[str]) -> int:
    """Returns how many promises did not hold."""
    broken = 0
    with tempfile.TemporaryDirectory() as made:
        make_tiny(Path(made) / "tiny")
        for promise in promises():
            name = promise.__name__.rpartition(".")[2]
            if names and name not in names:
                continue
            with tempfile.TemporaryDirectory() as folder:
                shutil.copytree(made, folder, dirs_exist_ok=True)
                wrong = promise.check(Path(folder), promise.MANY, random.Random(name))
            told = f"{name}: {promise.MANY:,} {promise.UNIT}, {len(wrong)} did not hold"
            print("\n".join([told, *wrong]), flush=True)
            broken += bool(wrong)
            write(promise.PROMISE, promise.MANY, promise.UNIT, len(wrong))
    return broken


def write(promise: str, count: int, unit: str, failures: int) -> None:
    """Put a promise's figures into the document, in place of those of before."""
    text = DOCUMENT.read_text(encoding="utf-8")
    row = ROW.format(promise=promise, count=count, unit=unit, failures=failures)
    written, found = re.subn(rf"^\| {re.escape(promise)} \|.*$", lambda _: row, text, flags=re.MULTILINE)
    DOCUMENT.write_text(written if found else f"{text.rstrip()}\n{row}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

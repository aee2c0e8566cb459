"""An article built elsewhere: in another zone, language and folder, by another user, from files of other dates."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.promises import ROOT, TINY, tree

PROMISE = (
    "The same bytes: an article built under another time zone, locale, hash seed, umask, home, user, folder, number of"
    " workers and dates of its files, from an empty cache, is the same site"
)
UNIT = "builds"
FEW, MANY = 1, 8
ZONES = ("Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu", "UTC")
LOCALES = ("C", "C.UTF-8", "POSIX", "tr_TR.UTF-8")
UMASKS = (0o077, 0o022, 0o002, 0o027)
PLACES = ("a b", "ö", "deep/er/still", "z")
DATES = (0, 1e9, 4e9)
ANOTHER = ("unshare", "--user")  # user of no name, who sees the files as that user's own


def check(folder: Path, count: int, rng: random.Random) -> list[str]:
    """Build the tiny article under as many surroundings, and compare each site with the first."""
    usual = tree(folder / "tiny" / "site")
    others = shutil.which(ANOTHER[0]) and not subprocess.run([*ANOTHER, "true"], stderr=subprocess.DEVNULL).returncode
    wrong = []
    for at in range(count):
        surroundings = {
            "TZ": ZONES[at % 4],
            "LC_ALL": rng.choice(LOCALES),
            "PYTHONHASHSEED": str(rng.randrange(1, 9999)),
        }
        user = ANOTHER if at % 2 == 0 and others else ()
        with tempfile.TemporaryDirectory() as elsewhere:
            here, date = Path(elsewhere, PLACES[at % 4]), rng.choice(DATES)
            site = built(here, surroundings, UMASKS[at % 4], 2 - at % 2, user, date)
        differ = sorted(path for path in usual.keys() | site.keys() if usual.get(path) != site.get(path))
        if differ:
            wrong.append(f"{surroundings} {' '.join(user)} in {PLACES[at % 4]}, dated {date}: {', '.join(differ)}")
    return wrong


def built(
    here: Path, surroundings: dict[str, str], umask: int, workers: int, user: tuple[str, ...], date: float
) -> dict[str, bytes]:
    """The files of the tiny article's site, built in a folder of its own; without HOME where none is given.

    user  what makes another of who runs this
    date  of the article's files
    """
    shutil.copytree(TINY, here / "content")
    for path in (here, *here.rglob("*")):
        os.utime(path, (date, date))
    usual = {name: value for name, value in os.environ.items() if name != "HOME" and not name.startswith("LC_")}
    done = subprocess.run(
        [*user, sys.executable, "-m", "generator", "build", "--quiet", "--workers", str(workers)],
        cwd=here,
        env={**usual, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **surroundings},
        umask=umask,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return {f"ended with {done.returncode}: {done.stderr}": b""}
    return tree(here / "site")

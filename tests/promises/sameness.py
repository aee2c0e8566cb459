"""An article that is built elsewhere: in another zone, language and folder, by another user, from files of other dates."""

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
FEW, MANY = 1, 24
ZONES = ("Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu", "UTC")
LOCALES = ("C", "C.UTF-8", "POSIX", "tr_TR.UTF-8")
UMASKS = (0o077, 0o022, 0o002, 0o027)
PLACES = ("a b", "ö", "deep/er/still", "z")
DATES = (0, 1e9, 4e9)
NOBODY = 65534


def check(folder: Path, count: int, rng: random.Random) -> list[str]:
    """Build the tiny article under as many surroundings, and compare each site with the first."""
    usual = built(folder / "usual", {"TZ": "UTC", "PYTHONHASHSEED": "0", "HOME": str(folder)}, 0o022, 1)
    wrong = []
    for at in range(count):
        surroundings = {
            "TZ": ZONES[at % 4],
            "LC_ALL": rng.choice(LOCALES),
            "PYTHONHASHSEED": str(rng.randrange(1, 9999)),
        }
        user = NOBODY if os.geteuid() == 0 and at % 2 == 0 else None  # only root may be another
        with tempfile.TemporaryDirectory() as elsewhere:
            os.chmod(elsewhere, 0o755)
            here, date = Path(elsewhere, PLACES[at % 4]), rng.choice(DATES)
            site = built(here, surroundings, UMASKS[at % 4], 1 + at % 2, user, date)
        differ = sorted(path for path in usual.keys() | site.keys() if usual.get(path) != site.get(path))
        if differ:
            wrong.append(f"{surroundings} as {user} in {PLACES[at % 4]}, dated {date}: {', '.join(differ)}")
    return wrong


def built(
    here: Path,
    surroundings: dict[str, str],
    umask: int = 0o022,
    workers: int = 1,
    user: int | None = None,
    date: float | None = None,
) -> dict[str, bytes]:
    """The files of the tiny article's site, built in a folder of its own; without HOME where none is given.

    user  who builds it; None: who runs this
    date  of the article's files; None: as they are
    """
    shutil.copytree(TINY, here / "content")
    for path in (here, *here.rglob("*")):
        if date is not None:
            os.utime(path, (date, date))
        if user is not None:
            os.chown(path, user, user)
    usual = {name: value for name, value in os.environ.items() if name != "HOME" and not name.startswith("LC_")}
    done = subprocess.run(
        [sys.executable, "-m", "generator", "build", "--quiet", "--workers", str(workers)],
        cwd=here,
        env={**usual, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **surroundings},
        umask=umask,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return {f"ended with {done.returncode}: {done.stderr}": b""}
    return tree(here / "site")

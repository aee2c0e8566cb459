"""A small complete article to start from."""

from __future__ import annotations

import shutil
from pathlib import Path

from .base.errors import PeekError

NAMES = {
    "gitignore": ".gitignore",
    "gitignore.site": "site/.gitignore",
}  # packages leave files out that begin with a dot


class NotEmptyError(PeekError):
    """The folder for a new article holds something."""


def new(folder: Path, templates: Path) -> list[Path]:
    """Fill a new or empty folder with an article. Returns the files written, in order.

    raises  NotEmptyError: nothing is ever overwritten
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmptyError(f"{folder}: not empty; expected a new folder for the article")
    written = []
    starter = templates / "new"
    for source in sorted(path for path in starter.rglob("*") if path.is_file()):
        name = source.relative_to(starter).as_posix()
        target = folder / NAMES.get(name, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        written.append(target)
    return written

"""A small complete article to start from: each folder of `templates/new` but `shared` is one, named by its folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from .base.errors import PeekError, nearest, one_of

SHARED = "shared"  # what every new article gets
DEFAULT = "start"
NAMES = {
    "gitignore": ".gitignore",
    "gitignore.site": "site/.gitignore",
    "pages.yml": ".github/workflows/pages.yml",
}  # packages leave files out that begin with a dot


class NotEmptyError(PeekError):
    """The folder for a new article holds something."""


class NoExampleError(PeekError):
    """No example has this name."""


def examples(templates: Path) -> list[str]:
    """The names of the articles that there are to start from, sorted."""
    return sorted(path.name for path in (templates / "new").iterdir() if (path / "content").is_dir())


def new(folder: Path, templates: Path, example: str = DEFAULT) -> list[Path]:
    """Fill a new or empty folder with an article. Returns the files written, in order.

    raises  NotEmptyError: nothing is ever overwritten
            NoExampleError: with the nearest name
    """
    if example not in (there := examples(templates)):
        near = nearest(example, there)
        raise NoExampleError(
            f'--example: no example "{example}"; expected {one_of(there)}'
            + (f'; did you mean "{near}"?' if near else "")
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmptyError(f"{folder}: not empty; expected a new folder for the article")
    written = []
    for top in (templates / "new" / SHARED, templates / "new" / example):
        for source in sorted(path for path in top.rglob("*") if path.is_file()):
            name = source.relative_to(top).as_posix()
            target = folder / (NAMES.get(name, name) if top.name == SHARED else name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            written.append(target)
    return written

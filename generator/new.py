"""A small complete article to start from: each folder of `templates/new` but `shared` is one, named by its folder."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from . import __version__
from .base import filenames, style
from .base.errors import PeekError, mistake, nearest, one_of

SHARED = "shared"  # what every new article gets
DEFAULT = "start"
TABLE = "table"  # the article that a table of the author's own is put into
MOST_SENT = 60_000  # numbers of a table whose rows travel with the page, with weights that are as heavy as so many
WORDS = 10  # in a column of words among the inputs, else it is left out
HELD = 0.5  # share of a column's cells that hold a value, else it is left out, and not the rows that lack one
WIDTH, CHECKPOINTS = 16, 16  # of that article's networks: neurons that each column leads to, and moments that are kept
# Packages leave files out that begin with a dot
NAMES = {"gitignore": ".gitignore", "gitattributes": ".gitattributes", "gitignore.site": "site/.gitignore"}
NAMES |= {"pages.yml": ".github/workflows/pages.yml"}


def examples(templates: Path) -> list[str]:
    """The names of the articles that there are to start from, sorted."""
    return sorted(path.name for path in (templates / "new").iterdir() if (path / "content").is_dir())


def new(
    folder: Path, templates: Path, example: str = DEFAULT, data: Path | None = None, label: str | None = None
) -> list[Path]:
    """Fill a new or empty folder with an article. Returns the files written, in order.

    data    a table of the author's, .csv, .tsv or .npz, which the article is then about, whatever the example
    label   its column of classes; None: found as tables.label_of finds it
    raises  PeekError: nothing is ever overwritten
            ContentError: no such example; what is wrong with the table, by line and column
    """
    example = TABLE if data else example
    if example not in (there := examples(templates)):
        raise mistake("--example", f'no example "{example}"', one_of(there), nearest(example, there))
    if folder.exists() and not (
        folder.is_dir() and all(path.name == ".git" or filenames.of_system(path.name) for path in folder.iterdir())
    ):
        raise PeekError(f"{folder}: not empty; expected a new folder for the article")
    settings = _settings(data, label) if data else {}
    written = []
    for top in (templates / "new" / SHARED, templates / "new" / example):
        ours = (path for path in top.rglob("*") if path.is_file() and path.suffix != ".pyc")
        for source in sorted((path for path in ours if not filenames.left_behind(path.name)), key=Path.as_posix):
            name = source.relative_to(top).as_posix()
            target = folder / (NAMES.get(name, name) if top.name == SHARED else name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            written.append(target)
    workflow = folder / NAMES["pages.yml"]
    package = "pip install peek-article"  # of today's version: another one may build another page
    said = workflow.read_text(encoding="utf-8").replace(package, f"{package}=={__version__}")
    workflow.write_text(said, encoding="utf-8", newline="\n")
    if data:
        written += _about(folder / "content", data, settings)
    return [path for path in written if path.exists()]


def _settings(data: Path, label: str | None) -> dict[str, Any]:
    """What [dataset.table] must say of a table: its `file`, `label` where it is asked for, and the `columns` of numbers
    where there are others or some that count the rows, `balance` where classes are uneven; also how many "numbers"
    would travel with the page, the columns "left", and how many "labels" there are.

    raises  ContentError
    """
    from .content import columns, tables
    from .content.experiments import BYTES_OF

    if not data.is_file():
        there = [
            path.name for path in data.absolute().parent.glob("*") if path.is_file() and columns.is_file(path.name)
        ]
        raise mistake("--data", f"no file {data}", "", nearest(data.name, there))
    place = columns.located(data.absolute().parent, data.name, "--data")
    said: dict[str, Any] = {"file": f"data/{data.name}"} | ({"label": label} if label else {})
    left: list[str] = []
    if place.suffix.lower() in columns.OF_TEXT:
        found = columns.csv_columns(place, gaps=True)
        words = [name for name, column in zip(found.names, found.columns, strict=True) if isinstance(column, list)]
        if len(words) > 1 and not label:
            raise mistake("--data", f"{data} has several columns of words", f"--label with {one_of(words)}")
        of_label = found.names[tables.label_of(found, label)[0]]
        by_name = dict(zip(found.names, found.columns, strict=True))
        held = {name: columns.holds(column).mean() for name, column in by_name.items()}
        many = [name for name in words if len({*by_name[name]}) > WORDS]
        left = [name for name in by_name if name != of_label and (name in many or held[name] < HELD)]
        if left or words not in ([], [of_label]):
            said["label"] = of_label
            said["columns"] = tuple(name for name in by_name if name not in (*left, of_label))
        if any(share < 1 for name, share in held.items() if name not in left):
            said["missing"] = "drop"
    read = tables.read(place.parent, {**said, "file": data.name})
    counts = tables.counting(read.table)
    if 0 < len(counts) < len(read.table.names):
        left += counts
        said["columns"] = tuple(name for name in said.get("columns", read.table.names) if name not in counts)
        read = tables.read(place.parent, {**said, "file": data.name})
    if "uneven-classes" in [warned.name for warned in read.warned]:
        said["balance"] = "repeat"
    of_a_column = WIDTH * (BYTES_OF["weight"] + CHECKPOINTS * BYTES_OF["change"]) / BYTES_OF["number"]
    numbers = read.table.x.size + of_a_column * len(read.table.names)
    return said | {"numbers": numbers, "left": left if "columns" in said else [], "labels": len(read.table.labels)}


def _about(content: Path, data: Path, settings: dict[str, Any]) -> list[Path]:
    """Put a table in the place of the example's. Returns the file written."""
    [example] = (content / "data").iterdir()
    example.unlink()
    target = shutil.copyfile(data, content / "data" / data.name)
    sent, left, labels = settings.pop("numbers") <= MOST_SENT, settings.pop("left"), settings.pop("labels")
    source, text = content / "experiments.toml", content / "article.md"
    said = {key: json.dumps(value, ensure_ascii=False) for key, value in settings.items()}
    if left:
        why = "left out, as they hold many words or next to nothing, or count the rows"
        said["columns"] += f"  # {why}: {json.dumps(left, ensure_ascii=False)}"
    if "missing" in said:
        said["missing"] += "  # rows that lack a value are left out"
    lines = "\n".join(f"{key} = {value}" for key, value in said.items())
    recipe = re.sub(r"^file = .*$", lambda _: lines, source.read_text(encoding="utf-8"), count=1, flags=re.M)
    if labels > (colours := len(style.THEMES["light"].classes)):
        some = (
            f"classes = {colours}  # the first of {labels}, as pictures have so many colours; others by a list of names"
        )
        recipe = recipe.replace('dataset = "table"\n', f'dataset = "table"\n{some}\n')
    if not sent:  # the build would refuse it
        recipe = recipe.replace("ship = 1\n", "")
        drawn = text.read_text(encoding="utf-8").replace("| bend", "| hidden-plane")
        text.write_text(drawn, encoding="utf-8", newline="\n")
    source.write_text(recipe, encoding="utf-8", newline="\n")
    return [target]

"""Data that experiments train on: the [dataset.NAME] tables, drawn by a formula, read from a file or from own code."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..base import limits
from ..base.errors import ContentError, an, nearest
from ..networks import datasets, recipe, tables
from ..networks.recipe import Field, plain
from . import tables as files
from .columns import is_file
from .keys import Keys, listed, shown
from .lab import Lab

DIGITS = "digits"


def _share(value: Any) -> float | str:
    return value if isinstance(value, str) else recipe.number(above=0, below=1).accepts(value)


def _image(value: Any) -> tuple[int, int]:
    height, width = value
    if any(type(side) is not int or side < 1 for side in (height, width)):
        raise ValueError
    return height, width


IMAGE = Field(_image, "the height and the width of a picture in grey levels, such as [8, 8]")
TWO_OR_MORE = 'two classes or more, each once, such as ["setosa", "virginica"] or [0, 1, 7]'
CLASSES = recipe.several(plain("a class", str, int), TWO_OR_MORE, 2, once=True)
DIGITS_FIELDS = {
    "kind": recipe.choice(DIGITS),
    "classes": CLASSES,
    "image": IMAGE,
    "test": recipe.number(above=0, below=1),
    "balance": recipe.choice(*tables.BALANCES),
}
SOME_COLUMNS = 'names of the columns of numbers, each once, such as ["width", "height"]'
FILE_FIELDS = {
    "file": plain('a file in the content\'s folder, such as "data/points.csv"', str),
    "label": plain("the name of the column with the labels", str),
    "columns": recipe.several(plain("a name", str), SOME_COLUMNS, 1, once=True),
    "missing": recipe.choice(*files.GAPS),
    "test": Field(_share, "a share between 0 and 1, the name of a column, or a second file"),
    "classes": CLASSES,
    "image": IMAGE,
    "balance": DIGITS_FIELDS["balance"],
}


Picked = Mapping[str, list[tables.Table]]  # of own data, by name


class Datasets:
    """Reads the tables of data of a file of experiments.

    axes    the values that each dataset's keys take, by its name: kind, points_per_class and the kind's parameters;
            {} where it is wrong, which is told
    read    those of files
    images  height and width of the pictures that a file's rows are, () where they are none
    """

    def __init__(self, keys: Keys, lab: Lab) -> None:
        self.keys = keys
        self.lab = lab
        self.axes: dict[str, dict[str, list[Any]]] = {}
        self.read: dict[str, files.Read] = {}
        self.images: dict[str, tuple[int, ...]] = {}
        self.unread: set[str] = set()  # of which nobody knows whether it has classes of its own
        self.keys_of: dict[str, tuple[str, ...]] = {}  # what the table of each may hold, where it is known

    def dataset(self, name: str, table: dict[str, Any]) -> dict[str, list[Any]]:
        """A dataset's axes: kind, points_per_class and the kind's parameters."""
        path = ("dataset", name)
        own = self.lab.of("dataset")
        kinds = recipe.choice(*tables.built_in(), DIGITS, *own)
        kind = table.get("kind", "spirals")
        if "file" in table or kind == DIGITS:
            return self.own(name, table)
        if kind not in kinds.choices:
            self.unread.add(name)
            match = nearest(kind, kinds.choices) if isinstance(kind, str) else None
            self.keys.wrong((*path, "kind"), f"kind is {shown(kind)}", kinds.expected, match)
            return {}
        fields = {"kind": kinds, "points_per_class": recipe.integer(1, limits.POINTS)}
        if kind in own:
            fields |= own[kind].fields
            defaults = {key: [fields[key].accepts(value)] for key, value in own[kind].usual.items()}
            defaults = {"inputs": [datasets.inputs(own[kind].data, 1)]} | defaults
        else:
            fields |= {each.name: recipe.number(least=each.least) for each in datasets.load()[kind].parameters}
            defaults = {key: [float(value)] for key, value in datasets.load()[kind].defaults.items()}
        self.keys_of[name] = (*fields,)
        known = self.keys.known(path, table, fields, f"key of {an(kind)} dataset")
        axes = {key: self.keys.axis((*path, key), value, fields[key]) for key, value in known.items()}
        kind = own[kind].data if kind in own else kind
        return {"points_per_class": [100], **defaults, **axes, "kind": [kind]}

    def own(self, name: str, table: dict[str, Any]) -> dict[str, list[Any]]:
        """The axes of a table of the author's, which is read."""
        path = ("dataset", name)
        fields = FILE_FIELDS if "file" in table else DIGITS_FIELDS
        before = len(self.keys.problems)
        self.unread.add(name)
        self.keys_of[name] = (*fields,)
        options = self.keys.singles(path, table, fields, f"key of {'own data' if 'file' in table else 'the digits'}")
        if len(self.keys.problems) > before:
            return {}
        try:
            self.read[name] = files.read(Path(self.keys.place).parent, options)
        except ContentError as error:
            self.keys.take(path, options, error)
            return {}
        self.unread.remove(name)
        table_read = self.read[name].table
        inputs = table_read.x.shape[1]
        self.images[name] = options.get("image", files.DIGIT if options.get("kind") == DIGITS else ())
        if self.images[name] and math.prod(self.images[name]) != inputs:
            what = f"image is {shown(self.images[name])}, {math.prod(self.images[name])} numbers; a row has {inputs}"
            self.keys.wrong((*path, "image"), what, f"a height times a width of {inputs}")
        return axes_of(table_read)

    def chosen(
        self, path: tuple[str, ...], table: dict[str, Any], keys: Collection[str]
    ) -> tuple[list[str], dict[str, Any]]:
        """The names of an experiment's data, and its table without the keys that belong to theirs, which is a mistake.

        keys  those of an experiment
        """
        names = []
        given = table.get("dataset", next(iter(self.axes), "spirals"))
        for one in given if isinstance(given, list) else [given]:
            if isinstance(one, str):
                names.append(one)
            else:
                self.keys.wrong((*path, "dataset"), f"dataset is {shown(one)}", a_table("moons"))
        taking = self.kinds() if self.keys.lines is not None else {}  # a recipe in Python has no table for its dataset
        misplaced = table.keys() & set().union(*taking.values()) - {*keys}
        for key in sorted(misplaced):
            kinds = [kind for kind, takes in taking.items() if key in takes]
            self.misplaced((*path, key), [name for name in names if name in self.axes], kinds)
        if not self.axes and "dataset" not in table:
            if not misplaced:
                self.keys.wrong(path, f"experiment {path[-1]} has no dataset", a_table("moons"))
            names = []
        for name in names:
            if name not in self.axes:
                match = nearest(name, self.axes)
                expected = listed(self.axes) if match else a_table(name)
                self.keys.wrong((*path, "dataset"), f"unknown dataset {shown(name)}", expected, match)
        return names, {key: value for key, value in table.items() if key not in misplaced}

    def are_whole(self, names: Iterable[str]) -> bool:
        """Whether nothing is wrong with some."""
        return all(self.axes.get(name) and all(self.axes[name].values()) for name in names)

    def kinds_of(self, names: Iterable[str]) -> list[str]:
        """The kinds that some of them have."""
        return [kind for name in names for kind in self.axes.get(name, {}).get("kind", ())]

    def picked(self, path: tuple[str, ...], names: Iterable[str], classes: Any) -> Picked:
        """The tables of those of files that an experiment's `classes` ask for, by name."""
        return {name: self.tables(path, name, classes) for name in names if name in self.read}

    def tables(self, path: tuple[str, ...], name: str, classes: Any) -> list[tables.Table]:
        """The tables of one: of all its classes, the first so many, or some."""
        table = self.read[name].table
        if classes is None:
            return [table]
        if is_named(classes):
            chosen = self.keys.single((*path, "classes"), classes, CLASSES) or ()
            for word in map(str, chosen):
                if word not in table.labels:
                    what = f'no class "{word}" in dataset {name}'
                    self.keys.wrong((*path, "classes"), what, listed(list(table.labels)), nearest(word, table.labels))
                    return []
            return [table.picked(tuple(map(str, chosen)))]
        counts = self.keys.axis((*path, "classes"), classes, recipe.axes()["classes"])
        if counts and max(counts) > len(table.labels):
            what = f"classes is {max(counts)}, and dataset {name} has {len(table.labels)}"
            self.keys.wrong(
                (*path, "classes"), what, f"at most {len(table.labels)}, or some of {', '.join(table.labels)}"
            )
            return []
        return [table.picked(table.labels[:count]) for count in counts]

    def sources(
        self, names: Iterable[str], of_files: Picked, axes: Mapping[str, list[Any]]
    ) -> Iterator[tuple[str, dict[str, list[Any]], dict[str, list[Any]]]]:
        """Each that an experiment trains on: its name, its axes, and the experiment's, which `axes` are, for it."""
        for name in names:
            if name not in of_files:
                yield name, self.axes[name], {**axes}
            for table in of_files.get(name, ()):
                tables.enter(table)
                yield name, axes_of(table), {**axes, "classes": [len(table.labels)]}

    def kinds(self) -> dict[str, tuple[str, ...]]:
        """What the table of a dataset may hold, by what it says of its kind."""
        drawn = {name: [each.name for each in kind.parameters] for name, kind in tables.built_in().items()}
        drawn |= {name: list(function.fields) for name, function in self.lab.of("dataset").items()}
        kinds = {f'kind = "{name}"': ("kind", "points_per_class", *own) for name, own in drawn.items()}
        return kinds | {f'kind = "{DIGITS}"': (*DIGITS_FIELDS,), 'file = "…"': (*FILE_FIELDS,)}

    def misplaced(self, path: tuple[str, ...], names: Sequence[str], kinds: Sequence[str]) -> None:
        """A key of data in an experiment's table is a mistake, which says where it would be right.

        names   the experiment's data
        kinds   what the table of a dataset with this key says
        """
        key = path[-1]
        takers = [name for name in names if key in self.keys_of.get(name, (key,))]
        if takers or not names:
            where = " and ".join(f"[dataset.{name}]" for name in takers) or f"[dataset.NAME] with {' or '.join(kinds)}"
            self.keys.wrong(path, f"{key} belongs to the dataset", f"it in {where}")
            return
        there = list(dict.fromkeys(itertools.chain.from_iterable(self.keys_of[name] for name in names)))
        near = nearest(key, there)
        expected = f"{listed(there)} there" if near else f"a table [dataset.NAME] with {' or '.join(kinds)}"
        what = f"{key} belongs to a dataset, and {' and '.join(f'[dataset.{name}]' for name in names)} has no such key"
        self.keys.wrong(path, what, expected, near)


def a_table(choice: str) -> str:
    """The table of data that an experiment's `dataset` names, where it names a kind or a file itself."""
    if is_file(choice):
        name = re.sub(r"[^a-z0-9]+", "-", Path(choice).stem.lower()).strip("-") or "mine"
        return f'the name of a table [dataset.{name}], below it file = "{choice}"'
    name = choice if choice in tables.built_in() else "moons"
    return f'the name of a table such as [dataset.{name}], below it kind = "{name}"'


def is_named(classes: Any) -> bool:
    """Whether classes are asked for by their words and not by their number."""
    return isinstance(classes, list) and any(isinstance(one, str) for one in classes)


def axes_of(table: tables.Table) -> dict[str, list[Any]]:
    """The axes of own data, one value each."""
    own = {key: [value] for key, value in table.options}
    return {"kind": [table.kind], "points_per_class": [table.points_per_class], **own}

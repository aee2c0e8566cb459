"""What a command can be asked for: one row an option, from which everything else that knows of options is made.

    strict: bool = option(False, "warnings are errors")

A row is a field of `Options`, which `build` takes; the command line, its help and the address of a site are made from
the same rows. To add an option, add a row and use it.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import os
import re
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .base.errors import PeekError, nearest, one_of
from .base.overlay import default_templates
from .base.warnings import WARNINGS
from .guide import LISTS
from .new import examples
from .runs.catalogue import default_workers
from .runs.stages import STAGES

SHARDS_AT_MOST = 100_000
ARTICLE = ("build", "serve", "publish")  # the commands on an article
TRAINING = (*ARTICLE, "plan", "train")  # those that look at its experiments
KEEPING = (*TRAINING, "cache")  # those that use the cache
NAMING = (*TRAINING, "list")  # those that ask which names an article has


@dataclass(frozen=True)
class Row:
    """What an option is beside its default, whose type says how it is given: a flag, one value, or again and again.

    words       for the help, which adds the default and the choices
    metavar     what stands for the value in the help
    commands    which take it
    decides     whether another value makes another site, so that it enters the site's address
    read        from a word of the command line to the value; raises argparse.ArgumentTypeError
    choices     the only values
    positional  whether it is given without its name
    needs       what it says nothing without, as that is given
    never_with  the name of one beside which it says nothing
    """

    words: str
    metavar: str | None = None
    commands: tuple[str, ...] = ARTICLE
    decides: bool = False
    read: Callable[[str], Any] = str
    choices: tuple[str, ...] | None = None
    positional: bool = False
    needs: str = ""
    never_with: str = ""


def option(default: Any, *row: Any, **named: Any) -> Any:
    """A field with its row. default: a value, or a function that finds it."""
    how: dict[str, Any] = {"default_factory": default} if callable(default) else {"default": default}
    return dataclasses.field(**how, metadata={"row": Row(*row, **named)})


def path(text: str) -> Path:
    """Reads where a file or a folder is."""
    if not text:  # as of a variable of the shell that was never set
        raise argparse.ArgumentTypeError("'' names nothing; expected a path")
    return Path(text)


def whole(least: int, most: float = math.inf) -> Callable[[str], int]:
    """Reads a whole number from `least` to `most`."""
    expected = f"at least {least}" if most == math.inf else f"from {least} to {most}"

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, {expected}")
        return int(text)

    return read


@dataclass(frozen=True)
class Shard:
    """One of several parts of a plan's networks. number: from 1 to count"""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def shard(text: str) -> Shard:
    """Reads a part such as 7/64."""
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count) <= SHARDS_AT_MOST):
        raise argparse.ArgumentTypeError(f"{text!r} is not a part; expected one such as 7/64, the first 1/64")
    return Shard(int(number), int(count))


def address(text: str) -> str:
    """Reads where a site will live: scheme, host, and what path there is; "" for nowhere yet."""
    try:
        parts = urllib.parse.urlsplit(text)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s?#]", text)
    except ValueError:  # brackets or a port that are none
        right = False
    if text and not right:
        meant = re.sub(r"^([a-z]+:(?!\d)/*|/+)|[?#].*|\s", "", text, flags=re.IGNORECASE) or "example.org"
        raise argparse.ArgumentTypeError(f"{text!r} is not an address; expected one such as https://{meant}")
    return text


@dataclass(frozen=True)
class Options:
    """What a command is asked for; each row says itself what it is."""

    content: Path = option(Path("content"), "the article's folder", "DIR", NAMING, decides=True, read=path)
    out: Path = option(Path("site"), "where the site goes", "DIR", read=path)
    cache: Path = option(Path(".cache"), "what is kept between builds", "DIR", KEEPING, read=path)
    templates: Path | None = option(None, "templates other than peek's own", "DIR", NAMING, read=path)
    lab: bool = option(
        False, "run the code beside the text: lab/*.py, and its templates and scripts", commands=NAMING, decides=True
    )
    profile: str = option("standard", "which size of the experiments to run", None, TRAINING, decides=True)
    workers: int = option(default_workers, "processes that train and draw (one a core)", "N", TRAINING, read=whole(1))
    device: str = option("cpu", "what trains", None, TRAINING, choices=("cpu", "cuda", "auto"))
    executor: str = option(
        "local", "who trains: processes here, or a cluster", None, TRAINING, choices=("local", "dask")
    )
    scheduler: str = option(
        "", "of the Dask cluster, or its scheduler file", "ADDRESS", TRAINING, needs="--executor dask"
    )
    base_url: str = option(
        "",
        "where the site will live: adds canonical links, feed, sitemap",
        "URL",
        decides=True,
        read=address,
        never_with="only",
    )
    strict: bool = option(False, "warnings are errors", never_with="only")
    allow: frozenset[str] = option(
        frozenset(), "pass over a kind of warning", "NAME", choices=tuple(WARNINGS), never_with="only"
    )
    unused: bool = option(False, "also warn of works that no page cites", never_with="only")
    draft: bool = option(False, "mark the pages as a draft", decides=True, never_with="only")
    quiet: bool = option(False, "say nothing but warnings and errors", commands=KEEPING)
    force: frozenset[str] = option(
        frozenset(), "run a stage although the cache has its results", "STAGE", ("build",), choices=tuple(STAGES)
    )
    only: tuple[str, ...] = option(
        (),
        "one experiment alone; build trains and draws it into the cache and leaves the site as it is",
        "NAME",
        ("build", "plan", "train"),
    )
    shards: int = option(1, "in how many parts", "N", ("plan",), read=whole(1, SHARDS_AT_MOST))
    shard: Shard = option(Shard(1, 1), "one part of the networks alone, such as 7/64", "I/N", ("train",), read=shard)
    act: str = option(None, "what to do with it", "ACT", ("cache",), choices=("add",), positional=True)
    others: tuple[Path, ...] = option(
        (), "the cache of another machine or folder", "DIR", ("cache",), read=path, positional=True
    )
    table: Path | None = option(
        None,
        "with --only: also write their runs, a row each, into one table, a CSV",
        "FILE",
        ("build",),
        read=path,
        needs="--only NAME",
    )
    single_file: Path | None = option(
        None, "also write the whole article into one file", "FILE", ("build",), read=path, never_with="only"
    )
    explain: bool = option(False, "say what each stage did, and why", commands=("build",), never_with="quiet")
    port: int = option(8000, "port to listen on; 0 takes a free one", "N", ("serve",), read=whole(0, 65535))
    debug: bool = option(False, "print tracebacks of what is no author's mistake", commands=("serve",))
    site: Path = option(Path("site"), "its folder", "SITE", ("check", "verify"), read=path, positional=True)
    rerun: int = option(0, "also train so many runs again, picked at random", "N", ("verify",), read=whole(0))
    seed: int | None = option(
        None, "with --rerun: of what is picked (another each time)", "N", ("verify",), read=whole(0), needs="--rerun N"
    )
    ask: bool = option(False, "ask every outside link once whether it is there", commands=("check",))
    remote: str = option("origin", "where to push", "NAME", ("publish",))
    branch: str = option("gh-pages", "branch for the site alone", "NAME", ("publish",))
    yes: bool = option(False, "push without asking", commands=("publish",))
    listed: str = option("", "which list", "LIST", ("list",), choices=tuple(LISTS), positional=True)
    folder: Path | None = option(None, "a new or empty folder", "DIR", ("new",), read=path, positional=True)
    example: str = option("start", f"what to start from: {one_of(examples(default_templates()))}", "NAME", ("new",))
    data: Path | None = option(
        None, "a table of your own to start from, .csv, .tsv or .npz", "FILE", ("new",), read=path, never_with="example"
    )
    label: str | None = option(
        None, "with --data: its column of classes (the one of words)", "COLUMN", ("new",), needs="--data FILE"
    )

    @property
    def experiments(self) -> Path:
        """The file of the article's experiments."""
        return self.content / "experiments.toml"


PUBLISHED = "whose files go with the site, so that each build would publish the one before"
REPLACED = "which a build replaces"
APART = (  # what may not lie in what, and why
    *((name, "content", PUBLISHED) for name in ("out", "cache", "single_file")),
    *((name, "out", REPLACED) for name in ("content", "templates", "cache", "single_file", "table")),
)


def rows() -> Iterator[tuple[str, Any, Row]]:
    """Each option's name, default (None where it is found out) and row."""
    for field in dataclasses.fields(Options):
        yield field.name, None if field.default is dataclasses.MISSING else field.default, field.metadata["row"]


def add(parser: argparse.ArgumentParser, command: str) -> None:
    """Add the options that a command takes to its parser."""
    for name, default, row in rows():
        if command not in row.commands:
            continue
        several, flag = isinstance(default, (tuple, frozenset)), isinstance(default, bool)
        about = [row.words]
        if row.metavar and row.choices:
            about.append(f": {', '.join(row.choices)}")
        if several:
            about.append(", or several" if row.positional else "; may be given again")
        elif default and not flag:
            about.append(f" ({default})")
        given: dict[str, Any] = {"help": "".join(about), "default": None}
        if flag:
            given["action"] = "store_true"
        else:
            given |= {"metavar": row.metavar, "type": row.read, "choices": row.choices}
        if row.positional:
            parser.add_argument(name, nargs="+" if several else None if default is None else "?", **given)
        elif several:
            parser.add_argument(f"--{name.replace('_', '-')}", action="append", **given)
        else:
            parser.add_argument(f"--{name.replace('_', '-')}", **given)


def given(arguments: argparse.Namespace) -> Options:
    """The options that a command line gives; those that it leaves out have their defaults.

    raises  PeekError: an option without the one that it needs, or with one beside which it says nothing; a folder
            that is to be read is not there, or one lies in another that a command reads or replaces as a whole
    """
    said = {name: value for name, value in vars(arguments).items() if name != "run" and value is not None}
    for name, default, _ in rows():
        if isinstance(default, (tuple, frozenset)) and name in said:
            said[name] = type(default)(said[name])
    options = Options(**said)
    for name, _, row in rows():
        needed = row.needs.removeprefix("--").partition(" ")[0]
        if name in said and needed and getattr(options, needed) == getattr(Options, needed):
            raise PeekError(f"--{name} without --{needed}; expected {row.needs} too")
        if name in said and row.never_with in said:
            raise PeekError(f"--{name.replace('_', '-')} with --{row.never_with}; expected one of the two")
    for name in {"content", "templates"} & (said.keys() | ({"content"} if "profile" in vars(arguments) else set())):
        _look_for(f"--{name}", getattr(options, name))
    for inner, outer, why in APART:
        if not {inner, outer} <= vars(arguments).keys() or not getattr(options, inner):
            continue
        here, there = (Path(getattr(options, name)) for name in (inner, outer))
        real, whole = map(Path, map(os.path.realpath, (here, there)))  # as `resolve`, which raises of links in a circle
        if not real.is_relative_to(whole):
            continue
        within = real.relative_to(whole).parts
        if outer == "content" and any(part.startswith(".") for part in within):
            continue  # nothing of it is of the article
        lies = "lies in" if within else "is"
        option = inner.replace("_", "-")
        raise PeekError(f"--{option} {here}: {lies} --{outer} {there}, {why}; expected a place beside that")
    return options


def _look_for(option: str, folder: Path) -> None:
    """raises  PeekError: a folder that is to be read is not there"""
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "no such folder"
        near = nearest(folder.name, [path.name for path in folder.absolute().parent.glob("*/")])
        meant = f'; did you mean "{folder.with_name(near)}"?' if near else ""
        raise PeekError(f"{option} {folder}: {what}; expected one that is there{meant}")


def deciding(options: Options) -> dict[str, str]:
    """The options that make another site, by name: what the site's address says of them."""
    return {name: str(getattr(options, name)) for name, _, row in rows() if row.decides}

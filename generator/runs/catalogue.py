"""What a build has of its runs: read from the cache, where `catalogue` put it.

A catalogue is plain data. It is kept under the digest of everything it came
from, so that a build in which no experiment changed reads one file; what the
runs gave, which is long, is read when somebody asks. Nothing that trains or
draws is imported for it.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..base import filenames
from ..base.memo import digest
from ..base.progress import Progress
from ..base.store import Entry, Store, all_code, sha256, versions
from ..content.texts import own_code
from ..networks import tables
from .results import Results, from_catalogue
from .stages import DRAWING, STAGES, TRAINING


@dataclass(frozen=True)
class EarlyResults:
    """What there is to see while the other runs are still being made.

    runs   as Catalogue.runs; of those alone that figures show
    files  site-relative path -> file in the cache: their pictures, scripts and arrays
    whole  whether all are there that travel with the page
    """

    runs: list[dict[str, Any]]
    files: dict[str, Entry]
    whole: bool


@dataclass(frozen=True)
class Catalogue:
    """The runs of a build and the files that belong to them.

    contents  digest of what the runs gave; under it the store keeps it
    profile   that sized the experiments
    about     each experiment's sentence, by name
    columns   what each column of the tables holds, by its name, as base.language.Words.tell takes it
    tables    of each table that stands beside the runs its "columns" and "source", as results.Table has them
    pictures  figures of the author's own code by name, keyed as results.Picture's fields
    downloads  site-relative path of what readers may take away -> what it holds, as base.language.Words.tell takes it
    files     site-relative path -> file in the cache, relative to it
    sums      site-relative path of each file -> its SHA-256
    sizes     and its bytes
    warned    what is odd about the experiments' data, as warnings
    kinds     of own data, as networks.tables.recall takes them: they are known as soon as the catalogue is loaded
    machine   where it was made, as networks.machine.told says; {} where no network is trained
    """

    contents: str
    profile: str
    about: dict[str, str]
    columns: dict[str, Any]
    tables: dict[str, Any]
    pictures: dict[str, Any]
    downloads: dict[str, Any]
    files: dict[str, str]
    sums: dict[str, str]
    sizes: dict[str, int]
    warned: list[list[str]]
    kinds: list[dict[str, Any]]
    machine: dict[str, str]
    _store: Store = field(compare=False)

    @functools.cached_property
    def places(self) -> dict[str, Entry]:
        """Where each file is, by its path in the site."""
        return {path: Entry(self._store.root / file) for path, file in self.files.items()}

    @functools.cached_property
    def _gave(self) -> dict[str, Any]:
        """What the runs gave, from the store.

        raises  DamagedEntry: it is not what was put there
        """
        gave: dict[str, Any] = json.loads(self._kept.read_bytes())
        return gave

    @property
    def _kept(self) -> Entry:
        return self._store.entry("contents", self.contents, "json")

    @property
    def runs(self) -> list[dict[str, Any]]:
        """The runs as plain dictionaries, keyed as results.Result's fields."""
        found: list[dict[str, Any]] = self._gave["runs"]
        return found

    @property
    def laws(self) -> dict[str, Any]:
        """room -> law -> {"title", "optima": class count -> what the law predicts}"""
        found: dict[str, Any] = self._gave["laws"]
        return found

    @functools.cached_property
    def results(self) -> Results:
        """The runs as prose and templates see them."""
        beside = {
            name: {**table, "rows": lambda name=name: self._gave["tables"][name]} for name, table in self.tables.items()
        }
        return from_catalogue(lambda: self.runs, self.contents, beside, self.pictures)


@dataclass
class Report:
    """How many jobs each stage ran, of how many, and why."""

    ran: dict[str, tuple[int, int, str]] = field(default_factory=dict)

    @property
    def made(self) -> int:
        """How many jobs there were in all."""
        return sum(jobs for jobs, _, _ in self.ran.values())


@dataclass(frozen=True)
class RunContext:
    """With what a catalogue is made.

    workers    processes
    force      stages that run although the cache has their results
    device     "cpu", "cuda" or "auto"
    executor   who trains: "local", these processes, or "dask", a cluster
    scheduler  address of the cluster's scheduler, or its file
    """

    store: Store
    progress: Progress
    workers: int
    force: frozenset[str] = frozenset()
    device: str = "cpu"
    executor: str = "local"
    scheduler: str = ""


def inputs_digest(source: Path, profile: str, lab: bool = False) -> str:
    """The digest of all that a catalogue comes from: the experiments' text, own data and results, the code, the
    libraries.

    lab  whether the author's own code counts
    """
    text = text_of(source)
    named = set(re.findall(r"""["']([^"'\n]+\.(?:[ct]sv|json|npz))["']""", text, re.IGNORECASE))
    placed = {name: filenames.located(source.parent, name) for name in sorted(named)}
    data = {name: sha256(path) for name, path in placed.items() if path and path.is_file()}
    own = {path.name: sha256(path) for path in own_code(source.parent)} if lab else {}
    return digest(text, data, own, profile, all_code(), versions(*sorted({*TRAINING, *DRAWING})))


def text_of(source: Path) -> str:
    """What an experiments file holds, "" where there is none; what is no text is said when it is parsed."""
    return source.read_text(encoding="utf-8", errors="replace") if source.exists() else ""


def load(key: str, context: RunContext) -> Catalogue | None:
    """The catalogue kept under a digest, when it, its files and what its runs gave are there; these may be damaged."""
    if context.force:
        return None
    if (context.store.root, key) not in _LOADED:
        kept = context.store.load_json("catalogues", key)
        if kept is None:
            return None
        _LOADED.clear()
        _LOADED[context.store.root, key] = Catalogue(**kept, _store=context.store)
        for kind in kept["kinds"]:
            tables.recall(kind)
    found = _LOADED[context.store.root, key]
    return found if all(os.path.exists(entry.path) for entry in (*found.places.values(), found._kept)) else None


_LOADED: dict[tuple[Path, str], Catalogue] = {}  # the last one: a server renders the same runs again and again


def on_card(gathered: Catalogue) -> dict[str, Any] | None:
    """The run that an article's social card shows, the drawn one in the middle of the first activation, or None.

    returns  its "key" and "spec", as in the catalogue
    """
    both = {"input-plane", "hidden-plane"}
    drawn = [run for run in gathered.runs if both <= run["pictures"].keys() and run["spec"]["hidden"][-1] == 2]
    alike = [run for run in drawn if all(run[key] == drawn[0][key] for key in ("experiment", "label"))]
    return {key: alike[len(alike) // 2][key] for key in ("key", "spec")} if alike else None


def card_key(run: Mapping[str, Any], title: str, subtitle: str) -> str:
    """The address of an article's social card. run: as on_card gives it."""
    return STAGES["card"].key("card", title, subtitle, run["key"])


def default_workers() -> int:
    """One process for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

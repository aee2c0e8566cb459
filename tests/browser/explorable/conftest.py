"""A laboratory: the page's own assets, a few small runs, and pages made of explorables alone."""

from __future__ import annotations

import contextlib
import json
import pickle
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page

from generator.base import language
from generator.base.memo import Memo
from generator.base.overlay import Overlay
from generator.content import experiments
from generator.content import tables as files
from generator.content.experiments import Plan, Planned
from generator.networks import datasets, tables
from generator.networks.activations import ACTIVATIONS, Activation
from generator.networks.rooms import PLANE
from generator.networks.run import Run
from generator.networks.spec import RunSpec
from generator.networks.train import train_together
from generator.runs import export
from generator.runs.entries import entry
from generator.runs.results import from_catalogue
from generator.site.assets import Scripts, assets, live, placed_scripts
from generator.site.explorables import runs_index
from tests.conftest import once
from tests.kept import OPTIONS, Kept
from tests.rest import AT_ONCE, SPEAKS_MS, rest, watch

TEMPLATES = Path(__file__).parents[3] / "templates"
SPECS = [RunSpec(5, "tanh", 0), RunSpec(5, "tanh", 1), RunSpec(5, "relu", 0, bias_start=1.0), RunSpec(3, "tanh", 0)]
SWISH = Activation("swish", of="a * logistic(a)", room=PLANE, words="lets through what is above 0")
HEARD_S = 20.0

NEEDS = {"digit": '{"experiment": "pixels"}'}  # options without which a figure has no runs to show


def run_id(spec: RunSpec) -> str:
    return f"grid/k{spec.classes}-{spec.activation}-s{spec.seed}"


def of_rows(table: tables.Table, **recipe: Any) -> RunSpec:
    """A short recipe of own data."""
    fields = {"epochs": 200, "checkpoints": 8, "learning_rate": 0.01, "hidden": (16, 2), "activation": "tanh", **recipe}
    own = {"kind": tables.enter(table), "points_per_class": table.points_per_class, "dataset_options": table.options}
    return RunSpec(len(table.labels), seed=1, **own, **fields)


def tiles() -> tables.Table:
    """Twelve classes of pictures 6 high and 4 wide, dark on bright: each class has a dot of its own."""
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(12), 8)
    x = rng.normal(200, 8, (len(y), 24)).clip(0, 255).round()
    x[np.arange(len(y)), 2 * y] = rng.integers(0, 40, len(y))
    labels, names = tuple(f"tile {c}" for c in range(12)), tuple(f"p{cell}" for cell in range(24))
    return tables.Table(x, y, x[:0], y[:0], labels, names)


def pictures() -> dict[str, tuple[RunSpec, str, tuple[int, int]]]:
    """Recipes of data that are pictures, the name of the data and the size of a picture, by the ids of their runs."""
    found = {}
    for classes in (5, 3):
        table = files.read(Path(), {"kind": "digits", "classes": list(range(classes)), "test": 0.25}).table
        for more in ({}, {"activation": "relu", "bias_start": 1.0}):
            spec = of_rows(table, **more)
            found[f"pixels/k{classes}-{spec.activation}-s1"] = (spec, "digits", (8, 8))
    deep = of_rows(tiles(), activation="softplus", hidden=(8, 2, 6, 2), epochs=100)
    return found | {"tiles/k12-softplus-s1": (deep, "tiles", (6, 4))}


@dataclass
class Laboratory:
    """A folder with the assets and the runs, and the index that its pages carry."""

    folder: Path
    runs: dict[str, tuple[RunSpec, Run]]
    index: dict[str, Any]
    scripts: dict[str, list[str]]
    pages: int = 0

    def write(self, *figures: str, text: str = "", index: dict[str, Any] | None = None, above: str = "") -> str:
        """A page with these explorables, each `name` or `name {options}`; returns its address on the disk."""
        body = [above]
        for at, figure in enumerate(figures):
            name, _, options = figure.partition(" ")
            earlier = sum(other.partition(" ")[0] == name for other in figures[:at])
            label = f"fig-{name}" + (f"-{earlier + 1}" if earlier else "")
            body.append(
                f'<figure id="{label}" class="figure figure--wide" data-figure="{name}">'
                f'<div class="explorable" data-explorable="{name}"'
                f" data-options='{options or NEEDS.get(name, '{}')}'><p class=\"still\">the static {name}</p></div>"
                f"<figcaption>{name}</figcaption></figure>"
            )
        html = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Laboratory</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<link rel="icon" href="assets/icon.svg"><link rel="stylesheet" href="assets/style.css">'
            '<script defer src="assets/page.js"></script></head><body><div class="layout"><main class="prose">'
            f"<h1>Laboratory</h1>{''.join(body)}{text}</main></div>"
            f'<script type="application/json" id="figure-scripts">{json.dumps([*self.scripts.items()])}</script>'
            f'<script type="application/json" id="peek-runs">{json.dumps(index or self.index)}</script></body></html>'
        )
        self.pages += 1
        file = self.folder / f"page-{self.pages}.html"
        file.write_text(html, encoding="utf-8")
        return file.as_uri()


@pytest.fixture(scope="session")
def plan() -> Plan:
    """What the article's own experiments are to train."""
    return experiments.read(TEMPLATES.parent / "content" / "experiments.toml", "quick")


def furnish(folder: Path) -> None:
    """The page's assets, the runs, and the same once more as they were trained."""
    with pytest.MonkeyPatch.context() as patched:  # an activation more, whose room is a plane
        patched.setitem(ACTIVATIONS, SWISH.name, SWISH)
        files = assets(
            Overlay(TEMPLATES),
            Memo(),
            placed=live(Overlay(TEMPLATES)),
            kinds=datasets.load(),
            words=language.load("en", Overlay(TEMPLATES)),
        )
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    trained = {}
    for batch in (SPECS[:2], SPECS[2:3], SPECS[3:]):
        trained |= {run_id(spec): (spec, run) for spec, run in zip(batch, train_together(batch), strict=True)}
    trained |= {name: (spec, train_together([spec])[0]) for name, (spec, _, _) in pictures().items()}
    for name, (spec, run) in trained.items():
        file = folder / "data" / f"{name}.js"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(export.pack(name, spec, run))
    (folder / "trained").write_bytes(pickle.dumps({name: run for name, (_, run) in trained.items()}))


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    furnished = once(tmp_path_factory, "laboratory", furnish)
    folder = shutil.copytree(furnished, tmp_path_factory.mktemp("laboratory") / "own")
    drawn = pictures()
    specs = {run_id(spec): spec for spec in SPECS} | {name: spec for name, (spec, _, _) in drawn.items()}
    runs = {name: (specs[name], run) for name, run in pickle.loads((folder / "trained").read_bytes()).items()}
    entries = []
    for name, (spec, _) in runs.items():
        experiment, _, own = name.partition("/")
        _, dataset, image = drawn.get(name, (spec, "arms", ()))
        entries.append(entry(experiment, Planned(own, spec, dataset, None, True, image), "", {}, told=False))
    results = from_catalogue(lambda: entries, "")
    templates = Overlay(TEMPLATES)
    wanted = placed_scripts(templates, live(templates))
    return Laboratory(folder, runs, runs_index(results, {}), Scripts(templates, wanted).loads())


def place(element: Locator, x: float, y: float) -> tuple[float, float]:
    """Where in the window a place of an element is, which is given in shares of its width and height."""
    box = element.bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


@dataclass
class Figure:
    """One explorable in an open page."""

    page: Page
    root: Locator
    said: list[str] = field(default_factory=list)

    @property
    def live(self) -> Locator:
        return self.root.locator(".explorable-live")

    def plane(self, number: int) -> Locator:
        return self.live.locator(".plane-surface").nth(number)

    def hear(self, message: ConsoleMessage) -> None:
        self.said.append(f"{message.type}: {message.text}")

    def fail(self, error: Error) -> None:
        self.said.append(f"error: {error}")

    def summary(self) -> str:
        rest(self.page, SPEAKS_MS)
        return self.live.locator(".explorable-summary").inner_text()

    def hears(self, words: str) -> None:
        """Wait until the console has said something with these words."""
        until = time.monotonic() + HEARD_S
        while not any(words in line for line in self.said):
            assert time.monotonic() < until, self.said
            self.page.wait_for_timeout(20)

    def wakes(self) -> None:
        """Wait until it is live."""
        self.root.and_(self.page.locator(".is-live")).wait_for()

    def settle(self) -> None:
        """Wait until it is painted at rest."""
        rest(self.page)

    def look(self) -> str:
        rest(self.page, 0)
        return self.live.locator(".explorable-look").inner_text()

    def handle(self) -> Locator:
        return self.live.locator(".timeline-handle")

    def reading(self) -> tuple[float, float, float]:
        """Epoch, loss and accuracy (0 to 1) off the time line."""
        found = re.findall(r"[\d.]+", self.handle().get_attribute("aria-valuetext") or "")
        return float(found[0]), float(found[1]), float(found[2]) / 100

    def pixel(self, number: int, x: float, y: float, layer: str = "plane-field") -> list[int]:
        """[r, g, b, a] of a plane's canvas at a share of its width and height."""
        canvas = self.live.locator(f".{layer}").nth(number)
        pixel: list[int] = canvas.evaluate(
            "(c, [x, y]) => [...c.getContext('2d').getImageData(c.width * x | 0, c.height * y | 0, 1, 1).data]", [x, y]
        )
        return pixel


Show = Callable[..., Figure]
PHONE: dict[str, Any] = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="session")
def bare_page(browser: Browser, laboratory: Laboratory) -> Iterator[Page]:
    """A page without a live figure, to ask the page's own functions."""
    with browser.new_context() as context:
        page = context.new_page()
        files = dict.fromkeys(path for paths in laboratory.scripts.values() for path in paths)
        page.goto(laboratory.write("none", text="".join(f'<script defer src="{path}"></script>' for path in files)))
        page.wait_for_function("() => typeof peek === 'object'")
        yield page


@contextlib.contextmanager
def figures(browser: Browser, laboratory: Laboratory, kept: Kept | None = None) -> Iterator[Show]:
    """show("bend", options..., hash="", width=1280, ...) -> the figure, live in an open page.

    kept  has the pages, unless one of another kind is asked for
    """
    contexts: list[BrowserContext] = []
    taken: list[tuple[Page, Figure]] = []

    def open_figure(
        *figures: str, hash: str = "", width: int = 1280, height: int = 800, wait: bool = True, **options: Any
    ) -> Figure:
        written = {key: options.pop(key) for key in ("text", "index", "above") if key in options}
        script = options.pop("script", "")
        if kept and not script and options.keys() <= OPTIONS:
            opened = kept.take(width, height, **options)
        else:
            context = browser.new_context(viewport={"width": width, "height": height}, **options)
            watch(context)
            contexts.append(context)
            opened = context.new_page()
        if script:
            opened.add_init_script(script)
        figure = Figure(opened, opened.locator(".explorable").first)
        if opened.context not in contexts:
            taken.append((opened, figure))
        opened.on("console", figure.hear)
        opened.on("pageerror", figure.fail)
        opened.goto(laboratory.write(*figures, **written) + hash)
        opened.evaluate(AT_ONCE)
        if wait:
            opened.locator(".explorable.is-live").first.wait_for()
            figure.settle()
        return figure

    yield open_figure
    for context in contexts:
        context.close()
    for page, figure in taken:
        page.remove_listener("console", figure.hear)
        page.remove_listener("pageerror", figure.fail)
        kept.give(page)


@pytest.fixture
def show(browser: Browser, laboratory: Laboratory, kept: Kept) -> Iterator[Show]:
    with figures(browser, laboratory, kept) as open_figure:
        yield open_figure

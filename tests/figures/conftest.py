"""Runs to draw, made without training: the same to the last digit or two on every machine."""

import hashlib
import itertools
import math
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from generator import figures
from generator.base.style import THEMES
from generator.figures import draw
from generator.networks import datasets, forward
from generator.networks.run import Run
from generator.networks.spec import RunSpec, layer_shapes
from tests.measuring import measure_run

CASES = {(5, "tanh"): "five classes, tanh", (4, "relu"): "four classes, ReLU"}


@cache
def sample(classes: int, activation: str) -> tuple[RunSpec, Run, dict]:
    """A network whose first layer is drawn at random and whose second is fitted to corners by least squares.

    returns  spec, run (as train.Run) and measures
    """
    spec = RunSpec(classes=classes, activation=activation, seed=1, points_per_class=40, epochs=200)
    x, y = datasets.points("spirals", classes, 40, 1)
    rng = np.random.default_rng(3)
    first = np.concatenate([rng.normal(0, 4, (64, 2)), rng.uniform(-3, 3, (64, 1))], 1)
    features = forward.activate(activation, x @ first[:, :2].T + first[:, 2])
    turn = np.arange(classes) * 2 * math.pi / classes + 0.3
    corners = np.stack([np.cos(turn), np.sin(turn)], 1) * 1.6
    targets = corners if activation == "tanh" else 2 + 1.5 * corners
    known = np.concatenate([features, np.ones((len(x), 1))], 1)
    second = np.linalg.solve(known.T @ known + 1e-3 * np.eye(65), known.T @ targets[y]).T
    centres = forward.activate(activation, targets)
    head = np.concatenate([4 * centres, -2 * (centres**2).sum(1, keepdims=True)], 1)  # the nearest centre wins
    last = np.concatenate([layer.ravel() for layer in (first, second, head)])
    checkpoints = np.unique(np.geomspace(1, 201, 50).round().astype(int)) - 1
    share = (checkpoints / 200)[:, None]
    weights = (share * last + (1 - share) * last * rng.uniform(0, 1, last.shape)).astype(np.float32)
    accuracy = np.linspace(1 / classes, (forward.predict(spec, weights[-1], x) == y).mean(), 201, dtype=np.float32)
    loss = (math.log(classes) * np.exp(-np.arange(201) / 40)).astype(np.float32)
    run = Run(x=x, y=y, checkpoints=checkpoints, weights=weights, loss=loss, accuracy=accuracy)
    return spec, run, measure_run(spec, run)


@cache
def untrained(hidden: tuple[int, ...]) -> tuple[RunSpec, Run, dict]:
    """A tanh network of any shape with random weights that grow from checkpoint to checkpoint."""
    spec = RunSpec(classes=3, activation="tanh", seed=1, points_per_class=30, epochs=100, hidden=hidden)
    x, y = datasets.points("spirals", 3, 30, 1)
    size = sum(out * (inputs + 1) for out, inputs in layer_shapes(spec))
    checkpoints = np.array([0, 6, 26, 100])
    flat = np.random.default_rng(2).normal(size=size)
    weights = (np.array([0.2, 0.5, 1.0, 2.0])[:, None] * flat).astype(np.float32)
    loss, accuracy = np.full(101, 0.7, np.float32), np.full(101, 0.5, np.float32)
    run = Run(x=x, y=y, checkpoints=checkpoints, weights=weights, loss=loss, accuracy=accuracy)
    return spec, run, measure_run(spec, run)


def all_drawn() -> str:
    """The digest of each figure of a network that ends in a plane, and of the projection of a wider one."""
    flat, wide = sample(5, "tanh"), untrained((6, 9))
    drawn = [
        figure.draw(*flat, THEMES["light"]) for _, figure in sorted(figures.load().items()) if figure.suits(flat[0])
    ]
    drawn.append(figures.load()["projection"].draw(*wide, THEMES["light"]))
    return hashlib.sha256(b"".join(files[ending] for files in drawn for ending in sorted(files))).hexdigest()


def without_weights(run: Run) -> Run:
    """The run of a network that sends all inputs to the origin."""
    return replace(run, weights=np.zeros_like(run.weights))


@pytest.fixture(params=list(CASES), ids=list(CASES.values()))
def case(request):
    """Spec, run and measures of each sample in turn."""
    return sample(*request.param)


@pytest.fixture
def tanh_case():
    return sample(5, "tanh")


@pytest.fixture
def relu_case():
    return sample(4, "relu")


@dataclass
class Drawn:
    """What a figure handed over to be rasterised, and its files."""

    figure: object
    tiles: tuple
    files: dict

    @property
    def axes(self):
        (axes,) = self.figure.axes
        return axes

    def texts(self):
        return [text.get_text() for text in itertools.chain(self.figure.texts, self.axes.texts) if text.get_text()]


@pytest.fixture
def drawn(monkeypatch):
    """Draw a figure by name, keeping matplotlib's artists."""

    def draw_and_keep(name, case, theme="light"):
        kept = {}
        pixels = draw.pixels
        monkeypatch.setattr(
            draw, "pixels", lambda figure, *tiles: kept.update(at=(figure, tiles)) or pixels(figure, *tiles)
        )
        files = figures.load()[name].draw(*case, THEMES[theme])
        monkeypatch.setattr(draw, "pixels", pixels)
        return Drawn(*kept["at"], files)

    return draw_and_keep

"""The pipeline as one first writes it: a network with torch.nn, a figure with pyplot, a file with savefig.

    python -m benchmarks.by_hand

It answers requests (see contest.py): for one network, the seconds of each
step and the bytes of the animation. It shows what the pictures of 2017 show:
regions of 500 x 500 places behind the input plane, the hidden plane and the
arrows; square points with black edges; a histogram a class. Nothing here is
written slowly on purpose; each step is what the libraries' own first examples
do. Kinder than the pipeline of 2017 is that frames share their limits, that
they are square, and that markers of the background are small.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import imageio.v2 as imageio
import matplotlib
import numpy as np
import scipy.stats
import torch

from benchmarks.contest import serve
from generator.networks import datasets

matplotlib.use("Agg")
from matplotlib import pyplot as plt

SIDE_IN, DPI = 4.8, 100
BACKGROUND, LATTICE, ARROWS = 500, 1000, 20
CLASS_COLOURS = np.array(["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"])


class Network(torch.nn.Module):
    """Fully connected, with `hidden` as all but the last layer."""

    def __init__(self, widths: list[int], activation: type[torch.nn.Module]) -> None:
        super().__init__()
        layers: list[torch.nn.Module] = []
        for inputs, outputs in itertools.pairwise(widths[:-1]):
            layers += [torch.nn.Linear(inputs, outputs), activation()]
        self.hidden = torch.nn.Sequential(*layers)
        self.last = torch.nn.Linear(widths[-2], widths[-1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.last(self.hidden(x))
        return logits


def train(net: Network, x: torch.Tensor, y: torch.Tensor, epochs: int, kept: set[int]) -> tuple[list[Any], list[float]]:
    """The hidden points at the kept epochs, and the loss of all."""
    optimizer = torch.optim.Adam(net.parameters(), lr=0.003)
    moving, losses = [], []
    for epoch in range(epochs):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if epoch in kept:
            with torch.no_grad():
                moving.append((epoch, net.hidden(x).numpy().copy()))
    return moving, losses


def grid(side: int, low: float = -1.0, high: float = 1.0) -> np.ndarray:
    axis = np.linspace(low, high, side, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)


def limits(hidden: np.ndarray, activation: str) -> tuple[float, float]:
    """The part of the hidden plane that is shown, of both axes: for ReLU, as far as the points are in the end."""
    farthest = max(1.0, float(hidden.max()))
    return (-1.1, 1.1) if activation == "tanh" else (-0.05 * farthest, 1.05 * farthest)


def start_plane(title: str) -> None:
    plt.figure(figsize=(SIDE_IN, SIDE_IN))
    plt.title(title)
    plt.gca().set_aspect("equal")


def end(path: Path) -> None:
    plt.savefig(path, dpi=DPI)
    plt.close()


def points(xy: np.ndarray, y: np.ndarray) -> None:
    plt.scatter(xy[:, 0], xy[:, 1], s=40, marker="s", c=CLASS_COLOURS[y], edgecolors="black")


def background(places: np.ndarray, predicted: np.ndarray) -> None:
    """Every place is a square marker."""
    plt.scatter(places[:, 0], places[:, 1], s=1, marker="s", c=CLASS_COLOURS[predicted], alpha=0.25)


def input_regions(net: Network) -> None:
    places = grid(BACKGROUND)
    with torch.no_grad():
        background(places, net(torch.from_numpy(places)).argmax(1).numpy())


def input_plane(net: Network, x: np.ndarray, y: np.ndarray, path: Path) -> None:
    start_plane("input plane")
    input_regions(net)
    points(x, y)
    end(path)


def hidden_plane(net: Network, hidden: np.ndarray, y: np.ndarray, shown: tuple[float, float], path: Path) -> None:
    start_plane("hidden plane")
    places = grid(BACKGROUND, *shown)
    with torch.no_grad():
        background(places, net.last(torch.from_numpy(places)).argmax(1).numpy())
    points(hidden, y)
    end(path)


def animation(moving: list[Any], y: np.ndarray, shown: tuple[float, float], folder: Path, path: Path) -> None:
    """One savefig a frame, and all files into a GIF."""
    files = []
    for epoch, hidden in moving:
        start_plane(f"epoch {epoch}")
        plt.xlim(*shown)
        plt.ylim(*shown)
        points(hidden, y)
        files.append(folder / f"frame{epoch:05d}.png")
        end(files[-1])
    imageio.mimsave(path, [imageio.imread(file) for file in files], duration=90, loop=0)


def vectors(net: Network, path: Path) -> None:
    places = grid(ARROWS)
    with torch.no_grad():
        hidden = net.hidden(torch.from_numpy(places)).numpy()
    units = hidden / np.maximum(np.linalg.norm(hidden, axis=1, keepdims=True), 1e-12)
    start_plane("where the hidden vector points")
    input_regions(net)
    plt.quiver(places[:, 0], places[:, 1], units[:, 0], units[:, 1])
    end(path)


def angles(net: Network, classes: int, path: Path) -> None:
    """The directions of the hidden vectors of a million inputs: a histogram a class, its circular mean and spread."""
    with torch.no_grad():
        hidden = net.hidden(torch.from_numpy(grid(LATTICE)))
        predicted = net.last(hidden).argmax(1).numpy()
    direction = np.arctan2(hidden[:, 1].numpy(), hidden[:, 0].numpy()) % (2 * np.pi)
    columns = 2 if classes == 2 else 3
    plt.figure(figsize=(1.5 * SIDE_IN, SIDE_IN))
    for label in range(classes):
        of_class = direction[predicted == label]
        plt.subplot((classes - 1) // columns + 1, columns, label + 1)
        plt.hist(np.degrees(of_class), bins=72, range=(0, 360), color=CLASS_COLOURS[label])
        if len(of_class):
            mean, std = np.degrees(scipy.stats.circmean(of_class)), np.degrees(scipy.stats.circstd(of_class))
            plt.title(f"{mean:.1f} ± {std:.1f}")
    plt.tight_layout()
    end(path)


def loss(losses: list[float], classes: int, path: Path) -> None:
    plt.figure(figsize=(1.5 * SIDE_IN, SIDE_IN))
    plt.semilogx(losses)
    plt.axhline(np.log(classes), linestyle="--")
    plt.xlabel("epoch")
    plt.ylabel("cross-entropy")
    end(path)


def pipeline(classes: int, activation: str, hidden: list[int], epochs: int, frames: int, folder: str) -> dict[str, Any]:
    """All of it for one network: seconds by step, and bytes of the animation."""
    took: dict[str, float] = {}

    @contextmanager
    def step(name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        took[name] = time.perf_counter() - began

    torch.manual_seed(0)
    home = Path(folder)
    x, y = datasets.points("spirals", classes, 100, 0)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)
    net = Network([2, *hidden, classes], torch.nn.Tanh if activation == "tanh" else torch.nn.ReLU)
    moments = np.unique(np.geomspace(1, epochs, 4 * frames).astype(int)) - 1
    kept = set(moments[np.linspace(0, len(moments) - 1, frames).astype(int)].tolist())
    with step("training"):
        moving, losses = train(net, inputs, targets, epochs, kept)
    last = moving[-1][1]
    shown = limits(last, activation)
    with step("animation"):
        animation(moving, y, shown, home, home / "hidden.gif")
    with step("input plane"):
        input_plane(net, x, y, home / "input.png")
    with step("hidden plane"):
        hidden_plane(net, last, y, shown, home / "hidden.png")
    with step("vector field"):
        vectors(net, home / "vectors.png")
    with step("angles"):
        angles(net, classes, home / "angles.png")
    with step("loss"):
        loss(losses, classes, home / "loss.png")
    return {"took": took, "gif_bytes": (home / "hidden.gif").stat().st_size, "frames": len(moving)}


if __name__ == "__main__":
    serve(pipeline)

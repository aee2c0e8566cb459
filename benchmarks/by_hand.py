"""The pipeline as one first writes it: a network with torch.nn, a figure with pyplot, a file with savefig.

    python -m benchmarks.by_hand

It answers requests (see contest.py): for one network, the seconds of each
step and the bytes of the animation. Nothing here is written slowly on
purpose; each step is what the libraries' own first examples do.
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
import torch

from benchmarks.contest import serve
from generator import datasets

matplotlib.use("Agg")
from matplotlib import pyplot as plt

SIDE_IN, DPI = 4.8, 100
BACKGROUND, LATTICE, ARROWS = 500, 1000, 24
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


def grid(side: int) -> np.ndarray:
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)


def start_plane(title: str) -> None:
    plt.figure(figsize=(SIDE_IN, SIDE_IN))
    plt.title(title)
    plt.gca().set_aspect("equal")


def end(path: Path) -> None:
    plt.savefig(path, dpi=DPI)
    plt.close()


def points(xy: np.ndarray, y: np.ndarray) -> None:
    plt.scatter(xy[:, 0], xy[:, 1], s=10, c=CLASS_COLOURS[y])


def input_data(x: np.ndarray, y: np.ndarray, path: Path) -> None:
    start_plane("input")
    points(x, y)
    end(path)


def boundaries(net: Network, x: np.ndarray, y: np.ndarray, path: Path) -> None:
    """Every place of the background is a square marker."""
    places = grid(BACKGROUND)
    with torch.no_grad():
        predicted = net(torch.from_numpy(places)).argmax(1).numpy()
    start_plane("decision boundaries")
    plt.scatter(places[:, 0], places[:, 1], s=1, marker="s", c=CLASS_COLOURS[predicted], alpha=0.25)
    points(x, y)
    end(path)


def animation(moving: list[Any], y: np.ndarray, folder: Path, path: Path) -> None:
    """One savefig a frame, and all files into a GIF."""
    files = []
    for epoch, hidden in moving:
        start_plane(f"epoch {epoch}")
        plt.xlim(-1.1, 1.1)
        plt.ylim(-1.1, 1.1)
        points(hidden, y)
        files.append(folder / f"frame{epoch:05d}.png")
        end(files[-1])
    imageio.mimsave(path, [imageio.imread(file) for file in files], duration=90, loop=0)


def vectors(net: Network, path: Path) -> None:
    places = grid(ARROWS)
    with torch.no_grad():
        hidden = net.hidden(torch.from_numpy(places)).numpy()
    start_plane("where the hidden vector points")
    plt.quiver(places[:, 0], places[:, 1], hidden[:, 0], hidden[:, 1])
    end(path)


def angles(net: Network, classes: int, path: Path) -> None:
    """The directions of the hidden vectors of a million inputs, by class."""
    with torch.no_grad():
        hidden = net.hidden(torch.from_numpy(grid(LATTICE)))
        predicted = net.last(hidden).argmax(1).numpy()
    direction = np.degrees(np.arctan2(hidden[:, 1].numpy(), hidden[:, 0].numpy())) % 360
    plt.figure(figsize=(1.5 * SIDE_IN, SIDE_IN))
    for label in range(classes):
        of_class = direction[predicted == label]
        radians = np.radians(of_class)
        mean = np.degrees(np.arctan2(np.sin(radians).mean(), np.cos(radians).mean())) if len(of_class) else 0
        plt.hist(of_class, bins=72, range=(0, 360), alpha=0.6, color=CLASS_COLOURS[label], label=f"{mean:.1f} degrees")
    plt.legend()
    end(path)


def loss(losses: list[float], path: Path) -> None:
    plt.figure(figsize=(1.5 * SIDE_IN, SIDE_IN))
    plt.semilogy(losses)
    plt.xlabel("epoch")
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
    with step("animation"):
        animation(moving, y, home, home / "hidden.gif")
    with step("input data"):
        input_data(x, y, home / "input.png")
    with step("boundaries"):
        boundaries(net, x, y, home / "boundaries.png")
    with step("vector field"):
        vectors(net, home / "vectors.png")
    with step("angles"):
        angles(net, classes, home / "angles.png")
    with step("loss"):
        loss(losses, home / "loss.png")
    return {"took": took, "gif_bytes": (home / "hidden.gif").stat().st_size, "frames": len(moving)}


if __name__ == "__main__":
    serve(pipeline)

"""From numbers to pictures; the only package that imports matplotlib and imageio.

A picture of a run is one file in pictures/, which exposes `FIGURE`: what it is called, how large it is, how it is
drawn, what it says in words. It imports numpy and matplotlib inside its drawing function alone, so that the page can
be rendered from the figures' names, sizes and words without either.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ..base import rounding
from ..base.language import Message, message
from ..networks import datasets, tables

if TYPE_CHECKING:
    from ..base.style import Theme
    from ..networks.run import Run
    from ..networks.spec import RunSpec

Measures = Mapping[str, Any]


def has_plane_inputs(spec: RunSpec) -> bool:
    """Whether a network takes points of a plane."""
    return spec.inputs == 2


def is_plane_to_plane(spec: RunSpec) -> bool:
    """Whether a network takes points of a plane to its last hidden layer's plane."""
    return spec.hidden[-1] == 2 and has_plane_inputs(spec)


def is_seen_in_plane(spec: RunSpec) -> bool:
    """Whether the last hidden layer is a plane, or wider, so that it can be projected onto one."""
    return spec.hidden[-1] >= 2


@dataclass(frozen=True)
class Figure:
    """A kind of picture that is drawn of a run.

    name       what authors write
    stem       the picture's file name without activation and ending
    title      its heading in the gallery
    draw       (spec, run, measures, theme) -> the picture's files, ending to bytes: "png", "webp", "gif"
    alt        (spec, measures) -> the picture in words and numbers, a sentence or two: language.message, which pages
               tell in their language
    width_px   CSS pixels; the picture has two pixels for each
    height_px  CSS pixels
    animated   whether `draw` also gives a GIF, of which the still is the last frame
    suits      whether a network can be drawn so; most figures need inputs and a last hidden layer that are planes
    projected  its heading where the last hidden layer is wider than a plane, if it is another
    reads      the measures that `draw` and `alt` look at, by column; no other one makes them drawn again
    """

    name: str
    stem: str
    title: str
    draw: Callable[[RunSpec, Run, Measures, Theme], dict[str, bytes]]
    alt: Callable[[RunSpec, Measures], Message | str]
    width_px: int = 240
    height_px: int = 240
    animated: bool = False
    suits: Callable[[RunSpec], bool] = is_plane_to_plane
    reads: tuple[str, ...] = ("accuracy",)
    projected: str = ""

    def titled(self, spec: RunSpec) -> str:
        """Its heading in the gallery, of a network."""
        return self.projected if self.projected and spec.hidden[-1] > 2 else self.title

    @property
    def formats(self) -> tuple[str, ...]:
        """Its endings in the light theme, best first."""
        return ("gif", "webp", "png") if self.animated else ("webp", "png")

    @property
    def endings(self) -> tuple[str, ...]:
        """And in both themes."""
        return (*self.formats, *(f"dark.{ending}" for ending in self.formats))


@cache
def load() -> dict[str, Figure]:
    """Every picture of a run, by name."""
    from . import pictures

    figures = (
        importlib.import_module(f"{pictures.__name__}.{module.name}").FIGURE
        for module in sorted(pkgutil.iter_modules(pictures.__path__), key=lambda module: module.name)
    )
    return {figure.name: figure for figure in figures}


def percent(share: float) -> str:
    """A share as text: 0.9925 -> "99.2 %". Never rounded up to 100 %. The pictures' font has no narrow space."""
    return rounding.percent(share, space=" ")


def degrees(mean_deg: float | None, std_deg: float | None) -> str:
    """A direction and its spread as text: "135° ± 13°"; spreads below 10° keep a decimal."""
    if mean_deg is None or std_deg is None:
        return "no direction"
    return rounding.direction(mean_deg, std_deg)


def network_of(spec: RunSpec) -> Message:
    """The network in words, for alt texts: "a tanh network of 5 classes"."""
    return message(
        "the {activation} network of {classes}", activation=spec.label, classes=message("{n} classes", n=spec.classes)
    )


def data_of(spec: RunSpec) -> Message:
    """What the network learns to tell apart, all of it, for alt texts: "5 interleaved spiral arms of points"."""
    return message(datasets.load()[spec.kind].words(dict(spec.dataset_options))[1], classes=spec.classes)


def share(value: float) -> Message:
    """A share in per cent, for alt texts."""
    return Message(percent=[value, 1, " "])


def number(value: float, digits: int = 0) -> Message:
    """A number to so many digits after the point, for alt texts."""
    return Message(fixed=[value, digits])


def direction(mean_deg: float | None, std_deg: float | None) -> Message:
    """A direction and its spread, for alt texts."""
    if mean_deg is None or std_deg is None:
        return message("no direction")
    return Message(direction_deg=[mean_deg, std_deg])


def directions_of(spec: RunSpec, measures: Measures) -> Message:
    """Each class's direction over the input plane and its spread, for alt texts; classes with words by these."""
    named = tables.labels_of(spec.kind) or range(1, spec.classes + 1)
    return Message(
        row=[
            message(
                "class {class}, {direction}",
                **{"class": named[row["class"]], "direction": direction(row["mean_deg"], row["std_deg"])},
            )
            for row in measures["angles"]
        ]
    )

"""The stages in which a build's runs are made, a row each: what a stage counts, what feeds it, what it is made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..base.memo import digest
from ..base.store import GENERATOR, code, versions

TRAINING = ("torch", "numpy", "sympy")
DRAWING = ("numpy", "matplotlib", "imageio", "pillow")
SANS, SERIF = "fonts/peek-sans.ttf", "fonts/peek-serif-display.ttf"  # what pictures are written in
FORWARD = ("networks/spec", "networks/forward", "networks/calculus")


@dataclass(frozen=True)
class Source:
    """What a product is made with: modules and fonts of ours, below the package and without .py, and libraries."""

    modules: tuple[str, ...]
    libraries: tuple[str, ...]

    @property
    def digest(self) -> list[Any]:
        """What a product's address says of it."""
        return [code(*self.modules), versions(*self.libraries)]

    @property
    def parts(self) -> dict[str, str]:
        """Each part's digest or version, by the name that an author knows it by."""
        ours = {f"{GENERATOR.name}/{name}" + ".py" * ("." not in name): code(name) for name in self.modules}
        return ours | versions(*self.libraries)

    def __add__(self, other: Source) -> Source:
        return Source((*self.modules, *other.modules), (*self.libraries, *other.libraries))


@dataclass(frozen=True)
class Stage:
    """One kind of work.

    unit    what is counted
    fed_by  stages whose new results make it run again
    source  what its products are made with
    """

    name: str
    unit: str
    fed_by: tuple[str, ...]
    source: Source

    def key(self, *parts: Any) -> str:
        """The address of a product, which these decide and what it is made with."""
        return digest(*parts, *self.source.digest)


LAWS = Source(("measures/packing", "networks/rooms"), ("numpy", "scipy"))
TIED = Source(("measures/tied",), ()) + LAWS
HIDDEN = Source(
    (*FORWARD, "measures/directions", "measures/arrangement", "measures/projection", "networks/rooms"), ("numpy",)
)
MODELS = Source(("measures/models", "measures/knot"), ()) + TIED
MEASURING = (
    Source(("measures/trained", "measures/collapse", "measures/knot"), ("scipy", "scikit-learn")) + HIDDEN + TIED
)
DRAWN = Source(
    ("figures/__init__", "figures/draw", "figures/film", "figures/gif", "base/style", "base/rounding", SANS), DRAWING
)

STAGES = {
    stage.name: stage
    for stage in (
        Stage("solve", "arrangements", (), TIED),
        Stage("model", "models", ("solve",), MODELS),
        Stage("train", "networks", (), Source((*FORWARD, "networks/train", "networks/datasets/__init__"), TRAINING)),
        Stage("measure", "networks", ("train",), MEASURING),
        Stage(
            "compare",
            "comparisons",
            ("solve", "train", "measure"),
            Source(("measures/kinds", "measures/knot"), ()) + TIED,
        ),
        Stage("draw", "pictures", ("train", "measure"), DRAWN + HIDDEN),
        Stage("export", "networks", ("train",), Source((*FORWARD, "networks/rooms", "runs/export"), ("numpy",))),
        Stage("perform", "runs", (), Source(("runs/lab",), ("numpy",))),
        Stage("bundle", "files", ("train", "measure"), Source(("runs/tasks",), ("numpy",))),
        Stage("plot", "figures", ("perform", "measure", "compare"), DRAWN + Source(("figures/own", "runs/lab"), ())),
        Stage("card", "pictures", (), DRAWN + Source((*FORWARD, SERIF), ())),
    )
}

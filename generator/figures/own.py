"""Figures that an author's own code draws: in the house's style while it does, then SVG."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import sys
import warnings
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any

from ..base.errors import an
from ..base.style import Theme

SIZE_PX = (500, 320)  # of a figure that says nothing of its size
TEXT_PT = 12  # 16 px: 11 where a phone shows such a figure 350 px wide


@contextlib.contextmanager
def styled(theme: Theme) -> Iterator[None]:
    """What matplotlib draws with unless told otherwise: the page's font, a paper's colours, no paper of its own."""
    import matplotlib as mpl
    from matplotlib import pyplot
    from matplotlib.rcsetup import cycler

    from . import draw

    mpl.use("Agg")
    settings: Any = {
        "font.family": draw.HOUSE["font.family"],
        "font.size": TEXT_PT,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": cycler(color=theme.classes),
        "axes.edgecolor": theme.hairline,
        "axes.labelcolor": theme.muted,
        "axes.titlesize": "medium",
        "axes.facecolor": "none",
        "figure.facecolor": "none",
        "figure.constrained_layout.use": True,
        "figure.figsize": [side / 96 for side in SIZE_PX],
        "figure.dpi": 72,
        "grid.color": theme.hairline,
        "legend.frameon": False,
        "savefig.facecolor": "none",
        "svg.fonttype": "path",
        "svg.hashsalt": "peek",
        "text.color": theme.ink,
        "xtick.color": theme.hairline,
        "ytick.color": theme.hairline,
        "xtick.labelcolor": theme.muted,
        "ytick.labelcolor": theme.muted,
    }
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(settings)
        try:
            yield
        finally:
            pyplot.close("all")


@contextlib.contextmanager
def warnings_at(place: str) -> Iterator[None]:
    """What libraries warn of meanwhile, as of a letter without a glyph, is said once each, with a place before it."""
    said = dict[str, None]()
    listening = logging.Handler(logging.WARNING)
    listening.emit = lambda record: said.setdefault(record.getMessage())  # type: ignore[method-assign]
    library = logging.getLogger("matplotlib")
    passes, library.propagate = library.propagate, False
    library.addHandler(listening)
    try:
        with warnings.catch_warnings(record=True) as caught:
            yield
        said |= dict.fromkeys(str(warning.message) for warning in caught)
    finally:
        library.removeHandler(listening)
        library.propagate = passes
        for text in said:
            print(f"{place}: {' '.join(text.split())}", file=sys.stderr)


class NoFigureError(ValueError):
    """What is neither a figure nor an SVG."""


def encode(drawn: Any) -> bytes:
    """A figure of matplotlib, or the text of an SVG, as SVG whose root says its size in CSS pixels.

    raises  NoFigureError: it is neither, in words
            whatever matplotlib raises as it draws
    """
    from matplotlib.figure import Figure

    if isinstance(drawn, Figure):
        file = io.BytesIO()
        drawn.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        text = file.getvalue().decode()
        for side, inches in zip(("width", "height"), drawn.get_size_inches(), strict=True):
            text = re.sub(rf'(<svg\b[^>]*?) {side}="[^"]*"', rf'\1 {side}="{round(inches * 96)}"', text, count=1)
        return text.encode()
    if not isinstance(drawn, str):
        said = "nothing (None)" if drawn is None else an(type(drawn).__name__)
        raise NoFigureError(f"{said}; expected a figure of matplotlib, or the text of an SVG")
    try:
        root = ElementTree.fromstring(drawn)
    except ElementTree.ParseError as error:
        raise NoFigureError(f"text that is no SVG: {error}; expected <svg …>") from None
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        raise NoFigureError(f'<{root.tag}>; expected <svg xmlns="http://www.w3.org/2000/svg" …>')
    sized = all(re.fullmatch(r"[\d.]+(px)?", root.get(side, "")) for side in ("width", "height"))
    if not sized and len(root.get("viewBox", "").replace(",", " ").split()) != 4:
        raise NoFigureError("an <svg> of no size; expected width and height in pixels, or viewBox")
    return drawn.encode()

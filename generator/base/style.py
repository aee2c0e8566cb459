"""The colours and markers of everything: page, scripts and pictures read this one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Theme:
    """One paper and what is drawn on it, as #rrggbb.

    paper     the page                      surface   panels and code
    ink       text                          muted     secondary text, at least 4.5:1 on paper
    hairline  the room, rules               accent    links and handles
    classes   points of each class, at least 3:1 on paper and on their tint
    tints     regions of each class, the same hues, pale
    """

    paper: str
    surface: str
    ink: str
    muted: str
    hairline: str
    accent: str
    classes: tuple[str, ...]
    tints: tuple[str, ...]


# Seven hues near those of Okabe and Ito, 2008 (jfly.uni-koeln.de/color), moved in lightness until, on either
# paper, every two differ by a CIEDE2000 of 13 for normal, red-blind, green-blind and blue-blind eyes alike. The five
# after them, as far from these and each other as a search finds, differ from all by 9; there markers help.
# Tints keep the hue in OKLCH, or nearly. The accent lies between blue and purple, away from every class.
THEMES = {
    "light": Theme(
        paper="#fcfaf6",
        surface="#f3efe7",
        ink="#1f1d1a",
        muted="#625d55",
        hairline="#8d877d",
        accent="#673a9c",
        classes=(
            *("#0152c7", "#a13001", "#00784b", "#934978", "#9a7c00", "#128bbb", "#373737"),
            *("#ca1544", "#6d9065", "#561f56", "#ea3d9f", "#5a2600"),
        ),
        tints=(
            *("#cbddfa", "#ffd8cc", "#caeed8", "#f2d1e3", "#fbecbf", "#dbf4ff", "#d9d8d6"),
            *("#fcbbb7", "#befec1", "#e8cbf8", "#fbebf0", "#ffe1c6"),
        ),
    ),
    "dark": Theme(
        paper="#171614",
        surface="#22201d",
        ink="#ece7de",
        muted="#a9a297",
        hairline="#7a746a",
        accent="#bda8fb",
        classes=(
            *("#5587fe", "#ee7539", "#2fb680", "#cb84b6", "#f2cc4e", "#8adcf9", "#c0bdbc"),
            *("#c64246", "#bdf597", "#7a63c7", "#a68b90", "#138562"),
        ),
        tints=(
            *("#1c2a49", "#432517", "#1a3729", "#402438", "#3f3619", "#27414b", "#2d2b2a"),
            *("#4c0419", "#384e1f", "#2b1e56", "#6a2a4a", "#192825"),
        ),
    ),
}


@dataclass(frozen=True)
class Marker:
    """What tells a class's points apart beside their colour.

    corners   its outline around (0, 0), y downwards, in units of a circle's radius; the circle has none
    plotted   what matplotlib calls it; "": it has no name there
    width_px  in pictures; shapes of one size look unequal, these look alike
    """

    name: str
    plotted: str
    width_px: float
    corners: tuple[tuple[float, float], ...] = ()

    @property
    def matplotlib(self) -> Any:
        """As matplotlib takes it: its name, or its outline, y upwards and closed."""
        return self.plotted or tuple((x, -y) for x, y in (*self.corners, self.corners[0]))


MARKERS = (
    Marker("circle", "o", 8.6),
    Marker("square", "s", 7.6, ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9))),
    Marker("triangle-up", "^", 9.6, ((0, -1.2), (1.1, 0.8), (-1.1, 0.8))),
    Marker("diamond", "D", 7.2, ((0, -1.3), (1.15, 0), (0, 1.3), (-1.15, 0))),
    Marker("triangle-down", "v", 9.6, ((0, 1.2), (1.1, -0.8), (-1.1, -0.8))),
    Marker(
        *("plus", "P", 10.4),
        (
            *((-0.42, -1.2), (0.42, -1.2), (0.42, -0.42), (1.2, -0.42), (1.2, 0.42), (0.42, 0.42)),
            *((0.42, 1.2), (-0.42, 1.2), (-0.42, 0.42), (-1.2, 0.42), (-1.2, -0.42), (-0.42, -0.42)),
        ),
    ),
    Marker(
        *("cross", "X", 9.8),
        (
            *((0, -0.55), (0.6, -1.15), (1.15, -0.6), (0.55, 0), (1.15, 0.6), (0.6, 1.15)),
            *((0, 0.55), (-0.6, 1.15), (-1.15, 0.6), (-0.55, 0), (-1.15, -0.6), (-0.6, -1.15)),
        ),
    ),
    Marker("triangle-left", "<", 9.6, ((-1.2, 0), (0.8, -1.1), (0.8, 1.1))),
    Marker(
        *("star", "*", 13.2),
        (
            *((0, -1.5), (0.36, -0.49), (1.43, -0.46), (0.58, 0.19), (0.88, 1.21)),
            *((0, 0.61), (-0.88, 1.21), (-0.58, 0.19), (-1.43, -0.46), (-0.36, -0.49)),
        ),
    ),
    Marker("triangle-right", ">", 9.6, ((1.2, 0), (-0.8, -1.1), (-0.8, 1.1))),
    Marker("bar", "", 13.0, ((-0.5, -1.5), (0.5, -1.5), (0.5, 1.5), (-0.5, 1.5))),
    Marker("hourglass", "", 9.6, ((-1.15, -1.2), (1.15, -1.2), (0.2, 0), (1.15, 1.2), (-1.15, 1.2), (-0.2, 0))),
)


def variables(theme: Theme) -> dict[str, str]:
    """A theme as CSS variables, name (without --) to colour."""
    named = {name: getattr(theme, name) for name in ("paper", "surface", "ink", "muted", "hairline", "accent")}
    named |= {f"class-{index}": colour for index, colour in enumerate(theme.classes)}
    named |= {f"tint-{index}": colour for index, colour in enumerate(theme.tints)}
    return named


def markers() -> dict[str, str]:
    """The markers as CSS variables, name (without --) to the points of an SVG polygon, or "circle"."""
    outlines = [" ".join(f"{x:g},{y:g}" for x, y in marker.corners) for marker in MARKERS]
    return {f"marker-{index}": outline or "circle" for index, outline in enumerate(outlines)}


def accented(accent: Sequence[str]) -> Mapping[str, Theme]:
    """The themes with an article's own accent, for light and for dark paper; with none, as they are."""
    if not accent:
        return THEMES
    return {name: replace(theme, accent=own) for (name, theme), own in zip(THEMES.items(), accent, strict=True)}


def contrast(one: str, other: str) -> float:
    """How far two colours (#rrggbb) differ in lightness, from 1 to 21.

    source  WCAG 2.2, "contrast ratio"
    """

    def light(colour: str) -> float:
        shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def css(themes: Mapping[str, Theme] = THEMES) -> str:
    """The tokens as CSS: markers; colours in light, in dark by the reader's setting, in either by the page's switch."""

    def block(theme: str) -> str:
        return f"color-scheme: {theme};" + "".join(f"--{k}: {v};" for k, v in variables(themes[theme]).items())

    return (
        f":root {{ {' '.join(f'--{name}: {outline};' for name, outline in markers().items())} }}\n"
        f":root {{ {block('light')} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {block("dark")} }} }}\n'
        f':root[data-theme="dark"] {{ {block("dark")} }}\n'
    )

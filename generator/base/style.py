"""The colours and markers of everything: page, scripts and pictures read this one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace


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
# paper, every two differ by a CIEDE2000 of 13 for normal, red-blind, green-blind and blue-blind eyes alike.
# Tints keep the hue in OKLCH. The accent lies between blue and purple, away from every class.
THEMES = {
    "light": Theme(
        paper="#fcfaf6",
        surface="#f3efe7",
        ink="#1f1d1a",
        muted="#625d55",
        hairline="#8d877d",
        accent="#673a9c",
        classes=("#0152c7", "#a13001", "#00784b", "#934978", "#9a7c00", "#128bbb", "#373737"),
        tints=("#cbddfa", "#ffd8cc", "#caeed8", "#f2d1e3", "#fbecbf", "#dbf4ff", "#d9d8d6"),
    ),
    "dark": Theme(
        paper="#171614",
        surface="#22201d",
        ink="#ece7de",
        muted="#a9a297",
        hairline="#7a746a",
        accent="#bda8fb",
        classes=("#5587fe", "#ee7539", "#2fb680", "#cb84b6", "#f2cc4e", "#8adcf9", "#c0bdbc"),
        tints=("#1c2a49", "#432517", "#1a3729", "#402438", "#3f3619", "#27414b", "#2d2b2a"),
    ),
}

MARKERS = ("circle", "square", "triangle-up", "diamond", "triangle-down", "plus", "cross")

MATPLOTLIB_MARKERS = {
    "circle": "o",
    "square": "s",
    "triangle-up": "^",
    "diamond": "D",
    "triangle-down": "v",
    "plus": "P",
    "cross": "X",
}


def variables(theme: Theme) -> dict[str, str]:
    """A theme as CSS variables, name (without --) to colour."""
    named = {name: getattr(theme, name) for name in ("paper", "surface", "ink", "muted", "hairline", "accent")}
    named |= {f"class-{index}": colour for index, colour in enumerate(theme.classes)}
    named |= {f"tint-{index}": colour for index, colour in enumerate(theme.tints)}
    return named


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
    """The tokens as CSS: light, dark by the reader's setting, and either by the page's switch."""

    def block(theme: str) -> str:
        return f"color-scheme: {theme};" + "".join(f"--{k}: {v};" for k, v in variables(themes[theme]).items())

    return (
        f":root {{ {block('light')} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {block("dark")} }} }}\n'
        f':root[data-theme="dark"] {{ {block("dark")} }}\n'
    )

"""The colours and markers of everything: page, scripts and pictures read this one table."""

from __future__ import annotations

from dataclasses import dataclass


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


THEMES = {
    "light": Theme(
        paper="#fcfaf6",
        surface="#f3efe7",
        ink="#1f1d1a",
        muted="#625d55",
        hairline="#8d877d",
        accent="#8a3b12",
        classes=("#0072b2", "#c44e00", "#00805d", "#a34483", "#8a6d00", "#2f8fc4", "#4a4a4a"),
        tints=("#cfe3f1", "#f9dcc9", "#cce8df", "#f0d5e6", "#efe6c2", "#d3ecf9", "#dedcd8"),
    ),
    "dark": Theme(
        paper="#171614",
        surface="#22201d",
        ink="#ece7de",
        muted="#a9a297",
        hairline="#7a746a",
        accent="#f0a87c",
        classes=("#4aa8e0", "#f08040", "#2dbe94", "#dd8fbf", "#d9b53a", "#8fd3f7", "#c9c5bd"),
        tints=("#173244", "#45260f", "#0f3a2e", "#402438", "#3b3110", "#21404f", "#383632"),
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


def css() -> str:
    """The tokens as CSS: light, dark by the reader's setting, and either by the page's switch."""

    def block(theme: str) -> str:
        return f"color-scheme: {theme};" + "".join(f"--{k}: {v};" for k, v in variables(THEMES[theme]).items())

    return (
        f":root {{ {block('light')} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {block("dark")} }} }}\n'
        f':root[data-theme="dark"] {{ {block("dark")} }}\n'
    )

"""What pages load: style sheet, script, fonts, icon."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import rjsmin

from ..base import style
from ..base.memo import Memo
from ..base.overlay import Overlay
from ..base.style import Theme


def assets(templates: Overlay, memo: Memo, themes: Mapping[str, Theme] = style.THEMES) -> dict[str, bytes]:
    """Style sheet, script, fonts and icon, by their paths in the site."""
    colours = [list(style.variables(theme).items()) for theme in themes.values()]
    sheet = memo("style", [templates.digest, colours], lambda: stylesheet(templates, themes))
    found = {
        "assets/style.css": sheet.encode(),
        "assets/page.js": memo("script", templates.digest, lambda: script(templates)).encode(),
        "assets/icon.svg": templates.contents["icon.svg"],
    }
    return found | {f"assets/{name}": templates.contents[name] for name in templates.inside("fonts", "")}


def stylesheet(templates: Overlay, themes: Mapping[str, Theme] = style.THEMES) -> str:
    """The colour tokens, then templates/css/*.css in the order of their names, without comments."""
    sheets = map(templates.text, templates.inside("css", ".css"))
    text = "\n".join([style.css(themes), *sheets, paper_colours(themes["light"])])
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"\n\s*\n+", "\n", text).strip() + "\n"


def paper_colours(theme: Theme) -> str:
    """Print is light, whatever the screen was."""
    light = "".join(f"--{name}: {value};" for name, value in style.variables(theme).items())
    return f"@media print {{ :root:root:root {{ color-scheme: light; {light} --paper: #fff; }} }}"


def script(templates: Overlay) -> str:
    """templates/js/*.js in the order of their names, without comments and needless space.

    Each is on its own: one that throws is named in the console, and those after it run.
    """
    modules = (_guarded(name, templates.text(name)) for name in templates.inside("js", ".js"))
    return str(rjsmin.jsmin("\n".join(modules)))


def _guarded(name: str, module: str) -> str:
    return f"try {{\n{module}\n}} catch (error) {{\nconsole.error('{Path(name).name}:', error);\n}}"

"""What pages load: style sheet, script, fonts, icon."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping
from pathlib import Path

import minify_html
import rjsmin

from ..base import style
from ..base.memo import Memo
from ..base.overlay import Overlay
from ..base.style import Theme
from ..networks import calculus, datasets
from ..networks.activations import ACTIVATIONS


def assets(
    templates: Overlay, memo: Memo, themes: Mapping[str, Theme] = style.THEMES, kinds: Collection[str] = ()
) -> dict[str, bytes]:
    """Style sheet, script, fonts and icon, by their paths in the site.

    kinds  of data that the script can draw
    """
    colours = [list(style.variables(theme).items()) for theme in themes.values()]
    rows = memo("activations", repr(ACTIVATIONS), activation_rows)
    drawn = {kind: datasets.load()[kind].script for kind in kinds if datasets.load()[kind].script}
    sheet = memo("style", [templates.digest, colours], lambda: stylesheet(templates, themes))
    page = memo("script", [templates.digest, rows, drawn], lambda: rows + script(templates, drawn))
    found = {
        "assets/style.css": sheet.encode(),
        "assets/page.js": page.encode(),
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


def script(templates: Overlay, drawn: Mapping[str, str] | None = None) -> str:
    """templates/js/*.js in the order of their names, without comments and needless space.

    Each is on its own: one that throws is named in the console, and those after it run.

    drawn  kind of data -> the source of what draws it, see networks.datasets
    """
    modules = [_guarded(name, templates.text(name)) for name in templates.inside("js", ".js")]
    for kind, source in (drawn or {}).items():
        modules.append(_guarded(kind, f'peek.datasets["{kind}"] = {source.strip()};'))
    return "\n".join(map(minified, modules)) + "\n"


def nests(module: str) -> bool:
    """Whether a script has a template literal within another's expression, whose spaces rjsmin would take."""
    for opening in re.finditer(r"\$\{", module):
        depth = 1
        for sign in module[opening.end() :]:
            depth += (sign == "{") - (sign == "}")
            if depth == 0:
                break
            if sign == "`":
                return True
    return False


def minified(module: str) -> str:
    """A script without comments and needless space, and with shorter ways to say the same."""
    bare = module if nests(module) else rjsmin.jsmin(module)  # minify_html leaves comments
    opening, closing = "<script>", "</script>"
    return minify_html.minify(opening + bare + closing, minify_js=True).removeprefix(opening).removesuffix(closing)


def _guarded(name: str, module: str) -> str:
    return f"try {{\n{module}\n}} catch (error) {{\nconsole.error('{Path(name).name}:', error);\n}}"


def activation_rows() -> str:
    """The activations of single neurons as a script's function that gives them by name: templates/js/10-network.js.

    They are source and not data: a page may forbid that text becomes code.
    """
    rows = []
    for row in ACTIVATIONS.values():
        if row.is_vector:
            continue
        room = row.room
        ends = {end: value if math.isfinite(value) else None for end, value in (("low", room.low), ("high", room.high))}
        told = {
            "label": row.label,
            "words": row.words,
            "biasStart": row.bias_start,
            "room": {"name": room.name, **ends, "turn": room.turn_deg},
        }
        value, slope = calculus.in_javascript(row)
        data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        rows.append(f'"{row.name}":{{...{data},value:(a)=>{value},slope:(a)=>{slope}}}')
    called = ",".join(f"{name}={code}" for name, code in calculus.JAVASCRIPT.items())
    return f'function activationRows(){{"use strict";const {called};return{{{",".join(rows)}}}}}\n'

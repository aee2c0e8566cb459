"""What pages load: style sheet, script, fonts, icon."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import minify_html
import rjsmin

from ..base import style
from ..base.errors import ContentError, Problem, nearest
from ..base.memo import Memo
from ..base.overlay import Overlay
from ..base.style import Theme
from ..networks import calculus, datasets
from ..networks.activations import ACTIVATIONS, Own

PAGE_SCRIPT = "assets/page.js"
OWN_SCRIPTS = "assets/own/"  # of an author
OWN_STYLES = re.compile(r"/\*own\*/(.*?)/\*ours\*/", re.DOTALL)  # the sheets of an author in assets/style.css
ALONE = "assets/alone/"  # of figures on pages of their own
NEEDS = re.compile(r"^// needs( without a plane)?: (.*)$", re.MULTILINE)
SPARE = "/* only where used */"  # how a style sheet begins that many sites can do without
CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
STRING = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
SAYS = re.compile(r'\bwords\.say\(\s*("(?:[^"\\]|\\.)*")')  # see templates/js/words.js
BUILT = {"build/activations": "", "build/datasets": "// needs: kit/kit"}  # scripts that the build writes itself


def assets(
    templates: Overlay,
    memo: Memo,
    themes: Mapping[str, Theme] = style.THEMES,
    placed: Collection[str] = (),
    kinds: Collection[str] = (),
    activations: Collection[str] = (),
    formulas: Mapping[str, Sequence[Any]] | None = None,
    drawn: Collection[str] = (),
    classes: Collection[str] | None = None,
) -> dict[str, bytes]:
    """Style sheet, scripts in the order in which pages load them, fonts and icon, by their paths in the site.

    placed       names of the figures that the pages place
    kinds        of data of the runs that they show
    activations  that they know; none: all, as there is no run to say which
    formulas     of own ones by name, as Own.plain says them
    drawn        kinds of data that scripts can draw, beside those that pages show
    classes      that the texts' HTML has; None: any
    raises       ContentError: a script needs what is not there, or in a circle
    """
    colours = [list(style.variables(theme).items()) for theme in themes.values()]
    sheets = used_sheets(templates, classes)
    sheet = memo("style", [templates.digest, colours, sheets], lambda: stylesheet(templates, themes, sheets))
    own = [Own.told(name, plain) for name, plain in (formulas or {}).items()]
    said = [ACTIVATIONS, *activations, *(each.plain for each in own)]
    rows = memo("activations", repr(said), lambda: activation_rows(activations, own))
    built = {"build/activations": rows, "build/datasets": dataset_rows(sorted({*kinds, *drawn}))}
    plane = in_planes(kinds)

    def made(wanted: Sequence[str]) -> dict[str, str]:
        given = [templates.digest, wanted, plane, built]
        return memo("scripts", given, lambda: scripts(templates, wanted, plane, built))

    names = ["page", "still", *sorted(live(templates) & {*placed})]
    alone = {name: made(alone_scripts(templates, name)) for name in names}
    found = {
        "assets/style.css": sheet.encode(),
        **{path: text.encode() for path, text in made(placed_scripts(templates, placed)).items()},
        **{alone_script(name): "".join(parts.values()).encode() for name, parts in alone.items()},
        "assets/icon.svg": templates.contents["icon.svg"],
    }
    return found | {f"assets/{name}": templates.contents[name] for name in templates.inside("fonts", "")}


def used_sheets(templates: Overlay, classes: Collection[str] | None = None) -> list[str]:
    """Those of templates/css/*.css that a site needs, in the order of their names.

    classes  that the texts' HTML has, without which a sheet that begins "only where used" and has none is left out
    """

    def used(name: str) -> bool:
        text = templates.text(name)
        return classes is None or not text.startswith(SPARE) or not {*classes}.isdisjoint(CLASS.findall(text))

    return [name for name in templates.inside("css", ".css") if used(name)]


def stylesheet(
    templates: Overlay, themes: Mapping[str, Theme] = style.THEMES, sheets: Iterable[str] | None = None
) -> str:
    """The colour tokens, then sheets, without comments and needless space. sheets: None: all"""
    drawing = f":root {{ --sheet: {themes['light'].paper}; }}"  # the paper of drawings in the dark
    made = [_narrow(style.css(themes)), _narrow(drawing)]
    for name in used_sheets(templates) if sheets is None else sheets:
        sheet = _narrow(templates.text(name))
        made.append(f"/*own*/{sheet}/*ours*/" if name in templates.own else sheet)
    return "".join([*made, _narrow(paper_colours(themes["light"]))]) + "\n"


def _narrow(sheet: str) -> str:
    """A style sheet without comments and needless space."""
    parts = STRING.split(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    parts[::2] = [re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", part)).replace(";}", "}") for part in parts[::2]]
    return "".join(parts).strip()


def paper_colours(theme: Theme) -> str:
    """Print is light, whatever the screen was."""
    light = "".join(f"--{name}: {value};" for name, value in style.variables(theme).items())
    return f"@media print {{ :root:root:root {{ color-scheme: light; {light} --paper: #fff; }} }}"


def live(templates: Overlay) -> frozenset[str]:
    """The figures that a script brings to life: those with a templates/js/<name>.js."""
    return _names(templates, "js", ".js") & _names(templates, "figures", ".html")


def page_scripts(templates: Overlay) -> frozenset[str]:
    """The scripts of the page itself: those in templates/js that are no figure's."""
    return _names(templates, "js", ".js") - live(templates)


def _names(templates: Overlay, folder: str, ending: str) -> frozenset[str]:
    return frozenset(Path(name).stem for name in templates.inside(folder, ending))


def in_planes(kinds: Collection[str]) -> bool:
    """Whether the points of some kinds of data all lie in the plane."""
    return all(datasets.load()[kind].is_plane for kind in kinds)


def scripts(
    templates: Overlay, wanted: Collection[str], plane: bool = False, built: Mapping[str, str] = BUILT
) -> dict[str, str]:
    """Some of templates/js/<name>.js with all that they need, without comments and needless space.

    Each is on its own: one that throws is named in the console, and those after it run. Peek's are one file of the
    site; those of an author, and what stands on these, are a file each, so that they can be told apart.

    plane    whether all data lie in it: without what scripts "need without a plane"
    built    the sources of BUILT
    returns  path in the site -> script, in the order in which they are to run
    raises   ContentError: a script needs what is not there, or in a circle
    """
    sources = {**_sources(templates), **built}
    places = {sentence: at for at, sentence in enumerate(sentences(templates, wanted, plane))}

    def numbered(module: str) -> str:
        return SAYS.sub(lambda said: f"words.say({places[json.loads(said[1])]}", module)

    def module(name: str) -> str:
        caught = f"catch (error) {{\nconsole.error('{Path(name).name}.js:', error);\n}}"
        return minified(f"try {{\n{numbered(sources[name])}\n}} {caught}") + "\n"

    order, own = in_order(templates, wanted, plane), set[str]()
    for name in order:
        if f"js/{name}.js" in templates.own or own & {*_needs(sources[name])}:
            own.add(name)
    ours = "".join(module(name) for name in order if name not in own)
    return {PAGE_SCRIPT: ours} | {f"{OWN_SCRIPTS}{name}.js": module(name) for name in order if name in own}


def sentences(templates: Overlay, wanted: Iterable[str], plane: bool = False) -> list[str]:
    """What some scripts say, in English and in the order of their places in the page's list of words."""
    sources = _sources(templates)
    order = in_order(templates, wanted, plane)
    said = [json.loads(one) for name in order for one in SAYS.findall(sources.get(name, ""))]
    return list(dict.fromkeys(said))


def placed_scripts(templates: Overlay, placed: Collection[str]) -> list[str]:
    """The page's own scripts, and those of the figures that are placed."""
    return [*sorted(page_scripts(templates)), *sorted(live(templates) & {*placed})]


def alone_scripts(templates: Overlay, name: str) -> list[str]:
    """The scripts of a page with one figure, by its name; "still": one without; "page": of one that has no figures."""
    if name == "page":
        return sorted(page_scripts(templates))
    return ["page/alone", *([name] if name in live(templates) else ())]


def alone_script(name: str) -> str:
    """The path of the one file that these are, of an author's figure too."""
    return f"{ALONE}{name}.js"


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


def _sources(templates: Overlay) -> dict[str, str]:
    """Every script of templates/js by the name under which it is needed: "kit/plane"."""
    files = [name for name in templates.contents if name.startswith("js/") and name.endswith(".js")]
    return {name.removeprefix("js/").removesuffix(".js"): templates.text(name) for name in files}


def _needs(module: str, plane: bool = False) -> list[str]:
    """What a script says that it needs."""
    lines = [said.split(",") for spare, said in NEEDS.findall(module) if not (spare and plane)]
    return [need for said in lines for need in sorted(filter(None, map(str.strip, said)))]


def in_order(templates: Overlay, wanted: Iterable[str], plane: bool = False) -> list[str]:
    """The names of some scripts and of all that they need, each after what it needs, as its "// needs:" says.

    plane   whether all data lie in it: without what "// needs without a plane:" names
    raises  ContentError: one that is not there, or that needs itself by way of others
    """
    sources = _sources(templates) | BUILT
    ordered: list[str] = []

    def add(name: str, by: tuple[str, ...]) -> None:
        if name in by:
            circle = " needs ".join([*by[by.index(name) :], name])
            raise ContentError([Problem(_place(templates, by[-1]), f"scripts in a circle: {circle}")])
        if name not in sources:
            near = nearest(name, sources)
            raise ContentError([Problem(_place(templates, by[-1]), f'needs "{name}", which is not there', "", near)])
        if name not in ordered:
            for need in _needs(sources[name], plane):
                add(need, (*by, name))
            ordered.append(name)

    for name in wanted:
        add(name, ())
    return ordered


def _place(templates: Overlay, name: str) -> str:
    return str(templates.place(f"js/{name}.js"))


def dataset_rows(kinds: Collection[str]) -> str:
    """What draws some kinds of data, see networks.datasets."""
    known = datasets.load()
    rows = [f'peek.datasets["{kind}"] = {known[kind].script.strip()};' for kind in kinds if known[kind].script]
    return "\n".join(rows)


def activation_rows(names: Collection[str] = (), own: Sequence[Own] = ()) -> str:
    """The activations of single neurons as a script's function that gives them by name: templates/js/kit/kit.js.

    names  only these, or all
    own    an author's, after the built-in ones
    They are source and not data: a page may forbid that text becomes code.
    """
    rows = []
    for row in (*ACTIVATIONS.values(), *(each.row for each in own)):
        if row.is_vector or (names and row.name not in names):
            continue
        room = row.room
        ends = {end: value if math.isfinite(value) else None for end, value in (("low", room.low), ("high", room.high))}
        told = {
            "label": row.label,
            "biasStart": row.bias_start,
            "room": {"name": room.name, **ends, "turn": room.turn_deg, "symmetries": room.symmetries},
        }
        value, slope = calculus.in_javascript(row)
        data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        rows.append(f'"{row.name}":{{...{data},value:(a)=>{value},slope:(a)=>{slope}}}')
    said = ",".join(rows)
    called = [f"const {name}={code};" for name, code in calculus.JAVASCRIPT.items() if f"{name}(" in said]
    return f'var activationRows=function(){{"use strict";{"".join(called)}return{{{said}}}}};'

"""What pages load: style sheet, script, fonts, icon."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..base import javascript, language, style
from ..base.errors import mistake, nearest
from ..base.language import Words
from ..base.memo import Memo
from ..base.overlay import Overlay
from ..base.style import Theme
from ..networks import calculus, datasets
from ..networks.activations import ACTIVATIONS, Own
from ..networks.formulas import ELSEWHERE, FUNCTIONS

PAGE_SCRIPT = "assets/page.js"
LATER_SCRIPT = "assets/later.js"  # what pages need from a reader's first gesture on, see templates/js/page.js
FIGURE_SCRIPTS = "assets/js/"  # a file what the same figures need
OWN_SCRIPTS = "assets/own/"  # of an author
OWN_STYLES = re.compile(r"/\*own\*/(.*?)/\*ours\*/", re.DOTALL)  # the sheets of an author in assets/style.css
NEEDS = re.compile(r"^// needs( without a plane| of a wide layer)?: (.*)$", re.MULTILINE)
SPARE = "/* only where used */"  # how a style sheet begins that many sites can do without
CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
STRING = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
SAYS = re.compile(r'\bwords\.say\(\s*("(?:[^"\\]|\\.)*")')  # see templates/js/words.js
BUILT = {  # scripts that the build writes itself
    "build/signs": "",
    "build/activations": "",
    "build/formulas": "",
    "build/datasets": "// needs: kit/kit",
    "build/centres": "// needs: kit/runs",
}


def assets(
    templates: Overlay,
    memo: Memo,
    themes: Mapping[str, Theme] = style.THEMES,
    placed: Collection[str] = (),
    kinds: Collection[str] = (),
    activations: Collection[str] = (),
    formulas: Mapping[str, Sequence[Any]] | None = None,
    centres: Mapping[str, Any] | None = None,
    drawn: Collection[str] = (),
    wide: bool = True,
    classes: Collection[str] | None = None,
    words: Words | None = None,
) -> dict[str, bytes]:
    """Style sheet, scripts in the order in which pages load them, fonts and icon, by their paths in the site.

    placed       names of the figures that the pages place
    kinds        of data of the runs that they show
    activations  that they know; none: all, as there is no run to say which
    formulas     of own ones by name, as Own.plain says them
    centres      of classes, of the networks of each recipe: by the id of its first run
    drawn        kinds of data that scripts can draw, beside those that pages show
    wide         whether a last hidden layer that they show may be wider than a plane
    classes      that the texts' HTML has; None: any
    words        the language of what scripts say; None: English
    raises       ContentError: a script needs what is not there, or in a circle; an author's is no JavaScript
    """
    colours = [list(style.variables(theme).items()) for theme in themes.values()]
    sheets = used_sheets(templates, classes)
    sheet = memo("style", [templates.digest, colours, sheets], lambda: stylesheet(templates, themes, sheets))
    own = [Own.told(name, plain) for name, plain in (formulas or {}).items()]
    said = [ACTIVATIONS, *activations, *(each.plain for each in own)]
    rows = memo("activations", repr(said), lambda: activation_rows(activations, own))
    built = {
        "build/signs": signs(words or language.load("en", templates, memo)),
        "build/activations": rows,
        "build/formulas": formula_names(),
        "build/datasets": dataset_rows(sorted({*kinds, *drawn})),
        "build/centres": centre_rows(centres or {}),
    }
    wanted, spared = placed_scripts(templates, placed), unneeded(kinds, wide)
    asked = [templates.digest, words and words.tag, wanted, spared, built]
    table = words.table if words else {}
    loaded = memo("scripts", asked, lambda: Scripts(templates, wanted, spared).written(built, table))
    found = {
        "assets/style.css": sheet.encode(),
        **{path: text.encode() for path, text in loaded.items()},
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
    """The scripts of the page itself: those in templates/js that are no figure's, and those in templates/js/later."""
    return _names(templates, "js", ".js") - live(templates) | later_scripts(templates)


def later_scripts(templates: Overlay) -> frozenset[str]:
    """Those of them that a page can wait with for a reader's first gesture."""
    return frozenset(f"later/{name}" for name in _names(templates, "js/later", ".js"))


def _names(templates: Overlay, folder: str, ending: str) -> frozenset[str]:
    return frozenset(Path(name).stem for name in templates.inside(folder, ending))


def unneeded(kinds: Collection[str], wide: bool) -> tuple[str, ...]:
    """Which needs of scripts do not arise, as NEEDS has them, with some kinds of data and last hidden layers."""
    in_planes = all(datasets.load()[kind].is_plane for kind in kinds)
    return (" without a plane",) * in_planes + (" of a wide layer",) * (not wide)


def placed_scripts(templates: Overlay, placed: Collection[str]) -> list[str]:
    """The page's own scripts, and those of the figures that are placed."""
    return [*sorted(page_scripts(templates)), *sorted(live(templates) & {*placed})]


class Scripts:
    """Some of templates/js/<name>.js with all that they need.

    wanted  their names
    spared  needs that do not arise, as `unneeded` gives them
    raises  ContentError: one of them needs what is not there, or itself by way of others
    """

    def __init__(self, templates: Overlay, wanted: Iterable[str], spared: Collection[str] = ()) -> None:
        self.templates, self.wanted, self.spared = templates, [*wanted], spared
        files = [name for name in templates.contents if name.startswith("js/") and name.endswith(".js")]
        self.sources = {name.removeprefix("js/").removesuffix(".js"): templates.text(name) for name in files}

    def in_order(self, wanted: Iterable[str] | None = None) -> list[str]:
        """The names of all, or of some, and of what these need, each after what it needs, as its "// needs:" says."""
        sources = self.sources | BUILT
        ordered: list[str] = []

        def place(name: str) -> str:
            return str(self.templates.place(f"js/{name}.js"))

        def add(name: str, by: tuple[str, ...]) -> None:
            if name in by:
                circle = " needs ".join([*by[by.index(name) :], name])
                raise mistake(place(by[-1]), f"scripts in a circle: {circle}")
            if name not in sources:
                near = nearest(name, sources)
                raise mistake(place(by[-1]), f'needs "{name}", which is not there', "", near)
            if name not in ordered:
                for need in _needs(sources[name], self.spared):
                    add(need, (*by, name))
                ordered.append(name)

        for name in self.wanted if wanted is None else wanted:
            add(name, ())
        return ordered

    @functools.cached_property
    def files(self) -> dict[str, list[str]]:
        """Which of them are one file: what pages themselves need, and each time what the same figures need.

        So a page that waits for the reader to near a figure loads what that one needs, and nothing twice. What a page
        can wait with for a reader's first gesture is a file as well. Those of an author, and what stands on these, are
        a file each, so that they can be told apart.

        returns  path in the site -> names of scripts, both in the order in which they are to run
        """
        figures, later = live(self.templates), later_scripts(self.templates)
        closures = {name: {*self.in_order([name])} for name in self.wanted}
        own, shared = set[str](), dict[frozenset[str], list[str]]()
        order = self.in_order()
        for name in order:
            if f"js/{name}.js" in self.templates.own or own & {*_needs(self.sources.get(name, ""))}:
                own.add(name)
                continue
            users = frozenset(user for user, needs in closures.items() if name in needs)
            group = users if users <= figures else later if users <= later else frozenset()
            shared.setdefault(group, []).append(name)
        ours = {PAGE_SCRIPT: shared.pop(frozenset(), [])}
        if later in shared:
            ours[LATER_SCRIPT] = shared.pop(later)
        # What more figures need runs first: a script's needs are those of all that need it.
        for names in sorted(shared.values(), key=lambda names: -sum(names[0] in needs for needs in closures.values())):
            ours[f"{FIGURE_SCRIPTS}{names[-1]}.js"] = names
        return ours | {f"{OWN_SCRIPTS}{name}.js": [name] for name in order if name in own}

    def loads(self) -> dict[str, list[str]]:
        """The files that each figure needs beside what the page itself loads, which is under "", in order."""
        figures = live(self.templates)

        def of(names: Iterable[str]) -> list[str]:
            needs = {*self.in_order(names)}
            return [path for path, scripts in self.files.items() if needs.intersection(scripts)]

        page = [path for path in of(name for name in self.wanted if name not in figures) if path != LATER_SCRIPT]
        placed = {name: of([name]) for name in self.wanted if name in figures}
        return {"": page} | {name: [path for path in paths if path not in page] for name, paths in placed.items()}

    def written(
        self, built: Mapping[str, str] = BUILT, table: Mapping[str, Any] = MappingProxyType({})
    ) -> dict[str, str]:
        """Their files without comments and needless space, by path in the site, in the order in which they are to run.

        Each script is on its own: one that throws is named in the console, and those after it run.

        built   the sources of BUILT
        table   what sentences are in the language of the pages, as Words.table; one that it lacks stays
        raises  ContentError: an author's is no JavaScript
        """
        sources = {**self.sources, **built}

        def told(said: re.Match[str]) -> str:
            sentence = json.loads(said[1])
            return f"words.say({json.dumps(table.get(sentence, sentence), ensure_ascii=False)}"

        def module(name: str) -> str:
            if f"js/{name}.js" in self.templates.own and (wrong := javascript.fault_in(sources[name])):
                raise mistake(f"{self.templates.place(f'js/{name}.js')}:{wrong[0]}", wrong[1], "JavaScript")
            caught = f"catch (error) {{\nconsole.error('{Path(name).name}.js:', error);\n}}"
            return minified(f"try {{\n{SAYS.sub(told, sources[name])}\n}} {caught}") + "\n"

        return {path: "".join(map(module, names)) for path, names in self.files.items()}


def _needs(module: str, spared: Collection[str] = ()) -> list[str]:
    """What a script says that it needs."""
    lines = [said.split(",") for only, said in NEEDS.findall(module) if only not in spared]
    return [need for said in lines for need in sorted(filter(None, map(str.strip, said)))]


def has_nested_template(module: str) -> bool:
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
    import minify_html  # takes as long to import as a paragraph takes to render, and scripts are mostly as they were
    import rjsmin

    bare = module if has_nested_template(module) else rjsmin.jsmin(module)  # minify_html leaves comments
    opening, closing = "<script>", "</script>"
    return minify_html.minify(opening + bare + closing, minify_js=True).removeprefix(opening).removesuffix(closing)


def signs(words: Words) -> str:
    """The signs of a language's numbers as a script: templates/js/words.js."""
    told = {"point": words.marks.point, "percent": words.marks.percent}
    return f"var signs={json.dumps(told, ensure_ascii=False)};"


def formula_names() -> str:
    """The functions that a formula may call, and what others call otherwise: templates/js/kit/formula.js."""
    said = {"functions": FUNCTIONS, "elsewhere": {"__proto__": None, **ELSEWHERE}}
    return f"var formulaNames={json.dumps(said, separators=(',', ':'))};"


def dataset_rows(kinds: Collection[str]) -> str:
    """What draws some kinds of data, see networks.datasets."""
    known = datasets.load()
    rows = [f'peek.datasets["{kind}"] = {known[kind].script.strip()};' for kind in kinds if known[kind].script]
    return "\n".join(rows)


def centre_rows(centres: Mapping[str, Any]) -> str:
    """What tells the page's recipes the class centres of their networks: few figures need them. centres: as `assets`"""
    said = json.dumps({run: of for run, of in centres.items() if of}, separators=(",", ":"))
    return (
        f"const centres={said},{{runs,recipes}}=peek.runs.index();"
        "for(const{id,recipe}of runs)if(centres[id])recipes[recipe].centres??=centres[id];"
    )


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

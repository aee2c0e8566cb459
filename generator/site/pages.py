"""Templates, article and results -> the site's text pages and assets.

    pages = render(article, results, info, Overlay(Path("templates")))
    pages["index.html"]  # bytes

Nothing here reads the clock, the network or the environment: the same
arguments give the same bytes.
"""

from __future__ import annotations

import dataclasses
import functools
import html
import json
import math
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import jinja2

from ..base import style
from ..base.errors import ContentError, Problem
from ..base.memo import Memo, digest
from ..base.overlay import Overlay
from ..base.style import Theme
from ..content.texts import Article, Author, Meta
from ..markup import document, expressions
from ..markup.document import FigureCall, Markup
from ..networks import calculus
from ..networks.activations import ACTIVATIONS
from ..runs.results import Picture, Result, Results, UnknownResult, address, fits

WORDS_A_MINUTE = 220  # silent reading of English: a little under the mean (238) of Brysbaert 2019, for the formulas
OUR_PAGES = ("gallery.html", "reproduce.html", "404.html")
Plain = TypeVar("Plain")
Laws = Callable[[], Mapping[str, Any]]
PLACING = ("id", "size", "alt")  # options of a figure that say nothing of runs


@dataclass(frozen=True)
class Download:
    """A file that readers may take away.

    path  relative to the site's root        sha256  64 hexadecimal digits
    """

    path: str
    bytes: int
    sha256: str
    description: str


@dataclass(frozen=True)
class BuildInfo:
    """What the pages say about the build.

    base_url       where the site will live, or "": then nothing absolute is written
    versions       name of each library to its version
    profile        which set of runs was built
    downloads      generated files, in the order they are listed
    picture_bytes  all pictures of the site together
    rebuild        the command that makes the site again
    draft          marks every page, and asks search engines to look away
    social_card    path of a 1200 x 630 px picture, or ""
    built          date of the build, only when the environment fixes one (SOURCE_DATE_EPOCH)
    columns        what each column of the tables holds, by its name
    about          a sentence on each experiment, by its name
    laws           gives what the laws predict in each room, as packing.predictions does; asked where it is needed
    """

    base_url: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    profile: str = ""
    downloads: Sequence[Download] = ()
    picture_bytes: int = 0
    rebuild: str = "make site"
    draft: bool = False
    social_card: str = ""
    built: date | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    laws: Laws = dict

    def url(self, path: str) -> str:
        """Absolute address of a page, or "" while the site has no address."""
        if not self.base_url:
            return ""
        return self.base_url.rstrip("/") + "/" + ("" if path == "index.html" else path)


def render(
    article: Article,
    results: Results,
    info: BuildInfo,
    templates: Overlay,
    compiled: Path | None = None,
    warn: Callable[[str], None] = lambda said: None,
    first: Callable[[dict[str, bytes]], None] = lambda pages: None,
    memo: Memo | None = None,
) -> dict[str, bytes]:
    """Every text page and asset of the site.

    compiled  a folder that keeps compiled templates from one build to the next
    warn      is told what is odd and not wrong
    first     is given the article's own pages and the assets as soon as they are there
    memo      what was rendered before
    returns   path relative to the site's root -> bytes
    raises    ContentError: all mistakes of the article, or one in a template, with file and line
    """
    house = House(templates, compiled, memo)
    written = write(article, results, info.laws, house, [file.path for file in info.downloads])
    for said in [*(warning for text in written for warning in text.warnings), *document.unused_works(article, written)]:
        warn(str(said))
    return assemble(article.meta, written, results, info, house, first)


def write(article: Article, results: Results, laws: Laws, house: House, downloads: Sequence[str]) -> tuple[Markup, ...]:
    """The article's texts in HTML, with their figures.

    downloads  paths of generated files that they may link to
    raises     ContentError: all mistakes of the article, or one in a figure's template
    """
    figures = Figures(house, results, laws)
    return document.render_article(
        article,
        results=results,
        figure_names=figures.names,
        render_figure=figures.render,
        figure_options=figures.options,
        addresses=[*OUR_PAGES, *downloads],
        memo=house.memo,
    )


def assemble(
    meta: Meta,
    written: Sequence[Markup],
    results: Results,
    info: BuildInfo,
    house: House,
    first: Callable[[dict[str, bytes]], None] = lambda pages: None,
) -> dict[str, bytes]:
    """The site's pages around the article's texts."""
    themes = style.accented(meta.accent)
    told = tuple(map(Told.of, written))
    shared = {
        "article": meta,
        "themes": themes,
        "written": told,
        "results": results,
        "info": info,
        "site": Site(meta, told, info),
    }
    pages = {".nojekyll": b""} | assets(house, themes)
    for text in written:
        own = {"text": text, "path": text.path, "runs_index": functools.partial(house.runs_index, results, info.laws)}
        pages[text.path] = house.render("article.html", shared | own).encode()
    first(pages)
    # What pages beside the article may know of it is little, and mostly the same after an edit.
    known = digest(*map(repr, (meta, told, dataclasses.replace(info, laws=dict))))
    others = (*OUR_PAGES, *(("sitemap.xml", "feed.xml") if info.base_url else ()))
    for path in others:
        make = functools.partial(house.render, path, shared | {"path": path})
        pages[path] = house.of_runs(results, "page", make, path, known).encode()
    return pages


@dataclass(frozen=True)
class Told:
    """What the pages beside a text may know of it. claims: as claims_of gives them."""

    path: str
    title: str
    meta: Meta
    claims: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, text: Markup) -> Told:
        return cls(text.path, text.title, text.page.meta, tuple(claims_of(text)))


def assets(house: House, themes: Mapping[str, Theme] = style.THEMES) -> dict[str, bytes]:
    """Style sheet, script, fonts and icon, by their paths in the site."""
    templates, memo = house.templates, house.memo
    colours = [list(style.variables(theme).items()) for theme in themes.values()]
    rows = memo("activations", repr(ACTIVATIONS), activation_rows)
    sheet = memo("style", [templates.digest, colours], lambda: stylesheet(templates, themes))
    found = {
        "assets/style.css": sheet.encode(),
        "assets/page.js": memo("script", [templates.digest, rows], lambda: rows + script(templates)).encode(),
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


def activation_rows() -> str:
    """The activations of single neurons as a script's function that gives them by name: see templates/js/10-network.js.

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


def script(templates: Overlay) -> str:
    """templates/js/*.js in the order of their names, without comments, indentation and needless ends of lines.

    Nothing inside a line of code is touched: a minifier that does not know template literals would change their text.
    """
    text = "\n".join(map(templates.text, templates.inside("js", ".js")))
    text = re.sub(r"^[ \t]*/\*.*?\*/[ \t]*\n|^[ \t]*//[^\n]*\n", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"[ \t]+//[^\n'\"`]*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^[ \t]+", "", text, flags=re.MULTILINE)
    joined, in_literal = [], False
    for line in filter(None, text.split("\n")):
        in_literal ^= line.count("`") % 2 == 1
        joined.append(line if not in_literal and line.endswith((";", "{", ",", "(")) else line + "\n")
    return "".join(joined)


# Templates


@functools.lru_cache(maxsize=4)  # a server that renders again and again compiles only what changed
def environment(templates: Overlay, compiled: Path | None) -> jinja2.Environment:
    """Jinja over templates, with our filters and functions.

    compiled  a folder that keeps compiled templates
    """

    def load(name: str) -> tuple[str, str, None] | None:
        return (templates.text(name), str(templates.place(name)), None) if name in templates.contents else None

    if compiled:
        compiled.mkdir(parents=True, exist_ok=True)
    env = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        auto_reload=False,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=jinja2.FileSystemBytecodeCache(str(compiled)) if compiled else None,
    )
    env.filters.update(FILTERS)
    env.globals.update(themes=style.THEMES, recipe=recipe, scalars=scalars, in_order=in_order, json_ld=json_ld)
    return env


class House:
    """The templates of a build, filled in; what was made of the same before is taken from the memo."""

    def __init__(self, templates: Overlay, compiled: Path | None = None, memo: Memo | None = None) -> None:
        self.templates = templates
        self.memo = memo or Memo()
        self.env = environment(templates, compiled)

    def of_runs(self, results: Results, stage: str, make: Callable[[], Plain], *given: Any) -> Plain:
        """What is made of the templates, the results and what else is given."""
        known = address(results)
        return self.memo(stage, [self.templates.digest, known, *given], make) if known else make()

    def runs_index(self, results: Results, laws: Laws) -> dict[str, Any]:
        """As the function of that name."""
        return self.of_runs(results, "runs", lambda: runs_index(results, laws()))

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """A template filled in.

        raises  ContentError: the template is missing, does not parse or asks for what is not there
        """
        try:
            return self.env.get_template(name).render(context)
        except (jinja2.TemplateError, UnknownResult) as error:
            raise ContentError([self.problem(name, error)]) from error

    def compile(self, name: str) -> None:
        """Look whether a template parses.

        raises  ContentError: it does not
        """
        try:
            self.env.get_template(name)
        except jinja2.TemplateError as error:
            raise ContentError([self.problem(name, error)]) from error

    def problem(self, name: str, error: Exception) -> Problem:
        """A template's error, with the file and line it comes from."""
        if isinstance(error, jinja2.TemplateNotFound):
            return Problem(self._place(name), f'no template "{error.name}"')
        if isinstance(error, jinja2.TemplateSyntaxError):
            return Problem(f"{self._place(error.name or name)}:{error.lineno}", error.message or "does not parse")
        lines = [
            f"{frame.filename}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename.startswith(tuple(map(str, self.templates.folders)))
        ]
        return Problem(lines[-1] if lines else self._place(name), str(error))

    def _place(self, name: str) -> str:
        return str(self.templates.place(name))


class Figures:
    """The figures that an article may place, drawn from results.

    A template templates/figures/<name>.html makes a figure of that name; any
    other name is a picture that runs have, placed by pictures.html. A template
    says in its first comment which options it takes: {# options: hide, epoch #}.
    `live` tells it that templates/js/<name>.js brings it to life.
    """

    DEFAULT = "pictures"

    def __init__(self, house: House, results: Results, laws: Laws = dict) -> None:
        self.house = house
        self.results = results
        self.laws = laws
        files, memo = house.templates, house.memo
        own = {Path(name).stem: name for name in files.inside("figures", ".html")}
        self.options = memo(
            "options", files.digest, lambda: {name: _options(files.text(file)) for name, file in own.items()}
        )
        self.own = frozenset(own) - {self.DEFAULT}
        self.live = frozenset(Path(name).stem for name in files.inside("js", ".js"))
        pictures = house.of_runs(
            results, "pictures", lambda: sorted({name for run in results for name in run.pictures})
        )
        self.names = frozenset({*self.own, *pictures})

    def render(self, call: FigureCall) -> str:
        """A figure with its number, its caption and links to where it comes from.

        raises  UnknownResult: no such field, or no run that fits
                ContentError: the template is wrong
        """
        given = (call.name, repr(call.options), call.caption_html, call.label, call.number)
        return self.house.of_runs(self.results, "figure", lambda: self._render(call), *given)

    def _render(self, call: FigureCall) -> str:
        name = call.name if call.name in self.own else self.DEFAULT
        shown: list[Result] = []

        def pick(names: Sequence[str], options: Mapping[str, Any]) -> list[Result]:
            conditions = {key: value for key, value in options.items() if key not in self.options.get(call.name, ())}
            runs = chosen(self.results, names, conditions)
            shown.extend(runs)
            return runs

        context = {
            "name": call.name,
            "options": dict(call.options),
            "results": self.results,
            "laws": self.laws(),
            "chosen": pick,
            "live": call.name in self.live,
        }
        try:
            body = self.house.env.get_template(f"figures/{name}.html").render(context)
            return self.house.render("figure.html", {"call": call, "body": body, "runs": shown})
        except jinja2.TemplateError as error:
            raise ContentError([self.house.problem(f"figures/{name}.html", error)]) from error


def _options(template: str) -> list[str]:
    """The options that a figure's template says it takes."""
    said = re.search(r"\{#.*?\boptions: ([\w\s,]+?)\s*[.#]", template, re.DOTALL)
    return re.findall(r"\w+", said[1]) if said else []


def start_state(options: Mapping[str, Any]) -> dict[str, Any]:
    """An author's options as an explorable takes them: a list of one is that one."""
    return {
        key: value[0] if isinstance(value, (list, tuple)) and len(value) == 1 and key != "hide" else value
        for key, value in options.items()
        if key not in PLACING
    }


def runs_index(results: Results, laws: Mapping[str, Any]) -> dict[str, Any]:
    """What scripts must know of the build: runs that travel with the page, the laws' optima, what networks reached.

    laws     room -> law -> {"optima": {class count: {"value", "points", ...}}}, as packing.predictions gives them
    returns  {"runs": [...], "optima": room -> law -> {"optima": ...},
             "reached": activation -> class count -> measure -> values over the seeds of the same recipe}
    """
    shipped = [run for run in results if "js" in run.files]
    recipes = [_without_seed(run) for run in shipped]
    reached: dict[str, dict[int, dict[str, list[float]]]] = {}
    for run in results:
        if _without_seed(run) in recipes and not run.measures.get("collapsed"):
            of_run = reached.setdefault(run.spec["activation"], {}).setdefault(run.spec["classes"], {})
            for key in REACHED:
                if isinstance(value := run.measures.get(key), (int, float)):
                    of_run.setdefault(key, []).append(value)
    optima = {
        room: {
            law: {"optima": {k: {key: best[key] for key in ("value", "points")} for k, best in said["optima"].items()}}
            for law, said in of_room.items()
        }
        for room, of_room in laws.items()
    }
    return {"runs": [_known(run) for run in shipped], "optima": optima, "reached": reached}


REACHED = ("least_distance", "margin")


def _without_seed(run: Result) -> dict[str, Any]:
    return {key: value for key, value in run.spec.items() if key not in ("seed", "checkpoints")}


def _known(run: Result) -> dict[str, Any]:
    return {
        "id": f"{run.experiment}/{run.id}",
        "experiment": run.experiment,
        **{key: run.spec[key] for key in ("classes", "activation", "seed")},
        "data": run.files["js"],
    }


def chosen(results: Results, names: Sequence[str], options: Mapping[str, Any]) -> list[Result]:
    """One run for each class count, activation and value listed in an option: the first seed that has these pictures.

    options  conditions as Results.where takes them; id, size and alt are passed over; experiments that are listed
             are one pool, not one run each
    raises   UnknownResult: no such field, or no run fits
    """
    conditions = {key: value for key, value in options.items() if key not in PLACING}
    fitting = [run for run in results.where(**conditions) if all(name in run.pictures for name in names)]
    if not fitting:
        asked = ", ".join(f"{key}={value!r}" for key, value in conditions.items())
        raise UnknownResult(f"no run{' with ' + asked if asked else ''} has the picture {' and '.join(names)}")
    pooled = ("experiment", "classes", "activation")
    listed = {key: value for key, value in conditions.items() if isinstance(value, (list, tuple)) and key not in pooled}
    first = {
        (
            run.value("classes"),
            run.value("activation"),
            *(
                next((at for at, one in enumerate(want) if fits(run.value(key), one)), 0)
                for key, want in listed.items()
            ),
        ): run
        for run in reversed(fitting)
    }
    return [first[key] for key in sorted(first, key=_order(conditions))]


def _order(conditions: Mapping[str, Any]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Sorts (classes, activation, ...) as the author listed them, else by class count, tanh first."""

    def place(key: str, value: Any, otherwise: Any) -> Any:
        listed = conditions.get(key)
        return listed.index(value) if isinstance(listed, (list, tuple)) else otherwise

    known = list(ACTIVATIONS)
    return lambda key: (
        place("classes", key[0], key[0]),
        place("activation", key[1], known.index(key[1]) if key[1] in known else len(known)),
        *key[2:],
    )


# What templates say of runs


def in_order(pictures: Mapping[str, Picture]) -> list[tuple[str, Picture]]:
    """A run's pictures by figure name, from the data to the loss; those we do not know come last."""
    known = ("input-plane", "hidden-plane", "hidden-animation", "vector-field", "angles", "loss")
    return sorted(pictures.items(), key=lambda item: known.index(item[0]) if item[0] in known else len(known))


def recipe(runs: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """The fields that runs share, and the values of those in which they differ.

    returns  {"same": {field: value}, "varied": {field: [values in order]}}
    """
    same: dict[str, Any] = {}
    varied: dict[str, list[Any]] = {}
    for key in runs[0].spec:
        values = [run.spec.get(key) for run in runs]
        distinct = list({repr(value): value for value in values}.values())  # some are lists
        if len(distinct) == 1:
            same[key] = distinct[0]
        else:
            varied[key] = distinct
    return {"same": same, "varied": varied}


def scalars(run: Result) -> dict[str, float]:
    """The measures of a run that are single numbers, by name."""
    return {
        key: value
        for key, value in run.measures.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }


def claims_of(text: Markup) -> list[dict[str, Any]]:
    """The claims of a page as it says them, in its order.

    Sentences and evidence are read from the page itself, so that both say the same.

    returns  {"id", "expression", "verdict", "sentence" without tags, "rows" of evidence}
    """
    sentences = {id_: _untagged(sentence) for sentence, id_ in _CLAIM_TEXT.findall(text.html)}
    rows = {id_: _CLAIM_ROW.findall(evidence) for id_, evidence in _CLAIM_EVIDENCE.findall(text.html)}
    return [
        {
            "id": claim.id,
            "expression": claim.expression,
            "verdict": claim.verdict,
            "sentence": sentences[claim.id],
            "rows": [html.unescape(row) for row in rows[claim.id]],
        }
        for claim in text.claims
    ]


_CLAIM_TEXT = re.compile(
    r'<span class="claim-text"[^>]*>((?:(?!<span class="claim-text").)*?)</span>'
    r'<span class="claim-mark"><button[^>]* popovertarget="([^"]+)"',
    re.S,
)
_CLAIM_EVIDENCE = re.compile(r'<span popover id="([^"]+)" class="claim-evidence"[^>]*>(.*?)</code></span>', re.S)
_CLAIM_ROW = re.compile(r'<span class="claim-row">(.*?)</span>', re.S)


def _untagged(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


def plain(value: Any) -> str:
    """A value of a recipe in words: consecutive numbers as a range, None as a dash."""
    if value is None:
        return "–"
    if isinstance(value, (list, tuple)):
        whole = len(value) > 2 and all(type(item) is int for item in value)
        if whole and list(value) == list(range(value[0], value[-1] + 1)):
            return f"{value[0]}–{value[-1]}"
        return ", ".join(plain(item) for item in value) or "–"
    return compact(value) if isinstance(value, float) else str(value)


def spoken(key: str) -> str:
    """A field's name in words."""
    return LABELS.get(key, key.replace("_", " "))


LABELS = {
    "beta1": "Adam β₁",
    "beta2": "Adam β₂",
    "epsilon": "Adam ε",
    "bias_start": "first value of the last hidden bias",
    "hidden": "hidden widths",
    "l2": "weight of the L2 term",
    "least_distance": "least distance between centres",
    "points_per_class": "points a class",
    "checkpoints": "checkpoints kept",
    "turn_rad": "turn of an arm (rad)",
    "noise_rad": "noise (rad)",
}


def compact(value: float, digits: int = 4) -> str:
    """A number to so many significant digits and no more than it needs, with a real minus and a raised power."""
    mantissa, _, power = f"{value:.{digits}g}".partition("e")
    if power:
        raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        mantissa = f"10{raised}" if mantissa == "1" else f"{mantissa} × 10{raised}"
    return mantissa.replace("-", "−")


def unbroken(text: str) -> str:
    """HTML in which no line ends between a formula and the punctuation around it."""
    return _PUNCTUATED.sub(r'<span class="unbroken">\g<0></span>', text)


# Browsers break lines before and after such boxes, whatever stands there. The pattern begins with a set of signs, for
# which a page is looked through twice as fast as for a sign that may be missing.
_PUNCTUATED = re.compile(
    r'[(\[“‘<](?:(?<=<)|(?<!<)<)math(?![^>]*display="block")(?:[^<]|<(?!/math>))*</math>[.,;:!?)\]’”]+'
)


def size(count: int) -> str:
    """A number of bytes for readers: B, kB, MB (powers of ten)."""
    for unit, power in (("MB", 6), ("kB", 3)):
        if count >= 10**power:
            value = count / 10**power
            return f"{value:.1f}\u202f{unit}" if value < 10 else f"{value:.0f}\u202f{unit}"
    return f"{count}\u202fB"


def long_date(day: date) -> str:
    """12 March 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


MONTHS = (  # strftime's depend on the machine's language
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def median(values: Sequence[float]) -> float:
    """The median."""
    import statistics  # some milliseconds to import, for pages that are seldom rendered

    return statistics.median(values)


FILTERS: dict[str, Callable[..., Any]] = {
    "compact": compact,
    "long_date": long_date,
    "median": median,
    "median_interval": expressions.median_interval,
    "number": expressions.number,
    "percent": expressions.percent,
    "plain": plain,
    "size": size,
    "spoken": spoken,
    "start_state": start_state,
    "unbroken": unbroken,
}


# What the head and the foot of a page say of the article


class Site:
    """The article as a published thing: addresses, navigation, citation."""

    def __init__(self, meta: Meta, written: Sequence[Told], info: BuildInfo) -> None:
        self.meta = meta
        self.written = written
        self.info = info

    @property
    def navigation(self) -> list[tuple[str, str]]:
        """(path, title) of each page, in reading order."""
        others = [(text.path, text.meta.nav_title or text.title) for text in self.written[1:]]
        first = self.written[0]
        article = (first.path, first.meta.nav_title or "Article")
        return [article, *others, ("gallery.html", "Gallery"), ("reproduce.html", "Reproduce")]

    def url(self, path: str) -> str:
        """Absolute address, or "" when the site has none."""
        return self.info.url(path)

    def minutes(self, text: Markup) -> int:
        """Reading time of a page, at least 1."""
        return max(1, round(text.words / WORDS_A_MINUTE))

    @property
    def bibtex(self) -> str:
        """An entry for this article."""
        meta = self.meta
        families = [author.name.split()[-1] for author in meta.authors]
        word = next((word for word in re.findall(r"[a-z]+", meta.title.lower()) if len(word) > 3), "article")
        key = re.sub(r"[^a-z0-9]", "", f"{families[0] if families else 'anonymous'}{meta.date.year}{word}".lower())
        fields = {
            "title": "{{" + _tex(meta.title) + "}}",
            "author": "{" + " and ".join(_tex(author.name) for author in meta.authors) + "}",
            "year": f"{{{meta.date.year}}}",
            "month": MONTHS[meta.date.month - 1][:3].lower(),
            "doi": f"{{{meta.doi}}}" if meta.doi else "",
            "url": f"{{{self.url('index.html')}}}" if self.info.base_url else "",
        }
        rows = ",\n".join(f"  {name} = {value}" for name, value in fields.items() if value)
        return f"@misc{{{key},\n{rows}\n}}"


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text)


def json_ld(site: Site) -> dict[str, Any]:
    """The article for search engines, as schema.org's ScholarlyArticle."""
    meta, info = site.meta, site.info
    known = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": meta.title,
        "alternativeHeadline": meta.subtitle,
        "description": meta.description,
        "author": [_person(author) for author in meta.authors],
        "datePublished": meta.date.isoformat(),
        "dateModified": info.built.isoformat() if info.built else "",
        "inLanguage": meta.language,
        "keywords": list(meta.keywords),
        "license": meta.licence,
        "codeRepository": meta.repository,
        "url": site.url("index.html"),
        "image": site.url(info.social_card) if info.social_card else "",
        "identifier": f"https://doi.org/{meta.doi}" if meta.doi else "",
    }
    return {key: value for key, value in known.items() if value}


def _person(author: Author) -> dict[str, Any]:
    person: dict[str, Any] = {"@type": "Person", "name": author.name}
    if author.url:
        person["url"] = author.url
    if author.affiliation:
        person["affiliation"] = {"@type": "Organization", "name": author.affiliation}
    return person

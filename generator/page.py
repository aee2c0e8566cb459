"""Templates, article and results -> the site's text pages and assets.

    pages = render(article, results, info, Path("templates"))
    pages["index.html"]  # bytes

Nothing here reads the clock, the network or the environment: the same
arguments give the same bytes.
"""

from __future__ import annotations

import functools
import html
import itertools
import json
import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import jinja2

from generator import style
from generator.errors import ContentError, Problem, nearest
from generator.results import Picture, Result, Results, UnknownResult

WORDS_A_MINUTE = 220  # silent reading of English prose, a little under the mean (238) of Brysbaert 2019: it has formulas


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

    def url(self, path: str) -> str:
        """Absolute address of a page, or "" while the site has no address."""
        if not self.base_url:
            return ""
        return self.base_url.rstrip("/") + "/" + ("" if path == "index.html" else path)


def render(article: Any, results: Results, info: BuildInfo, templates: Path) -> dict[str, bytes]:
    """Every text page and asset of the site.

    returns  path relative to the site's root -> bytes
    raises   ContentError: mistakes in the article or in a template, with file and line
    """
    from generator import markup

    house = House(templates)
    figures = Figures(house, results)
    written = markup.render(article, results, figures.render, figures.names)
    return assemble(article, written, results, info, house)


def assemble(article: Any, written: Any, results: Results, info: BuildInfo, house: House) -> dict[str, bytes]:
    """The site's pages around the article's converted Markdown."""
    shared = {
        "article": article,
        "written": written,
        "results": results,
        "info": info,
        "site": Site(article, written, info),
    }
    texts: dict[str, str] = {}
    for sheet in written.pages:
        texts[sheet.path] = house.render("article.html", shared | {"sheet": sheet, "path": sheet.path})
    for path in ("gallery.html", "reproduce.html", "404.html"):
        texts[path] = house.render(path, shared | {"path": path})
    if info.base_url:
        for path in ("sitemap.xml", "feed.xml"):
            texts[path] = house.render(path, shared | {"path": path})
    pages = {path: text.encode() for path, text in texts.items()}
    return pages | {".nojekyll": b""} | assets(house.folder)


def assets(templates: Path) -> dict[str, bytes]:
    """Style sheet, script, fonts and icon, by their paths in the site."""
    found = {
        "assets/style.css": stylesheet(templates).encode(),
        "assets/page.js": script(templates).encode(),
        "assets/icon.svg": (templates / "icon.svg").read_bytes(),
    }
    for font in sorted((templates / "fonts").iterdir()):
        found[f"assets/fonts/{font.name}"] = font.read_bytes()
    return found


def stylesheet(templates: Path) -> str:
    """The colour tokens, then templates/css/*.css in the order of their names, without comments."""
    sheets = [file.read_text(encoding="utf-8") for file in sorted((templates / "css").glob("*.css"))]
    text = "\n".join([style.css(), *sheets, paper_colours()])
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"\n\s*\n+", "\n", text).strip() + "\n"


def paper_colours() -> str:
    """Print is light, whatever the screen was."""
    light = "".join(f"--{name}: {value};" for name, value in style.variables(style.THEMES["light"]).items())
    return f"@media print {{ :root:root:root {{ color-scheme: light; {light} --paper: #fff; }} }}"


def script(templates: Path) -> str:
    """templates/js/*.js in the order of their names."""
    return "\n".join(file.read_text(encoding="utf-8").strip() for file in sorted((templates / "js").glob("*.js"))) + "\n"


# Templates


class House:
    """The templates of a folder, with the filters and functions they may use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.env.filters |= FILTERS
        self.env.globals |= {"themes": style.THEMES, "recipe": recipe, "scalars": scalars, "json_ld": json_ld}

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """A template filled in.

        raises  ContentError: the template is missing, does not parse or asks for what is not there
        """
        try:
            return self.env.get_template(name).render(context)
        except (jinja2.TemplateError, UnknownResult) as error:
            raise ContentError([self.problem(name, error)]) from error

    def problem(self, name: str, error: Exception) -> Problem:
        """A template's error, with the file and line it comes from."""
        if isinstance(error, jinja2.TemplateNotFound):
            return Problem(str(self.folder / name), f'no template "{error.name}"')
        if isinstance(error, jinja2.TemplateSyntaxError):
            return Problem(f"{self.folder / (error.name or name)}:{error.lineno}", error.message or "does not parse")
        lines = [
            f"{frame.filename}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename.startswith(str(self.folder))
        ]
        return Problem(lines[-1] if lines else str(self.folder / name), str(error))


class Figures:
    """The figures that an article may place, drawn from results.

    A template templates/figures/<name>.html makes a figure of that name; any
    other name is a picture that runs have, placed by pictures.html.
    """

    DEFAULT = "pictures"

    def __init__(self, house: House, results: Results) -> None:
        self.house = house
        self.results = results
        own = {file.stem for file in (house.folder / "figures").glob("*.html")} - {self.DEFAULT}
        self.own = frozenset(own)
        self.names = frozenset(own | {name for run in results for name in run.pictures})

    def render(self, name: str, options: Mapping[str, Any], place: str = "") -> str:
        """The HTML of a figure without its caption.

        options  as written in the article: conditions on runs, and what the figure's template knows
        place    file:line, for the error
        raises   ContentError: unknown name, unknown option, no run that fits
        """
        if name not in self.names:
            raise ContentError([Problem(place, f'unknown figure "{name}"', nearest=nearest(name, self.names))])
        template = name if name in self.own else self.DEFAULT
        pick = functools.partial(chosen, self.results)
        context = {"name": name, "options": dict(options), "results": self.results, "chosen": pick, "root": ""}
        try:
            return self.house.env.get_template(f"figures/{template}.html").render(context)
        except UnknownResult as error:
            raise ContentError([Problem(place, str(error.args[0]))]) from error
        except jinja2.TemplateError as error:
            raise ContentError([self.house.problem(f"figures/{template}.html", error)]) from error


def chosen(results: Results, names: Sequence[str], options: Mapping[str, Any]) -> list[Result]:
    """One run for each class count and activation: the first seed that fits and has these pictures.

    options  conditions as Results.where takes them; id, size and alt are passed over
    raises   UnknownResult: no such field, or no run fits
    """
    conditions = {key: value for key, value in options.items() if key not in ("id", "size", "alt")}
    fitting = [run for run in results.where(**conditions) if all(name in run.pictures for name in names)]
    if not fitting:
        raise UnknownResult(f"no run with {', '.join(conditions) or 'these'} has the picture {' and '.join(names)}")
    first = {(run.value("classes"), run.value("activation")): run for run in reversed(fitting)}
    order = _order(conditions)
    return [first[key] for key in sorted(first, key=order)]


def _order(conditions: Mapping[str, Any]) -> Callable[[tuple[Any, Any]], tuple[Any, Any]]:
    """Sorts (classes, activation) as the author listed them, else by class count and tanh first."""

    def place(key: str, value: Any) -> Any:
        listed = conditions.get(key)
        if isinstance(listed, (list, tuple)):
            return listed.index(value)
        return value if key == "classes" else -ord(value[0])

    return lambda pair: (place("classes", pair[0]), place("activation", pair[1]))


# What templates say of runs


def recipe(runs: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """The fields that runs share, and the values of those in which they differ.

    returns  {"same": {field: value}, "varied": {field: [values in order]}}
    """
    same: dict[str, Any] = {}
    varied: dict[str, list[Any]] = {}
    for key in runs[0].spec:
        values = [run.spec.get(key) for run in runs]
        distinct = [value for index, value in enumerate(values) if value not in values[:index]]
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


def plain(value: Any) -> str:
    """A value of a recipe in words: lists with arrows between layers left to the template, None as a dash."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{spoken(key)} {plain(item)}" for key, item in value.items()) or "–"
    if isinstance(value, (list, tuple)):
        if value and all(isinstance(item, (list, tuple)) and len(item) == 2 for item in value):
            return plain(dict(value))
        return ", ".join(plain(item) for item in value) or "–"
    if isinstance(value, float):
        return number(value)
    return str(value)


def spoken(key: str) -> str:
    """A field's name in words."""
    return LABELS.get(key, key.replace("_", " "))


LABELS = {
    "accuracy": "accuracy",
    "beta1": "Adam β₁",
    "beta2": "Adam β₂",
    "epsilon": "Adam ε",
    "bias_start": "start of the last hidden layer’s bias",
    "classes": "classes",
    "dataset_options": "dataset options",
    "hidden": "hidden widths",
    "l2": "weight of the L2 term",
    "learning_rate": "learning rate",
    "least_distance": "least distance between centres",
    "points_per_class": "points a class",
    "checkpoints": "checkpoints kept",
}


def number(value: float, digits: int = 3) -> str:
    """A number to so many significant digits, with a real minus and a superscript power."""
    text = f"{value:.{digits}g}"
    mantissa, _, power = text.partition("e")
    if power:
        raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return (f"{mantissa} × 10{raised}" if mantissa != "1" else f"10{raised}").replace("-", "−")
    return text.replace("-", "−")


def percent(share: float, digits: int = 1) -> str:
    """A share in per cent; never rounded up to 100."""
    text = f"{100 * share:.{digits}f}"
    if share < 1 and float(text) == 100:
        text = f"{100 - 10**-digits:.{digits}f}"
    return f"{text}\u202f%".replace("-", "−")


def size(count: int) -> str:
    """A number of bytes for readers: B, kB, MB (powers of ten)."""
    for unit, power in (("MB", 6), ("kB", 3)):
        if count >= 10**power:
            value = count / 10**power
            return f"{value:.1f}\u202f{unit}" if value < 10 else f"{value:.0f}\u202f{unit}"
    return f"{count}\u202fB"


def long_date(day: date) -> str:
    """12 March 2026."""
    return f"{day.day} {day:%B %Y}"


FILTERS: dict[str, Callable[..., Any]] = {
    "plain": plain,
    "spoken": spoken,
    "number": number,
    "percent": percent,
    "size": size,
    "long_date": long_date,
}


# What the head and the foot of a page say of the article


class Site:
    """The article as a published thing: addresses, navigation, citation."""

    def __init__(self, article: Any, written: Any, info: BuildInfo) -> None:
        self.article = article
        self.written = written
        self.info = info

    @property
    def navigation(self) -> list[tuple[str, str]]:
        """(path, title) of each page, in reading order."""
        pages = [(sheet.path, "Article" if sheet.path == "index.html" else sheet.title) for sheet in self.written.pages]
        return [*pages, ("gallery.html", "Gallery"), ("reproduce.html", "Reproduce")]

    def url(self, path: str) -> str:
        """Absolute address, or "" when the site has none."""
        return self.info.url(path)

    def minutes(self, sheet: Any) -> int:
        """Reading time of a page, at least 1."""
        words = len(re.sub(r"<[^>]*>", " ", re.sub(r"<math.*?</math>", " x ", sheet.html, flags=re.DOTALL)).split())
        return max(1, round(words / WORDS_A_MINUTE))

    @property
    def bibtex(self) -> str:
        """An entry for this article."""
        article = self.article
        family = re.sub(r"[^a-z]", "", article.authors[0].name.split()[-1].lower()) if article.authors else "anonymous"
        word = next((w for w in re.findall(r"[a-z]+", article.title.lower()) if len(w) > 3), "article")
        fields = {
            "title": "{" + _tex(article.title) + "}",
            "author": " and ".join(_tex(author.name) for author in article.authors),
            "year": str(article.date.year),
            "month": f"{article.date:%b}".lower(),
            "url": self.url("index.html"),
            "doi": article.doi or "",
        }
        rows = [
            f"  {key} = {value if key == 'month' else '{' + value + '}'}" for key, value in fields.items() if value
        ]
        return f"@misc{{{family}{article.date.year}{word},\n" + ",\n".join(rows) + "\n}"


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text)


def json_ld(site: Site) -> dict[str, Any]:
    """The article for search engines, as schema.org's ScholarlyArticle."""
    article, info = site.article, site.info
    known = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": article.title,
        "alternativeHeadline": article.subtitle,
        "description": article.description,
        "author": [_person(author) for author in article.authors],
        "datePublished": article.date.isoformat(),
        "dateModified": info.built.isoformat() if info.built else "",
        "inLanguage": "en",
        "keywords": list(article.keywords),
        "license": article.licence,
        "codeRepository": article.repository,
        "url": site.url("index.html"),
        "image": site.url(info.social_card) if info.social_card else "",
        "identifier": f"https://doi.org/{article.doi}" if article.doi else "",
    }
    return {key: value for key, value in known.items() if value}


def _person(author: Any) -> dict[str, Any]:
    person: dict[str, Any] = {"@type": "Person", "name": author.name}
    if author.url:
        person["url"] = author.url
    if author.affiliation:
        person["affiliation"] = {"@type": "Organization", "name": author.affiliation}
    return person

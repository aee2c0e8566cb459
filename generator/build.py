"""The pipeline: from the author's folder to a site, or to a list of what is wrong with it.

read content -> expand experiments -> train, measure and draw what is missing -> render pages -> swap the site in
"""

from __future__ import annotations

import datetime
import functools
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import generator
from generator import catalogue, columns, store
from generator.catalogue import Catalogue, Means, Report
from generator.errors import ContentError, PeekError, Problem, nearest
from generator.progress import Progress

if TYPE_CHECKING:
    from generator.content import Article

SOCIAL_CARD = "social-card.png"
LIBRARIES = ("torch", "numpy", "scikit-learn", "matplotlib", "imageio", "pillow", "jinja2", "markdown")


@dataclass(frozen=True)
class Options:
    """What a build is asked for.

    content, out, cache, templates  folders
    profile   of the experiments file
    workers   processes that train and draw
    force     stages that run although the cache has their results
    device    "cpu", "cuda" or "auto"
    executor, scheduler  who trains: see catalogue.Means
    base_url  where the site will live; "" while unknown
    strict    warnings are errors
    draft     marks the pages
    """

    content: Path = Path("content")
    out: Path = Path("site")
    cache: Path = Path(".cache")
    templates: Path = field(default_factory=lambda: default_templates())
    profile: str = "standard"
    workers: int = field(default_factory=catalogue.default_workers)
    force: frozenset[str] = frozenset()
    device: str = "cpu"
    executor: str = "local"
    scheduler: str = ""
    base_url: str = ""
    strict: bool = False
    draft: bool = False


@dataclass(frozen=True)
class Built:
    """A finished build.

    index    path of the page
    changed  whether the site differs from the last one
    report   how many jobs each stage ran, and why; None when the catalogue was in the cache
    """

    index: Path
    changed: bool
    report: Report | None
    seconds: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Composed:
    """A site that is not written yet.

    files   site-relative path -> content, or the file that holds it
    sums    SHA-256 of those that the cache knows
    report  as in Built
    """

    files: dict[str, bytes | Path]
    sums: Mapping[str, str]
    warnings: list[str]
    report: Report | None


class StrictError(PeekError):
    """Warnings, where none are allowed."""


def build(options: Options, progress: Progress) -> Built:
    """Build the site, unless the one that is there was made from the same.

    raises  PeekError: what the author can mend; the last good site stays as it was
    """
    began = time.monotonic()
    made_from = address(options)
    warnings = None if options.force else store.intact(options.out, made_from)
    report, changed = None, False
    if warnings is None:
        means = means_of(options, progress)
        composed = compose(options, means)
        warnings, report = composed.warnings, composed.report
        if not (options.strict and warnings):
            changed = store.publish(composed.files, options.out, made_from, warnings, composed.sums)
    for warning in warnings:
        progress.warn(warning)
    if options.strict and warnings:
        raise StrictError(f"{len(warnings)} warning{'s'[: len(warnings) > 1]}, and --strict allows none")
    return Built(options.out / "index.html", changed, report, time.monotonic() - began, tuple(warnings))


def prepare(options: Options, only: Sequence[str], progress: Progress) -> Report:
    """Train, measure and draw the runs of some experiments into the cache, and leave the site as it is.

    only    names of experiments
    raises  PeekError: what the author can mend
    """
    from generator import experiments

    source = options.content / "experiments.toml"
    plan = experiments.read(source, options.profile)
    known = {experiment.name: experiment for experiment in plan.experiments}
    wrong = [
        Problem(str(source), f'no experiment "{name}"', f"one of {', '.join(known)}", nearest(name, known))
        for name in only
        if name not in known
    ]
    if wrong:
        raise ContentError(wrong)
    chosen = replace(plan, experiments=tuple(known[name] for name in dict.fromkeys(only)))
    key = store.digest(catalogue.address(source, options.profile), sorted(only))
    return catalogue.make(chosen, key, means_of(options, progress))[1]


def means_of(options: Options, progress: Progress) -> Means:
    """With what a build's runs are made."""
    return Means(
        store.Store(options.cache),
        progress,
        options.workers,
        options.force,
        options.device,
        options.executor,
        options.scheduler,
    )


def address(options: Options) -> str:
    """The digest of all that a site comes from: every file of the content and the templates, the code, the options."""
    inputs = {
        str(path.relative_to(folder)): store.sha256(path)
        for folder in (options.content, options.templates)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    asked = [options.profile, options.base_url, options.draft, str(options.content), str(fixed_date(os.environ))]
    libraries = store.versions(*LIBRARIES)
    return store.digest(inputs, asked, store.all_code(), libraries, platform.python_version())


def compose(
    options: Options, means: Means, first: Callable[[dict[str, bytes | Path]], None] = lambda files: None
) -> Composed:
    """Every file of the site, the warnings, and what the runs took. Nothing but the cache is written.

    first   is given the site without the pages beside the article, as soon as it is there
    raises  PeekError: what the author can mend
    """
    article, gathered, report = gather(options, means)
    warnings = collapsed(gathered)
    files = render(options, article, gathered, warnings.append, first)
    card = catalogue.social_card(gathered, article.meta.title, article.meta.subtitle, means)
    if card is not None:
        files[SOCIAL_CARD] = card
    return Composed(files, gathered.sums, warnings, report)


def gather(options: Options, means: Means) -> tuple[Article, Catalogue, Report | None]:
    """The article and the catalogue of its runs; what can be known to be wrong is raised before anything trains."""
    from generator import content, experiments

    problems: list[Problem] = []
    article, plan = None, None
    source = options.content / "experiments.toml"
    try:
        article = content.read(options.content)
    except ContentError as error:
        problems += error.problems
    key = catalogue.address(source, options.profile)
    gathered, report = catalogue.load(key, means), None
    if gathered is None:
        try:
            plan = experiments.read(source, options.profile)
        except ContentError as error:
            problems += error.problems
    if problems or article is None:
        raise ContentError(problems)
    if gathered is None:
        from generator import rehearsal

        assert plan is not None
        if wrong := rehearsal.rehearse(article, plan, options.templates, options.cache / "templates"):
            raise ContentError(wrong)
        gathered, report = catalogue.make(plan, key, means)
    return article, gathered, report


def collapsed(gathered: Catalogue) -> list[str]:
    """A warning for each run that learned next to nothing."""
    return [
        f"experiment {run['experiment']}, run {run['id']}: collapsed, accuracy"
        f" {run['measures']['accuracy']:.2f} with {run['spec']['classes']} classes"
        for run in gathered.runs
        if run["measures"]["collapsed"]
    ]


def render(
    options: Options,
    article: Article,
    gathered: Catalogue,
    warn: Callable[[str], None],
    first: Callable[[dict[str, bytes | Path]], None] = lambda files: None,
) -> dict[str, bytes | Path]:
    """Every file of the site, by its path in the site."""
    from generator import page

    placed, picture_bytes = _placed(options.cache, tuple(gathered.files.items()))
    files: dict[str, bytes | Path] = dict(placed)
    files |= {path: text.encode() for path, text in gathered.tables.items()}
    files |= {asset.path: asset.source for asset in article.assets}
    downloads = [path for path in sorted(files) if path.startswith("data/") and not path.endswith(".js")]
    sums = {path: gathered.sums.get(path) or store.sha256(files[path]) for path in downloads}
    files["data/SHA256SUMS"] = "".join(f"{sums[path]}  {path}\n" for path in downloads).encode()
    info = page.BuildInfo(
        base_url=options.base_url,
        versions={"python": platform.python_version(), "peek": generator.__version__, **store.versions(*LIBRARIES)},
        profile=gathered.profile,
        about=gathered.about,
        columns=explained(gathered),
        laws=gathered.laws,
        downloads=tuple(
            page.Download(path, size(files[path]), sums[path], describe(path, gathered)) for path in downloads
        ),
        picture_bytes=picture_bytes,
        draft=options.draft,
        social_card=SOCIAL_CARD if any(run["pictures"] for run in gathered.runs) else "",
        built=fixed_date(os.environ),
    )
    compiled = options.cache / "templates"
    rendered = page.render(
        article, gathered.results, info, options.templates, compiled, warn, lambda pages: first({**files, **pages})
    )
    return {**files, **rendered}


@functools.lru_cache(maxsize=1)  # a server asks again and again
def _placed(cache: Path, files: tuple[tuple[str, str], ...]) -> tuple[dict[str, Path], int]:
    """Where the files of a catalogue are, and what the pictures among them weigh together."""
    placed = {path: cache / file for path, file in files}
    return placed, sum(size(file) for path, file in placed.items() if path.startswith("plots/"))


def describe(path: str, gathered: Catalogue) -> str:
    """What a download holds, in words."""
    if path.endswith(".csv"):
        name = Path(path).stem
        return f"Experiment {name}, a row a run. {gathered.about[name]}".strip()
    if path.endswith(".centres.npz"):
        return "Where each network of the experiment puts its classes: by run, an array of class by neuron"
    return "Data, weights at each checkpoint, loss and accuracy at each epoch"


def explained(gathered: Catalogue) -> dict[str, str]:
    """What each column of the tables holds, for those that are there."""
    there = {name for text in gathered.tables.values() for name in text.partition("\n")[0].split(",")}
    return {name: said for name, said in columns.DESCRIPTIONS.items() if name in there}


def size(data: bytes | Path) -> int:
    """Bytes."""
    return len(data) if isinstance(data, bytes) else data.stat().st_size


def fixed_date(environment: Mapping[str, str]) -> datetime.date | None:
    """The build's date where SOURCE_DATE_EPOCH fixes one."""
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date() if epoch.isdigit() else None


def default_templates() -> Path:
    """The templates beside the code: in the repository, or in the installed package."""
    installed = Path(__file__).parent / "templates"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "templates"

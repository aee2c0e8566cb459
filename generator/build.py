"""The pipeline: from the author's folder to a site, or to a list of what is wrong with it.

read content -> expand experiments -> train, measure and draw what is missing -> render pages -> swap the site in
"""

from __future__ import annotations

import datetime
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import generator
from generator import catalogue, content, experiments, page, results, store
from generator.catalogue import Catalogue, Means, Report
from generator.errors import ContentError, PeekError
from generator.progress import Progress

LIBRARIES = ("torch", "numpy", "matplotlib", "imageio", "pillow", "jinja2", "markdown")


@dataclass(frozen=True)
class Options:
    """What a build is asked for.

    content, out, cache, templates  folders
    profile   of the experiments file
    workers   processes that train and draw
    force     stages that run although the cache has their results
    device    "cpu", "cuda" or "auto"
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


class StrictError(PeekError):
    """Warnings, where none are allowed."""


def build(options: Options, progress: Progress) -> Built:
    """Build the site.

    raises  PeekError: what the author can mend; the last good site stays as it was
    """
    began = time.monotonic()
    means = Means(store.Store(options.cache), progress, options.workers, options.force, options.device)
    article, gathered, report = gather(options, means)
    warnings = [*collapsed(gathered)]
    files = render(options, article, gathered, warnings)
    for warning in warnings:
        progress.warn(warning)
    if options.strict and warnings:
        raise StrictError(f"{len(warnings)} warnings, and --strict allows none")
    changed = store.publish(files, options.out)
    seconds = time.monotonic() - began
    return Built(options.out / "index.html", changed, report, seconds, tuple(warnings))


class Rebuilder:
    """Builds again and again in one process, keeping what a change has not touched.

    did  what the last build did, in words
    """

    def __init__(self, options: Options, progress: Progress) -> None:
        self.options = options
        self.means = Means(store.Store(options.cache), progress, options.workers, options.force, options.device)
        self.did = ""

    def files(self) -> dict[str, bytes | Path]:
        """Every file of the site as of now.

        raises  PeekError: what the author can mend
        """
        article, gathered, report = gather(self.options, self.means)
        warnings = collapsed(gathered)
        files = render(self.options, article, gathered, warnings)
        ran = [f"{stage} {jobs}" for stage, (jobs, _, _) in (report.ran if report else {}).items() if jobs]
        self.did = ", ".join([*ran, "rendered the pages"])
        return files


def gather(options: Options, means: Means) -> tuple[content.Article, Catalogue, Report | None]:
    """The article and the catalogue of its runs; mistakes in either are raised together, before anything trains."""
    problems, article, plan = [], None, None
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
        assert plan is not None
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
    options: Options, article: content.Article, gathered: Catalogue, warnings: list[str]
) -> dict[str, bytes | Path]:
    """Every file of the site, by its path in the site. Nothing is written."""
    files: dict[str, bytes | Path] = {path: options.cache / file for path, file in gathered.files.items()}
    files |= {path: text.encode() for path, text in gathered.tables.items()}
    files |= {asset.path: asset.source for asset in article.assets}
    downloads = [path for path in sorted(files) if path.startswith("data/") and not path.endswith(".js")]
    sums = {path: store.sha256(files[path]) for path in downloads}
    files["data/SHA256SUMS"] = "".join(f"{sums[path]}  {path}\n" for path in downloads).encode()
    info = page.BuildInfo(
        base_url=options.base_url,
        versions={"python": platform.python_version(), "peek": generator.__version__, **store.versions(*LIBRARIES)},
        profile=gathered.profile,
        downloads=tuple(
            page.Download(path, size(files[path]), sums[path], describe(path, gathered)) for path in downloads
        ),
        picture_bytes=sum(size(data) for path, data in files.items() if path.startswith("plots/")),
        draft=options.draft,
        social_card="social-card.png" if "social-card.png" in files else "",
        built=fixed_date(os.environ),
    )
    rendered = page.render(article, results.from_catalogue(gathered.runs), info, options.templates)
    return {**files, **rendered}


def describe(path: str, gathered: Catalogue) -> str:
    """What a download holds, in words."""
    if path.endswith(".csv"):
        name = Path(path).stem
        return f"Experiment {name}, a row a run. {gathered.about[name]}".strip()
    return "Data, weights at each checkpoint, loss and accuracy at each epoch"


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

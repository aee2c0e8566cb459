"""The pipeline: from the author's folder to a site, or to a list of what is wrong with it.

read content -> expand experiments -> train, measure and draw what is missing -> render pages -> swap the site in
"""

from __future__ import annotations

import contextlib
import datetime
import os
import platform
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from . import __version__
from .base import store
from .base.errors import ContentError, PeekError, Problem, collecting, few, nearest, one_of, quoted
from .base.memo import Memo, digest
from .base.overlay import Overlay, default_templates
from .base.progress import Progress
from .base.store import DamagedEntry, Entry, File, Store
from .base.warnings import UNUSED, Warned, told, without
from .content import embedded, texts
from .content.texts import Article
from .options import Options, deciding
from .runs import catalogue
from .runs.catalogue import Catalogue, EarlyResults, Report, RunContext
from .site.folder import SiteFolder

if TYPE_CHECKING:
    from .content.experiments import Plan

Used = TypeVar("Used")

SOCIAL_CARD = "social-card.png"
MEMO = ("memo", "last", "txt")
NAMED_AT_MOST = 4
# Of less interest to readers
ALSO = ("imagesize", "markupsafe", "minify-html", "pygments", "pyyaml", "quickjs-ng", "rjsmin")
LIBRARIES = ("torch", "numpy", "scikit-learn", "matplotlib", "imageio", "pillow", "jinja2", "markdown")


Make = Callable[["Plan", str, RunContext, Sequence[tuple[str, str]]], tuple[Catalogue, Report | None]]


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
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True)
class Composed:
    """A site that is not written yet.

    files   site-relative path -> content, or the file that holds it
    sums    SHA-256 of those that the cache knows
    report  as in Built
    runs    what the cache has of the runs; None where they are being made, and files are what can be read by then
    """

    files: dict[str, File]
    sums: Mapping[str, str]
    warnings: list[Warned]
    report: Report | None
    runs: Catalogue | None


@dataclass(frozen=True)
class BuildContext:
    """With what a site is made.

    runs       with what its runs are
    memo       what the last build made on the way to its pages
    templates  as they are now
    """

    options: Options
    runs: RunContext
    memo: Memo
    templates: Overlay


class RunsPending(Exception):
    """The first runs are being made. Its argument: the EarlyResults there are to see of them, or None."""


def build(options: Options, progress: Progress) -> Built:
    """Build the site, unless the one that is there was made from the same.

    raises  PeekError: what the author can mend; the last good site stays as it was
    """
    began = time.monotonic()
    templates = templates_of(options)
    tell_left_out(options, templates, progress)
    made_from = inputs_digest(options, templates)
    site = SiteFolder(options.out, options.cache)
    site.refuse_foreign()  # before hours of training, too
    known = None if options.force else site.intact(made_from)
    report, changed = None, False
    if known is not None:
        warnings = without(silent(options), known)
    else:
        site.refuse_place()
        runs = context_of(options, progress)
        runs.store.refuse_place()
        context = BuildContext(options, runs, remembered(runs.store), templates)

        def publish(composed: Composed) -> tuple[list[Warned], Report | None, bool]:
            warnings = without(silent(options), composed.warnings)
            keep = options.strict and warnings
            remember(runs.store, context.memo)  # before the site changes: where there is no room, it stays as it was
            changed = not keep and site.publish(composed.files, made_from, composed.warnings, composed.sums)
            return warnings, composed.report, changed

        warnings, report, changed = with_site(publish, context)
    for said in told(warnings):
        progress.warn(said)
    if options.strict and warnings:
        raise PeekError(f"{len(warnings)} warning{'s'[: len(warnings) > 1]}, and --strict allows none")
    return Built(options.out / "index.html", changed, report, time.monotonic() - began, tuple(warnings))


def prepare(options: Options, only: Sequence[str], progress: Progress) -> tuple[Catalogue, Report]:
    """Train, measure and draw the runs of some experiments into the cache, and leave the site as it is.

    only    names of experiments
    raises  PeekError: what the author can mend
    """
    from .runs import pipeline

    key = digest(catalogue_key(options), sorted(only))
    context = context_of(options, progress)
    context.store.refuse_place()
    return pipeline.make(planned(options, only, progress), key, context)


def planned(options: Options, only: Sequence[str], progress: Progress) -> Plan:
    """The plan of some experiments, by name; of all where none is named.

    raises  PeekError: what the author can mend
    """
    templates = templates_of(options)
    tell_left_out(options, templates, progress)
    with hinted(options, templates):
        plan = read_plan(options)
    known = {each.name: each for each in plan.named}
    wrong = [
        Problem(str(options.experiments), f'no experiment "{name}"', one_of(known), nearest(name, known))
        for name in only
        if name not in known
    ]
    if wrong:
        raise ContentError(wrong)
    if not only:
        return plan
    return replace(
        plan,
        experiments=tuple(each for each in plan.experiments if each.name in only),
        trials=tuple(each for each in plan.trials if each.name in only),
    )


def read_plan(options: Options, memo: Memo | None = None) -> Plan:
    """The plan of all experiments.

    memo    what was read of results before
    raises  ContentError: every mistake in their file
    """
    from .content import experiments  # not needed where all runs are in the cache

    return experiments.read(options.experiments, options.profile, options.lab, memo)


def catalogue_key(options: Options) -> str:
    """The address of the catalogue of all experiments."""
    return catalogue.inputs_digest(options.experiments, options.profile, options.lab)


def write_table(made: Catalogue, path: Path) -> str:
    """The numbers and words of all runs as one CSV, which `[results.NAME]` reads, and that it is there, in a line.

    Columns are those of the file where it is there, else all in which runs differ; numbers have five digits. The day,
    the processor and the versions that they were made with stand above its header.

    raises  PeekError: there are none
    """
    import csv

    from .networks.machine import processor
    from .runs import pipeline

    if not made.runs:
        raise PeekError(
            "--table: none of these experiments trains networks; the site has rows of own code in data/NAME.csv"
        )
    rows = [{"experiment": run["experiment"], **run["spec"], **run["measures"]} for run in made.runs]
    known = list(dict.fromkeys(key for row in rows for key in row))
    lists = {key for row in rows for key, value in row.items() if isinstance(value, (dict, list, tuple))} - {"hidden"}
    differing = [key for key in known if len({str(row.get(key)) for row in rows}) > 1 and key not in lists]
    there = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    header = next(csv.reader(line for line in there if not line.startswith("# ")), [])
    kept = [key for key in header if key in known] or list(dict.fromkeys(["experiment", "classes", "seed", *differing]))
    plain = [{key: float(f"{v:.5g}") if isinstance(v := row.get(key), float) else v for key in kept} for row in rows]
    libraries = ", ".join(f"{name} {version}" for name, version in store.versions(*LIBRARIES).items())
    day = (fixed_date() or datetime.date.today()).isoformat()
    said = f"# profile {made.profile}, {len(rows)} run{'s' * (len(rows) > 1)}, {day}, {processor()}, "
    said += f"Python {platform.python_version()}, {libraries}"
    store.write_whole(path, f"{said}\n{pipeline.csv_of(plain)}".encode())
    return f"{path}: {len(rows)} run{'s' * (len(rows) > 1)}, {len(kept)} columns"


def silent(options: Options) -> frozenset[str]:
    """The kinds of warning that are not said."""
    return options.allow | (frozenset() if options.unused else frozenset(UNUSED))


def context_of(options: Options, progress: Progress) -> RunContext:
    """What a build's runs are made with: all that a RunContext has and an option is named like."""
    named = {field.name for field in fields(RunContext)} & vars(options).keys()
    return RunContext(Store(options.cache, progress.warn), progress, **{name: getattr(options, name) for name in named})


def templates_of(options: Options) -> Overlay:
    """The templates as they are now: a folder that was named, over the content's own, over ours.

    Every command begins with them, so that nothing of the content is read before its links are known to stay in it.

    raises  ContentError: a link leads out of the content's folder, or something in it is no file
    """
    texts.refuse_strange(options.content)
    beside = options.content / texts.TEMPLATES
    return Overlay(
        *filter(Path.is_dir, template_folders(options)),
        plain=[] if options.lab or options.templates == beside else [beside],
    )


def template_folders(options: Options) -> list[Path]:
    """Where templates may lie, the uppermost first."""
    return [folder for folder in (options.templates, options.content / texts.TEMPLATES, default_templates()) if folder]


def left_out(options: Options, templates: Overlay) -> list[str]:
    """The files of code beside the text that are not used, as nobody asked for them."""
    if options.lab:
        return []
    code = [path.relative_to(options.content).as_posix() for path in texts.own_code(options.content)]
    beside = [f"{texts.TEMPLATES}/{name}" for name in templates.left_out]
    return [*code, *beside, *texts.files_of_code(options.content)]


def tell_left_out(options: Options, templates: Overlay, progress: Progress) -> None:
    """Say what is not used of the code and the texts beside the text, and why."""
    others = [] if options.lab else texts.other_texts(options.content)
    no_page = "a page lies beside article.md and its name ends in .md"
    for left, one, several in (
        (left_out(options, templates), "it is code: --lab runs it", "they are code: --lab runs them"),
        (others, no_page, no_page),
    ):
        if left:
            why = f"was left out, as {one}" if len(left) == 1 else f"were left out, as {several}"
            progress.say(f"{few(left, NAMED_AT_MOST)} {why}")


@contextlib.contextmanager
def hinted(options: Options, templates: Overlay) -> Iterator[None]:
    """Tells of mistakes that name what was left out of the code beside the text how to have it."""
    try:
        yield
    except ContentError as error:
        left = left_out(options, templates)
        files = {Path(file).stem: file for file in left} | {file: file for file in left}
        if not files:
            raise
        from .content import lab

        files |= lab.names(options.content)
        raise ContentError(_hinted(problem, files) for problem in error.problems) from None


def _hinted(problem: Problem, files: Mapping[str, str]) -> Problem:
    """A problem; where it is about a name that code defines, the file of it. files: by the names in them."""
    found = next((files[name] for name in re.findall(r'"([^"]+)"', problem.wrong) if name in files), None)
    return replace(problem, expected=f"--lab, which runs {found}", nearest=None) if found else problem


def inputs_digest(options: Options, templates: Overlay) -> str:
    """The digest of all that a site comes from: every file of the content and the templates, the code, the options."""
    folder = options.content
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    hidden = {path for path in files if any(part.startswith(".") for part in path.parts[:-1])}
    inputs = {path.as_posix(): store.sha256(file) for path, file in files.items() if path not in hidden}
    return digest(inputs, templates.digest, deciding(options), str(fixed_date()), rebuild_command(options), made_with())


def rebuild_command(options: Options) -> str:
    """What a reader types in a copy of the folder around the content to build the same: make where it has a target."""
    content = options.content.absolute()
    makefile = content.with_name("Makefile")
    if makefile.is_file() and re.search("^site:", makefile.read_text(encoding="utf-8"), re.MULTILINE):
        return "make site" + f" PROFILE={options.profile}" * (options.profile != "standard")
    chosen = {"--content": (content.name, "content"), "--profile": (options.profile, "standard")}
    words = ["peek build", *(f"{name} {value}" for name, (value, usual) in chosen.items() if value != usual)]
    if options.lab and left_out(without := replace(options, lab=False), templates_of(without)):
        words.append("--lab")
    return " ".join(words)


def made_with() -> list[Any]:
    """The code and the libraries that pages are made with."""
    return [store.all_code(), store.versions(*LIBRARIES, *ALSO), platform.python_version()]


def remembered(store: Store) -> Memo:
    """What the last build with this code and these libraries made on the way to its pages."""
    return Memo(_rows(store, MEMO[1]), lambda part: _rows(store, digest(part)))


def _rows(store: Store, name: str) -> dict[str, str] | None:
    """The rows of a part of the memo; None: there are none, or they are damaged."""
    head, _, rows = (store.load(MEMO[0], name, MEMO[2]) or b"").partition(b"\n")
    ours = head == digest(made_with()).encode()
    return dict(row.split(" ", 1) for row in rows.decode().split("\n") if row) if ours else None


def remember(store: Store, memo: Memo) -> None:
    """Keep what this build made, where any of it is new."""
    for part, rows in memo.renewed().items():
        text = "\n".join(f"{key} {value}" for key, value in rows.items())
        store.save(MEMO[0], digest(part) if part else MEMO[1], MEMO[2], f"{digest(made_with())}\n{text}".encode())


def with_site(
    use: Callable[[Composed], Used],
    context: BuildContext,
    first: Callable[[dict[str, File]], None] = lambda files: None,
    make: Make | None = None,
) -> Used:
    """What `use` makes of the composed site; where it meets a damaged file of the cache, of one composed anew.

    make    as for compose
    first   is given the site without the pages beside the article, as soon as it is there
    raises  PeekError: what the author can mend
    """
    with hinted(context.options, context.templates):
        try:
            return use(compose(context, first, make))
        except DamagedEntry as error:
            context.runs.progress.warn(f"{error}; it is made again")
            context.memo.forget()  # it may be a page
            return use(compose(context, first, make, believed=False))


def compose(
    context: BuildContext, first: Callable[[dict[str, File]], None], make: Make | None, believed: bool = True
) -> Composed:
    """Every file of the site, the warnings, and what the runs took. Nothing but the cache is written.

    make      makes the runs of a plan that the cache lacks, or raises RunsPending; None: pipeline.make
    believed  whether the files of the kept catalogue are taken to be sound; else each is looked at
    """
    options, memo = context.options, context.memo
    key = catalogue_key(options)
    made, report = catalogue.load(key, context.runs) if believed else None, None
    article, plan = read(options, memo, planned=made is None)
    if made is None:
        assert plan is not None
        order, awaited = check_unmade(article, plan, context)
        if make is None:
            from .runs import pipeline  # not needed where all runs are in the cache, nor is what plans them

            make = pipeline.make
        try:
            made, report = make(plan, key, context.runs, order)
        except RunsPending as early:
            return Composed(awaited(*early.args), {}, [], None, None)
    warnings = [Warned(*warned) for warned in memo("collapsed", made.contents, lambda: collapsed(made))]
    warnings += [Warned(*warned) for warned in made.warned]
    warnings += [Warned("unused-activation", said) for said in unused_activations(options, memo, plan)]
    carded = memo("card", made.contents, lambda: catalogue.on_card(made))
    files = site_files(context, article, made, bool(carded), warnings.append, first)
    if carded:
        files[SOCIAL_CARD] = social_card(carded, article, context.runs)
    return Composed(files, made.sums, warnings, report, made)


def unused_activations(options: Options, memo: Memo, plan: Plan | None) -> Sequence[str]:
    """What is to be said of own activations that no experiment has; the plan is read where it is not there yet."""
    source = options.experiments
    own = {path.name: store.sha256(path) for path in texts.own_code(options.content)} if options.lab else {}
    given = [catalogue.text_of(source), str(source), options.profile, own]
    return memo("unused-activation", given, lambda: (plan or read_plan(options, memo)).unused)


def social_card(run: Mapping[str, Any], article: Article, context: RunContext) -> Entry:
    """The file of an article's social card, drawn where it is not there. run: as catalogue.on_card gives it."""
    said = article.meta.title, article.meta.subtitle
    kept = context.store.find("cards", catalogue.card_key(run, *said), "png")
    if kept and "card" not in context.force:
        return kept
    from .runs import pipeline

    return pipeline.draw_card(run, *said, context)


def read(options: Options, memo: Memo, planned: bool) -> tuple[Article, Plan | None]:
    """The article, and the plan of its experiments where that is asked for.

    raises  ContentError: the mistakes in both
    """
    problems: list[Problem] = []
    article, plan = None, None
    with collecting(problems):
        article = texts.read(options.content, memo, options.lab, options.cache / embedded.FOLDER)
    if planned:
        with collecting(problems):
            plan = read_plan(options, memo)
    if problems or article is None:
        raise ContentError([*(article.wrong if article else ()), *problems])
    return article, plan


def check_unmade(
    article: Article, plan: Plan, context: BuildContext
) -> tuple[list[tuple[str, str]], Callable[[EarlyResults | None], dict[str, File]]]:
    """Look for the mistakes that show before anything trains. Returns the runs that figures show, in the order of the
    texts, and what makes the article's own pages as they can be read by then.

    raises  ContentError: all of them
    """
    from .site import dry_run, metadata
    from .site import templates as renderers

    options, store = context.options, context.runs.store
    renderer = renderers.TemplateRenderer(context.templates, store, context.memo, article.meta.language)
    texts, wrong = dry_run.rehearse(article, plan, renderer)
    if wrong:
        raise ContentError(wrong)
    info = metadata.BuildInfo(base_url=options.base_url, profile=options.profile, draft=options.draft)
    assets = {asset.path: asset.source for asset in article.assets}

    def awaited(early: EarlyResults | None) -> dict[str, File]:
        return {
            **assets,
            **(early.files if early else {}),
            **dry_run.awaited_pages(article, texts, info, renderer, early),
        }

    return dry_run.runs_in_text_order(plan, texts), awaited


def collapsed(made: Catalogue) -> list[Warned]:
    """A warning for each experiment with runs that learned next to nothing, which names the first."""
    found = dict[str, list[dict[str, Any]]]()
    for run in made.runs:
        if run["measures"]["collapsed"]:
            found.setdefault(run["experiment"], []).append(run)
    return [
        Warned(
            "collapsed-run",
            f"experiment {name}, run {first['id']}: collapsed, accuracy {first['measures']['accuracy']:.2f}"
            f" with {first['spec']['classes']} classes" + f"; {len(others):,} more of its runs did" * bool(others),
        )
        for name, (first, *others) in found.items()
    ]


def site_files(
    context: BuildContext,
    article: Article,
    made: Catalogue,
    carded: bool,
    warn: Callable[[Warned], None],
    first: Callable[[dict[str, File]], None],
) -> dict[str, File]:
    """Every file of the site, by its path in the site. carded: whether it will have a social card."""
    from .site import as_code, metadata, pages

    options, kept = context.options, context.runs.store
    files: dict[str, File] = {**made.places}
    files |= {asset.path: asset.source for asset in article.assets}
    info = metadata.BuildInfo(
        base_url=options.base_url,
        versions={"python": platform.python_version(), "peek": __version__, **store.versions(*LIBRARIES)},
        profile=made.profile,
        machine=made.machine,
        rebuild=rebuild_command(options),
        about=made.about,
        columns=made.columns,
        laws=lambda: made.laws,
        code=lambda run: as_code.listed(run, files, kept),
        downloads=tuple(
            metadata.Download(path, made.sizes[path], made.sums[path], what) for path, what in made.downloads.items()
        ),
        picture_bytes=sum(size for path, size in made.sizes.items() if path.startswith("plots/")),
        draft=options.draft,
        social_card=SOCIAL_CARD if carded else "",
        built=fixed_date(),
    )
    rendered = pages.render_site(
        article,
        made.results,
        info,
        context.templates,
        kept,
        warn,
        lambda pages: first({**files, **pages}),
        context.memo,
    )
    return {**files, **rendered}


def fixed_date() -> datetime.date | None:
    """The build's date where SOURCE_DATE_EPOCH fixes one (reproducible-builds.org/specs/source-date-epoch).

    raises  PeekError: it is no time
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date() if epoch else None
    except (ValueError, OverflowError, OSError):
        expected = "seconds since 1970, such as 1767225600, or nothing"
        raise PeekError(f"SOURCE_DATE_EPOCH is {quoted(epoch)}; expected {expected}") from None

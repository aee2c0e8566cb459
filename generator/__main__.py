"""The command line: peek new, build, serve, check, publish."""

from __future__ import annotations

import argparse
import atexit
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__
from .base.errors import PeekError

if TYPE_CHECKING:
    from .base.progress import Progress
    from .runs.catalogue import Report

INTERRUPTED = 130
GARBAGE_AFTER = 100_000  # new objects


def main(arguments: list[str] | None = None) -> int:
    """Run a command. Returns the exit code: 0 done, 1 a mistake to mend, 2 wrong usage, 130 interrupted."""
    options = parser().parse_args(arguments)
    # Nearly all that a build makes stays to its end: looking through it for rings takes a tenth of a short one.
    gc.set_threshold(GARBAGE_AFTER)
    atexit.register(gc.freeze)
    try:
        return int(options.run(options))
    except PeekError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the site is as it was, and finished runs are kept", file=sys.stderr)
        return INTERRUPTED


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="peek", description="Build an explainable-AI article from its experiments.")
    top.add_argument("--version", action="version", version=f"peek {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="train, draw and build the site")
    build.set_defaults(run=run_build)
    add_folders(build)
    build.add_argument(
        "--force",
        action="append",
        default=[],
        metavar="STAGE",
        choices=["train", "measure", "draw"],
        help="run a stage although the cache has its results: train, measure or draw",
    )
    build.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="train and draw one experiment into the cache and leave the site as it is; may be given again",
    )
    build.add_argument("--single-file", type=Path, metavar="FILE", help="also write the whole article into one file")
    build.add_argument("--explain", action="store_true", help="say what each stage did, and why")
    serve = commands.add_parser("serve", help="serve the site on this machine, and rebuild it as you save")
    serve.set_defaults(run=run_serve)
    add_folders(serve)
    serve.add_argument(
        "--port", type=int, default=8000, metavar="N", help="port to listen on; 0 takes a free one (8000)"
    )
    serve.add_argument("--debug", action="store_true", help="print tracebacks of what is no author's mistake")
    check = commands.add_parser(
        "check", help="look over a built site: links, anchors, alt texts, claims, weights, sums"
    )
    check.set_defaults(run=run_check)
    check.add_argument("site", type=Path, nargs="?", default=Path("site"), metavar="SITE", help="its folder (site)")
    check.add_argument("--ask", action="store_true", help="ask every outside link once whether it is there")
    publish = commands.add_parser("publish", help="build, check, and push the site to a branch for GitHub Pages")
    publish.set_defaults(run=run_publish)
    add_folders(publish)
    publish.add_argument("--remote", default="origin", metavar="NAME", help="where to push (origin)")
    publish.add_argument("--branch", default="gh-pages", metavar="NAME", help="branch for the site alone (gh-pages)")
    publish.add_argument("--yes", action="store_true", help="push without asking")
    new = commands.add_parser("new", help="make a small complete article to start from")
    new.set_defaults(run=run_new)
    new.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    return top


def add_folders(command: argparse.ArgumentParser) -> None:
    """The options that every command on an article shares."""
    add = command.add_argument
    add("--content", type=Path, default=Path("content"), metavar="DIR", help="the article's folder (content)")
    add("--out", type=Path, default=Path("site"), metavar="DIR", help="where the site goes (site)")
    add("--cache", type=Path, default=Path(".cache"), metavar="DIR", help="what is kept between builds (.cache)")
    add("--templates", type=Path, metavar="DIR", help="templates other than peek's own")
    add("--profile", default="standard", help="which size of the experiments to run (standard)")
    add("--workers", type=positive, metavar="N", help="processes that train and draw (one a core)")
    add("--device", choices=["cpu", "cuda", "auto"], default="cpu", help="what trains (cpu)")
    add(
        "--executor",
        choices=["local", "dask"],
        default="local",
        help="who trains: processes here, or a cluster (local)",
    )
    add("--scheduler", default="", metavar="ADDRESS", help="of the Dask cluster, or its scheduler file")
    add("--base-url", default="", metavar="URL", help="where the site will live: adds canonical links, feed, sitemap")
    add("--strict", action="store_true", help="warnings are errors")
    add("--draft", action="store_true", help="mark the pages as a draft")
    add("--quiet", action="store_true", help="say nothing but warnings and errors")


def positive(text: str) -> int:
    """A whole number from 1 up."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, at least 1")
    return int(text)


def run_build(arguments: argparse.Namespace) -> int:
    """peek build: ends with the path of the page."""
    from .base.progress import Progress
    from .build import build, prepare

    progress = Progress(arguments.quiet)
    options = build_options(arguments)
    if only := getattr(arguments, "only", ()):
        report = prepare(options, only, progress)
        if arguments.explain:
            explain(report, progress)
        progress.say(f"{', '.join(only)}: in the cache; the site is as it was")
        return 0
    built = build(options, progress)
    if getattr(arguments, "explain", False):
        explain(built.report, progress)
    if getattr(arguments, "single_file", None):
        progress.say(write_single(arguments.out, arguments.single_file, arguments.base_url))
    progress.say(f"site {'written' if built.changed else 'unchanged'} in {built.seconds:.2f} s")
    if not arguments.quiet:
        print(built.index)
    return 0


def explain(report: Report | None, progress: Progress) -> None:
    """Say what each stage did, and why."""
    if report is None:
        progress.say("train, measure, draw: nothing to do; experiments, code and libraries are unchanged")
        return
    for stage, (ran, total, reason) in report.ran.items():
        progress.say(f"{stage}: {ran} of {total}" + (f", {reason}" if ran else ", all in the cache"))


def run_new(arguments: argparse.Namespace) -> int:
    """peek new: says what it wrote and what to do next."""
    from .build import default_templates
    from .new import new

    for path in new(arguments.folder, default_templates()):
        print(path)
    print(f"next: cd {arguments.folder} && peek serve")
    return 0


def write_single(site: Path, target: Path, base_url: str) -> str:
    """Pack a built site's article into one file. Returns a line about it."""
    from .base.store import write_whole
    from .site.single import single

    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    packed = single(files, base_url)
    write_whole(target, packed)
    return f"{target}: {len(packed) / 1e6:.1f} MB"


def run_serve(arguments: argparse.Namespace) -> int:
    """peek serve: until interrupted."""
    from .serve import serve

    serve(build_options(arguments), arguments.port, arguments.quiet, debug=arguments.debug)
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """peek check: exit code 1 when something is wrong."""
    from .site import check

    findings = check.check(arguments.site, check.asked if arguments.ask else None)
    for what, size in findings.weights.items():
        limit = f" of {check.BUDGETS_KB[what]}" if what in check.BUDGETS_KB else ""
        print(f"{what}: {size / check.KB:.0f}{limit} kB")
    if findings.claims:
        print("claims: " + ", ".join(f"{count} {verdict}" for verdict, count in findings.claims.items()))
    for url, place in findings.outside.items():
        print(f"{place}: links to {url}")
    for problem in findings.problems:
        print(problem, file=sys.stderr)
    return 1 if findings.problems else 0


def run_publish(arguments: argparse.Namespace) -> int:
    """peek publish: says what it would push, and pushes when told yes."""
    from .site import check, publish

    written = (arguments.out, arguments.cache)
    branch = publish.look(arguments.content, arguments.remote, arguments.branch, written)
    run_build(arguments)
    planned = publish.prepare(arguments.out, check.check(arguments.out), branch)
    print(planned)
    if not arguments.yes and not told_yes("push? [y/N] "):
        print("nothing was pushed")
        return 1
    print("pushed" if publish.push(arguments.out, planned) else "already there: nothing to push")
    return 0


def told_yes(question: str) -> bool:
    """Whether somebody answers yes; where nobody can answer, no."""
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        print()
        return False


def build_options(arguments: argparse.Namespace):  # type: ignore[no-untyped-def]
    """A build's Options from the command line's."""
    from .build import Options

    names = ("content", "out", "cache", "profile", "device", "executor", "scheduler", "base_url", "strict", "draft")
    given = {name: getattr(arguments, name) for name in names}
    optional = {name: getattr(arguments, name) for name in ("templates", "workers") if getattr(arguments, name)}
    return Options(**given, **optional, force=frozenset(getattr(arguments, "force", ())))


if __name__ == "__main__":
    sys.exit(main())

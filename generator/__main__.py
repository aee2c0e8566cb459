"""The command line: peek new, build, serve, check, verify, plan, train, cache, publish, list."""

from __future__ import annotations

import argparse
import atexit
import errno
import gc
import io
import os
import re
import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from . import __version__
from .base import interrupts
from .base.errors import PeekError, nearest

if TYPE_CHECKING:  # what is slow to import is imported once an interruption is heard
    from .base.progress import Progress
    from .options import Options
    from .runs.catalogue import Report
    from .site.check import Findings

BY_SIGNAL = 128  # an exit code above it tells the number of the signal
SHOWN_AT_MOST = 10  # files of a kind of difference
GARBAGE_AFTER = 100_000  # new objects
OUTPUT = "standard output"
REFUSED = {  # what the system may refuse on any machine; everything else is a mistake of ours
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
    *(errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EMFILE, errno.ENOMEM),
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command. Returns the exit code: 0 done, 1 a mistake to mend, 2 wrong usage, 130 or 143 interrupted."""
    try:
        with interrupts.heard():
            return run(arguments)
    except KeyboardInterrupt:
        print("interrupted; the site is whole, and finished runs are kept", file=sys.stderr)
        return BY_SIGNAL + (interrupts.came or signal.SIGINT)


def command() -> None:
    """The command, as a process of its own."""
    open_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a console that lacks a sign is no reason to end
    status = main()
    interrupts.ignore()
    if interrupts.came:  # Python would kill itself where it fell into code that is text, as that of a dataclass is
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def open_streams() -> None:
    """Have the three standard streams lead somewhere: where one is closed, the next file would take its place."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def run(arguments: list[str] | None) -> int:
    """Run a command, and say what went wrong. Returns the exit code."""
    from . import options

    try:
        os.getcwd()
    except FileNotFoundError:
        print("the folder that this command runs in is gone; expected one that is there", file=sys.stderr)
        return 1
    asked = parser().parse_args(arguments)
    # Nearly all that a build makes stays to its end: looking through it for rings takes a tenth of a short one.
    gc.set_threshold(GARBAGE_AFTER)
    atexit.register(gc.freeze)
    try:
        status = int(asked.run(options.given(asked)) or 0)
        flush()
        return status
    except PeekError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # who reads what is printed has seen enough, as head has
        mute()
        return BY_SIGNAL + 13  # SIGPIPE, which not every system has
    except OSError as error:
        if error.errno not in REFUSED and not vanished_during_build(error, asked):
            raise
        print(_refused(error, asked), file=sys.stderr)
        return 1


def flush() -> None:
    """Print what is left to print.

    raises  OSError: with a name, where it cannot be printed
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        raise OSError(error.errno, error.strerror, OUTPUT) from None


def mute() -> None:
    """Let what is left to print go nowhere: Python would try once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refused(error: OSError, asked: argparse.Namespace) -> str:
    """What the system refused, in a line."""
    if (place := error.filename or _written(asked)) == OUTPUT:
        mute()
    return f"{place}: {error.strerror}" + "; the site is as it was" * (place != OUTPUT)


def _written(asked: argparse.Namespace) -> str:
    """Where a command writes, for what the system refuses without a name, as it does where a disk is full."""
    from .options import Options

    names = [name for name in ("cache", "out") if hasattr(asked, name)]
    return " or ".join(str(getattr(asked, name) or getattr(Options, name)) for name in names) or OUTPUT


def vanished_during_build(error: OSError, asked: argparse.Namespace) -> bool:
    """Whether a file of the content was there when the build began, and is not any more."""
    from .options import Options

    content = Path(asked.content or Options.content) if hasattr(asked, "content") else None
    return bool(content and error.errno == errno.ENOENT and Path(str(error.filename)).is_relative_to(content))


class Parser(argparse.ArgumentParser):
    """A parser whose errors name what was probably meant."""

    def error(self, message: str) -> NoReturn:
        from . import options

        wrong = re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)$", message)
        wrong = wrong or re.search(r"unrecognized arguments: (--[\w-]+)()", message)
        of = {f"--{name.replace('_', '-')}": row.commands for name, _, row in options.rows() if not row.positional}
        if wrong and wrong[1] in of:
            message += f"; it is an option of {', '.join(of[wrong[1]])}"
        elif wrong:
            there = re.findall(r"[\w-]+", wrong[2]) or list(of)
            if near := nearest(wrong[1], there):
                message += f'; did you mean "{near}"?'
        super().error(message)


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    from . import options

    top = Parser(prog="peek", description="Build an explainable-AI article from its experiments.")
    top.add_argument("--version", action="version", version=f"peek {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, (run, words) in COMMANDS.items():
        command = commands.add_parser(name, help=words)
        command.set_defaults(run=run)
        options.add(command, name)
    return top


def run_build(asked: Options) -> None:
    """peek build: ends with the path of the page."""
    from .base.progress import Progress
    from .build import build, prepare, write_table

    progress = Progress(asked.quiet)
    if asked.table:
        look_at_table(asked.table)
    if asked.single_file:
        look_at_single(asked.single_file)
    if asked.only:
        made, report = prepare(asked, asked.only, progress)
        if asked.table:
            progress.say(write_table(made, asked.table))
        if asked.explain:
            explain(report, progress)
        progress.say(f"{', '.join(asked.only)}: in the cache; the site is as it was")
        return
    built = build(asked, progress)
    if asked.explain:
        explain(built.report, progress)
    if asked.single_file:
        progress.say(write_single(asked.out, asked.single_file, asked.base_url))
    progress.say(f"site {'written' if built.changed else 'unchanged'} in {built.seconds:.2f} s")
    if not asked.quiet:
        print(built.index)


def look_at_table(path: Path) -> None:
    """Look whether a table can be written, before what may take hours.

    raises  PeekError: it cannot
    """
    if path.suffix != ".csv" or path.is_dir():
        raise PeekError(f"--table {path}; expected a file that ends in .csv")
    if not path.parent.is_dir():
        raise PeekError(f"--table {path}: no folder {path.parent}; expected one that is there")


def look_at_single(path: Path) -> None:
    """Look whether a page can be written, before what may take hours.

    raises  PeekError: it cannot
    """
    if path.suffix.lower() not in (".html", ".htm") or path.is_dir():
        raise PeekError(f"--single-file {path}; expected a file that ends in .html")
    if not (there := next(folder for folder in path.absolute().parents if folder.exists())).is_dir():
        raise PeekError(f"--single-file {path}: {there} is no folder; expected one")


def explain(report: Report | None, progress: Progress) -> None:
    """Say what each stage did, and why."""
    if report is None:
        progress.say("train, measure, draw: nothing to do; experiments, code and libraries are unchanged")
        return
    for stage, (ran, total, reason) in report.ran.items():
        progress.say(f"{stage}: {ran} of {total}" + (f", {reason}" if ran else ", all in the cache"))


def run_new(asked: Options) -> None:
    """peek new: says what it wrote and what to do next."""
    from .base.overlay import default_templates
    from .content import texts
    from .new import new

    assert asked.folder is not None  # the command line asks for it
    for path in new(asked.folder, default_templates(), asked.example, asked.data, asked.label):
        print(path)
    lab = " --lab" if (asked.folder / "content" / texts.LAB).is_dir() else ""
    there = f"./{asked.folder}" if str(asked.folder).startswith("-") else str(asked.folder)
    print(f"next: cd {shlex.quote(there)} && peek serve{lab}")


def run_list(asked: Options) -> None:
    """peek list: one list, or all, with what the article's own templates add."""
    from . import guide
    from .build import templates_of

    print(guide.plain([asked.listed] if asked.listed else list(guide.LISTS), templates_of(asked)), end="")


def write_single(site: Path, target: Path, base_url: str) -> str:
    """Pack a built site's article into one file. Returns a line about it."""
    from .base.store import write_whole
    from .site.single import single

    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    packed = single(files, base_url)
    write_whole(target, packed)
    return f"{target}: {len(packed) / 1e6:.1f} MB"


def run_serve(asked: Options) -> None:
    """peek serve: until interrupted."""
    from .serve import serve

    serve(asked)


def run_check(asked: Options) -> int:
    """peek check: exit code 1 when something is wrong."""
    from .site import check

    findings = check.check(asked.site, check.asked if asked.ask else None)
    budgets_kb = check.BUDGETS_KB | {check.OWN: check.OWN_SCRIPTS_KB, check.OWN_PICTURES: check.PICTURES_KB}
    for what, size in findings.weights.items():
        limit = f" of {budgets_kb[what]}" if what in budgets_kb else ""
        print(f"{what}: {size / check.KB:.0f}{limit} kB")
    if findings.claims:
        print("claims: " + ", ".join(f"{count} {verdict}" for verdict, count in findings.claims.items()))
    for url, place in findings.outside.items():
        print(f"{place}: links to {url}")
    say_warnings(findings)
    for problem in findings.problems:
        print(problem, file=sys.stderr)
    return 1 if findings.problems else 0


def run_verify(asked: Options) -> int:
    """peek verify: exit code 1 when a file is missing, changed or foreign; else says what was proved."""
    from .site import manifest

    verified = manifest.verify(asked.site)
    kinds = {"missing": verified.missing, "changed": verified.changed, "foreign": verified.foreign}
    for kind, paths in kinds.items():
        for path in paths[:SHOWN_AT_MOST]:
            print(f"{kind}: {ascii(path)[1:-1]}", file=sys.stderr)
        if len(paths) > SHOWN_AT_MOST:
            print(f"{kind}: {len(paths) - SHOWN_AT_MOST:,} more", file=sys.stderr)
    if not verified.whole:
        print(", ".join(f"{len(paths):,} {kind}" for kind, paths in kinds.items()), file=sys.stderr)
        return 1
    print(f"{verified.count:,} files as the manifest says")
    return rerun_some(asked.site, asked.rerun, asked.seed) if asked.rerun else 0


def rerun_some(site: Path, count: int, seed: int | None) -> int:
    """Train runs of a site again and say what came out. Returns 1 when anything differs or nothing was trained."""
    import random

    from .rerun import TOLERANCE, rerun

    seed = random.randrange(10**6) if seed is None else seed
    print(f"training up to {count:,} runs again, picked with --seed {seed}", flush=True)
    same = close = differ = 0
    for run, passed_over, exactly, wrong in rerun(site, count, seed):
        name = f"{run.experiment}/{run.id}"
        if passed_over:
            print(f"{name}: not trained: {passed_over}", file=sys.stderr)
            continue
        for said in wrong:
            print(f"{name}: {said}", file=sys.stderr)
        same, close, differ = same + exactly, close + (not exactly and not wrong), differ + bool(wrong)
    print(
        f"of {same + close + differ:,} runs trained again, {same:,} came out bit for bit, weights and measures,"
        f" {close:,} to within {TOLERANCE:g}, as on another processor; {differ:,} differ"
    )
    return 0 if same + close and not differ else 1


def say_warnings(findings: Findings) -> None:
    """What a check found that an author may leave as it is."""
    for problem in findings.warnings:
        print(f"warning: {problem}", file=sys.stderr)


def run_publish(asked: Options) -> int:
    """peek publish: says what it would push, and pushes when told yes."""
    from .site import check, publish

    written = (asked.out, asked.cache)
    branch = publish.look(asked.content, asked.remote, asked.branch, written)
    run_build(asked)
    findings = check.check(asked.out)
    say_warnings(findings)
    planned = publish.prepare(asked.out, findings, branch)
    print(planned)
    if not asked.yes and not confirmed():
        print("nothing was pushed")
        return 1
    print("pushed" if publish.push(asked.out, planned) else "already there: nothing to push")
    return 0


def confirmed() -> bool:
    """Whether somebody answers yes; where nobody can answer, no."""
    try:
        return input("push? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        print()
        return False


def of_shards(name: str) -> Callable[[Options], None]:
    """peek plan, peek train, peek cache add DIR: says in lines what there is to train, or what was trained or added."""

    def run(asked: Options) -> None:
        from . import shards
        from .base.progress import Progress

        for line in shards.COMMANDS[name](asked, Progress(asked.quiet)):
            print(line)

    return run


COMMANDS: dict[str, tuple[Callable[[Options], int | None], str]] = {
    "build": (run_build, "train, draw and build the site"),
    "serve": (run_serve, "serve the site on this machine, and rebuild it as you save"),
    "check": (run_check, "look over a built site: links, anchors, alt texts, claims, weights, sums"),
    "verify": (run_verify, "compare every file of a built site with its manifest"),
    "plan": (of_shards("plan"), "say what there is to train, and what it takes in so many parts"),
    "train": (of_shards("train"), "train networks, or one part of them, into the cache, on this machine or another"),
    "cache": (of_shards("cache"), "add what another machine trained to the cache"),
    "publish": (run_publish, "build, check, and push the site to a branch for GitHub Pages"),
    "list": (run_list, "list what an article can name: figures, blocks, filters, measures"),
    "new": (run_new, "make a small complete article to start from"),
}

if __name__ == "__main__":
    command()

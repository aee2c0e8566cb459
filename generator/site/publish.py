"""A site to a branch for GitHub Pages: built, checked, summed up, pushed.

    branch = look(content, "origin", "gh-pages")     # before anything is built: may we, and onto what
    print(planned := prepare(site, findings, branch))
    push(site, planned)

The branch holds the site and nothing else. Nothing is ever forced, and no other branch is touched: the site is a new
commit on top of the branch as the remote has it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..base import filenames
from ..base.errors import PeekError
from .check import Findings
from .folder import is_ours
from .manifest import KEPT

MARK = ".nojekyll"  # every site of ours has it, so a branch without it holds something else


class PublishError(PeekError):
    """Why a site was not pushed."""


@dataclass(frozen=True)
class PublishTarget:
    """Where a site goes.

    repository  the content's, its top folder
    remote, url its name and its address
    commit      of the content, short
    tip         of the branch as the remote has it; "": the remote has none yet
    """

    repository: Path
    remote: str
    url: str
    name: str
    commit: str
    tip: str


@dataclass(frozen=True)
class Push:
    """What would be pushed: how many files, how many bytes, and how many of them are new, changed or gone."""

    branch: PublishTarget
    files: int
    bytes: int
    new: int
    changed: int
    gone: int

    def __str__(self) -> str:
        onto = f"the branch {self.branch.name} of {self.branch.remote} ({self.branch.url})"
        if not self.branch.tip:
            onto += ", which is new"
        lines = [
            f"publish {self.files} files, {self.bytes / 1e6:.1f} MB, built from {self.branch.commit}",
            f"to {onto}",
        ]
        if self.branch.tip:
            lines.append(f"there: {self.new} new, {self.changed} changed, {self.gone} gone")
        return "\n".join(lines)


def git(*arguments: str, folder: Path) -> str:
    """A git command's output.

    raises  PublishError: git's own words
    """
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    except FileNotFoundError:
        raise PublishError("git is not installed") from None
    if done.returncode:
        raise PublishError(f"git {arguments[0]}: {_said(done.stderr).strip() or _said(done.stdout).strip()}")
    return _said(done.stdout).rstrip()


def _said(output: bytes) -> str:
    """What git printed; bytes that are not UTF-8, as its messages on Windows may have, are kept as in file names."""
    return output.decode("utf-8", "surrogateescape").replace("\r\n", "\n")


def look(content: Path, remote: str, branch: str, ours: Iterable[Path] = ()) -> PublishTarget:
    """Where the site of a content is to go, when it may.

    ours    folders that a build writes, which need not be committed
    raises  PublishError: no repository, uncommitted changes, no such remote, or a branch that is not for a site
    """
    try:
        top = Path(git("rev-parse", "--show-toplevel", folder=content))
    except PublishError as error:
        expected = "an article in one, with a remote to push to: git init, git remote add"
        raise PublishError(f"{content}: git finds no repository; expected {expected}\n{error}") from None
    whole = Path(os.path.realpath(top))
    inside = [path.relative_to(whole) for path in map(Path, map(os.path.realpath, ours)) if whole in path.parents]
    kept = [f":(exclude){path.as_posix()}" for path in inside]
    changed = git("status", "--porcelain", "--untracked-files=normal", "--", ".", *kept, folder=top)
    if changed:
        raise PublishError(f"{top}: uncommitted changes; expected a committed article\n{changed}")
    if branch == git("branch", "--show-current", folder=top):
        raise PublishError(f'"{branch}" is the branch you write on; expected one for the site alone')
    try:
        git("check-ref-format", f"refs/heads/{branch}", folder=top)
    except PublishError:
        raise PublishError(f'"{branch}" is no name of a branch; expected one such as gh-pages') from None
    known = git("remote", folder=top).split()
    if remote not in known:
        expected = f"one of {', '.join(known)}" if known else f"git remote add {remote} ADDRESS first"
        raise PublishError(f'no remote "{remote}"; expected {expected}')
    git("var", "GIT_COMMITTER_IDENT", folder=top)
    tip = _fetched(top, remote, branch)
    for held, said in ((tip, f"{branch} of {remote}"), (_here(top, branch), branch)):
        if held and MARK not in git("ls-tree", "--name-only", held, folder=top).split("\n"):
            raise PublishError(f'the branch "{said}" holds something else than a site; expected one for the site alone')
    url = git("remote", "get-url", "--push", remote, folder=top)
    commit = git("rev-parse", "--short", "HEAD", folder=top)
    return PublishTarget(top, remote, url, branch, commit, tip)


def _fetched(top: Path, remote: str, branch: str) -> str:
    """The tip of a branch as the remote has it, with all that it holds; "" where it has none."""
    if not git("ls-remote", "--heads", remote, f"refs/heads/{branch}", folder=top):
        with contextlib.suppress(PublishError):  # what an earlier one was is of no account
            git("update-ref", "-d", f"refs/remotes/{remote}/{branch}", folder=top)
        return ""
    git("fetch", remote, f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}", folder=top)
    return git("rev-parse", f"refs/remotes/{remote}/{branch}", folder=top)


def _here(top: Path, branch: str) -> str:
    """The tip of the branch of that name here; "" where there is none."""
    with contextlib.suppress(PublishError):
        return git("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", folder=top)
    return ""


def prepare(site: Path, findings: Findings, branch: PublishTarget) -> Push:
    """What is to be pushed.

    raises  PublishError: the site is not ours or fails its check
    """
    if not is_ours(site):
        raise PublishError(f"{site}: not a site that peek made")
    if findings.problems:
        raise PublishError("\n".join(map(str, findings.problems)) + f"\n{site}: not published while these stand")
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    ours = {name: path.read_bytes() for name, path in files.items() if not _stays(path.name)}
    theirs = _tree(branch)
    changed = sum(_blob(data) != theirs[name] for name, data in ours.items() if name in theirs)
    return Push(
        branch,
        files=len(ours),
        bytes=sum(map(len, ours.values())),
        new=len(ours.keys() - theirs.keys()),
        changed=changed,
        gone=len(theirs.keys() - ours.keys()),
    )


def _stays(name: str) -> bool:
    """Whether a file or folder of the site's folder is none of the site."""
    return name in KEPT or filenames.of_system(name)


def _tree(branch: PublishTarget) -> dict[str, str]:
    """The files of the branch as the remote has it: path -> git's name for its content."""
    if not branch.tip:
        return {}
    rows = git("ls-tree", "-r", "-z", branch.tip, folder=branch.repository).rstrip("\0").split("\0")
    return {row.partition("\t")[2]: row.partition("\t")[0].split()[2] for row in rows}


def _blob(data: bytes) -> str:
    """git's name for a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def push(site: Path, planned: Push) -> bool:
    """Commit the site to its branch, on top of what the remote has, and push that branch alone.

    returns  whether there was anything to push
    raises   PublishError: git's own words
    """
    import ghp_import

    branch = planned.branch
    if branch.tip and not (planned.new or planned.changed or planned.gone):
        return False
    site = site.absolute()
    with (
        tempfile.TemporaryDirectory() as staged,
        contextlib.chdir(branch.repository),
    ):  # ghp-import works where it stands
        shutil.copytree(site, staged, dirs_exist_ok=True, ignore=lambda _, names: [*filter(_stays, names)])
        message = f"Publish the site built from {branch.commit}"
        try:
            ghp_import.ghp_import(staged, mesg=message, branch=branch.name, remote=branch.remote, nojekyll=True)
        except ghp_import.GhpError as error:
            raise PublishError(f"git: {error}") from None
        except (BrokenPipeError, TypeError):  # git ended early, or with an error, of which ghp-import prints bytes
            at = f"{branch.repository}: git fast-import could not write the branch {branch.name}"
            raise PublishError(f"{at}; expected what it says above to be mended") from None
    ref = f"refs/heads/{branch.name}"
    git("push", "--no-follow-tags", branch.remote, f"{ref}:{ref}", folder=branch.repository)
    return True

"""A site to a branch for GitHub Pages: built, checked, summed up, pushed.

The branch holds the site and nothing else. Nothing is ever forced: the site is a new commit on top of the branch as
the remote has it.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from generator.check import Findings, made_by_peek
from generator.errors import PeekError
from generator.store import MANIFEST


class PublishError(PeekError):
    """Why a site was not pushed."""


@dataclass(frozen=True)
class Push:
    """What would be pushed.

    remote  name or address   files, bytes  of the site   commit  of the content it was built from
    """

    remote: str
    branch: str
    files: int
    bytes: int
    commit: str

    def __str__(self) -> str:
        size = f"{self.files} files, {self.bytes / 1e6:.1f} MB"
        return f"{size}, built from {self.commit}, to the branch {self.branch} of {self.remote}"


def git(*arguments: str, folder: Path) -> str:
    """A git command's output.

    raises  PublishError: git's own words
    """
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise PublishError("git is not installed") from None
    if done.returncode:
        raise PublishError(f"git {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout.strip()


def prepare(site: Path, content: Path, findings: Findings, remote: str, branch: str) -> Push:
    """What is to be pushed.

    raises  PublishError: the site is not ours or fails its check, the content is not committed, no such remote
    """
    site = site.absolute()
    if not made_by_peek(site):
        raise PublishError(f"{site}: not a site that peek made")
    if findings.problems:
        raise PublishError("\n".join(map(str, findings.problems)) + f"\n{site}: not published while these stand")
    top = Path(git("rev-parse", "--show-toplevel", folder=content))
    changed = git("status", "--porcelain", "--untracked-files=normal", folder=top)
    if changed:
        raise PublishError(f"{top}: uncommitted changes; expected a committed article\n{changed}")
    current = git("branch", "--show-current", folder=top)
    if branch == current:
        raise PublishError(f'"{branch}" is the branch you write on; expected one for the site alone')
    known = git("remote", folder=top).split()
    if remote not in known:
        raise PublishError(f'no remote "{remote}"; expected one of {", ".join(known) or "none yet: git remote add"}')
    files = [path for path in site.rglob("*") if path.is_file() and path.name not in (MANIFEST, ".gitignore")]
    commit = git("rev-parse", "--short", "HEAD", folder=top)
    return Push(remote, branch, len(files), sum(path.stat().st_size for path in files), commit)


def push(site: Path, content: Path, planned: Push) -> None:
    """Commit the site to its branch, on top of what the remote has, and push that branch.

    raises  PublishError: git's own words
    """
    import ghp_import

    top, site = git("rev-parse", "--show-toplevel", folder=content), site.absolute()
    with contextlib.suppress(PublishError):  # the first time, the remote has no such branch
        git(
            "fetch",
            planned.remote,
            f"+{planned.branch}:refs/remotes/{planned.remote}/{planned.branch}",
            folder=Path(top),
        )
    with tempfile.TemporaryDirectory() as staged, contextlib.chdir(top):  # ghp-import works where it stands
        shutil.copytree(site, staged, dirs_exist_ok=True, ignore=shutil.ignore_patterns(MANIFEST, ".gitignore"))
        try:
            message = f"Publish the site built from {planned.commit}"
            ghp_import.ghp_import(staged, mesg=message, branch=planned.branch, remote=planned.remote, nojekyll=True)
        except ghp_import.GhpError as error:
            raise PublishError(f"git: {error}") from None
    git("push", planned.remote, planned.branch, folder=Path(top))

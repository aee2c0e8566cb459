"""A site pushed to a real repository: summed up first, refused while anything is wrong, and no other branch touched."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.__main__ import main, run_build
from generator.site import check, manifest, publish
from tests.edits import edit

TINY = Path(__file__).parent / "sites" / "tiny"


@pytest.fixture(autouse=True)
def own_git(tmp_path, monkeypatch):
    """Git as on a machine of its own: no one's settings, a name, nobody to ask."""
    (tmp_path / "gitconfig").write_text(
        "[user]\nname = A. Author\nemail = a@example.org\n[init]\ndefaultBranch = main\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_DIR", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))


def git(folder, *arguments):
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def bare(tmp_path):
    """The remote: a repository without a work tree."""
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    return tmp_path / "remote.git"


@pytest.fixture
def article(tmp_path, bare):
    """A committed and pushed article whose remote is the bare repository."""
    top = tmp_path / "mine"
    shutil.copytree(TINY, top / "content")
    (top / ".gitignore").write_text(".cache/\nsite/\n")
    git(top, "init", "-q")
    git(top, "remote", "add", "origin", str(bare))
    commit(top, "Begin")
    git(top, "push", "-q", "origin", "main")
    return top


def commit(top, message):
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", message)


def edit_the_text(top):
    edit(top / "content" / "article.md", "Where the points go", "Where all points go")


@pytest.fixture
def peek(article, cache, capsys):
    """Runs `peek publish` on the article: (exit code, its lines, what it complained of)."""

    def run(*options):
        folders = ("--content", article / "content", "--out", article / "site", "--cache", cache)
        code = main(["publish", "--quiet", *map(str, folders), *options])
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err

    return run


def name_the_host(bare, tmp_path):
    """Somebody else adds a file to the site's branch."""
    git(tmp_path, "clone", "-q", "--branch", "gh-pages", str(bare), "other")
    (tmp_path / "other" / "CNAME").write_text("example.org")
    commit(tmp_path / "other", "Name the host")
    git(tmp_path / "other", "push", "-q", "origin", "gh-pages")


def branches(bare):
    """Each branch of the remote and its tip."""
    return dict(row.split()[::-1] for row in git(bare, "for-each-ref", "--format=%(objectname) %(refname)").split("\n"))


def files(bare, branch="gh-pages"):
    return set(git(bare, "ls-tree", "-r", "--name-only", branch).split("\n"))


def test_it_sums_up_and_pushes_the_site_and_nothing_else(peek, article, bare, tmp_path):
    before = branches(bare)
    code, lines, _ = peek("--yes")
    built_from = git(article, "rev-parse", "--short", "HEAD")
    site = {path.relative_to(article / "site").as_posix() for path in (article / "site").rglob("*") if path.is_file()}
    weight = sum((article / "site" / name).stat().st_size for name in site - {".peek.json"})
    assert code == 0
    assert lines == [
        f"publish {len(site) - 1} files, {weight / 1e6:.1f} MB, built from {built_from}",
        f"to the branch gh-pages of origin ({bare}), which is new",
        "pushed",
    ]
    assert files(bare) == site - {".peek.json"} and ".nojekyll" in files(bare)
    assert branches(bare) == before | {"refs/heads/gh-pages": branches(bare)["refs/heads/gh-pages"]}
    assert git(bare, "log", "--format=%s", "gh-pages") == f"Publish the site built from {built_from}"
    assert git(bare, "show", "gh-pages:index.html") == (article / "site" / "index.html").read_text().strip()
    assert git(article, "status", "--porcelain") == "" and git(article, "branch", "--show-current") == "main"
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", "--branch", "gh-pages", str(bare), "on-windows")
    verified = manifest.verify(tmp_path / "on-windows")
    assert not verified.missing and not verified.changed


def test_publishing_again_adds_to_the_branch_as_the_remote_has_it(peek, article, bare, tmp_path):
    peek("--yes")
    name_the_host(bare, tmp_path)
    edit_the_text(article)
    commit(article, "Say it better")
    code, lines, _ = peek("--yes")
    assert code == 0 and lines[-2:] == [
        "there: 0 new, 3 changed, 1 gone",
        "pushed",
    ]  # the page, the figure's own and the manifest
    assert git(bare, "log", "--format=%s", "gh-pages").split("\n")[1] == "Name the host"
    assert "Where all points go" in git(bare, "show", "gh-pages:index.html")


def test_what_finder_leaves_is_not_pushed(peek, article, bare, monkeypatch):
    monkeypatch.setattr("generator.__main__.run_build", lambda asked, real=run_build: [real(asked), left.touch()])
    left = article / "site" / "data" / ".DS_Store"
    code, lines, _ = peek("--yes")
    assert code == 0 and left.exists() and not [name for name in files(bare) if ".DS_Store" in name]
    assert lines[0].startswith(f"publish {len(files(bare))} files")


def test_the_same_site_is_not_pushed_again(peek, bare):
    peek("--yes")
    before = branches(bare)
    assert peek("--yes")[:2][1][-2:] == ["there: 0 new, 0 changed, 0 gone", "already there: nothing to push"]
    assert branches(bare) == before


@pytest.mark.parametrize(
    ("answer", "code", "last"), [("y\n", 0, "pushed"), ("n\n", 1, "nothing was pushed"), ("", 1, "")]
)
def test_it_asks_first(peek, bare, monkeypatch, answer, code, last):
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    before = branches(bare)
    said = peek()
    assert said[0] == code and last in said[1][-1]
    assert (branches(bare) == before) == (code == 1)


def test_uncommitted_changes_are_refused_before_anything_is_built(peek, article, bare):
    before = branches(bare)
    edit_the_text(article)
    (article / "notes.txt").write_text("mine")
    code, _, said = peek("--yes")
    assert code == 1 and said == (
        f"{article}: uncommitted changes; expected a committed article\n M content/article.md\n?? notes.txt\n"
    )
    assert branches(bare) == before and not (article / "site").exists()


def test_a_site_that_is_not_left_out_of_git_does_not_count_as_a_change(peek, article):
    (article / ".gitignore").write_text(".cache/\n")
    commit(article, "Keep the site")
    assert peek("--yes")[0] == 0
    edit_the_text(article)
    commit(article, "Say it better")
    assert peek("--yes")[0] == 0


def test_a_site_that_fails_its_check_is_refused(peek, article, bare, monkeypatch):
    before = branches(bare)
    monkeypatch.setattr(check, "BUDGETS_KB", check.BUDGETS_KB | {"pictures": 0})
    code, _, said = peek("--yes")
    assert code == 1 and said.startswith(f"{article}/site/index.html: pictures: ")
    assert said.endswith(f" kB; expected at most 0 kB\n{article}/site: not published while these stand\n")
    assert branches(bare) == before


def test_an_article_with_a_mistake_is_refused(peek, article, bare):
    before = branches(bare)
    edit(article / "content" / "article.md", "hidden-plane", "hiden-plane")
    commit(article, "Slip")
    code, _, said = peek("--yes")
    assert code == 1 and 'unknown figure "hiden-plane"' in said and branches(bare) == before


def test_a_folder_that_is_no_site_of_ours_is_refused(article, tmp_path):
    branch = publish.look(article / "content", "origin", "gh-pages")
    (tmp_path / "thesis").mkdir()
    with pytest.raises(publish.PublishError, match=r"thesis: not a site that peek made"):
        publish.prepare(tmp_path / "thesis", check.Findings((), {}, {}, {}), branch)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--branch", "main"], '"main" is the branch you write on; expected one for the site alone'),
        (
            ["--branch", "thesis"],
            'the branch "thesis of origin" holds something else than a site; expected one for the site alone',
        ),
        (
            ["--branch", "draft"],
            'the branch "draft" holds something else than a site; expected one for the site alone',
        ),
        (["--branch", "my site"], '"my site" is no name of a branch; expected one such as gh-pages'),
        (["--branch", ""], '"" is no name of a branch; expected one such as gh-pages'),
        (["--remote", "orign"], 'no remote "orign"; expected one of origin'),
    ],
)
def test_a_wrong_target_is_refused_before_anything_is_built(peek, article, bare, options, expected):
    git(article, "push", "-q", "origin", "main:thesis")
    git(article, "branch", "draft")
    before = branches(bare)
    code, _, said = peek("--yes", *options)
    assert code == 1 and said == expected + "\n"
    assert branches(bare) == before and not (article / "site").exists()


def test_a_branch_that_moved_meanwhile_is_not_forced(peek, article, bare, tmp_path):
    peek("--yes")
    edit_the_text(article)
    commit(article, "Say it better")
    branch = publish.look(article / "content", "origin", "gh-pages")
    name_the_host(bare, tmp_path)
    before = branches(bare)
    (article / "site" / "CNAME").write_text("example.com")
    planned = publish.prepare(article / "site", check.Findings((), {}, {}, {}), branch)
    with pytest.raises(publish.PublishError, match=r"git push: (.|\n)*\[rejected\]"):
        publish.push(article / "site", planned)
    assert branches(bare) == before


def test_a_branch_that_cannot_be_written_is_told(peek, article, bare):
    peek("--yes")
    before = branches(bare)
    code, _, said = peek("--yes", "--branch", "gh-pages/more")
    assert code == 1 and said.endswith(
        "git fast-import could not write the branch gh-pages/more; expected what it says above to be mended\n"
    )
    assert branches(bare) == before


def test_what_git_says_is_passed_on(article, peek, tmp_path):
    shutil.rmtree(tmp_path / "remote.git")
    code, _, said = peek("--yes")
    assert code == 1 and said.startswith("git ls-remote: fatal: ")
    git(article, "remote", "remove", "origin")
    assert peek("--yes")[2] == 'no remote "origin"; expected git remote add origin ADDRESS first\n'
    shutil.rmtree(article / ".git")
    said = peek("--yes")[2]
    assert "content: git finds no repository; expected an article in one, with a remote to push to: git init" in said
    assert "fatal: not a git repository" in said


def test_what_git_says_in_other_letters_is_passed_on(article):
    with pytest.raises(publish.PublishError, match="git log: fatal: "):
        publish.git("log", "\udcff", folder=article)


def test_a_committer_without_a_name_is_told_before_anything_is_built(article, peek, tmp_path):
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    code, _, said = peek("--yes")
    assert code == 1 and "Please tell me who you are" in said and not (article / "site").exists()

"""Links in a folder of content: within it they work, out of it they are refused before anything is read."""

import shutil

import pytest

from generator.base.errors import ContentError
from generator.base.progress import Progress
from generator.build import build, prepare, templates_of
from generator.options import Options
from tests.promises import TINY

NAMES = ["article.md", "more.md", "references.bib", "experiments.toml", "pictures/a.png", "data/a.csv"]
NAMES += ["templates/words/en.toml"]


@pytest.fixture
def content(tmp_path):
    secret = tmp_path / "content-not" / "secret"  # beside the folder, and begun like it
    secret.parent.mkdir()
    secret.write_text("secret")
    return shutil.copytree(TINY, tmp_path / "content"), secret


@pytest.mark.parametrize("name", [*NAMES, "folder", "relative.png", "chain.png", "gone.png"])
@pytest.mark.parametrize("run", [build, lambda options, progress: prepare(options, [], progress)])
def test_a_link_out_of_the_folder_is_refused_and_nothing_is_made(content, name, run, tmp_path):
    folder, secret = content
    link = folder / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    target = {"folder": secret.parent, "gone.png": secret.with_name("gone")}.get(name, secret)
    if name == "relative.png":
        link.symlink_to("../content-not/secret")
    elif name == "chain.png":
        (folder / "first.png").symlink_to(target)
        link.symlink_to("first.png")
    else:
        link.symlink_to(target)
    with pytest.raises(ContentError) as caught:
        run(Options(content=folder, out=tmp_path / "site", cache=tmp_path / "cache"), Progress(quiet=True))
    what = f"a link that leads out of the content's folder, to {target}"
    assert f"{link}: {what}; expected the file itself, or a link within the folder" in str(caught.value)
    assert not (tmp_path / "site").exists()


def test_links_within_the_folder_and_a_folder_that_is_a_link_are_no_mistake(content, tmp_path):
    folder, _ = content
    (folder / "copy.png").symlink_to("article.md")
    (folder / "loop.png").symlink_to("loop.png")
    (folder / ".venv").mkdir()
    (folder / ".venv" / "python").symlink_to("/usr/bin/python3")
    (tmp_path / "link").symlink_to(folder)
    for one in (folder, tmp_path / "link"):
        assert templates_of(Options(content=one))

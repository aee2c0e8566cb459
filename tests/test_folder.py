"""The swap of the site: whole or not at all, never over what is not ours, and nothing of this machine in it."""

import contextlib
import os

import pytest

from generator.base.errors import PeekError
from generator.base.store import sha256
from generator.base.warnings import Warned
from generator.site import folder, manifest
from generator.site.folder import MARK, ForeignFolderError, SiteFolder
from tests.promises import tree

SITE = {"index.html": b"<p>one</p>", "plots/2/tanh.png": b"picture"}


def publish(files, out, made_from="", warnings=(), sums=None):
    return SiteFolder(out, out.parent / "cache").publish(files, made_from, warnings, sums)


def intact(out, made_from):
    return SiteFolder(out, out.parent / "cache").intact(made_from)


def test_publish_writes_copies_and_lists(tmp_path):
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"from the cache")
    assert publish({**SITE, "plots/2/tanh.png": picture}, tmp_path / "site")
    found = tree(tmp_path / "site")
    assert found["plots/2/tanh.png"] == b"from the cache" and found["index.html"] == b"<p>one</p>"
    assert set(found) == {*SITE, MARK, manifest.NAME}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "picture.png", "site"]


def test_publishing_the_same_changes_nothing_and_a_tampered_file_is_restored(tmp_path):
    out = tmp_path / "site"
    publish(SITE, out)
    assert not publish(SITE, out)
    (out / "index.html").write_bytes(b"tampered")
    assert publish(SITE, out) and (out / "index.html").read_bytes() == SITE["index.html"]
    (out / "extra.html").write_bytes(b"left over")
    assert publish(SITE, out) and not (out / "extra.html").exists()


def test_gitignore_of_the_folder_stays(tmp_path):
    out = tmp_path / "site"
    out.mkdir()
    (out / ".gitignore").write_text("*\n")
    (out / ".DS_Store").touch()  # it is empty to who looks into it
    publish(SITE, out)
    publish({"index.html": b"two"}, out)
    assert (out / ".gitignore").read_text() == "*\n"
    assert set(tree(out)) == {".gitignore", MARK, manifest.NAME, "index.html"}


@pytest.mark.parametrize("name", ["thesis.docx", "index.html", ".git"])
def test_a_foreign_folder_is_refused_and_untouched(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(ForeignFolderError, match="holds files that peek did not put there"):
        publish(SITE, tmp_path)
    assert tree(tmp_path) == {name: b"mine"}


def test_a_foreign_file_is_refused(tmp_path):
    (tmp_path / "site").write_text("mine")
    with pytest.raises(ForeignFolderError):
        publish(SITE, tmp_path / "site")


def test_a_link_stays_and_the_site_is_where_it_leads(tmp_path):
    (tmp_path / "served").mkdir()
    (tmp_path / "site").symlink_to("served")
    for index in (b"one", b"two"):
        publish({"index.html": index}, tmp_path / "site")
        publish({"index.html": index, "more.html": b""}, tmp_path / "site")
        assert (tmp_path / "served" / "index.html").read_bytes() == index and (tmp_path / "site").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "served", "site"]
    (tmp_path / "to come").symlink_to("later")
    publish(SITE, tmp_path / "to come")
    assert (tmp_path / "later" / "index.html").is_file()


def test_a_place_where_no_site_can_be_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    for place, why in (("file/site", "not a directory"), ("x" * 250, "file name too long")):
        with pytest.raises(PeekError, match=f"nothing can be put there, {why}; expected"):
            SiteFolder(tmp_path / place, tmp_path / "cache").refuse_place()
    monkeypatch.setattr("os.path.ismount", lambda path: True)  # as in a container
    with pytest.raises(PeekError, match="site: a file system of its own"):
        SiteFolder(tmp_path / "site", tmp_path / "cache").refuse_place()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_site_that_cannot_be_finished_leaves_the_last_one(tmp_path):
    out = tmp_path / "site"
    publish(SITE, out)
    before = tree(out)
    with pytest.raises(FileNotFoundError):
        publish({"index.html": b"new", "plots/a.png": tmp_path / "gone.png"}, out)
    assert tree(out) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "site"]


def test_an_interruption_between_the_two_renames_is_mended(tmp_path):
    out = tmp_path / "site"
    publish(SITE, out)
    out.rename(tmp_path / ".site.old")
    with pytest.raises(FileNotFoundError):
        publish({"index.html": tmp_path / "gone.html"}, out)
    assert (out / "index.html").read_bytes() == SITE["index.html"]


def test_a_site_that_a_killed_build_did_not_remove_goes_though_nothing_is_to_be_made(tmp_path, monkeypatch):
    out, old = tmp_path / "site", tmp_path / ".site.old"
    publish(SITE, out, "a")
    with monkeypatch.context() as patched:
        patched.setattr(folder.shutil, "rmtree", lambda *_, **__: None)
        publish({**SITE, "index.html": b"two", "more.html": b""}, out, "b")
    assert intact(out, "a") is None and old.exists()
    assert intact(out, "b") == [] and not old.exists()


def test_what_stays_the_same_is_taken_over_and_not_read_again(tmp_path, monkeypatch):
    out = tmp_path / "site"
    publish(SITE, out)
    before = (out / "plots/2/tanh.png").stat().st_ino
    read = []
    monkeypatch.setattr(folder, "sha256", lambda data, real=sha256: read.append(data) or real(data))
    new = {**SITE, "index.html": b"two", "404.html": b"none"}
    publish(new, out, sums={"plots/2/tanh.png": sha256(SITE["plots/2/tanh.png"])})
    assert (out / "plots/2/tanh.png").stat().st_ino == before
    assert read[:2] == [b"none", b"two"] and read[2:] == [tree(out)[manifest.NAME]]
    assert tree(out).items() >= new.items()


def test_without_links_files_are_copied(tmp_path, monkeypatch):
    publish(SITE, tmp_path / "site")
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError("no links here")))
    new = {**SITE, "index.html": b"two", "404.html": b"none"}
    publish(new, tmp_path / "site")
    assert tree(tmp_path / "site").items() >= new.items()


@pytest.mark.parametrize("as_file", [False, True])
def test_where_one_file_differs_it_alone_is_swapped(tmp_path, as_file):
    out, data = tmp_path / "site", b"two"
    publish(SITE, out, "a")
    folder, picture = out.stat().st_ino, (out / "plots/2/tanh.png").stat().st_ino
    if as_file:
        data = tmp_path / "two.html"
        data.write_bytes(b"two")
    with (out / "index.html").open("rb") as reader:
        assert publish({**SITE, "index.html": data}, out, "b", [Warned("unused-link", "odd")])
        assert reader.read() == SITE["index.html"]  # who was reading it reads it to its end
    assert (out.stat().st_ino, (out / "plots/2/tanh.png").stat().st_ino) == (folder, picture)
    assert {path: found for path, found in tree(out).items() if path not in (MARK, manifest.NAME)} == {
        **SITE,
        "index.html": b"two",
    }
    assert intact(out, "b") == [Warned("unused-link", "odd")] and (out / "index.html").stat().st_mode & 0o777 == 0o644
    assert {path.name for path in tmp_path.iterdir()} <= {"cache", "site", "two.html"}


@pytest.mark.parametrize("after", range(5))
def test_wherever_the_swap_of_one_file_ends_the_site_is_as_a_manifest_of_its_own_says(tmp_path, monkeypatch, after):
    out = tmp_path / "site"
    publish(SITE, out, "a")
    left = iter(range(after))

    def replace(*paths, real=os.replace):
        if next(left, None) is None:
            raise KeyboardInterrupt
        real(*paths)

    with monkeypatch.context() as patched:
        patched.setattr(folder.os, "replace", replace)
        with contextlib.suppress(KeyboardInterrupt):
            publish({**SITE, "index.html": b"two"}, out, "b")
    assert manifest.verify(out).whole
    publish({**SITE, "index.html": b"two"}, out, "b")
    assert manifest.verify(out).whole and not (out / manifest.NEXT).exists()
    (out / manifest.NEXT).write_bytes(b"")
    (out / "index.html").write_bytes(b"three")
    assert manifest.verify(out).changed == ("index.html",)


def test_one_file_that_cannot_be_written_leaves_the_last_site(tmp_path):
    out = tmp_path / "site"
    publish(SITE, out, "a")
    before = tree(out)
    with pytest.raises(FileNotFoundError):
        publish({**SITE, "index.html": tmp_path / "gone.html"}, out, "b", sums={"index.html": "another"})
    assert tree(out) == before and sorted(path.name for path in tmp_path.iterdir()) == ["cache", "site"]


@pytest.mark.parametrize("more", [{}, {"more.html": b"more"}])
def test_an_interruption_between_the_record_and_the_swap_is_noticed(tmp_path, monkeypatch, more):
    out, new = tmp_path / "site", {**SITE, "index.html": b"two", **more}
    publish(SITE, out, "a")
    remember = SiteFolder._remember

    def remember_and_stop(*given):
        remember(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(SiteFolder, "_remember", remember_and_stop)
        publish(new, out, "b")
    assert (out / "index.html").read_bytes() == SITE["index.html"]
    assert intact(out, "a") is None and intact(out, "b") is None
    assert publish(new, out, "b") and intact(out, "b") == []
    assert (out / "index.html").read_bytes() == b"two"


def test_a_file_that_takes_the_place_of_a_folder_and_the_other_way_round(tmp_path):
    out = tmp_path / "site"
    publish(SITE, out)
    (out / "empty").mkdir()
    for site in ({**SITE, "empty": b"a file"}, {**SITE, "empty/a.html": b"in a folder"}):
        assert publish(site, out)
        assert {path: found for path, found in tree(out).items() if path not in (MARK, manifest.NAME)} == site


def test_a_file_of_the_same_size_changed_at_once_is_noticed(tmp_path):
    out = tmp_path / "site"
    publish(SITE, out, "a")
    assert intact(out, "a") == []
    written, now = ((out / name).stat().st_mtime_ns for name in ("index.html", MARK))
    assert written < now - 1_000_000_000  # even where a clock ticks once a second
    (out / "index.html").write_bytes(SITE["index.html"][::-1])
    assert intact(out, "a") is None

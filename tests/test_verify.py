"""peek verify: every file of a site against its manifest."""

import hashlib
import shutil
import subprocess

import numpy as np
import pytest

from generator import api, rerun
from generator.__main__ import main
from generator.site import manifest


@pytest.fixture
def site(made_tiny, tmp_path):
    return shutil.copytree(made_tiny / "site", tmp_path / "site")


def verify(site, capsys):
    capsys.readouterr()
    code = main(["verify", str(site)])
    out, err = capsys.readouterr()
    return code, out.splitlines(), err.splitlines()


def test_a_site_is_as_its_manifest_says(site, capsys):
    files = {path for path in site.rglob("*") if path.is_file()} - {site / manifest.NAME, site / ".peek.json"}
    assert verify(site, capsys) == (0, [f"{len(files):,} files as the manifest says"], [])
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", manifest.NAME], cwd=site, check=True)


def test_every_file_is_covered(site):
    for path in sorted(
        path for path in site.rglob("*") if path.is_file() and path.name not in (".peek.json", manifest.NAME)
    ):
        data, name = path.read_bytes(), path.relative_to(site).as_posix()
        path.write_bytes(data + b" ")
        assert manifest.verify(site).changed == (name,)
        path.unlink()
        assert manifest.verify(site).missing == (name,)
        path.write_bytes(data)


def test_what_differs_is_said(site, capsys, tmp_path):
    (site / "404.html").unlink()
    shutil.copy(site / "index.html", tmp_path / "elsewhere")
    (site / "index.html").unlink()
    (site / "index.html").symlink_to(tmp_path / "elsewhere")
    (site / "folder").symlink_to(tmp_path)
    (site / "gone").symlink_to("nowhere")
    (site / "a\x1b[2Jb").write_text("")
    (site / "data" / ".DS_Store").write_text("")  # as Finder leaves in what it shows
    code, out, err = verify(site, capsys)
    assert (code, out) == (1, [])
    assert err[-1] == "2 missing, 0 changed, 3 foreign"
    assert "foreign: a\\x1b[2Jb" in err
    for number in range(20):
        (site / f"more-{number}").write_text("")
    assert "foreign: 13 more" in verify(site, capsys)[2]


@pytest.mark.parametrize("name", ["a b", "back\\slash", "two\nlines", "ret\rurn", "ä", " "])
def test_any_name_is_read_as_sha256sum_does(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / manifest.NAME).write_bytes(manifest.written({name: hashlib.sha256(b"x").hexdigest()}))
    assert manifest.verify(tmp_path) == manifest.Verified(1, (), (), ())
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", manifest.NAME], cwd=tmp_path, check=True)


def test_a_manifest_reaches_nothing_outside(site, tmp_path):
    (tmp_path / "secret").write_bytes(b"x")
    sums = {"../secret": hashlib.sha256(b"x").hexdigest(), str(tmp_path / "secret"): hashlib.sha256(b"x").hexdigest()}
    (site / manifest.NAME).write_bytes(manifest.written(sums))
    assert manifest.verify(site).missing == tuple(sorted(sums))


def test_a_folder_without_a_manifest_or_with_a_broken_one_is_one_message(site, capsys):
    (site / manifest.NAME).write_bytes(b"\xff\0\n")
    assert verify(site, capsys)[2] == [
        f"{site / manifest.NAME}:1: no line of a manifest; expected a SHA-256 sum and a path"
    ]
    (site / manifest.NAME).unlink()
    assert verify(site, capsys)[2] == [f"{site / manifest.NAME}: no such file; expected a site that peek build made"]


@pytest.mark.parametrize(
    ("moved", "code", "said"),
    [
        (0, 0, "2 came out bit for bit, weights and measures, 0 to within"),
        (rerun.TOLERANCE / 10, 0, "1 came out bit for bit, weights and measures, 1 to within"),
        (rerun.TOLERANCE * 10, 1, "1 differ"),
    ],
)
def test_runs_trained_again_are_compared_with_what_is_published(site, capsys, moved, code, said):
    [path, *_] = sorted((site / "data").glob("*/*.npz"))
    with np.load(path) as arrays:
        changed = {name: arrays[name] for name in arrays.files}
    changed["weights"] = changed["weights"] + changed["weights"].dtype.type(moved) * (1 + abs(changed["weights"]))
    np.savez(path, **changed)
    sums = {name: of for _, name, of in manifest.read(site / manifest.NAME)}
    sums[path.relative_to(site).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    (site / manifest.NAME).write_bytes(manifest.written(sums))
    assert main(["verify", str(site), "--rerun", str(len(api.load(site))), "--seed", "3"]) == code
    out, err = capsys.readouterr()
    assert "--seed 3" in out and said in out.splitlines()[-1]
    assert (f"{path.parent.name}/{path.stem}: weights differ by up to" in err) == bool(code)

"""The tiny article's site, file by file: what changes is wanted, and renewed by python -m tests.test_golden."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import generator
from generator.base.store import sha256
from generator.site import manifest

ROOT = Path(__file__).parent.parent
SUMS = ROOT / "tests" / "sites" / "tiny.sums"
VERSIONS = "reproduce.html"  # tells the versions of Python and of the libraries
SUMMED = manifest.NAME  # has the sum of that file


def sums(folder):
    """SHA-256 of each file of the site, by path, built in a folder from the cache there under a fixed date."""
    options = ["--content", str(ROOT / "tests" / "sites" / "tiny"), "--out", str(folder / "site"), "--workers", "1"]
    subprocess.run(
        [sys.executable, "-m", "generator", "build", "--quiet", *options, "--cache", str(folder / "cache")],
        check=True,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONPATH": str(ROOT)},
    )
    files = (path for path in sorted((folder / "site").rglob("*")) if path.is_file())
    return {path.relative_to(folder / "site").as_posix(): sha256(path) for path in files}


def test_the_site_is_the_same_to_the_byte(tmp_path, made_tiny):
    shutil.copytree(made_tiny / "cache", tmp_path / "cache")
    golden = dict(reversed(line.split("  ")) for line in SUMS.read_text(encoding="utf-8").splitlines())
    found = sums(tmp_path)
    assert found.keys() == golden.keys()
    changed = {path for path in found if found[path] != golden[path]} - {VERSIONS, SUMMED}
    if any(path.endswith(".npz") for path in changed):  # another processor's last bits: what rests on no weight stays
        changed = {path for path in changed if path.startswith("assets/")}
    assert changed == set()


if __name__ == "__main__":
    assert Path(generator.__file__).parent == ROOT / "generator"
    with tempfile.TemporaryDirectory() as folder:
        SUMS.write_text("".join(f"{of}  {path}\n" for path, of in sums(Path(folder)).items()), encoding="utf-8")

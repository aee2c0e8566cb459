"""What travels has its licence's text beside it, and what is installed names a licence that lets it be used."""

from importlib.metadata import distribution
from pathlib import Path

import pytest

from tools import licences

ROOT = Path(__file__).parent.parent
FREE = (
    "MIT",
    "BSD",
    "Apache",
    "PSF",
    "Python Software Foundation",
    "0BSD",
    "Zlib",
    "CC0",
    "BSL-1.0",
    "HPND",
    "MPL-2.0",
)


def test_the_page_is_what_the_command_writes(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert (ROOT / licences.PAGE).read_text() == licences.page(), "run `make lock`, or python -m tools.licences"


def test_each_text_is_there_and_travels_with_what_it_covers():
    shipped = {text for _, _, _, text in licences.SHIPPED}
    assert all((ROOT / text).is_file() for text in shipped)
    for folder in {path.parent for end in ("*.woff2", "*.ttf", "*.min.js") for path in ROOT.glob(f"[gt]e*/**/{end}")}:
        assert any(Path(text).parent == folder.relative_to(ROOT) for text in shipped), folder


@pytest.mark.parametrize("name", licences.libraries())
def test_a_library_may_be_used_by_everyone(name):
    said = licences.licence_of(distribution(name))
    assert any(free in said for free in FREE), said

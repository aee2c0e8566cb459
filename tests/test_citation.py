"""What others cite the project by: CITATION.cff, .zenodo.json and the article's front matter say the same."""

import json
from pathlib import Path

import yaml

from generator import __version__
from generator.content import texts
from tests import schemas

ROOT = Path(__file__).parent.parent
SCHEMA = "vendor.citation-file-format"  # 1.2.0, in check-jsonschema


def cited():
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_the_citation_file_is_one():
    assert schemas.fits(SCHEMA, ROOT / "CITATION.cff")
    assert cited()["cff-version"] == "1.2.0"


def test_all_say_the_same():
    citation, meta = cited(), texts.read(ROOT / "content").meta
    zenodo = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    for entry in (citation, citation["preferred-citation"]):
        assert {entry["version"], zenodo["version"], meta.version} == {__version__}
        assert entry["title"] == zenodo["title"] == meta.title
        assert entry["date-released"].isoformat() == zenodo["publication_date"] == meta.date.isoformat()
        authors = [{"name": author.name} for author in meta.authors]
        assert entry["authors"] == zenodo["creators"] == authors
    assert tuple(citation["keywords"]) == tuple(zenodo["keywords"]) == meta.keywords
    assert citation["license"] == zenodo["license"] == "MIT"
    assert citation["preferred-citation"]["license"] == meta.licence.replace(" ", "-")
    for licence in ("MIT", meta.licence, meta.data_licence):
        assert licence in citation["abstract"] and licence in zenodo["description"]

"""What others cite the project by: CITATION.cff, .zenodo.json and the article's front matter say the same."""

import json
import subprocess
import sys
from pathlib import Path

import yaml

from generator import __version__
from generator.content import texts

ROOT = Path(__file__).parent.parent
SCHEMA = "vendor.citation-file-format"  # 1.2.0, in check-jsonschema


def cited():
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_the_citation_file_is_one():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMA, str(ROOT / "CITATION.cff")]
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
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

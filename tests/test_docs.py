"""The pages about the project name files and places that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
ROOTS = ("", "generator/", "templates/", "templates/js/")  # what a page's paths are told from
SITE = ("assets/", "data/", "figures/")  # what a site has and the repository does not


def prose(path):
    return re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def anchors(path):
    heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    own = {label for head in heads for label in re.findall(r"\{#([\w-]+)", head)}
    return own | {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if not re.match(r"[a-z]+:", link):
            path, _, anchor = link.partition("#")
            there = page.parent / path if path else page
            assert there.exists(), link
            assert not anchor or anchor in anchors(there), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_that_is_named_is_there(page):
    for path in re.findall(r"`([\w./-]+/[\w.-]+\.(?:css|csv|html|js|json|md|py|toml|yml))`", prose(page)):
        placed = path.startswith(SITE) or "NAME" in path or "content/templates/" in path
        assert placed or any((ROOT / root / path).exists() for root in ROOTS), path

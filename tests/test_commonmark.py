"""What CommonMark and GitHub's extensions say, comes out: their examples, and whatever else is drawn from their pieces."""

import datetime
import html
import json
import re
import time
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import html_trees
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from test_markup import FILL, FIXTURE, drawn

from generator.base.errors import ContentError
from generator.content import texts
from generator.markup import document
from generator.runs.results import Result, Results

SPECIFICATION = Path(__file__).parent / "specification" / "commonmark.jsonl"
EXAMPLES = [json.loads(line) for line in SPECIFICATION.read_text(encoding="utf-8").splitlines()]
BARE = (608, 611, 612)  # whose bare addresses GitHub makes links
META = texts.Meta("T", "D", (), datetime.date(2026, 1, 1))
WORKS = texts.read(FIXTURE).bibliography

REFUSED = re.compile(  # what may stop a build: links that lead nowhere, HTML that is not listed or not whole
    r"a link to |a link of a wiki|the HTML |the attribute |<\w+> without its partner|the comment is not closed"
)


def reader():
    """markdown-it as GitHub extends it."""
    md = MarkdownIt("commonmark", {"tasklists": True}).enable(["table", "strikethrough"])
    gfm_autolink_plugin(md)
    return md


READER = reader()


def addresses(text):
    """Where the links and pictures of Markdown or HTML lead to in the site."""
    found = re.findall(r'(?:href|src)="([^"]*)"|\]\((\S+?)\)', text)
    paths = (unquote(html.unescape(a or b)).partition("#")[0] for a, b in found)
    return {PurePosixPath(path).as_posix() for path in paths}


def page_of(text, known=()):
    """A text as a page. known: addresses of the site."""
    page = texts.Page("a.md", "a.md", "index.html", META, text, 1)
    files = Results([Result("r", "e", "k", "l", {}, {}, {}, {address: address for address in known})])
    return document.render(
        page, bibliography=WORKS, results=files, figure_names=(), render_figure=drawn, fill_template=FILL
    )


def compared(text):
    """What a page says of a text and what it should say, or None twice when it may be refused."""
    wanted = READER.render(text)
    try:
        found = page_of(text, addresses(wanted + text)).html
    except ContentError as error:
        assert all(REFUSED.match(problem.wrong) for problem in error.problems), error
        return None, None
    return html_trees.said(found), html_trees.said(wanted)


@pytest.mark.parametrize("section", sorted({example["section"] for example in EXAMPLES}))
def test_the_examples_of_the_specification(section):
    for example in EXAMPLES:
        if example["section"] == section:
            found, wanted = compared(example["markdown"])
            assert found == wanted, example["example"]
            if wanted is not None and example["example"] not in BARE:
                assert wanted == html_trees.said(example["html"]), example["example"]


def test_most_examples_are_pages():
    refused = [example["example"] for example in EXAMPLES if compared(example["markdown"]) == (None, None)]
    assert len(refused) <= 55

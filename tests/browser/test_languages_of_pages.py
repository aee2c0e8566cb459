"""A page in each of the six languages, in a real browser: which way it runs, how wide it is, and what it says."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from generator.base.progress import Progress
from generator.build import build
from generator.networks.recipe import axes
from generator.options import Options
from tests import axe

TINY = Path(__file__).parent.parent / "sites" / "tiny"
WORDS = Path(__file__).parent.parent.parent / "templates" / "words"
TABLES = {path.stem: tomllib.loads(path.read_text("utf-8"))["words"] for path in WORDS.glob("*.toml")}
ARTICLE = """---
title: Neurona
subtitle: Formo kaj loko
description: Du retoj sur unu paĝo.
authors:
  - name: A. Author
date: 2026-01-02
language: {tag}
---

## Unu {{#sec-one}}

[Vera]{{claim="results.where(classes=2).min('accuracy') >= 0"}} {{{{ results.count | words }}}} @fig-bend.

/// figure | bend
    id: fig-bend
    activation: tanh
    epoch: 0

**Ebeno.**
///

/// figure | hidden-plane
    id: fig-planes
    activation: [tanh, relu]

**Ebenoj.**
///

## Du {{#sec-two}}

Fino.
"""


@pytest.fixture(scope="module")
def homes(cache, tmp_path_factory):
    """The address of one article's site in each language."""
    top = tmp_path_factory.mktemp("languages")
    content = shutil.copytree(TINY, top / "content")
    for tag in TABLES:
        (content / "article.md").write_text(ARTICLE.format(tag=tag), "utf-8")
        done = build(Options(content=content, out=top / tag, cache=cache, workers=1), Progress(quiet=True))
        assert done.report is None, f"{tag}: a language trains, measures and draws nothing"
    return {tag: (top / tag).as_uri() + "/" for tag in TABLES}


@pytest.mark.parametrize(  # of those that are written alike one
    "tag", [pytest.param(tag, marks=pytest.mark.breadth) if tag in ("de", "es") else tag for tag in sorted(TABLES)]
)
def test_a_page_runs_as_its_language_does(open_page, homes, tag):
    visit = open_page(homes[tag] + "index.html", width=1600, reduced_motion="reduce")
    page = visit.page
    page.locator("#fig-bend .explorable-tools").wait_for(timeout=20_000)
    assert page.evaluate("document.documentElement.lang") == tag
    rtl = page.evaluate("getComputedStyle(document.documentElement).direction") == "rtl"
    assert rtl == (tag == "ar")
    title, contents = (page.locator(name).bounding_box() for name in ("h1", ".contents--gutter"))
    middle = {"h1": title["x"] + title["width"] / 2, "contents": contents["x"] + contents["width"] / 2}
    assert (middle["contents"] > middle["h1"]) == (tag == "ar"), "contents stand where a line begins"
    closed = "getComputedStyle(document.querySelector('.contents--inline summary'), '::before')"
    turned = page.evaluate(f"[{closed}.rotate, {closed}.scale]")
    assert turned == ["135deg" if rtl else "-45deg", "none"], "the corner of closed contents points to where lines end"
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        visit.scroll_through()
        spare = page.evaluate("document.documentElement.clientWidth - document.documentElement.scrollWidth")
        assert spare >= 0, f"{width} px: {-spare} px too wide"
    assert axe.finds(page) == []
    assert visit.said == [] and visit.failed == []


@pytest.mark.parametrize("tag", ["de", pytest.param("ar", marks=pytest.mark.breadth)])
def test_no_sentence_of_ours_is_left_in_english(open_page, homes, tag):
    said = ""
    for address in ("index.html", "gallery.html", "reproduce.html"):
        page = open_page(homes[tag] + address).page
        if address == "index.html":
            page.locator("#fig-bend .explorable-tools button").last.click(timeout=20_000)
            page.wait_for_function("() => document.querySelector('.explorable-summary').textContent")
        said += page.evaluate(
            """() => {
              const lines = [];
              for (const part of document.body.querySelectorAll("*")) {
                if (part.closest("script, code, pre, .references")) continue;
                for (const name of ["aria-label", "alt", "aria-valuetext"]) lines.push(part.getAttribute(name) || "");
                if (![...part.children].some((child) => child.textContent.trim())) lines.push(part.textContent);
                else for (const node of part.childNodes) if (node.nodeType === 3) lines.push(node.textContent);
              }
              return lines.map((line) => line.replace(/\\s+/g, " ").trim()).filter(Boolean).join("\\n") + "\\n";
            }"""
        )
    assert len(said) > 3000
    left = [sentence for sentence, pattern in english_but_in(tag) if pattern.search(said)]
    assert not left, left


NAMES = {"accuracy", *(name for field in axes().values() for name in field.choices)}  # in tables and files, as they are


def english_but_in(tag):
    """Each English sentence that the language says otherwise, and what finds it, whatever its values are."""
    for sentence, row in TABLES[tag].items():
        if row == sentence or sentence in NAMES or not re.search(r"[A-Za-z]{3}", re.sub(r"\{\w+\}", "", sentence)):
            continue
        literal = [re.escape(part.replace("\u00a0", " ")) for part in re.split(r"\{\w+\}", sentence)]
        yield sentence, re.compile(r"(?<![\w-])" + r"[^\n]+?".join(literal) + r"(?![\w-])")

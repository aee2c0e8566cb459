"""An author's own explorable, built from the words of docs/explorables.md alone and used in a real browser."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from generator.__main__ import main
from generator.base.progress import Progress
from generator.build import build
from generator.options import Options
from generator.site import check
from generator.site.single import single
from tests.edits import add
from tests.promises import tree
from tests.rest import rest

DOC = (Path(__file__).parent.parent.parent / "docs" / "explorables.md").read_text(encoding="utf-8")
FILE = re.compile(r"^(?:In )?`content/([^`<]+)`:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SHIFT = """() => new Promise((tell) => {
  const sum = (list) => list.getEntries().reduce((sum, entry) => sum + entry.value, 0);
  new PerformanceObserver((list) => tell(sum(list))).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(0), 100);
})"""


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """The tiny article with what the page tells an author to write."""
    folder = tmp_path_factory.mktemp("own") / "content"
    tiny = Path(__file__).parent.parent / "sites" / "tiny"
    files = {path.name: path.read_text(encoding="utf-8") for path in tiny.iterdir()}
    found = FILE.findall(DOC)
    assert [path for path, _ in found] == [
        "templates/figures/certainty.html",
        "templates/js/certainty.js",
        "article.md",
    ]
    for path, text in found:
        files[path] = f"{files[path]}\n{text}" if path in files else text
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def built(content, cache):
    out = content.parent / "site"
    build(Options(content=content, out=out, cache=cache, workers=1, strict=True, lab=True), Progress(quiet=True))
    return out


def test_it_is_used_by_keyboard_speaks_and_keeps_its_state_in_the_address(built, open_page):
    visit = open_page((built / "index.html").as_uri(), height=700)
    page, figure = visit.page, visit.page.locator("#fig-certainty")
    page.mouse.move(1, 1)  # a reader stirs: what is near comes
    page.locator("[data-explorable=certainty].is-built").wait_for(state="attached")
    reserved = figure.bounding_box()["height"]
    figure.scroll_into_view_if_needed()
    summary, spoken = figure.locator(".explorable-summary"), figure.locator(".explorable-spoken")
    expect(figure.locator(".is-live")).to_be_visible()
    assert figure.bounding_box()["height"] == reserved and page.evaluate(SHIFT) < 0.001
    expect(summary).to_contain_text("At epoch 60")

    temperature = figure.get_by_role("slider", name="Temperature")
    expect(temperature).to_have_attribute("aria-valuetext", "2")  # the author's option
    before = summary.inner_text()
    temperature.press("End")
    expect(summary).not_to_have_text(before)
    figure.get_by_role("slider", name="Epoch of training").press("Home")
    expect(summary).to_contain_text("At epoch 0")
    figure.get_by_role("switch", name="Points").press("Space")
    figure.get_by_role("radio", name="tanh").press("ArrowRight")
    expect(summary).to_contain_text("ReLU")
    expect(spoken).to_contain_text("ReLU, seed 1. At epoch 0")
    figure.locator(".plane-surface").press("ArrowRight")
    expect(spoken).to_contain_text("sure at (0.0")

    expect(page).to_have_url(re.compile("#fig-certainty.*epoch=0"))
    address = page.url.partition("#")[2]
    assert {part.split(".")[1] for part in address.split("&")} >= {"activation=relu", "epoch=0", "temperature=100"}
    seen = summary.inner_text()
    page.reload()
    expect(summary).to_have_text(seen)
    expect(figure.get_by_role("switch", name="Points")).not_to_be_checked()
    with page.expect_download() as download:
        figure.get_by_role("button", name="Data (CSV)").click()
    assert download.value.path().read_text().startswith("class,x1,x2,sure\n1,")
    figure.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("#"))
    assert visit.said == [] and visit.failed == [] and visit.strangers == []


def test_it_stands_as_a_picture_without_scripts_and_works_in_one_file(built, open_page):
    figure = open_page((built / "index.html").as_uri(), java_script_enabled=False).page.locator("#fig-certainty")
    expect(figure.get_by_role("img")).to_be_visible()
    assert figure.get_by_role("img").get_attribute("alt") and figure.get_by_role("slider").count() == 0

    packed = built.parent / "article.html"
    packed.write_bytes(single(tree(built)))
    visit = open_page(packed.as_uri() + "#fig-certainty.temperature=50", offline=True)
    expect(visit.page.locator("#fig-certainty .is-live")).to_be_visible()
    expect(visit.page.get_by_role("slider", name="Temperature")).to_have_attribute("aria-valuetext", "50")
    assert visit.said == [] and visit.failed == []


def test_its_weight_is_its_own_and_it_is_listed(content, built, capsys):
    assert b"certainty" in (built / "assets/own/certainty.js").read_bytes()
    assert b"certainty" not in (built / "assets/page.js").read_bytes()
    findings = check.check(built)
    assert findings.problems == findings.warnings == () and 0 < findings.weights[check.OWN] < 2000
    assert main(["list", "figures", "--content", str(content), "--lab"]) == 0
    said = capsys.readouterr().out
    assert "  certainty: How sure a network is of its class" in said and "temperature: What the logits are" in said
    assert "points: Show the data as well" in said


def test_a_mistake_in_it_takes_nothing_else_down(content, cache, open_page, tmp_path):
    """A script that throws, an instance without what the kit asks for."""
    content = shutil.copytree(content, tmp_path / "content")
    script = content / "templates" / "js" / "certainty.js"
    whole = script.read_text(encoding="utf-8")
    article = content / "article.md"
    bend = "\n/// figure | bend\n    id: fig-bend\n\n**Bent.**\n///\n"
    add(article, bend)
    out = tmp_path / "site"
    for wrong, said in (
        (whole.replace("peek.define(", "missing();\npeek.define("), "certainty"),
        (whole.replace("rows: ", "row: "), "figure certainty (#fig-certainty): its instance has no rows()"),
    ):
        assert wrong != whole
        script.write_text(wrong, encoding="utf-8")
        build(Options(content=content, out=out, cache=cache, workers=1, lab=True), Progress(quiet=True))
        visit = open_page((out / "index.html").as_uri())
        visit.page.locator("#fig-bend").scroll_into_view_if_needed()
        expect(visit.page.locator("#fig-bend .is-live")).to_be_visible()
        visit.page.locator("#fig-certainty").scroll_into_view_if_needed()
        expect(visit.page.locator("#fig-certainty").get_by_role("img").first).to_be_visible()
        rest(visit.page)
        assert any(said in one for one in visit.said), visit.said


LINES = """from peek_article import lab


def line(*size):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=size)
    axes.plot([0, 1])
    return figure


@lab.figure("A wide line.")
def wide(rows, style):
    return line(9, 3)


@lab.figure("A small line.")
def small(rows, style):
    return line(2, 2)
"""


def test_own_figures_keep_their_text_near_the_size_at_which_they_were_drawn(content, cache, open_page, tmp_path):
    """One that is wider than a phone scrolls by itself, by keyboard too, and the page does not."""
    shutil.copytree(content, tmp_path / "content")
    (tmp_path / "content" / "lab").mkdir()
    (tmp_path / "content" / "lab" / "lines.py").write_text(LINES, encoding="utf-8")
    article = tmp_path / "content" / "article.md"
    figures = "".join(f"\n/// figure | {name}\n    id: fig-{name}\n\n**Line.**\n///\n" for name in ("wide", "small"))
    add(article, figures)
    out = tmp_path / "site"
    build(Options(content=tmp_path / "content", out=out, cache=cache, workers=1, lab=True), Progress(quiet=True))
    for width in (390, 1280):
        page = open_page((out / "index.html").as_uri(), width=width).page
        drawn = page.locator("#fig-wide .drawn")
        picture = drawn.get_by_role("img")
        picture.scroll_into_view_if_needed()
        whole = int(picture.get_attribute("width"))
        assert whole > 800 and picture.bounding_box()["width"] >= 0.65 * whole
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        drawn.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        assert (drawn.evaluate("one => one.scrollLeft") > 0) == (width == 390)
        small = page.locator("#fig-small .drawn").get_by_role("img")
        small.scroll_into_view_if_needed()
        assert 1 <= small.bounding_box()["width"] / int(small.get_attribute("width")) <= 1.5

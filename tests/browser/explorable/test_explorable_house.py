"""What every explorable has: its place, its address, its tools, its rest, and its static picture when it fails."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from conftest import SETTLED_MS, SPOKEN_MS, Figure, Laboratory
from PIL import Image
from playwright.sync_api import expect

FIGURES = ("bend", "layers", "directions", "train", "beat", "alive")
Show = Callable[..., Figure]


def awake(figure: Figure) -> None:
    """The grid's small multiples wait to be asked for."""
    button = figure.page.locator(".wake")
    if button.count():
        button.click()
    figure.root.and_(figure.page.locator(".is-live")).wait_for()
    figure.settle()


@pytest.mark.parametrize("name", FIGURES)
def test_takes_the_place_of_its_picture(show: Show, name: str) -> None:
    figure = show(name, wait=False)
    awake(figure)
    expect(figure.root.locator(".still")).to_be_hidden()
    expect(figure.live).to_be_visible()
    assert len(figure.summary()) > 40
    assert not figure.said


@pytest.mark.parametrize("name", FIGURES)
def test_without_scripts_the_picture_stays(show: Show, name: str) -> None:
    figure = show(name, wait=False, java_script_enabled=False)
    expect(figure.root.locator(".still")).to_be_visible()
    assert not figure.said


@pytest.mark.parametrize("name", FIGURES)
def test_fits_every_width(show: Show, name: str) -> None:
    figure = show(name, wait=False)
    awake(figure)
    for width in (320, 390, 768, 1280):
        figure.page.set_viewport_size({"width": width, "height": 800})
        figure.page.wait_for_timeout(120)
        over = figure.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{name} is {over} px too wide at {width} px"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_for_axe_to_say(show: Show, name: str, scheme: str) -> None:
    figure = show(name, wait=False, color_scheme=scheme)
    awake(figure)
    figure.live.get_by_role("button", name="Explain the controls").click()
    figure.page.wait_for_timeout(200)
    violations = Axe().run(figure.page)["violations"]
    assert not violations, json.dumps(
        [(v["id"], [(n["html"][:120], n["failureSummary"]) for n in v["nodes"][:3]]) for v in violations], indent=1
    )


def test_state_is_in_the_address_and_only_what_differs(show: Show) -> None:
    figure = show("bend")
    assert "#" not in figure.page.url
    figure.live.get_by_role("radio", name="ReLU").check()
    figure.live.get_by_role("switch", name="Lattice").check()
    figure.page.wait_for_url(re.compile("#"))
    figure.page.wait_for_timeout(400)
    assert figure.page.url.split("#")[1] == "fig-bend.activation=relu&fig-bend.lattice=1"
    figure.live.get_by_role("button", name="Reset").click()
    figure.page.wait_for_timeout(500)
    assert "#" not in figure.page.url
    expect(figure.live.get_by_role("radio", name="tanh")).to_be_checked()
    expect(figure.live.get_by_role("switch", name="Lattice")).not_to_be_checked()


def test_an_address_is_a_view(show: Show) -> None:
    figure = show("bend", hash="#fig-bend.activation=relu&fig-bend.epoch=100&fig-bend.lattice=1")
    expect(figure.live.get_by_role("radio", name="ReLU")).to_be_checked()
    expect(figure.live.get_by_role("switch", name="Lattice")).to_be_checked()
    assert figure.reading()[0] == 100


def test_a_link_in_the_text_sets_the_figure(show: Show) -> None:
    figure = show("bend", text='<p><a id="go" href="#fig-bend.classes=3&amp;fig-bend.epoch=10">three</a></p>')
    figure.page.locator("#go").click()
    expect(figure.live.get_by_role("radio", name="3", exact=True)).to_be_checked()
    figure.page.wait_for_function("document.querySelector('.timeline-handle').ariaValueNow === '10'")


@pytest.mark.parametrize("wrong", ["classes=99", "epoch=far", "lattice", "nothing=1", "at=1,2", "look=nowhere"])
def test_a_wrong_address_is_the_default(show: Show, wrong: str) -> None:
    figure = show("bend", hash=f"#fig-bend.{wrong}")
    expect(figure.live.get_by_role("radio", name="5")).to_be_checked()
    assert not figure.said


def test_copies_a_link_to_the_view(show: Show) -> None:
    figure = show("bend", permissions=["clipboard-read", "clipboard-write"])
    figure.live.get_by_role("switch", name="Lattice").check()
    figure.live.get_by_role("button", name="Copy link").click()
    expect(figure.live.get_by_role("button", name="Link copied")).to_be_visible()
    link = figure.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("#fig-bend.lattice=1")


def test_many_on_one_page_each_by_its_options(show: Show) -> None:
    figure = show(
        'bend {"activation": "relu", "hide": ["seed", "lattice", "tools"]}', 'bend {"classes": 3, "epoch": 5}', "bend"
    )
    page = figure.page
    for at in range(3):
        page.locator(".explorable").nth(at).scroll_into_view_if_needed()
        page.locator(".explorable").nth(at).and_(page.locator(".is-live")).wait_for()
    first, second = page.locator(".explorable").nth(0), page.locator(".explorable").nth(1)
    expect(first.get_by_role("radio", name="ReLU")).to_be_checked()
    expect(first.get_by_text("Seed", exact=True)).to_have_count(0)
    expect(first.get_by_role("switch", name="Lattice")).to_have_count(0)
    expect(first.get_by_role("button", name="Reset")).to_have_count(0)
    expect(second.get_by_role("radio", name="3", exact=True)).to_be_checked()
    second.get_by_role("switch", name="Lattice").check()
    page.wait_for_url(re.compile("#"))
    assert page.url.split("#")[1] == "fig-bend-2.lattice=1"
    expect(first.get_by_role("radio", name="5")).to_be_checked()


def test_every_control_explains_itself(show: Show) -> None:
    for name in FIGURES:
        figure = show(name, wait=False)
        awake(figure)
        for control in figure.live.locator("input, [role=slider], fieldset, .plane-surface[tabindex]").all():
            if control.get_attribute("type") == "radio":
                continue
            described = control.get_attribute("aria-describedby")
            assert described, f"{name}: {control.evaluate('(c) => c.outerHTML')[:120]}"
            line = figure.page.locator(f"#{described.split()[0]}")
            assert len(line.text_content() or "") > 15
        figure.live.get_by_role("button", name="Explain the controls").click()
        shown = [line for line in figure.live.locator(".control-explain").all() if line.is_visible()]
        assert shown


def test_a_figure_that_fails_keeps_its_picture(show: Show) -> None:
    figure = show(
        "layers", "bend", script="addEventListener('DOMContentLoaded', () => { peek.roomOf = null; }, true)", wait=False
    )
    figure.page.wait_for_timeout(1200)
    expect(figure.root.locator(".still")).to_be_visible()
    assert any("figure layers (#fig-layers)" in line for line in figure.said)


def test_the_others_work_when_one_fails(show: Show) -> None:
    figure = show("bend", 'beat {"classes": 5}')
    page = figure.page
    page.evaluate("() => { peek.views.get('fig-bend').instance.paint = () => { throw new Error('on purpose'); }; }")
    figure.live.get_by_role("switch", name="Lattice").click()
    expect(figure.root.locator(".still")).to_be_visible()
    assert figure.said == ["error: figure bend (#fig-bend): on purpose"]
    other = page.locator(".explorable").nth(1)
    other.scroll_into_view_if_needed()
    other.and_(page.locator(".is-live")).wait_for()
    other.get_by_role("radio", name="3", exact=True).check()
    expect(other.locator(".centre")).to_have_count(3)


def test_data_that_cannot_be_had(show: Show, laboratory: Laboratory) -> None:
    missing = {"runs": [{**run, "data": run["data"] + ".gone"} for run in laboratory.index["runs"]]}
    figure = show("bend", wait=False, index=missing)
    figure.page.wait_for_timeout(800)
    expect(figure.root.locator(".still")).to_be_visible()
    assert any("could not load" in line for line in figure.said)
    one = {"runs": [laboratory.index["runs"][0], *missing["runs"][1:]]}
    figure = show("bend", index=one)
    figure.live.get_by_role("radio", name="ReLU").click()
    expect(figure.live.get_by_role("radio", name="tanh")).to_be_checked()
    expect(figure.live.locator(".explorable-spoken")).to_contain_text("could not load")


def test_sleeps_off_screen_and_in_the_background(show: Show) -> None:
    figure = show("bend", text='<div style="height: 4000px"></div>')
    page = figure.page
    page.evaluate(
        """() => {
          globalThis.painted = 0;
          const {instance} = peek.views.get("fig-bend"), paint = instance.paint;
          instance.paint = (resting) => { painted++; paint(resting); };
        }"""
    )
    figure.live.get_by_role("button", name="Play").click()
    page.wait_for_timeout(400)
    assert page.evaluate("painted") > 3
    page.evaluate("scrollTo(0, 3500)")
    page.wait_for_timeout(200)
    page.evaluate("painted = 0")
    page.wait_for_timeout(400)
    assert page.evaluate("painted") == 0
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)
    assert page.evaluate("painted") > 0
    hidden = "Object.defineProperty(document, 'hidden', {get: () => %s, configurable: true}); "
    page.evaluate(hidden % "true" + "document.dispatchEvent(new Event('visibilitychange')); painted = 0")
    page.wait_for_timeout(300)
    assert page.evaluate("painted") <= 1
    page.evaluate(hidden % "false" + "document.dispatchEvent(new Event('visibilitychange')); painted = 0")
    page.wait_for_timeout(300)
    assert page.evaluate("painted") > 0


def test_is_mounted_only_near_the_viewport(show: Show) -> None:
    figure = show("bend", above='<div style="height: 6000px"></div>', wait=False)
    figure.page.wait_for_timeout(400)
    assert figure.live.count() == 0
    assert not figure.page.evaluate("[...document.scripts].some((script) => script.src.includes('data/'))")
    figure.root.scroll_into_view_if_needed()
    figure.root.and_(figure.page.locator(".is-live")).wait_for()


def test_nothing_is_painted_at_rest(show: Show) -> None:
    figure = show("bend")
    figure.page.wait_for_timeout(800)
    figure.page.evaluate(
        """() => {
          globalThis.painted = 0;
          const {instance} = peek.views.get("fig-bend"), paint = instance.paint;
          instance.paint = (resting) => { painted++; paint(resting); };
        }"""
    )
    figure.page.wait_for_timeout(500)
    assert figure.page.evaluate("painted") == 0


def test_follows_the_theme(show: Show) -> None:
    figure = show("bend", color_scheme="light")
    light = figure.pixel(0, 0.02, 0.02)
    figure.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    figure.settle()
    dark = figure.pixel(0, 0.02, 0.02)
    assert sum(dark[:3]) < sum(light[:3]) - 200
    figure.page.evaluate("delete document.documentElement.dataset.theme")
    figure.settle()
    assert figure.pixel(0, 0.02, 0.02) == light
    figure.page.emulate_media(color_scheme="dark")
    figure.settle()
    assert figure.pixel(0, 0.02, 0.02) == dark


def test_a_lost_canvas_is_painted_again(show: Show) -> None:
    figure = show("bend")
    canvases = ("plane-field", "plane-marks", "timeline-curve")
    pixels = "(c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.reduce((sum, v) => sum + v, 0)"
    figure.page.wait_for_timeout(600)
    before = [figure.live.locator(f".{canvas}").first.evaluate(pixels) for canvas in canvases]
    figure.live.locator("canvas.plane-field").first.evaluate(
        """(canvas) => {
          for (const lost of canvas.closest(".explorable").querySelectorAll("canvas")) {
            const context = lost.getContext("2d");
            context.setTransform(1, 0, 0, 1, 0, 0);
            context.clearRect(0, 0, lost.width, lost.height);
          }
          canvas.dispatchEvent(new Event("contextlost", {cancelable: true}));
          canvas.dispatchEvent(new Event("contextrestored"));
        }"""
    )
    figure.page.wait_for_timeout(1000)
    assert [figure.live.locator(f".{canvas}").first.evaluate(pixels) for canvas in canvases] == before


HEAR = """addEventListener("DOMContentLoaded", () => {
  globalThis.heard = new Set();
  new MutationObserver(() => {
    for (const place of document.querySelectorAll(".explorable-summary")) heard.add(place.textContent);
  }).observe(document, {subtree: true, childList: true, characterData: true});
});"""


@pytest.mark.parametrize("name", FIGURES)
def test_a_summary_never_says_what_the_figure_does_not_know_yet(show: Show, name: str) -> None:
    """Not on arrival, nor while the figure waits below the window, where it does not paint."""
    figure = show(name, above='<div style="height: 900px"></div>', script=HEAR, wait=False)
    figure.page.wait_for_timeout(SPOKEN_MS + SETTLED_MS)
    figure.root.scroll_into_view_if_needed()
    awake(figure)
    assert len(figure.summary()) > 40
    heard = " ".join(figure.page.evaluate("[...heard]"))
    assert not re.search(r"not a number|NaN|undefined|epoch -|: \.", heard)


@pytest.mark.parametrize("name", FIGURES)
def test_picture_and_data(show: Show, name: str, tmp_path: Path) -> None:
    figure = show(name, wait=False)
    awake(figure)
    for tool, ending in (("Picture (PNG)", "png"), ("Data (CSV)", "csv")):
        with figure.page.expect_download() as download:
            figure.live.get_by_role("button", name=tool).click()
        assert download.value.suggested_filename == f"fig-{name}.{ending}"
        download.value.save_as(tmp_path / f"it.{ending}")
    with Image.open(tmp_path / "it.png") as picture:
        assert picture.width > 1000 and len(picture.convert("RGB").getcolors(1 << 20) or []) > 40
    rows = list(csv.reader(io.StringIO((tmp_path / "it.csv").read_text())))
    assert len(rows) > 1 and {len(row) for row in rows} == {len(rows[0])}


def test_paper_shows_the_picture(show: Show) -> None:
    figure = show("bend")
    figure.page.emulate_media(media="print")
    expect(figure.root.locator(".still")).to_be_visible()
    expect(figure.live).to_be_hidden()


def test_nothing_plays_by_itself(show: Show) -> None:
    for name in FIGURES:
        figure = show(name, wait=False, reduced_motion="reduce")
        awake(figure)
        assert figure.page.evaluate("[...peek.views.values()].every((view) => view.animation === null)")


def test_nothing_asks_other_hosts_or_complains(show: Show) -> None:
    figure = show(*FIGURES)
    asked: list[str] = []
    figure.page.on("request", lambda request: asked.append(request.url))
    for at in range(len(FIGURES)):
        figure.page.locator(".explorable").nth(at).scroll_into_view_if_needed()
        figure.page.wait_for_timeout(500)
    figure.page.locator(".wake").click()
    figure.page.locator("#fig-alive .is-live").wait_for()
    assert all(url.startswith(("file:", "blob:")) for url in asked)
    assert not figure.said

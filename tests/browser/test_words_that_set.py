"""Words of the text that set a figure, and a figure that stays in view while the text about it passes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from generator.site.figures import listed
from tests.rest import SPEAKS_MS, rest

ROOT = Path(__file__).parents[2]
Open = Callable[..., Any]  # (address, width, height, **context options) -> conftest.Visit
PHONE, LAPTOP = (390, 844), (1280, 800)
HEARD = """() => {
  const spoken = document.querySelector("#fig-knot .explorable-spoken");
  globalThis.heard = [];
  new MutationObserver(() => spoken.textContent && heard.push(spoken.textContent)).observe(spoken, {childList: true});
}"""
LANDED_PX = 40  # how far from the top of the window a figure may come to stand
WORDS = "a[data-state='fig-knot.classes=6']"
KNOT = "document.getElementById('fig-knot').getBoundingClientRect()"


def at_the_words(open_page: Open, home: str, size: tuple[int, int], **options: Any) -> Page:
    page: Page = open_page(f"{home}index.html", *size, **options).page
    page.evaluate("location.hash = 'fig-knot'")
    page.locator("#fig-knot .is-live").wait_for()
    page.locator(WORDS).evaluate("(words) => words.scrollIntoView({block: 'center'})")
    page.wait_for_function("() => !document.documentElement.matches('.is-opening')")  # what is above has its height
    rest(page, SPEAKS_MS)
    page.evaluate(HEARD)
    return page


@pytest.mark.parametrize(
    ("home", "hand"),
    [("file", "keyboard"), pytest.param("served", "mouse", marks=pytest.mark.breadth)],
    indirect=["home"],
)
def test_words_set_the_figure_beside_them(open_page: Open, home: str, hand: str) -> None:
    page = at_the_words(open_page, home, LAPTOP)
    words = page.locator(WORDS)
    assert "Figure" in (words.get_attribute("title") or "")
    icon = "(words) => getComputedStyle(words, '::after').backgroundImage"
    assert "gradient" in words.evaluate(icon)
    top = "(words) => Math.round(words.getBoundingClientRect().top)"  # figures above may still come: the text stays
    place = words.evaluate(top)
    for _ in range(2):  # the second time from another state of the reader's
        words.click() if hand == "mouse" else words.press("Enter")
        expect(page.locator("#fig-knot input[value='6']")).to_be_checked()
        rest(page, SPEAKS_MS)
        assert abs(words.evaluate(top) - place) <= 1
        (said,) = page.evaluate("heard.splice(0)")
        assert said == page.locator("#fig-knot .explorable-summary").inner_text() and said.startswith("6 ")
        page.locator("#fig-knot .timeline-handle").evaluate("(handle) => handle.focus({preventScroll: true})")
        page.keyboard.press("Home")
        rest(page, SPEAKS_MS)
        page.evaluate("heard.length = 0")
    words.click()
    words.click()  # as it is already
    rest(page, SPEAKS_MS)
    assert len(page.evaluate("heard")) == 1


@pytest.mark.parametrize("motion", ["no-preference", pytest.param("reduce", marks=pytest.mark.breadth)])
def test_words_lead_to_a_figure_out_of_sight(open_page: Open, served: str, motion: str) -> None:
    page = at_the_words(open_page, served, PHONE, has_touch=True, reduced_motion=motion)
    page.evaluate("document.documentElement.style.scrollBehavior = ''")
    page.locator(WORDS).tap()
    page.wait_for_function(f"() => Math.abs({KNOT}.top) <= {LANDED_PX}")
    expect(page.locator("#fig-knot input[value='6']")).to_be_checked()
    rest(page, SPEAKS_MS)
    assert len(page.evaluate("heard")) == 1
    assert page.evaluate("document.activeElement.id") == "fig-knot"  # from where Tab leads on


@pytest.mark.parametrize(
    "known", [pytest.param(True, marks=pytest.mark.breadth), False], ids=["near", "its scripts still to come"]
)
def test_words_wake_a_figure_that_sleeps(open_page: Open, served: str, known: bool) -> None:
    page = open_page(f"{served}index.html", *LAPTOP).page
    if known:
        page.evaluate("document.getElementById('fig-alive').scrollIntoView()")
        page.locator("#fig-alive .wake").wait_for()
    words = page.locator("a[data-state^='fig-alive.epoch=']")
    words.click()
    page.locator("#fig-alive .is-live").wait_for()
    epoch = (words.get_attribute("data-state") or "").partition("=")[2]
    expect(page.locator("#fig-alive .timeline-handle")).to_have_attribute("aria-valuenow", epoch)


def test_without_scripts_words_lead_to_the_figure(open_page: Open, served: str) -> None:
    page = open_page(f"{served}index.html", *PHONE, java_script_enabled=False).page
    page.locator(WORDS).click()
    assert page.url.endswith("#fig-knot")
    assert page.locator(WORDS).get_attribute("title") is None


@pytest.mark.parametrize("width", [390, *(pytest.param(w, marks=pytest.mark.breadth) for w in (768, 1024, 1280, 2560))])
def test_a_figure_stays_beside_the_text_about_it(open_page: Open, served: str, width: int) -> None:
    page = at_the_words(open_page, served, (width, 900))
    found = page.evaluate(
        """() => {
          const text = document.querySelector(".beside-text").getBoundingClientRect();
          const figure = document.querySelector(".beside > figure").getBoundingClientRect();
          const planes = document.querySelector(".beside .planes").getBoundingClientRect();
          return {text, figure, planes, wide: document.documentElement.scrollWidth};
        }"""
    )
    assert found["wide"] <= width
    if width < 1024:
        assert found["figure"]["bottom"] <= found["text"]["top"]
    else:
        assert found["text"]["right"] < found["figure"]["left"]
        assert found["planes"]["top"] >= 0 and found["planes"]["bottom"] <= 900
        above = found["planes"]["top"] - found["figure"]["top"]
        assert found["text"]["top"] + above < -100  # they would be out of sight in part if they scrolled with the text


@pytest.mark.parametrize("height", [650, pytest.param(800, marks=pytest.mark.breadth)])
def test_what_has_the_focus_in_a_figure_beside_the_text_is_in_sight(open_page: Open, served: str, height: int) -> None:
    page = at_the_words(open_page, served, (1280, height))
    page.evaluate("document.querySelector('#fig-knot .timeline-handle').focus({preventScroll: true})")
    assert page.evaluate(f"{KNOT}.height") > height  # it has no room in the window
    seen = []
    while page.evaluate("document.activeElement.closest('#fig-knot') !== null"):
        seen.append(page.evaluate("document.activeElement.textContent || document.activeElement.value"))
        middle = "(({top, bottom}) => (top + bottom) / 2)(document.activeElement.getBoundingClientRect())"
        assert 0 < page.evaluate(middle) < height, seen
        page.keyboard.press("Tab")
    assert seen[-1] == "Reproduce"


CHOICES = """() => [...peek.views.values()].flatMap((view) => view.properties.filter(({kind}) => kind === "choice")
  .map(({name, values}) => [view.root.dataset.explorable, name, values.map(([value]) => String(value))]))"""
OF_RUNS = "(name) => [...new Set(peek.runs.index().runs.map((run) => String(run[name])))]"
OF_DATA = """() => [...peek.runs.index().recipes.map(({dataset}) => dataset),
  ...[...peek.views.values()].flatMap(({options}) => options.sets || []).map(({name}) => name)]"""


@pytest.mark.parametrize("home", ["file"], indirect=True)
def test_the_head_of_a_script_has_every_value_that_its_figure_offers(open_page: Open, home: str) -> None:
    """By these the build judges what authors write."""
    visit = open_page(f"{home}index.html", *LAPTOP)
    visit.scroll_through()
    page = visit.page
    page.wait_for_function("() => peek.views.size >= document.querySelectorAll('[data-explorable]').length")
    offered = {(figure, name): values for figure, name, values in page.evaluate(CHOICES)}
    heads = {
        (path.stem, name): values
        for path in (ROOT / "templates" / "js").glob("*.js")
        for name, values in listed(path.read_text(encoding="utf-8")).items()
    }
    assert heads and heads.keys() <= offered.keys()
    for (figure, name), values in heads.items():
        of_runs = page.evaluate(OF_RUNS, name) if "<runs>" in values else []
        of_data = page.evaluate(OF_DATA) if "<data>" in values else []
        assert {*offered[figure, name]} <= {*values, *of_runs, *of_data}, (figure, name)

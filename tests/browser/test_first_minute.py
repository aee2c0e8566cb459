"""The first screen and the first minute: what is on it, what the guide says, and whose the handle is then."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.rest import SELDOM, SPEAKS_MS, rest

Open = Callable[..., Any]  # (address, width, height, **context options) -> conftest.Visit
PHONE, LAPTOP = (390, 844), (1280, 800)
SCREENS = {320: 640, 390: 844, 1280: 800}
OTHERS = {768: 1024, 1024: 768, 1440: 900, 1920: 1080, 2560: 1440}
QUIET_MS = 1200  # longer than anything would wait to play unasked
HEARD = """() => {
  const spoken = document.querySelector("#fig-bend .explorable-spoken");
  globalThis.heard = [];
  new MutationObserver(() => spoken.textContent && heard.push(spoken.textContent)).observe(spoken, {childList: true});
}"""
BOXES = """() => {
  const box = (name) => [...document.querySelectorAll(`#fig-bend ${name}`)].map((part) => part.getBoundingClientRect());
  return {
    planes: box(".plane-surface"), guide: box(".guide-buttons")[0], time: box(".timeline-track")[0],
    controls: box(".explorable-controls")[0], title: document.querySelector("h1").getBoundingClientRect(),
    bar: document.querySelector(".bar a").getBoundingClientRect(), wide: document.documentElement.scrollWidth,
  };
}"""


def opened(open_page: Open, address: str, size: tuple[int, int] = LAPTOP, **options: Any) -> Page:
    page: Page = open_page(address, *size, **options).page
    page.locator("#fig-bend .is-live").wait_for()
    return page


def epoch(page: Page) -> int:
    return int(page.locator("#fig-bend .timeline-handle").get_attribute("aria-valuenow") or -1)


@pytest.mark.parametrize("width", [*SCREENS, *(pytest.param(width, marks=pytest.mark.breadth) for width in OTHERS)])
def test_the_idea_is_on_the_first_screen(open_page: Open, served: str, width: int) -> None:
    height = (SCREENS | OTHERS)[width]
    page = opened(open_page, f"{served}index.html", (width, height))
    found = page.evaluate(BOXES)
    data, hidden = found["planes"]
    assert found["wide"] <= width
    reached = "([x, y]) => document.elementFromPoint(x, y)?.closest('.plane') !== null"
    for x in (data["left"] + 2, hidden["right"] - 2):  # nothing cuts the planes
        assert page.evaluate(reached, [x, (data["top"] + data["bottom"]) / 2])
    assert 0 <= data["left"] < data["right"] < hidden["left"] < hidden["right"] <= width
    assert max(data["bottom"], hidden["bottom"]) <= height
    assert abs(found["title"]["left"] - found["bar"]["left"]) <= 1  # what stands below each other begins together
    if width < 768:
        assert hidden["right"] - data["left"] > 0.95 * width
    else:
        assert max(found["guide"]["bottom"], found["time"]["bottom"]) <= height
        assert data["width"] > 270
    if width >= 1024:  # nothing stands below the planes while there is room beside them
        assert found["time"]["left"] > hidden["right"] and found["controls"]["left"] > hidden["right"]
        assert found["controls"]["top"] < height
    if 390 <= width < 768:
        assert found["guide"]["bottom"] <= height
    if width >= 1280:
        assert page.locator(".contents--gutter").is_visible()


@pytest.mark.parametrize(
    ("hand", "motion"),
    [
        ("touch", "no-preference"),
        ("keyboard", "reduce"),
        *(pytest.param(hand, "no-preference", marks=pytest.mark.breadth) for hand in ("mouse", "keyboard")),
        *(pytest.param(hand, "reduce", marks=pytest.mark.breadth) for hand in ("mouse", "touch")),
    ],
)
def test_the_guide_walks_its_stops(open_page: Open, served: str, hand: str, motion: str) -> None:
    size = PHONE if hand == "touch" else LAPTOP
    seldom = {"script": SELDOM} if motion == "no-preference" else {}
    page = opened(open_page, f"{served}index.html", size, has_touch=hand == "touch", reduced_motion=motion, **seldom)
    page.wait_for_timeout(QUIET_MS)
    assert epoch(page) == 0  # nothing moves unasked
    words, forward = page.locator("#fig-bend .guide-words"), page.locator("#fig-bend .guide .is-main")
    stops = page.evaluate("peek.views.get('fig-bend').options.stops")
    assert [stop[0] for stop in stops] == [0, 60, 3000]
    expect(words).to_have_text(stops[0][1])
    page.evaluate(HEARD)

    def press() -> None:
        if hand == "touch":
            forward.tap()
        elif hand == "mouse":
            forward.click()
        else:
            forward.press("Enter")

    for at, (to, said) in enumerate(stops[1:], 1):
        press()
        expect(words).to_have_text(said)
        page.wait_for_function(f"() => heard.length === {at}")
        rest(page)  # it may be heard a frame before it is seen
        assert epoch(page) == to
    rest(page, SPEAKS_MS)
    assert page.evaluate("heard") == [said for _, said in stops[1:]]  # each once, and nothing between
    assert page.locator("#fig-bend .timeline-hint").inner_text().startswith("\u2190")
    page.locator("#fig-bend .timeline-handle").press("ArrowLeft")
    expect(words).not_to_have_text(stops[2][1])
    page.locator("#fig-bend .guide-buttons button").first.press("Enter")  # back
    expect(words).to_have_text(stops[1][1])
    page.wait_for_url(re.compile("#fig-bend.epoch=60$"))


def test_a_view_that_is_shared_starts_no_guide(open_page: Open, served: str) -> None:
    page = opened(open_page, f"{served}index.html#fig-bend.classes=3")
    words, forward = page.locator("#fig-bend .guide-words"), page.locator("#fig-bend .guide .is-main")
    stops = page.evaluate("peek.views.get('fig-bend').options.stops")
    assert epoch(page) == 3000
    assert words.inner_text() not in [said for _, said in stops]
    page.locator("#fig-bend input[value='5']").check(force=True)
    page.wait_for_url(re.compile("#fig-bend.epoch="))  # what the page would open with is another view
    page.reload()
    page.locator("#fig-bend .is-live").wait_for()
    assert epoch(page) == 3000
    expect(words).to_have_text(stops[2][1])
    forward.click()
    expect(words).to_have_text(stops[0][1])
    assert epoch(page) == 0
    page.wait_for_url(re.compile("index.html$"))


@pytest.mark.parametrize("size", [PHONE, pytest.param(LAPTOP, marks=pytest.mark.breadth)], ids=["phone", "laptop"])
def test_a_tour_names_the_parts(open_page: Open, served: str, size: tuple[int, int]) -> None:
    page = opened(open_page, f"{served}index.html", size)
    page.evaluate(HEARD)
    height = page.evaluate("document.querySelector('#fig-bend').getBoundingClientRect().height")
    ask = page.locator("#fig-bend .guide .tool")
    pointed = "() => [...document.querySelectorAll('.is-pointed')].map((part) => part.className.split(' ')[0])"
    lattice = "peek.views.get('fig-bend').state.lattice"
    seen, said = [], []
    ask.press("Enter")
    for step in range(1, 6):
        expect(page.locator("#fig-bend .guide-count")).to_have_text(f"{step}/5")
        expect(page.locator("#fig-bend .guide .is-main")).to_be_focused()
        seen.append((page.evaluate(pointed), page.evaluate(lattice)))
        said.append(page.locator("#fig-bend .guide-words").inner_text())
        page.keyboard.press("ArrowRight")
    planes, both, time = ["plane"], ["plane", "plane"], ["timeline"]
    assert seen == [(planes, False), (planes, False), (both, False), (both, True), (time, False)]
    rest(page, 0)
    assert page.evaluate("heard")[:5] == said
    assert page.evaluate(pointed) == []
    expect(ask).to_be_focused()
    assert page.evaluate("document.querySelector('#fig-bend').getBoundingClientRect().height") == height
    ask.click()
    page.keyboard.press("Escape")
    assert page.evaluate(pointed) == []
    expect(ask).to_be_focused()
    ask.click()
    page.locator("#fig-bend").get_by_role("button", name="Reset").click()
    assert page.evaluate(pointed) == []
    expect(page.locator("#fig-bend .guide-count")).to_have_text("1/3")

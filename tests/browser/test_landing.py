"""Where a link into the page lands, and that nothing moves when live figures come, from the first byte on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import chromium
from tests.rest import enliven, rest, watch

Open = Callable[..., Any]  # (address, width, height, **context options) -> conftest.Visit
LANDED_PX = 40  # how far from the top of the window what a link names may come to stand
MOVED_PX = 1  # of a figure's height, when it comes to life
HEIGHTS = "[...document.querySelectorAll('.explorable')].map((root) => root.getBoundingClientRect().height)"
SHIFT = 0.01  # a tenth of what Core Web Vitals call good
PHONE, LAPTOP = (390, 844), (1280, 800)
OTHERS = (320, 600, 768, 1024, 1280, 1920, 2560)  # widths of windows
VIEWS = ("fig-layers.stage=1.5", "fig-field.epoch=100", "fig-beat.classes=4")  # as "Copy link" gives them
STILL = """async () => {
  for (let y = -1, height = 0, since = performance.now(); performance.now() - since < 700; ) {
    if (y !== scrollY || height !== document.body.scrollHeight) since = performance.now();
    [y, height] = [scrollY, document.body.scrollHeight];
    await new Promise((done) => setTimeout(done, 50));
  }
}"""
TOP = "(id) => document.getElementById(id).getBoundingClientRect().top"


def landed(page: Page, name: str) -> float:
    """How far below the top of the window something stands once nothing moves."""
    page.evaluate(STILL)
    return float(page.evaluate(TOP, name))


@pytest.fixture(scope="module")
def sections(site: Path) -> list[str]:
    """The first section, one in the middle, and the last: that with most figures above it."""
    found = re.findall(r'<h2 id="(sec-[^"]+)"', (site / "index.html").read_text(encoding="utf-8"))
    return [found[0], found[len(found) // 2], found[-1]]


@pytest.mark.parametrize(
    ("home", "size"),
    [
        ("served", PHONE),
        pytest.param("file", LAPTOP, marks=pytest.mark.breadth),
        pytest.param("served", LAPTOP, marks=pytest.mark.breadth),
        pytest.param("file", PHONE, marks=pytest.mark.breadth),
    ],
    ids=["served-phone", "file-laptop", "served-laptop", "file-phone"],
    indirect=["home"],
)
def test_an_address_leads_to_what_it_names(
    open_page: Open, home: str, sections: list[str], size: tuple[int, int]
) -> None:
    visit = open_page("about:blank", *size)
    for name in [*sections, *VIEWS]:
        visit.go("about:blank")
        visit.go(f"{home}index.html#{name}")
        assert abs(landed(visit.page, name.partition(".")[0])) <= LANDED_PX, name


@pytest.mark.parametrize("size", [PHONE, pytest.param(LAPTOP, marks=pytest.mark.breadth)])
def test_the_key_end_leads_to_the_end(open_page: Open, served: str, size: tuple[int, int]) -> None:
    """Of a page of which little is laid out yet, and whose last figures have not come."""
    page = open_page(f"{served}index.html", *size, reduced_motion="reduce").page
    assert page.evaluate("document.documentElement.matches('.is-opening')")
    page.keyboard.press("End")
    page.evaluate(STILL)
    below = page.evaluate("document.documentElement.scrollHeight - innerHeight - scrollY")
    assert below <= LANDED_PX


def test_tables_fit_a_phone(open_page: Open, served: str) -> None:
    page = open_page(f"{served}index.html#tbl-robust", *PHONE).page
    over = "(all) => all.filter((at) => at.scrollWidth > at.clientWidth).map((at) => at.closest('figure')?.id)"
    assert page.locator(".table-scroll").evaluate_all(over) == []


@pytest.mark.parametrize(
    ("size", "motion"),
    [
        (PHONE, "no-preference"),
        pytest.param(LAPTOP, "reduce", marks=pytest.mark.breadth),
        pytest.param(PHONE, "reduce", marks=pytest.mark.breadth),
        pytest.param(LAPTOP, "no-preference", marks=pytest.mark.breadth),
    ],
    ids=["phone-moving", "laptop-still", "phone-still", "laptop-moving"],
)
def test_a_link_in_the_page_leads_to_what_it_names(
    open_page: Open, served: str, sections: list[str], size: tuple[int, int], motion: str
) -> None:
    visit = open_page("about:blank", *size, reduced_motion=motion)
    for name in [sections[-1], "fig-beat", "fig-beat.classes=4"]:
        visit.go("about:blank")
        visit.go(f"{served}index.html")
        visit.page.evaluate(
            """(name) => {
              const link = document.createElement("a");
              link.href = `#${name}`;
              document.querySelector(".prose").prepend(link);
              link.click();
            }""",
            name,
        )
        visit.page.wait_for_function("() => scrollY > 100")
        assert abs(landed(visit.page, name.partition(".")[0])) <= LANDED_PX, name


@pytest.mark.parametrize("width", [390, *(pytest.param(width, marks=pytest.mark.breadth) for width in OTHERS)])
def test_a_figure_that_comes_to_life_moves_nothing(open_page: Open, served: str, width: int) -> None:
    """With the view of the sleeping one in the address, which wakes it."""
    page = open_page(f"{served}index.html#fig-alive.epoch=100", width, reduced_motion="reduce").page
    page.evaluate("document.querySelectorAll('[data-figure]').forEach(({id}) => (location.hash += `&${id}.known=1`))")
    page.wait_for_function("() => document.querySelectorAll('.explorable:not(.is-built)').length === 0")
    page.evaluate("document.fonts.ready")
    before = page.evaluate(HEIGHTS)
    enliven(page)
    page.evaluate(STILL)
    after = page.evaluate(HEIGHTS)
    assert len(before) >= 6
    assert [now - was for was, now in zip(before, after, strict=True) if abs(now - was) > MOVED_PX] == []


OBSERVE = """globalThis.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts.push(entry.value);
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => {
  globalThis.largest = list.getEntries().at(-1).element?.closest("figcaption") ? "caption" : "other";
}).observe({type: "largest-contentful-paint", buffered: true});"""


@pytest.mark.parametrize(
    "size",
    [
        PHONE,
        *(pytest.param(size, marks=pytest.mark.breadth) for size in [(412, 823), (768, 1024), LAPTOP, (1920, 1080)]),
    ],
    ids=lambda size: str(size[0]),
)
def test_the_first_screen_stays_while_it_loads(browser: Browser, served: str, size: tuple[int, int]) -> None:
    """On a slow machine whose script comes late, so that the page is painted without it first."""
    with browser.new_context(viewport={"width": size[0], "height": size[1]}) as context:
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.add_init_script(OBSERVE)

        def late(route: Any) -> None:
            page.wait_for_timeout(800)
            route.continue_()

        page.route("**/page.js", late)
        page.goto(f"{served}index.html")
        page.locator("#fig-bend .is-live").wait_for()
        page.wait_for_timeout(500)
        assert page.evaluate("shifts.reduce((sum, shift) => sum + shift, 0)") <= SHIFT
        assert page.evaluate("largest") == "other"


def test_without_its_script_the_page_keeps_no_room(open_page: Open, served: str) -> None:
    plain = open_page(f"{served}index.html", *PHONE, java_script_enabled=False)
    pictures = plain.page.evaluate(HEIGHTS)
    blocked = open_page("about:blank", *PHONE)
    blocked.page.route("**/page.js", lambda route: route.abort())
    blocked.go(f"{served}index.html")
    assert blocked.page.evaluate(HEIGHTS) == pictures
    live = open_page(f"{served}index.html", *PHONE).page
    live.locator("#fig-bend .is-live").wait_for()
    for page in (plain.page, live):
        page.emulate_media(media="print")
    assert live.evaluate(HEIGHTS) == plain.page.evaluate(HEIGHTS)


@pytest.fixture(scope="module")
def large_print(playwright_driver: Any) -> Iterator[Browser]:
    """A browser whose reader has set text to twice its size."""
    started = chromium.launch(playwright_driver, "--blink-settings=defaultFontSize=32")
    yield started
    started.close()


SIDES = """(ticks) => [ticks, ...ticks.querySelectorAll("span:not(.timeline-guessing)")].map((each) => {
  const { left, right } = each.getBoundingClientRect();
  return [left, right];
})"""


def test_text_at_twice_its_size_fits_a_phone(large_print: Browser, served: str) -> None:
    context = large_print.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, reduced_motion="reduce")
    watch(context)
    page = context.new_page()
    page.goto(f"{served}index.html#fig-alive.epoch=100")
    page.keyboard.press("Shift")  # or it leads back to that one as others come
    enliven(page)
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 32
    for width in (PHONE[0], 320):
        page.set_viewport_size({"width": width, "height": PHONE[1]})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        ticks = page.locator(".timeline-ticks").first
        ticks.scroll_into_view_if_needed()
        rest(page)
        track, *said = ticks.evaluate(SIDES)
        sides = [track[0] - 1, *(side for each in said for side in each), track[1] + 1]
        assert sides == sorted(sides), "epochs stand apart, within their track"

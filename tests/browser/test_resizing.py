"""Figures in windows that change, under fingers, and in colours that the reader's system forces."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.rest import enliven, rest, watch

Open = Callable[..., Any]  # (address, width, height, **context options) -> conftest.Visit
WIDTHS_PX = (844, 390, 1280, 320)  # turned, narrowed, widened
MORE_WIDTHS_PX = (1440, 768, 1280, 320, 2560, 320)


def leave_behind(page: Page) -> None:
    """Bring every explorable to life once, and scroll past them all."""
    enliven(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    rest(page)


@pytest.mark.parametrize(
    "widths", [WIDTHS_PX, pytest.param(MORE_WIDTHS_PX, marks=pytest.mark.breadth)], ids=["few", "more"]
)
def test_no_figure_out_of_sight_widens_a_window_that_changes(
    open_page: Open, served: str, widths: tuple[int, ...]
) -> None:
    page = open_page(f"{served}index.html#fig-alive.epoch=100", widths[0], reduced_motion="reduce").page
    page.keyboard.press("Shift")  # or it leads back to the one of the address as others come
    for wide, narrow in itertools.pairwise(widths):
        page.set_viewport_size({"width": wide, "height": 800})
        if wide > narrow:
            leave_behind(page)
        page.set_viewport_size({"width": narrow, "height": 800})
        rest(page)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{over} px too wide after {wide} -> {narrow}"


@pytest.mark.parametrize("widths", [(1440, 1280), pytest.param((2000, 1920, 1024), marks=pytest.mark.breadth)])
def test_text_of_twice_the_size_by_a_readers_own_style_is_whole(
    open_page: Open, served: str, widths: tuple[int, ...]
) -> None:
    """The widths at which a page is laid out otherwise do not know of it."""
    page = open_page(f"{served}index.html", widths[0], bypass_csp=True).page
    page.add_style_tag(content="html { font-size: 200% }")
    note = """() => {
      const note = Object.assign(document.createElement("aside"), { className: "sidenote", textContent: "A note." });
      document.querySelector(".prose > p").after(note);
      return note.clientWidth;
    }"""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        for figure in page.locator(".explorable").all():
            figure.evaluate("(figure) => figure.scrollIntoView()")
            rest(page, 0)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
        assert page.evaluate(note) > 320, width


# Fingers


class Finger:
    """One finger on the glass, as the browser feels it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.glass = page.context.new_cdp_session(page)

    def swipe(self, start: tuple[float, float], way: tuple[float, float], steps: int = 12) -> None:
        self._send("touchStart", start)
        for step in range(1, steps + 1):
            self._send("touchMove", (start[0] + way[0] * step / steps, start[1] + way[1] * step / steps))
            self.page.wait_for_timeout(16)
        self._send("touchEnd")
        rest(self.page)

    def _send(self, kind: str, at: tuple[float, float] | None = None) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        self.glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.fixture(scope="module")
def held(browser: Browser, served: str) -> Iterator[Page]:
    """The article in a phone."""
    size = {"width": 390, "height": 844}
    with browser.new_context(viewport=size, has_touch=True, is_mobile=True, reduced_motion="reduce") as context:
        watch(context)
        page = context.new_page()
        page.goto(f"{served}index.html")
        page.locator("#fig-bend .is-live").wait_for()
        yield page


@pytest.fixture
def phone(held: Page) -> Page:
    """As it was when the article was opened: all that a finger may have moved is time."""
    held.locator("#fig-bend .timeline-handle").press("End")
    return held


@pytest.mark.parametrize(
    ("part", "at", "way", "scrolls", "scrubs"),
    [
        ("track", 0.4, (0, -260), True, False),
        ("track", 0.4, (40, -260), True, False),
        ("track", 0.7, (-150, 0), False, True),
        ("track", 0.7, (-150, 25), False, True),
        ("track", 0.4, (0, 0), False, True),
        ("handle", 0.5, (-150, 0), False, True),
        ("handle", 0.5, (-60, -200), False, True),
    ],
    ids=["up", "aslant", "sideways", "nearly sideways", "a tap", "the handle", "the handle aslant"],
)
def test_a_finger_moves_the_page_or_time_and_never_both(
    phone: Page, part: str, at: float, way: tuple[int, int], scrolls: bool, scrubs: bool
) -> None:
    phone.locator("#fig-bend .timeline").evaluate("(line) => line.scrollIntoView({block: 'center'})")
    rest(phone)
    handle = phone.locator("#fig-bend .timeline-handle")
    box = phone.locator(f"#fig-bend .timeline-{part}").bounding_box()
    assert box is not None
    before = phone.evaluate("scrollY"), handle.get_attribute("aria-valuenow")
    Finger(phone).swipe((box["x"] + at * box["width"], box["y"] + 0.5 * box["height"]), way)
    after = phone.evaluate("scrollY"), handle.get_attribute("aria-valuenow")
    assert (abs(after[0] - before[0]) > 5, after[1] != before[1]) == (scrolls, scrubs)


@pytest.mark.parametrize(
    ("way", "scrolls", "slides"),
    [((8, -200), True, False), ((-60, 4), False, True), ((0, 0), False, True)],
    ids=["up", "sideways", "a tap"],
)
def test_a_finger_moves_the_page_or_a_slider_and_never_both(
    phone: Page, way: tuple[int, int], scrolls: bool, slides: bool
) -> None:
    slider = phone.locator("#fig-layers input[type=range]")
    phone.evaluate("document.getElementById('fig-layers').scrollIntoView()")
    phone.locator("#fig-layers .is-live").wait_for()
    slider.evaluate("(slider) => slider.scrollIntoView({block: 'center'})")
    phone.locator("#fig-layers .tool", has_text="Reset").evaluate("(button) => button.click()")
    rest(phone)
    said = "[peek.views.get('fig-layers').state.stage, document.querySelector('#fig-layers input[type=range]').value]"
    slider.evaluate(
        """(slider) => {
          globalThis.slid = 0;
          const count = new MutationObserver(() => globalThis.slid++);
          count.observe(slider, {attributeFilter: ["style"]});
        }"""
    )
    box = slider.bounding_box()
    assert box is not None
    before = phone.evaluate("scrollY"), phone.evaluate(said)
    Finger(phone).swipe((box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"]), way)
    after = phone.evaluate("scrollY"), phone.evaluate(said)
    assert (abs(after[0] - before[0]) > 5, after[1] != before[1]) == (scrolls, slides)
    assert (phone.evaluate("slid") > 0) == slides  # not even on the way


@pytest.mark.parametrize(
    ("classes", "activation"),
    [
        (7, "relu"),
        *(pytest.param(k, "tanh", marks=pytest.mark.breadth) for k in (3, 5, 7)),
        *(pytest.param(k, "relu", marks=pytest.mark.breadth) for k in (3, 5)),
    ],
)
def test_the_hint_points_where_time_can_go_and_covers_no_line(
    open_page: Open, served: str, classes: int, activation: str
) -> None:
    """No pixel of the curves' lies under the words (their box less its padding), at the end of time and early."""
    for epoch, arrow in (("", "\u2190"), ("&fig-bend.epoch=1", "\u2192")):
        address = f"{served}index.html#fig-bend.classes={classes}&fig-bend.activation={activation}{epoch}"
        page = open_page(address, 390, 844, reduced_motion="reduce").page
        page.locator("#fig-bend .is-live").wait_for()
        rest(page)
        found = page.locator("#fig-bend .timeline-track").evaluate(
            """(track) => {
              const hint = track.querySelector(".timeline-hint"), canvas = track.querySelector("canvas");
              const [on, around] = [hint, canvas].map((part) => part.getBoundingClientRect());
              if (!on.width) return null;
              const scale = canvas.width / around.width;
              const at = [on.left - around.left + 6, on.top - around.top + 3, on.width - 12, on.height - 6];
              const pixels = canvas.getContext("2d").getImageData(...at.map((px) => px * scale)).data;
              return {said: hint.textContent, painted: pixels.filter((value, at) => at % 4 === 3 && value > 60).length};
            }"""
        )
        if not epoch:
            assert found, "the way back always has room"
        if found:
            assert arrow in found["said"] and found["painted"] == 0, found


# Forced colours


def shades(part: Locator) -> bytes:
    return part.screenshot(animations="disabled")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.breadth)])
def test_forced_colours_show_what_is_on(open_page: Open, served: str, scheme: str) -> None:
    """Each control looks another way once it is on; a slider's track and a handle are seen at all."""
    page = open_page(f"{served}index.html", color_scheme=scheme, forced_colors="active", reduced_motion="reduce").page
    bend = page.locator("#fig-bend .explorable")
    bend.and_(page.locator(".is-live")).wait_for()
    switch = bend.locator(".switch").first
    off = shades(switch)
    bend.get_by_role("switch").first.check(force=True)
    page.mouse.move(0, 0)
    assert shades(switch) != off
    ground = "(input) => getComputedStyle(input.nextElementSibling).backgroundColor"
    chosen, other = (bend.get_by_role("radio", name=name, exact=True).evaluate(ground) for name in ("5", "4"))
    assert chosen != other
    layers = page.locator("#fig-layers .explorable")
    layers.scroll_into_view_if_needed()
    layers.and_(page.locator(".is-live")).wait_for()
    for shown in (layers.locator(".journey input"), bend.locator(".timeline-handle")):
        shown.scroll_into_view_if_needed()
        seen = shades(shown)
        shown.evaluate("(e) => e.style.opacity = 0")
        assert shades(shown) != seen
    stops = layers.locator(".journey-stops button")
    looks = [stop.evaluate("(e) => getComputedStyle(e).backgroundColor") for stop in stops.all()]
    assert looks[3] not in looks[:3]
    digit = page.locator("#fig-digit .explorable")
    digit.scroll_into_view_if_needed()
    digit.and_(page.locator(".is-live")).wait_for()
    eraser = digit.get_by_role("button", name="Eraser")
    eraser.click()
    page.mouse.move(0, 0)
    still = shades(eraser)
    eraser.hover()
    assert shades(eraser) == still, "a hand over it hides no word"

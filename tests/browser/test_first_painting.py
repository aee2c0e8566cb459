"""What comes before the first painting, and in which font letters are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

Open = Callable[..., Any]  # (address, width, height, **context options) -> conftest.Visit
PHONE = (390, 844)
HELD = """(() => {  // frames come when they are asked for
  let waiting = [];
  globalThis.requestAnimationFrame = (work) => waiting.push(work);
  globalThis.nextFrame = () => waiting.splice(0).forEach((work) => work(performance.now()));
})()"""
LETTERS = "aZ09“éßñÅœ«±§łőŽȘx\u0303z\u0308"  # of the basic faces, the western and the further ones; under marks


def names(visit: Any) -> set[str]:
    """The files that a visit asked for."""
    return {url.rsplit("/", 1)[-1] for url in visit.asked if url.startswith("http")}


def test_a_phone_fetches_nothing_that_is_not_seen_before_the_first_painting(open_page: Open, served: str) -> None:
    visit = open_page("about:blank", *PHONE, fresh=True)
    visit.page.add_init_script(HELD)
    visit.go(f"{served}index.html")
    visit.page.evaluate("nextFrame()")
    visit.page.wait_for_timeout(300)
    fonts = {"peek-serif.woff2", "peek-serif-display.woff2", "peek-sans.woff2"}
    assert names(visit) - {"icon.svg"} == {"index.html", "style.css", "page.js", *fonts}


def test_a_phone_lays_out_one_part_a_frame(open_page: Open, served: str) -> None:
    visit = open_page("about:blank", *PHONE, fresh=True)
    visit.page.add_init_script(HELD)
    visit.go(f"{served}index.html")
    parts = ["h1", ".prose > p > *", "#fig-bend figcaption", "#fig-bend ~ h2 ~ p > *"]
    laid = lambda: visit.page.evaluate(  # noqa: E731
        "(parts) => parts.filter((part) => document.querySelector(part).checkVisibility())", parts
    )
    for frame in range(len(parts) + 1):
        assert laid() == parts[:frame]
        visit.page.evaluate("nextFrame()")


def test_what_is_below_the_first_screen_comes_with_a_gesture(open_page: Open, served: str) -> None:
    visit = open_page(f"{served}index.html", fresh=True)
    expect(visit.page.locator("#fig-bend .is-live")).to_be_visible()
    assert "beat.js" not in names(visit)
    with visit.page.expect_request("**/beat.js"):
        visit.page.mouse.move(1, 1)


def test_what_a_script_draws_is_not_fetched_as_a_picture_which_stands_where_the_script_does_not_come(
    open_page: Open, served: str
) -> None:
    picture = "tanh.inputData.webp"
    visit = open_page(f"{served}index.html", *PHONE, fresh=True)
    expect(visit.page.locator("#fig-bend .is-live")).to_be_visible()
    assert picture not in names(visit)
    failed = open_page("about:blank", *PHONE, fresh=True)
    failed.page.route("**/bend.js", lambda route: route.abort())
    with failed.page.expect_request(f"**/{picture}"):
        failed.go(f"{served}index.html")
    expect(failed.page.locator("#fig-bend img").first).to_be_visible()


@pytest.mark.parametrize(
    ("style", "letters"),
    [
        ('400 1rem "Peek Serif"', LETTERS + "αβγΩ"),
        ('500 1rem "Peek Serif"', LETTERS),
        ('700 1rem "Peek Serif"', LETTERS),
        ('italic 400 1rem "Peek Serif"', LETTERS),
        ('400 1rem "Peek Sans"', LETTERS + "αβγΩ"),
        ('640 1rem "Peek Sans"', LETTERS + "αβγΩ"),
    ],
)
def test_letters_are_drawn_in_the_pages_fonts_in_each_weight(
    open_page: Open, served: str, style: str, letters: str
) -> None:
    page = open_page(f"{served}other-rooms.html").page
    page.evaluate(
        """async ([style, letters]) => {
          const drawn = Object.assign(document.createElement("p"), {id: "drawn", textContent: letters});
          document.body.append(drawn);
          drawn.style.font = style;
          await document.fonts.load(style, letters);
        }""",
        [style, letters],
    )
    session = page.context.new_cdp_session(page)
    for part in ("DOM", "CSS"):
        session.send(f"{part}.enable")
    document = session.send("DOM.getDocument")["root"]["nodeId"]
    drawn = session.send("DOM.querySelector", {"nodeId": document, "selector": "#drawn"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": drawn})["fonts"]
    assert {font["familyName"] for font in fonts if not font["isCustomFont"]} == set()
    assert sum(font["glyphCount"] for font in fonts) == len(letters)

"""The built site in a real browser: every page, from a server below a sub-path and from the disk."""

from __future__ import annotations

import io
import itertools
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import html5lib
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests import axe
from tests.rest import AT_ONCE, rest, watch

Open = Callable[..., Any]  # (address, width, height, **context options) -> conftest.Visit
WIDTHS = (320, 768, 1280)
LEAST_TILE_PX = 150  # of a picture of the poster on a phone
SHOWN = "[...document.images].filter((image) => image.currentSrc)"
SLOW_S = 0.05  # that a picture takes to come
LEAST_TARGET_PX = 24  # of what can be pressed, by WCAG 2.2, success criterion 2.5.8


def spare(page: Any) -> int:
    """How much narrower than the window a page is, in pixels."""
    return int(page.evaluate("document.documentElement.clientWidth - document.documentElement.scrollWidth"))


CRAMPED = """least => {
  const targets = [...document.querySelectorAll("a[href], button, input, select, summary, [role=slider]")]
    .filter(target => target.checkVisibility({checkOpacity: false}))
    .map(target => ({target, box: target.getBoundingClientRect()}))
    .filter(({box}) => box.right > 0 && box.bottom > 0);
  const inText = (target) => {
    if (!getComputedStyle(target).display.startsWith("inline")) return false;
    let block = target.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    const links = [...block.querySelectorAll("a")].map(link => link.textContent).join("");
    return block.textContent.replace(/\\s/g, "").length > links.replace(/\\s/g, "").length;
  };
  const small = ({box}) => Math.min(box.width, box.height) < least - 0.1;
  const centre = ({box}) => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const reach = ([x, y], {box}) =>
    Math.hypot(Math.max(box.left - x, x - box.right, 0), Math.max(box.top - y, y - box.bottom, 0));
  return targets.filter(small).filter(({target}) => !inText(target)).filter(one => targets.some(other => {
    if (other === one || other.target.contains(one.target) || one.target.contains(other.target)) return false;
    const [x, y] = centre(one), [u, v] = centre(other);
    return reach([x, y], other) < least / 2 || small(other) && Math.hypot(x - u, y - v) < least;
  })).map(({target, box}) => `${target.outerHTML.slice(0, 90)} ${box.width} x ${box.height}`);
}"""


def is_cramped(page: Any) -> list[str]:
    """What can be pressed, is small, and has others near."""
    marks = page.locator("button.claim").all()[:3]
    assert all(min(mark.bounding_box()[side] for side in ("width", "height")) >= LEAST_TARGET_PX for mark in marks)
    below = page.locator(".figure-source a").evaluate_all(
        "(links) => links.map((link) => link.offsetHeight).filter(Boolean)"
    )
    assert min(below, default=LEAST_TARGET_PX) >= LEAST_TARGET_PX, "how they lie depends on the window"
    found: list[str] = page.evaluate(CRAMPED, LEAST_TARGET_PX)
    return found


FROM_DISK_TOO = pytest.mark.parametrize(
    "home", ["served", pytest.param("file", marks=pytest.mark.breadth)], indirect=True
)
IDS = "[...document.querySelectorAll('[id]')].map((element) => element.id)"
POINTERS = """() => {
  const names = ["aria-labelledby", "aria-describedby", "aria-controls", "for", "popovertarget"];
  return names.flatMap((name) => [...document.querySelectorAll(`[${name}]`)]
    .flatMap((element) => element.getAttribute(name).split(/\\s+/)));
}"""
LINKS = """() => {
  const names = ["href", "src", "srcset"];
  const said = [...document.querySelectorAll("[href], [src], [srcset]")].flatMap((element) =>
    names.map((name) => element.getAttribute(name)).filter((link) => link));
  const films = [...document.querySelectorAll(".film")];
  return said.concat(films.map((film) => getComputedStyle(film).backgroundImage.slice(5, -2)));
}"""
LEVELS = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((h) => +h.tagName[1])"


@pytest.fixture(scope="module")
def opened(browser: Browser, served: str) -> Iterator[Page]:
    """The article, for tests that take nothing from it: they look, point, select and print."""
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        watch(context)
        page = context.new_page()
        page.goto(served + "index.html")
        page.evaluate(AT_ONCE)
        page.keyboard.press("Shift")  # the first stir: all of it is laid out, and what answers a hand comes
        later = "() => performance.getEntriesByType('resource').some(({name}) => name.endsWith('later.js'))"
        page.wait_for_function(later)
        rest(page)
        yield page


@pytest.fixture
def article(opened: Page) -> Page:
    """As it was when it was opened, but for pictures and figures that have come meanwhile."""
    opened.emulate_media(media="null", color_scheme="null", forced_colors="null")
    opened.set_viewport_size({"width": 1280, "height": 800})
    opened.mouse.move(0, 0)
    opened.keyboard.press("Escape")
    opened.evaluate("document.activeElement.blur(), getSelection().setPosition(document.body), scrollTo(0, 0)")
    rest(opened)
    return opened


@pytest.mark.parametrize(
    ("home", "colours", "width_px", "rules"),
    [
        ("served", "light", 390, axe.RULES),
        pytest.param("file", "dark", 1440, ["color-contrast"], marks=pytest.mark.breadth),
    ],
    ids=["served-light", "file-dark"],
    indirect=["home"],
)
def test_every_page_loads_without_a_word_and_is_whole(
    open_page: Open, home: str, site: Path, pages: list[str], colours: str, width_px: int, rules: list[str]
) -> None:
    """It fits the window, also one that changes; ids are unique, and pointers, links, pictures and anchors lead
    somewhere; one heading of the first level, and none skips a level; what can be pressed is large or stands alone;
    axe finds nothing."""
    visit = open_page(home + "404.html", color_scheme=colours)
    ids, links = {}, {}
    for address in pages:
        visit.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        page = visit.go(home + address)
        visit.scroll_through()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert spare(page) >= 0, f"{address} is {-spare(page)} px too wide at {width} px"
        ids[address], links[address] = page.evaluate(IDS), page.evaluate(LINKS)
        assert len(ids[address]) == len(set(ids[address])), address
        assert set(page.evaluate(POINTERS)) <= set(ids[address]), address
        levels = page.evaluate(LEVELS)
        assert levels.count(1) == 1, address
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), (address, levels)
        assert is_cramped(page) == [], address
        assert visit.said == [], address
        page.set_viewport_size({"width": width_px, "height": 800})
        page.emulate_media(reduced_motion="reduce")
        axe.thin(page)
        assert spare(page) >= 0, f"{address} is {-spare(page)} px too wide at {width_px} px"
        assert is_cramped(page) == [], address
        assert axe.finds(page, runOnly=rules) == [], address
        page.emulate_media(reduced_motion="no-preference")
        visit.said.clear()  # of what axe has read
    broken, root = [], urlsplit(home)
    for address, link in ((each, link) for each in pages for link in links[each]):
        parts = urlsplit(urljoin(home + address, link))
        if (parts.scheme, parts.netloc) != (root.scheme, root.netloc):
            continue
        path = unquote(parts.path).removeprefix(unquote(root.path)) or "index.html"
        anchor = unquote(parts.fragment) if path.endswith(".html") else ""
        if (site / path).is_file() and anchor and path not in ids:
            ids[path] = re.findall(r'\bid="?([^"\s>]+)', (site / path).read_text(encoding="utf-8"))
        if not (site / path).is_file() or (anchor and anchor not in ids[path]):
            broken.append(f"{address}: {link}")
    assert broken == []
    assert visit.failed == []
    assert visit.strangers == []


STRAY = """() => [...document.querySelectorAll("main :is(p, li, dd, td, figcaption)")].flatMap(block => {
  if (!block.checkVisibility()) return [];
  const left = block.getBoundingClientRect().left + parseFloat(getComputedStyle(block).paddingLeft);
  const begins = (box, within) => box.width > 0 && Math.abs(box.left - left) < within;
  const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT), found = [];
  for (let text; (text = texts.nextNode()); ) {
    if (!/^[,.;:?!)\\]]/.test(text.data) || text.parentElement.closest("[popover]")) continue;
    const range = document.createRange();
    range.setStart(text, 0);
    range.setEnd(text, 1);
    if (begins(range.getBoundingClientRect(), 3)) found.push(text.data.slice(0, 40));
  }
  const middle = box => ({width: box.width, left: box.left + box.width / 2 - 5}); // more can be pressed than is seen
  const marks = [...block.querySelectorAll(".claim")].filter(mark => begins(middle(mark.getBoundingClientRect()), 9));
  const behind = [...block.querySelectorAll(".claim-mark")].flatMap(({nextSibling: text}) => {
    const at = text instanceof Text ? text.data.search(/\\S/) : -1;
    if (at < 0) return [];
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    const indent = range.getBoundingClientRect().left - left;
    return indent > 1 && indent < 20 ? [text.data.slice(0, 40)] : []; // the rest of a mark's place, on the next line
  });
  return [...found, ...behind, ...marks.map(mark => mark.getAttribute("popovertarget"))];
})"""


def test_no_line_begins_with_punctuation_or_a_mark(article: Page) -> None:
    for width in (320, 360, 375, 390, 600, 768, 1000, 1280):
        article.set_viewport_size({"width": width, "height": 800})
        article.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert article.evaluate(STRAY) == [], width


def test_pages_parse_without_an_error(site: Path, addresses: list[str]) -> None:
    for address in addresses:
        parser = html5lib.HTMLParser()
        parser.parse((site / address).read_text(encoding="utf-8"))
        assert [(place, error, about) for place, error, about in parser.errors] == [], address


@FROM_DISK_TOO
def test_everything_is_there_without_scripts(open_page: Open, home: str) -> None:
    plain = open_page(home + "index.html", java_script_enabled=False)
    figures = plain.page.locator("figure")
    assert figures.count() > 0
    for index in range(figures.count()):
        assert figures.nth(index).locator("img, table, svg, math, pre").count() > 0
    for control in (".theme-switch", ".copy", ".play-all"):
        for index in range(plain.page.locator(control).count()):
            assert not plain.page.locator(control).nth(index).is_visible()
    assert plain.failed == []


def test_an_animation_rests_until_it_is_played_without_scripts(open_page: Open, served: str) -> None:
    visit = open_page(served + "gallery.html", java_script_enabled=False)
    animation = visit.page.locator(".animation").first
    animation.scroll_into_view_if_needed()
    visit.page.wait_for_timeout(300)
    assert not [url for url in visit.asked if url.endswith(".gif")]
    poster = animation.locator("> picture")
    assert poster.is_visible()
    with visit.page.expect_request(re.compile(r"\.gif$")):
        animation.locator("summary").click()
    assert not poster.is_visible()
    assert animation.locator(".film--light").is_visible()
    animation.locator("summary").click()
    assert poster.is_visible()


def test_all_animations_of_the_poster_play_and_stop_together(article: Page) -> None:
    poster = article.locator(".poster").first
    before = poster.bounding_box()
    button = poster.locator(".play-all")
    button.click()
    playing = poster.locator("details.play[open]")
    assert playing.count() == poster.locator("details.play").count() > 0
    assert button.get_attribute("aria-pressed") == "true"
    assert poster.bounding_box()["height"] == before["height"]
    button.click()
    assert playing.count() == 0


def test_pictures_follow_the_readers_colours_and_the_switch(open_page: Open, served: str) -> None:
    shown = (
        "[...document.querySelectorAll('main img')].filter((i) => i.complete && i.currentSrc).map((i) => i.currentSrc)"
    )
    page = open_page(served + "index.html", color_scheme="light").page
    assert not any(".dark." in source for source in page.evaluate(shown))
    page.locator(".theme-switch").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.wait_for_function(f"() => {shown}.every((source) => source.includes('.dark.'))")
    assert _is_dark(page)
    page.reload()
    assert _is_dark(page)
    assert all(".dark." in source for source in page.evaluate(shown))
    page.locator(".theme-switch").click()
    assert page.evaluate("document.documentElement.dataset.theme") is None
    assert page.evaluate("localStorage.getItem('theme')") is None
    assert not _is_dark(page)


def test_a_chosen_theme_holds_for_pictures_that_come_later(open_page: Open, served: str) -> None:
    visit = open_page(served + "404.html", color_scheme="light", fresh=True)
    visit.page.evaluate("localStorage.setItem('theme', 'dark')")
    visit.go(served + "other-rooms.html")
    visit.scroll_through()
    pictures = [url for url in visit.asked if "/plots/" in url]
    assert pictures and all(".dark." in url for url in pictures)


def test_the_page_works_where_storage_is_refused(open_page: Open, served: str) -> None:
    visit = open_page(served + "404.html", fresh=True)
    visit.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    page = visit.go(served + "index.html")
    page.locator(".theme-switch").click()
    assert _is_dark(page)
    assert visit.said == []


def _is_dark(page) -> bool:
    """The page, and the browser's bar above it, which takes the colour of the first that applies."""
    page_red, bar_red = page.evaluate(
        """() => [getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/)[0],
          parseInt([...document.querySelectorAll("meta[name=theme-color]")]
            .find(({ media }) => matchMedia(media).matches).content.slice(1, 3), 16)]"""
    )
    assert (float(page_red) < 128) == (bar_red < 128)
    return float(page_red) < 128


def test_the_poster_lines_up_and_its_heads_stay_in_view(article: Page) -> None:
    poster = article.locator(".poster").first
    rows = poster.locator(".poster-row")
    edges = [
        [round(box["left"]) for box in row]
        for row in (
            rows.nth(index).evaluate("row => [...row.querySelectorAll('.cell')].map((c) => c.getBoundingClientRect())")
            for index in range(rows.count())
        )
    ]
    assert len(edges) > 1 and all(row == edges[0] for row in edges)
    rows.last.scroll_into_view_if_needed()
    rest(article, 0)
    heads = poster.locator(".poster-heads").bounding_box()
    assert heads["y"] >= 0


@pytest.mark.parametrize("width", [320, pytest.param(390, marks=pytest.mark.breadth)])
def test_the_poster_is_legible_on_a_phone(open_page: Open, served: str, width: int) -> None:
    page = open_page(served + "index.html", width=width, height=800, has_touch=True, is_mobile=True).page
    for index in range(page.locator(".poster .cell").count()):
        assert page.locator(".poster .cell").nth(index).bounding_box()["width"] >= LEAST_TILE_PX
    row = page.locator(".poster-cells").first
    assert row.evaluate("row => row.scrollWidth > row.clientWidth")
    assert row.locator(".cell-label").first.is_visible()


@pytest.mark.parametrize("width", [360, pytest.param(390, marks=pytest.mark.breadth)])
def test_the_table_of_real_data_fits_a_phone(open_page: Open, served: str, width: int) -> None:
    page = open_page(served + "index.html", width=width, height=800, has_touch=True, is_mobile=True).page
    assert page.locator("#tbl-real .table-scroll").evaluate("table => table.scrollWidth <= table.clientWidth")


def test_notes_open_in_place_by_keyboard_and_close(article: Page) -> None:
    page = article
    card = page.locator("#note-card")
    for kind in ('a[role="doc-noteref"]', "a.citation"):
        link = page.locator(kind).first
        link.focus()
        card.wait_for()
        assert link.get_attribute("aria-describedby") == "note-card"
        assert "↩" not in card.inner_text()
        page.keyboard.press("Escape")
        assert not card.is_visible()
        page.keyboard.press("Enter")
        assert card.is_visible()
        assert urlsplit(page.url).fragment == ""
        page.keyboard.press("Tab")
        assert card.evaluate("card => card.contains(document.activeElement)")
        page.keyboard.press("Escape")
        assert not card.is_visible()
        assert link.evaluate("link => link === document.activeElement")


def test_notes_lead_on_where_scripts_are_off(open_page: Open, served: str) -> None:
    page = open_page(served + "index.html", java_script_enabled=False).page
    for kind in ('a[role="doc-noteref"]', "a.citation"):
        page.locator(kind).first.click()
        assert page.locator(":target").is_visible()


def test_evidence_opens_beside_its_claim_and_from_its_address(open_page: Open, served: str) -> None:
    for scripts in (True, False):
        page = open_page(served + "index.html", java_script_enabled=scripts).page
        mark = page.locator("button.claim").first
        evidence = page.locator(f"#{mark.get_attribute('popovertarget')}")
        mark.click()
        assert evidence.is_visible()
        page.keyboard.press("Escape")
        assert not evidence.is_visible()
    page = open_page(served + "reproduce.html").page
    page.locator(".claims a").last.click()
    page.wait_for_url("**/*.html#claim-*")
    page.wait_for_function("() => document.activeElement.matches('button.claim')")
    assert page.locator("button.claim:focus").is_visible()


@pytest.mark.parametrize("width", [320, pytest.param(1280, marks=pytest.mark.breadth)])
def test_only_one_note_is_open_and_it_stays_in_the_window(open_page: Open, served: str, width: int) -> None:
    page = open_page(served + "index.html", width=width, has_touch=True).page
    links = page.locator('a[role="doc-noteref"], a.citation')
    for index in range(min(4, links.count())):
        links.nth(index).scroll_into_view_if_needed()
        links.nth(index).tap()
        cards = page.locator(".note-card:popover-open")
        cards.wait_for()
        assert cards.count() == 1
        box = cards.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert len(cards.inner_text()) > 10
        page.touchscreen.tap(2, 2)
        assert not cards.is_visible()


def test_notes_open_under_the_pointer(article: Page) -> None:
    article.locator('a[role="doc-noteref"], a.citation').first.hover()
    article.locator("#note-card").wait_for(state="visible")
    article.mouse.move(1, 1)
    article.locator("#note-card").wait_for(state="hidden")


CARDS = {  # what a link leads to -> what is in its card
    "fig": ["img, svg", "a.figure-number"],
    "tbl": ["table tr", "a.figure-number"],
    "eq": ["math"],
    "sec": ["p.note-title", "p"],
}


@pytest.mark.parametrize("width", [320, pytest.param(1280, marks=pytest.mark.breadth)])
def test_a_reference_shows_what_it_leads_to(open_page: Open, served: str, width: int) -> None:
    touch = width < 1000
    page = open_page(served + "index.html", width=width, has_touch=touch, is_mobile=touch).page
    for kind in CARDS:
        shows_what_it_leads_to(page, kind, touch)


def shows_what_it_leads_to(page: Any, kind: str, touch: bool) -> None:
    """The first reference of a kind does, under a finger or a pointer and by keyboard, and leads there."""
    card = page.locator("#note-card")
    link = page.locator(f'a.reference[href^="#{kind}-"]').first
    before = page.url
    for _ in range(2):  # the first stir has all laid out, which may move it out of sight again
        link.scroll_into_view_if_needed()
        rest(page)
    at = link.evaluate("(link) => [link.getClientRects()[0].x + 4, link.getClientRects()[0].y + 4]")
    if touch:
        finger = page.context.new_cdp_session(page)
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": at[0], "y": at[1]}]})
        card.wait_for(state="visible")
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        page.mouse.move(*at)
        card.wait_for(state="visible")
    assert page.url == before  # a finger that rests does not follow the link
    for shown in CARDS[kind]:
        assert card.locator(shown).count(), shown
    assert card.evaluate("card => [...card.querySelectorAll('[id], a[href], [tabindex]')].length") == 0
    assert card.get_attribute("aria-label") == link.inner_text()
    box = card.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
    assert card.evaluate("card => card.scrollWidth <= card.clientWidth")
    if not touch:
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        rest(page)
        assert card.is_visible()
    rules = {"color-contrast": {"enabled": kind in ("fig", "sec")}}  # the others' words are in the same colours
    assert axe.finds(page, "#note-card", rules=rules) == []
    page.keyboard.press("Escape")
    assert not card.is_visible()
    page.mouse.move(1, 1)
    page.keyboard.press("Tab")
    link.focus()
    assert card.is_visible() and link.get_attribute("aria-describedby") == "note-card"
    page.keyboard.press("Enter")
    page.wait_for_function("(kind) => location.hash.startsWith(`#${kind}-`)", arg=kind)
    assert not card.is_visible()


@pytest.mark.parametrize(("width", "height"), [(640, 400), pytest.param(1280, 800, marks=pytest.mark.breadth)])
def test_all_of_a_card_is_in_the_window_or_scrolled_to(open_page: Open, served: str, width: int, height: int) -> None:
    """Also of one that is higher than there is room on either side of its link."""
    page = open_page(served + "index.html", width=width, height=height).page
    rest(page)  # before, nothing listens
    page.keyboard.press("Tab")
    page.wait_for_selector("#note-card", state="attached")
    counts = (
        "marks => marks.map(mark => document.getElementById(mark.getAttribute('popovertarget')).textContent.length)"
    )
    said = page.locator("button.claim").evaluate_all(counts)
    works = page.locator("a.citation").evaluate_all("links => links.map(link => link.parentElement.textContent.length)")
    tall = {
        "#note-card": [
            page.locator("a.citation").nth(works.index(max(works))),
            page.locator('a[href^="#tbl-"].reference').last,
        ],
        ".claim-evidence:popover-open": [page.locator("button.claim").nth(said.index(max(said)))],
    }
    for card, links in tall.items():
        for link in links:
            link.evaluate("link => link.scrollIntoView({ block: 'center', behavior: 'instant' })")
            rest(page)
            if link.evaluate("link => link.localName") == "a":
                link.focus()
            else:
                link.click()
            page.locator(card).wait_for()
            rest(page)
            box = page.locator(card).bounding_box()
            assert box and box["y"] >= 0 and box["y"] + box["height"] <= height, box
            scrolls = page.locator(card).evaluate("card => card.scrollHeight > card.clientHeight")
            assert page.locator(card).get_attribute("tabindex") == ("0" if scrolls else None)
            assert axe.finds(page, card) == []
            page.keyboard.press("Escape")


def test_a_card_has_all_works_of_a_group_and_the_definition_of_a_term(open_page: Open, served: str) -> None:
    page = open_page(served + "index.html").page
    page.evaluate(
        """() => {
          const dt = document.querySelector("dt");
          dt.innerHTML = `<span id="term">${dt.innerHTML}</span>`;
          document.querySelector(".prose > p").innerHTML += ' <a href="#term">a word</a>';
        }"""
    )
    card = page.locator("#note-card")
    page.keyboard.press("Tab")
    link = page.locator("a.citation + a.citation").first
    works = link.evaluate("(link) => link.previousElementSibling.hash")
    link.focus()
    card.wait_for()
    hashes = card.locator("a.note-go").evaluate_all("(links) => links.map((link) => link.hash)")
    assert works in hashes and link.evaluate("(link) => link.hash") in hashes
    page.locator('a[href="#term"]').focus()
    card.locator(".note-title").wait_for()
    assert card.locator(".note-title").text_content() == page.locator("dt").first.text_content()
    said = card.locator("p").last.inner_text()
    assert said.endswith(".") and page.locator("dd").first.evaluate("(dd) => dd.textContent").startswith(said[:20])


def test_bibtex_is_copied(open_page: Open, served: str) -> None:
    page = open_page(served + "index.html", permissions=["clipboard-read", "clipboard-write"]).page
    page.locator("button.copy").click()
    page.wait_for_function("() => document.querySelector('button.copy').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()").startswith("@misc{")


@pytest.mark.parametrize(
    ("selected", "copied"),
    [
        ("#sec-trick ~ p", "Class c gets the score w_c⋅h+b_c, and the highest score wins."),
        ("#eq-border", "$$(w_i - w_j) \\cdot h + b_i - b_j = 0,$$"),
        (
            "#sec-grid ~ p:has(.claim)",
            "points or more, and on points drawn anew, with other noise, 99\u202f% in the median.",
        ),
        ("#sec-grid", "What did the networks do?"),
        ("#tbl-recipe tbody", "Turn of an arm, τ\t4.0 rad\nNoise, σ\t0.1 rad\n"),
    ],
    ids=["formulas in a sentence", "an equation", "claims", "a heading", "a table"],
)
def test_what_is_copied_says_what_is_seen(article: Page, selected: str, copied: str) -> None:
    article.evaluate(
        """(selected) => {
          const part = document.querySelector(selected);
          part.closest("details")?.setAttribute("open", "");
          getSelection().selectAllChildren(part);
        }""",
        selected,
    )
    article.keyboard.press("Control+C")
    said = article.evaluate("navigator.clipboard.readText()")
    assert copied in said.replace("\r\n", "\n")
    assert not set("\u2713#") & set(said)


def test_marks_in_the_text_are_seen_where_colours_are_forced(article: Page) -> None:
    page = article
    page.emulate_media(forced_colors="active")
    painted = "(selector, part) => getComputedStyle(document.querySelector(selector), part)"
    page.locator("a.sets").first.wait_for()
    assert page.evaluate(f"({painted})('a.sets', '::after').backgroundImage") != "none"
    edge = page.locator(".claim").first
    edge.scroll_into_view_if_needed()
    rest(page)
    with Image.open(io.BytesIO(edge.screenshot())) as shot:
        grey = shot.convert("L")
        middle = [grey.getpixel((grey.width // 2, y)) for y in range(grey.height // 2 - 3)]
    assert min(middle) < 128  # the circle above its tick


def test_the_skip_link_leads_to_the_text(open_page: Open, served: str) -> None:
    page = open_page(served + "index.html").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'main'")  # the browser goes there in a task of its own


def test_focus_is_seen(open_page: Open, served: str) -> None:
    page = open_page(served + "index.html").page
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")


def test_contents_follow_the_reader(open_page: Open, served: str) -> None:
    page = open_page(served + "index.html", width=1440, reduced_motion="reduce").page
    links = page.locator(".contents--gutter a")
    assert links.count() > 1
    links.last.click()
    page.wait_for_function("() => document.querySelectorAll('.contents--gutter a[aria-current]').length === 1")
    assert page.locator(".contents--inline").is_visible() is False
    narrow = open_page(served + "index.html", width=390).page
    narrow.locator(".contents--inline summary").click()
    assert narrow.locator(".contents--inline a").first.is_visible()


def test_bars_of_what_scrolls_in_the_page_lie_on_its_own_ground(article: Page) -> None:
    bars = article.evaluate(
        """() => [...document.querySelectorAll("body *")].map(getComputedStyle)
          .filter(({ overflowX, overflowY }) => [overflowX, overflowY].some((way) => ["auto", "scroll"].includes(way)))
          .map(({ scrollbarColor }) => scrollbarColor)"""
    )
    assert bars and all(bar.endswith("rgba(0, 0, 0, 0)") for bar in bars)


def test_print_is_light_and_whole(open_page: Open, served: str, tmp_path: Path) -> None:
    page = open_page(served + "index.html", color_scheme="dark").page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".bar").is_visible()
    assert page.locator("details:not(.play):not([open])").count() == 0
    assert not page.locator(".play summary").first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    pdf = page.pdf(path=tmp_path / "article.pdf", prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize("chosen", ["", pytest.param("dark", marks=pytest.mark.breadth)])
def test_paper_has_the_same_pictures_whatever_the_readers_colours(open_page: Open, served: str, chosen: str) -> None:
    """Also those that a network is slow to bring, and after a print that is told twice, as some browsers do."""
    address = served + "other-rooms.html"
    light = open_page(address, color_scheme="light", fresh=True).page.pdf()
    visit = open_page(served + "404.html", color_scheme="light" if chosen else "dark", fresh=True)
    visit.page.evaluate("(theme) => localStorage.setItem('theme', theme)", chosen)
    page = visit.go(address)
    visit.scroll_through()
    are_dark = f"() => {SHOWN}.length && {SHOWN}.every((image) => image.currentSrc.includes('.dark.'))"
    page.wait_for_function(are_dark)
    page.evaluate("addEventListener('beforeprint', () => dispatchEvent(new Event('beforeprint')), { once: true })")
    page.route("**/plots/**", lambda route: (time.sleep(SLOW_S), route.continue_()))
    assert _printed_pictures(page.pdf()) == _printed_pictures(light) != []
    assert page.evaluate("document.documentElement.dataset.theme || ''") == chosen
    page.wait_for_function(are_dark)


def _printed_pictures(pdf: bytes) -> list[bytes]:
    return re.findall(rb"/Subtype /Image\b.*?stream\r?\n(.*?)endstream", pdf, re.DOTALL)


@pytest.mark.parametrize(
    "sheet", [643, 408, pytest.param(970, marks=pytest.mark.breadth)], ids=["upright", "A5", "across"]
)
def test_nothing_is_printed_beside_the_sheet(article: Page, sheet: int) -> None:
    """sheet: what its margins leave, CSS px, of A4 where nothing else is said; also what is folded up on the screen"""
    article.set_viewport_size({"width": sheet, "height": 800})
    article.emulate_media(media="print")
    article.evaluate("dispatchEvent(new Event('beforeprint'))")
    beside = article.evaluate(
        """() => [...document.querySelectorAll("main *")]
          .filter((part) => !part.parentElement.closest("math, svg"))
          .filter((part) => part.checkVisibility({ visibilityProperty: true }))
          .map((part) => [part, part.getBoundingClientRect()])
          .filter(([, box]) => box.width > 2 && (box.left < -1 || box.right > innerWidth + 1))
          .map(([part]) => `${part.tagName}.${part.className}`)"""
    )
    article.evaluate("dispatchEvent(new Event('afterprint'))")
    assert beside == []


def test_a_wrong_address_is_answered_at_any_depth(open_page: Open, served: str) -> None:
    visit = open_page(served + "no/such/place.html")
    assert visit.page.locator("h1").is_visible()
    assert [url for url in visit.asked if url != visit.page.url and not url.endswith("favicon.ico")] == []


def test_a_page_that_was_saved_is_as_it_was(open_page: Open, served: str) -> None:
    """Browsers save what scripts have made of a page, and run them again when it is opened."""
    visit = open_page(served + "index.html#fig-bend", bypass_csp=True)
    page = visit.page
    live = page.locator("#fig-bend .is-live > .explorable-live")
    live.wait_for()
    saved = page.content()
    page.route("**/saved.html", lambda route: route.fulfill(body=saved, content_type="text/html; charset=utf-8"))
    page.goto(served + "saved.html#fig-bend")
    live.wait_for()
    page.wait_for_function("() => peek.views.get('fig-bend')?.painted")
    assert live.count() == 1 and visit.said == []


def test_a_page_that_was_saved_as_one_file_shows_the_pictures(open_page: Open, served: str, tmp_path: Path) -> None:
    """Browsers let no script run in such a file."""
    page = open_page(served + "index.html#fig-beat").page
    page.locator("#fig-beat .is-live").wait_for()
    saved = page.context.new_cdp_session(page).send("Page.captureSnapshot", {"format": "mhtml"})["data"]
    (tmp_path / "saved.mhtml").write_text(saved, encoding="utf-8", newline="")
    page.goto((tmp_path / "saved.mhtml").as_uri())
    for name in ("beat", "bend", "train"):
        figure = page.locator(f"#fig-{name}")
        assert figure.locator(".planes img").first.is_visible()
        assert not figure.locator(".explorable-live").is_visible()

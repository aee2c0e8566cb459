"""Figures on pages of their own: in the frames of other people's pages, and the line that puts them there."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect

HIGHEST_SLACK_PX = 2  # between the height that a line gives and the figure's own
LISTENS = """<script>addEventListener("message", (event) => {
  if (event.data?.type === "figure-height") document.querySelector("iframe").height = event.data.height;
})</script>"""
HAS_ROOM = """async () => {
  const fits = () => document.documentElement.scrollHeight <= innerHeight;
  for (let tries = 0; tries < 100 && !fits(); tries++) await new Promise((done) => setTimeout(done, 30));
  return fits();
}"""
FITS = "() => [document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[str]:
    """The address of another host, whose pages lie in `tmp_path`."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def framed(page: Page, folder: Path, stranger: str, line: str, more: str = "") -> Frame:
    """A stranger's page with a line in a column below a long text, and the frame in it, once it has come."""
    head = '<!doctype html><link rel="icon" href="data:,"><body style="margin: 0"><p style="height: 1200px">Text</p>'
    (folder / "page.html").write_text(f"{head}{line}<p>More</p>{more}")
    page.goto(stranger + "page.html")
    page.locator("iframe").scroll_into_view_if_needed()
    [frame] = page.frames[1:]
    frame.locator("figure").wait_for()
    return frame


@pytest.mark.parametrize(("width", "touch"), [pytest.param(1280, False, marks=pytest.mark.breadth), (360, True)])
def test_the_line_takes_a_live_figure_along_as_it_is(open_page, served, stranger, tmp_path, width, touch):
    """Chosen and told by keyboard or finger; copied; in a column of text its height fits, with what it showed."""
    visit = open_page(
        served + "index.html", width=width, has_touch=touch, permissions=["clipboard-read", "clipboard-write"]
    )
    page, figure = visit.page, visit.page.locator("#fig-bend")
    expect(figure.locator(".is-live")).to_be_visible()
    expect(figure.locator(".figure-alone")).to_be_hidden()  # its tools have the way there
    figure.locator("input[value='4']").first.evaluate("(it) => it.click()")
    tool = figure.get_by_role("button", name="Embed", exact=True)
    if touch:
        tool.tap()
    else:
        tool.focus()
        page.keyboard.press("Enter")
    expect(figure.locator(".paste [role=status]")).to_have_text("Copied")
    field = figure.locator(".paste textarea")
    line = field.input_value()
    assert page.evaluate("navigator.clipboard.readText()") == line and field.evaluate(
        "(it) => it === document.activeElement"
    )
    said = re.fullmatch(r'<iframe src="([^"]*)" title="([^"]*)" width="100%" height="(\d+)" .*></iframe>', line)
    shown = f"{served}figures/bend.html#fig-bend.classes=4&amp;fig-bend.epoch=0"  # the epoch the figure begins with
    assert said and said[1] == shown and said[2].startswith("Figure 1 ")
    figure.locator("input[value='3']").first.evaluate("(it) => it.click()")
    figure.locator(".paste").hover()
    assert "classes=3" in field.input_value()
    assert visit.said == [] and visit.failed == []

    page.set_viewport_size({"width": 640, "height": 800})
    frame = framed(page, tmp_path, stranger, line)
    expect(frame.locator(".is-live")).to_be_visible()
    expect(frame.locator(".explorable-summary")).to_contain_text("4 classes")
    over, wide = frame.evaluate(FITS)
    assert over <= 0 and wide <= 0
    assert int(said[3]) - frame.evaluate("document.body.getBoundingClientRect().height") < HIGHEST_SLACK_PX
    place = page.evaluate("scrollY")
    frame.evaluate("location.hash = '#fig-bend.classes=6'")
    expect(frame.locator(".explorable-summary")).to_contain_text("6 classes")
    assert page.evaluate("scrollY") == place  # what a frame shows is no place in its page
    assert visit.said == []


SOME = [f"figures/{name}.html" for name in ("alive", "bend", "grid", "laws")]  # asleep, awake, pictures, a table


@pytest.mark.parametrize(
    ("width", "scheme", "shown"),
    [
        (360, "dark", SOME),
        *(pytest.param(*at, None, marks=pytest.mark.breadth) for at in ((360, "dark"), (800, "light"))),
    ],
)
def test_a_page_that_listens_gives_a_figure_its_room(open_page, served, stranger, site, tmp_path, width, scheme, shown):
    """As high as it is at any width, in the reader's colours, without a word: a store it asked for would be refused
    in a stranger's page, and told."""
    visit = open_page(served + "404.html", width=width, color_scheme=scheme)
    names = sorted(path.relative_to(site).as_posix() for path in site.glob("figures/**/*.html"))
    assert len(names) == len(re.findall(r"<figcaption>", "".join(p.read_text() for p in site.glob("*.html"))))
    visit.said.clear()
    for name in shown or names:
        frame = framed(
            visit.page, tmp_path, stranger, f'<iframe src="{served}{name}" width="100%" height="90"></iframe>', LISTENS
        )
        if frame.locator("[data-explorable]").count():
            expect(frame.locator(".is-live, .is-waiting")).to_be_visible()
        assert frame.evaluate(HAS_ROOM), name
        assert frame.evaluate(FITS)[1] <= 0, name
        dark = frame.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0] < 128")
        assert dark == (scheme == "dark")
    assert visit.said == []


def test_a_still_figure_is_taken_along_by_the_link_below_it(open_page, served):
    visit = open_page(served + "index.html", permissions=["clipboard-read", "clipboard-write"])
    figure = visit.page.locator("#fig-laws")
    link = figure.locator(".figure-alone > a")
    visit.page.keyboard.press("Tab")  # the first gesture, at which the script comes that makes a button of it
    figure.locator(".figure-alone > [role=button]").focus()
    visit.page.keyboard.press("Space")
    expect(figure.locator(".paste [role=status]")).to_have_text("Copied")
    assert "figures/laws.html" in figure.locator("textarea").input_value()
    assert link.get_attribute("aria-expanded") == "true"
    link.click()
    expect(figure.locator(".paste")).to_have_count(0)
    assert visit.said == []


@pytest.mark.parametrize("home", ["served", pytest.param("file", marks=pytest.mark.breadth)], indirect=True)
def test_a_figure_leads_to_its_run_as_code(open_page, home):
    visit = open_page(home + "index.html#fig-bend.classes=4")
    page, figure = visit.page, visit.page.locator("#fig-bend")
    expect(figure.locator(".is-live")).to_be_visible()
    code = figure.locator(".explorable-tools a", has_text="Code")
    own = open_page(home + "index.html#fig-train.start=own").page.locator("#fig-train .explorable-tools")
    expect(own.get_by_role("button", name="Reset")).to_be_visible()
    expect(own.locator("a")).to_be_hidden()  # no page has what a reader trains
    own.page.evaluate("peek.views.get('fig-train').set({ seed: 2, start: 'build' })")
    expect(own.locator("a")).to_have_attribute("href", re.compile(r"data/grid/k\d-tanh-s1\.html"))
    expect(own.locator("a")).to_be_visible()
    rate = own.page.evaluate("peek.views.get('fig-train').state.rate")
    set_rate = "(rate) => peek.views.get('fig-train').set({ rate })"
    own.page.evaluate(set_rate, 2 * rate)
    expect(own.locator("a")).to_be_hidden()
    own.page.evaluate(set_rate, rate)
    expect(own.locator("a")).to_be_visible()
    own.page.evaluate(set_rate, 2 * rate)
    train = own.page.locator("#fig-train")
    train.get_by_role("button", name="One step").click()
    expect(train.locator(".reading--epoch b")).to_have_text("1")
    own.page.evaluate(set_rate, rate)
    expect(own.locator("a")).to_be_hidden()  # it was trained otherwise
    train.get_by_role("button", name="Start again").click()
    expect(own.locator("a")).to_be_visible()
    assert code.get_attribute("href") == "data/grid/k4-tanh-s1.html"
    code.click()
    expect(page.locator("h1")).to_have_text("k4-tanh-s1")
    assert "torch.optim.Adam" in page.locator("#train-lines").inner_text()
    assert visit.said == [] and visit.failed == []
    page.goto(home + "figures/bend.html#fig-bend.classes=4")
    assert page.locator(".explorable-tools a", has_text="Code").get_attribute("href") == "../data/grid/k4-tanh-s1.html"

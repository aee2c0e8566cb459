"""Someone else's article: other tangles, a third room, its own words, colour and second page, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from generator.__main__ import main
from generator.site.single import single
from tests import axe
from tests.promises import kept_cache, tree

SECOND = Path(__file__).parent.parent / "sites" / "second"
PAGES = ("index.html", "recipes.html", "gallery.html", "reproduce.html", "404.html")


@pytest.fixture(scope="module")
def home(tmp_path_factory, one_worker_is_this_process):
    top = tmp_path_factory.mktemp("second")
    folders = ["--content", SECOND, "--out", top / "site", "--cache", kept_cache("second")]
    assert main(["build", "--strict", "--quiet", "--workers", "1", *map(str, folders)]) == 0
    return (top / "site").as_uri() + "/"


def test_it_passes_its_check(home, capsys):
    assert main(["check", home.removeprefix("file://")]) == 0, capsys.readouterr().err
    assert "claims: 1 holds" in capsys.readouterr().out


def quiet_and_narrow(visit):
    """The visit's page is no wider than the window, and nothing was said, failed or asked of others."""
    spare = visit.page.evaluate("document.documentElement.clientWidth - document.documentElement.scrollWidth")
    assert spare >= 0, f"{visit.page.url} is {-spare} px too wide"
    assert visit.said == [] and visit.failed == [] and visit.strangers == []


@pytest.mark.parametrize(
    ("colours", "accent"), [("dark", "#ffb27a"), pytest.param("light", "#8a3a10", marks=pytest.mark.breadth)]
)
def test_every_page_fits_a_phone_says_nothing_and_has_its_own_accent(open_page, home, colours, accent):
    visit = open_page(home + "index.html", color_scheme=colours, reduced_motion="reduce")
    for address in PAGES:
        page = visit.go(home + address)
        visit.scroll_through()
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            quiet_and_narrow(visit)
        told = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()")
        assert told == accent, address
        axe.thin(page)
        assert axe.finds(page) == [], address


def test_items_beside_tasks_keep_their_bullets_and_an_author_s_html_its_distance(open_page, home):
    page = open_page(home + "recipes.html").page
    item, _ = page.locator(".contains-task-list > li").all()
    assert item.evaluate("li => getComputedStyle(li).listStyleType") == "disc"
    below = page.locator(".box + p").bounding_box()["y"]
    assert below - sum(page.locator(".box").bounding_box()[side] for side in ("y", "height")) > 10


def test_its_figures_come_alive_on_its_own_runs(open_page, home):
    page = open_page(home + "index.html", height=900).page
    figure = page.locator("#fig-moons")
    figure.get_by_role("slider").first.wait_for(timeout=20_000)
    before = figure.locator("canvas").first.evaluate("canvas => canvas.toDataURL()")
    figure.get_by_role("slider").first.focus()
    page.keyboard.press("Home")
    page.wait_for_function(
        "([before]) => document.querySelector('#fig-moons canvas').toDataURL() !== before", arg=[before]
    )
    assert page.locator("script[src^='data/moons/k2-tanh-s1']").count() == 1


def test_a_figure_without_choices_shows_the_same_network_with_and_without_scripts(open_page, home):
    page = open_page(home + "index.html", height=900).page
    figure = page.locator("#fig-own")
    still = figure.locator("img").first.get_attribute("alt", timeout=20_000)
    assert still.startswith("The input plane: 3 rings of points, each inside the next, on the regions that the tanh")
    figure.scroll_into_view_if_needed()
    figure.get_by_role("button", name="Train", exact=True).wait_for(timeout=20_000)
    summary = figure.locator(".explorable-summary")
    expect(summary).to_contain_text("3 classes, tanh, 32 and 2 hidden neurons, the build\u2019s start.")
    figure.get_by_role("radio", name="a seed of your own").check()
    expect(summary).to_contain_text("3 classes, tanh, 32 and 2 hidden neurons, seed 1, noise 0.08.")
    words = figure.text_content()
    assert "How many rings there are to tell apart." in words and "How far points stray from their ring" in words


def test_its_words_and_no_one_elses(open_page, home):
    page = open_page(home + "index.html").page
    text = page.locator("body").inner_text()
    assert re.search(r"the best one reads \d+(\.\d)?\s%", text)
    assert not re.search(r"spiral|optimal packing|\{\{ ", text)
    assert page.title().startswith("Hooks and rings: what a plane can undo")
    page.get_by_role("link", name="Recipes").first.click()
    assert "Eight networks, in three experiments" in page.locator("main").inner_text()
    page.get_by_role("link", name="Section 1").or_(page.locator("a.reference")).first.click()
    assert page.url.endswith("index.html#sec-rings")


def test_paper_has_no_buttons_and_every_picture(open_page, home):
    visit = open_page(home + "index.html", color_scheme="dark")
    visit.scroll_through()
    page = visit.page
    page.emulate_media(media="print")
    assert page.locator("button:visible").count() == 0
    marks = page.locator(".claim-mark").evaluate_all("all => all.map((mark) => mark.getBoundingClientRect().width)")
    assert marks and not any(marks)  # no hole in the line where a button was
    assert page.locator("details .tab-content").evaluate_all("all => all.every((one) => one.checkVisibility())")
    shown = "[...document.querySelectorAll('figure img')].filter(i => i.checkVisibility()).map(i => i.currentSrc)"
    pictures = page.evaluate(shown)
    assert len(pictures) >= 5 and not [url for url in pictures if ".dark." in url]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")


GROUNDS = """() => [...document.querySelectorAll('.prose img[src^="pictures/"]')].map((image) => {
  const { backgroundColor, filter } = getComputedStyle(image);
  const colours = backgroundColor === "rgba(0, 0, 0, 0)" ? "bare" : backgroundColor;
  return [image.currentSrc.split("/").pop(), colours, filter.includes("invert") ? "inverted" : ""];
})"""
SHEET = "rgb(252, 250, 246)"
IN_THE_LIGHT = [["hook.svg", "bare", ""], ["fork.svg", "bare", ""], ["dash.svg", "bare", ""]]
IN_THE_DARK = [["hook.svg", SHEET, ""], ["fork.dark.svg", "bare", ""], ["dash.svg", "bare", "inverted"]]


@pytest.mark.parametrize("setting", ["dark", pytest.param("light", marks=pytest.mark.breadth)])
def test_a_dark_line_is_seen_on_dark_paper_by_setting_and_by_switch(open_page, home, setting):
    visit = open_page(home + "index.html", color_scheme=setting)
    page, shown = visit.page, {"light": IN_THE_LIGHT, "dark": IN_THE_DARK}
    visit.scroll_through()
    assert page.evaluate(GROUNDS) == shown[setting]
    page.locator(".theme-switch").click()
    visit.scroll_through()
    assert page.evaluate(GROUNDS) == shown["light" if setting == "dark" else "dark"]
    page.reload()
    visit.scroll_through()
    assert page.evaluate(GROUNDS) == shown["light" if setting == "dark" else "dark"]
    page.emulate_media(media="print")
    visit.scroll_through()
    assert page.evaluate(GROUNDS) == IN_THE_LIGHT


def test_a_video_plays_with_its_captions_from_disk_and_from_one_file(open_page, home, tmp_path):
    folder = Path(home.removeprefix("file://"))
    (tmp_path / "one.html").write_bytes(single(tree(folder)))
    for address in (home + "index.html", (tmp_path / "one.html").as_uri()):
        visit = open_page(address)
        video = visit.page.locator("#fig-turn video")
        video.scroll_into_view_if_needed()
        told = video.evaluate(
            """async (video) => {
              const { paused, autoplay, controls, poster } = video;
              video.muted = true;
              video.textTracks[0].mode = "showing";
              await video.play();
              while (!video.textTracks[0].cues?.length) await new Promise((done) => setTimeout(done, 20));
              const said = video.textTracks[0].cues[0].text;
              return [paused, autoplay, controls, poster !== "", said, video.videoWidth];
            }"""
        )
        assert told == [True, False, True, True, "An arc turns.", 160], address
        size = "video => [video.getAttribute('width'), video.getAttribute('height'), video.clientHeight]"
        assert video.evaluate(size) == ["160", "90", 90]
        assert visit.said == [] and visit.failed == [] and visit.strangers == []
    figure = visit.go(home + "index.html").locator("#fig-turn")
    assert figure.get_by_role("link", name="Video file").get_attribute("href") == "clips/turn.webm"
    visit.page.emulate_media(media="print")
    expect(figure.get_by_role("img", name="An arc turns around its middle")).to_be_visible()
    expect(figure.locator("video")).to_be_hidden()

"""peek serve as an author sees it: save, and the page is there; a mistake, and the page says so."""

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from generator.serve import NOTHING_YET, with_client
from tests.edits import add, edit

ROOT = Path(__file__).parent.parent.parent
TINY = ROOT / "tests" / "sites" / "tiny"
START_S = 120


@pytest.fixture
def cache(made_tiny, tmp_path):
    """A copy of what the tiny article trains and draws, for one test: what it trains is new, also when tried again."""
    return shutil.copytree(made_tiny / "cache", tmp_path / "cache")


@pytest.fixture
def serving(tmp_path, cache):
    """(folder of the content, folder of the templates, address, lines said so far)."""
    content = shutil.copytree(TINY, tmp_path / "content")
    templates = shutil.copytree(ROOT / "templates", tmp_path / "templates")
    options = [
        "--content",
        str(content),
        "--templates",
        str(templates),
        "--cache",
        str(cache),
        "--port",
        "0",
        "--workers",
        "1",
    ]
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "generator", "serve", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    lines: queue.Queue[str] = queue.Queue()
    said: list[str] = []

    def read():
        for line in process.stdout:
            said.append(line.rstrip())
            lines.put(line.rstrip())

    reader = threading.Thread(target=read)
    reader.start()
    address = ""
    while not address or not any(line.startswith("start:") for line in said):
        line = lines.get(timeout=START_S)
        address = line if line.startswith("http://127.0.0.1:") else address
    yield content, templates, address, said
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)
    reader.join(20)
    assert not reader.is_alive()  # nobody else holds its output: no worker was left behind
    process.stdout.close()
    assert process.returncode == 0 and not [line for line in said if "ERROR" in line or "Traceback" in line]


@pytest.fixture
def served_page(serving, browser):
    """The article in a low window, scrolled down a little once nothing moves it any more."""
    page = browser.new_page(viewport={"width": 900, "height": 300})
    page.goto(serving[2])
    page.evaluate("document.fonts.ready")
    page.evaluate("scrollTo({ top: 200, behavior: 'instant' }); window.kept = true")
    yield page
    page.close()


def wait_for_line(said, start):
    """The terminal is told of what was rendered after the pages are."""
    until = time.monotonic() + START_S
    while not any(line.startswith(start) for line in said):
        assert time.monotonic() < until, said
        time.sleep(0.02)


def test_a_saved_sentence_appears_and_the_scroll_stays(serving, served_page):
    content, _, _, said = serving
    page = served_page
    edit(content / "article.md", "Where the points go.", "Where all points go.")
    expect(page.get_by_text("Where all points go.")).to_be_visible()
    page.wait_for_function("() => scrollY === 200")
    wait_for_line(said, "article.md: rendered the pages in")


def test_words_change_in_place_and_what_scripts_work_on_is_loaded_anew(serving, served_page):
    content, page = serving[0], served_page
    figure = page.locator("figure").first.element_handle()
    edit(content / "article.md", "in\n@fig-planes.", "here\nin @fig-planes.\n\nA second paragraph.")
    expect(page.get_by_text("A second paragraph.")).to_be_attached()
    edit(content / "article.md", "A second paragraph.", "Another *second* paragraph.")
    expect(page.get_by_text("Another second paragraph.")).to_be_attached()
    assert page.evaluate("window.kept") and page.evaluate("scrollY") == 200
    assert figure.evaluate("figure => figure.isConnected")
    edit(content / "article.md", "Another *second*", "A noted[^a]")
    add(content / "article.md", "\n[^a]: A note.\n")
    expect(page.locator("#fn-a")).to_be_attached()
    page.wait_for_function("() => scrollY === 200 && !window.kept")


FOLDED = """
/// details | More
Hidden words, $x$.
///

/// tab | One
First.
///

/// tab | Two
Second.
///

Last words.
"""


def test_what_is_open_stays_open_in_place_and_over_a_reload(serving, served_page):
    content, page = serving[0], served_page
    add(content / "article.md", FOLDED)
    more, two = page.locator("details", has_text="Hidden words"), page.locator("details.tab", has_text="Second.")
    more.locator("summary").click()
    two.locator("summary").click()
    page.evaluate("scrollTo({ top: 150, behavior: 'instant' }); window.kept = true")
    edit(content / "article.md", "Hidden words, $x$", "Hidden *words*, $x^2$")
    expect(more.locator("em")).to_be_attached()
    assert page.evaluate("window.kept")
    edit(content / "article.md", "Last words.", "Last words.[^n]\n\n[^n]: A note.")
    page.wait_for_function("() => !window.kept && document.querySelector('#fn-n')")
    page.wait_for_function("() => scrollY === 150")
    for details in (more, two):
        assert details.evaluate("details => details.open")
    assert not page.locator("details.tab", has_text="First.").evaluate("details => details.open")


def test_styles_are_exchanged_in_place(serving, served_page):
    templates, page = serving[1], served_page
    (templates / "css" / "99-mine.css").write_text("main { outline: 7px solid }\n")
    page.wait_for_function("() => getComputedStyle(document.querySelector('main')).outlineWidth === '7px'")
    assert page.evaluate("window.kept")


def test_training_shows_on_the_page(serving, served_page):
    content, page, said = serving[0], served_page, serving[3]
    edit(content / "experiments.toml", "draw = 1", "seeds = 2\ndraw = 1")
    expect(page.get_by_role("alert")).to_contain_text("networks", timeout=60_000)
    expect(page.get_by_text("Four networks")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("alert")).to_be_hidden()
    wait_for_line(said, "experiments.toml: train 2")


def test_a_mistake_appears_over_the_page_and_goes_away(serving, served_page):
    content, page = serving[0], served_page
    edit(content / "article.md", "hidden-plane", "hiden-plane")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text('article.md:14: unknown figure "hiden-plane"')
    expect(page.get_by_text("Where the points go.")).to_be_visible()
    edit(content / "article.md", "hiden-plane", "hidden-plane")
    expect(alert).to_be_hidden()


def test_a_template_is_watched_too(serving, served_page):
    templates, page = serving[1], served_page
    edit(templates / "base.html", "</body>", "<p>From the template.</p></body>")
    expect(page.get_by_text("From the template.")).to_be_visible(timeout=60_000)


def test_pages_and_files_are_served_and_nothing_is_written(serving, served_page):
    content, _, address, _ = serving
    page = served_page
    assert page.goto(address + "gallery.html").status == 200
    assert page.goto(address + "nothing.html").status == 404
    assert page.request.get(address + "plots/2/tanh.hidden.anim.gif").headers["content-type"] == "image/gif"
    assert not (content.parent / "site").exists()


def test_a_picture_of_the_authors_own_is_exchanged(serving, served_page):
    content, page = serving[0], served_page
    (content / "own.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"/>')
    add(content / "article.md", "\n![Own](own.svg)\n")
    shown = "document.querySelector('img[alt=Own]')?.naturalWidth"
    page.wait_for_function(f"() => {shown} === 40")
    (content / "own.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="60" height="10"/>')
    page.wait_for_function(f"() => document.querySelector('img[alt=Own]').scrollIntoView() || {shown} === 60")


LATE_FIRST_ANSWER = """
const real = window.fetch; let count = 0;
window.fetch = async (...asked) => {
  const late = ++count === 1;
  const answer = await real(...asked), text = await answer.text();
  if (late) {
    await new Promise((done) => setTimeout(done, 1500));
    setTimeout(() => { window.late = true; }, 100);
  }
  return new Response(text);
};
"""


def test_a_late_answer_does_not_replace_a_newer_one(serving, browser):
    content, _, address, said = serving
    page = browser.new_page()
    page.add_init_script(LATE_FIRST_ANSWER)
    page.goto(address)
    edit(content / "article.md", "Where the points go.", "Where one point goes.")
    wait_for_line(said, "article.md: rendered")
    edit(content / "article.md", "Where one point goes.", "Where the last point goes.")
    expect(page.get_by_text("Where the last point goes.")).to_be_visible()
    # By now the first answer is there, or the page that asked for it is gone.
    page.wait_for_function("() => window.late || performance.getEntriesByType('navigation')[0].type === 'reload'")
    expect(page.get_by_text("Where the last point goes.")).to_be_visible()
    page.close()


LATE_EVENTS = """
const Real = window.EventSource;
window.EventSource = function (address) {
  setTimeout(() => { new Real(address).onmessage = (event) => this.onmessage(event); }, 1500);
};
"""


def test_what_changed_before_the_page_listened_is_caught_up(serving, browser):
    content, _, address, _ = serving
    page = browser.new_page()
    page.add_init_script(LATE_EVENTS)
    page.goto(address)
    edit(content / "article.md", "Where the points go.", "Where all points go.")
    expect(page.get_by_text("Where all points go.")).to_be_visible()
    page.close()


def test_what_nobody_foresaw_is_said_over_the_page_and_serving_goes_on(serving, served_page):
    content, page, said = serving[0], served_page, serving[3]
    whole = (content / "article.md").read_text()
    (content / "article.md").rename(content / "aside")
    (content / "article.md").symlink_to("article.md")  # reading it is refused, again and again
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("article.md")
    (content / "article.md").unlink()
    (content / "article.md").write_text(whole.replace("Where the points go.", "Where all points go."))
    expect(page.get_by_text("Where all points go.")).to_be_visible()
    expect(alert).to_be_hidden()
    assert any("article.md" in line for line in said)


def test_what_is_wrong_from_the_start_shows_where_no_page_is_yet(serving, browser):
    content, _, address, _ = serving
    edit(content / "article.md", "/// figure", "/// figre")
    page = browser.new_page()
    [version] = re.findall('data-version="([0-9]+)"', page.request.get(address).text())
    first = with_client(NOTHING_YET, int(version)).decode()
    page.route("**/nothing-yet.html", lambda route: route.fulfill(status=503, content_type="text/html", body=first))
    page.goto(f"{address}nothing-yet.html")
    expect(page.get_by_role("alert")).to_contain_text('unknown block "figre"')
    page.close()


def test_a_text_is_shown_while_networks_train_and_what_is_taken_back_is_given_up(serving, served_page):
    content, page, said = serving[0], served_page, serving[3]
    alert, experiments = page.get_by_role("alert"), (content / "experiments.toml").read_text()
    edit(content / "experiments.toml", "epochs = 60", "epochs = 900000")
    expect(alert).to_contain_text("train: 2 networks", timeout=60_000)
    edit(content / "article.md", "Where the points go.", "Where all points go.")
    expect(page.get_by_text("Where all points go.")).to_be_visible()
    expect(alert).to_contain_text("train: 2 networks")
    edit(content / "article.md", "@fig-planes", "@fig-plane")
    expect(alert).to_contain_text('undefined figure "fig-plane"; did you mean "fig-planes"?')
    edit(content / "article.md", "@fig-plane", "@fig-planes")
    expect(alert).to_contain_text("train: 2 networks")
    (content / "experiments.toml").write_text(experiments)
    expect(alert).to_be_hidden()
    edit(content / "article.md", "Where all points go.", "Where most points go.")
    expect(page.get_by_text("Where most points go.")).to_be_visible()
    expect(alert).to_be_hidden()
    assert not any("not rebuilt" in line for line in said)


def test_a_text_that_needs_runs_to_come_waits_for_them(serving, served_page):
    content, page = serving[0], served_page
    edit(content / "experiments.toml", "draw = 1", "seeds = 2\ndraw = 1")
    edit(content / "article.md", "in\n@fig", "{{ results.where(seed=2).count }} of seed 2, in\n@fig")
    expect(page.get_by_text("2 of seed 2")).to_be_attached(timeout=60_000)
    expect(page.get_by_role("alert")).to_be_hidden()

"""peek serve as an author sees it: save, and the page is there; a mistake, and the page says so."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parent.parent.parent
TINY = ROOT / "tests" / "sites" / "tiny"
START_S = 120


@pytest.fixture
def serving(tmp_path, cache):
    """(folder of the content, folder of the templates, address, lines said so far)."""
    content = shutil.copytree(TINY, tmp_path / "content")
    templates = shutil.copytree(ROOT / "templates", tmp_path / "templates")
    options = ["--content", str(content), "--templates", str(templates), "--cache", str(cache), "--port", "0"]
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


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_saved_sentence_appears_and_the_scroll_stays(serving, browser):
    content, _, address, said = serving
    page = browser.new_page(viewport={"width": 900, "height": 300})
    page.goto(address)
    page.evaluate("scrollTo(0, 200)")
    replace(content / "article.md", "Where the points go.", "Where all points go.")
    expect(page.get_by_text("Where all points go.")).to_be_visible()
    page.wait_for_function("scrollY === 200")
    assert any(line.startswith("article.md: rendered the pages in") for line in said)
    page.close()


def test_words_change_in_place_and_what_scripts_work_on_is_loaded_anew(serving, browser):
    content, _, address, _ = serving
    page = browser.new_page(viewport={"width": 900, "height": 300})
    page.goto(address)
    page.evaluate("scrollTo(0, 200); window.kept = true")
    figure = page.locator("figure").first.element_handle()
    replace(content / "article.md", "in\n@fig-planes.", "here\nin @fig-planes.\n\nA second paragraph.")
    expect(page.get_by_text("A second paragraph.")).to_be_attached()
    replace(content / "article.md", "A second paragraph.", "Another *second* paragraph.")
    expect(page.get_by_text("Another second paragraph.")).to_be_attached()
    assert page.evaluate("window.kept") and page.evaluate("scrollY") == 200
    assert figure.evaluate("figure => figure.isConnected")
    replace(content / "article.md", "Another *second*", "A noted[^a]")
    (content / "article.md").write_text((content / "article.md").read_text() + "\n[^a]: A note.\n")
    expect(page.locator("#fn-a")).to_be_attached()
    page.wait_for_function("scrollY === 200 && !window.kept")
    page.close()


def test_styles_are_exchanged_in_place(serving, browser):
    _, templates, address, _ = serving
    page = browser.new_page()
    page.goto(address)
    page.evaluate("window.kept = true")
    (templates / "css" / "99-mine.css").write_text("main { outline: 7px solid }\n")
    page.wait_for_function("getComputedStyle(document.querySelector('main')).outlineWidth === '7px'")
    assert page.evaluate("window.kept")
    page.close()


def test_training_shows_on_the_page(serving, browser):
    content, _, address, _ = serving
    page = browser.new_page()
    page.goto(address)
    replace(content / "experiments.toml", "draw = 1", "seeds = [11, 12]\ndraw = 1")
    expect(page.get_by_role("alert")).to_contain_text("networks", timeout=60_000)
    expect(page.get_by_text("Four networks")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("alert")).to_be_hidden()
    page.close()


def test_a_mistake_appears_over_the_page_and_goes_away(serving, browser):
    content, _, address, _ = serving
    page = browser.new_page()
    page.goto(address)
    replace(content / "article.md", "hidden-plane", "hiden-plane")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text('article.md:14: unknown figure "hiden-plane"')
    expect(page.get_by_text("Where the points go.")).to_be_visible()
    replace(content / "article.md", "hiden-plane", "hidden-plane")
    expect(alert).to_be_hidden()
    page.close()


def test_a_template_and_an_experiment_are_watched_too(serving, browser):
    content, templates, address, said = serving
    page = browser.new_page()
    page.goto(address)
    replace(templates / "base.html", "</body>", "<p>From the template.</p></body>")
    expect(page.get_by_text("From the template.")).to_be_visible()
    replace(content / "experiments.toml", "draw = 1", "seeds = 2\ndraw = 1")
    expect(page.get_by_text("Four networks")).to_be_visible(timeout=60_000)
    assert any(line.startswith("experiments.toml: train 2") for line in said)
    page.close()


def test_pages_and_files_are_served_and_nothing_is_written(serving, browser):
    content, _, address, _ = serving
    page = browser.new_page()
    assert page.goto(address + "gallery.html").status == 200
    assert page.goto(address + "nothing.html").status == 404
    assert page.request.get(address + "plots/2/tanh.hidden.anim.gif").headers["content-type"] == "image/gif"
    assert not (content.parent / "site").exists()
    page.close()

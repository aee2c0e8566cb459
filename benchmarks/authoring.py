"""The authoring loop: from saving a file to seeing it, here and with generators for prose alone."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error, Page

from benchmarks.contest import ROOT, Unavailable, environment, node_environment, prose, rounds, shown, table, timed
from benchmarks.page import VIEW, browsing

TITLE = "Authoring"
WORDS, PICTURES, EQUATIONS, NOTES = 2600, 12, 30, 10
START_S, PATIENCE_S, POLL_S = 60.0, 8.0, 0.004
SETTLE_S = 1.2  # between edits, so that every server is at rest
EXPERIMENTS = """
[dataset.spirals]
kind = "spirals"

[experiment.one]
classes = 2
activation = "tanh"
hidden = [4, 2]
epochs = 20
"""


@dataclass
class Tool:
    """A generator at work on an article.

    text     its source
    build    the command that builds the site once
    serve    the command that serves it while one writes; {port} is where
    page     the article's address on the server
    reloads  whether the browser is told of an edit
    """

    name: str
    home: Path
    text: Path
    build: list[str]
    serve: list[str]
    page: str = ""
    reloads: bool = True


def measure(quick: bool) -> str:
    """The section's text."""
    remarks: list[str] = []
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        tools = []
        for made in (peek, mkdocs, pelican, eleventy):
            try:
                tools.append(made(Path(folder) / made.__name__))
            except Unavailable as error:
                remarks.append(f"{made.__name__} could not be installed here: {error}.")
        count = 3 if quick else 7
        tokens = (f"token{number}x" for number in itertools.count())
        built = rounds(count + 1, {tool.name: partial(edit_to_built, tool, tokens) for tool in tools})
        served, seen = live(tools, count, tokens, stack)
    rows = []
    for tool in tools:
        row: list[object] = [tool.name]
        for found in (served, seen, {name: times[1:] for name, times in built.items()}):
            times = found.get(tool.name, [])
            row.append(shown(1000 * seconds for seconds in times) if times else "never")
        rows.append(row)
    about = prose(
        f"""One article of {WORDS:,} words, {PICTURES} pictures, {EQUATIONS} equations and {NOTES} footnotes; one word
        is changed. *Served*: until the server's answer holds it. *Seen*: until the text of a page that is open in
        Chromium does. *Built*: the whole command once, from a shell. Milliseconds. Ours typesets the equations,
        computes its numbers from the runs, and checks text and links; the others leave equations as they are."""
    )
    head = ["", "edit to served", "edit to seen", "edit to built"]
    return "\n".join([about, table(head, rows), *remarks])


def live(
    tools: list[Tool], count: int, tokens: Iterator[str], stack: contextlib.ExitStack
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Seconds to served and to seen, round by round, all servers running side by side."""
    addresses = {tool.name: stack.enter_context(serving(tool)) for tool in tools}
    browser = stack.enter_context(browsing())
    served = rounds(count, {tool.name: partial(edit_to_served, tool, addresses, tokens) for tool in tools})
    pages = {}
    for tool in tools:
        pages[tool.name] = browser.new_page(viewport=VIEW)
        pages[tool.name].goto(addresses[tool.name])
    jobs = {tool.name: partial(edit_to_seen, tool, pages[tool.name], tokens) for tool in tools if tool.reloads}
    return served, rounds(count, jobs)


def edit(tool: Tool, token: str) -> None:
    """Change one word, in the middle."""
    before = tool.text.read_text(encoding="utf-8")
    old = next(word for word in before.split() if word.startswith("token"))
    tool.text.write_text(before.replace(old, token), encoding="utf-8")


def edit_to_built(tool: Tool, tokens: Iterator[str]) -> float:
    edit(tool, next(tokens))
    began = time.perf_counter()
    done = subprocess.run(tool.build, cwd=tool.home, capture_output=True, text=True, env=environ())
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{tool.name}: code {done.returncode}\n{done.stderr[-2000:]}")
    return seconds


def edit_to_served(tool: Tool, addresses: dict[str, str], tokens: Iterator[str]) -> float:
    time.sleep(SETTLE_S)
    token = next(tokens)
    return timed(lambda: (edit(tool, token), until(lambda: token in fetched(addresses[tool.name]))))


def edit_to_seen(tool: Tool, page: Page, tokens: Iterator[str]) -> float:
    time.sleep(SETTLE_S)
    token = next(tokens)

    def there() -> bool:
        try:
            return bool(page.evaluate("token => document.body?.textContent.includes(token) ?? false", token))
        except Error:  # the page is being replaced
            return False

    return timed(lambda: (edit(tool, token), until(there)))


def until(there: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait for something.

    raises  TimeoutError
    """
    end = time.monotonic() + patience_s
    while not there():
        if time.monotonic() > end:
            raise TimeoutError(f"nothing after {patience_s} s")
        time.sleep(POLL_S)


def fetched(address: str) -> str:
    """A page's text; "" while nobody answers, or the file that is served is being written."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
            return str(answer.read().decode())
    except (OSError, http.client.HTTPException, UnicodeDecodeError):
        return ""


@contextlib.contextmanager
def serving(tool: Tool) -> Iterator[str]:
    """The article's address on the tool's server, which runs until then."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [part.replace("{port}", str(port)) for part in tool.serve]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            program, cwd=tool.home, stdout=said, stderr=said, env=environ(), start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}/{tool.page}"
            until(lambda: "token" in fetched(address), START_S)
            yield address
        except TimeoutError as error:
            said.seek(0)
            raise TimeoutError(f"{tool.name}: {error}: {said.read().decode()[-2000:]}") from error
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


# The tools


def peek(home: Path) -> Tool:
    """This project."""
    head = "---\ntitle: Article\ndescription: One.\nauthors:\n  - name: A\ndate: 2026-01-01\n---\n\n"
    text = written(home / "content" / "article.md", head + body())
    (home / "content" / "experiments.toml").write_text(EXPERIMENTS, encoding="utf-8")
    program = [sys.executable, "-m", "generator"]
    return Tool("peek", home, text, [*program, "build"], [*program, "serve", "--port", "{port}"])


def mkdocs(home: Path) -> Tool:
    """MkDocs with its own theme."""
    program = str(environment("mkdocs", "mkdocs") / "mkdocs")
    text = written(home / "docs" / "index.md", body())
    config = "site_name: Article\nmarkdown_extensions: [footnotes]\n"
    (home / "mkdocs.yml").write_text(config, encoding="utf-8")
    serve = [program, "serve", "--livereload", "-a", "127.0.0.1:{port}"]
    return Tool("MkDocs", home, text, [program, "build"], serve)


def pelican(home: Path) -> Tool:
    """Pelican with its own theme. Its server tells no browser."""
    program = str(environment("pelican", "pelican[markdown]") / "pelican")
    text = written(home / "content" / "article.md", "Title: Article\nDate: 2026-01-01\nSlug: article\n\n" + body())
    (home / "pelicanconf.py").write_text(
        'SITENAME = "Article"\nTIMEZONE = "UTC"\nSTATIC_PATHS = ["pictures"]\nFEED_ALL_ATOM = None\n'
        'MARKDOWN = {"extensions": ["markdown.extensions.footnotes"], "output_format": "html5"}\n',
        encoding="utf-8",
    )
    serve = [program, "--listen", "--autoreload", "--port", "{port}", "content"]
    return Tool("Pelican", home, text, [program, "content"], serve, "article.html", reloads=False)


def eleventy(home: Path) -> Tool:
    """Eleventy, which has no theme."""
    if not shutil.which("node"):
        raise Unavailable("Node is not there")
    program = str(node_environment("eleventy", "@11ty/eleventy") / "eleventy")
    text = written(home / "index.md", body())
    (home / "eleventy.config.js").write_text(
        'module.exports = (config) => config.addPassthroughCopy("pictures");\n', encoding="utf-8"
    )
    return Tool("Eleventy", home, text, [program], [program, "--serve", "--port", "{port}"])


def written(text: Path, source: str) -> Path:
    """An article's source on disk with its pictures beside it."""
    folder = text.parent / "pictures"
    folder.mkdir(parents=True)
    text.write_text(source, encoding="utf-8")
    for number in range(PICTURES):
        noise = random.Random(number).randbytes(150 * 150 * 3)
        Image.frombytes("RGB", (150, 150), noise).save(folder / f"p{number}.png")
    return text


def body() -> str:
    """An article in the Markdown that all of them read."""
    rng = random.Random(0)
    stock = ["network", "plane", "class", "layer", "angle", "corner", "vector", "seed", "loss", "room", "shape"]
    blocks = []
    for number in range(EQUATIONS):
        words = " ".join(rng.choice(stock) for _ in range(WORDS // EQUATIONS))
        note = f"[^n{number}]" if number < NOTES else ""
        blocks.append(f"{'token0x ' if number == EQUATIONS // 2 else ''}{words.capitalize()}{note}.")
        blocks.append(f"$$\nf_{{{number}}}(x) = \\frac{{1}}{{N}} \\sum_{{i=1}}^{{N}} \\tanh(w_i x + b_i)\n$$")
        if number % 5 == 0:
            blocks.append(f"## Section {number}")
        if number < PICTURES:
            blocks.append(f"![Picture {number}](pictures/p{number}.png)")
    blocks += [f"[^n{number}]: A note on {rng.choice(stock)}." for number in range(NOTES)]
    return "\n\n".join(blocks) + "\n"

"""The page: what a reader's browser loads, and how smoothly the explorables move."""

from __future__ import annotations

import gzip
import statistics
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Response, sync_playwright

from benchmarks import frames
from benchmarks.builds import repository
from benchmarks.contest import prose, table, timed
from generator.__main__ import write_single
from tests import chromium

TITLE = "Page"
VIEW = {"width": 1280, "height": 800}
SETTLE_MS = 1500
KINDS = {".html": "HTML", ".css": "CSS", ".js": "scripts", ".woff2": "fonts", ".svg": "pictures"}
PACKED = (".woff2", ".png", ".webp", ".gif", ".jpg")  # compression gains nothing on them


def measure(quick: bool) -> str:
    """The section's text."""
    _, home = repository(quick)
    site = home / "site"
    return "\n".join([weights(site), single_file(home), smoothness(site, quick)])


def weight(name: str, data: bytes) -> int:
    """Bytes that travel: compressed where that gains something."""
    return len(data) if name.endswith(PACKED) else len(gzip.compress(data, 9, mtime=0))


def weights(site: Path) -> str:
    """What the first screen loads, and what the parts weigh."""
    loaded: dict[str, int] = defaultdict(int)
    with frames.serving(site) as address, browsing() as browser:
        for name, data in first_view(browser, address):
            kind = "data of a run" if "/data/" in name else KINDS.get(Path(name).suffix, "pictures")
            loaded[kind] += weight(name, data)
    rows = [[kind, f"{size / 1000:.1f}"] for kind, size in sorted(loaded.items(), key=lambda item: -item[1])]
    rows.append(["**first view**", f"**{sum(loaded.values()) / 1000:.1f}**"])
    runs = [weight(path.name, path.read_bytes()) / 1000 for path in sorted((site / "data").rglob("*.js"))]
    pictures = [path.stat().st_size for path in (site / "plots").rglob("*") if path.is_file()]
    about = prose(
        f"""What a browser of {VIEW["width"]}×{VIEW["height"]} pixels loads before anyone scrolls, in real Chromium;
        kB, text gzipped."""
    )
    rest = prose(
        f"""Data of one run: {statistics.median(runs):.0f} kB ({min(runs):.0f} to {max(runs):.0f}). All pictures of the
        site together, in all formats and both themes: {sum(pictures) / 1e6:.1f} MB, {len(pictures)} files, loaded as
        they are scrolled to."""
    )
    return f"{about}\n{table(['', 'kB'], rows)}\n{rest}"


def first_view(browser: Browser, address: str) -> list[tuple[str, bytes]]:
    """What a page loads by itself: address and content of each."""
    page = browser.new_page(viewport=VIEW)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(SETTLE_MS)
    found = [("/index.html" if answer.url.endswith("/") else answer.url, answer.body()) for answer in answers]
    page.close()
    return found


@contextmanager
def browsing() -> Iterator[Browser]:
    """A Chromium, and its end."""
    with sync_playwright() as driver:
        browser = chromium.launch(driver, windows=True)
        try:
            yield browser
        finally:
            browser.close()


def single_file(home: Path) -> str:
    """The whole article in one file."""
    file = home / "article.html"
    seconds = timed(lambda: write_single(home / "site", file, ""))
    data = file.read_bytes()
    return prose(
        f"""The article in a single file: {len(data) / 1e6:.1f} MB, {weight("x.html", data) / 1e6:.1f} MB gzipped,
        packed in {seconds:.1f} s."""
    )


def smoothness(site: Path, quick: bool) -> str:
    """Intervals between frames while controls are dragged."""
    only = "bend: time, tanh" if quick else ""
    found = frames.measure(site.resolve(), only)
    rows = [
        [name, row["median_ms"], row["p95_ms"], f"{row['late']:.1%}", row["longest_task_ms"]]
        for name, row in found.items()
    ]
    about = prose(
        f"""Intervals between frames while each control of each explorable is dragged for {frames.SECONDS} s, in
        Chromium without a GPU, once each; *late*: above {frames.BUDGET_MS} ms. What else the machine does at the time
        shows here at once: `python benchmarks/frames.py` repeats what is late."""
    )
    head = ["control", "median, ms", "95th percentile, ms", "late", "longest task, ms"]
    return f"{about}\n{table(head, rows)}"

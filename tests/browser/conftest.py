"""A real Chromium, the built site behind a sub-path, and an ear for everything the browser complains about."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, Response, expect

from tests.kept import OPTIONS, Kept
from tests.rest import AT_ONCE, watch

HERE = Path(__file__).parent
TALL = 3200  # pixels
SUB_PATH = "/some/repo/"  # GitHub Pages serves a project's site below its name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test with a browser is tried twice: on a busy machine a browser may starve. The report counts a second try."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.flaky(reruns=1))


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files below the sub-path, and 404.html for what is not there, as GitHub Pages does it."""

    def translate_path(self, path: str) -> str:
        if not urlsplit(path).path.startswith(SUB_PATH):
            return str(Path(self.directory) / "outside-the-sub-path")
        return super().translate_path(path[len(SUB_PATH) - 1 :])

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection early is no news."""


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """Address of the site behind a web server, ending in "/"."""
    server = _Server(("127.0.0.1", 0), functools.partial(_Handler, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{SUB_PATH}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=["served", "file"])
def home(request: pytest.FixtureRequest, site: Path) -> str:
    """Address of the site's root, once from a server below a sub-path and once from the disk."""
    return str(request.getfixturevalue("served")) if request.param == "served" else site.as_uri() + "/"


@pytest.fixture(scope="session")
def addresses(site: Path) -> list[str]:
    """Every HTML page of the site, relative to its root; of the runs as code, which are alike, one an experiment."""
    of_run = {file.parent: file for file in sorted(site.glob("data/*/*.html"), reverse=True)}
    pages = {*site.rglob("*.html")} - {*site.glob("data/*/*.html")} | {*of_run.values()}
    return sorted(file.relative_to(site).as_posix() for file in pages)


@pytest.fixture(params=["few", pytest.param("all", marks=pytest.mark.breadth)])
def pages(request: pytest.FixtureRequest, addresses: list[str]) -> list[str]:
    """Of those in a folder, which are of one template, the first; in breadth all."""
    firsts = {address.rpartition("/")[0].split("/")[0] or address: address for address in reversed(addresses)}
    return sorted(firsts.values()) if request.param == "few" else addresses


@dataclass
class Visit:
    """A page under watch: what its console said, what failed, and which addresses it asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for event, hear in self._ears:
            self.page.on(event, hear)

    def end(self) -> None:
        """Watch no more."""
        for event, hear in self._ears:
            self.page.remove_listener(event, hear)

    @property
    def _ears(self) -> list[tuple[Any, Callable[..., None]]]:
        return [
            ("console", self._hear),
            ("pageerror", self._catch),
            ("request", self._ask),
            ("requestfailed", self._fail),
            ("response", self._answer),
        ]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type != "debug":
            self.said.append(f"{message.type}: {message.text}")

    def _catch(self, error: Error) -> None:
        self.said.append(f"error: {error}")

    def _ask(self, request: Request) -> None:
        self.asked.append(request.url)

    def _fail(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page was left, or the picture was no longer wanted
            self.failed.append(f"{request.url}: {request.failure}")

    def _answer(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.url}: {response.status}")

    def go(self, address: str) -> Page:
        """Open an address and wait until it is loaded."""
        self.page.goto(address, wait_until="load")
        return self.page

    def scroll_through(self) -> None:
        """Bring everything into view once, so that all that loads lazily has loaded; a tall window needs few steps."""
        size = self.page.viewport_size
        assert size
        self.page.set_viewport_size({"width": size["width"], "height": TALL})
        self.page.evaluate(AT_ONCE)
        self.page.evaluate(
            """async () => {
              for (const details of document.querySelectorAll("details:not(.play)")) details.open = true;
              for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight * 0.8) {
                scrollTo(0, y);
                await new Promise((done) => setTimeout(done, 15));
              }
              const waiting = () => [...document.images].some((image) => image.checkVisibility() && !image.complete);
              for (let tries = 0; tries < 100 && waiting(); tries++) await new Promise((done) => setTimeout(done, 20));
              scrollTo(0, 0);
            }"""
        )
        self.page.set_viewport_size(size)

    @property
    def strangers(self) -> list[str]:
        """Addresses on any other host than this one."""
        return [url for url in self.asked if urlsplit(url).hostname not in (None, "127.0.0.1")]


Open = Callable[..., Visit]


@pytest.fixture(scope="session")
def kept(browser: Browser) -> Kept:
    return Kept(browser)


@pytest.fixture
def open_page(browser: Browser, kept: Kept) -> Iterator[Open]:
    """open_page(address, width=1280, height=800, **context options) -> Visit, closed after the test.

    What scrolls this first page is at its end at once, as for readers who want no motion.

    script  what runs before the page's own
    fresh   of a browser that has no file of an earlier test, and may be given scripts to begin with
    """
    with ExitStack() as after:
        taken: list[Visit] = []

        def visit(
            address: str, width: int = 1280, height: int = 800, script: str = "", fresh: bool = False, **options: object
        ) -> Visit:
            if not (script or fresh) and options.keys() <= OPTIONS:
                visit = Visit(kept.take(width, height, **options))
                taken.append(visit)
            else:
                context: BrowserContext = browser.new_context(viewport={"width": width, "height": height}, **options)
                watch(context)
                after.callback(_close, context)
                if script:
                    context.add_init_script(script)
                visit = Visit(context.new_page())
            visit.go(address)
            visit.page.evaluate(AT_ONCE)
            expect(visit.page.locator("html.is-partly")).to_have_count(0)  # all its parts are laid out, see head.js
            return visit

        yield visit
        for used in taken:
            used.end()
            kept.give(used.page)


def _close(context: BrowserContext) -> None:
    with suppress(Error):  # the test closed it
        context.close()

"""The essentials in WebKit, Safari's engine, where its driver is installed: https://www.w3.org/TR/webdriver2/"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

NEEDED = ("WebKitWebDriver", "xvfb-run")
WAIT_S = 60
PHONE, DESK = (390, 844), (1280, 900)

pytestmark = pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"{' and '.join(NEEDED)} are not installed")


class WebKit:
    """One page of a running WebKit."""

    def __init__(self, port):
        self.at = f"http://127.0.0.1:{port}/session"
        session = self.until(lambda: self.call("", {"capabilities": {}}))["sessionId"]
        self.at += f"/{session}"

    def call(self, path, asked=None, method="POST"):
        request = urllib.request.Request(self.at + path, json.dumps(asked or {}).encode(), method=method)
        try:
            with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    @staticmethod
    def until(ask):
        end = time.monotonic() + WAIT_S
        while True:
            with contextlib.suppress(urllib.error.URLError):
                if answer := ask():
                    return answer
            assert time.monotonic() < end, "WebKit does not come to it"
            time.sleep(0.05)

    def open(self, address, width, height):
        self.call("/window/rect", {"x": 0, "y": 0, "width": width, "height": height})
        self.call("/url", {"url": address})

    def value(self, expression):
        return self.call("/execute/sync", {"script": f"return {expression}", "args": []})

    def draw(self, element, start, end):
        """A stroke of the mouse between two places of an element, in shares of it."""
        self.value(f"{element}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        box = self.value(f"(({{x, y, width, height}}) => [x, y, width, height])({element}.getBoundingClientRect())")
        places = [(int(box[0] + x * box[2]), int(box[1] + y * box[3])) for x, y in (start, end)]
        moves = [{"type": "pointerMove", "duration": 50, "x": x, "y": y} for x, y in places]
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        self.call(
            "/actions", {"actions": [{"type": "pointer", "id": "hand", "actions": [moves[0], down, moves[1], up]}]}
        )


@pytest.fixture(scope="module")
def webkit():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["xvfb-run", "-a", "-s", "-screen 0 1400x1000x24", "WebKitWebDriver", f"--port={port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        page = WebKit(port)
        yield page
        page.call("", method="DELETE")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=WAIT_S)


def opened(webkit, site, width, height):
    """The article, of which nothing is cut off before the reader stirs: what is kept from being laid out cuts off what
    reaches beyond it, where a browser knows no margin for that."""
    webkit.open((site / "index.html").as_uri(), width, height)
    webkit.until(lambda: webkit.value("!!document.querySelector('.explorable.is-live')"))
    assert webkit.value("document.documentElement.scrollWidth <= innerWidth")
    cut = """[...document.querySelectorAll('.prose > *')]
      .filter((piece) => getComputedStyle(piece).contentVisibility === 'auto')
      .filter((piece) => !CSS.supports('overflow-clip-margin', '1px')).map((piece) => piece.id)"""
    assert webkit.value(cut.replace("\n", " ")) == []


def test_nothing_is_cut_off_on_a_phone(webkit, site):
    opened(webkit, site, *PHONE)


def test_webkit_shows_every_explorable_and_takes_a_drag(webkit, site):
    opened(webkit, site, *DESK)
    webkit.value("(globalThis.wrong = [], addEventListener('error', (event) => wrong.push(event.message)), 0)")
    count = webkit.value("document.querySelectorAll('.explorable').length")
    assert count >= 6
    for at in range(count):
        figure = f"document.querySelectorAll('.explorable')[{at}]"
        webkit.value(f"{figure}.scrollIntoView({{behavior: 'instant'}})")
        webkit.until(
            lambda figure=figure: webkit.value(f"!!({figure}.querySelector('.wake') || {figure}.matches('.is-live'))")
        )
        webkit.value(f"{figure}.querySelector('.wake')?.click()")
        webkit.until(lambda figure=figure: webkit.value(f"{figure}.querySelector('.explorable-summary')?.textContent"))
    webkit.draw("document.querySelector('#fig-bend .timeline-track')", (0.1, 0.5), (0.6, 0.5))
    said = webkit.value("document.querySelector('#fig-bend .timeline-handle').getAttribute('aria-valuenow')")
    assert 0 < int(said) < 3000
    evidence = "document.getElementById(document.querySelector('.claim').getAttribute('popovertarget'))"
    webkit.value("document.querySelector('.claim').click()")
    assert webkit.value(f"{evidence}.matches(':popover-open')")
    assert webkit.value("document.querySelectorAll('.is-failed').length") == 0
    assert webkit.value("wrong") == []

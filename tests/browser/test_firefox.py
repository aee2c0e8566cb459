"""The essentials in Firefox, where one is installed, over WebDriver BiDi: https://w3c.github.io/webdriver-bidi/"""

import asyncio
import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tornado.websocket import websocket_connect

FOUND = [path for path in map(shutil.which, ("firefox", "firefox-esr")) if path][:1]
WAIT_S = 60
MESSAGE_BYTES = 2**26


class Firefox:
    """One page of a running Firefox."""

    def __init__(self, socket, said):
        self.socket, self.sent, self.said, self.context = socket, 0, said, ""

    async def call(self, method, **parameters):
        self.sent += 1
        await self.socket.write_message(json.dumps({"id": self.sent, "method": method, "params": parameters}))
        while True:
            message = json.loads(await self.socket.read_message())
            if message.get("id") == self.sent:
                assert message["type"] == "success", message
                return message["result"]
            if message.get("method") == "log.entryAdded":
                self.said.append(message["params"]["text"])

    async def begin(self):
        await self.call("session.new", capabilities={})
        await self.call("session.subscribe", events=["log.entryAdded"])
        self.context = (await self.call("browsingContext.getTree"))["contexts"][0]["context"]

    async def open(self, address, width):
        size = {"width": width, "height": 900}
        await self.call("browsingContext.setViewport", context=self.context, viewport=size)
        await self.call("browsingContext.navigate", context=self.context, url=address, wait="complete")

    async def value(self, expression):
        done = await self.call(
            "script.evaluate", expression=expression, target={"context": self.context}, awaitPromise=True
        )
        assert done["type"] == "success", done
        return done["result"].get("value")

    async def until(self, expression):
        for _ in range(WAIT_S * 5):
            if found := await self.value(expression):
                return found
            await asyncio.sleep(0.2)
        raise AssertionError(f"never so in {WAIT_S} s: {expression}; the console: {self.said}")


def visit(program, address, profile, visitor):
    """What a visitor to an address makes of it, on a phone and on a laptop; the console must stay empty."""
    command = [program, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        port = next(line for line in process.stderr if "WebDriver BiDi listening" in line).split()[-1]

        async def go():
            said = []
            socket = await websocket_connect(f"{port}/session", max_message_size=MESSAGE_BYTES)
            try:
                firefox = Firefox(socket, said)
                await firefox.begin()
                for width in (390, 1280):
                    await firefox.open(address, width)
                    await visitor(firefox)
            finally:
                socket.close()
                while await socket.read_message() is not None:
                    pass  # until Firefox has closed its end: what is left open fails some later test
            assert said == []

        with ThreadPoolExecutor(1) as apart:  # this thread has Playwright's loop
            apart.submit(asyncio.run, asyncio.wait_for(go(), 4 * WAIT_S)).result()
    finally:
        process.terminate()
        process.wait(timeout=WAIT_S)
        process.stderr.close()


@pytest.mark.parametrize("program", FOUND, ids=lambda path: Path(path).name)
def test_firefox_shows_every_explorable_and_trains(program, site, tmp_path):
    async def visitor(page):
        count = await page.value("document.querySelectorAll('.explorable').length")
        assert count >= 6
        for at in range(count):
            figure = f"document.querySelectorAll('.explorable')[{at}]"
            await page.value(f"{figure}.scrollIntoView({{behavior: 'instant'}})")
            await page.until(f"!!({figure}.querySelector('.wake') || {figure}.matches('.is-live'))")
            await page.value(f"{figure}.querySelector('.wake')?.click()")
            await page.until(
                f"{figure}.matches('.is-live') && {figure}.querySelector('.explorable-summary').textContent"
            )
        assert not await page.value("document.querySelector('.is-failed') && document.querySelector('.is-failed').id")
        assert await page.value("document.documentElement.scrollWidth <= innerWidth")
        await page.value(
            "document.querySelector('.timeline-handle').focus();"
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Home', bubbles: true}))"
        )
        await page.until("document.querySelector('.timeline-handle').getAttribute('aria-valuenow') === '0'")
        await page.value("document.querySelector('[data-explorable=train]').scrollIntoView({behavior: 'instant'})")
        await page.value(
            "[...document.querySelectorAll('[data-explorable=train] button')]"
            ".find((button) => button.textContent.trim() === 'Train').click()"
        )
        summary = "document.querySelector('[data-explorable=train] .explorable-summary').textContent"
        await page.until(f"/Train(ing|ed): epoch [1-9]/.test({summary})")
        evidence = "document.getElementById(document.querySelector('.claim').getAttribute('popovertarget'))"
        await page.value("document.querySelector('.claim').click()")
        assert await page.value(f"{evidence}.matches(':popover-open')")

    visit(program, (site / "index.html").as_uri(), tmp_path, visitor)

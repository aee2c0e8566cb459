"""The essentials in Firefox, where one is installed, over WebDriver BiDi: https://w3c.github.io/webdriver-bidi/"""

import asyncio
import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from tornado.websocket import websocket_connect

FOUND = [path for path in map(shutil.which, ("firefox", "firefox-esr")) if path][:1]
PHONE, LAPTOP = 390, 1280  # widths
WAIT_S = 60
MESSAGE_BYTES = 2**26
LEFT = "Image corrupt or truncated."  # said of a page that is left while a picture is on its way
BROKEN = "[...document.images].filter((image) => image.complete && !image.naturalWidth).map(({ src }) => src).join()"


pytestmark = pytest.mark.skipif(not FOUND, reason="no Firefox is installed")


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

    async def resize(self, width):
        size = {"width": width, "height": 900}
        await self.call("browsingContext.setViewport", context=self.context, viewport=size)

    async def open(self, address, width):
        await self.resize(width)
        await self.call("browsingContext.navigate", context=self.context, url=address, wait="complete")

    async def value(self, expression):
        done = await self.call(
            "script.evaluate", expression=expression, target={"context": self.context}, awaitPromise=True
        )
        assert done["type"] == "success", (expression, done["exceptionDetails"]["text"])
        return done["result"].get("value")

    async def draw(self, element, *way):
        """A stroke of the mouse through places of an element, in shares of it; one place: a click."""
        await self.value(f"{element}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        box = (
            f"(({{left, top, width, height}}) => [left, top, width, height].join())({element}.getBoundingClientRect())"
        )
        left, top, width, height = map(float, (await self.value(box)).split(","))
        moves = [
            {"type": "pointerMove", "x": round(left + x * width), "y": round(top + y * height), "duration": 30}
            for x, y in way
        ]
        actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        hand = {"type": "pointer", "id": "hand", "actions": actions}
        await self.call("input.performActions", context=self.context, actions=[hand])

    async def write(self, field, text):
        """What a reader types over what a field has, and Enter."""
        await self.value(f"({field}.focus(), {field}.select())")
        keys = [{"type": way, "value": sign} for sign in f"{text}\ue007" for way in ("keyDown", "keyUp")]
        typed = {"type": "key", "id": "keys", "actions": keys}
        await self.call("input.performActions", context=self.context, actions=[typed])

    async def until(self, expression):
        for _ in range(WAIT_S * 5):
            if found := await self.value(expression):
                return found
            await asyncio.sleep(0.2)
        raise AssertionError(f"never so in {WAIT_S} s: {expression}; the console: {self.said}")


class Visits:
    """Of a Firefox that runs: what a visitor to an address makes of it; the console must stay empty."""

    def __init__(self, profile):
        command = [FOUND[0], "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.port = next(line for line in self.process.stderr if "WebDriver BiDi listening" in line).split()[-1]

    def visit(self, address, width, visitor):
        async def go():
            said = []
            socket = await websocket_connect(f"{self.port}/session", max_message_size=MESSAGE_BYTES)
            try:
                firefox = Firefox(socket, said)
                await firefox.begin()
                await firefox.open(address, width)
                await visitor(firefox)
                assert await firefox.value(BROKEN) == ""
                await firefox.call("session.end")
            finally:
                socket.close()
                while await socket.read_message() is not None:
                    pass  # until Firefox has closed its end: what is left open fails some later test
            assert [each for each in said if each != LEFT] == []

        with ThreadPoolExecutor(1) as apart:  # this thread has Playwright's loop
            apart.submit(asyncio.run, asyncio.wait_for(go(), 4 * WAIT_S)).result()

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=WAIT_S)
        self.process.stderr.close()


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    visits = Visits(tmp_path_factory.mktemp("firefox"))
    yield visits
    visits.end()


@pytest.mark.parametrize("width", [PHONE, pytest.param(LAPTOP, marks=pytest.mark.breadth)])
def test_firefox_shows_every_explorable_and_trains(firefox, site, width):
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
        for other in (PHONE, LAPTOP):
            await page.resize(other)
            await page.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            assert await page.value("document.documentElement.scrollWidth <= innerWidth"), other
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

    firefox.visit((site / "index.html").as_uri(), width, visitor)


@pytest.mark.parametrize("width", [LAPTOP, pytest.param(PHONE, marks=pytest.mark.breadth)])
def test_firefox_takes_what_readers_type_draw_and_predict(firefox, site, width):
    def named(name, kind="input"):
        return f"[...root.querySelectorAll('{kind}')].find((each) => (each.value || each.textContent) === {name!r})"

    async def visitor(page):
        async def at(figure):
            """Bring a figure to life; `root`, `state` and `summary()` of the page are then its own."""
            await page.until(f"!!(globalThis.root = document.querySelector('[data-explorable={figure}]'))")
            await page.until("(root.scrollIntoView({behavior: 'instant'}), root.matches('.is-live'))")
            await page.value(
                "(globalThis.state = () => [...peek.views.values()].find((view) => view.root === root).state,"
                "globalThis.summary = () => root.querySelector('.explorable-summary').textContent, 0)"
            )

        async def trained():
            await page.until(f"!({named('Train', 'button')}.disabled)")
            await page.value(f"{named('Train', 'button')}.click()")
            await page.until("/Train(ing|ed): epoch [1-9]/.test(summary())")
            await page.value(f"{named('Pause', 'button')}?.click()")

        await at("train")
        await page.value(f"{named('own-formula')}.click()")
        await page.write("root.querySelector('.control--text input')", "a / (1 + abs(a))")
        await page.until("state().typed === 'a / (1 + abs(a))'")
        await trained()
        await page.value(f"({named('tanh')}.click(), {named('own-points')}.click())")
        plane = "root.querySelector('.plane-surface')"
        await page.until(f"{plane}.matches('.is-drawn')")
        await page.draw(plane, (0.2, 0.2), (0.4, 0.3), (0.5, 0.5))
        await page.until("state().points")
        await page.value("root.querySelectorAll('.points-tools input[type=radio]')[1].click()")
        await page.draw(plane, (0.8, 0.8), (0.7, 0.6), (0.6, 0.8))
        await page.until("/^2 /.test(summary())")
        await trained()

        await at("digit")
        before = await page.value("summary()")
        await page.draw("root.querySelector('.digit-pad')", (0.5, 0.15), (0.5, 0.5), (0.5, 0.85))
        await page.until(f"state().ink && summary() !== {before!r}")

        await at("beat")
        assert await page.value("root.querySelectorAll('.beat.is-asking').length === 1")
        await page.draw("root.querySelector('.beat .is-main')", (0.5, 0.5))
        await page.until("!root.querySelector('.is-asking') && root.querySelector('.beat-verdict').textContent.trim()")
        assert not await page.value("document.querySelector('.is-failed')?.id")

    firefox.visit((site / "index.html").as_uri(), width, visitor)

"""Many readers of `peek serve` at once, slow ones and hostile ones among them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import random
import resource
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import uvicorn

from generator import serve
from tests.promises import tree

PROMISE = (
    "peek serve answers 1,000 readers and 500 event streams at once for a minute with bounded memory, whatever slow or"
    " hostile clients ask for, on this machine's own address alone"
)
UNIT = "readers"
FEW, MANY = 40, 1000
STREAMS_A_READER = 0.5
LASTS_S, WAIT_S = {FEW: 2.0, MANY: 60.0}, 20.0
A_SECOND = 40  # pages that are asked for, on the whole
MORE_BYTES = 200_000_000
ODD = (  # each has an answer or an end, and never what is not of the site
    *(
        "GET /%2e%2e/%2e%2e/etc/passwd",
        "GET /..\\..\\etc\\passwd",
        "GET //etc/passwd",
        "GET /%00",
        "GET /a%0d%0aSet-Cookie:x",
    ),
    *(
        "GET /../content/article.md",
        "GET /%c0%ae%c0%ae/etc/passwd",
        "POST /index.html",
        "GET http://elsewhere/",
        "X" * 99_999,
    ),
)


def check(folder: Path, count: int, rng: random.Random) -> list[str]:
    """Serve the tiny article to many."""
    live = serve.Live()
    live.show(tree(folder / "tiny" / "site"))
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files[1], files[1]))  # both ends of all connections are this process'
    listener = serve.listening(0)
    server = uvicorn.Server(uvicorn.Config(serve.application(live), log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        host, port = listener.getsockname()
        reading = functools.partial(asyncio.run, _read(host, port, live, count, LASTS_S.get(count, 2.0), rng))
        with ThreadPoolExecutor(1) as own:  # a thread may have an event loop, as that of a browser's tests has
            return own.submit(reading).result()
    finally:
        server.should_exit = True
        thread.join(WAIT_S)
        resource.setrlimit(resource.RLIMIT_NOFILE, files)


@contextlib.asynccontextmanager
async def _asked(host: str, port: int, what: str, more: str = "") -> AsyncIterator[asyncio.StreamReader]:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f"{what} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n{more}\r\n".encode())
        yield reader
    finally:
        writer.close()


async def _read(host: str, port: int, live: serve.Live, count: int, lasts_s: float, rng: random.Random) -> list[str]:
    """What did not hold while all of them read."""
    wrong = [] if host == "127.0.0.1" else [f"listens on {host}"]
    ends, told = time.monotonic() + lasts_s, set[int]()
    before = psutil.Process().memory_info().rss

    async def read(at: int) -> None:
        while time.monotonic() < ends:
            async with _asked(host, port, f"GET /{rng.choice(('', 'gallery.html', 'assets/style.css'))}") as reader:
                head = await asyncio.wait_for(reader.read(), WAIT_S)
            if not head.startswith(b"HTTP/1.1 200"):
                wrong.append(f"a reader was told {head[:40]!r}")
            await asyncio.sleep(rng.random() * count / A_SECOND)

    async def listen(at: int) -> None:
        async with _asked(host, port, f"GET {serve.EVENTS}") as reader:
            while time.monotonic() < ends:
                with contextlib.suppress(TimeoutError):
                    if b"last" in await asyncio.wait_for(reader.readline(), 1):
                        told.add(at)

    async def be_odd(what: str) -> None:
        with contextlib.suppress(ConnectionError):
            async with _asked(host, port, what) as reader:
                said = await asyncio.wait_for(reader.read(), WAIT_S)
            if b"root:" in said or b"title: A tiny" in said or b"Set-Cookie" in said:
                wrong.append(f"{what[:60]}: {said[:80]!r}")

    async def be_slow(at: int) -> None:
        """Asks for a stream, and never reads; sends a head that never ends."""
        _, writer = await asyncio.open_connection(host, port)
        writer.write(f"GET {serve.EVENTS} HTTP/1.1\r\nHost: {host}:{port}\r\nX: ".encode())
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < ends:
                writer.write(b"x" * 1000)
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.close()

    async def change() -> None:
        while time.monotonic() < ends - lasts_s / 3:
            live.fail("x" * 1000)
            await asyncio.sleep(lasts_s / 40)
        live.fail("last")

    streams = int(count * STREAMS_A_READER)
    await asyncio.gather(
        *map(read, range(count)), *map(listen, range(streams)), *map(be_odd, ODD), *map(be_slow, range(5)), change()
    )
    wrong += [f"{streams - len(told)} streams were not told the last state"] * (len(told) < streams)
    more = psutil.Process().memory_info().rss - before
    return wrong + [f"took {more:,} bytes more"] * (more > MORE_BYTES)

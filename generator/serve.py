"""See the page change while you write: build, serve on this machine alone, watch, rebuild, reload.

    a saved file -> which stages it touches -> render (or train, then render) -> tell every open page

The site is served from memory, so the published folder is not touched. A
mistake leaves the last good page in place and is shown over it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import json
import mimetypes
import socket
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .base.errors import PeekError
from .base.progress import Progress
from .base.warnings import without
from .build import compose, context_of, default_templates, remember, remembered, silent, templates_of
from .options import Options
from .runs.catalogue import RunContext

DEBOUNCE_MS = 50
STEP_MS = 5
SWITCH_S = 0.001  # the page goes out while those beside it are still rendered
EVENTS = "/_peek/events"
NOTHING_YET = b"<!doctype html><title>Peek</title><body></body>"  # the client must stand in a body

# Speaks with the server from every page: brings new versions in, shows what is wrong, shows training under way.
CLIENT = (default_templates() / "serve.js").read_text(encoding="utf-8")


class Live:
    """The last good site, what is wrong or under way, and the pages that listen."""

    def __init__(self) -> None:
        self.files: dict[str, bytes | Path] = {}
        self.looks: dict[str, object] = {}  # what tells whether a file is another: its content, or its size and date
        self.changed: list[str] = []  # files that the last version changed
        self.version = time.time_ns() // 1_000_000  # another in each server, for pages that outlive one
        self.problem = ""
        self.progress = ""
        self._listeners: set[asyncio.Queue[str]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def state(self) -> str:
        """What the pages are told."""
        said = {"version": self.version, "changed": self.changed, "problem": self.problem, "progress": self.progress}
        return json.dumps(said)

    def show(self, files: dict[str, bytes | Path], whole: bool = True) -> None:
        """A good site, or some of it while the rest is as it was; the open pages follow."""
        files = files if whole else self.files | files
        looks = {path: look(data) for path, data in files.items()}
        changed = [path for path in files if self.looks.get(path) != looks[path]]
        self.problem, self.progress = "", ""
        self.files, self.looks = files, looks  # before the version: a page that says it is new must be
        if changed:
            self.changed, self.version = changed, self.version + 1
        self.tell()

    def fail(self, problem: str) -> None:
        """Why there is no new site; the last one stays."""
        self.problem, self.progress = problem, ""
        self.tell()

    def tell(self) -> None:
        """Send the state to every page; safe from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._send, self.state())

    def _send(self, state: str) -> None:
        for queue in self._listeners:
            queue.put_nowait(state)

    def end(self) -> None:
        """Let go of every page; the server is about to end."""
        for queue in self._listeners:
            queue.put_nowait("")

    async def listen(self) -> AsyncIterator[str]:
        """States, beginning with the present one, as server-sent events."""
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield f"data: {self.state()}\n\n"
            while state := await queue.get():
                yield f"data: {state}\n\n"
        finally:
            self._listeners.discard(queue)


def look(data: bytes | Path) -> object:
    """What differs where a file of the site does."""
    if isinstance(data, bytes):
        return data
    try:
        stat = data.stat()
    except OSError:  # it is gone, which the next build will say
        return None
    return data, stat.st_size, stat.st_mtime_ns


class PageProgress(Progress):
    """Progress that the open pages show as well."""

    def __init__(self, live: Live, quiet: bool) -> None:
        super().__init__(quiet)
        self.live = live

    def advance(self, steps: int = 1) -> None:
        super().advance(steps)
        self.live.progress = f"{self._name}: {self._done} of {self._total} {self._unit}"
        self.live.tell()


def with_client(page: bytes, version: int) -> bytes:
    """A page with the client at its end, which is told of which version of the site it is."""
    head = hashlib.sha256(page.partition(b"</head>")[0]).hexdigest()
    script = f'<script data-head="{head}" data-version="{version}">\n{CLIENT}</script>\n</body>'
    return page.replace(b"</body>", script.encode(), 1)


def application(live: Live) -> Starlette:
    """The server: pages with the client in them, everything else as it is."""

    async def page(request: Request) -> Response:
        path = request.url.path.lstrip("/") or "index.html"
        path = path + "index.html" if path.endswith("/") else path
        version = live.version
        found = path if path in live.files else "404.html"
        if found not in live.files:
            return Response(with_client(NOTHING_YET, version), 503, media_type="text/html")
        data = live.files[found]
        body = data if isinstance(data, bytes) else await asyncio.to_thread(data.read_bytes)
        if found.endswith(".html"):
            body = with_client(body, version)
        kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
        return Response(body, 200 if found == path else 404, {"Cache-Control": "no-store"}, media_type=kind)

    async def events(_: Request) -> Response:
        return StreamingResponse(live.listen(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return Starlette(routes=[Route(EVENTS, events), Route("/{path:path}", page)])


def follow(changes: Iterable[Any], live: Live, options: Options, context: RunContext, debug: bool = False) -> None:
    """Build at the start and after each batch of changes; what goes wrong is shown and does not end it.

    debug  whether what is no author's mistake is printed with its traceback
    """

    memo = remembered(options.cache)

    def rebuild(reason: str) -> None:
        began = time.perf_counter()
        try:
            made = compose(options, context, memo, templates_of(options), lambda files: live.show(files, whole=False))
            live.show(made.files)
            ran = [
                f"{stage} {jobs}" for stage, (jobs, _, _) in (made.report.ran if made.report else {}).items() if jobs
            ]
            did = ", ".join([*ran, "rendered the pages"])
            context.progress.say(f"{reason}: {did} in {(time.perf_counter() - began) * 1000:.0f} ms")
            for warning in without(silent(options), made.warnings):
                context.progress.warn(str(warning))
            remember(options.cache, memo)
        except PeekError as error:
            live.fail(str(error))
            context.progress.say(str(error))
        except Exception as error:  # a mistake of ours, a full disk: serving goes on
            said = f"{reason}: not rebuilt: {unexpected(error)}"
            live.fail(said)
            context.progress.warn(said)
            if debug:
                traceback.print_exception(error)

    rebuild("start")
    for batch in changes:
        names = sorted({Path(path).name for _, path in batch})
        rebuild(", ".join(names[:3]) + (" and more" if len(names) > 3 else ""))


def gathered(changes: Iterable[Any]) -> Iterator[Any]:
    """Batches of changes from now on, also those that come before they are asked for: while the first build runs."""
    waiting: SimpleQueue[Any] = SimpleQueue()

    def gather() -> None:
        for batch in changes:
            waiting.put(batch)
        waiting.put(None)

    threading.Thread(target=gather, daemon=True).start()
    return iter(waiting.get, None)


def unexpected(error: Exception) -> str:
    """What nobody foresaw, in a line: the system's own words where it refused, else where in our code it happened."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    at = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__}: {error}".replace("\n", " ")
    return f"{said} ({Path(at.filename).name}:{at.lineno}; peek serve --debug tells more)"


class PortError(PeekError):
    """The server cannot listen where it was told to."""


def listening(port: int) -> socket.socket:
    """A socket of this machine alone.

    port    0 takes a free one
    raises  PortError: another program has it, or it takes rights that are lacking
    """
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that ended a moment ago is free
    try:
        made.bind(("127.0.0.1", port))
        made.listen()
    except OSError as error:
        made.close()
        reasons = {errno.EADDRINUSE: "is in use", errno.EACCES: "takes rights that you lack"}
        reason = reasons.get(error.errno or 0, f"cannot be had: {error.strerror}")
        raise PortError(f"port {port} {reason}; expected another, with --port") from None
    return made


def serve(options: Options, port: int, quiet: bool, ready: Callable[[str], None] = print, debug: bool = False) -> None:
    """Serve until interrupted.

    port   0 takes a free one
    debug  as for follow
    ready  told the address once the server listens
    raises PortError: the port cannot be had
    """
    import uvicorn
    import watchfiles

    sys.setswitchinterval(SWITCH_S)
    listener = listening(port)
    live = Live()
    progress = PageProgress(live, quiet)
    stop = threading.Event()
    context = context_of(options, progress)
    folders = [folder for folder in (options.content, *templates_of(options).folders) if folder.is_dir()]
    changes = watchfiles.watch(*folders, debounce=DEBOUNCE_MS, step=STEP_MS, stop_event=stop, raise_interrupt=False)
    watcher = threading.Thread(target=follow, args=(gathered(changes), live, options, context, debug), daemon=True)

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            live._loop = asyncio.get_running_loop()
            number = self.servers[0].sockets[0].getsockname()[1]
            ready(f"http://127.0.0.1:{number}/")

        async def shutdown(self, sockets: Any = None) -> None:
            live.end()
            await super().shutdown(sockets)

    config = uvicorn.Config(application(live), log_level="error", timeout_graceful_shutdown=1)
    watcher.start()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            Server(config).run([listener])
    finally:
        stop.set()

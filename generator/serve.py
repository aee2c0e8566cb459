"""See the page change while you write: build, serve on this machine alone, watch, rebuild, reload.

    a saved file -> render, with the runs that are there -> tell every open page
                  + train what is missing, beside it, and render again; where nothing was there,
                    also each time when more can be seen of what figures show

The site is served from memory, so the published folder is not touched. A
mistake leaves the last good page in place and is shown over it. Runs are made
in a thread of their own, which ends where the experiments change again.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import json
import logging
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .base import interrupts
from .base.errors import PeekError
from .base.overlay import Overlay, default_templates
from .base.progress import Progress
from .base.store import DamagedEntry, Entry, File, KnownEntry, content_of, sha256
from .base.warnings import told, without
from .build import (
    BuildContext,
    Composed,
    RunsPending,
    catalogue_key,
    context_of,
    remember,
    remembered,
    silent,
    tell_left_out,
    template_folders,
    templates_of,
    with_site,
)
from .content import texts
from .options import Options
from .runs.catalogue import Catalogue, EarlyResults, Report, RunContext
from .site.media_types import kind_of
from .site.policy import guarded

if TYPE_CHECKING:
    from .content.experiments import Plan

DEBOUNCE_MS = 50
STEP_MS = 5
AWAY_MS = 500  # how often a folder that was taken away is looked for
SWITCH_S = 0.001  # the page goes out while those beside it are still rendered
WAITING = 2  # states that a page has not taken yet
END_S = 0.5  # how long a rendering may take to end with the server
EVENTS = "/_peek/events"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
HTTP_PORT = 80
AWAITED = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"/>'  # in the place of a picture to come
PICTURES = (".png", ".svg", ".gif", ".webp")
NOTHING_YET = b"<!doctype html><title>Peek</title><body></body>"  # the client must stand in a body

# Speaks with the server from every page: brings new versions in, shows what is wrong, shows training under way.
CLIENT = (default_templates() / "serve.js").read_text(encoding="utf-8")


class Live:
    """The last good site, what is wrong or under way, and the pages that listen."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.looks: dict[str, object] = {}  # what tells whether a file is another: its content, or its size and date
        self.changed: list[str] = []  # files that the last version changed
        self.version = time.time_ns() // 1_000_000  # another in each server, for pages that outlive one
        self.problem = ""
        self.progress = ""
        self.awaited = False  # whether the first runs are still being made, and the files are what can be read by then
        self.over = threading.Event()
        self._answers: dict[str, bytes] = {}  # pages of this version as they are sent
        self._listeners: set[asyncio.Queue[str]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def state(self) -> str:
        """What the pages are told."""
        said = {"version": self.version, "changed": self.changed, "problem": self.problem, "progress": self.progress}
        return json.dumps(said)

    def show(self, files: dict[str, File], whole: bool = True) -> None:
        """A good site, or some of it while the rest is as it was; the open pages follow.

        raises  DamagedEntry: what is new in it cannot be read
        """
        files = files if whole else self.files | files
        looks = {path: fingerprint(data) for path, data in files.items()}
        changed = [path for path in files if self.looks.get(path) != looks[path]]
        for path in changed:
            if isinstance(data := files[path], Entry):
                data.read_bytes()
        self.problem = ""
        self.files, self.looks = files, looks  # before the version: a page that says it is new must be
        if changed:
            self.changed, self.version, self._answers = changed, self.version + 1, {}
        self.tell()

    def page(self, path: str) -> bytes:
        """A page with the client in it, put there once.

        raises  DamagedEntry: it cannot be read
        """
        answers, version = self._answers, self.version
        if path not in answers:
            answers[path] = with_client(content_of(self.files[path]), version)
        return answers[path]

    def fail(self, problem: str) -> None:
        """Why there is no new site; the last one stays."""
        self.problem = problem
        self.tell()

    def tell(self) -> None:
        """Send the state to every page; safe from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._send, self.state())

    def _send(self, state: str) -> None:
        for queue in self._listeners:
            while queue.qsize() >= WAITING:  # a slow page needs the last state alone
                queue.get_nowait()
            queue.put_nowait(state)

    def end(self) -> None:
        """Let go of every page, and of what is being made; the server is about to end."""
        self.over.set()
        self._send("")

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


def fingerprint(data: File) -> object:
    """What differs where a file of the site does."""
    if isinstance(data, (bytes, KnownEntry)):
        return data
    try:
        stat = data.stat()
    except OSError:  # it is gone, which the next build will say
        return None
    return data, stat.st_size, stat.st_mtime_ns


class PageProgress(Progress):
    """Progress of training, which the open pages show as well; it can be told that nobody waits any more."""

    def __init__(self, live: Live, quiet: bool) -> None:
        super().__init__(quiet)
        self.live = live
        self.stopped = threading.Event()

    def start(self, name: str, total: int, unit: str, work: float) -> None:
        super().start(name, total, unit, work)
        self._show(f"{name}: {total} {unit}")

    def advance(self, steps: int, work: float) -> None:
        super().advance(steps, work)
        self._show(f"{self._name}: {self._done} of {self._total} {self._unit}")

    def wanted(self) -> bool:
        return not (self.stopped.is_set() or self.live.over.is_set())

    def _show(self, said: str) -> None:
        self.live.progress = said
        self.live.tell()


class Training:
    """The missing runs of a plan being made, in a thread of their own.

    key      address of the catalogue to come
    order    as for pipeline.make
    reason   what made them missing
    renewed  told when there is more to see, when all is there, or why it is not
    early    what there is to see by now
    """

    def __init__(
        self,
        plan: Plan,
        key: str,
        order: Sequence[tuple[str, str]],
        reason: str,
        context: RunContext,
        live: Live,
        renewed: Callable[[], object],
    ) -> None:
        self.key, self.reason, self.began = key, reason, time.perf_counter()
        self.early: EarlyResults | None = None
        self.made: tuple[Catalogue, Report] | None = None
        self.error: Exception | None = None
        self._progress = PageProgress(live, context.progress.quiet)

        def show(early: EarlyResults) -> None:
            self.early = early
            renewed()

        def make() -> None:
            from .runs import pipeline

            try:
                self.made = pipeline.make(plan, key, replace(context, progress=self._progress), order, show)
            except pipeline.TrainingCancelled:
                pass
            except Exception as error:  # raised again where the runs are asked for
                self.error = error
            live.progress = ""
            if self._progress.wanted():
                renewed()

        self._thread = threading.Thread(target=make, daemon=True)

    def start(self) -> None:
        """Begin, where it has not begun."""
        if self._thread.ident is None:
            self._thread.start()

    def stop(self) -> None:
        """Give it up; what is finished is kept."""
        self._progress.stopped.set()
        if self._thread.ident is not None:
            self._thread.join()


def with_client(page: bytes, version: int) -> bytes:
    """A page with the client at its end, which is told of which version of the site it is."""
    head = sha256(page.partition(b"</head>")[0])
    script = f'<script data-head="{head}" data-version="{version}">\n{CLIENT}</script>\n</body>'
    return guarded(page.decode().replace("</body>", script, 1), served=True).encode()


class OwnAddress:
    """Lets through what was asked of this machine by its own name and, where a page asks, by a page of this server.

    Another host's name that leads here (DNS rebinding) would let its pages read what is written.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            ours = {f"{name}:{scope['server'][1]}" for name in LOOPBACK}
            if scope["server"][1] == HTTP_PORT:  # which browsers leave out
                ours |= set(LOOPBACK)
            hosts = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
            origins = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"origin"]
            if len(hosts) != 1 or hosts[0] not in ours or any(one != f"http://{hosts[0]}" for one in origins):
                answer = Response("asked for under another address than this server's", 400, media_type="text/plain")
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def application(live: Live) -> Starlette:
    """The server: pages with the client in them, everything else as it is; to its own address alone."""

    async def page(request: Request) -> Response:
        path = request.url.path.lstrip("/") or "index.html"
        path = path + "index.html" if path.endswith("/") else path
        if live.awaited and path.endswith(PICTURES) and path not in live.files:
            return Response(AWAITED, 200, {"Cache-Control": "no-store"}, media_type="image/svg+xml")
        found = path if path in live.files else "404.html"
        if found not in live.files:
            return Response(with_client(NOTHING_YET, live.version), 503, media_type="text/html")
        try:
            if found.endswith(".html"):
                body = live.page(found)
            else:
                body = await asyncio.to_thread(content_of, live.files[found])
        except (OSError, DamagedEntry):  # a picture or a cache that was taken away while its page is shown
            return Response("no longer there", 404, {"Cache-Control": "no-store"}, media_type="text/plain")
        return Response(body, 200 if found == path else 404, {"Cache-Control": "no-store"}, media_type=kind_of(found))

    async def events(_: Request) -> Response:
        return StreamingResponse(live.listen(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return Starlette(routes=[Route(EVENTS, events), Route("/{path:path}", page)], middleware=[Middleware(OwnAddress)])


def changes_in(folders: Sequence[Path], stop: threading.Event) -> Iterator[set[tuple[Any, str]]]:
    """What changes in some folders, batch by batch, until `stop` is set; also in one that is taken away and put back,
    as by a version control that goes to another branch: the system's watch ends with it.

    yields  (what was done, path) of each file
    """
    from watchfiles import Change, watch

    timing: dict[str, Any] = {"debounce": DEBOUNCE_MS, "step": STEP_MS, "rust_timeout": AWAY_MS}
    back = set[tuple[Any, str]]()
    while not stop.is_set():
        away = {folder for folder in folders if not folder.is_dir()}
        there = {*folders} - away
        with contextlib.suppress(FileNotFoundError):  # taken away just now
            for batch in watch(*there, stop_event=stop, raise_interrupt=False, yield_on_timeout=True, **timing):
                if batch or back:
                    yield batch | back
                gone = {os.path.realpath(path) for done, path in batch if done == Change.deleted}
                away |= {folder for folder in folders if os.path.realpath(folder) in gone}
                if back := {(Change.added, str(folder)) for folder in away if folder.is_dir()}:
                    break  # it is told of once it is watched again


def follow(changes: Iterable[Any], live: Live, options: Options, context: RunContext) -> None:
    """Build at the start and after each batch of changes; what goes wrong is shown and does not end it."""
    waiting: SimpleQueue[Any] = SimpleQueue()
    follower = Follower(live, options, context, lambda: waiting.put(MADE))

    def gather() -> None:  # also what changes while the first build runs
        for batch in changes:
            waiting.put(batch)
        waiting.put(None)

    threading.Thread(target=gather, daemon=True).start()
    tell_left_out(options, templates_of(options), context.progress)
    follower.rebuild("start")
    reason = "start"
    for batch in iter(waiting.get, None):
        if batch is not MADE:
            follower.note(path for _, path in batch)
            names = sorted({Path(path).name for _, path in batch})
            reason = ", ".join(names[:3]) + (" and more" if len(names) > 3 else "")
        follower.rebuild(reason)
    follower.stop()


MADE = object()  # stands among the changes for runs that have been made, all of them or those to be seen first


class Follower:
    """Renders again and again. Runs that are missing are made beside it; what is rendered meanwhile has the last ones.

    renewed  told when runs have been made
    """

    def __init__(self, live: Live, options: Options, context: RunContext, renewed: Callable[[], object]) -> None:
        self.live, self.options, self.context = live, options, context
        self.memo = remembered(context.store)
        self.renewed = renewed
        self.training: Training | None = None
        self._last: Catalogue | None = None
        self._templates: Overlay | None = None  # as they were read; None: they may be others now
        self._reason = ""
        self._is_stale = False  # whether what is rendered shows the last runs while others are made

    def note(self, changed: Iterable[str]) -> None:
        """Read the templates again where a file that has changed may be one of them."""
        folders = [os.path.realpath(folder) for folder in template_folders(self.options)]
        if any(Path(os.path.realpath(path)).is_relative_to(folder) for path in changed for folder in folders):
            self._templates = None

    def rebuild(self, reason: str) -> None:
        """Render the site, begin to make what it lacks, show what comes of it."""
        began, self._reason, self._is_stale = time.perf_counter(), reason, False
        if self.training and self.training.key != catalogue_key(self.options):
            self.stop()
        try:
            self._render(began)
        except PeekError as error:
            if self._is_stale:  # it may want the runs to come
                self.live.show({}, whole=False)
            else:
                self._fail(str(error), self.context.progress.say)
        except Exception as error:  # a mistake of ours, a full disk: serving goes on
            self._fail(f"{reason}: not rebuilt: {unexpected(error)}", self.context.progress.warn)
            if self.options.debug:
                traceback.print_exception(error)
        if self.training:
            self.training.start()  # once the page is there: the two would wait for each other

    def stop(self) -> None:
        """Give up what is being made."""
        if self.training:
            self.training.stop()
            self.training = None

    def _render(self, began: float) -> None:
        texts.refuse_strange(self.options.content)
        self._templates = self._templates or templates_of(self.options)
        context = BuildContext(self.options, self.context, self.memo, self._templates)

        def show(made: Composed) -> Composed:
            self.live.awaited = made.runs is None
            self.live.show(made.files)
            return made

        early = functools.partial(self.live.show, whole=False)
        made = with_site(show, context, early, self._make)
        if made.runs is None:
            self.context.progress.say(f"{self._reason}: {self._came()} {_ms(began)}; the rest comes when it is made")
            return
        remember(self.context.store, self.memo)
        if self._is_stale:
            self.context.progress.say(f"{self._reason}: rendered the pages {_ms(began)}, with the runs there are")
            return
        reason, report, self._last = self._reason, made.report, made.runs
        if self.training and self.training.made:
            reason, began, report = self.training.reason, self.training.began, self.training.made[1]
        self.training = None
        ran = [f"{stage} {jobs}" for stage, (jobs, _, _) in (report.ran if report else {}).items() if jobs]
        self.context.progress.say(f"{reason}: {', '.join([*ran, 'rendered the pages'])} {_ms(began)}")
        for said in told(without(silent(self.options), made.warnings)):
            self.context.progress.warn(said)

    def _came(self) -> str:
        """What is rendered while the first runs are being made."""
        early = self.training.early if self.training else None
        return f"rendered the text, with {len(early.runs)} of the runs" if early else "rendered the text"

    def _make(
        self, plan: Plan, key: str, context: RunContext, order: Sequence[tuple[str, str]]
    ) -> tuple[Catalogue, Report | None]:
        """The last runs, while those of a plan are being made.

        raises  RunsPending: there are none; with those that are to be seen first
        """
        if self.training is None:
            first = () if self._last else order
            self.training = Training(plan, key, first, self._reason, context, self.live, self.renewed)
        if error := self.training.error:
            if not isinstance(error, PeekError):  # another time it may not happen
                self.training = None
            raise error
        if self._last is None:
            raise RunsPending(self.training.early)
        self._is_stale = True
        return self._last, None

    def _fail(self, said: str, say: Callable[[str], None]) -> None:
        self.live.fail(said)
        say(said)


def _ms(began: float) -> str:
    return f"in {(time.perf_counter() - began) * 1000:.0f} ms"


def unexpected(error: Exception) -> str:
    """What nobody foresaw, in a line: the system's own words where it refused, else where in our code it happened."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    at = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__}: {error}".replace("\n", " ")
    return f"{said} ({Path(at.filename).name}:{at.lineno}; peek serve --debug tells more)"


def listening(port: int) -> socket.socket:
    """A socket of this machine alone.

    port    0 takes a free one
    raises  PeekError: another program has it, or it takes rights that are lacking
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
        raise PeekError(f"port {port} {reason}; expected another, with --port") from None
    return made


def serve(options: Options) -> None:
    """Serve until interrupted; the address is told once the server listens.

    raises PeekError: the port cannot be had
    """
    import uvicorn

    sys.setswitchinterval(SWITCH_S)
    listener = listening(options.port)
    live = Live()
    stop = threading.Event()
    context = context_of(options, Progress(options.quiet))
    changes = changes_in([options.content, *templates_of(options).folders], stop)
    watcher = threading.Thread(target=follow, args=(changes, live, options, context), daemon=True)

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            live._loop = asyncio.get_running_loop()
            number = self.servers[0].sockets[0].getsockname()[1]
            print(f"http://127.0.0.1:{number}/")

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            self.should_exit = self.force_exit = True  # no slow reader is waited for; no signal is sent again after

        async def shutdown(self, sockets: Any = None) -> None:
            live.end()
            logging.getLogger("uvicorn.error").disabled = True  # readers that are cut off are no mistake
            await super().shutdown(sockets)

    config = uvicorn.Config(application(live), log_level="error", lifespan="off")
    watcher.start()
    try:
        Server(config).run([listener])
        context.progress.say("stopped; finished runs are kept")
    finally:
        with interrupts.held():
            live.over.set()
            stop.set()
            watcher.join(END_S)

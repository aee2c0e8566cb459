"""The server's inside: what it says when something goes wrong, and what it takes for a new version."""

import asyncio
import itertools
import json
import re
import shutil
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import pytest

from generator import build as make
from generator import serve
from generator.base.errors import ContentError, PeekError, Problem
from generator.base.progress import Progress
from generator.base.store import Entry, Store, content_of
from generator.options import Options
from generator.serve import Live, fingerprint, follow, unexpected


class Recorder:
    """Stands for RunContext and its progress."""

    def __init__(self, cache):
        self.lines = []
        self.progress = self
        self.store = Store(cache)

    def say(self, text):
        self.lines.append(text)

    warn = say


class Made:
    report, runs = None, "of the cache"
    warnings = ()
    files = {"index.html": b"<p>new</p>"}  # noqa: RUF012


@pytest.fixture
def followed(tmp_path, monkeypatch):
    """Follows three batches of changes, the middle one raising something: what the server and the terminal say."""

    def run(error, debug=False):
        live, said, problems = Live(), Recorder(tmp_path), []
        outcomes = iter([Made(), error, Made()])

        def with_site(use, *_):
            outcome = next(outcomes)
            if isinstance(outcome, Exception):
                raise outcome
            return use(outcome)

        monkeypatch.setattr(serve, "with_site", with_site)
        monkeypatch.setattr(live, "tell", lambda: problems.append(live.problem))
        changes = [{(1, "content/article.md")}] * 2
        watcher = threading.Thread(target=follow, args=(changes, live, Options(cache=tmp_path, debug=debug), said))
        watcher.start()
        watcher.join()
        return problems, said.lines, live

    return run


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(28, "No space left on device"), "article.md: not rebuilt: No space left on device"),
        (PermissionError(13, "Permission denied", "x.toml"), "article.md: not rebuilt: x.toml: Permission denied"),
        (ContentError([Problem("a.md:3", "wrong")]), "a.md:3: wrong"),
    ],
)
def test_whatever_goes_wrong_is_one_line_and_serving_goes_on(followed, error, line):
    problems, said, live = followed(error)
    assert problems == ["", line, ""] and line in said
    assert sum("rendered the pages" in one for one in said) == 2
    assert live.files == Made.files


def test_a_bug_says_where_it_is_and_its_traceback_only_when_asked(followed, capfd):
    problems, _, _ = followed(RuntimeError("two\nlines"))
    assert problems[1].startswith("article.md: not rebuilt: RuntimeError: two lines (test_serve.py:")
    assert "Traceback" not in capfd.readouterr().err
    followed(RuntimeError("again"), debug=True)
    assert "Traceback" in capfd.readouterr().err


def test_templates_are_read_again_when_one_of_them_changes(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    options, seen = Options(content=tmp_path, cache=tmp_path, templates=tmp_path / "mine"), []
    monkeypatch.setattr(serve, "with_site", lambda use, context, *_: (seen.append(context.templates), use(Made()))[1])
    follower = serve.Follower(Live(), options, Recorder(tmp_path), lambda: None)
    for changed in ("article.md", "mine/own.html", "templates", "minor/own.html"):
        follower.rebuild("a change")
        follower.note([str(tmp_path / changed)])
    follower.rebuild("a change")
    assert [one is other for one, other in itertools.pairwise(seen)] == [True, False, False, True]


def removed(folder, kept):
    shutil.rmtree(folder)


def moved(folder, kept):
    folder.rename(kept)


@pytest.mark.parametrize("away", [removed, moved])
@pytest.mark.parametrize("pause_s", [0, 1.2])
def test_a_folder_that_is_taken_away_and_put_back_is_watched_again(away, pause_s, tmp_path):
    folder, beside, stop, told = tmp_path / "content", tmp_path / "templates", threading.Event(), SimpleQueue()
    folder.mkdir()
    beside.mkdir()

    def hear():
        for batch in serve.changes_in([folder, beside], stop):
            told.put({path for _, path in batch})

    def told_of(path):
        path.write_text("x")
        while str(path) not in (batch := told.get(timeout=20)):
            if str(folder) in batch:
                path.write_text("again")  # what was written before it was watched comes with the folder itself

    hearing = threading.Thread(target=hear)
    hearing.start()
    try:
        time.sleep(0.3)  # the watch begins
        told_of(folder / "a.md")
        away(folder, tmp_path / "kept")
        time.sleep(pause_s)
        folder.mkdir()
        told_of(folder / "b.md")
        told_of(beside / "own.html")
    finally:
        stop.set()
        hearing.join(20)
    assert not hearing.is_alive()


@pytest.mark.parametrize(("error", "why"), [(None, "is in use"), (13, "takes rights that you lack"), (99, "cannot be")])
def test_a_port_that_cannot_be_had_is_said_in_a_line(error, why, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        if error:

            def refuse(*_):
                raise OSError(error, "no")

            monkeypatch.setattr(socket.socket, "bind", refuse)
        with pytest.raises(PeekError, match=rf"port {port} {why}.*; expected another, with --port$"):
            serve.serve(Options(port=port, quiet=True))


class Watched(Live):
    """Keeps what was there to see of each version: pictures and scripts of runs, what explorables know, the numbers."""

    def __init__(self):
        super().__init__()
        self.seen, self.whole = [], False

    def show(self, files, whole=True):
        super().show(files, whole)
        page = content_of(self.files["index.html"]).decode()
        runs = {path.split("/")[-1] for path in self.files if path.startswith("data/grid/") and path.endswith(".js")}
        pictures = {path.split("/")[-1].split(".")[0] for path in self.files if re.match("plots.*png", path)}
        known = json.loads(re.search(r'id="peek-runs">(.*?)</script>', page, re.DOTALL)[1]).get("runs", [])
        self.whole = "…" not in page
        seen = (pictures, runs, len(known), self.whole)
        self.seen += [seen] if seen not in self.seen[-1:] else []


def test_what_figures_show_is_made_first_and_shown_as_it_comes(article, tmp_path, one_worker_is_this_process):
    """In the order of the text; explorables live once all runs are there that travel with the page; numbers last."""
    (article / "experiments.toml").write_text(
        "[experiment.unseen]\nclasses = 2\nactivation = 'relu'\nhidden = [4, 2]\nseeds = 3\nepochs = 20\n"
        + (article / "experiments.toml").read_text().replace("draw = 1", "draw = 1\nseeds = 2")
    )
    text = (article / "article.md").read_text()
    relu = "\n/// figure | bend\n    activation: relu\n\nThe other.\n///\n"
    number = '{{ results.mean("accuracy") | percent }}\n'
    (article / "article.md").write_text(text.replace("\n/// figure", f"{number}{relu}\n/// figure", 1))
    live, options = Watched(), Options(content=article, out=tmp_path / "site", cache=tmp_path / "cache", workers=1)
    context, asked = make.context_of(options, Progress(quiet=True)), SimpleQueue()
    follower = serve.Follower(live, options, context, lambda: asked.put(None))
    follower.rebuild("start")
    while not live.whole:
        assert not live.problem
        asked.get(timeout=60)
        follower.rebuild("start")
    first, *between, last = live.seen
    assert first == (set(), set(), 0, False)
    assert between == [
        ({"ReLU"}, {"k2-relu-s1.js"}, 0, False),
        ({"ReLU", "tanh"}, {"k2-relu-s1.js", "k2-tanh-s1.js"}, 2, False),
    ]
    assert last == (*between[-1][:3], True)


def test_a_file_with_other_content_is_another(tmp_path):
    live, own = Live(), tmp_path / "own.svg"
    own.write_text("one")
    live.show({"own.svg": own})
    first = live.version
    live.show({"own.svg": own})
    assert live.version == first
    own.write_text("another")
    live.show({"own.svg": own})
    assert live.version == first + 1 and live.changed == ["own.svg"]
    own.unlink()
    assert fingerprint(own) is None


def test_an_error_of_the_system_says_it_in_its_own_words():
    assert unexpected(OSError(5, "Input/output error", "content/a.png")) == "content/a.png: Input/output error"


def asked(*headers, path="/", port=8000, files=None, awaited=False):
    """The status of an answer."""
    live, said = Live(), []
    live.files, live.awaited = files or {"index.html": b"<p>ours</p>"}, awaited

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        said.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": list(headers), "server": ("127.0.0.1", port)}
    scope |= {"query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1"}
    with ThreadPoolExecutor(1) as apart:  # a test before may have left a loop running in this thread
        apart.submit(asyncio.run, serve.application(live)(scope, receive, send)).result()
    return said[0]["status"]


@pytest.mark.parametrize("host", [b"127.0.0.1:8000", b"localhost:8000", b"LOCALHOST:8000", b"[::1]:8000"])
def test_the_server_answers_to_its_own_address(host):
    assert asked((b"host", host)) == asked((b"host", host), (b"origin", b"http://" + host)) == 200
    assert asked((b"host", b"localhost"), port=80) == 200


@pytest.mark.parametrize("path", ["/", serve.EVENTS, "/other"])
@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"host", b"evil.example:8000")],
        [(b"host", b"localhost:8001")],
        [(b"host", b"localhost")],
        [(b"host", b"localhost.evil.example:8000")],
        [(b"host", b"localhost:8000"), (b"host", b"evil.example")],
        [(b"host", b"localhost:8000"), (b"origin", b"http://evil.example")],
        [(b"host", b"localhost:8000"), (b"origin", b"http://localhost:8001")],
        [(b"host", b"localhost:8000"), (b"origin", b"null")],
    ],
)
def test_the_server_answers_under_no_other_address(path, headers):
    assert asked(*headers, path=path) == 400


def test_a_picture_that_is_still_being_made_is_an_empty_one_and_any_other_is_missing():
    ours = (b"host", b"localhost:8000")
    for awaited, status in ((True, 200), (False, 503)):
        assert asked(ours, path="/plots/to-come.png", awaited=awaited) == status
        assert asked(ours, path="/mine.png", files={"mine.png": b"there"}, awaited=awaited) == 200
        assert asked(ours, path="/none.html", awaited=awaited) == 503


def test_a_file_that_was_taken_away_since_is_missing_and_no_bug(tmp_path):
    ours = (b"host", b"localhost:8000")
    for gone in ("page.html", "picture.png"):
        for file in (tmp_path / gone, Entry(tmp_path / gone)):
            assert asked(ours, path=f"/{gone}", files={gone: file}) == 404

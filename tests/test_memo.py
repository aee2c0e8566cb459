"""What is kept between builds never shows: a site is the same bytes, and its mistakes the same words, without it."""

import random
import shutil
import struct
import zlib

import pytest
from test_fuzz import EDITS

from generator import build
from generator.__main__ import main
from generator.base import store
from generator.base.memo import WHOLE, Memo, digest
from generator.base.overlay import Overlay
from generator.base.progress import Progress
from generator.base.store import Store
from generator.options import Options
from generator.serve import Follower, Live
from tests.edits import add, edit
from tests.promises import tree

CASES = 2  # for each kind of edit
EDITS_OF_PAGES = 12
KINDS = ("memo", "pages")  # of the cache: what is kept of making pages
pytestmark = pytest.mark.usefixtures("one_worker_is_this_process")


def test_a_value_is_made_once_and_is_the_same_kept_or_made():
    memo, made = Memo(), []
    value = memo("stage", [1, "a"], lambda: made.append(1) or {"pair": (1, 2.5)})
    assert value == {"pair": [1, 2.5]} == memo("stage", [1, "a"], lambda: made.append(2))
    again = Memo(memo.renewed()[WHOLE])
    assert again("stage", [1, "a"], lambda: made.append(3)) == value and made == [1] and again.made == 0


@pytest.mark.parametrize("other", [("stage", [1, "b"]), ("other", [1, "a"]), ("stage", [[1], "a"])])
def test_what_is_given_and_the_stage_decide(other):
    memo = Memo()
    memo("stage", [1, "a"], lambda: "one")
    assert memo(*other, lambda: "another") == "another"


def test_what_is_raised_is_not_kept():
    memo = Memo()
    with pytest.raises(ZeroDivisionError):
        memo("stage", 0, lambda: 1 / 0)
    assert memo("stage", 0, lambda: "now") == "now"


def test_what_nobody_asked_for_is_not_saved():
    memo = Memo({digest("stage", 0): '"old"', digest("stage", 1): '"asked"'})
    memo("stage", 1, lambda: "new")
    assert memo.renewed() == {}  # nothing is new
    memo("stage", 1, lambda: "new")
    memo("stage", 2, lambda: "made")
    assert memo.renewed() == {WHOLE: {digest("stage", 1): '"asked"', digest("stage", 2): '"made"'}}


def test_a_value_that_does_not_hold_is_made_again():
    memo = Memo()
    assert memo("stage", 1, lambda: "old", lambda value: False) == "old"
    assert memo("stage", 1, lambda: "new", lambda value: value != "old") == "new" == memo("stage", 1, lambda: "no")


def test_a_part_is_read_where_something_asks_and_kept_where_it_has_something_new():
    kept = {"one": {digest("stage", 1): '"first"', digest("stage", 2): '"second"'}, "two": {digest("stage", 1): '"2"'}}
    read = []
    memo = Memo({}, lambda name: read.append(name) or kept.get(name))
    with memo.part("one"):
        assert memo("stage", 1, lambda: "anew") == "first" and read == ["one"]
    assert memo("stage", 1, lambda: "whole") == "whole" and [*memo.renewed()] == [WHOLE]
    with memo.part("one"):
        memo("stage", 3, lambda: "third")
    assert memo.renewed() == {"one": {**kept["one"], digest("stage", 3): '"third"'}}
    with memo.part("one", anew=True):
        memo("stage", 1, lambda: "anew")
        memo("stage", 4, lambda: "fourth")
    assert memo.renewed() == {"one": {digest("stage", 1): '"first"', digest("stage", 4): '"fourth"'}}
    with memo.part("three"):  # which is damaged, or was never there
        memo("stage", 1, lambda: "made")
    assert memo.renewed() == {"three": {digest("stage", 1): '"made"'}} and "two" not in read
    memo.forget()
    with memo.part("two"):
        assert memo("stage", 1, lambda: "anew") == "anew"


def test_what_is_held_is_what_was_made_of_the_same_and_its_rows_stay():
    memo, made = Memo(), []

    def make(at):
        return memo.held("object", "one", [at], lambda: made.append(at) or (memo("row", at, lambda: at), object()))

    first = make(1)
    memo.renewed()
    assert make(1) is first and memo.renewed() == {}
    memo("another", 1, lambda: 1)
    assert make(1) is first and made == [1] and digest("row", 1) in memo.renewed()[WHOLE]
    assert make(2) is not first and make(1) is not first  # the last is held
    memo.renewed()
    assert memo.renewed() == {} and make(1) is not first and made == [1, 2, 1, 1]  # nobody had asked for it
    with pytest.raises(ZeroDivisionError):
        memo.held("object", "one", 0, lambda: 1 / 0)
    assert memo.held("object", "one", [1], lambda: "now", lambda value: False) == "now"
    inner = make(3)
    outer = memo.held("outer", "", 0, lambda: [make(3)])
    assert outer == [inner]
    memo.renewed()
    assert memo.held("outer", "", 0, lambda: None) is outer
    memo("another", 2, lambda: 2)
    assert digest("row", 3) in memo.renewed()[WHOLE]
    with memo.part("one"):
        assert make(3) is not inner and make(3) is not make(3)  # its rows would be forgotten
    memo.forget()
    assert make(3) is not inner


def test_the_uppermost_file_of_a_name_counts(tmp_path):
    for folder, names in {"mine": ["css/a.css"], "ours": ["css/a.css", "css/b.css", "new/content/x.md"]}.items():
        for name in names:
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_text(folder)
    laid = Overlay(tmp_path / "mine", tmp_path / "ours")
    assert laid.contents == {"css/a.css": b"mine", "css/b.css": b"ours"}
    assert laid.inside("css", ".css") == ["css/a.css", "css/b.css"]
    before = laid.digest
    (tmp_path / "mine" / "css" / "a.css").write_text("changed")
    assert laid.text("css/a.css") == "mine" and Overlay(*laid.folders).digest != before


# Builds


@pytest.fixture
def build_both_ways(article, cache, tmp_path, capsys):
    """Builds with what the last build left and from nothing, and as a server that stays: what was said, and whether the
    sites are the same."""
    serving = Options(content=article, cache=cache, workers=1, quiet=True)
    live = Live()
    follower = Follower(live, serving, build.context_of(serving, Progress(quiet=True)), lambda: None)

    def built(out, *options):
        folders = ["--content", str(article), "--out", str(out), "--cache", str(cache)]
        code = main(["build", "--workers", "1", *folders, *options])
        err = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("site ")]
        return (code, err), tree(out)

    def served():
        follower.rebuild("an edit")
        err = capsys.readouterr().err.splitlines()
        said = (1, [*err, *live.problem.splitlines()]) if live.problem else (0, err)
        return said, {path: store.content_of(data) for path, data in live.files.items() if not live.problem}

    def run(*options):
        ways = {
            "kept": lambda: built(tmp_path / "kept", *options),
            "clean": lambda: built(tmp_path / "clean", *options),
        }
        found = {}
        for way, make in {**ways, **({"served": served} if options == ("--quiet",) else {})}.items():
            here = tmp_path / f"{way} of it"
            for kind in KINDS:
                shutil.rmtree(cache / "entries" / kind, ignore_errors=True)
                if way != "clean" and (here / kind).exists():
                    shutil.copytree(here / kind, cache / "entries" / kind)
            found[way] = make()
            for kind in KINDS:
                shutil.rmtree(here / kind, ignore_errors=True)
                if (cache / "entries" / kind).exists():
                    shutil.copytree(cache / "entries" / kind, here / kind)
        (code, _), clean = found["clean"]
        for said, site in found.values():
            assert said == found["clean"][0]
            assert code or [path for path, data in site.items() if data != clean.get(path)] == []
        assert found["kept"][1].keys() == clean.keys()
        return code, clean

    return run


ALL = """
A formula $x^2$ and {{ results.count }} runs [agree]{claim="results.count == 2"}, as [@known2020] says.[^n]

```python
for x in range(3): print(x)
```

| a | b |
|---|---|
| 1 | *2* |

![A square](own.png)

[^n]: A note.
"""
WORK = "@article{known2020, author = {Known, Ada}, title = {Of Things}, year = {2020}, journal = {J}}\n"


def square(shade, side=2):
    """A PNG of some pixels of one grey."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head, rows = (
        struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0),
        zlib.compress((b"\0" + bytes([shade]) * side) * side),
    )
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def rich(article):
    """The tiny article with a piece of everything."""
    add(article / "article.md", ALL)
    (article / "references.bib").write_text(WORK)
    (article / "own.png").write_bytes(square(9))
    return article


def test_each_kind_of_input_counts(rich, build_both_ways):
    def seen(*options):
        code, site = build_both_ways("--quiet", *options)
        assert code == 0
        return site

    before = seen()
    text, works = rich / "article.md", rich / "references.bib"
    edit(text, "x^2", "x^3")
    edit(text, "{{ results.count }} runs", "Some runs")
    assert b"<mn>3</mn>" in seen()["index.html"]
    edit(works, "2020}, journal", "2021}, journal")
    assert b"2021" in seen()["index.html"]
    (rich / "more.bib").write_text(WORK.replace("known2020", "other2020").replace("Things", "Others"))
    edit(text, "date: 2026", "bibliography: [more.bib, references.bib]\ndate: 2026")
    edit(text, "[@known2020]", "[@known2020; @other2020]")
    assert b"Others" in seen()["index.html"]
    edit(rich / "more.bib", "Others", "Changed")
    edit(works, "2021}, journal", "2019}, journal")
    assert b"Changed" in (page := seen()["index.html"]) and b"2019" in page
    (rich / "own.png").write_bytes(square(200, 3))
    assert seen()["own.png"] != before["own.png"]
    experiments = rich / "experiments.toml"
    edit(experiments, "draw = 1", "seeds = 2\ndraw = 1")
    edit(text, "results.count == 2", "results.count == 4")
    after = seen()
    assert b"Four networks" in after["index.html"]
    assert after["reproduce.html"] != before["reproduce.html"]
    (rich / "templates" / "figures").mkdir(parents=True)
    (rich / "templates" / "gallery.html").write_text("<p>My gallery of {{ article.title }}</p>")
    assert seen("--lab")["gallery.html"].startswith(b"<p>My gallery") and b"My gallery" not in seen()["gallery.html"]
    (rich / "templates" / "css").mkdir()
    (rich / "templates" / "css" / "99-mine.css").write_text("main { color: red }")
    assert b"color: red" in seen("--lab")["assets/style.css"]
    edit(text, "date: 2026", "subtitle: Anew\ndate: 2026")
    assert b"Anew" in seen()["index.html"]
    assert b"noindex" in seen("--draft")["reproduce.html"]
    assert b"canonical" in seen("--base-url", "https://example.org/x/")["reproduce.html"]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_random_edits_give_the_same_with_and_without_what_was_kept(rich, build_both_ways, edit):
    rng = random.Random(f"memo {edit.__name__}")
    build_both_ways("--quiet")
    for case in range(CASES):
        name = "references.bib" if case == CASES - 1 else "article.md"
        whole = (rich / name).read_text(encoding="utf-8")
        (rich / name).write_text(edit(whole, rng), encoding="utf-8")
        if build_both_ways("--quiet")[0]:  # a mistake: from the last good text on
            (rich / name).write_text(whole, encoding="utf-8")


PAGE = """---
title: Page {n}
nav_title: P{n}
---

## One of {n} {{#sec-one{n}}}

See @sec-one{other}, @fig-{other}, [there](p{other}.md#sec-one{other})
and $x = \\eqref{{eq:{other}}}$, as [@known2020] says.

$$
a = {n} \\label{{eq:{n}}}
$$

![Shown](own.png)

/// figure | hidden-plane
    id: fig-{n}

What {n} shows.
///

[It has two]{{claim="results.count == 2"}} and {{{{ results.count }}}}.
"""
PAGES = 3
CHANGES = (  # of one page, most of which others show
    lambda text, n, rng: text.replace("What", f"What {rng.random()}"),
    lambda text, n, rng: text.replace("title: Page", f"title: Page {rng.randrange(9)}"),
    lambda text, n, rng: text.replace("nav_title: P", f"nav_title: P{rng.randrange(9)}"),
    lambda text, n, rng: text.replace("## One", "## Before it\n\n## One"),
    lambda text, n, rng: text.replace("/// figure", "/// figure | hidden-plane\n\nOne more.\n///\n\n/// figure", 1),
    lambda text, n, rng: text.replace("$$\na", f"$$\nb \\label{{eq:more{n}}}\n$$\n\n$$\na", 1),
    lambda text, n, rng: text.replace("[It has two]", "[Two it has]"),
    lambda text, n, rng: text.replace("## One of", "## Another of"),
    lambda text, n, rng: text.replace("[@known2020]", "[@other2020]"),
    lambda text, n, rng: text + "\nA last word.\n",
    lambda text, n, rng: text.replace("![Shown](own.png)", ""),
    lambda text, n, rng: (
        text.replace("One of", "A section of") + f"\n/// figure | hidden-plane\n    id: fig-x{n}\n\nNo.\n///\n"
    ),
    lambda text, n, rng: PAGE.format(n=n, other=(n + 1) % PAGES),
)


@pytest.mark.parametrize(
    ("numbering", "citations"),
    [
        ("continuous", "numbered"),
        *(pytest.param(how, "author-year", marks=pytest.mark.breadth) for how in ("page", "continuous", "by-page")),
        *(pytest.param(how, "numbered", marks=pytest.mark.breadth) for how in ("page", "by-page")),
    ],
)
def test_a_page_is_made_again_when_what_it_shows_of_another_changes(rich, build_both_ways, numbering, citations):
    rng = random.Random(f"pages {numbering} {citations}")
    (rich / "references.bib").write_text(WORK + WORK.replace("known2020", "other2020").replace("Things", "More"))
    article = rich / "article.md"
    article.write_text(
        article.read_text().replace("date:", f"numbering: {numbering}\ncitations: {citations}\ndate:", 1)
    )
    for n in range(PAGES):
        (rich / f"p{n}.md").write_text(PAGE.format(n=n, other=(n + 1) % PAGES))
    assert build_both_ways("--quiet")[0] == 0
    good = 0
    for _ in range(EDITS_OF_PAGES):
        n = rng.randrange(PAGES)
        path, change = rich / f"p{n}.md", rng.choice(CHANGES)
        whole = path.read_text()
        path.write_text(change(whole, n, rng))
        if build_both_ways("--quiet")[0]:
            path.write_text(whole)
        else:
            good += 1
    assert good > EDITS_OF_PAGES / 2


@pytest.mark.parametrize(
    "damage",
    [lambda kept: b"", lambda kept: kept[:-1], lambda kept: kept[:20], lambda kept: kept.replace(b"old", b"new")],
    ids=["empty", "cut short", "no rows", "another value"],
)
def test_what_is_damaged_is_not_there(tmp_path, damage):
    memo = Memo()
    memo("stage", 1, lambda: "old")
    build.remember(Store(tmp_path), memo)
    kept = Store(tmp_path).entry(*build.MEMO).path
    kept.write_bytes(damage(kept.read_bytes()))
    assert build.remembered(Store(tmp_path))("stage", 1, lambda: "made") == "made"


def test_values_with_every_sign_are_kept(tmp_path):
    memo, values = Memo(), ["a line\nand another", "\u2028 \x85 é \ue000", {"a b": [None, True, 1.5, "x y"]}, ""]
    for value in values:
        memo("stage", value, lambda value=value: value)
    build.remember(Store(tmp_path), memo)
    again = build.remembered(Store(tmp_path))
    assert [again("stage", value, lambda: "made") for value in values] == values


def test_other_code_starts_from_nothing(tmp_path, monkeypatch):
    memo = Memo()
    memo("stage", 1, lambda: "old")
    build.remember(Store(tmp_path), memo)
    assert build.remembered(Store(tmp_path))("stage", 1, lambda: "new") == "old"
    monkeypatch.setattr(store, "all_code", lambda: "other")
    assert build.remembered(Store(tmp_path))("stage", 1, lambda: "new") == "new"

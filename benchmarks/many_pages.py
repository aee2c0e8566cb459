"""Many pages: what an article of a hundred long pages takes, whole, unchanged and edited, beside one of a tenth."""

from __future__ import annotations

import contextlib
import itertools
import random
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import authoring
from benchmarks.authoring import Tool, edit, edit_to_served, serving
from benchmarks.builds import Built, build
from benchmarks.contest import prose, ratio, rounds, shown, table

TITLE = "Many pages"
WORDS, SECTIONS, WORKS = 4900, 30, 60
STOCK = ["network", "plane", "class", "layer", "angle", "corner", "vector", "seed", "loss", "room", "shape"]
HEAD = "---\ntitle: Page {n}\ndescription: One.\nauthors:\n  - name: A\ndate: 2026-01-01\n---\n\n"
MANY = 100


def measure(quick: bool) -> str:
    """The section's text."""
    many, count = (20, 3) if quick else (MANY, 7)
    counts = (many // 10, many)
    tokens = (f"token{number}x" for number in itertools.count(1))
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        homes = {pages: Path(folder) / str(pages) for pages in counts}
        for pages, home in homes.items():
            write(home / "content", pages)
        cold = {pages: [build(home / "content", home)] for pages, home in homes.items()}
        same = rounds(count, {pages: partial(build, home / "content", home) for pages, home in homes.items()})
        tools = {pages: tool(home, pages) for pages, home in homes.items()}
        edited = rounds(count, {pages: partial(edited_once, tools[pages], homes[pages], tokens) for pages in counts})
        addresses = {of.name: stack.enter_context(serving(of)) for of in tools.values()}
        served = rounds(count, {of.name: partial(edit_to_served, of, addresses, tokens) for of in tools.values()})
    rows = [
        [
            f"{pages:,}",
            *(shown(each.seconds for each in of[pages]) for of in (cold, same, edited)),
            shown(each.cpu_s for each in edited[pages]),
            shown(1000 * seconds for seconds in served[tools[pages].name]),
            *(f"{max(each.peak_mb for each in of[pages]):.0f}" for of in (cold, edited)),
        ]
        for pages in counts
    ]
    few, lot = (edited[pages] for pages in counts)
    times = shown(ratio((each.seconds for each in lot), (each.seconds for each in few)), 2)
    about = prose(
        f"""Pages of {WORDS:,} words, {SECTIONS} equations, ten footnotes, a figure, and references to each other and to
        {WORKS} works. Cold; the same again with nothing changed; and with one word of one page in the middle changed,
        as built from a shell, with the processor's time, and until a server's answer holds it. Memory is that of all
        processes together, what they share counted once: the most of the cold build, which trains and draws, and the
        most of any after an edit. After an edit {counts[1]} pages take
        {times} times as long as {counts[0]}."""
    )
    head = [
        "pages",
        "cold, s",
        "unchanged, s",
        "one word, s",
        "one word, s of a core",
        "served, ms",
        "memory cold, MB",
        "memory after an edit, MB",
    ]
    return f"{about}\n{table(head, rows)}"


def edited_once(of: Tool, home: Path, tokens: Iterator[str]) -> Built:
    """Change one word and build."""
    edit(of, next(tokens))
    return build(home / "content", home)


def tool(home: Path, pages: int) -> Tool:
    """Our server, for the page in the middle."""
    name = f"page{pages // 2:03}"
    serve = [sys.executable, "-m", "generator", "serve", "--cache", "cache", "--port", "{port}"]
    return Tool(f"{pages} pages", home, home / "content" / f"{name}.md", [], serve, f"{name}.html", reloads=False)


def write(content: Path, pages: int) -> None:
    """An article of many pages, its works and its one network."""
    content.mkdir(parents=True)
    (content / "experiments.toml").write_text(f"{authoring.EXPERIMENTS}draw = 1\n", encoding="utf-8")
    works = (
        f"@article{{w{k}, author={{Author{k}, Ada}}, title={{Title {k}}}, year={{{1990 + k % 30}}}, journal={{J}}}}\n"
        for k in range(WORKS)
    )
    (content / "references.bib").write_text("".join(works), encoding="utf-8")
    for n in range(pages):
        name = f"page{n:03}" if n else "article"
        (content / f"{name}.md").write_text(HEAD.format(n=n) + page(n, pages), encoding="utf-8")


def page(n: int, pages: int) -> str:
    """The text of a page, which names sections of others."""
    rng = random.Random(n)
    blocks = []
    for s in range(SECTIONS):
        if s % 5 == 0:
            blocks.append(f"## Section {s} of {n} {{#sec-s{s}-p{n}}}")
        words = " ".join(rng.choice(STOCK) for _ in range(WORDS // SECTIONS))
        token = " token0x" if s == SECTIONS // 2 else ""
        note = f"[^n{s}]" if s < 10 else ""
        named = f"as in @sec-s5-p{(n + s) % pages} and [@w{rng.randrange(WORKS)}]"
        blocks.append(f"{words.capitalize()}{token}{note}, {named} with *words*.")
        blocks.append(f"$$\nf_{{{s}}}(x) = \\frac{{1}}{{{n}}} \\sum_{{i=1}}^{{N}} \\tanh(w_i x + b_i)\n$$")
    blocks.append(f"/// figure | hidden-plane\n    id: fig-p{n}\n\nA picture of page {n}.\n///")
    blocks += [f"[^n{k}]: A note on {rng.choice(STOCK)}." for k in range(10)]
    return "\n\n".join(blocks) + "\n"

"""Pictures: the work of a hand-written pipeline, with one savefig a frame, and this project's."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from typing import Any

from benchmarks.contest import Contestant, prose, shown, table
from generator import figures
from generator.base import style
from generator.figures import film
from generator.networks.spec import RunSpec
from generator.runs import pools, tasks

TITLE = "Pictures"
EPOCHS, FRAMES = 5000, 350
CHECKPOINTS = 559  # log-spaced over the epochs, of which FRAMES are different
HIDDEN = (120, 80, 40, 2)
SPECS = [
    RunSpec(k, a, 0, hidden=HIDDEN, epochs=EPOCHS, learning_rate=0.003, checkpoints=CHECKPOINTS)
    for k in (2, 3, 4, 5, 6, 7)
    for a in ("tanh", "relu")
]
BY_HAND = [(5, "tanh"), (4, "relu")]  # the middle of the grid: their mean stands for all twelve
KINDS = ("input-plane", "hidden-plane", "hidden-animation", "vector-field", "angles", "loss")


def measure(quick: bool) -> str:
    """The section's text."""
    chosen, epochs = (BY_HAND[:1], EPOCHS // 10) if quick else (BY_HAND, EPOCHS)
    hand = [by_hand(*run, epochs, FRAMES // 10 if quick else FRAMES) for run in chosen]
    specs = [replace(s, epochs=epochs) for s in SPECS if not quick or (s.classes, s.activation) in chosen]
    began = time.perf_counter()
    all_ours = drawn(specs)
    wall = time.perf_counter() - began
    ours = [all_ours[run] for run in chosen]

    steps = {name: statistics.mean(one["took"][name] for one in hand) for name in hand[0]["took"]}
    steps["animation"] *= ours[0]["frames"] / hand[0]["frames"]
    frame = [1000 * one["took"]["animation"] / one["frames"] for one in hand]
    own_frame = [1000 * one["took"]["hidden-animation"] / one["frames"] / len(style.THEMES) for one in ours]
    weight, own_weight = ([one["gif_bytes"] / one["frames"] / 1000 for one in each] for each in (hand, ours))
    drawing, own_drawing = (
        [sum(one["took"].values()) - one["took"]["training"] for one in each] for each in ([{"took": steps}], ours)
    )
    rows = [
        ["a frame of the animation, all in, ms", shown(frame), shown(own_frame), times(frame, own_frame)],
        ["a frame of the GIF, kB", shown(weight), shown(own_weight), times(weight, own_weight)],
        ["a network's pictures, s", shown(drawing), shown(own_drawing), times(drawing, own_drawing)],
    ]
    if not quick:
        whole = len(SPECS) * sum(steps.values())
        rows.append(["twelve networks, end to end, s", f"{whole:.0f}", f"{wall:.0f}", times([whole], [wall])])
    which = " and ".join(f"k = {k}, {activation}" for k, activation in chosen)
    about = prose(
        f"""Twelve networks 2→{"→".join(map(str, HIDDEN))}→k, {epochs:,} epochs, each with an animation of {FRAMES}
        frames at log-spaced epochs and five stills: input plane, hidden plane, vector field, angles of a million
        inputs, loss. By hand: `torch.nn` and `pyplot`, one `savefig` a frame, 500×500 backgrounds of scatter markers in
        three of the stills, imageio's GIF, one network after another in one process; torch has one thread, as a second
        gains little on such networks and loses much when the machine has other work. Ours: the build's own jobs in two
        processes, their start counted; each picture is made twice, light and dark, stills as PNG and WebP. Frames by
        hand show axes, the epoch and the points, 480 pixels wide; ours the room, the epoch, the points, their share
        that is right and the ways of the classes' centres, 360 pixels wide. By hand were run:
        {which}{", with a tenth of the frames" if quick else ""}; their mean is counted
        {"once" if quick else "twelve times"}. Ours ran {"the same" if quick else "all twelve"}; the first three rows
        compare the same networks. A frame of the animation is one theme's; a network's pictures are one theme's by
        hand, both themes' in ours."""
    )
    head = ["", "by hand", "ours", "times less"]
    own_steps = {name: statistics.mean(one["took"][name] for one in all_ours.values()) for name in ours[0]["took"]}
    spent = "".join(
        f"\nSeconds {whose}, one network: {', '.join(f'{name} {seconds:.2f}' for name, seconds in of.items())}.\n"
        for whose, of in (("by hand", steps), ("ours", own_steps))
    )
    return f"{about}\n{table(head, rows)}{spent}"


def times(slow: list[float], fast: list[float]) -> str:
    return f"**{statistics.median(slow) / statistics.median(fast):.1f}**"


def by_hand(classes: int, activation: str, epochs: int, frames: int) -> dict[str, Any]:
    """One network of the hand-written pipeline, in a process of its own."""
    hand = Contestant([sys.executable, "-m", "benchmarks.by_hand"], threads=1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            return hand.ask(
                classes=classes, activation=activation, hidden=HIDDEN, epochs=epochs, frames=frames, folder=folder
            )
    finally:
        hand.close()


def drawn(specs: list[RunSpec]) -> dict[tuple[int, str], dict[str, Any]]:
    """All networks through the build's jobs, two at a time, the costliest first."""
    pool = pools.local(2)
    try:
        costliest_first = sorted(specs, key=lambda spec: -spec.classes)
        jobs = {(spec.classes, spec.activation): pool.executor.submit(network, spec) for spec in costliest_first}
        return {run: job.result() for run, job in jobs.items()}
    finally:
        pool.close()


def network(spec: RunSpec) -> dict[str, Any]:
    """One network trained, measured and drawn: seconds of its steps, of figures in both themes, and the GIF's bytes."""
    film.FRAMES = FRAMES  # the article's films are shorter
    began = time.perf_counter()
    ((data, measured),) = tasks.train([spec], "cpu", "")
    took = {"training": time.perf_counter() - began}
    assert measured is not None
    measures = {column: value for of_one in measured.values() for column, value in of_one.items()}
    run = tasks.decode(data)
    frames = len(film.shown_checkpoints(len(run.checkpoints)))
    for name in KINDS:
        figure, start = figures.load()[name], time.perf_counter()
        encoded = [figure.draw(spec, run, measures, theme) for theme in style.THEMES.values()]
        took[name] = time.perf_counter() - start
        if figure.animated:
            gif_bytes = len(encoded[0]["gif"])
    return {"took": took, "gif_bytes": gif_bytes, "frames": frames}

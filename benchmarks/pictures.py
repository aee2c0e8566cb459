"""Pictures: the work of a hand-written pipeline, with one savefig a frame, and this project's."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from typing import Any

from benchmarks.contest import Contestant, prose, shown, table
from generator import executors, figures, style, work
from generator.experiments import RunSpec
from generator.figures import hidden_animation

TITLE = "Pictures"
EPOCHS, FRAMES = 5000, 350
CHECKPOINTS = 559  # log-spaced over the epochs, of which FRAMES are different
HIDDEN = (120, 80, 40, 2)
SPECS = [
    RunSpec(k, a, 0, hidden=HIDDEN, epochs=EPOCHS, learning_rate=0.003, checkpoints=CHECKPOINTS)
    for k in (2, 3, 4, 5, 6, 7)
    for a in ("tanh", "relu")
]
BY_HAND = [(2, "tanh"), (7, "relu")]  # the ends of the grid: their mean stands for all twelve
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
    frame, own_frame = (
        [1000 * one["took"][name] / one["frames"] for one in each]
        for each, name in ((hand, "animation"), (ours, "hidden-animation"))
    )
    weight, own_weight = ([one["gif_bytes"] / one["frames"] / 1000 for one in each] for each in (hand, ours))
    stills, own_stills = sum(steps.values()) - steps["training"], [one["pictures_s"] for one in ours]
    rows = [
        ["a frame of the animation, all in, ms", shown(frame), shown(own_frame), times(frame, own_frame)],
        ["a frame of the GIF, kB", shown(weight), shown(own_weight), times(weight, own_weight)],
        ["a network's pictures, s", f"{stills:.1f}", shown(own_stills), times([stills], own_stills)],
    ]
    if not quick:
        whole = len(SPECS) * sum(steps.values())
        rows.append(["twelve networks, end to end, s", f"{whole:.0f}", f"{wall:.0f}", times([whole], [wall])])
    which = " and ".join(f"k = {k}, {activation}" for k, activation in chosen)
    about = prose(
        f"""Twelve networks 2→{"→".join(map(str, HIDDEN))}→k, {epochs:,} epochs, each with an animation of {FRAMES}
        frames at log-spaced epochs and five stills: input data, decision boundaries, vector field, angles of a million
        inputs, loss. By hand: `torch.nn` and `pyplot`, one `savefig` a frame, 500×500 backgrounds of scatter markers,
        imageio's GIF, one network after another in one process; torch has one thread, as a second gains little on such
        networks and loses much when the machine has other work. Ours: the build's own jobs in two processes, their
        start counted; each picture is made twice, light and dark, stills as PNG and WebP, and films are 360 pixels wide
        where those by hand are 480. By hand were run: {which}{", with a tenth of the frames" if quick else ""}; their
        mean is counted {"once" if quick else "twelve times"}. Ours ran {"the same" if quick else "all twelve"}; the
        first three rows compare the same networks. A frame of the animation is one theme's; a network's pictures are
        one theme's by hand, both themes' in ours."""
    )
    hand_steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in steps.items())
    head = ["", "by hand", "ours", "times less"]
    return f"{about}\n{table(head, rows)}\nSeconds by hand, one network: {hand_steps}.\n"


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
    crew = executors.local(2)
    try:
        costliest_first = sorted(specs, key=lambda spec: -spec.classes)
        jobs = {(spec.classes, spec.activation): crew.executor.submit(network, spec) for spec in costliest_first}
        return {run: job.result() for run, job in jobs.items()}
    finally:
        crew.dismiss()


def network(spec: RunSpec) -> dict[str, Any]:
    """One network trained, measured and drawn: seconds of its figures, in both themes, and the GIF's bytes."""
    hidden_animation.FRAMES = FRAMES  # the article's films are shorter
    ((data, measures),) = work.train([spec], "cpu", "")
    assert measures is not None
    run = work.decode(data)
    took: dict[str, float] = {}
    began = time.perf_counter()
    frames = len(hidden_animation.shown_checkpoints(len(run.checkpoints)))
    for name in KINDS:
        figure, start = figures.load()[name], time.perf_counter()
        encoded = [figure.draw(spec, run, measures, theme) for theme in style.THEMES.values()]
        took[name] = (time.perf_counter() - start) / len(encoded)
        if figure.animated:
            gif_bytes = len(encoded[0]["gif"])
    return {"took": took, "pictures_s": time.perf_counter() - began, "gif_bytes": gif_bytes, "frames": frames}

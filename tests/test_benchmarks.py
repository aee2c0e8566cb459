"""The benchmarks: every part is found and can be imported, and what they share works."""

import dataclasses
import json
import re
import signal
import sys
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import builds, by_hand, contest, frames, growth, peers, quoted, suite, training
from generator.networks.spec import RunSpec
from generator.networks.train import train_together

ECHO = """
from benchmarks.contest import serve
serve(lambda number: {"twice": 2 * number})
"""


def test_every_part_of_the_report_is_there():
    assert list(suite.parts()) == list(suite.ORDER)


def test_a_contestant_answers_until_it_is_closed():
    contestant = contest.Contestant([sys.executable, "-c", ECHO], threads=1)
    assert contestant.ask(number=4)["twice"] == 8
    process = contestant._process
    contestant.close()
    assert process.returncode == 0


def test_a_contestant_that_ends_is_an_error():
    contestant = contest.Contestant([sys.executable, "-c", "raise SystemExit(3)"], threads=1)
    with pytest.raises((RuntimeError, BrokenPipeError)):
        contestant.ask(number=4)
    contestant.close()


def test_rounds_give_every_job_every_place():
    order = []
    jobs = {name: lambda name=name: order.append(name) or name for name in "abc"}
    assert contest.rounds(3, jobs) == {"a": ["a"] * 3, "b": ["b"] * 3, "c": ["c"] * 3}
    assert order == list("abcbcacab")


def test_tasks_of_a_trace_are_told_by_what_they_were_of():
    def event(name, ts, dur, **more):
        return {"ph": "X", "pid": 1, "tid": more.pop("tid", 1), "name": name, "ts": ts, "dur": dur, **more}

    script = {"args": {"data": {"url": "file:///site/view.js", "functionName": "tick"}}}
    events = [
        {"ph": "M", "pid": 1, "tid": 1, "name": "thread_name", "args": {"name": "CrRendererMain"}},
        {"ph": "M", "pid": 1, "tid": 2, "name": "thread_name", "args": {"name": "Compositor"}},
        *(
            event("RunTask", 0, 9000),
            event("FunctionCall", 1000, 5000, tdur=4000, **script),
            event("Layout", 2000, 1000),
        ),
        *(event("RunTask", 9000, 60000, tdur=20000), event("Paint", 10000, 3000)),
        event("RunTask", 0, 90000, tid=2),
    ]
    longest, other = frames.tasks({"traceEvents": events}, slow=4)
    assert (longest.ms, longest.parts) == (80, {"Paint": 12})
    assert (other.ms, other.parts) == (36, {"FunctionCall view.js tick": 12, "Layout": 4})
    assert str(other) == "36 ms: FunctionCall view.js tick 12, Layout 4"


def test_a_median_is_shown_with_its_range():
    assert contest.shown([12.34, 10.0, 5000.0]) == "12.3 (10 to 5000)"
    assert contest.ratio([6, 8], [3, 2]) == [2, 4]


@pytest.mark.parametrize("activation", ["tanh", pytest.param("relu", marks=pytest.mark.breadth)])
def test_the_hand_written_pipeline_makes_all_six_pictures(tmp_path, monkeypatch, activation):
    monkeypatch.setattr(by_hand, "BACKGROUND", 20)
    monkeypatch.setattr(by_hand, "LATTICE", 20)
    made = by_hand.pipeline(4, activation, [8, 2], 30, 6, str(tmp_path))
    stills = {"input.png", "hidden.png", "vectors.png", "angles.png", "loss.png"}
    assert {path.name for path in tmp_path.iterdir() if "frame" not in path.name} == stills | {"hidden.gif"}
    assert len(list(tmp_path.glob("frame*.png"))) == made["frames"] == 6
    assert list(made["took"]) == [
        "training",
        "animation",
        "input plane",
        "hidden plane",
        "vector field",
        "angles",
        "loss",
    ]


def test_frames_by_hand_show_every_point_of_the_end():
    hidden = np.array([[0.0, 3.0], [7.0, 0.5]])
    low, high = by_hand.limits(hidden, "relu")
    assert low < 0 and 7 < high < 8
    assert by_hand.limits(np.tanh(hidden), "tanh") == (-1.1, 1.1)


@pytest.mark.parametrize("peer", [peers.eager, peers.eager_fused, peers.vmapped])
def test_peers_train_the_engine_s_networks(tmp_path, peer):
    spec = RunSpec(classes=2, activation="tanh", seed=0, points_per_class=20, hidden=(8, 2), epochs=5)
    problem = peers.Problem(str(training.Ring(tmp_path).problem(spec, 2)), dataclasses.asdict(spec))
    expected = [run.loss[-2] for run in train_together([replace(spec, seed=seed) for seed in range(2)])]
    assert peer(problem)["losses"] == pytest.approx(expected, rel=training.LOSS_RTOL)


def test_a_build_tells_its_stages_and_memory(tmp_path):
    content = builds.article(tmp_path / "content", growth.EXPERIMENTS.format(seeds=2))
    built = builds.build(content, tmp_path, "--workers", "1")
    assert built.stages["train"] > 0
    assert built.seconds >= sum(built.stages.values())
    assert built.peak_mb > 50 or not builds.Path("/proc/self/smaps_rollup").exists()


def test_quick_report_keeps_the_other_sections(tmp_path, monkeypatch):
    report = tmp_path / "RESULTS.md"
    report.write_text("# Benchmarks\n\n## Page\n\nkept\n")
    monkeypatch.setattr(suite, "noise", lambda: "1 ms")
    monkeypatch.setattr(sys, "argv", ["suite", "--quick", "--only", "training", "--out", str(report)])
    monkeypatch.setattr(training, "measure", lambda quick: f"measured, {'quick' if quick else 'whole'}")
    before = {asked: signal.getsignal(asked) for asked in (signal.SIGTERM, signal.SIGHUP)}
    suite.main()
    for asked, handler in before.items():
        signal.signal(asked, handler)
    text = report.read_text()
    assert "measured, quick" in text
    assert "## Page\n\nkept" in text
    assert text.index("## Training") < text.index("## Page")


def test_figures_in_readme_and_docs_are_those_of_the_report():
    report = suite.RESULTS.read_text(encoding="utf-8")
    for path, renewed in quoted.files(report):
        assert path.read_text(encoding="utf-8") == renewed, f"{path.name}: python -m benchmarks.quoted renews it"
    speed = (suite.RESULTS.parent.parent / "README.md").read_text(encoding="utf-8").partition("\n## Speed\n")[2]
    speed = speed.partition("\n## ")[0]
    for quote in quoted.QUOTES:
        speed = quote.pattern.sub("", speed)
    assert not re.findall(r"\d.*", speed), "a figure of which nobody knows where it is from"


def test_a_figure_that_is_not_the_report_s_is_renewed_and_a_sentence_that_went_is_missed():
    report = "# Benchmarks\n\n## One\n\n| a row | 1,234 (1,200 to 1,300) | **5.25** |\n\n## Two\n\ntook **7 s**\n"
    figures = [quoted.cell("One", "a row", 1), quoted.cell("One", "a row", 2), quoted.figure("Two", r"\*\*# s")]
    quote = quoted.Quote("x.md", "takes {:,.0f} and {:.1f}, or {:.0f} s", figures)
    assert quote.renewed("It takes 9 and\n  9.9, or 12 s.", report) == "It takes 1,234 and\n  5.2, or 7 s."
    with pytest.raises(LookupError, match="stands there 0 times"):
        quote.renewed("It took 9.", report)
    with pytest.raises(LookupError, match="Two: no 2"):
        quoted.figure("Two", r"\*\*# s", 1)(report)


def test_suite_names_its_parts_on_the_command_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["suite", "--help"])
    with pytest.raises(SystemExit):
        suite.main()
    said = capsys.readouterr().out
    assert json.dumps(list(suite.ORDER))[1:-1].replace('"', "").replace(" ", "") in said.replace(" ", "")

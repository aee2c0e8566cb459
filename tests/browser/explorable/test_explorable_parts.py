"""Painting part by part: what a frame has no time for waits for the next, and the last state is painted whole."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TypedDict

import pytest
from conftest import Figure, Show

PARTS = 10
PART_MS = 3  # of each part of the slow painter
LONGEST_MS = 20_000  # that it is waited for
FRAME_PARTS = 4  # most that begin within the 8 ms after which a painting waits for the next frame

# A painter that takes its time. Sets the epochs that are asked for, each while another painting is under way. The
# page's clock goes on by what is painted, and by what is waited for while nothing is: a busy machine takes no time.
SLOW = """
([parts, partMs, longestMs, changes]) => new Promise((done) => {
  const view = peek.views.get("fig-bend");
  const seen = [];
  let painting = 0, now = performance.now();
  performance.now = () => now;
  const { setTimeout } = window;
  window.setTimeout = (work, ms = 0) => setTimeout(() => {
    if (!view.parts && !view.behind) now += ms;
    work();
  }, ms);
  view.instance.paint = function* (resting) {
    const of = { painting: painting++, epoch: view.state.epoch, resting };
    for (let part = 0; part < parts; part++) {
      now += partMs;
      seen.push({ ...of, part, frame: document.timeline.currentTime });
      const change = changes.find((one) => !one.made && one.part === part && one.resting === resting);
      if (change) {
        change.made = true;
        setTimeout(() => view.set({ epoch: change.epoch }));
      }
      yield;
    }
    if (resting) setTimeout(() => done(seen), 100);
  };
  setTimeout(() => done(seen), longestMs);
  view.set({ epoch: 1 });
})
"""


class Part(TypedDict):
    """One part that was painted: of which painting, of which state, in which frame."""

    painting: int
    epoch: int
    resting: bool
    part: int
    frame: float


def paintings(figure: Figure, *changes: dict[str, object], part_ms: float = PART_MS) -> list[list[Part]]:
    """What a slow painter painted from a first change until it was at rest, painting by painting."""
    seen: list[Part] = figure.page.evaluate(SLOW, [PARTS, part_ms, LONGEST_MS, changes])
    return [list(parts) for _, parts in groupby(seen, lambda part: part["painting"])]


def whole(painting: list[Part]) -> bool:
    return [part["part"] for part in painting] == list(range(PARTS))


def test_a_painting_that_takes_long_goes_on_in_the_next_frame(show: Show) -> None:
    for painting in paintings(show("bend")):
        frames = [len(list(parts)) for _, parts in groupby(painting, lambda part: part["frame"])]
        assert max(frames) <= FRAME_PARTS, frames
        assert sum(frames) == PARTS


def test_a_painting_that_outlasts_the_wait_for_rest_is_followed_by_one_at_rest(show: Show) -> None:
    """As on a slow machine: what is coarse does not stay."""
    *before, last = paintings(show("bend"), part_ms=25)
    assert before and not before[-1][0]["resting"]
    assert whole(last) and last[0]["resting"]


SAYS = """async ([partMs]) => {
  const view = peek.views.get("fig-bend"), said = [];
  let painted = 0;
  view.instance.summary = () => `at ${painted}`;
  view.instance.paint = function* () {
    painted = view.state.epoch;
    for (let part = 0; part < 8; part++) {
      yield;
      for (const until = performance.now() + partMs; performance.now() < until; );
    }
  };
  for (let epoch = 1; epoch < 30; epoch++) {
    view.set({ epoch });
    await new Promise(requestAnimationFrame);
    said.push([painted, view.summary.textContent]);
  }
  return said;
}"""


def test_the_sentence_follows_a_hand_that_never_rests(show: Show) -> None:
    """Whatever a figure does about it: it says what the first part of each painting has shown."""
    said = show("bend").page.evaluate(SAYS, [PART_MS])
    assert len({sentence for _, sentence in said}) > 5
    assert all(sentence == f"at {painted}" for painted, sentence in said[2:])


@pytest.mark.parametrize("part", [5, *(pytest.param(part, marks=pytest.mark.breadth) for part in (0, PARTS - 1))])
def test_a_change_while_it_is_painted_is_painted_whole_after_it(show: Show, part: int) -> None:
    """What is under way comes to its end: a hand that never rests would otherwise see nothing."""
    first, *others = paintings(show("bend"), {"part": part, "resting": False, "epoch": 20})
    assert whole(first)
    assert whole(others[0]) and others[0][0]["epoch"] == 20
    assert [painting[0]["resting"] for painting in others] == [False, True]


@pytest.mark.parametrize("part", [2, pytest.param(7, marks=pytest.mark.breadth)])
def test_a_gesture_comes_before_what_is_painted_at_rest(show: Show, part: int) -> None:
    done = paintings(show("bend"), {"part": part, "resting": True, "epoch": 20})
    cut = [at for at, painting in enumerate(done) if not whole(painting)]
    [left] = cut  # what was under way at rest, and nothing else
    assert done[left][0]["resting"]
    after = done[left + 1]
    assert whole(after) and not after[0]["resting"] and after[0]["epoch"] == 20


def test_the_last_state_is_painted_whole_and_at_rest(show: Show) -> None:
    figure = show("bend")
    changes = [{"part": at, "resting": False, "epoch": 30 + at} for at in (1, 4, 8)]
    *before, last = paintings(figure, *changes)
    assert whole(last) and last[0]["resting"]
    shown = figure.page.evaluate("peek.views.get('fig-bend').state.epoch")
    assert [painting[0]["epoch"] for painting in (before[-1], last)] == [shown, shown]
    assert all(one[-1]["frame"] < other[0]["frame"] for one, other in pairwise([*before, last]))

"""A picture of the reader's own: drawn by mouse, finger and keys, it lands where Python says that it lands."""

from __future__ import annotations

import itertools
import random
import re
from typing import Any

import numpy as np
import pytest
from conftest import Figure, Laboratory, Show, place
from playwright.sync_api import expect

from generator.networks import forward, tables
from tests.rest import SPEAKS_MS, rest

SAME_PLACE = 1e-5  # of the room's size: both sides round float32 their own way
FINE = {"pixels": 4, "tiles": 6}  # marks along a side of a cell
SIZE = {"pixels": (8, 8), "tiles": (6, 4)}
RUNS = {"pixels": "pixels/k5-tanh-s1", "tiles": "tiles/k12-softplus-s1"}
SAMPLES = 8  # of a cell along each side, where a drawing is moved and sized


def drawn(figure: Figure, *way: tuple[float, float]) -> None:
    """A stroke with the mouse through places in shares of the pad."""
    pad = figure.live.locator(".digit-pad")
    places = [place(pad, *share) for share in way]
    figure.page.mouse.move(*places[0])
    figure.page.mouse.down()
    for following in places[1:]:
        figure.page.mouse.move(*following, steps=6)
    figure.page.mouse.up()


def state(figure: Figure, name: str) -> Any:
    return figure.page.evaluate("name => peek.views.get('fig-digit').state[name]", name)


def rows(figure: Figure) -> dict[str, np.ndarray]:
    """What the figure's CSV says: the picture as the network gets it and each layer, by its name."""
    figure.settle()
    listed = figure.page.evaluate("peek.views.get('fig-digit').instance.rows().slice(1)")
    return {
        name: np.array([row[2] for row in group]) for name, group in itertools.groupby(listed, key=lambda row: row[0])
    }


def marked(ink: str, shape: tuple[int, int]) -> np.ndarray:
    """The marks of an address: 0 untouched, 1 ink, 2 erased."""
    listed = [mark for count, mark in re.findall("([0-9a-z]*)([_.-])", ink) for _ in range(int(count or "1", 36))]
    marks = np.zeros(shape[0] * shape[1], int)
    marks[: len(listed)] = ["_.-".index(mark) for mark in listed]
    return marks.reshape(shape)


def box_of(inked: np.ndarray) -> tuple[float, float, int, int]:
    """The middle of what is inked, row and column, its height and its width."""
    down, along = np.flatnonzero(inked.any(1)), np.flatnonzero(inked.any(0))
    return (down[0] + down[-1] + 1) / 2, (along[0] + along[-1] + 1) / 2, np.ptp(down) + 1, np.ptp(along) + 1


def given(laboratory: Laboratory, of: str, ink: str) -> np.ndarray:
    """What a network gets of a drawing on nothing, by definition: moved, sized, averaged and scaled as the data are."""
    spec, run = laboratory.runs[RUNS[of]]
    (height, width), fine = SIZE[of], FINE[of]
    scaling = tables.scaling(spec)
    data = (run.x * scaling["scale"] + scaling["mean"]).reshape(-1, height, width).round()
    low, high = data.min(), data.max()
    ground, other = (low, high) if data.mean() < (low + high) / 2 else (high, low)
    boxes = [box_of(abs(one - ground) > (high - low) / 4) for one in data]
    middle = np.mean([box[:2] for box in boxes], 0)
    tall, wide = (np.quantile([box[i] for box in boxes], q, method="lower") for i, q in ((2, 0.5), (3, 0.9)))
    marks = marked(ink, (height * fine, width * fine)) == 1
    *place, own_height, own_width = box_of(marks)
    size = min(fine * tall / own_height, fine * wide / own_width, 2)
    at = [(np.arange(n * SAMPLES) + 0.5) / SAMPLES for n in (height, width)]
    down, along = (np.floor(place[i] + fine * (at[i] - middle[i]) / size).astype(int) for i in (0, 1))
    inside = ((down >= 0) & (down < len(marks)))[:, None] & ((along >= 0) & (along < marks.shape[1]))
    sampled = inside & marks[down.clip(0, len(marks) - 1)][:, along.clip(0, marks.shape[1] - 1)]
    share = sampled.reshape(height, SAMPLES, width, SAMPLES).mean((1, 3))
    picture = ground + share * (other - ground)
    return ((picture.ravel() - scaling["mean"]) / scaling["scale"]).astype(np.float32)


def expected(figure: Figure, laboratory: Laboratory, of: str, x: np.ndarray) -> forward.Layers:
    """The layers of a network at (N, D) inputs, in Python, with the weights that travel."""
    weights = figure.page.evaluate("id => peek.runs.load(id).then((run) => [...run.weights.at(-1)])", RUNS[of])
    return forward.forward(laboratory.runs[RUNS[of]][0], np.array(weights), x)


def agree(figure: Figure, laboratory: Laboratory, of: str, x: np.ndarray) -> None:
    """The page's picture, layers and scores are those that Python makes of an input."""
    found, layers = rows(figure), expected(figure, laboratory, of, x[None])
    assert np.abs(found["input"] - x).max() <= SAME_PLACE * max(1, np.abs(x).max())
    for at, values in enumerate(layers.hidden):
        assert np.abs(found[f"hidden {at + 1}"] - values[0]).max() <= SAME_PLACE * max(1, np.abs(values).max())
    assert np.abs(found["score"] - layers.logits[0]).max() <= SAME_PLACE * max(1, np.abs(layers.logits).max())


STROKES = {
    "seven": [(0.3, 0.2), (0.7, 0.22), (0.45, 0.85)],
    "small": [(0.1, 0.1), (0.3, 0.3)],
    "dot": [(0.6, 0.6), (0.61, 0.6)],
    "beyond": [(0.5, 0.5), (1.4, 0.9)],
}


@pytest.mark.parametrize("of", ["tiles", pytest.param("pixels", marks=pytest.mark.breadth)])
def test_what_is_drawn_lands_where_python_says(show: Show, laboratory: Laboratory, of: str) -> None:
    figure = show(f'digit {{"experiment": "{of}"}}')
    for way in STROKES.values():
        figure.live.get_by_role("button", name="Clear").click()
        drawn(figure, *way)
        agree(figure, laboratory, of, given(laboratory, of, state(figure, "ink")))
    assert not figure.said


@pytest.mark.parametrize("of", ["pixels", pytest.param("tiles", marks=pytest.mark.breadth)])
def test_an_example_lands_where_its_point_is_and_may_be_drawn_on(show: Show, laboratory: Laboratory, of: str) -> None:
    spec, run = laboratory.runs[RUNS[of]]
    figure = show(f'digit {{"experiment": "{of}"}}')
    per_class = len(run.y) // spec.classes
    take = figure.live.get_by_role("button", name="Take an example")
    for step in range(spec.classes + 1):
        take.click()
        point = (step % spec.classes) * per_class + step // spec.classes
        if step % 4 == 0:
            agree(figure, laboratory, of, run.x[point])
    drawn(figure, (0.4, 0.4), (0.6, 0.6))
    figure.live.get_by_role("button", name="Eraser").click()
    drawn(figure, (0.5, 0.1), (0.5, 0.9))
    (height, width), fine, scaling = SIZE[of], FINE[of], tables.scaling(spec)
    marks = marked(state(figure, "ink"), (height * fine, width * fine)).reshape(height, fine, width, fine)
    shares = [(marks == kind).mean((1, 3)).ravel() for kind in (0, 1, 2)]
    assert min(share.max() for share in shares) > 0, "something of each"
    data = (run.x * scaling["scale"] + scaling["mean"]).round()
    ends = (data.max(), data.min()) if of == "pixels" else (data.min(), data.max())
    ink, ground = ((end - scaling["mean"]) / scaling["scale"] for end in ends)
    x = shares[0] * run.x[point] + shares[1] * ink + shares[2] * ground
    agree(figure, laboratory, of, x.astype(np.float32))
    figure.page.wait_for_url(re.compile("fig-digit.example=.*fig-digit.ink="))
    figure.page.reload()
    figure.wakes()
    agree(figure, laboratory, of, x.astype(np.float32))


def test_by_keys_alone(show: Show, laboratory: Laboratory) -> None:
    figure = show("digit")
    pad = figure.live.locator(".digit-pad")
    pad.focus()
    for key in ("ArrowUp", "ArrowUp", "Enter", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight", " "):
        pad.press(key)
    marks = marked(state(figure, "ink"), (32, 32))
    assert all(marks[4 * row + 2, 4 * column + 2] == 1 for row, column in ((2, 4), (3, 4), (4, 4), (4, 5)))
    assert marks[:8].sum() == 0 or marks[:6].sum() == 0
    agree(figure, laboratory, "pixels", given(laboratory, "pixels", state(figure, "ink")))
    pad.press("ArrowLeft")
    assert re.fullmatch(r"Row 5, column 5: \d+\.\d\s%.*ink\.", figure.live.locator(".explorable-spoken").inner_text())
    pad.press("Delete")
    assert marked(state(figure, "ink"), (32, 32))[18, 18] == 0
    hidden = figure.live.get_by_role("application", name="Hidden plane")
    hidden.focus()
    hidden.press("ArrowRight")
    hidden.press("Enter")
    assert state(figure, "example") and not state(figure, "ink")


def test_by_finger_on_a_phone(show: Show, laboratory: Laboratory) -> None:
    """A finger on the pad draws and does not scroll; the buttons are as large as a finger's tip."""
    figure = show("digit", width=390, height=844, has_touch=True, is_mobile=True)
    pad = figure.live.locator(".digit-pad")
    pad.scroll_into_view_if_needed()
    box, before = pad.bounding_box(), figure.page.evaluate("scrollY")
    assert box is not None
    touch = figure.page.context.new_cdp_session(figure.page)
    for step in range(12):
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] * (0.85 - 0.06 * step)}
        kind = "touchMove" if step else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert figure.page.evaluate("scrollY") == before
    assert box_of(marked(state(figure, "ink"), (32, 32)) == 1)[2] > 22, "the whole way of the finger"
    agree(figure, laboratory, "pixels", given(laboratory, "pixels", state(figure, "ink")))
    for button in figure.live.locator(".digit-actions button").all():
        size = button.bounding_box()
        assert size is not None and min(size["width"], size["height"]) >= 44
    figure.live.get_by_role("button", name="Clear").tap()
    assert state(figure, "ink") == ""


def test_what_is_said_is_what_is_shown(show: Show, laboratory: Laboratory) -> None:
    figure = show("digit")
    assert "Nothing is drawn yet: draw one, or take an example." in figure.summary()
    inked = "(c) => c.getContext('2d').getImageData(80, 0, c.width - 80, c.height).data.some((value) => value > 0)"
    assert not figure.live.locator(".digit-strip").last.evaluate(inked), "no place of what is not there"
    drawn(figure, *STROKES["seven"])
    said, found = figure.summary(), rows(figure)
    spec, run = laboratory.runs[RUNS["pixels"]]
    share = np.exp(found["score"] - found["score"].max())
    share /= share.sum()
    best, second = np.argsort(-share)[:2]
    assert f"taken for {best}, {100 * share[best]:.1f}" in said and f"before {second} with" in said
    positions = expected(figure, laboratory, "pixels", run.x).hidden[-1]
    far = [np.hypot(*(positions[run.y == c].mean(0) - found["hidden 2"])) for c in range(spec.classes)]
    assert f"The nearest class centre is that of {np.argmin(far)}, " in said
    assert figure.live.locator(".digit-through b").inner_text() == (
        f"Taken for {best}, {figure.page.evaluate('share => peek.text.percent(share)', float(share[best]))} sure"
    )


def test_through_training_and_to_other_networks(show: Show) -> None:
    """The drawing stays; the epoch and the network change what becomes of it, and the address has all three."""
    figure = show("digit")
    drawn(figure, *STROKES["seven"])
    seen = [rows(figure)]
    figure.handle().press("Home")
    seen.append(rows(figure))
    figure.live.get_by_role("radio", name="3", exact=True).click()
    seen.append(rows(figure))
    assert [len(found["score"]) for found in seen] == [5, 5, 3]
    assert np.allclose(seen[0]["input"], seen[1]["input"]) and not np.allclose(seen[0]["hidden 2"], seen[1]["hidden 2"])
    figure.page.wait_for_url(re.compile("fig-digit.classes=3&fig-digit.epoch=0&fig-digit.ink="))
    figure.page.reload()
    figure.root.scroll_into_view_if_needed()
    figure.wakes()
    again = rows(figure)
    assert all(np.array_equal(again[name], values) for name, values in seen[2].items())
    figure.live.get_by_role("button", name="Reset").click()
    figure.page.wait_for_url(re.compile("^[^#]+$"))
    assert len(figure.page.url) < 2000 and "Nothing is drawn yet" in figure.summary()


def test_an_address_is_short_and_any_is_a_view(show: Show) -> None:
    """However an address is changed, the state is one that a reader could have made, and every number is one."""
    figure = show("digit")
    for way in ([(0.3, 0.2), (0.6, 0.2), (0.6, 0.5), (0.3, 0.8)], [(0.3, 0.8), (0.7, 0.8)]):
        drawn(figure, *way)
    ink = state(figure, "ink")
    assert 0 < len(ink) < 300
    chance = random.Random(0)
    for _ in range(6):
        wrong = list(chance.choice([ink, ink, "", "zzzzzzzzzzzzzzzz.", "9_9-9."]))
        for _ in range(chance.randrange(6)):
            wrong.insert(chance.randrange(len(wrong) + 1), chance.choice("0123456789abcz_.-=&%#,NI "))
        example = chance.choice(["", "0-0", "99-9999", "4-3", "4-", "-1-2", "a-b", "3.5"])
        values = {"ink": "".join(wrong), "example": example, "epoch": chance.choice(["-5", "1e9", "x", "7.3"])}
        hash_ = "#" + "&".join(f"fig-digit.{name}={value}" for name, value in values.items())
        figure.page.evaluate("hash => { location.hash = hash; }", hash_)
        rest(figure.page, 0)
        listed = figure.page.evaluate("peek.views.get('fig-digit').instance.rows().slice(1).map((row) => row[2])")
        assert all(isinstance(value, (int, float)) and abs(value) < 1e9 for value in listed), hash_
        told = figure.page.evaluate("(({ ink, example }) => [ink, example])(peek.views.get('fig-digit').state)")
        assert re.fullmatch(r"(?:[0-9a-z]*[_.-])*", told[0]) and len(told[0]) < 2000, hash_
        assert re.fullmatch(r"(?:[0-4]-\d+)?", told[1]), hash_
    assert not figure.said


def test_a_stroke_is_told_once(show: Show) -> None:
    figure = show("digit")
    figure.page.evaluate(
        """() => {
          globalThis.spoken = [];
          const place = document.querySelector(".explorable-spoken");
          const hear = () => place.textContent && spoken.push(place.textContent);
          new MutationObserver(hear).observe(place, { childList: true, characterData: true, subtree: true });
        }"""
    )
    drawn(figure, *STROKES["seven"])
    rest(figure.page, SPEAKS_MS)
    [said] = figure.page.evaluate("spoken")
    assert "Your picture lands at " in said


def test_a_point_shows_its_picture_and_gives_it(show: Show) -> None:
    figure = show("digit", has_touch=True)
    hidden = figure.live.get_by_role("application", name="Hidden plane")
    place = figure.page.evaluate(
        """async () => {
          const run = await peek.runs.load("pixels/k5-tanh-s1"), out = new Float64Array(2 * run.y.length);
          peek.network.evaluator(run.net).hidden(run.weights.at(-1), run.x, run.y.length, out);
          const { box } = peek.roomOf(run.activation, out);
          return [(out[0] - box.x0) / (box.x1 - box.x0), (box.y1 - out[1]) / (box.y1 - box.y0)];
        }"""
    )
    size = hidden.bounding_box()
    assert size is not None
    hidden.tap(position={"x": place[0] * size["width"], "y": place[1] * size["height"]})
    expect(figure.live.locator(".digit-through b")).to_contain_text("Taken for 0")
    assert state(figure, "example").startswith("0-")

"""What each explorable does under the reader's hand, with the pointer, by touch and by keyboard."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from conftest import Figure, Laboratory, Show, place
from playwright.sync_api import expect

from generator.measures import arrangement, packing
from generator.networks import forward
from tests import laws
from tests.rest import SELDOM, SPEAKS_MS, rest


def drag(figure: Figure, locator: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one place of an element to another, in shares of its box."""
    begin, stop = place(locator, *start), place(locator, *end)
    figure.page.mouse.move(*begin)
    figure.page.mouse.down()
    figure.page.mouse.move(*stop, steps=5)
    figure.page.mouse.up()
    assert figure.page.evaluate("getSelection().toString()") == "", "a drag selects no words"


def hidden_at(laboratory: Laboratory, name: str, checkpoint: int = -1) -> np.ndarray:
    spec, run = laboratory.runs[name]
    return forward.hidden(spec, run.weights[checkpoint], run.x)


# Half the width shown of a plane: of the farthest coordinate in the input plane, of 1 in tanh's hidden plane.
SHOWN = 1.14


def input_edge(run: Any) -> float:
    return SHOWN * float(np.abs(run.x).max())


def at_shares(share: np.ndarray, edge: float) -> np.ndarray:
    """(N, 2) places of a plane that shows [-edge, edge]^2, from shares of its width and height."""
    return np.stack([edge * (2 * share[:, 0] - 1), edge * (1 - 2 * share[:, 1])], 1)


# The bend


def test_bend_time_is_dragged(show: Show, laboratory: Laboratory) -> None:
    figure = show("bend")
    _, run = laboratory.runs["grid/k5-tanh-s0"]
    assert figure.reading()[0] == 3000
    drag(figure, figure.live.locator(".timeline-track"), (0.98, 0.5), (0.6, 0.5))
    figure.settle()
    epoch, loss, accuracy = figure.reading()
    assert 50 < epoch < 300
    assert figure.page.evaluate("peek.views.get('fig-bend').state.epoch") == epoch, "a whole one, as the address has it"
    assert abs(loss - run.loss[int(epoch)]) < 0.02
    assert abs(accuracy - run.accuracy[int(epoch)]) < 0.02
    drag(figure, figure.live.locator(".timeline-track"), (0.6, 0.5), (-0.2, 0.5))
    figure.settle()
    assert figure.reading()[0] == 0


def test_bend_time_by_keyboard(show: Show, laboratory: Laboratory) -> None:
    figure = show("bend")
    checkpoints = laboratory.runs["grid/k5-tanh-s0"][1].checkpoints.tolist()
    handle = figure.handle()
    handle.focus()
    seen = []
    for key in ("ArrowLeft", "ArrowLeft", "ArrowRight", "Home", "ArrowRight", "PageUp", "End"):
        handle.press(key)
        rest(figure.page, 0)
        seen.append(figure.reading()[0])
    expected = [checkpoints[i] for i in (-2, -3, -2, 0, 1, 9, -1)]
    assert seen == expected
    assert re.fullmatch(r"epoch 3000, loss [\d.]+, accuracy [\d.]+\s%", handle.get_attribute("aria-valuetext") or "")


def test_bend_plays_and_pauses(show: Show) -> None:
    figure = show("bend")
    figure.live.get_by_role("button", name="Play").click()
    expect(figure.handle()).not_to_have_attribute("aria-valuenow", "3000")
    expect(figure.handle()).not_to_have_attribute("aria-valuenow", "0")
    figure.live.get_by_role("button", name="Pause").click()
    rest(figure.page, 0)
    epoch = figure.reading()[0]
    assert 0 < epoch < 3000
    figure.page.wait_for_timeout(300)
    assert figure.reading()[0] == epoch


@pytest.mark.parametrize(
    ("ratio", "activation"),
    [(1, "tanh"), (2, "relu"), *(pytest.param(*at, marks=pytest.mark.breadth) for at in ((1, "relu"), (2, "tanh")))],
)
def test_bend_regions_are_the_networks(show: Show, laboratory: Laboratory, activation: str, ratio: int) -> None:
    """Each pixel has the colour of the class that the network gives to its place, in both planes."""
    figure = show("bend", hash=f"#fig-bend.activation={activation}", device_scale_factor=ratio)
    spec, run = laboratory.runs[f"grid/k5-{activation}-s0"]
    got = figure.page.evaluate(
        """() => {
          const view = peek.views.get("fig-bend"), tints = view.theme.tintRgb;
          const name = (rgb) => tints.findIndex((tint) => tint.every((v, i) => v === rgb[i]));
          return [...view.live.querySelectorAll(".plane-field")].map((canvas, at) => {
            const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const out = [];
            for (let y = 3; y < canvas.height; y += 17) for (let x = 3; x < canvas.width; x += 17) {
              const pixel = data.subarray(4 * (y * canvas.width + x));
              out.push([(x + 0.5) / canvas.width, (y + 0.5) / canvas.height, name(pixel)]);
            }
            return out;
          });
        }"""
    )
    share = np.array(got[0])
    expected = forward.predict(spec, run.weights[-1], at_shares(share, input_edge(run)))
    named = share[:, 2] >= 0
    assert named.mean() > 0.9, "most pixels are one class's colour; the rest are on borders"
    assert (share[named, 2] == expected[named]).mean() > 0.995
    if activation == "relu":
        return  # its room is as large as the points ever reach, which this test does not know
    share = np.array(got[1])
    places = at_shares(share, SHOWN)
    head = forward.split(spec, run.weights[-1])[-1].astype(np.float64)
    inside = (np.abs(places).max(1) < 0.98) & (share[:, 2] >= 0)
    expected = (places @ head[:, :-1].T + head[:, -1]).argmax(1)
    assert (share[inside, 2] == expected[inside]).mean() > 0.99
    assert (share[np.abs(places).max(1) > 1.02, 2] == -1).all(), "outside the room there is only paper"


def test_bend_moves_smoothly_between_checkpoints(show: Show, laboratory: Laboratory) -> None:
    figure = show("bend")
    got = figure.page.evaluate(
        """async () => {
          const run = await peek.runs.load("grid/k5-tanh-s0"), out = new Float64Array(run.weights[0].length);
          const last = Array.from(run.weights.at(-1));
          const at = (epoch) => Array.from(peek.runs.weightsAt(run, epoch, out));
          const t = 30, [a, b] = [run.checkpoints[t], run.checkpoints[t + 1]];
          return {
            exact: at(a).every((v, i) => v === run.weights[t][i]), before: at(b - 1e-6), after: at(b),
            middle: at((a + b) / 2), first: Array.from(run.weights[t]), next: Array.from(run.weights[t + 1]),
            end: at(99999), last,
          };
        }"""
    )
    assert got["exact"] and got["end"] == got["last"]
    np.testing.assert_allclose(got["before"], got["after"], atol=1e-6)
    first, middle, following = (np.array(got[key]) for key in ("first", "middle", "next"))
    assert ((middle - first) * (following - middle) >= 0).all()


# Linked looking


def test_a_point_lights_up_in_both_planes(show: Show, laboratory: Laboratory) -> None:
    figure = show("bend")
    _, run = laboratory.runs["grid/k5-tanh-s0"]
    positions = hidden_at(laboratory, "grid/k5-tanh-s0")
    point = 280  # class 3, well along its arm
    edge = input_edge(run)
    x, y = map(float, run.x[point])
    marks = "(c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.reduce((sum, v) => sum + v, 0)"
    before = [figure.live.locator("canvas.plane-marks").nth(plane).evaluate(marks) for plane in (0, 1)]
    figure.page.mouse.move(*place(figure.plane(0), (x + edge) / (2 * edge), (edge - y) / (2 * edge)))
    said = figure.look()
    found = re.match(r"Point (\d+) of class 3: taken for class \d, [\d.]+\s% sure, at \((.+), (.+)\)", said)
    assert found, said
    near = 200 + int(found[1]) - 1
    assert np.linalg.norm(run.x[near] - run.x[point]) < 0.08
    spoken = np.array([float(found[at].replace("\u2212", "-")) for at in (2, 3)])
    assert np.abs(spoken - positions[near]).max() < 0.02
    after = [figure.live.locator("canvas.plane-marks").nth(plane).evaluate(marks) for plane in (0, 1)]
    assert before[0] != after[0] and before[1] != after[1]
    figure.page.mouse.move(0, 0)
    assert figure.look().startswith("Point at either plane")


def test_a_place_of_the_hidden_plane_lights_up_what_lands_there(show: Show, laboratory: Laboratory) -> None:
    figure = show("bend")
    spec, run = laboratory.runs["grid/k5-tanh-s0"]
    clear = figure.live.locator("canvas.plane-marks").first.evaluate("(c) => c.toDataURL()")
    edge = input_edge(run)
    grid = np.linspace(-edge, edge, 200)
    landing = forward.hidden(spec, run.weights[-1], np.stack(np.meshgrid(grid, grid), -1).reshape(-1, 2))
    positions = hidden_at(laboratory, "grid/k5-tanh-s0")
    empty = [  # places of the room without a point near
        (x, y)
        for x in np.linspace(-0.8, 0.8, 17)
        for y in np.linspace(-0.8, 0.8, 17)
        if np.linalg.norm(positions - (x, y), axis=1).min() > 0.15
    ]
    target = np.array(max(empty, key=lambda at: int((np.linalg.norm(landing - at, axis=1) < 0.08).sum())))
    x, y = target
    figure.page.mouse.move(*place(figure.plane(1), (x + SHOWN) / (2 * SHOWN), (SHOWN - y) / (2 * SHOWN)))
    said = figure.look()
    if not said.startswith("Around"):
        pytest.fail(f"expected an empty place of the room: {said}")
    lit = figure.page.evaluate(
        """async (clear) => {
          const canvas = document.querySelector("canvas.plane-marks"), n = canvas.width, image = new Image();
          image.src = clear;
          await image.decode();
          const then = new OffscreenCanvas(n, n).getContext("2d");
          then.drawImage(image, 0, 0);
          const [a, b] = [then, canvas.getContext("2d")].map((c) => c.getImageData(0, 0, n, n).data), out = [];
          for (let y = 1; y < n; y += 2) for (let x = 1; x < n; x += 2)
            out.push([x / n, y / n, b[4 * (y * n + x) + 3] > a[4 * (y * n + x) + 3] + 10 ? 1 : 0]);
          return out;
        }""",
        clear,
    )
    share = np.array(lit)
    places = at_shares(share, edge)
    distance = np.linalg.norm(forward.hidden(spec, run.weights[-1], places) - target, axis=1)
    radius = 0.05 * 2 * SHOWN
    inside, outside = distance < 0.8 * radius, distance > 1.6 * radius
    assert inside.sum() > 3
    assert share[inside, 2].mean() > 0.9 and share[outside, 2].mean() < 0.02


def test_looking_by_keyboard_is_spoken(show: Show) -> None:
    figure = show("bend")
    plane = figure.plane(0)
    plane.focus()
    plane.press("ArrowRight")
    plane.press("Shift+ArrowUp")
    expect(figure.live.locator(".explorable-spoken")).to_contain_text("hidden plane")
    plane.press("Enter")
    figure.page.wait_for_url(re.compile(r"look=input,0\.0"))
    plane.press("Escape")
    figure.settle()
    assert "look" not in figure.page.url


def test_looking_by_touch(show: Show) -> None:
    figure = show("bend", width=390, height=844, has_touch=True)
    figure.page.touchscreen.tap(*place(figure.plane(1), 0.3, 0.3))
    assert not figure.look().startswith("Point at either")
    figure.page.wait_for_url(re.compile("look=hidden"))


def test_whole_regions(show: Show) -> None:
    figure = show("bend", hash="#fig-bend.whole=1&fig-bend.look=hidden,0.9,0.9")
    assert re.fullmatch(r"All of class \d's region, in both planes\.", figure.look())


# Layer by layer


def test_layers_begin_with_the_input_and_end_in_the_hidden_plane(show: Show, laboratory: Laboratory) -> None:
    spec, run = laboratory.runs["grid/k5-tanh-s0"]
    for stage, expected in (
        (0, run.x),
        (2, np.arctanh(np.clip(hidden_at(laboratory, "grid/k5-tanh-s0"), -1 + 1e-12, 1 - 1e-12))),
        (3, hidden_at(laboratory, "grid/k5-tanh-s0")),
    ):
        figure = show("layers", hash=f"#fig-layers.stage={stage}" if stage < 3 else "")
        ends = figure.live.locator(".plane").nth(1).locator(".plane-label")
        expect(ends).to_have_text(["\u22121", "1", "1"] if stage == 3 else [re.compile(r"[\d.]+ wide")])
        rows = figure.page.evaluate("peek.views.get('fig-layers').instance.rows().slice(1).map((row) => row.slice(3))")
        tolerance = 1e-3 * max(np.abs(expected[np.abs(expected) < 4]).max(), 2)
        fits = np.abs(np.array(rows) - expected)[np.abs(expected) < 4]
        assert fits.max() <= tolerance
    combined = figure.page.evaluate(
        "peek.runs.load('grid/k5-tanh-s0').then((run) => peek.network.evaluator(run.net).affine(run.weights.at(-1)))"
    )
    first, second, _ = forward.split(spec, run.weights[-1].astype(np.float64))
    matrix = second[:, :-1] @ first[:, :-1]
    offset = second[:, :-1] @ first[:, -1] + second[:, -1]
    np.testing.assert_allclose(np.array(combined).reshape(2, 3), np.column_stack([matrix, offset]), atol=5e-3)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_folds_are_where_the_determinant_changes_sign(show: Show, laboratory: Laboratory, activation: str) -> None:
    figure = show("layers", hash=f"#fig-layers.activation={activation}&fig-layers.stage=2")
    spec, run = laboratory.runs[f"grid/k5-{activation}-s0"]
    said = re.search(r"shows over ([\d.]+)\s% of the input plane", figure.summary())
    assert said
    edge = input_edge(run)
    side = np.linspace(-edge, edge, 150)
    x = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    first, second, _ = forward.split(spec, run.weights[-1].astype(np.float64))
    pre = x @ first[:, :-1].T + first[:, -1]
    slope = 1 - np.tanh(pre) ** 2 if activation == "tanh" else (pre > 0).astype(float)
    jacobian = np.einsum("ju,nu,ui->nji", second[:, :-1], slope, first[:, :-1])
    side_up = np.sign(np.linalg.det(second[:, :-1] @ first[:, :-1]))
    back = (np.linalg.det(jacobian) * side_up < 0).mean()
    assert abs(float(said[1]) / 100 - back) < 0.03


def test_layers_slider_by_keyboard(show: Show) -> None:
    figure = show("layers")
    slider = figure.live.get_by_role("slider", name="How far through the network")
    slider.focus()
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "Input")
    for _ in range(3):
        slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "3 % of the way from input to combination")
    figure.live.get_by_role("button", name="Before activation").click()
    expect(slider).to_have_attribute("aria-valuetext", "Before activation")


# Directions


def test_directions_are_linked(show: Show) -> None:
    figure = show("directions")
    spread = figure.live.get_by_role("slider", name="Direction looked at, degrees")
    spread.focus()
    for _ in range(3):
        spread.press("PageUp")
    expect(spread).to_have_attribute("aria-valuetext", re.compile(r"60°: [\d.]+\s% of the input plane points there"))
    spread.press("Escape")
    expect(spread).to_have_attribute("aria-valuetext", "none")
    box = figure.plane(0).bounding_box()
    assert box is not None
    figure.page.mouse.move(box["x"] + 50, box["y"] + 60)
    assert re.search(r"points to \d+°", figure.look())
    drag(figure, figure.handle(), (0.5, 0.5), (-5, 1.5))
    drag(figure, figure.live.locator(".spread"), (0.5, 0.5), (0.6, 1.5))


def test_what_points_along_a_wall_is_in_the_picture(show: Show) -> None:
    """A quadrant's directions end at 90 degrees, where those lie that its wall cuts off."""
    figure = show("directions", hash="#fig-directions.activation=relu")
    figure.settle()
    _, *rows = figure.page.evaluate("peek.views.get('fig-directions').instance.rows()")
    upward = [share for _, _, end, share in rows if end >= 90]
    assert max(end for _, _, end, _ in rows) == 90 and max(upward) > 0.05


def test_directions_are_said_once_they_are_taken_over_as_many_places_as_the_builds(show: Show) -> None:
    figure = show("directions")
    assert "\u00b1" in figure.summary()
    said = figure.page.evaluate(
        """async () => {
          const view = peek.views.get("fig-directions"), said = [];
          for (let epoch = 30; epoch < 40; epoch++) {
            view.set({ epoch });
            await new Promise(requestAnimationFrame);
            said.push(view.summary.textContent);
          }
          return said;
        }"""
    )
    assert re.search(r"epoch 3\d", said[-1]) and "\u00b1" not in said[-1]
    assert "\u00b1" in figure.summary()


# Train it yourself


def losses(figure: Figure) -> list[float]:
    got: list[float] = figure.page.evaluate(
        "[...peek.views.get('fig-train').instance.rows()].slice(1).map((row) => row[1])"
    )
    return got


def test_training_starts_where_the_build_did(show: Show, laboratory: Laboratory) -> None:
    figure = show("train")
    _, run = laboratory.runs["grid/k5-tanh-s0"]
    assert abs(losses(figure)[0] - run.loss[0]) < 1e-5
    expect(figure.live.locator("output", has_text="0.03")).to_be_visible()
    for step in range(3):
        figure.live.get_by_role("button", name="One step").click()
        figure.page.wait_for_function(f"() => peek.views.get('fig-train').instance.rows().length === {step + 3}")
    assert len(losses(figure)) == 4
    np.testing.assert_allclose(losses(figure), run.loss[:4], atol=1e-4)


def test_training_goes_pauses_goes_back_and_starts_again(show: Show) -> None:
    figure = show("train")
    figure.live.get_by_role("button", name="Train", exact=True).click()
    figure.page.wait_for_function("() => peek.views.get('fig-train').instance.rows().length > 60", timeout=20000)
    figure.live.get_by_role("button", name="Pause").click()
    figure.page.wait_for_timeout(400)
    count = len(losses(figure))
    figure.page.wait_for_timeout(300)
    assert len(losses(figure)) == count
    assert "nearest centres" in figure.live.locator(".train-apart").inner_text()
    figure.handle().focus()
    figure.handle().press("Home")
    rest(figure.page, 0)
    assert figure.reading()[0] == 0
    before = losses(figure)
    figure.live.get_by_role("button", name="Start again").click()
    figure.page.wait_for_function("() => peek.views.get('fig-train').instance.rows().length === 2")
    assert losses(figure) == before[:1]
    for step in range(2):
        figure.live.get_by_role("button", name="One step").click()
        figure.page.wait_for_function(f"() => peek.views.get('fig-train').instance.rows().length === {step + 3}")
    assert losses(figure) == before[:3], "the same start trains the same way"


def test_training_stops_by_itself(show: Show) -> None:
    figure = show('train {"classes": 3}', script=SELDOM)
    figure.live.get_by_role("button", name="Train", exact=True).click()
    expect(figure.live.locator(".train-notice")).to_have_text("Done: 3000 epochs.", timeout=90000)
    expect(figure.live.get_by_role("button", name="Trained")).to_be_disabled()
    epoch, loss, accuracy = figure.reading()
    assert epoch == 3000 and accuracy > 0.95 and loss < 0.2
    figure.page.evaluate("() => (location.hash = 'fig-train.lattice=1')")
    expect(figure.live.get_by_role("switch", name="Lattice")).to_be_checked()
    figure.settle()
    assert figure.reading()[0] == 3000, "an address of the same network leaves it where it is"


def test_training_that_diverges_says_so_and_recovers(show: Show) -> None:
    figure = show('train {"rate": 3}')
    figure.live.get_by_role("button", name="Train", exact=True).click()
    notice = figure.live.locator(".train-notice")
    expect(notice).to_contain_text("Diverged at epoch", timeout=20000)
    assert np.isfinite(losses(figure)).all()
    count = len(losses(figure))
    notice.get_by_role("button", name="Carry on at a learning rate of 0.3").click()
    figure.page.wait_for_function(f"() => peek.views.get('fig-train').instance.rows().length > {count + 5}")
    assert not figure.said


def test_a_start_whose_loss_is_high_is_trained_and_one_without_a_loss_is_told(show: Show) -> None:
    """What is large from the start diverges only where it grows; the numbers of a plane without end stay short."""
    figure = show("train", hash="#fig-train.activation=own-formula&fig-train.typed=1000000*a&fig-train.rate=0.0001")
    assert losses(figure)[0] > 1e6 and re.search(r"loss \d\.\de\d+, ", figure.summary())
    ends = figure.live.locator(".plane-labels").nth(1).locator(".plane-label:not(.name)").all_inner_texts()
    assert all(len(end) < 8 for end in ends)
    train = figure.live.get_by_role("button", name="Train", exact=True)
    train.click()
    figure.page.wait_for_function("() => peek.views.get('fig-train').instance.rows().length > 20")
    notice = figure.live.locator(".train-notice")
    expect(notice).to_have_text("")
    figure.live.get_by_label("Formula", exact=True).fill("1e6*exp(a**2)")
    figure.page.keyboard.press("Enter")
    expect(notice).to_contain_text("This network cannot be trained")
    expect(train).to_be_disabled()
    assert figure.summary() == notice.inner_text() and not figure.said
    assert "Infinity" not in figure.live.inner_text()


def test_no_learning_rate_is_offered_below_the_least(show: Show) -> None:
    figure = show(
        "train", hash="#fig-train.activation=own-formula&fig-train.typed=exp(a**2)&fig-train.rate=0.0009", script=SELDOM
    )
    figure.live.get_by_role("button", name="Train", exact=True).click()
    offered = figure.live.locator(".train-notice").get_by_role("button")
    expect(offered).to_have_text("Carry on at a learning rate of 0.0001", timeout=20000)


def test_training_that_learns_nothing_says_so(show: Show) -> None:
    figure = show('train {"l2": 1}', script=SELDOM)
    figure.live.get_by_role("button", name="Train", exact=True).click()
    expect(figure.live.locator(".train-notice")).to_contain_text("Stuck at guessing", timeout=30000)


def test_own_seeds_change_points_and_weights(show: Show) -> None:
    figure = show("train")
    data = "peek.views.get('fig-train').instance.points()"
    before = figure.page.evaluate(data)
    figure.live.get_by_role("button", name="New seed").click()
    expect(figure.live.get_by_role("radio", name="a seed of your own")).to_be_checked()
    expect(figure.live.get_by_text("Hidden width")).to_be_visible()
    assert figure.page.evaluate(data) != before
    figure.live.get_by_role("slider", name="Noise").fill("0")
    assert "noise 0 rad" in figure.summary()


def innermost(figure: Figure) -> float:
    """The least distance of a point from the origin of the input plane."""
    rows = figure.page.evaluate("peek.views.get('fig-train').instance.points()")
    return min(float(np.hypot(*row[1:3])) for row in rows[1:])


def test_the_knot_is_cut_out_by_keyboard_and_comes_back_with_the_builds_start(show: Show) -> None:
    figure = show("train")
    hole = figure.live.get_by_role("slider", name="Hole")
    build, own = (
        figure.live.get_by_role("radio", name=name) for name in ("the build\u2019s start", "a seed of your own")
    )
    expect(build).to_be_checked()
    assert innermost(figure) == 0
    hole.focus()
    for _ in range(3):
        hole.press("ArrowRight")
    expect(own).to_be_checked()
    expect(hole).to_have_attribute("aria-valuetext", "0.03")
    expect(figure.live.locator(".explorable-summary")).to_contain_text("seed 1, noise 0.1 rad, hole 0.03. Not training")
    assert innermost(figure) == pytest.approx(0.03)
    hole.press("End")
    expect(figure.page).to_have_url(re.compile(r"#fig-train\.start=own&fig-train\.hole=0\.5$"))
    assert innermost(figure) == pytest.approx(0.5)
    figure.live.get_by_role("button", name="One step").click()
    figure.page.wait_for_function("() => peek.views.get('fig-train').instance.rows().length === 3")
    build.check()
    expect(hole).to_have_value("0")
    expect(figure.page).to_have_url(re.compile(r"\.html$"))
    assert innermost(figure) == 0 and not figure.said


def test_the_knot_is_cut_out_by_a_finger(show: Show) -> None:
    figure = show("train", width=390, has_touch=True, is_mobile=True)
    hole = figure.live.get_by_role("slider", name="Hole")
    hole.scroll_into_view_if_needed()
    hole.tap()  # in the middle
    expect(hole).to_have_value("0.25")
    figure.live.get_by_role("button", name="One step").tap()
    figure.page.wait_for_function("() => peek.views.get('fig-train').instance.rows().length === 3")
    assert innermost(figure) == pytest.approx(0.25)
    assert "noise 0.1 rad, hole 0.25. Not training: epoch 1," in figure.summary()


@pytest.mark.parametrize(
    ("said", "hole", "start"),
    [
        ("0.2549", 0.25, "own"),
        ("abc", 0, "build"),
        pytest.param("9", 0.5, "own", marks=pytest.mark.breadth),
        *(pytest.param(said, 0, "build", marks=pytest.mark.breadth) for said in ("-1", "0.004")),
    ],
)
def test_a_hole_in_the_address_is_one_that_the_slider_has(show: Show, said: str, hole: float, start: str) -> None:
    figure = show("train", hash=f"#fig-train.hole={said}")
    state = figure.page.evaluate("peek.views.get('fig-train').state")
    assert (state["hole"], state["start"]) == (hole, start) and innermost(figure) == pytest.approx(hole)


def test_readers_set_what_the_data_of_the_runs_have(show: Show, laboratory: Laboratory) -> None:
    index = elsewhere(laboratory)
    arms = index["recipes"][1]
    wide = {"root_radius": 0.75}  # beyond the slider: the author's
    index["recipes"][1] = arms | {"parameters": arms["parameters"] | wide}
    of_rings = show('train {"experiment": "rings", "start": "own"}', index=index).live
    assert of_rings.get_by_role("slider", name="Noise").count() == 1
    assert of_rings.get_by_role("slider", name="Hole").count() == 0
    of_arms = show('train {"experiment": "grid"}', index=index).live
    expect(of_arms.get_by_role("slider", name="Hole")).to_have_value("0.75")
    expect(of_arms.get_by_role("radio", name="the build\u2019s start")).to_be_checked()


def test_training_sleeps_off_screen(show: Show) -> None:
    figure = show("train", text='<div style="height: 4000px"></div>')
    figure.live.get_by_role("button", name="Train", exact=True).click()
    figure.page.wait_for_function("() => peek.views.get('fig-train').instance.rows().length > 10", timeout=20000)
    figure.page.evaluate("scrollTo(0, 3500)")
    figure.page.wait_for_timeout(500)
    count = len(losses(figure))
    figure.page.wait_for_timeout(500)
    assert len(losses(figure)) == count < 3000
    figure.page.evaluate("scrollTo(0, 0)")
    figure.page.wait_for_function(f"() => peek.views.get('fig-train').instance.rows().length > {count + 1}")


# Beat the network


def laws_of_few() -> dict[str, Any]:
    return {"square": laws.told([3, 5])}


def steps(k: int, apart: float) -> list[float]:
    """The centres of a network: a regular polygon of so long sides, [x0, y0, x1, y1, ...]."""
    turns = np.exp(2j * np.pi * np.arange(k) / k) * apart / (2 * math.sin(math.pi / k))
    return [float(value) for turn in turns for value in (turn.real, turn.imag)]


def test_beat_says_what_the_arrangement_has(show: Show, laboratory: Laboratory) -> None:
    corners = "-1,-1;1,-1;1,1;-1,1;0,0"
    centres = {"tanh": {"5": [steps(5, 1.0), steps(5, 1.1)]}}
    index = laboratory.index | {
        "optima": laws_of_few(),
        "recipes": [laboratory.index["recipes"][0] | {"centres": centres}],
    }
    figure = show("beat", hash=f"#fig-beat.at={corners}", index=index)
    said = figure.summary()
    assert "1.41 apart, 100.0\u202f% of the best known" in said and "reached 1.00 to 1.10" in said
    outputs = figure.live.locator(".scale output")
    assert [outputs.nth(at).inner_text() for at in range(2)] == ["1.41", "0.35"]
    figure.live.get_by_role("switch", name="Output layer with biases").uncheck()
    expect(outputs.nth(1)).to_have_text("none")
    assert "No output layer tells all of them apart" in figure.summary()


def elsewhere(laboratory: Laboratory) -> dict[str, Any]:
    """An index with another experiment before the laboratory's: rings, with a recipe and networks of its own."""
    ours = laboratory.index["recipes"][0]
    runs = [run for run in laboratory.index["runs"] if run["recipe"] == 0]
    words = {"experiment": "rings", "kind": "rings", "plural": "rings", "parameters": {"noise": 0.1}, "epochs": 40}
    noise = {"name": "noise", "label": "Noise", "said": "noise {value}", "parameter": "noise", "most": 0.5, "unit": ""}
    noise["explain"] = "How far points stray from their ring."
    centres = {"tanh": {"5": [steps(5, 0.5)]}}
    rings = ours | words | {"hidden": [16, 2], "points_per_class": 30, "controls": [noise], "centres": centres}
    ours = ours | {"centres": {"tanh": {"5": [steps(5, 1.0), steps(5, 1.1)]}}}
    strangers = [run | {"id": run["id"].replace("grid", "rings"), "experiment": "rings"} for run in runs[:1]]
    return laboratory.index | {"runs": strangers + [run | {"recipe": 1} for run in runs], "recipes": [rings, ours]}


def test_figures_keep_to_the_experiment_of_their_picture(show: Show, laboratory: Laboratory) -> None:
    index = elsewhere(laboratory)
    figure = show('beat {"run": "grid/k3-tanh-s0"}', index=index, hash="#fig-beat.classes=5")
    assert "reached 1.00 to 1.10" in figure.summary()
    figure = show('beat {"experiment": "rings"}', index=index)
    assert "reached 0.50. " in figure.summary()
    assert figure.live.get_by_role("radio", name="3", exact=True).count() == 0
    figure = show('bend {"run": "grid/k3-tanh-s0"}', index=index)
    assert figure.summary().startswith("3 classes, tanh, seed 0.")
    assert "How many spiral arms there are" in (figure.live.text_content() or "")


def test_a_seed_of_ones_own_has_the_data_and_the_recipe_of_its_experiment(show: Show, laboratory: Laboratory) -> None:
    figure = show('train {"experiment": "rings", "start": "own"}', index=elsewhere(laboratory))
    said = figure.summary()
    assert "5 classes, tanh, 16 and 2 hidden neurons, seed 1, noise 0.1." in said
    assert "How many rings there are to tell apart." in (figure.live.text_content() or "")
    rows = figure.page.evaluate("peek.views.get('fig-train').instance.points()")
    place = [float(np.hypot(*row[1:3])) for row in rows[1:] if row[0] == 5] or rows[:3]
    assert len(rows) == 1 + 5 * 30 and min(place) > 0.85, "the outermost ring has radius 1"
    figure.live.get_by_role("button", name="Train", exact=True).click()
    expect(figure.live.locator(".train-notice")).to_have_text("Done: 40 epochs.", timeout=30000)
    assert not figure.said


def test_beat_centres_are_dragged_and_stay_in_the_room(show: Show, laboratory: Laboratory) -> None:
    figure = show("beat")
    plane = figure.live.locator(".plane-surface").bounding_box()
    centre = figure.live.locator(".centre").nth(0)
    box = centre.bounding_box()
    assert plane is not None and box is not None
    figure.page.mouse.move(box["x"] + 22, box["y"] + 22)
    figure.page.mouse.down()
    figure.page.mouse.move(plane["x"] + 0.3 * plane["width"], plane["y"] + 0.4 * plane["height"], steps=4)
    expect(centre).to_have_attribute("aria-label", re.compile(r"Class 1 at \(\u22120\.4[56], 0\.2[23]\)"))
    figure.page.mouse.move(plane["x"] + plane["width"] + 400, plane["y"] - 300, steps=3)
    figure.page.mouse.up()
    expect(centre).to_have_attribute("aria-label", "Class 1 at (1.00, 1.00)")
    figure.live.get_by_role("radio", name="ReLU\u2019s quadrant").check()
    figure.live.locator(".centre").nth(0).focus()
    for _ in range(12):
        figure.page.keyboard.press("Shift+ArrowUp")
    label = figure.live.locator(".centre").nth(0).get_attribute("aria-label") or ""
    x, y = (float(v) for v in re.findall(r"\d\.\d+", label))
    assert abs(math.hypot(x, y) - 1) < 0.02 and x > 0
    expect(figure.live.locator(".explorable-spoken")).to_contain_text("Least distance")


def test_beat_shows_the_optimum_and_goes_there(show: Show, laboratory: Laboratory) -> None:
    figure = show("beat", index=laboratory.index | {"optima": laws_of_few()})
    figure.live.get_by_role("radio", name="Farthest apart").check()
    figure.live.get_by_role("button", name="Go there").click()
    assert "1.41 apart, 100.0\u202f% of the best known" in figure.summary()
    figure.live.get_by_role("radio", name="A network").check()
    figure.settle()
    figure.live.get_by_role("button", name="Go there").click()
    figure.settle()
    _, run = laboratory.runs["grid/k5-tanh-s0"]
    centres = arrangement.class_centres(hidden_at(laboratory, "grid/k5-tanh-s0"), run.y, 5)
    said = re.search(r"are ([\d.]+) apart", figure.summary())
    assert said and abs(float(said[1]) - packing.least_distance(centres)) < 0.01
    figure.live.get_by_role("radio", name="Farthest apart").check()
    figure.settle()
    figure.live.get_by_role("button", name="Go there").click()
    figure.live.get_by_role("radio", name="3", exact=True).check()
    figure.settle()
    assert figure.page.evaluate("peek.views.get('fig-beat').state.at") == "", (
        "of three classes none is on its way to five places"
    )


# The grid, alive


def test_who_woke_the_grid_and_went_on_is_not_brought_back(show: Show) -> None:
    figure = show("alive", text='<p style="margin-block: 200vh"><a href="#x">on</a></p>', wait=False)
    figure.root.locator(".wake").wait_for()
    # At once: later, the figure may be live already, or out of sight for good.
    figure.page.evaluate("addEventListener('click', () => document.querySelector('a').focus({preventScroll: true}))")
    figure.root.locator(".wake").click()
    figure.wakes()
    rest(figure.page)
    expect(figure.page.locator("a")).to_be_focused()


def test_alive_waits_to_be_asked_and_opens_in_the_large_figure(show: Show, laboratory: Laboratory) -> None:
    figure = show("bend", "alive")
    page = figure.page
    alive = page.locator("#fig-alive .explorable")
    alive.scroll_into_view_if_needed()
    expect(alive.locator(".still")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    alive.locator(".wake").click()
    Figure(page, alive).wakes()
    assert [url for url in asked if "k5-relu-s0" in url] and not [url for url in asked if "k5-tanh-s1" in url]
    expect(alive.locator(".multiple")).to_have_count(3)
    handle = alive.locator(".timeline-handle")
    expect(handle).to_be_focused()
    expect(handle).to_be_in_viewport()
    handle.press("Home")
    for _ in range(12):
        handle.press("ArrowRight")
    epoch = str(page.evaluate("peek.views.get('fig-alive').state.epoch"))
    expect(handle).to_have_attribute("aria-valuenow", epoch)
    opener = alive.get_by_role("button", name="5 classes, ReLU: open in the large figure")
    opener.scroll_into_view_if_needed()
    rest(page)  # else it is read while the page still scrolls
    before = page.evaluate("scrollY")
    opener.click()
    expect(figure.live.get_by_role("radio", name="ReLU")).to_be_checked()
    expect(figure.handle()).to_have_attribute("aria-valuenow", epoch)
    expect(figure.handle()).to_be_focused()
    rest(page, SPEAKS_MS)
    assert page.evaluate("scrollY") < before
    page.go_back()
    page.wait_for_function("(before) => scrollY === before", arg=before)
    assert not figure.said


# Two fingers


@pytest.mark.parametrize(
    ("name", "part", "begun"),
    [
        ("bend", ".timeline-handle", {"epoch": 100}),
        ("beat", ".centre", {}),
        ("digit", ".digit-pad", {}),
        ("train", ".plane-surface.is-drawn", {"data": "own-points"}),
    ],
)
def test_two_fingers_zoom_the_page_and_leave_the_figure(
    show: Show, name: str, part: str, begun: dict[str, Any]
) -> None:
    figure = show(name, width=390, height=844, has_touch=True, is_mobile=True)
    figure.page.evaluate("([name, begun]) => peek.views.get(`fig-${name}`).set(begun)", [name, begun])
    surface = figure.live.locator(part).first
    surface.evaluate("(surface) => surface.scrollIntoView({block: 'center'})")
    figure.settle()
    state = f"({{...peek.views.get('fig-{name}').state}})"
    before = figure.page.evaluate(state)
    glass = figure.page.context.new_cdp_session(figure.page)
    x, y = place(surface, 0.5, 0.5)
    for step in range(12):
        fingers = [(x - 5 - 4 * step, y)] + [(x + 5 + 6 * step, y + 4 * step)] * (step > 2)
        points = [{"x": left, "y": top} for left, top in fingers]
        glass.send(
            "Input.dispatchTouchEvent", {"type": "touchMove" if step % 3 else "touchStart", "touchPoints": points}
        )
    glass.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    figure.settle()
    assert figure.page.evaluate("visualViewport.scale") > 1
    assert figure.page.evaluate(state) == before
    if name == "digit":
        assert figure.page.evaluate("peek.views.get('fig-digit').instance.rows().length") == 1 + 64, "no ink"

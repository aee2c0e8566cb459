"""Predict before you see: the reader places the classes, then sees the networks, a verdict, and trains from there."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import PHONE, Figure, Laboratory, Show
from playwright.sync_api import Browser, expect

from generator.measures import arrangement, packing
from generator.networks.rooms import ROOMS
from tests import laws
from tests.rest import SPEAKS_MS, rest

ASK = 'beat {"ask": true}'
SHOW = "Show what the networks did"


def written(centres: np.ndarray) -> str:
    return ";".join(f"{x:g},{y:g}" for x, y in centres)


def drawn(k: int, count: int, low: float = -1.0) -> list[np.ndarray]:
    """Centres of some networks, as the index has them: the first three have one in the middle."""
    rng = np.random.default_rng(k)
    turn = 2 * np.pi * (np.arange(k) + 0.3 * rng.random((count, k))) / k
    several = np.stack([np.cos(turn), np.sin(turn)], 2) * rng.uniform(0.7, 0.95, (count, k, 1))
    several[:3, 1] *= 0.2
    several[4, [0, 2]] = several[4, [2, 0]]
    return [centres.round(3) for centres in np.clip(several, low, 1)]


def index_with(laboratory: Laboratory, activation: str, networks: list[np.ndarray]) -> dict[str, Any]:
    recipe = laboratory.index["recipes"][0]
    centres = {activation: {str(len(networks[0])): [each.ravel().tolist() for each in networks]}}
    optima = {"square": laws.told([5])}
    return laboratory.index | {"recipes": [recipe | {"centres": centres}], "optima": optima}


def verdict(figure: Figure) -> str:
    return figure.live.locator(".beat-verdict").inner_text()


def answer(figure: Figure) -> Any:
    return figure.live.locator(".beat .is-main")


@pytest.mark.parametrize("bias", [True, pytest.param(False, marks=pytest.mark.breadth)])
@pytest.mark.parametrize("fifth", [[0.2, 0.3], [0.1, 0.95], [-0.8, 0.1]], ids=["inside", "in order", "out of order"])
def test_counts_are_those_of_the_builds_measures(
    show: Show, laboratory: Laboratory, bias: bool, fifth: list[float]
) -> None:
    networks = drawn(5, 9)
    mine = np.array([[-0.7, -0.8], [0.8, -0.9], [0.9, 0.7], [-0.75, 0.8], fifth])[[0, 1, 2, 4, 3]]
    hash_ = f"#fig-beat.at={written(mine)}&fig-beat.bias={int(bias)}"
    figure = show(ASK, hash=hash_, index=index_with(laboratory, "tanh", networks))
    answer(figure).click()

    def alike(of: Callable[[np.ndarray], Any]) -> int:
        return sum(of(each) == of(mine) for each in networks)

    margin = packing.available_margin
    wider = sum(packing.least_distance(mine) > packing.least_distance(each) for each in networks)
    greater = sum(margin(mine, bias) > margin(each, bias) for each in networks)
    uses = lambda each: bool((packing.sizes(packing.blown_up(each), "square") < 0.5).any())  # noqa: E731
    kept = arrangement.order_kept(mine)
    assert 0 < wider < 9 and 0 < alike(uses) < 9 and 0 < alike(arrangement.order_kept) < 9
    expect(figure.live.locator(".beat-verdict")).to_contain_text("Your margin")
    said = verdict(figure)
    assert said.startswith(f"Wider than {wider} of 9 networks.")
    assert f"Your margin is wider than that of {greater} of 9." in said
    middle = "used the middle" if uses(mine) else "left the middle empty"
    assert f"You {middle}, as did {alike(uses)} of 9." in said
    order = "kept the classes in their order" if kept else "changed the order of the classes"
    counted = f"You {order}, as did {alike(arrangement.order_kept)} of 9."
    assert counted in said if not uses(mine) else "order" not in said  # there is none around a class in the middle


def seen(figure: Figure, places: np.ndarray) -> list[bool]:
    """Whether something is painted at places of the plane."""
    return figure.page.evaluate(
        """(places) => {
          const marks = document.querySelector("#fig-beat .plane-marks"), copy = document.createElement("canvas");
          copy.width = copy.height = marks.width;
          const context = copy.getContext("2d", {willReadFrequently: true});
          context.drawImage(marks, 0, 0);
          const px = (value) => Math.round(((value + 1.14) / 2.28) * marks.width);
          return places.map(([x, y]) => context.getImageData(px(x), px(-y), 1, 1).data[3] > 128);
        }""",
        places.tolist(),
    )


@pytest.mark.parametrize("by", ["touch", "keyboard", pytest.param("mouse", marks=pytest.mark.breadth)])
def test_the_answer_waits_until_it_is_asked_for(show: Show, laboratory: Laboratory, by: str) -> None:
    networks = drawn(5, 6)
    mine = np.array([[-0.95, -0.95], [0.95, -0.95], [0.95, 0.95], [-0.95, 0.95], [0.0, 0.0]])
    nearest = packing.aligned(networks[5], mine)
    there = nearest[np.linalg.norm(nearest - mine, axis=1) > 0.2]  # beside the reader's own marks
    window = PHONE if by == "touch" else {}
    hash_ = f"#fig-beat.at={written(mine)}&fig-beat.ghost=networks"
    figure = show(ASK, hash=hash_, index=index_with(laboratory, "tanh", networks), **window)
    hidden = figure.live.get_by_role("radio", name="All networks")
    expect(answer(figure)).to_have_text(SHOW)
    expect(hidden).to_be_hidden()
    figure.settle()
    assert not any(seen(figure, there)) and not any(figure.live.locator(".scale-best").all_inner_texts())
    assert not re.search(r"best known|reached|Wider|[Mm]iddle", figure.live.inner_text())
    if by == "mouse":
        answer(figure).click()
    elif by == "touch":
        answer(figure).tap()
    else:
        answer(figure).focus()
        figure.page.keyboard.press("Enter")
    expect(answer(figure)).to_have_text("Try again")
    expect(answer(figure)).to_be_focused()
    expect(hidden).to_be_checked()
    figure.settle()
    assert len(there) and all(seen(figure, there))
    assert "Wider than all 6 networks." in verdict(figure)
    expect(figure.live.locator(".explorable-spoken")).to_contain_text("Wider than all 6 networks.")
    expect(figure.live.locator(".scale-best").nth(2)).to_have_text("6 networks")  # the loss has them too
    figure.page.wait_for_url(re.compile("fig-beat.ask=0"))
    figure.page.reload()  # as someone who was sent the link
    figure.wakes()
    expect(answer(figure)).to_have_text("Try again")
    assert "Wider than all 6 networks." in verdict(figure)
    answer(figure).press("Enter")
    expect(hidden).to_be_hidden()
    figure.settle()
    assert not any(seen(figure, there)) and "Wider" not in verdict(figure)
    assert written(mine) in figure.page.url.replace("%3B", ";"), "what was placed stays"
    assert not figure.said


@pytest.mark.parametrize("script", ["on", "off", "lost", "its own lost", "failing"])
def test_the_picture_tells_only_where_the_script_does_not_ask(browser: Browser, site: Path, script: str) -> None:
    """In the article: where its script runs, it never shows while the figure comes; else it is simply there."""
    with browser.new_context(java_script_enabled=script != "off") as context:
        page = context.new_page()
        if script in ("lost", "its own lost"):
            lost = "**/assets/*.js" if script == "lost" else "**/assets/js/beat.js"
            page.route(lost, lambda route: route.abort())
        page.goto((site / "index.html").as_uri(), wait_until="load")
        picture = page.locator("#fig-beat .explorable > .planes")
        if script not in ("off", "lost"):
            expect(picture).to_be_hidden()
            page.locator("#fig-beat").scroll_into_view_if_needed()
        if script in ("on", "failing"):
            page.locator("#fig-beat .is-built").wait_for(state="attached")
            expect(picture).to_be_hidden()
        if script == "failing":
            page.evaluate("peek.views.get('fig-beat').fail('on purpose')")
        if script == "on":
            page.emulate_media(media="print")
        expect(picture).to_be_visible()


@pytest.mark.parametrize("activation", ["relu", pytest.param("tanh", marks=pytest.mark.breadth)])
def test_a_network_starts_from_the_readers_arrangement(show: Show, laboratory: Laboratory, activation: str) -> None:
    low = 0.0 if ROOMS["quadrant"].low == 0 and activation == "relu" else -1.0
    mine = drawn(5, 6, low)[4] * 0.9
    hash_ = f"#fig-beat.at={written(mine)}&fig-beat.activation={activation}&fig-train.data=own-points"
    figure = show("beat", "train", hash=hash_, index=index_with(laboratory, activation, drawn(5, 6, low)))
    page, train = figure.page, figure.page.locator("#fig-train")
    figure.live.get_by_role("button", name="Start a network from mine").click()
    expect(train.get_by_role("radio", name="your arrangement")).to_be_checked()
    expect(train.locator(".train-notice")).to_contain_text("stays as it is for 1000 epochs")
    main = train.get_by_role("button", name="Train", exact=True)
    expect(main).to_be_focused()
    expect(main).to_be_in_viewport()
    page.wait_for_url(re.compile("fig-train.start=placed"))
    rest(page, SPEAKS_MS)
    assert "your arrangement, seed 1" in train.locator(".explorable-summary").inner_text()
    posted = """() => {
      globalThis.sent = [];
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (message) { sent.push(message); return post.call(this, message); };
    }"""
    page.evaluate(posted)
    main.click()
    start = page.evaluate("(() => { const {weights, net} = sent[0]; return [[...weights], net.recipe.head_held]; })()")
    head = np.reshape(start[0][-15:], (5, 3))
    best = packing.best_head(mine)
    assert start[1] == 1000 and abs(np.linalg.norm(head[:, :2]) - 10) < 1e-3
    np.testing.assert_allclose(head[:, :2], 10 * best[:, :2], atol=2e-2)
    assert arrangement.head_margin(mine, head[:, :2], head[:, 2]) >= packing.available_margin(mine) - 1e-4
    train.get_by_role("radio", name="3", exact=True).check()  # it has five places: no start for three
    expect(train.get_by_role("radio", name="your arrangement")).to_be_disabled()
    expect(train.get_by_role("radio", name="a seed of your own")).to_be_checked()
    assert not figure.said


def test_places_from_any_address_are_some_or_none(show: Show, laboratory: Laboratory) -> None:
    figure = show(ASK, "train", index=index_with(laboratory, "tanh", drawn(5, 6)))
    draw = random.Random(8)
    links = [
        "at=-0.9,-0.8;0.9,-0.9;0.8,0.9;-0.9,0.8;0.1,0.2&fig-beat.ask=0&fig-beat.ghost=networks",
        "at=1,1;1,1;1,1;1,1;1,1&fig-beat.ask=0",
    ]
    links += ["at=" + "1" * 60 + "x", "at=" + "1," * 400 + "x"]  # no pattern takes ages
    for _ in range(20):
        link = draw.choice(links[:2])
        for _slip in range(draw.randint(0, 4)):
            at = draw.randrange(len(link))
            link = (
                link[:at]
                + draw.choice(["", "9", "-", ",", ";", "e", "1e9", "NaN", "%", "&"])
                + link[at + draw.randint(0, 2) :]
            )
        links.append(link)
    for link in links:
        both = f"fig-beat.{link}&fig-train.start=placed&fig-train.places={link.partition('=')[2]}"
        text = figure.page.evaluate(
            """async (hash) => {
              location.hash = hash;
              await new Promise((done) => setTimeout(done, 20));
              await new Promise(requestAnimationFrame);
              const {state} = peek.views.get("fig-train");
              if (state.start === "placed" && !peek.places.read(state.places, state.classes)) return "undefined";
              const told = document.querySelectorAll(".explorable-summary, .beat-verdict");
              return [...told].map((part) => part.textContent).join();
            }""",
            both,
        )
        assert not re.search(r"NaN|Infinity|undefined|null|not a number", text), both
    losses = []
    for far in (9, 1):  # a place outside the room is where its wall is
        places = f"{far},{far};-{far},{far};{far},-{far};-{far},-{far};0,0"
        figure.page.evaluate("(hash) => (location.hash = hash)", f"fig-train.start=placed&fig-train.places={places}")
        rest(figure.page)
        losses.append(figure.page.evaluate("peek.views.get('fig-train').instance.rows()[1][1]"))
    assert losses[0] == losses[1]
    assert not figure.said

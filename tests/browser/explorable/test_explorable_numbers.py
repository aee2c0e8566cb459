"""What the figures say in numbers: as the build says it, in every window, at every moment, from every address."""

from __future__ import annotations

import math
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Laboratory, Show, run_id
from playwright.sync_api import Browser, Page, expect

from generator import figures
from generator.base import rounding
from generator.content.experiments import Plan
from generator.measures import directions
from generator.measures.trained import SIGNIFICANT
from generator.networks import forward
from generator.networks.spec import RunSpec
from generator.networks.train import train_together
from generator.runs import export
from tests.rest import SPEAKS_MS, rest

MOST_POINTS = 700  # of a data set of the article
SIZES = [(1280, 800), (390, 844)]
LATTICE = 200  # inputs along each axis that the build takes directions over
MUTATIONS = 15  # addresses a figure


# One number, one value

# As one text there and back: a hundred thousand values of their own take a minute on the way.
PERCENTS = """(shares) => shares.split(",").map((share) => {
  const [a, b] = share.split("/");
  return peek.text.percent(a / b);
}).join(",")"""


def test_every_share_reads_the_same_in_both_languages(bare_page: Page) -> None:
    """And as the fraction that it is, a half to the even digit, though measures keep six digits of it."""
    shares = [(a, b) for b in range(1, MOST_POINTS + 1) for a in range(b + 1) if math.gcd(a, b) == 1]
    ours = []
    for a, b in shares:
        whole, rest = divmod(1000 * a, b)
        tenths = min(whole + (2 * rest > b or (2 * rest == b and whole % 2)), 1000 if a == b else 999)
        ours.append(f"{tenths // 10}.{tenths % 10}\u202f%")
    assert [rounding.percent(a / b) for a, b in shares] == ours
    assert [rounding.percent(float(f"{a / b:.{SIGNIFICANT}g}")) for a, b in shares] == ours
    written = bare_page.evaluate(PERCENTS, ",".join(f"{a}/{b}" for a, b in shares))
    assert written.split(",") == ours
    assert rounding.percent(397 / 400) == rounding.percent(1 - 3 / 400) == "99.2\u202f%"  # the ceiling is not beaten


def test_every_number_reads_the_same_in_both_languages(bare_page: Page) -> None:
    draw = random.Random(0)
    numbers = [draw.uniform(-1, 1) * 10 ** draw.uniform(-6, 4) for _ in range(5000)]
    numbers += [at / 2000 for at in range(-3000, 3001)]  # all halves of the third digit, as close as floats come
    numbers += [0.0, -0.0, 1e-30, 123456.5, 2.0**40 - 1, 0.9999999999, 1 - 1e-16]
    spreads = [(draw.uniform(0, 360), draw.uniform(0, 40)) for _ in range(3000)] + [(359.996, 9.95), (359.5, 9.9499)]
    theirs = bare_page.evaluate(
        """([numbers, spreads]) => [
          numbers.map((number) => [0, 1, 2, 3].map((digits) => peek.text.fixed(number, digits))),
          spreads.map(([mean, deviation]) => peek.text.direction(mean, deviation)),
        ]""",
        [numbers, spreads],
    )
    assert theirs[0] == [[rounding.fixed(number, k).replace(",", "") for k in range(4)] for number in numbers]
    assert theirs[1] == [rounding.direction(*spread) for spread in spreads]


def measured(spec: RunSpec, flat: np.ndarray) -> list[dict[str, Any]]:
    """The directions that the build measures of a network."""
    return directions.by_class(*directions.lattice_hidden(spec, flat, LATTICE), spec.classes)


@pytest.mark.parametrize("activation", ["tanh", pytest.param("relu", marks=pytest.mark.breadth)])
def test_directions_are_the_build_s_in_every_window(show: Show, laboratory: Laboratory, activation: str) -> None:
    spec, run = laboratory.runs[f"grid/k5-{activation}-s0"]
    rows = measured(spec, run.weights[-1])
    table = "; ".join(f"class {row['class'] + 1}, {figures.degrees(row['mean_deg'], row['std_deg'])}" for row in rows)
    for width, height in SIZES:
        figure = show("directions", hash=f"#fig-directions.activation={activation}", width=width, height=height)
        assert f"Mean direction and spread: {table}." in figure.summary()


def test_directions_of_every_published_run_are_the_builds(browser: Browser, site: Path, plan: Plan) -> None:
    """To the digit: what travels with the page of a trained network is what was measured."""
    from generator.runs import tasks

    specs = {f"{e.name}/{run.id}": run.spec for e in plan.experiments for run in e.runs if run.shipped}
    page = browser.new_page()
    page.goto((site / "figures" / "field.html").as_uri())
    page.locator(".explorable.is-live").wait_for()
    said = page.evaluate(
        """async () => {
          const [view] = peek.views.values(), { runs } = peek.runs.chooser(view.options), said = [];
          for (const run of runs) {
            const { classes, activation, seed } = run;
            await peek.runs.load(run.id);
            view.set({ classes, activation, seed, epoch: Infinity });
            const shown = () => view.summary.textContent.includes(peek.text.run(run) + ", at");
            for (let frames = 0; frames < 1200 && !shown(); frames++) await new Promise(requestAnimationFrame);
            view.finish();
            said.push([run.id, view.instance.summary()]);
          }
          return said;
        }"""
    )
    page.close()
    assert len(said) > 5
    for name, sentence in said:
        run = tasks.decode((site / "data" / f"{name}.npz").read_bytes())
        rows = measured(specs[name], run.weights[-1])
        each = [
            f"class {row['class'] + 1}, {figures.degrees(row['mean_deg'], row['std_deg'])}"
            for row in rows
            if row["mean_deg"] is not None
        ]
        assert f"Mean direction and spread: {'; '.join(each)}." in sentence, name


def test_folds_are_as_large_in_every_window(show: Show) -> None:
    said = {show("layers", hash="#fig-layers.stage=2", width=width, height=height).summary() for width, height in SIZES}
    assert len(said) == 1 and "The back of the sheet shows over" in said.pop()


def test_a_sheet_that_is_turned_over_is_not_folded(show: Show, laboratory: Laboratory) -> None:
    """Its back is the smaller side, even where the map without its activation says otherwise."""
    specs = [RunSpec(2, "tanh", seed, epochs=300, checkpoints=2) for seed in range(12)]
    side = np.linspace(-1, 1, 40)
    places = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    for spec, run in zip(specs, train_together(specs), strict=True):
        first, second, _ = forward.split(spec, run.weights[-1].astype(np.float64))
        slope = 1 - np.tanh(places @ first[:, :-1].T + first[:, -1]) ** 2
        signs = np.sign(np.linalg.det(np.einsum("ju,nu,ui->nji", second[:, :-1], slope, first[:, :-1])))
        turned = (signs != np.sign(np.linalg.det(second[:, :-1] @ first[:, :-1]))).mean()
        if turned > 0.6:
            break
    else:
        pytest.fail("no network turns the sheet over")
    name = run_id(spec)
    (laboratory.folder / "turned.js").write_bytes(export.pack(name, spec, run))
    entry = {
        "id": name,
        "experiment": "grid",
        "classes": 2,
        "activation": "tanh",
        "seed": spec.seed,
        "data": "turned.js",
        "recipe": 0,
    }
    figure = show("layers", hash="#fig-layers.stage=2", index=laboratory.index | {"runs": [entry]})
    said = re.search(r"shows over ([\d.]+)\s% of the input plane", figure.summary())
    assert said and abs(float(said[1]) / 100 - (1 - turned)) < 0.05
    figure.live.get_by_role("button", name="Combination").click()
    assert "Nothing is folded" in figure.summary()


# At every moment


WATCH = """async (frames) => {
  const live = document.querySelector(".explorable-live");
  const seen = [];
  for (let at = 0; at < frames; at++) {
    await new Promise(requestAnimationFrame);
    const readings = [...live.querySelectorAll(".reading b")].map((value) => value.textContent);
    const told = [".explorable-summary", ".train-apart"].map((part) => live.querySelector(part)?.textContent);
    seen.push([readings, ...told]);
  }
  return seen;
}"""


@pytest.mark.parametrize("name", ["directions", pytest.param("bend", marks=pytest.mark.breadth)])
def test_the_sentence_says_what_the_readout_beside_it_says(show: Show, name: str) -> None:
    figure = show(name, hash=f"#fig-{name}.epoch=100")
    figure.live.get_by_role("button", name="Play").click()
    seen = figure.page.evaluate(WATCH, 60)
    for (epoch, loss, accuracy), sentence, _ in seen:
        assert f"epoch {epoch}, loss {loss}, accuracy {accuracy}" in sentence
    assert len({epoch for (epoch, _, _), _, _ in seen}) > 10


def test_while_it_trains_the_sentence_says_what_the_readouts_beside_it_say(show: Show) -> None:
    figure = show("train")
    figure.live.get_by_role("button", name="Train", exact=True).click()
    figure.page.wait_for_function("() => parseInt(document.querySelector('.reading b').textContent) > 0")
    seen = figure.page.evaluate(WATCH, 60)
    for (epoch, loss, accuracy), sentence, apart in seen:
        assert f"epoch {epoch}, loss {loss}, accuracy {accuracy}" in sentence
        distance, middle = re.findall(r"\d[\d.]*", apart)
        assert f"are {distance} apart. Classes in the middle: {middle}." in sentence
    assert len({epoch for (epoch, _, _), _, _ in seen}) > 10


def test_the_sentence_is_read_out_when_time_stands(show: Show) -> None:
    figure = show("bend")
    spoken = figure.live.locator(".explorable-spoken[role=status]")
    sentence = figure.live.locator(".explorable-summary")
    assert sentence.get_attribute("role") is None and sentence.get_attribute("aria-live") is None
    rest(figure.page, SPEAKS_MS)
    expect(spoken).to_have_text("")  # nothing has changed since the figure came
    figure.handle().focus()
    figure.page.keyboard.press("Home")
    expect(sentence).to_contain_text("epoch 0,", timeout=300)
    expect(spoken).to_have_text("", timeout=1)
    expect(spoken).to_contain_text("At epoch 0,")


# From every address


WRONG = ["NaN", "Infinity", "-1e999", "1e308", "-3", "1.5", "0.123456789", "", "abc", "9" * 40, "1,2", "\u0661", "null"]
PLACES = ["input,abc,1", "hidden,1e999,0", "input,NaN,0", "hidden,,", "input,1e3,Infinity", "hidden,9999999,0.5"]
WHOLE = r"(?:epoch|seed|classes?) \d+\.\d|\d+\.\d+(?:e\+\d+)? (?:classes|and 2 hidden|centres)"


@pytest.mark.parametrize(
    "name", ["train", "beat", *(pytest.param(n, marks=pytest.mark.breadth) for n in ("bend", "layers", "directions"))]
)
def test_no_address_makes_a_number_that_does_not_exist(show: Show, name: str) -> None:
    draw = random.Random(name)
    figure = show(name)
    names = figure.page.evaluate(f"peek.views.get('fig-{name}').properties.map(({{name}}) => name)")
    for _ in range(MUTATIONS):
        entries = [(key, draw.choice(WRONG + PLACES)) for key in draw.sample(names, draw.randint(1, len(names)))]
        if "start" in names:
            entries.append(("start", "own"))
        hash_ = "&".join(f"fig-{name}.{key}={value}" for key, value in entries)
        text = figure.page.evaluate(
            """async (hash) => {
              location.hash = hash;
              await new Promise((done) => addEventListener("hashchange", done, {once: true}));
              for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
              const live = document.querySelector(".explorable-live");
              const sliders = [...live.querySelectorAll("[aria-valuetext]")];
              return [live.innerText, ...sliders.map((slider) => slider.ariaValueText)].join("\\n");
            }""",
            hash_,
        )
        assert not re.search(r"NaN|Infinity|undefined|null|not a number", text), hash_
        assert not re.search(WHOLE, text), (hash_, re.search(WHOLE, text))
    assert not figure.said


def test_a_value_between_steps_becomes_the_nearest_that_exists(show: Show) -> None:
    figure = show(
        "train",
        hash="#"
        + "&".join(
            f"fig-train.{pair}"
            for pair in ("start=own", "width=3.7", "seed=1.2", "noise=0.1249", "rate=0.0312", "epoch=0.4")
        ),
    )
    state = figure.page.evaluate("peek.views.get('fig-train').state")
    assert {key: state[key] for key in ("width", "seed", "noise", "rate", "epoch")} == {
        "width": 4, "seed": 1, "noise": 0.12, "rate": 0.031, "epoch": 0,
    }  # fmt: skip
    assert "4 and 2 hidden neurons, seed 1, noise 0.12 rad" in figure.summary()

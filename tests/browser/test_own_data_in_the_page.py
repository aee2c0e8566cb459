"""Own data in the page: explorables of rows that have no plane, of pictures, and of classes with words."""

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from generator.base.progress import Progress
from generator.build import build
from generator.options import Options
from tests.promises import kept_cache

KILOBYTES_OF_A_RUN = 60  # gzipped, of 402 rows of 64 numbers
FIGURES = ("bend", "train", "beat", "alive")
NEED_A_PLANE = ("layers", "directions")
RECIPE = "hidden = [8, 2]\nepochs = 120\ncheckpoints = 12\ndraw = 1\nship = 1\n"
EXPERIMENTS = f"""
[dataset.arms]
kind = "spirals"
[dataset.pixels]
kind = "digits"
classes = [0, 1, 7]
[dataset.fruit]
file = "fruit.csv"
[activation.soft]
formula = "a / (1 + abs(a))"
[activation.swish]
formula = "a * logistic(a)"
[experiment.arms]
dataset = "arms"
classes = 5
activation = "tanh"
{RECIPE.replace("draw = 1", "")}
[experiment.pixels]
dataset = "pixels"
activation = ["relu", "soft"]
{RECIPE}
[experiment.fruit]
dataset = "fruit"
activation = "swish"
{RECIPE}
"""
ARTICLE = """---
title: Rows of my own
description: Pictures and fruit.
authors:
  - name: A. Author
date: 2026-01-02
---

"""


BLACK = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Uint32Array(data.buffer).filter((pixel) => pixel === 0xff000000).length;
}"""  # pixels of the ground of a digit; no ink of a page is as dark


@pytest.fixture(scope="module")
def home(tmp_path_factory, one_worker_is_this_process) -> str:
    """The address of an article of own data, with another experiment before it."""
    top = tmp_path_factory.mktemp("own")
    content = top / "content"
    content.mkdir()
    placed = [("pixels", name) for name in FIGURES] + [("fruit", name) for name in FIGURES + NEED_A_PLANE]
    figure = "/// figure | {name}\n    id: fig-{name}-{of}\n    experiment: {of}\n\nOf {of}.\n///\n"
    figures = [figure.format(name=name, of=of) for of, name in placed]
    laws = "/// figure | laws\n    experiment: pixels\n\nThe laws of a square by formula.\n///\n"
    (content / "article.md").write_text(ARTICLE + "\n".join([*figures, laws]), encoding="utf-8")
    (content / "experiments.toml").write_text(EXPERIMENTS, encoding="utf-8")
    rng = np.random.default_rng(0)
    places = {"pear": (1, 2), "apple": (4, 2), "pomegranate": (2.5, 5)}
    rows = [(*rng.normal(place, 0.5).round(2), word) for word, place in places.items() for _ in range(40)]
    text = io.StringIO()
    csv.writer(text).writerows([("weight", "height", "kind"), *rows])
    (content / "fruit.csv").write_text(text.getvalue(), encoding="utf-8")
    build(Options(content=content, out=top / "site", cache=kept_cache("own-data"), workers=1), Progress(quiet=True))
    return (top / "site").as_uri() + "/"


def alive(visit, name):
    figure = visit.page.locator(f"#fig-{name}")
    figure.scroll_into_view_if_needed()
    if name.startswith("alive"):
        figure.locator(".wake").click()
    figure.locator(".explorable.is-live").wait_for(timeout=20_000)
    return figure


@pytest.mark.parametrize(("width", "colours"), [pytest.param(1280, "light", marks=pytest.mark.breadth), (390, "dark")])
def test_every_explorable_comes_alive_on_its_own_experiment(open_page, home, width, colours):
    visit = open_page(home + "index.html", width=width, color_scheme=colours)
    for of, counted in (("pixels", 3), ("fruit", 3)):
        for name in FIGURES + NEED_A_PLANE * (of == "fruit"):
            summary = alive(visit, f"{name}-{of}").locator(".explorable-summary")
            expect(summary).to_contain_text(f"{counted} ")
            figure = visit.page.locator(f"#fig-{name}-{of}")
            others = figure.get_by_role("group", name="Data").filter(has_text=of)  # which may be trained on instead
            said = figure.inner_text().replace(others.inner_text() if others.count() else "\0", "")
            assert others.count() == (name == "train" and of == "fruit")
            assert not any(wrong in said for wrong in ("NaN", "undefined", "not a number", "spiral")), said
    asked = visit.page.evaluate("[...document.querySelectorAll('script[src^=\"data/\"]')].map((each) => each.src)")
    assert asked and not any("/arms/" in address for address in asked)
    assert visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert visit.said == []


def test_points_that_are_pictures_are_shown_by_key_pointer_and_finger(open_page, home):
    visit = open_page(home + "index.html", has_touch=True)
    figure = alive(visit, "bend-pixels")
    expect(figure).to_contain_text("Its inputs have 64 dimensions: no plane to draw.")
    assert figure.get_by_role("switch").count() == 0  # no lattice without a plane
    plane, look = figure.locator(".plane-surface"), figure.locator(".explorable-look")
    expect(plane).to_have_count(1)
    marks, seen = figure.locator(".plane-marks"), set()
    assert marks.evaluate(BLACK) == 0
    plane.focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowRight", "ArrowLeft"):
        visit.page.keyboard.press(key)
        expect(look).to_contain_text("of class ")  # each key leads to a point
        seen.add(marks.evaluate(BLACK))
    assert len(seen) > 1 and min(seen) > 1000  # pictures, and not of one point
    visit.page.keyboard.press("Escape")
    expect(look).to_contain_text("Point at a point")
    assert marks.evaluate(BLACK) == 0
    place = visit.page.evaluate(
        """async () => {
          const { runs, network, roomOf } = peek, { id } = runs.among({ experiment: "pixels" }).runs[0];
          const run = await runs.load(id), out = new Float64Array(2 * run.y.length);
          network.evaluator(run.net).hidden(run.weights.at(-1), run.x, run.y.length, out);
          const { box } = roomOf(run.activation, out);
          const [x, y] = [(out[0] - box.x0) / (box.x1 - box.x0), (box.y1 - out[1]) / (box.y1 - box.y0)];
          return { x, y, own: run.labels[run.y[0]] };
        }"""
    )
    size = plane.bounding_box()["width"]
    at = {"x": place["x"] * size, "y": place["y"] * size}
    for go in (plane.hover, plane.tap):
        go(position=at)
        expect(look).to_contain_text(f"of class {place['own']}: ")
        assert marks.evaluate(BLACK) > 1000
        plane.press("Escape")
        visit.page.mouse.move(0, 0)
    alts = visit.page.locator("#fig-bend-pixels img").evaluate_all("all => all.map((image) => image.alt)")
    assert all("The classes are 0, 1, 7. Each point of the data is a picture of 8 by 8." in alt for alt in alts if alt)


def test_own_rows_are_trained_on_with_weights_of_ones_own(open_page, home):
    visit = open_page(home + "index.html")
    figure = alive(visit, "train-pixels")
    points = "peek.views.get('fig-train-pixels').instance.points()"
    before = visit.page.evaluate(points)
    assert len(before[0]) == 1 + 64 + 3 and {row[0] for row in before[1:]} == {"0", "1", "7"}
    figure.get_by_role("button", name="New seed").click()
    expect(figure.locator(".explorable-summary")).to_contain_text("8 and 2 hidden neurons, seed 2.")
    after = visit.page.evaluate(points)
    assert [row[:65] for row in before] == [row[:65] for row in after] and before != after
    figure.get_by_role("button", name="Train", exact=True).click()
    expect(figure.locator(".train-notice")).to_have_text("Done: 120 epochs.", timeout=30_000)
    assert visit.said == []


def test_words_name_classes_and_walls_are_the_formulas(open_page, home):
    visit = open_page(home + "index.html")
    bend = alive(visit, "bend-fruit")
    expect(bend.locator(".explorable-summary")).to_contain_text("of classes ")
    assert any(word in bend.locator(".explorable-summary").inner_text() for word in ("apple", "pear", "pomegranate"))
    halves = visit.page.evaluate("""() => ["pear", "a pear of a very long name, ripe ".repeat(9)].map((word) =>
      peek.paint.halfOf(document.createElement("canvas").getContext("2d"), 0, { font: "sans-serif" }, [word]))""")
    assert 0 < halves[0] < halves[1] <= 56  # px: what stands over points covers little of them
    said = visit.page.evaluate("words.say('{a}, {n} and {b}', { a: '\u062a\u0641\u0627\u062d', n: 5, b: 'pear' })")
    assert said == "\u2068\u062a\u0641\u0627\u062d\u2069, 5 and pear"  # an apple in Arabic turns no number around
    beat = alive(visit, "beat-fruit")
    expect(beat.get_by_role("button", name="Class pear at")).to_have_count(1)
    expect(beat.locator(".plane-label").first).to_have_text("\u22120.28")  # the least value of a * logistic(a)
    reached = beat.locator(".explorable-summary").inner_text().partition("reached ")[2].split()[0].rstrip(".")
    assert 0 < float(reached) < 2  # of centres shrunk to norm 1, as the reader's are


def test_a_run_is_small_and_the_square_by_formula_has_its_laws(home):
    site = Path(home.removeprefix("file://"))
    for file in (site / "data" / "pixels").glob("*.js"):
        assert len(gzip.compress(file.read_bytes())) < 1000 * KILOBYTES_OF_A_RUN
    assert "3 classes by point packing" in (site / "index.html").read_text(encoding="utf-8")

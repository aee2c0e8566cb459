"""No label of a figure is printed over another, and small multiples say what sets them apart."""

import pytest
from playwright.sync_api import expect

from generator.base.progress import Progress
from generator.build import build
from generator.options import Options
from tests.promises import kept_cache

EXPERIMENTS = """
[dataset.rings]
kind = "rings"
noise = [0.05, 0.3]
points_per_class = 20
[dataset.one]
kind = "rings"
points_per_class = 20

[experiment.noisy]
dataset = "rings"
classes = 3
activation = "tanh"
hidden = [[8, 2], [16, 2]]
epochs = 20
draw = 1

[experiment.wide]
dataset = "one"
classes = 3
activation = "tanh"
hidden = [8, 6]
epochs = 20
draw = 1
ship = 1

[experiment.many]
dataset = "one"
classes = [2, 3]
activation = "tanh"
hidden = [8, 2]
epochs = 40
checkpoints = 4
seeds = 6

[experiment.good]
dataset = "one"
classes = 2
activation = "tanh"
hidden = [16, 2]
epochs = 600
seeds = 6
"""
ARTICLE = """---
title: Which labels?
description: Labels.
authors:
  - name: A. Author
date: 2026-01-02
---

Words.
"""
FIGURES = [
    "kinds\n    experiment: many",
    "kinds\n    experiment: good",
    "course\n    experiment: many",
    "course\n    experiment: good",
    "distances\n    experiment: many",
    "arrangements\n    experiment: many",
    "laws\n    experiment: many",
    "crowding\n    experiment: wide",
    "projection\n    experiment: wide",
    "bend\n    experiment: wide",
    "input-plane\n    experiment: noisy\n    noise: [0.05, 0.3]\n    hidden: [[8, 2], [16, 2]]",
    "input-plane\n    experiment: noisy",
]
# Boxes of single pieces of text, without the air above and below their letters, that lie over each other.
OVERPRINTED = """() => [...document.querySelectorAll("figure")].flatMap((figure) => {
  const boxes = [], walk = document.createTreeWalker(figure, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    if (!node.data.trim() || node.parentElement.closest(".visually-hidden, details:not([open])")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const { left, right, top, bottom } of range.getClientRects()) {
      const air = (bottom - top) / 4;
      boxes.push({ said: node.data.trim(), left, right, top: top + air, bottom: bottom - air });
    }
  }
  return boxes.flatMap((a, i) => boxes.slice(0, i)
    .filter((b) => Math.min(a.right, b.right) > Math.max(a.left, b.left) + 1)
    .filter((b) => Math.min(a.bottom, b.bottom) > Math.max(a.top, b.top))
    .map((b) => `${figure.dataset.figure}: ${b.said} / ${a.said}`));
})"""


@pytest.fixture(scope="module")
def labelled(tmp_path_factory, one_worker_is_this_process):
    """The page's folder and what the build warned of."""
    folder = tmp_path_factory.mktemp("labels")
    (folder / "content").mkdir()
    (folder / "content" / "experiments.toml").write_text(EXPERIMENTS)
    figures = "".join(f"\n/// figure | {figure}\n\nWhat it shows.\n///\n" for figure in FIGURES)
    (folder / "content" / "article.md").write_text(ARTICLE + figures)
    options = Options(content=folder / "content", out=folder / "site", cache=kept_cache("labels"), workers=1)
    return folder / "site", build(options, Progress(quiet=True)).warnings


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.breadth)])
def test_no_label_is_printed_over_another(labelled, browser, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((labelled[0] / "index.html").as_uri())
    page.evaluate("document.fonts.ready")
    assert page.evaluate(OVERPRINTED) == []
    for at in (0.03, 0.1, 0.5, 0.9, 0.97):  # wherever the median lies
        page.evaluate(
            "at => document.querySelectorAll('[style*=\"--at\"]').forEach(e => e.style.setProperty('--at', at))", at
        )
        assert page.evaluate(OVERPRINTED) == [], at
    alone = page.locator('[data-figure="projection"] img').bounding_box()
    assert alone["width"] <= 320  # its letters are as large as the text's at half the text's width
    page.close()


def test_small_multiples_say_all_that_differs_and_nothing_else(labelled, browser):
    page = browser.new_page()
    page.goto((labelled[0] / "index.html").as_uri())
    figure = page.locator('[data-figure="input-plane"]').first
    figure.scroll_into_view_if_needed()  # before, its text is not laid out
    said = [f"hidden layers of {width}, 2, noise {noise}" for noise in ("0.05", "0.3") for width in (8, 16)]
    expect(figure.locator(".tile-label")).to_have_text(said, use_inner_text=True)
    page.close()


def test_what_is_a_projection_is_called_one(labelled, browser):
    page = browser.new_page()
    page.goto((labelled[0] / "index.html").as_uri())
    bend = page.locator('[data-figure="bend"]')
    bend.scroll_into_view_if_needed()
    expect(bend.locator(".explorable-summary")).to_contain_text("class centres in the projection")
    expect(bend.locator(".plane-title")).to_contain_text(["input plane", "6 neurons, projected"])
    page.close()


def test_one_of_several_drawn_recipes_is_a_warning_that_says_how_to_choose(labelled):
    assert [warned.said.partition(": ")[2] for warned in labelled[1] if warned.name == "one-of-several"] == [
        'the figure "input-plane" shows 1 of 4 recipes that are drawn, which differ in hidden, noise; expected an '
        "option such as hidden: [8, 2] for one, hidden: [[8, 2], [16, 2]] for several"
    ]

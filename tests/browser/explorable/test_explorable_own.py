"""Train it yourself, on data of the reader's choice: other kinds, own points, an own activation."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from conftest import PHONE, Figure, Show, place
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from generator.content.experiments import Planned
from generator.markup.blocks.figure import OptionError
from generator.networks.recipe import RunSpec
from generator.runs.entries import entry
from generator.runs.results import Results, from_catalogue
from generator.site.explorables import data_sets
from tests.rest import SELDOM

DATA = {
    "arms": RunSpec(5, "tanh", 0),
    "hole": RunSpec(5, "tanh", 0, dataset_options=(("root_radius", 0.25),)),
    "rays": RunSpec(7, "tanh", 0, kind="rays"),
    "rays-root": RunSpec(7, "tanh", 0, kind="rays", dataset_options=(("root_radius", 0.3),)),
    "rings": RunSpec(5, "tanh", 0, kind="rings", points_per_class=40),
    "corners": RunSpec(5, "tanh", 0, kind="simplex"),  # that no page draws
}
STATE = "peek.views.get('fig-train').state"


def results() -> Results:
    planned = [Planned(name, spec, name, None, False) for name, spec in DATA.items()]
    return from_catalogue(lambda: [entry("other", run, "", {}, told=False) for run in planned], "")


@pytest.fixture
def train(show: Show) -> Show:
    """The figure with all these data to choose from."""

    def opened(hash: str = "", **options: Any) -> Figure:
        given = {"sets": data_sets(None, results()), **options.pop("given", {})}
        return show(f"train {json.dumps(given)}", hash=hash, **options)

    return opened


def points(figure: Figure) -> np.ndarray:
    """The class, from 1, and the coordinates of each point that is trained on: (N, 1 + D)."""
    head, *rows = figure.page.evaluate("peek.views.get('fig-train').instance.points()")
    return np.array(rows, float)[:, : len(head) - 3]


def state(figure: Figure) -> dict[str, Any]:
    got: dict[str, Any] = figure.page.evaluate(STATE)
    return got


def middle(figure: Figure) -> int:
    """Trains until the end. returns how many classes are in the middle then"""
    figure.live.get_by_role("button", name=re.compile("^Train")).first.click()
    expect(figure.live.locator(".train-notice")).to_contain_text("Done: 3000 epochs.", timeout=90000)
    figure.settle()
    return int(figure.live.locator(".train-apart").inner_text().rsplit(" ", 1)[1])


# Data that decide


def test_data_are_told_by_what_they_are_and_an_author_may_say_it_better() -> None:
    told = {one["name"]: one["label"] for one in data_sets(None, results())}
    assert told == {
        "arms": "spiral arms",
        "hole": "spiral arms, hole 0.25",
        "rays": "rays",
        "rays-root": "rays, hole 0.3",
        "rings": "rings",
    }
    chosen = data_sets(["rays", {"hole": "A hole"}], results())
    assert [(one["name"], one["label"], one["kind"]) for one in chosen] == [
        ("rays", "rays", "rays"),
        ("hole", "A hole", "spirals"),
    ]


@pytest.mark.parametrize(("given", "near"), [(["rings", "ray"], "rays"), ("corners", "arms"), ({"rays": 3}, "rays")])
def test_data_that_no_page_draws_are_one_error(given: Any, near: str) -> None:
    with pytest.raises(OptionError) as caught:
        data_sets(given, results())
    assert (caught.value.option, caught.value.expected[:19]) == ("sets", "data of the article")
    assert caught.value.nearest in (near, None)


def test_other_data_are_chosen_by_keyboard_and_kept_in_the_address(train: Show) -> None:
    figure = train()
    assert points(figure).shape == (500, 3)
    figure.live.get_by_role("radio", name="spiral arms", exact=True).focus()
    figure.page.keyboard.press("ArrowDown")
    expect(figure.live.get_by_role("slider", name="Hole")).to_have_attribute("aria-valuetext", "0.25")
    figure.page.keyboard.press("ArrowDown")
    figure.page.keyboard.press("ArrowDown")
    expect(figure.live.get_by_role("radio", name="the build’s start")).to_be_disabled()
    expect(figure.live.get_by_role("slider", name="Hole")).to_have_attribute("aria-valuetext", "0.30")
    expect(figure.page).to_have_url(re.compile(r"#fig-train\.data=rays-root&fig-train\.start=own$"))
    expect(figure.live.locator(".plane-title").first).to_have_text("The data 5 dimensions, drawn flat")
    drawn = points(figure)
    assert drawn.shape == (500, 6)
    assert np.linalg.norm(drawn[:, 1:], axis=1).min() == pytest.approx(0.3, abs=0.05)
    assert "rays, hole 0.3, seed 1, noise 0.01, hole 0.3. Not training" in figure.summary()
    figure.live.get_by_role("button", name="One step").click()
    figure.page.wait_for_function("() => peek.views.get('fig-train').instance.rows().length === 3")
    figure.page.reload()
    figure.wakes()
    np.testing.assert_array_equal(points(figure), drawn)
    figure.live.get_by_role("button", name="Reset").click()
    expect(figure.live.get_by_role("radio", name="the build’s start")).to_be_checked()
    figure.settle()
    assert points(figure).shape == (500, 3) and not figure.said


def test_points_that_are_drawn_flat_light_up_in_both_planes(train: Show) -> None:
    figure = train("#fig-train.data=rays&fig-train.classes=7")
    assert points(figure)[99, :2] == pytest.approx([1, 1], abs=0.05), "the tip of the first ray"
    spoken = figure.live.locator(".explorable-spoken")
    figure.page.mouse.click(*place(figure.plane(0), 0.5, 0.5 - 0.5 / 1.14))
    expect(spoken).to_have_text(re.compile("Point (9[5-9]|100) of class 1: taken for class"))
    figure.page.mouse.click(*place(figure.plane(0), 0.02, 0.98))
    expect(spoken).to_have_text(re.compile("Point at a point to see what it is"))


@pytest.mark.parametrize(
    ("data", "least", "most"), [("rays-root", 1, 7), pytest.param("hole", 0, 0, marks=pytest.mark.breadth)]
)
def test_the_two_by_two_is_trained_in_the_page(train: Show, data: str, least: int, most: int) -> None:
    few = [one | {"points_per_class": 40} for one in data_sets(None, results())]
    figure = train(f"#fig-train.data={data}&fig-train.classes=7", given={"sets": few}, script=SELDOM, **PHONE)
    expect(figure.live.get_by_role("group", name="Data", exact=True).locator("input:checked")).to_have_value(data)
    assert least <= middle(figure) <= most and not figure.said


# Own points

MINE = "#fig-train.data=own-points"


def test_own_points_are_sprayed_by_mouse_undone_and_trained_on(train: Show) -> None:
    figure = train(MINE)
    button = figure.live.get_by_role("button", name="Train", exact=True)
    expect(button).to_be_disabled()
    assert figure.summary().startswith("Put points of two classes or more")
    mouse = figure.page.mouse
    for c, left in ((1, 0.2), (3, 0.7)):
        figure.live.locator(".points-tools label").nth(c - 1).click()
        figure.plane(0).scroll_into_view_if_needed()
        box = figure.plane(0).bounding_box()
        assert box is not None
        mouse.move(box["x"] + left * box["width"], box["y"] + 40)
        mouse.down()
        mouse.move(box["x"] + left * box["width"], box["y"] + 140, steps=10)
        mouse.up()
    figure.settle()
    drawn = points(figure)
    assert {*drawn[:, 0]} == {1, 3} and len(drawn) >= 16
    assert (drawn[drawn[:, 0] == 1, 1] < 0).all() and (drawn[drawn[:, 0] == 3, 1] > 0).all()
    button.click()
    figure.page.wait_for_function("() => peek.views.get('fig-train').instance.rows().length > 60", timeout=20000)
    figure.page.reload()
    figure.wakes()
    np.testing.assert_array_equal(points(figure), drawn)
    figure.live.get_by_role("radio", name="spiral arms", exact=True).check()
    figure.live.get_by_role("radio", name="own points").check()
    figure.settle()
    np.testing.assert_array_equal(points(figure), drawn)
    figure.live.get_by_role("button", name="Clear").click()
    figure.settle()
    assert not state(figure)["points"]
    assert [said.split()[-1] for said in figure.live.locator(".reading").all_text_contents()] == ["0", "–", "–"]
    figure.live.get_by_role("button", name="Undo").click()
    figure.settle()
    np.testing.assert_array_equal(points(figure), drawn)
    assert not figure.said


def test_own_points_are_put_by_keyboard_and_by_a_finger(train: Show) -> None:
    figure = train(MINE, **PHONE)
    plane = figure.plane(0)
    plane.focus()
    for key in ("Enter", "2", "ArrowRight", "Enter", "Enter", "Delete"):
        plane.press(key)
    figure.settle()
    assert points(figure)[:, 0].tolist() == [1, 2]
    figure.live.locator(".points-tools label").nth(4).tap()
    plane.tap(position={"x": 30, "y": 30})
    figure.settle()
    found = points(figure)
    assert found[:, 0].tolist() == [1, 2, 5] and found[2, 1] < -0.7 and found[2, 2] > 0.7
    assert figure.page.evaluate("document.documentElement.scrollWidth") <= 390 and not figure.said


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("x,y,kind\n1,2,dog\n1,z,cat", "Line 3: “z” is no number."),
        ("1,2\n", "Line 1: expected x, y and a class."),
        ("0.1,0.2,1\n0.1,0.2,1,2", "Line 2: expected x, y and a class."),
        ("NaN,NaN,dog\n1,2,cat", "Line 1: “NaN” is no number."),
        ("x,y,kind\n0x10,2,dog", "Line 2: “0x10” is no number."),
        ("1,Infinity,dog", "Line 1: “Infinity” is no number."),
        ("\n".join(f"0,0,{c}" for c in "abcdefgh"), "Line 8: an eighth class; at most 7."),
        ("0,0,1\n" * 501, "Line 501: at most 500 points."),
        ("0,0,1", "Put points of two classes or more"),
    ],
)
def test_a_table_that_is_wrong_is_told_with_its_line(bare_page: Page, table: str, said: str) -> None:
    call = "(table) => { try { peek.points.read(table); return ''; } catch (error) { return error.message; } }"
    assert bare_page.evaluate(call, table).startswith(said)


MANY_SIGNS = "a" * 30


@pytest.mark.parametrize(
    ("table", "points", "names"),
    [
        (
            '"x","y","kind"\r\n.1,.2,"dog, big"\r\n.3,.4,"a ""cat"""\r\n',
            [[0.1, 0.2, 0], [0.3, 0.4, 1]],
            'dog, big; a "cat"',
        ),
        ("0,1;0,2;dog\n0,3;0,4;'cat'", [[0.1, 0.2, 0], [0.3, 0.4, 1]], "dog; 'cat'"),
        ('0.1,0.2,"1;2"\n0.3,0.4,3', [[0.1, 0.2, 0], [0.3, 0.4, 1]], "1,2; 3"),
        ("  0.1   0.2  2\n -0.3  +0.4  1\n", [[0.1, 0.2, 1], [-0.3, 0.4, 0]], ""),
        ("0,1\t\u22120,2\t2\n\n# no more\n0,3\t4e-1\t1", [[0.1, -0.2, 1], [0.3, 0.4, 0]], ""),
        ("0.1,0.2,\u00e9\r.5,.6,b\r0.3,0.4,e\u0301", [[0.1, 0.2, 0], [0.5, 0.6, 1], [0.3, 0.4, 0]], "\u00e9; b"),
        ("0.1,0.2,1,,\n0.3,0.4,2,,", [[0.1, 0.2, 0], [0.3, 0.4, 1]], ""),
        (",Y,X,kind\n0,.2,.1,dog\n1,.4,.3,cat", [[0.1, 0.2, 0], [0.3, 0.4, 1]], "dog; cat"),
        ("-1.5e308,0.2,1\n1.5e308,0.4,2\n0,0.3,1", [[-0.9, 0.2, 0], [0.9, 0.4, 1], [0, 0.3, 0]], ""),
        (
            f"0,0,{MANY_SIGNS}1\n1,1,{MANY_SIGNS}2",
            [[0, 0, 0], [1, 1, 1]],
            f"{'a' * 12}…{'a' * 10}1; {'a' * 12}…{'a' * 10}2",
        ),
        ("0,0,1\n1,1,🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈", [[0, 0, 0], [1, 1, 1]], "1; " + "🐈" * 14),
    ],
)
def test_a_table_is_read_as_others_write_it(bare_page: Page, table: str, points: list[list[float]], names: str) -> None:
    call = """(table) => {
      const { points, names } = peek.points.read(table);
      return [points.map(({ x, y, c }) => [x, y, c]), names, peek.points.NAMES.test(names)];
    }"""
    got = bare_page.evaluate(call, table)
    np.testing.assert_allclose(got[0], points, atol=1e-9)
    assert got[1:] == [names, True]


PICTURED = """(button) => {
  const said = [], { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
    if (!this.canvas.isConnected) said.push(text);
    fillText.call(this, text, ...where);
  };
  button.click();
  CanvasRenderingContext2D.prototype.fillText = fillText;
  return said;
}"""


def test_a_table_is_pasted_and_its_words_name_the_classes(train: Show) -> None:
    figure = train(MINE)
    figure.live.get_by_role("button", name="Paste a table").click()
    figure.live.get_by_role("textbox").fill("width;height;kind\n10,5;2;dog\n20;4;cat\n15;3;dog")
    use = figure.live.get_by_role("button", name="Use these points")
    use.click()
    said, undo = figure.live.locator(".points-table .control-wrong"), figure.live.get_by_role("button", name="Undo")
    expect(said).to_have_text("3 points; what did not fit the plane is scaled.")

    def rows() -> list[list[Any]]:
        figure.settle()
        _, *found = figure.page.evaluate("peek.views.get('fig-train').instance.points()")
        return found

    assert [row[0] for row in rows()] == ["dog", "dog", "cat"]
    np.testing.assert_allclose([row[1] for row in rows()], [-0.9, -0.047, 0.9], atol=0.003)
    expect(figure.page).to_have_url(re.compile("names=dog"))
    brushes = figure.live.locator(".points-tools label")
    assert brushes.all_inner_texts()[:3] == ["dog", "cat", "3"], "the brush that goes on with a class has its word"
    pictured = figure.live.get_by_role("button", name="Picture (PNG)").evaluate(PICTURED)
    assert "The data" in pictured and not {"Erase", "Undo", "Draw points of class", "dog"} & {*pictured}
    table = figure.live.get_by_role("textbox")
    table.fill("0,0,1")
    use.click()
    expect(table).to_have_attribute("aria-invalid", "true")
    expect(table).to_have_accessible_description(re.compile("points of two classes"))
    assert len(rows()) == 3, "what is wrong changes nothing"
    table.fill("0,0,1\n1,1,2")
    use.click()
    expect(said).to_have_text("2 points.")
    expect(table).to_have_attribute("aria-invalid", "false")
    figure.live.locator(".points-tools label", has_text="Erase").click()
    figure.plane(0).click(position={"x": 9, "y": 9})  # where nothing is
    undo.click()
    assert len(rows()) == 3, "what a hand left as it was is not undone"
    undo.click()
    expect(undo).to_be_disabled()
    pen, look = brushes.first.locator("input"), brushes.last.locator("input")
    for button in ("Clear", "Reset"):
        undo.click() if button == "Reset" else use.click()
        look.check()
        figure.live.get_by_role("button", name=button, exact=True).click()
        if button == "Reset":
            figure.live.get_by_role("radio", name="own points").click()
        expect(pen).to_be_checked()  # else who draws on an empty plane draws nothing
    expect(table).to_be_hidden()


def test_points_in_an_address_are_points_whatever_it_says(bare_page: Page) -> None:
    got = bare_page.evaluate(
        """() => {
          const signs = "ABab01-_..~%;&=é ", { uniform } = peek.network.random(3);
          let taken = 0;
          for (let turn = 0; turn < 10000; turn++) {
            const sign = () => signs[Math.floor(signs.length * uniform() ** 2)];
            const text = Array.from({length: 60 * uniform()}, sign).join("");
            if (!peek.points.FITS.test(text)) continue;
            taken++;
            const { x, y, classes } = peek.points.data(text, "");
            if (![...x].every((value) => Math.abs(value) <= 1) || classes > 7 || x.length !== 2 * y.length) return text;
            const again = peek.points.pack(peek.points.unpack(text));
            if (peek.points.pack(peek.points.unpack(again)) !== again) return text;
          }
          return taken;
        }"""
    )
    assert isinstance(got, int) and got > 100


# How much room it takes


PARTS = ".plane, .timeline, .control, .explorable-summary, .explorable-tools"
ROOM = """(parts) => {
  const live = document.querySelector(".explorable-live");
  const box = (part) => {
    const { left, right, top, bottom } = part.getBoundingClientRect();
    return { name: part.className, left, right, top, bottom };
  };
  const seen = [...live.querySelectorAll(parts)].filter((part) => part.checkVisibility());
  return [box(live), ...seen.map(box)];
}"""
EDGE_PX = 1  # what rounding makes two neighbours overlap
GAPS_PX = 60  # between planes, buttons, curve, sliders, sentence and tools, one below the other


def covered(one: dict[str, Any], other: dict[str, Any]) -> bool:
    def overlaps(start: str, end: str) -> bool:
        return min(one[end], other[end]) - max(one[start], other[start]) > EDGE_PX

    return overlaps("left", "right") and overlaps("top", "bottom")


@pytest.mark.parametrize("width", [390, *(pytest.param(width, marks=pytest.mark.breadth) for width in (1024, 1280))])
def test_no_part_covers_another(train: Show, width: int) -> None:
    _, *parts = train(width=width).page.evaluate(ROOM, PARTS)
    assert len(parts) > 10
    assert not [(one["name"], other["name"]) for one, other in combinations(parts, 2) if covered(one, other)]


def test_beside_the_planes_stands_all_that_has_room_there(train: Show) -> None:
    """On a laptop: no column is longer than the planes and what lies below them."""
    live, *parts = train(width=1280).page.evaluate(ROOM, PARTS)
    planes = [part for part in parts if part["name"].split()[0] == "plane"]
    edge = max(plane["right"] for plane in planes)
    beside = [part for part in parts if part["left"] > edge]
    below = [part for part in parts if part not in beside and part not in planes]
    assert len(beside) >= 4, [part["name"] for part in beside]
    assert max(part["bottom"] for part in beside) < min(part["top"] for part in below if "range" in part["name"])
    lines = {round(part["top"]): part["bottom"] - part["top"] for part in [*planes, *below]}
    assert live["bottom"] - live["top"] < sum(lines.values()) + GAPS_PX, lines


WRITTEN = """(centres) => {
  const context = document.createElement("canvas").getContext("2d");
  const theme = { font: "sans-serif", paper: "#fff", classes: centres.map(() => "#000") };
  const plane = { context, size: 360, px: (x) => 180 + 170 * x, py: (y) => 180 - 170 * y };
  const labels = centres.map((_, c) => `a rather long word ${c}`);
  const said = [];
  context.fillText = (text, x, y) => said.push([x, y, context.measureText(text).width / 2]);
  peek.paint.centres(plane, centres.flat(), centres.map((_, c) => c), centres.length, theme, labels);
  return said;
}"""


@given(st.lists(st.tuples(*[st.sampled_from(np.linspace(-1, 1, 9).tolist())] * 2), min_size=2, max_size=4, unique=True))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_word_of_a_class_covers_another(bare_page: Page, centres: list[tuple[float, float]]) -> None:
    """And none is far from where its class is."""
    written = bare_page.evaluate(WRITTEN, centres)
    assert len(written) == len(centres)
    for at, (x, y, half) in enumerate(written):
        assert abs(y - (180 - 170 * centres[at][1])) < 35
        assert all(abs(y - v) > 13 or abs(x - u) >= half + other - 0.01 for u, v, other in written[:at])

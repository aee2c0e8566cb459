"""An activation that a reader types: what authors may write, computed as they have it computed, and trained with."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import numpy as np
import pytest
from conftest import PHONE, Show
from playwright.sync_api import Page, expect

from generator.markup.blocks.figure import OptionError
from generator.networks import formulas, rooms
from generator.networks.activations import Activation
from generator.networks.calculus import FUNCTIONS, compiled
from generator.networks.forward import NUMPY
from generator.site.explorables import started_with
from tests import axe

SAME = 1e-9  # relative: expressions are written out otherwise on the two sides
RANDOM = 60  # formulas
PLACES = np.linspace(-3.7, 4.1, 41)  # none of them 0, where a kink has a slope on either side
CALLS = sorted(set(FUNCTIONS) - {"sign"})  # whose slope is none
READ = """([texts, places]) => texts.map((text) => {
  const { value, slope } = peek.formula.read(text);
  return [places.map(value), places.map(slope)].map((all) => all.map((each) => (Number.isFinite(each) ? each : null)));
})"""
GOOD = [
    "+a",
    "-a**2",
    "a*1.",
    ".5*a",
    "a**(-2) + tanh(a)",
    "sqrt(2)*a",
    "max(a, 0, sin(a))",
    "1e-3*a",
    "a/(1 + abs(a))",
    "a - -a",
]
BAD = [
    *(
        "",
        "2",
        "pi",
        "b*a",
        "sin",
        "sin(a",
        "a)",
        "a a",
        "2a",
        "a//2",
        "a^2",
        "sine(a)",
        "sign(a)",
        "a**9",
        "a**a",
        "a**2**2",
    ),
    *(
        "(a**2)**2",
        "a**-(-2)",
        "a**pi",
        "max(a)",
        "sin(a, 1)",
        "sin()",
        "sin(1)*a",
        "exp(2) + a",
        "a + 1e7",
        "1/a",
        "log(a)",
        "a*0",
        "__x",
    ),
    *(
        "a +",
        "* a",
        "()",
        "a,",
        "a = 1",
        "eval(a)",
        "a.b",
        "'a'",
        "a if a else 1",
        "a" + "+a" * 40,
        "(" * 40 + "a" + ")" * 40 + "+1" * 31,
    ),
    "+".join(["max(a, 1)"] * 7),
]


def made(draw: random.Random, deep: int = 4) -> str:
    """A formula, most often of a."""
    kind = draw.choice(["call", "call", "both", "both", "power", "minus"]) if deep else "end"
    if kind == "end":
        return draw.choice(["a", "a", "a", "pi", f"{draw.uniform(0, 3):.2f}", str(draw.randint(1, 4))])
    part = made(draw, deep - 1)
    if kind == "both":
        return f"({part} {draw.choice('+-*/')} {made(draw, deep - 1)})"
    if kind == "power":
        return f"({part})**{draw.choice(['2', '3', '-1', '0.5', '(-2)'])}"
    if kind == "minus":
        return f"-{part}"
    name = draw.choice(CALLS)
    return f"{name}({part}, {made(draw, deep - 1)})" if name in ("max", "min") else f"{name}({part})"


def test_values_and_slopes_of_random_formulas_are_those_of_the_build(bare_page: Page) -> None:
    draw = random.Random(1)
    wanted: dict[str, np.ndarray] = {}
    while len(wanted) < RANDOM:
        text = made(draw)
        try:
            formulas.check(text)
            function = compiled(Activation("x", of=text, room=rooms.PLANE, words=""), NUMPY, slope=True)
            with np.errstate(all="ignore"):
                found = [np.broadcast_to(np.asarray(each, float), PLACES.shape) for each in function(PLACES)]
        except (formulas.FormulaError, NameError):  # sympy knows no slope
            continue
        wanted[text] = np.stack(found)  # (2, places)
    compared = 0
    for (text, there), got in zip(wanted.items(), bare_page.evaluate(READ, [[*wanted], PLACES.tolist()]), strict=True):
        here = np.array([[np.nan if each is None else each for each in part] for part in got], float)
        both = (np.isfinite(there) & np.isfinite(here)).all(axis=0)
        compared += both.sum()
        scale = 1 + np.abs(there[0, both])
        np.testing.assert_allclose(here[:, both] / scale, there[:, both] / scale, rtol=SAME, atol=SAME, err_msg=text)
    assert compared > RANDOM * len(PLACES) / 2


def test_a_reader_may_type_what_an_author_may_write_and_no_more(bare_page: Page) -> None:
    wrong = bare_page.evaluate("(texts) => texts.map((text) => peek.formula.wrong(text))", GOOD + BAD)
    for text, said in zip(GOOD + BAD, wrong, strict=True):
        try:
            formulas.own("typed", text)
            assert said == "", text
        except formulas.FormulaError:
            assert said, text
    assert "“r” is unknown" in bare_page.evaluate("peek.formula.wrong('1 / r')"), "a page has no layer's length"
    assert not bare_page.evaluate("Object.keys(peek.activations).some((name) => name.startsWith('='))")


def test_what_others_call_otherwise_is_answered_with_what_it_is_here(bare_page: Page) -> None:
    """As authors are: templates/js has the names from where formulas are read."""
    names = sorted(set(formulas.ELSEWHERE) - set(FUNCTIONS))
    typed = [f"{name.title()}(a)" for name in names]
    for name, said in zip(names, bare_page.evaluate("(all) => all.map(peek.formula.wrong)", typed), strict=True):
        assert f"“{name.title()}” is unknown; perhaps you mean {formulas.ELSEWHERE[name]}." in said
    assert "max(a, 0.01 * a)" in bare_page.evaluate("peek.formula.wrong", "leaky_relu(a)")
    meant = [near if "a" in near else f"{near}(2 + a**2)" for near in formulas.ELSEWHERE.values()]
    assert not any(bare_page.evaluate("(all) => all.map(peek.formula.wrong)", meant)), "the advice is a formula"
    for name in ("constructor", "toString", "__proto__"):
        said = bare_page.evaluate("peek.formula.wrong", f"{name}(a)")
        assert f"“{name}” is unknown; known are a, pi and the functions {', '.join(formulas.FUNCTIONS)}." in said


@pytest.mark.parametrize("text", ["a * logistic(a)", "tanh(a)", "max(a, 0)", "logistic(a) * 3", "atan(a)", "a**3 / 10"])
def test_its_room_is_the_one_that_the_build_finds(bare_page: Page, text: str) -> None:
    room_of = (
        "(text) => { const { low, high } = peek.activations[peek.formula.activation(text)].room; return [low, high]; }"
    )
    low, high = bare_page.evaluate(room_of, text)
    room = formulas.own("typed", text).row.room
    for got, wanted in ((low, room.low), (high, room.high)):
        assert (got is None and np.isinf(wanted)) or got == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("screen", [pytest.param({}, marks=pytest.mark.breadth), PHONE], ids=["wide", "phone"])
def test_a_formula_is_typed_and_trained_with(show: Show, screen: dict[str, Any]) -> None:
    figure = show("train", **screen)
    choice = figure.live.get_by_role("radio", name="a formula")
    if screen:
        choice.tap()
    else:
        figure.live.get_by_role("group", name="Activation").locator("input:checked").focus()
        for _ in range(figure.live.get_by_role("group", name="Activation").locator("input").count() - 1):
            figure.page.keyboard.press("ArrowRight")
    expect(choice).to_be_checked()
    expect(figure.live.get_by_role("radio", name="a seed of your own")).to_be_checked()
    field = figure.live.get_by_label("Formula", exact=True)
    wrong = figure.live.locator(".control--text .control-wrong")
    field.fill("a + sine(a)")
    field.press("Enter")
    expect(wrong).to_contain_text("“sine” is unknown")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(figure.live.locator(".explorable-spoken")).to_contain_text("“sine” is unknown")
    assert "a * logistic(a)" in figure.summary(), "what was trained before stays"
    assert axe.finds(figure.page, ".explorable") == []
    field.fill("a + sin(2*a)")
    expect(wrong).to_have_text("")
    field.press("Enter")
    expect(figure.page).to_have_url(re.compile(r"activation=own-formula&fig-train\.typed=a\+%2B\+sin%282\*a%29"))
    figure.page.reload()
    figure.wakes()
    expect(field).to_have_value("a + sin(2*a)")
    figure.live.get_by_role("button", name="Train", exact=True).click()
    expect(figure.live.locator(".reading--epoch b")).to_have_text(re.compile(r"\d{2,}"), timeout=30000)
    figure.live.get_by_role("button", name="Pause").click()
    assert ", a + sin(2*a), " in figure.summary() and "Not training: epoch " in figure.summary() and not figure.said
    loss = figure.page.evaluate("peek.views.get('fig-train').instance.rows().map(([, loss]) => loss).slice(1)")
    assert min(loss) < 0.9 * loss[0]


def test_an_address_with_a_formula_that_is_none_keeps_the_usual_one(show: Show) -> None:
    figure = show("train", hash="#fig-train.activation=own-formula&fig-train.typed=alert(a)")
    expect(figure.live.get_by_label("Formula", exact=True)).to_have_value("a * logistic(a)")
    assert not figure.said


def test_an_author_starts_it_with_a_formula(show: Show) -> None:
    options = started_with({"formula": "a + sin(2*a)", "classes": 3})
    figure = show(f"train {json.dumps(options)}")
    expect(figure.live.get_by_label("Formula", exact=True)).to_have_value("a + sin(2*a)")
    assert ", a + sin(2*a), " in figure.summary() and "#" not in figure.page.url and not figure.said


@pytest.mark.parametrize("formula", ["a + sine(a)", "tanh(r) / r", "a +", 3])
def test_a_formula_that_a_page_cannot_read_is_the_authors_mistake(formula: object) -> None:
    with pytest.raises(OptionError) as caught:
        started_with({"formula": formula})
    assert caught.value.option == "formula" and caught.value.expected

"""Activations by formula: what is refused, the rooms that are found, what travels with a run, and three languages."""

import json
import math
import pickle
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from generator import figures
from generator.base.errors import ContentError
from generator.content import experiments
from generator.networks import calculus, formulas, forward, train
from generator.networks.activations import ACTIVATIONS, Own, carried
from generator.networks.spec import RunSpec
from generator.runs import entries
from tests.measuring import run_key

GRID = """[experiment.grid]
classes = 2
activation = ["tanh", "swish"]
[activation.swish]
formula = "a * logistic(a)"
[dataset.spirals]
kind = "spirals"
"""
ROOMS = {
    "a * logistic(a)": ("plane", -0.2784645, math.inf),
    "a * (1 + erf(a / sqrt(2))) / 2": ("plane", -0.1699712, math.inf),
    "logistic(a)": ("plane", 0, 1),
    "tanh(a)": ("square", -1, 1),
    "a / (1 + abs(a))": ("square", -1, 1),
    "atan(a)": ("plane", -math.pi / 2, math.pi / 2),
    "log(1 + a**2)": ("quadrant", 0, math.inf),
    "a": ("plane", -math.inf, math.inf),
    "tanh(r) / r": ("disk", -1, 1),
    "1 / (1 + r)": ("disk", -1, 1),
    "1 / r": ("circle", -1, 1),
    "log(1 + r) / r": ("plane", -math.inf, math.inf),
}


@pytest.mark.parametrize("formula", ROOMS)
def test_a_formula_has_its_room(formula):
    room = formulas.own("x", formula).row.room
    name, low, high = ROOMS[formula]
    assert room.name == name and (room.low, room.high) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize("name", sorted(formulas.ELSEWHERE))
def test_what_others_call_otherwise_is_told_as_it_is_written_here(name):
    meant = formulas.ELSEWHERE[name]
    with pytest.raises(formulas.FormulaError) as refused:
        formulas.check(f"{name}(a)")
    assert refused.value.near == meant
    theirs = {"leakyrelu": "leaky_relu", "swish": "silu", "expit": "sigmoid"}.get(name, name)
    function = getattr(torch.nn.functional, theirs, None) or getattr(torch, theirs, None)
    if not callable(function) or name in ("clip", "clamp", "where"):
        assert meant in ("a", "log", "exp(a)", "max(a, 0)", formulas.ELSEWHERE["hardtanh"])
        return
    at = torch.linspace(-4, 4, 101, dtype=torch.float64)
    row = formulas.own("x", meant).row
    assert calculus.compiled(row, train.TORCH, slope=False)(at)[0].tolist() == pytest.approx(
        function(at).tolist(), abs=1e-12
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("formula = \"__import__('os').getcwd()\"", "\"__import__('os').getcwd()\" in a formula; expected numbers"),
        ('formula = "a.real"', '"a.real" in a formula'),
        ('formula = "logistc(a)"', 'unknown function "logistc" in a formula; expected one of exp, '),
        ('formula = "((a**8)**8)**8"', "a power of a power"),
        ('formula = "a**9**9"', "the exponent 9 ** 9 in a formula"),
        ('formula = "exp(exp(1000)) * a"', '"exp(1000)" in a formula'),
        ('formula = "exp(-a^2)"', '"-a ^ 2" in a formula; expected ** for a power; did you mean "-a**2"?'),
        ('formula = "tanh(x)"', '"x" in a formula; expected a or r, pi'),
        ('formula = "a * r"', 'formula "a * r" has both a and r'),
        ('formula = "1 / a"', 'the value of "1 / a" is not finite at a = 0'),
        ('formula = "0 * a"', '"0 * a" is the same everywhere'),
        ('formula = "sign(a)"', '"sign" in a formula, which has no slope where it jumps; expected abs, max'),
        ('formula = "a"\nroom = [-1, 1]', '"a" is -20 at a = -20, outside of its room; expected values from -1 to 1'),
        ('formula = "a"\nlabel = "ReLU"', '"ReLU" is another activation\'s label'),
        ('formula = "a"\nlabel = "on\\ntwo"', "expected at most 40 signs in a line"),
        (f'formula = "a"\nlabel = "{"a" * 41}"', "expected at most 40 signs in a line"),
        ('formula = "tanh(a)"\nroom = [1, 1]', "room is [1, 1]; expected"),
        ('formula = "tanh(a)"\nroom = [-2, true]', "room is [-2, true]; expected"),
        ('formla = "a"', 'unknown key of an activation "formla"'),
    ],
)
def test_each_mistake_has_its_line(line, said):
    with pytest.raises(ContentError) as refused:
        experiments.parse(GRID.replace('formula = "a * logistic(a)"', line), "e.toml")
    assert any(str(problem).startswith("e.toml:") and said in str(problem) for problem in refused.value.problems)
    assert "e.toml:5" in str(refused.value) or "e.toml:6" in str(refused.value)


def test_a_label_is_whatever_readers_are_to_see_and_names_no_file():
    asked = GRID.replace("(a)", '(a)"\nlabel = "ELU (α = 1) / $x$', 1).replace("2\n", "2\ndraw = 1\n", 1)
    for run in entries.runs_of(experiments.parse(asked, "e.toml")).values():
        own = isinstance(run.spec.activation, Own)
        assert run.spec.label == ("ELU (α = 1) / $x$" if own else "tanh")
        assert entries.picture_path(run, figures.load()["loss"]) == f"plots/2/{run.spec.activation}.loss"


def test_what_is_wrong_beside_an_activation_that_is_none_is_told_too():
    asked = GRID.replace('"tanh", "swish"', '"swish", "tahn"').replace("logistic", "logistik")
    with pytest.raises(ContentError) as refused:
        experiments.parse(asked, "e.toml")
    assert [str(problem).partition(";")[0] for problem in refused.value.problems] == [
        'e.toml:3: activation is "tahn"',
        'e.toml:5: unknown function "logistik" in a formula',
    ]


@pytest.mark.parametrize("name", ["relu", "circle", "My-own", "9x"])
def test_names_are_free_and_plain(name):
    with pytest.raises(ContentError, match=r"e\.toml:4: .* (is the name of a built-in|is no name)"):
        experiments.parse(GRID.replace("swish", name), "e.toml")


def test_an_unused_one_is_told():
    plan = experiments.parse(GRID + '[activation.spare]\nformula = "a"\n', "e.toml")
    assert plan.unused == ("e.toml:8: no experiment uses the activation spare",)


def test_a_run_carries_its_formula_and_the_others_keep_their_addresses():
    own = experiments.parse(GRID, "e.toml").experiments[0].runs
    plain = experiments.parse(GRID.replace(', "swish"', ""), "e.toml").experiments[0].runs
    assert run_key(own[0].spec) == run_key(plain[0].spec)
    assert ACTIVATIONS["tanh"].decides == ["tanh(a)", "square"] and "activation" in asdict(plain[0].spec)
    swish = own[1].spec
    assert pickle.loads(pickle.dumps(swish)) == swish == replace(swish)
    name = swish.activation
    told = json.loads(json.dumps({"activation": name, "formula": name.plain}))
    assert carried(told)["activation"] == name and told["activation"] == "swish"
    others = [formulas.own("swish", "a * logistic(2 * a)"), formulas.own("swish", "a * logistic(a)", (-1, math.inf))]
    assert len({run_key(replace(swish, activation=each)) for each in (name, *others)}) == 3
    assert ACTIVATIONS.get("swish") is None  # nothing is registered


@pytest.mark.parametrize(
    "formula",
    ["a * logistic(a)", "a * (1 + erf(a / sqrt(2))) / 2", "a / (1 + abs(a))", "log(1 + a**2)", "log(1 + r) / r"],
)
def test_numpy_torch_and_the_page_agree(formula, browser):
    row = formulas.own("x", formula).row
    at = np.linspace(0.01 if row.is_vector else -6, 6, 101)
    ours = calculus.compiled(row, forward.NUMPY, slope=True)(at)
    theirs = calculus.compiled(row, train.TORCH, slope=True)(torch.from_numpy(at))
    scripts = "".join(f"const {name}={code};" for name, code in calculus.JAVASCRIPT.items())
    variable = "r" if row.is_vector else "a"
    value, slope = calculus.in_javascript(row)
    page = browser.new_page()
    in_page = page.evaluate(f"(at) => {{{scripts}return at.map(({variable}) => [{value}, {slope}])}}", at.tolist())
    page.close()
    for index in (0, 1):
        np.testing.assert_allclose(theirs[index], ours[index], rtol=0, atol=1e-12)
        np.testing.assert_allclose(np.array(in_page)[:, index], ours[index], rtol=0, atol=1e-12)
    spec = RunSpec(2, Own.of(row), 1, epochs=2, points_per_class=5, hidden=(4, 2))
    [run] = train.train_together([spec])
    assert np.isfinite(forward.hidden(spec, run.weights[-1], run.x)).all()

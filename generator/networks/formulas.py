"""Activations by formula, as an author writes them: a formula is data, checked before anything computes with it.

    [activation.swish]
    formula = "a * logistic(a)"

What it computes is made from its expression, as a built-in row's is; the room of its values is found here.
"""

from __future__ import annotations

import ast
import dataclasses
import math
import warnings
from typing import Any

from ..base.errors import nearest
from . import calculus, rooms
from .activations import Activation, Own, within
from .rooms import Room

LONGEST = 300  # characters
DEEPEST = 30  # of brackets and calls in each other
MOST = 8  # the size of an exponent
LARGEST = 1e6  # the size of a number
FAR = (1e4, 1e8)  # where a value that still changes by END has no end
END = 1e-3
KINKS = 6  # calls of max and min, whose derivatives grow with each other
NEAR = 20.0  # a sum of a neuron beyond it is rare
LONG = 50.0  # and the length of a vector
SLACK = 1e-6  # what rounding and a limit that is not reached yet may add
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
SEVERAL = ("max", "min")
FUNCTIONS = tuple(name for name in calculus.FUNCTIONS if name != "sign")  # that is for slopes alone
ELSEWHERE = {  # what others call so, as it is written here
    **dict.fromkeys(("sigmoid", "expit"), "logistic(a)"),
    **dict.fromkeys(("silu", "swish"), "a * logistic(a)"),
    "relu": "max(a, 0)",
    "leakyrelu": "max(a, 0.01 * a)",
    "elu": "max(a, 0) + min(exp(a) - 1, 0)",
    "gelu": "a * (1 + erf(a / sqrt(2))) / 2",
    "mish": "a * tanh(softplus(a))",
    "softsign": "a / (1 + abs(a))",
    **dict.fromkeys(("hardtanh", "clip", "clamp"), "max(-1, min(a, 1))"),
    **dict.fromkeys(("where", "piecewise"), "max(a, 0)"),
    "ln": "log",
    "sinh": "(exp(a) - exp(-a)) / 2",
    "cosh": "(exp(a) + exp(-a)) / 2",
    **dict.fromkeys(("x", "z", "h", "u", "v", "t"), "a"),  # a neuron's sum
    "e": "exp(a)",
}


class FormulaError(ValueError):
    """What is wrong with a formula: wrong, what was expected, the nearest match."""

    def __init__(self, wrong: str, expected: str = "", near: str | None = None) -> None:
        super().__init__(wrong)
        self.wrong, self.expected, self.near = wrong, expected, near


def own(name: str, formula: str, room: tuple[float, float] | None = None, label: str = "", words: str = "") -> Own:
    """An author's activation as a run carries it.

    room    least and greatest value of a neuron, infinite where there is no end; None: found from the formula
    raises  FormulaError
    """
    check(formula)
    row = Activation(name, of=formula, room=rooms.PLANE, words=words or f"makes {formula} of it", label=label)
    found = _values(row)
    return Own.of(dataclasses.replace(row, room=_room(row, *found, room)))


def check(formula: str) -> None:
    """Whether a formula is arithmetic of a, or of r, and no more.

    raises  FormulaError
    """
    if len(formula) > LONGEST:
        raise FormulaError(f"a formula of {len(formula)} characters", f"at most {LONGEST}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's own remarks on what is refused below
            tree = ast.parse(formula.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise FormulaError(f'formula "{formula}" cannot be read', 'arithmetic such as "a * logistic(a)"') from None
    variables: set[str] = set()
    if sum(isinstance(node, ast.Name) and node.id in SEVERAL for node in ast.walk(tree)) > KINKS:
        raise FormulaError("a formula of too many max and min", f"at most {KINKS}")
    _check(tree, variables, 0)
    if len(variables) != 1:
        said = "both a and r" if variables else "neither a nor r"
        raise FormulaError(f'formula "{formula}" has {said}', "a, a neuron's sum, or r, the length of all its layer's")


def _check(node: ast.expr, variables: set[str], depth: int) -> None:
    if depth > DEEPEST:
        raise FormulaError("a formula of too many brackets in each other", f"at most {DEEPEST}")
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, (int, float)) or isinstance(node.value, bool) or not abs(node.value) <= LARGEST:
            raise FormulaError(f"{ast.unparse(node)} in a formula", f"a number of at most {LARGEST:g}")
    elif isinstance(node, ast.Name):
        if node.id in ("a", "r"):
            variables.add(node.id)
        elif node.id != "pi":
            near = _meant(node.id)
            raise FormulaError(f'"{node.id}" in a formula', "a or r, pi, or a function's brackets", near)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        _check(node.operand, variables, depth + 1)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, OPERATORS):
        if isinstance(node.op, ast.Pow):
            _check_exponent(node.right)
            if any(isinstance(each, ast.BinOp) and isinstance(each.op, ast.Pow) for each in ast.walk(node.left)):
                raise FormulaError(f'"{ast.unparse(node)}", a power of a power, in a formula', "one power")
        _check(node.left, variables, depth + 1)
        _check(node.right, variables, depth + 1)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
        said = ast.unparse(node)
        near = ELSEWHERE["e"] if isinstance(node.left, ast.Name) and node.left.id == "e" else said.replace(" ^ ", "**")
        raise FormulaError(f'"{said}" in a formula', "** for a power", near)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        name = node.func.id
        if name == "sign":
            raise FormulaError('"sign" in a formula, which has no slope where it jumps', "abs, max and min, which bend")
        if name not in FUNCTIONS:
            expected = "one of " + ", ".join(FUNCTIONS)
            raise FormulaError(f'unknown function "{name}" in a formula', expected, _meant(name))
        if len(node.args) < 2 if name in SEVERAL else len(node.args) != 1:
            expected = "two or more" if name in SEVERAL else "one"
            raise FormulaError(f"{name} of {len(node.args)} values in a formula", expected)
        for each in node.args:
            _check(each, variables, depth + 1)
        if not any(isinstance(each, ast.Name) and each.id in ("a", "r") for each in ast.walk(node)) and (
            name not in ("sqrt", "log") or any(isinstance(each, ast.Call) for each in ast.walk(node.args[0]))
        ):
            raise FormulaError(
                f'"{ast.unparse(node)}" in a formula', "its value as a number, or sqrt or log of a number"
            )
    else:
        raise FormulaError(
            f'"{ast.unparse(node)}" in a formula', "numbers, + - * / **, brackets, pi, a or r, and functions"
        )


def _meant(name: str) -> str | None:
    """What a name that nothing has stands for."""
    return ELSEWHERE.get(name.lower().replace("_", "")) or nearest(name, FUNCTIONS)


def _check_exponent(node: ast.expr) -> None:
    bare = node.operand if isinstance(node, ast.UnaryOp) else node
    size = bare.value if isinstance(bare, ast.Constant) else None
    if not isinstance(size, (int, float)) or isinstance(size, bool) or not abs(size) <= MOST:
        raise FormulaError(f"the exponent {ast.unparse(node)} in a formula", f"a number from -{MOST} to {MOST}; exp(…)")


def _values(row: Activation) -> tuple[Any, Any]:
    """Places, and what stands there: a neuron's value, or the length of the vector.

    raises  FormulaError: not finite, without slope, or with a slope that is not its own
    """
    import numpy as np

    from .forward import NUMPY

    try:
        function = calculus.compiled(row, NUMPY, slope=True)
        function(np.ones(1))
    except (ArithmeticError, LookupError, NameError, RecursionError, TypeError, ValueError):
        raise FormulaError(f'"{row.of}" has no value or no slope that can be computed', "a smooth formula") from None
    if row.is_vector:
        at = np.concatenate([np.geomspace(1e-6, 1e-2, 200), np.linspace(0.01, LONG, 20_000)])
    else:
        at = np.linspace(-NEAR, NEAR, 40_001)
    with np.errstate(all="ignore"):
        value, slope = (np.broadcast_to(np.asarray(each, float), at.shape) for each in function(at))
        step = 1e-6 * np.maximum(1, np.abs(at)) * (np.minimum(1, at) if row.is_vector else 1)
        ahead, behind = (np.broadcast_to(np.asarray(function(x)[0], float), at.shape) for x in (at + step, at - step))
        rise = (ahead - behind) / (2 * step)
    for what, found in (("value", value), ("slope", slope)):
        if not np.isfinite(found).all():
            where = float(at[np.argmin(np.isfinite(found))])
            span = f"in (0, {LONG:g}]" if row.is_vector else f"from -{NEAR:g} to {NEAR:g}"
            raise FormulaError(
                f'the {what} of "{row.of}" is not finite at {_variable(row)} = {where:.4g}', f"a finite one {span}"
            )
    reached = value * at if row.is_vector else value
    if not row.is_vector and not np.abs(slope).max() > 1e-12:
        raise FormulaError(f'"{row.of}" is the same everywhere', "a formula with a slope, from which networks learn")
    off = np.abs(rise - slope) > 1e-4 * (1 + np.abs(slope) + np.abs(value) / np.maximum(np.abs(at), 1e-6))
    if off.mean() > 0.01:  # at a kink both are right
        where = float(at[np.argmax(off)])
        raise FormulaError(
            f'the slope of "{row.of}" at {_variable(row)} = {where:.4g} is not its finite difference',
            "a formula that is smooth but at a few places",
        )
    far = np.array([-FAR[1], -FAR[0], FAR[0], FAR[1]])
    with np.errstate(all="ignore"):
        beyond = np.broadcast_to(np.asarray(function(np.abs(far) if row.is_vector else far)[0], float), far.shape)
        beyond = beyond * np.abs(far) if row.is_vector else beyond
    return np.concatenate([at, far]), np.concatenate([reached, beyond])


def _variable(row: Activation) -> str:
    return "r" if row.is_vector else "a"


def _room(row: Activation, at: Any, reached: Any, given: tuple[float, float] | None) -> Room:
    """Where values are: one of rooms.ROOMS, or else the plane within walls."""
    import numpy as np

    low, high = _ends(reached)
    if row.is_vector:
        if given is not None:
            raise FormulaError("a room for a formula in r", "none: it is a ball, a sphere or the plane")
        if max(abs(low), abs(high)) > 1 + SLACK:
            return rooms.PLANE
        sizes = np.abs(reached[at > NEAR / 1000])
        return rooms.CIRCLE if sizes.min() > 1 - SLACK else rooms.DISK
    if given is not None:
        low, high = given
        out = (reached < low - SLACK) | (reached > high + SLACK)
        if out.any():
            where = int(np.argmax(out))
            raise FormulaError(
                f'"{row.of}" is {reached[where]:.4g} at a = {at[where]:.4g}, outside of its room',
                f"values from {low:g} to {high:g}",
            )
    for known in (rooms.SQUARE, rooms.QUADRANT):
        if (low, high) == (known.low, known.high):
            return known
    return rooms.PLANE if math.isinf(low) else within(low, high)  # what has no end below is drawn as the plane


def _ends(reached: Any) -> tuple[float, float]:
    """The least and the greatest of values, the last four at FAR on both sides: infinite where they still go on."""
    import numpy as np

    *_, before, left, right, after = (float(value) for value in reached)
    low, high = float(np.nanmin(reached[:-4])), float(np.nanmax(reached[:-4]))
    for nearer, farther in ((left, before), (right, after)):
        if math.isnan(farther) or math.isnan(nearer):
            continue  # an overflow, which says nothing
        on = math.isinf(farther) or abs(farther - nearer) > END
        low = (-math.inf if on else farther) if farther < low else low
        high = (math.inf if on else farther) if farther > high else high
    return _neat(low), _neat(high)


def _neat(value: float) -> float:
    """A wall: the round number that a limit comes near, or the value."""
    if math.isinf(value):
        return value
    near = round(value, 3)
    return near + 0.0 if abs(near - value) < SLACK else value

"""From an activation's expression to what computes it: numpy, torch and JavaScript, with its slope.

Expressions are sympy's. It takes a third of a second to import, so it is imported when an expression is first asked
for; what is tuned by hand asks for none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .activations import Activation

SAME = ("exp", "log", "sqrt", "sin", "cos", "atan", "tanh", "erf", "sign")  # of one name in sympy and torch
# What an expression may call. The logistic function and softplus have names since their plain formulas overflow.
FUNCTIONS = (*SAME, "abs", "max", "min", "logistic", "softplus")
DIGITS = 17  # of a constant: all that a double has


def expressions(row: Activation) -> tuple[Any, Any, Any]:
    """A row's variable, its expression and the derivative, as sympy's.

    raises  ValueError: the expression is not one of a, or of r, with FUNCTIONS
    """
    import sympy
    from sympy.core.function import AppliedUndef

    class logistic(sympy.Function):  # type: ignore[misc]
        def fdiff(self, argindex: int = 1) -> Any:
            return logistic(self.args[0]) * logistic(-self.args[0])  # 1 - logistic would lose all digits

    class softplus(sympy.Function):  # type: ignore[misc]
        def fdiff(self, argindex: int = 1) -> Any:
            return logistic(self.args[0])

    step = sympy.Function("step")
    variable = sympy.Symbol("r", positive=True) if row.is_vector else sympy.Symbol("a", real=True)
    own = {"abs": sympy.Abs, "max": sympy.Max, "min": sympy.Min, "logistic": logistic, "softplus": softplus}
    known = {name: own.get(name) or getattr(sympy, name) for name in FUNCTIONS}
    value = sympy.parse_expr(row.of, local_dict={**known, "pi": sympy.pi, variable.name: variable})
    called = {type(each) for each in value.atoms(sympy.Function)}
    if value.free_symbols - {variable} or value.atoms(AppliedUndef) or called - {*known.values()}:
        raise ValueError(
            f"activation {row.name}: {row.of}; expected an expression in a, or in r, with {', '.join(FUNCTIONS)}"
        )
    slope = value.diff(variable).replace(sympy.Heaviside, lambda at, *_: step(at))

    def is_irrational(part: Any) -> bool:
        return bool(part.is_number and not part.is_Rational)

    return variable, *(each.replace(is_irrational, lambda part: part.evalf(DIGITS)) for each in (value, slope))


def compiled(row: Activation, functions: Mapping[str, Callable[..., Any]], slope: bool) -> Callable[[Any], list[Any]]:
    """A function of arrays: the values of a row's expression and, where asked for, of its derivative.

    functions  what computes a call, by the name that sympy prints it under; `step` is 1 above 0 and else 0
    """
    import sympy
    from sympy.printing.str import StrPrinter

    variable, *parts = expressions(row)
    printer = StrPrinter({"full_prec": True})
    made: Callable[[Any], list[Any]] = sympy.lambdify(
        [variable], parts if slope else parts[:1], modules=[dict(functions)], printer=printer, cse=True
    )
    return made


JAVASCRIPT = {  # what the expressions in a script call that Math does not have
    "erf": (  # a series of terms of one sign, so that no digits are lost
        "(a) => { if (Math.abs(a) > 6) return Math.sign(a); let sum = a, term = a;"
        " for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) sum += term *= (2 * a * a) / n;"
        " return (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum; }"
    ),
    "logistic": "(a) => (a >= 0 ? 1 : Math.exp(a)) / (1 + Math.exp(-Math.abs(a)))",
    "softplus": "(a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)))",
    "step": "(a) => (a > 0 ? 1 : 0)",
}


def in_javascript(row: Activation) -> tuple[str, str]:
    """A row's expression and its derivative as JavaScript's, which may call what JAVASCRIPT names."""
    import sympy

    _, *parts = expressions(row)
    value, slope = (
        sympy.jscode(each, precision=DIGITS, user_functions={name: name for name in JAVASCRIPT}) for each in parts
    )
    return value, slope

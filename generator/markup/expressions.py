"""The expressions that prose may hold, over results and nothing else.

    evaluate('results.where(activation="tanh").min("accuracy") | percent', {"results": results})

The language is that of Jinja's expressions: Jinja's own parser reads them. We
walk what it read ourselves, because compiling costs 1.5 ms an expression where
parsing costs 0.1 ms, and an article has a hundred. It also leaves nothing to
escape from: there are names, public attributes of results, their methods,
arithmetic, comparisons and the filters below.
"""

from __future__ import annotations

import functools
import inspect
import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

import jinja2
from jinja2 import nodes
from jinja2.parser import Parser

from ..base import language, limits, rounding
from ..base.errors import Fault, meant, quoted
from ..base.language import Message, Words, message
from ..runs.results import Record, Result, Results, Rows, Table, UnknownResult, Unmeasured, having
from ..runs.statistics import COVERAGE, Paired, Tally, holm

ROWS = "{n} rows"  # of a table, as words say it
MOST_DIGITS = 300  # of a power: more is a slip, and would take for ever


class ExpressionError(Fault):
    """An expression that does not parse or has no value."""


def is_number(value: Any) -> bool:
    """Whether a value is a number, which true and false are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# Filters


def number(value: Any, digits: int | None = None, *, words: Words | None = None) -> str:
    """A number with a real minus and thousands apart.

    digits  after the point; None: whole numbers as they are, others to three significant digits at most, very small
            and very large ones times a power of ten
    """
    value, words = _number(value, "number"), words or language.english()
    if digits is not None:
        return words.fixed(value, _digits(digits))
    if float(value).is_integer() and (isinstance(value, int) or abs(value) < language.MOST):
        return words.fixed(value)
    return words.significant(value, 3)


def percent(value: Any, digits: int = 1, *, words: Words | None = None) -> str:
    """A share in per cent. Only what is whole reads 100."""
    return (words or language.english()).percent(_number(value, "percent"), _digits(digits))


def degrees(value: Any, digits: int = 0, *, words: Words | None = None) -> str:
    """An angle in degrees."""
    return f"{number(_number(value, 'degrees'), digits, words=words)}°"


def year(value: Any, digits: int = 0, *, words: Words | None = None) -> str:
    """A number whose thousands stay together, as those of years do."""
    marks = replace((words or language.english()).marks, thousands="")
    return rounding.fixed(_number(value, "year"), _digits(digits), marks)


def spelled(value: Any, words: Words | None = None) -> str:
    """A whole number in words up to twenty, in digits beyond: the filter `words`."""
    value = _number(value, "words")
    names = (words or language.english()).numbers
    if not float(value).is_integer():
        raise ExpressionError(f"words needs a whole number, and this is {value}")
    return names[int(value)] if 0 <= value < len(names) else number(value, words=words)


METHODS = ("common", "floor", "ceil")  # of rounding, as Jinja calls them


def _round(value: Any, digits: int = 0, method: str = "common") -> Any:
    """A number rounded to so many digits: to the nearest, or as a bound is told, to the next below or above."""
    value, digits = _number(value, "round"), _digits(digits)
    if method not in METHODS:
        raise ExpressionError(f"round has no method {quoted(method)}", *meant(str(method), METHODS))
    if method == "common":
        return round(value, digits)
    near, exact = rounding.rounded(value, digits), rounding.rounded(value, digits + rounding.DIGITS)
    beyond = (near < exact) if method == "ceil" else -(near > exact)
    return float(near + beyond * Decimal(1).scaleb(-digits))


def say(value: Any, words: Words | None = None) -> str:
    """A value as it stands in prose.

    raises  ExpressionError: it is neither text nor a number
    """
    if isinstance(value, str):
        return value
    if is_number(value):
        return number(value, words=words)
    if isinstance(value, (Tally, Paired)):
        return (words or language.english()).tell(value.told)
    raise ExpressionError(f"the value is {kind(value)}", "text or a number")


def _digits(value: Any) -> int:
    """How many digits after the point."""
    if type(value) is not int or abs(value) > limits.DIGITS:
        raise ExpressionError(f"{kind(value)} digits", f"a whole number, at most {limits.DIGITS}")
    return value


def _number(value: Any, who: str) -> Any:
    if not is_number(value):
        raise ExpressionError(f"{who} needs a number, and this is {kind(value)}")
    if isinstance(value, int) and abs(value) >= 10**MOST_DIGITS:
        raise ExpressionError(f"{who} of a number with more than {MOST_DIGITS} digits")
    if not math.isfinite(value):
        raise ExpressionError(f"{who} needs a number, and this is {value}")
    return value


def kind(value: Any) -> str:
    """What a value is, for a message."""
    if value is None:
        return "nothing (None)"
    if is_number(value):
        return number(value) if abs(value) < 10**MOST_DIGITS else str(value) if isinstance(value, float) else "a number"
    kinds = {
        bool: "true or false",
        str: "text",
        list: "a list",
        tuple: "a list",
        dict: "a table",
        Results: "runs",
        Table: "a table",
        Record: "a row",
        Result: "a run",
        Tally: "a tally",
        Paired: "a comparison",
    }
    return kinds.get(type(value), "a method, not called")


def _join(values: Any, between: str = ", ", words: Words | None = None) -> str:
    return between.join(say(value, words) for value in values)


def _interval(value: Any, words: Words | None = None) -> str:
    if not isinstance(value, Tally):
        raise ExpressionError(f"interval needs a tally, and this is {kind(value)}", 'results.tally("collapsed")')
    return (words or language.english()).tell(value.told_with_interval)


def _holm(values: Any) -> list[Paired]:
    wrong = [value for value in values if not isinstance(value, Paired)] if isinstance(values, list) else [values]
    if wrong:
        told = f"holm needs a list of comparisons, and this is {kind(wrong[0])}"
        raise ExpressionError(told, '[a.paired(b, "loss"), c.paired(d, "loss")]')
    return holm(values)


class Filter(NamedTuple):
    """A filter: what it makes of a value and its arguments, and what that is in words."""

    of: Callable[..., Any]
    words: str


FILTERS: Mapping[str, Filter] = {
    "percent": Filter(percent, "a share in per cent; `percent(0)` without decimals"),
    "number": Filter(number, "a number as text; `number(2)` with two decimals"),
    "degrees": Filter(degrees, "an angle in degrees; `degrees(1)` with a decimal"),
    "year": Filter(year, "a year, whose thousands stay together: 2007"),
    "words": Filter(spelled, "a whole number in words, up to twenty"),
    "interval": Filter(_interval, "a tally with the interval of its share: 7 of 8 (53 % to 98 %)"),
    "holm": Filter(_holm, "comparisons, a list, each p adjusted for how many there are by Holm's method"),
    "abs": Filter(abs, "a number without its sign"),
    "round": Filter(
        _round, 'a number rounded; `round(2)` to two decimals, `round(2, "floor")` down and `round(2, "ceil")` up'
    ),
    "length": Filter(len, "how many there are"),
    "count": Filter(len, "how many there are"),
    "first": Filter(lambda values: values[0], "the first"),
    "last": Filter(lambda values: values[-1], "the last"),
    "min": Filter(min, "the least"),
    "max": Filter(max, "the greatest"),
    "sum": Filter(sum, "all together"),
    "sort": Filter(sorted, "from the least to the greatest"),
    "unique": Filter(lambda values: list(dict.fromkeys(values)), "each once"),
    "map": Filter(
        lambda *_: None, 'of each: `map(attribute="std_deg")`, `map("number", 1)`'
    ),  # _Walk._map: needs the walk
    "join": Filter(_join, 'one behind the other, with commas; `join(" ")` with spaces'),
    "lower": Filter(lambda text: say(text).lower(), "in small letters"),
    "upper": Filter(lambda text: say(text).upper(), "in capitals"),
    "capitalize": Filter(lambda text: say(text)[:1].upper() + say(text)[1:], "with a capital at the start"),
}


def filters(words: Words) -> Mapping[str, Callable[..., Any]]:
    """The filters in a language."""
    speaking = {number, percent, degrees, year, spelled, _interval, _join}
    made = {name: row.of for name, row in FILTERS.items()}
    return {name: functools.partial(of, words=words) if of in speaking else of for name, of in made.items()}


# What an expression looked at


@dataclass(frozen=True)
class Evidence:
    """A statistic that an expression took, and of what.

    statistic  "median", "min", …; "value" for one run's
    key        the measure or field
    value      what it was; a number, or as Words.tell takes it
    runs       ids of the runs, with their experiments
    seeds      how many different seeds these had
    of         the runs in words, as Words.tell takes them: "grid, tanh, 4 classes"
    interval   around a median, at least 95 % (from order statistics), or None below six runs; around a share, Wilson's
    extent     least and greatest value, where there are several
    told       what the key holds, where the author says it: "mean loss, nats"
    counted    what there are so many of: runs and seeds, or rows of a table
    bound      of a share ["≥", 0.5] or ["=", "relu"]: which values count; of a quantile which one, ["", 0.05]
    """

    statistic: str
    key: str
    value: Any
    runs: tuple[str, ...]
    seeds: int
    of: Mapping[str, Any]
    interval: tuple[float, float] | None = None
    extent: tuple[float, float] | None = None
    told: str = ""
    counted: tuple[str, ...] = ("{n} runs", "{n} seeds")
    bound: tuple[str, Any] | None = None

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Evidence:
        """From plain values, whose pairs are lists."""
        pairs = {key: tuple(plain[key]) for key in _TUPLES if plain[key] is not None}
        return cls(**{**plain, **pairs})


_TOLD = ("experiment", "activation", "classes")  # of runs, in words of their own
_TUPLES = ("runs", "interval", "extent", "counted", "bound")
STATISTICS = ("min", "max", "median", "mean", "std", "iqr", "quantile", "values", "distinct", "count")


def median_interval(values: Iterable[float]) -> tuple[float, float] | None:
    """The interval between order statistics that holds the median with a chance of at least COVERAGE.

    returns  None where no interval does: below six values
    source   David & Nagaraja 2003, Order Statistics, section 7.1: no assumption on the distribution
    """
    ordered = sorted(values)
    n = len(ordered)
    rank = n // 2  # from the middle on outwards: of many values few are looked at
    chance = math.exp(math.lgamma(n + 1) - math.lgamma(rank + 1) - math.lgamma(n - rank + 1) - n * math.log(2))
    inside = chance * (1 + n % 2)
    while rank and inside < COVERAGE:
        chance *= rank / (n - rank + 1)
        rank -= 1
        inside += 2 * chance
    return (ordered[rank - 1], ordered[n - rank]) if rank else None


def evidence(
    statistic: str,
    key: str,
    value: Any,
    runs: Sequence[Result | Record],
    told: str,
    bound: tuple[str, Any] | None = None,
    asked: Sequence[tuple[str, Any]] = (),
) -> Evidence:
    """What a statistic over runs, or over rows of a table, rests on."""
    rows = [run for run in runs if isinstance(run, Record)]
    counted = (ROWS, *(("{n} seeds",) if any("seed" in row.values for row in rows) else ()))
    values = [run.value(key) for run in runs] if key else []
    numbers = [v for v in values if is_number(v)]
    many = len(numbers) > 1
    interval, extent = None, (min(numbers), max(numbers)) if many else None
    if isinstance(value, (Tally, Paired)):
        interval, extent = value.interval if isinstance(value, Tally) else None, None
    elif statistic == "median" and many:
        interval = median_interval(numbers)
    return Evidence(
        statistic,
        key,
        value.told if isinstance(value, (Tally, Paired)) else value,
        tuple(run.place for run in runs),
        len({run.seed for run in runs}),
        _described(runs, asked),
        interval,
        extent,
        told,
        counted if rows else ("{n} runs", "{n} seeds"),
        bound,
    )


def _bound(given: Mapping[str, Any]) -> tuple[str, Any] | None:
    """Which values a share counts, or which quantile it is, by what its method was given."""
    signs = {"at_least": "≥", "equals": "=", "q": ""}
    return next(((sign, given[name]) for name, sign in signs.items() if given.get(name) is not None), None)


def _described(rows: Sequence[Result | Record], asked: Sequence[tuple[str, Any]]) -> Message:
    """What runs or rows have in common, in words, and what else was asked of them."""
    runs = [row for row in rows if isinstance(row, Result)]
    wanted = ((key, want if isinstance(want, tuple) else [want]) for key, want in asked if not (runs and key in _TOLD))
    conditions = [f"{key} = {' / '.join(map(str, values))}" for key, values in wanted]
    if not runs:
        tables = dict.fromkeys(row.table for row in rows if isinstance(row, Record))
        return Message(list=[Message(all=list(tables)), *conditions])
    counts = sorted({run.spec["classes"] for run in runs if "classes" in run.spec})
    several = len(counts) > 2 and counts == list(range(counts[0], counts[-1] + 1))
    parts = [
        Message(all=list(dict.fromkeys(named))) for named in ([r.experiment for r in runs], [r.label for r in runs])
    ]
    if several:
        parts.append(message("{low} to {high} classes", low=counts[0], high=counts[-1]))
    elif len(counts) == 1:
        parts.append(message("{n} classes", n=counts[0]))
    elif counts:
        parts.append(message("{counts} classes", counts=Message(all=counts)))
    return Message(list=[*parts, *conditions])


# Evaluation


def evaluate(
    source: str, names: Mapping[str, Any], seen: list[Evidence] | None = None, words: Words | None = None
) -> Any:
    """The value of an expression.

    names   what it may ask for: "results" above all, and tables by their names; None: a name to be suggested
    seen    takes each statistic that was computed on the way
    words   the language of its numbers; None: English
    raises  ExpressionError: it does not parse, asks for what is not there, or cannot be computed
            Unmeasured: it asks for what is not measured yet, and nothing else in it is wrong
    """
    tree = parse(source)
    walk = _Walk(names, [] if seen is None else seen, filters(words or language.english()))
    try:
        try:
            return walk.value(tree)
        except Unmeasured:
            walk.look_around(tree)
            raise
    except UnknownResult as error:
        raise ExpressionError(str(error.args[0])) from error
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
        said = str(error.args[0]) if error.args and isinstance(error.args[0], str) else type(error).__name__
        if lacking := _LACKING.match(said):
            raise ExpressionError(f"{lacking[1]} without its {lacking[2]}", f"{lacking[1]}(…)") from error
        if many := _TOO_MANY.match(said):
            raise ExpressionError(f"{many[1]} of more than it takes", "less in its brackets") from error
        raise ExpressionError(f"the expression has no value: {said}") from error


_LACKING = re.compile(
    r"(?:\w+\.)*(\w+)\(\) missing \d+ required (?:positional |keyword-only )?arguments?: '(\w+)'"
)  # Python's
_TOO_MANY = re.compile(r"(?:\w+\.)*(\w+)\(\) takes .* positional arguments? but .*")


@functools.lru_cache(maxsize=4096)
def parse(source: str) -> nodes.Expr:
    """What an expression says.

    raises  ExpressionError: it is not one
    """
    if len(source) > limits.EXPRESSION:
        raise ExpressionError(f"an expression of {len(source):,} characters", f"at most {limits.EXPRESSION:,}")
    try:
        parser = Parser(_GRAMMAR, source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise ExpressionError(f'"{parser.stream.current.value}" was not understood', "one expression")
    except jinja2.TemplateError as error:
        expected = ")" if source.count("(") > source.count(")") else ""
        expected = "straight quotation marks" if re.search("[“”‘’]", source) else expected
        if comma := re.search(r"(?<=[<>=])\s*(\d+),(\d+)(?=\s*[),])", source):
            expected = f"a point within a number, {comma[1]}.{comma[2]}"
        raise ExpressionError(f"the expression does not parse: {_plain_message(error)}", expected) from error
    except RecursionError as error:
        raise ExpressionError("the expression is nested too deep") from error
    return tree


_GRAMMAR = jinja2.Environment(autoescape=False)


def _plain_message(error: jinja2.TemplateError) -> str:
    said = re.sub("'?end of (?:print statement|template)'?", "its end", error.message or "").rstrip(".")
    said = re.sub("^unexpected its end.*", "it ends too early", said)
    return said[:1].lower() + said[1:]


def written_out(source: str, named: Mapping[str, str]) -> str:
    """An expression with what its names stand for in their places.

    named  name -> expression, written out
    """
    if not any(name in source for name in named):
        return source
    try:
        tokens = [(kind, text) for _, kind, text in _GRAMMAR.lex(f"{{{{ {source} }}}}")][2:-2]
    except jinja2.TemplateError:  # evaluating it will tell
        return source
    told = [at for at, (kind, _) in enumerate(tokens) if kind != "whitespace"]
    parts = [text for _, text in tokens]
    for before, at, after in zip([None, *told], told, [*told[1:], None], strict=False):
        kind, text = tokens[at]
        is_own = kind == "name" and text in named
        is_member = before is not None and tokens[before][1] in (".", "|", "is")
        if is_own and not is_member and (after is None or tokens[after][1] != "="):
            parts[at] = named[text]
    return "".join(parts)


def definition(source: str, named: Mapping[str, str]) -> str:
    """What a name stands for, written out, and in brackets where its parts could go to what stands beside it.

    raises  ExpressionError: it is no expression, or too long a one with what its own names stand for
    """
    out = written_out(source, named)
    whole = (nodes.Call, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.List, nodes.Name)
    return out if isinstance(parse(out), whole) else f"({out})"


# What is made of its parts alone: of a node, and of what gives the value of one
_SIMPLE: Mapping[type[nodes.Node], Callable[[Any, Callable[[nodes.Node], Any]], Any]] = {
    nodes.Const: lambda node, value: node.value,
    nodes.List: lambda node, value: list(map(value, node.items)),
    nodes.Tuple: lambda node, value: tuple(map(value, node.items)),
    nodes.Dict: lambda node, value: {value(pair.key): value(pair.value) for pair in node.items},
    nodes.Not: lambda node, value: not value(node.node),
    nodes.Neg: lambda node, value: -value(node.node),
    nodes.Pos: lambda node, value: +value(node.node),
    nodes.Concat: lambda node, value: "".join(map(say, map(value, node.nodes))),
}
_BINARY: Mapping[type[nodes.BinExpr], Callable[[Any, Any], Any]] = {
    nodes.Add: operator.add,
    nodes.Sub: operator.sub,
    nodes.Div: operator.truediv,
    nodes.FloorDiv: operator.floordiv,
    nodes.Mod: operator.mod,
}
_COMPARE: Mapping[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "eq": ("==", operator.eq),
    "ne": ("!=", operator.ne),
    "lt": ("<", operator.lt),
    "lteq": ("<=", operator.le),
    "gt": (">", operator.gt),
    "gteq": (">=", operator.ge),
    "in": ("in", lambda a, b: a in b),
    "notin": ("not in", lambda a, b: a not in b),
}


def _operated(sign: str, of: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """What an operator makes of two values.

    raises  ExpressionError: nothing
    """
    try:
        return of(left, right)
    except TypeError:
        wanted = "a list, or text in text, behind it" if "in" in sign else "numbers on both sides"
        raise ExpressionError(f"{sign} between {kind(left)} and {kind(right)}", wanted) from None


@dataclass(frozen=True)
class _Walk:
    """One evaluation."""

    names: Mapping[str, Any]
    seen: list[Evidence]
    filters: Mapping[str, Callable[..., Any]]

    def value(self, node: nodes.Node) -> Any:
        if isinstance(node, nodes.BinExpr):
            return self._binary(node)
        if simple := _SIMPLE.get(type(node)):
            return simple(node, self.value)
        found = getattr(self, f"_{type(node).__name__.lower()}", None)
        if found is None:
            raise ExpressionError(f'"{type(node).__name__}" is not part of an expression here')
        return found(node)

    def look_around(self, node: nodes.Node) -> None:
        """Look for mistakes in the parts of an expression that stopped at what is not measured yet."""
        for part in self._parts(node):
            try:
                self.value(part)
            except Unmeasured:
                self.look_around(part)

    def _parts(self, node: nodes.Node) -> Iterator[nodes.Node]:
        """The parts that are evaluated whatever the others turn out to be."""
        if isinstance(node, nodes.CondExpr):
            yield node.test
        elif isinstance(node, (nodes.And, nodes.Or)):
            yield node.left
        else:
            for part in node.iter_child_nodes():
                yield from self._parts(part) if isinstance(part, (nodes.Helper, nodes.Slice)) else [part]

    def _name(self, node: nodes.Name) -> Any:
        if self.names.get(node.name) is None:
            raise ExpressionError(f'unknown name "{node.name}"', *meant(node.name, self.names))
        return self.names[node.name]

    def _condexpr(self, node: nodes.CondExpr) -> Any:
        if node.expr2 is None:
            raise ExpressionError("an if without else", "a value for the other case")
        return self.value(node.expr1 if self.value(node.test) else node.expr2)

    def _binary(self, node: nodes.BinExpr) -> Any:
        left = self.value(node.left)
        if isinstance(node, nodes.And):
            return left and self.value(node.right)
        if isinstance(node, nodes.Or):
            return left or self.value(node.right)
        right = self.value(node.right)
        if isinstance(node.right, nodes.Filter) and isinstance(right, str) and not isinstance(left, str):
            raise ExpressionError(
                f"the filter {node.right.name} makes text of what stands right before it",
                f"brackets around all that it is for, like (a - b) | {node.right.name}",
            )
        if isinstance(node, (nodes.Mul, nodes.Pow)):
            left, right = _number(left, "arithmetic"), _number(right, "arithmetic")
            if isinstance(node, nodes.Mul):
                return left * right
            if left and abs(right) * abs(math.log10(abs(left))) > MOST_DIGITS:
                raise ExpressionError("a power with too many digits")
            power = left**right
            if isinstance(power, complex):
                raise ExpressionError(f"a root of {number(left)}, which has none", "a number from 0 up")
            return power
        if isinstance(left, str) and not isinstance(node, nodes.Add):
            raise ExpressionError("arithmetic needs a number, and this is text")
        return _operated(node.operator, _BINARY[type(node)], left, right)

    def _compare(self, node: nodes.Compare) -> Any:
        left = self.value(node.expr)
        for operand in node.ops:
            right = self.value(operand.expr)
            if not _operated(*_COMPARE[operand.op], left, right):
                return False
            left = right
        return True

    def _getattr(self, node: nodes.Getattr) -> Any:
        return self._member(self.value(node.node), node.attr)

    def _getitem(self, node: nodes.Getitem) -> Any:
        holder = self.value(node.node)
        if isinstance(node.arg, nodes.Slice):
            parts = (node.arg.start, node.arg.stop, node.arg.step)
            return holder[slice(*(self.value(part) if part is not None else None for part in parts))]
        key = self.value(node.arg)
        if isinstance(holder, Mapping) or (isinstance(holder, (Result, Record)) and isinstance(key, str)):
            return self._member(holder, str(key))
        if isinstance(holder, (list, tuple)):
            return holder[key]
        raise ExpressionError(f"[{key}] of {kind(holder)}", "a list or a table before [")

    def _member(self, holder: Any, name: str) -> Any:
        """A public attribute of a result, or an entry of a table."""
        if isinstance(holder, Mapping):
            if name not in holder:
                raise ExpressionError(f'unknown name "{name}"', *meant(name, map(str, holder), "measures"))
            return holder[name]
        if isinstance(holder, (Result, Record)):
            own = name in (*_FIELDS, "value") if isinstance(holder, Result) else name == "value" not in holder.values
            value = getattr(holder, name) if own else holder.value(name)
            if not own:
                self._see("value", name, value, [holder])
            return value
        known = [name for name in dir(type(holder)) if not name.startswith("_")] if _open(holder) else []
        known += [name for name in vars(holder) if not name.startswith("_")] if hasattr(holder, "__dict__") else []
        if name not in known:
            if not _open(holder):
                raise ExpressionError(f".{name} of {kind(holder)}", "a filter, like | round")
            what = holder.name if isinstance(holder, Table) else type(holder).__name__.lower()
            raise ExpressionError(f'{what} has no "{name}"', *meant(name, known, "results"))
        value = getattr(holder, name)
        if isinstance(holder, Rows) and name == "count":
            self._see("count", "", value, holder)
        return value

    def _see(
        self,
        statistic: str,
        key: str,
        value: Any,
        some: Rows[Any] | Sequence[Any],
        bound: tuple[str, Any] | None = None,
    ) -> None:
        """Note a statistic, of the rows that have a value; of a table's column, with what it holds in its author's
        words: ours are by its name.
        """
        rows, asked = (having(some, key), some.asked) if isinstance(some, Rows) else (some, ())
        table = self.names.get(rows[0].table) if rows and isinstance(rows[0], Record) else None
        told = table.columns.get(key) if isinstance(table, Table) else None
        self.seen.append(evidence(statistic, key, value, rows, told if isinstance(told, str) else "", bound, asked))

    def _call(self, node: nodes.Call) -> Any:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise ExpressionError("* in a call is not part of an expression here")
        called = self.value(node.node)
        if not callable(called):
            raise ExpressionError(f"{kind(called)} cannot be called", "it without the brackets behind it")
        arguments, named = self._given(node)
        _look(called, called.__name__, named)
        value = called(*arguments, **named)
        owner, name = getattr(called, "__self__", None), getattr(called, "__name__", "")
        if isinstance(owner, Rows) and name in ("share", "tally", "paired", *STATISTICS):
            given = inspect.signature(called).bind(*arguments, **named).arguments
            counted = owner.tally(*arguments, **named) if name == "share" else value
            some = value.rows if isinstance(value, Paired) else owner
            self._see("share" if name == "tally" else name, str(given["key"]), counted, some, _bound(given))
        if isinstance(owner, (Result, Record)) and arguments:
            self._see("value", str(arguments[0]), value, [owner])
        return value

    def _given(self, node: nodes.Call | nodes.Filter) -> tuple[list[Any], dict[str, Any]]:
        """What stands in the brackets of a call, by its place and by its name."""
        arguments = [self.value(argument) for argument in node.args]
        return arguments, {str(pair.key): self.value(pair.value) for pair in node.kwargs}

    def _filter(self, node: nodes.Filter) -> Any:
        if node.name not in FILTERS:
            raise ExpressionError(f'unknown filter "{node.name}"', *meant(node.name, FILTERS, "filters"))
        if node.node is None or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise ExpressionError(f"the filter {node.name} has nothing to work on")
        arguments, named = self._given(node)
        subject = self.value(node.node)
        if isinstance(subject, Rows) and node.name in ("length", "count"):
            self._see("count", "", len(subject), subject)
        if node.name == "map":
            return self._map(subject, arguments, named)
        _look(FILTERS[node.name].of, node.name, named)
        return self.filters[node.name](subject, *arguments, **named)

    def _map(self, subject: Any, arguments: list[Any], named: Mapping[str, Any]) -> list[Any]:
        """`map(attribute="std_deg")` or `map("number", 1)`, of each item."""
        if named.keys() == {"attribute"} and not arguments:
            return [self._member(item, str(named["attribute"])) for item in subject]
        if arguments and arguments[0] not in FILTERS:
            raise ExpressionError(f'unknown filter "{arguments[0]}"', *meant(str(arguments[0]), FILTERS, "filters"))
        if not arguments or arguments[0] == "map" or named:
            raise ExpressionError("map does not know what to take", 'map(attribute="std_deg") or map("number", 1)')
        return [self.filters[arguments[0]](item, *arguments[1:]) for item in subject]


def _look(called: Callable[..., Any], name: str, named: Mapping[str, Any]) -> None:
    """Look whether what is called takes arguments of these names.

    raises  ExpressionError: it does not
    """
    if not named:
        return
    try:
        taken = inspect.signature(called).parameters.values()
    except ValueError:  # Python tells nothing of some functions of its own
        return
    known = [each.name for each in taken if each.name != "words"]
    if any(each.kind == each.VAR_KEYWORD for each in taken):
        return
    for key in named:
        if key not in known:
            raise ExpressionError(f'{name} takes no "{key}"', *meant(key, known))


_FIELDS = ("id", "experiment", "key", "label", "spec", "measures", "pictures", "files")


def _open(holder: Any) -> bool:
    """Whether an object's public attributes are for authors: ours are, Python's own are not."""
    return type(holder).__module__.partition(".")[0] != "builtins" and not callable(holder)

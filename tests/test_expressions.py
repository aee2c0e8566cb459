"""Expressions in prose: values, filters, what they looked at, and what they may not do."""

import math
import random
import statistics

import pytest
from test_markup import grid

from generator.markup.expressions import (
    ExpressionError,
    definition,
    evaluate,
    median_interval,
    number,
    percent,
    say,
    spelled,
    written_out,
)
from generator.runs.results import Record, Result, Results, Table


def value(source, **names):
    return evaluate(source, {"results": grid(), **names})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("results.count", 18),
        ("results | length", 18),
        ("results.where(classes=4, activation='tanh').count", 3),
        ("results.where(classes=[2, 3]).count + 1", 13),
        ("results.one(classes=3, seed=2).accuracy", 0.976),
        ("results.one(classes=3, seed=2)['accuracy']", 0.976),
        ("results.runs[0].spec.classes", 2),
        ("results.runs[-1].label", "ReLU"),
        ("results.distinct('classes') | join", "2, 3, 4"),
        ("results.distinct('classes') | map('words') | join(' and ')", "two and three and four"),
        ("results.runs[:2] | map(attribute='seed') | sum", 3),
        ("results.one(classes=2).angles[1] - 0.5", 60.0),
        ("(results.max('accuracy') - results.min('accuracy')) * 1000 | round | abs", pytest.approx(10)),
        ("0.9239 | round(2, 'ceil') | percent(0)", "93\u202f%"),
        ("0.9711 | round(2, 'floor') | percent(0)", "97\u202f%"),
        (
            "[0.29 | round(2, 'floor'), 0.1 + 0.2 | round(1, 'ceil'), -0.4656 | round(2, 'ceil')] | join",
            "0.29, 0.3, −0.46",
        ),
        ("2 ** 3 / 4 // 1 % 2", 0.0),
        ("'more' if results.count > 10 else 'fewer'", "more"),
        ("1 < 2 < 3 and not 2 in [1, 3] or false", True),
        ("'a' ~ 1 ~ 0.5", "a10.5"),
        ("-(+3)", -3),
        ("{'a': [1, 2]}.a | last", 2),
        ("('x', 'y') | first | upper", "X"),
    ],
)
def test_values(source, expected):
    assert value(source) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (number(12345), "12,345"),
        (number(-0.004, 2), "0.00"),
        (number(-1.5), "−1.5"),
        (number(0.00123456), "0.00123"),
        (number(1234.5678), "1,235"),
        (number(0), "0"),
        (number(5.2912e-11), "5.29\u00a0×\u00a010⁻¹¹"),
        (number(-1e21), "−1\u00a0×\u00a010²¹"),
        (number(10**15), "1,000,000,000,000,000"),
        (number(9.7325e17), "9.73\u00a0×\u00a010¹⁷"),
        (number(5.2912e-11, 3), "0.000"),
        (percent(0.9729), "97.3\u202f%"),
        (percent(0.99999), "99.9\u202f%"),
        (percent(1), "100.0\u202f%"),
        (percent(0.99999, 0), "99\u202f%"),
        (percent(-0.05, 0), "−5\u202f%"),
        (spelled(7), "seven"),
        (spelled(21), "21"),
        (say(0.97666), "0.977"),
        (say("text"), "text"),
    ],
)
def test_numbers_as_prose_says_them(text, expected):
    assert text == expected


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("results.__class__", 'results has no "__class__"'),
        ("results._of", 'results has no "_of"'),
        ("results.where.__globals__", ".__globals__ of a method, not called"),
        ("results.one(classes=2).__class__", 'unknown result "__class__"'),
        ("'x'.format(1)", ".format of text"),
        ("''.__class__.__mro__", ".__class__ of text"),
        ("[].append(1)", ".append of a list"),
        ("open('x')", 'unknown name "open"'),
        ("results.where(**{'classes': 2})", "* in a call is not part of an expression here"),
        ("'a' * 10 ** 9", "arithmetic needs a number, and this is text"),
        ("'%s' % 1", "arithmetic needs a number, and this is text"),
        ("(1, 2) is iterable", '"Test" is not part of an expression here'),
        ("results.one(classes=2) | percent", "percent needs a number, and this is a run"),
        ("results.median('label')", '"label" holds words; expected numbers'),
        ("results.paired(results, 'label')", '"label" holds words; expected numbers'),
        ("results.share('accuracy', at_least='x')", "at_least is 'x'; expected a number"),
        ("results.count()", "18 cannot be called"),
        ("2.5 | words", "words needs a whole number, and this is 2.5"),
        ("2.5 | round(0, 'up')", 'round has no method "up"'),
        ("2.5 | round(0, [])", "round has no method []"),
        ("results.count | number(1, 2)", "number of more than it takes"),
        ("results.max()", "max without its key"),
        ("results.std('accuracy', 3, 4)", "std of more than it takes"),
        ("results.quantile('accuracy', -0.5)", "a quantile of -0.5; expected a number from 0 to 1"),
        ("results.quantile('accuracy', 'x')", "a quantile of x; expected a number from 0 to 1"),
        ("(-1) ** 0.5", "a root of −1, which has none"),
        ("'a' + 1", "+ between text and 1"),
        ("3 - results", "- between 3 and runs"),
        ("results > 3", "> between runs and 3"),
        ("1 in 3", "in between 1 and 3"),
        ("results |", "the expression does not parse: "),
        ("a b", '"b" was not understood'),
        ("", "the expression does not parse: "),
    ],
)
def test_what_an_expression_may_not_do(source, said):
    with pytest.raises(ExpressionError) as caught:
        say(value(source))
    assert caught.value.wrong.startswith(said)


@pytest.mark.parametrize(
    ("source", "out"),
    [
        ("a.count", "results.where(x=1).count"),
        ("-0.5 < a.count", "-0.5 < results.where(x=1).count"),
        ("f(a=a, b=[a])", "f(a=results.where(x=1), b=[results.where(x=1)])"),
        ("f(a =a)", "f(a =results.where(x=1))"),
        ("b.a | a", "b.a | a"),
        ("'a' ~ a ~ \"a\"", "'a' ~ results.where(x=1) ~ \"a\""),
        ("sum * 2", "(1 + 2) * 2"),
        ("a == a", "results.where(x=1) == results.where(x=1)"),
        ("a ~ 'it", "a ~ 'it"),  # does not parse: as it is
        ("", ""),
    ],
)
def test_names_are_written_out_where_they_are_names(source, out):
    named = {"a": definition("results.where(x=1)", {}), "sum": definition("1 + 2", {})}
    assert written_out(source, named) == out


def test_names_beside_the_results():
    assert value("proved.square[4] * 2", proved={"square": [0, 0, 1, 2, 3]}) == 6


def test_statistics_leave_evidence():
    seen = []
    assert evaluate(
        "results.where(activation='tanh').median('accuracy') > results.one(classes=2).accuracy",
        {"results": grid()},
        seen,
    )
    median, single = seen
    assert (median.statistic, median.key, len(median.runs), median.seeds) == ("median", "accuracy", 9, 3)
    assert str(median.of) == "grid, tanh, 2 to 4 classes" and median.extent == (0.972, 0.982)
    assert median.interval == median_interval([0.97 + 0.001 * s * k for k in (2, 3, 4) for s in (1, 2, 3)])
    assert (single.statistic, single.value, single.runs) == ("value", 0.972, ("grid/k2-tanh-s1",))


def test_evidence_counts_the_rows_that_have_a_value():
    cells = [(1, 0.5, "a"), (2, None, "b"), (3, 0.7, None), (4, None, "b")]
    rows = [Record("scan", at, {"seed": s, "loss": loss, "law": law}) for at, (s, loss, law) in enumerate(cells, 1)]
    names = {"scan": Table(rows, "scan")}
    for source, counted in (
        ("scan.median('loss')", 2),
        ("scan.tally('loss', at_least=0.6)", 2),
        ("scan.share('law', equals='b')", 3),
        ("scan.where(seed=[1, 2]).max('loss')", 1),
        ("scan.count", 4),
    ):
        seen = []
        evaluate(source, names, seen)
        assert (len(seen[0].runs), seen[0].seeds) == (counted, counted), source


def test_evidence_is_of_the_runs_that_know_the_key():
    runs = [
        Result(f"r{at}", "grid", "", "tanh", {"seed": at, "classes": 2}, {"accuracy": 1.0}, {}, {}) for at in (1, 2)
    ]
    noisy = [Result("n", "noisy", "", "tanh", {"seed": 3, "classes": 2, "noise": 0.1}, {"accuracy": 1.0}, {}, {})]
    seen = []
    assert evaluate("results.median('noise')", {"results": Results([*runs, *noisy])}, seen) == 0.1
    assert seen[0].runs == ("noisy/n",) and str(seen[0].of) == "noisy, tanh, 2 classes"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("scan.share('law')", '"law" holds words; expected numbers, or equals=…'),
        ("scan.tally('part')", '"part" holds fractions; expected at_least=…, or equals=…'),
        ("scan.tally('seed', at_least=2, equals=3)", "both at_least and equals; expected one of them"),
    ],
)
def test_what_a_share_counts_is_said_once(source, said):
    rows = [Record("scan", at, {"seed": at, "law": "tied", "part": at / 2}) for at in (1, 2, 3)]
    with pytest.raises(ExpressionError) as raised:
        evaluate(source, {"scan": Table(rows, "scan")})
    assert raised.value.wrong == said


def test_the_interval_around_a_median_holds_it_as_often_as_it_says():
    rng = random.Random(1)
    for n in (6, 9, 20):
        held = sum(
            low <= 0 <= high
            for low, high in (median_interval([rng.gauss(0, 1) for _ in range(n)]) for _ in range(2000))
        )
        assert held / 2000 > 0.95 - 3 * math.sqrt(0.95 * 0.05 / 2000)
    assert median_interval([1.0] * 5) is None
    low, high = median_interval(range(6))
    assert (low, high) == (0, 5) and low <= statistics.median(range(6)) <= high


def test_the_interval_around_a_median_is_the_narrowest_that_is_sure_enough_of_however_many_values():
    def surely(n: int, rank: int) -> bool:
        return 20 * 2 * sum(math.comb(n, below) for below in range(rank)) <= 2**n

    for n in range(6, 300):
        low, high = median_interval(range(n))
        assert low + high == n - 1 and surely(n, low + 1) and not surely(n, low + 2), n
    assert median_interval(range(1_000_000)) == (499_019, 500_980)  # scipy.stats.binom; term by term it takes hours

"""Charts: what a reader reads off them are the values, by eye, by keyboard and in words; every mistake has its line."""

import itertools
import math
import random
import re
import shutil
import statistics
from pathlib import Path

import pytest
from playwright.sync_api import expect

from generator.base import language, style
from generator.base.overlay import Overlay, default_templates
from generator.base.progress import Progress
from generator.build import build
from generator.content import experiments, texts
from generator.markup import document, tabulation
from generator.markup.blocks.figure import FigureCall, OptionError
from generator.options import Options
from generator.runs.results import Record, Results, Table
from generator.site import dry_run
from generator.site.charts import MOST_COLOURS, MOST_FACETS, MOST_MARKS, chart
from generator.site.charts.marks import MARKS, SHAPES
from generator.site.charts.scales import Numbers, log_spaced, ticks
from generator.site.templates import TemplateRenderer
from tests.edits import add

TINY = Path(__file__).parent / "sites" / "tiny"
NEAR = 2e-3  # of an axis: places are written with two decimals of a per cent
SENTENCES = re.compile(r"\{\w*\}")


def scan(rows, columns=None):
    return Table([Record("scan", at, row) for at, row in enumerate(rows, 1)], "scan", columns or {})


def drawn(rows, words=None, columns=None, **options):
    names = {"scan": scan(rows, columns), "results": Results([])}
    return chart({"data": "scan"} | options, names, words or language.english())


def cents(place):
    return float(place.removesuffix("%")) / 100


def read_off(axis, place, log=False):
    """The value at a place, by the two outermost ticks, as a reader would find it."""
    (low, first), *_, (high, last) = [(cents(at), number(text)) for at, text in axis.ticks]
    share = (place - low) / (high - low)
    return math.exp(math.log(first) + share * math.log(last / first)) if log else first + share * (last - first)


def number(text):
    """A number as English pages write it: 0.25, −1,234, 1.64 × 10⁻⁵, 10⁷."""
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    plain = re.sub("^10(?=[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])| × 10", lambda found: "e" if found[0].strip() != "10" else "1e", text)
    return float(plain.translate(raised).replace("−", "-").replace(",", ""))


def grid(seed=3):
    """Three rates by two kinds, seven seeds each, in a shuffled order."""
    chance = random.Random(seed)
    rows = [
        {"rate": rate, "kind": kind, "seed": at, "score": rate * 3 + (kind == "b") + chance.random()}
        for rate, kind, at in itertools.product((0.1, 0.25, 0.9), "ab", range(7))
    ]
    chance.shuffle(rows)
    return rows


@pytest.mark.parametrize(
    ("of_x", "of_y", "log"),
    [
        ((0.3, 9.7), (-4, 120), False),
        ((1e-7, 3e-7), (2.5e6, 9e8), False),
        ((-1, 1), (0.991, 0.992), False),
        ((5, 5), (0, 0), False),
        ((0.3, 9.7), (2.5e6, 9e8), True),
        ((1e-7, 3e-3), (40, 60), True),
    ],
)
def test_a_value_is_read_off_the_axes(of_x, of_y, log):
    chance = random.Random(1)
    rows = [{"x": chance.uniform(*of_x), "y": chance.uniform(*of_y)} for _ in range(40)]
    scale = "log" if log else "linear"
    found = drawn(rows, x="x", y="y", mark="points", x_scale=scale, y_scale=scale)
    wanted = sorted(rows, key=lambda row: row["x"])
    assert len(found.x.ticks) > 1 and len(found.y.ticks) > 1
    for mark, row in zip(found.panels[0].marks, wanted, strict=True):
        for axis, place, value in ((found.x, cents(mark.x), row["x"]), (found.y, cents(mark.y), row["y"])):
            shown = [number(text) for _, text in axis.ticks]
            seen = read_off(axis, place, log)
            apart = (
                abs(math.log(seen / value)) / math.log(max(shown) / min(shown))
                if log
                else abs(seen - value) / (max(shown) - min(shown))
            )
            assert apart < NEAR
            assert -0.001 <= place <= 1.001


def test_lines_are_medians_and_bands_the_middle_half():
    rows = grid()
    found = drawn(rows, x="rate", y="score", colour="kind")
    assert found.mark == "band" and [text for _, text in found.x.ticks] == ["0.10", "0.25", "0.90"]
    [panel] = found.panels
    wanted = [(kind, rate, [r["score"] for r in rows if (r["kind"], r["rate"]) == (kind, rate)])
              for kind in dict.fromkeys(r["kind"] for r in rows) for rate in (0.1, 0.25, 0.9)]  # fmt: skip
    bands = {at: d for look, at, d in panel.paths if look == "band"}
    for index, (mark, (_, rate, scores)) in enumerate(zip(panel.marks, wanted, strict=True)):
        assert (mark.at, index // 3) == (index // 3, mark.at)
        assert read_off(found.x, cents(mark.x)) == pytest.approx(rate, abs=0.003)
        assert read_off(found.y, cents(mark.y)) == pytest.approx(statistics.median(scores), abs=0.01)
        edge = [float(pair.split()[1]) / 100 for pair in bands[mark.at].strip("MZ").split("L")]
        at = index % 3
        low, _, high = statistics.quantiles(scores, n=4, method="inclusive")
        assert read_off(found.y, edge[at]) == pytest.approx(high, abs=0.01)
        assert read_off(found.y, edge[-1 - at]) == pytest.approx(low, abs=0.01)
    assert [row[:2] for of in found.groups for row in of] == [(kind, f"{rate:g}") for kind, rate, _ in wanted]
    assert [key.text for _, key in panel.ends] == [of[0][0] for of in found.groups] and not found.legend


def test_a_strip_keeps_each_row_in_its_band_beside_the_others():
    rows = grid()
    found = drawn(rows, x="rate", y="score", colour="kind", mark="strip")
    assert found.x.bands == ("0.1", "0.25", "0.9") and [key.text for key in found.legend] == list(
        dict.fromkeys(row["kind"] for row in rows)
    )
    places = {}
    for mark, cells in zip(found.panels[0].marks, [row for of in found.groups for row in of], strict=True):
        lane = (found.x.bands.index(cells[1]) + mark.at / 2) / 3
        assert lane < cents(mark.x) < lane + 1 / 6
        assert read_off(found.y, cents(mark.y)) == pytest.approx(float(cells[2]), abs=0.01)
        places.setdefault((cells[0], cells[1]), set()).add(mark.x)
    assert all(len(beside) == 7 for beside in places.values())
    assert found == drawn(rows, x="rate", y="score", colour="kind", mark="strip")
    medians = [d for look, _, d in found.panels[0].paths if look == "median"]
    assert len(medians) == 6


@pytest.mark.parametrize("values", [[0, 0.1, 0.1, 0.3, 0.95, 1], [3] * 9, [*range(50)], [-7.5, 12.25, 1e4]])
def test_a_histogram_counts_every_value_once(values):
    found = drawn([{"x": value} for value in values], x="x")
    [rows] = found.groups
    ends = [(number(low), number(high), int(count)) for low, high, count in rows]
    assert sum(count for *_, count in ends) == len(values) and found.mark == "histogram"
    for at, (low, high, count) in enumerate(ends):
        last = at == len(ends) - 1
        assert count == sum(low <= value < high or (last and value == high) for value in values)
    most = max(count for *_, count in ends)
    for mark, (*_, count) in zip(found.panels[0].marks, ends, strict=True):
        assert read_off(found.y, cents(mark.y)) == pytest.approx(count, abs=0.01 * most)
        assert cents(mark.y) + cents(mark.height) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("scale", "told"), [(1e-12, ("10⁻¹²", "9.6 × 10⁻¹²")), (1e12, ("10¹²", "9.6 × 10¹²"))])
def test_heat_of_any_scale_has_short_numbers(scale, told):
    rows = [{"x": x, "y": "low", "loss": loss * scale} for x, loss in ((1, 1.0), (2, 4.2), (4, 9.6))]
    found = drawn(rows, x="x", y="y", colour="loss", mark="heat")
    assert (found.shades[0], found.shades[-1]) == told


def test_heat_is_shaded_by_medians():
    chance = random.Random(5)
    rows = [{"x": x, "y": y, "loss": chance.random()} for x in (1, 2, 4) for y in ("low", "high") for _ in range(5)]
    found = drawn(rows, x="x", y="y", colour="loss")
    assert found.mark == "heat" and found.y.bands == ("low", "high") and found.x.bands == ("1", "2", "4")
    medians = {}
    for row in rows:
        medians.setdefault((str(row["x"]), row["y"]), []).append(row["loss"])
    cells = [(mark, statistics.median(medians[tuple(row[:2])])) for mark, row in
             zip(found.panels[0].marks, found.groups[0], strict=True)]  # fmt: skip
    by_value = [float(mark.opacity) for mark, _ in sorted(cells, key=lambda cell: cell[1])]
    assert by_value == sorted(by_value) and len(cells) == 6
    assert all(float(mark.text) == pytest.approx(value, abs=0.006) for mark, value in cells)
    for mark, row in zip(found.panels[0].marks, found.groups[0], strict=True):
        assert (cents(mark.middle[0]), cents(mark.middle[1])) == pytest.approx(
            ((found.x.bands.index(row[0]) + 0.5) / 3, (found.y.bands.index(row[1]) + 0.5) / 2), abs=1e-3
        )


def test_small_multiples_share_their_axes_and_colours():
    rows = [{"x": at, "y": at * scale, "of": scale, "kind": kind}
            for at in range(5) for scale in (1, 10) for kind in "ab" if (scale, kind) != (1, "a")]  # fmt: skip
    found = drawn(rows, x="x", y="y", colour="kind", facet="of", mark="points")
    assert [panel.title for panel in found.panels] == ["of 1", "of 10"]
    assert {mark.at for mark in found.panels[0].marks} < {mark.at for mark in found.panels[1].marks}
    tops = [min(cents(mark.y) for mark in panel.marks) for panel in found.panels]
    assert read_off(found.y, tops[0]) == pytest.approx(4, abs=0.1) and read_off(found.y, tops[1]) == pytest.approx(40)


@pytest.mark.parametrize(
    ("found", "order"),
    [
        (["low", "high", "medium"], ["low", "high", "medium"]),
        (["width 16", "width 8", "width 128"], ["width 8", "width 16", "width 128"]),
        (["lr 0.1", "lr 0.05", "lr 0.25"], ["lr 0.05", "lr 0.1", "lr 0.25"]),
        (["v1.10.0", "v1.9.2"], ["v1.9.2", "v1.10.0"]),
        (["tanh 16", "relu 16", "tanh 8", "none", "relu 8"], ["tanh 8", "tanh 16", "relu 8", "relu 16", "none"]),
        (["late", "3", 10, 9], [9, 10, "late", "3"]),
    ],
)
def test_values_have_one_order_in_charts_and_tables(found, order):
    rows = [{"kind": kind, "score": at} for at, kind in enumerate([*found, *found])]
    assert list(drawn(rows, mark="strip", x="kind", y="score").x.bands) == list(map(str, order))
    table = tabulation.table(scan(rows), ["kind"], ["score"], {})
    assert [row["heads"][0]["value"] for row in table["rows"]] == order


def test_the_legend_says_the_colours_that_are_drawn():
    """Also where the first of the small multiples lacks one."""
    rows = [dict(zip("fcx", row, strict=True)) for row in [("f1", "y", 1), ("f2", "x", 2), ("f1", "z", 3)]]
    made = drawn(rows, mark="points", x="x", y="x", colour="c", facet="f")
    said = {key.at: key.text for key in made.legend}
    marks = [mark.at for panel in made.panels for mark in panel.marks]
    assert [said[at] for at in marks] == ["y", "z", "x"]


def test_a_scale_is_logarithmic_where_that_is_clear_and_says_so():
    assert all(map(log_spaced, ([1e-3, 3e-3, 1e-2, 3e-2], [8, 16, 32, 64, 128], [1, 2, 5, 10, 20])))
    assert not any(map(log_spaced, ([1, 2, 3, 4, 5, 6, 7], [0, 1, 10, 100], [2, 4, 8], [0.1, 0.5, 0.9], [1, 100], [])))
    rows = [{"x": 10**power, "y": 1} for power in (-4, -3, -2, -1)]
    assert drawn(rows, x="x", y="y").x.title == "x (logarithmic)"
    assert drawn(rows, x="x", y="y", x_scale="linear").x.title == "x"


@pytest.mark.parametrize("value", [1.0, 0.97, 0, -3, 240])
def test_values_that_are_all_equal_stand_on_an_axis_that_reaches_to_0_and_not_beyond(value):
    shown = drawn([{"rate": at, "score": value} for at in range(5)], x="rate", y="score", mark="points")
    low, *_, high = [number(text) for _, text in shown.y.ticks]
    assert low <= value <= high and 0 in (low, high) and high - low <= 1.3 * (abs(value) or 1)


def test_words_and_units_are_those_of_the_columns():
    rows = [{"angle_deg": 3, "loss": 1, "noise": 2}, {"angle_deg": 30, "loss": 2, "noise": 3}]
    about = {"loss": "mean cross-entropy, nats", "angle_deg": "least angle"}
    found = drawn(rows, x="angle_deg", y="loss", colour="noise", columns=about)
    assert (found.x.title, found.y.title) == ("angle, degrees", "loss, nats")
    assert dict(found.about)["loss"] == "mean cross-entropy, nats"
    german = drawn(rows, language.load("de", Overlay(default_templates())), about, x="angle_deg", y="loss")
    assert german.x.title == "angle, Grad" and german.y.title == "Verlust, Nats"


@pytest.mark.parametrize("mark", MARKS)
def test_words_of_the_authors_head_all_that_a_chart_says(mark):
    keys = {"x": "rate", "y": "kind" if MARKS[mark].y == "category" else "score", "facet": "seed"}
    keys["colour"] = "score" if mark == "heat" else "kind"
    keys = {option: key for option, key in keys.items() if option == "facet" or getattr(MARKS[mark], option)}
    about = {key: f"what {key} holds" for key in keys.values()}
    found = drawn(grid(), columns=about, mark=mark, **{option: {key: f"My {option}"} for option, key in keys.items()})
    said = repr([found.x, found.y, found.legend_title, found.heads, found.panels, found.alt, found.about])
    plain = re.sub("what [a-z]+ holds", "", said)
    assert all(f"My {option}" in plain for option, key in keys.items() if option != "facet" or found.heads)
    assert not any(re.search(rf"\b{key}\b", plain) for key in {*keys.values()} - {"kind"})


@pytest.mark.parametrize("tag", ["en", "de", "fr", "es", "zh", "ar"])
@pytest.mark.parametrize("mark", MARKS)
def test_the_text_in_its_place_has_the_numbers(tag, mark):
    words = language.load(tag, Overlay(default_templates()))
    rows = grid()
    keys = {"x": "rate", "y": "kind" if MARKS[mark].y == "category" else "score", "colour": "score"}
    keys["colour"] = "score" if mark == "heat" else "kind"
    keys = {option: key for option, key in keys.items() if getattr(MARKS[mark], option)}
    found = drawn(rows, words, mark=mark, **keys)
    assert not SENTENCES.search(found.alt) and words("{n} values", n=42) in found.alt
    of = keys.get("colour") if mark == "heat" else keys.get("y", "rate")
    values = [row[of] for row in rows]
    for told in (min(values), max(values)):
        assert words.fixed(told, 2 - math.floor(math.log10(told))).rstrip("0") in found.alt
    if mark in ("strip", "points"):
        here = [row["score"] for row in rows if row["kind"] == "a" and (mark == "points" or row["rate"] == 0.9)]
        assert words("median {value}", value=words.fixed(statistics.median(here), 2)).rstrip("0") in found.alt


def test_what_is_no_value_is_left_out_and_counted():
    odd = [{"x": None, "y": 1}, {"x": 1, "y": math.nan}, {"x": 2, "y": math.inf}, {"x": 3, "y": 10**400}]
    found = drawn([{"x": 1, "y": 2}, {"x": 2, "y": 3}, *odd], x="x", y="y")
    assert found.missing == 4 and len(found.panels[0].marks) == 2


def test_series_are_told_apart_by_the_shapes_of_classes():
    assert len(set(SHAPES.values())) == len(style.MARKERS)


def test_a_chart_takes_no_time_to_read():
    made = drawn(grid(), x="rate", y="score", mark="points")
    call = FigureCall("chart", {}, "", "fig-chart", "1", "article.md:1")
    given = {"call": call, "options": {}, "chart": lambda: made}
    html = TemplateRenderer(Overlay(default_templates())).render("figures/chart.html", given)
    assert html.count("<tr>") == 43 and document._count_words(f"<p>Two words.</p>\n{html}<p>One.</p>") == 3


# Mistakes

WRONG = [
    ({}, "", "a chart without x"),
    ({"x": "rat"}, "x", 'unknown column "rat"; did you mean "rate"?'),
    ({"x": "rate", "colour": "knid"}, "colour", 'unknown column "knid"; did you mean "kind"?'),
    ({"x": "rate", "y": "score", "mark": "pionts"}, "mark", 'unknown mark "pionts"; did you mean "points"?'),
    ({"x": "rate", "y": "kind", "mark": "line"}, "y", 'kind of scan/1 is "b"; expected numbers, for line'),
    ({"x": "kind"}, "mark", "strip without y; expected y: the name of a key or column"),
    ({"x": "rate", "colour": "kind", "mark": "histogram"}, "colour", "a histogram takes no colour; expected facet"),
    ({"x": "rate", "y": "score", "x_scale": "lgo"}, "x_scale", 'x_scale is "lgo"; did you mean "log"?'),
    ({"x": "seed", "y": "score", "x_scale": "log"}, "x_scale", "seed is 0; expected numbers above 0, for log"),
    ({"x": "kind", "y": "score", "x_scale": "log"}, "x_scale", "strip with x_scale; expected an axis of numbers"),
    ({"x": {"rat": "Rate"}}, "x", 'unknown column "rat"; did you mean "rate"?'),
    ({"x": {"rate": 1}}, "x", "x is {'rate': 1}; expected the name of a key or column, perhaps with words"),
    ({"x": 5}, "x", "x is 5; expected the name of a key or column"),
    ({"x": "rate", "data": "scna"}, "data", 'unknown name "scna"; did you mean "scan"?'),
    ({"x": "rate", "data": "scan.count"}, "data", "data is 42; expected rows, such as"),
    ({"x": "rate", "data": "results"}, "data", "there is nothing to draw; expected data: scan"),
    ({"x": "rate", "data": "scan.where(kind='c')"}, "data", "no row with kind='c'"),
    ({"x": "rate", "kind": "c"}, "kind", "no row with kind='c'"),
    ({"x": "rate", "y": "score", "colour": "name"}, "colour", f"name has 42 values; expected at most {MOST_COLOURS}"),
    ({"x": "rate", "y": "score", "facet": "name"}, "facet", f"name has 42 values; expected at most {MOST_FACETS}"),
    ({"x": "rate", "y": "empty"}, "y", 'no row has a value for "empty"'),
    ({"x": "rate", "y": "half", "facet": "rest"}, "", "there is nothing to draw; expected rows that have all of rate"),
    ({"x": "rate", "y": "table"}, "y", "table of scan/1 is a table; expected numbers or words"),
]


@pytest.mark.parametrize(("options", "option", "said"), WRONG)
def test_a_mistake_is_told_with_its_option(options, option, said):
    rows = [
        row | {"name": f"n{at}", "empty": None, "table": {"a": 1}, "half": (None, 1)[at % 2], "rest": (1, None)[at % 2]}
        for at, row in enumerate(sorted(grid(), key=lambda row: row["kind"], reverse=True))
    ]  # fmt: skip
    with pytest.raises(OptionError) as raised:
        drawn(rows, **options)
    error = raised.value
    told = "; ".join(filter(None, [error.wrong, error.expected and f"expected {error.expected}"]))
    told += f'; did you mean "{error.nearest}"?' if error.nearest else ""
    assert (error.option, told[: len(said)]) == (option, said)


def test_too_many_marks_are_refused_and_medians_are_not():
    rows = [{"x": at % 7, "y": at} for at in range(MOST_MARKS + 1)]
    with pytest.raises(OptionError, match="2,001 marks to draw") as refused:
        drawn(rows, x="x", y="y", mark="points")
    assert refused.value.expected == f"at most {MOST_MARKS}: fewer rows, or mark: line or band"
    for mark in ("line", "band"):  # what is advised is drawn
        assert len(drawn(rows, x="x", y="y", mark=mark).panels[0].marks) == 7
    for keys in ({"x": "y", "y": "x"}, {"x": "word", "y": "y"}):  # as many medians as rows, or words
        with pytest.raises(OptionError) as refused:
            drawn(
                [row | {"word": "a"} for row in rows], **keys, **({} if "word" in keys.values() else {"mark": "line"})
            )
        assert refused.value.expected == f"at most {MOST_MARKS}: fewer rows"
    assert len(drawn(rows, x="x", y="y").panels[0].marks) == 7


CHART = """
/// figure | chart
    id: fig-scores
    x: activation
    y: accuracy
    colour: activation
    mark: strip

**Scores.** Two networks.
///

/// figure | chart
    id: fig-points
    data: results.where(classes=2)
    x: least_angle_deg
    y: loss
    facet: activation
    mark: line

**Losses.** One a panel.
///

/// figure | chart
    id: fig-cells
    x: classes
    y: activation
    colour: accuracy
    mark: heat

**Cells.** A row an activation.
///
"""


def test_mistakes_have_their_lines_before_anything_is_trained(article):
    page = article / "article.md"
    text = page.read_text("utf-8") + CHART
    page.write_text(text, "utf-8")

    def said():
        plan = experiments.read(article / "experiments.toml")
        _, found = dry_run.rehearse(texts.read(article), plan, TemplateRenderer(Overlay(default_templates())))
        return [str(problem).removeprefix(f"{page}:") for problem in found]

    assert said() == []
    for right, wrong, told in [
        ("y: accuracy", "y: acuracy", 'unknown result "acuracy"; did you mean "accuracy"?'),
        ("mark: line", "mark: lines", 'unknown mark "lines"; did you mean "line"?'),
        ("x: least_angle_deg", "x: activation", 'activation of grid/k2-tanh-s1 is "tanh"; expected numbers, for line'),
        ("facet: activation", "facets: activation", 'unknown option "facets" of figure; did you mean "facet"?'),
    ]:
        changed = text.replace(right, wrong, 1)
        page.write_text(changed, "utf-8")
        line = text[: text.index(right)].count("\n") + 1
        assert said() == [f"{line}: {told}"]


# In the page


@pytest.fixture(scope="module")
def built(cache, tmp_path_factory, one_worker_is_this_process):
    """The tiny article with two charts, built."""
    folder = tmp_path_factory.mktemp("charts")
    content = shutil.copytree(TINY, folder / "content")
    add(content / "article.md", CHART)
    build(Options(content=content, out=folder / "site", cache=cache, workers=1), Progress(quiet=True))
    return folder / "site"


def test_a_column_is_called_as_its_file_calls_it():
    """As tables of results do: `mass_g` is a name for expressions alone."""
    rows = [{"mass_g": 1.5, "share": 10, "note": 1}, {"mass_g": 2.5, "share": 20, "note": 2}]
    columns = {"mass_g": "mass [g]", "share": "share, %", "note": "what was noted"}
    found = drawn(rows, x="mass_g", y="share", colour="note", columns=columns)
    assert (found.x.title, found.y.title, found.legend_title) == ("mass [g]", "share, %", "note")
    assert list(found.about) == [("note", "what was noted")]


def test_words_of_a_file_are_no_words_of_the_page():
    """ "Note" heads a remark of a page, and "Dark" its button: in German a grade, a treatment."""
    rows = [{"Note": n, "kind": kind, "loss": n} for n, kind in enumerate(("Dark", "none", "Light"))]
    german = language.load("de", Overlay(default_templates()))
    found = drawn(rows, german, x="kind", y="Note", facet="loss")
    assert (found.x.title, found.y.title) == ("kind", "Note")
    assert "Verlust 2" in repr(found) and "Dark" in repr(found) and "Dunkel" not in repr(found)


def test_the_page_holds_the_values_without_scripts(built):
    html = (built / "index.html").read_text("utf-8")
    figure = html[html.index('id="fig-scores"') : html.index('id="fig-points"')]
    assert "style=" not in figure[: figure.index("<figcaption")] and "<img" not in figure
    [alt] = re.findall(r'role="img" aria-label="([^"]+)"', figure)
    cells = re.findall(r"<td>([^<]+)</td>", figure)
    assert alt.startswith("Accuracy by activation (2 values).") and cells[0] == "tanh"
    assert figure.count("data-mark") == 2 and cells[2] in alt
    assert "1 minute to read" in html and "Values of figure 2" in html


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.breadth)])
def test_values_are_read_by_pointer_and_by_keyboard(built, browser, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((built / "index.html").as_uri())
    chart = page.locator("#fig-scores .chart-body")
    reader, card = chart.get_by_role("slider"), chart.locator(".chart-card")
    page.locator("#fig-scores").scroll_into_view_if_needed()
    chart.locator("[data-mark]").nth(1).hover()
    expect(card).to_contain_text("ReLU")
    reader.focus()
    page.keyboard.press("Home")
    expect(card).to_contain_text("tanh")
    expect(reader).to_have_attribute("aria-valuetext", re.compile(r"^activation tanh, .*accuracy [\d.]+$"))
    page.keyboard.press("ArrowRight")
    expect(reader).to_have_attribute("aria-valuetext", re.compile("ReLU"))
    expect(chart.locator("[data-mark]").nth(1)).to_have_class(re.compile("is-read"))
    page.keyboard.press("ArrowUp")  # the series before
    expect(reader).to_have_attribute("aria-valuenow", "1")
    box, room = card.bounding_box(), chart.bounding_box()
    assert box["x"] >= room["x"] and box["x"] + box["width"] <= room["x"] + room["width"] + 1
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.locator("#fig-cells").scroll_into_view_if_needed()
    beside = page.evaluate("""() => {
      const all = (what) => [...document.querySelectorAll(`#fig-cells ${what}`)];
      all(".chart-rows span")[0].textContent = "a very long name of many words ".repeat(9);
      const [names, cells] = [".chart-rows span", "[data-mark]"].map((what) => all(what).map((one) => {
        const { top, bottom } = one.getBoundingClientRect();
        return (top + bottom) / 2;
      }));
      return names.map((name) => Math.min(...cells.map((cell) => Math.abs(cell - name))));
    }""")
    assert max(beside) < 2  # a name stands beside its cells, however long another is
    sizes = page.evaluate(
        "[...document.querySelectorAll('.chart-plot text')].map(t => parseFloat(getComputedStyle(t).fontSize))"
    )
    assert min(sizes) >= 12 and page.evaluate("document.documentElement.scrollWidth") <= width
    assert errors == []
    page.close()


@pytest.mark.parametrize("most", [2, 3, 4])
def test_ticks_of_a_narrow_axis_of_logarithms_stand_apart(most):
    for low, high in ((0.7e-5, 0.14), (0.9e-3, 1.1), (0.8, 12), (1e-9, 1e9), (0.03, 3e4)):
        shares = [tick.share for tick in ticks(Numbers(low, high, log=True), most, language.english())]
        gaps = [after - before for before, after in itertools.pairwise(shares)]
        assert 1 < len(shares) <= most and min(gaps) >= 0.9 / (2 * most), (low, high, shares)

"""The figures that pages draw themselves from many runs: what stands where, read off the SVG."""

import functools
import re
from pathlib import Path

import pytest

from generator.base.overlay import Overlay
from generator.markup.blocks.figure import FigureCall, OptionError
from generator.measures import tied
from generator.runs.results import Result, Results
from generator.site.figures import Figures
from generator.site.templates import TemplateRenderer
from tests import laws

RENDERER = TemplateRenderer(Overlay(Path(__file__).parent.parent / "templates"))
COUNTS = (3, 5)
LAW_KEYS = ("distance_points", "distance_margin", "distance_margin_no_bias", "distance_tied")
HALF = 1e-2  # of a hundredth of a strip's width: coordinates are written with two digits
CORNERS = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]


@functools.cache
def square():
    """What each law predicts."""
    tie = {"title": tied.TITLE, "optima": {str(k): tied.solve(k, "square")["told"] for k in COUNTS}}
    return laws.told(COUNTS) | {tied.NAME: tie}


def run(seed, classes, **measures):
    spec = {"classes": classes, "activation": "tanh", "seed": seed, "epochs": 100, "dataset": "arms", "kind": "spirals"}
    measures = {"pose": [[0.0, 0.0]] * classes, "packing_ratio": 0.9} | measures  # which figures ask for
    return Result(f"k{classes}-tanh-s{seed}", "grid", "", "tanh", spec, measures, {}, {})


def drawn(name, runs, **options):
    call = FigureCall(name, {"id": "fig-x", "size": "wide", **options}, "<b>So.</b>", "fig-x", "1", "article.md:1")
    return Figures(RENDERER, Results(runs), lambda: {"square": square()}).render(call)


def numbers(pattern, html):
    return [float(found) for found in re.findall(pattern, html)]


def test_the_laws_stand_where_the_solvers_found_them():
    html = drawn("laws", [run(1, classes) for classes in COUNTS])
    cells = html.split('class="laws-cell"')[1:]
    assert len(cells) == len(square()) * len(COUNTS)
    said = [re.search(r'laws-note"[^>]*>([^<]*)<', cell)[1] for cell in cells]
    assert said[0] == "1 corner, 2 walls"  # three points of the packing law: the tilted triangle
    assert said[4:] == ["4 corners, 1 inside"] * 2 + ["1 corner, 4 walls"] * 2  # five, law by law
    margin = cells[5]
    found = list(zip(numbers(r'd="M(\S+) \S+l', margin), numbers(r'd="M\S+ (\S+)l', margin), strict=True))
    wanted = [(x, -y - 0.15) for x, y in square()["margin"]["optima"]["5"]["points"]]
    assert found == [pytest.approx(point, abs=5e-4) for point in wanted]


def test_a_cross_is_where_all_scores_tie():
    cells = drawn("laws", [run(1, classes) for classes in COUNTS]).split('class="laws-cell"')[1:]
    ties = [
        [*zip(numbers(r'law--tie" d="M(\S+)', cell), numbers(r'law--tie" d="M\S+ ([^l]+)l', cell), strict=True)]
        for cell in cells
    ]
    at = {k: [(x - 0.07, -y - 0.07) for x, y in [square()[tied.NAME]["optima"][k]["tie"]]] for k in ("3", "5")}
    middle = [(-0.07, -0.07)]
    wanted = [[], [], middle, at["3"], [], [], middle, at["5"]]
    assert [[pytest.approx(tie, abs=5e-4) for tie in of_cell] for of_cell in wanted] == ties  # as fine as is drawn
    assert [tie in cell for cell in cells for tie in ["All scores tie 0.33 from the middle."]].index(True) == 3
    html = drawn("arrangements", [run(1, 5, **dict.fromkeys(LAW_KEYS, 0.1))])
    assert html.count('law--tie"') == 1 and html.count('class="law law--tied"') == 5 + 1  # and the key's


@pytest.mark.parametrize("name", ["arrangements", "distances", "laws"])
def test_an_author_says_which_laws_are_shown(name):
    runs = [run(seed, 5, **dict.fromkeys(LAW_KEYS, 0.1)) for seed in range(2)]
    laws_of = {law["title"]: name for name, law in square().items()}
    for asked in (["tied", "margin"], ["points"], [*square()]):
        html = drawn(name, runs, laws=asked).lower()
        told = re.findall(rf"> ?({'|'.join(sorted(laws_of, key=len, reverse=True))})\s*</", html)
        assert [laws_of[title] for title in told] == asked
    assert drawn(name, runs) == drawn(name, runs, laws=[*square()])
    with pytest.raises(OptionError, match='no law "margins"') as caught:
        drawn(name, runs, laws=["points", "margins"])
    assert caught.value.nearest == "margin"


def test_each_law_says_how_many_points_are_at_corners_walls_and_inside():
    told = square()["points"]["optima"]["5"]
    assert (told["corners"], told["walls"], told["interior"]) == (4, 0, 1)
    told = square()["margin-no-bias"]["optima"]["5"]
    assert (told["corners"], told["walls"], told["interior"]) == (1, 4, 0)


def test_a_seed_stands_at_its_distance_from_each_law():
    distances = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.6]
    runs = [run(seed, 5, **dict.fromkeys(LAW_KEYS, apart)) for seed, apart in enumerate(distances)]
    html = drawn("distances", runs)
    strips = html.split('class="strip"')[1:]
    assert len(strips) == len(LAW_KEYS)
    for strip in strips:
        at = numbers(r'strip-seed" cx="(\S+)"', strip)
        assert at == pytest.approx([3 + 94 * apart / 0.6 for apart in distances], abs=HALF)
        assert "median 0.40, interval 0.10 to 0.60" in strip  # seven values: the least and the greatest hold 98 %
        assert numbers(r'strip-median [^"]*" d="M(\S+) ', strip) == [pytest.approx(3 + 94 * 0.4 / 0.6, abs=HALF)]


def test_few_seeds_have_a_median_and_no_interval():
    html = drawn("distances", [run(seed, 5, **dict.fromkeys(LAW_KEYS, 0.25)) for seed in range(3)])
    assert "interval" not in html
    assert html.count("median 0.25, all between 0.25 and 0.25") == len(LAW_KEYS)


def kind_of(seed, kind, apart, distance=0.0):
    return run(
        seed, 4, arrangement=kind, arrangement_distance=distance, typical_distance=apart, typical_pose=CORNERS,
        interior=0, packing_ratio=0.8 + seed / 50,
    )  # fmt: skip


def test_kinds_are_counted_and_the_rarest_shown():
    html = drawn("kinds", [kind_of(0, 1, 0.0), kind_of(1, 1, 0.1), kind_of(2, 1, 0.1), kind_of(3, 2, 0.6)])
    assert "<b>Typical:</b> 3 of 4 seeds" in html
    assert "<b>Rarest:</b> 1 of 4 seeds" in html
    assert "from 80\u202f% to 86\u202f%, median 83\u202f%" in html
    assert html.count('class="seen"') == 4 and html.count("h0") == 4 * len(CORNERS)


def test_of_two_kinds_that_are_as_common_none_is_called_the_rarest():
    html = drawn("kinds", [kind_of(0, 1, 0.0), kind_of(1, 1, 0.1), kind_of(2, 2, 0.6), kind_of(3, 2, 0.6)])
    assert "<b>Typical:</b> 2 of 4 seeds" in html
    assert "<b>As common:</b> 2 of 4 seeds" in html
    assert "arest" not in html


def test_where_there_is_one_kind_its_oddest_member_is_shown():
    html = drawn("kinds", [kind_of(0, 1, 0.0), kind_of(1, 1, 0.2)])
    assert "<b>Typical:</b> all 2 seeds" in html
    assert "<b>Oddest</b> of the one kind" in html


def test_a_course_ends_at_the_medians_and_counts_failures():
    epochs = [0, 10, 100]
    courses = [[0.25, 0.5, 0.9], [0.25, 0.6, 1.0], [0.25, 0.25, 0.25]]
    html = drawn(
        "course",
        [
            run(seed, 4, collapsed=row[-1] < 0.5, course={"epoch": epochs, "accuracy": row, "packing_ratio": row})
            for seed, row in enumerate(courses)
        ],
    )
    assert "3 networks. In the median 90\u202f% of the points are right at the end" in html
    assert "1 learnt nothing" in html
    assert ", 1 failed" in html

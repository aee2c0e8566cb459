"""An article read before its networks are trained: what is wrong is said then, and nothing else is."""

import json
import re
import shutil
from pathlib import Path

import pytest

from generator import build, figures
from generator.__main__ import main
from generator.base import store, style
from generator.base.errors import ContentError
from generator.base.memo import Memo
from generator.base.overlay import Overlay
from generator.base.progress import Progress
from generator.content import experiments, texts
from generator.markup.expressions import ExpressionError, evaluate
from generator.options import Options
from generator.runs import catalogue, pipeline
from generator.runs.results import Unmeasured
from generator.site import dry_run
from generator.site.templates import TemplateRenderer
from tests.edits import add

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "sites" / "tiny"
TEMPLATES = ROOT / "templates"
COLOURS = len(style.THEMES["light"].classes)
pytestmark = pytest.mark.usefixtures("one_worker_is_this_process")


def mistakes_in(folder, templates=TEMPLATES):
    article = texts.read(folder)
    plan = experiments.read(folder / "experiments.toml", lab=(folder / "lab").is_dir())
    return [str(problem) for problem in dry_run.rehearse(article, plan, TemplateRenderer(Overlay(templates)))[1]]


def test_what_will_be_measured_is_known_by_name(cache):
    plan = experiments.read(TINY / "experiments.toml")
    context = catalogue.RunContext(store.Store(cache), Progress(quiet=True), workers=1)
    made, _ = pipeline.make(plan, "any", context)
    expected = dry_run.expected_results(plan)
    for run, to_come in zip(made.results, expected, strict=True):
        assert set(run.measures) <= set(to_come.measures)
        assert (run.id, run.experiment, run.label, run.spec) == (
            to_come.id, to_come.experiment, to_come.label, json.loads(json.dumps(to_come.spec)),
        )  # fmt: skip
        assert run.files == to_come.files
        assert {name: (p.path, p.formats, p.width, p.height, p.title) for name, p in run.pictures.items()} == {
            name: (p.path, p.formats, p.width, p.height, p.title) for name, p in to_come.pictures.items()
        }


MISTAKES = [
    ("/// figre | angles\nWords.\n///", 'unknown block "figre"; did you mean "figure"?'),
    ("/// figure | angels\nWords.\n///", 'unknown figure "angels"; did you mean "angles"?'),
    ("/// figure | angles\n    classes: 9\n\nWords.\n///", "no run with classes=9"),
    ("/// figure | angles\n    experiment: grdi\n\nWords.\n///", "no run with experiment='grdi'"),
    ("/// figure | angles\n>>    clases: 2\n\nWords.\n///", 'unknown option "clases" of figure; did you mean'),
    ("/// figure | bend\n>>    lattice: maybe\n\nWords.\n///", 'lattice is "maybe"; expected true or false'),
    ("/// figure | bend\n>>    epoch: last\n\nWords.\n///", 'epoch is "last"; expected a number'),
    ("/// figure | bend\n>>    hide: [sed]\n\nWords.\n///", "hide is ['sed']; expected some of classes, activation"),
    ("/// figure | room.png\n    alt: A room\n\nWords.\n///", 'no picture "room.png"'),
    ("See @fig-nowhere.", 'undefined figure "fig-nowhere"'),
    ("See @sec-hree.", 'undefined section "sec-hree"; did you mean "sec-here"?'),
    ("As [@nobody1999] says.", 'undefined citation "nobody1999"; expected a key of {folder}/references.bib'),
    ("A note.[^lost]", 'undefined footnote "lost"'),
    ("A [link](#nowhere).", 'a link to "#nowhere", which is not on the page'),
    ("A [file](data/grid/k2-tanh-s9.npz).", 'a link to "data/grid/k2-tanh-s9.npz", which is not there'),
    ("$\\frac{1$", 'TeX: expected closing token "}", but reached end of input'),
    ("{{ results.mdian('accuracy') }}", 'results has no "mdian"; did you mean "median"?'),
    ("{{ results.median('acuracy') | percent }}", 'unknown result "acuracy"; did you mean "accuracy"?'),
    ("{{ results.median('accuracy') | percnt }}", 'unknown filter "percnt"; did you mean "percent"?'),
    ("{{ 1 - results.median('accuracy') + resluts.count }}", 'unknown name "resluts"; did you mean "results"?'),
    ("{{ results.one(classes=2).acuracy }}", 'unknown result "acuracy"; did you mean "accuracy"?'),
    ("{{ results.where(classes=3).median('accuracy') }}", "no run with classes=3"),
    ("{{ results.where(clases=2).median('accuracy') }}", 'unknown result "clases"; did you mean "classes"?'),
    ("{{ results.median('accuracy' }}", "the expression does not parse: "),
    ('[So]{claim="results.median(\'accuracy\') >= result.count"}.', 'unknown name "result"; did you mean'),
    ('[So]{claim="results.count > 2"}.', "the runs contradict the claim: number of runs of 2 runs, 1 seed "),
]  # fmt: skip


def test_each_mistake_on_a_cold_cache_is_said_with_its_line_and_nothing_is_trained(
    article, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(pipeline, "make", lambda *_: pytest.fail("it trained"))
    source = article / "article.md"
    whole, expected = source.read_text(), []
    for text, wrong in MISTAKES:
        line = whole.count("\n") + 2 + text.partition(">>")[0].count("\n") * (">>" in text)
        whole += "\n" + text.replace(">>", "") + "\n"
        expected.append(f"{source}:{line}: {wrong.replace('{folder}', str(article))}")
    source.write_text(whole)
    folders = ["--content", article, "--out", tmp_path / "site", "--cache", tmp_path / "cache"]
    assert main(["build", "--quiet", *map(str, folders)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line[: len(wrong)] for line, wrong in zip(said, expected, strict=True)] == expected
    assert not (tmp_path / "site").exists()


FIGURES = sorted(
    {path.stem for path in (TEMPLATES / "figures").glob("*.html")} - {"pictures", "chart"} | figures.load().keys()
)
RECIPE = 'activation = "tanh"\nepochs = 20\n'
OTHERS = {
    "digit": "needs data whose rows are pictures",
    "filmstrip": "two hidden layers of two neurons",
    "projection": "more than two neurons",
    "two-way": "needs rows",
}
UNPLACED = {  # the experiments, what is said of a figure, and the figures that can be placed all the same
    "nothing is drawn": (
        f'[dataset.a]\n[experiment.a]\nclasses = 3\nhidden = [8, 2]\n{RECIPE}',
        "pictures of its runs: draw = 1 in [experiment.a]",
        {"arrangements", "course", "crowding", "distances", "kinds", "knots", "laws"},
    ),
    "a wide last layer": (
        f'[dataset.a]\n[experiment.a]\nclasses = 3\ndraw = 1\nhidden = [8, 16]\n{RECIPE}',
        "a last hidden layer of two neurons; these runs have hidden = [8, 16]",
        {"alive", "bend", "crowding", "hidden-animation", "hidden-plane", "input-plane", "loss", "projection"},
    ),
    "own data of five dimensions": (
        f'[dataset.a]\nfile = "data/a.csv"\n[experiment.a]\ndraw = 1\nhidden = [8, 2]\n{RECIPE}',
        "inputs of two dimensions; these runs have 5",
        {
            "alive", "arrangements", "beat", "bend", "course", "crowding", "distances", "hidden-animation",
            "hidden-plane", "kinds", "knots", "laws", "loss", "train",
        },
    ),
    "more classes than colours": (
        f'[dataset.a]\n[experiment.a]\nclasses = {COLOURS + 2}\nhidden = [8, 2]\n{RECIPE}',
        "at most ",
        {"crowding"},
    ),
    "no experiments": ("", "shows networks, and the article has no experiments", set()),
}  # fmt: skip


@pytest.mark.parametrize("case", UNPLACED)
def test_a_figure_that_cannot_be_placed_says_why_at_its_line(article, case):
    plan, why, placed = UNPLACED[case]
    rows = [f"{','.join(str((row * (at + 2)) % 7) for at in range(5))},{'xy'[row % 2]}" for row in range(30)]
    (article / "data").mkdir()
    (article / "data" / "a.csv").write_text("\n".join(["a,b,c,d,e,word", *rows, ""]))
    (article / "experiments.toml").write_text(plan)
    head = (article / "article.md").read_text().partition("## What")[0]
    (article / "article.md").write_text(head + "".join(f"/// figure | {name}\nWords.\n///\n" for name in FIGURES))
    line = head.count("\n") + 1
    said = dict(found.partition(": ")[::2] for found in mistakes_in(article))
    for at, name in enumerate(FIGURES):
        found = said.get(f"{article}/article.md:{line + 3 * at}", "")
        if name in placed:
            assert not found, found
        else:
            assert found.startswith(f'the figure "{name}"') and (why in found or OTHERS.get(name, "no") in found), found


def test_mistakes_of_all_kinds_are_said_together(article):
    add(article / "article.md", "\nSee @fig-nowhere, {{ results.mdian() }} and [@nobody].\n")
    assert [said.partition(": ")[2].partition('"')[0] for said in mistakes_in(article)] == [
        "results has no ", "undefined citation ", "undefined figure ",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("front", "wrong", "is_read_on"),
    [
        ("title: T\nlicnse: CC\ndate: soon\n", ['unknown field "licnse"', "date was not understood"], True),
        ("licence: CC\n", ["the text has no title"], True),
        ("title: T\nauthors: [{name: A, orcid: 1}]\n", ["authors was not understood"], True),
        ("title: T\nmacros: [3]\n", ["macros was not understood"], False),  # which formulas may lack
        ("title: [T\n", ["not YAML"], False),
    ],
)
def test_front_matter_hides_no_mistake_that_has_no_part_in_it(article, front, wrong, is_read_on):
    source = article / "article.md"
    source.write_text(f"---\n{front}---\n\nSee @fig-nowhere and $\\frac{{1$.\n")
    try:
        said = mistakes_in(article)
    except ContentError as error:
        said = [str(problem) for problem in error.problems]
    expected = [*wrong, *(["TeX: ", "undefined figure"] if is_read_on else [])]
    assert len(said) == len(expected) and all(any(start in one for one in said) for start in expected), said


def test_a_template_that_does_not_parse_is_said_too(article, tmp_path):
    templates = shutil.copytree(TEMPLATES, tmp_path / "templates")
    (templates / "gallery.html").write_text("{% if %}")
    assert mistakes_in(article, templates) == [
        f"{templates}/gallery.html:1: Expected an expression, got 'end of statement block'"
    ]


@pytest.mark.parametrize(
    "expression",
    [
        "results.median('accuracy')",
        "results.where(collapsed=false).count",
        "results.one(nearest_law='margin').id",
        "results.one(classes=2).angles[0].mean_deg | degrees",
        "results.values('accuracy') | map('percent') | join(', ')",
        "'most' if results.median('accuracy') > 0.5 else results.where(classes=99).count",
        "results.median('accuracy') > 0.5 and results.where(classes=99).count > 1",
        "results.count if 3 in results.distinct('classes') else results.median('accuracy')",
        "results.one().centres[0][1:] | first",
        "1 / (results.min('loss') - results.max('loss'))",
    ],
)
def test_what_measures_decide_is_left_open(expression):
    expected = dry_run.expected_results(experiments.read(TINY / "experiments.toml"))
    with pytest.raises(Unmeasured):
        evaluate(expression, {"results": expected})


@pytest.mark.parametrize(
    "expression", ["results.count", "results.distinct('classes') | join", "results.one().spec.epochs"]
)
def test_what_the_plan_decides_is_known(expression):
    evaluate(expression, {"results": dry_run.expected_results(experiments.read(TINY / "experiments.toml"))})


def test_mistakes_beside_what_is_left_open_are_found():
    expected = {"results": dry_run.expected_results(experiments.read(TINY / "experiments.toml"))}
    for expression in (
        "[results.min('loss'), nme]",
        "results.min('loss')[nme:]",
        "results.min('loss') < nme",
        "nme ~ results.min('loss')",
    ):
        with pytest.raises(ExpressionError, match='unknown name "nme"'):
            evaluate(expression, expected)


def test_a_build_whose_runs_are_known_makes_no_dry_run(article, cache, tmp_path, monkeypatch):
    options = Options(content=article, out=tmp_path / "site", cache=cache, workers=1)
    build.build(options, Progress(quiet=True))
    monkeypatch.setattr(dry_run, "rehearse", lambda *_: pytest.fail("it made a dry run"))
    add(article / "article.md", "\nMore.\n")
    assert build.build(options, Progress(quiet=True)).changed


@pytest.mark.parametrize(
    "folder", [ROOT / "content", *sorted(TEMPLATES.glob("new/*/content")), TINY], ids=lambda f: f.parent.name
)
def test_nothing_is_wrong_with_an_article_that_is_right_which_can_be_read_before_its_networks_are_trained(
    folder, tmp_path
):
    options = Options(content=folder, cache=tmp_path, lab=(folder / "lab").is_dir())

    def later(plan, key, context, order):
        raise build.RunsPending(None)

    runs = build.context_of(options, Progress(quiet=True))
    context = build.BuildContext(options, runs, Memo(), build.templates_of(options))
    with_runs = build.with_site(lambda composed: composed, context, make=later)
    assert with_runs.runs is None
    page = store.content_of(with_runs.files["index.html"]).decode()
    article = texts.read(folder)
    headings = [line.split(" {#")[0][3:] for line in article.pages[0].body.splitlines() if line.startswith("## ")]
    assert headings and page.count("<h2") >= len(headings)
    assert "{{" not in re.sub(r"<(script|code)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert page.count("…") >= (50 if folder == ROOT / "content" else 0)
    placed = re.findall(r"^ */{3,} *figure\b", article.pages[0].body, re.MULTILINE)
    assert page.count("<figcaption") >= len(placed)
    assert "peek-runs" not in page or json.loads(re.search(r'id="?peek-runs"?[^>]*>(.*?)</script>', page)[1]) == {}

"""Null models and threads against what they must give, and as tables that an article asks for."""

import json

import numpy as np
import pytest

from generator.base.errors import ContentError
from generator.base.memo import digest
from generator.base.progress import Progress
from generator.base.store import Store
from generator.content import experiments
from generator.measures import models, packing, tied
from generator.runs import pipeline, statistics
from generator.runs.catalogue import RunContext
from generator.runs.results import UnknownResult, Unmeasured
from generator.site.dry_run import expected_results


def laws(k):
    return {law: packing.solve(law, k, "square") for law in packing.LAWS} | {tied.NAME: tied.solve(k, "square")}


def test_a_common_point_empties_the_middle_and_ties_all_scores():
    free, tied_to = (models.threads(5, share, laws(5)) for share in (0.0, 0.05))
    assert free["middle"] == 1 and free["inside_depth"] > 0.9 and free["knot_entropy"] < 0.5
    assert tied_to["middle"] == tied_to["interior"] == 0 and tied_to["knot_entropy"] > 0.99
    assert tied_to["distance_tied"] < 0.1 < free["distance_tied"]
    assert tied_to["weight_norm"] == pytest.approx(18.4, abs=0.1)  # another program's


def test_three_classes_on_threads_take_three_corners():
    assert models.threads(3, 0.1, laws(3))["corners"] == 3
    assert models.threads(3, 0.0, laws(3))["corners"] == 2


def test_no_arrangement_beats_a_law_and_all_stand_on_the_walls(monkeypatch):
    monkeypatch.setattr(models, "WALLS", 10)
    rows = models.nulls(4, laws(4))
    assert {row["model"] for row in rows} == {"walls", "steps", "polygon"}
    shares = [row[name] for row in rows for name in row if name.endswith("_share")]
    assert max(shares) <= 1 + 1e-5 and max(row["margin_share"] for row in rows if row["model"] == "steps") > 0.999
    assert all(row["interior"] == 0 for row in rows)
    assert rows == models.nulls(4, laws(4))
    assert all(set(row) == {*models.SHARED["nulls"], *models.OWN["nulls"]} for row in rows)


def test_no_draw_decides_the_share_of_arrangements_at_random():
    low, high = statistics.share_interval(models.WALLS // 2, models.WALLS)
    assert high - low < 0.1


def test_optima_are_those_that_prove_and_tables_have(tmp_path):
    rows = {row["law"]: row for row in models.optima(5, laws(5))}
    assert set(rows) == {*packing.LAWS, tied.NAME}
    assert rows["points"]["value"] == pytest.approx(np.sqrt(2), abs=1e-6)  # proved
    assert all(
        row["classes"] == 5 and set(row) == {*models.SHARED["optima"], *models.OWN["optima"]} for row in rows.values()
    )
    assert rows["points"]["interior"] == 1 and rows[tied.NAME]["interior"] == 0
    assert [law for law, row in rows.items() if row["tie_norm"] is not None] == [tied.NAME]
    assert rows[tied.NAME]["tie_norm"] == pytest.approx(0.055, abs=0.001)
    plan = experiments.parse("[model.optima]\nclasses = [3, 5]\n", "e.toml")
    made, _ = pipeline.make(plan, digest("optima"), RunContext(Store(tmp_path), Progress(quiet=True), 1))
    table = made.results.tables["optima"]
    assert (
        len(table) == 2 * len(rows)
        and table.where(classes=5, law="points").one().value("value") == rows["points"]["value"]
    )


def test_a_file_asks_for_models_and_their_rows_are_tables(tmp_path):
    text = "[model.threads]\nclasses = [3]\n"
    plan = experiments.parse(text, "e.toml")
    expected = expected_results(plan).tables["threads"]
    assert expected.where(classes=3).count == 1
    with pytest.raises(Unmeasured):
        expected.median("corners")
    with pytest.raises(UnknownResult, match='did you mean "corners"'):
        expected.median("cornrs")
    context = RunContext(Store(tmp_path), Progress(quiet=True), 1)
    made, report = pipeline.make(plan, digest(text), context)
    table = made.results.tables["threads"]
    assert [row.share for row in table] == list(models.THREADS)
    assert table.where(share=0.1).one().corners == 3
    assert set(table.columns) == set(table.one().values) == set(expected.columns)
    assert made.places["data/threads.csv"].read_bytes().startswith(b"classes,share,")
    found = json.loads(made.places["data/laws.json"].read_bytes())["square"]
    assert found["tied"]["optima"]["3"][0]["value"] == pytest.approx(1.069045, abs=1e-5)
    assert np.shape(found["points"]["optima"]["3"][0]["points"]) == (3, 2)
    assert {*table.columns} <= {*made.columns}
    assert report.ran["model"][0] == 1
    _, again = pipeline.make(plan, digest(text), context)
    assert again.ran["model"][0] == 0


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "[model.null]\n",
            'e.toml:1: unknown model "null"; expected one of nulls, optima, threads; did you mean "nulls"?',
        ),
        ("[model.nulls]\nclases = [3]\n", 'e.toml:2: unknown key of a model "clases"'),
        (
            "[model.nulls]\nclasses = [3, 40]\n",
            "e.toml:2: classes is 40; expected a whole number, at least 2 and at most 10",
        ),
        ("[model.threads]\nclasses = 1\n", "e.toml:2: classes is 1; expected a whole number, at least 2"),
        ("[model]\nnulls = 3\n", "e.toml"),
        ('[model.nulls]\n[results.nulls]\nfile = "x.csv"\n', "e.toml:1: the table of model nulls"),
    ],
)
def test_a_model_that_is_none_is_said_with_its_line(text, wrong):
    with pytest.raises(ContentError) as caught:
        experiments.parse(text, "e.toml")
    assert wrong in str(caught.value)

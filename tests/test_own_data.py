"""Data of an author's own: read whatever way it is written, refused by row and column, and built into an article."""

import csv
import dataclasses
import functools
import gzip
import itertools
import json
import pickle
import re
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from generator.base import limits
from generator.base.errors import ContentError
from generator.base.memo import digest
from generator.base.progress import Progress
from generator.build import build
from generator.content import experiments, tables
from generator.content.columns import AT_ONCE, csv_columns
from generator.networks import datasets
from generator.networks import tables as kinds
from generator.networks.activations import ACTIVATIONS
from generator.networks.spec import RunSpec, layer_shapes
from generator.options import Options
from generator.runs import catalogue, export, stages, tasks
from generator.runs.catalogue import inputs_digest
from tests.measuring import run_key

ROOT = Path(__file__).parent.parent
ROWS = [("1.5", "2", "a"), ("-2", "3.25", "a"), ("3", "-4", "b"), ("4e1", "5", "b")]
SPEC = 'activation = "relu"\nhidden = [8, 2]\nepochs = 20\ncheckpoints = 4\n'


def text(rows, header="x,y,kind"):
    return "\n".join([*([header] if header else []), *map(",".join, rows)]) + "\n"


def written(folder, content, name="points.csv"):
    (folder / "data").mkdir(parents=True, exist_ok=True)
    content = content.encode() if isinstance(content, str) else content
    (folder / "data" / name).write_bytes(content)
    return {"file": f"data/{name}"}


WRITINGS = {
    "commas": text,
    "a mark of the byte order, CRLF, blank lines": lambda rows: "\ufeff" + text(rows).replace("\n", "\r\n\r\n"),
    "tabs": lambda rows: text(rows).replace(",", "\t"),
    "quoted": lambda rows: text([(x, f'"{y}"', f' "{kind}"') for x, y, kind in rows], '"x","y","kind"'),
    "decimal commas": lambda rows: text(rows).replace(",", ";").replace(".", ","),
    "Excel's line about what stands between cells": lambda rows: "sep=;\r\n" + text(rows).replace(",", ";"),
    "no header": lambda rows: text(rows, ""),
    "decimal commas in quotes": lambda rows: text(
        [(f'"{x.replace(".", ",")}"', f'"{y.replace(".", ",")}"', kind) for x, y, kind in rows]
    ),
    "the minus of print": lambda rows: text(rows).replace("-", "\u2212"),
    "rows that are empty": lambda rows: text(rows) + ",,\n , ,\n",
    "row names": lambda rows: text([(str(at), *row) for at, row in enumerate(rows)], ",x,y,kind"),
    "a comma too many": lambda rows: text([(*row, "") for row in rows], "x,y,kind,"),
    "three commas too many": lambda rows: text([(*row, "", " ", "") for row in rows], "x,y,kind,, ,"),
    "the label first": lambda rows: text([(kind, x, y) for x, y, kind in rows], "kind,x,y"),
}


@pytest.mark.parametrize("times", [1, AT_ONCE])
@pytest.mark.parametrize("writing", WRITINGS)
def test_every_way_of_writing_gives_the_same_rows_and_is_told(tmp_path, writing, times):
    name = {"tabs": "points.tsv", "quoted": "POINTS.CSV"}.get(writing, "points.csv")
    found = tables.read(tmp_path, written(tmp_path, WRITINGS[writing](ROWS * times), name))
    assert found.table.x.tolist() == [[1.5, 2], [-2, 3.25], [3, -4], [40, 5]] * times
    assert (found.table.y.tolist(), found.table.labels) == ([0, 0, 1, 1] * times, ("a", "b"))
    told = {"decimal commas": "decimal commas", "no header": "no header", "without a name": "row names"}
    assert {said for said in told if said in found.said} == {said for said in told if told[said] in writing}
    assert "the one of words" in found.said


@pytest.mark.parametrize("between", [",", ";", "\t", "|"])
def test_however_a_file_is_written_its_numbers_are_the_same(tmp_path, between):
    """With a header or none, rows with names, a sign too many, quotes, decimal commas, signs between thousands."""
    values = [(2142.063, 4.5, 1.25, "red"), (590.2, -3.75, 1234.5, "blue"), (7749.3, 1.5, 0.25, "dark green")]
    marks = [(point, apart) for point in ".," for apart in ("", ".", ",", "'", "\u202f") if apart != point]
    for (point, apart), *more in itertools.product(marks, *[(False, True)] * 4):
        has_header, is_quoted, has_end, has_names = more
        if between in (point, apart) and not is_quoted:
            continue
        plain = str.maketrans({",": apart, ".": point})
        rows = [[f"{cell:,}".translate(plain) if cell != str(cell) else cell for cell in row] for row in values]
        rows = [["width", "x (m)", "y", "kind"]] * has_header + rows
        if has_names:
            rows = [[f"r{at}" if at or not has_header else "", *row] for at, row in enumerate(rows)]
        if is_quoted:
            rows = [[f'"{cell}"' for cell in row] for row in rows]
        path = tmp_path / "points.csv"
        path.write_text("".join(between.join([*row, ""] if has_end else row) + "\n" for row in rows), encoding="utf-8")
        found = csv_columns(path)
        numbers = [column.tolist() for column in found.columns if not isinstance(column, list)]
        assert numbers == [list(column) for column in zip(*values, strict=True)][:3], path.read_text(encoding="utf-8")
        assert found.columns[-1] == [row[-1] for row in values]


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ("x;y\n1 %;2\n3;4\n", [[1, 3], [2, 4]]),  # and no decimal comma is told of
        ("x,kind\n1,a\n2,b\n3,5\n", [[1, 2, 3], ["a", "b", "5"]]),
        ('note,x\nb,1\n"two\nlines",2', [["b", "two\nlines"], [1, 2]]),
    ],
)
def test_what_is_in_a_cell_is_known_by_all_of_its_column(tmp_path, cells, columns):
    path = tmp_path / "points.csv"
    path.write_text(cells, encoding="utf-8")
    found = csv_columns(path)
    assert [column if isinstance(column, list) else column.tolist() for column in found.columns] == columns
    assert found.told == (["semicolons between cells", "12 % read as 12"] if ";" in cells else [])


@pytest.mark.parametrize(
    ("between", "cells", "values"),
    [
        (";", ["1.234,50", "999,25", "2.100", "-1.234.567"], [1234.5, 999.25, 2100, -1234567]),
        ("\t", ["1,234.50", "999.25", "2,100", "-1,234,567"], [1234.5, 999.25, 2100, -1234567]),
        (",", ['"1,234.50"', "999.25", '"2,100"', '"-1,234,567"'], [1234.5, 999.25, 2100, -1234567]),
        (";", ["1\u202f234,5", "12 345", "7", "1’000"], [1234.5, 12345, 7, 1000]),
        (";", ["1.234", "0.5", "2.100", "7"], [1.234, 0.5, 2.1, 7]),
        (";", ["1,234", "0,5", "2,100", "7"], [1.234, 0.5, 2.1, 7]),
        (";", ["1.000", "0,5", "2", "7"], [1000, 0.5, 2, 7]),
        (";", ["12,5 %", "7%", "1.250 %", "-3\u202f%"], [12.5, 7, 1250, -3]),
        (",", ["12.5%", "7 %", "3", "1"], [12.5, 7, 3, 1]),
        (";", ["1.234", "3.5", "2,25", "7"], [1.234, 3.5, 2.25, 7]),  # of both kinds: as they are read alone
    ],
)
def test_signs_between_thousands_are_read(tmp_path, between, cells, values):
    rows = [between.join([cell, kind]) for cell, kind in zip(cells, "aabb", strict=True)]
    found = tables.read(tmp_path, written(tmp_path, "\n".join([between.join(["x", "kind"]), *rows])))
    assert found.table.x[:, 0].tolist() == values
    assert ("signs between thousands" in found.said) == any(abs(value) > 99 for value in values)
    assert ("12 % read as 12" in found.said) == ("%" in cells[0])


@pytest.mark.parametrize("row", [("4", "1", "2", "b"), ("4", "b"), ("4", "", "b"), ("4", "1", ""), ("4", "x", "b")])
def test_a_mistake_far_down_is_found(tmp_path, row):
    with pytest.raises(ContentError, match=rf"points.csv:{4 * AT_ONCE + 2}: "):
        tables.read(tmp_path, written(tmp_path, text([*ROWS * AT_ONCE, row])))


def test_columns_that_are_not_named_may_hold_anything(tmp_path):
    rows = [(str(at), x, y, ("", "NA", "wet", "5")[at], kind) for at, (x, y, kind) in enumerate(ROWS)]
    asked = written(tmp_path, text(rows, "id,x,y,note,kind"))
    found = tables.read(tmp_path, {**asked, "label": "kind", "columns": ("y", "x")})
    assert (found.table.names, found.table.x[:2].tolist()) == (("y", "x"), [[2, 1.5], [3.25, -2]])
    assert found.table.y.tolist() == [0, 0, 1, 1]
    for columns, said in (
        (("y", "xx"), 'no column "xx" for columns; .*"x"'),
        (("x", "kind"), '"kind" of columns is what'),
    ):
        with pytest.raises(ContentError, match=said):
            tables.read(tmp_path, {**asked, "label": "kind", "columns": columns})
    with pytest.raises(ContentError, match='column 4, "note"'):
        tables.read(tmp_path, {**asked, "label": "kind", "columns": ("x", "note")})


def test_labels_may_be_numbers_and_arrays(tmp_path):
    rows = [("1", "2", "10"), ("2", "1", "10"), ("3", "5", "9"), ("5", "1", "9.0")]
    found = tables.read(tmp_path, written(tmp_path, text(rows)))
    assert (found.table.labels, found.table.y.tolist()) == (("9", "10"), [1, 1, 0, 0])
    assert 'column "kind", the last' in found.said
    np.savez(tmp_path / "data" / "points.npz", x=found.table.x, y=[10, 10, 9, 9])
    other = tables.read(tmp_path, {"file": "data/points.npz"})
    assert other.table.kind == found.table.kind  # what it holds is its address, not where it lies


GAPS = [("4", "", "b"), ("NA", "7", "a"), ("5", "6", ""), ("1", "2", "n/a")]


@pytest.mark.parametrize("times", [1, AT_ONCE])
@pytest.mark.parametrize("file", ["points.csv", "no header.csv", "points.npz"])
def test_rows_that_lack_a_value_are_left_out_where_that_is_asked(tmp_path, times, file):
    rows = [row for pair in itertools.zip_longest(ROWS, GAPS) for row in pair if row] * times
    asked = written(tmp_path, text(rows, "x,y,kind" if file == "points.csv" else ""), file)
    if file.endswith("npz"):
        x = [[float(cell) if cell not in ("", "NA") else np.nan for cell in row[:2]] for row in rows]
        np.savez(tmp_path / "data" / file, x=x, y=[kind for *_, kind in rows])
    with pytest.raises(ContentError, match='missing = "drop", which leaves such rows out'):
        tables.read(tmp_path, asked)
    found = tables.read(tmp_path, {**asked, "missing": "drop"})
    assert found.table.x.tolist() == [[1.5, 2], [-2, 3.25], [3, -4], [40, 5]] * times
    assert (found.table.y.tolist(), found.table.labels) == ([0, 0, 1, 1] * times, ("a", "b"))
    assert f"{4 * times:,} rows of 2" in found.said and f"; {4 * times:,} more lack a value and are" in found.said


def test_rows_of_another_file_and_columns_nobody_asks_for(tmp_path):
    asked = written(tmp_path, text([(*row, "") for row in ROWS], "x,y,kind,z"))
    (tmp_path / "data" / "held.csv").write_text(text([(*row, "1") for row in (ROWS[0], *GAPS)], "x,y,kind,z"))
    asked |= {"label": "kind", "columns": ("x", "y"), "missing": "drop", "test": "data/held.csv"}
    found = tables.read(tmp_path, asked)
    assert (len(found.table.x), len(found.table.test_x)) == (4, 1) and "; 4 more lack a value" in found.said
    with pytest.raises(ContentError, match="each row lacks a value; expected columns = "):
        tables.read(tmp_path, {**asked, "columns": ("x", "z")})


def test_a_column_of_words_that_is_asked_for_is_a_number_for_each_of_them(tmp_path):
    odd = ["up", "down", "up", "10"]
    rows = [(x, word, kind, y) for (x, y, kind), word in zip(ROWS, odd, strict=True)]
    asked = written(tmp_path, text(rows, "x,way,kind,y")) | {"label": "kind", "columns": ("y", "way")}
    found = tables.read(tmp_path, asked)
    assert found.table.names == ("y", "way: 10", "way: down", "way: up")
    assert found.table.x.tolist() == [[2, 0, 0, 1], [3.25, 0, 1, 0], [-4, 0, 0, 1], [5, 1, 0, 0]]
    assert '4 rows of 4 numbers; a 1 or a 0 for each word of "way"; label' in found.said
    with pytest.raises(ContentError, match=r'"way", holds words such as "up"; expected .* where each word is a number'):
        tables.read(tmp_path, written(tmp_path, text(rows, "x,way,kind,y")) | {"label": "kind"})
    (tmp_path / "data" / "held.csv").write_text(text([("1", "left", "a", "2")], "x,way,kind,y"))
    with pytest.raises(
        ContentError, match='"way", holds "left", which no row to train on does; expected one of 10, down'
    ):
        tables.read(tmp_path, asked | {"test": "data/held.csv"})
    (tmp_path / "data" / "held.csv").write_text(text([("1", "3", "a", "2")], "x,way,kind,y"))
    with pytest.raises(ContentError, match=r'"way", holds numbers such as "3\.0"; expected one of 10, down, up'):
        tables.read(tmp_path, asked | {"test": "data/held.csv"})
    gap = [*rows, ("1", "NA", "a", "2")]
    asked = written(tmp_path, text(gap, "x,way,kind,y")) | {"label": "kind", "columns": ("y", "way")}
    with pytest.raises(
        ContentError, match='"way", holds "NA", as where a value is missing; expected a word, or missing'
    ):
        tables.read(tmp_path, asked)
    assert tables.read(tmp_path, asked | {"missing": "drop"}).table.x.tolist() == found.table.x.tolist()
    prices = [(f"${at},250", *ROWS[at % 4]) for at in range(20)]
    asked = written(tmp_path, text(prices, "price,x,y,kind").replace(",250", "250")) | {"label": "kind"}
    with pytest.raises(ContentError, match=r'"price", holds words such as "\$0250"; expected numbers alone'):
        tables.read(tmp_path, asked | {"columns": ("price", "x")})
    asked = written(tmp_path, text([(f"row {at}", *ROWS[at % 4]) for at in range(120)], "id,x,y,kind")) | {
        "label": "kind"
    }
    with pytest.raises(
        ContentError, match='"id", holds 120 words, such as "row 0"; expected numbers, or at most 100 words'
    ):
        tables.read(tmp_path, asked | {"columns": ("id", "x")})


@pytest.mark.parametrize("name", ["label", "Class", "target"])
def test_a_column_of_numbers_is_the_label_by_its_name_before_the_last(tmp_path, name):
    """As in tables of pictures, where the label comes first."""
    rows = [("1", "0.5", "0"), ("1", "0.25", "0"), ("7", "0.5", "0"), ("7", "0.75", "0")]
    found = tables.read(tmp_path, written(tmp_path, text(rows, f"{name},x,y")))
    assert found.table.labels == ("1", "7") and f'label: column "{name}", by its name' in found.said


BAD = {
    "a word": ([*ROWS[:2], ("x1", "2", "b")], ':4: column 1, "x": "x1" is not a number; expected a finite number'),
    "a gap": ([*ROWS[:3], ("4", "", "b")], ':5: column 2, "y": a value is missing'),
    "NA": ([*ROWS[:3], ("4", "NA", "b")], ':5: column 2, "y": a value is missing'),
    "infinite": ([*ROWS[:3], ("4", "inf", "b")], ':5: column 2, "y": "inf" is not a number'),
    "no label": ([*ROWS[:3], ("4", "1", "")], ':5: column 3, "kind": a value is missing'),
    "ragged": ([*ROWS[:3], ("4", "1", "2", "b")], ":5: 4 cells; expected 3, as above"),
    "one class": (ROWS[:2], ': 1 class: "a"; expected two classes at least'),
    "a row of a class": (
        ROWS[:3],
        ': classes of the column "kind", the one of words, with fewer than 2 rows to train on: "b"',
    ),
    "too large": ([*ROWS, ("1e300", "1", "a")], ": a number as large as 1e+300; expected all below 1e+100"),
    "columns of words": ([(x, y, kind, "word") for x, y, kind in ROWS], ': columns of words are "kind", "z"'),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_file_is_refused_by_row_and_column(tmp_path, fault):
    rows, said = BAD[fault]
    asked = written(tmp_path, text(rows, "x,y,kind" + ",z" * (fault == "columns of words")))
    with pytest.raises(ContentError) as caught:
        tables.read(tmp_path, asked)
    assert str(caught.value).startswith(str(tmp_path / "data" / "points.csv") + said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "has no rows"),
        ("x,y,kind\n", "has a header and no rows"),
        (text(ROWS, "x,x,kind"), ':1: columns 1 and 2 are both named "x"'),
        (text(ROWS, "x,,kind"), ":1: column 2 has no name"),
        (text(ROWS, "x,y,"), ":1: column 3 has no name"),
        (text([(x, y, "a\0") for x, y, _ in ROWS]), r"a label with the sign U\+0000; expected labels of visible"),
        ("kind\na\nb\n", ":1: 1 column"),
        (
            "x,kind\n1,\xe4\n".encode("latin-1"),
            "points.csv:2: a byte that is not UTF-8; expected the file saved as UTF-8; in",
        ),
        (
            "x,kind\n1,a\n".encode("utf-16"),
            "points.csv: saved as UTF-16; expected the file saved as UTF-8; in Excel, CSV UTF",
        ),
    ],
)
def test_a_bad_header_or_writing_is_refused(tmp_path, content, said):
    with pytest.raises(ContentError, match=said):
        tables.read(tmp_path, written(tmp_path, content))


def plan(folder, data, rest="", classes="", recipe=SPEC):
    source = folder / "experiments.toml"
    source.write_text(f"[dataset.mine]\n{data}\n[experiment.mine]\n{classes}{recipe}{rest}", encoding="utf-8")
    return experiments.read(source)


MISTAKES = [
    ('file = "data/pints.csv"', "", ':2: no file "{}/data/pints.csv"; did you mean "data/points.csv"?'),
    ('file = "../points.csv"', "", ':2: "../points.csv" is outside'),
    ('file = "data/points.csv"\nlabel = "kin"', "", '/data/points.csv: no column "kin" for label'),
    ('file = "data/points.csv"\ntest = 1.5', "", ":3: test is 1.5; expected a share"),
    ('file = "data/points.csv"\nclasses = ["a", "c"]', "", ':3: no class "c"; expected one of a, b'),
    ('file = "data/points.csv"\nlabels = "kind"', "", ':3: unknown key of own data "labels"'),
    ('file = "data/points.csv"', "classes = 3\n", ":4: classes is 3, and dataset mine has 2"),
    ('file = "data/points.csv"', 'classes = ["a", "bb"]\n', ':4: no class "bb" in dataset mine'),
    ('file = "data/points.csv"\nimage = [2, 2]', "", ":3: image is [2, 2], 4 numbers; a row has 2; expected a height"),
    (
        'kind = "digits"\nimage = [8, 8, 3]',
        "",
        ":3: image is [8, 8, 3]; expected the height and the width of a picture",
    ),
    ('kind = "digits"\nclasses = [0]', "", ":3: classes is [0]; expected two classes or more"),
    ('kind = "digit"', "", ':2: kind is "digit"'),
    ('file = "data/points.csv"\ntest = "data/points.csv"', "", ':3: "data/points.csv" is what is trained on'),
    ('file = "data/points.csv"\nlabel = "kind"\ntest = "x"', "", 'column "x" for test holds "1.5"'),
]


@pytest.mark.parametrize(("data", "classes", "said"), MISTAKES)
def test_a_mistake_in_the_table_is_told_at_its_line(tmp_path, data, classes, said):
    written(tmp_path, text(ROWS))
    with pytest.raises(ContentError) as caught:
        plan(tmp_path, data, classes=classes)
    assert said.format(tmp_path) in str(caught.value) and len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("test", "share", "told"), [({}, 0, ""), ({"test": 0.25}, 0.25, "; held out: 0.25 of each class")]
)
def test_of_the_digits_some_are_held_out_where_that_is_asked_for(tmp_path, test, share, told):
    tables._digits.cache_clear()  # which others may have read
    found = tables.read(tmp_path, {"kind": "digits", **test})
    assert found.table.share == share
    assert found.said.startswith(f"the digits of scikit-learn: 1,797 pictures of 8 by 8 pixels{told}.")


def test_what_travels_is_weighed_before_anything_trains(tmp_path, monkeypatch):
    pictures = 'kind = "digits"\nclasses = [0, 1]'
    light = plan(tmp_path, pictures, "ship = 1\n")
    assert light.said[-1] == "experiment mine: a run travels with the page in at most some 23 kB, packed."
    heavy = SPEC.replace("[8, 2]", "[300, 2]").replace("checkpoints = 4", "checkpoints = 40")
    [spec] = [run.spec for run in plan(tmp_path, pictures, "ship = 0\n", recipe=heavy).experiments[0].runs]
    said = plan(tmp_path, pictures, "ship = 1\n", recipe=heavy.replace("epochs = 20", "epochs = 1")).said[-1]
    changes = spec.weight_count * 1.5 / 1000  # kB for each of the two moments that one epoch has
    assert changes > 20 and 7 / 1.5 + 2 < int(re.search(r"some (\d+) kB", said)[1]) / changes < 7 / 1.5 + 2.9
    what = r":5: a run of experiment mine would travel with some {} kB, packed; expected"
    with pytest.raises(ContentError, match=what.format(r"[\d,]+")):
        plan(tmp_path, pictures, classes="ship = 1\n", recipe=SPEC.replace("[8, 2]", "[2000, 2]"))
    monkeypatch.setattr(experiments, "KILOBYTES_OF_A_RUN", 23)
    assert plan(tmp_path, pictures, "ship = 1\n").said == light.said
    monkeypatch.setattr(experiments, "KILOBYTES_OF_A_RUN", 22)
    with pytest.raises(ContentError, match=what.format(23)):
        plan(tmp_path, pictures, classes="ship = 1\n")


@pytest.mark.parametrize(
    ("data", "recipe"),
    [
        ('kind = "digits"\nclasses = [0, 1]', "hidden = [8, 2]\nepochs = 30"),
        ('file = "data/points.csv"', "hidden = [2, 2]\nepochs = 3000\ncheckpoints = 2"),
        ('file = "data/points.csv"', "hidden = [64, 2]\nepochs = 30\nlearning_rate = 0.1"),
    ],
)
def test_what_is_said_to_travel_is_no_less_than_what_does(tmp_path, data, recipe):
    rng = np.random.default_rng(0)
    rows = [",".join(map(str, rng.standard_normal(9))) + f",{'ab'[at % 2]}" for at in range(300)]
    written(tmp_path, "\n".join(["a,b,c,d,e,f,g,h,i,kind", *rows]))
    made = plan(tmp_path, data, "ship = 1\n", recipe=f'activation = "tanh"\n{recipe}\n')
    [run] = made.experiments[0].runs
    [(kept, _, _)] = tasks.train([run.spec], "cpu", "")
    sent = len(gzip.compress(export.pack("a", run.spec, tasks.decode(kept)))) / 1000
    assert sent <= int(re.search(r"at most some (\d+) kB", made.said[-1])[1]) <= 1.6 * sent + 2


@pytest.mark.parametrize(
    ("labels", "called"),
    [
        (("1234.567", "1234.568"), ("1234.567", "1234.568")),
        (("100001", "100002"), ("100001", "100002")),
        (("1e15", "-0.0"), ("0", "1000000000000000")),
        (("0.10", "1e-9"), ("1e-09", "0.1")),
    ],
)
def test_labels_that_are_different_numbers_are_different_classes(tmp_path, labels, called):
    rows = [(str(at), str(-at), label) for at, label in enumerate(labels * 3)]
    assert tables.read(tmp_path, written(tmp_path, text(rows))).table.labels == called
    y = np.array([*map(float, labels * 3)], np.float32 if labels[0] == "0.10" else np.float64)
    np.savez(tmp_path / "data" / "points.npz", x=np.arange(6.0)[:, None], y=y)
    assert tables.read(tmp_path, {"file": "data/points.npz"}).table.labels == called


def test_a_class_that_may_be_a_missing_value_is_warned_of(tmp_path):
    rows = [(str(at % 5), str(-at % 7), label) for at, label in enumerate(["NA", "-", "none", "a"] * 3)]
    found = tables.read(tmp_path, written(tmp_path, text(rows)))
    said = 'data/points.csv: classes that are called as missing values are: "NA"; '
    said += 'where they are, missing = "drop", which leaves such rows out'
    assert [(warned.name, warned.said) for warned in found.warned] == [("missing-class", said)]


def test_labels_are_words_as_soon_as_one_is_and_alike_where_they_look_so(tmp_path):
    labels = ["1", "1", "2", "2", "3", "3b", "é", "e\u0301", "Big cat", "Big  cat", "big cat", "big cat", "3", "3b"]
    rows = [(str(at % 5), str(-at % 7), label) for at, label in enumerate(labels)]
    found = tables.read(tmp_path, {**written(tmp_path, text(rows)), "label": "kind"})
    assert found.table.labels == ("1", "2", "3", "3b", "Big cat", "big cat", "é")
    assert [warned.said for warned in found.warned] == ['data/points.csv: "Big cat" and "big cat" are two classes']


def test_what_is_odd_is_warned_of(tmp_path):
    rows = [(str(place), str(1e5 * place), "7", "a" if place else "b") for place in range(9)] + [("3", "1", "7", "b")]
    written(tmp_path, text(rows, "small,large,same,kind"))
    found = plan(tmp_path, 'file = "data/points.csv"')
    assert [one.name for one in found.warned] == ["uneven-classes", "constant-column"]
    assert found.said[0].endswith('; "large" varies 110,529 times as much as "small".')
    written(tmp_path, text([(str(at), *row[1:]) for at, row in enumerate(rows, 7)], "row,large,same,kind"))
    [told] = [one.said for one in plan(tmp_path, 'file = "data/points.csv"').warned if one.name == "row-numbers"]
    assert told.startswith('data/points.csv: columns that count the rows: "row"; columns = […] without them')


def test_what_is_said_of_a_file_counts_all_of_its_rows(tmp_path):
    rows = [(*row, "test" if place in (1, 3) else "train") for place, row in enumerate(ROWS * 3)]
    options = {"file": written(tmp_path, text(rows, "x,y,kind,part"))["file"], "label": "kind", "test": "part"}
    assert tables.read(tmp_path, options).said.startswith(
        'data/points.csv: 12 rows of 2 numbers; label: column "kind"; held out: part. Each column is scaled'
    )
    with pytest.raises(ContentError, match='no row of class "c" to train on, and some are held out'):
        tables.read(tmp_path, options | written(tmp_path, text([*rows, ("1", "2", "c", "test")], "x,y,kind,part")))


@pytest.mark.parametrize(("more", "warned"), [(0, False), (1, True)])
def test_classes_are_uneven_beyond_a_half_more(tmp_path, more, warned):
    rows = [(str(at * at), str(-at), "ab"[at < 4]) for at in range(10 + more)]
    found = tables.read(tmp_path, written(tmp_path, text(rows)))
    assert [one.name for one in found.warned] == ["uneven-classes"] * warned
    assert f"Rows of the classes: a ({6 + more}), b (4); networks train on 4 of each" in found.said


def test_a_column_of_zeros_holds_one_value(tmp_path):
    found = tables.read(tmp_path, written(tmp_path, text([(x, "0", kind) for x, _, kind in ROWS])))
    assert [one.name for one in found.warned] == ["constant-column"]
    assert "Rows of the classes" not in found.said  # which are as many of each


def test_a_column_may_vary_a_thousand_times_as_much_unsaid(tmp_path):
    for factor, is_said in ((1000, False), (1001, True)):
        rows = [(str(at % 2), str(factor * (at % 2)), kind) for at, (*_, kind) in enumerate(ROWS)]
        assert ("times as much as" in tables.read(tmp_path, written(tmp_path, text(rows))).said) == is_said


def test_one_column_is_one_number(tmp_path):
    found = tables.read(tmp_path, written(tmp_path, text([row[1:] for row in ROWS], "y,kind")))
    assert found.said.startswith("data/points.csv: 4 rows of 1 number; label")
    with pytest.raises(ContentError) as caught:
        tables.read(tmp_path, written(tmp_path, text([*ROWS, ("1", "a"), ("1",)])))
    assert [problem.wrong for problem in caught.value.problems] == ["2 cells", "1 cell"]


def test_a_file_has_at_most_so_many_rows(tmp_path, monkeypatch):
    asked = written(tmp_path, text(ROWS))
    monkeypatch.setattr(limits, "ROWS", len(ROWS))
    assert len(tables.read(tmp_path, asked).table.x) == len(ROWS)
    written(tmp_path, text([*ROWS, ("7", "8", "a")]))
    with pytest.raises(ContentError, match="more than 4 rows; expected at most 4"):
        tables.read(tmp_path, asked)


@pytest.mark.parametrize(("balance", "each"), [("drop", 6), ("repeat", 18)])
def test_uneven_classes_lose_no_row_unsaid(tmp_path, balance, each):
    np.savez(tmp_path / "points.npz", x=np.arange(34.0)[:, None], y=np.repeat([-1, 1], [25, 9]))
    found = plan(tmp_path, f'file = "points.npz"\ntest = 0.28\nbalance = "{balance}"')
    spec = found.experiments[0].runs[0].spec
    kinds.enter(pickle.loads(pickle.dumps(datasets.load().pop(spec.kind).table)))
    points, labels = datasets.points(spec.kind, 2, spec.points_per_class, spec.seed)
    held, _ = kinds.held_out(spec)
    assert np.bincount(labels).tolist() == [each, each] and not set(points.ravel()) & set(held.ravel())
    left_out = 34 - len(set(points.ravel()) | set(held.ravel()))
    assert left_out == (12 if balance == "drop" else 0)
    said = {"drop": "12 rows of the larger classes", "repeat": "those of smaller classes up to 3 times"}[balance]
    assert said in found.said[0] and bool(found.warned) == (balance == "drop")
    assert "Rows of the classes: -1 (25), 1 (9); networks" in found.said[0]


def test_a_split_is_the_seeds_and_training_rows_are_scaled(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(5, [1, 100, 3], (60, 3))
    np.savez(tmp_path / "points.npz", x=x, y=np.repeat(["u", "v", "w"], [30, 20, 10]))
    [experiment] = plan(tmp_path, 'file = "points.npz"\ntest = 0.25', "seeds = 2\n").experiments
    first, second = (run.spec for run in experiment.runs)
    assert first.points_per_class == 8 and layer_shapes(first)[0][1] == 3
    points, _ = datasets.points(first.kind, 3, 8, first.seed)
    np.testing.assert_allclose([points.mean(0), points.std(0)], [[0] * 3, [1] * 3], atol=1e-6)
    held, labels = kinds.held_out(first)
    assert np.bincount(labels).tolist() == [8, 5, 2]
    scaling = kinds.scaling(first)
    original = {tuple(row) for row in np.round(x, 4).tolist()}
    trained, tested = (
        {tuple(row) for row in np.round(rows * scaling["scale"] + scaling["mean"], 4).tolist()}
        for rows in (points.astype(float), held.astype(float))
    )
    assert len(trained & original) > 20 and not trained & tested
    assert not np.array_equal(kinds.held_out(second)[0], held)
    apart = dataclasses.replace(second, data_seed=first.seed)  # the seed of the data alone says which rows are held out
    assert (
        np.array_equal(kinds.held_out(apart)[0], held)
        and kinds.scaling(apart)["mean"].tolist() == scaling["mean"].tolist()
    )


def test_rows_held_out_by_a_column_or_a_file_are_never_trained_on(tmp_path):
    rows = [(*row, "test" if place in (1, 4) else "train") for place, row in enumerate([*ROWS[:2], *ROWS[:2], *ROWS])]
    rows += [("9", "8", "b", "train")]
    written(tmp_path, text(rows, "x,y,kind,part"))
    by_column = tables.read(tmp_path, {"file": "data/points.csv", "label": "kind", "test": "part"}).table
    assert (len(by_column.y), by_column.test_x.tolist()) == (7, [[-2, 3.25], [1.5, 2]])
    for name, part in (("a", "train"), ("b", "test")):
        written(tmp_path, text([row[:3] for row in rows if row[3] == part]), f"{name}.csv")
    by_file = tables.read(tmp_path, {"file": "data/a.csv", "test": "data/b.csv"}).table
    assert by_file.kind == by_column.kind


def test_workers_are_sent_the_rows_and_readers_need_none(tmp_path, monkeypatch):
    written(tmp_path, text(ROWS * 4))
    [experiment] = plan(tmp_path, 'file = "data/points.csv"\ntest = 0.25').experiments
    spec = experiment.runs[0].spec
    here = tasks.train([spec], "cpu", "")
    key, sent = run_key(spec), pickle.loads(pickle.dumps(kinds.among({spec.kind})))
    elsewhere = kinds.built_in()
    monkeypatch.setattr(datasets, "load", lambda: elsewhere)
    with pytest.raises(KeyError):
        layer_shapes(spec)
    assert tasks.with_tables(sent, tasks.train, [spec], "cpu", "") == here
    datasets.load().pop(spec.kind)
    kinds.recall({"kind": spec.kind, **dict(spec.dataset_options)})
    assert layer_shapes(spec)[0][1] == 2 and kinds.labels_of(spec.kind) == ("a", "b") and run_key(spec) == key
    assert spec.kind not in kinds.built_in()


def test_classes_are_counted_or_named(tmp_path):
    rows = [(str(place % 5), str(place % 7), "abc"[place % 3]) for place in range(30)]
    written(tmp_path, text(rows))
    data = 'file = "data/points.csv"\nclasses = ["c", "a", "b"]'
    profile = '[profile.quick.mine]\nclasses = ["b", "c"]\n'
    assert [run.spec.classes for run in plan(tmp_path, data, profile).experiments[0].runs] == [3]
    asked = {"": [3], "classes = [2, 3]\n": [2, 3], 'classes = ["b", "c"]\n': [2]}
    found = {
        classes: [run.spec for run in plan(tmp_path, data, classes=classes).experiments[0].runs] for classes in asked
    }
    assert {classes: [spec.classes for spec in specs] for classes, specs in found.items()} == asked
    labels = [[dict(spec.dataset_options)["labels"] for spec in specs] for specs in found.values()]
    assert labels == [["c; a; b"], ["c; a", "c; a; b"], ["b; c"]]
    drawn = plan(tmp_path, data, "draw = 1\nseeds = 2\n", "classes = [2, 3]\n").experiments[0].runs
    assert len({run.id for run in drawn}) == 4 and all(" " not in run.id for run in drawn)


def test_addresses_of_built_in_kinds_know_nothing_of_own_data(tmp_path):
    """What is trained or drawn of a built-in kind stays as it was."""
    known = (*stages.FORWARD, "networks/train", "networks/datasets/__init__", "networks/datasets/spirals")
    spec = RunSpec(classes=3, activation="tanh", seed=1)
    # Keys of later versions, which it leaves as they are.
    late = ("batch", "optimizer", "momentum", "data_seed", "l2_factors", "init_scale")
    fields = {key: value for key, value in dataclasses.asdict(spec).items() if key not in late}
    decides = [ACTIVATIONS["tanh"].decides] * 2
    before = digest("run", fields, decides, *stages.Source(known, stages.TRAINING).digest)
    written(tmp_path, text(ROWS))
    plan(tmp_path, 'file = "data/points.csv"')
    assert run_key(spec) == run_key(dataclasses.replace(spec, optimizer="adam")) == before
    changed = [{"batch": 10}, {"batch": 20}, {"optimizer": "sgd"}, {"optimizer": "sgd", "momentum": 0.5}]
    changed += [{"data_seed": 1}, {"l2_factors": (1.0, 1.0, 1.0)}, {"init_scale": 3.0}]
    assert len({before, *(run_key(dataclasses.replace(spec, **change)) for change in changed)}) == 8
    assert not any("tables" in part for stage in stages.STAGES.values() for part in stage.source.modules)


def test_letters_of_data_are_composed_and_their_file_is_found(tmp_path):
    decomposed = {form: functools.partial(unicodedata.normalize, form) for form in ("NFC", "NFD")}
    name, header, word = "ü.csv", "größe,y,art", "é"
    rows = [(x, y, kind.replace("a", word)) for x, y, kind in ROWS]
    read, keys = [], []
    for form, of in decomposed.items():
        top = tmp_path / form
        written(top, of(text(rows, header)), of(name))
        other = decomposed["NFD" if form == "NFC" else "NFC"]
        read.append(tables.read(top, {"file": other(f"data/{name}"), "label": "art"}).table)
        (top / "experiments.toml").write_text(f'file = "{other(f"data/{name}")}"', encoding="utf-8")
        keys.append(inputs_digest(top / "experiments.toml", "standard"))
        written(top, of(text(rows[1:], header)), of(name))
        assert inputs_digest(top / "experiments.toml", "standard") != keys[-1]
    assert read[0].names == read[1].names == ("größe", "y") and read[0].labels == read[1].labels == ("b", "é")


def test_what_a_file_holds_decides_and_not_its_name(tmp_path):
    data = 'file = "data/{}.csv"'
    for name in ("points", "other"):
        written(tmp_path, text(ROWS), f"{name}.csv")
    first, other = (
        run_key(plan(tmp_path, data.format(name)).experiments[0].runs[0].spec) for name in ("points", "other")
    )
    before = inputs_digest(tmp_path / "experiments.toml", "standard")
    written(tmp_path, text([*ROWS, ROWS[0]]), "other.csv")
    changed = run_key(plan(tmp_path, data.format("other")).experiments[0].runs[0].spec)
    assert first == other != changed
    assert inputs_digest(tmp_path / "experiments.toml", "standard") != before  # so a build looks at it again


ARTICLE = """---
title: Of my own
description: Flowers and digits.
authors:
  - name: A. Author
date: 2026-01-02
---

[Most points held out are told]{{claim="results.where(experiment='{name}').median('test_accuracy') > 0.85"}}.

/// figure | hidden-plane
    id: fig-mine
    experiment: {name}

**Where they go.**
///
"""


@pytest.fixture
def folder(tmp_path, made_tiny):
    """A folder for an article, with a cache beside it."""
    shutil.copytree(made_tiny / "cache", tmp_path / "cache")
    (tmp_path / "content").mkdir()
    return tmp_path


def built(folder, name, data, recipe, more=""):
    """Build an article of one experiment. Returns the page and the table's rows."""
    content = folder / "content"
    (content / "article.md").write_text(ARTICLE.format(name=name) + more, encoding="utf-8")
    source = f'[dataset.mine]\n{data}\n[experiment.{name}]\nactivation = "relu"\nhidden = [16, 2]\n{recipe}draw = 1\n'
    (content / "experiments.toml").write_text(source, encoding="utf-8")
    build(Options(content=content, out=folder / "site", cache=folder / "cache", workers=1), Progress(quiet=True))
    with (folder / "site" / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return (folder / "site" / "index.html").read_text(encoding="utf-8"), list(csv.DictReader(file))


def test_an_article_of_flowers(folder, one_worker_is_this_process):
    from sklearn.datasets import load_iris

    iris = load_iris()
    rows = [[*map(str, x), iris.target_names[y]] for x, y in zip(iris.data, iris.target, strict=True)]
    written(folder / "content", text(rows, "sepal length,sepal width,petal length,petal width,species"), "iris.csv")
    data = 'file = "data/iris.csv"\ntest = 0.25'
    more = "\n/// figure | loss\n\nCaption.\n///\n"
    page, [row] = built(folder, "flowers", data, "epochs = 150\ncheckpoints = 6\n", more)
    legend = page.partition("data-classes>")[2].partition("</figcaption>")[0]
    assert re.findall(r"</svg>&nbsp;(\w+)", legend) == ["setosa", "versicolor", "virginica"]
    assert "The classes are setosa, versicolor, virginica." in page
    assert page.count("data-classes>") == 1  # not where no class is drawn
    assert "figure-source" in legend  # which of the figure's words come after it
    assert "virginica</span>" in (folder / "site" / "gallery.html").read_text("utf-8")
    assert (row["labels"], row["inputs"], row["test_points"]) == ("setosa; versicolor; virginica", "4", "36")
    assert not (folder / "site" / "data" / "iris.csv").exists()  # what networks train on is no part of the site
    assert "column &#34;species&#34;, the one of words" in (folder / "site" / "reproduce.html").read_text("utf-8")

    import generator as peek

    datasets.load().pop(row["kind"])
    run = peek.load(folder / "site").one(experiment="flowers")
    with np.load(folder / "site" / "data" / "flowers" / f"{run.id}.npz") as file:
        arrays = dict(file)
    scaled = (iris.data - arrays["mean"]) / arrays["scale"]
    assert (run.predict(scaled) == iris.target).mean() > 0.9

    with pytest.raises(ContentError, match=r'article.md:\d+: the figure "input-plane" needs inputs of two dimensions'):
        built(
            folder, "flowers", data, "epochs = 150\ncheckpoints = 6\n", "\n/// figure | input-plane\n\nCaption.\n///\n"
        )


def test_the_guides_example_is_built(folder, one_worker_is_this_process):
    guide = (ROOT / "content" / "README.md").read_text(encoding="utf-8")
    [example] = [part for part in re.findall(r"```toml\n(.*?)```", guide, re.DOTALL) if "[dataset.flowers]" in part]
    rows = [(str(place % 7 + 9 * (place % 3)), str(place % 5), "abc"[place % 3]) for place in range(60)]
    content = folder / "content"
    written(content, text(rows, "width,height,species"), "flowers.csv")
    (content / "article.md").write_text(ARTICLE.format(name="flowers"), encoding="utf-8")
    (content / "experiments.toml").write_text(example + "epochs = 100\ncheckpoints = 4\n", encoding="utf-8")
    build(Options(content=content, out=folder / "site", cache=folder / "cache", workers=1), Progress(quiet=True))
    assert "</svg>&nbsp;c" in (folder / "site" / "index.html").read_text(encoding="utf-8")


def test_an_article_of_digits(folder, one_worker_is_this_process):
    data = 'kind = "digits"\nclasses = [0, 1, 7]\ntest = 0.25'
    recipe, bend = "epochs = 100\ncheckpoints = 6\nship = 1\n", "\n/// figure | bend\n\nCaption.\n///\n"
    page, [row] = built(folder, "digits", data, recipe, bend)
    assert "The classes are 0, 1, 7." in page and (row["inputs"], row["points_per_class"]) == ("64", "134")
    assert float(row["test_accuracy"]) > 0.9
    script = (folder / "site" / "assets" / "page.js").read_bytes()
    datasets.load().pop(row["kind"])  # another process edits the text: rows are not read for it, nor runs planned
    catalogue._LOADED.clear()
    again, _ = built(folder, "digits", data, recipe, f"{bend}\nAnd on.\n")
    assert "And on." in again and (folder / "site" / "assets" / "page.js").read_bytes() == script


DRAW = "\n/// figure | digit\n    id: fig-draw\n\n**Draw.**\n///\n"


def test_readers_draw_on_digits_and_not_on_flowers(folder, one_worker_is_this_process):
    """Class counts of one table are one choice; an edit of the text alone knows the data that travel."""
    data, recipe = 'kind = "digits"\ntest = 0.25', "epochs = 100\ncheckpoints = 3\n"
    for more in ("", "\nMore.\n"):
        page, rows = built(folder, "digits", data, recipe + "ship = 1\nclasses = [2, 3]\n", DRAW + more)
        for row in rows:
            datasets.load().pop(row["kind"])
    index = json.loads(page.partition('id="peek-runs">')[2].partition("</script>")[0])
    assert [run["classes"] for run in index["runs"]] == [2, 3] and {run["recipe"] for run in index["runs"]} == {0}
    assert index["recipes"][0]["parameters"]["labels"] == "0; 1; 2" and index["recipes"][0]["image"] == [8, 8]
    assert 'data-explorable="digit"' in page and "More." in page

    written(folder / "content", text(ROWS * 4))
    with pytest.raises(ContentError, match=r'article.md:\d+: the figure "digit" needs data whose rows are pictures'):
        built(folder, "points", 'file = "data/points.csv"\ntest = 0.25', recipe, DRAW)


def test_built_in_kinds_have_no_such_column(made_tiny, tmp_path, one_worker_is_this_process):
    from tests.conftest import TINY

    cache = shutil.copytree(made_tiny / "cache", tmp_path / "cache")
    build(Options(content=TINY, out=tmp_path / "site", cache=cache, workers=1), Progress(quiet=True))
    assert "test_accuracy" not in (tmp_path / "site" / "data" / "grid.csv").read_text(encoding="utf-8")

"""Results made elsewhere, from the file to the page, and tables of results."""

import hashlib
import json
import re
import shutil
import threading
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from generator.base import language
from generator.base.errors import ContentError
from generator.base.overlay import Overlay
from generator.base.progress import Progress
from generator.base.store import Store, content_of
from generator.build import build, context_of, remember, remembered
from generator.content import experiments, external
from generator.content.columns import AT_ONCE, csv_columns
from generator.markup import claims, expressions, tabulation
from generator.options import Options
from generator.runs import catalogue, results
from generator.runs.results import Record, Result, Results, Table, UnknownResult
from generator.serve import Follower, Live
from tests.edits import add, edit

ROOT = Path(__file__).parent.parent
TEMPLATES = Overlay(ROOT / "templates")
ROWS = {
    "lr": [0.1, 0.1, 0.01, 0.01],
    "steps": [10, 20, None, 40],
    "optimizer": ["sgd", "adam", None, "n/a"],
    "converged": [True, False, None, True],
    "test_loss": [1.25, -3.0, 4e-7, None],
}


def cell(value, point="."):
    told = {None: "", True: "true", False: "False"}
    return told[value] if value is None or isinstance(value, bool) else str(value).replace(".", point)


def csv(between=",", point=".", end="\n", gap=""):
    rows = [ROWS, *([cell(value, point) for value in row] for row in zip(*ROWS.values(), strict=True))]
    head, *rest = (between.join(row).replace("test_loss", "test loss") for row in rows)
    return end.join([head, *(gap.join([row, ""]) for row in rest)]) + end


def npz(path):
    holed = {"steps", "test_loss"}
    whole = {"optimizer": ["sgd", "adam", "", "n/a"], "converged": [True, False, False, True]}
    np.savez(path, **{k: np.array(v, float if k in holed else None) for k, v in (ROWS | whole).items()})


WRITINGS = {
    "commas.csv": lambda path: path.write_text(csv()),
    "mark.csv": lambda path: path.write_bytes(b"\xef\xbb\xbf" + csv(end="\r\n").encode()),
    "german.csv": lambda path: path.write_text(csv(";", ",")),
    "tabs.tsv": lambda path: path.write_text(csv("\t")),
    "CAPITALS.TSV": lambda path: path.write_text(csv("\t")),
    "rows.json": lambda path: path.write_text(
        json.dumps([{"lr" if k == "lr" else k: v for k, v in zip(ROWS, row, strict=True) if v is not None}
                    for row in zip(*ROWS.values(), strict=True)])
    ),
    "columns.json": lambda path: path.write_text(json.dumps(ROWS | {"steps": [10, 20, float("nan"), 40]})),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITINGS)
def test_every_way_of_writing_gives_the_same_rows(tmp_path, name):
    WRITINGS[name](tmp_path / name)
    found = external.read(tmp_path, "scan", name, {})
    wanted = [dict(zip(ROWS, row, strict=True)) for row in zip(*ROWS.values(), strict=True)]
    assert json.dumps(found.rows) == json.dumps(wanted)  # whole numbers are whole, gaps are None
    assert found.source["sha256"] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    assert (found.source["rows"], found.source["columns"]) == (4, [*ROWS])
    assert ('test_loss ("test loss")' in found.said) == ("json" not in name)


def test_what_its_cells_are_written_with_is_told_and_per_cent_is_the_unit_of_its_column(tmp_path):
    (tmp_path / "s.csv").write_text("model;top-1;error %;n\nA;76,1 %;1%;1,5\nB;;2 %;1.200\n")
    found = external.read(tmp_path, "s", "s.csv", {"n": "size"})
    assert [*found.rows[0].values()] == ["A", 76.1, 1, 1.5] and found.rows[1]["n"] == 1200
    assert found.columns == {"top_1": "top-1, %", "error": "error %", "n": "size"}
    how = "semicolons between cells; decimal commas; signs between thousands; 12 % read as 12."
    assert found.said.endswith(f"; {how}")


def test_a_name_may_hold_a_sign_that_stands_between_cells_elsewhere(tmp_path):
    (tmp_path / "s.csv").write_text("name,mass (g; mean of 3)\na,1\nb,2\n")
    assert [*external.read(tmp_path, "s", "s.csv", {}).rows[1].values()] == ["b", 2]


def test_numbers_that_lose_a_nought_are_told(tmp_path):
    """As codes of places and of samples do; 0 and 0.5 lose none."""
    for cells, told in (("0,010\n1,007", "; 010 read as 10."), ("0,0.5\n1,0", "columns: id, code.")):
        (tmp_path / "s.csv").write_text(f"id,code\n{cells}\n")
        assert external.read(tmp_path, "s", "s.csv", {}).said.endswith(told)


def test_a_file_is_read_again_where_it_changed_and_nowhere_else(tmp_path, monkeypatch):
    file, store, read = tmp_path / "scan.csv", Store(tmp_path / "cache"), []
    columns = external._columns
    monkeypatch.setattr(external, "_columns", lambda path: read.append(path) or columns(path))

    def rows():
        memo = remembered(store)
        found = external.read(tmp_path, "scan", "scan.csv", {}, memo)
        remember(store, memo)
        return json.dumps([found.rows, found.source, found.said])

    file.write_text(csv())
    assert rows() == rows() and len(read) == 1
    file.write_text("# of March\n" + csv())
    assert "of March" in rows() and len(read) == 2
    for kept in (store.root / "entries" / "memo").rglob("*.txt"):
        kept.write_bytes(kept.read_bytes().replace(b"sgd", b"sgx"))
    assert "sgd" in rows() and len(read) == 3


def test_arrays_are_rows_too_and_a_long_file_is_read_whole(tmp_path):
    npz(tmp_path / "arrays.npz")
    found = external.read(tmp_path, "scan", "arrays.npz", {})
    assert [row["steps"] for row in found.rows] == [10, 20, None, 40]
    assert [row["optimizer"] for row in found.rows] == ["sgd", "adam", "", "n/a"]
    lines = csv().split("\n")
    (tmp_path / "long.csv").write_text("\n".join([lines[0], *lines[1:5] * 500]))
    found = external.read(tmp_path, "scan", "long.csv", {})
    assert [row["test_loss"] for row in found.rows] == ROWS["test_loss"] * 500


def test_numbers_of_four_bytes_are_those_that_were_meant(tmp_path):
    np.savez(tmp_path / "s.npz", lr=np.array([0.1, 1e-3], np.float32), half=np.array([0.1, np.nan], np.float16))
    rows = external.read(tmp_path, "scan", "s.npz", {}).rows
    assert [dict(row) for row in rows] == [{"lr": 0.1, "half": 0.1}, {"lr": 0.001, "half": None}]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("many", "more", "kind"),
    [("", "late", str), ("", "0.5", float), ("0.5", "late", str), ("nan", "late", str), ("late", "0.5", None)],
)
def test_what_a_column_holds_is_judged_by_the_whole_of_it(tmp_path, many, more, kind, turned):
    cells = [many] * (AT_ONCE + 90) + [more] * (AT_ONCE + 100)
    file = tmp_path / "long.csv"
    file.write_text("\n".join(["at,told", *(f"{at},{cell}" for at, cell in enumerate(cells[:: -1 if turned else 1]))]))
    if kind is None:  # most are numbers
        with pytest.raises(ContentError, match=f'long.csv:{AT_ONCE + 102 if turned else 2}: column 2, "told"'):
            external.read(tmp_path, "scan", file.name, {})
        return
    told = {row["told"] for row in external.read(tmp_path, "scan", file.name, {}).rows}
    assert told == {kind(cell) if cell and (kind is str or cell != "nan") else None for cell in (many, more)}


ABOUT = "# made by a, b; on Monday\n#\n# seeds 1 to 20, 600 epochs\n\n"
TOLD = "made by a, b; on Monday seeds 1 to 20, 600 epochs"


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("resaved", [False, True])
def test_lines_above_a_header_are_about_the_file(tmp_path, between, end, mark, resaved):
    above = re.sub("(?<=.)$", between * 4, ABOUT, flags=re.M) if resaved else ABOUT  # as a spreadsheet fills its rows
    text = mark + (above + csv(between, "," if between == ";" else ".")).replace("\n", end)
    (tmp_path / "s.csv").write_bytes(text.encode())
    found = external.read(tmp_path, "s", "s.csv", {})
    wanted = [dict(zip(ROWS, row, strict=True)) for row in zip(*ROWS.values(), strict=True)]
    assert json.dumps(found.rows) == json.dumps(wanted) and found.source["about"] == TOLD


@pytest.mark.parametrize(
    ("text", "columns", "about"),
    [
        ("# a,b\n1,2\n3,4\n", ["a", "b"], ""),  # as numpy.savetxt writes a header
        ("# a note, short\n# a; b\n1,5;2\n3;4\n", ["a", "b"], "a note, short"),
        ("# a,what\n1,x\n2,y\n", ["a", "what"], ""),
        ("#,a\n1,2\n", ["#", "a"], ""),
        ("#a,b\n1,2\n", ["a", "b"], ""),
        ("# x, y\na,b\n1,2\n", ["a", "b"], "x, y"),
        ("# one\x0b\u2028# line\na,b\n1,2\n", ["a", "b"], "one\x0b\u2028# line"),
        ("a,b\n1,2\n# 3,4\n", None, ""),  # below the header a row is a row
    ],
)
def test_a_header_is_told_from_what_is_about_it(tmp_path, text, columns, about):
    (tmp_path / "s.csv").write_text(text)
    if columns is None:
        with pytest.raises(ContentError):
            external.read(tmp_path, "s", "s.csv", {})
        return
    found = external.read(tmp_path, "s", "s.csv", {})
    assert found.source["columns"] == columns and found.source.get("about", "") == about


@pytest.mark.parametrize("rows", [3, 1300])  # a long file is read in parts
@pytest.mark.parametrize("header", ["a,b,what\n", ""])
def test_own_data_may_say_where_they_are_from(tmp_path, rows, header):
    data = "".join(f"{at},{at / 2},{'xy'[at % 2]}\n" for at in range(rows))
    (tmp_path / "s.csv").write_text(ABOUT + header + data)
    found = csv_columns(tmp_path / "s.csv")
    assert [len(column) for column in found.columns] == [rows] * 3 and list(found.columns[0]) == [*range(rows)]
    assert found.names == (["a", "b", "what"] if header else ["column 1", "column 2", "column 3"])
    (tmp_path / "s.csv").write_text(ABOUT + header + data + "1,x,y\n")
    with pytest.raises(ContentError, match=rf"s\.csv:{4 + bool(header) + rows + 1}: column 2"):
        csv_columns(tmp_path / "s.csv")


def test_a_cell_in_quotation_marks_may_have_several_lines_and_be_the_last(tmp_path):
    for cell in ('"two\nlines"', '"two\nlines" ', '"a ""b""\nc"'):
        (tmp_path / "s.csv").write_text(f"x,y\n1,one\n2,{cell}\n")
        assert len(csv_columns(tmp_path / "s.csv", gaps=True, results=True).columns[1]) == 2


@pytest.mark.parametrize("gap", ["", "-", "—", "–", "--", "N/A", "n.a.", "#N/A", "NaN"])
def test_a_cell_without_a_number_as_papers_and_spreadsheets_write_it_is_a_gap(tmp_path, gap):
    (tmp_path / "s.csv").write_text(f"x,y\n1,one\n{gap},two\n3,three\n", encoding="utf-8")
    numbers = csv_columns(tmp_path / "s.csv", gaps=True).columns[0]
    assert str(list(numbers)) == str(list(np.array([1, np.nan, 3])))


LONG = "a,b\n" + "1,2\n" * 600
BAD = {
    "x,y\n1,2\n3,four\n5,6\n": 's.csv:3: column 2, "y": "four" is not a number; expected a finite number, or an empty',
    "x,y\n1,2\n3\n": "s.csv:3: 1 cell; expected 2, as above",
    "Table 2: Results\nx,y\n1,2\n": "s.csv:2: 2 cells; expected 1, as above, or # before lines above the names",
    "x,y\n1,inf\n": 's.csv:2: column 2, "y": "inf" is not a number',
    LONG + "1,x\n": 's.csv:602: column 2, "b": "x" is not a number',
    'x,y\n1,"a\n2,b\n3,c\n': 's.csv:2: a quotation mark that is not closed; expected another " at the end of its cell',
    LONG + '1,"2\n3,4\n': "s.csv:602: a quotation mark that is not closed",
    "1.5,2\n3,4\n": "s.csv:1: the first row holds numbers alone; expected a row of names above it",
    "x,x\n1,2\n": 's.csv:1: columns 1 and 2 are both named "x"',
    "y,,x\n0,2,3\n": "s.csv:1: column 2 has no name",
    "a b,a_b\n0,2\n": 's.csv: columns "a b" and "a_b" would both be a_b; expected different names',
    "x,y\n": "s.csv: has a header and no rows",
    "": "s.csv: has no rows",
    '[{"a": 1},\n {"a" 2}]': "s.json:2: not JSON",
    f'[{{"a": 1}},\n {{"a": {"9" * 5000}}}]': "s.json:2: a number of 5,000 digits; expected at most 4,300",
    '{"a": {"0": 1}}': "s.json: an object, and not of such rows; expected a list of objects",
    '{"a": [1, 2], "b": [1]}': "s.json: lengths: a 2, b 1",
    '[{"a": 1}, {"a": "x"}, {"a": 2}]': 's.json: row 2, "a": "x"; expected a number, or null for a gap',
    '[{"a": Infinity}]': 's.json: row 1, "a": Infinity; expected a number',
    '[{"a": [1]}]': 's.json: row 1, "a": [1]; expected',
    f'[{{"a": {"9" * 400}}}]': 's.json: row 1, "a": 9999',
    '[{"a": "b"}, {"a": "c\\u0000"}]': 's.json: row 2, "a": an invisible character, U+0000; expected none',
    '[{"a": "c\\ud800"}]': 's.json: row 1, "a": an invisible character, U+D800; expected none',
    "x,y\n1,a\n2,b\x1b\n": 's.csv: row 2, "y": an invisible character, U+001B; expected none',
    "[]": "s.json: has no rows",
}


@pytest.mark.parametrize("content", BAD, ids=lambda content: content[-20:])
def test_a_mistake_in_a_file_is_said_where_it_is(tmp_path, content):
    name = "s.json" if content[:1] in ("[", "{") else "s.csv"
    (tmp_path / name).write_text(content)
    with pytest.raises(ContentError) as caught:
        experiments.parse(f'[results.s]\nfile = "{name}"\n', str(tmp_path / "experiments.toml"))
    assert BAD[content] in str(caught.value).replace(f"{tmp_path}/", "")


WRONG = {
    '[results.my-scan]\nfile = "s.csv"': '1: "my-scan" is no name for results; did you mean "my_scan"?',
    '[results.results]\nfile = "s.csv"': '1: "results" is a word of expressions; expected another name',
    '[results.grid]\nfile = "s.csv"\n[experiment.grid]\nclasses = 2\nactivation = "tanh"': '1: "grid" is the name of',
    '[results.Grid]\nfile = "s.csv"\n[experiment.grid]\nclasses = 2\nactivation = "tanh"': "1: Windows and macOS",
    '[results.aux]\nfile = "s.csv"': '1: Windows has no place for a name with "aux", a device',
    '[results.s]\nfle = "s.csv"': "1: results s have no file; expected file = a file in the content",
    '[results.s]\nfile = "t.csv"': '2: no file "t.csv"; did you mean "s.csv"?',
    '[results.s]\nfile = "s.txt"': '2: "s.txt" ends in ".txt"; expected one of .csv, .tsv, .json, .npz',
    '[results.s]\nfile = "../s.csv"': '2: "../s.csv" is outside the content\'s folder',
    '[results.s]\nfile = "s.csv"\ncolumns.los = "x"': '3: no column "los" in s.csv; expected one of loss, lr; did you',
    '[results.s]\nfile = "s.csv"\ncolumns.loss = 3': '3: columns is {"loss": 3}; expected words of columns, such as',
}


@pytest.mark.parametrize("toml", WRONG)
def test_a_mistake_in_the_table_of_results_is_said_with_its_line(tmp_path, monkeypatch, toml):
    (tmp_path / "s.csv").write_text("loss,lr\n1,2\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ContentError) as caught:
        experiments.parse(toml, "experiments.toml")
    assert str(caught.value).startswith(f"experiments.toml:{WRONG[toml]}")


# Statistics and evidence


def scan(**columns):
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    told = {"loss": "mean loss, nats", "k": "classes"}
    return Table([Record("scan", at, row) for at, row in enumerate(rows, 1)], "scan", told)


def test_spreads_are_those_of_numpy_and_need_values():
    values = np.random.default_rng(0).normal(size=11).tolist()
    table = scan(loss=[*values, None])
    assert table.std("loss") == pytest.approx(np.std(values, ddof=1))
    assert table.iqr("loss") == pytest.approx(np.subtract(*np.quantile(values, [0.75, 0.25])))
    with pytest.raises(UnknownResult, match="one row alone"):
        scan(loss=[1.0, None]).std("loss")


@pytest.mark.parametrize(
    ("tag", "seeded", "said"),
    [
        ("en", False, "Median mean loss of 8 rows (scan): 4.5 nats, 95 % interval 1 to 8 nats."),
        ("en", True, "Median mean loss of 8 rows, 2 seeds (scan): 4.5 nats, 95 % interval 1 to 8 nats."),
        ("de", True, "Median: mean loss aus 8 Zeilen, 2 Startwerte (scan): 4,5 nats, 95-%-Intervall 1 bis 8 nats."),
    ],
)
def test_evidence_is_of_rows_with_the_authors_words_and_unit(tag, seeded, said):
    table = scan(loss=[float(value) for value in range(1, 9)], **({"seed": [1, 2] * 4} if seeded else {}))
    words = language.load(tag, TEMPLATES)
    names = {"results": Results([]), "scan": table}
    asked = claims.ask("scan.median('loss') < 5", names, words)
    assert [row.replace("\u00a0", " ") for row in asked["rows"]] == [said]
    opened = claims.judge("claim-1", "c", asked, 9, False, "a.md:1")
    if tag == "en":
        assert ("Needs more seeds: 2 of 9." if seeded else "Needs more rows: 8 of 9.") in claims.shown(opened, words)
        assert "The rows agree." in claims.shown(claims.judge("claim-1", "c", asked, 0, False, "a.md:1"), words)
    assert claims.ask("scan.count > 5", names)["rows"][0].startswith("Number of rows of 8 rows")


@pytest.mark.parametrize("kept", [False, True], ids=["made now", "from the cache"])
@pytest.mark.parametrize(("tag", "said"), [("en", "Greatest wall gap of 1 row"), ("de", "aus 1 Zeile")])
def test_evidence_of_our_own_tables_is_in_the_words_of_the_page(kept, tag, said):
    columns = {"wall_gap": language.message("distance of a centre from its wall, where there is one")}
    table = Table([Record("best", 1, {"wall_gap": 0.5})], "best", json.loads(json.dumps(columns)) if kept else columns)
    words = language.load(tag, TEMPLATES)
    [row] = claims.ask("best.max('wall_gap') < 1", {"results": Results([]), "best": table}, words)["rows"]
    assert said in row and words.measure("wall_gap") in row and "where there is one" not in row and "say" not in row


def test_a_column_may_be_called_as_python_calls_its_own():
    table = scan(value=[1, 2], at=[3, 4], table=[5, 6], count=[7, 8])
    names = {"scan": table}
    assert expressions.evaluate('[scan.one().value, scan.one().at, scan.one()["table"], scan.max("count")]', names) == [
        *(1, 3, 5, 8)
    ]


# Tables


class Cells(HTMLParser):
    """The rows of a table as text; what spans rows stands in each."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.open, self.spans = [], None, {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.open, self.span = "", int(dict(attrs).get("rowspan", 1))

    def handle_data(self, data):
        if self.open is not None:
            self.open += data

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append(self.open if self.span == 1 else f"{self.open}×{self.span}")
            self.open = None


def table_of(page):
    return [[" ".join(text.split()) for text in row] for row in Cells(page).rows]


def test_groups_are_sorted_spanned_and_hold_the_quartiles_of_numpy():
    rng = np.random.default_rng(3)
    rows = [(layer, k, *rng.uniform(size=2)) for layer in ("m10", "m2") for k in (9, 10, 3) for _ in range(5)]
    layer, k, loss, time = map(list, zip(*rows, strict=True))
    loss[0] = None
    found = tabulation.table(scan(layer=layer, k=k, loss=loss, time=time), ["layer", "k"], ["loss", "time"], {})
    heads = [[(head["value"], head["span"]) for head in row["heads"]] for row in found["rows"]]
    assert heads == [[("m2", 3), (3, 1)], [(9, 1)], [(10, 1)], [("m10", 3), (3, 1)], [(9, 1)], [(10, 1)]]
    for row, (name, size) in zip(found["rows"], [(m, n) for m in ("m2", "m10") for n in (3, 9, 10)], strict=True):
        for cell, column in zip(row["cells"], (loss, time), strict=True):
            own = [v for v, a, b in zip(column, layer, k, strict=True) if (a, b) == (name, size) and v is not None]
            low, middle, high = np.quantile(own, [0.25, 0.5, 0.75])
            assert [cell["low"], cell["value"], cell["high"]] == pytest.approx([low, middle, high])
            assert (cell["n"], row["n"]) == (len(own), 5)


def runs():
    return Results(
        Result(f"s{seed}", "grid", "", label, {"activation": name, "seed": seed, "hidden": [8, 2]},
               {"accuracy": accuracy, "std_deg": 10.0 * seed, "collapsed": seed == 1, "steps": 100 * seed}, {}, {})
        for name, label, several in (("tanh", "tanh", (0.9, 0.99996, 1.0)), ("relu", "ReLU", (0.5, None, 0.7)))
        for seed, accuracy in enumerate(several, 1)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        ("en", [
            ["activation", "hidden widths", "runs", "accuracy, %", "std, °", "collapsed, %", "Steps"],
            ["tanh", "8, 2", "3", "99.9 95.0 – 99.9", "20 15 – 25", "33.3", "200 150 – 250"],
            ["ReLU", "8, 2", "3", "60.0 55.0 – 65.0 (2 runs)", "20 15 – 25", "33.3", "200 150 – 250"],
        ]),
        ("de", [
            ["Aktivierung", "verdeckte Breiten", "Läufe", "Genauigkeit, %", "std, °", "kollabiert, %", "Steps"],
            ["tanh", "8, 2", "3", "99,9 95,0 – 99,9", "20 15 – 25", "33,3", "200 150 – 250"],
            ["ReLU", "8, 2", "3", "60,0 55,0 – 65,0 (2 Läufe)", "20 15 – 25", "33,3", "200 150 – 250"],
        ]),
    ],
)  # fmt: skip
def test_a_table_of_runs_speaks_the_language_of_the_page(tag, wanted):
    from generator.site.templates import TemplateRenderer

    made = tabulation.table(runs(), ["activation", "hidden"], ["accuracy", "std_deg", "collapsed", "steps"], {})
    fill = TemplateRenderer(TEMPLATES, tag=tag)
    block = type("Block", (), {"id": "tbl-x", "number": "1"})
    context = {"block": block, "options": {}, "argument": "A", "content": ""}
    page = fill.render(
        "blocks/table.html", context | {"table": json.loads(json.dumps(made)) | {"headings": {"steps": "Steps"}}}
    )
    rows = table_of(page)
    assert rows[1:] == wanted[1:]
    assert rows[0][2:4] == wanted[0][2:4] and rows[0][-1] == "Steps" and rows[0][4] == wanted[0][4]
    assert fill.words("Median, and beside it the lower and the upper quartile.") in page
    assert page.count('scope="row') == 4 and page.count('scope="col') == 7


def test_a_listing_shows_values_as_they_are_and_aligns_their_points():
    table = scan(lr=[0.1, 1e-4, 3], word=["<b>", None, "open"], year=[2024, 1999, 7], tiny=[1e-12, 1.0, None])
    made = tabulation.table(table, None, None, {"scan": table})
    assert [column["digits"] for column in made["columns"]] == [4, 0, 0, None]
    assert [row["cells"][0]["digits"] for row in made["rows"]] == [1, 4, 0]
    assert not made["spread"] and [row["heads"] for row in made["rows"]] == [[], [], []]
    with pytest.raises(expressions.ExpressionError) as nothing:
        tabulation.table(Results([]), None, None, {"scan": table})
    assert (nothing.value.wrong, nothing.value.expected) == ("of gives no runs", "of: scan")
    with pytest.raises(tabulation.TableError) as caught:
        tabulation.table(scan(lr=[0.5] * 501), None, None, {})
    assert "501 rows" in str(caught.value)


# From the file to the page

ADDED = """
{{ scan.where(lr=0.1).median("test_loss") | number(2) }} is the median.
[Small steps]{claim="scan.where(lr=0.01).median('test_loss') < 0.3"}.

/// table | Scan
    of: scan
    rows: [lr: rate]
    columns: test_loss
///
"""
FILE = "lr;test loss;seed\n" + "".join(f"0,1;{n / 8};{n}\n0,01;{n / 16};{n}\n" for n in range(1, 8))


@pytest.fixture
def with_scan(article):
    guide = (ROOT / "content" / "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^```toml\n(\[results\.scan\]\n.*?)^```", guide, re.MULTILINE | re.DOTALL)
    add(article / "experiments.toml", "\n" + example)
    add(article / "article.md", ADDED)
    (article / "scan.csv").write_text(FILE)
    return article


def test_a_file_of_results_is_in_sentences_claims_tables_and_downloads(
    with_scan, cache, tmp_path, one_worker_is_this_process
):
    options = Options(content=with_scan, out=tmp_path / "site", cache=cache, workers=1)
    build(options, Progress(quiet=True))
    page, reproduce = ((tmp_path / "site" / name).read_text("utf-8") for name in ("index.html", "reproduce.html"))
    assert "0.50 is the median." in page
    assert "Median mean test loss of 7 rows, 7 seeds (scan, lr = 0.01): 0.25" in page.replace("&nbsp;", " ")
    tables = table_of(page)
    assert ["0.01", "7", "0.250 0.156 – 0.344"] in tables and ["0.1", "7", "0.500 0.312 – 0.688"] in tables
    assert ["rate", "rows", "mean test loss, nats"] in tables
    served = (tmp_path / "site" / "data" / "scan.csv").read_bytes()
    assert served == FILE.encode()
    told = " ".join(re.sub(r"<[^>]*>", " ", reproduce).split())
    columns = "lr, test_loss (mean test loss, nats), seed."
    about = f"Results made elsewhere, from the file scan.csv: 14 rows; columns: {columns}"
    assert f"{about} {hashlib.sha256(served).hexdigest()}" in told

    import generator as peek

    assert {run.experiment for run in peek.load(tmp_path / "site")} == {"grid"}  # rows of others are no runs

    add(with_scan / "article.md", "\nMore.\n")
    with pytest.MonkeyPatch.context() as patched:  # an edit of the text reads none of the rows
        patched.setattr(catalogue, "_LOADED", {})
        patched.setattr(results, "_table", lambda name, table: Table(lambda: 1 / 0, name, table["columns"]))
        build(options, Progress(quiet=True))
    assert "More." in (tmp_path / "site" / "index.html").read_text("utf-8")

    edit(with_scan / "experiments.toml", "mean test loss, nats", "mean held-out loss, bits")
    build(options, Progress(quiet=True))  # no row differs, and what is said of a column does
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "Median mean held-out loss of 7 rows" in page and "mean held-out loss, bits" in page


def test_columns_called_as_parts_of_a_recipe_keep_their_own_names(article, cache, tmp_path, one_worker_is_this_process):
    (article / "scan.csv").write_text("kind,hidden,batch\na,1,10\nb,2,30\n")
    add(article / "experiments.toml", '\n[results.scan]\nfile = "scan.csv"\n')
    table = "\n/// table | T\n    of: scan\n    rows: kind\n    columns: [hidden, batch]\n///\n"
    chart = "\n/// figure | chart\n    id: fig-c\n    data: scan\n    x: hidden\n    y: batch\n\nC.\n///\n"
    add(article / "article.md", table + chart)
    build(Options(content=article, out=tmp_path / "site", cache=cache, workers=1), Progress(quiet=True))
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert ["kind", "hidden", "batch"] in table_of(page)
    figure = page.partition('id="fig-c"')[2].partition("</figure>")[0]
    assert "batch" in figure and "points a step" not in figure and "hidden widths" not in figure


def test_years_keep_their_thousands_together_wherever_they_are_read(tmp_path, one_worker_is_this_process):
    content = tmp_path / "content"
    content.mkdir()
    rows = [f"{year};{year - 600};{n / 10};{'ab'[n % 2]}" for n, year in enumerate(range(1999, 2024, 4))]
    (content / "survey.csv").write_text("\n".join(["Jahr;papers;share;kind", *rows, ""]))
    (content / "experiments.toml").write_text('[results.survey]\nfile = "survey.csv"\n')
    blocks = [
        "/// table | T\n    of: survey\n    rows: Jahr\n    columns: papers\n",
        "/// table | T\n    of: survey\n    rows: all\n    columns: [Jahr, papers]\n",
        "/// table | T\n    of: survey\n    rows: kind\n    columns: Jahr\n",
        "/// figure | chart\n    data: survey\n    x: Jahr\n    y: share\n    x_scale: log\n    colour: kind\n\nC.\n",
        "/// figure | chart\n    data: survey\n    x: share\n    y: papers\n    facet: Jahr\n\nC.\n",
        "/// figure | chart\n    data: survey\n    x: Jahr\n    y: share\n\nC.\n",
        "/// figure | chart\n    data: survey\n    x: share\n    y: Jahr\n\nC.\n",
    ]
    said = "Since {{ survey.min('Jahr') }}, {{ survey.max('papers') }} papers, half by {{ survey.median('Jahr') }}, "
    said += "and before {{ (survey.max('Jahr') + 1) | year }}.\n\n"
    (content / "article.md").write_text("# Survey\n\n" + said + "".join(f"{block}///\n\n" for block in blocks))
    build(Options(content=content, out=tmp_path / "site", cache=tmp_path / "cache", workers=1), Progress(quiet=True))
    text = re.sub(r"<[^>]*>", " ", (tmp_path / "site" / "index.html").read_text("utf-8"))
    assert "Since 1999, 1,423 papers, half by 2011, and before 2024" in text and text.count("2023") >= 3
    assert not re.search(r"1,999|2,0\d\d", text)


def test_the_server_notices_the_file_and_what_it_contradicts(with_scan, cache, tmp_path, one_worker_is_this_process):
    options = Options(content=with_scan, out=tmp_path / "site", cache=cache, workers=1, templates=None)
    live, made = Live(), threading.Event()
    follower = Follower(live, options, context_of(options, Progress(quiet=True)), made.set)

    def saved(text):
        (with_scan / "scan.csv").write_text(text)
        made.clear()
        follower.rebuild("scan.csv")
        if follower.training:
            assert made.wait(60)
            follower.rebuild("scan.csv")
        return live.problem or content_of(live.files["index.html"]).decode()

    texts = (FILE, FILE.replace("0,1;", "0,1;1"), FILE.replace("0,01;", "0,01;1"), FILE.replace("0.125", "x", 1))
    seen = [saved(text) for text in texts]
    follower.stop()
    first, second, contradicted, broken = seen
    assert "0.50 is the median." in first and "10.50 is the median." in second
    assert re.search(r"article\.md:\d+: the rows contradict the claim: median mean test loss of 7 rows", contradicted)
    assert re.search(r'scan\.csv:2: column 2, "test loss": "x" is not a number', broken)


def test_what_asks_wrongly_for_rows_is_said_before_anything_trains(with_scan, tmp_path, one_worker_is_this_process):
    article = with_scan / "article.md"
    edit(article, 'median("test_loss")', 'median("test_los")')
    edit(article, "rows: [lr", "rows: [rl")
    edit(article, "lr=0.01", "lr=0.02")
    with pytest.raises(ContentError) as caught:
        build(Options(content=with_scan, out=tmp_path / "site", cache=tmp_path / "cache"), Progress(quiet=True))
    for wrong in ('unknown column "test_los"; did you mean "test_loss"?', 'unknown column "rl"', "no row with lr=0.02"):
        assert wrong in str(caught.value)
    assert not (tmp_path / "cache" / "runs").exists()


def test_an_article_may_have_no_networks_at_all(with_scan, tmp_path, one_worker_is_this_process):
    toml = (with_scan / "experiments.toml").read_text()
    head = (with_scan / "article.md").read_text().split("##")[0]
    (with_scan / "article.md").write_text(head + ADDED)
    shutil.move(with_scan / "scan.csv", with_scan / "data.csv")
    (with_scan / "experiments.toml").write_text(
        toml[toml.index("[results.scan]") :].replace('"scan.csv"', '"data.csv"')
    )
    build(Options(content=with_scan, out=tmp_path / "site", cache=tmp_path / "cache", workers=1), Progress(quiet=True))
    assert "networks, one command" not in (tmp_path / "site" / "reproduce.html").read_text("utf-8")
    assert (tmp_path / "site" / "data" / "scan.csv").read_bytes() == FILE.encode()

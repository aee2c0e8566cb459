"""Predictions: what their file may hold, how they come out, and that they are no claims of the text."""

import datetime
import re
import threading

import pytest

from generator.base.errors import ContentError
from generator.base.progress import Progress
from generator.base.store import content_of
from generator.build import context_of
from generator.content import predictions
from generator.options import Options
from generator.serve import Follower, Live

ONE = '[[prediction]]\nsays = "All <learn>."\nclaim = "results.min(\'accuracy\') > 0"\n'
FILE = "date = 2026-03-01\n\n" + ONE


def wrong(tmp_path, text):
    (tmp_path / predictions.FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ContentError) as told:
        predictions.read(tmp_path)
    return [str(each).removeprefix(f"{tmp_path}/") for each in told.value.problems]


def test_a_folder_without_a_file_predicts_nothing(tmp_path):
    assert predictions.read(tmp_path) == predictions.NONE


@pytest.mark.parametrize("written", [lambda t: t, lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n")])
def test_each_has_its_line_however_the_file_was_saved(tmp_path, written):
    text = FILE + "\n\n# more\n  [[ prediction ]]\nsays = '''Two\nlines.'''\nclaim = 'x'\nneeds_seeds = 5\n"
    (tmp_path / predictions.FILE).write_bytes(written(text).encode())
    found = predictions.read(tmp_path)
    assert found.date == datetime.date(2026, 3, 1)
    assert [each.place for each in found.all] == [f"{tmp_path}/predictions.toml:{line}" for line in (3, 9)]
    assert [each.needs_seeds for each in found.all] == [0, 5] and found.all[1].says == "Two\nlines."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ONE, ["predictions.toml:1: predictions without a date; expected date = and the day"]),
        (FILE.replace("2026-03-01", "'soon'"), ['predictions.toml:1: date is "soon"; expected date =']),
        (FILE.replace("2026-03-01", "2026-03-01T10:00:00"), ["predictions.toml:1: date is 2026-03-01 10:00:00"]),
        (FILE.replace("2026-03-01", "2026-13-01"), ["predictions.toml:1: not TOML: "]),
        (FILE + "x = [", ["predictions.toml"]),
        (FILE + "claim = 'y'\n", ["predictions.toml:6: not TOML: "]),
        (FILE + f"needs_seeds = {'9' * 5000}", ["predictions.toml:6: a number of 5,000 digits; expected at most"]),
        (FILE.encode() + b"# \xff", ["predictions.toml:6: a byte that is not UTF-8; expected the file saved as UTF-8"]),
        ("date = 2026-03-01\n", ["predictions.toml:1: no predictions; expected [[prediction]] before each"]),
        (FILE.replace("[[prediction]]", "[prediction]"), ["predictions.toml:3: no predictions; expected [["]),
        ("prediction = [3]\n" + FILE[:18], ["predictions.toml:1: no predictions"]),
        (FILE.replace("date", "dat"), ['predictions.toml:1: unknown key "dat"; did you mean "date"?', "predict"]),
        (
            FILE.replace("[[prediction]]", "[[predictions]]"),
            ['predictions.toml:3: unknown key "predictions"', "predict"],
        ),
        (FILE.replace("claim", "clam"), ['predictions.toml:5: unknown key "clam" of a prediction; did you', "predict"]),
        (FILE.replace("says", "# "), ["predictions.toml:3: a prediction without says; expected a sentence"]),
        (FILE.replace('"All <learn>."', "' '"), ['predictions.toml:4: says is ""; expected a sentence']),
        (FILE.replace('"All <learn>."', "['a']"), ["predictions.toml:4: says is ['a']; expected a sentence"]),
        (FILE + "needs_seeds = -1\n", ["predictions.toml:6: needs_seeds is -1; expected a whole number from 0"]),
        (FILE + "needs_seeds = true\n", ["predictions.toml:6: needs_seeds is true; expected a whole number from 0"]),
        (FILE + "needs_seeds = 2.0\n", ["predictions.toml:6: needs_seeds is 2.0; expected a whole number from 0"]),
    ],
)
def test_a_mistake_is_told_by_line(tmp_path, text, told):
    found = wrong(tmp_path, text)
    assert len(found) == len(told)
    assert all(each.startswith(start) for each, start in zip(found, told, strict=True)), found


def test_the_page_says_how_they_come_out_and_the_server_sees_edits(
    article, cache, tmp_path, one_worker_is_this_process
):
    text = (article / "article.md").read_text()
    text += "\n[It must be.]{claim=\"results.max('accuracy') <= 1\" check}\n"
    (article / "article.md").write_text(text + "\n/// predictions\nWe thought so.\n///\n")
    experiments = (article / "experiments.toml").read_text()
    about = """about = "What's 'tried'."\n"""
    (article / "experiments.toml").write_text(
        re.sub(r"(\[experiment\..+\]\n)", lambda found: found[1] + about, experiments)
    )
    options = Options(content=article, out=tmp_path / "site", cache=cache, workers=1, templates=None)
    live, made = Live(), threading.Event()
    follower = Follower(live, options, context_of(options, Progress(quiet=True)), made.set)

    def saved(text):
        (article / predictions.FILE).write_text(text)
        follower.rebuild(predictions.FILE)
        if follower.training:
            assert made.wait(60)
            follower.rebuild(predictions.FILE)
        return live.problem or content_of(live.files["index.html"]).decode()

    more = "".join(
        ONE.replace("All <learn>", says).replace("> 0", condition) + f"needs_seeds = {seeds}\n"
        for says, condition, seeds in (('None\'s \\"so\\"', "> 2", 0), ("Many do", "> 2", 100))
    )
    page = saved(FILE + more)
    items = re.findall(r'<li data-verdict="(\w+)"><b>([^<]+)</b> ([^<]+)<span class="claim-mark">', page)
    assert items == [
        ("holds", "Came true", "All &lt;learn&gt;."),
        ("refuted", "Did not come true", "None’s “so”."),
        ("open", "Not yet known", "Many do."),
    ]
    assert "Came true: 1." in page and "Did not: 1." in page and "We thought so." in page and "2026" in page
    reproduce = content_of(live.files["reproduce.html"]).decode()
    assert "What’s ‘tried’." in reproduce
    findings, checks = reproduce.split("<h3>Checks</h3>")
    assert all(says in findings for says in ("All &lt;learn&gt;.", "None’s “so”.", "Many do."))
    assert "It must be." in checks and "It must be." not in findings and "All &lt;learn&gt;." not in checks
    edited = saved(FILE.replace("All <learn>", "All of them do"))
    assert edited.count("data-verdict") < page.count("data-verdict") and "All of them do." in edited
    for change, said in (
        (("accuracy", "acuracy"), 'unknown result "acuracy"; did you mean "accuracy"?'),
        (("'accuracy') > 0", "'accuracy')"), "the condition of the claim gives 0"),
        (("results.min('accuracy') > 0", "2 > 1"), "the condition of the claim asks no run"),
    ):
        assert f"predictions.toml:3: {said}" in saved(FILE.replace(*change))
    (article / "article.md").write_text(text)
    saved(FILE + more)
    unlisted = "predictions.toml:3: no text lists these predictions, so none is judged; expected /// predictions"
    assert unlisted in live.problem
    (article / "more.md").write_text("---\ntitle: More\n---\n\n/// predictions\n///\n")
    follower.rebuild("more.md")
    assert not live.problem and "None does." not in content_of(live.files["index.html"]).decode()
    assert 'data-verdict="holds"' in content_of(live.files["more.html"]).decode()
    (article / "more.md").unlink()
    (article / "article.md").write_text(text + "\n/// predictions\nWe thought so.\n///\n")
    (article / predictions.FILE).unlink()
    follower.rebuild(predictions.FILE)
    line = text.count("\n") + 2
    assert f"article.md:{line}: no predictions to list; expected predictions.toml beside the text" in live.problem
    follower.stop()

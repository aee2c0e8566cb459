"""The page's own words, dates and numbers in other languages."""

from __future__ import annotations

import ast
import datetime
import json
import re
import string
import tomllib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from generator import figures
from generator.base import language
from generator.base.errors import ContentError
from generator.base.memo import WHOLE, Memo
from generator.base.overlay import Overlay
from generator.content import frontmatter
from generator.markup import claims, expressions, letters, reading
from generator.measures import columns, packing, tied
from generator.networks import rooms, tables
from generator.networks.activations import ACTIVATIONS
from generator.networks.recipe import RunSpec
from generator.runs.statistics import Tally
from generator.site import assets, words

ROOT = Path(__file__).parent.parent
OURS = Overlay(ROOT / "templates")
TABLES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in (ROOT / "templates/words").glob("*.toml")}
OTHERS = sorted({*TABLES} - {"en"})
# All that a page can say: English has a row only where its key is not what is said.
SENTENCES = TABLES["de"]["words"].keys()
PHYSICAL = re.compile(
    r"(?:margin|padding|border)-(?:left|right)|(?:text-align|float|clear): (?:left|right)|(?<=[;{ ])(?:left|right):"
)
SET_BY_SCRIPTS = {"57-statistics.css", "60-explorable.css"}  # places in plots, which keep their direction


def load(tag):
    return language.load(tag, OURS)


def forms(row):
    return [row] if isinstance(row, str) else list(row.values())


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_row_of_an_authors_table_that_no_page_says_is_told_with_its_line(tmp_path):
    """Where it is like one; any other may be of a template of theirs."""
    (tmp_path / "words").mkdir()
    table = (ROOT / "templates/words/de.toml").read_text("utf-8")
    other = table.replace('"References" =', '"Refrences" =').replace("[words]", '[words]\n"Own words here" = "Eigene"')
    (tmp_path / "words" / "he.toml").write_text(other, "utf-8")
    line = other[: other.index("Refrences")].count("\n") + 1
    [warned] = language.load("he", Overlay(tmp_path, ROOT / "templates"), Memo()).odd
    assert warned.name == "unknown-words"
    assert warned.said == f'{tmp_path}/words/he.toml:{line}: no page says "Refrences"; did you mean "References"?'
    assert not load("de").odd
    (tmp_path / "words" / "he.toml").write_text(table.replace("am {date}", "am {day}"), "utf-8")
    with pytest.raises(ContentError, match=r'he\.toml:\d+: the words of "Built on \{date\}"'):
        language.load("he", Overlay(tmp_path, ROOT / "templates"), Memo())


def test_six_languages_are_complete():
    assert {*TABLES} >= {"en", "de", "fr", "es", "zh", "ar"}
    assert TABLES["en"]["words"].keys() <= SENTENCES
    for tag in OTHERS:
        assert TABLES[tag]["words"].keys() == SENTENCES, tag
    for tag, table in TABLES.items():
        assert len(table["quotes"]) == 4 and len(table["numbers"]) == 21, tag


@pytest.mark.parametrize("tag", sorted(TABLES))
def test_a_translation_keeps_what_is_in_braces(tag):
    for sentence, row in TABLES[tag]["words"].items():
        spelled_out = not isinstance(row, str)  # "one run" needs no number
        for form in forms(row):
            assert placeholders(sentence) - ({"n"} if spelled_out else set()) <= placeholders(form), (tag, sentence)
            assert placeholders(form) <= placeholders(sentence), (tag, sentence)


@pytest.mark.parametrize("tag", OTHERS)
def test_a_row_that_counts_has_a_form_for_all_numbers(tag):
    words = load(tag)
    for sentence, row in TABLES[tag]["words"].items():
        if not isinstance(row, str):
            assert {*row} <= {"other", *words.facts["plurals"]}, sentence
            assert "{" not in "".join(words(sentence, n=count) for count in range(250)), sentence


def test_all_that_is_said_is_in_the_tables():
    sentences = set()
    for path in (ROOT / "templates").rglob("*.html"):
        sentences |= {*re.findall(r'\b_\(\s*"((?:[^"\\]|\\.)*)"', path.read_text("utf-8"))}
    for path in (ROOT / "generator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name == "words" and isinstance(node.args[0].value, str):
                    sentences.add(node.args[0].value)
    scripts = [name for name in OURS.contents if name.startswith("js/")]
    sentences |= {json.loads(said) for name in scripts for said in assets.SAYS.findall(OURS.text(name))}
    assert len(sentences) > 50
    assert not sentences - SENTENCES


def test_a_missing_word_falls_back_to_english(tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words/eo.toml").write_text('quotes = ["“", "”", "‘", "’"]\nnumbers = []\n[words]\n"Notes" = "Notoj"\n')
    words = language.load("eo", Overlay(tmp_path, ROOT / "templates"))
    assert (words("Notes"), words("Contents"), words("{n} runs", n=1)) == ("Notoj", "Contents", "1 run")


def test_numbers_and_dates_are_those_of_the_language():
    day = datetime.date(2026, 3, 12)
    said = {tag: (load(tag).fixed(-1234.5, 1), load(tag).percent(0.992), load(tag).long_date(day)) for tag in TABLES}
    assert said["en"] == ("−1,234.5", "99.2\u202f%", "12 March 2026")
    assert said["de"] == ("−1.234,5", "99,2\u202f%", "12. März 2026")
    assert said["fr"] == ("−1\u202f234,5", "99,2\u202f%", "12 mars 2026")
    assert said["es"][1:] == ("99,2\u202f%", "12 de marzo de 2026")
    assert said["zh"] == ("−1,234.5", "99.2%", "2026年3月12日")
    assert said["ar"][1:] == ("99.2%", "12 مارس 2026")
    assert load("de")("{n} rows", n=1800) == "1.800 Zeilen"
    assert load("de").tell(Tally(1203, 1800).told) == "1.203 von 1.800 (67\u202f%)"
    filters = expressions.filters(load("de"))
    assert (filters["number"](0.5), filters["words"](7), filters["degrees"](1.25, 1)) == ("0,5", "sieben", "1,2°")


@pytest.mark.parametrize(("tag", "spoken", "direction", "locale"), [
    ("de-AT", "de", "ltr", "de_AT"), ("he", "en", "rtl", "he"), ("ur", "en", "rtl", "ur"), ("ar", "ar", "rtl", "ar"),
    ("az-Arab", "en", "rtl", "az"), ("ks-Latn", "en", "ltr", "ks"),
])  # fmt: skip
def test_a_tag_finds_its_table_and_its_direction(tag, spoken, direction, locale):
    words = load(tag)
    assert (words.spoken, words.direction, words.locale) == (spoken, direction, locale)


def test_what_is_kept_needs_no_babel():
    memo = Memo()
    language.load("de", OURS, memo)
    made = memo.made
    again = Memo(memo.renewed()[WHOLE])
    language.load("de", OURS, again)
    assert made and not again.made


def test_no_style_says_left_or_right():
    """But of formulas, which run from left to right in every language."""
    for path in sorted(
        {*(ROOT / "templates/css").glob("*.css")}
        - {ROOT / f"templates/css/{name}.css" for name in ("35-maths", "36-temml")}
    ):
        found = PHYSICAL.findall(re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL))
        assert not [said for said in found if path.name not in SET_BY_SCRIPTS or said not in ("left:", "right:")], path


def test_what_runs_are_told_with_is_in_the_tables():
    """Rows of tables and words of data, which no call in the code names."""
    kinds = tables.built_in().values()
    rows = [*columns.MEASUREMENTS.values(), *columns.COMPARISONS.values()]
    sentences = {
        *(said for kind in kinds for said in (kind.plural, kind.picture, *(one.about for one in kind.parameters))),
        *(said for kind in kinds for each in kind.controls for said in (each.label, each.said, each.explain)),
        *(said for kind in kinds for pair in kind.without.values() for said in pair),
        *(row.words for row in ACTIVATIONS.values()),
        *(said for room in rooms.ROOMS.values() for said in (room.name, room.words)),
        *(law.title for law in packing.LAWS.values()),
        tied.TITLE,
        *(figure.title for figure in figures.load().values()),
        *columns.RECIPE.values(),
        *(said for row in rows for said in row.columns.values()),
        *words.LABELS.values(),
        *claims.STATISTICS.values(),
        *frontmatter.ROLES,
        *frontmatter.MARKS.values(),
    }
    assert not {said for said in sentences if re.search("[a-z]{3}", re.sub(r"{.*?}", "", said))} - SENTENCES


def test_a_picture_is_told_of_in_the_language_that_asks():
    spec = RunSpec(classes=4, activation="tanh", seed=1)
    measures = {"accuracy": 0.9925, "least_distance": 1.05, "loss": 0.0321, "own_centre": 0.98}
    measures["angles"] = [
        {"class": 0, "mean_deg": 45.2, "std_deg": 9.04},
        {"class": 1, "mean_deg": None, "std_deg": None},
    ]
    kept = {
        name: json.loads(json.dumps(figure.alt(spec, measures)))  # as the cache keeps it
        for name, figure in figures.load().items()
        if name in ("hidden-plane", "input-plane", "angles", "loss", "hidden-animation", "vector-field")
    }
    assert len(kept) == 6
    english, german = ({name: load(tag).tell(alt) for name, alt in kept.items()} for tag in ("en", "de"))
    assert english["hidden-plane"].startswith("The hidden plane of the tanh network of 4 classes after 3000 epochs:")
    assert english["hidden-plane"] == str(figures.load()["hidden-plane"].alt(spec, measures))
    assert german["hidden-plane"].startswith("Verdeckte Ebene (tanh-Netz, 4 Klassen) nach 3000 Epochen:")
    assert "1,05" in german["hidden-plane"] and "99,2 %" in german["hidden-plane"]
    assert german["angles"].endswith(": Klasse 1, 45° ± 9,0°; Klasse 2, keine Richtung.")
    for tag in OTHERS:
        told = "".join(load(tag).tell(alt) for alt in kept.values())
        assert not re.search("{|network|classes of", told), tag


def test_letters_that_a_font_has_are_those_of_the_fonts():
    """Those of the fonts that pictures are drawn in, which are the pages' too, and the ranges of all others."""
    drawn = (ROOT / "generator/fonts").glob("*.ttf")
    held = {chr(code) for font in drawn for code in TTFont(font).getBestCmap()}
    ranges = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", (ROOT / "templates/css/10-type.css").read_text("utf-8"))
    held |= {chr(code) for low, high in ranges for code in range(int(low, 16), int(high or low, 16) + 1)}
    scripts = {chr(code) for code in range(0x10000) if re.match(f"[{letters.SCRIPTS}]", chr(code))}
    held = {letter for letter in held if letter.isalpha()}
    assert held <= scripts and len(held) > 300
    assert {*letters.without_font("".join(scripts))} == {letter for letter in scripts - held if letter.isalpha()}


def test_a_letter_without_a_font_is_found_once_and_scripts_of_the_system_are_left():
    assert letters.without_font("<p title='ǎ'>Žižek, Łódź: Tiệp ệ ǎ</p><code>ɐ</code>") == ["ệ", "ǎ"]
    assert letters.without_font("<p>Über Привет 你好 مرحبا שלום 🙂 한국어 λόγος → ₂ ℓ</p>") == []


def test_a_script_that_is_built_speaks_the_language_of_the_pages():
    for tag in TABLES:
        built = assets.assets(OURS, Memo(), placed=["bend"], words=load(tag))
        assert f"words.say(`{load(tag)('Copied')}`)" in built[assets.PAGE_SCRIPT].decode(), tag
        assert f"point:`{load(tag).marks.point}`" in built[assets.PAGE_SCRIPT].decode(), tag
        assert f"`{load(tag)('Lattice')}`" in built["assets/js/bend.js"].decode(), tag


@pytest.mark.parametrize(
    ("text", "french"),
    [
        (
            'Un : "oui" ? Non ; *si* ! Et « 50 % ».',
            "Un\xa0: «\u202foui\u202f»\u202f? Non\u202f; *si*\u202f! Et «\u202f50\u202f%\u202f».",
        ),
        ("Quoi ?! a :b `x ; y` 10:30 :-)", "Quoi\u202f?! a :b `x ; y` 10:30 :-)"),
        ("« *oui* » ; $x$ ?", "«\u202f*oui*\u202f»\u202f; $x$\u202f?"),
    ],
)
def test_no_line_of_french_ends_before_a_sign_that_a_blank_stands_before(text, french):
    def said(tag):
        [(_, (html, _))] = reading.read(text, 1, tuple(load(tag).quotes)).units
        html = re.sub("</?em>", "*", re.sub("</?code>", "`", html.removeprefix("<p>").removesuffix("</p>")))
        return re.sub("\ue000\\d+\ue001", "$x$", html)

    assert said("fr") == french
    assert not {"\xa0", "\u202f"} & {*said("de")}


@pytest.mark.parametrize(
    ("tag", "march"), [("tlh", "March"), ("x-ours", "March"), ("de-XX", "März"), ("sr-Latn", "mart")]
)
def test_a_language_that_nobody_knows_has_the_dates_of_the_one_that_it_is_of(tag, march):
    assert language.facts_of(tag)["months"][2] == march

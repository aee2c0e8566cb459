"""Formulas: what TeX becomes, that nothing else comes with it, and what is said of what cannot be read."""

import concurrent.futures
import contextlib
import itertools
import re
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.markup import formulas
from generator.markup.formulas import Row, TexError, definitions, rows, typeset

ROOT = Path(__file__).parent.parent
ALL = (ROOT / "tests" / "formulas.txt").read_text(encoding="utf-8").splitlines()
SHEETS = "".join((ROOT / "templates" / "css" / f"{name}.css").read_text() for name in ("35-maths", "36-temml"))
SHEET = frozenset(re.findall(r"\.([A-Za-z][\w-]*)", SHEETS))
ARTICLE = re.findall(r"\$\$?([^$]+?)\$\$?", (ROOT / "content" / "article.md").read_text(encoding="utf-8"))
CORE = {
    *("math", "mrow", "mstyle", "mi", "mn", "mo", "mtext", "ms", "mspace", "mfrac", "msqrt", "mroot", "mpadded"),
    *("mphantom", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts"),
    *("mtable", "mtr", "mtd", "menclose"),  # menclose: browsers without it take it for a row, which the sheet draws
}


def faults(markup):
    """What a page could not take: bad XML raises."""
    made = list(ElementTree.fromstring(markup).iter())
    classes = {name for part in made for name in part.get("class", "").split()}
    attributes = {name for part in made for name in part.attrib}
    return [
        *({part.tag for part in made} - CORE),
        *(classes - SHEET),
        *(attributes & {"style", "href", "src", "xlink:href"}),
        *(name for name in attributes if name.startswith("on")),
    ]


def text(markup):
    return "".join(ElementTree.fromstring(markup).itertext())


def said(tex, **given):
    with pytest.raises(TexError) as caught:
        typeset(tex, given.pop("display", True), **given)
    return caught.value


# What is made


@pytest.mark.parametrize("tex", ALL, ids=range(1, len(ALL) + 1))
def test_what_authors_write_is_well_formed_and_needs_no_style_but_the_sheet(tex):
    assert faults(typeset(tex, True)) == []
    if not re.search(r"\\(begin\{(align|equation|gather|flalign|eqnarray|multline|CD)[^e]|begin\{split|tag)", tex):
        assert faults(typeset(tex, False)) == []


def test_so_is_whatever_else_temml_knows():
    commands, _ = formulas._known()
    made = 0
    for command, form in itertools.product(
        sorted(commands), ("{}{{x}}{{y}}{{z}}", r"\text{{a {}{{2em}}{{b}}}}", "x{} y")
    ):
        try:
            markup = typeset(form.format(command), True)
        except TexError:
            continue
        made += 1
        assert faults(markup) == [], command
    assert made > 1500


def test_chemistry_is_set_upright_with_its_numbers_below():
    made = typeset(r"\ce{H2SO4 ->[heat] X}", False)
    assert "<mi>SO</mi>" in made and '<mi mathvariant="normal">H</mi>' in made and made.count("<msub>") == 2
    assert "→" in text(made) and "heat" in text(made)
    assert said(r"\ce{H2O").wrong.startswith("expected closing token")


def test_every_formula_of_the_article_is_read():
    assert len(ARTICLE) > 50
    for tex in ARTICLE:
        assert faults(typeset(tex, False)) == []


def test_what_it_says_is_said():
    display, inline = typeset(r"\frac{a}{b} < c", True), typeset(r"\frac{a}{b} < c", False)
    assert display.startswith(r'<math display="block" class="tml-display" alttext="\frac{a}{b} &lt; c"><mrow><mfrac>')
    assert inline.startswith("<math><mrow><mfrac>")
    assert text(typeset(r"\text{<b>\&amp;}", False)) == "<b>&amp;"


def test_spaces_are_those_of_tex():
    assert '<mo lspace="0em" rspace="0em">=</mo>' in typeset(r"\sum_{i=1}^N", True)
    assert "<mo>=</mo>" in typeset("a = b", True)
    assert "</mfrac><mspace" in typeset(r"\frac{a}{b} \log p", True)
    assert "<mspace" not in typeset(r"\tanh", False)
    assert '<mo lspace="0em" rspace="0.1667em">…</mo>' in typeset(r"1, \dots, n", False)


def test_an_operator_of_several_names_stands_in_one_row():
    made = ElementTree.fromstring(typeset(r"\mathop{\arg\min}\limits_x f + \mathop{x y}_z", display=True))
    assert [part.tag for part in made.iter("mo") if len(part)] == []
    assert [under[0].tag for under in made.iter("munder")] == ["mrow", "mrow"]


def test_negative_spaces_are_sums_of_halvings():
    made = ElementTree.fromstring(typeset(r"a \kern-1.3125em b", False))
    parts = [int(part.get("class").removeprefix("tml-back-")) for part in made.iter("mrow") if "class" in part.attrib]
    assert sum(parts) / 64 == 1.3125


def test_the_ink_is_the_pages_and_colours_are_attributes():
    assert 'class="tml-rule"' in typeset(r"\rule{1em}{1em}", True)
    assert '<mi mathcolor="#ff0000">x</mi>' in typeset(r"\textcolor{red}{x}", True)
    assert 'mathbackground="#007F7F" mathcolor="black"' in typeset(r"\colorbox{teal}{x}", True)


# Numbers


def test_rows_with_their_labels_and_tags():
    assert rows("E = mc^2") == (Row(0),)
    assert rows(r"E \label{eq:e}") == (Row(0, "eq:e"),)
    align = (
        r"\begin{align} a &= \begin{pmatrix} 1 \\ 2 \end{pmatrix} \label{a} \\ {b \\ c} \\ % \\ no"
        + "\n"
        + r"d \tag*{D} \end{align}"
    )
    assert [(row.label, row.tag) for row in rows(align)] == [("a", ""), ("", ""), ("", "D")]
    assert align[rows(align)[1].offset :].startswith(r" {b")
    assert rows(r"\begin{multline*} a \\ b \label{m} \end{multline*}") == (Row(0, "m"),)
    assert rows(r"\begin{gather} a \label{x} \\ \end{gather}") == (Row(0, "x"),)


@pytest.mark.parametrize("name", formulas.NUMBERED)
@pytest.mark.parametrize("star", ["", "*"])
def test_a_label_has_the_number_it_is_given_and_its_row_an_id(name, star):
    argument = "{1}" if name == "alignat" else ""
    tex = rf"\begin{{{name}{star}}}{argument} a = b \label{{eq:one}} \end{{{name}{star}}}"
    made = ElementTree.fromstring(typeset(tex, True, numbers={"eq:one": "4.2"}))
    [row] = [row for row in made.iter("mtr") if row.get("id") == "eq-one"]
    assert "".join(row.itertext()).endswith("(4.2)")
    assert "(" not in text(typeset(tex.replace(r"\label{eq:one}", ""), True))


def test_only_rows_with_labels_are_numbered_and_tags_are_kept():
    tex = r"\begin{align} a \label{x} \\ b \\ c \tag{C} \label{y} \\ d \tag*{D} \end{align} "
    made = ElementTree.fromstring(typeset(tex, True, numbers={"x": "1", "y": "C"}))
    assert ["".join(row.itertext()) for row in made.iter("mtr")] == ["a(1)", "b", "c(C)", "dD"]
    assert [row.get("id") for row in made.iter("mtr")] == ["eq-x", None, "eq-y", None]


def test_references_are_numbers():
    assert text(typeset(r"by \eqref{a} and \ref{b}", False, numbers={"a": "1", "b": "2"})) == "by(1)and2"
    assert text(typeset(r"by \eqref{a}", False, numbers={"a": r"$\alpha$"})) == "by(α)"
    assert "(α)" in text(typeset(r"x \tag{$\alpha$} \label{a}", True, numbers={"a": r"$\alpha$"}))
    error = said(r"x \eqref{eq:on}", numbers={"eq:one": "1"})
    assert (error.offset, error.wrong, error.nearest) == (2, 'no formula has the label "eq:on"', "eq:one")
    assert said(r"\ref{constructor}").wrong == 'no formula has the label "constructor"'


# Definitions


def test_definitions_hold_in_later_formulas():
    first = r"\newcommand{\R}{\mathbb{R}} x {\def\inner{1}\gdef\outer{2}} \DeclareMathOperator*\best{best}"
    first += r" \let\to\implies \R"
    kept = definitions(first)
    assert r"\inner" not in kept and kept.count("\n") == 4
    assert text(typeset(r"\R \outer \best", False, preamble=kept)).replace("\u2061", "") == "ℝ2best"
    assert definitions(r"\frac{a}{b}") == ""
    assert definitions(r"\newcommand\a[1][x]{#1{}}\a % \def\b{}") == "\\newcommand\\a[1][x]{#1{}}\n"


def test_macros_take_arguments():
    macros = r"\def\pair#1#2{\langle #1, #2 \rangle} \def\R{\mathbb{R}}"
    assert text(typeset(r"\pair ab \R", False, macros)) == "⟨a,b⟩ℝ"
    assert text(typeset(r"\newcommand{\n}[2][9]{#1#2}\n{a}\n[b]{c}", False)) == "9abc"


LEAKS = [
    *(
        r"\gdef\argmin{leak}\argmin",
        r"\global\let\alpha=\beta",
        r"\definecolor{red}{HTML}{123456}",
        r"\newcommand{\frac}{leak}",
    ),
    *(r"\DeclareMathOperator{\sin}{leak}", r"\def\arraystretch{3}", r"x \tag{leak}", r"\begin{align}a\tag{t}", r"\foo"),
    *(r"\label{a}", r"\def\x{\x\x}\x", "{" * 5000, r"\renewcommand{\mbox}{leak}", r"\char`\%", r"\def\eqref{leak}"),
]
PROBES = [r"\argmin \alpha \frac12 \sin x \mbox{b} \textcolor{red}{c}", r"\begin{align} a & b \\ c & d \end{align}"]
ALONE = {tex: typeset(tex, True) for tex in PROBES}


@given(st.lists(st.sampled_from(LEAKS), max_size=6), st.sampled_from(PROBES))
@settings(max_examples=40, deadline=None)
def test_no_formula_knows_of_another(before, probe):
    for tex in before:
        with contextlib.suppress(TexError):
            typeset(tex, True)
    assert typeset(probe, True) == ALONE[probe]


def test_the_same_bytes_in_another_process_and_from_any_thread():
    code = (
        "import sys; from generator.markup.formulas import typeset;"
        "print(*(ascii(typeset(tex, True)) for tex in sys.argv[1:]))"
    )
    done = subprocess.run([sys.executable, "-c", code, *ALL[:8]], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == " ".join(ascii(typeset(tex, True)) for tex in ALL[:8])
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: typeset(PROBES[0], True), range(64))) == {ALONE[PROBES[0]]}


# What is refused


@pytest.mark.parametrize(
    "tex, offset, message, near",
    [
        (r"a + \alhpa", 4, r'unknown command "\alhpa"', r"\alpha"),
        ("a\n+ 𝐀\\fo b", 5, r'unknown command "\fo"', None),
        (r"\begin{aling} x \end{aling}", 0, 'unknown environment "aling"', "align"),
        (r"\begin{matrix} a \end{pmatrix}", 17, r"\begin{matrix} closed by \end{pmatrix}", None),
        (r"a^b^c", 3, "two superscripts of one thing; braces say which is whose", None),
        (r"\left( a", 8, r"the end of the formula where \right is expected", None),
        ("a}", 1, "} where the end of the formula is expected", None),
        (r"\frac{1}", 8, "expected argument but reached end of input", None),
        (r"\frac{1", 7, 'expected closing token "}", but reached end of input', None),
        (r"x \textcolor{#12}{y}", 2, '"#12" is no colour', None),
        (r"\hspace{3xx}", 8, '"xx" is no length', None),
        ("x\x01", 1, "the character U+0001", None),
        (r"\rule{99999999em}{1em}", 6, "a length of 99999999em", None),
        (r"\kern-99999em x", 6, "a length of -99999em", None),
    ],
)
def test_a_mistake_is_said_at_its_place(tex, offset, message, near):
    error = said(tex)
    assert (error.wrong, error.offset) == (message, offset)
    if near:
        assert error.nearest == near


def test_columns_without_an_environment_are_told_with_the_one_that_has_them():
    error = said(r"a &= b \\ &= c")
    assert (error.wrong, error.offset) == ("& where the end of the formula is expected", 2)
    assert error.expected == r"\begin{aligned} … \end{aligned} around it, or \& for the sign itself"
    assert not said("a}").expected


def test_places_are_those_of_the_authors_own_text():
    error = said("x +\n\\fooo", preamble="\\def\\foo{1}\n\\def\\a{b}\n")
    assert (error.offset, error.nearest) == (4, r"\foo")
    assert said(r"x + \broken", preamble=r"\def\broken{\undefined}").offset == 4
    assert said(r"\begin{align} a \end{align}", display=False).wrong == r"\begin{align} within a line"


@pytest.mark.parametrize(
    "tex",
    [
        *(r"\href{javascript:alert(1)}{x}", r"\url{https://a.example}", r"\includegraphics{x.png}", r"\class{a}{x}"),
        *(r"\id{a}{x}", r"\style{color:red}{x}", r"\data{a=b}{x}", r"\htmlId{a}{x}", r"\mathtip{x}{y}"),
        *(r"\def\x{\href{a}{b}}\x", r"\let\x\style \x{color:red}{y}"),
    ],
)
def test_nothing_reaches_out_of_a_formula(tex):
    assert re.fullmatch(r'\\\w+ has no place in a formula|unknown command ".*"', said(tex).wrong)


@pytest.mark.parametrize(
    "tex",
    [
        *(r"\def\x{\x\x}\x", r"\def\x#1{\x{#1#1}}\x{aaaa}", r"\edef\x{\x}\edef\x{\x\x\x}\def\y{\y\x}\y"),
        *("{" * 9000 + "}" * 9000, "{" * 9000, r"\sqrt{" * 900 + "x" + "}" * 900, "x^{" * 2000, r"\left(" * 2000),
        *("x+" * 50_000, r"\rule{9999999999999999999999em}{1em}", r"\raisebox{1e99em}{x}"),
        r"\def\a{xxxxxxxxxx}"
        + "".join(rf"\def\{b}{{{10 * (chr(92) + a)}}}" for a, b in ("ab", "bc", "cd"))
        + 12 * r"\d",
    ],
    ids=lambda tex: tex[:24],
)
def test_what_has_no_end_ends(tex):
    begun = time.monotonic()
    try:
        assert faults(typeset(tex, True)) == []
    except TexError as error:
        assert error.wrong
    assert time.monotonic() - begun < 20
    assert typeset(PROBES[0], True) == ALONE[PROBES[0]]


SNIPPETS = (
    r"\frac \sqrt \text { } {} [ ] ^ _ & \\ $ #1 % ~ ' < é 𝐀 \left( \right) \def\a \a \newcommand{\b}[1] \b \tag"
    r" \label{x} \begin{align} \end{align} \begin{array}{c} \end{array} \eqref{x} \color{red} \kern-1em \verb| \char"
)
PIECES = st.sampled_from([*SNIPPETS.split(" "), "\n"])


@given(st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join), st.booleans())
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_is_typeset_or_refused(tex, display):
    numbers = {row.label: "1" for row in rows(tex)}
    try:
        assert faults(typeset(tex, display, preamble=definitions(tex), numbers=numbers)) == []
    except TexError as error:
        assert 0 <= error.offset <= len(tex)
        assert error.wrong


def test_words_load_no_engine():
    code = (
        "import sys; from generator.markup import formulas as f;"
        r"f.definitions(r'\def\a{b}'); f.rows('a'); print(*({'quickjs', 'xml.etree.ElementTree'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

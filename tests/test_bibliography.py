"""BibTeX: what it says, how it is written out, and every mistake with its line."""

import pytest

from generator.content import bibliography
from generator.content.bibliography import Name, in_order, parse, render


def works(text):
    found, problems = parse(text, "r.bib")
    assert not problems, problems
    return found


def said(text):
    return [str(problem) for problem in parse(text, "r.bib")[1]]


def entry(author, title="{T}", more=""):
    return works(f"@misc{{k, author = {{{author}}}, title = {title}, year = 2020 {more}}}").entries["k"]


@pytest.mark.parametrize(
    ("author", "names", "label"),
    [
        ("Ada Lovelace", [Name("Lovelace", "Ada")], "Lovelace 2020"),
        ("Lovelace, Ada", [Name("Lovelace", "Ada")], "Lovelace 2020"),
        ("Laurens van der Maaten", [Name("van der Maaten", "Laurens")], "van der Maaten 2020"),
        ("van der Maaten, Laurens", [Name("van der Maaten", "Laurens")], "van der Maaten 2020"),
        ("King, Jr, Martin Luther", [Name("King", "Martin Luther Jr")], "King 2020"),
        ("{The OEIS and Friends}", [Name("The OEIS and Friends")], "The OEIS and Friends 2020"),
        (
            "Shan Carter and Daniel Smilkov",
            [Name("Carter", "Shan"), Name("Smilkov", "Daniel")],
            "Carter & Smilkov 2020",
        ),
        ("A One AND B Two and C Three", [Name("One", "A"), Name("Two", "B"), Name("Three", "C")], "One et al. 2020"),
        ("A One and others", [Name("One", "A")], "One et al. 2020"),
        (r"Kurt G{\"o}del", [Name("Gödel", "Kurt")], "Gödel 2020"),
        (r"Paul Erd{\H o}s", [Name("Erdős", "Paul")], "Erdős 2020"),
        (r"S{\o}ren \v{S}koda-{\L}uk\'{a}cs", [Name("Škoda-Łukács", "Søren")], "Škoda-Łukács 2020"),
    ],
)
def test_names(author, names, label):
    found = entry(author)
    assert list(found.authors) == names
    assert found.label.replace("\u00a0", " ") == label


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("{Prevalence of {N}eural  Collapse}", "Prevalence of Neural Collapse"),
        ('"A {"}quoted{"} word"', 'A "quoted" word'),
        (r"{``Quoted'' --- 5\% of 3--4, a~tie \& \emph{more}}", "“Quoted” — 5% of 3–4, a\u00a0tie & more"),
        ('"Part" # { two}', "Part two"),
    ],
)
def test_titles(title, text):
    assert entry("A B", title).title == text


def test_abbreviations_comments_and_preambles():
    found = works(
        '% said\n@string{j = "Journal"}\n@comment{no {nested} @misc}\n@preamble{"x"}\n'
        '@article{k, author={A B}, title={T}, year={2020}, month=sep, journal = j # " B"}'
    )
    assert found.entries["k"].fields["journal"] == "Journal B" and found.entries["k"].line == 5


def test_a_line_in_the_list_of_references():
    found = works("""@article{p, author={Papyan, Vardan and Han, X. Y. and Jean-Luc Picard}, title={A <b>?}, year=2020,
        journal={PNAS}, volume=117, number={40}, pages={1-9}, doi={https://doi.org/10.1073/pnas.2015509117}}
        @misc{u, author={A B}, title={T}, year=2001, url={https://x.org/?a=1&b=2}, eprint={2310.05351}}""")
    assert render(found.entries["p"], "2020a").replace("\u00a0", " ") == (
        '<span class="reference-authors">Papyan, V., Han, X. Y. &amp; Picard, J.-L.</span> (2020a). '
        '<cite class="reference-title">A &lt;b&gt;?</cite> <i>PNAS</i> 117(40), 1–9. '
        '<a href="https://doi.org/10.1073/pnas.2015509117">doi:10.1073/pnas.2015509117</a>'
    )
    assert render(found.entries["u"], "2001") == (
        '<span class="reference-authors">B, A.</span> (2001). <cite class="reference-title">'
        '<a href="https://x.org/?a=1&amp;b=2">T</a></cite>. '
        '<a href="https://arxiv.org/abs/2310.05351">arXiv:2310.05351</a>'
    )


def test_references_are_ordered_as_readers_look_for_them():
    text = "".join(
        f"@misc{{{key}, author={{{author}}}, title={{{title}}}, year={year}}}\n"
        for key, author, title, year in (
            ("d", "Z Z", "A", 2001),
            ("b", "Ö Öst", "B", 2002),
            ("a", "N Nord", "C", 2003),
            ("c", "P P", "Late", 2009),
            ("e", "P P", "Early", 2003),
        )
    )
    assert [found.key for found in in_order(works(text).entries.values())] == ["a", "b", "e", "c", "d"]


def test_years_get_letters_where_two_works_read_the_same():
    text = "".join(
        f"@misc{{{k}, author={{A B}}, title={{{t}}}, year={y}}}"
        for k, t, y in (("x", "Two", 2020), ("y", "One", 2020), ("z", "Other", 2021))
    )
    assert works(text).years() == {"x": "2020b", "y": "2020a", "z": "2021"}


GOOD = "@misc{k, author={A B}, title={T}, year={2020}}\n"


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("@misc{k, author={A B}, title={T}}", ['r.bib:1: entry "k" has no year']),
        ("\n@misc{k, author={A B}, titel={T}, year=2020}", ['r.bib:2: entry "k" has no title; did you mean "titel"?']),
        (
            "@misc{k, author={A B}, title={T}, year={in press}}",
            ['r.bib:1: the year of "k" is "in press"; expected four digits'],
        ),
        (GOOD + GOOD, ['r.bib:2: the key "k" is used twice, first on line 1']),
        (
            "@artcle{k, author={A B}, title={T}, year=2020}",
            ['r.bib:1: unknown kind of entry "@artcle"; did you mean "article"?'],
        ),
        ("misc{k}\n" + GOOD, ['r.bib:1: "misc{k}" stands outside any entry; expected an entry like @article{key, …}']),
        ("@misc{k, author={A B}, title={T}, year=2020\n", ['r.bib:1: entry "k" is not closed; expected }']),
        ("@misc{k, author={A B}, title={T, year=2020}\n\n" + GOOD, ['r.bib:1: entry "k" is not closed; expected }']),
        ("@misc{k, author={A B}, title={T, year={2020}\n", ["r.bib:1: a brace opened here is not closed; expected }"]),
        ('@misc{k, title="T}\n', ['r.bib:1: the quotes of "title" are not closed; expected "']),
        (
            "@misc{k, author={A B} title={T}, year=2020}\n" + GOOD.replace("{k", "{l"),
            ['r.bib:1: "title={T}, year=2020}" was not understood; expected , after the field "author"'],
        ),
        ("@misc{k, author {A B}}", ['r.bib:1: "{A B}}" was not understood; expected = after the field "author"']),
        (
            "@misc{, title={T}}",
            ['r.bib:1: ", title={T}}" was not understood; expected the key of the entry, a letter first'],
        ),
        ("@misc k", ['r.bib:1: "k" was not understood; expected { after @misc']),
        ("@", ["r.bib:1: the file ends inside an entry; expected the kind of an entry after @"]),
        ("@misc{k, author={A B}, title={T}, title={U}, year=2020}", ['r.bib:1: entry "k" has the field "title" twice']),
        (
            "@misc{k, author={A B}, title={T}, year=2020, month=sept}",
            ['r.bib:1: unknown abbreviation "sept"; expected a value in braces; did you mean "sep"?'],
        ),
        (
            "@misc{k, author={A B and and C D}, title={T}, year=2020}",
            ["r.bib:1: an author without a name; expected names joined by one “and”"],
        ),
        (
            "@misc{k, author={A B},\n title={\\alfa}, year=2020}",
            ['r.bib:2: unknown TeX command "\\alfa"; expected the letter itself'],
        ),
        (
            "@misc{fig-a, author={A B}, title={T}, year=2020}",
            ['r.bib:1: the key "fig-a" reads as a label; expected a key without fig-'],
        ),
    ],
)
def test_mistakes(text, messages):
    assert said(text) == messages


def test_a_broken_entry_does_not_hide_the_next():
    found, problems = parse("@misc{broken\n" + GOOD, "r.bib")
    assert list(found.entries) == ["k"] and len(problems) == 1


def test_an_empty_file_is_an_empty_bibliography():
    assert bibliography.parse("", "r.bib") == (bibliography.Bibliography({}, "r.bib"), [])

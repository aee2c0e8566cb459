"""The author's folder: pages, front matter and files, and every mistake with its exact message."""

import base64
import datetime
import functools
import hashlib
import io
import json
import re
import struct
import unicodedata

import pytest
from PIL import Image
from test_markup import FIXTURE

from generator.base.errors import ContentError
from generator.base.memo import Memo
from generator.content import texts
from generator.content.frontmatter import Author
from generator.content.media import picture_size

NO_TITLE = "the text has no title; expected a line # Title above it, or title: … between two lines --- in front of it"
FRONT = {"title": "T", "description": "D", "authors": "[A B]", "date": "2026-01-01"}


def written(fields, body="Text.\n"):
    """A page with front matter of these fields, but for those that are None."""
    return "---\n" + "".join(f"{key}: {said}\n" for key, said in fields.items() if said is not None) + "---\n" + body


def folder_of(tmp_path, **files):
    folder = tmp_path / "content"
    folder.mkdir(parents=True)
    for name, text in {"article": written(FRONT), **files}.items():
        path = folder / (name if "." in name else f"{name}.md")
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def read(folder, memo=None):
    """The article of a folder, if its front matter is right too."""
    article = texts.read(folder, memo)
    if article.wrong:
        raise ContentError(article.wrong)
    return article


def page_of(tmp_path, body="Text.\n", **fields):
    """The first page of an article whose front matter has these fields too, or others."""
    return read(folder_of(tmp_path, article=written({**FRONT, **fields}, body))).pages[0]


def said(folder):
    with pytest.raises(ContentError) as caught:
        read(folder)
    return str(caught.value).replace(f"{folder}/", "").split("\n")


def test_front_matter_in_full():
    meta = read(FIXTURE).meta
    assert meta.title == "Small planes: a fixture" and meta.subtitle == "Every construct once"
    assert meta.authors == (
        Author("Ada Example", "https://example.org/ada", affiliation="Institute of Examples"),
        Author("Bob Sample"),
    )
    assert meta.date == datetime.date(2026, 3, 1) and meta.keywords == ("planes", "packing")
    assert (meta.licence, meta.repository, meta.language) == ("CC BY 4.0", "https://example.org/repository", "en")


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"authors": "Ada Lee"}, ["Ada Lee"]),
        ({"authors": "Ada Lee, Bo van Ek and Cy Oh"}, ["Ada Lee", "Bo van Ek", "Cy Oh"]),
        ({"authors": "Ada Lee; Bo Ek"}, ["Ada Lee", "Bo Ek"]),
        ({"authors": "Ada Lee und Bo Ek"}, ["Ada Lee", "Bo Ek"]),
        ({"authors": "أحمد بن علي، ليلى حسن"}, ["أحمد بن علي", "ليلى حسن"]),
        ({"authors": "山田太郎、鈴木花子"}, ["山田太郎", "鈴木花子"]),
        ({"authors": "王小明，李华"}, ["王小明", "李华"]),
        ({"authors": "Lee, Ada; Ek, Bo"}, ["Lee, Ada", "Ek, Bo"]),
        ({"authors": "Lee, Ada and Ek, Bo"}, ["Lee, Ada", "Ek, Bo"]),
        ({"authors": "Ada Lee, Bo Ek and Plato"}, ["Ada Lee, Bo Ek and Plato"]),
        ({"authors": "Lee, Ada"}, ["Lee, Ada"]),
        ({"authors": "Plato"}, ["Plato"]),
        ({"authors": "[Ada Lee, {name: Bo Ek}]"}, ["Ada Lee", "Bo Ek"]),
        ({"authors": "{name: Ada Lee, affiliation: [One, Two]}"}, ["Ada Lee"]),
        ({"authors": None, "author": "Ada Lee"}, ["Ada Lee"]),
        ({"authors": "[{name: {given: Ada, family: van Lee}}]"}, ["Ada van Lee"]),
    ],
)
def test_authors_come_in_any_ordinary_form(tmp_path, change, names):
    meta = page_of(tmp_path, **change).meta
    assert [author.name for author in meta.authors] == names
    assert meta.authors[0].affiliation == ("One; Two" if "affiliation" in str(change) else "")


@pytest.mark.parametrize(
    ("tag", "date"),
    [
        ("en", "March 12, 2026"),
        ("en", "12 March 2026"),
        ("en", "Mar 12 2026"),
        ("en", "2026/3/12"),
        ("en", "2026-3-12"),
        ("de", "12. März 2026"),
        ("de_AT", "12.03.2026"),
        ("fr-FR", "12 mars 2026"),
        ("es", "12 de marzo de 2026"),
        ("ar", "12 مارس 2026"),
        ("ar", "١٢ مارس ٢٠٢٦"),
        ("hi", "२०२६-०३-१२"),
        ("ja", "２０２６年３月１２日"),
        ("en", "March 12th, 2026"),
        ("en", "12 Mar. 2026"),
        ("ja", "2026年3月12日"),
        ("xx", "12 March 2026"),
    ],
)
def test_a_date_may_be_in_ordinary_forms_and_in_the_words_of_the_article(tmp_path, tag, date):
    assert page_of(tmp_path, date=date, language=tag).meta.date == datetime.date(2026, 3, 12)


def test_fields_that_come_in_two_forms(tmp_path):
    usual = {"keywords": "[a, b]", "date": "2026-01-01", "doi": "10.1000/xyz", "language": "pt-BR", "licence": "MIT"}
    other = {
        "tags": "a, b",
        "date": "'2026-01-01T10:00'",
        "doi": "https://doi.org/10.1000/xyz",
        "lang": "pt_BR",
        "license": "MIT",
    }
    assert page_of(tmp_path / "usual", **usual).meta == page_of(tmp_path / "other", **other).meta


def test_authors_name_places_that_are_listed_apart(tmp_path):
    """As in Quarto, by `ref`, and in MyST, by the id itself; and places of their own."""
    places = "[{id: kth, name: Institute, country: Sweden}, {id: 2, institution: College}]"
    authors = "[{name: A, affiliations: [{ref: kth}, 2, Elsewhere]}, {name: B, affiliation: kth}, C]"
    meta = page_of(tmp_path, authors=authors, affiliations=places).meta
    assert [author.affiliation for author in meta.authors] == [
        "Institute, Sweden; College; Elsewhere",
        "Institute, Sweden",
        "",
    ]


def test_places_that_no_author_names_are_told(tmp_path):
    """Google Docs' way: the places below the names, small numbers at both."""
    places = "[¹ Institute, Here, {id: k, name: There}, {id: 2, name: Two}, {id: 3, name: Three}]"
    authors = "[{name: A, affiliation: Here}, {name: B, affiliation: {ref: k}}, {name: C, affiliation: '2, 3'}]"
    page = page_of(tmp_path, authors=authors, affiliations=places)
    assert [str(warned).partition(": ")[2] for warned in page.odd] == [
        'no author is of the affiliation "¹ Institute", which is left out; '
        "expected affiliation: and its id, below a name [foreign-field]"
    ]
    with pytest.raises(ContentError, match='"Ada Lee¹, Bo Ek¹,²" is no name'):
        page_of(tmp_path / "again", authors="Ada Lee¹, Bo Ek¹,²", affiliations=places)


def test_what_belongs_to_an_author_is_told_where_it_belongs(tmp_path):
    page = page_of(tmp_path, affiliation="Institute", url="https://example.org")
    assert [str(warned).partition(": ")[2] for warned in page.odd] == [
        '"affiliation" belongs to an author; expected it below - name: Ada Lee [foreign-field]',
        '"url" is no field of this tool; nothing is done with it [foreign-field]',
    ]


@pytest.mark.parametrize(
    "fields",
    [
        *(" title: T\n  author: A", "title: T\n  subtitle: S", "title: T\nauthors:\n- name: A\n  - name: B"),
        *(f"title: T\nauthors:\n  - name: A\n{' ' * far}email: a@b.org" for far in (3, 6)),
    ],
)
def test_a_field_too_far_in_or_out_is_told_as_that(tmp_path, fields):
    (wrong,) = said(folder_of(tmp_path, article=f"---\n{fields}\n---\n\nText.\n"))
    assert wrong.startswith("article.md:") and "expected what belongs together as far in" in wrong


def test_names_stand_in_parts_in_papers_of_joss(tmp_path):
    authors = (
        "[{given-names: Ludwig, dropping-particle: van, surname: B}, {given: Ada, family-names: Lee, email: a@b.org}]"
    )
    assert [author.name for author in page_of(tmp_path, authors=authors).meta.authors] == ["Ludwig van B", "Ada Lee"]


def test_places_have_an_index_in_papers_of_joss(tmp_path):
    places = "[{name: Institute, index: 1}, {name: College, index: 2}]"
    authors = '[{name: A, affiliation: "1, 2"}, {name: B, affiliation: 2}, {name: C, affiliation: "Here, there"}]'
    meta = page_of(tmp_path, authors=authors, affiliations=places).meta
    assert [author.affiliation for author in meta.authors] == ["Institute; College", "College", "Here, there"]
    with pytest.raises(ContentError, match='no place has the id "3"; expected the name of a place, or the id of one'):
        page_of(tmp_path / "again", authors="[{name: A, affiliation: 3}]", affiliations=places)


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("A *study* of `C*`-algebras in $R^2$", "A study of C*-algebras in R²"),
        ("In $R^2$ [see $x$, @key] and on[^of $y$]", "In R² and on"),
        (r"$\ce{H2SO4}$, $\ce{Al2(SO4)3}$ and 2 $\pu{kg}$", "H₂SO₄, Al₂(SO₄)₃ and 2 kg"),
        (r"*On* $\alpha_{ij} \in \mathbb{R}^n$ of \$5", "On α_ij ∈ ℝⁿ of $5"),
        (r"$e^{i\pi}$, $x_1^{n+1}$, $O(n \log n)$, $\R^2 \ge \frac{a}{b}$", "e^(iπ), x₁ⁿ⁺¹, O(n log n), R² ≥ a/b"),
        ("From $5 to $10, a_b_c, 2 * 3 * 4 and a < b > c", "From $5 to $10, a_b_c, 2 * 3 * 4 and a < b > c"),
        ("C# and [links](x.html) #", "C# and links #"),
        ("<b></b>", "<b></b>"),
    ],
)
def test_a_title_is_shown_without_the_marks_of_markdown(tmp_path, title, plain):
    assert page_of(tmp_path, title=f"'{title}'").title == plain


@pytest.mark.parametrize(
    "abstract", ["One *line*.", "|\n  One *line*.\n\n  Two.\n", "'One *line*.'", ">-\n  One\n  *line*.\n  # no heading"]
)
@pytest.mark.parametrize("last", [True, False])
def test_an_abstract_begins_the_text_and_all_lines_keep_their_numbers(tmp_path, abstract, last):
    front = {**FRONT, "abstract": abstract} if last else {"abstract": abstract, **FRONT}
    text = written(front, "Body.\n")
    page = read(folder_of(tmp_path, article=text)).pages[0]
    rows = {page.first_line + number: row for number, row in enumerate(page.body.split("\n"))}
    of_file = dict(enumerate(text.split("\n"), 1))
    assert [of_file[number] for number, row in rows.items() if row == "Body."] == ["Body."]
    begun = next(number for number, row in rows.items() if "*line*" in row)
    assert rows[begun - 1] == "::: abstract" and "One" in of_file[begun]
    assert page.meta.abstract.startswith("One line.")


def test_an_abstract_is_the_description_where_none_is_given(tmp_path):
    long = "It is said in one sentence of some length, with *marks*. " + "And then in others, " * 20 + "to the end."
    for abstract, said in (("Short, $x$.", "Short, x."), (long, long[:57].replace("*", "").rstrip())):
        meta = page_of(tmp_path / said[:5], description=None, abstract=f"'{abstract}'").meta
        assert meta.description == said
    assert meta.abstract == long.replace("*", "")


def test_fields_that_are_not_filled_in_are_left_out(tmp_path):
    """As in the forms that journals and themes hand out."""
    empty = dict.fromkeys(("doi", "subtitle", "keywords", "bibliography", "macros", "nav_order"), "")
    empty |= {"repository": '""', "tags": "\n  - R\n  -\n  - fast"}
    author = "\n  - name: Ada\n    orcid:\n    email:\n    affiliation:\n    url: ''\n    role: software, data curation"
    page = page_of(tmp_path, **empty, authors=author)
    assert page.meta.keywords == ("R", "fast") and not page.meta.doi and page.meta.bibliography == ("references.bib",)
    assert page.meta.authors == (Author(name="Ada", roles=("software", "data curation")),)


def test_another_file_of_works(tmp_path):
    files = {"lists/works.bib": "@misc{a, title={T}}", "references.bib": "@misc{b, title={T}}"}
    folder = folder_of(tmp_path, article=written({**FRONT, "bibliography": "lists/works.bib"}), **files)
    article = read(folder)
    assert list(article.bibliography.entries) == ["a"] and not article.assets
    (folder / "article.md").write_text(written({**FRONT, "bibliography": "lists/work.bib"}))
    assert said(folder) == [
        'lists/work.bib: there is no such file, which the front matter names; did you mean "lists/works.bib"?'
    ]


def test_several_files_of_works(tmp_path):
    files = {f"{name}.bib": f"@misc{{{name[0]}, title={{T}}}}" for name in ("a", "more", "references", "own")}
    folder = folder_of(tmp_path, article=written({**FRONT, "bibliography": "\n  - more.bib\n  - a.bib"}), **files)
    (folder / "second.md").write_text(written({**FRONT, "title": "Second", "bibliography": "[own.bib, a.bib]"}))
    article = read(folder)
    assert list(article.bibliography.entries) == ["m", "a", "o"] and not article.assets
    (folder / "article.md").write_text(written({**FRONT, "bibliography": "[a.bib, moe.bib, b.json]"}))
    assert said(folder) == [
        'article.md:6: bibliography: "b.json" was not understood; '
        "expected a file of this folder that ends in .bib, as others export to BibTeX, or a list of these"
    ]
    (folder / "article.md").write_text(written({**FRONT, "bibliography": "[a.bib, moe.bib]"}))
    assert said(folder) == ['moe.bib: there is no such file, which the front matter names; did you mean "more.bib"?']


def test_what_other_tools_read_is_told_and_left_alone(tmp_path):
    own = {"format": "html", "draft": "true", "my-own": "x", "authors": "[{name: A, deceased: true}]"}
    page = page_of(tmp_path, **own)
    assert [(odd.name, odd.said.partition("article.md")[2]) for odd in page.odd] == [
        ("foreign-field", f':{line}: "{name}" is no field of this tool; nothing is done with it')
        for line, name in ((6, "format"), (7, "draft"), (8, "my-own"), (4, "deceased"))
    ]


def test_an_author_in_full(tmp_path):
    roles = "[Software, Writing-Review and Editing]"
    authors = f"[{{name: A, orcid: 'https://orcid.org/0000-0002-1694-233X', roles: {roles}}}]"
    meta = page_of(tmp_path, authors=authors, version="2", data_licence="CC0").meta
    assert meta.authors == (Author("A", orcid="0000-0002-1694-233X", roles=("software", "writing – review & editing")),)
    assert (meta.version, meta.data_licence) == ("2", "CC0")


@pytest.mark.parametrize("spelt", ["equal_contribution", "equal-contrib", "equal_contributor", "equal-contributor"])
def test_an_author_is_marked_as_journals_and_tools_mark_them(spelt, tmp_path):
    page = page_of(tmp_path, authors=f"[{{name: A, {spelt}: true, corresponding: true}}, {{name: B, {spelt}: false}}]")
    assert not page.odd
    marked = Author("A", corresponding=True, equal_contribution=True), Author("B")
    assert page.meta.authors == marked
    assert [author.shares for author in marked] == [("corresponding author", "contributed equally"), ()]


def test_pages_in_the_order_of_the_navigation(tmp_path):
    pages = {"zeta": "title: Z\nnav_order: 1", "alpha": "title: A", "beta": "title: B\nnav_order: 2\ndate: 2026-02-02"}
    folder = folder_of(
        tmp_path, **{name: f"---\n{front}\n---\nx\n" for name, front in pages.items()}, README="# Not a page"
    )
    article = read(folder)
    assert [page.path for page in article.pages] == ["article.md", "zeta.md", "beta.md", "alpha.md"]
    assert [page.output for page in article.pages][:2] == ["index.html", "zeta.html"]
    zeta, beta = article.pages[1:3]
    assert zeta.meta.authors == article.meta.authors and zeta.meta.description == "x" and zeta.title == "Z"
    assert beta.meta.date == datetime.date(2026, 2, 2) and zeta.meta.date == article.meta.date


def test_a_page_with_the_title_of_another_is_odd(tmp_path):
    [first, second] = read(folder_of(tmp_path, **{"article-LAPTOP": written(FRONT)})).pages
    [warned] = second.odd
    assert first.odd == () and warned.name == "repeated-title"
    assert warned.said.endswith('article-LAPTOP.md: its title is that of article.md, "T"; expected one of its own')


def test_a_copy_that_no_text_names_is_told(tmp_path):
    files = ["experiments.toml", "experiments (1).toml", "references.bib", "references copy.bib", "a - Copy.csv"]
    files += ["b.csv", "b - Copy.csv", "c.png", "c (1).png", "d.csv", "d (1).csv", "data/e.csv", "data/e (1).csv"]
    folder = folder_of(tmp_path, article=written(FRONT) + "![C](<c (1).png>)\n", **dict.fromkeys(files, ""))
    (folder / "experiments.toml").write_text('[results.d]\nfile = "d (1).csv"\n')
    odd = [warned.said.removeprefix(f"{folder}/") for warned in read(folder).pages[0].odd]
    assert odd == [
        f"{name}: goes with the site, and looks like a copy of {of}; expected a name of its own, or that it is deleted"
        for name, of in (
            ("b - Copy.csv", "b.csv"),
            ("experiments (1).toml", "experiments.toml"),
            ("references copy.bib", "references.bib"),
        )
    ]
    (folder / "article (2).md").write_text("")
    assert said(folder)[0] == (
        'article (2).md: a page cannot be called "article (2).md"; '
        "expected a name of its own, or that it is deleted: it looks like a copy of article.md"
    )


def test_own_files_are_assets(tmp_path):
    files = {"pictures/a.png": b"x", "notes.txt": "n", ".hidden": "h", "_draft/x.png": b"x", "experiments.toml": ""}
    files |= {"~$report.docx": "", "~$a.md": "", "pictures/Thumbs.db": "", "$RECYCLE.BIN/a.pdf": ""}
    folder = folder_of(tmp_path, **files)
    (folder / "Icon\r").touch()
    article = read(folder)
    assert [asset.path for asset in article.assets] == ["notes.txt", "pictures/a.png"]
    assert not texts.files_of_code(folder) and not texts.refuse_strange(folder)
    assert article.assets[0].source.read_text() == "n"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_file_is_found_however_the_disk_composes_its_letters(tmp_path, form):
    name = unicodedata.normalize(form, "pictures/Größe.txt")
    [asset] = read(folder_of(tmp_path, **{name: "n"})).assets
    assert asset.path == unicodedata.normalize("NFC", name) and asset.source.read_text() == "n"


@pytest.mark.parametrize(
    ("name", "near"),
    [("Other page", "other-page.md"), ("Übung Nº1", "ubung-n-1.md"), ("Größe", "grosse.md"), ("é", "e.md")],
)
def test_a_page_of_another_name_is_told_the_nearest(tmp_path, name, near):
    [wrong] = said(folder_of(tmp_path, **{name: "---\ntitle: T\n---\n"}))
    assert wrong.startswith(f'{name}.md: a page cannot be called "{name}.md"; expected letters from a to z')
    assert wrong.endswith(f'did you mean "{near}"?')


def test_what_cameras_and_programs_of_drawing_make_is_data_and_a_text_of_another_ending_no_page(tmp_path):
    files = ["IMG_1.HEIC", "IMG_2.MOV", "plot.eps", "scan.TIF", "b/Two.MD", "three.qmd", "four.markdown", "a.js"]
    files += ["b/five.md", "b/README.md", "b/_six.md"]
    folder = folder_of(tmp_path, **{name: "x" for name in files})
    assert [asset.path for asset in read(folder).assets] == ["IMG_1.HEIC", "IMG_2.MOV", "plot.eps", "scan.TIF"]
    assert texts.files_of_code(folder) == ["a.js"]
    assert texts.other_texts(folder) == ["b/Two.MD", "b/five.md", "four.markdown", "three.qmd"]


ALIKE = "expected names that differ in their letters, and not in capitals or composition alone"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("a/fig:1.png", 'a/fig:1.png: Windows has no place for a name with the sign ":"; expected another name'),
        ("con.md", 'con.md: Windows has no place for a name with "con", a device of its own; expected another name'),
        ("Gallery.md", f'Gallery.md: Windows and macOS take "Gallery.html" for "gallery.html"; {ALIKE}'),
        ("Lab/a.py", f'Lab: Windows and macOS take "Lab" for "lab"; {ALIKE}; did you mean "lab"?'),
        ("Figures/a.png", f'Figures: Windows and macOS take "Figures" for "figures"; {ALIKE}; did you mean "figures"?'),
    ],
)
def test_a_site_can_lie_on_every_disk(tmp_path, name, wrong):
    assert said(folder_of(tmp_path, **{name: "# T\n"})) == [wrong]
    assert read(folder_of(tmp_path / "b", **{"figures/a.png": "", "other.md": "# T\n"}))


@pytest.mark.parametrize("name", ["experiments.toml", "references.bib", "predictions.toml"])
@pytest.mark.parametrize("typed", [str.capitalize, str.upper, lambda name: f"{name}.txt"])
def test_a_file_that_is_nearly_called_like_one_that_is_read_is_told(tmp_path, name, typed):
    [wrong] = said(folder_of(tmp_path, **{typed(name): ""}))
    assert wrong == f'{typed(name)}: no file of this name is read; did you mean "{name}"?'
    (tmp_path / "content" / typed(name)).rename(tmp_path / "content" / name)
    assert not list(texts.misnamed(tmp_path / "content", [name]))


def test_a_first_page_of_another_case_is_named(tmp_path):
    folder = folder_of(tmp_path)
    (folder / "article.md").rename(folder / "Article.MD")
    assert said(folder) == ['article.md: there is no such file; did you mean "Article.MD"?']


IN_TOML = '''+++
title = "Nets: a #1 guide"
date = 2026-03-12T09:00:00Z
abstract = """
One.
Two."""
weight = 3
[[author]]
name = "A. B."
+++
Text.
'''
IN_JSON = """
{
  "title": "Nets: a #1 guide",
  "date": "2026-03-12",
  "author": [{
    "name": "A. B."
  }],
  "weight": 3,
  "abstract": "One.\\nTwo."
}
Text.
"""


@pytest.mark.parametrize("text", [IN_TOML, IN_JSON], ids=["TOML", "JSON"])
def test_front_matter_may_be_written_in_toml_or_json(tmp_path, text):
    fields = {"title": "'Nets: a #1 guide'", "date": "2026-03-12", "author": "A. B.", "abstract": "|\n  One.\n  Two."}
    [page] = read(folder_of(tmp_path / "other", article=text)).pages
    [plain] = read(folder_of(tmp_path / "yaml", article=written(fields, "Text.\n"))).pages
    assert page.meta == plain.meta and page.body.split() == plain.body.split()
    lines = text.split("\n")
    assert lines[page.first_line + page.body.split("\n").index("Text.") - 1] == "Text."
    [foreign] = page.odd
    at = next(number for number, line in enumerate(lines, 1) if "weight" in line)
    assert f'article.md:{at}: "weight" is no field of this tool' in str(foreign)
    sign = text.strip()[:3].strip()
    wrong = text.replace("abstract", "abstarct"), re.sub(r"(weight\W+)3", r"\1[3", text), sign + "\n\n"
    said_of = [said(folder_of(tmp_path / str(at), article=each))[0] for at, each in enumerate(wrong)]
    at = next(number for number, line in enumerate(lines, 1) if "abstract" in line)
    assert said_of[0] == f'article.md:{at}: unknown field "abstarct" in the front matter; did you mean "abstract"?'
    assert re.match(r"article\.md:\d+: not (TOML|YAML): ", said_of[1])
    closing = sign.replace("{", "}")
    assert said_of[2] == f"article.md:1: the front matter is not closed; expected a line {closing} after it"


@pytest.mark.parametrize("opening", ["—-", "–––", "—", "----", "--"])
def test_dashes_that_are_not_three_hyphens_begin_no_front_matter(tmp_path, opening):
    """As programs correct them; the title would be a sentence of the text, or the dashes."""
    folder = folder_of(tmp_path, article=f"\n{opening}\ntitle: A\n{opening}\n\nText.\n")
    assert said(folder) == [f'article.md:2: the front matter begins with "{opening}"; expected ---, as it ends']


def test_fields_that_a_line_ends_and_none_begins_are_told(tmp_path):
    """As Hexo takes them; they would be a heading."""
    folder = folder_of(tmp_path, article="title: A\ndate: 2018-03-13\ntags:\n- x\n---\n\n# B\n\nText.\n")
    assert said(folder) == ['article.md:1: fields that no line --- is above, "title: A"; expected --- before them']


def test_empty_lines_may_stand_above_front_matter(tmp_path):
    above = "\n \n" + written({**FRONT, "abstract": "One."}, "Text.\n")
    plain = read(folder_of(tmp_path, article=above)).pages[0]
    lines = above.split("\n")
    assert "Text." in lines[plain.first_line - 1 :] and plain.body.startswith("::: abstract\nOne.\n:::\n")
    assert plain.body.split("\n")[lines.index("Text.") + 1 - plain.first_line] == "Text."
    (tmp_path / "content" / "article.md").write_text("\n \n" + written({**FRONT, "doi": "x"}))
    assert said(tmp_path / "content")[0].startswith(f"article.md:{len(FRONT) + 4}: doi")


@pytest.mark.parametrize(
    ("title", "lost"),
    [
        ("A #1 thing", "#1 thing"),
        ("A # a remark", ""),
        ("'A #1'", ""),
        ("C#", ""),
        ("A   #b #c", "#b #c"),
        ("|\n  A #1", ""),
    ],
)
def test_what_a_sign_cuts_off_a_field_is_told(tmp_path, title, lost):
    page = page_of(tmp_path, title=title)
    expected = f'article.md:2: "{lost}" is no part of title; expected quotes around a text with # [cut-field]'
    assert [str(warned).partition("content/")[2] for warned in page.odd] == ([expected] if lost else [])


def test_an_argument_of_a_macro_is_no_remark(tmp_path):
    """`norm: \\lVert #1 \\rVert` is the macro \\lVert to YAML, and each formula with it would be wrong."""
    macros = r"{R: \mathbb R, norm: '\lVert #1 \rVert'}"
    assert "#1" in page_of(tmp_path / "fine", macros=macros).meta.macros
    folder = folder_of(tmp_path, article=written(FRONT | {"macros": "\n  R: \\mathbb R\n  norm: \\lVert #1 \\rVert"}))
    assert said(folder) == [
        f'article.md:{len(FRONT) + 4}: "#1 \\rVert" is no part of norm; expected quotes around a text with #'
    ]
    page = page_of(tmp_path / "nested", authors="\n  - name: Ada\n    affiliation: Lab #3")
    assert '"#3" is no part of affiliation' in str(page.odd[0])


def test_places_are_as_the_author_typed_them(tmp_path, monkeypatch):
    folder_of(tmp_path, article="x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ContentError, match=r"^content/article.md:1: the text has no title; expected a line # Title above it, or "
    ):
        read(texts.Path("content"))


def test_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path):
    text = written(FRONT, "One.\n\nTwo.\n")
    plain = read(folder_of(tmp_path, article=text)).pages[0]
    (tmp_path / "content" / "article.md").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert read(tmp_path / "content").pages[0] == plain
    assert plain.first_line == 7 and plain.body.startswith("One.")


def test_letters_are_composed_however_a_text_was_saved(tmp_path):
    text, works = written(FRONT, "## Größe\n\n@müller2020\n"), "@misc{müller2020, title = {Größe}, year = 2020}\n"
    articles = [
        read(folder_of(tmp_path / form, article=form_of(text), **{"references.bib": form_of(works)}))
        for form in ("NFC", "NFD")
        for form_of in [functools.partial(unicodedata.normalize, form)]
    ]
    assert articles[0].pages[0].body == articles[1].pages[0].body
    assert [*articles[0].bibliography.entries] == [*articles[1].bibliography.entries]


def test_a_text_is_read_as_it_was_where_nothing_has_changed(tmp_path):
    folder, memo = folder_of(tmp_path), Memo()
    before = read(folder, memo).pages[0]
    assert read(folder, memo).pages[0] is before  # with its digest
    for times in range(5):
        (folder / "article.md").write_text(written(FRONT, "Again. " * times))
        assert read(folder, memo).pages[0].body == "Again. " * times


def test_there_may_be_nothing_at_all(tmp_path):
    folder = tmp_path / "content"
    assert said(folder) == ["article.md: there is no such file"]


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        ({"title": None}, [f"article.md:1: {NO_TITLE}"]),
        (
            {"authors": "Ada Lee^1^"},
            [
                'article.md:4: "Ada Lee^1^" is no name; expected a name alone, as - name: Ada Lee, '
                "and below it email:, affiliation:, roles:"
            ],
        ),
        ({"titel": "x"}, ['article.md:6: unknown field "titel" in the front matter; did you mean "title"?']),
        ({"date": "soon"}, ["article.md:5: date was not understood; expected a date like 2026-03-12"]),
        ({"date": "2026-02-30"}, ['article.md:5: "2026-02-30" was not understood; expected a day of the calendar']),
        (
            {"authors": "[]"},
            ["article.md:4: authors was not understood; expected a name, or a list of authors, each with a name"],
        ),
        ({"authors": "[{nam: A}]"}, ["article.md:4: authors was not understood; expected an author with a name"]),
        ({"authors": "[{name: A, urll: x}]"}, ['article.md:4: unknown field "urll" of an author; did you mean "url"?']),
        (
            {"authors": "[{name: A, url: x}]"},
            ["article.md:4: authors was not understood; expected an address that starts with https://"],
        ),
        (
            {"authors": "[{name: A, orcid: 0000-0002-1825-0079}]"},
            ["article.md:4: ORCID 0000-0002-1825-0079 cannot end in 9; expected 0 there, or other digits before it"],
        ),
        (
            {"authors": "[{name: A, orcid: 0000-0002}]"},
            ["article.md:4: authors was not understood; expected an ORCID like 0000-0002-1825-0097"],
        ),
        (
            {"authors": "[{name: A, group: true, orcid: 0000-0002-1694-233X}]"},
            ["article.md:4: orcid of a group; expected none, as a person has one"],
        ),
        (
            {"authors": "[{name: A, email: ada at home}]"},
            ["article.md:4: authors was not understood; expected an address like ada@example.org"],
        ),
        (
            {"bibliography": "../secret.bib"},
            [
                'article.md:6: bibliography: "../secret.bib" was not understood; '
                "expected a file of this folder that ends in .bib, as others export to BibTeX, or a list of these"
            ],
        ),
        ({"abstract": "[a]"}, ["article.md:6: abstract was not understood; expected text"]),
        ({"authors": "[{name: A, group: 1}]"}, ["article.md:4: authors was not understood; expected true or false"]),
        (
            {"authors": "[{name: A, roles: [sofware]}]"},
            ['article.md:4: unknown role "sofware"; did you mean "software"?'],
        ),
        (
            {"authors": "[{name: A, roles: writing and reviewing}]"},
            [
                'article.md:4: unknown role "writing and reviewing"; did you mean "writing – review & editing"?',
            ],
        ),
        ({"version": "1.10"}, ['article.md:6: version was not understood; expected a version in quotes, like "1.10"']),
        ({"title": "[a]"}, ["article.md:2: title was not understood; expected text"]),
        ({"title": ""}, ["article.md:2: title was not understood; expected text"]),
        (
            {"title": "a: b"},
            [
                "article.md:2: not YAML: mapping values are not allowed in this context; "
                "expected quotes around a text that holds a colon"
            ],
        ),
        (
            {"repository": "github"},
            ["article.md:6: repository was not understood; expected an address that starts with https://"],
        ),
        ({"doi": "x"}, ["article.md:6: doi was not understood; expected a DOI like 10.23915/distill.00001"]),
        (
            {"language": "English!"},
            ["article.md:6: language was not understood; expected a language tag like en or pt-BR"],
        ),
        ({"nav_order": "first"}, ["article.md:6: nav_order was not understood; expected a whole number"]),
        ({"keywords": "{a: b}"}, ["article.md:6: keywords was not understood; expected a list of words"]),
        ({"title": "T\ntitle: U"}, ['article.md:3: "title" is given twice']),
        (
            {"accent": "red"},
            [
                "article.md:6: accent was not understood; "
                'expected two colours, for light and for dark paper, like ["#673a9c", "#bda8fb"]'
            ],
        ),
        (
            {"accent": "['#ffcc00', '#102030']"},
            [
                "article.md:6: accent #ffcc00 has a contrast of 1.5 on light paper; "
                "expected at least 4.5: a darker colour",
                "article.md:6: accent #102030 has a contrast of 1.1 on dark paper; "
                "expected at least 4.5: a lighter colour",
            ],
        ),
        (
            {"numbering": "by page"},
            ['article.md:6: numbering was not understood; did you mean "by-page"?'],
        ),
        (
            {"subtitle": "[open"},
            [
                "article.md:6: not YAML: did not find expected ',' or ']'; "
                "expected a closing bracket, or quotes around a text that begins with one"
            ],
        ),
        (
            {"title": '"A" b'},
            [
                "article.md:2: not YAML: did not find expected key; expected lines like name: text, "
                "with quotes around a text that begins with a sign or has quotes in it"
            ],
        ),
        (
            {"title": '"a'},
            ["article.md:2: not YAML: found unexpected end of stream; expected the quotation mark that ends the text"],
        ),
        (
            {"title": '"C:\\qs"'},
            [
                "article.md:2: not YAML: found unknown escape character; "
                "expected single quotes around a text that holds a backslash, or two of them"
            ],
        ),
    ],
)
def test_mistakes_in_front_matter(tmp_path, change, messages):
    assert said(folder_of(tmp_path, article=written(FRONT | change))) == messages


@pytest.mark.parametrize(
    "command", [r"\theta", r"\nu", r"\rho", r"\ell", r"\frac{1}{2}", r"\nabla x", r"a\_b", r"\beta"]
)
def test_a_command_of_tex_in_double_quotes_is_told(tmp_path, command):
    """YAML takes its beginning for a tab, a line's end or a sign that nobody sees: "$\\theta$" was "$ heta$"."""
    (wrong,) = said(folder_of(tmp_path, article=written(FRONT | {"subtitle": f'"é ${command}$"'})))
    assert "is an escape within double quotes" in wrong and "expected single quotes" in wrong
    fine = page_of(tmp_path / "fine", title=f"'${command}$'", subtitle='"one\\ntwo \\\\theta \\t"').meta
    assert (fine.title, fine.subtitle) != (FRONT["title"], "") and "\\theta" in fine.subtitle


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("title:T", 'article.md:2: no blank behind the colon of "title"; expected title: …'),
        (
            "\ttitle: T",
            "article.md:2: not YAML: found character that cannot start any token; expected blanks in place of a tab",
        ),
    ],
)
def test_blanks_of_front_matter(tmp_path, line, message):
    assert said(folder_of(tmp_path, article=written(FRONT).replace("title: T", line))) == [message]


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("# Two *small* `planes` in $R$ [here](x.html) {#sec-a}\n", "Two small planes in R here"),
        ("\n<!-- for me\nalone -->\n\n # A snake_case &amp; \\*star\\* #\n", "A snake_case & *star*"),
        ("A title\non **two** lines\n===\n", "A title on two lines"),
    ],
)
def test_a_heading_before_the_text_is_the_title_where_none_is_given(tmp_path, body, title):
    """And every other line keeps its number."""
    page = page_of(tmp_path, body + "\nText.\n", title=None)
    assert page.title == title and "title" not in page.body and "planes" not in page.body
    assert page.body.split("\n").index("Text.") == body.count("\n") + 1
    (tmp_path / "content" / "article.md").write_text(written(FRONT, body))
    assert read(tmp_path / "content").pages[0].body == body
    (tmp_path / "content" / "article.md").write_text(written(FRONT | {"title": json.dumps(title)}, "# " + title + "\n"))
    assert read(tmp_path / "content").pages[0].body == "\n"  # what is said twice is shown once
    (tmp_path / "content" / "article.md").write_text(written(FRONT | {"title": "Heat"}, "# **Heat**\n"))
    assert read(tmp_path / "content").pages[0].body == "\n"


ORDINARY = """# A **plain** text

![x](x.png)

| a |
|---|

1. One

Some *words*, and
[more](https://x.org/$a/$b) of $R^2$. They end.
"""


def test_a_text_without_front_matter_is_a_page(tmp_path):
    """Its title is the heading above it, and search engines are told its first words."""
    first, second = read(folder_of(tmp_path, article=ORDINARY, other="\n# Other\n\n{{ 1 }}\n")).pages
    assert first.title == "A plain text" and first.meta.description == "Some words, and more of R². They end."
    assert (first.meta.authors, first.meta.date, first.first_line) == ((), None, 1)
    assert first.body.split("\n").index("1. One") == ORDINARY.split("\n").index("1. One")
    assert second.meta.description == second.title == "Other" and second.body == "\n\n\n{{ 1 }}\n"


@pytest.mark.parametrize("body", ["Text.\n\n# Late\n", "## Deep\n", "#\n", "#Tag\n", "- a\n===\n", "a\n\n===\n"])
def test_what_is_no_heading_before_the_text_is_no_title(tmp_path, body):
    folder = folder_of(tmp_path, article=written({**FRONT, "title": None}, body))
    assert said(folder) == [f"article.md:1: {NO_TITLE}"]


def test_a_title_block_of_pandoc_is_told_as_that(tmp_path):
    (wrong,) = said(folder_of(tmp_path, article="% Title\n% Ada Lee\n\nText.\n"))
    assert wrong.startswith("article.md:1: a title block of Pandoc; expected a line # Title above it, or title: …")


def test_macros_by_name_or_as_definitions_and_a_page_adds_its_own(tmp_path):
    by_name = "{R: '\\mathbb{R}', '\\norm': '\\|#1\\|', pair: ['(#1, #2)', 2]}"
    second = "---\ntitle: S\nmacros: ['\\newcommand{\\x}[1]{#1}']\n---\n"
    first, other = read(folder_of(tmp_path, article=written(FRONT | {"macros": by_name}), second=second)).pages
    assert first.meta.macros == "\\def\\R{\\mathbb{R}}\n\\def\\norm#1{\\|#1\\|}\n\\def\\pair#1#2{(#1, #2)}\n"
    assert other.meta.macros == first.meta.macros + "\\newcommand{\\x}[1]{#1}\n"


@pytest.mark.parametrize(
    ("macros", "message"),
    [
        ("\n  R: 1", '7: macros: "R" is no TeX; expected TeX in quotes, like "\\mathbb{R}"'),
        ("\n  R: x\n  R2: x", '8: macros: "R2" is no name of a macro; expected a name like "\\R"'),
        ("\n  R: '{'", '7: macros: the braces of "R" have no partners; expected a } for each {'),
        (
            "\n- R",
            '7: macros was not understood; expected names with TeX, like "\\R": "\\mathbb{R}", '
            "or definitions, like \\newcommand{\\R}{…}",
        ),
    ],
)
def test_a_macro_that_is_none_is_said_with_its_line(tmp_path, macros, message):
    folder = folder_of(tmp_path, article=written(FRONT | {"macros": macros}))
    assert said(folder) == [f"article.md:{message}"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("\n  2d: results", '7: names: "2d" cannot be a name; expected letters, digits and _, beginning with a letter'),
        (
            "\n  a-b: results",
            '7: names: "a-b" cannot be a name; expected letters, digits and _, beginning with a letter',
        ),
        (
            "\n  not: results",
            '7: names: "not" cannot be a name; expected letters, digits and _, beginning with a letter',
        ),
        (
            "\n  a: results\n  b: [1]",
            '8: names: "b" is no expression; expected an expression, like results.where(activation="tanh")',
        ),
        (
            " results",
            '6: names was not understood; expected names with expressions, like tanh: results.where(activation="tanh")',
        ),
    ],
)
def test_a_name_that_cannot_be_one_is_said_with_its_line(tmp_path, names, message):
    folder = folder_of(tmp_path, article=written(FRONT | {"names": names}))
    assert said(folder) == [f"article.md:{message}"]


def test_all_mistakes_of_the_folder_are_said_at_once(tmp_path):
    files = {
        "article": written({"titel": "T"}),
        "second": "no front matter",
        "_third": "a draft",
        "._article.md": "\0",
        "gallery": "---\ntitle: G\n---\n",
        "third": "---\ntitle: T\n",
        "references.bib": "404: Not Found\n",
        "plots/x.png": b"",
        "data/raw/LICENCE.txt": "",
    }
    assert said(folder_of(tmp_path, **files)) == [
        f"article.md:1: {NO_TITLE}",
        'article.md:2: unknown field "titel" in the front matter; did you mean "title"?',
        'gallery.md: a page cannot be called "gallery.md"; '
        "expected letters from a to z, digits, - and _ , and none of gallery, reproduce, 404, index",
        f"second.md:1: {NO_TITLE}; or _second.md for a text that is no page",
        "third.md:1: the front matter is not closed; expected a line --- after it",
        'references.bib:1: "404: Not Found" holds no work; expected entries like @article{key, …}',
        "plots: this folder's name is kept for what the build makes",
    ]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            b"---\ntitle: T\n---\n\nCaf\xe9\n",
            "article.md:5: a byte that is not UTF-8; expected the file saved as UTF-8",
        ),
        (b"---\r\rCaf\xe9\r", "article.md:3: a byte that is not UTF-8; expected the file saved as UTF-8"),
        ("---\ntitle: T\n".encode("utf-16"), "article.md: saved as UTF-16; expected the file saved as UTF-8"),
        ("---\ntitle: T\n".encode("utf-16-le"), "article.md: saved as UTF-16; expected the file saved as UTF-8"),
        (b"---\ntitle: T\n---\na\x02b", "article.md:4: an invisible character, U+0002; expected none"),
        ("---\ntitle: T\n---\na\ue000b".encode(), "article.md:4: an invisible character, U+E000; expected none"),
    ],
)
def test_bytes_that_are_not_text(tmp_path, raw, message):
    assert said(folder_of(tmp_path, article=raw)) == [message]


# Sizes of pictures, against Pillow's own


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.png", {}),
        ("a.gif", {}),
        ("a.jpg", {}),
        ("progressive.jpg", {"progressive": True, "exif": b"Exif\0\0" + b"\0" * 900}),
        ("lossy.webp", {}),
        ("lossless.webp", {"lossless": True}),
    ],
)
@pytest.mark.parametrize("size", [(1, 1), (40, 30), (641, 1023)])
def test_sizes_are_read_from_the_first_bytes(tmp_path, name, options, size):
    Image.new("RGB", size, (20, 90, 160)).save(tmp_path / name, **options)
    assert picture_size(tmp_path / name) == size


def test_a_webp_with_transparency_has_its_size_in_another_place(tmp_path):
    frames = [Image.new("RGBA", (33, 44), (20, 90, 160, alpha)) for alpha in (0, 200)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:])
    assert (tmp_path / "a.webp").read_bytes()[12:16] == b"VP8X" and picture_size(tmp_path / "a.webp") == (33, 44)


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        ('<?xml version="1.0"?>\n<svg width="30px" height="20.5" viewBox="0 0 9 9">', (30, 20)),
        ("<svg viewBox='0 0 9 9'>", None),
        ('<svg viewBox="-1 -1, 90 45">', (90, 45)),
        ('<svg width="100%" height="20" viewBox="0 0 8 4">', (8, 4)),
        ('<svg width="1.2.3" height="20">', None),
        ("<svg>", None),
    ],
)
def test_sizes_of_drawings(tmp_path, svg, size):
    (tmp_path / "a.svg").write_text(svg)
    assert picture_size(tmp_path / "a.svg") == size


def test_a_broken_picture_has_no_size(tmp_path):
    for head in (
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\xff\xd8\xff\xe0\x00",
        b"RIFF0000WEBPVP8 ",
        struct.pack(">I", 7),
    ):
        (tmp_path / "a").write_bytes(head)
        assert picture_size(tmp_path / "a") is None


def test_pictures_within_a_text_become_files(tmp_path):
    data = io.BytesIO()
    Image.effect_noise((900, 900), 90).convert("RGB").save(data, "PNG")  # above what a text alone may have
    within = f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"
    wrong = ["data:image/png;base64,iVBORw0KG", "data:image/svg+xml;base64,PHN2Zy8+", "data:image/png,%89PNG"]
    body = f"![A][one] ![B]({within})\n\n[one]: <{within}>\n" + "".join(f"\n![C](<{one}>)\n" for one in wrong)
    folder = folder_of(tmp_path, article=written(FRONT, body))
    for _ in range(2):
        article = texts.read(folder, pictures=tmp_path / "kept")
        [asset] = article.assets
        assert asset.source.read_bytes() == data.getvalue()
        assert article.pages[0].body == body.replace(within, asset.path)
        asset.source.write_bytes(b"damaged")
    assert asset.path == f"pictures/{hashlib.sha256(data.getvalue()).hexdigest()[:16]}.png"
    with pytest.raises(ContentError, match=r"article.md: [\d,]+ bytes; expected at most 2,000,000"):
        texts.read(folder)

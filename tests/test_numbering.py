"""What of a text is numbered, with its lines; and the attribute lists that name it."""

from types import SimpleNamespace

from generator.base.memo import Memo
from generator.markup import numbering, reading
from generator.markup.attributes import parse_attributes
from generator.markup.constructs import blocks
from generator.markup.dependencies import Book
from generator.markup.numbering import slug


def outline(body, first_line=1):
    problems = []
    units = reading.read(body, first_line).units
    book = numbering.number("a.md", units, lambda mark: blocks.read_options(mark, "a.md", Memo(), problems))
    assert not book.problems + problems
    return book


def test_every_kind_of_block_has_its_line():
    body = "Text.\n\n## H {#sec-h}\n> ### Q\n\n```python\nx\n```\n$$a$$\n/// note | N\nin\n\n#### deep\n///\nmore\n"
    assert list(outline(body, 11).items) == [
        *(("heading", 13), ("heading", 14), ("equation", 19), ("block", 20), ("heading", 23)),
    ]


def test_longer_fences_hide_fences_and_fences_hide_blocks():
    assert not outline("````\n```\n/// note | x\n```\n````\n").items


def test_blocks_may_be_indented_as_a_whole():
    book = outline("- a\n\n    /// note | N\n        id: x\n\n    in\n\n        code\n    ///\n")
    [(place, note)] = book.items.items()
    assert place == ("block", 3) and note.id == "x" and note.options["id"].line == 4


def test_sections_figures_tables_and_formulas_are_numbered_in_order():
    figure = "/// figure | f\n    id: fig-{}\n\nc\n///\n"
    body = (
        "## A\n### B\n### C\n## D {#sec-d}\n"
        + figure.format("x")
        + "/// details | S\n"
        + figure.format("y")
        + "///\n$$a$$ {#eq-a}\n"
    )
    assert {label.id: label.number for label in outline(body).labels.values()} == {
        **{"a": "1", "b": "1.1", "c": "1.2", "sec-d": "2"},
        **{"fig-x": "1", "fig-y": "2", "eq-a": "1"},
    }


def test_theorems_and_their_like_are_numbered_each_kind_apart():
    kinds = ("theorem", "lemma", "theorem", "proof", "definition", "lemma")
    book = outline("".join(f"/// {kind}\nx\n///\n\n" for kind in kinds))
    assert [(item.kind, item.number) for item in book.items.values()] == [
        *(("theorem", "1"), ("lemma", "1"), ("theorem", "2"), ("proof", ""), ("definition", "1"), ("lemma", "2")),
    ]


def test_a_block_of_quarto_is_of_the_kind_that_its_label_says():
    [item] = outline("::: {#thm-main}\nx\n:::\n").items.values()
    assert (item.kind, item.id, item.number) == ("theorem", "thm-main", "1")


def test_of_figures_that_differ_in_capitals_one_page_alone_has_the_name_for_its_file():
    pages = [SimpleNamespace(path=path, output=path) for path in ("a.md", "b.md")]
    names = {
        path: SimpleNamespace(labels=[label], formulas=()) for path, label in (("a.md", "fig-A"), ("b.md", "fig-a"))
    }
    book = Book(pages, names, None, {})
    assert book.labels == {"fig-A": "a.md", "fig-a": "b.md"} and book.files == {"fig-a": "a.md"}


def test_a_section_of_the_first_level_shifts_all_levels():
    book = outline("# A\n\n## B\n\nC\n=\n")
    assert [(item.level, item.number) for item in book.items.values()] == [(2, "1"), (3, "1.1"), (2, "2")]


def test_no_two_sections_have_one_number_where_levels_are_skipped():
    book = outline("## A\n\n#### B\n\n# C\n\n### D\n\n## E\n\n### F\n")
    assert [item.number for item in book.items.values()] == ["1.1", "1.1.1.1", "2", "2.1.1", "2.2", "2.2.1"]


def test_footnotes_are_numbered_last_and_kept_apart():
    book = outline("a[^n]\n\n[^n]: one\n    two\n\n    $$x$$ {#eq-n}\n\nafter\n\n$$y$$ {#eq-y}\n")
    assert book.notes["n"][0] == 3
    assert {label.id: label.number for label in book.labels.values()} == {"eq-y": "1", "eq-n": "2"}


def test_comments_are_skipped():
    book = outline("<!-- a\n\n## not a heading\n-->\n\n## B\n")
    assert [item.title for item in book.items.values()] == ["B"]


def test_slugs():
    assert slug("Where do `seven` classes go?") == "where-do-seven-classes-go"
    assert slug("It’s $x$ [here](a.html) and Überall") == "its-here-and-überall"
    assert slug('<span id="x"></span>Eta<sup>2</sup> <!-- a --> of `<b>`') == "eta2-of-b"
    assert slug("2020") == "part-2020" and slug("$x$") == "part"


def test_attribute_lists():
    found = parse_attributes("""#id .a .b key="v 1" other='"' bare=2 word""")
    assert (found.id, found.classes, found.words) == ("id", ("a", "b"), ("word",))
    assert found.values == {"key": "v 1", "other": '"', "bare": "2"}

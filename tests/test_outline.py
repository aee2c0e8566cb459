"""Blocks: what the lines of a text are, with numbers and lines. Mistakes are tested in test_markup."""

import datetime

from generator.content.texts import Author, Meta, Page
from generator.markup.outline import Block, Code, Equation, Heading, Quote, Text, outline, parse_attributes, slug

META = Meta("T", "D", (Author("A"),), datetime.date(2026, 1, 1))


def blocks(body, first_line=1):
    book = outline(Page("a.md", "a.md", "a.html", META, body, first_line))
    assert not book.problems
    return book


def test_every_kind_of_block_with_its_line():
    body = "Text.\n\n## H {#sec-h}\n> q\n```python\nx\n```\n$$a$$\n/// note | N\nin\n///\nmore\n"
    found = [(type(item), getattr(item, "line", 0)) for item in blocks(body, 11).items]
    assert found == [(Text, 0), (Heading, 13), (Quote, 14), (Code, 15), (Equation, 18), (Block, 19), (Text, 0)]


def test_fences_hide_blocks_and_longer_fences_hide_fences():
    items = blocks("````\n```\n/// note | x\n```\n````\n").items
    assert [type(item) for item in items] == [Code, Text] and items[0].text == "```\n/// note | x\n```"


def test_blocks_may_be_indented_as_a_whole():
    note = blocks("- a\n\n    /// note | N\n        id: x\n\n    in\n\n        deeper\n    ///\n").items[1]
    assert note.indent == 4 and note.id == "x" and note.options["id"].line == 4
    assert [line for _, line in note.items[0].lines] == ["", "in", "", "    deeper"]


def test_sections_figures_tables_and_formulas_are_numbered_in_order():
    figure = "/// figure | f\n    id: fig-{}\n\nc\n///\n"
    body = (
        "## A\n### B\n### C\n## D {#sec-d}\n"
        + figure.format("x")
        + "/// details | S\n"
        + figure.format("y")
        + "///\n$$a$$ {#eq-a}\n"
    )
    book = blocks(body)
    assert {label.id: label.number for label in book.labels.values()} == {
        **{"a": "1", "b": "1.1", "c": "1.2", "sec-d": "2"},
        **{"fig-x": "1", "fig-y": "2", "eq-a": "1"},
    }


def test_footnotes_and_addresses_leave_the_text():
    book = blocks('a[^n]\n\n[^n]: one\n    two\n\n    three\n\nafter\n[l]: <x.html> "T"\n')
    assert book.footnotes["n"][0] == 3 and book.addresses == {"l": (9, "x.html", "T")}
    lines = [text for item in book.footnotes["n"][1] for _, text in item.lines]
    assert lines == ["one", "two", "", "three", ""]


def test_comments_are_skipped():
    book = blocks("<!-- a\n\n## not a heading\n-->\n\n## B\n")
    assert [item.text for item in book.items if isinstance(item, Heading)] == ["B"]


def test_slugs():
    assert slug("Where do `seven` classes go?") == "where-do-seven-classes-go"
    assert slug("It’s $x$ [here](a.html) and Überall") == "its-here-and-überall"
    assert slug("2020") == "part-2020" and slug("$x$") == "part"


def test_attribute_lists():
    found = parse_attributes("""#id .a .b key="v 1" other='"' bare=2 word""")
    assert (found.id, found.classes, found.words) == ("id", ("a", "b"), ("word",))
    assert found.values == {"key": "v 1", "other": '"', "bare": "2"}

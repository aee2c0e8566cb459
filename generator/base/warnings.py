"""What is odd and not wrong. Each kind of warning has a name, by which an author can allow it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from .errors import together

WARNINGS = {
    "collapsed-run": "a network learned next to nothing",
    "constant-column": "a column of own data holds one value",
    "row-numbers": "a column of own data counts the rows",
    "alike-classes": "words for classes of own data differ in capitals alone",
    "missing-class": "a class of own data is called as missing values are, NA or nan",
    "uneven-classes": "a class of own data has far more rows than another",
    "not-finite": "a result of own code is no finite number",
    "foreign-field": "a field of front matter that this tool does not read",
    "cut-field": "a field of front matter ends before a # that begins no remark",
    "repeated-title": "two pages have one title",
    "copied-file": "a file that goes with the site looks like a copy of another, and no text names it",
    "heading-level": "a heading skips a level",
    "empty-section": "a last heading has no text below it",
    "untranslated-page": "no table has the page's own words in the article's language",
    "unknown-words": "a row of an own table of the page's words that no page says, and that is like one",
    "unused-footnote": "nothing refers to a footnote",
    "unused-link": "nothing uses a link label",
    "repeated-label": "a link's label that was defined before",
    "undefined-label": "a link's label that is defined nowhere",
    "stray-mark": "a sign of Markdown that stands in the text",
    "html-style": "how HTML of the author's would look, where the page has its own way",
    "repeated-word": "the name of a figure or the like, which its reference says too",
    "table-cells": "a row of a table with cells that are not shown",
    "unclosed-code": "a code block that goes on to the end",
    "unknown-language": "a language of code that has no colours",
    "code-options": "what stands behind the language of code and is not shown",
    "no-alt-text": "a picture without a text in its place",
    "broken-picture": "the end of a picture's file is missing",
    "located-picture": "the file of a photo says where it was taken",
    "heavy-picture": "a picture is of more than two megabytes",
    "letter-without-font": "a letter that readers see in a font of their system",
    "one-of-several": "a figure shows one of several recipes that are drawn",
    "unused-activation": "no experiment uses an activation of the article's own",
    "uncited-work": "no page cites a work of the bibliography",
    "odd-work": "a cited work has a key or a field twice, a blank in an address, or a kind that no work is of",
    "broken-work": "a work that no page cites is doubled or was not understood",
}
UNUSED = ("uncited-work", "broken-work")  # said only where they are asked for


class Warned(NamedTuple):
    """A warning. name: in the table; said: where and what, in a line. As JSON it is a list of the two."""

    name: str
    said: str

    def __str__(self) -> str:
        return f"{self.said} [{self.name}]"


def told(warnings: Iterable[Warned]) -> list[str]:
    """What is said of warnings, once of many that differ in their lines alone."""
    return together((warned.said, f" [{warned.name}]") for warned in warnings)


def without(allowed: Collection[str], warnings: Iterable[Warned]) -> list[Warned]:
    """The warnings that an author has not allowed, by their names."""
    return [warned for warned in warnings if warned.name not in allowed]

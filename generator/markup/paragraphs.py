"""Markdown's own part of a text: paragraphs, emphasis, lists, tables, definition lists.

    html, code = convert("Some *words*.")

The only file that imports markdown. It knows nothing of what is ours, which passes through it as tokens.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension

_EXTENSIONS = (TableExtension(), DefListExtension(), AttrListExtension(), SaneListExtension())


def convert(text: str) -> tuple[str, list[str]]:
    """The HTML of a text, and the blocks in it that are indented like code."""
    md, found = _converter()
    found.clear()
    return md.reset().convert(text), list(found)


@functools.cache  # making one takes longer than what it converts
def _converter() -> tuple[markdown.Markdown, list[str]]:
    """Markdown, and where it notes the blocks that are indented like code."""
    found: list[str] = []
    return _markdown(found.append), found


def _markdown(found_code: Callable[[str], None]) -> markdown.Markdown:
    """Markdown without what we do ourselves."""
    md = markdown.Markdown(extensions=_EXTENSIONS, output_format="html")
    md.preprocessors.deregister("html_block")
    for name in ("html", "entity", "autolink", "automail", "escape", "backtick", "reference", "link", "image_link"):
        md.inlinePatterns.deregister(name)
    for name in ("image_reference", "short_reference", "short_image_ref"):
        md.inlinePatterns.deregister(name)
    for name in ("hashheader", "setextheader", "reference", "code"):
        md.parser.blockprocessors.deregister(name)
    md.parser.blockprocessors.register(_IndentedCode(md.parser, found_code), "code", 80)
    return md


class _IndentedCode(BlockProcessor):
    """In the place of Markdown's indented code: a mistake, for it hides what is below a list."""

    def __init__(self, parser: Any, found: Callable[[str], None]) -> None:
        super().__init__(parser)
        self.found = found

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        return block.startswith("    ")

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        self.found(block)
        ElementTree.SubElement(parent, "p").text = block.strip()

"""A table with number and caption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ID, SIZE, BlockType

if TYPE_CHECKING:
    from ..document import Writer
    from ..numbering import Block


def render(block: Block, writer: Writer) -> str:
    """The table, named by its caption."""
    context = writer.context(block)
    if "<table" not in context["content"]:
        writer.wrong(block.line, "no table in the block", "rows like | a | b |")
    named = context["content"].replace(
        ' aria-label="{}"'.format(writer.words("Table")), f' aria-labelledby="{block.id}-caption"'
    )
    return writer.filled(block.kind, context | {"content": named})


BLOCK = BlockType(
    "table",
    {"id": ID, "size": SIZE},
    ("a table without a caption", "/// table | What it shows"),
    label="tbl",
    render=render,
)

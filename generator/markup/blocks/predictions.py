"""What was predicted before the runs, and how it came out: the article's predictions.toml as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ID, BlockType

if TYPE_CHECKING:
    from ..document import Writer
    from ..numbering import Block


def render(block: Block, writer: Writer) -> str:
    """The predictions, each with its verdict; what the runs contradict is said, and no mistake."""
    predictions = writer.predictions
    writer.lists_predictions = True
    if not predictions.all:
        writer.wrong(block.line, "no predictions to list", "predictions.toml beside the text")
        return ""
    judged = [judged for each in predictions.all if (judged := writer.predicted(each, block.line))]
    return writer.filled(block.kind, writer.context(block) | {"predictions": judged, "date": predictions.date})


BLOCK = BlockType("predictions", {"id": ID}, render=render)

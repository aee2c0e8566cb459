"""A note beside the argument, under a title."""

from . import BlockType

BLOCK = BlockType("note")

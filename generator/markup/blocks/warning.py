"""A warning beside the argument, under a title."""

from . import BlockType

BLOCK = BlockType("warning")

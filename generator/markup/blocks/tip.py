"""A tip beside the argument, under a title."""

from . import BlockType

BLOCK = BlockType("tip")

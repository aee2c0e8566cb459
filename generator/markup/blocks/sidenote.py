"""A remark in the margin."""

from . import BlockType

BLOCK = BlockType("sidenote")

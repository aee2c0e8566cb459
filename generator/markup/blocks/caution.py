"""What can go wrong, under a title: GitHub's alert of that name."""

from . import BlockType

BLOCK = BlockType("caution")

"""What a reader must know, under a title: GitHub's alert of that name."""

from . import BlockType

BLOCK = BlockType("important")

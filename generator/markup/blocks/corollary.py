"""What follows from a theorem. It has a number; its name may stand behind the bar."""

from . import BlockType, statement

BLOCK = BlockType("corollary", label="cor", render=statement)

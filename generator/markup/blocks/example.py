"""A case of what was said. It has a number; its name may stand behind the bar."""

from . import BlockType, statement

BLOCK = BlockType("example", label="exm", render=statement)

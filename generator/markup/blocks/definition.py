"""What a word means from here on. It has a number; its name may stand behind the bar."""

from . import BlockType, statement

BLOCK = BlockType("definition", label="def", render=statement)

"""What is proved. It has a number; its name may stand behind the bar."""

from . import BlockType, statement

BLOCK = BlockType("theorem", label="thm", render=statement)

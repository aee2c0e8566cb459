"""What is worth saying beside a theorem. It has a number; its name may stand behind the bar."""

from . import BlockType, statement

BLOCK = BlockType("remark", label="rem", render=statement)

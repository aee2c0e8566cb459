"""What is thought to be true and not proved. It has a number; its name may stand behind the bar."""

from . import BlockType, statement

BLOCK = BlockType("conjecture", label="cnj", render=statement)

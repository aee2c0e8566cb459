"""What is proved, and smaller than a theorem. It has a number; its name may stand behind the bar."""

from . import BlockType, statement

BLOCK = BlockType("proposition", label="prp", render=statement)

"""What readers are to try for themselves. It has a number; its name may stand behind the bar."""

from . import BlockType, statement

BLOCK = BlockType("exercise", label="exr", render=statement)

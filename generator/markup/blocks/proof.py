"""Why a theorem holds. Its end is marked; of what it is one may stand behind the bar."""

from . import BlockType, statement

BLOCK = BlockType("proof", render=statement)

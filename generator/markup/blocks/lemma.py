"""What a proof rests on. It has a number; its name may stand behind the bar."""

from . import BlockType, statement

BLOCK = BlockType("lemma", label="lem", render=statement)

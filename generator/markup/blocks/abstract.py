"""What the article says, in brief: it stands before the text, and comes from the front matter or from the text."""

from . import BlockType

BLOCK = BlockType("abstract")

"""What is hidden until a reader asks for it."""

from . import FLAG, ID, BlockType

BLOCK = BlockType("details", {"id": ID, "open": FLAG}, ("details without a summary", "/// details | What it holds"))

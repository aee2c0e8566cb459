"""What is hidden until a reader asks for it."""

from . import ID, BlockType, Option

OPEN = Option(lambda value: isinstance(value, bool), "true or false")
BLOCK = BlockType("details", {"id": ID, "open": OPEN}, ("details without a summary", "/// details | What it holds"))

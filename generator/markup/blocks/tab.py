"""One of several views of the same. Disclosures of one name: opening one closes the others."""

from . import BlockType

BLOCK = BlockType("tab", {}, ("a tab without a name", "/// tab | Its name"), together=True)

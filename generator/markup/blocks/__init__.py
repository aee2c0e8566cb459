"""The blocks of a text, `/// name | argument`: each a file here and a template, templates/blocks/<name>.html.

A file exposes `BLOCK`: what authors call it, which options it takes, what it asks of its argument, how it is rendered.
Its template is given what `Writer.context` gives: `block`, its `options`, and as HTML, for `| safe`, its `argument` and
its `content`; and what `render` adds.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from ...base.errors import meant

if TYPE_CHECKING:
    from ..document import Writer
    from ..numbering import Block

SIZES = ("text", "wide", "full")


@dataclass(frozen=True)
class Option:
    """An option of a block.

    fits      whether a plain value is right
    expected  what would be, in words
    choices   all that it may be, where these are few words
    """

    fits: Callable[[Any], bool]
    expected: str
    choices: Sequence[str] = ()

    def instead(self, value: Any) -> tuple[str, str | None]:
        """What was expected instead of a value that does not fit, and the nearest choice."""
        words = isinstance(value, str) and not value.isdecimal()  # a number is like another by chance
        return meant(str(value), self.choices) if self.choices and words else (self.expected, None)


def text(expected: str) -> Option:
    """An option that may be any text."""
    return Option(lambda value: isinstance(value, str), expected)


ID = text("a label")
FLAG = Option(lambda value: isinstance(value, bool), "true or false")
NUMBER = Option(lambda value: isinstance(value, (int, float)) and not isinstance(value, bool), "a number")
SIZE = Option(lambda value: value in SIZES, f"one of {', '.join(SIZES)}")


def several(value: Any) -> list[Any]:
    """The values of an option that may have one, or a list."""
    return value if isinstance(value, list) else [value]


def named(value: Any) -> tuple[Any, Any]:
    """What an option names, and what the author calls it, as in {loss: last loss}, or ""."""
    return next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else (value, "")


def filled(block: Block, writer: Writer) -> str:
    """A block's template, filled with its options, its argument and its content."""
    return writer.filled(block.kind, writer.context(block))


def statement(block: Block, writer: Writer) -> str:
    """A theorem or its like, whose template is one for all of them."""
    return writer.filled("statement", writer.context(block))


@dataclass(frozen=True)
class BlockType:
    """A kind of block.

    name      what authors write; also that of its template
    options   what it takes, by name
    argument  what is wrong without one and what would be right; None where it may be left out
    label     with what the labels of numbered ones begin; "" for those without numbers
    together  those that follow each other are one: the template is given all of them as `blocks`, and the number of
              this `group` on its page
    render    the HTML of one
    """

    name: str
    options: Mapping[str, Option] = field(default_factory=lambda: {"id": ID})
    argument: tuple[str, str] | None = None
    label: str = ""
    together: bool = False
    render: Callable[[Block, Writer], str] = filled


@cache
def load() -> dict[str, BlockType]:
    """Every kind of block, by name."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    blocks: list[BlockType] = [importlib.import_module(f"{__name__}.{name}").BLOCK for name in modules]
    return {block.name: block for block in blocks}

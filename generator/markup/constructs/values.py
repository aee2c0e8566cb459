"""`{{ expression }}`: what the runs say, in running text, addresses and alt texts."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_inline import StateInline

from . import RenderMark, fault, label_end, put

INSIDE = r"""(?:[^"'{}]++|"[^"]*"|'[^']*'|\{(?!\{)|\}(?!\}))*+"""
VALUE = re.compile(r"\{\{(" + INSIDE + r")\}\}")
OF_OTHERS = re.compile(r"\{\{[<%]|\{%-?\s*(?P<tag>\w*)")
_LIQUID = {  # what to write in place of Jekyll's tags
    **dict.fromkeys(("raw", "endraw"), "the text alone, {{ and {% in code"),
    **dict.fromkeys(("highlight", "endhighlight"), "``` around code"),
    "include": "![what it shows](picture.png)",
    "cite": "[@key]",
    **dict.fromkeys(("post_url", "link"), "the name of a page, as in [text](page.md)"),
    "comment": "<!-- … -->",
}


def of_others(found: re.Match[str]) -> tuple[str, str]:
    """What is wrong with a shortcode or a tag of Jekyll, as OF_OTHERS finds them, and what was expected."""
    if found["tag"] is None:
        return "a shortcode of Hugo or Quarto", "/// figure | name, or Markdown"
    return "{% is not part of a text", _LIQUID.get(found["tag"], "an expression like {{ results.count }}")


def _value(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith(("{{", "{%"), state.pos):
        return False
    if others := OF_OTHERS.match(state.src, state.pos, state.posMax):
        return fault(state, silent, others.end(), *of_others(others))
    found = VALUE.match(state.src, state.pos, state.posMax)
    if not found:
        return fault(state, silent, state.pos + 2, "the expression is not closed", "}} after it")
    return put(state, silent, found.end(), "value", expression=found[1])


def _destination(text: str, pos: int, end: int) -> SimpleNamespace:
    """A link's address; values in it may hold spaces."""
    if text.find("{{", pos, end) < 0:
        return helpers.parseLinkDestination(text, pos, end)  # type: ignore[return-value]
    masked = VALUE.sub(lambda m: "v" * len(m[0]), text[pos:end])
    found = helpers.parseLinkDestination(masked, 0, len(masked))
    said = text[pos : pos + found.pos]
    return SimpleNamespace(ok=found.ok, pos=pos + found.pos, str=said.strip("<>"))


def extend(md: MarkdownIt) -> None:
    """Values before all else but code; addresses and titles are checked when a page is made."""
    md.inline.ruler.before("escape", "value", _value)
    md.helpers = SimpleNamespace(  # type: ignore[assignment]
        parseLinkLabel=label_end, parseLinkTitle=helpers.parseLinkTitle, parseLinkDestination=_destination
    )
    md.validateLink = lambda url: True  # type: ignore[method-assign]
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]


MARKS: dict[str, RenderMark] = {
    "value": lambda writer, mark: html.escape(writer.value(mark.data["expression"], mark.line, awaited="…"))
}

"""`{{ expression }}`: what the runs say, in running text, addresses and alt texts."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_inline import StateInline

from ...base.errors import short
from . import RenderMark, fault, label_end, put
from .code import A_PICTURE

INSIDE = r"""(?:[^"'{}]++|"[^"]*"|'[^']*'|\{(?!\{)|\}(?!\}))*+"""
VALUE = re.compile(r"\{\{(" + INSIDE + r")\}\}")
OF_OTHERS = re.compile(
    r"\{\{[<%]\s*(?P<code>/?[\w-]*)|\{%-?\s*(?P<tag>\w*)"
    r"|\{\{-?\s*(?:site\.(?:base)?url|[^{}|]*\|\s*(?:relative|absolute)_url)\b[^{}]*\}\}"
)
_INSTEAD = {  # what to write in place of shortcodes and of Jekyll's tags
    "figure image img imgproc include": "![what it shows](picture.png)",
    "ref relref link post_url": "the name of a page, as in [text](page.md)",
    "youtube vimeo tweet twitter x gist instagram asciinema iframe embed": "a link",
    "video": "![what it shows](video.mp4), a file of your own, or a link",
    "raw": "the text alone, {{ and {% in code",
    "highlight code codeblock": "``` around code",
    "mermaid": A_PICTURE,
    "blockquote quote pullquote cq centerquote": "> before each line",
    "katex math mathjax latex": "$$ around a formula",
    "cite": "[@key]",
    "details expand collapse spoiler": "/// details | Title … ///",
    "note notice hint callout alert admonition tip warning info": "/// note | Title … ///",
    "tab tabs tabpane tabset": "/// tab | Its name … /// for each",
    "pagebreak toc bibliography": "nothing",
    "comment": "<!-- … -->",
}
_WORDS = {word: said for words, said in _INSTEAD.items() for word in words.split()}


def of_others(found: re.Match[str]) -> tuple[str, str]:
    """What is wrong with a shortcode or a tag of Jekyll, as OF_OTHERS finds them, and what was expected."""
    if found["code"] is None and found["tag"] is None:
        return f'an address of Jekyll, "{short(found[0])}"', "the address alone, as in [text](page.md)"
    if found["tag"] is not None:
        return "{% is not part of a text", _WORDS.get(
            found["tag"].removeprefix("end"), "Markdown, or an expression like {{ results.count }}"
        )
    wrong = "a shortcode of Hugo or Quarto" + (f', "{found["code"]}"' if found["code"] else "")
    return wrong, _WORDS.get(found["code"].strip("/"), "Markdown, or a block that `peek list blocks` shows")


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

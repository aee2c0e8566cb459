"""Marks as a typographer sets them: round quotation marks of the language, dashes for `--` and `---`, dots for `...`;
and `~sub~`, `^super^`. In French no line ends before a sign that a blank stands before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, smartquotes
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin

_SIGNS = re.compile(r"(?<![-!])---?(?!-)|\.\.\.")
_NARROW = "\u202f"  # no-break spaces, this one within the quotation marks of French
_BEFORE_A_SIGN = re.compile(r"(?<!\s) (?=[;!?»%](?!\w)|:(?:\s|\Z))|(?<=«) ")
_DECADE = re.compile(r"(?<!\w)'(?=\d\ds\b)")
_TILDES = re.compile("~{3,}")
_SAID = {"---": "—", "--": "–", "...": "…"}


def tildes(state: StateInline, silent: bool) -> bool:
    """Three or more in a row strike nothing."""
    found = _TILDES.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


def extend(md: MarkdownIt) -> None:
    """Quotation marks by markdown-it's own rule."""
    md.options["typographer"] = True
    md.inline.ruler.before("strikethrough", "tildes", tildes)
    sub_plugin(md)
    superscript_plugin(md)


def typeset(state: StateCore, tokens: Sequence[Token]) -> None:
    """Set the signs in the text of inline tokens."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "text" and "'" in child.content:
                child.content = _DECADE.sub("’", child.content)
    smartquotes(state)
    quotes = state.md.options["quotes"]
    for token in tokens:
        before = ""
        for child in token.children or ():
            if child.type == "text":
                text = child.content
                if "--" in text or "..." in text:
                    text = _SIGNS.sub(lambda m: _SAID[m[0]], text)
                if "'" in text or '"' in text:
                    text = _leftover(text, before, quotes)
                if quotes[0].endswith(_NARROW) and " " in text:
                    text = _BEFORE_A_SIGN.sub(_unbroken, text)
                child.content = text
            if child.content:
                before = child.content[-1]


def _unbroken(blank: re.Match[str]) -> str:
    return "\u00a0" if blank.string[blank.end() : blank.end() + 1] == ":" else _NARROW


def _leftover(text: str, before: str, quotes: Sequence[str]) -> str:
    """Signs without a partner: an apostrophe, or the half that the text around says."""

    def sign(match: re.Match[str]) -> str:
        if match[0] == "'":
            return "’"
        previous = text[match.start() - 1] if match.start() else before
        return quotes[0] if not previous or previous.isspace() or previous in "([{—–-/“‘" else quotes[1]

    return re.sub("['\"]", sign, text)

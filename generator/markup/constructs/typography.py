"""Marks as a typographer sets them: round quotation marks of the language, dashes for `--` and `---`, dots for `...`;
and `~sub~`, `^super^`. In French no line ends before a sign that a blank stands before."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, smartquotes
from markdown_it.rules_inline import StateInline, emphasis, strikethrough
from markdown_it.token import Token
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin

from ...base.language import TOUCHING, WITHOUT_BLANKS
from . import InlineRule

_TOUCHING, _WITHOUT_BLANKS = (re.compile(f"[{signs}]") for signs in (TOUCHING, WITHOUT_BLANKS))
# Beside a letter of Chinese, Japanese or Arabic a mark may begin, as may one that ends
_BESIDE_LETTERS = re.compile(rf'(?<=[{WITHOUT_BLANKS}\u0620-\u064a\u066e-\u06d3])"(?=\w|\Z)')
_SIGNS = re.compile(r"(?<![-!])---?(?!-)|\.\.\.")
_NARROW = "\u202f"  # no-break spaces, this one within the quotation marks of French
_BEFORE_A_SIGN = re.compile(r"(?<!\s) (?=[;!?»%](?!\w)|:(?:\s|\Z))|(?<=«) ")
_DECADE = re.compile(r"(?<!\w)'(?=\d\ds\b)")
_TILDES = re.compile("~{3,}")
_AS_WORDS = ("formula", "formula_ref", "citation", "value")  # beside which quotation marks stand as beside words
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


def beside_letters(rule: InlineRule) -> InlineRule:
    """The parser's own rule; beside a sign of Chinese, Japanese or Korean, * and ~ open and close as beside a blank.

    source  github.com/tats-u/markdown-cjk-friendly
    """

    def read(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.delimiters)
        if not rule(state, silent):
            return False
        before, after = state.src[max(0, start - 1) : start], state.src[state.pos : state.pos + 1]
        if state.src[start] in "*~" and _TOUCHING.search(before + after):
            for delimiter in state.delimiters[known:]:
                delimiter.open, delimiter.close = bool(after.strip()), bool(before.strip())
        return True

    return read


def joined(before: str, after: str) -> bool:
    """Whether no blank stands where a line ends between two signs, as of Chinese and Japanese."""
    return all(_WITHOUT_BLANKS.match(sign) for sign in (before[-1:], after[:1]))


def extend(md: MarkdownIt) -> None:
    """Quotation marks by markdown-it's own rule."""
    md.options["typographer"] = True
    md.inline.ruler.at("emphasis", beside_letters(emphasis.tokenize))
    md.inline.ruler.at("strikethrough", beside_letters(strikethrough.tokenize))
    md.inline.ruler.before("strikethrough", "tildes", tildes)
    sub_plugin(md)
    superscript_plugin(md)


def typeset(state: StateCore, tokens: Sequence[Token]) -> None:
    """Set the signs in the text of inline tokens."""
    words = [child for token in tokens for child in token.children or () if child.type in _AS_WORDS]
    words = [word for word in words if not word.content]
    for word in words:  # markdown-it passes over what says nothing
        word.content = "x"
    for token in tokens:
        for child in token.children or ():
            if child.type == "text" and "'" in child.content:
                child.content = _DECADE.sub("’", child.content)
    quotes = state.md.options["quotes"]
    for token in tokens:
        _alternate([child for child in token.children or () if child.type == "text"], quotes)
    smartquotes(state)
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
    for word in words:
        word.content = ""


def _alternate(texts: Sequence[Token], quotes: Sequence[str]) -> None:
    """Where no blank tells which quotation marks begin, each second one ends."""
    count = sum(each.content.count('"') for each in texts)
    if count and count % 2 == 0 and any(_BESIDE_LETTERS.search(each.content) for each in texts):
        marks = itertools.cycle(quotes[:2])
        for each in texts:
            each.content = re.sub('"', lambda _: next(marks), each.content)


def _unbroken(blank: re.Match[str]) -> str:
    return "\u00a0" if blank.string[blank.end() : blank.end() + 1] == ":" else _NARROW


def _leftover(text: str, before: str, quotes: Sequence[str]) -> str:
    """Signs without a partner: an apostrophe, the half that the text around says; that of inches stays."""

    def sign(match: re.Match[str]) -> str:
        if match[0] == "'":
            return "’"
        previous = text[match.start() - 1] if match.start() else before
        if previous.isdigit():
            return match[0]
        return quotes[0] if not previous or previous.isspace() or previous in "([{—–-/“‘" else quotes[1]

    return re.sub("['\"]", sign, text)

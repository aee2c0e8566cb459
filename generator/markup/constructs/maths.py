r"""Formulas: `$…$`, GitHub's ``$`…`$`` and `\(…\)` in running text; `$$…$$`, `\[…\]`, `\begin{align}…` alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from ...base.errors import short
from .. import formulas
from ..attributes import TRAILING, parse_attributes
from . import Mark, RenderMark, add_block_rule, put, put_lines, text_of_line, untied

if TYPE_CHECKING:
    from ..builder import Builder
    from ..document import Writer

OPENS = r"""\$(?![\s$,;?)'"]|\.(?!\d))"""  # what begins a formula: no sum of money at its end, no quotation mark
_DOLLAR = re.compile(OPENS + r"((?:[^$\\`]|\\.)*?[^\s\\$`]|(?:[^$\\`]|\\.)*?\\[^\s])\$(?!\d)", re.DOTALL)
_DOLLARS = re.compile(r"\$\$((?:[^$\\`]|\\.)*?[^\s$](?:[^$\\`]|\\.)*?)\$\$", re.DOTALL)
_CODED = re.compile(r"\$`([^`]+)`\$(?!\d)")
_PRICE = re.compile(r"[\d.,]+\s+[A-Za-z]{3}")
_ROUND = re.compile(r"\\\((?=\s*(?:[^\s\\)]|\\[A-Za-z{|]))(.+?)\\\)", re.DOTALL)
_SQUARE = re.compile(
    r"\\\[(?=\s*(?:[^\s\\\]]|\\[A-Za-z{|]))([^\[\]]*?(?:\[[^\[\]]*\][^\[\]]*?)*)\\\](?![\[(:])", re.DOTALL
)
_WORDS = re.compile(  # no TeX
    r"[\d\s,;–-]++|[.…\s]++|\^\w++|[^\\]*\]\((?:https?:|mailto:|[#./])[^\\]*+|([*_]{1,2})(?=[^\W\d_*])[^\\^=]*\1|(?=[^\\^_=+*/<>|{}$@]*?[^\W\d_]{3})[^\\^_=+*/<>|{}$@]*+|(?=[^\\@]*+@)[^\\]*+"
)
_TASK = re.compile(r"\\\[[xX]\\\] [^\W\d_]")
_DOUBLED = (  # as kramdown wants them for MathJax
    re.compile(r"\\\\\((?=\s*(?:[^\s\\)]|\\[A-Za-z{|]))((?:(?!\\\\[()]).)+)\\\\\)", re.DOTALL),
    re.compile(r"\\\\\[(?=\s*(?:[^\s\\\]]|\\[A-Za-z{|]))((?:(?!\\\\[\[\]]).)+)\\\\\]", re.DOTALL),
)
_KRAMDOWN = re.compile(r"\\\\(\\\\|[{}|,;:!#%&$])|\\([_*])")
_DEFINITION = re.compile(r"\\(?:(?:re|provide)?newcommand|DeclareMathOperator|[gex]?def)(?![A-Za-z])")
_REF = re.compile(r"\\(?P<how>eqref|ref|autoref|[cC]ref)\{(?P<labels>[^{}\s,]+(?:,\s*[^{}\s,]+)*)\}")
_ALONE = re.compile(r"\\(?:label|tag|begin)\b")  # what no formula within a sentence has
_ENVIRONMENT = re.compile(rf"\\begin\{{({'|'.join(formulas.NUMBERED)})(\*?)\}}")


def _dollar(state: StateInline, silent: bool) -> bool:
    """A price is no formula, and code binds before. $$ with words behind it in its line is one within the sentence,
    but for one of several lines, or with a number."""
    if state.src[state.pos] != "$":
        return False
    if found := _CODED.match(state.src, state.pos, state.posMax):
        return put(state, silent, found.end(), "formula", tex=found[1], display=False)
    double = state.src.startswith("$$", state.pos)
    found = (_DOLLARS if double else _DOLLAR).match(state.src, state.pos, state.posMax)
    if found and not _PRICE.match(found[1]):
        behind = state.src[found.end() : state.posMax].partition("\n")[0].strip()
        begins = state.src[state.pos - 1 : state.pos] in ("", "\n") and "\n" in found[1]
        alone = begins or not behind or behind.startswith(("{", "$$")) or _ALONE.search(found[1])
        display = double and bool(alone)
        return put(state, silent, found.end(), "formula", tex=found[1].strip(), display=display)
    if not silent:
        state.pending += "$$" if double else "$"
    state.pos += 2 if double else 1
    return True


def _backslash(state: StateInline, silent: bool) -> bool:
    if state.src.startswith(("\\\\(", "\\\\["), state.pos):
        display = state.src[state.pos + 2] == "["
        found = _DOUBLED[display].match(state.src, state.pos, state.posMax)
        if not found:
            return False
        return put(state, silent, found.end(), "formula", tex=_undoubled(found[1]), display=display)
    following = state.src[state.pos : state.pos + 2]
    if following not in (r"\(", r"\[", r"\r", r"\e", r"\a", r"\c", r"\C"):
        return False
    if found := _REF.match(state.src, state.pos, state.posMax):
        untied(state, silent)
        for at, label in enumerate(re.split(r",\s*", found["labels"])):
            state.pending += ", " if at and not silent else ""
            put(state, silent, found.end(), "formula_ref", label=label, how=found["how"])
        return True
    pattern = _ROUND if following == r"\(" else _SQUARE if following == r"\[" else None
    found = pattern.match(state.src, state.pos, state.posMax) if pattern else None
    if not found or (pattern is _SQUARE and _is_in_brackets(state, found[1])):
        return False
    return put(state, silent, found.end(), "formula", tex=found[1], display=following == r"\[")


def _is_in_brackets(state: StateInline, said: str) -> bool:
    r"""Whether brackets are those that Word's and Google's texts escape: around words or a task, or against a word."""
    is_task = not state.pos and _TASK.match(state.src) is not None
    return is_task or state.src[state.pos - 1 : state.pos].isalnum() or _WORDS.fullmatch(said) is not None


def _undoubled(tex: str) -> str:
    """TeX in which signs were escaped from kramdown."""
    return _KRAMDOWN.sub(lambda m: m[2] or ("\\\\" if m[1] == "\\\\" else f"\\{m[1]}"), tex)


def _definitions(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Macros outside of formulas, as Pandoc reads them: from their line to the end of the paragraph."""
    if not _DEFINITION.match(text_of_line(state, start)):
        return False
    after = start + 1
    while after < end and not state.isEmpty(after) and state.sCount[after] >= state.blkIndent:
        after += 1
    tex = state.getLines(start, after, state.blkIndent, False)
    return put_lines(state, silent, start, after, "definitions", tex=tex)


_CLOSING = {"$$": "$$", r"\\[": r"\\]", r"\[": r"\]"}  # of a formula alone on its lines


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A formula alone on its lines, with a label behind it."""
    text = text_of_line(state, start)
    opening = next(filter(text.startswith, _CLOSING), "")
    environment = None if opening else _ENVIRONMENT.match(text)
    if not opening and not environment:
        return False
    closing = environment[0].replace("begin", "end") if environment else _CLOSING[opening]
    lines, inside = [text[len(opening) :]], 0
    for below in range(start + 1, end):
        inside += lines[-1].count("\\begin{") - lines[-1].count("\\end{")
        is_empty = state.isEmpty(below)  # which MathJax passes over, within an environment
        if closing in lines[-1] or (inside <= 0 if is_empty else state.sCount[below] < state.blkIndent):
            break
        lines.append(text_of_line(state, below))
    lines[-1], mark, after = lines[-1].partition(closing)
    closed = bool(mark)
    if _is_in_text(opening, lines, closed, after):
        return False
    tex = "\n".join(lines) + (closing if environment else "")
    meta = {"closed": closed, "after": after, "closing": closing, "lines": len(lines) - 1}
    tex = _undoubled(tex) if len(opening) == 3 else tex
    return put_lines(state, silent, start, start + len(lines), "equation", tex=tex, **meta)


def _is_in_text(opening: str, lines: Sequence[str], closed: bool, after: str) -> bool:
    """Whether what begins like a formula alone stands in the middle of a sentence, is one of several, or is none."""
    if opening == "$$" and closed:
        is_sentence = after.strip() and not TRAILING.match(after)
        return bool(is_sentence or re.match(r"\s*\$\$\s*\S", after))
    if opening == "$$":
        return len(lines) == 1 and bool(lines[0].strip())
    if opening == r"\[" and len(lines) == 1 and _WORDS.fullmatch(lines[0]):
        return True
    return opening.endswith("[") and (not closed or bool(after.strip()))


def extend(md: MarkdownIt) -> None:
    """Code first, then formulas, then escapes."""
    md.inline.ruler.before("strikethrough", "dollar", _dollar)
    md.inline.ruler.before("escape", "backslash_math", _backslash)
    add_block_rule(md, "definitions", _definitions)
    add_block_rule(md, "equation", _block)


def _write_equation(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    token, meta = tokens[at], tokens[at].meta
    label = ""
    if found := re.search(r"\(\\#(eq:[\w-]+)\)", meta["tex"]):
        below = meta["tex"].count("\n", 0, found.start())
        builder.block_fault(token, f'a label of bookdown, "{found[1]}"', f"\\label{{{found[1]}}}", below)
    if found := re.search(r"\{#(eq-[\w-]+)\}", meta["tex"]):
        builder.block_fault(token, f'the label "{found[1]}" within a formula', f"{{#{found[1]}}} behind the last $$")
        return
    if not meta["closed"]:
        builder.block_fault(token, "the formula is not closed", f"{meta['closing']} after it, and no empty line inside")
        return
    if found := TRAILING.match(meta["after"]):
        said = parse_attributes(found[1])
        label = said.id
        for word in [*said.values, *said.words]:
            builder.block_fault(token, f'unknown attribute "{word}"', "#label")
    elif meta["after"].strip():
        builder.block_fault(
            token,
            f'"{short(meta["after"])}" after a formula',
            "the end of the line or a label like {#eq-loss}",
            meta["lines"],
        )
    builder.block_mark("equation", token, tex=meta["tex"], id=label)


def _define(writer: Writer, mark: Mark) -> str:
    found = formulas.definitions(mark.data["tex"])
    writer.definitions += found
    said, rest = (re.sub(r"(?<!\\)%[^\n]*|\s+", "", tex) for tex in (found, mark.data["tex"]))
    if said != rest:
        writer.wrong(mark.line, "text beside a macro's definition", "the definition in a paragraph of its own")
    return ""


def _tell_break(writer: Writer, mark: Mark) -> None:
    """Warn of a line's end that is none."""
    at = formulas.lost_break(mark.data["tex"])
    if at is not None:
        line = mark.line + mark.data["tex"].count("\n", 0, at)
        expected = r"\begin{aligned} … \end{aligned} around the lines"
        writer.warn("stray-mark", line, r"\\ outside of an environment, which begins no line", expected)


def _formula(writer: Writer, mark: Mark) -> str:
    if mark.data["display"]:
        _tell_break(writer, mark)
    return writer.math(mark.data["tex"], mark.line, mark.data["display"])


def _equation(writer: Writer, mark: Mark) -> str:
    numbered = writer.numbered(mark)
    _tell_break(writer, mark)
    math = writer.math(mark.data["tex"], mark.line, display=True)
    if not numbered.id:
        return f'<div class="equation">{math}</div>'
    shown = formulas.tag(mark.data["tex"])
    link = "" if shown else f'<a class="equation-number" href="#{numbered.id}">({numbered.number})</a>'
    return f'<div class="equation" id="{numbered.id}">{math}{link}</div>'


TOKENS = {"equation": _write_equation}
MARKS: dict[str, RenderMark] = {
    "formula": _formula,
    "equation": _equation,
    "formula_ref": lambda writer, mark: writer.latex_reference(mark.data["how"], mark.data["label"], mark.line),
    "definitions": _define,
}

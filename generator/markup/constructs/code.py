"""Code: fenced, indented, in a sentence."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from ...base.errors import meant, short
from ..numbering import BLOCKS
from . import Mark

if TYPE_CHECKING:
    from ..builder import Builder
    from ..document import Writer

PLAIN = ("", "text", "plain", "plaintext", "txt", "none", "nohighlight")  # no language
LANGUAGES = "https://pygments.org/languages"
DRAWN = (
    "mermaid",
    "plantuml",
    "puml",
    "vega",
    "vega-lite",
    "d2",
    "nomnoml",
    "flowchart",
    "sequence",
    "wavedrom",
    "bpmn",
)
A_PICTURE = "a picture of what it draws, ![what it shows](picture.svg)"
_INFO = re.compile(r"\{(?:\s*[^\s}.][^\s}]*+)*?\s*(?<![^\s{])\.([\w+#-]+)[^}]*\}|([^\s{]*)")
_COMMENT = re.compile(r"\s*<!--.*-->\s*", re.DOTALL)
_LABEL = re.compile(r":label:[ \t]*(\S+)[ \t]*\n")
_CELL = re.compile(r"\{[a-z]+\}(?=\s+\S)|r(?= [\w\"'(]+)")
_CELLS = "python r julia js ojs bash sh sql javascript"  # what runs elsewhere
_DIRECTIVES = {  # of MyST, bookdown and of Quarto's cells that draw -> what is written here
    "table list-table csv-table": "rows like | a | b |, with |---|---| below the first, then : Caption {#tbl-name}",
    "code-cell": "```python for code to read: nothing in a text runs",
    "code code-block sourcecode literalinclude": "```python, or another language, around the code",
    "image": "![what it shows](picture.png)",
    "bibliography toctree tableofcontents contents": "nothing: the page has its own",
    "tab-set tab-item tabs": "/// tab | Its name … /// for each",
    "epigraph pull-quote": "> before each line",
    "math": "$$ around a formula",
    "iframe embed youtube": "a link",
    "card grid grid-item grid-item-card": "its text alone",
    "glossary": "a term on a line of its own, and : and its meaning on the next",
    "block block2": "/// note | … ///",
}


def _write(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    token = tokens[at]
    info = unescapeAll(token.info).strip()
    found = _INFO.match(info)
    language = (found[1] or found[2] or "") if found else ""
    if language == "math" or info == "{math}":  # of GitHub and GitLab, and of MyST
        labelled = _LABEL.match(token.content)
        tex = "\n\n" + token.content[labelled.end() :] if labelled else "\n" + token.content
        builder.block_mark("equation", token, tex=tex, id=labelled[1] if labelled else "")
        return
    if info == "{=html}" and _COMMENT.fullmatch(token.content):  # which Pandoc puts between two lists
        return
    if info.startswith("{") and not language:
        inside, _, argument = info.lstrip("{").partition("}")
        word = [*re.split(r"[\s,]", inside), "python"][0].removeprefix("prf:")
        builder.block_fault(token, *_cell(word, info, argument.strip()))
        return
    if more := info.replace(f".{language}" if info.startswith("{") else language, "", 1).strip("{} "):
        builder.block_fault(token, f'"{short(more)}" behind the language of code is left out', warning="code-options")
    if option := re.match(r"(?:#|//|--)\| *[\w.-]+ *:.*", token.content):
        wrong = f'an option of a cell, "{short(option[0])}", is shown with the code, as nothing in a text runs'
        builder.block_fault(token, wrong, "the code alone", below=1, warning="code-options")
    if token.type == "fence" and token.map and token.map[1] - token.map[0] < len(token.content.splitlines()) + 2:
        builder.block_fault(token, "the code block is not closed", warning="unclosed-code")
    builder.block_mark("code", token, language=language.lower(), text=token.content.removesuffix("\n"))


def _cell(word: str, info: str, argument: str) -> tuple[str, str]:
    """What a fence of another system is called, and what is written here."""
    said = f'"{short(info)}"'
    if word.startswith("="):
        return f"raw text of Pandoc, {said}", "Markdown, or HTML as it stands"
    if word in DRAWN or word in ("dot", "graphviz"):
        return f"the code cell {said}", A_PICTURE
    if word in BLOCKS or word == "admonition":
        return f"the code cell {said}", f"/// {word.replace('admonition', 'note')} | {argument or '…'} ///"
    if word in _CELLS.split():
        return f'the code cell "{{{word}}}"', f"```{word} for code to read: nothing in a text runs"
    what = "the code cell" if re.match(r"\{[^{}]*[\s,=]", info) else "a directive of MyST,"
    return f"{what} {said}", instead(word) or "Markdown, or a block that `peek list blocks` shows"


def instead(word: str) -> str:
    """What is written here in place of what others call by a word, or ""."""
    return next((said for words, said in _DIRECTIVES.items() if word in words.split()), "")


def _render(writer: Writer, mark: Mark) -> str:
    language, text = mark.data["language"], mark.data["text"]
    try:
        inner = writer.memo("code", [language, text], lambda: highlighted(language, text))
    except LookupError as error:
        writer.warn("unknown-language", mark.line, f'unknown language "{language}"', *error.args)
        inner = html.escape(text, quote=False)
    said = f' class="language-{html.escape(language)}"' if language else ""
    return f'<div class="highlight"><pre tabindex="0"><code{said}>{inner}</code></pre></div>'


def highlighted(language: str, text: str) -> str:
    """Code as HTML with a class a kind of word, as Pygments names them.

    raises  LookupError: no such language; args: what was expected, the nearest or None
    """
    if language in PLAIN:
        return html.escape(text, quote=False)
    # Imported here: a page without code need not wait for it.
    import pygments
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers import get_all_lexers, get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        known = [alias for _, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases]
        raise LookupError(*((A_PICTURE, None) if language in DRAWN else meant(language, known, LANGUAGES))) from None
    return str(pygments.highlight(text, lexer, HtmlFormatter(nowrap=True))).removesuffix("\n")


def _write_inline(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    if found := _CELL.match(tokens[at].content):
        line = sum(token.type in ("softbreak", "hardbreak") for token in tokens[:at])
        wrong, expected = f'the code cell "{found[0]}" in a sentence', "an expression like {{ results.count }}"
        builder.fault(line, wrong, expected, warning="" if found[0] != "r" else "stray-mark")
    builder.open("code")
    builder.text(tokens[at].content)
    builder.close()


TOKENS = {"fence": _write, "code_block": _write, "code_inline": _write_inline}
MARKS = {"code": _render}

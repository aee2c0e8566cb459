"""What belongs to another system: never printed as it stands. Code may hold it, and what is escaped."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from markdown_it.token import Token

from ..numbering import NUMBERED
from .code import A_PICTURE

_PROTECTED = "\ue005"  # an escaped sign: it begins nothing
_OF_LATEX = ("\\,", "\\;", '\\"', "\\'", "\\`", "\\^", "\\~", "\\=")  # its spaces and accents


class Foreign(NamedTuple):
    """A form of another system, what it is called, and what to write here; warning: it may be meant as it stands."""

    form: re.Pattern[str]
    wrong: str
    expected: str | Callable[[str], str] = ""
    warning: str = ""


def _foreign(form: str, wrong: str, expected: str | Callable[[str], str] = "", warning: str = "") -> Foreign:
    return Foreign(re.compile(form), wrong, expected, warning)


def _of_wiki(said: str) -> str:
    """What a link or picture of a wiki is here: `![[a b.png|300]]`, `[[Page#Part|words]]`, `![[Page]]`."""
    target, _, more = said.strip("![]").partition("|")
    page, sharp, part = target.partition("#")
    ending = PurePosixPath(page).suffix.lower()
    if said.startswith("!") and ending in ("", ".md"):  # a note put in
        return "its text"
    if said.startswith("!") and ending != ".pdf":
        width = more.partition("x")[0] if more[:1].isdigit() else ""
        shows = "what it shows" if width or not more else more
        return f"![{shows}]({_address(target)})" + (f"{{width={width}}}" if width else "")
    ending = "" if not page or re.fullmatch(r"\.\w{2,4}", ending) else ".md"
    anchor = "-".join(part.lower().split())
    return f"[{more or target.removeprefix('#')}]({_address(f'{page}{ending}{sharp}{anchor}')})"


def _of_aozora(said: str) -> str:
    """Ruby as HTML has it."""
    word, _, reading = said.strip("｜》").partition("《")
    return f"<ruby>{word}<rt>{reading}</rt></ruby>"


def _of_bookdown(said: str) -> str:
    """What a reference of bookdown is here, of a section without its kind: `ref(tab:x)`, `ref(x)`."""
    kind, _, name = said.removeprefix("ref(").removesuffix(")").rpartition(":")
    kind = {"tab": "tbl", "": "sec"}.get(kind, kind)
    return f"@{kind}-{name}"


def _address(path: str) -> str:
    return f"<{path}>" if " " in path else path


_COMMANDS = (  # of LaTeX in running text, and what is written here
    ("textbf", "**words**"),
    ("textit|emph|textsl", "*words*"),
    ("texttt|verb", "`words`"),
    ("underline|textsc", "*words* or **words**"),
    ("section", "## Heading {#sec-name}"),
    ("(?:sub){1,2}section|paragraph", "### Heading {#sec-name}"),
    ("footnote", "[^name], and a line [^name]: the note"),
    ("url", "<https://…>"),
    ("href", "[text](address)"),
    ("item", "- or 1. before each item"),
    ("includegraphics|caption", "![**Caption**](picture.png){#fig-name}"),
    ("textsuperscript|textsubscript", "^above^ or ~below~"),
    (
        "appendix|bibliographystyle|bibliography|printbibliography|(?:new|clear)page|pagebreak|noindent|centering|maketitle|tableofcontents|[vh]space|(?:big|med|small)skip",
        "nothing",
    ),
    (
        "[lc]?dots|LaTeX|TeX|S(?= ?\\d)|q?quad|alpha|beta|gamma|delta|epsilon|lambda|sigma|theta|omega|pm|times|[lg]eq?"
        "|neq|approx|infty|(?:right|left)arrow|frac|sqrt|math(?:bb|cal|rm)",
        "the sign itself, or $…$ around a formula",
    ),
)
_ENVIRONMENTS = (
    (
        "theorem|lemma|proposition|corollary|definition|conjecture|exercise|claim|remark|example|proof|thm|lem|prop|cor|defn?|rem",
        "/// theorem … ///, or lemma, proof and their like",
    ),
    ("itemize|enumerate|description", "- or 1. before each item"),
    ("figure|wrapfigure|subfigure", "![**Caption**](picture.png){#fig-name}"),
    ("table|tabularx?|longtable|tabular", "a table like | a | b |, with |---|---| below its head"),
    ("quote|quotation", "> before each line"),
    ("verbatim|lstlisting|minted", "``` around code"),
    ("abstract", "abstract in the front matter"),
    ("tikzpicture|tikzcd|circuitikz|forest|pspicture|picture", A_PICTURE),
    ("algorithm2?e?|algorithmic", "``` around its lines"),
    ("thebibliography", "the works in references.bib"),
    ("center|flushleft|flushright|minipage|multicols|appendices", "its text alone"),
    ("subequations", "the formulas in it alone"),
    (r"[\w]+", "Markdown, or $$ around a formula"),
)
_NO_PATH = r"(?:(?<![\w\\:/.])|(?=\\[A-Za-z]+[{\[])(?<!\\)|(?=\\l?dots))"  # before a command: none of Windows
LATEX = (
    _foreign(
        r"\\(?:cite[a-z]*|parencite|textcite|autocite|footcite)\*?(?:\[[^\]]*\])*\{",
        "a citation of LaTeX",
        "[@key], in a sentence @key",
    ),
    _foreign(r"\\label\{", "a label of LaTeX", "{#fig-name} behind what it names"),
    _foreign(r"\\(?:auto|c|C|page|name|v)ref\{[^{}]*\}?", "a reference of LaTeX", "@fig-name, @sec-name or @eq-name"),
    *(
        _foreign(rf"{_NO_PATH}\\(?:{names})(?![A-Za-z])", "a command of LaTeX", expected)
        for names, expected in _COMMANDS
    ),
    *(
        _foreign(rf"\\(?:begin|end)\{{(?:{names})\*?\}}", "an environment of LaTeX", expected)
        for names, expected in _ENVIRONMENTS
    ),
    _foreign(
        rf"{_NO_PATH}\\[A-Za-z]{{2,}}(?=[{{\[\s.,;:)]|\Z)",
        "a command of LaTeX",
        "Markdown, or $…$ around a formula",
        "stray-mark",
    ),
    _foreign(
        r"\\[cHuvkrb]\{[A-Za-z]\}|\\[\"^'`~=]\{\\?[A-Za-z]\}|[A-Za-z]\\[\"^~=]\\?[A-Za-z]|\{\\['\"`^~=.][A-Za-z]\}",
        "a letter of LaTeX",
        "the letter itself, as é",
        "stray-mark",
    ),
    _foreign(r"``(?=[^\s`])", "quotation marks of LaTeX", 'plain ones, "…"', "stray-mark"),
    _foreign(r"(?<=[a-z.)])\\ (?=\S|\Z)", "a space of LaTeX", "a blank, or &nbsp;", "stray-mark"),
    _foreign(r"\\[,;](?=\w|\Z)", "a thin space of LaTeX", "a blank, or &thinsp;", "stray-mark"),
    _foreign(r"[A-Za-z.]~(?=[A-Z\d\\@(\[]|\Z)", "a tie of LaTeX", "a blank, or &nbsp;", "stray-mark"),
)
_RULE = r"[ \t]*:?-+:?[ \t]*(?:\||\n|\Z)"  # of a table, behind its first bar
_ADDRESS = r"(?:https?:|#[a-z]|[\w/-]+\.[a-z]{2,4}\b)[^()\[\]\s]*"
SPACED = r"\]\([^()\s]+ (?:[^()]++|\([^()]*+\))*+\)"
FOREIGN = (
    _foreign(r"\d\*\d[\d.,]*\*", "stars between numbers, taken for emphasis", "× or \\*", "stray-mark"),
    _foreign(
        r"\$ (?:[A-Za-z] ?|(?=[^$\n\\^_=]*+[\\^_=])[^$\n]*+)\$"
        r"|\$(?:\\[A-Za-z]|[A-Za-z](?=[^$\s\\^_=]*+[\\^_=]))[^$\n]*+(?<= )\$(?!\w)",
        "a blank behind the first or before the last $, which makes no formula",
        "$…$ close around it",
        "stray-mark",
    ),
    *LATEX,
    _foreign(
        rf"\{{#?(?:{'|'.join(NUMBERED)})-[\w-]*\}}?"
        r"|\{[#.][A-Za-z][^{}]*\Z|\{(?:width|height)\b[:=][^{}]*\}?|\{claim\b[^{}]*\}?",
        "attributes that were not understood",
        '{#label .class name="value"}',
    ),
    _foreign(rf"!?\[[^\[\]]+\] \({_ADDRESS}\)", "a blank within a link", "[words](address)", "stray-mark"),
    _foreign(
        rf"!?\([^()]+\)\[{_ADDRESS}\]", "the brackets of a link in each other's place", "[words](address)", "stray-mark"
    ),
    _foreign(r"^!!!\+? +\w+|^\?\?\?\+? +\w+", "an admonition of MkDocs", "/// note | Title … ///"),
    _foreign(r"^%\s+\S", "a comment of LaTeX or MyST", "<!-- comment -->"),
    _foreign(r"\A\+\+\+(?=\s|\Z)", "a cell's break of Jupytext", "nothing", "stray-mark"),
    _foreign(r"^\+(?:[-=:]+\+)+\Z", "a grid table of Pandoc", "a table like | a | b |, as `pandoc -t gfm` writes it"),
    _foreign(r"\A\^\w[\w-]*\Z|\s\^[a-z0-9][\w-]+\Z", "a block's name of Obsidian", "{#label} at a heading or block"),
    _foreign(r"^\[(?:name|time|color)=[^\[\]]+\]", "a mark of HackMD", "the name as words, or nothing"),
    _foreign(r"\A\[(?:TOC|toc|\[_TOC_\])\]\Z", "a table of contents", "nothing: the page has its own"),
    _foreign(r"\A\([\w:.-]+\)=\Z", "a label of MyST", "{#label} behind a heading"),
    _foreign(
        r"^:(?:alt|align|class|name|width|label|figclass|header-rows|open): ?\S*",
        "an option of MyST",
        "it indented below the block's head, like id: name",
    ),
    _foreign(r"^\[[-/<>?!*\"]\]\s", "a task's mark of Obsidian", "[ ] or [x]", "stray-mark"),
    _foreign(r"^(?:\(@[\w-]*\)|#\.)\s", "a list of Pandoc", "1. before each item", "stray-mark"),
    _foreign(
        r"^#{1,6}(?=[^\W\d_])",
        "# without a blank behind it",
        "# and a blank, or of a tag keywords in the front matter",
        "stray-mark",
    ),
    _foreign(
        r"^\.\. [\w:-]+::", "a directive of reStructuredText", "Markdown, or a block that `peek list blocks` shows"
    ),
    _foreign(r"【[^【】†]*+†[^【】]*+】|:contentReference\[oaicite:\d+\]", "a citation of ChatGPT", "[@key]"),
    _foreign(r"ADDIN (?:ZOTERO_\w+|EN\.\w+|CSL_CITATION|Mendeley)(?: ?CSL_CITATION)?", "a field of Word", "[@key]"),
    _foreign(r"\A-{1,2}8<-{1,2}", "a file put in by MkDocs", "its text"),
    _foreign(r"\{=\w+\}", "raw text of Pandoc", "Markdown, or HTML as it stands"),
    _foreign(r"(?<![\w:]):[a-z][\w:-]*:(?=`)", "a role of reStructuredText", "@key, @fig-name or a link"),
    _foreign(r"\{cite(?::[\w:]+)?\}(?=`)", "a role of MyST", "@key or [@key]"),
    _foreign(r"\{(?:ref|eq|numref|figure|prf:ref)\}(?=`)", "a role of MyST", "@fig-name, @sec-name or @eq-name"),
    _foreign(r"\{(?:doc|term|any|download)\}(?=`)", "a role of MyST", "[words](page.md), or (#label)"),
    _foreign(r"\{[a-z][\w:.-]*\}(?=`)", "a role of MyST", "what it stands for, as $…$ or *…* or HTML"),
    _foreign(rf"(?<={_PROTECTED})ref\((?:[a-z]+:)?[\w-]+\)", "a reference of bookdown", _of_bookdown),
    _foreign(rf"(?<=\({_PROTECTED})[a-z]+:[\w-]+(?=\))", "a label of bookdown", "{#fig-name} behind what it names"),
    _foreign(r"^\(ref:[\w-]+\)", "words of bookdown for a caption", "them where they belong"),
    _foreign(r"\A\((?:PART|APPENDIX)\*?\)(?=\s)", "a mark of bookdown", "a heading without it"),
    _foreign(r"\$(?=`\Z)", "$ around code", "$…$ around a formula, without `"),
    _foreign(
        r"(?<![\w:]):(?:[+-]1|[a-z][a-z0-9_+-]*):(?![\w:])", "an emoji by its name", "the sign itself", "stray-mark"
    ),
    _foreign(r"(?<!\[)!?\[\[[^\[\]]+\]\](?!\])", "a link of a wiki", _of_wiki),
    _foreign(r"%%[^%\s]|^%%", "a comment of Obsidian", "<!-- comment -->"),
    _foreign(r"\{/\*", "a comment of MDX", "<!-- comment -->"),
    _foreign(r"\Aimport\s[\w{}*, ]+\sfrom(?=\s)|\Aexport\s+(?:const|default|function)\b", "code of MDX", "nothing"),
    _foreign(
        r"^\[! ?[A-Za-z]+ ?\](?=\s|\Z)",
        "a callout that was not understood",
        "> [!NOTE], and > before each line of its text",
        "stray-mark",
    ),
    _foreign(r"\A={1,6}\s+(?=\S)", "a heading of AsciiDoc or a wiki", "# before it, and a blank", "stray-mark"),
    _foreign(r"\A[a-z]+::\S*\[[^\[\]]*\]\Z", "a macro of AsciiDoc", "Markdown, as ![what it shows](picture.png)"),
    _foreign(r"\A__?(?=[\s.,;:)]|\Z)", "a link of reStructuredText", "[words](address)", "stray-mark"),
    _foreign(r"\{(?:\+\+|--|>>|==)(?=\S)", "a mark of CriticMarkup", "the text as it shall stand"),
    _foreign(r"(?<![:/])///(?=\s)", "/// inside a line", "a line of its own"),
    _foreign(r"(?<!\\)\[[^\[\]]+\]\[[^\[\]]*\]", "an undefined link label", warning="undefined-label"),
    _foreign(r"<!--", "the comment is not closed", "-->"),
    _foreign(r"\*\*", "** without a partner", warning="stray-mark"),
    _foreign(r"(?<!\$)\$\$(?!\$)", "$$ without a partner", warning="stray-mark"),
    _foreign(r"~~(?=[^\s~])", "~~ without a partner", warning="stray-mark"),
    _foreign(rf"(?<![`\\])`(?=[^`\s{_PROTECTED}])", "` without a partner", warning="stray-mark"),
    _foreign(r"\A[^\[\]]*\]\([^()\s]+\)", "a link around a note or another link", "one behind the other", "stray-mark"),
    _foreign(r"\]\([^()\s][^()]*\Z", "a link that is not closed", ")", "stray-mark"),
    _foreign(r"\^\[(?=\w)", "a note that is not closed", "]", "stray-mark"),
    _foreign(
        r"!\[[^\[\]\d][^\[\]]*\](?![(\[:{])",
        "a picture without an address",
        "![what it shows](picture.png)",
        "stray-mark",
    ),
    _foreign(
        rf"\A{_PROTECTED}[ xX]{_PROTECTED}(?=\s)", "a task's mark that is escaped", "- [ ] or - [x]", "stray-mark"
    ),
    _foreign(
        r"\A-?\[[ xX]\](?=\w)|\A-\[[ xX]\]|\A\[[ xX]?\](?=\s)",
        "a task's mark that is none",
        "- [ ] or - [x] and a blank",
        "stray-mark",
    ),
    _foreign(SPACED, "an address with spaces, not in < >", warning="stray-mark"),
    _foreign(
        r"\A[\u200b-\u200f\u2060\ufeff]+(?=#{1,6} |[-*+] |\d+[.)] |[>|`])",
        "an invisible sign before a mark, which begins nothing then",
        "none",
        "stray-mark",
    ),
    _foreign(
        r"\A(?:[＃＞＊－＋][ \u3000]|｜.*｜)",
        "a wide sign where a mark may be meant, which begins nothing",
        "# > - or | and a blank",
        "stray-mark",
    ),
    _foreign(r"｜[^｜《》]+《[^《》]+》", "ruby of Aozora Bunko", _of_aozora, "stray-mark"),
    _foreign(r"<![–—]", "dashes of print in a comment", "<!-- comment -->"),
    _foreign(
        r"\A(?:[#]{1,6}|[-*+])\u00a0",
        "a no-break space behind a mark, which begins nothing then",
        "a blank",
        "stray-mark",
    ),
    _foreign(
        r"\A(?:\|[ ]*:?-+:?[ ]*\||\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)+\|?[ ]*)\Z",
        "a table's rule with other cells than the line above",
        warning="table-cells",
    ),
)
_FULL = "１[．.、）)]"  # a number and its stop as East Asian letters are wide
_BULLETS = "•◦▪‣●○■"
PARAGRAPHS = (  # what takes a paragraph's lines together
    _foreign(r"\A//?[ \t]*[a-z]+[ \t]*\|.*\n", "a block that begins with fewer than three /", "/// name | …"),
    _foreign(
        r"\A-[^\W\d_].*\n *-[^\W\d_]", "lines that begin with - and are no list", "a blank behind it", "stray-mark"
    ),
    _foreign(
        rf"\A([–—·➢➤✓→{_BULLETS}])\s+\S.*\n *\1\s",
        "lines that begin with a bullet and are no list",
        "- and a blank, or a backslash at the end of each line",
        "stray-mark",
    ),
    _foreign(
        rf"\A(?:・.*\n[ \u3000]*・|{_FULL}.*\n[ \u3000]*２)",
        "lines that begin with a wide bullet or number and are no list",
        "- or 1. and a blank",
        "stray-mark",
    ),
    _foreign(r"\A\[\[_?(?:TOC|toc)_?\]\]\Z", "a table of contents", "nothing: the page has its own"),
    _foreign(r"\A\$\$[^$]+\$\$ *\([\w:.-]+\)\Z", "a formula's label of MyST", "{#eq-name} behind $$"),
    _foreign(
        rf"\A\|(?!{_RULE}).*\n *\|(?!{_RULE})",
        "lines that begin with | and are no table",
        "a rule like |---|---| below the first, or a backslash at the end of each line",
        "stray-mark",
    ),
    _foreign(
        r"\A(?:.*\n)*?[^\n\t]*\S\t+\S.*\n[^\n\t]*\S\t+\S",
        "lines with tabs between their words, which are no table",
        "one like | a | b |, with |---|---| below its head",
        "stray-mark",
    ),
    _foreign(
        r"\A(?:.*\n)*? *(?:a\. (?:.*\n){1,4}? *b\. |\[1\] (?:.*\n){1,4}? *\[2\] "
        r"|A\. (?:.*\n){1,4}? *B\. (?:.*\n){1,4}? *C\. |(\d{1,2})\.1\.? (?:.*\n){1,4}? *\1\.2\.? ) *\S",
        "a list whose items are one paragraph here",
        "1. before each, or an empty line between them",
        "stray-mark",
    ),
)
BELOW = (  # what begins a line of a paragraph that is not its first, and so belongs to the line before
    _foreign(r"\A%\s+\S", "a comment of LaTeX", "<!-- comment -->", "stray-mark"),
    _foreign(
        r"\A[\u00a0\u3000]*(?:[-*+]|1[.)]|#\.)[ \t\u00a0]+\S",
        "an item of a list within the line before",
        "an empty line before the list, or items as far in as the text of the one around",
        "stray-mark",
    ),
    _foreign(
        r"\A\(?(?:a|i|1|A)\) +\S",
        "an item of a list within the line before",
        "an empty line before the list",
        "stray-mark",
    ),
    _foreign(
        rf"\A(?:・|{_FULL})\S", "a wide bullet or number within the line before", "- or 1. and a blank", "stray-mark"
    ),
    _foreign(rf"\A[{_BULLETS}]\s+\S", "a bullet within the line before", "- and a blank", "stray-mark"),
)
_SIGNS = re.compile(rf"[!?{{\\\[%=/*<|+:^(#$~`【＃＞＊－＋｜・１{_BULLETS}]|[\u200b-\u200f\u2060\ufeff]|\n|\A-")


_OPENS = (*" \t\n([—-",)  # ends code that stands between two pairs of quotation marks of LaTeX
BREAKS = ("softbreak", "hardbreak")


def check(tokens: Sequence[Token]) -> None:
    """Put a mistake before each line of text that another system would not print."""
    for token in tokens:
        for picture in token.children or ():
            if picture.type == "image" and _SIGNS.search(picture.content):
                picture.children = _checked(picture.children or [])
        whole = next((row for row in PARAGRAPHS if row.form.match(token.content)), None)
        if whole:
            token.children = [_fault(whole, whole.wrong, 0), *(token.children or [])]
        elif _SIGNS.search(token.content):
            token.children = _checked(token.children or [])


def _checked(children: Sequence[Token]) -> list[Token]:
    told: list[Token] = []
    line, start = 0, 0
    for index in range(len(children) + 1):
        child = children[index] if index < len(children) else None
        if child and child.type in ("text", "text_special"):
            continue
        run = children[start:index]
        said = "".join(map(_said, run))
        if child and child.type == "code_inline":
            between = child.markup == "``" and _is_between(child.content)
            said += f"```{child.content}" if between else "`"
        if child and child.type == "em_open" and child.markup == "*" and said[-1:].isdigit():
            said += f"*{children[index + 1].content}*"
        if child and child.type == "link_open" and child.markup == "autolink" and said.endswith("]("):
            said += _to_the_end(children[index:])
        begins = start > 0 and children[start - 1].type in BREAKS
        told += found(said, line, start == 0, (*FOREIGN, *BELOW) if begins else FOREIGN)
        told += run
        if child:
            told.append(child)
            line += child.type in BREAKS
        start = index + 1
    return told


def _is_between(code: str) -> bool:
    """Whether code is what stands from one pair of quotation marks of LaTeX to the next."""
    return code.endswith(_OPENS) and "''" in code[:-1]


def _to_the_end(children: Sequence[Token]) -> str:
    """The text of a line up to a bracket, where a bare address was linked within what is no link."""
    line = itertools.takewhile(lambda child: child.type not in BREAKS, children)
    text = "".join(child.content for child in line if child.type == "text")
    return text[: text.find(")") + 1] or text


def _said(token: Token) -> str:
    """Its text as forms are looked for in it."""
    escaped = token.type == "text_special" and token.content != token.markup
    return (token.markup if token.markup in _OF_LATEX else _PROTECTED) if escaped else token.content


def found(said: str, line: int, first: bool, forms: Sequence[Foreign]) -> list[Token]:
    """The first of each form in a run of text, where no form before it has the same signs."""
    told = list[Token]()
    for foreign in forms:
        match = foreign.form.search(said)
        if not match or (not first and foreign.form.pattern.startswith("^")):
            continue
        said = foreign.form.sub(lambda taken: _PROTECTED * len(taken[0]), said)
        named = match[0] in (*foreign.wrong.split(), "<!--") or match[0].startswith(_PROTECTED)
        wrong = foreign.wrong if named else f'{foreign.wrong}, "{match[0][:40]}"'
        told.append(_fault(foreign, wrong, line, match[0]))
    return told


def _fault(foreign: Foreign, wrong: str, line: int, said: str = "") -> Token:
    expected = foreign.expected(said) if callable(foreign.expected) else foreign.expected
    meta = {"line": line, "wrong": wrong, "expected": expected, "warning": foreign.warning}
    return Token("fault", "", 0, meta=meta)

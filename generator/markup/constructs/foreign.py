"""What belongs to another system: never printed as it stands. Code may hold it, and what is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from markdown_it.token import Token


class Foreign(NamedTuple):
    """A form of another system, what it is called, and what to write here; warning: it may be meant as it stands."""

    form: re.Pattern[str]
    wrong: str
    expected: str = ""
    warning: str = ""


FOREIGN = (
    Foreign(re.compile(r"^!!!\+? +\w+|^\?\?\?\+? +\w+"), "an admonition of MkDocs", "/// note | Title … ///"),
    Foreign(re.compile(r"^%\s+\S"), "a title block of Pandoc", "title, authors and date in the front matter"),
    Foreign(re.compile(r"\A\+(?:[-=:]+\+)+"), "a grid table of Pandoc", "a table like | a | b |"),
    Foreign(
        re.compile(r"\A\^\w[\w-]*\Z|\s\^[0-9a-f]{6}\Z"), "a block's name of Obsidian", "{#label} at a heading or block"
    ),
    Foreign(re.compile(r"\A\[(?:TOC|toc|\[_TOC_\])\]\Z"), "a table of contents", "nothing: the page has its own"),
    Foreign(re.compile(r"\A\([\w:.-]+\)=\Z"), "a label of MyST", "{#label} behind a heading"),
    Foreign(
        re.compile(r"^:(?:alt|align|class|name|width|label|figclass|header-rows|open): ?\S*"),
        "an option of MyST",
        "it indented below the block's head, like id: name",
    ),
    Foreign(re.compile(r"^\[[-/<>]\]\s"), "a task's mark of Obsidian", "[ ] or [x]", "stray-mark"),
    Foreign(re.compile(r"^(?:\(@\)|#\.)\s"), "a list of Pandoc", "1. before each item", "stray-mark"),
    Foreign(re.compile(r"^#{1,6}(?=[^\W\d_])"), "# without a blank behind it", "# and a blank", "stray-mark"),
    Foreign(re.compile(r"\A-{1,2}8<-{1,2}"), "a file put in by MkDocs", "its text"),
    Foreign(re.compile(r"\{=\w+\}"), "raw text of Pandoc", "HTML as it stands"),
    Foreign(re.compile(r"(?<![\w:]):[a-z][\w:-]*:(?=`)"), "a role of reStructuredText", "@key, @fig-name or a link"),
    Foreign(re.compile(r"\{(?:cite|ref|eq|numref|doc|term|figure)(?::[\w:]+)?\}"), "a role of MyST", "@key or [@key]"),
    Foreign(re.compile(r"\{[a-z][\w:.-]*\}(?=`)"), "a role of MyST", "what it stands for, as $…$ or *…* or HTML"),
    Foreign(re.compile(r"\$(?=`\Z)"), "$ around code", "$…$ around a formula, without `"),
    Foreign(
        re.compile(r"(?<![\w:]):(?:[+-]1|[a-z][a-z0-9_+-]*):(?![\w:])"),
        "an emoji by its name",
        "the sign itself",
        "stray-mark",
    ),
    Foreign(
        re.compile(r"\\(?:cite[a-z]*|parencite|textcite|autocite|footcite)\*?(?:\[[^\]]*\])*\{"),
        "a citation of LaTeX",
        "[@key], in a sentence @key",
    ),
    Foreign(re.compile(r"\\(?:label|autoref|cref|Cref|pageref)\{"), "a label of LaTeX", "{#fig-name} and @fig-name"),
    Foreign(
        re.compile(
            r"\\(?:textbf|textit|emph|texttt|underline|(?:sub){0,2}section|footnote|url|href|item|newpage|pagebreak|clearpage"
            r"|noindent|[vh]space|centering|includegraphics|caption|paragraph|maketitle|tableofcontents)\b"
        ),
        "a command of LaTeX",
        "Markdown, like *emphasis* and [text](address)",
    ),
    Foreign(re.compile(r"\\(?:begin|end)\{[\w*]+\}"), "an environment of LaTeX", "Markdown, or $$ around a formula"),
    Foreign(
        re.compile(r"(?<!\[)!?\[\[[^\[\]]+\]\](?!\])"),
        "a link of a wiki",
        "[text](page.md), ![what it shows](picture.png)",
    ),
    Foreign(re.compile(r"%%[^%\s]|^%%"), "a comment of Obsidian", "<!-- comment -->"),
    Foreign(re.compile(r"\{(?:\+\+|--|>>|==)(?=\S)"), "a mark of CriticMarkup", "the text as it shall stand"),
    Foreign(re.compile(r"(?<![:/])///(?=\s)"), "/// inside a line", "a line of its own"),
    Foreign(re.compile(r"(?<!\\)\[[^\[\]]+\]\[[^\[\]]*\]"), "an undefined link label", warning="undefined-label"),
    Foreign(re.compile(r"<!--"), "the comment is not closed", "-->"),
    Foreign(re.compile(r"\*\*"), "** without a partner", warning="stray-mark"),
    Foreign(re.compile(r"\]\([^()\s]+ [^()]*\)"), "an address with spaces, not in < >", warning="stray-mark"),
    Foreign(
        re.compile(r"\A\|?[ ]*:?-{2,}:?[ ]*(?:\|[ ]*:?-{2,}:?[ ]*)+\|?[ ]*\Z"),
        "a table's rule with other cells than the line above",
        warning="table-cells",
    ),
)
PARAGRAPHS = (  # what takes a paragraph's lines together
    Foreign(re.compile(r"\A\[\[_TOC_\]\]\Z"), "a table of contents", "nothing: the page has its own"),
    Foreign(re.compile(r"\A\$\$[^$]+\$\$ *\([\w:.-]+\)\Z"), "a formula's label of MyST", "{#eq-name} behind $$"),
    Foreign(
        re.compile(r"\A\|\s(?:.*[^|\s])?\s*\n *\|\s(?:.*[^|\s])?\s*(?:\n|\Z)"),
        "lines that begin with | and are no table",
        "a rule like |---|---| below the first, or a backslash at the end of each line",
        "stray-mark",
    ),
    Foreign(
        re.compile(
            r"\A(?:\(?a[.)] (?:.*\n){1,4}? *\(?b[.)] |\(?i[.)] (?:.*\n){1,4}? *\(?ii[.)] |\(1\) (?:.*\n){1,4}? *\(2\) "
            r"|\(?A\) (?:.*\n){1,4}? *\(?B\) |\(?I\) (?:.*\n){1,4}? *\(?II\) )\S"
        ),
        "a list of Pandoc, whose items are one paragraph here",
        "1. before each, or an empty line between them",
        "stray-mark",
    ),
)
_SIGNS = re.compile(r"[!?{\\\[%=/*<|+:^(#$]")


_PROTECTED = "\ue005"  # an escaped sign: it begins nothing


def check(tokens: Sequence[Token]) -> None:
    """Put a mistake before each line of text that another system would not print."""
    for token in tokens:
        whole = next((row for row in PARAGRAPHS if row.form.match(token.content)), None)
        if whole:
            token.children = [_fault(whole, whole.wrong, 0), *(token.children or [])]
        elif _SIGNS.search(token.content):
            token.children = _checked(token.children or [])


def _checked(children: Sequence[Token]) -> list[Token]:
    found: list[Token] = []
    line, start = 0, 0
    for index in range(len(children) + 1):
        child = children[index] if index < len(children) else None
        if child and child.type in ("text", "text_special"):
            continue
        run = children[start:index]
        said = "".join(_PROTECTED if c.type == "text_special" and c.content != c.markup else c.content for c in run)
        if child and child.type == "code_inline":
            said += "`"
        found += _faults(said, line, start == 0)
        found += run
        if child:
            found.append(child)
            line += child.type in ("softbreak", "hardbreak")
        start = index + 1
    return found


def _faults(said: str, line: int, first: bool) -> list[Token]:
    """The first of each form in a run of text, where no form before it has the same signs."""
    found, taken = list[Token](), list[tuple[int, int]]()
    for foreign in FOREIGN:
        match = foreign.form.search(said)
        if not match or (not first and foreign.form.pattern.startswith("^")):
            continue
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        taken.append(match.span())
        named = match[0] in (*foreign.wrong.split(), "<!--")
        found.append(_fault(foreign, foreign.wrong if named else f'{foreign.wrong}, "{match[0][:40]}"', line))
    return found


def _fault(foreign: Foreign, wrong: str, line: int) -> Token:
    meta = {"line": line, "wrong": wrong, "expected": foreign.expected, "warning": foreign.warning}
    return Token("fault", "", 0, meta=meta)

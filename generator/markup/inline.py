"""Running text -> text in which all that is ours has become tokens that Markdown passes through untouched.

A token is a number between two private-use characters, which no text of an
author holds. What it stands for is put back into Markdown's HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..base.errors import nearest, short
from ..content.bibliography import KEY
from .constructs import VALUE, Constructs
from .outline import NUMBERED, Attributes, Numbered, parse_attributes

PHRASING = (
    "abbr",
    "br",
    "cite",
    "del",
    "ins",
    "kbd",
    "mark",
    "q",
    "s",
    "samp",
    "small",
    "sub",
    "sup",
    "u",
    "var",
    "wbr",
)
VOID = ("br", "hr", "img", "wbr")
OPEN, CLOSE = "\ue000", "\ue001"
TOKEN = re.compile(f"{OPEN}(\\d+){CLOSE}")


@dataclass
class Token:
    """HTML that Markdown does not see. role: "inline", "block", "open" or "close"; name: what a pair encloses."""

    html: str
    line: int
    role: str = "inline"
    name: str = ""


class Tokens:
    """The tokens of a page. The first is empty: before a line it keeps Markdown from seeing a list or a rule in it.

    attribute_lists  those left for Markdown, to be found again if it does not take them
    claims           claim -> the tokens around its sentence
    """

    def __init__(self) -> None:
        self.kept = [Token("", 0)]
        self.attribute_lists: list[tuple[str, int]] = []
        self.claims: dict[str, tuple[str, str]] = {}

    def put(self, html_: str, line: int, role: str = "inline", name: str = "") -> str:
        """The text that stands for some HTML."""
        self.kept.append(Token(html_, line, role, name))
        return f"{OPEN}{len(self.kept) - 1}{CLOSE}"

    def of(self, match: re.Match[str]) -> Token:
        """The token that TOKEN found."""
        return self.kept[int(match[1])]


def scan(lines: Sequence[Numbered], constructs: Constructs, tokens: Tokens) -> list[Numbered]:
    """Lines with tokens, each with the line of the file it starts on. Nothing goes on across an empty line."""
    found: list[Numbered] = []
    chunk: list[Numbered] = []
    for number, line in [*lines, (0, "")]:
        if line.strip():
            chunk.append((number, line))
            continue
        if chunk:
            scanned = Scanner(constructs, tokens, chunk).scan()
            check_lines(constructs, scanned)
            found += scanned
            chunk = []
        found.append((number, ""))
    return found[:-1]


def check_lines(constructs: Constructs, lines: Sequence[Numbered]) -> None:
    """Lists and tables that Markdown would take for a paragraph, without a word."""
    in_list = bool(_MARKER.match(lines[0][1]) or lines[0][1].startswith("    "))
    for index, (number, line) in enumerate(lines):
        marker = _MARKER.match(line)
        if marker and len(marker[1]) % 4:
            constructs.wrong(number, f"a list indented by {len(marker[1])}", "four spaces for a list inside a list")
        elif marker and not in_list and index and not lines[0][1].lstrip().startswith(":"):
            constructs.wrong(number, "a list directly below text", "an empty line before it")
            return
        if _DELIMITER.match(line) and "|" in line and index != 1:
            constructs.wrong(number, "a table's rule that is not its second line", "an empty line before the table")
            return
    if len(lines) > 1 and _DELIMITER.match(lines[1][1]) and "|" in lines[1][1]:
        wanted = _cells(lines[1][1])
        for number, line in lines:
            if _cells(line) != wanted:
                constructs.wrong(number, f"a row of {_cells(line)} cells", f"{wanted}, as in the rule of the table")


def _cells(row: str) -> int:
    return row.strip().removeprefix("|").removesuffix("|").count("|") + 1


_MARKER = re.compile(r"( *)(?:[-*+]|\d+\.)[ \t]+\S")
_INNER = r"""(?:[^{}"']++|"[^"]*"|'[^']*')*"""
_SIGN = re.compile(  # looks at a character before it tries each sign there, which takes a tenth of the time
    r"""
    (?=[\\`$<&{\[!\]@/"'.])(?:
      (?P<escape>     \\[!-/:-@\[-`{-~] )
    | (?P<code>       `+ )
    | (?P<math>       \$ )
    | (?P<comment>    <!-- )
    | <(?P<auto>      https?://[^\s<>]+ | [\w.+-]+@[\w-]+(?:\.[\w-]+)+ )>
    | (?P<tag>        </?[A-Za-z][^<>]*> )
    | (?P<entity>     &\#?\w+; )
    | (?P<value>      \{\{ )
    | (?P<statement>  \{% )
    | (?P<attributes> \{:?[ ]*(?=[\#.]|[\w-]+=) )
    | \[\^(?P<note>   [^\]]+ )\]
    | (?P<half>       \[\^ )
    | (?P<picture>    !\[ )
    | (?P<open>       \[ )
    | (?P<close>      \] )
    | (?<![\w@])@(?P<key> KEY )
    | (?P<slashes>    (?<![:/])/// )
    | (?P<quote>      ["'] )
    | (?P<dots>       \.\.\. )
    )
    """.replace("KEY", KEY),
    re.VERBOSE,
)
_MATH = re.compile(r"\$(?![\s$])((?:[^$\\]|\\.)*?[^\s\\$]|(?:[^$\\]|\\.)*?\\[^\s])\$(?!\d)", re.DOTALL)
_DESTINATION = re.compile(
    r"""
    \( [ \t]*
    (?: <([^<>\n]*)> | ( (?: \{\{(?:(?!\}\}).)*\}\} | (?!\{\{)[^\s()<>] | \([^\s()]*\) )* ) )
    (?: \s+ (?: "([^"]*)" | '([^']*)' ) )?
    [ \t]* \)
    """,
    re.VERBOSE,
)
_GROUP = re.compile(r"\[([^\[\]]*(?<![\w@\\])@[^\[\]]*)\](?![(\[{])")
_CITED = re.compile(r"(?P<before>[^@]*)(?<![\w@])@(?P<key>" + KEY + r")(?P<after>[^@]*)$", re.DOTALL)
_BRACES = re.compile(r"\{:?(" + _INNER + r")\}")
_ALT = re.compile(r"!\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]", re.DOTALL)
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s+(?:title|lang)="[^"<>]*")*)\s*/?>""")
_DELIMITER = re.compile(r"\s*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


def _key(said: str) -> tuple[str, str]:
    """The key after an @, and what follows it in the sentence."""
    key = said[1:-1] if said.startswith("{") else said.rstrip(".:/+-")
    return key, "" if said.startswith("{") else said[len(key) :]


class Scanner:
    """One paragraph, or any lines without an empty one between."""

    def __init__(self, constructs: Constructs, tokens: Tokens, lines: Sequence[Numbered]) -> None:
        self.constructs = constructs
        self.tokens = tokens
        self.numbers = [number for number, _ in lines]
        self.text = "\n".join(line for _, line in lines)
        self.out: list[tuple[str, int]] = []  # pieces, and where each stood in the text
        self.brackets: list[tuple[int, int]] = []  # open ones: index in `out`, place in the text

    def scan(self) -> list[Numbered]:
        at = 0
        while match := _SIGN.search(self.text, at):
            self._plain(at, match.start())
            assert match.lastgroup
            at = getattr(self, f"_{match.lastgroup}")(match)
        self._plain(at, len(self.text))
        return self._lines()

    def _plain(self, start: int, end: int) -> None:
        if start < end:
            self.out.append((self.text[start:end], start))

    def _lines(self) -> list[Numbered]:
        """The pieces as lines, each with the line of the file it starts on."""
        lines: list[Numbered] = []
        line, start = "", 0
        for piece, at in self.out:
            if not line:
                start = at
            first, *more = piece.split("\n")
            line += first
            for part in more:
                lines.append((self._line(start), line))
                at += len(first) + 1
                line, start, first = part, at, part
        lines.append((self._line(min(start, len(self.text) - 1)), line))
        return lines

    def _line(self, at: int) -> int:
        return self.numbers[self.text.count("\n", 0, at)]

    def _put(self, html_: str, at: int, role: str = "inline", name: str = "") -> None:
        self.out.append((self.tokens.put(html_, self._line(at), role, name), at))

    def _keep(self, match: re.Match[str]) -> int:
        """Leave a sign as it stands."""
        self.out.append((match.group(), match.start()))
        return match.end()

    def _escape(self, match: re.Match[str]) -> int:
        self._put(html.escape(match.group()[1]), match.start())
        return match.end()

    def _code(self, match: re.Match[str]) -> int:
        marks = match.group()
        end = re.compile(f"(?<!`){marks}(?!`)").search(self.text, match.end())
        if not end:
            return self._keep(match)
        inner = self.text[match.end() : end.start()].replace("\n", " ")
        if inner.strip() and inner[0] == inner[-1] == " ":
            inner = inner[1:-1]
        self._put(f"<code>{html.escape(inner)}</code>", match.start())
        return end.end()

    def _math(self, match: re.Match[str]) -> int:
        if self.text.startswith("$$", match.start()):
            self.constructs.wrong(
                self._line(match.start()), "$$ inside a line", "$$ at the start of a line, $ inside one"
            )
            return match.end() + 1
        found = _MATH.match(self.text, match.start())
        if not found:
            return self._keep(match)
        self._put(self.constructs.math(found[1], self._line(match.start()), display=False), match.start())
        return found.end()

    def _comment(self, match: re.Match[str]) -> int:
        end = self.text.find("-->", match.end())
        if end < 0:
            self.constructs.wrong(self._line(match.start()), "the comment is not closed", "-->")
            return len(self.text)
        return end + 3

    def _auto(self, match: re.Match[str]) -> int:
        said = match["auto"]
        address = said if said.startswith("http") else f"mailto:{said}"
        href = self.constructs.address(address, self._line(match.start()))
        self._put(f'<a href="{html.escape(href)}">{html.escape(said)}</a>', match.start())
        return match.end()

    def _tag(self, match: re.Match[str]) -> int:
        line = self._line(match.start())
        tag = _TAG.fullmatch(match.group())
        name = tag[2].lower() if tag else ""
        if not tag or name not in PHRASING:
            opening = "<" + match.group().removeprefix("</").rstrip(">")
            if not match.group().startswith("</") or opening not in self.text:
                self.constructs.wrong(
                    line, f'the HTML "{short(match.group())}"', "Markdown, or &lt; for the sign itself"
                )
            return match.end()
        if name in VOID:
            self._put(f"<{name}>", match.start())
        else:
            self._put(f"<{tag[1]}{name}{tag[3]}>", match.start(), "close" if tag[1] else "open", f"<{name}>")
        return match.end()

    def _entity(self, match: re.Match[str]) -> int:
        said = html.unescape(match.group())
        if said == match.group():
            self.constructs.wrong(self._line(match.start()), f'unknown character "{said}"', "&amp; for the sign itself")
        self._put(html.escape(said), match.start())
        return match.end()

    def _value(self, match: re.Match[str]) -> int:
        found = VALUE.match(self.text, match.start())
        line = self._line(match.start())
        if not found:
            self.constructs.wrong(line, "the expression is not closed", "}} after it")
            return match.end()
        self._put(html.escape(self.constructs.value(found[1], line)), match.start())
        return found.end()

    def _statement(self, match: re.Match[str]) -> int:
        self.constructs.wrong(
            self._line(match.start()), "{% is not part of a text", "an expression like {{ results.count }}"
        )
        return match.end()

    def _attributes(self, match: re.Match[str]) -> int:
        """Left for Markdown, which gives it to the element before."""
        found = _BRACES.match(self.text, match.start())
        if not found:
            return self._keep(match)
        line = self._line(match.start())
        said = parse_attributes(found[1])
        self.constructs.identity(said, line)
        for key in said.values:
            self.constructs.wrong(line, f'unknown attribute "{short(key)}"', "#label or .class")
        self.tokens.attribute_lists.append((found.group(), line))
        self.out.append((found.group(), match.start()))
        return found.end()

    def _note(self, match: re.Match[str]) -> int:
        self._put(self.constructs.note(match["note"], self._line(match.start())), match.start())
        return match.end()

    def _half(self, match: re.Match[str]) -> int:
        self.constructs.wrong(self._line(match.start()), "a footnote's mark that is not closed", "]")
        return match.end()

    def _slashes(self, match: re.Match[str]) -> int:
        self.constructs.wrong(self._line(match.start()), "/// inside a line", "a line of its own")
        return match.end()

    def _picture(self, match: re.Match[str]) -> int:
        line = self._line(match.start())
        alt = _ALT.match(self.text, match.start())
        to = _DESTINATION.match(self.text, alt.end()) if alt else None
        if not alt or not to:
            self.constructs.wrong(line, "a picture that was not understood", "![what it shows](pictures/name.png)")
            return match.end()
        end, said = self._attributes_at(to.end())
        words = re.sub(r"\\(.)", r"\1", self.constructs.evaluated(" ".join(alt[1].split()), line))
        path = to[1] or to[2] or ""
        if not words and not (said and "alt" in said.values):
            missing = f'the picture "{short(path)}" has no alt text'
            self.constructs.wrong(line, missing, '![what it shows](…), or {alt=""} after it if decorative')
        words = words or (said.values.get("alt", "") if said else "")
        self._put(self.constructs.picture(path, words, line, said), match.start())
        return end

    def _attributes_at(self, at: int) -> tuple[int, Attributes | None]:
        found = _BRACES.match(self.text, at)
        return (found.end(), parse_attributes(found[1])) if found else (at, None)

    def _open(self, match: re.Match[str]) -> int:
        group = _GROUP.match(self.text, match.start())
        if group and (end := self._cited(group)):
            return end
        self.brackets.append((len(self.out), match.start()))
        return self._keep(match)

    def _cited(self, group: re.Match[str]) -> int:
        """`[@a, p. 3; see @b]`; 0 when it is something else."""
        items = [_CITED.match(part) for part in group[1].split(";")]
        if not all(item and not item["key"].startswith(tuple(f"{kind}-" for kind in NUMBERED)) for item in items):
            return 0
        links, at = [], group.start(1)
        for item in items:
            assert item
            key, rest = _key(item["key"])
            after = rest + item["after"]
            before, minus, _ = item["before"].lstrip().rpartition("-")
            before = before if minus and item["before"].endswith("-") else item["before"].lstrip()
            after = re.sub(r"\bpp?\. (?=\d)", lambda m: m.group().replace(" ", "\u00a0"), after.rstrip())
            line = self._line(at + len(item["before"]))
            links.append(self.constructs.citation(key, line, before, after, author=not item["before"].endswith("-")))
            at += len(item.group()) + 1
        self._put(self.constructs.style.grouped(links), group.start())
        return group.end()

    def _key(self, match: re.Match[str]) -> int:
        key, rest = _key(match["key"])
        line = self._line(match.start())
        if key.partition("-")[0] in NUMBERED and "-" in key and not match["key"].startswith("{"):
            self._put(self.constructs.reference(key, line), match.start())
        else:
            self._put(self.constructs.citation(key, line, in_text=True), match.start())
        return match.end() - len(rest)

    def _quote(self, match: re.Match[str]) -> int:
        """Straight quotes become round ones."""
        before = self.text[: match.start()].rstrip("*_")[-1:]
        after = self.text[match.end() : match.end() + 1]
        opens = (not before or before in " \n([{—–-/“‘|") and after.strip() != ""
        sign = ("“" if opens else "”") if match.group() == '"' else ("‘" if opens and not after.isdigit() else "’")
        self.out.append((sign, match.start()))
        return match.end()

    def _dots(self, match: re.Match[str]) -> int:
        self.out.append(("…", match.start()))
        return match.end()

    def _close(self, match: re.Match[str]) -> int:
        """The end of a link, a claim or a marked piece of text; otherwise a bracket."""
        if not self.brackets:
            return self._keep(match)
        index, start = self.brackets.pop()
        following = self.text[match.end() : match.end() + 1]
        if following == "(" and (to := _DESTINATION.match(self.text, match.end())):
            title = to[3] or to[4] or ""
            return self._link(index, start, to[1] or to[2] or "", title, to.end())
        if following == "(":
            expected = "[text](address), the address in < > if it holds spaces"
            self.constructs.wrong(self._line(match.end()), "a link's address that was not understood", expected)
            return self._keep(match)
        if following == "{":
            end, said = self._attributes_at(match.end())
            if said and "claim" in said.values:
                return self._claim(index, start, said, end)
            if said and (said.id or said.classes) and not said.values:
                return self._marked(index, start, said, end)
            if said and (said.values or said.words):
                self.constructs.wrong(
                    self._line(start), "attributes of a text without a claim", '{claim="…"}, #label or .class'
                )
                return end
        return self._labelled(index, start, match)

    def _labelled(self, index: int, start: int, match: re.Match[str]) -> int:
        """`[text][label]`, `[label][]`, `[label]`."""
        text = self.text[start + 1 : match.start()]
        after = re.compile(r"\[([^\[\]]*)\]").match(self.text, match.end())
        known = self.constructs.outline.addresses
        name = " ".join((after[1] if after and after[1] else text).lower().split())
        if name in known and not (after and after[1].startswith("^")):
            self.constructs.used_addresses.add(name)
            line, address, title = known[name]
            return self._link(index, start, address, title, after.end() if after else match.end(), line)
        if after and not after[1].startswith(("^", "@")):
            label = after[1] or text
            self.constructs.wrong(self._line(start), f'undefined link label "{short(label)}"', "", nearest(name, known))
            return after.end()
        return self._keep(match)

    def _link(self, index: int, start: int, address: str, title: str, end: int, line: int = 0) -> int:
        if any("<a " in self._token_of(piece) or "<button" in self._token_of(piece) for piece, _ in self.out[index:]):
            self.constructs.wrong(self._line(start), "a link inside a link", "one of them")
        href = self.constructs.address(address, line or self._line(start))
        end, said = self._attributes_at(end) if self._is_list(end) else (end, None)
        parts = [f'href="{html.escape(href)}"', *(self.constructs.identity(said, self._line(start)) if said else [])]
        for key in said.values if said else ():
            self.constructs.wrong(self._line(start), f'unknown attribute "{short(key)}" of a link', "#label or .class")
        if title:
            parts.append(f'title="{html.escape(" ".join(title.split()))}"')
        self._wrap(index, start, f"<a {' '.join(parts)}>", "</a>", "link")
        return end

    def _is_list(self, at: int) -> bool:
        return bool(re.compile(r"\{:?[ ]*([#.]|[\w-]+=)").match(self.text, at))

    def _token_of(self, piece: str) -> str:
        found = TOKEN.fullmatch(piece)
        return self.tokens.kept[int(found[1])].html if found else ""

    def _wrap(self, index: int, start: int, opening: str, closing: str, name: str) -> None:
        line = self._line(start)
        self.out[index] = (self.tokens.put(opening, line, "open", name), start)
        self.out.append((self.tokens.put(closing, line, "close", name), start))

    def _marked(self, index: int, start: int, said: Attributes, end: int) -> int:
        identity = " ".join(self.constructs.identity(said, self._line(start)))
        self._wrap(index, start, f"<span {identity}>", "</span>", "marked text")
        return end

    def _claim(self, index: int, start: int, said: Attributes, end: int) -> int:
        mark = self.constructs.claim(said, self._line(start))
        verdict = self.constructs.claims[-1].verdict if mark else ""
        self._wrap(index, start, f'<span class="claim-text" data-verdict="{verdict}">', "</span>", "claim")
        if mark:
            self.tokens.claims[self.constructs.claims[-1].id] = self.out[index][0], self.out[-1][0]
        self._put(mark, start)
        return end

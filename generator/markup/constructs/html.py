"""HTML in a text, as GitHub allows it: the elements below. What runs, what loads from elsewhere is a mistake.

nh3 has the last word over whole elements; what it would drop without a word is said here before, with its line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote

from markdown_it.token import Token

from ...base.errors import meant, short
from .. import media
from . import RenderMark, foreign
from .values import INSIDE, OF_OTHERS, of_others

if TYPE_CHECKING:
    from ..builder import Builder

VOID = frozenset({"br", "hr", "img", "wbr", "source", "track", "col"})
# What may stay open.
LOOSE = frozenset(["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "rt", "rp"])
_PLAIN = (
    "abbr address aside b bdi bdo br caption center cite code dd del dfn div dl dt em figcaption figure h2 h3 h4 h5"
    " h6 hr i ins kbd li mark p picture pre q rp rt ruby s samp section small span strike strong sub summary sup table"
    " tbody tfoot thead tr tt u ul var wbr"
)
ANY = frozenset({"id", "class", "title", "lang", "dir", "role", "align", "name"})
LOOKS = frozenset({"border", "cellpadding", "cellspacing", "valign", "nowrap", "bgcolor"})  # the page has its own
TABLE = frozenset({"table", "tr", "td", "th", "col", "colgroup"})  # whose widths are a look, too
_SIZED = ("img", "video")  # whose width a style may say
OBSOLETE = {"center": "div", "strike": "s", "tt": "code"}  # as HTML has it now
ELEMENTS: dict[str, frozenset[str]] = {  # element -> attributes beside those that any may have, data-* and aria-*
    **dict.fromkeys(_PLAIN.split(), frozenset()),
    "a": frozenset({"href", "rel", "target", "hreflang"}),
    "img": frozenset({"src", "alt", "width", "height", "loading", "decoding"}),
    "video": frozenset({"src", "poster", "width", "height", "controls", "loop", "muted", "playsinline", "preload"}),
    "audio": frozenset({"src", "controls", "loop", "muted", "preload"}),
    "source": frozenset({"src", "type", "media", "srcset", "width", "height"}),
    "track": frozenset({"src", "kind", "srclang", "label", "default"}),
    "details": frozenset({"open"}),
    "ol": frozenset({"start", "type", "reversed"}),
    "td": frozenset({"colspan", "rowspan", "headers"}),
    "th": frozenset({"colspan", "rowspan", "headers", "scope"}),
    **dict.fromkeys(("col", "colgroup"), frozenset({"span"})),
    "time": frozenset({"datetime"}),
    "blockquote": frozenset({"cite"}),
    "input": frozenset({"type", "checked", "disabled"}),  # of task lists; refused in an author's own HTML
}
OURS = frozenset({"tabindex"})
_INSTEAD = {  # of elements that others have, Distill's among them
    "d-cite": "[@key]",
    "d-footnote": "^[the note]",
    "d-math": "$…$",
    "d-code": "``` around code",
    "font": '<span class="…">',
    **dict.fromkeys(("style", "link"), "nothing: the page has its own looks"),
    **dict.fromkeys(("iframe", "embed", "object"), "a link"),
    "svg": "![what it shows](picture.svg), a file beside the text",
    "math": "$…$",
    "script": "a figure of your own, templates/figures/NAME.html",
    "input": "- [ ] before a task",
}
_WHOLE = frozenset({"svg", "math", "object"})  # refused with their own elements in them
VERBATIM = frozenset({"code", "pre", "kbd", "samp", "tt"})
_PLAINLY = "Markdown, or &lt; for the sign itself"  # was expected
_SHIFTED = {"h1": "h2"}  # the page's title is the only h1
_LIVE = re.compile(
    r"\{\{(?P<value>" + INSIDE + r")\}\}"
    r"|\$\$(?P<display>(?:[^$\\`]|\\.)+?)\$\$|\$(?![\s$\d])(?P<tex>(?:[^$\\`]|\\.)*?[^\s\\$`])\$(?!\d)"
    r"|\\\[(?P<square>(?:[^\\]|\\[^\[\]])+?)\\\]|\\\((?P<round>(?:[^\\]|\\[^()])+?)\\\)",
    re.DOTALL,
)
_MARKDOWN = re.compile(
    r"(?m)^ {0,3}(?:(?P<fence>`{3,}|~{3,})|#{1,6} |[-*+] (?=.*\n *[-*+] )|1\. (?=.*\n *2\. )).*"
    r"|\*\*(?=\S)[^*\n]+(?<=\S)\*\*|\[[^\[\]\n]+\]\([^()\s]+\)|\[@[^\[\]\n]+\]"
)
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:-->|(?P<open>\Z)))", re.DOTALL)  # one without an end goes to the last line
_PARAGRAPH = re.compile(r"(?<=<)(?P<ends>/?)p(?=[\s/>])", re.IGNORECASE)
_ADDRESSES = {"href", "src", "poster"}
_DANGEROUS = re.compile(r"\s*(?:javascript|vbscript|data):", re.IGNORECASE)


class _Tags(HTMLParser):
    """One piece of an author's HTML, written again: checked addresses and ids are marks."""

    def __init__(self, builder: Builder, line: int, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.builder, self.line, self.source = builder, line, source
        self.starts = [0, *(sign.end() for sign in re.finditer("\n", source))]  # of lines, as the parser counts them
        self.out: list[str] = []
        self.moves: list[tuple[str, int]] = []  # "+div" or "-div", and the line
        self.verbatim = 0  # elements around whose text is left alone

    def at(self) -> int:
        return self.line + self.getpos()[0] - 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = _SHIFTED.get(tag, tag)
        if self.builder.refused:
            return
        if tag not in ELEMENTS or tag == "input":
            self.builder.refused = tag if tag in _WHOLE else ""
            wrong = f'the HTML "{short("<" + tag + ">")}"'
            self.builder.fault(self.at(), wrong, _INSTEAD.get(tag, _PLAINLY))
            return
        read = [value for name, value in attrs if name == "markdown" and value != "0"]
        if read and self._holds_text(tag):
            self.builder.fault(self.at(), f"Markdown directly behind <{tag}>", "an empty line between them")
        said = [self._attribute(tag, name, value) for name, value in self._modern(tag, attrs)]
        values = {name: value or "" for name, value in attrs}
        if tag == "img" and not values.get("src"):
            self.builder.fault(self.at(), "a picture without src", "a file of your own")
        if tag == "img" and "src" in values:
            classes = values.get("class", "").split()
            dark = self.builder.attribute_mark("dark_mode", self.at(), address=values["src"], classes=classes)
            said.append(f' data-dark="{dark}"')
            if "alt" not in values:
                wrong = f'the picture "{short(values["src"])}" has no alt text'
                expected = 'alt="what it shows", or alt="" if decorative'
                self.builder.fault(self.at(), wrong, expected, warning="no-alt-text")
        self.out.append(f"<{OBSOLETE.get(tag, tag)}{''.join(said)}>")
        if tag not in VOID:
            self.moves.append((f"+{tag}", self.at()))
        self.verbatim += tag in VERBATIM

    def _modern(self, tag: str, attrs: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
        """Attributes with what was a presentational one as a class."""
        style = self._style(tag, next((value for name, value in attrs if name == "style"), None) or "")
        sides = [value for name, value in attrs if name == "align"] + ["center"] * (tag == "center")
        sides += [style.pop("text-align")] if "text-align" in style else []
        width = style.pop("width", "")
        looks = LOOKS | {"align", "markdown", "style"} | ({"width", "height"} if tag in TABLE else set())
        looks |= {"width", "height"} if width else set()
        kept = [(name, value) for name, value in attrs if name not in looks]
        more = [f"align-{sides[-1]}"] if sides and sides[-1] in ("left", "center", "right") else []
        if width.endswith("%"):
            more.append(media.width_class(int(width[:-1])))
        elif width:
            kept.append(("width", width.removesuffix("px")))
        if not more:
            return kept
        classes = " ".join([*(value or "" for name, value in kept if name == "class"), *more]).strip()
        return [*((name, value) for name, value in kept if name != "class"), ("class", classes)]

    def _style(self, tag: str, style: str) -> dict[str, str]:
        """What of a style the page can show: where text stands, and how wide a picture is. The rest is told."""
        kept, lost = {}, []
        for declaration in filter(str.strip, style.lower().split(";")):
            name, value = map(str.strip, declaration.partition(":")[::2])
            if name == "text-align" and value in ("left", "center", "right"):
                kept[name] = value
            elif name in ("width", "max-width") and tag in _SIZED and (width := media.width_of(value)):
                kept["width"] = f"{width[0]}{width[1]}"
            elif name != "height" or "width" not in style:  # of a picture it follows from the width
                lost.append(f"{name}: {value}")
        if lost:
            wrong = f'the style "{short("; ".join(lost))}" of <{tag}> is left out, as the page has its own'
            self.builder.fault(self.at(), wrong, warning="html-style")
        return kept

    def _attribute(self, tag: str, name: str, value: str | None) -> str:
        line, value = self.at(), value or ""
        if name.startswith("on") or _DANGEROUS.match(value):
            self.builder.fault(line, f'{name}="{short(value)}" of <{tag}>', "HTML that runs and loads nothing")
            return ""
        if name == "srcset":
            dark = "no <source>; for dark paper a file called picture.dark.png beside picture.png"
            expected = dark if tag == "source" else "src, with a file of your own"
            self.builder.fault(line, f'srcset="{short(value)}" of <{tag}>', expected)
            return ""
        if name not in ANY | ELEMENTS[tag] and not name.startswith(("data-", "aria-")):
            expected, near = meant(name, sorted(ANY | ELEMENTS[tag]), "elements")
            self.builder.fault(line, f'the attribute "{short(name)}" of <{tag}>', expected, near)
            return ""
        if name in _ADDRESSES:
            kind = "address" if name == "href" else "own_file"
            return f' {name}="{self.builder.attribute_mark(kind, line, address=value, label="")}"'
        if name == "id" or (name == "name" and tag == "a"):
            return f' id="{self.builder.attribute_mark("id", line, id=value)}"'
        return f' {name}="{html.escape(value)}"'

    def _holds_text(self, tag: str) -> bool:
        """Whether an element has text before the empty line from which on Markdown is read."""
        rest = self.source[self._place() :].partition(f"</{tag}>")[0]
        return bool(re.sub(r"(?s)<summary.*?</summary>|<[^>]*>", "", rest).strip())

    def handle_endtag(self, tag: str) -> None:
        tag = _SHIFTED.get(tag, tag)
        if self.builder.refused:
            if tag == self.builder.refused:  # it is refused whole, and ends here
                self.builder.refused = ""
            return
        if tag in ELEMENTS and tag not in VOID:
            self.out.append(f"</{OBSOLETE.get(tag, tag)}>")
            self.moves.append((f"-{tag}", self.at()))
        self.verbatim -= tag in VERBATIM

    def handle_data(self, data: str) -> None:
        """Text, with the formulas and values in it; what another system would not print is told."""
        at = 0
        if self.verbatim <= 0 and (mark := _MARKDOWN.search(data)):
            wrong = f'Markdown among HTML, which stays as it is, "{short(mark[0])}"'
            line, expected = self.at() + data.count("\n", 0, mark.start()), "an empty line before it and behind it"
            cut = mark["fence"] and len(re.findall(rf"(?m)^ *{mark['fence']}", data)) % 2  # by the line that ends HTML
            self.builder.fault(line, wrong, expected, warning="" if cut else "stray-mark")
        for found in () if self.verbatim > 0 else _LIVE.finditer(data):
            line = self.at() + data.count("\n", 0, found.start())
            self._write_text(data, at, found.start())
            if found["value"] is not None:
                self.out.append(self.builder.attribute_mark("value", line, expression=found["value"]))
            else:
                tex, display = found[found.lastgroup or 0], found.lastgroup in ("display", "square")
                self.out.append(self.builder.attribute_mark("formula", line, tex=tex, display=display))
            at = found.end()
        self._write_text(data, at, len(data))

    def _write_text(self, data: str, start: int, end: int) -> None:
        """Text between what is live in it."""
        self.out.append(html.escape(data[start:end], quote=False))
        first = self.at() + data.count("\n", 0, start)
        for below, said in enumerate(data[start:end].split("\n") if self.verbatim <= 0 else ()):
            for others in OF_OTHERS.finditer(f"{said}<"):  # which ends what the parser takes for text
                self.builder.fault(first + below, *of_others(others))
            for told in foreign.found(said.replace("```", ""), first + below, False, foreign.LATEX):
                self.builder.fault(**told.meta)

    def handle_entityref(self, name: str) -> None:
        """`&amp;`, or the & of AT&T, which stands for itself."""
        said = self._said(f"&{name}")
        self.out.append(html.escape(html.unescape(said) if said.endswith(";") else said, quote=False))

    def handle_charref(self, name: str) -> None:
        self.out.append(html.escape(html.unescape(self._said(f"&#{name}")), quote=False))

    def _place(self) -> int:
        """Where in the source it is read."""
        line, column = self.getpos()
        return self.starts[line - 1] + column

    def _said(self, reference: str) -> str:
        """A reference as it is written, with its semicolon where it has one."""
        at = self._place() + len(reference)
        return reference + ";" * (self.source[at : at + 1] == ";")

    def unknown_decl(self, data: str) -> None:
        self.builder.fault(self.at(), f'the HTML "{short("<![" + data)}"', _PLAINLY)

    def handle_decl(self, decl: str) -> None:
        self.unknown_decl(decl)

    handle_pi = unknown_decl


def _write(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    token = tokens[at]
    source = token.content
    line = token.meta.get("line", 0) if token.type == "html_inline" else builder.line_of(token)
    if any(found["open"] is not None for found in _COMMENT.finditer(source)):
        builder.fault(line, "the comment is not closed", "-->")
        return
    source = _COMMENT.sub(lambda m: "\n" * m[0].count("\n"), source)
    if not source.strip():
        builder.text("\n" * (token.type == "html_block"))  # between the lines of an item
        return
    tags = _Tags(builder, line, source)
    tags.feed(source)
    if tags.rawdata and tags.cdata_elem is None:  # a tag that does not end
        builder.fault(line, f'the HTML "{short(tags.rawdata)}"', _PLAINLY)
    builder.raw("".join(tags.out), tags.moves)


def hold_blocks(tokens: Sequence[Token]) -> None:
    """Make what is written as `<p align="center">` around whole blocks a <div>: no paragraph holds any."""
    opened: tuple[Token, int] | None = None
    holds = False  # blocks that are not HTML
    for token in tokens:
        if opened and token.level < opened[0].level:
            opened = None
        if token.type != "html_block":
            holds = True
            continue
        seen = _COMMENT.sub(lambda m: " " * len(m[0]), token.content)
        tags = [(bool(tag["ends"]), tag.start()) for tag in _PARAGRAPH.finditer(seen)]
        if tags and tags[0][0] and opened and holds and opened[0].level == token.level:
            for of, at in (opened, (token, tags[0][1] + 1)):
                of.content = f"{of.content[:at]}div{of.content[at + 1 :]}"
        if tags:
            opened, holds = None if tags[-1][0] else (token, tags[-1][1]), False


def moves(token: Token) -> int:
    """How many elements the HTML of a token leaves open: a unit of a text goes on until all are closed."""
    if token.type != "html_block":
        return 0
    found = re.findall(r"<(/?)([a-z][a-z0-9]*)\b(?![^<>]*/>)", _COMMENT.sub("", token.content), re.IGNORECASE)
    return sum(-1 if closing else 1 for closing, name in found if name.lower() not in VOID | LOOSE)


def unbalanced(said: Sequence[tuple[str, int]]) -> list[tuple[int, str]]:
    """Lines and elements that begin or end alone."""
    stack: list[tuple[str, int]] = []
    alone: list[tuple[int, str]] = []
    for move, line in said:
        if move[0] == "+":
            stack.append((move[1:], line))
            continue
        while stack and stack[-1][0] != move[1:] and stack[-1][0] in LOOSE:
            stack.pop()
        if stack and stack[-1][0] == move[1:]:
            stack.pop()
        elif any(name == move[1:] for name, _ in stack):
            while stack[-1][0] != move[1:]:
                name, at = stack.pop()
                alone.append((at, name))
            stack.pop()
        else:
            alone.append((line, move[1:]))
    return alone + [(line, name) for name, line in stack if name not in LOOSE]


def sanitized(text: str) -> str:
    """HTML with nothing in it but what is listed, well-formed."""
    import nh3  # where a text holds HTML

    attributes = {name: set(own | ANY | OURS) for name, own in ELEMENTS.items()}
    return nh3.clean(
        text,
        tags=set(ELEMENTS),
        attributes=attributes,
        generic_attribute_prefixes={"data-", "aria-"},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )


TOKENS = {"html_inline": _write, "html_block": _write}
MARKS: dict[str, RenderMark] = {
    "own_file": lambda writer, mark: html.escape(quote(media.own_file(writer, mark.data["address"], mark.line))),
    "dark_mode": lambda writer, mark: media.dark_mode(
        writer, media.in_site(mark.data["address"]), tuple(mark.data["classes"])
    ),
}

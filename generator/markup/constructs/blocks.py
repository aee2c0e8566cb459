"""`/// name | argument` up to `///`, `::: name argument` up to `:::`, a picture alone with `{#fig-x}`; and callouts as
GitHub and Obsidian (`> [!NOTE]`), MkDocs (`!!! note`) and MyST (```{note}) write them.
"""

from __future__ import annotations

import copy
import html
import itertools
import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from ...base.errors import Problem, an, meant, short
from ...base.memo import Memo
from ...base.yaml import Yaml, yaml_fields
from ..attributes import LIST, Attributes, parse_attributes
from ..media import INVERT, LOOKS
from ..numbering import BLOCKS, LABELLED, Block
from . import Mark, add_block_rule, put_lines, tables, text_of_line
from .code import instead

if TYPE_CHECKING:
    from ..builder import Builder, Fragment
    from ..document import Writer

DEEPEST = 20  # blocks inside each other
_HEAD = re.compile(r"(/{3,}(?!/)|:{3,}(?!:))[ \t]*(.*)$")
_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})")
_COLONS = re.compile(r"(?:\{(?:prf:)?(?P<braces>[\w-]+)\}|(?P<name>[\w-]+))?[ \t]*(?P<rest>.*)$")
_CALLOUT = re.compile(r"\[!(?P<type>[A-Za-z][\w-]*)(?:\|[^\[\]]*)?\](?P<fold>[-+]?)[ \t]*(?P<title>.*)")
_CALLOUTS = {  # blocks -> what others have beside them; notes under its name is whatever else they have
    "note": "note info",
    "tip": "tip hint success check done",
    "important": "important",
    "warning": "warning attention question help faq",
    "caution": "caution failure fail missing danger error bug",
    "abstract": "abstract summary tldr",
    "sidenote": "margin sidebar",
    "details": "dropdown spoiler",
}
_MKDOCS = re.compile(
    r'(?P<sign>!!!|\?\?\?\+?)[ \t]*+(?P<type>[A-Za-z][\w-]*+)[\w \t-]*+(?:"(?P<title>[^"]*+)"[ \t]*+)?$'
)
_MYST = re.compile(r"(?P<sign>`{3,}|~{3,}|:{3,})[ \t]*+\{(?P<type>[a-z]+)\}[ \t]*+(?P<title>[^`]*+)$")
_MYST_OPTION = re.compile(r":(?:class|name|open|icon):.*$")
_OF_MYST = {"admonition", "seealso"}.union(*(words.split() for words in _CALLOUTS.values()))
_LIST = re.compile(r"(?!^\{[\w:-]+\})\{([^{}]*)\}[ \t]*:*$")  # a word alone is the block's name in MyST
_OF_PANDOC = ("center", "flushleft", "flushright", "minipage", "multicols", "appendi", "landscape", "small")  # of LaTeX
_TABLE_AND_CAPTION = ["table_close", "paragraph_open", "inline", "paragraph_close"]
_FLAT_OPTION = re.compile(rf"({'|'.join(sorted({name for block in BLOCKS.values() for name in block.options}))}):\s")


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    found = _HEAD.match(text_of_line(state, start))
    if not found:
        return False
    sign, head = found[1][0], found[2].strip()
    if not head:
        wrong, expected = f"{sign * 3} closes no block", f"{sign * 3} with the name of a block before it"
        return put_lines(state, silent, start, start + 1, "fault", wrong=wrong, expected=expected)
    if silent:
        return True
    close = _end(state, sign, start, end)
    token = state.push("block_open", "div", 1)
    token.map = [start, close]
    first = start + 1
    takes = not head.startswith(_OF_PANDOC)  # options
    while takes and first < close and state.sCount[first] - state.sCount[start] >= 2 and not state.isEmpty(first):
        first += 1
    options = state.getLines(start + 1, first, state.sCount[start], False)
    token.meta = {"sign": sign, "head": head, "options": options, "closed": close < end and _closes(state, sign, close)}
    if first == start + 1 and first < close:
        token.meta["flat"] = text_of_line(state, first)
        below = next((n for n in range(first, close) if not state.isEmpty(n)), first)
        if below > first and state.sCount[below] - state.sCount[start] >= 4:
            token.meta["apart"], token.meta["apart_at"] = text_of_line(state, below), below - start
    shallowest = min((state.sCount[n] for n in range(first, close) if not state.isEmpty(n)), default=0)
    _inner(state, token, first, close, min(shallowest, state.sCount[start]))
    state.line = min(close + 1, end)
    return True


def _inner(state: StateBlock, token: Token, first: int, close: int, indent: int) -> None:
    """Read what stands in a block, and end it."""
    depth = state.env["depth"] = state.env.get("depth", 0) + 1
    if depth > DEEPEST:
        token.meta["too_deep"] = True
    else:
        kept = state.lineMax, state.parentType, state.blkIndent
        state.lineMax, state.parentType, state.blkIndent = close, "block", max(state.blkIndent, indent)
        state.md.block.tokenize(state, first, close)
        state.lineMax, state.parentType, state.blkIndent = kept
    state.env["depth"] -= 1
    state.push(f"{token.type.removesuffix('_open')}_close", "div", -1)


def _callout(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """MkDocs' way, whose text is indented, and MyST's, which a fence closes."""
    text, first = text_of_line(state, start), start + 1
    if found := _MKDOCS.match(text):
        close, indent = first, state.sCount[start] + 4
        while close < end and (state.isEmpty(close) or state.sCount[close] >= indent):
            close += 1
        after = close
    elif (found := _MYST.match(text)) and found["type"] in _OF_MYST:
        options = first < end and _MYST_OPTION.match(text_of_line(state, first))
        if found["sign"][0] == ":" and found["type"] in BLOCKS and not options:
            return False
        close, indent = _end_of_fence(state, found["sign"], first, end), state.sCount[start]
        after = close + 1
    else:
        return False
    fold = {"???": "open: false\n", "???+": "open: true\n"}.get(found["sign"], "")
    while first < close and (option := _MYST_OPTION.match(text_of_line(state, first))):
        fold, first = "open: false\n" if "dropdown" in option[0] else fold, first + 1
    if after > end or all(state.isEmpty(number) for number in range(first, close)):
        return False
    if not silent:
        token = state.push("callout_open", "div", 1)
        token.map = [start, close]
        token.meta = {"type": found["type"], "title": found["title"] or "", "fold": fold}
        _inner(state, token, first, close, indent)
        state.line = after
    return True


def _end_of_fence(state: StateBlock, sign: str, first: int, end: int) -> int:
    """The line of a fence's end, or the end of all."""
    for number in range(first, end):
        text = text_of_line(state, number).rstrip()
        if text.startswith(sign) and not text.strip(sign[0]):
            return number
    return end


def _closes(state: StateBlock, sign: str, number: int) -> bool:
    found = _HEAD.match(text_of_line(state, number))
    return found is not None and found[1][0] == sign and not found[2].strip()


def _end(state: StateBlock, sign: str, start: int, end: int) -> int:
    """The line that closes a block, or the end of what it stands in. Code in it may hold anything."""
    open_blocks, fence = 1, ""
    for number in range(start + 1, end):
        if state.isEmpty(number):
            continue
        if state.sCount[number] < state.blkIndent:
            return number
        text = text_of_line(state, number)
        if code := _FENCE.match(text):
            if not fence:
                fence = code[1]
            elif text.startswith(fence) and not text.strip(fence[0] + " \t"):
                fence = ""
            continue
        if fence or not (found := _HEAD.match(text)) or found[1][0] != sign:
            continue
        open_blocks += 1 if found[2].strip() else -1
        if not open_blocks:
            return number
    return end


def extend(md: MarkdownIt) -> None:
    """GitHub's alerts are the parser's own."""
    md.options["alerts"] = True
    add_block_rule(md, "callout", _callout)
    add_block_rule(md, "block", _block)


def _write(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    inner, end = builder.inside(tokens, at)
    token, meta = tokens[at], tokens[at].meta
    if meta["sign"] == ":" and meta["closed"] and _write_figure(builder, token, inner):
        return end
    read_head = _named if meta["sign"] == "/" else _named_elsewhere
    name, argument, options = read_head(builder, token, meta["head"])
    if meta.get("too_deep"):
        builder.block_fault(token, f"more than {DEEPEST} blocks inside each other", "fewer")
        return end
    if not meta["closed"]:
        builder.block_fault(token, f"the block {name} is not closed", f"a line with {meta['sign'] * 3} after it")
    if found := _FLAT_OPTION.match(meta.get("flat", "")):
        builder.block_fault(token, f'the option "{found[1]}" is not indented', "four spaces before it", 1)
    if found := _FLAT_OPTION.match(meta.get("apart", "")):
        wrong = f'the option "{found[1]}" stands below an empty line'
        builder.block_fault(token, wrong, "it directly below the block's head", meta["apart_at"])
    titled: Token | None = None
    if not argument.strip():
        argument, titled, inner = _titled(builder, name, meta["head"], inner)
    if name in LABELLED.values() or name == "proof":
        _tell_repeated(builder, name, inner)
    data = {
        "name": name,
        "argument": argument,
        "argument_html": builder.phrase_of(argument, titled or token),
        "options": options or meta["options"],
        "options_line": 0 if options else 1,
        "content": builder.flow(inner),
    }
    if name not in BLOCKS or not BLOCKS[name].together:
        builder.block_mark("block", token, **data)
        return end
    before = builder.last_mark()
    if before is None or before[0] != "blocks" or before[2]["name"] != name:
        builder.block_mark("blocks", token, name=name, members=[])
        before = builder.marks[-1]
    before[2]["members"].append([builder.line_of(token), data])
    return end


def _write_figure(builder: Builder, token: Token, inner: Sequence[Token]) -> bool:
    """Write `::: {#fig-x}` around one picture, and its caption below, as Quarto has it; whether it is such a block."""
    found = _LIST.search(token.meta["head"])
    id_ = parse_attributes(found[1]).id if found and not found.start() else ""
    if not id_.startswith("fig-"):
        return False
    pictures = [child for part in inner for child in part.children or () if child.type == "image"]
    children = (inner[1].children or []) if len(inner) > 2 else []
    kinds = [child.type for child in children]
    if len(pictures) != 1 or kinds not in (["image"], ["image", "attributes"]):
        return False
    picture, said = children[0], children[1].meta["said"] if children[1:] else Attributes()
    below = builder.line_of(inner[1]) - builder.line_of(token)
    caption = builder.flow(inner[3:]) if inner[3:] else builder.phrase(picture.children or [], below)
    alt = said.values.get("alt", picture.content if inner[3:] else "") or None
    _write_picture(builder, token, picture, id_, caption, said, alt)
    return True


def _titled(
    builder: Builder, name: str, head: str, inner: Sequence[Token]
) -> tuple[str, Token | None, Sequence[Token]]:
    """What stands for the argument in the text of a block whose head has none, its token, and the rest of the text."""
    if name == "table" and [part.type for part in inner[-4:]] == _TABLE_AND_CAPTION:  # as Quarto and Pandoc have it
        return tables.CAPTION.sub("", inner[-2].content, count=1), inner[-2], inner[:-3]
    if inner and inner[0].meta.get("head") == "title":  # as Pandoc writes those of Sphinx
        within, end = builder.inside(inner, 0)
        said = next((part for part in within if part.type == "inline"), None)
        return said.content if said else "", said, inner[end:]
    takes_heading = "callout-" in head or (name in LABELLED.values() and name not in ("figure", "table"))
    if takes_heading and inner and inner[0].type == "heading_open":
        return inner[1].content, inner[1], inner[3:]
    folded = _OF_QUARTO.search(head) if name == "details" else None
    return folded[1].capitalize() if folded else "", None, inner


def _tell_repeated(builder: Builder, name: str, inner: Sequence[Token]) -> None:
    """Warn of a block whose text begins with what its head says, as Pandoc writes theorems of LaTeX."""
    first = inner[1] if len(inner) > 1 else None
    if first and (found := re.match(rf"([*_]{{1,2}}){name}\b[^*_\n]*\1", first.content, re.IGNORECASE)):
        wrong = f'{an(name)} that says its own name, "{short(found[0])}"'
        builder.block_fault(first, wrong, "its text alone, as the page has the name", warning="repeated-word")


def belongs(first: Token, token: Token, following: Sequence[Token]) -> bool:
    """Whether a block is one with the block behind it."""
    if token.type != "block_close" or first.type != "block_open" or not following:
        return False
    names = {_kind(first), _kind(following[0])}
    return len(names) == 1 and all(name in BLOCKS and BLOCKS[name].together for name in names)


def _kind(token: Token) -> str:
    return str(token.meta.get("head", "")).partition("|")[0].split(" ")[0].strip("{}.")


def _named(builder: Builder, token: Token, head: str) -> tuple[str, str, str]:
    """The name of a block and its argument, of `name | argument`, and no options."""
    name, bar, argument = (part.strip() for part in head.partition("|"))
    first, _, rest = name.partition(" ")
    if rest and first in BLOCKS and not bar:
        builder.block_fault(token, f'"{short(rest)}" after the name of the block', f"/// {first} | {short(rest)}")
        return first, rest, ""
    if name not in BLOCKS:
        _unknown(builder, token, name)
    if (found := LIST.search(argument)) and found.end() == len(argument) and parse_attributes(found[1]).id:
        wrong = f'"{short(found[0])}" in the head of a block'
        builder.block_fault(token, wrong, f"id: {parse_attributes(found[1]).id}, indented on the line below it")
        argument = argument[: found.start()].rstrip()
    return name, argument, ""


def leave_out_last_place(tokens: list[Token]) -> None:
    """Leave out an empty division {#refs} behind all else, where Pandoc and Quarto put works, as the page does."""
    kinds = [token.type for token in tokens]
    for at in range(len(tokens) - 1):
        found = kinds[at : at + 2] == ["block_open", "block_close"] and _LIST.search(tokens[at].meta["head"])
        if found and parse_attributes(found[1]).id == "refs":
            behind = tokens[at + 2 :]
            notes = itertools.accumulate((("definition" in token.type) * token.nesting for token in behind), initial=0)
            if all(depth or "definition" in token.type for token, depth in zip(behind, notes, strict=False)):
                del tokens[at : at + 2]
            return


def _named_elsewhere(builder: Builder, token: Token, head: str) -> tuple[str, str, str]:
    """As _named, in the ways of other systems, which give options in the head: as YAML."""
    said, whole = Attributes(), head
    if found := _LIST.search(head):
        said, head = parse_attributes(found[1]), head[: found.start()].strip()
    named = _COLONS.match(head.rstrip(":").strip())
    assert named  # of whatever text
    kind = LABELLED.get(said.id.partition("-")[0], "")  # as Quarto tells theorems
    name = named["braces"] or named["name"] or next((name for name in said.classes if not kind or name in BLOCKS), kind)
    name = {"column-margin": "sidenote", "aside": "sidenote", "admonition": "note"}.get(name, name)
    given = said.values.get("title", "") or said.values.get("name", "")
    argument = given or named["rest"].strip().removeprefix("|").lstrip()
    argument = re.sub(r"\A\[(.*)\]\Z", r"\1", argument)  # as Docusaurus has titles
    if name.startswith("callout-"):
        name, folded = name.removeprefix("callout-"), said.values.pop("collapse", "")
        for look in ("icon", "appearance"):
            said.values.pop(look, None)
        if folded:
            name, said.values["open"] = "details", "false" if folded == "true" else "true"
    if name not in BLOCKS and (same := _called(name)):
        name, argument = same, argument or name.capitalize()
    if name == "figure" and not argument:
        wrong = f'a figure of several pictures, "{short(whole)}"'
        builder.block_fault(token, wrong, "a figure for each, or one picture of them all")
        return "", "", ""
    if said.id == "refs":  # as Pandoc and Quarto place them
        wrong = 'a place for the works, "{#refs}"'
        builder.block_fault(token, wrong, "none, as the page lists them at its end", warning="stray-mark")
        return "", "", ""
    if name not in BLOCKS:
        _unknown(builder, token, name, whole if found or name.startswith(_OF_PANDOC) else "")
    pairs = {key: value for key, value in said.values.items() if key not in ("title", "name")} | (
        {"id": said.id} if said.id else {}
    )
    return name, argument, _in_a_line(pairs)


def _in_a_line(options: Mapping[str, str]) -> str:
    """Options as YAML, all of which stand on one line of the text."""
    said = (f"{key}: {value if value.isalnum() else json.dumps(value)}" for key, value in options.items())
    return f"{{{', '.join(said)}}}" if options else ""


_OF_QUARTO = re.compile(r"\bcallout-([a-z]+)")


_INSTEAD = {  # of blocks of others, and divisions of Pandoc and Quarto -> what is written here
    **dict.fromkeys(("image", "picture", "video"), "/// figure | its file"),
    "chart": "/// figure | chart",
    "code": "``` around code",
    "quote": "> before each line",
    "equation": "$$ around a formula",
    **dict.fromkeys(("panel-tabset", "tabset"), "/// tab | Its name … /// for each"),
    "challenge": "/// exercise | … ///",
    "solution": "/// details | Solution … ///",
    "content-hidden": "nothing, or its text without the block",
    "contents": "nothing: the page has its own",
    "thebibliography": "the works in references.bib",
}


def _unknown(builder: Builder, token: Token, name: str, head: str = "") -> None:
    """A block of no kind; what only has attributes, its head, is a division of Pandoc, of which the text is shown."""
    expected, near = meant(name, BLOCKS, "blocks")
    known = _INSTEAD.get(name) or instead(name)
    near = None if known else near or _called(name) or None
    expected = "" if near else expected
    if head and not near and not known:
        wrong = f'the block "{short(head)}" is shown as the text in it, as the page has its own looks'
        builder.block_fault(token, wrong, warning="html-style")
    else:
        wrong = f'unknown block "{short(name)}"' if name else f'a block without a name, "{short(head)}"'
        builder.block_fault(token, wrong, known or expected, near=near)


def _write_alert(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    inner, end = builder.inside(tokens, at)
    if not inner[3:]:
        builder.block_fault(
            tokens[at], "a callout without text", "> before each line of its text", warning="stray-mark"
        )
    builder.block(tokens[at], tokens[at].meta["kind"].lower(), builder.flow(inner[3:]))
    return end


def _write_quote(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    """A quotation, or what Obsidian takes for a callout: `> [!type] Title`, with - or + behind it one that opens."""
    inner, end = builder.inside(tokens, at)
    children = (inner[1].children or []) if len(inner) > 1 and inner[1].type == "inline" else []
    found = _CALLOUT.match(inner[1].content) if children else None
    if not found:
        builder.open("blockquote")
        return at + 1
    breaks = [index for index, child in enumerate(children) if child.type in ("softbreak", "hardbreak")]
    first = copy.copy(inner[1])
    first.children = children[breaks[0] + 1 :] if breaks else []
    if first.map:
        first.map = [first.map[0] + 1, first.map[1]]
    fold = {"-": "open: false\n", "+": "open: true\n"}.get(found["fold"], "")
    content = builder.flow([inner[0], first, *inner[2:]] if breaks else inner[3:])
    _mark_callout(builder, tokens[at], found["type"], found["title"], fold, content)
    return end


def _write_callout(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    inner, end = builder.inside(tokens, at)
    if tokens[at].meta.pop("too_deep", False):
        builder.block_fault(tokens[at], f"more than {DEEPEST} blocks inside each other", "fewer")
        return end
    meta = tokens[at].meta
    _mark_callout(builder, tokens[at], meta["type"], meta["title"], meta["fold"], builder.flow(inner))
    return end


def _called(word: str) -> str:
    """The block that others call by a word."""
    return next((name for name, words in _CALLOUTS.items() if word in words.split()), "")


def _mark_callout(builder: Builder, token: Token, word: str, title: str, fold: str, content: Fragment) -> None:
    """Another system's callout as a block, under its own title or under what that system calls it."""
    word = word.lower()
    name = _called(word) or "note"
    fold = fold or ("open: false\n" if name == "details" else "")
    title = title.strip() or ("" if word in (name, "admonition") and not fold else word.capitalize())
    title_html = builder.phrase_of(title, token) if title else None
    name = "details" if fold else name
    builder.block(token, name, content, argument=title, argument_html=title_html, options=fold)


def _write_paragraph(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    r"""A paragraph that is one picture with a figure's label, or with LaTeX's, becomes a figure, its alt text the
    caption; one that is a table's caption is written with it."""
    if tables.captions(tokens[at : at + 4]):
        return at + 3
    children = tokens[at + 1].children or []
    is_picture = [child.type for child in children] in (["image"], ["image", "attributes"])
    said = children[1].meta["said"] if is_picture and children[1:] else Attributes()
    id_ = said.id or (children[0].meta.get("id", "") if is_picture else "")
    if not id_.startswith("fig-") or builder.before_text:
        if not tokens[at].hidden:
            builder.open("p")
        return at + 1
    caption = builder.phrase(children[0].children or [], 0)
    _write_picture(builder, tokens[at], children[0], id_, caption, said, said.values.get("alt"))
    return at + 3


def _write_picture(
    builder: Builder, token: Token, picture: Token, id_: str, caption: Fragment, said: Attributes, alt: str | None
) -> None:
    """A picture as a figure, with the attributes said of it."""
    apart = {"alt", *LOOKS, *({"height"} if "width" in said.values else ())}
    for key in sorted(said.values.keys() & LOOKS):
        builder.block_fault(token, f"{key} of a figure is left out, as the page has its own", warning="html-style")
    for word in said.words:
        builder.block_fault(token, f'unknown attribute "{short(word)}"', "#label, .class or name=value")
    options = {"id": id_} | {key: value for key, value in said.values.items() if key not in apart}
    options |= {"invert": "true"} if INVERT in said.classes else {}
    builder.block(
        token,
        "figure",
        caption,
        argument=str(picture.attrs["src"]),
        options=_in_a_line(options),
        alt=alt,
        label=picture.meta.get("label", ""),
    )


def read_options(mark: Mark, file: str, memo: Memo, problems: list[Problem]) -> dict[str, Yaml]:
    """The options of a block, from the YAML below its head."""
    text = mark.data["options"]
    if not text.strip():
        return {}
    plain = textwrap.dedent(text.replace("\t", "    "))
    fields, found = yaml_fields(plain, file, mark.line + mark.data["options_line"], memo)
    problems += found
    return fields


def _render(writer: Writer, mark: Mark) -> str:
    block = writer.numbered(mark)
    writer.used_labels.add(mark.data.get("label", ""))
    assert isinstance(block, Block)
    if block.kind not in BLOCKS:
        inner = writer.html(mark.data["content"])
        return f'<div id="{html.escape(block.id)}">\n{inner}\n</div>' if block.id else inner
    return writer.within(block, BLOCKS[block.kind].render, writer)


TOKENS = {
    "block_open": _write,
    "alert_open": _write_alert,
    "callout_open": _write_callout,
    "blockquote_open": _write_quote,
    "paragraph_open": _write_paragraph,
}
MARKS = {"block": _render, "blocks": lambda writer, mark: writer.together(mark)}

"""Tables, with `: caption {#tbl-x}` or `Table: caption` below or above, as Pandoc has it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from ...base.errors import short
from .. import numbering
from ..attributes import TRAILING, parse_attributes

if TYPE_CHECKING:
    from ..builder import Builder

_SIMPLE = re.compile(r"-{2,}(?: +-{2,})+")  # what is above and below the rows of Pandoc's tables without bars
CAPTION = re.compile(r"(?:[Tt]able)?:\s+(?=\S)")


def extend(md: MarkdownIt) -> None:
    """GitHub's tables are the parser's own."""
    md.enable(["table", "strikethrough"])


def _write(builder: Builder, tokens: Sequence[Token], at: int) -> int:
    inner, end = builder.inside(tokens, at)
    inner, caption = _own_caption(list(inner))
    below = tokens[end : end + 2]
    if captions(tokens[max(0, at - 3) : at + 1]):
        caption = tokens[at - 2]
    elif not caption and len(below) == 2 and below[0].type == "paragraph_open" and CAPTION.match(below[1].content):
        caption, end = below[1], end + 3
    if not caption:
        builder.table(inner)
        return end
    text, id_ = CAPTION.sub("", caption.content, count=1), ""
    found = TRAILING.search(text)
    said = parse_attributes(found[1] if found else "")
    if found and (said.id or said.classes or said.values):
        text, id_ = text[: found.start()], said.id
        for word in said.words:
            builder.block_fault(caption, f'unknown attribute "{short(word)}"', "#label or .class")
    if not id_ and (labelled := numbering.LABEL.search(text)):
        text, id_ = numbering.LABEL.sub("", text, count=1), numbering.of_latex("tbl", labelled[1])
    builder.block(
        tokens[at],
        "table",
        builder.flow_table(inner),
        argument=text,
        argument_html=builder.phrase_of(text, caption),
        options=f"id: {id_}" if id_ else "",
        options_line=builder.line_of(caption) - builder.line_of(tokens[at]),
    )
    return end


def _own_caption(inner: list[Token]) -> tuple[list[Token], Token | None]:
    """The rows of a table without a last one that is its caption, directly below."""
    starts = [index for index, token in enumerate(inner) if token.type == "tr_open"]
    if len(starts) < 3:
        return inner, None
    last = starts[-1]
    cells = [token for token in inner[last:] if token.type == "inline"]
    if not cells or not CAPTION.match(cells[0].content) or any(cell.content for cell in cells[1:]):
        return inner, None
    close = next(index for index in range(last, len(inner)) if inner[index].type == "tr_close")
    return inner[:last] + inner[close + 1 :], cells[0]


def _write_row(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    if lost := tokens[at].meta.get("lost"):
        wrong = f"a row with {lost} more than the first has, which are left out"
        builder.block_fault(tokens[at], wrong, "\\| for a bar within a cell", warning="table-cells")
    if row := tokens[at].meta.get("barless"):
        wrong = f'"{short(row)}" below a table is a row of it'
        builder.block_fault(tokens[at], wrong, "an empty line above it, or bars in it", warning="table-cells")
    builder.open("tr")


def _write_rule(builder: Builder, tokens: Sequence[Token], at: int) -> None:
    if tokens[at].meta.get("of_table"):
        expected = "one like | a | b |, with |---|---| below its head"
        builder.block_fault(tokens[at], "a table of Pandoc without bars", expected, warning="stray-mark")
    builder.open("hr")
    builder.close()


def note_lost_cells(tokens: Sequence[Token], lines: Sequence[str]) -> None:
    """Tell each row of the cells that the parser leaves out, and each rule that is one of a table it does not know; and
    each table whether its caption stands above it, which what is that of the table above does not.
    """
    columns, captioned = 0, False
    for at, token in enumerate(tokens):
        if token.type == "hr" and token.map:
            token.meta["of_table"] = bool(_SIMPLE.fullmatch(lines[token.map[0]].strip()))
        if token.type == "table_open":
            columns = 0
            after_another = at >= 4 and tokens[at - 4].type == "table_close"
            captioned = _stands_above(tokens[max(0, at - 3) : at + 1]) and (captioned or not after_another)
            token.meta["captioned"] = captioned
        columns += token.type == "th_open"
        if token.type == "tr_open" and columns and token.map:
            row = lines[token.map[0]].strip().removeprefix(">").strip().removeprefix("|").removesuffix("|")
            if columns > 1 and "|" not in lines[token.map[0]] and row:
                token.meta["barless"] = row
            if row.count("|") >= columns and (cells := len(escapedSplit(row))) > columns:
                token.meta["lost"] = "1 cell" if cells == columns + 1 else f"{cells - columns} cells"


TOKENS = {"table_open": _write, "tr_open": _write_row, "hr": _write_rule}


def captions(tokens: Sequence[Token]) -> bool:
    """Whether a paragraph is the caption of the table behind it, which begins there."""
    return _stands_above(tokens) and bool(tokens[3].meta.get("captioned"))


def _stands_above(tokens: Sequence[Token]) -> bool:
    kinds = [token.type for token in tokens[:4]]
    return kinds == ["paragraph_open", "inline", "paragraph_close", "table_open"] and bool(
        CAPTION.match(tokens[1].content)
    )


def belongs(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether what follows tokens start to end, a table or a paragraph, is one with it: a caption and its table."""
    following = tokens[end + 1 : end + 3]
    if captions(tokens[max(start, end - 2) : end + 2]):
        return True
    if tokens[end].type != "table_close" or len(following) < 2 or following[0].type != "paragraph_open":
        return False
    begin = next(index for index in range(end, -1, -1) if tokens[index].type == "table_open")
    return bool(CAPTION.match(following[1].content)) and not captions(tokens[max(start, begin - 3) : begin + 1])

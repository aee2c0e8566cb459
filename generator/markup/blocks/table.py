"""A table with number and caption: of Markdown, or of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...runs.results import Unmeasured
from .. import expressions, tabulation
from ..expressions import ExpressionError
from ..tabulation import TableError
from . import ID, SIZE, BlockType, Option, named, several, text

if TYPE_CHECKING:
    from ..document import Writer
    from ..numbering import Block

ALL = "all"


def _headed(value: Any) -> bool:
    """Whether a value is a name, or a list of names, each once, of which some have a heading of their own."""
    pairs = [named(each) for each in several(value)]
    names = [name for name, _ in pairs]
    texts = all(isinstance(name, str) and name and isinstance(heading, str) for name, heading in pairs)
    return bool(names) and texts and len({*names}) == len(names)


def _headings(value: Any) -> dict[str, str]:
    """The heading of each name, "" where it has none of its own."""
    return dict(map(named, several(value)))


RESULTS = {
    "of": text("an expression that gives runs or rows; left out: results"),
    "rows": Option(_headed, f"keys by whose values results are grouped, or {ALL}: a row each"),
    "columns": Option(_headed, "keys of numbers, each perhaps with a heading, as in [accuracy, loss: last loss]"),
}


def render(block: Block, writer: Writer) -> str:
    """The table, named by its caption."""
    if "table" in writer.inside[:-1]:
        writer.wrong(block.line, "a table with a caption inside another", "one caption")
    context = writer.context(block)
    writer.tell_number(block.argument, "Table", block.line)
    has_table, of_results = "<table" in context["content"], bool(RESULTS.keys() & block.options.keys())
    if has_table and of_results:
        writer.wrong(block.line, "two tables in the block", "rows like | a | b |, or rows: and columns:")
    elif of_results:
        context["table"] = _of_results(block, writer, context["options"])
    elif not has_table:
        writer.wrong(block.line, "no table in the block", "rows like | a | b |, or rows: and columns: of results")
    named = context["content"].replace(
        ' aria-label="{}"'.format(writer.words("Table")), f' aria-labelledby="{block.id}-caption"'
    )
    return writer.filled(block.kind, context | {"content": named})


def _of_results(block: Block, writer: Writer, options: dict[str, Any]) -> dict[str, Any] | None:
    """The table that options ask for, for the template; None where something is wrong or not measured yet."""
    if not RESULTS.keys() & block.options.keys() <= options.keys():
        return None  # an option is wrong, and said
    if "rows" not in options:
        writer.wrong(block.line, "a table of results without rows", "rows: with keys to group by, or rows: all")
        return None
    source, rows = writer.written_out(options.get("of", "results")), options["rows"]
    heads = {} if rows == ALL else _headings(rows)
    shown = _headings(options.get("columns", []))
    keys, columns, headings = None if rows == ALL else [*heads], [*shown] or None, heads | shown

    def make() -> dict[str, Any]:
        of = expressions.evaluate(source, writer.names, words=writer.words)
        return tabulation.table(of, keys, columns, writer.names)

    try:
        return writer.of_runs("table", make, source, keys, columns) | {"headings": headings}
    except ExpressionError as error:
        writer.problems.append(error.at(writer.place(block.line_of("of"))))
    except TableError as error:
        for option, place, wrong, expected in error.problems:
            said = block.options.get(option)
            listed = said.value[place] if said and place is not None and isinstance(said.value, list) else said
            writer.wrong(listed.line if listed else block.line, wrong, expected)
    except Unmeasured:
        pass
    return None


BLOCK = BlockType(
    "table",
    {"id": ID, "size": SIZE, **RESULTS},
    ("a table without a caption", "/// table | What it shows"),
    label="tbl",
    render=render,
)

"""A table with number and caption: of Markdown, or of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...runs.results import Unmeasured
from .. import expressions, tabulation
from ..expressions import ExpressionError
from ..tabulation import TableError
from . import ID, SIZE, BlockType, Option

if TYPE_CHECKING:
    from ..document import Writer
    from ..numbering import Block

ALL = "all"


def _named(value: Any) -> bool:
    """Whether a value is a name, or a list of names, each once."""
    names = value if isinstance(value, list) else [value]
    return bool(names) and all(isinstance(name, str) and name for name in names) and len({*names}) == len(names)


def _headed(value: Any) -> bool:
    """Whether it is names, of which some have a heading of their own."""
    columns = value if isinstance(value, list) else [value]
    plain = [next(iter(each)) if isinstance(each, dict) and len(each) == 1 else each for each in columns]
    headings = [next(iter(each.values())) for each in columns if isinstance(each, dict) and each]
    return _named(plain) and all(isinstance(heading, str) for heading in headings)


def _headings(value: Any) -> dict[str, str]:
    """The heading of each name, "" where it has none of its own."""
    found: dict[str, str] = {}
    for each in value if isinstance(value, list) else [value]:
        found |= each if isinstance(each, dict) else {each: ""}
    return found


RESULTS = {
    "of": Option(lambda value: isinstance(value, str), "an expression that gives runs or rows; left out: results"),
    "rows": Option(_headed, f"keys by whose values results are grouped, or {ALL}: a row each"),
    "columns": Option(_headed, "keys of numbers, each perhaps with a heading, as in [accuracy, loss: last loss]"),
}


def render(block: Block, writer: Writer) -> str:
    """The table, named by its caption."""
    context = writer.context(block)
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
    source, rows = options.get("of", "results").strip(), options["rows"]
    heads = {} if rows == ALL else _headings(rows)
    shown = _headings(options.get("columns", []))
    keys, columns, headings = None if rows == ALL else [*heads], [*shown] or None, heads | shown

    def make() -> dict[str, Any]:
        of = expressions.evaluate(source, writer.names, words=writer.words)
        return tabulation.table(of, keys, columns, writer.names)

    try:
        return writer.of_runs("table", make, source, keys, columns) | {"headings": headings}
    except ExpressionError as error:
        at = block.options.get("of")
        writer.wrong(at.line if at else block.line, error.wrong, error.expected, error.nearest)
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

"""The published schemas of files that others read."""

from pathlib import Path

from check_jsonschema import main


def fits(schema: str, path: Path) -> bool:
    """Whether a file is as a schema that check-jsonschema brings along has it; prints what is not."""
    return main(["--builtin-schema", schema, str(path)], standalone_mode=False) == 0

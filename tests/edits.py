"""Files changed as an author changes them."""

from pathlib import Path


def edit(path: Path, old: str, new: str) -> None:
    """Write other words for those of a file, which it has to have: else a test would try what it does not say."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def add(path: Path, text: str) -> None:
    """Write more to the end of a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text)

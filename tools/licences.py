"""Writes docs/licences.md: what travels in the package and in a site, and what is installed beside it, with licences.

Run by `make lock`. What others made is listed here once; the libraries follow from requirements.lock and torch.lock.
"""

from __future__ import annotations

from importlib.metadata import Distribution, distribution
from pathlib import Path

PAGE = Path("docs/licences.md")

SHIPPED = [  # what, where it travels, licence, the file that holds its text or source
    ("Peek", "package, site", "MIT", "LICENSE"),
    ("Source Serif 4, Source Sans 3, STIX Two Math, cut", "package, site", "OFL-1.1", "templates/fonts/OFL.txt"),
    ("Source Serif 4, Source Sans 3", "package; drawn in pictures", "OFL-1.1", "generator/fonts/OFL.txt"),
    ("digits and wine, UCI", "data of the article's site", "CC-BY-4.0", "content/references.bib"),
    ("Temml", "package; its MathML in pages", "MIT", "generator/markup/temml/LICENSE"),
    ("mhchem for Temml", "package; its MathML in pages", "MIT, Apache-2.0", "generator/markup/temml/LICENSE.mhchem"),
]

HEAD = """# Licences

Written by `make lock`.

## What travels

A site holds nothing else that others made but an author's own files: no script and no picture of another project.

| what | where | licence | text |
|---|---|---|---|
"""

LIBRARIES = """
## What is installed beside it

pip brings these from their own sources; none is copied into the package or a site.

| library | licence, as it says itself |
|---|---|
"""


def licence_of(library: Distribution) -> str:
    """What a library's metadata says: an expression, else classifiers, a field, or its licence's first line.

    Raises LookupError where it says nothing.
    """
    said = library.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    prefix = "License :: OSI Approved :: "
    if names := [line.removeprefix(prefix) for line in said.get_all("Classifier", []) if line.startswith(prefix)]:
        return ", ".join(names)
    if field := said.get("License"):
        return str(field).splitlines()[0]
    for file in library.files or ():
        if "licen" in file.name.lower() and (text := file.locate().read_text("utf-8").strip()):
            return text.splitlines()[0]
    raise LookupError(f"{said['Name']} names no licence")


def libraries() -> list[str]:
    """Names of what the two lock files install for a build."""
    lines = [
        line for lock in ("requirements.lock", "torch.lock") for line in Path(lock).read_text("utf-8").splitlines()
    ]
    return sorted(line.split("==")[0] for line in lines if "==" in line)


def page() -> str:
    """The whole page."""
    shipped = [f"| {what} | {where} | {licence} | [{text}](../{text}) |" for what, where, licence, text in SHIPPED]
    listed = [f"| {name} | {licence_of(distribution(name))} |" for name in libraries()]
    return HEAD + "\n".join(shipped) + "\n" + LIBRARIES + "\n".join(listed) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")

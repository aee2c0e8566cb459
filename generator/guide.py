"""Everything that an author can name, listed from the code that knows it: for the guide, and for `peek list`.

python -m generator.guide    writes the lists into content/README.md, between two comments
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .base.overlay import Overlay, default_templates

if TYPE_CHECKING:
    from .markup.blocks import Option

GUIDE = Path(__file__).parent.parent / "content" / "README.md"
BEGIN = "<!-- What follows is written by python -m generator.guide. -->"
END = "<!-- Here ends what is written by python -m generator.guide. -->"
_COMMENT = re.compile(r"\{#\s*(.*?)\s*(?:options: [\w\s,]+\.?\s*)?#\}", re.DOTALL)
_SPECIAL = re.compile(r'([\\*_{}\[\]<>$@|^~"])')
_SENTENCE = re.compile(r"(.*?)(?:[.](?=\s|$)|$)", re.DOTALL)


class Row(NamedTuple):
    """Something that can be named. details: of each column beside name and words."""

    name: str
    words: str
    details: tuple[str, ...] = ()


class Listing(NamedTuple):
    """What can be named in one place.

    about    where that is
    columns  heads of the details
    of       gives the rows, where `templated` of templates
    """

    title: str
    about: str
    columns: tuple[str, ...]
    of: Callable[..., Iterator[Row]]
    templated: bool = False

    def rows(self, templates: Overlay | None = None) -> Iterator[Row]:
        """What can be named. templates: an article's; None: Peek's alone"""
        return self.of(templates or Overlay(default_templates())) if self.templated else self.of()


# Rows, from what knows them


def _first_sentence(text: str | None) -> str:
    found = _SENTENCE.match(" ".join((text or "").split()))
    return found[1] if found else ""


def _options(known: Mapping[str, Option]) -> str:
    """Options of a block with what each expects."""
    return "; ".join(f"`{name}`: {option.expected}" for name, option in known.items())


def _blocks() -> Iterator[Row]:
    from .markup import blocks
    from .markup.blocks import figure

    for name, block in blocks.load().items():
        module = importlib.import_module(f"{blocks.__name__}.{name}")
        known: dict[str, Mapping[str, Option]] = {"": block.options}
        if name == "figure":
            own = {"of your own pictures, ": figure.PICTURE, "of videos, ": figure.VIDEO, "of runs, ": figure.DRAWN}
            known = {of: {key: one for key, one in every.items() if key not in figure.OWN} for of, every in own.items()}
            known = {"": figure.OWN} | known
        told = "; ".join(of + _options(options) for of, options in known.items())
        yield Row(name, _first_sentence(module.__doc__), (f"`{block.argument[1]}`" if block.argument else "", told))


def _figures(files: Overlay) -> Iterator[Row]:
    from . import figures
    from .site.figures import OPTIONS, Figures, properties

    for path in files.inside("figures", ".html"):
        name, text = Path(path).stem, files.text(path)
        if name == Figures.DEFAULT:
            continue
        comment, said = _COMMENT.match(text), OPTIONS.search(text)
        own = dict.fromkeys(re.findall(r"\w+", said[1]), "") if said else {}
        file = f"js/{name}.js"
        script = files.contents.get(file, b"").decode()
        explained = {option: _explained(script, option) for option in properties(files.place(file), script)}
        told = "; ".join(
            f"`{option}`: {words}" if words else f"`{option}`" for option, words in (own | explained).items()
        )
        yield Row(name, " ".join(comment[1].split()).rstrip(".") if comment else "", (told,))
    for name, picture in figures.load().items():
        module = importlib.import_module(picture.draw.__module__)
        yield Row(name, _first_sentence(module.__doc__), ("",))


def _explained(script: str, option: str) -> str:
    """What a figure's script says of a property, where it says it in one sentence of its own."""
    own = re.search(rf'name: "{option}"(.*?)(?=\{{\s*kind: |\n\s*\][,;])', script, re.DOTALL)
    found = re.search(r'explain: (?:words\.say\()?("(?:[^"\\]|\\.)*")', own[1]) if own else None
    return _first_sentence(json.loads(found[1])) if found else ""


def _marks() -> Iterator[Row]:
    from .site.charts.marks import CATEGORY, MARKS, NUMBER

    said = {NUMBER: "numbers", CATEGORY: "anything", "": ""}
    for name, mark in MARKS.items():
        yield Row(name, mark.words, (said[mark.x], said[mark.y], said[mark.colour]))


def _results() -> Iterator[Row]:
    from .runs.results import Results, Rows

    for name, member in {**vars(Rows), **vars(Results)}.items():
        if not name.startswith("_") and member.__doc__:
            yield Row(name, _first_sentence(member.__doc__))


def _filters() -> Iterator[Row]:
    from .markup.expressions import FILTERS

    for name, row in FILTERS.items():
        yield Row(name, row.words)


def _keys() -> Iterator[Row]:
    import dataclasses

    from .content.experiments import EXPERIMENT_FIELDS
    from .networks import recipe

    defaults = {row.name: row.default for row in dataclasses.fields(recipe.RunSpec)}
    yield Row("dataset", "names of the data, each a table of its own", ("the first", "names or a list of them"))
    for name, field in EXPERIMENT_FIELDS.items():
        yield Row(name, field.words, ("", field.expected))
    for name, field in recipe.axes().items():
        default = defaults[name]
        said = "" if default in (None, recipe.MISSING) else f"`{json.dumps(default)}`"
        yield Row(name, recipe.words()[name], (said, field.expected))


def _datasets() -> Iterator[Row]:
    from .networks import tables

    for name, kind in tables.built_in().items():
        module = importlib.import_module(kind.draw.__module__)
        told = "; ".join(f"`{one.name}`: {one.about} ({one.default:g})" for one in kind.parameters)
        yield Row(name, _first_sentence(module.__doc__), (told,))


def _activations() -> Iterator[Row]:
    from .networks.activations import ACTIVATIONS

    for name, row in ACTIVATIONS.items():
        yield Row(name, row.words, (f"`{row.of}`", row.room.name))


def _rooms() -> Iterator[Row]:
    from .networks.rooms import ROOMS

    for name, room in ROOMS.items():
        yield Row(name, room.words.format(label="the activation"))


def _measures() -> Iterator[Row]:
    from .measures.columns import all_words

    return starmap(Row, all_words().items())


def _lab() -> Iterator[Row]:
    from .base import lab
    from .content.lab import KINDS

    for name in KINDS:
        yield Row(name, _first_sentence(getattr(lab, name).__doc__))


def _warnings() -> Iterator[Row]:
    from .base.warnings import WARNINGS

    return starmap(Row, WARNINGS.items())


def _languages(files: Overlay) -> Iterator[Row]:
    from .base.language import name_of

    for path in files.inside("words", ".toml"):
        tag = Path(path).stem
        yield Row(tag, name_of(tag))


def _elements() -> Iterator[Row]:
    from .markup.constructs.html import ANY, ELEMENTS

    yield Row("any", "", (", ".join([*sorted(ANY), "aria-*", "data-*"]),))
    for name in sorted(ELEMENTS.keys() - {"input"}):
        yield Row(name, "", (", ".join(sorted(ELEMENTS[name])),))


LISTS = {
    "blocks": Listing("Blocks", "What `/// name` and `::: name` may call.", ("argument", "options"), _blocks),
    "figures": Listing(
        "Figures",
        "What `/// figure | name` may call. All take `id`, `size` and `alt`, and choose runs by `experiment`, "
        "`classes`, `activation`, `seed` and any other key of a recipe. `hide: [seed, tools]` leaves controls out, by "
        "the names of what they set, and the tools below.",
        ("more options",),
        _figures,
        templated=True,
    ),
    "marks": Listing("Marks", "What `mark` of a chart may be, and what its keys hold.", ("x", "y", "colour"), _marks),
    "results": Listing("Results", "What `results`, or a table, can be asked, in `{{ }}` and in claims.", (), _results),
    "filters": Listing("Filters", "What may stand behind `|` in `{{ }}`.", (), _filters),
    "keys": Listing(
        "Keys", "What an `[experiment.name]` of `experiments.toml` may say.", ("default", "expected"), _keys
    ),
    "datasets": Listing(
        "Kinds of data",
        "What `kind` of a `[dataset.name]` may be, beside `points_per_class`; parameters with their defaults.",
        ("parameters",),
        _datasets,
    ),
    "activations": Listing(
        "Activations", "Of `a`, a neuron's sum, or of `r`, the length of a layer's.", ("formula", "room"), _activations
    ),
    "rooms": Listing("Rooms", "Where an activation lets hidden vectors be.", (), _rooms),
    "measures": Listing(
        "Measures", "What is known of each run beside its recipe; columns of the tables.", (), _measures
    ),
    "lab": Listing("Own Python", "What may stand behind `@lab.` in `lab/*.py`: see [Own Python](#sec-lab).", (), _lab),
    "warnings": Listing("Warnings", "What `--allow` may pass over.", (), _warnings),
    "languages": Listing("Languages", "What `language` has words for.", (), _languages, templated=True),
    "elements": Listing("HTML", "The elements that pass, and their attributes.", ("attributes",), _elements),
}


# As text and as Markdown


def _bare(rows: Sequence[Row]) -> list[str]:
    """The names of which nothing is said."""
    return [row.name for row in rows if not row.words and not any(row.details)]


def plain(names: Sequence[str], templates: Overlay | None = None) -> str:
    """Lists as lines of text. templates: an article's, which may add to them; None: Peek's alone"""
    lines = []
    for name in names:
        listing, rows = LISTS[name], list(LISTS[name].rows(templates))
        bare = _bare(rows)
        lines += [f"{name}: {listing.about}", ""]
        for row in rows:
            if row.name not in bare:
                details = zip(listing.columns, row.details, strict=True)
                lines += ["  " + ": ".join(filter(None, [row.name, row.words]))]
                lines += [f"    {head}: {said}" for head, said in details if said]
        lines += [f"  {', '.join(bare)}"] * bool(bare) + [""]
    return "\n".join(lines).replace("`", "")


def markdown() -> str:
    """All lists as tables of the guide."""
    parts = [BEGIN]
    for name, listing in LISTS.items():
        rows = list(listing.rows())
        bare = _bare(rows)
        told = [[row.words, *row.details] for row in rows if row.name not in bare]
        used = [at for at, column in enumerate(zip(*told, strict=True)) if any(column)]
        heads = ["name", *(("what it is", *listing.columns)[at] for at in used)]
        lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
        for row in rows:
            if row.name not in bare:
                cells = [(row.words, *row.details)[at] for at in used]
                lines.append(f"| `{row.name}` |" + "".join(f" {_escaped(cell)} |" if cell else " |" for cell in cells))
        parts.append(f"### {listing.title} {{#list-{name}}}\n\n{listing.about}\n\n" + "\n".join(lines))
        parts += ["And " + ", ".join(f"`{name}`" for name in bare) + "."] * bool(bare)
    return "\n\n".join([*parts, END])


def _escaped(text: str) -> str:
    """Text that is no Markdown but for its code, for a cell of a table."""
    parts = text.split("`")
    parts[::2] = [_SPECIAL.sub(r"\\\1", part) for part in parts[::2]]
    parts[1::2] = [part.replace("|", "\\|") for part in parts[1::2]]
    return "`".join(parts)


def updated(text: str) -> str:
    """A guide with its lists as the code has them now."""
    before, _, rest = text.partition(BEGIN)
    return before + markdown() + rest.partition(END)[2]


if __name__ == "__main__":
    GUIDE.write_text(updated(GUIDE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")

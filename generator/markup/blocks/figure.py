"""A figure with number and caption: one that is drawn from the runs, or a picture or video of the author's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...base.errors import Fault, collecting, meant, short
from ...content.media import PICTURES, VIDEOS
from ...runs.results import UnknownResult, Unmeasured
from .. import media
from ..attributes import Attributes
from . import FLAG, ID, SIZE, BlockType, Option, several, text

if TYPE_CHECKING:
    from ..document import Writer
    from ..numbering import Block


class OptionError(Fault):
    """An option of a figure is wrong, or "" where it is missing: then the block itself is."""

    def __init__(self, option: str, wrong: str, expected: str = "", nearest: str | None = None) -> None:
        super().__init__(wrong, expected, nearest)
        self.option = option


@dataclass(frozen=True)
class FigureCall:
    """A figure that a text places.

    name     as the author wrote it
    options  plain values; id and size are always there
    caption_html  without the number; the first paragraph is not wrapped
    label    id of the figure
    number   within the page: "3"
    place    file:line
    alone    address of the page that has the figure alone
    """

    name: str
    options: Mapping[str, Any]
    caption_html: str
    label: str
    number: str
    place: str
    alone: str = ""

    @property
    def named_by(self) -> str:
        """The ids of what names the figure: its number, and the title in bold that its caption may begin with."""
        title = f"{self.label}-title"
        return f"{self.label}-number" + f" {title}" * self.caption_html.startswith(f'<strong id="{title}">')


def _all(kind: type) -> Callable[[Any], bool]:
    """Whether a value is one of a kind, or a list of them."""

    def check(value: Any) -> bool:
        return all(isinstance(item, kind) and not isinstance(item, bool) for item in several(value) or [value])

    return check


def _are_stops(value: Any) -> bool:
    """Whether a value is a mapping of epochs to words."""
    rows = value.items() if isinstance(value, dict) else ()
    return bool(rows) and all(re.fullmatch(r"\d{1,9}", key) and isinstance(said, str) and said for key, said in rows)


WIDTH = Option(lambda value: media.width_of(str(value)) is not None, "pixels or per cent")
OWN = {
    "id": ID,
    "size": SIZE,
    "beside": Option(lambda value: value == "text", "text"),
    "alt": text('text, or "" if decorative'),
}
FILE = text("a file of your own")
PICTURE = OWN | {"width": WIDTH, "invert": FLAG}
VIDEO = OWN | {"width": WIDTH, "poster": FILE, "captions": FILE}
NUMBERS = Option(_all(int), "a whole number or a list of them")
NAMES = Option(_all(str), "a name or a list of them")
DRAWN = OWN | {"classes": NUMBERS, "seed": NUMBERS, "activation": NAMES, "experiment": NAMES}
ANY = Option(lambda value: value is not None, "a value")
STOPS = Option(_are_stops, "epochs, each with words, as 0: Before training")


def render(block: Block, writer: Writer) -> str:
    """A figure in its frame; the writer keeps its call."""
    if "figure" in writer.inside[:-1]:
        writer.wrong(block.line, "a figure inside a figure", "/// before it, to close the first")
    caption = writer.unwrapped(block.data["content"])
    ending = Path(block.argument).suffix.lower()
    own = PICTURE if ending in PICTURES else VIDEO if ending in VIDEOS else None
    if not block.argument:
        writer.wrong(block.line, "a figure without a name", "/// figure | its name")
        return ""
    if not own and block.argument not in writer.env.figure_names:
        expected, near = meant(block.argument, sorted(writer.env.figure_names), "figures")
        if ending and not near:
            expected = f"a file ending in {', '.join(PICTURES + VIDEOS)}"
        writer.wrong(block.line, f'unknown figure "{short(block.argument)}"', expected, near)
        return ""
    if not caption.strip():
        short_way = "alt" in block.data  # that of plain Markdown
        expected = f"![A caption](…){{#{block.id}}}" if short_way else "text before the closing ///"
        writer.wrong(block.line, f'the figure "{short(block.argument)}" has no caption', expected)
    writer.tell_number(writer.text(caption), "Figure", block.line)
    options = _options(block, writer, own)
    caption = re.sub("^<strong>", f'<strong id="{block.id}-title">', caption)
    place, alone = writer.place(block.line), writer.alone(block.id)
    call = FigureCall(block.argument, options, caption, block.id, block.number, place, alone)
    writer.figures.append(call)
    if own:
        return _own(call, block, writer)
    try:
        with collecting(writer.problems):
            return writer.env.render_figure(call, writer.warnings.append)
    except UnknownResult as error:
        writer.wrong(block.line, str(error.args[0]))
    except OptionError as error:
        writer.problems.append(error.at(writer.place(block.line_of(error.option))))
    except Unmeasured:  # nothing is trained yet
        return writer.filled(block.kind, {"call": call, "image": ""})
    return ""


def _options(block: Block, writer: Writer, own: Mapping[str, Option] | None) -> dict[str, Any]:
    known = own or (OWN if block.argument in writer.results.pictures else DRAWN)
    if known is DRAWN:
        fields = writer.of_runs("fields", lambda: [*dict.fromkeys(key for run in writer.results for key in run.spec)])
        own_of = writer.env.figure_options.get(block.argument, {})
        more = dict.fromkeys([*fields, *own_of], ANY) | DRAWN
        more |= {key: option for key, option in own_of.items() if option is not ANY}
        known = dict(sorted((more | ({"stops": STOPS} if "stops" in more else {})).items()))
    values = writer.options(block, known)
    if isinstance(values.get("data"), str):
        values["data"] = writer.written_out(values["data"])
    if "alt" in values:
        values["alt"] = writer.evaluated(values["alt"], block.options["alt"].line)
    if "stops" in values:
        said = sorted(block.options["stops"].value.items(), key=lambda stop: int(stop[0]))
        values["stops"] = [[int(epoch), writer.evaluated(words.value, words.line)] for epoch, words in said]
    return {"size": "text", **values, "id": block.id}


def _own(call: FigureCall, block: Block, writer: Writer) -> str:
    alt = call.options.get("alt", block.data.get("alt"))
    if alt is None and "alt" in block.data:  # a picture of plain Markdown: what is below it says what it shows
        alt = writer.text(call.caption_html)
    values = {key: str(call.options[key]) for key in ("width", "poster", "captions") if key in call.options}
    classes = ("invert",) if call.options.get("invert") else ()
    image = media.shown(writer, call.name, alt or "", block.line, Attributes(values=values, classes=classes))
    if alt is None and image:
        expected = 'alt: in words, or alt: "" if decorative'
        writer.wrong(block.line, f'the picture "{call.name}" has no alt text', expected)
    return writer.filled(block.kind, {"call": call, "image": image})


BLOCK = BlockType("figure", DRAWN, label="fig", render=render)

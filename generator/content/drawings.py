"""Drawings in SVG that an author brings: published byte for byte where nothing in them runs, loads or blows up.

    if problem := wrong(data, "content/pictures/map.svg"): ...

An SVG file that is opened by itself is a page of the site: its scripts would run, and what it asks for would be asked
for. What is looked at is what a browser would read, entities put in. Other programs' own elements (Inkscape's,
Illustrator's, RDF) mean nothing to a browser and may stay.
"""

from __future__ import annotations

import base64
import binascii
import re
from xml.parsers import expat

from ..base import limits
from ..base.errors import Fault, Problem, nearest, short

SVG, XHTML, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", "http://www.w3.org/1999/xlink"
# SVG's elements that draw and that say what is drawn; the HTML that draw.io puts its labels in.
_SHAPES = """
svg g defs symbol use switch a view title desc metadata style path rect circle ellipse line polyline polygon text
tspan textPath tref image clipPath mask marker pattern linearGradient radialGradient meshgradient meshrow meshpatch
stop solidcolor hatch hatchpath filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
feTurbulence animate animateColor animateMotion animateTransform set mpath foreignObject font font-face
font-face-src font-face-name font-face-format glyph missing-glyph hkern vkern altGlyph color-profile flowRoot
flowRegion flowPara flowSpan flowLine flowDiv
"""
_WORDS = """
html body div span p br hr b i u s strike em strong small big sub sup font center code pre kbd h1 h2 h3 h4 h5 h6 ul
ol li dl dt dd table thead tbody tfoot tr td th caption blockquote label
"""
SHAPES, WORDS = frozenset(_SHAPES.split()), frozenset(_WORDS.split())
ELEMENTS = {SVG: SHAPES, "": SHAPES, XHTML: WORDS}
DEEPEST = 300  # elements in each other: layers of layers
ENTITIES, ENTITY = 100, 1000  # how many a file may define, and of how many signs
RASTER = "image/(?:png|jpe?g|gif|webp|avif|bmp)"
_FONT = r"font/[\w-]+|application/(?:x-)?font-[\w-]+|application/vnd\.ms-fontobject"
_HELD = re.compile(rf"data:(?:{RASTER}|{_FONT})[;,]", re.IGNORECASE)
_DRAWING = re.compile(r"data:image/svg\+xml(?:;charset=[\w-]+)?;base64,", re.IGNORECASE)
_LINK = re.compile(r"(?:https?:|mailto:|#|$)", re.IGNORECASE)
_ASKS = re.compile(r"@import|@namespace|image-set\s*\(|\bsrc\s*\(|expression\s*\(|-moz-binding|\\", re.IGNORECASE)
_URL = re.compile(r"url\s*\(\s*[\"']?\s*([^\"')]*)", re.IGNORECASE)
STYLED = frozenset(
    {
        *("style", "fill", "stroke", "filter", "clip-path", "mask", "cursor", "color-profile", "font", "font-family"),
        *("marker", "marker-start", "marker-mid", "marker-end", "shape-inside", "shape-subtract"),
        *("to", "from", "by", "values"),  # of an animation
    }
)
_ADDRESSES = ("href", "src", "data", "action", "formaction", "background", "poster", "srcset", "ping", "base")


class _Refused(Fault):
    """What is wrong in a drawing."""


def wrong(data: bytes, place: str, inside: bool = False) -> Problem | None:
    """What a drawing has that a picture must not have, or None.

    place   the file, as the author typed it
    inside  whether it stands in another drawing
    """
    if large := limits.text_wrong(place, len(data), limits.SVG_BYTES):
        return large
    reader = expat.ParserCreate(namespace_separator=" ")
    looking = _Look(inside)
    reader.StartElementHandler, reader.EndElementHandler = looking.begin, looking.end
    reader.CharacterDataHandler, reader.ProcessingInstructionHandler = looking.text, looking.instruction
    reader.EntityDeclHandler, reader.StartDoctypeDeclHandler = looking.entity, looking.doctype
    reader.buffer_text = True
    try:
        reader.Parse(data, True)
    except expat.ExpatError as error:
        return Problem(f"{place}:{error.lineno}", f"not SVG: {expat.ErrorString(error.code)}", "a drawing in XML")
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        return Problem(place, f"not SVG: {error}", "a drawing in UTF-8")
    except _Refused as error:
        what = f"{error.wrong} in a drawing"
        return Problem(f"{place}:{reader.CurrentLineNumber}", what, error.expected, error.nearest)
    return None


class _Look:
    """Looks at what a parser meets."""

    def __init__(self, inside: bool) -> None:
        self.inside = inside
        self.open: list[str] = []
        self.styles: list[str] = []  # the pieces of the style that is open
        self.entities = 0

    def doctype(self, name: str, *_: object) -> None:
        if name.rpartition(":")[2] != "svg":
            raise _Refused(f'the document type "{short(name)}"', "svg")

    def entity(self, name: str, is_parameter: bool, value: str | None, *_: object) -> None:
        self.entities += 1
        plain = value is not None and not is_parameter and len(value) <= ENTITY and not set(value) & set("&<%")
        if not plain or self.entities > ENTITIES:
            raise _Refused(f'the entity "{short(name)}"', f"{ENTITIES} short ones of plain text at most")

    def instruction(self, target: str, data: str) -> None:
        if "stylesheet" in target.lower():
            raise _Refused(f"<?{short(target)}?>", "a <style> of the drawing's own")

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        space, _, plain = name.rpartition(" ")
        self.open.append(name)
        if len(self.open) > DEEPEST:
            raise _Refused(f"more than {DEEPEST} elements in each other", "fewer")
        if space in ELEMENTS and plain not in ELEMENTS[space]:
            raise _Refused(f"<{short(plain)}>", "shapes and text", nearest(plain, ELEMENTS[space]))
        for key, value in attributes.items():
            self.attribute(plain, key.rpartition(" ")[2].lower(), value, key.startswith(XLINK) or " " not in key)

    def attribute(self, element: str, name: str, value: str, meant: bool) -> None:
        """meant: whether a browser knows it, as it has no other program's namespace"""
        said = f'{name}="{short(value)}" of <{short(element)}>'
        if name.startswith("on") and meant:
            raise _Refused(said, "nothing that runs")
        if name == "base":
            raise _Refused(said, "no other base than the drawing's own")
        if name in _ADDRESSES and meant and (expected := self.asked(element, name, value)):
            raise _Refused(said, expected)
        if name == "attributename" and value.rpartition(":")[2].lower().startswith(("on", "href", "style", "src")):
            raise _Refused(said, "an attribute that changes how it looks")
        if name in STYLED:
            self.css(value, said)

    def asked(self, element: str, name: str, value: str) -> str:
        """What was expected where an address leads out of the drawing, "" where it does not."""
        value = re.sub(r"[\x00-\x20]", "", value)
        if element == "a" and name == "href":
            return "" if _LINK.match(value) else "a link to a page, or to a place in the drawing"
        if value.startswith("#") or not value or _HELD.match(value):
            return ""
        if (drawing := _DRAWING.match(value)) and not self.inside:
            try:
                held = base64.b64decode(value[drawing.end() :])
            except (binascii.Error, ValueError):
                return "a drawing that can be read"
            return f"a drawing in which all is right: {inner.wrong}" if (inner := wrong(held, "", True)) else ""
        return "a place in the drawing such as #a, or a picture within it"

    def css(self, text: str, said: str) -> None:
        """Comments count: what looks like one, in a text or an address, is none."""
        asks = _ASKS.findall(text) + [one for one in _URL.findall(text) if one[:1] != "#" and not _HELD.match(one)]
        if asks:
            raise _Refused(f'"{short(asks[0])}" in {said}', "styles that load nothing, such as fill: url(#a)")

    def text(self, said: str) -> None:
        if self.open and self.open[-1].rpartition(" ")[2] == "style":
            self.styles.append(said)

    def end(self, name: str) -> None:
        self.open.pop()
        if self.styles:  # whole: comments would cut a word in two
            self.css("".join(self.styles), "<style>")
            self.styles.clear()

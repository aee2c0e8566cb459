"""Formulas: TeX to MathML Core, by Temml inside QuickJS.

Temml says part of what it draws in style attributes, which a strict policy forbids. Here they become MathML's own
attributes and the classes of `templates/css/35-maths.css` and `36-temml.css`.
"""

from __future__ import annotations

import functools
import json
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..base import javascript
from ..base.errors import Fault, meant, nearest, short

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SCRIPTS = [Path(__file__).parent / "temml" / name for name in ("temml.min.js", "mhchem.min.js", "typeset.js")]
NUMBERED = ("equation", "align", "gather", "multline", "alignat", "flalign", "eqnarray")

# What one formula may take before it is refused.
MOST_CHARACTERS = 20_000
MOST_MADE = 1_000_000  # characters of MathML
MOST_DEPTH = 200  # elements in elements: browsers cut a page off at 512
MOST_EM = 100.0  # of any length
MOST_SECONDS = 5
MOST_BYTES = 256 << 20
_STACK_BYTES = 6 << 20  # of the 8 MB that quickjs gives its threads


COMMANDS = "https://temml.org/docs/en/supported"


class TexError(Fault):
    """TeX that cannot be typeset. offset: where in the author's TeX, 0 to its length"""

    def __init__(self, offset: int, wrong: str, expected: str = "", nearest: str | None = None) -> None:
        super().__init__(wrong, expected, nearest)
        self.offset = offset


def typeset(tex: str, display: bool, preamble: str = "", numbers: Mapping[str, str] = {}) -> str:
    r"""TeX as a `<math>` element of MathML Core: well-formed, without style attributes, the same wherever it is made.

    display   on lines of its own
    preamble  definitions that hold here: the front matter's, and from `definitions` those of the formulas before
    numbers   each label of this formula, and each that it refers to -> its number, as TeX for \tag.
              A row with a label has the id `anchor(label)`; one without has no number
    raises    TexError
    """
    from xml.etree import ElementTree

    if len(tex) > MOST_CHARACTERS:
        raise TexError(0, f"a formula of {len(tex)} characters", f"at most {MOST_CHARACTERS}")
    if bad := _UNPRINTABLE.search(tex):
        raise TexError(bad.start(), f"the character U+{ord(bad[0]):04X}", "text")
    before = preamble + "\n"
    source = before + _as_known(tex)
    tagged = [row.label for row in rows(tex) if row.label and row.tag]
    given = {"display": display, "numbers": dict(numbers), "tagged": tagged}
    told = _engine(os.getpid()).typeset(source, json.dumps(given))
    if "error" in told:
        raise _explained(told["error"], told["position"], source, len(before), tex, numbers)
    if len(told["mathml"]) > MOST_MADE:
        raise TexError(0, "a formula that grows beyond all measure", f"at most {MOST_MADE} characters of MathML")
    try:
        made = ElementTree.fromstring(told["mathml"])
    except (ElementTree.ParseError, UnicodeEncodeError) as error:
        raise TexError(0, "a character that no page can hold", "text") from error
    if too_long := _too_long(made):
        found = re.search(r"\d{3,}", tex)
        raise TexError(found.start() if found else 0, f"a length of {too_long}", f"at most {MOST_EM:g}em")
    _restyle(made, 0)
    for operator in [part for part in made.iter("mo") if len(part) > 1]:
        operator.tag, operator.attrib = "mrow", {}  # \mathop{\arg\min}, which a browser would stack
    _space(made, False)
    _trim(made)
    _number_rows(made, told["labels"])
    if display:
        made.set("alttext", " ".join(tex.split()))
    return ElementTree.tostring(made, encoding="unicode", short_empty_elements=False)


def anchor(label: str) -> str:
    """The id in the page of the row that has a label: "eq:loss" and "loss" are both eq-loss."""
    return "eq-" + re.sub(r"[^\w.-]", "-", re.sub(r"^eq[:_-]", "", label))


# -- Definitions ------------------------------------------------------------------------------------------------------

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_WORD = re.compile(r"\\(?:[A-Za-z@]+|.)|%[^\n]*\n?|[{}&]", re.DOTALL)
_LASTING = {r"\gdef", r"\xdef", r"\global"}
_DEFINING = {r"\newcommand", r"\renewcommand", r"\providecommand", r"\DeclareMathOperator", r"\def", r"\edef", r"\let"}


def definitions(tex: str) -> str:
    r"""What a formula defines for those that follow, as TeX: all outside of groups, and what \gdef and \global say."""
    if not any(word in tex for word in _DEFINING | _LASTING):
        return ""
    found, depth, at = [], 0, 0
    while word := _WORD.search(tex, at):
        at = word.end()
        if word[0] in _LASTING or (word[0] in _DEFINING and depth == 0):
            at = _definition_end(tex, word)
            found.append(tex[word.start() : at] + "\n")
        else:
            depth += {"{": 1, r"\begin": 1, r"\begingroup": 1, "}": -1, r"\end": -1, r"\endgroup": -1}.get(word[0], 0)
    return "".join(found)


def _definition_end(tex: str, word: re.Match[str]) -> int:
    at = word.end()
    if word[0] == r"\global":
        inner = re.compile(r"\s*(\\[A-Za-z]+)").match(tex, at)
        word, at = (inner, inner.end()) if inner else (word, at)
    if word[0].strip() == r"\let":
        said = re.compile(r"\s*\\(?:[A-Za-z@]+|.)\s*=?\s?(?:\\(?:[A-Za-z@]+|.)|.)", re.DOTALL).match(tex, at)
        return said.end() if said else at
    if word[0].strip() in (r"\def", r"\edef", r"\gdef", r"\xdef"):
        return _group_end(tex, tex.find("{", at)) if "{" in tex[at:] else len(tex)
    named = re.compile(r"\s*\*?\s*(?:\{[^{}]*\}|\\(?:[A-Za-z@]+|.))\s*(?:\[[^\]]*\]\s*)*", re.DOTALL).match(tex, at)
    if not named:
        return at
    at = named.end()
    if tex[at : at + 1] == "{":
        return _group_end(tex, at)
    body = re.compile(r"\\(?:[A-Za-z@]+|.)|.", re.DOTALL).match(tex, at)
    return body.end() if body else at


def _group_end(tex: str, start: int) -> int:
    """Behind the brace that closes the one at `start`."""
    depth = 0
    for word in _WORD.finditer(tex, start):
        depth += {"{": 1, "}": -1}.get(word[0], 0)
        if depth == 0:
            return word.end()
    return len(tex)


# -- Rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    r"""What can have a number of its own: a line of align, gather, alignat, flalign or eqnarray, else a whole formula.

    offset  where it begins in the TeX
    label   what \label names it, or ""
    tag     what \tag or \tag* says in place of a number, as TeX, or ""
    """

    offset: int
    label: str = ""
    tag: str = ""


_OUTER = re.compile(r"\s*\\begin\s*\{(" + "|".join(NUMBERED) + r")\*?\}")


def rows(tex: str) -> tuple[Row, ...]:
    """The rows of a formula, in order; one at least."""
    outer = _OUTER.match(tex)
    by_line = _has_rows(tex) or (outer is not None and outer[1] not in ("equation", "multline"))
    found: list[Row] = []
    start, label, tag = 0, "", ""
    for word, depth, at in _words(tex):
        if word == "\\\\" and depth == 1 and by_line:
            found.append(Row(start, label, tag))
            start, label, tag = at, "", ""
        elif word in (r"\label", r"\tag"):
            said = re.compile(r"\*?\s*").match(tex, at)
            opens = said.end() if said else at
            inside = tex[opens + 1 : _group_end(tex, opens) - 1] if tex[opens : opens + 1] == "{" else ""
            label, tag = (inside.strip(), tag) if word == r"\label" else (label, inside)
    last = Row(start, label, tag)
    rest = re.sub(r"\\end\s*\{[^}]*\}|%[^\n]*", "", tex[start:]).strip()
    return (*found, last) if rest or label or tag or not found else tuple(found)


_OF_PANDOC = {"aligned": "align", "gathered": "gather"}  # what it makes of these, labels and all


def _has_rows(tex: str) -> str:
    """The environment without numbers around a whole formula of which several rows have a label, or ""."""
    if tex.count("\\label") < 2:
        return ""
    said = tex.strip()
    return next(
        (
            name
            for name in _OF_PANDOC
            if said.startswith(f"\\begin{{{name}}}")
            and said.endswith(f"\\end{{{name}}}")
            and said.count(f"\\begin{{{name}}}") == 1
        ),
        "",
    )


def tag(tex: str) -> str:
    r"""What \tag says in place of the number of a whole formula, as TeX, or ""."""
    row, *more = rows(tex) if r"\tag" in tex else (Row(0),)
    return "" if more else row.tag


def lost_break(tex: str) -> int | None:
    r"""Where a \\ outside of all environments has more behind it: KaTeX would break the line there, TeX does not."""
    found = ((at, tex[at:].strip()) for word, depth, at in _words(tex) if word == "\\\\" and not depth)
    return next((at - 2 for at, behind in found if behind), None)


def _words(tex: str) -> Iterator[tuple[str, int, int]]:
    """Each command, brace and &, how many environments and groups it stands in, and where it ends."""
    depth = 0
    for word in _WORD.finditer(tex):
        depth -= word[0] in (r"\end", "}")
        yield word[0], depth, word.end()
        depth += word[0] in (r"\begin", "{")


_RENAMED = re.compile(r"\s*\\begin\s*\{(flalign|eqnarray)\*?\}")


def _as_known(tex: str) -> str:
    """The environments that Temml lacks as those that it has, every character in its place."""
    outer = _RENAMED.match(tex)
    name = outer[1] if outer else _has_rows(tex)
    if not name:
        return tex
    known = _OF_PANDOC.get(name, "align")

    def renamed(match: re.Match[str]) -> str:
        return f"{match[1]}{' ' * (len(name) - len(known))}{{{known}{match[2]}}}"

    if name == "eqnarray":  # of its three columns the sign between goes to the right one
        seen, characters = 0, list(tex)
        for word, depth, at in _words(tex):
            if depth == 1 and word in ("\\\\", "&"):
                seen = seen + 1 if word == "&" else 0
                if seen == 2:
                    characters[at - 1] = " "
        tex = "".join(characters)
    return re.sub(rf"(\\(?:begin|end)\s*)\{{{name}(\*?)\}}", renamed, tex)


# -- The engine -------------------------------------------------------------------------------------------------------


class _Engine:
    """Temml in one QuickJS, which lives on a thread of its own; begun anew after a formula that broke it off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._function: Callable[..., Any] | None = None

    def typeset(self, source: str, given: str) -> dict[str, Any]:
        with self._lock:
            if not self._function:
                code = "\n".join(script.read_text(encoding="utf-8") for script in SCRIPTS)
                self._function = javascript.function("typeset", code, _STACK_BYTES, MOST_BYTES, MOST_SECONDS)
            try:
                told: dict[str, Any] = json.loads(self._function(source, given, run_gc=False))
            except Exception as error:  # Temml's own come back as values; here the engine gave up
                self._function = None
                told = {"error": _broken_off(error), "position": 0}
            return told


@functools.cache
def _engine(process: int) -> _Engine:
    """That of a process: a fork has no thread of its parent's."""
    return _Engine()


def _broken_off(error: Exception) -> str:
    """Why a formula ended its engine, in our words."""
    said = str(error)
    if "interrupted" in said:
        return f"a formula that takes more than {MOST_SECONDS} seconds, as of a macro without an end"
    if "memory" in said or "arguments" in said or "length" in said:
        return "a formula that grows without an end, as of a macro that doubles its arguments"
    if "stack" in said:
        return "braces, scripts or macros nested too deeply"
    return "a formula that cannot be read"


# -- Messages ---------------------------------------------------------------------------------------------------------


DRAWN = ("tikzcd", "tikzpicture", "xy", "pspicture", "picture")


@functools.cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """Commands and environments that Temml and we have, by the words in the scripts."""
    code = "".join(script.read_text(encoding="utf-8") for script in SCRIPTS)
    commands = frozenset("\\" + name for name in re.findall(r'"\\\\([a-zA-Z]{2,}\*?)"', code))
    listed = re.findall(r'names:\[((?:"[A-Za-z]+\*?",?)+)\]', code)
    environments = {name for names in listed for name in re.findall(r'"([^"]+)"', names)}
    return commands, frozenset(environments | {name + star for name in NUMBERED for star in ("", "*")})


def _explained(said: str, position: int, source: str, start: int, tex: str, numbers: Mapping[str, str]) -> TexError:
    """One of Temml's errors as ours, at a place in the author's own TeX."""
    message = re.split(r" at (?:position \d+|end of input): ", said.strip())[0].strip()
    at = len(source.encode("utf-16-le")[: 2 * max(0, position)].decode("utf-16-le", "ignore")) - start
    defined = set(re.findall(r"\\[A-Za-z]+", source[:start]))
    if at < 0:  # within a definition: where it is used is not told
        used = [found.start() for name in defined for found in re.finditer(re.escape(name) + r"(?![A-Za-z])", tex)]
        at = min(used, default=0)
    at = min(at, len(tex))
    if found := re.fullmatch(r"(?:Unsupported function name|Undefined control sequence): (\\\S+)", message):
        name = found[1]
        known = {*_known()[0], *re.findall(r"\\[A-Za-z]+", source[:start])} - {name}
        near = _alike(name, known)
        return TexError(
            at,
            f'unknown command "{name}"',
            "" if near else f"one of {COMMANDS}, or of macros in the front matter",
            near,
        )
    if found := re.fullmatch(r"No such environment: (.*)", message):
        name = found[1]
        at = max(tex.rfind("\\begin", 0, at + 1), 0)
        if name in DRAWN:
            return TexError(at, f'unknown environment "{name}"', "CD, or a picture of what it draws")
        return TexError(at, f'unknown environment "{short(name)}"', *meant(name, sorted(_known()[1]), COMMANDS))
    if found := re.fullmatch(r'no (?:formula has|number for) the label "(.*)"', message):
        at = tex.rfind("\\", 0, max(at, 1))
        return TexError(max(at, 0), message, nearest=nearest(found[1], numbers))
    if found := re.fullmatch(r"(\\\w+) has no place in a formula", message):
        at = tex.rfind(found[1], 0, at) if found[1] in tex[:at] else at
        return TexError(at, message, "a link or a picture in the text around it")
    if re.match(r"Unexpected end of input|Expected '\}', got 'EOF'", message):
        words = [word for word, _, _ in _words(tex)]
        wanted = 'closing token "}",' if words.count("{") > words.count("}") else "argument"
        return TexError(at, f"expected {wanted} but reached end of input")
    if found := re.fullmatch(r"Expected '(.*)', got '(.*)'", message):
        aligned = r"\begin{aligned} … \end{aligned} around it, or \& for the sign itself" if found[2] == "&" else ""
        return TexError(at, f"{_token(found[2])} where {_token(found[1])} is expected", aligned)
    if renamed := _RENAMED.match(tex):
        message = message.replace("{align", f"{{{renamed[1]}")
    for pattern, ours in _WORDINGS:
        if re.match(pattern, message):
            return TexError(at, re.sub(pattern, ours, message))
    quoted = re.sub(r"(?<!\w)'([^']+)'", r'"\1"', message).rstrip(".")
    return TexError(at, quoted[:1].lower() + quoted[1:])


def _alike(command: str, names: Iterable[str]) -> str | None:
    """The command that was meant: of so many short ones, one is always near, so it must be nearer than elsewhere."""
    import difflib

    words = sorted((name[1:] for name in names), key=str.swapcase)
    found = difflib.get_close_matches(command[1:], words, n=1, cutoff=0.75)
    return f"\\{found[0]}" if found else None


def _token(word: str) -> str:
    return "the end of the formula" if word == "EOF" else word


_WORDINGS = (
    (r"Too many expansions.*", "a macro without an end, or more than 20000 macros"),
    (r"Expected group (?:as )?(?:argument to|after) '(.*)'", r"nothing where an argument of \1 is expected"),
    (r"Got function '(.*)' with no arguments as (.*)", r"\1 without its arguments as \2"),
    (r"Extra \}", "a } without its {"),
    (r"Double (sub|super)script", r"two \1scripts of one thing; braces say which is whose"),
    (r"Multiple \\tag.*", r"two numbers for one row"),
    (r"Multiple \\labels in one row", r"two labels for one row"),
    (r"\\tag works only in display mode", "a number for a formula that stands within a line"),
    (r"\{(.*)\} can be used only in display mode\.?", r"\\begin{\1} within a line"),
    (r"Mismatch: (.*) matched by (.*)", r"\1 closed by \2"),
    (r"Invalid color: '(.*)'", r'"\1" is no colour'),
    (r"Invalid (size|unit): '(.*)'", r'"\2" is no length'),
)


# -- Styles -----------------------------------------------------------------------------------------------------------

# What Temml says in a style attribute -> a class; "" for what the sheet or the browser does anyway.
_CLASSES = {
    "display:block math": "",  # of tml-display
    "display:flex": "tml-clap",
    "justify-content:center": "",
    "font-weight:bold": "tml-bold",
    "font-style:italic": "tml-italic",
    "font-family:Cambria, 'Times New Roman', serif": "tml-serif",
    "text-align:left": "tml-left",
    "math-depth:0": "tml-depth-0",
    "math-depth:2": "tml-depth-2",
    "padding:0": "tml-bare",
    "padding:3pt": "tml-boxed",
    "border:1px solid": "",
    "padding:0.3em": "tml-padded",
    "padding:0.5ex 0.1em 0 0": "tml-under-arrow",
    "padding-right:0.2em": "tml-beside-arrow",
    "position:absolute": "tml-lapped",
    "right:0": "",
    "bottom:0": "",
    "position:relative": "tml-llap",
    "left:0.1em": "tml-arrow",
    "width:90%": "",
    "width:50%": "tml-margin",
    "width:7.5%": "tml-narrow-margin",
    "width:100%": "tml-wide",
    "transform:scaleX(-1)": "tml-mirrored",
    "height:1em": "tml-tall",
    **{
        f"border-{side}:{said}": f"tml-{side}-{name}"
        for side in ("top", "bottom", "left", "right")
        for said, name in (("0.06em solid", "line"), ("0.06em dashed", "dashes"), ("0.15em double", "lines"))
    },
}
# Classes for fonts and scripts that are not here, and for a space of a twentieth of an em.
_HOOKS = (
    "mathcal",
    "mathscr",
    "special-fraction",
    "tml-eqn",
    "tml-label",
    "tml-prime",
    "tml-sml-pad",
    "tml-tageqn",
    "wbk-vec",
)
_NO_STYLE = ("level", "color", "font", "font-family", "font-size", "font-weight", "font-shape", "max-size")  # its own
_EM = {"em": 1.0, "ex": 0.431, "mu": 1 / 18, "pt": 0.1, "px": 0.075, "mm": 0.2845, "cm": 2.845, "in": 7.227, "pc": 1.2}
_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z]{2})")


def _em(length: str) -> float:
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _EM.get(found[2], 1.0) if found else 0.0


def _restyle(element: Element, depth: int) -> None:
    """Styles of an element and all within it as attributes and classes."""
    if depth > MOST_DEPTH:
        raise TexError(0, "braces, scripts or macros nested too deeply")
    for child in list(element):
        _restyle(child, depth + 1)
    classes = element.get("class", "").split()
    if (background := element.get("mathbackground")) == "black" and element.tag == "mspace":
        del element.attrib["mathbackground"]
        classes.append("tml-rule")  # in the page's ink, be it light or dark
    elif background and element.tag != "mspace":
        element.set("mathcolor", "black")  # as on paper, whatever the page's ink
    for said in filter(None, element.attrib.pop("style", "").split(";")):
        classes += _restyled(element, *(part.strip() for part in said.split(":", 1)))
    _set_classes(element, [name for name in classes if name and name not in _HOOKS])
    if (element.get("lspace") or "").endswith("width"):
        del element.attrib["lspace"]  # of MathML 3; the class does it


def _restyled(element: Element, name: str, value: str) -> list[str]:
    """The classes for one property; what is an attribute of MathML is set."""
    if (known := _CLASSES.get(f"{name}:{value}")) is not None:
        return [known]
    if name == "color" and value != "undefined":
        element.set("mathcolor", value)
    elif name == "border" and (colour := value.rpartition(" ")[2]):
        inside = element.makeelement("mrow", {"mathcolor": element.get("mathcolor", "black")})
        inside[:] = element[:]
        element[:] = [inside]
        element.set("mathcolor", colour)
        return ["tml-framed"]
    elif name == "padding":
        top, _, bottom, _ = value.split()
        return [*_eighths("top", top), *_eighths("bottom", bottom)]
    elif name in ("padding-top", "padding-bottom"):
        return _eighths(name.removeprefix("padding-"), value)
    elif name in ("padding-left", "padding-right") and element.tag == "mtd":
        side = name.removeprefix("padding-")
        if value == "0.4em":
            return []  # as browsers have it
        if _em(value):
            element.insert(0 if side == "left" else len(element), element.makeelement("mspace", {"width": value}))
        return [f"tml-no-{side}"]
    elif name == "margin-left":  # a negative space: a sum of halvings of 64em
        parts = round(-64 * _em(value))
        element[:] = [element.makeelement("mrow", {"class": f"tml-back-{1 << i}"}) for i in range(13) if parts >> i & 1]
    elif not (name in _NO_STYLE and element.tag == "mtd") and value != "undefined":
        raise AssertionError(f"Temml says {name}: {value}, which the sheet does not know")
    return []


def _set_classes(element: Element, classes: list[str]) -> None:
    element.attrib.pop("class", None)
    if classes:
        element.set("class", " ".join(dict.fromkeys(classes)))


def _eighths(side: str, length: str) -> list[str]:
    """The class for a padding of up to 2em."""
    return [f"tml-{side}-{max(0, min(16, round(8 * _em(length))))}"]


# What TeX spaces otherwise than MathML's dictionary of operators.
_THIN = "0.1667em"
_APPLIED = "\u2061"  # behind the name of a function
_ROWS = ("math", "mrow", "mstyle", "mtd", "msqrt", "mpadded", "mphantom", "menclose")
_SCRIPTED = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
_DOTS = ("…", "⋯")


def _space(element: Element, script: bool) -> None:
    """No space around operators in sub- and superscripts; thin ones around dots, and before names of functions."""
    script = script or element.get("scriptlevel", "0") > "0"
    for index, child in enumerate(element):
        _space(child, script or (element.tag in _SCRIPTED and index > 0))
    if element.tag not in _ROWS:
        return
    for at, child in reversed(list(enumerate(element))):
        if len(child) and child[0].get("class", "").startswith("tml-back-"):
            element[at : at + 1] = child[:]  # a row of its own would be at least 0 wide
    for at, child in reversed(list(enumerate(element))):
        before = element[at - 1] if at else None
        if (
            child.tag == "mo"
            and "lspace" not in child.attrib
            and child.text != _APPLIED
            and "fence" not in child.attrib
        ):
            after = element[at + 1] if at + 1 < len(element) else None
            if script and "movablelimits" not in child.attrib:
                child.attrib |= {"lspace": "0em", "rspace": "0em"}
            elif child.text in _DOTS:
                separates = after is not None and (after.tag != "mo" or after.get("separator") == "true")
                beside = (before is not None and before.tag != "mo", separates)
                child.attrib |= {"lspace": _THIN if beside[0] else "0em", "rspace": _THIN if beside[1] else "0em"}
        elif before is not None and not script and _names_function(child) and _is_closed(before):
            element.insert(at, element.makeelement("mspace", {"width": _THIN}))


def _names_function(element: Element) -> bool:
    """Whether it begins with a name such as log, without a space of its own."""
    return element.tag == "mrow" and len(element) > 1 and element[0].tag == "mi" and element[1].text == _APPLIED


def _is_closed(element: Element) -> bool:
    """Whether it is a fraction, a root, something with scripts or in brackets: after these Temml forgets the space."""
    if element.tag == "mrow":
        return len(element) > 0 and element[-1].get("form") == "postfix"
    return element.tag in ("mfrac", "msqrt", "mroot") or (element.tag in _SCRIPTED and element[0].tag in ("mi", "mn"))


def _trim(made: Element) -> None:
    """Take away the space behind a function's name that ends a formula: nothing follows."""
    row = made
    while len(row) and row[-1].tag == "mrow":
        row = row[-1]
    if row.tag in ("math", "mrow") and len(row) > 1 and row[-2].text == _APPLIED and row[-1].tag == "mspace":
        del row[-1]


def _number_rows(made: Element, labels: list[str]) -> None:
    """Anchors of rows, numbers at the edge; and no room for numbers where there are none."""
    numbered = any("tml-tag" in part.get("class", "") for part in made.iter())
    for table in made.iter("mtable"):
        for row in table:
            if id_ := row.get("id"):
                row.set("id", anchor(labels[int(id_)]))
            for cell in [cell for cell in row if "-margin" in cell.get("class", "")]:
                for unasked in [part for part in cell if part.find("span") is not None]:
                    cell.remove(unasked)  # Temml numbers what has no label, too
                if not numbered:
                    row.remove(cell)
                    if "tml-margin" in cell.get("class", ""):
                        _set_classes(table, [name for name in table.get("class", "").split() if name != "tml-wide"])
                elif len(cell):
                    cell.set("class", "tml-number " + cell.get("class", ""))


def _too_long(made: Element) -> str:
    """A length in a formula that is beyond all measure, or ""."""
    for part in made.iter():
        said = [value for key, value in part.attrib.items() if key in _LENGTHS]
        for length in _LENGTH.finditer(" ".join(said)):
            if abs(_em(length[0])) > MOST_EM:
                return length[0]
    return ""


_LENGTHS = ("width", "height", "depth", "voffset", "lspace", "rspace", "minsize", "maxsize", "mathsize", "style")

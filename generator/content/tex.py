r"""TeX of a field -> its words, and what is more than words.

    decode(r"On {\'e}tale $H^2$")["parts"]  # ["On étale ", ["math", "H^2", "H^2"]]

Parts are plain values: a text, ["math", TeX, its words], ["link", address, parts], or [element, parts] with an element
of HTML ("em", "strong", "sup", "sub", "code") or "small-caps". Reading takes pylatexenc; writing them takes nothing.
"""

from __future__ import annotations

import functools
import html
import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

STYLES = {
    **dict.fromkeys(("emph", "textit", "textsl", "mkbibemph", "mkbibitalic", "underline"), "em"),
    **dict.fromkeys(("textbf", "mkbibbold"), "strong"),
    **dict.fromkeys(("textsuperscript", "mkbibsuperscript"), "sup"),
    **dict.fromkeys(("textsubscript", "mkbibsubscript"), "sub"),
    **{"texttt": "code", "textsc": "small-caps"},
}
SWITCHES = {  # from where they stand to the end of the group
    **dict.fromkeys(("em", "it", "itshape", "sl", "slshape"), "em"),
    **dict.fromkeys(("bf", "bfseries"), "strong"),
    **dict.fromkeys(("tt", "ttfamily"), "code"),
    **dict.fromkeys(("sc", "scshape"), "small-caps"),
}
ELEMENTS = {  # of HTML, which some exports write
    **{"i": "emph", "em": "emph", "b": "textbf", "strong": "textbf"},
    **{"italic": "emph", "bold": "textbf", "u": "underline"},
    **{"sup": "textsuperscript", "sub": "textsubscript", "scp": "textsc", "sc": "textsc"},
    **dict.fromkeys(("span", "inline-formula", "tex-math"), "text"),  # of Zotero, and of the IEEE
}
QUOTES = ("enquote", "mkbibquote", "textquote")
THROUGH = (
    *("text", "textrm", "textnormal", "textsf", "textup", "textmd", "mbox", "hbox", "fbox", "mathrm", "textgreek"),
    *("NoCaseChange", "MakeUppercase", "MakeLowercase", "uppercase", "lowercase", "autocap", "mkbibparens", "t"),
)
DROPPED = ("noopsort", "SortNoop", "sortnoop", "hspace", "label", "hyphenation", "phantom", "hphantom")
SIGNS = {  # those that the library says otherwise, or not at all
    **dict.fromkeys(("relax", "protect", "/", "-", "!", "adddot", "isdot", "allowbreak", "nobreak", "unskip"), ""),
    **dict.fromkeys(("rm", "rmfamily", "sf", "sffamily", "normalfont", "upshape", "mdseries", "noindent"), ""),
    **dict.fromkeys(("\\", "par", "newline", "linebreak", "break", "addspace", "newblock", "space", "\n"), " "),
    **{"textbar": "|", "textunderscore": "_", "slash": "/", "textasciicircum": "^", "hyp": "-", "hyphen": "-"},
    **{"textquotedbl": '"', "textbraceleft": "{", "textbraceright": "}", "lq": "‘", "rq": "’"},
    **{"cprime": "ʹ", "cdprime": "ʺ", "textprime": "′", "copyright": "©", "S": "§", "pounds": "£", "P": "¶"},
    **{"ddag": "‡", "glqq": "„", "grqq": "“", "flqq": "«", "frqq": "»"},
    **{"nobreakspace": "\u00a0", "nobreakdash": "", "thinspace": " "},
    **{"LaTeXe": "LaTeX2ε", "MF": "METAFONT", "MP": "METAPOST", "AmS": "AMS"},
}
LOGOS = (
    *("TeX", "LaTeX", "BibTeX", "BibLaTeX", "ConTeXt", "LuaTeX", "LuaLaTeX", "XeTeX", "XeLaTeX"),
    *("pdfTeX", "pdfLaTeX", "TikZ", "METAFONT"),
)
SIGNS |= {name: name for name in LOGOS}
SIGNS |= {  # journals as NASA's ADS exports them
    **{"aj": "Astronomical Journal", "apj": "Astrophysical Journal", "apjl": "Astrophysical Journal Letters"},
    **{"apjs": "Astrophysical Journal Supplement Series", "aap": "Astronomy & Astrophysics", "nat": "Nature"},
    **{"aaps": "Astronomy & Astrophysics Supplement Series", "aapr": "Astronomy & Astrophysics Review"},
    **{"mnras": "Monthly Notices of the Royal Astronomical Society", "apss": "Astrophysics and Space Science"},
    **{"pasp": "Publications of the Astronomical Society of the Pacific", "na": "New Astronomy", "icarus": "Icarus"},
    **{"pasj": "Publications of the Astronomical Society of Japan", "nar": "New Astronomy Reviews"},
    **{"pasa": "Publications of the Astronomical Society of Australia"},
    **{"baas": "Bulletin of the American Astronomical Society", "ssr": "Space Science Reviews", "ao": "Applied Optics"},
    **{"jcap": "Journal of Cosmology and Astroparticle Physics", "solphys": "Solar Physics"},
    **{f"pr{letter}": f"Physical Review {letter.upper()}" for letter in "abcde"},
    **{"prl": "Physical Review Letters", "physrep": "Physics Reports", "procspie": "Proceedings of the SPIE"},
    **{"jgr": "Journal of Geophysical Research", "grl": "Geophysical Research Letters", "actaa": "Acta Astronomica"},
    **{"planss": "Planetary and Space Science", "jqsrt": "Journal of Quantitative Spectroscopy and Radiative Transfer"},
    **{"araa": "Annual Review of Astronomy and Astrophysics", "psj": "Planetary Science Journal"},
    **{"rmxaa": "Revista Mexicana de Astronomía y Astrofísica", "gca": "Geochimica et Cosmochimica Acta"},
}
CHEMISTRY = ("ce", "pu")  # of mhchem: each a formula of its own
ACCENTS = ("`", "'", "^", "~", '"', "=", ".", "u", "v", "H", "k", "c", "d", "b", "r")
BELOW_OR_ABOVE = {"textcommabelow": "\u0326", "h": "\u0309"}  # accents that the library has not
REFERENCES = ("ref", "autoref", "cref", "Cref", "eqref", "cite", "citet", "citep", "today", "input", "include")

_WRAPPED = re.compile(r"\\(url|nolinkurl|path|href)\s*\{((?:\\.|[^{}\\]|\{[^{}]*\})*)\}", re.DOTALL)
_BARE = re.compile(r"""(?<![\w/])https?://(?:\\[&%\#_~{}$]|[^\s{}\\<>"|])+(?<![.,;:)\]'?!])""")
_GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_HTML = re.compile(  # an element with no other within
    rf"<({'|'.join(ELEMENTS)})(\s[^<>{{}}]*)?>((?:(?!</?(?:{'|'.join(ELEMENTS)})\b)[^{{}}]|{_GROUP})*)</\1>",
    re.IGNORECASE,
)
_ANGLE = re.compile(r"(\{)?\\text(less|greater)(?![A-Za-z])(?(1)\}|(?:\{\}|[ \t]+)?)")
_OF_BABEL = re.compile(r"""(?<!\\)"`((?:[^"`]|\\")+?)"'""")  # German quotation marks
_ENTITY = re.compile(r"\\?&(?:[A-Za-z]{2,8}|\\?#\d+|\\?#x[0-9a-fA-F]+);")
_SIGNIFICANT = re.compile(r"\\.|\$\$(?:\\.|[^$\\])+\$\$|\$((?:\\.|[^$\\])+)\$(\d?)|[$%]", re.DOTALL)
_TWO_ACCENTS = re.compile(
    r"""(\\[`'^~"=.uvHkcdbr])\s*(\\(?:[`'^~"=.]|[uvHkcdbr](?![A-Za-z]))\s*(?:\{\\?[^\W\d_]\}|\\[ij](?![A-Za-z])|[^\W\d_]))"""
)


def decode(tex: str) -> dict[str, Any]:
    """The parts of a field in TeX, and what was not understood: [[command, lines below the first], …]."""
    if not re.search(r"[\\{}$~%&`<^]|--|''|https?:", tex):  # most are words alone
        return {"parts": joined([tex.replace("'", "’")]), "unknown": []}
    addresses: list[str] = []

    def wrapped(match: re.Match[str]) -> str:
        addresses.append(bare(match[2]))
        return rf"\{'href' if match[1] == 'href' else 'url'}{{{len(addresses) - 1}}}"

    def plainly(match: re.Match[str]) -> str:
        addresses.append(bare(match.group()))
        return rf"\url{{{len(addresses) - 1}}}"

    def element(match: re.Match[str]) -> str:
        small = "small-caps" in (match[2] or "")
        return rf"\{'textsc' if small else ELEMENTS[match[1].lower()]}{{{match[3]}}}"

    text = _BARE.sub(plainly, _WRAPPED.sub(wrapped, tex))
    text = _OF_BABEL.sub(r"„\1“", text)
    text = _ANGLE.sub(lambda m: "<" if m[2] == "less" else ">", text)
    text = unescaped(text)
    while text != (outer := _HTML.sub(element, text)):
        text = outer
    text = _SIGNIFICANT.sub(_signs, text)
    text = _TWO_ACCENTS.sub(r"\1{\2}", text)
    return _Decoder(text, addresses).decoded()


def _signs(match: re.Match[str]) -> str:
    """Dollars around what reads as maths stay; one that stands for itself, and a percent sign, is escaped."""
    said = match.group()
    if said.startswith(("\\", "$$")):
        return said
    inner = match[1]
    if inner and (re.search(r"[\\^_{]", inner) or (inner == inner.strip() and not match[2])):
        return said
    return re.sub(r"[$%]", lambda m: "\\" + m.group(), said)


def unescaped(text: str) -> str:
    """TeX without the entities of HTML that some exports write."""

    def sign(match: re.Match[str]) -> str:
        said = html.unescape(match.group().replace("\\", ""))
        return "\\" + said if said in "&%#_{}$" else said

    return _ENTITY.sub(sign, text)


def readable(formula: str) -> str:
    """A formula in TeX as text, for where none can be set: x², α_ij, ℝⁿ. An unknown command is its name."""
    _, known, writer = _libraries()

    def raised(match: re.Match[str]) -> str:
        """What is raised or lowered, in Unicode's own signs where it has all of them, else in brackets."""
        inner = match[2] if match[2] is not None else match[3]
        table = _RAISED if match[1] == "^" else _LOWERED
        if inner and all(sign in table for sign in inner):
            return "".join(table[sign] for sign in inner)
        plainly = re.fullmatch(r"\\?\w+", inner) if match[1] == "_" else not match[2] or len(inner) < 2
        return f"{match[1]}{{{inner}}}" if plainly else f"{match[1]}({inner})"

    def command(match: re.Match[str]) -> str:
        if known.get_macro_spec(match[1]):  # one with arguments
            return match[0]
        spec = writer.latex_context.get_macro_spec(match[1])
        return f"\\{match[1]}{{}}{match[2]}" if spec and spec.macroname else match[1] + match[2]

    formula = re.sub(r"\\(?:ce|pu)\{([^{}]*+)\}", lambda m: re.sub(r"(?<=[A-Za-z)\]])(\d)", r"_\1", m[1]), formula)
    text = re.sub(r"\\([A-Za-z]++)( *+)", command, _RAISING.sub(raised, formula))
    return " ".join(plain(_Decoder("", ())._math(text)).split())


_RAISING = re.compile(r"(?<!\\)([\^_])(?:\{([^{}]*+)\}|(\\[A-Za-z]++|[^\s\\{}]))")
_RAISED = dict(zip("0123456789+-=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
_LOWERED = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))


def bare(value: str) -> str:
    """An address or number as it is meant: without braces and escapes, and without a command around it."""
    found = _WRAPPED.search(value)
    value = found[2] if found else value
    value = re.sub(r"\{?\\textasciitilde\}?(\{\})?|\\~(\{\})?|\$\\sim\$", "~", value)
    value = re.sub(r"\{?\\(?:textunderscore|_)\}?(\{\})?", "_", value)
    return re.sub(r"\s+", " ", re.sub(r"\\([&%#_~{}$/])|[{}]", r"\1", value)).strip()


def http(address: str) -> str:
    """An address that a page may link to, or ""."""
    address = "https://" + address if re.match(r"www\.", address, re.IGNORECASE) else address
    return address if re.match(r"https?://[^\s/]", address, re.IGNORECASE) else ""


@functools.cache
def _libraries() -> tuple[Any, Any, Any]:
    """pylatexenc's reader, what it knows of commands beside ours, and its writer of letters and signs."""
    from pylatexenc import latex2text, latexwalker, macrospec  # type: ignore[import-untyped]

    logging.getLogger("pylatexenc").addHandler(logging.NullHandler())
    known = latexwalker.get_default_latex_context_db()
    one = [*STYLES, *QUOTES, *THROUGH, *CHEMISTRY, "url", *BELOW_OR_ABOVE, "ensuremath"]
    none = [*SWITCHES, *SIGNS]
    known.add_context_category(
        "bibliography",
        prepend=True,
        macros=[
            *(macrospec.std_macro(name, "{") for name in one),
            *(macrospec.std_macro(name, "") for name in none),
            *(macrospec.std_macro(name, "*{") for name in DROPPED),
            macrospec.std_macro("href", "{{"),
        ],
    )
    return latexwalker, known, latex2text.LatexNodes2Text(math_mode="text")


class _Decoder:
    """One field. addresses: those of its links, by their number."""

    def __init__(self, text: str, addresses: Sequence[str]) -> None:
        self.text = text
        self.addresses = addresses
        self.walker, known, self.writer = _libraries()
        self.reader = self.walker.LatexWalker(text, latex_context=known, tolerant_parsing=True)
        self.unknown: list[list[Any]] = []

    def decoded(self) -> dict[str, Any]:
        try:
            parts = joined(self._parts(self.reader.get_latex_nodes()[0]))
        except (self.walker.LatexWalkerError, RecursionError, IndexError, AttributeError, TypeError):
            return {"parts": joined([re.sub(r"[{}]", "", self.text)]), "unknown": [["", 0]]}  # what no TeX reads
        return {"parts": parts, "unknown": self.unknown}

    def _parts(self, nodes: Sequence[Any]) -> list[Any]:
        found: list[Any] = []
        for index, node in enumerate(nodes):
            name = getattr(node, "macroname", "")
            if name in SWITCHES:
                return [*found, [SWITCHES[name], self._parts(nodes[index + 1 :])]]
            found += self._node(node)
        return found

    def _node(self, node: Any) -> list[Any]:
        walker = self.walker
        if node.isNodeType(walker.LatexCharsNode):
            return [node.chars.replace("'", "’")]
        if node.isNodeType(walker.LatexGroupNode):
            return self._parts(node.nodelist)
        if node.isNodeType(walker.LatexMathNode):
            opening, closing = node.delimiters
            return self._math(node.latex_verbatim()[len(opening) : -len(closing)])
        if node.isNodeType(walker.LatexSpecialsNode):
            return [node.specials_chars if node.specials_chars == "&" else self.writer.node_to_text(node)]
        if node.isNodeType(walker.LatexMacroNode):
            return self._macro(node)
        if node.isNodeType(walker.LatexEnvironmentNode):
            self._not_known(f"\\begin{{{node.environmentname}}}", node)
        return []

    def _math(self, tex: str) -> list[Any]:
        if not tex.strip():
            return []
        if raised := re.fullmatch(r"\s*([_^])\s*(?:\{([\w+-]+)\}|(\w))\s*", tex):  # of a word before it
            return [["sub" if raised[1] == "_" else "sup", [raised[2] or raised[3]]]]
        try:
            said = self.writer.latex_to_text(tex)
        except Exception:  # its tables of maths are not whole, and these words are for sorting and names alone
            said = tex
        return [["math", tex.strip(), said.strip()]]

    def _macro(self, node: Any) -> list[Any]:
        name = node.macroname
        arguments = node.nodeargd.argnlist if node.nodeargd else []
        inner = [node for node in arguments if node is not None]
        if name in SIGNS:
            return [SIGNS[name]]
        if name in STYLES:
            return [[STYLES[name], self._parts(inner)]]
        if name in QUOTES:
            return ["“", *self._parts(inner), "”"]
        if name in THROUGH:
            return self._parts(inner)
        if name in DROPPED:
            return []
        if name in CHEMISTRY:
            return [["math", node.latex_verbatim(), "".join(each.latex_verbatim() for each in inner).strip("{}")]]
        if name == "ensuremath":
            return self._math("".join(node.latex_verbatim() for node in inner).strip("{}"))
        number = inner[0].latex_verbatim().strip("{}") if name in ("url", "href") and inner else ""
        if number.isdecimal() and int(number) < len(self.addresses):
            address = self.addresses[int(number)]
            said = self._parts(inner[1:]) or [address]
            return [["link", http(address), said]] if http(address) else said
        if name in BELOW_OR_ABOVE:
            return [plain(self._parts(inner)) + BELOW_OR_ABOVE[name]]
        if name in ACCENTS and inner:
            return [self.writer.nodelist_to_text([node]).replace("i\u0307", "i")]
        if name == "texorpdfstring" and len(inner) == 2:
            return self._parts(inner[:1])
        sign = self.writer.latex_context.get_macro_spec(name)
        if sign and name not in REFERENCES and not inner:
            said = sign.simplify_repl
            if isinstance(said, str) and said and "%" not in said[:-1]:
                return [said]
            if name == "%":
                return ["%"]
        self._not_known(f"\\{name}", node)
        return [name, *self._parts(inner)]

    def _not_known(self, command: str, node: Any) -> None:
        self.unknown.append([command, self.text.count("\n", 0, node.pos)])


# Writing


def joined(parts: Iterable[Any]) -> list[Any]:
    """Parts with single blanks, composed letters, none at the ends, and no two texts side by side."""
    found = _merged(parts)
    _squeeze(found, True)
    while found and isinstance(found[-1], str):
        found[-1] = found[-1].rstrip(" ")
        if found[-1]:
            break
        found.pop()
    return [part for part in found if part]


def _merged(parts: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif isinstance(part, list) and part[0] != "math":
            found.append([*part[:-1], _merged(part[-1])])
        elif part:
            found.append(part)
    return found


def _squeeze(parts: list[Any], blank: bool) -> bool:
    """Single blanks, in place. blank: whether one stands before; returns whether one stands at the end."""
    for index, part in enumerate(parts):
        if isinstance(part, str):
            part = unicodedata.normalize("NFC", re.sub(r"[ \t\n]+", " ", part))
            parts[index] = part = part[1:] if blank and part.startswith(" ") else part
            blank = part.endswith(" ") if part else blank
        else:
            blank = False if part[0] == "math" else _squeeze(part[-1], blank)
    return blank


def plain(parts: Iterable[Any]) -> str:
    """The words alone."""
    return "".join(part if isinstance(part, str) else plain(part[-1]) for part in parts)


def written(parts: Iterable[Any], math: Callable[[str], str], links: bool = True) -> str:
    """HTML. math: the HTML of a formula in TeX; links: whether there may be any."""
    said = []
    for part in parts:
        if isinstance(part, str):
            said.append(html.escape(part))
        elif part[0] == "math":
            said.append(math(part[1]))
        elif part[0] == "link":
            inner = written(part[2], math, links=False)
            said.append(f'<a href="{html.escape(part[1])}">{inner}</a>' if links else inner)
        elif part[0] == "small-caps":
            said.append(f'<span class="small-caps">{written(part[1], math, links)}</span>')
        else:
            said.append(f"<{part[0]}>{written(part[1], math, links)}</{part[0]}>")
    return "".join(said)

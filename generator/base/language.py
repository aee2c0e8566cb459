"""The page's own words, dates and numbers in the article's language.

    words = load("de", tables, memo)
    words("Figure {n}", n=3)  # "Abbildung 3"

The English sentence is the key, so that code and templates say what a reader reads. templates/words/<tag>.toml has a
row a sentence; what is missing there falls back to English. A row with several forms is told by the number `n`, in
the categories of CLDR ("one", "few", "other"). Dates, signs of numbers and plural rules are Babel's, asked for once
and kept in the memo, since Babel takes longer to import than a page to render; English needs none of it.

Numerals are Latin in every language: axes, formulas, tables for download and number fields have no others.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import math
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import limits, rounding, textfile, toml
from .errors import ContentError, Problem, mistake, nearest, short
from .memo import Memo
from .overlay import Overlay, default_templates
from .rounding import Marks
from .warnings import Warned

FOLDER = "words"
COMPLETE = f"{FOLDER}/de.toml"  # with a row for all that a page says, which authors copy
REFERENCE = "en"
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"})
RIGHT_TO_LEFT_SCRIPTS = frozenset({"arab", "hebr", "nkoo", "syrc", "thaa"})
WITHOUT_BLANKS = "\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"  # Han, kana
TOUCHING = f"{WITHOUT_BLANKS}\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff"  # with Hangul: what words of others stand against
PREFIXED = "\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3"  # Hebrew and Arabic: "and", "in" stand against the word behind
LONGEST = 1000  # characters of a sentence
QUOTES = ["“", "”", "‘", "’"]
LEAST, MOST = 1e-6, 1e15  # numbers whose digits a reader takes in
PLURALS = 200  # numbers beyond have the category of 100 and their last two digits

SEPARATORS = {"row": "; ", "list": ", ", "all": " and "}  # of several that are told as one

ENGLISH: dict[str, Any] = {
    "point": ".",
    "thousands": ",",
    "percent": "{}\u202f%",
    "date": "%(d)s %(MMMM)s %(y)s",
    "months": [
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ],
    "plurals": ["other", "one", *["other"] * (PLURALS - 2)],
}


class Message(dict[str, Any]):
    """What `Words.tell` takes, plain data to be told in a language later; as text it is English."""

    def __str__(self) -> str:
        return english().tell(self)

    def __format__(self, form: str) -> str:
        return format(str(self), form)


def message(sentence: str, /, **values: Any) -> Message:
    """A sentence as plain data. values: text, numbers, or what `Words.tell` takes."""
    return Message(say=[sentence, values])


def name_of(tag: str) -> str:
    """What a language is called in English."""
    from babel import Locale

    return str(Locale.parse(tag, sep="-").get_display_name("en"))


@dataclass(frozen=True)
class Words:
    """A language: called with an English sentence, it says that sentence.

    tag      as the author gave it: "de-AT"
    spoken   of the table that it has, "en" where there is none
    facts    as `facts_of` gives them
    table    sentence -> its translation, or plural category -> its form
    quotes   what opens and closes a quotation, and one inside it
    numbers  zero to twenty in words
    odd      what is odd about a table of the author's own
    """

    tag: str
    spoken: str
    facts: Mapping[str, Any]
    table: Mapping[str, Any]
    quotes: tuple[str, str, str, str]
    numbers: tuple[str, ...]
    odd: tuple[Warned, ...] = ()

    def __hash__(self) -> int:
        return hash((self.tag, len(self.table)))

    def __call__(self, sentence: str, /, **values: Any) -> str:
        """A sentence with its values in place, a count `n` with its thousands apart.

        HTML among them makes it HTML, with everything else escaped.
        """
        text = self.table.get(sentence, sentence)
        if not isinstance(text, str):
            text = text.get(self.plural(values["n"]), text["other"])
        if not values:
            return str(text)
        if isinstance(values.get("n"), int):
            values["n"] = self.fixed(values["n"])
        if any(hasattr(value, "__html__") for value in values.values()):
            from markupsafe import Markup  # which Jinja has imported where there is HTML

            return Markup(text).format(**values)
        return str(text.format(**values))

    def measure(self, key: str) -> str:
        """A field or a measure by its name in tables: "least distance"; a name that no table knows in its own words.

        None of ours has a capital: "Note" is an author's own, and no heading of a page.
        """
        name = key.replace("_", " ")
        return self(name) if name.islower() else name

    def tell(self, plain: Any) -> str:
        """Text and numbers as they are; {"method": arguments} as that method says it; see `said` and SEPARATORS."""
        if not isinstance(plain, Mapping):
            return str(plain)
        ((name, arguments),) = plain.items()
        if name == "say":
            sentence, values = arguments
            told = {key: value if isinstance(value, int) else self.tell(value) for key, value in values.items()}
            return self(sentence, **told)
        if name in SEPARATORS:
            return self(SEPARATORS[name]).join(map(self.tell, arguments))
        text: str = getattr(self, name)(*arguments)
        return text

    def plural(self, count: int) -> str:
        """The plural category of a whole number: "one", "few", "other"."""
        found: str = self.facts["plurals"][count if count < PLURALS else 100 + count % 100]
        return found

    @property
    def direction(self) -> str:
        """Which way it is written: "ltr" or "rtl"."""
        language, *rest = self.tag.lower().split("-")
        script = next((part for part in rest if len(part) == 4), "")
        return "rtl" if script in RIGHT_TO_LEFT_SCRIPTS or (not script and language in RIGHT_TO_LEFT) else "ltr"

    @property
    def locale(self) -> str:
        """As Open Graph has it: "pt_BR"."""
        language, *rest = self.tag.split("-")
        return "_".join([language.lower(), *(part.upper() for part in rest if len(part) == 2)])

    @property
    def marks(self) -> Marks:
        """The signs of its numbers."""
        return Marks(self.facts["point"], self.facts["thousands"], self.facts["percent"])

    def fixed(self, value: float, digits: int = 0) -> str:
        """As rounding.fixed."""
        return rounding.fixed(value, digits, self.marks)

    def significant(self, value: float, digits: int) -> str:
        """A number other than 0 to so many significant digits, without zeros at the end behind the point.

        Where nobody would count its digits, times a power of ten.
        """
        if not LEAST <= abs(value) < MOST:
            return self.compact(value, digits).replace(" ", "\u00a0")
        text = self.fixed(value, max(0, digits - 1 - math.floor(math.log10(abs(value)))))
        return text.rstrip("0").rstrip(self.marks.point) if self.marks.point in text else text

    def compact(self, value: float, digits: int = 4) -> str:
        """A number to so many significant digits and no more than it needs, with a real minus and a raised power."""
        mantissa, _, power = f"{value:.{digits}g}".partition("e")
        if power:
            raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
            mantissa = f"10{raised}" if mantissa == "1" else f"{mantissa} × 10{raised}"
        return self.marks.on(mantissa)

    def percent(self, share: float, digits: int = 1, space: str = "\u202f") -> str:
        """As rounding.percent."""
        return rounding.percent(share, digits, space, self.marks)

    def direction_deg(self, mean_deg: float, std_deg: float) -> str:
        """As rounding.direction."""
        return rounding.direction(mean_deg, std_deg, self.marks)

    def long_date(self, day: datetime.date) -> str:
        """12 March 2026."""
        months = self.facts["months"]
        parts = {"d": day.day, "dd": f"{day.day:02}", "M": day.month, "MM": f"{day.month:02}", "y": day.year}
        return str(self.facts["date"] % {**parts, "MMMM": months[day.month - 1], "LLLL": months[day.month - 1]})


def chain(tag: str) -> list[str]:
    """The tables that may speak for a tag, the nearest first: "pt-BR" -> ["pt-br", "pt"]."""
    parts = tag.lower().split("-")
    return ["-".join(parts[:end]) for end in range(len(parts), 0, -1)]


def load(tag: str, templates: Overlay, memo: Memo | None = None) -> Words:
    """The words of a language.

    tag        as an author gives it: "de", "pt-BR"
    raises     ContentError: the table is none
    templates  with a words/<tag>.toml, in lower case, for each language that is spoken
    memo       what was read before
    """
    memo = memo or Memo()
    tables = {Path(name).stem: name for name in templates.inside(FOLDER, ".toml")}
    spoken = next((known for known in chain(tag) if known in tables), REFERENCE)

    def table_of(name: str) -> dict[str, Any]:
        return _table(templates.text(name), str(templates.place(name)))

    read = {
        stem: memo("words", templates.sums[tables[stem]], functools.partial(table_of, tables[stem]))
        for stem in sorted({REFERENCE, spoken})
    }
    facts = ENGLISH if spoken == REFERENCE else memo("language", tag, lambda: facts_of(tag))
    own = read[REFERENCE] | read[spoken]
    table = read[REFERENCE]["words"] | read[spoken]["words"]
    odd: list[str] = []
    if (name := tables.get(spoken)) in templates.own:
        text, ours = templates.text(name), textfile.read(default_templates() / COMPLETE)
        place = str(templates.place(name))
        odd = memo("unknown words", [text, ours, place], lambda: _unknown(text, ours, place))
    told = tuple(Warned("unknown-words", said) for said in odd)
    return Words(tag, spoken, facts, table, tuple(own["quotes"]), tuple(own["numbers"]), told)


def _unknown(text: str, ours: str, place: str) -> list[str]:
    """What is to be said of each row of an author's table that is like one of ours, and is none."""
    known, found = toml.parse(ours, COMPLETE)["words"], []
    for sentence in toml.parse(text, place)["words"]:
        if sentence not in known and (near := nearest(sentence, known)):
            said = f'{place}:{_line(text, sentence)}: no page says "{short(sentence)}"; did you mean "{near}"?'
            found.append(said)
    return found


def _line(text: str, sentence: str) -> int:
    """The line of a row in a table of words."""
    for line, row in enumerate(text.split("\n"), 1):
        with contextlib.suppress(tomllib.TOMLDecodeError):
            if sentence in tomllib.loads(row):
                return line
    return 1


@functools.lru_cache(maxsize=16)
def _table(text: str, place: str) -> dict[str, Any]:
    """The words of a language.

    raises  ContentError: the file is no such table
    """
    limits.check_size(place, len(text))
    table = toml.parse(text, place)
    told = {key: table.get(key) for key in ("quotes", "numbers")}
    lists = all(isinstance(one, list) and all(isinstance(word, str) for word in one) for one in told.values())
    if not lists or len(table["quotes"]) != len(QUOTES) or not isinstance(table.get("words"), dict):
        expected = f"quotes, like {QUOTES}, numbers, a list of words, and a table [words]"
        raise mistake(place, "no table of a language", expected)
    wrong = [
        Problem(
            f"{place}:{_line(text, sentence)}",
            f'the words of "{short(sentence)}"',
            "text without <, with the values that it has in braces, and no others",
        )
        for sentence, said in table["words"].items()
        if not _tells(sentence, said)
    ]
    if wrong:
        raise ContentError(wrong)
    return table


def _names(text: str) -> set[str] | None:
    """The names of the values that stand in a sentence; None where its braces are others or it has HTML."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return None
    names = {name for _, name, form, kind in parts if name is not None and not form and kind is None}
    is_plain = "<" not in text and len(text) <= LONGEST and all(map(str.isidentifier, names))
    return names if is_plain and not any(form or kind for _, _, form, kind in parts) else None


def _tells(sentence: str, said: Any) -> bool:
    """Whether a row has a sentence's values in all its forms and nothing else: a value's attributes are not for it."""
    forms = said.values() if isinstance(said, dict) and "other" in said else [said]
    known = _names(sentence)
    return all(
        isinstance(one, str) and (names := _names(one)) is not None and names <= (known or set()) for one in forms
    )


@functools.cache
def english() -> Words:
    """English, by our own table."""
    return load(REFERENCE, Overlay(default_templates()))


def facts_of(tag: str) -> dict[str, Any]:
    """What Babel knows of a language, as plain data like ENGLISH; of one that it does not know, that."""
    from babel import Locale

    locale = next((locale for name in chain(tag) if (locale := _locale(Locale, name))), None)
    if locale is None:
        return ENGLISH
    signs = locale.number_symbols["latn"]
    pattern = locale.percent_formats[None].pattern
    space = "\u202f" if "%" in pattern and pattern[pattern.index("%") - 1].isspace() else ""
    return {
        "point": signs["decimal"],
        "thousands": signs["group"].replace("\u00a0", "\u202f"),
        "percent": "{}" + space + "%",
        "date": locale.date_formats["long"].format,
        "months": [locale.months["format"]["wide"][month] for month in range(1, 13)],
        "plurals": [locale.plural_form(count) for count in range(PLURALS)],
    }


def _locale(kind: Any, name: str) -> Any:
    from babel import UnknownLocaleError

    try:
        return kind.parse(name, sep="-")
    except (ValueError, LookupError, UnknownLocaleError):
        return None

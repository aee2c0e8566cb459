"""How a number is rounded for readers: one rule for the text, the pictures and the page's scripts.

A number is first taken to DIGITS significant digits, which undoes what binary fractions and a few sums add, and that
decimal is then rounded to the digits that are shown, a half to the even digit. So a share of points reads as the
fraction that it is: 397 of 400 is 99.25 %, told as 99.2 %. `peek.text` in templates/js/kit/kit.js does the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

DIGITS = 12


@dataclass(frozen=True)
class Marks:
    """The signs of a language's numbers: before the decimals, between thousands, around a number in per cent."""

    point: str = "."
    thousands: str = ","
    percent: str = "{}\u202f%"

    def on(self, plain: str) -> str:
        """A number as Python writes it, 1,234.5, with these signs and a real minus."""
        return plain.translate({ord(","): self.thousands, ord("."): self.point, ord("-"): "−"})


ENGLISH = Marks()


class Year(int):
    """A year, whose thousands stay together: 2007."""


_TAKEN = Context(prec=DIGITS, rounding=ROUND_HALF_UP)  # as JavaScript's toExponential
_WIDE = Context(prec=400)  # more than a float has before its point, and after it what is shown


def rounded(value: float, digits: int = 0) -> Decimal:
    """A finite number to so many digits after the point."""
    result = _taken(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN, _WIDE)
    return result if result else abs(result)  # no -0


def _taken(value: float) -> Decimal:
    whole = float(value).is_integer()
    return Decimal(int(value)) if whole else _TAKEN.create_decimal_from_float(float(value))


def fixed(value: float, digits: int = 0, marks: Marks = ENGLISH) -> str:
    """A number to so many digits after the point, with thousands apart, unless it is a year, and a real minus."""
    plain = f"{rounded(value, digits):,f}"
    return marks.on(plain.replace(",", "") if isinstance(value, Year) else plain)


def percent(share: float, digits: int = 1, space: str = "\u202f", marks: Marks = ENGLISH) -> str:
    """A share in per cent. Only what is whole reads 100. space: before the sign, where the language has one there."""
    shown = rounded(share, digits + 2).scaleb(2, _WIDE)
    if shown == 100 and _taken(share) < 1:
        shown -= Decimal(1).scaleb(-digits)
    return marks.percent.replace("\u202f", space).format(marks.on(f"{shown:,.{digits}f}"))


def direction(mean_deg: float, std_deg: float, marks: Marks = ENGLISH) -> str:
    """A mean direction and its deviation: "135° ± 13°"; deviations below 10° keep a decimal.

    Both are first taken to hundredths, as measures keep them.
    """
    mean, std = (float(rounded(angle, 2)) for angle in (mean_deg, std_deg))
    return f"{rounded(mean) % 360}° ± {fixed(std, 1 if rounded(std, 1) < 10 else 0, marks)}°"

"""Numbers as people of a language write them."""

from __future__ import annotations

import math
import re
from numbers import Real

_EXPONENT = re.compile(r"e([+-])0+(?=\d)")
_ENGLISH, _GERMAN = ".,", ",."  # the point before decimals, then the one between thousands


def points(language: str) -> str:
    """The points of a language as Plotly's ``separators`` take them: before decimals, then between thousands."""
    return _GERMAN if language == "de" else _ENGLISH


def number(value: float | Real, form: str, language: str) -> str:
    """A number by a format of Python's, with comma, point and percent sign as the language has them, and 1e-6 short."""
    told = respelt(format(value, form), language)
    return told.replace("%", "\u00a0%") if language == "de" else told


def respelt(told: str, language: str) -> str:
    """A number that Python has written, with the points of the language and 1e-6 short."""
    return _EXPONENT.sub(r"e\1", told).translate(str.maketrans(_ENGLISH, points(language)))


def power(value: float) -> str:
    """A small positive number as people read it: 10⁻⁶ for powers of ten, else as few digits as it needs."""
    exponent = math.log10(value)
    if value < 0.01 and abs(exponent - round(exponent)) < 1e-9:
        return "10" + f"{round(exponent)}".translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{value:g}"

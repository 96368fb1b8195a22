"""Numbers as people of a language write them."""

from __future__ import annotations

import math
from numbers import Real

POINTS = {"en": ".,", "de": ",."}  # before decimals, and between thousands: as Plotly's ``separators``
_GERMAN = str.maketrans(",.", ".,")


def number(value: float | Real, form: str, language: str) -> str:
    """A number by a format of Python's, with comma, point and percent sign as the language has them."""
    told = format(value, form)
    return told.translate(_GERMAN).replace("%", "\u00a0%") if language == "de" else told


def power(value: float) -> str:
    """A small positive number as people read it: 10⁻⁶ for powers of ten, else as few digits as it needs."""
    exponent = math.log10(value)
    if value < 0.01 and abs(exponent - round(exponent)) < 1e-9:
        return "10" + f"{round(exponent)}".translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{value:g}"

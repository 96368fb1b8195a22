"""What the program says of bad input, in the language of whoever reads it.

Messages are raised in English, far from anybody's language. ``assets/prose/en/messages.md`` repeats those that a page
can come to show, with a blank for each value; the same passage of another language says how they read there.
"""

from __future__ import annotations

import re
from functools import lru_cache

from core.numbers import points
from core.prose import DEFAULT, fill, passages

FILE = "messages"
_BLANK = re.compile(r"\\\{(\w+)\\\}")  # as it looks when the passage is escaped
_NUMBER = re.compile(r"\d[\d,]*(\.\d+)?")


def told(message: str, language: str) -> str:
    """A message as ``language`` has it; as it was raised where nobody has translated it.

    Values that were filled in may be messages themselves: the reason why a file cannot be read. Numbers get the points
    of the language.
    """
    if language == DEFAULT:
        return message
    theirs = passages(FILE, language)
    for name, english in passages(FILE).items():
        found = _pattern(english).fullmatch(message)
        if found and name in theirs:
            values = {blank: _value(value, language) for blank, value in found.groupdict().items()}
            return fill(theirs[name], values, language)
    return message


def _value(value: str, language: str) -> str:
    if _NUMBER.fullmatch(value):
        return value.translate(str.maketrans(points(DEFAULT), points(language)))
    return told(value, language)


@lru_cache(maxsize=256)
def _pattern(english: str) -> re.Pattern[str]:
    """What every message of a passage looks like."""
    return re.compile(_BLANK.sub(r"(?P<\1>.+?)", re.escape(english)), re.DOTALL)

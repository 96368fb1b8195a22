"""What the program says of bad input, in the language of whoever reads it.

Messages are raised in English, far from anybody's language. ``assets/prose/en/messages.md`` repeats those that a page
can come to show, with a blank for each value; the same passage of another language says how they read there.

A message may hold what a stranger typed: it is only read, up to a length, and names in it stay as they are.
"""

from __future__ import annotations

import re
from functools import lru_cache

from core.numbers import respelt
from core.prose import DEFAULT, fill, passages

FILE = "messages"
LONGEST = 1_200
"""Characters: a longer message is no sentence of the program's."""
_DEEPEST = 4  # a message in a message: a file in an archive that cannot be read for a reason
_MESSAGES = {"reason", "kind", "when", "told"}  # blanks that hold messages themselves
_NAMES = {"place", "title", "key", "value", "field", "fields", "others", "detail", "encoding", "code"}
_WORDS = _NAMES | _MESSAGES
_NUMBER = r"-?\d++(?:[.,]\d++)*+(?:e[+-]?\d++)?+"
_BLANK = re.compile(r"\\\{(\w+)\\\}")  # as it looks when the passage is escaped


def told(message: str, language: str) -> str:
    """A message as ``language`` has it; as it was raised where nobody has translated it, or where it is too long.

    A value that is a message itself is reworded, too: the reason why a file cannot be read. Numbers get the points of
    the language, everything else is left alone.
    """
    if language == DEFAULT or len(message) > LONGEST:
        return message
    return _told(message, language, _DEEPEST)


def _told(message: str, language: str, depth: int) -> str:
    theirs = passages(FILE, language)
    for name, english in passages(FILE).items():
        found = _pattern(english).fullmatch(message) if name in theirs else None
        if found:
            values = {blank: _value(blank, value, language, depth) for blank, value in found.groupdict().items()}
            return fill(theirs[name], values, language)
    return message


def _value(blank: str, value: str, language: str, depth: int) -> str:
    if blank in _MESSAGES:
        return _told(value, language, depth - 1) if depth else value
    return value if blank in _WORDS else respelt(value, language)


@lru_cache(maxsize=256)
def _pattern(english: str) -> re.Pattern[str]:
    """What every message of a passage looks like: a number in each blank, but for those that hold words.

    Words end where what follows them is first found, and that is never tried elsewhere: the work grows with a message's
    length and not with a power of it, whatever a stranger typed.
    """
    begin, *rest = _BLANK.split(re.escape(english))
    pattern, end = begin, ""
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        if name in _WORDS:
            pattern, end = f"{pattern}{end}(?>(?P<{name}>.+?)", ")"
        else:
            pattern += f"(?P<{name}>{_NUMBER})"
        pattern += text
    return re.compile(rf"{pattern}\Z{end}", re.DOTALL)

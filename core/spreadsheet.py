"""Tables that people open in a spreadsheet: text that it would take for a formula is made harmless."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

# What a spreadsheet takes for a formula when it opens a table as CSV, and what it may still do with numbers. The same
# two stand in assets/save.js, for the tables that a browser makes.
FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-]?(\d[\d,]*)?\.?\d+(e[+-]?\d+)?\s?%?|[+-](inf|nan)", re.ASCII | re.IGNORECASE)
_MARK = "\ufeff"


def harmless(value: Any) -> Any:
    """The value; text that a spreadsheet would take for a formula begins with an apostrophe."""
    if isinstance(value, str) and FORMULA.match(value) and not NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as CSV in UTF-8, its first line the names of its columns; every cell is harmless, None is empty.

    Floats have all the digits that they need to be read back as they were. A byte order mark stands first only where
    there are letters beyond ASCII: spreadsheets need it to read them, and other programs mind it.
    """
    table = io.StringIO(newline="")
    write = csv.writer(table, lineterminator="\n").writerow
    write([harmless(name) for name in columns])
    for row in rows:
        write([harmless(cell) for cell in row])
    text = table.getvalue()
    return (text if text.isascii() else _MARK + text).encode("utf-8", "replace")

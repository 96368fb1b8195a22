"""Characters of a csv or jsonl to documents, one a row."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterable, Iterator

from core.reading.text import problem

DELIMITERS = ",;\t|"
SAMPLE_LINES = 20
LISTED = 30

Row = tuple[int, list[str]]


def documents(pieces: Iterable[str], kind: str, *, field: str, longest: int, name: str) -> Iterator[str]:
    """The field of each row, blank rows left out. A row of a csv may lack it and is then empty.

    field : the column to read; "" takes the only one there is. longest : bytes of a row.

    Raises
    ------
    InputError
        There is no such column, or the choice is open; a row is too long, has more columns than the header, breaks
        the rules of quoting, or is no JSON object with a text in that field.
    """
    lines = _lines(pieces, longest, name)
    return (_csv if kind == "csv" else _jsonl)(lines, field.strip(), longest, name)


def columns(pieces: Iterable[str], kind: str, *, longest: int, name: str) -> tuple[str, ...]:
    """The columns of a csv, or the fields of the first line of a jsonl. Raises InputError as ``documents`` does."""
    lines = _lines(pieces, longest, name)
    if kind == "csv":
        return _header(_rows(lines, longest, name), name)
    return next((tuple(found) for _, found in _objects(lines, name)), ())


def _lines(pieces: Iterable[str], longest: int, name: str) -> Iterator[str]:
    """Lines that end at a newline only: other line ends may stand inside a JSON string."""
    tail, number = "", 0
    for piece in pieces:
        *whole, tail = (tail + piece).split("\n")
        for line in whole:
            number += 1
            _check(_bytes(line), longest, number, name)
            yield line + "\n"
        _check(_bytes(tail), longest, number + 1, name)
    if tail:
        yield tail + "\n"


def _check(size: int, longest: int, number: int, name: str) -> None:
    if size > longest:
        raise problem(name, f"line {number:,}: a row of more than {longest:,} bytes (an open quote before it?)")


def _bytes(line: str) -> int:
    return len(line) if line.isascii() else len(line.encode())


def _csv(lines: Iterator[str], field: str, longest: int, name: str) -> Iterator[str]:
    rows = _rows(lines, longest, name)
    header = _header(rows, name)
    column = header.index(_choice(field, header, name))
    for number, row in rows:
        if any(row[len(header) :]):
            raise problem(name, f"line {number:,} has {len(row)} columns, the header {len(header)}: quote its fields")
        yield row[column] if column < len(row) else ""


def _header(rows: Iterator[Row], name: str) -> tuple[str, ...]:
    for _, row in rows:
        return tuple(column.strip() for column in row)
    raise problem(name, "empty: a csv begins with a row of column names")


def _rows(lines: Iterator[str], longest: int, name: str) -> Iterator[Row]:
    """(number of its last line, fields) of each row that is not blank."""
    # Python's own limit is one for the whole program, and shorter than a long article. Rows are measured below.
    csv.field_size_limit(max(csv.field_size_limit(), longest))
    sample = list(itertools.islice(lines, SAMPLE_LINES))
    size = 0

    def measured() -> Iterator[str]:
        nonlocal size
        for number, line in enumerate(itertools.chain(sample, lines), 1):
            size += _bytes(line)
            _check(size - 1, longest, number, name)
            yield line

    reader = csv.reader(measured(), delimiter=_delimiter(sample), skipinitialspace=True, strict=True)
    try:
        for row in reader:
            size = 0
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise problem(name, f"line {reader.line_num:,}: {error} (a quote too many or too few?)") from error


def _delimiter(sample: list[str]) -> str:
    """The one that gives the most rows as many columns as the header, then the most columns.

    ``csv.Sniffer`` is not asked: it fails on one column, and takes minutes over some texts.
    """

    def fit(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter, skipinitialspace=True) if row]
        if not widths or widths[0] == 1:
            return 0.0, 0
        return widths.count(widths[0]) / len(widths), widths[0]

    return max(DELIMITERS, key=fit)


def _jsonl(lines: Iterator[str], field: str, longest: int, name: str) -> Iterator[str]:
    chosen = ""
    for number, found in _objects(lines, name):
        chosen = chosen or _choice(field, tuple(found), name)
        if chosen not in found:
            raise problem(name, f"line {number:,} has no field {chosen!r}; there are: {_listed(tuple(found))}")
        value = found[chosen]
        if not isinstance(value, str):
            raise problem(name, f"line {number:,}: {chosen!r} is not text; choose another field or remove the line")
        yield value


def _objects(lines: Iterator[str], name: str) -> Iterator[tuple[int, dict]]:
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise problem(name, f"line {number:,} is not JSON, one object a line") from error
        if not isinstance(found, dict):
            raise problem(name, f"line {number:,} is JSON, but not an object like {{...}}")
        yield number, found


def _choice(field: str, names: tuple[str, ...], name: str) -> str:
    if field in names:
        return field
    if not field and len(names) == 1:
        return names[0]
    there = f"there are: {_listed(names)}" if names else "there are none"
    raise problem(name, f"no field {field!r}; {there}" if field else f"choose the field to read; {there}")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:LISTED]) + (", ..." if len(names) > LISTED else "")

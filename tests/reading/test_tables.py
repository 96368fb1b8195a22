"""Rows of csv and jsonl in the dialects that people bring."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.reading.tables import columns, documents


def rows(text: str, kind: str = "csv", field: str = "text", longest: int = 1000, chunk: int = 5) -> list[str]:
    pieces = [text[at : at + chunk] for at in range(0, len(text), chunk)]
    return list(documents(pieces, kind, field=field, longest=longest, name="t"))


CELL = st.text(st.sampled_from(list("ab ,;|\t\"'\n\u2028é")), max_size=8)


@given(st.lists(CELL, min_size=1, max_size=8), st.sampled_from(",;\t|"), st.booleans(), st.integers(1, 50))
def test_what_python_writes_is_read_back(cells: list[str], delimiter: str, everything: bool, chunk: int) -> None:
    file = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if everything else csv.QUOTE_MINIMAL
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(["id", "text", "n"])
    writer.writerows([number, cell.strip(" "), 1] for number, cell in enumerate(cells))
    assert rows(file.getvalue(), chunk=chunk) == [cell.strip(" ") for cell in cells]
    objects = "\n".join(json.dumps({"id": 1, "text": cell}, ensure_ascii=everything) for cell in cells)
    assert rows(objects, "jsonl", chunk=chunk) == cells


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id; text\n1; a, b\n2; c, d, e\n", ["a, b", "c, d, e"]),
        ("id\ttext, body\n1\tx, y\n2\tz\n", None),
        ('id , text\n1, "a, ""b"""\n', ['a, "b"']),
        ("text\na\n\nb\n", ["a", "b"]),
        ("text,n\na,1,\nb\n,2\n", ["a", "b", ""]),
        ("n,text\n1\n", [""]),
        ('text\n"a, b; c"\n', ["a, b; c"]),
    ],
)
def test_dialects(text: str, expected: list[str] | None) -> None:
    if expected is None:
        assert columns([text], "csv", longest=100, name="t") == ("id", "text, body")
    else:
        assert rows(text) == expected


def test_the_only_column_needs_no_name() -> None:
    assert rows("anything\nx\n", field="") == ["x"]
    assert rows('{"anything": "x"}', "jsonl", field="") == ["x"]
    assert rows("", "jsonl") == []
    assert columns([""], "jsonl", longest=10, name="t") == ()


@pytest.mark.parametrize(
    ("kind", "text", "field", "message"),
    [
        ("csv", "", "", "t: empty: a csv begins with a row of column names"),
        ("csv", "a,b\n1,2\n", "c", "t: no field 'c'; there are: a, b"),
        ("csv", "a,b\n1,2\n", "", "t: choose the field to read; there are: a, b"),
        ("csv", "text\nhello, world\n", "", "t: line 2 has 2 columns, the header 1: quote its fields"),
        ("csv", 'a,text\n1,"b"c\n', "text", "t: line 2: ',' expected after '\"'"),
        ("csv", 'a,text\n1,"b\n', "text", "t: line 2: unexpected end of data"),
        ("csv", 'a,text\n1,"b' + "\n" * 300, "text", "of more than 99 bytes (an open quote before it?)"),
        ("csv", "a" * 100, "", "t: line 1: a row of more than 99 bytes"),
        ("csv", "é" * 50, "", "t: line 1: a row of more than 99 bytes"),
        ("csv", ",".join(f"c{n}" for n in range(20)) + "\n", "\x1b\n", "t: no field"),
        ("jsonl", '{"a": "x"}\n\n[1]\n', "", "t: line 3 is JSON, but not an object like {...}"),
        ("jsonl", '{"a": "x"}\n{"a": "x"\n', "", "t: line 2 is not JSON, one object a line"),
        ("jsonl", "[" * 90, "", "t: line 1 is not JSON"),
        ("jsonl", '{"a": 1}', "a", "t: line 1: 'a' is not text"),
        ("jsonl", '{"a": "x"}\n{"b": "x"}', "a", "t: line 2 has no field 'a'; there are: b"),
        ("jsonl", '{"a": "x", "b": "y"}', "", "t: choose the field to read; there are: a, b"),
        ("jsonl", "{}", "", "t: choose the field to read; there are none"),
        ("jsonl", '{"a": "' + "x" * 100 + '"}', "", "t: line 1: a row of more than 99 bytes"),
    ],
)
def test_what_cannot_be_read(kind: str, text: str, field: str, message: str) -> None:
    for chunk in (1, 17, 1000):
        with pytest.raises(InputError) as caught:
            rows(text, kind, field, 99, chunk)
        assert message in str(caught.value)
        assert str(caught.value).isprintable()


def test_json_deeper_than_python_and_numbers_longer() -> None:
    for text in ("[" * 100_000, '{"a": ' + "9" * 10_000 + "}"):
        with pytest.raises(InputError, match="line 1"):
            rows(text, "jsonl", "a", 1 << 20, 1 << 20)


def test_the_length_of_a_row_is_its_own() -> None:
    text = "text\n" + '"of two\nlines"\n' * 100
    assert rows(text, longest=20) == ["of two\nlines"] * 100
    with pytest.raises(InputError, match="line 3: a row of more than 12 bytes"):
        rows(text, longest=12)


def test_articles_longer_than_pythons_own_limit() -> None:
    article = "word " * 50_000
    assert rows(f'id,text\n1,"{article}"\n', longest=1 << 20, chunk=1 << 16) == [article]

"""Encodings by name and by mark, and bytes that mean nothing."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.reading.decoding import codec, decoded, marked_encoding
from core.reading.text import Received


def read(source: bytes, encoding: str = "auto", chunk: int = 3) -> tuple[str, Received]:
    received = Received()
    chunks = [source[at : at + chunk] for at in range(0, len(source), chunk)]
    return "".join(decoded(chunks, encoding, name="t", received=received)), received


OTHERS = ["rot13", "base64", "hex", "zlib", "bz2", "uu", "idna", "punycode", "undefined", "unicode_escape"]


@pytest.mark.parametrize(
    "name", [*OTHERS, "raw_unicode_escape", "utf-9", "", "a\0b", "é", "aliases", "../x", "x" * 9999]
)
def test_what_is_no_encoding_of_texts(name: str) -> None:
    with pytest.raises(InputError, match=r"encoding .* is not known: try utf-8") as caught:
        codec(name)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


def test_names_of_encodings() -> None:
    assert [codec(name) for name in ("UTF8", "latin-1", "SHIFT-JIS", "utf-16")] == [
        "utf-8",
        "iso8859-1",
        "shift_jis",
        "utf-16",
    ]


def test_marks() -> None:
    text = "a\nß"
    for mark, encoding, name in (
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    ):
        source = mark + text.encode(encoding)
        assert marked_encoding(source) == name
        for chunk in (1, 2, 100):
            found, received = read(source, chunk=chunk)
            assert (found, received.encoding) == (text, name)


@given(st.binary(max_size=60).map(lambda source: source.replace(b"\0", b"")), st.integers(1, 8))
def test_each_broken_byte_becomes_one_mark(source: bytes, chunk: int) -> None:
    found, received = read(source, "utf-8", chunk)
    escaped = source.decode("utf-8", "surrogateescape")
    assert received.replaced == sum("\ud800" <= character <= "\udfff" for character in escaped)
    assert found.count("\ufffd") == escaped.count("\ufffd") + received.replaced


def test_broken_bytes_of_other_encodings() -> None:
    found, received = read(b"a\x81b", "cp1252")
    assert (found, received.replaced) == ("a\ufffdb", 1)
    found, received = read("ab".encode("utf-16-le") + b"\x00\xd8" + "c".encode("utf-16-le"), "utf-16-le", chunk=1)
    assert (found, received.replaced) == ("ab\ufffd\ufffdc", 2)
    found, received = read("日本".encode("shift_jis") + b"\xff!", "shift_jis", chunk=1)
    assert (found, received.replaced) == ("日本\ufffd!", 1)
    assert read("ab".encode("utf-16-le") + b"c", "utf-16-le")[1].replaced == 1


def test_line_ends_across_chunks() -> None:
    for chunk in (1, 2, 3, 50):
        assert read(b"a\r\nb\rc\n\r\n\r", chunk=chunk)[0] == "a\nb\nc\n\n\n"

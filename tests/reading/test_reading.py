"""Clean text against a naive reading of the whole; hostile bytes, chunks and limits."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.reading
from core.errors import InputError
from core.reading import LINE, PARAGRAPH, WHOLE, Limits, Reading, Received, Text, clean, fields

ASCII = [
    "a",
    "b",
    "hello",
    ".",
    ",",
    "-",
    "--",
    "---",
    "|",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\t",
    "\x1e",
    "\x0b",
    "\x7f",
]
LETTERS = [
    "é",
    "e\u0301",
    "\u0301",
    "\u0316",
    "ß",
    "ς",
    "हिन्दी",
    "क\u093c",
    "日本語",
    "\u1100\u1161",
    "\u212b",
    "😀",
    "\ufffd",
]
UNSEEN = ["\ufeff", "\xad", "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2066", "\u2069", "\u061c", "\u180e"]
BLANK = ["\x85", "\x9f", "\xa0", "\u2003", "\u2028", "\u2029", "\u3000"]
PIECES = ASCII + LETTERS + UNSEEN + BLANK
BROKEN = [b"\xff", b"\xc3", b"\xe2\x80", b"\xed\xa0\x80", b"\x80", b"\xf0\x9f"]
HOSTILE = st.lists(st.sampled_from([piece.encode() for piece in PIECES] + BROKEN), max_size=30).map(b"".join)
CHUNKS = st.integers(1, 9)
SEPARATORS = st.sampled_from(
    [LINE, PARAGRAPH, WHOLE, "\r\n", "|", "--", "---", "\n--\n", "aba", "\t", "\x1e", "é", " "]
)
CODECS = ["auto", "utf-8", "utf-8-sig", "ascii", "latin-1", "cp1252", "cp037", "koi8-r", "utf-16", "utf-16-le"]
CODECS += ["utf-16-be", "utf-32", "utf-7", "shift_jis", "euc_jp", "iso2022_jp", "iso2022_kr", "gb18030", "gbk", "hz"]
CODECS += ["big5", "big5hkscs", "euc_kr", "johab", "cp932"]
UNSEEN_NAMES = (
    "SOFT HYPHEN|ARABIC LETTER MARK|MONGOLIAN VOWEL SEPARATOR|ZERO WIDTH SPACE|ZERO WIDTH NO-BREAK SPACE|"
    "LEFT-TO-RIGHT MARK|RIGHT-TO-LEFT MARK|WORD JOINER|FUNCTION APPLICATION|INVISIBLE (TIMES|SEPARATOR|PLUS)|"
    "(IN|A)[A-Z]+ (SYMMETRIC SWAPPING|ARABIC FORM SHAPING)|NATIONAL DIGIT SHAPES|NOMINAL DIGIT SHAPES"
)  # fmt: skip
EMBEDDINGS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def result(source: bytes, reading: Reading | None = None, *, chunk: int = 1 << 22, name="t", **limits) -> bytes | str:
    """Clean text, or the message of the error. Every chunk must keep its promises."""
    received = Received()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.reading, "CHUNK_BYTES", chunk)
        try:
            pieces = list(clean(Text(name, source), reading or Reading(), Limits(**limits), received))
        except InputError as error:
            assert str(error).isprintable()
            return str(error)
    for piece in pieces:
        assert piece[-1:] in (b" ", b"\x1e"), "cut inside a word"
        assert unicodedata.is_normalized("NFC", piece.decode())
    whole = b"".join(pieces)
    assert not whole or whole.endswith(b"\x1e")
    return whole


def tidy(character: str) -> str:
    """One character, by its Unicode properties."""
    name = unicodedata.name(character, "")
    if re.fullmatch(UNSEEN_NAMES, name) or unicodedata.bidirectional(character) in EMBEDDINGS:
        return ""
    return " " if unicodedata.category(character) in ("Cc", "Zs", "Zl", "Zp") else character


def naive(source: bytes, separator: str) -> bytes:
    """What ``clean`` should give, from the whole text at once, a character at a time."""
    text = "".join(
        "\ufffd" if unicodedata.category(character) == "Cs" else character
        for character in source.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    )
    text = "\n".join(re.split("\r\n|\r|\n", text))
    if separator == "\n":
        documents = re.split("[\n\x85\u2028\u2029]", text)
    elif separator == "\n\n":
        documents = [""]
        lines = re.split("[\n\x85\u2028\u2029]", text)
        for number, line in enumerate(lines, 1):
            documents[-1] += line
            if number < len(lines) and not "".join(map(tidy, line)).strip(" "):
                documents.append("")
            elif number < len(lines):
                documents[-1] += " "
    else:
        documents = text.split(separator) if separator else [text]
    cleaned = [unicodedata.normalize("NFC", "".join(map(tidy, document))) for document in documents]
    whole = "\x1e".join(cleaned)
    return (whole if not whole or whole.endswith("\x1e") else whole + "\x1e").encode()


@given(HOSTILE, SEPARATORS, CHUNKS)
def test_any_utf8_equals_a_naive_reading_whatever_the_chunks(source: bytes, separator: str, chunk: int) -> None:
    expected = naive(source, separator.replace("\r\n", "\n"))
    assert result(source, Reading(separator)) == expected
    assert result(source, Reading(separator), chunk=chunk) == expected


@given(st.binary(max_size=200) | HOSTILE, SEPARATORS, st.sampled_from(CODECS), CHUNKS, st.sampled_from("tc"))
def test_any_bytes_in_any_encoding(source: bytes, separator: str, encoding: str, chunk: int, kind: str) -> None:
    name = {"t": "t.txt", "c": "t.csv"}[kind]
    reading = Reading(separator, encoding, "a")
    whole = result(source, reading, name=name)
    cut = result(source, reading, name=name, chunk=chunk)
    assert whole == cut or isinstance(whole, str) and isinstance(cut, str)


@given(
    st.text(max_size=40) | st.sampled_from(["a\nb", "日本語", "ß\r\n\r\nx", ""]), st.sampled_from(["utf-16", "utf-32"])
)
def test_wide_encodings_equal_utf8(text: str, encoding: str) -> None:
    text = text.replace("\0", "").encode("utf-8", "ignore").decode()
    expected = result(text.encode())
    assert result(text.encode(encoding)) == expected, "by the mark"
    assert result(text.encode(encoding + "-le"), Reading(encoding=encoding + "-le")) == expected
    assert result(text.encode(encoding + "-be"), Reading(encoding=encoding + "-be")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Co\xadop\u200bera\ufefftive", "Cooperative"),
        ("na\u00efve nai\u0308ve", "naïve naïve"),
        ("abc\u202edef\u2069", "abcdef"),
        ("می\u200cخواهم क्\u200dष", "می\u200cخواهم क्\u200dष"),
        ("a\x00\x01b".replace("\x00", ""), "a b"),
        ("a\xa0b\u3000c\td\x85", "a b c d"),
        ("Η γλώσσα, Größe, हिन्दी, 日本語", "Η γλώσσα, Größe, हिन्दी, 日本語"),
    ],
)
def test_samples(text: str, expected: str) -> None:
    composed = unicodedata.normalize("NFC", expected + "\x1e")
    assert result(unicodedata.normalize("NFD", text).encode()) == composed.encode()


def test_old_encodings() -> None:
    assert result("Größe – “x”".encode("cp1252"), Reading(encoding="cp1252")) == "Größe – “x”\x1e".encode()
    assert (
        result("日本語のテスト".encode("shift_jis"), Reading(encoding="shift_jis"), chunk=1)
        == "日本語のテスト\x1e".encode()
    )


def test_the_wrong_encoding_is_counted() -> None:
    source, received = "schöne Größe\n".encode("latin-1") * 1000, Received()
    found = b"".join(clean(Text("t", source), Reading(), Limits(), received))
    assert found == "sch\ufffdne Gr\ufffd\ufffde\x1e".encode() * 1000
    assert (received.replaced, received.text_bytes, received.encoding) == (3000, len(source), "utf-8")
    assert received.replaced_share == pytest.approx(3 / 13)


@pytest.mark.parametrize(
    ("source", "separator", "documents"),
    [
        ("a\r\nb\rc\u2028d\u2029e\x85f", LINE, "a|b|c|d|e|f"),
        ("a\n\nb", LINE, "a||b"),
        ("a\nb\n \t\r\nc\r\n\r\nd", PARAGRAPH, "a b   |c |d"),
        ("\n \na\n", PARAGRAPH, "| |a "),
        ("a\n\nb\rc", WHOLE, "a  b c"),
        ("a--b-c---d", "--", "a|b-c|-d"),
        ("x\r\n***\r\ny", "\n***\n", "x|y"),
        ("a\x1eb\x1ec", "\x1e", "a|b|c"),
        ("a\x1eb;c", ";", "a b|c"),
    ],
)
@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_separators(source: str, separator: str, documents: str, chunk: int) -> None:
    expected = (documents + "|").replace("|", "\x1e").encode()
    assert result(source.encode(), Reading(separator), chunk=chunk) == expected


@pytest.mark.parametrize("source", [b"a\0b", "a b".encode("utf-16-le"), b"word " * 50 + b"\0"])
@pytest.mark.parametrize("chunk", [1, 100])
def test_binary(source: bytes, chunk: int) -> None:
    assert result(source, chunk=chunk) == "t: not plain text, it holds NUL bytes (binary, or UTF-16?)"


@given(st.lists(st.integers(1, 14), min_size=1, max_size=8), st.integers(1, 20), st.sampled_from(["x", "é", "日"]))
def test_a_run_without_white_space_is_bounded(sizes: list[int], chunk: int, letter: str) -> None:
    source = " ".join(letter * size for size in sizes).encode()
    found = result(source, chunk=chunk, line_bytes=10)
    longest = max(len(word) for word in source.split())
    assert found == (
        source + b"\x1e" if longest <= 10 else "t: more than 10 bytes without white space: not plain text?"
    )


def test_a_megabyte_of_accents_is_refused_at_once() -> None:
    """Python would sort them for an hour."""
    assert "accents" in result(("a" + "\u0301\u0316" * 200_000).encode())
    assert "accents" in result(("a" + "\u0316" * 300 + "\u0301" * 300 + "x" * 2000).encode())
    ordinary = "…" * 2000 + "日本語" * 700 + "a\u0316\u0301 " * 700
    assert result(ordinary.encode()) == naive(ordinary.encode(), "\n")


def test_limits_hold_for_the_tally() -> None:
    texts, received = [Text("a", b"x " * 30), Text("b", b"x " * 30)], Received()
    list(clean(texts[0], Reading(), Limits(raw_bytes=100, text_bytes=100), received))
    for limits in (Limits(raw_bytes=100), Limits(text_bytes=100)):
        with pytest.raises(InputError, match="b: larger than the 100 bytes"):
            list(clean(texts[1], Reading(), limits, received))
    with pytest.raises(InputError, match="line_bytes is 0"):
        Limits(line_bytes=0)


def test_progress_adds_up_and_may_call_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.reading, "CHUNK_BYTES", 100)
    seen: list[int] = []
    text = Text("t", b"word " * 1000)
    found = list(clean(text, Reading(), Limits(), Received(), seen.append))
    assert sum(seen) == text.size == 5000
    assert len(seen) == 50
    assert max(map(len, found)) <= 110, "memory is a few chunks"

    def stop(_size: int) -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError):
        list(clean(text, Reading(), Limits(), Received(), stop))


def test_tables_are_read_by_field() -> None:
    table = 'id,text\r\n1,"a\nb, \x1ec"\r\n2,\n3,e\u0301\n'
    assert result(table.encode(), Reading(field="text"), name="t.CSV") == "a b,  c\x1e\x1eé\x1e".encode()
    lines = '{"id": 1, "text": "a\\nb\\u0000\\ud800"}\n\n{"text": "\u2028c"}'
    assert result(lines.encode(), Reading(field="text"), name="t.jsonl") == "a b \ufffd\x1e c\x1e".encode()
    assert fields(Text("t.csv", table.encode()), Limits()) == ("id", "text")
    assert fields(Text("t.ndjson", lines.encode()), Limits()) == ("id", "text")
    assert fields(Text("t.txt", table.encode()), Limits()) == ()
    assert fields(Text("t.csv", "größe;b\n".encode("cp1252")), Limits(), Reading(encoding="cp1252")) == ("größe", "b")


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_a_table_does_not_count_its_commas(chunk: int) -> None:
    assert (
        result(b"id,text\n1,a\n", name="t.csv", chunk=chunk) == "t.csv: choose the field to read; there are: id, text"
    )
    assert result(b"only\n1\n", name="t.csv", chunk=chunk) == b"1\x1e"

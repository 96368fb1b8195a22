"""Shards hold the documents of the whole text, in order, and are found by reading a little."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.reading.cuts
from core.errors import InputError
from core.reading import LINE, PARAGRAPH, WHOLE, Limits, Reading, Received, Text, clean, shards
from core.reading.archives import texts

PIECES = [b"a", b"b", b"ab", b" ", b"\n", b"\r\n", b"\r", b"\n\n", b"-", b"--", b"\t", "é".encode(), b"\xff", b"\xc3",
          b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xc2\x85"]  # fmt: skip
SOURCES = st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join)
SEPARATORS = [
    LINE,
    PARAGRAPH,
    WHOLE,
    "-",
    "--",
    "---",
    "aa",
    "aba",
    "\n-",
    "\n-\n",
    "-\n",
    "\n\n\n",
    "a\r\n",
    "é",
    "\xa0",
    " ",
]


def whole(text: Text, reading: Reading) -> tuple[bytes, int]:
    received = Received()
    return b"".join(clean(text, reading, Limits(), received)), received.replaced


def check(source: str | bytes, reading: Reading, size: int) -> list[Text]:
    text = Text("t", source)
    found = shards(text, reading, Limits(), size)
    parts = [whole(part, reading) for part in found]
    assert (b"".join(part for part, _ in parts), sum(number for _, number in parts)) == whole(text, reading)
    assert sum(part.size for part in found) == text.size
    return found


@given(SOURCES, st.sampled_from(SEPARATORS), st.sampled_from(["auto", "utf-8", "latin-1", "cp1252", "ascii"]),
       st.integers(1, 30), st.sampled_from([1, 2, 5, 1 << 16]))  # fmt: skip
def test_shards_joined_are_the_whole(source: bytes, separator: str, encoding: str, size: int, window: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.reading.cuts, "FIRST_WINDOW", window)
        patch.setattr(core.reading.cuts, "LAST_WINDOW", window)
        check(source, Reading(separator, encoding), size)


@pytest.mark.parametrize("separator", ["aa", "aba", "--", "a\na", "\n-\n", "-\n", "a\n\na", "\n\n\n"])
@given(st.text(st.sampled_from("aab-\r\n"), max_size=25), st.integers(1, 4), st.sampled_from([1, 2, 100]))
def test_separators_that_overlap_themselves(separator: str, source: str, size: int, window: int) -> None:
    """ "aa" ends two documents in "aaaa", and not three."""
    letters = sorted(set(separator) - {"\n"})
    source = source.replace("b", separator).replace("-", "".join(letters))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.reading.cuts, "FIRST_WINDOW", window)
        check(source.encode(), Reading(separator), size)


@pytest.mark.parametrize(
    ("separator", "document"),
    [
        (LINE, "word wörd\n"),
        (PARAGRAPH, "word\nwörd\r\n \r\n"),
        ("\n***\n", "word\r\n***\r\n"),
        ("---", "-word---"),
        ("aa", "xyaa"),
    ],
)
def test_texts_are_really_cut(tmp_path: Path, separator: str, document: str) -> None:
    path = tmp_path / "t.txt"
    path.write_bytes(document.encode() * 2_000)
    found = check(str(path), Reading(separator), 1_000)
    average = path.stat().st_size / len(found)
    assert 1_000 <= average < 1_300
    assert len(check(document.encode() * 2_000, Reading(separator), 1_000)) == len(found)


@pytest.mark.parametrize("window", range(1, 12))
def test_a_line_end_of_two_bytes_is_not_cut(window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.reading.cuts, "FIRST_WINDOW", window)
    assert len(check(b"word-\r\n" * 40, Reading("-\n"), 10)) > 10


def test_what_is_returned_whole() -> None:
    lines = b"a b\n" * 100
    for source in (gzip.compress(lines), lines.decode().encode("utf-16"), b"\xff\xfe\0\0" + lines):
        assert shards(Text("t", source), Reading(), Limits(), 50) == [Text("t", source)]
    for encoding in ("utf-16-le", "shift_jis", "cp037", "utf-7", "hz", "iso2022_jp"):
        assert len(shards(Text("t", lines), Reading(encoding=encoding), Limits(), 50)) == 1
    for name in ("t.csv", "t.jsonl"):
        assert len(shards(Text(name, lines), Reading(), Limits(), 50)) == 1
    assert len(shards(Text("t", lines, start=8), Reading(), Limits(), 50)) == 1
    assert len(shards(Text("t", lines), Reading("日"), Limits(), 50)) == 1
    assert len(shards(Text("t", lines), Reading("日", "latin-1"), Limits(), 50)) == 1
    assert len(shards(Text("t", lines), Reading(WHOLE), Limits(), 50)) == 1
    assert len(shards(Text("t", lines), Reading(), Limits(), 50)) > 1
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", lines)
    (member,) = texts("t", file.getvalue(), Limits())
    assert shards(member, Reading(), Limits(), 50) == [member]


class Watched(io.BytesIO):
    """A file that counts what is read of it."""

    read_bytes = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.read_bytes += len(found)
        return found


@pytest.mark.parametrize(
    "ends", [(core.reading.cuts._ends(Reading(separator))) for separator in (LINE, PARAGRAPH, "---")]
)
def test_one_endless_document_costs_one_scan(ends: core.reading.cuts.Ends) -> None:
    file = Watched(b"word " * 1_000_000)
    assert list(core.reading.cuts._cuts(file, ends, 5_000_000, 1_000)) == []
    assert file.read_bytes <= 5_000_000


def test_only_the_places_of_cuts_are_read() -> None:
    file = Watched(b"some words\n\n" * 1_000_000)
    cuts = list(core.reading.cuts._cuts(file, core.reading.cuts._ends(Reading(PARAGRAPH)), 12_000_000, 1_000_000))
    assert len(cuts) == 11
    assert file.read_bytes <= 12 * core.reading.cuts.FIRST_WINDOW


def test_what_cannot_be_sharded(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="shard_bytes is 0"):
        shards(Text("t", b"a"), Reading(), Limits(), 0)
    with pytest.raises(InputError, match="not known"):
        shards(Text("t", b"a"), Reading(encoding="rot13"), Limits(), 9)
    with pytest.raises(InputError, match="t: larger than the 3 bytes"):
        shards(Text("t", b"a b c"), Reading(), Limits(raw_bytes=3), 2)
    assert shards(Text("t", str(tmp_path / "none")), Reading(), Limits(), 9) == [Text("t", str(tmp_path / "none"))]


def test_shards_of_an_address() -> None:
    fsspec = pytest.importorskip("fsspec")
    fsspec.filesystem("memory").pipe("/shards/a.txt", b"one line\n" * 1_000)
    assert len(check("memory://shards/a.txt", Reading(), 1_000)) > 5

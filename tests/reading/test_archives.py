"""Gzip, zip and what people hide in them; files that cannot be read."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import random
import threading
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.reading.archives import chunks, texts
from core.reading.text import Limits, Received, Text


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def read(text: Text, received: Received | None = None, chunk: int = 1 << 16, **limits) -> bytes:
    return b"".join(chunks(text, Limits(**limits), received or Received(), chunk_bytes=chunk))


def refusal(source: str | bytes, **limits) -> str:
    """The message with which a source is refused, when its texts are listed or read."""
    with pytest.raises(InputError) as caught:
        for text in texts("a.zip", source, Limits(**limits)):
            read(text, **limits)
    assert str(caught.value).isprintable()
    return str(caught.value)


@given(st.binary(max_size=500), st.integers(1, 99), st.sampled_from([0, 8]))
def test_packing_and_unpacking(content: bytes, chunk: int, method: int) -> None:
    content = b"t" + content
    sources = {"gzip": gzip.compress(content), "members": gzip.compress(content[:3]) + gzip.compress(content[3:]),
               "zip": zipped({"d/a.txt": content, "b": b"x"}, method), "plain": content}  # fmt: skip
    for source in sources.values():
        text = texts("n", source, Limits())[0]
        received, seen = Received(), []
        found = b"".join(chunks(text, Limits(), received, chunk_bytes=chunk, progress=seen.append))
        assert found == content
        assert received.text_bytes == len(content)
        assert sum(seen) == received.raw_bytes == text.size
        assert b"".join(chunks(pickle.loads(pickle.dumps(text)), Limits(), Received(), chunk_bytes=50)) == content


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x1f\x8b", b"\x1f\x8b\x08\0", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-"]),
)
def test_any_bytes(content: bytes, magic: bytes) -> None:
    try:
        for text in texts("n", magic + content, Limits()):
            read(text, chunk=7)
    except InputError as error:
        assert str(error).isprintable()


@given(st.data())
def test_damaged_archives(data: st.DataObject) -> None:
    """A byte changed or the end cut off: the same content, or one line."""
    files = {"a.txt": b"hello world " * 9, "b/c.txt": bytes(range(32, 127))}
    for whole in (zipped(files), gzip.compress(files["a.txt"])):
        place = data.draw(st.integers(4, len(whole) - 1))
        changed = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
        for source in (changed, whole[:place]):
            try:
                for text in texts("n", source, Limits()):
                    assert read(text) in (*files.values(), source)
            except InputError as error:
                assert str(error).isprintable()


def test_gzip_cut_short_and_followed_by_rubbish() -> None:
    whole = gzip.compress(random.Random(1).randbytes(10_000))
    assert "damaged or cut short" in refusal(whole[:-9])
    assert "damaged or cut short" in refusal(whole + b"rubbish")
    assert "damaged or cut short" in refusal(whole[:100] + bytes([whole[100] ^ 255]) + whole[101:])
    assert read(Text("n", whole + b"\0" * 64)) == read(Text("n", whole)), "padding is allowed"


def test_members_and_what_is_skipped() -> None:
    received = Received()
    files = {"d/": b"", "d/a.txt": b"1", "__MACOSX/d/._a.txt": b"2", ".git/x": b"3", "d/.DS_Store": b"4",
             "p.png": b"5", "B.TXT": b"6", "c.csv": b"7"}  # fmt: skip
    found = texts("a.zip", zipped(files), Limits(files=3), received)
    assert [text.name for text in found] == ["a.zip: d/a.txt", "a.zip: B.TXT", "a.zip: c.csv"]
    assert [(text.member, read(text)) for text in found] == [("d/a.txt", b"1"), ("B.TXT", b"6"), ("c.csv", b"7")]
    assert received.skipped == ["a.zip: __MACOSX/d/._a.txt", "a.zip: .git/x", "a.zip: d/.DS_Store", "a.zip: p.png"]
    assert read(Text("mine", zipped(files), "B.TXT")) == b"6", "found by its name alone"
    with pytest.raises(InputError, match="there is no x in this archive"):
        read(Text("mine", zipped(files), "x"))


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../x.txt", "a/../../x.txt", "C:\\x.txt", "\\x.txt", "..\\x.txt", "a/../b"]
)
def test_hostile_paths(path: str) -> None:
    assert "leads out of the archive" in refusal(zipped({path: b"x"}))
    assert "leads out of the archive" in refusal(zipped({"fine.txt": b"x", path: b"x"}))


def test_hostile_archives() -> None:
    inner = zipped({"x.txt": b"x"})
    assert (
        refusal(zipped({"a.txt": inner}))
        == "a.zip: a.txt: is a zip archive inside an archive, not plain text: unpack it first"
    )
    assert "gzip inside an archive" in refusal(zipped({"a.txt": gzip.compress(b"x")}))
    assert "is gzip, not plain text" in refusal(gzip.compress(gzip.compress(b"x")))
    assert "is a zip archive, not plain text" in refusal(gzip.compress(inner))
    assert refusal(zipped({"d/": b"", ".x": b"x", "a.jpg": b"x"})) == "a.zip: holds no text file"
    assert refusal(zipped({})) == "a.zip: holds no text file"
    assert "holds 3 files, more than the 2 allowed" in refusal(zipped(dict.fromkeys("abc", b"x")), files=2)
    assert "unusual method" in refusal(zipped({"a": b"x"}, zipfile.ZIP_BZIP2))
    assert "\x1b" not in refusal(zipped({"\x1b[31m\n/../": b"", "\x1b\n/../x": b""}))
    assert "is bzip2" in refusal(b"BZh91AY&SY")


def test_encrypted() -> None:
    whole = bytearray(zipped({"secret.txt": b"x"}))
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(whole)) == "a.zip: secret.txt: encrypted: pack it again without a password"


def test_bombs() -> None:
    zeros = b"a " * 4_000_000
    bomb = zipped({"bomb.txt": zeros})
    for source in (gzip.compress(zeros), bomb):
        assert "larger than the 1,000,000 bytes of text allowed" in refusal(source, text_bytes=1_000_000)
    assert len(bomb) < 20_000
    lying = bytearray(bomb)
    place = lying.index(b"PK\x01\x02") + 24
    lying[place : place + 4] = (10).to_bytes(4, "little")
    assert "damaged" in refusal(bytes(lying)), "the header says ten bytes"
    many = zipped({f"{number}.txt": b"a " * 300_000 for number in range(3)})
    assert "bytes of text allowed" in refusal(many, text_bytes=1_000_000), "each of them is small enough"


def test_a_long_list_of_files_is_not_even_read() -> None:
    many = zipped({f"{number}.txt": b"" for number in range(3_000)})
    assert refusal(many, files=100) == "a.zip: holds more than the 100 files allowed"
    assert len(texts("a", many, Limits(files=3_000))) == 3_000


def test_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    for source in (str(path), b"x" * 100):
        assert refusal(source, raw_bytes=99) == "a.zip: larger than the 99 bytes allowed"
        with pytest.raises(InputError, match="larger than the 99"):
            read(Text("t", source), chunk=10, raw_bytes=99)
        assert read(Text("t", source), raw_bytes=100, text_bytes=100) == b"x" * 100


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for source, reason in ((tmp_path / "none", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(InputError) as caught:
            texts(str(source), str(source), Limits())
        assert str(caught.value) == f"{source}: {reason}"
    for odd in ("", "a\0b", "x" * 5000, "\udcff", "a\nb"):
        with pytest.raises(InputError) as caught:
            texts(odd, odd, Limits())
        assert str(caught.value).isprintable()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipes_are_read_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(gzip.compress(b"through a pipe"),))
    writer.start()
    (text,) = texts("pipe", str(path), Limits())
    assert text.size is None
    assert read(text) == b"through a pipe"
    writer.join()


def test_addresses() -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe("/reading/a.zip", zipped({"a.txt": b"1", "b.txt": b"2"}))
    memory.pipe("/reading/a.txt.gz", gzip.compress(b"3"))
    assert [read(text) for text in texts("a", "memory://reading/a.zip", Limits())] == [b"1", b"2"]
    (text,) = texts("a", "memory://reading/a.txt.gz", Limits())
    assert (read(text), text.size) == (b"3", len(gzip.compress(b"3")))
    for address in ("memory://reading/none", "nowhere://x"):
        with pytest.raises(InputError) as caught:
            texts(address, address, Limits())
        assert str(caught.value).isprintable()

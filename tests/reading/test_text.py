"""Where texts are, how large they are, and how they are called."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest

from core.errors import InputError
from core.reading.text import Received, Text, filesystems, problem


def test_sizes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"12345")
    assert Text("t", b"123").size == 3
    assert Text("t", str(path)).size == 5
    assert Text("t", str(path), start=2).size == 3
    assert Text("t", str(path), start=2, stop=4).size == 2
    assert Text("t", str(tmp_path)).size is None
    assert Text("t", str(path) + "x").size is None
    assert Text("t", "nowhere://x").size is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (Text("a.CSV", b""), "csv"),
        (Text("upload", "/x/a.tsv.gz"), "csv"),
        (Text("x", b"", "b/c.ndjson"), "jsonl"),
        (Text("a.jsonl.gz", b""), "jsonl"),
        (Text("csv", "a.txt"), ""),
        (Text("a.csv.txt", b""), ""),
    ],
)
def test_kinds(text: Text, kind: str) -> None:
    assert text.kind == kind or (kind == "" and text.name == "csv")


def test_texts_travel() -> None:
    text = Text("t", b"123", start=1, stop=2)
    assert pickle.loads(pickle.dumps(text)) == text
    assert "123" not in repr(text), "an upload of megabytes is not shown"


def test_tallies_add_up() -> None:
    total = Received(10, 20, 1, "utf-8", ["a"])
    total.add(Received(1, 2, 3, "cp1252", ["b"]))
    assert total == Received(11, 22, 4, "cp1252", ["a", "b"])
    assert total.replaced_share == pytest.approx(4 / 22)
    assert Received().replaced_share == 0


def test_messages_are_one_printable_line() -> None:
    message = str(problem("a\nb\x1b[31m\u202ec", "x\r\ny" + "z" * 10_000))
    assert message.startswith("a b?[31m?c: x y")
    assert message.isprintable()
    assert len(message) < 1100


def test_without_fsspec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(InputError, match="s3: to read from an address, install fsspec"):
        filesystems(Text("s3", "s3://a/b"))

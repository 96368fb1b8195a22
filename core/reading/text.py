"""What a person brings: where a text is, how to read it, how much of it, and what was met on the way."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import ZipInfo

from core.errors import InputError

LINE, PARAGRAPH, WHOLE = "\n", "\n\n", ""
LONGEST_MESSAGE = 500


@dataclass(frozen=True)
class Limits:
    """How much is read; None is no limit. They hold for a tally: hand one ``Received`` to all texts of one upload.

    raw_bytes : bytes as they are stored. text_bytes : the same when unpacked. files : files in an archive.
    line_bytes : the longest row of a csv, line of a jsonl and run without white space. It bounds memory.
    """

    raw_bytes: int | None = None
    text_bytes: int | None = None
    files: int | None = None
    line_bytes: int = 1 << 20

    def __post_init__(self) -> None:
        for name in ("raw_bytes", "text_bytes", "files", "line_bytes"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} is {value}, and must be at least 1")


@dataclass(frozen=True)
class Reading:
    """How bytes become documents.

    separator : what ends a document, ``LINE``, ``PARAGRAPH`` (a blank line), ``WHOLE`` or any string as it stands.
    encoding : a Python codec, or "auto": what the byte order mark says, UTF-8 without one.
    field : the column of a csv or field of a jsonl; there, each row is a document.
    """

    separator: str = LINE
    encoding: str = "auto"
    field: str = ""


@dataclass
class Received:
    """A tally of what was read so far.

    raw_bytes, text_bytes : as in ``Limits``. replaced : bytes that mean nothing in the encoding, read as U+FFFD.
    encoding : the one used last. skipped : files of an archive that are no texts.
    """

    raw_bytes: int = 0
    text_bytes: int = 0
    replaced: int = 0
    encoding: str = ""
    skipped: list[str] = field(default_factory=list)

    @property
    def replaced_share(self) -> float:
        """Share of the bytes that mean nothing in the encoding, 0 to 1. Above 0.01 it is likely the wrong one."""
        return min(1.0, self.replaced / self.text_bytes) if self.text_bytes else 0.0

    def add(self, other: Received) -> None:
        """Count what another tally counted as well."""
        self.raw_bytes += other.raw_bytes
        self.text_bytes += other.text_bytes
        self.replaced += other.replaced
        self.encoding = other.encoding or self.encoding
        self.skipped += other.skipped


@dataclass(frozen=True)
class Text:
    """One text, not read yet. It can be pickled; a path then means a path on the other machine.

    name : for people. source : a path, an address with "://", or the content itself. member : a file in a zip.
    start, stop : the range of bytes of a shard. entry : where in the zip the member is, so that the list of files
    is read once and not once a file.
    """

    name: str
    source: str | bytes = field(repr=False)
    member: str = ""
    start: int = 0
    stop: int | None = None
    entry: ZipInfo | None = field(default=None, repr=False, compare=False)

    @property
    def size(self) -> int | None:
        """Raw bytes that reading it will take; None if unknown."""
        if self.member:
            return self.entry.compress_size if self.entry else None
        whole = self.stop if self.stop is not None else _stored_bytes(self)
        return None if whole is None else max(0, whole - self.start)

    @property
    def kind(self) -> str:
        """What its name says it is: "csv", "jsonl", or "" for plain text."""
        names = (self.name, self.member, self.source if isinstance(self.source, str) else "")
        ends = {name.lower().removesuffix(".gz").rpartition(".")[2] for name in names}
        return "csv" if ends & {"csv", "tsv"} else "jsonl" if ends & {"jsonl", "ndjson"} else ""

    @property
    def remote(self) -> bool:
        """Whether the source is an address that fsspec opens."""
        return isinstance(self.source, str) and "://" in self.source


def filesystems(text: Text) -> Any:
    """The module fsspec; raises InputError where it is not installed."""
    try:
        return import_module("fsspec")
    except ImportError as error:
        raise problem(text.name, "to read from an address, install fsspec (pip install fsspec)") from error


def problem(name: str, reason: object) -> InputError:
    """An error of one line, whatever characters the name of a file or a column may hold."""
    return InputError(f"{shown(name)}: {shown(str(reason))}")


def shown(words: str) -> str:
    """One printable line, not too long."""
    line = " ".join(words.split())[:LONGEST_MESSAGE]
    return "".join(character if character.isprintable() else "?" for character in line)


def _stored_bytes(text: Text) -> int | None:
    if isinstance(text.source, bytes):
        return len(text.source)
    try:
        if text.remote:
            system, path = filesystems(text).core.url_to_fs(text.source)
            return system.size(path)
        status = Path(text.source).stat()
    except Exception:  # each file system has errors of its own; whoever opens the text tells them
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None

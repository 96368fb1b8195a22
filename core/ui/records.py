"""The kept record of benchmarks, read once for all pages."""

from __future__ import annotations

from pathlib import Path

from core.benchmark import KEPT, Kept, load_record
from core.errors import InputError
from core.ui.lab import paper_spectrum
from core.ui.memory import remembered
from core.ui.prose import Prose

SAY = Prose("benchmarks")


def kept_record() -> Kept:
    """The record, as its file is now. Raises InputError where there is none that can be read.

    Where the server keeps its files is not told.
    """
    try:
        return _read(str(KEPT), KEPT.stat().st_mtime_ns if KEPT.exists() else 0)
    except InputError as error:
        raise InputError(str(error).replace(str(KEPT), KEPT.name)) from error


@remembered(max_entries=2)
def _read(path: str, changed: int) -> Kept:
    """``changed`` only tells one state of the file from another."""
    return load_record(Path(path))


def of_bundled(kept: Kept) -> bool:
    """Whether a record is of the very text that the bundled eigenpairs are of, and of as many words."""
    known = paper_spectrum()
    return kept.about.is_of(known.source, known.vocab_size)


def model_name(model: str) -> str:
    """What a line of the record is called."""
    return SAY(f"model.{model}")

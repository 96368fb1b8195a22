"""``export``: a finished run as files for other programs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.export import Trained, find, projector, save, tables, theory, with_about, word2vec

Result = dict[str, Any]
FORMATS = ("word2vec", "projector", "csv")


def options(command: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = command.add_argument
    add("run", metavar="RUN", help="a run written by train --out; or the id of a run that the dashboard here has kept")
    add(
        "--format",
        nargs="+",
        action="extend",
        choices=[*FORMATS, "html"],
        help="word2vec: vectors.txt and .bin; projector: for the Embedding Projector; csv: spectrum, concepts and "
        "history; html: a player in one file (all)",
    )
    add("--out", type=Path, required=True, metavar="FOLDER", help="write the files here; it is made if need be")


def run(chosen: argparse.Namespace) -> Result:
    """Make all files, then write them."""
    found = find(chosen.run)
    files = with_about(_files(found, chosen.format or FORMATS), found)
    paths = save(files, chosen.out)
    return {
        "name": found.name,
        "vocab_size": len(found.words),
        "dim": found.embeddings.shape[1],
        "files": [str(path) for path in paths],
        "bytes": [len(data) for data in files.values()],
    }


def _files(run: Trained, formats: Sequence[str]) -> dict[str, bytes]:
    if "html" in formats:
        raise InputError("html cannot be written yet; there are: " + ", ".join(FORMATS))
    files: dict[str, bytes] = {}
    if "word2vec" in formats:
        files |= word2vec(run)
    if "projector" in formats:
        files |= projector(run)
    if "csv" in formats:
        files |= tables(run, *theory(run))
    return files


def table(result: Result) -> str:
    """The result for people."""
    lines = [f"{result['name']}: {result['vocab_size']:,} words, d = {result['dim']}, {result['seconds']:.1f} s", ""]
    lines += [f"{size:>12,} {path}" for path, size in zip(result["files"], result["bytes"], strict=True)]
    return "\n".join(lines)

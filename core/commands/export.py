"""``export``: a finished run as files for other programs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from core.export import Trained, find, frames_of, projector, save, tables, theory, with_about, word2vec
from core.prose import DEFAULT, LANGUAGES
from core.show import run_html
from core.training import Snapshot, TrainSpec

Result = dict[str, Any]
FORMATS = ("word2vec", "projector", "csv", "html")


def options(command: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = command.add_argument
    add(
        "run",
        metavar="RUN",
        help="a run written by train --out (trained again for html), or the id of one that the dashboard has kept",
    )
    add(
        "--format",
        nargs="+",
        action="extend",
        choices=FORMATS,
        help="word2vec: vectors.txt and .bin; projector: for the Embedding Projector; csv: spectrum, concepts and "
        "history; html: a player in one file (all)",
    )
    add("--language", choices=list(LANGUAGES), default=DEFAULT, help=f"of the player ({DEFAULT})")
    add("--out", type=Path, required=True, metavar="FOLDER", help="write the files here; it is made if need be")


def run(chosen: argparse.Namespace) -> Result:
    """Make all files, then write them."""
    found = find(chosen.run)
    files = with_about(_files(found, chosen.format or FORMATS, chosen.language), found)
    paths = save(files, chosen.out)
    return {
        "name": found.name,
        "vocab_size": len(found.words),
        "dim": found.embeddings.shape[1],
        "files": [str(path) for path in paths],
        "bytes": [len(data) for data in files.values()],
    }


def _files(run: Trained, formats: Sequence[str], language: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    if "word2vec" in formats:
        files |= word2vec(run)
    if "projector" in formats:
        files |= projector(run)
    if "csv" in formats or "html" in formats:
        problem, prediction = theory(run)
    if "csv" in formats:
        files |= tables(run, problem, prediction)
    if "html" in formats:
        frames = frames_of(run, problem, _watched)
        files["staircase.html"] = run_html(run.spec, problem, frames, language=language, title=run.name)
    return files


def _watched(snapshots: Iterator[Snapshot], planned: TrainSpec) -> Iterator[Snapshot]:
    """The snapshots, with how far they are on stderr."""
    total = len(planned.snapshot_steps())
    return iter(tqdm(snapshots, "train again", total, delay=1, bar_format="{l_bar}{bar}| {elapsed}<{remaining}"))


def table(result: Result) -> str:
    """The result for people."""
    lines = [f"{result['name']}: {result['vocab_size']:,} words, d = {result['dim']}, {result['seconds']:.1f} s", ""]
    lines += [f"{size:>12,} {path}" for path, size in zip(result["files"], result["bytes"], strict=True)]
    return "\n".join(lines)

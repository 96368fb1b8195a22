"""``count``: texts to exact co-occurrence counts."""

from __future__ import annotations

import argparse
import importlib.util
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from tqdm import tqdm

from core.corpus import CorpusSpec
from core.countfile import save_counts
from core.counting import Counted, Crew, Here, PassProgress, TextSpec, count_texts
from core.counts import CountSpec
from core.errors import InputError
from core.lexicon import LETTERS, WordSpec
from core.reading import CHUNK_BYTES, Reading, Received, Text
from core.recipe import SEPARATORS
from core.sources import texts_at

Result = dict[str, Any]


def options(command: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = command.add_argument
    add("texts", metavar="TEXT", nargs="+",
        help="files (.txt .md .csv .jsonl, plain, .gz or .zip), folders, patterns, URLs; - is stdin")  # fmt: skip
    add("--vocab-size", type=int, default=5_000, help="keep at most so many words (5000)")
    add("--window", type=int, default=16, help="L, words on each side of a centre (16)")
    add("--min-count", type=int, default=1, help="drop words met less often (1)")
    add("--min-tokens", type=int, default=1, help="drop documents with fewer tokens (1)")
    add("--separator", default="line",
        help=f"what ends a document: {', '.join(SEPARATORS)}, or any characters (line)")  # fmt: skip
    add("--field", default="", help="the column of .csv, the field of .jsonl that holds the text")
    add("--encoding", default="auto", help="of the text (auto: by its first bytes, else UTF-8)")
    add("--letters", choices=LETTERS, default="latin", help="a word is a run of a-z, or of any letters and digits")
    add("--keep-case", action="store_true", help="do not lower-case")
    add("--drop-stop-words", action="store_true", help="leave out scikit-learn's 318 English stop words")
    add("--workers", type=int,
        help="processes of a local dask cluster (without: threads of this one, one a core)")  # fmt: skip
    add("--scheduler", help="address of a dask scheduler, such as tcp://host:8786, whose workers count")
    add("--out", type=Path, help="write the counts to this file")
    add("--level", type=int, default=3, help="of zstd, 1 to 22: how hard the file is compressed (3)")


def run(chosen: argparse.Namespace) -> Result:
    """Count, write the file if asked to, and say what was found."""
    spec = _spec(chosen)
    received = Received()
    with ExitStack() as stack:
        texts = _texts(chosen, spec, received, stack)
        crew = stack.enter_context(_crew(chosen, stack.enter_context(_bars())))
        counted = count_texts(texts, spec, crew=crew)
    if chosen.out:
        save_counts(counted.counts, chosen.out, level=chosen.level)
    received.add(counted.received)
    return _result(counted, received)


def _spec(chosen: argparse.Namespace) -> TextSpec:
    words = WordSpec(chosen.letters, lower=not chosen.keep_case)
    return TextSpec(
        Reading(SEPARATORS.get(chosen.separator, chosen.separator), chosen.encoding, chosen.field),
        CorpusSpec(chosen.vocab_size, chosen.min_count, chosen.min_tokens, not chosen.drop_stop_words, words),
        CountSpec(chosen.window, workers=_threads(chosen)),
    )


def _threads(chosen: argparse.Namespace) -> int:
    """Threads of one process: each process of a cluster has one."""
    if chosen.workers is not None and chosen.workers < 1:
        raise InputError(f"workers is {chosen.workers}, and must be at least 1")
    if chosen.scheduler or (_many(chosen) and _dask_is_here()):
        return 1
    return chosen.workers or os.cpu_count() or 1


def _many(chosen: argparse.Namespace) -> bool:
    return (chosen.workers or 1) > 1


def _dask_is_here() -> bool:
    return importlib.util.find_spec("distributed") is not None


def _crew(chosen: argparse.Namespace, progress: PassProgress):
    """Who counts, as a context."""
    from core import cluster

    if chosen.scheduler:
        return cluster.workers_of(chosen.scheduler, progress)
    if _many(chosen) and _dask_is_here():
        return cluster.local_workers(chosen.workers, progress)
    if _many(chosen):
        print(f"dask is not installed: {chosen.workers} threads of this process count", file=sys.stderr)
    return _here(progress)


@contextmanager
def _here(progress: PassProgress) -> Iterator[Crew]:
    yield Here(progress)


@contextmanager
def _bars() -> Iterator[PassProgress]:
    """A bar for each pass over the text, with an estimate of the time left."""
    bars: dict[str, tqdm] = {}

    def tell(what: str, share: float) -> None:
        if what not in bars:
            for bar in bars.values():
                bar.close()
            layout = "{l_bar}{bar}| {elapsed}<{remaining}"
            bars[what] = tqdm(total=100, desc=what, unit="%", delay=1, bar_format=layout)
        bars[what].update(100 * share - bars[what].n)

    try:
        yield tell
    finally:
        for bar in bars.values():
            bar.close()


def _texts(chosen: argparse.Namespace, spec: TextSpec, received: Received, stack: ExitStack) -> list[Text]:
    """What is to be read; what can be read only once is kept, because texts are read twice."""
    found = []
    for name in chosen.texts:
        if (piped := _is_piped(name)) and chosen.scheduler:
            shown = "stdin" if name == "-" else name
            raise InputError(f"{shown} cannot be shared with other machines: write it to a file that they can read")
        if name == "-":
            found.append(_kept("stdin", sys.stdin.buffer, stack))
        elif piped:
            with Path(name).open("rb") as pipe:
                found.append(_kept(name, pipe, stack))
        else:
            found += texts_at(name, spec.limits, received)
    return found


def _is_piped(name: str) -> bool:
    with suppress(OSError, ValueError):  # a name that cannot be is told where it is opened
        return name == "-" or stat.S_ISFIFO(Path(name).stat().st_mode)
    return False


def _kept(name: str, pipe: BinaryIO, stack: ExitStack) -> Text:
    """What comes through a pipe, in a temporary file."""
    try:
        spool = stack.enter_context(_spool())
        while chunk := pipe.read(CHUNK_BYTES):
            spool.write(chunk)
        spool.flush()
    except OSError as error:
        raise InputError(f"{name}: cannot be kept in a temporary file ({error.strerror or error})") from error
    return Text(name, spool.name)


@contextmanager
def _spool() -> Iterator[Any]:
    spool = tempfile.NamedTemporaryFile(prefix="staircase-pipe-")  # noqa: SIM115 - closed below
    try:
        yield spool
    finally:
        with suppress(OSError):  # a full disk, which was told when it was written to
            spool.close()


def _result(counted: Counted, received: Received) -> Result:
    counts, source = counted.counts, counted.counts.source
    return {
        "documents": source.documents,
        "tokens": source.tokens,
        "kept_tokens": source.kept_tokens,
        "vocab_size": counts.vocab_size,
        "window": source.window,
        "total_weight": counts.total_weight,
        "unseen_share": counts.unseen_share,
        "words": list(counts.words),
        "unigram": counts.unigram.tolist(),
        "row_weights": counts.row_weights.tolist(),
        "types": counted.vocabulary.types,
        "replaced_share": received.replaced_share,
        "skipped": list(received.skipped),
    }


def table(result: Result) -> str:
    """The result for people."""
    rows = [
        ("documents", f"{result['documents']:,}"),
        ("tokens", f"{result['tokens']:,}"),
        ("kept tokens", f"{result['kept_tokens']:,}"),
        ("vocabulary", f"{result['vocab_size']:,} of {result['types']:,}"),
        ("window", f"{result['window']}"),
        ("total weight", f"{result['total_weight']:,}"),
        ("unseen pairs", f"{result['unseen_share']:.1%}"),
        ("first words", " ".join(result["words"][:10])),
        ("seconds", f"{result['seconds']:.2f}"),
    ]
    if result["replaced_share"]:
        rows.append(("not readable", f"{result['replaced_share']:.2%} of the bytes: is --encoding right?"))
    if result["skipped"]:
        rows.append(("skipped", ", ".join(result["skipped"][:10])))
    return "\n".join(f"{name:14}{value}" for name, value in rows)

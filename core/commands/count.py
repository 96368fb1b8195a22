"""``count``: texts to exact co-occurrence counts."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from core.corpus import CorpusSpec
from core.countfile import save_counts
from core.counting import Counted, Crew, Here, PassProgress, TextSpec, count_texts
from core.counts import CountSpec
from core.errors import InputError
from core.lexicon import LETTERS, WordSpec
from core.reading import CHUNK_BYTES, Reading, Text
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
    with ExitStack() as stack:
        texts = _texts(chosen, spec, stack)
        crew = stack.enter_context(_crew(chosen, stack.enter_context(_bars())))
        counted = count_texts(texts, spec, crew=crew)
    if chosen.out:
        save_counts(counted.counts, chosen.out, level=chosen.level)
    return _result(counted)


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
            layout = "{l_bar}{bar}| {elapsed}<{remaining}"
            bars[what] = tqdm(total=100, desc=what, unit="%", delay=1, bar_format=layout)
        bars[what].update(100 * share - bars[what].n)

    try:
        yield tell
    finally:
        for bar in bars.values():
            bar.close()


def _texts(chosen: argparse.Namespace, spec: TextSpec, stack: ExitStack) -> list[Text]:
    """What is to be read; stdin is kept in a temporary file, because texts are read twice."""
    found = []
    for name in chosen.texts:
        if name != "-":
            found += texts_at(name, spec.limits)
            continue
        if chosen.scheduler:
            raise InputError("stdin cannot be shared with other machines: write it to a file that they can read")
        spool = stack.enter_context(tempfile.NamedTemporaryFile(prefix="staircase-stdin-"))  # noqa: SIM115 - it is one
        while chunk := sys.stdin.buffer.read(CHUNK_BYTES):
            spool.write(chunk)
        spool.flush()
        found.append(Text("stdin", spool.name))
    return found


def _result(counted: Counted) -> Result:
    counts, source, received = counted.counts, counted.counts.source, counted.received
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

"""Texts of any size to exact counts: read in shards, twice, here or on many machines.

First every shard's words are surveyed and a vocabulary is chosen from all of them; then every shard's pairs are
counted. Sums of integers do not depend on how the texts were cut, nor on who counted which part. Memory holds a
table (``counts.TABLE_BYTES``), a chunk for each thread, and the words; never the text.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from core.corpus import CorpusSpec, Laid, Survey, Vocabulary, encode, merged, survey, vocabulary
from core.counts import Band, Cooccurrence, CountSpec, Rows, assembled, bands, tally, total
from core.errors import InputError
from core.lexicon import Lexicon
from core.reading import Limits, Reading, Received, Text, clean, shards
from core.watch import Progress, Watch

SHARD_BYTES = 1 << 24

T = TypeVar("T")
Job = tuple[Text, ...]
PassProgress = Callable[[str, float], None]


@dataclass(frozen=True)
class TextSpec:
    """From bytes to counts: how documents are found, which words are kept, which pairs are counted.

    ``tokens``: a text of more words is refused; None for no limit.
    """

    reading: Reading = field(default_factory=Reading)
    corpus: CorpusSpec = field(default_factory=CorpusSpec)
    count: CountSpec = field(default_factory=CountSpec)
    limits: Limits = field(default_factory=Limits)
    tokens: int | None = None


@dataclass(frozen=True, eq=False)
class Counted:
    """Counts, the vocabulary they are of, and what was noticed while reading."""

    counts: Cooccurrence
    vocabulary: Vocabulary
    received: Received


class Crew(Protocol):
    """Who does the work: this process (``Here``), or others (``core.cluster``)."""

    def share(self, pieces: Sequence[Text]) -> list[Job]:
        """The shards as jobs, which are independent of each other."""

    def run(self, what: str, work: Callable[..., T], jobs: list[Job], *others: Any) -> Generator[T]:
        """``work(job, *others)`` of every job, in any order; ``what`` is the name of this pass, for people."""


class Here:
    """This process: one job, whose threads share a table."""

    def __init__(self, progress: PassProgress | None = None) -> None:
        """``progress`` is told the pass and the share done, in the thread that asked; what it raises ends the work."""
        self._progress = progress

    def share(self, pieces: Sequence[Text]) -> list[Job]:
        return [tuple(pieces)]

    def run(self, what: str, work: Callable[..., T], jobs: list[Job], *others: Any) -> Generator[T]:
        progress = partial(self._progress, what) if self._progress else None
        return (work(job, *others, progress=progress) for job in jobs)


def count_texts(texts: Sequence[Text], spec: TextSpec | None = None, *, crew: Crew | None = None) -> Counted:
    """Count the pairs of texts: exact, and the same whatever the shards and the crew.

    Raises
    ------
    InputError
        A text cannot be read or is beyond the limits; or there are no words, or no pairs.
    """
    spec, crew = spec or TextSpec(), crew or Here()
    pieces = [one for text in texts for one in shards(text, spec.reading, spec.limits, SHARD_BYTES)]
    jobs, received = crew.share(pieces), Received()
    with closing(crew.run("words", survey_job, jobs, spec)) as parts:
        found = merged(_noted(parts, received), spec.corpus)
    if spec.tokens is not None and found.tokens > spec.tokens:
        raise InputError(f"the text has {found.tokens:,} words, and at most {spec.tokens:,} are taken here")
    words = vocabulary(found, spec.corpus)
    rows, wanted = [], bands(len(words.words))
    for number, band in enumerate(wanted, 1):
        what = "pairs" if len(wanted) == 1 else f"pairs, pass {number} of {len(wanted)}"
        with closing(crew.run(what, tally_job, jobs, spec, words.words, band)) as parts:
            rows.append(next(parts) if len(jobs) == 1 else total(parts, band))
    return Counted(assembled(words, spec.count, rows), words, received)


def survey_job(job: Job, spec: TextSpec, progress: Progress | None = None) -> tuple[Survey, Received]:
    """The words of some shards."""
    watch, received = Watch(_size(job), progress), Received()

    def words(text: Text) -> Iterator[Survey]:
        yield survey(clean(text, spec.reading, spec.limits, received, watch.note), spec.corpus)

    return merged(watch.beside(map(words, job), spec.count.workers), spec.corpus), received


def tally_job(job: Job, spec: TextSpec, words: tuple[str, ...], band: Band, progress: Progress | None = None) -> Rows:
    """The pairs of these words in some shards, in a band of the table."""
    watch, received = Watch(_size(job), progress), Received()
    lexicon = Lexicon(spec.corpus.words, words, learn=False)

    def pieces(text: Text) -> Iterator[Laid]:
        chunks = clean(text, spec.reading, spec.limits, received, watch.note)
        return encode(chunks, lexicon, spec.corpus, spec.count.window)

    return tally(watch.beside(map(pieces, job), spec.count.workers), len(words), spec.count, band)


def _size(job: Job) -> int:
    """Raw bytes of all shards, 0 if that is not known of each."""
    sizes = [text.size for text in job]
    return 0 if None in sizes else sum(size or 0 for size in sizes)


def _noted(found: Iterable[tuple[Survey, Received]], received: Received) -> Iterator[Survey]:
    for one, noted in found:
        received.add(noted)
        yield one

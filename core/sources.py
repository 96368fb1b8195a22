"""Where texts and statistics come from: bundled, files, folders, patterns, addresses, and names of texts."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.corpus import Corpus, read_corpus
from core.countfile import load_counts
from core.counting import Counted, Here, PassProgress, TextSpec, count_texts
from core.counts import Cooccurrence
from core.downloads import DOWNLOADS, fetch
from core.errors import InputError
from core.frozen import frozen
from core.planted import planted_text
from core.reading import Limits, Received, Text, texts
from core.reading.text import filesystems
from core.recipe import PLANTED, Recipe, recipe

ASSETS = Path(__file__).resolve().parent.parent / "assets"
BUNDLED = {"wikipedia": ASSETS / "wikipedia-5k.parquet"}
BUNDLED_DEFAULT_VOCAB, BUNDLED_VOCAB = 2_000, 5_000
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "staircase"
TEXTS = Path(os.environ.get("STAIRCASE_TEXTS") or CACHE / "texts")
TEXT_NAMES = (*DOWNLOADS, PLANTED)
_SUFFIXES = (".txt", ".md", ".csv", ".tsv", ".jsonl", ".ndjson", ".gz", ".zip")


def load_statistics(name: str, vocab_size: int | None = None) -> Cooccurrence:
    """Counts by bundled name, by the name of a text (``core.recipe``) or by path.

    Without a size: 2,000 words if bundled, else all that were counted.
    ``wikipedia@50000`` : the bundled counts, thinned to a text of so many tokens.

    Raises
    ------
    InputError
        There is no such file, it is not a file of counts, or it has fewer words; or the text cannot be had.
    """
    whole, _, tokens = name.partition("@")
    if whole in BUNDLED and tokens.isdecimal() and len(tokens) < 19:
        return thinned(load_statistics(whole, vocab_size), int(tokens))
    if name in BUNDLED:
        return load_counts(BUNDLED[name], BUNDLED_DEFAULT_VOCAB if vocab_size is None else vocab_size)
    if is_text(name) and not _is_there(name):
        counts = count_named(recipe(name)).counts
        return counts if vocab_size is None else counts.head(vocab_size)
    return load_counts(Path(name), vocab_size)


def bundled(name: str) -> bool:
    """Whether these are the bundled counts, whole or thinned."""
    return name.partition("@")[0] in BUNDLED


def fetched(source: str) -> bool:
    """Whether a text that others host is on this machine already."""
    return (TEXTS / f"{source}.txt").is_file()


def tokens_of(source: str) -> int:
    """About how many words a fetched text has: six bytes each."""
    return int(fetch(source, TEXTS).stat().st_size // 6)


def is_text(name: str) -> bool:
    """Whether this is the name of a text, with or without settings."""
    return name.partition("?")[0] in TEXT_NAMES


def count_named(wanted: Recipe, progress: PassProgress | None = None) -> Counted:
    """Count a text by its name; a text that others host must have been fetched, or be to be had now."""
    return count_texts(named_texts(wanted), wanted.text, crew=Here(progress))


def named_corpus(wanted: Recipe) -> Corpus:
    """A text by its name as word numbers. Raises InputError where it cannot be had."""
    return read_corpus(named_texts(wanted), wanted.text.corpus, wanted.text.reading)


def named_texts(wanted: Recipe) -> list[Text]:
    """The text of a recipe. Raises InputError where it cannot be had."""
    if wanted.source == PLANTED:
        return [Text(PLANTED, b"".join(planted_text(wanted.planted)))]
    return [Text(wanted.source, str(fetch(wanted.source, TEXTS)))]


def texts_at(name: str, limits: Limits | None = None, received: Received | None = None) -> list[Text]:
    """The texts that a name on the command line means: a file, all of a folder, a pattern, an address, a named text.

    Raises
    ------
    InputError
        There is none, or one of them cannot be read.
    """
    limits = limits or Limits()
    if is_text(name) and not _is_there(name):
        return _plainly_named(recipe(name))
    found = [text for place in _places(name) for text in texts(place, place, limits, received)]
    if not found:
        raise InputError(f"{name}: no text found there")
    return found


def _plainly_named(wanted: Recipe) -> list[Text]:
    if wanted.text != TextSpec():
        raise InputError(f"{wanted.name}: how a text is read and counted is set by options here, such as --window")
    return named_texts(wanted)


def _is_there(name: str) -> bool:
    try:
        return Path(name).exists()
    except OSError:  # too long for a name of a file, or nothing one may look at
        return False


def _places(name: str) -> Sequence[str]:
    """Files, in the order of their names."""
    if "://" in name:
        return _remote(name)
    if _is_there(name) and Path(name).is_dir():
        return sorted(
            str(path) for path in Path(name).rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file()
        )
    if glob.has_magic(name) and not _is_there(name):
        return sorted(path for path in glob.iglob(name, recursive=True) if Path(path).is_file())  # noqa: PTH207 - whole patterns
    return [name]


def _remote(name: str) -> Sequence[str]:
    if not glob.has_magic(name.partition("://")[2]):
        return [name]
    fsspec = filesystems(Text(name, name))
    try:
        system, path = fsspec.core.url_to_fs(name)
        found = system.glob(path, detail=True).items()
        return sorted(system.unstrip_protocol(one) for one, about in found if about["type"] == "file")
    except Exception as error:  # each file system has errors of its own
        raise InputError(f"{name}: {' '.join(str(error).split())[:200] or type(error).__name__}") from error


def thinned(counts: Cooccurrence, tokens: int) -> Cooccurrence:
    """What a text of so many tokens from the same source might have given: every meeting is kept by chance.

    Meetings are Poisson, one for each mean weight (L + 1) / 2 that was counted, and weigh as much, a half rounded up or
    down by chance. Real texts are burstier: a word that came once comes again soon. The vocabulary and its order stay
    those of the whole text; documents are fewer, and as long.

    Raises
    ------
    InputError
        ``tokens`` is not from 1 to the size of the text, or no meeting is left.
    """
    source = counts.source
    if not 1 <= tokens <= source.tokens:
        raise InputError(f"tokens is {tokens:,}, and must be from 1 to the {source.tokens:,} there are")
    share = tokens / source.tokens
    random = np.random.default_rng(tokens)
    lower = counts.lower.copy()
    meetings = random.poisson(lower.data * (2 * share / (source.window + 1))).astype(np.int64)
    lower.data = (meetings * (source.window + 1) + random.integers(0, 2, len(meetings))) // 2
    lower.eliminate_zeros()
    frozen(lower.data)
    if not lower.nnz:
        raise InputError(f"of {tokens:,} tokens, no two of these words stand together")
    unigram = np.maximum(random.poisson(counts.unigram * share), 1).astype(np.int64)
    documents = max(1, round(source.documents * share))
    kept = replace(source, documents=documents, tokens=tokens, kept_tokens=int(unigram.sum()))
    return replace(counts, lower=lower, unigram=frozen(unigram), source=kept)

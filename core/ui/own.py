"""Texts that visitors bring: read within limits, kept in their session only, shared when they say so."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st
from starlette.formparsers import MultiPartParser

from core.corpus import CorpusSpec
from core.countfile import load_counts, save_counts
from core.counting import Counted, Here, PassProgress, TextSpec, count_texts
from core.counts import Cooccurrence
from core.errors import InputError
from core.reading import Limits, Received, Text, texts
from core.reading.text import shown
from core.sources import CACHE
from core.ui.memory import OWN
from core.ui.prose import Prose

SAY = Prose("corpus")
KEPT = "kept:"
TEXT_MEGABYTES = int(os.environ.get("STAIRCASE_MAX_TEXT_MEGABYTES", 200))
TEXT_FILES = int(os.environ.get("STAIRCASE_MAX_TEXT_FILES", 1_000))
TEXT_TOKENS = int(os.environ.get("STAIRCASE_MAX_TEXT_TOKENS", 20_000_000))
VOCABULARY = int(os.environ.get("STAIRCASE_MAX_VOCABULARY", 10_000))
LINE_KILOBYTES = int(os.environ.get("STAIRCASE_MAX_LINE_KILOBYTES", 1_024))
KEPT_TEXTS = int(os.environ.get("STAIRCASE_MAX_KEPT_TEXTS", 50))
KEPT_MEGABYTES = int(os.environ.get("STAIRCASE_MAX_KEPT_MEGABYTES", 500))
FOLDER = Path(os.environ.get("STAIRCASE_KEPT_TEXTS") or CACHE / "kept")
TEXTS_A_VISITOR = 3
LEAST_WORDS = 8  # with fewer there are fewer directions than the pages draw
_LONGEST_TITLE = 60
_DIGEST = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, eq=False)
class Brought:
    """A visitor's text. ``title`` is the visitor's: data, never markup."""

    title: str
    texts: Sequence[Text]
    spec: TextSpec
    counted: Counted


def upload_megabytes() -> int:
    """The largest upload: Streamlit's own setting, which its server enforces."""
    return int(st.get_option("server.maxUploadSize"))


def limits() -> Limits:
    """What one upload may be, all its files together."""
    megabyte = 1 << 20
    return Limits(upload_megabytes() * megabyte, TEXT_MEGABYTES * megabyte, TEXT_FILES, LINE_KILOBYTES << 10)


def keep_uploads_in_memory() -> None:
    """Have the server parse uploads in memory. Of its own accord it writes those of more than a megabyte to disk."""
    MultiPartParser.spool_max_size = (upload_megabytes() + 1) << 20


def opened(files: Sequence[tuple[str, bytes]], received: Received) -> list[Text]:
    """The texts in some files, those of archives one by one. Raises InputError where they are beyond the limits."""
    allowed = limits()
    if sum(len(data) for _, data in files) > (allowed.raw_bytes or 0):
        raise InputError(SAY("own.too-large", most=upload_megabytes()))
    found = [text for name, data in files for text in texts(name, data, allowed, received)]
    if len(found) > TEXT_FILES:
        raise InputError(SAY("own.too-many", found=len(found), most=TEXT_FILES))
    return found


def bring(title: str, found: Sequence[Text], spec: TextSpec, progress: PassProgress | None = None) -> str:
    """Count a visitor's texts; the name of the statistics, which is good in this session only.

    Raises
    ------
    InputError
        They cannot be read, are beyond the limits, or hold too few words or no pairs.
    """
    check_vocabulary(spec.corpus)
    spec = replace(spec, limits=limits(), tokens=TEXT_TOKENS)
    counted = count_texts(found, spec, crew=Here(progress))
    check_words(counted.counts)
    mine = _mine()
    name = OWN + secrets.token_hex(4)
    mine[name] = Brought(_title(title, mine.values()), tuple(found), spec, counted)
    for oldest in list(mine)[:-TEXTS_A_VISITOR]:
        del mine[oldest]
    return name


def check_vocabulary(spec: CorpusSpec) -> None:
    """Raise InputError where more words are asked for than this server takes."""
    if spec.vocab_size > VOCABULARY:
        raise InputError(SAY("own.vocabulary", asked=spec.vocab_size, most=VOCABULARY))


def check_words(counts: Cooccurrence) -> None:
    """Raise InputError where a text has too few different words for the pages."""
    if counts.vocab_size < LEAST_WORDS:
        raise InputError(SAY("own.too-few", found=counts.vocab_size, least=LEAST_WORDS))


def _title(wanted: str, others: Iterable[Brought]) -> str:
    """One short line, unlike the titles of the visitor's other texts: pickers know an option by what it is called."""
    plain, taken = shown(wanted)[:_LONGEST_TITLE] or "text", {one.title for one in others}
    numbered = (f"{plain} {number}" for number in count(2))
    return next(one for one in chain([plain], numbered) if one not in taken)


@st.cache_resource(scope="session", show_spinner=False)
def _mine() -> dict[str, Brought]:
    """The texts of this visitor; they go with the session."""
    return {}


def names() -> list[str]:
    """The visitor's own texts, oldest first."""
    return list(_mine())


def brought(name: str) -> Brought:
    """A text of this visitor. Raises InputError where it is not."""
    try:
        return _mine()[name]
    except KeyError as error:
        raise InputError(SAY("own.elsewhere")) from error


def share(name: str) -> str:
    """Keep the statistics of an own text on this server; a name of them that anybody can use."""
    counts = brought(name).counted.counts
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".new-", dir=FOLDER, ignore_cleanup_errors=True) as scratch:
            whole = Path(scratch) / "counts.parquet"
            save_counts(counts, whole)
            digest = hashlib.sha256(whole.read_bytes()).hexdigest()[:16]
            whole.replace(FOLDER / f"{digest}.parquet")
        _forget_oldest()
    except (OSError, InputError) as error:  # what they say names folders of this server
        raise InputError(SAY("own.unwritable")) from error
    return KEPT + digest


def _forget_oldest() -> None:
    """Make room: the folder holds so many files and so many bytes."""
    found = []
    for path in FOLDER.glob("*.parquet"):
        with contextlib.suppress(FileNotFoundError):  # another visitor's share made room
            found.append((path.stat().st_mtime, path.stat().st_size, path))
    total = 0
    for number, (_, size, path) in enumerate(sorted(found, reverse=True), 1):
        total += size
        if number > KEPT_TEXTS or (total > KEPT_MEGABYTES << 20 and number > 1):
            path.unlink(missing_ok=True)


def kept(name: str) -> Cooccurrence:
    """Statistics that somebody shared. Raises InputError where there are none of this name."""
    digest = name.removeprefix(KEPT)
    path = FOLDER / f"{digest}.parquet"
    if not _DIGEST.fullmatch(digest) or not path.is_file():
        raise InputError(SAY("own.gone"))
    try:
        return load_counts(path)
    except InputError as error:  # what it says names a folder of this server
        raise InputError(SAY("own.damaged")) from error

"""Where statistics come from: the bundled ones by name, or a file made by ``count``."""

from __future__ import annotations

from pathlib import Path

from core.counts import Cooccurrence, load_counts

ASSETS = Path(__file__).resolve().parent.parent / "assets"
BUNDLED = {"wikipedia": ASSETS / "wikipedia-5k.parquet"}
BUNDLED_DEFAULT_VOCAB = 2_000


def load_statistics(name: str, vocab_size: int | None = None) -> Cooccurrence:
    """Counts by bundled name or by path. Without a size: 2,000 words if bundled, else the whole file.

    Raises
    ------
    InputError
        There is no such file, it is not a file of counts, or it has fewer words.
    """
    if name in BUNDLED:
        return load_counts(BUNDLED[name], BUNDLED_DEFAULT_VOCAB if vocab_size is None else vocab_size)
    return load_counts(Path(name), vocab_size)

"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from core.errors import InputError


@contextlib.contextmanager
def written(path: Path) -> Iterator[Path]:
    """A neighbouring path to write to; it takes the place of ``path`` at the end, and is removed on failure.

    Its name ends in ``.partial``, and no other call gets the same: two writers of one file would otherwise mix
    their bytes. Whoever is last then has the place. The partial file of a killed writer stays behind.

    Raises
    ------
    InputError
        The place cannot be written to, or the disk is full.
    """
    if path.is_dir() or not path.name:
        raise InputError(f"{path}: is a folder, not a file to write")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")
    partial = path.with_name(f"{path.name}.{secrets.token_hex(6)}.partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)

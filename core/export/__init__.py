"""A finished run as files for other programs: word vectors, the Embedding Projector, tables."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from core.errors import InputError
from core.export.about import bibtex, readme
from core.export.again import frames_of
from core.export.tables import tables, theory
from core.export.trained import Trained, find, of_finished
from core.export.vectors import projector, word2vec
from core.files import written

__all__ = [
    "Trained", "bibtex", "find", "frames_of", "of_finished", "projector", "readme", "save", "tables", "theory",
    "with_about", "word2vec", "zipped",
]  # fmt: skip

_MOMENT = (1980, 1, 1, 0, 0, 0)  # of files in an archive: the same run gives the same bytes


def with_about(files: Mapping[str, bytes], run: Trained, link: str = "") -> dict[str, bytes]:
    """The files, with what to cite and with ``README.txt``, which says what each of them is."""
    named = {**files, "staircase.bib": bibtex()}
    return {**named, "README.txt": readme(run, named, link)}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as one archive; the same files give the same bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, _MOMENT)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            packed.writestr(member, data)
    return archive.getvalue()


def save(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write the files to a folder, which is made if need be; files of the same names are replaced. Their paths.

    They are put in place only when all of them are written.

    Raises
    ------
    InputError
        The folder cannot be made or written to, or the disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror or error}") from error
    paths = [folder / name for name in files]
    with ExitStack() as unfinished:
        for path, data in zip(paths, files.values(), strict=True):
            unfinished.enter_context(written(path)).write_bytes(data)
    return paths

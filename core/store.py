"""Finished runs in a bounded folder, which survive the server."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar
from zipfile import ZipFile

import numpy as np

from core.counts import Cooccurrence
from core.errors import InputError
from core.files import written
from core.problem import RunSpec
from core.runfile import NAME_LENGTH, Entry, Finished, Stored, describe, pack_run, read_entry, read_run, run_id
from core.sources import CACHE

Found = TypeVar("Found")

_MESSAGES = 50
_ABANDONED_SECONDS = 3_600
_ID = re.compile(r"[0-9a-f]{12}")
_RUN = re.compile(r"[0-9a-f]{12}\.npz")
_PARTIAL = re.compile(r"[0-9a-f]{12}\.npz\..*partial")


def runs_folder() -> Path:
    """Where finished runs are kept (``STAIRCASE_RUNS``)."""
    return Path(os.environ.get("STAIRCASE_RUNS") or CACHE / "runs")


class RunStore:
    """Finished runs in a folder, a file each, the oldest forgotten first. Threads and processes may share it."""

    def __init__(self, folder: Path, *, max_runs: int = 200, max_bytes: int = 500_000_000) -> None:
        """Open the folder, which need not exist yet, and clear away what killed writers left in it."""
        self._folder = folder
        self._max_runs, self._max_bytes = max_runs, max_bytes
        self._lock = threading.RLock()
        self._seen: dict[Path, tuple[tuple[int, ...], Entry | None]] = {}
        self._skipped: dict[Path, str] = {}
        for path, stat in self._files(_PARTIAL):
            if stat.st_mtime < time.time() - _ABANDONED_SECONDS:
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)

    @property
    def messages(self) -> list[str]:
        """Which files were skipped, a line each."""
        with self._lock:
            return list(self._skipped.values())

    def put(self, spec: RunSpec, counts: Cooccurrence, name: str, finished: Finished) -> str:
        """Keep a run, named ``describe(spec)`` if the name is blank, and forget the oldest beyond bounds. Its id.

        Raises
        ------
        InputError
            The folder cannot be written to, the disk is full, or the run is not whole and finite.
        """
        created = time.time()
        name = " ".join(name.split())[:NAME_LENGTH] or describe(spec)
        members = pack_run(spec, counts.words, name, created, finished)
        path = self._folder / f"{run_id(spec, counts)}.npz"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{self._folder}: {error.strerror or error}") from error
        with written(path) as unfinished:
            with unfinished.open("wb") as file:
                np.savez_compressed(file, **members)
            os.utime(unfinished, (created, created))
        with self._lock:
            self._skipped.pop(path, None)
            self._evict(path)
        return path.stem

    def get(self, id: str) -> Stored | None:
        """A run, or None if there is none of this id or its file is damaged."""
        return self._open(self._folder / f"{id}.npz", read_run) if _ID.fullmatch(id) else None

    def entries(self) -> list[Entry]:
        """The runs there are, newest first. Reads only a little of files that are new, and nothing of the others."""
        with self._lock:
            files = self._files()
            for path, stat in files:
                mark = _mark(stat)
                if path not in self._seen or self._seen[path][0] != mark:
                    self._seen[path] = mark, self._open(path, partial(read_entry, size=stat.st_size))
            self._seen = {path: self._seen[path] for path, _ in files}
            known = [entry for _, entry in self._seen.values() if entry]
        return sorted(known, key=lambda entry: (entry.created, entry.id), reverse=True)

    def _open(self, path: Path, read: Callable[[ZipFile, str], Found]) -> Found | None:
        """What is read of a file; None if it is gone, or damaged: then it is not looked at again."""
        mark: tuple[int, ...] = ()
        try:
            mark = _mark(path.stat())
            with ZipFile(path) as archive:
                return read(archive, path.stem)
        except FileNotFoundError:
            return None
        except Exception as error:  # damaged files make the readers raise nearly anything
            reason = "cannot be read" if isinstance(error, OSError) else "is damaged"
            with self._lock:
                self._seen[path] = mark, None
                self._skipped[path] = f"run {path.stem} was skipped: its file {reason}"
                if len(self._skipped) > _MESSAGES:
                    del self._skipped[next(iter(self._skipped))]
            return None

    def _files(self, named: re.Pattern = _RUN) -> list[tuple[Path, os.stat_result]]:
        """The files that are named so, oldest first."""
        found = []
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                with contextlib.suppress(OSError):  # gone since
                    if named.fullmatch(path.name):
                        found.append((path, path.stat()))
        return sorted(found, key=lambda one: (one[1].st_mtime_ns, one[0]))

    def _evict(self, newest: Path) -> None:
        files = self._files()
        count, size = len(files), sum(stat.st_size for _, stat in files)
        for path, stat in files:
            if count <= self._max_runs and size <= self._max_bytes:
                return
            if path != newest:
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
                    count, size = count - 1, size - stat.st_size


def _mark(stat: os.stat_result) -> tuple[int, ...]:
    """Differs between a file and the one that takes its place."""
    return stat.st_ino, stat.st_mtime_ns, stat.st_size

"""Counting on other processes and machines, by dask.distributed (core/requirements-cluster.txt).

A lost worker's jobs are given to others; a text that cannot be read is an error as it is here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from core.counting import Job, PassProgress
from core.errors import InputError
from core.reading import Text

JOBS_A_WORKER = 4
MIN_JOB_BYTES, MAX_JOB_BYTES = 1 << 25, 1 << 29
CONNECT_SECONDS = 10

T = TypeVar("T")


class Cluster:
    """A crew of dask workers. Each job has a table of its own on its worker; sums are made here."""

    def __init__(self, client: Any, progress: PassProgress | None = None) -> None:
        self._client, self._progress = client, progress

    def share(self, pieces: Sequence[Text]) -> list[Job]:
        """Neighbouring shards together, a few jobs for each worker: a job's result is as large as a table."""
        sizes = [piece.size or MAX_JOB_BYTES for piece in pieces]
        workers = max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))
        wanted = min(MAX_JOB_BYTES, max(MIN_JOB_BYTES, sum(sizes) // (JOBS_A_WORKER * workers)))
        jobs, job, filled = [], [], 0
        for piece, size in zip(pieces, sizes, strict=True):
            job.append(piece)
            filled += size
            if filled >= wanted:
                jobs.append(tuple(job))
                job, filled = [], 0
        return [*jobs, tuple(job)] if job else jobs

    def run(self, what: str, work: Callable[..., T], jobs: list[Job], *others: Any) -> Generator[T]:
        """``work(job, *others)`` of every job as it comes back; the rest is called off where the caller stops."""
        from distributed import as_completed

        futures = [self._client.submit(work, job, *others, pure=False) for job in jobs]
        try:
            for done, (future, result) in enumerate(as_completed(futures, with_results=True), 1):
                future.release()
                if self._progress:
                    self._progress(what, done / len(jobs))
                yield result
        finally:
            self._client.cancel(futures)


@contextmanager
def local_workers(number: int, progress: PassProgress | None = None) -> Iterator[Cluster]:
    """So many processes on this machine.

    Raises
    ------
    InputError
        dask is not installed.
    """
    distributed = _distributed()
    options = {"threads_per_worker": 1, "memory_limit": 0, "dashboard_address": None}
    with distributed.LocalCluster(n_workers=number, **options) as cluster, distributed.Client(cluster) as client:
        yield _ready(client, progress)


@contextmanager
def workers_of(address: str, progress: PassProgress | None = None) -> Iterator[Cluster]:
    """The workers of a running dask scheduler; those that join later help as well.

    Raises
    ------
    InputError
        dask is not installed, or no scheduler answers.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(f"no dask scheduler answers at {address} ({' '.join(str(error).split())[:200]})") from error
    with client:
        yield _ready(client, progress)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise InputError("dask is not installed: pip install -r core/requirements-cluster.txt") from error
    return distributed


def _ready(client: Any, progress: PassProgress | None) -> Cluster:
    """Workers of the same file system find this program where it is here; others need it installed."""
    from distributed.diagnostics.plugin import WorkerPlugin

    class Program(WorkerPlugin):  # defined here, so that it travels by value: workers may not find this module yet
        name = "staircase-program"

        def __init__(self, root: str) -> None:
            self.root = root

        def setup(self, worker: Any) -> None:
            if self.root not in sys.path:
                sys.path.insert(0, self.root)

    client.register_plugin(Program(str(Path(__file__).resolve().parents[1])))
    return Cluster(client, progress)

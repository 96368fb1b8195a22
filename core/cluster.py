"""Counting on other processes and machines, by dask.distributed (core/requirements-cluster.txt).

A lost worker's jobs are given to others; a text that cannot be read is an error as it is here.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, TypeVar

from core.counting import Job, PassProgress
from core.errors import InputError
from core.reading import Text

JOBS_A_THREAD = 4
MIN_JOB_BYTES, MAX_JOB_BYTES = 1 << 25, 1 << 29
CONNECT_SECONDS = 10

T = TypeVar("T")


class Cluster:
    """A crew of dask workers. Each job has a table of its own on its worker; sums are made here."""

    def __init__(self, client: Any, progress: PassProgress | None = None) -> None:
        self._client, self._progress = client, progress

    def share(self, pieces: Sequence[Text]) -> list[Job]:
        """Neighbouring shards together, a few jobs for each worker: a job's result is as large as a table."""
        sizes = [MAX_JOB_BYTES if piece.size is None else piece.size for piece in pieces]
        threads = max(1, sum(self._client.nthreads().values()))
        wanted = min(MAX_JOB_BYTES, max(MIN_JOB_BYTES, sum(sizes) // (JOBS_A_THREAD * threads)))
        jobs, job, filled = [], [], 0
        for piece, size in zip(pieces, sizes, strict=True):
            job.append(piece)
            filled += size
            if filled >= wanted:
                jobs.append(tuple(job))
                job, filled = [], 0
        return [*jobs, tuple(job)] if job else jobs

    def run(self, what: str, work: Callable[..., T], jobs: list[Job], *others: Any) -> Generator[T]:
        """``work(job, *others)`` of every job as it comes back; the rest is called off where the caller stops.

        Raises
        ------
        InputError
            A job's worker was lost again and again, or the scheduler was.
        """
        from distributed import CancelledError, KilledWorker, as_completed

        self._tell(what, 0)
        futures = [self._client.submit(work, job, *others, pure=False) for job in jobs]
        try:
            for done, future in enumerate(as_completed(futures), 1):
                result = future.result()  # one at a time: the others stay with their workers
                future.release()
                self._tell(what, done / len(jobs))
                yield result
        except KilledWorker as error:
            raise InputError("workers were lost again and again at the same job: have they enough memory?") from error
        except CancelledError as error:
            raise InputError("the dask scheduler was lost; start it again, and count again") from error
        finally:
            self._client.cancel(futures)

    def _tell(self, what: str, share: float) -> None:
        if self._progress:
            self._progress(what, share)


@contextmanager
def local_workers(number: int, progress: PassProgress | None = None) -> Iterator[Cluster]:
    """So many processes on this machine.

    Raises
    ------
    InputError
        dask is not installed.
    """
    distributed = _distributed()
    options = {"threads_per_worker": 1, "memory_limit": 0, "dashboard_address": None, "silence_logs": logging.CRITICAL}
    no_fixed_port = {"dashboard_address": "127.0.0.1:0"}
    with ExitStack() as stack:
        with _deaf():
            cluster = distributed.LocalCluster(n_workers=number, scheduler_kwargs=no_fixed_port, **options)
            stack.enter_context(cluster)
        client = stack.enter_context(distributed.Client(cluster))
        try:
            yield _ready(client, progress)
        except BaseException:
            _kill(cluster)
            raise


def _kill(cluster: Any) -> None:
    """Whoever closes a cluster waits for its jobs, for seconds: nobody wants these any more."""
    for nanny in cluster.workers.values():
        nanny.auto_restart = False
        if nanny.pid:
            with suppress(ProcessLookupError):
                os.kill(nanny.pid, signal.SIGKILL)


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C goes to every process of a terminal; those that are started in here leave it to this one to end them."""
    resource_tracker.ensure_running()  # which otherwise is started in here, and opens the ears of this thread again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def workers_of(address: str, progress: PassProgress | None = None) -> Iterator[Cluster]:
    """The workers of a running dask scheduler; those that join later help as well.

    Raises
    ------
    InputError
        dask is not installed, or no scheduler answers.
    """
    distributed = _distributed()
    with distributed.utils.silence_logging_cmgr(logging.CRITICAL):
        try:
            with ThreadPoolExecutor(1) as apart:  # where no other event loop runs
                apart.submit(asyncio.run, _greet(address)).result()  # a client that cannot connect does not end well
        except Exception as error:  # each kind of connection has errors of its own
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise InputError(f"no dask scheduler answers at {address} ({reason})") from error
        with distributed.Client(address, timeout=CONNECT_SECONDS) as client:
            yield _ready(client, progress)


async def _greet(address: str) -> None:
    from distributed import Security
    from distributed.comm import connect

    options = Security().get_connection_args("client")
    comm = await asyncio.wait_for(connect(address, timeout=CONNECT_SECONDS, **options), CONNECT_SECONDS)
    await comm.close()


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise InputError("dask is not installed: pip install -r core/requirements-cluster.txt") from error
    return distributed


def _ready(client: Any, progress: PassProgress | None) -> Cluster:
    """Machines of the same file system find this program where it is here; others need it installed."""
    from distributed.diagnostics.plugin import SchedulerPlugin, WorkerPlugin

    root = str(Path(__file__).resolve().parents[1])

    # Defined here, so that all this travels by value: who gets it does not find this module yet.
    def find() -> None:
        if root not in sys.path:
            sys.path.insert(0, root)

    class OnWorkers(WorkerPlugin):
        name = "staircase-on-workers"

        def setup(self, worker: Any) -> None:
            find()

    class OnScheduler(SchedulerPlugin):  # it looks into the jobs that it hands on
        name = "staircase-on-scheduler"

        async def start(self, scheduler: Any) -> None:
            find()

    client.register_plugin(OnScheduler())
    client.register_plugin(OnWorkers())
    return Cluster(client, progress)

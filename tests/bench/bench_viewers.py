"""Many viewers of a page that is ready: python tests/bench/bench_viewers.py [--viewers 50] [--page train] [--json].

Starts the server and waits until the page stands still and all else is ready. Then one viewer opens it, and all others
do at once, as a class that is given a link; all have it run again a second or so after each answer (--pause,
milliseconds), as people do who turn a knob. They speak Streamlit's protocol and keep what a browser would keep, but
draw nothing. Reported are milliseconds from a request to the end of the script, as received, processor time of the
server for each rerun, and the resident memory of its one process. The viewers are a process of their own, on the same
machine. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from children import processor_seconds, status
from reporting import Results, report
from serving import serving

PATIENCE = 300  # seconds
SETTLING = 0.5  # seconds between two looks at a page that moves
RESTING = 10.0  # seconds without work, after which a server is ready


@dataclass
class Viewer:
    """A tab on a page: its connection, what it keeps, and what the last answer was."""

    socket: ClientConnection
    page: str
    page_hash: str = ""
    kept: list[str] = field(default_factory=list)
    parts: int = 0
    moving: bool = False

    async def rerun(self) -> float:
        """Milliseconds from the request to the end of the script."""
        request = BackMsg()
        request.rerun_script.page_name = "" if self.page_hash else self.page
        request.rerun_script.page_script_hash = self.page_hash
        request.rerun_script.cached_message_hashes.extend(self.kept)
        self.kept, self.parts, self.moving = [], 0, False
        started = time.perf_counter()
        await self.socket.send(request.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not self._over(ForwardMsg.FromString(await self.socket.recv())):
                pass
        if not self.parts:
            raise RuntimeError(f"page {self.page!r} showed nothing")
        return 1_000 * (time.perf_counter() - started)

    def _over(self, answer: ForwardMsg) -> bool:
        """Take in a part of the answer; whether it was the last."""
        kind = answer.WhichOneof("type")
        self.parts += kind in ("delta", "ref_hash")
        self.moving |= kind == "auto_rerun"
        if kind == "ref_hash" or answer.metadata.cacheable:
            self.kept.append(answer.ref_hash or answer.hash)
        if kind == "new_session":
            self.page_hash = answer.new_session.page_script_hash
        if kind == "page_not_found" or answer.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(f"page {self.page!r} is not there, or shows an error")
        return kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


async def opened(stack: AsyncExitStack, address: str, page: str) -> Viewer:
    """A viewer that has asked for nothing yet. As a browser does, it waits for a slow server."""
    stream = address.replace("http://", "ws://") + "/_stcore/stream"
    patient = {"open_timeout": PATIENCE, "ping_interval": None}
    connection = connect(stream, subprotocols=["streamlit"], max_size=None, **patient)
    return Viewer(await stack.enter_async_context(connection), page)


async def settle(address: str, page: str) -> None:
    """Wait until the page asks for no more updates by itself: the run it shows is trained."""
    async with AsyncExitStack() as stack:
        viewer = await opened(stack, address, page)
        async with asyncio.timeout(PATIENCE):
            await viewer.rerun()
            while viewer.moving:
                await asyncio.sleep(SETTLING)
                await viewer.rerun()


async def calm(process: subprocess.Popen) -> None:
    """Wait until the server has nothing left to make ready; between two things it rests for some seconds."""
    async with asyncio.timeout(PATIENCE):
        busy = True
        while busy:
            before = processor_seconds(process)
            await asyncio.sleep(RESTING)
            busy = processor_seconds(process) - before > 0.1 * RESTING


async def turn_knobs(viewer: Viewer, until: float, pause: float, seed: int) -> list[float]:
    """Milliseconds of each rerun begun before this time, after pauses of so many seconds, half to half more."""
    pauses = random.Random(seed)
    taken = []
    await asyncio.sleep(pauses.uniform(0, 1.5 * pause))
    while time.perf_counter() < until:
        taken.append(await viewer.rerun())
        await asyncio.sleep(pauses.uniform(0.5 * pause, 1.5 * pause))
    return taken


async def watch(address: str, process: subprocess.Popen, options: argparse.Namespace) -> Results:
    await settle(address, options.page)
    await calm(process)
    before = status(process)["MB"]
    async with AsyncExitStack() as stack:
        viewers = [await opened(stack, address, options.page) for _ in range(options.viewers)]
        alone = await viewers[0].rerun()
        together = await asyncio.gather(*(one.rerun() for one in viewers[1:]))
        busy, started = processor_seconds(process), time.perf_counter()
        turning = (
            turn_knobs(one, started + options.seconds, options.pause / 1_000, number)
            for number, one in enumerate(viewers)
        )
        reruns = [one for times in await asyncio.gather(*turning) for one in times]
        lasted = time.perf_counter() - started
        busy, after = processor_seconds(process) - busy, status(process)["MB"]
    percentiles = statistics.quantiles(reruns, n=100, method="inclusive")
    return {
        "viewers": options.viewers,
        "reruns": len(reruns),
        "reruns a second": len(reruns) / lasted,
        "parts of the page": viewers[0].parts,
        "viewers whose page moves by itself": sum(one.moving for one in viewers),
        "the page opened by one (ms)": alone,
        "by all others at once, p50 (ms)": statistics.median(together or [alone]),
        "by all others at once, the last (ms)": max(together or [alone]),
        "a rerun, p50 (ms)": percentiles[49],
        "a rerun, p95 (ms)": percentiles[94],
        "processor time of the server for one (ms)": 1_000 * busy / len(reruns),
        "memory before (MB)": before,
        "memory after (MB)": after,
    }


def measure(options: argparse.Namespace) -> Results:
    """The same, on a server of its own with an empty store of runs."""
    with (
        tempfile.TemporaryDirectory() as runs,
        serving(subprocess.DEVNULL, STAIRCASE_RUNS=runs) as (address, process),
    ):
        return asyncio.run(watch(address, process, options))


if __name__ == "__main__":
    report(__doc__, measure, viewers=50, seconds=20, pause=1_000, page="")

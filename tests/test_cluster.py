"""Other processes count what this one counts, byte for byte, and what befalls them ends in one line or in nothing."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from types import ModuleType

import dask
import psutil
import pytest

import core.cluster
import core.counting
from core.__main__ import main
from core.cluster import Cluster, local_workers
from core.corpus import CorpusSpec
from core.countfile import save_counts
from core.counting import Counted, Job, TextSpec, count_texts
from core.counts import Band, CountSpec, Rows
from core.errors import InputError
from core.reading import Text

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0  # seconds until a test that hangs fails
COUNT = [sys.executable, "-m", "core", "count"]
PIPES = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
OPTIONS = ["--vocab-size", "200", "--window", "5"]
SPEC = TextSpec(corpus=CorpusSpec(vocab_size=200), count=CountSpec(5))
BAR = re.compile(r"\r?(words|pairs)[^\r\n]*\|[^\r\n]*(\x1b\[A)?")


@pytest.fixture(scope="module", autouse=True)
def main_module() -> Iterator[None]:
    """New processes run the main module again, and tests of pages leave theirs in its place."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        yield


@pytest.fixture(scope="module")
def crew() -> Iterator[Cluster]:
    """Two workers, which on a busy machine may take their time to come back."""
    with dask.config.set({"distributed.deploy.lost-worker-timeout": PATIENCE}), local_workers(2) as crew:
        yield crew


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty thousand words in two thousand lines."""
    draw = random.Random(11)
    words = [f"{a}{b}{c}" for a in "bcdfg" for b in "aeiou" for c in "klmnprstvz"]
    path = tmp_path_factory.mktemp("cluster") / "text.txt"
    path.write_text("\n".join(" ".join(draw.choices(words, range(1, 251), k=30)) for _ in range(2_000)))
    return path


@pytest.fixture(scope="module")
def file_here(text: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of counts as this process writes it."""
    return written(count_texts([Text("text", str(text))], SPEC), tmp_path_factory.mktemp("here"))


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty gigabytes of text in a small file: nobody is done with it before it is over."""
    block = gzip.compress(b"a b c a\n" * 2_000_000, 1)
    path = tmp_path_factory.mktemp("endless") / "text.txt.gz"
    with path.open("wb") as file:
        for _ in range(2_000):
            file.write(block)
    return path


def written(counted: Counted, folder: Path) -> bytes:
    save_counts(counted.counts, folder / "counts.parquet")
    return (folder / "counts.parquet").read_bytes()


def without_bars(told: bytes) -> str:
    """What a command said on stderr, but for its progress."""
    return BAR.sub("", told.decode()).strip("\r\n")


def until(condition: Callable[[], object], process: subprocess.Popen) -> None:
    """Wait for something to happen while a process runs."""
    for _ in range(int(PATIENCE / 0.02)):
        with suppress(psutil.Error, OSError, ValueError):
            if condition():
                return
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"ended with {process.wait(0.02)} before anything happened")
    pytest.fail("nothing happened")


# The same counts.


@pytest.mark.parametrize(
    ("shard", "job"), [(1 << 24, 1 << 25), (20_000, 1), (50_000, 120_000)], ids=["one", "many", "some"]
)
def test_the_file_is_the_same_by_many_hands(
    crew: Cluster, text: Path, file_here: bytes, tmp_path: Path, monkeypatch, shard: int, job: int
) -> None:
    monkeypatch.setattr(core.counting, "SHARD_BYTES", shard)
    monkeypatch.setattr(core.cluster, "MIN_JOB_BYTES", job)
    told: list[tuple[str, float]] = []
    monkeypatch.setattr(crew, "_progress", lambda what, share: told.append((what, share)))
    counted = count_texts([Text("text", str(text))], SPEC, crew=crew)
    assert written(counted, tmp_path) == file_here
    shares = {what: [share for name, share in told if name == what] for what in ("words", "pairs")}
    jobs = len(shares["words"]) - 1
    assert shares["words"] == shares["pairs"] == [n / jobs for n in range(jobs + 1)]
    assert (jobs == 1) == (shard > 1 << 20)
    assert jobs < 20


def test_the_command_writes_the_same_file_and_says_nothing_else(text: Path, file_here: bytes, tmp_path: Path) -> None:
    """Nor where another dask has the port that it uses."""
    out = tmp_path / "counts.parquet"
    command = [*COUNT, str(text), "--workers", "2", "--out", str(out), "--json", *OPTIONS]
    with ExitStack() as stack:
        with suppress(OSError):  # somebody has it
            stack.enter_context(socket.create_server(("127.0.0.1", 8787)))
        done = subprocess.run(command, capture_output=True, cwd=ROOT)
    assert (done.returncode, without_bars(done.stderr)) == (0, "")
    assert json.loads(done.stdout)["vocab_size"] == 200
    assert out.read_bytes() == file_here
    assert list(tmp_path.iterdir()) == [out]


def test_jobs_are_neighbouring_shards_and_a_few_for_each_thread(crew: Cluster, monkeypatch) -> None:
    monkeypatch.setattr(core.cluster, "MIN_JOB_BYTES", 100)
    monkeypatch.setattr(core.cluster, "MAX_JOB_BYTES", 1_000)
    threads = sum(crew._client.nthreads().values())
    pieces = [Text(str(n), b"", start=0, stop=10) for n in range(40 * threads)]
    jobs = crew.share(pieces)
    assert [piece for job in jobs for piece in job] == pieces
    assert {len(job) for job in jobs} == {10}
    whole = [Text("empty", b"")] * 3 + [Text("pipe", "/dev/null")] * 2
    assert [len(job) for job in crew.share(whole)] == [4, 1], "a size that is not known counts as a whole job"
    assert crew.share([]) == []


# Mishaps.


@pytest.mark.filterwarnings("ignore:Scheduler already contains a plugin")  # of the crew: it is in this process
def test_a_text_that_cannot_be_read_on_a_worker(crew: Cluster, text: Path, tmp_path: Path, capfd) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"plain text\0")
    with pytest.raises(InputError, match=f"{bad}: not plain text") as caught:
        count_texts([Text("text", str(text)), Text(str(bad), str(bad))], SPEC, crew=crew)
    assert len(str(caught.value).splitlines()) == 1
    address = crew._client.scheduler.address
    says = [(main(["count", str(bad), *where]), *capfd.readouterr()) for where in ([], ["--scheduler", address])]
    assert says[0] == says[1]
    code, out, err = says[0]
    assert (code, out, err.count("\n")) == (1, "", 1)


def first_time(marker: Path) -> bool:
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def dying_survey(marker: Path, job: Job, spec: TextSpec):
    if first_time(marker):
        os.kill(os.getpid(), signal.SIGKILL)
    return core.counting.survey_job(job, spec)


def dying_tally(marker: Path, job: Job, spec: TextSpec, words: tuple[str, ...], band: Band) -> Rows:
    if first_time(marker):
        os.kill(os.getpid(), signal.SIGKILL)
    return core.counting.tally_job(job, spec, words, band)


def always_dying(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_lost_worker_costs_a_second_try(
    crew: Cluster, text: Path, file_here: bytes, tmp_path: Path, monkeypatch, capfd
) -> None:
    monkeypatch.setattr(core.counting, "SHARD_BYTES", 50_000)
    monkeypatch.setattr(core.cluster, "MIN_JOB_BYTES", 1)
    monkeypatch.setattr(core.counting, "survey_job", partial(dying_survey, tmp_path / "survey"))
    monkeypatch.setattr(core.counting, "tally_job", partial(dying_tally, tmp_path / "tally"))
    before = set(crew._client.run(os.getpid).values())
    assert written(count_texts([Text("text", str(text))], SPEC, crew=crew), tmp_path) == file_here
    assert {path.name for path in tmp_path.iterdir()} == {"survey", "tally", "counts.parquet"}
    crew._client.wait_for_workers(1, PATIENCE)
    assert before - set(crew._client.run(os.getpid).values()), "one of them is gone"
    assert capfd.readouterr().err == ""


def test_a_job_that_costs_every_worker(crew: Cluster, text: Path, monkeypatch, capfd) -> None:
    monkeypatch.setattr(crew._client.cluster.scheduler, "allowed_failures", 0)
    monkeypatch.setattr(core.counting, "survey_job", always_dying)
    with pytest.raises(InputError, match="workers were lost again and again at the same job"):
        count_texts([Text("text", str(text))], SPEC, crew=crew)
    crew._client.wait_for_workers(1, PATIENCE)
    assert capfd.readouterr().err == ""


def test_what_progress_raises_calls_the_others_off(crew: Cluster, text: Path, monkeypatch) -> None:
    monkeypatch.setattr(core.counting, "SHARD_BYTES", 20_000)
    monkeypatch.setattr(core.cluster, "MIN_JOB_BYTES", 1)

    def progress(what: str, share: float) -> None:
        if share:
            raise KeyboardInterrupt

    monkeypatch.setattr(crew, "_progress", progress)
    with pytest.raises(KeyboardInterrupt):
        count_texts([Text("text", str(text))], SPEC, crew=crew)
    monkeypatch.setattr(crew, "_progress", None)
    assert not crew._client.futures
    assert count_texts([Text("text", b"a b\n")], crew=crew).counts.words == ("a", "b"), "they are ready for more"


# A scheduler elsewhere.


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen, subprocess.Popen]]:
    """A scheduler and a worker that do not know where this program is: (address, their processes)."""
    file = tmp_path / "scheduler.json"
    surroundings = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    begin = partial(subprocess.Popen, cwd="/", env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    common = ["--no-dashboard", "--host", "127.0.0.1", "--scheduler-file", str(file)]
    dask, processes = [sys.executable, "-m"], []
    with ExitStack() as stack:
        for program in (["dask_scheduler", "--port", "0"], ["dask_worker", "--nthreads", "1", "--no-nanny"]):
            process = begin([*dask, f"distributed.cli.{program[0]}", *program[1:], *common])
            processes.append(process)
            stack.callback(process.wait, PATIENCE)
            stack.callback(process.kill)
        until(lambda: json.loads(file.read_text())["address"], processes[0])
        yield json.loads(file.read_text())["address"], *processes


def test_workers_elsewhere_find_this_program_until_their_scheduler_is_lost(
    elsewhere, text: Path, endless: Path, file_here: bytes, tmp_path: Path, capfd
) -> None:
    address, scheduler, worker = elsewhere
    out = tmp_path / "out"
    out.mkdir()
    where = ["--scheduler", address, "--out", str(out / "counts.parquet")]
    assert main(["count", str(text), *where, *OPTIONS]) == 0
    assert without_bars(capfd.readouterr().err.encode()) == ""
    assert (out / "counts.parquet").read_bytes() == file_here
    (out / "counts.parquet").unlink()

    with subprocess.Popen([*COUNT, str(endless), *where], cwd=ROOT, **PIPES) as process:
        until(lambda: reading(endless, [psutil.Process(worker.pid)]), process)
        scheduler.kill()
        told = process.communicate(timeout=PATIENCE)
    assert (process.returncode, told[0]) == (1, b"")
    assert without_bars(told[1]) == "error: the dask scheduler was lost; start it again, and count again"
    assert list(out.iterdir()) == []


def reading(path: Path, processes: list[psutil.Process]) -> bool:
    """Whether one of these has the file open."""
    return any(file.path == str(path) for process in processes for file in process.open_files())


@pytest.fixture(scope="module")
def not_dask() -> Iterator[dict[str, str]]:
    """Addresses where something else answers, or nothing does."""
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as web:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    with web.accept()[0] as caller:
                        caller.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nobody = closed.getsockname()[1]
        ports = {"nobody": nobody, "silent": silent.getsockname()[1], "web": web.getsockname()[1]}
        yield {name: f"127.0.0.1:{port}" for name, port in ports.items()}
        web.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "address",
    ["tcp://{nobody}", "{nobody}", "tcp://{silent}", "tcp://{web}", "localhost", "", "tcp://", "tcp://a:b:c"]
    + ["nonsense://x:1", "tls://{nobody}", "tcp://127.0.0.1:99999", "two\nlines"],
)
def test_where_no_scheduler_answers(address: str, not_dask: dict[str, str], text: Path, capfd, monkeypatch) -> None:
    monkeypatch.setattr(core.cluster, "CONNECT_SECONDS", 0.3)
    address = address.format(**not_dask)
    assert main(["count", str(text), "--scheduler", address or " "]) == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: no dask scheduler answers at")
    assert told.err.count("\n") == 1


# Without dask.


def test_without_dask_threads_count(text: Path, file_here: bytes, tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    out = tmp_path / "counts.parquet"
    assert main(["count", str(text), "--workers", "2", "--out", str(out), *OPTIONS]) == 0
    assert without_bars(capsys.readouterr().err.encode()) == "dask is not installed: 2 threads of this process count"
    assert out.read_bytes() == file_here
    assert main(["count", str(text), "--workers", "1", *OPTIONS]) == 0
    assert without_bars(capsys.readouterr().err.encode()) == ""


def test_without_dask_there_is_no_scheduler(text: Path, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["count", str(text), "--scheduler", "tcp://127.0.0.1:8786"]) == 1
    says = "error: dask is not installed: pip install -r core/requirements-cluster.txt\n"
    assert capsys.readouterr() == ("", says)


# Interrupted.


def interrupted(command: list[str], begun: Callable[[subprocess.Popen], bool], kill: Callable, folder: Path) -> str:
    """Run a command, stop it once it has begun, and return what it said; it left no file and no process."""
    folder.mkdir()
    surroundings = os.environ | {"TMPDIR": str(folder)}
    with subprocess.Popen(
        command, cwd=ROOT, env=surroundings, start_new_session=True, stdin=subprocess.PIPE, **PIPES
    ) as process:
        until(lambda: begun(process), process)
        family = family_of(process)
        kill(process.pid)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (130, b"")
    assert_gone(family)
    assert list(folder.glob("staircase*")) == []
    return without_bars(err)


def family_of(process: subprocess.Popen) -> list[psutil.Process]:
    own = psutil.Process(process.pid)
    return [own, *own.children(recursive=True)]


def assert_gone(processes: list[psutil.Process]) -> None:
    for _ in range(int(PATIENCE / 0.05)):
        processes = [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        if not processes:
            return
        psutil.wait_procs(processes, timeout=0.05)
    pytest.fail(f"still there: {processes}")


def as_ctrl_c(pid: int) -> None:
    """To every process of the terminal."""
    os.killpg(pid, signal.SIGINT)


def as_a_service_manager(pid: int) -> None:
    """To one process, which is asked to end."""
    os.kill(pid, signal.SIGTERM)


@pytest.mark.parametrize(
    ("workers", "kill"), [([], as_ctrl_c), (["--workers", "2"], as_a_service_manager)], ids=["here", "workers"]
)
def test_interrupted_while_counting(endless: Path, tmp_path: Path, workers: list[str], kill: Callable) -> None:
    out = tmp_path / "out"
    out.mkdir()
    command = [*COUNT, str(endless), "--out", str(out / "counts.parquet"), *workers]
    told = interrupted(command, lambda process: reading(endless, family_of(process)), kill, tmp_path / "temporary")
    assert told == "error: interrupted; nothing was written"
    assert list(out.iterdir()) == []


def test_interrupted_while_a_pipe_is_read(tmp_path: Path) -> None:
    folder, fed = tmp_path / "temporary", False

    def begun(process: subprocess.Popen) -> bool:
        """It waits for more: what came so far is in the temporary file."""
        nonlocal fed
        if process.stdin and not fed:
            fed = bool(process.stdin.write(b"a b c\n" * 1_000_000))
        return any(path.stat().st_size for path in folder.glob("staircase-pipe-*"))

    assert interrupted([*COUNT, "-"], begun, as_a_service_manager, folder) == "error: interrupted; nothing was written"

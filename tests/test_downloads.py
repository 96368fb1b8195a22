"""Downloads from a server on this machine that serves, fails, falls silent, breaks off and lies; and without one."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
import socket
import sys
import tarfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from core import downloading, downloads
from core.corpus import CorpusSpec, read_corpus
from core.downloads import DOWNLOADS, Stopped, fetch
from core.errors import InputError
from core.prose import passage
from core.reading import Text

TEXT8 = gzip.compress((" anarchism" + " originated as a term" * 5_100).encode(), mtime=0)
BODY = 3_000
POST = "From: someone\nSubject: {0}\n\nHe writes:\n> quoted\nnews\0 of {0}\nin two lines\n\n--\nsignature\n"

# The child of the program, with another address behind those of the libraries, and another checksum.
CHILD = """
import sys, urllib.request
server, checksum = {server!r}, {checksum!r}
open_ = urllib.request.OpenerDirector.open
def redirected(self, url, *rest, **options):
    return open_(self, server + "/" + url.rpartition("/")[2] if isinstance(url, str) else url, *rest, **options)
urllib.request.OpenerDirector.open = redirected
if checksum:
    from sklearn.datasets import _twenty_newsgroups
    _twenty_newsgroups.ARCHIVE = _twenty_newsgroups.ARCHIVE._replace(checksum=checksum)
from core.downloading import main
main(sys.argv[1:])
"""

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """Answers by the last part of the address; ``asked`` lists those parts."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.ending = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        part = self.path.rpartition("/")[2]
        self.server.asked.append(part)
        self.server.answers.get(part, failing(404))(self)

    def log_message(self, *_: object) -> None:
        pass


def serving(body: bytes, announced: int | None = None, *, silent: bool = False) -> Answer:
    """Sends a body; then, if more was announced, breaks off or falls silent."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(announced or len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        handler.wfile.flush()
        if silent:
            handler.server.ending.wait(60)

    return answer


def failing(code: int) -> Answer:
    return lambda handler: handler.send_error(code)


def listing(archive: bytes, **changes: object) -> bytes:
    text8 = {"checksum": hashlib.md5(archive).hexdigest(), "file_name": "text8.gz", "parts": 1, **changes}
    return json.dumps({"corpora": {"text8": text8}, "models": {}}).encode()


def newsgroups() -> bytes:
    """An archive with two groups of two posts in each half."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for half in ("train", "test"):
            for number in range(4):
                post = POST.format(f"{half}-{number}").encode()
                member = tarfile.TarInfo(f"20news-bydate-{half}/group{number % 2}/{number}")
                member.size = len(post)
                tar.addfile(member, io.BytesIO(post))
    return file.getvalue()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server() as server:
        server.answers |= {"list.json": serving(listing(TEXT8)), "text8.gz": serving(TEXT8)}
        # What comes with gensim-data to be run. Here it would leave a trace.
        trace = tmp_path / "was-run"
        server.answers["__init__.py"] = serving(f"open({str(trace)!r}, 'w').close()".encode())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.ending.set()
        server.shutdown()
        assert not trace.exists()


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENSIM_DATA_DIR", str(tmp_path / "gensim-data"))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """use(address, checksum): children ask that server; returns the folder for texts."""

    def point(address: str, checksum: str = "") -> Path:
        script = tmp_path / "child.py"
        script.write_text(CHILD.format(server=address, checksum=checksum))
        monkeypatch.setattr(downloads, "_CHILD", (sys.executable, str(script)))
        root = Path(downloads.__file__).resolve().parent.parent
        monkeypatch.setenv("PYTHONPATH", str(root))
        return tmp_path / "texts"

    return point


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address that refuses: its port is taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def refused(folder: Path, name: str = "text8", **options: object) -> str:
    """The one line of a download that fails; nothing may be left of it."""
    with pytest.raises(InputError) as caught:
        fetch(name, folder, **options)
    assert list(folder.iterdir()) == []
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_text8_comes_once(server: Server, use: Callable[..., Path]) -> None:
    folder, seen = use(server.address), []
    path = fetch("text8", folder, lambda *report: seen.append(report))
    lines = path.read_text("utf-8").splitlines()
    assert [len(line.split()) for line in lines] == [10_000, 10_000, 401]
    assert " ".join(lines) == gzip.decompress(TEXT8).decode().strip()
    assert (len(TEXT8), DOWNLOADS["text8"].size) in seen
    assert list(folder.iterdir()) == [path]
    asked = len(server.asked)
    assert fetch("text8", folder, lambda *report: pytest.fail("nothing is downloaded")) == path
    assert len(server.asked) == asked


def test_newsgroups_come_without_what_is_not_text(server: Server, use: Callable[..., Path]) -> None:
    archive = newsgroups()
    server.answers["5975967"] = serving(archive)
    folder, seen = use(server.address, hashlib.sha256(archive).hexdigest()), []
    path = fetch("20newsgroups", folder, lambda *report: seen.append(report))
    expected = {f"news of {half}-{number} in two lines" for half in ("train", "test") for number in range(4)}
    lines = path.read_text("utf-8").splitlines()
    assert (len(lines), set(lines)) == (8, expected)
    assert (len(archive), DOWNLOADS["20newsgroups"].size) in seen
    assert list(folder.iterdir()) == [path], "no archive, no pickle"


def test_newsgroups_that_are_not_those_that_were_announced(server: Server, use: Callable[..., Path]) -> None:
    server.answers["5975967"] = serving(newsgroups())
    message = refused(use(server.address), "20newsgroups")
    assert "what came is damaged or was tampered with" in message
    assert server.asked == ["5975967"]


def test_newsgroups_from_a_server_that_breaks_off(server: Server, use: Callable[..., Path]) -> None:
    server.answers["5975967"] = serving(newsgroups()[:100], 1_000)
    assert "the transfer was cut off; try again later" in refused(use(server.address), "20newsgroups")
    assert server.asked == 2 * ["5975967"]


def test_without_a_network(nowhere: str, use: Callable[..., Path]) -> None:
    assert refused(use(nowhere)) == (
        "text8 is not on this machine and could not be downloaded: Connection refused; try again with a network,"
        " or use the texts that need none: wikipedia, lee"
    )


def test_a_wrong_checksum(server: Server, use: Callable[..., Path]) -> None:
    server.answers["text8.gz"] = serving(TEXT8[:-1] + b"x")
    assert "what came is damaged or was tampered with" in refused(use(server.address))


def test_a_server_that_falls_silent(server: Server, use: Callable[..., Path]) -> None:
    server.answers["text8.gz"] = serving(TEXT8[:100], len(TEXT8), silent=True)
    assert "no byte came for 0.5 s; try again later" in refused(use(server.address), patience=0.5)


def test_a_list_that_leads_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list comes from the network, and names the file: it must not reach beyond the scratch folder."""
    precious = tmp_path / "precious" / "text8.gz"
    precious.parent.mkdir()
    precious.write_bytes(TEXT8)
    lying = SimpleNamespace(load=lambda *_, **__: str(precious), info=lambda _: {"checksum": "other"})
    monkeypatch.setitem(sys.modules, "gensim", SimpleNamespace(downloader=lying))
    with pytest.raises(ValueError, match="names a file elsewhere"):
        downloading._gensim_archive("text8", tmp_path)
    assert precious.exists()


@pytest.fixture
def endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A child that reports 5 of 10 bytes, writes half a text and waits for ever; returns the folder for texts."""
    script = (
        "import sys, time; open(sys.argv[2], 'w').write('half'); print('{\"bytes\": 5, \"total\": 10}', flush=True)"
    )
    monkeypatch.setattr(downloads, "_CHILD", (sys.executable, "-c", f"{script}; time.sleep(600)"))
    return tmp_path / "texts"


def test_a_download_that_is_stopped(endless: Path) -> None:
    stopped = threading.Event()

    def stop(so_far: int, total: int) -> None:
        assert (so_far, total) == (5, 10)
        assert len(list(endless.iterdir())) == 2
        stopped.set()

    with pytest.raises(Stopped, match="^text8: the download was stopped, and nothing of it is kept$"):
        fetch("text8", endless, stop, stopped=stopped)
    assert list(endless.iterdir()) == []


def test_an_error_of_the_watcher_ends_the_download(endless: Path) -> None:
    def broken(so_far: int, total: int) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        fetch("text8", endless, broken)
    assert list(endless.iterdir()) == []


@pytest.mark.parametrize("sound", [True, False])
def test_an_archive_that_gensim_has(
    sound: bool, tmp_path: Path, server: Server, nowhere: str, use: Callable[..., Path]
) -> None:
    """A sound one is enough without a network; a damaged one is downloaded again; both stay as they were."""
    shared = tmp_path / "gensim-data" / "text8"
    shared.mkdir(parents=True)
    archive = TEXT8 if sound else TEXT8[:-1] + b"x"
    (shared / "text8.gz").write_bytes(archive)
    (shared.parent / "information.json").write_bytes(listing(TEXT8))
    path = fetch("text8", use(nowhere if sound else server.address))
    assert len(path.read_text("utf-8").splitlines()) == 3
    assert ("text8.gz" in server.asked) is not sound
    assert (shared / "text8.gz").read_bytes() == archive
    assert sorted(item.name for item in shared.parent.rglob("*")) == ["information.json", "text8", "text8.gz"]


@pytest.mark.parametrize(
    ("answer", "reason", "when"),
    [
        (failing(500), "the server answered 500 Internal Server Error", "later"),
        (serving(b"x" * 10, BODY), "the transfer was cut off", "later"),
        (serving(b"x" * 10, BODY, silent=True), "no byte came for 0.2 s", "later"),
        (None, "Connection refused", "with a network"),
    ],
    ids=["fails", "breaks off", "falls silent", "is not there"],
)
def test_what_goes_wrong_is_explained(
    answer: Answer | None, reason: str, when: str, server: Server, nowhere: str, tmp_path: Path
) -> None:
    """Read as gensim reads its list, and as both libraries read their archives: in one go, and block by block."""
    server.answers["thing"] = answer or failing(404)
    address = f"{server.address if answer else nowhere}/thing"
    patience = 0.2 if "no byte" in reason else 20
    socket.setdefaulttimeout(patience)
    try:
        with pytest.raises(Exception) as at_once:
            urllib.request.urlopen(address).read()
        with pytest.raises(OSError) as in_blocks:
            urllib.request.urlretrieve(address, tmp_path / "thing")
    finally:
        socket.setdefaulttimeout(None)
    for caught in (at_once, in_blocks):
        assert downloading._explain(caught.value, patience) == (reason, when)


@pytest.mark.parametrize(
    ("error", "explanation"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), ("No space left on device", "when that is mended")),
        (
            urllib.error.URLError(socket.gaierror(socket.EAI_NONAME, "Name or service not known")),
            ("Name or service not known", "with a network"),
        ),
        (KeyError("text8\n<b>"), ("what came is not what was expected (KeyError: 'text8\\nb')", "later")),
    ],
)
def test_what_else_goes_wrong_is_explained(error: Exception, explanation: tuple[str, str]) -> None:
    assert downloading._explain(error, 1) == explanation


def test_a_child_that_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_CHILD", (sys.executable, "-c", "raise SystemExit(3)"))
    assert "ended without a word (exit code 3)" in refused(tmp_path / "texts")


def test_the_child_of_the_program_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the program was started. It has nothing to do for a text that is there, and says so."""
    monkeypatch.setitem(downloads.DOWNLOADS, "lee", DOWNLOADS["text8"])
    monkeypatch.chdir(tmp_path)
    assert "(ValueError: lee needs no download)" in refused(Path("texts"), "lee")


def test_a_name_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(
        InputError,
        match="there is no text 'text9' to download; there are: lee, text8, quora",
    ):
        fetch("text9", tmp_path)


def test_impossible_places_and_settings(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file"):
        fetch("text8", tmp_path / "file")
    with pytest.raises(InputError, match="patience is 0 seconds, and must be above 0"):
        fetch("text8", tmp_path, patience=0)


def test_lee_is_there_without_a_network(tmp_path: Path) -> None:
    path = fetch("lee", tmp_path / "texts")
    corpus = read_corpus([Text("lee", str(path))], CorpusSpec())
    assert corpus.vocabulary.documents == 300
    assert 50_000 < corpus.vocabulary.tokens < 70_000
    assert {"sydney", "government"} <= set(corpus.vocabulary.words)
    assert not (tmp_path / "texts").exists()


def test_every_download_says_what_it_is() -> None:
    for name, download in DOWNLOADS.items():
        assert download.title
        assert name == "lee" or "licence" in passage("corpus", f"note.{name}")
        assert name == "lee" or "Lizenz" in passage("corpus", f"note.{name}", "de")
        assert (download.size > 0) == (name in downloading.DOCUMENTS)


@pytest.mark.parametrize(
    "table",
    [
        "id\tquestion1\tquestion2\n0\tWhat is a, b?\tWhy?\n1\tWho?\t\n",
        'id,question1,question2\n0,"What is a, b?",Why?\n1,Who?,\n',
        '{"question1": "What is a, b?", "question2": "Why?"}\n{"question1": "Who?"}\n',
    ],
    ids=["tab", "comma", "json"],
)
def test_questions_of_whatever_table_gensim_data_has(tmp_path: Path, monkeypatch, table: str) -> None:
    archive = tmp_path / "questions.gz"
    archive.write_bytes(gzip.compress(table.encode()))
    monkeypatch.setattr(downloading, "_gensim_archive", lambda name, scratch: archive)
    assert [*downloading.DOCUMENTS["quora-duplicate-questions"](tmp_path)] == ["What is a, b?", "Why?", "Who?", ""]

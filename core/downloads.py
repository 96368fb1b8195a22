"""Texts that others host, through their own downloaders: gensim-data and scikit-learn's 20 newsgroups.

Those downloaders print, cannot be stopped, wait for ever and keep what they please. So each runs in a process of its
own, ``python -m core.downloads``, with a scratch folder of its own: it reports on a pipe, can be killed, and only the
finished text outlives it. What came is read as data only:

- gensim-data comes with Python code for reading it, which is never run. gensim compares MD5 sums, but trusts an
  archive that is there already, so they are compared once more here. An archive in ``GENSIM_DATA_DIR`` (without it,
  ``~/gensim-data``) is copied instead of downloaded, and nothing is written there.
- scikit-learn compares SHA-256, unpacks, and writes a pickle for next time. It goes with the scratch folder and is
  never read, and ``SCIKIT_LEARN_DATA``, where others may have put one, is not looked at.

Proxies are those of ``http_proxy`` and ``https_proxy``.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from core.errors import InputError
from core.files import written

PATIENCE = 20.0
WITHOUT_NETWORK = "wikipedia, lee"
TEXT8_LINE = 10_000
_ROOT = Path(__file__).resolve().parent.parent
_CHILD = (sys.executable, "-m", "core.downloads")
_BLOCK = 1 << 22
_LONGEST_REASON = 200

Progress = Callable[[int, int], None]


class Stopped(InputError):
    """The person who asked for a download stopped it."""


@dataclass(frozen=True)
class Download:
    """A text and where it comes from. ``size``: bytes to download, 0 for none. ``note``: contents, source, licence.

    ``documents``: the documents, given a scratch folder, in a process of their own; None for a text that is there.
    """

    title: str
    size: int
    note: str
    documents: Callable[[Path], Iterator[str]] | None


def fetch(
    name: str,
    folder: Path,
    progress: Progress | None = None,
    *,
    stopped: threading.Event | None = None,
    patience: float = PATIENCE,
) -> Path:
    """A plain text file, UTF-8, a document a line: ``folder / name.txt``, made on first use, whole or not at all.

    ``progress`` is called with bytes so far and bytes in all; after the last byte there is still a text to write.
    ``stopped`` : set it, from another thread, to end the download. ``patience`` : after so many seconds without a
    byte it is given up; scikit-learn tries once more before.

    Raises
    ------
    InputError
        There is no text of this name; no network; the server fails, falls silent or breaks off; what came is not what
        was announced; the folder cannot be written to.
    Stopped
        ``stopped`` was set. Like every error, this one leaves nothing in the folder.
    """
    if name not in DOWNLOADS:
        raise InputError(f"there is no text {name!r} to download; there are: {', '.join(DOWNLOADS)}")
    if DOWNLOADS[name].documents is None:
        return _lee()
    if not patience > 0:
        raise InputError(f"patience is {patience:g} seconds, and must be above 0")
    path = folder.resolve() / f"{name}.txt"
    if path.is_file():
        return path
    with _scratch(path.parent) as scratch, written(path) as partial:
        words = [*_CHILD, name, str(partial), str(scratch), str(patience)]
        _watch(words, DOWNLOADS[name].title, progress, stopped or threading.Event())
    return path


def _lee() -> Path:
    """The news text inside the gensim package: about 300 documents, 60,000 words."""
    from gensim.test.utils import datapath

    path = Path(datapath("lee_background.cor"))
    if not path.is_file():
        raise InputError(f"{path}: this installation of gensim comes without its test data")
    return path


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = tempfile.TemporaryDirectory(prefix=".download-", dir=folder, ignore_cleanup_errors=True)
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror or error}") from error
    with place as name:
        yield Path(name)


def _watch(words: list[str], title: str, progress: Progress | None, stopped: threading.Event) -> None:
    """Run the child to its end and pass on its reports; kill it when asked to, or when this thread is interrupted."""
    child = subprocess.Popen(  # noqa: S603 - no shell, and the name is one of ours
        words,
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    over = threading.Event()
    threading.Thread(target=_kill_when, args=(stopped, over, child), daemon=True).start()
    last: dict[str, Any] = {}
    try:
        with child:
            try:
                for line in child.stdout or ():
                    last = json.loads(line)
                    if progress and "bytes" in last:
                        progress(last["bytes"], last["total"])
            except BaseException:
                child.kill()
                raise
    finally:
        over.set()
    if "done" in last:
        return
    if stopped.is_set():
        raise Stopped(f"{title}: the download was stopped, and nothing of it is kept")
    reason = last.get("failed", f"the downloader ended without a word (exit code {child.returncode})")
    raise InputError(
        f"{title} is not on this machine and could not be downloaded: {reason};"
        f" try again {last.get('when', 'later')}, or use the texts that need none: {WITHOUT_NETWORK}"
    )


def _kill_when(stopped: threading.Event, over: threading.Event, child: subprocess.Popen[str]) -> None:
    while not over.wait(0.05):
        if stopped.is_set():
            child.kill()
            return


# Everything below runs in the child.


def main(words: list[str]) -> None:
    """The child: ``NAME TEXT SCRATCH PATIENCE``. Writes the text, and JSON objects, one a line, to stdout."""
    name, text, scratch, patience = words
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what libraries print is no report
    socket.setdefaulttimeout(float(patience))
    tempfile.tempdir = scratch  # gensim leaves its unfinished archives there
    download = DOWNLOADS[name]
    urllib.request.install_opener(urllib.request.build_opener(_Counter(reports, download.size)))
    try:
        if download.documents is None:
            raise ValueError(f"{name} needs no download")
        with Path(text).open("w", encoding="utf-8", newline="\n") as file:
            for document in download.documents(Path(scratch)):
                if line := " ".join(document.replace("\0", " ").split()):
                    file.write(line + "\n")
    except Exception as error:
        reason, when = _explain(error, float(patience))
        _tell(reports, failed=reason, when=when)
    else:
        _tell(reports, done=True)


def _tell(reports: TextIO, **report: Any) -> None:
    reports.write(json.dumps(report) + "\n")


class _Counter(urllib.request.BaseHandler):
    """Reports every block that is read of an answer; answers read in one go are too small to be told."""

    def __init__(self, reports: TextIO, announced: int) -> None:
        self.reports, self.announced = reports, announced

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:
        read, total, so_far = response.read, int(response.headers.get("Content-Length") or 0), 0

        def counted(size: int | None = None) -> bytes:
            nonlocal so_far
            block = read(size)
            so_far += len(block)
            if size is not None and block:
                _tell(self.reports, bytes=so_far, total=max(total, so_far, self.announced))
            return block

        response.read = counted
        return response

    https_response = http_response


def _explain(error: Exception, patience: float) -> tuple[str, str]:
    """What went wrong in one line, and when to try again."""
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    if "checksum" in str(error).lower():
        return "what came is damaged or was tampered with (its checksum is wrong)", "later"
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answered {error.code} {error.reason}".strip(), "later"
    if isinstance(inner, TimeoutError):
        return f"no byte came for {patience:g} s", "later"
    if isinstance(error, urllib.error.ContentTooShortError | http.client.HTTPException | ConnectionResetError):
        return "the transfer was cut off", "later"
    if isinstance(error, urllib.error.URLError | ConnectionError):
        return _line(getattr(inner, "strerror", None) or inner), "with a network"
    if isinstance(error, OSError) and error.errno:
        return _line(error.strerror), "when that is mended"
    return f"what came is not what was expected ({type(error).__name__}: {_line(error)})", "later"


def _line(words: object) -> str:
    return " ".join(re.sub(r"[<>]", "", str(words)).split())[:_LONGEST_REASON]


def _gensim_archive(name: str, scratch: Path) -> Path:
    """The archive of that name: a sound one that gensim had, or else a downloaded one."""
    shared, place = Path(os.environ.get("GENSIM_DATA_DIR") or "~/gensim-data").expanduser(), scratch / "gensim-data"
    place.mkdir()
    if (shared / name).is_dir() and (shared / "information.json").is_file():
        shutil.copytree(shared / name, place / name)
        shutil.copy(shared / "information.json", place)
    os.environ["GENSIM_DATA_DIR"] = str(place)  # read once, when it is imported
    from gensim import downloader

    told = _Told()
    logging.getLogger("gensim.downloader").addHandler(told)
    try:
        path = Path(downloader.load(name, return_path=True))
        if path.parent != place / name:
            raise ValueError("the list names a file elsewhere")
        if _md5(path) != downloader.info(name)["checksum"]:
            shutil.rmtree(place / name)
            downloader.load(name, return_path=True)
    except ValueError as error:
        raise told.error or error from error
    return path


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


class _Told(logging.Handler):
    """Keeps why gensim could not reach its list: it logs the error, and raises another one that does not say."""

    error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        self.error = record.exc_info[1] if record.exc_info else self.error


def _text8(scratch: Path) -> Iterator[str]:
    """One line without an end, cut after every 10,000 words as gensim does."""
    words: list[bytes] = []
    with gzip.open(_gensim_archive("text8", scratch)) as file:
        carry = b""
        while block := file.read(_BLOCK):
            *whole, carry = (carry + block).split(b" ")
            words += filter(None, whole)
            while len(words) >= TEXT8_LINE:
                yield b" ".join(words[:TEXT8_LINE]).decode()
                del words[:TEXT8_LINE]
    yield b" ".join([*words, carry]).decode()


def _newsgroups(scratch: Path) -> Iterator[str]:
    """All posts, without headers, footers and quotes; some then have nothing left."""
    from sklearn.datasets import fetch_20newsgroups

    options = {"subset": "all", "remove": ("headers", "footers", "quotes"), "shuffle": False}
    yield from fetch_20newsgroups(data_home=scratch, n_retries=1, delay=0.1, **options).data


# Sizes and licences are those of gensim-data's list and of scikit-learn's description.
DOWNLOADS: dict[str, Download] = {
    "lee": Download(
        "Lee news",
        0,
        "about 300 news items of 2001, 60,000 words; part of gensim, no download",
        None,
    ),
    "text8": Download(
        "text8",
        33_182_058,
        "the first 100 MB of cleaned English Wikipedia of 2006, 17 million words, cut into documents of 10,000;"
        " through gensim-data, from mattmahoney.net/dc/textdata.html; no licence stated (Wikipedia's text: CC BY-SA)",
        _text8,
    ),
    "20newsgroups": Download(
        "20 newsgroups",
        14_464_277,
        "18,846 posts of 1993 in 20 newsgroups, without headers, footers and quotes; through scikit-learn, from"
        " figshare.com (original: qwone.com/~jason/20Newsgroups); no licence stated",
        _newsgroups,
    ),
}


if __name__ == "__main__":
    main(sys.argv[1:])

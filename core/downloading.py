"""The process that downloads one text, ``python -m core.downloading``, for ``core.downloads``.

What came is read as data only:

- gensim-data comes with Python code for reading it, which is never run. gensim compares MD5 sums, but trusts an
  archive that is there already, so they are compared once more here. An archive in ``GENSIM_DATA_DIR`` (without it,
  ``~/gensim-data``) is copied instead of downloaded, and nothing is written there.
- scikit-learn compares SHA-256, unpacks, and writes a pickle for next time. It goes with the scratch folder and is
  never read, and ``SCIKIT_LEARN_DATA``, where others may have put one, is not looked at.

Proxies are those of ``http_proxy`` and ``https_proxy``.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import http.client
import json
import logging
import os
import re
import shutil
import socket
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from core.downloads import DOWNLOADS

TEXT8_LINE = 10_000
_BLOCK = 1 << 22
_LONGEST_REASON = 200


def main(words: list[str]) -> None:
    """With ``NAME TEXT SCRATCH PATIENCE``: writes the text, and JSON objects, one a line, to stdout."""
    name, text, scratch, patience = words
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what libraries print is no report
    socket.setdefaulttimeout(float(patience))
    tempfile.tempdir = scratch  # gensim leaves its unfinished archives there
    urllib.request.install_opener(urllib.request.build_opener(_Counter(reports, DOWNLOADS[name].size)))
    try:
        if name not in DOCUMENTS:
            raise ValueError(f"{name} needs no download")
        with Path(text).open("w", encoding="utf-8", newline="\n") as file:
            for document in DOCUMENTS[name](Path(scratch)):
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


def _questions(scratch: Path) -> Iterator[str]:
    """Both questions of every pair."""
    for row in _rows(_gensim_archive("quora-duplicate-questions", scratch)):
        yield from (str(row.get(name) or "") for name in ("question1", "question2"))


def _rows(archive: Path) -> Iterator[dict[str, Any]]:
    """The rows of a table, JSON objects or a csv with either of two delimiters: the list does not say which."""
    with gzip.open(archive, "rt", encoding="utf-8", newline="") as file:
        head = file.readline()
        file.seek(0)
        if head.startswith("{"):
            yield from map(json.loads, file)
        else:
            yield from csv.DictReader(file, delimiter="\t" if "\t" in head else ",")


def _newsgroups(scratch: Path) -> Iterator[str]:
    """All posts, without headers, footers and quotes; some then have nothing left."""
    from sklearn.datasets import fetch_20newsgroups

    options = {"subset": "all", "remove": ("headers", "footers", "quotes"), "shuffle": False}
    yield from fetch_20newsgroups(data_home=scratch, n_retries=1, delay=0.1, **options).data


# The documents of each text that is downloaded, given a scratch folder.
DOCUMENTS: dict[str, Callable[[Path], Iterator[str]]] = {
    "text8": _text8,
    "quora-duplicate-questions": _questions,
    "20newsgroups": _newsgroups,
}


if __name__ == "__main__":
    main(sys.argv[1:])

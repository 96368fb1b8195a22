"""Texts that others host, through their own downloaders: gensim-data and scikit-learn's 20 newsgroups.

Those downloaders print, cannot be stopped, wait for ever and keep what they please. So each runs in a process of its
own (``core.downloading``), with a scratch folder of its own: it reports on a pipe, can be killed, and only the finished
text outlives it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.files import written

PATIENCE = 20.0
WITHOUT_NETWORK = "wikipedia, lee"
_ROOT = Path(__file__).resolve().parent.parent
_CHILD = (sys.executable, "-m", "core.downloading")

Progress = Callable[[int, int], None]


class Stopped(InputError):
    """The person who asked for a download stopped it."""


@dataclass(frozen=True)
class Download:
    """A text and where it comes from. Contents, source and licence are passages ``note.name`` of the page Corpus.

    ``size``: bytes to download, 0 for a text that is there.
    """

    title: str
    size: int


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
    if not DOWNLOADS[name].size:
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


# Sizes are those of gensim-data's list and of scikit-learn's description.
DOWNLOADS: dict[str, Download] = {
    "lee": Download("Lee news", 0),
    "text8": Download("text8", 33_182_058),
    "quora-duplicate-questions": Download("Quora questions", 21_684_784),
    "20newsgroups": Download("20 newsgroups", 14_464_277),
}

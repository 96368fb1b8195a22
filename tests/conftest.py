"""Fixtures shared by all tests. Hypothesis draws the same examples every time."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import scipy.linalg  # noqa: F401 - brings a library of its own, whose threads are limited below as numpy's are
from hypothesis import settings
from numpy.typing import NDArray
from streamlit.components.v2 import manifest_scanner
from threadpoolctl import threadpool_limits
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Two threads of linear algebra that find one core free wait for each other a hundred times longer than they work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # of the processes that tests start
threadpool_limits(1)

gc.disable()  # until all tests are known: what is loaded by then stays
# Bytecode is kept, whatever the environment says: else each process that tests start compiles the program again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Before anything of the program is imported: what tests leave does not belong among people's. All workers find finished
# runs in one folder, so that few are trained twice; texts they have each for itself.
_SCRATCH = tempfile.mkdtemp(prefix="staircase-tests-")
atexit.register(shutil.rmtree, _SCRATCH, ignore_errors=True)
for _kind in ("TEXTS", "KEPT_TEXTS"):
    os.environ[f"STAIRCASE_{_kind}"] = f"{_SCRATCH}/{_kind.lower()}"
os.environ["STAIRCASE_WARM_UP"] = "0"
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["STAIRCASE_RUNS"] = f"{_SCRATCH}/runs"

from core.corpus import Corpus, CorpusSpec, read_corpus  # noqa: E402
from core.counts import Cooccurrence, CountSpec, count  # noqa: E402
from core.reading import Text  # noqa: E402
from core.sources import load_statistics  # noqa: E402

# Streamlit's AppTest looks through all installed packages for components, half a second for every page that is opened.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

settings.register_profile("steady", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("steady")


class Shares(LoadScopeScheduling):
    """One worker has the browser and its server, one the pages, which share their runs; others take file by file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return next((folder for folder in ("browser", "pages") if f"/{folder}/" in file), file)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Shares:
    return Shares(config, log)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Where several processes test, the loops are compiled for all of them while they collect: it takes long."""
    if hasattr(session.config, "workerinput") or not session.config.getoption("numprocesses", None):
        return
    compiles = "from core.counting import count_texts, Text; count_texts([Text('warm-up', b'a b a')])"
    process = subprocess.Popen([sys.executable, "-c", compiles], cwd=session.config.rootpath)
    session.config.add_cleanup(process.wait)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it again and again for garbage takes long."""
    gc.freeze()
    gc.enable()


Planted = tuple[NDArray[np.float64], NDArray[np.float64]]


@pytest.fixture(scope="session")
def text() -> str:
    """Forty short documents over two themes and a shared stock of words, one a line."""
    rng = np.random.default_rng(7)
    themes = (["sea", "ship", "sail", "port", "wave"], ["oven", "bread", "salt", "flour", "cake"])
    shared = ["the", "of", "and", "in", "to", "a"]
    lines = []
    for number in range(40):
        words = shared + 2 * themes[number % 2]
        lines.append(" ".join(rng.choice(words, size=rng.integers(5, 30))))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def corpus(text: str) -> Corpus:
    return read_corpus([Text("text", text.encode())], CorpusSpec(vocab_size=14))


@pytest.fixture(scope="session")
def counts(corpus: Corpus) -> Cooccurrence:
    return count(corpus, CountSpec(window=4))


@pytest.fixture(scope="session")
def wikipedia() -> Cooccurrence:
    """The bundled counts of the 300 most frequent words."""
    return load_statistics("wikipedia", 300)


@pytest.fixture(scope="session")
def plant() -> Callable[..., Planted]:
    """plant(values, seed): a symmetric matrix with exactly these eigenvalues, and its eigenvectors."""

    def make(values, seed: int = 0) -> Planted:
        values = np.asarray(values, np.float64)
        noise = np.random.default_rng(seed).standard_normal((len(values), len(values)))
        vectors, _ = np.linalg.qr(noise)
        matrix = (vectors * values) @ vectors.T
        return (matrix + matrix.T) / 2, vectors

    return make

"""Entry point: ``streamlit run app.py``."""

import ctypes
import os
import sys
import threading
import time
from contextlib import asynccontextmanager, suppress

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from threadpoolctl import threadpool_limits

from core.counting import count_texts
from core.errors import InputError
from core.reading import Text
from core.sources import ASSETS
from core.ui import show
from core.ui.headers import Headers
from core.ui.own import keep_uploads_in_memory
from core.ui.runs import WARM_UP, first_run
from core.ui.urls import PLOTLY_FILES

_FIRST_VISITORS = 6  # seconds
_ARENA_MAX = -8  # M_ARENA_MAX of glibc's mallopt


def _warm() -> None:
    """Train the first run, or find it in the store; count a few words, which compiles the loops; then, page by page,
    what takes longest.

    Between two of these there is time for the first visitors, who share the interpreter.
    """
    first_run().wait()
    count_texts([Text("warm-up", b"a b a")])
    from core.ui import order, vectors  # what they need is loaded after the start

    for one in (show, order, vectors):
        time.sleep(_FIRST_VISITORS)
        with suppress(InputError):  # told where it is asked for
            one.warm()


def _share_memory() -> None:
    """Have all threads allocate from few arenas: by itself glibc gives each visitor's thread one of its own, and what
    is free in there nobody else gets. With thirty viewers that is 60 MB.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


@asynccontextmanager
async def lifespan(_app):
    """Get ready beside the server's start, while the first browser is still on its way."""
    # A core is left for the viewers: linear algebra whose threads wait for a busy core waits for long.
    threadpool_limits(max(1, (os.cpu_count() or 2) - 1))
    keep_uploads_in_memory()
    _share_memory()
    if WARM_UP:
        threading.Thread(target=_warm, daemon=True, name="staircase-warm").start()
    yield


app = st.App(
    "core/ui/router.py",
    lifespan=lifespan,
    routes=[
        show.ROUTE,
        Mount("/staircase", StaticFiles(directory=ASSETS)),
        Mount("/vendor", StaticFiles(directory=PLOTLY_FILES)),
    ],
    middleware=[Middleware(Headers), Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)],
)

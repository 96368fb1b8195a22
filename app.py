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
    _allocator("malloc_trim", 0)  # what making ready took and does not need any more


def _allocator(call: str, *numbers: int) -> None:
    """Tell the C library how to keep memory, where it is glibc."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            getattr(ctypes.CDLL(None), call)(*numbers)


@asynccontextmanager
async def lifespan(_app):
    """Get ready beside the server's start, while the first browser is still on its way."""
    # A core is left for the viewers: linear algebra whose threads wait for a busy core waits for long.
    threadpool_limits(max(1, (os.cpu_count() or 2) - 1))
    keep_uploads_in_memory()
    # By itself glibc gives each visitor's thread an arena of its own, and what is free in there nobody else gets.
    _allocator("mallopt", _ARENA_MAX, 2)
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

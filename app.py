"""Entry point: ``streamlit run app.py``."""

import os
import threading
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from threadpoolctl import threadpool_limits

from core.sources import ASSETS
from core.ui.headers import ContentSecurityPolicy
from core.ui.lab import CANNED, canned
from core.ui.view import PLOTLY_FILES


def warm_up() -> None:
    """Train the first run while the first browser is still on its way; then leave a core for the viewers."""
    try:
        canned(CANNED)
    finally:
        # Linear algebra whose threads wait for a busy core waits for long.
        threadpool_limits(max(1, (os.cpu_count() or 2) - 1))


@asynccontextmanager
async def lifespan(_app):
    """Start-up work, beside the server and not before it."""
    threading.Thread(target=warm_up, daemon=True, name="staircase-warm").start()
    yield


app = st.App(
    "core/ui/router.py",
    lifespan=lifespan,
    routes=[
        Mount("/staircase", StaticFiles(directory=ASSETS)),
        Mount("/vendor", StaticFiles(directory=PLOTLY_FILES)),
    ],
    middleware=[Middleware(ContentSecurityPolicy), Middleware(GZipMiddleware, minimum_size=1_000)],
)

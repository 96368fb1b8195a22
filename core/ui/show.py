"""The Story as one document at ``/show``: built once, when the first run is there, and kept ready compressed."""

from __future__ import annotations

import gzip
import hashlib
import threading
from dataclasses import dataclass
from html import escape

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.benchmark import KEPT
from core.errors import InputError
from core.prose import DEFAULT, LANGUAGES
from core.show import documents
from core.show.document import policy
from core.show.words import Prose
from core.ui.lab import CANNED, lab
from core.ui.runs import first_run

SAY = Prose("show")
_RETRY_SECONDS = 2
_WAITING = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Staircase</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="{seconds}"><style>body {{ font: 1.4rem/1.5 system-ui, sans-serif; display: grid;
place-items: center; min-height: 90vh; margin: 0 2rem; text-align: center }}</style></head>
<body><main><p role="status">{text}</p></main></body></html>"""


@dataclass(frozen=True)
class _Ready:
    """A document as it travels. mark : tells one build from another."""

    plain: bytes
    packed: bytes
    mark: str


class _Shows:
    """The documents of this server, a language each; none until they are built."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready: dict[str, _Ready] = {}
        self.problem = ""

    def build(self) -> None:
        """Wait for the first run and make its documents, once. Raises InputError where they cannot be made."""
        with self._lock:
            if self._ready:
                return
            run, known = first_run(), lab(CANNED)
            run.wait()
            try:
                made = documents(CANNED, known.problem, run.history, languages=list(LANGUAGES), known=known)
            except InputError as error:
                self.problem = str(error).replace(str(KEPT), KEPT.name)  # where the server keeps files is not told
                raise
            self._ready = {
                one: _Ready(raw, gzip.compress(raw, 6, mtime=0), hashlib.sha256(raw).hexdigest()[:16])
                for one, raw in made.items()
            }

    def get(self, language: str) -> _Ready | None:
        return self._ready.get(language)


@st.cache_resource(show_spinner=False)
def _shows() -> _Shows:
    return _Shows()


def warm() -> None:
    """Build the documents: takes seconds, for a thread of the server's start."""
    _shows().build()


async def show(request: Request) -> Response:
    """The document. ``lang`` chooses its language; ``mode``, read by its script, is tour, present or read.

    ``download=1`` makes browsers keep it as a file.
    """
    asked = request.query_params.get("lang", DEFAULT)
    language = asked if asked in LANGUAGES else DEFAULT
    ready = _shows().get(language)
    if ready is None:
        return _broken(_shows().problem) if _shows().problem else _waiting(language)
    headers = {
        "cache-control": "no-cache",
        "etag": f'"{ready.mark}"',
        "vary": "accept-encoding",
        "content-security-policy": f"{policy()}; frame-ancestors 'self'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    if request.query_params.get("download"):
        headers["content-disposition"] = f'attachment; filename="staircase-story-{language}.html"'
    body = ready.plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = ready.packed, "gzip"
    return Response(body, media_type="text/html", headers=headers)


def _broken(problem: str) -> Response:
    return Response(f"Staircase: {problem}\n", status_code=503, media_type="text/plain; charset=utf-8")


def _waiting(language: str) -> Response:
    text = escape(SAY("document.waiting", language))
    page = _WAITING.format(language=language, seconds=_RETRY_SECONDS, text=text)
    headers = {
        "cache-control": "no-store",
        "retry-after": str(_RETRY_SECONDS),
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    }
    return Response(page, media_type="text/html", headers=headers)


ROUTE = Route("/show", show, methods=["GET", "HEAD"])

"""What a browser may do with our pages: load from this server, and from nowhere else."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


_REST = "; ".join(
    [
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "frame-ancestors 'self'",
    ]
)


@cache
def policy() -> str:
    """The policy; the scripts that stand in Streamlit's own page are allowed by their checksums."""
    scripts = _INLINE_SCRIPT.findall(_INDEX.read_text(encoding="utf-8"))
    digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
    allowed = "".join(f" 'sha256-{digest}'" for digest in digests)
    return f"script-src 'self' blob:{allowed}; {_REST}"


class Headers:
    """ASGI middleware that adds the policy to every answer that has none of its own.

    It also has browsers ask whether our own files are still new.
    Those import each other by name, so that a browser that kept one of them too long would mix two versions.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", policy())
                if scope["path"].startswith("/staircase/"):
                    headers["cache-control"] = "no-cache"
            await send(message)

        await self._app(scope, receive, marked if scope["type"] == "http" else send)

"""Pages as their addresses open them, in a test of Streamlit's own kind."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.ui.sitemap import HOME

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE = 300  # seconds, of a busy machine


def opened(page: str, **query: str) -> AppTest:
    """A page through the router, with these parameters in its address; nothing else is run before it."""
    app = AppTest.from_file(str(ROOT / "core/ui/router.py"), default_timeout=_PATIENCE)
    app.query_params.update(query)
    if page != HOME:  # found by its file's name, which is its address
        app.switch_page(str(ROOT / f"pages/{page}.py"))
    return app.run()

"""Pages start runs that nobody waits for here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.runtime.caching.cache_resource_api import clear_session_cache

from core.ui import presses
from core.ui.runs import shared_runs

_VISITOR = "test session id"  # all that AppTest opens is one visit


@pytest.fixture(autouse=True)
def presses_are_told_once(monkeypatch) -> None:
    """No browser is here that would tell a press twice, and these visitors are quick."""
    monkeypatch.setattr(presses, "TWICE_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def the_visitor_leaves() -> Iterator[None]:
    """Runs that a page has begun, but for the first run of all, do not go on beside the next test."""
    yield
    shared_runs().stop()
    clear_session_cache(_VISITOR)

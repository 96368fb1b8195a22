"""Visitors apart from each other: AppTest alone takes all tests for one and the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.runtime.caching.cache_resource_api import clear_session_cache
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from core.ui import own


class Visitors:
    """Whose session the next runs of AppTest are."""

    def __init__(self) -> None:
        self.now = "first"
        self._seen = {"first"}

    def be(self, name: str) -> None:
        """Sit down at another person's browser."""
        self.now = name
        self._seen.add(name)

    def leave(self) -> None:
        """Close the tab, as Streamlit does when a session ends."""
        clear_session_cache(self.now)

    def all_leave(self) -> None:
        for name in self._seen:
            clear_session_cache(name)


@pytest.fixture
def visitors(monkeypatch) -> Iterator[Visitors]:
    seen, plain = Visitors(), ScriptRunner.__init__

    def begun(self, *, session_id: str, **rest) -> None:
        plain(self, session_id=seen.now, **rest)

    monkeypatch.setattr(ScriptRunner, "__init__", begun)
    yield seen
    seen.all_leave()


@pytest.fixture
def kept_folder(tmp_path, monkeypatch):
    """Where shared statistics go."""
    monkeypatch.setattr(own, "FOLDER", tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture
def inside(visitors) -> Callable:
    """inside(work, *args): what ``work`` returns when it runs in the session of the visitor of now."""
    from streamlit.testing.v1 import AppTest

    def run(work: Callable, *args):
        box: list = []

        def script(work, box, args) -> None:
            box.append(work(*args))

        app = AppTest.from_function(script, args=(work, box, args), default_timeout=60).run()
        for error in app.exception:
            raise AssertionError(error.message)
        return box[0]

    return run

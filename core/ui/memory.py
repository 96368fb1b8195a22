"""Results that are computed once: for everybody, or for one visitor where they come from the visitor's own text."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import streamlit as st

OWN = "mine:"
_OWN_ENTRIES = 4

P = ParamSpec("P")
T = TypeVar("T")


def is_own(what: Any) -> bool:
    """Whether a name of statistics, or a recipe of a run, is about a text that a visitor brought."""
    name = getattr(what, "data", what)
    return isinstance(name, str) and name.startswith(OWN)


def remembered(*, max_entries: int, show_spinner: str | bool = False) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Cache a function of names and recipes. What is about a visitor's own text is kept in that visitor's session
    and goes with it; everything else is shared, and read-only."""

    def wrap(function: Callable[P, T]) -> Callable[P, T]:
        shared = st.cache_resource(max_entries=max_entries, show_spinner=show_spinner)(function)
        own = st.cache_resource(scope="session", max_entries=min(max_entries, _OWN_ENTRIES), show_spinner=show_spinner)(
            function
        )

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            return (own if any(map(is_own, (*args, *kwargs.values()))) else shared)(*args, **kwargs)

        call.clear = shared.clear  # type: ignore[attr-defined]
        return call

    return wrap

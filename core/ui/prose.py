"""The words of a page in the visitor's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from core import messages
from core.numbers import number
from core.prose import DEFAULT, LANGUAGES, passage, passages, under


@dataclass(frozen=True)
class Prose:
    """The passages of ``assets/prose/<language>/<page>.md``: ``SAY = Prose("theory")``, then ``SAY("title")``."""

    page: str

    def __call__(self, name: str, /, **values: Any) -> str:
        """A passage, with its blanks filled. Values are inserted as they are: words of a text need ``literal``."""
        return passage(self.page, name, language(), **values)

    def later(self, name: str) -> str:
        """A passage in the language of whoever it is shown to: for spinners, named before anybody is there."""
        return _Later(self, name)

    def head(self) -> tuple[str, str, str, str]:
        """Title, what to see, how it can mislead, and what unfolds (may be empty)."""
        more = self("more") if "more" in passages(self.page) else ""
        return self("title"), self("see"), self("mislead"), more

    def all(self) -> dict[str, str]:
        """Every passage by its name, in the order of the English file."""
        return {name: self(name) for name in passages(self.page)}

    def under(self, name: str) -> dict[str, str]:
        """The passages called ``name.something``, by that something, in the order of the English file."""
        return under(self.page, name, language())


class _Later(str):
    """English in itself; ``str`` of it, which is what Streamlit shows, is in the language of the visit."""

    _told: Callable[[], str]

    def __new__(cls, say: Prose, name: str) -> _Later:
        made = super().__new__(cls, passage(say.page, name))
        made._told = partial(say, name)
        return made

    def __str__(self) -> str:
        return self._told()


def language() -> str:
    """The language of this visit: chosen at the side, else in the address, else English."""
    chosen = st.session_state.get("lang") or st.query_params.get("lang")
    return chosen if chosen in LANGUAGES else DEFAULT


def spelt(value: float, form: str) -> str:
    """A number by a format of Python's, as people of this visit's language write it."""
    return number(value, form, language())


def reworded(error: object) -> str:
    """What an error or a message says, in the language of this visit."""
    return messages.told(str(error), language())


def language_picker() -> None:
    """The languages there are, by their codes. The choice is in the address and goes along from page to page."""
    st.segmented_control(
        SITE("language"), list(LANGUAGES), default=DEFAULT, required=True, key="lang", bind="query-params",
        help=" · ".join(LANGUAGES.values()), label_visibility="collapsed",
    )  # fmt: skip


SITE = Prose("site")

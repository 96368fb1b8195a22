"""The picker of texts, the same on every page, and what a text is called."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import streamlit as st

from core.downloads import DOWNLOADS
from core.errors import InputError
from core.planted import PlantedSpec
from core.problem import RunSpec
from core.reading.text import shown
from core.recipe import PLANTED, recipe
from core.sources import BUNDLED_VOCAB, bundled, fetched, is_text
from core.ui import chrome, own, parameters
from core.ui.lab import statistics
from core.ui.memory import is_own
from core.ui.prose import Prose, reworded

SAY = Prose("shared")
DEFAULT = "wikipedia"
_TITLES = {DEFAULT: "Wikipedia"} | {name: one.title for name, one in DOWNLOADS.items()}
_STATE, _REFUSED = "text", "refused text"
_LONGEST = 300


def title(data: str) -> str:
    """What a text is called. Own titles are a visitor's words: data, never markup."""
    if is_own(data):
        return SAY("text.yours", title=own.brought(data).title)
    if data.startswith(own.KEPT):
        return SAY("text.shared", name=data.removeprefix(own.KEPT)[:6])
    source, _, knobs = data.partition("?")
    return _TITLES.get(source, source) + (f" ({knobs.replace('&', ', ')})" if knobs else "")


def check() -> None:
    """Find the text to look at: the one in the address, else the last one chosen in this visit.

    One that is not to be had is told, and the bundled one takes its place. That stays on the page until another text
    is picked, since pages run again at any moment.
    """
    asked = st.query_params.get("data") or chosen()
    try:
        asked = _usable(asked)
    except InputError as error:
        st.session_state[_REFUSED] = _here(), SAY("meanwhile", problem=shown(reworded(error))[:_LONGEST])
        asked = DEFAULT
    st.session_state[_STATE] = asked
    where, told = st.session_state.get(_REFUSED, ("", ""))
    if told and asked == DEFAULT and where == _here():
        chrome.literal_error(told)


def _here() -> str:
    """Which page this is."""
    return urlsplit(st.context.url or "").path


def chosen() -> str:
    """The text that is looked at."""
    return st.session_state.get(_STATE, DEFAULT)


def choose(data: str) -> None:
    """Look at this text from now on, on all pages; it stands in the address."""
    st.session_state[_STATE] = data
    parameters.write("data", None if data == DEFAULT else data)


def picker() -> str:
    """Show the picker; the name of the statistics that were picked."""
    data = chosen()
    choose(data)
    known = _known(data)
    st.session_state["pick"] = data
    st.selectbox(
        SAY("text"), known, format_func=title, key="pick", width=190, on_change=_picked, help=SAY("text.help")
    )  # fmt: skip
    return data


def recipe_on(spec: RunSpec, data: str) -> RunSpec:
    """The same recipe on a text, which may have fewer words."""
    size = min(spec.vocab_size or words_known(data), words_known(data))
    return replace(spec, data=data, vocab_size=size, dim=min(spec.dim, size))


def words_known(data: str) -> int:
    """How many words of a text were counted."""
    return BUNDLED_VOCAB if bundled(data) else statistics(data, None).vocab_size


def _picked() -> None:
    st.session_state.pop(_REFUSED, None)
    choose(st.session_state["pick"])


def _known(data: str) -> list[str]:
    """Texts that can be picked: those of this site, those that were fetched, the visitor's own, the one looked at."""
    hosted = [name for name in DOWNLOADS if name != "lee" and fetched(name)]
    return list(dict.fromkeys([DEFAULT, "lee", PLANTED, *hosted, *own.names(), data]))


def _usable(data: str) -> str:
    """The shortest name of this text. Raises InputError where it is not to be had."""
    if data == DEFAULT:
        return data
    if is_text(data):
        data = recipe(data).name
    elif not is_own(data) and not data.startswith(own.KEPT):
        raise InputError(SAY("no-name"))
    own.check_words(statistics(data, None))
    return data


def planted(data: str) -> PlantedSpec | None:
    """What is planted in a text, if it was made here."""
    return recipe(data).planted if data.partition("?")[0] == PLANTED else None


def address(data: str) -> dict[str, str]:
    """The parameters of an address that pick a text."""
    return {} if data == DEFAULT else {"data": data}

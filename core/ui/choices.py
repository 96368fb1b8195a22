"""A choice among translated options, or among thousands of words.

The address holds an option's own name, so links are the same in every language: Streamlit's own binding writes what an
option is called on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

import streamlit as st

from core.ui import parameters

Width = int | Literal["stretch"]
_MANY, _OFFERED = 3_000, 1_000


def choice(
    widget: Callable[..., Any], label: str, options: Mapping[str, str], *, key: str, default: str = "", **more: Any
) -> str:
    """Show ``st.segmented_control``, ``pills``, ``selectbox`` or ``radio``; the name of the option that is chosen.

    options : name -> what it is called here. key : the parameter of the address. default : the first option.
    Other names in an address are taken for the default.
    """
    default = default or next(iter(options))
    shown, noted = f"choice {key}", f"noted {key}"
    asked = st.query_params.get(key)
    page = urlsplit(st.context.url or "").path
    now = page, asked, default
    # Opened by an address, gone back to one, or come from a page that has the same parameter.
    if shown not in st.session_state or st.session_state.get(noted) != now:
        st.session_state[shown] = asked if asked in options else default
    st.session_state[noted] = now

    def note() -> None:
        chosen = st.session_state[shown]
        parameters.write(key, None if chosen == default else chosen)
        st.session_state[noted] = page, st.query_params.get(key), default

    widget(label, list(options), format_func=options.__getitem__, key=shown, on_change=note, **more)
    return str(st.session_state[shown])


def word_choice(
    label: str, words: Sequence[str], default: str, *, key: str, help: str, width: Width = "stretch"
) -> str:
    """A word by choosing or typing, in small letters where it is not among ``words``, and then it may be none of them.

    ``default``: what is chosen first; the most frequent word, if it is not among them. Of more than 3,000 words the
    1,000 most frequent are offered: browsers take long over ten thousand options.
    """
    if default not in words:
        default = words[0]
    offered = list(words if len(words) <= _MANY else words[:_OFFERED])
    if default not in offered:
        offered.append(default)
    chosen = st.selectbox(
        label, offered, index=offered.index(default), key=key, bind="query-params", accept_new_options=True, help=help,
        width=width,
    )  # fmt: skip
    typed = (chosen or default).strip()
    return typed if typed in words else typed.lower()

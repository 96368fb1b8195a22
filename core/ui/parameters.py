"""What Python writes into the address, and a browser that does not know it yet.

A part of a page that is polled sends the address with each of its calls. One that left the browser before the last
choice was told to it has the address from before: whoever trusts it takes the choice back.
"""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

_WRITTEN = "written"  # parameter -> its value, or None where it was taken out


def write(key: str, value: str | None) -> None:
    """Set a parameter of the address, or with None take it out. One that stands there already is left alone."""
    if value == st.query_params.get(key):
        return
    if value is None:
        del st.query_params[key]
    else:
        st.query_params[key] = value
    st.session_state.setdefault(_WRITTEN, {})[key] = value


def settle() -> None:
    """A whole run begins: what its address has otherwise was changed by the visitor, as by going back."""
    written = st.session_state.get(_WRITTEN, {})
    st.session_state[_WRITTEN] = {key: value for key, value in written.items() if st.query_params.get(key) == value}


def rerun() -> NoReturn:
    """Run the page again from within a part of it that is polled, with the address as it was written last.

    Whoever goes back brings about a whole run, which comes before all later polls.
    """
    for key, value in st.session_state.get(_WRITTEN, {}).items():
        write(key, value)
    st.rerun()

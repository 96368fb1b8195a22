"""What every page tells those who listen to it: assets/access.js, a component without anything to see."""

from __future__ import annotations

import streamlit as st

from core.ui.prose import language
from core.ui.urls import component_js

_component = st.components.v2.component("staircase.access", js=component_js("access.js"), isolate_styles=False)


def access() -> None:
    """Set the language of the document, mend the list of pages, and run the page again when the system turns dark."""
    with st.container(key="access"):
        data = {"lang": language(), "scheme": st.context.theme.type}
        _component(key="access-lang", data=data, on_scheme_change=_drawn_anew)


def _drawn_anew() -> None:
    """The run that follows is all there is to do."""

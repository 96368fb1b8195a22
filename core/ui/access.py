"""What every page tells those who listen to it: assets/access.js, a component without anything to see."""

from __future__ import annotations

import streamlit as st

from core.ui.prose import language
from core.ui.urls import component_js

_component = st.components.v2.component("staircase.access", js=component_js("access.js"), isolate_styles=False)


def access() -> None:
    """Set the language of the document, and mend the list of pages."""
    with st.container(key="access"):
        _component(key="access-lang", data={"lang": language()})

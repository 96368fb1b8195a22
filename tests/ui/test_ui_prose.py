"""Words that are named before there is a visitor, in the language of the visitor."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.prose import passage
from core.ui.prose import Prose

NAME = "busy.finding"


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_spinner_speaks_the_language_of_the_visit(language):
    def page(told) -> None:
        import streamlit as st

        with st.spinner(told):
            st.text(str(told))

    app = AppTest.from_function(page, args=(Prose("shared").later(NAME),))
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    assert app.text[0].value == passage("shared", NAME, language)
    assert passage("shared", NAME, "en") != passage("shared", NAME, "de")

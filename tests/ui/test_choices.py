"""Choices among translated options: what the address holds, and what it may ask for."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from core.ui.choices import choice

    st.text(choice(st.segmented_control, "way", {"rank": "gegen den Rang", "time": "gegen die Zeit"}, key="against"))


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(page)
    app.query_params.update(query)
    return app.run()


def test_the_first_option_is_the_default_and_leaves_the_address_bare():
    app = opened()
    assert app.text[0].value == "rank"
    assert dict(app.query_params) == {}


def test_an_address_names_an_option_whatever_it_is_called_on_the_page():
    app = opened(against="time")
    assert app.text[0].value == "time"


def test_nonsense_in_an_address_is_the_default():
    assert opened(against="gegen die Zeit").text[0].value == "rank"


def test_a_choice_is_written_to_the_address_and_the_default_is_not():
    app = opened()
    app.segmented_control[0].set_value("time").run()
    assert (app.text[0].value, app.query_params["against"]) == ("time", "time")
    app.segmented_control[0].set_value("rank").run()
    assert (app.text[0].value, "against" in app.query_params) == ("rank", False)


def test_going_back_to_another_address_chooses_again():
    app = opened(against="time")
    app.query_params["against"] = "rank"
    assert app.run().text[0].value == "rank"
    del app.query_params["against"]
    assert app.run().text[0].value == "rank"


def test_a_page_with_another_default_begins_with_its_own(tmp_path):
    words = {"chart": "ein Bild", "side": "nebeneinander"}
    for default in words:
        (tmp_path / f"{default}.py").write_text(
            "import streamlit as st\nfrom core.ui.choices import choice\n"
            f"st.text(choice(st.segmented_control, 'show', {words}, key='show', default='{default}', required=True))\n"
        )
    (tmp_path / "app.py").write_text(
        f"import streamlit as st\nst.navigation([st.Page(one) for one in {[f'{one}.py' for one in words]}]).run()\n"
    )
    app = AppTest.from_file(tmp_path / "app.py").run()
    for default in ("side", "chart"):
        assert app.switch_page(f"{default}.py").run().text[0].value == default

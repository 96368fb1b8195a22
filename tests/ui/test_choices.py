"""Choices among translated options: what the address holds, and what it may ask for."""

from __future__ import annotations

import pytest
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


WORDS = tuple(f"word{n}" for n in range(5_000))


def picks(address: str = "", *, count: int = 5_000, default: str = "word3000") -> AppTest:
    """A script with one choice among many words, whose default is a rare one."""

    def script(count: int, default: str) -> None:
        import streamlit as st

        from core.ui.choices import word_choice

        words = tuple(f"word{n}" for n in range(count))
        st.text(word_choice("word", words, default, key="word", help=""))

    at = AppTest.from_function(script, args=(count, default))
    if address:
        at.query_params["word"] = address
    return at.run()


def test_of_many_words_the_most_frequent_are_offered_and_the_default():
    at = picks()
    assert at.text[0].value == "word3000"
    assert at.selectbox[0].options == [*WORDS[:1_000], "word3000"]


def test_of_fewer_all_are_offered_and_the_first_where_the_default_is_none_of_them():
    at = picks(count=2_000)
    assert at.text[0].value == "word0"
    assert at.selectbox[0].options == list(WORDS[:2_000])


@pytest.mark.parametrize(
    ("address", "word"), [("word7", "word7"), ("word4999", "word4999"), ("Word4999", "word4999"), ("Xy", "xy")]
)
def test_a_word_that_is_not_offered_can_be_asked_for(address, word):
    assert picks(address).text[0].value == word

"""The picker of texts: which names are taken, what each is called, and what the address can and cannot open."""

from __future__ import annotations

from pathlib import Path

import opening
import pytest
from streamlit.testing.v1 import AppTest

from core import downloads, sources
from core.counting import TextSpec
from core.planted import PlantedSpec
from core.reading import Text
from core.recipe import Recipe
from core.ui import own, texts
from core.ui.lab import CANNED

ROOT = Path(__file__).resolve().parents[2]


def opened(page: str, data: str) -> AppTest:
    """A page of the site with this text in its address."""
    return opening.opened(page, data=data)


REFUSED = {
    "/etc/passwd": "there is no text of this name here",
    "../x.parquet": "there is no text of this name here",
    "assets/wikipedia-5k.parquet": "there is no text of this name here",
    "http://evil.test/x": "there is no text of this name here",
    "file:///etc/passwd": "there is no text of this name here",
    "wikipedia@5": "there is no text of this name here",
    "<img src=x onerror=alert(1)>": "there is no text of this name here",
    "![x](http://evil.test/x.png)": "there is no text of this name here",
    "\n\0": "there is no text of this name here",
    "x" * 99_999: "there is no text of this name here",
    "text8": "there is no text of this name here",
    "20newsgroups?window=3": "there is no text of this name here",
    "planted?documents=99999999": "at most 100,000,000",
    "planted?documents=1000000": "0,000,000 tokens",
    "planted?strength=nan": "strength is nan",
    "planted?concepts=1&vocab-size=2": "has 2 different words, and at least 8",
    "lee?words=99999999": "are taken here",
    "lee?words=" + "9" * 9_999: "lee: words cannot be",
    "lee?words=7": "has 7 different words, and at least 8",
    "lee?window=999999999": "window is 999999999",
    "lee?<img src>=1": "lee has no setting '<img src>'",
    "lee?" + "x" * 99_999: "lee has no setting",
    "kept:../../x": "there are no such statistics on this server",
    "kept:0123456789abcdef": "there are no such statistics on this server",
    "mine:00000000": "this text belongs to another visit",
}


@pytest.fixture(autouse=True)
def apart(visitors, kept_folder, tmp_path, monkeypatch):
    """No text is on this machine, and nothing may be fetched or opened from elsewhere."""

    def fetch(*_args, **_more):
        raise AssertionError("an address has started a download")

    monkeypatch.setattr(sources, "TEXTS", tmp_path / "texts")
    monkeypatch.setattr(downloads, "_watch", fetch)


@pytest.mark.parametrize("data", REFUSED, ids=range(len(REFUSED)))
def test_an_address_opens_no_file_starts_no_download_and_asks_for_no_more_than_is_allowed(data):
    app = opened("method", data)
    assert not app.exception
    (told,) = (one.value for one in app.text)
    assert REFUSED[data] in told
    assert told.endswith(". Meanwhile, here is Wikipedia.")
    assert len(told.splitlines()) == 1
    assert len(told) < 400
    assert app.session_state["text"] == "wikipedia"


def test_after_a_refusal_the_page_works_with_wikipedia():
    app = opened("concepts", "/etc/passwd")
    assert not app.exception
    assert app.selectbox(key="pick").value == "wikipedia"
    assert app.selectbox(key="V").value == 2_000
    assert "data" not in app.query_params
    app.selectbox(key="block").set_value(2).run()
    assert len(app.text) == 1, "what was refused is still told"
    app.selectbox(key="pick").set_value("lee").run()
    assert not app.text
    assert not app.exception


@pytest.mark.parametrize(
    ("data", "stays"),
    [
        ("lee?window=16", "lee"),
        ("lee?window=5", "lee?window=5"),
        ("lee?lower=yes&window=5", "lee?window=5"),
        ("wikipedia", "wikipedia"),
    ],
)
def test_a_text_stands_in_the_address_by_its_shortest_name(data, stays):
    app = opened("train", data)
    assert not app.text
    assert app.session_state["text"] == stays
    assert app.query_params.get("data", "wikipedia") == stays
    assert app.selectbox(key="pick").value == stays


def test_the_text_is_remembered_from_page_to_page_and_can_be_picked_on_each():
    app = opened("train", "lee?window=5")
    app.switch_page(str(ROOT / "pages/method.py")).run()
    app.switch_page(str(ROOT / "pages/concepts.py")).run()
    pick = app.selectbox(key="pick")
    assert pick.value == "lee?window=5"
    assert pick.options[:3] == ["Wikipedia", "Lee news", "planted"]
    pick.set_value("wikipedia").run()
    assert "data" not in app.query_params
    app.switch_page(str(ROOT / "pages/train.py")).run()
    assert app.selectbox(key="pick").value == "wikipedia"


def test_what_texts_are_called(inside):
    assert texts.title("wikipedia") == "Wikipedia"
    assert texts.title("lee?window=5&words=99") == "Lee news (window=5, words=99)"
    assert texts.title("kept:0123456789abcdef") == "shared: 012345"

    def mine() -> str:
        found = [Text("x", b"a b c d e f g h")]
        return texts.title(own.bring("<b>x</b>", found, TextSpec()))

    assert inside(mine) == "yours: <b>x</b>"


def test_what_is_planted_in_a_text_is_known():
    spec = PlantedSpec(concepts=3, documents=100)
    assert texts.planted(Recipe("planted", planted=spec).name) == spec
    assert texts.planted("lee") is None
    assert texts.planted("wikipedia") is None


def test_a_recipe_on_a_smaller_text_has_no_more_words_and_dimensions_than_it(inside):
    def sizes(words: int) -> tuple[int | None, int]:
        content = " ".join("abcdefghijkl"[:words]).encode()
        name = own.bring("x", [Text("x", content)], TextSpec())
        spec = texts.recipe_on(CANNED, name)
        assert spec.data == name
        return spec.vocab_size, spec.dim

    assert inside(sizes, 12) == (12, 12)


def test_the_address_of_a_text():
    assert texts.address("wikipedia") == {}
    assert texts.address("lee") == {"data": "lee"}


# Small texts

SMALL = {
    "twelve words": "one two three four five six seven eight nine ten eleven twelve",
    "eight words": "\n".join(4 * f"{letter} " for letter in "abcdefgh"),
    "nothing to learn": "a b c d e f g h\n" * 5,
}
USING = ["corpus", "concepts", "train", "latent", "compare", "matrices", "theory", "ablation"]


@pytest.mark.parametrize("page", USING)
@pytest.mark.parametrize("case", SMALL)
def test_every_page_takes_a_small_text(page, case, inside):
    content = SMALL[case].encode()
    name = inside(lambda: own.bring("small", [Text("small", content)], TextSpec()))
    app = opened(page, name)
    assert not app.exception
    told = [one.value for one in app.text]
    none = ["M* of this text has no positive eigenvalue: there is nothing to learn"]
    told = [one for one in told if "overshoots" not in one]  # where M* reaches far below zero, one step is too long
    assert told == (none if case == "nothing to learn" and page != "compare" else [])
    if page == "train" and not told:
        most = {"twelve words": 12, "eight words": 8}[case]
        assert app.selectbox(key="V").value == most
        assert app.selectbox(key="V").options == [str(most)]
        assert app.selectbox(key="d").options == [
            str(one) for one in (5, 8, 10, 12) if one in (5, 10, most) and one <= most
        ]
    if page == "corpus":
        assert app.metric
        assert len(app.subheader) == 3

"""The ways to another text, on the page Corpus: each works, and what goes wrong is one line on a page that goes on."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from opening import opened
from strange import HOSTILE, a_zip
from streamlit.testing.v1 import AppTest

from core import sources
from core.ui import bringing, own

ROOT = Path(__file__).resolve().parents[2]
TOPICS = "sea ship sail port wave sea ship\noven bread salt flour cake oven bread\n" * 20
WIKIPEDIA_WORDS = "5,000"


def corpus(way: str = "paste", **query: str) -> AppTest:
    """The page, as its address would open it."""
    return opened("corpus", way=way, **query)


def pasted(text: str) -> AppTest:
    app = corpus()
    app.text_area(key="pasted").set_value(text).run()
    return read(app)


def uploaded(*files: tuple[str, bytes]) -> AppTest:
    """Files on the page, not read yet."""
    app = corpus("upload")
    app.file_uploader(key="files").set_value([(name, content, "text/plain") for name, content in files]).run()
    return app


def read(app: AppTest) -> AppTest:
    app.button(key="bring").click().run()
    return app


def metrics(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


def lists(app: AppTest) -> str:
    """The words of all concepts, from the table."""
    (found,) = (frame.value for frame in app.dataframe if "one end" in frame.value)
    return " · ".join([*found["one end"], *found["the other end"]])


def words(cell: str) -> set[str]:
    """The words of a cell, which may stand in several lines."""
    return set(re.split(r"\s*·\s*", cell))


def assert_goes_on(app: AppTest, told: str, data: str | None = None) -> None:
    """One line says what is wrong, and the page shows the text it showed before, to its end."""
    assert not app.exception
    assert [told in one.value for one in app.text] == [True], [one.value for one in app.text]
    assert "\n" not in app.text[0].value
    assert app.query_params.get("data") == data
    assert metrics(app)["vocabulary"] == WIKIPEDIA_WORDS
    assert lists(app)
    assert len(app.subheader) == 3


@pytest.fixture(autouse=True)
def apart(visitors, tmp_path, monkeypatch):
    """A visitor who leaves in the end, and folders that are empty."""
    monkeypatch.setattr(own, "FOLDER", tmp_path / "kept")
    for module in (sources, bringing):
        monkeypatch.setattr(module, "TEXTS", tmp_path / "texts")


# Paste


def test_a_pasted_text_is_counted_and_its_topics_are_its_concepts():
    app = pasted(TOPICS)
    assert not app.exception
    wanted = {"tokens": "280", "types": "10", "vocabulary": "10", "documents": "40"}
    assert metrics(app) == metrics(app) | wanted
    (found,) = (frame.value for frame in app.dataframe if "one end" in frame.value)
    ends = [words(found[end][0]) for end in ("one end", "the other end")]
    topics = [{"sea", "ship", "sail", "port", "wave"}, {"oven", "bread", "salt", "flour", "cake"}]
    assert ends in (topics, topics[::-1])
    assert app.query_params["data"].startswith("mine:")
    assert app.selectbox(key="pick").options[-1] == "yours: pasted text"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("?! --- <> ...", "no document has 1 or more words"),
        ("word word word", "only 1 different words"),
        ("one two one two", "2 different words, and at least 8 are needed"),
        ("a b c d e f\0", "NUL bytes"),
    ],
)
def test_what_cannot_be_read_is_told_and_what_was_typed_stays(text, told):
    app = pasted(text)
    assert_goes_on(app, told)
    assert app.text_area(key="pasted").value == text


def test_no_more_can_be_pasted_than_is_allowed(monkeypatch):
    monkeypatch.setattr(bringing, "PASTED", 20)
    assert metrics(pasted("a b c d e f g h i j k l"))["vocabulary"] == "10"


def test_what_was_typed_is_still_there_after_another_way_and_another_page():
    app = corpus()
    app.text_area(key="pasted").set_value(TOPICS).run()
    for way in ("make one", "paste"):
        (choice,) = (one for one in [*app.segmented_control, *app.pills] if one.key == "choice way")
        choice.set_value(way).run()
    assert app.text_area(key="pasted").value == TOPICS
    app.switch_page(str(ROOT / "pages/method.py")).run()
    app.switch_page(str(ROOT / "pages/corpus.py")).run()
    assert app.text_area(key="pasted").value == TOPICS


def test_how_a_text_is_read_can_be_chosen():
    app = corpus()
    app.text_area(key="pasted").set_value("The Cat sat;the Dog sat and sat;the END of one two").run()
    app.selectbox(key="paste_ends").set_value("these characters").run()
    app.text_input(key="paste_mark").set_value(";")
    app.toggle(key="paste_lower").set_value(False)
    app.number_input(key="paste_words").set_value(8)
    read(app)
    assert metrics(app)["documents"] == "3"
    assert metrics(app)["vocabulary"] == "8"
    (words,) = (frame.value for frame in app.dataframe if "rank" in frame.value)
    assert list(words["word"])[:2] == ["sat", "the"]
    assert "The" in list(words["word"]) or "Cat" in list(words["word"])


def test_a_word_of_hostile_signs_loses_them():
    app = pasted("\n".join(HOSTILE * 3))
    assert not app.exception
    words = {word for frame in app.dataframe if "word" in frame.value for word in frame.value["word"]}
    assert {"img", "src", "onerror", "evil", "href", "cmd", "material"} <= words
    assert all(word.isalnum() for word in words)


# Upload


ROW = "sea ship sail port wave sea ship oven bread salt"
HALF = len(TOPICS) // 2
HALVES = {"x.txt": TOPICS[:HALF].encode(), "y.txt": TOPICS[HALF:].encode()}
UPLOADS = {
    "plain": ("a.txt", TOPICS.encode()),
    "gzip": ("a.txt.gz", gzip.compress(TOPICS.encode())),
    "csv": ("a.csv", ("id,text\n" + "".join(f"7,{line}\n" for line in TOPICS.splitlines())).encode()),
    "tsv": ("a.tsv", ("id\ttext\n" + "".join(f"7\t{line}\n" for line in TOPICS.splitlines())).encode()),
    "jsonl": ("a.jsonl", "".join(json.dumps({"id": 7, "body": line}) + "\n" for line in TOPICS.splitlines()).encode()),
    "zip": ("a.zip", a_zip(**HALVES)),
    "utf-16": ("a.txt", TOPICS.encode("utf-16")),
    "no extension": ("a", TOPICS.encode()),
}  # fmt: skip


@pytest.mark.parametrize("kind", UPLOADS)
def test_every_kind_of_file_gives_the_same_text(kind):
    app = uploaded(UPLOADS[kind])
    assert not app.text
    read(app)
    assert not app.exception
    assert not app.text
    found = metrics(app)
    assert [found[name] for name in ("tokens", "types", "documents")] == ["280", "10", "40"]


def test_several_files_are_one_text_that_is_named_after_them():
    app = read(uploaded(*HALVES.items()))
    assert metrics(app)["tokens"] == "280"
    assert app.selectbox(key="pick").options[-1] == "yours: x.txt and 1 more"


def test_the_column_can_be_chosen_and_an_odd_name_is_data():
    names = ",".join(f'"{name}"' for name in HOSTILE)
    lines = [[f"only{n} {words}" for n in range(len(HOSTILE))] for words in ("a b c", "d e f", "g h")]
    rows = "\n".join(",".join(line) for line in lines * 5)
    app = uploaded(("a.csv", f"{names}\n{rows}\n".encode()))
    field = app.selectbox(key="field")
    assert field.options == HOSTILE
    field.set_value(HOSTILE[4])
    read(app)
    assert "only4" in lists(app)
    assert "only3" not in lists(app)


def test_a_table_in_another_encoding_can_still_be_chosen_from():
    app = uploaded(("a.csv", ("id,text\n" + f"7,{ROW}\n" * 9).encode("utf-16-le")))
    assert "NUL bytes" in app.text[0].value
    app.selectbox(key="upload_codec").set_value("utf-16-le").run()
    assert not app.text
    assert app.selectbox(key="field").value == "text"
    assert metrics(read(app))["types"] == "8"


def test_the_wrong_encoding_is_told_with_its_share():
    german = ("a.txt", ("die größte Straße führt\nein alter Weg geht über Köln\n" * 9).encode("cp1252"))
    app = read(uploaded(german))
    assert any("of the bytes mean nothing in utf-8" in one.value for one in app.warning)
    app = uploaded(german)
    app.selectbox(key="upload_codec").set_value("cp1252")
    read(app)
    assert not any("of the bytes" in one.value for one in app.warning)
    assert "straße" in lists(app)


@pytest.mark.parametrize(
    ("language", "line", "wanted"),
    [
        ("German", "Die größte Straße führt über Köln", ["größte", "straße", "führt", "über"]),
        ("Greek", "η θάλασσα και ο ουρανός είναι μπλε", ["θάλασσα", "ουρανός", "είναι"]),
        ("Hindi", "नदी का पानी हिन्दी किताब", ["हिन्दी", "किताब", "नदी"]),
        ("Japanese", "私 は 東京 の 大学 で 日本語 を 学ぶ", ["東京", "大学", "日本語"]),
    ],
)
def test_words_of_any_language_stand_in_the_concept_list(language, line, wanted):
    other = "sea ship sail port wave"
    app = read(uploaded((f"{language}.txt", f"{line}\n{other}\n".encode() * 9)))
    assert not app.exception
    assert set(wanted) <= words(lists(app))


TROUBLE = {
    "empty": (("a.txt", b""), "no document has 1 or more words"),
    "binary": (("a.txt", bytes(range(256)) * 4), "NUL bytes"),
    "a picture in a zip": (("a.zip", a_zip(**{"x.png": b"\x89PNG"})), "holds no text file"),
    "pdf": (("a.pdf", b"%PDF-1.4 a b c"), "a.pdf: is a PDF, not plain text"),
    "cut short": (("a.gz", gzip.compress(TOPICS.encode())[:-20]), "a.gz: damaged or cut short"),
    "no header": (("a.csv", b""), "a csv begins with a row of column names"),
    "no json": (("a.jsonl", b"{"), "line 1 is not JSON"),
    "no fields": (("a.jsonl", b"{}\n"), "the first line has no fields to read"),
    "out of the archive": (("a.zip", a_zip(**{"../x.txt": b"a"})), "a path that leads out of the archive"),
}


@pytest.mark.parametrize("case", TROUBLE)
def test_files_that_cannot_be_read_are_one_line(case):
    file, told = TROUBLE[case]
    app = uploaded(file)
    if not app.text:
        read(app)
    assert_goes_on(app, told)
    assert app.selectbox(key="upload_codec").value == "auto"


def test_a_bomb_is_one_line(monkeypatch):
    monkeypatch.setattr(own, "TEXT_MEGABYTES", 1)
    bomb = gzip.compress(b"boom bang\n" * 500_000)
    assert_goes_on(read(uploaded(("bomb.gz", bomb))), "larger than the 1,048,576 bytes of text allowed")
    assert_goes_on(uploaded(("bomb.zip", a_zip(a=b"a " * 600_000))), "larger than the 1,048,576 bytes of text allowed")


@pytest.mark.parametrize("name", [HOSTILE[0], HOSTILE[1], HOSTILE[4], HOSTILE[5]])
def test_names_of_files_are_data(name):
    inner = a_zip(**{f"{name}.txt": b"a b", f"{name}.png": b"x", "more.txt": TOPICS.encode()})
    app = uploaded((f"{name}.zip", inner))
    marked = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info, *app.success]
    assert not any(name in one.value for one in marked)
    assert f"{name}.png" in app.text[0].value
    read(app)
    assert not app.exception
    assert app.selectbox(key="pick").options[-1].startswith(f"yours: {name}"[:40])
    marked = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info, *app.success]
    assert not any(name in one.value for one in marked)


# Texts by name


def test_the_lee_news_are_one_click_away():
    app = read(corpus("Lee news"))
    assert not app.exception
    assert app.query_params["data"] == "lee"
    assert metrics(app)["documents"] == "300"


def test_without_a_network_a_download_is_one_line(monkeypatch):
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    app = read(corpus("download"))
    assert_goes_on(app, "text8 is not on this machine and could not be downloaded")
    assert list((sources.TEXTS).iterdir()) == []


def test_what_is_planted_is_found():
    app = corpus("make one")
    app.slider(key="planted_concepts").set_value(3)
    app.slider(key="planted_strength").set_value(0.8)
    app.select_slider(key="planted_documents").set_value(3_000)
    read(app)
    assert not app.exception
    (found,) = (frame.value for frame in app.dataframe if "planted" in frame.value)
    assert list(found["planted"]) == ["ka-mi", "lo-tu", "be-sa"]
    assert all(float(one.rstrip("%")) > 80 for one in found["found by the first concepts"])
    assert all(abs(a - b) < 0.25 * b for a, b in zip(found["λ found"], found["λ of endless text"], strict=True))


def test_strength_0_plants_nothing_and_the_page_goes_on():
    app = corpus("make one")
    app.slider(key="planted_strength").set_value(0.0)
    app.select_slider(key="planted_documents").set_value(100)
    read(app)
    assert not app.exception


def test_sharing_replaces_the_text_by_statistics_with_a_link(visitors, monkeypatch):
    app = corpus(data=pasted(TOPICS).query_params["data"])
    assert any("nothing of it is written to disk" in one.value for one in app.caption)
    # Outside of a run nobody knows a visitor's titles, so that AppTest cannot send the picker's choice back by itself.
    pick = app.selectbox(key="pick")
    known = type(pick).format_func
    told = property(lambda one: str if one.key == "pick" else known.fget(one))
    monkeypatch.setattr(type(pick), "format_func", told)
    pick.set_value("yours: pasted text")
    app.button(key="share").click().run()
    assert not app.exception
    link = app.query_params["data"]
    assert link.startswith("kept:")
    visitors.be("second")
    app = corpus(data=link)
    assert not app.text
    assert metrics(app)["tokens"] == "280"
    assert "types" not in metrics(app)
    assert app.selectbox(key="pick").options[-1] == f"shared: {link[5:11]}"

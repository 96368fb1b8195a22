"""The ways to another text: pick, paste, upload, download, make one with concepts of one's own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.corpus import CorpusSpec
from core.counting import PassProgress, TextSpec
from core.counts import CountSpec
from core.downloads import DOWNLOADS, Download, fetch
from core.errors import InputError
from core.lexicon import WordSpec
from core.planted import PlantedSpec
from core.reading import Reading, Received, Text
from core.reading import fields as columns_of
from core.reading.text import shown
from core.recipe import PLANTED, SEPARATORS, Recipe
from core.sources import TEXTS, fetched
from core.ui import chrome, own, texts

PASTED = 2_000_000
_PROMPT = 1.0  # seconds of work before an estimate is worth telling
_TICK = 0.2  # seconds between two looks at a download
_LONGEST_NAME = 40
_WAYS = ["paste", "upload", "Lee news", "download", "make one"]
_TYPES = ["txt", "md", "csv", "tsv", "jsonl", "ndjson", "gz", "zip"]
_ENCODINGS = ["auto", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-1", "cp1251", "koi8-r"]
_ENCODINGS += ["shift_jis", "euc-jp", "gb18030"]
_ENDS = {"each line": "line", "each blank line": "blank-line", "the end of a file": "file", "these characters": ""}
_LETTERS = {"letters a-z": "latin", "letters and digits of any script": "unicode"}
_EXAMPLE = "the cat sat on the mat\nthe dog sat on the rug\n…"


def ways() -> None:
    """Show the ways to another text, and take the one that is used. What goes wrong is told, and nothing is lost."""
    texts.picker()
    way = st.pills("or bring one", _WAYS, default="paste", required=True, key="way", bind="query-params")
    with st.container(border=True), _told():
        {"paste": _paste, "upload": _upload, "Lee news": _lee, "download": _download, "make one": _make}[way]()


def _paste() -> None:
    text = st.text_area(
        "Your text", height=110, max_chars=PASTED, key="pasted", placeholder=_EXAMPLE, persist_state="session",
        help=f"Up to {PASTED:,} characters. Larger texts: upload a file.",
    )  # fmt: skip
    with _row():
        wanted, spec = _button("Read this text"), _options("paste", separator="each line")
    if wanted and not text.strip():
        raise InputError("paste a text first")
    if wanted:
        _bring("pasted text", [Text("pasted text", text.encode())], spec)


def _upload() -> None:
    files = st.file_uploader(
        f"Files: {', '.join(_TYPES[:6])}, plain, gzipped or in a zip, up to {own.upload_megabytes()} MB together",
        accept_multiple_files=True, key="files",
    )  # fmt: skip
    above, received, found = st.container(), Received(), []
    with above, _told():
        found = own.opened([(file.name, file.getvalue()) for file in files], received)
        if received.skipped:
            st.caption("Files that are no texts are left out:")
            st.text(shown(", ".join(received.skipped[:10])))
    label = "Read these files" if len(found) > 1 else "Read this file"
    with _row():
        wanted, spec = _button(label), _options("upload", separator="each line", encoding=True)
    with above:
        spec = replace(spec, reading=replace(spec.reading, field=_field(found, spec.reading)))
    if wanted and not found:
        raise InputError("choose a file first")
    if wanted:
        others = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
        _bring(f"{found[0].name[:_LONGEST_NAME]}{others}", found, spec)


def _field(found: list[Text], reading: Reading) -> str:
    """The column or field to read, for tables."""
    table = next((text for text in found if text.kind), None)
    if table is None:
        return ""
    names = columns_of(table, own.limits(), reading)
    if not names:
        raise InputError(f"{table.name}: the first line has no fields to read")
    longest = max(range(len(names)), key=lambda n: names[n].lower() in ("text", "body", "content", "review", "comment"))
    return st.selectbox("The column that holds the text", names, index=longest, key="field")


def _lee() -> None:
    st.markdown(DOWNLOADS["lee"].note)
    _named("lee", "Read the Lee news", separator="each line")


def _download() -> None:
    hosted = {name: one for name, one in DOWNLOADS.items() if one.size}
    name = st.selectbox("From its own host", hosted, format_func=lambda name: hosted[name].title, key="hosted")
    st.caption(hosted[name].note)
    if fetched(name):
        _named(name, "Read it", separator="each line")
        return
    if _button(f"Download {hosted[name].size / 1e6:.0f} MB"):
        _fetch(name, hosted[name])


def _fetch(name: str, wanted: Download) -> None:
    stopped, share = threading.Event(), [0.0]

    def told(done: int, size: int) -> None:
        share[0] = done / max(size, 1)

    with _bar() as tell, ThreadPoolExecutor(1) as pool:
        work = pool.submit(fetch, name, TEXTS, told, stopped=stopped)
        try:  # a click or leaving the page is noticed where the page is told something
            while not wait([work], timeout=_TICK).done:
                tell(f"Downloading {wanted.title}", share[0])
        finally:
            stopped.set()
        work.result()
    texts.choose(name)
    st.rerun()


def _named(name: str, label: str, *, separator: str) -> None:
    with _row():
        wanted, spec = _button(label), _options(name, separator=separator)
    if wanted:
        _look(Recipe(name, spec).name)


def _make() -> None:
    st.markdown(
        "A text whose concepts are known, because they were planted: each syllable of a word is a feature, and words "
        "that share features keep company. Watch whether the eigenvectors find them."
    )
    plain = texts.planted(texts.chosen()) or PlantedSpec()
    sizes = sorted({100, 300, 1_000, 3_000, 6_000, 20_000, plain.documents})
    with st.container(horizontal=True):
        concepts = st.slider("concepts", 1, 7, plain.concepts, key="planted_concepts", width=200)
        strength = st.slider("strength", 0.0, 1.0, plain.strength, 0.05, key="planted_strength", width=200,
                             help="0: words know nothing of each other. 1: a document has one side only.")  # fmt: skip
        decay = st.slider("each next one", 0.5, 1.0, max(0.5, plain.decay), 0.05, key="planted_decay", width=200,
                          help="Strength of a concept, of the one before. At 1 they are equal, and mix.")  # fmt: skip
        documents = st.select_slider("documents", sizes, plain.documents,
                                     key="planted_documents", width=200, help="Of 60 words each.")  # fmt: skip
        hierarchy = st.toggle("hierarchy", plain.hierarchy, key="planted_hierarchy",
                              help="A tree: each concept divides one side of the concept before.")  # fmt: skip
    made = replace(plain, concepts=concepts, strength=strength, decay=decay, documents=documents, hierarchy=hierarchy)
    if _button("Make this text"):
        _look(Recipe(PLANTED, planted=made).name)


def _options(key: str, *, separator: str, encoding: bool = False) -> TextSpec:
    """How the text is read: folded away, with the defaults of a plain text."""
    anything = key in ("paste", "upload")
    with st.popover("How it is read", icon=":material/tune:", width="content"):
        ends = st.selectbox("a document ends at", list(_ENDS), list(_ENDS).index(separator), key=f"{key}_ends")
        mark = _ENDS[ends] or st.text_input("which", "---", key=f"{key}_mark")
        letters = st.selectbox("words are made of", list(_LETTERS), int(anything), key=f"{key}_letters")
        with _row():
            lower = st.toggle("lower case", value=True, key=f"{key}_lower")
            stop = st.toggle("keep stop words", value=True, key=f"{key}_stop", help="318 English words: the, of, ...")
        with _row():
            window = _number("window L", (1, 100), CountSpec().window, f"{key}_window", "Company: words on each side.")
            most = min(CorpusSpec().vocab_size, own.VOCABULARY)
            words = _number(
                "words at most", (own.LEAST_WORDS, own.VOCABULARY), most, f"{key}_words", "The most frequent ones."
            )
        with _row():
            least = _number("minimum count", (1, 1_000), 1, f"{key}_count", "Rarer words are left out.")
            length = _number("shortest text", (1, 10_000), 1, f"{key}_tokens", "Documents of fewer words are left out.")
        codec = st.selectbox("encoding", _ENCODINGS, key=f"{key}_codec") if encoding else "auto"
    corpus = CorpusSpec(words, least, length, stop, WordSpec(_LETTERS[letters], lower))
    return TextSpec(Reading(SEPARATORS.get(mark, mark), codec), corpus, CountSpec(window))


def _number(label: str, range: tuple[int, int], value: int, key: str, help: str) -> int:
    return int(st.number_input(label, *range, value, key=key, width=150, help=help))


def _row() -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="bottom")


def _button(label: str) -> bool:
    """Never disabled: a box that is still being typed in has not told the server yet."""
    return st.button(label, type="primary", key="bring")


def _bring(title: str, found: list[Text], spec: TextSpec) -> None:
    """Count a visitor's own text, and look at it."""
    with _bar() as tell:
        name = own.bring(title, found, spec, tell)
    _look(name)


def _look(name: str) -> None:
    texts.choose(name)
    st.rerun()


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be read is told in one line, in place; everything around it stays."""
    try:
        yield
    except InputError as error:
        chrome.literal_error(f"{error}. Below is still: {texts.title(texts.chosen())}")


@contextmanager
def _bar() -> Iterator[PassProgress]:
    """A bar on the page; leaving the page or any click ends the work."""
    bar = st.progress(0.0, "Reading …")
    began: dict[str, float] = {}

    def tell(what: str, share: float) -> None:
        spent = time.monotonic() - began.setdefault(what, time.monotonic())
        left = f", about {spent * (1 - share) / share:.0f} s left" if spent > _PROMPT and share > 0 else ""
        bar.progress(min(1.0, share), f"{what} …{left}")

    try:
        yield tell
    finally:
        bar.empty()

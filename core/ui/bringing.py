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
from core.ui.choices import choice
from core.ui.prose import Prose, reworded

SAY = Prose("corpus")
PASTED = 2_000_000
_PROMPT = 1.0  # seconds of work before an estimate is worth telling
_TICK = 0.2  # seconds between two looks at a download
_LONGEST_NAME = 40
_WAYS = ["paste", "upload", "Lee news", "download", "make one"]
_TYPES = ["txt", "md", "csv", "tsv", "jsonl", "ndjson", "gz", "zip"]
_ENCODINGS = ["auto", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-1", "cp1251", "koi8-r"]
_ENCODINGS += ["shift_jis", "euc-jp", "gb18030"]
_ENDS = {"each line": "line", "each blank line": "blank-line", "the end of a file": "file", "these characters": ""}
_LETTERS = ["latin", "unicode"]


def ways() -> None:
    """Show the ways to another text, and take the one that is used. What goes wrong is told, and nothing is lost."""
    texts.picker()
    titles = {name: SAY(f"way.{name.replace(' ', '-')}") for name in _WAYS}
    way = choice(st.pills, SAY("way"), titles, key="way", required=True)
    with st.container(border=True), _told():
        {"paste": _paste, "upload": _upload, "Lee news": _lee, "download": _download, "make one": _make}[way]()


def _paste() -> None:
    text = st.text_area(
        SAY("paste"), height=110, max_chars=PASTED, key="pasted", placeholder=SAY("paste.example"),
        persist_state="session", help=SAY("paste.help", most=PASTED),
    )  # fmt: skip
    with _row():
        wanted, spec = _button(SAY("paste.read")), _options("paste", separator="each line")
    if wanted and not text.strip():
        raise InputError(SAY("paste.nothing"))
    if wanted:
        title = SAY("paste.title")
        _bring(title, [Text(title, text.encode())], spec)


def _upload() -> None:
    files = st.file_uploader(
        SAY("upload", types=", ".join(_TYPES[:6]), most=own.upload_megabytes()),
        accept_multiple_files=True, key="files",
    )  # fmt: skip
    above, received, found = st.container(), Received(), []
    with above, _told():
        found = own.opened([(file.name, file.getvalue()) for file in files], received)
        if received.skipped:
            st.caption(SAY("upload.left-out"))
            st.text(shown(", ".join(received.skipped[:10])))
    with _row():
        wanted = _button(SAY("upload.read-many" if len(found) > 1 else "upload.read-one"))
        spec = _options("upload", separator="each line", encoding=True)
    with above:
        spec = replace(spec, reading=replace(spec.reading, field=_field(found, spec.reading)))
    if wanted and not found:
        raise InputError(SAY("upload.nothing"))
    if wanted:
        first = found[0].name[:_LONGEST_NAME]
        _bring(SAY("upload.others", first=first, others=len(found) - 1) if len(found) > 1 else first, found, spec)


def _field(found: list[Text], reading: Reading) -> str:
    """The column or field to read, for tables."""
    table = next((text for text in found if text.kind), None)
    if table is None:
        return ""
    names = columns_of(table, own.limits(), reading)
    if not names:
        raise InputError(SAY("upload.no-fields", name=table.name))
    longest = max(range(len(names)), key=lambda n: names[n].lower() in ("text", "body", "content", "review", "comment"))
    return st.selectbox(SAY("upload.column"), names, index=longest, key="field")


def _lee() -> None:
    st.markdown(SAY("note.lee"))
    _named("lee", SAY("lee.read"), separator="each line")


def _download() -> None:
    hosted = {name: one for name, one in DOWNLOADS.items() if one.size}
    name = st.selectbox(SAY("hosted"), hosted, format_func=lambda name: hosted[name].title, key="hosted")
    st.caption(SAY(f"note.{name}"))
    if fetched(name):
        _named(name, SAY("hosted.read"), separator="each line")
        return
    if _button(SAY("hosted.download", size=hosted[name].size / 1e6)):
        _fetch(name, hosted[name])


def _fetch(name: str, wanted: Download) -> None:
    stopped, share = threading.Event(), [0.0]

    def told(done: int, size: int) -> None:
        share[0] = done / max(size, 1)

    with _bar() as tell, ThreadPoolExecutor(1) as pool:
        work = pool.submit(fetch, name, TEXTS, told, stopped=stopped)
        try:  # a click or leaving the page is noticed where the page is told something
            while not wait([work], timeout=_TICK).done:
                tell(SAY("hosted.downloading", title=wanted.title), share[0])
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
    st.markdown(SAY("make"))
    plain = texts.planted(texts.chosen()) or PlantedSpec()
    sizes = sorted({100, 300, 1_000, 3_000, 6_000, 20_000, plain.documents})
    with st.container(horizontal=True):
        concepts = st.slider(SAY("make.concepts"), 1, 7, plain.concepts, key="planted_concepts", width=200)
        strength = st.slider(SAY("make.strength"), 0.0, 1.0, plain.strength, 0.05, key="planted_strength", width=200,
                             help=SAY("make.strength.help"))  # fmt: skip
        decay = st.slider(SAY("make.decay"), 0.5, 1.0, max(0.5, plain.decay), 0.05, key="planted_decay", width=200,
                          help=SAY("make.decay.help"))  # fmt: skip
        documents = st.select_slider(SAY("make.documents"), sizes, plain.documents,
                                     key="planted_documents", width=200, help=SAY("make.documents.help"))  # fmt: skip
        hierarchy = st.toggle(SAY("make.hierarchy"), plain.hierarchy, key="planted_hierarchy",
                              help=SAY("make.hierarchy.help"))  # fmt: skip
    made = replace(plain, concepts=concepts, strength=strength, decay=decay, documents=documents, hierarchy=hierarchy)
    if _button(SAY("make.it")):
        _look(Recipe(PLANTED, planted=made).name)


def _options(key: str, *, separator: str, encoding: bool = False) -> TextSpec:
    """How the text is read: folded away, with the defaults of a plain text."""
    anything = key in ("paste", "upload")
    with st.popover(SAY("options"), icon=":material/tune:", width="content"):
        ends = st.selectbox(
            SAY("options.ends"), list(_ENDS), list(_ENDS).index(separator), key=f"{key}_ends",
            format_func=lambda end: SAY(f"ends-at.{end.replace(' ', '-')}"),
        )  # fmt: skip
        mark = _ENDS[ends] or st.text_input(SAY("options.mark"), "---", key=f"{key}_mark")
        letters = st.selectbox(
            SAY("options.letters"), _LETTERS, int(anything), key=f"{key}_letters",
            format_func=lambda script: SAY(f"letters.{script}"),
        )  # fmt: skip
        with _row():
            lower = st.toggle(SAY("options.lower"), value=True, key=f"{key}_lower")
            stop = st.toggle(SAY("options.stop"), value=True, key=f"{key}_stop", help=SAY("options.stop.help"))
        with _row():
            window = _number("window", (1, 100), CountSpec().window, f"{key}_window")
            most = min(CorpusSpec().vocab_size, own.VOCABULARY)
            words = _number("words", (own.LEAST_WORDS, own.VOCABULARY), most, f"{key}_words")
        with _row():
            least = _number("count", (1, 1_000), 1, f"{key}_count")
            length = _number("length", (1, 10_000), 1, f"{key}_tokens")
        codec = st.selectbox(SAY("options.encoding"), _ENCODINGS, key=f"{key}_codec") if encoding else "auto"
    corpus = CorpusSpec(words, least, length, stop, WordSpec(letters, lower))
    return TextSpec(Reading(SEPARATORS.get(mark, mark), codec), corpus, CountSpec(window))


def _number(name: str, range: tuple[int, int], value: int, key: str) -> int:
    told = SAY(f"options.{name}.help")
    return int(st.number_input(SAY(f"options.{name}"), *range, value, key=key, width=150, help=told))


def _row() -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="bottom")


def _button(label: str) -> bool:
    """Never disabled: a box that is still being typed in has not told the server yet."""
    return st.button(label, type="primary", key="bring")


def _bring(title: str, found: list[Text], spec: TextSpec) -> None:
    """Count a visitor's own text, and look at it."""
    with _bar() as tell:
        name = own.bring(title, found, spec, lambda what, share: tell(_called(what), share))
    _look(name)


def _called(what: str) -> str:
    """What counting does, such as 'words' or 'pairs, pass 1 of 2', as it is called here."""
    name, _, passes = what.partition(", pass ")
    number, _, of = passes.partition(" of ")
    called = SAY(f"what.{name}")
    return SAY("what.pass", what=called, number=number, passes=of) if passes else called


def _look(name: str) -> None:
    texts.choose(name)
    st.rerun()


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be read is told in one line, in place; everything around it stays."""
    try:
        yield
    except InputError as error:
        chrome.literal_error(SAY("refused", problem=reworded(error), title=texts.title(texts.chosen())))


@contextmanager
def _bar() -> Iterator[PassProgress]:
    """A bar on the page; leaving the page or any click ends the work."""
    bar = st.progress(0.0, SAY("reading"))
    began: dict[str, float] = {}

    def tell(what: str, share: float) -> None:
        spent = time.monotonic() - began.setdefault(what, time.monotonic())
        told = SAY("doing", what=what)
        if spent > _PROMPT and share > 0:
            told = SAY("doing.left", what=what, left=spent * (1 - share) / share)
        bar.progress(min(1.0, share), told)

    try:
        yield tell
    finally:
        bar.empty()

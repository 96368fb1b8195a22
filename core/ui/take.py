"""A finished run to take away: files for other programs, and the link. Nothing is made before it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

import streamlit as st

from core.export import Trained, bibtex, of_finished, projector, tables, with_about, word2vec, zipped
from core.export.vectors import word2vec_binary, word2vec_text
from core.runfile import Finished
from core.show import run_html
from core.ui import controls
from core.ui.comparing import Choice
from core.ui.gallery import EXAMPLES
from core.ui.lab import CANNED, Lab, lab
from core.ui.memory import is_own
from core.ui.prose import Prose, language
from core.ui.runs import Sight, shared, stored

SAY = Prose("take")
_STRANGE = re.compile(r"[^a-z0-9]+")
_ZIP, _BINARY = "application/zip", "application/octet-stream"


@dataclass(frozen=True, eq=False)
class Parcel:
    """A finished run, and the files that are made of it. Streamlit is out of reach where they are made."""

    known: Lab
    done: Finished
    link: str
    language: str

    @cached_property
    def run(self) -> Trained:
        return of_finished(self.known.spec, self.known.words, self.done)

    @property
    def stem(self) -> str:
        """What the files are called: letters and digits only, whatever the text is called."""
        spec = self.known.spec
        text = _STRANGE.sub("-", spec.data.partition(":")[0].partition("?")[0].lower()).strip("-")
        return f"staircase-{text}-{spec.model}-v{len(self.known.words)}-d{spec.dim}-seed{spec.seed}"

    def text(self) -> bytes:
        return word2vec_text(self.known.words, self.done.last.embeddings)

    def binary(self) -> bytes:
        return word2vec_binary(self.known.words, self.done.last.embeddings)

    def projector(self) -> bytes:
        return self._archive(projector(self.run))

    def tables(self) -> bytes:
        return self._archive(self._tables())

    def html(self) -> bytes:
        known = self.known
        return run_html(known.spec, known.problem, self.done.frames, language=self.language, known=known)

    def everything(self) -> bytes:
        page = {"staircase.html": self.html()}
        return self._archive(word2vec(self.run) | projector(self.run) | self._tables() | page)

    def _tables(self) -> dict[str, bytes]:
        return tables(self.run, self.known.problem, self.known.prediction)

    def _archive(self, files: dict[str, bytes]) -> bytes:
        return zipped(with_about(files, self.run, self.link))


def of_run(known: Lab, now: Sight) -> None:
    """The panel of a run that may still be moving, on the page that trains it."""
    _panel(known, now.done, link(known) + "&trained=yes")


def of_finished_run(known: Lab, done: Finished) -> None:
    """The panel of a run that is over."""
    _panel(known, done, link(known))


def _panel(known: Lab, done: Finished | None, where: str) -> None:
    with st.expander(SAY("title"), icon=":material/download:"):
        if done is None:
            st.caption(SAY("later"))
        else:
            _offers(Parcel(known, done, where, language()))
        _link(known, where)


def of_choice(choices: dict[str, Choice], picked: Sequence[str]) -> None:
    """The same of one of several runs, by their ids."""
    if not picked:
        return
    with st.expander(SAY("title"), icon=":material/download:"):
        one = st.selectbox(SAY("which"), picked, format_func=lambda id: choices[id].name, key="take_which")
        known = lab(choices[one].spec)
        done = _finished(known)
        where = link(known, "train") + "&trained=yes"
        if done is None:
            st.caption(SAY("gone"))
        else:
            _offers(Parcel(known, done, where, language()))
        _link(known, where)


def _finished(known: Lab) -> Finished | None:
    """A run that this page shows already: nothing is trained here that is not trained anyway."""
    done = stored(known)
    there = known.sharable or known.spec in (CANNED, *EXAMPLES.values())
    return done or (shared(known.spec).done if there else None)


def _offers(parcel: Parcel) -> None:
    stem = parcel.stem
    st.markdown(SAY("vectors"))
    with st.container(horizontal=True):
        _offer("txt", parcel.text, f"{stem}.txt", "text/plain")
        _offer("bin", parcel.binary, f"{stem}.bin")
    st.markdown(SAY("projector"))
    _offer("projector", parcel.projector, f"{stem}-projector.zip", _ZIP)
    st.markdown(SAY("tables"))
    _offer("tables", parcel.tables, f"{stem}-tables.zip", _ZIP)
    st.markdown(SAY("player"))
    _offer("html", parcel.html, f"{stem}.html", "text/html")
    st.markdown(SAY("all"))
    _offer("all", parcel.everything, f"{stem}.zip", _ZIP)
    st.markdown(SAY("cite"))
    _offer("bib", bibtex, "staircase.bib", "text/plain")


def _offer(name: str, make: Callable[[], bytes], file: str, mime: str = _BINARY) -> None:
    st.download_button(
        SAY(f"file.{name}"), make, file, mime, key=f"take_{name}", help=SAY("file.help"), on_click="ignore",
        icon=":material/download:",
    )  # fmt: skip


def _link(known: Lab, where: str) -> None:
    st.markdown(SAY("link.own" if is_own(known.spec) else "link"))
    st.code(where, language=None, wrap_lines=True)


def link(known: Lab, page: str = "") -> str:
    """An address with every setting of a run, also those at their defaults: it means the same run for ever.

    Without ``page`` it is of the page that is open, and keeps whatever else stands in its address.
    """
    base, others = st.context.url or "", st.query_params.to_dict()
    if page:
        base, others = f"{base.rpartition('/')[0]}/{page}", {}
    others.pop("trained", None)
    return f"{base}?{urlencode(others | settings(known))}"


def settings(known: Lab) -> dict[str, str]:
    """Every setting of a run as it stands in an address."""
    always = (*controls.MAIN_CHOICES, *controls.MORE_CHOICES)
    plain = {choice.key: controls.read(choice.default) for choice in always}
    spec = known.spec
    return plain | {"seed": str(spec.seed), "data": spec.data} | controls.address(spec)

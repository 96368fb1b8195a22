"""The panel of a run to take away: on every page of runs, nothing made beforehand, links that mean one run."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.export.trained import read
from core.export.vectors import word2vec
from core.problem import RunSpec
from core.runfile import save_run
from core.ui import take
from core.ui.lab import CANNED, lab
from core.ui.runs import finished, queued_run
from core.ui.take import Parcel, settings

SPECS = [
    CANNED,
    replace(CANNED, vocab_size=500, dim=10, until=0, seed=12, init_scale=1e-3, step_size=0.3),
    replace(CANNED, model="sgns", untied=True, asymmetric=True, negatives=5, until=5),
]


@pytest.mark.parametrize("spec", SPECS, ids=["first", "other", "sgns"])
def test_a_link_names_every_setting_and_gives_the_same_run(spec):
    named = settings(lab(replace(spec, vocab_size=500)))
    assert {"V", "d", "start", "model", "step", "until", "seed", "data"} <= set(named)

    def page() -> None:
        import streamlit as st

        from core.ui import controls

        st.session_state["found"] = controls.run_spec()

    app = AppTest.from_function(page)
    app.query_params.update({key: value for key, value in named.items() if key != "data"})
    app.run()
    assert app.session_state["found"] == replace(spec, vocab_size=500)


@pytest.fixture(scope="module")
def parcel() -> Parcel:
    spec = RunSpec(vocab_size=300, dim=5, init_scale=1e-2, until=3, seed=8)
    known = lab(spec)
    run = queued_run(known)
    run.start()
    assert run.wait(60)
    return Parcel(known, finished(run), "http://here/train?seed=8", "en")


def test_the_site_and_a_file_of_the_command_line_give_the_same_vectors(parcel, tmp_path):
    known = parcel.known
    save_run(tmp_path / "run.npz", known.spec, known.words, [parcel.done.last])
    kept = word2vec(read(tmp_path / "run.npz"))
    assert (parcel.text(), parcel.binary()) == (kept["vectors.txt"], kept["vectors.bin"])


def test_archives_hold_what_they_say(parcel):
    always = {"README.txt", "staircase.bib"}
    projector = {"vectors.tsv", "metadata.tsv", "projector_config.json"}
    tables = {"spectrum.csv", "concepts.csv", "history.csv"}
    for made, names in (
        (parcel.projector(), projector),
        (parcel.tables(), tables),
        (parcel.everything(), projector | tables | {"vectors.txt", "vectors.bin", "staircase.html"}),
    ):
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            assert set(archive.namelist()) == names | always
            assert "http://here/train?seed=8" in archive.read("README.txt").decode()
    assert parcel.html().startswith(b"<!")


@pytest.mark.parametrize("data", ["own:../../etc", "kept:0123", "planted?concepts=3&x=/..", "lee"])
def test_file_names_are_plain(parcel, data):
    named = replace(parcel, known=replace(parcel.known, spec=replace(parcel.known.spec, data=data)))
    assert named.stem.replace("-", "").isalnum()
    assert named.stem.isascii()


def test_a_run_that_is_not_over_offers_its_link_only():
    def page() -> None:
        from core.ui import take
        from core.ui.lab import CANNED, lab
        from core.ui.runs import Sight

        known = lab(CANNED)
        take.of_run(known, Sight((known.start,), "running"))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    assert not app.get("download_button")
    assert "once it has finished" in app.caption[0].value
    assert "seed=3" in app.code[0].value


def test_nothing_is_made_before_it_is_asked_for(parcel, monkeypatch):
    for name in ("word2vec_text", "word2vec_binary", "projector", "tables", "run_html", "zipped"):
        monkeypatch.setattr(take, name, None)

    def page(known, done) -> None:
        from core.ui import take

        take.of_finished_run(known, done)

    app = AppTest.from_function(page, kwargs={"known": parcel.known, "done": parcel.done}, default_timeout=60).run()
    assert not app.exception
    assert len(app.get("download_button")) == 7

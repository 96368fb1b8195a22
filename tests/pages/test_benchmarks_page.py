"""The Benchmarks page on the bundled eigenpairs and a record of its own, and on another text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.benchmark import About, Kept, Row, Stage, save_record
from core.evaluation import Evaluation, evaluate
from core.misses import stumped
from core.problem import RunSpec
from core.questions import families, in_vocabulary
from core.spectrumfile import PAPER_SCALE, load_spectrum
from core.ui import records
from core.ui.lab import lab
from core.ui.runs import canned, identity

ROOT = Path(__file__).resolve().parents[2]
DIM = 20
PLANTED = "planted?vocab-size=192&documents=300&document-tokens=50"


@pytest.fixture(scope="module")
def bundled():
    return load_spectrum(PAPER_SCALE, DIM)


@pytest.fixture(scope="module")
def found(bundled):
    """What M* at the paper's vocabulary gets with few concepts, computed beside the page."""
    return evaluate(bundled.embeddings(DIM), bundled.words)


@pytest.fixture
def record(bundled, found, tmp_path, monkeypatch):
    """A small record in place of the bundled one, in which no two models, ranks or kinds of question are alike."""

    def less(by: int, crossed: bool = True) -> Evaluation:
        scores = tuple(replace(one, right=max(0, one.right - by)) for one in found.analogies)
        return replace(found, analogies=scores, crossed=crossed)

    rows = tuple(
        Row(name, DIM, "somehow", "2025-02-03", 1.0, "a machine", less(by), less(by + 1, crossed=False))
        for name, by in (("gensim-sg", 2), ("mstar", 0), ("ppmi", 5))
    )
    source = bundled.source
    about = About(source.documents, source.tokens, 10_000, source.window, "0")
    cut = (Stage(1, None, less(9)), Stage(DIM, None, found))
    stopped = (Stage(1, 9.0, less(10)), Stage(DIM, 90.0, less(3)))
    kept = Kept(about, rows, cut, {"qwem": stopped})
    save_record(tmp_path / "record.json", kept)
    monkeypatch.setattr(records, "KEPT", tmp_path / "record.json")
    return kept


def opened(**query: str) -> AppTest:
    """The page as its address would open it, without what the router puts around it."""
    app = AppTest.from_file(str(ROOT / "pages/benchmarks.py"), default_timeout=120)
    app.query_params.update(query)
    app.session_state["text"] = query.get("data", "wikipedia")
    app.session_state["maths"] = query.get("maths") == "true"
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.success, app.info, app.warning, app.caption, app.text)
    return " ".join(element.value for kind in kinds for element in kind)


def table(app: AppTest, column: str):
    """The table on the page that has this column."""
    (one,) = (frame.value for frame in app.dataframe if column in frame.value)
    return one


def test_it_opens_finished_from_what_is_bundled(record):
    app = opened()
    closed, trained, worst = (row.evaluation for row in (record.row(name) for name in ("mstar", "gensim-sg", "ppmi")))
    assert f"gets {closed.accuracy / trained.accuracy:.1%} of what word2vec gets" in said(app)
    assert "gets 100.0%" not in said(app)
    league = table(app, "analogies, here").set_index("model")
    for name, one in (("M*", closed), ("word2vec", trained), ("PPMI", worst)):
        assert league.loc[name, "right"] == f"{one.overall.right:,} of {one.total:,}"
    cut, stopped = record.by_rank, record.by_time["qwem"]
    apart = [abs(a.evaluation.accuracy - b.evaluation.accuracy) for a, b in zip(cut, stopped, strict=True)]
    assert f"differ by {100 * sum(apart) / 2:.1f} points on average" in said(app)
    assert "man is to king as woman is to queen." in said(app)
    heads = [head.value for head in app.subheader]
    assert heads == [
        "The table",
        "Family by family",
        "Stop early, or cut the rank?",
        "Measure it yourself",
        "Ask your own",
        "Stump me",
        "The answer, as concepts are added",
        "Neighbours, few concepts or many",
    ]
    assert len(app.dataframe) >= 8


def test_without_a_record_everything_else_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "none.json")
    app = opened()
    assert "The record of benchmarks is not here" in said(app)
    assert "man is to king as woman is to queen." in said(app)
    assert "Stump me" in [head.value for head in app.subheader]


def test_the_address_reproduces_a_question_and_its_dimension(record, bundled):
    app = opened(a="paris", b="france", c="berlin", dim="200")
    assert table(app, "times in the text")["answer"].iloc[0] == "germany"
    few = opened(a="paris", b="france", c="berlin", dim=str(DIM))
    rows = bundled.embeddings(DIM).astype(np.float64)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    a, b, c = (bundled.index[one] for one in ("paris", "france", "berlin"))
    score = unit @ (unit[c] + unit[b] - unit[a])
    score[[a, b, c]] = -np.inf
    assert table(few, "times in the text")["answer"].iloc[0] == bundled.words[int(score.argmax())]


def test_measured_again_it_is_what_evaluation_says_and_agrees_with_the_record(record, found):
    app = opened(dim=str(DIM))
    app.button(key="again").click().run()
    values = {metric.label: metric.value for metric in app.metric}
    assert values["analogies"] == f"{found.accuracy:.1%}"
    assert values["WordSim-353"] == f"{found.similarity[0].spearman:.3f}"
    assert f"**The record says the same:** {found.overall.right:,} of {found.total:,}." in said(app)
    app.slider(key="dim").set_value(DIM + 1).run()
    assert not app.metric, "another dimension was not measured"
    assert opened(dim=str(DIM), measured=str(DIM)).metric, "the address opens what was measured"


def test_a_text_without_known_questions_says_that_it_tells_nothing(record):
    app = opened(data=PLANTED, measure="text")
    app.button(key="three").click().run()
    assert not app.exception
    rows = table(app, "asked")
    assert rows["embeddings"].tolist() == ["M*, closed form", "PPMI, closed form", "PMI, closed form"]
    assert rows["asked"].tolist() == [0, 0, 0]
    assert "Only 0 analogies have all their words in this vocabulary. So few tell nothing" in said(app)
    assert "0 pairs of this family are in the vocabulary" in said(app)


def test_a_finished_run_is_asked_beside_m_star_at_its_words(record):
    spec = RunSpec(vocab_size=500, dim=10, step_size=0.3, until=5, seed=31)
    run, known = canned(spec), lab(spec)
    app = opened(measure="run", run=identity(known))
    rows = table(app, "asked")
    asked = evaluate(run.last.embeddings, known.words)
    assert rows["asked"].tolist() == [asked.total] * 2
    assert rows["right"].iloc[0] == asked.overall.right
    assert rows["WordSim-353"].iloc[0] == pytest.approx(asked.similarity[0].spearman, abs=1e-3)
    assert rows["words V"].tolist() == [500, 500]
    assert identity(known) in app.query_params["run"]


def test_failures_are_real_and_lead_to_the_asker(record, bundled):
    app = opened(family="gram2-opposite", dim=str(DIM))
    (family,) = [one for one in families() if one.name == "gram2-opposite"]
    pairs = in_vocabulary(family, bundled.index)
    misses = stumped(bundled.embeddings(DIM), pairs, 4)
    told = table(app, "expected")
    assert told["expected"].tolist() == [bundled.words[one.expected] for one in misses]
    assert told["given"].tolist() == [bundled.words[one.given] for one in misses]
    last = len(misses) - 1
    app.button(key=f"ask{last}").click().run()
    asked = [bundled.words[one] for one in (misses[last].a, misses[last].b, misses[last].c)]
    assert [app.selectbox(key=key).value for key in "abc"] == asked
    assert table(app, "times in the text")["answer"].iloc[0] == bundled.words[misses[last].given]


def test_an_address_opens_the_same_in_german(record):
    app = opened(a="paris", b="france", c="berlin", questions="listed", family="gram2-opposite", lang="de")
    assert [head.value for head in app.subheader][:2] == ["Die Tabelle", "Familie für Familie"]
    assert "paris verhält sich zu france wie berlin zu germany." in said(app)
    assert table(app, "Analogien, hier")["Analogien, Arbeit"].isna().all(), "the paper crosses its analogies"
    assert app.selectbox(key="choice family").value == "gram2-opposite"


def test_maths_adds_its_equations(record):
    assert not opened().latex
    assert len(opened(maths="true").latex) == 3

"""The Linear concepts page: families and typed pairs by address, hostile words as data, every text, both evidences."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import opening
import pytest
from strange import HOSTILE
from streamlit.testing.v1 import AppTest

from core.benchmark import About, Kept, Stage
from core.evaluation import Evaluation
from core.questions import families, in_vocabulary
from core.spectrumfile import PAPER_SCALE, load_spectrum
from core.tasks import read
from core.ui import linear_readings
from core.ui.linear_words import features

FAMILY = "gram6-nationality-adjective"
QUICK = {"words": "1000", "family": FAMILY}
PANELS = [
    "A spike above the noise",
    "Signal against dimension",
    "Which concepts carry it",
    "Signal first, noise later",
]


@pytest.fixture(autouse=True)
def unrecorded(monkeypatch):
    """No record, whatever is bundled, unless a test brings one."""
    monkeypatch.setattr(linear_readings, "record", lambda: None)


def opened(**query: str) -> AppTest:
    """The page, which must open without a trace."""
    app = opening.opened("linear", **query)
    assert not app.exception
    return app


def heads(app: AppTest) -> list[str]:
    return [one.value for one in app.subheader]


def said(app: AppTest) -> str:
    return " ".join(str(one.value) for one in [*app.markdown, *app.caption, *app.text, *app.info])


def charts(app: AppTest) -> list[dict]:
    return [json.loads(one.proto.spec) for one in app.get("plotly_chart")]


def table(app: AppTest, column: str):
    """The tables on the page that have this column."""
    return [frame.value for frame in app.dataframe if column in frame.value]


def test_a_family_of_the_address_is_drawn_in_four_panels():
    app = opened(**QUICK)
    assert heads(app) == PANELS
    assert len(charts(app)) == 5
    assert app.selectbox(key="pick family").value == FAMILY
    known = features("wikipedia", 1_000)
    family = next(one for one in families() if one.name == FAMILY)
    pairs = in_vocabulary(family, known.index)
    here = read(known.embeddings[:, :200], pairs)
    (numbers,) = table(app, "d")
    row = numbers[numbers["d"] == 200].iloc[0]
    assert row["signal over noise"] == pytest.approx(here.snr, abs=1e-3)
    assert (row["right"], row["of"]) == (here.right, here.total)
    (eigenvalues,) = table(app, "these pairs")
    assert eigenvalues["these pairs"].to_numpy() == pytest.approx(here.eigenvalues, rel=1e-4)
    assert "random pairs" in eigenvalues
    ratio = here.eigenvalues[0] / here.bulk.upper
    assert f"**The largest eigenvalue is {ratio:.1f} times the edge of the bulk" in said(app)
    assert "Predicted, not trained" in said(app)


def test_the_dimension_moves_the_picture_and_nothing_else_jumps():
    app = opened(**QUICK)
    before, axes = charts(app)[0]["data"], charts(app)[0]["layout"]["xaxis"]["range"]
    app.select_slider(key="dim").set_value(32).run()
    after = charts(app)[0]
    assert before != after["data"]
    assert axes[1] == after["layout"]["xaxis"]["range"][1]
    assert opened(**QUICK, dim="32").select_slider(key="dim").value == 32


def test_moments_share_their_axes():
    app = opened(**QUICK)
    slider = app.select_slider(key="moment")
    layouts = []
    for moment in (slider.options[2], slider.options[-1]):
        app.select_slider(key="moment").set_value(moment).run()
        assert not app.exception
        assert f"At t·λ₁ = {moment}, " in said(app)
        layouts.append([charts(app)[place]["layout"] for place in (3, 4)])
    for axis in ("xaxis", "yaxis"):
        assert [one[axis]["range"] for one in layouts[0]] == [one[axis]["range"] for one in layouts[1]]
    assert layouts[0][1]["shapes"] != layouts[1][1]["shapes"], "the line that marks the moment"


def test_typed_pairs_are_followed_and_hostile_words_stay_letters():
    typed = "\n".join(["he his", "it its", "they their", "man men", *(f"he {word}" for word in HOSTILE), *HOSTILE])
    app = opened(words="500", family="own", pairs=typed)
    assert heads(app) == PANELS
    assert "your pairs: 4 pairs" in json.dumps(charts(app)[0])
    (told,) = (one.value for one in app.text)
    assert "<img" in told
    for element in [*app.markdown, *app.caption, *app.info]:
        assert not any(word in str(element.value) for word in HOSTILE)
    assert not any(word in json.dumps(one) for one in charts(app) for word in HOSTILE)


@pytest.mark.parametrize("typed", [" ", "he his", "<b>", "he his, it its, he his"])
def test_one_pair_is_answered_with_what_is_needed(typed):
    app = opened(words="500", family="own", pairs=typed)
    assert not heads(app)
    assert "needs 3 or more" in app.info[0].value
    app.button(key="example counting").click().run()
    assert app.text_area(key="pairs").value.startswith("one first")


def test_a_small_text_says_what_it_lacks_and_takes_typed_pairs():
    app = opened(data="lee", words="500", family="currency")
    assert not heads(app)
    assert "of the 30 pairs of **currency** have both words among these" in app.info[0].value
    app = opened(
        data="lee", words="500", family="own", pairs="he his, they their, mr mrs, man men, year years, day days"
    )
    assert heads(app) == PANELS


@pytest.mark.parametrize("data", ["planted", "planted?concepts=2&vocab-size=32"])
def test_a_text_without_any_family_says_so(data):
    app = opened(data=data)
    assert not heads(app)
    assert "0 of the" in app.info[0].value


def test_maths_is_shown_to_those_who_ask():
    app = opened(**QUICK)
    assert not app.latex
    app.toggle(key="maths").set_value(True).run()
    assert len(app.latex) == 7
    assert any("lambda_{\\max}" in one.value for one in app.latex)


def test_shares_can_be_read_on_a_logarithmic_scale():
    app = opened(**QUICK, scale="log")
    assert charts(app)[2]["layout"]["yaxis"]["type"] == "log"
    (strongest,) = table(app, "concept")
    shares = [float(one.rstrip("%")) for one in strongest["share"]]
    assert shares == sorted(shares, reverse=True)


def test_an_address_opens_the_same_in_german():
    app = opened(**QUICK, scale="log", dim="32", lang="de")
    assert heads(app) == [
        "Eine Spitze über dem Rauschen",
        "Signal gegen Dimension",
        "Welche Konzepte es tragen",
        "Zuerst das Signal, später das Rauschen",
    ]
    assert (app.selectbox(key="pick family").value, app.select_slider(key="dim").value) == (FAMILY, 32)
    assert charts(app)[2]["layout"]["yaxis"]["type"] == "log"
    assert "dieselben Wörter, zufällig gepaart" in json.dumps(charts(app)[0], ensure_ascii=False)
    assert "**Der größte Eigenwert ist" in said(app)


def test_nonsense_in_the_address_falls_back():
    app = opened(words="-1", family="currency", dim="zebra", moment="x", scale="none")
    assert heads(app) == PANELS
    assert app.selectbox(key="words").value == 10_000


def test_the_record_is_used_and_named_where_it_speaks_of_these_pairs(monkeypatch):
    paper = features("wikipedia", 10_000)
    family = next(one for one in families() if one.name == "currency")
    one = read(paper.embeddings[:, :16], in_vocabulary(family, paper.index), nulls=2)
    readings = tuple(replace(one, dim=dim, snr=snr) for dim, snr in ((16, 2.0), (256, 3.0), (4_096, 1.5)))
    stages = tuple(Stage(rank, time, Evaluation((), (), True)) for rank, time in ((1, 12.0), (9, 60.0)))
    source = load_spectrum(PAPER_SCALE, 1).source
    kept = Kept(
        About(source.documents, source.tokens, 10_000, source.window, ""),
        by_time={"qwem": stages},
        tasks_by_dim={"currency": readings},
        tasks_by_time={"currency": readings[:2]},
        task_times=(12.0, 60.0),
    )
    monkeypatch.setattr(linear_readings, "record", lambda: kept)
    app = opened(family="currency", dim="4096")
    assert heads(app) == PANELS
    assert app.select_slider(key="dim").value == 4_096
    assert app.select_slider(key="moment").options == ["12.0", "60.0"]
    assert "A model that was trained. Measured beforehand" in said(app)
    assert "Spectra of random pairs are known up to d = 300" in said(app)
    (numbers,) = table(app, "d")
    assert numbers["signal over noise"].tolist() == [2, 3, 1.5]
    (moments,) = table(app, "concepts learned")
    assert moments["concepts learned"].tolist() == [1, 9]
    assert np.isfinite(charts(app)[0]["layout"]["xaxis"]["range"]).all()
    app = opened(family="own")
    assert "Predicted, not trained" in said(app)
    assert app.select_slider(key="dim").options[-1] == "300"

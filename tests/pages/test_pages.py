"""Every page, bare and through the router, on the bundled statistics."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from opening import opened
from streamlit.testing.v1 import AppTest

from core.lessons import lesson
from core.lessons import names as lesson_names
from core.numbers import number
from core.problem import RunSpec
from core.prose import passage
from core.sources import load_statistics
from core.stairs import sharpness
from core.targets import m_star, pmi
from core.ui import ablation
from core.ui.controls import MAIN_CHOICES, MORE_CHOICES, SPEED, read
from core.ui.gallery import ABLATION, FAILING, TWO_MATRICES, from_start
from core.ui.lab import CANNED, lab
from core.ui.runs import canned, identity
from core.ui.sitemap import NAMES

ROOT = Path(__file__).resolve().parents[2]


def words_on(app: AppTest) -> str:
    return " ".join(str(element.value) for element in [*app.markdown, *app.title, *app.caption, *app.text])


def test_every_file_in_pages_is_in_the_sitemap():
    assert sorted(NAMES) == sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("page", NAMES)
def test_page_opens_through_the_router_with_its_two_sentences(page):
    app = opened(page)
    assert not app.exception
    assert len(app.title) == 1
    assert len(app.markdown) >= 2


@pytest.mark.parametrize("page", NAMES)
def test_page_opens_in_german(page):
    app = opened(page, lang="de")
    assert not app.exception
    assert app.title[0].value == passage(page, "title", "de")


def test_the_maths_switch_is_remembered_from_page_to_page():
    app = opened("concepts")
    assert not app.latex
    app.toggle(key="maths").set_value(True).run()
    assert any("lambda_k" in formula.value for formula in app.latex)
    app.switch_page(str(ROOT / "pages/theory.py")).run()
    assert app.latex


def test_the_address_sets_the_controls():
    app = opened("train", V="500", d="10", seed="7", start="1e-4")
    assert app.selectbox(key="V").value == 500
    assert app.selectbox(key="d").value == 10
    assert app.number_input(key="seed").value == 7
    assert app.selectbox(key="start").value == 1e-4


EVERY_CHOICE = [(choice, option) for choice in (*MAIN_CHOICES, *MORE_CHOICES, SPEED) for option in choice.options]


@pytest.mark.parametrize(("choice", "option"), EVERY_CHOICE, ids=lambda one: getattr(one, "key", one))
def test_every_option_goes_into_an_address_and_comes_back(choice, option):
    def page(choice) -> None:
        choice.show()

    app = AppTest.from_function(page, args=(choice,))
    app.query_params[choice.key] = read(option)
    app.run()
    shown = app.selectbox(key=f"choice {choice.key}" if choice.named else choice.key)
    assert shown.value == option


def test_an_option_in_words_is_called_by_another_name_in_german_and_keeps_its_address():
    app = opened("train", lang="de", speed="calm")
    assert app.selectbox(key="choice speed").options == ["ruhig", "bequem", "schnell", "voll"]
    app.selectbox(key="choice speed").set_value("full").run()
    assert not app.exception
    assert app.query_params["speed"] == "full"
    assert app.selectbox(key="V").label == "Wörter V"


@pytest.mark.parametrize("page", ["train", "latent"])
def test_a_step_that_overshoots_is_explained_on_every_page(page):
    canned(RunSpec(vocab_size=500, dim=5, step_size=2.5, seed=CANNED.seed, until=0))
    app = opened(page, V="500", d="5", step="2.5", trained="yes")
    assert not app.exception
    assert any("diverged" in error.value for error in app.error)


def test_two_axes_of_one_concept_are_told_apart():
    app = opened("latent", up="7", across="7")
    assert [app.selectbox(key=key).value for key in ("up", "across", "depth")] == [7, 1, 3]
    app.selectbox(key="depth").set_value(7).run()
    assert [app.selectbox(key=key).value for key in ("up", "across", "depth")] == [3, 1, 7]


@pytest.mark.parametrize("spelt", ["1e-4", "0.0001", "1.0e-04"])
def test_a_number_of_an_address_may_be_spelt_otherwise(spelt):
    app = opened("concepts", start=spelt)
    assert app.selectbox(key="start").value == 1e-4
    assert app.query_params["start"] == "1e-4"


def test_a_nonsense_address_falls_back_to_the_defaults():
    app = opened("train", V="-3", d="zebra", seed="x", start="nan")
    assert not app.exception
    assert app.selectbox(key="V").value == 2_000


def test_an_unknown_word_is_named_and_the_page_goes_on():
    app = opened("concepts", a="zebra<img src=x>")
    assert not app.exception
    assert "'zebra<img src=x>' is not among these 2,000 words" in words_on(app)
    assert "Put the words in a concept's order, and blocks appear" in [head.value for head in app.subheader]


def test_the_microscope_shows_the_exact_count_of_a_pair():
    app = opened("concepts", a="river", b="water")
    assert [metric.value for metric in app.metric][0] == "18,950"


def test_too_long_a_run_is_not_waited_for():
    app = opened("latent", V="3000", d="30", step="0.02", until="all")
    assert not app.exception
    assert any("too long to wait for here" in one.value for one in app.text)


def test_a_followed_word_lists_its_neighbours():
    app = opened("latent", word="album")
    assert any("song" in list(frame.value.get("word", ())) for frame in app.dataframe)


def test_training_a_small_model_from_the_page_finishes_and_can_be_stepped():
    app = opened("train", V="500", d="5", speed="full")
    app.button(key="single").click().run()
    run = app.session_state["run"]
    assert run[0].vocab_size == 500
    assert run[1] == 1
    assert app.button(key="main").label == "Resume"
    app.button(key="stop").click().run()
    assert app.button(key="main").label == "Train"


def table(app: AppTest, column: str):
    """The table on the page that has this column."""
    (found,) = (frame.value for frame in app.dataframe if column in frame.value)
    return found


def test_the_ablation_finds_setting_31_from_its_own_runs(monkeypatch):
    small = {model: replace(spec, vocab_size=300) for model, spec in ablation.ABLATION.items()}
    monkeypatch.setattr(ablation, "ABLATION", small)
    sharp = {}
    for model, spec in small.items():
        frames = canned(spec).frames
        times = np.array([frame.time for frame in frames]) * lab(spec).rate
        sharp[model] = np.nanmean(sharpness(times, np.array([frame.singular_values for frame in frames]), 5))
    app = opened("ablation", start="1e-6", k="1")
    assert not app.exception
    (told,) = app.success
    assert "the clean steps come from Setting 3.1, not from the quartic: as in the paper" in told.value
    setting, quartic = (float(one) for one in re.findall(r"by ([+-]\d\.\d\d)", told.value))
    assert setting == pytest.approx(
        (sharp["qwem"] + sharp["logistic"] - sharp["quartic"] - sharp["sgns"]) / 2, abs=0.01
    )
    assert quartic == pytest.approx(
        (sharp["qwem"] - sharp["logistic"] + sharp["quartic"] - sharp["sgns"]) / 2, abs=0.01
    )
    assert [name.split("(")[-1] for name in table(app, "step 1")["model"]] == [f"{model})" for model in ABLATION]


def test_compare_opens_the_runs_of_its_address_and_names_those_that_are_gone():
    small = [RunSpec(vocab_size=60, dim=dim, seed=51) for dim in (3, 2)]
    ids = [identity(lab(spec)) for spec in small]
    for spec in small:
        canned(spec)
    app = opened("compare", runs=f"{ids[0]},0123456789ab,<img src=x onerror=alert(1)>,{ids[1]}")
    assert not app.exception
    assert app.multiselect(key="picked").value == ids
    assert "run 0123456789ab, <img src=x onerror=alert(1)>. The newest" in " ".join(one.value for one in app.text)
    assert not any("<img" in one.value for one in app.markdown)
    shown = table(app, "gradient steps")
    assert shown["state"].tolist() == ["finished", "finished"]
    assert shown["gradient steps"].tolist() == [lab(spec).plan.steps for spec in small]
    assert shown["loss"].tolist() == pytest.approx([canned(spec).frames[-1].loss for spec in small], abs=1e-4)
    app.multiselect(key="picked").set_value(ids[:1]).run()
    assert "Choose 2 to 4 runs" in app.info[0].value


FAILURES = {
    "equal": "are nearly as strong as each other",
    "large": "begins before the last one has finished",
    "long": "it changes sign and grows",
    "small": "of all pairs were never seen together",
}


@pytest.mark.parametrize(("case", "told"), FAILURES.items())
def test_every_failure_has_a_link_and_measures_its_run(case, told):
    for spec in FAILING[case]:
        canned(spec)
    app = opened("failures", case=case)
    assert not app.exception
    assert told in app.info[0].value
    if case == "equal":
        assert len(table(app, "start")) == 2 * len(FAILING[case])
    if case == "small":
        rows = table(app, "from the small text")
        assert rows["concept"].tolist() == list(range(1, 9))
        assert (rows["from the small text"] != rows["from the whole text"]).all()


def test_the_matrices_page_tells_what_is_conserved():
    frames, last = canned(TWO_MATRICES).frames, canned(TWO_MATRICES).last
    app = opened("matrices")
    assert not app.exception
    w, c = last.embeddings.astype(np.float64), last.contexts.astype(np.float64)
    size, apart = np.linalg.norm(w.T @ w), np.linalg.norm(w.T @ w - c.T @ c)
    (told,) = (one.value for one in app.success)
    first, left, share = (
        number(*one, "en") for one in [(frames[0].imbalance, ".1g"), (apart, ".2g"), (apart / size, ".2g")]
    )
    assert f"from {first} to {left}, while WᵀW grew to {size:,.0f}" in told
    assert f"the two differ by {share} of that" in told
    assert "as its **mirror image** along 1 (-1.00), where the table is negative" in words_on(app)
    assert len(table(app, "nearest by C")) == 8


@pytest.mark.parametrize(("lang", "column"), [("en", "one end"), ("de", "ein Ende")])
def test_words_are_ranked_as_the_address_says_in_every_language(lang, column):
    known = lab(RunSpec(vocab_size=500, dim=10, seed=CANNED.seed))
    ends = {}
    for rank in ("raw", "row-normalised"):
        app = opened("concepts", V="500", d="10", rank=rank, lang=lang)
        assert not app.exception
        ends[rank] = table(app, column)[column].tolist()
        expected = [known.concept(k, top=6, normalised=rank != "raw").positive for k in (1, 2, 3)]
        assert ends[rank][:3] == [" · ".join(words) for words in expected]
    assert ends["raw"] != ends["row-normalised"]


def test_any_two_sets_of_directions_can_be_compared():
    app = opened("concepts", V="500", d="10", one="PMI", other="M*")
    assert not app.exception
    assert [app.selectbox(key=f"choice {key}").value for key in ("one", "other")] == ["PMI", "M*"]
    statistics = load_statistics("wikipedia", 500)
    first, second = (np.linalg.eigh(target(statistics).astype(np.float64))[1][:, -10:] for target in (pmi, m_star))
    shared = np.linalg.norm(first.T @ second) ** 2 / 10
    assert 0.2 < shared < 0.99
    assert f"The first 10 directions of each span {shared:.1%} of the same space" in words_on(app)
    squares = table(app, "M* 1")
    assert squares["M* 1"][0] == pytest.approx((first[:, -1] @ second[:, -1]) ** 2, abs=1e-3)


@pytest.mark.parametrize(("start", "verdict"), [("0.1", "melted together"), ("1e-12", "clearly separate")])
def test_the_theory_page_melts_the_steps_and_measures_two_theories(start, verdict):
    canned(from_start(float(start)))
    app = opened("theory", sigma=start)
    assert not app.exception
    assert verdict in words_on(app)
    errors = [float(one.rstrip("%")) for one in table(app, "theory")["largest error, of the target"]]
    assert errors[0] < 1
    assert (errors[2] > 2 * errors[1]) == (start == "0.1"), "Lemma 3.1 holds from a small start only"


@pytest.mark.parametrize("name", lesson_names())
def test_the_link_of_a_lesson_opens_its_page_in_its_state(name):
    one = lesson(name)
    app = opened(one.page, **one.query)
    assert not app.exception
    kept = {key: name for key in one.query for name in (key, f"choice {key}") if name in app.session_state}
    assert all(str(app.session_state[name]) == one.query[key] for key, name in kept.items())
    assert set(one.query) - set(kept) <= {"data", "trained", "lists"}
    assert app.session_state["text"] == one.query.get("data", "wikipedia")
    if name == "order":  # its text tells the ranks
        found = table(app, "rank 1").set_index("list")
        assert found["rank 1"].to_dict() == {"months": 4, "countries": 9, "numbers": 9}
        assert found["rank 2"].to_dict() == {"months": 17, "countries": 5, "numbers": 15}


def test_a_lesson_links_to_its_state_and_all_of_them_to_paper():
    app = opened("lessons", lesson="start", lang="de")
    assert not app.exception
    assert any("theory?sigma=0.1&lang=de" in code.value for code in app.code)
    assert "Wozu ein kleiner Anfang gut ist" in [heading.value for heading in app.subheader]
    app.toggle(key="handout").set_value(True).run()
    assert not app.exception
    assert len(app.subheader) == len(lesson_names()) + 1

"""Documents hold the numbers that were computed, load nothing, and stay small; no word in them can be code."""

from __future__ import annotations

import base64
import json
import re
import struct
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from core.benchmark import PAPER, load_record
from core.errors import InputError
from core.frames import INT16_MAX
from core.known import Known
from core.numbers import number, power
from core.problem import under_setting_31
from core.prose import LANGUAGES, passages
from core.show import document as made
from core.show import documents, run_html, story_html
from core.show.facts import COMPARED, STARTS, early, moments, table
from core.show.recording import clouds
from core.show.story import SLIDES, TOUR
from core.theory import aligned_start, lemma_31
from core.training import initial_embeddings

HOSTILE = ("</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<!--", "\u2028", "{{style}}", "{n}")


def opened(raw: bytes) -> tuple[dict, dict]:
    """Header and arrays of a document, read by the rules of ``pack``."""
    data = re.search(rb'<script type="text/plain" id="data">([^<]*)</script>', raw)
    blob = base64.b64decode(data[1])
    (size,) = struct.unpack_from("<I", blob)
    header = json.loads(blob[4 : 4 + size])
    arrays = {
        name: np.frombuffer(blob, dtype, count, 4 + size + offset)
        for name, (dtype, offset, count) in header.pop("arrays").items()
    }
    return header, arrays


class Tags(HTMLParser):
    """Tags of a document, with every attribute that could load something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loads += [value for name, value in attributes if name in ("src", "href", "srcset", "data", "action")]


def tags(raw: bytes) -> Tags:
    reader = Tags()
    reader.feed(raw.decode())
    return reader


@pytest.fixture(scope="module")
def stories(trained):
    return documents(*trained, languages=list(LANGUAGES))


def test_a_run_holds_its_series_clouds_and_prediction(trained):
    spec, problem, frames = trained
    header, arrays = opened(run_html(spec, problem, frames))
    modes = header["run"]["modes"]
    rows = arrays["series"].reshape(-1, 4 + 2 * modes)
    assert len(rows) == len(frames)
    assert rows[:, 1] == pytest.approx([one.loss for one in frames], rel=1e-6)
    assert rows[-1, 4 : 4 + modes] == pytest.approx(frames[-1].singular_values[:modes], rel=1e-6)
    placed = arrays["frames"].reshape(-1, 400, 3)
    assert np.array_equal(placed[-1, :, 1], frames[-1].cloud[1])
    known = Known.of(spec, problem)
    predicted = arrays["predicted"].reshape(-1, 2 + modes)
    assert predicted[:, 1] == pytest.approx(known.prediction.descent.loss, rel=1e-5)
    assert header["run"]["ticks"][1]["time"] == pytest.approx(known.prediction.descent_times[1] * known.clock)
    assert header["run"]["words"] == list(problem.counts.words)


def test_a_run_says_its_settings_in_the_language_asked_for(trained):
    settings = dict(opened(run_html(*trained, language="de", title="Mein <Lauf>"))[0]["settings"])
    assert settings["Startwert des Zufalls"] == "1"
    assert settings["Anfang σ"] == "10⁻⁶"
    assert b"<title>Mein &lt;Lauf&gt;</title>" in run_html(*trained, title="Mein <Lauf>")


def in_order(spec, problem) -> int:
    """How many concepts from the first reach half their variance in one order, whatever the start."""
    known = Known.of(spec, problem)
    top = problem.spectrum.head(spec.dim)
    orders = []
    for sigma in STARTS:
        start = initial_embeddings(spec.vocab_size, replace(known.prediction.plan, init_scale=sigma))
        times = np.linspace(0, 2 * known.prediction.end, 20_000)
        half = lemma_31(top.values, aligned_start(top.vectors, start), times) >= top.values / 2
        orders.append(np.argsort(np.argmax(half, axis=0), kind="stable"))
    same = [len({int(order[k]) for order in orders}) == 1 for k in range(known.concepts)]
    return (*same, False).index(False)


def test_a_story_has_every_slide_and_the_measured_numbers(stories, trained):
    header, arrays = opened(stories["en"])
    assert [one["name"] for one in header["slides"]] == list(SLIDES)
    assert sum(one["seconds"] for one in header["slides"]) == sum(TOUR.values()) == 90
    record = load_record()
    assert header["facts"]["verdict"]["ours"] == [record.row(one).evaluation.accuracy for one in COMPARED]
    assert header["facts"]["verdict"]["paper"] == [PAPER[one].analogies for one in COMPARED]
    assert header["facts"]["analogy"]["answers"][0]["word"] == "queen"
    assert len(arrays["melting"]) == len(header["facts"]["melting"]["starts"]) * header["facts"]["melting"]["times"]
    assert header["facts"]["melting"]["ordered"] == in_order(*trained[:2]) >= 2
    assert not [text for texts in header["say"].values() for text in texts.values() if "{tokens}" in text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_loads_nothing_and_stays_below_six_megabytes(stories, trained, language):
    for raw in (stories[language], run_html(*trained, language=language)):
        assert len(raw) <= 6_000_000
        read = tags(raw)
        assert [one for one in read.loads if not one.startswith("data:")] == []
        assert set(read.tags) <= {"html", "head", "meta", "title", "link", "style", "body", "noscript", "div", "script"}
        style = re.search(rb"<style>(.*?)</style>", raw, re.DOTALL)[1]
        assert b"url(" not in style
        assert b"@import" not in style
        assert f'<html lang="{language}">'.encode() in raw


def test_the_policy_allows_the_one_script_and_nothing_else(stories):
    assert made.policy().startswith("default-src 'none'; script-src 'sha256-")
    assert tags(stories["en"]).tags.count("script") == 2
    assert "<!--" not in made.script()
    assert "unsafe-inline" not in made.policy().split("style-src")[0]
    assert re.search(r"^(import|export) ", made.script(), re.MULTILINE) is None


def test_hostile_words_stay_words(trained):
    spec, problem, frames = trained
    words = tuple(HOSTILE) + problem.counts.words[len(HOSTILE) :]
    counts = replace(problem.counts, words=words)
    attacked = under_setting_31(counts, problem.matrix, problem.spectrum)
    raw = run_html(spec, attacked, frames, title=HOSTILE[0])
    assert opened(raw)[0]["run"]["words"][: len(HOSTILE)] == list(HOSTILE)
    assert tags(raw).tags.count("script") == 2
    assert "img" not in tags(raw).tags
    assert b"alert(1)</script>" not in raw


@pytest.mark.parametrize("language", LANGUAGES)
def test_captions_have_at_most_twelve_words(stories, language):
    say = opened(stories[language])[0]["say"]
    for slide in (*TOUR, "end"):
        caption = say[slide]["caption"]
        assert "{" not in caption
        assert 0 < len([one for one in caption.split() if any(map(str.isalnum, one))]) <= 12


def test_every_slide_has_a_title_a_line_and_notes():
    for slide in SLIDES:
        assert {f"{slide}.{part}" for part in ("chapter", "title", "line", "note")} <= set(passages("show"))


def test_no_frames_too_many_words_and_too_large_a_document_are_refused(trained, monkeypatch):
    spec, problem, frames = trained
    with pytest.raises(InputError, match="no snapshot"):
        run_html(spec, problem, [])
    monkeypatch.setattr(made, "MOST_BYTES", 100_000)
    with pytest.raises(InputError, match="may have 100,000"):
        run_html(spec, problem, frames)


def test_fewer_than_three_dimensions_have_zeros_along_the_missing_ones(trained):
    _, _, frames = trained
    flat = [replace(one, cloud=one.cloud[:2]) for one in frames[:2]]
    placed = clouds(flat, (1, 2, 3))
    assert not placed[:, :, 2].any()
    assert np.array_equal(placed[1, :, 0], frames[1].cloud[0])


def test_the_table_is_in_blocks_once_it_is_sorted(trained):
    spec, problem, _ = trained
    facts, entries = table(Known.of(spec, problem))
    size = facts["size"]
    entries = entries.reshape(size, size) / INT16_MAX
    half = size // 2
    same = (entries[:half, :half].mean() + entries[half:, half:].mean()) / 2
    assert same > entries[:half, half:].mean() + 0.2
    assert sorted(facts["order"]) == list(range(size))
    one = problem.spectrum.vectors[:, 0]
    first, last = int(np.argmax(one)), int(np.argmin(one))
    assert entries[0, -1] * 2 == pytest.approx(problem.matrix[first, last], abs=1e-3)


def test_moments_go_from_a_point_to_a_cloud(trained):
    spec, problem, frames = trained
    found = moments(Known.of(spec, problem), frames)
    assert [one["time"] for one in found] == sorted(one["time"] for one in found)
    assert found[1]["share"] > 0.9
    assert found[1]["rank"] < found[2]["rank"] < found[3]["rank"]


def test_stopped_early_and_cut_are_alike_but_not_by_construction(trained):
    spec, problem, frames = trained
    facts, both = early(Known.of(spec, problem), frames)
    assert 0.9 < facts["same"] < 1
    late, _ = early(Known.of(spec, problem), frames[-1:])
    assert late["same"] < facts["same"]
    assert both.shape == (2, 400, 3)


def test_a_story_alone_is_the_same_as_among_languages(stories, trained):
    assert story_html(*trained, language="de") == stories["de"]


def test_numbers_as_languages_write_them():
    assert number(1234.5, ",.1f", "en") == "1,234.5"
    assert number(1234.5, ",.1f", "de") == "1.234,5"
    assert (number(0.5, ".0%", "en"), number(0.5, ".1%", "de")) == ("50%", "50,0\u00a0%")
    assert (power(1e-6), power(0.1), power(3e-5)) == ("10⁻⁶", "0.1", "3e-05")

"""What a visitor takes away: charts, files of a run, the link, a video. All of it is opened by other programs."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from access import assert_for_everyone
from gensim.models import KeyedVectors
from seeing import by_lesson

from core.sources import load_statistics
from core.spectrum import decompose
from core.spreadsheet import csv_bytes, harmless
from core.targets import m_star

pytestmark = pytest.mark.browser

QUICK = "V=500&d=10&until=5&speed=full&step=0.3"
SAVE = "/staircase/save.js"
WORDS = [
    "word",
    "=1+1",
    "+a",
    "-x",
    "-1.5",
    "+3e-4 %",
    "@b",
    " =c",
    "\td",
    "a,b",
    'say "x"',
    "two\nlines",
    "größe",
    "-inf",
]


def saved(page, press, folder: Path) -> Path:
    with page.expect_download() as waiting:
        press()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def of_chart(page, number: int, kind: str, folder: Path) -> Path:
    menu = page.get_by_role("group", name="Save:").nth(number)
    return saved(page, menu.get_by_role("button", name=f"Save the chart as {kind}").click, folder)


def drawn(page, count: int) -> None:
    page.wait_for_function(f"() => document.querySelectorAll('.js-plotly-plot .main-svg').length >= {count}")
    page.get_by_role("group", name="Save:").nth(count - 1).wait_for()


def test_a_chart_is_saved_as_picture_drawing_and_table_by_mouse_and_by_key_in_the_colours_of_the_page(visit, tmp_path):
    page = visit("concepts?V=500")
    drawn(page, 4)
    png = of_chart(page, 0, "PNG", tmp_path)
    assert png.name == "staircase-spectra.png"
    assert png.read_bytes().startswith(b"\x89PNG")
    width, height = (int.from_bytes(png.read_bytes()[at : at + 4], "big") for at in (16, 20))
    svg = ElementTree.fromstring(of_chart(page, 0, "SVG", tmp_path).read_text("utf-8"))
    assert (width, height) == (2 * float(svg.get("width")), 2 * float(svg.get("height")))
    assert svg[0].text.startswith("Eigenvalues by rank")
    assert "rgb(255, 255, 255)" in svg[1].get("style")
    found = pd.read_csv(of_chart(page, 0, "CSV", tmp_path))
    exact = decompose(m_star(load_statistics("wikipedia", 500)), 40).values
    assert list(found.columns) == ["series", "k", "λₖ / λ₁", "detail"]
    own = found[found["series"] == "M*"]
    assert own["k"].tolist() == list(range(1, 41))
    assert own["λₖ / λ₁"].to_numpy() == pytest.approx(exact / exact[0], rel=1e-5)
    table = pd.read_csv(of_chart(page, 2, "CSV", tmp_path))
    assert len(table) == len(set(table["x"])) * len(set(table["y"]))
    assert table["z"].between(-2, 2).all()

    assert_for_everyone(page)  # and leaves it dark
    drawn(page, 1)
    button = page.get_by_role("button", name="Save the chart as SVG").first
    page.get_by_role("button", name="Save the chart as PNG").first.focus()
    page.keyboard.press("Tab")
    assert button.evaluate("(one) => one === document.activeElement")
    path = saved(page, lambda: page.keyboard.press("Enter"), tmp_path)
    assert "rgb(15, 19, 28)" in ElementTree.fromstring(path.read_text("utf-8"))[1].get("style")
    page.get_by_role("group", name="Save:").first.get_by_role("status").get_by_text("Saved.").wait_for()


def test_tables_and_videos_made_in_the_browser(visit):
    page = visit("method")
    page.get_by_role("heading").first.wait_for()
    rows = [["word", "n"], *([word, n + 0.1] for n, word in enumerate(WORDS))]
    text = page.evaluate("async ([url, rows]) => (await import(url)).csv(rows)", [SAVE, rows])
    assert text.encode() == csv_bytes(rows[0], rows[1:])
    assert pd.read_csv(io.StringIO(text.removeprefix("\ufeff")))["word"].tolist() == [harmless(word) for word in WORDS]
    kind, video = page.evaluate(
        """async (url) => {
          const { videoKind, record } = await import(url);
          const canvas = Object.assign(document.createElement("canvas"), { width: 121, height: 80 });
          const pen = canvas.getContext("2d");
          const paint = () => { pen.fillStyle = `hsl(${performance.now()} 80% 50%)`; pen.fillRect(9, 9, 50, 50); };
          const moving = setInterval(paint, 20);
          if (!videoKind()) return ["", ""];
          const blob = await new Promise((resolve) => record(canvas, 1, resolve));
          clearInterval(moving);
          const bytes = new Uint8Array(await blob.arrayBuffer());
          return [videoKind(), btoa(String.fromCharCode(...bytes))];
        }""",
        SAVE,
    )
    assert kind == "webm"
    assert_for_everyone(page)
    assert base64.b64decode(video).startswith(b"\x1a\x45\xdf\xa3")
    assert len(video) > 1_000


def test_a_run_is_taken_away_in_every_format(visit, tmp_path):
    page = visit(f"train?{QUICK}&seed=31&name=%3Db%3Eold")
    page.wait_for_selector(".sv[data-snapshots]")
    page.get_by_text("Take it away").click()
    page.get_by_text("once it has finished").wait_for()
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector(".sv[data-state=finished]")

    def taken(name: str) -> Path:
        return saved(page, page.get_by_role("button", name=name, exact=True).click, tmp_path)

    text, binary = (
        KeyedVectors.load_word2vec_format(str(taken(name)), binary=name == ".bin") for name in (".txt", ".bin")
    )
    assert np.array_equal(text.vectors, binary.vectors)
    assert tuple(text.index_to_key) == load_statistics("wikipedia", 500).words
    with zipfile.ZipFile(taken("All files .zip")) as archive:
        assert archive.read("vectors.bin").startswith(b"500 10\n")
        shape = json.loads(archive.read("projector_config.json"))["embeddings"][0]["tensorShape"]
        told = archive.read("README.txt").decode()
        spectrum = pd.read_csv(io.BytesIO(archive.read("spectrum.csv")))
        assert len(archive.read("staircase.html")) < 6_000_000
    assert shape == [500, 10]
    trained = json.loads(page.locator(".sv").get_attribute("data-singular"))
    assert np.linalg.norm(text.vectors, axis=0)[: len(trained)] == pytest.approx(trained, rel=1e-3)
    assert spectrum["final_singular_value"].head(len(trained)).tolist() == pytest.approx(trained, rel=1e-3)
    link = page.get_by_test_id("stExpander").get_by_test_id("stCode").inner_text().strip()
    assert {"seed=31", "data=wikipedia", "start=1e-6", "trained=yes"} <= set(link.partition("?")[2].split("&"))
    assert f"address: {link}" in told
    again = visit(link.split("/", 3)[3])
    again.wait_for_selector(".sv[data-state=finished]")
    again.wait_for_function("() => +document.querySelector('.sv').dataset.time > 0")
    assert json.loads(again.locator(".sv").get_attribute("data-singular")) == pytest.approx(trained)


def test_the_charts_the_cloud_and_the_replay_of_a_run_are_saved(visit, tmp_path):
    page = visit("failures?case=long")
    page.wait_for_selector(".sv[data-state=diverged]")
    drawn(page, 1)
    charts, cloud = page.locator(".sv-charts"), page.locator(".sv-cloud")

    def taken(part, kind: str) -> Path:
        return saved(page, part.get_by_role("button", name=f"Save the chart as {kind}").click, tmp_path)

    drawing = taken(charts, "SVG").read_text("utf-8")
    assert "Singular values of the embeddings" in drawing
    numbers = pd.read_csv(taken(charts, "CSV"))
    assert numbers["series"].str.contains("trained").any()
    assert taken(cloud, "PNG").read_bytes().startswith(b"\x89PNG")

    def film() -> None:
        cloud.get_by_role("button", name="Save the chart as WEBM").click()
        page.wait_for_function("() => document.querySelector('.sv-host').staircase.player.playing")
        page.wait_for_function(  # a few pictures
            "() => { const { player, series } = document.querySelector('.sv-host').staircase;"
            " return player.time > 0.3 * series.end; }"
        )
        page.evaluate("() => document.querySelector('.sv-host').staircase.player.pause()")

    assert saved(page, film, tmp_path).read_bytes().startswith(b"\x1a\x45\xdf\xa3")


def test_the_chart_of_a_panel_is_saved_with_its_trained_lines(visit, tmp_path):
    page = by_lesson(visit, "start")
    page.wait_for_selector(".pn[data-panels]")
    drawn(page, 7)
    melted = page.get_by_role("group", name="Save:").last
    path = saved(page, melted.get_by_role("button", name="Save the chart as CSV").click, tmp_path)
    found = pd.read_csv(path)
    assert {"concept 1", "Lemma 3.1, concept 1"} <= set(found["series"])
    assert_for_everyone(page)

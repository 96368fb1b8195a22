"""A visitor's own text, in Chromium: from paste to training, and hostile words and names that stay data."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from urllib.parse import quote, urlencode

import numpy as np
import pytest
from access import assert_for_everyone
from playwright.sync_api import expect
from seeing import SHOWN, train
from strange import HOSTILE

pytestmark = pytest.mark.browser

PANELS = ".pn[data-panels]"
TOPICS = (["sea", "ship", "sail", "port", "wave", "tide"], ["oven", "bread", "salt", "flour", "cake", "dough"])
SHARED = [f"{first}{second}" for first in "bdfgklmnpr" for second in "aeiou"]


def two_topics() -> str:
    """Four hundred lines, each of one topic and of words that all lines share."""
    rng = np.random.default_rng(5)
    lines = ([*rng.choice(TOPICS[n % 2], 6), *rng.choice(SHARED, 10)] for n in range(400))
    return "\n".join(" ".join(rng.permutation(line)) for line in lines)


def cells(page, table: int = 0) -> list[str]:
    """The text of a table: Streamlit draws it, and keeps the cells beside the drawing for those who cannot see it."""
    found = page.locator("[data-testid=stDataFrame]").nth(table).locator("[role=gridcell]")
    expect(found.first).to_be_attached()
    return found.all_text_contents()


def picker(page):
    return page.get_by_role("combobox", name="text", exact=True)


def go(page, title: str) -> None:
    """To another page of the site, in the same visit."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True).click()


def settled(page) -> None:
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


def concept_table(page) -> int:
    tables = page.locator("[data-testid=stDataFrame]")
    expect(tables.filter(has_text="one end").first).to_be_attached()
    texts = tables.all_text_contents()
    return next(n for n, text in enumerate(texts) if "one end" in text)


def test_a_pasted_text_is_counted_trained_carried_along_and_gone_after_a_reload(visit):
    page = visit("corpus")
    page.get_by_role("textbox", name="Your text").fill(two_topics())
    page.get_by_role("textbox", name="Your text").press("Control+Enter")
    page.get_by_role("button", name="Read this text").click()
    page.wait_for_url("**data=mine**")
    expect(page.get_by_test_id("stMetric").first).to_contain_text("6,400")
    expect(page.get_by_text("What this text can and cannot show")).to_be_visible()
    first = cells(page, concept_table(page))
    ends = [set(re.split(r"\s*·\s*", cell)) for cell in first if "·" in cell][:2]
    assert any(ends[0] <= set(topic) for topic in TOPICS), first
    assert any(ends[1] <= set(topic) for topic in TOPICS), first
    assert not ends[0] & ends[1]

    page.get_by_role("link", name="Train on this text").click()
    page.wait_for_selector(SHOWN)
    assert "data=mine" in page.url
    expect(picker(page)).to_have_value("yours: pasted text")
    speed = page.get_by_role("combobox", name="speed", exact=True)
    speed.fill("full")
    speed.press("Enter")
    page.wait_for_url("**speed=full**")
    train(page)

    go(page, "Concepts")
    expect(picker(page)).to_have_value("yours: pasted text")
    page.wait_for_url("**data=mine**")
    page.reload()
    expect(page.get_by_text("this text belongs to another visit")).to_be_visible()
    expect(page.get_by_text("Meanwhile, here is Wikipedia.")).to_be_visible()
    expect(picker(page)).to_have_value("Wikipedia")


class Trap:
    """Tells whether anything of a text or a name came to life."""

    def __init__(self, page) -> None:
        self.page, self.dialogs = page, []
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def check(self) -> None:
        found = self.page.evaluate(
            """() => ({
              ran: window.ran ?? null,
              made: [...document.querySelectorAll('img, script, a, iframe, object, embed, base, link, form')]
                .map((one) => one.src || one.href || one.data || one.action || '')
                .filter((address) => address && !/^(data|blob|about):/.test(address))
                .filter((address) => new URL(address).host !== location.host || new URL(address).pathname === '/x'),
              handlers: document.querySelectorAll('[onerror], [onload], [onclick]').length,
              maths: [...document.querySelectorAll('.katex')].map((one) => one.textContent)
                .filter((text) => text.includes('href') || text.includes('evil')),
            })"""
        )
        assert found == {"ran": None, "made": [], "handlers": 0, "maths": []}
        assert self.dialogs == []


def hostile_files() -> list[dict]:
    """Tables, and an archive, with such names at every place that has one."""
    lines = two_topics().splitlines()[:200]
    header = ",".join(f'"{name}"' for name in HOSTILE)
    rows = "\n".join(",".join([f"{line} {HOSTILE[n % len(HOSTILE)]}"] * len(HOSTILE)) for n, line in enumerate(lines))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in HOSTILE:
            archive.writestr(f"{name}.png", b"x")
        for name in HOSTILE:
            archive.writestr(f"{name}.csv", f"{header}\n{rows}\n")
    return [
        {"name": f"{HOSTILE[0]}.zip", "mimeType": "application/zip", "buffer": packed.getvalue()},
        {"name": f"{HOSTILE[2]}.csv", "mimeType": "text/csv", "buffer": f"{header}\n{rows}\n".encode()},
    ]


PAGES = {  # that show words of a text; Theory and Ablation show none
    "Concepts": "[data-testid=stDataFrame]",
    "Train live": SHOWN,
    "Latent space": SHOWN,
    "Compare runs": PANELS,
    "Two matrices": PANELS,
    "Corpus": "[data-testid=stDataFrame]",
}


def test_a_bomb_is_one_line_and_hostile_words_and_names_are_data_wherever_words_are_shown(visit):
    page = visit("corpus?way=upload")
    bomb = gzip.compress(b"boom bang\n" * 25_000_000, 1)
    page.locator("input[type=file]").set_input_files([{"name": "bomb.gz", "mimeType": "x/y", "buffer": bomb}])
    expect(page.get_by_role("button", name="Remove bomb.gz")).to_be_visible()  # it has arrived
    settled(page)
    page.get_by_role("button", name="Read this file").click()
    expect(page.get_by_text("larger than the 209,715,200 bytes of text allowed")).to_be_visible()
    settled(page)
    expect(page.get_by_test_id("stMetric").filter(has_text="vocabulary")).to_contain_text("5,000")
    expect(page.get_by_role("button", name="Read this file")).to_be_enabled()
    page.get_by_test_id("stFileChipDeleteBtn").get_by_role("button").click()

    trap = Trap(page)
    page.locator("input[type=file]").set_input_files(hostile_files())
    expect(page.get_by_text("Files that are no texts are left out:")).to_be_visible()
    expect(page.get_by_text(f"{HOSTILE[0]}.png", exact=False).first).to_be_visible()
    trap.check()
    page.get_by_role("button", name="Read these files").click()
    page.wait_for_url("**data=mine**")
    expect(picker(page)).to_have_value(f"yours: {HOSTILE[0]}.zip: <i and 9 more")
    trap.check()
    for title, shown in PAGES.items():
        go(page, title)
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_selector(shown, state="attached")
        settled(page)
        assert page.locator("[data-testid=stException]").count() == 0
        trap.check()
    assert_for_everyone(page)  # Corpus, the last of them


def test_hostile_addresses_and_names_of_runs_are_data(visit, server):
    page = visit(f"train?V=500&d=5&until=2&speed=full&step=0.5&seed=77&name={quote(HOSTILE[0])}")
    trap = Trap(page)
    page.wait_for_selector(SHOWN)
    train(page)
    trap.check()
    page.get_by_role("link", name="Compare with other runs").click()
    page.wait_for_url("**/compare?**")
    page.wait_for_selector(PANELS)
    settled(page)
    expect(page.get_by_text(HOSTILE[0], exact=False).first).to_be_attached()
    trap.check()
    asked = dict(zip(("data", "a", "b", "word"), HOSTILE, strict=False)) | {"V": 500, "d": 5}
    page.goto(f"{server}/concepts?{urlencode(asked)}")
    expect(page.get_by_text("Meanwhile, here is Wikipedia.")).to_be_visible()
    expect(page.get_by_text("is not among these 500 words").first).to_be_visible()
    trap.check()

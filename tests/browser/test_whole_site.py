"""The whole site: every page by its address. It comes last, because a page that nobody looks at any more still trains.

Whether everybody can use a page is asked where it is open anyway; ``TESTED_ELSEWHERE`` says where.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from access import assert_for_everyone

from core.lessons import lesson, names
from core.ui.sitemap import HOME, NAMES

pytestmark = pytest.mark.browser

TESTED_ELSEWHERE = {
    "benchmarks": "test_benchmarks_browser.py",
    "linear": "test_linear_browser.py",
    "vectors": "test_vectors_browser.py",
    "lessons": "test_lessons_browser.py",
    "concepts": "test_take_browser.py",
    "corpus": "test_own_texts.py",
    "latent": "test_browser.py",
    "failures": "test_kept_runs.py",
    "compare": "test_kept_runs.py",
    "matrices": "test_kept_runs.py",
    "method": "test_take_browser.py",
    "order": "test_lessons_browser.py",
    "theory": "test_take_browser.py",
    "train": "test_browser.py",
    "story": "test_browser.py",
}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in TESTED_ELSEWHERE])
def test_every_page_opens_cold_by_its_address_and_is_for_everyone(visit, name):
    page = visit(name)
    page.locator("h1").first.wait_for()
    if name == "ablation":
        page.wait_for_selector(".pn[data-panels]")
    assert_for_everyone(page)


def test_what_is_tested_elsewhere_is():
    folder = Path(__file__).parent
    for name, file in TESTED_ELSEWHERE.items():
        source = (folder / file).read_text(encoding="utf-8")
        tests = re.split(r"^def ", source, flags=re.MULTILINE)
        lessons = "|".join(one for one in names() if lesson(one).page == name) or "none"
        opens = rf'visit\(f?"{"" if name == HOME else name}["?]|by_lesson\(visit, "({lessons})"'
        visits = re.compile(rf"({opens}).*assert_for_everyone\(", re.DOTALL)
        assert any(visits.search(test) for test in tests), name


def test_static_files_travel_compressed(server):
    for file in ("vendor/plotly.min.js", "staircase/vendor/plotly-basic.min.js"):
        with urlopen(Request(f"{server}/{file}", headers={"accept-encoding": "gzip"})) as answer:
            assert answer.status == 200
            assert answer.headers["content-encoding"] == "gzip"

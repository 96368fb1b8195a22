"""Tables for spreadsheets: nothing in them is a formula, and they are read back as they were."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from core.sources import ASSETS
from core.spreadsheet import FORMULA, NUMBER, csv_bytes, harmless


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-x", "@sum", " =a", "\tb", "＝1"])
def test_a_formula_begins_with_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", ["word", "a=b", "-1.5", "+3e-4 %", "-inf", "", -2.0, None])
def test_everything_else_is_left_alone(value):
    assert harmless(value) is value


def test_a_table_is_read_back(tmp_path):
    rows = [["a,b", 0.1 + 0.2, None], ['say "x"\nor y', 1e-300, 3], ["größe", float("inf"), -1]]
    data = csv_bytes(["=word", "value", "n"], rows)
    found = pd.read_csv(io.BytesIO(data))
    assert list(found.columns) == ["'=word", "value", "n"]
    assert found["'=word"].tolist() == ["a,b", 'say "x"\nor y', "größe"]
    assert found["value"].tolist() == [0.1 + 0.2, 1e-300, float("inf")]
    assert found["n"].isna().tolist() == [True, False, False]


def test_a_mark_stands_first_only_where_it_is_needed():
    assert csv_bytes(["a"], [["b"]]) == b"a\nb\n"
    assert csv_bytes(["a"], [["ü"]]).startswith(b"\xef\xbb\xbf")


def test_browsers_go_by_the_same_rule():
    script = (ASSETS / "save.js").read_text("utf-8")
    assert f"const FORMULA = /^(?:{FORMULA.pattern})/;" in script
    assert f"const NUMBER = /^(?:{NUMBER.pattern})$/i;" in script

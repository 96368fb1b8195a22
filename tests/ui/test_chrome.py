"""Tables as every page shows them."""

from __future__ import annotations

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    from core.ui import chrome

    rows = [
        {"share": 0.1363, "size": 1234.5, "word": "=1+1", "k": 1},
        {"share": None, "size": 2.0, "word": "river", "k": 20},
        {"share": -0.00001, "size": -0.00001, "word": "the", "k": 3},
    ]
    chrome.grid(rows, forms={"share": ".1%"})


@pytest.mark.parametrize(
    ("language", "shares", "sizes"),
    [("en", ["13.6%", "–", "0.0%"], ["1234.5", "2", "0"]), ("de", ["13,6 %", "–", "0,0 %"], ["1234,5", "2", "0"])],
)
def test_decimals_are_written_as_the_language_has_them_and_stay_numbers(language, shares, sizes):
    app = AppTest.from_function(page)
    app.query_params["lang"] = language
    app.run()
    (table,) = app.dataframe
    shown = pa.ipc.open_stream(table.proto.arrow_data.styler.display_values).read_pandas()
    assert [one.replace("\u00a0", " ") for one in shown["share"]] == shares
    assert list(shown["size"]) == sizes
    assert table.value["size"].tolist() == [1234.5, 2.0, -0.00001]
    assert table.value["word"].tolist() == ["'=1+1", "river", "the"]

"""What is packed can be read back by the rules that the header states."""

from __future__ import annotations

import json
import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.show.envelope import pack


def unpack(raw: bytes) -> tuple[dict, dict]:
    """The rules of the docstring, word for word."""
    (length,) = struct.unpack_from("<I", raw)
    header = json.loads(raw[4 : 4 + length])
    arrays = {
        name: np.frombuffer(raw, dtype, count, 4 + length + offset)
        for name, (dtype, offset, count) in header.pop("arrays").items()
    }
    return header, arrays


@given(
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=4),
    st.lists(st.integers(-30_000, 30_000), max_size=9),
    st.lists(st.floats(width=32, allow_nan=False), max_size=9),
)
def test_round_trip(header, integers, floats):
    header.pop("arrays", None)
    arrays = {"a": np.array(integers, np.int16), "b": np.array(floats, np.float32)}
    raw = pack(header, arrays)
    back, read = unpack(raw)
    assert back == header
    for name, array in arrays.items():
        assert read[name].dtype == array.dtype
        assert np.array_equal(read[name], array)


def test_arrays_begin_on_multiples_of_eight():
    raw = pack({"word": "naïve"}, {"a": np.arange(3, dtype=np.int16), "b": np.arange(2.0)})
    (length,) = struct.unpack_from("<I", raw)
    assert (4 + length) % 8 == 0
    assert all(offset % 8 == 0 for _, offset, _ in json.loads(raw[4 : 4 + length])["arrays"].values())

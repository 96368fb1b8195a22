"""Header and arrays in one run of bytes: a component takes raw bytes only when they are all of its data."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ALIGN = 8


def pack(header: dict[str, Any], arrays: dict[str, NDArray]) -> bytes:
    """Four bytes of length (little endian), the header as JSON, then the arrays, each on a multiple of 8.

    The header gains ``arrays``: name -> [dtype, offset after the header, number of elements].
    """
    table, blobs, offset = {}, [], 0
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array).tobytes()
        table[name] = [array.dtype.name, offset, int(array.size)]
        raw += b"\0" * (-len(raw) % _ALIGN)
        blobs.append(raw)
        offset += len(raw)
    text = json.dumps(header | {"arrays": table}, separators=(",", ":")).encode()
    text += b" " * (-(4 + len(text)) % _ALIGN)
    return struct.pack("<I", len(text)) + text + b"".join(blobs)

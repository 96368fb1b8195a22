"""What people bring that means no good, and how it is packed."""

from __future__ import annotations

import io
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from itertools import chain

HOSTILE = [
    "<img src=x onerror=window.ran=1>",
    "<script>window.ran=1</script>",
    "![x](http://evil.test/x.png)",
    "[x](javascript:window.ran=1)",
    "$\\href{http://evil.test}{x}$",
    "=cmd()",
    ":material/home:",
    ":smile:",
    "{{window.ran=1}}",
]


def a_zip(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def characters() -> Iterator[str]:
    """Every character that Unicode has given a meaning, and each 97th place that it has not: these are all alike."""
    for code in chain(range(0xD800), range(0xE000, sys.maxunicode + 1)):
        if unicodedata.category(chr(code)) not in ("Cn", "Co") or code % 97 == 0:
            yield chr(code)

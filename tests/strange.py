"""What people bring that means no good, and how it is packed."""

from __future__ import annotations

import io
import zipfile

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

"""One HTML document out of a template, scripts, a style sheet and bytes: it loads nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html import escape
from typing import Any

from numpy.typing import NDArray

from core.errors import InputError
from core.show.envelope import pack
from core.sources import ASSETS

MOST_BYTES = 6_000_000
MODULES = ("common.js", "player.js", "charts.js", "show.js")
"""In the order in which they import each other."""
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_BLANK = re.compile(r"\{\{(\w+)\}\}")


@cache
def script() -> str:
    """The modules of the show as one classic script: each a function that is called once, so that names stay apart."""
    parts = [_module(name) for name in MODULES]
    joined = '"use strict";\nconst modules = {};\n' + "\n".join(parts)
    if "</script" in joined.lower() or "<!--" in joined:
        raise InputError("a script of the show contains '</script' or '<!--', which would end it or hide its end")
    return joined


def _module(name: str) -> str:
    source = (ASSETS / name).read_text(encoding="utf-8")
    exported = [match.group(2) for match in _EXPORT.finditer(source)]
    source = _IMPORT.sub(lambda found: f"const {{{found[1]}}} = modules.{found[2]};", source)
    source = _EXPORT.sub(r"\1", source)
    return f"modules.{name.removesuffix('.js')} = (() => {{\n{source}\nreturn {{ {', '.join(exported)} }};\n}})();"


def policy() -> str:
    """What a browser may do with the document: run its own script, and load nothing."""
    digest = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def document(header: dict[str, Any], arrays: dict[str, NDArray], *, title: str, language: str, noscript: str) -> bytes:
    """The document as UTF-8. Header and arrays travel as base64, in which no word can be code.

    Raises
    ------
    InputError
        It would be larger than ``MOST_BYTES``.
    """
    values = {
        "language": escape(language),
        "title": escape(title),
        "policy": escape(policy()),
        "style": (ASSETS / "show.css").read_text(encoding="utf-8"),
        "noscript": escape(noscript),
        "data": base64.b64encode(pack(header, arrays)).decode(),
        "script": script(),
    }
    template = (ASSETS / "show.html").read_text(encoding="utf-8")
    made = _BLANK.sub(lambda blank: values[blank[1]], template).encode()
    if len(made) > MOST_BYTES:
        raise InputError(f"the document would have {len(made):,} bytes, and may have {MOST_BYTES:,}: keep fewer words")
    return made

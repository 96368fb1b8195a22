"""The words of the site: Markdown files in ``assets/prose``, a folder for each language, a file for each page.

A file is a list of passages. A passage begins with a line ``## name`` and ends before the next one; ``{name}`` in it,
or ``{name:.1f}`` with a format of Python's, stands for a value that the program fills in. Whoever edits or translates
a page changes passages, never their names or the names in braces. ``[[tau|rise time]]`` shows *rise time*, which
explains itself by the passage ``tau`` of the glossary.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from functools import lru_cache
from numbers import Real
from pathlib import Path
from typing import Any

from core.numbers import number
from core.sources import ASSETS

PROSE = ASSETS / "prose"
LANGUAGES = {"en": "English", "de": "Deutsch"}
DEFAULT = "en"
_HEADING = re.compile(r"^## +(\S+) *$", re.MULTILINE)
_TERM = re.compile(r"\[\[([a-z-]+)(?:\|([^\[\]|]+))?\]\]")
_BOLD = re.compile(r"\*\*(.+?)\*\*(?!\*)")
_EMPHASIS = re.compile(r"(?<![\w*])\*(\S.*?)\*(?!\w)")
GLOSSARY = "glossary"
SEEN_AFTER = 1.0  # seconds until an edited file is read again
_BLANK = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([^{}\n]*))?\}")


def passage(page: str, name: str, /, language: str = DEFAULT, **values: Any) -> str:
    """A passage of a page, filled in; in English where the language lacks it.

    KeyError: a name that English lacks too. Braces whose name is not among ``values`` stay: they may be maths.
    """
    found = passages(page, language).get(name)
    return fill(explained(passages(page)[name] if found is None else found, language), values, language)


def under(page: str, name: str, language: str = DEFAULT, **values: Any) -> dict[str, str]:
    """The passages called ``name.something``, by that something, in the order of the English file."""
    names = [one for one in passages(page) if one.startswith(f"{name}.")]
    return {one.removeprefix(f"{name}."): passage(page, one, language, **values) for one in names}


def citation() -> str:
    """BibTeX of the paper and of this program."""
    return (ASSETS / "staircase.bib").read_text(encoding="utf-8").strip()


def passages(page: str, language: str = DEFAULT) -> Mapping[str, str]:
    """Name -> text of every passage of ``assets/prose/<language>/<page>.md``; none without such a file.

    It is as it was at most ``SEEN_AFTER`` seconds ago.
    """
    return _looked_up(PROSE, page, language, int(time.monotonic() / SEEN_AFTER))


@lru_cache(maxsize=256)
def _looked_up(folder: Path, page: str, language: str, moment: int) -> dict[str, str]:
    """``moment`` : files are looked at once in a while only; a page asks for hundreds of passages."""
    path = folder / language / f"{page}.md"
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _read(path, changed)


@lru_cache(maxsize=256)
def _read(path: Path, changed: int) -> dict[str, str]:
    """``changed`` only tells one state of the file from another."""
    _, *parts = _HEADING.split(path.read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def fill(text: str, values: Mapping[str, Any], language: str = DEFAULT) -> str:
    """The text with its blanks filled; numbers have comma and point as the language has them."""

    def value(blank: re.Match[str]) -> str:
        name, form = blank.group(1), blank.group(2) or ""
        if name not in values:
            return blank.group()
        one = values[name]
        return number(one, form, language) if isinstance(one, Real) else format(one, form)

    return _BLANK.sub(value, text)


def explained(text: str, language: str = DEFAULT) -> str:
    """The text with its terms as links, whose titles are what the glossary says; assets/access.js shows them.

    KeyError: a term that the glossary lacks.
    """

    def link(term: re.Match[str]) -> str:
        name, shown = term.groups()
        meaning = passages(GLOSSARY, language).get(name) or passages(GLOSSARY)[name]
        plain = _EMPHASIS.sub(r"\1", _BOLD.sub(r"\1", meaning)).replace('"', "”").replace("\n", " ")
        return f'[{shown or name}](#term-{name} "{plain}")'

    return _TERM.sub(link, text) if "[[" in text else text


def blanks(text: str) -> set[str]:
    """The names in braces of a passage."""
    return {match.group(1) for match in _BLANK.finditer(text)}

"""The words of the show in the language that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.prose import passage, under


@dataclass(frozen=True)
class Prose:
    """The passages of ``assets/prose/<language>/<page>.md``: ``SAY = Prose("show")``, then ``SAY("title", "de")``."""

    page: str

    def __call__(self, name: str, language: str, **values: Any) -> str:
        """A passage with its blanks filled. It is shown as text, never as Markdown or HTML."""
        return passage(self.page, name, language, **values)

    def under(self, name: str, language: str, **values: Any) -> dict[str, str]:
        """The passages called ``name.something``, by that something, in the order of the English file."""
        return under(self.page, name, language, **values)

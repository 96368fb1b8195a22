"""What Google's families of analogies are called, the same on every page."""

from __future__ import annotations

from core.ui.prose import Prose

SAY = Prose("wordlists")


def family_title(name: str) -> str:
    """'gram1-adjective-to-adverb' in words."""
    return SAY(f"family.{name}")

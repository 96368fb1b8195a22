"""What the page Words as vectors computes once for everybody."""

from __future__ import annotations

from core.ui import vectors_encodings, vectors_limits, vectors_sessions


def warm() -> None:
    """Do it before anybody asks: encode the text, load the vectors, find the tastes."""
    vectors_encodings.encoded()
    vectors_limits.unit_vectors()
    vectors_sessions.heard(vectors_sessions.USUAL)

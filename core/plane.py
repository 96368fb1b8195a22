"""The plane of an analogy: where a, b, c, c + b - a and other words lie in it, and how far out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen

FloatArray = NDArray[np.float64]
CORNERS = 4
_FLAT = 1e-6


@dataclass(frozen=True, eq=False)
class Plane:
    """a, b, c and c + b - a, which lie in the plane, then other words, dropped onto it. All words have length 1.

    places : float64 array of shape (4 + n, 2), from a, along b - a and, at a right angle to that, towards c.
    away : float64 array of shape (4 + n,), distance of each from the plane; 0 for the first four.
    cosine : float64 array of shape (4 + n,), of each with c + b - a.
    """

    places: FloatArray
    away: FloatArray
    cosine: FloatArray


def analogy_plane(embeddings: NDArray[np.floating], question: tuple[int, int, int], others: Sequence[int]) -> Plane:
    """The plane through words a, b and c of ``question``, in embeddings of shape (V, d), and ``others`` beside it.

    The plane does not pass through the origin, and c + b - a need not have length 1: a word that is near the target in
    the picture may be far out of the plane, and the ranking is by angle, which the picture does not show.

    Raises
    ------
    InputError
        a, b and c lie on one line, or are not three different words: there is no plane.
    """
    words = _unit(embeddings[[*question, *others]])
    a, b, c = words[:3]
    right, up = b - a, c - a
    across = float(np.linalg.norm(right))
    first = right / across if across > _FLAT else np.zeros_like(right)
    up = up - (up @ first) * first
    height = float(np.linalg.norm(up))
    if min(across, height) <= _FLAT:
        raise InputError("these three lie on one line: an analogy needs three different words, and two dimensions")
    basis = np.stack([first, up / height], axis=1)
    target = c + b - a
    points = np.concatenate([words[:3], target[None], words[3:]]) - a
    places = points @ basis
    away = np.linalg.norm(points - places @ basis.T, axis=1)
    away[:CORNERS] = 0
    cosine = _unit(np.concatenate([words[:3], target[None], words[3:]])) @ _unit(target[None])[0]
    return Plane(frozen(places), frozen(away), frozen(cosine))


def _unit(rows: NDArray[np.floating]) -> FloatArray:
    """Rows of length 1; a row of zeros stays."""
    exact = rows.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    return exact / np.where(lengths > 0, lengths, 1.0)

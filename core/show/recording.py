"""A run as the browser's player takes it: rows of numbers, clouds in whole steps, words at the ends of axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.frames import ARRIVING, FOUND, HALF, LEARNED, Frame
from core.known import Known
from core.palette import MODES_DARK, MODES_LIGHT

CLOUD_BYTES = 3_500_000
CLOUD_FRAMES = 100
_POLE_WORDS = 5
_CARD_WORDS = 4

Axes = tuple[int, int, int]


def told(known: Known, axes: Axes = (1, 2, 3)) -> dict[str, Any]:
    """What is known of a run before it starts, as JSON: words, ticks, cards, scale, colours."""
    modes, clock, prediction = known.concepts, known.clock, known.prediction
    times = prediction.descent_times[:modes] * clock
    cards = [known.concept(k, _CARD_WORDS) for k in range(1, modes + 1)]
    return {
        "words": list(known.words),
        "dim": known.spec.dim,
        "modes": modes,
        "palette": {"light": MODES_LIGHT, "dark": MODES_DARK},
        "lambda": known.problem.spectrum.values[:modes].tolist(),
        "cards": [{"k": one.k, "positive": one.positive, "negative": one.negative} for one in cards],
        "ticks": [{"k": k, "time": float(one)} for k, one in enumerate(times, 1) if np.isfinite(one)],
        "settle": (prediction.widths[:modes] * clock / 2).tolist(),
        "axes": axes,
        "poles": pole_words(known, axes),
        "scale": known.camera.scale,
        "extent": known.camera.extent(there(known, axes)),
        "end": known.end,
        "shares": {"learned": LEARNED, "arriving": ARRIVING, "half": HALF, "found": FOUND},
    }


def there(known: Known, axes: Axes) -> list[int]:
    """The axes that the model has: fewer than three with d below 3."""
    return [axis for axis in axes if axis <= known.camera.axes]


def pole_words(known: Known, axes: Axes) -> list[int]:
    """Numbers of the words at the ends of the three axes, the furthest of each pole first."""
    index = known.problem.counts.index
    poles = [
        pole
        for k in there(known, axes)
        for one in [known.concept(k, _POLE_WORDS)]
        for pole in (one.positive, one.negative)
    ]
    return [index[pole[n]] for n in range(_POLE_WORDS) for pole in poles if n < len(pole)]


def sent_clouds(count: int, vocab_size: int, *, live: bool, share: int = 1) -> list[int]:
    """Which frames travel with their cloud: the newest of a live run, an even choice of a finished one.

    ``share`` runs on one page divide ``CLOUD_BYTES`` among them.
    """
    if live or count < 2:
        return [count - 1] if count else []
    most = min(CLOUD_FRAMES, CLOUD_BYTES // (6 * vocab_size * share), count)
    return np.unique(np.rint(np.linspace(0, count - 1, max(2, most))).astype(int)).tolist()


def series(frames: Sequence[Frame], known: Known) -> NDArray[np.float32]:
    """Rows of time, loss, effective rank, learned, s_1..s_K, alignment_1..alignment_K."""
    modes = known.concepts
    rows = [
        [one.time * known.rate, one.loss, one.effective_rank, one.learned]
        + list(one.singular_values[:modes])
        + list(one.alignment[:modes])
        for one in frames
    ]
    return np.array(rows, np.float32).reshape(len(frames), 4 + 2 * modes)


def clouds(frames: Sequence[Frame], axes: Axes) -> NDArray[np.int16]:
    """Shape (frames, V, 3); 0 along axes that the model has not."""
    if not frames:
        return np.empty(0, np.int16)
    found = np.zeros((len(frames), frames[0].cloud.shape[1], len(axes)), np.int16)
    for place, axis in enumerate(axes):
        if axis <= len(frames[0].cloud):
            found[:, :, place] = [frame.cloud[axis - 1] for frame in frames]
    return found


def predicted(known: Known) -> NDArray[np.float32]:
    """Rows of time, loss, s_1..s_K: the prediction for this step size, on the clock t * lambda_1."""
    descent, modes = known.prediction.descent, known.concepts
    columns = [descent.times[:, None] * known.clock, descent.loss[:, None], descent.singular_values[:, :modes]]
    return np.hstack(columns).astype(np.float32)

"""One run as one document: charts, the cloud, cards and a scrubber, with settings and how to cite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frames import Frame
from core.known import Known
from core.numbers import number, power
from core.problem import Problem, RunSpec
from core.prose import DEFAULT, citation
from core.show.document import document
from core.show.recording import Axes, clouds, predicted, sent_clouds, series, told
from core.show.words import Prose

SAY = Prose("show")
AXES: Axes = (1, 2, 3)
_MOST_WORDS = 20_000


def run_html(
    spec: RunSpec,
    problem: Problem,
    frames: Sequence[Frame],
    *,
    language: str = DEFAULT,
    title: str = "",
    known: Known | None = None,
) -> bytes:
    """A run as one self-contained HTML document of at most 6 MB, which loads nothing and works from ``file://``.

    Its words are those of ``problem.counts``. ``frames`` : of the run of ``spec`` on ``problem``, in order of time, as
    ``Camera(problem.spectrum, spec.dim).frame`` makes them. ``title`` : what the page is called, else by its model.
    ``known`` : the prediction, where there is one already; else it is computed.

    Raises
    ------
    InputError
        There are no frames, or too many words for a document of that size.
    """
    if not frames:
        raise InputError("this run has no snapshot: there is nothing to show")
    known = known or Known.of(spec, problem)
    if len(known.words) > _MOST_WORDS:
        raise InputError(f"a page shows at most {_MOST_WORDS:,} words, and this run has {len(known.words):,}")
    run, arrays = recording(known, frames)
    size = number(len(known.words), ",d", language)
    title = title or SAY("run.title", language, model=spec.model, vocab=size)
    header = {
        "kind": "run",
        "language": language,
        "run": run,
        "title": title,
        "settings": _settings(spec, language),
        "cite": citation(),
        "say": spoken(language),
    }
    return document(header, arrays, title=title, language=language, noscript=SAY("document.noscript", language))


def recording(known: Known, frames: Sequence[Frame]) -> tuple[dict[str, Any], dict[str, NDArray]]:
    """What the player and the charts need of a finished run: a header and arrays."""
    rows = sent_clouds(len(frames), len(known.words), live=False)
    arrays: dict[str, NDArray] = {
        "series": series(frames, known),
        "predicted": predicted(known),
        "rows": np.array(rows, np.int32),
        "frames": clouds([frames[row] for row in rows], AXES),
    }
    about = {
        "explained": known.spec.explained,
        "plateaus": known.prediction.plateaus[: known.concepts + 1].tolist(),
        "targets": known.prediction.targets[: known.concepts].tolist(),
    }
    return told(known, AXES) | about, arrays


def spoken(language: str) -> dict[str, dict[str, str]]:
    """The passages that every document needs; blanks are filled by the page."""
    return {
        "ui": SAY.under("ui", language),
        "chart": SAY.under("chart", language),
        "cloud": SAY.under("cloud", language),
        "card": SAY.under("card", language),
        "run": SAY.under("run", language),
        "player": SAY.under("player", language),
    }


def _settings(spec: RunSpec, language: str) -> list[list[str]]:
    """Name and value of every knob, as people read them."""
    values = asdict(spec) | {
        "vocab_size": SAY("setting.all", language) if spec.vocab_size is None else spec.vocab_size,
        "until": spec.until or SAY("setting.all", language),
        "init_scale": power(spec.init_scale) if spec.init_scale > 0 else "0",
        "untied": SAY("setting.yes" if spec.untied else "setting.no", language),
        "asymmetric": SAY("setting.yes" if spec.asymmetric else "setting.no", language),
    }
    return [[SAY(f"setting.{name}", language), str(value)] for name, value in values.items()]

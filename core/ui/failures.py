"""The instruments of the Failure gallery: four ways to break the picture, each a run and what it measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import streamlit as st

from core.frames import Frame
from core.geometry import directions, overlaps
from core.health import SATURATED
from core.problem import RunSpec
from core.stairs import wider_gaps
from core.targets import UNSEEN, share_beyond
from core.theory import FloatArray
from core.ui import beside, chrome
from core.ui.choices import choice
from core.ui.gallery import FAILING, LARGE_START, SMALL_TEXT_TOKENS
from core.ui.lab import Lab, lab, statistics
from core.ui.prose import Prose, spelt
from core.ui.runs import Sight, shared
from core.ui.view import run_view

SAY = Prose("failures")
_TOP = 8


@dataclass(frozen=True)
class Case:
    """A failure: its recipes, of which the first is shown, by which evidence it speaks, and what is measured of it.

    What it is called, what happens and why are passages of its name; ``values`` fill their blanks.
    """

    specs: tuple[RunSpec, ...]
    evidence: tuple[str, ...]
    measure: Callable[[Lab, Sight], None]
    values: Mapping[str, float] = field(default_factory=dict)


def gallery() -> None:
    """Choose a failure, see it happen."""
    titles = {name: SAY(name) for name in CASES}
    chosen = choice(st.segmented_control, SAY("what"), titles, key="case", required=True, wrap=True)
    case = CASES[chosen]
    known = lab(case.specs[0])
    chrome.panel(SAY(f"{chosen}.happens"), *case.evidence)
    st.markdown(SAY(f"{chosen}.why", **case.values))

    def draw() -> None:
        now = shared(case.specs[0])
        if now.done is not None:
            case.measure(known, now)
        near = now.done.neighbours if now.done else None
        run_view(
            known, now.frames, key=f"failure-{chosen}", state=now.state, neighbours=near,
            status=beside.status(known, now),
        )  # fmt: skip
        chrome.step_table(known, now.frames)

    beside.polled(lambda: beside.moving(case.specs), draw)


def _mixing(known: Lab, now: Sight) -> None:
    """How far a learned direction is each of two near-equal concepts, while they rise and later, for several starts."""
    first, ratio = _closest(known)
    names = [SAY("equal.concept", k=first + n) for n in (1, 2)]
    moment = float(known.prediction.descent_times[first])
    rows = []
    for spec in FAILING["equal"]:
        seen = shared(spec)
        if seen.done is None:
            continue
        frames = seen.done.frames
        rising = min(frames, key=lambda frame: abs(frame.time - moment))
        for when, frame in ((SAY("equal.rising"), rising), (SAY("equal.end"), frames[-1])):
            shares = _shares(known, frame, first)
            told = {name: spelt(share, ".0%") for name, share in zip(names, shares, strict=True)}
            rows.append(
                {
                    SAY("equal.start"): SAY("equal.seed", seed=spec.seed),
                    SAY("equal.direction", k=first + 1): when,
                    **told,
                }
            )
    st.info(
        SAY("equal.found", first=first + 1, second=first + 2, ratio=ratio),
        icon=":material/visibility:",
    )
    chrome.table(rows, label=SAY("equal.table"), expanded=True)


def _shares(known: Lab, frame: Frame, first: int) -> FloatArray:
    """Squared overlaps of the model's direction ``first`` (from 0) with the concept of that number and the next."""
    found = directions(frame.cloud.T * known.camera.scale)[:, first : first + 1]
    return overlaps(known.problem.spectrum.vectors[:, first : first + 2], found)[:, 0]


def _closest(known: Lab) -> tuple[int, float]:
    """The number (from 0) of the first of the two neighbouring concepts that differ least in strength; their ratio."""
    values = known.problem.spectrum.values[: known.concepts]
    ratios = values[1:] / values[:-1]
    return int(np.argmax(ratios)), float(ratios.max())


def _large_start(known: Lab, now: Sight) -> None:
    prediction, gaps = known.prediction, min(_TOP, len(known.prediction.widths)) - 1
    st.info(
        SAY("large.found", gaps=gaps, wider=wider_gaps(prediction.flow_times, prediction.widths, gaps)),
        icon=":material/visibility:",
    )


def _too_long(known: Lab, now: Sight) -> None:
    st.info(
        SAY("long.found", step=known.spec.step_size, factor=1 - known.spec.step_size, number=now.step),
        icon=":material/visibility:",
    )


def _small_text(known: Lab, now: Sight) -> None:
    """The concepts of the small text beside those of the whole, and how full of holes its table is."""
    whole = lab(replace(known.spec, data="wikipedia"))
    counts = statistics(known.spec.data, known.spec.vocab_size)
    common = overlaps(known.problem.spectrum.vectors[:, :_TOP], whole.problem.spectrum.vectors[:, :_TOP])
    st.info(
        SAY(
            "small.found",
            unseen=counts.unseen_share,
            whole=whole.problem.counts.unseen_share,
            beyond=share_beyond(known.problem.matrix, SATURATED),
            edge=SATURATED,
            mark=UNSEEN,
            top=_TOP,
            shared=common.sum() / _TOP,
        ),
        icon=":material/visibility:",
    )
    rows = [
        {
            SAY("small.concept"): k,
            SAY("small.from-small"): _ends(known, k),
            SAY("small.from-whole"): _ends(whole, k),
            SAY("small.again", top=_TOP): spelt(common[k - 1].sum(), ".0%"),
        }
        for k in range(1, _TOP + 1)
    ]
    chrome.table(rows, label=SAY("small.table"), expanded=True)


def _ends(known: Lab, k: int) -> str:
    found = known.concept(k, top=4)
    return f"{' '.join(found.positive)} / {' '.join(found.negative)}"


CASES = {
    "equal": Case(FAILING["equal"], ("simulation", "theorem"), _mixing),
    "large": Case(FAILING["large"], ("simulation", "derivation"), _large_start, {"start": LARGE_START}),
    "long": Case(FAILING["long"], ("simulation", "theorem"), _too_long),
    "small": Case(FAILING["small"], ("simulation",), _small_text, {"tokens": SMALL_TEXT_TOKENS}),
}

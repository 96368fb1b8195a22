"""The instruments of the Failure gallery: four ways to break the picture, each a run and what it measures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from core.frames import Frame
from core.geometry import directions, overlaps
from core.health import SATURATED
from core.problem import RunSpec
from core.stairs import separation
from core.targets import UNSEEN, share_beyond
from core.theory import FloatArray
from core.ui import beside, chrome
from core.ui.gallery import FAILING, LARGE_START, SMALL_TEXT_TOKENS
from core.ui.lab import Lab, lab, statistics
from core.ui.runs import Sight, shared
from core.ui.view import run_view

_TOP = 8


@dataclass(frozen=True)
class Case:
    """A failure: its recipes, of which the first is shown, what happens and why, and what is measured of it."""

    specs: tuple[RunSpec, ...]
    happens: str
    why: str
    evidence: tuple[str, ...]
    measure: Callable[[Lab, Sight], None]


def gallery() -> None:
    """Choose a failure, see it happen."""
    chosen = st.segmented_control(
        "What shall go wrong?", list(CASES), default=next(iter(CASES)), required=True, key="case", bind="query-params"
    )
    case = CASES[str(chosen)]
    known = lab(case.specs[0])
    chrome.panel(case.happens, *case.evidence)
    st.markdown(case.why)

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
    names = f"concept {first + 1}", f"concept {first + 2}"
    moment = float(known.prediction.descent_times[first])
    rows = []
    for spec in FAILING["equal"]:
        seen = shared(spec)
        if seen.done is None:
            continue
        frames = seen.done.frames
        rising = min(frames, key=lambda frame: abs(frame.time - moment))
        for when, frame in (("while it rises", rising), ("at the end", frames[-1])):
            shares = _shares(known, frame, first)
            told = {name: f"{share:.0%}" for name, share in zip(names, shares, strict=True)}
            rows.append({"start": f"seed {spec.seed}", f"direction {first + 1} is": when} | told)
    st.info(
        f"Concepts {first + 1} and {first + 2} are nearly as strong as each other: λ{first + 2} is {ratio:.1%} of "
        f"λ{first + 1}. Their plane is found at once; which directions in it rise, the random start decides. They "
        "settle only when training has gone on for longer than 1 / (λₖ - λₖ₊₁).",
        icon=":material/visibility:",
    )
    chrome.table(rows, label="Which of the two did the direction become? One recipe, several starts", expanded=True)


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
    apart = separation(known.prediction.flow_times, known.prediction.widths)[: _TOP - 1]
    st.info(
        f"Of the first {len(apart)} gaps between steps, {int((apart > 1).sum())} are wider than the step before: every "
        "concept begins before the last one has finished.",
        icon=":material/visibility:",
    )


def _too_long(known: Lab, now: Sight) -> None:
    st.info(
        f"dt·λ₁ = {known.spec.step_size:g}. Near its target, an error in concept 1 is multiplied by 1 - dt·λ₁ = "
        f"{1 - known.spec.step_size:g} at every step: it changes sign and grows. The run was broken off at step "
        f"{now.step}. The dotted lines, made for small steps, mean nothing here.",
        icon=":material/visibility:",
    )


def _small_text(known: Lab, now: Sight) -> None:
    """The concepts of the small text beside those of the whole, and how full of holes its table is."""
    whole = lab(replace(known.spec, data="wikipedia"))
    counts = statistics(known.spec.data, known.spec.vocab_size)
    common = overlaps(known.problem.spectrum.vectors[:, :_TOP], whole.problem.spectrum.vectors[:, :_TOP])
    st.info(
        f"{counts.unseen_share:.0%} of all pairs were never seen together ({whole.problem.counts.unseen_share:.1%} "
        f"in the whole text), and {share_beyond(known.problem.matrix, SATURATED):.0%} of the table lies beyond "
        f"±{SATURATED}: mostly {UNSEEN:g}, the mark of a pair never seen. The first {_TOP} concepts share "
        f"{common.sum() / _TOP:.0%} of their span with those of the whole text.",
        icon=":material/visibility:",
    )
    rows = [
        {
            "concept": k,
            "from the small text": _ends(known, k),
            "from the whole text": _ends(whole, k),
            "found again among the first eight": f"{common[k - 1].sum():.0%}",
        }
        for k in range(1, _TOP + 1)
    ]
    chrome.table(rows, label="What each text calls a concept", expanded=True)


def _ends(known: Lab, k: int) -> str:
    found = known.concept(k, top=4)
    return f"{' '.join(found.positive)} / {' '.join(found.negative)}"


CASES = {
    "Equal strengths": Case(
        FAILING["equal"],
        "Two concepts of nearly equal strength mix",
        "An eigenvector is only as well defined as its eigenvalue is alone. Where two are nearly equal, training "
        "finds the plane of both at once, and turns in it for long.",
        ("simulation", "theorem"),
        _mixing,
    ),
    "Large start": Case(
        FAILING["large"],
        "From a large start the steps run together",
        f"With σ = {LARGE_START:g}, a common choice, every concept begins well above zero. They still come in order, "
        "but their rises overlap.",
        ("simulation", "derivation"),
        _large_start,
    ),
    "Long steps": Case(
        FAILING["long"],
        "A step that is too long runs away",
        "Gradient descent overshoots when its step is longer than 2 / λ₁. The theory of small steps says nothing then: "
        "its dotted lines stand for nothing.",
        ("simulation", "theorem"),
        _too_long,
    ),
    "Small text": Case(
        FAILING["small"],
        "A small text has holes, and the model learns the holes",
        f"The same encyclopaedia, thinned to {SMALL_TEXT_TOKENS:,} tokens. Most pairs never meet; the model takes "
        "that for knowledge, and fits the holes, exactly as predicted.",
        ("simulation",),
        _small_text,
    ),
}

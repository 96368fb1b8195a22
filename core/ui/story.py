"""The chapters of the Story: a question, a control, a reveal, and one line on what was seen."""

from __future__ import annotations

import streamlit as st

from core.figures.guess import guess
from core.frames import Frame
from core.geometry import effective_rank
from core.runfile import Finished
from core.targets import pair_facts
from core.ui import chrome
from core.ui.lab import CANNED, Lab
from core.ui.runs import canned, first_run
from core.ui.view import run_view

CHAPTERS = ("Company", "Prediction", "Dimensions")
_POLL_SECONDS = 0.25
_PAIRS = (("river", "water"), ("river", "album"), ("river", "the"))


def claim(known: Lab) -> str:
    """The sentence of the cover; its number is that of the statistics."""
    tokens = known.problem.counts.source.tokens / 1e6
    return (
        f"A model reads {tokens:.1f} million words. It starts with every word on the same spot. It learns one concept "
        "at a time, and we can tell which, and when, before it starts."
    )


def player(known: Lab) -> None:
    """The first run: watched while it is trained, then playing by itself. A chapter may have asked for a moment."""
    run = first_run()
    training = not run.over

    def draw() -> None:
        if training and run.over:
            st.rerun()
        run_view(
            known,
            run.history,
            key="story",
            run_id="training" if training else "",
            state="running" if training else "finished",
            layout="story",
            autoplay=not training,
            neighbours=None if training else canned(CANNED).neighbours,
            moment=st.session_state.pop("moment", None),
        )

    st.fragment(draw, run_every=_POLL_SECONDS if training else None)()
    if not training:
        chrome.step_table(known, run.history)


def chapter() -> str:
    """Which chapter is open; it is in the address."""
    chosen = st.segmented_control(
        "Chapters", CHAPTERS, default=CHAPTERS[0], required=True, key="chapter", bind="query-params"
    )
    return str(chosen)


def company(known: Lab) -> None:
    """Which pair meets furthest above chance?"""
    st.markdown("**Which of these pairs meets furthest above chance?**")
    names = [f"{first} and {second}" for first, second in _PAIRS]
    picked = st.radio("Pairs", names, index=None, horizontal=True, label_visibility="collapsed", key="company")
    if picked is None:
        st.caption("Pick one; the counts are turned over then.")
        return
    index = known.problem.counts.index
    rows = []
    for name, (first, second) in zip(names, _PAIRS, strict=True):
        facts = pair_facts(known.problem.counts, index[first], index[second])
        rows.append((name, facts))
    best = max(rows, key=lambda row: row[1].m_star)[0]
    for place, (name, facts) in zip(st.columns(len(rows)), rows, strict=True):
        with place.container(border=True):
            st.metric(name, f"{facts.m_star:+.2f}", help="M*: from -2, never together, to +2, always.")
            st.caption(f"seen {facts.count:,} times, expected {facts.expected:,.0f}")
    right = "Right." if picked == best else f"It is {best}."
    often = max(rows, key=lambda row: row[1].count)
    _seen(
        f"{right} Counting alone would have said {often[0]}, met {often[1].count:,} times; but a frequent word meets "
        "everybody. The model sees no meanings, only which words keep company."
    )
    chrome.maths(r"M^\star_{ij} = \frac{2\,(P_{ij} - P_iP_j)}{P_{ij} + P_iP_j}")


def prediction(known: Lab) -> None:
    """When does the second step come?"""
    predicted = known.prediction
    first, second = (float(time) * known.clock for time in predicted.descent_times[:2])
    st.markdown(f"**The first step comes at t·λ₁ = {first:.0f}. Drag the second to where you expect it.**")
    guessed = st.slider("Your guess", 0, round(known.end), round(min(2 * first, known.end)), key="guess")
    told = st.toggle("Show the prediction", key="told")
    chrome.chart(
        guess(predicted, modes=known.concepts, clock=known.clock, guessed=guessed, told=told, dark=chrome.dark()),
        key="guess_chart",
        alt="Predicted loss against training time as a staircase, and your guess of the second step.",
    )
    if told:
        width = float(predicted.widths[1]) * known.clock
        off = abs(guessed - second) / width
        _seen(
            f"It comes at {second:.0f}; you said {guessed}, which is {off:.1f} widths of that step away. "
            "Strong concepts come first: how strong decides when. The run above landed on these steps."
        )
        chrome.maths(chrome.RISE_TIME + r", \qquad \text{each step lowers the loss by } g\,\lambda_k^2/4")


def dimensions(known: Lab, done: Finished) -> None:
    """How many numbers does a word have just before the second step?"""
    dim = known.spec.dim
    st.markdown("**How many numbers does a word have just before the second step?**")
    moment = _before_second_step(known, done).time * known.clock
    picked = st.radio(
        "Numbers", [1, 2, dim], index=None, horizontal=True, label_visibility="collapsed", key="numbers",
        on_change=_ask_for, args=(moment,),
    )  # fmt: skip
    if picked is None:
        st.caption("Pick one; the cloud above will go to that moment.")
        return
    frame = _before_second_step(known, done)
    share = frame.singular_values[0] ** 2 / (frame.singular_values**2).sum()
    _seen(
        f"{'Right: one.' if picked == 1 else 'One.'} At t·λ₁ = {frame.time * known.clock:.0f}, {share:.1%} of the "
        f"cloud's variance lies along one line, in a space of {dim} dimensions (effective rank "
        f"{effective_rank(frame.singular_values):.2f}). The space is there from the start. "
        "The model fills it one direction at a time."
    )
    chrome.maths(r"\operatorname{rank} W(t) \approx \#\{k : \tau_k < t\}")


def _ask_for(moment: float) -> None:
    """Let the player go to a moment when it is drawn next."""
    st.session_state["asked"] = st.session_state.get("asked", 0) + 1
    st.session_state["moment"] = (st.session_state["asked"], moment)


def _before_second_step(known: Lab, done: Finished) -> Frame:
    """The last frame before mode 2 has 2 % of its variance."""
    limit = 0.02 * known.prediction.targets[1] ** 2
    before = [frame for frame in done.frames if frame.singular_values[1] ** 2 < limit]
    return before[-1]


def _seen(line: str) -> None:
    st.success(line, icon=":material/visibility:")

"""Chapter 6: stopped early, or cut to a rank: who can tell?"""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.figures.story_clouds import two_clouds
from core.story import stopped_and_cut
from core.ui import chrome
from core.ui.lab import CANNED, Lab
from core.ui.prose import Prose
from core.ui.runs import canned
from core.ui.story import parts

SAY = Prose("story")
_RANKS, _FIRST = range(2, 9), 3
_SIDES = ("left", "right")
_ALIKE = 0.95  # below, similarities of words do differ
_WORDS = 700  # drawn: the most frequent ones, and those that have a name


def show(known: Lab) -> None:
    """Two clouds without labels; then what they are, and how far they are the same."""
    rank = int(st.session_state.get("story-rank-kept", _FIRST))
    found = stopped_and_cut(canned(CANNED).frames, known.camera, known.prediction, rank)
    parts.open_chapter("stopping", "simulation", "derivation", rank=rank)
    stopped = _SIDES[int(np.random.default_rng(parts.SEED).integers(2))]  # the same at every rank: it was guessed once
    left, right = parts.stage()
    with left:
        guess = parts.picked("stopping", _SIDES, [SAY(f"stopping.{side}") for side in _SIDES])
        if guess is not None:
            told = {
                "side": SAY(f"stopping.{stopped}"),
                "time": found.time * known.clock,
                "rank": rank,
                "same": found.same,
                "apart": 1 - found.same,
            }
            right_guess = guess == stopped
            verdict = SAY("stopping.yes" if right_guess else "stopping.no", **told)
            alike = SAY("stopping.same" if found.same > _ALIKE else "stopping.merged", **told)
            parts.reveal("stopping", verdict, alike, right=right_guess)
            _other_ranks(rank)
            chrome.maths(r"W(t)\,W(t)^\top \approx V_r \Lambda_r V_r^\top, \qquad \tau_r < t < \tau_{r+1}")
    with right:
        clouds = {stopped: found.stopped, _SIDES[1 - _SIDES.index(stopped)]: found.cut}
        names = {stopped: SAY("stopping.stopped"), _SIDES[1 - _SIDES.index(stopped)]: SAY("stopping.cut")}
        titles = [f"{SAY(f'stopping.{side}')}{'' if guess is None else ': ' + names[side]}" for side in _SIDES]
        poles = _named(known)
        chosen = sorted({*range(_WORDS), *poles})
        figure = two_clouds(
            [clouds[side][chosen] for side in _SIDES], [known.words[n] for n in chosen], titles,
            [chosen.index(n) for n in poles], (SAY("stopping.axis", k=1), SAY("stopping.axis", k=2)),
            dark=chrome.dark(),
        )  # fmt: skip
        chrome.chart(figure, key="story-clouds", alt=SAY("stopping.alt", rank=rank))
        rows = [
            {SAY("stopping.table.word"): known.words[n]}
            | {
                f"{SAY(f'stopping.{side}')}, {SAY('stopping.axis', k=k)}": round(float(clouds[side][n, k - 1]), 2)
                for side in _SIDES
                for k in (1, 2)
            }
            for n in poles
        ]
        chrome.table(rows, label=SAY("numbers"))


def _named(known: Lab) -> list[int]:
    """Numbers of the words at the ends of both concepts that are drawn: up, down, right and left."""
    ends = [end[0] for k in (1, 2) for one in [known.concept(k, top=1)] for end in (one.positive, one.negative)]
    return [known.problem.counts.index[word] for word in ends]


def _other_ranks(rank: int) -> None:
    """The same at another rank: where two steps come together, no moment has that many concepts."""

    def keep() -> None:
        st.session_state["story-rank-kept"] = st.session_state["story-rank"]

    st.select_slider(SAY("stopping.rank"), list(_RANKS), value=rank, key="story-rank", on_change=keep)

"""Sequences that are not text: listening sessions, and the two ways to find the tastes in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.figures.vectors_tracks import tracks_figure
from core.listening import (
    FloatArray,
    Listening,
    ListeningSpec,
    Recovery,
    by_company,
    by_table,
    listen,
    overlap,
    recovery,
    turned,
)
from core.ui import chrome
from core.ui.prose import SITE, Prose, spelt

SAY = Prose("vectors")
_STRENGTHS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
USUAL = 0.6
_ENDS, _SHOWN = 4, 6
WAYS = ("company", "table", "plain")


@dataclass(frozen=True, eq=False)
class Heard:
    """Sessions, what each way found in them, and how much of what was planted that is."""

    sessions: Listening
    columns: dict[str, FloatArray]
    recovered: dict[str, Recovery]

    @property
    def groups(self) -> list[int]:
        """The taste of each track, 0 to 3."""
        return [int(quiet < 0) * 2 + int(old < 0) for quiet, old in self.sessions.planted]


@st.cache_resource(max_entries=len(_STRENGTHS), show_spinner=False)
def heard(strength: float) -> Heard:
    """Computed once for everybody."""
    sessions = listen(ListeningSpec(strength=strength))
    columns = {
        "company": by_company(sessions),
        "table": by_table(sessions),
        "plain": by_table(sessions, against_chance=False),
    }
    return Heard(sessions, columns, {name: recovery(one, sessions.planted) for name, one in columns.items()})


@st.fragment
def listening() -> None:
    """The strength of tastes, two maps, and how much of the tastes each way found."""
    strength = st.select_slider(
        SAY("sessions.strength"), _STRENGTHS, USUAL, key="taste", bind="query-params", width=420,
        help=SAY("sessions.strength.help"),
    )  # fmt: skip
    found = heard(strength)
    tracks = found.sessions.tracks
    first = found.sessions.corpus.ids[: found.sessions.corpus.bounds[1]]
    st.text(SAY("sessions.example", tracks=" → ".join(tracks[n] for n in first[:_SHOWN])))
    maps = {"company": found.columns["company"], "table": turned(found.columns["table"], found.columns["company"])}
    for column, (name, places) in zip(st.columns(2, gap="large"), maps.items(), strict=True):
        with column:
            share = found.recovered[name].share
            st.markdown(SAY(f"sessions.map.{name}", share=share))
            chrome.chart(
                tracks_figure(
                    places,
                    found.groups,
                    names=[SAY(f"taste.{number}") for number in range(4)],
                    titles=tracks,
                    axis=SAY("ends.direction"),
                    dark=chrome.dark(),
                ),
                key=f"tracks-{name}",
                alt=SAY("sessions.alt", share=share),
            )
    same = overlap(found.columns["company"], found.columns["table"])
    one = found.recovered["company"]
    told = SAY("sessions.seen", share=one.share, chance=one.chance, high=one.high, same=same)
    st.markdown(told + " " + SAY("sessions.found" if one.share > one.high else "sessions.nothing"))
    st.markdown(SAY("sessions.recommend"))
    st.caption(SITE("careful", text=SAY("sessions.careful")))
    chrome.table(_ends(found), label=SAY("ends.table"), expanded=True)
    chrome.table(_measured(found), label=SAY("recovered.table"))


def _ends(found: Heard) -> list[dict[str, object]]:
    """The two ends of each direction of M*, and what was planted there."""
    rows: list[dict[str, object]] = []
    for k in range(found.columns["company"].shape[1]):
        order = np.argsort(-found.columns["company"][:, k], kind="stable")
        for end, chosen in (("+", order[:_ENDS]), ("−", order[::-1][:_ENDS])):
            rows.append(
                {
                    SAY("ends.direction"): f"{k + 1} {end}",
                    SAY("ends.tracks"): ", ".join(found.sessions.tracks[n] for n in chosen),
                    SAY("ends.planted"): ", ".join(
                        f"{times} × {SAY(f'taste.{group}')}"
                        for group, times in Counter(found.groups[n] for n in chosen).most_common()
                    ),
                }
            )
    return rows


def _measured(found: Heard) -> list[dict[str, object]]:
    return [
        {
            SAY("measured.way"): SAY(f"measured.{name}"),
            SAY("measured.share"): spelt(found.recovered[name].share, ".1%"),
            SAY("measured.chance"): spelt(found.recovered[name].chance, ".1%"),
            SAY("measured.high"): spelt(found.recovered[name].high, ".1%"),
            SAY("measured.same"): spelt(overlap(found.columns["company"], found.columns[name]), ".1%"),
        }
        for name in WAYS
    ]

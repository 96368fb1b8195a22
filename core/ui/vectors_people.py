"""A person as five numbers: sliders, an invented cast, and who is most alike by angle."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.encodings import cosines
from core.figures.vectors_people import MOST, people_figure
from core.ui import chrome
from core.ui.prose import SITE, Prose, language

SAY = Prose("vectors")
TRAITS = ("talkative", "tidy", "curious", "worried", "helpful")
CAST = {
    "Ilvo": (9, 2, 7, 3, 5),
    "Marrit": (2, 9, 4, 6, 7),
    "Senka": (5, 5, 9, 1, 4),
    "Tobbin": (8, 3, 2, 2, 9),
    "Ulma": (1, 4, 10, 5, 2),
    "Korrad": (4, 8, 1, 8, 3),
    "Wenja": (7, 7, 6, 4, 8),
    "Pirou": (10, 1, 5, 7, 1),
    "Odeke": (3, 2, 3, 9, 9),
    "Jessop": (2, 6, 2, 1, 2),
    "Fenna": (6, 1, 10, 8, 6),
    "Dalo": (1, 2, 2, 4, 4),
}
_FIRST = (8, 3, 7, 2, 6)
_LENGTHS = (0.1, 0.25, 0.5, 1.0)


@st.fragment
def similar() -> None:
    """Sliders beside the cast in the order of its cosines; the factor changes lengths and leaves angles."""
    left, right = st.columns([4, 8], gap="large")
    with left:
        answers = [
            st.slider(SAY(f"trait.{trait}"), 0, MOST, first, key=trait, bind="query-params")
            for trait, first in zip(TRAITS, _FIRST, strict=True)
        ]
        factor = st.select_slider(
            SAY("people.factor"), _LENGTHS, 1.0, format_func=lambda one: f"× {one:g}", key="factor",
            bind="query-params", help=SAY("people.factor.help"),
        )  # fmt: skip
    with right:
        if any(answers):
            _ranked(np.array(answers, np.float64), factor)
        else:
            st.info(SAY("people.zero"))


def _ranked(answers: np.ndarray, factor: float) -> None:
    names, cast = list(CAST), np.array(list(CAST.values()), np.float64)
    you = factor * answers
    near = cosines(cast, you)
    order = np.argsort(-near, kind="stable")
    chrome.chart(
        people_figure(
            np.vstack([you, cast[order]]),
            near[order],
            names=[SAY("people.you"), *(names[n] for n in order)],
            traits=[SAY(f"trait.{trait}") for trait in TRAITS],
            titles=("", SAY("people.cosine")),
            dark=chrome.dark(),
            language=language(),
        ),
        key="people",
        alt=SAY("people.alt", name=names[order[0]], cosine=near[order[0]]),
    )
    apart = np.linalg.norm(cast - you, axis=1)
    kept = (np.argsort(-cosines(cast, answers), kind="stable") == order).all()
    nearest = int(apart.argmin())
    said = SAY(
        "people.both" if nearest == order[0] else "people.seen",
        name=names[order[0]],
        cosine=near[order[0]],
        length=float(np.linalg.norm(you)),
        other=names[nearest],
        distance=float(apart.min()),
    )
    st.markdown(said + (" " + SAY("people.kept") if factor != 1 and kept else ""))
    st.caption(SITE("careful", text=SAY("people.careful")))
    rows = [
        {SAY("people.name"): names[n], **{SAY(f"trait.{trait}"): CAST[names[n]][k] for k, trait in enumerate(TRAITS)},
         SAY("people.cosine"): round(float(near[n]), 4), SAY("people.distance"): round(float(apart[n]), 3)}
        for n in order
    ]  # fmt: skip
    chrome.table(rows, label=SAY("people.table"))

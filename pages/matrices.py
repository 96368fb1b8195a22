"""Two matrices: why the output weights become word vectors too."""

import streamlit as st

from core.ui import chrome, controls, live, matrices
from core.ui.lab import lab
from core.ui.prose import Prose

SAY = Prose("matrices")

chrome.head(*SAY.head())
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    spec, pace = matrices.spec(), controls.pace()
    buttons = st.container(width="content")

known = lab(spec)
with buttons:
    live.controls(known, pace, page="matrices")
chrome.panel(SAY("factors"), "simulation", "beyond the paper")
live.follow(known, matrices.factors)
chrome.maths(
    r"\frac{dW}{dt} = \tfrac12 (M^\star - WC^\top)\,C, \qquad \frac{dC}{dt} = \tfrac12 (M^\star - WC^\top)^\top W,"
    r"\qquad \frac{d}{dt}\left(W^\top W - C^\top C\right) = 0"
)

st.markdown(SAY("why"))
live.conclude(known, matrices.mirrors)

chrome.panel(SAY("nearest"), "simulation")
live.conclude(known, matrices.neighbours)
st.markdown(SAY("differ"))
chrome.glossary()

"""Train live: the prediction first, then a run that lands on it."""

import streamlit as st

from core.ui import chrome, controls, live, take
from core.ui.lab import lab
from core.ui.prose import Prose

SAY = Prose("train")

chrome.head(*SAY.head())
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    spec, pace = controls.run_spec(), controls.pace()
    buttons = st.container(width="content")

known = lab(spec)
live.about(known)
with buttons:
    live.controls(known, pace)
chrome.maths(chrome.RISE_TIME + r", \qquad WW^\top(t) = E W_0\,(I + W_0^\top N W_0)^{-1}\,W_0^\top E")
live.view(known)
live.comparison(known)
live.conclude(known, take.of_run)

chrome.glossary()

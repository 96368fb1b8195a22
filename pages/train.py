"""Train live: the prediction first, then a run that lands on it."""

import streamlit as st

from core.ui import chrome, controls, live, take
from core.ui.lab import lab

chrome.head(
    "Word2vec learns one concept at a time, and we know which, and when",
    "Dotted: predicted from the text before training. Solid: trained by gradient descent. "
    "Each step of the loss is one new direction in the cloud.",
    "the prediction is for QWEM, word2vec's idealised sister, and the two charts share a clock, not a scale.",
    "QWEM has the quartic loss and tied weights under Setting 3.1, full batch. A singular value is a level and the "
    "loss a sum: "
    "do not compare their heights. The prediction for a step size settles up to dt·λ₁/8 too high (1.2 % at 0.1), where "
    "gradient descent itself settles exactly.",
)
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
live.follow(known, take.of_run)

chrome.glossary()

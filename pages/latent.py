"""Latent space: replay a run in the model's own directions, and find your way around."""

import streamlit as st

from core.ui import chrome, controls, latent, take
from core.ui.lab import lab

chrome.head(
    "A point becomes a line, a plane, a cloud",
    "Every dot is a word. Play: at each step the cloud grows into one new direction, and the words at its two ends "
    "say what was learned.",
    "three of d directions are drawn. Words that look close may be far apart in the others: trust the list.",
    "Axes are a rigid rotation of the model's own space, aligned with the predicted concepts; distances and angles are "
    "the model's own, and nothing is fitted to look good.",
)
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    spec = controls.run_spec()
    axes = latent.axes(spec)
    searched = st.container(width="content")

known = lab(spec)
with searched:
    word = latent.word(known)
run = latent.run(known)
latent.cloud(known, run, axes, word)
chrome.maths(r"W(t)\,R, \qquad R = \arg\min_{R^\top R = I}\lVert W(t) R - V_d\Lambda_d^{1/2}\rVert_F")
latent.neighbours(known, run, word)
latent.coordinates(known, run, axes)
take.of_finished_run(known, run)
chrome.glossary()

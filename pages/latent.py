"""Latent space: replay a run in the model's own directions, and find your way around."""

import streamlit as st

from core.ui import chrome, controls, latent, take
from core.ui.lab import lab
from core.ui.prose import Prose

SAY = Prose("latent")

chrome.head(*SAY.head())
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

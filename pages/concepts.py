"""Concepts: M* and its eigenvectors, before any training."""

import streamlit as st

from core.ui import chrome, concepts, controls, overlapping
from core.ui.lab import lab
from core.ui.prose import Prose

SAY = Prose("concepts")

chrome.head(*SAY.head())
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    spec = controls.run_spec(models=False)
known = lab(spec)

chrome.panel(SAY("lists"), "theorem", "derivation")
concepts.word_lists(known)
chrome.maths(r"M^\star v_k = \lambda_k v_k, \qquad " + chrome.RISE_TIME)

left, right = st.columns(2, gap="large")
with left:
    chrome.panel(SAY("spectra"), "simulation")
    st.markdown(SAY("spectra.what"))
    concepts.spectra(known)
with right:
    chrome.panel(SAY("pair"), "simulation")
    st.markdown(SAY("pair.what"))
    concepts.microscope(known)
    chrome.maths(
        r"M^\star_{ij} = \frac{P_{ij} - P_iP_j}{\tfrac12(P_{ij} + P_iP_j)}"
        r" = 2\tanh\!\left(\tfrac12\mathrm{PMI}_{ij}\right)"
    )

chrome.panel(SAY("blocks"), "simulation")
concepts.blocks(known)

chrome.panel(SAY("overlap"), "simulation")
st.markdown(SAY("overlap.what"))
overlapping.overlapping(known)

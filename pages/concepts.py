"""Concepts: M* and its eigenvectors, before any training."""

import streamlit as st

from core.ui import chrome, concepts, controls, overlapping
from core.ui.lab import lab

chrome.head(
    "Everything it will learn is already in one table",
    "Each row below is an eigenvector of M*, a table of which words keep company. Strong ones are learned first, "
    "and their times are known before training.",
    "a concept is a direction with two equal ends. Its name is ours to give, and near-equal strengths mix.",
    "An eigenvector has no sign: which end is listed first is a convention. Where two eigenvalues are nearly equal, "
    "their two directions are defined only up to a mixture of each other.",
)
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    spec = controls.run_spec(models=False)
known = lab(spec)

chrome.panel("The concepts, strongest first", "theorem", "derivation")
concepts.word_lists(known)
chrome.maths(r"M^\star v_k = \lambda_k v_k, \qquad " + chrome.RISE_TIME)

left, right = st.columns(2, gap="large")
with left:
    chrome.panel("How strong each concept is", "simulation")
    st.markdown("The steeper the fall, the further apart the steps. The spectra of PMI and PPMI stand beside it.")
    concepts.spectra(known)
with right:
    chrome.panel("Two words under the microscope", "simulation")
    st.markdown("How often do they meet, compared with chance?")
    concepts.microscope(known)
    chrome.maths(
        r"M^\star_{ij} = \frac{P_{ij} - P_iP_j}{\tfrac12(P_{ij} + P_iP_j)}"
        r" = 2\tanh\!\left(\tfrac12\mathrm{PMI}_{ij}\right)"
    )

chrome.panel("Put the words in a concept's order, and blocks appear", "simulation")
concepts.blocks(known)

chrome.panel("Are these the same directions?", "simulation")
st.markdown(
    "Squared overlaps of directions: of M\\*, of PPMI and PMI, or of any model trained on this text. A dark "
    "diagonal means the same directions in the same order. PPMI is never negative, so its first direction points at "
    "all words at once, and the others follow one place later."
)
overlapping.overlapping(known)

"""Concepts: M* and its eigenvectors, before any training."""

import streamlit as st

from core.ui import chrome, concepts, controls
from core.ui.lab import lab

chrome.head(
    "Everything it will learn is already in one table",
    "Each row below is an eigenvector of M*, a table of which words keep company. Strong ones are learned first, "
    "and their times are known before training.",
    "An eigenvector has two ends and no sign: which end is called positive is a convention. Names are ours to give, "
    "the model only has directions. Where two eigenvalues are nearly equal, their two directions are defined only "
    "up to a mixture of each other.",
    "theorem",
    "simulation",
)
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    known = lab(controls.run_spec())

st.subheader("The concepts, strongest first", anchor=False)
concepts.word_lists(known)
chrome.maths(r"M^\star v_k = \lambda_k v_k, \qquad \tau_k = \frac{1}{\lambda_k}\ln\frac{\lambda_k}{s_k^2(0)}")

left, right = st.columns(2, gap="large")
with left:
    st.subheader("How strong each concept is", anchor=False)
    st.markdown("The steeper the fall, the further apart the steps. The spectra of PMI and PPMI stand beside it.")
    concepts.spectra(known)
with right:
    st.subheader("Two words under the microscope", anchor=False)
    st.markdown("How often do they meet, compared with chance?")
    concepts.microscope(known)
    chrome.maths(
        r"M^\star_{ij} = \frac{P_{ij} - P_iP_j}{\tfrac12(P_{ij} + P_iP_j)}"
        r" = 2\tanh\!\left(\tfrac12\mathrm{PMI}_{ij}\right)"
    )

st.subheader("Put the words in a concept's order, and blocks appear", anchor=False)
concepts.blocks(known)

"""Words as vectors: what an embedding is, for whoever has never seen one."""

import streamlit as st

from core.ui import chrome, vectors_encodings, vectors_limits, vectors_people, vectors_sessions, vectors_window
from core.ui.prose import Prose

SAY = Prose("vectors")

chrome.head(*SAY.head())

chrome.panel(SAY("people"), "simulation")
st.markdown(SAY("people.question"))
vectors_people.similar()
chrome.maths(r"\cos(a, b) = \frac{a \cdot b}{\lVert a\rVert\,\lVert b\rVert}")

chrome.panel(SAY("words"), "simulation")
st.markdown(SAY("words.question"))
vectors_encodings.side_by_side()
chrome.maths(
    r"\text{TF-IDF} = \mathrm{tf}\left(\ln\tfrac{1 + D}{1 + \mathrm{df}} + 1\right), \qquad"
    r"\text{LSA} = V_dS_d, \qquad \text{PPMI}_{ij} = \max\left(\ln\tfrac{P_{ij}}{P_iP_j},\, 0\right)"
)

chrome.panel(SAY("window"), "simulation")
st.markdown(SAY("window.question"))
vectors_window.sliding()
chrome.maths(
    r"L = -\ln\sigma(h\cdot c_+) - \sum_{-}\ln\sigma(-h\cdot c_-), \qquad "
    r"\nabla_h L = \sum_j (\sigma(h\cdot c_j) - y_j)\,c_j, \qquad \nabla_{c_j} L = (\sigma(h\cdot c_j) - y_j)\,h"
)

chrome.panel(SAY("limits"), "simulation")
st.markdown(SAY("limits.question"))
vectors_limits.limits()
chrome.maths(r"w_{\text{not}} + w_{\text{good}} = w_{\text{good}} + w_{\text{not}}")

chrome.panel(SAY("sessions"), "simulation")
st.markdown(SAY("sessions.question"))
vectors_sessions.listening()
chrome.maths(
    r"\frac{X - E}{\sqrt{E}} \approx U_2 S_2 V_2^\top, \quad E_{st} = \frac{x_{s\cdot}\,x_{\cdot t}}{x_{\cdot\cdot}}; "
    r"\qquad \text{overlap} = \tfrac12\lVert Q_a^\top Q_b\rVert_F^2"
)
chrome.glossary()

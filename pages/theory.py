"""Theory: what melts the steps, and where the closed forms end."""

import streamlit as st

from core.ui import chrome, theory
from core.ui.prose import Prose

SAY = Prose("theory")

chrome.head(*SAY.head())
chrome.panel(SAY("rows"), "simulation", "beyond the paper")
theory.table()
chrome.maths(chrome.RISE_TIME)

chrome.panel(SAY("melt"), "simulation", "theorem", "beyond the paper")
st.markdown(SAY("melt.what"))
theory.melting()
chrome.maths(
    r"s_k^2(t) = \frac{s_k^2(0)\,e^{\lambda_k t}}{1 + \frac{s_k^2(0)}{\lambda_k}\left(e^{\lambda_k t} - 1\right)}"
    r", \qquad \text{width} = \frac{\ln 81}{\lambda_k}"
)
chrome.glossary()

"""Theory: what melts the steps, and where the closed forms end."""

import streamlit as st

from core.ui import chrome, theory

chrome.head(
    "A small start makes steps; a large one melts them",
    "Rows: word2vec's loss and weights, QWEM, and the theory. Left: an everyday start. Right: a very small one. "
    "Only there do steps stand apart, in QWEM more cleanly than in word2vec.",
    "word2vec's row runs on its own clock: its first concept grows at another rate. Nothing is stretched to fit.",
    "Time is t / τ₁, with τ₁ computed before training; each model's time is counted in e-foldings of its own first "
    "concept. The paper stretches word2vec's axis by hand instead. Dotted levels are QWEM's; word2vec overshoots its "
    "own and settles elsewhere.",
)
chrome.panel("Three rows, two starts (the paper's Figure 2)", "simulation", "beyond the paper")
theory.table()
chrome.maths(chrome.RISE_TIME)

chrome.panel("Melt it yourself", "simulation", "theorem", "beyond the paper")
st.markdown(
    "Make the start larger and watch the steps run together. Two theories are drawn: **Lemma 3.1**, which treats every "
    "concept alone, and the **exact flow**, which includes the way they find their directions."
)
theory.melting()
chrome.maths(
    r"s_k^2(t) = \frac{s_k^2(0)\,e^{\lambda_k t}}{1 + \frac{s_k^2(0)}{\lambda_k}\left(e^{\lambda_k t} - 1\right)}"
    r", \qquad \text{width} = \frac{\ln 81}{\lambda_k}"
)
chrome.glossary()

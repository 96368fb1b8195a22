"""Two matrices: why the output weights become word vectors too."""

import streamlit as st

from core.ui import chrome, controls, live, matrices
from core.ui.lab import lab

chrome.head(
    "Why do the output weights become word vectors too?",
    "Word2vec trains two matrices: W for words, C for contexts. The loss sees only their products, so each is pulled "
    "by the same table through the other, and both grow along the same directions.",
    "the same directions, not the same vectors: where the table is negative, one is the mirror image of the other.",
    "Full batch, both starts random and of the same size. With gensim, contexts start at zero; see Train live.",
)
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    spec, pace = matrices.spec(), controls.pace()
    buttons = st.container(width="content")

known = lab(spec)
with buttons:
    live.controls(known, pace, page="matrices")
chrome.panel("One run, two factors", "simulation", "beyond the paper")
live.follow(known, matrices.factors)
chrome.maths(
    r"\frac{dW}{dt} = \tfrac12 (M^\star - WC^\top)\,C, \qquad \frac{dC}{dt} = \tfrac12 (M^\star - WC^\top)^\top W,"
    r"\qquad \frac{d}{dt}\left(W^\top W - C^\top C\right) = 0"
)

st.markdown(
    "**Why.** Start with both tiny. The table M\\* pulls W by whatever C is, and C by whatever W is. Along a strong "
    "direction of the table, a little of each makes more of the other, and both grow at the same rate. Neither can run "
    "ahead: with infinitely small steps the difference of WᵀW and CᵀC would never change. It was tiny at the start. "
    "Two matrices can also fit what M\\* has below zero: there C grows as the mirror image of W. One matrix cannot."
)
live.follow(known, matrices.mirrors)

chrome.panel("Ask both for the neighbours of a word", "simulation")
live.follow(known, matrices.neighbours)
st.markdown(
    "**When do they differ?** When the table is not symmetric. Word2vec draws its negative samples for the context "
    "only, more often the frequent words. Choose word2vec's loss and weights above and let negatives be drawn for "
    "contexts, then compare. In gensim, C is the matrix called *syn1neg*."
)
chrome.glossary()

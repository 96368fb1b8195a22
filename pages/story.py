"""The Story: the claim, one linked scrubber over a finished run, and chapters to predict, try and reveal."""

import streamlit as st

from core.ui import chrome, sitemap, story
from core.ui.lab import CANNED, lab
from core.ui.runs import canned

known = lab(CANNED)

chrome.head(
    "Watch a model learn what words are about, one concept at a time",
    story.claim(known),
    "an idealised word2vec, from a far smaller start than usual. With an everyday start the steps melt together.",
    "A simpler loss, whole-text statistics instead of sampled sentences, and a very small start. Method and limits "
    "says what each of these changes. It is one run, trained by this program.",
)
story.player(known)
chrome.maths(r"\frac{dW}{dt} = \tfrac12\,(M^\star - WW^\top)\,W")

chrome.panel("Predict, try, reveal", "simulation", "derivation")
chapter = story.chapter()
if chapter == "Company":
    story.company(known)
elif chapter == "Prediction":
    story.prediction(known)
else:
    story.dimensions(known, canned(CANNED))

chrome.glossary()
st.divider()
with st.container(horizontal=True):
    sitemap.link("train", "Train one yourself", ":material/play_arrow:")
    sitemap.link("concepts", "See all concepts", ":material/search:")
    sitemap.link("latent", "Walk through the cloud", ":material/scatter_plot:")

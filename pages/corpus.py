"""Corpus: whose words, how many, and what they can and cannot show."""

import streamlit as st

from core.ui import bringing, chrome, corpus, sitemap, texts
from core.ui.prose import Prose

SAY = Prose("corpus")

chrome.head(*SAY.head())
bringing.ways()
data = texts.chosen()
corpus.owner(data)
corpus.sizes(data)
left, right = st.columns(2, gap="large")
with left:
    chrome.panel(SAY("zipf"), "simulation")
    corpus.zipf(data)

chrome.panel(SAY("concepts"), "theorem", "derivation")
corpus.concepts(data)
sitemap.link("train", SAY("train"), ":material/play_circle:", texts.address(data))
sitemap.link("concepts", SAY("all-concepts"), ":material/grid_on:", texts.address(data))
chrome.glossary()
with right:  # the slowest comes last
    chrome.panel(SAY("gauge"), "simulation")
    corpus.gauge(data)

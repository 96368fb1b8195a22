"""Corpus: whose words, how many, and what they can and cannot show."""

import streamlit as st

from core.ui import bringing, chrome, corpus, sitemap, texts

chrome.head(
    "Whose words? Bring your own",
    "Paste a paragraph or upload a library: its words are counted, and its concepts stand below, with the times at "
    "which a model will learn them.",
    "a small text shows what its author repeats, not what the words mean. The gauge says how far to trust it.",
    "Everything follows from how often words stand near each other. With few words most pairs never meet, M\\* is -2 "
    "there, and what looks like a concept may be one paragraph.",
)
bringing.ways()
data = texts.chosen()
corpus.owner(data)
corpus.sizes(data)
left, right = st.columns(2, gap="large")
with left:
    chrome.panel("How often each word comes", "simulation")
    corpus.zipf(data)

chrome.panel("The concepts of this text, in the order in which they will be learned", "theorem", "derivation")
corpus.concepts(data)
sitemap.link("train", "Train on this text", ":material/play_circle:", texts.address(data))
sitemap.link("concepts", "All about its concepts", ":material/grid_on:", texts.address(data))
chrome.glossary()
with right:  # the slowest comes last
    chrome.panel("What this text can and cannot show", "simulation")
    corpus.gauge(data)

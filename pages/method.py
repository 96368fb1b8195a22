"""Method and limits: symbols, evidence, what this does not show, sources."""

import streamlit as st

from core.ui import chrome

chrome.head(
    "Method and limits",
    "What is computed, by which rule, and where the theory ends.",
    "a text misleads by what it leaves out. What we know to be missing is listed under 'What this does not show'.",
)
with st.container(horizontal=True):
    chrome.badges(*chrome.EVIDENCE)
chrome.prose("method")

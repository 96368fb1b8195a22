"""Method and limits: symbols, evidence, what this does not show, sources."""

import streamlit as st

from core.ui import chrome
from core.ui.prose import Prose

SAY = Prose("method")

chrome.head(*SAY.head())
with st.container(horizontal=True):
    chrome.badges(*chrome.EVIDENCE)
chrome.article(SAY("body"))

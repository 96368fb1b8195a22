"""Order of learning: when a visitor's own words become resolvable."""

import streamlit as st

from core.ui import chrome, order, order_detail
from core.ui.prose import Prose

SAY = Prose("order")

chrome.head(*SAY.head())
st.space("small")
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    now = order.setting()
lists = order.chosen(now.known)
found = order.follow(now, lists)

if found:
    chrome.panel(SAY("all"), "derivation", "simulation")
    order.overview(now, found)
    chrome.maths(
        r"W_d = V_d\Lambda_d^{1/2}, \qquad t_d = \max_{k \le d}\,\tau_k, \qquad " + chrome.RISE_TIME,
        SAY("all.maths"),
    )

    chrome.panel(SAY("one"), "simulation", "derivation")
    order_detail.detail(now, found)
    chrome.maths(
        r"\text{together}(d) = \frac1n\sum_{i\in L}\frac{|N_{n-1}(w_i) \cap L|}{n-1}, \qquad "
        r"\text{apart}(d) = \Pr_{i\ne j\in L}\left[\cos(w_i^{(d)}, w_i^{(K)}) > \cos(w_i^{(d)}, w_j^{(K)})\right]"
    )
    chrome.maths(
        r"R = (w_b - w_a)_{(a,b)}, \qquad \text{direction}(d) = \frac{\lambda_{\max}(RR^\top)\,\mathrm{rank}}"
        r"{\mathrm{Tr}\,RR^\top}"
    )
chrome.glossary()

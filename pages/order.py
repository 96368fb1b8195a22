"""Order of learning: when a visitor's own words become resolvable."""

import streamlit as st

from core.ui import chrome, order, order_detail

chrome.head(
    "In which order does it learn your words?",
    "Each row is a list of words. A circle marks when a model first knows that they belong together, a diamond when "
    "it can tell them apart. All of it is known before training.",
    "a moment is where a growing score passes halfway. The words were on their way before, and get better after.",
    "Stopping a run early is cutting M* to fewer concepts, so every rank has a time. Late concepts rise together, "
    "and their times are closer than their steps are wide: there read the time, not the rank. Nearness is by cosine, "
    "which is blind to length: a run may know a group before its rank does, by concepts that have only begun to grow. "
    "A list is judged against its own best, since members that it leaves out take places among the nearest words: "
    "bars say when, not how well.",
)
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    now = order.setting()
lists = order.chosen(now.known)
found = order.follow(now, lists)

if found:
    chrome.panel("When each list is learned", "derivation", "simulation")
    order.overview(now, found)
    chrome.maths(
        r"W_d = V_d\Lambda_d^{1/2}, \qquad t_d = \max_{k \le d}\,\tau_k, \qquad " + chrome.RISE_TIME,
        "A list arrives at the smallest rank d from which on its score stays at halfway to its best or above (the "
        "direction of pairs: up to its best), and above chance: what 19 random lists reach, and for telling apart what "
        "guessing reaches once in 20.",
    )

    chrome.panel("One list, concept by concept", "simulation", "derivation")
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

"""Linear concepts: pairs of words that differ in the same way, as a spike above the noise."""

import streamlit as st

from core.ui import chrome, linear, linear_words
from core.ui.prose import Prose

SAY = Prose("linear")

chrome.head(*SAY.head())
st.space("small")
controls = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
with controls:
    known = linear_words.words()
    name = linear_words.family(known)
asked = linear_words.asked(known, name)

if asked:
    with controls:
        dim = linear.dimension(known, asked)
    left, right = st.columns(2, gap="large")
    with left:
        chrome.panel(SAY("spike"), "simulation", "beyond the paper")
        linear.spike(known, asked, dim)
        chrome.maths(r"G = R_d R_d^\top, \qquad \text{row } n \text{ of } R_d \text{: } w_{b_n} - w_{a_n}")
        chrome.maths(
            r"\text{edges } \sigma^2\left(1 \pm \sqrt{\gamma}\right)^2, \qquad \gamma = N / d_{\text{eff}}",
            SAY("fit.maths"),
        )
    with right:
        chrome.panel(SAY("dims"), "simulation")
        linear.against_dimension(known, asked, dim)
        chrome.maths(r"\text{SNR} = \lambda_{\max}(G)\,\operatorname{rank}(G) / \operatorname{Tr} G")
        chrome.maths(r"a : b :: a' : b', \qquad b' = \arg\max_w \cos(w,\, a' + b - a)")

    chrome.panel(SAY("carry"), "simulation")
    st.markdown(SAY("carry.what"))
    linear.powers(known, asked)
    chrome.maths(r"p_k \propto \lambda_k \left(\tfrac1N\textstyle\sum_n (v_k)_{b_n} - (v_k)_{a_n}\right)^2")

    chrome.panel(SAY("time"), linear.evidence(known, asked))
    st.markdown(SAY("time.what"))
    linear.in_time(known, asked)
    chrome.maths(r"W(t) = V\,\mathrm{diag}(s_k(t))")
    chrome.maths(
        r"s_k^2(t) = \frac{s_k^2(0)\,e^{\lambda_k t}}"
        r"{1 + \frac{s_k^2(0)}{\lambda_k}\left(e^{\lambda_k t} - 1\right)}"
    )
chrome.glossary()

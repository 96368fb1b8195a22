"""Linear concepts: pairs of words that differ in the same way, as a spike above the noise."""

import streamlit as st

from core.ui import chrome, linear, linear_words

chrome.head(
    "What pairs of words share is a spike above the noise",
    "Take the difference of the two words of each pair. What the differences share is one large eigenvalue; what each "
    "has for itself is a bulk of noise. Below stand the same words paired at random.",
    "with few pairs any law fits, and a shared direction need not be the meaning you think of: it may be grammar, or "
    "how frequent words are.",
    "Random pairs keep the words, and so whatever the two groups of words differ by: countries and capitals still lie "
    "apart, whichever is paired with which. The effective dimension of the noise is fitted by a fixed rule; the paper "
    "fits it by eye.",
)
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
        chrome.panel("A spike above the noise", "simulation", "beyond the paper")
        linear.spike(known, asked, dim)
        chrome.maths(r"G = R_d R_d^\top, \qquad \text{row } n \text{ of } R_d \text{: } w_{b_n} - w_{a_n}")
        chrome.maths(r"\text{edges } \sigma^2\left(1 \pm \sqrt{\gamma}\right)^2, \qquad \gamma = N / d_{\text{eff}}")
    with right:
        chrome.panel("Signal against dimension", "simulation")
        linear.against_dimension(known, asked, dim)
        chrome.maths(r"\text{SNR} = \lambda_{\max}(G)\,\operatorname{rank}(G) / \operatorname{Tr} G")
        chrome.maths(r"a : b :: a' : b', \qquad b' = \arg\max_w \cos(w,\, a' + b - a)")

    chrome.panel("Which concepts carry it", "simulation")
    st.markdown(
        "The mean of the differences, cut into its parts along the concepts. It misleads where two concepts are nearly "
        "equally strong: they mix, and share their parts at will."
    )
    linear.powers(known, asked)
    chrome.maths(r"p_k \propto \lambda_k \left(\tfrac1N\textstyle\sum_n (v_k)_{b_n} - (v_k)_{a_n}\right)^2")

    chrome.panel("Signal first, noise later", linear.evidence(known, asked))
    st.markdown(
        "Strong concepts are learned first, and what pairs share lies mostly on strong ones. Later concepts add noise: "
        "accuracy may still rise while the signal sinks. Move through training; the axes stay."
    )
    linear.in_time(known, asked)
    chrome.maths(r"W(t) = V\,\mathrm{diag}(s_k(t))")
    chrome.maths(
        r"s_k^2(t) = \frac{s_k^2(0)\,e^{\lambda_k t}}"
        r"{1 + \frac{s_k^2(0)}{\lambda_k}\left(e^{\lambda_k t} - 1\right)}"
    )
chrome.glossary()

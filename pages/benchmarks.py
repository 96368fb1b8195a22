"""Benchmarks: what the closed form knows of language, beside models that were trained, and beside the paper."""

import streamlit as st

from core.ui import bench_ask, bench_curves, bench_measure, bench_stumped, bench_words, benchmarks, chrome, texts

chrome.head(
    "How much of word2vec is one matrix?",
    "Man is to king as woman is to ? Thousands of such questions, asked of M\\* without any training, of word2vec, and "
    "of what lies between. Filled dots were computed by this program; hollow ones are the paper's.",
    "the paper's text is larger. Compare orders and gaps between models, not single numbers.",
    "An answer is right if it is the word nearest to c + b - a of all words but a, b and c, all of length 1. Questions "
    "with a word outside the vocabulary are not asked. Word similarity is Spearman's correlation of cosines with what "
    "people said.",
)
record = benchmarks.record()
if record is not None:
    chrome.panel("The table", "simulation", "paper-reported")
    benchmarks.claim(record)
    crossed = benchmarks.questions()
    benchmarks.league(record, crossed=crossed)
    chrome.maths(
        r"\arg\max_{w \notin \{a,b,c\}} \cos\left(w,\; c + b - a\right), \qquad W = V_d\Lambda_d^{1/2}"
        r"\;\text{ of }\; M^\star"
    )

    left, right = st.columns(2, gap="large")
    with left:
        chrome.panel("Family by family", "simulation")
        st.markdown("Some kinds of question are easy for all models, some for none. The paper has no such numbers.")
        bench_curves.by_family(record, crossed=crossed)
    with right:
        chrome.panel("Stop early, or cut the rank?", "simulation", "derivation")
        st.markdown("Two ways to know r concepts: compute M\\* and keep r, or train and stop. Same answers?")
        bench_curves.stopped_or_cut(record)
        chrome.maths(r"W(t) \approx V_r\Lambda_r^{1/2} \quad\text{while}\quad \tau_r < t < \tau_{r+1}")

st.divider()
with st.container(horizontal=True, vertical_alignment="bottom"):
    data = texts.picker()
    found = bench_words.asked(data)
    dim = bench_words.dimension(
        found,
        key="dim",
        label="concepts d",
        help="How many eigenvectors of M* every word may use, in all that follows.",
    )

chrome.panel("Measure it yourself", "simulation")
bench_measure.measuring(record, data, dim)

chrome.panel("Ask your own", "simulation")
st.markdown("Start at c and go the way from a to b. Where you land, the nearest word is the answer.")
question = bench_ask.question(found)
bench_ask.ask(found, question, dim)
chrome.maths(r"c + b - a = a + (b - a) + (c - a)")

chrome.panel("Stump me", "simulation")
st.markdown(
    "Questions that fail, and what can be said about each. Facts, not causes: nothing here is proved to be why."
)
bench_stumped.stump(found, data, dim)

left, right = st.columns(2, gap="large")
with left:
    chrome.panel("The answer, as concepts are added", "simulation")
    st.markdown("How many concepts does it take until the answer is right, and do more of them still change it?")
    bench_ask.at_every_dimension(found, question)
with right:
    chrome.panel("Neighbours, few concepts or many", "simulation")
    st.markdown("What is near depends on how many concepts are known.")
    bench_ask.neighbours(found)
chrome.glossary()

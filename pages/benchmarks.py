"""Benchmarks: what the closed form knows of language, beside models that were trained, and beside the paper."""

import streamlit as st

from core.ui import bench_ask, bench_curves, bench_measure, bench_stumped, bench_words, benchmarks, chrome, texts
from core.ui.prose import Prose

SAY = Prose("benchmarks")

chrome.head(*SAY.head())
st.space("small")
record = benchmarks.record()
if record is not None:
    chrome.panel(SAY("league"), "simulation", "paper-reported")
    benchmarks.claim(record)
    crossed = benchmarks.questions()
    benchmarks.league(record, crossed=crossed)
    chrome.maths(
        r"\arg\max_{w \notin \{a,b,c\}} \cos\left(w,\; c + b - a\right), \qquad W = V_d\Lambda_d^{1/2}"
        r"\;\text{ of }\; M^\star"
    )

    left, right = st.columns(2, gap="large")
    with left:
        chrome.panel(SAY("families"), "simulation")
        st.markdown(SAY("families.what"))
        bench_curves.by_family(record, crossed=crossed)
    with right:
        chrome.panel(SAY("stop"), "simulation", "derivation")
        st.markdown(SAY("stop.what"))
        bench_curves.stopped_or_cut(record)
        chrome.maths(r"W(t) \approx V_r\Lambda_r^{1/2} \quad\text{while}\quad \tau_r < t < \tau_{r+1}")

st.divider()
with st.container(horizontal=True, vertical_alignment="bottom"):
    data = texts.picker()
    found = bench_words.awaited(data)
    dim = bench_words.dimension(
        found,
        key="dim",
        label=SAY("dim"),
        help=SAY("dim.help"),
    )

chrome.panel(SAY("measure"), "simulation")
bench_measure.measuring(record, data, dim)

chrome.panel(SAY("ask"), "simulation")
st.markdown(SAY("ask.what"))
question = bench_ask.question(found)
bench_ask.ask(found, question, dim)
chrome.maths(r"c + b - a = a + (b - a) + (c - a)")

chrome.panel(SAY("stump"), "simulation")
st.markdown(SAY("stump.what"))
bench_stumped.stump(found, data, dim)

left, right = st.columns(2, gap="large")
with left:
    chrome.panel(SAY("added"), "simulation")
    st.markdown(SAY("added.what"))
    bench_ask.at_every_dimension(found, question)
with right:
    chrome.panel(SAY("near"), "simulation")
    st.markdown(SAY("near.what"))
    bench_ask.neighbours(found)
chrome.glossary()

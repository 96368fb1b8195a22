"""Every page, its section and its address: the only list of them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

PAGES = Path(__file__).resolve().parent.parent.parent / "pages"
SECTIONS = {
    "Start": ["story"],
    "Learn": ["matrices"],
    "Explore": ["corpus", "concepts", "train", "latent", "compare"],
    "Does it hold?": ["benchmarks", "linear", "order"],
    "Break it": ["theory", "ablation", "failures"],
    "About": ["method"],
}
TITLES = {
    "story": "Story",
    "corpus": "Corpus",
    "concepts": "Concepts",
    "train": "Train live",
    "latent": "Latent space",
    "compare": "Compare runs",
    "benchmarks": "Benchmarks",
    "linear": "Linear concepts",
    "order": "Order of learning",
    "matrices": "Two matrices",
    "theory": "Theory",
    "ablation": "Ablation",
    "failures": "Failure gallery",
    "method": "Method and limits",
}
HOME = "story"


def page(name: str) -> StreamlitPage:
    """The page of pages/<name>.py; the first one has the bare address."""
    home = name == HOME
    return st.Page(PAGES / f"{name}.py", title=TITLES[name], url_path="" if home else name, default=home)


def link(name: str, label: str, icon: str, query: dict[str, str] | None = None) -> None:
    """A link to another page of the site, opened with these parameters."""
    st.page_link(page(name), label=label, icon=icon, query_params=query)

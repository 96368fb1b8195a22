"""Every page, its section and its address: the only list of them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.ui.prose import SITE

PAGES = Path(__file__).resolve().parent.parent.parent / "pages"
SECTIONS = {
    "start": ["story"],
    "learn": ["vectors", "matrices"],
    "explore": ["corpus", "concepts", "train", "latent", "compare"],
    "hold": ["benchmarks", "linear", "order"],
    "break": ["theory", "ablation", "failures"],
    "about": ["lessons", "method"],
}
NAMES = [name for names in SECTIONS.values() for name in names]
HOME = "story"


def title(name: str) -> str:
    """What a page is called in the visitor's language."""
    return SITE(f"page.{name}")


def page(name: str) -> StreamlitPage:
    """The page of pages/<name>.py; the first one has the bare address."""
    home = name == HOME
    return st.Page(PAGES / f"{name}.py", title=title(name), url_path="" if home else name, default=home)


def link(name: str, label: str, icon: str, query: dict[str, str] | None = None) -> None:
    """A link to another page of the site, opened with these parameters."""
    st.page_link(page(name), label=label, icon=icon, query_params=query)

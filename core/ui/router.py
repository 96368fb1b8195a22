"""Every page, its section and its address; run by app.py for each visit."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import InputError
from core.ui.chrome import site

PAGES = Path(__file__).resolve().parent.parent.parent / "pages"
SECTIONS = {
    "Start": [("story.py", "Story", "")],
    "Explore": [
        ("concepts.py", "Concepts", "concepts"),
        ("train.py", "Train live", "train"),
        ("latent.py", "Latent space", "latent"),
    ],
    "About": [("method.py", "Method and limits", "method")],
}


def main() -> None:
    """Lay out the site and run the page that was asked for; bad input ends in one line, not in a trace."""
    st.set_page_config(page_title="Staircase", page_icon="📈", layout="wide", initial_sidebar_state=210)
    site()
    pages = {
        section: [st.Page(PAGES / file, title=title, url_path=path, default=not path) for file, title, path in entries]
        for section, entries in SECTIONS.items()
    }
    chosen = st.navigation(pages)
    try:
        chosen.run()
    except InputError as error:
        st.error(str(error).replace("<", "&lt;"), icon="⚠️")


main()

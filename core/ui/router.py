"""Lays out the site and runs the page that was asked for; app.py hands every visit to this script."""

from __future__ import annotations

import streamlit as st

from core.errors import InputError
from core.ui import parameters, texts
from core.ui.access import access
from core.ui.chrome import literal_error, site
from core.ui.prose import SITE, reworded
from core.ui.sitemap import SECTIONS, page


def main() -> None:
    """Bad input ends in one line on the page, not in a trace."""
    st.set_page_config(page_title="Staircase", page_icon="📈", layout="wide", initial_sidebar_state=230)
    chosen = st.navigation(
        {SITE(f"section.{section}"): [page(name) for name in names] for section, names in SECTIONS.items()},
        expanded=True,
    )
    site()
    access()
    parameters.settle()
    try:
        texts.check()
        chosen.run()
    except InputError as error:
        literal_error(reworded(error))


main()

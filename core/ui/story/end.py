"""The end: where to go from here."""

from __future__ import annotations

import streamlit as st

from core.ui import sitemap
from core.ui.lab import Lab
from core.ui.prose import Prose
from core.ui.story import places

SAY = Prose("story")
_WAYS = (
    ("corpus", ":material/upload_file:"),
    ("train", ":material/play_arrow:"),
    ("concepts", ":material/search:"),
    ("latent", ":material/scatter_plot:"),
)


def show(known: Lab) -> None:
    """Four ways on, what was told in one line a chapter, and whom to cite."""
    st.title(SAY("end.question"), anchor=False)
    for first in (0, 2):
        for place, (page, icon) in zip(st.columns(2), _WAYS[first : first + 2], strict=True):
            with place.container(border=True):
                sitemap.link(page, SAY(f"end.{page}"), icon)
                st.caption(SAY(f"end.{page}.more"))
    st.subheader(SAY("end.lines"), anchor=False)
    lines = [(SAY(f"{one.lower()}.name"), SAY(f"{one.lower()}.line")) for one in places.NUMBERED]
    st.markdown("\n".join(f"{n}. **{name}.** {line}" for n, (name, line) in enumerate(lines, 1)))
    st.markdown(SAY("end.cite"))

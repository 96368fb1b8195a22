"""The colours of the concepts: mode k has one colour everywhere, in a light and a dark set.

The ten differ in lightness as well as in hue: the first six, and each from its neighbours, stay apart for people who
lack one kind of cone (simulated: tests/test_palette.py). Modes after the tenth share one grey. And the two colours of
the text on charts, as .streamlit/config.toml and assets/common.js have them.
"""

from __future__ import annotations

MODES_LIGHT = (
    "#1d4f9c", "#055331", "#b96500", "#8644fc", "#a42b47",
    "#495900", "#187a92", "#a2522d", "#94007c", "#606168",
)  # fmt: skip
MODES_DARK = (
    "#7aaeff", "#66f3c7", "#ffb454", "#9377d7", "#f17487",
    "#e5ff96", "#59cbe9", "#e69363", "#c782be", "#b2bbc0",
)  # fmt: skip
TEXT_LIGHT, TEXT_DARK = "#1b2334", "#f2f5fa"
MUTED_LIGHT, MUTED_DARK = "#596275", "#a7b0c0"  # of axes

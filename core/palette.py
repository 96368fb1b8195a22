"""The colours of the concepts: mode k has one colour everywhere, in a light and a dark set.

The ten hues differ in lightness as well, so that neighbours stay apart for colour-blind viewers; modes after
the tenth share one grey.
"""

from __future__ import annotations

MODES_LIGHT = (
    "#1d4f9c", "#0b8465", "#b96500", "#8a3ffc", "#b1304a",
    "#4b7a10", "#087f96", "#9a4f26", "#b0308a", "#5f6675",
)  # fmt: skip
MODES_DARK = (
    "#7aaeff", "#45cfa4", "#ffb454", "#bf9bff", "#ff8fa3",
    "#a6d854", "#56c8e8", "#f0a07c", "#f593d0", "#b3b8c4",
)  # fmt: skip

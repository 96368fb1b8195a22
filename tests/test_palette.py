"""Colours of concepts stay apart for everybody, and from the page."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import colour
import numpy as np
import pytest
from colour.blindness import matrix_cvd_Machado2009

from core.palette import MODES_DARK, MODES_LIGHT, MUTED_DARK, MUTED_LIGHT, TEXT_DARK, TEXT_LIGHT

ROOT = Path(__file__).resolve().parents[1]
THEMES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
SETS = {"light": MODES_LIGHT, "dark": MODES_DARK}
INKS = {"light": (TEXT_LIGHT, MUTED_LIGHT), "dark": (TEXT_DARK, MUTED_DARK)}
EYES = ["all cones", "Protanomaly", "Deuteranomaly", "Tritanomaly"]


def light_of(colours) -> np.ndarray:
    """Linear light of hexadecimal colours, (n, 3)."""
    return colour.cctf_decoding(np.array([colour.notation.HEX_to_RGB(one) for one in colours]))


def differences(colours, eyes: str) -> np.ndarray:
    """CIEDE2000 of every pair, as seen by people who lack one kind of cone (Machado et al. 2009, severity 1)."""
    light = light_of(colours)
    if eyes != "all cones":
        light = np.clip(light @ np.asarray(matrix_cvd_Machado2009(eyes, 1.0)).T, 0, 1)
    seen = colour.XYZ_to_Lab(colour.RGB_to_XYZ(light, "sRGB"))
    return colour.delta_E(seen[:, None], seen[None], method="CIE 2000")


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", SETS)
@pytest.mark.filterwarnings("ignore::colour.utilities.ColourUsageWarning")
def test_concepts_are_told_apart_by_all_eyes(theme, eyes):
    found = differences(SETS[theme], eyes)
    near = [found[i, j] for i, j in combinations(range(10), 2) if j < 6 or j == i + 1]
    assert min(near) > 10
    assert min(found[i, j] for i, j in combinations(range(10), 2)) > 5


def contrasts(theme: str, name: str, colours) -> list[float]:
    """Of colours against one of a theme's backgrounds (WCAG 2.2)."""
    page, *rest = light_of([THEMES[theme][name], *colours]) @ [0.2126, 0.7152, 0.0722]
    return [(max(page, one) + 0.05) / (min(page, one) + 0.05) for one in rest]


@pytest.mark.parametrize("theme", SETS)
def test_concepts_stand_out_from_the_page(theme):
    assert min(contrasts(theme, "backgroundColor", SETS[theme])) > 4  # 3 is enough for lines and marks (1.4.11)


@pytest.mark.parametrize("theme", SETS)
def test_text_on_charts_can_be_read_and_is_that_of_the_site(theme):
    for background in ("backgroundColor", "secondaryBackgroundColor"):
        assert min(contrasts(theme, background, INKS[theme])) >= 4.5  # 1.4.3
    text, muted = INKS[theme]
    assert THEMES[theme]["textColor"] == text
    assert f'"{muted}"' in (ROOT / "assets/common.js").read_text()

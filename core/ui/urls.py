"""Addresses of the files that a browser loads: each changes when its file does, so that browsers may keep it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import plotly

from core.sources import ASSETS

PLOTLY_FILES = Path(plotly.__file__).parent / "package_data"
_COMPONENT_JS = """
export default async function (component) {
  const url = new URL("%s", document.baseURI).href;
  return (await import(url)).render(component);
}
"""


@cache
def version(*paths: Path) -> str:
    """A few digits of the files' common checksum."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def component_js(name: str) -> str:
    """The script of a component: it loads an entry file of assets, whose version counts what it imports."""
    return _COMPONENT_JS % f"staircase/{name}?v={version(ASSETS / name, ASSETS / 'common.js', ASSETS / 'save.js')}"


def urls(style: str) -> dict[str, str]:
    """What an entry file loads when it runs: player, its own style sheet, Plotly."""
    files = {
        "player": ("staircase", ASSETS / "player.js"),
        "style": ("staircase", ASSETS / style),
        "plotly": ("vendor", PLOTLY_FILES / "plotly.min.js"),
    }
    return {name: f"{base}/{path.name}?v={version(path)}" for name, (base, path) in files.items()}

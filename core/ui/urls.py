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
    """What an entry file loads when it runs: player, its own style sheet, the part of Plotly that draws lines."""
    files = {"player": "player.js", "style": style, "plotly": "vendor/plotly-basic.min.js"}
    return {name: f"staircase/{file}?v={version(ASSETS / file)}" for name, file in files.items()}


def whole_plotly() -> str:
    """Four times as large: for charts of every kind."""
    file = PLOTLY_FILES / "plotly.min.js"
    return f"vendor/{file.name}?v={version(file)}"

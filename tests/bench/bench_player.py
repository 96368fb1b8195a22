"""Frame rate of the cloud player: 5,000 words x 100 frames, played for 4 s in 2-D and in 3-D.

The page runs in headless Chromium without a GPU. A probe in the page records the time of every
animation frame; reported are the median frame rate, the worst rate over any 100 ms window, and the
bytes of the quantised frames (the bulk of what a browser has to receive). Run it stand-alone:

    python tests/bench/bench_player.py [--json]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from reporting import report
from serving import SWITCHES, chromium

PLAYER = Path(__file__).resolve().parents[2] / "assets" / "player.js"
WORDS, FRAMES, SECONDS, SEED = 5_000, 100, 4, 17

PAGE = """<!doctype html><meta charset="utf-8"><body>
<div id="tools"></div><div id="stage" style="width:540px;height:520px"></div><div id="bar"></div>
<script type="module">
%s
window.createPlayer = createPlayer;
</script>"""

# A small seeded generator; three directions rise one after the other as sigmoids.
SET_UP = """({words, frames, seconds, seed, mode}) => {
  let state = seed;
  const random = () => (state = (state * 1664525 + 1013904223) >>> 0) / 4294967296;
  const gauss = () => random() + random() + random() + random() - 2;
  const base = Float32Array.from({length: words * 3}, gauss);
  const data = new Int16Array(frames * words * 3);
  for (let frame = 0, k = 0; frame < frames; frame++) {
    const grown = [30, 42, 47].map((rise) => 14000 / (1 + Math.exp((rise - frame) / 2)));
    for (let i = 0; i < words * 3; i++) data[k++] = base[i] * grown[i % 3];
  }
  const player = createPlayer({stage, bar, tools}, {seconds, reducedMotion: false});
  player.setData({
    key: "bench", words: Array.from({length: words}, (_, i) => `word${i}`), frames: data,
    count: frames, scale: 1e-4, times: Float32Array.from({length: frames}, (_, i) => i),
    extent: 2.2, end: frames - 1, poles: Array.from({length: 24}, (_, i) => i), marks: [],
    axes: ["one", "two", "three"].map((name) => ({name, color: "#888"})),
    neighbours: null, readout: null, follow: false,
  });
  player.setMode(mode);
  window.bench = {player, stamps: [], bytes: data.byteLength};
}"""

PLAY = """(milliseconds) => new Promise((done) => {
  const {player, stamps} = window.bench;
  const probe = (now) => {
    stamps.push(now);
    if (now - stamps[0] < milliseconds) requestAnimationFrame(probe);
    else done({stamps, bytes: window.bench.bytes, ...player.stats()});
  };
  player.play();
  requestAnimationFrame(probe);
})"""


def worst_window(stamps: list[float], window: float = 100.0) -> float:
    """Lowest frame rate over any stretch of at least `window` milliseconds."""
    worst = float("inf")
    stop = 0
    for start, begun in enumerate(stamps):
        while stop < len(stamps) and stamps[stop] - begun < window:
            stop += 1
        if stop == len(stamps):
            break
        worst = min(worst, 1000 * (stop - start) / (stamps[stop] - begun))
    return worst


def play(page: Page, mode: str) -> dict[str, Any]:
    """Play once in `mode` and return the figures for the table."""
    page.set_content(PAGE % PLAYER.read_text(encoding="utf-8"))
    page.wait_for_function("typeof window.createPlayer === 'function'")
    page.evaluate(
        SET_UP,
        {"words": WORDS, "frames": FRAMES, "seconds": SECONDS + 1, "seed": SEED, "mode": mode},
    )
    page.wait_for_timeout(800)  # let the turn to 3-D end before measuring
    result = page.evaluate(PLAY, SECONDS * 1000)
    stamps: list[float] = result["stamps"]
    gaps = [after - before for before, after in pairwise(stamps)]
    return {
        "mode": mode,
        "fps_p50": round(1000 / median(gaps), 1),
        "fps_worst_100ms": round(worst_window(stamps), 1),
        "drawn": result["drawn"],
        "payload_bytes": result["bytes"],
    }


def measure(_: object) -> dict[str, Any]:
    """Measure both modes in one browser, one fresh page each."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=SWITCHES,
        )
        try:
            rows = []
            for mode in ("2d", "3d"):
                page = browser.new_page(viewport={"width": 900, "height": 720})
                rows.append(play(page, mode))
                page.close()
            return {"words": WORDS, "frames": FRAMES, "results": rows}
        finally:
            browser.close()


def table(measured: dict[str, Any]) -> Iterator[str]:
    """A line a mode."""
    yield f"{WORDS:,} words x {FRAMES} frames, {SECONDS} s each"
    yield f"{'mode':<6}{'fps p50':>9}{'worst 100 ms':>14}{'drawn':>8}{'payload bytes':>15}"
    for row in measured["results"]:
        yield (
            f"{row['mode']:<6}{row['fps_p50']:>9}{row['fps_worst_100ms']:>14}"
            f"{row['drawn']:>8,}{row['payload_bytes']:>15,}"
        )


if __name__ == "__main__":
    report(__doc__, measure, table=table)

"""Compare runs: two to four of them on one clock."""

from core.ui import chrome, comparing, take
from core.ui.prose import Prose

SAY = Prose("compare")

chrome.head(*SAY.head())
known = comparing.choices()
picked = comparing.pick(known)
overlay = comparing.overlay_wanted()
chrome.panel(SAY("clock"), "simulation")
comparing.show(known, picked, overlay=overlay)
comparing.links(known, picked)
take.of_choice(known, picked)
chrome.glossary()

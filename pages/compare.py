"""Compare runs: two to four of them on one clock."""

from core.ui import chrome, comparing, take

chrome.head(
    "Put runs beside each other",
    "Choose two to four: examples, or runs that were trained on this server. They share one scrubber and one clock.",
    "colour k is the k-th direction of each run, which need not be the same concept; each run has its own clock.",
    "Time is counted in e-foldings of a run's own first concept, known before training. Losses of different models are "
    "(L - L_min) / (L_0 - L_min) of each. Two matrices also learn directions in which the table is negative, which "
    "moves the count of all that follow.",
)
known = comparing.choices()
picked = comparing.pick(known)
overlay = comparing.overlay_wanted()
chrome.panel("Runs on one clock", "simulation")
comparing.show(known, picked, overlay=overlay)
comparing.links(known, picked)
take.of_choice(known, picked)
chrome.glossary()

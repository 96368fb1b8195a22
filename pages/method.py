"""Method and limits: symbols, evidence, what this does not show, sources."""

from core.ui import chrome

chrome.head(
    "Method and limits",
    "What is computed, by which rule, and where the theory ends.",
    "A page of text cannot mislead by its axes; it can by what it leaves out. What we know to be missing "
    "is listed below.",
    "theorem",
    "derivation",
    "simulation",
    "paper-reported",
    "beyond the paper",
)
chrome.prose("method")

"""Order of learning."""

from core.ui import chrome

chrome.head("Order of learning", "This page is being built.", "nothing is measured here yet.")

"""Linear concepts."""

from core.ui import chrome

chrome.head("Linear concepts", "This page is being built.", "nothing is measured here yet.")

"""Benchmarks."""

from core.ui import chrome

chrome.head("Benchmarks", "This page is being built.", "nothing is measured here yet.")

"""Failure gallery: four ways to break the picture, and what each assumption was for."""

from core.ui import chrome, failures
from core.ui.prose import Prose

SAY = Prose("failures")

chrome.head(*SAY.head())
failures.gallery()
chrome.glossary()

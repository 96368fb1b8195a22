"""Failure gallery: four ways to break the picture, and what each assumption was for."""

from core.ui import chrome, failures

chrome.head(
    "Four ways to break it",
    "Each click breaks one assumption of the theory and shows the run that follows, beside what theory had predicted.",
    "a failure of the picture is not a failure of the model. Some of these runs learn just as much.",
)
failures.gallery()
chrome.glossary()

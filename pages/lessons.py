"""Lessons: links that set up the dashboard for a class, with questions, exercises and answers; a handout to print."""

from core.ui import chrome, lessons
from core.ui.prose import Prose

SAY = Prose("lessons")

chrome.head(*SAY.head())
lessons.lessons()
chrome.glossary()

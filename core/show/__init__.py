"""The Story and single runs as self-contained HTML documents: to read, to watch as a tour, to present, to take away."""

from core.show.run import run_html
from core.show.story import documents, story_html

__all__ = ["documents", "run_html", "story_html"]
